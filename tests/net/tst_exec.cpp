// SPDX-License-Identifier: GPL-3.0-or-later
#include "FaultServer.h"
#include "net/Http.h"
#include "net/WebSocketFrames.h"

#include <QSslKey>
#include <QTest>
#include <QWebSocket>
#include <QWebSocketServer>
#include <future>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using namespace cairn;
using namespace cairn::net;
using namespace cairn::test;

namespace {

constexpr auto execPath = "/api/v1/namespaces/ml/pods/p/exec?command=find&command=%2Fmnt&stdout=true"_L1;
const QByteArray success = "{\"metadata\":{},\"status\":\"Success\"}"_ba;

/// A server frame: final, not masked.
QByteArray frame(int opcode, const QByteArray &payload)
{
    QByteArray bytes(1, static_cast<char>(0x80 | opcode));
    if (payload.size() < 126) {
        bytes.append(static_cast<char>(payload.size()));
    } else {
        bytes.append(char(126));
        bytes.append(static_cast<char>(payload.size() >> 8));
        bytes.append(static_cast<char>(payload.size()));
    }
    return bytes + payload;
}

QByteArray accepted(const FaultRequest &request, const QByteArray &protocol = "v5.channel.k8s.io")
{
    return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
        + websocket::acceptFor(request.header("sec-websocket-key")) + "\r\nSec-WebSocket-Protocol: " + protocol
        + "\r\n\r\n";
}

/// Accepts the handshake and sends `bytes`, then waits or ends.
FaultScript conversation(const QByteArray &bytes, bool stay = false)
{
    return [=](FaultConnection &connection) {
        if (const auto request = connection.readRequest())
            connection.write(accepted(*request) + bytes);
        if (stay)
            connection.waitForClose();
    };
}

std::shared_ptr<const Endpoint> endpointFor(const QUrl &url, const QByteArray &ca = {})
{
    Endpoint endpoint;
    endpoint.server = url;
    endpoint.caPem = ca;
    return std::make_shared<const Endpoint>(endpoint);
}

ExecRequest request()
{
    ExecRequest request;
    request.path = execPath;
    request.headers = {{"Authorization", "Bearer secret"}};
    return request;
}

Result<ExecResult> run(const FaultServer &server, const ExecRequest &wish = request())
{
    return execWebSocket(endpointFor(server.url()), wish, {});
}

} // namespace

class TestExec : public QObject {
    Q_OBJECT
private slots:
    void talksToAnotherImplementation_data()
    {
        QTest::addColumn<QStringList>("spoken");
        QTest::addColumn<QString>("agreed");
        QTest::newRow("v5") << QStringList{u"v4.channel.k8s.io"_s, u"v5.channel.k8s.io"_s} << u"v5.channel.k8s.io"_s;
        QTest::newRow("v4 only") << QStringList{u"v4.channel.k8s.io"_s} << u"v4.channel.k8s.io"_s;
    }
    void talksToAnotherImplementation()
    {
        QFETCH(QStringList, spoken);
        QFETCH(QString, agreed);
        const Pki pki;
        const Identity identity = pki.issue();
        QWebSocketServer server(u"test"_s, QWebSocketServer::SecureMode);
        QSslConfiguration tls = QSslConfiguration::defaultConfiguration();
        tls.setLocalCertificate(QSslCertificate(identity.certPem));
        tls.setPrivateKey(QSslKey(identity.keyPem, QSsl::Ec));
        server.setSslConfiguration(tls);
        server.setSupportedSubprotocols(spoken);
        QVERIFY(server.listen(QHostAddress::LocalHost));
        QByteArray authorization;
        QString protocol, resource;
        const QByteArray big(300'000, 'b');
        connect(&server, &QWebSocketServer::newConnection, &server, [&] {
            QWebSocket *peer = server.nextPendingConnection();
            peer->setParent(&server);
            authorization = peer->request().rawHeader("Authorization");
            resource = peer->request().url().toString(QUrl::FullyEncoded);
            protocol = peer->subprotocol();
            peer->setOutgoingFrameSize(50'000); // so that the big message comes in fragments
            peer->sendBinaryMessage(QByteArray("\x01", 1));
            peer->sendBinaryMessage("\x01"
                                    "1 2 a\n"_ba);
            peer->ping("are you there");
            peer->sendBinaryMessage("\x02"
                                    "oops"_ba);
            peer->sendBinaryMessage('\x01' + big);
            peer->sendBinaryMessage('\x03' + success);
            // What the command wrote may overtake its status.
            peer->sendBinaryMessage("\x01"
                                    "late"_ba);
            peer->close();
        });
        QUrl url(u"https://127.0.0.1:%1"_s.arg(server.serverPort()));
        auto answer =
            std::async(std::launch::async, [&] { return execWebSocket(endpointFor(url, pki.caPem()), request(), {}); });
        QTRY_VERIFY_WITH_TIMEOUT(answer.wait_for(0s) == std::future_status::ready, 20'000);
        const auto result = answer.get();
        QVERIFY2(result.has_value(), result ? "" : qPrintable(result.error().oneLine()));
        QCOMPARE(result->out, "1 2 a\n" + big + "late");
        QCOMPARE(result->err, "oops"_ba);
        QCOMPARE(result->status, success);
        QCOMPARE(authorization, "Bearer secret"_ba);
        QCOMPARE(protocol, agreed);
        QVERIFY(resource.endsWith(execPath));
    }

    void whatIsGivenToTheCommandArrivesWhole()
    {
        QWebSocketServer server(u"test"_s, QWebSocketServer::NonSecureMode);
        server.setSupportedSubprotocols({u"v5.channel.k8s.io"_s});
        QVERIFY(server.listen(QHostAddress::LocalHost));
        const QByteArray input = QByteArray(40'000, 'a') + "\0end\n"_ba;
        QByteArray got;
        QByteArray channels;
        connect(&server, &QWebSocketServer::newConnection, &server, [&] {
            QWebSocket *peer = server.nextPendingConnection();
            peer->setParent(&server);
            connect(peer, &QWebSocket::binaryMessageReceived, peer, [&, peer](const QByteArray &message) {
                channels.append(message.left(1));
                got.append(message.mid(1));
                if (!got.endsWith("end\n"))
                    return;
                peer->sendBinaryMessage('\x03' + success);
                peer->close();
            });
        });
        ExecRequest wish = request();
        wish.input = Secret(input);
        auto answer = std::async(std::launch::async, [&] { return execWebSocket(endpointFor(QUrl(u"http://127.0.0.1:%1"_s.arg(server.serverPort()))), wish, {}); });
        QTRY_VERIFY_WITH_TIMEOUT(answer.wait_for(0s) == std::future_status::ready, 20'000);
        const auto result = answer.get();
        QVERIFY2(result.has_value(), result ? "" : qPrintable(result.error().oneLine()));
        QCOMPARE(got, input);
        QCOMPARE(channels, QByteArray(channels.size(), '\0'));
        QVERIFY(channels.size() > 1); // no proxy has to take one large message
    }

    void theHandshakeIsComplete()
    {
        FaultServer server(conversation(frame(2, '\x03' + success) + frame(8, "\x03\xe8")));
        QVERIFY(run(server).has_value());
        const FaultRequest seen = server.requests().value(0);
        QCOMPARE(seen.method, "GET"_ba);
        QCOMPARE(seen.target, QByteArray(execPath.data()));
        QCOMPARE(seen.header("sec-websocket-version"), "13"_ba);
        QCOMPARE(seen.header("sec-websocket-protocol"), "v5.channel.k8s.io, v4.channel.k8s.io"_ba);
        QCOMPARE(QByteArray::fromBase64(seen.header("sec-websocket-key")).size(), 16);
        QCOMPARE(seen.header("user-agent"), "cairn"_ba);
        QCOMPARE(seen.header("host"), "127.0.0.1:" + QByteArray::number(server.port()));
    }

    void aStatusWithoutCloseFrameIsEnough()
    {
        FaultServer server(conversation(frame(2, "\x01out") + frame(2, '\x03' + success)));
        const auto result = run(server);
        QVERIFY(result.has_value());
        QCOMPARE(result->out, "out"_ba);
    }

    void aServerThatDoesNotCloseIsNotWaitedForLong()
    {
        FaultServer server(conversation(frame(2, "\x01out") + frame(2, '\x03' + success), true));
        const auto result = run(server);
        QVERIFY(result.has_value());
        QCOMPARE(result->out, "out"_ba);
    }

    void anEndWithoutStatusIsAnError_data()
    {
        QTest::addColumn<QByteArray>("end");
        QTest::addColumn<QString>("reason");
        QTest::newRow("bare end") << ""_ba << u"WEBSOCKET_CLOSED"_s;
        QTest::newRow("close frame") << frame(8, "\x03\xe8") << u"WEBSOCKET_CLOSED/1000"_s;
        QTest::newRow("close with reason") << frame(8,
            "\x03\xf3"
            "no\nroom") << u"WEBSOCKET_CLOSED/1011"_s;
    }
    void anEndWithoutStatusIsAnError()
    {
        QFETCH(QByteArray, end);
        QFETCH(QString, reason);
        FaultServer server(conversation(frame(2, "\x01half") + end));
        const auto result = run(server);
        QVERIFY(!result.has_value());
        QCOMPARE(result.error().kind, Error::Kind::Network);
        QCOMPARE(result.error().reason, reason);
        QVERIFY(!result.error().why.contains(u'\n'));
    }

    void refusalsSayWhy_data()
    {
        QTest::addColumn<QByteArray>("answer");
        QTest::addColumn<int>("kind");
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("reason");
        QTest::addColumn<QString>("why");
        const QByteArray forbidden = "{\"kind\":\"Status\",\"status\":\"Failure\",\"message\":\"pods p is "
                                     "forbidden\",\"reason\":\"Forbidden\",\"code\":403}";
        QTest::newRow("403") << faults::answer(403, forbidden) << int(Error::Kind::Forbidden) << 403 << u"Forbidden"_s
                             << u"pods p is forbidden"_s;
        QTest::newRow("chunked 403") << "HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: chunked\r\n\r\n"
                + QByteArray::number(forbidden.size(), 16) + ";x=y\r\n" + forbidden + "\r\n0\r\n\r\n"
                                     << int(Error::Kind::Forbidden) << 403 << u"Forbidden"_s
                                     << u"pods p is forbidden"_s;
        QTest::newRow("404") << faults::answer(404, "{\"message\":\"pods p not found\",\"reason\":\"NotFound\"}")
                             << int(Error::Kind::NotFound) << 404 << u"NotFound"_s << u"pods p not found"_s;
        QTest::newRow("401, plain text") << faults::answer(401, "Unauthorized") << int(Error::Kind::Auth) << 401
                                         << QString() << u"Unauthorized"_s;
        QTest::newRow("500, empty") << faults::answer(500, "") << int(Error::Kind::Server) << 500 << QString()
                                    << u"The server answered with HTTP 500."_s;
        QTest::newRow("redirect") << faults::answer(302, "", "Location: http://127.0.0.1:1/\r\n")
                                  << int(Error::Kind::Invalid) << 302 << QString()
                                  << u"The server answered with HTTP 302."_s;
        QTest::newRow("hostile text") << faults::answer(400, "{\"message\":\"a\\u202eb\\nc\"}")
                                      << int(Error::Kind::Invalid) << 400 << QString() << u"a\\u{202E}b\\nc"_s;
        QTest::newRow("body until the end") << "HTTP/1.1 400 Bad\r\n\r\n{\"message\":\"m\"}"_ba
                                            << int(Error::Kind::Invalid) << 400 << QString() << u"m"_s;
        QTest::newRow("absurd chunk")
            << "HTTP/1.1 400 Bad\r\nTransfer-Encoding: chunked\r\n\r\n7fffffffffffffff\r\nx"_ba
            << int(Error::Kind::Invalid) << 400 << QString() << u"The server answered with HTTP 400."_s;
    }
    void refusalsSayWhy()
    {
        QFETCH(QByteArray, answer);
        QFETCH(int, kind);
        QFETCH(int, status);
        QFETCH(QString, reason);
        QFETCH(QString, why);
        FaultServer server([=](FaultConnection &connection) {
            connection.readRequest();
            connection.write(answer);
        });
        const auto result = run(server);
        QVERIFY(!result.has_value());
        QCOMPARE(int(result.error().kind), kind);
        QCOMPARE(result.error().httpStatus, status);
        QCOMPARE(result.error().reason, reason);
        QCOMPARE(result.error().why, why);
        QVERIFY(!result.error().fix.isEmpty());
    }

    void wrongHandshakesAreRefused_data()
    {
        QTest::addColumn<QByteArray>("from");
        QTest::addColumn<QByteArray>("to");
        QTest::addColumn<QString>("reason");
        QTest::newRow("wrong accept") << "Sec-WebSocket-Accept: "_ba
                                      << "Sec-WebSocket-Accept: x"_ba << u"WEBSOCKET_HANDSHAKE"_s;
        QTest::newRow("no upgrade") << "Upgrade: websocket"_ba
                                    << "X: y"_ba << u"WEBSOCKET_HANDSHAKE"_s;
        QTest::newRow("other protocol") << "v5.channel"_ba
                                        << "v9.channel"_ba << u"WEBSOCKET_SUBPROTOCOL"_s;
        QTest::newRow("no protocol") << "Sec-WebSocket-Protocol"_ba
                                     << "X-P"_ba << u"WEBSOCKET_SUBPROTOCOL"_s;
        QTest::newRow("garbage") << "HTTP/1.1"_ba
                                 << "SSH-2.0"_ba << u"CURLE_WEIRD_SERVER_REPLY/NOT_HTTP"_s;
        QTest::newRow("no number") << "101"_ba
                                   << "abc"_ba << u"CURLE_WEIRD_SERVER_REPLY/NOT_HTTP"_s;
    }
    void wrongHandshakesAreRefused()
    {
        QFETCH(QByteArray, from);
        QFETCH(QByteArray, to);
        QFETCH(QString, reason);
        FaultServer server([=](FaultConnection &connection) {
            if (const auto request = connection.readRequest())
                connection.write(accepted(*request).replace(from, to));
        });
        const auto result = run(server);
        QVERIFY(!result.has_value());
        QCOMPARE(result.error().reason, reason);
    }

    void brokenFramesAreErrors_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("reason");
        QTest::newRow("masked") << "\x82\x81zzzzz"_ba << u"WEBSOCKET_PROTOCOL"_s;
        QTest::newRow("reserved bit") << "\xc2\x01z"_ba << u"WEBSOCKET_PROTOCOL"_s;
        QTest::newRow("unknown opcode") << "\x83\x01z"_ba << u"WEBSOCKET_PROTOCOL"_s;
        QTest::newRow("absurd length") << "\x82\x7f\xff\xff\xff\xff\xff\xff\xff\xff"_ba << u"TOO_LARGE"_s;
    }
    void brokenFramesAreErrors()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, reason);
        FaultServer server(conversation(bytes, true));
        const auto result = run(server);
        QVERIFY(!result.has_value());
        QCOMPARE(result.error().reason, reason);
    }

    void tooMuchOutputIsAnError()
    {
        FaultServer server([](FaultConnection &connection) {
            if (const auto request = connection.readRequest())
                connection.write(accepted(*request));
            while (connection.write(frame(2, '\x01' + QByteArray(60'000, 'x')))) { }
        });
        ExecRequest wish = request();
        wish.maxOutput = 1 << 20;
        const auto result = run(server, wish);
        QVERIFY(!result.has_value());
        QCOMPARE(result.error().reason, u"TOO_LARGE"_s);
    }

    void aSilentCommandTimesOut()
    {
        FaultServer server(conversation({}, true));
        ExecRequest wish = request();
        wish.timeout = 300ms;
        const auto result = run(server, wish);
        QVERIFY(!result.has_value());
        QCOMPARE(result.error().kind, Error::Kind::Timeout);
    }

    void aSilentHandshakeTimesOut()
    {
        FaultServer server(faults::silent());
        ExecRequest wish = request();
        wish.timeout = 300ms;
        const auto result = run(server, wish);
        QVERIFY(!result.has_value());
        QCOMPARE(result.error().kind, Error::Kind::Timeout);
    }

    void aStopEndsTheCommand()
    {
        FaultServer server(conversation(frame(2, "\x01x"), true));
        std::stop_source stop;
        ExecRequest wish = request();
        wish.timeout = 0ms;
        auto answer = std::async(
            std::launch::async, [&] { return execWebSocket(endpointFor(server.url()), wish, stop.get_token()); });
        QVERIFY(server.waitUntil([](const FaultServer &s) { return s.requests().size() == 1; }));
        stop.request_stop();
        QCOMPARE(answer.get().error().kind, Error::Kind::Cancelled);
        QCOMPARE(execWebSocket(endpointFor(server.url()), wish, stop.get_token()).error().kind, Error::Kind::Cancelled);
    }

    void aQuietCommandIsKeptAliveByPings()
    {
        // Answers the first ping with the result: without a ping there would be none.
        FaultServer server([](FaultConnection &connection) {
            const auto request = connection.readRequest();
            if (!request || !connection.write(accepted(*request)))
                return;
            QByteArray ping;
            if (connection.readExactly(&ping, 6) && ping.startsWith("\x89\x80"))
                connection.write(frame(10, {}) + frame(2, '\x03' + success) + frame(8, "\x03\xe8"));
            connection.waitForClose();
        });
        const auto result = run(server);
        QVERIFY2(result.has_value(), result ? "" : qPrintable(result.error().oneLine()));
    }

    void tlsNameClientCertificateAndCaCount()
    {
        const Pki pki, other;
        FaultServer::Tls tls;
        tls.identity = pki.issue({.commonName = u"x"_s, .dnsNames = {u"kubernetes.internal"_s}, .addresses = {}});
        tls.clientCaPem = pki.caPem();
        FaultServer server(conversation(frame(2, '\x03' + success) + frame(8, "\x03\xe8")), tls);
        const Identity me = pki.issue({.commonName = u"me"_s, .dnsNames = {}, .addresses = {}});
        Endpoint endpoint;
        endpoint.server = server.url();
        endpoint.caPem = pki.caPem();
        endpoint.clientCertPem = me.certPem;
        endpoint.clientKeyPem = me.keyPem;
        endpoint.tlsServerName = u"kubernetes.internal"_s;
        const auto result = execWebSocket(std::make_shared<const Endpoint>(endpoint), request(), {});
        QVERIFY2(result.has_value(), result ? "" : qPrintable(result.error().oneLine()));
        QCOMPARE(server.serverNames().value(0), "kubernetes.internal"_ba);
        QCOMPARE(server.clientNames().value(0), "me"_ba);

        endpoint.caPem = other.caPem();
        const auto wrongCa = execWebSocket(std::make_shared<const Endpoint>(endpoint), request(), {});
        QCOMPARE(wrongCa.error().kind, Error::Kind::Tls);
        endpoint.caPem = pki.caPem();
        endpoint.tlsServerName.clear();
        const auto wrongName = execWebSocket(std::make_shared<const Endpoint>(endpoint), request(), {});
        QCOMPARE(wrongName.error().reason, u"CURLE_PEER_FAILED_VERIFICATION/HOSTNAME_MISMATCH"_s);
    }

    void theProxyIsUsed()
    {
        FaultServer proxy([](FaultConnection &connection) {
            if (!connection.readRequest() || !connection.write("HTTP/1.1 200 Established\r\n\r\n"))
                return;
            if (const auto request = connection.readRequest())
                connection.write(accepted(*request) + frame(2, '\x03' + success) + frame(8, "\x03\xe8"));
        });
        Endpoint endpoint;
        endpoint.server = QUrl(u"http://cluster.invalid:8080"_s);
        endpoint.proxyUrl = proxy.url().toString();
        const auto result = execWebSocket(std::make_shared<const Endpoint>(endpoint), request(), {});
        QVERIFY2(result.has_value(), result ? "" : qPrintable(result.error().oneLine()));
        QCOMPARE(proxy.requests().value(0).method, "CONNECT"_ba);
        QCOMPARE(proxy.requests().value(0).target, "cluster.invalid:8080"_ba);
        QVERIFY(!proxy.requests().value(0).hasHeader("authorization"));
        QCOMPARE(proxy.requests().value(1).header("host"), "cluster.invalid:8080"_ba);
    }

    void whatCouldSmuggleIsRefused()
    {
        FaultServer server(faults::silent());
        ExecRequest wish = request();
        wish.path = u"/a b"_s;
        QCOMPARE(run(server, wish).error().kind, Error::Kind::Invalid);
        wish = request();
        wish.headers.append(Header("X", "a\r\nY: b"));
        QCOMPARE(run(server, wish).error().kind, Error::Kind::Invalid);
        wish = request();
        wish.headers.append(Header("Sec-WebSocket-Protocol", "x"));
        QCOMPARE(run(server, wish).error().kind, Error::Kind::Invalid);
        QCOMPARE(execWebSocket(nullptr, request(), {}).error().kind, Error::Kind::Invalid);
        QCOMPARE(server.connections(), 0);
    }
};

QTEST_GUILESS_MAIN(TestExec)
#include "tst_exec.moc"
