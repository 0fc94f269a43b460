// SPDX-License-Identifier: GPL-3.0-or-later
#include "domain/LinkState.h"
#include "kit/Label.h"
#include "kit/StateView.h"
#include "kit/Theme.h"
#include "pages/EventsPage.h"
#include "views/DataTable.h"

#include <QApplication>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using pages::EventsPage;

namespace {

const QDateTime now = QDateTime::fromString(u"2026-03-01T12:00:00Z"_s, Qt::ISODate);

Event said(const QString &uid, const QString &type, int secondsAgo)
{
    Event event;
    event.uid = uid;
    event.ns = u"research"_s;
    event.objectKind = u"Pod"_s;
    event.objectName = u"p-"_s + uid;
    event.type = type;
    event.reason = u"Because"_s;
    event.message = u"message of "_s + uid;
    event.last = now.addSecs(-secondsAgo);
    return event;
}

FeedState feed(FeedState::Phase phase)
{
    FeedState state;
    state.phase = phase;
    state.lastGood = now;
    return state;
}

} // namespace

class TestEventsPage : public QObject
{
    Q_OBJECT
    std::unique_ptr<EventsPage> m_page;

    views::DataTable *table() { return m_page->findChild<views::DataTable *>(u"events.table"_s); }
    kit::StateView *state() { return m_page->findChild<kit::StateView *>(u"events.state"_s); }
    QString message() { return m_page->findChild<kit::Paragraph *>(u"events.message"_s)->text(); }

private slots:
    void initTestCase() { kit::Theme::install(*qApp, kit::ThemeMode::Light); }
    void init()
    {
        m_page = std::make_unique<EventsPage>();
        m_page->resize(1064, 774);
        m_page->show();
        m_page->setNow(now);
        m_page->setFeed(feed(FeedState::Phase::Live));
        m_page->model()->setEvents({said(u"a"_s, u"Normal"_s, 30), said(u"b"_s, u"Warning"_s, 10), said(u"c"_s, u"Warning"_s, 60)});
        m_page->settle();
    }
    void cleanup() { m_page.reset(); }

    void theNewestIsOnTopAndSelected()
    {
        QVERIFY(m_page->current());
        QCOMPARE(m_page->current()->uid, u"b"_s);
        QCOMPARE(message(), u"message of b"_s);
    }

    void aSignInThatNeedsAgreementOffersIt()
    {
        FeedState failed = feed(FeedState::Phase::Failed);
        failed.error = Error::make(Error::Kind::Consent, u"The context signs in through a program"_s, {}, u"Allow it if you trust ~/.kube/config."_s);
        m_page->setFeed(failed);
        QSignalSpy signIn(m_page.get(), &pages::ListPage::signInRequested);
        QSignalSpy retry(m_page.get(), &pages::ListPage::retryRequested);
        QPushButton *allow = nullptr;
        for (auto *button : m_page->findChildren<QPushButton *>()) {
            if (button->isVisible() && button->text() == u"Review and allow…")
                allow = button;
        }
        QVERIFY(allow);
        allow->click();
        QCOMPARE(signIn.size(), 1);
        QCOMPARE(retry.size(), 0);
    }

    void warningsAndWordsFilter()
    {
        m_page->setWarningsOnly(true);
        QCOMPARE(table()->rowCount(), 2);
        m_page->setFilterText(u"p-c"_s);
        QCOMPARE(table()->rowCount(), 1);
        m_page->setWarningsOnly(false);
        m_page->setFilterText(u"age:<20s"_s);
        QCOMPARE(table()->rowCount(), 1);
    }

    void enterOpensTheJobWhereThereIsOne()
    {
        QSignalSpy wanted(m_page.get(), &EventsPage::jobRequested);
        m_page->focusTable();
        QTest::keyClick(table(), Qt::Key_Return);
        QCOMPARE(wanted.size(), 0);
        m_page->setJob(u"llama"_s);
        QTest::keyClick(table(), Qt::Key_Return);
        QCOMPARE(wanted.size(), 1);
        // Another event is another question.
        m_page->setCurrentKey(u"a"_s);
        QTest::keyClick(table(), Qt::Key_Return);
        QCOMPARE(wanted.size(), 1);
    }

    void aHostileMessageIsShownSafely()
    {
        Event bad = said(u"b"_s, u"Warning"_s, 5);
        bad.message = u"a\u202Eb"_s;
        m_page->model()->applyDelta({{bad}, {}, false, {}});
        m_page->settle();
        QVERIFY(!message().contains(QChar(0x202e)));
    }

    void eachStateIsSaid()
    {
        QCOMPARE(state()->state(), kit::StateView::State::Content);
        m_page->setFeed(feed(FeedState::Phase::Stale));
        QCOMPARE(state()->state(), kit::StateView::State::Offline);
        QVERIFY(table()->isStale());
        // A server that takes requests and does not answer is another matter than no connection.
        LinkState link;
        link.phase = LinkState::Phase::Silent;
        link.heard = now;
        const FeedState silent = linked(feed(FeedState::Phase::Live), link);
        QCOMPARE(EventsPage::offlineTitle(silent), u"The server has not answered since 12:00:00"_s);
        QVERIFY(EventsPage::offlineTitle(feed(FeedState::Phase::Stale)) != EventsPage::offlineTitle(silent));
        m_page->setFeed(silent);
        QCOMPARE(state()->state(), kit::StateView::State::Offline);
        QVERIFY(table()->isStale());
        m_page->setFeed(feed(FeedState::Phase::Live));
        m_page->model()->setEvents({});
        m_page->settle();
        QCOMPARE(state()->state(), kit::StateView::State::Empty);
        m_page->setFeed(feed(FeedState::Phase::Forbidden), u"kind: Role"_s);
        QCOMPARE(state()->state(), kit::StateView::State::Forbidden);
        QSignalSpy retry(m_page.get(), &EventsPage::retryRequested);
        QTest::keyClick(m_page.get(), Qt::Key_F5);
        QCOMPARE(retry.size(), 1);
    }
};

QTEST_MAIN(TestEventsPage)
#include "tst_eventspage.moc"
