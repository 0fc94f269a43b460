// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "launch/Spec.h"
#include "manifest/Path.h"

/// Where a kind of job says what Spec holds. Private to launch.
namespace cairn::launch {

/// The path with these fields behind it.
manifest::Path under(manifest::Path path, std::initializer_list<QString> fields);

/// Replicated jobs of a runtime that train: those marked as the trainer, and the nodes of an MPI launcher. "node" where
/// the runtime is empty.
QStringList trainers(const QJsonObject &runtime);

/// Of a job, or of a TrainingRuntime.
class Layout {
public:
    Layout(const QJsonObject &job, const TrainJobFields &fields);

    JobKind kind() const { return m_facts.id; }
    bool isTrainJob() const { return m_facts.isTrainJob() && !m_isRuntime; }

    /// "spec.pytorchReplicaSpecs" of a v1 job.
    manifest::Path replicas() const;
    manifest::Path role(const QString &name) const;
    /// Replicas that the job has, in the order of the kind; of a TrainJob none.
    QStringList roles() const { return m_roles; }
    /// The replicas whose number Spec::nodes is: the last of them takes all but one where there is a first one of one
    /// pod.
    QString manyRole() const;
    QString oneRole() const; ///< "Master", "Chief"; empty: none

    /// Of a TrainJob whose patches are overrides: the replicated jobs to patch that no override is for alone yet.
    QStringList missingTargets() const;
    /// Pod specs to write into: of each replica, of the patches of a TrainJob, of the runtime's jobs that train.
    QList<manifest::Path> pods() const;
    /// Of a TrainJob: the pod spec in the patch of one of its runtime's replicated jobs, as "launcher".
    manifest::Path patched(const QString &replicatedJob) const;
    /// The containers that train in them.
    QList<manifest::Path> containers() const;
    /// What holds image, command, args and env: the same containers, the launcher's alone of an MPI job, or
    /// spec.trainer.
    QList<manifest::Path> processes() const;
    QList<manifest::Path> images() const;
    /// What holds requests and limits. Of an MPI job its workers alone: the launcher trains nothing.
    QList<manifest::Path> resources() const;
    /// spec.runPolicy of a v1 job; of an MPIJob v2beta1 too.
    manifest::Path policy() const;

private:
    const JobKindFacts &m_facts;
    QStringList m_roles;
    QJsonObject m_job;
    TrainJobFields m_fields;
    bool m_isRuntime;
    QStringList m_targets; ///< replicated jobs

    manifest::Path container(const manifest::Path &pod) const;
    qsizetype overrideFor(const QString &target) const;
};

} // namespace cairn::launch
