// SPDX-License-Identifier: GPL-3.0-or-later
// What Trainer's webhooks refuse, as its sources say for each version: by the schemas that this version serves.
#include "launch/Runtime.h"
#include "launch/TrainerRules.h"

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

manifest::Schema schema(const QString &version, const QString &plural)
{
    return *manifest::Schema::fromCrd(fixture(u"trainer-"_s + version + u'-' + plural + u".json"_s), u"v1alpha1"_s);
}

/// Single quotes stand for double ones.
QJsonObject json(QByteArray text)
{
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson(text.replace('\'', '"'), &error);
    if (error.error != QJsonParseError::NoError)
        qFatal("%s at %d in %s", qPrintable(error.errorString()), error.offset, text.constData());
    return document.object();
}

QJsonObject jobOf(const QByteArray &spec)
{
    return json("{'apiVersion':'trainer.kubeflow.org/v1alpha1','kind':'TrainJob','metadata':{'name':'bert'},'spec':{" + spec + "}}");
}

QJsonObject runtimeOf(const QByteArray &policy, const QByteArray &jobs)
{
    return json("{'apiVersion':'trainer.kubeflow.org/v1alpha1','kind':'ClusterTrainingRuntime','metadata':{'name':'r'},'spec':{'mlPolicy':{" + policy
        + "},'template':{'spec':{'replicatedJobs':[" + jobs + "]}}}}");
}

/// A replicated job with one container.
QByteArray replicated(const QByteArray &name, const QByteArray &container, const QByteArray &more = {}, const QByteArray &step = {})
{
    return "{'name':'" + name + "'," + more + "'template':{'metadata':{'labels':{'trainer.kubeflow.org/trainjob-ancestor-step':'" + step
        + "'}},'spec':{'template':{'spec':{'containers':[{'name':'" + container + "'}]}}}}}";
}

QJsonObject torch()
{
    return runtimeOf("'torch':{}", replicated("node", "node", {}, "trainer"));
}

QStringList paths(const QList<manifest::Finding> &findings)
{
    QStringList all;
    for (const manifest::Finding &finding : findings) {
        if (finding.place.line < 1 || finding.extent.end <= finding.extent.begin || finding.message.isEmpty())
            qFatal("no place: %s", qPrintable(finding.path.text()));
        all.append(finding.path.text());
    }
    return all;
}

} // namespace

class TestTrainerRules : public QObject {
    Q_OBJECT

    /// Of this version; "" without its schemas.
    static QStringList found(const QJsonObject &job, const QJsonObject &runtime, const QString &version = {})
    {
        const manifest::Document document = manifest::Document::read(textOf(job));
        if (version.isEmpty())
            return paths(trainerFindings(document, runtime, nullptr));
        const manifest::Schema jobs = schema(version, u"trainjobs"_s), runtimes = schema(version, u"trainingruntimes"_s);
        return paths(trainerFindings(document, runtime, &jobs, &runtimes));
    }

private slots:
    void whatIsInOrder()
    {
        const QJsonObject job = jobOf("'runtimeRef':{'name':'r'},'managedBy':'kueue.x-k8s.io/multikueue','trainer':{'numNodes':4,'numProcPerNode':8,'env':[{'name':'PET_EXTRA','value':'1'}]},"
                                      "'runtimePatches':[{'manager':'cairn.console/launch','trainingRuntimeSpec':{'template':{'spec':{'replicatedJobs':[{'name':'node','template':{'spec':{'template':{'spec':"
                                      "{'containers':[{'name':'node','volumeMounts':[]}]}}}}}]}}}}]");
        for (const QString &version : {u""_s, u"2.0.1"_s, u"2.1.0"_s, u"2.2.1"_s, u"2.3.0"_s})
            QCOMPARE(found(job, torch(), version), QStringList());
        // Nothing hangs on a runtime that was not read, and other kinds are none of Trainer's.
        QCOMPARE(found(job, {}), QStringList());
        QCOMPARE(found(json("{'apiVersion':'kubeflow.org/v1','kind':'PyTorchJob','spec':{'managedBy':'x'}}"), torch()), QStringList());
    }

    void refused_data()
    {
        QTest::addColumn<QJsonObject>("job");
        QTest::addColumn<QJsonObject>("runtime");
        QTest::addColumn<QString>("path");
        const auto row = [](const char *name, const QByteArray &spec, const QJsonObject &runtime, const QString &path) { QTest::newRow(name) << jobOf(spec) << runtime << path; };
        const QJsonObject mpi = runtimeOf("'mpi':{'runLauncherAsNode':true}", replicated("launcher", "node"));
        row("managed by somebody", "'managedBy':'me'", torch(), u"spec.managedBy"_s);
        row("no job for the dataset", "'initializer':{'dataset':{}}", torch(), u"spec.initializer.dataset"_s);
        row("no container for the model", "'initializer':{'model':{}}", runtimeOf("'torch':{}", replicated("model-initializer", "x")), u"spec.initializer.model"_s);
        row("a word of no processes", "'trainer':{'numProcPerNode':'many'}", torch(), u"spec.trainer.numProcPerNode"_s);
        row("a word for MPI", "'trainer':{'numProcPerNode':'auto'}", mpi, u"spec.trainer.numProcPerNode"_s);
        row("nodes of MPI without a node", "'trainer':{'numNodes':2}", mpi, u"spec.trainer.numNodes"_s);
        row("Trainer's variables", "'trainer':{'numProcPerNode':1,'env':[{'name':'A','value':'x'},{'name':'PET_NNODES','value':'3'}]}", torch(), u"spec.trainer.env[1].name"_s);
        row("XGBoost's variables", "'trainer':{'env':[{'name':'DMLC_TASK_ID','value':'3'}]}", runtimeOf("'xgboost':{}", replicated("node", "node")), u"spec.trainer.env[0].name"_s);
        row("a model that torchtune has not", "'runtimeRef':{'name':'bert'},'trainer':{'numProcPerNode':1,'command':['tune','run']}", torch(), u"spec.runtimeRef.name"_s);
        row("torchtune on several nodes", "'runtimeRef':{'name':'torchtune-llama3.2-1b'},'trainer':{'numNodes':2,'numProcPerNode':1,'command':['tune','run']}", torch(), u"spec.trainer.numNodes"_s);
        row("a target that is not there", "'podTemplateOverrides':[{'targetJobs':[{'name':'launcher'}]}]", torch(), u"spec.podTemplateOverrides[0].targetJobs[0].name"_s);
        row("a container that is not there", "'podTemplateOverrides':[{'targetJobs':[{'name':'node'}],'spec':{'containers':[{'name':'side'}]}}]", torch(), u"spec.podTemplateOverrides[0].spec.containers[0].name"_s);
        row("a container that only begins", "'podSpecOverrides':[{'targetJobs':[{'name':'node'}],'initContainers':[{'name':'side'}]}]", torch(), u"spec.podSpecOverrides[0].initContainers[0].name"_s);
        row("variables in an override", "'podSpecOverrides':[{'targetJobs':[{'name':'node'}],'containers':[{'name':'node','env':[{'name':'A','value':'1'}]}]}]", torch(), u"spec.podSpecOverrides[0].containers[0].env"_s);
        row("a target twice", "'podSpecOverrides':[{'targetJobs':[{'name':'node'}]},{'targetJobs':[{'name':'node'}]}]", torch(), u"spec.podSpecOverrides[1].targetJobs[0].name"_s);
        row("a manager without a path", "'runtimePatches':[{'manager':'me'}]", torch(), u"spec.runtimePatches[0].manager"_s);
        row("a patch of what is not there", "'runtimePatches':[{'manager':'a.b/c','trainingRuntimeSpec':{'template':{'spec':{'replicatedJobs':[{'name':'x'}]}}}}]", torch(),
            u"spec.runtimePatches[0].trainingRuntimeSpec.template.spec.replicatedJobs[0].name"_s);
        row("variables in a patch",
            "'runtimePatches':[{'manager':'a.b/c','trainingRuntimeSpec':{'template':{'spec':{'replicatedJobs':[{'name':'node','template':{'spec':{'template':{'spec':{'containers':[{'name':'node','env':[{'name':'A','value':'1'}]}]}}}}}]}}}}]",
            torch(), u"spec.runtimePatches[0].trainingRuntimeSpec.template.spec.replicatedJobs[0].template.spec.template.spec.containers[0].env"_s);
    }
    void refused()
    {
        QFETCH(QJsonObject, job);
        QFETCH(QJsonObject, runtime);
        QFETCH(QString, path);
        QCOMPARE(found(job, runtime), QStringList{path});
    }

    /// The very same is refused by some versions and not by others: the schemas tell, which each of them serves.
    void versionsDiffer()
    {
        const QJsonObject reserved = jobOf("'trainer':{'env':[{'name':'PET_NNODES','value':'3'}]}");
        for (const QString &version : {u"2.0.1"_s, u"2.1.0"_s})
            QCOMPARE(found(reserved, torch(), version), QStringList());
        for (const QString &version : {u"2.2.1"_s, u"2.3.0"_s, u""_s})
            QCOMPARE(found(reserved, torch(), version), QStringList{u"spec.trainer.env[0].name"_s});
        // Two overrides for one job: 2.1 takes them, under another name.
        QCOMPARE(found(jobOf("'podTemplateOverrides':[{'targetJobs':[{'name':'node'}]},{'targetJobs':[{'name':'node'}]}]"), torch(), u"2.1.0"_s), QStringList());
    }

    void theRuntimeBehindIt()
    {
        const auto own = [](const QByteArray &policy, const QByteArray &jobs) {
            QJsonObject runtime = runtimeOf(policy, jobs);
            runtime.insert(u"kind"_s, u"TrainingRuntime"_s);
            return runtime;
        };
        const QJsonObject job = jobOf("'runtimeRef':{'kind':'TrainingRuntime','name':'r'}");
        const auto of = [&](const QJsonObject &runtime, const QString &version) {
            const manifest::Document document = manifest::Document::read(textOf(Objects{job, runtime}));
            const manifest::Schema jobs = schema(version, u"trainjobs"_s), runtimes = schema(version, u"trainingruntimes"_s);
            return paths(trainerFindings(document, runtime, &jobs, &runtimes));
        };
        const QString first = u"spec.template.spec.replicatedJobs[0]."_s;
        const QJsonObject many = own("'torch':{}", replicated("node", "node", "'replicas':2,", "trainer"));
        const QJsonObject other = own("'torch':{}", replicated("node", "main", {}, "trainer"));
        const QJsonObject launcher = own("'mpi':{}", replicated("launcher", "node", "'replicas':2,"));
        for (const QString &version : {u"2.0.1"_s, u"2.1.0"_s, u"2.2.1"_s}) {
            QCOMPARE(of(many, version), QStringList{first + u"replicas"_s});
            QCOMPARE(of(own("'torch':{},'mpi':{}", replicated("node", "node", {}, "trainer")), version), QStringList{u"spec.mlPolicy.mpi"_s});
            QCOMPARE(of(own("'torch':{}", replicated("node", "node", "'replicas':1,", "trainer")), version), QStringList());
            const bool old = version == "2.0.1"_L1;
            QCOMPARE(of(other, version), old ? QStringList() : QStringList{first + u"template.spec.template.spec.containers"_s});
            QCOMPARE(of(launcher, version), old ? QStringList{first + u"replicas"_s} : QStringList());
        }
        // Found in the document that it is in.
        const manifest::Document document = manifest::Document::read(textOf(Objects{job, many}));
        const QList<manifest::Finding> findings = trainerFindings(document, many, nullptr);
        QCOMPARE(findings.size(), 1);
        QCOMPARE(findings.first().path.document(), 1);
        QVERIFY(findings.first().place.offset > document.root(1).place().offset);
    }

    void oddTexts()
    {
        for (const char *text : {"", "a", "- 1", "apiVersion: trainer.kubeflow.org/v1alpha1\nkind: TrainJob\nspec: {runtimePatches: [1, {}], trainer: x, podSpecOverrides: {}, initializer: []}\n"}) {
            for (const QJsonObject &runtime : {QJsonObject(), torch(), json("{'spec':{'mlPolicy':[],'template':{'spec':{'replicatedJobs':[1,{'name':[]}]}}}}")})
                (void)paths(trainerFindings(manifest::Document::read(text), runtime, nullptr));
        }
    }
};

QTEST_APPLESS_MAIN(TestTrainerRules)
#include "tst_trainerrules.moc"
