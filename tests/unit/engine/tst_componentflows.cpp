// SPDX-License-Identifier: GPL-3.0-or-later
#include "FakeObjectApi.h"
#include "engine/ComponentFlows.h"

#include <QJsonDocument>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::components;
using namespace cairn::tests;

namespace {

/// Single quotes stand for double ones.
QJsonObject json(QByteArray text)
{
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson(text.replace('\'', '"'), &error);
    if (error.error != QJsonParseError::NoError)
        qFatal("%s at %d", qPrintable(error.errorString()), error.offset);
    return document.object();
}

QByteArray meta(const QByteArray &ns, const QByteArray &name)
{
    return "'metadata':{'namespace':'" + ns + "','name':'" + name + "'}";
}

Error forbidden()
{
    return Error::make(Error::Kind::Forbidden, u"The server refused"_s, u"no right to list"_s);
}

} // namespace

class TestComponentFlows : public QObject
{
    Q_OBJECT

    std::unique_ptr<FakeObjectApi> api;

    void putDeployment(const QByteArray &ns, const QByteArray &name, int replicas, const QList<QByteArray> &nodes)
    {
        api->put(kinds::deployments(), json("{" + meta(ns, name) + ",'spec':{'replicas':" + QByteArray::number(replicas)
                                            + ",'template':{'metadata':{'labels':{'app':'" + name
                                            + "'}}}},'status':{'readyReplicas':" + QByteArray::number(nodes.size()) + "}}"));
        for (qsizetype i = 0; i < nodes.size(); ++i) {
            const QByteArray pod = name + "-7c9f5d-" + QByteArray::number(i);
            api->put(kinds::pods(),
                     json("{'metadata':{'namespace':'" + ns + "','name':'" + pod + "','ownerReferences':[{'kind':'ReplicaSet','name':'" + name
                          + "-7c9f5d','uid':'r','controller':true}]},'spec':{'nodeName':'" + nodes[i]
                          + "','containers':[{'name':'c'}]},'status':{'phase':'Running','containerStatuses':[{'name':'c','ready':true,"
                            "'restartCount':2,'state':{'running':{}}}]}}"));
        }
    }
    Result<QList<Component>> judged()
    {
        const Result<ClusterFacts> facts = app::readComponentFacts(*api, {});
        if (!facts)
            return fail(facts.error());
        return judge(*facts);
    }
    static const Component *find(const QList<Component> &list, const QString &id)
    {
        const auto it = std::ranges::find(list, id, &Component::id);
        return it == list.end() ? nullptr : &*it;
    }
    bool asked(const QString &resource, const QString &ns) const
    {
        const QList<FakeObjectApi::Call> calls = api->calls();
        return std::ranges::any_of(calls, [&](const FakeObjectApi::Call &call) {
            return call.verb == "list"_L1 && call.resource == resource && call.ns == ns;
        });
    }

private slots:
    void init()
    {
        api = std::make_unique<FakeObjectApi>();
        for (const QByteArray node : {"n1", "n2"})
            api->put(kinds::nodes(), json("{'metadata':{'name':'" + node + "','labels':{'topology.kubernetes.io/zone':'z-" + node + "'}}}"));
        putDeployment("kubeflow-system", "jobset-controller-manager", 2, {"n1", "n2"});
        putDeployment("kubeflow", "ml-pipeline-ui", 2, {"n1", "n1"});
        putDeployment("kubeflow", "mysql", 1, {"n2"});
        putDeployment("shop", "mysql", 1, {"n2"});
        api->put(kinds::leases(), json("{" + meta("kubeflow-system", "6d4f6a47.jobset.x-k8s.io")
                                       + ",'spec':{'holderIdentity':'jobset-controller-manager-7c9f5d-0_1a','leaseDurationSeconds':15,'renewTime':'"
                                       + QDateTime::currentDateTimeUtc().toString(Qt::ISODateWithMs).toLatin1() + "'}}"));
        api->put(kinds::disruptionBudgets(),
                 json("{" + meta("kubeflow-system", "jobset") + ",'spec':{'maxUnavailable':1,'selector':{'matchLabels':"
                      "{'app':'jobset-controller-manager'}}},'status':{'disruptionsAllowed':1}}"));
    }

    void whatIsThereIsJudged()
    {
        const Result<QList<Component>> list = judged();
        QVERIFY2(list, list ? "" : qPrintable(list.error().oneLine()));
        QCOMPARE(list->size(), 3);
        const Component *jobset = find(*list, u"jobset-controller-manager"_s);
        QVERIFY(jobset);
        QCOMPARE(jobset->standing, Standing::SurvivesZone);
        QCOMPARE(jobset->restarts, 4);
        QCOMPARE(jobset->leader.state, Leadership::State::Fresh);
        QCOMPARE(jobset->leader.holder, u"jobset-controller-manager-7c9f5d-0"_s);
        QVERIFY(jobset->budget);
        QCOMPARE(find(*list, u"ml-pipeline-ui"_s)->standing, Standing::DiesWithNode);
        QCOMPARE(find(*list, u"mysql"_s)->ns, u"kubeflow"_s);
        // Pods and leases are read only where something was found.
        QVERIFY(asked(u"pods"_s, u"kubeflow"_s) && asked(u"leases"_s, u"kubeflow-system"_s) && asked(u"leases"_s, u"kube-system"_s));
        QVERIFY(!asked(u"pods"_s, u"knative-serving"_s) && !asked(u"pods"_s, u"shop"_s) && !asked(u"pods"_s, {}));
        QVERIFY(!asked(u"leases"_s, u"knative-serving"_s));
    }

    void oneForbiddenNamespaceHidesOnlyItsOwn()
    {
        api->before = [](const FakeObjectApi::Call &call) -> std::optional<Error> {
            const bool everywhere = call.ns.isEmpty() && call.resource != "nodes"_L1;
            return everywhere || call.ns == "kubeflow"_L1 ? std::optional(forbidden()) : std::nullopt;
        };
        const Result<QList<Component>> list = judged();
        QVERIFY(list);
        QCOMPARE(find(*list, u"jobset-controller-manager"_s)->standing, Standing::SurvivesZone);
        const Component *hidden = find(*list, u"ml-pipeline-ui"_s);
        QVERIFY(hidden);
        QCOMPARE(hidden->standing, Standing::NotObservable);
        QVERIFY(reasons(*hidden).first().contains("no right to list"_L1));
        QVERIFY(!find(*list, u"training-operator"_s)); // installed by few: nothing says it should be there
        QVERIFY(!find(*list, u"istiod"_s));            // may be read, is not there
        const QJsonObject object = app::toJson(*hidden, QDateTime::currentDateTimeUtc());
        for (const QString &key : {u"desired"_s, u"ready"_s, u"restarts"_s, u"zones"_s, u"survivesNode"_s})
            QVERIFY2(object.contains(key) && object[key].isNull(), qPrintable(key));
    }

    void whereNothingMayBeReadTheReasonIsTheAnswer()
    {
        api->before = [](const FakeObjectApi::Call &) { return std::optional(forbidden()); };
        const Result<QList<Component>> list = judged();
        QVERIFY(!list);
        QCOMPARE(list.error().kind, Error::Kind::Forbidden);
        QVERIFY(!asked(u"pods"_s, u"kubeflow"_s));
    }

    void aBrokenServerIsAnError()
    {
        api->before = [](const FakeObjectApi::Call &call) -> std::optional<Error> {
            return call.resource == "leases"_L1 ? std::optional(Error::make(Error::Kind::Server, u"Internal error"_s)) : std::nullopt;
        };
        const Result<QList<Component>> list = judged();
        QVERIFY(!list);
        QCOMPARE(list.error().kind, Error::Kind::Server);
    }

    void anOldServerWithoutAutoscalersIsRead()
    {
        api->before = [](const FakeObjectApi::Call &call) -> std::optional<Error> {
            return call.resource == "horizontalpodautoscalers"_L1 ? std::optional(Error::make(Error::Kind::NotFound, u"Not served"_s)) : std::nullopt;
        };
        const Result<QList<Component>> list = judged();
        QVERIFY(list);
        QVERIFY(find(*list, u"mysql"_s)->autoscalerUnread);
        QVERIFY(!asked(u"horizontalpodautoscalers"_s, u"kubeflow"_s)); // where it is not served, it is nowhere
    }

    void withoutNodesOnlyTheZonesAreMissing()
    {
        api->before = [](const FakeObjectApi::Call &call) -> std::optional<Error> {
            return call.resource == "nodes"_L1 ? std::optional(forbidden()) : std::nullopt;
        };
        const Result<QList<Component>> list = judged();
        QVERIFY(list);
        QCOMPARE(find(*list, u"jobset-controller-manager"_s)->standing, Standing::SurvivesNode);
        QCOMPARE(find(*list, u"jobset-controller-manager"_s)->zones, -1);
    }

    void jsonSaysEverything()
    {
        const Result<QList<Component>> list = judged();
        QVERIFY(list);
        const QJsonObject object = app::toJson(*find(*list, u"jobset-controller-manager"_s), QDateTime::currentDateTimeUtc());
        QCOMPARE(object[u"verdict"_s].toString(), u"SurvivesZone"_s);
        QCOMPARE(object[u"survivesNode"_s], QJsonValue(true));
        QCOMPARE(object[u"nodes"_s].toArray().size(), 2);
        QCOMPARE(object[u"zones"_s].toInt(), 2);
        QCOMPARE(object[u"leader"_s][u"state"_s].toString(), u"fresh"_s);
        QCOMPARE(object[u"leader"_s][u"lease"_s].toString(), u"kubeflow-system/6d4f6a47.jobset.x-k8s.io"_s);
        QCOMPARE(object[u"budget"_s][u"disruptionsAllowed"_s].toInt(), 1);
        QVERIFY(object.contains(u"autoscaler"_s) && object[u"autoscaler"_s].isNull());
        // Every field that is promised is there, and no other.
        QFile file(QStringLiteral(CAIRN_SOURCE_DIR "/docs/CAIRNCTL.md"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QString section = QString::fromUtf8(file.readAll()).section(u"\n## components\n"_s, 1).section(u"\n## "_s, 0, 0);
        const QJsonDocument example = QJsonDocument::fromJson(section.section(u"```json\n"_s, 1).section(u"```"_s, 0, 0).toUtf8());
        QVERIFY(example.isObject());
        QCOMPARE(object.keys(), example[u"components"_s][0].toObject().keys());
    }
};

QTEST_GUILESS_MAIN(TestComponentFlows)
#include "tst_componentflows.moc"
