// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/JobStore.h"

#include "domain/FeedStates.h"
#include "store/PodTrouble.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::store {
namespace {

/// The kubelet takes a container that ran this long for well, and forgets how often it failed (MaxContainerBackOff doubled,
/// pkg/kubelet/kubelet.go).
constexpr qint64 loopSeconds = 600;
/// A pod made this long after its job began is not one of the first.
constexpr qint64 firstStartSeconds = 120;

void link(QHash<QString, QStringList> &index, const QString &key, const QString &value)
{
    QStringList &list = index[key];
    if (!list.contains(value))
        list.append(value);
}

/// Removes `value` from the list under `key`, and the list when it is empty.
void unlink(QHash<QString, QStringList> &index, const QString &key, const QString &value)
{
    const auto it = index.find(key);
    if (it == index.end())
        return;
    it->removeOne(value);
    if (it->isEmpty())
        index.erase(it);
}

bool belongsToAJob(const Pod &pod)
{
    if (pod.ofJobSet || pod.ofMpiOperator || pod.ofRay)
        return !pod.jobName.isEmpty();
    return !pod.ownerUid.isEmpty() && jobKindByName(pod.ownerKind) != nullptr;
}

QString nameKey(const QString &ns, const QString &name)
{
    return ns + u'/' + name;
}

QString mpiKey(const QString &ns, const QString &name)
{
    return u"mpi/"_s + nameKey(ns, name);
}

/// "ray/", so that a cluster and a JobSet of one name are two; a RayJob without a cluster has no pods.
QString rayKey(const QString &ns, const QString &cluster)
{
    return u"ray/"_s + nameKey(ns, cluster);
}

/// The launcher of an MPIJob v2beta1 is the batch Job "demo-launcher", whose pods end in five random characters.
bool isOfLauncher(const Event &event, const QString &jobName)
{
    const QString launcher = jobName + u"-launcher"_s;
    if (event.objectKind == "Job"_L1)
        return event.objectName == launcher;
    return event.objectKind == "Pod"_L1 && event.objectName.startsWith(launcher + u'-') && event.objectName.size() == launcher.size() + 6;
}

/// "demo-node-0" is a job of the JobSet "demo"; what follows the role is a number and, of a pod, more.
bool isNamedAfter(const QString &object, const QString &jobName, const QString &role)
{
    const QString prefix = jobName + u'-' + role.toLower() + u'-';
    bool ok = false;
    return object.startsWith(prefix) && (object.mid(prefix.size()).section(u'-', 0, 0).toInt(&ok), ok);
}

/// A death before the job was last started is that of an attempt before.
bool isOfThisStart(const DeathCause &cause, const Job &job)
{
    return !cause.at.isValid() || !job.started.isValid() || cause.at >= job.started;
}

} // namespace

JobStore::JobStore(QObject *parent)
    : StoreSignals(parent)
{
}

// ---- what comes in --------------------------------------------------------------------------------------------------

void JobStore::applyJobs(JobKind kind, const Delta<Job> &delta)
{
    StoreChange change;
    change.complete = delta.complete;
    QSet<QString> touched;
    QSet<QString> &ofKind = m_byKind[kind];
    for (const Job &job : delta.upserts) {
        if (job.isPartOfAnother())
            continue;
        // A server that serves both versions of MPIJob shows each object twice: the newer one has its spec.
        if (kind == JobKind::MPIJob && m_byKind.value(JobKind::MPIJobV2).contains(job.uid))
            continue;
        if (kind == JobKind::MPIJobV2)
            m_byKind[JobKind::MPIJob].remove(job.uid);
        // The cluster of a RayJob is named once it is made, and anew with each retry.
        if (const auto before = m_raw.constFind(job.uid); before != m_raw.cend() && podsKey(*before) != podsKey(job) && m_named.value(podsKey(*before)) == job.uid)
            m_named.remove(podsKey(*before));
        m_raw.insert(job.uid, job);
        ofKind.insert(job.uid);
        touched.insert(job.uid);
        if (const QString key = podsKey(job); key != job.uid)
            m_named.insert(key, job.uid);
    }
    for (const QString &uid : delta.removed) {
        const auto gone = m_raw.constFind(uid);
        if (touched.contains(uid) || gone == m_raw.cend() || gone->kind != kind)
            continue;
        // One of the same name may have come in its place.
        if (const QString key = podsKey(*gone); m_named.value(key) == uid)
            m_named.remove(key);
        m_raw.erase(gone);
        m_lastDeaths.remove(uid);
        m_shown.remove(uid);
        ofKind.remove(uid);
        change.removed.append(uid);
    }
    refresh(touched, std::move(change));
}

void JobStore::resetJobs(JobKind kind)
{
    Delta<Job> delta;
    delta.removed = m_byKind.value(kind).values();
    applyJobs(kind, delta);
}

void JobStore::applyRuntimes(const Delta<TrainingRuntime> &delta)
{
    for (const TrainingRuntime &runtime : delta.upserts)
        m_runtimes.insert(runtime.uid, runtime);
    for (const QString &uid : delta.removed)
        m_runtimes.remove(uid);
    refresh(m_byKind.value(JobKind::TrainJob));
}

void JobStore::resetRuntimes(const QString &kind)
{
    m_runtimes.removeIf([&](auto it) { return it->kind == kind; });
    refresh(m_byKind.value(JobKind::TrainJob));
}

QString JobStore::podsKey(const Job &job) const
{
    if (job.kind == JobKind::MPIJobV2)
        return mpiKey(job.ns, job.name);
    if (job.facts().isRay())
        return rayKey(job.ns, job.podsName());
    if (job.kind == JobKind::JobSet)
        return nameKey(job.ns, job.name);
    return job.facts().isTrainJob() ? nameKey(job.ns, job.name) : job.uid;
}

QString JobStore::podsKey(const Pod &pod) const
{
    if (pod.ofMpiOperator)
        return mpiKey(pod.ns, pod.jobName);
    if (pod.ofRay)
        return rayKey(pod.ns, pod.jobName);
    return pod.ofJobSet ? nameKey(pod.ns, pod.jobName) : pod.ownerUid;
}

QString JobStore::jobOf(const QString &podsKey) const
{
    return podsKey.contains(u'/') ? m_named.value(podsKey) : podsKey;
}

void JobStore::applyPods(const Delta<Pod> &delta)
{
    QSet<QString> touched;
    const auto forget = [&](const QString &uid) {
        const Pod *pod = m_pods.find(uid);
        if (!pod || !belongsToAJob(*pod))
            return;
        const QString key = podsKey(*pod);
        touched.insert(jobOf(key));
        unlink(m_podsOf, key, uid);
    };
    for (const QString &uid : delta.removed) {
        if (const Pod *pod = m_pods.find(uid))
            keepDeaths(uid, jobOf(podsKey(*pod)));
        m_deaths.remove(uid);
        forget(uid);
    }
    for (const Pod &pod : delta.upserts) {
        forget(pod.uid); // it may have been orphaned, or adopted
        if (!belongsToAJob(pod))
            continue;
        const QString key = podsKey(pod);
        touched.insert(jobOf(key));
        link(m_podsOf, key, pod.uid);
    }
    m_pods.apply(delta);
    touched.remove(QString()); // pods of a JobSet that no TrainJob made, or whose TrainJob is still to come
    refresh(touched);
    if (!touched.isEmpty())
        emit podsChanged(touched);
}

/// Logs go with their pod: what was read of them is all that will ever be known.
void JobStore::keepDeaths(const QString &podUid, const QString &jobUid)
{
    const auto deaths = m_deaths.constFind(podUid);
    const auto job = m_raw.constFind(jobUid);
    if (deaths == m_deaths.cend() || job == m_raw.cend())
        return;
    for (const DeathCause &cause : *deaths) {
        const auto kept = m_lastDeaths.constFind(jobUid);
        if (kept == m_lastDeaths.cend() || !isOfThisStart(*kept, *job) || explainsMore(cause, *kept))
            m_lastDeaths.insert(jobUid, cause);
    }
}

void JobStore::resetPods()
{
    for (auto it = m_deaths.keyBegin(); it != m_deaths.keyEnd(); ++it) {
        if (const Pod *pod = m_pods.find(*it))
            keepDeaths(*it, jobOf(podsKey(*pod)));
    }
    QSet<QString> touched;
    for (auto it = m_podsOf.keyBegin(); it != m_podsOf.keyEnd(); ++it)
        touched.insert(jobOf(*it));
    touched.remove(QString());
    m_podsOf.clear();
    m_deaths.clear();
    m_pods.clear();
    refresh(touched);
    if (!touched.isEmpty())
        emit podsChanged(touched);
}

void JobStore::applyNodes(const Delta<Node> &delta)
{
    QSet<QString> turned; // names of nodes that were lost or came back
    const auto set = [&](const QString &name, bool lost) {
        if (lost == m_lostNodes.contains(name))
            return;
        if (lost)
            m_lostNodes.insert(name);
        else
            m_lostNodes.remove(name);
        turned.insert(name);
    };
    for (const QString &uid : delta.removed) {
        // Pods that still name a node which is gone are as lost as with one that does not answer.
        if (const QString name = m_nodeNames.take(uid); !name.isEmpty())
            set(name, true);
    }
    for (const Node &node : delta.upserts) {
        m_nodeNames.insert(node.uid, node.name);
        set(node.name, !node.ready);
    }
    refresh(jobsOn(turned));
}

void JobStore::resetNodes()
{
    m_nodeNames.clear();
    refresh(jobsOn(std::exchange(m_lostNodes, {})));
}

QSet<QString> JobStore::jobsOn(const QSet<QString> &nodes) const
{
    QSet<QString> jobs;
    if (nodes.isEmpty())
        return jobs;
    m_pods.each([&](const Pod &pod) {
        if (nodes.contains(pod.node) && belongsToAJob(pod))
            jobs.insert(jobOf(podsKey(pod)));
    });
    jobs.remove(QString());
    return jobs;
}

void JobStore::applyEvents(const Delta<Event> &delta)
{
    QSet<QString> touched;
    const auto forget = [&](const QString &uid) {
        if (const Event *event = m_events.find(uid)) {
            touched.unite(jobsOf(*event));
            unlink(m_eventsAbout, event->objectUid, uid);
        }
    };
    for (const QString &uid : delta.removed)
        forget(uid);
    for (const Event &event : delta.upserts) {
        forget(event.uid);
        link(m_eventsAbout, event.objectUid, event.uid);
        touched.unite(jobsOf(event));
    }
    m_events.apply(delta);
    refresh(touched);
    if (!touched.isEmpty())
        emit eventsChanged(touched);
}

void JobStore::resetEvents()
{
    QSet<QString> touched;
    m_events.each([&](const Event &event) { touched.unite(jobsOf(event)); });
    m_eventsAbout.clear();
    m_events.clear();
    refresh(touched);
    if (!touched.isEmpty())
        emit eventsChanged(touched);
}

void JobStore::setJobState(JobKind kind, const FeedState &state)
{
    m_states.insert(kind, state);
    emit stateChanged(jobsState());
}

void JobStore::setPodState(const FeedState &state)
{
    const auto says = [this] { return std::pair(arePodsKnown(), m_pods.state().phase == FeedState::Phase::Forbidden); };
    const auto before = says();
    m_pods.setState(state);
    if (says() == before)
        return;
    // Of ten thousand jobs only those can look otherwise now that run and are not all there.
    QSet<QString> open;
    for (auto it = m_shown.cbegin(); it != m_shown.cend(); ++it) {
        if ((isRunning(it->phase) || it->phase == JobPhase::Pending) && it->ready() < it->desired())
            open.insert(it.key());
    }
    refresh(open);
}

void JobStore::setDeath(const QString &podUid, const QString &container, const std::optional<DeathCause> &cause)
{
    const Pod *pod = m_pods.find(podUid);
    if (!pod)
        return;
    if (cause)
        m_deaths[podUid].insert(container, *cause);
    else if (const auto of = m_deaths.find(podUid); of != m_deaths.end())
        of->remove(container);
    refresh({jobOf(podsKey(*pod))});
}

void JobStore::setNow(const QDateTime &now)
{
    const bool first = !m_now.isValid();
    m_now = now;
    if (first) {
        refresh(QSet<QString>(m_raw.keyBegin(), m_raw.keyEnd()));
        return;
    }
    QSet<QString> due;
    for (auto it = m_until.begin(); it != m_until.end();) {
        if (*it > now) {
            ++it;
            continue;
        }
        due.insert(it.key());
        it = m_until.erase(it);
    }
    if (!due.isEmpty())
        refresh(due);
}

FeedState JobStore::jobsState() const
{
    return combined(m_states.values());
}

// ---- what is asked --------------------------------------------------------------------------------------------------

const Job *JobStore::find(const QString &uid) const
{
    const auto it = m_shown.constFind(uid);
    return it == m_shown.cend() ? nullptr : &*it;
}

const Job *JobStore::find(JobKind kind, const QString &ns, const QString &name) const
{
    const auto it = m_byKind.constFind(kind);
    if (it == m_byKind.cend())
        return nullptr;
    for (const QString &uid : *it) {
        if (const Job *job = find(uid); job && job->name == name && job->ns == ns)
            return job;
    }
    return nullptr;
}

Delta<Job> JobStore::delta(const StoreChange &change) const
{
    Delta<Job> result;
    result.complete = change.complete;
    result.removed = change.removed;
    for (const QString &uid : change.added + change.changed) {
        if (const Job *job = find(uid))
            result.upserts.append(*job);
    }
    return result;
}

QString JobStore::jobOf(const Pod &pod) const
{
    const QString uid = jobOf(podsKey(pod));
    return m_shown.contains(uid) ? uid : QString();
}

QList<Pod> JobStore::podsOf(const QString &jobUid) const
{
    const auto job = m_raw.constFind(jobUid);
    QList<Pod> pods = podsUnder(job == m_raw.cend() ? jobUid : podsKey(*job));
    std::ranges::sort(pods, [](const Pod &a, const Pod &b) {
        return std::tie(a.role, a.index, a.name, a.uid) < std::tie(b.role, b.index, b.name, b.uid);
    });
    return pods;
}

QList<Pod> JobStore::podsUnder(const QString &podsKey) const
{
    QList<Pod> pods;
    for (const QString &uid : m_podsOf.value(podsKey)) {
        if (const Pod *pod = m_pods.find(uid))
            pods.append(*pod);
    }
    return pods;
}

QSet<QString> JobStore::jobsOf(const Event &event) const
{
    if (m_raw.contains(event.objectUid))
        return {event.objectUid};
    QString job;
    if (const Pod *pod = m_pods.find(event.objectUid))
        job = belongsToAJob(*pod) ? jobOf(podsKey(*pod)) : QString();
    else if (event.objectKind == "JobSet"_L1)
        job = m_named.value(nameKey(event.ns, event.objectName));
    else if (event.objectKind == "Job"_L1 && event.objectName.endsWith("-launcher"_L1))
        job = m_named.value(mpiKey(event.ns, event.objectName.chopped(9)));
    return job.isEmpty() ? QSet<QString>() : QSet<QString>{job};
}

QList<Event> JobStore::eventsOf(const QString &jobUid) const
{
    QList<Event> events;
    const auto add = [&](const QString &objectUid) {
        for (const QString &uid : m_eventsAbout.value(objectUid)) {
            if (const Event *event = m_events.find(uid))
                events.append(*event);
        }
    };
    add(jobUid);
    const Job *job = find(jobUid);
    const Uids uids = m_podsOf.value(job ? podsKey(*job) : jobUid);
    for (const QString &pod : uids)
        add(pod);
    const QSet<QString> pods(uids.cbegin(), uids.cend());
    // Pods that are gone left events behind; the operator names pods <job>-<role>-<index>. The JobSet of a TrainJob has
    // its name, and jobs and pods named after it.
    if (job) {
        const bool trainJob = job->facts().isTrainJob();
        m_events.each([&](const Event &event) {
            if (event.ns != job->ns || pods.contains(event.objectUid))
                return;
            // A job of the same name before this one had pods of the same names.
            if (event.last.isValid() && job->created.isValid() && event.last < job->created)
                return;
            const bool ofJobSet = trainJob && event.objectKind == "JobSet"_L1 && event.objectName == job->name;
            const bool ofPart = event.objectKind == "Pod"_L1 || (trainJob && event.objectKind == "Job"_L1);
            const bool ofLauncher = job->kind == JobKind::MPIJobV2 && isOfLauncher(event, job->name);
            if (ofJobSet || ofLauncher || (ofPart && std::ranges::any_of(job->replicas, [&](const ReplicaGroup &group) {
                    return isNamedAfter(event.objectName, job->name, group.role);
                })))
                events.append(event);
        });
    }
    std::ranges::sort(events,
                      [](const Event &a, const Event &b) { return std::tie(a.last, a.uid) < std::tie(b.last, b.uid); });
    return events;
}

// ---- the join -------------------------------------------------------------------------------------------------------

void JobStore::refresh(const QSet<QString> &uids, StoreChange change)
{
    for (const QString &uid : uids) {
        const auto raw = m_raw.constFind(uid);
        if (raw == m_raw.cend())
            continue;
        Job job = refined(*raw);
        if (job.phase == JobPhase::Running || job.phase == JobPhase::Suspended || job.phase == JobPhase::Succeeded)
            m_lastDeaths.remove(uid); // it has recovered: what comes later died of something else
        const auto shown = m_shown.find(uid);
        if (shown == m_shown.end()) {
            m_shown.insert(uid, job);
            change.added.append(uid);
        } else if (!(*shown == job)) {
            *shown = std::move(job);
            change.changed.append(uid);
        }
    }
    if (!change.isEmpty())
        emit changed(change);
}

struct JobStore::Seen {
    PodTrouble trouble;
    int pods = 0;
    bool anyActive = false;
    bool anyLost = false;  ///< on a node that does not answer
    bool again = false;    ///< some replica runs for the second time, or should
    int attempts = 0;      ///< of the JobSet
    int missing = 0;       ///< replicas that are neither ready nor done
    QDateTime loopsUntil;  ///< a container that died twice and more and runs now: when it is taken for well
    PodTrouble loop;       ///< and what it died of
    std::optional<DeathCause> died;
};

Job JobStore::refined(const Job &raw) const
{
    Job job = raw;
    if (job.facts().isTrainJob()) {
        const auto runtime = std::ranges::find_if(m_runtimes, [&](const TrainingRuntime &r) {
            return r.name == job.runtime.name && r.kind == job.runtime.kind && (r.ns.isEmpty() || r.ns == job.ns);
        });
        if (runtime != m_runtimes.end())
            job = withRuntime(job, *runtime);
    }
    const Seen seen = lookAtPods(job);
    const PodTrouble &trouble = seen.trouble;
    // Trainer has no condition for it: a JobSet that began anew and has not come up again is restarting.
    if (seen.attempts > 0 && job.ready() == 0 && job.unknown() == 0 && (job.phase == JobPhase::Running || job.phase == JobPhase::Pending))
        job.phase = JobPhase::Restarting;
    if (job.suspendRequested && !isFinished(job.phase) && seen.anyActive) {
        job.cause = u"stopping"_s;
        return job;
    }
    switch (job.phase) {
    case JobPhase::Failed:
        if (trouble.current && trouble.weight >= PodTrouble::Exited)
            job.cause = trouble.cause;
        break;
    case JobPhase::Restarting:
        if (trouble.weight >= PodTrouble::RestartedFrom)
            job.cause = trouble.cause;
        if (seen.anyLost && seen.missing > 0)
            job.phase = JobPhase::NodeLost;
        break;
    case JobPhase::Running: refineRunning(job, seen); break;
    case JobPhase::Pending:
        if (trouble.current && trouble.weight != PodTrouble::None) {
            job.cause = trouble.cause;
            if (!trouble.message.isEmpty())
                job.message = trouble.message;
        }
        refinePending(job, seen.pods > 0);
        break;
    default: break;
    }
    if (job.phase == JobPhase::Failed || job.phase == JobPhase::Restarting) {
        job.died = seen.died;
        if (const auto kept = m_lastDeaths.constFind(job.uid); !job.died && kept != m_lastDeaths.cend() && isOfThisStart(*kept, job))
            job.died = *kept;
    }
    return job;
}

JobStore::Seen JobStore::lookAtPods(Job &job) const
{
    Seen seen;
    job.restarts = 0;
    for (const QString &uid : m_podsOf.value(podsKey(job))) {
        const Pod *pod = m_pods.find(uid);
        if (!pod)
            continue;
        ++seen.pods;
        seen.anyActive |= pod->phase != "Succeeded"_L1 && pod->phase != "Failed"_L1;
        job.restarts += pod->restarts();
        seen.attempts = std::max(seen.attempts, pod->attempt);
        // Made long after the job began: one like it was there before.
        seen.again |= pod->created.isValid() && job.started.isValid() && job.started.secsTo(pod->created) > firstStartSeconds;
        const bool nodeLost = m_lostNodes.contains(pod->node);
        const bool lost = isOutOfSight(*pod, nodeLost);
        const auto group = std::ranges::find_if(
            job.replicas, [&](const ReplicaGroup &g) { return g.role.compare(pod->role, Qt::CaseInsensitive) == 0; });
        if (group != job.replicas.end()) {
            if (lost)
                ++group->unknown;
            else if (pod->ready() && !pod->deleting.isValid())
                ++group->ready;
        }
        // The status of a TrainJob counts batch Jobs, not pods.
        if (group != job.replicas.end() && pod->ofJobSet) {
            group->active += pod->phase == "Running"_L1 || pod->phase == "Pending"_L1;
            group->succeeded += pod->phase == "Succeeded"_L1;
            group->failed += pod->phase == "Failed"_L1;
        }
        // A pod on its way out because the job was told to stop has no trouble of its own.
        if (job.suspendRequested && pod->deleting.isValid())
            continue;
        seen.anyLost |= lost;
        seen.trouble = worse(seen.trouble, podTrouble(*pod, nodeLost));
        for (const ContainerState &container : pod->containers) {
            if (m_now.isValid() && container.state == "running"_L1 && container.restarts >= 2 && container.lastExitCode.value_or(0) != 0
                && container.lastFinished.isValid()) {
                const QDateTime until = container.lastFinished.addSecs(loopSeconds);
                if (until > m_now && (!seen.loopsUntil.isValid() || until > seen.loopsUntil)) {
                    seen.loopsUntil = until;
                    seen.loop = podTrouble(*pod, false);
                }
            }
        }
        if (const auto deaths = m_deaths.constFind(uid); deaths != m_deaths.cend()) {
            for (const DeathCause &cause : *deaths) {
                if (!seen.died || explainsMore(cause, *seen.died))
                    seen.died = cause;
            }
        }
    }
    for (ReplicaGroup &group : job.replicas) {
        // Who may not read pods knows nothing of their readiness, which is not the same as none.
        if (m_pods.state().phase == FeedState::Phase::Forbidden && isRunning(job.phase))
            group.unknown = std::max(0, group.desired - group.succeeded);
        // A new pod may have taken the place of one that is out of sight.
        group.unknown = std::clamp(group.desired - group.ready - group.succeeded, 0, group.unknown);
        seen.missing += std::max(0, group.desired - group.ready - group.succeeded);
    }
    job.restarts += seen.attempts;
    seen.again |= job.restarts > 0;
    return seen;
}

bool JobStore::arePodsKnown() const
{
    return m_pods.state().phase == FeedState::Phase::Live || m_pods.state().phase == FeedState::Phase::Stale;
}

/// The operator says Running as soon as its first pod runs, and goes on saying so whatever becomes of the others.
void JobStore::refineRunning(Job &job, const Seen &seen) const
{
    const PodTrouble &trouble = seen.trouble;
    if (seen.anyLost && (seen.missing > 0 || job.desired() == 0)) {
        job.phase = JobPhase::NodeLost;
        job.cause = u"NodeLost"_s;
        return;
    }
    // A replica that took the place of a failed pod leaves nothing missing. How many there should be may not be known.
    const bool stuck = trouble.current && trouble.weight >= PodTrouble::Scheduling && (seen.missing > 0 || job.desired() == 0);
    if (!stuck && (seen.missing == 0 || !arePodsKnown())) {
        // Between two deaths it is up for a while: that is no recovery yet.
        if (seen.loopsUntil.isValid()) {
            job.phase = JobPhase::Restarting;
            job.cause = seen.loop.cause;
            m_until.insert(job.uid, seen.loopsUntil);
        }
        return;
    }
    if (trouble.weight != PodTrouble::None) {
        job.cause = trouble.cause;
        if (!trouble.message.isEmpty())
            job.message = trouble.message;
    } else if (seen.pods < job.desired()) {
        addEventCause(job);
    } else {
        job.cause = u"ContainersNotReady"_s;
    }
    // While it starts for the first time, a part of it that is not there yet is nothing that broke.
    const bool broke = seen.again || (trouble.current && trouble.weight >= PodTrouble::Exited && trouble.weight != PodTrouble::Config
                                      && trouble.weight != PodTrouble::Image);
    const QDateTime settled = job.started.isValid() ? job.started.addSecs(loopSeconds) : QDateTime();
    if (!broke && m_now.isValid() && settled.isValid() && settled > m_now) {
        job.phase = JobPhase::Pending;
        m_until.insert(job.uid, settled);
    } else {
        job.phase = JobPhase::Restarting;
    }
}

void JobStore::refinePending(Job &job, bool hasPods) const
{
    if (!hasPods)
        addEventCause(job);
}

/// A pod is missing: the operator says in an event why it could not make it (quota, admission).
void JobStore::addEventCause(Job &job) const
{
    const Event *newest = nullptr;
    for (const QString &uid : m_eventsAbout.value(job.uid)) {
        const Event *event = m_events.find(uid);
        if (event && event->type == "Warning"_L1
            && (!newest || std::tie(event->last, event->uid) > std::tie(newest->last, newest->uid)))
            newest = event;
    }
    if (newest) {
        job.cause = newest->reason;
        job.message = newest->message;
    }
}

} // namespace cairn::store
