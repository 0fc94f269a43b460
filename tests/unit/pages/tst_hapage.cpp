// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Translation.h"
#include "kit/Button.h"
#include "kit/Inputs.h"
#include "kit/Messages.h"
#include "kit/StateView.h"
#include "kit/Label.h"
#include "kit/Theme.h"
#include "pages/FindingList.h"
#include "pages/GroupTiles.h"
#include "pages/HaPage.h"
#include "views/DataTable.h"

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QClipboard>
#include <QMenu>
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

audit::Finding finding(const QString &rule, audit::Severity severity, const QString &name)
{
    audit::Finding finding;
    finding.rule = rule;
    finding.severity = severity;
    finding.object = {u"apps"_s, u"Deployment"_s, u"kubeflow"_s, name};
    finding.component = name;
    finding.title = name + u" is alone"_s;
    finding.consequence = name + u" stops."_s;
    finding.fix = u"Run two."_s;
    finding.evidence = {{finding.object, u"spec.replicas"_s, u"1"_s}, {{{}, u"Pod"_s, u"kubeflow"_s, name + u"-1"_s}, u"spec.nodeName"_s, u"node-2"_s}};
    return finding;
}

audit::Report report()
{
    audit::Report report;
    report.asOf = now;
    report.objects = 12;
    report.release = u"26.03"_s;
    report.findings = {finding(u"HA28"_s, audit::Severity::Critical, u"mysql"_s), finding(u"HA01"_s, audit::Severity::High, u"katib-ui"_s),
                       finding(u"HA01"_s, audit::Severity::High, u"dex"_s), finding(u"HA01"_s, audit::Severity::High, u"ml-pipeline-ui"_s)};
    report.notEvaluated = {{u"HA31"_s, u"Pods may not be listed."_s}};
    return report;
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
    kit::StateView *auditState() { return m_page->findChild<kit::StateView *>(u"ha.audit.state"_s); }
    pages::FindingList *findings() { return m_page->findChild<pages::FindingList *>(); }
    kit::Button *button(const QString &name) { return m_page->findChild<kit::Button *>(name); }
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
        button(u"ha.grouping"_s)->menu()->actions()[1]->trigger();
        m_page->setCurrentKey({});
        m_page->settle();
        QCOMPARE(m_page->currentKey(), u"katib-ui@kubeflow"_s);
        QStringList order;
        for (int row = 0; row < table()->rowCount(); ++row)
            order.append(table()->model()->index(row, 0).data().toString());
        QCOMPARE(order, (QStringList{u"katib-ui"_s, u"mysql"_s, u"ml-pipeline-ui"_s, u"dex"_s}));
    }

    void oneListIsFilteredAtATimeAndTheOthersFollow()
    {
        Component one = component(u"mysql"_s, Standing::SinglePoint, 1, 1);
        one.nodes = {u"Node-7"_s};
        m_page->setComponents({one, component(u"katib-ui"_s, Standing::Down, 0, 1)}, now);
        m_page->setReport(report(), std::chrono::seconds(1));
        const auto shown = [this] { return table()->filter()->count().passing; };
        m_page->setFilterText(u"node-7"_s);
        QCOMPARE(shown(), 1);
        one.nodes = {u"node-8"_s};
        m_page->setComponents({one, component(u"katib-ui"_s, Standing::Down, 0, 1)}, now);
        QCOMPARE(shown(), 0); // what is looked at follows the row
        m_page->setFilterText(u"down"_s); // the verdict
        QCOMPARE(shown(), 1);
        m_page->setFilterText(u"mysql"_s);
        m_page->showView(HaPage::View::Findings);
        const QString foot = m_page->findChild<kit::ElidedLabel *>(u"ha.audit.foot"_s)->text();
        QVERIFY2(foot.startsWith(u"1 of 4 finding"_s), qPrintable(foot));
    }

    void componentsAreGroupedByAreaAndFolded()
    {
        const auto order = [this] {
            QStringList names;
            for (int row = 0; row < table()->rowCount(); ++row)
                names.append(table()->model()->index(row, 0).data().toString());
            return names;
        };
        m_page->setComponents({component(u"training-operator"_s, Standing::SurvivesNode, 2, 2), component(u"mysql"_s, Standing::SinglePoint, 1, 1),
                               component(u"ml-pipeline-ui"_s, Standing::SurvivesNode, 2, 2), component(u"katib-ui"_s, Standing::Down, 0, 1)},
                              now);
        QCOMPARE(order(), (QStringList{u"Pipelines"_s, u"mysql"_s, u"ml-pipeline-ui"_s, u"Katib"_s, u"katib-ui"_s, u"Training"_s, u"training-operator"_s}));
        QCOMPARE(m_page->currentKey(), u"mysql@kubeflow"_s); // never a head by itself
        QCOMPARE(table()->countText(), u"4 rows"_s);
        QTest::keyClick(table(), Qt::Key_Left);
        QCOMPARE(m_page->currentKey(), u"area:pipelines"_s);
        QVERIFY(m_page->componentInFront().isEmpty());
        QTest::keyClick(table(), Qt::Key_Left);
        QCOMPARE(order(), (QStringList{u"Pipelines"_s, u"Katib"_s, u"katib-ui"_s, u"Training"_s, u"training-operator"_s}));
        QCOMPARE(table()->countText(), u"4 rows"_s); // folded is not filtered
        // A filter hides the areas that have nothing of it.
        m_page->setFilterText(u"training"_s);
        QCOMPARE(order(), (QStringList{u"Training"_s, u"training-operator"_s}));
        QCOMPARE(table()->countText(), u"1 of 4 in view, 3 hidden by the filter"_s);
        m_page->setFilterText({});
        m_page->setCurrentKey(u"area:pipelines"_s);
        QTest::keyClick(table(), Qt::Key_Return);
        QCOMPARE(table()->rowCount(), 7);
        // The last of an area takes its head with it.
        m_page->setComponents({component(u"mysql"_s, Standing::SinglePoint, 1, 1)}, now);
        QCOMPARE(order(), (QStringList{u"Pipelines"_s, u"mysql"_s}));
        QVERIFY(table()->model()->index(0, 0).data(items::DetailRole).toString().startsWith(u"0 of 1"_s));
    }

    void groupingIsChosen()
    {
        m_page->setComponents({component(u"katib-ui"_s, Standing::Down, 0, 1), component(u"mysql"_s, Standing::SinglePoint, 1, 1)}, now);
        m_page->setReport(report(), std::chrono::milliseconds(300));
        auto *grouping = button(u"ha.grouping"_s);
        QCOMPARE(grouping->text(), u"Group: area"_s);
        grouping->menu()->actions()[1]->trigger();
        QCOMPARE(grouping->text(), u"Group: none"_s);
        QCOMPARE(table()->rowCount(), 2);
        m_page->showView(HaPage::View::Findings);
        QCOMPARE(grouping->text(), u"Group: severity"_s);
        grouping->menu()->actions()[1]->trigger();
        QCOMPARE(findings()->model()->index(0, 0).data().toString(), u"Pipelines"_s);
        m_page->showView(HaPage::View::Components);
        QCOMPARE(grouping->text(), u"Group: none"_s);
        m_page->showView(HaPage::View::History);
        QVERIFY(grouping->isHidden());
    }

    void theHistoryTellsWhenEachFailedOver()
    {
        Component operating = component(u"training-operator"_s, Standing::SurvivesNode, 2, 2);
        operating.leader.state = Leadership::State::Fresh;
        const QList<Component> all{operating, component(u"mysql"_s, Standing::SinglePoint, 1, 1)};
        HaRecord record;
        LeaderChange change;
        change.component = u"training-operator"_s;
        change.ns = u"kubeflow"_s;
        change.lease = u"kubeflow/lease"_s;
        change.at = now.addDays(-20);
        change.gap = 352;
        record.leaders.append(change);
        change.at = now.addSecs(-3600);
        change.gap = 18.1;
        record.leaders.append(change);
        change.at = now.addDays(-30);
        change.cause = LeaderCause::Begun; // nobody took over from anybody
        record.leaders.append(change);
        record.readiness[u"training-operator@kubeflow"_s] = {{now.addDays(-1), now.addSecs(-3600), Readiness::Ready}, {now.addSecs(-3600), now, Readiness::NotReady}};
        m_page->setComponents(all, now);
        m_page->showView(HaPage::View::History);
        m_page->setHistories(items::historyRows(record, all, now), {});
        auto *history = m_page->findChild<views::DataTable *>(u"ha.history"_s);
        QCOMPARE(history->rowCount(), 2);
        const auto cell = [&](int row, int column) { return history->model()->index(row, column).data().toString(); };
        using H = items::ComponentHistoryModel;
        QCOMPARE(cell(0, H::Name), u"training-operator"_s);
        QCOMPARE(cell(0, H::Gap), u"18.1 s"_s);
        QCOMPARE(cell(0, H::Changes), u"1"_s);
        QCOMPARE(cell(0, H::Availability), u"95.8 %"_s);
        // What was never seen is no zero.
        QCOMPARE(cell(1, H::Availability), u"–"_s);
        QCOMPARE(cell(1, H::Changes), u"–"_s);
        QCOMPARE(m_page->componentInFront(), u"training-operator@kubeflow"_s);
        QCOMPARE(items::changesOf(record, u"training-operator@kubeflow"_s).size(), 2);
        QCOMPARE(items::changesOf(record, u"training-operator@kubeflow"_s).first().gap, 18.1);
        m_page->setHistory({}, items::changesOf(record, m_page->componentInFront()));
        QSignalSpy takeovers(m_page.get(), &HaPage::takeoversRequested);
        QTest::keyClick(history, Qt::Key_Return);
        button(u"ha.takeovers"_s)->click();
        QCOMPARE(takeovers.size(), 2);
        QCOMPARE(takeovers.last().first().toString(), u"training-operator@kubeflow"_s);
        // The filter and the tiles reach it too.
        m_page->findChild<kit::SearchField *>()->changed(u"mysql"_s);
        QCOMPARE(history->rowCount(), 1);
    }

    void whatIsInFrontIsAddedToTheOverlay()
    {
        m_page->setComponents({component(u"mysql"_s, Standing::SinglePoint, 1, 1)}, now);
        m_page->setReport(report(), std::chrono::milliseconds(300));
        m_page->showView(HaPage::View::Findings);
        findings()->focusRow();
        QVERIFY(button(u"ha.finding.add"_s)->isHidden()); // nobody knows yet
        QSignalSpy taken(m_page.get(), &HaPage::offerTaken);
        QTest::keyClick(findings(), Qt::Key_O);
        QCOMPARE(taken.size(), 0);
        m_page->setOffer({u"mysql is locked."_s, u"Add to overlay…"_s, u"mysql is locked."_s});
        QVERIFY(!button(u"ha.finding.add"_s)->isEnabled());
        QCOMPARE(button(u"ha.finding.add"_s)->toolTip(), u"mysql is locked."_s);
        QTest::keyClick(findings(), Qt::Key_O);
        QCOMPARE(taken.size(), 0);
        m_page->setOffer({u"katib-ui: 2 replicas."_s, u"Add 3 to overlay…"_s, {}});
        QCOMPARE(said(u"ha.finding.offer"_s), u"katib-ui: 2 replicas."_s);
        QTest::keyClick(findings(), Qt::Key_O);
        button(u"ha.finding.add"_s)->click();
        QCOMPARE(taken.size(), 2);
    }

    void thePanelFollowsTheSelectionAndTheData()
    {
        Component mysql = component(u"mysql"_s, Standing::SinglePoint, 1, 1);
        mysql.keptIn = {u"mysql-pv-claim"_s};
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

    void findingsAreFoldedByRuleAndThePanelFollows()
    {
        m_page->setComponents({component(u"mysql"_s, Standing::SinglePoint, 1, 1)}, now);
        QVERIFY(!button(u"ha.export"_s)->isEnabled());
        m_page->setReport(report(), std::chrono::milliseconds(300));
        QVERIFY(button(u"ha.export"_s)->isEnabled());
        m_page->showView(HaPage::View::Findings);
        m_page->focusTable();
        QCOMPARE(m_page->focusWidget(), findings());
        findings()->focusRow();
        QCOMPARE(said(u"ha.finding.title"_s), u"mysql is alone"_s);
        QCOMPARE(said(u"ha.finding.fix"_s), u"Run two."_s);
        QCOMPARE(findings()->model()->rowCount(), 4); // two headings, one finding, one fold
        QTest::keyClick(findings(), Qt::Key_Down);
        QTest::keyClick(findings(), Qt::Key_Down);
        QTest::keyClick(findings(), Qt::Key_Return);
        QCOMPARE(findings()->model()->rowCount(), 7);
        QTest::keyClick(findings(), Qt::Key_Left);
        QCOMPARE(findings()->model()->rowCount(), 4);
        // The whole fold is accepted at once, one finding by itself.
        QSignalSpy accept(m_page.get(), &HaPage::acceptRequested);
        QTest::keyClick(findings(), Qt::Key_A);
        QCOMPARE(accept.size(), 1);
        QCOMPARE(accept.takeFirst().first().value<QList<audit::Finding>>().size(), 3);
        m_page->showFinding(items::findingKey(report().findings.last()));
        QCOMPARE(said(u"ha.finding.title"_s), u"ml-pipeline-ui is alone"_s);
        button(u"ha.finding.accept"_s)->click();
        QCOMPARE(accept.takeFirst().first().value<QList<audit::Finding>>(), (QList<audit::Finding>{report().findings.last()}));
        m_page->setAcceptRefusal(u"The file cannot be read."_s);
        QTest::keyClick(findings(), Qt::Key_A);
        QCOMPARE(accept.size(), 0);
    }

    void evidenceLeadsToItsObject()
    {
        m_page->setReport(report(), std::chrono::milliseconds(300));
        m_page->setComponents({component(u"mysql"_s, Standing::SinglePoint, 1, 1)}, now);
        m_page->showFinding(items::findingKey(report().findings.first()));
        QSignalSpy asked(m_page.get(), &HaPage::objectRequested);
        const auto links = m_page->findChildren<kit::ElidedLink *>(u"ha.finding.link"_s);
        QCOMPARE(links.size(), 2);
        links[1]->click();
        QCOMPARE(asked.takeFirst().first().value<audit::ObjectName>().name, u"mysql-1"_s);
        // In the list the same, by a click.
        const auto *model = static_cast<items::FindingListModel *>(findings()->model());
        const QModelIndex row = model->index(1, 0);
        const pages::FindingList::Parts parts = findings()->parts(findings()->visualRect(row), *model->rowAt(1));
        QCOMPARE(parts.links.size(), 2);
        QTest::mouseClick(findings()->viewport(), Qt::LeftButton, {}, parts.links[0].center());
        QCOMPARE(asked.takeFirst().first().value<audit::ObjectName>().kind, u"Deployment"_s);
    }

    void aGroupFiltersComponentsAndFindings()
    {
        m_page->setComponents({component(u"mysql"_s, Standing::SinglePoint, 1, 1), component(u"katib-ui"_s, Standing::Down, 0, 1),
                               component(u"katib-controller"_s, Standing::SurvivesNode, 2, 2)},
                              now);
        m_page->setReport(report(), std::chrono::milliseconds(300));
        const auto tiles = m_page->findChildren<pages::GroupTile *>(u"ha.group"_s);
        QCOMPARE(tiles.size(), 3); // what is not installed takes no room
        QVERIFY2(tiles[0]->accessibleName().contains(u"1 of 3"_s), qPrintable(tiles[0]->accessibleName()));
        QVERIFY2(tiles[2]->accessibleName().contains(u"1 of 2"_s), qPrintable(tiles[2]->accessibleName()));
        tiles[2]->click();
        QCOMPARE(table()->filter()->count().passing, 2);
        m_page->showView(HaPage::View::Findings);
        QCOMPARE(static_cast<items::FindingListModel *>(findings()->model())->shownCount(), 1);
        // Who is sent to something outside of the group sees it.
        m_page->showComponent(u"mysql@kubeflow"_s);
        QCOMPARE(m_page->currentKey(), u"mysql@kubeflow"_s);
        QCOMPARE(table()->filter()->count().passing, 3);
    }

    void eachStateOfTheAuditIsSaid()
    {
        m_page->setComponents({component(u"mysql"_s, Standing::SinglePoint, 1, 1)}, now);
        m_page->showView(HaPage::View::Findings);
        QCOMPARE(auditState()->state(), kit::StateView::State::Empty);
        QSignalSpy cancelled(m_page.get(), &HaPage::auditCancelled);
        m_page->setAuditing(u"Reading pods…"_s, 3, 12);
        auditState()->showPending();
        QCOMPARE(auditState()->state(), kit::StateView::State::Loading);
        QPushButton *cancel = nullptr;
        for (auto *candidate : auditState()->findChildren<QPushButton *>())
            cancel = candidate->isVisible() ? candidate : cancel;
        QVERIFY(cancel);
        cancel->click();
        QCOMPARE(cancelled.size(), 1);
        m_page->setAuditError(Error::make(Error::Kind::Network, u"The server did not answer"_s));
        QCOMPARE(auditState()->state(), kit::StateView::State::Error);
        m_page->setReport(report(), std::chrono::milliseconds(300));
        QCOMPARE(auditState()->state(), kit::StateView::State::Content);
        QVERIFY(button(u"ha.unreadButton"_s)->isVisible());
        QVERIFY(said(u"ha.unread"_s).contains(u"HA31: Pods may not be listed."_s));
        // What is known stays, marked as old.
        m_page->setAuditError(Error::make(Error::Kind::Network, u"The server did not answer"_s));
        QCOMPARE(auditState()->state(), kit::StateView::State::Stale);
        audit::Report nothing = report();
        nothing.findings.clear();
        m_page->setReport(nothing, std::chrono::milliseconds(300));
        QCOMPARE(auditState()->state(), kit::StateView::State::Empty);
    }

    void whatIfIsOneKeyAway()
    {
        m_page->setComponents({component(u"mysql"_s, Standing::SinglePoint, 1, 1)}, now);
        pages::WhatIfView view;
        view.nodes = {{u"node-1"_s, 2}, {u"node-2"_s, 0}};
        view.node = u"node-1"_s;
        view.answer = u"If node-1 fails, 2 components stop"_s;
        view.rows = {{u"Stop"_s, u"2"_s, u"1"_s, items::Tone::Err, items::Tone::None}};
        view.stops = {{items::Tone::Err, u"mysql@kubeflow"_s, u"mysql"_s, u"its disk is on node-1"_s}};
        view.safeWay = u"kubectl drain node-1"_s;
        m_page->setWhatIf(view);
        QTest::keyClick(table(), Qt::Key_W);
        QVERIFY(m_page->showsWhatIf());
        QCOMPARE(said(u"ha.whatif.answer"_s), view.answer);
        QSignalSpy chosen(m_page.get(), &HaPage::nodeChosen);
        const auto chips = m_page->findChildren<kit::Chip *>(u"ha.whatif.node"_s);
        QCOMPARE(chips.size(), 2);
        QVERIFY(chips[0]->isChecked());
        chips[1]->click();
        QCOMPARE(chosen.takeFirst().first().toString(), u"node-2"_s);
        QVERIFY(chips[0]->isChecked()); // until the answer is there
        button(u"ha.whatif.copy"_s)->click();
        QCOMPARE(QApplication::clipboard()->text(), view.safeWay);
        m_page->findChild<kit::ElidedLink *>(u"ha.whatif.stop"_s)->click();
        QVERIFY(!m_page->showsWhatIf());
        QCOMPARE(m_page->currentKey(), u"mysql@kubeflow"_s);
    }

    void whatEndedIsRenewedAndWhatHoldsWithdrawn()
    {
        m_page->setAccepted({{u"1"_s, u"HA30"_s, u"Deployment kubeflow/mysql"_s, u"moves"_s, u"ops"_s, now.date().addDays(-2), true, 1},
                             {u"2"_s, u"HA01"_s, u"Deployment kubeflow/dex"_s, u"soon"_s, {}, now.date().addDays(20), false, 1}},
                            u"accepted.yaml"_s);
        m_page->showView(HaPage::View::Accepted);
        auto *accepted = m_page->findChild<views::DataTable *>(u"ha.accepted"_s);
        QSignalSpy renew(m_page.get(), &HaPage::renewRequested);
        QSignalSpy withdraw(m_page.get(), &HaPage::withdrawRequested);
        QCOMPARE(accepted->model()->index(0, items::AcceptedTableModel::Until).data(items::ToneRole).toInt(), static_cast<int>(items::Tone::Warn));
        accepted->setCurrentKey(u"1"_s);
        QTest::keyClick(accepted, Qt::Key_Return, Qt::ControlModifier);
        QCOMPARE(renew.takeFirst().first().toString(), u"1"_s);
        accepted->setCurrentKey(u"2"_s);
        QTest::keyClick(accepted, Qt::Key_Return, Qt::ControlModifier);
        QCOMPARE(withdraw.takeFirst().first().toString(), u"2"_s);
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
