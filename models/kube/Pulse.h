// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>

namespace cairn::kube {

/// When a server gave its last sign of life: a byte of a watch or log, or an answer of its own (a gateway's 502 is none).
/// Thread-safe; a beat costs one look at the clock.
class Pulse
{
public:
    /// Of a clock that goes on while the computer sleeps and that nobody sets (CLOCK_BOOTTIME).
    using Time = std::chrono::nanoseconds;
    static Time now();

    void beat(Time at = now()) { m_last.store(at.count(), std::memory_order_relaxed); }
    std::optional<Time> last() const
    {
        const std::int64_t at = m_last.load(std::memory_order_relaxed);
        return at < 0 ? std::nullopt : std::optional(Time(at));
    }

private:
    std::atomic<std::int64_t> m_last = -1;
};

} // namespace cairn::kube
