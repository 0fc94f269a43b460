// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "change/Change.h"
#include "jobs/ResumePlan.h"

#include <functional>

/// Questions to the cluster before a plan is carried out. Blocking; run it on the flow pool.
namespace cairn::jobs {

using change::Check;
using change::checkWord;

struct PreflightOptions {
    /// Reads the checkpoint again; Error::Kind::NotFound where it is gone. Empty: the plan's own reading is shown.
    std::function<Result<Checkpoint>(std::stop_token)> recheck;
    /// Called after each check, on the thread of the flow, so that a list can fill while it runs.
    std::function<void(const Check &)> onCheck;
    /// Only what another name of the new job can change: the dry run.
    bool nameOnly = false;
};

/// All checks, in the order shown: "checkpoint", "job", "access", "logs", "quota", "claim", "bucket", "priority", "pods", "dry-run". A check that cannot be made (no right to read quotas, say) is Info and says so; it
/// never stops the others. Only Fail should keep a person from going on; a cancelled flow ends early.
/// Nothing is changed: the last check is a dry run on the server of what the plan would write.
QList<Check> preflight(ObjectApi &api, const ResumePlan &plan, const PreflightOptions &options, std::stop_token stop);

/// What the pods of a job ask of quotas: keys as ResourceQuota names them ("requests.cpu", "limits.memory",
/// "requests.nvidia.com/gpu", "pods"), replicas counted. From the pod templates of `object`.
QMap<QString, double> quotaDemand(const QJsonObject &object, const QString &replicaSpecs);

} // namespace cairn::jobs
