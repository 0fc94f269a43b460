// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"
#include "domain/Kinds.h"
#include "manifest/Schema.h"

#include <QJsonObject>
#include <QList>
#include <QMap>
#include <QString>
#include <QStringList>
#include <optional>

namespace cairn::launch {

/// A variable of the environment.
struct Variable {
    enum class From {
        Value,
        Secret,    ///< key `value` of the Secret `object`
        ConfigMap, ///< key `value` of the ConfigMap `object`
        Other,     ///< a field of the pod, and what else Kubernetes knows: kept as it is, changed in the text alone
    };
    QString name = {};
    From from = From::Value;
    QString value = {};
    QString object = {};
    bool operator==(const Variable &) const = default;
};

/// What each pod that trains asks for. Requests and limits are the same, so that no pod is the first to be evicted.
/// Kubernetes quantities; empty: not said.
struct Resources {
    QString cpu = {};
    QString memory = {};
    QString gpu = QStringLiteral("nvidia.com/gpu"); ///< the name of the resource
    int gpus = 0;
    bool operator==(const Resources &) const = default;
};

/// A PVC in the container. What it is for is told by its volume's name, "data", "checkpoints" or "output": the text has
/// no other place.
struct Mount {
    QString volume = {};
    QString claim = {};
    QString path = {};
    QString subPath = {};
    bool readOnly = false;
    bool operator==(const Mount &) const = default;
};

struct Toleration {
    QString key = {};    ///< empty: of every taint
    QString value = {};  ///< empty: whatever it is
    QString effect = {}; ///< "NoSchedule", "NoExecute", "PreferNoSchedule"; empty: each
    bool operator==(const Toleration &) const = default;
};

/// torchrun: between how many nodes it goes on, and how often.
struct Elastic {
    int least = 1;
    int most = 1;
    int restarts = 10;
    bool operator==(const Elastic &) const = default;
};

/// What the form shows of a job. Everything else that the text says stays there. What is not said is empty; numbers are
/// never negative.
struct Spec {
    JobKind kind = JobKind::PyTorchJob;
    QString name = {};
    QString ns = {};
    QString runtime = {};    ///< of a TrainJob
    bool ownRuntime = false; ///< it is a TrainingRuntime of the namespace, not of the cluster
    QString image = {};
    QStringList command = {};
    QStringList args = {};
    QList<Variable> variables = {};
    int nodes = 1;                       ///< pods that train. Of an MPI job its workers
    int processes = 0;                   ///< in each pod; 0: as the framework decides
    std::optional<Elastic> elastic = {}; ///< of a PyTorchJob
    Resources each = {};
    QString sharedMemory = {}; ///< size of /dev/shm; empty: 64 MiB, as the container runtime gives
    QList<Mount> mounts = {};
    QMap<QString, QString> nodeSelector = {};
    QList<Toleration> tolerations = {};
    QString priorityClass = {};
    QString queue = {}; ///< Kueue's LocalQueue
    QString volcanoQueue = {}; ///< Volcano's Queue, where it lets the pods in
    int together = 0; ///< pods without which none of them starts, where the operator makes pod groups; 0: all
    QStringList pullSecrets = {};
    QString serviceAccount = {};
    std::optional<bool> token = {}; ///< false: the pods get no token of their service account
    std::optional<int> user = {};   ///< who the containers run as; volumes are made writable for that group
    bool confined = false; ///< no privileges to gain, no capabilities, the runtime's seccomp profile: what Pod Security
                           ///< "restricted" asks for besides the user
    QString restartPolicy = {}; ///< of each replica of a v1 job; empty: the operator's default
    std::optional<int> backoffLimit = {}; ///< of a TrainJob: how often its JobSet is made anew
    std::optional<int> deadlineSeconds = {};
    std::optional<int> ttlSeconds = {};
    QString cleanPods = {}; ///< "None", "Running", "All"; empty: the operator's default
    std::optional<int> graceSeconds = {};
    bool operator==(const Spec &) const = default;
};

/// What the served CRDs of Trainer take: asked of their schemas, never of a version.
struct TrainJobFields {
    /// "runtimePatches" (Trainer 2.2 and later), "podTemplateOverrides" (2.1), "podSpecOverrides" (2.0); empty: none of
    /// them.
    QString patches = QStringLiteral("runtimePatches");
    bool grace = true;    ///< patches take terminationGracePeriodSeconds (2.3 and later)
    bool deadline = true; ///< activeDeadlineSeconds (2.2 and later)
    bool pullSecrets = true; ///< patches take imagePullSecrets (2.1 and later)
    bool security = true;    ///< patches take security contexts (2.2 and later)
    bool volcano = true;     ///< runtimes take podGroupPolicy.volcano (2.1 and later)
    /// ClusterTrainingRuntimes by name, of which a runtime of the job's own can be derived (Runtime.h).
    QMap<QString, QJsonObject> runtimes = {};
    /// What a patch takes of a pod's spec, and of a container in it: the names of the fields, here those of 2.3.
    QStringList pod{QStringLiteral("affinity"), QStringLiteral("containers"), QStringLiteral("imagePullSecrets"),
        QStringLiteral("initContainers"), QStringLiteral("nodeSelector"), QStringLiteral("schedulingGates"),
        QStringLiteral("securityContext"), QStringLiteral("serviceAccountName"),
        QStringLiteral("terminationGracePeriodSeconds"), QStringLiteral("tolerations"), QStringLiteral("volumes")};
    QStringList container{QStringLiteral("env"), QStringLiteral("name"), QStringLiteral("securityContext"),
        QStringLiteral("volumeMounts")};
    bool podMetadata = true; ///< a patch takes labels and annotations of pods (2.1 and later)
    bool fixed = true;       ///< spec.trainer stays as it was made (2.2 and later)
    bool operator==(const TrainJobFields &) const = default;
};
/// By the schema of TrainJobs, and of TrainingRuntimes where that is known.
TrainJobFields trainJobFields(const manifest::Schema &trainJobs, const manifest::Schema &runtimes = {});

/// Cairn's name among those who patch a TrainJob's runtime: Kueue and others have entries of their own, which stay.
QString patchManager();

/// What a job says. Of a v1 job the first replica that trains counts where they differ.
Spec specOf(const QJsonObject &job);

/// Fields of `after` that `job`'s kind, or the served version of it, has no place for, as names of Spec's fields
/// ("priorityClass"); they are left out by withSpec().
QStringList unsupported(const Spec &after, const TrainJobFields &fields = {});

/// `job` with what differs between `before` and `after` changed, in every replica that trains; the kind stays. Fails
/// where the text has something else in the way, as a text where a list belongs.
Result<QJsonObject> withSpec(
    const QJsonObject &job, const Spec &before, const Spec &after, const TrainJobFields &fields = {});

/// A whole new job. What `spec` does not say is left out.
Result<QJsonObject> newJob(const Spec &spec, const TrainJobFields &fields = {});

/// A new job as text: keys in the order in which Kubernetes' own documentation writes them.
QByteArray textOf(const QJsonObject &job);

} // namespace cairn::launch
