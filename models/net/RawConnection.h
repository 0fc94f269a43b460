// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "net/CurlSetup.h"

#include <array>
#include <chrono>
#include <stop_token>

namespace cairn::net {

/// One connection with the TLS identity and proxy of an Endpoint, for protocols that leave HTTP. libcurl makes it
/// (CURLOPT_CONNECT_ONLY), so that certificates, names, proxies and errors are the same as for requests.
/// Blocking; all calls belong to one thread and end early when `stop` is requested.
class RawConnection {
public:
    using Clock = std::chrono::steady_clock;

    RawConnection(std::shared_ptr<const Endpoint> endpoint, const Target &target, std::stop_token stop);
    ~RawConnection();
    RawConnection(const RawConnection &) = delete;
    RawConnection &operator=(const RawConnection &) = delete;

    /// Makes the connection; HTTP/1.1 is agreed by ALPN.
    Result<> open(Clock::time_point deadline);
    /// Sends everything. Timeout when it takes longer than `deadline`.
    Result<> write(const QByteArray &bytes, Clock::time_point deadline);
    /// Up to `size` bytes as soon as there are any; 0 at the end of the stream, -1 when `deadline` came first.
    Result<qsizetype> read(char *data, qsizetype size, Clock::time_point deadline);

private:
    Error failure(CURLcode code) const;
    /// Waits for the socket. False when the deadline came first.
    Result<bool> wait(short events, Clock::time_point deadline);

    const std::shared_ptr<const Endpoint> m_endpoint;
    const Target m_target;
    const std::stop_token m_stop;
    std::array<char, CURL_ERROR_SIZE> m_errorBuffer{};
    SlistPtr m_connectTo;
    EasyPtr m_easy;
    CURLM *m_multi = nullptr;
};

} // namespace cairn::net
