// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "change/Change.h"
#include "domain/Checkpoint.h"
#include "domain/Job.h"
#include "jobs/LossOfWork.h"
#include "jobs/PathContract.h"
#include "jobs/RoleChange.h"
#include "manifest/Diff.h"

#include <QSet>

namespace cairn::jobs {

/// Everything that is known when somebody wants to resume a job from a checkpoint. Plain data.
struct ResumeRequest {
    Job job;
    QJsonObject object;      ///< the job as the server has it; what is changed is changed in this
    Checkpoint checkpoint;
    QString path;            ///< absolute path of the checkpoint inside the training container, or its s3:// address
    QString saveDir;         ///< absolute path or address where the job saves now; "" to find it here
    Act act = Act::Resume;
    bool alone = false;      ///< it is the only checkpoint of its folder: a script that takes its newest there takes this one
    bool newest = false;     ///< it is the newest of the current attempt that training could go on from
    bool ofOtherAttempt = false; ///< it is not on the way of the current attempt (CurrentAttempt.h)
    std::optional<Checkpoint> alternative; ///< then: the newest that is; else: a newer one of another attempt
    std::optional<PathContract> contract; ///< what the user chose; else contractOf(job)
    bool newObject = false;  ///< make a new job even where the old one could go on
    bool useWrapper = false; ///< see jobs/Wrapper.h
    bool acceptUnverified = false;
    bool anyProcesses = false; ///< another number of processes than the checkpoint needs is a warning
    QString newName;         ///< of the new job; "" to choose one
    QString saveInto;        ///< of a new job: where it saves; "" for a directory of the attempt's beside the others
    QSet<QString> takenNames; ///< names of jobs of this kind in the namespace
    bool runtimeChanged = false; ///< of a TrainJob: its runtime is no longer the one it began with
    QString id;              ///< at least six lower-case hexadecimal digits; "" to draw one
    LossOfWork loss;
};

using PlanNote = change::Note; ///< its ids: docs/RESUME.md lists them

/// What a resume, or a start from weights, will do, decided in full before anything is done. Pure data; made by planResume.
struct ResumePlan {
    enum class Mode {
        InPlace,   ///< suspend, wait until the pods are gone, change the template, unsuspend
        NewObject, ///< create a new job, leave the old one untouched
    };
    QString id;
    Act act = Act::Resume;
    Mode mode = Mode::InPlace; ///< a start from weights is always a new object, and a run of its own
    Job job;                  ///< as it was when the plan was made
    QJsonObject object;
    Checkpoint checkpoint;
    std::optional<Checkpoint> alternative; ///< as in the request: a warning tells of it
    QString path;
    PathContract contract;
    bool useWrapper = false;
    bool wrapperPossible = false; ///< and of use: the contract restarts from the named path
    QString newName;          ///< of NewObject
    QString saveDir;          ///< fresh directory or prefix of the new attempt; "" for a contract that cannot be told (Newest)
    QString baseDir;          ///< directory all attempts have in common
    int attempt = 2;
    QList<RoleChange> changes;
    QMap<QString, QString> annotations; ///< set on the job that goes on: lineage, remembered contract
    QJsonObject result;       ///< the object as it will be (server-owned fields left out)
    QList<manifest::DiffLine> diff; ///< `object` against `result`
    QString told;             ///< the words the script gets: "RESUME_FROM_CHECKPOINT=/ckpt/a/step-100.pt"
    std::optional<qint64> processes; ///< that will train together; nullopt where the job does not tell
    QList<PlanNote> problems; ///< any of them forbids to go on
    QList<PlanNote> warnings;
    LossOfWork loss;

    bool feasible() const { return problems.isEmpty(); }
    bool hasProblem(QLatin1StringView id) const;
    bool hasWarning(QLatin1StringView id) const;
    /// Name of the job that will train: the new one's, or the old one's.
    QString targetName() const { return mode == Mode::NewObject ? newName : job.name; }
};

/// Decides how to resume, or to start from weights. Never fails: what stands in the way is in `problems`. Pure but for drawing an id.
ResumePlan planResume(const ResumeRequest &request);

/// Fills {path}, {dir}, {name}, {step} and {save} in a template and escapes the result for a container's args.
QStringList filledTemplate(const QStringList &words, const QString &path, std::optional<qint64> step, const QString &saveDir);

} // namespace cairn::jobs
