// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"

#include <QDateTime>
#include <QHash>
#include <QJsonObject>
#include <QList>
#include <QString>

/// Who leads a component, since when, and how long nobody did. Values; the history keeps them, charts and pages show them.
namespace cairn {

/// Why another pod leads. The numbers are stored in the history: never renumber.
enum class LeaderCause {
    Unknown = 0,
    Test = 1,      ///< a failover test killed the leader
    NodeLost = 2,  ///< the node of the leader is not ready, or gone
    RolledOut = 3, ///< its Deployment made pods of a new template
    Evicted = 4,   ///< it was evicted: by a drain, by a node short of something
    Begun = 5      ///< nobody led before
};
/// "unknown", "test", "node-lost", "rolled-out", "evicted", "begun": stable words for JSON.
QString causeWord(LeaderCause cause);

/// One change of a leader, as its Lease told it.
struct LeaderChange {
    QString component; ///< id in the catalogue
    QString ns;        ///< of the component
    QString lease;     ///< "namespace/name"; raw
    QDateTime at;      ///< UTC: spec.acquireTime, by the clock of the new holder
    QString fromPod;   ///< raw; empty where nobody led before
    QString fromNode;  ///< raw; empty where it is not known
    QString toPod;
    QString toNode;
    double gap = -1;    ///< seconds without a leader; -1 not known
    double worked = -1; ///< seconds from the loss of the leader until the component worked: of a test as it was probed, else until one that was ready led; -1 not known
    LeaderCause cause = LeaderCause::Unknown;
    int skipped = 0;   ///< further changes in between, by spec.leaseTransitions, that nobody saw
    int replicas = -1; ///< that were asked for then; -1 not known
    QString test;      ///< id of the failover test that made it
    bool operator==(const LeaderChange &) const = default;
};

/// What was seen of a component at some time. The numbers are stored in the history: never renumber. The greater is worse.
enum class Readiness {
    NotSeen = 0, ///< Cairn did not run, or the server did not answer: it may have been anything
    Ready = 1,   ///< every replica that was asked for is ready
    Partly = 2,  ///< some are
    NotReady = 3 ///< none is, though some were asked for
};

/// A time in which it was so without a break.
struct ReadinessSpan {
    QDateTime from; ///< UTC
    QDateTime to;   ///< UTC
    Readiness state = Readiness::NotSeen;
    bool operator==(const ReadinessSpan &) const = default;
};

/// One hour of an availability strip, in seconds. What is left of the hour was not seen.
struct ReadinessHour {
    QDateTime from; ///< UTC, a whole hour
    int ready = 0;
    int partly = 0;
    int notReady = 0;
    int length = 3600; ///< of the hour that is not over yet: until now
    int seen() const { return ready + partly + notReady; }
    /// What the hour is painted as: the worst that was seen in it.
    Readiness worst() const;
    bool operator==(const ReadinessHour &) const = default;
};

/// The last `days` days by the hour, oldest first, without a gap; the last one is the hour of `now`. Where spans overlap (two
/// programs watched) the worse counts, and no second twice.
QList<ReadinessHour> hoursOf(const QList<ReadinessSpan> &spans, const QDateTime &now, int days = 7);

/// The part of the time that was seen in which at least one replica was ready; -1 where nothing was seen.
double availabilityOf(const QList<ReadinessHour> &hours);

/// What a failover test did, in the order in which it was done.
struct FailoverStep {
    enum class Kind {
        Checked,      ///< ready pods, PDB, permissions
        LeaseSeen,    ///< the Lease is fresh, and was seen renewed by the leader
        Killed,       ///< the leader's pod was deleted, by UID and resourceVersion
        ProbeCreated, ///< a job was created while nobody led
        NewLeader,    ///< another pod holds and renews the Lease
        ProbeWorks,   ///< the controller made the probe's pod (of a TrainJob its JobSet)
        Works,        ///< without a probe: the new leader is ready and holds the Lease
        StandbyReady, ///< as many pods are ready as before
        ProbeRemoved
    };
    Kind kind = Kind::Checked;
    double at = 0;  ///< seconds from the kill
    bool ok = true; ///< false: it did not come to that in time
    bool operator==(const FailoverStep &) const = default;
};
/// "checked", "lease-seen", "killed", "probe-created", "new-leader", "probe-works", "works", "standby-ready", "probe-removed".
QString stepWord(FailoverStep::Kind kind);

/// A failover test with all it measured. Times are seconds from the kill, by the clock of the program that measured; -1
/// where it did not come to that, or is not known. Names are raw.
struct FailoverResult {
    enum class State {
        Running,
        Done,
        Failed, ///< `problem` says why
        Stopped ///< by the user, after the kill
    };
    struct Member {
        QString pod;
        QString node; ///< empty where it is not known
        bool operator==(const Member &) const = default;
    };
    /// The job that was created while nobody led.
    struct Probe {
        QString kind; ///< "PyTorchJob", "TrainJob"; empty: none was made
        QString ns;
        QString name;
        double created = -1; ///< the API server, and with it the webhook, took it
        double made = -1;    ///< its pod was made; of a TrainJob its JobSet
        double removed = -1;
        int refusals = 0;    ///< attempts that failed before, as the webhook did not answer
        bool operator==(const Probe &) const = default;
    };

    QString id;        ///< ten hexadecimal digits
    QString component; ///< id in the catalogue
    QString ns;
    QString workload;
    QString lease;     ///< "namespace/name"
    int leaseSeconds = 0;
    double retry = -1; ///< seconds between two renewals, as seen
    QDateTime at;      ///< UTC: the kill
    QDateTime acquired; ///< UTC: spec.acquireTime of the new holder, by its clock; invalid where nobody took over
    Member leader;     ///< that was killed
    Member next;       ///< that leads now
    Member successor;  ///< made in place of the killed one
    QList<Member> others; ///< that stood by when it began
    int readyBefore = 0;
    QList<double> renewals; ///< of the Lease, as seen; ascending, at most mostRenewals
    double gap = -1;     ///< until the new holder took the Lease
    bool released = false; ///< the leader gave the Lease back when it was told to stop
    double worked = -1;
    double standby = -1;
    double successorMade = -1;
    double ended = -1;
    Probe probe;
    int jobsRunning = -1; ///< training jobs that ran when it began
    int jobsStopped = -1; ///< of these, how many ran no longer when it ended, without having succeeded
    State state = State::Running;
    QString problem; ///< of Failed; one or two sentences, safe to show
    QList<FailoverStep> steps;

    static constexpr int mostRenewals = 500;
    /// When the last renewal by the killed leader stopped counting; NaN where none was seen.
    double expires() const;
    /// What the Lease's own times let one expect, from and to; both -1 where the retry period was not seen. client-go tries
    /// again after one to 2.2 retry periods (wait.JitterUntil with JitterFactor 1.2, leaderelection.go), and the last renewal
    /// was up to one such period before the kill.
    double expectedFrom() const;
    double expectedTo() const;
    /// As the history keeps it.
    LeaderChange change() const;

    QJsonObject toJson() const;
    /// Error::Kind::Parse where it is not ours; fields of a wrong type are as if they were absent.
    static Result<FailoverResult> fromJson(const QJsonObject &json);
    bool operator==(const FailoverResult &) const = default;
};
/// "running", "done", "failed", "stopped".
QString stateWord(FailoverResult::State state);

/// What is kept of one cluster's components over time.
struct HaRecord {
    QList<LeaderChange> leaders;                   ///< oldest first
    QHash<QString, QList<ReadinessSpan>> readiness; ///< by "id@namespace" of the component; oldest first
    QList<FailoverResult> tests;                   ///< oldest first
    bool isEmpty() const { return leaders.isEmpty() && readiness.isEmpty() && tests.isEmpty(); }
};

} // namespace cairn
