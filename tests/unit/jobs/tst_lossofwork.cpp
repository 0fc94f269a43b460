// SPDX-License-Identifier: GPL-3.0-or-later
#include "Samples.h"
#include "jobs/LossOfWork.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::jobs;
using namespace cairn::tests;

class TestLossOfWork : public QObject
{
    Q_OBJECT
    const QDateTime t0 = QDateTime::fromString(u"2026-01-02T00:00:00Z"_s, Qt::ISODate);

    Job running() const
    {
        Job job;
        job.phase = JobPhase::Running;
        job.started = t0;
        job.replicas = {{u"Master"_s, 1, 1, 1, 0, 0, 8}, {u"Worker"_s, 3, 3, 3, 0, 0, 8}};
        return job;
    }
    Checkpoint at(qint64 step, int hours, Verdict verdict = Verdict::Whole) const
    {
        Checkpoint c = wholeCheckpoint(step);
        c.savedAt = t0.addSecs(hours * 3600);
        c.verdict = verdict;
        c.resumable = verdict == Verdict::Whole;
        return c;
    }
    Listing listing(const QList<Checkpoint> &checkpoints) const { return {{Run{u"."_s, {}, {}, checkpoints}}, false, {}, {}, {}}; }

private slots:
    void theNewestWholeOneCounts()
    {
        const Listing l = listing({at(100, 1), at(200, 2), at(300, 3, Verdict::Damaged)});
        const LossOfWork loss = lossIfItDiesNow(running(), &l, t0.addSecs(4 * 3600), 350);
        QCOMPARE(loss.fromStep, std::optional<qint64>(200));
        QCOMPARE(loss.steps, std::optional<qint64>(150));
        QCOMPARE(loss.gpuHours, std::optional(64.0));
        QVERIFY(!loss.atLeast);
    }
    void withoutALogTheNewestFileTells()
    {
        const Listing l = listing({at(200, 2), at(300, 3, Verdict::Writing)});
        QCOMPARE(lossIfItDiesNow(running(), &l, t0.addSecs(4 * 3600)).steps, std::optional<qint64>(100));
    }
    void withoutACheckpointEverythingIsLost()
    {
        const Listing l = listing({});
        const LossOfWork loss = lossIfItDiesNow(running(), &l, t0.addSecs(3600), 40);
        QCOMPARE(loss.steps, std::optional<qint64>(40));
        QCOMPARE(loss.gpuHours, std::optional(32.0));
        QVERIFY(!loss.fromStep);
    }
    void whatIsUnknownStaysUnknown()
    {
        const LossOfWork loss = lossIfItDiesNow(running(), nullptr, t0.addSecs(3600));
        QVERIFY(!loss.steps);
        QVERIFY(!loss.gpuHours);
    }
    void goingBackCostsWhatCameAfter()
    {
        const Listing l = listing({at(100, 1), at(200, 2), at(300, 3)});
        const LossOfWork loss = lossByResuming(running(), l.runs[0].checkpoints[0], &l, t0.addSecs(4 * 3600));
        QCOMPARE(loss.steps, std::optional<qint64>(200));
        QCOMPARE(loss.gpuHours, std::optional(96.0));
    }
    void aCheckpointOlderThanTheStartIsALowerBound()
    {
        const LossOfWork loss = lossByResuming(running(), at(100, -5), nullptr, t0.addSecs(3600));
        QVERIFY(loss.atLeast);
        QCOMPARE(loss.gpuHours, std::optional(32.0));
    }
    void aFinishedJobStoppedThen()
    {
        Job job = running();
        job.phase = JobPhase::Failed;
        job.finished = t0.addSecs(3 * 3600);
        const LossOfWork loss = lossByResuming(job, at(100, 1), nullptr, t0.addDays(9));
        QCOMPARE(loss.gpuHours, std::optional(64.0));
        QVERIFY(!loss.atLeast);
    }
    void aSuspendedJobIsALowerBound()
    {
        Job job = running();
        job.phase = JobPhase::Suspended;
        const Listing l = listing({at(100, 1), at(200, 2)});
        const LossOfWork loss = lossByResuming(job, at(100, 1), &l, t0.addDays(9));
        QVERIFY(loss.atLeast);
        QCOMPARE(loss.gpuHours, std::optional(32.0));
    }
    void withoutGpusItIsZeroNotUnknown()
    {
        Job job = running();
        job.replicas = {{u"Master"_s, 1, 1, 1, 0, 0, 0}};
        QCOMPARE(lossByResuming(job, at(100, 1), nullptr, t0.addSecs(7200)).gpuHours, std::optional(0.0));
    }
};

QTEST_APPLESS_MAIN(TestLossOfWork)
#include "tst_lossofwork.moc"
