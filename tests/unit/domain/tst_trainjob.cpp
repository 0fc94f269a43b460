// SPDX-License-Identifier: GPL-3.0-or-later
#include "domain/ObjectDecoder.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;

namespace {

/// Single quotes stand for double ones.
QJsonObject json(QByteArray text)
{
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson(text.replace('\'', '"'), &error);
    if (error.error != QJsonParseError::NoError)
        qFatal("%s at %d", qPrintable(error.errorString()), error.offset);
    return document.object();
}

Job decoded(const QJsonObject &spec, const QJsonObject &status = {}, const QJsonObject &meta = {})
{
    QJsonObject metadata{{u"name"_s, u"tune"_s}, {u"namespace"_s, u"ml"_s}, {u"uid"_s, u"u"_s}, {u"creationTimestamp"_s, u"2026-01-02T03:00:00Z"_s}};
    for (auto it = meta.begin(); it != meta.end(); ++it)
        metadata.insert(it.key(), it.value());
    const QJsonObject object{{u"apiVersion"_s, u"trainer.kubeflow.org/v1alpha1"_s}, {u"kind"_s, u"TrainJob"_s}, {u"metadata"_s, metadata},
                             {u"spec"_s, spec}, {u"status"_s, status}};
    const Result<Job> job = decodeJob(QJsonDocument(object).toJson(), JobKind::TrainJob);
    return job ? *job : Job();
}

QJsonObject condition(const QString &type, const QString &reason = {}, const QString &status = u"True"_s)
{
    return {{u"type"_s, type}, {u"status"_s, status}, {u"reason"_s, reason}, {u"message"_s, u"words"_s}, {u"lastTransitionTime"_s, u"2026-01-02T04:00:00Z"_s}};
}

const QByteArray podSpec = "{'containers':[{'name':'node','volumeMounts':[{'name':'data','mountPath':'/ckpt','subPath':'a'}]}],"
                           "'volumes':[{'name':'data','persistentVolumeClaim':{'claimName':'big'}}],'terminationGracePeriodSeconds':90}";

} // namespace

class TestTrainJob : public QObject
{
    Q_OBJECT
private slots:
    void phaseIsComputed_data()
    {
        QTest::addColumn<QJsonObject>("spec");
        QTest::addColumn<QJsonObject>("status");
        QTest::addColumn<QString>("phase");
        QTest::addColumn<QString>("cause");
        const auto status = [](const QJsonArray &conditions, const char *jobs = "[]") {
            QJsonObject s = json(QByteArray("{'jobsStatus':") + jobs + "}");
            s.insert(u"conditions"_s, conditions);
            return s;
        };
        const char *active = "[{'name':'node','active':1,'ready':0,'succeeded':0,'failed':0,'suspended':0}]";
        const char *idle = "[{'name':'node','active':0,'ready':0,'succeeded':0,'failed':0,'suspended':0}]";
        QTest::newRow("new") << QJsonObject() << QJsonObject() << u"Pending"_s << QString();
        QTest::newRow("nothing active") << QJsonObject() << status({}, idle) << u"Pending"_s << QString();
        QTest::newRow("active") << QJsonObject() << status({}, active) << u"Running"_s << QString();
        QTest::newRow("resumed") << QJsonObject() << status({condition(u"Suspended"_s, u"Resumed"_s, u"False"_s)}, active) << u"Running"_s << QString();
        QTest::newRow("suspended") << json("{'suspend':true}") << status({condition(u"Suspended"_s, u"Suspended"_s)}) << u"Suspended"_s << QString();
        QTest::newRow("suspend asked for") << json("{'suspend':true}") << status({}, active) << u"Suspended"_s << QString();
        QTest::newRow("complete") << QJsonObject() << status({condition(u"Complete"_s, u"AllJobsCompleted"_s)}, idle) << u"Succeeded"_s << QString();
        QTest::newRow("failed") << QJsonObject() << status({condition(u"Failed"_s, u"ReachedMaxRestarts"_s)}, idle) << u"Failed"_s << u"ReachedMaxRestarts"_s;
        QTest::newRow("failed although suspend is asked for") << json("{'suspend':true}") << status({condition(u"Failed"_s, u"DeadlineExceeded"_s)})
                                                              << u"Failed"_s << u"DeadlineExceeded"_s;
        QTest::newRow("garbage") << QJsonObject() << json("{'conditions':7,'jobsStatus':[3,null,{'active':'x'}]}") << u"Pending"_s << QString();
    }
    void phaseIsComputed()
    {
        QFETCH(QJsonObject, spec);
        QFETCH(QJsonObject, status);
        const Job job = decoded(spec, status);
        QTEST(phaseName(job.phase), "phase");
        QTEST(job.cause, "cause");
        QCOMPARE(job.finished.isValid(), isFinished(job.phase));
    }

    void aQueueDecidesWhenItRuns()
    {
        const QJsonObject labels = json("{'labels':{'kueue.x-k8s.io/queue-name':'q'}}");
        const Job job = decoded(json("{'suspend':true}"), {}, labels);
        QCOMPARE(job.phase, JobPhase::Queued);
        QCOMPARE(job.manager.type, Manager::Type::Kueue);
        QCOMPARE(decoded(json("{'managedBy':'trainer.kubeflow.org/trainjob-controller'}")).manager.type, Manager::Type::None);
        QCOMPARE(decoded(json("{'managedBy':'kueue.x-k8s.io/multikueue'}")).manager.type, Manager::Type::ManagedBy);
    }

    void neverGoesOnInPlace() { QVERIFY(!decoded(QJsonObject()).canGoOnInPlace()); }

    void patchesOfAllVersionsMount_data()
    {
        QTest::addColumn<QByteArray>("spec");
        QTest::addColumn<bool>("found");
        QTest::newRow("2.2: runtimePatches")
            << "{'runtimePatches':[{'manager':'x/y','trainingRuntimeSpec':{'template':{'spec':{'replicatedJobs':[{'name':'node','template':{'spec':"
               "{'template':{'spec':" + podSpec + "}}}}]}}}}]}" << true;
        QTest::newRow("2.1: podTemplateOverrides") << "{'podTemplateOverrides':[{'targetJobs':[{'name':'node'}],'spec':" + podSpec + "}]}" << true;
        QByteArray flat = podSpec;
        flat.replace(0, 1, "{'targetJobs':[{'name':'node'}],");
        QTest::newRow("2.0: podSpecOverrides") << "{'podSpecOverrides':[" + flat + "]}" << true;
        QTest::newRow("another job of the set") << "{'podTemplateOverrides':[{'targetJobs':[{'name':'launcher'}],'spec':" + podSpec + "}]}" << false;
    }
    void patchesOfAllVersionsMount()
    {
        QFETCH(QByteArray, spec);
        QFETCH(bool, found);
        const Job job = decoded(json(spec));
        QCOMPARE(job.mounts.size(), found ? 1 : 0);
        QCOMPARE(job.gracePeriodSeconds, found ? 90 : 30);
        if (found)
            QCOMPARE(job.mounts.first(), (VolumeMount{u"/ckpt"_s, u"a"_s, u"big"_s, false, u"data"_s}));
    }

    void runtimeFillsWhatTheJobLeavesOut()
    {
        const Result<TrainingRuntime> runtime = decodeRuntime(
            QJsonDocument(json("{'kind':'ClusterTrainingRuntime','metadata':{'name':'torch','uid':'r','labels':{'trainer.kubeflow.org/framework':'torch'}},"
                               "'spec':{'mlPolicy':{'numNodes':4},'template':{'spec':{'replicatedJobs':[{'name':'dataset-initializer'},{'name':'node',"
                               "'template':{'spec':{'template':{'spec':{'containers':[{'name':'side'},{'name':'node','image':'base:1','command':['python'],"
                               "'args':['a.py'],'env':[{'name':'A','value':'base'},{'name':'B','value':'base'},{'name':'S','valueFrom':{}}],"
                               "'resources':{'limits':{'nvidia.com/gpu':2}},"
                               "'volumeMounts':[{'name':'code','mountPath':'/code'},{'name':'data','mountPath':'/ckpt'}]}],"
                               "'volumes':[{'name':'code','configMap':{}},{'name':'data','persistentVolumeClaim':{'claimName':'base'}},"
                               "{'name':'scratch','persistentVolumeClaim':{'claimName':'scratch'}}]}}}}}]}}}}")).toJson(), true);
        QVERIFY(runtime);
        QCOMPARE(runtime->kind, u"ClusterTrainingRuntime"_s);
        QCOMPARE(runtime->framework, u"torch"_s);

        const Job bare = withRuntime(decoded(json("{'runtimeRef':{'name':'torch'}}")), *runtime);
        QCOMPARE(bare.runtime, (RuntimeRef{u"ClusterTrainingRuntime"_s, u"torch"_s}));
        QCOMPARE(bare.image, u"base:1"_s);
        QCOMPARE(bare.command, QStringList{u"python"_s});
        QCOMPARE(bare.args, QStringList{u"a.py"_s});
        QCOMPARE(bare.desired(), 4);
        QCOMPARE(bare.gpus(), 8.0);
        QCOMPARE(bare.mounts.size(), 2);

        const Job own = withRuntime(
            decoded(json("{'runtimeRef':{'name':'torch'},'trainer':{'numNodes':2,'image':'mine:2','args':['b.py'],"
                         "'env':[{'name':'A','value':'mine'},{'name':'S','value':'mine'}],'resourcesPerNode':{'limits':{'nvidia.com/gpu':1}}},"
                         "'podTemplateOverrides':[{'targetJobs':[{'name':'node'}],'spec':{'containers':[{'name':'node','volumeMounts':"
                         "[{'name':'scratch','mountPath':'/scratch'}]}]}}]}")),
            *runtime);
        QCOMPARE(own.image, u"mine:2"_s);
        QCOMPARE(own.command, QStringList{u"python"_s}); // each stands or falls by itself
        QCOMPARE(own.args, QStringList{u"b.py"_s});
        QCOMPARE(own.env, (QMap<QString, QString>{{u"A"_s, u"mine"_s}, {u"B"_s, u"base"_s}, {u"S"_s, u"mine"_s}}));
        QVERIFY(own.envFrom.isEmpty());
        QCOMPARE(own.desired(), 2);
        QCOMPARE(own.gpus(), 2.0);
        QCOMPARE(own.mounts.size(), 3);
        QCOMPARE(own.mounts.first().claim, u"scratch"_s); // declared by the runtime, mounted by the job
    }

    void progressIsReadWhereTheGateIsOn()
    {
        QCOMPARE(decoded({}, json("{'trainerStatus':{'progressPercentage':41}}")).progress, 41);
        QCOMPARE(decoded({}, json("{'trainerStatus':{'progressPercentage':4100}}")).progress, 100);
        QVERIFY(!decoded({}, json("{'trainerStatus':{}}")).progress);
    }

    void podsOfAJobSetKnowIt()
    {
        const QByteArray body = QJsonDocument(json("{'kind':'Pod','metadata':{'uid':'p','name':'tune-node-0-1-abcde','namespace':'ml','labels':"
                                                   "{'jobset.sigs.k8s.io/jobset-name':'tune','jobset.sigs.k8s.io/replicatedjob-name':'node',"
                                                   "'jobset.sigs.k8s.io/restart-attempt':'3','batch.kubernetes.io/job-completion-index':'1'}}}")).toJson();
        const Result<Pod> pod = podDecoder()->object(body, WireFormat::Json);
        QVERIFY(pod);
        QCOMPARE(pod->jobName, u"tune"_s);
        QVERIFY(pod->ofJobSet);
        QCOMPARE(pod->role, u"node"_s);
        QCOMPARE(pod->index, 1);
        QCOMPARE(pod->attempt, 3);
    }
};

QTEST_GUILESS_MAIN(TestTrainJob)
#include "tst_trainjob.moc"
