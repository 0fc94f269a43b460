// SPDX-License-Identifier: GPL-3.0-or-later
#include "FaultServer.h"
#include "net/Http.h"

#include <QTest>
#include <openssl/ssl.h>
#include <thread>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using namespace cairn;
using namespace cairn::net;
using namespace cairn::test;

namespace {

constexpr int patience = 20'000;

Endpoint plain(const FaultServer &server)
{
    Endpoint endpoint;
    endpoint.server = server.url();
    return endpoint;
}

Request get()
{
    Request request;
    request.path = u"/"_s;
    request.maxRetries = 0;
    return request;
}

std::shared_ptr<const Endpoint> shared(const Endpoint &endpoint)
{
    return std::make_shared<const Endpoint>(endpoint);
}

/// The outcome of a stream as a value.
Result<Response> finish(
    HttpClient &client, const Endpoint &endpoint, const Request &request, QByteArray *data = nullptr)
{
    Signal done;
    std::optional<Result<Response>> outcome;
    StreamHandlers handlers;
    handlers.data = [data](const char *bytes, size_t size) {
        if (data)
            data->append(bytes, static_cast<qsizetype>(size));
    };
    handlers.finished = [&](Result<Response> result) {
        outcome = std::move(result);
        done.release();
    };
    const auto stream = client.stream(shared(endpoint), request, std::move(handlers));
    if (!done.tryAcquire(1, patience))
        return fail(Error::Kind::Internal, u"the stream did not finish"_s);
    return *outcome;
}

FaultServer::Tls tlsOf(const Identity &identity)
{
    FaultServer::Tls tls;
    tls.identity = identity;
    return tls;
}

FaultScript ok()
{
    return faults::serve([](const FaultRequest &) { return faults::answer(200, "ok"); });
}

} // namespace

class TestFaults : public QObject {
    Q_OBJECT
private:
    Pki m_pki;
    Pki m_otherPki;
    HttpClient m_client{"cairn-test"_ba};

    void check(const Result<Response> &outcome, Error::Kind kind, const QString &reason)
    {
        QVERIFY(!outcome.has_value());
        const Error &error = outcome.error();
        QCOMPARE(kindName(error.kind), kindName(kind));
        QCOMPARE(error.reason, reason);
        QVERIFY(!error.what.isEmpty());
        QVERIFY(!error.why.isEmpty());
        QVERIFY(!error.fix.isEmpty());
        QVERIFY(!error.oneLine().contains(u"%1"));
    }

private slots:
    void initTestCase()
    {
        for (const char *name : {"HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy"})
            qunsetenv(name);
    }

    void brokenAnswersAreErrors_data()
    {
        QTest::addColumn<FaultScript>("script");
        QTest::addColumn<int>("kind");
        QTest::addColumn<QString>("reason");
        const int network = int(Error::Kind::Network);
        QTest::newRow("reset in the middle")
            << faults::resetMidBody() << network << u"CURLE_RECV_ERROR/CONNECTION_LOST"_s;
        QTest::newRow("cut short") << faults::truncateBody() << network << u"CURLE_PARTIAL_FILE/CONNECTION_LOST"_s;
        QTest::newRow("no answer") << faults::closeWithoutAnswer() << network << u"CURLE_GOT_NOTHING/CONNECTION_LOST"_s;
        QTest::newRow("garbage") << faults::garbage() << int(Error::Kind::Parse)
                                 << u"CURLE_UNSUPPORTED_PROTOCOL/NOT_HTTP"_s;
        QTest::newRow("endless header") << faults::endlessHeader() << int(Error::Kind::Invalid) << u"TOO_LARGE"_s;
        QTest::newRow("damaged gzip") << faults::serve([](const FaultRequest &) {
            return faults::answer(200, "no gzip at all", "Content-Encoding: gzip\r\n");
        }) << int(Error::Kind::Parse) << u"CURLE_BAD_CONTENT_ENCODING"_s;
        QTest::newRow("truncated chunks") << FaultScript([](FaultConnection &connection) {
            connection.readRequest();
            connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n100\r\nabc");
        }) << network << u"CURLE_PARTIAL_FILE/CONNECTION_LOST"_s;
    }
    void brokenAnswersAreErrors()
    {
        QFETCH(FaultScript, script);
        QFETCH(int, kind);
        QFETCH(QString, reason);
        FaultServer server(script);
        check(m_client.send(shared(plain(server)), get(), {}), static_cast<Error::Kind>(kind), reason);
        check(finish(m_client, plain(server), get()), static_cast<Error::Kind>(kind), reason);
    }

    void gzipBombsAreStopped()
    {
        FaultServer server(faults::gzipBomb(64 << 20));
        Request request = get();
        request.maxBody = 4 << 20;
        check(m_client.send(shared(plain(server)), request, {}), Error::Kind::Invalid, u"TOO_LARGE"_s);
        request.maxBody = 64 << 20;
        const auto fits = m_client.send(shared(plain(server)), request, {});
        QVERIFY(fits.has_value());
        QCOMPARE(fits->body.size(), 64 << 20);
    }

    void slowAndSilentServersTimeOut_data()
    {
        QTest::addColumn<FaultScript>("script");
        QTest::newRow("slow drip") << faults::slowDrip(20ms);
        QTest::newRow("silent") << faults::silent();
        QTest::newRow("silent in the body") << faults::silentWatch({"x"});
    }
    void slowAndSilentServersTimeOut()
    {
        QFETCH(FaultScript, script);
        FaultServer server(script);
        Request request = get();
        request.timeout = 300ms;
        check(m_client.send(shared(plain(server)), request, {}), Error::Kind::Timeout, u"DEADLINE"_s);
        check(finish(m_client, plain(server), request), Error::Kind::Timeout, u"DEADLINE"_s);
    }

    void aHandshakeThatStallsTimesOut()
    {
        FaultServer server(faults::silent());
        Endpoint endpoint = plain(server);
        endpoint.server.setScheme(u"https"_s);
        Request request = get();
        request.timeout = 300ms;
        check(m_client.send(shared(endpoint), request, {}), Error::Kind::Timeout, u"DEADLINE/CONNECT"_s);
    }

    void aWatchThatGoesSilentEnds()
    {
        FaultServer server(faults::silentWatch({"one", "two"}));
        Request request = get();
        request.timeout = 0ms;
        request.idleTimeout = 300ms;
        QByteArray data;
        check(finish(m_client, plain(server), request, &data), Error::Kind::Timeout, u"IDLE"_s);
        QCOMPARE(data, "onetwo"_ba);
    }

    void aWatchThatDripsLives()
    {
        // Each byte comes well within the idle time, all of them together do not.
        FaultServer server([](FaultConnection &connection) {
            connection.readRequest();
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 25\r\n\r\n");
            for (int i = 0; i < 25; ++i) {
                connection.sleepFor(160ms);
                connection.write("x");
            }
        });
        Request request = get();
        request.timeout = 0ms;
        request.idleTimeout = 3s;
        const auto outcome = finish(m_client, plain(server), request);
        QVERIFY2(outcome.has_value(), outcome ? "" : qPrintable(outcome.error().oneLine()));
    }

    void aSilentServerEndsAStreamByItsIdleTime()
    {
        FaultServer server(faults::silent());
        Request request = get();
        request.timeout = 0ms;
        request.idleTimeout = 300ms;
        check(finish(m_client, plain(server), request), Error::Kind::Timeout, u"IDLE"_s);
    }

    void certificatesAreChecked_data()
    {
        QTest::addColumn<Identity>("identity");
        QTest::addColumn<QString>("reason");
        const QString prefix = u"CURLE_PEER_FAILED_VERIFICATION/"_s;
        QTest::newRow("expired") << m_pki.issue({.validFromDays = -3, .validToDays = -1})
                                 << prefix + u"CERT_HAS_EXPIRED"_s;
        QTest::newRow("not yet valid") << m_pki.issue({.validFromDays = 1, .validToDays = 3})
                                       << prefix + u"CERT_NOT_YET_VALID"_s;
        QTest::newRow("wrong authority") << m_otherPki.issue() << prefix + u"UNABLE_TO_GET_ISSUER_CERT_LOCALLY"_s;
        QTest::newRow("self-signed") << m_pki.issue({.selfSigned = true}) << prefix + u"DEPTH_ZERO_SELF_SIGNED_CERT"_s;
        QTest::newRow("wrong name") << m_pki.issue({.dnsNames = {u"other.example"_s}, .addresses = {u"192.0.2.1"_s}})
                                    << prefix + u"HOSTNAME_MISMATCH"_s;
    }
    void certificatesAreChecked()
    {
        QFETCH(Identity, identity);
        QFETCH(QString, reason);
        FaultServer server(ok(), tlsOf(identity));
        Endpoint endpoint = plain(server);
        endpoint.caPem = m_pki.caPem();
        Request request = get();
        request.headers = {{"Authorization", "Bearer secret"}};
        check(m_client.send(shared(endpoint), request, {}), Error::Kind::Tls, reason);
        check(finish(m_client, endpoint, request), Error::Kind::Tls, reason);
        QCOMPARE(server.requests().size(), 0); // nothing was said to a stranger
    }

    void everyGivenAuthorityCounts()
    {
        FaultServer server(ok(), tlsOf(m_otherPki.issue()));
        Endpoint endpoint = plain(server);
        endpoint.caPem = m_pki.caPem() + m_otherPki.caPem();
        QVERIFY(m_client.send(shared(endpoint), get(), {}).has_value());
    }

    void aBrokenAuthorityIsNamed()
    {
        FaultServer server(ok(), tlsOf(m_pki.issue()));
        Endpoint endpoint = plain(server);
        endpoint.caPem = "not a certificate";
        check(m_client.send(shared(endpoint), get(), {}), Error::Kind::Tls, u"CURLE_SSL_CACERT_BADFILE"_s);
    }

    void badClientCertificatesAreNamed_data()
    {
        QTest::addColumn<QByteArray>("cert");
        QTest::addColumn<QByteArray>("key");
        const Identity one = m_pki.issue();
        const Identity two = m_pki.issue();
        QTest::newRow("of another key") << one.certPem << two.keyPem;
        QTest::newRow("no certificate") << "x"_ba << one.keyPem;
        QTest::newRow("no key") << one.certPem << "x"_ba;
        QTest::newRow("encrypted key") << one.certPem << encryptedKey(one.keyPem);
    }
    void badClientCertificatesAreNamed()
    {
        QFETCH(QByteArray, cert);
        QFETCH(QByteArray, key);
        FaultServer server(ok(), tlsOf(m_pki.issue()));
        Endpoint endpoint = plain(server);
        endpoint.caPem = m_pki.caPem();
        endpoint.clientCertPem = cert;
        endpoint.clientKeyPem = key;
        check(m_client.send(shared(endpoint), get(), {}), Error::Kind::Auth, u"CURLE_SSL_CERTPROBLEM"_s);
    }

    void refusedClientCertificatesAreNamed_data()
    {
        QTest::addColumn<int>("version");
        QTest::addColumn<bool>("present");
        QTest::addColumn<int>("kind");
        QTest::addColumn<QString>("suffix");
        const int auth = int(Error::Kind::Auth);
        QTest::newRow("of a stranger, TLS 1.2") << TLS1_2_VERSION << true << auth << u"/CLIENT_CERTIFICATE"_s;
        QTest::newRow("of a stranger, TLS 1.3") << TLS1_3_VERSION << true << auth << u"/CLIENT_CERTIFICATE"_s;
        QTest::newRow("none, TLS 1.3") << TLS1_3_VERSION << false << auth << u"/CLIENT_CERTIFICATE"_s;
        // TLS 1.2 has no alert of its own for this; the message names the possibility.
        QTest::newRow("none, TLS 1.2") << TLS1_2_VERSION << false << int(Error::Kind::Tls) << u"/HANDSHAKE_REFUSED"_s;
    }
    void refusedClientCertificatesAreNamed()
    {
        QFETCH(int, version);
        QFETCH(bool, present);
        QFETCH(int, kind);
        QFETCH(QString, suffix);
        FaultServer::Tls tls = tlsOf(m_pki.issue());
        tls.clientCaPem = m_pki.caPem();
        tls.maxVersion = version;
        FaultServer server(ok(), tls);
        Endpoint endpoint = plain(server);
        endpoint.caPem = m_pki.caPem();
        if (present) {
            const Identity stranger = m_otherPki.issue();
            endpoint.clientCertPem = stranger.certPem;
            endpoint.clientKeyPem = stranger.keyPem;
        }
        const auto outcome = m_client.send(shared(endpoint), get(), {});
        QVERIFY(!outcome.has_value());
        QVERIFY2(int(outcome.error().kind) == kind, qPrintable(outcome.error().oneLine()));
        QVERIFY(outcome.error().reason.endsWith(suffix));
        QVERIFY(outcome.error().oneLine().contains(u"client certificate"));
    }

    void oldTlsIsRefused()
    {
        FaultServer::Tls tls = tlsOf(m_pki.issue());
        tls.maxVersion = TLS1_1_VERSION;
        FaultServer server(ok(), tls);
        Endpoint endpoint = plain(server);
        endpoint.caPem = m_pki.caPem();
        check(m_client.send(shared(endpoint), get(), {}), Error::Kind::Tls, u"CURLE_SSL_CONNECT_ERROR/TLS_VERSION"_s);
    }

    void aServerWithoutTlsIsNamed()
    {
        FaultServer server([](FaultConnection &connection) {
            connection.write("HTTP/1.1 400 Bad Request\r\n\r\n");
            connection.waitForClose();
        });
        Endpoint endpoint = plain(server);
        endpoint.server.setScheme(u"https"_s);
        check(m_client.send(shared(endpoint), get(), {}), Error::Kind::Tls, u"CURLE_SSL_CONNECT_ERROR/NOT_TLS"_s);
    }

    void aCutHandshakeIsANetworkError()
    {
        FaultServer server([](FaultConnection &connection) {
            char one;
            connection.readSome(&one, 1);
            connection.reset();
        });
        Endpoint endpoint = plain(server);
        endpoint.server.setScheme(u"https"_s);
        check(m_client.send(shared(endpoint), get(), {}), Error::Kind::Network,
            u"CURLE_SSL_CONNECT_ERROR/HANDSHAKE_CUT"_s);
    }

    void refusedAndUnknownAddressesAreNamed()
    {
        const ClosedPort port;
        Endpoint endpoint;
        endpoint.server = QUrl(u"https://127.0.0.1:%1"_s.arg(port.port()));
        check(
            m_client.send(shared(endpoint), get(), {}), Error::Kind::Network, u"CURLE_COULDNT_CONNECT/ECONNREFUSED"_s);
        endpoint.server = QUrl(u"https://no-such-host.invalid"_s);
        check(m_client.send(shared(endpoint), get(), {}), Error::Kind::Network, u"CURLE_COULDNT_RESOLVE_HOST"_s);
    }

    void redirectsAreNotFollowed()
    {
        FaultServer other(ok());
        FaultServer server(faults::redirect(other.url().toEncoded() + "/steal"));
        Request request = get();
        request.headers = {{"Authorization", "Bearer secret"}};
        const auto outcome = m_client.send(shared(plain(server)), request, {});
        QVERIFY(outcome.has_value());
        QCOMPARE(outcome->status, 302);
        const auto streamed = finish(m_client, plain(server), request);
        QVERIFY(streamed.has_value());
        QCOMPARE(streamed->status, 302);
        QCOMPARE(other.connections(), 0);
    }

    void retryAfterIsHonoured_data()
    {
        QTest::addColumn<QByteArray>("method");
        QTest::addColumn<int>("status");
        for (const char *method : {"GET", "POST", "PATCH", "DELETE"}) {
            for (const int status : {429, 500, 503})
                QTest::addRow("%s %d", method, status) << QByteArray(method) << status;
        }
    }
    void retryAfterIsHonoured()
    {
        QFETCH(QByteArray, method);
        QFETCH(int, status);
        FaultServer server(faults::failFirst(2, status, "Retry-After: 0\r\n"));
        Request request = get();
        request.method = method;
        request.body = method == "GET" ? ""_ba : "body"_ba;
        request.maxRetries = 10;
        const auto outcome = m_client.send(shared(plain(server)), request, {});
        QVERIFY(outcome.has_value());
        QCOMPARE(outcome->status, 200);
        QCOMPARE(server.requests().size(), 3);
        QCOMPARE(server.requests()[2].body, request.body);
    }

    void retriesHaveAnEnd()
    {
        FaultServer server(faults::failFirst(100, 429, "Retry-After: 0\r\n"));
        Request request = get();
        request.maxRetries = 3;
        const auto outcome = m_client.send(shared(plain(server)), request, {});
        QVERIFY(outcome.has_value());
        QCOMPARE(outcome->status, 429);
        QCOMPARE(server.requests().size(), 4);
    }

    void aWaitBeyondTheTimeoutIsNotBegun()
    {
        FaultServer server(faults::failFirst(1, 429, "Retry-After: 3600\r\n"));
        Request request = get();
        request.maxRetries = 10;
        const auto outcome = m_client.send(shared(plain(server)), request, {});
        QVERIFY(outcome.has_value());
        QCOMPARE(outcome->status, 429);
        QCOMPARE(outcome->header("retry-after"), "3600"_ba);
    }

    void aStopEndsTheWait()
    {
        FaultServer server(faults::failFirst(1, 429, "Retry-After: 3600\r\n"));
        Request request = get();
        request.maxRetries = 10;
        request.timeout = 0ms;
        std::stop_source stop;
        std::jthread stopper([&] {
            server.waitUntil([](const FaultServer &s) { return s.requests().size() == 1; });
            stop.request_stop();
        });
        const auto outcome = m_client.send(shared(plain(server)), request, stop.get_token());
        QCOMPARE(outcome.error().kind, Error::Kind::Cancelled);
    }

    void lostConnectionsAreTriedAgainForReadsOnly_data()
    {
        QTest::addColumn<QByteArray>("method");
        QTest::addColumn<bool>("idempotent");
        QTest::addColumn<int>("attempts");
        QTest::newRow("GET") << "GET"_ba << false << 3;
        QTest::newRow("HEAD") << "HEAD"_ba << false << 3;
        QTest::newRow("POST") << "POST"_ba << false << 1;
        QTest::newRow("PATCH") << "PATCH"_ba << false << 1;
        QTest::newRow("DELETE") << "DELETE"_ba << false << 1;
        QTest::newRow("idempotent POST") << "POST"_ba << true << 3;
    }
    void lostConnectionsAreTriedAgainForReadsOnly()
    {
        QFETCH(QByteArray, method);
        QFETCH(bool, idempotent);
        QFETCH(int, attempts);
        FaultServer server(faults::closeWithoutAnswer());
        Request request = get();
        request.method = method;
        request.idempotent = idempotent;
        request.maxRetries = 2;
        check(m_client.send(shared(plain(server)), request, {}), Error::Kind::Network,
            u"CURLE_GOT_NOTHING/CONNECTION_LOST"_s);
        QCOMPARE(server.requests().size(), attempts);
    }

    void aWriteIsNeverRepeatedOnAKeptConnection_data()
    {
        QTest::addColumn<QByteArray>("method");
        QTest::newRow("POST") << "POST"_ba;
        QTest::newRow("DELETE") << "DELETE"_ba;
    }
    void aWriteIsNeverRepeatedOnAKeptConnection()
    {
        // The server answers one request per connection and dies on the second: where libcurl reused the connection
        // for a write it would silently send it again on a new one.
        QFETCH(QByteArray, method);
        FaultServer server([](FaultConnection &connection) {
            if (const auto request = connection.readRequest(); !request || request->method != "GET")
                return;
            connection.write(faults::answer(200, "ok"));
            connection.readRequest();
        });
        const auto endpoint = shared(plain(server));
        QVERIFY(m_client.send(endpoint, get(), {}).has_value());
        Request write = get();
        write.method = method;
        write.maxRetries = 10;
        const auto outcome = m_client.send(endpoint, write, {});
        const auto isWrite = [&](const FaultRequest &request) { return request.method == method; };
        const QList<FaultRequest> seen = server.requests();
        QCOMPARE(std::count_if(seen.begin(), seen.end(), isWrite), 1);
        QVERIFY(!outcome.has_value());
    }

    void anHttp2StreamThatIsResetIsALostConnection()
    {
        FaultServer::Tls tls = tlsOf(m_pki.issue());
        tls.http2 = true;
        faults::Http2 options;
        options.resetStreams = true;
        FaultServer server(faults::http2(options), tls);
        Endpoint endpoint = plain(server);
        endpoint.caPem = m_pki.caPem();
        check(
            m_client.send(shared(endpoint), get(), {}), Error::Kind::Network, u"CURLE_HTTP2_STREAM/CONNECTION_LOST"_s);
    }

    void aRequestThatIsRefusedBeforeItIsReadIsAnswered_data()
    {
        QTest::addColumn<bool>("http2");
        QTest::addColumn<int>("size");
        QTest::addColumn<bool>("repeatable");
        for (const int size : {10, 100'000, 4'000'000}) {
            QTest::addRow("a write of %d bytes", size) << true << size << false;
            QTest::addRow("a dry run of %d bytes", size) << true << size << true;
            QTest::addRow("a write of %d bytes, HTTP/1.1 alone", size) << false << size << false;
            QTest::addRow("a dry run of %d bytes, HTTP/1.1 alone", size) << false << size << true;
        }
    }
    void aRequestThatIsRefusedBeforeItIsReadIsAnswered()
    {
        QFETCH(bool, http2);
        QFETCH(int, size);
        QFETCH(bool, repeatable);
        FaultServer::Tls tls = tlsOf(m_pki.issue());
        tls.http2 = http2;
        faults::Http2 options;
        options.refusesUnread = true;
        options.body = "no";
        const FaultScript atOnce = [](FaultConnection &connection) {
            QByteArray begin;
            if (!connection.readExactly(&begin, 40))
                return;
            connection.write(faults::answer(401, "no", "Connection: close\r\n"));
            connection.sleepFor(50ms); // so that the reset does not outrun the answer
        };
        // libcurl may lose what came over HTTP/2, and is answered when it comes again over HTTP/1.1.
        const auto either = [atOnce, over2 = faults::http2(options)](FaultConnection &connection) {
            return connection.protocol() == "h2" ? over2(connection) : atOnce(connection);
        };
        FaultServer server(either, tls);
        Endpoint endpoint = plain(server);
        endpoint.caPem = m_pki.caPem();
        Request write = get();
        write.method = "POST";
        write.body = QByteArray(size, 'x');
        write.idempotent = repeatable;
        write.maxRetries = 1;
        for (int i = 0; i < 5; ++i) {
            const auto outcome = m_client.send(shared(endpoint), write, {});
            QVERIFY2(outcome.has_value(), outcome ? "" : qPrintable(outcome.error().oneLine() + outcome.error().reason));
            QCOMPARE(outcome->status, 401);
            QCOMPARE(outcome->body, "no"_ba);
        }
    }

    void proxiesThatFailAreNamed()
    {
        FaultServer refusing([](FaultConnection &connection) {
            connection.readRequest();
            connection.write(faults::answer(407, "", "Proxy-Authenticate: Basic realm=\"x\"\r\n"));
        });
        Endpoint endpoint;
        endpoint.server = QUrl(u"https://cluster.invalid:6443"_s);
        endpoint.proxyUrl = u"http://user:hunter2@127.0.0.1:%1"_s.arg(refusing.port());
        Request request = get();
        request.headers = {{"Authorization", "Bearer secret"}};
        const auto outcome = m_client.send(shared(endpoint), request, {});
        QVERIFY(!outcome.has_value());
        QCOMPARE(kindName(outcome.error().kind), u"Network"_s);
        QVERIFY2(outcome.error().reason.endsWith(u"/PROXY_407"), qPrintable(outcome.error().reason));
        QVERIFY(!outcome.error().oneLine().contains(u"hunter2"));
        const FaultRequest connect = refusing.requests().value(0);
        QCOMPARE(connect.method, "CONNECT"_ba);
        QCOMPARE(connect.target, "cluster.invalid:6443"_ba);
        QVERIFY(connect.hasHeader("proxy-authorization"));
        QVERIFY(!connect.hasHeader("authorization")); // the token is for the cluster alone

        FaultServer forbidding([](FaultConnection &connection) {
            connection.readRequest();
            connection.write(faults::answer(403, "no"));
        });
        endpoint.proxyUrl = forbidding.url().toString();
        const auto forbidden = m_client.send(shared(endpoint), get(), {});
        QVERIFY(forbidden.error().reason.endsWith(u"/PROXY_403"));

        // Behind a proxy that works, it is the server that is to blame.
        FaultServer tunnel([](FaultConnection &connection) {
            if (connection.readRequest())
                connection.write("HTTP/1.1 200 Established\r\n\r\nthis is no TLS");
            connection.waitForClose();
        });
        endpoint.proxyUrl = tunnel.url().toString();
        check(m_client.send(shared(endpoint), get(), {}), Error::Kind::Tls, u"CURLE_SSL_CONNECT_ERROR/NOT_TLS"_s);

        const ClosedPort port;
        endpoint.proxyUrl = u"socks5://127.0.0.1:%1"_s.arg(port.port());
        const auto unreachable = m_client.send(shared(endpoint), get(), {});
        QCOMPARE(kindName(unreachable.error().kind), u"Network"_s);
        QVERIFY(unreachable.error().oneLine().contains(QString::number(port.port())));

        FaultServer stranger(ok(), tlsOf(m_otherPki.issue()));
        endpoint.proxyUrl = stranger.url().toString();
        const auto untrusted = m_client.send(shared(endpoint), get(), {});
        QVERIFY(!untrusted.has_value());
        QVERIFY2(untrusted.error().reason.endsWith(u"/PROXY"), qPrintable(untrusted.error().oneLine()));

        endpoint.proxyUrl = u"http://no-such-proxy.invalid:3128"_s;
        check(m_client.send(shared(endpoint), get(), {}), Error::Kind::Network, u"CURLE_COULDNT_RESOLVE_PROXY"_s);
    }

    void namesBehindASocksProxyAreResolvedThere()
    {
        QByteArray asked;
        FaultServer proxy([&asked](FaultConnection &connection) {
            QByteArray bytes;
            if (!connection.readExactly(&bytes, 2) || !connection.readExactly(&bytes, bytes.at(1)))
                return;
            connection.write(QByteArray("\x05\x00", 2));
            if (connection.readExactly(&bytes, 5) && bytes.at(3) == 3)
                connection.readExactly(&asked, bytes.at(4));
            connection.readExactly(&bytes, 2);
            connection.write(QByteArray("\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x50", 10));
            while (connection.readRequest())
                connection.write(faults::answer(200, "through"));
        });
        Endpoint endpoint;
        endpoint.server = QUrl(u"http://cluster.invalid:8080"_s);
        endpoint.proxyUrl = u"socks5://127.0.0.1:%1"_s.arg(proxy.port());
        const auto outcome = m_client.send(shared(endpoint), get(), {});
        QVERIFY2(outcome.has_value(), outcome ? "" : qPrintable(outcome.error().oneLine()));
        QCOMPARE(outcome->body, "through"_ba);
        QCOMPARE(asked, "cluster.invalid"_ba);
    }

    void theEnvironmentNamesTheProxy()
    {
        // Only one row needs the real environment; the rules are tested without it.
        FaultServer proxy(faults::serve([](const FaultRequest &) { return faults::answer(200, "by proxy"); }));
        qputenv("HTTP_PROXY", proxy.url().toEncoded());
        Endpoint endpoint;
        endpoint.server = QUrl(u"http://cluster.invalid:8080"_s);
        const auto outcome = m_client.send(shared(endpoint), get(), {});
        qunsetenv("HTTP_PROXY");
        QVERIFY(outcome.has_value());
        QCOMPARE(outcome->body, "by proxy"_ba);
    }
};

QTEST_GUILESS_MAIN(TestFaults)
#include "tst_faults.moc"
