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
    static Listing listing(const QList<Checkpoint> &checkpoints, bool partial = false)
    {
        return {{Run{u"."_s, {}, {}, checkpoints}}, partial, {}, {}, {}};
    }
    static LossOfWork dies(const Job &job, const Listing &listing, const QDateTime &now, std::optional<qint64> latestStep = std::nullopt)
    {
        const CheckpointSummary known = summarize(listing);
        return lossIfItDiesNow(job, &known, now, latestStep);
    }

private slots:
    void theNewestWholeOneCounts()
    {
        const Listing l = listing({at(100, 1), at(200, 2), at(300, 3, Verdict::Damaged)});
        const LossOfWork loss = dies(running(), l, t0.addSecs(4 * 3600), 350);
        QCOMPARE(loss.fromStep, std::optional<qint64>(200));
        QCOMPARE(loss.steps, std::optional<qint64>(150));
        QCOMPARE(loss.gpuHours, std::optional(64.0));
        QVERIFY(!loss.atLeast);
    }
    void withoutALogTheNewestFileTells()
    {
        const Listing l = listing({at(200, 2), at(300, 3, Verdict::Writing)});
        QCOMPARE(dies(running(), l, t0.addSecs(4 * 3600)).steps, std::optional<qint64>(100));
    }
    void withoutACheckpointEverythingIsLost()
    {
        const Listing l = listing({});
        const LossOfWork loss = dies(running(), l, t0.addSecs(3600), 40);
        QCOMPARE(loss.steps, std::optional<qint64>(40));
        QCOMPARE(loss.gpuHours, std::optional(32.0));
        QVERIFY(!loss.fromStep);
    }
    void neverReadIsAtMostEverything()
    {
        const LossOfWork loss = lossIfItDiesNow(running(), nullptr, t0.addSecs(3600));
        QVERIFY(!loss.steps);
        QCOMPARE(loss.gpuHours, std::optional(32.0));
        QCOMPARE(loss.since, t0);
        QVERIFY(loss.atMost && loss.unread && !loss.atLeast);
    }
    void whatIsUnknownStaysUnknown()
    {
        Job job = running();
        job.phase = JobPhase::Unknown;
        const LossOfWork loss = lossIfItDiesNow(job, nullptr, t0.addSecs(3600));
        QVERIFY(!loss.steps);
        QVERIFY(!loss.gpuHours);
        // A failure whose time nobody recorded.
        job.phase = JobPhase::Failed;
        QVERIFY(!dies(job, listing({at(100, 1)}), t0.addDays(9)).gpuHours);
    }
    void whatDoesNotComputeLosesNothing()
    {
        for (const JobPhase phase : {JobPhase::Succeeded, JobPhase::Suspended, JobPhase::Queued, JobPhase::Pending}) {
            Job job = running();
            job.phase = phase;
            const LossOfWork loss = dies(job, listing({at(100, 1)}), t0.addDays(1), 900);
            QCOMPARE(loss.gpuHours, std::optional(0.0));
            QCOMPARE(loss.steps, std::optional<qint64>(0));
            QVERIFY(!loss.atMost);
        }
    }
    void aCutListingIsAtMost()
    {
        QVERIFY(dies(running(), listing({at(100, 1)}, true), t0.addSecs(7200)).atMost);
        QVERIFY(!dies(running(), listing({at(100, 1)}), t0.addSecs(7200)).atMost);
        // The chosen checkpoint is what it is, but how far the files went is known only in part.
        const Listing cut = listing({at(100, 1), at(200, 2)}, true);
        QVERIFY(lossByResuming(running(), at(100, 1), &cut, t0.addSecs(9000)).atLeast);
        QVERIFY(!lossByResuming(running(), at(100, 1), &cut, t0.addSecs(9000), 250).atLeast);
        QVERIFY(!lossByResuming(running(), at(100, 1), &cut, t0.addSecs(9000), 250).atMost);
    }
    void aListingOlderThanTheSaveIntervalIsAtMost()
    {
        Listing l = listing({at(100, 1), at(200, 2), at(300, 3)}); // one an hour
        l.readAt = t0.addSecs(3 * 3600 + 60);
        QVERIFY(!dies(running(), l, l.readAt.addSecs(3600)).atMost);
        QVERIFY(dies(running(), l, l.readAt.addSecs(3601)).atMost);
        // A failed job saved nothing after it failed.
        Job job = running();
        job.phase = JobPhase::Failed;
        job.finished = l.readAt.addSecs(3600);
        QVERIFY(!dies(job, l, t0.addDays(30)).atMost);
        job.finished = l.readAt.addSecs(3601);
        QVERIFY(dies(job, l, t0.addDays(30)).atMost);
        // How often it saves is not known: nothing but a fresh list says that there is none.
        Listing one = listing({at(100, 1)});
        one.readAt = t0.addSecs(3700);
        QVERIFY(!dies(running(), one, one.readAt.addSecs(60)).atMost);
        QVERIFY(dies(running(), one, one.readAt.addSecs(61)).atMost);
    }
    void ofEqualTimesTheHigherStepCounts()
    {
        const LossOfWork loss = dies(running(), listing({at(100, 1), at(200, 1), at(150, 1)}), t0.addSecs(7200), 230);
        QCOMPARE(loss.fromStep, std::optional<qint64>(200));
        QCOMPARE(loss.steps, std::optional<qint64>(30));
    }
    void anOldRunInTheSameFolderIsNotHowFarItCame()
    {
        const Listing l = listing({at(100, 1), at(300, 3), at(5000, -168)});
        const LossOfWork loss = dies(running(), l, t0.addSecs(4 * 3600));
        QCOMPARE(loss.fromStep, std::optional<qint64>(300));
        QCOMPARE(loss.toStep, std::optional<qint64>(300));
        const LossOfWork back = lossByResuming(running(), at(100, 1), &l, t0.addSecs(4 * 3600));
        QCOMPARE(back.toStep, std::optional<qint64>(300));
        QCOMPARE(back.steps, std::optional<qint64>(200));
        // Going back to the old run's costs all of this one; in steps that is no number.
        const LossOfWork old = lossByResuming(running(), at(5000, -168), &l, t0.addSecs(4 * 3600));
        QVERIFY(!old.steps);
        QVERIFY(old.atLeast);
        QCOMPARE(old.gpuHours, std::optional(128.0));
        // Nothing saved since the start: how far it came is not known, and not the old run's step.
        const Listing before = listing({at(4000, -169), at(5000, -168)});
        QVERIFY(!dies(running(), before, t0.addSecs(3600)).toStep);
        QCOMPARE(dies(running(), before, t0.addSecs(3600), 40).toStep, std::optional<qint64>(40));
        QVERIFY(!dies(running(), before, t0.addSecs(3600), 40).steps);
    }
    void aFailedJobLostWhatItDidSinceItsLastStart()
    {
        // Its checkpoint is of an earlier start: the pause between the two was no work.
        Job job = running();
        job.phase = JobPhase::Failed;
        job.finished = t0.addSecs(2 * 3600);
        const Listing l = listing({at(100, -10)});
        const LossOfWork lost = dies(job, l, t0.addDays(3));
        QCOMPARE(lost.since, t0);
        QCOMPARE(lost.gpuHours, std::optional(64.0));
        QVERIFY(lost.already && !lost.atMost);
        QCOMPARE(lossByResuming(job, at(100, -10), &l, t0.addDays(3)).gpuHours, lost.gpuHours);
    }
    void bothWaysOfAskingAgreeOnTheNewest()
    {
        const QDateTime now = t0.addSecs(6 * 3600);
        for (const JobPhase phase : {JobPhase::Running, JobPhase::Restarting, JobPhase::Failed}) {
            for (int hours = -3; hours <= 5; ++hours) {
                Job job = running();
                job.phase = phase;
                job.finished = phase == JobPhase::Failed ? t0.addSecs(5 * 3600) : QDateTime();
                const Listing l = listing({at(100, hours), at(200, hours), at(900, -300)});
                const LossOfWork a = dies(job, l, now, 210);
                const LossOfWork b = lossByResuming(job, *newestResumable(l), &l, now, 210);
                QCOMPARE(a.gpuHours, b.gpuHours);
                QCOMPARE(a.time, b.time);
                QCOMPARE(a.since, b.since);
                QCOMPARE(a.steps, b.steps);
            }
        }
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
