// SPDX-License-Identifier: GPL-3.0-or-later
// JobSet (api/jobset/v1alpha2, v0.12.0), RayJob and RayCluster (ray-operator/apis/ray/v1, KubeRay v1.6): read to be shown.
#include "domain/JobParts.h"
#include "domain/JsonDecoder.h"

using namespace Qt::StringLiterals;

namespace cairn::decoding {
namespace {

/// The condition of that type whose status is "True".
JsonValue conditionOf(const JsonValue &status, std::string_view type)
{
    JsonValue found;
    status["conditions"].each([&](const JsonValue &condition) {
        if (condition["type"].text() == type && condition["status"].text() == "True")
            found = condition;
    });
    return found;
}

/// Pods of so many parts with so many each; an object may name any numbers, and two that fit an int need not when multiplied.
int countOf(qint64 parts, qint64 each)
{
    return toInt(qint64(qMax(0, toInt(parts))) * qMax(0, toInt(each)));
}

/// What the first role says of its pods stands for the job.
void readTemplate(const JsonValue &podSpec, StringPool &pool, Job &job)
{
    if (!job.container.isEmpty())
        return;
    const JsonValue container = trainingContainer(podSpec, {});
    job.container = pool(container["name"].text());
    readProcess(container, pool, job);
    readMounts(container, {podSpec}, job);
    job.gracePeriodSeconds = toInt(podSpec["terminationGracePeriodSeconds"].integer(30));
    job.serviceAccount = pool(podSpec["serviceAccountName"].text());
    job.priorityClass = pool(podSpec["priorityClassName"].text());
    if (const std::string_view policy = podSpec["restartPolicy"].text(); !policy.empty())
        job.restartPolicy = pool(policy);
}

void readJobSet(const JsonValue &spec, const JsonValue &status, bool queued, StringPool &pool, Job &job)
{
    bool active = false;
    spec["replicatedJobs"].each([&](const JsonValue &replicated) {
        ReplicaGroup group;
        group.role = pool(replicated["name"].text());
        const JsonValue one = replicated["template"]["spec"];
        // Pods of one batch Job, at once.
        group.desired = countOf(replicated["replicas"].integer(1), one["parallelism"].integer(1));
        const JsonValue podSpec = one["template"]["spec"];
        group.gpusEach = templateGpus(podSpec);
        status["replicatedJobsStatus"].each([&](const JsonValue &counts) {
            if (counts["name"].text() != replicated["name"].text())
                return;
            group.active = toInt(counts["active"].integer());
            group.succeeded = toInt(counts["succeeded"].integer());
            group.failed = toInt(counts["failed"].integer());
            active |= group.active > 0 || counts["ready"].integer() > 0;
        });
        job.replicas.append(group);
        readTemplate(podSpec, pool, job);
    });
    job.ttlSecondsAfterFinished = toInt(spec["ttlSecondsAfterFinished"].integer(-1));
    job.started = job.created;
    if (const JsonValue failed = conditionOf(status, "Failed"); failed.exists()) {
        decide(job, JobPhase::Failed, failed);
        job.cause = failed["reason"].string();
    } else if (const JsonValue completed = conditionOf(status, "Completed"); completed.exists()) {
        decide(job, JobPhase::Succeeded, completed);
    } else if (const JsonValue suspended = conditionOf(status, "Suspended"); suspended.exists() || job.suspendRequested) {
        decide(job, queued ? JobPhase::Queued : JobPhase::Suspended, suspended);
    } else {
        job.phase = active ? JobPhase::Running : JobPhase::Pending;
    }
}

void readRayGroups(const JsonValue &cluster, StringPool &pool, Job &job)
{
    // KubeRay labels the head's pods with this name (utils.RayNodeHeadGroupLabelValue).
    const JsonValue headSpec = cluster["headGroupSpec"]["template"]["spec"];
    if (headSpec.isObject()) {
        ReplicaGroup head;
        head.role = u"headgroup"_s;
        head.desired = 1;
        head.gpusEach = templateGpus(headSpec);
        job.replicas.append(head);
    }
    cluster["workerGroupSpecs"].each([&](const JsonValue &worker) {
        ReplicaGroup group;
        group.role = pool(worker["groupName"].text());
        if (!worker["suspend"].boolean())
            group.desired = countOf(worker["replicas"].integer(worker["minReplicas"].integer(0)), qMax(1, toInt(worker["numOfHosts"].integer(1))));
        const JsonValue podSpec = worker["template"]["spec"];
        group.gpusEach = templateGpus(podSpec);
        job.replicas.append(group);
        readTemplate(podSpec, pool, job); // workers train; the head leads
    });
    readTemplate(headSpec, pool, job);
}

void readRayJob(const JsonValue &spec, const JsonValue &status, bool queued, StringPool &pool, Job &job)
{
    readRayGroups(spec["rayClusterSpec"], pool, job);
    if (const QString entry = spec["entrypoint"].string(); !entry.isEmpty()) {
        job.command = {entry}; // a line for a shell
        job.args.clear();
    }
    job.backoffLimit = toInt(spec["backoffLimit"].integer(-1));
    job.runtime = {u"RayCluster"_s, status["rayClusterName"].string()};
    job.started = status["startTime"].time();
    job.message = status["message"].string();
    const std::string_view deployment = status["jobDeploymentStatus"].text();
    const std::string_view ran = status["jobStatus"].text();
    if (deployment == "Failed" || (deployment != "Retrying" && (ran == "FAILED" || ran == "STOPPED"))) {
        job.phase = JobPhase::Failed;
        job.cause = status["reason"].string();
    } else if (deployment == "Complete" || ran == "SUCCEEDED") {
        job.phase = JobPhase::Succeeded;
    } else if (deployment == "Suspended" || deployment == "Suspending" || job.suspendRequested) {
        job.phase = queued ? JobPhase::Queued : JobPhase::Suspended;
    } else if (deployment == "Retrying") {
        job.phase = JobPhase::Restarting;
    } else if (ran == "RUNNING") {
        job.phase = JobPhase::Running;
    } else {
        job.phase = JobPhase::Pending; // "", Initializing, Waiting; Running whose job is still to start
    }
    if (isFinished(job.phase))
        job.finished = status["endTime"].time();
}

/// A cluster of its own has no end: it runs, or it is being made.
void readRayCluster(const JsonValue &spec, const JsonValue &status, bool queued, StringPool &pool, Job &job)
{
    readRayGroups(spec, pool, job);
    job.started = job.created;
    const std::string_view state = status["state"].text(); // before KubeRay 1.3 the conditions are behind a gate
    if (const JsonValue failed = conditionOf(status, "ReplicaFailure"); failed.exists() || state == "failed") {
        job.phase = JobPhase::Pending; // the operator goes on trying
        job.message = failed.exists() ? failed["message"].string() : status["reason"].string();
        job.cause = failed["reason"].string();
    } else if (job.suspendRequested || state == "suspended" || conditionOf(status, "RayClusterSuspended").exists()) {
        job.phase = queued ? JobPhase::Queued : JobPhase::Suspended;
    } else if (state == "ready" || conditionOf(status, "RayClusterProvisioned").exists()) {
        job.phase = JobPhase::Running;
    } else {
        job.phase = JobPhase::Pending;
    }
}

} // namespace

void readShownOnly(const JsonValue &object, StringPool &pool, Job &job)
{
    const JsonValue meta = object["metadata"];
    const JsonValue spec = object["spec"];
    const JsonValue status = object["status"];
    job.suspendRequested = spec["suspend"].boolean();
    job.manager = readManager(meta, spec);
    job.restartPolicy = job.facts().defaultRestartPolicy;
    const bool queued = isQueued(meta, spec);
    if (job.kind == JobKind::JobSet)
        readJobSet(spec, status, queued, pool, job);
    else if (job.kind == JobKind::RayJob)
        readRayJob(spec, status, queued, pool, job);
    else
        readRayCluster(spec, status, queued, pool, job);
}

} // namespace cairn::decoding
