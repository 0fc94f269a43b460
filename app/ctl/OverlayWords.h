// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/Kinds.h"

#include <QString>

namespace cairn::ctl {

/// The last line where a recorded change was shown and not carried out: what is still to be given.
inline QString howToDoIt(bool needsElsewhere, bool saidYes)
{
    if (!needsElsewhere)
        return QStringLiteral("Nothing was changed. Do it with --yes.");
    return QStringLiteral("Nothing was changed. Where you know of this change, do it with %1.").arg(saidYes ? QStringLiteral("--elsewhere as well") : QStringLiteral("--yes --elsewhere"));
}

/// How to take back what a record says, by `command`, "overlay" or "storage"; `isDone`: there is nothing to go on with.
inline QString takesBack(const QString &command, const ObjectRef &record, bool needsElsewhere, bool isDone)
{
    return QStringLiteral("To take it back: cairnctl %1 rollback %2 -n %3 --yes%4 (or %5: %1 finish)")
        .arg(command, record.name, record.ns, needsElsewhere ? QStringLiteral(" --elsewhere") : QString(), isDone ? QStringLiteral("keep it") : QStringLiteral("go on"));
}

} // namespace cairn::ctl
