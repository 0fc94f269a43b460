// SPDX-License-Identifier: GPL-3.0-or-later
#include "launch/Edit.h"
#include "jobs/JobPods.h"
#include "manifest/Yaml.h"

#include <QJsonArray>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::launch;

namespace {

QJsonObject yaml(const QByteArray &text)
{
    const Result<QJsonValue> read = manifest::fromYaml(text);
    if (!read)
        qFatal("%s", qPrintable(read.error().oneLine()));
    return read->toObject();
}

Job jobOf(const QJsonObject &object)
{
    const QString version = object[u"apiVersion"_s].toString();
    const ResourceKind kind{version.section(u'/', 0, 0), version.section(u'/', 1), {}, object[u"kind"_s].toString(), true};
    return *jobs::decodedJob(object, {jobKindOf(kind)->resource, u"nlp"_s, u"a"_s, {}});
}

const QByteArray kTorch = "apiVersion: kubeflow.org/v1\nkind: PyTorchJob\nmetadata: {name: a, namespace: nlp, uid: u, resourceVersion: '7', generation: 2, labels: {x: y},\n"
                          "  managedFields: [MANAGED]}\nspec:\n  runPolicy: {backoffLimit: 3}\n  pytorchReplicaSpecs: {Worker: {replicas: 2, template: {spec: {containers: [{name: pytorch, image: a}]}}}}\n"
                          "status: {conditions: [{type: Running, status: 'True'}]}\n";
const QByteArray kTrainJob = "apiVersion: trainer.kubeflow.org/v1alpha1\nkind: TrainJob\nmetadata: {name: a, namespace: nlp, uid: u}\nspec: {suspend: false, runtimeRef: {name: r}, trainer: {numNodes: 2, image: a}, "
                             "runtimePatches: [{manager: kueue.x-k8s.io/manager}]}\n";

/// As the CRD of Trainer 2.3 says it.
manifest::Schema trainer()
{
    return manifest::Schema::of(yaml("type: object\nproperties:\n  spec:\n    type: object\n    properties:\n      suspend: {type: boolean}\n      activeDeadlineSeconds: {type: integer, x-kubernetes-validations: [{rule: 'self == oldSelf', message: field is immutable}]}\n"
                                     "      runtimePatches: {type: array, items: {type: object}}\n      trainer: {type: object, properties: {image: {type: string}, numNodes: {type: integer}}, x-kubernetes-validations: [{rule: 'self == oldSelf', message: field is immutable}]}\n"));
}

QStringList told(const QList<EditPoint> &points)
{
    QStringList ids;
    for (const EditPoint &point : points)
        ids.append((point.forbids ? u"!"_s : QString()) + point.id + u' ' + point.field);
    return ids;
}

QStringList texts(const QList<manifest::Path> &paths)
{
    QStringList all;
    for (const manifest::Path &path : paths)
        all.append(path.text());
    return all;
}

} // namespace

class TestEdit : public QObject {
    Q_OBJECT

private slots:
    void whatTheServerOwnsIsNotThere()
    {
        const QByteArray text = editText(yaml(QByteArray(kTorch).replace("MANAGED", "{manager: m}")));
        for (const char *gone : {"status", "managedFields", "uid"})
            QVERIFY2(!text.contains(gone), gone);
        QVERIFY(text.contains("resourceVersion: \"7\""));
        QVERIFY2(text.indexOf("kind:") < text.indexOf("spec:"), text.constData());
        QVERIFY(!editable(yaml(text))[u"metadata"_s].toObject().contains(u"resourceVersion"_s));
    }

    void whereTwoDiffer()
    {
        const QJsonObject a = yaml("a: 1\nb: {c: [1, 2], d: x}\ne: [{f: 1}]\n");
        QCOMPARE(texts(changedPaths(a, a)), QStringList());
        QCOMPARE(texts(changedPaths(a, yaml("a: 2\nb: {c: [1, 2, 3]}\ne: [{f: 2}]\ng: 1\n"))), (QStringList{u"a"_s, u"b.c"_s, u"b.d"_s, u"e[0].f"_s, u"g"_s}));
    }

    void immutableFieldsByTheSchema()
    {
        const QJsonObject before = yaml(kTrainJob);
        const auto points = [&](const QByteArray &text) { return told(editPoints(before, yaml(text), jobOf(before), trainer())); };
        QCOMPARE(points(QByteArray(kTrainJob).replace("numNodes: 2, image: a", "numNodes: 3, image: b")), QStringList{u"!immutable spec.trainer"_s});
        // The rule needs two values: what was not said may be said.
        QCOMPARE(points(QByteArray(kTrainJob).replace("suspend: false", "suspend: false, activeDeadlineSeconds: 60")), QStringList());
        QCOMPARE(points(QByteArray(kTrainJob).replace("suspend: false", "suspend: true")), QStringList());
        QCOMPARE(points(QByteArray(kTrainJob).replace("{manager: kueue.x-k8s.io/manager}", "{manager: a/b}")), QStringList{u"!not-suspended spec.runtimePatches"_s});
        QCOMPARE(points(QByteArray(kTrainJob).replace("{manager: kueue.x-k8s.io/manager}", "{manager: a/b}").replace("suspend: false", "suspend: true")), QStringList());
        QCOMPARE(told(editPoints(before, yaml(QByteArray(kTrainJob).replace("image: a", "image: b")), jobOf(before), {})), QStringList());
    }

    void otherObjects()
    {
        const QJsonObject before = yaml(QByteArray(kTorch).replace("MANAGED", ""));
        for (const auto &[from, to] : {std::pair{"name: a,", "name: b,"}, std::pair{"namespace: nlp", "namespace: vision"}, std::pair{"PyTorchJob", "TFJob"}, std::pair{"org/v1", "org/v2"}}) {
            const QList<EditPoint> points = editPoints(before, yaml(QByteArray(kTorch).replace("MANAGED", "").replace(from, to)), jobOf(before), {});
            QVERIFY2(!points.isEmpty() && points.first().id == "identity"_L1 && points.first().forbids, from);
        }
    }

    void whatComesOfIt()
    {
        const QByteArray plain = QByteArray(kTorch).replace("MANAGED", "");
        const QJsonObject before = yaml(plain);
        const auto points = [&](const QJsonObject &from, const QByteArray &to) { return told(editPoints(from, yaml(to), jobOf(from), {})); };
        QCOMPARE(points(before, QByteArray(plain).replace("image: a", "image: b")), QStringList{u"new-pods spec.pytorchReplicaSpecs.Worker.template"_s});
        QCOMPARE(points(before, QByteArray(plain).replace("replicas: 2", "replicas: 3")), QStringList{u"not-elastic spec.pytorchReplicaSpecs.Worker.replicas"_s});
        QCOMPARE(points(before, QByteArray(plain).replace("backoffLimit: 3", "backoffLimit: 9")), QStringList());
        QCOMPARE(points(before, QByteArray(plain).replace("x: y", "x: z")), QStringList());
        const QByteArray suspended = QByteArray(plain).replace("backoffLimit: 3", "suspend: true");
        QCOMPARE(points(yaml(suspended), QByteArray(suspended).replace("image: a", "image: b")), QStringList{u"suspended spec.pytorchReplicaSpecs.Worker.template"_s});
        const QByteArray ended = QByteArray(plain).replace("type: Running", "type: Succeeded");
        QCOMPARE(points(yaml(ended), QByteArray(ended).replace("image: a", "image: b")), QStringList{u"finished spec"_s});
        const QByteArray tf = QByteArray(plain).replace("PyTorchJob", "TFJob").replace("pytorchReplicaSpecs", "tfReplicaSpecs").replace("name: pytorch", "name: tensorflow");
        QCOMPARE(points(yaml(tf), QByteArray(tf).replace("backoffLimit: 3", "backoffLimit: 3, managedBy: kueue.x-k8s.io/multikueue")), QStringList{u"!immutable spec.runPolicy.managedBy"_s});
    }

    void whoChangedWhat()
    {
        const QByteArray managed = "{manager: training-operator, subresource: status, time: '2026-01-03T00:00:00Z', fieldsV1: {'f:status': {}}},"
                                   "{manager: kubectl-create, time: '2026-01-01T00:00:00Z', fieldsV1: {'f:spec': {'f:runPolicy': {'f:backoffLimit': {}}, 'f:pytorchReplicaSpecs': {'f:Worker': {'f:replicas': {}}}}}},"
                                   "{manager: kubectl-edit, time: '2026-01-02T03:04:05Z', fieldsV1: {'f:spec': {'f:runPolicy': {'f:backoffLimit': {}}}}}";
        const QJsonObject then = yaml(QByteArray(kTorch).replace("MANAGED", ""));
        const QJsonObject now = yaml(QByteArray(kTorch).replace("MANAGED", managed).replace("backoffLimit: 3", "backoffLimit: 9"));
        QCOMPARE(othersText(then, now), u"spec.runPolicy.backoffLimit by kubectl-edit at 2026-01-02 03:04:05 UTC"_s);
        QCOMPARE(othersText(now, yaml(QByteArray(kTorch).replace("MANAGED", managed).replace("backoffLimit: 3", "backoffLimit: 9").replace("Running", "Restarting"))), QString());
        const QList<OthersChange> changes = othersChanges(then, yaml(QByteArray(kTorch).replace("MANAGED", managed).replace("backoffLimit: 3", "backoffLimit: 9").replace("replicas: 2", "replicas: 5").replace("x: y", "x: z")));
        QCOMPARE(changes.size(), 3);
        QCOMPARE(changes[0].who, u"kubectl-edit"_s);
        QCOMPARE(changes[1].who, u"kubectl-create"_s);
        QCOMPARE(changes[2].field, u"metadata.labels.x"_s);
        QCOMPARE(changes[2].who, QString());
        QVERIFY(lastChangeText(now).contains(u"kubectl-edit"_s));
    }
};

QTEST_APPLESS_MAIN(TestEdit)
#include "tst_edit.moc"
