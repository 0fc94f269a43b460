// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/ClusterSession.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QPointer>
#include <QTimer>
#include <algorithm>

namespace cairn::app {

ClusterSession::ClusterSession(std::shared_ptr<kube::Cluster> cluster, const QString &contextName, const QString &server,
                               bool insecure, LinkOptions link, QObject *parent)
    : QObject(parent)
    , m_cluster(std::move(cluster))
    , m_contextName(contextName)
    , m_server(server)
    , m_insecure(insecure)
    , m_link(m_cluster, std::move(link))
{
    for (const JobKindFacts &facts : jobKinds()) {
        const JobKind kind = facts.id;
        m_scoped.append(add<Job>(facts.resource, [kind] { return jobDecoder(kind); },
                                 {[this, kind] { m_jobs.resetJobs(kind); },
                                  [this, kind](const Delta<Job> &delta) { m_jobs.applyJobs(kind, delta); },
                                  [this, kind](const FeedState &state) { m_jobs.setJobState(kind, state); }}));
    }
    for (const bool wide : {true, false}) {
        const ResourceKind &kind = wide ? kinds::clusterTrainingRuntimes() : kinds::trainingRuntimes();
        WatchedKind *runtimes = add<TrainingRuntime>(kind, [wide] { return runtimeDecoder(wide); },
                                                     {[this, word = kind.kind] { m_jobs.resetRuntimes(word); },
                                                      [this](const Delta<TrainingRuntime> &delta) { m_jobs.applyRuntimes(delta); },
                                                      [](const FeedState &) {}}); // without them TrainJobs show less, and nothing is wrong
        (wide ? m_wide : m_scoped).append(runtimes);
    }
    m_podFeed = add<Pod>(kinds::pods(), podDecoder,
                         {[this] { m_jobs.resetPods(); }, [this](const Delta<Pod> &delta) { m_jobs.applyPods(delta); },
                          [this](const FeedState &state) { m_jobs.setPodState(state); }});
    m_scoped.append(m_podFeed);
    m_scoped.append(add<Event>(kinds::events(), eventDecoder,
                               {[this] { m_jobs.resetEvents(); }, [this](const Delta<Event> &delta) { m_jobs.applyEvents(delta); },
                                [this](const FeedState &state) { m_jobs.setEventState(state); }}));
    m_nodeFeed = add<Node>(kinds::nodes(), nodeDecoder,
                           {[this] {
                                m_jobs.resetNodes();
                                m_nodes.clear();
                            },
                            [this](const Delta<Node> &delta) {
                                m_jobs.applyNodes(delta);
                                m_nodes.apply(delta);
                            },
                            [this](const FeedState &state) { m_nodes.setState(state); }});
    m_wide.append(m_nodeFeed);
    connect(&m_jobs.pods(), &store::StoreSignals::changed, this, &ClusterSession::takePods);
    // A node's heartbeat changes nothing that is told of the cluster.
    connect(&m_nodes, &store::StoreSignals::changed, this, [this](const store::StoreChange &change) {
        if (!change.added.isEmpty() || !change.removed.isEmpty())
            emit factsChanged();
    });
    connect(&m_link, &Link::reconnect, this, [this] {
        m_cluster->transport().renewConnections();
        eachFeed([](WatchedKind &feed) { feed.reconnect(); });
        readFacts();
    });
    connect(&m_link, &Link::changed, this, [this](const LinkState &now) {
        eachFeed([&](WatchedKind &feed) { feed.setLink(now); });
        emit linkChanged(now);
    });
    m_deaths = std::make_unique<DeathReader>(m_cluster, m_jobs);
    m_jobs.setNow(asOf());
    auto *clock = new QTimer(this);
    connect(clock, &QTimer::timeout, this, [this] { m_jobs.setNow(asOf()); });
    clock->start(1000);
    m_cluster->setWarningHandler([self = QPointer<ClusterSession>(this)](const QString &warning) {
        QMetaObject::invokeMethod(
            QCoreApplication::instance(),
            [self, warning] {
                if (self)
                    self->takeWarning(warning);
            },
            Qt::QueuedConnection);
    });
    auto *again = new QTimer(this);
    connect(again, &QTimer::timeout, this, &ClusterSession::readFacts);
    again->start(30'000);
    readFacts();
}

ClusterSession::~ClusterSession()
{
    m_cluster->setWarningHandler({}); // the cluster may outlive the session in a flow
    // All watches begin to end before the first one is waited for.
    eachFeed([](WatchedKind &feed) { feed.requestStop(); });
}

template <class T>
WatchedKind *ClusterSession::add(const ResourceKind &kind, std::function<std::unique_ptr<ObjectDecoder<T>>()> decoder,
                                 typename kube::Feed<T>::Handlers handlers)
{
    m_feeds.push_back(std::make_unique<WatchedFeed<T>>(*m_cluster, kind, std::move(decoder), std::move(handlers)));
    return m_feeds.back().get();
}

template <class F>
void ClusterSession::eachFeed(F visit)
{
    for (const auto &feed : m_feeds)
        visit(*feed);
    if (m_components)
        m_components->each(visit);
    if (m_storage)
        m_storage->each(visit);
    if (m_quotas)
        m_quotas->each(visit);
}

void ClusterSession::watch(const QStringList &namespaces)
{
    m_namespaces = namespaces;
    for (WatchedKind *feed : std::as_const(m_scoped))
        feed->start(scope());
    for (WatchedKind *feed : std::as_const(m_wide)) {
        if (feed->parts().isEmpty())
            feed->start({});
    }
    if (m_components)
        m_components->podScopeChanged();
    if (m_storage)
        m_storage->claims.start(scope());
    if (m_quotas)
        m_quotas->start(scope());
}

ComponentFeeds &ClusterSession::components()
{
    if (!m_components) {
        m_components = std::make_unique<ComponentFeeds>(*m_cluster, *m_nodeFeed, *m_podFeed, m_jobs.pods(), m_nodes);
        m_components->each([link = m_link.state()](WatchedKind &feed) { feed.setLink(link); });
    }
    return *m_components;
}

components::ClusterFacts ClusterSession::componentFacts()
{
    components::ClusterFacts facts = components().facts();
    facts.now = asOf();
    facts.unheard = m_link.state().unheard;
    // Without a watch leases are judged by the time they were last seen: their holders may well renew them.
    const FeedState leases = components().leasesState();
    if (leases.phase == FeedState::Phase::Stale && leases.lastGood.isValid())
        facts.now = std::min(facts.now, leases.lastGood);
    return facts;
}

StorageFeeds &ClusterSession::storage()
{
    if (!m_storage) {
        m_storage = std::make_unique<StorageFeeds>(*m_cluster);
        m_storage->claims.start(scope());
        m_storage->each([link = m_link.state()](WatchedKind &feed) { feed.setLink(link); });
    }
    return *m_storage;
}

QuotaFeeds &ClusterSession::quotas()
{
    if (!m_quotas) {
        m_quotas = std::make_unique<QuotaFeeds>(*m_cluster);
        m_quotas->start(scope());
        m_quotas->each([link = m_link.state()](WatchedKind &feed) { feed.setLink(link); });
    }
    return *m_quotas;
}

QDateTime ClusterSession::asOf() const
{
    const QDateTime heard = m_link.state().heard;
    return heard.isValid() ? heard : QDateTime::currentDateTimeUtc();
}

SessionStatus ClusterSession::status() const
{
    QList<ListState> lists;
    for (const auto &feed : m_feeds)
        lists.append({feed->kind.plural, feed->state()});
    return sessionStatus(m_link.state(), m_jobs.jobsState(), lists);
}

void ClusterSession::retryNow()
{
    eachFeed([](WatchedKind &feed) { feed.retryNow(); });
}

void ClusterSession::takePods(const store::StoreChange &change)
{
    for (const QString &uid : change.removed)
        m_mounting.remove(uid);
    // What a pod mounts never changes.
    for (const QString &uid : change.added) {
        if (const Pod *pod = pods().find(uid); pod && !pod->claims.isEmpty())
            m_mounting.insert(uid);
    }
}

void ClusterSession::takeWarning(const QString &warning)
{
    // A deprecated version is warned of with every answer; a hostile server could make up a new text each time.
    constexpr qsizetype mostWarnings = 50;
    if (m_warnings.contains(warning) || m_warnings.size() >= mostWarnings)
        return;
    m_warnings.insert(warning);
    emit warned(warning);
}

void ClusterSession::readFacts()
{
    // While nobody answers the questions would pile up.
    if (std::exchange(m_readingFacts, true))
        return;
    struct Facts {
        Result<kube::Cluster::Version> version;
        std::chrono::milliseconds latency;
        Result<kube::Cluster::User> user;
        Result<kube::Cluster::Namespaces> namespaces;
    };
    m_scope.run(
        this,
        [cluster = m_cluster](std::stop_token stop) {
            QElapsedTimer timer;
            timer.start();
            Result<kube::Cluster::Version> version = cluster->version(stop);
            const std::chrono::milliseconds latency(timer.elapsed());
            return Facts{std::move(version), latency, cluster->whoAmI(stop), cluster->namespaces(stop)};
        },
        [this](Facts facts) {
            m_readingFacts = false;
            if (facts.version) {
                m_version = facts.version->gitVersion;
                // What was asked before a silence and answered after it tells how long that was.
                if (facts.latency < kube::LinkMonitor::Options().silentAfter)
                    m_latency = facts.latency;
            }
            if (facts.user)
                m_user = facts.user->name;
            if (facts.namespaces)
                m_known = *facts.namespaces;
            emit factsChanged();
        });
}

} // namespace cairn::app
