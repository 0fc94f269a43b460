// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "change/Change.h"
#include "components/Component.h"
#include "domain/Takeover.h"
#include "store/HaHistory.h"

#include <chrono>

/// The failover test of a component: its leader is killed for real, and how long it takes until another one works is measured.
/// Blocking, like all flows. Never begun by anything but somebody who was shown the plan.
namespace cairn::app {

/// What a test is going to do, decided and checked before anything is done.
struct FailoverPlan {
    QString id; ///< ten hexadecimal digits
    components::Component component;
    ObjectRef workload;
    ObjectRef pod;         ///< of the leader, with its UID; the name "" where there is none
    ObjectRef lease;
    QString holder;        ///< spec.holderIdentity
    int leaseSeconds = 0;
    FailoverResult::Member leader;
    QList<FailoverResult::Member> standbys; ///< ready
    std::optional<change::Change> probe; ///< creates the probe job; nullopt where this component has none, or none may be made
    QList<change::Check> checks;
    QString warning; ///< what the test does, and to whom; safe to show
    bool feasible() const; ///< no check failed
};

struct FailoverOptions {
    /// A copy of all measured so far, after each thing that happened; on the thread of the flow.
    std::function<void(const FailoverResult &)> progress = {};
    std::function<void(const change::Check &)> onCheck = {};
    std::chrono::milliseconds poll{250};          ///< between two looks at the Lease
    std::chrono::seconds worksLimit{120};         ///< from the takeover until it works
    std::chrono::seconds standbyLimit{300};       ///< from the kill until as many replicas are ready as before
    /// For tests: a clock that never goes back, in ms; and sleep (false when stopped).
    std::function<qint64()> clock = {};
    std::function<bool(std::chrono::milliseconds, const std::stop_token &)> sleep = {};
};

/// Removes what killed tests left behind, finds the component by its id or the name of its workload (`ns` "" for any), and
/// checks: two ready replicas, a fresh Lease that one of them holds, PDB, permissions, no unfinished change, and whether the
/// server would take the deletion and the probe. NotFound where there is no such component, Invalid where there are several.
Result<FailoverPlan> planFailover(ObjectApi &api, const QString &component, const QString &ns, const FailoverOptions &options, std::stop_token stop);

/// Watches the Lease being renewed, deletes the leader's pod by UID and resourceVersion, and follows Lease, pods and probe
/// until another replica leads, works, and has a standby. An Error means that nothing was killed. After the kill there is
/// always a result, also where it was stopped; the probe is removed in any case.
Result<FailoverResult> runFailover(ObjectApi &api, const FailoverPlan &plan, const FailoverOptions &options, std::stop_token stop);

/// Removes probe jobs that nobody waits for any more: those of a process of this computer that is gone, and those older than
/// `age`. Of one namespace, or of all where `ns` is "". How many there were.
Result<int> sweepProbes(ObjectApi &api, const QString &ns, std::chrono::seconds age, std::stop_token stop);
/// No test lasts as long.
inline constexpr std::chrono::seconds probeAge{900};

/// Files a result, and the change of leader that it made, under the cluster.
Result<> keepFailover(store::HaHistory &history, const QString &cluster, const FailoverResult &result, const QDateTime &now);

} // namespace cairn::app
