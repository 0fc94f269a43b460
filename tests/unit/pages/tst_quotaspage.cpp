// SPDX-License-Identifier: GPL-3.0-or-later
// The Quotas page, and with it what every list page does: states, focus, filter, and the current row.
#include "pages/QuotasPage.h"

#include "kit/Inputs.h"
#include "kit/Label.h"
#include "kit/StateView.h"
#include "views/DataTable.h"

#include <QPushButton>
#include <QSignalSpy>
#include <QTest>
#include <memory>

using namespace Qt::StringLiterals;
using namespace cairn;
using pages::QuotasPage;

namespace {

Quota quota(const QString &ns, double hard, double used)
{
    Quota quota;
    quota.kind = u"ResourceQuota"_s;
    quota.ns = ns;
    quota.name = u"q"_s;
    quota.uid = ns;
    quota.limits = {{u"requests.nvidia.com/gpu"_s, {}, hard, used, -1}};
    return quota;
}

FeedState feed(FeedState::Phase phase, const QString &why = {})
{
    FeedState state;
    state.phase = phase;
    if (!why.isEmpty())
        state.error = Error::make(Error::Kind::Forbidden, u"Forbidden"_s, why);
    return state;
}

} // namespace

class TestQuotasPage : public QObject
{
    Q_OBJECT
    std::unique_ptr<QuotasPage> m_page;

    kit::StateView *state() { return m_page->findChild<kit::StateView *>(u"quotas.state"_s); }
    views::DataTable *table() { return m_page->findChild<views::DataTable *>(u"quotas.table"_s); }
    QString said(const QString &name) { return m_page->findChild<kit::Paragraph *>(name)->text(); }
    QPushButton *button(const QString &text)
    {
        for (auto *one : m_page->findChildren<QPushButton *>()) {
            if (one->text() == text && one->isVisible())
                return one;
        }
        return nullptr;
    }

private slots:
    void initTestCase() { kit::Theme::install(*qApp, kit::ThemeMode::Light); }
    void init()
    {
        m_page = std::make_unique<QuotasPage>();
        m_page->resize(1064, 774);
        m_page->show();
        QVERIFY(QTest::qWaitForWindowActive(m_page.get()));
    }
    void cleanup() { m_page.reset(); }

    void theFullestIsCurrentAndSaysWhatHappens()
    {
        QuotasPage::Around around;
        around.rangesRead = true;
        around.ranges = {{u"b"_s, u"d"_s, {}, {}, {{u"Container"_s, u"cpu"_s, u"4"_s, u"500m"_s, {}, {}}}}};
        m_page->setFeed(feed(FeedState::Phase::Live));
        m_page->setQuotas({quota(u"a"_s, 8, 1), quota(u"b"_s, 8, 8)}, around);
        QCOMPARE(state()->state(), kit::StateView::State::Content);
        QCOMPARE(m_page->currentKey(), u"b\nrequests.nvidia.com/gpu\n"_s);
        QCOMPARE(said(u"quotas.ranges"_s), u"Container, cpu: requests 500m, limit 4"_s);
        m_page->setCurrentKey(u"a\nrequests.nvidia.com/gpu\n"_s);
        QVERIFY(said(u"quotas.ranges"_s).startsWith(u"No LimitRange"_s));
        around.rangesRead = false;
        around.ranges.clear();
        m_page->setQuotas({quota(u"a"_s, 8, 1)}, around);
        QVERIFY(said(u"quotas.ranges"_s).startsWith(u"Not known"_s));
    }

    void aQueueNamesWhoWaits()
    {
        Quota queue = quota({}, 32, 36);
        queue.kind = u"ClusterQueue"_s;
        queue.name = u"training"_s;
        Quota local;
        local.ns = u"nlp"_s;
        local.name = u"default"_s;
        local.queue = u"training"_s;
        local.pending = 3;
        Quota other = local;
        other.queue = u"batch"_s;
        QuotasPage::Around around;
        around.localQueues = {local, other};
        m_page->setFeed(feed(FeedState::Phase::Live));
        m_page->setQuotas({queue}, around);
        QCOMPARE(said(u"quotas.queues"_s), u"nlp/default: 3 waiting"_s);
    }

    void theViewsNarrowTheTable()
    {
        Quota cpu = quota(u"c"_s, 4, 1);
        cpu.limits[0].resource = u"requests.cpu"_s;
        m_page->setFeed(feed(FeedState::Phase::Live));
        m_page->setQuotas({quota(u"a"_s, 8, 1), quota(u"b"_s, 8, 8), cpu}, {});
        QCOMPARE(table()->rowCount(), 3);
        m_page->setView(QuotasPage::View::Gpus);
        QCOMPARE(table()->rowCount(), 2);
        m_page->setView(QuotasPage::View::Tight);
        QCOMPARE(table()->rowCount(), 1);
        m_page->setView(QuotasPage::View::All);
        m_page->setFilterText(u"namespace:c"_s);
        QCOMPARE(table()->rowCount(), 1);
    }

    void everyStateIsTold()
    {
        using State = kit::StateView::State;
        m_page->setFeed(feed(FeedState::Phase::Live));
        QCOMPARE(state()->state(), State::Empty);
        m_page->setFeed(feed(FeedState::Phase::Forbidden, u"ana may not"_s), u"kind: ClusterRole"_s);
        QCOMPARE(state()->state(), State::Forbidden);
        m_page->setFeed(feed(FeedState::Phase::Failed, u"no answer"_s));
        QCOMPARE(state()->state(), State::Error);
        m_page->setQuotas({quota(u"a"_s, 8, 1)}, {});
        m_page->setFeed(feed(FeedState::Phase::Stale, u"no answer"_s));
        QCOMPARE(state()->state(), State::Offline);
        QVERIFY(table()->isStale());
        m_page->setFeed(feed(FeedState::Phase::Live));
        QCOMPARE(state()->state(), State::Content);
        QVERIFY(!table()->isStale());
    }

    void aStateThatSaysTheSameKeepsTheFocus()
    {
        const auto again = [&] {
            m_page->setFeed(feed(FeedState::Phase::Forbidden, u"ana may not"_s), u"kind: ClusterRole"_s);
            m_page->settle();
        };
        again();
        QPushButton *offer = button(u"Check again"_s);
        QVERIFY(offer);
        offer->setFocus();
        again(); // as each second
        QCOMPARE(button(u"Check again"_s), offer);
        QVERIFY(offer->hasFocus());
        QSignalSpy retry(m_page.get(), &pages::ListPage::retryRequested);
        QTest::keyClick(offer, Qt::Key_Space);
        QCOMPARE(retry.size(), 1);
    }

    void slashAndF5WorkFromAnywhereOnThePage()
    {
        m_page->setFeed(feed(FeedState::Phase::Live));
        m_page->setQuotas({quota(u"a"_s, 8, 1)}, {});
        m_page->focusTable();
        QTest::keyClick(table(), Qt::Key_Slash);
        QVERIFY(m_page->findChild<kit::SearchField *>(u"quotas.filter"_s)->hasFocus());
        QSignalSpy retry(m_page.get(), &pages::ListPage::retryRequested);
        QTest::keyClick(m_page.get(), Qt::Key_F5);
        QCOMPARE(retry.size(), 1);
    }
};

QTEST_MAIN(TestQuotasPage)
#include "tst_quotaspage.moc"
