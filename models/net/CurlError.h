// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Error.h"

#include <QByteArray>
#include <QString>
#include <chrono>
#include <curl/curl.h>

namespace cairn::net {

/// What libcurl knew when a transfer failed.
struct CurlFailure {
    CURLcode code = CURLE_OK;
    QByteArray detail;          ///< the error buffer; the peer may have written parts of it
    long verifyResult = 0;      ///< X509_V_ERR_…
    long proxyVerifyResult = 0; ///< the same of an https proxy
    long osErrno = 0;
    long connectStatus = 0; ///< the proxy's answer to CONNECT
    QString server;         ///< host:port, safe to show
    QString verifiedName;   ///< the name the certificate was checked against, safe to show
    QString proxy;          ///< host:port, safe to show; empty without a proxy

    /// Reads the facts of a finished transfer.
    static CurlFailure of(CURL *easy, CURLcode code, const char *errorBuffer);
};

/// Sentences for people; Error::reason holds the machine words, such as
/// "CURLE_PEER_FAILED_VERIFICATION/CERT_HAS_EXPIRED".
Error curlError(const CurlFailure &failure);

/// Nothing arrived for too long. `connected` tells a slow answer from a connection that could not be made.
Error timeoutError(const QString &server, std::chrono::milliseconds limit, bool connected);
/// A stream was silent for too long.
Error idleError(const QString &server, std::chrono::milliseconds limit);
/// The body or the header grew over its limit.
Error tooLargeError(const QString &server, qint64 limit);
/// A request that must not leave the program; `why` names the part that is wrong, never its value.
Error badRequestError(const QString &why);
/// An endpoint that cannot be used as it is.
Error badEndpointError(const QString &why);

} // namespace cairn::net
