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
#include <QPointer>
#include <QTest>

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
        m_controller->plan(decoded(failed), listing, [listing](const JobDetail &, std::stop_token) -> Result<JobListing> { return listing; }, {}, wholeCheckpoint());
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
