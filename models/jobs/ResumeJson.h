// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "jobs/Preflight.h"
#include "jobs/ResumeExecutor.h"
#include "jobs/ResumePlan.h"

/// JSON of `cairnctl job resume -o json`. docs/RESUME.md describes every field; fields are added, never renamed.
namespace cairn::jobs {

QJsonObject toJson(const LossOfWork &loss);
QJsonObject toJson(const PathContract &contract);
QJsonObject toJson(const Check &check);
/// Lines of a difference: "  ", "- " and "+ " before the text, "@ N" for lines left out.
QJsonArray toJson(const QList<manifest::DiffLine> &lines);
/// With `withObject` the resulting object and the diff are part of it.
QJsonObject toJson(const ResumePlan &plan, bool withObject = true);
QJsonObject toJson(const ResumeOutcome &outcome);
QJsonObject toJson(const ResumeEvent &event);
/// The record on a job, for `job show`.
QJsonObject toJson(const ResumeState &state);

} // namespace cairn::jobs
