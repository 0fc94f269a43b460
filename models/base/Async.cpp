// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Async.h"

#include <condition_variable>
#include <mutex>

namespace cairn::async {

QThreadPool &flowPool()
{
    // Flows mostly wait, so more of them than cores; bounded so that a burst of clicks cannot exhaust the server.
    static QThreadPool pool;
    static const bool configured = [] {
        pool.setMaxThreadCount(16);
        pool.setExpiryTimeout(10'000);
        return true;
    }();
    Q_UNUSED(configured)
    return pool;
}

QThreadPool &streamPool()
{
    static QThreadPool pool;
    static const bool configured = [] {
        pool.setMaxThreadCount(256);
        pool.setExpiryTimeout(10'000);
        return true;
    }();
    Q_UNUSED(configured)
    return pool;
}

void drain()
{
    flowPool().waitForDone();
    streamPool().waitForDone();
}

bool sleepFor(std::chrono::milliseconds time, const std::stop_token &stop)
{
    std::mutex mutex;
    std::condition_variable_any wake;
    std::unique_lock lock(mutex);
    wake.wait_for(lock, stop, time, [] { return false; });
    return !stop.stop_requested();
}

} // namespace cairn::async
