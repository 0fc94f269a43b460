// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Secret.h"
#include "net/Http.h"

#include <QDateTime>

/// AWS Signature Version 4 for S3, as of "Authenticating Requests: Using the Authorization Header" and "… Using Query
/// Parameters" in the S3 API reference. libcurl's own (CURLOPT_AWS_SIGV4) is wrong for many S3 requests up to 8.14.
/// Pure; any thread.
namespace cairn::s3 {

/// What proves who asks. Only id and signature travel; the session token travels too, the secret never does.
struct Keys {
    QByteArray id;       ///< AWS_ACCESS_KEY_ID; shown nowhere
    Secret secret;       ///< AWS_SECRET_ACCESS_KEY
    Secret sessionToken; ///< AWS_SESSION_TOKEN of temporary keys, else empty
    bool isEmpty() const { return id.isEmpty(); }
};

/// SHA-256 of an empty body, in hexadecimal.
inline constexpr QByteArrayView emptyPayload{"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"};

/// A request before it is signed. Path and query are raw bytes; encodedTarget() is what must be sent.
struct Unsigned {
    QByteArray method = "GET";
    QByteArray host;                             ///< as in the Host header: the port only where it is not the default
    QByteArray path;                             ///< "/key" or "/bucket/key"; never normalised
    QList<QPair<QByteArray, QByteArray>> query;  ///< in any order
    QList<net::Header> headers;                  ///< all of them get signed
    QByteArray payloadHash = emptyPayload.toByteArray();
};

/// Path and query, every byte but A-Z a-z 0-9 - . _ ~ encoded once ("/" stays in the path), the query sorted: the bytes
/// of the request line, and of the canonical request.
QByteArray encodedTarget(const Unsigned &request);

/// The headers to send: those of the request, x-amz-date, x-amz-content-sha256, x-amz-security-token where there is
/// one, and Authorization. `now` in UTC; servers refuse clocks that are 15 minutes wrong.
QList<net::Header> signedHeaders(const Unsigned &request, const Keys &keys, const QByteArray &region, const QDateTime &now);

} // namespace cairn::s3
