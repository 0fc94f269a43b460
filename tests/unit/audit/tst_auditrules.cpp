// SPDX-License-Identifier: GPL-3.0-or-later
#include "Examples.h"

#include "audit/Facts.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QSet>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::audit;
using namespace cairn::audit::samples;

namespace {

QList<Finding> of(const Report &report, const QString &rule)
{
    QList<Finding> found;
    for (const Finding &finding : report.findings) {
        if (finding.rule == rule)
            found.append(finding);
    }
    return found;
}

QStringList notEvaluated(const Report &report, const QString &rule)
{
    QStringList why;
    for (const NotEvaluated &one : report.notEvaluated) {
        if (one.rule == rule)
            why.append(one.why);
    }
    return why;
}

QString list(const Report &report)
{
    QStringList lines;
    for (const Finding &finding : report.findings)
        lines.append(finding.rule + u' ' + shown(finding.object) + u": "_s + finding.title);
    return lines.join(u'\n');
}

Error forbidden()
{
    return Error::make(Error::Kind::Forbidden, u"The server refused"_s, u"no permission to list"_s);
}

} // namespace

class TestAuditRules : public QObject
{
    Q_OBJECT
private slots:
    void everyRuleIsThereAndHasExamples()
    {
        QStringList wanted, ids, shown;
        for (int i = 1; i <= 55; ++i)
            wanted.append(u"HA%1"_s.arg(i, 2, 10, QLatin1Char('0')));
        for (const Rule &rule : rules()) {
            ids.append(rule.id);
            QVERIFY2(rule.judge && *rule.title && QByteArray(rule.why).endsWith('.'), qPrintable(rule.id));
            QVERIFY2(!QByteArray(rule.title).endsWith('.'), qPrintable(rule.id));
        }
        QCOMPARE(ids, wanted);
        for (const Example &example : examples())
            shown.append(example.rule);
        shown.sort();
        QCOMPARE(shown, wanted);
    }

    void speaksOfTheBadExampleAlone_data()
    {
        QTest::addColumn<int>("index");
        for (qsizetype i = 0; i < examples().size(); ++i)
            QTest::newRow(qPrintable(examples()[i].rule)) << static_cast<int>(i);
    }
    void speaksOfTheBadExampleAlone()
    {
        QFETCH(const int, index);
        const Example &example = examples()[index];
        const Report bad = audit::audit(scene(example.bad, example.source));
        const QList<Finding> found = of(bad, example.rule);
        QVERIFY2(!found.isEmpty(), qPrintable(list(bad) + u'\n' + notEvaluated(bad, example.rule).join(u'\n')));
        for (const Finding &finding : found) {
            QVERIFY(!finding.title.isEmpty() && !finding.title.endsWith(u'.') && !finding.title.contains(u'%'));
            QVERIFY2(finding.consequence.endsWith(u'.') && !finding.consequence.endsWith(u".."_s), qPrintable(finding.consequence));
            QVERIFY2(finding.fix.endsWith(u'.') && !finding.fix.contains(u" %"_s), qPrintable(finding.fix));
            QVERIFY(!finding.object.name.isEmpty() && !finding.object.kind.isEmpty());
            QVERIFY(!finding.evidence.isEmpty());
        }
        const Report good = audit::audit(scene(example.good, example.source));
        QVERIFY2(of(good, example.rule).isEmpty(), qPrintable(list(good)));
    }

    /// Whatever the catalogue knows, and whatever it does not, at one replica.
    void everySingleReplicaHasOneReason()
    {
        QList<QJsonObject> objects;
        int workloads = 0;
        const auto add = [&](Deploy what) {
            objects += deploy(what);
            ++workloads;
        };
        for (const components::Entry &entry : components::catalogue().entries) {
            if ((entry.kind != "Deployment"_L1 && entry.kind != "StatefulSet"_L1) || entry.id == "coredns"_L1)
                continue;
            add({.name = entry.name, .ns = entry.namespaces.first(), .kind = entry.kind});
        }
        add({.name = u"coredns"_s, .ns = u"kube-system"_s, .spec = "{template: {metadata: {labels: {k8s-app: kube-dns}}}}"});
        add({.name = u"unknown-web"_s});
        add({.name = u"unknown-controller"_s, .container = "{args: [--leader-elect]}"});
        add({.name = u"unknown-db"_s, .image = u"postgres:16"_s});
        add({.name = u"unknown-cache"_s, .kind = u"StatefulSet"_s, .image = u"redis:7"_s});
        add({.name = u"unknown-store"_s, .image = u"quay.io/minio/minio:1"_s});
        add({.name = u"unknown-disk"_s, .pod = "{volumes: [{name: d, persistentVolumeClaim: {claimName: d}}]}"});
        add({.name = u"nb"_s, .kind = u"StatefulSet"_s, .meta = "{ownerReferences: [{kind: Notebook, name: nb, controller: true}]}"});
        add({.name = u"llama-predictor"_s, .meta = "{ownerReferences: [{kind: InferenceService, name: llama, controller: true}]}"});
        add({.name = u"unset"_s, .spec = "{replicas: null}"});
        for (const Scene::Source source : {Scene::Source::Cluster, Scene::Source::Manifests}) {
            const Report report = audit::audit(scene(objects, source));
            QMap<ObjectName, QStringList> reasons;
            for (const Finding &finding : report.findings) {
                if (finding.primary)
                    reasons[finding.object].append(finding.rule);
            }
            QCOMPARE(reasons.size(), workloads);
            for (auto it = reasons.begin(); it != reasons.end(); ++it)
                QVERIFY2(it.value().size() == 1, qPrintable(shown(it.key()) + u' ' + it.value().join(u' ')));
            const auto why = [&](const QString &name, const QString &kind = u"Deployment"_s, const QString &ns = u"kubeflow"_s) {
                return reasons.value({u"apps"_s, kind, ns, name}).value(0);
            };
            QCOMPARE(why(u"ml-pipeline"_s), u"HA01"_s);
            QCOMPARE(why(u"katib-controller"_s), u"HA02"_s);
            QCOMPARE(why(u"ml-pipeline-persistenceagent"_s), u"HA45"_s);
            QCOMPARE(why(u"mysql"_s), u"HA28"_s);
            QCOMPARE(why(u"seaweedfs"_s), u"HA31"_s);
            QCOMPARE(why(u"istio-ingressgateway"_s, u"Deployment"_s, u"istio-system"_s), u"HA34"_s);
            QCOMPARE(why(u"dex"_s, u"Deployment"_s, u"auth"_s), u"HA35"_s);
            QCOMPARE(why(u"cert-manager"_s, u"Deployment"_s, u"cert-manager"_s), u"HA36"_s);
            QCOMPARE(why(u"coredns"_s, u"Deployment"_s, u"kube-system"_s), u"HA43"_s);
            QCOMPARE(why(u"unknown-web"_s), u"HA01"_s);
            QCOMPARE(why(u"unknown-db"_s), u"HA28"_s);
            QCOMPARE(why(u"unknown-cache"_s, u"StatefulSet"_s), u"HA28"_s);
            QCOMPARE(why(u"unknown-store"_s), u"HA31"_s);
            QCOMPARE(why(u"unknown-disk"_s), u"HA45"_s);
            QCOMPARE(why(u"nb"_s, u"StatefulSet"_s), u"HA45"_s);
            QCOMPARE(why(u"llama-predictor"_s), u"HA01"_s);
            QCOMPARE(why(u"unset"_s), u"HA01"_s);
        }
    }

    void anAutoscalerDecidesOverReplicas()
    {
        // Asked for three now, but free to go to one.
        const Report one = audit::audit(scene(deploy({.name = u"ml-pipeline-ui"_s, .replicas = 3}) + QList{autoscaler(u"ml-pipeline-ui"_s, 1)}));
        QCOMPARE(of(one, u"HA12"_s).size(), 1);
        QVERIFY(of(one, u"HA12"_s).first().primary);
        // A gateway's role says more; the autoscaler is told of beside it.
        const Report gateway = audit::audit(scene(deploy({.name = u"istio-ingressgateway"_s, .ns = u"istio-system"_s}) + QList{autoscaler(u"istio-ingressgateway"_s, 1, u"istio-system"_s)}));
        QVERIFY(of(gateway, u"HA34"_s).first().primary);
        QVERIFY(of(gateway, u"HA34"_s).first().fix.contains(u"minReplicas"_s));
        QVERIFY(!of(gateway, u"HA12"_s).first().primary);
        const Report two = audit::audit(scene(deploy({.name = u"ml-pipeline-ui"_s}) + QList{autoscaler(u"ml-pipeline-ui"_s, 2)}));
        QVERIFY(std::ranges::none_of(two.findings, &Finding::primary));
    }

    void theLiveObjectWinsOverTheCatalogue()
    {
        // As shipped it elects no leader; this one does.
        const Report on = audit::audit(scene(deploy({.name = u"training-operator"_s, .container = "{command: [/manager, --leader-elect]}"})));
        QVERIFY(of(on, u"HA02"_s).isEmpty());
        QVERIFY(of(on, u"HA01"_s).first().fix.contains(u"leader election is on"_s));
        // As shipped it does; this one does not.
        const Report off = audit::audit(scene(deploy({.name = u"workflow-controller"_s, .replicas = 2, .container = "{env: [{name: LEADER_ELECTION_DISABLE, value: 'true'}]}"})));
        QCOMPARE(of(off, u"HA03"_s).size(), 1);
        // By a ConfigMap.
        const auto katib = [](const char *value) {
            return deploy({.name = u"katib-controller"_s})
                + QList{QJsonObject{{u"apiVersion"_s, u"v1"_s},
                                    {u"kind"_s, u"ConfigMap"_s},
                                    {u"metadata"_s, QJsonObject{{u"name"_s, u"katib-config"_s}, {u"namespace"_s, u"kubeflow"_s}}},
                                    {u"data"_s, QJsonObject{{u"katib-config.yaml"_s, u"init: {controller: {enableLeaderElection: %1}}"_s.arg(QString::fromLatin1(value))}}}}};
        };
        QVERIFY(of(audit::audit(scene(katib("true"))), u"HA02"_s).isEmpty());
        QVERIFY(!of(audit::audit(scene(katib("false"))), u"HA02"_s).isEmpty());
    }

    void whatWasNotReadIsNeverFine()
    {
        const QList<QJsonObject> objects = deploy({.name = u"ml-pipeline-ui"_s, .replicas = 2}) + deploy({.name = u"dex"_s, .replicas = 2, .ns = u"auth"_s});
        Scene blind(Scene::Source::Cluster, now());
        for (const QJsonObject &object : objects)
            blind.add(object);
        blind.missed(u"policy"_s, u"PodDisruptionBudget"_s, {}, forbidden());
        const Report none = audit::audit(blind);
        QVERIFY(of(none, u"HA07"_s).isEmpty());
        QVERIFY(notEvaluated(none, u"HA07"_s).first().contains(u"no permission to list"_s));
        QVERIFY(!notEvaluated(none, u"HA20"_s).isEmpty());

        Scene half(Scene::Source::Cluster, now());
        for (const QJsonObject &object : objects)
            half.add(object);
        half.read(u"policy"_s, u"PodDisruptionBudget"_s, u"kubeflow"_s);
        half.missed(u"policy"_s, u"PodDisruptionBudget"_s, u"auth"_s, forbidden());
        const Report some = audit::audit(half);
        QCOMPARE(of(some, u"HA07"_s).size(), 1);
        QCOMPARE(of(some, u"HA07"_s).first().object.ns, u"kubeflow"_s);
        QVERIFY(notEvaluated(some, u"HA07"_s).first().contains(u"auth"_s));
        // Without HPAs read, what is at one is still named.
        const QList<QJsonObject> single = deploy({.name = u"ml-pipeline-ui"_s});
        Scene noAutoscalers(Scene::Source::Cluster, now());
        for (const QJsonObject &object : single)
            noAutoscalers.add(object);
        noAutoscalers.missed(u"autoscaling"_s, u"HorizontalPodAutoscaler"_s, {}, forbidden());
        QVERIFY(of(audit::audit(noAutoscalers), u"HA01"_s).first().primary);
        QVERIFY(!notEvaluated(audit::audit(noAutoscalers), u"HA12"_s).isEmpty());
    }

    void withoutValuesOfHelmNothingIsCalledFine()
    {
        const auto said = [](const char *meta, bool values = false) {
            Scene live(Scene::Source::Cluster, now());
            for (const QJsonObject &object : deploy({.name = u"ml-pipeline-ui"_s, .replicas = 1, .meta = meta}))
                live.add(object);
            if (values)
                live.setHelmValues(u"kubeflow"_s, u"kfp"_s, {{u"replicaCount"_s, 1}});
            return notEvaluated(audit::audit(live), u"HA52"_s).join(u' ');
        };
        QString text = said("{annotations: {meta.helm.sh/release-name: kfp, meta.helm.sh/release-namespace: charts}}");
        QVERIFY2(text.contains(u"Unknown"_s) && text.contains(u"charts/kfp"_s) && text.contains(u"--helm-values"_s), qPrintable(text));
        text = said("{labels: {helm.sh/chart: kfp-1.0}}"); // rendered by helm template, and applied by something else
        QVERIFY2(text.contains(u"Unknown"_s) && text.contains(u"ml-pipeline-ui"_s), qPrintable(text));
        text = said("{labels: {app: x}}", true);
        QVERIFY2(text.contains(u"kubeflow/kfp"_s), qPrintable(text));
        text = said("{annotations: {meta.helm.sh/release-name: kfp}}", true);
        QVERIFY2(text.isEmpty(), qPrintable(text));
    }

    void manifestsSayNothingOfWhatRuns()
    {
        const Report report = audit::audit(scene(deploy({.name = u"ml-pipeline-ui"_s}), Scene::Source::Manifests));
        for (const Rule &rule : rules()) {
            if (!rule.needsCluster)
                continue;
            QVERIFY2(of(report, rule.id).isEmpty(), qPrintable(rule.id));
            QVERIFY2(!notEvaluated(report, rule.id).isEmpty(), qPrintable(rule.id));
        }
    }

    void howLongItIsAway_data()
    {
        QTest::addColumn<QString>("kind");
        QTest::addColumn<QString>("pod");
        QTest::addColumn<int>("seconds");
        const QString key = u"node.kubernetes.io/unreachable"_s;
        QTest::newRow("default") << u"Deployment"_s << u"{}"_s << 340;
        QTest::newRow("short") << u"Deployment"_s << u"{tolerations: [{key: %1, operator: Exists, effect: NoExecute, tolerationSeconds: 30}]}"_s.arg(key) << 70;
        QTest::newRow("the shortest counts")
            << u"Deployment"_s << u"{tolerations: [{operator: Exists}, {key: %1, effect: NoExecute, tolerationSeconds: 30}]}"_s.arg(key) << 70;
        QTest::newRow("all taints") << u"Deployment"_s << u"{tolerations: [{operator: Exists}]}"_s << -1;
        QTest::newRow("another effect") << u"Deployment"_s << u"{tolerations: [{operator: Exists, effect: NoSchedule}]}"_s << 340;
        QTest::newRow("a StatefulSet waits") << u"StatefulSet"_s << u"{}"_s << -1;
    }
    void howLongItIsAway()
    {
        QFETCH(const QString, kind);
        QFETCH(const QString, pod);
        QFETCH(const int, seconds);
        const QByteArray text = pod.toUtf8();
        const Scene made = scene(deploy({.name = u"x"_s, .kind = kind, .pod = text.constData()}));
        const Facts facts(made);
        QCOMPARE(facts.secondsAway(facts.subjects().front()), seconds);
    }

    void secretsAreNotKept()
    {
        const QJsonObject secret{{u"apiVersion"_s, u"v1"_s},
                                 {u"kind"_s, u"Secret"_s},
                                 {u"metadata"_s, QJsonObject{{u"name"_s, u"mysql-secret"_s}, {u"namespace"_s, u"kubeflow"_s}, {u"annotations"_s, QJsonObject{{u"kubectl.kubernetes.io/last-applied-configuration"_s, u"canary-4711"_s}}}}},
                                 {u"data"_s, QJsonObject{{u"password"_s, u"Y2FuYXJ5LTQ3MTE="_s}, {u"username"_s, u"cm9vdA=="_s}}},
                                 {u"stringData"_s, QJsonObject{{u"more"_s, u"canary-4711"_s}}}};
        const Scene made = scene({secret});
        const QByteArray kept = QJsonDocument(*made.find(nameOf(secret))).toJson();
        QVERIFY(!kept.contains("canary") && !kept.contains("Y2FuYXJ5"));
        QCOMPARE(made.defaultsOf(nameOf(secret)), std::optional(QStringList()));
        // Empty, as it is shipped; and with the hash that a generator puts behind the name.
        QJsonObject shipped = secret;
        shipped.insert(u"metadata"_s, QJsonObject{{u"name"_s, u"mysql-secret-5k2bf7tt4m"_s}, {u"namespace"_s, u"kubeflow"_s}});
        shipped.insert(u"data"_s, QJsonObject{{u"password"_s, u""_s}});
        shipped.remove(u"stringData"_s);
        const Scene bad = scene({shipped});
        QCOMPARE(bad.defaultsOf(nameOf(shipped)), std::optional(QStringList{u"password"_s}));
        QCOMPARE(of(audit::audit(bad), u"HA32"_s).size(), 1);
    }

    void oneWorkloadBehindSeveralWebhooksIsOneFinding()
    {
        const Example &example = *std::ranges::find(examples(), u"HA20"_s, &Example::rule);
        QList<QJsonObject> objects = example.bad;
        QJsonObject more = objects.last();
        QJsonArray hooks = more[u"webhooks"_s].toArray();
        for (int i = 0; i < 3; ++i)
            hooks.append(hooks.first());
        QJsonObject ignored = hooks.first().toObject();
        ignored.insert(u"failurePolicy"_s, u"Ignore"_s);
        hooks.append(ignored);
        more.insert(u"webhooks"_s, hooks);
        objects.last() = more;
        const QList<Finding> found = of(audit::audit(scene(objects)), u"HA20"_s);
        QCOMPARE(found.size(), 1);
        QCOMPARE(found.first().object.name, u"training-operator"_s);
        QVERIFY2(found.first().title.contains(u"4 webhook"_s), qPrintable(found.first().title));
    }

    void aJobsPdbIsByDesign()
    {
        const Example &example = *std::ranges::find(examples(), u"HA53"_s, &Example::rule);
        QJsonObject all = budget("{minAvailable: 2, selector: {matchLabels: {training.kubeflow.org/job-name: llama}}}");
        all.insert(u"metadata"_s, QJsonObject{{u"name"_s, u"llama"_s}, {u"namespace"_s, u"team"_s}});
        QJsonObject spec = all[u"spec"_s].toObject();
        spec.insert(u"selector"_s, QJsonObject{{u"matchLabels"_s, QJsonObject{{u"training.kubeflow.org/job-name"_s, u"llama"_s}}}});
        all.insert(u"spec"_s, spec);
        const Report report = audit::audit(scene(example.bad + QList{all}));
        QVERIFY(of(report, u"HA08"_s).isEmpty());
        QVERIFY2(of(report, u"HA53"_s).first().title.contains(u"hangs"_s), qPrintable(list(report)));
        QVERIFY(of(audit::audit(scene(example.bad)), u"HA53"_s).first().title.contains(u"kills"_s));
    }

    void managedControlPlanesAreNoFinding()
    {
        QJsonObject node = yaml("{apiVersion: v1, kind: Node, metadata: {name: e1, labels: {eks.amazonaws.com/nodegroup: a}}}");
        const Example &example = *std::ranges::find(examples(), u"HA41"_s, &Example::rule);
        const Report report = audit::audit(scene(example.bad + QList{node}));
        QVERIFY(of(report, u"HA41"_s).isEmpty());
        QVERIFY(notEvaluated(report, u"HA41"_s).first().contains(u"EKS"_s));
    }

    void driftIsFoundByAnOverlay()
    {
        Scene made = scene(deploy({.name = u"ml-pipeline-ui"_s}));
        made.expect(yaml("{apiVersion: apps/v1, kind: Deployment, metadata: {name: ml-pipeline-ui, namespace: kubeflow}, spec: {replicas: 2}}"));
        made.expect(yaml("{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: gone, namespace: kubeflow}}"));
        const QList<Finding> found = of(audit::audit(made), u"HA44"_s);
        QCOMPARE(found.size(), 2);
        QCOMPARE(found.first().evidence.first().field, u"spec.replicas"_s);
        Scene same = scene(deploy({.name = u"ml-pipeline-ui"_s, .replicas = 2}));
        same.expect(yaml("{apiVersion: apps/v1, kind: Deployment, metadata: {name: ml-pipeline-ui, namespace: kubeflow}, spec: {template: {spec: {containers: [{name: main}]}}}}"));
        QVERIFY(of(audit::audit(same), u"HA44"_s).isEmpty());
        QVERIFY(notEvaluated(audit::audit(same), u"HA44"_s).isEmpty());
    }

    void aDeadKeyDependsOnTheVersion()
    {
        const auto with = [](const QString &version, const QJsonObject &data) {
            return deploy({.name = u"ml-pipeline"_s, .image = u"ghcr.io/kubeflow/kfp-api-server:"_s + version})
                + QList{QJsonObject{{u"apiVersion"_s, u"v1"_s}, {u"kind"_s, u"ConfigMap"_s}, {u"metadata"_s, QJsonObject{{u"name"_s, u"pipeline-install-config"_s}, {u"namespace"_s, u"kubeflow"_s}}}, {u"data"_s, data}}};
        };
        const auto severities = [&](const QString &version, const QJsonObject &data) {
            QStringList list;
            for (const Finding &finding : of(audit::audit(scene(with(version, data))), u"HA46"_s))
                list.append(severityWord(finding.severity));
            return list;
        };
        const QJsonObject both{{u"dbHost"_s, u"db"_s}, {u"mysqlHost"_s, u"db"_s}};
        QCOMPARE(severities(u"2.16.1"_s, both), QStringList{});
        QCOMPARE(severities(u"2.17.0"_s, both), QStringList{u"high"_s});
        QCOMPARE(severities(u"2.16.1"_s, {{u"mysqlHost"_s, u"db"_s}}), QStringList{u"critical"_s});
        QCOMPARE(severities(u"2.17.0"_s, {{u"mysqlHost"_s, u"db"_s}}), QStringList{});
        const Report unknown = audit::audit(scene(with(u"master"_s, both)));
        QVERIFY(of(unknown, u"HA46"_s).isEmpty());
        QVERIFY(!notEvaluated(unknown, u"HA46"_s).isEmpty());
    }

    /// The API server asks the host that the name stands for: no replica of this cluster answers, and none would help.
    void aWebhookOutsideOfTheClusterIsNotCounted()
    {
        const Example &example = *std::ranges::find(examples(), u"HA20"_s, &Example::rule);
        QList<QJsonObject> objects = example.bad;
        bool found = false;
        for (QJsonObject &object : objects) {
            if (object[u"kind"_s].toString() != u"Service"_s)
                continue;
            QJsonObject spec = object[u"spec"_s].toObject();
            spec.insert(u"type"_s, u"ExternalName"_s);
            spec.insert(u"externalName"_s, u"hooks.example.com"_s);
            object.insert(u"spec"_s, spec);
            found = true;
        }
        QVERIFY(found);
        for (const Scene::Source source : {Scene::Source::Cluster, Scene::Source::Manifests}) {
            const Report report = audit::audit(scene(objects, source));
            QVERIFY2(of(report, u"HA20"_s).isEmpty(), qPrintable(list(report)));
            QVERIFY2(notEvaluated(report, u"HA20"_s).join(u' ').contains(u"hooks.example.com"_s), qPrintable(notEvaluated(report, u"HA20"_s).join(u' ')));
        }
    }

    /// What is said of data, and of autoscalers, is said of what is there.
    void textsSpeakOfWhatIsThere()
    {
        const auto said = [](const Report &report) {
            QString all;
            for (const Finding &finding : report.findings) {
                all += finding.title + u' ' + finding.consequence + u' ' + finding.fix + u'\n';
                for (const Evidence &evidence : finding.evidence)
                    all += evidence.value + u'\n';
            }
            return all;
        };
        const char *mounts = "{volumes: [{name: d, persistentVolumeClaim: {claimName: mysql-pv-claim}}]}";
        for (const int replicas : {1, 2}) {
            const QString bare = said(audit::audit(scene(deploy({.name = u"mysql"_s, .replicas = replicas}))));
            QVERIFY2(!bare.contains(u"its volume"_s) && !bare.contains(u"lost with the volume"_s) && !bare.contains(u"data is on a PVC"_s), qPrintable(bare));
            QVERIFY2(bare.contains(u"mounts no PVC"_s) || bare.contains(u"mount no PVC"_s), qPrintable(bare));
            const QString kept = said(audit::audit(scene(deploy({.name = u"mysql"_s, .replicas = replicas, .pod = mounts}))));
            QVERIFY2(!kept.contains(u"no PVC"_s) && kept.contains(u"its volume"_s), qPrintable(kept));
        }
        const Deploy istiod{.name = u"istiod"_s, .ns = u"istio-system"_s};
        const QString without = said(audit::audit(scene(deploy(istiod))));
        QVERIFY2(!without.contains(u"autoscaler owns"_s), qPrintable(without));
        QVERIFY(!without.contains(u"HPA"_s));
    }

    /// Found by an index as by asking each.
    void selectorsFindWhatAScanFinds()
    {
        ByLabel index;
        QList<QMap<QString, QString>> all;
        for (int i = 0; i < 200; ++i) {
            all.append({{u"app"_s, u"a%1"_s.arg(i % 7)}, {u"tier"_s, u"t%1"_s.arg(i % 3)}});
            if (i % 5 == 0)
                all.last().clear();
            index.add(i % 2 ? u"x"_s : u"y"_s, all.last(), i);
        }
        for (const char *text : {"{}", "{matchLabels: {app: a1}}", "{matchLabels: {app: a1, tier: t2}}", "{matchLabels: {app: none}}", "{matchExpressions: [{key: app, operator: NotIn, values: [a1]}]}",
                                 "{matchLabels: {tier: t1}, matchExpressions: [{key: app, operator: In, values: [a1, a2]}]}", "7"}) {
            const LabelSelector selector = selectorOf(yaml(("{a: " + QByteArray(text) + "}").constData())[u"a"_s]);
            QList<qsizetype> scanned, found;
            for (qsizetype i = 1; i < all.size(); i += 2) {
                if (selector.matches(all[i]))
                    scanned.append(i);
            }
            for (const qsizetype at : index.candidates(u"x"_s, selector)) {
                if (selector.matches(all[at]))
                    found.append(at);
            }
            QCOMPARE(found, scanned);
            QVERIFY(index.candidates(u"z"_s, selector).isEmpty());
        }
    }

    void itEndsWhenItIsAskedTo()
    {
        QList<QJsonObject> objects;
        for (int i = 0; i < 50; ++i)
            objects += deploy({.name = u"w%1"_s.arg(i)});
        const Scene made = scene(objects);
        std::stop_source stop;
        QCOMPARE(audit::audit(made, stop.get_token()).findings, audit::audit(made).findings);
        stop.request_stop();
        QVERIFY(audit::audit(made, stop.get_token()).findings.isEmpty());
        // In the midst of a rule as well.
        std::stop_source later;
        const Facts facts(made);
        Report report;
        Judging judging(facts, *rule(u"HA01"_s), report, later.get_token());
        int seen = 0;
        for (const Subject &subject : judging.subjects()) {
            Q_UNUSED(subject)
            if (++seen == 3)
                later.request_stop();
        }
        QCOMPARE(seen, 3);
        QCOMPARE(judging.until(QList{1, 2, 3}).begin() != std::default_sentinel, false);
    }

    void aListIsItsItems()
    {
        Scene made(Scene::Source::Manifests, now());
        made.add({{u"kind"_s, u"DeploymentList"_s}, {u"apiVersion"_s, u"apps/v1"_s}, {u"items"_s, QJsonArray{deploy({.name = u"a"_s}).first(), 7, QJsonObject()}}});
        QCOMPARE(made.count(), 1);
    }

    void theWorstComesFirst()
    {
        const Report report = audit::audit(scene(deploy({.name = u"mysql"_s}) + deploy({.name = u"katib-ui"_s}) + deploy({.name = u"metrics-server"_s, .ns = u"kube-system"_s})));
        QVERIFY(std::ranges::none_of(report.findings, [](const Finding &finding) { return finding.object.name == "metrics-server"_L1; })); // not Kubeflow's
        QVERIFY(report.findings.size() > 4);
        for (qsizetype i = 1; i < report.findings.size(); ++i)
            QVERIFY(report.findings[i - 1].severity <= report.findings[i].severity);
        // What is wrong with one object stands together.
        QSet<QString> done;
        for (qsizetype i = 1; i < report.findings.size(); ++i) {
            const Finding &before = report.findings[i - 1], &finding = report.findings[i];
            if (before.severity == finding.severity && before.object == finding.object)
                continue;
            done.insert(severityWord(before.severity) + shown(before.object));
            QVERIFY2(!done.contains(severityWord(finding.severity) + shown(finding.object)), qPrintable(list(report)));
        }
    }
};

QTEST_GUILESS_MAIN(TestAuditRules)
#include "tst_auditrules.moc"
