// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/LinkState.h"
#include "kube/Pulse.h"

namespace cairn::kube {

/// Judges from the signs of life of a server whether it answers, and says when to ask it. No clock and no thread of its
/// own: whoever has both looks about once a second.
class LinkMonitor
{
public:
    using Time = Pulse::Time;
    struct Options {
        std::chrono::milliseconds probeAfter{5'000}; ///< without a sign of life; bookmarks come once a minute only
        std::chrono::milliseconds probeAgain{3'000}; ///< after a probe without an answer
        std::chrono::milliseconds silentAfter{10'000};
        std::chrono::milliseconds gap{10'000}; ///< nobody looked for so long, or the wall clock jumped: this computer slept
        std::chrono::milliseconds settle{30'000}; ///< holders of leases and kubelets are given so long to renew what they could not
    };
    /// What is to be done now.
    struct Acts {
        bool probe = false;     ///< ask for something cheap
        bool renew = false;     ///< with a connection of its own: those there are may be dead
        bool reconnect = false; ///< it is back: watches go on from where they were, on new connections
    };

    explicit LinkMonitor(Time now);
    LinkMonitor(Time now, Options options);

    Acts look(Time now, const QDateTime &wall, std::optional<Time> beat);
    /// The probe that look() asked for has ended, with or without an answer.
    void probed(Time now);
    LinkState state(Time now, const QDateTime &wall) const;

private:
    using Phase = LinkState::Phase;
    const Options m_options;
    Phase m_phase = Phase::Connecting;
    const Time m_begun;
    Time m_looked;                 ///< last
    QDateTime m_wall;              ///< … by the wall clock
    std::optional<Time> m_heard;
    Time m_ignored{-1};            ///< beats up to here prove nothing: they may have lain in a socket while we slept
    std::optional<Time> m_returned; ///< when it answered again
    Time m_missed{0};              ///< how long it was silent before that
    bool m_probing = false;
    std::optional<Time> m_probed;  ///< end of the last probe
    bool m_failed = false;         ///< it had no answer
};

} // namespace cairn::kube
