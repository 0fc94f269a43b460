// SPDX-License-Identifier: GPL-3.0-or-later
#include "launch/Spec.h"
#include "manifest/Document.h"
#include "manifest/Yaml.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::launch;

namespace {

Spec full(JobKind kind)
{
    Spec spec;
    spec.kind = kind;
    spec.name = u"bert-xl"_s;
    spec.ns = u"nlp"_s;
    spec.image = u"ghcr.example/nlp/bert:2.1"_s;
    spec.command = {u"torchrun"_s, u"train.py"_s};
    spec.args = {u"--bf16=true"_s, u"--lr=1e-4"_s};
    spec.variables = {{u"NCCL_DEBUG"_s, Variable::From::Value, u"INFO"_s, {}},
        {u"HF_TOKEN"_s, Variable::From::Secret, u"token"_s, u"hf-token"_s}};
    spec.nodes = 4;
    spec.each = {u"8"_s, u"64Gi"_s, u"nvidia.com/gpu"_s, 8};
    spec.sharedMemory = u"16Gi"_s;
    spec.mounts = {{u"data"_s, u"corpus-en"_s, u"/data"_s, {}, true},
        {u"checkpoints"_s, u"ckpt-fast"_s, u"/ckpt"_s, u"bert"_s, false}};
    spec.nodeSelector = {{u"pool"_s, u"a100"_s}};
    spec.tolerations = {{u"nvidia.com/gpu"_s, {}, u"NoSchedule"_s}};
    spec.queue = u"nlp-queue"_s;
    spec.pullSecrets = {u"ghcr-pull"_s};
    spec.serviceAccount = u"trainer"_s;
    spec.deadlineSeconds = 86'400;
    spec.graceSeconds = 180;
    spec.user = 1000;
    spec.confined = true;
    if (facts(kind).isTrainJob()) {
        spec.runtime = u"torch-distributed"_s;
        spec.processes = 8;
        return spec;
    }
    spec.priorityClass = u"training"_s;
    spec.token = false;
    spec.restartPolicy = u"ExitCode"_s;
    spec.backoffLimit = 6;
    spec.ttlSeconds = 3600;
    spec.cleanPods = u"Running"_s;
    if (kind == JobKind::PyTorchJob || kind == JobKind::MPIJob || kind == JobKind::MPIJobV2)
        spec.processes = 8;
    return spec;
}

QJsonObject read(const QByteArray &yaml)
{
    const manifest::Document document = manifest::Document::read(yaml);
    if (!document.faults().isEmpty())
        qWarning("%s", qPrintable(document.error().oneLine()));
    return document.json().toObject();
}

/// What differs, field by field, as text.
QString told(const Spec &a, const Spec &b)
{
    const auto text = [](const Spec &spec) { return QString::fromUtf8(textOf(*newJob(spec))); };
    return text(a) + u"\n--- and ---\n"_s + text(b);
}

} // namespace

class TestSpec : public QObject {
    Q_OBJECT
private slots:
    void roundTrip_data()
    {
        QTest::addColumn<JobKind>("kind");
        for (const JobKindFacts &kind : trainingKinds())
            QTest::newRow(qPrintable(kind.resource.kind + u' ' + kind.resource.version)) << kind.id;
    }
    void roundTrip()
    {
        QFETCH(JobKind, kind);
        const Spec spec = full(kind);
        QVERIFY(unsupported(spec).isEmpty());
        const Result<QJsonObject> job = newJob(spec);
        QVERIFY2(job, job ? "" : qPrintable(job.error().oneLine()));
        // Through text and back nothing is lost.
        const QByteArray text = textOf(*job);
        const QJsonObject again = read(text);
        QCOMPARE(again, *job);
        QVERIFY2(specOf(again) == spec, qPrintable(told(specOf(again), spec)));
        // Changing nothing changes nothing, and each pod that trains says the same.
        QCOMPARE(*withSpec(again, spec, spec), again);
    }

    void everyFieldThereAndBack_data() { roundTrip_data(); }
    void everyFieldThereAndBack()
    {
        QFETCH(JobKind, kind);
        Spec least;
        least.kind = kind;
        least.name = u"least"_s;
        least.nodes = 1;
        if (facts(kind).isTrainJob())
            least.runtime = u"torch-distributed"_s;
        const QJsonObject bare = *newJob(least);
        QVERIFY2(specOf(bare) == least, textOf(bare).constData());
        const Spec all = full(kind);
        const QJsonObject dressed = *withSpec(bare, least, all);
        QVERIFY2(specOf(dressed) == all, textOf(dressed).constData());
        const QJsonObject undressed = *withSpec(dressed, all, least);
        QVERIFY2(specOf(undressed) == least, textOf(undressed).constData());
        QCOMPARE(undressed, bare);
    }

    void goldenPyTorchJob()
    {
        const QByteArray text = textOf(*newJob(full(JobKind::PyTorchJob)));
        const QByteArray head = R"(apiVersion: kubeflow.org/v1
kind: PyTorchJob
metadata:
  name: bert-xl
  namespace: nlp
  labels:
    kueue.x-k8s.io/queue-name: nlp-queue
spec:
  runPolicy:
    activeDeadlineSeconds: 86400
    backoffLimit: 6
    cleanPodPolicy: Running
    ttlSecondsAfterFinished: 3600
  nprocPerNode: "8"
  pytorchReplicaSpecs:
    Master:
      replicas: 1
      restartPolicy: ExitCode
      template:
        spec:
          serviceAccountName: trainer
          automountServiceAccountToken: false
          priorityClassName: training
          nodeSelector:
            pool: a100
          tolerations:
            - key: nvidia.com/gpu
              operator: Exists
              effect: NoSchedule
          terminationGracePeriodSeconds: 180
          imagePullSecrets:
            - name: ghcr-pull
          containers:
            - name: pytorch
              image: ghcr.example/nlp/bert:2.1
              command:
                - torchrun
                - train.py
              args:
                - --bf16=true
                - --lr=1e-4
              env:
                - name: NCCL_DEBUG
                  value: INFO
                - name: HF_TOKEN
                  valueFrom:
                    secretKeyRef:
                      name: hf-token
                      key: token
              resources:
                requests:
                  cpu: "8"
                  memory: 64Gi
                  nvidia.com/gpu: "8"
                limits:
                  cpu: "8"
                  memory: 64Gi
                  nvidia.com/gpu: "8"
              securityContext:
                allowPrivilegeEscalation: false
                capabilities:
                  drop:
                    - ALL
              volumeMounts:
                - name: data
                  mountPath: /data
                  readOnly: true
                - name: checkpoints
                  mountPath: /ckpt
                  subPath: bert
                - name: dshm
                  mountPath: /dev/shm
          securityContext:
            fsGroup: 1000
            runAsNonRoot: true
            runAsUser: 1000
            seccompProfile:
              type: RuntimeDefault
          volumes:
            - name: data
              persistentVolumeClaim:
                claimName: corpus-en
            - name: checkpoints
              persistentVolumeClaim:
                claimName: ckpt-fast
            - name: dshm
              emptyDir:
                medium: Memory
                sizeLimit: 16Gi
    Worker:
      replicas: 3
)";
        if (!text.startsWith(head))
            QCOMPARE(QString::fromUtf8(text.left(head.size())), QString::fromUtf8(head));
        QCOMPARE(text.count("claimName: ckpt-fast"), 2);
    }

    void goldenTrainJob_data()
    {
        QTest::addColumn<QString>("patches");
        QTest::addColumn<QByteArray>("tail");
        QTest::newRow("2.2 and later") << u"runtimePatches"_s << QByteArray(R"(  runtimePatches:
    - manager: cairn.console/launch
      trainingRuntimeSpec:
        template:
          spec:
            replicatedJobs:
              - name: node
                template:
                  spec:
                    template:
                      spec:
                        containers:
                          - name: node
                            volumeMounts:
                              - name: checkpoints
                                mountPath: /ckpt
                        volumes:
                          - name: checkpoints
                            persistentVolumeClaim:
                              claimName: ckpt
)");
        QTest::newRow("2.1") << u"podTemplateOverrides"_s << QByteArray(R"(  podTemplateOverrides:
    - targetJobs:
        - name: node
      spec:
        containers:
          - name: node
            volumeMounts:
              - name: checkpoints
                mountPath: /ckpt
        volumes:
          - name: checkpoints
            persistentVolumeClaim:
              claimName: ckpt
)");
        QTest::newRow("2.0") << u"podSpecOverrides"_s << QByteArray(R"(  podSpecOverrides:
    - targetJobs:
        - name: node
      containers:
        - name: node
          volumeMounts:
            - name: checkpoints
              mountPath: /ckpt
      volumes:
        - name: checkpoints
          persistentVolumeClaim:
            claimName: ckpt
)");
    }
    void goldenTrainJob()
    {
        QFETCH(QString, patches);
        QFETCH(QByteArray, tail);
        Spec spec;
        spec.kind = JobKind::TrainJob;
        spec.name = u"tune"_s;
        spec.runtime = u"torch-distributed"_s;
        spec.nodes = 2;
        spec.mounts = {{u"checkpoints"_s, u"ckpt"_s, u"/ckpt"_s, {}, false}};
        const TrainJobFields fields{.patches = patches, .grace = false, .deadline = false};
        const QJsonObject job = *newJob(spec, fields);
        const QByteArray head =
            "apiVersion: trainer.kubeflow.org/v1alpha1\nkind: TrainJob\nmetadata:\n  name: tune\nspec:\n"
            "  runtimeRef:\n    name: torch-distributed\n  trainer:\n    numNodes: 2\n";
        QCOMPARE(QString::fromUtf8(textOf(job)), QString::fromUtf8(head + tail));
        QVERIFY(specOf(job) == spec);

        // Without a mount nothing is patched, and what this version has no place for is told.
        Spec bare = spec;
        bare.mounts.clear();
        bare.graceSeconds = 60;
        bare.deadlineSeconds = 60;
        bare.backoffLimit = 3;
        QCOMPARE(QString::fromUtf8(textOf(*newJob(bare, fields))), QString::fromUtf8(head));
        QCOMPARE(unsupported(bare, fields), (QStringList{u"backoffLimit"_s, u"deadlineSeconds"_s, u"graceSeconds"_s}));
    }

    void othersPatchesStay()
    {
        const QJsonObject job = read(R"(apiVersion: trainer.kubeflow.org/v1alpha1
kind: TrainJob
metadata: {name: tune}
spec:
  runtimeRef: {name: torch-distributed}
  trainer: {numNodes: 1}
  runtimePatches:
  - manager: kueue.x-k8s.io/manager
    trainingRuntimeSpec: {template: {spec: {replicatedJobs: [{name: node, template: {spec: {template: {spec: {nodeSelector: {pool: a}}}}}}]}}}
)");
        const Spec before = specOf(job);
        QVERIFY(before.nodeSelector.isEmpty()); // not chosen here
        Spec after = before;
        after.nodeSelector = {{u"pool"_s, u"b"_s}};
        const QJsonArray patches =
            withSpec(job, before, after)->value("spec"_L1).toObject().value("runtimePatches"_L1).toArray();
        QCOMPARE(patches.size(), 2);
        QCOMPARE(patches.first(), job.value("spec"_L1).toObject().value("runtimePatches"_L1).toArray().first());
        QCOMPARE(patches.last().toObject().value("manager"_L1).toString(), patchManager());
    }

    void unknownFieldsStay()
    {
        const QByteArray text = R"(# Ours. Ask Lin before you change the lr.
apiVersion: kubeflow.org/v1
kind: PyTorchJob
metadata:
  name: bert   # of 2026
  labels: {team: nlp, kueue.x-k8s.io/queue-name: q}
spec:
  pytorchReplicaSpecs:
    Master:
      replicas: 1
      template:
        metadata: {annotations: {sidecar.istio.io/inject: "false"}}
        spec:
          hostNetwork: true
          initContainers:
          - {name: fetch, image: busybox}
          containers:
          - name: logger
            image: fluent
          - name: pytorch
            image: 'bert:1'
            livenessProbe: {exec: {command: [ls]}}
            env:
            - {name: POD, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
            - {name: LR, value: "0.1"}  # too high?
)";
        manifest::Document document = manifest::Document::read(text);
        const QJsonObject job = document.json().toObject();
        const Spec before = specOf(job);
        QCOMPARE(before.image, u"bert:1"_s);
        QCOMPARE(before.variables.first().from, Variable::From::Other);
        Spec after = before;
        after.image = u"bert:2"_s;
        after.variables.append({u"DEBUG"_s, Variable::From::Value, u"1"_s, {}});
        QVERIFY(document.become(*withSpec(job, before, after)));
        QByteArray wanted = text;
        wanted.replace("'bert:1'", "'bert:2'");
        wanted += "            - name: DEBUG\n              value: \"1\"\n";
        QCOMPARE(QString::fromUtf8(document.text()), QString::fromUtf8(wanted));
    }

    void workersComeAndGo()
    {
        Spec one;
        one.name = u"x"_s;
        one.image = u"a:1"_s;
        one.args = {u"--x"_s};
        const QJsonObject alone = *newJob(one);
        Spec three = one;
        three.nodes = 3;
        const QJsonObject many = *withSpec(alone, one, three);
        const QJsonObject replicas = many.value("spec"_L1).toObject().value("pytorchReplicaSpecs"_L1).toObject();
        QCOMPARE(replicas.value("Worker"_L1).toObject().value("replicas"_L1).toInt(), 2);
        QCOMPARE(replicas.value("Worker"_L1).toObject().value("template"_L1),
            replicas.value("Master"_L1).toObject().value("template"_L1));
        QCOMPARE(*withSpec(many, three, one), alone);
    }

    void elasticHasNoMaster()
    {
        Spec spec = full(JobKind::PyTorchJob);
        const QJsonObject fixed = *newJob(spec);
        Spec elastic = spec;
        elastic.elastic = Elastic{2, 6, 10};
        const QJsonObject job = *withSpec(fixed, spec, elastic);
        const QJsonObject body = job.value("spec"_L1).toObject();
        QCOMPARE(body.value("pytorchReplicaSpecs"_L1).toObject().keys(), QStringList{u"Worker"_s});
        QCOMPARE(
            body.value("pytorchReplicaSpecs"_L1).toObject().value("Worker"_L1).toObject().value("replicas"_L1).toInt(),
            4);
        QCOMPARE(body.value("elasticPolicy"_L1).toObject(),
            (QJsonObject{
                {u"rdzvBackend"_s, u"c10d"_s}, {u"minReplicas"_s, 2}, {u"maxReplicas"_s, 6}, {u"maxRestarts"_s, 10}}));
        QVERIFY(specOf(job) == elastic);
        QCOMPARE(*withSpec(job, elastic, spec), fixed);
        QVERIFY(specOf(*newJob(elastic)) == elastic);
        Spec wrong = full(JobKind::JAXJob);
        wrong.elastic = Elastic{};
        wrong.processes = 2;
        QCOMPARE(unsupported(wrong), (QStringList{u"elastic"_s, u"processes"_s}));
    }

    void launcherTrainsNothing()
    {
        for (const JobKind kind : {JobKind::MPIJob, JobKind::MPIJobV2}) {
            const QJsonObject job = *newJob(full(kind));
            const QJsonObject replicas = job.value("spec"_L1).toObject().value("mpiReplicaSpecs"_L1).toObject();
            const auto container = [&](const QString &role) {
                return replicas.value(role)
                    .toObject()
                    .value("template"_L1)
                    .toObject()
                    .value("spec"_L1)
                    .toObject()
                    .value("containers"_L1)
                    .toArray()
                    .first()
                    .toObject();
            };
            QVERIFY(container(u"Launcher"_s).contains("command"_L1));
            // Little, as it only starts the others; with none it would be the first to be evicted.
            const QJsonObject asks = container(u"Launcher"_s).value("resources"_L1).toObject();
            QCOMPARE(asks.value("requests"_L1).toObject(),
                (QJsonObject{{u"cpu"_s, u"500m"_s}, {u"memory"_s, u"1Gi"_s}}));
            QCOMPARE(asks.value("limits"_L1), asks.value("requests"_L1));
            QVERIFY(!container(u"Worker"_s).contains("command"_L1));
            QVERIFY(container(u"Worker"_s).contains("resources"_L1));
            QCOMPARE(replicas.value("Worker"_L1).toObject().value("replicas"_L1).toInt(), 4);
            QCOMPARE(replicas.value("Launcher"_L1).toObject().value("replicas"_L1).toInt(), 1);
        }
    }

    void strangeJobs_data()
    {
        QTest::addColumn<QByteArray>("yaml");
        QTest::newRow("nothing") << QByteArray("{}");
        QTest::newRow("kind alone") << QByteArray("kind: PyTorchJob");
        QTest::newRow("texts for maps") << QByteArray(
            "apiVersion: kubeflow.org/v1\nkind: PyTorchJob\nmetadata: x\nspec: y");
        QTest::newRow("lists for maps") << QByteArray(
            "apiVersion: kubeflow.org/v1\nkind: TFJob\nspec: {tfReplicaSpecs: [1, 2]}");
        QTest::newRow("nulls") << QByteArray(
            "apiVersion: kubeflow.org/v1\nkind: PyTorchJob\nspec: {runPolicy: null, pytorchReplicaSpecs: {Master: "
            "null, Worker: {template: {spec: {containers: null}}}}}");
        QTest::newRow("huge numbers") << QByteArray(
            "apiVersion: kubeflow.org/v1\nkind: PyTorchJob\nspec: {runPolicy: {backoffLimit: 1e300, "
            "activeDeadlineSeconds: -5}, pytorchReplicaSpecs: {Worker: {replicas: 99999999999}}}");
        QTest::newRow("patch of texts") << QByteArray(
            "apiVersion: trainer.kubeflow.org/v1alpha1\nkind: TrainJob\nspec: {runtimePatches: [a, {manager: 3}, "
            "{manager: cairn.console/launch, trainingRuntimeSpec: 7}]}");
        QTest::newRow("another kind") << QByteArray("apiVersion: v1\nkind: Pod\nspec: {containers: [{name: a}]}");
    }
    void strangeJobs()
    {
        QFETCH(QByteArray, yaml);
        const QJsonObject job = read(yaml);
        const Spec before = specOf(job);
        QVERIFY(before.nodes >= 0);
        QCOMPARE(*withSpec(job, before, before), job);
        // Whatever is chosen: an error, or a job that says it.
        Spec after = full(before.kind);
        after.elastic.reset();
        const Result<QJsonObject> made = withSpec(job, before, after);
        if (made)
            QCOMPARE(specOf(*made).name, after.name);
        else
            QVERIFY(!made.error().what.isEmpty());
    }
};

QTEST_APPLESS_MAIN(TestSpec)
#include "tst_spec.moc"
