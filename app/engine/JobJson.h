// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/Gap.h"
#include "domain/Job.h"

#include <QJsonArray>
#include <QJsonObject>

namespace cairn::app {

/// What could be read beside the jobs themselves: the rest of a job is null.
struct JobKnowledge {
    bool pods = true;     ///< readiness and restarts
    bool runtimes = true; ///< size of a TrainJob that leaves it to its runtime
};

/// A job as `cairnctl jobs` prints it; docs/CAIRNCTL.md describes it field by field. Names are raw: JSON escapes them.
QJsonObject toJson(const Job &job, JobKnowledge known = {});
/// What a list could not read, as docs/CAIRNCTL.md describes it.
QJsonArray toJson(const QList<Gap> &gaps);

/// The size of the job may be more than its fields say: it is its runtime's, which could not be read.
bool isSizeUnknown(const Job &job, JobKnowledge known);

} // namespace cairn::app
