// SPDX-License-Identifier: GPL-3.0-or-later
// Servers that send as fast as the line carries to readers that are slower.
#include "Sanitized.h"
#include "Scene.h"
#include "kube/Feed.h"
#include "net/Http.h"

#include <QFile>
#include <QTest>
#include <atomic>
#include <thread>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using namespace cairn;
using namespace cairn::net;
using namespace cairn::test;

namespace {

constexpr qint64 window = 1 << 20;
/// What libcurl and the sockets may hold besides: 32 MiB is libcurl's window of one HTTP/2 stream.
/// Under a sanitizer what was freed stays in quarantine.
const qint64 slack = qint64(isSanitized() ? 400 : 40) << 20;

/// Resident memory of this process in bytes.
qint64 resident()
{
    QFile file(u"/proc/self/statm"_s);
    return file.open(QIODevice::ReadOnly) ? file.readAll().split(' ').value(1).toLongLong() * 4096 : 0;
}

/// Sends `piece` for ever, and counts.
class Hose
{
public:
    explicit Hose(QByteArray piece, const QByteArray &contentType = "text/plain")
        : m_piece(std::move(piece))
        , m_contentType(contentType)
    {
    }
    Scene scene()
    {
        Scene scene;
        scene.contentType = m_contentType;
        // Over HTTP/2 a scene says all it has at once: a little at a time, or the memory that fills is the server's.
        scene.next = [this, pause = false]() mutable {
            if (over)
                return Step{Step::Kind::End, {}};
            if (std::exchange(pause, !pause))
                return Step{Step::Kind::Wait, {}};
            sent += m_piece.size();
            return Step{Step::Kind::Bytes, m_piece};
        };
        return scene;
    }
    std::atomic<qint64> sent = 0;
    std::atomic<bool> over = false;

private:
    const QByteArray m_piece;
    const QByteArray m_contentType;
};

/// One line of a watch: a new Event of some 600 bytes.
QByteArray eventLine(qint64 number)
{
    QByteArray line = "{'type':'ADDED','object':{'metadata':{'namespace':'n','name':'e','uid':'u%n','resourceVersion':'%v'},'message':'%m'}}\n";
    line.replace('\'', '"');
    return line.replace("%n", QByteArray::number(number)).replace("%v", QByteArray::number(5 + number)).replace("%m", QByteArray(500, 'm'));
}

FaultServer::Tls http2(const Identity &identity)
{
    FaultServer::Tls tls;
    tls.identity = identity;
    tls.http2 = true;
    return tls;
}

class Anyone final : public kube::Credentials
{
public:
    explicit Anyone(const Endpoint &endpoint)
        : m_endpoint(std::make_shared<const Endpoint>(endpoint))
    {
    }
    Result<Material> material(std::stop_token) override { return Material{m_endpoint, {}}; }
    void rejected(const Material &) override { }
    QString defaultNamespace() const override { return u"ns"_s; }

private:
    std::shared_ptr<const Endpoint> m_endpoint;
};

/// Waits until `count` stands still, and says where.
qint64 standstill(const std::atomic<qint64> &count)
{
    for (qint64 before = -1;;) {
        const qint64 now = count;
        if (now == before && now > 0)
            return now;
        before = now;
        std::this_thread::sleep_for(300ms);
    }
}

} // namespace

class TestBackpressure : public QObject
{
    Q_OBJECT

    Identity m_identity = Pki().issue();

    std::unique_ptr<FaultServer> serve(bool overHttp2, const FaultScript &script, Endpoint *endpoint) const
    {
        auto server = overHttp2 ? std::make_unique<FaultServer>(script, http2(m_identity)) : std::make_unique<FaultServer>(script);
        endpoint->server = server->url();
        endpoint->insecureSkipVerify = true;
        return server;
    }

private slots:
    void initTestCase()
    {
        for (const char *name : {"HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy"})
            qunsetenv(name);
    }

    void aStreamPausesUntilItsReaderIsDone_data()
    {
        QTest::addColumn<bool>("overHttp2");
        QTest::newRow("HTTP/1.1") << false;
        QTest::newRow("HTTP/2") << true;
    }
    void aStreamPausesUntilItsReaderIsDone()
    {
        QFETCH(const bool, overHttp2);
        Hose hose(QByteArray(64 << 10, 'x'));
        Endpoint endpoint;
        const auto server = serve(overHttp2, play([&](const FaultRequest &) { return hose.scene(); }), &endpoint);
        HttpClient client("cairn-test");
        std::atomic<qint64> given = 0;
        Request request;
        request.path = u"/"_s;
        request.timeout = 0ms;
        request.idleTimeout = 2s; // a pause of the reader's is no silence of the server's
        request.window = window;
        std::atomic<bool> ended = false;
        StreamHandlers handlers;
        handlers.data = [&](const char *, size_t size) { given += qint64(size); };
        handlers.finished = [&](const Result<Response> &) { ended = true; };
        auto stream = client.stream(std::make_shared<const Endpoint>(endpoint), request, std::move(handlers));

        qint64 stood = standstill(given);
        QVERIFY2(stood >= window && stood < window + (1 << 20), qPrintable(QString::number(stood)));
        std::this_thread::sleep_for(2500ms);
        QVERIFY2(!ended, "it timed out while it was paused");
        // It goes on by as much as was taken, again and again.
        for (int i = 0; i < 5; ++i) {
            stream->taken(given);
            const qint64 before = std::exchange(stood, 0);
            given -= before;
            stood = standstill(given);
            QVERIFY2(stood >= window && stood < window + (1 << 20), qPrintable(QString::number(stood)));
        }
        // What is paused can be dropped, and the client ended.
        stream.reset();
        hose.over = true;
    }

    void othersGoOnWhileALogIsPaused()
    {
        Hose hose(QByteArray(64 << 10, 'x'));
        Endpoint endpoint;
        const auto server = serve(true, play([&](const FaultRequest &request) {
                                      if (request.target == "/log")
                                          return hose.scene();
                                      Scene ticking;
                                      ticking.next = [tick = 0]() mutable { return tick++ % 2 == 0 ? Step{Step::Kind::Bytes, "tick\n"} : Step{Step::Kind::Wait, {}}; };
                                      return ticking;
                                  }),
                                  &endpoint);
        HttpClient client("cairn-test");
        const auto shared = std::make_shared<const Endpoint>(endpoint);
        std::atomic<qint64> given = 0, ticks = 0;
        const auto open = [&](const QString &path, std::atomic<qint64> &count, bool apart) {
            Request request;
            request.path = path;
            request.timeout = 0ms;
            request.window = apart ? window : 0;
            request.apart = apart;
            StreamHandlers handlers;
            handlers.data = [&count](const char *, size_t size) { count += qint64(size); };
            return client.stream(shared, request, std::move(handlers));
        };
        const auto watch = open(u"/watch"_s, ticks, false);
        QTRY_VERIFY(ticks > 0);
        const auto log = open(u"/log"_s, given, true);
        standstill(given);
        const qint64 before = ticks;
        QTRY_VERIFY(ticks > before + 20);
        hose.over = true;
    }

    void manyPausedStreamsAreDroppedAtOnce()
    {
        Hose hose(QByteArray(64 << 10, 'x'));
        Endpoint endpoint;
        const auto server = serve(true, play([&](const FaultRequest &) { return hose.scene(); }), &endpoint);
        const auto shared = std::make_shared<const Endpoint>(endpoint);
        {
            HttpClient client("cairn-test");
            std::vector<std::unique_ptr<Stream>> streams;
            for (int i = 0; i < 20; ++i) {
                Request request;
                request.path = u"/"_s;
                request.timeout = 0ms;
                request.window = 64 << 10;
                StreamHandlers handlers;
                handlers.data = [](const char *, size_t) {};
                streams.push_back(client.stream(shared, request, std::move(handlers)));
            }
            std::this_thread::sleep_for(200ms);
            std::vector<std::jthread> takers;
            for (int i = 0; i < 20; ++i) {
                takers.emplace_back([&, i] {
                    for (int k = 0; k < 50; ++k)
                        streams[size_t(i)]->taken(16 << 10);
                    streams[size_t(i)].reset();
                });
            }
        }
        hose.over = true;
    }

    /// A feed whose GUI thread hangs, and a server that tells of new pods at line speed: everything behind it waits.
    void aFeedWaitsForTheThreadThatTakesIt()
    {
        std::atomic<qint64> told = 0;
        std::atomic<bool> over = false;
        Endpoint endpoint;
        const auto server = serve(false, play([&](const FaultRequest &request) {
                                      if (!request.target.contains("watch=true")) {
                                          return whole(200, R"({"kind":"EventList","metadata":{"resourceVersion":"5"},"items":[]})");
                                      }
                                      Scene scene;
                                      scene.next = [&] {
                                          if (over)
                                              return Step{Step::Kind::End, {}};
                                          QByteArray events;
                                          for (int i = 0; i < 100; ++i) {
                                              events += eventLine(++told);
                                          }
                                          return Step{Step::Kind::Bytes, events};
                                      };
                                      return scene;
                                  }),
                                  &endpoint);
        HttpClient client("cairn-test");
        kube::Cluster cluster(client, std::make_shared<Anyone>(endpoint));
        qint64 taken = 0;
        auto feed = std::make_unique<kube::Feed<Event>>(
            cluster, kinds::events(), eventDecoder,
            kube::Feed<Event>::Handlers{[] {}, [&](const Delta<Event> &delta) { taken += delta.upserts.size(); }, [](const FeedState &) {}});
        const qint64 before = resident();
        feed->start({{u"n"_s}, {}});
        const qint64 stood = standstill(told); // no event is handled meanwhile
        const qint64 grown = resident() - before;
        QVERIFY2(grown < slack + (60 << 20), qPrintable(u"%1 MiB more after %2 events"_s.arg(grown >> 20).arg(stood)));
        QCOMPARE(taken, 0);
        // It goes on when the thread does.
        QTRY_VERIFY(told > stood + 10'000);
        QVERIFY(taken > 0);
        // And it ends although it waits.
        standstill(told);
        feed.reset();
        over = true;
    }
};

QTEST_GUILESS_MAIN(TestBackpressure)
#include "tst_backpressure.moc"
