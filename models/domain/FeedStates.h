// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/Delta.h"

namespace cairn {

/// The one state to show for a set that is fed by several watches (namespaces, job kinds). What still loads or has gone
/// wrong outweighs what is well; the age is that of the oldest part. Forbidden and Absent only where all parts are;
/// where some are Forbidden and the rest is Live the phase is Live and `error` says what is missing.
FeedState combined(const QList<FeedState> &parts);

} // namespace cairn
