// SPDX-License-Identifier: GPL-3.0-or-later
#include "launch/ConvertWords.h"

#include "base/Text.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QRegularExpression>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::launch {
namespace {

struct WiringTr {
    Q_DECLARE_TR_FUNCTIONS(cairn::launch)
};

/// What the operators of v1 set, and what Trainer sets for the same; empty: nothing is the same.
QList<std::pair<QString, QString>> variablesOf(JobKind kind)
{
    switch (kind) {
    case JobKind::PyTorchJob:
        return {{u"MASTER_ADDR"_s, u"PET_MASTER_ADDR"_s}, {u"MASTER_PORT"_s, u"PET_MASTER_PORT"_s}, {u"RANK"_s, u"PET_NODE_RANK"_s},
            {u"WORLD_SIZE"_s, u"PET_NNODES"_s}};
    case JobKind::TFJob: return {{u"TF_CONFIG"_s, {}}};
    case JobKind::XGBoostJob:
        return {{u"MASTER_ADDR"_s, u"DMLC_TRACKER_URI"_s}, {u"MASTER_PORT"_s, u"DMLC_TRACKER_PORT"_s}, {u"RANK"_s, u"DMLC_TASK_ID"_s},
            {u"WORLD_SIZE"_s, u"DMLC_NUM_WORKER"_s}, {u"WORKER_ADDRS"_s, {}}};
    case JobKind::JAXJob:
        return {{u"COORDINATOR_ADDRESS"_s, u"JAX_COORDINATOR_ADDRESS"_s}, {u"COORDINATOR_PORT"_s, {}}, {u"NUM_PROCESSES"_s, u"JAX_NUM_PROCESSES"_s},
            {u"PROCESS_ID"_s, u"JAX_PROCESS_ID"_s}};
    case JobKind::PaddleJob: return {{u"PADDLE_MASTER"_s, {}}, {u"PADDLE_NNODES"_s, {}}, {u"PADDLE_TRAINER_NUM"_s, {}}};
    case JobKind::MPIJob:
    case JobKind::MPIJobV2:
    case JobKind::TrainJob:
    case JobKind::JobSet:
    case JobKind::RayJob:
    case JobKind::RayCluster: break;
    }
    return {};
}

/// $NAME, $(NAME) and ${NAME}, as Kubernetes and shells write them.
bool refersTo(const QStringList &words, const QString &variable)
{
    const QRegularExpression pattern(u"\\$[({]?%1(?![A-Za-z0-9_])"_s.arg(QRegularExpression::escape(variable)));
    return std::ranges::any_of(words, [&](const QString &word) { return word.contains(pattern); });
}

bool startsProcesses(const QStringList &words)
{
    static const QRegularExpression launcher(
        u"(^|[\\s/;&'\"])(torchrun|torch\\.distributed\\.(run|launch)|accelerate|deepspeed|tune|llamafactory-cli|swift|axolotl)($|[\\s;'\"])"_s);
    return std::ranges::any_of(words, [](const QString &word) { return word.contains(launcher); });
}

QList<Wiring> torch(const WiringOf &job)
{
    if (startsProcesses(job.words))
        return {};
    const bool several = job.nodes > 1 || job.processes > 1;
    return {{u"launcher"_s, several,
        WiringTr::tr("Trainer sets PET_NNODES, PET_NODE_RANK, PET_MASTER_ADDR and others for torchrun alone; MASTER_ADDR, RANK and WORLD_SIZE, which the "
                     "training operator sets, are not there."),
        WiringTr::tr("Start the program with torchrun.")}};
}

QList<Wiring> mpi(const WiringOf &job)
{
    if (!job.known || !job.policy.contains("mpi"_L1))
        return {};
    QList<Wiring> found{{u"mpi-image"_s, true,
        WiringTr::tr("Up to Trainer 2.3 image and resources of a TrainJob reach the launcher alone; the other nodes run what %1 says.").arg(job.runtime),
        WiringTr::tr("Say image and resources in a TrainingRuntime of your own.")}};
    if (job.policy.value("mpi"_L1).toObject().value("runLauncherAsNode"_L1).toBool())
        found.append({u"launcher"_s, false, WiringTr::tr("The launcher trains too: it is one of the %n node(s).", nullptr, job.nodes), {}});
    return found;
}

} // namespace

QString wiredBy(JobKind kind)
{
    switch (kind) {
    case JobKind::PyTorchJob: return u"torch"_s;
    case JobKind::JAXJob: return u"jax"_s;
    case JobKind::XGBoostJob: return u"xgboost"_s;
    case JobKind::MPIJob:
    case JobKind::MPIJobV2: return u"mpi"_s;
    case JobKind::TFJob:
    case JobKind::PaddleJob:
    case JobKind::TrainJob:
    case JobKind::JobSet:
    case JobKind::RayJob:
    case JobKind::RayCluster: break;
    }
    return {};
}

QStringList reservedBy(const QString &policy)
{
    if (policy == "torch"_L1)
        return {u"PET_NNODES"_s, u"PET_NPROC_PER_NODE"_s, u"PET_NODE_RANK"_s, u"PET_MASTER_ADDR"_s, u"PET_MASTER_PORT"_s};
    if (policy == "xgboost"_L1)
        return {u"DMLC_TRACKER_URI"_s, u"DMLC_TRACKER_PORT"_s, u"DMLC_TASK_ID"_s, u"DMLC_NUM_WORKER"_s};
    if (policy == "mpi"_L1)
        return {u"OMPI_MCA_orte_default_hostfile"_s, u"OMPI_MCA_plm_rsh_args"_s, u"OMPI_MCA_orte_keep_fqdn_hostnames"_s, u"OMPI_MCA_orte_set_default_slots"_s};
    return {};
}

QList<Wiring> wiringOf(const WiringOf &job)
{
    QList<Wiring> found;
    const QString wanted = wiredBy(job.kind);
    const QString kind = facts(job.kind).resource.kind;
    const bool several = job.nodes > 1;
    if (wanted.isEmpty()) {
        const bool tensorflow = job.kind == JobKind::TFJob;
        const QString variable = tensorflow ? u"TF_CONFIG"_s : u"PADDLE_MASTER"_s;
        if (several)
            found.append({u"wiring"_s, true, WiringTr::tr("No runtime of Trainer sets %1: each of the %n node(s) would train by itself.", nullptr, job.nodes).arg(variable),
                tensorflow ? WiringTr::tr("Let the script make TF_CONFIG of JOB_COMPLETION_INDEX, or leave this job as it is.")
                           : WiringTr::tr("Leave this job as it is, or train on one node.")});
        else
            found.append({u"wiring"_s, false, WiringTr::tr("%1 is not set; on one node nothing needs it.").arg(variable), {}});
    } else if (job.known && !job.policy.contains(wanted)) {
        found.append({u"wiring"_s, several || job.kind == JobKind::MPIJob || job.kind == JobKind::MPIJobV2,
            WiringTr::tr("The runtime %1 has no mlPolicy.%2: nothing tells the nodes of a %3 of one another.").arg(job.runtime, wanted, kind),
            WiringTr::tr("Choose a runtime that has it (--runtime).")});
    } else if (job.kind == JobKind::PyTorchJob) {
        found = torch(job);
    } else if (job.kind == JobKind::XGBoostJob && several) {
        found.append({u"wiring"_s, true, WiringTr::tr("Trainer tells of the tracker by DMLC_TRACKER_URI and others, not by MASTER_ADDR and RANK."),
            WiringTr::tr("Let the script read DMLC_TRACKER_URI, DMLC_TRACKER_PORT, DMLC_TASK_ID and DMLC_NUM_WORKER.")});
    } else if (job.kind == JobKind::JAXJob) {
        found.append({u"wiring"_s, false, WiringTr::tr("The variables are JAX_COORDINATOR_ADDRESS, JAX_NUM_PROCESSES and JAX_PROCESS_ID, which jax.distributed.initialize() reads."), {}});
    } else {
        found = mpi(job);
    }
    QStringList read;
    QStringList write;
    for (const auto &[old, now] : variablesOf(job.kind)) {
        if (!refersTo(job.words, old))
            continue;
        read.append(old);
        if (!now.isEmpty())
            write.append(old + u" → "_s + now);
    }
    if (!read.isEmpty())
        found.append({u"variables"_s, true, WiringTr::tr("Its command uses %1, which Trainer does not set.").arg(read.join(u", "_s)),
            write.isEmpty() ? QString() : WiringTr::tr("Write %1.").arg(write.join(u", "_s))});
    return found;
}

QString insteadOf(const QString &field)
{
    if (field == "priorityClassName"_L1)
        return WiringTr::tr("Its pods have the priority of the runtime, else the cluster's default.");
    if (field == "automountServiceAccountToken"_L1)
        return WiringTr::tr("Its pods have the token of their service account unless the runtime says otherwise.");
    if (field == "terminationGracePeriodSeconds"_L1)
        return WiringTr::tr("Pods have the runtime's time for a last save, else 30 s.");
    if (field == "hostNetwork"_L1 || field == "hostIPC"_L1 || field == "hostPID"_L1)
        return WiringTr::tr("Its pods are not on the node's network, nor in its other namespaces.");
    if (field == "topologySpreadConstraints"_L1)
        return WiringTr::tr("Its pods are spread as the runtime says, or not at all.");
    if (field == "schedulerName"_L1)
        return WiringTr::tr("The cluster's default scheduler places its pods unless the runtime names another.");
    if (field == "workingDir"_L1)
        return WiringTr::tr("It starts in the working directory of its image.");
    if (field == "imagePullPolicy"_L1)
        return WiringTr::tr("The image is pulled as Kubernetes does by default: always with the tag latest, else where it is not on the node.");
    if (field == "lifecycle"_L1)
        return WiringTr::tr("Nothing is run before it stops (preStop) or after it starts.");
    if (field == "ports"_L1)
        return WiringTr::tr("Trainer opens the port of its own rendezvous alone.");
    if (field.endsWith("Probe"_L1))
        return WiringTr::tr("It is not probed: a program that hangs is not restarted.");
    return {};
}

QString podsAfter(const QString &policy)
{
    if (policy == "All"_L1)
        return WiringTr::tr("Pods that ended stay until the TrainJob is deleted.");
    if (policy == "Running"_L1)
        return WiringTr::tr("JobSet ends what still runs once the job has failed; pods that ended stay.");
    return {};
}

bool isDefault(const QString &field, const QJsonValue &value)
{
    static const QList<std::pair<QString, QString>> words{{u"dnsPolicy"_s, u"ClusterFirst"_s}, {u"schedulerName"_s, u"default-scheduler"_s},
        {u"terminationMessagePath"_s, u"/dev/termination-log"_s}, {u"terminationMessagePolicy"_s, u"File"_s}};
    if (std::ranges::any_of(words, [&](const auto &one) { return field == one.first && value.toString() == one.second; }))
        return true;
    if (field == "ports"_L1)
        return std::ranges::all_of(value.toArray(), [](const QJsonValue &port) { return port.toObject().value("name"_L1).toString().endsWith("job-port"_L1); });
    if (field == "automountServiceAccountToken"_L1 || field == "enableServiceLinks"_L1)
        return value.toBool();
    return (field.startsWith("host"_L1) || field == "stdin"_L1 || field == "tty"_L1 || field == "stdinOnce"_L1 || field == "shareProcessNamespace"_L1)
        && value.isBool() && !value.toBool();
}

bool isNothing(const QJsonValue &value)
{
    return value.isNull() || value.isUndefined() || (value.isObject() && value.toObject().isEmpty()) || (value.isArray() && value.toArray().isEmpty());
}

} // namespace cairn::launch
