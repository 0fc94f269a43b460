// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDateTime>
#include <QString>

namespace cairn {

/// Who counted. The numbers are stored in the history: never renumber.
enum class UseSource { None = 0, Helper = 1, Kubelet = 2, Prometheus = 3 };

/// What one measurement said of the file system behind a claim. Bytes and counts; -1 where it did not say.
struct VolumeUse {
    QString ns;
    QString claim;
    qint64 used = -1;
    qint64 capacity = -1;
    qint64 available = -1; ///< to an ordinary user: less than capacity - used where blocks are kept for root
    qint64 inodes = -1;
    qint64 inodesUsed = -1;
    QString fileSystem;    ///< id that tells file systems apart; only a helper sees it
    UseSource source = UseSource::None;
    QDateTime at;          ///< UTC

    /// The part that is full, as df counts it: used / (used + available). -1 where it is not known.
    double fraction() const
    {
        const qint64 whole = used >= 0 && available >= 0 ? used + available : capacity;
        return used >= 0 && whole > 0 ? double(used) / double(whole) : -1;
    }
    bool operator==(const VolumeUse &) const = default;
};

/// One point of a claim's history.
struct UsageSample {
    QDateTime at; ///< UTC
    qint64 used = -1;
    qint64 capacity = -1;
    UseSource source = UseSource::None;
    bool operator==(const UsageSample &) const = default;
};

} // namespace cairn
