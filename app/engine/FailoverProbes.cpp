// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Names.h"
#include "change/Owner.h"
#include "engine/FailoverFlows.h"
#include "engine/FailoverParts.h"

#include <QJsonArray>

using namespace Qt::StringLiterals;

namespace cairn::app {
namespace failover {
namespace {

/// The probe's own end, whoever is left to remove it.
constexpr int probeDeadline = 600;
constexpr int probeKept = 60;

} // namespace

QString probeLabel()
{
    return names::name("probe"_L1);
}

QString ownerAnnotation()
{
    return names::name("probe-by"_L1);
}

bool isProbe(const QJsonObject &object)
{
    return object[u"metadata"_s][u"labels"_s][probeLabel()].toString() == "failover"_L1;
}

const QList<JobKind> &probeKinds()
{
    static const QList<JobKind> kinds{JobKind::PyTorchJob, JobKind::TrainJob};
    return kinds;
}

/// Its pod is held back by a scheduling gate: made, but never placed. Where the server knows no gates it ends at once.
QJsonObject pyTorchProbe(const QString &name, const QString &ns, const QString &image)
{
    const QJsonObject nothing{{u"cpu"_s, u"1m"_s}, {u"memory"_s, u"16Mi"_s}};
    const QJsonObject labels{{probeLabel(), u"failover"_s}, {u"app.kubernetes.io/managed-by"_s, u"cairn"_s}};
    const QJsonObject container{
        {u"name"_s, u"pytorch"_s},
        {u"image"_s, image},
        {u"imagePullPolicy"_s, u"IfNotPresent"_s},
        {u"command"_s, QJsonArray{u"true"_s}},
        {u"resources"_s, QJsonObject{{u"requests"_s, nothing}, {u"limits"_s, nothing}}},
        {u"securityContext"_s, QJsonObject{{u"runAsNonRoot"_s, true},
                                           {u"runAsUser"_s, 65534},
                                           {u"allowPrivilegeEscalation"_s, false},
                                           {u"capabilities"_s, QJsonObject{{u"drop"_s, QJsonArray{u"ALL"_s}}}},
                                           {u"seccompProfile"_s, QJsonObject{{u"type"_s, u"RuntimeDefault"_s}}}}}};
    const QJsonObject pod{{u"metadata"_s, QJsonObject{{u"labels"_s, labels}, {u"annotations"_s, QJsonObject{{u"sidecar.istio.io/inject"_s, u"false"_s}}}}},
                          {u"spec"_s, QJsonObject{{u"automountServiceAccountToken"_s, false},
                                                  {u"schedulingGates"_s, QJsonArray{QJsonObject{{u"name"_s, probeLabel()}}}},
                                                  {u"containers"_s, QJsonArray{container}}}}};
    return {{u"apiVersion"_s, facts(JobKind::PyTorchJob).resource.apiVersion()},
            {u"kind"_s, u"PyTorchJob"_s},
            {u"metadata"_s, QJsonObject{{u"name"_s, name}, {u"namespace"_s, ns}, {u"labels"_s, labels}}},
            {u"spec"_s, QJsonObject{{u"runPolicy"_s, QJsonObject{{u"cleanPodPolicy"_s, u"All"_s},
                                                                 {u"backoffLimit"_s, 0},
                                                                 {u"activeDeadlineSeconds"_s, probeDeadline},
                                                                 {u"ttlSecondsAfterFinished"_s, probeKept}}},
                                    {u"pytorchReplicaSpecs"_s, QJsonObject{{u"Master"_s, QJsonObject{{u"replicas"_s, 1},
                                                                                                     {u"restartPolicy"_s, u"Never"_s},
                                                                                                     {u"template"_s, pod}}}}}}}};
}

/// Suspended: Trainer makes its JobSet, and nobody makes pods.
QJsonObject trainJobProbe(const QString &name, const QString &ns, const QString &runtime)
{
    const QJsonObject labels{{probeLabel(), u"failover"_s}, {u"app.kubernetes.io/managed-by"_s, u"cairn"_s}};
    return {{u"apiVersion"_s, facts(JobKind::TrainJob).resource.apiVersion()},
            {u"kind"_s, u"TrainJob"_s},
            {u"metadata"_s, QJsonObject{{u"name"_s, name}, {u"namespace"_s, ns}, {u"labels"_s, labels}}},
            {u"spec"_s, QJsonObject{{u"suspend"_s, true},
                                    {u"runtimeRef"_s, QJsonObject{{u"apiGroup"_s, kinds::clusterTrainingRuntimes().group},
                                                                  {u"kind"_s, kinds::clusterTrainingRuntimes().kind},
                                                                  {u"name"_s, runtime}}}}}};
}

/// Whether the pod belongs to the workload. A ReplicaSet is named "<deployment>-<hash>", and the hash has no dash
/// (pkg/controller/deployment/sync.go).
bool belongsTo(const Pod &pod, const components::Component &component)
{
    if (pod.ownerKind == "ReplicaSet"_L1)
        return component.kind == "Deployment"_L1 && pod.ownerName.section(u'-', 0, -2) == component.workload;
    return pod.ownerKind == component.kind && pod.ownerName == component.workload;
}

bool isReady(const Pod &pod)
{
    return !pod.deleting.isValid() && pod.phase == "Running"_L1 && pod.ready();
}

Result<QList<Pod>> podsOf(ObjectApi &api, const components::Component &component, std::stop_token stop)
{
    const Result<QList<QJsonObject>> objects = api.list(kinds::pods(), component.ns, {}, {}, stop);
    if (!objects)
        return fail(objects.error());
    const auto decoder = podDecoder();
    QList<Pod> pods;
    for (const QJsonObject &object : *objects) {
        std::optional<Pod> pod = decoded(*decoder, object);
        if (pod && belongsTo(*pod, component))
            pods.append(*std::move(pod));
    }
    return pods;
}

} // namespace failover

using namespace failover;

Result<int> sweepProbes(ObjectApi &api, const QString &ns, std::chrono::seconds age, std::stop_token stop)
{
    int removed = 0;
    const QDateTime limit = QDateTime::currentDateTimeUtc().addSecs(-age.count());
    for (const JobKind kind : probeKinds()) {
        const ResourceKind &resource = facts(kind).resource;
        const Result<QList<QJsonObject>> jobs = api.list(resource, ns, probeLabel() + u"=failover"_s, {}, stop);
        if (!jobs) {
            if (jobs.error().kind == Error::Kind::NotFound || jobs.error().kind == Error::Kind::Forbidden)
                continue; // not served, or not ours to see
            return fail(jobs.error());
        }
        for (const QJsonObject &job : *jobs) {
            const QJsonValue metadata = job[u"metadata"_s];
            const QDateTime created = QDateTime::fromString(metadata[u"creationTimestamp"_s].toString(), Qt::ISODate);
            const QString uid = metadata[u"uid"_s].toString();
            // The label is checked again: a server that ignores the selector must not cost anybody a job.
            const bool old = created.isValid() && created < limit;
            if (!isProbe(job) || uid.isEmpty() || (!old && !change::isGone(metadata[u"annotations"_s][ownerAnnotation()].toString())))
                continue;
            const Result<> gone = api.remove({resource, metadata[u"namespace"_s].toString(ns), metadata[u"name"_s].toString(), uid},
                                             {uid, {}, u"Background"_s, false}, stop);
            if (gone)
                ++removed;
            else if (gone.error().kind != Error::Kind::NotFound && gone.error().kind != Error::Kind::Conflict)
                return fail(gone.error());
        }
    }
    return removed;
}

} // namespace cairn::app
