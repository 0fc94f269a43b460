// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Translation.h"
#include "kit/Messages.h"
#include "kit/StateView.h"
#include "kit/Label.h"
#include "kit/Theme.h"
#include "pages/HaPage.h"
#include "views/DataTable.h"

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using components::Component;
using components::Leadership;
using components::Standing;
using items::ComponentTableModel;
using pages::HaPage;

namespace {

const QDateTime now = QDateTime::fromString(u"2026-03-01T12:00:00Z"_s, Qt::ISODate);

Component component(const QString &id, Standing standing, int ready, int desired)
{
    Component c;
    c.id = id;
    c.kind = u"Deployment"_s;
    c.ns = u"kubeflow"_s;
    c.workload = id;
    c.standing = standing;
    c.ready = ready;
    c.desired = desired;
    for (int i = 0; i < ready; ++i) {
        c.nodes.append(u"n%1"_s.arg(i));
        c.pods.append(u"p%1"_s.arg(i));
    }
    return c;
}

FeedState feed(FeedState::Phase phase)
{
    FeedState state;
    state.phase = phase;
    state.lastGood = now;
    return state;
}

} // namespace

class TestHaPage : public QObject
{
    Q_OBJECT
    std::unique_ptr<HaPage> m_page;

    views::DataTable *table() { return m_page->findChild<views::DataTable *>(u"ha.table"_s); }
    kit::StateView *state() { return m_page->findChild<kit::StateView *>(u"ha.state"_s); }
    QString said(const QString &name) { return m_page->findChild<kit::Paragraph *>(name)->text(); }

private slots:
    void initTestCase()
    {
        installTranslation(QLocale(u"en"_s)); // for the plurals
        kit::Theme::install(*qApp, kit::ThemeMode::Light);
    }
    void init()
    {
        m_page = std::make_unique<HaPage>();
        m_page->resize(1064, 774);
        m_page->show();
        m_page->setNow(now);
        m_page->setFeed(feed(FeedState::Phase::Live));
    }
    void cleanup() { m_page.reset(); }

    void whatFallsFirstIsOnTopAndSelected()
    {
        m_page->setComponents({component(u"ml-pipeline-ui"_s, Standing::SurvivesNode, 2, 2), component(u"mysql"_s, Standing::SinglePoint, 1, 1),
                               component(u"katib-ui"_s, Standing::Down, 0, 1), component(u"dex"_s, Standing::NotObservable, 0, 0)},
                              now);
        QCOMPARE(state()->state(), kit::StateView::State::Content);
        QCOMPARE(m_page->currentKey(), u"katib-ui@kubeflow"_s);
        QStringList order;
        for (int row = 0; row < table()->rowCount(); ++row)
            order.append(table()->model()->index(row, 0).data().toString());
        QCOMPARE(order, (QStringList{u"katib-ui"_s, u"mysql"_s, u"ml-pipeline-ui"_s, u"dex"_s}));
    }

    void thePanelFollowsTheSelectionAndTheData()
    {
        Component mysql = component(u"mysql"_s, Standing::SinglePoint, 1, 1);
        m_page->setComponents({component(u"katib-ui"_s, Standing::Down, 0, 1), mysql}, now);
        m_page->setCurrentKey(u"mysql@kubeflow"_s);
        QCOMPARE(said(u"ha.loss"_s), mysql.entry().stops);
        QVERIFY(said(u"ha.why"_s).contains(mysql.entry().reason));
        QVERIFY(m_page->findChild<kit::Note *>(u"ha.alarm"_s)->isHidden());
        mysql.splitBrain = true;
        mysql.standing = Standing::SurvivesNode;
        mysql.nodes = {u"a"_s, u"b"_s};
        m_page->setComponents({mysql}, now);
        QVERIFY(!m_page->findChild<kit::Note *>(u"ha.alarm"_s)->isHidden());
        QCOMPARE(said(u"ha.loss"_s), components::consequence(mysql));
    }

    void eachStateIsSaid()
    {
        QCOMPARE(state()->state(), kit::StateView::State::Empty);
        m_page->setFeed(feed(FeedState::Phase::Forbidden), u"kind: ClusterRole"_s);
        QCOMPARE(state()->state(), kit::StateView::State::Forbidden);
        m_page->setFeed(feed(FeedState::Phase::Failed));
        QCOMPARE(state()->state(), kit::StateView::State::Error);
        m_page->setComponents({component(u"mysql"_s, Standing::SinglePoint, 1, 1)}, now);
        m_page->setFeed(feed(FeedState::Phase::Stale));
        QCOMPARE(state()->state(), kit::StateView::State::Offline);
        QVERIFY(table()->isStale());
        m_page->setFeed(feed(FeedState::Phase::Live));
        QCOMPARE(state()->state(), kit::StateView::State::Content);
        QVERIFY(!table()->isStale());
        QSignalSpy retry(m_page.get(), &HaPage::retryRequested);
        QTest::keyClick(m_page.get(), Qt::Key_F5);
        QCOMPARE(retry.size(), 1);
    }

    void cellsSayWhatIsWrong()
    {
        ComponentTableModel model;
        QAbstractItemModelTester tester(&model);
        Component c = component(u"workflow-controller"_s, Standing::SurvivesNode, 2, 2);
        const auto cell = [&](int column, int role = Qt::DisplayRole) {
            model.setComponents({c});
            return model.index(0, column).data(role);
        };
        c.leader.state = Leadership::State::Fresh;
        c.leader.holder = u"workflow-controller-5d9f-q9wd"_s;
        QCOMPARE(cell(ComponentTableModel::Leader).toString(), u"…-q9wd"_s);
        c.leader.holder = u"a\u202Eb"_s;
        QVERIFY(!cell(ComponentTableModel::Leader).toString().contains(QChar(0x202e)));
        c.leader.state = Leadership::State::Stale;
        QCOMPARE(cell(ComponentTableModel::Leader, items::ToneRole).toInt(), static_cast<int>(items::Tone::Err));
        c.leader.state = Leadership::State::Missing;
        QCOMPARE(cell(ComponentTableModel::Leader).toString(), u"no lease"_s);
        c.splitBrain = true;
        QCOMPARE(cell(ComponentTableModel::Leader).toString(), u"split brain"_s);
        QCOMPARE(cell(ComponentTableModel::Spread).toString(), u"2 nodes"_s);
        c.zones = 2;
        QCOMPARE(cell(ComponentTableModel::Spread).toString(), u"2 nodes · 2 zones"_s);
        QCOMPARE(cell(ComponentTableModel::Budget).toString(), u"none"_s);
        c.budgetUnread = true;
        QCOMPARE(cell(ComponentTableModel::Budget).toString(), u"not readable"_s);
        c.budget = DisruptionBudget();
        c.budget->minAvailable = u"50%"_s;
        QCOMPARE(cell(ComponentTableModel::Budget).toString(), u"minAvailable 50%"_s);
        QCOMPARE(cell(ComponentTableModel::Replicas, items::ReplicasRole).value<items::ReplicaValue>(), (items::ReplicaValue{2, 2}));
        c.standing = Standing::DependsOn;
        c.cause = u"mysql"_s;
        QCOMPARE(cell(ComponentTableModel::Verdict, items::TagRole).value<items::TagValue>().text, u"Depends on mysql"_s);
    }
};

QTEST_MAIN(TestHaPage)
#include "tst_hapage.moc"
