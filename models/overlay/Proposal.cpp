// SPDX-License-Identifier: GPL-3.0-or-later
#include "overlay/Proposal.h"

#include "base/Nearest.h"
#include "base/Text.h"
#include "overlay/Facts.h"
#include "overlay/ServiceParts.h"

#include <QCoreApplication>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::overlay {
namespace {

// A free tr() would be filed under another context by lupdate than it is looked up in.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::overlay)
};

using audit::ObjectName;
using audit::Scene;
using components::Entry;
using components::Scaling;

/// Migrate their schema when they start: two that start at once race (kubeflow/metadata#138).
bool migrates(const QString &id)
{
    static const QStringList ids{u"metadata-grpc"_s, u"ml-pipeline"_s, u"model-registry"_s};
    return ids.contains(id);
}

bool hasOwnSpread(const QJsonValue &pod)
{
    return !pod[u"topologySpreadConstraints"_s].toArray().isEmpty() || pod[u"affinity"_s][u"podAntiAffinity"_s].isObject();
}

bool hasFastTolerations(const QJsonValue &pod)
{
    int fast = 0;
    for (const QJsonValue toleration : pod[u"tolerations"_s].toArray()) {
        const QString key = toleration[u"key"_s].toString();
        if (key == u"node.kubernetes.io/not-ready" || key == u"node.kubernetes.io/unreachable")
            ++fast;
    }
    return fast >= 2;
}

/// Whether a budget lets one pod go while it keeps the others, with so many replicas.
bool protects(const QJsonObject &budget, int replicas)
{
    const auto amount = [&](const QJsonValue &value) -> std::optional<int> {
        if (value.isDouble())
            return value.toInt();
        QString text = value.toString();
        if (!text.endsWith(u'%'))
            return std::nullopt;
        text.chop(1);
        bool ok = false;
        const int percent = text.toInt(&ok);
        return ok ? std::optional((replicas * percent + 99) / 100) : std::nullopt;
    };
    if (const std::optional<int> most = amount(budget[u"spec"_s][u"maxUnavailable"_s]))
        return *most >= 1 && *most < replicas;
    if (const std::optional<int> least = amount(budget[u"spec"_s][u"minAvailable"_s]))
        return *least >= 1 && *least < replicas;
    return false;
}

class Proposer
{
public:
    /// `live`: what would be proposed if nothing counted as the overlay's; nullptr: the scene is that.
    Proposer(const Scene &scene, const Settings &settings, const QMap<ObjectName, int> &raised = {}, const QMap<ObjectName, QJsonObject> &budgets = {}, const Proposal *live = nullptr)
        : m_scene(scene)
        , m_settings(settings)
        , m_raised(raised)
        , m_budgets(budgets)
        , m_live(live)
        , m_places(placesIn(scene))
    {
    }

    Proposal run()
    {
        m_proposal.release = releaseIn(m_scene);
        m_proposal.nodes = m_places.nodes;
        m_proposal.zones = m_places.zones;
        m_proposal.freeCores = m_places.cores;
        m_proposal.freeBytes = m_places.bytes;
        const QStringList homes = components::catalogue().namespaces();
        for (const QJsonObject *workload : m_scene.workloads()) {
            const ObjectName name = audit::nameOf(*workload);
            if (name.kind == "DaemonSet"_L1)
                continue;
            const Entry *entry = entryOf(*workload);
            // Made anew in each profile by a controller: no base has it, and no patch lands on it.
            if (entry && entry->perProfile)
                continue;
            if (entry || homes.contains(name.ns))
                propose(*workload, entry);
        }
        QStringList order;
        for (const Entry &entry : components::catalogue().entries)
            order.append(entry.id);
        std::ranges::stable_sort(m_proposal.rows, [&](const Row &a, const Row &b) {
            const int left = a.tier == 0 ? 9 : a.tier, right = b.tier == 0 ? 9 : b.tier;
            const qsizetype ai = order.indexOf(a.id), bi = order.indexOf(b.id);
            return std::tie(left, ai, a.workload) < std::tie(right, bi, b.workload);
        });
        for (const Choice &choice : m_settings.choices)
            check(choice);
        judge();
        if (m_live)
            follow(*m_live);
        externals();
        capacity();
        return m_proposal;
    }

private:
    void warn(const QString &id, const QString &text, const QString &fix) { m_proposal.warnings.append({id, text, fix}); }
    void refuse(const QString &id, const QString &text, const QString &fix) { m_proposal.problems.append({id, text, fix}); }

    /// What is there, and what is left to do, is as it is live.
    void follow(const Proposal &live)
    {
        m_proposal.morePods = live.morePods;
        m_proposal.moreCores = live.moreCores;
        m_proposal.moreBytes = live.moreBytes;
        for (Row &row : m_proposal.rows) {
            const Row *real = live.find(row.workload);
            if (!real)
                continue;
            row.applied = row.changes() && !real->changes();
            // It speaks of what is to be seen: that it is on.
            if (row.election == Row::Election::TurnOn && real->election == Row::Election::On)
                row.reason = real->reason;
        }
    }

    /// A choice that changes nothing is told: it was meant to.
    void check(const Choice &choice)
    {
        const ObjectName name{u"apps"_s, choice.kind, choice.ns, choice.name};
        const QString place = choice.origin.text();
        const Row *row = m_proposal.find(name);
        if (!row)
            return unknown(name, place);
        if (choice.include == false)
            return;
        if (row->locked && choice.replicas.value_or(1) > 1) {
            return refuse(u"locked"_s, place + Words::tr("%1 must stay at one replica: %2", "name of a workload").arg(text::safe(row->workload.name), row->reason),
                          Words::tr("Remove its number of replicas."));
        }
        // What the window keeps of a tier that is off comes back with it.
        const bool off = !row->included && row->tier > 0 && row->tier <= 3;
        if (off && choice.origin.file.isEmpty())
            return;
        QStringList idle;
        const auto put = [&](const QString &field, bool chosen, bool works) {
            if (chosen && !works)
                idle.append(field);
        };
        put(u"include"_s, choice.include.has_value(), row->included);
        put(u"replicas"_s, choice.replicas.has_value(), row->included);
        put(u"spread"_s, choice.spread.has_value(), row->included && row->replicas > 1);
        put(u"leaderElection"_s, choice.leaderElection.has_value(),
            choice.leaderElection == true ? row->election != Row::Election::None : row->tier == 2 || row->election == Row::Election::TurnOn);
        put(u"pdb"_s, choice.budget == true, row->included && row->replicas > 1);
        put(u"restartFast"_s, choice.restartFast.has_value(), row->included);
        if (idle.isEmpty())
            return;
        const QString why = off ? Words::tr("Tier %1 is not among the tiers.").arg(row->tier)
            : row->locked       ? row->reason
                                : Words::tr("It would take another number of replicas, or a leader election that can be switched.");
        warn(u"no-effect"_s, place + Words::tr("For %1 these choices have no effect: %2. %3", "name of a workload, fields, reason").arg(audit::shown(name), idle.join(u", "_s), why),
             Words::tr("Remove them."));
    }

    void unknown(const ObjectName &name, const QString &place)
    {
        const auto say = [&](const ObjectName &nearest, const QString &text, const QString &fix) {
            warn(u"unknown-component"_s, place + text, fix);
            m_proposal.unknown.append({name, nearest, m_proposal.warnings.last()});
        };
        if (m_scene.find(name))
            return say({}, Words::tr("%1 is no workload of Kubeflow, so nothing is proposed for it.").arg(audit::shown(name)), Words::tr("Remove it."));
        const auto pathOf = [](const ObjectName &workload) { return workload.ns + u'/' + workload.name; };
        QStringList paths;
        for (const Row &one : std::as_const(m_proposal.rows))
            paths.append(pathOf(one.workload));
        const QString path = text::nearestOf(pathOf(name), paths);
        // The same name elsewhere comes first.
        auto near = std::ranges::find_if(m_proposal.rows, [&](const Row &one) { return one.workload.name == name.name; });
        if (near == m_proposal.rows.end())
            near = std::ranges::find_if(m_proposal.rows, [&](const Row &one) { return pathOf(one.workload) == path; });
        const bool isNear = near != m_proposal.rows.end();
        say(isNear ? near->workload : ObjectName(), Words::tr("There is no %1.", "name of a workload").arg(audit::shown(name)),
            isNear ? Words::tr("Did you mean %1?").arg(audit::shown(near->workload)) : Words::tr("Correct its name, or remove it."));
    }

    void propose(const QJsonObject &workload, const Entry *entry)
    {
        Row row;
        row.workload = audit::nameOf(workload);
        row.id = entry ? entry->id : QString();
        row.owner = ownerOf(workload, &row.ownerTakesReplicas);
        const QJsonValue pod = audit::podTemplateOf(workload)[u"spec"_s];
        const QJsonObject *scaler = autoscalerOf(m_scene, workload);
        row.replicasNow = audit::replicasOf(workload);
        if (scaler) {
            row.autoscaler = (*scaler)[u"metadata"_s][u"name"_s].toString();
            row.replicasNow = (*scaler)[u"spec"_s][u"minReplicas"_s].toInt(1);
        }
        row.replicas = row.replicasNow;
        row.atOneFirst = entry && migrates(entry->id);
        if (entry && (entry->id == "ml-pipeline"_L1 || entry->product == "pipelines"_L1) && m_proposal.pipelines.isEmpty())
            version(workload, *entry);

        const Choice *choice = m_settings.choiceOf(row.workload);
        tier(row, workload, entry, choice);
        row.included = row.tier > 0 && row.tier <= 3 && m_settings.tiers.contains(row.tier) && (!choice || choice->include.value_or(true));
        if (choice && choice->include == true && row.tier > 0 && row.tier <= 3)
            row.included = true;
        if (row.included) {
            count(row, workload, scaler, choice);
            place(row, pod, choice);
            budget(row, workload, choice);
            if (row.locked) {
                row.restartFast = (choice ? choice->restartFast.value_or(true) : true) && !hasFastTolerations(pod);
            } else if (choice && choice->restartFast == true) {
                row.restartFast = !hasFastTolerations(pod);
            }
        }
        // Of a row that is left out nothing is turned on.
        if (!row.included && row.election == Row::Election::TurnOn)
            row.needsRights = false;
        if (row.changes() && row.replicas > row.replicasNow) {
            m_proposal.morePods += row.replicas - row.replicasNow;
            double cores = 0, bytes = 0;
            addRequests(pod.toObject(), cores, bytes);
            m_proposal.moreCores += cores * (row.replicas - row.replicasNow);
            m_proposal.moreBytes += bytes * (row.replicas - row.replicasNow);
        }
        m_proposal.rows.append(row);
    }

    void version(const QJsonObject &workload, const Entry &entry)
    {
        for (const QJsonObject &container : audit::containersOf(audit::podTemplateOf(workload))) {
            const QString image = container[u"image"_s].toString();
            const QVersionNumber found = components::versionOfImage(image);
            if (!found.isNull() && entry.images.contains(components::repositoryOfImage(image)))
                m_proposal.pipelines = found.toString();
        }
    }

    void tier(Row &row, const QJsonObject &workload, const Entry *entry, const Choice *choice)
    {
        if (!entry) {
            row.locked = true;
            row.reason = Words::tr("It is not in the catalogue: whether a second replica helps or harms cannot be told from outside.");
            return;
        }
        row.reason = components::reasonOf(*entry, m_scene.saw(u"autoscaling"_s, u"HorizontalPodAutoscaler"_s, row.workload.ns) ? std::optional(!row.autoscaler.isEmpty()) : std::nullopt, std::nullopt);
        switch (entry->scaling) {
        case Scaling::Unknown:
        case Scaling::NodeAgent:
        case Scaling::Quorum: // members are added by whoever runs the control plane
            row.locked = true;
            return;
        case Scaling::Data:
            row.tier = 4;
            row.locked = true;
            row.election = Row::Election::None;
            return;
        case Scaling::Never:
            row.tier = 3;
            row.locked = true;
            row.election = Row::Election::None;
            return;
        case Scaling::Stateless:
            row.tier = 1;
            break;
        case Scaling::Leader:
        case Scaling::LeaderOff: {
            const std::optional<bool> on = electsNow(m_scene, workload, *entry);
            const bool builtIn = !entry->election || entry->election->by == components::Election::By::BuiltIn;
            if (builtIn && entry->scaling == Scaling::Leader) {
                row.tier = 1;
                row.election = Row::Election::BuiltIn;
            } else if (on.value_or(entry->scaling == Scaling::Leader)) {
                row.tier = 1;
                row.election = Row::Election::On;
                if (entry->scaling == Scaling::LeaderOff)
                    row.reason = Words::tr("Its leader election is on: one replica leads, the others stand by.");
            } else {
                row.tier = 2;
                turnOn(row, workload, *entry, on, choice);
            }
            break;
        }
        }
        if (isOnOneClaim(m_scene, workload)) {
            row.locked = true;
            row.tier = 4;
            row.reason = Words::tr("It mounts a PVC that only one node can mount at a time, so a second pod would wait for the first to go.");
        }
    }

    void turnOn(Row &row, const QJsonObject &workload, const Entry &entry, std::optional<bool> on, const Choice *choice)
    {
        if (choice && choice->leaderElection == false) {
            row.locked = true;
            row.election = Row::Election::None;
            row.reason = Words::tr("Leader election is left off, and two replicas without it would do everything twice.");
            return;
        }
        const components::Election &election = *entry.election;
        using By = components::Election::By;
        const bool missing = !on && (election.by == By::Flag || election.by == By::Env);
        if (election.by == By::Nowhere || missing || (!on && election.by == By::ConfigMap)) {
            row.locked = true;
            row.election = Row::Election::None;
            row.reason = election.by == By::ConfigMap
                ? Words::tr("The ConfigMap %1 that would turn leader election on was not read.").arg(text::safe(election.configMap))
                : Words::tr("It has no container %1, so leader election cannot be turned on as the catalogue knows it.").arg(text::safe(election.container));
            return;
        }
        row.election = Row::Election::TurnOn;
        if (entry.lease) {
            row.leaseNs = entry.lease->ns.isEmpty() ? row.workload.ns : entry.lease->ns;
            for (const QString &name : entry.lease->names) {
                if (row.leaseName.isEmpty() && !name.endsWith(u'*'))
                    row.leaseName = name;
            }
        }
        const QString leaseNs = row.leaseNs.isEmpty() ? row.workload.ns : row.leaseNs;
        row.needsRights = !election.lacks.isEmpty()
            && !hasRights(m_scene, accountOf(workload, entry), row.workload.ns, leaseNs, election.lacks).value_or(false);
    }

    void count(Row &row, const QJsonObject &workload, const QJsonObject *scaler, const Choice *choice)
    {
        const QString name = text::safe(row.workload.name);
        if (row.locked) {
            if (row.replicasNow > 1) {
                row.replicas = 1;
                warn(u"split-brain"_s, Words::tr("%1 runs %2 replicas although it must run one; the overlay sets one.").arg(name).arg(row.replicasNow), {});
            }
            return;
        }
        int wanted = choice && choice->replicas ? *choice->replicas : std::max({m_settings.replicas, row.replicasNow, m_raised.value(row.workload)});
        if (scaler) {
            const int ceiling = (*scaler)[u"spec"_s][u"maxReplicas"_s].toInt(wanted);
            if (wanted > ceiling) {
                warn(u"ceiling"_s, Words::tr("The autoscaler of %1 has a maxReplicas of %2, so its floor becomes no more.").arg(name).arg(ceiling), {});
                wanted = std::max(1, ceiling);
            }
        }
        if (wanted < row.replicasNow)
            warn(u"fewer"_s, Words::tr("%1 would run %2 replicas instead of %3.").arg(name).arg(wanted).arg(row.replicasNow), {});
        row.replicas = wanted;
        if (workload[u"spec"_s][u"strategy"_s][u"type"_s].toString() == u"Recreate" && wanted > 1)
            warn(u"recreate"_s, Words::tr("%1 has the strategy Recreate: all its replicas stop at every roll-out.").arg(name), Words::tr("Set RollingUpdate."));
    }

    void place(Row &row, const QJsonValue &pod, const Choice *choice)
    {
        if (row.replicas < 2)
            return;
        if (hasOwnSpread(pod) && !(choice && choice->spread)) {
            row.spreadKept = true;
            return;
        }
        Spread spread = choice && choice->spread ? *choice->spread : m_settings.spread;
        const bool counted = m_scene.saw({}, u"Node"_s) && m_places.nodes > 0;
        if (counted && m_places.zones < 2)
            spread.zones = false;
        if (spread.required && counted && m_places.nodes < row.replicas) {
            spread.required = false;
            warn(u"too-few-nodes"_s, Words::tr("%1 replicas of %2 cannot be kept apart on %3 nodes, so its rule is soft.")
                                         .arg(row.replicas).arg(text::safe(row.workload.name)).arg(m_places.nodes), {});
        }
        row.spread = spread;
    }

    void budget(Row &row, const QJsonObject &workload, const Choice *choice)
    {
        const QList<const QJsonObject *> budgets = budgetsOf(m_scene, workload);
        if (!budgets.isEmpty())
            row.budgetName = (*budgets.first())[u"metadata"_s][u"name"_s].toString();
        if (budgets.size() > 1) {
            row.budget = Row::Budget::Keep;
            warn(u"two-budgets"_s, Words::tr("%n PDB(s) select the pods of %1, which makes every eviction fail.", nullptr, static_cast<int>(budgets.size())).arg(text::safe(row.workload.name)),
                 Words::tr("Remove all but one."));
            return;
        }
        if (row.replicas < 2) {
            row.budget = Row::Budget::None;
            if (!budgets.isEmpty() && !protects(*budgets.first(), row.replicas) && row.locked)
                warn(u"budget-blocks"_s, Words::tr("The PDB %1 blocks every drain, as %2 runs one replica.").arg(text::safe(row.budgetName), text::safe(row.workload.name)),
                     Words::tr("Remove it."));
            return;
        }
        const bool wanted = choice ? choice->budget.value_or(m_settings.budgets) : m_settings.budgets;
        if (!budgets.isEmpty())
            row.budget = protects(*budgets.first(), row.replicas) ? Row::Budget::Keep : wanted ? Row::Budget::Change : Row::Budget::Off;
        else
            row.budget = wanted ? Row::Budget::Add : Row::Budget::Off;
        if (row.budget != Row::Budget::Add)
            return;
        if (!workload[u"spec"_s][u"selector"_s].isObject()) {
            row.budget = Row::Budget::Off;
            return;
        }
        row.budgetName = row.workload.name;
        if (m_scene.find({u"policy"_s, u"PodDisruptionBudget"_s, row.workload.ns, row.budgetName}))
            row.budgetName += u"-ha"_s;
        const QJsonObject edited = m_budgets.value({u"policy"_s, u"PodDisruptionBudget"_s, row.workload.ns, row.budgetName});
        row.budgetSpec = ownBudget(workload);
        if (edited == row.budgetSpec)
            return;
        // What somebody counts by stays: a PDB with both is refused.
        for (const QString &field : {u"minAvailable"_s, u"maxUnavailable"_s}) {
            if (!edited.contains(field))
                continue;
            row.budgetSpec = edited;
            if (!protects({{u"spec"_s, edited}}, row.replicas)) {
                row.budgetSpec.insert(field, 1);
                row.budgetSpec.insert(u"unhealthyPodEvictionPolicy"_s, u"AlwaysAllow"_s);
            }
        }
    }

    // Who survives

    bool aloneNow(const Row &row) const
    {
        const QJsonObject *workload = m_scene.find(row.workload);
        const Row *real = m_live ? m_live->find(row.workload) : nullptr;
        if (!workload || !m_scene.saw({}, u"Pod"_s, row.workload.ns))
            return (real ? real->replicasNow : row.replicasNow) < 2;
        QSet<QString> nodes;
        for (const QJsonObject *pod : m_scene.pods(row.workload.ns, audit::selectorOf((*workload)[u"spec"_s][u"selector"_s]))) {
            if (audit::isReady(*pod))
                nodes.insert((*pod)[u"spec"_s][u"nodeName"_s].toString());
        }
        return nodes.size() < 2;
    }

    /// A store that nothing reads any more.
    bool isReplaced(const QString &id) const
    {
        // Profiles keep writing to the store that the profile controller names.
        const bool profiles = std::ranges::any_of(
            m_proposal.rows, [](const Row &row) { return row.id == "kubeflow-pipelines-profile-controller"_L1; });
        return (id == "mysql"_L1 && m_settings.pipelines) || (id == "katib-mysql"_L1 && m_settings.katib)
            || (id == "model-registry-db"_L1 && m_settings.registry)
            || (id == "model-catalog-postgres"_L1 && m_settings.catalog)
            || ((id == "seaweedfs"_L1 || id == "minio"_L1) && m_settings.objects && !profiles);
    }

    void judge()
    {
        QHash<QString, QList<qsizetype>> byId;
        for (qsizetype i = 0; i < m_proposal.rows.size(); ++i)
            byId[m_proposal.rows[i].id].append(i);
        const int nodes = m_scene.saw({}, u"Node"_s) && m_places.nodes > 0 ? m_places.nodes : 2;
        QList<bool> now, then;
        for (const Row &row : std::as_const(m_proposal.rows)) {
            now.append(!aloneNow(row));
            then.append(isReplaced(row.id) || now.last() || (row.included && row.replicas >= 2 && nodes >= 2));
        }
        // Nothing survives that cannot work without what does not.
        for (QList<bool> *alive : {&now, &then}) {
            for (bool changed = true; changed;) {
                changed = false;
                for (qsizetype i = 0; i < m_proposal.rows.size(); ++i) {
                    const Entry *entry = (*alive)[i] ? components::catalogue().find(m_proposal.rows[i].id) : nullptr;
                    for (const QString &id : entry ? entry->dependsOn : QStringList()) {
                        const QList<qsizetype> needed = byId.value(id);
                        if (!needed.isEmpty() && std::ranges::none_of(needed, [&](qsizetype at) { return (*alive)[at]; }))
                            (*alive)[i] = false;
                    }
                    changed |= entry && !(*alive)[i];
                }
            }
        }
        for (qsizetype i = 0; i < m_proposal.rows.size(); ++i) {
            Row &row = m_proposal.rows[i];
            row.survivesNow = now[i];
            row.survivesThen = then[i];
            ++m_proposal.observed;
            m_proposal.survivingNow += now[i];
            m_proposal.survivingThen += then[i];
        }
    }

    void externals()
    {
        const ServiceParts services = servicesOf(m_scene, m_settings, components::versionOf(m_proposal.pipelines));
        m_proposal.replaceable = services.replaceable;
        m_proposal.problems += services.problems;
        m_proposal.warnings += services.warnings;
    }

    void capacity()
    {
        const Proposal &p = m_proposal;
        if (p.nodes == 1)
            warn(u"one-node"_s, Words::tr("One node takes pods: replicas on it all go with it."), Words::tr("Add a second node."));
        if ((p.freeCores >= 0 && p.moreCores > p.freeCores) || (p.freeBytes >= 0 && p.moreBytes > p.freeBytes))
            warn(u"capacity"_s, Words::tr("The new pods request %1 CPU and %2, and %3 CPU and %4 are free: some would stay pending.")
                                    .arg(p.moreCores, 0, 'f', 1).arg(text::bytes(static_cast<qint64>(p.moreBytes)))
                                    .arg(p.freeCores, 0, 'f', 1).arg(text::bytes(static_cast<qint64>(p.freeBytes))),
                 Words::tr("Add a node, or leave components out."));
    }

    const Scene &m_scene;
    const Settings &m_settings;
    const QMap<ObjectName, int> m_raised;
    const QMap<ObjectName, QJsonObject> m_budgets;
    const Proposal *const m_live;
    const Places m_places;
    Proposal m_proposal;
};

} // namespace

const Row *Proposal::find(const ObjectName &workload) const
{
    const auto it = std::ranges::find(rows, workload, &Row::workload);
    return it == rows.end() ? nullptr : &*it;
}

const Replaceable *Proposal::find(Replaceable::What what) const
{
    const auto it = std::ranges::find(replaceable, what, &Replaceable::what);
    return it == replaceable.end() ? nullptr : &*it;
}

Proposal propose(const Scene &scene, const Settings &settings)
{
    return Proposer(scene, settings).run();
}

Proposal propose(const Unapplied &unapplied, const Scene &live, const Settings &settings)
{
    const Proposal real = propose(live, settings);
    return Proposer(unapplied.scene, settings, unapplied.raised, unapplied.budgets, &real).run();
}

QString ownerOf(const QJsonObject &object, bool *keepsReplicas)
{
    const QJsonValue meta = object[u"metadata"_s];
    const QJsonObject labels = meta[u"labels"_s].toObject();
    const QJsonObject annotations = meta[u"annotations"_s].toObject();
    const auto safe = [](const QJsonValue &value) { return text::safe(value.toString().left(200)); };
    // Open Data Hub's merge keeps replicas and resources that somebody else set (opendatahub-operator, deploy action).
    if (labels.contains(u"platform.opendatahub.io/part-of"_s) || labels.contains(u"app.opendatahub.io/managed-by"_s)) {
        if (annotations[u"opendatahub.io/managed"_s].toString() == u"false")
            return {};
        if (keepsReplicas)
            *keepsReplicas = true;
        return Words::tr("the Open Data Hub operator");
    }
    for (const QJsonValue owner : meta[u"ownerReferences"_s].toArray()) {
        if (owner[u"controller"_s].toBool() || meta[u"ownerReferences"_s].toArray().size() == 1)
            return u"%1 %2"_s.arg(safe(owner[u"kind"_s]), safe(owner[u"name"_s]));
    }
    if (annotations.contains(u"argocd.argoproj.io/tracking-id"_s))
        return Words::tr("Argo CD application %1").arg(text::safe(annotations[u"argocd.argoproj.io/tracking-id"_s].toString().section(u':', 0, 0)));
    if (labels.contains(u"argocd.argoproj.io/instance"_s))
        return Words::tr("Argo CD application %1").arg(safe(labels[u"argocd.argoproj.io/instance"_s]));
    if (labels.contains(u"kustomize.toolkit.fluxcd.io/name"_s))
        return Words::tr("Flux Kustomization %1").arg(safe(labels[u"kustomize.toolkit.fluxcd.io/name"_s]));
    if (labels.contains(u"helm.toolkit.fluxcd.io/name"_s))
        return Words::tr("Flux HelmRelease %1").arg(safe(labels[u"helm.toolkit.fluxcd.io/name"_s]));
    if (annotations.contains(u"meta.helm.sh/release-name"_s))
        return Words::tr("Helm release %1").arg(safe(annotations[u"meta.helm.sh/release-name"_s]));
    // The label managed-by=Helm alone tells nothing: what "helm template" made carries it as well, and no release keeps it.
    for (const QJsonValue entry : meta[u"managedFields"_s].toArray()) {
        const QString manager = entry[u"manager"_s].toString();
        if (entry[u"subresource"_s].toString() == u"status")
            continue;
        if (manager.startsWith("argocd"_L1))
            return Words::tr("Argo CD");
        if (manager == "kustomize-controller"_L1 || manager == "helm-controller"_L1)
            return Words::tr("Flux");
        if (manager == "helm"_L1)
            return Words::tr("Helm");
        if (manager.endsWith("-operator"_L1) && entry[u"operation"_s].toString() == u"Apply")
            return text::safe(manager.left(200));
    }
    return {};
}

QList<std::pair<QString, QString>> kindsToRead()
{
    return {{u"apps"_s, u"Deployment"_s},
            {u"apps"_s, u"StatefulSet"_s},
            {u"policy"_s, u"PodDisruptionBudget"_s},
            {u"autoscaling"_s, u"HorizontalPodAutoscaler"_s},
            {u""_s, u"ConfigMap"_s},
            {u""_s, u"PersistentVolumeClaim"_s},
            {u""_s, u"Pod"_s},
            {u""_s, u"Node"_s},
            {u"coordination.k8s.io"_s, u"Lease"_s},
            {u"scheduling.k8s.io"_s, u"PriorityClass"_s},
            {u"rbac.authorization.k8s.io"_s, u"Role"_s},
            {u"rbac.authorization.k8s.io"_s, u"RoleBinding"_s},
            {u"rbac.authorization.k8s.io"_s, u"ClusterRole"_s},
            {u"rbac.authorization.k8s.io"_s, u"ClusterRoleBinding"_s},
            {u"trainer.kubeflow.org"_s, u"ClusterTrainingRuntime"_s},
            {u"networking.istio.io"_s, u"DestinationRule"_s},
            {u"eventing.knative.dev"_s, u"Broker"_s},
            {u"eventing.knative.dev"_s, u"Trigger"_s}};
}

} // namespace cairn::overlay
