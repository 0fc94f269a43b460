// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/StorageFacts.h"

#include <QDir>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::app;

class TestStorageFacts : public QObject
{
    Q_OBJECT
    const QDateTime t0 = QDateTime::fromString(u"2026-01-02T00:00:00Z"_s, Qt::ISODate);

    static Job job(const QString &uid, const QString &saves)
    {
        Job job;
        job.uid = uid;
        job.name = u"job-"_s + uid;
        job.ns = u"ml"_s;
        job.kind = JobKind::PyTorchJob;
        job.env.insert(u"CHECKPOINT_DIR"_s, saves);
        job.mounts = {VolumeMount{u"/ckpt"_s, u"team"_s, u"claim"_s}};
        return job;
    }
    static CheckpointReader::Known known(const Job &job, const QString &root, const QStringList &paths)
    {
        CheckpointReader::Known known;
        known.listing.location = ckpt::locate(job);
        known.listing.root = root;
        Run run;
        for (const QString &path : paths) {
            Checkpoint c;
            c.path = path;
            c.bytes = 10;
            run.checkpoints.append(c);
        }
        known.listing.listing.runs = {run};
        return known;
    }

private slots:
    void savesAreFoundByWhatWasRead()
    {
        store::JobStore jobs;
        const QList<Job> all{job(u"1"_s, u"/ckpt/runs/a"_s), job(u"2"_s, u"/ckpt/runs/b"_s), job(u"3"_s, u"s3://models/c"_s), job(u"4"_s, u"/ckpt/runs/d"_s)};
        Delta<Job> delta;
        delta.upserts = all;
        delta.complete = true;
        jobs.applyJobs(JobKind::PyTorchJob, delta);
        CheckpointReader reader;
        CheckpointReader::Access access;
        access.jobs = &jobs;
        reader.setSession(access);
        reader.put(u"1"_s, known(all[0], u"/ckpt/runs/a"_s, {u"step-1"_s}));
        // The second one lists the folder of the first too.
        reader.put(u"2"_s, known(all[1], u"/ckpt/runs"_s, {u"a/step-1"_s, u"b/step-2"_s}));
        QList<storage::JobSaves> saves = claimSaves(jobs, reader);
        std::ranges::sort(saves, {}, &storage::JobSaves::jobUid);
        QCOMPARE(saves.size(), 2);
        QCOMPARE(saves[0].place, u"ml/claim"_s);
        QCOMPARE(saves[0].paths, QStringList{u"team/runs/a/step-1"_s}); // on the claim, below the mount's own folder of it
        QCOMPARE(saves[1].paths, (QStringList{u"team/runs/a/step-1"_s, u"team/runs/b/step-2"_s}));
        const auto shares = storage::sharesOf(saves).value(u"ml/claim"_s);
        QCOMPARE(shares.size(), 2);
        QCOMPARE(shares[0].checkpoints + shares[1].checkpoints, 2);

        QList<storage::JobSaves> buckets = bucketSaves(jobs, reader);
        QCOMPARE(buckets.size(), 1);
        QCOMPARE(buckets[0].place, u"models"_s);
        QVERIFY(!buckets[0].listing); // not read, and still named
        reader.put(u"3"_s, known(all[2], u"s3://models/c"_s, {u"step-3"_s}));
        QCOMPARE(bucketSaves(jobs, reader).value(0).paths, QStringList{u"s3://models/c/step-3"_s});
        QCOMPARE(claimSaves(jobs, reader).size(), 2);
    }

    void factsAreCopiedInSlices()
    {
        QHash<QString, Pod> pods;
        QHash<QString, Job> jobs;
        for (int i = 0; i < 120; ++i) {
            Pod pod;
            pod.uid = QString::number(i);
            pods.insert(pod.uid, pod);
        }
        for (int i = 0; i < 70; ++i)
            jobs.insert(QString::number(i), job(QString::number(i), {}));
        const auto find = [](const auto &all) {
            return [&all](const QString &key) {
                const auto it = all.constFind(key);
                return it == all.cend() ? nullptr : &*it;
            };
        };
        FactsCopy copy(pods.keys(), jobs.keys(), find(pods), find(jobs));
        QVERIFY(!copy.goOn(std::chrono::milliseconds(0))); // a little, whatever the time
        pods.clear(); // the rest went meanwhile
        int rounds = 1;
        while (!copy.goOn(std::chrono::milliseconds(0)))
            ++rounds;
        QVERIFY(rounds > 1);
        const storage::ClaimFacts facts = copy.take();
        QCOMPARE(facts.pods.size(), 50);
        QCOMPARE(facts.jobs.size(), 70);
        FactsCopy nothing({}, {}, find(pods), find(jobs));
        QVERIFY(nothing.goOn(std::chrono::milliseconds(0)));
    }

    void aFailureOfTheHistoryIsTakenBackByTheNextSuccess()
    {
        QTemporaryDir dir;
        const QString blocked = dir.path() + u"/data"_s;
        QFile file(blocked);
        QVERIFY(file.open(QIODevice::WriteOnly)); // a file where a folder should be
        file.close();
        store::UsageHistory history(blocked + u"/usage.sqlite"_s);
        const QHash<QString, UsageSample> samples{{u"claim"_s, {t0, 5, 10, UseSource::Helper}}};
        HistoryNotice notice;
        QVERIFY(!notice.shown());
        notice.take(addToHistory(history, u"cluster"_s, samples, t0));
        QVERIFY(notice.shown());
        QVERIFY(QFile::remove(blocked) && QDir().mkpath(blocked));
        const HistoryRound good = addToHistory(history, u"cluster"_s, samples, t0.addSecs(3600));
        QVERIFY(!good.failure);
        QVERIFY(good.samples && good.samples->contains(u"claim"_s));
        notice.take(good);
        QVERIFY(!notice.shown());
    }
    void aFileSetAsideStaysTold()
    {
        HistoryNotice notice;
        HistoryRound aside;
        aside.setAside = Error::make(Error::Kind::Invalid, u"aside"_s);
        notice.take(aside);
        QCOMPARE(notice.shown()->what, u"aside"_s);
        HistoryRound failed;
        failed.failure = Error::make(Error::Kind::Internal, u"full"_s);
        notice.take(failed);
        QCOMPARE(notice.shown()->what, u"full"_s); // what goes wrong now comes first
        notice.take({});
        QCOMPARE(notice.shown()->what, u"aside"_s);
    }
};

QTEST_GUILESS_MAIN(TestStorageFacts)
#include "tst_storagefacts.moc"
