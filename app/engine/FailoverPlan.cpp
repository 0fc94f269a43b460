// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Nearest.h"
#include "base/Text.h"
#include "change/Owner.h"
#include "change/Run.h"
#include "engine/ComponentFlows.h"
#include "engine/FailoverFlows.h"
#include "engine/FailoverParts.h"
#include "engine/OverlayFlows.h"

#include <QCoreApplication>
#include <QRandomGenerator>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::app {
namespace {

using namespace failover;

// A free tr() would be filed under another context by lupdate than it is looked up in.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::app::Failover)
};

using State = change::Check::State;

QString refuse(const Error &error)
{
    return text::safe(error.why.isEmpty() ? error.what : error.what + u": "_s + error.why);
}

/// Finds, reads and checks.
class Planner
{
public:
    Planner(ObjectApi &api, const FailoverOptions &options, std::stop_token stop)
        : m_api(api)
        , m_options(options)
        , m_stop(std::move(stop))
    {
    }

    Result<FailoverPlan> plan(const QString &name, const QString &ns)
    {
        const Result<components::ClusterFacts> facts = readComponentFacts(m_api, m_stop);
        if (!facts)
            return fail(facts.error());
        m_facts = *facts;
        const Result<components::Component> component = find(name, ns);
        if (!component)
            return fail(component.error());
        m_plan.component = *component;
        m_plan.id = QString::number(QRandomGenerator::global()->generate64() & 0xff'ffff'ffff, 16).rightJustified(10, u'0');
        const bool set = m_plan.component.kind == kinds::statefulSets().kind;
        m_plan.workload = {set ? kinds::statefulSets() : kinds::deployments(), m_plan.component.ns, m_plan.component.workload, {}};
        // What a killed test left behind would look like a test under way.
        if (const Result<int> swept = sweepProbes(m_api, m_plan.component.ns, probeAge, m_stop); !swept && swept.error().kind == Error::Kind::Cancelled)
            return fail(swept.error());
        m_plan.checks = change::runChecks(
            {
                [this](const change::Found &found) { replicas(found); },
                [this](const change::Found &found) { lease(found); },
                [this](const change::Found &found) { budget(found); },
                [this](const change::Found &found) { rights(found); },
                [this](const change::Found &found) { unfinished(found); },
                [this](const change::Found &found) { dryRun(found); },
                [this](const change::Found &found) { probe(found); },
            },
            m_options.onCheck, m_stop);
        if (m_stop.stop_requested())
            return fail(Error::cancelled());
        const QString pod = text::safe(m_plan.leader.pod);
        m_plan.warning = pod.isEmpty()
            ? Words::tr("The test kills the pod that leads %1.").arg(text::safe(m_plan.component.workload))
            : m_plan.leader.node.isEmpty()
            ? Words::tr("The test deletes pod %1, which leads, without a grace period. Until another one leads, nothing that it controls moves on; jobs that run go on.").arg(pod)
            : Words::tr("The test deletes pod %1 on %2, which leads, without a grace period. Until another one leads, nothing that it controls moves on; jobs that run go on.")
                  .arg(pod, text::safe(m_plan.leader.node));
        return m_plan;
    }

private:
    /// One Lease that is held now, and somebody who could take it.
    static bool canBeTested(const components::Component &component)
    {
        return component.leader.state == components::Leadership::State::Fresh && component.leader.leases <= 1 && component.pods.size() >= 2
            && component.pods.contains(component.leader.holder);
    }

    Result<components::Component> find(const QString &name, const QString &ns) const
    {
        QList<components::Component> found;
        QStringList leaders, names;
        for (const components::Component &component : components::judge(m_facts)) {
            if (canBeTested(component))
                leaders.append(component.id);
            if (ns.isEmpty() || component.ns == ns)
                names += {component.id, component.workload};
            if ((component.id == name || component.workload == name) && (ns.isEmpty() || component.ns == ns))
                found.append(component);
        }
        if (found.size() == 1)
            return found.first();
        if (!found.isEmpty())
            return fail(Error::Kind::Invalid, Words::tr("There are several components %1").arg(text::safe(name)),
                        Words::tr("They are in different namespaces."), Words::tr("Name the namespace."));
        const QString near = text::safe(text::nearestOf(name, names));
        leaders.removeDuplicates();
        leaders = text::nearestFirst(name, leaders);
        // Whoever mistyped a name is not told what else is wrong with the others.
        QString why;
        if (!leaders.isEmpty())
            why = Words::tr("Components that can be tested now: %1.").arg(text::safe(leaders.join(u", "_s)));
        else if (near.isEmpty())
            why = Words::tr("None of the components that were found holds a Lease now and has a second replica that "
                            "could take over.");
        return fail(Error::Kind::NotFound, Words::tr("There is no component %1").arg(text::safe(name)), why,
            near.isEmpty() ? Words::tr("List them with: cairnctl components")
                           : Words::tr("Did you mean %1? List them with: cairnctl components").arg(near));
    }

    void replicas(const change::Found &found)
    {
        const components::Component &component = m_plan.component;
        if (component.standing == components::Standing::NotObservable || component.pods.isEmpty()) {
            if (component.standing == components::Standing::Down) {
                found(u"replicas"_s, State::Fail, Words::tr("No replica is ready."), Words::tr("Repair it first."));
            } else {
                found(u"replicas"_s, State::Fail, Words::tr("Its pods cannot be seen: %1").arg(refuse(component.error)),
                      Words::tr("Ask for permission to list pods in %1.").arg(text::safe(component.ns)));
            }
            return;
        }
        if (component.pods.size() < 2) {
            found(u"replicas"_s, State::Fail, Words::tr("Only one replica is ready: the test would stop it."),
                  Words::tr("Run two replicas with leader election first."));
            return;
        }
        const int pods = static_cast<int>(component.pods.size());
        if (component.nodes.size() < 2)
            found(u"replicas"_s, State::Warn, Words::tr("%n ready pods, all on one node: this tests the loss of a pod, not of the node.", nullptr, pods),
                  Words::tr("Spread them over nodes."));
        else
            found(u"replicas"_s, State::Ok, Words::tr("%n ready pods on %1 nodes.", nullptr, pods).arg(component.nodes.size()), {});
    }

    void lease(const change::Found &found)
    {
        const components::Component &component = m_plan.component;
        const components::Leadership &leader = component.leader;
        using Lead = components::Leadership::State;
        const QString ns = leader.lease.section(u'/', 0, 0);
        const QString name = leader.lease.section(u'/', 1);
        switch (leader.state) {
        case Lead::None:
            found(u"lease"_s, State::Fail, Words::tr("It elects no leader, or none that a Lease shows: there is nothing to hand over."),
                  Words::tr("Where all replicas work, delete one of its pods and watch."));
            return;
        case Lead::Missing:
            found(u"lease"_s, State::Fail, Words::tr("Nobody holds its Lease."), Words::tr("Turn leader election on, with the permissions it needs, and wait for a leader."));
            return;
        case Lead::Off:
            found(u"lease"_s, State::Fail, Words::tr("Its leader election is off: there is no leader to hand over."),
                  Words::tr("Turn leader election on, with the permissions it needs, and run two replicas."));
            return;
        case Lead::Unread:
            found(u"lease"_s, State::Fail, Words::tr("Its Lease may not be read."), Words::tr("Ask for permission to get and list leases."));
            return;
        case Lead::Stale:
            found(u"lease"_s, State::Fail, Words::tr("Its Lease was last renewed %1: nobody leads.").arg(text::ago(leader.renewed, m_facts.now)),
                  Words::tr("Look at the pod that holds it."));
            return;
        case Lead::Future:
            found(u"lease"_s, State::Fail, Words::tr("Its Lease was renewed in the future: a clock is wrong, and nothing could be measured."), Words::tr("Set the clocks of the nodes."));
            return;
        case Lead::Fresh: break;
        }
        if (leader.leases > 1) {
            found(u"lease"_s, State::Fail, Words::tr("It is led by %n Leases, held by several pods.", nullptr, leader.leases),
                  Words::tr("A test of one of them would tell nothing about the others."));
            return;
        }
        const auto pod = std::ranges::find_if(m_facts.pods, [&](const Pod &one) { return one.name == leader.holder && one.ns == component.ns && belongsTo(one, component); });
        if (pod == m_facts.pods.end() || !isReady(*pod)) {
            found(u"lease"_s, State::Fail, Words::tr("Its Lease is held by %1, which is none of its ready pods.").arg(text::safe(leader.holder)),
                  Words::tr("Wait until one of its ready pods leads."));
            return;
        }
        const auto held = std::ranges::find_if(m_facts.leases, [&](const Lease &one) { return one.ns == ns && one.name == name; });
        m_plan.pod = {kinds::pods(), pod->ns, pod->name, pod->uid};
        m_plan.lease = {kinds::leases(), ns, name, held == m_facts.leases.end() ? QString() : held->uid};
        m_plan.holder = held == m_facts.leases.end() ? leader.holder : held->holder;
        m_plan.leaseSeconds = leader.seconds;
        m_plan.leader = {pod->name, pod->node};
        for (const Pod &other : std::as_const(m_facts.pods)) {
            if (other.ns == component.ns && other.uid != pod->uid && belongsTo(other, component) && isReady(other))
                m_plan.standbys.append({other.name, other.node});
        }
        found(u"lease"_s, State::Ok, Words::tr("The Lease is fresh, held by %1.").arg(text::safe(pod->name)), {});
    }

    void budget(const change::Found &found)
    {
        const components::Component &component = m_plan.component;
        if (component.budgetUnread)
            found(u"pdb"_s, State::Warn, Words::tr("Whether a PDB forbids a disruption may not be read."), Words::tr("Ask for permission to list poddisruptionbudgets."));
        else if (!component.budget)
            found(u"pdb"_s, State::Info, Words::tr("No PDB covers it: a drain may take all its pods at once."), {});
        else if (component.budget->allowed < 1)
            found(u"pdb"_s, State::Fail, Words::tr("Its PDB %1 allows no disruption now.").arg(text::safe(component.budget->name)), Words::tr("Wait until all its replicas are ready."));
        else
            found(u"pdb"_s, State::Ok, Words::tr("Its PDB %1 allows it.").arg(text::safe(component.budget->name)), {});
    }

    void rights(const change::Found &found)
    {
        struct Need {
            ResourceKind kind;
            QString verb, ns;
        };
        QStringList missing;
        for (const Need &need : {Need{kinds::pods(), u"delete"_s, m_plan.component.ns}, Need{kinds::pods(), u"list"_s, m_plan.component.ns},
                                 Need{kinds::leases(), u"get"_s, m_plan.lease.ns.isEmpty() ? m_plan.component.ns : m_plan.lease.ns}}) {
            const Result<AccessAnswer> answer = m_api.may({need.verb, need.kind.group, need.kind.plural, {}, need.ns, {}}, m_stop);
            if (!answer) {
                found(u"rights"_s, State::Warn, Words::tr("Whether you may do this could not be asked: %1").arg(refuse(answer.error())), {});
                return;
            }
            if (!answer->allowed)
                missing.append(Words::tr("%1 %2 in %3", "verb, resource, namespace").arg(need.verb, need.kind.plural, text::safe(need.ns)));
        }
        if (missing.isEmpty())
            found(u"rights"_s, State::Ok, Words::tr("You may delete its pods, and follow them and the Lease."), {});
        else
            found(u"rights"_s, State::Fail, Words::tr("You don’t have permission to: %1.").arg(missing.join(u", "_s)), Words::tr("Ask for it."));
    }

    void unfinished(const change::Found &found)
    {
        const QString &ns = m_plan.component.ns;
        const Result<QList<RecordedChange>> records = recordedChanges(m_api, ns, m_stop);
        if (!records) {
            found(u"unfinished"_s, State::Info, Words::tr("Whether a change is under way in %1 may not be read.").arg(text::safe(ns)), {});
        } else if (const auto it = std::ranges::find_if(*records, &RecordedChange::isOpen); it != records->end()) {
            found(u"unfinished"_s, State::Fail, Words::tr("A change in %1 is not finished: %2.").arg(text::safe(ns), text::safe(it->record.name)),
                  Words::tr("Finish it, or roll it back."));
            return;
        }
        for (const JobKind kind : probeKinds()) {
            const Result<QList<QJsonObject>> probes = m_api.list(facts(kind).resource, ns, probeLabel() + u"=failover"_s, {}, m_stop);
            if (probes && std::ranges::any_of(*probes, isProbe)) {
                found(u"unfinished"_s, State::Fail, Words::tr("Another failover test is under way in %1.").arg(text::safe(ns)),
                      Words::tr("Wait until it has ended; what it leaves behind is removed after %1.").arg(text::duration(probeAge)));
                return;
            }
        }
        if (records)
            found(u"unfinished"_s, State::Ok, Words::tr("No change is under way in %1.").arg(text::safe(ns)), {});
    }

    void dryRun(const change::Found &found)
    {
        if (m_plan.pod.name.isEmpty())
            return;
        change::Change deletion;
        deletion.act = change::Change::Act::Delete;
        deletion.target = m_plan.pod;
        if (const Result<> tried = change::tryOut(m_api, deletion, m_stop); tried)
            found(u"dry-run"_s, State::Ok, Words::tr("The server would delete the pod."), {});
        else
            found(u"dry-run"_s, State::Fail, Words::tr("The server refuses to delete the pod: %1").arg(refuse(tried.error())), text::safe(tried.error().fix));
    }

    /// What shows that the controller works: nothing where it makes no jobs, or none may be created.
    void probe(const change::Found &found)
    {
        if (m_plan.pod.name.isEmpty())
            return;
        const QString name = u"cairn-probe-"_s + m_plan.id.left(4);
        const QString &ns = m_plan.component.ns;
        std::optional<JobKind> kind;
        QJsonObject job;
        if (m_plan.component.id == "training-operator"_L1) {
            kind = JobKind::PyTorchJob;
            const Result<QJsonObject> pod = m_api.get(m_plan.pod, m_stop);
            const QString image = pod ? pod->value(u"spec"_s)[u"containers"_s][0][u"image"_s].toString() : QString();
            job = pyTorchProbe(name, ns, image.isEmpty() ? u"scratch"_s : image);
        } else if (m_plan.component.id == "trainer-controller-manager"_L1) {
            kind = JobKind::TrainJob;
            const Result<QList<QJsonObject>> runtimes = m_api.list(kinds::clusterTrainingRuntimes(), {}, {}, {}, m_stop);
            if (!runtimes || runtimes->isEmpty()) {
                found(u"probe"_s, State::Info, Words::tr("No job is created meanwhile: there is no ClusterTrainingRuntime, or it may not be read."), {});
                return;
            }
            job = trainJobProbe(name, ns, runtimes->first()[u"metadata"_s][u"name"_s].toString());
        }
        if (!kind) {
            found(u"probe"_s, State::Info, Words::tr("It works again when the new leader is ready and holds the Lease."), {});
            return;
        }
        QJsonObject metadata = job[u"metadata"_s].toObject();
        metadata.insert(u"annotations"_s, QJsonObject{{change::changeMark(), m_plan.id},
                                                      {ownerAnnotation(), change::thisProcess()}});
        job.insert(u"metadata"_s, metadata);
        change::Change create;
        create.act = change::Change::Act::Create;
        create.target = {facts(*kind).resource, ns, name, {}};
        create.body = job;
        if (const Result<> tried = change::tryOut(m_api, create, m_stop); !tried) {
            found(u"probe"_s, State::Info, Words::tr("No job is created meanwhile: %1").arg(refuse(tried.error())), {});
            return;
        }
        m_plan.probe = create;
        found(u"probe"_s, State::Ok, Words::tr("%1 %2 is created while nobody leads, and removed afterwards.", "kind, name").arg(facts(*kind).resource.kind, name), {});
    }

    ObjectApi &m_api;
    const FailoverOptions &m_options;
    const std::stop_token m_stop;
    components::ClusterFacts m_facts;
    FailoverPlan m_plan;
};

} // namespace

bool FailoverPlan::feasible() const
{
    return !pod.name.isEmpty() && std::ranges::none_of(checks, [](const change::Check &check) { return check.state == State::Fail; });
}

Result<FailoverPlan> planFailover(ObjectApi &api, const QString &component, const QString &ns, const FailoverOptions &options, std::stop_token stop)
{
    return Planner(api, options, std::move(stop)).plan(component, ns);
}

} // namespace cairn::app
