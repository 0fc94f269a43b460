// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"
#include "net/Http.h"

#include <chrono>
#include <optional>
#include <stop_token>

namespace cairn::net {

/// What a TLS handshake with a server shows.
struct TlsFacts {
    QByteArray serverCertPem;         ///< the server's own certificate
    std::optional<Error> notTrusted;  ///< why the certificate was not accepted; the certificate is shown nevertheless
};

/// Connects, through the proxy where there is one, shakes hands and hangs up; sends no request and, even where the
/// endpoint has one, no client certificate. A certificate that is not accepted is a fact, everything else that goes
/// wrong an Error. Blocks the calling thread (never the GUI thread).
Result<TlsFacts> probeTls(const Endpoint &endpoint, std::chrono::milliseconds timeout, std::stop_token stop);

} // namespace cairn::net
