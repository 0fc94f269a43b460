// SPDX-License-Identifier: GPL-3.0-or-later
#include "domain/LinkState.h"

#include <QCoreApplication>

namespace cairn {
namespace {

const auto notAnswering = QStringLiteral("NOT_ANSWERING");

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::LinkState)
};

} // namespace

FeedState linked(FeedState state, const LinkState &link)
{
    using Phase = FeedState::Phase;
    if (link.answers() || link.phase == LinkState::Phase::Connecting)
        return state;
    const bool slept = link.phase == LinkState::Phase::Woken;
    if (state.phase == Phase::Live) {
        state.phase = Phase::Stale;
        state.lastGood = link.heard;
    } else if (state.phase == Phase::Loading && link.phase == LinkState::Phase::Silent) {
        state.phase = Phase::Failed;
    } else {
        return state; // it has an error of its own, or nobody knows yet
    }
    state.error = slept ? Error::make(Error::Kind::Timeout, Words::tr("This computer was asleep"), Words::tr("Reconnecting to the server."))
                        : Error::make(Error::Kind::Timeout, Words::tr("The server is not answering"),
                                      Words::tr("Neither the watches nor a probe got an answer."));
    if (!slept)
        state.error.reason = notAnswering;
    return state;
}

bool isSilent(const FeedState &state)
{
    return state.error.reason == notAnswering;
}

} // namespace cairn
