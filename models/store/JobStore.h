// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/Job.h"
#include "store/ResourceStore.h"

#include <QMap>
#include <QSet>

namespace cairn::store {

/// All training jobs of a cluster, joined with their pods, nodes and events: ready counts, restarts and the cause of
/// what goes wrong come from the pods, the rest from the job itself. One store for all kinds; which kinds are served is
/// seen in the states. GUI thread only.
class JobStore : public StoreSignals
{
    Q_OBJECT
public:
    explicit JobStore(QObject *parent = nullptr);

    void applyJobs(JobKind kind, const Delta<Job> &delta);
    /// Of one kind, TrainingRuntime or ClusterTrainingRuntime: what TrainJobs leave to them is filled in.
    void applyRuntimes(const Delta<TrainingRuntime> &delta);
    void applyPods(const Delta<Pod> &delta);
    void applyNodes(const Delta<Node> &delta);
    void applyEvents(const Delta<Event> &delta);
    void setJobState(JobKind kind, const FeedState &state); ///< emits stateChanged with the combined one
    void setPodState(const FeedState &state);
    void setEventState(const FeedState &state) { m_events.setState(state); }
    /// What a container of a pod died of last; nullopt: nobody knows. Shown as long as the job does not do well, also when
    /// the pod is gone by then.
    void setDeath(const QString &podUid, const QString &container, const std::optional<DeathCause> &cause);
    /// Some states end by time alone: a container that ran long enough does not loop any more. Call it now and then.
    void setNow(const QDateTime &now);
    /// The scope changed: forget the jobs of this kind, the pods, the nodes or the events.
    void resetJobs(JobKind kind);
    void resetRuntimes(const QString &kind);
    void resetPods();
    void resetNodes();
    void resetEvents();

    const Job *find(const QString &uid) const;
    const Job *find(JobKind kind, const QString &ns, const QString &name) const;
    QList<Job> jobs() const { return m_shown.values(); }
    qsizetype size() const { return m_shown.size(); }
    QStringList uids() const { return m_shown.keys(); }
    /// Visits all jobs, in no order, without copying one.
    template <class Visit>
    void each(Visit visit) const
    {
        for (const Job &job : m_shown)
            visit(job);
    }
    /// The jobs a change speaks of, for a table model.
    Delta<Job> delta(const StoreChange &change) const;

    QList<Pod> podsOf(const QString &jobUid) const; ///< by role, then index
    /// UID of the training job the pod belongs to; "" for none that is known.
    QString jobOf(const Pod &pod) const;
    /// About the job, its pods and pods it had before; oldest first.
    QList<Event> eventsOf(const QString &jobUid) const;
    /// All pods, not those of jobs alone.
    const ResourceStore<Pod> &pods() const { return m_pods; }
    /// Of all objects, not of jobs alone.
    const ResourceStore<Event> &events() const { return m_events; }
    /// UID of the job the event speaks of, itself or by one of its pods; "" for none.
    QString jobAbout(const Event &event) const { return jobsOf(event).values().value(0); }

    FeedState jobsState() const; ///< of all kinds together
    FeedState jobState(JobKind kind) const { return m_states.value(kind); }
    const FeedState &podsState() const { return m_pods.state(); }
    const FeedState &eventsState() const { return m_events.state(); }

signals:
    void podsChanged(const QSet<QString> &jobUids);
    void eventsChanged(const QSet<QString> &jobUids);

private:
    /// Each once. A list and no set: nearly all have one or two, and a set takes a kilobyte for them.
    using Uids = QStringList;

    Job refined(const Job &job) const;
    struct Seen; ///< what its pods say of a job
    Seen lookAtPods(Job &job) const;
    void refineRunning(Job &job, const Seen &seen) const;
    void keepDeaths(const QString &podUid, const QString &jobUid);
    void refinePending(Job &job, bool hasPods) const;
    void addEventCause(Job &job) const;
    bool arePodsKnown() const;
    /// Brings the shown values of these jobs up to date and emits one change.
    void refresh(const QSet<QString> &uids, StoreChange change = {});
    QSet<QString> jobsOf(const Event &event) const;
    QString podsKey(const Job &job) const;
    QString podsKey(const Pod &pod) const;
    QString jobOf(const QString &podsKey) const; ///< UID
    QList<Pod> podsUnder(const QString &podsKey) const;
    QSet<QString> jobsOn(const QSet<QString> &nodes) const; ///< with pods on these nodes

    QHash<QString, Job> m_raw;              ///< as decoded
    QHash<QString, Job> m_shown;            ///< refined
    QHash<JobKind, QSet<QString>> m_byKind; ///< UIDs
    ResourceStore<Pod> m_pods;
    /// Pods of training jobs by what they belong to: the UID of a v1 job, "namespace/name" of a JobSet, which its TrainJob shares, and
    /// "mpi/namespace/name" of an MPIJob v2beta1. The pods of a JobSet and of a batch Job do not know the job's UID.
    QHash<QString, Uids> m_podsOf;
    QHash<QString, QString> m_named;        ///< such a name → UID of the job
    QHash<QString, TrainingRuntime> m_runtimes;   ///< by UID
    QSet<QString> m_lostNodes;              ///< names
    QHash<QString, QString> m_nodeNames;    ///< UID → name
    QHash<QString, QHash<QString, DeathCause>> m_deaths; ///< by UID of the pod, then container
    QHash<QString, DeathCause> m_lastDeaths; ///< by UID of the job: what explains most of what its pods that are gone died of
    QDateTime m_now;                        ///< UTC; invalid until somebody says
    mutable QHash<QString, QDateTime> m_until; ///< jobs by UID whose state changes by itself, and when
    ResourceStore<Event> m_events;
    QHash<QString, Uids> m_eventsAbout; ///< UID of the object → event UIDs
    QMap<JobKind, FeedState> m_states;
};

} // namespace cairn::store
