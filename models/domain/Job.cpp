// SPDX-License-Identifier: GPL-3.0-or-later
#include "domain/Job.h"

#include <algorithm>
#include <numeric>

using namespace Qt::StringLiterals;

namespace cairn {

QString phaseName(JobPhase phase)
{
    switch (phase) {
    case JobPhase::Running: return u"Running"_s;
    case JobPhase::NodeLost: return u"NodeLost"_s;
    case JobPhase::Restarting: return u"Restarting"_s;
    case JobPhase::Pending: return u"Pending"_s;
    case JobPhase::Queued: return u"Queued"_s;
    case JobPhase::Suspended: return u"Suspended"_s;
    case JobPhase::Succeeded: return u"Succeeded"_s;
    case JobPhase::Failed: return u"Failed"_s;
    case JobPhase::Unknown: return u"Unknown"_s;
    }
    return u"Unknown"_s;
}

bool explainsMore(const DeathCause &a, const DeathCause &b)
{
    return std::tie(a.kind, a.at, a.pod, a.container) < std::tie(b.kind, b.at, b.pod, b.container);
}

bool isFinished(JobPhase phase)
{
    return phase == JobPhase::Succeeded || phase == JobPhase::Failed;
}

bool Job::canGoOnInPlace() const
{
    return !isFinished(phase) && manager.type == Manager::Type::None && facts().followsTemplate();
}

double Job::gpus() const
{
    return std::accumulate(replicas.begin(), replicas.end(), 0.0,
                           [](double sum, const ReplicaGroup &r) { return sum + r.gpusEach * r.desired; });
}

int Job::desired() const
{
    return std::accumulate(replicas.begin(), replicas.end(), 0, [](int sum, const ReplicaGroup &r) { return sum + r.desired; });
}

int Job::ready() const
{
    return std::accumulate(replicas.begin(), replicas.end(), 0, [](int sum, const ReplicaGroup &r) { return sum + r.ready; });
}

int Job::unknown() const
{
    return std::accumulate(replicas.begin(), replicas.end(), 0, [](int sum, const ReplicaGroup &r) { return sum + r.unknown; });
}

ObjectRef Job::ref() const
{
    return {facts().resource, ns, name, uid};
}

Job withRuntime(Job job, const TrainingRuntime &runtime)
{
    const Job &base = runtime.job;
    const auto fill = [](QString &value, const QString &other) {
        if (value.isEmpty())
            value = other;
    };
    fill(job.image, base.image);
    fill(job.serviceAccount, base.serviceAccount);
    fill(job.priorityClass, base.priorityClass);
    if (!base.restartPolicy.isEmpty())
        job.restartPolicy = base.restartPolicy; // a TrainJob itself cannot say
    if (job.command.isEmpty())
        job.command = base.command;
    if (job.args.isEmpty())
        job.args = base.args;
    for (auto it = base.env.begin(); it != base.env.end(); ++it) {
        if (!job.env.contains(it.key()) && !job.envFrom.contains(it.key()))
            job.env.insert(it.key(), it.value());
    }
    for (const QString &name : base.envFrom) {
        if (!job.env.contains(name) && !job.envFrom.contains(name))
            job.envFrom.append(name);
    }
    for (VolumeMount &mount : job.mounts)
        fill(mount.claim, runtime.claims.value(mount.volume)); // a patch may mount what the runtime declares
    for (const VolumeMount &mount : base.mounts) {
        if (std::ranges::find(job.mounts, mount.mountPath, &VolumeMount::mountPath) == job.mounts.end())
            job.mounts.append(mount);
    }
    fill(job.processesPerNode, base.processesPerNode);
    for (ReplicaGroup &group : job.replicas) {
        if (group.countOfRuntime)
            group.desired = runtime.numNodes;
        if (group.resourcesOfRuntime && !base.replicas.isEmpty())
            group.gpusEach = base.replicas.first().gpusEach;
    }
    return job;
}

int Pod::restarts() const
{
    return std::accumulate(containers.begin(), containers.end(), 0,
                           [](int sum, const ContainerState &c) { return sum + c.restarts; });
}

bool Pod::ready() const
{
    return !containers.isEmpty() && std::ranges::all_of(containers, &ContainerState::ready);
}

} // namespace cairn
