// SPDX-License-Identifier: GPL-3.0-or-later
#include "audit/Read.h"
#include "base/Text.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QMap>

using namespace Qt::StringLiterals;

namespace cairn::audit {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::audit)
};

const QString policy = u"policy"_s;
const QString pdb = u"PodDisruptionBudget"_s;

/// PDBs in namespaces that are judged, in the order of their names.
QList<const QJsonObject *> budgets(const Judging &judging)
{
    QList<const QJsonObject *> found;
    for (const QJsonObject *budget : judging.until(judging.scene.all(policy, pdb))) {
        if (!judging.scene.isLive() || judging.facts.isJudged(nameOf(*budget).ns))
            found.append(budget);
    }
    return found;
}

Share minAvailable(const QJsonObject &budget)
{
    return shareOf(at(budget, u"spec.minAvailable"));
}

Share maxUnavailable(const QJsonObject &budget)
{
    return shareOf(at(budget, u"spec.maxUnavailable"));
}

/// The field that says how much may be away.
QString limitField(const QJsonObject &budget)
{
    return at(budget, u"spec.maxUnavailable").isUndefined() ? u"spec.minAvailable"_s : u"spec.maxUnavailable"_s;
}

QString jobOf(const QJsonObject &pod)
{
    const QMap<QString, QString> labels = labelsOf(pod);
    for (const QString &key : {u"training.kubeflow.org/job-name"_s, u"jobset.sigs.k8s.io/jobset-name"_s}) {
        if (labels.contains(key))
            return labels.value(key);
    }
    return {};
}

bool isRunning(const QJsonObject &pod)
{
    const QString phase = at(pod, u"status.phase").toString();
    return phase == "Running"_L1 || phase == "Pending"_L1;
}

/// Takes pods of training jobs alone.
bool isOfJobs(const Judging &judging, const QJsonObject &budget)
{
    const QList<const QJsonObject *> pods = judging.facts.podsOf(nameOf(budget).ns, selectorOf(at(budget, u"spec.selector")));
    return !pods.isEmpty() && std::ranges::all_of(pods, [](const QJsonObject *pod) { return !jobOf(*pod).isEmpty(); });
}

void ha07(Judging &judging)
{
    for (const Subject &subject : judging.subjects()) {
        if (subject.kept() < 2 || !subject.budgets.isEmpty() || !judging.facts.saw(policy, pdb, subject.name.ns))
            continue;
        Finding finding = judging.about(subject);
        finding.title = Words::tr("%1 has no PDB").arg(subject.shown());
        finding.consequence = Words::tr("Draining its nodes may evict all %n replica(s) at once.", nullptr, subject.kept());
        finding.fix = Words::tr("Add a PDB with maxUnavailable 1, unhealthyPodEvictionPolicy AlwaysAllow and the selector of the workload.");
        finding.evidence = {subject.autoscaler ? field(*subject.autoscaler, u"spec.minReplicas"_s) : field(*subject.object, u"spec.replicas"_s),
                            evidence(subject.name, u"spec.selector"_s, shownValue(at(*subject.object, u"spec.selector.matchLabels")))};
        judging.say(finding);
    }
}

void ha08(Judging &judging)
{
    for (const QJsonObject *budget : judging.until(budgets(judging))) {
        const ObjectName name = nameOf(*budget);
        if (isOfJobs(judging, *budget))
            continue; // HA53: by design
        const QList<const Subject *> taken = judging.facts.takenBy(name.ns, selectorOf(at(*budget, u"spec.selector")));
        int replicas = 0;
        bool scaled = false;
        for (const Subject *subject : taken) {
            replicas += subject->desired;
            scaled = scaled || subject->autoscaler;
        }
        const Share least = minAvailable(*budget), most = maxUnavailable(*budget);
        const std::optional<int> allowed = wholeOf(at(*budget, u"status.disruptionsAllowed"));
        const std::optional<int> expected = wholeOf(at(*budget, u"status.expectedPods"));
        const std::optional<int> healthy = wholeOf(at(*budget, u"status.currentHealthy"));
        Finding finding = judging.about(name);
        if (most.isNothing() || least.isAll()) {
            finding.consequence = Words::tr("It allows no eviction at all, so that draining a node with one of its pods never ends.");
        } else if (least.set && !least.percent && replicas > 0 && least.value >= replicas && !scaled) {
            finding.consequence = Words::tr("It wants %1 available of %n replica(s), so that draining a node with one of them never ends.", nullptr, replicas).arg(least.value);
        } else if (least.set && least.percent && replicas > 0 && least.of(replicas) >= replicas && !scaled) {
            finding.consequence = Words::tr("%1 % of %n replica(s) is all of them, so that draining a node with one of them never ends.", nullptr, replicas).arg(least.value);
        } else if (allowed && *allowed == 0 && expected && *expected > 0 && healthy && *healthy >= *expected) {
            finding.consequence = Words::tr("All of its pods are ready and none of them may be evicted, so that draining their nodes never ends.");
        } else {
            continue;
        }
        finding.title = Words::tr("PDB %1 blocks every drain").arg(text::safe(name.name));
        finding.fix = replicas > 1 ? Words::tr("Set maxUnavailable 1 instead.") : Words::tr("Run two replicas and set maxUnavailable 1, or delete the PDB.");
        finding.evidence = {field(*budget, limitField(*budget))};
        if (allowed)
            finding.evidence.append(field(*budget, u"status.disruptionsAllowed"_s));
        for (const Subject *subject : taken.first(std::min<qsizetype>(3, taken.size())))
            finding.evidence.append(field(*subject->object, u"spec.replicas"_s));
        judging.say(finding);
    }
}

void ha09(Judging &judging)
{
    for (const QJsonObject *budget : judging.until(budgets(judging))) {
        if (!minAvailable(*budget).isNothing() && !maxUnavailable(*budget).isAll())
            continue;
        Finding finding = judging.about(nameOf(*budget));
        finding.title = Words::tr("PDB %1 protects nothing").arg(text::safe(finding.object.name));
        finding.consequence = Words::tr("It allows all of its pods to be evicted at once.");
        finding.fix = Words::tr("Run two replicas, then set maxUnavailable 1.");
        finding.evidence = {field(*budget, limitField(*budget))};
        judging.say(finding);
    }
}

void ha10(Judging &judging)
{
    for (const QJsonObject *budget : judging.until(budgets(judging))) {
        const ObjectName name = nameOf(*budget);
        const LabelSelector selector = selectorOf(at(*budget, u"spec.selector"));
        if (!judging.facts.takenBy(name.ns, selector).isEmpty() || !judging.facts.podsOf(name.ns, selector).isEmpty())
            continue;
        // Manifests do not show the pods that controllers make.
        if (judging.scene.isLive() && !judging.facts.saw({}, u"Pod"_s, name.ns))
            continue;
        Finding finding = judging.about(name);
        finding.title = Words::tr("PDB %1 selects no pod").arg(text::safe(name.name));
        finding.consequence = Words::tr("What it was meant for is not protected.");
        finding.fix = Words::tr("Use the selector of the workload as it is in the cluster: labels differ between releases.");
        finding.evidence = {field(*budget, u"spec.selector"_s)};
        judging.say(finding);
    }
    for (const Subject &subject : judging.subjects()) {
        if (subject.budgets.size() < 2)
            continue;
        Finding finding = judging.about(subject);
        QStringList names;
        for (const QJsonObject *budget : subject.budgets) {
            names.append(nameOf(*budget).name);
            finding.evidence.append(field(*budget, u"spec.selector"_s));
        }
        finding.title = Words::tr("%n PDB(s) select the pods of %1", nullptr, static_cast<int>(names.size())).arg(subject.shown());
        finding.consequence = Words::tr("Pods with several PDBs cannot be evicted at all, so that draining their nodes fails.");
        finding.fix = Words::tr("Keep one of %1, with the whole selector of the workload.").arg(joined(names));
        judging.say(finding);
    }
}

void ha11(Judging &judging)
{
    for (const QJsonObject *budget : judging.until(budgets(judging))) {
        if (at(*budget, u"spec.unhealthyPodEvictionPolicy").isString())
            continue;
        Finding finding = judging.about(nameOf(*budget));
        finding.title = Words::tr("PDB %1 also protects pods that do not work").arg(text::safe(finding.object.name));
        finding.consequence = Words::tr("A pod that is never ready keeps its node from being drained.");
        finding.fix = Words::tr("Set unhealthyPodEvictionPolicy AlwaysAllow.");
        finding.evidence = {field(*budget, u"spec.unhealthyPodEvictionPolicy"_s)};
        judging.say(finding);
    }
}

/// Pods that train together.
struct Gang {
    QList<const QJsonObject *> pods;
    bool guarded = false;              ///< a PDB takes one of them
    const QJsonObject *strict = nullptr; ///< that lets none of them go
};

void ha53(Judging &judging)
{
    QMap<QString, QMap<QString, Gang>> gangs; ///< by namespace and job
    for (const QJsonObject *pod : judging.until(judging.scene.all({}, u"Pod"_s))) {
        if (const QString job = jobOf(*pod); !job.isEmpty() && isRunning(*pod))
            gangs[nameOf(*pod).ns][job].pods.append(pod);
    }
    for (const QJsonObject *budget : judging.until(judging.scene.all(policy, pdb))) {
        const auto here = gangs.find(nameOf(*budget).ns);
        if (here == gangs.end())
            continue;
        const Share least = minAvailable(*budget);
        for (const QJsonObject *pod : judging.facts.podsOf(here.key(), selectorOf(at(*budget, u"spec.selector")))) {
            const auto gang = isRunning(*pod) ? here->find(jobOf(*pod)) : here->end();
            if (gang == here->end())
                continue;
            gang->guarded = true;
            if ((least.set && least.of(static_cast<int>(gang->pods.size())) >= gang->pods.size()) || maxUnavailable(*budget).isNothing())
                gang->strict = budget;
        }
    }
    QList<std::tuple<QString, QString, Gang>> all;
    for (auto it = gangs.cbegin(); it != gangs.cend(); ++it) {
        for (auto gang = it->cbegin(); gang != it->cend(); ++gang)
            all.append({it.key(), gang.key(), *gang});
    }
    for (const auto &[ns, job, gang] : judging.until(all)) {
        const QList<const QJsonObject *> &pods = gang.pods;
        const QJsonObject *strict = gang.strict;
        if (pods.size() < 2 || !judging.facts.saw(policy, pdb, ns))
            continue;
        if (gang.guarded && !strict)
            continue;
        const QMap<QString, QString> labels = labelsOf(*pods.first());
        const bool isSet = labels.contains(u"jobset.sigs.k8s.io/jobset-name"_s);
        QString kind = isSet ? u"JobSet"_s : u"Job"_s;
        for (const QJsonValue owner : at(*pods.first(), u"metadata.ownerReferences").toArray()) {
            if (!isSet && owner[u"name"_s].toString() == job)
                kind = owner[u"kind"_s].toString(kind);
        }
        Finding finding = judging.about(ObjectName{isSet ? u"jobset.x-k8s.io"_s : u"kubeflow.org"_s, kind, ns, job});
        finding.title = strict ? Words::tr("Draining a node of %1 hangs until the job ends").arg(text::safe(job))
                               : Words::tr("Draining a node of %1 kills the whole job").arg(text::safe(job));
        finding.consequence = strict ? Words::tr("By design its PDB keeps all %n pod(s), so that a drain waits for the whole job.", nullptr, static_cast<int>(pods.size()))
                                     : Words::tr("It runs as %n pod(s) that work together; a drain takes some of them and all lose what was not saved.", nullptr, static_cast<int>(pods.size()));
        finding.fix = Words::tr("Save a checkpoint, suspend the job, drain, then resume it.");
        finding.evidence = {evidence(nameOf(*pods.first())), evidence(nameOf(*pods.last()))};
        if (strict)
            finding.evidence.append(field(*strict, limitField(*strict)));
        judging.say(finding);
    }
}

void ha54(Judging &judging)
{
    for (const QJsonObject *budget : judging.until(budgets(judging))) {
        const ObjectName name = nameOf(*budget);
        const LabelSelector selector = selectorOf(at(*budget, u"spec.selector"));
        const QList<const Subject *> taken = judging.facts.takenBy(name.ns, selector);
        if (taken.size() < 2)
            continue;
        QStringList names;
        for (const Subject *subject : taken)
            names.append(subject->name.name);
        Finding finding = judging.about(name);
        finding.title = Words::tr("PDB %1 selects %n workload(s)", nullptr, static_cast<int>(names.size())).arg(text::safe(name.name));
        finding.consequence = Words::tr("It counts the pods of %1 as one, so that all of one may be evicted while the other is well.").arg(joined(names));
        finding.fix = Words::tr("Give each workload a PDB with its own whole selector.");
        finding.evidence = {field(*budget, u"spec.selector"_s)};
        for (const Subject *subject : taken.first(std::min<qsizetype>(5, taken.size())))
            finding.evidence.append(evidence(subject->name, u"spec.selector"_s, shownValue(at(*subject->object, u"spec.selector.matchLabels"))));
        judging.say(finding);
    }
}

} // namespace

QList<Rule> budgetRules()
{
    const QList<Need> here{{policy, pdb}};
    return {
        {.id = u"HA07"_s, .severity = Severity::Medium, .title = QT_TRANSLATE_NOOP("cairn::audit", "No PDB"),
         .why = QT_TRANSLATE_NOOP("cairn::audit", "Without a PDB a drain may evict all replicas at once."), .needs = here, .judge = ha07},
        {.id = u"HA08"_s, .severity = Severity::High, .title = QT_TRANSLATE_NOOP("cairn::audit", "PDB blocks drains"),
         .why = QT_TRANSLATE_NOOP("cairn::audit", "A PDB that allows no eviction keeps nodes from being upgraded."), .needs = here, .judge = ha08},
        {.id = u"HA09"_s, .severity = Severity::Low, .title = QT_TRANSLATE_NOOP("cairn::audit", "PDB protects nothing"),
         .why = QT_TRANSLATE_NOOP("cairn::audit", "A PDB that allows every eviction looks like protection and is none."), .needs = here, .judge = ha09},
        {.id = u"HA10"_s, .severity = Severity::Medium, .title = QT_TRANSLATE_NOOP("cairn::audit", "PDB selects nothing, or a pod has two"),
         .why = QT_TRANSLATE_NOOP("cairn::audit", "A selector that misses protects nothing; two PDBs on one pod make every eviction fail."), .needs = here, .judge = ha10},
        {.id = u"HA11"_s, .severity = Severity::Low, .title = QT_TRANSLATE_NOOP("cairn::audit", "PDB protects pods that do not work"),
         .why = QT_TRANSLATE_NOOP("cairn::audit", "Without AlwaysAllow a broken pod blocks a drain."), .needs = here, .judge = ha11},
        {.id = u"HA53"_s, .severity = Severity::Medium, .title = QT_TRANSLATE_NOOP("cairn::audit", "Drain kills or hangs a job of several pods"),
         .why = QT_TRANSLATE_NOOP("cairn::audit", "Pods that train together stop together."), .needsCluster = true,
         .needs = {{.group = {}, .kind = u"Pod"_s}, {policy, pdb}}, .judge = ha53},
        {.id = u"HA54"_s, .severity = Severity::Medium, .title = QT_TRANSLATE_NOOP("cairn::audit", "One PDB for several workloads"),
         .why = QT_TRANSLATE_NOOP("cairn::audit", "Partial labels such as control-plane=controller-manager select what was not meant."), .needs = here, .judge = ha54},
    };
}

} // namespace cairn::audit
