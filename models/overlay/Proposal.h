// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "change/Change.h"
#include "overlay/Settings.h"

#include <QJsonArray>
#include <QMap>

namespace cairn::overlay {

/// What becomes of one workload. Names are raw; sentences are safe to show.
struct Row {
    enum class Election {
        NotNeeded, ///< it keeps no state: every replica works
        On,        ///< it elects already
        TurnOn,    ///< flag, variable or ConfigMap, and what rights it lacks
        BuiltIn,   ///< inside, without a setting
        None       ///< it has none, or it may not be turned on
    };
    enum class Budget {
        None,   ///< with one replica it would block every drain
        Keep,   ///< there is one that does
        Add,
        Change, ///< there is one that protects nothing or blocks
        Off     ///< not wanted
    };

    QString id;                  ///< in the catalogue; empty: not catalogued
    audit::ObjectName workload;
    int tier = 0;                ///< 1 to 4 (Settings::tiers); 0: nothing is proposed, `reason` says why
    bool included = false;       ///< its tier and its choice say so, and something is left to do or to keep
    bool locked = false;         ///< the count may not be changed: `reason` says why
    QString reason;              ///< one sentence: why it scales so, why it is locked, or what comes first
    int replicasNow = 1;         ///< or the floor of its autoscaler; without what the overlay's folder set (Unapplied)
    int replicas = 1;            ///< as proposed; equal where it is left alone
    QString autoscaler;          ///< name of the HPA whose floor is meant; empty: spec.replicas
    Spread spread{false, false, false}; ///< what is set; none where it is kept
    bool spreadKept = false;     ///< it has rules of its own
    Election election = Election::NotNeeded;
    QString leaseNs, leaseName;  ///< of TurnOn: where to see the leader; empty where no Lease tells
    bool needsRights = false;    ///< of TurnOn: a Role and a RoleBinding are added
    bool atOneFirst = false;     ///< migrates a schema when it starts: changed and ready at one replica before it is scaled
    Budget budget = Budget::None;
    QString budgetName;          ///< of Keep and Change the one there is, of Add the new one
    QJsonObject budgetSpec;      ///< of Add: ownBudget(), or what somebody made of it, which is kept where it protects
    bool restartFast = false;    ///< priority class and short tolerations
    QString owner;               ///< "Helm release cert-manager", "Argo CD application knative": saved, not applied. Safe to show; empty: nobody's
    bool ownerTakesReplicas = false; ///< the owner keeps replicas and resources that others set (Open Data Hub)
    bool applied = false;        ///< what is proposed is so already, by the overlay that is generated again
    bool survivesNow = false;    ///< any one node may fail
    bool survivesThen = false;

    bool scales() const { return replicas != replicasNow; }
    bool changes() const
    {
        return included && (scales() || !spread.isNone() || election == Election::TurnOn || budget == Budget::Add || budget == Budget::Change || restartFast);
    }
};

/// A store or a broker that can be outside of Kubeflow, as it is here. Safe to show.
struct Replaceable {
    enum class What { Pipelines, Katib, Registry, Catalog, Objects, Events };
    What what = What::Pipelines;
    bool there = false; ///< something here uses it
    bool chosen = false;
    QString now = {};          ///< where it is today: "mysql", "Broker team/default (MTChannelBasedBroker)"; empty: unknown
    QStringList places = {};   ///< what the overlay sets: "Deployment kubeflow/ml-pipeline: OBJECTSTORECONFIG_HOST"
    QStringList limits = {};   ///< what no setting reaches, and what is left to do by hand: sentences
    QStringList restarts = {}; ///< workloads that read it when they start
    bool operator==(const Replaceable &) const = default;
};

/// A choice of the settings for a workload that no row is about.
struct UnknownChoice {
    audit::ObjectName workload; ///< as it is named there
    audit::ObjectName nearest;  ///< of the row whose name is close to it; no name: none is
    change::Note note;          ///< also among Proposal::warnings
};

struct Proposal {
    QList<Row> rows;    ///< by tier, then in the catalogue's order
    QString release;    ///< of Kubeflow as found, "26.03"; empty where unknown
    QString pipelines;  ///< version of Pipelines, "2.16.0"; empty where unknown
    int nodes = 0;      ///< that take pods; 0 where nodes were not seen
    int zones = 0;      ///< of these; 0 where none is labelled
    int survivingNow = 0, survivingThen = 0, observed = 0; ///< components
    int morePods = 0;
    double moreCores = 0, freeCores = -1;   ///< requests; -1 where nodes or pods were not seen
    double moreBytes = 0, freeBytes = -1;
    QList<Replaceable> replaceable;       ///< one of each What, in its order
    QList<change::Note> problems; ///< forbid to go on
    QList<change::Note> warnings;
    QList<UnknownChoice> unknown;

    const Row *find(const audit::ObjectName &workload) const;
    const Replaceable *find(Replaceable::What what) const; ///< nullptr: of a proposal that was not worked out
};

/// Live objects without what an overlay's folder has put on them (Unapplied.h): it is generated from these again.
struct Unapplied {
    audit::Scene scene;
    QMap<audit::ObjectName, int> raised; ///< workloads that somebody has scaled beyond what the folder says, or their autoscaler's floor
    QMap<audit::ObjectName, QJsonObject> budgets; ///< live spec of the folder's PDBs: somebody may have given them other numbers
};

/// What follows from the settings for this cluster or these manifests.
Proposal propose(const audit::Scene &scene, const Settings &settings);
/// Likewise for a folder that may have been applied: what it set counts as the overlay's. What survives now, and what it costs, is told
/// of `live`.
Proposal propose(const Unapplied &unapplied, const audit::Scene &live, const Settings &settings);

/// Who puts an object back to what it was when somebody else changes it: by its owner references, the marks of Argo CD, Flux,
/// Helm and operators, and its field managers. Safe to show; empty: nobody. `keepsReplicas` becomes true where the owner lets
/// others set replicas and resources.
QString ownerOf(const QJsonObject &object, bool *keepsReplicas = nullptr);

/// The lists that propose() looks at: group and kind, and whether it lies in namespaces. For whoever fills a Scene.
QList<std::pair<QString, QString>> kindsToRead();

} // namespace cairn::overlay
