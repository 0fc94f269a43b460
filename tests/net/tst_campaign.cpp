// SPDX-License-Identifier: GPL-3.0-or-later
// For each seed a server that misbehaves in a random order while pods come and go, a watch and lists that live through
// it, and then calm: the watch must hold what a fresh LIST says, nobody may wait for ever, nobody may have asked in a
// hot loop. CAIRN_CAMPAIGN_SEEDS says how many seeds (50), CAIRN_CAMPAIGN_FIRST the first (1).
#include "PodStore.h"
#include "Scene.h"
#include "base/Async.h"
#include "domain/Kinds.h"
#include "kube/Watcher.h"

#include <QTest>
#include <QUrlQuery>
#include <atomic>
#include <cstdio>
#include <deque>
#include <thread>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using namespace cairn;
using namespace cairn::kube;
using namespace cairn::test;

namespace {

using Clock = std::chrono::steady_clock;
using Wire = PodStore::Wire;
using Kind = Step::Kind;

constexpr auto patience = 30s; ///< what would last for ever ends then
constexpr int pageSize = 7;
constexpr auto plagueTime = 300ms;
constexpr int plagueLimit = 100; ///< tries in that time; backing off makes about 30, a hot loop far more than a thousand

enum class Fault {
    None,
    Gone,        ///< 410: of a page with or without a fresh token, of a watch as an answer or as an event
    TooMany,     ///< 429 with Retry-After
    Broken,      ///< 500
    Unavailable, ///< 503 with Retry-After
    Unauthorized,
    Forbidden, ///< until somebody presses Retry
    Absent,    ///< 404, as while a CRD is away
    Reset,     ///< RST amid the body
    Cut,       ///< an orderly end amid the body
    HangUp,    ///< closes without an answer
    HalfOpen,  ///< takes the request and says nothing more
    NotHttp,
    Garbage,  ///< 200 with bytes that are neither JSON nor protobuf
    WebPage,  ///< 200 with HTML
    Other,    ///< 200 with JSON of something else
    Drip,     ///< slow, but it ends
    DripForever,
    Stale,    ///< a list of some versions ago
    Skewed,   ///< right, with a clock that is decades off
    GoAway,   ///< HTTP/2 GOAWAY; HTTP/1.1 closes after the answer
    Hollow,   ///< a watch that ends at once
    Bookmark, ///< a watch that ends after a bookmark that says nothing new
    Count
};

struct Order {
    Fault fault = Fault::None;
    int detail = 0; ///< which variant
};

/// What is done to first pages, further pages and watches while the plague lasts.
struct Plague {
    Fault page, further, watch;
};
constexpr Plague plagues[] = {
    {Fault::None, Fault::None, Fault::Gone},
    {Fault::None, Fault::None, Fault::Hollow},
    {Fault::None, Fault::None, Fault::Bookmark},
    {Fault::None, Fault::None, Fault::Cut},
    {Fault::None, Fault::None, Fault::Broken},
    {Fault::None, Fault::None, Fault::Unauthorized},
    {Fault::None, Fault::None, Fault::Garbage},
    {Fault::None, Fault::Gone, Fault::None},
    {Fault::None, Fault::Other, Fault::None},
    {Fault::Broken, Fault::Broken, Fault::Broken},
    {Fault::Gone, Fault::Gone, Fault::Gone},
    {Fault::Garbage, Fault::Garbage, Fault::Garbage},
    {Fault::HangUp, Fault::HangUp, Fault::HangUp},
    {Fault::Absent, Fault::Absent, Fault::Absent},
    {Fault::Unauthorized, Fault::Unauthorized, Fault::Unauthorized},
};

QByteArray garbage(int detail, Wire wire)
{
    PodStore::Random random(static_cast<PodStore::Random::result_type>(detail));
    QByteArray bytes(5 + detail % 200, Qt::Uninitialized);
    for (char &byte : bytes)
        byte = static_cast<char>(random());
    // The hardest kinds begin well.
    return detail % 3 != 0 ? bytes : wire == Wire::Json ? R"({"kind":"PodList","items":[{"metadata":)" + bytes : "k8s" + bytes;
}

class Campaign {
public:
    explicit Campaign(quint64 seed)
        : m_random(PodStore::Random::result_type(seed))
        , m_protobuf(draw(2) == 0)
        , m_store(1000)
    {
        for (int i = draw(30); i >= 0; --i)
            m_store.change(m_random);
        for (int i = 8 + draw(14); i > 0; --i) {
            // Some quiet in between lets one fault meet the traces of another.
            const bool quiet = draw(3) == 0;
            m_orders.push_back({quiet ? Fault::None : Fault(1 + draw(int(Fault::Count) - 1)), draw(1000)});
        }
        m_plague = plagues[draw(int(std::size(plagues)))];
    }

    /// Empty where all went well.
    QString run(const Identity &identity);

private:
    struct Rows {
        PodRows rows;
        QHash<QString, QByteArray> names; ///< by UID
        FeedState state;
    };

    int draw(int below) { return std::uniform_int_distribution<int>(0, below - 1)(m_random); }
    Scene answer(const FaultRequest &request);
    Scene page(const QUrlQuery &query, Wire wire, Order order);
    Scene watch(const QUrlQuery &query, Wire wire, Order order);
    Scene watching(const QUrlQuery &query, Wire wire, int events, QList<Step> then);
    std::optional<Scene> anyway(Wire wire, Order order);
    bool stormOver()
    {
        const std::lock_guard lock(m_mutex);
        return m_orders.empty();
    }
    WatchHandlers<Pod> handlers();
    Rows seen()
    {
        const std::lock_guard lock(m_mutex);
        return m_seen;
    }
    QString storm(Cluster &cluster, Watcher<Pod> &watcher);
    QString calm(Cluster &cluster, Watcher<Pod> &watcher);

    PodStore::Random m_random; ///< of the thread that calls run()
    const bool m_protobuf;
    PodStore m_store;
    std::atomic<int> m_tries = 0; ///< first pages, watches and further pages that were refused
    std::atomic<bool> m_plagued = false;
    std::mutex m_mutex; ///< guards what follows
    std::deque<Order> m_orders;
    Plague m_plague{};
    Rows m_seen;
};

// ---- the server -----------------------------------------------------------------------------------------------------

Scene Campaign::answer(const FaultRequest &request)
{
    const QUrl url = QUrl::fromEncoded(request.target);
    const QString path = url.path();
    if (path == "/api"_L1)
        return whole(200, R"({"kind":"APIVersions","versions":["v1"]})");
    if (path == "/apis"_L1)
        return whole(200, R"({"kind":"APIGroupList","groups":[]})");
    if (path == "/api/v1"_L1)
        return whole(200, R"({"resources":[{"name":"pods","kind":"Pod","namespaced":true}]})");
    const QUrlQuery query(url);
    const bool watches = query.hasQueryItem(u"watch"_s);
    const bool further = query.hasQueryItem(u"continue"_s);
    Order order;
    {
        const std::lock_guard lock(m_mutex);
        if (m_plagued) {
            order.fault = watches ? m_plague.watch : further ? m_plague.further : m_plague.page;
        } else if (!m_orders.empty()) {
            order = m_orders.front();
            m_orders.pop_front();
        }
    }
    if (!further || order.fault != Fault::None)
        ++m_tries;
    const bool protobuf = m_protobuf && request.header("accept").contains("protobuf");
    const Wire wire = protobuf ? Wire::Protobuf : Wire::Json;
    if (std::optional<Scene> scene = anyway(wire, order))
        return *scene;
    return watches ? watch(query, wire, order) : page(query, wire, order);
}

/// Answers that are the same for lists and watches.
std::optional<Scene> Campaign::anyway(Wire wire, Order order)
{
    const QByteArray retryAfter = QByteArray::number(order.detail % 2);
    const auto once = [](Step step) {
        Scene scene;
        scene.status = 0;
        scene.next = [step] { return step; };
        return scene;
    };
    const auto refused = [&](int status, const QByteArray &reason, bool later) {
        Scene scene = whole(status, PodStore::status(status, reason));
        if (later)
            scene.headers = {{"retry-after", retryAfter}};
        return scene;
    };
    switch (order.fault) {
    case Fault::TooMany: return refused(429, "TooManyRequests", true);
    case Fault::Broken: return refused(500, "InternalError", false);
    case Fault::Unavailable: return refused(503, "ServiceUnavailable", true);
    case Fault::Unauthorized: return refused(401, "Unauthorized", false);
    case Fault::Forbidden: return refused(403, "Forbidden", false);
    case Fault::Absent: return refused(404, "NotFound", false);
    case Fault::HangUp: return once({Kind::Drop, {}});
    case Fault::HalfOpen: return once({Kind::Wait, {}});
    case Fault::NotHttp: return once({Kind::NotHttp, "SSH-2.0-OpenSSH_9.2\r\n" + garbage(order.detail, wire)});
    case Fault::WebPage: return whole(200, "<!DOCTYPE html><html><body>Sign in</body></html>", "text/html");
    default: return std::nullopt;
    }
}

Scene Campaign::page(const QUrlQuery &query, Wire wire, Order order)
{
    const QByteArray token = query.queryItemValue(u"continue"_s, QUrl::FullyDecoded).toLatin1();
    const int limit = query.hasQueryItem(u"limit"_s) ? pageSize : 1'000'000;
    const QByteArray type = PodStore::contentType(wire, false);
    const PodStore::Answer good =
        m_store.list(token, limit, wire, order.fault == Fault::Stale ? 1 + order.detail % 30 : 0);
    Scene scene = whole(good.status, good.body, good.status == 200 ? type : "application/json"_ba);
    const auto promise = [&](QList<Step> steps) {
        scene.next = [steps, at = 0]() mutable { return steps[std::min<qsizetype>(at++, steps.size() - 1)]; };
        return scene;
    };
    switch (order.fault) {
    case Fault::Gone:
        return whole(410, !token.isEmpty() && order.detail % 2 == 0 ? m_store.goneWithToken(token) : PodStore::status(410, "Expired"));
    case Fault::Reset: return promise({{Kind::Bytes, good.body.first(good.body.size() / 2)}, {Kind::Reset, {}}});
    case Fault::Cut:
        if (order.detail % 2 == 0) // nobody promised how long it would be
            scene.length = -1;
        return promise({{Kind::Bytes, good.body.first(good.body.size() / 2)}, {scene.length < 0 ? Kind::End : Kind::Drop, {}}});
    case Fault::Garbage: return whole(200, garbage(order.detail, wire), type);
    case Fault::Other: {
        const char *const bodies[] = {"{}", "[]", "null", "7", R"({"kind":"Pod","metadata":{"uid":"x"}})",
            R"({"kind":"Status","status":"Success"})", ""};
        return whole(200, bodies[order.detail % int(std::size(bodies))]);
    }
    case Fault::Drip: {
        QList<Step> steps;
        for (qsizetype at = 0, step = 1 + good.body.size() / 40; at < good.body.size(); at += step)
            steps << Step{Kind::Bytes, good.body.mid(at, step)} << Step{Kind::Wait, {}};
        return promise(steps << Step{Kind::End, {}});
    }
    case Fault::DripForever:
        scene.length = 1'000'000;
        scene.next = [drop = false]() mutable { return Step{std::exchange(drop, !drop) ? Kind::Bytes : Kind::Wait, " "}; };
        return scene;
    case Fault::Skewed:
        scene.headers = {{"date", order.detail % 2 == 0 ? "Thu, 01 Jan 1970 00:00:01 GMT" : "Tue, 01 Jan 2097 00:00:00 GMT"}};
        return scene;
    case Fault::GoAway: return promise({{Kind::Bytes, good.body}, {Kind::GoAway, {}}});
    default: return scene;
    }
}

/// A watch that ends with `then` after so many changes, or when none came for a while; negative: as long as it was asked.
Scene Campaign::watching(const QUrlQuery &query, Wire wire, int events, QList<Step> then)
{
    Scene scene;
    scene.contentType = PodStore::contentType(wire, true);
    struct State {
        quint64 version;
        int left;
        int idle = 0;
        qsizetype at = 0;
        bool over = false;
    };
    const auto end = Clock::now() + std::chrono::seconds(query.queryItemValue(u"timeoutSeconds"_s).toInt());
    scene.next = [this, wire, then, end, plagued = m_plagued.load(), state = State{query.queryItemValue(u"resourceVersion"_s).toULongLong(), events}]() mutable {
        if (m_plagued != plagued) // a watch that stands would not notice
            return Step{Kind::End, {}};
        if (!state.over && state.left != 0) {
            if (const auto notice = m_store.after(state.version, wire)) {
                state.over = notice->version == state.version; // an error ends it
                state.version = notice->version;
                --state.left;
                return Step{Kind::Bytes, notice->frame};
            }
            if (state.left < 0 ? Clock::now() < end : ++state.idle < 15)
                return Step{Kind::Wait, {}};
        }
        state.over = true;
        return state.at < then.size() ? then[state.at++] : Step{Kind::End, {}};
    };
    return scene;
}

Scene Campaign::watch(const QUrlQuery &query, Wire wire, Order order)
{
    const int events = order.detail % 4;
    const quint64 version = query.queryItemValue(u"resourceVersion"_s).toULongLong();
    const auto then = [&](const QList<Step> &steps) { return watching(query, wire, events, steps); };
    const QByteArray bookmark = m_store.bookmarkFrame(version, wire);
    const Step half{Kind::Bytes, bookmark.first(bookmark.size() / 2)};
    switch (order.fault) {
    case Fault::None:
    case Fault::Stale: return watching(query, wire, stormOver() ? -1 : events + 1, {});
    case Fault::Gone:
        if (order.detail % 3 == 0)
            return whole(410, PodStore::status(410, "Expired"));
        return then({{Kind::Bytes, PodStore::errorFrame(410, "Expired", wire)}});
    case Fault::Other:
        return then({{Kind::Bytes, PodStore::errorFrame(500, "InternalError", wire)}});
    case Fault::Reset: return then({half, {Kind::Reset, {}}});
    case Fault::Cut: return then({half, {order.detail % 2 == 0 ? Kind::End : Kind::Drop, {}}});
    case Fault::Garbage: return then({{Kind::Bytes, garbage(order.detail, wire)}});
    case Fault::Drip: {
        Scene scene = then({});
        scene.next = [next = scene.next, rest = QByteArray(), wait = false]() mutable {
            if (rest.isEmpty()) {
                Step step = next();
                if (step.kind != Kind::Bytes)
                    return step;
                rest = step.bytes;
            }
            if (std::exchange(wait, !wait))
                return Step{Kind::Wait, {}};
            const Step step{Kind::Bytes, rest.first(std::min<qsizetype>(rest.size(), 25))};
            rest.remove(0, 25);
            return step;
        };
        return scene;
    }
    case Fault::DripForever: {
        // The first event is announced, and never ends.
        Scene scene = watching(query, wire, 0, {});
        scene.next = [first = true, drop = false, wire]() mutable {
            if (std::exchange(first, false))
                return Step{Kind::Bytes, wire == Wire::Json ? "{"_ba : QByteArray("\0\1\0\0", 4)};
            return Step{std::exchange(drop, !drop) ? Kind::Bytes : Kind::Wait, " "};
        };
        return scene;
    }
    case Fault::Skewed: {
        Scene scene = then({});
        scene.headers = {{"date", "Thu, 01 Jan 1970 00:00:01 GMT"}};
        return scene;
    }
    case Fault::GoAway: return then({{Kind::GoAway, {}}});
    case Fault::Bookmark: return watching(query, wire, 0, {{Kind::Bytes, bookmark}});
    default: return watching(query, wire, 0, {});
    }
}

// ---- the client -----------------------------------------------------------------------------------------------------

class OneEndpoint final : public Credentials {
public:
    explicit OneEndpoint(const net::Endpoint &endpoint)
        : m_endpoint(std::make_shared<const net::Endpoint>(endpoint))
    {
    }
    Result<Material> material(std::stop_token) override { return Material{m_endpoint, {}}; }
    void rejected(const Material &) override { }
    QString defaultNamespace() const override { return u"ns"_s; }

private:
    const std::shared_ptr<const net::Endpoint> m_endpoint;
};

WatchOptions quick()
{
    WatchOptions options;
    options.flushAfter = 2ms;
    options.backoffFirst = 10ms;
    options.backoffCap = 40ms;
    options.absentRecheck = 20ms;
    options.watchShortest = 1s;
    options.watchLongest = 1s;
    options.deadline = 1s;
    options.listTimeout = 700ms;
    return options;
}

WatchHandlers<Pod> Campaign::handlers()
{
    WatchHandlers<Pod> handlers;
    handlers.delta = [this](const Delta<Pod> &delta) {
        const std::lock_guard lock(m_mutex);
        // By UID, as a page does; a name may pass from one pod to the next within a batch.
        for (const QString &uid : delta.removed) {
            const QByteArray name = m_seen.names.take(uid);
            if (const auto it = m_seen.rows.find(name); it != m_seen.rows.end() && it->second.uid == uid.toUtf8())
                m_seen.rows.erase(it);
        }
        for (const Pod &pod : delta.upserts) {
            m_seen.names[pod.uid] = pod.name.toUtf8();
            m_seen.rows[pod.name.toUtf8()] = {pod.uid.toUtf8(), pod.resourceVersion.toULongLong(), pod.node.toUtf8()};
        }
    };
    handlers.state = [this](const FeedState &state) {
        const std::lock_guard lock(m_mutex);
        m_seen.state = state;
    };
    return handlers;
}

/// Changes pods until every order was carried out, then plagues. Lists must be of one moment or fail.
QString Campaign::storm(Cluster &cluster, Watcher<Pod> &watcher)
{
    std::atomic<bool> torn = false;
    std::jthread lister([&](std::stop_token stop) {
        while (!stop.stop_requested()) {
            if (const auto list = cluster.list(kinds::pods(), u"ns"_s, {}, {}, stop)) {
                PodRows rows;
                for (const QJsonObject &pod : *list) {
                    const QJsonValue meta = pod[u"metadata"_s];
                    rows[meta[u"name"_s].toString().toUtf8()] = {meta[u"uid"_s].toString().toUtf8(),
                        meta[u"resourceVersion"_s].toString().toULongLong(), pod[u"spec"_s][u"nodeName"_s].toString().toUtf8()};
                }
                if (!m_store.everWere(rows))
                    torn = true;
            }
            std::this_thread::sleep_for(20ms);
        }
    });
    const auto end = Clock::now() + patience;
    while (!stormOver()) {
        m_store.change(m_random);
        if (draw(25) == 0)
            m_store.compact();
        if (seen().state.phase == FeedState::Phase::Forbidden)
            watcher.retryNow();
        std::this_thread::sleep_for(std::chrono::milliseconds(1 + draw(8)));
        if (Clock::now() > end)
            return u"nobody asks any more, in the midst of the storm"_s;
    }
    lister.request_stop();
    lister.join();
    if (torn)
        return u"a list that said it succeeded held what never was"_s;

    m_plagued = true;
    watcher.retryNow();
    const int before = m_tries;
    std::this_thread::sleep_for(plagueTime);
    const int tries = m_tries - before;
    m_plagued = false;
    return tries > plagueLimit ? u"%1 tries within %2 ms of plague %3 %4 %5"_s.arg(tries)
                                     .arg(plagueTime.count())
                                     .arg(int(m_plague.page)).arg(int(m_plague.further)).arg(int(m_plague.watch)) : QString();
}

QString Campaign::calm(Cluster &cluster, Watcher<Pod> &watcher)
{
    for (int i = draw(5); i > 0; --i)
        m_store.change(m_random);
    const auto end = Clock::now() + patience;
    for (;;) {
        const Rows now = seen();
        if (now.state.phase == FeedState::Phase::Live && now.rows == m_store.rows())
            break;
        if (now.state.phase == FeedState::Phase::Forbidden)
            watcher.retryNow();
        if (Clock::now() > end) {
            return u"the watch has %1 pods in phase %2 (%3), the server %4"_s.arg(now.rows.size())
                .arg(int(now.state.phase)).arg(now.state.error.oneLine()).arg(m_store.rows().size());
        }
        std::this_thread::sleep_for(5ms);
    }
    const auto fresh = cluster.list(kinds::pods(), u"ns"_s, {}, {}, std::stop_token());
    if (!fresh)
        return u"no fresh list: "_s + fresh.error().oneLine();
    return fresh->size() == qsizetype(m_store.rows().size()) ? QString() : u"the fresh list is another"_s;
}

QString Campaign::run(const Identity &identity)
{
    const bool tls = draw(3) != 0;
    FaultServer::Tls how;
    how.identity = identity;
    how.http2 = draw(3) != 0;
    const FaultScript script = play([this](const FaultRequest &request) { return answer(request); });
    const auto server = tls ? std::make_unique<FaultServer>(script, how) : std::make_unique<FaultServer>(script);
    net::HttpClient http("cairn-test");
    net::Endpoint endpoint;
    endpoint.server = server->url();
    endpoint.insecureSkipVerify = true;
    Cluster cluster(http, std::make_shared<OneEndpoint>(endpoint));
    Watcher<Pod> watcher(cluster, kinds::pods(), u"ns"_s, podDecoder(), handlers(), quick());
    const QString problem = storm(cluster, watcher);
    return problem.isEmpty() ? calm(cluster, watcher) : problem;
}

quint64 fromEnvironment(const char *name, quint64 otherwise)
{
    bool ok = false;
    const quint64 value = qgetenv(name).toULongLong(&ok);
    return ok ? value : otherwise;
}

} // namespace

class TestCampaign : public QObject {
    Q_OBJECT
private slots:
    void everySeedEndsWithWhatAFreshListSays()
    {
        const quint64 first = fromEnvironment("CAIRN_CAMPAIGN_FIRST", 1);
        const quint64 count = fromEnvironment("CAIRN_CAMPAIGN_SEEDS", 50);
        const Identity identity = Pki().issue();
        std::atomic<quint64> next = first;
        std::atomic<int> failed = 0;
        {
            // They mostly wait.
            std::vector<std::jthread> threads;
            for (int i = 0; i < 8; ++i) {
                threads.emplace_back([&] {
                    for (quint64 seed = next++; seed < first + count; seed = next++) {
                        // Said at once: should the next one hang, its seed is known, too.
                        const auto command = [seed] {
                            return u"CAIRN_CAMPAIGN_FIRST=%1 CAIRN_CAMPAIGN_SEEDS=1 %2"_s.arg(seed).arg(QCoreApplication::applicationFilePath());
                        };
                        std::jthread watchdog([&](std::stop_token stop) {
                            if (async::sleepFor(5 * patience, stop))
                                qFatal("seed %llu hangs; again: %s", seed, qPrintable(command()));
                        });
                        if (const QString problem = Campaign(seed).run(identity); !problem.isEmpty()) {
                            ++failed;
                            fprintf(stderr, "seed %llu: %s; again: %s\n", seed, qPrintable(problem), qPrintable(command()));
                        }
                    }
                });
            }
        }
        QCOMPARE(failed, 0);
    }
};

QTEST_GUILESS_MAIN(TestCampaign)
#include "tst_campaign.moc"
