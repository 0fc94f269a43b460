// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "change/Run.h"
#include "jobs/BulkPlan.h"

/// Carrying out what a bulk plan says. Blocking; run it on the flow pool, never on the GUI thread.
namespace cairn::jobs {

/// How it went with one job.
using BulkResult = change::Outcome;
using change::stateWord;

struct BulkOptions {
    /// Called on the thread of the flow whenever the result of items[index] changes.
    std::function<void(int index, const BulkResult &)> progress;
    std::chrono::milliseconds poll{1000};
    std::chrono::minutes podsGoneLimit{15}; ///< beyond the grace period; a lost node may keep pods for ever
    /// Clock and sleep (false when stopped), for tests.
    std::function<QDateTime()> now;
    std::function<bool(std::chrono::milliseconds, const std::stop_token &)> sleep;
};

/// Asks the server whether it would do this, without doing it (dry run). For items whose fate is Act.
Result<> tryBulk(ObjectApi &api, const BulkItem &item, std::stop_token stop);

/// Does what each item says; an item that fails or waits holds up no other. Every write is guarded: by the resourceVersion,
/// and a deletion by the UID too, so that a job that was made anew or changed meanwhile is left alone.
/// A job is unsuspended only when its old pods are gone, since the operator would count their exit code as a failure.
/// Deletions cascade in the background: a TrainJob whose runtime is gone could never end one in the foreground.
QList<BulkResult> executeBulk(ObjectApi &api, const QList<BulkItem> &items, const BulkOptions &options, std::stop_token stop);

} // namespace cairn::jobs
