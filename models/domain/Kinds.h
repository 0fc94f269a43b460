// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QString>

namespace cairn {

/// A served resource: group "" is the core group. `plural` is what URLs use.
struct ResourceKind {
    QString group;
    QString version;
    QString plural;
    QString kind;
    bool namespaced = true;

    QString apiVersion() const { return group.isEmpty() ? version : group + u'/' + version; }
    bool operator==(const ResourceKind &) const = default;
};

/// One object on the server. `name` and `ns` are raw; pass them through text::safe before showing.
struct ObjectRef {
    ResourceKind kind;
    QString ns;
    QString name;
    QString uid;
    bool operator==(const ObjectRef &) const = default;
};

namespace kinds {
const ResourceKind &pods();
const ResourceKind &events();
const ResourceKind &nodes();
const ResourceKind &namespaces();
const ResourceKind &claims();        ///< persistentvolumeclaims
const ResourceKind &volumes();       ///< persistentvolumes, for the whole cluster
const ResourceKind &storageClasses(); ///< storage.k8s.io/v1, for the whole cluster
const ResourceKind &services();
const ResourceKind &batchJobs();     ///< batch/v1 jobs, for Cairn's own helpers
const ResourceKind &resourceQuotas();
const ResourceKind &priorityClasses();
const ResourceKind &secrets();
const ResourceKind &configMaps();
const ResourceKind &serviceAccounts();
const ResourceKind &deployments();
const ResourceKind &statefulSets();
const ResourceKind &daemonSets();
const ResourceKind &endpointSlices(); ///< discovery.k8s.io/v1
const ResourceKind &leases();
const ResourceKind &disruptionBudgets(); ///< policy/v1 poddisruptionbudgets
const ResourceKind &autoscalers();       ///< autoscaling/v2 horizontalpodautoscalers
const ResourceKind &crds();          ///< apiextensions.k8s.io/v1 customresourcedefinitions
const ResourceKind &trainingRuntimes();        ///< trainer.kubeflow.org/v1alpha1, in a namespace
const ResourceKind &clusterTrainingRuntimes(); ///< trainer.kubeflow.org/v1alpha1, for the whole cluster
} // namespace kinds

/// Kinds of the training operator v1 (API group kubeflow.org/v1), the MPI operator's (kubeflow.org/v2beta1), and Trainer
/// v2's (trainer.kubeflow.org/v1alpha1). MPIJob and MPIJobV2 are versions of one resource, mpijobs.kubeflow.org: a cluster
/// has one operator for it, which serves one of them. JobSet, RayJob and RayCluster are others': Cairn shows them, and writes
/// none.
enum class JobKind { PyTorchJob, TFJob, MPIJob, MPIJobV2, XGBoostJob, PaddleJob, JAXJob, TrainJob, JobSet, RayJob, RayCluster };

/// Static facts of a job kind, from training-operator v1.9.4 (pkg/apis/kubeflow.org/v1/*_types.go, *_defaults.go),
/// mpi-operator v0.8.2 (pkg/apis/kubeflow/v2beta1), Trainer v2.3.0 (pkg/apis/trainer/v1alpha1/trainjob_types.go;
/// pkg/constants for the names), JobSet v0.12.0 (api/jobset/v1alpha2) and KubeRay v1.6 (apis/ray/v1).
struct JobKindFacts {
    JobKind id;
    ResourceKind resource;
    QString replicaSpecs;          ///< "pytorchReplicaSpecs"; "" for a TrainJob, whose pods are its runtime's
    QStringList roles;             ///< in the order shown: {"Master", "Worker"}
    QString container;             ///< the container the operator requires; "" for any, the first (MPI)
    QString defaultRestartPolicy;  ///< of a replica; applied inside the controller, not stored in the object
    QString podLabel;              ///< label of its pods that holds the job's name

    /// Made of a runtime by JobSet. Most of its spec cannot be changed: such a job never goes on in place.
    bool isTrainJob() const { return id == JobKind::TrainJob; }
    bool isRay() const { return id == JobKind::RayJob || id == JobKind::RayCluster; }
    /// Of another project: shown, and neither launched, changed nor resumed.
    bool isShownOnly() const { return id == JobKind::JobSet || isRay(); }
    bool isMpi() const { return id == JobKind::MPIJob || id == JobKind::MPIJobV2; }
    /// A template changed while the job is suspended reaches its new pods. The MPI operator makes its launcher as a batch
    /// Job, whose template it never changes but for where its pods may run; a TrainJob's trainer is immutable.
    bool followsTemplate() const { return id != JobKind::TrainJob && id != JobKind::MPIJobV2 && !isShownOnly(); }
};

/// All that are shown.
const QList<JobKindFacts> &jobKinds();
/// Those that Cairn writes too.
const QList<JobKindFacts> &trainingKinds();
const JobKindFacts &facts(JobKind kind);
/// By the Kubernetes kind word ("PyTorchJob"), of several versions the oldest; nullptr when unknown.
const JobKindFacts *jobKindByName(const QString &kind);
/// By kind word and version; the word alone counts where `resource` names no known version of it.
const JobKindFacts *jobKindOf(const ResourceKind &resource);

} // namespace cairn
