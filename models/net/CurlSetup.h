// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"
#include "net/Http.h"

#include <QByteArray>
#include <QString>
#include <curl/curl.h>
#include <memory>

namespace cairn::net {

struct EasyDeleter {
    void operator()(CURL *easy) const { curl_easy_cleanup(easy); }
};
struct SlistDeleter {
    void operator()(curl_slist *list) const { curl_slist_free_all(list); }
};
using EasyPtr = std::unique_ptr<CURL, EasyDeleter>;
using SlistPtr = std::unique_ptr<curl_slist, SlistDeleter>;

/// Initialises libcurl once per process; thread-safe.
void initCurl();

/// What an Endpoint means for libcurl, checked. Built per request: cheap.
struct Target {
    QByteArray origin;     ///< scheme://name:port; the name is tlsServerName where given
    QByteArray basePath;   ///< path of the server URL without its last slash
    QByteArray connectTo;  ///< libcurl's CONNECT_TO entry, empty where the origin names the real address
    QByteArray hostHeader; ///< host[:port] of the server URL
    QByteArray proxy;      ///< may hold a password
    QString server;        ///< host:port for messages
    QString verifiedName;  ///< name on the certificate, for messages

    static Result<Target> of(const Endpoint &endpoint);
};

/// Sets everything of a connection but the path: address, proxy, TLS identity, limits, dead-peer detection. `endpoint`,
/// `connectTo` and `errorBuffer` (CURL_ERROR_SIZE bytes) must outlive the transfer.
void applyEndpoint(CURL *easy, const Endpoint &endpoint, const Target &target, SlistPtr &connectTo, char *errorBuffer);

/// An Error when a header could smuggle something or is one the client sets itself; the value is not in the message.
Result<> checkHeaders(const QList<Header> &headers);

} // namespace cairn::net
