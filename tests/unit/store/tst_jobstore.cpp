// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/JobStore.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::store;

namespace {

Job job(const QString &uid, JobPhase phase, int workers = 2)
{
    Job j;
    j.uid = uid;
    j.name = u"name-"_s + uid;
    j.ns = u"ml"_s;
    j.phase = phase;
    j.created = QDateTime::fromString(u"2026-01-01T00:00:00Z"_s, Qt::ISODate);
    j.replicas = {{u"Master"_s, 1, 0, 0, 0, 0, 0}, {u"Worker"_s, workers, 0, 0, 0, 0, 0}};
    return j;
}

Pod pod(const QString &uid, const QString &owner, const QString &role = u"worker"_s, int index = 0)
{
    Pod p;
    p.uid = uid;
    p.ns = u"ml"_s;
    p.name = u"name-"_s + owner + u'-' + role + u'-' + QString::number(index);
    p.ownerKind = u"PyTorchJob"_s;
    p.ownerUid = owner;
    p.role = role;
    p.index = index;
    p.phase = u"Running"_s;
    p.node = u"n1"_s;
    ContainerState container;
    container.name = u"pytorch"_s;
    container.ready = true;
    container.state = u"running"_s;
    p.containers = {container};
    return p;
}

Job trainJob(const QString &uid, const QString &name)
{
    Job j = job(uid, JobPhase::Running);
    j.kind = JobKind::TrainJob;
    j.name = name;
    j.runtime = {u"ClusterTrainingRuntime"_s, u"torch"_s};
    j.replicas = {{u"node"_s, 1, 0, 0, 0, 0, 0, true, true}};
    return j;
}

/// A pod of a JobSet knows its name, and neither the TrainJob nor its UID.
Pod jobSetPod(const QString &uid, const QString &jobName, int attempt = 0)
{
    Pod p = pod(uid, u"uid-of-a-batch-job"_s, u"node"_s);
    p.name = jobName + u"-node-0-0-abcde"_s;
    p.ownerKind = u"Job"_s;
    p.jobName = jobName;
    p.ofJobSet = true;
    p.attempt = attempt;
    return p;
}

template <class T>
Delta<T> upsert(const QList<T> &items)
{
    return {items, {}, false, {}};
}

Event notice(const QString &uid, const QString &objectUid, const QString &reason, const QString &type = u"Warning"_s)
{
    Event e;
    e.uid = uid;
    e.ns = u"ml"_s;
    e.objectUid = objectUid;
    e.objectKind = u"PyTorchJob"_s;
    e.reason = reason;
    e.message = u"because"_s;
    e.type = type;
    e.last = QDateTime::fromString(u"2026-01-02T00:00:00Z"_s, Qt::ISODate);
    return e;
}

} // namespace

class TestJobStore : public QObject
{
    Q_OBJECT

    /// What the store says of one job with one pod that `bend` spoiled.
    static Job with(JobPhase phase, const std::function<void(Pod &)> &bend)
    {
        JobStore store;
        store.applyJobs(JobKind::PyTorchJob, upsert<Job>({job(u"j"_s, phase)}));
        Pod p = pod(u"p"_s, u"j"_s);
        p.containers[0].ready = false;
        bend(p);
        store.applyPods(upsert<Pod>({p}));
        return *store.find(u"j"_s);
    }

private slots:
    void aTrainJobIsJoinedWithThePodsOfItsJobSet()
    {
        JobStore store;
        store.applyPods(upsert<Pod>({jobSetPod(u"p"_s, u"tune"_s), jobSetPod(u"q"_s, u"other"_s)})); // before their jobs
        store.applyJobs(JobKind::TrainJob, upsert<Job>({trainJob(u"t"_s, u"tune"_s)}));
        QCOMPARE(store.podsOf(u"t"_s).size(), 1);
        QCOMPARE(store.find(u"t"_s)->ready(), 1);
        QCOMPARE(store.find(u"t"_s)->replicas.first().active, 1);

        QSet<QString> touched;
        connect(&store, &JobStore::podsChanged, this, [&](const QSet<QString> &uids) { touched = uids; });
        Pod broken = jobSetPod(u"p"_s, u"tune"_s, 2);
        broken.containers[0].ready = false;
        store.applyPods(upsert<Pod>({broken}));
        QCOMPARE(touched, QSet<QString>{u"t"_s});
        QCOMPARE(store.find(u"t"_s)->phase, JobPhase::Restarting);
        QCOMPARE(store.find(u"t"_s)->restarts, 2);

        Delta<Job> replaced;
        replaced.upserts = {trainJob(u"t2"_s, u"tune"_s)};
        replaced.removed = {u"t"_s};
        store.applyJobs(JobKind::TrainJob, replaced);
        QCOMPARE(store.podsOf(u"t2"_s).size(), 1); // the name is the newer one's
        QVERIFY(!store.find(u"t"_s));
    }

    void aTrainJobIsFilledFromItsRuntime()
    {
        JobStore store;
        store.applyJobs(JobKind::TrainJob, upsert<Job>({trainJob(u"t"_s, u"tune"_s)}));
        QCOMPARE(store.find(u"t"_s)->image, QString());
        TrainingRuntime runtime;
        runtime.kind = u"ClusterTrainingRuntime"_s;
        runtime.name = u"torch"_s;
        runtime.uid = u"r"_s;
        runtime.numNodes = 3;
        runtime.job.image = u"base:1"_s;
        store.applyRuntimes(upsert<TrainingRuntime>({runtime}));
        QCOMPARE(store.find(u"t"_s)->image, u"base:1"_s);
        QCOMPARE(store.find(u"t"_s)->desired(), 3);
        store.resetRuntimes(u"TrainingRuntime"_s); // the other kind
        QCOMPARE(store.find(u"t"_s)->image, u"base:1"_s);
        store.resetRuntimes(u"ClusterTrainingRuntime"_s);
        QCOMPARE(store.find(u"t"_s)->image, QString());
    }

    void eventsOfAJobSetAreItsTrainJobs()
    {
        JobStore store;
        store.applyJobs(JobKind::TrainJob, upsert<Job>({trainJob(u"t"_s, u"tune"_s), trainJob(u"t2"_s, u"tune-node"_s)}));
        const auto about = [](const QString &uid, const QString &kind, const QString &name) {
            Event e = notice(uid, u"of-"_s + uid, u"Restarting"_s);
            e.objectKind = kind;
            e.objectName = name;
            return e;
        };
        store.applyEvents(upsert<Event>({about(u"1"_s, u"JobSet"_s, u"tune"_s), about(u"2"_s, u"Job"_s, u"tune-node-0"_s),
                                         about(u"3"_s, u"Pod"_s, u"tune-node-0-0-abcde"_s), about(u"4"_s, u"Pod"_s, u"tune-node-node-0-0-abcde"_s),
                                         about(u"5"_s, u"JobSet"_s, u"tune-node"_s), about(u"6"_s, u"Secret"_s, u"tune-node-0"_s)}));
        QStringList uids;
        for (const Event &event : store.eventsOf(u"t"_s))
            uids.append(event.uid);
        QCOMPARE(uids, (QStringList{u"1"_s, u"2"_s, u"3"_s}));
    }

    void readyAndRestartsComeFromThePods()
    {
        JobStore store;
        Pod early = pod(u"p0"_s, u"j"_s, u"worker"_s, 0);
        early.containers[0].restarts = 2;
        store.applyPods(upsert<Pod>({early})); // pods may come first
        store.applyJobs(JobKind::PyTorchJob, upsert<Job>({job(u"j"_s, JobPhase::Running)}));
        QCOMPARE(store.find(u"j"_s)->ready(), 1);
        QCOMPARE(store.find(u"j"_s)->restarts, 2);
        Pod leaving = pod(u"p1"_s, u"j"_s, u"worker"_s, 1);
        leaving.deleting = QDateTime::currentDateTimeUtc();
        leaving.containers[0].restarts = 1;
        Pod foreign = pod(u"x"_s, u"j"_s);
        foreign.ownerKind = u"ReplicaSet"_s;
        store.applyPods(upsert<Pod>({pod(u"m"_s, u"j"_s, u"master"_s), leaving, foreign}));
        const Job *j = store.find(u"j"_s);
        QCOMPARE(j->replicas[0].ready, 1);
        QCOMPARE(j->replicas[1].ready, 1);
        QCOMPARE(j->restarts, 3);
        QCOMPARE(store.podsOf(u"j"_s).size(), 3);
        QCOMPARE(store.podsOf(u"j"_s)[0].role, u"master"_s);
        store.applyPods({{}, {u"p0"_s, u"p1"_s, u"m"_s}, false, {}});
        QCOMPARE(store.find(u"j"_s)->ready(), 0);
        QCOMPARE(store.find(u"j"_s)->restarts, 0);
        QVERIFY(store.podsOf(u"j"_s).isEmpty());
    }

    void onlyWhatChangedIsTold()
    {
        JobStore store;
        QList<StoreChange> changes;
        connect(&store, &StoreSignals::changed, this, [&](const StoreChange &change) { changes.append(change); });
        store.applyJobs(JobKind::PyTorchJob,
                        {{job(u"a"_s, JobPhase::Running), job(u"b"_s, JobPhase::Running)}, {}, true, {}});
        QCOMPARE(changes.size(), 1);
        QCOMPARE(changes[0].added.size(), 2);
        store.applyPods(upsert<Pod>({pod(u"p"_s, u"a"_s), pod(u"q"_s, u"unknown job"_s)}));
        QCOMPARE(changes.size(), 2);
        QCOMPARE(changes[1].changed, QStringList{u"a"_s});
        QCOMPARE(store.delta(changes[1]).upserts.size(), 1);
        QCOMPARE(store.delta(changes[1]).upserts[0].ready(), 1);
        Pod same = pod(u"p"_s, u"a"_s);
        same.resourceVersion = u"9"_s; // a new version that says nothing new about the job
        store.applyPods(upsert<Pod>({same}));
        QCOMPARE(changes.size(), 2);
        // A relist of the same jobs keeps them silent as well.
        store.applyJobs(JobKind::PyTorchJob,
                        upsert<Job>({job(u"a"_s, JobPhase::Running), job(u"b"_s, JobPhase::Running)}));
        QCOMPARE(changes.size(), 2);
        store.applyJobs(JobKind::PyTorchJob, {{}, {u"a"_s, u"zzz"_s}, false, {}});
        QCOMPARE(changes[2].removed, QStringList{u"a"_s});
        QVERIFY(!store.find(u"a"_s));
    }

    void kindsAreKeptApart()
    {
        JobStore store;
        Job tf = job(u"t"_s, JobPhase::Running);
        tf.kind = JobKind::TFJob;
        store.applyJobs(JobKind::PyTorchJob, upsert<Job>({job(u"p"_s, JobPhase::Running)}));
        store.applyJobs(JobKind::TFJob, upsert<Job>({tf}));
        QVERIFY(store.find(JobKind::TFJob, u"ml"_s, u"name-t"_s));
        QVERIFY(!store.find(JobKind::PyTorchJob, u"ml"_s, u"name-t"_s));
        QVERIFY(!store.find(JobKind::TFJob, u"other"_s, u"name-t"_s));
        store.resetJobs(JobKind::PyTorchJob);
        QCOMPARE(store.size(), 1);
        QVERIFY(store.find(u"t"_s));
    }

    void causesComeFromThePods()
    {
        using P = JobPhase;
        QCOMPARE(with(P::Pending,
                      [](Pod &p) {
                          p.phase = u"Pending"_s;
                          p.node.clear();
                          p.reason = u"Unschedulable"_s;
                          p.message = u"0/4 nodes"_s;
                          p.containers.clear();
                      })
                     .cause,
                 u"Unschedulable"_s);
        QCOMPARE(with(P::Pending,
                      [](Pod &p) {
                          p.phase = u"Pending"_s;
                          p.node.clear();
                          p.reason = u"Unschedulable"_s;
                          p.message = u"0/4 nodes"_s;
                          p.containers.clear();
                      })
                     .message,
                 u"0/4 nodes"_s);
        const auto waiting = [](const QString &reason) {
            return [reason](Pod &p) {
                p.phase = u"Pending"_s;
                p.containers[0].state = u"waiting"_s;
                p.containers[0].reason = reason;
            };
        };
        QCOMPARE(with(P::Pending, waiting(u"ImagePullBackOff"_s)).cause, u"ImagePullBackOff"_s);
        QCOMPARE(with(P::Pending, waiting(u"ContainerCreating"_s)).cause, u"ContainerCreating"_s);
        QCOMPARE(with(P::Running, waiting(u"CrashLoopBackOff"_s)).cause, u"CrashLoopBackOff"_s);
        QCOMPARE(with(P::Running, waiting(u"ContainerCreating"_s)).cause, QString());
        QCOMPARE(with(P::Pending,
                      [](Pod &p) {
                          p.phase = u"Pending"_s;
                          p.initReason = u"ErrImagePull"_s;
                          p.containers[0].state = u"waiting"_s;
                          p.containers[0].reason = u"PodInitializing"_s;
                      })
                     .cause,
                 u"ErrImagePull"_s);
        const auto ended = [](const QString &reason, int code) {
            return [reason, code](Pod &p) {
                p.phase = u"Failed"_s;
                p.containers[0].state = u"terminated"_s;
                p.containers[0].reason = reason;
                p.containers[0].exitCode = code;
            };
        };
        QCOMPARE(with(P::Failed, ended(u"OOMKilled"_s, 137)).cause, u"OOMKilled"_s);
        QCOMPARE(with(P::Failed, ended(u"Error"_s, 2)).cause, u"Error (exit 2)"_s);
        QCOMPARE(with(P::Failed,
                      [](Pod &p) {
                          p.phase = u"Failed"_s;
                          p.reason = u"Evicted"_s;
                          p.containers.clear();
                      })
                     .cause,
                 u"Evicted"_s);
        const auto restarted = [](Pod &p) {
            p.containers[0].ready = true;
            p.containers[0].lastReason = u"OOMKilled"_s;
            p.containers[0].lastExitCode = 137;
        };
        QCOMPARE(with(P::Running, restarted).cause, QString()); // it runs well again
        QCOMPARE(with(P::Restarting, restarted).cause, u"OOMKilled"_s);
        const auto loops = [](Pod &p) {
            p.containers[0].state = u"waiting"_s;
            p.containers[0].reason = u"CrashLoopBackOff"_s;
            p.containers[0].lastReason = u"OOMKilled"_s;
            p.containers[0].lastExitCode = 137;
        };
        QCOMPARE(with(P::Running, loops).cause, u"OOMKilled"_s); // says more than the loop it causes
        QCOMPARE(with(P::Running, [](Pod &p) { p.phase = u"Unknown"_s; }).cause, u"NodeLost"_s);
        QCOMPARE(with(P::Succeeded, ended(u"Error"_s, 2)).cause, QString());
    }

    void theOperatorsWordStaysWhereThePodsAreGone()
    {
        JobStore store;
        Job failed = job(u"j"_s, JobPhase::Failed);
        failed.cause = u"BackoffLimitExceeded"_s;
        store.applyJobs(JobKind::PyTorchJob, upsert<Job>({failed}));
        QCOMPARE(store.find(u"j"_s)->cause, u"BackoffLimitExceeded"_s);
        Pod p = pod(u"p"_s, u"j"_s);
        p.phase = u"Failed"_s;
        p.containers[0].state = u"terminated"_s;
        p.containers[0].reason = u"OOMKilled"_s;
        p.containers[0].exitCode = 137;
        store.applyPods(upsert<Pod>({p}));
        QCOMPARE(store.find(u"j"_s)->cause, u"OOMKilled"_s);
        store.resetPods();
        QCOMPARE(store.find(u"j"_s)->cause, u"BackoffLimitExceeded"_s);
    }

    void aSuspendedJobWithPodsIsStopping()
    {
        JobStore store;
        Job j = job(u"j"_s, JobPhase::Running);
        j.suspendRequested = true;
        store.applyJobs(JobKind::PyTorchJob, upsert<Job>({j}));
        Pod p = pod(u"p"_s, u"j"_s);
        p.deleting = QDateTime::currentDateTimeUtc();
        store.applyPods(upsert<Pod>({p}));
        QCOMPARE(store.find(u"j"_s)->cause, u"stopping"_s);
        j.phase = JobPhase::Suspended;
        store.applyJobs(JobKind::PyTorchJob, upsert<Job>({j}));
        QCOMPARE(store.find(u"j"_s)->cause, u"stopping"_s);
        store.applyPods({{}, {u"p"_s}, false, {}});
        QCOMPARE(store.find(u"j"_s)->cause, QString());
    }

    void aLostNodeTakesItsPodsAlong()
    {
        JobStore store;
        store.applyJobs(JobKind::PyTorchJob, upsert<Job>({job(u"j"_s, JobPhase::Running)}));
        store.applyPods(upsert<Pod>({pod(u"p"_s, u"j"_s)}));
        Node node;
        node.uid = u"nu"_s;
        node.name = u"n1"_s;
        node.ready = true;
        store.applyNodes(upsert<Node>({node}));
        QCOMPARE(store.find(u"j"_s)->cause, QString());
        node.ready = false;
        store.applyNodes(upsert<Node>({node}));
        QCOMPARE(store.find(u"j"_s)->cause, u"NodeLost"_s);
        node.ready = true;
        store.applyNodes(upsert<Node>({node}));
        QCOMPARE(store.find(u"j"_s)->cause, QString());
        store.applyNodes({{}, {u"nu"_s}, false, {}});
        QCOMPARE(store.find(u"j"_s)->cause, u"NodeLost"_s);
        store.resetNodes();
        QCOMPARE(store.find(u"j"_s)->cause, QString());
    }

    void aJobOnALostNodeIsNotGreen()
    {
        JobStore store;
        store.applyJobs(JobKind::PyTorchJob, upsert<Job>({job(u"j"_s, JobPhase::Running, 1)}));
        store.applyPods(upsert<Pod>({pod(u"m"_s, u"j"_s, u"master"_s), pod(u"w"_s, u"j"_s)}));
        QCOMPARE(store.find(u"j"_s)->phase, JobPhase::Running);
        Pod away = pod(u"w"_s, u"j"_s);
        away.node = u"n2"_s;
        store.applyPods(upsert<Pod>({away}));
        Node node;
        node.uid = u"nu"_s;
        node.name = u"n2"_s;
        store.applyNodes(upsert<Node>({node})); // not ready
        const Job *j = store.find(u"j"_s);
        QCOMPARE(j->phase, JobPhase::NodeLost);
        QVERIFY(isRunning(j->phase)); // its work is not safe
        QCOMPARE(j->ready(), 1);
        QCOMPARE(j->unknown(), 1); // its containers were ready when they were last heard of
        QCOMPARE(j->replicas[1].unknown, 1);
        // A pod in its place makes the job whole again, and the one out of sight nobody's concern.
        Pod replacement = pod(u"w2"_s, u"j"_s);
        store.applyPods(upsert<Pod>({replacement}));
        QCOMPARE(store.find(u"j"_s)->phase, JobPhase::Running);
        QCOMPARE(store.find(u"j"_s)->unknown(), 0);
        store.applyPods({{}, {u"w2"_s}, false, {}});
        node.ready = true;
        store.applyNodes(upsert<Node>({node}));
        QCOMPARE(store.find(u"j"_s)->phase, JobPhase::Running);
        QCOMPARE(store.find(u"j"_s)->ready(), 2);
        // Without the right to read nodes the node controller's mark on the pod tells.
        away.unanswered = true;
        store.applyPods(upsert<Pod>({away}));
        QCOMPARE(store.find(u"j"_s)->phase, JobPhase::NodeLost);
        // What has ended is not out of sight.
        away.phase = u"Succeeded"_s;
        Job done = job(u"j"_s, JobPhase::Running, 1);
        done.replicas[1].succeeded = 1;
        store.applyJobs(JobKind::PyTorchJob, upsert<Job>({done}));
        store.applyPods(upsert<Pod>({away}));
        QCOMPARE(store.find(u"j"_s)->phase, JobPhase::Running);
    }

    void aRunningJobWithBrokenPodsRestarts()
    {
        const auto crash = [](const QString &reason) {
            return [reason](Pod &p) {
                p.containers[0].state = u"waiting"_s;
                p.containers[0].reason = reason;
                p.containers[0].restarts = 4;
                p.containers[0].lastExitCode = 1;
            };
        };
        QCOMPARE(with(JobPhase::Running, crash(u"CrashLoopBackOff"_s)).phase, JobPhase::Restarting);
        QCOMPARE(with(JobPhase::Running, [](Pod &p) {
                     p.containers[0].state = u"terminated"_s;
                     p.containers[0].exitCode = 139;
                 }).phase,
                 JobPhase::Restarting);
        // A failed pod whose place was taken is history.
        JobStore store;
        store.applyJobs(JobKind::TrainJob, upsert<Job>({trainJob(u"t"_s, u"tune"_s)}));
        Pod failed = jobSetPod(u"p"_s, u"tune"_s);
        failed.phase = u"Failed"_s;
        failed.containers[0].ready = false;
        failed.containers[0].state = u"terminated"_s;
        failed.containers[0].exitCode = 1;
        store.applyPods(upsert<Pod>({failed, jobSetPod(u"q"_s, u"tune"_s)}));
        QCOMPARE(store.find(u"t"_s)->phase, JobPhase::Running);
        QCOMPARE(store.find(u"t"_s)->cause, QString());
    }

    void betweenTwoDeathsItHasNotRecovered()
    {
        const QDateTime died = QDateTime::fromString(u"2026-01-01T03:00:00Z"_s, Qt::ISODate);
        Pod up = pod(u"w"_s, u"j"_s);
        up.containers[0].restarts = 5;
        up.containers[0].lastExitCode = 1;
        up.containers[0].lastReason = u"Error"_s;
        up.containers[0].lastFinished = died;
        Job j = job(u"j"_s, JobPhase::Running, 1);
        j.replicas.removeFirst();
        JobStore store;
        store.applyJobs(JobKind::PyTorchJob, upsert<Job>({j}));
        store.applyPods(upsert<Pod>({up}));
        store.setNow(died.addSecs(20));
        QCOMPARE(store.find(u"j"_s)->phase, JobPhase::Restarting);
        QCOMPARE(store.find(u"j"_s)->cause, u"Error (exit 1)"_s);
        QCOMPARE(store.find(u"j"_s)->ready(), 1);
        store.setNow(died.addSecs(599));
        QCOMPARE(store.find(u"j"_s)->phase, JobPhase::Restarting);
        store.setNow(died.addSecs(601)); // nothing comes in: time alone makes it well
        QCOMPARE(store.find(u"j"_s)->phase, JobPhase::Running);
        QCOMPARE(store.find(u"j"_s)->cause, QString());
        up.containers[0].restarts = 1; // one fall is none
        up.containers[0].lastFinished = died.addSecs(600);
        store.applyPods(upsert<Pod>({up}));
        QCOMPARE(store.find(u"j"_s)->phase, JobPhase::Running);
    }

    void aReplicaThatIsMissingIsToldOnceAllPodsAreKnown()
    {
        const QDateTime started = QDateTime::fromString(u"2026-01-01T00:00:00Z"_s, Qt::ISODate);
        Job j = job(u"j"_s, JobPhase::Running, 1);
        j.started = started;
        JobStore store;
        store.setNow(started.addSecs(60));
        store.applyJobs(JobKind::PyTorchJob, upsert<Job>({j}));
        Pod coming = pod(u"w"_s, u"j"_s);
        coming.created = started;
        coming.containers[0].ready = false;
        coming.containers[0].state = u"waiting"_s;
        coming.containers[0].reason = u"ContainerCreating"_s;
        store.applyPods(upsert<Pod>({pod(u"m"_s, u"j"_s, u"master"_s), coming}));
        QCOMPARE(store.find(u"j"_s)->phase, JobPhase::Running); // the list is still on its way
        FeedState live;
        live.phase = FeedState::Phase::Live;
        store.setPodState(live);
        QCOMPARE(store.find(u"j"_s)->phase, JobPhase::Pending); // it starts for the first time
        QCOMPARE(store.find(u"j"_s)->cause, u"ContainerCreating"_s);
        store.setNow(started.addSecs(700));
        QCOMPARE(store.find(u"j"_s)->phase, JobPhase::Restarting); // nobody can say any more that it only starts
        store.applyPods({{}, {u"w"_s}, false, {}});
        store.applyEvents(upsert<Event>({notice(u"e1"_s, u"j"_s, u"FailedCreatePod"_s)}));
        QCOMPARE(store.find(u"j"_s)->phase, JobPhase::Restarting);
        QCOMPARE(store.find(u"j"_s)->cause, u"FailedCreatePod"_s);
        store.applyPods(upsert<Pod>({pod(u"w"_s, u"j"_s)}));
        QCOMPARE(store.find(u"j"_s)->phase, JobPhase::Running);
    }

    void withoutTheRightToReadPodsReadinessIsUnknown()
    {
        JobStore store;
        store.applyJobs(JobKind::PyTorchJob, upsert<Job>({job(u"j"_s, JobPhase::Running, 1), job(u"s"_s, JobPhase::Suspended, 1)}));
        QCOMPARE(store.find(u"j"_s)->unknown(), 0);
        FeedState state;
        state.phase = FeedState::Phase::Forbidden;
        store.setPodState(state);
        QCOMPARE(store.find(u"j"_s)->unknown(), 2);
        QCOMPARE(store.find(u"j"_s)->phase, JobPhase::Running); // the operator's word stands
        QCOMPARE(store.find(u"s"_s)->unknown(), 0);
    }

    void whatItDiedOfIsToldWhileItIsNotWell()
    {
        JobStore store;
        store.applyJobs(JobKind::PyTorchJob, upsert<Job>({job(u"j"_s, JobPhase::Running, 1)}));
        const auto looping = [](const QString &uid, const QString &role) {
            Pod p = pod(uid, u"j"_s, role);
            p.containers[0].ready = false;
            p.containers[0].state = u"waiting"_s;
            p.containers[0].reason = u"CrashLoopBackOff"_s;
            p.containers[0].lastExitCode = 1;
            return p;
        };
        store.applyPods(upsert<Pod>({looping(u"m"_s, u"master"_s), looping(u"w"_s, u"worker"_s)}));
        DeathCause peer;
        peer.kind = DeathCause::Kind::LostPeer;
        store.setDeath(u"m"_s, u"pytorch"_s, peer);
        QCOMPARE(store.find(u"j"_s)->died, peer);
        DeathCause full;
        full.kind = DeathCause::Kind::NoSpace;
        full.claim = u"ckpt"_s;
        store.setDeath(u"w"_s, u"pytorch"_s, full);
        QCOMPARE(store.find(u"j"_s)->died, full); // the root of the matter, not what follows from it
        store.setDeath(u"w"_s, u"pytorch"_s, std::nullopt);
        QCOMPARE(store.find(u"j"_s)->died, peer);
        store.applyPods(upsert<Pod>({pod(u"m"_s, u"j"_s, u"master"_s), pod(u"w"_s, u"j"_s)}));
        QVERIFY(!store.find(u"j"_s)->died);
        store.setDeath(u"nobody"_s, u"pytorch"_s, full);
    }

    void whatItDiedOfOutlivesItsPod()
    {
        JobStore store;
        const QDateTime began = QDateTime::fromString(u"2026-03-01T12:00:00Z"_s, Qt::ISODate);
        const auto at = [&](JobPhase phase, const QDateTime &started) {
            Job j = job(u"j"_s, phase, 1);
            j.started = started;
            return upsert<Job>({j});
        };
        const auto dies = [&](const QString &pod_, DeathCause::Kind kind) {
            Pod p = pod(pod_, u"j"_s, u"master"_s);
            p.phase = u"Failed"_s;
            store.applyPods(upsert<Pod>({p}));
            DeathCause cause;
            cause.kind = kind;
            cause.at = began.addSecs(600);
            store.setDeath(pod_, u"pytorch"_s, cause);
            Delta<Pod> gone;
            gone.removed = {pod_};
            store.applyPods(gone);
        };
        store.applyJobs(JobKind::PyTorchJob, at(JobPhase::Failed, began));
        dies(u"m"_s, DeathCause::Kind::NoSpace);
        QVERIFY(store.find(u"j"_s)->died);
        QCOMPARE(store.find(u"j"_s)->died->kind, DeathCause::Kind::NoSpace);
        dies(u"m2"_s, DeathCause::Kind::LostPeer); // explains less
        QCOMPARE(store.find(u"j"_s)->died->kind, DeathCause::Kind::NoSpace);
        store.resetPods();
        QVERIFY(store.find(u"j"_s)->died);
        // Another attempt that fails too has died of something else.
        store.applyJobs(JobKind::PyTorchJob, at(JobPhase::Failed, began.addSecs(3600)));
        QVERIFY(!store.find(u"j"_s)->died);
        store.applyJobs(JobKind::PyTorchJob, at(JobPhase::Running, began));
        store.applyJobs(JobKind::PyTorchJob, at(JobPhase::Failed, began));
        QVERIFY(!store.find(u"j"_s)->died); // it had recovered
        // A job of the same UID that is listed again begins without it.
        dies(u"m3"_s, DeathCause::Kind::NoSpace);
        QVERIFY(store.find(u"j"_s)->died);
        store.resetJobs(JobKind::PyTorchJob);
        store.applyJobs(JobKind::PyTorchJob, at(JobPhase::Failed, began));
        QVERIFY(!store.find(u"j"_s)->died);
    }

    void aJobThatGetsNoPodsSaysWhy()
    {
        JobStore store;
        store.applyJobs(JobKind::PyTorchJob, upsert<Job>({job(u"j"_s, JobPhase::Pending)}));
        store.applyEvents(upsert<Event>({notice(u"e0"_s, u"j"_s, u"PyTorchJobCreated"_s, u"Normal"_s)}));
        QCOMPARE(store.find(u"j"_s)->cause, QString());
        store.applyEvents(upsert<Event>({notice(u"e1"_s, u"j"_s, u"FailedCreatePod"_s)}));
        QCOMPARE(store.find(u"j"_s)->cause, u"FailedCreatePod"_s);
        QCOMPARE(store.find(u"j"_s)->message, u"because"_s);
        store.applyEvents({{}, {u"e1"_s}, false, {}});
        QCOMPARE(store.find(u"j"_s)->cause, QString());
    }

    void eventsOfTheJobAndAllItsPodsAreFound()
    {
        JobStore store;
        store.applyJobs(JobKind::PyTorchJob, upsert<Job>({job(u"j"_s, JobPhase::Running)}));
        store.applyPods(upsert<Pod>({pod(u"p"_s, u"j"_s)}));
        Event gone = notice(u"gone"_s, u"old pod"_s, u"Killing"_s);
        gone.objectKind = u"Pod"_s;
        gone.objectName = u"name-j-worker-7"_s;
        gone.last = gone.last.addSecs(-10);
        Event older = gone; // of a job of the same name before this one
        older.uid = u"older"_s;
        older.last = QDateTime::fromString(u"2025-12-31T00:00:00Z"_s, Qt::ISODate);
        Event similar = gone;
        similar.uid = u"similar"_s;
        similar.objectName = u"name-j-worker-big-0"_s;
        Event elsewhere = gone;
        elsewhere.uid = u"elsewhere"_s;
        elsewhere.ns = u"other"_s;
        store.applyEvents(upsert<Event>({notice(u"e"_s, u"j"_s, u"Created"_s), notice(u"f"_s, u"p"_s, u"Pulled"_s),
                                         notice(u"x"_s, u"other"_s, u"No"_s), gone, older, similar, elsewhere}));
        QStringList uids;
        for (const Event &e : store.eventsOf(u"j"_s))
            uids.append(e.uid);
        QCOMPARE(uids, (QStringList{u"gone"_s, u"e"_s, u"f"_s}));
    }

    void theLauncherOfAnMpiJobIsFoundByItsName()
    {
        const auto mpiPod = [](const QString &uid, const QString &role) {
            Pod p = pod(uid, u"j"_s, role);
            p.ownerKind = u"MPIJob"_s;
            p.jobName = u"demo"_s;
            p.ofMpiOperator = true;
            if (role == u"launcher") { // made by a batch Job, whose UID nobody else knows
                p.name = u"demo-launcher-abcde"_s;
                p.ownerKind = u"Job"_s;
                p.ownerUid = u"uid-of-a-batch-job"_s;
            }
            return p;
        };
        JobStore store;
        store.applyPods(upsert<Pod>({mpiPod(u"l"_s, u"launcher"_s), mpiPod(u"w"_s, u"worker"_s)})); // they may come first
        Job j = job(u"j"_s, JobPhase::Running);
        j.kind = JobKind::MPIJobV2;
        j.name = u"demo"_s;
        j.replicas = {{u"Launcher"_s, 1, 1, 0, 0, 0, 0}, {u"Worker"_s, 1, 1, 0, 0, 0, 0}};
        Job same = trainJob(u"t"_s, u"demo"_s); // another kind may have the name
        same.ns = j.ns;
        store.applyJobs(JobKind::TrainJob, upsert<Job>({same}));
        store.applyJobs(JobKind::MPIJobV2, upsert<Job>({j}));
        QCOMPARE(store.find(u"j"_s)->ready(), 2);
        QCOMPARE(store.find(u"t"_s)->ready(), 0);
        QCOMPARE(store.podsOf(u"j"_s).size(), 2);
        QCOMPARE(store.jobOf(mpiPod(u"l"_s, u"launcher"_s)), u"j"_s);
        Event limit = notice(u"e"_s, u"uid-of-a-batch-job"_s, u"BackoffLimitExceeded"_s);
        limit.objectKind = u"Job"_s;
        limit.objectName = u"demo-launcher"_s;
        limit.last = j.created.addSecs(60);
        Event gone = limit; // of a pod that was replaced
        gone.uid = u"g"_s;
        gone.objectUid = u"gone"_s;
        gone.objectKind = u"Pod"_s;
        gone.objectName = u"demo-launcher-xyz12"_s;
        store.applyEvents(upsert<Event>({limit, gone}));
        QCOMPARE(store.eventsOf(u"j"_s).size(), 2);
        QCOMPARE(store.jobAbout(limit), u"j"_s);
        QVERIFY(store.eventsOf(u"t"_s).isEmpty());
    }

    void twoVersionsOfOneMpiJobAreOneJob()
    {
        Job v1 = job(u"j"_s, JobPhase::Running), v2 = v1;
        v1.kind = JobKind::MPIJob;
        v2.kind = JobKind::MPIJobV2;
        for (const bool newFirst : {true, false}) {
            JobStore store;
            if (newFirst)
                store.applyJobs(JobKind::MPIJobV2, upsert<Job>({v2}));
            store.applyJobs(JobKind::MPIJob, upsert<Job>({v1}));
            if (!newFirst)
                store.applyJobs(JobKind::MPIJobV2, upsert<Job>({v2}));
            QCOMPARE(store.size(), 1);
            QCOMPARE(store.find(u"j"_s)->kind, JobKind::MPIJobV2);
            // The operator v1 was taken away: its watch forgets what it knew.
            Delta<Job> absent;
            absent.removed = {u"j"_s};
            store.applyJobs(JobKind::MPIJob, absent);
            store.resetJobs(JobKind::MPIJob);
            QCOMPARE(store.size(), 1);
            store.resetJobs(JobKind::MPIJobV2);
            QCOMPARE(store.size(), 0);
        }
    }

    void statesOfAllKindsAreCombined()
    {
        JobStore store;
        FeedState last;
        connect(&store, &StoreSignals::stateChanged, this, [&](const FeedState &state) { last = state; });
        FeedState live;
        live.phase = FeedState::Phase::Live;
        FeedState absent;
        absent.phase = FeedState::Phase::Absent;
        for (const JobKindFacts &facts : jobKinds())
            store.setJobState(facts.id, absent);
        QCOMPARE(last.phase, FeedState::Phase::Absent);
        store.setJobState(JobKind::PyTorchJob, live);
        QCOMPARE(last.phase, FeedState::Phase::Live);
    }
};

QTEST_APPLESS_MAIN(TestJobStore)
#include "tst_jobstore.moc"
