// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"
#include "net/Http.h"

#include <QByteArrayView>
#include <chrono>
#include <optional>

namespace cairn::net {

/// True where sending the request twice does no harm: GET, HEAD, or marked so by the caller.
bool isRepeatable(const Request &request);

/// The wait named by a Retry-After header: whole seconds only, as client-go reads it; nullopt for dates and nonsense.
std::optional<std::chrono::seconds> retryAfter(QByteArrayView value);

/// How long to wait before attempt number `attempt` + 1 (the first attempt is 0), or nullopt when `outcome` is final.
/// The rules of client-go (rest/with_retry.go): 429 and 5xx only with an integer Retry-After, whatever the method; a
/// lost connection only for repeatable requests. Unlike client-go one wait is at most 60 s, and lost connections wait
/// 0.25 s, 0.5 s, then 1 s, each cut by up to half at random (`random` in 0…1) so that clients do not come back at
/// once. Request::retryBusy adds busy answers without Retry-After: 0.5 s, doubled up to 8 s, cut in the same way.
std::optional<std::chrono::milliseconds> retryWait(
    const Request &request, const Result<Response> &outcome, int attempt, double random);

/// The Error::reason of connections that broke after they had been made ends with this.
inline constexpr QLatin1StringView lostConnection{"/CONNECTION_LOST"};

} // namespace cairn::net
