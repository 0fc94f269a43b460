// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "components/Catalogue.h"
#include "domain/Job.h"
#include "domain/Workload.h"

#include <algorithm>

/// What falls when a node is lost: joins the catalogue with what a cluster runs. Pure functions; no thread of their own.
namespace cairn::components {

/// One component's verdict: the first of these that fits.
enum class Standing {
    NotObservable, ///< what decides may not be read
    Down,          ///< no replica is ready
    NoLeader,      ///< replicas are ready, but nobody renews the Lease by which one of them would work
    Degraded,      ///< fewer are ready than asked for
    SinglePoint,   ///< fewer than two are asked for, or its autoscaler may go below two
    DiesWithNode,  ///< all ready ones are on one node
    DependsOn,     ///< something it cannot work without is Down, a SinglePoint or has NoLeader
    SurvivesNode,  ///< ready on two nodes or more
    SurvivesZone   ///< and in two zones or more
};

/// "SinglePoint", …: stable English words for JSON and facets.
QString standingName(Standing standing);

/// A list that could not be read.
struct Unread {
    QString resource; ///< plural, "deployments"
    QString ns;       ///< empty: anywhere
    Error error;
};

/// What was read of a cluster. Objects of other namespaces than the catalogue's do no harm.
struct ClusterFacts {
    QList<Workload> workloads;
    QList<Lease> leases;
    QList<DisruptionBudget> budgets;
    QList<Autoscaler> autoscalers;
    QList<Pod> pods;
    QList<Node> nodes;
    QList<EndpointSlice> slices; ///< of Service default/kubernetes: the API servers
    QList<Unread> unread;
    QString also;   ///< a namespace where catalogued components are looked for as well, by name; may be empty
    QDateTime now; ///< UTC: when the leases were known to be current
    qint64 unheard = 0; ///< seconds before `now` in which the server was silent: nobody could renew a lease
};

/// Whether a Lease that was renewed so many seconds ago still holds, as client-go reckons (tools/leaderelection). The one measure of
/// "stale" for verdicts, findings, alerts and the history.
constexpr bool isRenewed(qint64 secondsAgo, int holds)
{
    return secondsAgo < std::max(1, holds);
}

/// Who leads, by its Lease.
struct Leadership {
    enum class State {
        None,   ///< it elects no leader, or none that a Lease shows
        Fresh,  ///< renewed within the Lease's duration
        Stale,  ///< longer ago
        Future, ///< renewed later than now: a clock is wrong, so the age tells nothing
        Missing, ///< there is no Lease, or nobody holds it
        Off,     ///< its election is off: a Lease that is left from when it was on tells nothing, and there is no leader to lose
        Unread
    };
    State state = State::None;
    QString lease;     ///< "namespace/name"; of several the one renewed longest ago
    int leases = 0;    ///< how many (Knative has one for each reconciler and bucket)
    QString holder;    ///< the pod's name; raw
    QDateTime renewed; ///< UTC, by the holder's clock
    int seconds = 0;   ///< how long it holds without renewal
    bool operator==(const Leadership &) const = default;
};

struct Component {
    QString id;       ///< of the Entry; of one that is not catalogued the workload's name, or "kind/name" where an Entry is called so
    bool catalogued = true; ///< else it runs where Kubeflow lives and is judged by what holds of any workload
    QVersionNumber version; ///< as its image's tag says; null: unknown
    QVersionNumber asOf;    ///< the version of its product whose Entry counts; null: that of the newest release
    QString kind;     ///< as found; of one that was not, as catalogued
    QString ns;
    QString workload; ///< name; raw
    int desired = 0;
    int ready = 0;
    int restarts = -1;   ///< of its pods; -1 unknown
    QStringList pods;    ///< names of its ready pods
    QStringList nodes;   ///< names, with a ready pod each; sorted. Empty where unknown
    int zones = -1;      ///< -1 unknown: nodes may not be read, or carry no zone
    Leadership leader;
    std::optional<DisruptionBudget> budget; ///< of several the strictest
    bool budgetUnread = false;
    std::optional<Autoscaler> autoscaler;
    bool autoscalerUnread = false;
    QStringList keptIn;  ///< its own claims, or the stores it depends on (ids)
    Standing standing = Standing::NotObservable;
    QString cause;       ///< of DependsOn: the id of the component at fault
    Error error;         ///< of NotObservable
    bool splitBrain = false; ///< several replicas and nothing that keeps them from doing the same twice

    /// As of its version. Of one that is not catalogued an Entry without id that says so.
    const Entry &entry() const;
    /// False where the loss of one node stops it. Of a NotObservable one nothing is known: ask for that first.
    bool survivesNode() const;
    bool operator==(const Component &other) const; ///< errors are equal where they say the same
};

/// The components that are there, and those that would be but may not be looked for; in the catalogue's order, with the
/// control plane first and what is not catalogued last. A component found in two namespaces is there twice.
///
/// The control plane is known by its Leases, its static pods and, of the API servers, their EndpointSlices (kubeadm,
/// RKE2 and the like); what runs beside the cluster's pods shows by its Leases alone. Where a vendor runs it there is one
/// component, "control-plane", that is not observable and says what the vendor promises; it stands as well for one that
/// may not be looked for.
QList<Component> judge(const ClusterFacts &facts);

/// What is counted of components, the same for cairnctl, the Overview, the page and its badge. Those of the control plane and those
/// that are not catalogued count like all others.
struct Summary {
    int observable = 0;
    int surviving = 0;
    int unobservable = 0;
    int down = 0; ///< of those that do not survive
    int falling() const { return observable - surviving; } ///< do not tolerate a node failure, those that are down among them
    int atRisk() const { return falling() - down; }        ///< of these those that are not down
    bool operator==(const Summary &) const = default;
};
Summary summarise(const QList<Component> &components);

/// One sentence: what the loss of its node does, or, of one that is down, what it does now.
QString consequence(const Component &component);
/// Why this verdict, most important first; whole sentences, safe to show.
QStringList reasons(const Component &component);
/// What is wrong beside the verdict (leaders, clocks, lists that may not be read); whole sentences, safe to show.
QStringList alarms(const Component &component, const QDateTime &now);

} // namespace cairn::components
