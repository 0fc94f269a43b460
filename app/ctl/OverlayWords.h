// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace cairn::ctl {

/// The last line where a recorded change was shown and not carried out: what is still to be given.
inline QString howToDoIt(bool needsElsewhere, bool saidYes)
{
    if (!needsElsewhere)
        return QStringLiteral("Nothing was changed. Do it with --yes.");
    return QStringLiteral("Nothing was changed. Where you know of this change, do it with %1.").arg(saidYes ? QStringLiteral("--elsewhere as well") : QStringLiteral("--yes --elsewhere"));
}

} // namespace cairn::ctl
