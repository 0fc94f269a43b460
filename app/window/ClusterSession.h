// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Async.h"
#include "kube/Cluster.h"
#include "engine/DeathReader.h"
#include "items/PodTableModel.h"
#include "kube/Feed.h"
#include "store/JobStore.h"

#include <memory>
#include <vector>

namespace cairn::app {

/// One connected context: its feeds, and the store they fill. GUI thread only. Ends its watches when destroyed.
class ClusterSession : public QObject
{
    Q_OBJECT

public:
    ClusterSession(std::shared_ptr<kube::Cluster> cluster, const QString &contextName, const QString &server, bool insecure,
                   QObject *parent = nullptr);
    ~ClusterSession() override;

    kube::Cluster &cluster() const { return *m_cluster; }
    std::shared_ptr<kube::Cluster> sharedCluster() const { return m_cluster; }
    store::JobStore &jobs() { return m_jobs; }
    /// All pods of the watched namespaces; their state is jobs().podsState().
    items::PodTableModel &pods() { return m_pods; }
    store::ResourceStore<Node> &nodes() { return m_nodes; }
    const QString &contextName() const { return m_contextName; }
    const QString &server() const { return m_server; }
    bool isInsecure() const { return m_insecure; }

    /// Watches these namespaces, or all where the list is empty (and, where that is forbidden, the context's own).
    void watch(const QStringList &namespaces);
    QStringList watched() const { return m_namespaces; }
    /// Pods of all namespaces were wanted, and only those of the context's own may be listed.
    bool isNarrowed() const { return m_podFeed->isNarrowed(); }
    /// Tries again at once what failed or was forbidden.
    void retryNow();

    /// What was learnt about the cluster; empty until known.
    const QString &version() const { return m_version; }
    const QString &user() const { return m_user; }
    std::chrono::milliseconds latency() const { return m_latency; }
    const kube::Cluster::Namespaces &namespaces() const { return m_known; }

signals:
    /// Version, user, latency or the list of namespaces is known, or changed.
    void factsChanged();
    /// The API server sent a warning along with an answer (a deprecated version, an unknown field). Raw; each text once.
    void warned(const QString &warning);

private:
    void readFacts();
    void takeWarning(const QString &warning);

    const std::shared_ptr<kube::Cluster> m_cluster;
    const QString m_contextName, m_server;
    const bool m_insecure;
    store::JobStore m_jobs;
    items::PodTableModel m_pods;
    store::ResourceStore<Node> m_nodes;
    QStringList m_namespaces;
    QString m_version, m_user;
    std::chrono::milliseconds m_latency{0};
    kube::Cluster::Namespaces m_known;
    QSet<QString> m_warnings; ///< told already

    std::vector<std::unique_ptr<kube::Feed<Job>>> m_jobFeeds;
    std::vector<std::unique_ptr<kube::Feed<TrainingRuntime>>> m_runtimeFeeds; ///< of the cluster, of namespaces
    std::unique_ptr<kube::Feed<Pod>> m_podFeed;
    std::unique_ptr<kube::Feed<Event>> m_eventFeed;
    std::unique_ptr<kube::Feed<Node>> m_nodeFeed;
    std::unique_ptr<DeathReader> m_deaths;
    async::Scope m_scope;
};

} // namespace cairn::app
