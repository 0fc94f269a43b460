// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "change/Record.h"
#include "change/Run.h"

/// Carrying out a plan of several objects: in its order, recorded on the cluster, to be finished or rolled back by any Cairn.
/// Blocking; run it on the flow pool. (A resume keeps its record on the job itself: jobs/ResumeExecutor.h.)
namespace cairn::change {

struct PlanOutcome {
    enum class State {
        Done,
        RolledBack, ///< everything is as it was
        Failed,     ///< `error` says why; what was done stays recorded where canRollBack
    };
    State state = State::Done;
    ObjectRef record;           ///< where it is recorded, while it is
    qsizetype done = 0;         ///< how many of its changes are done
    std::optional<Error> error; ///< of Failed
    bool canRollBack = false;   ///< and finish
    QStringList notes;          ///< further sentences, safe to show
};

/// Writes the record, then each change, then removes the record. An Error means that nothing was changed. Every change is
/// guarded by what the plan saw, and done once however often it is asked for.
Result<PlanOutcome> execute(ObjectApi &api, const Plan &plan, const Options &options, std::stop_token stop);

/// Goes on with what is recorded, whoever began it; goes on rolling back where that was begun.
Result<PlanOutcome> finish(ObjectApi &api, const ObjectRef &record, const Options &options, std::stop_token stop);

/// Takes back what is recorded, the last change first: what was made is deleted, what was deleted is made again, what was
/// changed gets back the fields that were changed. What somebody else changed since is left alone, and said.
Result<PlanOutcome> rollBack(ObjectApi &api, const ObjectRef &record, const Options &options, std::stop_token stop);

/// The merge patch that gives `body`'s fields the values they have in `before`, and removes those it lacks.
QJsonObject restoring(const QJsonObject &body, const QJsonObject &before);
/// Whether everything `body` says is so in `live`; list items of `body` may hold less than those of `live`.
bool contains(const QJsonValue &live, const QJsonValue &body);

} // namespace cairn::change
