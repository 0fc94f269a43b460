// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "s3/Access.h"
#include "s3/Answer.h"

#include <memory>
#include <stop_token>

namespace cairn::s3 {

/// Reads one bucket. Blocking; one thread at a time. Requests go to Store::serverFor() and nowhere else: redirects are
/// answers, and of a refusal only the region's name is believed, which leads to another host of AWS alone. Busy stores
/// (503 SlowDown, 500 …) are asked again for up to a minute.
class Client
{
public:
    /// `http` outlives it.
    Client(net::HttpClient &http, Access access, QString bucket);

    /// One page of at most 1000 objects below `prefix`, from `token` on (empty: from the start).
    Result<ListPage> list(const QByteArray &prefix, const QByteArray &token, std::stop_token stop);
    /// The same of all versions and deletions; of the versions of a key the newest first.
    Result<VersionPage> listVersions(const QByteArray &prefix, const QByteArray &keyMarker, const QByteArray &versionMarker, std::stop_token stop);
    /// A range of an object, or of the version of it, as it was listed: Error::Conflict where it changed since (If-Match), or where its size is
    /// not the listed one. `offset + length` is within the listed size and `length` > 0.
    Result<QByteArray> read(const Object &object, qint64 offset, qint64 length, std::stop_token stop);

    QString server() const;               ///< host[:port] that is asked, safe to show
    const QString &bucket() const { return m_bucket; }

private:
    Result<QByteArray> listing(QList<QPair<QByteArray, QByteArray>> query, const QByteArray &prefix, const std::stop_token &stop);
    QString listingOf() const; ///< what failed, when one did
    Result<net::Response> send(Unsigned request, const QString &what, qint64 maxBody, const std::stop_token &stop);
    Result<net::Response> exchange(Unsigned request, qint64 maxBody, const std::stop_token &stop);
    Facts facts(const QString &what) const;
    void enterRegion(const QByteArray &region);
    QByteArray pathOf(const QByteArray &key) const;

    net::HttpClient &m_http;
    const Access m_access;
    const QString m_bucket;
    QByteArray m_region;
    QUrl m_server;
    std::shared_ptr<const net::Endpoint> m_endpoint; ///< of m_server; kept so that requests share connections
};

} // namespace cairn::s3
