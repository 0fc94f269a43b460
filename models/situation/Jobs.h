// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/CheckpointSummary.h"
#include "domain/Job.h"

#include <functional>

namespace cairn::situation {

/// Gets a job and what was read of its checkpoints; nullptr: never read. Both hold during the call only.
using SeeJob = std::function<void(const Job &job, const CheckpointSummary *known)>;
/// Calls its argument for every job of the cluster, in any order.
using EachJob = std::function<void(const SeeJob &)>;

/// UID, or namespace, kind and name of an object without one.
QString jobKey(const Job &job);

} // namespace cairn::situation
