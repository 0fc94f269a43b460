// SPDX-License-Identifier: GPL-3.0-or-later
#include "launch/Convert.h"
#include "launch/Review.h"
#include "manifest/JsonEdit.h"
#include "manifest/Yaml.h"

#include <QJsonArray>
#include <QTest>
#include <algorithm>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::launch;

namespace {

using Fate = Conversion::Fate;

QJsonObject yaml(const QByteArray &text)
{
    const Result<QJsonValue> read = manifest::fromYaml(text);
    if (!read)
        qFatal("%s", qPrintable(read.error().oneLine()));
    return read->toObject();
}

/// As the training operator takes it, with a bit of everything.
const QByteArray kFull = R"(
apiVersion: kubeflow.org/v1
kind: PyTorchJob
metadata:
  name: bert
  namespace: nlp
  uid: 1234
  resourceVersion: "7"
  labels: {team: nlp, kueue.x-k8s.io/queue-name: research}
  annotations:
    cairn.console/checkpoint-dir: /checkpoints/bert
    cairn.console/resume-by: env:RESUME_FROM_CHECKPOINT
    cairn.console/change: abc
    note: mine
spec:
  nprocPerNode: "8"
  runPolicy:
    backoffLimit: 6
    cleanPodPolicy: All
    ttlSecondsAfterFinished: 100
    activeDeadlineSeconds: 3600
    schedulingPolicy: {minAvailable: 2}
  pytorchReplicaSpecs:
    Master: &master
      replicas: 1
      restartPolicy: ExitCode
      template:
        metadata:
          labels: {rank: any}
          annotations: {sidecar.istio.io/inject: "false"}
        spec:
          serviceAccountName: trainer
          automountServiceAccountToken: false
          priorityClassName: high
          terminationGracePeriodSeconds: 120
          nodeSelector: {gpu: a100}
          tolerations: [{key: nvidia.com/gpu, operator: Exists}]
          affinity: {nodeAffinity: {}, podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: []}}
          dnsPolicy: ClusterFirst
          initContainers: [{name: fetch, image: "fetch:1"}]
          containers:
            - name: pytorch
              image: bert:2
              imagePullPolicy: Always
              command: [torchrun, train.py]
              args: ["--bf16"]
              workingDir: /src
              env:
                - {name: CHECKPOINT_DIR, value: /checkpoints/bert}
                - {name: POD, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
                - {name: PET_NNODES, value: "2"}
              envFrom: [{configMapRef: {name: settings}}]
              resources: {limits: {nvidia.com/gpu: 8, cpu: "8"}}
              securityContext: {runAsUser: 1000}
              volumeMounts:
                - {name: ckpt, mountPath: /checkpoints}
                - {name: scratch, mountPath: /scratch}
            - {name: watcher, image: "watch:1"}
          volumes:
            - {name: ckpt, persistentVolumeClaim: {claimName: ckpt-fast}}
            - {name: scratch, emptyDir: {}}
    Worker: *master
)";

QJsonObject runtime(const QByteArray &policy)
{
    return yaml("metadata: {name: torch-distributed, labels: {trainer.kubeflow.org/framework: torch}}\nspec:\n  mlPolicy: " + policy
        + "\n  template: {spec: {replicatedJobs: [{name: node, template: {spec: {template: {spec: {containers: [{name: node, image: x}]}}}}}]}}\n");
}

ConvertTo to(const QJsonObject &with = runtime("{torch: {}}"))
{
    ConvertTo to;
    to.runtime = u"torch-distributed"_s;
    to.runtimeObject = with;
    return to;
}

QJsonObject pod(const QJsonObject &job)
{
    const auto path = manifest::Path::parse(
        u"spec.runtimePatches[manager=\"cairn.console/launch\"].trainingRuntimeSpec.template.spec.replicatedJobs[name=node].template.spec.template"_s);
    if (!path)
        qFatal("path");
    return manifest::valueAt(job, *path).toObject();
}

const Conversion::Point *find(const Conversion &made, const QString &id, const QString &field = {})
{
    const auto it = std::ranges::find_if(made.points, [&](const Conversion::Point &one) { return one.id == id && (field.isEmpty() || one.field.endsWith(field)); });
    return it == made.points.end() ? nullptr : &*it;
}

QString told(const Conversion &made)
{
    QStringList lines;
    for (const Conversion::Point &one : made.points)
        lines.append(u"%1 %2 %3: %4"_s.arg(fateWord(one.fate), one.id, one.field, one.text));
    return lines.join(u'\n');
}

/// All leaves of a value, as "path=value".
void leaves(const QString &path, const QJsonValue &value, QStringList &into)
{
    if (value.isObject()) {
        const QJsonObject map = value.toObject();
        for (auto it = map.begin(); it != map.end(); ++it)
            leaves(path + u'.' + it.key(), *it, into);
    } else if (value.isArray()) {
        for (const QJsonValue item : value.toArray())
            leaves(path, item, into);
    } else {
        into.append(path.section(u'.', -1) + u'=' + value.toVariant().toString());
    }
}

} // namespace

class TestConvert : public QObject {
    Q_OBJECT

private slots:
    void whatTrainsIsTheTrainers()
    {
        const Result<Conversion> made = convert(yaml(kFull), to());
        QVERIFY2(made, qPrintable(made ? QString() : made.error().oneLine()));
        const QJsonObject job = made->job;
        QCOMPARE(job[u"apiVersion"_s].toString(), u"trainer.kubeflow.org/v1alpha1"_s);
        QCOMPARE(job[u"metadata"_s][u"name"_s].toString(), u"bert"_s);
        QVERIFY(job[u"metadata"_s][u"uid"_s].isUndefined());
        QCOMPARE(job[u"metadata"_s][u"labels"_s][u"kueue.x-k8s.io/queue-name"_s].toString(), u"research"_s);
        QCOMPARE(job[u"spec"_s][u"runtimeRef"_s][u"name"_s].toString(), u"torch-distributed"_s);
        const QJsonObject trainer = job[u"spec"_s][u"trainer"_s].toObject();
        QCOMPARE(trainer[u"numNodes"_s].toInt(), 2);
        QCOMPARE(trainer[u"numProcPerNode"_s].toInt(), 8);
        QCOMPARE(trainer[u"image"_s].toString(), u"bert:2"_s);
        QCOMPARE(trainer[u"command"_s].toArray().size(), 2);
        QCOMPARE(trainer[u"resourcesPerNode"_s][u"limits"_s][u"nvidia.com/gpu"_s].toInt(), 8);
        // Variables as they are, also those that no form knows; what Trainer sets itself is refused by its webhook.
        QCOMPARE(trainer[u"env"_s].toArray().size(), 2);
        QCOMPARE(trainer[u"env"_s][1][u"valueFrom"_s][u"fieldRef"_s][u"fieldPath"_s].toString(), u"metadata.name"_s);
        QVERIFY2(find(*made, u"reserved"_s), qPrintable(told(*made)));
        QCOMPARE(job[u"spec"_s][u"activeDeadlineSeconds"_s].toInt(), 3600);
        QVERIFY(job[u"spec"_s][u"suspend"_s].isUndefined());
    }

    void podsArePatched()
    {
        const Conversion made = *convert(yaml(kFull), to());
        const QJsonObject spec = pod(made.job)[u"spec"_s].toObject();
        QStringList fields = spec.keys();
        fields.sort();
        QCOMPARE(fields, (QStringList{u"affinity"_s, u"containers"_s, u"nodeSelector"_s, u"serviceAccountName"_s, u"terminationGracePeriodSeconds"_s, u"tolerations"_s, u"volumes"_s}));
        QCOMPARE(spec[u"volumes"_s].toArray().size(), 2);
        const QJsonObject node = spec[u"containers"_s][0].toObject();
        QCOMPARE(node[u"name"_s].toString(), u"node"_s);
        QVERIFY2(!node.contains(u"env"_s), "the webhook refuses variables in a patch of the node");
        QCOMPARE(node[u"volumeMounts"_s].toArray().size(), 2);
        QCOMPARE(node[u"securityContext"_s][u"runAsUser"_s].toInt(), 1000);
        QCOMPARE(pod(made.job)[u"metadata"_s][u"annotations"_s][u"sidecar.istio.io/inject"_s].toString(), u"false"_s);
        QVERIFY2(made.job[u"spec"_s][u"runtimePatches"_s][0][u"time"_s].isUndefined(), "admission sets it");
        for (const char *id : {"backoff-limit", "clean-pods", "ttl", "deadline", "gang", "restart-policy", "env-from", "init-container", "sidecar", "queue", "success"})
            QVERIFY2(find(made, QString::fromLatin1(id)), qPrintable(QString::fromLatin1(id) + u'\n' + told(made)));
        for (const char *field : {"priorityClassName", "automountServiceAccountToken"})
            QVERIFY2(find(made, u"pod-field"_s, QString::fromLatin1(field)), field);
        for (const char *field : {"imagePullPolicy", "workingDir"})
            QVERIFY2(find(made, u"container-field"_s, QString::fromLatin1(field)), field);
        QVERIFY2(!find(made, u"pod-field"_s, u"dnsPolicy"_s), "a default is no loss");
        QVERIFY2(!find(made, u"roles-differ"_s), qPrintable(told(made)));
        QCOMPARE(made.points.first().fate, Fate::Breaks);
    }

    /// The promise: each thing that the job says is in the TrainJob, or is told of.
    void nothingIsDroppedInSilence()
    {
        const QJsonObject job = yaml(kFull);
        const Conversion made = *convert(job, to());
        QStringList before, after;
        leaves({}, job[u"spec"_s], before);
        leaves({}, made.job, after);
        for (const QString &leaf : std::as_const(before)) {
            const QString field = leaf.section(u'=', 0, 0);
            const QString value = leaf.section(u'=', 1);
            const bool there = std::ranges::any_of(after, [&](const QString &one) { return one.section(u'=', 1) == value; });
            const bool said = std::ranges::any_of(made.points, [&](const Conversion::Point &one) { return one.field.contains(field) || one.text.contains(value) || one.field.contains(value); });
            // Of the init container and the sidecar that are told of by name; and Kubernetes' default.
            const bool within = value == "fetch:1"_L1 || value == "watch:1"_L1 || value == "ClusterFirst"_L1;
            if (field == "replicas"_L1)
                continue; // together they are numNodes
            QVERIFY2(there || said || within, qPrintable(leaf + u'\n' + told(made)));
        }
    }

    void checkpointsStayWhereTheyAre()
    {
        const QJsonObject job = yaml(kFull);
        const Conversion made = *convert(job, to());
        const QJsonValue annotations = made.job[u"metadata"_s][u"annotations"_s];
        QCOMPARE(annotations[u"cairn.console/checkpoint-dir"_s].toString(), u"/checkpoints/bert"_s);
        QCOMPARE(annotations[u"cairn.console/resume-by"_s].toString(), u"env:RESUME_FROM_CHECKPOINT"_s);
        QCOMPARE(annotations[u"cairn.console/converted-from"_s].toString(), u"PyTorchJob/bert"_s);
        QVERIFY2(annotations[u"cairn.console/change"_s].isUndefined(), "that mark is of the other job");
        QCOMPARE(annotations[u"note"_s].toString(), u"mine"_s);
        QCOMPARE(saveFolder(made.job), saveFolder(job));
        QVERIFY(!saveFolder(job).isEmpty());
        QVERIFY(!find(made, u"checkpoints"_s));
    }

    /// Trainer 2.1 and 2.0 have another field, with less in it; before there was none.
    void olderTrainersTakeLess()
    {
        ConvertTo older = to();
        older.fields = {.patches = u"podSpecOverrides"_s, .grace = false, .deadline = false};
        older.fields.pod = {u"containers"_s, u"nodeSelector"_s, u"serviceAccountName"_s, u"tolerations"_s, u"volumes"_s};
        older.fields.container = {u"env"_s, u"name"_s, u"volumeMounts"_s};
        older.fields.podMetadata = false;
        const Conversion made = *convert(yaml(kFull), older);
        const QJsonObject patch = made.job[u"spec"_s][u"podSpecOverrides"_s][0].toObject();
        QCOMPARE(patch[u"targetJobs"_s][0][u"name"_s].toString(), u"node"_s);
        QCOMPARE(patch[u"volumes"_s].toArray().size(), 2);
        QVERIFY(!patch.contains(u"affinity"_s));
        QVERIFY(find(made, u"pod-field"_s, u"affinity"_s));
        QVERIFY(find(made, u"pod-field"_s, u"terminationGracePeriodSeconds"_s));
        QVERIFY(find(made, u"container-field"_s, u"securityContext"_s));
        QVERIFY(find(made, u"pod-metadata"_s));
        QCOMPARE(find(made, u"deadline"_s)->fate, Fate::Lost);

        ConvertTo none = to();
        none.fields.patches.clear();
        const Conversion bare = *convert(yaml(kFull), none);
        QCOMPARE(find(bare, u"volumes"_s)->fate, Fate::Breaks);
        QCOMPARE(find(bare, u"checkpoints"_s)->fate, Fate::Breaks);
    }

    void rolesThatDiffer()
    {
        QJsonObject job = yaml(kFull);
        const manifest::Path args = *manifest::Path::parse(u"spec.pytorchReplicaSpecs.Worker.template.spec.containers[name=pytorch].args"_s);
        job = manifest::withValue(job, args, QJsonArray{u"--worker"_s})->toObject();
        const Conversion made = *convert(job, to());
        const Conversion::Point *differ = find(made, u"roles-differ"_s);
        QVERIFY2(differ, qPrintable(told(made)));
        QCOMPARE(differ->fate, Fate::Breaks);
        QVERIFY2(differ->text.contains(u"args"_s), qPrintable(differ->text));
        QCOMPARE(made.job[u"spec"_s][u"trainer"_s][u"args"_s][0].toString(), u"--bf16"_s);
    }

    void programsThatNeedTorchrun_data()
    {
        QTest::addColumn<QByteArray>("command");
        QTest::addColumn<int>("nodes");
        QTest::addColumn<QString>("launcher");
        QTest::addColumn<bool>("variables");
        QTest::newRow("torchrun") << QByteArray("[torchrun, train.py]") << 2 << QString() << false;
        QTest::newRow("in a shell") << QByteArray("[sh, -c, 'exec /opt/bin/torchrun train.py']") << 2 << QString() << false;
        QTest::newRow("a module") << QByteArray("[python, -m, torch.distributed.run, train.py]") << 2 << QString() << false;
        QTest::newRow("plain, two nodes") << QByteArray("[python, train.py]") << 2 << u"breaks"_s << false;
        QTest::newRow("plain, one node") << QByteArray("[python, train.py]") << 1 << u"otherwise"_s << false;
        QTest::newRow("variables") << QByteArray("[torchrun, '--master_addr=$(MASTER_ADDR)', train.py]") << 2 << QString() << true;
        QTest::newRow("braces") << QByteArray("[sh, -c, 'torchrun --node_rank ${RANK} train.py']") << 2 << QString() << true;
        QTest::newRow("another's name") << QByteArray("[torchrun, '$(RANKS)', train.py]") << 2 << QString() << false;
    }
    void programsThatNeedTorchrun()
    {
        QFETCH(QByteArray, command);
        QFETCH(int, nodes);
        QFETCH(QString, launcher);
        QFETCH(bool, variables);
        const QJsonObject job = yaml("apiVersion: kubeflow.org/v1\nkind: PyTorchJob\nmetadata: {name: a, namespace: b}\nspec: {pytorchReplicaSpecs: {Worker: {replicas: "
            + QByteArray::number(nodes) + ", template: {spec: {containers: [{name: pytorch, image: a, command: " + command + "}]}}}}}\n");
        const Conversion made = *convert(job, to());
        const Conversion::Point *point = find(made, u"launcher"_s);
        QCOMPARE(point ? fateWord(point->fate) : QString(), launcher);
        QCOMPARE(find(made, u"variables"_s) != nullptr, variables);
    }

    void anElasticJobIsFixed()
    {
        const QJsonObject job = yaml("apiVersion: kubeflow.org/v1\nkind: PyTorchJob\nmetadata: {name: a, namespace: b}\nspec: {elasticPolicy: {minReplicas: 1, maxReplicas: 4, maxRestarts: 7, rdzvBackend: c10d, "
                                     "metrics: [{type: Resource}]}, pytorchReplicaSpecs: {Worker: {replicas: 3, template: {spec: {containers: [{name: pytorch, image: a, command: [torchrun, t.py]}]}}}}}\n");
        const Conversion made = *convert(job, to());
        QCOMPARE(made.job[u"spec"_s][u"trainer"_s][u"numNodes"_s].toInt(), 3);
        QCOMPARE(made.job[u"spec"_s][u"trainer"_s][u"env"_s][0][u"name"_s].toString(), u"PET_MAX_RESTARTS"_s);
        QCOMPARE(made.job[u"spec"_s][u"trainer"_s][u"env"_s][0][u"value"_s].toString(), u"7"_s);
        for (const char *id : {"elastic", "autoscaler", "rendezvous", "elastic-restarts"})
            QVERIFY2(find(made, QString::fromLatin1(id)), id);
    }

    void tensorflow()
    {
        const QByteArray replica = "{replicas: 2, template: {spec: {containers: [{name: tensorflow, image: a}]}}}";
        const QJsonObject job = yaml("apiVersion: kubeflow.org/v1\nkind: TFJob\nmetadata: {name: a, namespace: b}\nspec: {tfReplicaSpecs: {PS: " + replica + ", Worker: " + replica + ", Chief: "
            + QByteArray(replica).replace("2", "1") + ", Evaluator: " + replica + "}}\n");
        const Conversion made = *convert(job, to());
        QCOMPARE(made.job[u"spec"_s][u"trainer"_s][u"numNodes"_s].toInt(), 3);
        QCOMPARE(find(made, u"parameter-servers"_s)->fate, Fate::Breaks);
        QVERIFY(find(made, u"evaluator"_s));
        QCOMPARE(find(made, u"wiring"_s)->fate, Fate::Breaks);
        QVERIFY2(find(made, u"wiring"_s)->text.contains(u"TF_CONFIG"_s), qPrintable(told(made)));
        QVERIFY(find(made, u"success"_s));
        const QJsonObject one = yaml("apiVersion: kubeflow.org/v1\nkind: TFJob\nmetadata: {name: a, namespace: b}\nspec: {successPolicy: AllWorkers, tfReplicaSpecs: {Worker: " + QByteArray(replica).replace("2", "1") + "}}\n");
        QCOMPARE(find(*convert(one, to()), u"wiring"_s)->fate, Fate::Otherwise);
        QVERIFY(convert(one, to())->breaks().isEmpty());
    }

    void mpi()
    {
        const QJsonObject job = yaml("apiVersion: kubeflow.org/v2beta1\nkind: MPIJob\nmetadata: {name: a, namespace: b}\nspec: {slotsPerWorker: 2, mpiImplementation: Intel, sshAuthMountPath: /root/.ssh, "
                                     "mpiReplicaSpecs: {Launcher: {template: {spec: {containers: [{name: l, image: a, command: [mpirun, t], volumeMounts: [{name: v, mountPath: /v}]}], "
                                     "volumes: [{name: v, emptyDir: {}}]}}}, Worker: {replicas: 3, template: {spec: {nodeSelector: {a: b}, containers: [{name: w, image: a, resources: {limits: {cpu: 1}}}]}}}}}\n");
        ConvertTo mpi = to(yaml("metadata: {name: deepspeed-distributed}\nspec: {mlPolicy: {mpi: {mpiImplementation: OpenMPI, runLauncherAsNode: true}}, template: {spec: {replicatedJobs: []}}}\n"));
        const Conversion made = *convert(job, mpi);
        const QJsonObject trainer = made.job[u"spec"_s][u"trainer"_s].toObject();
        QCOMPARE(trainer[u"numNodes"_s].toInt(), 3);
        QCOMPARE(trainer[u"numProcPerNode"_s].toInt(), 2);
        QCOMPARE(trainer[u"command"_s][0].toString(), u"mpirun"_s);
        QCOMPARE(trainer[u"resourcesPerNode"_s][u"limits"_s][u"cpu"_s].toInt(), 1);
        const QJsonArray jobs = made.job[u"spec"_s][u"runtimePatches"_s][0][u"trainingRuntimeSpec"_s][u"template"_s][u"spec"_s][u"replicatedJobs"_s].toArray();
        QCOMPARE(jobs.size(), 2);
        QVERIFY(find(made, u"mpi"_s, u"mpiImplementation"_s));
        QVERIFY(find(made, u"mpi-image"_s));
        // A runtime that tells no hosts.
        QCOMPARE(find(*convert(job, to()), u"wiring"_s)->fate, Fate::Breaks);
    }

    void whatTheRuntimeHasIsPatched()
    {
        const QJsonObject with = yaml("metadata: {name: r}\nspec: {mlPolicy: {torch: {}}, template: {spec: {replicatedJobs: [{name: node, template: {spec: {template: {spec: {containers: [{name: node}], initContainers: [{name: fetch, image: other}]}}}}}]}}}\n");
        const Conversion made = *convert(yaml(kFull), to(with));
        const Conversion::Point *point = find(made, u"init-container"_s);
        QVERIFY2(point && point->fate == Fate::Otherwise && point->text.contains(u"image"_s), qPrintable(told(made)));
    }

    void whatIsNoJobOfThese_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("a pod") << QByteArray("apiVersion: v1\nkind: Pod\n");
        QTest::newRow("a TrainJob") << QByteArray("apiVersion: trainer.kubeflow.org/v1alpha1\nkind: TrainJob\nspec: {}\n");
        QTest::newRow("no replicas") << QByteArray("apiVersion: kubeflow.org/v1\nkind: PyTorchJob\nspec: {}\n");
        QTest::newRow("replicas that are none") << QByteArray("apiVersion: kubeflow.org/v1\nkind: PyTorchJob\nspec: {pytorchReplicaSpecs: [1, 2]}\n");
        QTest::newRow("parameter servers alone") << QByteArray("apiVersion: kubeflow.org/v1\nkind: TFJob\nspec: {tfReplicaSpecs: {PS: {}}}\n");
        QTest::newRow("empty") << QByteArray("{}");
    }
    void whatIsNoJobOfThese()
    {
        QFETCH(QByteArray, text);
        const Result<Conversion> made = convert(yaml(text), to());
        QVERIFY(!made);
        QCOMPARE(made.error().kind, Error::Kind::Unsupported);
    }

    void hostileShapes()
    {
        for (const char *text : {"spec: {pytorchReplicaSpecs: {Worker: 7}}", "spec: {pytorchReplicaSpecs: {Worker: {template: {spec: {containers: {a: 1}, volumes: 3, tolerations: x}}}}}",
                 "spec: {runPolicy: [], elasticPolicy: 5, pytorchReplicaSpecs: {Worker: {replicas: -4, template: {spec: {containers: [1, null, {name: 5}]}}}}}"}) {
            const Result<Conversion> made = convert(yaml(QByteArray("apiVersion: kubeflow.org/v1\nkind: PyTorchJob\nmetadata: {name: a}\n") + text + "\n"), to());
            QVERIFY2(made, text);
            QVERIFY(made->job[u"spec"_s][u"trainer"_s][u"numNodes"_s].toInt() >= 1);
        }
    }

    void aRuntimeThatSuits()
    {
        const auto named = [](const char *name, const char *policy, const char *framework = "x") {
            return yaml(QByteArray("metadata: {name: ") + name + ", labels: {trainer.kubeflow.org/framework: " + framework + "}}\nspec: {mlPolicy: {" + policy + ": {}}}\n");
        };
        const QList<QJsonObject> all{named("torchtune-llama", "torch", "torchtune"), named("a-torch", "torch"), named("torch-distributed", "torch"), named("deepspeed-distributed", "mpi"), named("jax-distributed", "jax")};
        QCOMPARE(runtimeFor(JobKind::PyTorchJob, all), u"torch-distributed"_s);
        QCOMPARE(runtimeFor(JobKind::TFJob, all), u"torch-distributed"_s);
        QCOMPARE(runtimeFor(JobKind::MPIJobV2, all), u"deepspeed-distributed"_s);
        QCOMPARE(runtimeFor(JobKind::JAXJob, all), u"jax-distributed"_s);
        QCOMPARE(runtimeFor(JobKind::XGBoostJob, all), QString());
        QCOMPARE(runtimeFor(JobKind::PyTorchJob, {all.first(), all[1]}), u"a-torch"_s);
    }
};

QTEST_APPLESS_MAIN(TestConvert)
#include "tst_convert.moc"
