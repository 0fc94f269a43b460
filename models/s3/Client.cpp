// SPDX-License-Identifier: GPL-3.0-or-later
#include "s3/Client.h"

#include "base/Text.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace cairn::s3 {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::s3::Client)
};

/// A page of 1000 keys of 1024 bytes each, encoded threefold, takes about 4 MiB.
constexpr qint64 maxPage = 16 * 1024 * 1024;
/// Refusals are short; a range may be shorter than the refusal of it.
constexpr qint64 maxRefusal = 256 * 1024;

/// host[:port] as libcurl writes it into the Host header.
QByteArray hostHeader(const QUrl &server)
{
    QByteArray host = server.host(QUrl::FullyEncoded).toLatin1();
    if (host.contains(':'))
        host = '[' + host + ']';
    const int usual = server.scheme() == "https"_L1 ? 443 : 80;
    return server.port(usual) == usual ? host : host + ':' + QByteArray::number(server.port());
}

bool isChina(const QByteArray &region)
{
    return region.startsWith("cn-");
}

} // namespace

Client::Client(net::HttpClient &http, Access access, QString bucket)
    : m_http(http)
    , m_access(std::move(access))
    , m_bucket(std::move(bucket))
{
    enterRegion(m_access.store.region.isEmpty() ? "us-east-1" : m_access.store.region);
}

void Client::enterRegion(const QByteArray &region)
{
    m_region = region;
    m_server = m_access.store.serverFor(m_bucket, region);
    net::Endpoint endpoint;
    endpoint.server = m_server;
    endpoint.caPem = m_access.store.caPem;
    endpoint.compression = false; // ranges are of the bytes as they are stored
    m_endpoint = std::make_shared<const net::Endpoint>(std::move(endpoint));
}

QString Client::server() const
{
    return text::safe(hostHeader(m_server));
}

Facts Client::facts(const QString &what) const
{
    return {what, server(), !m_access.keys.isEmpty(), m_region};
}

QByteArray Client::pathOf(const QByteArray &key) const
{
    return m_access.store.isInPath(m_bucket) ? '/' + m_bucket.toLatin1() + (key.isEmpty() ? QByteArray() : '/' + key) : '/' + key;
}

Result<net::Response> Client::exchange(Unsigned request, qint64 maxBody, const std::stop_token &stop)
{
    request.host = hostHeader(m_server);
    net::Request sent;
    sent.method = request.method;
    sent.path = QString::fromLatin1(encodedTarget(request));
    sent.headers = m_access.keys.isEmpty() ? request.headers
                                           : signedHeaders(request, m_access.keys, m_region, QDateTime::currentDateTimeUtc());
    sent.timeout = 60s;
    sent.maxRetries = 8;
    sent.retryBusy = true;
    sent.maxBody = maxBody;
    return m_http.send(m_endpoint, sent, stop);
}

Result<net::Response> Client::send(Unsigned request, const QString &what, qint64 maxBody, const std::stop_token &stop)
{
    Result<net::Response> response = exchange(request, maxBody, stop);
    if (response && (response->status / 100 == 3 || response->status == 400 || response->status == 403)) {
        // Another partition of AWS is another company's: keys do not follow a name there.
        const QByteArray region = namedRegion(*response);
        if (isRegionName(region) && region != m_region && isChina(region) == isChina(m_region)) {
            enterRegion(region);
            response = exchange(std::move(request), maxBody, stop);
        }
    }
    if (!response)
        return response;
    if (response->status / 100 != 2)
        return fail(refused(*response, facts(what), QDateTime::currentDateTimeUtc()));
    return response;
}

QString Client::listingOf() const
{
    return Words::tr("The bucket %1 at %2 cannot be listed").arg(text::safe(m_bucket), server());
}

/// The body of one page.
Result<QByteArray> Client::listing(QList<QPair<QByteArray, QByteArray>> query, const QByteArray &prefix, const std::stop_token &stop)
{
    Unsigned request;
    request.path = pathOf({});
    request.query = std::move(query);
    request.query += {{"max-keys", "1000"}, {"encoding-type", "url"}, {"prefix", prefix}};
    const QString what = listingOf();
    Result<net::Response> response = send(std::move(request), what, maxPage, stop);
    if (!response)
        return fail(response.error());
    if (isWebPage(*response))
        return fail(notAStoreError(facts(what), Words::tr("%1 answered with a web page").arg(server()), response->status));
    return response->body;
}

Result<ListPage> Client::list(const QByteArray &prefix, const QByteArray &token, std::stop_token stop)
{
    QList<QPair<QByteArray, QByteArray>> query{{"list-type", "2"}};
    if (!token.isEmpty())
        query.append({"continuation-token", token});
    const Result<QByteArray> body = listing(query, prefix, stop);
    if (!body)
        return fail(body.error());
    Result<ListPage> page = parseListPage(*body);
    if (!page)
        return fail(Error::make(page.error().kind, listingOf(), page.error().why, page.error().fix));
    return page;
}

Result<VersionPage> Client::listVersions(const QByteArray &prefix, const QByteArray &keyMarker, const QByteArray &versionMarker, std::stop_token stop)
{
    QList<QPair<QByteArray, QByteArray>> query{{"versions", {}}};
    if (!keyMarker.isEmpty())
        query.append({"key-marker", keyMarker});
    if (!versionMarker.isEmpty())
        query.append({"version-id-marker", versionMarker});
    const Result<QByteArray> body = listing(query, prefix, stop);
    if (!body)
        return fail(body.error());
    Result<VersionPage> page = parseVersionPage(*body);
    if (!page)
        return fail(Error::make(page.error().kind, listingOf(), page.error().why, page.error().fix));
    return page;
}

Result<QByteArray> Client::read(const Object &object, qint64 offset, qint64 length, std::stop_token stop)
{
    Unsigned request;
    request.path = pathOf(object.key);
    if (!object.version.isEmpty())
        request.query.append({"versionId", object.version});
    const QByteArray range = QByteArray::number(offset) + '-' + QByteArray::number(offset + length - 1);
    request.headers.append({"range", "bytes=" + range});
    if (!object.etag.isEmpty())
        request.headers.append({"if-match", object.etag});
    const QString what = Words::tr("%1 in the bucket %2 cannot be read").arg(text::safe(object.key), text::safe(m_bucket));
    Result<net::Response> response = send(std::move(request), what, std::max(length, maxRefusal), stop);
    if (!response)
        return fail(response.error());
    // A store may answer the whole object with 200; anything else than what was asked for is not taken for it.
    const bool whole = response->status == 200 && offset == 0 && length == object.size;
    const bool part = response->status == 206
        && response->header("content-range").simplified() == "bytes " + range + '/' + QByteArray::number(object.size);
    if ((!whole && !part) || response->body.size() != length)
        return fail(Error::Kind::Conflict, what, Words::tr("It returned a different number of bytes than it listed"),
                    Words::tr("List again; if this happens again, the store is not to be trusted"));
    return response->body;
}

} // namespace cairn::s3
