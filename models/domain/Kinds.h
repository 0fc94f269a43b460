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
const ResourceKind &batchJobs();     ///< batch/v1 jobs, for Cairn's own helpers
const ResourceKind &resourceQuotas();
const ResourceKind &priorityClasses();
const ResourceKind &secrets();
const ResourceKind &crds();          ///< apiextensions.k8s.io/v1 customresourcedefinitions
} // namespace kinds

/// Kinds of the training operator v1 (API group kubeflow.org/v1).
enum class JobKind { PyTorchJob, TFJob, MPIJob, XGBoostJob, PaddleJob, JAXJob };

/// Static facts of a job kind, from training-operator v1.9.4 (pkg/apis/kubeflow.org/v1/*_types.go, *_defaults.go).
struct JobKindFacts {
    JobKind id;
    ResourceKind resource;
    QString replicaSpecs;          ///< "pytorchReplicaSpecs"
    QStringList roles;             ///< in the order shown: {"Master", "Worker"}
    QString container;             ///< the container the operator requires; "" for any (MPI)
    QString defaultRestartPolicy;  ///< of a replica; applied inside the controller, not stored in the object
};

const QList<JobKindFacts> &jobKinds();
const JobKindFacts &facts(JobKind kind);
/// By the Kubernetes kind word ("PyTorchJob"); nullptr when unknown.
const JobKindFacts *jobKindByName(const QString &kind);

} // namespace cairn
