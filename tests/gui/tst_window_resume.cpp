// SPDX-License-Identifier: GPL-3.0-or-later
// The main job in the window, on real pods that really train: break off, choose the third newest checkpoint, resume,
// see the very next step; and a resume that was stopped half way is undone from its banner.
#include "TrainingWindow.h"

#include "pages/LogPane.h"

#include <QElapsedTimer>
#include <QJsonArray>
#include <QJsonObject>
#include <algorithm>

using namespace Qt::StringLiterals;
using namespace cairn;
using test::TestWindow;
using test::TrainingWindow;

namespace {

constexpr int wait = TrainingWindow::patience;
const auto ns = u"research"_s;

} // namespace

class TestWindowResume : public QObject
{
    Q_OBJECT
    QTemporaryDir m_home;
    std::unique_ptr<test::TestCluster> m_cluster;
    std::unique_ptr<TrainingWindow> m_window;
    QString m_job;

    ObjectRef ref() const { return {facts(JobKind::PyTorchJob).resource, ns, m_job, {}}; }
    QJsonObject live() const
    {
        const Result<QJsonObject> object = m_cluster->cluster->get(ref(), {});
        return object ? *object : QJsonObject();
    }
    static QJsonObject container(const QJsonObject &job)
    {
        return job["spec"_L1]["pytorchReplicaSpecs"_L1]["Master"_L1]["template"_L1]["spec"_L1]["containers"_L1][0].toObject();
    }
    static QString environment(const QJsonObject &job, const QString &name)
    {
        for (const QJsonValue entry : container(job)[u"env"_s].toArray()) {
            if (entry[u"name"_s].toString() == name)
                return entry[u"value"_s].toString();
        }
        return {};
    }
    /// A demo's training under another name, faster.
    void start(const QString &name, const QString &demoName = u"mnist-demo"_s, const QString &folder = u"/checkpoints/"_s)
    {
        m_job = name;
        const Result<QJsonObject> demo = m_cluster->cluster->get({ref().kind, ns, demoName, {}}, {});
        QVERIFY2(demo, demo ? "" : qPrintable(demo.error().oneLine()));
        QJsonObject box = container(*demo);
        QJsonArray variables{env(u"CHECKPOINT_DIR"_s, folder + name), env(u"CHECKPOINT_EVERY_STEPS"_s, u"10"_s),
                             env(u"CHECKPOINT_KEEP_LAST"_s, u"60"_s), env(u"TOTAL_STEPS"_s, u"6000"_s), env(u"STEP_DELAY"_s, u"0.1"_s)};
        for (const QJsonValue entry : container(*demo)[u"env"_s].toArray()) {
            if (entry[u"name"_s].toString().startsWith(u"AWS_"_s))
                variables.append(entry);
        }
        box.insert(u"env"_s, variables);
        box.remove(u"resources"_s);
        QJsonObject pod = (*demo)["spec"_L1]["pytorchReplicaSpecs"_L1]["Master"_L1]["template"_L1]["spec"_L1].toObject();
        pod.insert(u"containers"_s, QJsonArray{box});
        const QJsonObject job{
            {u"apiVersion"_s, u"kubeflow.org/v1"_s},
            {u"kind"_s, u"PyTorchJob"_s},
            {u"metadata"_s, QJsonObject{{u"name"_s, name}}},
            {u"spec"_s, QJsonObject{{u"pytorchReplicaSpecs"_s,
                                     QJsonObject{{u"Master"_s, QJsonObject{{u"replicas"_s, 1},
                                                                           {u"restartPolicy"_s, u"OnFailure"_s},
                                                                           {u"template"_s, QJsonObject{{u"spec"_s, pod}}}}}}}}}};
        const Result<QJsonObject> made = m_cluster->cluster->create(ref().kind, ns, job, {}, {});
        QVERIFY2(made, made ? "" : qPrintable(made.error().oneLine()));
    }
    static QJsonObject env(const QString &name, const QString &value) { return {{u"name"_s, name}, {u"value"_s, value}}; }
    void openJob()
    {
        m_window = std::make_unique<TrainingWindow>(m_home, test::kubeconfig());
        m_window->window.start();
        m_window->openJob(m_job);
    }
    QMap<qint64, QString> checkpoints() const { return m_window->checkpoints(); }
    void readCheckpoints(int atLeast) { m_window->readCheckpoints(atLeast); }
    QAbstractButton *plan(const QString &path) { return m_window->plan(path); }

private slots:
    void initTestCase()
    {
        QVERIFY(m_home.isValid());
        qputenv("XDG_CONFIG_HOME", m_home.path().toUtf8());
        m_cluster = std::make_unique<test::TestCluster>();
        QVERIFY2(m_cluster->cluster, qPrintable(m_cluster->problem));
        kit::Theme::install(*qApp, kit::ThemeMode::Light);
    }
    void cleanup()
    {
        m_window.reset();
        if (!m_job.isEmpty())
            (void)m_cluster->cluster->remove(ref(), {}, {});
        m_job.clear();
    }

    void theThirdNewestIsResumedToItsFirstStep()
    {
        start(u"window-resume"_s);
        openJob();
        readCheckpoints(4);
        const QMap<qint64, QString> found = checkpoints();
        const auto third = std::prev(found.cend(), 3);
        QAbstractButton *act = plan(third.value());
        QVERIFY(act);
        QElapsedTimer clock;
        clock.start();
        QTest::mouseClick(act, Qt::LeftButton);
        auto *logs = m_window->inDialog<QAbstractButton>("resume.logs");
        auto *close = m_window->inDialog<QAbstractButton>("resume.close");
        QVERIFY(logs && close);
        m_window->awaitResumed();
        qInfo("resumed within %lld ms", clock.elapsed()); // tests/bench reads this

        const QJsonObject now = live();
        QVERIFY(environment(now, u"RESUME_FROM_CHECKPOINT"_s).endsWith(third.value()));
        QVERIFY2(environment(now, u"CHECKPOINT_DIR"_s) != u"/checkpoints/"_s + m_job, "the new attempt saves into a folder of its own");
        QVERIFY(!now["spec"_L1]["runPolicy"_L1]["suspend"_L1].toBool());

        QTest::mouseClick(logs, Qt::LeftButton);
        QTest::mouseClick(close, Qt::LeftButton);
        auto *page = m_window->find<pages::JobPage>("job");
        QTRY_COMPARE(page->tab(), pages::JobPage::Tab::Logs);
        QTRY_VERIFY_WITH_TIMEOUT(page->logs()->lineCount() > 0, wait);
        // The pod's own log holds the proof: it took the checkpoint, and the next step is the one after it.
        LogOptions options;
        options.container = u"pytorch"_s;
        const Result<QByteArray> log = m_cluster->cluster->log(ns, m_job + u"-master-0"_s, options, {});
        QVERIFY2(log, log ? "" : qPrintable(log.error().oneLine()));
        QVERIFY2(log->contains("resumed from"), log->constData());
        QVERIFY2(log->contains("step=" + QByteArray::number(third.key() + 1) + ' '), log->constData());
    }

    void fromABucketAfterTheConsent()
    {
        const QString folder = u"s3://training/e2e/"_s;
        start(u"window-bucket"_s, u"mnist-s3"_s, folder);
        openJob();
        auto *consent = m_window->find<kit::Banner>("job.consent");
        QTRY_VERIFY_WITH_TIMEOUT(consent->isVisible(), wait);
        QVERIFY(checkpoints().isEmpty()); // not read before somebody agrees
        readCheckpoints(4);
        const QMap<qint64, QString> found = checkpoints();
        const auto third = std::prev(found.cend(), 3);
        QAbstractButton *act = plan(third.value());
        QVERIFY(act);
        QTest::mouseClick(act, Qt::LeftButton);
        m_window->awaitResumed();
        const QJsonObject now = live();
        QCOMPARE(environment(now, u"RESUME_FROM_CHECKPOINT"_s), folder + m_job + u'/' + third.value());
        QVERIFY(environment(now, u"CHECKPOINT_DIR"_s).startsWith(folder + m_job + u"/attempt-2-"_s));
        const auto log = m_cluster->cluster->log(ns, m_job + u"-master-0"_s, {}, {});
        QVERIFY2(log && log->contains("step=" + QByteArray::number(third.key() + 1) + ' '), log ? log->constData() : "");
    }

    void aResumeStoppedHalfWayIsUndoneFromItsBanner()
    {
        start(u"window-undo"_s);
        openJob();
        readCheckpoints(3);
        QAbstractButton *act = plan(checkpoints().first());
        QVERIFY(act);
        QTest::mouseClick(act, Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(live()["spec"_L1]["runPolicy"_L1]["suspend"_L1].toBool(), wait);
        auto *stop = m_window->inDialog<QAbstractButton>("resume.stop");
        QVERIFY(stop && stop->isVisible());
        QTest::mouseClick(stop, Qt::LeftButton);
        auto *close = m_window->inDialog<QAbstractButton>("resume.close");
        QTRY_VERIFY_WITH_TIMEOUT(close->isVisible() && close->isEnabled(), wait);
        QTest::mouseClick(close, Qt::LeftButton);

        auto *pending = m_window->find<kit::Banner>("job.pending");
        QTRY_VERIFY_WITH_TIMEOUT(pending->isVisible(), wait);
        // While this Cairn is still stopping, the banner says so and offers nothing.
        QAbstractButton *undo = nullptr;
        QTRY_VERIFY_WITH_TIMEOUT((undo = TestWindow::button(pending, u"Roll back"_s)), wait);
        QTest::mouseClick(undo, Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(!pending->isVisible(), wait);
        QTRY_VERIFY_WITH_TIMEOUT(!live()["spec"_L1]["runPolicy"_L1]["suspend"_L1].toBool(), wait);
        QCOMPARE(environment(live(), u"CHECKPOINT_DIR"_s), u"/checkpoints/"_s + m_job);
        QVERIFY(environment(live(), u"RESUME_FROM_CHECKPOINT"_s).isEmpty());
    }
};

QTEST_MAIN(TestWindowResume)
#include "tst_window_resume.moc"
