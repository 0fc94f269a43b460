// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "change/Run.h"
#include "jobs/ResumePlan.h"
#include "jobs/ResumeState.h"

/// Carrying a plan out. Blocking; run it on the flow pool, never on the GUI thread.
namespace cairn::jobs {

using ResumeEvent = change::Event;
using change::stageWord;

struct ExecuteOptions : change::Options {
    /// Wait for the first step after the checkpoint. Without it the flow ends when the job was let go or created.
    bool follow = true;
    /// Looks at the checkpoint once more, right before something is suspended or created and again before the template
    /// is changed. Error::Kind::NotFound where it is gone, and only then: any other error stops the flow at the first
    /// look, and is noted at the second, when no pod of the job runs any longer. May be empty.
    std::function<Result<Checkpoint>(std::stop_token)> recheck;
    /// Called once no further look will be asked for, before the job starts again. May be empty; must not block.
    std::function<void()> looksDone;
    std::chrono::minutes podsGoneLimit{15}; ///< beyond the grace period; a lost node may keep pods for ever
    std::chrono::minutes followLimit{60};
};

/// How it ended once something was changed on the cluster. (Where nothing was changed, the flows return an Error.)
struct ResumeOutcome {
    enum class State {
        Training, ///< a step after the checkpoint was seen, or the log says it resumed and the step is unknown
        Started,  ///< applied, not followed to the first step
        Undone,   ///< back as it was
        Failed,   ///< `error` says why; see canPutBack
    };
    State state = State::Started;
    Act act = Act::Resume;
    ResumePlan::Mode mode = ResumePlan::Mode::InPlace;
    ObjectRef target;          ///< the job that trains now
    QString id;
    QString saveDir;
    QString checkpoint;
    std::optional<qint64> checkpointStep; ///< nullopt as well of a start from weights, which counts from zero
    std::optional<qint64> firstStep;   ///< first step seen after the checkpoint
    /// Failed, and worth an alarm: it trains, but began anew instead of at the checkpoint. It goes on until someone stops it.
    bool startedFromZero = false;
    QString pod;               ///< where it was seen
    QString resumedLine;       ///< the log's own words, safe to show; may be empty
    std::optional<Error> error; ///< of Failed
    bool canPutBack = false;   ///< putBack() can restore the old state
    QStringList notes;         ///< further sentences, safe to show
};

/// "training", "started", "undone", "failed".
QString stateWord(ResumeOutcome::State state);

/// Carries out a feasible plan.
/// In place: one patch suspends the job and records old and new state in an annotation, guarded by the resourceVersion;
/// then wait until no pod is left, patch the template, unsuspend, follow. New object: create, follow.
/// An Error means that nothing was changed (Conflict: the job changed meanwhile; NotFound: checkpoint or job is gone).
/// Everything after the first change ends in an outcome, Failed with canPutBack included.
Result<ResumeOutcome> execute(ObjectApi &api, const ResumePlan &plan, const ExecuteOptions &options, std::stop_token stop);

/// Goes on with what is recorded on the job, whoever began it; goes on undoing where that was begun.
Result<ResumeOutcome> finish(ObjectApi &api, const ObjectRef &job, const ExecuteOptions &options, std::stop_token stop);

/// Takes back what is recorded on the job: waits for pods of the new template to go, then restores environment,
/// arguments, lineage and the suspend word in one patch. Any Cairn can do it, at any phase, more than once.
Result<ResumeOutcome> undo(ObjectApi &api, const ObjectRef &job, const ExecuteOptions &options, std::stop_token stop);

/// The one-click way back after an outcome: undo() in place, deleting the new job (by its UID) otherwise.
Result<ResumeOutcome> putBack(ObjectApi &api, const ResumeOutcome &outcome, const ExecuteOptions &options, std::stop_token stop);

} // namespace cairn::jobs
