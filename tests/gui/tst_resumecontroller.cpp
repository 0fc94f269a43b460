// SPDX-License-Identifier: GPL-3.0-or-later
// The Resume dialog on a cluster in memory: what a key press reads, and what becomes of the act without its dialog.
#include "FakeObjectApi.h"
#include "Samples.h"
#include "base/Translation.h"
#include "kit/Inputs.h"
#include "kit/Theme.h"
#include "window/ResumeController.h"

#include <QAbstractButton>
#include <QApplication>
#include <QDialog>
#include <QPointer>
#include <QSignalSpy>
#include <QTest>
#include <condition_variable>
#include <mutex>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::app;
using namespace cairn::tests;

class TestResumeController : public QObject
{
    Q_OBJECT
    const ResourceKind &m_kind = facts(JobKind::PyTorchJob).resource;
    std::shared_ptr<FakeObjectApi> m_api;
    std::unique_ptr<Changes> m_changes;
    std::unique_ptr<QWidget> m_window;
    QPointer<ResumeController> m_controller;

    template <class Widget>
    Widget *part(const char *name) const
    {
        auto *dialog = m_window->findChild<QWidget *>(u"resume"_s);
        return dialog ? dialog->findChild<Widget *>(QLatin1StringView(name)) : nullptr;
    }
    QAbstractButton *act() const { return part<QAbstractButton>("resume.act"); }
    struct Held { ///< what stands between the press of Resume and the new list
        std::mutex mutex;
        std::condition_variable_any changed;
        bool mayAnswer = true;
        Result<JobListing> answer = JobListing();
    };
    std::shared_ptr<Held> m_held;

    static Checkpoint saved(qint64 step, int second)
    {
        Checkpoint c = wholeCheckpoint(step);
        c.path = u"demo/step-%1.pt"_s.arg(step);
        c.savedAt = QDateTime::fromString(u"2026-01-02T00:00:00Z"_s, Qt::ISODate).addSecs(second);
        return c;
    }
    QString checks() const
    {
        QStringList all;
        for (const auto *label : part<QWidget>("resume.checks")->findChildren<QWidget *>())
            all.append(label->accessibleName());
        return all.join(u'\n');
    }
    QString title() const { return m_window->findChild<QDialog *>()->windowTitle(); }
    QAbstractButton *offer(const QString &text) const
    {
        for (auto *button : m_window->findChildren<QAbstractButton *>()) {
            if (button->text() == text && button->isVisible())
                return button;
        }
        return nullptr;
    }
    /// A failed job whose list, `old`, is ten minutes old; what is there now is `m_held->answer`.
    void openOld(const QList<Checkpoint> &old, const QString &chosen = {})
    {
        const QJsonObject failed = with(contractJob(), {u"status"_s, u"conditions"_s}, QJsonArray{condition(u"Failed"_s, true)});
        m_api->put(m_kind, failed);
        JobListing listing;
        listing.location = ckpt::locate(decoded(failed));
        listing.root = u"/ckpt"_s;
        listing.listing.readAt = QDateTime::currentDateTimeUtc().addSecs(-600);
        listing.listing.runs = {Run{u"."_s, {}, {}, old}};
        m_controller = new ResumeController(*m_changes, m_api, m_window.get());
        m_controller->plan(decoded(failed), listing,
                           [held = m_held](const JobDetail &, std::stop_token stop, const ckpt::Progress &progress) -> Result<JobListing> {
                               if (progress)
                                   progress(u"Reading"_s, 7);
                               std::unique_lock lock(held->mutex);
                               if (!held->changed.wait(lock, stop, [&] { return held->mayAnswer; }))
                                   return fail(Error::cancelled());
                               return held->answer;
                           },
                           {}, chosen);
    }
    JobListing now(const QList<Checkpoint> &checkpoints)
    {
        JobListing listing;
        listing.location = ckpt::locate(decoded(contractJob()));
        listing.root = u"/ckpt"_s;
        listing.listing.readAt = QDateTime::currentDateTimeUtc();
        listing.listing.runs = {Run{u"."_s, {}, {}, checkpoints}};
        return listing;
    }
    void answer()
    {
        const std::lock_guard lock(m_held->mutex);
        m_held->mayAnswer = true;
        m_held->changed.notify_all();
    }

    /// A failed job, which becomes a new one.
    void open()
    {
        const QJsonObject failed = with(contractJob(), {u"status"_s, u"conditions"_s}, QJsonArray{condition(u"Failed"_s, true)});
        m_api->put(m_kind, failed);
        JobListing listing;
        listing.location = ckpt::locate(decoded(failed));
        listing.root = u"/ckpt"_s;
        Run run;
        run.checkpoints = {wholeCheckpoint()};
        listing.listing.runs = {run};
        m_controller = new ResumeController(*m_changes, m_api, m_window.get());
        m_controller->plan(decoded(failed), listing, [listing](const JobDetail &, std::stop_token, const ckpt::Progress &) -> Result<JobListing> { return listing; }, {}, wholeCheckpoint().path);
        QTRY_VERIFY2(act() && act()->isEnabled(), act() ? qPrintable(act()->toolTip()) : "no dialog");
    }

private slots:
    void initTestCase()
    {
        installTranslation(QLocale(u"en"_s));
        kit::Theme::install(*qApp, kit::ThemeMode::Light);
        QApplication::setQuitOnLastWindowClosed(false);
    }
    void init()
    {
        m_api = std::make_shared<FakeObjectApi>();
        m_api->put(kinds::claims(), {{u"metadata"_s, QJsonObject{{u"name"_s, u"ckpt-claim"_s}, {u"namespace"_s, u"research"_s}}},
                                     {u"status"_s, QJsonObject{{u"phase"_s, u"Bound"_s}}}});
        m_held = std::make_shared<Held>();
        m_changes = std::make_unique<Changes>();
        m_window = std::make_unique<QWidget>();
        m_window->show();
    }
    void cleanup()
    {
        m_window.reset();
        m_changes.reset();
        async::drain();
    }

    void aNewerCheckpointThanTheOldListIsProposed()
    {
        m_held->mayAnswer = false;
        m_held->answer = now({saved(100, 0), saved(200, 60), saved(300, 120)});
        openOld({saved(100, 0), saved(200, 60)});
        QTRY_VERIFY(checks().contains(u"10 min ago"_s) && checks().contains(u"7 files"_s));
        QVERIFY(title().contains(u"200"_s));
        QVERIFY(!act()->isEnabled());
        QSignalSpy listed(m_controller, &ResumeController::listed);
        answer();
        QTRY_VERIFY(act()->isEnabled());
        QCOMPARE(listed.size(), 1);
        QVERIFY2(title().contains(u"300"_s), qPrintable(title()));
        QVERIFY2(checks().contains(u"step 200"_s), qPrintable(checks()));
    }

    void whatTheUserChoseStays()
    {
        m_held->answer = now({saved(100, 0), saved(200, 60), saved(300, 120)});
        openOld({saved(100, 0), saved(200, 60)}, u"demo/step-100.pt"_s);
        QTRY_VERIFY(act()->isEnabled());
        QVERIFY2(title().contains(u"100"_s), qPrintable(title()));
    }

    void whatIsGoneIsSaid()
    {
        m_held->answer = now({saved(200, 60)});
        openOld({saved(100, 0), saved(200, 60)}, u"demo/step-100.pt"_s);
        QTRY_VERIFY(act()->isEnabled());
        QVERIFY2(title().contains(u"200"_s), qPrintable(title()));
        QVERIFY2(checks().contains(u"step 100 is gone"_s), qPrintable(checks()));
    }

    void whoDoesNotWaitGoesByTheOldList()
    {
        m_held->mayAnswer = false;
        m_held->answer = now({saved(300, 120)});
        openOld({saved(200, 60)});
        QTRY_VERIFY(offer(u"Don't wait"_s));
        QTest::mouseClick(offer(u"Don't wait"_s), Qt::LeftButton);
        QTRY_VERIFY(checks().contains(u"newer checkpoints may exist"_s));
        QVERIFY(title().contains(u"200"_s));
        answer(); // lets the check of the checkpoint go on
        QTRY_VERIFY(offer(u"Refresh"_s));
        QTest::mouseClick(offer(u"Refresh"_s), Qt::LeftButton);
        QTRY_VERIFY2(title().contains(u"300"_s), qPrintable(title()));
        QTRY_VERIFY(act()->isEnabled());
    }

    void theOtherBranchIsOneClickAway()
    {
        // Attempt 2 went back to step 100 and has saved nothing yet.
        QJsonObject failed = with(contractJob(), {u"status"_s, u"conditions"_s}, QJsonArray{condition(u"Failed"_s, true)});
        failed = with(failed, {u"metadata"_s, u"annotations"_s},
                      QJsonObject{{u"cairn.console/attempt"_s, u"2"_s}, {u"cairn.console/checkpoint"_s, u"/ckpt/demo/step-100.pt"_s},
                                  {u"cairn.console/checkpoint-dir"_s, u"/ckpt/demo/attempt-2-0a1b2c"_s}});
        m_api->put(m_kind, failed);
        JobListing listing = now({saved(100, 0), saved(500, 60)});
        listing.location = ckpt::locate(decoded(failed));
        m_held->answer = listing;
        m_controller = new ResumeController(*m_changes, m_api, m_window.get());
        m_controller->plan(decoded(failed), listing,
                           [held = m_held](const JobDetail &, std::stop_token, const ckpt::Progress &) { return held->answer; }, {}, {});
        QTRY_VERIFY(act() && act()->isEnabled());
        QVERIFY2(title().contains(u"100"_s), qPrintable(title()));
        QTRY_VERIFY(offer(u"Use step 500"_s));
        QTest::mouseClick(offer(u"Use step 500"_s), Qt::LeftButton);
        QTRY_VERIFY2(title().contains(u"500"_s), qPrintable(title()));
        QTRY_VERIFY(offer(u"Use step 100"_s));
        QTRY_VERIFY(act()->isEnabled());
    }

    void weightsAreStartedFromWithAWordOfTheirOwn()
    {
        Checkpoint weights = saved(100, 0);
        weights.resumable = false;
        m_held->answer = now({weights});
        openOld({weights}, weights.path);
        QTRY_VERIFY(act() && act()->text() == u"Start from these weights"_s);
        QVERIFY2(title().contains(u"weights"_s) && !title().contains(u"Resume"_s), qPrintable(title()));
        QTRY_VERIFY(act()->toolTip().contains(u"passed"_s)); // the contract's variable would resume: it has to be said
        QVERIFY(!act()->isEnabled());
    }

    void aListThatCannotBeReadAgainIsSaid()
    {
        m_held->answer = fail(Error::make(Error::Kind::Network, u"The server does not answer"_s));
        openOld({saved(200, 60)});
        QTRY_VERIFY(act()->isEnabled()); // the user may go on
        QVERIFY2(checks().contains(u"could not be read again"_s) && checks().contains(u"10 min ago"_s), qPrintable(checks()));
        QVERIFY2(checks().contains(u"does not answer"_s), qPrintable(checks()));
    }

    void typingANameReadsNothing()
    {
        open();
        m_api->forgetCalls();
        auto *name = part<kit::Input>("resume.name");
        name->setFocus();
        name->selectAll();
        QTest::keyClicks(name, u"mine"_s);
        QVERIFY(!act()->isEnabled()); // the checks of the old name say nothing about this one
        QTRY_VERIFY(act()->isEnabled());
        const QList<FakeObjectApi::Call> calls = m_api->calls();
        QVERIFY(!calls.isEmpty());
        for (const FakeObjectApi::Call &call : calls)
            QVERIFY2(call.verb == u"create" && call.dryRun, qPrintable(call.verb + u' ' + call.resource));
        QCOMPARE(calls.last().body[u"metadata"_s][u"name"_s].toString(), u"mine"_s);
        QTest::mouseClick(act(), Qt::LeftButton);
        QTRY_VERIFY(!m_api->stored(m_kind, u"research"_s, u"mine"_s).isEmpty());
    }

    void aNameThatIsTakenIsSeenWithoutTheServer()
    {
        m_api->put(m_kind, contractJob(u"other"_s));
        open();
        m_api->forgetCalls();
        auto *name = part<kit::Input>("resume.name");
        name->selectAll();
        QTest::keyClicks(name, u"other"_s);
        QTRY_VERIFY(act()->toolTip().contains(u"other"_s) || act()->toolTip().contains(u"taken"_s, Qt::CaseInsensitive));
        QVERIFY(!act()->isEnabled());
        QVERIFY(m_api->calls().isEmpty());
    }

    void theActGoesOnWithoutItsDialogAndItsWindow()
    {
        open();
        QTest::mouseClick(act(), Qt::LeftButton);
        m_window.reset(); // before the first word of the flow
        QVERIFY(!m_controller);
        QCOMPARE(m_changes->running().size(), 1);
        QTRY_VERIFY(!m_api->stored(m_kind, u"research"_s, u"demo-r2"_s).isEmpty());
        const auto run = m_changes->running().value(0);
        QVERIFY(run && !run->isShown()); // so that somebody else tells how it ended
        run->stop();
        QTRY_VERIFY(m_changes->running().isEmpty());
    }

    void closingTheDialogBeforeItBeginsStopsNothing()
    {
        open();
        QTest::mouseClick(act(), Qt::LeftButton);
        delete m_window->findChild<QWidget *>(u"resume"_s);
        QTRY_VERIFY(!m_api->stored(m_kind, u"research"_s, u"demo-r2"_s).isEmpty());
        QVERIFY(m_controller); // until it ends
        m_changes->running().first()->stop();
        QTRY_VERIFY(!m_controller);
    }
};

QTEST_MAIN(TestResumeController)
#include "tst_resumecontroller.moc"
