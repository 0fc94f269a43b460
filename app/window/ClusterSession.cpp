// SPDX-License-Identifier: GPL-3.0-or-later
#include "ClusterSession.h"

#include "base/Log.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QPointer>
#include <QTimer>

namespace cairn::app {

ClusterSession::ClusterSession(std::shared_ptr<kube::Cluster> cluster, const QString &contextName, const QString &server,
                               bool insecure, QObject *parent)
    : QObject(parent)
    , m_cluster(std::move(cluster))
    , m_contextName(contextName)
    , m_server(server)
    , m_insecure(insecure)
{
    for (const JobKindFacts &facts : jobKinds()) {
        const JobKind kind = facts.id;
        kube::Feed<Job>::Handlers handlers;
        handlers.reset = [this, kind] { m_jobs.resetJobs(kind); };
        handlers.delta = [this, kind](const Delta<Job> &delta) { m_jobs.applyJobs(kind, delta); };
        handlers.state = [this, kind](const FeedState &state) { m_jobs.setJobState(kind, state); };
        m_jobFeeds.push_back(std::make_unique<kube::Feed<Job>>(*m_cluster, facts.resource, [kind] { return jobDecoder(kind); },
                                                               std::move(handlers)));
    }
    for (const bool wide : {true, false}) {
        const ResourceKind &kind = wide ? kinds::clusterTrainingRuntimes() : kinds::trainingRuntimes();
        kube::Feed<TrainingRuntime>::Handlers handlers;
        handlers.reset = [this, word = kind.kind] { m_jobs.resetRuntimes(word); };
        handlers.delta = [this](const Delta<TrainingRuntime> &delta) { m_jobs.applyRuntimes(delta); };
        handlers.state = [](const FeedState &) {}; // without them TrainJobs show less, and nothing is wrong
        m_runtimeFeeds.push_back(std::make_unique<kube::Feed<TrainingRuntime>>(
            *m_cluster, kind, [wide] { return runtimeDecoder(wide); }, std::move(handlers)));
    }
    m_podFeed = std::make_unique<kube::Feed<Pod>>(*m_cluster, kinds::pods(), podDecoder,
                                                  kube::Feed<Pod>::Handlers{[this] {
                                                                                m_jobs.resetPods();
                                                                                m_pods.clear();
                                                                            },
                                                                            [this](Delta<Pod> delta) {
                                                                                m_jobs.applyPods(delta);
                                                                                m_pods.applyDelta(std::move(delta));
                                                                            },
                                                                            [this](const FeedState &state) { m_jobs.setPodState(state); }});
    m_eventFeed = std::make_unique<kube::Feed<Event>>(
        *m_cluster, kinds::events(), eventDecoder,
        kube::Feed<Event>::Handlers{[this] { m_jobs.resetEvents(); }, [this](const Delta<Event> &delta) { m_jobs.applyEvents(delta); },
                                    [this](const FeedState &state) { m_jobs.setEventState(state); }});
    m_nodeFeed = std::make_unique<kube::Feed<Node>>(*m_cluster, kinds::nodes(), nodeDecoder,
                                                    kube::Feed<Node>::Handlers{[this] {
                                                                                   m_jobs.resetNodes();
                                                                                   m_nodes.clear();
                                                                               },
                                                                               [this](const Delta<Node> &delta) {
                                                                                   m_jobs.applyNodes(delta);
                                                                                   m_nodes.apply(delta);
                                                                               },
                                                                               [this](const FeedState &state) { m_nodes.setState(state); }});
    // A node's heartbeat changes nothing that is told of the cluster.
    connect(&m_nodes, &store::StoreSignals::changed, this, [this](const store::StoreChange &change) {
        if (!change.added.isEmpty() || !change.removed.isEmpty())
            emit factsChanged();
    });
    m_deaths = std::make_unique<DeathReader>(m_cluster, m_jobs);
    m_jobs.setNow(QDateTime::currentDateTimeUtc());
    auto *clock = new QTimer(this);
    connect(clock, &QTimer::timeout, this, [this] { m_jobs.setNow(QDateTime::currentDateTimeUtc()); });
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
    for (const auto &feed : m_jobFeeds)
        feed->requestStop();
    for (const auto &feed : m_runtimeFeeds)
        feed->requestStop();
    m_podFeed->requestStop();
    m_eventFeed->requestStop();
    m_nodeFeed->requestStop();
}

void ClusterSession::watch(const QStringList &namespaces)
{
    m_namespaces = namespaces;
    const kube::FeedScope scope{namespaces, {m_cluster->defaultNamespace()}};
    for (const auto &feed : m_jobFeeds)
        feed->start(scope);
    m_runtimeFeeds[0]->start({});
    m_runtimeFeeds[1]->start(scope);
    m_podFeed->start(scope);
    m_eventFeed->start(scope);
    m_nodeFeed->start({});
}

void ClusterSession::retryNow()
{
    for (const auto &feed : m_jobFeeds)
        feed->retryNow();
    for (const auto &feed : m_runtimeFeeds)
        feed->retryNow();
    m_podFeed->retryNow();
    m_eventFeed->retryNow();
    m_nodeFeed->retryNow();
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
            if (facts.version) {
                m_version = facts.version->gitVersion;
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
