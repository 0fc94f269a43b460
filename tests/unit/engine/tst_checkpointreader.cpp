// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/CheckpointReader.h"

#include <QSignalSpy>
#include <QTest>
#include <atomic>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::app;

class TestCheckpointReader : public QObject
{
    Q_OBJECT

    store::JobStore m_jobs;
    std::unique_ptr<CheckpointReader> m_reader;
    QSet<QString> m_agreed;            ///< namespaces
    QStringList m_begun;               ///< "uid via", in order; GUI thread
    std::atomic<bool> m_held = false;  ///< flows wait while it is set
    std::atomic<int> m_running = 0, m_most = 0;
    std::atomic<bool> m_fails = false;

    static Job job(const QString &uid, const QString &ns, const QString &saves = u"pvc://ckpt/runs"_s)
    {
        Job job;
        job.uid = uid;
        job.name = u"job-"_s + uid;
        job.ns = ns;
        job.image = u"torch:2"_s;
        job.kind = JobKind::PyTorchJob;
        job.resourceVersion = u"1"_s;
        job.env.insert(u"CHECKPOINT_DIR"_s, saves);
        return job;
    }
    void setJobs(const QList<Job> &jobs)
    {
        m_jobs.resetJobs(JobKind::PyTorchJob);
        Delta<Job> delta;
        delta.upserts = jobs;
        delta.complete = true;
        m_jobs.applyJobs(JobKind::PyTorchJob, delta);
    }
    CheckpointReader::Access access()
    {
        CheckpointReader::Access access;
        access.jobs = &m_jobs;
        access.helperAllowed = [this](const QString &ns) { return m_agreed.contains(ns); };
        access.allowHelper = [this](const QString &ns, const QString &image) {
            QVERIFY(!image.isEmpty());
            m_agreed.insert(ns);
        };
        access.listing = [this](const Job &job, ListVia via) -> CheckpointReader::Access::Flow {
            m_begun.append(job.uid + (via == ListVia::Bucket ? u" bucket"_s : u" helper"_s));
            return [this](std::stop_token stop) -> Result<JobListing> {
                m_most = std::max<int>(m_most, ++m_running);
                while (m_held && !stop.stop_requested())
                    QThread::msleep(1);
                --m_running;
                if (m_fails)
                    return fail(Error::Kind::Timeout, u"no answer"_s);
                JobListing listing;
                listing.listing.source = u"helper job"_s;
                return listing;
            };
        };
        return access;
    }
    /// Waits until nothing is queued or read.
    void settle() { QTRY_COMPARE(m_reader->left(), 0); }

private slots:
    void init()
    {
        m_agreed.clear();
        m_begun.clear();
        m_held = m_fails = false;
        m_most = 0;
        setJobs({job(u"1"_s, u"ml"_s), job(u"2"_s, u"nlp"_s), job(u"3"_s, u"ml"_s), job(u"4"_s, u"nlp"_s, u"s3://models/runs"_s),
                 job(u"5"_s, u"nlp"_s, u"gs://elsewhere/runs"_s)});
        m_reader = std::make_unique<CheckpointReader>();
        m_reader->setSession(access());
    }
    void cleanup()
    {
        m_held = false;
        m_reader.reset();
        async::drain();
    }

    void withoutAgreementNoHelperJobIsMade()
    {
        m_reader->read({u"1"_s, u"2"_s, u"3"_s});
        QCOMPARE(m_reader->left(), 0);
        QCOMPARE(m_begun, QStringList());
        QVERIFY(!m_reader->known(u"1"_s));
        QVERIFY(!m_reader->problem(u"1"_s)); // nothing failed: nobody was asked yet
    }
    void anAgreementHoldsForItsNamespaceAlone()
    {
        m_reader->allow({u"ml"_s});
        m_reader->read({u"2"_s, u"1"_s, u"3"_s});
        settle();
        QCOMPARE(m_begun, (QStringList{u"1 helper"_s, u"3 helper"_s}));
        QVERIFY(m_reader->known(u"1"_s) && !m_reader->known(u"2"_s));
    }
    void aClaimIsLookedAtAgainOnlyWhereThatIsWanted()
    {
        const QDateTime now = QDateTime::fromString(u"2026-01-02T12:00:00Z"_s, Qt::ISODate);
        QList<Job> all{job(u"1"_s, u"ml"_s), job(u"4"_s, u"nlp"_s, u"s3://models/runs"_s), job(u"6"_s, u"ml"_s)};
        for (Job &one : all)
            one.phase = JobPhase::Running;
        all[2].phase = JobPhase::Succeeded;
        setJobs(all);
        CheckpointReader::Known known;
        Run run;
        for (const int minutes : {40, 50, 60}) {
            Checkpoint checkpoint;
            checkpoint.savedAt = now.addSecs(-60 * minutes); // every ten minutes, and no more for forty
            checkpoint.verdict = Verdict::Whole;
            run.checkpoints.append(checkpoint);
        }
        known.listing.listing.runs = {run};
        known.listing.listing.readAt = now.addSecs(-60 * 39);
        for (const Job &one : std::as_const(all))
            m_reader->put(one.uid, known);
        QCOMPARE(m_reader->dueAgain(now, false), QStringList{u"4"_s}); // a bucket is only asked
        QCOMPARE(m_reader->dueAgain(now, true), QStringList{u"1"_s});  // and that was just done
        QCOMPARE(m_reader->dueAgain(now.addSecs(899), true), QStringList());
        QStringList again = m_reader->dueAgain(now.addSecs(900), true);
        again.sort();
        QCOMPARE(again, (QStringList{u"1"_s, u"4"_s}));
        // A fresh list tells.
        known.listing.listing.readAt = now.addSecs(1800);
        m_reader->put(u"1"_s, known);
        QCOMPARE(m_reader->dueAgain(now.addSecs(1801), true), QStringList{u"4"_s});
    }
    void anAgreementTakenBackHoldsForTheQueueToo()
    {
        m_reader->allow({u"ml"_s});
        m_held = true;
        m_reader->read({u"1"_s, u"3"_s});
        m_agreed.clear();
        m_held = false;
        settle();
        QCOMPARE(m_begun, QStringList{u"1 helper"_s});
    }
    void whatACrashLeftIsSweptOnceInEachNamespace()
    {
        QStringList swept; // of the pool, one flow at a time
        CheckpointReader::Access sweeping = access();
        sweeping.sweep = [&](const QString &ns, std::stop_token) { swept.append(ns); };
        m_reader->setSession(sweeping);
        m_agreed = {u"ml"_s, u"nlp"_s};
        m_reader->read({u"1"_s, u"3"_s, u"2"_s, u"4"_s});
        settle();
        QCOMPARE(swept, (QStringList{u"ml"_s, u"nlp"_s}));
        QCOMPARE(m_begun.size(), 4);
        m_reader->setSession(sweeping); // another session may be another cluster
        m_reader->read({u"1"_s});
        settle();
        QCOMPARE(swept.size(), 3);
    }
    void aBucketNeedsNoHelper()
    {
        m_reader->read({u"2"_s, u"4"_s});
        settle();
        QCOMPARE(m_begun, QStringList{u"4 bucket"_s});
    }
    void tenThousandJobsWithoutAgreementEndAtOnce()
    {
        // One frame for each would overflow the stack of a thread that has little.
        QList<Job> many;
        QStringList uids;
        for (int i = 0; i < 10'000; ++i) {
            many.append(job(QString::number(i), u"nlp"_s));
            uids.append(QString::number(i));
        }
        many.append(job(u"last"_s, u"ml"_s));
        setJobs(many);
        m_agreed.insert(u"ml"_s);
        m_reader->read(uids + QStringList{u"last"_s});
        QCOMPARE(m_begun, QStringList{u"last helper"_s});
        settle();
    }
    void oneAtATimeInTheOrderAskedFor()
    {
        m_agreed = {u"ml"_s, u"nlp"_s};
        m_reader->read({u"3"_s, u"1"_s, u"2"_s, u"1"_s, u"4"_s});
        QCOMPARE(m_reader->left(), 4); // twice asked for is once
        QVERIFY(m_reader->isReading(u"3"_s));
        m_reader->read({u"3"_s});
        settle();
        QCOMPARE(m_begun, (QStringList{u"3 helper"_s, u"1 helper"_s, u"2 helper"_s, u"4 bucket"_s}));
        QCOMPARE(m_most.load(), 1);
    }
    void jobsThatAreGoneAreLeftOut()
    {
        m_agreed = {u"ml"_s};
        m_held = true;
        m_reader->read({u"1"_s, u"3"_s, u"unheard of"_s});
        setJobs({job(u"1"_s, u"ml"_s)});
        m_held = false;
        settle();
        QCOMPARE(m_begun, QStringList{u"1 helper"_s});
        QVERIFY(m_reader->known(u"1"_s));
    }
    void aFailureIsKeptUntilTheNextReading()
    {
        m_agreed = {u"ml"_s};
        m_fails = true;
        QSignalSpy changed(m_reader.get(), &CheckpointReader::changed);
        m_reader->read({u"1"_s});
        settle();
        QVERIFY(m_reader->problem(u"1"_s));
        QCOMPARE(m_reader->problem(u"1"_s)->kind, Error::Kind::Timeout);
        QCOMPARE(changed.size(), 1);
        m_fails = false;
        m_reader->read({u"1"_s});
        settle();
        QVERIFY(!m_reader->problem(u"1"_s) && m_reader->known(u"1"_s));
    }
    void cancellingForgetsTheQueue()
    {
        m_agreed = {u"ml"_s};
        m_held = true;
        QSignalSpy reading(m_reader.get(), &CheckpointReader::readingChanged);
        m_reader->read({u"1"_s, u"3"_s});
        m_reader->cancel();
        QCOMPARE(m_reader->left(), 0);
        QCOMPARE(reading.size(), 2);
        QCOMPARE(reading.last().at(1).toBool(), false);
        m_held = false;
        async::drain();
        QCoreApplication::sendPostedEvents();
        QCOMPARE(m_begun, QStringList{u"1 helper"_s});
        QVERIFY(!m_reader->known(u"1"_s)); // what came too late is dropped
    }
    void theEndOfASessionForgetsAll()
    {
        m_agreed = {u"ml"_s};
        m_reader->read({u"1"_s});
        settle();
        QVERIFY(m_reader->known(u"1"_s));
        m_reader->setSession(std::nullopt);
        QVERIFY(!m_reader->known(u"1"_s));
        m_reader->read({u"1"_s});
        QCOMPARE(m_begun.size(), 1);
        QVERIFY(m_reader->unread().uids.isEmpty());
    }
    void whatIsUnreadNamesWhereAnAgreementIsMissing()
    {
        CheckpointReader::Unread unread = m_reader->unread();
        unread.uids.sort();
        QCOMPARE(unread.uids, (QStringList{u"1"_s, u"2"_s, u"3"_s, u"4"_s}));
        QCOMPARE(unread.namespaces, (QStringList{u"ml"_s, u"nlp"_s}));
        m_agreed = {u"nlp"_s};
        QCOMPARE(m_reader->unread().namespaces, QStringList{u"ml"_s});
        m_reader->read({u"2"_s});
        settle();
        QVERIFY(!m_reader->unread().uids.contains(u"2"_s));
    }
    void aPlaceIsWorkedOutAnewWhenTheJobChanges()
    {
        QCOMPARE(m_reader->locationOf(*m_jobs.find(u"1"_s)).place.claim, u"ckpt"_s);
        Job changed = job(u"1"_s, u"ml"_s, u"pvc://other/runs"_s);
        QCOMPARE(m_reader->locationOf(changed).place.claim, u"ckpt"_s); // the same version
        changed.resourceVersion = u"2"_s;
        QCOMPARE(m_reader->locationOf(changed).place.claim, u"other"_s);
    }
};

QTEST_GUILESS_MAIN(TestCheckpointReader)
#include "tst_checkpointreader.moc"
