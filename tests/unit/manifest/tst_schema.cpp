// SPDX-License-Identifier: GPL-3.0-or-later
#include "manifest/Schema.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::manifest;

namespace {

QJsonObject fixture(const char *name)
{
    QFile file(QString::fromUtf8(CAIRN_SOURCE_DIR "/tests/fixtures/schema/") + QString::fromLatin1(name));
    if (!file.open(QIODevice::ReadOnly))
        qFatal("%s is missing", name);
    const Result<QJsonValue> value = fromYaml(file.readAll());
    return value ? value->toObject() : QJsonObject();
}

const Schema &job()
{
    static const Schema schema = *Schema::fromCrd(fixture("pytorchjob-crd.yaml"), u"v1"_s);
    return schema;
}

const Schema &deployment()
{
    static const Schema schema = *Schema::fromOpenApi(fixture("apps-v1-openapi.yaml"), u"apps/v1"_s, u"Deployment"_s);
    return schema;
}

QStringList shown(const QList<Finding> &findings)
{
    QStringList out;
    for (const Finding &finding : findings)
        out += u"%1:%2 %3"_s.arg(finding.place.line).arg(finding.place.column).arg(finding.message);
    return out;
}

QStringList found(const Schema &schema, const QByteArray &yaml)
{
    const Document document = Document::read(yaml);
    if (!document.faults().isEmpty())
        return {document.error().oneLine()};
    return shown(validate(document, schema));
}

QStringList of(const QByteArray &schema, const QByteArray &yaml)
{
    const Result<QJsonValue> value = fromYaml(schema);
    return found(Schema::of(value ? value->toObject() : QJsonObject()), yaml);
}

const QByteArray &goodJob()
{
    static const QByteArray text = R"(apiVersion: kubeflow.org/v1
kind: PyTorchJob
metadata:
  name: night
  labels: {team: vision}
spec:
  runPolicy:
    suspend: false
    cleanPodPolicy: None
  pytorchReplicaSpecs:
    Worker:
      replicas: 2
      restartPolicy: OnFailure
      template:
        spec:
          containers:
            - name: trainer
              image: registry.example/train:1
              ports:
                - containerPort: 80
                  name: web
              resources:
                limits: {cpu: 2, memory: 16Gi}
          anything: {goes: here}
)"_ba;
    return text;
}

} // namespace

class TestSchema : public QObject
{
    Q_OBJECT
private slots:
    void aGoodObjectHasNoFindings()
    {
        QCOMPARE(found(job(), goodJob()), QStringList());
    }

    void eachFindingStandsAtItsField_data()
    {
        QTest::addColumn<QByteArray>("from");
        QTest::addColumn<QByteArray>("to");
        QTest::addColumn<QString>("finding");
        const auto row = [](const char *from, const char *to, const char *finding) {
            QTest::newRow(to) << QByteArray(from) << QByteArray(to) << QString::fromUtf8(finding);
        };
        row("replicas: 2", "replcas: 2", "12:7 Unknown field “replcas”. Did you mean “replicas”?");
        row("replicas: 2", "REPLICAS: 2", "12:7 Unknown field “REPLICAS”. Did you mean “replicas”?");
        row("replicas: 2", "zzz: 2", "12:7 Unknown field “zzz”.");
        row("replicas: 2", "replicas: two", "12:17 This is a string; expected an integer.");
        row("replicas: 2", "replicas: 2.5", "12:17 This is a number; expected an integer.");
        row("replicas: 2", "replicas: -1", "12:17 -1 is too small; the minimum is 0.");
        row("replicas: 2", "replicas: 3000000000", "12:17 3000000000 does not fit into int32.");
        row("suspend: false", "suspend: \"no\"", "8:14 This is a string; expected a boolean.");
        row("cleanPodPolicy: None", "cleanPodPolicy: Nome", "9:21 “Nome” is not one of: All, Running, None. Did you mean “None”?");
        row("restartPolicy: OnFailure", "restartPolicy: 1", "13:22 This is a number; expected a string. Put it in quotes.");
        row("image: registry.example/train:1", "image: \"\"", "18:22 This must not be empty.");
        row("- name: trainer", "- {}", "17:15 The field “name” is missing.");
        row("name: web", "name: Web_", "21:25 “Web_” does not have the form ^[a-z0-9-]+$.");
        row("cpu: 2,", "cpu: two,", "23:31 “two” does not have the form ^[0-9.]+[A-Za-z]*$.");
        row("cpu: 2,", "cpu: true,", "23:31 This is a boolean; expected an integer or a string.");
        row("spec:\n  runPolicy", "statuss: {}\nspec:\n  runPolicy", "6:1 Unknown field “statuss”. Did you mean “status”?");
        row("containerPort: 80", "containerPort: 70000", "20:34 70000 is too large; the maximum is 65535.");
        row("                  name: web\n", "                - containerPort: 80\n                  name: web\n",
            "21:19 This item has the same containerPort, protocol as item 1 of the list.");
    }
    void eachFindingStandsAtItsField()
    {
        QFETCH(QByteArray, from);
        QFETCH(QByteArray, to);
        QFETCH(QString, finding);
        QByteArray text = goodJob();
        const qsizetype at = text.indexOf(from);
        QVERIFY(at >= 0);
        text.replace(at, from.size(), to);
        if (to.startsWith("- {}")) { // the rest of that item goes with it
            const qsizetype rest = text.indexOf("              image");
            text.remove(rest, text.indexOf("          anything") - rest);
        }
        QCOMPARE(found(job(), text), QStringList{finding});
    }

    void openApiOfBuiltInKinds()
    {
        QCOMPARE(found(deployment(), R"(apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  annotations: {a: b}
  creationTimestamp: null
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  strategy: {rollingUpdate: {maxSurge: 25%, maxUnavailable: 1}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: nginx
        resources: {limits: {cpu: 1, memory: 1Gi}}
)"), QStringList());
        QCOMPARE(found(deployment(), R"(apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  label: {a: b}
  annotations: {a: 1}
  creationTimestamp: yesterday
spec:
  strategy: {rollingUpdate: {maxSurge: [25]}}
  template:
    spec:
      container: []
)"),
                 (QStringList{u"5:3 Unknown field “label”. Did you mean “labels”?"_s,
                              u"6:20 This is a number; expected a string. Put it in quotes."_s,
                              u"7:22 “yesterday” is not a time such as 2006-01-02T15:04:05Z."_s, u"8:1 The field “selector” is missing."_s,
                              u"9:40 This is a list; expected an integer or a string."_s, u"11:5 The field “containers” is missing."_s,
                              u"12:7 Unknown field “container”. Did you mean “containers”?"_s}));
        QVERIFY(!Schema::fromOpenApi(fixture("apps-v1-openapi.yaml"), u"apps/v1"_s, u"Nothing"_s));
        QVERIFY(!Schema::fromCrd(fixture("pytorchjob-crd.yaml"), u"v2"_s));
    }

    void everyWord_data()
    {
        QTest::addColumn<QByteArray>("schema");
        QTest::addColumn<QByteArray>("good");
        QTest::addColumn<QByteArray>("bad");
        const auto row = [](const char *schema, const char *good, const char *bad) {
            QTest::newRow(schema) << QByteArray(schema) << QByteArray(good) << QByteArray(bad);
        };
        row("{type: array, minItems: 1, items: {type: string}}", "[a]", "[]");
        row("{type: array, maxItems: 1}", "[a]", "[a, b]");
        row("{type: array, uniqueItems: true}", "[a, b]", "[a, a]");
        row("{type: array, x-kubernetes-list-type: set}", "[a, b]", "[a, a]");
        row("{type: array, items: {type: string}}", "[a]", "[a, null]");
        row("{type: array, items: {type: string, nullable: true}}", "[a, null]", "[1]");
        row("{type: object, minProperties: 1, additionalProperties: {type: integer}}", "{a: 1}", "{a: b}");
        row("{type: object, maxProperties: 1, additionalProperties: true}", "{a: 1}", "{a: 1, b: 2}");
        row("{type: object, properties: {a: {type: string}}, x-kubernetes-preserve-unknown-fields: true}", "{a: b, c: d}", "{a: 1}");
        row("{type: object, properties: {a: {type: string}}}", "{a: b}", "{a: b, c: d}");
        row("{maximum: 5, exclusiveMaximum: true}", "4", "5");
        row("{minimum: 5, exclusiveMinimum: true}", "6", "5");
        row("{multipleOf: 0.5}", "1.5", "1.7");
        row("{type: string, maxLength: 2}", "檢查", "abc");
        row("{enum: [1, a, null]}", "a", "b");
        row("{anyOf: [{type: integer}, {type: boolean}]}", "true", "text");
        row("{oneOf: [{minimum: 5}, {maximum: 3}]}", "6", "4");
        row("{oneOf: [{minimum: 3}, {maximum: 5}]}", "6", "4");
        row("{not: {enum: [x]}}", "y", "x");
        row("{allOf: [{minimum: 1}, {maximum: 3}]}", "2", "4");
        row("{type: object, properties: {a: {type: object, properties: {b: {}, c: {}}}}, anyOf: [{properties: {a: {properties: {b: {minimum: 1}}}}}]}", "{a: {b: 1, c: 2}}", "{a: {b: 0, c: 2}}");
        row("{x-kubernetes-int-or-string: true}", "5%", "1.5");
        row("{type: string, format: date-time}", "2026-01-02T03:04:05Z", "soon");
    }
    void everyWord()
    {
        QFETCH(QByteArray, schema);
        QFETCH(QByteArray, good);
        QFETCH(QByteArray, bad);
        QCOMPARE(of(schema, good), QStringList());
        QCOMPARE(of(schema, bad).size(), 1);
    }

    void hostileSchemasEnd()
    {
        const QJsonObject loop{{u"a"_s, QJsonObject{{u"$ref"_s, u"#/components/schemas/b"_s}}}, {u"b"_s, QJsonObject{{u"$ref"_s, u"#/components/schemas/a"_s}}},
                               {u"c"_s, QJsonObject{{u"allOf"_s, QJsonArray{QJsonObject{{u"$ref"_s, u"#/components/schemas/c"_s}}, QJsonObject{{u"$ref"_s, u"#/components/schemas/c"_s}}}}}}};
        const Document document = Document::read("x: {y: [1, 2]}\n");
        for (const QString &name : {u"a"_s, u"c"_s, u"gone"_s})
            validate(document, Schema::of(QJsonObject{{u"$ref"_s, u"#/components/schemas/"_s + name}}, loop));
        QVERIFY(of("{type: string, pattern: \"(a+)+$\"}", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab").size() <= 1);
        QCOMPARE(of("{type: string, pattern: \"(\"}", "a"), QStringList());
    }

    void tellsWhatItKnows()
    {
        const Schema::About policy = job().about(*Path::parse(u"spec.runPolicy.cleanPodPolicy"));
        QVERIFY(policy.known);
        QCOMPARE(policy.values, (QStringList{u"All"_s, u"Running"_s, u"None"_s}));
        QVERIFY(!policy.description.isEmpty());
        const Schema::About container = deployment().about(*Path::parse(u"spec.template.spec.containers[name=web]"));
        QVERIFY(container.fields.contains(u"image"_s));
        QCOMPARE(container.required, QStringList{u"name"_s});
        QCOMPARE(deployment().about(*Path::parse(u"spec.template.spec.containers")).type, u"object list"_s);
        QCOMPARE(deployment().about(*Path::parse(u"spec.strategy.rollingUpdate.maxSurge")).type, u"integer or string"_s);
        QVERIFY(!job().about(*Path::parse(u"spec.nothing")).known);
    }
};

QTEST_APPLESS_MAIN(TestSchema)
#include "tst_schema.moc"
