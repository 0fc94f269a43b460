// SPDX-License-Identifier: GPL-3.0-or-later
#include "components/Catalogue.h"

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
    return "{'id':'" + id + "','group':'g','namespaces':['kubeflow'],'kind':'Deployment','names':['" + id
        + "'],'scaling':'stateless','reason':'r.','stops':'s.','releases':['1']" + (more.isEmpty() ? QByteArray() : ',' + more) + '}';
}

/// Single quotes stand for double ones.
Result<Catalogue> read(const QByteArray &entries)
{
    return readCatalogue(QByteArray("{'releases':['1'],'groups':[{'id':'g','name':'G'}],'components':[" + entries + "]}").replace('\'', '"'));
}

} // namespace

class TestCatalogue : public QObject
{
    Q_OBJECT
private slots:
    void theBuiltInOneIsWhole()
    {
        QFile file(QStringLiteral(CAIRN_SOURCE_DIR "/resources/catalogue/kubeflow.json"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const Result<Catalogue> read = readCatalogue(file.readAll());
        QVERIFY2(read, read ? "" : qPrintable(read.error().oneLine()));
        QCOMPARE(read->entries, catalogue().entries);
        QCOMPARE(catalogue().releases, (QStringList{u"26.03"_s, u"26.03.1"_s}));
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
        QVERIFY(!catalogue().namespaces().contains(u"kube-system"_s));
    }

    void aGoodOneIsRead()
    {
        const Result<Catalogue> good = read(entry("a", "'dependsOn':['b'],'lease':{'names':['x','x-*'],'onByDefault':true}") + ',' + entry("b"));
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
        QTest::newRow("unknown kind") << entry("a").replace("Deployment", "DaemonSet") << u"kind"_s;
        QTest::newRow("unknown group") << entry("a").replace("'g'", "'h'") << u"group"_s;
        QTest::newRow("unknown release") << entry("a").replace("['1']", "['2']") << u"release"_s;
        QTest::newRow("no name") << entry("a").replace("['a']", "[]") << u"names"_s;
        QTest::newRow("twice") << entry("a") + ',' + entry("a") << u"twice"_s;
        QTest::newRow("same workload") << entry("a") + ',' + entry("b").replace("['b']", "['a']") << u"two components"_s;
        QTest::newRow("unknown dependency") << entry("a", "'dependsOn':['z']") << u"z"_s;
        QTest::newRow("depends on itself") << entry("a", "'dependsOn':['a']") << u"itself"_s;
        QTest::newRow("circle") << entry("a", "'dependsOn':['b']") + ',' + entry("b", "'dependsOn':['c']") + ','
                + entry("c", "'dependsOn':['a']") << u"itself"_s;
    }
    void badOnesAreRefused()
    {
        QFETCH(const QByteArray, entries);
        QFETCH(const QString, word);
        const Result<Catalogue> bad = read(entries);
        QVERIFY(!bad);
        QVERIFY2(bad.error().why.contains(word), qPrintable(bad.error().why));
    }
};

QTEST_GUILESS_MAIN(TestCatalogue)
#include "tst_catalogue.moc"
