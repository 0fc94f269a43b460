// SPDX-License-Identifier: GPL-3.0-or-later
// A session on a server that stops, vanishes and comes back.
#include "Scene.h"
#include "engine/ClusterSession.h"
#include "engine/HaRecorder.h"
#include "engine/SilenceWatch.h"
#include "net/Http.h"

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QUrlQuery>
#include <algorithm>
#include <atomic>
#include <thread>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using namespace cairn;
using namespace cairn::app;
using namespace cairn::test;
using Phase = LinkState::Phase;

namespace {

class Somebody final : public kube::Credentials
{
public:
    explicit Somebody(const QUrl &server)
    {
        net::Endpoint endpoint;
        endpoint.server = server;
        m_endpoint = std::make_shared<const net::Endpoint>(endpoint);
    }
    Result<Material> material(std::stop_token) override { return Material{m_endpoint, {}}; }
    void rejected(const Material &) override { }
    QString defaultNamespace() const override { return u"team-a"_s; }

private:
    std::shared_ptr<const net::Endpoint> m_endpoint;
};

/// An API server with the objects a test puts there, which can be stopped like a process (SIGSTOP: it accepts and says
/// nothing, and goes on later as if nothing had been) and can vanish (what was connected then stays dead for ever).
class Apiserver
{
public:
    Apiserver()
        : m_server(play([this](const FaultRequest &request) { return answer(request); }))
    {
    }
    ~Apiserver() { m_over = true; }

    QUrl url() const { return m_server.url(); }
    void setStopped(bool stopped) { m_stopped = stopped; }
    void vanish()
    {
        m_dead = m_server.connections();
        m_stopped = true;
    }
    /// Adds an object, and tells the watches of its collection ("/api/v1/pods").
    void put(const QByteArray &collection, const QByteArray &meta, const QByteArray &rest = {})
    {
        const std::lock_guard lock(m_mutex);
        ++m_version;
        const QByteArray object = R"({"metadata":{)" + meta + ",\"resourceVersion\":\"" + QByteArray::number(m_version) + "\"}" + rest + '}';
        m_objects[collection].append({m_version, object});
    }
    /// What the answer about its version warns of from now on, as it stands between the quotes of the header.
    void warn(const QByteArray &text)
    {
        const std::lock_guard lock(m_mutex);
        m_warning = text;
    }
    int lists(const QByteArray &resource) const { return count(resource, false); }
    int watches(const QByteArray &resource) const { return count(resource, true); }
    qsizetype asked(const QByteArray &target) const
    {
        const QList<FaultRequest> requests = m_server.requests();
        return std::ranges::count(requests, target, &FaultRequest::target);
    }
    QStringList watched(const QByteArray &resource) const
    {
        QStringList paths;
        const QList<FaultRequest> requests = m_server.requests();
        for (const FaultRequest &request : requests) {
            if (request.target.contains("watch=true") && request.target.contains('/' + resource + '?'))
                paths.append(QString::fromLatin1(request.target.left(request.target.indexOf('?'))));
        }
        return paths;
    }

private:
    struct Object {
        int version = 0;
        QByteArray json;
    };
    int count(const QByteArray &resource, bool watch) const
    {
        int found = 0;
        const QList<FaultRequest> requests = m_server.requests();
        for (const FaultRequest &request : requests)
            found += request.target.contains('/' + resource + '?') && request.target.contains("watch=true") == watch;
        return found;
    }
    bool isSilent(int connection) const { return !m_over && (m_stopped || connection < m_dead); }

    Scene answer(const FaultRequest &request)
    {
        while (isSilent(request.connection))
            std::this_thread::sleep_for(2ms);
        const QUrl url = QUrl::fromEncoded(request.target);
        const QByteArray path = url.path().toLatin1();
        if (path == "/version") {
            Scene scene = whole(200, R"({"gitVersion":"v1.34.0","major":"1","minor":"34"})");
            const std::lock_guard lock(m_mutex);
            if (!m_warning.isEmpty())
                scene.headers.append({"warning", "299 - \"" + m_warning + '"'});
            return scene;
        }
        if (path == "/api")
            return whole(200, R"({"kind":"APIVersions","versions":["v1"]})");
        if (path == "/apis")
            return whole(200, R"({"kind":"APIGroupList","groups":[]})");
        if (path == "/api/v1")
            return whole(200, R"({"resources":[{"name":"pods","kind":"Pod","namespaced":true}]})");
        if (path.startsWith("/apis/kubeflow.org") || path.startsWith("/apis/trainer.kubeflow.org")
            || path.startsWith("/apis/jobset.x-k8s.io") || path.startsWith("/apis/ray.io"))
            return whole(404, R"({"kind":"Status","status":"Failure","reason":"NotFound","code":404})");
        const QUrlQuery query(url);
        if (!query.hasQueryItem(u"watch"_s))
            return list(path);
        Scene scene;
        scene.next = [this, path, connection = request.connection, at = query.queryItemValue(u"resourceVersion"_s).toInt()]() mutable {
            if (m_over)
                return Step{Step::Kind::End, {}};
            if (isSilent(connection))
                return Step{Step::Kind::Wait, {}};
            const std::lock_guard lock(m_mutex);
            for (const Object &object : std::as_const(m_objects[path])) {
                if (object.version <= at)
                    continue;
                at = object.version;
                return Step{Step::Kind::Bytes, R"({"type":"ADDED","object":)" + object.json + "}\n"};
            }
            return Step{Step::Kind::Wait, {}};
        };
        return scene;
    }
    Scene list(const QByteArray &path)
    {
        const std::lock_guard lock(m_mutex);
        QByteArrayList items;
        for (const Object &object : std::as_const(m_objects[path]))
            items.append(object.json);
        return whole(200, "{\"kind\":\"List\",\"metadata\":{\"resourceVersion\":\"" + QByteArray::number(m_version) + "\"},\"items\":[" + items.join(',') + "]}");
    }

    std::atomic<bool> m_stopped = false, m_over = false;
    std::atomic<int> m_dead = 0; ///< connections below this number are
    std::mutex m_mutex;          ///< guards what follows
    QHash<QByteArray, QList<Object>> m_objects;
    QByteArray m_warning;
    int m_version = 10;
    FaultServer m_server; // last: it plays until it is gone
};

QByteArray named(const QByteArray &ns, const QByteArray &name)
{
    return "\"namespace\":\"" + ns + R"(","name":")" + name + R"(","uid":"uid-)" + name + '"';
}

LinkOptions quick()
{
    LinkOptions options;
    options.look = 20ms;
    options.patience = 250ms;
    options.times.probeAfter = 150ms;
    options.times.probeAgain = 50ms;
    options.times.silentAfter = 400ms;
    options.times.settle = 2500ms;
    return options;
}

} // namespace

class TestClusterSession : public QObject
{
    Q_OBJECT

    std::unique_ptr<Apiserver> m_server;
    std::unique_ptr<net::HttpClient> m_http;
    std::unique_ptr<ClusterSession> m_session;

    void begin(LinkOptions options = quick(), const QStringList &namespaces = {})
    {
        auto cluster = std::make_shared<kube::Cluster>(*m_http, std::make_shared<Somebody>(m_server->url()));
        m_session = std::make_unique<ClusterSession>(cluster, u"lab"_s, m_server->url().toString(), false, std::move(options));
        m_session->watch(namespaces);
    }
    void putLease(const QByteArray &holder, const QDateTime &acquired, const QDateTime &renewed, int transitions)
    {
        const auto time = [](const QDateTime &at) { return at.toUTC().toString(Qt::ISODateWithMs).toLatin1(); };
        m_server->put("/apis/coordination.k8s.io/v1/namespaces/kubeflow/leases", named("kubeflow", "1ca428e5.training-operator.kubeflow.org"),
                      ",\"spec\":{\"holderIdentity\":\"" + holder + "_1a\",\"leaseDurationSeconds\":15,\"acquireTime\":\"" + time(acquired) + "\",\"renewTime\":\""
                          + time(renewed) + "\",\"leaseTransitions\":" + QByteArray::number(transitions) + '}');
    }
    void putOperator(int ready)
    {
        m_server->put("/apis/apps/v1/deployments", named("kubeflow", "training-operator"),
                      R"(,"spec":{"replicas":2,"template":{}},"status":{"readyReplicas":)" + QByteArray::number(ready) + '}');
    }
    FeedState::Phase pods() const { return m_session->pods().state().phase; }
    Phase link() const { return m_session->link().state().phase; }

private slots:
    void init()
    {
        m_server = std::make_unique<Apiserver>();
        m_http = std::make_unique<net::HttpClient>("cairn-test");
        m_server->put("/api/v1/pods", named("team-a", "train-0"), R"(,"spec":{"volumes":[{"name":"v","persistentVolumeClaim":{"claimName":"data"}}]})");
        m_server->put("/api/v1/pods", named("kubeflow", "training-operator-0"));
        m_server->put("/api/v1/nodes", R"("name":"n1","uid":"uid-n1")");
    }
    void cleanup()
    {
        m_server->setStopped(false);
        m_session.reset();
        async::drain();
        m_http.reset();
        m_server.reset();
    }

    void warningsAreToldOnceEach()
    {
        m_server->warn("v1beta1 is deprecated");
        begin();
        QSignalSpy told(m_session.get(), &ClusterSession::warned);
        QTRY_COMPARE(told.size(), 1); // of the first look at the server
        const auto again = [&] { std::jthread([cluster = m_session->sharedCluster()] { (void)cluster->version({}); }).join(); };
        again();
        m_server->warn("unknown field \\\"spec.x\\\"");
        again();
        QTRY_COMPARE(told.size(), 2);
        QCOMPARE(told[0][0].toString(), u"v1beta1 is deprecated"_s);
        QCOMPARE(told[1][0].toString(), u"unknown field \"spec.x\""_s);
    }

    void liveIsSaidOnlyWhereTheListsAre()
    {
        using Kind = SessionStatus::Kind;
        LinkState link;
        link.phase = Phase::Answering;
        link.heard = QDateTime::currentDateTimeUtc();
        const auto state = [](FeedState::Phase phase) {
            FeedState feed;
            feed.phase = phase;
            return feed;
        };
        const auto live = state(FeedState::Phase::Live), forbidden = state(FeedState::Phase::Forbidden), absent = state(FeedState::Phase::Absent);
        QCOMPARE(sessionStatus(link, live, {{u"pods"_s, live}, {u"trainjobs"_s, absent}}).kind, Kind::Live);
        const SessionStatus partial = sessionStatus(link, live, {{u"pods"_s, live}, {u"nodes"_s, forbidden}, {u"trainingruntimes"_s, state(FeedState::Phase::Failed)}});
        QCOMPARE(partial.kind, Kind::Partial);
        QCOMPARE(partial.missing, (QStringList{u"nodes"_s, u"trainingruntimes"_s}));
        QCOMPARE(sessionStatus(link, forbidden, {{u"pods"_s, live}}).kind, Kind::Forbidden);
        QCOMPARE(sessionStatus(link, absent, {{u"pods"_s, live}}).kind, Kind::NoJobs);
        QCOMPARE(sessionStatus(link, live, {{u"pods"_s, state(FeedState::Phase::Loading)}}).kind, Kind::Reading);
        link.phase = Phase::Silent;
        link.since = link.heard;
        QCOMPARE(sessionStatus(link, live, {}).kind, Kind::Silent);
        QCOMPARE(sessionStatus(link, live, {}).since, link.since);
    }

    void theServerWithoutJobsIsNotCalledLive()
    {
        begin();
        QTRY_COMPARE(m_session->status().kind, SessionStatus::Kind::NoJobs);
    }

    void whatIsNeededTwiceIsWatchedOnce()
    {
        begin();
        m_session->components();
        m_session->storage();
        QTRY_COMPARE(m_session->components().state().phase, FeedState::Phase::Live);
        QTRY_COMPARE(pods(), FeedState::Phase::Live);
        QCOMPARE(m_session->pods().size(), 2);
        QCOMPARE(m_session->mountingPods(), QSet<QString>{u"uid-train-0"_s});
        QCOMPARE(m_server->watched("pods"), QStringList{u"/api/v1/pods"_s});
        QCOMPARE(m_server->watched("nodes"), QStringList{u"/api/v1/nodes"_s});
        const components::ClusterFacts facts = m_session->componentFacts();
        QCOMPARE(facts.pods.size(), 1);
        QCOMPARE(facts.pods.first().name, u"training-operator-0"_s);
        QCOMPARE(facts.nodes.size(), 1);
        // One that comes later is known as well.
        m_server->put("/api/v1/pods", named("kubeflow", "training-operator-1"));
        QTRY_COMPARE(m_session->componentFacts().pods.size(), 2);
    }

    void whatTheControlPlaneShowsIsWatched()
    {
        m_server->put("/apis/apps/v1/daemonsets", named("istio-system", "ztunnel"));
        m_server->put("/apis/discovery.k8s.io/v1/namespaces/default/endpointslices", named("default", "kubernetes"));
        m_server->put("/apis/coordination.k8s.io/v1/namespaces/kube-system/leases", named("kube-system", "kube-scheduler"));
        m_server->put("/api/v1/pods", named("kube-system", "etcd-n1"));
        begin();
        m_session->components();
        QTRY_COMPARE(m_session->components().state().phase, FeedState::Phase::Live);
        const components::ClusterFacts facts = m_session->componentFacts();
        QCOMPARE(facts.workloads.size(), 1);
        QCOMPARE(facts.workloads.first().kind, u"DaemonSet"_s);
        QCOMPARE(facts.slices.size(), 1);
        QCOMPARE(facts.leases.size(), 1);
        QVERIFY(std::ranges::any_of(facts.pods, [](const Pod &pod) { return pod.name == "etcd-n1"_L1; }));
        QCOMPARE(m_server->watched("endpointslices"), QStringList{u"/apis/discovery.k8s.io/v1/namespaces/default/endpointslices"_s});
    }

    void leadersAndReadinessAreWrittenDown()
    {
        QTemporaryDir dir;
        const auto history = std::make_shared<store::HaHistory>(dir.path() + u"/ha.sqlite"_s);
        const QDateTime start = QDateTime::currentDateTimeUtc();
        putOperator(2);
        putLease("op-a", start.addSecs(-100), start, 3);
        begin();
        HaRecorder recorder(history);
        QSignalSpy told(&recorder, &HaRecorder::leadersChanged);
        recorder.setSession(m_session.get());
        recorder.open();
        const QString key = u"training-operator@kubeflow"_s;
        QTRY_VERIFY_WITH_TIMEOUT(!recorder.record().readiness.value(key).isEmpty(), 20'000);
        QCOMPARE(recorder.record().readiness.value(key).last().state, Readiness::Ready);
        QVERIFY(recorder.record().leaders.isEmpty()); // what was so before is no news
        // Another one leads, and is told of soon after the watch did.
        putLease("op-b", start.addSecs(17), start.addSecs(17), 4);
        putOperator(1);
        QTRY_COMPARE_WITH_TIMEOUT(told.size(), 1, 2'000);
        const QList<LeaderChange> changes = told[0][0].value<QList<LeaderChange>>();
        QCOMPARE(changes.size(), 1);
        QCOMPARE(changes.first().fromPod, u"op-a"_s);
        QCOMPARE(changes.first().toPod, u"op-b"_s);
        QCOMPARE(changes.first().gap, 17.0);
        QTRY_COMPARE(recorder.record().leaders.size(), 1);
        QTRY_COMPARE(recorder.record().readiness.value(key).last().state, Readiness::Partly);
        // Silence: what happens meanwhile has no length, is no news, and is not counted as seen.
        m_server->setStopped(true);
        QTRY_COMPARE(link(), Phase::Silent);
        putLease("op-a", start.addSecs(60), start.addSecs(60), 5);
        m_server->setStopped(false);
        QTRY_COMPARE_WITH_TIMEOUT(recorder.record().leaders.size(), 2, 20'000);
        QCOMPARE(recorder.record().leaders.last().toPod, u"op-a"_s);
        QCOMPARE(recorder.record().leaders.last().gap, -1.0);
        QCOMPARE(told.size(), 1);
        QVERIFY(recorder.record().readiness.value(key).size() >= 2);
        recorder.setSession(nullptr);
        QVERIFY(recorder.record().isEmpty());
        // The next start goes on from there.
        HaRecorder again(history);
        again.setSession(m_session.get());
        again.open();
        QTRY_COMPARE_WITH_TIMEOUT(again.record().leaders.size(), 2, 20'000);
        again.setSession(nullptr);
    }

    void kubeflowsPodsAreWatchedBesideAFewNamespaces()
    {
        m_server->put("/api/v1/namespaces/team-a/pods", named("team-a", "train-1"));
        m_server->put("/api/v1/namespaces/kubeflow/pods", named("kubeflow", "katib-0"));
        begin(quick(), {u"team-a"_s});
        m_session->components();
        QTRY_COMPARE(m_session->components().state().phase, FeedState::Phase::Live);
        QCOMPARE(m_session->pods().size(), 1);
        QTRY_COMPARE(m_session->componentFacts().pods.size(), 1);
        QCOMPARE(m_session->componentFacts().pods.first().name, u"katib-0"_s);
        // With all namespaces the feed of the session has them.
        m_session->watch({});
        QTRY_COMPARE(m_session->pods().size(), 2);
        QTRY_COMPARE(m_session->componentFacts().pods.size(), 1);
        QCOMPARE(m_session->componentFacts().pods.first().name, u"training-operator-0"_s);
    }

    void aStoppedServerIsCalledSilentAndNothingIsReadAnew()
    {
        begin();
        m_session->components();
        QTRY_COMPARE(m_session->components().state().phase, FeedState::Phase::Live);
        QTRY_COMPARE(link(), Phase::Answering);
        const int lists = m_server->lists("pods");
        QSignalSpy changes(&m_session->pods(), &store::StoreSignals::changed);

        m_server->setStopped(true);
        QTRY_COMPARE(link(), Phase::Silent);
        QCOMPARE(pods(), FeedState::Phase::Stale);
        QVERIFY(isSilent(m_session->pods().state()));
        QVERIFY(!m_session->pods().state().error.what.isEmpty());
        QCOMPARE(m_session->nodes().state().phase, FeedState::Phase::Stale);
        QCOMPARE(m_session->components().state().phase, FeedState::Phase::Stale);
        QCOMPARE(m_session->latency(), 0ms);
        // Whatever happens to the clock, what is judged is judged as of the last answer.
        const QDateTime heard = m_session->link().state().heard;
        QTest::qWait(300);
        QVERIFY(std::abs(m_session->componentFacts().now.msecsTo(heard)) < 50);
        QVERIFY(!m_session->link().state().isSettled());

        m_server->setStopped(false);
        QTRY_COMPARE(link(), Phase::Answering);
        QTRY_COMPARE(pods(), FeedState::Phase::Live);
        QVERIFY2(m_session->componentFacts().unheard > 0, "leases that nobody could renew are taken for lost");
        m_server->put("/api/v1/pods", named("team-a", "train-2"));
        QTRY_COMPARE(m_session->pods().size(), 3);
        QTRY_VERIFY(m_session->link().state().isSettled());
        QCOMPARE(m_session->componentFacts().unheard, 0);
        QCOMPARE(m_server->lists("pods"), lists);
        QCOMPARE(changes.size(), 1);
    }

    void aServerThatVanishedIsFoundAgainOnNewConnections()
    {
        begin();
        QTRY_COMPARE(pods(), FeedState::Phase::Live);
        QTRY_COMPARE(m_session->nodes().state().phase, FeedState::Phase::Live);
        const int lists = m_server->lists("pods");
        m_server->vanish();
        m_server->put("/api/v1/pods", named("team-a", "meanwhile"));
        QTRY_COMPARE(link(), Phase::Silent);
        QCOMPARE(pods(), FeedState::Phase::Stale);
        QCOMPARE(m_session->pods().size(), 2);
        m_server->setStopped(false);
        QTRY_COMPARE(link(), Phase::Answering);
        QTRY_COMPARE(m_session->pods().size(), 3);
        QTRY_COMPARE(pods(), FeedState::Phase::Live);
        QCOMPARE(m_server->lists("pods"), lists);
    }

    void aBlackHoleFromTheStartIsSaid()
    {
        m_server->setStopped(true);
        begin();
        QCOMPARE(link(), Phase::Connecting);
        QTRY_COMPARE(link(), Phase::Silent);
        QTRY_COMPARE(pods(), FeedState::Phase::Failed);
        QVERIFY(isSilent(m_session->pods().state()));
        m_server->setStopped(false);
        QTRY_COMPARE(pods(), FeedState::Phase::Live);
        QCOMPARE(m_session->pods().size(), 2);
    }

    void aCommandThatWaitsSaysThatTheServerIsSilent()
    {
        kube::Cluster cluster(*m_http, std::make_shared<Somebody>(m_server->url()));
        std::mutex mutex;
        QList<LinkState> told;
        const auto seen = [&] {
            const std::lock_guard lock(mutex);
            return told;
        };
        const SilenceWatch watch(
            cluster,
            [&](const LinkState &state) {
                const std::lock_guard lock(mutex);
                told.append(state);
            },
            quick().times, 20ms);
        QTest::qWait(600);
        QVERIFY2(m_server->asked("/version") == 0 && seen().isEmpty(), "asked before the command has asked anything");
        QVERIFY(cluster.version({}).has_value());
        QTest::qWait(600);
        QVERIFY(seen().isEmpty());
        m_server->setStopped(true);
        QTRY_COMPARE(seen().size(), 1);
        QCOMPARE(seen().first().phase, Phase::Silent);
        m_server->setStopped(false);
        QTRY_COMPARE(seen().size(), 2);
        QVERIFY(seen().last().answers());
    }

    void afterASleepTheWatchesGoOnOnNewConnections()
    {
        LinkOptions options = quick();
        std::atomic<int> slept = 0;
        options.wall = [&slept] { return QDateTime::currentDateTimeUtc().addSecs(slept); };
        begin(options);
        QTRY_COMPARE(pods(), FeedState::Phase::Live);
        QTRY_COMPARE(link(), Phase::Answering);
        const int lists = m_server->lists("pods");
        // The network forgot the connections meanwhile.
        m_server->vanish();
        slept = 8 * 3600;
        QTRY_COMPARE(link(), Phase::Woken);
        QVERIFY(m_session->link().state().heard.secsTo(options.wall()) >= 8 * 3600);
        QCOMPARE(pods(), FeedState::Phase::Stale);
        m_server->put("/api/v1/pods", named("team-a", "overnight"));
        m_server->setStopped(false);
        QTRY_COMPARE(link(), Phase::Answering);
        QTRY_COMPARE(m_session->pods().size(), 3);
        QCOMPARE(m_server->lists("pods"), lists);
        QVERIFY(m_session->link().state().heard.secsTo(options.wall()) < 60);
    }
};

QTEST_GUILESS_MAIN(TestClusterSession)
#include "tst_clustersession.moc"
