// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/JobFlows.h"

#include "base/Async.h"
#include "base/Names.h"
#include "base/Text.h"
#include "domain/ObjectDecoder.h"
#include "engine/DeathReader.h"
#include "jobs/Attempt.h"
#include "jobs/LossOfWork.h"
#include "jobs/StepLines.h"
#include "jobs/Unfinished.h"
#include "manifest/Yaml.h"
#include "store/JobStore.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonDocument>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::app {
namespace {

// A free tr() would be filed under another context by lupdate than it is looked up in.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::app)
};

QByteArray bytes(const QJsonObject &object)
{
    return QJsonDocument(object).toJson(QJsonDocument::Compact);
}

/// Objects of one list that could not be understood, for one sentence.
struct Garbled {
    int count = 0;
    QString first; ///< name; raw
    Error error;

    void add(const QJsonObject &object, const Error &why)
    {
        if (count++ > 0)
            return;
        first = object[u"metadata"_s][u"name"_s].toString();
        error = why;
    }
    std::optional<Error> asError(const QString &what) const
    {
        if (count == 0)
            return std::nullopt;
        const QString name = first.isEmpty() ? Words::tr("one without a name") : text::safe(first);
        return Error::make(Error::Kind::Parse, Words::tr("%n of %1 could not be parsed", nullptr, count).arg(what),
                           Words::tr("The first is %1: %2", "an object, an error").arg(name, error.oneLine()));
    }
    void tell(const QString &what, Gaps &gaps) const
    {
        if (const std::optional<Error> garbled = asError(what))
            gaps.garbled(what, *garbled);
    }
};

/// Pods that carry `label`, of one job where `jobName` is given. Those that cannot be decoded are left out and counted.
Result<QList<Pod>> listPods(ObjectApi &api, const QString &ns, const QString &label, const QString &jobName, Garbled &garbled, std::stop_token stop)
{
    const QString selector = jobName.isEmpty() ? label : label + u'=' + jobName;
    const Result<QList<QJsonObject>> objects = api.list(kinds::pods(), ns, selector, {}, stop);
    if (!objects)
        return fail(objects.error());
    const auto decoder = podDecoder();
    QList<Pod> pods;
    for (const QJsonObject &object : *objects) {
        if (const Result<Pod> pod = decoder->object(bytes(object), WireFormat::Json))
            pods.append(*pod);
        else
            garbled.add(object, pod.error());
    }
    return pods;
}

struct Runtimes {
    QList<TrainingRuntime> runtimes;
    bool complete = true;
};

/// Runtimes of the cluster and of the namespace. Without them TrainJobs show less.
Result<Runtimes> listRuntimes(ObjectApi &api, const QString &ns, Gaps &gaps, std::stop_token stop)
{
    Runtimes result;
    for (const bool cluster : {true, false}) {
        const ResourceKind &kind = cluster ? kinds::clusterTrainingRuntimes() : kinds::trainingRuntimes();
        const Result<QList<QJsonObject>> objects = api.list(kind, cluster ? QString() : ns, {}, {}, stop);
        if (!objects) {
            if (objects.error().kind == Error::Kind::NotFound) // Trainer can be installed without
                continue;
            result.complete = false;
            if (const Result<> goOn = gaps.missed(qualifiedName(kind), objects.error()); !goOn)
                return fail(goOn.error());
            continue;
        }
        for (const QJsonObject &object : *objects) {
            if (const Result<TrainingRuntime> runtime = decodeRuntime(bytes(object), cluster))
                result.runtimes.append(*runtime);
        }
    }
    return result;
}

/// What a TrainJob was made of: the copy that Trainer v2.3 keeps in a ConfigMap, else the runtime as it is now.
struct RuntimeOfJob {
    std::optional<TrainingRuntime> runtime;
    bool changed = false;
};

Result<RuntimeOfJob> runtimeOf(ObjectApi &api, const Job &job, std::stop_token stop)
{
    RuntimeOfJob result;
    const bool cluster = job.runtime.kind == kinds::clusterTrainingRuntimes().kind;
    const ObjectRef ref{cluster ? kinds::clusterTrainingRuntimes() : kinds::trainingRuntimes(), cluster ? QString() : job.ns,
                        job.runtime.name, {}};
    // Whoever may read neither still sees the job, with less in it.
    const auto missing = [](const Error &error) {
        return error.kind == Error::Kind::NotFound || error.kind == Error::Kind::Forbidden;
    };
    const Result<QJsonObject> live = api.get(ref, stop);
    if (!live && !missing(live.error()))
        return fail(live.error());
    const Result<QJsonObject> kept = api.get({kinds::configMaps(), job.ns, job.name + u"-runtime-snapshot"_s, {}}, stop);
    if (!kept && !missing(kept.error()))
        return fail(kept.error());
    if (live) {
        if (const Result<TrainingRuntime> runtime = decodeRuntime(bytes(*live), cluster))
            result.runtime = *runtime;
    }
    if (!kept)
        return result;
    const QJsonValue owner = kept->value(u"metadata"_s)[u"ownerReferences"_s][0];
    if (owner[u"uid"_s].toString() != job.uid)
        return result; // left behind by another job of this name
    const Result<QJsonValue> document = manifest::fromYaml(kept->value(u"data"_s)[u"runtime"_s].toString().toUtf8());
    if (!document)
        return result;
    const QJsonObject copy = document->toObject();
    if (const Result<TrainingRuntime> runtime = decodeRuntime(bytes(copy), cluster)) {
        // The specs cannot be compared: Go's copy holds empty structs that the server leaves out.
        const auto differs = [&](const QString &field) { return copy.value(u"metadata"_s)[field] != live->value(u"metadata"_s)[field]; };
        result.changed = live && (differs(u"uid"_s) || differs(u"generation"_s));
        result.runtime = *runtime;
    }
    return result;
}

/// What the last deaths of at most `limit` jobs were of. Where a log cannot be read the list goes without.
void addDeaths(ObjectApi &api, store::JobStore &store, int limit, std::stop_token stop)
{
    QList<Job> jobs;
    store.each([&](const Job &job) {
        if (job.phase == JobPhase::Restarting || job.phase == JobPhase::Failed)
            jobs.append(job);
    });
    std::ranges::sort(jobs, {}, [](const Job &job) {
        return std::make_tuple(job.phase != JobPhase::Restarting, job.finished.isValid() ? -job.finished.toSecsSinceEpoch() : 0, job.uid);
    });
    for (const Job &job : jobs.first(std::min<qsizetype>(limit, jobs.size()))) {
        const Result<QList<ReadDeath>> deaths = readDeaths(api, job, situation::deathsOf(job, store.podsOf(job.uid)), stop);
        if (!deaths)
            return;
        for (const ReadDeath &one : *deaths)
            store.setDeath(one.death.podUid, one.death.container, one.cause);
    }
}

/// Nodes, for the jobs on one that is lost. Who may not read nodes learns the same from the pods, only later.
Result<std::optional<QList<Node>>> listNodes(ObjectApi &api, Gaps &gaps, std::stop_token stop)
{
    const Result<QList<QJsonObject>> objects = api.list(kinds::nodes(), {}, {}, {}, stop);
    if (!objects) {
        if (objects.error().kind == Error::Kind::Forbidden)
            return std::nullopt;
        if (const Result<> goOn = gaps.missed(kinds::nodes().plural, objects.error()); !goOn)
            return fail(goOn.error());
        return std::nullopt;
    }
    const auto decoder = nodeDecoder();
    QList<Node> nodes;
    Garbled garbled;
    for (const QJsonObject &object : *objects) {
        if (const Result<Node> node = decoder->object(bytes(object), WireFormat::Json))
            nodes.append(*node);
        else
            garbled.add(object, node.error());
    }
    garbled.tell(kinds::nodes().plural, gaps);
    return nodes;
}

/// The same refinement as the window's live list: a store of its own, filled once. `podsRead`: all pods are in `pods`.
QList<Job> refined(ObjectApi &api, const QList<Job> &jobs, const QList<Pod> &pods, const QList<Node> &nodes, const QList<TrainingRuntime> &runtimes,
                   bool podsRead, int deaths, std::stop_token stop, QHash<QString, QString> *jobOfPod = nullptr)
{
    store::JobStore store;
    store.setNow(QDateTime::currentDateTimeUtc());
    Delta<TrainingRuntime> runtimeDelta;
    runtimeDelta.upserts = runtimes;
    runtimeDelta.complete = true;
    store.applyRuntimes(runtimeDelta);
    Delta<Pod> podDelta;
    podDelta.upserts = pods;
    podDelta.complete = true;
    store.applyPods(podDelta);
    Delta<Node> nodeDelta;
    nodeDelta.upserts = nodes;
    nodeDelta.complete = true;
    store.applyNodes(nodeDelta);
    FeedState podState;
    podState.phase = podsRead ? FeedState::Phase::Live : FeedState::Phase::Forbidden;
    store.setPodState(podState);
    for (const JobKindFacts &kind : jobKinds()) {
        Delta<Job> delta;
        std::ranges::copy_if(jobs, std::back_inserter(delta.upserts), [&](const Job &job) { return job.kind == kind.id; });
        delta.complete = true;
        store.applyJobs(kind.id, delta);
    }
    addDeaths(api, store, deaths, stop);
    for (const Pod &pod : jobOfPod ? pods : QList<Pod>())
        jobOfPod->insert(pod.uid, store.jobOf(pod));
    QList<Job> result = store.jobs();
    std::ranges::sort(result, {}, [](const Job &job) { return std::tuple(job.ns, job.name, static_cast<int>(job.kind)); });
    return result;
}

struct ServedKinds {
    QList<JobKindFacts> kinds;
    QList<Gap> gaps; ///< API groups that do not say what they serve
    bool complete = true; ///< false where one of them may serve a kind of job
};

Result<ServedKinds> servedKinds(ObjectApi &api, std::stop_token stop)
{
    const Result<RestMapper> mapper = api.mapper(stop);
    if (!mapper)
        return fail(mapper.error());
    ServedKinds served;
    for (const DiscoveryGap &gap : mapper->gaps())
        served.gaps.append({gap.name(), gap.error});
    std::optional<Error> silent;
    for (const JobKindFacts &kind : jobKinds()) {
        const Result<bool> there = mapper->serves(kind.resource);
        if (!there)
            silent = there.error();
        else if (*there)
            served.kinds.append(kind);
    }
    // Where both versions of MPIJob are served they are two views of the same objects: the newer one has their spec.
    if (std::ranges::find(served.kinds, JobKind::MPIJobV2, &JobKindFacts::id) != served.kinds.end())
        served.kinds.removeIf([](const JobKindFacts &kind) { return kind.id == JobKind::MPIJob; });
    served.complete = !silent;
    if (served.kinds.isEmpty() && silent)
        return fail(*silent);
    if (served.kinds.isEmpty()) {
        return fail(Error::Kind::Unsupported, Words::tr("This cluster has no training jobs"),
                    Words::tr("It serves none of the kinds of the Kubeflow training operator (API group kubeflow.org/v1), of the MPI operator (kubeflow.org/v2beta1) or of Trainer (trainer.kubeflow.org/v1alpha1)"),
                    Words::tr("Install one of them, or choose another context"));
    }
    return served;
}

} // namespace

Result<JobList> listJobs(ObjectApi &api, const QString &ns, std::stop_token stop, int deaths)
{
    const Result<ServedKinds> served = servedKinds(api, stop);
    if (!served)
        return fail(served.error());
    JobList result;
    Gaps gaps;
    QList<Job> jobs;
    for (const JobKindFacts &kind : served->kinds) {
        const Result<QList<QJsonObject>> objects = api.list(kind.resource, ns, {}, {}, stop);
        if (!objects) {
            if (const Result<> goOn = gaps.missed(qualifiedName(kind.resource), objects.error()); !goOn)
                return fail(goOn.error());
            continue;
        }
        gaps.read();
        Garbled garbled;
        for (const QJsonObject &object : *objects) {
            if (const Result<Job> job = decodeJob(bytes(object), kind.id))
                jobs.append(*job);
            else
                garbled.add(object, job.error());
        }
        garbled.tell(qualifiedName(kind.resource), gaps);
    }
    if (!gaps.anyRead())
        return fail(gaps.gaps().first().error);
    result.allKinds = served->complete && gaps.gaps().isEmpty();
    // Without the right to read pods or runtimes the list is still worth having: phases then come from the jobs alone.
    QStringList labels;
    for (const JobKindFacts &kind : served->kinds)
        labels.append(kind.podLabel);
    labels.removeDuplicates();
    QList<Pod> pods;
    Garbled garbledPods;
    for (const QString &label : std::as_const(labels)) {
        const Result<QList<Pod>> found = listPods(api, ns, label, {}, garbledPods, stop);
        if (found) {
            pods += *found;
            continue;
        }
        if (!result.podsRead && found.error().kind == Error::Kind::Forbidden)
            continue; // it is said once
        result.podsRead = false;
        if (const Result<> goOn = gaps.missed(kinds::pods().plural, found.error()); !goOn)
            return fail(goOn.error());
    }
    garbledPods.tell(kinds::pods().plural, gaps);
    QList<TrainingRuntime> runtimes;
    if (std::ranges::any_of(jobs, [](const Job &job) { return job.facts().isTrainJob(); })) {
        const Result<Runtimes> found = listRuntimes(api, ns, gaps, stop);
        if (!found)
            return fail(found.error());
        runtimes = found->runtimes;
        result.runtimesRead = found->complete;
    }
    const Result<std::optional<QList<Node>>> nodes = listNodes(api, gaps, stop);
    if (!nodes)
        return fail(nodes.error());
    result.nodesRead = nodes->has_value();
    result.nodes = nodes->value_or(QList<Node>());
    result.jobs = refined(api, jobs, pods, result.nodes, runtimes, result.podsRead, deaths, stop, &result.jobOfPod);
    result.pods = pods;
    result.gaps = served->gaps + gaps.gaps();
    return result;
}

Result<JobDetail> readJob(ObjectApi &api, const ObjectRef &ref, std::stop_token stop)
{
    const Result<QJsonObject> object = api.get(ref, stop);
    if (!object)
        return fail(object.error());
    const JobKindFacts *kind = jobKindOf(ref.kind);
    if (!kind)
        return fail(Error::Kind::Unsupported, Words::tr("%1 is not a kind of training job").arg(text::safe(ref.kind.kind)));
    const Result<Job> job = decodeJob(bytes(*object), kind->id);
    if (!job)
        return fail(job.error());
    Garbled garbled;
    Result<QList<Pod>> pods = job->podsName().isEmpty() ? QList<Pod>() : listPods(api, ref.ns, kind->podLabel, job->podsName(), garbled, stop);
    if (!pods && pods.error().kind != Error::Kind::Forbidden)
        return fail(pods.error());
    // Of one job a pod more or less is the difference: its pods are then not known.
    if (const std::optional<Error> error = garbled.asError(kinds::pods().plural))
        pods = fail(*error);
    JobDetail detail{*job, *object, pods ? *pods : QList<Pod>(), false, pods ? std::nullopt : std::optional(pods.error())};
    QList<TrainingRuntime> runtimes;
    if (kind->isTrainJob()) {
        const Result<RuntimeOfJob> runtime = runtimeOf(api, *job, stop);
        if (!runtime)
            return fail(runtime.error());
        detail.runtimeChanged = runtime->changed;
        if (runtime->runtime)
            runtimes.append(*runtime->runtime);
    }
    const QList<Job> joined = refined(api, {*job}, detail.pods, {}, runtimes, pods.has_value(), 0, stop);
    if (!joined.isEmpty())
        detail.job = joined.first();
    return detail;
}

Result<JobDetail> findJob(ObjectApi &api, const QString &ns, const QString &name, std::stop_token stop)
{
    const qsizetype slash = name.indexOf(u'/');
    const QString bare = name.mid(slash + 1);
    const QString wantedKind = slash > 0 ? name.left(slash).toLower() : QString();
    const Result<ServedKinds> served = servedKinds(api, stop);
    if (!served)
        return fail(served.error());
    QList<ObjectRef> found;
    Gaps gaps; // kinds that could not be asked: it may be of one of them
    bool known = wantedKind.isEmpty();
    for (const JobKindFacts &kind : served->kinds) {
        if (!wantedKind.isEmpty() && kind.resource.kind.toLower() != wantedKind && kind.resource.plural != wantedKind)
            continue;
        known = true;
        const ObjectRef ref{kind.resource, ns, bare, {}};
        const Result<QJsonObject> object = api.get(ref, stop);
        if (object || object.error().kind == Error::Kind::NotFound)
            gaps.read();
        else if (const Result<> goOn = gaps.missed(qualifiedName(kind.resource), object.error()); !goOn)
            return fail(goOn.error());
        if (!object)
            continue;
        // The JobSet of a TrainJob has its name.
        const Result<Job> job = decodeJob(bytes(*object), kind.id);
        if (!wantedKind.isEmpty() || !job || !job->isPartOfAnother())
            found.append(ref);
    }
    if (!known && !served->gaps.isEmpty())
        return fail(served->gaps.first().error);
    if (!known)
        return fail(Error::Kind::NotFound, Words::tr("There is no kind of training job \"%1\" here").arg(text::safe(wantedKind)));
    if (found.size() > 1) {
        QStringList kindNames;
        for (const ObjectRef &ref : found)
            kindNames.append(ref.kind.kind);
        return fail(Error::Kind::Invalid, Words::tr("Several jobs in %1 have the name %2").arg(text::safe(ns), text::safe(bare)),
                    Words::tr("They are of the kinds %1").arg(kindNames.join(u", "_s)),
                    Words::tr("Name the kind too: %1/%2").arg(kindNames.first(), text::safe(bare)));
    }
    if (found.isEmpty() && !gaps.gaps().isEmpty())
        return fail(gaps.gaps().first().error);
    if (found.isEmpty()) {
        return fail(Error::Kind::NotFound, Words::tr("There is no training job %1 in namespace %2").arg(text::safe(bare), text::safe(ns)), {},
                    Words::tr("List them with: cairnctl jobs -n %1").arg(text::safe(ns)));
    }
    return readJob(api, found.first(), stop);
}

QString JobListing::containerPath(const Checkpoint &checkpoint) const
{
    return jobs::joinPath(root, checkpoint.path);
}

std::optional<ckpt::ExecTarget> execTarget(const QList<Pod> &pods, const Job &job, const QString &claim)
{
    const auto mount = std::ranges::find_if(job.mounts, [&](const VolumeMount &m) { return m.claim == claim; });
    const auto pod = std::ranges::find_if(pods, [&](const Pod &p) {
        return p.phase == "Running"_L1 && !p.deleting.isValid() && p.claims.contains(claim);
    });
    if (mount == job.mounts.end() || pod == pods.end())
        return std::nullopt;
    ckpt::ExecTarget target;
    target.ns = pod->ns;
    target.pod = pod->name;
    target.container = job.container;
    target.mountPath = mount->mountPath;
    return target;
}

jobs::CurrentAttempt JobListing::attemptOf(const Job &job) const
{
    return {job, listing, root, jobs::isBucketPath(root) ? location.uri : location.place.containerPath};
}

const Checkpoint *JobListing::find(const QString &path) const
{
    for (const Run &run : listing.runs) {
        for (const Checkpoint &checkpoint : run.checkpoints) {
            if (checkpoint.path == path)
                return &checkpoint;
        }
    }
    return nullptr;
}

namespace {

/// A container of any running pod of the namespace that has the root of the claim mounted. `inClaim`: the folder to list,
/// relative to that root.
Result<std::optional<ckpt::ExecTarget>> otherExecTarget(ObjectApi &api, const QString &ns, const QString &claim, const QString &inClaim, std::stop_token stop)
{
    const Result<QList<QJsonObject>> all = api.list(kinds::pods(), ns, {}, {}, stop);
    if (!all)
        return fail(all.error());
    for (const QJsonObject &pod : *all) {
        const QJsonObject meta = pod.value(u"metadata"_s).toObject();
        const QJsonObject spec = pod.value(u"spec"_s).toObject();
        if (pod.value(u"status"_s)[u"phase"_s] != QJsonValue(u"Running"_s) || meta.contains(u"deletionTimestamp"_s))
            continue;
        QString volume;
        for (const QJsonValue candidate : spec.value(u"volumes"_s).toArray()) {
            if (candidate[u"persistentVolumeClaim"_s][u"claimName"_s] == QJsonValue(claim))
                volume = candidate[u"name"_s].toString();
        }
        for (const QJsonValue container : spec.value(u"containers"_s).toArray()) {
            for (const QJsonValue mount : container[u"volumeMounts"_s].toArray()) {
                const bool whole = mount[u"subPath"_s].toString().isEmpty() && mount[u"subPathExpr"_s].toString().isEmpty();
                const QString at = ckpt::normalisedPath(mount[u"mountPath"_s].toString());
                if (volume.isEmpty() || mount[u"name"_s] != QJsonValue(volume) || !whole || at.isEmpty())
                    continue;
                ckpt::ExecTarget target;
                target.ns = ns;
                target.pod = meta.value(u"name"_s).toString();
                target.container = container[u"name"_s].toString();
                target.mountPath = at;
                target.path = jobs::joinPath(at, inClaim);
                return target;
            }
        }
    }
    return std::nullopt;
}

} // namespace

bool mayBeWriting(const Job &job, const QList<Pod> &pods)
{
    return !isFinished(job.phase) && !(job.phase == JobPhase::Suspended && pods.isEmpty());
}

Result<ClaimPlace> placeOnClaim(ObjectApi &api, const Job &job, const QList<Pod> &pods, ListVia via, std::stop_token stop, const HelperCheck &mayRun)
{
    ClaimPlace result;
    result.location = ckpt::locate(job);
    const ckpt::SaveLocation &location = result.location;
    if (location.kind != ckpt::SaveLocation::Kind::Claim) {
        return fail(Error::Kind::Unsupported, Words::tr("The checkpoints of %1 cannot be listed").arg(text::safe(job.name)),
                    location.reason, ckpt::howToCorrect(location));
    }
    // All attempts, not only the last: they lie below the folder of the first one.
    result.root = jobs::attemptBase(location.place.containerPath);
    if (!ckpt::claimPathOf(job, result.root))
        result.root = location.place.containerPath;
    ckpt::RecogniseOptions recognise;
    recognise.writerMayBeAlive = mayBeWriting(job, pods);

    if (via == ListVia::Exec) {
        std::optional<ckpt::ExecTarget> target = execTarget(pods, job, location.place.claim);
        if (target) {
            target->path = result.root;
        } else {
            // A suspended job has no pod; another one that has the claim mounted does as well.
            const QString inClaim = jobs::attemptBase(u'/' + location.place.path).mid(1);
            Result<std::optional<ckpt::ExecTarget>> other = otherExecTarget(api, job.ns, location.place.claim, inClaim, stop);
            if (!other)
                return fail(other.error());
            target = *other;
        }
        if (!target) {
            return fail(Error::Kind::NotFound, Words::tr("No running pod in %1 mounts the PVC %2").arg(text::safe(job.ns), text::safe(location.place.claim)),
                        Words::tr("Listing by exec needs one"), Words::tr("Allow the helper Job instead"));
        }
        target->recognise = recognise;
        result.target = *target;
        return result;
    }
    Result<ckpt::ClaimRequest> request = ckpt::planClaim(api, job.ns, location.place.claim, job.ref(), stop);
    if (!request) {
        Error error = request.error();
        if (error.fix.isEmpty())
            error.fix = ckpt::howToCorrect(location);
        return fail(error);
    }
    if (mayRun) {
        if (const Result<> agreed = mayRun(*request); !agreed)
            return fail(agreed.error());
    }
    request->subPath = location.place.subPath;
    // What the job does not mount has no path inside its container.
    request->path = location.place.containerPath.isEmpty() ? location.place.path : result.root.mid(location.place.mountPath.size());
    while (request->path.startsWith(u'/'))
        request->path.remove(0, 1);
    request->recognise = recognise;
    result.request = *request;
    return result;
}

Result<JobListing> readCheckpoints(ObjectApi &api, const Job &job, const QList<Pod> &pods, ListVia via,
                                   std::stop_token stop, const ckpt::Progress &progress, const HelperCheck &mayRun,
                                   const std::shared_ptr<ckpt::HeldHelper> &held)
{
    const Result<ClaimPlace> place = placeOnClaim(api, job, pods, via, stop, mayRun);
    if (!place)
        return fail(place.error());
    const Result<Listing> listing = place->target ? ckpt::listClaimByExec(api, *place->target, stop, progress)
        : held                                    ? held->list(*place->request, stop, progress)
                                                  : ckpt::listClaim(api, *place->request, stop, progress);
    if (!listing)
        return fail(listing.error());
    return JobListing{place->location, place->root, *listing};
}

std::shared_ptr<ckpt::HeldHelper> holdHelper(std::shared_ptr<ObjectApi> api)
{
    return {new ckpt::HeldHelper(std::move(api)), [](ckpt::HeldHelper *helper) { async::flowPool().start([helper] { delete helper; }); }};
}

void endHelper(const std::shared_ptr<ckpt::HeldHelper> &held)
{
    if (held)
        async::flowPool().start([held] { held->end(); });
}

std::optional<qint64> latestStep(ObjectApi &api, const Job &job, const QList<Pod> &pods, std::stop_token stop)
{
    const auto pod = std::ranges::find_if(pods, [](const Pod &p) { return p.phase == "Running"_L1; });
    if (pod == pods.end())
        return std::nullopt;
    LogOptions options;
    options.container = job.container;
    options.tailLines = 40;
    const Result<QByteArray> log = api.log(pod->ns, pod->name, options, stop);
    if (!log)
        return std::nullopt;
    std::optional<qint64> newest;
    for (const QByteArray &line : log->split('\n')) {
        if (const std::optional<jobs::StepLine> step = jobs::stepOf(line); step && step->named)
            newest = std::max(newest.value_or(0), step->step);
    }
    return newest;
}

Result<jobs::ResumeRequest> readForResume(ObjectApi &api, const ObjectRef &ref, const JobListing &listing,
                                          const Checkpoint &checkpoint, std::stop_token stop)
{
    const bool bucket = jobs::isBucketPath(listing.location.uri);
    if (listing.location.kind != ckpt::SaveLocation::Kind::Claim && !bucket)
        return fail(Error::Kind::Unsupported, Words::tr("Nothing was changed"), listing.location.reason, Words::tr("Start the training by hand from there"));
    const Result<JobDetail> detail = readJob(api, ref, stop);
    if (!detail)
        return fail(detail.error());
    const Result<QList<QJsonObject>> siblings = api.list(ref.kind, ref.ns, {}, {}, stop);
    jobs::ResumeRequest request;
    request.job = detail->job;
    request.object = detail->object;
    request.checkpoint = checkpoint;
    request.path = listing.containerPath(checkpoint);
    // A bucket that only an annotation names is not where the script's own words point.
    if (!bucket)
        request.saveDir = listing.location.place.containerPath;
    else if (listing.location.origin != ckpt::SaveLocation::Origin::Annotation)
        request.saveDir = listing.location.uri;
    const jobs::CurrentAttempt attempt = listing.attemptOf(detail->job);
    const Checkpoint *newest = attempt.newestResumable();
    // A script that looks for its newest itself looks where it saves.
    request.newest = newest && newest->path == checkpoint.path && attempt.savedItself(*newest);
    const auto itsFolder = std::ranges::find_if(listing.listing.runs, [&](const Run &run) {
        return std::ranges::any_of(run.checkpoints, [&](const Checkpoint &c) { return c.path == checkpoint.path; });
    });
    // What was left out may lie beside it.
    request.alone = !listing.listing.partial && itsFolder != listing.listing.runs.end() && itsFolder->checkpoints.size() == 1;
    request.ofOtherAttempt = !attempt.has(checkpoint);
    if (const Checkpoint *other = request.ofOtherAttempt ? newest : attempt.newerElsewhere())
        request.alternative = *other;
    request.runtimeChanged = detail->runtimeChanged;
    if (siblings) {
        for (const QJsonObject &object : *siblings)
            request.takenNames.insert(object.value("metadata"_L1).toObject().value("name"_L1).toString());
    }
    request.takenNames.insert(ref.name);
    request.loss = jobs::lossByResuming(detail->job, checkpoint, &listing.listing, QDateTime::currentDateTimeUtc(),
                                        latestStep(api, detail->job, detail->pods, stop));
    return request;
}

jobs::ResumeRequest chosen(jobs::ResumeRequest request, const ResumeChoice &choice)
{
    request.act = choice.act;
    request.contract = choice.contract;
    request.newObject = choice.newObject;
    request.useWrapper = choice.useWrapper;
    request.acceptUnverified = choice.acceptUnverified;
    request.anyProcesses = choice.anyProcesses;
    request.newName = choice.newName;
    request.id = choice.id;
    return request;
}

std::function<Result<Checkpoint>(std::stop_token)> recheckOf(ObjectApi &api, const jobs::ResumePlan &plan, ListVia via)
{
    return recheckOf(api, plan, [&api, via](const JobDetail &now, std::stop_token stop, const ckpt::Progress &progress) {
        return readCheckpoints(api, now.job, now.pods, via, stop, progress);
    });
}

namespace {

using IsIt = std::function<bool(const JobListing &, const Checkpoint &)>;

/// `path` is what the error calls it.
std::function<Result<Checkpoint>(std::stop_token)> lookAgain(ObjectApi &api, const ObjectRef &job, const QString &path, const ReadAgain &read, const IsIt &isIt)
{
    return [&api, job, path, read, isIt](std::stop_token stop) -> Result<Checkpoint> {
        const Result<JobDetail> now = readJob(api, job, stop);
        if (!now)
            return fail(now.error());
        // Exec needs a pod: once the job is suspended, another one that mounts the PVC. Where there is none, the reading before has to do.
        const Result<JobListing> again = read(*now, stop, {});
        if (!again)
            return fail(again.error());
        for (const Run &run : again->listing.runs) {
            for (const Checkpoint &checkpoint : run.checkpoints) {
                if (isIt(*again, checkpoint))
                    return checkpoint;
            }
        }
        return fail(Error::Kind::NotFound, Words::tr("The checkpoint %1 is gone").arg(text::safe(path)),
                    Words::tr("It was deleted after the list was read, perhaps by the training itself, which keeps only the last ones"),
                    Words::tr("Refresh the list and choose another"));
    };
}

} // namespace

std::function<Result<Checkpoint>(std::stop_token)> recheckOf(ObjectApi &api, const jobs::ResumePlan &plan, const ReadAgain &read)
{
    return lookAgain(api, plan.job.ref(), plan.path, read,
                     [path = plan.checkpoint.path](const JobListing &, const Checkpoint &checkpoint) { return checkpoint.path == path; });
}

std::function<Result<Checkpoint>(std::stop_token)> recheckOf(ObjectApi &api, const ObjectRef &job, const QString &path, const ReadAgain &read)
{
    return lookAgain(api, job, path, read,
                     [path](const JobListing &listing, const Checkpoint &checkpoint) { return listing.containerPath(checkpoint) == path; });
}

std::function<Result<Checkpoint>(std::stop_token)> recheckToRecover(ObjectApi &api, const Job &job, bool finish, const ReadAgain &read)
{
    // What was whole when the change began may be gone since.
    const auto hangs = jobs::unfinishedChange(job);
    if (!finish || !read || !hangs || !hangs->record)
        return {};
    return recheckOf(api, job.ref(), hangs->record->checkpoint, read);
}

Result<Checkpoint> chooseCheckpoint(const Job &job, const JobListing &listing, const QString &from, jobs::Act act)
{
    QList<Checkpoint> all;
    for (const Run &run : listing.listing.runs)
        all += run.checkpoints;
    const QString see = Words::tr("See: %1", "a command").arg(u"cairnctl -n %1 checkpoints %2"_s.arg(text::safe(job.ns), text::safe(job.name)));
    if (from == "latest"_L1 && act == jobs::Act::StartFromWeights) {
        QList<Checkpoint> whole;
        std::ranges::copy_if(all, std::back_inserter(whole), [](const Checkpoint &c) { return c.verdict == Verdict::Whole; });
        if (!whole.isEmpty())
            return *std::ranges::max_element(whole, isOlder);
        return fail(Error::Kind::NotFound, Words::tr("There is no whole checkpoint below %1 whose weights a run could start from").arg(text::safe(listing.root)), {},
                    see);
    }
    if (from == "latest"_L1) {
        if (const Checkpoint *newest = listing.attemptOf(job).newestResumable())
            return *newest;
        return fail(Error::Kind::NotFound, Words::tr("There is no checkpoint to resume from below %1").arg(text::safe(listing.root)),
                    all.isEmpty() && listing.listing.partial ? Words::tr("None is among what was read, which is not all")
                    : all.isEmpty() ? Words::tr("None was found") : Words::tr("None of the %1 found is whole and holds what a resume needs").arg(all.size()),
                    see);
    }
    QList<Checkpoint> hits;
    if (from.startsWith("step="_L1)) {
        const qint64 step = from.mid(5).toLongLong();
        std::ranges::copy_if(all, std::back_inserter(hits), [&](const Checkpoint &c) { return c.step == step; });
    } else {
        std::ranges::copy_if(all, std::back_inserter(hits),
                             [&](const Checkpoint &c) { return c.path == from || listing.containerPath(c) == jobs::joinPath({}, from); });
    }
    if (hits.isEmpty()) {
        return fail(Error::Kind::NotFound, Words::tr("There is no checkpoint \"%1\" below %2").arg(text::safe(from), text::safe(listing.root)), {},
                    see);
    }
    // Two attempts may have saved the same step: the newer one counts, unless only the older can be resumed from.
    std::ranges::stable_sort(hits, [](const Checkpoint &a, const Checkpoint &b) {
        return a.resumable != b.resumable ? a.resumable : isOlder(b, a);
    });
    return hits.first();
}

Result<> correctSaveLocation(ObjectApi &api, const ObjectRef &job, const QString &path, std::stop_token stop)
{
    const QJsonObject patch{{u"metadata"_s, QJsonObject{{u"annotations"_s, QJsonObject{{names::name("checkpoint-dir"_L1), path}}}}}};
    const Result<QJsonObject> done = api.patch(job, PatchType::Merge, patch, {}, stop);
    if (!done)
        return fail(done.error());
    return {};
}

} // namespace cairn::app
