// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/Job.h"

namespace cairn::store {

/// What keeps a pod from its work, in Kubernetes' own words, and how much it explains.
struct PodTrouble {
    enum Weight {
        None = 0,
        Starting,      ///< "ContainerCreating": nothing wrong yet
        RestartedFrom, ///< it runs again after this
        Scheduling,    ///< "Unschedulable", "SchedulingGated"
        Init,          ///< of an init container
        Exited,        ///< "Error (exit 1)"
        CrashLoop,
        Config, ///< "CreateContainerConfigError", …
        Image,  ///< "ImagePullBackOff", …
        NodeLost,
        Evicted,
        OutOfMemory
    };
    Weight weight = None;
    QString cause;
    QString message;
    QDateTime at;         ///< of a termination; the newest of several is told
    bool current = false; ///< the pod is in this state now, not only in its past
};

/// It has not ended, and whether it runs nobody knows. `nodeLost`: the pod's node is known not to be ready.
bool isOutOfSight(const Pod &pod, bool nodeLost);

/// `nodeLost`: the pod's node is known not to be ready.
PodTrouble podTrouble(const Pod &pod, bool nodeLost);

/// The one that explains most.
PodTrouble worse(const PodTrouble &a, const PodTrouble &b);

} // namespace cairn::store
