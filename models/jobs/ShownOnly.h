// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "change/Run.h"
#include "domain/Kinds.h"

namespace cairn::jobs {

/// Why nothing is offered for a job of another project's kind; empty for the kinds that Cairn writes. Id "shown-only".
change::Note shownOnly(JobKind kind);

} // namespace cairn::jobs
