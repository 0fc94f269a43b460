// SPDX-License-Identifier: GPL-3.0-or-later
#include "domain/ObjectDecoder.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;

namespace {

/// Single quotes stand for double ones, so that the texts stay readable (moc stumbles over raw strings).
QByteArray json(const char *text)
{
    return QByteArray(text).replace('\'', '"');
}

QByteArray condition(const char *type, const char *status = "True", const char *message = "")
{
    return json("{'type':'") + type + json("','status':'") + status + json("','reason':'PyTorchJob") + type
        + json("','message':'") + message + json("','lastTransitionTime':'2026-01-02T03:04:05Z'}");
}

QByteArray job(const QByteArray &conditions, const QByteArray &spec = json("'runPolicy':{}"),
               const QByteArray &meta = "")
{
    return json("{'apiVersion':'kubeflow.org/"
                "v1','kind':'PyTorchJob','metadata':{'name':'t','namespace':'ml','uid':'u','resourceVersion':'9'")
        + meta + json("},'spec':{") + spec + json("},'status':{'conditions':[") + conditions + "]}}";
}

Job decoded(const QByteArray &body, JobKind kind = JobKind::PyTorchJob)
{
    const Result<Job> result = decodeJob(body, kind);
    if (!result)
        qWarning("%s", qPrintable(result.error().oneLine()));
    return result ? *result : Job();
}

} // namespace

class TestJobDecoder : public QObject
{
    Q_OBJECT
private slots:
    void phaseComesFromTrueConditionsOnly_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QString>("phase");
        const QByteArray suspend = json("'runPolicy':{'suspend':true}");
        const QByteArray queue = json(",'labels':{'kueue.x-k8s.io/queue-name':'q'}");
        QTest::newRow("nothing yet") << job("") << u"Pending"_s;
        QTest::newRow("created") << job(condition("Created")) << u"Pending"_s;
        QTest::newRow("running") << job(condition("Created") + "," + condition("Running")) << u"Running"_s;
        QTest::newRow("restarting") << job(condition("Created") + "," + condition("Restarting")) << u"Restarting"_s;
        QTest::newRow("suspended: the last condition is a false one")
            << job(condition("Created") + "," + condition("Suspended") + "," + condition("Running", "False"), suspend)
            << u"Suspended"_s;
        QTest::newRow("resumed, pods not there yet")
            << job(condition("Created") + "," + condition("Running", "False") + "," + condition("Suspended", "False"))
            << u"Pending"_s;
        QTest::newRow("suspend asked while running")
            << job(condition("Created") + "," + condition("Running"), suspend) << u"Running"_s;
        QTest::newRow("created suspended, operator silent") << job("", suspend) << u"Suspended"_s;
        QTest::newRow("queued") << job(condition("Created") + "," + condition("Suspended"), suspend, queue)
                                << u"Queued"_s;
        QTest::newRow("queued before the operator spoke") << job("", suspend, queue) << u"Queued"_s;
        QTest::newRow("admitted by the queue")
            << job(condition("Created") + "," + condition("Running"), json("'runPolicy':{}"), queue) << u"Running"_s;
        QTest::newRow("succeeded outlives suspend")
            << job(condition("Created") + "," + condition("Succeeded") + "," + condition("Running", "False"), suspend)
            << u"Succeeded"_s;
        QTest::newRow("failed") << job(condition("Running", "False") + "," + condition("Failed")) << u"Failed"_s;
        QTest::newRow("all false") << job(condition("Created", "False")) << u"Unknown"_s;
        QTest::newRow("unknown type only") << job(condition("Paused")) << u"Unknown"_s;
        QTest::newRow("conditions of the wrong type")
            << json("{'kind':'PyTorchJob','status':{'conditions':{'a':1}}}") << u"Pending"_s;
        QTest::newRow("conditions hold junk") << job("null,7,[]") << u"Pending"_s;
    }
    void phaseComesFromTrueConditionsOnly()
    {
        QFETCH(QByteArray, body);
        QFETCH(QString, phase);
        QCOMPARE(phaseName(decoded(body).phase), phase);
    }

    void failuresSayWhatTheOperatorKnows()
    {
        const Job backoff = decoded(
            job(condition("Failed", "True", "Job t has failed because it has reached the specified backoff limit")));
        QCOMPARE(backoff.cause, u"BackoffLimitExceeded"_s);
        QCOMPARE(backoff.message, u"Job t has failed because it has reached the specified backoff limit"_s);
        QCOMPARE(backoff.finished, QDateTime::fromString(u"2026-01-02T03:04:05Z"_s, Qt::ISODate));
        QCOMPARE(decoded(job(condition("Failed", "True",
                                       "Job t has failed because it was active longer than specified deadline")))
                     .cause,
                 u"DeadlineExceeded"_s);
        QCOMPARE(decoded(job(condition("Failed", "True", "1 Worker replica(s) failed."))).cause, QString());
    }

    void everythingOfTheSpecIsRead()
    {
        const QByteArray spec =
            json("'runPolicy':{'suspend':false,'backoffLimit':3,'ttlSecondsAfterFinished':60,"
                 "'schedulingPolicy':{'priorityClass':'high'}},"
                 "'pytorchReplicaSpecs':{"
                 "'Worker':{'replicas':3,'template':{'spec':{'containers':[{'name':'pytorch','resources':{'limits':{'"
                 "nvidia.com/gpu':8}}}]}}},"
                 "'Master':{'restartPolicy':'Never','template':{'spec':{'terminationGracePeriodSeconds':90,'"
                 "serviceAccountName':'trainer',"
                 "'volumes':[{'name':'c','persistentVolumeClaim':{'claimName':'ckpt'}},{'name':'e','emptyDir':{}},"
                 "{'name':'r','persistentVolumeClaim':{'claimName':'data','readOnly':true}}],"
                 "'containers':[{'name':'sidecar','image':'side'},{'name':'pytorch','image':'img:1','command':['python'"
                 ",'train.py'],"
                 "'args':['--lr','0.1'],'env':[{'name':'A','value':'1'},{'name':'S','valueFrom':{'secretKeyRef':{'name'"
                 ":'s','key':'k'}}},{'name':'E'}],"
                 "'volumeMounts':[{'name':'c','mountPath':'/ckpt','subPath':'run'},{'name':'e','mountPath':'/"
                 "tmp'},{'name':'r','mountPath':'/data'}],"
                 "'resources':{'requests':{'nvidia.com/gpu':'2'},'limits':{'nvidia.com/gpu':'2'}}}]}}}}");
        const Job j = decoded(
            json("{'apiVersion':'kubeflow.org/"
                 "v1','kind':'PyTorchJob','metadata':{'name':'t','namespace':'ml','uid':'u','generation':4},"
                 "'spec':{")
            + spec
            + json("},'status':{'startTime':'2026-01-01T00:00:00Z','replicaStatuses':{'Worker':{'active':2,'failed'"
                   ":1},'Master':{'active':1}}}}"));
        QCOMPARE(j.backoffLimit, 3);
        QCOMPARE(j.ttlSecondsAfterFinished, 60);
        QCOMPARE(j.priorityClass, u"high"_s);
        QCOMPARE(j.restartPolicy, u"Never"_s);
        QCOMPARE(j.gracePeriodSeconds, 90);
        QCOMPARE(j.serviceAccount, u"trainer"_s);
        QCOMPARE(j.generation, qint64(4));
        QCOMPARE(j.container, u"pytorch"_s);
        QCOMPARE(j.image, u"img:1"_s);
        QCOMPARE(j.command, (QStringList{u"python"_s, u"train.py"_s}));
        QCOMPARE(j.args, (QStringList{u"--lr"_s, u"0.1"_s}));
        QCOMPARE(j.env, (QMap<QString, QString>{{u"A"_s, u"1"_s}, {u"E"_s, QString()}}));
        QCOMPARE(j.envFrom, QStringList{u"S"_s});
        QCOMPARE(j.mounts,
                 (QList<VolumeMount>{{u"/ckpt"_s, u"run"_s, u"ckpt"_s, false, u"c"_s},
                                     {u"/tmp"_s, {}, {}, false, u"e"_s},
                                     {u"/data"_s, {}, u"data"_s, true, u"r"_s}}));
        QCOMPARE(j.replicas.size(), 2);
        QCOMPARE(j.replicas[0].role, u"Master"_s);
        QCOMPARE(j.replicas[0].desired, 1); // the default
        QCOMPARE(j.replicas[1].active, 2);
        QCOMPARE(j.replicas[1].failed, 1);
        QCOMPARE(j.gpus(), 26.0);
        QVERIFY(j.started.isValid());
    }

    void defaultsOfEachKindAreApplied_data()
    {
        QTest::addColumn<JobKind>("id");
        for (const JobKindFacts &facts : trainingKinds()) {
            if (!facts.isTrainJob()) // see tst_trainjob.cpp
                QTest::newRow(qPrintable(facts.resource.kind + u' ' + facts.resource.version)) << facts.id;
        }
    }
    void defaultsOfEachKindAreApplied()
    {
        QFETCH(JobKind, id);
        const JobKindFacts &f = facts(id);
        const QString kind = f.resource.kind;
        const QByteArray role = f.roles.last().toUtf8();
        const QByteArray body = json("{'kind':'") + kind.toUtf8() + json("','metadata':{'uid':'u'},'spec':{'")
            + f.replicaSpecs.toUtf8() + json("':{'") + role
            + json("':{'template':{'spec':{'containers':[{'name':'x'},{'name':'")
            + (f.container.isEmpty() ? "mpi"_ba : f.container.toUtf8()) + json("','image':'right'}]}}}}}}");
        const Job j = decoded(body, f.id);
        QCOMPARE(j.restartPolicy, f.defaultRestartPolicy);
        QCOMPARE(j.image, f.id == JobKind::MPIJobV2 ? QString() : u"right"_s); // that operator takes the first container
        QCOMPARE(j.apiVersion, f.resource.apiVersion());
        QCOMPARE(j.desired(), f.isMpi() ? 0 : 1);
        QCOMPARE(j.gracePeriodSeconds, 30);
        QCOMPARE(j.backoffLimit, -1);
        QCOMPARE(j.ttlSecondsAfterFinished, -1);
    }

    void managersAreFound_data()
    {
        QTest::addColumn<QByteArray>("meta");
        QTest::addColumn<QByteArray>("spec");
        QTest::addColumn<int>("type");
        QTest::addColumn<QString>("name");
        const QByteArray none = json("'runPolicy':{}");
        using T = Manager::Type;
        const auto row = [](const char *title, const QByteArray &meta, const QByteArray &spec, T type,
                            const QString &name) { QTest::newRow(title) << meta << spec << int(type) << name; };
        row("nobody", "", none, T::None, {});
        row("an owner that is no controller", json(",'ownerReferences':[{'kind':'Team','name':'a'}]"), none, T::None,
            {});
        row("controller",
            json(",'ownerReferences':[{'kind':'Experiment','name':'e','controller':true}],'labels':{'kueue.x-k8s.io/"
                 "queue-name':'q'}"),
            none, T::Controller, u"e"_s);
        row("kueue", json(",'labels':{'kueue.x-k8s.io/queue-name':'q'}"), none, T::Kueue, u"q"_s);
        row("managedBy", "", json("'runPolicy':{'managedBy':'kueue.x-k8s.io/multikueue'}"), T::ManagedBy,
            u"kueue.x-k8s.io/multikueue"_s);
        row("managedBy the operator", "", json("'runPolicy':{'managedBy':'kubeflow.org/training-operator'}"), T::None,
            {});
        row("argo annotation",
            json(",'annotations':{'argocd.argoproj.io/tracking-id':'app:kubeflow.org/PyTorchJob:ml/t'}"), none,
            T::ArgoCd, u"app"_s);
        row("argo label", json(",'labels':{'argocd.argoproj.io/instance':'app'}"), none, T::ArgoCd, u"app"_s);
        row("instance label alone", json(",'labels':{'app.kubernetes.io/instance':'app'}"), none, T::None, {});
        row("flux kustomization", json(",'labels':{'kustomize.toolkit.fluxcd.io/name':'k'}"), none, T::Flux, u"k"_s);
        row("flux helm", json(",'labels':{'helm.toolkit.fluxcd.io/name':'h'}"), none, T::Flux, u"h"_s);
        row("helm",
            json(",'labels':{'app.kubernetes.io/managed-by':'Helm'},'annotations':{'meta.helm.sh/release-name':'r'}"),
            none, T::Helm, u"r"_s);
        row("helm label without release", json(",'labels':{'app.kubernetes.io/managed-by':'Helm'}"), none, T::None, {});
    }
    void managersAreFound()
    {
        QFETCH(QByteArray, meta);
        QFETCH(QByteArray, spec);
        QFETCH(int, type);
        QFETCH(QString, name);
        const Job j = decoded(job("", spec, meta));
        QCOMPARE(int(j.manager.type), type);
        QCOMPARE(j.manager.name, name);
    }

    void lineageIsReadFromOurAnnotationsOnly()
    {
        const Job j =
            decoded(job("", json("'runPolicy':{}"),
                        json(",'annotations':{'cairn.console/parent-name':'old','cairn.console/parent-uid':'pu',"
                             "'cairn.console/checkpoint':'run/step-100.pt','cairn.console/step':'100','cairn.console/"
                             "attempt':'3','other':'x'}")));
        QCOMPARE(j.lineage, (Lineage{u"old"_s, u"pu"_s, u"run/step-100.pt"_s, 100, 3}));
        QCOMPARE(j.annotations.size(), 5);
        const Job bent = decoded(job("", json("'runPolicy':{}"),
                                     json(",'annotations':{'cairn.console/step':'-4','cairn.console/attempt':'0'}")));
        QCOMPARE(bent.lineage, Lineage());
    }

    void hostileObjectsAreReadAsFarAsTheyGo_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::newRow("nothing") << json("{'kind':'PyTorchJob'}");
        QTest::newRow("nulls") << json("{'kind':'PyTorchJob','metadata':null,'spec':null,'status':null}");
        QTest::newRow("wrong types") << json("{'kind':'PyTorchJob','metadata':[],'spec':'x','status':7}");
        QTest::newRow("wrong inner types")
            << json("{'kind':'PyTorchJob','metadata':{'labels':'x','annotations':[1],'ownerReferences':[1,null]},"
                    "'spec':{'runPolicy':[],'pytorchReplicaSpecs':{'Master':{'replicas':'two','template':{'spec':{'"
                    "containers':[null,{'env':[{'name':7},null],"
                    "'volumeMounts':[{'mountPath':1}],'command':[1,null,'a'],'resources':{'limits':{'nvidia.com/"
                    "gpu':[]}}}]}}},'Worker':null}}}");
        QTest::newRow("numbers out of range") << json(
            "{'kind':'PyTorchJob','spec':{'runPolicy':{'backoffLimit':99999999999,'ttlSecondsAfterFinished':1e300},"
            "'pytorchReplicaSpecs':{'Worker':{'replicas':-5}}}}");
    }
    void hostileObjectsAreReadAsFarAsTheyGo()
    {
        QFETCH(QByteArray, body);
        const Result<Job> result = decodeJob(body, JobKind::PyTorchJob);
        QVERIFY(result);
        QCOMPARE(result->phase, JobPhase::Pending);
        QVERIFY(result->desired() >= 0);
    }

    void aListSkipsItemsWithoutIdentity()
    {
        const auto page = jobDecoder(JobKind::TFJob)
                              ->page(json("{'apiVersion':'kubeflow.org/"
                                          "v1','items':[{'metadata':{'uid':'a'}},{'metadata':{}},null,7,{'metadata':{'"
                                          "uid':'b'}}],'kind':'TFJobList','metadata':{'resourceVersion':'5'}}"),
                                     WireFormat::Json);
        QVERIFY(page);
        QCOMPARE(page->items.size(), 2);
        QCOMPARE(page->info.resourceVersion, u"5"_s);
        QCOMPARE(page->items[1].kind, JobKind::TFJob);
    }
};

QTEST_APPLESS_MAIN(TestJobDecoder)
#include "tst_jobdecoder.moc"
