// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/Retry.h"

#include <algorithm>

using namespace std::chrono_literals;

namespace cairn::net {

bool isRepeatable(const Request &request)
{
    return request.idempotent || request.method == "GET" || request.method == "HEAD";
}

std::optional<std::chrono::seconds> retryAfter(QByteArrayView value)
{
    value = value.trimmed();
    if (value.isEmpty() || !std::all_of(value.begin(), value.end(), [](char c) { return c >= '0' && c <= '9'; }))
        return std::nullopt;
    bool ok = false;
    const int seconds = value.toByteArray().toInt(&ok);
    return ok ? std::optional(std::chrono::seconds(seconds)) : std::nullopt;
}

std::optional<std::chrono::milliseconds> retryWait(
    const Request &request, const Result<Response> &outcome, int attempt, double random)
{
    if (attempt >= request.maxRetries)
        return std::nullopt;
    if (outcome) {
        if (outcome->status != 429 && outcome->status < 500)
            return std::nullopt;
        const std::optional<std::chrono::seconds> wait = retryAfter(outcome->header("retry-after"));
        return wait ? std::optional<std::chrono::milliseconds>(std::min(*wait, std::chrono::seconds(60)))
                    : std::nullopt;
    }
    if (!outcome.error().reason.endsWith(lostConnection) || !isRepeatable(request))
        return std::nullopt;
    const auto full = std::min<std::chrono::milliseconds>(1s, 250ms * (1 << std::min(attempt, 4)));
    return full / 2 + std::chrono::milliseconds(static_cast<qint64>(static_cast<double>(full.count()) / 2 * random));
}

} // namespace cairn::net
