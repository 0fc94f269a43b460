// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "change/Record.h"
#include "change/Run.h"

/// Carrying out a plan of several objects: in its order, recorded on the cluster, to be finished or rolled back by any Cairn.
/// One flow works on a record at a time (Owner.h): another one that would is refused with an Error::Kind::Conflict that says who
/// works on it, and nothing is changed. Blocking; run it on the flow pool. (A resume keeps its record on the job itself: jobs/ResumeExecutor.h.)
namespace cairn::change {

struct PlanOutcome {
    enum class State {
        Done,
        RolledBack, ///< all that was written is taken back; `notes` says what is not as it was all the same
        Failed,     ///< `error` says why; what was done stays recorded where canRollBack
    };
    State state = State::Done;
    ObjectRef record;           ///< where it is recorded, while it is
    qsizetype done = 0;         ///< how many of its changes are done
    std::optional<Error> error; ///< of Failed
    bool canRollBack = false;   ///< and finish; of Done: the record was kept
    QStringList notes;          ///< further sentences, safe to show
};

/// Writes the record, then each change, then removes the record (unless Plan::keepRecord). An Error means that nothing was changed. Every change is
/// guarded by what the plan saw of the fields it writes, of labels and owner, and done once however often it is asked for.
Result<PlanOutcome> execute(ObjectApi &api, const Plan &plan, const Options &options, std::stop_token stop);

/// Goes on with what is recorded, whoever began it; goes on rolling back where that was begun. Where all is done and the
/// record was kept for a way back, it is removed.
Result<PlanOutcome> finish(ObjectApi &api, const ObjectRef &record, const Options &options, std::stop_token stop);

/// Takes back what is recorded, the last change first: what was made is deleted, what was deleted is made again, what was
/// changed gets back the fields that were changed. What somebody else changed since is left alone, and said. Where a
/// workload was waited for on the way, it has to come to rest again on the way back. How many replicas an autoscaler wants
/// by now is left to it, and said; what may not be taken back while more run than before (a leader election) ends it.
Result<PlanOutcome> rollBack(ObjectApi &api, const ObjectRef &record, const Options &options, std::stop_token stop);

/// What rollBack() would do from here, in its order: one line for each object, safe to show. Waits are left out, and so
/// is what was never begun. No value but numbers and switches.
QStringList wayBack(const Record &record);

/// The merge patch that gives `body`'s fields the values they have in `before`, and removes those it lacks.
QJsonObject restoring(const QJsonObject &body, const QJsonObject &before);
/// Whether everything `body` says is so in `live`; list items of `body` may hold less than those of `live`.
bool contains(const QJsonValue &live, const QJsonValue &body);

} // namespace cairn::change
