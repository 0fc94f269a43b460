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

void ha49(Judging &judging)
{
    for (const Subject &subject : judging.subjects()) {
        if (!subject.entry || subject.desired == 0)
            continue;
        for (const QString &id : subject.entry->startsAfter) {
            const Subject *first = judging.facts.find(id);
            // What is not installed was replaced by something else; what does not run is Down.
            const bool seen = first && first->object->contains(u"status"_s);
            if (!seen || wholeOf(at(*first->object, u"status.readyReplicas")).value_or(0) > 0)
                continue;
            Finding finding = judging.about(subject);
            finding.title = Words::tr("%1 could not start again without %2").arg(subject.shown(), first->shown());
            finding.consequence = Words::tr("Its pods wait for %1, which is down, when they start: one that is evicted or restarted now stays away.").arg(first->shown());
            finding.fix = Words::tr("Bring %1 back first, and drain no node until then.").arg(first->shown());
            finding.evidence = {field(*first->object, u"status.readyReplicas"_s), field(*first->object, u"spec.replicas"_s), field(*subject.object, u"status.readyReplicas"_s)};
            judging.say(finding);
        }
    }
}

void ha55(Judging &judging)
{
    QStringList ambient;
    for (const QJsonObject *ns : judging.until(judging.scene.all({}, u"Namespace"_s))) {
        if (labelsOf(*ns).value(u"istio.io/dataplane-mode"_s) == "ambient"_L1)
            ambient.append(nameOf(*ns).name);
    }
    if (ambient.isEmpty())
        return;
    // Asked for only here: where nothing is ambient, whether they may be read does not matter.
    if (const ObjectName pods{{}, u"Pod"_s, u"istio-system"_s, {}}; !judging.scene.saw(pods.group, pods.kind, pods.ns)) {
        const QString why = judging.scene.whyMissed(pods.group, pods.kind, pods.ns);
        judging.cannot(Words::tr("%1 could not be listed: %2.").arg(pods.kind, why.isEmpty() ? Words::tr("it was not read") : why));
        return;
    }
    QSet<QString> covered;
    for (const QJsonObject *pod : judging.until(judging.scene.all({}, u"Pod"_s))) {
        if (labelsOf(*pod).value(u"app"_s) == "ztunnel"_L1 && isReady(*pod))
            covered.insert(at(*pod, u"spec.nodeName").toString());
    }
    QMap<QString, QStringList> bare; ///< node → workloads
    for (const Subject &subject : judging.subjects()) {
        if (!ambient.contains(subject.name.ns))
            continue;
        for (const QJsonObject *pod : subject.pods) {
            const QString node = at(*pod, u"spec.nodeName").toString();
            if (!node.isEmpty() && !covered.contains(node) && !bare[node].contains(subject.name.name))
                bare[node].append(subject.name.name);
        }
    }
    for (auto it = bare.begin(); it != bare.end(); ++it) {
        Finding finding = judging.about(ObjectName{{}, u"Node"_s, {}, it.key()});
        finding.title = Words::tr("ztunnel is not ready on node %1").arg(text::safe(it.key()));
        finding.consequence = Words::tr("Pods of the ambient mesh on it reach nothing and nobody reaches them: %1.").arg(joined(it.value()));
        finding.fix = Words::tr("Look at the pod of DaemonSet ztunnel on that node.");
        finding.evidence = {evidence({u"apps"_s, u"DaemonSet"_s, u"istio-system"_s, u"ztunnel"_s}, {}, Words::tr("no ready pod on %1").arg(text::safe(it.key()))),
                            evidence({{}, u"Namespace"_s, {}, ambient.first()}, u"metadata.labels[istio.io/dataplane-mode]"_s, u"ambient"_s)};
        judging.say(finding);
    }
}

} // namespace

QList<Rule> startRules()
{
    return {
        {.id = u"HA49"_s, .severity = Severity::High, .title = QT_TRANSLATE_NOOP("cairn::audit", "Start chain broken"),
         .why = QT_TRANSLATE_NOOP("cairn::audit", "What looks well may be unable to start again, because what it waits for is down."), .needsCluster = true, .judge = ha49},
        {.id = u"HA55"_s, .severity = Severity::High, .title = QT_TRANSLATE_NOOP("cairn::audit", "Ambient mesh lacks a node"),
         .why = QT_TRANSLATE_NOOP("cairn::audit", "In ambient mode the traffic of all pods of a node passes its ztunnel."), .needsCluster = true,
         .needs = {{.group = {}, .kind = u"Namespace"_s, .everywhere = true}}, .judge = ha55},
    };
}

} // namespace cairn::audit
