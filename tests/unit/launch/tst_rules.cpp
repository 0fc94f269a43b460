// SPDX-License-Identifier: GPL-3.0-or-later
#include "launch/Policy.h"
#include "launch/Rules.h"
#include "launch/Runtime.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::launch;

namespace {

Spec good(JobKind kind)
{
    Spec spec;
    spec.kind = kind;
    spec.name = u"bert"_s;
    spec.ns = u"nlp"_s;
    spec.runtime = u"torch-distributed"_s;
    spec.image = u"ghcr.io/team/bert:1"_s;
    spec.nodes = 2;
    spec.variables = {{u"HF_TOKEN"_s, Variable::From::Secret, u"token"_s, u"hf"_s}, {u"IMAGE"_s, Variable::From::Value, u"a b"_s, {}},
        {u"X"_s, Variable::From::ConfigMap, u"x"_s, u"settings"_s}};
    spec.each = {u"500m"_s, u"64Gi"_s, u"nvidia.com/gpu"_s, 8};
    spec.sharedMemory = u"16Gi"_s;
    spec.mounts = {{u"checkpoints"_s, u"fast"_s, u"/ckpt"_s, {}, false}};
    spec.nodeSelector = {{u"pool"_s, u"a100"_s}};
    spec.tolerations = {{u"nvidia.com/gpu"_s, u"x"_s, u"NoSchedule"_s}};
    spec.pullSecrets = {u"registry"_s};
    spec.queue = u"team"_s;
    spec.serviceAccount = u"trainer"_s;
    spec.priorityClass = u"high"_s;
    return spec;
}

QList<manifest::Finding> found(const Spec &spec)
{
    const QByteArray text = textOf(*newObjects(spec));
    const manifest::Document document = manifest::Document::read(text);
    QList<manifest::Finding> findings = findingsOf(document, nullptr);
    for (const manifest::Finding &finding : std::as_const(findings)) {
        // It points into the text.
        if (finding.place.line < 1 || finding.extent.end <= finding.extent.begin || finding.message.isEmpty())
            qFatal("no place");
    }
    return findings;
}

} // namespace

class TestRules : public QObject {
    Q_OBJECT
private slots:
    void nothingToFind_data()
    {
        QTest::addColumn<JobKind>("kind");
        for (const JobKindFacts &kind : trainingKinds())
            QTest::newRow(qPrintable(kind.resource.kind + kind.resource.version)) << kind.id;
    }
    void nothingToFind()
    {
        QFETCH(JobKind, kind);
        for (const manifest::Finding &finding : found(good(kind)))
            QFAIL(qPrintable(finding.path.text() + u": "_s + finding.message));
    }

    /// Each field that takes a name, a reference or an amount, spoiled.
    void eachAtItsField_data()
    {
        using Spoil = std::function<void(Spec &)>;
        QTest::addColumn<JobKind>("kind");
        QTest::addColumn<Spoil>("spoil");
        QTest::addColumn<QString>("end");
        const auto row = [](const char *name, const QString &end, const Spoil &spoil, JobKind kind = JobKind::PyTorchJob) {
            QTest::newRow(name) << kind << spoil << end;
        };
        row("memory without unit", u"requests.memory"_s, [](Spec &s) { s.each.memory = u"1.5"_s; });
        row("memory in thousandths", u"requests.memory"_s, [](Spec &s) { s.each.memory = u"64m"_s; });
        row("memory of a TrainJob", u"requests.memory"_s, [](Spec &s) { s.each.memory = u"64"_s; }, JobKind::TrainJob);
        row("no quantity", u"requests.cpu"_s, [](Spec &s) { s.each.cpu = u"many"_s; });
        row("negative", u"requests.cpu"_s, [](Spec &s) { s.each.cpu = u"-1"_s; });
        row("resource", u"[\"a b/gpu\"]"_s, [](Spec &s) { s.each.gpu = u"a b/gpu"_s; });
        row("shared memory", u"emptyDir.sizeLimit"_s, [](Spec &s) { s.sharedMemory = u"16"_s; });
        row("image with a blank", u".image"_s, [](Spec &s) { s.image = u"ghcr.io/my image:1"_s; });
        row("image as an address", u".image"_s, [](Spec &s) { s.image = u"https://ghcr.io/a:1"_s; });
        row("image of a TrainJob", u"spec.trainer.image"_s, [](Spec &s) { s.image = u"A:1"_s; }, JobKind::TrainJob);
        row("pull secret", u"imagePullSecrets[0].name"_s, [](Spec &s) { s.pullSecrets = {u"../x"_s}; });
        row("pull secret of a TrainJob", u"imagePullSecrets[0].name"_s, [](Spec &s) { s.pullSecrets = {u"../x"_s}; }, JobKind::TrainJob);
        row("claim", u"persistentVolumeClaim.claimName"_s, [](Spec &s) { s.mounts.first().claim = u"Fast disk"_s; });
        row("Secret of a variable", u"secretKeyRef.name"_s, [](Spec &s) { s.variables.first().object = u"HF"_s; });
        row("ConfigMap of a variable", u"configMapKeyRef.name"_s, [](Spec &s) { s.variables.last().object = u"a/b"_s; });
        row("queue", u"metadata.labels[\"kueue.x-k8s.io/queue-name\"]"_s, [](Spec &s) { s.queue = u"a b"_s; });
        row("Volcano's queue", u"schedulingPolicy.queue"_s, [](Spec &s) { s.volcanoQueue = u"a b"_s; });
        row("service account", u"serviceAccountName"_s, [](Spec &s) { s.serviceAccount = u"_x"_s; });
        row("priority", u"riorityClass"_s, [](Spec &s) { s.priorityClass = u"High!"_s; });
        row("label of nodes", u"nodeSelector.pool"_s, [](Spec &s) { s.nodeSelector = {{u"pool"_s, u"a b"_s}}; });
        row("key of a label", u"nodeSelector[\"a b\"]"_s, [](Spec &s) { s.nodeSelector = {{u"a b"_s, u"x"_s}}; });
        row("taint", u"tolerations[0].key"_s, [](Spec &s) { s.tolerations.first().key = u"a b"_s; });
        row("value of a taint", u"tolerations[0].value"_s, [](Spec &s) { s.tolerations.first().value = u"a b"_s; });
        row("runtime", u"runtimeRef.name"_s, [](Spec &s) { s.runtime = u"Torch"_s; }, JobKind::TrainJob);
        row("namespace", u"metadata.namespace"_s, [](Spec &s) { s.ns = u"a.b"_s; });
        row("name", u"metadata.name"_s, [](Spec &s) { s.name = u"1bert"_s; });
        row("sub-path", u"volumeMounts[0].subPath"_s, [](Spec &s) { s.mounts.first().subPath = u"a/../../b"_s; });
        row("absolute sub-path", u"volumeMounts[0].subPath"_s, [](Spec &s) { s.mounts.first().subPath = u"/a"_s; });
        row("mount path", u"volumeMounts[0].mountPath"_s, [](Spec &s) { s.mounts.first().path = u"/ckpt/../etc"_s; });
    }
    void eachAtItsField()
    {
        using Spoil = std::function<void(Spec &)>;
        QFETCH(JobKind, kind);
        QFETCH(Spoil, spoil);
        QFETCH(QString, end);
        Spec spec = good(kind);
        spoil(spec);
        const QList<manifest::Finding> findings = found(spec);
        QVERIFY(!findings.isEmpty());
        bool there = false;
        for (const manifest::Finding &finding : findings) {
            const QString path = finding.path.text();
            there = there || path.contains(end);
            QVERIFY2(path.contains(end.section(u'.', -1)), qPrintable(path));
        }
        QVERIFY2(there, qPrintable(findings.first().path.text()));
    }

    /// Where checkpoints are saved, at whatever says it to the framework.
    void foldersForCheckpoints_data()
    {
        QTest::addColumn<Framework>("framework");
        QTest::addColumn<QString>("folder");
        QTest::addColumn<QString>("path"); ///< how it ends; empty: nothing is wrong
        const auto row = [](const char *name, Framework framework, const QString &folder, const QString &path) { QTest::newRow(name) << framework << folder << path; };
        row("variable", Framework::Contract, u"/ckpt/../../etc"_s, u".value"_s);
        row("relative variable", Framework::Contract, u"ckpt/run"_s, u".value"_s);
        row("NUL", Framework::Contract, u"/ckpt/a"_s + QChar(0), u".value"_s);
        row("line break", Framework::Contract, u"/ckpt/a\nb"_s, u".value"_s);
        row("bucket without a name", Framework::Contract, u"s3://"_s, u".value"_s);
        row("argument", Framework::HuggingFace, u"/ckpt/../../etc"_s, u"args[0]"_s);
        row("relative argument", Framework::HuggingFace, u"out"_s, u"args[0]"_s);
        row("bucket in an argument", Framework::Verl, u"s3:///x"_s, u"args[0]"_s);
        row("in order", Framework::HuggingFace, u"/ckpt/run"_s, {});
        row("torchtitan's own folder", Framework::Torchtitan, u"checkpoint"_s, {});
        row("but not out of it", Framework::Torchtitan, u"../checkpoint"_s, u"args[0]"_s);
    }
    void foldersForCheckpoints()
    {
        QFETCH(Framework, framework);
        QFETCH(QString, folder);
        QFETCH(QString, path);
        const Spec spec = withFolder(good(JobKind::PyTorchJob), framework, folder);
        Spec saves = withPolicy(spec, pass({.framework = framework, .folder = folder, .everySteps = 500}));
        const QList<manifest::Finding> findings = found(saves);
        if (path.isEmpty()) {
            for (const manifest::Finding &finding : findings)
                QFAIL(qPrintable(finding.path.text() + finding.message));
            return;
        }
        QVERIFY(!findings.isEmpty());
        for (const manifest::Finding &finding : findings) {
            QCOMPARE(finding.message, whyNoFolder(folder));
            const bool argument = path.startsWith("args"_L1);
            QVERIFY2(argument ? finding.path.text().contains(u"args["_s) : finding.path.text().endsWith(path), qPrintable(finding.path.text()));
        }
        QVERIFY(whyNoFolder(u"/ckpt/run"_s).isEmpty());
    }

    void theUnitThatWasMeant()
    {
        Spec spec = good(JobKind::PyTorchJob);
        spec.each.memory = u"1.5"_s;
        QCOMPARE(found(spec).first().suggestion, u"1.5Gi"_s);
        spec.each.memory = u"1Mi"_s;
        QVERIFY(found(spec).isEmpty());
    }

    /// What is read is hostile: aliases that stand for much, and values of other kinds, take no time and find nothing.
    void oddTexts()
    {
        QByteArray laughs = "a0: &a0 [x]\n";
        for (int i = 1; i < 12; ++i) {
            const QByteArray last = "*a" + QByteArray::number(i - 1);
            laughs += "a" + QByteArray::number(i) + ": &a" + QByteArray::number(i) + " [" + QByteArrayList(10, last).join(',') + "]\n";
        }
        QVERIFY(findingsOf(manifest::Document::read(laughs), nullptr).isEmpty());
        for (const char *text : {"", "a", "- 1", "metadata: {name: [1], namespace: {}}", "containers: [{image: {reference: a b}}]", "limits: 3"})
            QVERIFY2(findingsOf(manifest::Document::read(text), nullptr).isEmpty(), text);
    }
};

QTEST_APPLESS_MAIN(TestRules)
#include "tst_rules.moc"
