// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Translation.h"
#include "kit/Label.h"
#include "kit/StateView.h"
#include "kit/Theme.h"
#include "pages/NodesPage.h"
#include "views/DataTable.h"

#include <QApplication>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using items::NodeRow;
using items::NodeTableModel;
using pages::NodesPage;

namespace {

const QDateTime now = QDateTime::fromString(u"2026-03-01T12:00:00Z"_s, Qt::ISODate);

Node node(const QString &name, bool ready, double gpus)
{
    Node node;
    node.name = node.uid = name;
    node.ready = ready;
    node.readySince = now.addSecs(-600);
    node.gpusAllocatable = gpus;
    return node;
}

Pod pod(const QString &name, const QString &on, double gpus, const QString &owner, const QString &phase = u"Running"_s)
{
    Pod pod;
    pod.name = pod.uid = name;
    pod.node = on;
    pod.gpus = gpus;
    pod.ownerUid = owner;
    pod.phase = phase;
    return pod;
}

items::JobRow job(const QString &uid, int startedMinutesAgo, double gpus)
{
    items::JobRow row;
    row.job.uid = row.job.name = uid;
    row.job.ns = u"research"_s;
    row.job.phase = JobPhase::Running;
    row.job.started = now.addSecs(-60 * startedMinutesAgo);
    row.job.replicas = {{u"Master"_s, 1, 1, 1, 0, 0, gpus}};
    row.checkpoints = items::CheckpointSummary{};
    row.checkpoints->none = true;
    return row;
}

} // namespace

class TestNodesPage : public QObject
{
    Q_OBJECT

    QList<NodeRow> joined(bool partial = false)
    {
        const QList<Pod> pods{pod(u"a-0"_s, u"one"_s, 4, u"a"_s), pod(u"a-1"_s, u"one"_s, 4, u"a"_s), pod(u"a-2"_s, u"two"_s, 4, u"a"_s),
                              pod(u"b-0"_s, u"one"_s, 0, u"b"_s), pod(u"old"_s, u"two"_s, 8, u"b"_s, u"Succeeded"_s),
                              pod(u"other"_s, u"two"_s, 1, {}), pod(u"nowhere"_s, {}, 1, u"a"_s)};
        static const QHash<QString, items::JobRow> jobs{{u"a"_s, job(u"a"_s, 60, 12)}, {u"b"_s, job(u"b"_s, 30, 0)}};
        return situation::joinNodes(
            {node(u"one"_s, true, 8), node(u"two"_s, false, 8)},
            [&](const auto &visit) { std::ranges::for_each(pods, visit); },
            [&](const Pod &pod, const situation::SeeJob &visit) {
                if (const auto row = jobs.constFind(pod.ownerUid); row != jobs.cend())
                    visit(row->job, row->checkpoints ? &*row->checkpoints : nullptr);
            },
            partial, now);
    }

private slots:
    void initTestCase()
    {
        installTranslation(QLocale(u"en"_s)); // for the plurals
        kit::Theme::install(*qApp, kit::ThemeMode::Light);
    }

    void aGpuIsTakenUntilItsPodHasEnded()
    {
        const QList<NodeRow> rows = joined();
        QCOMPARE(rows[0].gpusRequested, 8.0);
        QCOMPARE(rows[0].gpusFree(), 0.0);
        QCOMPARE(rows[0].pods, 3);
        QCOMPARE(rows[1].gpusRequested, 5.0);
        QCOMPARE(rows[1].gpusFree(), 3.0);
        QCOMPARE(rows[1].pods, 2);
    }

    void aJobCountsOncePerNodeWithAllOfItsWork()
    {
        const QList<NodeRow> rows = joined();
        QCOMPARE(rows[0].jobs.size(), 2);
        QCOMPARE(rows[0].jobs[0].key, u"a"_s); // 12 GPU-hours before half an hour without GPUs
        QCOMPARE(rows[0].gpuHoursAtRisk(), 12.0);
        QCOMPARE(rows[1].jobs.size(), 1);
        QCOMPARE(rows[1].gpuHoursAtRisk(), 12.0);
        QCOMPARE(situation::lostText(rows[0].jobs[1]), u"30 min"_s);
    }

    void theWorstNodeComesFirstAndTheAnswerCountsFreeGpusOfReadyNodesOnly()
    {
        NodesPage page;
        page.resize(1064, 774);
        page.show();
        FeedState feed;
        feed.phase = FeedState::Phase::Live;
        page.setNow(now);
        page.setNodes(joined());
        page.setFeed(feed);
        QCOMPARE(page.currentKey(), u"two"_s);
        const auto labels = page.findChildren<QWidget *>();
        QVERIFY(std::ranges::any_of(labels, [](QWidget *each) {
            return each->accessibleName() == u"1 of 2 nodes not ready · 0 of 16 GPUs free"_s;
        }));
        QVERIFY(page.findChild<kit::Paragraph *>(u"nodes.loss"_s)->text().contains(u"12"_s));

        QSignalSpy opened(&page, &NodesPage::podsRequested);
        page.focusTable();
        QTest::keyClick(page.findChild<views::DataTable *>(u"nodes.table"_s), Qt::Key_Return);
        QCOMPARE(opened.takeFirst().first().toString(), u"two"_s);

        QSignalSpy job(&page, &NodesPage::jobRequested);
        QPushButton *link = nullptr;
        for (QPushButton *each : page.findChildren<QPushButton *>())
            link = each->property("job").isValid() ? each : link;
        QVERIFY(link);
        link->click();
        QCOMPARE(job.takeFirst().first().toString(), u"a"_s);
        // The line stays the same widget while its numbers change.
        page.setNodes(joined(true));
        QVERIFY(page.isAncestorOf(link));
    }

    void aNodeWithoutGpusIsKnownToHaveNone()
    {
        NodeTableModel model;
        NodeRow row;
        row.node = node(u"cpu"_s, true, 0);
        model.setNodes({row});
        QCOMPARE(model.index(0, NodeTableModel::Gpus).data().toString(), u"0"_s);
        QCOMPARE(model.index(0, NodeTableModel::Free).data().toString(), u"0"_s);
    }
};

QTEST_MAIN(TestNodesPage)
#include "tst_nodespage.moc"
