// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/Shares.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::storage;

class TestShares : public QObject
{
    Q_OBJECT
    const QDateTime t0 = QDateTime::fromString(u"2026-01-02T00:00:00Z"_s, Qt::ISODate);

    /// A job `hours` old, with checkpoints of these paths, each of 10 bytes.
    JobSaves job(const QString &name, int hours, const QString &place, const QStringList &paths, bool partial = false) const
    {
        Listing listing;
        listing.partial = partial;
        listing.readAt = t0.addSecs(hours);
        Run run;
        for (const QString &path : paths) {
            Checkpoint c;
            c.path = path;
            c.bytes = 10;
            run.checkpoints.append(c);
        }
        if (!paths.isEmpty())
            listing.runs = {run};
        return {u"uid-"_s + name, name, t0.addSecs(-hours * 3600), place, listing, paths};
    }

private slots:
    void aCheckpointCountsOnceForTheOldestJob()
    {
        // The resumed job lists its parent's folder too.
        const auto shares = sharesOf({job(u"child"_s, 1, u"ml/ckpt"_s, {u"a/1"_s, u"a/2"_s, u"b/3"_s}), job(u"parent"_s, 5, u"ml/ckpt"_s, {u"a/1"_s, u"a/2"_s})});
        const QList<JobShare> ckpt = shares.value(u"ml/ckpt"_s);
        QCOMPARE(ckpt.size(), 2);
        QCOMPARE(ckpt[0].jobName, u"parent"_s);
        QCOMPARE(ckpt[0].checkpoints, 2);
        QCOMPARE(ckpt[0].bytes, 20);
        QCOMPARE(ckpt[1].jobName, u"child"_s);
        QCOMPARE(ckpt[1].checkpoints, 1);
    }
    void theSamePathOfAnotherClaimIsAnotherFile()
    {
        const auto shares = sharesOf({job(u"x"_s, 1, u"ml/ckpt"_s, {u"a/1"_s}), job(u"y"_s, 2, u"nlp/ckpt"_s, {u"a/1"_s})});
        QCOMPARE(shares.value(u"ml/ckpt"_s).value(0).checkpoints, 1);
        QCOMPARE(shares.value(u"nlp/ckpt"_s).value(0).checkpoints, 1);
    }
    void whatHasNothingOfItsOwnIsLeftOut()
    {
        JobSaves unread{u"uid-u"_s, u"u"_s, t0, u"ml/ckpt"_s, std::nullopt, {}};
        const auto shares = sharesOf({unread, job(u"empty"_s, 1, u"ml/ckpt"_s, {}), job(u"parent"_s, 5, u"ml/ckpt"_s, {u"a"_s}),
                                      job(u"child"_s, 1, u"ml/ckpt"_s, {u"a"_s})});
        QCOMPARE(shares.value(u"ml/ckpt"_s).size(), 1);
        QVERIFY(sharesOf({}).isEmpty());
    }
    void cutListingsAndNegativeSizesAreKeptApart()
    {
        JobSaves odd = job(u"odd"_s, 1, u"ml/ckpt"_s, {u"a"_s, u"b"_s}, true);
        odd.listing->runs[0].checkpoints[0].bytes = -5;
        const JobShare share = sharesOf({odd}).value(u"ml/ckpt"_s).value(0);
        QVERIFY(share.partial);
        QCOMPARE(share.bytes, 10);
        QCOMPARE(share.checkpoints, 2);
    }
    void bucketsCountJobsThatWereNotRead()
    {
        JobSaves unread{u"uid-u"_s, u"u"_s, t0.addDays(-9), u"models"_s, std::nullopt, {}};
        const QList<BucketAccount> buckets = bucketsOf({job(u"new"_s, 1, u"models"_s, {u"s3://models/a"_s, u"s3://models/b"_s}),
                                                        job(u"old"_s, 5, u"models"_s, {u"s3://models/a"_s}, true), unread, job(u"x"_s, 2, u"a-bucket"_s, {})});
        QCOMPARE(buckets.size(), 2);
        QCOMPARE(buckets[0].bucket, u"a-bucket"_s);
        QCOMPARE(buckets[0].read, 1);
        QCOMPARE(buckets[0].checkpoints, 0);
        QCOMPARE(buckets[1].jobs, (QStringList{u"u"_s, u"old"_s, u"new"_s}));
        QCOMPARE(buckets[1].read, 2);
        QCOMPARE(buckets[1].checkpoints, 2);
        QCOMPARE(buckets[1].bytes, 20);
        QVERIFY(buckets[1].partial);
        QCOMPARE(buckets[1].readAt, t0.addSecs(1)); // the oldest listing tells how old the sum is
    }
    void theNewestMeasurementIsKept()
    {
        Claim claim;
        claim.uid = u"1"_s;
        claim.ns = u"ml"_s;
        claim.name = u"ckpt"_s;
        Claim silent = claim;
        silent.uid = u"2"_s;
        silent.name = u"silent"_s;
        Claim unknown = claim;
        unknown.uid = u"3"_s;
        unknown.name = u"unknown"_s;
        const auto use = [&](const QString &name, qint64 used, int seconds, UseSource source) {
            VolumeUse one;
            one.ns = u"ml"_s;
            one.claim = name;
            one.used = used;
            one.capacity = 100;
            one.at = t0.addSecs(seconds);
            one.source = source;
            return one;
        };
        const auto samples = newestSamples({claim, silent, unknown}, {use(u"ckpt"_s, 5, 10, UseSource::Prometheus), use(u"ckpt"_s, 7, 30, UseSource::Helper),
                                                                      use(u"ckpt"_s, 6, 20, UseSource::Kubelet), use(u"unknown"_s, -1, 10, UseSource::Kubelet)});
        QCOMPARE(samples.keys(), QStringList{u"1"_s});
        QCOMPARE(samples.value(u"1"_s).used, 7);
        QCOMPARE(samples.value(u"1"_s).at, t0.addSecs(30));
        QCOMPARE(samples.value(u"1"_s).source, UseSource::Helper);
    }
};

QTEST_APPLESS_MAIN(TestShares)
#include "tst_shares.moc"
