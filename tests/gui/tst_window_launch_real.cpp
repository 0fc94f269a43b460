// SPDX-License-Identifier: GPL-3.0-or-later
// From an empty form to pods that train, in the real window on the real lab: a pair that saves, loses a pod and goes on; a
// TrainJob that is killed, and resumed in the window. Nothing is typed into the YAML. What image a job names is all that it
// needs: how the lab's images come to their torch is told in tests/lab/cairnlab/lend.py.
#include "TrainingWindow.h"

#include "forms/StepList.h"
#include "pages/JobsPage.h"
#include "pages/LaunchPage.h"

#include <QDir>
#include <QElapsedTimer>
#include <QJsonArray>
#include <QRandomGenerator>
#include <algorithm>
#include <csignal>

using namespace Qt::StringLiterals;
using namespace cairn;
using test::TrainingWindow;

namespace {

constexpr int wait = TrainingWindow::patience;
constexpr int mostInputs = 12;
const auto ns = u"research"_s;
const auto image = u"localhost/torch:1"_s;

/// The newest step in a log; 0 where there is none.
qint64 lastStep(const QByteArray &log)
{
    static const QRegularExpression step(u"^step=(\\d+) "_s, QRegularExpression::MultilineOption);
    qint64 last = 0;
    for (auto found = step.globalMatch(QString::fromUtf8(log)); found.hasNext();)
        last = found.next().captured(1).toLongLong();
    return last;
}

/// Where a training says that it goes on, and the first step after that line; 0 where it has not said it.
struct GoneOn {
    qint64 from = 0, first = 0;
};
GoneOn goneOn(const QByteArray &log)
{
    static const QRegularExpression line(
        u"^resumed from \\S+ at step (\\d+)\\nstep=(\\d+) "_s, QRegularExpression::MultilineOption);
    const auto match = line.match(QString::fromUtf8(log));
    return {match.captured(1).toLongLong(), match.captured(2).toLongLong()};
}

/// Ends a pod's training as the kernel does where memory runs out. The lab's pods are processes of this machine.
bool killTraining(const QString &podUid)
{
    for (const QString &pid : QDir(u"/proc"_s).entryList({u"[0-9]*"_s}, QDir::Dirs)) {
        QFile command(u"/proc/%1/cmdline"_s.arg(pid)), group(u"/proc/%1/cgroup"_s.arg(pid));
        if (command.open(QIODevice::ReadOnly) && command.readAll().contains("/train.py") && group.open(QIODevice::ReadOnly)
            && group.readAll().contains(podUid.toUtf8()))
            return ::kill(pid.toInt(), SIGKILL) == 0;
    }
    return false;
}

} // namespace

class TestWindowLaunchReal : public QObject {
    Q_OBJECT
    QTemporaryDir m_home;
    std::unique_ptr<TrainingWindow> m_window;
    test::TestCluster m_lab;
    QList<ObjectRef> m_made;
    QElapsedTimer m_clock;
    QString m_kubeconfig;

    pages::LaunchPage *page() const { return m_window->find<pages::LaunchPage>("launch"); }
    void pressStep(const QString &id)
    {
        m_window->press(m_window->find<forms::StepList>("launch.steps")->findChild<QAbstractButton *>(u"step."_s + id));
    }
    /// The form, as the window opens it.
    void begin()
    {
        m_window->press(u"jobs.new"_s);
        QTRY_VERIFY_WITH_TIMEOUT(!page()->text().isEmpty() && m_window->named(u"launch.name"_s)->isEnabled(), wait);
        QCOMPARE(page()->spec().ns, ns);
    }
    /// The review, once the server accepted it; the window shows the job then.
    void submit(JobKind kind, const QString &name)
    {
        pressStep(u"review"_s);
        QTRY_VERIFY2_WITH_TIMEOUT(page()->canSubmit(), page()->text().constData(), wait);
        m_made.append({facts(kind).resource, ns, name, {}});
        m_window->press(u"launch.submit"_s);
        m_clock.start();
        auto *jobs = m_window->find<pages::JobsPage>("jobs");
        QTRY_VERIFY_WITH_TIMEOUT(jobs->isVisible(), wait);
        QTRY_VERIFY_WITH_TIMEOUT(m_window->find<pages::JobPage>("job")->isVisible(), wait);
    }
    QByteArray log(const QString &pod) const { return m_lab.cluster->log(ns, pod, {}, {}).value_or(QByteArray()); }
    QString uidOf(const QString &pod) const
    {
        const Result<QJsonObject> object = m_lab.cluster->get({kinds::pods(), ns, pod, {}}, {});
        return object ? (*object)["metadata"_L1]["uid"_L1].toString() : QString();
    }
    /// Of a TrainJob, whose pods have no name that can be foretold.
    QJsonObject podOf(const QString &job) const
    {
        return m_lab.cluster->list(kinds::pods(), ns, u"jobset.sigs.k8s.io/jobset-name="_s + job, {}, {})
            .value_or(QList<QJsonObject>())
            .value(0);
    }

private slots:
    void initTestCase()
    {
        QVERIFY(m_home.isValid());
        qputenv("XDG_CONFIG_HOME", m_home.path().toUtf8());
        qputenv("XDG_DATA_HOME", QFile::encodeName(m_home.filePath(u"data"_s)));
        kit::Theme::install(*qApp, kit::ThemeMode::Light);
        QVERIFY2(m_lab.cluster, qPrintable(m_lab.problem));
        // As a team's own is: its namespace is in it, which the lab's leaves open.
        QFile from(test::kubeconfig()), to(m_home.filePath(u"kubeconfig"_s));
        QVERIFY(from.open(QIODevice::ReadOnly) && to.open(QIODevice::WriteOnly));
        to.setPermissions(QFile::ReadOwner | QFile::WriteOwner);
        const QByteArray user = "    user: admin\n";
        const QByteArray text = from.readAll().replace(user, user + "    namespace: " + ns.toUtf8() + '\n');
        QVERIFY(text.contains(user + "    namespace") && to.write(text) == text.size());
        m_kubeconfig = to.fileName();
    }
    void init()
    {
        m_window = std::make_unique<TrainingWindow>(m_home, m_kubeconfig);
        m_window->window.start();
        QTRY_VERIFY_WITH_TIMEOUT(m_window->table("jobs.table")->rowCount() > 0, wait);
    }
    void cleanup()
    {
        m_window.reset();
        for (const ObjectRef &job : std::exchange(m_made, {}))
            (void)m_lab.cluster->remove(job, {}, {});
    }

    void aPairThatLosesAPodGoesOnFromItsLastCheckpoint()
    {
        const QString name = u"launched-%1"_s.arg(QRandomGenerator::global()->generate(), 8, 16, QChar(u'0'));
        begin();
        m_window->type(u"launch.name"_s, name);
        m_window->type(u"launch.image"_s, image);
        m_window->type(u"launch.command"_s, u"python3 /workspace/ddp.py"_s);
        m_window->press(u"launch.next"_s);
        m_window->type(u"launch.nodes"_s, u"2"_s);
        m_window->type(u"launch.cpu"_s, u"0.5"_s);
        m_window->type(u"launch.memory"_s, u"0.5"_s);
        m_window->press(u"launch.next"_s);
        m_window->choose(u"launch.claim.checkpoints"_s, u"checkpoints"_s);
        submit(JobKind::PyTorchJob, name);
        const int inputs = m_window->inputs;
        QVERIFY2(inputs <= mostInputs, qPrintable(QString::number(inputs)));

        m_window->readCheckpoints(1);
        const qint64 firstAfter = m_clock.elapsed();
        const QString master = name + u"-master-0"_s, worker = name + u"-worker-0"_s;
        // They found each other by name: no address is in the job.
        QVERIFY2(log(master).contains("rank 0 of 2 has joined"), log(master).constData());
        QVERIFY2(log(worker).contains("rank 1 of 2 has joined"), log(worker).constData());
        const Result<QJsonObject> pod = m_lab.cluster->get({kinds::pods(), ns, worker, {}}, {});
        QVERIFY(pod);
        const QJsonArray variables = (*pod)["spec"_L1]["containers"_L1][0]["env"_L1].toArray();
        QVERIFY(variables.contains(QJsonObject{{u"name"_s, u"MASTER_ADDR"_s}, {u"value"_s, master}}));

        // The one that saves, gone at once, as with its node.
        const qint64 listed = m_window->checkpoints().lastKey();
        const QString before = uidOf(master);
        const qint64 reached = lastStep(log(master));
        QVERIFY(m_lab.cluster->remove({kinds::pods(), ns, master, {}}, {before, {}, u"Background"_s, false, 0}, {}));
        m_clock.start();
        GoneOn on;
        const auto goesOn = [&] {
            const QString uid = uidOf(master);
            if (!uid.isEmpty() && uid != before)
                on = goneOn(log(master));
            return on.first > 0;
        };
        QTRY_VERIFY2_WITH_TIMEOUT(goesOn(), (log(master) + log(worker)).constData(), wait);
        const qint64 backAfter = m_clock.elapsed();
        QVERIFY2(on.from >= listed, qPrintable(u"%1 was listed, %2 was taken"_s.arg(listed).arg(on.from)));
        QCOMPARE(on.first, on.from + 1);
        // Both do: a step needs the gradients of each.
        QTRY_VERIFY2_WITH_TIMEOUT(lastStep(log(worker)) > on.first, log(worker).constData(), wait);
        m_window->readCheckpointsAgain();
        QVERIFY(!m_window->checkpoints().isEmpty() && m_window->checkpoints().lastKey() >= on.from);
        qInfo("%d inputs; first checkpoint listed after %.1f s; %lld steps lost; trains again after %.1f s", inputs,
            double(firstAfter) / 1000, std::max<qint64>(0, reached - on.from), double(backAfter) / 1000);
    }

    void aTrainJobThatWasKilledIsResumed()
    {
        const QString name = u"tuned-%1"_s.arg(QRandomGenerator::global()->generate(), 8, 16, QChar(u'0'));
        begin();
        m_window->type(u"launch.name"_s, name);
        m_window->press(u"launch.kind.TrainJob"_s);
        // Another kind writes the text anew.
        QTRY_VERIFY_WITH_TIMEOUT(page()->text().contains("kind: TrainJob"), wait);
        m_window->type(u"launch.image"_s, image);
        pressStep(u"storage"_s);
        m_window->choose(u"launch.claim.checkpoints"_s, u"checkpoints"_s);
        submit(JobKind::TrainJob, name);
        const int inputs = m_window->inputs;
        QVERIFY2(inputs <= mostInputs, qPrintable(QString::number(inputs)));
        m_window->readCheckpoints(1);
        const qint64 firstAfter = m_clock.elapsed();

        const QJsonObject pod = podOf(name);
        const qint64 reached = lastStep(log(pod["metadata"_L1]["name"_L1].toString()));
        QVERIFY(killTraining(pod["metadata"_L1]["uid"_L1].toString()));
        // Its runtime, as the one that is shipped, tries once.
        const auto failed = [&] {
            const Result<QJsonObject> job = m_lab.cluster->get(m_made.first(), {});
            const QJsonArray conditions = job ? (*job)["status"_L1]["conditions"_L1].toArray() : QJsonArray();
            return std::ranges::any_of(conditions, [](const QJsonValue &condition) {
                return condition["type"_L1] == "Failed"_L1 && condition["status"_L1] == "True"_L1;
            });
        };
        QTRY_VERIFY_WITH_TIMEOUT(failed(), wait);

        const qint64 listed = m_window->checkpoints().lastKey();
        m_window->readCheckpointsAgain();
        QVERIFY(!m_window->checkpoints().isEmpty());
        const qint64 step = m_window->checkpoints().lastKey();
        QVERIFY(step >= listed);
        QAbstractButton *act = m_window->plan(m_window->checkpoints().last());
        QVERIFY(act);
        m_made.append({m_made.first().kind, ns, name + u"-r2"_s, {}});
        QTest::mouseClick(act, Qt::LeftButton);
        m_window->awaitResumed();
        const QString next = podOf(name + u"-r2"_s)["metadata"_L1]["name"_L1].toString();
        QTRY_VERIFY2_WITH_TIMEOUT(goneOn(log(next)).first > 0, log(next).constData(), wait);
        QCOMPARE(goneOn(log(next)).from, step);
        QCOMPARE(goneOn(log(next)).first, step + 1);
        qInfo("%d inputs; first checkpoint listed after %.1f s; %lld steps lost", inputs, double(firstAfter) / 1000,
            std::max<qint64>(0, reached - step));
    }
};

QTEST_MAIN(TestWindowLaunchReal)
#include "tst_window_launch_real.moc"
