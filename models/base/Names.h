// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

/// Every name Cairn leaves on a cluster starts here; docs/OBJECTS.md lists them for readers.
namespace cairn::names {

/// Prefix of all annotations and labels.
inline constexpr QLatin1StringView prefix{"cairn.console/"};
/// Field manager of every write.
inline constexpr QLatin1StringView fieldManager{"cairn"};

/// `name("resume")` is "cairn.console/resume".
inline QString name(QLatin1StringView suffix)
{
    return QString(prefix) + suffix;
}

} // namespace cairn::names
