// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/LinkState.h"

#include <QStringList>

namespace cairn::app {

/// How good what the window shows is, in one value: for the status bar.
struct SessionStatus {
    enum class Kind {
        Reading,   ///< a first list is under way
        Live,      ///< every list that is served is watched
        Partial,   ///< the jobs are; `missing` are not
        NoJobs,    ///< the server answers, and serves no kind of training job
        Forbidden, ///< the server answers, and no kind of job may be listed
        Stale,     ///< the jobs are as of `since`
        Failed,    ///< the jobs were never read
        Silent,    ///< the server has not answered since `since`
        Woken      ///< this computer slept; all is as of `since`
    };
    Kind kind = Kind::Reading;
    QStringList missing; ///< plurals ("nodes"), sorted
    QDateTime since;     ///< UTC; may be invalid
    bool isLive() const { return kind == Kind::Live || kind == Kind::Partial; }
    bool operator==(const SessionStatus &) const = default;
};

/// A list that is watched.
struct ListState {
    QString plural;
    FeedState state;
};

/// `jobs` is the one state of all kinds of jobs; `others` are what is read beside them.
SessionStatus sessionStatus(const LinkState &link, const FeedState &jobs, const QList<ListState> &others);

} // namespace cairn::app
