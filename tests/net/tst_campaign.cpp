// SPDX-License-Identifier: GPL-3.0-or-later
// For each seed a server that misbehaves in a random order while pods come and go, a watch and lists that live through
// it, and then calm: the watch must hold what a fresh LIST says, nobody may wait for ever, nobody may have asked in a
// hot loop. CAIRN_CAMPAIGN_SEEDS says how many seeds (50), CAIRN_CAMPAIGN_FIRST the first (1).
#include "StormServer.h"
#include "base/Async.h"
#include "domain/Kinds.h"
#include "kube/Watcher.h"

#include <QTest>
#include <atomic>
#include <cstdio>
#include <thread>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using namespace cairn;
using namespace cairn::kube;
using namespace cairn::test;

namespace {

using Clock = std::chrono::steady_clock;

constexpr auto patience = 30s; ///< what would last for ever ends then
constexpr auto plagueTime = 300ms;
constexpr int plagueLimit = 100; ///< tries in that time; backing off makes about 30, a hot loop far more than a thousand

class Campaign {
public:
    explicit Campaign(quint64 seed)
        : m_random(PodStore::Random::result_type(seed))
        , m_server(m_random)
    {
    }

    /// Empty where all went well.
    QString run(const Identity &identity);

private:
    struct Named {
        QByteArray name;
        PodRow row;
        bool operator==(const Named &) const = default;
    };
    using ByUid = std::map<QByteArray, Named>;
    struct Rows {
        ByUid rows;
        FeedState state;
    };

    int draw(int below) { return std::uniform_int_distribution<int>(0, below - 1)(m_random); }
    WatchHandlers<Pod> handlers();
    Rows seen()
    {
        const std::lock_guard lock(m_mutex);
        return m_seen;
    }
    static ByUid byUid(const PodRows &rows)
    {
        ByUid all;
        for (const auto &[name, row] : rows)
            all[row.uid] = {name, row};
        return all;
    }
    QString storm(Cluster &cluster, Watcher<Pod> &watcher);
    QString calm(Cluster &cluster, Watcher<Pod> &watcher);

    PodStore::Random m_random; ///< of the thread that calls run()
    StormServer m_server;
    std::mutex m_mutex; ///< guards what follows
    Rows m_seen;
};

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
        // By UID, as a store does. By name would not do: a list of an older moment brings back the pod that had a name
        // before, for a while beside the one that has it now.
        for (const QString &uid : delta.removed)
            m_seen.rows.erase(uid.toUtf8());
        for (const Pod &pod : delta.upserts)
            m_seen.rows[pod.uid.toUtf8()] = {pod.name.toUtf8(), {pod.uid.toUtf8(), pod.resourceVersion.toULongLong(), pod.node.toUtf8()}};
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
                if (!m_server.store().everWere(rows))
                    torn = true;
            }
            std::this_thread::sleep_for(20ms);
        }
    });
    const auto end = Clock::now() + patience;
    while (!m_server.stormOver()) {
        m_server.store().change(m_random);
        if (draw(25) == 0)
            m_server.store().compact();
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

    m_server.setPlagued(true);
    // Whoever still waits for a half-open connection has not noticed yet.
    const auto noticed = Clock::now() + patience;
    for (const int before = m_server.tries(); m_server.tries() == before;) {
        if (seen().state.phase == FeedState::Phase::Forbidden)
            watcher.retryNow();
        std::this_thread::sleep_for(5ms);
        if (Clock::now() > noticed)
            return u"nobody asks any more, after the storm"_s;
    }
    const int before = m_server.tries();
    std::this_thread::sleep_for(plagueTime);
    const int tries = m_server.tries() - before;
    m_server.setPlagued(false);
    return tries > plagueLimit ? u"%1 tries within %2 ms of plague %3 %4 %5"_s.arg(tries)
                                     .arg(plagueTime.count())
                                     .arg(int(m_server.plague().page)).arg(int(m_server.plague().further)).arg(int(m_server.plague().watch)) : QString();
}

QString Campaign::calm(Cluster &cluster, Watcher<Pod> &watcher)
{
    for (int i = draw(5); i > 0; --i)
        m_server.store().change(m_random);
    const auto end = Clock::now() + patience;
    for (;;) {
        const Rows now = seen();
        if (now.state.phase == FeedState::Phase::Live && now.rows == byUid(m_server.store().rows()))
            break;
        if (now.state.phase == FeedState::Phase::Forbidden)
            watcher.retryNow();
        if (Clock::now() > end) {
            return u"the watch has %1 pods in phase %2 (%3), the server %4"_s.arg(now.rows.size())
                .arg(int(now.state.phase)).arg(now.state.error.oneLine()).arg(m_server.store().rows().size());
        }
        std::this_thread::sleep_for(5ms);
    }
    const auto fresh = cluster.list(kinds::pods(), u"ns"_s, {}, {}, std::stop_token());
    if (!fresh)
        return u"no fresh list: "_s + fresh.error().oneLine();
    return fresh->size() == qsizetype(m_server.store().rows().size()) ? QString() : u"the fresh list is another"_s;
}

QString Campaign::run(const Identity &identity)
{
    const bool tls = draw(3) != 0;
    FaultServer::Tls how;
    how.identity = identity;
    how.http2 = draw(3) != 0;
    const FaultScript script = m_server.script();
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
