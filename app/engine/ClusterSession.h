// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Async.h"
#include "engine/ComponentFeeds.h"
#include "engine/DeathReader.h"
#include "engine/Link.h"
#include "engine/QuotaFeeds.h"
#include "engine/SessionStatus.h"
#include "engine/StorageFeeds.h"
#include "kube/Cluster.h"
#include "store/JobStore.h"

#include <memory>
#include <vector>

namespace cairn::app {

/// One connected context: all that is watched of it, and the stores that are filled. GUI thread only. Ends its watches
/// when destroyed.
class ClusterSession : public QObject
{
    Q_OBJECT

public:
    ClusterSession(std::shared_ptr<kube::Cluster> cluster, const QString &contextName, const QString &server, bool insecure,
                   LinkOptions link = {}, QObject *parent = nullptr);
    ~ClusterSession() override;

    kube::Cluster &cluster() const { return *m_cluster; }
    std::shared_ptr<kube::Cluster> sharedCluster() const { return m_cluster; }
    store::JobStore &jobs() { return m_jobs; }
    /// All pods of the watched namespaces, with their state.
    const store::ResourceStore<Pod> &pods() const { return m_jobs.pods(); }
    /// UIDs of those that mount PVCs.
    const QSet<QString> &mountingPods() const { return m_mounting; }
    store::ResourceStore<Node> &nodes() { return m_nodes; }
    const QString &contextName() const { return m_contextName; }
    const QString &server() const { return m_server; }
    bool isInsecure() const { return m_insecure; }

    /// Watches these namespaces, or all where the list is empty (and, where that is forbidden, the context's own).
    void watch(const QStringList &namespaces);
    QStringList watched() const { return m_namespaces; }
    /// Pods of all namespaces were wanted, and only those of the context's own may be listed.
    bool isNarrowed() const { return m_podFeed->isNarrowed(); }
    /// Watched from the first call until the session ends: most people look at jobs only.
    ComponentFeeds &components();
    StorageFeeds &storage();
    QuotaFeeds &quotas();
    /// What components() knows, as of the last proof of life.
    components::ClusterFacts componentFacts();
    /// Whether the server answers. No feed is told to be Live while it does not, and nothing is to be judged by a later time
    /// than link().state().heard, nor announced before it isSettled().
    const Link &link() const { return m_link; }
    Link &link() { return m_link; }
    /// What may be judged is what was so then: at the last proof of life.
    QDateTime asOf() const;
    /// How good the whole is; of the lists that are always watched.
    SessionStatus status() const;
    /// Tries again at once what failed or was forbidden.
    void retryNow();

    /// What was learnt about the cluster; empty until known.
    const QString &version() const { return m_version; }
    const QString &user() const { return m_user; }
    std::chrono::milliseconds latency() const { return m_link.state().answers() ? m_latency : std::chrono::milliseconds(0); }
    const kube::Cluster::Namespaces &namespaces() const { return m_known; }

signals:
    /// Version, user, latency or the list of namespaces is known, or changed.
    void factsChanged();
    void linkChanged(const cairn::LinkState &link);
    /// The API server sent a warning along with an answer (a deprecated version, an unknown field). Raw; each text once.
    void warned(const QString &warning);

private:
    template <class T>
    WatchedKind *add(const ResourceKind &kind, std::function<std::unique_ptr<ObjectDecoder<T>>()> decoder,
                     typename kube::Feed<T>::Handlers handlers);
    template <class F>
    void eachFeed(F visit);
    kube::FeedScope scope() const { return {m_namespaces, {m_cluster->defaultNamespace()}}; }
    void takePods(const store::StoreChange &change);
    void readFacts();
    void takeWarning(const QString &warning);

    const std::shared_ptr<kube::Cluster> m_cluster;
    const QString m_contextName, m_server;
    const bool m_insecure;
    Link m_link;
    store::JobStore m_jobs;
    QSet<QString> m_mounting;
    store::ResourceStore<Node> m_nodes;
    QStringList m_namespaces;
    QString m_version, m_user;
    std::chrono::milliseconds m_latency{0};
    kube::Cluster::Namespaces m_known;
    QSet<QString> m_warnings; ///< told already
    bool m_readingFacts = false;

    // After the stores they fill.
    std::vector<std::unique_ptr<WatchedKind>> m_feeds; ///< all but those of the three below
    QList<WatchedKind *> m_scoped, m_wide;             ///< those of m_feeds that cover the watched namespaces; the cluster
    WatchedKind *m_podFeed, *m_nodeFeed;
    std::unique_ptr<ComponentFeeds> m_components;
    std::unique_ptr<StorageFeeds> m_storage;
    std::unique_ptr<QuotaFeeds> m_quotas;
    std::unique_ptr<DeathReader> m_deaths;
    async::Scope m_scope;
};

} // namespace cairn::app
