// SPDX-License-Identifier: GPL-3.0-or-later
#include "components/Component.h"

#include "domain/Kinds.h"

#include <algorithm>
#include <array>
#include <functional>
#include <tuple>

using namespace Qt::StringLiterals;

namespace cairn::components {
namespace {

using State = Leadership::State;

/// A desktop's clock may be this far behind the holder's without anything being wrong.
constexpr int skewSeconds = 5;

constexpr std::array<std::pair<Standing, const char *>, 8> words{{{Standing::NotObservable, "NotObservable"},
                                                                  {Standing::Down, "Down"},
                                                                  {Standing::Degraded, "Degraded"},
                                                                  {Standing::SinglePoint, "SinglePoint"},
                                                                  {Standing::DiesWithNode, "DiesWithNode"},
                                                                  {Standing::DependsOn, "DependsOn"},
                                                                  {Standing::SurvivesNode, "SurvivesNode"},
                                                                  {Standing::SurvivesZone, "SurvivesZone"}}};

QString podKey(const QString &kind, const QString &ns, const QString &name)
{
    return kind + u'/' + ns + u'/' + name;
}

/// The workload a pod belongs to. A ReplicaSet is named "<deployment>-<hash>", and the hash has no dash
/// (pkg/controller/deployment/sync.go).
QString ownerKey(const Pod &pod)
{
    if (pod.ownerKind == "ReplicaSet"_L1)
        return podKey(u"Deployment"_s, pod.ns, pod.ownerName.section(u'-', 0, -2));
    return podKey(pod.ownerKind, pod.ns, pod.ownerName);
}

bool fits(const QString &pattern, const QString &name)
{
    return pattern.endsWith(u'*') ? name.startsWith(QStringView(pattern).chopped(1)) : name == pattern;
}

class Judge
{
public:
    explicit Judge(const ClusterFacts &facts)
        : m_facts(facts)
    {
        for (const Workload &workload : facts.workloads)
            m_workloads[podKey(workload.kind, workload.ns, workload.name)] = &workload;
        for (const Pod &pod : facts.pods)
            m_pods[ownerKey(pod)].append(&pod);
        for (const Node &node : facts.nodes)
            m_nodes.insert(node.name, &node);
    }

    QList<Component> run()
    {
        QList<Component> found;
        for (const Entry &entry : catalogue().entries) {
            for (const QString &ns : entry.namespaces) {
                for (const QString &name : entry.names) {
                    if (const Workload *workload = m_workloads.value(podKey(entry.kind, ns, name)))
                        take(entry, *workload);
                }
            }
        }
        for (const Entry &entry : catalogue().entries) {
            if (!m_found.contains(entry.id))
                findByLabels(entry);
        }
        for (const Entry &entry : catalogue().entries) {
            const QList<const Workload *> workloads = m_found.value(entry.id);
            for (const Workload *workload : workloads)
                found.append(judged(entry, *workload));
            if (workloads.isEmpty() && !entry.optIn) {
                if (const Unread *unread = unreadOf(entry))
                    found.append(unobservable(entry, *unread));
            }
        }
        for (Component &component : found)
            addDependency(component, found);
        return found;
    }

private:
    void take(const Entry &entry, const Workload &workload)
    {
        m_taken.insert(workload.uid);
        m_found[entry.id].append(&workload);
    }

    /// A Helm release may name it otherwise; its labels then tell, where they tell of one alone.
    void findByLabels(const Entry &entry)
    {
        if (entry.labels.isEmpty())
            return;
        LabelSelector selector;
        selector.present = true;
        selector.labels = entry.labels;
        const Workload *found = nullptr;
        for (const Workload &workload : m_facts.workloads) {
            if (workload.kind != entry.kind || !entry.namespaces.contains(workload.ns) || m_taken.contains(workload.uid)
                || !selector.matches(workload.podLabels))
                continue;
            if (found)
                return;
            found = &workload;
        }
        if (found)
            take(entry, *found);
    }

    const Unread *unreadIn(const ResourceKind &kind, const QString &ns) const
    {
        const auto it = std::ranges::find_if(m_facts.unread, [&](const Unread &unread) {
            return unread.resource == kind.plural && (unread.ns.isEmpty() || unread.ns == ns);
        });
        return it == m_facts.unread.end() ? nullptr : &*it;
    }

    const Unread *unreadOf(const Entry &entry) const
    {
        const ResourceKind &kind = entry.kind == kinds::statefulSets().kind ? kinds::statefulSets() : kinds::deployments();
        for (const QString &ns : entry.namespaces) {
            if (const Unread *unread = unreadIn(kind, ns))
                return unread;
        }
        return nullptr;
    }

    static Component unobservable(const Entry &entry, const Unread &unread)
    {
        Component component;
        component.id = entry.id;
        component.kind = entry.kind;
        component.ns = unread.ns.isEmpty() ? entry.namespaces.first() : unread.ns;
        component.workload = entry.names.first();
        component.error = unread.error;
        return component;
    }

    Component judged(const Entry &entry, const Workload &workload) const
    {
        Component component;
        component.id = entry.id;
        component.kind = workload.kind;
        component.ns = workload.ns;
        component.workload = workload.name;
        component.desired = workload.desired;
        component.ready = workload.ready;
        addPods(component);
        addLeader(entry, component);
        addBudget(workload, component);
        addAutoscaler(component);
        if (entry.scaling == Scaling::Data)
            component.keptIn = workload.claims;
        for (const QString &id : entry.dependsOn) {
            if (catalogue().find(id)->scaling == Scaling::Data && m_found.contains(id))
                component.keptIn.append(id);
        }
        const bool several = std::max(component.desired, component.ready) > 1;
        component.splitBrain = several
            && (entry.scaling == Scaling::Never || entry.scaling == Scaling::Data
                || (entry.scaling == Scaling::LeaderOff && component.leader.state == State::Missing));
        component.standing = standing(component);
        return component;
    }

    void addPods(Component &component) const
    {
        if (const Unread *unread = unreadIn(kinds::pods(), component.ns)) {
            component.error = unread->error;
            return;
        }
        component.restarts = 0;
        QSet<QString> nodes;
        QSet<QString> zones;
        bool zoneMissing = false;
        for (const Pod *pod : m_pods.value(podKey(component.kind, component.ns, component.workload))) {
            component.restarts += pod->restarts();
            if (pod->deleting.isValid() || pod->phase != "Running"_L1 || !pod->ready())
                continue;
            component.pods.append(pod->name);
            nodes.insert(pod->node);
            const Node *node = m_nodes.value(pod->node);
            if (node && !node->zone.isEmpty())
                zones.insert(node->zone);
            else
                zoneMissing = true;
        }
        component.pods.sort();
        component.nodes = QStringList(nodes.begin(), nodes.end());
        component.nodes.sort();
        if (!zoneMissing && !nodes.isEmpty())
            component.zones = static_cast<int>(zones.size());
        if (component.nodes.isEmpty() && component.ready > 0) {
            component.error = Error::make(Error::Kind::NotFound, u"Its pods were not found"_s);
            component.restarts = -1;
        }
    }

    void addLeader(const Entry &entry, Component &component) const
    {
        if (!entry.lease)
            return;
        Leadership &leader = component.leader;
        const QString ns = entry.lease->ns.isEmpty() ? component.ns : entry.lease->ns;
        if (unreadIn(kinds::leases(), ns)) {
            leader.state = State::Unread;
            return;
        }
        leader.state = State::Missing;
        QList<const Lease *> found;
        for (const bool exact : {true, false}) {
            for (const Lease &lease : m_facts.leases) {
                if (lease.ns == ns && !lease.holder.isEmpty() && lease.renewed.isValid()
                    && std::ranges::any_of(entry.lease->names, [&](const QString &pattern) {
                           return pattern.endsWith(u'*') != exact && fits(pattern, lease.name);
                       }))
                    found.append(&lease);
            }
            if (!found.isEmpty())
                break;
        }
        if (found.isEmpty())
            return;
        const Lease *oldest = *std::ranges::min_element(found, {}, &Lease::renewed);
        const Lease *newest = *std::ranges::max_element(found, {}, &Lease::renewed);
        // One clock that runs ahead is enough to distrust them all.
        const Lease *told = newest->renewed > m_facts.now.addSecs(skewSeconds) ? newest : oldest;
        leader.leases = static_cast<int>(found.size());
        leader.lease = ns + u'/' + told->name;
        leader.holder = told->holder.section(u'_', 0, 0);
        leader.renewed = told->renewed;
        leader.seconds = told->seconds;
        leader.state = told == newest && newest->renewed > m_facts.now.addSecs(skewSeconds) ? State::Future
            : told->renewed.secsTo(m_facts.now) - m_facts.unheard < std::max(1, told->seconds) ? State::Fresh
                                                                                                : State::Stale;
    }

    void addBudget(const Workload &workload, Component &component) const
    {
        component.budgetUnread = unreadIn(kinds::disruptionBudgets(), workload.ns) != nullptr;
        for (const DisruptionBudget &budget : m_facts.budgets) {
            if (budget.ns == workload.ns && budget.selector.matches(workload.podLabels)
                && (!component.budget || budget.allowed < component.budget->allowed))
                component.budget = budget;
        }
    }

    void addAutoscaler(Component &component) const
    {
        component.autoscalerUnread = unreadIn(kinds::autoscalers(), component.ns) != nullptr;
        for (const Autoscaler &autoscaler : m_facts.autoscalers) {
            if (autoscaler.ns == component.ns && autoscaler.targetKind == component.kind
                && autoscaler.targetName == component.workload)
                component.autoscaler = autoscaler;
        }
    }

    static Standing standing(const Component &component)
    {
        if (component.ready == 0)
            return Standing::Down;
        if (component.ready < component.desired)
            return Standing::Degraded;
        if (component.desired < 2 || (component.autoscaler && component.autoscaler->floor < 2))
            return Standing::SinglePoint;
        if (component.nodes.isEmpty())
            return Standing::NotObservable;
        if (component.nodes.size() == 1)
            return Standing::DiesWithNode;
        return component.zones > 1 ? Standing::SurvivesZone : Standing::SurvivesNode;
    }

    /// The component at fault for one that would stand by itself, looked for through all it depends on: what depends on
    /// something that depends on a single point falls with it as well.
    static void addDependency(Component &component, const QList<Component> &all)
    {
        if (component.standing != Standing::SurvivesNode && component.standing != Standing::SurvivesZone)
            return;
        QSet<QString> seen;
        std::function<QString(const Entry &)> fault = [&](const Entry &entry) -> QString {
            for (const QString &id : entry.dependsOn) {
                if (seen.contains(id))
                    continue;
                seen.insert(id);
                for (const Component &other : all) {
                    if (other.id == id && (other.standing == Standing::SinglePoint || other.standing == Standing::Down))
                        return id;
                }
                const bool here = std::ranges::any_of(all, [&](const Component &other) { return other.id == id; });
                // What is not installed is replaced by something else, which may need nothing of this.
                if (const QString found = here ? fault(*catalogue().find(id)) : QString(); !found.isEmpty())
                    return found;
            }
            return {};
        };
        component.cause = fault(component.entry());
        if (!component.cause.isEmpty())
            component.standing = Standing::DependsOn;
    }

    const ClusterFacts &m_facts;
    QHash<QString, const Workload *> m_workloads;
    QHash<QString, QList<const Pod *>> m_pods;
    QHash<QString, const Node *> m_nodes;
    QHash<QString, QList<const Workload *>> m_found; ///< by id of the entry
    QSet<QString> m_taken;
};

} // namespace

QString standingName(Standing standing)
{
    return QString::fromLatin1(std::ranges::find(words, standing, &decltype(words)::value_type::first)->second);
}

bool Component::operator==(const Component &other) const
{
    const auto all = [](const Component &c) {
        return std::tie(c.id, c.kind, c.ns, c.workload, c.desired, c.ready, c.restarts, c.pods, c.nodes, c.zones, c.leader, c.budget,
                        c.budgetUnread, c.autoscaler, c.autoscalerUnread, c.keptIn, c.standing, c.cause, c.splitBrain, c.error.kind,
                        c.error.what, c.error.why);
    };
    return all(*this) == all(other);
}

bool Component::survivesNode() const
{
    switch (standing) {
    case Standing::SurvivesNode:
    case Standing::SurvivesZone: return true;
    case Standing::Degraded: return nodes.size() > 1;
    default: return false;
    }
}

QList<Component> judge(const ClusterFacts &facts)
{
    return Judge(facts).run();
}

Summary summarise(const QList<Component> &components)
{
    Summary summary;
    for (const Component &component : components) {
        if (component.standing == Standing::NotObservable)
            ++summary.unobservable;
        else
            ++summary.observable;
        summary.surviving += component.survivesNode();
    }
    return summary;
}

} // namespace cairn::components
