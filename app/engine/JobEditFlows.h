// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "change/Run.h"
#include "domain/Job.h"
#include "launch/Convert.h"
#include "launch/Edit.h"
#include "launch/Scale.h"
#include "manifest/Diff.h"
#include "manifest/Document.h"

/// What both programs do to change a job that is there, or to make a TrainJob of it. Blocking: run it on the flow pool or in
/// cairnctl, never on the GUI thread.
namespace cairn::app {

/// What somebody chose for the TrainJob.
struct ConvertChoice {
    QString name = {};    ///< empty: the job's
    QString runtime = {}; ///< empty: one that suits the job
    bool ownRuntime = false;
};
/// The TrainJob as text, to be previewed and submitted as any new job (LaunchFlows.h). What is otherwise, lost or breaks stands in
/// comments above it.
struct JobConvert {
    launch::Conversion conversion;
    QByteArray text;
    QString runtime; ///< that was taken
};
/// `object` is the job, whole; `live` what it was decoded to, nullptr for one that is on no cluster. Unsupported where the
/// cluster serves no TrainJobs, or the job is of a kind that cannot be converted; NotFound where no runtime is there.
Result<JobConvert> convertJob(ObjectApi &api, const QJsonObject &object, const Job *live, const ConvertChoice &choice, std::stop_token stop);

/// A change of one job, as it would be written, tried by the server.
struct JobScale {
    Job job;
    launch::Scale plan;
    change::Change change;        ///< where the plan has a patch
    std::optional<Error> refused; ///< by the server's dry run; empty: accepted
    bool feasible() const { return plan.feasible() && !refused; }
    bool changes() const { return !plan.patch.isEmpty(); }
};
/// Without `workers` it is only told whether, and between what bounds, the job can be scaled.
Result<JobScale> previewScale(ObjectApi &api, const ObjectRef &job, std::optional<int> workers, std::stop_token stop);

/// A text that somebody made of a job, and everything that is wrong with it at once.
struct JobEdit {
    Job job;
    QList<manifest::Fault> faults;     ///< of the text
    QList<manifest::Finding> findings; ///< of the schema, with their places in the text
    QList<launch::EditPoint> points;
    QList<change::Note> gaps;          ///< what could not be looked at
    QList<manifest::DiffLine> diff;    ///< against the job as it is; what may be secret is masked
    std::optional<Error> refused;      ///< no edit of this job, changed meanwhile, or refused by the server's strict dry run
    change::Change change;             ///< where something differs
    bool feasible() const;
    bool changes() const { return !change.body.isEmpty(); }
};
/// `base` is the job as the edit began from it; empty: the job that has the resourceVersion which the text says, else the
/// job as it is now. What status, managedFields and other fields of the server's say in the text is left out.
Result<JobEdit> previewEdit(ObjectApi &api, const ObjectRef &job, const QJsonObject &base, const QByteArray &text, std::stop_token stop);

/// Writes it, guarded: where somebody changed the job's specification, labels or annotations since, nothing is written and
/// the Conflict says who changed what. Returns the job as it is now.
Result<QJsonObject> applyJobChange(ObjectApi &api, const change::Change &change, const change::Options &options, std::stop_token stop);

/// What takes a change back that made `after`: only what it wrote, and only while the job still is `after`.
change::Change inverseOf(const change::Change &change, const QJsonObject &after);

} // namespace cairn::app
