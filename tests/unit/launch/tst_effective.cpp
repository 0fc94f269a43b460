// SPDX-License-Identifier: GPL-3.0-or-later
#include "launch/Effective.h"
#include "launch/Pools.h"
#include "launch/Review.h"
#include "launch/Runtime.h"
#include "manifest/Document.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>
#include <algorithm>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::launch;

namespace {

QJsonObject fixture(const QString &name)
{
    QFile file(QStringLiteral(CAIRN_SOURCE_DIR "/tests/fixtures/crds/") + name);
    if (!file.open(QIODevice::ReadOnly))
        qFatal("%s", qPrintable(file.errorString()));
    return QJsonDocument::fromJson(file.readAll()).object();
}

TrainJobFields fields(const QString &runtime = u"torch-distributed"_s)
{
    TrainJobFields known;
    known.runtimes.insert(runtime, fixture(u"trainer-2.3.0-"_s + runtime + u".json"_s));
    return known;
}

Spec trainJob()
{
    Spec spec;
    spec.kind = JobKind::TrainJob;
    spec.name = u"bert"_s;
    spec.ns = u"nlp"_s;
    spec.runtime = u"torch-distributed"_s;
    spec.image = u"bert:1"_s;
    spec.nodes = 3;
    spec.each.cpu = u"8"_s;
    spec.variables = {{u"LR"_s, Variable::From::Value, u"1e-4"_s, {}}};
    spec.mounts = {{u"checkpoints"_s, u"fast"_s, u"/checkpoints"_s, {}, false}};
    return spec;
}

/// "job", "patch cairn.console/launch" …, of the line that holds this.
QString originOf(const Effective &effective, const QString &text)
{
    const auto line = std::ranges::find_if(
        effective.lines, [&](const EffectiveLine &one) { return one.text.contains(text); });
    return line == effective.lines.end() ? u"no such line"_s : QString(originWord(line->from) + u' ' + line->who).trimmed();
}

QString textOf(const Effective &effective)
{
    QStringList lines;
    for (const EffectiveLine &line : effective.lines)
        lines.append(line.text);
    return lines.join(u'\n');
}

} // namespace

class TestEffective : public QObject {
    Q_OBJECT
private slots:
    void trainJobOnItsRuntime()
    {
        Spec spec = trainJob();
        spec.queue = u"nlp"_s;
        spec.deadlineSeconds = 60;
        const QJsonObject job = *newJob(spec, fields());
        const Effective is = effective(job, fields().runtimes.first());
        QCOMPARE(textOf(is), QString::fromUtf8(launch::textOf(is.object)).trimmed());
        QCOMPARE(is.object.value("kind"_L1).toString(), u"JobSet"_s);
        QCOMPARE(originOf(is, u"image: bert:1"_s), u"job"_s);
        QCOMPARE(originOf(is, u"parallelism: 3"_s), u"job"_s);
        QCOMPARE(originOf(is, u"cpu:"_s), u"job"_s);
        QCOMPARE(originOf(is, u"name: LR"_s), u"job"_s);
        QCOMPARE(originOf(is, u"name: PET_NNODES"_s), u"operator"_s);
        QCOMPARE(originOf(is, u"mountPath: /checkpoints"_s), u"patch cairn.console/launch"_s);
        QCOMPARE(originOf(is, u"claimName: fast"_s), u"patch cairn.console/launch"_s);
        QCOMPARE(originOf(is, u"trainjob-ancestor-step"_s), u"runtime torch-distributed"_s);
        QCOMPARE(originOf(is, u"suspend: true"_s), u"queue nlp"_s);
        QCOMPARE(is.notes.size(), 2); // the deadline is Trainer's own, and the queue adds to it
        QVERIFY(!textOf(is).contains("runtimePatches"_L1));

        const Effective blind = effective(job);
        QCOMPARE(blind.object, job);
        QVERIFY(!blind.notes.isEmpty());
    }

    void overridesOfEarlierVersions()
    {
        for (const QString &patches : {u"podTemplateOverrides"_s, u"podSpecOverrides"_s}) {
            TrainJobFields known = fields();
            known.patches = patches;
            const Effective is = effective(*newJob(trainJob(), known), known.runtimes.first());
            QCOMPARE(originOf(is, u"claimName: fast"_s), u"patch node"_s);
            QVERIFY(!textOf(is).contains("targetJobs"_L1));
        }
    }

    /// The nodes of an MPI launcher mount what it mounts, and are one less than asked for where it trains itself.
    /// What another manager's patch mounts is mounted, though our own has nothing of it.
    void patchesOfOthers()
    {
        const QJsonObject runtime = fixture(u"trainer-2.3.0-torch-distributed.json"_s);
        QJsonObject job = *newJob(trainJob(), fields());
        QJsonObject body = job.value(u"spec"_s).toObject();
        QJsonArray patches = body.value(u"runtimePatches"_s).toArray();
        QJsonObject patch = patches.at(0).toObject();
        patch.insert(u"manager"_s, u"platform.team/storage"_s);
        patches.replace(0, patch);
        body.insert(u"runtimePatches"_s, patches);
        job.insert(u"spec"_s, body);
        QCOMPARE(specOf(job).mounts, QList<Mount>());
        QCOMPARE(effectiveSpec(job, runtime).mounts, trainJob().mounts);
        QCOMPARE(effectiveSpec(job).mounts, QList<Mount>()); // nobody knows
    }

    /// Number, program and variables are the runtime's where the job says none; what Trainer puts in is nobody's.
    void whatTheRuntimeSays()
    {
        QJsonObject runtime = fixture(u"trainer-2.3.0-torch-distributed.json"_s);
        manifest::Document document = manifest::Document::read(QJsonDocument(runtime).toJson());
        const auto set = [&](const QString &path, const QJsonValue &value) { return document.set(*manifest::Path::parse(path), value).has_value(); };
        const QString container = u"spec.template.spec.replicatedJobs[0].template.spec.template.spec.containers[0]."_s;
        QVERIFY(set(u"spec.mlPolicy.numNodes"_s, 5));
        QVERIFY(set(container + u"command"_s, QJsonArray{u"torchrun"_s, u"train.py"_s}));
        QVERIFY(set(container + u"env"_s, QJsonArray{QJsonObject{{u"name"_s, u"CHECKPOINT_DIR"_s}, {u"value"_s, u"/checkpoints/of-the-team"_s}}, QJsonObject{{u"name"_s, u"LR"_s}, {u"value"_s, u"1"_s}}}));
        runtime = document.json().toObject();
        const QJsonObject job = *newJob(trainJob(), fields());
        const Spec is = effectiveSpec(job, runtime);
        QCOMPARE(is.nodes, 3);
        QCOMPARE(is.command, (QStringList{u"torchrun"_s, u"train.py"_s}));
        QCOMPARE(is.variables.size(), 2);
        QCOMPARE(is.variables[0], trainJob().variables[0]); // the job's counts
        QCOMPARE(is.variables[1].name, u"CHECKPOINT_DIR"_s);
        QCOMPARE(saveFolder(job, runtime), u"fast:/of-the-team"_s);
        QCOMPARE(saveFolder(job), QString());
        QJsonObject body = job.value(u"spec"_s).toObject();
        QJsonObject trainer = body.value(u"trainer"_s).toObject();
        trainer.remove(u"numNodes"_s);
        body.insert(u"trainer"_s, trainer);
        QJsonObject without = job;
        without.insert(u"spec"_s, body);
        QCOMPARE(effectiveSpec(without, runtime).nodes, 5);
        QCOMPARE(effectiveSpec(without).nodes, 1);
        QCOMPARE(effectiveObject(job, runtime), effective(job, runtime).object);
    }

    void mpiRuntime()
    {
        Spec spec = trainJob();
        spec.runtime = u"deepspeed-distributed"_s;
        const TrainJobFields known = fields(spec.runtime);
        const QJsonObject job = *newJob(spec, known);
        const Effective is = effective(job, known.runtimes.first());
        QCOMPARE(textOf(is).count(u"claimName: fast"_s), 2);
        QCOMPARE(originOf(is, u"parallelism: 2"_s), u"job"_s);
        QCOMPARE(textOf(is).count(u"image: bert:1"_s), 1); // the launcher's alone, as Trainer does it
        QCOMPARE(originOf(is, u"image: ghcr.io/kubeflow/trainer"_s), u"runtime deepspeed-distributed"_s);
    }

    void operatorsDefaults()
    {
        Spec spec;
        spec.name = u"bert"_s;
        spec.nodes = 2;
        spec.image = u"bert:1"_s;
        const Effective is = effective(*newJob(spec));
        QCOMPARE(originOf(is, u"restartPolicy: OnFailure"_s), u"operator"_s);
        QCOMPARE(originOf(is, u"cleanPodPolicy: None"_s), u"operator"_s);
        QCOMPARE(originOf(is, u"containerPort: 23456"_s), u"operator"_s);
        QCOMPARE(originOf(is, u"nprocPerNode: auto"_s), u"operator"_s);
        QCOMPARE(originOf(is, u"image: bert:1"_s), u"job"_s);
        spec.restartPolicy = u"ExitCode"_s;
        const Effective exits = effective(*newJob(spec));
        QCOMPARE(originOf(exits, u"restartPolicy: ExitCode"_s), u"job"_s);
        QCOMPARE(originOf(exits, u"restartPolicy: Never"_s), u"operator"_s); // of the pod
        for (const QJsonObject &strange : {QJsonObject(), QJsonObject{{u"kind"_s, u"TrainJob"_s}, {u"spec"_s, 3}},
                 QJsonObject{{u"kind"_s, u"TrainJob"_s}, {u"apiVersion"_s, u"trainer.kubeflow.org/v1alpha1"_s},
                     {u"spec"_s, QJsonObject{{u"runtimePatches"_s, QJsonArray{1, u"a"_s, QJsonObject()}}}}}}) {
            effective(strange);
            effective(strange, fields().runtimes.first());
            effective(strange, {{u"kind"_s, u"TrainingRuntime"_s}, {u"spec"_s, u"x"_s}});
        }
    }

    void runtimeOfItsOwn()
    {
        TrainJobFields known = fields();
        QJsonObject base = known.runtimes.first();
        manifest::Document document = manifest::Document::read(QJsonDocument(base).toJson());
        QVERIFY(document.set(*manifest::Path::parse(u"spec.template.spec.ttlSecondsAfterFinished"_s), 60));
        QVERIFY(document.set(
            *manifest::Path::parse(u"spec.template.spec.replicatedJobs[0].template.spec.activeDeadlineSeconds"_s), 60));
        known.runtimes[u"torch-distributed"_s] = document.json().toObject();

        Spec spec = trainJob();
        QVERIFY(needsRuntime(spec, known).isEmpty());
        const Objects plain = *newObjects(spec, known);
        QVERIFY(plain.runtime.isEmpty());
        Spec tried = spec;
        tried.backoffLimit = 3;
        tried.token = false;
        tried.priorityClass = u"training"_s;
        tried.volcanoQueue = u"nlp"_s;
        QCOMPARE(needsRuntime(tried, known),
            (QStringList{u"priorityClass"_s, u"token"_s, u"backoffLimit"_s, u"volcanoQueue"_s}));
        QVERIFY(placeless(tried, known).isEmpty());
        const Result<Objects> made = launch::withSpec(plain, spec, tried, known);
        QVERIFY(made);
        QVERIFY(belongTogether(made->job, made->runtime));
        QCOMPARE(derivedFrom(made->runtime), u"torch-distributed"_s);
        const QByteArray text = launch::textOf(made->runtime);
        QVERIFY2(!text.contains("ttlSeconds") && !text.contains("activeDeadline"), text.constData());
        for (const char *line : {"kind: TrainingRuntime", "name: bert", "namespace: nlp", "maxRestarts: 3",
                 "priorityClassName: training", "automountServiceAccountToken: false", "volcano: {}",
                 "scheduling.volcano.sh/queue-name: nlp", "trainer.kubeflow.org/framework: torch"})
            QVERIFY2(text.contains(line), text.constData());
        QVERIFY2(specOf(*made) == tried, text.constData());

        // Another name is both's; without what it was made for, it goes.
        Spec renamed = tried;
        renamed.name = u"gpt"_s;
        const Result<Objects> other = launch::withSpec(*made, tried, renamed, known);
        QVERIFY(other && belongTogether(other->job, other->runtime));
        QVERIFY(specOf(*other) == renamed);
        QCOMPARE(*launch::withSpec(*made, tried, spec, known), plain);

        // Somebody's own runtime is left alone, and one that is not known is not derived from.
        Spec own = tried;
        own.ownRuntime = true;
        QVERIFY(needsRuntime(own, known).isEmpty());
        QVERIFY(placeless(own, known).contains(u"backoffLimit"_s));
        QVERIFY(needsRuntime(tried, {}).isEmpty());
    }

    void versionsSayWhatTheyTake()
    {
        const auto of = [](const QString &version) {
            const auto schema = [&](const QString &plural) {
                return *manifest::Schema::fromCrd(
                    fixture(u"trainer-"_s + version + u'-' + plural + u".json"_s), u"v1alpha1"_s);
            };
            return trainJobFields(schema(u"trainjobs"_s), schema(u"trainingruntimes"_s));
        };
        // Each takes what the one before takes, and more.
        const TrainJobFields newest;
        TrainJobFields v22 = newest;
        v22.grace = false;
        v22.pod.removeOne(u"terminationGracePeriodSeconds"_s);
        TrainJobFields v21 = v22;
        v21.patches = u"podTemplateOverrides"_s;
        v21.deadline = v21.security = v21.fixed = false;
        v21.pod.removeOne(u"securityContext"_s);
        v21.container.removeOne(u"securityContext"_s);
        TrainJobFields v20 = v21;
        v20.patches = u"podSpecOverrides"_s;
        v20.pullSecrets = v20.volcano = v20.podMetadata = false;
        v20.pod.removeOne(u"affinity"_s);
        v20.pod.removeOne(u"imagePullSecrets"_s);
        v20.pod.insert(v20.pod.indexOf(u"tolerations"_s), u"targetJobs"_s);
        QCOMPARE(of(u"2.0.1"_s), v20);
        QCOMPARE(of(u"2.1.0"_s), v21);
        QCOMPARE(of(u"2.2.1"_s), v22);
        QCOMPARE(of(u"2.3.0"_s), newest);
    }

    void pools()
    {
        const auto node = [](const QString &pool, const QString &taint) {
            const QJsonObject labels{{u"cloud.google.com/gke-nodepool"_s, pool}, {u"kubernetes.io/hostname"_s, u"x"_s}};
            QJsonArray taints{QJsonObject{
                {u"key"_s, u"node.kubernetes.io/unreachable"_s}, {u"effect"_s, u"NoSchedule"_s}}};
            if (!taint.isEmpty())
                taints.append(QJsonObject{{u"key"_s, taint}, {u"effect"_s, u"NoSchedule"_s}});
            return QJsonObject{{u"metadata"_s, QJsonObject{{u"labels"_s, labels}}},
                {u"spec"_s, QJsonObject{{u"taints"_s, taints}}},
                {u"status"_s, QJsonObject{{u"allocatable"_s, QJsonObject{{u"nvidia.com/gpu"_s, u"8"_s}}}}}};
        };
        const QList<NodePool> all = nodePools({node(u"a100"_s, u"gpu"_s), node(u"a100"_s, u"gpu"_s), node(u"b"_s, {}),
            node(u"b"_s, u"gpu"_s), QJsonObject()});
        QCOMPARE(all.size(), 2);
        QCOMPARE(all[0],
            (NodePool{u"cloud.google.com/gke-nodepool"_s, u"a100"_s, 2, 16, {{u"gpu"_s, {}, u"NoSchedule"_s}}}));
        QCOMPARE(all[1], (NodePool{u"cloud.google.com/gke-nodepool"_s, u"b"_s, 2, 16, {}}));
    }

    void tolerationsAsText()
    {
        for (const Toleration &one : {Toleration{u"nvidia.com/gpu"_s, {}, u"NoSchedule"_s},
                 Toleration{u"team"_s, u"nlp"_s, {}}, Toleration{{}, {}, u"NoExecute"_s}, Toleration{u"a"_s, {}, {}}})
            QCOMPARE(tolerationFrom(tolerationText(one)), std::optional(one));
        for (const QString &wrong : {u""_s, u" "_s, u"a:b"_s, u"=x"_s, u"a b"_s, u"a=b=c"_s})
            QVERIFY2(!tolerationFrom(wrong), qPrintable(wrong));
    }
};

QTEST_APPLESS_MAIN(TestEffective)
#include "tst_effective.moc"
