// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/RawConnection.h"

#include "base/PipeGuard.h"
#include "net/CurlError.h"
#include "net/Proxy.h"

#include <algorithm>

using namespace std::chrono_literals;

namespace cairn::net {

namespace {

int remaining(RawConnection::Clock::time_point deadline)
{
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - RawConnection::Clock::now());
    return static_cast<int>(std::clamp<std::chrono::milliseconds>(left, 0ms, 60s).count());
}

} // namespace

RawConnection::RawConnection(std::shared_ptr<const Endpoint> endpoint, const Target &target, std::stop_token stop)
    : m_endpoint(std::move(endpoint))
    , m_target(target)
    , m_stop(std::move(stop))
{
    initCurl();
    m_multi = curl_multi_init();
    m_easy.reset(curl_easy_init());
}

RawConnection::~RawConnection()
{
    const PipeGuard guard; // TLS says goodbye
    curl_multi_remove_handle(m_multi, m_easy.get());
    m_easy.reset();
    curl_multi_cleanup(m_multi);
}

Error RawConnection::failure(CURLcode code) const
{
    CurlFailure failure = CurlFailure::of(m_easy.get(), code, m_errorBuffer.data());
    failure.server = m_target.server;
    failure.verifiedName = m_target.verifiedName;
    if (!m_target.proxy.isEmpty())
        failure.proxy = proxyName(m_target.proxy);
    return curlError(failure);
}

Result<> RawConnection::open(Clock::time_point deadline)
{
    const PipeGuard guard;
    const Clock::time_point begun = Clock::now();
    CURL *easy = m_easy.get();
    applyEndpoint(easy, *m_endpoint, m_target, m_connectTo, m_errorBuffer.data());
    curl_easy_setopt(easy, CURLOPT_URL, m_target.origin.constData());
    curl_easy_setopt(easy, CURLOPT_CONNECT_ONLY, 1L);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    if (!m_target.proxy.isEmpty())
        curl_easy_setopt(easy, CURLOPT_HTTPPROXYTUNNEL, 1L);
    curl_multi_add_handle(m_multi, easy);
    const std::stop_callback onStop(m_stop, [this] { curl_multi_wakeup(m_multi); });
    for (;;) {
        if (m_stop.stop_requested())
            return fail(Error::cancelled());
        int running = 0;
        curl_multi_perform(m_multi, &running);
        int left = 0;
        if (const CURLMsg *message = curl_multi_info_read(m_multi, &left)) {
            if (message->data.result != CURLE_OK)
                return fail(failure(message->data.result));
            return {};
        }
        if (Clock::now() >= deadline) {
            return fail(timeoutError(
                m_target.server, std::chrono::duration_cast<std::chrono::milliseconds>(deadline - begun), false));
        }
        curl_multi_poll(m_multi, nullptr, 0, remaining(deadline), nullptr);
    }
}

Result<bool> RawConnection::wait(short events, Clock::time_point deadline)
{
    curl_socket_t socket = CURL_SOCKET_BAD;
    curl_easy_getinfo(m_easy.get(), CURLINFO_ACTIVESOCKET, &socket);
    if (socket == CURL_SOCKET_BAD)
        return fail(failure(CURLE_RECV_ERROR));
    const std::stop_callback onStop(m_stop, [this] { curl_multi_wakeup(m_multi); });
    if (m_stop.stop_requested())
        return fail(Error::cancelled());
    if (Clock::now() >= deadline)
        return false;
    curl_waitfd entry{socket, events, 0};
    curl_multi_poll(m_multi, &entry, 1, remaining(deadline), nullptr);
    return true;
}

Result<> RawConnection::write(const QByteArray &bytes, Clock::time_point deadline)
{
    const PipeGuard guard;
    qsizetype done = 0;
    while (done < bytes.size()) {
        size_t sent = 0;
        const CURLcode code =
            curl_easy_send(m_easy.get(), bytes.constData() + done, static_cast<size_t>(bytes.size() - done), &sent);
        if (code == CURLE_OK) {
            done += static_cast<qsizetype>(sent);
            continue;
        }
        if (code != CURLE_AGAIN)
            return fail(failure(code));
        const Result<bool> ready = wait(CURL_WAIT_POLLOUT, deadline);
        if (!ready)
            return fail(ready.error());
        if (!*ready)
            return fail(idleError(m_target.server, 60s));
    }
    return {};
}

Result<qsizetype> RawConnection::read(char *data, qsizetype size, Clock::time_point deadline)
{
    for (;;) {
        size_t got = 0;
        const CURLcode code = curl_easy_recv(m_easy.get(), data, static_cast<size_t>(size), &got);
        if (code == CURLE_OK)
            return static_cast<qsizetype>(got);
        if (code != CURLE_AGAIN)
            return fail(failure(code));
        const Result<bool> ready = wait(CURL_WAIT_POLLIN, deadline);
        if (!ready)
            return fail(ready.error());
        if (!*ready)
            return -1;
    }
}

} // namespace cairn::net
