// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "change/Change.h"
#include "domain/Job.h"
#include "launch/Spec.h"

/// Changing the number of a job's workers. Pure, any thread.
namespace cairn::launch {

struct Scale {
    QString role = {}; ///< whose number it is: "Worker"; of a TrainJob "node"
    int from = 0;
    int to = 0;
    int least = 1;
    int most = 0; ///< 0: not said
    QJsonObject patch = {};           ///< merge patch; empty where nothing is to be done
    QList<change::Note> problems = {}; ///< any of them forbids it; their ids are listed in docs/CAIRNCTL.md
    QList<change::Note> warnings = {};
    bool feasible() const { return problems.isEmpty(); }
};

/// What becomes of `object`, which `job` was decoded from, with so many workers; without a number only whether it can be
/// scaled, and between what. While it runs:
/// - a PyTorchJob with spec.elasticPolicy, within its bounds: torchrun forms a new group;
/// - a TFJob with enableDynamicWorker: its workers know the parameter servers alone;
/// - an MPIJob whose launcher asks for its hosts (discover_hosts.sh): both operators keep that script up to date.
/// While it is suspended each v1 job and MPIJob: all of its pods are made anew. A TrainJob only then, and where the served
/// schema lets spec.trainer change.
Scale planScale(const QJsonObject &object, const Job &job, std::optional<int> workers, const TrainJobFields &fields);

/// Why a change of the job's specification would not last, or is somebody else's to make, by its owner's name; nullopt
/// where it is its user's, or Helm's, which looks at an upgrade alone.
std::optional<change::Note> ownerRefusal(const Manager &manager);
/// What else an owner may do to a change.
std::optional<change::Note> ownerWarning(const Manager &manager);

} // namespace cairn::launch
