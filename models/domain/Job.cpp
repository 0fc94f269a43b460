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

bool isFinished(JobPhase phase)
{
    return phase == JobPhase::Succeeded || phase == JobPhase::Failed;
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

ObjectRef Job::ref() const
{
    return {facts().resource, ns, name, uid};
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
