// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/SocketLoop.h"

#include "base/Log.h"

#include <algorithm>
#include <cstdint>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <vector>

using namespace std::chrono_literals;

namespace cairn::net {

SocketLoop::SocketLoop()
    : m_wake(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK))
{
    if (m_wake < 0)
        qFatal("no file descriptor left for the network thread");
}

SocketLoop::~SocketLoop()
{
    close(m_wake);
}

void SocketLoop::attach(CURLM *multi)
{
    m_multi = multi;
    curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, onSocket);
    curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, this);
    curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, onTimer);
    curl_multi_setopt(multi, CURLMOPT_TIMERDATA, this);
}

int SocketLoop::onSocket(CURL *, curl_socket_t socket, int what, void *self, void *)
{
    auto &sockets = static_cast<SocketLoop *>(self)->m_sockets;
    switch (what) {
    case CURL_POLL_IN: sockets[socket] = POLLIN; break;
    case CURL_POLL_OUT: sockets[socket] = POLLOUT; break;
    case CURL_POLL_INOUT: sockets[socket] = POLLIN | POLLOUT; break;
    default: sockets.erase(socket); break;
    }
    return 0;
}

int SocketLoop::onTimer(CURLM *, long milliseconds, void *self)
{
    auto &timer = static_cast<SocketLoop *>(self)->m_timer;
    if (milliseconds < 0)
        timer.reset();
    else
        timer = Clock::now() + std::chrono::milliseconds(milliseconds);
    return 0;
}

void SocketLoop::act(curl_socket_t socket, int events)
{
    int running = 0;
    if (const CURLMcode code = curl_multi_socket_action(m_multi, socket, events, &running); code != CURLM_OK)
        qCCritical(lcNet, "network loop: %s", curl_multi_strerror(code));
}

void SocketLoop::runOnce(std::chrono::milliseconds limit)
{
    std::vector<pollfd> ready;
    ready.reserve(m_sockets.size() + 1);
    ready.push_back({m_wake, POLLIN, 0});
    for (const auto &[socket, events] : m_sockets)
        ready.push_back({socket, events, 0});
    if (m_timer)
        limit = std::min(limit, std::chrono::ceil<std::chrono::milliseconds>(*m_timer - Clock::now()));
    if (poll(ready.data(), ready.size(), static_cast<int>(std::max(limit, 0ms).count())) < 0)
        return; // interrupted by a signal; the caller comes again

    if (ready.front().revents != 0) {
        std::uint64_t count = 0;
        (void)!read(m_wake, &count, sizeof count);
    }
    for (size_t i = 1; i < ready.size(); ++i) {
        const pollfd &entry = ready[i];
        // An earlier action of this round may have closed the socket.
        if (entry.revents == 0 || !m_sockets.contains(entry.fd))
            continue;
        if (entry.revents & POLLNVAL)
            m_sockets.erase(entry.fd);
        int events = 0;
        if (entry.revents & (POLLIN | POLLHUP))
            events |= CURL_CSELECT_IN;
        if (entry.revents & POLLOUT)
            events |= CURL_CSELECT_OUT;
        if (entry.revents & (POLLERR | POLLNVAL))
            events |= CURL_CSELECT_ERR;
        act(entry.fd, events);
    }
    if (m_timer && *m_timer <= Clock::now()) {
        m_timer.reset(); // one shot; libcurl sets the next
        act(CURL_SOCKET_TIMEOUT, 0);
    }
}

void SocketLoop::wake()
{
    const std::uint64_t one = 1;
    (void)!write(m_wake, &one, sizeof one);
}

} // namespace cairn::net
