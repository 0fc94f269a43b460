// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"
#include "net/Http.h"

#include <memory>
#include <stop_token>

namespace cairn::kube {

/// What a kubeconfig context means for a request, now. Thread-safe.
class Credentials
{
public:
    virtual ~Credentials() = default;

    struct Material {
        std::shared_ptr<const net::Endpoint> endpoint; ///< a new pointer when certificates rotated
        QList<net::Header> headers;                    ///< Authorization and Impersonate-*
    };
    /// Current material. May block: re-reads a tokenFile, runs an exec plugin once for all waiters. Exec needs consent
    /// (Error::Kind::Consent when it is missing).
    virtual Result<Material> material(std::stop_token stop) = 0;
    /// The server answered 401 to `used`: the next material() refreshes, unless it was refreshed already.
    virtual void rejected(const Material &used) = 0;
    /// Namespace of the context, "default" when it names none.
    virtual QString defaultNamespace() const = 0;
};

} // namespace cairn::kube
