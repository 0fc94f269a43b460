// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace cairn {

/// One line of a pod's log as it came.
struct LogLine {
    int source = 0;  ///< which of the logs followed together
    qint64 time = 0; ///< ms since the epoch, UTC; 0 unknown
    QString text;    ///< raw, without the newline
};

} // namespace cairn
