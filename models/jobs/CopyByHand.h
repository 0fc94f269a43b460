// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/Job.h"
#include "jobs/PathContract.h"

namespace cairn::jobs {

/// What a person has to type so that a training which takes the newest of its folder goes on from a chosen checkpoint: a
/// copy of it alone in `folder`, with the pointer file of the framework. Cairn copies nothing itself; once the copy is
/// listed, it may be chosen (ResumeRequest::alone). `path` and `folder` are absolute paths in the container.
QString copyByHand(const Job &job, const PathContract &contract, const QString &path, const QString &folder);

} // namespace cairn::jobs
