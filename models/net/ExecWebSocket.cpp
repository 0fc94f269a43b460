// SPDX-License-Identifier: GPL-3.0-or-later
// Exec in a pod over WebSocket. Not QWebSocket: it cannot verify another name than the URL's host, and it throws the
// body of a refused handshake away, which is where Kubernetes says why.
#include "net/CurlError.h"
#include "net/HandshakeAnswer.h"
#include "net/Http.h"
#include "net/RawConnection.h"
#include "net/Url.h"
#include "net/WebSocketFrames.h"

#include "base/Text.h"

#include <QCoreApplication>
#include <QRandomGenerator>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace cairn::net {

namespace {

using Clock = RawConnection::Clock;
using websocket::Message;
using websocket::Opcode;

// client-go's values (tools/remotecommand/websocket.go).
constexpr auto pingEvery = 5s;
constexpr auto deadAfter = 61s;
constexpr auto writeWithin = 60s;
/// A server that reported the result has this long to close.
constexpr auto closeWithin = 5s;
/// Read but not used beyond the output: status, framing.
constexpr qint64 messageSlack = 1 << 20;
constexpr qsizetype inputPiece = 16'384;

struct Messages {
    Q_DECLARE_TR_FUNCTIONS(cairn::net::ExecWebSocket)
public:
    static Error noResult(const QString &server, const QString &detail, const QString &reason)
    {
        Error error = Error::make(Error::Kind::Network, tr("The command in the pod returned no result."),
            detail.isEmpty() ? tr("%1 closed the connection before the command had ended.").arg(server)
                             : tr("%1 closed the connection before the command had ended: %2.").arg(server, detail),
            tr("Check that the pod still runs, then try again."));
        error.reason = reason;
        return error;
    }
    static Error brokenFrames(const QString &server)
    {
        Error error = Error::make(Error::Kind::Parse, tr("The answer of %1 cannot be read.").arg(server),
            tr("It violates the WebSocket protocol."),
            tr("A proxy on the network path may not support WebSocket; try without it."));
        error.reason = u"WEBSOCKET_PROTOCOL"_s;
        return error;
    }
};

class Exec {
public:
    Exec(std::shared_ptr<const Endpoint> endpoint, const Target &target, ExecRequest request, std::stop_token stop)
        : m_request(std::move(request))
        , m_target(target)
        , m_connection(std::move(endpoint), target, std::move(stop))
        , m_reader(m_request.maxOutput + messageSlack)
    {
        if (m_request.timeout.count() > 0)
            m_deadline = Clock::now() + m_request.timeout;
    }

    Result<ExecResult> run()
    {
        if (Result<> opened = m_connection.open(m_deadline); !opened)
            return fail(opened.error());
        if (Result<> shaken = shakeHands(); !shaken)
            return fail(shaken.error());
        if (Result<> given = giveInput(); !given)
            return fail(given.error());
        return converse();
    }

private:
    Error timedOut() const { return timeoutError(m_target.server, m_request.timeout, true); }

    Result<> shakeHands()
    {
        QByteArray random(16, Qt::Uninitialized);
        QRandomGenerator *source = QRandomGenerator::system();
        for (char &byte : random)
            byte = static_cast<char>(source->generate());
        const QByteArray key = random.toBase64();
        QByteArray hello = "GET " + m_target.basePath + m_request.path.toLatin1()
            + " HTTP/1.1\r\nHost: " + m_target.hostHeader
            + "\r\nUser-Agent: cairn\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
              "Sec-WebSocket-Protocol: v5.channel.k8s.io, v4.channel.k8s.io\r\nSec-WebSocket-Key: "
            + key + "\r\n";
        for (const auto &[name, value] : m_request.headers)
            hello += name + ": " + value + "\r\n";
        if (Result<> sent = m_connection.write(hello + "\r\n", std::min(m_deadline, Clock::now() + writeWithin)); !sent)
            return sent;

        HandshakeAnswer answer(m_target.server);
        while (!answer.isComplete()) {
            char chunk[16'384];
            const Result<qsizetype> got = m_connection.read(chunk, sizeof chunk, m_deadline);
            if (!got)
                return fail(got.error());
            if (*got < 0)
                return fail(timedOut());
            if (Result<> fed = answer.feed({chunk, *got}); !fed)
                return fed;
        }
        if (Result<> accepted = answer.check(websocket::acceptFor(key)); !accepted)
            return accepted;
        const QByteArray rest = answer.rest();
        m_reader.feed(rest.constData(), rest.size());
        return {};
    }

    /// Channel 0, in pieces that no proxy minds. It stays open: closing it is not in every version of the protocol.
    Result<> giveInput()
    {
        const QByteArray &input = m_request.input.reveal();
        for (qsizetype from = 0; from < input.size(); from += inputPiece) {
            if (Result<> sent = send(Opcode::Binary, '\0' + input.mid(from, inputPiece)); !sent)
                return sent;
        }
        return {};
    }

    Result<ExecResult> converse()
    {
        Clock::time_point heard = Clock::now();
        Clock::time_point nextPing = heard + pingEvery;
        for (;;) {
            while (std::optional<Message> message = m_reader.next()) {
                if (Result<> taken = take(*message); !taken)
                    return fail(taken.error());
                if (m_closed)
                    return result();
            }
            if (m_reader.fault() == websocket::Reader::Fault::TooLarge)
                return fail(tooLargeError(m_target.server, m_request.maxOutput));
            if (m_reader.isBroken())
                return fail(Messages::brokenFrames(m_target.server));
            char chunk[65'536];
            const Result<qsizetype> got =
                m_connection.read(chunk, sizeof chunk, std::min({m_deadline, m_closeBy, nextPing, heard + deadAfter}));
            if (!got)
                return fail(got.error());
            const Clock::time_point now = Clock::now();
            if (*got == 0)
                return result();
            if (*got > 0) {
                heard = now;
                m_reader.feed(chunk, *got);
            } else if (now >= m_closeBy) {
                return result();
            }
            if (now >= m_deadline)
                return fail(timedOut());
            if (now >= heard + deadAfter)
                return fail(idleError(m_target.server, deadAfter));
            if (*got < 0 && m_pong) {
                if (Result<> sent = send(Opcode::Pong, *std::exchange(m_pong, std::nullopt)); !sent)
                    return fail(sent.error());
            }
            if (*got < 0 && now >= nextPing) {
                if (Result<> sent = send(Opcode::Ping, {}); !sent)
                    return fail(sent.error());
                nextPing = now + pingEvery;
            }
        }
    }

    Result<> send(Opcode opcode, const QByteArray &payload)
    {
        const quint32 random = QRandomGenerator::system()->generate();
        const std::array<unsigned char, 4> mask{static_cast<unsigned char>(random),
            static_cast<unsigned char>(random >> 8), static_cast<unsigned char>(random >> 16),
            static_cast<unsigned char>(random >> 24)};
        return m_connection.write(
            websocket::encodeFrame(opcode, payload, mask), std::min(m_deadline, Clock::now() + writeWithin));
    }

    Result<> take(const Message &message)
    {
        switch (message.opcode) {
        case Opcode::Ping:
            m_pong = message.payload; // the newest is enough (RFC 6455 §5.5.3)
            return {};
        case Opcode::Close:
            m_closed = true;
            m_closePayload = message.payload;
            // Politeness only: the peer may be gone already.
            (void)send(Opcode::Close, message.payload.left(2));
            return {};
        case Opcode::Binary: return takeChannel(message.payload);
        default: return {}; // pongs; Kubernetes sends no text
        }
    }

    /// The first byte is the channel; an empty rest only says that the channel is open. 255 closes a channel (v5).
    Result<> takeChannel(const QByteArray &payload)
    {
        if (payload.size() < 2)
            return {};
        const QByteArrayView data = QByteArrayView(payload).sliced(1);
        switch (payload.at(0)) {
        case 1: m_result.out.append(data); break;
        case 2: m_result.err.append(data); break;
        case 3:
            m_result.status.append(data);
            // Output travels on other streams and may still be under way, so reading goes on until the close.
            m_closeBy = Clock::now() + closeWithin;
            break;
        default: break;
        }
        if (m_result.out.size() + m_result.err.size() + m_result.status.size() > m_request.maxOutput)
            return fail(tooLargeError(m_target.server, m_request.maxOutput));
        return {};
    }

    Result<ExecResult> result()
    {
        if (!m_result.status.isEmpty())
            return std::move(m_result);
        QString detail;
        QString reason = u"WEBSOCKET_CLOSED"_s;
        if (m_closePayload.size() >= 2) {
            const int code = static_cast<unsigned char>(m_closePayload.at(0)) << 8
                | static_cast<unsigned char>(m_closePayload.at(1));
            reason += u"/%1"_s.arg(code);
            detail = text::safe(m_closePayload.mid(2));
        }
        return fail(Messages::noResult(m_target.server, detail, reason));
    }

    const ExecRequest m_request;
    const Target m_target;
    RawConnection m_connection;
    websocket::Reader m_reader;
    ExecResult m_result;
    bool m_closed = false;
    QByteArray m_closePayload;
    std::optional<QByteArray> m_pong; ///< owed to the server
    Clock::time_point m_deadline = Clock::time_point::max();
    Clock::time_point m_closeBy = Clock::time_point::max();
};

} // namespace

Result<ExecResult> execWebSocket(std::shared_ptr<const Endpoint> endpoint, ExecRequest request, std::stop_token stop)
{
    if (!endpoint)
        return fail(badEndpointError(Messages::tr("There is none.")));
    if (!isRequestPath(request.path))
        return fail(badRequestError(
            Messages::tr("The path must begin with a slash and hold only percent-encoded ASCII characters.")));
    if (Result<> checked = checkHeaders(request.headers); !checked)
        return fail(checked.error());
    for (const auto &[name, value] : std::as_const(request.headers)) {
        if (name.toLower() == "upgrade" || name.toLower().startsWith("sec-websocket-"))
            return fail(
                badRequestError(Messages::tr("The header %1 is set by the client itself.").arg(text::safe(name))));
    }
    const Result<Target> target = Target::of(*endpoint);
    if (!target)
        return fail(target.error());
    return Exec(std::move(endpoint), *target, std::move(request), std::move(stop)).run();
}

} // namespace cairn::net
