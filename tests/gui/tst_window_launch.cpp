// SPDX-License-Identifier: GPL-3.0-or-later
// From an empty form to a submitted job with two pods, and a clone of it, in the real window on a real API server.
#include "WindowTest.h"

#include "editors/CodeEditor.h"
#include "forms/ChoiceField.h"
#include "forms/NumberField.h"
#include "forms/TextFields.h"
#include "kit/Label.h"
#include "pages/JobPage.h"
#include "pages/JobsPage.h"
#include "change/Change.h"
#include "manifest/Document.h"
#include "pages/LaunchPage.h"

#include <QDirIterator>
#include <QJsonDocument>
#include <QRandomGenerator>

using namespace Qt::StringLiterals;
using namespace cairn;
using test::TestWindow;

namespace {

constexpr int wait = 60'000; // ms; a limit, not an expectation
constexpr int mostInputs = 12;

} // namespace

class TestWindowLaunch : public QObject {
    Q_OBJECT
    QTemporaryDir m_home;
    std::unique_ptr<TestWindow> m_window;
    test::TestCluster m_lab;
    QList<ObjectRef> m_made;
    int m_inputs = 0;

    pages::LaunchPage *page() const { return m_window->find<pages::LaunchPage>("launch"); }
    QWidget *named(const QString &name) const { return m_window->window.findChild<QWidget *>(name); }
    void type(const QString &field, const QString &text)
    {
        ++m_inputs;
        m_window->type(field, text);
    }
    void press(const QString &button)
    {
        ++m_inputs;
        m_window->press(button);
    }
    /// The only one there is; empty: none.
    QJsonObject draft() const
    {
        QDirIterator files(m_home.filePath(u"data"_s), {u"launch*"_s}, QDir::Files, QDirIterator::Subdirectories);
        if (!files.hasNext())
            return {};
        QFile file(files.next());
        return file.open(QIODevice::ReadOnly) ? QJsonDocument::fromJson(file.readAll()).object() : QJsonObject();
    }
    QString answer() const { return m_window->find<kit::Paragraph>("launch.answer")->text(); }

private slots:
    void initTestCase()
    {
        QVERIFY(m_home.isValid());
        qputenv("XDG_CONFIG_HOME", m_home.path().toUtf8());
        qputenv("XDG_DATA_HOME", QFile::encodeName(m_home.filePath(u"data"_s)));
        kit::Theme::install(*qApp, kit::ThemeMode::Light);
        QVERIFY2(m_lab.cluster, qPrintable(m_lab.problem));
    }
    void init()
    {
        m_inputs = 0;
        m_window = std::make_unique<TestWindow>(m_home, test::kubeconfig());
        m_window->window.start();
        QTRY_VERIFY_WITH_TIMEOUT(m_window->table("jobs.table")->rowCount() > 0, wait);
    }
    void cleanup() { m_window.reset(); }
    void cleanupTestCase()
    {
        for (const ObjectRef &job : std::as_const(m_made))
            (void)m_lab.cluster->remove(job, {}, {});
    }

    void fromAnEmptyFormToTwoPods()
    {
        const QString name = u"launched-%1"_s.arg(QRandomGenerator::global()->generate(), 8, 16, QChar(u'0'));
        press(u"jobs.new"_s);
        QVERIFY(page()->isVisible());
        QTRY_VERIFY_WITH_TIMEOUT(!page()->text().isEmpty() && named(u"launch.name"_s)->isEnabled(), wait);
        type(u"launch.name"_s, name);
        type(u"launch.image"_s, u"registry.example/train:1.0"_s);
        type(u"launch.command"_s, u"python train.py"_s);
        press(u"launch.next"_s);
        type(u"launch.nodes"_s, u"2"_s);
        type(u"launch.cpu"_s, u"1"_s);
        type(u"launch.memory"_s, u"1"_s);
        // Whether it can start is told beside the form while it is typed.
        const auto fits = [this] { return m_window->find<kit::Paragraph>("launch.fit.answer")->text(); };
        QTRY_VERIFY2_WITH_TIMEOUT(!fits().contains(u"Looking"_s), qPrintable(fits()), wait);
        QTRY_COMPARE_WITH_TIMEOUT(answer(), fits(), wait);
        page()->showStep(4);
        ++m_inputs;
        QTRY_VERIFY2_WITH_TIMEOUT(page()->canSubmit(), qPrintable(answer()), wait);
        const launch::Spec spec = page()->spec();
        QCOMPARE(spec.nodes, 2);
        QCOMPARE(spec.each.memory, u"1Gi"_s);
        QCOMPARE(spec.command, QStringList({u"python"_s, u"train.py"_s}));
        QVERIFY(page()->text().contains("name: " + name.toUtf8()));
        const ObjectRef target{facts(spec.kind).resource, spec.ns, name, {}};
        m_made.append(target);
        // Twice, as fast as one can.
        auto *submit = qobject_cast<QAbstractButton *>(named(u"launch.submit"_s));
        submit->click();
        submit->click();
        ++m_inputs;
        QVERIFY2(m_inputs <= mostInputs, qPrintable(QString::number(m_inputs)));
        auto *jobs = m_window->find<pages::JobsPage>("jobs");
        QTRY_VERIFY_WITH_TIMEOUT(jobs->isVisible(), wait);
        const Result<QJsonObject> made = m_lab.cluster->get(target, {});
        QVERIFY(made);
        const QString uid = made->value("metadata"_L1).toObject().value("uid"_L1).toString();
        QTRY_COMPARE_WITH_TIMEOUT(jobs->currentJob(), uid, wait);
        // One was made, and what happens to it is shown: its events, and why it does not run yet.
        const QList<QJsonObject> all = m_lab.cluster->list(target.kind, target.ns, {}, u"metadata.name="_s + name, {}).value_or(QList<QJsonObject>());
        QCOMPARE(all.size(), 1);
        auto *job = m_window->find<pages::JobPage>("job");
        QTRY_COMPARE_WITH_TIMEOUT(job->tab(), pages::JobPage::Tab::Events, wait);
        // Simulated pods run within a second or two, and then nothing is left to say.
        const auto runs = [&] {
            const Result<QJsonObject> now = m_lab.cluster->get(target, {});
            const QByteArray status = now ? QJsonDocument(now->value("status"_L1).toObject()).toJson() : QByteArray();
            return status.contains("\"Running\"");
        };
        QTRY_VERIFY_WITH_TIMEOUT(named(u"job.why"_s)->isVisible() || runs(), wait);
        const auto sentence = [this] { return m_window->find<kit::Paragraph>("job.why.sentence")->text(); };
        QTRY_VERIFY2_WITH_TIMEOUT(named(u"job.why.verdict"_s)->isVisible() || !named(u"job.why"_s)->isVisible(), qPrintable(sentence()), wait);
        const launch::Spec there = launch::specOf(*made);
        QCOMPARE(there.nodes, 2);
        QCOMPARE(there.restartPolicy, u"OnFailure"_s);
        QCOMPARE(there.backoffLimit, std::optional(12)); // six for each pod

        // A clone of it has a name of its own, and the draft of a clone outlives the window.
        QTRY_VERIFY_WITH_TIMEOUT(named(u"job.clone"_s)->isVisible(), wait);
        press(u"job.clone"_s);
        QTRY_COMPARE_WITH_TIMEOUT(page()->spec().name, name + u"-2"_s, wait);
        type(u"launch.image"_s, u"registry.example/train:2.0"_s);
        QTRY_VERIFY_WITH_TIMEOUT(page()->text().contains("train:2.0"), wait);
        m_window = std::make_unique<TestWindow>(m_home, test::kubeconfig());
        m_window->window.start();
        QTRY_VERIFY_WITH_TIMEOUT(m_window->table("jobs.table")->rowCount() > 0, wait);
        press(u"jobs.new"_s);
        QTRY_COMPARE_WITH_TIMEOUT(page()->spec().image, u"registry.example/train:2.0"_s, wait);
        QCOMPARE(page()->spec().name, name + u"-2"_s);
        // Nothing is lost unasked.
        press(u"launch.discard"_s);
        press(u"discard.act"_s);
        QTRY_VERIFY_WITH_TIMEOUT(m_window->find<pages::JobsPage>("jobs")->isVisible(), wait);
    }

    /// A draft whose Submit got through although nobody heard of it.
    void aDraftThatWasSubmittedAlreadyFindsItsJob()
    {
        const QString name = u"lost-%1"_s.arg(QRandomGenerator::global()->generate(), 8, 16, QChar(u'0'));
        press(u"jobs.new"_s);
        QTRY_VERIFY_WITH_TIMEOUT(!page()->text().isEmpty() && named(u"launch.name"_s)->isEnabled(), wait);
        type(u"launch.name"_s, name);
        type(u"launch.image"_s, u"registry.example/train:1.0"_s);
        page()->showStep(4);
        QTRY_VERIFY2_WITH_TIMEOUT(page()->canSubmit(), qPrintable(answer()), wait);
        // What it would have sent, by another hand: with the id that the draft keeps.
        QTRY_VERIFY_WITH_TIMEOUT(!draft().isEmpty() && draft().value("text"_L1).toString().contains(name), wait);
        QJsonObject body = manifest::Document::read(page()->text()).json().toObject();
        QJsonObject metadata = body.value("metadata"_L1).toObject();
        QJsonObject annotations = metadata.value("annotations"_L1).toObject();
        annotations.insert(change::changeMark(), draft().value("id"_L1).toString());
        metadata.insert(u"annotations"_s, annotations);
        body.insert(u"metadata"_s, metadata);
        const ObjectRef target{facts(page()->spec().kind).resource, page()->spec().ns, name, {}};
        m_made.append(target);
        const Result<QJsonObject> made = m_lab.cluster->create(target.kind, target.ns, body, {}, {});
        QVERIFY2(made, qPrintable(made ? QString() : made.error().oneLine()));
        // Submitted now, it is that one that opens.
        press(u"launch.submit"_s);
        auto *jobs = m_window->find<pages::JobsPage>("jobs");
        QTRY_VERIFY_WITH_TIMEOUT(jobs->isVisible(), wait);
        QTRY_COMPARE_WITH_TIMEOUT(jobs->currentJob(), made->value("metadata"_L1).toObject().value("uid"_L1).toString(), wait);
        QTRY_VERIFY_WITH_TIMEOUT(draft().isEmpty(), wait);
    }

    void whatTheServerRefusesIsSaid()
    {
        press(u"jobs.new"_s);
        QTRY_VERIFY_WITH_TIMEOUT(!page()->text().isEmpty() && named(u"launch.name"_s)->isEnabled(), wait);
        auto *text = m_window->find<editors::CodeEditor>("launch.text");
        text->replaceText(QString(text->text()).replace(u"backoffLimit"_s, u"backofLimit"_s));
        emit text->textChanged();
        QTRY_VERIFY_WITH_TIMEOUT(!text->problems().isEmpty(), wait);
        QCOMPARE(text->problems().first().replacement, std::optional(u"backoffLimit"_s));
        page()->showStep(4);
        QVERIFY(!page()->canSubmit());
        QTRY_VERIFY_WITH_TIMEOUT(named(u"launch.refused"_s) != nullptr, wait);
        QVERIFY(!page()->canSubmit());
    }
};

QTEST_MAIN(TestWindowLaunch)
#include "tst_window_launch.moc"
