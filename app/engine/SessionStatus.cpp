// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/SessionStatus.h"

#include <algorithm>

namespace cairn::app {

SessionStatus sessionStatus(const LinkState &link, const FeedState &jobs, const QList<ListState> &others)
{
    using Kind = SessionStatus::Kind;
    using Phase = FeedState::Phase;
    if (link.phase == LinkState::Phase::Silent)
        return {Kind::Silent, {}, link.since};
    if (link.phase == LinkState::Phase::Woken)
        return {Kind::Woken, {}, link.heard};
    switch (jobs.phase) {
    case Phase::Loading: return {Kind::Reading, {}, {}};
    case Phase::Stale: return {Kind::Stale, {}, jobs.lastGood};
    case Phase::Failed: return {Kind::Failed, {}, {}};
    case Phase::Forbidden: return {Kind::Forbidden, {}, {}};
    case Phase::Absent: return {Kind::NoJobs, {}, {}};
    case Phase::Live: break;
    }
    SessionStatus status{Kind::Live, {}, {}};
    for (const ListState &list : others) {
        if (list.state.phase == Phase::Loading)
            return {Kind::Reading, {}, {}};
        if (list.state.phase != Phase::Live && list.state.phase != Phase::Absent && !status.missing.contains(list.plural))
            status.missing.append(list.plural);
    }
    std::ranges::sort(status.missing);
    if (!status.missing.isEmpty())
        status.kind = Kind::Partial;
    return status;
}

} // namespace cairn::app
