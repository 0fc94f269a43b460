// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "kube/Cluster.h"
#include "kube/LinkMonitor.h"

#include <functional>
#include <thread>

namespace cairn::app {

/// Tells when the server of a command that waits falls silent, and when it answers again: a program without a window has
/// no other place to say it. On a thread of its own, which also asks for a sign of life where there is none for a while.
class SilenceWatch
{
public:
    /// `tell` is called on that thread, once for each change, never after the destructor has returned. `cluster` outlives it.
    SilenceWatch(kube::Cluster &cluster, std::function<void(const LinkState &state)> tell, kube::LinkMonitor::Options times = {},
                 std::chrono::milliseconds look = std::chrono::seconds(1));

private:
    std::jthread m_thread;
};

} // namespace cairn::app
