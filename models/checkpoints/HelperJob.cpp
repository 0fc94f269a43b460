// SPDX-License-Identifier: GPL-3.0-or-later
#include "checkpoints/HelperJob.h"

#include "base/Names.h"
#include "base/Text.h"
#include "checkpoints/ClaimListing.h"
#include "checkpoints/HelperScript.h"

using namespace Qt::StringLiterals;

namespace cairn::ckpt {
namespace {

QJsonObject securityContext(const HelperPod &request)
{
    QJsonObject context{
        {u"runAsNonRoot"_s, request.runAsUser != 0},
        {u"runAsUser"_s, request.runAsUser},
        {u"seccompProfile"_s, QJsonObject{{u"type"_s, u"RuntimeDefault"_s}}},
    };
    if (request.runAsGroup >= 0)
        context[u"runAsGroup"_s] = request.runAsGroup;
    // Groups are joined, never fsGroup: that would change the owner of every file on a volume mounted for writing.
    QJsonArray groups;
    for (const qint64 group : request.supplementalGroups)
        groups << group;
    if (!groups.isEmpty())
        context[u"supplementalGroups"_s] = groups;
    return context;
}

QJsonObject container(const HelperPod &request, const HelperTask &task, const QString &script, const QStringList &scriptArguments)
{
    QJsonArray arguments;
    for (const QString &argument : scriptArguments)
        arguments << argument; // hexadecimal and base64 only: nothing that Kubernetes would expand
    QJsonObject object{
        {u"name"_s, task.container},
        {u"image"_s, request.image},
        {u"command"_s, QJsonArray{u"sh"_s, u"-c"_s, script, u"cairn"_s}},
        {u"args"_s, arguments},
        {u"resources"_s, QJsonObject{
            {u"requests"_s, QJsonObject{{u"cpu"_s, u"50m"_s}, {u"memory"_s, u"64Mi"_s}}},
            {u"limits"_s, QJsonObject{{u"cpu"_s, u"1"_s}, {u"memory"_s, u"256Mi"_s}}},
        }},
        {u"securityContext"_s, QJsonObject{
            {u"allowPrivilegeEscalation"_s, false},
            {u"readOnlyRootFilesystem"_s, true},
            {u"capabilities"_s, QJsonObject{{u"drop"_s, QJsonArray{u"ALL"_s}}}},
        }},
        {u"volumeMounts"_s, QJsonArray{task.mount}},
    };
    if (!request.imagePullPolicy.isEmpty())
        object[u"imagePullPolicy"_s] = request.imagePullPolicy;
    return object;
}

QJsonObject podSpec(const HelperPod &request, const HelperTask &task, const QString &script, const QStringList &scriptArguments)
{
    QJsonObject spec{
        {u"restartPolicy"_s, u"Never"_s},
        {u"automountServiceAccountToken"_s, false},
        {u"enableServiceLinks"_s, false},
        {u"terminationGracePeriodSeconds"_s, 1},
        {u"securityContext"_s, securityContext(request)},
        {u"containers"_s, QJsonArray{container(request, task, script, scriptArguments)}},
        {u"volumes"_s, QJsonArray{task.volume}},
    };
    QJsonArray secrets;
    for (const QString &name : request.imagePullSecrets)
        secrets << QJsonObject{{u"name"_s, name}};
    if (!secrets.isEmpty())
        spec[u"imagePullSecrets"_s] = secrets;
    if (!request.tolerations.isEmpty())
        spec[u"tolerations"_s] = request.tolerations;
    if (!request.node.isEmpty()) {
        // An affinity, not spec.nodeName: the scheduler still checks room, taints and the volume's own rules.
        const QJsonObject field{{u"key"_s, u"metadata.name"_s}, {u"operator"_s, u"In"_s}, {u"values"_s, QJsonArray{request.node}}};
        const QJsonObject term{{u"matchFields"_s, QJsonArray{field}}};
        spec[u"affinity"_s] = QJsonObject{{u"nodeAffinity"_s, QJsonObject{{u"requiredDuringSchedulingIgnoredDuringExecution"_s,
            QJsonObject{{u"nodeSelectorTerms"_s, QJsonArray{term}}}}}}};
    }
    return spec;
}

/// The same Job with two pods, numbered by JOB_COMPLETION_INDEX, of which no node takes both.
QJsonObject onTwoNodes(QJsonObject job, const QString &name)
{
    const QString label = names::name("helper-name"_L1);
    QJsonObject spec = job[u"spec"_s].toObject();
    spec[u"parallelism"_s] = 2;
    spec[u"completions"_s] = 2;
    spec[u"completionMode"_s] = u"Indexed"_s;
    QJsonObject pod = spec[u"template"_s].toObject();
    QJsonObject metadata = pod[u"metadata"_s].toObject();
    QJsonObject labels = metadata[u"labels"_s].toObject();
    labels[label] = name;
    metadata[u"labels"_s] = labels;
    pod[u"metadata"_s] = metadata;
    QJsonObject podSpec = pod[u"spec"_s].toObject();
    QJsonObject affinity = podSpec[u"affinity"_s].toObject();
    const QJsonObject term{{u"topologyKey"_s, u"kubernetes.io/hostname"_s}, {u"labelSelector"_s, QJsonObject{{u"matchLabels"_s, QJsonObject{{label, name}}}}}};
    affinity[u"podAntiAffinity"_s] = QJsonObject{{u"requiredDuringSchedulingIgnoredDuringExecution"_s, QJsonArray{term}}};
    podSpec[u"affinity"_s] = affinity;
    podSpec[u"terminationGracePeriodSeconds"_s] = 10; // to take away what it wrote
    pod[u"spec"_s] = podSpec;
    spec[u"template"_s] = pod;
    job[u"spec"_s] = spec;
    return job;
}

bool mounts(const QJsonObject &podSpec, const QString &claim)
{
    for (const QJsonValue &volume : podSpec[u"volumes"_s].toArray()) {
        if (volume[u"persistentVolumeClaim"_s][u"claimName"_s].toString() == claim)
            return true;
    }
    return false;
}

bool isRunning(const QJsonObject &pod)
{
    return pod[u"status"_s][u"phase"_s].toString() == u"Running"_s;
}

/// The container that mounts the claim, else the first.
QJsonValue containerFor(const QJsonObject &podSpec, const QString &claim)
{
    QString volumeName;
    for (const QJsonValue &volume : podSpec[u"volumes"_s].toArray()) {
        if (volume[u"persistentVolumeClaim"_s][u"claimName"_s].toString() == claim)
            volumeName = volume[u"name"_s].toString();
    }
    const QJsonArray containers = podSpec[u"containers"_s].toArray();
    for (const QJsonValue &container : containers) {
        for (const QJsonValue &mount : container[u"volumeMounts"_s].toArray()) {
            if (mount[u"name"_s].toString() == volumeName)
                return container;
        }
    }
    return containers.first();
}

/// A non-root user may read the files; root is not asked for, as restricted namespaces refuse it.
void takeUser(const QJsonValue &context, HelperPod &request)
{
    const qint64 user = context[u"runAsUser"_s].toInteger(-1);
    if (user > 0)
        request.runAsUser = user;
    const qint64 group = context[u"runAsGroup"_s].toInteger(-1);
    if (group > 0)
        request.runAsGroup = group;
}

/// The pod spec in a training job's template that mounts the claim, else that of its first role.
QJsonObject templateOf(const QJsonObject &job, const QString &claim)
{
    QJsonObject first;
    const QJsonObject spec = job[u"spec"_s].toObject();
    for (auto it = spec.begin(); it != spec.end(); ++it) {
        if (!it.key().endsWith(u"ReplicaSpecs"_s))
            continue;
        for (const QJsonValue &role : it.value().toObject()) {
            const QJsonObject pod = role[u"template"_s][u"spec"_s].toObject();
            if (mounts(pod, claim))
                return pod;
            if (first.isEmpty())
                first = pod;
        }
    }
    return first;
}

void take(const QJsonObject &spec, ClaimRequest &request)
{
    takePodSpec(spec, containerFor(spec, request.claim).toObject(), request);
}

} // namespace

void takePodSpec(const QJsonObject &spec, const QJsonObject &container, HelperPod &request)
{
    request.image = container[u"image"_s].toString();
    request.imagePullPolicy = container[u"imagePullPolicy"_s].toString();
    for (const QJsonValue &secret : spec[u"imagePullSecrets"_s].toArray())
        request.imagePullSecrets << secret[u"name"_s].toString();
    request.tolerations = spec[u"tolerations"_s].toArray();
    const QJsonValue context = spec[u"securityContext"_s];
    takeUser(context, request);
    takeUser(container[u"securityContext"_s], request);
    for (const QJsonValue &group : context[u"supplementalGroups"_s].toArray())
        request.supplementalGroups << group.toInteger();
    if (const qint64 group = context[u"fsGroup"_s].toInteger(-1); group > 0)
        request.supplementalGroups << group;
}

const QString &waitingScript()
{
    static const QString script = u"trap 'exit 0' TERM INT; sleep 570 & wait $!"_s;
    return script;
}

HelperTask serviceTestTask()
{
    // Memory, so that a password never comes to a disk.
    return {u"service-test"_s, u"cairn-test-"_s, u"test"_s,
            {{u"name"_s, u"work"_s}, {u"emptyDir"_s, QJsonObject{{u"medium"_s, u"Memory"_s}, {u"sizeLimit"_s, u"1Mi"_s}}}},
            {{u"name"_s, u"work"_s}, {u"mountPath"_s, QString(helperWorkPath)}}};
}

HelperTask listingTask(const ClaimRequest &request)
{
    QJsonObject mount{{u"name"_s, u"claim"_s}, {u"mountPath"_s, QString(helperMountPath)}, {u"readOnly"_s, true}};
    if (!request.subPath.isEmpty())
        mount[u"subPath"_s] = request.subPath;
    return {u"listing"_s, u"cairn-list-"_s, u"list"_s,
            {{u"name"_s, u"claim"_s}, {u"persistentVolumeClaim"_s, QJsonObject{{u"claimName"_s, request.claim}, {u"readOnly"_s, true}}}}, mount};
}

QJsonObject helperJob(const ClaimRequest &request, const QString &name)
{
    return helperJob(request, listingTask(request), name, helper::scriptText(), {});
}

QJsonObject helperJob(const HelperPod &request, const HelperTask &task, const QString &name, const QString &script, const QStringList &scriptArguments)
{
    const QJsonObject labels{
        {names::name("helper"_L1), task.label},
        {u"app.kubernetes.io/managed-by"_s, u"cairn"_s},
    };
    const QJsonObject job{
        {u"apiVersion"_s, u"batch/v1"_s},
        {u"kind"_s, u"Job"_s},
        {u"metadata"_s, QJsonObject{{u"name"_s, name}, {u"namespace"_s, request.ns}, {u"labels"_s, labels}}},
        {u"spec"_s, QJsonObject{
            {u"backoffLimit"_s, 0},
            {u"activeDeadlineSeconds"_s, 600},
            {u"ttlSecondsAfterFinished"_s, 60},
            {u"template"_s, QJsonObject{
                {u"metadata"_s, QJsonObject{
                    {u"labels"_s, labels},
                    // A sidecar would keep the pod from ever finishing.
                    {u"annotations"_s, QJsonObject{{u"sidecar.istio.io/inject"_s, u"false"_s}}},
                }},
                {u"spec"_s, podSpec(request, task, script, scriptArguments)},
            }},
        }},
    };
    return task.twoNodes ? onTwoNodes(job, name) : job;
}

Result<ClaimRequest> planClaim(ObjectApi &api, const QString &ns, const QString &claim, const std::optional<ObjectRef> &job,
                               std::stop_token stop)
{
    const QString what = Words::tr("The PVC %1 cannot be listed").arg(text::safe(claim));
    const Result<QJsonObject> object = api.get(ObjectRef{kinds::claims(), ns, claim, {}}, stop);
    if (!object)
        return fail(object.error());
    const QString phase = (*object)[u"status"_s][u"phase"_s].toString();
    if (phase != u"Bound"_s)
        return fail(Error::Kind::Unsupported, what,
                    Words::tr("It is %1, not Bound; a helper that mounts it would have it provisioned").arg(text::safe(phase)),
                    Words::tr("Wait until a job has used it"));
    ClaimRequest request;
    request.ns = ns;
    request.claim = claim;
    const Result<QList<QJsonObject>> pods = api.list(kinds::pods(), ns, {}, {}, stop);
    if (!pods)
        return fail(pods.error());
    QJsonObject best;
    for (const QJsonObject &pod : *pods) {
        const bool isHelper = pod[u"metadata"_s][u"labels"_s][names::name("helper"_L1)].isString();
        if (isHelper || !mounts(pod[u"spec"_s].toObject(), claim))
            continue;
        const bool runs = isRunning(pod);
        if (best.isEmpty() || (runs && !isRunning(best)))
            best = pod;
    }
    const bool inUse = isRunning(best);
    const QJsonArray modes = (*object)[u"spec"_s][u"accessModes"_s].toArray();
    if (modes.contains(u"ReadWriteOncePod"_s) && inUse)
        return fail(Error::Kind::Unsupported, what, Words::tr("It is ReadWriteOncePod and pod %1 uses it, so no other pod may mount it").arg(text::safe(best.value(u"metadata"_s)[u"name"_s].toString())),
                    Words::tr("List through exec into that pod"));
    if (!best.isEmpty()) {
        take(best.value(u"spec"_s).toObject(), request);
        const bool anyNode = modes.contains(u"ReadWriteMany"_s) || modes.contains(u"ReadOnlyMany"_s);
        if (inUse && !anyNode)
            request.node = best.value(u"spec"_s)[u"nodeName"_s].toString();
    } else if (job) {
        const Result<QJsonObject> owner = api.get(*job, stop);
        if (!owner)
            return fail(owner.error());
        take(templateOf(*owner, claim), request);
    }
    if (request.image.isEmpty())
        return fail(Error::Kind::Invalid, what, Words::tr("No pod mounts it, so no image is known that this namespace can run"),
                    Words::tr("Name an image that has a shell"));
    return request;
}

} // namespace cairn::ckpt
