// SPDX-License-Identifier: GPL-3.0-or-later
#include "components/ControlPlane.h"

#include "domain/Kinds.h"

#include <QCoreApplication>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::components {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::components)
};

const QString &home()
{
    static const QString ns = u"kube-system"_s;
    return ns;
}

/// An API server renews its Lease every ten seconds and leaves it behind for an hour when it dies (leasegc): who has not
/// renewed for a minute is gone.
constexpr qint64 freshSeconds = 60;

/// What the vendor of a managed cluster says of the control plane nobody can look into.
QString promise(const QString &vendor, const QList<Node> &nodes)
{
    if (vendor == "EKS"_L1)
        return Words::tr("EKS promises at least two API servers, and three etcd members in three zones");
    if (vendor == "AKS"_L1)
        return Words::tr("AKS promises 99.95% in the Standard tier with zones, and nothing in the Free tier: the tier does not show in the cluster");
    QSet<QString> zones;
    for (const Node &node : nodes)
        zones.insert(node.zone);
    zones.remove({});
    return zones.size() > 1
        ? Words::tr("GKE promises three control planes in three zones for a regional cluster and one for a zonal cluster: which it is does not show in the cluster")
        : Words::tr("GKE promises three control planes in three zones for a regional cluster and one for a zonal cluster; all nodes of this one are in one zone, so look up which it is");
}

class ControlPlane
{
public:
    ControlPlane(const ClusterFacts &facts, const std::function<void(const Entry &, Component &)> &addLeader)
        : m_facts(facts)
        , m_addLeader(addLeader)
    {
        for (const Pod &pod : facts.pods) {
            if (pod.ns == home() && !pod.deleting.isValid()) {
                if (const QString program = staticProgram(pod); !program.isEmpty())
                    m_pods[program].append(&pod);
            }
        }
        for (const Node &node : facts.nodes) {
            m_zones.insert(node.name, node.zone);
            m_ownNodes += node.controlPlane;
            if (m_vendor.isEmpty())
                m_vendor = node.vendor;
        }
        for (const Lease &lease : facts.leases) {
            if (lease.ns != home())
                continue;
            m_leases.insert(lease.name);
            if (lease.server == "kube-apiserver"_L1 && lease.renewed.isValid()
                && lease.renewed.secsTo(facts.now) - facts.unheard < freshSeconds)
                m_servers.append(&lease);
        }
    }

    QList<Component> run()
    {
        const bool own = m_ownNodes > 0 || m_pods.contains(u"kube-apiserver"_s);
        if (!m_vendor.isEmpty() && !own)
            return {unobservable(u"control-plane"_s, Words::tr("%1 runs the control plane, where it cannot be observed").arg(m_vendor),
                                 promise(m_vendor, m_facts.nodes))};
        const bool seen = own || !m_servers.isEmpty() || m_leases.contains(u"kube-scheduler"_s) || m_leases.contains(u"kube-controller-manager"_s);
        if (!seen) {
            const Unread *unread = unreadIn(kinds::leases());
            return unread ? QList{unobservable(u"control-plane"_s, unread->error.what, unread->error.why)} : QList<Component>();
        }
        QList<Component> list{servers()};
        const int known = list.first().ready;
        list.append(etcd());
        for (const QString &id : {u"kube-scheduler"_s, u"kube-controller-manager"_s, u"cloud-controller-manager"_s}) {
            // Not every cluster is in a cloud.
            if (id != "cloud-controller-manager"_L1 || m_leases.contains(id) || m_pods.contains(id))
                list.append(elected(id, known));
        }
        return list;
    }

private:
    const Unread *unreadIn(const ResourceKind &kind) const
    {
        const auto it = std::ranges::find_if(m_facts.unread, [&](const Unread &unread) {
            return unread.resource == kind.plural && (unread.ns.isEmpty() || unread.ns == home());
        });
        return it == m_facts.unread.end() ? nullptr : &*it;
    }

    static Component started(const QString &id)
    {
        Component component;
        component.id = id;
        component.kind = component.entry().kind;
        component.ns = home();
        component.workload = component.entry().name;
        return component;
    }

    static Component unobservable(const QString &id, const QString &what, const QString &why = {})
    {
        Component component = started(id);
        component.error = Error::make(Error::Kind::Unsupported, what, why);
        return component;
    }

    void addPods(Component &component) const
    {
        const QList<const Pod *> pods = m_pods.value(component.workload);
        if (!pods.isEmpty())
            component.restarts = 0;
        for (const Pod *pod : pods) {
            component.restarts += pod->restarts();
            if (pod->phase != "Running"_L1 || !pod->ready() || pod->unanswered)
                continue;
            component.pods.append(pod->name);
            if (!component.nodes.contains(pod->node))
                component.nodes.append(pod->node);
        }
        component.pods.sort();
        component.desired = static_cast<int>(pods.size());
        component.ready = static_cast<int>(component.pods.size());
    }

    void addZones(Component &component) const
    {
        component.nodes.sort();
        QSet<QString> zones;
        for (const QString &node : component.nodes)
            zones.insert(m_zones.value(node));
        if (!zones.isEmpty() && !zones.contains(QString()))
            component.zones = static_cast<int>(zones.size());
    }

    static Standing standing(const Component &component)
    {
        if (component.ready == 0)
            return Standing::Down;
        if (isLeaderless(component))
            return Standing::NoLeader;
        if (component.ready < component.desired)
            return Standing::Degraded;
        if (component.desired < 2)
            return Standing::SinglePoint;
        if (component.nodes.isEmpty())
            return Standing::SurvivesNode; // counted by address: each is a host of its own
        if (component.nodes.size() == 1)
            return Standing::DiesWithNode;
        return component.zones > 1 ? Standing::SurvivesZone : Standing::SurvivesNode;
    }

    Component servers() const
    {
        Component component = started(u"kube-apiserver"_s);
        addPods(component);
        for (const Lease *lease : m_servers) {
            if (!lease->host.isEmpty() && !component.nodes.contains(lease->host))
                component.nodes.append(lease->host);
        }
        QSet<QString> addresses;
        for (const EndpointSlice &slice : m_facts.slices) {
            if (slice.ns == "default"_L1 && slice.service == "kubernetes"_L1)
                addresses.unite(QSet<QString>(slice.addresses.begin(), slice.addresses.end()));
        }
        // A balancer shows one address for many; a Lease is what only a server has. The pods of three may show while the Leases
        // of two are fresh: then one does not serve.
        const int counted = static_cast<int>(std::max(m_servers.size(), addresses.size()));
        component.desired = std::max(component.desired, counted);
        component.ready = counted > 0 ? counted : component.ready;
        addZones(component);
        component.standing = standing(component);
        if (component.desired == 0) {
            component.standing = Standing::NotObservable;
            component.error = Error::make(Error::Kind::Unsupported, Words::tr("How many API servers there are does not show"),
                                          Words::tr("neither their Leases nor their addresses can be read"));
        }
        return component;
    }

    Component etcd() const
    {
        Component component = started(u"etcd"_s);
        addPods(component);
        if (component.desired == 0) {
            if (const Unread *unread = unreadIn(kinds::pods()))
                return unobservable(u"etcd"_s, unread->error.what, unread->error.why);
            return unobservable(u"etcd"_s, Words::tr("The members of etcd do not show"), Words::tr("they run beside the cluster's pods"));
        }
        addZones(component);
        component.standing = standing(component);
        if (component.standing == Standing::SurvivesNode || component.standing == Standing::SurvivesZone) {
            QHash<QString, int> onNode, inZone;
            for (const Pod *pod : m_pods.value(component.workload)) {
                ++onNode[pod->node];
                ++inZone[m_zones.value(pod->node)];
            }
            const auto survives = [&](const QHash<QString, int> &parts) {
                return std::ranges::all_of(parts, [&](int lost) { return isQuorum(component.ready - lost, component.desired); });
            };
            if (!survives(onNode))
                component.standing = component.desired < 3 ? Standing::SinglePoint : Standing::DiesWithNode;
            else if (component.standing == Standing::SurvivesZone && !survives(inZone))
                component.standing = Standing::SurvivesNode;
        }
        return component;
    }

    /// Its Lease names who leads; who stands by shows only where it runs as pods. Beside the only API server there is one.
    Component elected(const QString &id, int servers) const
    {
        Component component = started(id);
        addPods(component);
        m_addLeader(component.entry(), component);
        if (component.desired > 0) {
            addZones(component);
            component.standing = standing(component);
            return component;
        }
        const bool leads = component.leader.state == Leadership::State::Fresh || component.leader.state == Leadership::State::Future;
        if (component.leader.state == Leadership::State::Unread || (leads && servers != 1)) {
            component.error = Error::make(Error::Kind::Unsupported, Words::tr("Its Lease tells who leads, but not whether another stands by"),
                                          Words::tr("it runs beside the cluster's pods"));
            return component;
        }
        if (component.leader.state == Leadership::State::Missing && !m_leases.contains(id)) {
            // As where there is one for certain and it is told not to elect: minikube, k3s.
            component.error = Error::make(Error::Kind::Unsupported, Words::tr("It shows neither by a Lease nor by a pod"),
                                          Words::tr("it runs beside the cluster's pods, and without leader election"));
            return component;
        }
        component.desired = 1;
        component.ready = leads;
        component.standing = leads ? Standing::SinglePoint : Standing::Down;
        return component;
    }

    const ClusterFacts &m_facts;
    const std::function<void(const Entry &, Component &)> &m_addLeader;
    QHash<QString, QList<const Pod *>> m_pods; ///< static ones by program
    QHash<QString, QString> m_zones;           ///< by node
    QSet<QString> m_leases;                    ///< names
    QList<const Lease *> m_servers;            ///< fresh ones of API servers
    QString m_vendor;
    int m_ownNodes = 0;
};

} // namespace

QString staticProgram(const Pod &pod)
{
    const QString suffix = u'-' + pod.node;
    return pod.ownerKind == "Node"_L1 && !pod.node.isEmpty() && pod.name.endsWith(suffix) ? pod.name.chopped(suffix.size()) : QString();
}

QList<Component> judgeControlPlane(const ClusterFacts &facts, const std::function<void(const Entry &, Component &)> &addLeader)
{
    return ControlPlane(facts, addLeader).run();
}

} // namespace cairn::components
