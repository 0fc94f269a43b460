// SPDX-License-Identifier: GPL-3.0-or-later
#include "ShellSupport.h"
#include "Support.h"

#include "base/Async.h"
#include "checkpoints/ClaimListing.h"
#include "checkpoints/HelperScript.h"

#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QTest>
#include <QUrl>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::ckpt;
using namespace support;

namespace {

/// A cluster of one namespace whose Jobs really run their script, on a folder that stands for the claim.
class FakeCluster final : public ObjectApi
{
public:
    explicit FakeCluster(const QString &folder)
        : m_folder(folder)
    {
    }

    QList<QJsonObject> pods;                  ///< user pods
    QJsonObject claim{{u"status"_s, QJsonObject{{u"phase"_s, u"Bound"_s}}},
                      {u"spec"_s, QJsonObject{{u"accessModes"_s, QJsonArray{u"ReadWriteMany"_s}}}}};
    QJsonObject owner;                        ///< a training job
    std::optional<Error> createError;
    QJsonObject helperStatus{{u"phase"_s, u"Succeeded"_s}};
    bool podIsMade = true;
    QString event;
    std::function<QByteArray(QByteArray)> spoil = [](QByteArray log) { return log; };
    QList<QJsonObject> jobs;                  ///< helpers that exist now
    QList<QJsonObject> created;
    QStringList removedUids;
    int execs = 0;
    QByteArray execError;
    std::function<std::optional<Error>()> refuseExec = [] { return std::nullopt; };

    Result<QJsonObject> get(const ObjectRef &ref, Stop) override
    {
        if (ref.kind == kinds::claims())
            return claim;
        if (ref.kind == kinds::batchJobs())
            return jobs.isEmpty() ? Result<QJsonObject>(fail(Error::Kind::NotFound, u"gone"_s)) : jobs.last();
        return owner;
    }
    Result<QJsonObject> getPart(const ObjectRef &, const QString &, Stop) override
    {
        return fail(Error::Kind::Internal, u"the listing reads no parts"_s);
    }
    Result<QList<QJsonObject>> list(const ResourceKind &kind, const QString &, const QString &selector, const QString &field, Stop) override
    {
        if (kind == kinds::events()) {
            if (event.isEmpty() || created.isEmpty() || !field.endsWith(created.last()[u"metadata"_s][u"name"_s].toString()))
                return QList<QJsonObject>{};
            return QList<QJsonObject>{{{u"reason"_s, u"FailedCreate"_s}, {u"message"_s, event}}};
        }
        if (kind == kinds::batchJobs())
            return jobs;
        if (!selector.startsWith(u"job-name="_s))
            return pods;
        if (!podIsMade)
            return QList<QJsonObject>{};
        return QList<QJsonObject>{{{u"metadata"_s, QJsonObject{{u"name"_s, u"helper-pod"_s}}}, {u"status"_s, helperStatus}}};
    }
    Result<ObjectPage> page(const ResourceKind &, const ListQuery &, Stop) override
    {
        return fail(Error::Kind::Internal, u"the listing reads no pages"_s);
    }
    Result<QJsonObject> create(const ResourceKind &, const QString &, const QJsonObject &object, WriteOptions, Stop) override
    {
        if (createError)
            return fail(*createError);
        QJsonObject made = object;
        QJsonObject metadata = made[u"metadata"_s].toObject();
        metadata[u"uid"_s] = u"uid-%1"_s.arg(created.size());
        metadata[u"creationTimestamp"_s] = u"2026-01-02T03:04:05Z"_s;
        made[u"metadata"_s] = metadata;
        created << made;
        jobs << made;
        return made;
    }
    Result<QJsonObject> patch(const ObjectRef &, PatchType, const QJsonValue &, WriteOptions, Stop) override
    {
        return fail(Error::Kind::Internal, u"the listing patches nothing"_s);
    }
    bool removalHangs = false;
    Result<> remove(const ObjectRef &ref, DeleteOptions options, Stop stop) override
    {
        if (removalHangs) { // as long as a request may take
            async::sleepFor(std::chrono::seconds(30), stop);
            return fail(Error::Kind::Timeout, u"no answer"_s);
        }
        removedUids << options.uid;
        jobs.removeIf([&](const QJsonObject &job) { return job[u"metadata"_s][u"name"_s].toString() == ref.name; });
        return {};
    }
    Result<QByteArray> log(const QString &, const QString &, LogOptions options, Stop) override
    {
        const QJsonValue container = created.last()[u"spec"_s][u"template"_s][u"spec"_s][u"containers"_s][0];
        QStringList argv;
        for (const QJsonValue &word : container[u"command"_s].toArray())
            argv << word.toString();
        for (const QJsonValue &word : container[u"args"_s].toArray())
            argv << word.toString();
        QByteArray log = spoil(run(argv));
        return options.limitBytes >= 0 ? log.left(options.limitBytes) : log;
    }
    Result<> followLog(const QString &, const QString &, LogOptions, std::function<bool(const QByteArray &)>, Stop) override
    {
        return fail(Error::Kind::Internal, u"the listing follows no log"_s);
    }
    Result<ExecOutput> exec(const QString &, const QString &, const QString &, const QStringList &argv, const Secret &, Stop) override
    {
        ++execs;
        if (const auto refusal = refuseExec())
            return fail(*refusal);
        if (!execError.isEmpty())
            return ExecOutput{{}, execError, 127};
        qsizetype length = 0;
        for (const QString &word : argv)
            length += QUrl::toPercentEncoding(word).size() + 9;
        longestRequest = std::max(longestRequest, length);
        return ExecOutput{spoil(run(argv)), {}, 0};
    }
    Result<AccessAnswer> may(const AccessQuery &, Stop) override { return AccessAnswer{true, {}}; }
    Result<AccessRules> rules(const QString &, Stop) override { return AccessRules(); }
    Result<bool> serves(const ResourceKind &, Stop) override { return true; }
    Result<RestMapper> mapper(Stop) override { return RestMapper(); }
    Result<QJsonObject> openApi(const QString &, const QString &, Stop) override
    {
        return fail(Error::Kind::Unsupported, u"the listing reads no schemas"_s);
    }

    qsizetype longestRequest = 0;

private:
    /// Runs argv with "/claim" standing for the folder.
    QByteArray run(QStringList argv)
    {
        if (argv[2] == helper::measureText()) {
            if (argv[5] != u"/claim"_s)
                qFatal("unexpected folder");
            argv[5] = m_folder;
            QProcess process;
            process.start(argv.first(), argv.mid(1));
            process.waitForFinished(60'000);
            return process.readAllStandardOutput();
        }
        for (qsizetype i : {6, 7}) { // sh -c script cairn marker mode ROOT FOLDER
            QByteArray path = QByteArray::fromBase64(argv[i].toLatin1());
            if (!path.startsWith("/claim"))
                qFatal("unexpected folder %s", path.constData());
            argv[i] = QString::fromLatin1((QFile::encodeName(m_folder) + path.mid(6)).toBase64());
        }
        QProcess process;
        process.start(argv.first(), argv.mid(1));
        process.waitForFinished(60'000);
        return process.readAllStandardOutput();
    }
    QString m_folder;
};

QJsonObject userPod(const QString &name, const QString &phase, const QJsonObject &extra = {})
{
    QJsonObject spec{
        {u"nodeName"_s, u"node-b"_s},
        {u"volumes"_s, QJsonArray{QJsonObject{{u"name"_s, u"data"_s}, {u"persistentVolumeClaim"_s, QJsonObject{{u"claimName"_s, u"ckpts"_s}}}}}},
        {u"containers"_s, QJsonArray{
            QJsonObject{{u"name"_s, u"side"_s}, {u"image"_s, u"side:1"_s}},
            QJsonObject{{u"name"_s, u"pytorch"_s}, {u"image"_s, u"train:1"_s}, {u"imagePullPolicy"_s, u"Never"_s},
                        {u"securityContext"_s, QJsonObject{{u"runAsUser"_s, 1000}}},
                        {u"volumeMounts"_s, QJsonArray{QJsonObject{{u"name"_s, u"data"_s}, {u"mountPath"_s, u"/ckpt"_s}}}}}}},
        {u"imagePullSecrets"_s, QJsonArray{QJsonObject{{u"name"_s, u"pull"_s}}}},
        {u"securityContext"_s, QJsonObject{{u"fsGroup"_s, 2000}}},
        {u"tolerations"_s, QJsonArray{QJsonObject{{u"key"_s, u"gpu"_s}}}},
    };
    for (auto it = extra.begin(); it != extra.end(); ++it)
        spec[it.key()] = it.value();
    return {{u"metadata"_s, QJsonObject{{u"name"_s, name}}}, {u"spec"_s, spec}, {u"status"_s, QJsonObject{{u"phase"_s, phase}}}};
}

} // namespace

class TestClaimListing : public QObject
{
    Q_OBJECT

    const QDateTime m_saved{QDate(2026, 1, 2), QTime(3, 4, 5), Qt::UTC};
    QTemporaryDir m_dir;

    ClaimRequest request() const
    {
        ClaimRequest request;
        request.ns = u"team"_s;
        request.claim = u"ckpts"_s;
        request.image = u"train:1"_s;
        request.pollInterval = std::chrono::milliseconds(1);
        request.recognise.now = m_saved.addDays(1);
        return request;
    }

private slots:
    void whoQuitsDoesNotWaitForADeadServer()
    {
        const QTemporaryDir folder;
        FakeCluster cluster(folder.path());
        cluster.pods = {};
        cluster.helperStatus = {{u"phase"_s, u"Pending"_s}};
        cluster.removalHangs = true;
        ClaimRequest request;
        request.ns = u"ml"_s;
        request.claim = u"c"_s;
        request.image = u"i"_s;
        request.pollInterval = std::chrono::milliseconds(20);
        std::stop_source quit;
        const Progress progress = [&](const QString &, qint64) { quit.request_stop(); }; // while it waits for the helper
        QElapsedTimer timer;
        timer.start();
        const auto listing = listClaim(cluster, request, quit.get_token(), progress);
        QVERIFY(!listing);
        QVERIFY(quit.stop_requested());
        QCOMPARE(listing.error().kind, Error::Kind::Cancelled);
        QVERIFY2(timer.elapsed() < 10'000, qPrintable(QString::number(timer.elapsed()))); // the request would take 30 s
    }

    void initTestCase() { QVERIFY(copyTree(fixture(u"."_s), m_dir.path() + u"/jobs"_s, m_saved)); }

    void aClaimIsListedInAFewRoundsAndCleanedUp()
    {
        FakeCluster cluster(m_dir.path());
        const Result<Listing> listing = listClaim(cluster, request(), {});
        QVERIFY2(listing, listing ? "" : qPrintable(listing.error().oneLine()));
        QVERIFY(!listing->partial);
        QCOMPARE(listing->source, u"helper job"_s);
        ScanOptions options;
        options.recognise.now = m_saved.addDays(1);
        options.recognise.limits.fullCheck = 0;
        Listing local = *scanFolder(m_dir.path(), options, std::stop_token());
        local.source = u"helper job"_s;
        QCOMPARE(toJson(*listing), toJson(local));
        QVERIFY(cluster.created.size() <= 3);
        QCOMPARE(cluster.removedUids.size(), cluster.created.size());
        QVERIFY(cluster.jobs.isEmpty());
        QVERIFY(!cluster.removedUids.contains(QString())); // every deletion names the object it means
    }
    void aClaimIsMeasuredAsDfDoes()
    {
        FakeCluster cluster(m_dir.path());
        const Result<VolumeUse> use = measureClaim(cluster, request(), {});
        QVERIFY2(use, use ? "" : qPrintable(use.error().oneLine()));
        QCOMPARE(use->ns + u'/' + use->claim, u"team/ckpts"_s);
        QCOMPARE(use->source, UseSource::Helper);
        QVERIFY(use->at.isValid());
        QVERIFY(use->used > 0 && use->used + use->available <= use->capacity);
        QProcess df;
        df.start(u"df"_s, {u"-P"_s, u"-B1"_s, m_dir.path()});
        df.waitForFinished();
        const QStringList fields = QString::fromLatin1(df.readAllStandardOutput()).section(u'\n', 1, 1).simplified().split(u' ');
        QCOMPARE(use->capacity, fields.value(1).toLongLong());
        QVERIFY(std::abs(use->used - fields.value(2).toLongLong()) < 1'000'000'000); // others write there too
        QCOMPARE(cluster.created.size(), 1);
        QVERIFY(cluster.jobs.isEmpty());
        const QJsonValue spec = cluster.created.first()[u"spec"_s][u"template"_s][u"spec"_s];
        QVERIFY(spec[u"containers"_s][0][u"volumeMounts"_s][0][u"readOnly"_s].toBool());
        QCOMPARE(spec[u"containers"_s][0][u"command"_s][2].toString(), helper::measureText());
        QVERIFY(!helper::measureText().contains(u"$("_s)); // Kubernetes would expand it
    }
    void aMeasurementThatFailsSaysWhy()
    {
        FakeCluster cluster(m_dir.path());
        cluster.spoil = [](const QByteArray &) { return "sh: not found"_ba; };
        Result<VolumeUse> use = measureClaim(cluster, request(), {});
        QVERIFY(!use);
        QVERIFY(use.error().why.contains(u"sh: not found"_s));
        cluster.spoil = [](QByteArray log) { return log.replace(" U ", " X missing-stat "); };
        use = measureClaim(cluster, request(), {});
        QVERIFY(!use);
        QCOMPARE(use.error().kind, Error::Kind::Unsupported);
        cluster.createError = Error::make(Error::Kind::Forbidden, u"no"_s);
        use = measureClaim(cluster, request(), {});
        QVERIFY(!use);
        QCOMPARE(use.error().kind, Error::Kind::Forbidden);
        QVERIFY(!use.error().fix.contains(u"exec"_s));
    }

    void aFolderOfTheClaimCanBeListed()
    {
        FakeCluster cluster(m_dir.path());
        ClaimRequest asked = request();
        asked.path = u"jobs/torch/run"_s;
        const Result<Listing> listing = listClaim(cluster, asked, {});
        QVERIFY(listing);
        QCOMPARE(listing->runs.size(), 1);
        QCOMPARE(listing->runs.first().latestResumable, u"step-00000300.pt"_s);
        asked.path = u"none"_s;
        const Result<Listing> missing = listClaim(cluster, asked, {});
        QCOMPARE(missing.error().kind, Error::Kind::NotFound);
        QVERIFY(cluster.jobs.isEmpty());
    }
    void theHelperHasTheLeastRights()
    {
        ClaimRequest asked = request();
        asked.node = u"node-b"_s;
        asked.subPath = u"team a"_s;
        asked.imagePullSecrets = {u"pull"_s};
        asked.supplementalGroups = {2000};
        const QJsonObject job = helperJob(asked, listingTask(asked), u"cairn-list-1"_s, helper::scriptText(), {u"x"_s});
        const QJsonValue spec = job[u"spec"_s];
        QCOMPARE(spec[u"ttlSecondsAfterFinished"_s].toInt(), 60);
        QCOMPARE(spec[u"activeDeadlineSeconds"_s].toInt(), 600);
        QCOMPARE(spec[u"backoffLimit"_s].toInt(-1), 0);
        QCOMPARE(job[u"metadata"_s][u"labels"_s][u"cairn.console/helper"_s].toString(), u"listing"_s);
        const QJsonValue pod = spec[u"template"_s][u"spec"_s];
        QCOMPARE(pod[u"automountServiceAccountToken"_s].toBool(true), false);
        QCOMPARE(pod[u"restartPolicy"_s].toString(), u"Never"_s);
        QCOMPARE(pod[u"securityContext"_s][u"runAsNonRoot"_s].toBool(), true);
        QCOMPARE(pod[u"securityContext"_s][u"runAsUser"_s].toInt(), 65534);
        QCOMPARE(pod[u"securityContext"_s][u"seccompProfile"_s][u"type"_s].toString(), u"RuntimeDefault"_s);
        QVERIFY(pod[u"securityContext"_s][u"fsGroup"_s].isUndefined());
        QVERIFY(pod[u"nodeName"_s].isUndefined());
        QVERIFY(!pod[u"affinity"_s].isUndefined());
        QCOMPARE(pod[u"volumes"_s][0][u"persistentVolumeClaim"_s][u"readOnly"_s].toBool(), true);
        const QJsonValue container = pod[u"containers"_s][0];
        QCOMPARE(container[u"volumeMounts"_s][0][u"readOnly"_s].toBool(), true);
        QCOMPARE(container[u"volumeMounts"_s][0][u"subPath"_s].toString(), u"team a"_s);
        const QJsonValue security = container[u"securityContext"_s];
        QCOMPARE(security[u"allowPrivilegeEscalation"_s].toBool(true), false);
        QCOMPARE(security[u"readOnlyRootFilesystem"_s].toBool(), true);
        QCOMPARE(security[u"capabilities"_s][u"drop"_s][0].toString(), u"ALL"_s);
        QCOMPARE(container[u"resources"_s][u"limits"_s][u"memory"_s].toString(), u"256Mi"_s);
    }
    void aCutLogMakesTheListingPartial()
    {
        FakeCluster cluster(m_dir.path());
        cluster.spoil = [](QByteArray log) { return log.left(log.size() / 2); };
        const Result<Listing> tail = listClaim(cluster, request(), {});
        QVERIFY(tail && tail->partial && !tail->notes.isEmpty());
        cluster.spoil = [](QByteArray log) { return log.mid(log.size() / 2); }; // rotated away
        const Result<Listing> head = listClaim(cluster, request(), {});
        QVERIFY(!head || head->partial);
        QVERIFY(cluster.jobs.isEmpty());
    }
    void aLaterRoundThatFailsKeepsTheFirst()
    {
        QTemporaryDir dir;
        QByteArray big(60'000, 'x'); // larger than what the first call probes, and no checkpoint at its ends
        big += contents(fixture(u"torch/run/step-00000100.pt"_s));
        QVERIFY(write(dir.path() + u"/step-1.pt"_s, contents(fixture(u"torch/run/step-00000100.pt"_s))));
        QVERIFY(write(dir.path() + u"/step-2.pt"_s, big));
        QVERIFY(write(dir.path() + u"/dcp/.metadata"_s, QByteArray(100'000, 'm')));
        QVERIFY(write(dir.path() + u"/dcp/__0_0.distcp"_s, "x"));
        FakeCluster cluster(dir.path());
        int logs = 0;
        cluster.spoil = [&](QByteArray log) {
            if (++logs == 1)
                cluster.createError = Error::make(Error::Kind::Server, u"no more"_s);
            return log;
        };
        const Result<Listing> listing = listClaim(cluster, request(), {});
        QVERIFY(listing);
        QVERIFY(listing->partial);
        QCOMPARE(listing->runs.size(), 1);
        QVERIFY(listing->runs.first().checkpoints.size() >= 2);
    }
    void withoutRightsExecIsOffered()
    {
        FakeCluster cluster(m_dir.path());
        cluster.createError = Error::make(Error::Kind::Forbidden, u"x"_s, u"jobs.batch is forbidden"_s);
        const Result<Listing> listing = listClaim(cluster, request(), {});
        QCOMPARE(listing.error().kind, Error::Kind::Forbidden);
        QVERIFY2(listing.error().fix.contains(u"exec"_s), qPrintable(listing.error().fix));
        QCOMPARE(listing.error().why, u"jobs.batch is forbidden"_s);
    }
    void execListsTheSameAndCreatesNothing()
    {
        FakeCluster cluster(m_dir.path());
        const Listing byJob = *listClaim(cluster, request(), {});
        FakeCluster other(m_dir.path());
        ExecTarget target{u"team"_s, u"pod"_s, u"pytorch"_s, u"/claim"_s, u"/claim/"_s, request().recognise};
        Result<Listing> byExec = listClaimByExec(other, target, {});
        QVERIFY(byExec);
        QCOMPARE(byExec->source, u"exec"_s);
        byExec->source = byJob.source;
        QCOMPARE(toJson(*byExec), toJson(byJob));
        QVERIFY(other.created.isEmpty());
        QVERIFY2(other.longestRequest < 8 * 1024, qPrintable(QString::number(other.longestRequest)));
        other.execError = "sh: not found";
        QCOMPARE(listClaimByExec(other, target, {}).error().kind, Error::Kind::Unsupported);
    }
    void oneHelperServesSeveralLooks()
    {
        FakeCluster plain(m_dir.path());
        const Listing byJob = *listClaim(plain, request(), {});
        auto cluster = std::make_shared<FakeCluster>(m_dir.path());
        cluster->helperStatus = {{u"phase"_s, u"Running"_s}};
        {
            HeldHelper held(cluster);
            for (int look = 0; look < 3; ++look) {
                const Result<Listing> listing = held.list(request(), {});
                QVERIFY2(listing, listing ? "" : qPrintable(listing.error().oneLine()));
                QCOMPARE(toJson(*listing), toJson(byJob));
            }
            QCOMPARE(cluster->created.size(), 1);
            QCOMPARE(cluster->jobs.size(), 1);
            held.end();
            QVERIFY(cluster->jobs.isEmpty());
            QVERIFY(held.list(request(), {})); // asked again, it starts another
            QCOMPARE(cluster->created.size(), 2);
        }
        QVERIFY(cluster->jobs.isEmpty()); // gone with whoever held it
        QCOMPARE(cluster->removedUids.size(), 2);
    }
    void aHelperThatEndedIsReplaced()
    {
        auto cluster = std::make_shared<FakeCluster>(m_dir.path());
        cluster->helperStatus = {{u"phase"_s, u"Running"_s}};
        HeldHelper held(cluster);
        QVERIFY(held.list(request(), {}));
        bool gone = true;
        cluster->refuseExec = [&]() -> std::optional<Error> {
            return std::exchange(gone, false) ? std::optional(Error::make(Error::Kind::NotFound, u"pods \"helper-pod\" not found"_s)) : std::nullopt;
        };
        QVERIFY(held.list(request(), {}));
        QCOMPARE(cluster->created.size(), 2);
        QCOMPARE(cluster->jobs.size(), 1);
    }
    void withoutExecEachLookIsAListing()
    {
        auto cluster = std::make_shared<FakeCluster>(m_dir.path());
        cluster->helperStatus = {{u"phase"_s, u"Running"_s}};
        cluster->refuseExec = [&]() -> std::optional<Error> {
            cluster->helperStatus = {{u"phase"_s, u"Succeeded"_s}};
            return Error::make(Error::Kind::Forbidden, u"pods/exec is forbidden"_s);
        };
        HeldHelper held(cluster);
        QVERIFY(held.list(request(), {}));
        QVERIFY(held.list(request(), {}));
        QCOMPARE(cluster->execs, 1); // not asked again
        QVERIFY(cluster->jobs.isEmpty());
    }

    void aHelperThatCannotRunIsExplained_data()
    {
        QTest::addColumn<QJsonObject>("status");
        QTest::addColumn<bool>("made");
        QTest::addColumn<QString>("event");
        QTest::addColumn<QString>("word");
        QTest::newRow("image") << QJsonObject{{u"phase"_s, u"Pending"_s}, {u"containerStatuses"_s, QJsonArray{QJsonObject{{u"state"_s, QJsonObject{{u"waiting"_s, QJsonObject{{u"reason"_s, u"ErrImagePull"_s}, {u"message"_s, u"no such image"_s}}}}}}}}}
                               << true << QString() << u"no such image"_s;
        QTest::newRow("unschedulable") << QJsonObject{{u"phase"_s, u"Pending"_s}, {u"conditions"_s, QJsonArray{QJsonObject{{u"type"_s, u"PodScheduled"_s}, {u"status"_s, u"False"_s}, {u"message"_s, u"0/2 nodes are available"_s}}}}}
                                       << true << QString() << u"0/2 nodes"_s;
        QTest::newRow("quota") << QJsonObject{} << false << u"exceeded quota: small"_s << u"exceeded quota"_s;
        QTest::newRow("nothing happens") << QJsonObject{} << false << QString() << u"did not start"_s;
    }
    void aHelperThatCannotRunIsExplained()
    {
        QFETCH(QJsonObject, status);
        QFETCH(bool, made);
        QFETCH(QString, event);
        QFETCH(QString, word);
        FakeCluster cluster(m_dir.path());
        cluster.helperStatus = status;
        cluster.podIsMade = made;
        cluster.event = event;
        ClaimRequest asked = request();
        asked.startTimeout = std::chrono::milliseconds(20);
        const Result<Listing> listing = listClaim(cluster, asked, {});
        QVERIFY(!listing);
        QVERIFY2(listing.error().why.contains(word), qPrintable(listing.error().oneLine()));
        QVERIFY(!listing.error().fix.isEmpty());
        QVERIFY(cluster.jobs.isEmpty()); // cleaned up after a failure too
    }
    void aCancelCleansUp()
    {
        FakeCluster cluster(m_dir.path());
        cluster.helperStatus = {{u"phase"_s, u"Running"_s}};
        const auto stop = std::make_unique<std::stop_source>();
        const Result<Listing> listing = listClaim(cluster, request(), stop->get_token(), [&](const QString &, qint64) { stop->request_stop(); });
        QCOMPARE(listing.error().kind, Error::Kind::Cancelled);
        QCOMPARE(cluster.removedUids, QStringList{u"uid-0"_s});
    }
    void thePlanComesFromAPodThatMountsTheClaim()
    {
        FakeCluster cluster(m_dir.path());
        cluster.pods = {userPod(u"done"_s, u"Succeeded"_s), userPod(u"up"_s, u"Running"_s)};
        const Result<ClaimRequest> shared = planClaim(cluster, u"team"_s, u"ckpts"_s, {}, {});
        QVERIFY(shared);
        QCOMPARE(shared->image, u"train:1"_s);
        QCOMPARE(shared->imagePullPolicy, u"Never"_s);
        QCOMPARE(shared->imagePullSecrets, QStringList{u"pull"_s});
        QCOMPARE(shared->runAsUser, 1000);
        QCOMPARE(shared->supplementalGroups, QList<qint64>{2000});
        QCOMPARE(shared->node, QString());
        cluster.claim[u"spec"_s] = QJsonObject{{u"accessModes"_s, QJsonArray{u"ReadWriteOnce"_s}}};
        QCOMPARE(planClaim(cluster, u"team"_s, u"ckpts"_s, {}, {})->node, u"node-b"_s);
        cluster.claim[u"spec"_s] = QJsonObject{{u"accessModes"_s, QJsonArray{u"ReadWriteOncePod"_s}}};
        QVERIFY(planClaim(cluster, u"team"_s, u"ckpts"_s, {}, {}).error().fix.contains(u"exec"_s));
        cluster.claim[u"status"_s] = QJsonObject{{u"phase"_s, u"Pending"_s}};
        QVERIFY(planClaim(cluster, u"team"_s, u"ckpts"_s, {}, {}).error().why.contains(u"Pending"_s));
    }
    void rootIsNotAskedFor()
    {
        FakeCluster cluster(m_dir.path());
        cluster.pods = {userPod(u"up"_s, u"Running"_s, {{u"containers"_s, QJsonArray{QJsonObject{{u"image"_s, u"a"_s}, {u"securityContext"_s, QJsonObject{{u"runAsUser"_s, 0}}}}}}})};
        QCOMPARE(planClaim(cluster, u"team"_s, u"ckpts"_s, {}, {})->runAsUser, 65534);
    }
    void withoutPodsTheJobsTemplateIsUsed()
    {
        FakeCluster cluster(m_dir.path());
        QVERIFY(!planClaim(cluster, u"team"_s, u"ckpts"_s, {}, {}));
        cluster.owner = {{u"spec"_s, QJsonObject{{u"pytorchReplicaSpecs"_s, QJsonObject{{u"Master"_s, QJsonObject{{u"template"_s, QJsonObject{{u"spec"_s, userPod({}, {})[u"spec"_s]}}}}}}}}}};
        const Result<ClaimRequest> plan = planClaim(cluster, u"team"_s, u"ckpts"_s, ObjectRef{jobKinds().first().resource, u"team"_s, u"j"_s, {}}, {});
        QVERIFY2(plan, plan ? "" : qPrintable(plan.error().oneLine()));
        QCOMPARE(plan->image, u"train:1"_s);
    }
    void leftoversAreSwept()
    {
        FakeCluster cluster(m_dir.path());
        const auto job = [](const QString &name, const QString &label, const QDateTime &created) {
            return QJsonObject{{u"metadata"_s, QJsonObject{{u"name"_s, name}, {u"namespace"_s, u"team"_s}, {u"uid"_s, u"uid-"_s + name},
                {u"creationTimestamp"_s, created.toString(Qt::ISODate)}, {u"labels"_s, QJsonObject{{u"cairn.console/helper"_s, label}}}}}};
        };
        const QDateTime now = QDateTime::currentDateTimeUtc();
        cluster.jobs = {job(u"old"_s, u"listing"_s, now.addSecs(-3600)), job(u"new"_s, u"listing"_s, now), job(u"other"_s, u"backup"_s, now.addSecs(-3600))};
        QCOMPARE(*sweepHelpers(cluster, u"team"_s, std::chrono::minutes(15), {}), 1);
        QCOMPARE(cluster.removedUids, QStringList{u"uid-old"_s});
    }
};

QTEST_GUILESS_MAIN(TestClaimListing)
#include "tst_claimlisting.moc"
