// SPDX-License-Identifier: GPL-3.0-or-later
#include "items/JobTableModel.h"

#include <QAbstractItemModelTester>
#include <QPersistentModelIndex>
#include <QRandomGenerator>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::items;

namespace {

const QDateTime now = QDateTime::fromString(u"2026-03-01T12:00:00Z"_s, Qt::ISODate);

Job job(const QString &uid, JobPhase phase = JobPhase::Running, double gpus = 8)
{
    Job job;
    job.uid = uid;
    job.name = u"job-"_s + uid;
    job.ns = u"vision"_s;
    job.phase = phase;
    job.created = now.addSecs(-7200);
    job.started = now.addSecs(-3600);
    job.replicas = {ReplicaGroup{u"Worker"_s, 4, 4, 4, 0, 0, gpus / 4}};
    return job;
}

QList<Job> many(int count)
{
    QList<Job> jobs;
    for (int i = 0; i < count; ++i)
        jobs.append(job(QString::number(i)));
    return jobs;
}

QString cell(const JobTableModel &model, const QString &uid, int column, int role = Qt::DisplayRole)
{
    return model.index(model.rowOf(uid), column).data(role).toString();
}

Listing listing(const QList<Checkpoint> &checkpoints, bool partial = false)
{
    Listing listing;
    listing.partial = partial;
    listing.readAt = now;
    listing.runs = {Run{u"."_s, u"dcp"_s, {}, checkpoints}};
    return listing;
}

Checkpoint checkpoint(qint64 step, int secondsAgo, Verdict verdict = Verdict::Whole)
{
    Checkpoint c;
    c.path = u"step-%1"_s.arg(step);
    c.step = step;
    c.savedAt = now.addSecs(-secondsAgo);
    c.verdict = verdict;
    c.resumable = verdict == Verdict::Whole;
    return c;
}

} // namespace

class TestJobTableModel : public QObject
{
    Q_OBJECT
private slots:
    void insertsComeInOneBatch()
    {
        JobTableModel model;
        QAbstractItemModelTester tester(&model);
        QSignalSpy inserted(&model, &QAbstractItemModel::rowsInserted);
        QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
        model.setJobs(many(500));
        QCOMPARE(inserted.size(), 1);
        QCOMPARE(reset.size(), 0);
        QCOMPARE(model.rowCount(), 500);
    }

    void removalsComeInContiguousRanges()
    {
        JobTableModel model;
        model.setJobs(many(10));
        QSignalSpy removed(&model, &QAbstractItemModel::rowsRemoved);
        Delta<Job> delta;
        delta.removed = {u"2"_s, u"3"_s, u"7"_s, u"4"_s, u"no such"_s};
        model.applyDelta(delta);
        QCOMPARE(removed.size(), 2);
        QCOMPARE(model.rowCount(), 6);
        QCOMPARE(model.rowOf(u"3"_s), -1);
        QCOMPARE(model.job(u"9"_s)->name, u"job-9"_s);
    }

    void scatteredRemovalsStayOneRange()
    {
        JobTableModel model;
        QAbstractItemModelTester tester(&model);
        model.setJobs(many(1000));
        const QPersistentModelIndex kept = model.index(model.rowOf(u"501"_s), 0);
        QSignalSpy removed(&model, &QAbstractItemModel::rowsRemoved);
        QSignalSpy layout(&model, &QAbstractItemModel::layoutChanged);
        Delta<Job> delta;
        for (int i = 0; i < 1000; i += 2)
            delta.removed.append(QString::number(i));
        model.applyDelta(delta);
        QCOMPARE(removed.size(), 1);
        QCOMPARE(layout.size(), 1);
        QCOMPARE(model.rowCount(), 500);
        QVERIFY(kept.isValid());
        QCOMPARE(kept.data(KeyRole).toString(), u"501"_s);
    }

    void equalValuesCauseNoSignal()
    {
        JobTableModel model;
        model.setJobs(many(20));
        QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
        QSignalSpy inserted(&model, &QAbstractItemModel::rowsInserted);
        QSignalSpy removed(&model, &QAbstractItemModel::rowsRemoved);
        model.setJobs(many(20));
        QCOMPARE(changed.size() + inserted.size() + removed.size(), 0);
    }

    void relistKeepsWhatStays()
    {
        JobTableModel model;
        QAbstractItemModelTester tester(&model);
        model.setJobs(many(30));
        const QPersistentModelIndex index = model.index(model.rowOf(u"17"_s), JobTableModel::State);
        QList<Job> relisted = many(20);
        relisted.removeFirst();
        relisted[16 - 1].phase = JobPhase::Failed;
        relisted.append(job(u"new"_s));
        model.setJobs(relisted);
        QVERIFY(index.isValid());
        QCOMPARE(index.data(KeyRole).toString(), u"17"_s);
        QCOMPARE(model.rowCount(), 20);
        QCOMPARE(cell(model, u"16"_s, JobTableModel::State), u"Failed"_s);
        QVERIFY(!model.job(u"25"_s));
    }

    void checkpointKnowledgeSurvivesUpdatesOfTheJob()
    {
        JobTableModel model;
        model.setNow(now);
        model.setJobs({job(u"a"_s)});
        model.setCheckpoints(u"a"_s, summarize(listing({checkpoint(100, 540)})));
        Delta<Job> delta;
        delta.upserts = {job(u"a"_s, JobPhase::Restarting)};
        model.applyDelta(delta);
        QCOMPARE(cell(model, u"a"_s, JobTableModel::LastCheckpoint), u"9 min"_s);
    }

    /// Random deltas and relists against a plain map: the table always holds exactly the map, every persistent index
    /// still points at its own job, and QAbstractItemModelTester sees consistent signals throughout.
    void randomDeltasMatchAPlainMap()
    {
        for (quint32 seed = 1; seed <= 6; ++seed) {
            QRandomGenerator random(seed);
            JobTableModel model;
            QAbstractItemModelTester tester(&model);
            QMap<QString, Job> truth;
            QHash<QString, QPersistentModelIndex> indexes;
            const int pool = seed % 2 ? 30 : 300;
            for (int round = 0; round < 25; ++round) {
                Delta<Job> delta;
                QMap<QString, Job> next = truth;
                const int changes = static_cast<int>(random.bounded(pool));
                for (int i = 0; i < changes; ++i) {
                    const QString uid = QString::number(random.bounded(pool));
                    if (random.bounded(3) == 0) {
                        delta.removed.append(uid);
                    } else {
                        Job value = job(uid, static_cast<JobPhase>(random.bounded(8)));
                        value.restarts = static_cast<int>(random.bounded(4));
                        delta.upserts.append(value);
                    }
                }
                for (const QString &uid : std::as_const(delta.removed))
                    next.remove(uid);
                for (const Job &value : std::as_const(delta.upserts))
                    next.insert(value.uid, value);
                if (random.bounded(5) == 0)
                    model.setJobs(next.values());
                else
                    model.applyDelta(delta);
                truth = next;

                QCOMPARE(model.rowCount(), static_cast<int>(truth.size()));
                for (auto it = truth.cbegin(); it != truth.cend(); ++it) {
                    const Job *shown = model.job(it.key());
                    QVERIFY(shown);
                    QCOMPARE(shown->phase, it->phase);
                    QCOMPARE(shown->restarts, it->restarts);
                }
                for (auto it = indexes.begin(); it != indexes.end();) {
                    QCOMPARE(it->isValid(), truth.contains(it.key()));
                    if (it->isValid()) {
                        QCOMPARE(it->data(KeyRole).toString(), it.key());
                        ++it;
                    } else {
                        it = indexes.erase(it);
                    }
                }
                for (auto it = truth.cbegin(); it != truth.cend(); ++it)
                    if (!indexes.contains(it.key()) && random.bounded(4) == 0)
                        indexes.insert(it.key(), model.index(model.rowOf(it.key()), 0));
            }
        }
    }

    void lostWorkCountsFromTheNewestWhole()
    {
        JobTableModel model;
        model.setNow(now);
        model.setJobs({job(u"known"_s), job(u"unread"_s), job(u"unknown"_s, JobPhase::Unknown), job(u"none"_s), job(u"cpu"_s, JobPhase::Running, 0),
                       job(u"done"_s, JobPhase::Succeeded)});
        model.setCheckpoints(u"known"_s,
                             summarize(listing({checkpoint(100, 1800), checkpoint(200, 60, Verdict::Damaged)})));
        model.setCheckpoints(u"none"_s, summarize(listing({})));
        model.setCheckpoints(u"cpu"_s, summarize(listing({checkpoint(100, 540)})));
        QCOMPARE(cell(model, u"known"_s, JobTableModel::Lost), u"4.0 GPU-h"_s);
        QCOMPARE(cell(model, u"known"_s, JobTableModel::LastCheckpoint), u"1 min"_s);
        QCOMPARE(model.index(model.rowOf(u"known"_s), JobTableModel::LastCheckpoint).data(TrustRole).toInt(),
                 static_cast<int>(Verdict::Damaged));
        QCOMPARE(cell(model, u"unread"_s, JobTableModel::Lost), u"at most 8.0 GPU-h"_s);
        QCOMPARE(cell(model, u"unknown"_s, JobTableModel::Lost), u"–"_s);
        QCOMPARE(cell(model, u"none"_s, JobTableModel::Lost), u"8.0 GPU-h"_s);
        QCOMPARE(cell(model, u"none"_s, JobTableModel::LastCheckpoint), u"none yet"_s);
        QCOMPARE(cell(model, u"cpu"_s, JobTableModel::Lost), u"9 min"_s);
        QCOMPARE(cell(model, u"done"_s, JobTableModel::Lost), u"0"_s);
    }

    void failedJobHasLostItsWorkAtTheMomentItFailed()
    {
        Job failed = job(u"f"_s, JobPhase::Failed);
        failed.finished = now.addSecs(-1800);
        JobTableModel model;
        model.setNow(now);
        model.setJobs({failed});
        model.setCheckpoints(u"f"_s, summarize(listing({checkpoint(100, 3600)})));
        QCOMPARE(cell(model, u"f"_s, JobTableModel::Lost), u"lost 4.0 GPU-h"_s);
    }

    void partialListingSaysAtMost()
    {
        JobTableModel model;
        model.setNow(now);
        model.setJobs({job(u"p"_s)});
        model.setCheckpoints(u"p"_s, summarize(listing({checkpoint(100, 1800)}, true)));
        QCOMPARE(cell(model, u"p"_s, JobTableModel::Lost), u"at most 4.0 GPU-h"_s);
    }

    void weightsAloneAreNoPlaceToGoBackTo()
    {
        Checkpoint weights = checkpoint(200, 60);
        weights.resumable = false;
        JobTableModel model;
        model.setNow(now);
        model.setJobs({job(u"w"_s)});
        model.setCheckpoints(u"w"_s, summarize(listing({checkpoint(100, 1800), weights})));
        QCOMPARE(cell(model, u"w"_s, JobTableModel::Lost), u"4.0 GPU-h"_s);
    }

    void rhythmIsTheMedianOfTheGaps()
    {
        const CheckpointSummary summary = summarize(listing(
            {checkpoint(1, 100000), checkpoint(2, 900), checkpoint(3, 600), checkpoint(4, 300)}));
        QCOMPARE(summary.rhythm.count(), 300);
        QCOMPARE(summarize(listing({checkpoint(1, 50)})).rhythm.count(), 0);
    }

    void hostileNamesAreMadeSafe()
    {
        Job bad = job(u"x"_s);
        bad.name = u"a\nb\u202Ec"_s;
        bad.cause = u"\x1b[31mred"_s;
        JobTableModel model;
        model.setJobs({bad});
        QCOMPARE(cell(model, u"x"_s, JobTableModel::Name), u"a\\nb\\u{202E}c"_s);
        for (int column = 0; column < model.columnCount(); ++column)
            for (int role : {int(Qt::DisplayRole), int(Qt::ToolTipRole), int(Qt::AccessibleTextRole), int(DetailRole)})
                for (const QChar c : cell(model, u"x"_s, column, role))
                    QVERIFY2(c.isPrint(), qPrintable(QString::number(c.unicode(), 16)));
    }

    void aLostContainerStatusIsNoUnknownExit()
    {
        for (const QString &cause : {u"Unknown (exit 255)"_s, u"ContainerStatusUnknown (exit 137)"_s, u"Error (exit 255)"_s}) {
            Job lost = job(u"x"_s);
            lost.cause = cause;
            JobTableModel model;
            model.setJobs({lost});
            QCOMPARE(cell(model, u"x"_s, JobTableModel::State, DetailRole),
                     cause.startsWith(u"Error"_s) ? cause : u"container status lost (node restarted?)"_s);
        }
    }

    void jobsWithoutUidStayApart()
    {
        Job a = job({});
        a.name = u"a"_s;
        Job b = a;
        b.name = u"b"_s;
        JobTableModel model;
        model.setJobs({a, b});
        QCOMPARE(model.rowCount(), 2);
    }

    void countsPerFacet()
    {
        JobTableModel model;
        model.setJobs({job(u"a"_s), job(u"b"_s), job(u"c"_s, JobPhase::Failed)});
        model.setCheckpoints(u"a"_s, summarize(listing({})));
        QCOMPARE(model.counts(JobTableModel::PhaseRole).value(u"Running"_s), 2);
        QCOMPARE(model.counts(JobTableModel::PhaseRole).value(u"Failed"_s), 1);
        QCOMPARE(model.counts(JobTableModel::CheckpointRole).value(u"none"_s), 1);
        QCOMPARE(model.counts(JobTableModel::CheckpointRole).value(u"unread"_s), 2);
        QCOMPARE(model.gpusInUse(), 16.0);
    }
};

QTEST_GUILESS_MAIN(TestJobTableModel)
#include "tst_jobtablemodel.moc"
