// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/Job.h"

class QMenu;

namespace cairn::pages {

/// What can be done with one job besides resuming and cloning it.
enum class JobAct { Scale, Edit, Convert };
inline constexpr JobAct jobActs[] = {JobAct::Scale, JobAct::Edit, JobAct::Convert};

/// "Scale…"
QString jobActLabel(JobAct act);
/// Why it cannot be asked for, a sentence; "" where it can. `patch`: why the user may not change the job, "" where they may or it
/// is not known. The dialog, or the review of the new job, has the last word.
QString jobActRefusal(JobAct act, const Job &job, const QString &patch);

} // namespace cairn::pages
