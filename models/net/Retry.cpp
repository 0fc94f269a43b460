// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/Retry.h"

#include <algorithm>

using namespace std::chrono_literals;

namespace cairn::net {

namespace {

std::chrono::milliseconds jittered(std::chrono::milliseconds full, double random)
{
    return full / 2 + std::chrono::milliseconds(static_cast<qint64>(static_cast<double>(full.count()) / 2 * random));
}

bool saysBusy(int status)
{
    return status == 429 || status == 500 || status == 502 || status == 503 || status == 504;
}

} // namespace

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
        if (const std::optional<std::chrono::seconds> wait = retryAfter(outcome->header("retry-after")))
            return std::min(*wait, std::chrono::seconds(60));
        if (!request.retryBusy || !isRepeatable(request) || !saysBusy(outcome->status))
            return std::nullopt;
        return jittered(std::min<std::chrono::milliseconds>(8s, 500ms * (1 << std::min(attempt, 4))), random);
    }
    if (!outcome.error().reason.endsWith(lostConnection) || !isRepeatable(request))
        return std::nullopt;
    return jittered(std::min<std::chrono::milliseconds>(1s, 250ms * (1 << std::min(attempt, 4))), random);
}

} // namespace cairn::net
