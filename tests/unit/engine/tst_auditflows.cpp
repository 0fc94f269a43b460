// SPDX-License-Identifier: GPL-3.0-or-later
#include "FakeObjectApi.h"

#include "audit/Audit.h"
#include "base/Text.h"
#include "engine/AuditFlows.h"
#include "manifest/Yaml.h"

#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QTemporaryDir>
#include <QTest>
#include <sys/stat.h>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::tests;
using audit::Scene;

namespace {

const QString fixtures = u"" CAIRN_SOURCE_DIR "/tests/fixtures/manifests/"_s;

QByteArray deployment(const QByteArray &name, int replicas, const QByteArray &ns = "kubeflow")
{
    return "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: " + name + ", namespace: " + ns + "}\nspec: {replicas: " + QByteArray::number(replicas)
        + ", selector: {matchLabels: {app: " + name + "}}, template: {metadata: {labels: {app: " + name + "}}, spec: {containers: [{name: main, image: a.example/b:1}]}}}\n";
}

QJsonObject object(const QByteArray &text)
{
    const Result<QJsonValue> value = manifest::fromYaml(text);
    if (!value)
        qFatal("%s", qPrintable(value.error().oneLine()));
    return value->toObject();
}

Error forbidden()
{
    return Error::make(Error::Kind::Forbidden, u"The server refused"_s, u"no permission to list"_s);
}

QStringList rulesOf(const audit::Report &report, const QString &name)
{
    QStringList rules;
    for (const audit::Finding &finding : report.findings) {
        if (finding.object.name == name)
            rules.append(finding.rule);
    }
    return rules;
}

bool isNotEvaluated(const audit::Report &report, const QString &rule)
{
    return std::ranges::any_of(report.notEvaluated, [&](const audit::NotEvaluated &one) { return one.rule == rule; });
}

void write(const QString &path, const QByteArray &bytes)
{
    QDir().mkpath(QFileInfo(path).path());
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size())
        qFatal("cannot write %s", qPrintable(path));
}

} // namespace

class TestAuditFlows : public QObject
{
    Q_OBJECT

    QTemporaryDir dir;
    std::unique_ptr<FakeObjectApi> api;

    audit::Report judged(const app::SceneOptions &options = {})
    {
        const Result<Scene> scene = app::readScene(*api, options, {});
        if (!scene)
            qFatal("%s", qPrintable(scene.error().oneLine()));
        return audit::audit(*scene);
    }
    void put(const ResourceKind &kind, const QByteArray &text) { api->put(kind, object(text)); }

private slots:
    void init() { api = std::make_unique<FakeObjectApi>(); }

    void eachSingleReplicaOfADistributionIsNamed_data()
    {
        QTest::addColumn<QString>("release");
        QTest::addColumn<int>("workloads");
        QTest::addColumn<QStringList>("several");
        QTest::newRow("26.03") << u"26.03"_s << 49 << QStringList{u"oauth2-proxy"_s};
        QTest::newRow("26.03.1") << u"26.03.1"_s << 54 << QStringList{u"oauth2-proxy"_s, u"dex"_s};
    }
    void eachSingleReplicaOfADistributionIsNamed()
    {
        QFETCH(const QString, release);
        QFETCH(const int, workloads);
        QFETCH(const QStringList, several);
        const Result<Scene> scene = app::readManifests(fixtures + release, {}, {});
        QVERIFY2(scene, qPrintable(scene ? QString() : scene.error().oneLine()));
        QVERIFY(scene->gaps().isEmpty());
        const audit::Report report = audit::audit(*scene);
        QCOMPARE(report.release, release);
        QMap<audit::ObjectName, QStringList> reasons;
        for (const audit::Finding &finding : report.findings) {
            if (finding.primary)
                reasons[finding.object].append(finding.rule);
            const audit::Place place = scene->placeOf(finding.object);
            QVERIFY2(place.line > 0 && place.file.endsWith(u".yaml"_s), qPrintable(audit::shown(finding.object)));
            QVERIFY2(!finding.primary || !finding.component.isEmpty(), qPrintable(finding.object.name)); // all of them are catalogued
        }
        int found = 0;
        for (const QString &kind : {u"Deployment"_s, u"StatefulSet"_s}) {
            for (const QJsonObject *workload : scene->all(u"apps"_s, kind)) {
                ++found;
                const audit::ObjectName name = audit::nameOf(*workload);
                QVERIFY2(reasons.value(name).size() == (several.contains(name.name) ? 0 : 1), qPrintable(audit::shown(name) + u' ' + reasons.value(name).join(u' ')));
            }
        }
        QCOMPARE(found, workloads);
        const auto why = [&](const QString &name, const QString &ns = u"kubeflow"_s, const QString &kind = u"Deployment"_s) {
            return reasons.value({u"apps"_s, kind, ns, name}).value(0);
        };
        QCOMPARE(why(u"mysql"_s), u"HA28"_s);
        QCOMPARE(why(u"seaweedfs"_s), u"HA31"_s);
        QCOMPARE(why(u"metacontroller"_s, u"kubeflow"_s, u"StatefulSet"_s), u"HA02"_s);
        QCOMPARE(why(u"notebook-controller-deployment"_s), u"HA02"_s);
        QCOMPARE(why(u"ml-pipeline-scheduledworkflow"_s), u"HA45"_s);
        QCOMPARE(why(u"workflow-controller"_s), u"HA01"_s);
        QCOMPARE(why(u"spark-operator-controller"_s), u"HA01"_s);
        QCOMPARE(why(u"istiod"_s, u"istio-system"_s), u"HA12"_s);
        QCOMPARE(why(u"istio-ingressgateway"_s, u"istio-system"_s), u"HA34"_s);
        QCOMPARE(why(u"cert-manager"_s, u"cert-manager"_s), u"HA36"_s);
        // 26.03.1 turns the election of the profile controller on.
        QCOMPARE(why(u"profiles-deployment"_s), release == "26.03"_L1 ? u"HA02"_s : u"HA01"_s);
        // Both shipped PDBs protect nothing.
        QCOMPARE(std::ranges::count(report.findings, u"HA09"_s, &audit::Finding::rule), 2);
        QCOMPARE(rulesOf(report, u"mlpipeline-minio-artifact"_s), QStringList{u"HA32"_s});
    }

    void aClusterIsReadByLists()
    {
        put(kinds::deployments(), deployment("ml-pipeline-ui", 1));
        put(kinds::deployments(), deployment("unknown", 1));
        put(kinds::deployments(), deployment("elsewhere", 1, "shop"));
        put(kinds::nodes(), "apiVersion: v1\nkind: Node\nmetadata: {name: n1}\n");
        const audit::Report report = judged();
        QVERIFY(rulesOf(report, u"ml-pipeline-ui"_s).contains(u"HA01"_s));
        QVERIFY(rulesOf(report, u"unknown"_s).contains(u"HA01"_s));
        QVERIFY(rulesOf(report, u"elsewhere"_s).isEmpty()); // not Kubeflow's
        QVERIFY(report.gaps.isEmpty());
        for (const FakeObjectApi::Call &call : api->calls()) {
            QVERIFY(!call.writes());
            QVERIFY2(call.resource != "secrets"_L1, "a Secret was read unasked");
        }
    }

    void aComponentInAnotherNamespaceBringsItsNeighbours()
    {
        put(kinds::deployments(), "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: my-trainer, namespace: ml-platform}\nspec: {template: {metadata: {labels: {app.kubernetes.io/name: trainer, "
                                  "app.kubernetes.io/component: manager, app.kubernetes.io/part-of: kubeflow}}, spec: {containers: [{name: manager}]}}}\n");
        put(kinds::deployments(), deployment("beside", 1, "ml-platform"));
        const audit::Report report = judged();
        QVERIFY(rulesOf(report, u"my-trainer"_s).contains(u"HA01"_s));
        QVERIFY(rulesOf(report, u"beside"_s).contains(u"HA01"_s));
    }

    void whatMayNotBeReadIsSaid()
    {
        put(kinds::deployments(), deployment("ml-pipeline-ui", 2));
        put(kinds::deployments(), deployment("dex", 2, "auth"));
        api->before = [](const FakeObjectApi::Call &call) -> std::optional<Error> {
            // Neither for the whole cluster, nor in one namespace.
            const bool no = call.resource == "poddisruptionbudgets"_L1 && (call.ns.isEmpty() || call.ns == "auth"_L1);
            return no || call.resource == "nodes"_L1 ? std::optional(forbidden()) : std::nullopt;
        };
        const audit::Report report = judged();
        QVERIFY(rulesOf(report, u"ml-pipeline-ui"_s).contains(u"HA07"_s));
        QVERIFY(!rulesOf(report, u"dex"_s).contains(u"HA07"_s));
        QVERIFY(isNotEvaluated(report, u"HA07"_s));
        QVERIFY(isNotEvaluated(report, u"HA41"_s));
        QVERIFY(!report.gaps.isEmpty());
    }

    void aMeshIsAskedForWhereThereIsOne()
    {
        put(kinds::deployments(), deployment("ml-pipeline-ui", 2));
        put(kinds::namespaces(), "{metadata: {name: kubeflow}}");
        put(kinds::pods(), "{metadata: {name: ui, namespace: kubeflow, labels: {app: ml-pipeline-ui}}, spec: {nodeName: n1}, status: {conditions: [{type: Ready, status: 'True'}]}}");
        // Nothing that is judged runs in istio-system.
        QVERIFY(!isNotEvaluated(judged(), u"HA55"_s));
        put(kinds::namespaces(), "{metadata: {name: kubeflow, labels: {istio.io/dataplane-mode: ambient}}}");
        QVERIFY(rulesOf(judged(), u"n1"_s).contains(u"HA55"_s));
        put(kinds::pods(), "{metadata: {name: ztunnel-a, namespace: istio-system, labels: {app: ztunnel}}, spec: {nodeName: n1}, status: {conditions: [{type: Ready, status: 'True'}]}}");
        QVERIFY(!rulesOf(judged(), u"n1"_s).contains(u"HA55"_s));
        api->before = [](const FakeObjectApi::Call &call) -> std::optional<Error> {
            return call.resource == "pods"_L1 && call.ns == "istio-system"_L1 ? std::optional(forbidden()) : std::nullopt;
        };
        QVERIFY(isNotEvaluated(judged(), u"HA55"_s));
    }

    void howLongANodeIsSilentIsReckonedAsByWhatIf()
    {
        put(kinds::deployments(), deployment("ml-pipeline-ui", 1));
        const auto consequence = [&] {
            for (const audit::Finding &finding : judged().findings) {
                if (finding.rule == u"HA01" || finding.primary)
                    return finding.consequence;
            }
            return QString();
        };
        for (const auto &[version, seconds] : {std::pair("v1.31.9", 340), std::pair("v1.32.0", 350)}) {
            put(kinds::nodes(), "{metadata: {name: n1}, status: {nodeInfo: {kubeletVersion: " + QByteArray(version) + "}}}");
            const QString wanted = text::duration(std::chrono::seconds(seconds));
            QVERIFY2(consequence().contains(wanted), qPrintable(consequence() + u" / "_s + wanted));
        }
    }

    void whatIsNotServedIsNoneOrAGap()
    {
        put(kinds::deployments(), deployment("mysql", 1));
        api->before = [](const FakeObjectApi::Call &call) -> std::optional<Error> {
            static const QStringList absent{u"volumesnapshots"_s, u"schedules"_s, u"certificates"_s, u"poddisruptionbudgets"_s, u"horizontalpodautoscalers"_s};
            return absent.contains(call.resource) ? std::optional(Error::make(Error::Kind::NotFound, u"The server does not serve it"_s)) : std::nullopt;
        };
        const audit::Report report = judged();
        QVERIFY(rulesOf(report, u"mysql"_s).contains(u"HA28"_s));
        QVERIFY(rulesOf(report, u"mysql"_s).contains(u"HA33"_s)); // no operator of backups is no backup
        QVERIFY(isNotEvaluated(report, u"HA12"_s));
        QVERIFY(isNotEvaluated(report, u"HA07"_s));
    }

    void namespacesWithoutRightsAreSaid()
    {
        put(kinds::deployments(), deployment("ml-pipeline-ui", 1));
        put(kinds::deployments(), deployment("dex", 1, "auth"));
        api->before = [](const FakeObjectApi::Call &call) -> std::optional<Error> {
            return call.verb == "list"_L1 && call.ns != "kubeflow"_L1 ? std::optional(forbidden()) : std::nullopt;
        };
        const audit::Report report = judged();
        QVERIFY(rulesOf(report, u"ml-pipeline-ui"_s).contains(u"HA01"_s));
        QVERIFY(rulesOf(report, u"dex"_s).isEmpty());
        const auto one = std::ranges::find(report.notEvaluated, u"HA01"_s, &audit::NotEvaluated::rule);
        QVERIFY(one != report.notEvaluated.end());
        QVERIFY2(one->why.contains(u"auth"_s) && !one->why.contains(u"kubeflow,"_s), qPrintable(one->why));
        // Asked of each namespace once, and not for everything where nothing may be read.
        QVERIFY2(report.gaps.size() < 70, qPrintable(QString::number(report.gaps.size())));
    }

    /// Rights in one namespace that the catalogue does not know: it is judged when it is named, or is the context's, and what could not
    /// be seen is said.
    void oneNamespaceIsJudgedWhereNoMoreMayBeSeen()
    {
        put(kinds::deployments(), deployment("shop", 1, "team-a"));
        put(kinds::deployments(), deployment("ml-pipeline-ui", 1));
        QVERIFY(rulesOf(judged({.fallback = u"team-a"_s}), u"shop"_s).isEmpty()); // who may see Kubeflow judges Kubeflow
        QVERIFY(rulesOf(judged({.ns = u"team-a"_s}), u"shop"_s).contains(u"HA01"_s));
        api->before = [](const FakeObjectApi::Call &call) -> std::optional<Error> {
            return call.verb == "list"_L1 && call.ns != "team-a"_L1 ? std::optional(forbidden()) : std::nullopt;
        };
        QCOMPARE(app::readScene(*api, {}, {}).error().kind, Error::Kind::Forbidden);
        for (const app::SceneOptions &options : {app::SceneOptions{.ns = u"team-a"_s}, app::SceneOptions{.fallback = u"team-a"_s}}) {
            const audit::Report report = judged(options);
            QVERIFY(rulesOf(report, u"shop"_s).contains(u"HA01"_s));
            QVERIFY(rulesOf(report, u"ml-pipeline-ui"_s).isEmpty());
            const auto one = std::ranges::find(report.notEvaluated, u"HA01"_s, &audit::NotEvaluated::rule);
            QVERIFY(one != report.notEvaluated.end() && one->why.contains(u"kubeflow"_s));
            QVERIFY(isNotEvaluated(report, u"HA41"_s) && !report.gaps.isEmpty());
        }
    }

    void aClusterWithoutRightsIsAnError()
    {
        for (const QString &resource : {u"list deployments"_s, u"list statefulsets"_s})
            api->deny(resource);
        const Result<Scene> scene = app::readScene(*api, {}, {});
        QVERIFY(!scene);
        QCOMPARE(scene.error().kind, Error::Kind::Forbidden);
    }

    void aServerThatGoesAwayIsAnError()
    {
        put(kinds::deployments(), deployment("mysql", 1));
        api->before = [](const FakeObjectApi::Call &call) -> std::optional<Error> {
            return call.resource == "services"_L1 ? std::optional(Error::make(Error::Kind::Auth, u"The server does not take the credentials"_s)) : std::nullopt;
        };
        const Result<Scene> scene = app::readScene(*api, {}, {});
        QVERIFY(!scene);
        QCOMPARE(scene.error().kind, Error::Kind::Auth);
    }

    /// HA47: a metadata server that was scaled and restarts is asked why, once, and as far as that is allowed.
    void logsSayWhyAMetadataServerRestarts()
    {
        const auto world = [&](int restarts) {
            api = std::make_unique<FakeObjectApi>();
            put(kinds::deployments(), deployment("metadata-grpc-deployment", 2) + "status: {readyReplicas: 1, updatedReplicas: 2, observedGeneration: 99}\n");
            put(kinds::pods(), "apiVersion: v1\nkind: Pod\nmetadata: {name: m-1, namespace: kubeflow, labels: {app: metadata-grpc-deployment}}\n"
                               "status: {phase: Running, containerStatuses: [{name: container, restartCount: " + QByteArray::number(restarts) + "}]}\n");
            api->setLog(u"kubeflow"_s, u"m-1"_s, "starting\nMLMDEnv.schema_version is not 10\nbye\n");
        };
        const auto asked = [&] {
            const QList<FakeObjectApi::Call> calls = api->calls();
            return std::ranges::count(calls, u"log"_s, &FakeObjectApi::Call::verb);
        };
        world(0);
        QVERIFY(!rulesOf(judged(), u"metadata-grpc-deployment"_s).contains(u"HA47"_s));
        QCOMPARE(asked(), 0); // one that does not restart is left alone
        world(3);
        const audit::Report report = judged();
        QVERIFY(rulesOf(report, u"metadata-grpc-deployment"_s).contains(u"HA47"_s));
        QCOMPARE(asked(), 1);
        const auto found = std::ranges::find(report.findings, u"HA47"_s, &audit::Finding::rule);
        QVERIFY(std::ranges::any_of(found->evidence, [](const audit::Evidence &one) { return one.value.contains(u"MLMDEnv.schema_version"_s); }));
        world(3);
        api->setLog(u"kubeflow"_s, u"m-1"_s, "out of memory\n");
        QVERIFY(!rulesOf(judged(), u"metadata-grpc-deployment"_s).contains(u"HA47"_s));
        world(3);
        api->before = [](const FakeObjectApi::Call &call) { return call.verb == "log"_L1 ? std::optional(forbidden()) : std::nullopt; };
        const audit::Report blind = judged();
        QVERIFY(!rulesOf(blind, u"metadata-grpc-deployment"_s).contains(u"HA47"_s));
        QVERIFY(isNotEvaluated(blind, u"HA47"_s));
    }

    /// One of them is in each profile, beside notebooks that are nobody's business here.
    void whatIsInEachProfileBringsNoNeighbours()
    {
        put(kinds::deployments(), deployment("ml-pipeline-ui-artifact", 1, "team-a"));
        put(kinds::deployments(), deployment("notebook-like", 1, "team-a"));
        put(kinds::deployments(), deployment("ml-pipeline-ui", 1));
        QVERIFY(rulesOf(judged(), u"notebook-like"_s).isEmpty());
        const audit::Report named = judged({.ns = u"team-a"_s});
        const auto found = std::ranges::find_if(named.findings, [](const audit::Finding &one) { return one.object.name == "ml-pipeline-ui-artifact"_L1; });
        QVERIFY(found != named.findings.end());
        QCOMPARE(found->component, u"ml-pipeline-ui-artifact"_s);
    }

    void secretsAreComparedOnlyWhenAllowed()
    {
        put(kinds::deployments(), "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: ml-pipeline, namespace: kubeflow}\nspec: {template: {metadata: {labels: {app: ml-pipeline}}, spec: {containers: [{name: main, env: "
                                  "[{name: KEY, valueFrom: {secretKeyRef: {name: mlpipeline-minio-artifact, key: secretkey}}}, {name: OWN, valueFrom: {secretKeyRef: {name: our-own, key: k}}}]}]}}}\n");
        put(kinds::secrets(), "apiVersion: v1\nkind: Secret\nmetadata: {name: mlpipeline-minio-artifact, namespace: kubeflow}\ndata: {secretkey: bWluaW8xMjM=}\n");
        QVERIFY(isNotEvaluated(judged(), u"HA32"_s));
        api->forgetCalls();
        const audit::Report report = judged({.secrets = true});
        QCOMPARE(rulesOf(report, u"mlpipeline-minio-artifact"_s), QStringList{u"HA32"_s});
        QVERIFY(!isNotEvaluated(report, u"HA32"_s));
        for (const FakeObjectApi::Call &call : api->calls()) {
            if (call.resource == "secrets"_L1) {
                QCOMPARE(call.verb, u"get"_s);
                QCOMPARE(call.name, u"mlpipeline-minio-artifact"_s);
            }
        }
        // Not shown anywhere.
        for (const audit::Finding &finding : report.findings) {
            for (const audit::Evidence &evidence : finding.evidence)
                QVERIFY(!evidence.value.contains(u"minio123"_s) && !evidence.value.contains(u"bWluaW8"_s));
        }
    }

    void electionIsReadOfConfigMaps()
    {
        put(kinds::deployments(), deployment("katib-controller", 1));
        put(kinds::configMaps(), "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: katib-config, namespace: kubeflow}\ndata: {katib-config.yaml: 'init: {controller: {enableLeaderElection: true}}'}\n");
        QVERIFY(rulesOf(judged(), u"katib-controller"_s).contains(u"HA01"_s));
    }

    void aStreamKeepsItsLinesAndItsGoodParts()
    {
        const QByteArray text = "# comment\n" + deployment("a", 1) + "---\n---\nkind: [broken\n---\n" + deployment("b", 1) + "---\n# only a comment\n---\napiVersion: v1\nkind: List\nitems:\n- "
            + deployment("c", 1).replace("\n", "\n  ") + "\n- {}\n";
        const Result<Scene> scene = app::readManifestText(text, u"stdin"_s, {});
        QVERIFY(scene);
        QCOMPARE(scene->count(), 3);
        const auto line = [&](const QString &name) { return scene->placeOf({u"apps"_s, u"Deployment"_s, u"kubeflow"_s, name}).line; };
        QCOMPARE(line(u"a"_s), 2);
        QCOMPARE(line(u"b"_s), 10);
        QCOMPARE(line(u"c"_s), 20);
        QCOMPARE(scene->gaps().size(), 1);
        QVERIFY2(scene->gaps().first().what.startsWith(u"stdin:9:"_s) || scene->gaps().first().what.startsWith(u"stdin:8:"_s), qPrintable(scene->gaps().first().what));
    }

    void aFieldOfAWrongTypeIsSaidWithItsPlace_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QStringList>("said"); ///< place and field
        QTest::newRow("all is well") << deployment("a", 1) << QStringList{};
        QTest::newRow("null is unset") << QByteArray("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a, labels: null}\nspec:\n  replicas: ~\n  template: {spec: {containers: }}\n")
                                       << QStringList{};
        QTest::newRow("replicas") << QByteArray("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec:\n  replicas: \"two\"\n") << QStringList{u"x:5:3 spec.replicas"_s};
        QTest::newRow("a part of one") << QByteArray("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec:\n  replicas: 1.5\n") << QStringList{u"x:5:3 spec.replicas"_s};
        QTest::newRow("containers") << QByteArray("apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: a}\nspec:\n  template:\n    spec:\n      containers: {}\n")
                                    << QStringList{u"x:7:7 spec.template.spec.containers"_s};
        QTest::newRow("of one container") << QByteArray("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec: {template: {spec: {containers: [{name: m, image: [b]},\n 7]}}}\n")
                                          << QStringList{u"x:5:2 spec.template.spec.containers.*"_s, u"x:4:49 spec.template.spec.containers.*.image"_s};
        QTest::newRow("the rest of the file keeps its lines") << "# a\n---\n" + deployment("b", 1) + "---\napiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: b}\nspec:\n  minAvailable: half\n"
                                                              << QStringList{u"x:12:3 spec.minAvailable"_s};
        QTest::newRow("a share") << QByteArray("apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: b}\nspec:\n  minAvailable: 50%\n") << QStringList{};
        QTest::newRow("in a List") << QByteArray("apiVersion: v1\nkind: List\nitems:\n- apiVersion: apps/v1\n  kind: Deployment\n  metadata: {name: a}\n  spec: [1]\n") << QStringList{u"x:7:3 spec"_s};
        QTest::newRow("labels") << QByteArray("apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec:\n  selector: {app: 1}\n") << QStringList{u"x:5:3 spec.selector"_s};
        QTest::newRow("no name") << deployment("a", 1) + "---\napiVersion: apps/v1\nkind: Deployment\nspec: {replicas: 1}\n" << QStringList{u"x:6:1 it has no name"_s};
        QTest::newRow("none of ours") << deployment("a", 1) + "---\napiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: {}\n" << QStringList{};
    }
    void aFieldOfAWrongTypeIsSaidWithItsPlace()
    {
        QFETCH(const QByteArray, text);
        QFETCH(const QStringList, said);
        const Result<Scene> scene = app::readManifestText(text, u"x"_s, {});
        QVERIFY2(scene, scene ? "" : qPrintable(scene.error().oneLine()));
        QStringList found;
        for (const Gap &gap : scene->gaps())
            found.append(gap.what + u' ' + gap.error.why);
        QVERIFY2(found.size() == said.size(), qPrintable(found.join(u'\n')));
        for (const QString &one : said) {
            const QString place = one.section(u' ', 0, 0), what = one.section(u' ', 1);
            QVERIFY2(std::ranges::any_of(found, [&](const QString &line) { return line.startsWith(place + u' ') && line.contains(u": "_s + what + u' '); }), qPrintable(one + u'\n' + found.join(u'\n')));
        }
        (void)audit::audit(*scene); // which bears it
    }

    void ofMuchThatIsWrongAPartIsSaid()
    {
        QByteArray text;
        for (int i = 0; i < 2000; ++i)
            text += "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a" + QByteArray::number(i) + "}\nspec: {replicas: two}\n";
        const Result<Scene> scene = app::readManifestText(text, u"x"_s, {});
        QVERIFY(scene);
        QCOMPARE(scene->count(), 2000);
        QVERIFY(scene->gaps().size() >= 200 && scene->gaps().size() < 250);
    }

    void jsonAndWindowsLinesAreRead()
    {
        const QJsonObject list{{u"apiVersion"_s, u"v1"_s}, {u"kind"_s, u"List"_s}, {u"items"_s, QJsonArray{object(deployment("a", 1)), object(deployment("b", 1))}}};
        QCOMPARE(app::readManifestText(QJsonDocument(list).toJson(), u"x.json"_s, {})->count(), 2);
        QByteArray windows = deployment("a", 1) + "---\n" + deployment("b", 1);
        windows.replace("\n", "\r\n").prepend("\xEF\xBB\xBF");
        QCOMPARE(app::readManifestText(windows, u"x"_s, {})->count(), 2);
    }

    void nothingToJudgeIsAnError()
    {
        for (const QByteArray &text : {QByteArray(), QByteArray("# nothing\n"), QByteArray("replicaCount: 3\n"), QByteArray("[1, 2"), QByteArray(200'000, '['), QByteArray(1000, '\0')}) {
            const Result<Scene> scene = app::readManifestText(text, u"x"_s, {});
            QVERIFY(!scene);
            QVERIFY(!scene.error().what.isEmpty());
        }
        QCOMPARE(app::readManifests(dir.filePath(u"absent"_s), {}, {}).error().kind, Error::Kind::NotFound);
    }

    void aFolderIsReadWithinItself()
    {
        const QString root = dir.filePath(u"tree"_s);
        write(root + u"/a.yaml"_s, deployment("a", 1));
        write(root + u"/sub/deep/b.yml"_s, deployment("b", 1));
        write(root + u"/sub/c.json"_s, QJsonDocument(object(deployment("c", 1))).toJson());
        write(root + u"/notes.txt"_s, deployment("text", 1));
        write(root + u"/.git/d.yaml"_s, deployment("hidden", 1));
        write(root + u"/broken.yaml"_s, "a: [\n");
        write(dir.filePath(u"outside.yaml"_s), deployment("outside", 1));
        write(dir.filePath(u"away/far.yaml"_s), deployment("far", 1));
        QVERIFY(QFile::link(dir.filePath(u"outside.yaml"_s), root + u"/out.yaml"_s));
        QVERIFY(QFile::link(dir.filePath(u"away"_s), root + u"/away"_s));
        QVERIFY(QFile::link(root + u"/nowhere"_s, root + u"/dangling.yaml"_s));
        QVERIFY(QFile::link(root, root + u"/sub/loop"_s));
        QVERIFY(QFile::link(root + u"/sub/deep/b.yml"_s, root + u"/again.yaml"_s));
        QVERIFY(mkfifo(qPrintable(root + u"/pipe.yaml"_s), 0600) == 0);
        const Result<Scene> scene = app::readManifests(root, {}, {});
        QVERIFY2(scene, qPrintable(scene ? QString() : scene.error().oneLine()));
        QStringList names, gaps;
        for (const QJsonObject *one : scene->workloads())
            names.append(audit::nameOf(*one).name);
        QCOMPARE(names, (QStringList{u"a"_s, u"b"_s, u"c"_s}));
        for (const Gap &gap : scene->gaps())
            gaps.append(gap.what);
        gaps.sort();
        QCOMPARE(gaps.size(), 4); // a link back into the folder is no loss
        QVERIFY(gaps[0].startsWith(u"away"_s) && gaps[1].startsWith(u"broken.yaml:"_s) && gaps[2] == "dangling.yaml"_L1 && gaps[3] == "out.yaml"_L1);
        QCOMPARE(scene->placeOf({u"apps"_s, u"Deployment"_s, u"kubeflow"_s, u"c"_s}).file, u"sub/c.json"_s);
        // A folder that is itself named by a link is read.
        QVERIFY(QFile::link(root, dir.filePath(u"link"_s)));
        QCOMPARE(app::readManifests(dir.filePath(u"link"_s), {}, {})->workloads().size(), 3);
        // Bounds.
        QVERIFY(!app::readManifests(root, {.files = 2}, {}));
        QVERIFY(!app::readManifests(root, {.bytes = 100}, {}));
        const Result<Scene> flat = app::readManifests(root, {.depth = 0}, {});
        QVERIFY(flat);
        QVERIFY(flat->gaps().size() > scene->gaps().size());
    }

    void itCanBeStopped()
    {
        const auto stop = std::make_unique<std::stop_source>();
        stop->request_stop();
        const Result<Scene> scene = app::readManifests(fixtures + u"26.03"_s, {}, stop->get_token());
        QVERIFY(!scene);
        QCOMPARE(scene.error().kind, Error::Kind::Cancelled);
    }
};

QTEST_GUILESS_MAIN(TestAuditFlows)
#include "tst_auditflows.moc"
