// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/SilenceWatch.h"

#include "base/Async.h"

using namespace std::chrono_literals;

namespace cairn::app {

SilenceWatch::SilenceWatch(kube::Cluster &cluster, std::function<void(const LinkState &state)> tell, kube::LinkMonitor::Options times,
                           std::chrono::milliseconds look)
    : m_thread([&cluster, tell = std::move(tell), times, look](std::stop_token stop) {
        kube::LinkMonitor monitor(kube::Pulse::now(), times);
        bool silent = false;
        while (async::sleepFor(look, stop)) {
            // Before the first answer a sign-in may wait for a person; who never answers ends the command with an error.
            if (!cluster.transport().pulse().last())
                continue;
            const kube::LinkMonitor::Acts acts = monitor.look(kube::Pulse::now(), QDateTime::currentDateTimeUtc(), cluster.transport().pulse().last());
            const LinkState state = monitor.state(kube::Pulse::now(), QDateTime::currentDateTimeUtc());
            if (const bool now = state.phase == LinkState::Phase::Silent; now != silent && (now || state.answers())) {
                silent = now;
                tell(state);
            }
            if (acts.renew)
                cluster.transport().renewConnections();
            if (acts.probe) {
                cluster.ping(std::min<std::chrono::milliseconds>(times.silentAfter / 2, 5s), stop);
                monitor.probed(kube::Pulse::now());
            }
        }
    })
{
}

} // namespace cairn::app
