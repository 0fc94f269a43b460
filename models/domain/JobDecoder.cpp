// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Names.h"
#include "domain/JobParts.h"
#include "domain/JsonDecoder.h"
#include "domain/PodRules.h"

using namespace Qt::StringLiterals;

namespace cairn::decoding {

Manager readManager(const JsonValue &meta, const JsonValue &policy)
{
    Manager manager;
    meta["ownerReferences"].each([&](const JsonValue &owner) {
        if (owner["controller"].boolean() && manager.type == Manager::Type::None)
            manager = {Manager::Type::Controller, owner["kind"].string(), owner["name"].string()};
    });
    if (manager.type != Manager::Type::None)
        return manager;

    const JsonValue labels = meta["labels"];
    const JsonValue annotations = meta["annotations"];
    if (const QString queue = labels["kueue.x-k8s.io/queue-name"].string(); !queue.isEmpty())
        return {Manager::Type::Kueue, u"LocalQueue"_s, queue};
    if (const QString by = policy["managedBy"].string();
        !by.isEmpty() && by != "kubeflow.org/training-operator"_L1 && by != "kubeflow.org/mpi-operator"_L1
        && by != "trainer.kubeflow.org/trainjob-controller"_L1 && by != "jobset.sigs.k8s.io/jobset-controller"_L1
        && by != "ray.io/kuberay-operator"_L1)
        return {Manager::Type::ManagedBy, {}, by};
    // "<application>:<group>/<kind>:<namespace>/<name>"; only this annotation proves that Argo CD tracks the object by
    // app.kubernetes.io/instance, a label which Helm and people set as well.
    if (const QString tracking = annotations["argocd.argoproj.io/tracking-id"].string(); !tracking.isEmpty())
        return {Manager::Type::ArgoCd, u"Application"_s, tracking.section(u':', 0, 0)};
    if (const QString instance = labels["argocd.argoproj.io/instance"].string(); !instance.isEmpty())
        return {Manager::Type::ArgoCd, u"Application"_s, instance};
    if (const QString name = labels["kustomize.toolkit.fluxcd.io/name"].string(); !name.isEmpty())
        return {Manager::Type::Flux, u"Kustomization"_s, name};
    if (const QString name = labels["helm.toolkit.fluxcd.io/name"].string(); !name.isEmpty())
        return {Manager::Type::Flux, u"HelmRelease"_s, name};
    if (const QString release = annotations["meta.helm.sh/release-name"].string();
        !release.isEmpty() && labels["app.kubernetes.io/managed-by"].text() == "Helm")
        return {Manager::Type::Helm, u"Release"_s, release};
    return {};
}

bool isQueued(const JsonValue &meta, const JsonValue &policy)
{
    return !meta["labels"]["kueue.x-k8s.io/queue-name"].text().empty()
        || policy["managedBy"].text().starts_with("kueue.x-k8s.io/");
}

void readMetadata(const JsonValue &meta, StringPool &pool, Job &job)
{
    job.ns = pool(meta["namespace"].text());
    job.name = meta["name"].string();
    job.uid = meta["uid"].string();
    job.resourceVersion = meta["resourceVersion"].string();
    job.generation = meta["generation"].integer();
    job.created = meta["creationTimestamp"].time();
    job.deleting = meta["deletionTimestamp"].time();
    meta["labels"].fields(
        [&](std::string_view key, const JsonValue &value) { job.labels.insert(pool(key), pool(value.text())); });
    const std::string_view prefix(names::prefix.data(), std::size_t(names::prefix.size()));
    meta["annotations"].fields([&](std::string_view key, const JsonValue &value) {
        if (key.starts_with(prefix))
            job.annotations.insert(pool(key), value.string());
    });

    const auto annotation = [&](QLatin1StringView name) { return job.annotations.value(names::name(name)); };
    job.lineage.parentName = annotation("parent-name"_L1);
    job.lineage.parentUid = annotation("parent-uid"_L1);
    job.lineage.checkpoint = annotation("checkpoint"_L1);
    bool ok = false;
    if (const qint64 step = annotation("step"_L1).toLongLong(&ok); ok && step >= 0)
        job.lineage.step = step;
    if (const int attempt = annotation("attempt"_L1).toInt(&ok); ok && attempt >= 1)
        job.lineage.attempt = attempt;
}

void decide(Job &job, JobPhase phase, const JsonValue &condition)
{
    job.phase = phase;
    job.message = condition["message"].string();
    if (isFinished(phase) && !job.finished.isValid())
        job.finished = condition["lastTransitionTime"].time();
}

double gpusOf(const JsonValue &resources)
{
    GpuCount gpus;
    resources["limits"].fields(
        [&](std::string_view key, const JsonValue &value) { gpus.add(gpus.limits, key, value.quantityText()); });
    resources["requests"].fields(
        [&](std::string_view key, const JsonValue &value) { gpus.add(gpus.requests, key, value.quantityText()); });
    return gpus.value();
}

double templateGpus(const JsonValue &podSpec)
{
    double sum = 0;
    podSpec["containers"].each([&](const JsonValue &container) { sum += gpusOf(container["resources"]); });
    return sum;
}

static QStringList strings(const JsonValue &list)
{
    QStringList result;
    list.each([&](const JsonValue &value) { result.append(value.string()); });
    return result;
}

void readProcess(const JsonValue &container, StringPool &pool, Job &job)
{
    job.image = pool(container["image"].text());
    job.command = strings(container["command"]);
    job.args = strings(container["args"]);
    container["env"].each([&](const JsonValue &variable) {
        const QString name = variable["name"].string();
        if (name.isEmpty())
            return;
        if (variable["valueFrom"].exists())
            job.envFrom.append(name);
        else
            job.env.insert(name, variable["value"].string());
    });
}

void readMounts(const JsonValue &container, const QList<JsonValue> &podSpecs, Job &job)
{
    container["volumeMounts"].each([&](const JsonValue &mount) {
        const std::string_view volumeName = mount["name"].text();
        VolumeMount result;
        result.mountPath = mount["mountPath"].string();
        result.subPath = mount["subPath"].string();
        if (result.subPath.isEmpty())
            result.subPath = mount["subPathExpr"].string();
        result.readOnly = mount["readOnly"].boolean();
        result.volume = toQString(volumeName);
        for (const JsonValue &podSpec : podSpecs) {
            podSpec["volumes"].each([&](const JsonValue &volume) {
                if (volume["name"].text() != volumeName)
                    return;
                const JsonValue claim = volume["persistentVolumeClaim"];
                result.claim = claim["claimName"].string();
                result.readOnly |= claim["readOnly"].boolean();
            });
        }
        if (!result.mountPath.isEmpty())
            job.mounts.append(result);
    });
}

/// The container the operator looks for; a job that lacks it will be refused, but its first one is still shown.
JsonValue trainingContainer(const JsonValue &podSpec, const std::string &wanted)
{
    JsonValue first, found;
    podSpec["containers"].each([&](const JsonValue &container) {
        if (!first.exists())
            first = container;
        if (!found.exists() && container["name"].text() == wanted)
            found = container;
    });
    return found.exists() ? found : first;
}

namespace {

/// Conditions whose status is "True". Names: pkg/apis/kubeflow.org/v1/common_types.go, training-operator v1.9.4.
struct Conditions {
    JsonValue created, running, restarting, succeeded, suspended, failed;
    bool any = false;

    explicit Conditions(const JsonValue &list)
    {
        list.each([&](const JsonValue &condition) {
            if (!condition.isObject())
                return;
            any = true;
            if (condition["status"].text() != "True")
                return;
            const std::string_view type = condition["type"].text();
            if (type == "Created")
                created = condition;
            else if (type == "Running")
                running = condition;
            else if (type == "Restarting")
                restarting = condition;
            else if (type == "Succeeded")
                succeeded = condition;
            else if (type == "Suspended")
                suspended = condition;
            else if (type == "Failed")
                failed = condition;
        });
    }
};

void readPhase(const JsonValue &status, bool queueManaged, Job &job)
{
    const Conditions conditions(status["conditions"]);
    job.finished = status["completionTime"].time();

    // The operator looks at Succeeded and Failed before anything else and never leaves them again.
    if (conditions.failed.exists()) {
        decide(job, JobPhase::Failed, conditions.failed);
        const std::string_view reason = conditions.failed["reason"].text();
        // The MPI operator takes over the reason of its launcher, a batch Job, and adds its last pod's: "…/Evicted".
        if (job.kind == JobKind::MPIJobV2 && !reason.starts_with("MPIJobFailed"))
            job.cause = toQString(reason).section(u'/', 0, 0);
        // The training operator's reason is always "<Kind>Failed"; only its sentence tells these two apart from the rest
        // (pkg/controller.v1/common/job.go).
        else if (job.message.endsWith("reached the specified backoff limit"_L1))
            job.cause = u"BackoffLimitExceeded"_s;
        else if (job.message.endsWith("active longer than specified deadline"_L1))
            job.cause = u"DeadlineExceeded"_s;
        else if (reason.ends_with("FailedValidation"))
            job.cause = u"FailedValidation"_s;
    } else if (conditions.succeeded.exists()) {
        decide(job, JobPhase::Succeeded, conditions.succeeded);
    } else if (conditions.suspended.exists()) {
        decide(job, queueManaged ? JobPhase::Queued : JobPhase::Suspended, conditions.suspended);
    } else if (conditions.restarting.exists()) {
        decide(job, JobPhase::Restarting, conditions.restarting);
    } else if (conditions.running.exists()) {
        decide(job, JobPhase::Running, conditions.running);
    } else if (job.suspendRequested) {
        // Nothing runs and nothing will, although the operator has not said so yet.
        decide(job, queueManaged ? JobPhase::Queued : JobPhase::Suspended, conditions.created);
    } else if (conditions.created.exists() || !conditions.any) {
        decide(job, JobPhase::Pending, conditions.created);
    } else {
        job.phase = JobPhase::Unknown;
    }
}

void readReplicas(const JsonValue &spec, const JsonValue &status, StringPool &pool, Job &job)
{
    const JobKindFacts &facts = job.facts();
    const JsonValue specs = spec[facts.replicaSpecs.toStdString()];
    std::string container = facts.container.toStdString();
    if (facts.id == JobKind::MPIJob) {
        container = spec["mainContainer"].text();
        if (container.empty())
            container = "mpi";
    }
    job.restartPolicy = facts.defaultRestartPolicy;

    bool first = true;
    for (const QString &role : facts.roles) {
        const std::string key = role.toStdString();
        const JsonValue replica = specs[key];
        if (!replica.isObject())
            continue;
        ReplicaGroup group;
        group.role = role;
        // MPI workers default to none, everything else to one (*_defaults.go of both operators).
        const bool mpiWorker = facts.isMpi() && role == "Worker"_L1;
        group.desired = qMax(0, toInt(replica["replicas"].integer(mpiWorker ? 0 : 1)));
        const JsonValue counts = status["replicaStatuses"][key];
        group.active = toInt(counts["active"].integer());
        group.succeeded = toInt(counts["succeeded"].integer());
        group.failed = toInt(counts["failed"].integer());
        const JsonValue podSpec = replica["template"]["spec"];
        group.gpusEach = templateGpus(podSpec);
        job.replicas.append(group);

        if (!first)
            continue;
        first = false;
        if (const std::string_view policy = replica["restartPolicy"].text(); !policy.empty())
            job.restartPolicy = pool(policy);
        job.gracePeriodSeconds = toInt(podSpec["terminationGracePeriodSeconds"].integer(30));
        job.serviceAccount = pool(podSpec["serviceAccountName"].text());
        if (job.priorityClass.isEmpty())
            job.priorityClass = pool(podSpec["priorityClassName"].text());
        const JsonValue training = trainingContainer(podSpec, container);
        job.container = pool(training["name"].text());
        readProcess(training, pool, job);
        readMounts(training, {podSpec}, job);
    }
}

} // namespace

void readJob(const JsonValue &object, StringPool &pool, JobKind kind, Job &job)
{
    job.kind = kind;
    job.apiVersion = pool(object["apiVersion"].text());
    if (job.apiVersion.isEmpty())
        job.apiVersion = facts(kind).resource.apiVersion();

    const JsonValue meta = object["metadata"];
    const JsonValue spec = object["spec"];
    const JsonValue status = object["status"];
    const JsonValue runPolicy = spec["runPolicy"];
    readMetadata(meta, pool, job);
    if (job.facts().isTrainJob()) {
        readTrainJob(object, pool, job);
        return;
    }
    if (job.facts().isShownOnly()) {
        readShownOnly(object, pool, job);
        return;
    }
    if (kind == JobKind::MPIJobV2) {
        job.slotsPerWorker = qMax(1, toInt(spec["slotsPerWorker"].integer(1)));
        job.launcherWaits = spec["launcherCreationPolicy"].text() == "WaitForWorkersReady";
    }
    job.suspendRequested = runPolicy["suspend"].boolean();
    job.backoffLimit = toInt(runPolicy["backoffLimit"].integer(-1));
    job.ttlSecondsAfterFinished = toInt(runPolicy["ttlSecondsAfterFinished"].integer(-1));
    job.priorityClass = pool(runPolicy["schedulingPolicy"]["priorityClass"].text());
    job.started = status["startTime"].time();
    job.manager = readManager(meta, runPolicy);
    const bool queueManaged = isQueued(meta, runPolicy);
    readReplicas(spec, status, pool, job);
    readPhase(status, queueManaged, job);
}

} // namespace cairn::decoding
