// SPDX-License-Identifier: GPL-3.0-or-later
#include "kit/Button.h"
#include "kit/StateView.h"
#include "kit/Theme.h"
#include "pages/ConnectPage.h"
#include "views/DataTable.h"

#include <QApplication>
#include <QClipboard>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::items;
using pages::ConnectPage;

namespace {

ContextRow row(const QString &name, ContextState state, ContextAction action)
{
    ContextRow row;
    row.id = row.name = name;
    row.server = u"10.0.0.1:6443"_s;
    row.state = state;
    row.action = action;
    return row;
}

DoctorView failing(const QString &context)
{
    DoctorView view;
    view.contextId = view.contextName = context;
    view.report = u"report of "_s + context;
    DoctorStepView step;
    step.state = DoctorStepView::State::Failed;
    step.title = u"Exec plugin found"_s;
    step.why = u"It is not on the PATH."_s;
    step.remedies = {{DoctorRemedy::Act::CopyCommand, u"copy"_s, u"Install it"_s, {}, u"apt install plugin"_s, false},
                     {DoctorRemedy::Act::AllowProgram, u"allow"_s, u"Allow it"_s, {}, {}, true}};
    view.steps = {step};
    return view;
}

} // namespace

class TestConnectPage : public QObject
{
    Q_OBJECT
    std::unique_ptr<ConnectPage> m_page;

    kit::Button *button(const QString &text)
    {
        // Rows made by a setter appear, and the ones they replace go, with the next turn of the event loop.
        QTest::qWait(0);
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
        for (kit::Button *candidate : m_page->findChildren<kit::Button *>())
            if (candidate->text() == text && candidate->isVisibleTo(m_page.get()))
                return candidate;
        return nullptr;
    }
    views::DataTable *table() { return m_page->findChild<views::DataTable *>(u"connect.contexts"_s); }
    kit::StateView *state() { return m_page->findChild<kit::StateView *>(u"connect.state"_s); }

private slots:
    void initTestCase() { kit::Theme::install(*qApp, kit::ThemeMode::Light); }
    void init()
    {
        m_page = std::make_unique<ConnectPage>();
        m_page->resize(1064, 774);
        m_page->show();
        m_page->setContexts({row(u"a"_s, ContextState::Reachable, ContextAction::Connect),
                             row(u"b"_s, ContextState::ExecPluginNotFound, ContextAction::Fix),
                             row(u"c"_s, ContextState::NeedsSignIn, ContextAction::SignIn),
                             row(u"d"_s, ContextState::NotReachable, ContextAction::TryAgain)});
    }
    void cleanup() { m_page.reset(); }

    void enterDoesWhatTheRowsButtonSays()
    {
        QSignalSpy connects(m_page.get(), &ConnectPage::connectRequested);
        QSignalSpy signIns(m_page.get(), &ConnectPage::signInRequested);
        QSignalSpy again(m_page.get(), &ConnectPage::runAgainRequested);
        table()->setFocus();
        for (const QString &id : {u"a"_s, u"c"_s, u"d"_s}) {
            m_page->setCurrentContext(id);
            QTest::keyClick(table(), Qt::Key_Return);
        }
        QCOMPARE(connects.size(), 1);
        QCOMPARE(connects.first().first().toString(), u"a"_s);
        QCOMPARE(signIns.size(), 1);
        QCOMPARE(again.size(), 1);
    }

    void selectingAContextAsksForItsChecks()
    {
        QSignalSpy asked(m_page.get(), &ConnectPage::doctorRequested);
        m_page->setCurrentContext(u"b"_s);
        QCOMPARE(asked.size(), 1);
        QCOMPARE(asked.first().first().toString(), u"b"_s);
    }

    void onlyTheCurrentContextsChecksAreShown()
    {
        m_page->setCurrentContext(u"b"_s);
        m_page->setDoctor(failing(u"a"_s));
        QVERIFY(!button(u"Copy report"_s));
        m_page->setDoctor(failing(u"b"_s));
        QVERIFY(button(u"Copy report"_s));
    }

    void commandsAndReportsAreCopiedOtherRemediesAreWishes()
    {
        m_page->setCurrentContext(u"b"_s);
        m_page->setDoctor(failing(u"b"_s));
        QSignalSpy remedies(m_page.get(), &ConnectPage::remedyRequested);
        QSignalSpy copied(m_page.get(), &ConnectPage::copied);
        button(u"Copy command"_s)->click();
        QCOMPARE(QApplication::clipboard()->text(), u"apt install plugin"_s);
        button(u"Copy report"_s)->click();
        QCOMPARE(QApplication::clipboard()->text(), u"report of b"_s);
        QCOMPARE(copied.size(), 2);
        QCOMPARE(remedies.size(), 0);
        button(u"Allow this program…"_s)->click();
        QCOMPARE(remedies.size(), 1);
        QCOMPARE(remedies.first().at(0).toString(), u"b"_s);
        QCOMPARE(remedies.first().at(1).value<DoctorRemedy>().act, DoctorRemedy::Act::AllowProgram);
    }

    void aBrokenEntryExplainsItselfWithoutADoctor()
    {
        ContextRow broken = row(u"e"_s, ContextState::Broken, ContextAction::Fix);
        broken.problem = Error::make(Error::Kind::Invalid, u"The user is missing."_s, u"Why."_s, u"Add it."_s);
        m_page->updateContext(broken);
        m_page->setCurrentContext(u"e"_s);
        QVERIFY(button(u"Check again"_s));
        QSignalSpy again(m_page.get(), &ConnectPage::runAgainRequested);
        button(u"Check again"_s)->click();
        QCOMPARE(again.size(), 1);
    }

    void noFileOffersToAddOne()
    {
        m_page->setNoFiles({u"~/.kube/config"_s});
        QCOMPARE(state()->state(), kit::StateView::State::Empty);
        QSignalSpy add(m_page.get(), &ConnectPage::addFileRequested);
        // The header's button and the suggestion of the empty page.
        int clicked = 0;
        for (kit::Button *candidate : m_page->findChildren<kit::Button *>())
            if (candidate->text() == u"Add kubeconfig file…"_s && candidate->isVisibleTo(m_page.get())) {
                candidate->click();
                ++clicked;
            }
        QCOMPARE(clicked, 2);
        QCOMPARE(add.size(), 2);
        m_page->setContexts({row(u"a"_s, ContextState::Reachable, ContextAction::Connect)});
        QCOMPARE(state()->state(), kit::StateView::State::Content);
    }

    void theSelectionSurvivesAReread()
    {
        m_page->setCurrentContext(u"c"_s);
        m_page->setContexts({row(u"z"_s, ContextState::Checking, ContextAction::None),
                             row(u"c"_s, ContextState::Checking, ContextAction::None)});
        QCOMPARE(m_page->currentContext(), u"c"_s);
    }
};

QTEST_MAIN(TestConnectPage)
#include "tst_connectpage.moc"
