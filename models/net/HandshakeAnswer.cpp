// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/HandshakeAnswer.h"

#include "base/Text.h"
#include "net/CurlError.h"

#include <QCoreApplication>
#include <QJsonDocument>
#include <QJsonObject>

using namespace Qt::StringLiterals;

namespace cairn::net {

namespace {

constexpr qsizetype maxHeader = 64 * 1024;
constexpr qsizetype maxBody = 1 << 20;

struct Messages {
    Q_DECLARE_TR_FUNCTIONS(cairn::net::HandshakeAnswer)
};

/// The data of a chunked body as far as it came; `complete` when the last chunk was there.
QByteArray unchunked(QByteArrayView bytes, bool *complete)
{
    QByteArray body;
    *complete = false;
    for (;;) {
        const qsizetype end = bytes.indexOf("\r\n");
        if (end < 0)
            return body;
        QByteArray length = bytes.first(end).toByteArray();
        if (const qsizetype extension = length.indexOf(';'); extension >= 0)
            length.truncate(extension);
        bool ok = false;
        const qlonglong size = length.trimmed().toLongLong(&ok, 16);
        bytes = bytes.sliced(end + 2);
        if (!ok || size <= 0 || size > maxBody) {
            *complete = true; // the last chunk, or nonsense: what came before is all there is
            return body;
        }
        body.append(bytes.first(std::min<qsizetype>(size, bytes.size())));
        if (bytes.size() < size + 2)
            return body;
        bytes = bytes.sliced(size + 2);
    }
}

Error::Kind kindOf(int status)
{
    using enum Error::Kind;
    switch (status) {
    case 401: return Auth;
    case 403: return Forbidden;
    case 404: return NotFound;
    case 409: return Conflict;
    case 410: return Gone;
    case 429: return RateLimited;
    default: return status >= 500 ? Server : Invalid;
    }
}

QString fixFor(Error::Kind kind)
{
    using enum Error::Kind;
    switch (kind) {
    case Auth: return Messages::tr("Log in again, or get a new kubeconfig.");
    case Forbidden: return Messages::tr("Ask for the verbs get and create on pods/exec in this namespace.");
    case NotFound: return Messages::tr("Check that the pod still exists and runs.");
    case Invalid: return Messages::tr("Check that the container of the pod runs.");
    default: return Messages::tr("Try again later.");
    }
}

} // namespace

Result<> HandshakeAnswer::feed(QByteArrayView bytes)
{
    m_bytes.append(bytes);
    if (!m_headerDone) {
        if (Result<> parsed = parseHeader(); !parsed)
            return parsed;
    }
    if (m_headerDone)
        m_complete = m_response.status == 101 || bytes.isEmpty() || bodyIsComplete();
    else if (bytes.isEmpty()) {
        CurlFailure failure;
        failure.code = CURLE_GOT_NOTHING;
        failure.server = m_server;
        return fail(curlError(failure));
    }
    return {};
}

Result<> HandshakeAnswer::parseHeader()
{
    const auto notHttp = [this] {
        CurlFailure failure;
        failure.code = CURLE_WEIRD_SERVER_REPLY;
        failure.server = m_server;
        return fail(curlError(failure));
    };
    if (!m_bytes.startsWith(QByteArrayView("HTTP/1.").first(std::min<qsizetype>(7, m_bytes.size()))))
        return notHttp();
    const qsizetype end = m_bytes.indexOf("\r\n\r\n");
    if (end < 0) {
        if (m_bytes.size() > maxHeader)
            return fail(tooLargeError(m_server, maxHeader));
        return {};
    }
    QByteArrayList lines = m_bytes.first(end).split('\n');
    bool ok = false;
    m_response.status = lines.takeFirst().mid(9, 3).toInt(&ok);
    if (!ok || m_response.status < 100)
        return notHttp();
    for (const QByteArray &line : std::as_const(lines)) {
        const qsizetype colon = line.indexOf(':');
        if (colon > 0)
            m_response.headers.append({line.first(colon).trimmed().toLower(), line.sliced(colon + 1).trimmed()});
    }
    m_bytes.remove(0, end + 4);
    m_headerDone = true;
    return {};
}

bool HandshakeAnswer::bodyIsComplete()
{
    if (m_response.header("transfer-encoding").toLower().contains("chunked")) {
        bool complete = false;
        m_response.body = unchunked(m_bytes, &complete);
        return complete || m_bytes.size() >= maxBody;
    }
    m_response.body = m_bytes;
    bool ok = false;
    const qlonglong length = m_response.header("content-length").toLongLong(&ok);
    // Without a length the body ends with the connection.
    return m_bytes.size() >= (ok ? std::min<qlonglong>(length, maxBody) : maxBody);
}

Result<> HandshakeAnswer::check(const QByteArray &accept) const
{
    if (m_response.status != 101)
        return fail(refusal());
    const QByteArray protocol = m_response.header("sec-websocket-protocol");
    if (m_response.header("upgrade").toLower() != "websocket"
        || !m_response.header("connection").toLower().contains("upgrade")
        || m_response.header("sec-websocket-accept") != accept) {
        Error error =
            Error::make(Error::Kind::Parse, Messages::tr("%1 answered the WebSocket handshake wrongly.").arg(m_server),
                Messages::tr("Its answer does not belong to the request."),
                Messages::tr("A proxy on the network path may not support WebSocket; try without it."));
        error.reason = u"WEBSOCKET_HANDSHAKE"_s;
        return fail(error);
    }
    if (protocol != "v5.channel.k8s.io" && protocol != "v4.channel.k8s.io") {
        Error error = Error::make(Error::Kind::Unsupported,
            Messages::tr("%1 cannot run commands in pods over WebSocket.").arg(m_server),
            Messages::tr("It agreed to none of the protocols v5.channel.k8s.io and v4.channel.k8s.io."),
            Messages::tr("Update the cluster to Kubernetes 1.30 or newer."));
        error.reason = u"WEBSOCKET_SUBPROTOCOL"_s;
        return fail(error);
    }
    return {};
}

Error HandshakeAnswer::refusal() const
{
    const QJsonObject status = QJsonDocument::fromJson(m_response.body).object();
    QString message = status[u"message"].toString();
    if (message.isEmpty())
        message = QString::fromUtf8(m_response.body.left(2048)).simplified();
    const Error::Kind kind = kindOf(m_response.status);
    Error error = Error::make(kind, Messages::tr("The command could not be started in the pod."),
        message.isEmpty() ? Messages::tr("The server answered with HTTP %1.").arg(m_response.status)
                          : text::safe(message.left(2048)),
        fixFor(kind));
    error.reason = text::safe(status[u"reason"].toString().left(100));
    error.httpStatus = m_response.status;
    return error;
}

} // namespace cairn::net
