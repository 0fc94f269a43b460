// SPDX-License-Identifier: GPL-3.0-or-later
// Where the patches of a kustomization land, a user's own too: each rule beside what kustomize says of it.
#include "OverlayScene.h"
#include "base/Nearest.h"
#include "overlay/Kustomization.h"
#include "overlay/Lands.h"

#include <QDir>
#include <QJsonDocument>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::overlay;
using namespace cairn::tests;

namespace {

constexpr auto kBase = R"(apiVersion: apps/v1
kind: Deployment
metadata: {name: a, namespace: kubeflow, labels: {x: "1"}}
spec:
  selector: {matchLabels: {app: a, z: q}}
  template:
    metadata: {labels: {app: a}}
    spec: {containers: [{name: main, image: "reg.example/i:1", env: [{name: A, value: "1"}]}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: nons}
spec:
  selector: {matchLabels: {app: m}}
  template: {metadata: {labels: {app: m}}, spec: {containers: [{name: main, image: "reg.example/i:1"}]}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: store, namespace: kubeflow}
spec: {serviceName: store, selector: {matchLabels: {app: s}}, template: {metadata: {labels: {app: s}}, spec: {containers: [{name: main, image: other}]}}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: cm, namespace: kubeflow}
data: {a: "1", b: "2"}
---
apiVersion: example.com/v1
kind: Thing
metadata: {name: t, namespace: kubeflow}
spec: {list: [{name: a, v: 1}, {name: b, v: 2}]}
)";

audit::Scene baseScene()
{
    audit::Scene scene(audit::Scene::Source::Manifests);
    for (const QJsonObject &object : objectsOf(kBase))
        scene.add(object);
    return scene;
}

Built built(const QByteArray &kustomization, const Files &more = {})
{
    Files files = more;
    files.insert(u"kustomization.yaml"_s, kustomization);
    if (!files.contains(u"base.yaml"_s))
        files.insert(u"base.yaml"_s, kBase);
    return lands(files, {}, baseScene());
}

} // namespace

class TestLands : public QObject
{
    Q_OBJECT

private slots:
    void asKustomize_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<bool>("builds");
        QTest::addColumn<bool>("lands");
        const auto row = [](const char *name, const QByteArray &body, bool builds, bool lands) { QTest::newRow(name) << body << builds << lands; };
        const QByteArray ops = "  patch: '[{\"op\":\"add\",\"path\":\"/spec/minReadySeconds\",\"value\":5}]'\n";
        row("kind and name", "patches:\n- target: {kind: Deployment, name: a}\n" + ops, true, true);
        row("alternatives", "patches:\n- target: {kind: Deployment, name: a|nons}\n" + ops, true, true);
        row("anchored", "patches:\n- target: {kind: Deployment, name: o}\n" + ops, true, false);
        row("regular expression", "patches:\n- target: {kind: Deploy.*, name: \"[a-z]\"}\n" + ops, true, true);
        row("several kinds", "patches:\n- target: {kind: Deployment|StatefulSet}\n" + ops, true, true);
        row("another kind", "patches:\n- target: {kind: DaemonSet}\n" + ops, true, false);
        row("group", "patches:\n- target: {group: apps, version: v1, kind: Deployment}\n" + ops, true, true);
        row("another group", "patches:\n- target: {group: batch, kind: Deployment}\n" + ops, true, false);
        row("namespace", "patches:\n- target: {kind: Deployment, namespace: kubeflow}\n" + ops, true, true);
        row("no namespace is default", "patches:\n- target: {kind: Deployment, namespace: default}\n" + ops, true, true);
        row("another namespace", "patches:\n- target: {kind: Deployment, namespace: kube}\n" + ops, true, false);
        row("labels", "patches:\n- target: {kind: Deployment, labelSelector: \"x in (1,2)\"}\n" + ops, true, true);
        row("other labels", "patches:\n- target: {kind: Deployment, labelSelector: \"x!=1,x\"}\n" + ops, true, false);
        row("annotations", "patches:\n- target: {kind: Deployment, annotationSelector: yy}\n" + ops, true, false);
        row("selector that is no text", "patches:\n- target: {kind: Deployment, labelSelector: y}\n" + ops, false, false);
        row("no regular expression", "patches:\n- target: {kind: Deployment, name: \"a(\"}\n" + ops, false, false);
        row("operations without target", "patches:\n-" + ops.mid(1), false, false);
        row("replace of nothing", "patches:\n- target: {kind: Deployment, name: a}\n  patch: '[{\"op\":\"replace\",\"path\":\"/spec/x/y\",\"value\":5}]'\n", false, false);
        row("test that fails", "patches:\n- target: {kind: Deployment, name: a}\n  patch: '[{\"op\":\"test\",\"path\":\"/metadata/name\",\"value\":\"b\"}]'\n", false, false);
        row("strategic with target",
            "patches:\n- target: {kind: Deployment, name: a}\n  patch: |\n    apiVersion: apps/v1\n    kind: Deployment\n    metadata: {name: other, labels: {n: m}}\n"
            "    spec: {replicas: 4}\n", true, true);
        row("strategic by its name", "patches:\n- patch: |\n    apiVersion: apps/v1\n    kind: Deployment\n    metadata: {name: a, namespace: kubeflow}\n    spec: {replicas: 2}\n", true, true);
        row("strategic, wrong namespace", "patches:\n- patch: |\n    apiVersion: apps/v1\n    kind: Deployment\n    metadata: {name: a}\n    spec: {replicas: 2}\n", false, false);
        row("strategic of a custom resource",
            "patches:\n- target: {kind: Thing}\n  patch: |\n    apiVersion: example.com/v1\n    kind: Thing\n    metadata: {name: x}\n    spec: {list: [{name: c}]}\n", true, true);
        row("delete", "patches:\n- target: {kind: StatefulSet, name: store}\n  patch: '{\"$patch\":\"delete\",\"apiVersion\":\"apps/v1\",\"kind\":\"StatefulSet\",\"metadata\":{\"name\":\"x\"}}'\n", true, true);
        row("legacy strategic", "patchesStrategicMerge:\n- |\n  apiVersion: apps/v1\n  kind: Deployment\n  metadata: {name: a, namespace: kubeflow}\n  spec: {replicas: 2}\n", true, true);
        row("legacy strategic file", "patchesStrategicMerge: [patch.yaml]\n", true, true);
        row("legacy operations", "patchesJson6902:\n- target: {group: apps, version: v1, kind: Deployment, name: zz}\n" + ops, true, false);
        row("replicas", "replicas: [{name: a, count: 3}]\n", true, true);
        row("replicas of a store", "replicas: [{name: store, count: 3}]\n", true, true);
        row("replicas of nobody", "replicas: [{name: b, count: 3}]\n", false, false);
        row("replicas of a ConfigMap", "replicas: [{name: cm, count: 3}]\n", false, false);
        row("image", "images: [{name: reg.example/i, newTag: \"2\"}]\n", true, true);
        row("image of nobody", "images: [{name: reg.example/j, newTag: \"2\"}]\n", true, false);
        row("merged ConfigMap", "configMapGenerator:\n- {name: cm, namespace: kubeflow, behavior: merge, literals: ['a=\"x=y\"', c=3]}\ngeneratorOptions: {disableNameSuffixHash: true}\n", true, true);
        row("merged ConfigMap of nobody", "configMapGenerator:\n- {name: cn, namespace: kubeflow, behavior: merge, literals: [c=3]}\n", false, false);
        row("replacement",
            "replacements:\n- source: {kind: Deployment, name: a, namespace: kubeflow, fieldPath: spec.selector.matchLabels}\n"
            "  targets: [{select: {kind: Deployment, name: nons}, fieldPaths: [spec.template.metadata.annotations], options: {create: true}}]\n", true, true);
        row("replacement by a key",
            "replacements:\n- source: {kind: ConfigMap, name: cm, fieldPath: data.a}\n"
            "  targets: [{select: {kind: Deployment, name: a}, fieldPaths: [\"spec.template.spec.containers.[name=main].env.0.value\"]}]\n", true, true);
        row("replacement without source", "replacements:\n- source: {kind: Deployment, name: b, fieldPath: spec.selector}\n  targets: [{select: {kind: Deployment, name: a}, fieldPaths: [spec.x]}]\n", false, false);
        row("replacement without target", "replacements:\n- source: {kind: Deployment, name: a, fieldPath: spec.selector}\n  targets: [{select: {kind: Deployment, name: b}, fieldPaths: [spec.x]}]\n", true, false);
        row("replacement of no field", "replacements:\n- source: {kind: Deployment, name: a, fieldPath: spec.selector}\n  targets: [{select: {kind: Deployment, name: a}, fieldPaths: [spec.x]}]\n", false, false);
        row("unknown field", "patchs: []\n", false, false);
    }
    /// What Cairn says beside what kustomize does, with the same words and the same objects.
    void asKustomize()
    {
        QFETCH(const QByteArray, body);
        QFETCH(const bool, builds);
        QFETCH(const bool, lands);
        const QByteArray kustomization = "resources: [base.yaml]\n" + body;
        const QByteArray patch = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a, namespace: kubeflow}\nspec: {replicas: 2}\n";
        const Built mine = built(kustomization, {{u"patch.yaml"_s, patch}});
        const bool refused = !mine.faults.isEmpty() || std::ranges::any_of(mine.landings, [](const Landing &landing) {
            return landing.error || (!landing.lands() && landing.why.contains("refuses"_L1));
        });
        QCOMPARE(refused, !builds);
        QCOMPARE(mine.landing() > 0, lands);
        if (!lands && builds) {
            QCOMPARE(mine.landings.size(), 1);
            QVERIFY2(mine.landings.first().why.contains(u"silently"_s), qPrintable(mine.landings.first().why));
            QVERIFY(mine.landings.first().place.line > 1);
        }
        if (kustomizeCommand().isEmpty())
            return;
        QTemporaryDir folder;
        writeFile(folder.filePath(u"base.yaml"_s), kBase);
        writeFile(folder.filePath(u"patch.yaml"_s), patch);
        writeFile(folder.filePath(u"kustomization.yaml"_s), kustomization);
        const QByteArray theirs = kustomized(folder.path());
        QCOMPARE(!theirs.isEmpty(), builds);
        QMap<audit::ObjectName, QJsonObject> wanted;
        for (const QJsonObject &object : objectsOf(kBase))
            wanted.insert(audit::nameOf(object), object);
        for (const Changed &changed : mine.changed) {
            if (changed.after.isEmpty())
                wanted.remove(changed.name);
            else
                wanted.insert(changed.name, changed.after);
        }
        if (!builds)
            return;
        const QList<QJsonObject> objects = objectsOf(theirs);
        QCOMPARE(objects.size(), wanted.size());
        for (const QJsonObject &object : objects)
            QCOMPARE(wanted.value(audit::nameOf(object)), object);
    }

    void theNearestNameIsOffered()
    {
        audit::Scene scene = kubeflowScene();
        Files files{{u"site/kustomization.yaml"_s, "kind: Component\npatches:\n- path: limits.yaml\n  target: {kind: Deployment, name: trainning-operator}\n"
                                                   "- target: {kind: Deployment, name: metacontroller}\n  patch: '[]'\n"
                                                   "- target: {kind: Deployment, name: dex, namespace: kubeflow}\n  patch: '[]'\n"
                                                   "- target: {kind: VirtualService, name: x}\n  patch: '[]'\n"},
                    {u"site/limits.yaml"_s, "- {op: add, path: /spec/minReadySeconds, value: 5}\n"}};
        const Built result = lands(files, u"site"_s, scene);
        QCOMPARE(result.landings.size(), 4);
        QCOMPARE(result.landings[0].file, u"site/limits.yaml"_s);
        QCOMPARE(result.landings[0].nearest, u"training-operator"_s);
        QVERIFY(result.landings[0].why.contains(u"silently"_s));
        QVERIFY2(result.landings[1].why.contains(u"StatefulSet"_s), qPrintable(result.landings[1].why));
        QVERIFY2(result.landings[2].why.contains(u"auth"_s), qPrintable(result.landings[2].why));
        // What was not read is not said to be missing.
        QVERIFY(result.landings[3].unknown && !result.landings[3].lands());
        QVERIFY(result.changed.isEmpty());
        QCOMPARE(text::nearestOf(u"abc"_s, {u"xyz"_s, u"abcdefgh"_s}), QString());
    }

    void aNameThatMissesIsCorrectedWhereItIsWritten_data()
    {
        QTest::addColumn<QByteArray>("kustomization");
        QTest::addColumn<QByteArray>("after");
        const QByteArray ops = "  patch: '[{\"op\":\"add\",\"path\":\"/spec/minReadySeconds\",\"value\":5}]'\n";
        QTest::newRow("target") << "kind: Component\npatches:\n- target: {kind: Deployment, name: trainning-operator} # ours\n" + ops
                                << "kind: Component\npatches:\n- target: {kind: Deployment, name: training-operator} # ours\n" + ops;
        QTest::newRow("one of several") << "kind: Component\npatches:\n- target: {kind: Deployment, name: dex|istiod|activater}\n" + ops
                                        << "kind: Component\npatches:\n- target: {kind: Deployment, name: dex|istiod|activator}\n" + ops;
        QTest::newRow("replicas") << QByteArray("kind: Component\nreplicas:\n- name: trainning-operator\n  count: 2\n")
                                  << QByteArray("kind: Component\nreplicas:\n- name: training-operator\n  count: 2\n");
        const QByteArray inlined = "kind: Component\npatches:\n- patch: |\n    apiVersion: apps/v1\n    kind: Deployment\n    metadata:\n      name: NAME\n      namespace: kubeflow\n";
        QTest::newRow("in the patch itself") << QByteArray(inlined).replace("NAME", "trainning-operator") << QByteArray(inlined).replace("NAME", "training-operator");
    }

    void aNameThatMissesIsCorrectedWhereItIsWritten()
    {
        QFETCH(QByteArray, kustomization);
        QFETCH(QByteArray, after);
        Files files{{u"kustomization.yaml"_s, kustomization}};
        const Built result = lands(files, {}, kubeflowScene());
        const auto miss = std::ranges::find_if(result.landings, [](const Landing &landing) { return !landing.lands(); });
        QVERIFY(miss != result.landings.end());
        QVERIFY2(!miss->nearest.isEmpty(), qPrintable(miss->why));
        const Result<QByteArray> corrected = overlay::corrected(files, *miss);
        QVERIFY2(corrected, qPrintable(corrected ? QString() : corrected.error().oneLine()));
        QCOMPARE(*corrected, after);
        const Built again = lands({{u"kustomization.yaml"_s, *corrected}}, {}, kubeflowScene());
        QVERIFY(std::ranges::all_of(again.landings, &Landing::lands));
        // Of a file that says something else by now nothing is changed.
        files[u"kustomization.yaml"_s] = "kind: Component\n";
        QCOMPARE(overlay::corrected(files, *miss).error().kind, Error::Kind::Conflict);
    }

    void aNameThatMissesInAFileOfItsOwnIsCorrectedThere()
    {
        const Files files{{u"kustomization.yaml"_s, "kind: Component\npatches:\n- path: p.yaml\n"},
                          {u"p.yaml"_s, "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: trainning-operator, namespace: kubeflow}\n"}};
        const Built result = lands(files, {}, kubeflowScene());
        QCOMPARE(result.landings.first().nameFile, u"p.yaml"_s);
        QVERIFY(overlay::corrected(files, result.landings.first())->contains("name: training-operator, "));
    }

    void eachAlternativeIsLookedFor()
    {
        const Built result = lands({{u"kustomization.yaml"_s, "kind: Component\npatches:\n- target: {kind: Deployment, name: dex|istiod|activater}\n"
                                                              "  patch: '[{\"op\":\"add\",\"path\":\"/spec/minReadySeconds\",\"value\":5}]'\n"}},
                                   {}, kubeflowScene());
        QCOMPARE(result.landings.size(), 2);
        QCOMPARE(result.landings[0].on.size(), 2);
        QVERIFY(!result.landings[1].lands());
        QCOMPARE(result.landings[1].nearest, u"activator"_s);
    }

    void aRemoteBaseIsStoodForByTheLiveObjects()
    {
        const Built result = lands({{u"kustomization.yaml"_s, "resources: [\"https://example.com/x?ref=1\", ../beside]\nreplicas: [{name: dex, count: 3}]\n"}}, {}, kubeflowScene());
        QCOMPARE(result.remote, (QStringList{u"https://example.com/x?ref=1"_s}));
        QCOMPARE(result.outside.size(), 1);
        QCOMPARE(result.outside.first().path, u"../beside"_s);
        QCOMPARE(result.changed.size(), 1);
        QCOMPARE(result.changed.first().before[u"spec"_s][u"replicas"_s].toInt(), 1);
        QCOMPARE(result.changed.first().after[u"spec"_s][u"replicas"_s].toInt(), 3);
    }

    void whatWasPutOnBeforeIsNotPutOnAgain_data()
    {
        QTest::addColumn<QByteArray>("operations");
        QTest::addColumn<QString>("kind");
        QTest::addColumn<bool>("doubted"); ///< the second time
        const auto row = [](const char *name, const QByteArray &operations, const QString &kind = u"Deployment"_s, bool doubted = false) {
            QTest::newRow(name) << operations << kind << doubted;
        };
        row("a field that is removed, and another", "[{'op':'remove','path':'/spec/minAvailable'},{'op':'add','path':'/spec/maxUnavailable','value':1}]", u"PodDisruptionBudget"_s);
        row("a field that is removed alone", "[{'op':'remove','path':'/spec/minAvailable'}]", u"PodDisruptionBudget"_s, true);
        row("an argument", "[{'op':'add','path':'/spec/template/spec/containers/0/args/-','value':'--leader-elect'}]");
        row("an argument in front", "[{'op':'add','path':'/spec/template/spec/containers/0/args/0','value':'--leader-elect'}]");
        row("a variable", "[{'op':'add','path':'/spec/template/spec/containers/0/env/-','value':{'name':'X','value':'1'}}]");
        row("two of a list", "[{'op':'add','path':'/spec/template/spec/containers/0/args/-','value':'--a'},{'op':'add','path':'/spec/template/spec/containers/0/args/-','value':'--b'}]");
        row("a tested value", "[{'op':'test','path':'/spec/replicas','value':1},{'op':'replace','path':'/spec/replicas','value':2}]");
        row("a tested item that is removed", "[{'op':'test','path':'/spec/template/spec/containers/0/args/1','value':'two'},{'op':'remove','path':'/spec/template/spec/containers/0/args/1'}]");
        row("a tested field that is removed", "[{'op':'test','path':'/spec/minAvailable','value':0},{'op':'remove','path':'/spec/minAvailable'}]", u"PodDisruptionBudget"_s);
    }
    void whatWasPutOnBeforeIsNotPutOnAgain()
    {
        QFETCH(QByteArray, operations);
        QFETCH(const QString, kind);
        QFETCH(const bool, doubted);
        const audit::ObjectName name = kind == u"Deployment" ? audit::ObjectName{u"apps"_s, kind, u"kubeflow"_s, u"w"_s}
                                                             : audit::ObjectName{u"policy"_s, kind, u"knative-serving"_s, u"activator-pdb"_s};
        const Files files{{u"kustomization.yaml"_s, "kind: Component\npatches:\n- target: {kind: " + kind.toUtf8() + ", name: " + name.name.toUtf8() + "}\n  patch: |\n    "
                               + operations.replace('\'', '"') + '\n'}};
        audit::Scene scene = kubeflowScene();
        scene.add(objectsOf("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: w, namespace: kubeflow}\n"
                            "spec: {replicas: 1, template: {spec: {containers: [{name: w, args: [one, two], env: [{name: A, value: b}]}]}}}\n").first());
        const QJsonObject base = *scene.find(name);
        const Built first = lands(files, {}, scene);
        QVERIFY2(first.landings.first().lands(), first.landings.first().error ? qPrintable(first.landings.first().error->oneLine()) : "");
        QVERIFY(first.undone.isEmpty());
        QCOMPARE(first.changed.size(), 1);
        scene.add(first.changed.first().after);
        const Built second = lands(files, {}, scene);
        QVERIFY2(second.landings.first().lands(), second.landings.first().error ? qPrintable(second.landings.first().error->oneLine()) : "");
        QVERIFY2(second.changed.isEmpty(), second.changed.isEmpty() ? "" : qPrintable(QString::fromUtf8(QJsonDocument(second.changed.first().after).toJson())));
        QCOMPARE(!second.gaps.isEmpty(), doubted);
        // What kustomize is given makes the same again.
        audit::Scene undone = scene;
        undone.add(second.undone.value(name));
        const Built third = lands(files, {}, undone);
        QCOMPARE(third.changed.size(), 1);
        QCOMPARE(third.changed.first().after, *scene.find(name));
        // Rendered YAML is the base itself: nothing was put on it.
        audit::Scene rendered(audit::Scene::Source::Manifests);
        rendered.add(base);
        QVERIFY(lands(files, {}, rendered).landings.first().lands());
    }

    void whatNeverWasThereStaysAnError()
    {
        audit::Scene scene = kubeflowScene();
        const auto landing = [&](const QByteArray &operations) {
            const Built built = lands({{u"kustomization.yaml"_s, "kind: Component\npatches:\n- target: {kind: PodDisruptionBudget, name: activator-pdb}\n  patch: '" + operations + "'\n"}},
                                      {}, scene);
            return built.landings.first();
        };
        // A slip of the pen, a field below nothing, a test of what is otherwise.
        QVERIFY(!landing(R"([{"op":"remove","path":"/spec/minAvailble"}])").lands());
        QVERIFY(!landing(R"([{"op":"remove","path":"/spec/no/such"}])").lands());
        QVERIFY(!landing(R"([{"op":"test","path":"/spec/minAvailable","value":7},{"op":"replace","path":"/spec/minAvailable","value":1}])").lands());
        QVERIFY(!landing(R"([{"op":"replace","path":"/spec/maxUnavailable","value":1}])").lands());
        QVERIFY(landing(R"([{"op":"remove","path":"/spec/minAvailable"}])").lands());
        // An item that is removed by its place alone would be another one the second time.
        scene.add(objectsOf("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: w, namespace: kubeflow}\nspec: {template: {spec: {containers: [{name: w, args: [a, b]}]}}}\n").first());
        const Built built = lands({{u"kustomization.yaml"_s, "kind: Component\npatches:\n- target: {kind: Deployment, name: w}\n"
                                                             "  patch: '[{\"op\":\"remove\",\"path\":\"/spec/template/spec/containers/0/args/0\"}]'\n"}}, {}, scene);
        QVERIFY(built.landings.first().lands());
        QCOMPARE(built.gaps.size(), 1);
        QVERIFY2(built.gaps.first().text.contains(u"whatever it is"_s), qPrintable(built.gaps.first().text));
    }

    void whatAFileLeavesOutStays()
    {
        audit::Scene scene = kubeflowScene();
        const Built result = lands({{u"kustomization.yaml"_s, "resources: [dex.yaml]\n"},
                                    {u"dex.yaml"_s, "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: dex, namespace: auth}\nspec: {replicas: 2}\n"}},
                                   {}, scene);
        QCOMPARE(result.changed.size(), 1);
        QVERIFY(result.changed.first().after[u"spec"_s][u"template"_s].isObject());
    }

    void brokenFoldersAreToldNotFollowed_data()
    {
        QTest::addColumn<Files>("files");
        QTest::addColumn<QString>("said");
        const auto row = [](const char *name, const Files &files, const QString &said) { QTest::newRow(name) << files << said; };
        row("nothing", {}, u"no kustomization"_s);
        row("broken YAML", {{u"kustomization.yaml"_s, "resources: [\n"}}, u"kustomization.yaml:"_s);
        row("a list", {{u"kustomization.yaml"_s, "- a\n"}}, u"map"_s);
        row("itself", {{u"kustomization.yaml"_s, "resources: [.]\n"}}, u"back to itself"_s);
        row("a circle", {{u"kustomization.yaml"_s, "resources: [a]\n"}, {u"a/kustomization.yaml"_s, "components: [..]\n"}}, u"back to itself"_s);
        row("missing", {{u"kustomization.yaml"_s, "resources: [gone.yaml]\n"}}, u"not there"_s);
        row("missing patch", {{u"kustomization.yaml"_s, "patches: [{path: gone.yaml}]\n"}}, u"not there"_s);
        row("patch outside", {{u"kustomization.yaml"_s, "patches: [{path: ../../etc/passwd}]\n"}}, u"not there"_s);
        row("broken patch", {{u"kustomization.yaml"_s, "patches: [{path: p.yaml}]\n"}, {u"p.yaml"_s, "a: [\n"}}, u"p.yaml:"_s);
        row("no patch at all", {{u"kustomization.yaml"_s, "patches: [{}]\n"}}, u"either a path or a patch"_s);
        row("typed wrong", {{u"kustomization.yaml"_s, "resources: [7]\n"}}, u"path or an address"_s);
        row("no object", {{u"kustomization.yaml"_s, "resources: [o.yaml]\n"}, {u"o.yaml"_s, "a: b\n"}}, u"kind and a name"_s);
        row("twice", {{u"kustomization.yaml"_s, "resources: [o.yaml, p.yaml]\n"}, {u"o.yaml"_s, "kind: A\nmetadata: {name: b}\n"}, {u"p.yaml"_s, "kind: A\nmetadata: {name: b}\n"}}, u"twice"_s);
        Files chain;
        for (int i = 0; i < 100; ++i)
            chain.insert(QString(u"a/"_s).repeated(i) + u"kustomization.yaml"_s, "resources: [a]\n");
        row("too deep", chain, u"Too many"_s);
    }
    void brokenFoldersAreToldNotFollowed()
    {
        QFETCH(const Files, files);
        QFETCH(const QString, said);
        const Built result = lands(files, {}, kubeflowScene());
        QVERIFY(!result.faults.isEmpty());
        QVERIFY2(std::ranges::any_of(result.faults, [&](const change::Note &note) { return note.text.contains(said); }), qPrintable(result.faults.first().text));
    }

    void anythingAtAllBreaksNothing()
    {
        // Each field of a kustomization, holding what it must not.
        const QByteArray odd[] = {"7", "x", "[7]", "[[]]", "[{}]", "{}", "[null]", "[{name: 7, count: x}]", "[{target: 7, patch: 7}]", "[{target: {kind: [a]}, patch: '[7]'}]",
                                  "[{source: 7, targets: 7}]", "[{source: {kind: Deployment, name: dex}, targets: [{select: 7, fieldPaths: [7, '', '..', '[', '*.*.*']}]}]"};
        for (const char *field : {"resources", "bases", "components", "patches", "patchesStrategicMerge", "patchesJson6902", "replicas", "images", "replacements",
                                  "configMapGenerator", "secretGenerator", "generatorOptions", "namespace", "kind"}) {
            for (const QByteArray &value : odd)
                (void)lands({{u"kustomization.yaml"_s, QByteArray(field) + ": " + value + "\n"}}, {}, kubeflowScene());
        }
        // A pattern that takes for ever somewhere else.
        const Built slow = lands({{u"kustomization.yaml"_s, "patches: [{target: {kind: Deployment, name: \"(a+)+$|(([a-z])+.)+[A-Z]([a-z])+\"}, patch: '[]'}]\n"}}, {}, kubeflowScene());
        QCOMPARE(slow.landing(), 0);
    }

    void foldersThatNobodyLeadsToComeFirst()
    {
        const Files files{{u"base/kustomization.yaml"_s, "resources: []\n"}, {u"overlays/prod/kustomization.yaml"_s, "resources: [../../base]\n"}, {u"README.md"_s, ""}};
        QCOMPARE(kustomizations(files), (QStringList{u"overlays/prod"_s, u"base"_s}));
    }

    void pathsStayInTheTree()
    {
        QCOMPARE(resolved(u"a/b"_s, u"../c/./d.yaml"_s).value(), u"a/c/d.yaml"_s);
        QVERIFY(!resolved(u"a"_s, u"../../x"_s));
        QVERIFY(!resolved(u"a"_s, u"/etc/passwd"_s));
        QVERIFY(isRemote(u"github.com/kubeflow/x"_s) && isRemote(u"https://x"_s) && !isRemote(u"../base"_s));
        QCOMPARE(fieldPath(u"a.b\\.c.[name=x.y].0"_s).value(), (QStringList{u"a"_s, u"b.c"_s, u"[name=x.y]"_s, u"0"_s}));
        QVERIFY(!fieldPath(u"a..b"_s) && !fieldPath(u""_s) && !fieldPath(u"a["_s));
        QVERIFY(selects(u""_s, u"x"_s) && selects(u"a|b"_s, u"b"_s) && !selects(u"a"_s, u"ab"_s) && !selects(u"("_s, u"("_s));
    }
};

QTEST_GUILESS_MAIN(TestLands)
#include "tst_lands.moc"
