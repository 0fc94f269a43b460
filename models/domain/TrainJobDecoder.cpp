// SPDX-License-Identifier: GPL-3.0-or-later
#include "domain/JobParts.h"
#include "domain/JsonDecoder.h"

using namespace Qt::StringLiterals;

namespace cairn::decoding {
namespace {

constexpr std::string_view node = "node"; // constants.Node of Trainer v2: the replicated job and the container that train

/// The parts of pod specs that a TrainJob adds to its runtime's. The field was renamed twice; a server keeps the one it
/// knows: podSpecOverrides (v2.0), podTemplateOverrides (v2.1), runtimePatches (v2.2 and later).
QList<JsonValue> podSpecs(const JsonValue &spec)
{
    QList<JsonValue> found;
    const auto forNode = [](const JsonValue &override) {
        const JsonValue targets = override["targetJobs"];
        bool matches = !targets.isArray();
        targets.each([&](const JsonValue &target) { matches |= target["name"].text() == node; });
        return matches;
    };
    spec["podSpecOverrides"].each([&](const JsonValue &override) {
        if (forNode(override))
            found.append(override);
    });
    spec["podTemplateOverrides"].each([&](const JsonValue &override) {
        if (forNode(override))
            found.append(override["spec"]);
    });
    spec["runtimePatches"].each([&](const JsonValue &patch) {
        patch["trainingRuntimeSpec"]["template"]["spec"]["replicatedJobs"].each([&](const JsonValue &replicated) {
            if (replicated["name"].text() == node)
                found.append(replicated["template"]["spec"]["template"]["spec"]);
        });
    });
    return found;
}

/// numProcPerNode: a number, before v2.2 also a word ("auto"); "" for neither.
QString numberOrWord(const JsonValue &value)
{
    if (const QString word = value.string(); !word.isEmpty())
        return word;
    const qint64 count = value.integer();
    return count > 0 ? QString::number(count) : QString();
}

/// Trainer sets Suspended, Complete and Failed only; that it runs has to be read from the jobs of its JobSet
/// (pkg/controller/trainjob_controller.go and status.jobsStatus, v2.3.0).
void readPhase(const JsonValue &status, bool queueManaged, Job &job)
{
    JsonValue suspended, complete, failed;
    status["conditions"].each([&](const JsonValue &condition) {
        if (condition["status"].text() != "True")
            return;
        const std::string_view type = condition["type"].text();
        if (type == "Suspended")
            suspended = condition;
        else if (type == "Complete")
            complete = condition;
        else if (type == "Failed")
            failed = condition;
    });
    bool active = false;
    bool starting = false;
    status["jobsStatus"].each([&](const JsonValue &jobs) {
        active |= jobs["active"].integer() > 0 || jobs["ready"].integer() > 0;
        starting = true;
    });
    if (failed.exists()) {
        decide(job, JobPhase::Failed, failed);
        job.cause = failed["reason"].string(); // "FailedJobs", "ReachedMaxRestarts", "DeadlineExceeded"
    } else if (complete.exists()) {
        decide(job, JobPhase::Succeeded, complete);
    } else if (suspended.exists() || job.suspendRequested) {
        decide(job, queueManaged ? JobPhase::Queued : JobPhase::Suspended, suspended);
    } else if (active) {
        job.phase = JobPhase::Running;
    } else {
        job.phase = JobPhase::Pending;
        if (!starting)
            job.message.clear();
    }
}

} // namespace

void readTrainJob(const JsonValue &object, StringPool &pool, Job &job)
{
    const JsonValue meta = object["metadata"];
    const JsonValue spec = object["spec"];
    const JsonValue status = object["status"];
    const JsonValue trainer = spec["trainer"];
    job.suspendRequested = spec["suspend"].boolean();
    job.manager = readManager(meta, spec);
    job.container = pool(node);
    job.restartPolicy = job.facts().defaultRestartPolicy; // what JobSet's webhook sets where the runtime says nothing
    job.runtime.kind = pool(spec["runtimeRef"]["kind"].text());
    job.runtime.name = spec["runtimeRef"]["name"].string();
    if (job.runtime.kind.isEmpty())
        job.runtime.kind = u"ClusterTrainingRuntime"_s;

    readProcess(trainer, pool, job);
    const QList<JsonValue> specs = podSpecs(spec);
    for (const JsonValue &podSpec : specs) {
        podSpec["containers"].each([&](const JsonValue &container) {
            if (container["name"].text() == node)
                readMounts(container, specs, job);
        });
        if (const JsonValue grace = podSpec["terminationGracePeriodSeconds"]; grace.exists())
            job.gracePeriodSeconds = toInt(grace.integer(30));
        if (const std::string_view account = podSpec["serviceAccountName"].text(); !account.empty())
            job.serviceAccount = pool(account);
    }

    ReplicaGroup group;
    group.role = job.facts().roles.first();
    group.countOfRuntime = !trainer["numNodes"].exists();
    group.desired = qMax(0, toInt(trainer["numNodes"].integer(1)));
    job.processesPerNode = numberOrWord(trainer["numProcPerNode"]);
    const JsonValue resources = trainer["resourcesPerNode"];
    group.resourcesOfRuntime = !resources.exists();
    group.gpusEach = gpusOf(resources);
    job.replicas.append(group);

    // When the pods began is not in the status; creation is the best there is before the pods are joined.
    job.started = job.created;
    if (const JsonValue percent = status["trainerStatus"]["progressPercentage"]; percent.exists())
        job.progress = qBound(0, toInt(percent.integer()), 100);
    readPhase(status, isQueued(meta, spec), job);
}

void readTrainingRuntime(const JsonValue &object, StringPool &pool, TrainingRuntime &runtime)
{
    const JsonValue meta = object["metadata"];
    const JsonValue spec = object["spec"];
    runtime.ns = pool(meta["namespace"].text());
    runtime.name = meta["name"].string();
    runtime.uid = meta["uid"].string();
    runtime.resourceVersion = meta["resourceVersion"].string();
    runtime.kind = runtime.ns.isEmpty() ? u"ClusterTrainingRuntime"_s : u"TrainingRuntime"_s;
    runtime.framework = meta["labels"]["trainer.kubeflow.org/framework"].string();
    runtime.numNodes = qMax(0, toInt(spec["mlPolicy"]["numNodes"].integer(1)));
    Job &job = runtime.job;
    for (const char *policy : {"torch", "mpi"}) {
        if (job.processesPerNode.isEmpty())
            job.processesPerNode = numberOrWord(spec["mlPolicy"][policy]["numProcPerNode"]);
    }
    spec["template"]["spec"]["replicatedJobs"].each([&](const JsonValue &replicated) {
        if (replicated["name"].text() != node)
            return;
        const JsonValue podSpec = replicated["template"]["spec"]["template"]["spec"];
        podSpec["volumes"].each([&](const JsonValue &volume) {
            if (const JsonValue claim = volume["persistentVolumeClaim"]["claimName"]; claim.exists())
                runtime.claims.insert(volume["name"].string(), claim.string());
        });
        const JsonValue container = trainingContainer(podSpec, std::string(node));
        readProcess(container, pool, job);
        readMounts(container, {podSpec}, job);
        job.restartPolicy = pool(podSpec["restartPolicy"].text());
        job.serviceAccount = pool(podSpec["serviceAccountName"].text());
        job.priorityClass = pool(podSpec["priorityClassName"].text());
        ReplicaGroup group;
        group.gpusEach = templateGpus(podSpec);
        job.replicas = {group};
    });
}

} // namespace cairn::decoding
