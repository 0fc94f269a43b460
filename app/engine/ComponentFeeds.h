// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/Watched.h"

#include <QObject>

namespace cairn::app {

/// What the verdict on Kubeflow's components is made from, beside the session's nodes and pods. Watched where Kubeflow
/// lives, whatever namespaces the jobs are shown of. GUI thread.
class ComponentFeeds : public QObject
{
    Q_OBJECT

public:
    /// Both outlive it; `nodes` is the session's.
    ComponentFeeds(kube::Cluster &cluster, const WatchedKind &nodes, const WatchedKind &pods, const store::ResourceStore<Pod> &podStore,
                   const store::ResourceStore<Node> &nodeStore, QObject *parent = nullptr);

    /// Which pods the session watches has changed: those of Kubeflow that are not among them are watched here.
    void podScopeChanged();
    template <class F>
    void each(F visit)
    {
        visit(m_deployments);
        visit(m_statefulSets);
        visit(m_daemonSets);
        visit(m_servers);
        visit(m_leases);
        visit(m_budgets);
        visit(m_autoscalers);
        visit(m_otherPods);
    }

    /// Of the workloads, which decide what there is; Loading until everything is read: half of it would call all lost.
    FeedState state() const;
    FeedState leasesState() const { return m_leases.store.state(); }
    /// All but the time.
    components::ClusterFacts facts() const;

signals:
    /// Values or states; comes in bursts.
    void changed();

private:
    void takePods(const store::StoreChange &change);

    const WatchedKind &m_nodes, &m_pods;
    const store::ResourceStore<Pod> &m_podStore;
    const store::ResourceStore<Node> &m_nodeStore;
    Watched<Workload> m_deployments, m_statefulSets, m_daemonSets;
    Watched<EndpointSlice> m_servers; ///< of namespace default, where the API servers are
    Watched<Lease> m_leases;
    Watched<DisruptionBudget> m_budgets;
    Watched<Autoscaler> m_autoscalers;
    Watched<Pod> m_otherPods;    ///< of Kubeflow's namespaces that the session's feed leaves out
    const QSet<QString> m_namespaces; ///< Kubeflow's
    QStringList m_otherScope;
    QSet<QString> m_ownPods;     ///< UIDs of the session's pods that are in these
};

} // namespace cairn::app
