// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/LinkMonitor.h"

#include <algorithm>
#include <ctime>

using namespace std::chrono_literals;

namespace cairn::kube {

Pulse::Time Pulse::now()
{
    timespec time{};
    clock_gettime(CLOCK_BOOTTIME, &time);
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

LinkMonitor::LinkMonitor(Time now)
    : LinkMonitor(now, Options())
{
}

LinkMonitor::LinkMonitor(Time now, Options options)
    : m_options(options)
    , m_begun(now)
    , m_looked(now)
{
}

LinkMonitor::Acts LinkMonitor::look(Time now, const QDateTime &wall, std::optional<Time> beat)
{
    Acts acts;
    const Time passed = now - m_looked;
    // A virtual machine that was paused has a clock that stood still, too, until somebody sets it.
    const Time jumped = m_wall.isValid() ? std::chrono::milliseconds(m_wall.msecsTo(wall)) - passed : Time(0);
    if (passed > m_options.gap || std::max(jumped, -jumped) > m_options.gap) {
        m_ignored = now;
        m_failed = true; // whatever connection there was
        m_probed.reset();
        if (m_heard) {
            m_phase = Phase::Woken;
            *m_heard -= std::max(jumped, Time(0)); // at the worst it stood still for all of it
        }
    }
    m_looked = now;
    m_wall = wall;

    const bool heard = beat && *beat > m_ignored && (!m_heard || *beat > *m_heard);
    if (heard) {
        if (m_phase == Phase::Silent || m_phase == Phase::Woken) {
            m_missed = m_heard ? *beat - *m_heard : Time(0);
            m_returned = *beat;
            acts.reconnect = true;
        }
        m_heard = beat;
        m_phase = Phase::Answering;
        m_failed = false;
    }
    const Time quiet = now - m_heard.value_or(m_begun);
    if (!heard && m_phase != Phase::Silent && now - std::max(m_heard.value_or(m_begun), m_ignored) >= m_options.silentAfter)
        m_phase = Phase::Silent;

    const bool due = m_phase == Phase::Woken || quiet >= m_options.probeAfter;
    if (due && !m_probing && (!m_probed || now - *m_probed >= (m_failed ? m_options.probeAgain : 0ms))) {
        m_probing = true;
        acts.probe = true;
        acts.renew = m_failed;
    }
    return acts;
}

void LinkMonitor::probed(Time now)
{
    m_probing = false;
    m_probed = now;
    m_failed = true; // until the beat that came with its answer is seen
}

LinkState LinkMonitor::state(Time now, const QDateTime &wall) const
{
    const auto at = [&](Time time) { return wall.addMSecs(-std::chrono::duration_cast<std::chrono::milliseconds>(now - time).count()); };
    LinkState state;
    state.phase = m_phase;
    if (m_heard)
        state.heard = at(*m_heard);
    if (m_phase == Phase::Connecting || m_phase == Phase::Silent)
        state.since = at(std::max(m_heard.value_or(m_begun), m_ignored));
    if (m_phase == Phase::Answering && m_returned && now - *m_returned < m_options.settle)
        state.unheard = std::chrono::ceil<std::chrono::seconds>(m_missed + m_options.settle).count();
    return state;
}

} // namespace cairn::kube
