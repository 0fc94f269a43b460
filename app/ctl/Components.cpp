// SPDX-License-Identifier: GPL-3.0-or-later
#include "Cluster.h"
#include "Commands.h"
#include "Output.h"
#include "base/Text.h"
#include "engine/ComponentFlows.h"
#include "engine/WhatIfFlows.h"

#include <QJsonArray>
#include <QSet>

using namespace Qt::StringLiterals;

namespace cairn::ctl {
namespace {

using components::Component;
using components::WhatIfQuestion;
using components::Leadership;
using components::Standing;

QString verdict(const Component &component)
{
    switch (component.standing) {
    case Standing::NotObservable: return u"Not observable"_s;
    case Standing::Down: return u"Down"_s;
    case Standing::NoLeader: return u"No leader"_s;
    case Standing::Degraded: return u"Degraded"_s;
    case Standing::SinglePoint: return u"Single point of failure"_s;
    case Standing::DiesWithNode: return u"All on one node"_s;
    case Standing::DependsOn: return u"Depends on "_s + component.cause;
    case Standing::SurvivesNode: return u"Tolerates node failure"_s;
    case Standing::SurvivesZone: return u"Tolerates zone failure"_s;
    }
    return {};
}

QString leader(const Leadership &leader, const QDateTime &now)
{
    switch (leader.state) {
    case Leadership::State::None: break;
    case Leadership::State::Fresh: return text::safe(leader.holder);
    case Leadership::State::Stale: return u"%1 (stale: %2)"_s.arg(text::safe(leader.holder), text::ago(leader.renewed, now));
    case Leadership::State::Future: return u"%1 (in the future)"_s.arg(text::safe(leader.holder));
    case Leadership::State::Missing: return u"no lease"_s;
    case Leadership::State::Off: return u"election off"_s;
    case Leadership::State::Unread: return u"no permission"_s;
    }
    return u"–"_s;
}

QString budget(const Component &component)
{
    if (component.budgetUnread)
        return u"?"_s;
    if (!component.budget)
        return u"–"_s;
    const DisruptionBudget &found = *component.budget;
    const QString rule = !found.minAvailable.isEmpty()   ? u"minAvailable "_s + text::safe(found.minAvailable)
        : !found.maxUnavailable.isEmpty() ? u"maxUnavailable "_s + text::safe(found.maxUnavailable)
                                          : text::safe(found.name);
    return u"%1, %2 allowed"_s.arg(rule).arg(found.allowed);
}

QString spread(const Component &component)
{
    if (component.nodes.isEmpty())
        return u"–"_s;
    return component.zones < 0 ? u"%1"_s.arg(component.nodes.size()) : u"%1 / %2"_s.arg(component.nodes.size()).arg(component.zones);
}

/// What could not be read, a line for each kind: what is not listed would else look as if it were not there.
void noteUnread(const components::ClusterFacts &facts)
{
    QStringList resources;
    for (const components::Unread &unread : facts.unread) {
        // What is not served is not there.
        if (unread.error.kind != Error::Kind::NotFound && !resources.contains(unread.resource))
            resources.append(unread.resource);
    }
    for (const QString &resource : std::as_const(resources)) {
        QStringList namespaces;
        Error error;
        for (const components::Unread &unread : facts.unread) {
            if (unread.resource != resource)
                continue;
            error = unread.error;
            if (!unread.ns.isEmpty())
                namespaces.append(text::safe(unread.ns));
        }
        const qsizetype more = namespaces.size() - 4;
        const QString where = more > 1 ? QStringList(namespaces.first(4)).join(u", "_s) + u" and %1 more"_s.arg(more) : namespaces.join(u", "_s);
        note(u"Not read: %1. %2"_s.arg(where.isEmpty() ? resource : resource + u" in "_s + where, text::safe(error.oneLine())));
    }
}

/// Where the whole cluster may not be listed: the namespace that was named, or the context's.
QString confinedTo(const kube::Cluster &cluster, const Options &options)
{
    return options.ns.isEmpty() ? cluster.defaultNamespace() : options.ns;
}

/// Whether a component is as bad as `--fail-on` names.
bool failsOn(const Component &component, const QString &what)
{
    if (component.standing == Standing::NotObservable)
        return false;
    if (what == "node"_L1)
        return !component.survivesNode();
    const Standing worst = what == "down"_L1 ? Standing::Down : what == "degraded"_L1 ? Standing::Degraded : Standing::SinglePoint;
    return component.standing <= worst; // in the order of the verdicts
}

} // namespace

int components(app::Engine &engine, const Options &options, std::stop_token stop)
{
    const auto cluster = connect(engine, options);
    if (!cluster)
        return printError(cluster.error());
    const Result<components::ClusterFacts> facts = app::readComponentFacts(**cluster, stop, confinedTo(**cluster, options));
    if (!facts)
        return printError(facts.error());
    QList<Component> list = components::judge(*facts);
    const components::ReleaseFound release = components::findRelease(list);
    // Judged as a whole, shown in part: what a component depends on may live elsewhere.
    if (!options.ns.isEmpty())
        list.removeIf([&](const Component &component) { return component.ns != options.ns; });
    if (options.command.size() > 1) {
        const QString name = options.command[1];
        const components::FormerName *former = components::catalogue().formerName(name);
        const bool wasOne = former && former->name == name.toLower();
        list.removeIf([&](const Component &component) {
            return component.id != name && component.workload != name && !(wasOne && !former->now.isEmpty() && component.id == former->now);
        });
        if (wasOne)
            note(u"%1: %2"_s.arg(former->name, former->sentence));
        else if (list.isEmpty())
            return printError(Error::make(Error::Kind::NotFound, u"There is no component %1"_s.arg(text::safe(name)), {}, u"See cairnctl components for their names"_s));
    }

    QJsonArray json;
    QList<QStringList> rows{{u"NAMESPACE"_s, u"NAME"_s, u"READY"_s, u"NODES / ZONES"_s, u"LEADER"_s, u"PDB"_s, u"FLOOR"_s, u"RESTARTS"_s, u"VERDICT"_s}};
    bool failed = false;
    for (const Component &component : std::as_const(list)) {
        json.append(app::toJson(component, facts->now));
        const bool known = component.standing != Standing::NotObservable || component.desired > 0;
        rows.append({text::safe(component.ns), text::safe(component.id),
                     known ? u"%1/%2"_s.arg(component.ready).arg(component.desired) : u"–"_s, spread(component),
                     leader(component.leader, facts->now), known ? budget(component) : u"–"_s,
                     component.autoscalerUnread ? u"?"_s : component.autoscaler ? QString::number(component.autoscaler->floor) : u"–"_s,
                     component.restarts < 0 ? u"–"_s : QString::number(component.restarts), verdict(component)});
        failed = failed || (!options.failOn.isEmpty() && failsOn(component, options.failOn));
    }
    const components::Summary summary = components::summarise(list);
    // Where something is missing an empty list does not say that there is nothing.
    const bool whole = std::ranges::all_of(facts->unread, [](const components::Unread &unread) { return unread.error.kind == Error::Kind::NotFound; });
    QString table = whole ? u"No Kubeflow components.\n"_s : u"No Kubeflow components among what could be read.\n"_s;
    if (!list.isEmpty()) {
        const QString name = components::releaseText(release);
        table = renderTable(rows, {6, 7}) + (name.isEmpty() ? u"The release of Kubeflow is not known.\n"_s : u"Kubeflow %1.\n"_s.arg(name))
            + u"%1 of %2 components tolerate the failure of any one node.\n"_s.arg(summary.surviving).arg(summary.observable);
    }
    print(options.format,
          {{u"components"_s, json},
           {u"observable"_s, summary.observable},
           {u"surviving"_s, summary.surviving},
           {u"unobservable"_s, summary.unobservable},
           {u"release"_s, app::toJson(release)},
           {u"readAt"_s, facts->now.toString(Qt::ISODate)}},
          table);
    for (const Component &component : std::as_const(list)) {
        for (const QString &alarm : components::alarms(component, facts->now))
            note(u"%1/%2: %3"_s.arg(text::safe(component.ns), text::safe(component.id), alarm));
    }
    noteUnread(*facts);
    if (const auto it = std::ranges::find(list, Standing::NotObservable, &Component::standing); it != list.end())
        note(u"%1 cannot be judged. %2"_s.arg(summary.unobservable).arg(components::reasons(*it).first()));
    return failed ? ExitThreshold : ExitOk;
}

int whatIf(app::Engine &engine, const Options &options, std::stop_token stop)
{
    const auto cluster = connect(engine, options);
    if (!cluster)
        return printError(cluster.error());
    const auto mode = options.drain ? WhatIfQuestion::Mode::Drained : WhatIfQuestion::Mode::Lost;
    const Result<WhatIfQuestion> question = app::readWhatIf(**cluster, options.command[1], mode, stop, confinedTo(**cluster, options));
    if (!question)
        return printError(question.error());
    const components::WhatIf answer = components::whatIf(*question);

    QString table;
    const auto section = [&](const QString &title, const QList<QStringList> &rows) {
        if (rows.size() > 1)
            table += (table.isEmpty() ? QString() : u"\n"_s) + title + u'\n' + renderTable(rows);
    };
    QList<QStringList> rows{{u"NAMESPACE"_s, u"NAME"_s, u"EFFECT"_s, u"BACK"_s, u"WHAT"_s}};
    for (const components::Outcome &outcome : answer.components) {
        const QString back = components::returnWord(outcome.back)
            + (outcome.seconds ? u" (%1)"_s.arg(text::duration(std::chrono::seconds(*outcome.seconds))) : QString());
        rows.append({text::safe(outcome.ns), text::safe(outcome.id), components::effectWord(outcome.effect), back, outcome.text});
    }
    section(u"Components"_s, rows);
    rows = {{u"NAMESPACE"_s, u"NAME"_s, u"KIND"_s, u"PODS HERE"_s, u"WHAT"_s}};
    for (const components::JobOutcome &outcome : answer.jobs) {
        rows.append({text::safe(outcome.job.ns), text::safe(outcome.job.name), outcome.job.kind,
                     QString::number(outcome.job.podsHere.size()) + (outcome.job.pods < 0 ? QString() : u" of %1"_s.arg(outcome.job.pods)), outcome.text});
    }
    section(u"Jobs"_s, rows);
    rows = {{u"NAMESPACE"_s, u"POD"_s, u"WHY IT STAYS"_s}};
    for (const components::HeldPod &pod : answer.held)
        rows.append({text::safe(pod.ns), text::safe(pod.pod), pod.text});
    section(u"What holds the drain"_s, rows);
    if (table.isEmpty())
        table = question->facts.unread.isEmpty() && question->othersRead ? u"Nothing that is known stops.\n"_s : u"Nothing stops among what could be read.\n"_s;
    table += u"\n%1\n"_s.arg(options.drain ? u"The safe way"_s : u"Afterwards"_s);
    for (qsizetype i = 0; i < answer.steps.size(); ++i) {
        const components::Step &step = answer.steps[i];
        table += u"%1. %2\n"_s.arg(i + 1).arg(step.text);
        if (!step.command.isEmpty())
            table += u"   "_s + step.command + u'\n';
    }
    print(options.format, app::toJson(answer), table);
    for (const QString &line : answer.notes)
        note(line);
    noteUnread(question->facts);
    return ExitOk;
}

} // namespace cairn::ctl
