// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Text.h"
#include "components/Component.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;

namespace cairn::components {
namespace {

using State = Leadership::State;

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::components)
};

QString seconds(qint64 value)
{
    return text::duration(std::chrono::seconds(value));
}

} // namespace

QString reasonOf(const Entry &entry, std::optional<bool> hasAutoscaler, std::optional<bool> hasClaim)
{
    if (!entry.autoscaler.isEmpty() && hasAutoscaler == false)
        return Words::tr("Every replica works: raise its replicas, as no autoscaler does.");
    if (entry.scaling == Scaling::Data && hasClaim == false)
        return Words::tr("It mounts no PVC, so that its data ends with its pod: replace it with one that keeps and replicates its data instead of scaling it.");
    return translated(entry.reason);
}

QString consequence(const Component &component)
{
    const Entry &entry = component.entry();
    if (component.survivesNode()) {
        if (component.leader.state == State::Fresh)
            return Words::tr("Another replica takes the lead within about %1.").arg(seconds(std::max(1, component.leader.seconds)));
        return Words::tr("The other replicas keep running.");
    }
    const QString stops = translated(entry.stops);
    // Replicas that do not lead answer the API server all the same.
    if (component.standing == Standing::NoLeader)
        return stops;
    return entry.webhook.isEmpty() ? stops : Words::tr("%1 %2", "two sentences").arg(stops, translated(entry.webhook));
}

QStringList reasons(const Component &component)
{
    const Entry &entry = component.entry();
    const int nodes = static_cast<int>(component.nodes.size());
    switch (component.standing) {
    case Standing::NotObservable:
        return {component.error.why.isEmpty() ? Words::tr("%1.", "a sentence").arg(text::safe(component.error.what))
                                              : Words::tr("%1: %2.", "what happened, why").arg(text::safe(component.error.what), text::safe(component.error.why))};
    case Standing::Down:
        return {component.desired == 0 ? Words::tr("It is scaled to zero.")
                                       : Words::tr("None of its %n replica(s) is ready.", nullptr, component.desired)};
    case Standing::NoLeader:
        return {Words::tr("Nobody is known to lead: its lease was not renewed in time. Whether another replica takes over is unknown.")};
    case Standing::Degraded:
        return {Words::tr("Of %n replica(s) %1 are ready.", nullptr, component.desired).arg(component.ready)};
    case Standing::SinglePoint: {
        QStringList list;
        if (component.autoscaler && component.autoscaler->floor < 2)
            list.append(Words::tr("Its autoscaler may go down to %n replica(s).", nullptr, component.autoscaler->floor));
        else if (entry.scaling == Scaling::Quorum)
            list.append(Words::tr("It has %n member(s), and none of them may be lost.", nullptr, component.desired));
        else if (component.kind == "StaticPod"_L1 || component.kind == "DaemonSet"_L1)
            list.append(Words::tr("There is one only."));
        else
            list.append(Words::tr("Only one replica is asked for."));
        list.append(reasonOf(entry, component.autoscalerUnread ? std::nullopt : std::optional(component.autoscaler.has_value()), !component.keptIn.isEmpty()));
        return list;
    }
    case Standing::DiesWithNode:
        if (entry.scaling == Scaling::Quorum && nodes > 1)
            return {Words::tr("One of its %n node(s) has so many of its members that the others are no majority.", nullptr, nodes)};
        return {Words::tr("All %n ready replica(s) are on node %1.", nullptr, component.ready).arg(text::safe(component.nodes.first()))};
    case Standing::DependsOn:
        return {Words::tr("It would tolerate a node failure itself, but it needs %1, which would not.").arg(component.cause)};
    case Standing::SurvivesNode: {
        QStringList list{nodes > 0 ? Words::tr("Ready on %n node(s).", nullptr, nodes) : Words::tr("%n of them answer.", nullptr, component.ready)};
        if (entry.scaling == Scaling::Quorum && component.desired % 2 == 0)
            list.append(Words::tr("An even number of members tolerates no more failures than one member less."));
        if (component.zones == 1)
            list.append(Words::tr("All of them are in one zone."));
        else if (component.zones < 0)
            list.append(Words::tr("The zones of its nodes are not known."));
        return list;
    }
    case Standing::SurvivesZone:
        return {Words::tr("Ready on %n node(s).", nullptr, nodes), Words::tr("They are in %n zone(s).", nullptr, component.zones)};
    }
    return {};
}

QStringList alarms(const Component &component, const QDateTime &now)
{
    const Entry &entry = component.entry();
    const Leadership &leader = component.leader;
    QStringList list;
    if (component.splitBrain) {
        list.append(entry.scaling == Scaling::Data
                        ? Words::tr("Several replicas share one store that only one may write: its data is in danger.")
                        : Words::tr("Split brain: several replicas run and nothing elects a leader, so they do everything twice."));
    }
    switch (leader.state) {
    case State::Stale:
        list.append(Words::tr("The lease %1 was not renewed for %2, although it holds for %3 only: nobody is known to lead.")
                        .arg(text::safe(leader.lease), seconds(leader.renewed.secsTo(now)), seconds(leader.seconds)));
        break;
    case State::Future:
        list.append(Words::tr("The lease %1 was renewed %2 in the future: a clock is wrong, so nothing can be told from its age.")
                        .arg(text::safe(leader.lease), seconds(now.secsTo(leader.renewed))));
        break;
    case State::Missing:
        if (entry.lease && entry.lease->onByDefault && component.ready > 0)
            list.append(Words::tr("There is no leader election lease, although one is expected."));
        break;
    case State::Unread: list.append(Words::tr("Its leader is unknown: you don't have permission to read its lease.")); break;
    default: break;
    }
    if (component.budgetUnread)
        list.append(Words::tr("Whether a PDB protects it is unknown: you don't have permission to read PDBs."));
    if (component.autoscalerUnread)
        list.append(Words::tr("Whether an autoscaler may scale it down is unknown: you don't have permission to read autoscalers."));
    return list;
}

} // namespace cairn::components
