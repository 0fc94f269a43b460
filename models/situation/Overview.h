// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "components/Component.h"
#include "situation/Nodes.h"
#include "storage/ClaimAccount.h"

#include <QSet>
#include <variant>

namespace cairn::situation {

/// One thing that costs work, or is about to.
struct Problem {
    /// By what is being lost now; the order of the list.
    enum class Kind {
        Unfinished,    ///< a change that somebody began and nobody ended
        NodeLost,      ///< a node that does not answer; and the jobs with a pod there, which come after ComponentDown
        ComponentDown,
        Stalled,       ///< a job that restarts, or waits for long
        Failed,
        AtRisk,        ///< late or damaged checkpoints, degraded components, pressure on a node, single points of failure
        Full
    };
    enum class About { Job, Component, Node, Claim, Availability, Change };
    enum class Other { NotReady, Pressure, Overdue, SinglePoints, Storage, Unfinished };
    enum class Urgency { Now, Soon };
    enum class Act { Show, Resume, Recover }; ///< Recover: finish, or roll back
    Kind kind = Kind::AtRisk;
    About about = About::Job;
    QString target;   ///< key of the job (of Change too, or OpenChange::key), component, node or claim; "" for Availability
    std::variant<Other, JobPhase, Verdict, components::Standing> what; ///< the state that it is in
    Urgency urgency = Urgency::Soon; ///< it hurts now, or will
    QString name;     ///< safe to show
    QString text;     ///< what happened; safe to show
    QString place;    ///< namespace or zone; safe to show
    QDateTime since;  ///< UTC; invalid where not known
    QString hint;     ///< what there is to go on with; safe to show
    Act act = Act::Show; ///< what to offer
    double cost = 0;  ///< GPU-hours lost or at risk, for the order among equals
    QString key() const { return QString::number(static_cast<int>(about)) + u'/' + target; }
    bool operator==(const Problem &) const = default;
};

/// "node-lost", "component-down", …: stable English words for JSON.
QString kindWord(Problem::Kind kind);

/// A change of several objects that was begun and neither finished nor rolled back, by its record on the cluster.
struct OpenChange {
    QString key;     ///< "record:namespace/name"
    QString title;   ///< safe to show
    QString text;    ///< how far it got; safe to show
    QString place;   ///< namespace of the record; safe to show
    QString tool;    ///< who began it; safe to show
    QDateTime since; ///< UTC: its last step
    bool operator==(const OpenChange &) const = default;
};

/// What the overview is made from. What is empty or null is not known (yet).
struct OverviewFacts {
    EachJob jobs;
    const QList<components::Component> *components = nullptr; ///< null until they were judged
    const QList<NodeLoad> *nodes = nullptr;                   ///< null where nodes may not be read
    const QList<storage::ClaimAccount> *claims = nullptr;     ///< null until they were read
    QList<OpenChange> changes;  ///< that no job carries; those that this Cairn carries out not among them
    QSet<QString> underWay; ///< keys of jobs whose change runs in this Cairn: nobody has to look after those
    QSet<QString> touched;  ///< keys of components that a change of this Cairn moves: nobody is alarmed by them
    QDateTime now;
};

/// The numbers and the problems of the whole cluster, in the order of Problem::Kind; within a kind what began last comes
/// first, then what costs most.
struct Overview {
    int running = 0, failed = 0, waiting = 0, suspended = 0; ///< jobs; running: those that restart or are out of sight too; waiting: pending or queued
    int unfinished = 0;              ///< changes begun and neither finished nor rolled back
    double gpuHoursAtRisk = 0;       ///< of running jobs
    std::chrono::seconds longest{0}; ///< since the newest whole checkpoint, of the running job where it is longest
    QString costliest;               ///< name of the job with most to lose, safe to show
    bool atMost = false;             ///< checkpoints of some were never read, or only in part
    bool componentsKnown = false;
    components::Summary components;
    bool gpusKnown = false;
    double gpusAllocatable = 0, gpusRequested = 0;
    double gpusHeld = 0;             ///< asked for by jobs that wait, or held by jobs that restart: they compute nothing
    bool claimsKnown = false;
    storage::Totals claims;
    QString fillsFirst;              ///< name of the claim that is full first, safe to show; "" where none is going to be
    QString fillsIn;                 ///< "9 d"; "" where it is full
    storage::Severity fillsSeverity = storage::Severity::Fine;
    QList<Problem> problems;
};

/// A failed job is a problem for a week: after that it is history.
Overview overviewOf(const OverviewFacts &facts);

/// What tells a component from another one.
inline QString componentKey(const components::Component &component) { return component.id + u'@' + component.ns; }

} // namespace cairn::situation
