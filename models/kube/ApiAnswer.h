// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"
#include "domain/StatusDecoder.h"
#include "net/Http.h"

#include <QJsonObject>
#include <QStringList>

namespace cairn::kube {

/// The answer itself when the server did what was asked, else the error it stands for: a Status in words, any other
/// body capped, a web page or redirect recognised as "not a Kubernetes API server".
Result<net::Response> checked(net::Response response, const RequestFacts &request);

/// The JSON object of an answer that passed checked().
Result<QJsonObject> jsonObject(const net::Response &response);

/// Texts of the Warning headers with code 299, raw.
QStringList warnings(const net::Response &response);

/// What an error says whose answer came from something else than a Kubernetes API server.
inline constexpr QLatin1StringView notKubernetes{"NotKubernetes"};
/// Error::reason of a 404 that means the resource itself is not served, not that an object is missing.
inline constexpr QLatin1StringView notServed{"NotServed"};

} // namespace cairn::kube
