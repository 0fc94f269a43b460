// SPDX-License-Identifier: GPL-3.0-or-later
#include "audit/Audit.h"

#include "audit/Read.h"
#include "base/Text.h"

#include <QCoreApplication>
#include <QSet>
#include <algorithm>
#include <exception>

using namespace Qt::StringLiterals;

namespace cairn::audit {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::audit)
};

/// What stands in the way of one need, as a sentence; empty where nothing does. `whole` is set where nothing can be judged.
QString obstacle(const Facts &facts, const Need &need, bool *whole)
{
    const Scene &scene = facts.scene();
    const auto because = [&](const QString &ns) {
        const QString why = scene.whyMissed(need.group, need.kind, ns);
        return why.isEmpty() ? Words::tr("it was not read") : why;
    };
    if (need.everywhere || !need.ns.isEmpty()) {
        if (scene.saw(need.group, need.kind, need.ns))
            return {};
        *whole = true;
        return Words::tr("%1 could not be listed: %2.").arg(need.kind, because(need.ns));
    }
    QStringList unseen;
    for (const QString &ns : facts.namespaces()) {
        if (!scene.saw(need.group, need.kind, ns))
            unseen.append(ns);
    }
    if (unseen.isEmpty())
        return {};
    *whole = unseen.size() == facts.namespaces().size();
    if (*whole)
        return Words::tr("%1 could not be listed: %2.").arg(need.kind, because(unseen.first()));
    return Words::tr("Not judged in %1: %2 could not be listed there (%3).").arg(joined(unseen, 12), need.kind, because(unseen.first()));
}

/// Namespaces of the catalogue whose workloads could not be listed: of them no rule says anything.
QStringList unseenNamespaces(const Scene &scene)
{
    QStringList unseen;
    if (!scene.isLive())
        return unseen;
    for (const QString &ns : components::catalogue().namespaces()) {
        for (const QString &kind : {u"Deployment"_s, u"StatefulSet"_s}) {
            if (!scene.saw(u"apps"_s, kind, ns) && !scene.whyMissed(u"apps"_s, kind, ns).isEmpty() && !unseen.contains(ns))
                unseen.append(ns);
        }
    }
    return unseen;
}

QString withoutStop(QString sentence)
{
    while (sentence.endsWith(u".."_s))
        sentence.chop(1);
    return sentence;
}

} // namespace

QString severityWord(Severity severity)
{
    switch (severity) {
    case Severity::Critical: return u"critical"_s;
    case Severity::High: return u"high"_s;
    case Severity::Medium: return u"medium"_s;
    case Severity::Low: return u"low"_s;
    }
    return {};
}

std::optional<Severity> severityOf(const QString &word)
{
    for (const Severity severity : {Severity::Critical, Severity::High, Severity::Medium, Severity::Low}) {
        if (severityWord(severity) == word)
            return severity;
    }
    return std::nullopt;
}

Finding Judging::about(const ObjectName &object) const
{
    Finding finding;
    finding.rule = rule.id;
    finding.severity = rule.severity;
    finding.object = object;
    return finding;
}

Finding Judging::about(const Subject &subject) const
{
    Finding finding = about(subject.name);
    if (subject.entry)
        finding.component = subject.entry->id;
    return finding;
}

void Judging::cannot(const QString &why)
{
    const NotEvaluated said{rule.id, withoutStop(why)};
    if (m_said.contains(said.why))
        return;
    m_said.insert(said.why);
    m_report.notEvaluated.append(said);
}

QString Rule::shownTitle() const
{
    return QCoreApplication::translate("cairn::audit", title);
}

QString Rule::shownWhy() const
{
    return QCoreApplication::translate("cairn::audit", why);
}

const QList<Rule> &rules()
{
    static const QList<Rule> all = [] {
        QList<Rule> list;
        for (const auto &area : {replicaRules, budgetRules, autoscalerRules, spreadRules, webhookRules, podRules, storageRules, databaseRules, entryRules,
                                 controlPlaneRules, startRules, driftRules})
            list += area();
        std::ranges::sort(list, {}, &Rule::id);
        return list;
    }();
    return all;
}

const Rule *rule(const QString &id)
{
    const auto it = std::ranges::find(rules(), id, &Rule::id);
    return it == rules().end() ? nullptr : &*it;
}

Report audit(const Scene &scene, const std::stop_token &stop)
{
    const Facts facts(scene, stop);
    Report report;
    report.asOf = scene.now();
    report.gaps = scene.gaps();
    report.release = facts.release();
    report.objects = scene.count();
    for (const Rule &rule : rules()) {
        if (stop.stop_requested())
            return report;
        Judging judging(facts, rule, report, stop);
        if (rule.needsCluster && !scene.isLive()) {
            judging.cannot(Words::tr("Manifests do not show it: it takes a running cluster."));
            continue;
        }
        bool none = false;
        for (const Need &need : rule.needs) {
            bool whole = false;
            if (const QString why = obstacle(facts, need, &whole); !why.isEmpty())
                judging.cannot(why);
            none = none || whole;
        }
        if (none && !rule.anyway)
            continue;
        const qsizetype before = report.findings.size();
        try {
            rule.judge(judging);
        } catch (const std::exception &) {
            report.findings.resize(before);
            judging.cannot(Words::tr("The rule failed on what it was given; this is an error of Cairn."));
        }
    }
    if (const QStringList unseen = unseenNamespaces(scene); !unseen.isEmpty() && !rules().isEmpty())
        Judging(facts, rules().first(), report).cannot(Words::tr("Workloads could not be listed in %1, so that no rule speaks of them.").arg(joined(unseen, 20)));
    const auto order = [](const Finding &a, const Finding &b) {
        return std::tie(a.severity, a.object.ns, a.object, a.rule) < std::tie(b.severity, b.object.ns, b.object, b.rule);
    };
    std::ranges::stable_sort(report.findings, order);
    std::ranges::stable_sort(report.notEvaluated, {}, &NotEvaluated::rule);
    return report;
}

} // namespace cairn::audit
