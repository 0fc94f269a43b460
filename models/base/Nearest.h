// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

/// Names that may have been meant. Pure functions, any thread.
namespace cairn::text {

/// Of `names` the one with the fewest changed letters, where that is at most a third of it, and at most `most`; else empty. Names
/// longer than 253 letters are never meant.
QString nearestOf(const QString &name, const QStringList &names, int most = 20);
/// The same names, those with the fewest changed letters first.
QStringList nearestFirst(const QString &name, QStringList names);

} // namespace cairn::text
