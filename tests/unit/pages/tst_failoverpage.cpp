// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Translation.h"
#include "charts/TakeoverChart.h"
#include "dialogs/FailoverDialog.h"
#include "items/LeaderChangeTableModel.h"
#include "kit/Button.h"
#include "kit/Inputs.h"
#include "kit/Messages.h"
#include "kit/Theme.h"
#include "pages/FailoverPage.h"
#include "views/DataTable.h"

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QLabel>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using items::LeaderChangeTableModel;
using pages::FailoverPage;
using pages::FailoverView;

namespace {

const QDateTime now = QDateTime::fromString(u"2026-03-01T12:00:00Z"_s, Qt::ISODate);

FailoverResult tested(const QString &id, int minutesAgo, double gap)
{
    FailoverResult test;
    test.id = id;
    test.component = u"training-operator"_s;
    test.ns = u"kubeflow"_s;
    test.lease = u"kubeflow/x"_s;
    test.at = now.addSecs(-60LL * minutesAgo);
    test.acquired = test.at.addMSecs(qRound64(gap * 1000));
    test.leaseSeconds = 15;
    test.retry = 2;
    test.leader = {u"op-1-aaaa"_s, u"node-1"_s};
    test.others = {{u"op-1-bbbb"_s, u"node-2"_s}};
    test.next = test.others.first();
    test.renewals = {-1, gap};
    test.gap = test.worked = gap;
    test.standby = 30;
    test.readyBefore = 2;
    test.jobsRunning = 12;
    test.jobsStopped = 1;
    test.state = FailoverResult::State::Done;
    test.steps = {{FailoverStep::Kind::Killed, 0, true}, {FailoverStep::Kind::NewLeader, gap, true}};
    return test;
}

LeaderChange evicted()
{
    LeaderChange change;
    change.component = u"training-operator"_s;
    change.ns = u"kubeflow"_s;
    change.lease = u"kubeflow/x"_s;
    change.at = now.addDays(-9);
    change.fromPod = u"op-1-cccc"_s;
    change.toPod = u"op-1-aaaa"_s;
    change.toNode = u"node-1"_s;
    change.gap = 352;
    change.replicas = 1;
    change.cause = LeaderCause::Evicted;
    return change;
}

} // namespace

class TestFailoverPage : public QObject
{
    Q_OBJECT
    std::unique_ptr<FailoverPage> m_page;

    FailoverView view() const
    {
        FailoverView view;
        view.component = u"training-operator"_s;
        view.now = now;
        view.tests = {tested(u"old"_s, 600, 16.5), tested(u"new"_s, 10, 18.1)};
        view.changes = {view.tests[0].change(), view.tests[1].change(), evicted()};
        return view;
    }
    template <class T>
    T *part(const char *name)
    {
        return m_page->findChild<T *>(QString::fromLatin1(name));
    }
    bool says(const QString &text)
    {
        const QList<QLabel *> labels = m_page->findChildren<QLabel *>();
        return std::ranges::any_of(labels, [&](const QLabel *label) { return label->isVisible() && label->text() == text; });
    }

private slots:
    void initTestCase()
    {
        installTranslation(QLocale(u"en"_s));
        kit::Theme::install(*qApp, kit::ThemeMode::Light);
    }
    void init()
    {
        m_page = std::make_unique<FailoverPage>();
        m_page->resize(1064, 774);
        m_page->show();
    }

    void theNewestTestIsShown()
    {
        m_page->setView(view());
        QVERIFY(m_page->shown());
        QCOMPARE(m_page->shown()->id, u"new"_s);
        QVERIFY(says(u"18.1"_s));
        QVERIFY(says(u"5 min 52 s"_s)); // what one replica costs
        QCOMPARE(part<charts::TakeoverChart>("failover.chart")->moments().first().at, 0.0);
        auto *table = part<views::DataTable>("failover.history");
        QCOMPARE(table->rowCount(), 3);
        QCOMPARE(table->currentKey(), LeaderChangeTableModel::key(view().tests[1].change()));
    }

    void aRowOfAnotherTestShowsThat()
    {
        m_page->setView(view());
        auto *table = part<views::DataTable>("failover.history");
        table->setCurrentKey(LeaderChangeTableModel::key(view().tests[0].change()));
        QCOMPARE(m_page->shown()->id, u"old"_s);
        QVERIFY(says(u"16.5"_s));
        // One that is no test leaves it.
        table->setCurrentKey(LeaderChangeTableModel::key(evicted()));
        QCOMPARE(m_page->shown()->id, u"old"_s);
    }

    void onlyTheTests()
    {
        m_page->setView(view());
        auto *which = part<kit::Segment>("failover.which");
        which->setFocus();
        QTest::keyClick(which, Qt::Key_Right);
        QCOMPARE(part<views::DataTable>("failover.history")->rowCount(), 2);
    }

    void theTableIsTheTwinOfTheChart()
    {
        m_page->setView(view());
        auto *table = part<views::DataTable>("failover.chartTable");
        QVERIFY(!table->isVisible());
        auto *chart = part<charts::TakeoverChart>("failover.chart");
        chart->setFocus();
        QTest::keyClick(chart, Qt::Key_T);
        QVERIFY(table->isVisible());
        QCOMPARE(table->rowCount(), static_cast<int>(situation::momentsOf(view().tests[1]).size()));
        part<kit::Button>("failover.asTable")->click();
        QVERIFY(!table->isVisible());
    }

    void nothingYet()
    {
        FailoverView none;
        none.component = u"katib-controller"_s;
        none.now = now;
        none.refusal = u"Only one replica is ready"_s;
        m_page->setView(none);
        QVERIFY(!m_page->shown());
        auto *act = part<kit::Button>("failover.act");
        QVERIFY(!act->isEnabled());
        QCOMPARE(act->toolTip(), none.refusal);
        QVERIFY(!part<kit::Button>("failover.export")->isEnabled());
        QVERIFY(!part<kit::Button>("failover.stop")->isVisible());
        QVERIFY(says(u"–"_s)); // unknown is no zero
        QVERIFY(!says(u"0"_s));
    }

    void aTestThatRuns()
    {
        FailoverView running = view();
        FailoverResult test = tested(u"now"_s, 0, 0);
        test.gap = test.worked = test.standby = -1;
        test.jobsStopped = -1;
        test.state = FailoverResult::State::Running;
        running.tests.append(test);
        running.running = test.id;
        m_page->showTest(u"old"_s);
        m_page->setView(running);
        QCOMPARE(m_page->shown()->id, u"now"_s); // whatever was looked at
        QVERIFY(!part<kit::Button>("failover.act")->isEnabled());
        auto *stop = part<kit::Button>("failover.stop");
        QVERIFY(stop->isVisible());
        QSignalSpy stopped(m_page.get(), &FailoverPage::stopRequested);
        stop->click();
        QCOMPARE(stopped.size(), 1);
        QVERIFY(!stop->isEnabled());
    }

    void whatTheClusterSaysIsShownAsItIs()
    {
        FailoverView hostile = view();
        hostile.component = u"a\u202Eb"_s;
        for (FailoverResult &test : hostile.tests)
            test.leader.pod = test.next.pod = u"x-\nevil\u202E"_s;
        m_page->setView(hostile);
        for (const QLabel *label : m_page->findChildren<QLabel *>())
            QVERIFY2(!label->text().contains(QChar(0x202E)), qPrintable(label->text()));
        QVERIFY(!part<charts::TakeoverChart>("failover.chart")->summary().contains(QChar(0x202E)));
    }

    void theModelTellsItsChangesWell()
    {
        LeaderChangeTableModel model;
        QAbstractItemModelTester tester(&model);
        model.setChanges(view().changes, now);
        QCOMPARE(model.rowCount(), 3);
        model.setChanges({evicted()}, now);
        QCOMPARE(model.rowCount(), 1);
        const QModelIndex gap = model.index(0, LeaderChangeTableModel::Gap);
        QCOMPARE(gap.data().toString(), u"5 min 52 s"_s);
        QCOMPARE(gap.data(items::ProgressRole).toDouble(), 1.0);
        QCOMPARE(model.index(0, LeaderChangeTableModel::To).data().toString(), u"itself, node-1"_s);
        LeaderChange unseen = evicted();
        unseen.gap = -1;
        unseen.skipped = 2;
        model.setChanges({unseen}, now);
        QVERIFY(!model.index(0, LeaderChangeTableModel::Gap).data(items::ProgressRole).isValid());
        QVERIFY(model.index(0, LeaderChangeTableModel::Gap).data(Qt::ToolTipRole).toString().contains(u'2'));
    }

    void theQuestionNeedsAllChecksAndASpaceOrAClick()
    {
        dialogs::FailoverDialog dialog;
        dialog.show();
        auto *act = dialog.findChild<kit::Button *>(u"failoverTest.act"_s);
        QVERIFY(!act->isEnabled()); // nothing was checked
        dialogs::FailoverAsk ask;
        ask.component = u"training-operator"_s;
        ask.warning = u"It kills."_s;
        ask.checked = true;
        dialog.setAsk(ask);
        QVERIFY(!act->isEnabled()); // a check failed
        ask.feasible = true;
        dialog.setAsk(ask);
        QVERIFY(act->isEnabled());
        QVERIFY(!act->isDefault() && !act->autoDefault());
        QSignalSpy asked(&dialog, &dialogs::ChangeDialog::actRequested);
        act->setFocus();
        QTest::keyClick(act, Qt::Key_Return);
        QTest::keyClick(&dialog, Qt::Key_Return);
        QCOMPARE(asked.size(), 0); // Enter never kills
        QTest::keyClick(act, Qt::Key_Space);
        QCOMPARE(asked.size(), 1);
    }
};

QTEST_MAIN(TestFailoverPage)
#include "tst_failoverpage.moc"
