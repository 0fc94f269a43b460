// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"
#include "domain/RestMapper.h"
#include "kube/Transport.h"

#include <QByteArray>
#include <QList>
#include <chrono>
#include <mutex>
#include <optional>

namespace cairn::kube {

/// What the server serves. Two requests in the aggregated form (GA since 1.30, revalidated by ETag), else one request
/// per group version, several at a time. One broken aggregated API never hides the others: it becomes a gap of the
/// mapper. Kept in memory only. Thread-safe.
class Discovery
{
public:
    explicit Discovery(std::shared_ptr<Transport> transport);

    /// Everything served. An answer younger than `maxAge` is given from memory. Takes at most `patience` longer than the
    /// two requests for the lists of groups.
    Result<RestMapper> mapper(std::chrono::milliseconds maxAge, std::stop_token stop);
    Result<bool> serves(const ResourceKind &kind, std::chrono::milliseconds maxAge, std::stop_token stop);

    /// How long the group versions of a server without aggregated discovery may take, all together, and each by itself.
    void setPatience(std::chrono::milliseconds all, std::chrono::milliseconds each);

private:
    struct Root {
        QByteArray etag;
        QList<ServedResource> resources;
        QList<DiscoveryGap> gaps;
    };
    Result<Root> read(const QString &path, const Root &known, std::stop_token stop);
    Result<Root> readLegacy(const QStringList &groupVersions, std::stop_token stop);
    Result<QList<ServedResource>> readGroupVersion(const QString &groupVersion, std::chrono::milliseconds timeout,
                                                   std::stop_token stop);

    const std::shared_ptr<Transport> m_transport;
    std::chrono::milliseconds m_patience{15'000}, m_patienceEach{8'000};
    std::mutex m_mutex; ///< guards what follows; never held during a request
    Root m_core, m_groups;
    std::optional<std::chrono::steady_clock::time_point> m_readAt;
};

} // namespace cairn::kube
