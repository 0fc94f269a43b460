// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/Delta.h"

#include <chrono>

namespace cairn {

/// Whether a server answers, and so how old at most what is known of its cluster is. All times UTC by this computer's clock.
struct LinkState {
    enum class Phase {
        Connecting, ///< nothing was heard yet
        Answering,
        Silent, ///< no answer for ten seconds
        Woken   ///< this computer slept, or this program was stopped: the server has not been heard since
    };
    Phase phase = Phase::Connecting;
    QDateTime heard; ///< the last proof of life: an answer, or a byte of a watch; invalid where there was none
    QDateTime since; ///< of Connecting and Silent: nobody has answered since then
    /// For so many seconds before `heard` nobody could tell the server anything: it was silent, or has been heard again for
    /// a moment only. Leases and heartbeats age by that much less.
    qint64 unheard = 0;
    bool operator==(const LinkState &) const = default;

    bool answers() const { return phase == Phase::Answering; }
    /// What is known may be judged and announced: the server answers, and has had the time to tell what it missed.
    bool isSettled() const { return answers() && unheard == 0; }
};

/// A set's state as it is shown: what the watch calls live is as old as the last proof of life.
FeedState linked(FeedState state, const LinkState &link);
/// It is not current because the server takes requests and does not answer them; `lastGood` says since when.
bool isSilent(const FeedState &state);

} // namespace cairn
