// SPDX-License-Identifier: GPL-3.0-or-later
#include "Cluster.h"
#include "Commands.h"
#include "Output.h"
#include "base/Text.h"
#include "engine/ComponentFlows.h"

#include <QJsonArray>
#include <QSet>

using namespace Qt::StringLiterals;

namespace cairn::ctl {
namespace {

using components::Component;
using components::Leadership;
using components::Standing;

QString verdict(const Component &component)
{
    switch (component.standing) {
    case Standing::NotObservable: return u"Not observable"_s;
    case Standing::Down: return u"Down"_s;
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
    const Result<components::ClusterFacts> facts = app::readComponentFacts(**cluster, stop);
    if (!facts)
        return printError(facts.error());
    QList<Component> list = components::judge(*facts);
    // Judged as a whole, shown in part: what a component depends on may live elsewhere.
    if (!options.ns.isEmpty())
        list.removeIf([&](const Component &component) { return component.ns != options.ns; });

    QJsonArray json;
    QList<QStringList> rows{{u"NAMESPACE"_s, u"NAME"_s, u"READY"_s, u"NODES / ZONES"_s, u"LEADER"_s, u"PDB"_s, u"FLOOR"_s, u"RESTARTS"_s, u"VERDICT"_s}};
    bool failed = false;
    for (const Component &component : std::as_const(list)) {
        json.append(app::toJson(component, facts->now));
        const bool known = component.standing != Standing::NotObservable || component.desired > 0;
        rows.append({text::safe(component.ns), text::safe(component.workload),
                     known ? u"%1/%2"_s.arg(component.ready).arg(component.desired) : u"–"_s, spread(component),
                     leader(component.leader, facts->now), known ? budget(component) : u"–"_s,
                     component.autoscalerUnread ? u"?"_s : component.autoscaler ? QString::number(component.autoscaler->floor) : u"–"_s,
                     component.restarts < 0 ? u"–"_s : QString::number(component.restarts), verdict(component)});
        failed = failed || (!options.failOn.isEmpty() && failsOn(component, options.failOn));
    }
    const components::Summary summary = components::summarise(list);
    QString table = u"No Kubeflow components.\n"_s;
    if (!list.isEmpty()) {
        table = renderTable(rows, {6, 7})
            + u"%1 of %2 components tolerate the failure of any one node.\n"_s.arg(summary.surviving).arg(summary.observable);
    }
    print(options.format,
          {{u"components"_s, json},
           {u"observable"_s, summary.observable},
           {u"surviving"_s, summary.surviving},
           {u"unobservable"_s, summary.unobservable},
           {u"readAt"_s, facts->now.toString(Qt::ISODate)}},
          table);
    for (const Component &component : std::as_const(list)) {
        for (const QString &alarm : components::alarms(component, facts->now))
            note(u"%1/%2: %3"_s.arg(text::safe(component.ns), text::safe(component.workload), alarm));
    }
    if (const auto it = std::ranges::find(list, Standing::NotObservable, &Component::standing); it != list.end())
        note(u"%1 cannot be judged. %2"_s.arg(summary.unobservable).arg(components::reasons(*it).first()));
    return failed ? ExitThreshold : ExitOk;
}

} // namespace cairn::ctl
