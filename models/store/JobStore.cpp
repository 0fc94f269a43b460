// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/JobStore.h"

#include "domain/FeedStates.h"
#include "store/PodTrouble.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::store {
namespace {

/// Removes `value` from the set under `key`, and the set when it is empty.
void unlink(QHash<QString, QSet<QString>> &index, const QString &key, const QString &value)
{
    const auto it = index.find(key);
    if (it == index.end())
        return;
    it->remove(value);
    if (it->isEmpty())
        index.erase(it);
}

bool belongsToAJob(const Pod &pod)
{
    return !pod.ownerUid.isEmpty() && jobKindByName(pod.ownerKind) != nullptr;
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
    QSet<QString> &ofKind = m_byKind[facts(kind).resource.kind];
    for (const Job &job : delta.upserts) {
        m_raw.insert(job.uid, job);
        ofKind.insert(job.uid);
        touched.insert(job.uid);
    }
    for (const QString &uid : delta.removed) {
        if (touched.contains(uid) || !m_raw.remove(uid))
            continue;
        m_shown.remove(uid);
        ofKind.remove(uid);
        change.removed.append(uid);
    }
    refresh(touched, std::move(change));
}

void JobStore::resetJobs(JobKind kind)
{
    Delta<Job> delta;
    delta.removed = m_byKind.value(facts(kind).resource.kind).values();
    applyJobs(kind, delta);
}

void JobStore::applyPods(const Delta<Pod> &delta)
{
    QSet<QString> touched;
    Delta<Pod> own;
    own.complete = delta.complete;
    const auto forget = [&](const QString &uid) {
        const Pod *pod = m_pods.find(uid);
        if (!pod)
            return false;
        touched.insert(pod->ownerUid);
        unlink(m_podsOf, pod->ownerUid, uid);
        return true;
    };
    for (const QString &uid : delta.removed) {
        if (forget(uid))
            own.removed.append(uid);
    }
    for (const Pod &pod : delta.upserts) {
        if (!belongsToAJob(pod)) {
            if (forget(pod.uid)) // it was orphaned
                own.removed.append(pod.uid);
            continue;
        }
        forget(pod.uid);
        touched.insert(pod.ownerUid);
        m_podsOf[pod.ownerUid].insert(pod.uid);
        own.upserts.append(pod);
    }
    m_pods.apply(own);
    refresh(touched);
    if (!touched.isEmpty())
        emit podsChanged(touched);
}

void JobStore::resetPods()
{
    const QSet<QString> touched(m_podsOf.keyBegin(), m_podsOf.keyEnd());
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
        if (nodes.contains(pod.node))
            jobs.insert(pod.ownerUid);
    });
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
        m_eventsAbout[event.objectUid].insert(event.uid);
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
    const auto it = m_byKind.constFind(facts(kind).resource.kind);
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

QList<Pod> JobStore::podsOf(const QString &jobUid) const
{
    QList<Pod> pods;
    for (const QString &uid : m_podsOf.value(jobUid)) {
        if (const Pod *pod = m_pods.find(uid))
            pods.append(*pod);
    }
    std::ranges::sort(pods, [](const Pod &a, const Pod &b) {
        return std::tie(a.role, a.index, a.name, a.uid) < std::tie(b.role, b.index, b.name, b.uid);
    });
    return pods;
}

QSet<QString> JobStore::jobsOf(const Event &event) const
{
    if (m_raw.contains(event.objectUid))
        return {event.objectUid};
    if (const Pod *pod = m_pods.find(event.objectUid))
        return {pod->ownerUid};
    return {};
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
    const QSet<QString> pods = m_podsOf.value(jobUid);
    for (const QString &pod : pods)
        add(pod);
    // Pods that are gone left events behind; the operator names pods <job>-<role>-<index>.
    if (const Job *job = find(jobUid)) {
        QStringList prefixes;
        for (const ReplicaGroup &group : job->replicas)
            prefixes.append(job->name + u'-' + group.role.toLower() + u'-');
        m_events.each([&](const Event &event) {
            if (event.objectKind != "Pod"_L1 || event.ns != job->ns || pods.contains(event.objectUid))
                return;
            // A job of the same name before this one had pods of the same names.
            if (event.last.isValid() && job->created.isValid() && event.last < job->created)
                return;
            if (std::ranges::any_of(prefixes, [&](const QString &prefix) {
                    bool ok = false;
                    return event.objectName.startsWith(prefix) && (event.objectName.mid(prefix.size()).toInt(&ok), ok);
                }))
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
            m_shown.insert(uid, std::move(job));
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
    PodTrouble trouble;
    bool anyPod = false;
    bool anyActive = false;
    job.restarts = 0;
    for (const QString &uid : m_podsOf.value(job.uid)) {
        const Pod *pod = m_pods.find(uid);
        if (!pod)
            continue;
        anyPod = true;
        anyActive |= pod->phase != "Succeeded"_L1 && pod->phase != "Failed"_L1;
        job.restarts += pod->restarts();
        const auto group = std::ranges::find_if(
            job.replicas, [&](const ReplicaGroup &g) { return g.role.compare(pod->role, Qt::CaseInsensitive) == 0; });
        if (group != job.replicas.end() && pod->ready() && !pod->deleting.isValid())
            ++group->ready;
        // A pod on its way out because the job was told to stop has no trouble of its own.
        if (!(job.suspendRequested && pod->deleting.isValid()))
            trouble = worse(trouble, podTrouble(*pod, m_lostNodes.contains(pod->node)));
    }

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
