// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Error.h"

#include <QDateTime>
#include <QList>
#include <QString>

namespace cairn {

/// One batch of a watch, coalesced by UID (last state wins). Made on the watch thread of its resource,
/// moved to the GUI thread.
template <class T>
struct Delta {
    QList<T> upserts;        ///< added or changed
    QStringList removed;     ///< UIDs
    bool complete = false;   ///< a relist ended: everything not seen since it began is in `removed` already
    QString resourceVersion;
};

/// How fresh a watched set is; shown by every page.
struct FeedState {
    enum class Phase {
        Loading,     ///< first list under way; rows so far may be shown
        Live,        ///< watch established
        Stale,       ///< was live; `error` says why not now, retries go on
        Forbidden,   ///< the user may not list this; not retried until asked
        Absent,      ///< the server does not serve the resource (CRD absent)
        Failed       ///< never read; `error`, retries go on
    };
    Phase phase = Phase::Loading;
    QDateTime lastGood;      ///< UTC; last moment the set was known to be current
    Error error;             ///< of Stale, Forbidden, Failed
    qint64 loaded = 0;       ///< rows received while Loading
    qint64 expected = -1;    ///< rows the server announced while Loading; -1 unknown
};

} // namespace cairn
