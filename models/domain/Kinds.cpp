// SPDX-License-Identifier: GPL-3.0-or-later
#include "domain/Kinds.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn {
namespace kinds {

#define CAIRN_KIND(function, ...) \
    const ResourceKind &function() \
    { \
        static const ResourceKind kind{__VA_ARGS__}; \
        return kind; \
    }

CAIRN_KIND(pods, {}, u"v1"_s, u"pods"_s, u"Pod"_s, true)
CAIRN_KIND(events, {}, u"v1"_s, u"events"_s, u"Event"_s, true)
CAIRN_KIND(nodes, {}, u"v1"_s, u"nodes"_s, u"Node"_s, false)
CAIRN_KIND(namespaces, {}, u"v1"_s, u"namespaces"_s, u"Namespace"_s, false)
CAIRN_KIND(claims, {}, u"v1"_s, u"persistentvolumeclaims"_s, u"PersistentVolumeClaim"_s, true)
CAIRN_KIND(volumes, {}, u"v1"_s, u"persistentvolumes"_s, u"PersistentVolume"_s, false)
CAIRN_KIND(storageClasses, u"storage.k8s.io"_s, u"v1"_s, u"storageclasses"_s, u"StorageClass"_s, false)
CAIRN_KIND(services, {}, u"v1"_s, u"services"_s, u"Service"_s, true)
CAIRN_KIND(batchJobs, u"batch"_s, u"v1"_s, u"jobs"_s, u"Job"_s, true)
CAIRN_KIND(resourceQuotas, {}, u"v1"_s, u"resourcequotas"_s, u"ResourceQuota"_s, true)
CAIRN_KIND(priorityClasses, u"scheduling.k8s.io"_s, u"v1"_s, u"priorityclasses"_s, u"PriorityClass"_s, false)
CAIRN_KIND(secrets, {}, u"v1"_s, u"secrets"_s, u"Secret"_s, true)
CAIRN_KIND(serviceAccounts, {}, u"v1"_s, u"serviceaccounts"_s, u"ServiceAccount"_s, true)
CAIRN_KIND(configMaps, {}, u"v1"_s, u"configmaps"_s, u"ConfigMap"_s, true)
CAIRN_KIND(deployments, u"apps"_s, u"v1"_s, u"deployments"_s, u"Deployment"_s, true)
CAIRN_KIND(statefulSets, u"apps"_s, u"v1"_s, u"statefulsets"_s, u"StatefulSet"_s, true)
CAIRN_KIND(daemonSets, u"apps"_s, u"v1"_s, u"daemonsets"_s, u"DaemonSet"_s, true)
CAIRN_KIND(endpointSlices, u"discovery.k8s.io"_s, u"v1"_s, u"endpointslices"_s, u"EndpointSlice"_s, true)
CAIRN_KIND(leases, u"coordination.k8s.io"_s, u"v1"_s, u"leases"_s, u"Lease"_s, true)
CAIRN_KIND(disruptionBudgets, u"policy"_s, u"v1"_s, u"poddisruptionbudgets"_s, u"PodDisruptionBudget"_s, true)
CAIRN_KIND(autoscalers, u"autoscaling"_s, u"v2"_s, u"horizontalpodautoscalers"_s, u"HorizontalPodAutoscaler"_s, true)
CAIRN_KIND(trainingRuntimes, u"trainer.kubeflow.org"_s, u"v1alpha1"_s, u"trainingruntimes"_s, u"TrainingRuntime"_s, true)
CAIRN_KIND(clusterTrainingRuntimes, u"trainer.kubeflow.org"_s, u"v1alpha1"_s, u"clustertrainingruntimes"_s,
           u"ClusterTrainingRuntime"_s, false)
CAIRN_KIND(crds, u"apiextensions.k8s.io"_s, u"v1"_s, u"customresourcedefinitions"_s, u"CustomResourceDefinition"_s, false)

#undef CAIRN_KIND

} // namespace kinds

const QList<JobKindFacts> &jobKinds()
{
    const auto v1 = [](const QString &plural, const QString &kind) {
        return ResourceKind{u"kubeflow.org"_s, u"v1"_s, plural, kind, true};
    };
    const QString label = u"training.kubeflow.org/job-name"_s;
    static const QList<JobKindFacts> all{
        {JobKind::PyTorchJob, v1(u"pytorchjobs"_s, u"PyTorchJob"_s), u"pytorchReplicaSpecs"_s,
         {u"Master"_s, u"Worker"_s}, u"pytorch"_s, u"OnFailure"_s, label},
        {JobKind::TFJob, v1(u"tfjobs"_s, u"TFJob"_s), u"tfReplicaSpecs"_s,
         {u"Chief"_s, u"Master"_s, u"PS"_s, u"Worker"_s, u"Evaluator"_s}, u"tensorflow"_s, u"Never"_s, label},
        {JobKind::MPIJob, v1(u"mpijobs"_s, u"MPIJob"_s), u"mpiReplicaSpecs"_s,
         {u"Launcher"_s, u"Worker"_s}, QString(), u"Never"_s, label},
        {JobKind::MPIJobV2, {u"kubeflow.org"_s, u"v2beta1"_s, u"mpijobs"_s, u"MPIJob"_s, true}, u"mpiReplicaSpecs"_s,
         {u"Launcher"_s, u"Worker"_s}, QString(), u"OnFailure"_s, label},
        {JobKind::XGBoostJob, v1(u"xgboostjobs"_s, u"XGBoostJob"_s), u"xgbReplicaSpecs"_s,
         {u"Master"_s, u"Worker"_s}, u"xgboost"_s, u"Never"_s, label},
        {JobKind::PaddleJob, v1(u"paddlejobs"_s, u"PaddleJob"_s), u"paddleReplicaSpecs"_s,
         {u"Master"_s, u"Worker"_s}, u"paddle"_s, u"OnFailure"_s, label},
        {JobKind::JAXJob, v1(u"jaxjobs"_s, u"JAXJob"_s), u"jaxReplicaSpecs"_s,
         {u"Worker"_s}, u"jax"_s, u"Never"_s, label},
        {JobKind::TrainJob,
         {u"trainer.kubeflow.org"_s, u"v1alpha1"_s, u"trainjobs"_s, u"TrainJob"_s, true}, QString(),
         {u"node"_s}, u"node"_s, u"OnFailure"_s, u"jobset.sigs.k8s.io/jobset-name"_s},
        {JobKind::JobSet, {u"jobset.x-k8s.io"_s, u"v1alpha2"_s, u"jobsets"_s, u"JobSet"_s, true}, QString(), {}, QString(),
         u"OnFailure"_s, u"jobset.sigs.k8s.io/jobset-name"_s},
        {JobKind::RayJob, {u"ray.io"_s, u"v1"_s, u"rayjobs"_s, u"RayJob"_s, true}, QString(), {}, QString(), u"Always"_s,
         u"ray.io/cluster"_s},
        {JobKind::RayCluster, {u"ray.io"_s, u"v1"_s, u"rayclusters"_s, u"RayCluster"_s, true}, QString(), {}, QString(),
         u"Always"_s, u"ray.io/cluster"_s},
    };
    return all;
}

const QList<JobKindFacts> &trainingKinds()
{
    static const QList<JobKindFacts> own = [] {
        QList<JobKindFacts> list = jobKinds();
        list.removeIf([](const JobKindFacts &kind) { return kind.isShownOnly(); });
        return list;
    }();
    return own;
}

const JobKindFacts &facts(JobKind kind)
{
    return *std::ranges::find(jobKinds(), kind, &JobKindFacts::id);
}

const JobKindFacts *jobKindByName(const QString &kind)
{
    const auto it = std::ranges::find_if(jobKinds(), [&](const JobKindFacts &f) { return f.resource.kind == kind; });
    return it == jobKinds().end() ? nullptr : &*it;
}

const JobKindFacts *jobKindOf(const ResourceKind &resource)
{
    const auto it = std::ranges::find_if(jobKinds(), [&](const JobKindFacts &f) {
        return f.resource.kind == resource.kind && f.resource.apiVersion() == resource.apiVersion();
    });
    return it == jobKinds().end() ? jobKindByName(resource.kind) : &*it;
}

} // namespace cairn
