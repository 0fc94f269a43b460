// SPDX-License-Identifier: GPL-3.0-or-later
#include "items/CheckpointTableModel.h"
#include "items/ContextTableModel.h"
#include "items/EventTableModel.h"
#include "items/PodTableModel.h"
#include "items/TrailTableModel.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>
#include <algorithm>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::items;

namespace {

const QDateTime now = QDateTime::fromString(u"2026-03-01T12:00:00Z"_s, Qt::ISODate);

Checkpoint checkpoint(const QString &path, std::optional<qint64> step, int secondsAgo, Verdict verdict)
{
    Checkpoint c;
    c.path = path;
    c.format = u"dcp"_s;
    c.step = step;
    c.savedAt = now.addSecs(-secondsAgo);
    c.verdict = verdict;
    c.resumable = verdict == Verdict::Whole;
    return c;
}

ActionValue action(const CheckpointTableModel &model, const QString &path)
{
    return model.index(model.rowOf(path), CheckpointTableModel::Action).data(ActionRole).value<ActionValue>();
}

} // namespace

class TestItemModels : public QObject
{
    Q_OBJECT
private slots:
    void newestWholeIsPreselectedNotTheNewest()
    {
        CheckpointTableModel model;
        QAbstractItemModelTester tester(&model);
        Checkpoint weights = checkpoint(u"w"_s, 11800, 400, Verdict::Whole);
        weights.resumable = false;
        model.setListing(Listing{{Run{u"."_s, u"dcp"_s, {},
                                      {checkpoint(u"a"_s, 11000, 1800, Verdict::Whole),
                                       checkpoint(u"b"_s, 12000, 540, Verdict::Whole), weights,
                                       checkpoint(u"c"_s, 12400, 240, Verdict::Damaged)}}},
                                 false, {}, now, u"folder"_s});
        QCOMPARE(model.newestWhole(), u"b"_s);
        model.setListing({});
        QCOMPARE(model.newestWhole(), QString());
        QCOMPARE(model.rowCount(), 0);
    }

    void onlyTheActiveRowOffersAResume()
    {
        CheckpointTableModel model;
        model.setListing(Listing{{Run{u"."_s, u"dcp"_s, {},
                                      {checkpoint(u"a"_s, 1, 1800, Verdict::Whole),
                                       checkpoint(u"b"_s, 2, 540, Verdict::Damaged),
                                       checkpoint(u"c"_s, 3, 100, Verdict::Unverified),
                                       checkpoint(u"d"_s, 4, 10, Verdict::Writing)}}},
                                 false, {}, now, u"folder"_s});
        QCOMPARE(action(model, u"a"_s).id, QString());
        model.setActiveKey(u"a"_s);
        QCOMPARE(action(model, u"a"_s).id, u"checkpoint.resume"_s);
        QVERIFY(action(model, u"a"_s).enabled);
        model.setActiveKey(u"b"_s);
        QCOMPARE(action(model, u"a"_s).id, QString());
        QVERIFY(!action(model, u"b"_s).enabled);
        QVERIFY(!action(model, u"b"_s).why.isEmpty());
        model.setActiveKey(u"c"_s);
        QVERIFY(action(model, u"c"_s).enabled);
        model.setActiveKey(u"d"_s);
        QVERIFY(!action(model, u"d"_s).enabled);
        model.setResumeRefusal(u"You may not patch this job."_s);
        model.setActiveKey(u"a"_s);
        QCOMPARE(action(model, u"a"_s).why, u"You may not patch this job."_s);
    }

    void everyListNamesTheSameNewest()
    {
        // A copy: all of one time, but for a higher step of an older run, and listed in any order.
        const QList<Checkpoint> all{checkpoint(u"a"_s, 300, 60, Verdict::Whole), checkpoint(u"b"_s, 100, 60, Verdict::Whole),
                                    checkpoint(u"c"_s, 400, 60, Verdict::Damaged), checkpoint(u"d"_s, 5000, 86400, Verdict::Whole)};
        for (const bool reversed : {false, true}) {
            QList<Checkpoint> order = all;
            if (reversed)
                std::ranges::reverse(order);
            const Listing listing{{Run{u"."_s, u"dcp"_s, {}, order}}, false, {}, now, u"folder"_s};
            QCOMPARE(newestResumable(listing)->path, u"a"_s);
            CheckpointTableModel model;
            model.setListing(listing);
            QCOMPARE(model.newestWhole(), u"a"_s);
            for (const TrailRow &row : trailOf(u"1"_s, u"job"_s, u"ns"_s, listing, newestResumable(listing)))
                QCOMPARE(row.newest, row.checkpoint.path == u"a"_s);
        }
    }

    void rowsTellTheirAttempts()
    {
        const Listing listing{{Run{u"."_s, {}, {}, {checkpoint(u"step-1"_s, 1, 60, Verdict::Whole)}},
                               Run{u"attempt-12-0a1b2c"_s, {}, {}, {checkpoint(u"attempt-12-0a1b2c/step-2"_s, 2, 50, Verdict::Whole)}},
                               Run{u"other"_s, {}, {}, {checkpoint(u"other/step-3"_s, 3, 40, Verdict::Whole)}}},
                              false, {}, now, u"folder"_s};
        CheckpointTableModel model;
        model.setListing(listing);
        TrailTableModel trail;
        trail.setRows(trailOf(u"1"_s, u"job"_s, u"ns"_s, listing, nullptr));
        const QStringList words{u"attempt 1"_s, u"attempt 12"_s, u"other"_s};
        for (int row = 0; row < 3; ++row) {
            QCOMPARE(model.index(row, CheckpointTableModel::Step).data(DetailRole).toString(), words[row]);
            QCOMPARE(trail.index(row, TrailTableModel::Step).data(DetailRole).toString(), words[row]);
            QVERIFY(trail.index(row, 0).data(Qt::AccessibleTextRole).toString().contains(words[row]));
        }
    }

    void checkpointCellsShowUnitsAndUnknowns()
    {
        CheckpointTableModel model;
        model.setNow(now);
        Checkpoint c = checkpoint(u"a"_s, 12000, 540, Verdict::Whole);
        c.bytes = 29'098'500'000;
        c.files = 25;
        c.filesExpected = 32;
        c.epoch = 2.75;
        c.loss = 1.8724;
        model.setListing(Listing{{Run{u"."_s, u"dcp"_s, {}, {c, checkpoint(u"b"_s, {}, 10, Verdict::Unverified)}}},
                                 false, {}, now, u"folder"_s});
        const auto shown = [&](int row, int column) { return model.index(row, column).data().toString(); };
        QCOMPARE(shown(0, CheckpointTableModel::Step), u"12\u202f000"_s);
        QCOMPARE(shown(0, CheckpointTableModel::Epoch), u"2.75"_s);
        QCOMPARE(shown(0, CheckpointTableModel::Saved), u"9 min ago"_s);
        QCOMPARE(shown(0, CheckpointTableModel::Size), u"27.1 GiB"_s);
        QCOMPARE(shown(0, CheckpointTableModel::Format), u"DCP · 25 of 32 files"_s);
        QCOMPARE(shown(0, CheckpointTableModel::Loss), u"1.872"_s);
        QCOMPARE(shown(1, CheckpointTableModel::Step), u"–"_s);
        QCOMPARE(shown(1, CheckpointTableModel::Epoch), u"–"_s);
        QCOMPARE(model.index(0, 0).data(Qt::AccessibleTextRole).toString(),
                 u"Checkpoint 12\u202f000, Whole, 9 min ago"_s);
    }

    void podsTellTheirCause()
    {
        PodTableModel model;
        QAbstractItemModelTester tester(&model);
        Pod pod;
        pod.uid = u"1"_s;
        pod.name = u"w-0"_s;
        pod.phase = u"Running"_s;
        ContainerState container;
        container.restarts = 2;
        container.ready = true;
        container.lastReason = u"OOMKilled"_s;
        pod.containers = {container};
        model.setPods({pod});
        QCOMPARE(model.index(0, PodTableModel::State).data().toString(), u"Running, last: OOMKilled"_s);
        QCOMPARE(model.index(0, PodTableModel::Ready).data().toString(), u"1/1"_s);
        pod.unanswered = true; // its node stopped answering: what was ready may not be
        model.setPods({pod});
        QCOMPARE(model.index(0, PodTableModel::State).data().toString(), u"Running, NodeLost"_s);
        QCOMPARE(model.index(0, PodTableModel::State).data(TagRole).value<TagValue>().tone, Tone::Warn);
        QCOMPARE(model.index(0, PodTableModel::Ready).data().toString(), u"–/1"_s);
        pod.unanswered = false;
        pod.reason = u"Evicted"_s;
        pod.phase = u"Failed"_s;
        Delta<Pod> delta;
        delta.upserts = {pod};
        model.applyDelta(delta);
        QCOMPARE(model.index(0, PodTableModel::State).data(TagRole).value<TagValue>().tone, Tone::Err);
        QCOMPARE(PodTableModel::cause(pod), u"Evicted"_s);
    }

    void podsInTroubleAreCounted()
    {
        PodTableModel model;
        const auto pod = [](const QString &uid, const QString &phase) {
            Pod made;
            made.uid = uid;
            made.phase = phase;
            return made;
        };
        model.setPods({pod(u"1"_s, u"Failed"_s), pod(u"2"_s, u"Succeeded"_s), pod(u"3"_s, u"Pending"_s)});
        QCOMPARE(model.troubled(), 2);
        Delta<Pod> delta;
        delta.upserts = {pod(u"3"_s, u"Succeeded"_s), pod(u"2"_s, u"Failed"_s), pod(u"4"_s, u"Failed"_s), pod(u"4"_s, u"Succeeded"_s)};
        delta.removed = {u"1"_s};
        model.applyDelta(delta);
        QCOMPARE(model.troubled(), 1);
        model.setPods({pod(u"2"_s, u"Failed"_s), pod(u"5"_s, u"Failed"_s)});
        QCOMPARE(model.troubled(), 2);
        model.clear();
        QCOMPARE(model.troubled(), 0);
    }

    void eventsCountWarnings()
    {
        EventTableModel model;
        QAbstractItemModelTester tester(&model);
        Event normal;
        normal.uid = u"1"_s;
        normal.type = u"Normal"_s;
        Event warning = normal;
        warning.uid = u"2"_s;
        warning.type = u"Warning"_s;
        warning.message = u"line one\nline two"_s;
        model.setEvents({normal, warning});
        QCOMPARE(model.warnings(), 1);
        QCOMPARE(model.index(1, EventTableModel::Message).data().toString(), u"line one\\nline two"_s);
    }

    void insecureContextsAlwaysSaySo()
    {
        ContextTableModel model;
        QAbstractItemModelTester tester(&model);
        ContextRow row;
        row.id = row.name = u"lab"_s;
        row.server = u"10.0.0.1:6443"_s;
        row.state = ContextState::Reachable;
        row.action = ContextAction::Connect;
        row.insecure = true;
        model.setContexts({row});
        const QModelIndex cell = model.index(0, ContextTableModel::Context);
        QCOMPARE(cell.data(SecondLineRole).toString(), u"not verified · 10.0.0.1:6443"_s);
        QVERIFY(cell.data(Qt::AccessibleTextRole).toString().contains(u"not verified"_s));
        QCOMPARE(model.index(0, ContextTableModel::Action).data(ActionRole).value<ActionValue>().text, u"Connect"_s);
    }

    void aBrokenEntryShowsItsProblemInPlace()
    {
        ContextTableModel model;
        ContextRow row;
        row.id = row.name = u"old"_s;
        row.state = ContextState::Broken;
        row.problem = Error::make(Error::Kind::Invalid, u"The user \"gke\" is missing."_s, u"Because."_s, u"Add it."_s);
        model.setContexts({row});
        QCOMPARE(model.index(0, ContextTableModel::State).data(SecondLineRole).toString(),
                 u"The user \"gke\" is missing."_s);
        QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
        model.updateContext(row);
        QCOMPARE(changed.size(), 0);
        row.problem->why = u"Another."_s;
        model.updateContext(row);
        QCOMPARE(changed.size(), 1);
    }
};

QTEST_GUILESS_MAIN(TestItemModels)
#include "tst_itemmodels.moc"
