// SPDX-License-Identifier: GPL-3.0-or-later
#include "audit/Read.h"
#include "base/Text.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QSet>

using namespace Qt::StringLiterals;

namespace cairn::audit {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::audit)
};

bool hasAntiAffinity(const Subject &subject)
{
    const QJsonValue anti = subject.podSpec[u"affinity"_s][u"podAntiAffinity"_s];
    return !anti[u"requiredDuringSchedulingIgnoredDuringExecution"_s].toArray().isEmpty()
        || !anti[u"preferredDuringSchedulingIgnoredDuringExecution"_s].toArray().isEmpty();
}

/// A constraint that selects other pods than its own spreads nothing.
bool isSpread(const Subject &subject)
{
    for (const QJsonValue constraint : subject.podSpec[u"topologySpreadConstraints"_s].toArray()) {
        if (constraint.isObject() && selectorOf(constraint[u"labelSelector"_s]).matches(subject.labels))
            return true;
    }
    return false;
}

void ha16(Judging &judging)
{
    for (const Subject &subject : judging.subjects()) {
        if (subject.kept() < 2 || hasAntiAffinity(subject) || isSpread(subject))
            continue;
        Finding finding = judging.about(subject);
        const bool misses = !subject.podSpec[u"topologySpreadConstraints"_s].toArray().isEmpty();
        finding.title = misses ? Words::tr("The spread constraints of %1 select other pods").arg(subject.shown()) : Words::tr("%1 has no spread constraint").arg(subject.shown());
        finding.consequence = Words::tr("All %n replica(s) may be placed on one node and fail with it.", nullptr, subject.kept());
        finding.fix = Words::tr("Add topologySpreadConstraints on kubernetes.io/hostname with maxSkew 1, ScheduleAnyway and the selector of the workload.");
        finding.evidence = {evidence(subject.name, u"spec.template.spec.topologySpreadConstraints"_s, shownValue(subject.podSpec[u"topologySpreadConstraints"_s])),
                            subject.autoscaler ? field(*subject.autoscaler, u"spec.minReplicas"_s) : field(*subject.object, u"spec.replicas"_s)};
        judging.say(finding);
    }
}

void ha17(Judging &judging)
{
    if (judging.facts.schedulable().size() < 2)
        return;
    for (const Subject &subject : judging.subjects()) {
        if (subject.ready.size() < 2 || subject.nodes.size() != 1)
            continue;
        Finding finding = judging.about(subject);
        finding.title = Words::tr("All %n ready replica(s) of %1 are on one node", nullptr, static_cast<int>(subject.ready.size())).arg(subject.shown());
        finding.consequence = Words::tr("A failure of node %1 stops it as if there were one replica.").arg(text::safe(subject.nodes.first()));
        finding.fix = Words::tr("Add a spread constraint on kubernetes.io/hostname, then restart the rollout.");
        for (const QJsonObject *pod : subject.ready.first(std::min<qsizetype>(4, subject.ready.size())))
            finding.evidence.append(field(*pod, u"spec.nodeName"_s));
        judging.say(finding);
    }
}

void ha18(Judging &judging)
{
    const int zones = judging.facts.zones();
    if (zones < 2)
        return;
    for (const Subject &subject : judging.subjects()) {
        if (subject.ready.size() < 2 || subject.nodes.size() < 2)
            continue; // on one node: HA17
        QSet<QString> used;
        for (const QString &node : subject.nodes)
            used.insert(judging.facts.zoneOf(node));
        if (used.size() != 1 || used.contains(QString()))
            continue;
        Finding finding = judging.about(subject);
        finding.title = Words::tr("All replicas of %1 are in one zone").arg(subject.shown());
        finding.consequence = Words::tr("A failure of zone %1 stops it, although the cluster has %n zone(s).", nullptr, zones).arg(text::safe(*used.begin()));
        finding.fix = Words::tr("Add a spread constraint on topology.kubernetes.io/zone, then restart the rollout.");
        for (const QString &node : subject.nodes.first(std::min<qsizetype>(4, subject.nodes.size())))
            finding.evidence.append(evidence({{}, u"Node"_s, {}, node}, u"metadata.labels[topology.kubernetes.io/zone]"_s, judging.facts.zoneOf(node)));
        judging.say(finding);
    }
}

void ha19(Judging &judging)
{
    const int nodes = static_cast<int>(judging.facts.schedulable().size());
    const int zones = judging.facts.zones();
    for (const Subject &subject : judging.subjects()) {
        const int wanted = std::max(subject.kept(), subject.desired);
        const auto say = [&](const QString &path, const QString &key, const QString &consequence) {
            const int places = key == "topology.kubernetes.io/zone"_L1 ? zones : key == "kubernetes.io/hostname"_L1 ? nodes : wanted;
            if (places >= wanted || wanted < 2)
                return false;
            Finding finding = judging.about(subject);
            finding.title = Words::tr("%1 wants more nodes or zones than there are").arg(subject.shown());
            finding.consequence = consequence;
            finding.fix = Words::tr("Use ScheduleAnyway, or anti-affinity that is preferred, until there are %n of them.", nullptr, wanted);
            finding.evidence = {evidence(subject.name, path, key), field(*subject.object, u"spec.replicas"_s),
                                evidence({{}, u"Node"_s, {}, {}}, {}, Words::tr("%n to schedule on", nullptr, places))};
            judging.say(finding);
            return true;
        };
        bool said = false;
        for (const QJsonValue term : subject.podSpec[u"affinity"_s][u"podAntiAffinity"_s][u"requiredDuringSchedulingIgnoredDuringExecution"_s].toArray()) {
            if (!said && selectorOf(term[u"labelSelector"_s]).matches(subject.labels))
                said = say(u"spec.template.spec.affinity.podAntiAffinity"_s, term[u"topologyKey"_s].toString(),
                           Words::tr("Replicas stay Pending, and so does each new one in a rollout."));
        }
        for (const QJsonValue constraint : subject.podSpec[u"topologySpreadConstraints"_s].toArray()) {
            if (!said && constraint[u"whenUnsatisfiable"_s].toString(u"DoNotSchedule"_s) == "DoNotSchedule"_L1 && constraint.isObject()
                && selectorOf(constraint[u"labelSelector"_s]).matches(subject.labels))
                said = say(u"spec.template.spec.topologySpreadConstraints"_s, constraint[u"topologyKey"_s].toString(),
                           Words::tr("A node that is down or cordoned still counts, so that a replica that has to move may stay Pending."));
        }
    }
}

} // namespace

QList<Rule> spreadRules()
{
    const Need nodes{.group = {}, .kind = u"Node"_s, .everywhere = true};
    const Need pods{.group = {}, .kind = u"Pod"_s};
    return {
        {.id = u"HA16"_s, .severity = Severity::Medium, .title = QT_TRANSLATE_NOOP("cairn::audit", "No spread constraint"),
         .why = QT_TRANSLATE_NOOP("cairn::audit", "Nothing keeps the scheduler from placing all replicas on one node."), .judge = ha16},
        {.id = u"HA17"_s, .severity = Severity::High, .title = QT_TRANSLATE_NOOP("cairn::audit", "All replicas on one node"),
         .why = QT_TRANSLATE_NOOP("cairn::audit", "Replicas that share a node fail together."), .needsCluster = true, .needs = {nodes, pods}, .judge = ha17},
        {.id = u"HA18"_s, .severity = Severity::Medium, .title = QT_TRANSLATE_NOOP("cairn::audit", "All replicas in one zone"),
         .why = QT_TRANSLATE_NOOP("cairn::audit", "Replicas that share a zone fail together."), .needsCluster = true, .needs = {nodes, pods}, .judge = ha18},
        {.id = u"HA19"_s, .severity = Severity::Medium, .title = QT_TRANSLATE_NOOP("cairn::audit", "Required spread on a small cluster"),
         .why = QT_TRANSLATE_NOOP("cairn::audit", "A spread that must hold leaves pods Pending where there are too few nodes or zones."), .needsCluster = true, .needs = {nodes},
         .judge = ha19},
    };
}

} // namespace cairn::audit
