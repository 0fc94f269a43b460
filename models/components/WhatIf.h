// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "components/Component.h"
#include "domain/Volume.h"

/// What happens when a node is lost, or drained, as far as the cluster's objects tell it beforehand. Pure; any thread. It
/// knows nothing of capacity: whether the other nodes have room is not looked at, and said so.
///
/// Sources: eviction after a lost node by the node lifecycle controller and the taint manager (pkg/controller/nodelifecycle,
/// tainteviction); that a StatefulSet's pod and a ReadWriteOnce volume are not taken elsewhere while the old pod may still run
/// (pkg/controller/statefulset, volume/attachdetach; "Non-graceful node shutdown" of the Kubernetes documentation); evictions
/// and PDBs by pkg/registry/core/pod/storage/eviction.go; drains by k8s.io/kubectl/pkg/drain.
namespace cairn::components {

/// What a PVC lets its pods do when their node is gone.
struct ClaimReach {
    enum class Reach {
        Unknown,
        OneNode,    ///< its data lies on a node
        OneAtATime, ///< ReadWriteOnce or ReadWriteOncePod: another node gets it when this one gave it back
        Anywhere    ///< several nodes at a time
    };
    Reach reach = Reach::Unknown;
    QStringList nodes; ///< of OneNode: where it can be mounted; empty where only its data is known to be local
};
/// By "namespace/name" of the claim.
using ClaimReaches = QHash<QString, ClaimReach>;
ClaimReach reachOf(const QStringList &accessModes, const PersistentVolume *volume);

/// A pod on the node that is none of a component's.
struct OtherPod {
    Pod pod;
    std::optional<QMap<QString, QString>> labels; ///< nullopt where they are not known: then its PDBs are not
};

/// A training job with pods on the node. What it would lose is the caller's to reckon (jobs::LossOfWork).
struct JobThere {
    QString kind; ///< "PyTorchJob"
    QString ns;
    QString name;
    QStringList podsHere;            ///< names of its pods on the node
    int pods = -1;                   ///< of all nodes; -1 unknown
    QString lost;                    ///< "at most 3.2 GPU-h", safe to show; empty where it is not known
    std::optional<double> gpuHours;  ///< the same as a number; nullopt where it is not known
    QString managedBy;               ///< who else starts and stops it ("Experiment mnist"), safe to show; empty: nobody
};

struct WhatIfQuestion {
    enum class Mode { Lost, Drained };
    Mode mode = Mode::Lost;
    QString node; ///< its name
    ClusterFacts facts;
    QList<Component> components; ///< judge(facts)
    ClaimReaches claims;
    bool claimsRead = false;     ///< else of a claim that is not among them nothing is known
    QList<OtherPod> others;      ///< on the node
    bool othersRead = false;     ///< else there may be more of them
    QList<DisruptionBudget> budgets; ///< of the namespaces of `others`, beside those of `facts`
    bool budgetsRead = true;     ///< else pods of `others` may have more
    QList<JobThere> jobs;
    bool jobsRead = false;
};

/// What becomes of one component.
struct Outcome {
    enum class Effect {
        Stops,         ///< no ready replica is left
        LosesQuorum,   ///< too few members are left to agree on anything
        StopsWithOther, ///< it runs on, but cannot work without one that stops
        CannotRestart, ///< it runs on, but a pod of it that starts anew would wait for one that stopped
        LeaderChanges, ///< another replica takes the lead
        FewerReplicas, ///< others go on at once
        HoldsDrain     ///< a drain does not get its last replica off the node: it goes on, and the drain waits
    };
    enum class Back {
        AtOnce,        ///< it never stopped
        ByItself,      ///< its pods are made anew elsewhere
        WhenFenced,    ///< not before the node is back or declared out of service
        WithNode,      ///< not before the node is back: data, or nowhere else to run
        Unknown
    };
    QString id, ns, kind, workload; ///< as in Component; raw
    Effect effect = Effect::FewerReplicas;
    Back back = Back::AtOnce;
    /// Of ByItself: until its pods are made anew, from the moment the node is lost; how long they start is not known. Of a
    /// drain nullopt. Of LeaderChanges how long at most nobody leads.
    std::optional<qint64> seconds;
    QStringList waitsFor; ///< ids of those it waits for
    QString text;         ///< one or two sentences, safe to show
};
QString effectWord(Outcome::Effect effect); ///< "stops", "loses-quorum", "stops-with-other", "cannot-restart", "leader-changes", "fewer-replicas", "holds-drain"
QString returnWord(Outcome::Back back);       ///< "at-once", "by-itself", "when-fenced", "with-node", "unknown"

/// A pod that a drain does not get off the node at once.
struct HeldPod {
    enum class Why {
        Budget,      ///< its PDB allows no disruption now
        AfterOthers, ///< its PDB allows fewer than there are on the node: the others first have to be ready elsewhere
        TwoBudgets,  ///< two PDBs select it: the server refuses every eviction
        NoController ///< nobody makes it anew: kubectl drain refuses without --force, and then it is gone
    };
    QString ns, pod; ///< raw
    Why why = Why::Budget;
    QStringList budgets; ///< names; raw
    QString text;        ///< one sentence, safe to show
};
QString whyWord(HeldPod::Why why); ///< "budget", "after-others", "two-budgets", "no-controller"

struct JobOutcome {
    enum class Effect {
        Restarts, ///< it loses pods and cannot go on without them
        HoldsDrain ///< a PDB keeps its pods: the drain hangs until it ends
    };
    JobThere job;
    Effect effect = Effect::Restarts;
    QString text; ///< safe to show
};
QString effectWord(JobOutcome::Effect effect); ///< "restarts", "holds-drain"

struct Step {
    QString text;    ///< one sentence, safe to show
    QString command; ///< for a shell; empty where there is none, or where a name is not safe in one
};

struct WhatIf {
    WhatIfQuestion::Mode mode = WhatIfQuestion::Mode::Lost;
    QString node;
    bool nodeKnown = false;
    int graceSeconds = 0;      ///< until a lost node is noticed
    QList<Outcome> components; ///< worst first; what is untouched is left out
    QList<HeldPod> held;       ///< of a drain
    QList<JobOutcome> jobs;    ///< greatest loss first
    QList<Step> steps;         ///< the safe way, or after a loss the way back; in order
    QStringList notes;         ///< what is not known or not looked at; whole sentences, safe to show
    int stops() const;         ///< components that stop, by themselves or with another
    std::optional<double> gpuHours() const; ///< of all jobs; nullopt where that of one is not known
};

WhatIf whatIf(const WhatIfQuestion &question);

/// Seconds until the node controller calls a node that fell silent lost, by default: 50 since Kubernetes 1.32
/// and 40 before (--node-monitor-grace-period).
int graceSeconds(const QString &kubeletVersion);

} // namespace cairn::components
