// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDateTime>
#include <string_view>

namespace cairn {

/// RFC 3339 to milliseconds, UTC; invalid where it is none. QDateTime's own parser is some twenty times slower.
QDateTime decodeTime(std::string_view text);

/// The same moment from seconds and nanoseconds since 1970; invalid outside the years 0 to 9999.
QDateTime timeFromSeconds(qint64 seconds, qint64 nanos);

} // namespace cairn
