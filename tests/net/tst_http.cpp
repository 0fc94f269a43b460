// SPDX-License-Identifier: GPL-3.0-or-later
#include "FaultServer.h"
#include "net/Http.h"

#include <QTest>
#include <future>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using namespace cairn;
using namespace cairn::net;
using namespace cairn::test;

namespace {

using EndpointPtr = std::shared_ptr<const Endpoint>;

EndpointPtr endpointFor(const FaultServer &server, const QByteArray &ca = {})
{
    Endpoint endpoint;
    endpoint.server = server.url();
    endpoint.caPem = ca;
    return std::make_shared<const Endpoint>(endpoint);
}

Request get(const QString &path)
{
    Request request;
    request.path = path;
    return request;
}

/// Collects what a stream reports. Everything is guarded: the network thread writes, the test reads.
struct Record {
    std::mutex mutex;
    int status = 0;
    QByteArray contentType, data;
    std::optional<Result<Response>> outcome;
    Signal started, arrived, finished;

    StreamHandlers handlers()
    {
        StreamHandlers handlers;
        handlers.started = [this](int code, const QByteArray &type) {
            const std::lock_guard lock(mutex);
            status = code;
            contentType = type;
            started.release();
        };
        handlers.data = [this](const char *bytes, size_t size) {
            const std::lock_guard lock(mutex);
            data.append(bytes, static_cast<qsizetype>(size));
            arrived.release();
        };
        handlers.finished = [this](Result<Response> result) {
            const std::lock_guard lock(mutex);
            outcome = std::move(result);
            finished.release();
        };
        return handlers;
    }
    QByteArray seen()
    {
        const std::lock_guard lock(mutex);
        return data;
    }
};

constexpr int patience = 20'000; // ms; only a broken program waits this long

} // namespace

class TestHttp : public QObject {
    Q_OBJECT
private:
    Pki m_pki;
    FaultServer::Tls tls() const { return {m_pki.issue(), {}, true, false, 0}; }
    FaultServer::Tls tls2() const { return {m_pki.issue(), {}, true, true, 0}; }

private slots:
    void sendsTheRequestAndReturnsTheAnswer()
    {
        FaultServer server(faults::serve([](const FaultRequest &request) {
            return faults::answer(201, "got " + request.body,
                "Content-Type: Application/JSON; Charset=UTF-8\r\nX-Two: a\r\nX-Two: b\r\n");
        }));
        HttpClient client("cairn-test/1.0"_ba);
        Request request = get(u"/api/v1/pods?limit=5&x=%2F"_s);
        request.method = "POST";
        request.headers = {{"Authorization", "Bearer secret"}, {"Content-Type", "application/json"}, {"X-Empty", ""}};
        request.body = "{}";
        const auto response = client.send(endpointFor(server), request, {});
        QVERIFY(response.has_value());
        QCOMPARE(response->status, 201);
        QCOMPARE(response->body, "got {}"_ba);
        QCOMPARE(response->contentType, "application/json; charset=utf-8"_ba);
        QCOMPARE(response->header("X-TWO"), "a"_ba);
        QCOMPARE(response->headers.count(Header("x-two", "b")), 1);

        const QList<FaultRequest> seen = server.requests();
        QCOMPARE(seen.size(), 1);
        QCOMPARE(seen[0].method, "POST"_ba);
        QCOMPARE(seen[0].target, "/api/v1/pods?limit=5&x=%2F"_ba);
        QCOMPARE(seen[0].body, "{}"_ba);
        QCOMPARE(seen[0].header("authorization"), "Bearer secret"_ba);
        QCOMPARE(seen[0].header("user-agent"), "cairn-test/1.0"_ba);
        QCOMPARE(seen[0].header("content-type"), "application/json"_ba);
        QCOMPARE(seen[0].header("accept-encoding"), "gzip"_ba);
        QVERIFY(seen[0].hasHeader("x-empty"));
        QVERIFY(!seen[0].hasHeader("expect"));
    }

    void sendsEveryMethod_data()
    {
        QTest::addColumn<QByteArray>("method");
        QTest::addColumn<QByteArray>("body");
        for (const char *method : {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"}) {
            QTest::newRow(method) << QByteArray(method) << QByteArray();
            if (qstrcmp(method, "HEAD") != 0)
                QTest::addRow("%s with body", method) << QByteArray(method) << "body"_ba;
        }
    }
    void sendsEveryMethod()
    {
        QFETCH(QByteArray, method);
        QFETCH(QByteArray, body);
        FaultServer server(faults::serve([](const FaultRequest &request) {
            return request.method == "HEAD" ? "HTTP/1.1 200 OK\r\nContent-Length: 77\r\n\r\n"_ba
                                            : faults::answer(200, "ok");
        }));
        HttpClient client("cairn"_ba);
        Request request = get(u"/x"_s);
        request.method = method;
        request.body = body;
        const auto response = client.send(endpointFor(server), request, {});
        QVERIFY(response.has_value());
        QCOMPARE(response->body, method == "HEAD" ? ""_ba : "ok"_ba);
        QCOMPARE(server.requests()[0].method, method);
        QCOMPARE(server.requests()[0].body, body);
        QVERIFY(!server.requests()[0].hasHeader("content-type"));
    }

    void everyStatusIsAResponse_data()
    {
        QTest::addColumn<int>("status");
        for (const int status : {400, 401, 403, 404, 409, 410, 422, 429, 500, 503})
            QTest::addRow("%d", status) << status;
    }
    void everyStatusIsAResponse()
    {
        QFETCH(int, status);
        FaultServer server(faults::serve([=](const FaultRequest &) { return faults::answer(status, "why"); }));
        HttpClient client("cairn"_ba);
        const auto response = client.send(endpointFor(server), get(u"/"_s), {});
        QVERIFY(response.has_value());
        QCOMPARE(response->status, status);
        QCOMPARE(response->body, "why"_ba);
        QCOMPARE(server.requests().size(), 1); // no Retry-After, no retry
    }

    void interimAnswersAreSkipped()
    {
        FaultServer server(faults::serve([](const FaultRequest &) {
            return "HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\n" + faults::answer(200, "ok", "X-Late: 1\r\n");
        }));
        HttpClient client("cairn"_ba);
        const auto response = client.send(endpointFor(server), get(u"/"_s), {});
        QVERIFY(response.has_value());
        QCOMPARE(response->header("x-early"), ""_ba);
        QCOMPARE(response->header("x-late"), "1"_ba);
    }

    void theServerPathComesFirst()
    {
        FaultServer server(faults::serve([](const FaultRequest &) { return faults::answer(200, ""); }));
        HttpClient client("cairn"_ba);
        Endpoint endpoint;
        endpoint.server = server.url();
        endpoint.server.setPath(u"/k8s/clusters/c-1/"_s);
        QVERIFY(client.send(std::make_shared<const Endpoint>(endpoint), get(u"/api/../v1"_s), {}).has_value());
        QCOMPARE(server.requests()[0].target, "/k8s/clusters/c-1/api/../v1"_ba);
    }

    void gzipIsUnpackedAndCanBeTurnedOff()
    {
        FaultServer server(faults::gzipBomb(3 << 20));
        HttpClient client("cairn"_ba);
        const auto response = client.send(endpointFor(server), get(u"/"_s), {});
        QVERIFY(response.has_value());
        QCOMPARE(response->body, QByteArray(3 << 20, '\0'));
        Endpoint plain;
        plain.server = server.url();
        plain.compression = false;
        QVERIFY(client.send(std::make_shared<const Endpoint>(plain), get(u"/"_s), {}).has_value());
        QVERIFY(!server.requests()[1].hasHeader("accept-encoding"));
    }

    void onePointerSharesConnectionsAnotherDoesNot()
    {
        FaultServer server(faults::serve([](const FaultRequest &) { return faults::answer(200, "ok"); }), tls());
        HttpClient client("cairn"_ba);
        const EndpointPtr first = endpointFor(server, m_pki.caPem());
        const EndpointPtr second = endpointFor(server, m_pki.caPem());
        for (const EndpointPtr &endpoint : {first, first, second, first, second})
            QVERIFY(client.send(endpoint, get(u"/"_s), {}).has_value());
        QCOMPARE(server.connections(), 2);
        QList<int> used;
        for (const FaultRequest &request : server.requests())
            used.append(request.connection);
        QCOMPARE(used, QList<int>({0, 0, 1, 0, 1}));
    }

    void connectionsEndWithTheirEndpoint()
    {
        FaultServer server(faults::serve([](const FaultRequest &) { return faults::answer(200, "ok"); }), tls());
        HttpClient client("cairn"_ba);
        EndpointPtr endpoint = endpointFor(server, m_pki.caPem());
        QVERIFY(client.send(endpoint, get(u"/"_s), {}).has_value());
        QCOMPARE(server.openConnections(), 1);
        endpoint.reset();
        // Another endpoint's request is what makes the client look.
        FaultServer other(faults::serve([](const FaultRequest &) { return faults::answer(200, "ok"); }));
        QVERIFY(client.send(endpointFor(other), get(u"/"_s), {}).has_value());
        QVERIFY(server.waitUntil([](const FaultServer &s) { return s.openConnections() == 0; }));
    }

    void writesTakeAFreshConnectionUnlessIdempotent()
    {
        FaultServer server(faults::serve([](const FaultRequest &) { return faults::answer(200, "ok"); }));
        HttpClient client("cairn"_ba);
        const EndpointPtr endpoint = endpointFor(server);
        Request post = get(u"/"_s);
        post.method = "POST";
        QVERIFY(client.send(endpoint, get(u"/"_s), {}).has_value());
        QVERIFY(client.send(endpoint, post, {}).has_value());
        QCOMPARE(server.connections(), 2);
        post.idempotent = true;
        QVERIFY(client.send(endpoint, post, {}).has_value());
        QCOMPARE(server.connections(), 2);
    }

    void streamsAndRequestsUseDifferentConnections()
    {
        FaultServer server(
            faults::http2({.body = "event", .hold = true, .goAwayAfterFirst = false, .resetStreams = false}), tls2());
        HttpClient client("cairn"_ba);
        const EndpointPtr endpoint = endpointFor(server, m_pki.caPem());
        Record record;
        const auto stream = client.stream(endpoint, get(u"/watch"_s), record.handlers());
        QVERIFY(record.arrived.tryAcquire(1, patience));
        QCOMPARE(server.connections(), 1);
        Request bulk = get(u"/list"_s);
        std::stop_source stop;
        auto waiting = std::async(std::launch::async, [&] { return client.send(endpoint, bulk, stop.get_token()); });
        QVERIFY(server.waitUntil([](const FaultServer &s) { return s.connections() == 2; }));
        stop.request_stop();
        QCOMPARE(waiting.get().error().kind, Error::Kind::Cancelled);
    }

    void manyStreamsShareOneHttp2Connection()
    {
        FaultServer server(
            faults::http2({.body = "event", .hold = true, .goAwayAfterFirst = false, .resetStreams = false}), tls2());
        HttpClient client("cairn"_ba);
        const EndpointPtr endpoint = endpointFor(server, m_pki.caPem());
        Record record;
        std::vector<std::unique_ptr<Stream>> streams;
        for (int i = 0; i < 90; ++i)
            streams.push_back(client.stream(endpoint, get(u"/watch/%1"_s.arg(i)), record.handlers()));
        QVERIFY(record.arrived.tryAcquire(90, patience));
        QCOMPARE(server.connections(), 1);
        // Servers allow a hundred; the ninety-first opens a second connection.
        for (int i = 0; i < 30; ++i)
            streams.push_back(client.stream(endpoint, get(u"/watch/%1"_s.arg(i)), record.handlers()));
        QVERIFY(record.arrived.tryAcquire(30, patience));
        QCOMPARE(server.connections(), 2);
        streams.clear();
    }

    void http2AnswersArrive()
    {
        FaultServer server(
            faults::http2(
                {.body = QByteArray(10'000, 'z'), .hold = false, .goAwayAfterFirst = false, .resetStreams = false}),
            tls2());
        HttpClient client("cairn"_ba);
        const EndpointPtr endpoint = endpointFor(server, m_pki.caPem());
        std::vector<std::future<Result<Response>>> answers;
        for (int i = 0; i < 20; ++i)
            answers.push_back(std::async(std::launch::async, [&] { return client.send(endpoint, get(u"/"_s), {}); }));
        for (auto &answer : answers) {
            const auto response = answer.get();
            QVERIFY(response.has_value());
            QCOMPARE(response->body.size(), 10'000);
        }
        QCOMPARE(server.connections(), 1);
    }

    void aConnectionThatSaysGoAwayIsReplaced()
    {
        FaultServer server(
            faults::http2({.body = "ok", .hold = false, .goAwayAfterFirst = true, .resetStreams = false}), tls2());
        HttpClient client("cairn"_ba);
        const EndpointPtr endpoint = endpointFor(server, m_pki.caPem());
        for (int i = 0; i < 5; ++i) {
            const auto response = client.send(endpoint, get(u"/"_s), {});
            QVERIFY(response.has_value());
            QCOMPARE(response->body, "ok"_ba);
        }
    }

    void http1IsSpokenWhereHttp2IsNot()
    {
        FaultServer server(faults::serve([](const FaultRequest &) { return faults::answer(200, "old"); }), tls());
        HttpClient client("cairn"_ba);
        const auto response = client.send(endpointFor(server, m_pki.caPem()), get(u"/"_s), {});
        QVERIFY(response.has_value());
        QCOMPARE(response->body, "old"_ba);
    }

    void theTlsNameIsSentAndVerified()
    {
        FaultServer::Tls tls;
        tls.identity = m_pki.issue({.commonName = u"x"_s, .dnsNames = {u"kubernetes.internal"_s}, .addresses = {}});
        FaultServer server(faults::serve([](const FaultRequest &) { return faults::answer(200, "ok"); }), tls);
        HttpClient client("cairn"_ba);
        Endpoint endpoint;
        endpoint.server = server.url();
        endpoint.caPem = m_pki.caPem();
        endpoint.tlsServerName = u"kubernetes.internal"_s;
        const auto response = client.send(std::make_shared<const Endpoint>(endpoint), get(u"/a"_s), {});
        QVERIFY2(response.has_value(), response ? "" : qPrintable(response.error().oneLine()));
        QCOMPARE(server.serverNames(), QList<QByteArray>({"kubernetes.internal"}));
        // As client-go: the TLS name changes nothing above TLS.
        QCOMPARE(server.requests()[0].header("host"), "127.0.0.1:" + QByteArray::number(server.port()));
    }

    void theClientCertificateIsPresented()
    {
        FaultServer::Tls options = tls();
        options.clientCaPem = m_pki.caPem();
        FaultServer server(faults::serve([](const FaultRequest &) { return faults::answer(200, "ok"); }), options);
        const Identity me = m_pki.issue({.commonName = u"system:admin"_s, .dnsNames = {}, .addresses = {}});
        HttpClient client("cairn"_ba);
        Endpoint endpoint;
        endpoint.server = server.url();
        endpoint.caPem = m_pki.caPem();
        endpoint.clientCertPem = me.certPem;
        endpoint.clientKeyPem = me.keyPem;
        const auto response = client.send(std::make_shared<const Endpoint>(endpoint), get(u"/"_s), {});
        QVERIFY2(response.has_value(), response ? "" : qPrintable(response.error().oneLine()));
        QCOMPARE(server.clientNames(), QList<QByteArray>({"system:admin"}));
    }

    void insecureAcceptsAnyCertificate()
    {
        FaultServer server(faults::serve([](const FaultRequest &) { return faults::answer(200, "ok"); }),
            FaultServer::Tls{
                m_pki.issue({.dnsNames = {u"other"_s}, .addresses = {}, .selfSigned = true}), {}, true, false, 0});
        HttpClient client("cairn"_ba);
        Endpoint endpoint;
        endpoint.server = server.url();
        endpoint.insecureSkipVerify = true;
        QVERIFY(client.send(std::make_shared<const Endpoint>(endpoint), get(u"/"_s), {}).has_value());
    }

    void aStreamReportsStartDataAndEnd()
    {
        FaultServer server([](FaultConnection &connection) {
            connection.readRequest();
            connection.write("HTTP/1.1 200 OK\r\nContent-Type: application/JSON\r\nTransfer-Encoding: "
                             "chunked\r\n\r\n3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n");
        });
        HttpClient client("cairn"_ba);
        Record record;
        const auto stream = client.stream(endpointFor(server), get(u"/watch"_s), record.handlers());
        QVERIFY(record.finished.tryAcquire(1, patience));
        QCOMPARE(record.status, 200);
        QCOMPARE(record.contentType, "application/json"_ba);
        QCOMPARE(record.seen(), "onetwo"_ba);
        QVERIFY(record.outcome->has_value());
        QCOMPARE((*record.outcome)->status, 200);
        QCOMPARE((*record.outcome)->body, ""_ba);
    }

    void aStreamStartsBeforeItsFirstByte()
    {
        FaultServer server(faults::silentWatch({}));
        HttpClient client("cairn"_ba);
        Record record;
        const auto stream = client.stream(endpointFor(server), get(u"/watch"_s), record.handlers());
        QVERIFY(record.started.tryAcquire(1, patience));
    }

    void aRefusedStreamFinishesWithItsBody()
    {
        FaultServer server(faults::serve([](const FaultRequest &) { return faults::answer(410, "Gone"); }));
        HttpClient client("cairn"_ba);
        Record record;
        const auto stream = client.stream(endpointFor(server), get(u"/watch"_s), record.handlers());
        QVERIFY(record.finished.tryAcquire(1, patience));
        QCOMPARE(record.started.available(), 0);
        QVERIFY(record.outcome->has_value());
        QCOMPARE((*record.outcome)->status, 410);
        QCOMPARE((*record.outcome)->body, "Gone"_ba);
    }

    void theBodyOfARefusedStreamIsCut()
    {
        FaultServer server(
            faults::serve([](const FaultRequest &) { return faults::answer(500, QByteArray(3 << 20, 'e')); }));
        HttpClient client("cairn"_ba);
        Record record;
        const auto stream = client.stream(endpointFor(server), get(u"/watch"_s), record.handlers());
        QVERIFY(record.finished.tryAcquire(1, patience));
        QVERIFY(record.outcome->has_value());
        QCOMPARE((*record.outcome)->status, 500);
        QCOMPARE((*record.outcome)->body.size(), 1 << 20);
    }

    void nothingIsCalledAfterAStreamIsDestroyed()
    {
        FaultServer server(faults::slowDrip(0ms));
        HttpClient client("cairn"_ba);
        for (int round = 0; round < 50; ++round) {
            auto alive = std::make_shared<std::atomic<bool>>(true);
            auto late = std::make_shared<std::atomic<int>>(0);
            Signal arrived;
            StreamHandlers handlers;
            handlers.data = [&arrived, alive, late](const char *, size_t) {
                if (!*alive)
                    ++*late;
                arrived.release();
            };
            handlers.finished = [alive, late](Result<Response>) {
                if (!*alive)
                    ++*late;
            };
            auto stream = client.stream(endpointFor(server), get(u"/"_s), std::move(handlers));
            QVERIFY(arrived.tryAcquire(1, patience));
            stream.reset();
            *alive = false;
            // What the handlers held is gone with the stream, so no later call is possible at all.
            QCOMPARE(alive.use_count(), 1);
            QCOMPARE(late->load(), 0);
        }
        QVERIFY(server.waitUntil([](const FaultServer &s) { return s.openConnections() == 0; }));
    }

    void aHandlerMayDestroyItsStream()
    {
        FaultServer server(faults::slowDrip(0ms));
        HttpClient client("cairn"_ba);
        std::unique_ptr<Stream> stream;
        Signal assigned, destroyed;
        std::atomic<int> calls{0};
        StreamHandlers handlers;
        handlers.data = [&](const char *, size_t) {
            ++calls;
            assigned.acquire();
            stream.reset();
            destroyed.release();
        };
        handlers.finished = [&](Result<Response>) { ++calls; };
        stream = client.stream(endpointFor(server), get(u"/"_s), std::move(handlers));
        assigned.release(100);
        QVERIFY(destroyed.tryAcquire(1, patience));
        QVERIFY(server.waitUntil([](const FaultServer &s) { return s.openConnections() == 0; }));
        QCOMPARE(calls.load(), 1);
    }

    void aHandlerMayStartAnotherStream()
    {
        FaultServer server(faults::serve([](const FaultRequest &) { return faults::answer(200, "ok"); }));
        HttpClient client("cairn"_ba);
        const EndpointPtr endpoint = endpointFor(server);
        Record second;
        std::unique_ptr<Stream> next;
        StreamHandlers handlers;
        handlers.finished = [&](Result<Response>) { next = client.stream(endpoint, get(u"/2"_s), second.handlers()); };
        const auto stream = client.stream(endpoint, get(u"/1"_s), std::move(handlers));
        QVERIFY(second.finished.tryAcquire(1, patience));
        QCOMPARE(second.seen(), "ok"_ba);
    }

    void aHandlerMayNotWaitForARequest()
    {
        FaultServer server(faults::serve([](const FaultRequest &) { return faults::answer(200, "ok"); }));
        HttpClient client("cairn"_ba);
        const EndpointPtr endpoint = endpointFor(server);
        Signal done;
        std::optional<Result<Response>> inner;
        StreamHandlers handlers;
        handlers.finished = [&](Result<Response>) {
            inner = client.send(endpoint, get(u"/"_s), {});
            done.release();
        };
        const auto stream = client.stream(endpoint, get(u"/"_s), std::move(handlers));
        QVERIFY(done.tryAcquire(1, patience));
        QCOMPARE(inner->error().kind, Error::Kind::Invalid);
    }

    void destroyingTheClientEndsEverything()
    {
        FaultServer server(faults::silentWatch({"x"}));
        Record record;
        std::unique_ptr<Stream> stream;
        {
            HttpClient client("cairn"_ba);
            stream = client.stream(endpointFor(server), get(u"/"_s), record.handlers());
            QVERIFY(record.arrived.tryAcquire(1, patience));
        }
        QVERIFY(record.outcome.has_value());
        QCOMPARE(record.outcome->error().kind, Error::Kind::Cancelled);
        stream.reset(); // outlived the client: harmless
    }

    void aStopEndsAWaitingRequest()
    {
        FaultServer server(faults::silent());
        HttpClient client("cairn"_ba);
        Request request = get(u"/"_s);
        request.timeout = 0ms; // nothing else would ever end it
        std::stop_source stop;
        auto answer =
            std::async(std::launch::async, [&] { return client.send(endpointFor(server), request, stop.get_token()); });
        QVERIFY(server.waitUntil([](const FaultServer &s) { return s.openConnections() == 1; }));
        stop.request_stop();
        QCOMPARE(answer.get().error().kind, Error::Kind::Cancelled);
        QVERIFY(server.waitUntil([](const FaultServer &s) { return s.openConnections() == 0; }));
        QCOMPARE(client.send(endpointFor(server), request, stop.get_token()).error().kind, Error::Kind::Cancelled);
    }

    void whatCouldSmuggleIsRefused_data()
    {
        QTest::addColumn<QString>("path");
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<QByteArray>("value");
        QTest::newRow("line break in a value") << u"/"_s << "Authorization"_ba
                                               << "Bearer a\r\nX-Evil: 1"_ba;
        QTest::newRow("line feed in a value") << u"/"_s << "X-A"_ba
                                              << "a\nb"_ba;
        QTest::newRow("null in a value") << u"/"_s << "X-A"_ba << QByteArray("a\0b", 3);
        QTest::newRow("line break in a name") << u"/"_s << "X-A\r\nX-B"_ba
                                              << "a"_ba;
        QTest::newRow("colon in a name") << u"/"_s << "X-A: b"_ba
                                         << "a"_ba;
        QTest::newRow("host") << u"/"_s << "Host"_ba
                              << "evil"_ba;
        QTest::newRow("user agent") << u"/"_s << "User-Agent"_ba
                                    << "curl/8"_ba;
        QTest::newRow("length") << u"/"_s << "Content-Length"_ba
                                << "0"_ba;
        QTest::newRow("space in the path") << u"/a b"_s << "X-A"_ba
                                           << "a"_ba;
        QTest::newRow("line break in the path") << u"/a\r\nX: y"_s << "X-A"_ba
                                                << "a"_ba;
        QTest::newRow("fragment") << u"/a#b"_s << "X-A"_ba
                                  << "a"_ba;
        QTest::newRow("not ASCII") << u"/é"_s << "X-A"_ba
                                   << "a"_ba;
        QTest::newRow("relative") << u"a"_s << "X-A"_ba
                                  << "a"_ba;
        QTest::newRow("empty") << QString() << "X-A"_ba
                               << "a"_ba;
        QTest::newRow("host through the path") << u"@evil.example/"_s << "X-A"_ba
                                               << "a"_ba;
        QTest::newRow("broken escape") << u"/%zz"_s << "X-A"_ba
                                       << "a"_ba;
    }
    void whatCouldSmuggleIsRefused()
    {
        QFETCH(QString, path);
        QFETCH(QByteArray, name);
        QFETCH(QByteArray, value);
        FaultServer server(faults::serve([](const FaultRequest &) { return faults::answer(200, "ok"); }));
        HttpClient client("cairn"_ba);
        Request request = get(path);
        request.headers = {{name, value}};
        const auto response = client.send(endpointFor(server), request, {});
        QVERIFY(!response.has_value());
        QCOMPARE(response.error().kind, Error::Kind::Invalid);
        QVERIFY(!response.error().oneLine().contains(u"Bearer"));
        QVERIFY(!response.error().fix.isEmpty());
        QCOMPARE(server.connections(), 0);
    }

    void endpointsThatCannotBeUsedAreExplained_data()
    {
        QTest::addColumn<QString>("server");
        QTest::addColumn<QString>("tlsName");
        QTest::addColumn<QString>("proxy");
        QTest::newRow("empty") << QString() << QString() << QString();
        QTest::newRow("no scheme") << u"cluster.local:6443"_s << QString() << QString();
        QTest::newRow("file") << u"file:///etc/passwd"_s << QString() << QString();
        QTest::newRow("no host") << u"https://"_s << QString() << QString();
        QTest::newRow("query") << u"https://host?x"_s << QString() << QString();
        QTest::newRow("TLS name with a slash") << u"https://host"_s << u"a/b"_s << QString();
        QTest::newRow("TLS name with an at sign") << u"https://host"_s << u"a@b"_s << QString();
        QTest::newRow("proxy scheme") << u"https://host"_s << QString() << u"ftp://user:secret@p"_s;
        QTest::newRow("proxy no host") << u"https://host"_s << QString() << u"http://"_s;
    }
    void endpointsThatCannotBeUsedAreExplained()
    {
        QFETCH(QString, server);
        QFETCH(QString, tlsName);
        QFETCH(QString, proxy);
        HttpClient client("cairn"_ba);
        Endpoint endpoint;
        endpoint.server = QUrl(server);
        endpoint.tlsServerName = tlsName;
        endpoint.proxyUrl = proxy;
        const auto response = client.send(std::make_shared<const Endpoint>(endpoint), get(u"/"_s), {});
        QVERIFY(!response.has_value());
        QCOMPARE(response.error().kind, Error::Kind::Invalid);
        QVERIFY(!response.error().why.isEmpty());
        QVERIFY(!response.error().fix.isEmpty());
        QVERIFY(!response.error().oneLine().contains(u"secret"));
        Record record;
        const auto stream = client.stream(std::make_shared<const Endpoint>(endpoint), get(u"/"_s), record.handlers());
        QVERIFY(record.finished.tryAcquire(1, patience));
        QCOMPARE(record.outcome->error().kind, Error::Kind::Invalid);
    }

    void aNullEndpointIsAnError()
    {
        HttpClient client("cairn"_ba);
        QCOMPARE(client.send(nullptr, get(u"/"_s), {}).error().kind, Error::Kind::Invalid);
        Record record;
        const auto stream = client.stream(nullptr, get(u"/"_s), record.handlers());
        QVERIFY(record.finished.tryAcquire(1, patience));
        QCOMPARE(record.outcome->error().kind, Error::Kind::Invalid);
    }

    void theUserAgentNeverLooksLikeABrowser_data()
    {
        QTest::addColumn<QByteArray>("given");
        for (const char *given : {"curl/7.88", "Wget/1.2", "Mozilla/5.0", "MOZILLA", "a\r\nb", ""})
            QTest::newRow(given) << QByteArray(given);
    }
    void theUserAgentNeverLooksLikeABrowser()
    {
        QFETCH(QByteArray, given);
        FaultServer server(faults::serve([](const FaultRequest &) { return faults::answer(200, "ok"); }));
        QTest::ignoreMessage(QtCriticalMsg, "unusable user agent, taking \"cairn\"");
        HttpClient client(given);
        QVERIFY(client.send(endpointFor(server), get(u"/"_s), {}).has_value());
        QCOMPARE(server.requests()[0].header("user-agent"), "cairn"_ba);
    }
};

QTEST_GUILESS_MAIN(TestHttp)
#include "tst_http.moc"
