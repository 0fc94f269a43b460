// SPDX-License-Identifier: GPL-3.0-or-later
#include "World.h"
#include "domain/ObjectDecoder.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::components;
using namespace cairn::tests;

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
        QCOMPARE(component.standing, Standing::NoLeader);

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

    void whereNobodyLeadsNoNodeMayBeLost()
    {
        World world;
        world.add(u"spark-operator-controller"_s, 2, {u"n1"_s, u"n3"_s});
        world.lease(u"spark-operator-controller-lock"_s, 3);
        world.add(u"ml-pipeline-ui"_s, 2, {u"n1"_s, u"n3"_s});
        const auto surviving = [&] { return summarise(judge(world)).surviving; };
        QCOMPARE(world.one(u"spark-operator-controller"_s).standing, Standing::SurvivesZone);
        QCOMPARE(surviving(), 2);
        world.leases.first().renewed = now.addSecs(-3600);
        Component component = world.one(u"spark-operator-controller"_s);
        QCOMPARE(component.standing, Standing::NoLeader);
        QVERIFY(!component.survivesNode());
        QCOMPARE(surviving(), 1);
        QVERIFY(!reasons(component).isEmpty() && !consequence(component).isEmpty());
        QVERIFY(consequence(component) != u"The other replicas keep running."_s);
        // One that is not ready hides it no more than one that is down does.
        world.workloads.first().ready = 1;
        QCOMPARE(world.one(u"spark-operator-controller"_s).standing, Standing::NoLeader);
        world.workloads.first().ready = 0;
        QCOMPARE(world.one(u"spark-operator-controller"_s).standing, Standing::Down);
        // What may not be read is not stale.
        world.workloads.first().ready = 2;
        world.forbid(kinds::leases(), u"kubeflow"_s);
        QCOMPARE(world.one(u"spark-operator-controller"_s).standing, Standing::SurvivesZone);
    }

    void aLeaseFromBeforeTellsNothingOfOneThatElectsNoLonger()
    {
        World world;
        world.add(u"katib-controller"_s, 1, {u"n1"_s}); // its election is off as shipped
        world.lease(u"3fbc96e9.katib.kubeflow.org"_s, 3600);
        QCOMPARE(world.one(u"katib-controller"_s).standing, Standing::SinglePoint);
        world.add(u"jobset-controller-manager"_s, 1, {u"n1"_s}, u"kubeflow-system"_s);
        world.lease(u"6d4f6a47.jobset.x-k8s.io"_s, 3600, u"kubeflow-system"_s);
        QCOMPARE(world.one(u"jobset-controller-manager"_s).standing, Standing::NoLeader);
        // Two of the first: either nobody leads, or both work at once.
        world.workloads.first().desired = world.workloads.first().ready = 2;
        QCOMPARE(world.one(u"katib-controller"_s).standing, Standing::NoLeader);
    }

    void whatElectsNobodyHasNoLeaderToLose_data()
    {
        QTest::addColumn<QStringList>("flags");
        QTest::addColumn<int>("replicas");
        QTest::addColumn<Leadership::State>("state");
        QTest::newRow("on") << QStringList{u"--leader-elect"_s} << 1 << Leadership::State::Stale;
        QTest::newRow("absent") << QStringList{} << 1 << Leadership::State::Off;
        QTest::newRow("off") << QStringList{u"--leader-elect=false"_s} << 1 << Leadership::State::Off;
        QTest::newRow("the last one counts") << QStringList{u"--leader-elect"_s, u"--leader-elect=false"_s} << 1 << Leadership::State::Off;
        QTest::newRow("absent, of two") << QStringList{} << 2 << Leadership::State::Off;
    }
    void whatElectsNobodyHasNoLeaderToLose()
    {
        QFETCH(const QStringList, flags);
        QFETCH(const int, replicas);
        QFETCH(const Leadership::State, state);
        World world;
        world.add(u"training-operator"_s, replicas, replicas > 1 ? QStringList{u"n1"_s, u"n2"_s} : QStringList{u"n1"_s}).electing = {{u"training-operator"_s, flags}, {u"proxy"_s, {u"--leader-elect"_s}}};
        world.lease(u"1ca428e5.training-operator.kubeflow.org"_s, 90'000);
        const Component component = world.one(u"training-operator"_s);
        QCOMPARE(component.leader.state, state);
        if (state == Leadership::State::Off) {
            QVERIFY(component.standing != Standing::NoLeader && component.leader.holder.isEmpty());
            QCOMPARE(component.splitBrain, replicas > 1);
            QCOMPARE(alarms(component, now).size(), replicas > 1 ? 1 : 0);
        }
        // Who renews one was elected all the same.
        world.leases.first().renewed = now.addSecs(-1);
        QCOMPARE(world.one(u"training-operator"_s).leader.state, Leadership::State::Fresh);
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

    void whatNobodyCataloguedIsJudgedAllTheSame()
    {
        World world;
        world.add(u"our-exporter"_s, 1, {u"n1"_s});
        Component own = world.one(u"our-exporter"_s);
        QVERIFY(!own.catalogued);
        QCOMPARE(own.standing, Standing::SinglePoint);
        QCOMPARE(own.entry().scaling, Scaling::Unknown);
        QCOMPARE(own.entry().group, u"uncatalogued"_s);
        QVERIFY(own.entry().id.isEmpty());
        QVERIFY(reasons(own).join(u' ').contains("not in the catalogue"_L1));
        QVERIFY(!consequence(own).isEmpty());
        QVERIFY(alarms(own, now).isEmpty());
        world.workloads.first().claims = {u"data"_s};
        QVERIFY(reasons(world.one(u"our-exporter"_s)).join(u' ').contains("PVC"_L1));
        world.workloads.first().desired = 2; // nobody knows whether that is a mistake
        QVERIFY(!world.one(u"our-exporter"_s).splitBrain);
        world.add(u"logs"_s, 4, {u"n1"_s, u"n2"_s, u"n3"_s, u"n4"_s}, u"kubeflow"_s, u"DaemonSet"_s);
        QCOMPARE(world.one(u"logs"_s).standing, Standing::SurvivesZone);
        QCOMPARE(world.one(u"logs"_s).entry().scaling, Scaling::NodeAgent);
        world.add(u"nowhere"_s, 0, {}, u"kubeflow"_s, u"DaemonSet"_s);
        QVERIFY(!world.has(u"nowhere"_s)); // no node wants it
        // A name that is another component's id.
        world.add(u"knative-controller"_s, 1, {u"n1"_s});
        QVERIFY(!world.one(u"Deployment/knative-controller"_s).catalogued);
        // Where others live as well nothing is said of what is not known.
        world.add(u"my-notebook"_s, 1, {u"n1"_s}, u"kubeflow-user-example-com"_s, u"StatefulSet"_s);
        world.add(u"kube-proxy"_s, 4, {u"n1"_s}, u"kube-system"_s, u"DaemonSet"_s);
        world.add(u"web"_s, 1, {u"n1"_s}, u"shop"_s);
        QVERIFY(!world.has(u"my-notebook"_s) && !world.has(u"kube-proxy"_s) && !world.has(u"web"_s));
        QCOMPARE(judge(world).last().catalogued, false); // at the end
        Component unheard;
        unheard.id = u"no such id"_s;
        QVERIFY(!consequence(unheard).isEmpty());
    }

    void aNodeAgentIsReadFromItsDaemonSet()
    {
        World world;
        world.add(u"ztunnel"_s, 4, {u"n1"_s, u"n2"_s, u"n3"_s}, u"istio-system"_s, u"DaemonSet"_s);
        QCOMPARE(world.one(u"ztunnel"_s).standing, Standing::Degraded);
        world.workloads.first().ready = 4;
        QCOMPARE(world.one(u"ztunnel"_s).standing, Standing::SurvivesZone);
        world.workloads.clear();
        world.forbid(kinds::daemonSets());
        QCOMPARE(world.one(u"istio-cni"_s).standing, Standing::NotObservable);
        QVERIFY(!world.has(u"ztunnel"_s)); // installed by few
    }

    void factsFollowTheVersionThatRuns()
    {
        World world;
        world.add(u"profiles-deployment"_s, 2, {u"n1"_s, u"n3"_s});
        world.image(u"profiles-deployment"_s, u"ghcr.io/kubeflow/kubeflow/profile-controller:v1.10.0"_s);
        QVERIFY(world.one(u"profile-controller"_s).splitBrain); // no election before 2.0
        world.image(u"profiles-deployment"_s, u"ghcr.io/kubeflow/dashboard/profile-controller:v2.0.0"_s);
        QVERIFY(!world.one(u"profile-controller"_s).splitBrain);
        QCOMPARE(alarms(world.one(u"profile-controller"_s), now).size(), 1); // its lease is expected now
        world.image(u"profiles-deployment"_s, u"ghcr.io/kubeflow/dashboard/profile-controller@sha256:12"_s);
        QVERIFY(world.one(u"profile-controller"_s).version.isNull());
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

        const auto agent = read(workloadDecoder(kinds::daemonSets()),
                                "{'kind':'DaemonSet','metadata':{'name':'z','namespace':'istio-system','uid':'u'},'spec':{'replicas':9,'template':{'spec':{"
                                "'containers':[{'name':'istio-proxy','image':'istio/ztunnel:1.30.1'},{'name':'x'},7]}}},"
                                "'status':{'desiredNumberScheduled':3,'numberReady':2,'readyReplicas':7}}");
        QVERIFY(agent);
        QCOMPARE(agent->desired, 3);
        QCOMPARE(agent->ready, 2);
        QCOMPARE(agent->images, (QMap<QString, QString>{{u"istio-proxy"_s, u"istio/ztunnel:1.30.1"_s}}));

        // Of flags only those of an election are kept: others may be passwords.
        const auto elects = read(workloadDecoder(kinds::deployments()),
                                 "{'kind':'Deployment','metadata':{'name':'t','namespace':'kubeflow','uid':'u'},'spec':{'template':{'spec':{'containers':["
                                 "{'name':'a','command':['sh','-c','exec /manager --leader-elect=false --select-password=x'],'args':['--password=y',7]},{'name':'b'}]}}}}");
        QVERIFY(elects);
        QCOMPARE(elects->electing.keys(), (QStringList{u"a"_s, u"b"_s}));
        QCOMPARE(elects->electing.value(u"a"_s), QStringList{u"--leader-elect=false"_s});

        const auto server = read(leaseDecoder(), "{'kind':'Lease','metadata':{'name':'apiserver-1','namespace':'kube-system','uid':'u','labels':{"
                                                 "'apiserver.kubernetes.io/identity':'kube-apiserver','kubernetes.io/hostname':'cp-1'}}}");
        QVERIFY(server);
        QCOMPARE(server->server, u"kube-apiserver"_s);
        QCOMPARE(server->host, u"cp-1"_s);

        const auto slice = read(endpointSliceDecoder(),
                                "{'kind':'EndpointSlice','metadata':{'name':'kubernetes','namespace':'default','uid':'u','labels':{'kubernetes.io/service-name':"
                                "'kubernetes'}},'endpoints':[{'addresses':['10.0.0.1'],'conditions':{'ready':true}},{'addresses':['10.0.0.2',3]},"
                                "{'addresses':['10.0.0.3'],'conditions':{'ready':false}},null,{'addresses':'x'}]}");
        QVERIFY(slice);
        QCOMPARE(slice->service, u"kubernetes"_s);
        QCOMPARE(slice->addresses, (QStringList{u"10.0.0.1"_s, u"10.0.0.2"_s}));

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
