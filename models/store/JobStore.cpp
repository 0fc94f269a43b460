// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/JobStore.h"

#include "domain/FeedStates.h"
#include "store/PodTrouble.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::store {
namespace {

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
    if (pod.ofJobSet || pod.ofMpiOperator)
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
        // A server that serves both versions of MPIJob shows each object twice: the newer one has its spec.
        if (kind == JobKind::MPIJob && m_byKind.value(JobKind::MPIJobV2).contains(job.uid))
            continue;
        if (kind == JobKind::MPIJobV2)
            m_byKind[JobKind::MPIJob].remove(job.uid);
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
    return job.facts().isTrainJob() ? nameKey(job.ns, job.name) : job.uid;
}

QString JobStore::podsKey(const Pod &pod) const
{
    if (pod.ofMpiOperator)
        return mpiKey(pod.ns, pod.jobName);
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
    for (const QString &uid : delta.removed)
        forget(uid);
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

void JobStore::resetPods()
{
    QSet<QString> touched;
    for (auto it = m_podsOf.keyBegin(); it != m_podsOf.keyEnd(); ++it)
        touched.insert(jobOf(*it));
    touched.remove(QString());
    m_podsOf.clear();
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
    PodTrouble trouble;
    bool anyPod = false;
    bool anyActive = false;
    int attempts = 0; // of the JobSet
    job.restarts = 0;
    for (const QString &uid : m_podsOf.value(podsKey(job))) {
        const Pod *pod = m_pods.find(uid);
        if (!pod)
            continue;
        anyPod = true;
        anyActive |= pod->phase != "Succeeded"_L1 && pod->phase != "Failed"_L1;
        job.restarts += pod->restarts();
        attempts = std::max(attempts, pod->attempt);
        const auto group = std::ranges::find_if(
            job.replicas, [&](const ReplicaGroup &g) { return g.role.compare(pod->role, Qt::CaseInsensitive) == 0; });
        if (group != job.replicas.end() && pod->ready() && !pod->deleting.isValid())
            ++group->ready;
        // The status of a TrainJob counts batch Jobs, not pods.
        if (group != job.replicas.end() && pod->ofJobSet) {
            group->active += pod->phase == "Running"_L1 || pod->phase == "Pending"_L1;
            group->succeeded += pod->phase == "Succeeded"_L1;
            group->failed += pod->phase == "Failed"_L1;
        }
        // A pod on its way out because the job was told to stop has no trouble of its own.
        if (!(job.suspendRequested && pod->deleting.isValid()))
            trouble = worse(trouble, podTrouble(*pod, m_lostNodes.contains(pod->node)));
    }

    job.restarts += attempts;
    // Trainer has no condition for it: a JobSet that began anew and has not come up again is restarting.
    if (attempts > 0 && job.ready() == 0 && (job.phase == JobPhase::Running || job.phase == JobPhase::Pending))
        job.phase = JobPhase::Restarting;
    if (job.suspendRequested && !isFinished(job.phase) && anyActive) {
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
        break;
    case JobPhase::Running:
        if (trouble.current && trouble.weight >= PodTrouble::Scheduling) {
            job.cause = trouble.cause;
            if (!trouble.message.isEmpty())
                job.message = trouble.message;
        }
        break;
    case JobPhase::Pending:
        if (trouble.current && trouble.weight != PodTrouble::None) {
            job.cause = trouble.cause;
            if (!trouble.message.isEmpty())
                job.message = trouble.message;
        }
        refinePending(job, anyPod);
        break;
    default: break;
    }
    return job;
}

void JobStore::refinePending(Job &job, bool hasPods) const
{
    if (hasPods)
        return;
    // No pod at all: the operator says in an event why it could not make one (quota, admission).
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
