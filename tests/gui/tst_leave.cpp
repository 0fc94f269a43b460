// SPDX-License-Identifier: GPL-3.0-or-later
// Closing the last window while a change runs: stay until it is done, roll it back, or leave it for later.
#include "FakeObjectApi.h"
#include "Samples.h"
#include "base/Translation.h"
#include "engine/LaunchRun.h"
#include "jobs/Unfinished.h"
#include "kit/Theme.h"
#include "window/LeaveController.h"

#include <QAbstractButton>
#include <QApplication>
#include <QCloseEvent>
#include <QTest>
#include <QThread>
#include <atomic>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::app;
using namespace cairn::tests;

namespace {

/// As the main window does.
class Window : public QWidget
{
public:
    explicit Window(Changes &changes) : leave(changes, this) {}
    LeaveController leave;

protected:
    void closeEvent(QCloseEvent *event) override { event->setAccepted(leave.mayClose()); }
};

} // namespace

class TestLeave : public QObject
{
    Q_OBJECT
    const ResourceKind &m_kind = facts(JobKind::PyTorchJob).resource;
    std::shared_ptr<FakeObjectApi> m_api;
    std::unique_ptr<Changes> m_changes;
    std::unique_ptr<Window> m_window;

    QJsonObject job() const { return m_api->stored(m_kind, u"research"_s, u"demo"_s); }
    bool isSuspended() const { return job()[u"spec"_s][u"runPolicy"_s][u"suspend"_s].toBool(); }
    bool hangs() const { return jobs::unfinishedChange(decoded(job())).has_value(); }
    QAbstractButton *button(const char *name) const
    {
        auto *dialog = m_window->findChild<QWidget *>(u"leave"_s);
        return dialog && dialog->isVisible() ? dialog->findChild<QAbstractButton *>(QLatin1StringView(name)) : nullptr;
    }
    /// Begins a resume that waits for a pod, and closes the window.
    std::shared_ptr<ResumeRun> closeInTheMiddle()
    {
        auto run = std::make_shared<ResumeRun>(*m_changes, m_api, u"Resuming demo from step 100"_s);
        run->execute(jobs::planResume(requestFor(job())), [](std::stop_token) -> Result<Checkpoint> { return wholeCheckpoint(); });
        [&] { QTRY_VERIFY(run->latest().contains(u"pod"_s)); }();
        m_window->close();
        return run;
    }
    void endPods()
    {
        m_api->erase(kinds::pods(), u"research"_s, u"demo-master-0"_s);
        m_api->edit(m_kind, u"research"_s, u"demo"_s, [](QJsonObject &o) {
            o = with(o, {u"status"_s, u"conditions"_s}, QJsonArray{condition(u"Suspended"_s, true)});
            return true;
        });
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
        m_api->put(m_kind, contractJob());
        m_api->put(kinds::pods(), {{u"metadata"_s, QJsonObject{{u"name"_s, u"demo-master-0"_s}, {u"namespace"_s, u"research"_s},
                                                               {u"labels"_s, QJsonObject{{facts(JobKind::PyTorchJob).podLabel, u"demo"_s}}}}},
                                   {u"status"_s, QJsonObject{{u"phase"_s, u"Running"_s}}}});
        m_changes = std::make_unique<Changes>();
        m_window = std::make_unique<Window>(*m_changes);
        m_window->show();
    }
    void cleanup()
    {
        m_window.reset();
        m_changes.reset();
        async::drain();
    }

    void nothingStandsInTheWayOfAnIdleWindow()
    {
        QVERIFY(m_window->close());
        QVERIFY(!m_window->isVisible());
    }

    /// The server has the request, and its answer is still to come.
    void aJobThatIsBeingMadeIsAskedAbout()
    {
        std::atomic_bool answers = false;
        m_api->before = [&answers](const FakeObjectApi::Call &call) -> std::optional<Error> {
            while (call.writes() && !answers)
                QThread::msleep(5);
            return std::nullopt;
        };
        change::Change create;
        create.act = change::Change::Act::Create;
        create.target = {m_kind, u"research"_s, u"bert"_s, {}};
        create.body = {{u"metadata"_s, QJsonObject{{u"name"_s, u"bert"_s}, {u"namespace"_s, u"research"_s},
                                                   {u"annotations"_s, QJsonObject{{change::changeMark(), u"a1"_s}}}}}};
        auto run = std::make_shared<LaunchRun>(*m_changes, m_api, QList{create});
        run->execute();
        m_window->close();
        QVERIFY(m_window->isVisible());
        auto *stay = button("leave.stay");
        QVERIFY(stay && !button("leave.rollBack")->isVisible());
        QTest::mouseClick(stay, Qt::LeftButton);
        answers = true;
        QTRY_VERIFY(!m_window->isVisible());
        QVERIFY(!run->uid().isEmpty());
    }

    void itSaysWhatRunsAndStaysUntilDone()
    {
        const auto run = closeInTheMiddle();
        QVERIFY(m_window->isVisible());
        auto *stay = button("leave.stay");
        QVERIFY(stay);
        QCOMPARE(m_window->findChild<QWidget *>(u"leave"_s)->focusWidget(), stay); // Enter stays
        QVERIFY(button("leave.rollBack")->isVisible() && button("leave.later")->isVisible() && button("leave.keep")->isVisible());
        QTest::mouseClick(stay, Qt::LeftButton);
        QVERIFY(m_window->isVisible() && run->isRunning() && hangs());
        endPods();
        QTRY_VERIFY(!isSuspended());
        run->stop(); // the first step is not waited for here
        QTRY_VERIFY(!m_window->isVisible());
        QVERIFY(!hangs());
    }

    void itRollsBackFirst()
    {
        closeInTheMiddle();
        QTest::mouseClick(button("leave.rollBack"), Qt::LeftButton);
        QVERIFY(m_window->isVisible());
        endPods();
        QTRY_VERIFY(!m_window->isVisible());
        QVERIFY(!hangs() && !isSuspended());
        QVERIFY(envOf(job(), u"Master"_s, u"RESUME_FROM_CHECKPOINT"_s).isEmpty());
    }

    void itLeavesARecordForLater()
    {
        closeInTheMiddle();
        QTest::mouseClick(button("leave.later"), Qt::LeftButton);
        QTRY_VERIFY(!m_window->isVisible());
        QVERIFY(m_changes->running().isEmpty());
        QVERIFY(hangs() && isSuspended());
    }

    void escapeKeepsTheWindow()
    {
        const auto run = closeInTheMiddle();
        QTest::keyClick(m_window->findChild<QWidget *>(u"leave"_s), Qt::Key_Escape);
        QTRY_VERIFY(!button("leave.stay"));
        QVERIFY(m_window->isVisible() && run->isRunning());
        endPods();
        QTRY_VERIFY(!isSuspended());
        run->stop();
        QTRY_VERIFY(m_changes->running().isEmpty());
        QVERIFY(m_window->isVisible()); // nobody asks for it to close any longer
    }

    void onceItStartedNothingIsHalfDone()
    {
        const auto run = closeInTheMiddle();
        const auto text = [this] {
            QStringList all;
            for (const auto *widget : m_window->findChild<QWidget *>(u"leave"_s)->findChildren<QWidget *>())
                all.append(widget->accessibleName());
            return all.join(u'\n');
        };
        QVERIFY(run->isHalfDone());
        QVERIFY2(text().contains(u"half done on the cluster."_s), qPrintable(text()));
        QVERIFY(!text().contains(u"Nothing is half done"_s));
        endPods();
        QTRY_VERIFY(!run->isHalfDone());
        QVERIFY(run->isRunning()); // the first step is waited for
        QTRY_VERIFY2(text().contains(u"Nothing is half done"_s), qPrintable(text()));
        QCOMPARE(static_cast<QAbstractButton *>(button("leave.later"))->text(), u"Close now"_s);
        // It ends before the user answers: the window closes as it was asked to.
        run->stop();
        QTRY_VERIFY(!m_window->isVisible());
    }

    void whatFailsBeforeTheAnswerKeepsTheWindow()
    {
        const auto run = closeInTheMiddle();
        m_api->edit(m_kind, u"research"_s, u"demo"_s, [](QJsonObject &o) {
            o = with(o, {u"spec"_s, u"runPolicy"_s, u"suspend"_s}, false);
            return true;
        });
        QTRY_VERIFY(m_changes->running().isEmpty());
        QVERIFY(run->ending().failed);
        QTRY_VERIFY(!button("leave.stay"));
        QVERIFY(m_window->isVisible());
    }

    void whatFailsIsSeenBeforeItCloses()
    {
        const auto run = closeInTheMiddle();
        QTest::mouseClick(button("leave.stay"), Qt::LeftButton);
        // Somebody unsuspends the job by hand: the resume cannot go on.
        m_api->edit(m_kind, u"research"_s, u"demo"_s, [](QJsonObject &o) {
            o = with(o, {u"spec"_s, u"runPolicy"_s, u"suspend"_s}, false);
            return true;
        });
        QTRY_VERIFY(m_changes->running().isEmpty());
        QVERIFY(run->ending().failed);
        QVERIFY(m_window->isVisible());
        QTRY_VERIFY(!button("leave.stay"));
    }
};

QTEST_MAIN(TestLeave)
#include "tst_leave.moc"
