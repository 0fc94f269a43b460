// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"
#include "kube/Credentials.h"
#include "net/Http.h"

#include <QString>
#include <chrono>
#include <stop_token>

namespace cairn::kube {

/// What a server answered to GET /version.
struct ApiAnswer {
    enum class Meaning {
        Version,      ///< Kubernetes, and it told its version
        SignIn,       ///< 401: it is up and wants another credential
        Forbidden,    ///< 403 in Kubernetes' words: it knows us, but keeps its version to itself
        ForeignSignIn ///< 401 or 403, but not in Kubernetes' words: something stands in front
    };
    Meaning meaning = Meaning::Version;
    QString version; ///< "v1.34.2", safe to show
    int status = 0;
    std::chrono::milliseconds took{0};
};

/// Asks for the version. An Error where nothing answers or what answers is not Kubernetes (Kind::Unsupported).
Result<ApiAnswer> askVersion(net::HttpClient &http, const Credentials::Material &material,
                             std::chrono::milliseconds timeout, std::stop_token stop);

} // namespace cairn::kube
