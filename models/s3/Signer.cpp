// SPDX-License-Identifier: GPL-3.0-or-later
#include "s3/Signer.h"

#include <QCryptographicHash>
#include <QMessageAuthenticationCode>
#include <algorithm>

namespace cairn::s3 {
namespace {

using Pairs = QList<QPair<QByteArray, QByteArray>>;

QByteArray hmac(const QByteArray &key, const QByteArray &text)
{
    return QMessageAuthenticationCode::hash(text, key, QCryptographicHash::Sha256);
}

QByteArray encodedPath(const QByteArray &path)
{
    return path.toPercentEncoding("/");
}

QByteArray encodedQuery(const Pairs &query)
{
    Pairs encoded;
    for (const auto &[name, value] : query)
        encoded.append({name.toPercentEncoding(), value.toPercentEncoding()});
    std::ranges::sort(encoded);
    QByteArray text;
    for (const auto &[name, value] : encoded)
        text += (text.isEmpty() ? "" : "&") + name + '=' + value;
    return text;
}

/// Lower-case names and simplified values, sorted by name; and the names alone, joined by ';'.
struct CanonicalHeaders {
    QByteArray lines;
    QByteArray names;
};

CanonicalHeaders canonicalHeaders(const QByteArray &host, const QList<net::Header> &headers)
{
    Pairs sorted{{"host", host}};
    for (const auto &[name, value] : headers)
        sorted.append({name.toLower(), value.simplified()});
    std::ranges::sort(sorted);
    CanonicalHeaders canonical;
    for (const auto &[name, value] : sorted) {
        canonical.lines += name + ':' + value + '\n';
        canonical.names += (canonical.names.isEmpty() ? "" : ";") + name;
    }
    return canonical;
}

struct Moment {
    QByteArray stamp; ///< 20130524T000000Z
    QByteArray scope; ///< 20130524/us-east-1/s3/aws4_request

    Moment(const QDateTime &now, const QByteArray &region)
        : stamp(now.toUTC().toString(QStringLiteral("yyyyMMdd'T'HHmmss'Z'")).toLatin1())
        , scope(stamp.left(8) + '/' + region + "/s3/aws4_request")
    {
    }
};

QByteArray signatureOf(const QByteArray &canonicalRequest, const Keys &keys, const QByteArray &region, const Moment &moment)
{
    const QByteArray digest = QCryptographicHash::hash(canonicalRequest, QCryptographicHash::Sha256).toHex();
    const QByteArray text = "AWS4-HMAC-SHA256\n" + moment.stamp + '\n' + moment.scope + '\n' + digest;
    QByteArray key = hmac("AWS4" + keys.secret.reveal(), moment.stamp.left(8));
    for (const QByteArray &part : {region, QByteArray("s3"), QByteArray("aws4_request")})
        key = hmac(key, part);
    return hmac(key, text).toHex();
}

QByteArray canonicalRequest(const Unsigned &request, const QByteArray &query, const CanonicalHeaders &headers,
                            const QByteArray &payloadHash)
{
    return request.method + '\n' + encodedPath(request.path) + '\n' + query + '\n' + headers.lines + '\n' + headers.names
        + '\n' + payloadHash;
}

} // namespace

QByteArray encodedTarget(const Unsigned &request)
{
    const QByteArray query = encodedQuery(request.query);
    return encodedPath(request.path) + (query.isEmpty() ? QByteArray() : '?' + query);
}

QList<net::Header> signedHeaders(const Unsigned &request, const Keys &keys, const QByteArray &region, const QDateTime &now)
{
    const Moment moment(now, region);
    QList<net::Header> headers = request.headers;
    headers.append({"x-amz-date", moment.stamp});
    headers.append({"x-amz-content-sha256", request.payloadHash});
    if (!keys.sessionToken.isEmpty())
        headers.append({"x-amz-security-token", keys.sessionToken.reveal()});
    const CanonicalHeaders canonical = canonicalHeaders(request.host, headers);
    const QByteArray text = canonicalRequest(request, encodedQuery(request.query), canonical, request.payloadHash);
    headers.append({"Authorization",
                    "AWS4-HMAC-SHA256 Credential=" + keys.id + '/' + moment.scope + ",SignedHeaders=" + canonical.names
                        + ",Signature=" + signatureOf(text, keys, region, moment)});
    return headers;
}

} // namespace cairn::s3
