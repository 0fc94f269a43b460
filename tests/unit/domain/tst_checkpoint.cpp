// SPDX-License-Identifier: GPL-3.0-or-later
#include "domain/CheckpointSummary.h"

#include <QTest>
#include <algorithm>

using namespace Qt::StringLiterals;
using namespace cairn;

class TestCheckpoint : public QObject
{
    Q_OBJECT
    const QDateTime t0 = QDateTime::fromString(u"2026-01-02T00:00:00Z"_s, Qt::ISODate);

    Checkpoint at(std::optional<qint64> step, qint64 seconds, Verdict verdict = Verdict::Whole) const
    {
        Checkpoint c;
        c.path = step ? u"step-%1"_s.arg(*step) : u"last"_s;
        c.step = step;
        c.savedAt = t0.addSecs(seconds);
        c.verdict = verdict;
        c.resumable = verdict == Verdict::Whole;
        return c;
    }
    static Listing listing(const QList<Checkpoint> &checkpoints)
    {
        Listing listing;
        listing.runs = {Run{u"."_s, {}, {}, checkpoints}};
        return listing;
    }

private slots:
    void newestGoesByTimeThenByStep()
    {
        // The higher step is of last week's run.
        QCOMPARE(newestResumable(listing({at(300, 0), at(5000, -7 * 86400)}))->step, std::optional<qint64>(300));
        // A copy gives all files the same time.
        QCOMPARE(newestResumable(listing({at(100, 0), at(200, 0), at(300, 0)}))->step, std::optional<qint64>(300));
        QCOMPARE(newestCheckpoint(listing({at(100, 0), at(200, 0)}))->step, std::optional<qint64>(200));
        // A known step is newer than an unknown one of the same second, whichever comes first.
        QCOMPARE(newestResumable(listing({at({}, 0), at(100, 0)}))->step, std::optional<qint64>(100));
        QCOMPARE(newestResumable(listing({at(100, 0), at({}, 0)}))->step, std::optional<qint64>(100));
        Checkpoint first = at({}, 0);
        first.epoch = 1;
        Checkpoint second = first;
        second.epoch = 2;
        QVERIFY(isOlder(first, second) && !isOlder(second, first));
        QVERIFY(!isOlder(first, first));
    }
    void theOrderOfTheListDoesNotMatter()
    {
        QList<Checkpoint> all{at(100, 0), at(200, 0), at({}, 0), at(50, 0, Verdict::Damaged), at(400, -5)};
        std::ranges::sort(all, {}, &Checkpoint::path);
        do {
            QCOMPARE(newestResumable(listing(all))->step, std::optional<qint64>(200));
        } while (std::ranges::next_permutation(all, {}, &Checkpoint::path).found);
    }
    void runsAreComparedToo()
    {
        Listing two;
        two.runs = {Run{u"a"_s, {}, {}, {at(100, 0), at(300, 0)}}, Run{u"b"_s, {}, {}, {at(200, 0)}}};
        QCOMPARE(newestResumable(two)->step, std::optional<qint64>(300));
        std::ranges::reverse(two.runs);
        QCOMPARE(newestResumable(two)->step, std::optional<qint64>(300));
    }
    void partsOfASecondDoNotCount()
    {
        // A claim and a bucket keep whole seconds: a folder must not choose otherwise.
        Checkpoint lower = at(100, 0);
        lower.savedAt = t0.addMSecs(900);
        QCOMPARE(newestResumable(listing({lower, at(200, 0)}))->step, std::optional<qint64>(200));
    }
    void aTimeThatIsUnknownIsOld()
    {
        Checkpoint timeless = at(900, 0);
        timeless.savedAt = {};
        QCOMPARE(newestResumable(listing({at(100, 0), timeless}))->step, std::optional<qint64>(100));
    }
    void onlyWhatCanBeResumedFromIsResumable()
    {
        Checkpoint weights = at(400, 30);
        weights.resumable = false;
        const Listing all = listing({at(100, 0), at(200, 10, Verdict::Damaged), at(300, 20, Verdict::Writing), weights});
        QCOMPARE(newestResumable(all)->step, std::optional<qint64>(100));
        QCOMPARE(newestCheckpoint(all)->step, std::optional<qint64>(400));
        QVERIFY(!newestResumable(listing({weights})));
        QVERIFY(!newestCheckpoint(Listing()));
    }
    void theSummaryAgrees()
    {
        const CheckpointSummary summary = summarize(listing({at(100, 0), at(200, 60), at(300, 60), at(5000, -99999), at({}, 120, Verdict::Writing)}));
        QCOMPARE(summary.safeStep, std::optional<qint64>(300));
        QCOMPARE(summary.safeSince, t0.addSecs(60));
        QCOMPARE(summary.verdict, Verdict::Writing);
        QCOMPARE(summary.savedAt, t0.addSecs(120));
        QCOMPARE(summary.reachedStep, std::optional<qint64>(300));
        QCOMPARE(summary.reachedAt, t0.addSecs(60));
    }
    void theRhythmIsOfReadableSavesOfTheNewestRun()
    {
        const QList<Checkpoint> steady{at(1, 0), at(2, 600), at(3, 1200)};
        QCOMPARE(summarize(listing(steady)).rhythm.count(), 600);
        QCOMPARE(summarize(listing({at(1, 0), at(2, 600)})).rhythm.count(), 0); // one gap is no rhythm
        // What is damaged or under way tells nothing about when the next save is due.
        QCOMPARE(summarize(listing(steady + QList{at(4, 1201, Verdict::Writing), at(5, 1202, Verdict::Damaged)})).rhythm.count(), 600);
        // Two files of one save are one.
        QCOMPARE(rhythmOf({t0, t0, t0.addSecs(600), t0.addSecs(600), t0.addSecs(1200), t0.addSecs(1200)}).count(), 600);
        // The run of an older attempt had another rhythm.
        Listing two;
        two.runs = {Run{u"attempt-2"_s, {}, {}, steady}, Run{u"old"_s, {}, {}, {at(7, -10), at(8, -20), at(9, -30), at(10, -40), at(11, -50)}}};
        QCOMPARE(summarize(two).rhythm.count(), 600);
    }
    void aCutListingIsNeverOverdue()
    {
        Listing steady = listing({at(1, 0), at(2, 600), at(3, 1200)});
        const QDateTime late = t0.addSecs(1200 + 1201);
        QVERIFY(isOverdue(summarize(steady), late));
        QVERIFY(!isOverdue(summarize(steady), late.addSecs(-1)));
        steady.partial = true;
        QVERIFY(!isOverdue(summarize(steady), late));
    }
};

QTEST_APPLESS_MAIN(TestCheckpoint)
#include "tst_checkpoint.moc"
