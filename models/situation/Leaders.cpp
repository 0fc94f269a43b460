// SPDX-License-Identifier: GPL-3.0-or-later
#include "situation/Leaders.h"

#include "situation/Overview.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::situation {
namespace {

using components::ClusterFacts;
using components::Component;

QString nameOf(const Lease &lease)
{
    return lease.ns + u'/' + lease.name;
}

const Pod *podOf(const ClusterFacts &facts, const QString &ns, const QString &name)
{
    const auto it = std::ranges::find_if(facts.pods, [&](const Pod &pod) { return pod.name == name && pod.ns == ns; });
    return it == facts.pods.end() ? nullptr : &*it;
}

bool mayRead(const ClusterFacts &facts, QLatin1StringView resource)
{
    return std::ranges::none_of(facts.unread, [&](const components::Unread &unread) { return unread.resource == resource; });
}

bool isSameHold(const Lease &one, const Lease &other)
{
    return one.holder == other.holder && one.acquired == other.acquired;
}

} // namespace

QList<Lease> leasesOf(const Component &component, const QList<Lease> &leases)
{
    QList<Lease> found;
    const std::optional<components::LeaseRule> &rule = component.entry().lease;
    if (!rule)
        return found;
    const QString ns = rule->ns.isEmpty() ? component.ns : rule->ns;
    for (const bool exact : {true, false}) {
        for (const Lease &lease : leases) {
            const auto fits = [&](const QString &pattern) {
                return exact ? pattern == lease.name : pattern.endsWith(u'*') && lease.name.startsWith(QStringView(pattern).chopped(1));
            };
            if (lease.ns == ns && std::ranges::any_of(rule->names, fits))
                found.append(lease);
        }
        if (!found.isEmpty())
            break;
    }
    return found;
}

QString holderPod(const Lease &lease)
{
    return lease.holder.section(u'_', 0, 0);
}

LeaderCause causeOf(const std::optional<Pod> &before, const QString &pod, const Pod *next, const ClusterFacts &facts)
{
    const QString ns = before ? before->ns : next ? next->ns : QString();
    const Pod *now = podOf(facts, ns, pod);
    if (now && before && now->uid != before->uid)
        now = nullptr; // another one of that name (a StatefulSet's)
    const QString nodeName = now ? now->node : before ? before->node : QString();
    const auto node = std::ranges::find(facts.nodes, nodeName, &Node::name);
    const bool nodesKnown = !facts.nodes.isEmpty() && mayRead(facts, "nodes"_L1);
    if (!nodeName.isEmpty() && ((node != facts.nodes.end() && !node->ready) || (node == facts.nodes.end() && nodesKnown) || (now && now->unanswered)))
        return LeaderCause::NodeLost;
    if (before && next && before->ownerKind == "ReplicaSet"_L1 && next->ownerKind == before->ownerKind && next->ownerName != before->ownerName)
        return LeaderCause::RolledOut;
    if (now && now->reason == "Evicted"_L1)
        return LeaderCause::Evicted;
    // A drain cordons first; then the pod goes.
    const bool goes = !now || now->deleting.isValid();
    if (goes && node != facts.nodes.end() && node->unschedulable)
        return LeaderCause::Evicted;
    return LeaderCause::Unknown;
}

void LeaderWatch::remember(const QList<LeaderChange> &changes)
{
    for (const LeaderChange &change : changes) {
        Known known;
        known.lease.ns = change.lease.section(u'/', 0, 0);
        known.lease.name = change.lease.section(u'/', 1);
        known.lease.holder = change.toPod;
        known.lease.acquired = change.at;
        known.rememberedOnly = true;
        if (!change.toNode.isEmpty()) {
            known.pod.emplace();
            known.pod->name = change.toPod;
            known.pod->node = change.toNode;
            known.pod->ns = change.ns;
        }
        m_known.insert(change.lease, known);
    }
}

QList<LeaderChange> LeaderWatch::update(const ClusterFacts &facts, const QList<Component> &components, bool unbroken)
{
    QList<LeaderChange> changes;
    const bool first = !std::exchange(m_looked, true);
    for (const Component &component : components) {
        const QList<Lease> leases = leasesOf(component, facts.leases);
        for (const Lease &lease : leases) {
            const auto known = m_known.find(nameOf(lease));
            if (lease.holder.isEmpty()) {
                // Given back: the holder's last write says when.
                if (known != m_known.end() && unbroken && !known->released.isValid())
                    known->released = lease.renewed;
                continue;
            }
            const Pod *next = podOf(facts, component.ns, holderPod(lease));
            Known now;
            now.lease = lease;
            if (next)
                now.pod = *next;
            now.held = lease.renewed.isValid() && components::isRenewed(lease.renewed.secsTo(facts.now), lease.seconds);
            if (known == m_known.end()) {
                m_known.insert(nameOf(lease), now);
                // One that is seen for the first time is news only where it was looked for before.
                if (first || !unbroken || !lease.acquired.isValid())
                    continue;
                LeaderChange change;
                change.component = component.id;
                change.ns = component.ns;
                change.lease = nameOf(lease);
                change.at = lease.acquired;
                change.toPod = holderPod(lease);
                change.toNode = next ? next->node : QString();
                change.cause = LeaderCause::Begun;
                change.replicas = component.desired;
                changes.append(change);
                continue;
            }
            const bool sameHold = known->rememberedOnly ? known->lease.holder == holderPod(lease) && known->lease.acquired == lease.acquired
                                                        : isSameHold(known->lease, lease);
            if (sameHold || !lease.acquired.isValid()) {
                // The pod may be gone from the next look on: what is known of it stays.
                if (!now.pod && !known->rememberedOnly)
                    now.pod = known->pod;
                now.held = now.held || known->held;
                *known = now;
                continue;
            }
            const Lease &before = known->lease;
            LeaderChange change;
            change.component = component.id;
            change.ns = component.ns;
            change.lease = nameOf(lease);
            change.at = lease.acquired;
            change.fromPod = holderPod(before);
            change.fromNode = known->pod ? known->pod->node : QString();
            change.toPod = holderPod(lease);
            change.toNode = next ? next->node : QString();
            change.replicas = component.desired;
            const bool same = !known->rememberedOnly && before.uid == lease.uid;
            change.skipped = same ? std::max(0, lease.transitions - before.transitions - 1) : 0;
            const bool seen = same && unbroken && change.skipped == 0;
            if (seen) {
                const QDateTime lost = known->released.isValid() ? known->released : before.renewed;
                // Two clocks: where they disagree by more than the gap nothing can be told.
                if (known->held && lost.isValid() && lost <= lease.acquired)
                    change.gap = static_cast<double>(lost.msecsTo(lease.acquired)) / 1000.0;
                // Who leads and is ready works; one that only gets ready later worked some time after that, which nobody saw.
                if (change.gap >= 0 && next && next->ready())
                    change.worked = change.gap;
                change.cause = causeOf(known->pod, change.fromPod, next, facts);
            }
            changes.append(change);
            *known = now;
        }
    }
    std::ranges::stable_sort(changes, {}, &LeaderChange::at);
    return changes;
}

Readiness readinessOf(const Component &component)
{
    // Of one that could not even be looked for nothing is known; of one whose pods hide themselves the workload tells. One that
    // was scaled to zero is down, as its verdict says: what it did stops.
    const bool found = component.desired > 0 || component.standing == components::Standing::Down;
    if (!found)
        return Readiness::NotSeen;
    if (component.ready <= 0)
        return Readiness::NotReady;
    return component.ready < component.desired ? Readiness::Partly : Readiness::Ready;
}

void ReadinessWatch::update(const QList<Component> &components, const QDateTime &at, bool unbroken)
{
    QHash<QString, ReadinessSpan> open;
    for (const Component &component : components) {
        const QString key = componentKey(component);
        const Readiness state = readinessOf(component);
        if (state == Readiness::NotSeen)
            continue;
        auto before = m_open.find(key);
        const bool goesOn = unbroken && before != m_open.end() && before->to <= at;
        if (goesOn)
            before->to = at;
        if (goesOn && before->state == state) {
            open.insert(key, *before);
            m_open.erase(before);
            continue;
        }
        m_changed = m_changed || before == m_open.end() || before->state != state;
        open.insert(key, {at, at, state});
    }
    for (auto it = m_open.cbegin(); it != m_open.cend(); ++it)
        m_closed[it.key()].append(it.value());
    m_open = open;
}

QHash<QString, QList<ReadinessSpan>> ReadinessWatch::take()
{
    QHash<QString, QList<ReadinessSpan>> spans = std::exchange(m_closed, {});
    for (auto it = m_open.cbegin(); it != m_open.cend(); ++it)
        spans[it.key()].append(it.value());
    m_changed = false;
    return spans;
}

} // namespace cairn::situation
