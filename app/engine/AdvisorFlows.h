// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/Checkpoint.h"
#include "domain/ObjectApi.h"
#include "launch/Measure.h"
#include "store/UsageHistory.h"

#include <QHash>
#include <functional>
#include <optional>

/// What both programs ask a cluster before they say how often a training should save. Blocking: run it on the flow pool or
/// in cairnctl, never on the GUI thread.
namespace cairn::app {

struct AdvisorAsk {
    QString ns = {};
    launch::Spec spec = {};               ///< of the job to be made; image, command and the mount "checkpoints" are looked at
    std::optional<ObjectRef> like = {};   ///< the job that it is made from
    QHash<QString, Listing> listings = {}; ///< the checkpoints that were read already, by UID of their job
    /// Reads those of a job that is like this one, where the user agreed to that; empty: none are read.
    std::function<Result<Listing>(const Job &job, const QList<Pod> &pods)> list = {};
};

/// Learns the advisor's inputs from what is there: jobs and pods of the namespace (failures), logs of jobs like this one
/// (steps and saves), logs of pods that restarted (restarts), checkpoints read before (their size), and what `history`, which
/// may be nullptr, knows of the PVC. A job is like this one where this one is made from it, or where image and command are the
/// same. Starts no helper pod by itself. What could not be read is among the gaps; fails only where the cluster cannot be asked at all.
Result<launch::Inputs> readInputs(ObjectApi &api, const AdvisorAsk &ask, store::UsageHistory *history, std::stop_token stop);

/// Where this is another one, readInputs() has to be asked anew.
QString inputsKey(const AdvisorAsk &ask);

/// At most so many logs are read, of at most so many lines.
constexpr int kAlikeLogs = 3;
constexpr int kRestartLogs = 6;
constexpr int kLogLines = 4000;

} // namespace cairn::app
