// SPDX-License-Identifier: GPL-3.0-or-later
#include "audit/Read.h"
#include "base/Text.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QSet>

using namespace Qt::StringLiterals;

namespace cairn::audit {
namespace {

using components::Scaling;

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::audit)
};

const QString leases = u"coordination.k8s.io"_s;

/// How to turn leader election on, as the catalogue has it.
QString howToElect(const Subject &subject)
{
    using By = components::Election::By;
    if (!subject.entry || !subject.entry->election)
        return {};
    const components::Election &election = *subject.entry->election;
    switch (election.by) {
    case By::Flag: return Words::tr("the argument %1=%2").arg(election.setting, election.value);
    case By::Env: return Words::tr("the variable %1").arg(election.setting);
    case By::ConfigMap: return Words::tr("%1 in ConfigMap %2").arg(election.setting, election.configMap);
    default: return {};
    }
}

/// Seconds since it was last renewed, and whether that is longer than it holds; nullopt where nobody holds it or it does not say.
std::optional<qint64> overdue(const QJsonObject &lease, const QDateTime &now)
{
    const std::optional<LeaseAge> read = ageOf(lease, now);
    return read && !read->isFresh() ? std::optional(read->age) : std::nullopt;
}

/// Why it scales as it does.
QString reasonOf(const Judging &judging, const Subject &subject)
{
    const bool known = judging.facts.saw(u"autoscaling"_s, u"HorizontalPodAutoscaler"_s, subject.name.ns);
    return components::reasonOf(*subject.entry, known ? std::optional(subject.autoscaler != nullptr) : std::nullopt, !subject.claims.isEmpty());
}

void addReason(const Judging &judging, const Subject &subject, Finding *finding)
{
    if (subject.entry)
        finding->evidence.append({subject.name, {}, reasonOf(judging, subject)});
}

void ha01(Judging &judging)
{
    for (const Subject &subject : judging.subjects()) {
        if (primaryRule(subject) != judging.rule.id)
            continue;
        Finding finding = single(judging, subject);
        if (subject.ownerKind.isEmpty()) {
            if (subject.scaling == Scaling::Leader || (!subject.entry && subject.elects == Elects::Yes))
                finding.fix = Words::tr("Set replicas to 2: leader election is on, so that one works and one stands by.");
            else if (!subject.entry)
                finding.fix = Words::tr("Set replicas to 2 if it keeps no state or elects a leader: it is not in the catalogue, so that cannot be told from here.");
        }
        addReason(judging, subject, &finding);
        judging.say(finding);
    }
}

void ha02(Judging &judging)
{
    for (const Subject &subject : judging.subjects()) {
        if (primaryRule(subject) != judging.rule.id)
            continue;
        Finding finding = single(judging, subject);
        finding.title = Words::tr("%1 runs one replica, and its leader election is off").arg(subject.shown());
        const QString how = howToElect(subject);
        if (!how.isEmpty() && subject.ownerKind.isEmpty()) {
            finding.fix = subject.entry->election->lacks.isEmpty()
                ? Words::tr("Turn leader election on first (%1), roll out, then set replicas to 2.").arg(how)
                : Words::tr("Turn leader election on first (%1, and a Role that lets its service account use leases), roll out, then set replicas to 2.").arg(how);
            finding.evidence.append(evidence(subject.name, subject.entry->election->setting, Words::tr("unset")));
        }
        judging.say(finding);
    }
}

void ha03(Judging &judging)
{
    for (const Subject &subject : judging.subjects()) {
        if (!subject.entry || subject.kept() < 2)
            continue;
        // HA39 tells this one by its version; from 2.17 on two start a run once.
        if (subject.entry->id == "ml-pipeline-scheduledworkflow"_L1)
            continue;
        const bool never = subject.scaling == Scaling::Never;
        const bool off = subject.scaling == Scaling::LeaderOff;
        const Facts::Leases found = judging.facts.leasesOf(subject);
        // Where nobody renewed the Lease of a running workload, nobody leads, whatever its flags say. HA05 tells of a stale one.
        const bool missing = subject.scaling == Scaling::Leader && judging.scene.isLive() && found.expected && found.seen && found.leases.isEmpty()
            && !subject.ready.isEmpty() && subject.entry->lease->onByDefault == false;
        if (!never && !off && !missing)
            continue;
        Finding finding = judging.about(subject);
        finding.title = Words::tr("%1 runs %n replica(s) and elects no leader", nullptr, subject.kept()).arg(subject.shown());
        finding.consequence = Words::tr("All of them work at once and do the same twice: %1").arg(reasonOf(judging, subject));
        const QString how = howToElect(subject);
        finding.fix = never || how.isEmpty() ? Words::tr("Set replicas back to 1.") : Words::tr("Set replicas back to 1, or turn leader election on (%1).").arg(how);
        finding.evidence.append(field(*subject.object, u"spec.replicas"_s));
        if (missing)
            finding.evidence.append(evidence({leases, u"Lease"_s, found.ns, subject.entry->lease->names.value(0)}, {}, Words::tr("missing")));
        else if (subject.entry->election && !subject.entry->election->setting.isEmpty())
            finding.evidence.append(evidence(subject.name, subject.entry->election->setting, Words::tr("unset")));
        judging.say(finding);
    }
}

void ha04(Judging &judging)
{
    for (const Subject &subject : judging.subjects()) {
        if (!subject.entry || !subject.entry->lease || subject.desired == 0 || subject.elects != Elects::Yes)
            continue;
        using By = components::Election::By;
        // Whoever always elects was given its rights with the program.
        if (!subject.entry->election || subject.entry->election->by == By::BuiltIn)
            continue;
        // Who renews its Lease may, wherever that right comes from.
        const auto renewed = [&](const QJsonObject *lease) {
            const std::optional<LeaseAge> read = ageOf(*lease, judging.scene.now());
            return read && read->isFresh();
        };
        if (std::ranges::any_of(judging.facts.leasesOf(subject).leases, renewed))
            continue;
        const QString ns = subject.entry->lease->ns.isEmpty() ? subject.name.ns : subject.entry->lease->ns;
        const QString account = accountOf(*subject.object);
        const std::optional<Granted> granted = grantedTo(judging.scene, account, subject.name.ns, ns);
        if (!granted)
            continue;
        QStringList missing;
        for (const QString &verb : {u"get"_s, u"create"_s, u"update"_s}) {
            if (!granted->allows({{leases}, {u"leases"_s}, {verb}}, subject.entry->lease->names))
                missing.append(verb);
        }
        // Manifests without any right of this account are not all of it.
        if (missing.isEmpty() || (!judging.scene.isLive() && (!granted->bound || granted->unknown)))
            continue;
        Finding finding = judging.about(subject);
        finding.title = Words::tr("%1 elects a leader, but may not use leases").arg(subject.shown());
        finding.consequence = Words::tr("It fails when it starts: its service account may not %1 leases in namespace %2.").arg(missing.join(u", "_s), text::safe(ns));
        finding.fix = Words::tr("Add a Role on leases with get, create and update in %1, and bind it to service account %2.").arg(text::safe(ns), text::safe(account));
        finding.evidence = {evidence({{}, u"ServiceAccount"_s, subject.name.ns, account}, {}, Words::tr("no rule on leases.coordination.k8s.io for %1").arg(missing.join(u", "_s))),
                            evidence(subject.name, u"spec.template.spec.serviceAccountName"_s, account)};
        judging.say(finding);
    }
}

void ha05(Judging &judging)
{
    for (const Subject &subject : judging.subjects()) {
        if (subject.desired == 0 || subject.elects == Elects::No)
            continue;
        const Facts::Leases found = judging.facts.leasesOf(subject);
        const QJsonObject *worst = nullptr;
        qint64 longest = 0;
        for (const QJsonObject *lease : found.leases) {
            if (const auto age = overdue(*lease, judging.scene.now()); age && *age > longest) {
                longest = *age;
                worst = lease;
            }
        }
        if (!worst)
            continue;
        Finding finding = judging.about(subject);
        finding.title = Words::tr("Nobody leads %1").arg(subject.shown());
        finding.consequence = Words::tr("Its Lease has not been renewed for %1, so that no replica works: %2")
                                  .arg(text::duration(std::chrono::seconds(longest)), components::translated(subject.entry->stops));
        finding.fix = Words::tr("Look at the pod that holds the Lease, and delete it if it hangs.");
        finding.evidence = {field(*worst, u"spec.renewTime"_s), field(*worst, u"spec.leaseDurationSeconds"_s), field(*worst, u"spec.holderIdentity"_s)};
        judging.say(finding);
    }
}

/// How long fewer replicas than asked for have been ready, in seconds; nullopt where nothing says so.
std::optional<qint64> shortSince(const Subject &subject, const QDateTime &now)
{
    QDateTime since;
    const auto longer = [&](const QDateTime &time) {
        if (time.isValid() && (!since.isValid() || time < since))
            since = time;
    };
    if (const QJsonObject available = conditionOf(*subject.object, u"Available"); available[u"status"_s].toString() == "False"_L1)
        longer(timeOf(available[u"lastTransitionTime"_s]));
    for (const QJsonObject *pod : subject.pods) {
        if (const QJsonObject ready = conditionOf(*pod, u"Ready"); ready[u"status"_s].toString() == "False"_L1)
            longer(timeOf(ready[u"lastTransitionTime"_s]));
        else if (const QJsonObject placed = conditionOf(*pod, u"PodScheduled"); placed[u"status"_s].toString() == "False"_L1)
            longer(timeOf(placed[u"lastTransitionTime"_s]));
    }
    if (!since.isValid())
        longer(timeOf(conditionOf(*subject.object, u"Progressing")[u"lastUpdateTime"_s]));
    if (!since.isValid())
        longer(timeOf(at(*subject.object, u"metadata.creationTimestamp")));
    return since.isValid() && now.isValid() ? std::optional(since.secsTo(now)) : std::nullopt;
}

void ha06(Judging &judging)
{
    for (const Subject &subject : judging.subjects()) {
        const int ready = wholeOf(at(*subject.object, u"status.readyReplicas")).value_or(0);
        if (ready >= subject.desired || !subject.object->contains(u"status"_s))
            continue;
        const std::optional<qint64> since = shortSince(subject, judging.scene.now());
        if (since && *since < 300)
            continue;
        Finding finding = judging.about(subject);
        finding.title = Words::tr("%1: %2 of %n replica(s) ready", nullptr, subject.desired).arg(subject.shown()).arg(ready);
        finding.consequence = ready == 0 ? (subject.entry ? Words::tr("It is down: %1").arg(components::translated(subject.entry->stops)) : Words::tr("It is down."))
            : ready == 1                 ? Words::tr("A node failure takes the only one that is ready.")
                                         : Words::tr("It has less in reserve than was asked for.");
        finding.fix = Words::tr("Look at the events and logs of its pods.");
        finding.evidence = {field(*subject.object, u"status.readyReplicas"_s), field(*subject.object, u"spec.replicas"_s)};
        if (since)
            finding.evidence.append(evidence(subject.name, u"status.conditions"_s, Words::tr("for %1").arg(text::duration(std::chrono::seconds(*since)))));
        judging.say(finding);
    }
}

void ha45(Judging &judging)
{
    for (const Subject &subject : judging.subjects()) {
        if (primaryRule(subject) != judging.rule.id)
            continue;
        Finding finding = single(judging, subject);
        finding.title = Words::tr("%1 must stay at one replica").arg(subject.shown());
        const int away = judging.facts.secondsAway(subject);
        const bool fast = away >= 0 && away <= 100 && !subject.podSpec[u"priorityClassName"_s].toString().isEmpty();
        if (!subject.ownerKind.isEmpty()) {
            finding.severity = Severity::Low;
            finding.fix = Words::tr("%1 %2 is one pod by design: let it save its state on a PVC.").arg(text::safe(subject.ownerKind), text::safe(subject.ownerName));
        } else if (fast) {
            finding.severity = Severity::Low;
            finding.fix = Words::tr("Nothing to do: it restarts as fast as it can.");
        } else if (subject.entry) {
            finding.fix = Words::tr("Let it restart fast: tolerate not-ready and unreachable for 30 s, and give it a priority class.");
        } else {
            finding.fix = Words::tr("Keep one replica, as it keeps data on PVC %1; let it restart fast: tolerate not-ready and unreachable for 30 s.")
                              .arg(text::safe(subject.claims.value(0)));
            finding.evidence.append(evidence({{}, u"PersistentVolumeClaim"_s, subject.name.ns, subject.claims.value(0)}));
        }
        addReason(judging, subject, &finding);
        finding.evidence.append(evidence(subject.name, u"spec.template.spec.tolerations"_s,
                                         away < 0 ? Words::tr("not evicted") : Words::tr("evicted %1 after a node failure").arg(text::duration(std::chrono::seconds(away)))));
        judging.say(finding);
    }
}

void ha39(Judging &judging)
{
    const Subject *subject = judging.facts.find(u"ml-pipeline-scheduledworkflow"_s);
    if (!subject || subject->kept() < 2)
        return;
    const QVersionNumber version = judging.facts.versionOf(subject->entry->product);
    if (version.isNull()) {
        judging.cannot(Words::tr("The version of Pipelines is not known; from 2.17 on two replicas do no harm."));
        return;
    }
    if (version >= QVersionNumber(2, 17))
        return;
    Finding finding = judging.about(*subject);
    finding.title = Words::tr("%1 runs %n replica(s)", nullptr, subject->kept()).arg(subject->shown());
    finding.consequence = Words::tr("Before Pipelines 2.17 each replica starts every recurring run, so that all of them run twice.");
    finding.fix = Words::tr("Set replicas back to 1, or upgrade Pipelines to 2.17.");
    finding.evidence = {field(*subject->object, u"spec.replicas"_s), evidence(subject->name, u"image"_s, version.toString())};
    judging.say(finding);
}

} // namespace

QList<Rule> replicaRules()
{
    const QList<Need> rbac{{u"rbac.authorization.k8s.io"_s, u"Role"_s},
                           {u"rbac.authorization.k8s.io"_s, u"RoleBinding"_s},
                           {.group = u"rbac.authorization.k8s.io"_s, .kind = u"ClusterRole"_s, .everywhere = true},
                           {.group = u"rbac.authorization.k8s.io"_s, .kind = u"ClusterRoleBinding"_s, .everywhere = true}};
    return {
        {.id = u"HA01"_s, .severity = Severity::High, .title = QT_TRANSLATE_NOOP("cairn::audit", "Single replica"),
         .why = QT_TRANSLATE_NOOP("cairn::audit", "A workload that could run two replicas and runs one is gone for minutes with its node."), .judge = ha01},
        {.id = u"HA02"_s, .severity = Severity::Medium, .title = QT_TRANSLATE_NOOP("cairn::audit", "Single replica, leader election must be turned on first"),
         .why = QT_TRANSLATE_NOOP("cairn::audit", "Its replicas can elect a leader, but do not as shipped: scaling alone would do everything twice."), .judge = ha02},
        {.id = u"HA03"_s, .severity = Severity::Critical, .title = QT_TRANSLATE_NOOP("cairn::audit", "Several replicas without leader election"),
         .why = QT_TRANSLATE_NOOP("cairn::audit", "Controllers that do not elect a leader all act at once."), .judge = ha03},
        {.id = u"HA04"_s, .severity = Severity::Critical, .title = QT_TRANSLATE_NOOP("cairn::audit", "Leader election without permission for leases"),
         .why = QT_TRANSLATE_NOOP("cairn::audit", "A manager that may not write its Lease ends when it starts."), .needs = rbac, .judge = ha04},
        {.id = u"HA05"_s, .severity = Severity::High, .title = QT_TRANSLATE_NOOP("cairn::audit", "Lease not renewed"),
         .why = QT_TRANSLATE_NOOP("cairn::audit", "While nobody renews the Lease, no replica works, however many are ready."), .needsCluster = true,
         .needs = {{u"coordination.k8s.io"_s, u"Lease"_s}}, .judge = ha05},
        {.id = u"HA06"_s, .severity = Severity::High, .title = QT_TRANSLATE_NOOP("cairn::audit", "Fewer replicas ready than asked for"),
         .why = QT_TRANSLATE_NOOP("cairn::audit", "A replica that is not ready takes nothing over."), .needsCluster = true, .judge = ha06},
        {.id = u"HA39"_s, .severity = Severity::High, .title = QT_TRANSLATE_NOOP("cairn::audit", "Recurring runs start twice"),
         .why = QT_TRANSLATE_NOOP("cairn::audit", "The scheduler of Pipelines before 2.17 must not run twice."), .judge = ha39},
        {.id = u"HA45"_s, .severity = Severity::Medium, .title = QT_TRANSLATE_NOOP("cairn::audit", "Must stay at one replica: restarts fast, or stops work"),
         .why = QT_TRANSLATE_NOOP("cairn::audit", "What cannot run twice has to come back quickly."), .judge = ha45},
    };
}

} // namespace cairn::audit
