// SPDX-License-Identifier: GPL-3.0-or-later
#include "domain/FeedStates.h"

#include <algorithm>

namespace cairn {

FeedState combined(const QList<FeedState> &parts)
{
    using Phase = FeedState::Phase;
    const auto first = [&](Phase phase) { return std::ranges::find(parts, phase, &FeedState::phase); };
    const auto has = [&](Phase phase) { return first(phase) != parts.end(); };
    FeedState all;
    if (parts.isEmpty())
        return all;

    bool expectedKnown = true;
    qint64 expected = 0;
    for (const FeedState &part : parts) {
        all.loaded += part.loaded;
        if (part.phase == Phase::Loading && part.expected < 0)
            expectedKnown = false;
        expected += part.phase == Phase::Loading ? part.expected : part.loaded;
        if (part.lastGood.isValid() && (!all.lastGood.isValid() || part.lastGood < all.lastGood))
            all.lastGood = part.lastGood;
    }
    for (const Phase phase :
         {Phase::Failed, Phase::Stale, Phase::Loading, Phase::Live, Phase::Forbidden, Phase::Absent}) {
        if (!has(phase))
            continue;
        all.phase = phase;
        all.error = first(phase)->error;
        break;
    }
    if (all.phase == Phase::Live && has(Phase::Forbidden))
        all.error = first(Phase::Forbidden)->error;
    // Rows are on the screen already: old news rather than none.
    if (all.phase == Phase::Failed && (has(Phase::Live) || has(Phase::Stale)))
        all.phase = Phase::Stale;
    if (all.phase == Phase::Loading && expectedKnown)
        all.expected = expected;
    return all;
}

} // namespace cairn
