// SPDX-License-Identifier: GPL-3.0-or-later
#include "components/Component.h"
#include "domain/Kinds.h"
#include "domain/ObjectDecoder.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::components;

namespace {

const QDateTime now = QDateTime::fromString(u"2026-03-01T12:00:00Z"_s, Qt::ISODate);

/// A cluster that grows by what is told of it.
struct World : ClusterFacts {
    World()
    {
        now = ::now;
        for (int i = 1; i <= 4; ++i) {
            Node node;
            node.name = node.uid = u"n%1"_s.arg(i);
            node.zone = i <= 2 ? u"a"_s : u"b"_s;
            node.ready = true;
            nodes.append(node);
        }
    }
    /// One with a ready pod on each of `on`.
    Workload &add(const QString &name, int desired, const QStringList &on, const QString &ns = u"kubeflow"_s, const QString &kind = u"Deployment"_s)
    {
        Workload workload;
        workload.kind = kind;
        workload.ns = ns;
        workload.name = name;
        workload.uid = ns + name;
        workload.desired = desired;
        workload.ready = static_cast<int>(on.size());
        workload.podLabels = {{u"app"_s, name}};
        for (const QString &node : on) {
            Pod pod;
            pod.ns = ns;
            pod.name = u"%1-%2"_s.arg(name).arg(pods.size());
            pod.uid = pod.name;
            pod.ownerKind = kind == "Deployment"_L1 ? u"ReplicaSet"_s : kind;
            pod.ownerName = kind == "Deployment"_L1 ? name + u"-6d4cf56db6"_s : name;
            pod.phase = u"Running"_s;
            pod.node = node;
            pod.containers = {ContainerState{u"c"_s, true, 1, u"running"_s, {}, {}, {}, {}, {}}};
            pods.append(pod);
        }
        workloads.append(workload);
        return workloads.last();
    }
    Lease &lease(const QString &name, int renewedSecondsAgo, const QString &ns = u"kubeflow"_s)
    {
        Lease lease;
        lease.ns = ns;
        lease.name = lease.uid = name;
        lease.holder = u"pod-1_8f2a"_s;
        lease.seconds = 15;
        lease.renewed = ::now.addSecs(-renewedSecondsAgo);
        leases.append(lease);
        return leases.last();
    }
    void scale(const QString &name, int floor)
    {
        Autoscaler autoscaler;
        autoscaler.ns = u"istio-system"_s;
        autoscaler.targetKind = u"Deployment"_s;
        autoscaler.targetName = name;
        autoscaler.floor = floor;
        autoscaler.ceiling = 5;
        autoscalers.append(autoscaler);
    }
    void forbid(const ResourceKind &kind, const QString &ns = {})
    {
        unread.append({kind.plural, ns, Error::make(Error::Kind::Forbidden, u"Not allowed"_s, u"no right to list"_s)});
    }
    Component one(const QString &id) const
    {
        const QList<Component> all = judge(*this);
        const auto it = std::ranges::find(all, id, &Component::id);
        if (it == all.end())
            qFatal("%s is not there", qPrintable(id));
        return *it;
    }
    bool has(const QString &id) const
    {
        const QList<Component> all = judge(*this);
        return std::ranges::find(all, id, &Component::id) != all.end();
    }
};

} // namespace

class TestComponents : public QObject
{
    Q_OBJECT
private slots:
    void theFirstThatFits_data()
    {
        QTest::addColumn<int>("desired");
        QTest::addColumn<QStringList>("nodes");
        QTest::addColumn<Standing>("standing");
        QTest::newRow("down") << 2 << QStringList{} << Standing::Down;
        QTest::newRow("scaled to zero") << 0 << QStringList{} << Standing::Down;
        QTest::newRow("degraded") << 3 << QStringList{u"n1"_s, u"n3"_s} << Standing::Degraded;
        QTest::newRow("degraded outweighs one node") << 3 << QStringList{u"n1"_s, u"n1"_s} << Standing::Degraded;
        QTest::newRow("single") << 1 << QStringList{u"n1"_s} << Standing::SinglePoint;
        QTest::newRow("single, although two are ready") << 1 << QStringList{u"n1"_s, u"n3"_s} << Standing::SinglePoint;
        QTest::newRow("one node") << 2 << QStringList{u"n1"_s, u"n1"_s} << Standing::DiesWithNode;
        QTest::newRow("two nodes") << 2 << QStringList{u"n1"_s, u"n2"_s} << Standing::SurvivesNode;
        QTest::newRow("two zones") << 2 << QStringList{u"n1"_s, u"n3"_s} << Standing::SurvivesZone;
        QTest::newRow("three on two") << 3 << QStringList{u"n1"_s, u"n1"_s, u"n2"_s} << Standing::SurvivesNode;
        QTest::newRow("unknown node has no zone") << 2 << QStringList{u"n1"_s, u"elsewhere"_s} << Standing::SurvivesNode;
    }
    void theFirstThatFits()
    {
        QFETCH(const int, desired);
        QFETCH(const QStringList, nodes);
        World world;
        world.add(u"ml-pipeline-ui"_s, desired, nodes);
        const Component component = world.one(u"ml-pipeline-ui"_s);
        QTEST(component.standing, "standing");
        QCOMPARE(component.ready, nodes.size());
        QCOMPARE(component.restarts, nodes.size());
        QVERIFY(!reasons(component).isEmpty());
        QVERIFY(!consequence(component).isEmpty());
    }

    void aDependencyOutweighsTheSpread()
    {
        World world;
        world.add(u"ml-pipeline"_s, 2, {u"n1"_s, u"n3"_s});
        QCOMPARE(world.one(u"ml-pipeline"_s).standing, Standing::SurvivesZone); // a database outside is none of ours
        world.add(u"mysql"_s, 1, {u"n1"_s});
        QCOMPARE(world.one(u"ml-pipeline"_s).standing, Standing::DependsOn);
        QCOMPARE(world.one(u"ml-pipeline"_s).cause, u"mysql"_s);
        QCOMPARE(world.one(u"ml-pipeline"_s).keptIn, QStringList{u"mysql"_s});
        QVERIFY(reasons(world.one(u"ml-pipeline"_s)).first().contains("mysql"_L1));
        world.workloads.last().ready = 0;
        QCOMPARE(world.one(u"ml-pipeline"_s).cause, u"mysql"_s);
        world.workloads.first().ready = 1;
        QCOMPARE(world.one(u"ml-pipeline"_s).standing, Standing::Degraded);
        world.workloads.first().desired = 1;
        QCOMPARE(world.one(u"ml-pipeline"_s).standing, Standing::SinglePoint);
    }

    void aDependencyIsFollowedThroughOthers()
    {
        World world;
        world.add(u"katib-ui"_s, 2, {u"n1"_s, u"n3"_s});
        world.add(u"katib-db-manager"_s, 2, {u"n1"_s, u"n3"_s});
        world.add(u"katib-mysql"_s, 1, {u"n2"_s});
        QCOMPARE(world.one(u"katib-db-manager"_s).cause, u"katib-mysql"_s);
        QCOMPARE(world.one(u"katib-ui"_s).cause, u"katib-mysql"_s);
    }

    void anAutoscalerMayTakeTheSecondAway()
    {
        World world;
        world.add(u"istiod"_s, 3, {u"n1"_s, u"n2"_s, u"n3"_s}, u"istio-system"_s);
        QCOMPARE(world.one(u"istiod"_s).standing, Standing::SurvivesZone);
        world.scale(u"istiod"_s, 1);
        QCOMPARE(world.one(u"istiod"_s).standing, Standing::SinglePoint);
        QVERIFY(reasons(world.one(u"istiod"_s)).first().contains("autoscaler"_L1));
        world.autoscalers.first().floor = 2;
        QCOMPARE(world.one(u"istiod"_s).standing, Standing::SurvivesZone);
        world.autoscalers.first() = {};
        world.scale(u"other"_s, 1);
        QCOMPARE(world.one(u"istiod"_s).standing, Standing::SurvivesZone);
    }

    void leadersAreReadFromLeases()
    {
        World world;
        world.add(u"workflow-controller"_s, 2, {u"n1"_s, u"n3"_s});
        QCOMPARE(world.one(u"workflow-controller"_s).leader.state, Leadership::State::Missing);
        QCOMPARE(alarms(world.one(u"workflow-controller"_s), now).size(), 1);
        world.lease(u"workflow-controller"_s, 3);
        Component component = world.one(u"workflow-controller"_s);
        QCOMPARE(component.leader.state, Leadership::State::Fresh);
        QCOMPARE(component.leader.holder, u"pod-1"_s);
        QCOMPARE(component.leader.lease, u"kubeflow/workflow-controller"_s);
        QVERIFY(alarms(component, now).isEmpty());
        QVERIFY(consequence(component).contains("15 s"_L1));

        world.leases.first().renewed = now.addSecs(-15);
        component = world.one(u"workflow-controller"_s);
        QCOMPARE(component.leader.state, Leadership::State::Stale);
        QVERIFY(alarms(component, now).first().contains("15 s"_L1));
        QCOMPARE(component.standing, Standing::SurvivesZone);

        // The server was silent for a minute: nobody could renew anything.
        world.unheard = 60;
        QCOMPARE(world.one(u"workflow-controller"_s).leader.state, Leadership::State::Fresh);
        world.leases.first().renewed = now.addSecs(-75);
        QCOMPARE(world.one(u"workflow-controller"_s).leader.state, Leadership::State::Stale);
        world.unheard = 0;

        world.leases.first().renewed = now.addSecs(3600);
        component = world.one(u"workflow-controller"_s);
        QCOMPARE(component.leader.state, Leadership::State::Future);
        QVERIFY(alarms(component, now).first().contains("future"_L1));
        world.leases.first().renewed = now.addSecs(4); // clocks are never quite alike
        QCOMPARE(world.one(u"workflow-controller"_s).leader.state, Leadership::State::Fresh);

        world.leases.first().holder.clear(); // released
        QCOMPARE(world.one(u"workflow-controller"_s).leader.state, Leadership::State::Missing);
        world.lease(u"workflow-controller-blue"_s, 1);
        QCOMPARE(world.one(u"workflow-controller"_s).leader.lease, u"kubeflow/workflow-controller-blue"_s);
        world.lease(u"workflow-controller"_s, 1);
        QCOMPARE(world.one(u"workflow-controller"_s).leader.lease, u"kubeflow/workflow-controller"_s);
        world.forbid(kinds::leases(), u"kubeflow"_s);
        QCOMPARE(world.one(u"workflow-controller"_s).leader.state, Leadership::State::Unread);
        QCOMPARE(world.one(u"workflow-controller"_s).standing, Standing::SurvivesZone);
    }

    void ofManyLeasesTheOldestTells()
    {
        World world;
        world.add(u"controller"_s, 2, {u"n1"_s, u"n3"_s}, u"knative-serving"_s);
        for (int i = 0; i < 3; ++i)
            world.lease(u"controller.knative.dev.serving.pkg.reconciler.r%1.reconciler.00-of-01"_s.arg(i), i == 1 ? 40 : 1, u"knative-serving"_s);
        world.lease(u"webhook.some.00-of-01"_s, 999, u"knative-serving"_s);
        const Component component = world.one(u"knative-controller"_s);
        QCOMPARE(component.leader.leases, 3);
        QCOMPARE(component.leader.state, Leadership::State::Stale);
        QVERIFY(component.leader.lease.contains("r1"_L1));
    }

    void leasesMayLieElsewhere()
    {
        World world;
        world.add(u"cert-manager"_s, 2, {u"n1"_s, u"n3"_s}, u"cert-manager"_s);
        world.lease(u"cert-manager-controller"_s, 3, u"kube-system"_s);
        QCOMPARE(world.one(u"cert-manager"_s).leader.state, Leadership::State::Fresh);
    }

    void severalWithoutALeaderAreSplitBrain()
    {
        World world;
        world.add(u"katib-controller"_s, 1, {u"n1"_s});
        QVERIFY(!world.one(u"katib-controller"_s).splitBrain);
        QVERIFY(alarms(world.one(u"katib-controller"_s), now).isEmpty()); // no lease is what is expected of one
        world.workloads.first().desired = 2;
        QVERIFY(world.one(u"katib-controller"_s).splitBrain);
        QVERIFY(alarms(world.one(u"katib-controller"_s), now).first().startsWith("Split brain"_L1));
        world.lease(u"3fbc96e9.katib.kubeflow.org"_s, 1);
        QVERIFY(!world.one(u"katib-controller"_s).splitBrain);
        world.leases.clear();
        world.forbid(kinds::leases());
        QVERIFY(!world.one(u"katib-controller"_s).splitBrain); // not seen is not missing

        world.add(u"ml-pipeline-scheduledworkflow"_s, 2, {u"n1"_s, u"n3"_s});
        QVERIFY(world.one(u"ml-pipeline-scheduledworkflow"_s).splitBrain);
        world.add(u"mysql"_s, 2, {u"n1"_s, u"n3"_s});
        QVERIFY(alarms(world.one(u"mysql"_s), now).first().contains("store"_L1));
        world.add(u"ml-pipeline-ui"_s, 2, {u"n1"_s, u"n3"_s});
        QVERIFY(!world.one(u"ml-pipeline-ui"_s).splitBrain);
    }

    void budgetsAreFoundByTheLabelsOfThePods()
    {
        World world;
        world.add(u"oauth2-proxy"_s, 2, {u"n1"_s, u"n3"_s}, u"oauth2-proxy"_s);
        DisruptionBudget budget;
        budget.ns = u"oauth2-proxy"_s;
        budget.name = u"wide"_s;
        budget.selector.present = true;
        budget.allowed = 1;
        world.budgets.append(budget);
        QCOMPARE(world.one(u"oauth2-proxy"_s).budget->name, u"wide"_s);
        budget.name = u"tight"_s;
        budget.selector.labels = {{u"app"_s, u"oauth2-proxy"_s}};
        budget.allowed = 0;
        world.budgets.append(budget);
        QCOMPARE(world.one(u"oauth2-proxy"_s).budget->name, u"tight"_s);
        world.budgets.removeFirst();
        world.budgets.first().selector.labels = {{u"app"_s, u"other"_s}};
        QVERIFY(!world.one(u"oauth2-proxy"_s).budget);
        world.budgets.first().selector = {};
        QVERIFY(!world.one(u"oauth2-proxy"_s).budget);
        world.forbid(kinds::disruptionBudgets(), u"oauth2-proxy"_s);
        QVERIFY(world.one(u"oauth2-proxy"_s).budgetUnread);
    }

    void selectorsFollowTheServersRules()
    {
        LabelSelector selector;
        selector.present = true;
        const QMap<QString, QString> labels{{u"a"_s, u"1"_s}};
        QVERIFY(selector.matches(labels));
        const auto only = [&](const QString &key, const QString &op, const QStringList &values) {
            selector.expressions = {{key, op, values}};
            return selector.matches(labels);
        };
        QVERIFY(only(u"a"_s, u"In"_s, {u"1"_s, u"2"_s}));
        QVERIFY(!only(u"a"_s, u"In"_s, {u"2"_s}));
        QVERIFY(!only(u"b"_s, u"In"_s, {u""_s}));
        QVERIFY(only(u"b"_s, u"NotIn"_s, {u"1"_s}));
        QVERIFY(!only(u"a"_s, u"NotIn"_s, {u"1"_s}));
        QVERIFY(only(u"a"_s, u"Exists"_s, {}));
        QVERIFY(!only(u"b"_s, u"Exists"_s, {}));
        QVERIFY(only(u"b"_s, u"DoesNotExist"_s, {}));
        QVERIFY(!only(u"a"_s, u"Gt"_s, {u"0"_s}));
    }

    void oneForbiddenNamespaceHidesOnlyItsOwn()
    {
        World world;
        world.add(u"ml-pipeline-ui"_s, 2, {u"n1"_s, u"n3"_s});
        world.forbid(kinds::deployments(), u"auth"_s);
        const Component dex = world.one(u"dex"_s);
        QCOMPARE(dex.standing, Standing::NotObservable);
        QCOMPARE(dex.ns, u"auth"_s);
        QCOMPARE(dex.error.kind, Error::Kind::Forbidden);
        QVERIFY(reasons(dex).first().contains("no right to list"_L1));
        QCOMPARE(world.one(u"ml-pipeline-ui"_s).standing, Standing::SurvivesZone);
        QVERIFY(!world.has(u"oauth2-proxy"_s)); // looked for and not there
        const Summary summary = summarise(judge(world));
        QCOMPARE(summary.observable, 1);
        QCOMPARE(summary.surviving, 1);
        QCOMPARE(summary.unobservable, 1);
        // What is not installed by default is not missed.
        world.forbid(kinds::deployments());
        QVERIFY(!world.has(u"training-operator"_s));
        QVERIFY(world.has(u"katib-ui"_s));
        QVERIFY(!world.has(u"metacontroller"_s)); // a StatefulSet: those may be read
    }

    void withoutPodsOnlyTheSpreadIsUnknown()
    {
        World world;
        world.add(u"ml-pipeline-ui"_s, 2, {u"n1"_s, u"n3"_s});
        world.add(u"katib-ui"_s, 1, {u"n1"_s});
        world.forbid(kinds::pods(), u"kubeflow"_s);
        QCOMPARE(world.one(u"ml-pipeline-ui"_s).standing, Standing::NotObservable);
        QCOMPARE(world.one(u"ml-pipeline-ui"_s).restarts, -1);
        QCOMPARE(world.one(u"katib-ui"_s).standing, Standing::SinglePoint);
        world.unread.clear();
        world.pods.clear();
        QCOMPARE(world.one(u"ml-pipeline-ui"_s).standing, Standing::NotObservable);
        QVERIFY(!reasons(world.one(u"ml-pipeline-ui"_s)).first().isEmpty());
    }

    void withoutNodesZonesAreUnknown()
    {
        World world;
        world.nodes.clear();
        world.forbid(kinds::nodes());
        world.add(u"ml-pipeline-ui"_s, 2, {u"n1"_s, u"n3"_s});
        QCOMPARE(world.one(u"ml-pipeline-ui"_s).standing, Standing::SurvivesNode);
        QCOMPARE(world.one(u"ml-pipeline-ui"_s).zones, -1);
    }

    void podsOnTheirWayOutAreNoReplicas()
    {
        World world;
        world.add(u"ml-pipeline-ui"_s, 2, {u"n1"_s, u"n3"_s});
        world.pods.last().deleting = now;
        QCOMPARE(world.one(u"ml-pipeline-ui"_s).standing, Standing::DiesWithNode);
        // Pods of a namesake: "ml-pipeline-ui" is no pod of "ml-pipeline".
        world.add(u"ml-pipeline"_s, 2, {u"n1"_s, u"n1"_s});
        QCOMPARE(world.one(u"ml-pipeline"_s).nodes, QStringList{u"n1"_s});
    }

    void renamedOnesAreFound()
    {
        World world;
        world.add(u"centraldashboard"_s, 1, {u"n1"_s});
        QCOMPARE(world.one(u"dashboard"_s).workload, u"centraldashboard"_s);
        Workload &helm = world.add(u"release-trainer"_s, 1, {u"n1"_s}, u"kubeflow-system"_s);
        QVERIFY(!world.has(u"trainer-controller-manager"_s));
        helm.podLabels = {{u"app.kubernetes.io/name"_s, u"trainer"_s}, {u"app.kubernetes.io/component"_s, u"manager"_s}, {u"x"_s, u"y"_s}};
        QCOMPARE(world.one(u"trainer-controller-manager"_s).workload, u"release-trainer"_s);
        Workload twin = helm;
        twin.uid = twin.name = u"other-trainer"_s;
        world.workloads.append(twin);
        QVERIFY(!world.has(u"trainer-controller-manager"_s)); // two could be meant
        world.add(u"mysql"_s, 1, {u"n1"_s}, u"shop"_s);
        QVERIFY(!world.has(u"mysql"_s)); // somebody else's
    }

    void namesAreStable()
    {
        QSet<QString> words;
        for (int i = 0; i <= static_cast<int>(Standing::SurvivesZone); ++i)
            words.insert(standingName(static_cast<Standing>(i)));
        QCOMPARE(words.size(), static_cast<int>(Standing::SurvivesZone) + 1); // each its own
        QCOMPARE(standingName(Standing::SinglePoint), u"SinglePoint"_s);
    }

    void objectsAreReadAsTheServerSendsThem()
    {
        const auto read = [](const auto &decoder, QByteArray json) { return decoder->object(json.replace('\'', '"'), WireFormat::Json); };
        const auto workload = read(workloadDecoder(kinds::statefulSets()),
                                   "{'kind':'StatefulSet','metadata':{'name':'db','namespace':'kubeflow','uid':'u'},'spec':{"
                                   "'template':{'metadata':{'labels':{'app':'db'}},'spec':{'volumes':[{'name':'v','persistentVolumeClaim':{'claimName':'c'}}]}},"
                                   "'volumeClaimTemplates':[{'metadata':{'name':'data'}}]},'status':{'readyReplicas':1}}");
        QVERIFY(workload);
        QCOMPARE(workload->kind, u"StatefulSet"_s);
        QCOMPARE(workload->desired, 1); // unset
        QCOMPARE(workload->ready, 1);
        QCOMPARE(workload->podLabels.value(u"app"_s), u"db"_s);
        QCOMPARE(workload->claims, (QStringList{u"c"_s, u"data"_s}));
        QVERIFY(!read(workloadDecoder(kinds::deployments()), "{'kind':'StatefulSet','metadata':{'uid':'u'}}"));
        const auto hostile = read(workloadDecoder(kinds::deployments()),
                                  "{'kind':'Deployment','metadata':7,'spec':{'replicas':-3,'template':[]},'status':{'readyReplicas':'x'}}");
        QVERIFY(hostile);
        QCOMPARE(hostile->desired, 0);
        QCOMPARE(hostile->ready, 0);

        const auto lease = read(leaseDecoder(), "{'kind':'Lease','metadata':{'name':'l','namespace':'n','uid':'u'},'spec':{'holderIdentity':'p_1',"
                                                "'leaseDurationSeconds':15,'renewTime':'2026-03-01T12:00:00.500000Z','leaseTransitions':4}}");
        QVERIFY(lease);
        QCOMPARE(lease->renewed, now.addMSecs(500));
        QCOMPARE(lease->seconds, 15);
        QCOMPARE(lease->transitions, 4);

        const auto budget = read(budgetDecoder(), "{'kind':'PodDisruptionBudget','metadata':{'name':'b','uid':'u'},'spec':{'maxUnavailable':1,'minAvailable':'50%',"
                                                  "'selector':{'matchLabels':{'a':'b'},'matchExpressions':[{'key':'k','operator':'In','values':['v']}]}},"
                                                  "'status':{'disruptionsAllowed':2}}");
        QVERIFY(budget);
        QCOMPARE(budget->maxUnavailable, u"1"_s);
        QCOMPARE(budget->minAvailable, u"50%"_s);
        QCOMPARE(budget->allowed, 2);
        QVERIFY(budget->selector.matches({{u"a"_s, u"b"_s}, {u"k"_s, u"v"_s}}));

        const auto autoscaler = read(autoscalerDecoder(), "{'kind':'HorizontalPodAutoscaler','metadata':{'name':'h','uid':'u'},"
                                                          "'spec':{'scaleTargetRef':{'kind':'Deployment','name':'d'},'maxReplicas':5}}");
        QVERIFY(autoscaler);
        QCOMPARE(autoscaler->floor, 1); // unset
        QCOMPARE(autoscaler->ceiling, 5);
        QCOMPARE(autoscaler->targetName, u"d"_s);
    }
};

QTEST_GUILESS_MAIN(TestComponents)
#include "tst_components.moc"
