// SPDX-License-Identifier: GPL-3.0-or-later
#include "FakeObjectApi.h"
#include "engine/ComponentFlows.h"
#include "engine/WhatIfFlows.h"

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
    /// mysql on a local volume of n2, and a job with a pod there that a PDB keeps.
    void putTraining()
    {
        api->put(kinds::pods(), json("{'metadata':{'namespace':'kubeflow','name':'mysql-7c9f5d-0','ownerReferences':[{'kind':'ReplicaSet','name':'mysql-7c9f5d',"
                                     "'uid':'r','controller':true}]},'spec':{'nodeName':'n2','containers':[{'name':'c'}],'volumes':[{'name':'v',"
                                     "'persistentVolumeClaim':{'claimName':'data'}}],'tolerations':[{'key':'node.kubernetes.io/unreachable','operator':'Exists',"
                                     "'effect':'NoExecute','tolerationSeconds':300}]},'status':{'phase':'Running','containerStatuses':[{'name':'c','ready':true,"
                                     "'state':{'running':{}}}]}}"));
        api->put(kinds::claims(), json("{'metadata':{'namespace':'kubeflow','name':'data'},'spec':{'accessModes':['ReadWriteOnce'],'volumeName':'pv'},'status':{'phase':'Bound'}}"));
        api->put(kinds::volumes(), json("{'metadata':{'name':'pv'},'spec':{'local':{'path':'/data'},'nodeAffinity':{'required':{'nodeSelectorTerms':[{"
                                        "'matchExpressions':[{'key':'kubernetes.io/hostname','operator':'In','values':['n2']}]}]}}}}"));
        const auto group = [](const QByteArray &role) {
            return "'" + role + "':{'replicas':1,'template':{'spec':{'containers':[{'name':'pytorch','image':'i'}]}}}";
        };
        api->put(facts(JobKind::PyTorchJob).resource,
                 json("{'metadata':{'namespace':'team-a','name':'mnist'},'spec':{'pytorchReplicaSpecs':{" + group("Master") + ',' + group("Worker")
                      + "}},'status':{'conditions':[{'type':'Running','status':'True'}]}}"));
        const auto pod = [](const QByteArray &name, const QByteArray &role, const QByteArray &node) {
            return json("{'metadata':{'namespace':'team-a','name':'" + name + "','labels':{'training.kubeflow.org/job-name':'mnist',"
                        "'training.kubeflow.org/replica-type':'" + role + "'},'ownerReferences':[{'kind':'PyTorchJob','name':'mnist','uid':'j','controller':true}]},"
                        "'spec':{'nodeName':'" + node + "','containers':[{'name':'pytorch'}]},'status':{'phase':'Running'}}");
        };
        api->put(kinds::pods(), pod("mnist-master-0", "master", "n1"));
        api->put(kinds::pods(), pod("mnist-worker-0", "worker", "n2"));
        api->put(kinds::disruptionBudgets(), json("{" + meta("team-a", "gang") + ",'spec':{'minAvailable':2,'selector':{'matchLabels':{"
                                                  "'training.kubeflow.org/job-name':'mnist'}}},'status':{'disruptionsAllowed':0}}"));
    }
    /// The example of a section of docs/CAIRNCTL.md.
    static QJsonObject documented(const QString &title)
    {
        QFile file(QStringLiteral(CAIRN_SOURCE_DIR "/docs/CAIRNCTL.md"));
        if (!file.open(QIODevice::ReadOnly))
            return {};
        const QString section = QString::fromUtf8(file.readAll()).section(u"\n## %1\n"_s.arg(title), 1).section(u"\n## "_s, 0, 0);
        return QJsonDocument::fromJson(section.section(u"```json\n"_s, 1).section(u"```"_s, 0, 0).toUtf8()).object();
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
            api->put(kinds::nodes(), json("{'metadata':{'name':'" + node + "','labels':{'topology.kubernetes.io/zone':'z-" + node
                                           + "'}},'status':{'conditions':[{'type':'Ready','status':'True'}]}}"));
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

    /// Rights in a namespace of one's own: what of Kubeflow runs there is found, and nothing else is called fine.
    void oneNamespaceIsReadWhereNoMoreMayBe()
    {
        putDeployment("team-a", "ml-pipeline-ui", 1, {"n2"});
        api->before = [](const FakeObjectApi::Call &call) -> std::optional<Error> {
            return call.ns == "team-a"_L1 ? std::nullopt : std::optional(forbidden());
        };
        QCOMPARE(app::readComponentFacts(*api, {}).error().kind, Error::Kind::Forbidden);
        const Result<ClusterFacts> facts = app::readComponentFacts(*api, {}, u"team-a"_s);
        QVERIFY2(facts, facts ? "" : qPrintable(facts.error().oneLine()));
        const QList<Component> list = judge(*facts);
        const auto here = std::ranges::find(list, u"team-a"_s, &Component::ns);
        QVERIFY(here != list.end());
        QCOMPARE(here->id, u"ml-pipeline-ui"_s);
        QCOMPARE(here->standing, Standing::SinglePoint);
        QCOMPARE(summarise(list).observable, 1);
        QCOMPARE(find(list, u"mysql"_s)->standing, Standing::NotObservable);
        QVERIFY(!facts->unread.isEmpty());
        // Who may see all of the cluster gets the same answer whatever namespace is the context's.
        api->before = {};
        const Result<ClusterFacts> all = app::readComponentFacts(*api, {}, u"team-a"_s);
        QVERIFY(all);
        const QList<Component> whole = judge(*all);
        QVERIFY(std::ranges::none_of(whole, [](const Component &component) { return component.ns == "team-a"_L1; }));
    }

    void whatIfAnswersForOneNamespace()
    {
        putTraining();
        api->before = [](const FakeObjectApi::Call &call) -> std::optional<Error> {
            // Kinds of the cluster that are no kinds of it have no namespace to be asked in.
            return call.verb != "list"_L1 || call.ns == "team-a"_L1 || call.resource == "nodes"_L1 ? std::nullopt : std::optional(forbidden());
        };
        const Result<WhatIfQuestion> question = app::readWhatIf(*api, u"n2"_s, WhatIfQuestion::Mode::Drained, {}, u"team-a"_s);
        QVERIFY2(question, question ? "" : qPrintable(question.error().oneLine()));
        QVERIFY(!question->othersRead && !question->jobsRead && !question->budgetsRead);
        QCOMPARE(question->jobs.size(), 1);
        const WhatIf answer = whatIf(*question);
        QCOMPARE(answer.jobs.first().effect, JobOutcome::Effect::HoldsDrain);
        QCOMPARE(answer.held.first().budgets, QStringList{u"gang"_s});
        for (const QString &missing : {u"Pods of other namespaces"_s, u"Training jobs were not all read"_s, u"Not all PDBs"_s})
            QVERIFY2(std::ranges::any_of(answer.notes, [&](const QString &note) { return note.startsWith(missing); }), qPrintable(missing));
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
        const QJsonObject example = documented(u"components [NAME]"_s);
        QCOMPARE(object.keys(), example[u"components"_s][0].toObject().keys());
        QCOMPARE(app::toJson(findRelease(*list)).keys(), example[u"release"_s].toObject().keys());
        QCOMPARE(app::toJson(findRelease(*list))[u"name"_s], QJsonValue(QJsonValue::Null)); // nothing tells
    }

    void theControlPlaneIsReadFromKubeSystem()
    {
        api->put(kinds::leases(), json("{'metadata':{'namespace':'kube-system','name':'apiserver-1','labels':{'apiserver.kubernetes.io/identity':'kube-apiserver',"
                                       "'kubernetes.io/hostname':'n1'}},'spec':{'holderIdentity':'apiserver-1_x','leaseDurationSeconds':3600,'renewTime':'"
                                       + QDateTime::currentDateTimeUtc().toString(Qt::ISODateWithMs).toLatin1() + "'}}"));
        api->put(kinds::endpointSlices(), json("{'metadata':{'namespace':'default','name':'kubernetes','labels':{'kubernetes.io/service-name':'kubernetes'}},"
                                               "'endpoints':[{'addresses':['10.0.0.1']},{'addresses':['10.0.0.2']}]}"));
        api->put(kinds::pods(), json("{'metadata':{'namespace':'kube-system','name':'etcd-n1','ownerReferences':[{'kind':'Node','name':'n1','uid':'n','controller':true}]},"
                                     "'spec':{'nodeName':'n1','containers':[{'name':'etcd'}]},'status':{'phase':'Running','containerStatuses':[{'name':'etcd','ready':true,"
                                     "'restartCount':0,'state':{'running':{}}}]}}"));
        const Result<QList<Component>> list = judged();
        QVERIFY(list);
        QCOMPARE(list->first().id, u"kube-apiserver"_s);
        QCOMPARE(list->first().ready, 2); // one by its Lease, both by their addresses
        QCOMPARE(find(*list, u"etcd"_s)->standing, Standing::SinglePoint);
        // Who may not read this sees the rest.
        api->before = [](const FakeObjectApi::Call &call) -> std::optional<Error> {
            return call.ns == "kube-system"_L1 || call.ns == "default"_L1 ? std::optional(forbidden()) : std::nullopt;
        };
        const Result<QList<Component>> less = judged();
        QVERIFY(less);
        QCOMPARE(find(*less, u"control-plane"_s)->standing, Standing::NotObservable);
        QCOMPARE(find(*less, u"jobset-controller-manager"_s)->standing, Standing::SurvivesZone);
    }

    void whatIfIsReadWhole()
    {
        putTraining();
        const Result<WhatIfQuestion> question = app::readWhatIf(*api, u"n2"_s, WhatIfQuestion::Mode::Drained, {});
        QVERIFY2(question, question ? "" : qPrintable(question.error().oneLine()));
        QVERIFY(question->othersRead && question->jobsRead && question->claimsRead);
        QCOMPARE(question->claims.value(u"kubeflow/data"_s).reach, ClaimReach::Reach::OneNode);
        QCOMPARE(question->claims.value(u"kubeflow/data"_s).nodes, QStringList{u"n2"_s});
        QCOMPARE(question->jobs.size(), 1);
        QCOMPARE(question->jobs.first().podsHere, QStringList{u"mnist-worker-0"_s});
        QCOMPARE(question->jobs.first().pods, 2);

        const WhatIf answer = whatIf(*question);
        const auto outcome = std::ranges::find(answer.components, u"mysql"_s, &Outcome::id);
        QVERIFY(outcome != answer.components.end());
        QCOMPARE(outcome->back, Outcome::Back::WithNode);
        QCOMPARE(answer.jobs.first().effect, JobOutcome::Effect::HoldsDrain);
        QCOMPARE(answer.held.first().budgets, QStringList{u"gang"_s});

        const QJsonObject object = app::toJson(answer);
        const QJsonObject example = documented(u"what-if NODE"_s);
        QCOMPARE(object.keys(), example.keys());
        for (const QString &list : {u"components"_s, u"jobs"_s, u"steps"_s})
            QCOMPARE(object[list][0].toObject().keys(), example[list][0].toObject().keys());
        QVERIFY(object[u"graceSeconds"_s].isNull());
        QCOMPARE(object[u"mode"_s].toString(), u"drained"_s);
        QCOMPARE(object[u"held"_s][0][u"why"_s].toString(), u"budget"_s);
    }

    void whatIfOfAnUnknownNodeIsRefused()
    {
        const Result<WhatIfQuestion> none = app::readWhatIf(*api, u"n9"_s, WhatIfQuestion::Mode::Lost, {});
        QVERIFY(!none);
        QCOMPARE(none.error().kind, Error::Kind::NotFound);
    }

    void whatIfSaysWhatItMayNotRead()
    {
        putTraining();
        api->before = [](const FakeObjectApi::Call &call) -> std::optional<Error> {
            const bool everywhere = call.ns.isEmpty() && call.resource != "nodes"_L1;
            return everywhere ? std::optional(forbidden()) : std::nullopt;
        };
        const Result<WhatIfQuestion> question = app::readWhatIf(*api, u"n2"_s, WhatIfQuestion::Mode::Lost, {});
        QVERIFY2(question, question ? "" : qPrintable(question.error().oneLine()));
        QVERIFY(!question->othersRead && !question->jobsRead && !question->claimsRead);
        QVERIFY(question->jobs.isEmpty());
        const WhatIf answer = whatIf(*question);
        const auto outcome = std::ranges::find(answer.components, u"mysql"_s, &Outcome::id);
        QVERIFY(outcome != answer.components.end());
        QCOMPARE(outcome->back, Outcome::Back::Unknown);
        QVERIFY(answer.notes.size() >= 3);
        // A server that does not answer is no missing right.
        api->before = [](const FakeObjectApi::Call &call) -> std::optional<Error> {
            return call.resource == "persistentvolumes"_L1 ? std::optional(Error::make(Error::Kind::Timeout, u"No answer"_s)) : std::nullopt;
        };
        QCOMPARE(app::readWhatIf(*api, u"n2"_s, WhatIfQuestion::Mode::Lost, {}).error().kind, Error::Kind::Timeout);
    }
};

QTEST_GUILESS_MAIN(TestComponentFlows)
#include "tst_componentflows.moc"
