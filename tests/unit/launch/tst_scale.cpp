// SPDX-License-Identifier: GPL-3.0-or-later
#include "launch/Scale.h"
#include "jobs/JobPods.h"
#include "manifest/Patch.h"
#include "manifest/Yaml.h"

#include <QJsonArray>
#include <QTest>
#include <algorithm>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::launch;

namespace {

struct Sample {
    QJsonObject object;
    Job job;
};

Sample sample(const QByteArray &text)
{
    const Result<QJsonValue> read = manifest::fromYaml(text);
    if (!read)
        qFatal("%s", qPrintable(read.error().oneLine()));
    Sample made{read->toObject(), {}};
    const QString version = made.object[u"apiVersion"_s].toString();
    const ResourceKind kind{version.section(u'/', 0, 0), version.section(u'/', 1), {}, made.object[u"kind"_s].toString(), true};
    const Result<Job> job = jobs::decodedJob(made.object, {jobKindOf(kind)->resource, u"nlp"_s, u"a"_s, {}});
    if (!job)
        qFatal("%s", qPrintable(job.error().oneLine()));
    made.job = *job;
    return made;
}

QByteArray torch(const QByteArray &spec, const QByteArray &metadata = {})
{
    return "apiVersion: kubeflow.org/v1\nkind: PyTorchJob\nmetadata: {name: a, namespace: nlp, uid: u" + metadata
        + "}\nspec:\n  " + spec + "\n  pytorchReplicaSpecs: {Worker: {replicas: 2, template: {spec: {containers: [{name: pytorch, image: a}]}}}}\n"
          "status: {conditions: [{type: Running, status: 'True'}]}\n";
}

const QByteArray kElastic = "elasticPolicy: {minReplicas: 1, maxReplicas: 4}";

QString first(const Scale &scale)
{
    return scale.problems.isEmpty() ? QString() : scale.problems.first().id;
}

} // namespace

class TestScale : public QObject {
    Q_OBJECT

private slots:
    void anElasticJobWithinItsBounds()
    {
        const Sample one = sample(torch(kElastic));
        const Scale plan = planScale(one.object, one.job, 4, {});
        QVERIFY2(plan.feasible(), qPrintable(first(plan)));
        QCOMPARE(plan.role, u"Worker"_s);
        QCOMPARE(plan.from, 2);
        QCOMPARE(plan.most, 4);
        QCOMPARE(plan.patch, manifest::fromYaml("spec: {pytorchReplicaSpecs: {Worker: {replicas: 4}}}")->toObject());
        QCOMPARE(plan.warnings.first().id, u"new-group"_s);
        for (const int wrong : {0, 5, -1, 1000000})
            QCOMPARE(first(planScale(one.object, one.job, wrong, {})), u"bounds"_s);
        QVERIFY(planScale(one.object, one.job, 2, {}).patch.isEmpty());
        QVERIFY(planScale(one.object, one.job, std::nullopt, {}).feasible());
        const Sample scaled = sample(torch("elasticPolicy: {minReplicas: 1, maxReplicas: 4, metrics: [{type: Resource}]}"));
        QCOMPARE(first(planScale(scaled.object, scaled.job, 3, {})), u"autoscaler"_s);
    }

    void others_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("refusal");
        const auto job = [](const char *kind, const char *specs, const char *more, const char *version = "v1") {
            return QByteArray("apiVersion: kubeflow.org/") + version + "\nkind: " + kind + "\nmetadata: {name: a, namespace: nlp, uid: u}\nspec:\n  " + more + "\n  " + specs
                + ": {Launcher: {template: {spec: {containers: [{name: l, image: a, command: [LAUNCH]}]}}}, Worker: {replicas: 2, template: {spec: {containers: [{name: tensorflow, image: a}]}}}}\n";
        };
        QTest::newRow("PyTorchJob that runs") << torch("nprocPerNode: '2'") << u"not-elastic"_s;
        QTest::newRow("PyTorchJob, suspended") << torch("runPolicy: {suspend: true}") << QString();
        QTest::newRow("TFJob that runs") << job("TFJob", "tfReplicaSpecs", "runPolicy: {}") << u"not-elastic"_s;
        QTest::newRow("TFJob with dynamic workers") << job("TFJob", "tfReplicaSpecs", "enableDynamicWorker: true") << QString();
        QTest::newRow("JAXJob that runs") << job("JAXJob", "jaxReplicaSpecs", "runPolicy: {}") << u"not-elastic"_s;
        QTest::newRow("JAXJob, suspended") << job("JAXJob", "jaxReplicaSpecs", "runPolicy: {suspend: true}") << QString();
        for (const char *version : {"v1", "v2beta1"}) {
            const QByteArray plain = job("MPIJob", "mpiReplicaSpecs", "slotsPerWorker: 2", version).replace("LAUNCH", "mpirun");
            QTest::newRow((QByteArray("MPIJob that runs, ") + version).constData()) << plain << u"not-elastic"_s;
            QTest::newRow((QByteArray("MPIJob, elastic Horovod, ") + version).constData())
                << job("MPIJob", "mpiReplicaSpecs", "slotsPerWorker: 2", version).replace("LAUNCH", "horovodrun, --min-np, '4', --max-np, '8', --host-discovery-script, /etc/mpi/discover_hosts.sh") << QString();
            QTest::newRow((QByteArray("MPIJob, above its bound, ") + version).constData())
                << job("MPIJob", "mpiReplicaSpecs", "slotsPerWorker: 2", version).replace("LAUNCH", "sh, -c, 'horovodrun --max-np 4 --host-discovery-script /etc/mpi/discover_hosts.sh x'") << u"bounds"_s;
        }
        for (const auto &[metadata, id] : {std::pair{", ownerReferences: [{kind: Trial, name: t-1, uid: x, controller: true}]", "controller"},
                 std::pair{", labels: {kueue.x-k8s.io/queue-name: q}", "queue"}, std::pair{", annotations: {argocd.argoproj.io/tracking-id: 'app:x'}", "gitops"},
                 std::pair{", labels: {kustomize.toolkit.fluxcd.io/name: apps}", "gitops"}, std::pair{", deletionTimestamp: '2026-01-01T00:00:00Z'", "deleting"}})
            QTest::newRow(metadata) << torch(kElastic, metadata) << QString::fromLatin1(id);
        QTest::newRow("Helm") << torch(kElastic, ", labels: {app.kubernetes.io/managed-by: Helm}, annotations: {meta.helm.sh/release-name: r}") << QString();
        QTest::newRow("finished") << torch(kElastic).replace("type: Running", "type: Succeeded") << u"finished"_s;
    }
    void others()
    {
        QFETCH(QByteArray, text);
        QFETCH(QString, refusal);
        const Sample one = sample(text);
        const Scale plan = planScale(one.object, one.job, 4, {});
        QCOMPARE(first(plan), refusal);
        QCOMPARE(plan.patch.isEmpty(), !refusal.isEmpty());
        if (!refusal.isEmpty())
            QVERIFY(!plan.problems.first().text.isEmpty());
    }

    /// The owner is told by its name.
    void whoOwnsIt()
    {
        const Sample one = sample(torch(kElastic, ", ownerReferences: [{kind: Trial, name: bert-7, uid: x, controller: true}]"));
        const Scale plan = planScale(one.object, one.job, 3, {});
        QVERIFY2(plan.problems.first().text.contains(u"Trial bert-7"_s), qPrintable(plan.problems.first().text));
    }

    void aTrainJob()
    {
        const QByteArray text = "apiVersion: trainer.kubeflow.org/v1alpha1\nkind: TrainJob\nmetadata: {name: a, namespace: nlp, uid: u}\nspec: {suspend: SUSPEND, runtimeRef: {name: r}, trainer: {numNodes: 2}}\n";
        TrainJobFields open;
        open.fixed = false;
        const Sample running = sample(QByteArray(text).replace("SUSPEND", "false"));
        const Sample suspended = sample(QByteArray(text).replace("SUSPEND", "true"));
        QCOMPARE(first(planScale(running.object, running.job, 3, {})), u"trainer"_s);
        QCOMPARE(first(planScale(running.object, running.job, 3, open)), u"trainer"_s);
        QVERIFY2(planScale(running.object, running.job, 3, open).problems.first().fix.contains(u"suspend"_s), "there it helps");
        QCOMPARE(first(planScale(suspended.object, suspended.job, 3, {})), u"trainer"_s);
        QVERIFY2(planScale(suspended.object, suspended.job, 3, {}).problems.first().fix.contains(u"clone"_s), "nothing else helps");
        const Scale plan = planScale(suspended.object, suspended.job, 3, open);
        QVERIFY(plan.feasible());
        QCOMPARE(plan.patch, manifest::fromYaml("spec: {trainer: {numNodes: 3}}")->toObject());
    }

    void whatElseHasToChange()
    {
        const Sample gang = sample(torch("runPolicy: {suspend: true, schedulingPolicy: {minAvailable: 2}}"));
        const Scale less = planScale(gang.object, gang.job, 1, {});
        QVERIFY(std::ranges::any_of(less.warnings, [](const change::Note &note) { return note.id == "gang"_L1; }));
        const Scale more = planScale(gang.object, gang.job, 3, {});
        QVERIFY(std::ranges::none_of(more.warnings, [](const change::Note &note) { return note.id == "gang"_L1; }));
    }

    /// The master counts for one; a replica that is not there is made as the master is.
    void besideAMaster()
    {
        const Sample one = sample(torch("runPolicy: {suspend: true}").replace("{Worker:", "{Master:").replace("replicas: 2", "replicas: 1"));
        const Scale plan = planScale(one.object, one.job, 3, {});
        QCOMPARE(plan.from, 0);
        QCOMPARE(plan.patch[u"spec"_s][u"pytorchReplicaSpecs"_s][u"Worker"_s][u"replicas"_s].toInt(), 3);
        QCOMPARE(plan.patch[u"spec"_s][u"pytorchReplicaSpecs"_s][u"Worker"_s][u"template"_s][u"spec"_s][u"containers"_s][0][u"image"_s].toString(), u"a"_s);
        QVERIFY(plan.patch[u"spec"_s][u"pytorchReplicaSpecs"_s][u"Master"_s].isUndefined());
    }
};

QTEST_APPLESS_MAIN(TestScale)
#include "tst_scale.moc"
