// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/CurlSetup.h"

#include "base/Text.h"
#include "net/CurlError.h"
#include "net/CurlVersion.h"
#include "net/Proxy.h"
#include "net/Url.h"

#include <QCoreApplication>
#include <algorithm>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

using namespace Qt::StringLiterals;

namespace cairn::net {

namespace {

struct Messages {
    Q_DECLARE_TR_FUNCTIONS(cairn::net::CurlSetup)
};

/// A peer that acknowledges nothing for this long is dead. libcurl has no HTTP/2 ping timeout, so TCP has to notice;
/// client-go notices after 30 s + 15 s.
constexpr unsigned int userTimeoutMs = 45'000;

int onSocket(void *, curl_socket_t socket, curlsocktype)
{
    // Best effort: a Unix socket or a sandbox without these options still works, only with slower detection.
    const unsigned int timeout = userTimeoutMs;
    setsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &timeout, sizeof timeout);
    return CURL_SOCKOPT_OK;
}

QByteArray bracketed(const QByteArray &host)
{
    return host.contains(':') ? '[' + host + ']' : host;
}

bool isHostName(const QByteArray &name)
{
    return std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.'
            || c == '_' || c == ':';
    });
}

void setBlob(CURL *easy, CURLoption option, const QByteArray &bytes)
{
    curl_blob blob{};
    blob.data = const_cast<char *>(bytes.constData()); // libcurl only reads it
    blob.len = static_cast<size_t>(bytes.size());
    blob.flags = CURL_BLOB_NOCOPY;
    curl_easy_setopt(easy, option, &blob);
}

void applyTls(CURL *easy, const Endpoint &endpoint)
{
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    curl_easy_setopt(easy, CURLOPT_PROXY_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    // A resumed session would carry the identity of whoever made it; connections are kept alive instead.
    curl_easy_setopt(easy, CURLOPT_SSL_SESSIONID_CACHE, 0L);
    if (!endpoint.caPem.isEmpty()) {
        // CAINFO_BLOB alone leaves the system's folder of roots trusted.
        curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr);
        curl_easy_setopt(easy, CURLOPT_CAINFO, nullptr);
        setBlob(easy, CURLOPT_CAINFO_BLOB, endpoint.caPem);
    }
    if (endpoint.insecureSkipVerify) {
        curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
        curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
    }
    if (!endpoint.clientCertPem.isEmpty()) {
        curl_easy_setopt(easy, CURLOPT_SSLCERTTYPE, "PEM");
        setBlob(easy, CURLOPT_SSLCERT_BLOB, endpoint.clientCertPem);
        curl_easy_setopt(easy, CURLOPT_SSLKEYTYPE, "PEM");
        setBlob(easy, CURLOPT_SSLKEY_BLOB, endpoint.clientKeyPem);
        // Without a pass phrase OpenSSL would ask for one on the terminal and block the network thread.
        curl_easy_setopt(easy, CURLOPT_KEYPASSWD, "");
    }
}

} // namespace

void initCurl()
{
    static const CURLcode once = curl_global_init(CURL_GLOBAL_DEFAULT);
    Q_UNUSED(once)
}

QString curlVersion()
{
    return QString::fromLatin1(curl_version());
}

Result<Target> Target::of(const Endpoint &endpoint)
{
    const QUrl &url = endpoint.server;
    const bool tls = url.scheme() == u"https";
    if (!url.isValid() || (!tls && url.scheme() != u"http"))
        return fail(badEndpointError(Messages::tr("The server must be a URL that starts with https:// or http://.")));
    const QByteArray host = url.host(QUrl::FullyEncoded).toLatin1();
    if (host.isEmpty() || !isHostName(host))
        return fail(badEndpointError(Messages::tr("The server's URL names no valid host.")));
    if (url.hasQuery() || url.hasFragment())
        return fail(badEndpointError(Messages::tr("The server's URL must not have a query or a fragment.")));
    if (!endpoint.clientCertPem.isEmpty() && endpoint.clientKeyPem.isEmpty())
        return fail(badEndpointError(Messages::tr("There is a client certificate without its key.")));

    Target target;
    const int port = url.port(tls ? 443 : 80);
    const QByteArray portText = QByteArray::number(port);
    QByteArray name = host;
    if (tls && !endpoint.tlsServerName.isEmpty()) {
        name = endpoint.tlsServerName.toUtf8();
        if (!isHostName(name))
            return fail(badEndpointError(Messages::tr("The tls-server-name is not a valid host name.")));
        // libcurl has no option for the TLS name: the URL carries it, and CONNECT_TO leads to the real address.
        if (name != host)
            target.connectTo = bracketed(name) + ':' + portText + ':' + bracketed(host) + ':' + portText;
    }
    target.origin = (tls ? "https://" : "http://") + bracketed(name) + ':' + portText;
    target.hostHeader = bracketed(host) + (port == (tls ? 443 : 80) ? QByteArray() : ':' + portText);
    target.basePath = url.path(QUrl::FullyEncoded).toLatin1();
    while (target.basePath.endsWith('/'))
        target.basePath.chop(1);
    target.server = text::safe(bracketed(host) + ':' + portText);
    target.verifiedName = text::safe(name);
    Result<QByteArray> proxy = proxyFor(endpoint);
    if (!proxy)
        return fail(proxy.error());
    target.proxy = *proxy;
    return target;
}

void applyEndpoint(CURL *easy, const Endpoint &endpoint, const Target &target, SlistPtr &connectTo, char *errorBuffer)
{
    errorBuffer[0] = '\0';
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, errorBuffer);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
#if LIBCURL_VERSION_NUM >= 0x075700
    // A cancelled transfer must not wait for a name server that does not answer.
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
#endif
    if (!target.connectTo.isEmpty()) {
        connectTo.reset(curl_slist_append(nullptr, target.connectTo.constData()));
        curl_easy_setopt(easy, CURLOPT_CONNECT_TO, connectTo.get());
    }
    // Both set even where empty, so that libcurl never looks at the environment by its own rules.
    curl_easy_setopt(easy, CURLOPT_PROXY, target.proxy.constData());
    curl_easy_setopt(easy, CURLOPT_NOPROXY, "");
    curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    curl_easy_setopt(easy, CURLOPT_HEADEROPT, static_cast<long>(CURLHEADER_SEPARATE));

    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, 30'000L);
    curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, 90L);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPIDLE, 30L);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPINTVL, 5L);
    curl_easy_setopt(easy, CURLOPT_SOCKOPTFUNCTION, onSocket);
    applyTls(easy, endpoint);
}

Result<> checkHeaders(const QList<Header> &headers)
{
    for (const auto &[name, value] : headers) {
        if (!isToken(name))
            return fail(badRequestError(Messages::tr("A header name has characters that are not allowed.")));
        if (!isHeaderValue(value)) {
            return fail(badRequestError(
                Messages::tr("The value of the header %1 has a line break or a null byte.").arg(text::safe(name))));
        }
        const QByteArray lower = name.toLower();
        for (const char *own : {"host", "user-agent", "connection", "content-length", "transfer-encoding", "expect"}) {
            if (lower == own) {
                return fail(
                    badRequestError(Messages::tr("The header %1 is set by the client itself.").arg(text::safe(name))));
            }
        }
    }
    return {};
}

} // namespace cairn::net
