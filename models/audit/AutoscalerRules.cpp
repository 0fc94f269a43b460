// SPDX-License-Identifier: GPL-3.0-or-later
#include "audit/Read.h"
#include "base/Text.h"

#include <QCoreApplication>
#include <QJsonArray>

using namespace Qt::StringLiterals;

namespace cairn::audit {
namespace {

using components::Scaling;

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::audit)
};

const QString autoscaling = u"autoscaling"_s;
const QString hpa = u"HorizontalPodAutoscaler"_s;

/// Who owns spec.replicas, but for the autoscaler itself, which writes the scale subresource.
QString ownerOfReplicas(const QJsonObject &object)
{
    for (const QJsonValue entry : at(object, u"metadata.managedFields").toArray()) {
        if (entry[u"subresource"_s].toString().isEmpty() && entry[u"fieldsV1"_s][u"f:spec"_s].toObject().contains(u"f:replicas"_s))
            return entry[u"manager"_s].toString();
    }
    return {};
}

void ha12(Judging &judging)
{
    for (const Subject &subject : judging.subjects()) {
        if (!subject.autoscaler || subject.floor >= 2)
            continue;
        Finding finding = single(judging, subject);
        judging.say(finding);
    }
}

void ha13(Judging &judging)
{
    for (const Subject &subject : judging.subjects()) {
        if (!subject.autoscaler)
            continue;
        const QString owner = ownerOfReplicas(*subject.object);
        // managedFields are a server's; a manifest fights as soon as it names the field.
        const bool fights = judging.scene.isLive() ? !owner.isEmpty() : !at(*subject.object, u"spec.replicas").isUndefined();
        if (!fights)
            continue;
        Finding finding = judging.about(subject);
        finding.title = Words::tr("HPA and manifest both set the replicas of %1").arg(subject.shown());
        finding.consequence = Words::tr("Each time the manifest is applied, it is scaled to %n replica(s) until the HPA corrects it.", nullptr, subject.desired);
        finding.fix = Words::tr("Leave spec.replicas out of the manifest; the HPA owns it.");
        finding.evidence = {field(*subject.object, u"spec.replicas"_s), evidence(nameOf(*subject.autoscaler))};
        if (!owner.isEmpty())
            finding.evidence.append(evidence(subject.name, u"metadata.managedFields"_s, owner));
        judging.say(finding);
    }
}

void ha14(Judging &judging)
{
    for (const Subject &subject : judging.subjects()) {
        if (!subject.autoscaler)
            continue;
        for (const QJsonObject *budget : subject.budgets) {
            const Share least = shareOf(at(*budget, u"spec.minAvailable"));
            if (!least.set || least.value == 0 || least.of(subject.floor) < subject.floor)
                continue;
            Finding finding = judging.about(subject);
            finding.title = Words::tr("PDB of %1 wants as many as its HPA may leave").arg(subject.shown());
            finding.consequence = Words::tr("Scaled down to %n replica(s), none of them may be evicted and drains hang.", nullptr, subject.floor);
            finding.fix = Words::tr("Set minReplicas of HPA %1 to 2 or more, and maxUnavailable 1 in the PDB.").arg(text::safe(nameOf(*subject.autoscaler).name));
            finding.evidence = {field(*budget, u"spec.minAvailable"_s), field(*subject.autoscaler, u"spec.minReplicas"_s)};
            judging.say(finding);
        }
    }
}

void ha15(Judging &judging)
{
    for (const QJsonObject *autoscaler : judging.until(judging.scene.all(autoscaling, hpa))) {
        const ObjectName name = nameOf(*autoscaler);
        if (judging.scene.isLive() && !judging.facts.isJudged(name.ns))
            continue;
        const QString kind = at(*autoscaler, u"spec.scaleTargetRef.kind").toString();
        const QString target = at(*autoscaler, u"spec.scaleTargetRef.name").toString();
        const bool judged = kind == "Deployment"_L1 || kind == "StatefulSet"_L1;
        const ObjectName wanted{u"apps"_s, kind, name.ns, target};
        Finding finding = judging.about(name);
        const QJsonObject active = conditionOf(*autoscaler, u"ScalingActive");
        if (judged && judging.facts.saw(u"apps"_s, kind, name.ns) && !judging.scene.find(wanted)) {
            finding.title = Words::tr("HPA %1 scales nothing").arg(text::safe(name.name));
            finding.consequence = Words::tr("There is no %1 %2 in its namespace.").arg(text::safe(kind), text::safe(target));
            finding.fix = Words::tr("Name the workload that is there, or delete the HPA.");
            finding.evidence = {field(*autoscaler, u"spec.scaleTargetRef"_s)};
        } else if (active[u"status"_s].toString() == "False"_L1) {
            finding.title = Words::tr("HPA %1 gets no metrics").arg(text::safe(name.name));
            finding.consequence = Words::tr("It does not scale under load: %1.").arg(text::safe(active[u"reason"_s].toString()));
            finding.fix = Words::tr("Install metrics-server, and set requests for what it measures.");
            finding.evidence = {evidence(name, u"status.conditions"_s, u"ScalingActive False "_s + active[u"reason"_s].toString())};
        } else {
            continue;
        }
        judging.say(finding);
    }
}

void ha51(Judging &judging)
{
    for (const Subject &subject : judging.subjects()) {
        if (!subject.autoscaler || !subject.entry || (subject.scaling != Scaling::Leader && subject.scaling != Scaling::LeaderOff))
            continue;
        Finding finding = judging.about(subject);
        finding.title = Words::tr("HPA %1 scales replicas that only stand by").arg(text::safe(nameOf(*subject.autoscaler).name));
        finding.consequence = Words::tr("Of %1 one replica works and the others wait, so that more of them do no more.").arg(subject.shown());
        finding.fix = Words::tr("Delete the HPA and set replicas to 2.");
        finding.evidence = {field(*subject.autoscaler, u"spec.scaleTargetRef"_s), field(*subject.autoscaler, u"spec.maxReplicas"_s)};
        judging.say(finding);
    }
}

} // namespace

QList<Rule> autoscalerRules()
{
    const QList<Need> here{{autoscaling, hpa}};
    return {
        {.id = u"HA12"_s, .severity = Severity::High, .title = QT_TRANSLATE_NOOP("cairn::audit", "HPA may go down to one replica"),
         .why = QT_TRANSLATE_NOOP("cairn::audit", "What an HPA may scale to one is at one when nobody looks."), .needs = here, .anyway = true,
         .judge = ha12},
        {.id = u"HA13"_s, .severity = Severity::Medium, .title = QT_TRANSLATE_NOOP("cairn::audit", "HPA and manifest fight over replicas"),
         .why = QT_TRANSLATE_NOOP("cairn::audit", "Two owners of one field undo each other."), .needs = here, .judge = ha13},
        {.id = u"HA14"_s, .severity = Severity::High, .title = QT_TRANSLATE_NOOP("cairn::audit", "PDB wants as many as the HPA may leave"),
         .why = QT_TRANSLATE_NOOP("cairn::audit", "At the floor of the HPA such a PDB blocks every drain."), .needs = {{autoscaling, hpa}, {u"policy"_s, u"PodDisruptionBudget"_s}},
         .judge = ha14},
        {.id = u"HA15"_s, .severity = Severity::Medium, .title = QT_TRANSLATE_NOOP("cairn::audit", "HPA without target or metrics"),
         .why = QT_TRANSLATE_NOOP("cairn::audit", "An HPA that cannot scale is no help under load."), .needs = here, .judge = ha15},
        {.id = u"HA51"_s, .severity = Severity::Low, .title = QT_TRANSLATE_NOOP("cairn::audit", "HPA on a workload that elects a leader"),
         .why = QT_TRANSLATE_NOOP("cairn::audit", "Standbys take no load; the HPA only moves the count."), .needs = here, .judge = ha51},
    };
}

} // namespace cairn::audit
