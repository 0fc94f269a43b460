// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/ObjectApi.h"
#include "jobs/BulkPlan.h"

#include <chrono>
#include <functional>

/// Carrying out what a bulk plan says. Blocking; run it on the flow pool, never on the GUI thread.
namespace cairn::jobs {

/// How it went with one job.
struct BulkResult {
    enum class State {
        Waiting,   ///< not begun, or waiting for its old pods to end
        Running,
        Done,
        Unchanged, ///< nothing was done: it was so already, is gone, or was left out
        Failed,    ///< `error` says why
        Stopped,   ///< the flow was cancelled first
    };
    State state = State::Waiting;
    QString text;               ///< one sentence, safe to show; may be empty
    std::optional<Error> error; ///< of Failed
};

/// "waiting", "running", "done", "unchanged", "failed", "stopped".
QString stateWord(BulkResult::State state);

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

/// Does what each item says, one after the other; an item that fails stops no other. Every write is guarded: by the
/// resourceVersion, and a deletion by the UID too, so that a job that was made anew or changed meanwhile is left alone.
/// A job is let go only when its old pods are gone, since the operator would count their exit code as a failure.
/// Deletions cascade in the background: a TrainJob whose runtime is gone could never end one in the foreground.
QList<BulkResult> executeBulk(ObjectApi &api, const QList<BulkItem> &items, const BulkOptions &options, std::stop_token stop);

} // namespace cairn::jobs
