// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/ComponentFeeds.h"

#include "components/Catalogue.h"
#include "domain/FeedStates.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::app {

ComponentFeeds::ComponentFeeds(kube::Cluster &cluster, const WatchedKind &nodes, const WatchedKind &pods, const store::ResourceStore<Pod> &podStore,
                               const store::ResourceStore<Node> &nodeStore, QObject *parent)
    : QObject(parent)
    , m_nodes(nodes)
    , m_pods(pods)
    , m_podStore(podStore)
    , m_nodeStore(nodeStore)
    , m_deployments(cluster, kinds::deployments(), [] { return workloadDecoder(kinds::deployments()); })
    , m_statefulSets(cluster, kinds::statefulSets(), [] { return workloadDecoder(kinds::statefulSets()); })
    , m_daemonSets(cluster, kinds::daemonSets(), [] { return workloadDecoder(kinds::daemonSets()); })
    , m_servers(cluster, kinds::endpointSlices(), endpointSliceDecoder)
    , m_leases(cluster, kinds::leases(), leaseDecoder)
    , m_budgets(cluster, kinds::disruptionBudgets(), budgetDecoder)
    , m_autoscalers(cluster, kinds::autoscalers(), autoscalerDecoder)
    , m_otherPods(cluster, kinds::pods(), podDecoder)
    , m_namespaces([] {
        const QStringList names = components::catalogue().namespaces();
        return QSet<QString>(names.cbegin(), names.cend());
    }())
{
    const QStringList namespaces = components::catalogue().namespaces();
    const kube::FeedScope wide{{}, namespaces};
    each([this](auto &watched) {
        connect(&watched.store, &store::StoreSignals::changed, this, &ComponentFeeds::changed);
        connect(&watched.store, &store::StoreSignals::stateChanged, this, &ComponentFeeds::changed);
    });
    m_deployments.start(wide);
    m_statefulSets.start(wide);
    m_daemonSets.start(wide);
    m_servers.start({{u"default"_s}, {}});
    m_budgets.start(wide);
    m_autoscalers.start(wide);
    // Most leases are in other namespaces, and every node renews one every ten seconds.
    m_leases.start({components::catalogue().leaseNamespaces(), {}});
    connect(&m_nodeStore, &store::StoreSignals::changed, this, &ComponentFeeds::changed);
    connect(&m_nodeStore, &store::StoreSignals::stateChanged, this, &ComponentFeeds::changed);
    connect(&m_podStore, &store::StoreSignals::changed, this, &ComponentFeeds::takePods);
    connect(&m_podStore, &store::StoreSignals::stateChanged, this, &ComponentFeeds::podScopeChanged);
    m_podStore.each([this](const Pod &pod) {
        if (m_namespaces.contains(pod.ns))
            m_ownPods.insert(pod.uid);
    });
    podScopeChanged();
}

void ComponentFeeds::podScopeChanged()
{
    QStringList missing = components::catalogue().namespaces();
    for (const auto &[ns, state] : m_pods.parts()) {
        if (ns.isEmpty())
            missing.clear();
        else
            missing.removeAll(ns);
    }
    if (missing != m_otherScope) {
        m_otherScope = missing;
        if (missing.isEmpty())
            m_otherPods.stop();
        else
            m_otherPods.start({missing, {}});
    }
    emit changed();
}

void ComponentFeeds::takePods(const store::StoreChange &change)
{
    bool ours = false;
    for (const QStringList &uids : {change.added, change.changed}) {
        for (const QString &uid : uids) {
            const Pod *pod = m_podStore.find(uid);
            if (!pod || !m_namespaces.contains(pod->ns))
                continue;
            m_ownPods.insert(uid);
            ours = true;
        }
    }
    for (const QString &uid : change.removed)
        ours |= m_ownPods.remove(uid);
    if (ours || change.complete)
        emit changed();
}

FeedState ComponentFeeds::state() const
{
    FeedState state = combined({m_deployments.state(), m_statefulSets.state()});
    if (state.phase != FeedState::Phase::Live)
        return state;
    bool loading = m_daemonSets.isLoading() || m_servers.isLoading() || m_leases.isLoading() || m_budgets.isLoading() || m_autoscalers.isLoading() || m_nodes.isLoading() || m_pods.isLoading();
    loading |= !m_otherScope.isEmpty() && m_otherPods.isLoading();
    if (loading)
        state.phase = FeedState::Phase::Loading;
    return state;
}

components::ClusterFacts ComponentFeeds::facts() const
{
    components::ClusterFacts facts;
    facts.workloads = m_deployments.store.values() + m_statefulSets.store.values() + m_daemonSets.store.values();
    facts.slices = m_servers.store.values();
    facts.leases = m_leases.store.values();
    facts.budgets = m_budgets.store.values();
    facts.autoscalers = m_autoscalers.store.values();
    facts.pods = m_otherScope.isEmpty() ? QList<Pod>() : m_otherPods.store.values();
    for (const QString &uid : m_ownPods) {
        if (const Pod *pod = m_podStore.find(uid))
            facts.pods.append(*pod);
    }
    facts.nodes = m_nodeStore.values();
    for (const WatchedKind *watched : std::initializer_list<const WatchedKind *>{&m_deployments, &m_statefulSets, &m_daemonSets, &m_servers, &m_leases, &m_budgets, &m_autoscalers, &m_nodes})
        watched->addUnread(facts.unread);
    // Of the session's pods only where Kubeflow lives matters.
    QList<components::Unread> pods;
    m_pods.addUnread(pods);
    pods.removeIf([this](const components::Unread &unread) { return !unread.ns.isEmpty() && !m_namespaces.contains(unread.ns); });
    if (!m_otherScope.isEmpty())
        m_otherPods.addUnread(pods);
    facts.unread += pods;
    return facts;
}

} // namespace cairn::app
