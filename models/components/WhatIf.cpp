// SPDX-License-Identifier: GPL-3.0-or-later
#include "components/WhatIf.h"

#include "base/Text.h"
#include "components/ControlPlane.h"
#include "domain/Kinds.h"

#include <QCoreApplication>
#include <QRegularExpression>
#include <algorithm>
#include <array>
#include <tuple>

using namespace Qt::StringLiterals;

namespace cairn::components {
namespace {

using Back = Outcome::Back;
using Effect = Outcome::Effect;
using Mode = WhatIfQuestion::Mode;

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::components)
};

QString duration(qint64 seconds)
{
    return text::duration(std::chrono::seconds(seconds));
}

/// Names that Kubernetes accepts need no quoting; what has another form came from no API server and goes into no command.
bool isPlain(const QString &name)
{
    static const QRegularExpression form(u"\\A[a-z0-9]([-a-z0-9.]*[a-z0-9])?\\z"_s);
    return form.match(name).hasMatch();
}

/// The command with its names put in; empty where one of them is not plain.
QString command(const QString &pattern, const QStringList &names)
{
    QString line = pattern;
    for (const QString &name : names) {
        if (!isPlain(name))
            return {};
    }
    for (qsizetype i = names.size(); i > 0; --i)
        line.replace(u'%' + QString::number(i), names[i - 1]);
    return line;
}

bool isOver(const Pod &pod)
{
    return pod.phase == "Succeeded"_L1 || pod.phase == "Failed"_L1;
}

/// Worst first.
int rank(const Outcome &outcome)
{
    static constexpr std::array order{Back::WithNode, Back::WhenFenced, Back::Unknown, Back::ByItself, Back::AtOnce};
    const auto place = static_cast<int>(std::ranges::find(order, outcome.back) - order.begin());
    return static_cast<int>(outcome.effect <= Effect::LosesQuorum ? Effect::Stops : outcome.effect) * 10 + place;
}

class Asker
{
public:
    explicit Asker(const WhatIfQuestion &question)
        : m_question(question)
        , m_drain(question.mode == Mode::Drained)
    {
        m_result.mode = question.mode;
        m_result.node = question.node;
        for (const Node &node : question.facts.nodes) {
            if (node.name == question.node) {
                m_result.nodeKnown = true;
                m_result.graceSeconds = graceSeconds(node.kubeletVersion);
            }
        }
        if (!m_result.nodeKnown)
            m_result.graceSeconds = graceSeconds({});
        for (const Pod &pod : question.facts.pods) {
            m_pods.insert({pod.ns, pod.name}, &pod);
            // A node of the control plane takes no pods unasked, but for what belongs to it.
            if (pod.ns != "kube-system"_L1 && pod.ownerKind != "DaemonSet"_L1)
                m_takers.insert(pod.node);
        }
        for (const Node &node : question.facts.nodes) {
            if (node.name != question.node && node.ready && !node.unschedulable && (!node.controlPlane || m_takers.contains(node.name)))
                ++m_elsewhere;
        }
        for (const Workload &workload : question.facts.workloads)
            m_workloads.insert({workload.kind + u'/' + workload.ns, workload.name}, &workload);
    }

    WhatIf run()
    {
        if (m_drain)
            findHeld();
        for (const Component &component : m_question.components)
            look(component);
        followStarts();
        followDependencies();
        for (Outcome &outcome : m_outcomes)
            outcome.text = tell(outcome);
        addJobs();
        countStrangers();
        m_result.components = m_outcomes;
        std::ranges::stable_sort(m_result.components, {}, rank);
        addNotes();
        m_result.steps = m_drain ? drainSteps() : lossSteps();
        return std::move(m_result);
    }

private:
    using Key = std::pair<QString, QString>;

    QList<const Pod *> podsHere(const Component &component) const
    {
        QList<const Pod *> here;
        for (const QString &name : component.pods) {
            const Pod *pod = m_pods.value({component.ns, name});
            if (pod && pod->node == m_question.node)
                here.append(pod);
        }
        return here;
    }

    Outcome started(const Component &component) const
    {
        Outcome outcome;
        outcome.id = component.id;
        outcome.ns = component.ns;
        outcome.kind = component.kind;
        outcome.workload = component.workload;
        return outcome;
    }

    /// What the loss of its own pods does to a component.
    void look(const Component &component)
    {
        const bool isStatic = component.kind == "StaticPod"_L1;
        if (component.kind == kinds::daemonSets().kind || (isStatic && m_drain))
            return; // ends with its node and is needed nowhere else; a drain leaves it alone
        const bool hidden = component.standing == Standing::NotObservable || (component.ready > 0 && component.nodes.isEmpty());
        if (hidden) {
            if (component.id != "control-plane"_L1) // its vendor's: on no node of this cluster
                m_unknown.append(component.id);
            return;
        }
        if (component.standing == Standing::Down)
            m_down.insert(component.id);
        if (!component.nodes.contains(m_question.node))
            return;
        const QList<const Pod *> here = podsHere(component);
        // An API server known by its Lease alone has no pod that shows.
        const int lost = here.isEmpty() ? 1 : static_cast<int>(here.size());
        const int left = component.ready - lost;
        Outcome outcome = started(component);
        if (component.entry().scaling == Scaling::Quorum && !isQuorum(left, std::max(component.desired, component.ready))) {
            outcome.effect = Effect::LosesQuorum;
            outcome.back = Back::WithNode;
        } else if (left > 0 && component.standing == Standing::NoLeader) {
            // None of those that are left took over so far; that they would now is nothing to count on.
            outcome.back = Back::Unknown;
            outcome.effect = Effect::Stops;
            m_leaderless.insert({component.ns, component.id});
        } else if (left > 0) {
            const bool led = std::ranges::any_of(here, [&](const Pod *pod) {
                return pod->name == component.leader.holder || (isStatic && pod->node == component.leader.holder); // which calls itself after its host
            });
            outcome.effect = led ? Effect::LeaderChanges : Effect::FewerReplicas;
            if (led)
                outcome.seconds = std::max(1, component.leader.seconds);
        } else if (m_drain && std::ranges::all_of(here, [&](const Pod *pod) { return isHeld(pod->ns, pod->name); })) {
            outcome.effect = Effect::HoldsDrain;
        } else {
            outcome.effect = Effect::Stops;
            setBack(outcome, component, here);
        }
        m_outcomes.append(outcome);
    }

    /// When pods of a component that has none left are made anew.
    void setBack(Outcome &outcome, const Component &component, const QList<const Pod *> &here) const
    {
        outcome.back = Back::ByItself;
        if (component.kind == "StaticPod"_L1 || here.isEmpty() || (m_elsewhere == 0 && !m_question.facts.nodes.isEmpty())) {
            outcome.back = Back::WithNode;
            return;
        }
        int stays = -1;
        for (const Pod *pod : here) {
            if (pod->staysFor >= 0)
                stays = stays < 0 ? pod->staysFor : std::min(stays, pod->staysFor);
        }
        bool fenced = component.kind == kinds::statefulSets().kind;
        bool unknown = false;
        bool bound = false;
        for (const Pod *pod : here) {
            for (const QString &name : pod->claims) {
                const auto claim = m_question.claims.constFind(pod->ns + u'/' + name);
                const ClaimReach reach = claim == m_question.claims.cend() ? ClaimReach() : *claim;
                switch (reach.reach) {
                case ClaimReach::Reach::Unknown: unknown = true; break;
                case ClaimReach::Reach::OneNode: {
                    const bool other = std::ranges::any_of(reach.nodes, [&](const QString &node) { return node != m_question.node; });
                    bound |= !other;
                    break;
                }
                case ClaimReach::Reach::OneAtATime: fenced = true; break;
                case ClaimReach::Reach::Anywhere: break;
                }
            }
        }
        if (bound)
            outcome.back = Back::WithNode;
        else if (unknown)
            outcome.back = Back::Unknown;
        else if (m_drain)
            return; // a drain ends the pod, which gives back what it held
        else if (fenced)
            outcome.back = Back::WhenFenced;
        else if (stays < 0)
            outcome.back = Back::WithNode; // tolerates the lost node for ever
        else
            outcome.seconds = m_result.graceSeconds + stays;
    }

    /// What a pod of the component waits for when it starts: what its init containers ask for, and whoever answers the API
    /// server before it creates pods in its namespace.
    QStringList startNeeds(const Component &component) const
    {
        QStringList needs = component.entry().startsAfter;
        for (const Component &other : m_question.components) {
            for (const Webhook &webhook : other.entry().webhooks) {
                if (other.id != component.id && webhook.policy == Webhook::Policy::Fail && webhook.podsIn.contains(component.ns)
                    && !needs.contains(other.id))
                    needs.append(other.id);
            }
        }
        return needs;
    }

    /// Without these nothing is recreated anywhere: nobody takes orders, notices a lost node, makes pods or gives them a node.
    static const QStringList &makers()
    {
        static const QStringList ids{u"kube-apiserver"_s, u"etcd"_s, u"kube-controller-manager"_s, u"kube-scheduler"_s};
        return ids;
    }

    Outcome *stopped(const QString &id)
    {
        const auto it = std::ranges::find_if(m_outcomes, [&](const Outcome &outcome) {
            // What has replicas left answers webhooks and probes, whoever leads.
            return outcome.id == id && !m_leaderless.contains({outcome.ns, id}) && (outcome.effect == Effect::Stops || outcome.effect == Effect::LosesQuorum);
        });
        return it == m_outcomes.end() ? nullptr : &*it;
    }

    static bool isLater(const Outcome &a, const Outcome &b)
    {
        static constexpr std::array order{Back::AtOnce, Back::ByItself, Back::Unknown, Back::WhenFenced, Back::WithNode};
        const auto place = [](const Outcome &outcome) { return std::ranges::find(order, outcome.back) - order.begin(); };
        return place(a) != place(b) ? place(a) > place(b) : a.seconds.value_or(0) > b.seconds.value_or(0);
    }

    void followStarts()
    {
        // Each round settles at least one more link of the longest chain.
        bool changed = true;
        for (qsizetype round = 0; changed && round <= m_question.components.size(); ++round) {
            changed = false;
            for (const Component &component : m_question.components) {
                Outcome *own = stopped(component.id);
                if (!own || own->ns != component.ns || own->kind == "StaticPod"_L1)
                    continue;
                for (const QString &need : startNeeds(component) + makers()) {
                    const Outcome *other = stopped(need);
                    const bool isDown = !other && m_down.contains(need);
                    if (!isDown && (!other || other == own || !isLater(*other, *own)))
                        continue;
                    if (own->waitsFor.contains(need) && isDown)
                        continue;
                    if (!own->waitsFor.contains(need))
                        own->waitsFor.append(need);
                    if (isDown) {
                        own->back = Back::Unknown; // nobody knows when that is up again
                        own->seconds.reset();
                    } else {
                        own->back = other->back;
                        own->seconds = other->seconds;
                    }
                    changed = true;
                }
            }
        }
        for (const Component &component : m_question.components) {
            const bool touched = std::ranges::any_of(m_outcomes, [&](const Outcome &o) { return o.id == component.id && o.ns == component.ns && o.effect <= Effect::LosesQuorum; });
            if (touched || component.ready == 0 || component.kind == "StaticPod"_L1)
                continue;
            QStringList waits;
            const Outcome *last = nullptr;
            for (const QString &need : startNeeds(component)) {
                if (const Outcome *other = stopped(need)) {
                    waits.append(need);
                    if (!last || isLater(*other, *last))
                        last = other;
                }
            }
            if (last)
                replace(component, Effect::CannotRestart, waits, *last);
        }
    }

    /// Puts a worse effect in the place of a milder one.
    void replace(const Component &component, Effect effect, const QStringList &waitsFor, const Outcome &until)
    {
        Outcome outcome = started(component);
        outcome.effect = effect;
        outcome.waitsFor = waitsFor;
        outcome.back = until.back;
        outcome.seconds = until.seconds;
        const auto it = std::ranges::find_if(m_outcomes, [&](const Outcome &o) { return o.id == component.id && o.ns == component.ns; });
        if (it == m_outcomes.end())
            m_outcomes.append(outcome);
        else
            *it = outcome;
    }

    void followDependencies()
    {
        QHash<QString, const Component *> byId;
        for (const Component &component : m_question.components)
            byId.insert(component.id, &component);
        const QList<Outcome> before = m_outcomes;
        const auto isStopped = [&](const QString &id) {
            const auto it = std::ranges::find_if(before, [&](const Outcome &o) { return o.id == id && o.effect <= Effect::LosesQuorum; });
            return it == before.end() ? nullptr : &*it;
        };
        for (const Component &component : m_question.components) {
            if (component.ready == 0 || isStopped(component.id))
                continue;
            // Breadth first, each once: the nearest that stops is named.
            QStringList open = component.entry().dependsOn;
            QSet<QString> seen{component.id};
            for (qsizetype i = 0; i < open.size(); ++i) {
                const QString id = open.at(i);
                if (seen.contains(id) || !byId.contains(id))
                    continue; // what is not installed is replaced by something else
                seen.insert(id);
                if (const Outcome *other = isStopped(id)) {
                    replace(component, Effect::StopsWithOther, {id}, *other);
                    break;
                }
                open += byId.value(id)->entry().dependsOn;
            }
        }
    }

    void findHeld()
    {
        QList<DisruptionBudget> budgets = m_question.facts.budgets;
        for (const DisruptionBudget &budget : m_question.budgets) {
            const bool there = std::ranges::any_of(budgets, [&](const DisruptionBudget &b) { return b.ns == budget.ns && b.name == budget.name; });
            if (!there)
                budgets.append(budget);
        }
        QHash<Key, int> used;
        const auto evict = [&](const Pod &pod, const std::optional<QMap<QString, QString>> &labels) {
            if (isOver(pod) || pod.deleting.isValid() || pod.ownerKind == "DaemonSet"_L1 || pod.ownerKind == "Node"_L1)
                return;
            HeldPod held{pod.ns, pod.name, HeldPod::Why::Budget, {}, {}};
            if (pod.ownerKind.isEmpty()) {
                held.why = HeldPod::Why::NoController;
                held.text = Words::tr("Pod %1 has no controller: kubectl drain refuses it without --force, and nobody makes it anew.").arg(text::safe(pod.ns + u'/' + pod.name));
                m_result.held.append(held);
                return;
            }
            if (!labels) {
                m_labelsUnknown = true;
                return;
            }
            const DisruptionBudget *found = nullptr;
            for (const DisruptionBudget &budget : std::as_const(budgets)) {
                if (budget.ns == pod.ns && budget.selector.matches(*labels)) {
                    held.budgets.append(budget.name);
                    found = &budget;
                }
            }
            if (!found)
                return;
            const QString who = text::safe(pod.ns + u'/' + pod.name);
            if (held.budgets.size() > 1) {
                held.why = HeldPod::Why::TwoBudgets;
                held.text = Words::tr("%n PDB(s) select pod %1 (%2): the API server refuses to evict it.", nullptr, static_cast<int>(held.budgets.size()))
                                .arg(who, text::safe(held.budgets.join(u", "_s)));
            } else if (found->allowed <= 0) {
                held.text = Words::tr("PDB %1 allows no disruption, so pod %2 is not evicted and the drain waits.").arg(text::safe(found->name), who);
            } else if (used[{found->ns, found->name}]++ >= found->allowed) {
                held.why = HeldPod::Why::AfterOthers;
                held.text = Words::tr("PDB %1 allows %n disruption(s) at a time, so pod %2 leaves once the others are ready elsewhere.", nullptr, found->allowed)
                                .arg(text::safe(found->name), who);
            } else {
                return;
            }
            m_result.held.append(held);
        };
        QSet<Key> seen;
        for (const Component &component : m_question.components) {
            const Workload *workload = m_workloads.value({component.kind + u'/' + component.ns, component.workload});
            for (const Pod *pod : podsHere(component)) {
                seen.insert({pod->ns, pod->name});
                evict(*pod, workload ? std::optional(workload->podLabels) : std::nullopt);
            }
        }
        for (const OtherPod &other : m_question.others) {
            if (other.pod.node == m_question.node && !seen.contains({other.pod.ns, other.pod.name})) {
                seen.insert({other.pod.ns, other.pod.name});
                evict(other.pod, other.labels);
            }
        }
    }

    bool isHeld(const QString &ns, const QString &pod) const
    {
        return std::ranges::any_of(m_result.held, [&](const HeldPod &held) {
            return held.ns == ns && held.pod == pod && held.why != HeldPod::Why::AfterOthers;
        });
    }

    QString until(const Outcome &outcome) const
    {
        switch (outcome.back) {
        case Back::AtOnce: return {};
        case Back::ByItself:
            if (outcome.seconds)
                return Words::tr("New pods are made after about %1; how long they take to start is not known.").arg(duration(*outcome.seconds));
            return Words::tr("It is back as soon as a new pod has started elsewhere.");
        case Back::WhenFenced:
            return Words::tr("It is not recreated while the old pod may still run: not before the node is back, or you declare it out of service.");
        case Back::WithNode:
            return m_drain ? Words::tr("It starts nowhere else: not before the node is uncordoned.") : Words::tr("It starts nowhere else: not before the node is back.");
        case Back::Unknown: return Words::tr("When it is back is not known.");
        }
        return {};
    }

    QString tell(const Outcome &outcome) const
    {
        const auto component = std::ranges::find_if(m_question.components, [&](const Component &c) { return c.id == outcome.id && c.ns == outcome.ns; });
        const Entry &entry = component->entry();
        const QString others = outcome.waitsFor.join(u", "_s);
        const auto both = [](const QString &a, const QString &b) { return b.isEmpty() ? a : Words::tr("%1 %2", "two sentences").arg(a, b); };
        switch (outcome.effect) {
        case Effect::Stops: {
            if (m_leaderless.contains({outcome.ns, outcome.id}))
                return both(Words::tr("Nobody is known to lead it now, and whether a replica that is left takes over is not known."), translated(entry.stops));
            QString text = translated(entry.stops);
            if (!entry.webhook.isEmpty())
                text = both(text, translated(entry.webhook));
            if (!outcome.waitsFor.isEmpty())
                text = both(text, Words::tr("Its new pod waits for %1.").arg(others));
            return both(text, until(outcome));
        }
        case Effect::LosesQuorum:
            return both(Words::tr("The members that are left are no majority."), both(translated(entry.stops), until(outcome)));
        case Effect::StopsWithOther: return Words::tr("It runs on, but needs %1, which stops.").arg(others);
        case Effect::CannotRestart: return Words::tr("It runs on, but a pod of it that starts meanwhile waits for %1.").arg(others);
        case Effect::LeaderChanges:
            return Words::tr("Another replica takes the lead within about %1.").arg(duration(outcome.seconds.value_or(1)));
        case Effect::FewerReplicas: return Words::tr("The other replicas keep running.");
        case Effect::HoldsDrain: return Words::tr("The drain does not get its last replica off the node: it goes on, and the drain waits.");
        }
        return {};
    }

    void addJobs()
    {
        for (const JobThere &job : m_question.jobs) {
            if (job.podsHere.isEmpty())
                continue;
            JobOutcome outcome{job, JobOutcome::Effect::Restarts, {}};
            const bool holds = m_drain && std::ranges::any_of(job.podsHere, [&](const QString &pod) { return isHeld(job.ns, pod); });
            const QString lost = job.lost.isEmpty() ? Words::tr("how much work is lost is not known") : Words::tr("lost: %1", "work").arg(job.lost);
            if (holds) {
                outcome.effect = JobOutcome::Effect::HoldsDrain;
                outcome.text = Words::tr("A PDB keeps its pods until it ends: the drain hangs. Suspend it first.");
            } else if (job.pods > 1) {
                outcome.text = m_drain ? Words::tr("It cannot go on without the pods that are evicted, so all %n of its pods begin again; %1.", nullptr, job.pods).arg(lost)
                                       : Words::tr("It cannot go on without the pods on this node, so all %n of its pods wait and begin again; %1.", nullptr, job.pods).arg(lost);
            } else {
                outcome.text = Words::tr("It begins again on another node; %1.").arg(lost);
            }
            m_result.jobs.append(outcome);
        }
        std::ranges::stable_sort(m_result.jobs, std::greater(), [](const JobOutcome &outcome) { return outcome.job.gpuHours.value_or(0); });
    }

    /// Pods of users: notebooks, served models, steps of pipelines.
    void countStrangers()
    {
        QSet<Key> known;
        for (const Component &component : m_question.components) {
            for (const Pod *pod : podsHere(component))
                known.insert({pod->ns, pod->name});
        }
        for (const JobThere &job : m_question.jobs) {
            for (const QString &pod : job.podsHere)
                known.insert({job.ns, pod});
        }
        for (const OtherPod &other : m_question.others) {
            const Pod &pod = other.pod;
            const bool ofNode = pod.ownerKind == "DaemonSet"_L1 || pod.ownerKind == "Node"_L1;
            m_strangers += pod.node == m_question.node && !isOver(pod) && !ofNode && !known.contains({pod.ns, pod.name});
        }
    }

    void addNotes()
    {
        QStringList &notes = m_result.notes;
        const ClusterFacts &facts = m_question.facts;
        const auto unread = [&](const ResourceKind &kind) { return std::ranges::find(facts.unread, kind.plural, &Unread::resource) != facts.unread.end(); };
        if (!m_result.nodeKnown) {
            notes.append(facts.nodes.isEmpty() ? Words::tr("Nodes could not be read, so whether there is a node %1, and another one, is not known.").arg(text::safe(m_question.node))
                                               : Words::tr("There is no node %1.").arg(text::safe(m_question.node)));
        } else if (m_elsewhere == 0) {
            notes.append(Words::tr("There is no other node that takes pods."));
        } else {
            notes.append(Words::tr("Whether the other nodes have room was not looked at."));
        }
        QStringList gone;
        for (const QString &id : makers()) {
            if (stopped(id))
                gone.append(id);
        }
        if (!gone.isEmpty())
            notes.append(Words::tr("Nothing is made anew in the whole cluster without %1.").arg(gone.join(u", "_s)));
        QStringList guards;
        for (const Component &component : m_question.components) {
            for (const Webhook &webhook : component.entry().webhooks) {
                if (webhook.policy == Webhook::Policy::Fail && webhook.podsIn.contains(u"@profiles"_s) && stopped(component.id) && !guards.contains(component.id))
                    guards.append(component.id);
            }
        }
        if (!guards.isEmpty())
            notes.append(Words::tr("No pod is created in profile namespaces, and so none of a job, before %1 is back.").arg(guards.join(u", "_s)));
        if (m_strangers > 0)
            notes.append(Words::tr("%n other pod(s) on the node are not judged.", nullptr, m_strangers));
        if (!m_unknown.isEmpty())
            notes.append(Words::tr("Where these run is not known: %1.").arg(text::safe(m_unknown.join(u", "_s))));
        if (!m_question.claimsRead)
            notes.append(Words::tr("PVCs and their volumes were not all read: where a pod has one, when it is back is not known."));
        if (m_drain && (unread(kinds::disruptionBudgets()) || !m_question.budgetsRead || m_labelsUnknown))
            notes.append(Words::tr("Not all PDBs, or not the labels of all pods, could be read: more of them may hold the drain."));
        if (!m_question.othersRead)
            notes.append(Words::tr("Pods of other namespaces were not all read: there may be more on this node."));
        if (!m_question.jobsRead)
            notes.append(Words::tr("Training jobs were not all read: more of them may run on this node."));
        if (!m_drain && m_result.nodeKnown)
            notes.append(Words::tr("Counted with %1 until a silent node is noticed, as by default.").arg(duration(m_result.graceSeconds)));
    }

    static void step(QList<Step> &steps, const QString &text, const QString &line) { steps.append({text, line}); }

    QList<Step> drainSteps() const
    {
        QList<Step> steps;
        QList<const JobThere *> mine;
        for (const JobOutcome &outcome : m_result.jobs) {
            const JobThere &job = outcome.job;
            const QString name = text::safe(job.ns + u'/' + job.name);
            if (!job.managedBy.isEmpty()) {
                step(steps, Words::tr("%1 %2 is run by %3: suspend it there.").arg(job.kind, name, job.managedBy), {});
                continue;
            }
            mine.append(&job);
            step(steps, job.lost.isEmpty() ? Words::tr("Wait until %1 %2 has saved.").arg(job.kind, name)
                                           : Words::tr("Wait until %1 %2 has saved: now it would lose %3.").arg(job.kind, name, job.lost),
                 command(u"cairnctl job show %3/%2 -n %1"_s, {job.ns, job.name, job.kind.toLower()}));
            step(steps, Words::tr("Suspend it, and wait until its pods are gone."), command(u"cairnctl job suspend %3/%2 -n %1 --yes"_s, {job.ns, job.name, job.kind.toLower()}));
        }
        step(steps, Words::tr("Cordon the node, so that nothing new starts on it."), command(u"kubectl cordon %1"_s, {m_question.node}));
        for (const Outcome &outcome : m_result.components) {
            if (outcome.effect == Effect::Stops || outcome.effect == Effect::HoldsDrain)
                addSecond(steps, outcome);
        }
        QSet<Key> told;
        for (const HeldPod &held : m_result.held) {
            if (held.why != HeldPod::Why::Budget || told.contains({held.ns, held.budgets.first()}) || isOfJob(held))
                continue;
            told.insert({held.ns, held.budgets.first()});
            step(steps, Words::tr("If PDB %1 still allows no disruption: let it allow one until the drain is over.").arg(text::safe(held.ns + u'/' + held.budgets.first())),
                 command(u"kubectl -n %1 patch pdb %2 --type merge -p '{\"spec\":{\"minAvailable\":null,\"maxUnavailable\":1}}'"_s, {held.ns, held.budgets.first()}));
        }
        for (const HeldPod &held : m_result.held) {
            if (held.why == HeldPod::Why::TwoBudgets && !isOfJob(held))
                step(steps, Words::tr("Leave one PDB that selects pod %1.").arg(text::safe(held.ns + u'/' + held.pod)), {});
            else if (held.why == HeldPod::Why::NoController)
                step(steps, Words::tr("Delete pod %1 once nobody needs it: it comes back nowhere.").arg(text::safe(held.ns + u'/' + held.pod)),
                     command(u"kubectl -n %1 delete pod %2"_s, {held.ns, held.pod}));
        }
        step(steps, Words::tr("Drain the node."), command(u"kubectl drain %1 --ignore-daemonsets --delete-emptydir-data"_s, {m_question.node}));
        step(steps, Words::tr("After the work on it, let it take pods again."), command(u"kubectl uncordon %1"_s, {m_question.node}));
        for (const JobThere *job : std::as_const(mine))
            step(steps, Words::tr("Let %1 %2 go on.").arg(job->kind, text::safe(job->ns + u'/' + job->name)), command(u"cairnctl job unsuspend %3/%2 -n %1 --yes"_s, {job->ns, job->name, job->kind.toLower()}));
        return steps;
    }

    bool isOfJob(const HeldPod &held) const
    {
        return std::ranges::any_of(m_question.jobs, [&](const JobThere &job) { return job.ns == held.ns && job.podsHere.contains(held.pod); });
    }

    /// A second replica first, where that is safe: then the drain stops nothing.
    void addSecond(QList<Step> &steps, const Outcome &outcome) const
    {
        const auto component = std::ranges::find_if(m_question.components, [&](const Component &c) { return c.id == outcome.id && c.ns == outcome.ns; });
        const Entry &entry = component->entry();
        const QString name = text::safe(outcome.ns + u'/' + outcome.workload);
        if (m_leaderless.contains({outcome.ns, outcome.id})) {
            const QString lease = component->leader.lease;
            step(steps, Words::tr("See why nobody leads %1: look at the pod that holds the lease, and delete it if it hangs.").arg(name),
                 command(u"kubectl -n %1 get lease %2 -o yaml"_s, {lease.section(u'/', 0, 0), lease.section(u'/', 1)}));
            return;
        }
        if ((entry.scaling != Scaling::Stateless && entry.scaling != Scaling::Leader) || m_elsewhere == 0) {
            if (outcome.effect == Effect::Stops)
                step(steps, Words::tr("Expect %1 to stop. %2", "component, when it is back").arg(name, until(outcome)), {});
            return;
        }
        if (component->autoscaler) {
            step(steps, Words::tr("Let the autoscaler of %1 start a second replica elsewhere, and wait until it is ready.").arg(name),
                 command(u"kubectl -n %1 patch hpa %2 --type merge -p '{\"spec\":{\"minReplicas\":2}}'"_s, {outcome.ns, component->autoscaler->name}));
            return;
        }
        step(steps, Words::tr("Start a second replica of %1 elsewhere, and wait until it is ready.").arg(name),
             command(u"kubectl -n %1 scale %3 %2 --replicas=2 && kubectl -n %1 rollout status %3 %2"_s, {outcome.ns, outcome.workload, outcome.kind.toLower()}));
    }

    QList<Step> lossSteps() const
    {
        QList<Step> steps;
        const bool fence = std::ranges::any_of(m_result.components, [](const Outcome &o) { return o.back == Back::WhenFenced; });
        step(steps, Words::tr("See whether the node is really gone: a node that only cannot be reached may still write."), command(u"kubectl get node %1 -o wide"_s, {m_question.node}));
        if (fence) {
            step(steps, Words::tr("Once the machine is switched off for certain, declare it out of service: then volumes and StatefulSets are taken elsewhere."),
                 command(u"kubectl taint nodes %1 node.kubernetes.io/out-of-service=nodeshutdown:NoExecute"_s, {m_question.node}));
        }
        for (const JobOutcome &outcome : m_result.jobs)
            step(steps, Words::tr("See from where %1 %2 goes on.").arg(outcome.job.kind, text::safe(outcome.job.ns + u'/' + outcome.job.name)),
                 command(u"cairnctl job show %3/%2 -n %1"_s, {outcome.job.ns, outcome.job.name, outcome.job.kind.toLower()}));
        step(steps, Words::tr("See what is still down."), u"cairnctl components"_s);
        if (fence) {
            step(steps, Words::tr("When the node is back, take the taint away."),
                 command(u"kubectl taint nodes %1 node.kubernetes.io/out-of-service-"_s, {m_question.node}));
        }
        return steps;
    }

    const WhatIfQuestion &m_question;
    const bool m_drain;
    WhatIf m_result;
    QList<Outcome> m_outcomes;
    QHash<Key, const Pod *> m_pods;
    QHash<Key, const Workload *> m_workloads;
    QSet<QString> m_takers; ///< nodes that run something nobody put there by hand
    QSet<Key> m_leaderless; ///< namespaces and ids of those with replicas left and no leader
    QSet<QString> m_down;   ///< ids of those that are down already
    QStringList m_unknown;  ///< ids
    int m_elsewhere = 0;    ///< other nodes that take pods
    int m_strangers = 0;    ///< pods on the node that are no component's and no job's
    bool m_labelsUnknown = false;
};

} // namespace

ClaimReach reachOf(const QStringList &accessModes, const PersistentVolume *volume)
{
    using Reach = ClaimReach::Reach;
    if (!volume)
        return {};
    if (!volume->nodes.isEmpty())
        return {Reach::OneNode, volume->nodes};
    if (volume->driver == "local"_L1 || volume->driver == "hostPath"_L1)
        return {Reach::OneNode, {}};
    if (accessModes.contains(u"ReadWriteMany"_s) || accessModes.contains(u"ReadOnlyMany"_s))
        return {Reach::Anywhere, {}};
    return {accessModes.isEmpty() ? Reach::Unknown : Reach::OneAtATime, {}};
}

QString effectWord(Outcome::Effect effect)
{
    switch (effect) {
    case Effect::Stops: return u"stops"_s;
    case Effect::LosesQuorum: return u"loses-quorum"_s;
    case Effect::StopsWithOther: return u"stops-with-other"_s;
    case Effect::CannotRestart: return u"cannot-restart"_s;
    case Effect::LeaderChanges: return u"leader-changes"_s;
    case Effect::FewerReplicas: return u"fewer-replicas"_s;
    case Effect::HoldsDrain: return u"holds-drain"_s;
    }
    return {};
}

QString returnWord(Outcome::Back back)
{
    switch (back) {
    case Back::AtOnce: return u"at-once"_s;
    case Back::ByItself: return u"by-itself"_s;
    case Back::WhenFenced: return u"when-fenced"_s;
    case Back::WithNode: return u"with-node"_s;
    case Back::Unknown: return u"unknown"_s;
    }
    return {};
}

QString whyWord(HeldPod::Why why)
{
    switch (why) {
    case HeldPod::Why::Budget: return u"budget"_s;
    case HeldPod::Why::AfterOthers: return u"after-others"_s;
    case HeldPod::Why::TwoBudgets: return u"two-budgets"_s;
    case HeldPod::Why::NoController: return u"no-controller"_s;
    }
    return {};
}

QString effectWord(JobOutcome::Effect effect)
{
    return effect == JobOutcome::Effect::Restarts ? u"restarts"_s : u"holds-drain"_s;
}

int WhatIf::stops() const
{
    return static_cast<int>(std::ranges::count_if(components, [](const Outcome &o) { return o.effect <= Outcome::Effect::StopsWithOther; }));
}

std::optional<double> WhatIf::gpuHours() const
{
    double sum = 0;
    for (const JobOutcome &outcome : jobs) {
        if (!outcome.job.gpuHours)
            return std::nullopt;
        sum += *outcome.job.gpuHours;
    }
    return sum;
}

WhatIf whatIf(const WhatIfQuestion &question)
{
    return Asker(question).run();
}

int graceSeconds(const QString &kubeletVersion)
{
    return versionOf(kubeletVersion) >= QVersionNumber(1, 32) ? 50 : 40;
}

} // namespace cairn::components
