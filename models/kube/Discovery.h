// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"
#include "domain/Kinds.h"
#include "kube/Transport.h"

#include <QByteArray>
#include <QList>
#include <chrono>
#include <mutex>
#include <optional>

namespace cairn::kube {

/// What the server serves. Two requests in the aggregated form (GA since 1.30, revalidated by ETag), else one request
/// per group version. Kept in memory only. Thread-safe.
class Discovery
{
public:
    explicit Discovery(std::shared_ptr<Transport> transport);

    /// Everything served. An answer younger than `maxAge` is given from memory.
    Result<QList<ResourceKind>> resources(std::chrono::milliseconds maxAge, std::stop_token stop);
    Result<bool> serves(const ResourceKind &kind, std::chrono::milliseconds maxAge, std::stop_token stop);

private:
    struct Root {
        QByteArray etag;
        QList<ResourceKind> kinds;
    };
    Result<Root> read(const QString &path, const Root &known, std::stop_token stop);
    Result<QList<ResourceKind>> readLegacy(const QStringList &groupVersions, std::stop_token stop);

    const std::shared_ptr<Transport> m_transport;
    std::mutex m_mutex; ///< guards what follows; never held during a request
    Root m_core, m_groups;
    std::optional<std::chrono::steady_clock::time_point> m_readAt;
};

} // namespace cairn::kube
