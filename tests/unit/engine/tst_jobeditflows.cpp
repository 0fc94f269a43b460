// SPDX-License-Identifier: GPL-3.0-or-later
#include "FakeObjectApi.h"
#include "engine/JobEditFlows.h"
#include "engine/LaunchFlows.h"
#include "manifest/Yaml.h"

#include <QJsonArray>
#include <QTest>
#include <algorithm>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::app;
using namespace cairn::tests;

namespace {

QJsonObject yaml(const QByteArray &text)
{
    const Result<QJsonValue> read = manifest::fromYaml(text);
    if (!read)
        qFatal("%s", qPrintable(read.error().oneLine()));
    return read->toObject();
}

const QByteArray kElastic = R"(
apiVersion: kubeflow.org/v1
kind: PyTorchJob
metadata: {name: bert, namespace: nlp, annotations: {cairn.console/checkpoint-dir: /checkpoints/bert}}
spec:
  elasticPolicy: {minReplicas: 1, maxReplicas: 4}
  runPolicy: {backoffLimit: 3}
  pytorchReplicaSpecs:
    Worker:
      replicas: 2
      template: {spec: {containers: [{name: pytorch, image: a, command: [torchrun, t.py], env: [{name: HF_TOKEN, value: geheim}]}]}}
status: {conditions: [{type: Running, status: 'True'}]}
)";

/// One component for each kind, as a cluster publishes them.
QJsonObject openApi(const ResourceKind &kind, const QByteArray &spec)
{
    const QJsonObject schema{{u"type"_s, u"object"_s},
        {u"properties"_s,
            QJsonObject{{u"apiVersion"_s, QJsonObject{{u"type"_s, u"string"_s}}}, {u"kind"_s, QJsonObject{{u"type"_s, u"string"_s}}},
                {u"metadata"_s, QJsonObject{{u"type"_s, u"object"_s}, {u"x-kubernetes-preserve-unknown-fields"_s, true}}}, {u"spec"_s, yaml(spec)}}},
        {u"x-kubernetes-group-version-kind"_s, QJsonArray{QJsonObject{{u"group"_s, kind.group}, {u"version"_s, kind.version}, {u"kind"_s, kind.kind}}}}};
    return {{u"components"_s, QJsonObject{{u"schemas"_s, QJsonObject{{u"x."_s + kind.kind, schema}}}}}};
}

const QByteArray kTrainJobSpec = R"(
type: object
properties:
  runtimeRef: {type: object, x-kubernetes-preserve-unknown-fields: true}
  suspend: {type: boolean}
  trainer: {type: object, x-kubernetes-preserve-unknown-fields: true, x-kubernetes-validations: [{rule: self == oldSelf, message: field is immutable}]}
  runtimePatches: {type: array, items: {type: object, properties: {manager: {type: string}, trainingRuntimeSpec: {type: object, properties: {template: {type: object, properties: {spec: {type: object, properties: {replicatedJobs: {type: array, items: {type: object, properties: {name: {type: string}, template: {type: object, properties: {spec: {type: object, properties: {template: {type: object, properties: {metadata: {type: object}, spec: {type: object, properties: {volumes: {type: array, items: {type: object, x-kubernetes-preserve-unknown-fields: true}}, containers: {type: array, items: {type: object, properties: {name: {type: string}, volumeMounts: {type: array, items: {type: object, x-kubernetes-preserve-unknown-fields: true}}}}}}}}}}}}}}}}}}}}}}}}}
)";

QString idOf(const std::optional<Error> &error)
{
    return error ? kindName(error->kind) : QString();
}

} // namespace

class TestJobEditFlows : public QObject {
    Q_OBJECT

    std::unique_ptr<FakeObjectApi> api;
    const ResourceKind torch = facts(JobKind::PyTorchJob).resource;
    const ResourceKind train = facts(JobKind::TrainJob).resource;
    const ObjectRef job{torch, u"nlp"_s, u"bert"_s, {}};

    QJsonObject stored() const { return api->stored(torch, u"nlp"_s, u"bert"_s); }
    int workers() const { return stored()[u"spec"_s][u"pytorchReplicaSpecs"_s][u"Worker"_s][u"replicas"_s].toInt(); }
    QByteArray text(const QByteArray &from, const QByteArray &to) const { return QByteArray(launch::editText(stored())).replace(from, to); }
    JobEdit edit(const QByteArray &text, const QJsonObject &base = {})
    {
        const Result<JobEdit> made = previewEdit(*api, job, base, text, {});
        if (!made)
            qFatal("%s", qPrintable(made.error().oneLine()));
        return *made;
    }

private slots:
    void init()
    {
        api = std::make_unique<FakeObjectApi>();
        api->put(torch, yaml(kElastic));
        api->setOpenApi(torch.group, torch.version, openApi(torch, "{type: object, x-kubernetes-preserve-unknown-fields: true}"));
        api->setOpenApi(train.group, train.version, openApi(train, kTrainJobSpec));
        api->put(kinds::clusterTrainingRuntimes(), yaml("metadata: {name: torch-distributed, labels: {trainer.kubeflow.org/framework: torch}}\nspec: {mlPolicy: {torch: {}}, template: {spec: {replicatedJobs: [{name: node}]}}}\n"));
        api->forgetCalls();
    }

    void aScaleIsTriedThenWrittenThenTakenBack()
    {
        const Result<JobScale> scale = previewScale(*api, job, 4, {});
        QVERIFY2(scale && scale->feasible(), qPrintable(scale ? idOf(scale->refused) : scale.error().oneLine()));
        QCOMPARE(workers(), 2);
        for (const FakeObjectApi::Call &call : api->calls())
            QVERIFY2(!call.writes(), qPrintable(call.verb));
        QVERIFY(std::ranges::any_of(api->calls(), [](const FakeObjectApi::Call &call) { return call.verb == "patch"_L1 && call.dryRun; }));
        const Result<QJsonObject> after = applyJobChange(*api, scale->change, {}, {});
        QVERIFY2(after, qPrintable(after ? QString() : after.error().oneLine()));
        QCOMPARE(workers(), 4);
        QVERIFY(applyJobChange(*api, inverseOf(scale->change, *after), {}, {}));
        QCOMPARE(workers(), 2);
    }

    void aScaleThatIsRefused()
    {
        api->before = [](const FakeObjectApi::Call &call) -> std::optional<Error> {
            return call.dryRun ? std::optional(Error::make(Error::Kind::Invalid, u"denied by a webhook"_s)) : std::nullopt;
        };
        const Result<JobScale> scale = previewScale(*api, job, 3, {});
        QVERIFY(scale && !scale->feasible());
        QVERIFY(scale->refused->what.contains(u"webhook"_s));
        const Result<JobScale> above = previewScale(*api, job, 9, {});
        QCOMPARE(above->plan.problems.first().id, u"bounds"_s);
        QVERIFY2(!above->refused, "the server is not asked for what is refused anyway");
        QCOMPARE(previewScale(*api, {torch, u"nlp"_s, u"nobody"_s, {}}, 3, {}).error().kind, Error::Kind::NotFound);
    }

    /// Whoever writes status is no obstacle; whoever writes the specification is named.
    void whoCameFirst()
    {
        const Result<JobScale> scale = previewScale(*api, job, 4, {});
        api->edit(torch, u"nlp"_s, u"bert"_s, [](QJsonObject &object) {
            object.insert(u"status"_s, QJsonObject{{u"conditions"_s, QJsonArray()}});
            return true;
        });
        QVERIFY(applyJobChange(*api, scale->change, {}, {}));
        QCOMPARE(workers(), 4);

        const JobEdit mine = edit(text("backoffLimit: 3", "backoffLimit: 9"));
        QVERIFY(mine.feasible() && mine.changes());
        api->edit(torch, u"nlp"_s, u"bert"_s, [](QJsonObject &object) {
            QJsonObject spec = object[u"spec"_s].toObject();
            spec.insert(u"runPolicy"_s, QJsonObject{{u"backoffLimit"_s, 5}});
            object.insert(u"spec"_s, spec);
            QJsonObject metadata = object[u"metadata"_s].toObject();
            metadata.insert(u"managedFields"_s, QJsonArray{yaml("{manager: kubectl-edit, time: '2026-01-02T03:04:05Z', fieldsV1: {'f:spec': {'f:runPolicy': {'f:backoffLimit': {}}}}}")});
            object.insert(u"metadata"_s, metadata);
            return true;
        });
        const Result<QJsonObject> late = applyJobChange(*api, mine.change, {}, {});
        QVERIFY(!late);
        QCOMPARE(late.error().kind, Error::Kind::Conflict);
        QVERIFY2(late.error().why.contains(u"spec.runPolicy.backoffLimit by kubectl-edit"_s), qPrintable(late.error().oneLine()));
        QCOMPARE(stored()[u"spec"_s][u"runPolicy"_s][u"backoffLimit"_s].toInt(), 5);
    }

    void anEditIsTheDifferenceAlone()
    {
        const JobEdit made = edit(text("backoffLimit: 3", "backoffLimit: 9") + "status: {hostile: true}\n");
        QVERIFY2(made.feasible(), qPrintable(idOf(made.refused)));
        QCOMPARE(made.change.body, yaml("spec: {runPolicy: {backoffLimit: 9}}"));
        QStringList lines;
        for (const manifest::DiffLine &line : made.diff)
            lines.append(line.text);
        QVERIFY2(!lines.join(u'\n').contains(u"geheim"_s), "what may be secret is masked");
        const Result<QJsonObject> after = applyJobChange(*api, made.change, {}, {});
        QVERIFY(after);
        QCOMPARE(stored()[u"spec"_s][u"runPolicy"_s][u"backoffLimit"_s].toInt(), 9);
        QVERIFY(stored()[u"status"_s][u"hostile"_s].isUndefined());
        QVERIFY(applyJobChange(*api, inverseOf(made.change, *after), {}, {}));
        QCOMPARE(stored()[u"spec"_s][u"runPolicy"_s][u"backoffLimit"_s].toInt(), 3);
        QVERIFY(!edit(launch::editText(stored())).changes());
    }

    void everythingWrongIsToldAtOnce()
    {
        api->setOpenApi(torch.group, torch.version, openApi(torch, "{type: object, properties: {runPolicy: {type: object, properties: {backoffLimit: {type: integer}}}, elasticPolicy: {type: object, x-kubernetes-preserve-unknown-fields: true}, "
                                                                   "pytorchReplicaSpecs: {type: object, x-kubernetes-preserve-unknown-fields: true}}}"));
        const JobEdit made = edit(text("backoffLimit: 3", "backofLimit: x").replace("name: bert", "name: bart"));
        QCOMPARE(made.findings.size(), 1);
        QCOMPARE(made.findings.first().suggestion, u"backoffLimit"_s);
        QVERIFY(std::ranges::any_of(made.points, &launch::EditPoint::forbids));
        QVERIFY(!made.feasible());
        QVERIFY(std::ranges::none_of(api->calls(), [](const FakeObjectApi::Call &call) { return call.verb == "patch"_L1; }));
        QVERIFY(!edit("a: [").faults.isEmpty());
        for (const char *text : {"", "[]", "a: 1\n---\nb: 2\n"})
            QVERIFY2(!edit(text).feasible(), text);
    }

    /// A text that says which state it was made from is not put over another one; nor is one whose base is known.
    void aTextOfAnotherState()
    {
        const QJsonObject base = stored();
        const QByteArray old = text("backoffLimit: 3", "backoffLimit: 9");
        api->edit(torch, u"nlp"_s, u"bert"_s, [](QJsonObject &object) {
            QJsonObject metadata = object[u"metadata"_s].toObject();
            metadata.insert(u"labels"_s, QJsonObject{{u"a"_s, u"b"_s}});
            object.insert(u"metadata"_s, metadata);
            return true;
        });
        QCOMPARE(idOf(edit(old).refused), u"Conflict"_s);
        const JobEdit known = edit(old, base);
        QCOMPARE(idOf(known.refused), u"Conflict"_s);
        QVERIFY2(known.refused->why.contains(u"metadata.labels"_s), qPrintable(known.refused->why));
        QByteArray bare = old;
        bare.remove(bare.indexOf("  resourceVersion"), bare.indexOf('\n', bare.indexOf("  resourceVersion")) - bare.indexOf("  resourceVersion") + 1);
        QVERIFY(edit(bare).feasible());
    }

    void whatItsOwnerKeeps()
    {
        api->edit(torch, u"nlp"_s, u"bert"_s, [](QJsonObject &object) {
            QJsonObject metadata = object[u"metadata"_s].toObject();
            metadata.insert(u"labels"_s, QJsonObject{{u"kustomize.toolkit.fluxcd.io/name"_s, u"apps"_s}});
            object.insert(u"metadata"_s, metadata);
            return true;
        });
        const JobEdit made = edit(text("backoffLimit: 3", "backoffLimit: 9"));
        QVERIFY(!made.feasible());
        QVERIFY2(made.points.first().text.contains(u"Kustomization apps"_s), qPrintable(made.points.first().text));
    }

    void aConversionFindsItsRuntime()
    {
        const Result<JobConvert> made = convertJob(*api, stored(), nullptr, {}, {});
        QVERIFY2(made, qPrintable(made ? QString() : made.error().oneLine()));
        QCOMPARE(made->runtime, u"torch-distributed"_s);
        const QJsonObject object = yaml(made->text);
        QCOMPARE(object[u"kind"_s].toString(), u"TrainJob"_s);
        QCOMPARE(object[u"metadata"_s][u"name"_s].toString(), u"bert"_s);
        QCOMPARE(object[u"metadata"_s][u"annotations"_s][u"cairn.console/checkpoint-dir"_s].toString(), u"/checkpoints/bert"_s);
        QCOMPARE(object[u"spec"_s][u"trainer"_s][u"numNodes"_s].toInt(), 2);
        const Result<LaunchPreview> preview = previewLaunch(*api, made->text, u"nlp"_s, {}, {});
        QVERIFY2(preview && preview->feasible(), preview && preview->refused ? qPrintable(preview->refused->oneLine()) : "");
        QCOMPARE(convertJob(*api, stored(), nullptr, {.runtime = u"nothing"_s}, {}).error().kind, Error::Kind::NotFound);
        QCOMPARE(convertJob(*api, stored(), nullptr, {.name = u"new"_s}, {})->conversion.job[u"metadata"_s][u"name"_s].toString(), u"new"_s);
        for (const FakeObjectApi::Call &call : api->calls())
            QVERIFY(!call.writes());
    }

    void withoutTrainerThereIsNothingToConvertTo()
    {
        ServedResource one;
        one.kind = torch;
        api->setMapper(RestMapper(QList<ServedResource>{one}));
        QCOMPARE(convertJob(*api, stored(), nullptr, {}, {}).error().kind, Error::Kind::Unsupported);
    }

    /// By the schema that is served: spec.trainer cannot change there.
    void aTrainJobIsNotScaled()
    {
        api->put(train, yaml("apiVersion: trainer.kubeflow.org/v1alpha1\nkind: TrainJob\nmetadata: {name: llama, namespace: nlp}\nspec: {suspend: true, runtimeRef: {name: torch-distributed}, trainer: {numNodes: 2}}\n"));
        const ObjectRef llama{train, u"nlp"_s, u"llama"_s, {}};
        QCOMPARE(previewScale(*api, llama, 3, {})->plan.problems.value(0).id, u"trainer"_s);
        api->setOpenApi(train.group, train.version, openApi(train, QByteArray(kTrainJobSpec).replace(", x-kubernetes-validations: [{rule: self == oldSelf, message: field is immutable}]", "")));
        const Result<JobScale> open = previewScale(*api, llama, 3, {});
        QVERIFY2(open->feasible(), qPrintable(open->plan.problems.value(0).text));
        QVERIFY(applyJobChange(*api, open->change, {}, {}));
        QCOMPARE(api->stored(train, u"nlp"_s, u"llama"_s)[u"spec"_s][u"trainer"_s][u"numNodes"_s].toInt(), 3);
    }
};

QTEST_APPLESS_MAIN(TestJobEditFlows)
#include "tst_jobeditflows.moc"
