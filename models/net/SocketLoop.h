// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <curl/curl.h>
#include <map>
#include <optional>

namespace cairn::net {

/// Waits for the sockets and timers of one libcurl multi handle and runs the transfers that have something to do.
///
/// Built on curl_multi_socket_action and not on curl_multi_perform with curl_multi_poll: up to libcurl 7.88 perform
/// forgets the timers that are set while it runs, and a multiplexed HTTP/2 answer that was read along with another one
/// then lies in libcurl's buffer until something else wakes the loop.
///
/// Everything but wake() belongs to one thread. Must outlive the multi handle.
class SocketLoop {
public:
    SocketLoop();
    ~SocketLoop();
    SocketLoop(const SocketLoop &) = delete;
    SocketLoop &operator=(const SocketLoop &) = delete;

    void attach(CURLM *multi);
    /// Blocks until a socket is ready, a timer of libcurl ran out, wake() was called or `limit` is over.
    void runOnce(std::chrono::milliseconds limit);
    /// Ends a runOnce(), now or the next one. Any thread.
    void wake();

private:
    using Clock = std::chrono::steady_clock;
    static int onSocket(CURL *, curl_socket_t socket, int what, void *self, void *);
    static int onTimer(CURLM *, long milliseconds, void *self);
    void act(curl_socket_t socket, int events);

    CURLM *m_multi = nullptr;
    int m_wake = -1;                          ///< an eventfd
    std::map<curl_socket_t, short> m_sockets; ///< with their poll(2) events
    std::optional<Clock::time_point> m_timer;
};

} // namespace cairn::net
