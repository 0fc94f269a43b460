// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/LaunchFlows.h"
#include "jobs/ResumePlan.h"
#include "launch/Template.h"

/// What a new job can be begun with, for both programs: a template, or a checkpoint of another job. Blocking: run it on the flow pool or
/// in cairnctl.
namespace cairn::app {

/// Where this user's templates are, unless they chose another folder: below their own data.
QString ownTemplateFolder();

/// The templates that come with Cairn, and those of a folder. One of the folder comes before one of Cairn's with the same id.
struct TemplateShelf {
    QString folder;
    QList<launch::Template> templates;
    QStringList notes;          ///< safe to show
    std::optional<Error> error; ///< why the folder's are not among them
    int own() const;
    /// nullptr for none.
    const launch::Template *find(const QString &id) const;
};
TemplateShelf readShelf(const QString &folder);
/// NotFound names the nearest.
Result<launch::Template> chooseTemplate(const TemplateShelf &shelf, const QString &id);

/// The template's text with these values, in this namespace, and with what an expert would add (withDefaults()); comments stay.
Result<QByteArray> textFromTemplate(const launch::Template &from, const launch::TemplateValues &values, const QString &ns,
    const LaunchDefaults &defaults);

/// Saves a job as a template: NAME.yaml and NAME.form.yaml, whole or not at all. Conflict where one of that name is there. Gives the
/// names of variables whose plain value was left out.
Result<QStringList> saveAsTemplate(const QString &folder, const QString &name, const QByteArray &text);

/// A copy of a job that begins at one of its checkpoints, and saves into a folder of its own.
struct CheckpointCopy {
    QByteArray text;
    QString told;              ///< what the script gets: "RESUME_FROM_CHECKPOINT=/ckpt/a/step-100.pt"
    QList<change::Note> notes; ///< what to know of it
};
/// `request` is of readForResume(). The script is told as in a resume (jobs/PathContract.h); what forbids that is the error.
Result<CheckpointCopy> copyFromCheckpoint(jobs::ResumeRequest request, const QString &name);

} // namespace cairn::app
