// SPDX-License-Identifier: GPL-3.0-or-later
// JobSets, RayJobs and RayClusters: read, joined with their pods, and never changed.
#include "domain/ObjectDecoder.h"
#include "jobs/BulkPlan.h"
#include "store/JobStore.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;

namespace {

/// Single quotes stand for double ones.
Job decoded(JobKind kind, const QByteArray &spec, const QByteArray &status = "{}", const QByteArray &meta = {})
{
    QByteArray text = "{'kind':'" + facts(kind).resource.kind.toUtf8() + "','metadata':{'name':'rl','namespace':'ml','uid':'u','creationTimestamp':'2026-01-02T03:00:00Z'" + meta + "},'spec':" + spec + ",'status':" + status + '}';
    const Result<Job> job = decodeJob(text.replace('\'', '"'), kind);
    return job ? *job : Job();
}

const QByteArray rayCluster = "{'headGroupSpec':{'template':{'spec':{'containers':[{'name':'head','image':'ray:2','resources':{'limits':{'cpu':'1'}}}]}}},"
                              "'workerGroupSpecs':[{'groupName':'gpu','replicas':2,'numOfHosts':2,'template':{'spec':{'containers':[{'name':'worker','image':'verl:1',"
                              "'resources':{'limits':{'nvidia.com/gpu':'4'}},'volumeMounts':[{'name':'c','mountPath':'/ckpt'}]}],"
                              "'volumes':[{'name':'c','persistentVolumeClaim':{'claimName':'ckpt'}}]}}}]}";
QByteArray rayJob(const QByteArray &more = {})
{
    return "{'entrypoint':'python3 -m verl.trainer.main_ppo'" + more + ",'rayClusterSpec':" + rayCluster + '}';
}

Pod pod(const QByteArray &uid, const QByteArray &labels, const QByteArray &owner = "{'kind':'RayCluster','name':'x','uid':'x','controller':true}")
{
    QByteArray text = "{'kind':'Pod','metadata':{'namespace':'ml','name':'" + uid + "','uid':'" + uid + "','labels':{" + labels + "},'ownerReferences':[" + owner
        + "]},'spec':{'nodeName':'n'},'status':{'phase':'Running','conditions':[{'type':'Ready','status':'True'}],'containerStatuses':[{'name':'c','ready':true,'state':{'running':{}}}]}}";
    Result<Pod> one = podDecoder()->object(text.replace('\'', '"'), WireFormat::Json);
    return one ? *one : Pod();
}

template <class T>
Delta<T> delta(const QList<T> &upserts)
{
    Delta<T> changes;
    changes.upserts = upserts;
    return changes;
}

} // namespace

class TestShownOnly : public QObject
{
    Q_OBJECT
private slots:
    void aJobSetCountsThePodsOfItsJobs()
    {
        const QByteArray spec = "{'ttlSecondsAfterFinished':60,'replicatedJobs':[{'name':'driver','template':{'spec':{'template':{'spec':{'containers':[{'name':'d','image':'a'}]}}}}},"
                                "{'name':'workers','replicas':2,'template':{'spec':{'parallelism':4,'template':{'spec':{'containers':[{'name':'w','resources':{'limits':{'nvidia.com/gpu':1}}}]}}}}}]}";
        const Job job = decoded(JobKind::JobSet, spec, "{'replicatedJobsStatus':[{'name':'workers','ready':1,'active':2}]}");
        QCOMPARE(job.replicas.size(), 2);
        QCOMPARE(job.replicas[0].desired, 1);
        QCOMPARE(job.replicas[1].role, u"workers"_s);
        QCOMPARE(job.replicas[1].desired, 8);
        QCOMPARE(job.gpus(), 8.0);
        QCOMPARE(job.image, u"a"_s);
        QCOMPARE(job.phase, JobPhase::Running);
        QCOMPARE(job.ttlSecondsAfterFinished, 60);
        QVERIFY(!job.canGoOnInPlace());
    }

    void phasesOfAJobSet_data()
    {
        QTest::addColumn<QByteArray>("spec");
        QTest::addColumn<QByteArray>("status");
        QTest::addColumn<QString>("phase");
        QTest::addColumn<QString>("cause");
        const auto condition = [](const QByteArray &type, const QByteArray &status = "True") {
            return "{'conditions':[{'type':'" + type + "','status':'" + status + "','reason':'ReachedMaxRestarts','message':'m','lastTransitionTime':'2026-01-02T04:00:00Z'}]}";
        };
        QTest::newRow("new") << "{}"_ba << "{}"_ba << u"Pending"_s << QString();
        QTest::newRow("failed") << "{}"_ba << condition("Failed") << u"Failed"_s << u"ReachedMaxRestarts"_s;
        QTest::newRow("not failed") << "{}"_ba << condition("Failed", "False") << u"Pending"_s << QString();
        QTest::newRow("done") << "{}"_ba << condition("Completed") << u"Succeeded"_s << QString();
        QTest::newRow("suspended") << "{'suspend':true}"_ba << condition("Suspended") << u"Suspended"_s << QString();
        QTest::newRow("to be suspended") << "{'suspend':true}"_ba << "{}"_ba << u"Suspended"_s << QString();
        QTest::newRow("of another shape") << "{'replicatedJobs':{'a':1}}"_ba << "{'conditions':'x','replicatedJobsStatus':7}"_ba << u"Pending"_s << QString();
    }
    void phasesOfAJobSet()
    {
        QFETCH(QByteArray, spec);
        QFETCH(QByteArray, status);
        const Job job = decoded(JobKind::JobSet, spec, status);
        QCOMPARE(job.uid, u"u"_s);
        QTEST(phaseName(job.phase), "phase");
        QTEST(job.cause, "cause");
        QCOMPARE(job.finished.isValid(), isFinished(job.phase));
    }

    void phasesOfARayJob_data()
    {
        QTest::addColumn<QByteArray>("status");
        QTest::addColumn<QString>("phase");
        QTest::newRow("new") << "{}"_ba << u"Pending"_s;
        QTest::newRow("its cluster is made") << "{'jobDeploymentStatus':'Initializing'}"_ba << u"Pending"_s;
        QTest::newRow("submitted") << "{'jobDeploymentStatus':'Running','jobStatus':'PENDING'}"_ba << u"Pending"_s;
        QTest::newRow("running") << "{'jobDeploymentStatus':'Running','jobStatus':'RUNNING'}"_ba << u"Running"_s;
        QTest::newRow("done") << "{'jobDeploymentStatus':'Complete','jobStatus':'SUCCEEDED','endTime':'2026-01-02T04:00:00Z'}"_ba << u"Succeeded"_s;
        QTest::newRow("failed") << "{'jobDeploymentStatus':'Failed','jobStatus':'FAILED','reason':'AppFailed','endTime':'2026-01-02T04:00:00Z'}"_ba << u"Failed"_s;
        QTest::newRow("stopped") << "{'jobDeploymentStatus':'Running','jobStatus':'STOPPED','endTime':'2026-01-02T04:00:00Z'}"_ba << u"Failed"_s;
        QTest::newRow("once more") << "{'jobDeploymentStatus':'Retrying','jobStatus':'FAILED'}"_ba << u"Restarting"_s;
        QTest::newRow("suspended") << "{'jobDeploymentStatus':'Suspended'}"_ba << u"Suspended"_s;
    }
    void phasesOfARayJob()
    {
        QFETCH(QByteArray, status);
        const Job job = decoded(JobKind::RayJob, rayJob(), status);
        QTEST(phaseName(job.phase), "phase");
        QCOMPARE(job.finished.isValid(), isFinished(job.phase));
    }

    void aRayJobIsWhatItsWorkersAre()
    {
        const Job job = decoded(JobKind::RayJob, rayJob(",'backoffLimit':2"), "{'rayClusterName':'rl-raycluster-x'}");
        QCOMPARE(job.image, u"verl:1"_s);
        QCOMPARE(job.command, QStringList{u"python3 -m verl.trainer.main_ppo"_s});
        QCOMPARE(job.desired(), 5); // the head, and two groups of two hosts
        QCOMPARE(job.gpus(), 16.0);
        QCOMPARE(job.mounts.value(0).claim, u"ckpt"_s);
        QCOMPARE(job.backoffLimit, 2);
        QCOMPARE(job.podsName(), u"rl-raycluster-x"_s);
        QCOMPARE(decoded(JobKind::RayJob, rayJob(), "{}", ",'labels':{'kueue.x-k8s.io/queue-name':'q'}").manager.type, Manager::Type::Kueue);
    }

    void podsAreJoined()
    {
        store::JobStore store;
        const QByteArray labels = "'ray.io/cluster':'rl-raycluster-x','ray.io/group':";
        store.applyPods(delta(QList<Pod>{pod("head", labels + "'headgroup'"), pod("w0", labels + "'gpu'"), pod("other", "'ray.io/cluster':'another'")}));
        store.applyJobs(JobKind::RayJob, delta(QList<Job>{decoded(JobKind::RayJob, rayJob(), "{}")}));
        QCOMPARE(store.podsOf(u"u"_s).size(), 0); // no cluster yet
        store.applyJobs(JobKind::RayJob, delta(QList<Job>{decoded(JobKind::RayJob, rayJob(), "{'rayClusterName':'rl-raycluster-x','jobDeploymentStatus':'Running','jobStatus':'RUNNING'}")}));
        QCOMPARE(store.podsOf(u"u"_s).size(), 2);
        QCOMPARE(store.find(u"u"_s)->ready(), 2);
        // Its retry has another cluster.
        store.applyJobs(JobKind::RayJob, delta(QList<Job>{decoded(JobKind::RayJob, rayJob(), "{'rayClusterName':'another'}")}));
        QCOMPARE(store.podsOf(u"u"_s).size(), 1);
    }

    void whatBelongsToAnotherJobIsNotShownTwice()
    {
        store::JobStore store;
        const auto owned = [](const QByteArray &kind) { return ",'ownerReferences':[{'kind':'" + kind + "','name':'o','uid':'o','controller':true}]"; };
        store.applyJobs(JobKind::JobSet, delta(QList<Job>{decoded(JobKind::JobSet, "{}", "{}", owned("TrainJob"))}));
        store.applyJobs(JobKind::RayCluster, delta(QList<Job>{decoded(JobKind::RayCluster, rayCluster, "{}", owned("RayService"))}));
        QCOMPARE(store.size(), 0);
        Delta<Job> gone;
        gone.removed = {u"u"_s};
        store.applyJobs(JobKind::JobSet, gone);
        store.applyJobs(JobKind::RayCluster, delta(QList<Job>{decoded(JobKind::RayCluster, rayCluster, "{'state':'ready'}")}));
        QCOMPARE(store.size(), 1);
        QCOMPARE(store.find(u"u"_s)->phase, JobPhase::Running);
    }

    void nothingIsOfferedForThem()
    {
        for (const JobKindFacts &kind : jobKinds()) {
            Job job = decoded(JobKind::JobSet, "{}");
            job.kind = kind.id;
            for (const jobs::BulkAct act : {jobs::BulkAct::Suspend, jobs::BulkAct::Unsuspend, jobs::BulkAct::Delete})
                QCOMPARE(jobs::planBulk(act, job, nullptr, {}).verdict.id == "shown-only"_L1, kind.isShownOnly());
        }
        QCOMPARE(jobKinds().size() - trainingKinds().size(), 3);
    }
};

QTEST_APPLESS_MAIN(TestShownOnly)
#include "tst_shownonly.moc"
