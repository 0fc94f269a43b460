// SPDX-License-Identifier: GPL-3.0-or-later
#include "components/Catalogue.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSet>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::components;

namespace {

QByteArray entry(const QByteArray &id, const QByteArray &more = {})
{
    return "{'id':'" + id + "','group':'g','product':'p','namespaces':['kubeflow'],'kind':'Deployment','name':'" + id
        + "','containers':['main'],'images':['" + id + "'],'scaling':'stateless','reason':'r.','stops':'s.'"
        + (more.isEmpty() ? QByteArray() : ',' + more) + '}';
}

QByteArray release(const QByteArray &name, const QByteArray &version, const QByteArray &installs = "'a'")
{
    return "{'release':'" + name + "','versions':{'p':'" + version + "'},'installs':[" + installs + "],'offers':[]}";
}

/// Single quotes stand for double ones.
Result<Catalogue> parse(const QByteArray &entries, QList<QByteArray> releases = {release("1.0", "1.0")}, const QByteArray &former = {})
{
    for (QByteArray &one : releases)
        one.replace('\'', '"');
    return readCatalogue(QByteArray("{'groups':[{'id':'g','name':'G'}],'products':[{'id':'p','name':'P'},{'id':'q','name':'Q'}],'components':["
                                    + entries + "],'sharedNamespaces':['shared'],'uncatalogued':{'workload':{'reason':'r.','stops':'s.'},"
                                      "'store':{'reason':'r.','stops':'s.'},'agent':{'reason':'r.','stops':'s.'}},'formerNames':[" + former + "]}")
                             .replace('\'', '"'),
                         releases);
}

} // namespace

class TestCatalogue : public QObject
{
    Q_OBJECT
private slots:
    void theBuiltInOneIsWhole()
    {
        const auto bytes = [](const QString &path) {
            QFile file(path);
            return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
        };
        const QString folder = QStringLiteral(CAIRN_SOURCE_DIR "/resources/catalogue/");
        QList<QByteArray> files;
        for (const QString &name : QDir(folder + u"releases"_s).entryList(QDir::Files))
            files.append(bytes(folder + u"releases/"_s + name));
        const Result<Catalogue> read = readCatalogue(bytes(folder + u"components.json"_s), files);
        QVERIFY2(read, read ? "" : qPrintable(read.error().oneLine()));
        QCOMPARE(read->entries, catalogue().entries);
        QStringList names;
        for (const Release &release : catalogue().releases)
            names.append(release.name);
        QCOMPARE(names, (QStringList{u"1.9"_s, u"1.10"_s, u"1.11"_s, u"26.03"_s, u"26.03.1"_s}));
        for (const Entry &entry : catalogue().entries) {
            QVERIFY2(entry.reason.endsWith(u'.') && entry.stops.endsWith(u'.'), qPrintable(entry.id));
            // What elects a leader says by which lease; only the model catalogue has its lock in a database.
            QCOMPARE(entry.lease.has_value() || entry.id == "model-catalog-server"_L1,
                     entry.scaling == Scaling::Leader || entry.scaling == Scaling::LeaderOff
                         || entry.id == "kserve-localmodel-controller-manager"_L1);
            if (entry.lease && entry.scaling != Scaling::Never)
                QCOMPARE(entry.lease->onByDefault, entry.scaling == Scaling::Leader);
        }
    }

    void everyWorkloadOfTheReleasesIsThere()
    {
        // As rendered from the manifests of 26.03 and 26.03.1, with what is installed beside them.
        const QStringList rendered{
            u"kubeflow/ml-pipeline"_s, u"kubeflow/ml-pipeline-ui"_s, u"kubeflow/ml-pipeline-visualizationserver"_s,
            u"kubeflow/ml-pipeline-persistenceagent"_s, u"kubeflow/ml-pipeline-scheduledworkflow"_s, u"kubeflow/ml-pipeline-viewer-crd"_s,
            u"kubeflow/metadata-writer"_s, u"kubeflow/metadata-grpc-deployment"_s, u"kubeflow/metadata-envoy-deployment"_s,
            u"kubeflow/cache-server"_s, u"kubeflow/kubeflow-pipelines-profile-controller"_s, u"kubeflow/metacontroller"_s,
            u"kubeflow/workflow-controller"_s, u"kubeflow/mysql"_s, u"kubeflow/seaweedfs"_s, u"kubeflow/katib-controller"_s,
            u"kubeflow/katib-db-manager"_s, u"kubeflow/katib-ui"_s, u"kubeflow/katib-mysql"_s,
            u"kubeflow-system/kubeflow-trainer-controller-manager"_s, u"kubeflow-system/jobset-controller-manager"_s,
            u"kubeflow/training-operator"_s, u"kueue-system/kueue-controller-manager"_s, u"kubeflow/kuberay-operator"_s,
            u"kubeflow/notebook-controller-deployment"_s, u"kubeflow/tensorboard-controller-deployment"_s,
            u"kubeflow/pvcviewer-controller-manager"_s, u"kubeflow/profiles-deployment"_s, u"kubeflow/jupyter-web-app-deployment"_s,
            u"kubeflow/volumes-web-app-deployment"_s, u"kubeflow/tensorboards-web-app-deployment"_s, u"kubeflow/centraldashboard"_s,
            u"kubeflow/dashboard"_s, u"kubeflow/admission-webhook-deployment"_s, u"kubeflow/poddefaults-webhook-deployment"_s,
            u"kubeflow/kserve-controller-manager"_s, u"kubeflow/llmisvc-controller-manager"_s,
            u"kubeflow/kserve-localmodel-controller-manager"_s, u"kubeflow/kserve-models-web-app"_s,
            u"kubeflow/kserve-models-web-application"_s, u"kubeflow/spark-operator-controller"_s, u"kubeflow/spark-operator-webhook"_s,
            u"kubeflow-user-example-com/model-registry-deployment"_s, u"kubeflow-user-example-com/model-registry-ui"_s,
            u"kubeflow-user-example-com/model-registry-db"_s, u"kubeflow-user-example-com/model-catalog-server"_s,
            u"kubeflow-user-example-com/model-catalog-postgres"_s, u"istio-system/istiod"_s, u"istio-system/istio-ingressgateway"_s,
            u"istio-system/cluster-local-gateway"_s, u"knative-serving/activator"_s, u"knative-serving/webhook"_s,
            u"knative-serving/autoscaler"_s, u"knative-serving/controller"_s, u"knative-serving/net-istio-controller"_s,
            u"knative-serving/net-istio-webhook"_s, u"cert-manager/cert-manager"_s, u"cert-manager/cert-manager-cainjector"_s,
            u"cert-manager/cert-manager-webhook"_s, u"auth/dex"_s, u"oauth2-proxy/oauth2-proxy"_s};
        QSet<QString> have;
        for (const Entry &entry : catalogue().entries) {
            for (const QString &ns : entry.namespaces) {
                for (const QString &name : entry.names)
                    have.insert(ns + u'/' + name);
            }
        }
        for (const QString &workload : rendered)
            QVERIFY2(have.contains(workload), qPrintable(workload));
        QCOMPARE(catalogue().find(u"metacontroller"_s)->kind, u"StatefulSet"_s);
        QVERIFY(catalogue().leaseNamespaces().contains(u"kube-system"_s));
        QVERIFY(catalogue().namespaces().contains(u"kube-system"_s)); // of istio-cni
    }

    void everyReleaseInstallsWhatItDid()
    {
        const auto installs = [](const QString &release, const QString &id) { return catalogue().release(release)->installs.contains(id); };
        QVERIFY(installs(u"1.9"_s, u"training-operator"_s) && installs(u"1.10"_s, u"training-operator"_s));
        QVERIFY(!installs(u"1.11"_s, u"training-operator"_s) && catalogue().release(u"26.03.1"_s)->offers.contains(u"training-operator"_s));
        QVERIFY(!installs(u"1.10"_s, u"trainer-controller-manager"_s) && installs(u"1.11"_s, u"trainer-controller-manager"_s));
        QVERIFY(installs(u"26.03"_s, u"llmisvc-controller-manager"_s) && !installs(u"1.11"_s, u"llmisvc-controller-manager"_s));
        QVERIFY(installs(u"26.03.1"_s, u"model-registry"_s) && !installs(u"26.03"_s, u"model-registry"_s));
        QCOMPARE(catalogue().release(u"26.03"_s)->versions.value(u"pipelines"_s), u"2.16.0"_s);
        QVERIFY(catalogue().find(u"kueue-controller-manager"_s)->releases.isEmpty());
        QVERIFY(catalogue().find(u"kueue-controller-manager"_s)->optIn && catalogue().find(u"training-operator"_s)->optIn);
        QVERIFY(!catalogue().find(u"ml-pipeline"_s)->optIn);
        QCOMPARE(catalogue().release(u"1.8"_s), nullptr);
        for (const QString &id : {u"ztunnel"_s, u"istio-cni"_s, u"workspaces-controller"_s, u"mpi-operator"_s, u"lws-controller-manager"_s, u"kafka-controller"_s,
                                  u"rabbitmq-broker-controller"_s, u"mt-broker-ingress"_s, u"etcd"_s, u"coredns"_s})
            QVERIFY2(catalogue().find(id), qPrintable(id));
    }

    void factsFollowTheVersion()
    {
        const auto at = [](const QString &id, const QString &version) { return *catalogue().find(id, versionOf(version)); };
        const auto keys = [](const Entry &entry) {
            QStringList list;
            for (const Connection &connection : entry.connections) {
                for (const Setting &setting : connection.settings)
                    list.append(setting.key);
            }
            return list;
        };
        // Pipelines 2.17 gave up dbHost and waits for others when it starts.
        QVERIFY(keys(at(u"metadata-grpc"_s, u"2.16.1"_s)).contains(u"dbHost"_s) && !keys(at(u"metadata-grpc"_s, u"2.16.1"_s)).contains(u"mysqlHost"_s));
        QVERIFY(keys(at(u"metadata-grpc"_s, u"2.17.0"_s)).contains(u"mysqlHost"_s) && !keys(at(u"metadata-grpc"_s, u"2.17.0"_s)).contains(u"dbHost"_s));
        QVERIFY(keys(at(u"cache-server"_s, u"2.17.3"_s)).contains(u"mysqlHost"_s));
        QVERIFY(at(u"ml-pipeline"_s, u"2.16.1"_s).startsAfter.isEmpty());
        QCOMPARE(at(u"ml-pipeline"_s, u"2.17.0"_s).startsAfter, (QStringList{u"mysql"_s, u"metadata-grpc"_s}));
        QCOMPARE(at(u"ml-pipeline-persistenceagent"_s, u"2.17.2"_s).startsAfter, QStringList{u"ml-pipeline"_s});
        QVERIFY(at(u"metadata-grpc"_s, u"3.0.0"_s).gone && !at(u"metadata-grpc"_s, u"2.99"_s).gone);
        QVERIFY(at(u"ml-pipeline"_s, u"3.0.0"_s).connections.first().engines.contains(u"postgres"_s));
        QCOMPARE(at(u"ml-pipeline"_s, u"2.18.0"_s).connections.first().engines, QStringList{u"mysql"_s});
        // The dashboard 2.0 renamed what belongs to it.
        QCOMPARE(at(u"dashboard"_s, u"1.10.0"_s).name, u"centraldashboard"_s);
        QCOMPARE(at(u"dashboard"_s, u"2.0.0"_s).name, u"dashboard"_s);
        QCOMPARE(at(u"dashboard"_s, u"1.9"_s).names, (QStringList{u"dashboard"_s, u"centraldashboard"_s}));
        QCOMPARE(at(u"profile-controller"_s, u"1.10.0"_s).scaling, Scaling::LeaderOff);
        QCOMPARE(at(u"profile-controller"_s, u"2.0.0"_s).scaling, Scaling::Leader);
        QCOMPARE(at(u"seaweedfs"_s, u"2.5.0"_s).name, u"minio"_s);
        QCOMPARE(at(u"seaweedfs"_s, u"2.15.0"_s).storage.first().claim, u"seaweedfs-pvc"_s);
        QCOMPARE(at(u"dex"_s, u"2.45.1"_s).shippedReplicas, 2);
        // As of nothing it is as of the newest release.
        QCOMPARE(catalogue().find(u"dashboard"_s)->name, u"dashboard"_s);
        QCOMPARE(catalogue().find(u"dashboard"_s, {}), catalogue().find(u"dashboard"_s));
        QCOMPARE(catalogue().find(u"nothing"_s, QVersionNumber(1)), nullptr);
    }

    void electionIsToldWholly()
    {
        for (const Entry &entry : catalogue().entries) {
            const bool elects = entry.scaling == Scaling::Leader || entry.scaling == Scaling::LeaderOff;
            QVERIFY2(!elects || entry.election, qPrintable(entry.id));
            if (entry.scaling == Scaling::LeaderOff) { // or nobody could turn it on
                QVERIFY2(entry.election->by == Election::By::Flag || entry.election->by == Election::By::ConfigMap, qPrintable(entry.id));
                QVERIFY2(!entry.election->setting.isEmpty() && !entry.election->serviceAccount.isEmpty(), qPrintable(entry.id));
            }
        }
        QCOMPARE(catalogue().find(u"training-operator"_s)->election->lacks.first().resources, QStringList{u"leases"_s});
        QVERIFY(catalogue().find(u"tensorboard-controller"_s)->election->lacks.isEmpty());
        QCOMPARE(catalogue().find(u"katib-controller"_s)->election->configMap, u"katib-config"_s);
    }

    void webhooksThatStopPodsAreMarked()
    {
        QVERIFY(catalogue().find(u"istiod"_s)->webhooks.first().podsIn.contains(u"kubeflow"_s));
        QCOMPARE(catalogue().find(u"poddefaults-webhook"_s)->webhooks.first().podsIn, QStringList{u"@profiles"_s});
        QCOMPARE(catalogue().find(u"cache-server"_s)->webhooks.first().policy, Webhook::Policy::Ignore);
        QCOMPARE(catalogue().find(u"jobset-controller-manager"_s)->webhooks.last().policy, Webhook::Policy::Conversion);
        for (const Entry &entry : catalogue().entries)
            QCOMPARE(entry.webhooks.isEmpty(), entry.webhook.isEmpty());
    }

    void workloadsFindTheirEntry()
    {
        const auto id = [](const QString &kind, const QString &ns, const QString &name, const QMap<QString, QString> &labels = {}) {
            const Entry *entry = catalogue().match(kind, ns, name, labels);
            return entry ? entry->id : QString();
        };
        QCOMPARE(id(u"Deployment"_s, u"kubeflow"_s, u"centraldashboard"_s), u"dashboard"_s);
        QCOMPARE(id(u"DaemonSet"_s, u"istio-system"_s, u"ztunnel"_s), u"ztunnel"_s);
        QCOMPARE(id(u"Deployment"_s, u"kubeflow-system"_s, u"release-trainer"_s,
                    {{u"app.kubernetes.io/name"_s, u"trainer"_s}, {u"app.kubernetes.io/component"_s, u"manager"_s}}),
                 u"trainer-controller-manager"_s);
        QCOMPARE(id(u"StatefulSet"_s, u"kubeflow"_s, u"dex"_s), QString());
        QCOMPARE(id(u"Deployment"_s, u"shop"_s, u"mysql"_s), QString());
        QCOMPARE(id(u"Deployment"_s, u"kubeflow"_s, u"mine"_s), QString());
    }

    void formerNamesAreExplained()
    {
        for (const FormerName &former : catalogue().formerNames)
            QVERIFY2(former.sentence.endsWith(u'.'), qPrintable(former.name));
        QVERIFY(catalogue().formerName(u"kubeflow-controller-manager"_s));
        QCOMPARE(catalogue().formerName(u" MinIO "_s)->now, u"seaweedfs"_s);
        QCOMPARE(catalogue().formerName(u"kfser"_s)->name, u"kfserving"_s);
        QCOMPARE(catalogue().formerName(u"kf"_s), nullptr);
        QCOMPARE(catalogue().formerName(u"mysql"_s), nullptr);
    }

    void aRowIsPutTogetherFromItsRanges()
    {
        const QByteArray row = entry("a", "'dependsOn':['b'],'lease':{'names':['l'],'onByDefault':true},'since':["
                                          "{'version':'2.0','name':'new','dependsOn':null},{'version':'2.1.3','stops':'t.','gone':true}]");
        const Result<Catalogue> read = parse(row + ',' + entry("b"), {release("1.0", "2.1.2"), release("0.9", "1.7")});
        QVERIFY2(read, read ? "" : qPrintable(read.error().oneLine()));
        QCOMPARE(read->releases.first().name, u"0.9"_s); // in order, whatever the files' is
        const auto at = [&](const char *version) { return *read->find(u"a"_s, versionOf(QString::fromLatin1(version))); };
        QCOMPARE(at("1.99").name, u"a"_s);
        QCOMPARE(at("1.99").dependsOn, QStringList{u"b"_s});
        QCOMPARE(at("1.99").until, QVersionNumber(2, 0));
        QCOMPARE(at("2.0.0").name, u"new"_s);
        QVERIFY(at("2.0.0").dependsOn.isEmpty() && at("2.0.0").lease.has_value());
        QVERIFY(!at("2.1.2").gone && at("2.1.3").gone && at("9.0").gone);
        QCOMPARE(at("9.0").stops, u"t."_s);
        QCOMPARE(read->find(u"a"_s)->name, u"new"_s); // the newest release has 2.1.2
        QCOMPARE(read->find(u"a"_s)->names, (QStringList{u"new"_s, u"a"_s}));
        // Of a product that no release has a version of, the last range that still has it counts.
        const Result<Catalogue> other = parse(QByteArray(row).replace("'product':'p'", "'product':'q'") + ',' + entry("b"));
        QCOMPARE(other->find(u"a"_s)->name, u"new"_s);
        QVERIFY(!other->find(u"a"_s)->gone);
        QVERIFY(other->homes().contains(u"kubeflow"_s));
    }

    void aGoodOneIsRead()
    {
        const Result<Catalogue> good = parse(entry("a", "'dependsOn':['b'],'lease':{'names':['x','x-*'],'onByDefault':true}") + ',' + entry("b"));
        QVERIFY(good);
        QCOMPARE(good->entries.size(), 2);
        QCOMPARE(good->find(u"a"_s)->dependsOn, QStringList{u"b"_s});
        QVERIFY(good->find(u"a"_s)->lease->onByDefault);
        QCOMPARE(good->find(u"c"_s), nullptr);
    }

    void badOnesAreRefused_data()
    {
        QTest::addColumn<QByteArray>("entries");
        QTest::addColumn<QString>("word");
        QTest::newRow("no JSON") << QByteArray("{") << u""_s;
        QTest::newRow("missing id") << entry("a").replace("'id':'a',", "") << u"id"_s;
        QTest::newRow("unknown key") << entry("a", "'hard':1") << u"hard"_s;
        QTest::newRow("unknown scaling") << entry("a").replace("stateless", "maybe") << u"scaling"_s;
        QTest::newRow("unknown kind") << entry("a").replace("Deployment", "ReplicaSet") << u"kind"_s;
        QTest::newRow("unknown group") << entry("a").replace("'g'", "'h'") << u"group"_s;
        QTest::newRow("no name") << entry("a").replace("'name':'a'", "'name':''") << u"name"_s;
        QTest::newRow("twice") << entry("a") + ',' + entry("a") << u"twice"_s;
        QTest::newRow("same workload") << entry("a") + ',' + entry("b").replace("'name':'b'", "'name':'a'") << u"two components"_s;
        QTest::newRow("unknown dependency") << entry("a", "'dependsOn':['z']") << u"z"_s;
        QTest::newRow("depends on itself") << entry("a", "'dependsOn':['a']") << u"itself"_s;
        QTest::newRow("starts after itself") << entry("a", "'startsAfter':['b']") + ',' + entry("b", "'dependsOn':['a']") << u"itself"_s;
        QTest::newRow("unknown product") << entry("a").replace("'p'", "'r'") << u"product"_s;
        QTest::newRow("node agent that is none") << entry("a").replace("stateless", "node-agent") << u"kind"_s;
        QTest::newRow("no replicas") << entry("a", "'replicas':0") << u"replicas"_s;
        QTest::newRow("names that are none") << entry("a").replace("['kubeflow']", "'kubeflow'") << u"namespaces"_s;
        QTest::newRow("null in a list") << entry("a", "'dependsOn':[null]") << u"dependsOn"_s;
        QTest::newRow("a number for a text") << entry("a").replace("'r.'", "7") << u"reason"_s;
        QTest::newRow("election without container") << entry("a", "'election':{'by':'flag','setting':'--x','value':'true'}") << u"container"_s;
        QTest::newRow("election in another container") << entry("a", "'election':{'by':'flag','container':'x','setting':'--x','value':'true'}") << u"container"_s;
        QTest::newRow("rights of nobody") << entry("a", "'election':{'by':'builtIn','lacks':[{'groups':[''],'resources':['x'],'verbs':['get']}]}") << u"serviceAccount"_s;
        QTest::newRow("webhook policy") << entry("a", "'webhooks':[{'service':'s','policy':'Maybe','resources':['pods']}]") << u"policy"_s;
        QTest::newRow("webhook of nothing") << entry("a", "'webhooks':[{'service':'s','policy':'Fail','resources':[]}]") << u"resources"_s;
        QTest::newRow("connection to nowhere") << entry("a", "'connections':[{'to':'z','engines':['mysql']}]") << u"z"_s;
        QTest::newRow("setting without object") << entry("a", "'connections':[{'to':'a','engines':['mysql'],'settings':[{'role':'host','in':'ConfigMap','key':'k'}]}]") << u"object"_s;
        QTest::newRow("storage of nothing") << entry("a", "'storage':[{'size':'1Gi','engine':'mysql'}]") << u"claim"_s;
        QTest::newRow("since no version") << entry("a", "'since':[{'version':'x'}]") << u"version"_s;
        QTest::newRow("since backwards") << entry("a", "'since':[{'version':'2.0'},{'version':'1.0'}]") << u"version"_s;
        QTest::newRow("since another kind") << entry("a", "'since':[{'version':'2.0','kind':'StatefulSet'}]") << u"kind"_s;
        QTest::newRow("since takes a name away") << entry("a", "'since':[{'version':'2.0','name':null}]") << u"name"_s;
        QTest::newRow("since is no list") << entry("a", "'since':7") << u"since"_s;
        QTest::newRow("a row that is none") << QByteArray("7") << u"id"_s;
        QTest::newRow("nothing") << QByteArray() << u"no components"_s;
        QTest::newRow("circle") << entry("a", "'dependsOn':['b']") + ',' + entry("b", "'dependsOn':['c']") + ','
                + entry("c", "'dependsOn':['a']") << u"itself"_s;
    }
    void badOnesAreRefused()
    {
        QFETCH(const QByteArray, entries);
        QFETCH(const QString, word);
        const Result<Catalogue> bad = parse(entries);
        QVERIFY(!bad);
        QVERIFY2(bad.error().why.contains(word), qPrintable(bad.error().why));
    }

    void badReleasesAreRefused_data()
    {
        QTest::addColumn<QByteArray>("release");
        QTest::addColumn<QByteArray>("former");
        QTest::addColumn<QString>("word");
        QTest::newRow("unknown component") << release("1.0", "1.0", "'z'") << QByteArray() << u"z"_s;
        QTest::newRow("no version") << release("1.0", "latest") << QByteArray() << u"version"_s;
        QTest::newRow("unknown product") << release("1.0", "1.0").replace("'p'", "'r'") << QByteArray() << u"product"_s;
        QTest::newRow("unknown key") << release("1.0", "1.0").replace("'offers'", "'sells'") << QByteArray() << u"sells"_s;
        QTest::newRow("no JSON") << QByteArray("[") << QByteArray() << QString();
        QTest::newRow("a list") << QByteArray("[]") << QByteArray() << u"release"_s;
        QTest::newRow("former name in capitals") << release("1.0", "1.0") << QByteArray("{'name':'Old','sentence':'s.'}") << u"Old"_s;
        QTest::newRow("former name of nothing") << release("1.0", "1.0") << QByteArray("{'name':'old','now':'z','sentence':'s.'}") << u"z"_s;
        QTest::newRow("former name without a word") << release("1.0", "1.0") << QByteArray("{'name':'old'}") << u"sentence"_s;
    }
    void badReleasesAreRefused()
    {
        QFETCH(const QByteArray, release);
        QFETCH(const QByteArray, former);
        QFETCH(const QString, word);
        const Result<Catalogue> bad = parse(entry("a"), {release}, former);
        QVERIFY(!bad);
        QVERIFY2(bad.error().why.contains(word), qPrintable(bad.error().why));
    }
};

QTEST_GUILESS_MAIN(TestCatalogue)
#include "tst_catalogue.moc"
