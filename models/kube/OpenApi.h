// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"
#include "kube/Transport.h"

#include <QHash>
#include <QJsonObject>
#include <chrono>
#include <mutex>
#include <optional>

namespace cairn::kube {

/// The OpenAPI v3 documents of a server, one for each group version (GA since 1.27). The server names a hash for each in
/// an index, which is asked for again after a minute; a document is read again only when its hash changed. Kept in memory
/// only, the sixteen used last. Thread-safe.
class OpenApi
{
public:
    explicit OpenApi(std::shared_ptr<Transport> transport);

    /// Group "" is the core group. Unsupported where the server publishes none for it.
    Result<QJsonObject> document(const QString &group, const QString &version, std::stop_token stop);

private:
    using Hashes = QHash<QString, QString>; ///< "apis/apps/v1" → hash
    Result<Hashes> index(std::stop_token stop);

    struct Kept {
        QString hash;
        QJsonObject document;
        quint64 used = 0;
    };
    const std::shared_ptr<Transport> m_transport;
    std::mutex m_mutex; ///< guards what follows; never held during a request
    Hashes m_hashes;
    std::optional<std::chrono::steady_clock::time_point> m_readAt;
    QHash<QString, Kept> m_kept;
    quint64 m_uses = 0;
};

} // namespace cairn::kube
