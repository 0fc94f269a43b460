// SPDX-License-Identifier: GPL-3.0-or-later
#include "FakeObjectApi.h"
#include "Samples.h"
#include "engine/JobFlows.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::app;

namespace {

/// Runs what is executed in a pod, on a folder of this computer that stands for the mounted claim.
class ExecApi : public tests::FakeObjectApi
{
public:
    QString folder;
    QMap<QString, QByteArray> mounts; ///< by pod: where it has the claim
    QStringList executed;             ///< "pod/container"

    Result<ExecOutput> exec(const QString &, const QString &pod, const QString &container, const QStringList &argv, const Secret &, Stop) override
    {
        executed.append(pod + u'/' + container);
        QStringList words = argv;
        for (const qsizetype i : {6, 7}) { // sh -c script cairn marker mode ROOT FOLDER
            const QByteArray path = QByteArray::fromBase64(words[i].toLatin1());
            if (!path.startsWith(mounts.value(pod)))
                return fail(Error::Kind::Invalid, u"unexpected folder "_s + QString::fromUtf8(path));
            words[i] = QString::fromLatin1((QFile::encodeName(folder) + path.mid(mounts.value(pod).size())).toBase64());
        }
        QProcess process;
        process.start(words.first(), words.mid(1));
        process.waitForFinished(60'000);
        return ExecOutput{process.readAllStandardOutput(), process.readAllStandardError(), process.exitCode()};
    }
};

QJsonObject podWith(const QString &name, const QString &container, const QString &mountPath, const QJsonObject &labels)
{
    const QJsonObject claim{{u"name"_s, u"work"_s}, {u"persistentVolumeClaim"_s, QJsonObject{{u"claimName"_s, u"ckpt-claim"_s}}}};
    const QJsonObject mount{{u"name"_s, u"work"_s}, {u"mountPath"_s, mountPath}};
    return {{u"metadata"_s, QJsonObject{{u"name"_s, name}, {u"namespace"_s, u"research"_s}, {u"labels"_s, labels}}},
            {u"spec"_s, QJsonObject{{u"volumes"_s, QJsonArray{claim}},
                                    {u"containers"_s, QJsonArray{QJsonObject{{u"name"_s, u"side"_s}},
                                                                 QJsonObject{{u"name"_s, container}, {u"volumeMounts"_s, QJsonArray{mount}}}}}}},
            {u"status"_s, QJsonObject{{u"phase"_s, u"Running"_s}}}};
}

} // namespace

class TestJobFlows : public QObject
{
    Q_OBJECT
    const QDateTime t0 = QDateTime::fromString(u"2026-01-02T00:00:00Z"_s, Qt::ISODate);

    Checkpoint at(const QString &path, qint64 step, qint64 seconds, bool resumable = true) const
    {
        Checkpoint c;
        c.path = path;
        c.step = step;
        c.savedAt = t0.addSecs(seconds);
        c.verdict = Verdict::Whole;
        c.resumable = resumable;
        return c;
    }
    static JobListing listing(const QList<Checkpoint> &checkpoints)
    {
        JobListing listing;
        listing.root = u"/ckpt"_s;
        listing.listing.runs = {Run{u"."_s, {}, {}, checkpoints}};
        return listing;
    }

private slots:
    void latestIsTheOneSavedLast()
    {
        const JobListing reused = listing({at(u"checkpoint-300"_s, 300, 0), at(u"checkpoint-5000"_s, 5000, -604800)});
        QCOMPARE(chooseCheckpoint({}, reused, u"latest"_s)->path, u"checkpoint-300"_s);
        const JobListing copied = listing({at(u"a"_s, 100, 0), at(u"b"_s, 300, 0), at(u"c"_s, 200, 0), at(u"d"_s, 900, 5, false)});
        QCOMPARE(chooseCheckpoint({}, copied, u"latest"_s)->path, u"b"_s);
        QVERIFY(!chooseCheckpoint({}, listing({at(u"d"_s, 900, 5, false)}), u"latest"_s));
        // What was not read may hold one.
        JobListing cut = listing({});
        QCOMPARE(chooseCheckpoint({}, cut, u"latest"_s).error().why, u"None was found"_s);
        cut.listing.partial = true;
        QVERIFY(chooseCheckpoint({}, cut, u"latest"_s).error().why.contains(u"not all"_s));
    }
    void aStepOfTwoAttemptsIsTheNewerOne()
    {
        const JobListing two = listing({at(u"one/step-10"_s, 10, 0), at(u"two/step-10"_s, 10, 60), at(u"three/step-10"_s, 10, 120, false)});
        QCOMPARE(chooseCheckpoint({}, two, u"step=10"_s)->path, u"two/step-10"_s);
        QCOMPARE(chooseCheckpoint({}, two, u"one/step-10"_s)->path, u"one/step-10"_s);
        QCOMPARE(chooseCheckpoint({}, two, u"/ckpt/three/step-10"_s)->path, u"three/step-10"_s);
        Job named;
        named.ns = u"nlp"_s;
        named.name = u"bert"_s;
        QCOMPARE(chooseCheckpoint(named, two, u"step=11"_s).error().fix, u"See: cairnctl -n nlp checkpoints bert"_s);
    }
    /// Attempt 1 came to step 500; attempt 2 went back to step 100.
    JobListing wentBack(const QList<Checkpoint> &since) const
    {
        JobListing listing;
        listing.root = u"/ckpt"_s;
        listing.location.kind = ckpt::SaveLocation::Kind::Claim;
        listing.location.place.containerPath = u"/ckpt/attempt-2-0a1b2c"_s;
        listing.listing.runs = {Run{u"."_s, {}, {}, {at(u"step-100"_s, 100, 0), at(u"step-500"_s, 500, 400)}}};
        if (!since.isEmpty())
            listing.listing.runs.append(Run{u"attempt-2-0a1b2c"_s, {}, {}, since});
        return listing;
    }
    static Job secondAttempt()
    {
        Job job;
        job.lineage.attempt = 2;
        job.lineage.checkpoint = u"/ckpt/step-100"_s;
        job.lineage.step = 100;
        return job;
    }
    void byExecTheSecondLookFindsAnotherPod()
    {
        QTemporaryDir claim;
        QVERIFY(QDir(claim.path()).mkdir(u"demo"_s));
        QFile file(claim.path() + u"/demo/step-100.pt"_s);
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write("no zip") > 0);
        file.close();
        ExecApi api;
        api.folder = claim.path();
        api.mounts = {{u"demo-master-0"_s, "/ckpt"}, {u"notebook"_s, "/home/data"}};
        const JobKindFacts &kind = facts(JobKind::PyTorchJob);
        const QJsonObject job = tests::contractJob();
        api.put(kind.resource, job);
        api.put(kinds::pods(), podWith(u"demo-master-0"_s, u"pytorch"_s, u"/ckpt"_s, {{kind.podLabel, u"demo"_s}}));
        api.put(kinds::pods(), podWith(u"notebook"_s, u"nb"_s, u"/home/data"_s, {}));
        jobs::ResumePlan plan = jobs::planResume(tests::requestFor(job));
        plan.checkpoint.path = u"step-100.pt"_s;
        const auto look = recheckOf(api, plan, ListVia::Exec);
        const Result<Checkpoint> first = look({});
        QVERIFY2(first, first ? "" : qPrintable(first.error().oneLine()));
        QCOMPARE(first->step, std::optional<qint64>(100));
        // The job was suspended: its pods are gone, and the claim is still mounted elsewhere.
        api.erase(kinds::pods(), u"research"_s, u"demo-master-0"_s);
        const Result<Checkpoint> second = look({});
        QVERIFY2(second, second ? "" : qPrintable(second.error().oneLine()));
        QCOMPARE(*second, *first);
        QVERIFY(api.executed.first() == u"demo-master-0/pytorch"_s && api.executed.last() == u"notebook/nb"_s);
        QVERIFY(file.remove());
        QCOMPARE(look({}).error().kind, Error::Kind::NotFound); // it looks, and does not repeat what it saw
        // Nobody mounts it any longer: that is not the same as that it is gone.
        api.erase(kinds::pods(), u"research"_s, u"notebook"_s);
        QCOMPARE(look({}).error().kind, Error::Kind::NotFound);
    }
    void weightsAreLatestOnlyForAStartFromThem()
    {
        const JobListing found = listing({at(u"step-1"_s, 1, 1), at(u"weights"_s, 2, 2, false)});
        QCOMPARE(chooseCheckpoint({}, found, u"latest"_s)->path, u"step-1"_s);
        QCOMPARE(chooseCheckpoint({}, found, u"latest"_s, jobs::Act::StartFromWeights)->path, u"weights"_s);
        Checkpoint damaged = at(u"bad"_s, 3, 3, false);
        damaged.verdict = Verdict::Damaged;
        QVERIFY(!chooseCheckpoint({}, listing({damaged}), u"latest"_s, jobs::Act::StartFromWeights));
    }
    void aCopyOfOneCheckpointIsAlone()
    {
        tests::FakeObjectApi api;
        const JobKindFacts &kind = facts(JobKind::PyTorchJob);
        const QJsonObject job = tests::contractJob();
        api.put(kind.resource, job);
        JobListing found = listing({at(u"demo/a/step-1"_s, 1, 1), at(u"demo/a/step-2"_s, 2, 2)});
        found.location = ckpt::locate(tests::decoded(job));
        found.listing.runs.append(Run{u"demo/copy"_s, {}, {}, {at(u"demo/copy/step-1"_s, 1, 1)}});
        const ObjectRef ref = tests::decoded(job).ref();
        const auto alone = [&](const QString &path) { return readForResume(api, ref, found, *found.find(path), {})->alone; };
        QVERIFY(!alone(u"demo/a/step-1"_s));
        QVERIFY(alone(u"demo/copy/step-1"_s));
        found.listing.partial = true; // something may lie beside it
        QVERIFY(!alone(u"demo/copy/step-1"_s));
    }
    void afterGoingBackTheAbandonedBranchIsNotLatest()
    {
        const Job job = secondAttempt();
        const JobListing nothing = wentBack({});
        QCOMPARE(newestResumable(nothing.listing)->path, u"step-500"_s); // by time alone
        QCOMPARE(chooseCheckpoint(job, nothing, u"latest"_s)->path, u"step-100"_s);
        QCOMPARE(nothing.attemptOf(job).newerElsewhere()->path, u"step-500"_s);
        QVERIFY(nothing.attemptOf(job).has(*nothing.find(u"step-100"_s)));
        QVERIFY(!nothing.attemptOf(job).has(*nothing.find(u"step-500"_s)));
        QCOMPARE(chooseCheckpoint(job, nothing, u"step=500"_s)->path, u"step-500"_s); // whoever wants it gets it

        // Even where a copy made the abandoned one the younger of the two.
        const JobListing saved = wentBack({at(u"attempt-2-0a1b2c/step-120"_s, 120, 300)});
        QCOMPARE(chooseCheckpoint(job, saved, u"latest"_s)->path, u"attempt-2-0a1b2c/step-120"_s);
        QCOMPARE(saved.attemptOf(job).newerElsewhere()->path, u"step-500"_s);
        const JobListing later = wentBack({at(u"attempt-2-0a1b2c/step-120"_s, 120, 600)});
        QVERIFY(!later.attemptOf(job).newerElsewhere());
    }
    void whereItWentOnFromIsGoneItsStepDecides()
    {
        Job job = secondAttempt();
        JobListing listing = wentBack({});
        listing.listing.runs.first().checkpoints = {at(u"step-90"_s, 90, 0), at(u"step-500"_s, 500, 400)};
        QCOMPARE(chooseCheckpoint(job, listing, u"latest"_s)->path, u"step-90"_s);
        // Nothing known of it: time decides, as before.
        job.lineage = {};
        job.lineage.attempt = 2;
        QCOMPARE(chooseCheckpoint(job, listing, u"latest"_s)->path, u"step-500"_s);
    }
    void theFirstJobDoesNotTakeWhatItsSuccessorSaved()
    {
        JobListing listing = wentBack({at(u"attempt-2-0a1b2c/step-900"_s, 900, 900)});
        listing.location.place.containerPath = u"/ckpt"_s;
        QCOMPARE(chooseCheckpoint({}, listing, u"latest"_s)->path, u"step-500"_s);
        QCOMPARE(listing.attemptOf({}).newerElsewhere()->step, std::optional<qint64>(900));
    }
};

QTEST_APPLESS_MAIN(TestJobFlows)
#include "tst_jobflows.moc"
