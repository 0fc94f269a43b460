// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"
#include "net/Http.h"

#include <QDateTime>
#include <QList>
#include <chrono>
#include <optional>

/// What an object store's answers mean. The bytes are hostile; the caller bounds their length. Pure; any thread.
namespace cairn::s3 {

/// One object of a listing.
struct Object {
    QByteArray key;      ///< raw bytes, whole
    qint64 size = 0;     ///< bytes, 0 … maxObject
    qint64 mtimeMs = 0;  ///< milliseconds since 1970, UTC
    QByteArray etag;     ///< with its quotes, as If-Match takes it
    QByteArray storageClass; ///< "STANDARD", "GLACIER" …, may be empty
    QByteArray version;      ///< id of the version, "null" where it has none; empty: whichever is current
};

/// No store holds larger objects (AWS: 50 TB): a bigger number is a lie, and sums of it would overflow.
inline constexpr qint64 maxObject = qint64{1} << 46;

struct ListPage {
    QList<Object> objects;
    QByteArray next; ///< continuation token, opaque; empty at the end
};

/// One version of an object, or the mark that it was deleted at that time.
struct Version {
    Object object; ///< of a mark without size and tag
    bool deleted = false;
};

struct VersionPage {
    QList<Version> versions;
    QByteArray nextKey, nextVersion; ///< where the list goes on; both empty at the end
};

/// Reads a ListObjectsV2 answer (ListBucketResult). Keys are decoded only where the answer says that they are encoded:
/// some stores ignore encoding-type. Error::Parse where it is cut, not XML, or states impossible sizes.
Result<ListPage> parseListPage(const QByteArray &body);

/// The same for a ListObjectVersions answer (ListVersionsResult).
Result<VersionPage> parseVersionPage(const QByteArray &body);

/// The body of a refusal: <Error><Code>…
struct Refusal {
    QString code;    ///< "NoSuchBucket"; empty where the body is none
    QString message; ///< the store's words, raw
    QString region;  ///< where it names the right one
};
Refusal parseRefusal(const QByteArray &body);

/// The region in which the store says the bucket is: x-amz-bucket-region, or <Region> of the refusal. Empty where it
/// says none, or something that is no region name.
QByteArray namedRegion(const net::Response &response);

/// By how much the store's clock differs from `now`, by its Date header; nothing where it does not tell its time.
std::optional<std::chrono::milliseconds> clockDifference(const net::Response &response, const QDateTime &now);

/// What a refused request was about.
struct Facts {
    QString what;   ///< "The bucket x at y cannot be listed", without a full stop
    QString server; ///< host:port, safe to show
    bool keyed = false; ///< keys were sent
    QByteArray region;
};

/// The Error of any answer that is not 2xx. Error::reason is the store's code, or notAStore. `now` in UTC explains a
/// wrong clock.
Error refused(const net::Response &response, const Facts &facts, const QDateTime &now);

/// Error::reason of answers that no object store gives: web pages, other XML, nonsense.
inline constexpr QLatin1StringView notAStore{"NotAnObjectStore"};
Error notAStoreError(const Facts &facts, const QString &why, int status);
/// True for HTML by type or looks.
bool isWebPage(const net::Response &response);

} // namespace cairn::s3
