// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/Checkpoint.h"
#include "domain/Job.h"
#include "jobs/Argv.h"
#include "jobs/ResumeSwitch.h"

namespace cairn::jobs {

/// How a training script is told where to start and where to save.
///
/// Templates hold one argument per element. Placeholders: {path} the checkpoint, {dir} the folder that holds it, {name} its
/// name in there, {step} its step, {save} the fresh directory of the new attempt.
struct PathContract {
    enum class How {
        Unknown, ///< must be asked
        Env,     ///< an environment variable takes the path
        Args,    ///< arguments take it
        Newest,  ///< the script looks for its newest checkpoint by itself
    };
    enum class Source { None, Given, Remembered, Contract, Framework };

    How how = How::Unknown;
    Source source = Source::None;
    QString env;              ///< of Env
    QStringList args;         ///< of Args; of Newest what makes the script look, may be empty
    QString saveEnv;          ///< variable that takes the save directory; "" where arguments do, or nothing
    QStringList saveArgs;     ///< template with {save}
    QStringList resets;       ///< further arguments that undo an earlier choice ("--checkpoint.load_step=-1")
    QStringList drops;        ///< a template of arguments that would undo this one ("--finetune") and have to go
    QString framework;        ///< "torchtitan"; "" where none was recognised
    QString evidence;         ///< one sentence for people: by what it was recognised, or why it was not
    QStringList unsets;       ///< variables that would do so
    bool restartsFromNamed = false; ///< every pod restart begins again at the named checkpoint
    bool passedOnByScript = false;  ///< the framework does not read the argument itself (HF Trainer)
    bool wrapperKnows = true; ///< the wrapper can judge its checkpoints
    int copyLevels = 0;       ///< of Newest: see ResumeSwitch::levels
    QString why;              ///< of Newest: one sentence on why no other can be chosen; may be empty
    QString care;             ///< one sentence on what people stumble over; may be empty

    bool known() const { return how != How::Unknown; }
    /// True where the script can be told to save into a fresh directory. Never for Newest, which finds nothing there.
    bool tellsSaveDir() const;
    bool operator==(const PathContract &) const = default;
};

/// From the job: the annotations cairn.console/resume-by and save-by, else the environment contract (CHECKPOINT_DIR,
/// RESUME_FROM_CHECKPOINT), else the framework recognised from command, arguments and the checkpoint's format, by the table
/// of ResumeSwitch.h. To start from weights, the first two tell only where to save: what resumes a run would resume it.
PathContract contractOf(const Job &job, const Checkpoint &checkpoint, Act act = Act::Resume);

/// What a person chose, filled up with what the job shows: the arguments with which its framework takes its newest, and of
/// a start from weights how it is told where to save.
PathContract completed(PathContract chosen, const Job &job, const Checkpoint &checkpoint, Act act);

/// Reads what a person chose, in the words of the annotations. resumeBy: "env:NAME", "arg:--flag={path}" (words split
/// at blanks) or "newest"; saveBy: "env:NAME", "arg:--flag={save}" or "" (none, or told by resumeBy already).
Result<PathContract> parseContract(const QString &resumeBy, const QString &saveBy);

/// The words of the annotations for a contract, so that it is asked only once.
QString resumeByText(const PathContract &contract);
QString saveByText(const PathContract &contract);

} // namespace cairn::jobs
