// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/Kinds.h"

#include <QDateTime>
#include <QHash>
#include <QMap>
#include <optional>

namespace cairn {

/// Computed as training-operator's status must be read: conditions with status "True" only, then the replica counts
/// and the pods; never simply the last condition (kubectl's State column does that and is wrong after a suspend).
/// NodeLost: a pod of it is on a node that does not answer, so whether it still trains nobody knows.
enum class JobPhase { Running, NodeLost, Restarting, Pending, Queued, Suspended, Succeeded, Failed, Unknown };

/// "Running", … : the exact words of the status vocabulary, untranslated, for JSON.
QString phaseName(JobPhase phase);
bool isFinished(JobPhase phase);
/// Its pods run, may still run, or are about to run again: a stop would lose work.
inline bool isRunning(JobPhase phase)
{
    return phase == JobPhase::Running || phase == JobPhase::NodeLost || phase == JobPhase::Restarting;
}

struct ReplicaGroup {
    QString role;     ///< "Master", "Worker", "Launcher", "PS", …
    int desired = 0;
    int active = 0;   ///< status.replicaStatuses.<role>.active
    int ready = 0;    ///< pods of the role whose containers are ready; filled from pods by the store
    int succeeded = 0;
    int failed = 0;
    double gpusEach = 0; ///< GPUs requested by one replica (any resource named *…/gpu or amd.com/gpu)
    bool countOfRuntime = false;     ///< a TrainJob that leaves `desired` to its runtime
    bool resourcesOfRuntime = false; ///< and its resources
    int unknown = 0;  ///< pods of the role whose readiness nobody knows: their node does not answer, or pods may not be read
    bool operator==(const ReplicaGroup &) const = default;
};

/// Where a job came from, read from annotations with the prefix cairn.console/ .
struct Lineage {
    QString parentName;
    QString parentUid;
    QString checkpoint;               ///< path the attempt started from
    std::optional<qint64> step;
    int attempt = 1;                  ///< 1 for a job nobody resumed
    bool operator==(const Lineage &) const = default;
};

/// Who manages a job beside its user; such a job is not patched in place.
struct Manager {
    enum class Type { None, Controller, Kueue, ManagedBy, ArgoCd, Flux, Helm };
    Type type = Type::None;
    QString kind;   ///< "Experiment", "Workflow", "LocalQueue", …
    QString name;
    bool operator==(const Manager &) const = default;
};

/// A volume of the training container that can hold checkpoints.
struct VolumeMount {
    QString mountPath;  ///< "/ckpt"
    QString subPath;    ///< within the volume; may be empty
    QString claim;      ///< PVC name; empty where the volume is no claim
    bool readOnly = false;
    QString volume = {}; ///< its name in the pod's spec
    bool operator==(const VolumeMount &) const = default;
};

/// The runtime a TrainJob names, or the snapshot of it that Trainer keeps; the cluster of a RayJob.
struct RuntimeRef {
    QString kind;   ///< "ClusterTrainingRuntime", "TrainingRuntime" or "RayCluster"; empty for a v1 job
    QString name;
    bool operator==(const RuntimeRef &) const = default;
};

/// Why a container of a job died, as far as its exit status and the end of its log tell. Raw; in order of how near to the
/// root of the matter a kind is: with several pods the first one counts.
struct DeathCause {
    enum class Kind {
        NoSpace,       ///< `subject`: the path, where the log names one
        GpuMemory,
        HostMemory,
        SharedMemory,  ///< /dev/shm is too small
        GpuFault,
        BadCheckpoint, ///< a checkpoint does not load; `subject`: its path, where the log names one
        MissingModule, ///< `subject`: its name
        MissingFile,   ///< `subject`: the path
        Permission,    ///< `subject`: the path, where the log names one
        MissingKey,    ///< of a dictionary or the environment; `subject`: the key
        Exception,     ///< none of these: `line` is what the program said last
        LostPeer,      ///< another process of the job was gone, or did not answer
        Signal         ///< the log says nothing: `subject` is the signal's name
    };
    Kind kind = Kind::Exception;
    QString subject;
    QString claim;     ///< the PVC mounted at `subject`, or where the job saves; may be empty
    QString line;      ///< of the log; empty where the exit status alone tells. At most 400 characters
    QString pod;
    QString container;
    int exitCode = 0;
    QDateTime at;      ///< UTC; invalid where not known
    bool operator==(const DeathCause &) const = default;
};

/// Of two deaths of one job: `a` is nearer to the root of the matter.
bool explainsMore(const DeathCause &a, const DeathCause &b);

/// Any training job, v1 or v2, as one value. Made by the decoder at parse time; holds no raw bytes and no object tree.
struct Job {
    JobKind kind = JobKind::PyTorchJob;
    QString apiVersion;            ///< as served, "kubeflow.org/v1"
    QString ns;
    QString name;
    QString uid;
    QString resourceVersion;
    qint64 generation = 0;
    QDateTime created;             ///< UTC
    QDateTime started;             ///< status.startTime; reset by the operator on resume
    QDateTime finished;            ///< status.completionTime, or the Failed condition's transition
    QDateTime deleting;            ///< metadata.deletionTimestamp; invalid when not being deleted

    JobPhase phase = JobPhase::Unknown;
    QString cause;                 ///< short and untranslated where it is Kubernetes' own word ("OOMKilled"); may be empty
    QString message;               ///< message of the deciding condition
    std::optional<DeathCause> died; ///< what its last death was of, where somebody read it; filled in by the store
    bool suspendRequested = false; ///< spec.runPolicy.suspend, of a TrainJob spec.suspend
    QList<ReplicaGroup> replicas;
    int restarts = 0;              ///< of its pods' containers, and of its JobSet; filled from pods by the store
    int backoffLimit = -1;         ///< -1 where unset
    QString restartPolicy;         ///< of the first role, defaults applied
    int ttlSecondsAfterFinished = -1; ///< -1 where unset; the operator DELETES the job object afterwards
    int gracePeriodSeconds = 30;   ///< terminationGracePeriodSeconds of the first role
    QString priorityClass;

    QString image;
    QString container;             ///< name of the training container
    QStringList command;           ///< of the training container in the first role
    QStringList args;
    QMap<QString, QString> env;    ///< plain values only; values from Secrets and ConfigMaps are never read
    QStringList envFrom;           ///< names of variables that come from elsewhere (so their value is unknown)
    QList<VolumeMount> mounts;
    QString serviceAccount;

    int slotsPerWorker = 0;        ///< of an MPIJob v2beta1: processes of one worker; 0 for other kinds
    QString processesPerNode;      ///< of a TrainJob or its runtime: a number, "auto", "gpu", "cpu"; "" where neither says
    bool launcherWaits = false;    ///< of an MPIJob v2beta1: its launcher is made once all workers are ready

    RuntimeRef runtime;            ///< of a TrainJob; of a RayJob once its cluster is made
    std::optional<int> progress;   ///< percent, status.trainerStatus of a TrainJob where the feature gate is on

    Manager manager;
    Lineage lineage;
    QMap<QString, QString> annotations; ///< only those with the prefix cairn.console/
    QMap<QString, QString> labels;

    /// It can be suspended, changed and let go. Otherwise a resume makes a new object: the job has finished, somebody
    /// else manages it, or it is of a kind whose pods do not follow a changed template.
    bool canGoOnInPlace() const;
    double gpus() const;           ///< GPUs requested by all replicas together
    int desired() const;
    int ready() const;
    int unknown() const;           ///< replicas whose readiness nobody knows
    const JobKindFacts &facts() const { return cairn::facts(kind); }
    /// What facts().podLabel says on its pods; empty for a RayJob without a cluster.
    const QString &podsName() const { return kind == JobKind::RayJob ? runtime.name : name; }
    /// The JobSet of a TrainJob, or the RayCluster of a RayJob or RayService: shown as what it belongs to, not by itself.
    bool isPartOfAnother() const
    {
        return manager.type == Manager::Type::Controller
            && ((kind == JobKind::JobSet && manager.kind == QLatin1StringView("TrainJob")) || kind == JobKind::RayCluster);
    }
    ObjectRef ref() const;
    bool operator==(const Job &) const = default;
};

/// What a TrainJob is made of where it says nothing itself: the part of a TrainingRuntime or ClusterTrainingRuntime that
/// runs the training (replicated job and container "node").
struct TrainingRuntime {
    QString kind;
    QString ns;                    ///< empty for a ClusterTrainingRuntime
    QString name;
    QString uid;
    QString resourceVersion;
    QString framework;             ///< label trainer.kubeflow.org/framework: "torch", "mpi", …
    int numNodes = 1;              ///< spec.mlPolicy.numNodes
    QMap<QString, QString> claims; ///< volume → claim name, of the volumes that are claims
    Job job;                       ///< image, command, arguments, environment, mounts, resources, policies only
    bool operator==(const TrainingRuntime &) const = default;
};

/// Fills in what `job` leaves to its runtime, as Trainer does when it makes the JobSet: image, command and arguments
/// each stand or fall by themselves, environment is merged by name, volumes are added.
Job withRuntime(Job job, const TrainingRuntime &runtime);

struct ContainerState {
    QString name;
    bool ready = false;
    int restarts = 0;
    QString state;        ///< "running", "waiting", "terminated"
    QString reason;       ///< "OOMKilled", "ImagePullBackOff", …
    std::optional<int> exitCode;      ///< of the current state when terminated
    QDateTime finished;   ///< of the current state when terminated
    QString lastReason;   ///< of lastState.terminated
    std::optional<int> lastExitCode;
    QDateTime lastFinished;
    bool operator==(const ContainerState &) const = default;
};

/// A pod as the console needs it: about 200 bytes, strings shared by the decoder's interner.
struct Pod {
    QString ns;
    QString name;
    QString uid;
    QString resourceVersion;
    QDateTime created;
    QDateTime deleting;
    QString phase;        ///< "Pending", "Running", "Succeeded", "Failed", "Unknown"
    QString reason;       ///< pod-level reason ("Evicted", "NodeLost") or the PodScheduled condition's
    QString message;
    QString initReason;   ///< why an init container is stuck or failed ("ImagePullBackOff"); empty otherwise
    QString node;
    QString ownerKind;    ///< controller owner
    QString ownerName;
    QString ownerUid;
    QString jobName;      ///< label training.kubeflow.org/job-name, jobset.sigs.k8s.io/jobset-name or ray.io/cluster
    QString role;         ///< label training.kubeflow.org/replica-type or …/job-role, lower case; jobset…/replicatedjob-name; ray.io/group
    int index = -1;       ///< label training.kubeflow.org/replica-index, or batch.kubernetes.io/job-completion-index
    bool ofJobSet = false; ///< jobName and role are a JobSet's
    bool ofRay = false;   ///< jobName is a RayCluster's, and role its group
    bool ofMpiOperator = false; ///< of an MPIJob v2beta1, whose launcher pods belong to a batch Job
    int attempt = 0;      ///< label jobset.sigs.k8s.io/restart-attempt: how often the JobSet began anew before
    double gpus = 0;
    QList<ContainerState> containers; ///< init containers left out
    QStringList claims;   ///< PVCs it mounts
    bool unanswered = false; ///< its node stopped answering, says the node controller
    int staysFor = 300;   ///< seconds it stays bound to a node that does not answer, by its tolerations; -1 for ever
    int restarts() const;
    bool ready() const;
    bool operator==(const Pod &) const = default;
};

struct Event {
    QString ns;
    QString name;
    QString uid;
    QString resourceVersion;
    QString type;         ///< "Normal", "Warning"
    QString reason;
    QString message;
    QString objectKind;
    QString objectName;
    QString objectUid;
    QString source;       ///< reporting component
    int count = 1;
    QDateTime first;
    QDateTime last;
    bool operator==(const Event &) const = default;
};

struct Node {
    QString name;
    QString uid;
    QString resourceVersion;
    QDateTime created;
    bool ready = false;
    QDateTime readySince;  ///< UTC, when it became ready, or not ready
    bool unschedulable = false;
    QString zone;
    bool controlPlane = false; ///< label node-role.kubernetes.io/control-plane, or master before 1.24
    QString vendor;            ///< "EKS", "GKE" or "AKS" by its labels; empty: none of them
    double gpusAllocatable = 0;
    QString kubeletVersion;
    QStringList pressures; ///< "MemoryPressure", "DiskPressure", …
    bool operator==(const Node &) const = default;
};

} // namespace cairn
