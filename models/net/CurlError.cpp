// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/CurlError.h"

#include "base/Text.h"
#include "net/Retry.h"

#include <QCoreApplication>
#include <cerrno>
#include <openssl/x509_vfy.h>

using namespace Qt::StringLiterals;

namespace cairn::net {

namespace {

QString codeName(CURLcode code)
{
    switch (code) {
    case CURLE_UNSUPPORTED_PROTOCOL: return u"CURLE_UNSUPPORTED_PROTOCOL"_s;
    case CURLE_URL_MALFORMAT: return u"CURLE_URL_MALFORMAT"_s;
    case CURLE_COULDNT_RESOLVE_PROXY: return u"CURLE_COULDNT_RESOLVE_PROXY"_s;
    case CURLE_COULDNT_RESOLVE_HOST: return u"CURLE_COULDNT_RESOLVE_HOST"_s;
    case CURLE_COULDNT_CONNECT: return u"CURLE_COULDNT_CONNECT"_s;
    case CURLE_WEIRD_SERVER_REPLY: return u"CURLE_WEIRD_SERVER_REPLY"_s;
    case CURLE_HTTP2: return u"CURLE_HTTP2"_s;
    case CURLE_PARTIAL_FILE: return u"CURLE_PARTIAL_FILE"_s;
    case CURLE_WRITE_ERROR: return u"CURLE_WRITE_ERROR"_s;
    case CURLE_OUT_OF_MEMORY: return u"CURLE_OUT_OF_MEMORY"_s;
    case CURLE_OPERATION_TIMEDOUT: return u"CURLE_OPERATION_TIMEDOUT"_s;
    case CURLE_SSL_CONNECT_ERROR: return u"CURLE_SSL_CONNECT_ERROR"_s;
    case CURLE_GOT_NOTHING: return u"CURLE_GOT_NOTHING"_s;
    case CURLE_SEND_ERROR: return u"CURLE_SEND_ERROR"_s;
    case CURLE_RECV_ERROR: return u"CURLE_RECV_ERROR"_s;
    case CURLE_SSL_CERTPROBLEM: return u"CURLE_SSL_CERTPROBLEM"_s;
    case CURLE_SSL_CIPHER: return u"CURLE_SSL_CIPHER"_s;
    case CURLE_PEER_FAILED_VERIFICATION: return u"CURLE_PEER_FAILED_VERIFICATION"_s;
    case CURLE_BAD_CONTENT_ENCODING: return u"CURLE_BAD_CONTENT_ENCODING"_s;
    case CURLE_SEND_FAIL_REWIND: return u"CURLE_SEND_FAIL_REWIND"_s;
    case CURLE_SSL_CACERT_BADFILE: return u"CURLE_SSL_CACERT_BADFILE"_s;
    case CURLE_HTTP2_STREAM: return u"CURLE_HTTP2_STREAM"_s;
    case CURLE_PROXY: return u"CURLE_PROXY"_s;
    case CURLE_SSL_CLIENTCERT: return u"CURLE_SSL_CLIENTCERT"_s;
    default: return u"CURLE_%1"_s.arg(static_cast<int>(code));
    }
}

QString verifyName(long result)
{
    switch (result) {
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT: return u"UNABLE_TO_GET_ISSUER_CERT"_s;
    case X509_V_ERR_CERT_SIGNATURE_FAILURE: return u"CERT_SIGNATURE_FAILURE"_s;
    case X509_V_ERR_CERT_NOT_YET_VALID: return u"CERT_NOT_YET_VALID"_s;
    case X509_V_ERR_CERT_HAS_EXPIRED: return u"CERT_HAS_EXPIRED"_s;
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT: return u"DEPTH_ZERO_SELF_SIGNED_CERT"_s;
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN: return u"SELF_SIGNED_CERT_IN_CHAIN"_s;
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY: return u"UNABLE_TO_GET_ISSUER_CERT_LOCALLY"_s;
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE: return u"UNABLE_TO_VERIFY_LEAF_SIGNATURE"_s;
    case X509_V_ERR_CERT_REVOKED: return u"CERT_REVOKED"_s;
    case X509_V_ERR_INVALID_CA: return u"INVALID_CA"_s;
    case X509_V_ERR_INVALID_PURPOSE: return u"INVALID_PURPOSE"_s;
    case X509_V_ERR_HOSTNAME_MISMATCH: return u"HOSTNAME_MISMATCH"_s;
    case X509_V_ERR_IP_ADDRESS_MISMATCH: return u"IP_ADDRESS_MISMATCH"_s;
    case X509_V_ERR_EE_KEY_TOO_SMALL: return u"EE_KEY_TOO_SMALL"_s;
    case X509_V_ERR_CA_KEY_TOO_SMALL: return u"CA_KEY_TOO_SMALL"_s;
    default: return u"X509_%1"_s.arg(result);
    }
}

bool contains(const CurlFailure &failure, const char *word)
{
    return failure.detail.toLower().contains(word);
}

/// The peer refused our certificate. TLS 1.3 reports it only with the first read, so any code may carry it.
bool isClientCertificateAlert(const CurlFailure &failure)
{
    for (const char *alert : {"alert bad certificate", "alert certificate required", "alert certificate unknown",
             "alert certificate expired", "alert certificate revoked", "alert unknown ca",
             "alert unsupported certificate", "alert access denied"}) {
        if (contains(failure, alert))
            return true;
    }
    return false;
}

struct Messages {
    Q_DECLARE_TR_FUNCTIONS(cairn::net::CurlError)
public:
    static Error make(Error::Kind kind, const QString &what, const QString &why, const QString &fix,
        const CurlFailure &failure, const QString &suffix = {})
    {
        Error error = Error::make(kind, what, why, fix);
        error.reason = suffix.isEmpty() ? codeName(failure.code) : codeName(failure.code) + u'/' + suffix;
        return error;
    }

    static QString noSecureConnection(const CurlFailure &f)
    {
        return tr("No secure connection to %1 could be made.").arg(f.server);
    }
    static QString noConnection(const CurlFailure &f) { return tr("No connection to %1 could be made.").arg(f.server); }
    static QString detail(const CurlFailure &f)
    {
        return f.detail.isEmpty() ? QString::fromUtf8(curl_easy_strerror(f.code)) : text::safe(f.detail);
    }

    static Error certificate(const CurlFailure &f)
    {
        using enum Error::Kind;
        const QString what = noSecureConnection(f);
        const QString suffix = verifyName(f.verifyResult);
        switch (f.verifyResult) {
        case X509_V_ERR_CERT_HAS_EXPIRED:
            return make(Tls, what, tr("The server's certificate has expired."),
                tr("Have the server's certificate renewed, and check this computer's clock."), f, suffix);
        case X509_V_ERR_CERT_NOT_YET_VALID:
            return make(Tls, what, tr("The server's certificate is not valid yet."),
                tr("Check the clocks of this computer and of the server."), f, suffix);
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
            return make(Tls, what, tr("The server's certificate is self-signed and not trusted."),
                tr("Put the cluster's certificate authority into certificate-authority-data of the kubeconfig."), f,
                suffix);
        case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
        case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        case X509_V_ERR_CERT_SIGNATURE_FAILURE:
            return make(Tls, what, tr("The server's certificate was signed by an authority that is not trusted."),
                tr("Check that certificate-authority-data in the kubeconfig belongs to this cluster; it changes when a cluster is recreated."),
                f, suffix);
        case X509_V_ERR_HOSTNAME_MISMATCH:
        case X509_V_ERR_IP_ADDRESS_MISMATCH: return hostName(f, suffix);
        case X509_V_OK:
        case X509_V_ERR_UNSPECIFIED:
            // libcurl compares the names itself and leaves OpenSSL's result as it was.
            if (contains(f, "subject name"))
                return hostName(f, u"HOSTNAME_MISMATCH"_s);
            return make(Tls, what, tr("The server's certificate is not acceptable: %1.").arg(detail(f)),
                tr("Ask whoever runs the server to repair its certificate."), f);
        default:
            return make(Tls, what,
                tr("The server's certificate is not acceptable: %1.")
                    .arg(QString::fromUtf8(X509_verify_cert_error_string(f.verifyResult))),
                tr("Ask whoever runs the server to repair its certificate."), f, suffix);
        }
    }

    static Error hostName(const CurlFailure &f, const QString &suffix)
    {
        return make(Error::Kind::Tls, noSecureConnection(f),
            tr("The server's certificate is not valid for “%1”.").arg(f.verifiedName),
            tr("Use a name the certificate holds in the kubeconfig's server, or set tls-server-name to one."), f,
            suffix);
    }

    static Error clientCertificate(const CurlFailure &f)
    {
        return make(Error::Kind::Auth, tr("%1 refused the client certificate.").arg(f.server),
            tr("TLS error: %1.").arg(detail(f)),
            tr("The client certificate may be missing, expired or from another cluster; get a new kubeconfig."), f,
            u"CLIENT_CERTIFICATE"_s);
    }

    static Error proxy(const CurlFailure &f)
    {
        if (f.connectStatus == 407) {
            return make(Error::Kind::Network, tr("The proxy %1 did not accept the request.").arg(f.proxy),
                tr("It asks for a user name and password."),
                tr("Put them into the proxy's URL: http://user:password@host:port."), f, u"PROXY_407"_s);
        }
        if (f.connectStatus >= 300) {
            return make(Error::Kind::Network, tr("The proxy %1 did not connect to %2.").arg(f.proxy, f.server),
                tr("It answered with HTTP %1.").arg(f.connectStatus),
                tr("Check that the proxy may reach the server, or add the server to NO_PROXY."), f,
                u"PROXY_%1"_s.arg(f.connectStatus));
        }
        if (f.code == CURLE_COULDNT_RESOLVE_PROXY) {
            return make(Error::Kind::Network, noConnection(f),
                tr("The name of the proxy %1 cannot be resolved.").arg(f.proxy),
                tr("Check proxy-url in the kubeconfig, or HTTPS_PROXY in the environment."), f);
        }
        return make(Error::Kind::Network, noConnection(f), tr("The proxy %1 failed: %2.").arg(f.proxy, detail(f)),
            tr("Check that the proxy runs and may reach the server."), f, u"PROXY"_s);
    }

    static Error connect(const CurlFailure &f)
    {
        const QString peer = f.proxy.isEmpty() ? f.server : f.proxy;
        switch (f.osErrno) {
        case ECONNREFUSED:
            return make(Error::Kind::Network, noConnection(f), tr("%1 refused the connection.").arg(peer),
                tr("Check that the server runs and that its address and port are right."), f, u"ECONNREFUSED"_s);
        case EHOSTUNREACH:
        case ENETUNREACH:
            return make(Error::Kind::Network, noConnection(f), tr("There is no route to %1.").arg(peer),
                tr("Check the network and the VPN."), f, u"UNREACHABLE"_s);
        default:
            return make(Error::Kind::Network, noConnection(f), tr("Connecting to %1 failed: %2.").arg(peer, detail(f)),
                tr("Check the network, the VPN and the server's address."), f);
        }
    }

    static Error notTls(const CurlFailure &f)
    {
        return make(Error::Kind::Tls, noSecureConnection(f), tr("The server does not speak TLS on this port."),
            tr("Check the port in the kubeconfig; a server without TLS needs http:// instead of https://."), f,
            u"NOT_TLS"_s);
    }

    static Error handshake(const CurlFailure &f)
    {
        if (contains(f, "protocol version") || contains(f, "unsupported protocol")) {
            return make(Error::Kind::Tls, noSecureConnection(f),
                tr("The server offers no TLS version of at least 1.2."),
                tr("Update the server; older versions of TLS are not safe."), f, u"TLS_VERSION"_s);
        }
        if (contains(f, "alert handshake failure")) {
            return make(Error::Kind::Tls, noSecureConnection(f), tr("The server refused the TLS handshake."),
                tr("It may demand a client certificate; check client-certificate-data in the kubeconfig."), f,
                u"HANDSHAKE_REFUSED"_s);
        }
        if (f.osErrno == ECONNRESET || contains(f, "ssl_error_syscall") || contains(f, "unexpected eof")) {
            return make(Error::Kind::Network, noSecureConnection(f), tr("The connection was cut during the handshake."),
                tr("Check the port, and whether a firewall or proxy stands between."), f, u"HANDSHAKE_CUT"_s);
        }
        return make(Error::Kind::Tls, noSecureConnection(f), tr("The TLS handshake failed: %1.").arg(detail(f)),
            tr("Check that address and port belong to the cluster."), f);
    }

    static Error notHttp(const CurlFailure &f)
    {
        return make(Error::Kind::Parse, tr("%1 is not an HTTP server.").arg(f.server),
            tr("It answered with something that is not HTTP."), tr("Check the address and port."), f, u"NOT_HTTP"_s);
    }

    static Error lost(const CurlFailure &f)
    {
        QString why;
        if (f.code == CURLE_PARTIAL_FILE)
            why = tr("The answer ended before it was complete.");
        else if (f.code == CURLE_GOT_NOTHING)
            why = tr("The server closed the connection without a response.");
        else if (contains(f, "getpeername")) // libcurl looking at a socket that is gone already
            why = tr("The server or something on the network path closed the connection.");
        else
            why = tr("The server or something on the network path closed the connection: %1.").arg(detail(f));
        Error error = make(Error::Kind::Network, tr("The connection to %1 was lost.").arg(f.server), why,
            tr("Try again. If it was a change, look first whether it was made."), f);
        error.reason += lostConnection;
        return error;
    }
};

} // namespace

CurlFailure CurlFailure::of(CURL *easy, CURLcode code, const char *errorBuffer)
{
    CurlFailure failure;
    failure.code = code;
    failure.detail = QByteArray(errorBuffer).trimmed().left(400);
    while (failure.detail.endsWith('.'))
        failure.detail.chop(1);
    curl_easy_getinfo(easy, CURLINFO_SSL_VERIFYRESULT, &failure.verifyResult);
    curl_easy_getinfo(easy, CURLINFO_PROXY_SSL_VERIFYRESULT, &failure.proxyVerifyResult);
    curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &failure.osErrno);
    curl_easy_getinfo(easy, CURLINFO_HTTP_CONNECTCODE, &failure.connectStatus);
    return failure;
}

Error curlError(const CurlFailure &f)
{
    using enum Error::Kind;
    if (isClientCertificateAlert(f))
        return Messages::clientCertificate(f);
    if (!f.proxy.isEmpty()
        && (f.connectStatus >= 300 || f.proxyVerifyResult != X509_V_OK || f.code == CURLE_PROXY
            || f.code == CURLE_COULDNT_RESOLVE_PROXY))
        return Messages::proxy(f);
    switch (f.code) {
    case CURLE_COULDNT_RESOLVE_HOST:
        return Messages::make(Network, Messages::noConnection(f), Messages::tr("The host name cannot be resolved."),
            Messages::tr("Check the server's name in the kubeconfig, the network and the VPN."), f);
    case CURLE_COULDNT_CONNECT: return Messages::connect(f);
    case CURLE_OPERATION_TIMEDOUT:
        return Messages::make(Timeout, Messages::noConnection(f), Messages::tr("It took too long to connect."),
            Messages::tr("Check the network, the VPN and the server's address."), f);
    case CURLE_PEER_FAILED_VERIFICATION: return Messages::certificate(f);
    case CURLE_SSL_CONNECT_ERROR:
        if (contains(f, "wrong version number") || contains(f, "packet length too long") || contains(f, "http request"))
            return Messages::notTls(f);
        return Messages::handshake(f);
    case CURLE_SSL_CACERT_BADFILE:
        return Messages::make(Tls, Messages::noSecureConnection(f),
            Messages::tr("The certificate authority in the kubeconfig holds no readable certificate."),
            Messages::tr("It must be PEM text: lines between BEGIN CERTIFICATE and END CERTIFICATE."), f);
    case CURLE_SSL_CERTPROBLEM:
        return Messages::make(Auth, Messages::noSecureConnection(f),
            Messages::tr("The client certificate and its key cannot be used: %1.").arg(Messages::detail(f)),
            Messages::tr("Both must be PEM text, belong together, and the key must not be encrypted."), f);
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_WEIRD_SERVER_REPLY: return Messages::notHttp(f);
    case CURLE_BAD_CONTENT_ENCODING:
        return Messages::make(Parse, Messages::tr("The answer of %1 cannot be read.").arg(f.server),
            Messages::tr("Its compressed body is damaged."),
            Messages::tr("Try again, or turn compression off with disable-compression in the kubeconfig."), f);
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
    case CURLE_SEND_FAIL_REWIND: return Messages::lost(f);
    default:
        return Messages::make(Network, Messages::tr("The exchange with %1 failed.").arg(f.server), Messages::detail(f),
            Messages::tr("Try again."), f);
    }
}

Error timeoutError(const QString &server, std::chrono::milliseconds limit, bool connected)
{
    Error error = Error::make(Error::Kind::Timeout,
        connected ? Messages::tr("%1 did not answer completely within %2.").arg(server, text::duration(limit))
                  : Messages::tr("No connection to %1 could be made within %2.").arg(server, text::duration(limit)),
        connected ? Messages::tr("The server is slow or does not answer.")
                  : Messages::tr("Nothing answers at this address."),
        connected ? Messages::tr("Try again later.")
                  : Messages::tr("Check the network, the VPN and the server's address."));
    error.reason = connected ? u"DEADLINE"_s : u"DEADLINE/CONNECT"_s;
    return error;
}

Error idleError(const QString &server, std::chrono::milliseconds limit)
{
    Error error = Error::make(Error::Kind::Timeout,
        Messages::tr("Nothing came from %1 for %2.").arg(server, text::duration(limit)),
        Messages::tr("The connection seems to be dead."),
        Messages::tr("Check the network and the VPN if this happens again."));
    error.reason = u"IDLE"_s;
    return error;
}

Error tooLargeError(const QString &server, qint64 limit)
{
    Error error = Error::make(Error::Kind::Invalid, Messages::tr("The answer of %1 is too large.").arg(server),
        Messages::tr("It is longer than %1.").arg(text::bytes(limit)), Messages::tr("Ask for less at a time."));
    error.reason = u"TOO_LARGE"_s;
    return error;
}

Error badRequestError(const QString &why)
{
    Error error = Error::make(Error::Kind::Invalid, Messages::tr("The request was not sent."), why,
        Messages::tr("Correct the name or the credentials it was made of."));
    error.reason = u"BAD_REQUEST"_s;
    return error;
}

Error badEndpointError(const QString &why)
{
    Error error = Error::make(Error::Kind::Invalid, Messages::tr("The server's address cannot be used."), why,
        Messages::tr("Correct the cluster entry of the kubeconfig."));
    error.reason = u"BAD_ENDPOINT"_s;
    return error;
}

} // namespace cairn::net
