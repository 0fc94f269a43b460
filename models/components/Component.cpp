// SPDX-License-Identifier: GPL-3.0-or-later
#include "components/Component.h"

#include "components/ControlPlane.h"
#include "components/Release.h"
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

constexpr std::array<std::pair<Standing, const char *>, 9> words{{{Standing::NotObservable, "NotObservable"},
                                                                  {Standing::Down, "Down"},
                                                                  {Standing::NoLeader, "NoLeader"},
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

/// Whether a leader is elected, as its flags say; nullopt where something else decides, or the flags are not known.
std::optional<bool> electsByFlag(const Entry &entry, const Workload &workload)
{
    if (!entry.election || entry.election->by != Election::By::Flag || workload.electing.isEmpty())
        return std::nullopt;
    // A chart may call the container otherwise; where the catalogue's is there, no other one counts.
    const auto own = workload.electing.constFind(entry.election->container);
    for (auto it = workload.electing.cbegin(); it != workload.electing.cend(); ++it) {
        if (own != workload.electing.cend() && it != own)
            continue;
        if (const std::optional<bool> said = flagIn(*it, entry.election->setting))
            return said;
    }
    return false;
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
        for (const Entry &entry : catalogue().entries) {
            QStringList namespaces = entry.namespaces;
            if (!m_facts.also.isEmpty() && !namespaces.contains(m_facts.also))
                namespaces.append(m_facts.also);
            for (const QString &ns : std::as_const(namespaces)) {
                for (const QString &name : entry.names) {
                    // "controller" alone would be anybody's.
                    if (!entry.namespaces.contains(ns) && !name.contains(u'-'))
                        continue;
                    if (const Workload *workload = m_workloads.value(podKey(entry.kind, ns, name)))
                        take(entry, *workload);
                }
            }
        }
        for (const Entry &entry : catalogue().entries) {
            if (!m_found.contains(entry.id))
                findByLabels(entry);
        }
        findVersions();

        QList<Component> found;
        for (const Entry &entry : catalogue().entries) {
            const QList<const Workload *> workloads = m_found.value(entry.id);
            for (const Workload *workload : workloads)
                found.append(judged(started(entry, *workload), *workload));
            if (workloads.isEmpty() && !entry.optIn) {
                if (const Unread *unread = unreadOf(entry))
                    found.append(unobservable(entry, *unread));
            }
        }
        for (const Component &component : addUncatalogued())
            found.append(component);
        for (Component &component : found)
            addDependency(component, found);
        return judgeControlPlane(m_facts, [this](const Entry &entry, Component &component) { addLeader(entry, component); }) + found;
    }

private:
    /// What the tags of the images tell, and of the rest what the release it came in has.
    void findVersions()
    {
        ProductVersions versions;
        for (const Entry &entry : catalogue().entries) {
            for (const Workload *workload : m_found.value(entry.id)) {
                const QVersionNumber version = versionIn(entry, workload->images.values());
                m_versions.insert(workload, version);
                addVersion(versions, entry.product, version);
            }
        }
        const ReleaseFound release = findRelease(versions);
        const Release *known = release.isKnown() ? catalogue().release(release.candidates.first()) : nullptr;
        for (const Product &product : catalogue().products) {
            const QList<QVersionNumber> found = versions.value(product.id);
            if (found.size() == 1)
                m_products.insert(product.id, found.first());
            else if (found.isEmpty() && known)
                m_products.insert(product.id, versionOf(known->versions.value(product.id)));
        }
    }

    Component started(const Entry &entry, const Workload &workload) const
    {
        Component component;
        component.id = entry.id;
        component.version = m_versions.value(&workload);
        component.asOf = component.version.isNull() ? m_products.value(entry.product) : component.version;
        return component;
    }

    /// What nobody catalogued and runs where only Kubeflow should: left out, it would fall unseen.
    QList<Component> addUncatalogued() const
    {
        const QStringList homes = catalogue().homes();
        QList<Component> found;
        for (const Workload &workload : m_facts.workloads) {
            const bool idle = workload.kind == kinds::daemonSets().kind && workload.desired == 0;
            if (!homes.contains(workload.ns) || m_taken.contains(&workload) || idle)
                continue;
            Component component;
            component.catalogued = false;
            component.id = catalogue().find(workload.name) ? workload.kind + u'/' + workload.name : workload.name;
            component.keptIn = workload.claims;
            found.append(judged(component, workload));
        }
        std::ranges::sort(found, {}, [](const Component &component) { return std::tie(component.ns, component.id, component.kind); });
        return found;
    }

    void take(const Entry &entry, const Workload &workload)
    {
        m_taken.insert(&workload);
        m_found[entry.id].append(&workload);
    }

    /// A Helm release may name it otherwise; its labels then tell, where they tell of one alone.
    void findByLabels(const Entry &entry)
    {
        const Workload *found = nullptr;
        for (const Workload &workload : m_facts.workloads) {
            if (workload.kind != entry.kind || !entry.namespaces.contains(workload.ns) || m_taken.contains(&workload)
                || !entry.isLabelled(workload.podLabels))
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
        const auto all = {kinds::deployments(), kinds::statefulSets(), kinds::daemonSets()};
        const auto kind = std::ranges::find(all, entry.kind, &ResourceKind::kind);
        if (kind == std::end(all))
            return nullptr;
        for (const QString &ns : entry.namespaces) {
            if (const Unread *unread = unreadIn(*kind, ns))
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
        component.workload = entry.name;
        component.error = unread.error;
        return component;
    }

    Component judged(Component component, const Workload &workload) const
    {
        component.kind = workload.kind;
        component.ns = workload.ns;
        component.workload = workload.name;
        component.desired = workload.desired;
        component.ready = workload.ready;
        const Entry &entry = component.entry();
        addPods(component);
        addLeader(entry, component);
        const bool several = std::max(component.desired, component.ready) > 1;
        // Who holds a fresh Lease was elected, wherever that was turned on.
        const bool missing = component.leader.state == State::Missing;
        if (missing || component.leader.state == State::Stale) {
            const std::optional<bool> elects = electsByFlag(entry, workload);
            // As shipped it is off: a stale Lease of one replica is left over, one of several says that nobody leads.
            const bool shippedOff = !entry.lease->onByDefault && (missing || !several);
            if (elects ? !*elects : shippedOff) {
                component.leader = {};
                component.leader.state = State::Off;
            }
        }
        addBudget(workload, component);
        addAutoscaler(component);
        if (entry.scaling == Scaling::Data)
            component.keptIn = workload.claims;
        for (const QString &id : entry.dependsOn) {
            const Entry *other = catalogue().find(id);
            if (other && other->scaling == Scaling::Data && m_found.contains(id))
                component.keptIn.append(id);
        }
        component.splitBrain = several
            && (entry.scaling == Scaling::Never || entry.scaling == Scaling::Data || component.leader.state == State::Off
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
            : isRenewed(told->renewed.secsTo(m_facts.now) - m_facts.unheard, told->seconds) ? State::Fresh : State::Stale;
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
        if (isLeaderless(component))
            return Standing::NoLeader;
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
                    if (other.id == id && (other.standing == Standing::SinglePoint || other.standing == Standing::Down || other.standing == Standing::NoLeader))
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
    QHash<const Workload *, QVersionNumber> m_versions;
    QHash<QString, QVersionNumber> m_products; ///< by id of the product, where it has one version
    QSet<const Workload *> m_taken;
};

} // namespace

QString standingName(Standing standing)
{
    return QString::fromLatin1(std::ranges::find(words, standing, &decltype(words)::value_type::first)->second);
}

bool Component::operator==(const Component &other) const
{
    const auto all = [](const Component &c) {
        return std::tie(c.id, c.catalogued, c.version, c.asOf, c.kind, c.ns, c.workload, c.desired, c.ready, c.restarts, c.pods, c.nodes, c.zones, c.leader, c.budget,
                        c.budgetUnread, c.autoscaler, c.autoscalerUnread, c.keptIn, c.standing, c.cause, c.splitBrain, c.error.kind,
                        c.error.what, c.error.why);
    };
    return all(*this) == all(other);
}

bool isLeaderless(const Component &component)
{
    // Where election is off as shipped, the Lease may be left from when it was on, and one replica then works without.
    return component.leader.state == State::Stale
        && (component.entry().scaling == Scaling::Leader || std::max(component.desired, component.ready) > 1);
}

const Entry &Component::entry() const
{
    if (catalogued) {
        if (const Entry *entry = catalogue().find(id, asOf))
            return *entry;
    }
    if (kind == kinds::daemonSets().kind)
        return catalogue().uncataloguedAgent;
    return keptIn.isEmpty() ? catalogue().uncataloguedWorkload : catalogue().uncataloguedStore;
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
        summary.down += component.standing == Standing::Down;
    }
    return summary;
}

} // namespace cairn::components
