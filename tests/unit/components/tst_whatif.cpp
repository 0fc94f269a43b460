// SPDX-License-Identifier: GPL-3.0-or-later
#include "World.h"
#include "components/WhatIf.h"

#include <QRandomGenerator>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::components;
using namespace cairn::tests;

namespace {

using Back = Outcome::Back;
using Effect = Outcome::Effect;
using Mode = WhatIfQuestion::Mode;
using Reach = ClaimReach::Reach;

struct Asked : World {
    WhatIfQuestion question;
    Asked()
    {
        for (Node &node : nodes)
            node.kubeletVersion = u"v1.31.4"_s;
        question.claimsRead = question.othersRead = question.jobsRead = true;
    }
    WhatIf ask(const QString &node, Mode mode = Mode::Lost)
    {
        question.node = node;
        question.mode = mode;
        question.facts = *this;
        question.components = judge(*this);
        return whatIf(question);
    }
    DisruptionBudget &protect(const QString &ns, const QString &app, int allowed)
    {
        DisruptionBudget budget;
        budget.ns = ns;
        budget.name = app;
        budget.selector.present = true;
        budget.selector.labels = {{u"app"_s, app}};
        budget.minAvailable = u"1"_s;
        budget.allowed = allowed;
        budgets.append(budget);
        return budgets.last();
    }
    JobThere &train(const QString &name, const QStringList &here, int all)
    {
        for (const QString &podName : here) {
            OtherPod other{{}, QMap<QString, QString>{{u"job"_s, name}}};
            other.pod.ns = u"team-a"_s;
            other.pod.name = podName;
            other.pod.node = u"n1"_s;
            other.pod.phase = u"Running"_s;
            other.pod.ownerKind = u"PyTorchJob"_s;
            question.others.append(other);
        }
        question.jobs.append({u"PyTorchJob"_s, u"team-a"_s, name, here, all, u"at most 3.2 GPU-h"_s, 3.2, {}});
        return question.jobs.last();
    }
};

const Outcome *find(const WhatIf &answer, const QString &id)
{
    const auto it = std::ranges::find(answer.components, id, &Outcome::id);
    return it == answer.components.end() ? nullptr : &*it;
}

QStringList commands(const WhatIf &answer)
{
    QStringList list;
    for (const Step &step : answer.steps)
        list.append(step.command);
    return list;
}

bool noted(const WhatIf &answer, const QString &word)
{
    return answer.notes.join(u' ').contains(word);
}

} // namespace

class TestWhatIf : public QObject
{
    Q_OBJECT
private slots:
    void oneThatNobodyLeadsIsNotCountedOn()
    {
        for (const Mode mode : {Mode::Lost, Mode::Drained}) {
            Asked asked;
            asked.add(u"spark-operator-controller"_s, 2, {u"n1"_s, u"n3"_s});
            asked.lease(u"spark-operator-controller-lock"_s, 3);
            WhatIf answer = asked.ask(u"n1"_s, mode);
            QCOMPARE(find(answer, u"spark-operator-controller"_s)->effect, Effect::FewerReplicas);
            QCOMPARE(answer.stops(), 0);
            asked.leases.first().renewed = tests::now.addSecs(-3600);
            answer = asked.ask(u"n1"_s, mode);
            const Outcome *outcome = find(answer, u"spark-operator-controller"_s);
            QCOMPARE(outcome->effect, Effect::Stops);
            QCOMPARE(outcome->back, Back::Unknown);
            QVERIFY(outcome->text.contains(u"Nobody is known to lead"_s));
            QCOMPARE(answer.stops(), 1);
            if (mode == Mode::Drained)
                QVERIFY(commands(answer).contains(u"kubectl -n kubeflow get lease spark-operator-controller-lock -o yaml"_s));
            QVERIFY(!find(asked.ask(u"n2"_s, mode), u"spark-operator-controller"_s)); // nothing of it is there
        }
    }

    void aSingleReplicaIsMadeAnew()
    {
        Asked world;
        world.add(u"ml-pipeline-ui"_s, 1, {u"n1"_s});
        WhatIf answer = world.ask(u"n1"_s);
        QCOMPARE(answer.components.size(), 1);
        const Outcome &ui = answer.components.first();
        QCOMPARE(ui.effect, Effect::Stops);
        QCOMPARE(ui.back, Back::ByItself);
        QCOMPARE(*ui.seconds, 340); // 40 s until it is noticed, 300 s of tolerations
        QVERIFY2(ui.text.contains("Pipelines pages"_L1) && ui.text.contains("not known"_L1), qPrintable(ui.text));
        QCOMPARE(answer.stops(), 1);
        world.pods.last().staysFor = 30;
        QCOMPARE(*find(world.ask(u"n1"_s), u"ml-pipeline-ui"_s)->seconds, 70);
        for (Node &node : world.nodes)
            node.kubeletVersion = u"v1.36.3"_s;
        QCOMPARE(*find(world.ask(u"n1"_s), u"ml-pipeline-ui"_s)->seconds, 80);
        world.pods.last().staysFor = -1; // tolerates it for ever
        QCOMPARE(find(world.ask(u"n1"_s), u"ml-pipeline-ui"_s)->back, Back::WithNode);
        QVERIFY(!find(world.ask(u"n1"_s), u"ml-pipeline-ui"_s)->seconds);
        QVERIFY(world.ask(u"n2"_s).components.isEmpty());
        QCOMPARE(graceSeconds(u"v1.32.0"_s), 50);
        QCOMPARE(graceSeconds(u"rubbish"_s), 40);
    }

    void aDrainMovesIt()
    {
        Asked world;
        world.add(u"ml-pipeline-ui"_s, 1, {u"n1"_s});
        const WhatIf answer = world.ask(u"n1"_s, Mode::Drained);
        QCOMPARE(find(answer, u"ml-pipeline-ui"_s)->back, Back::ByItself);
        QVERIFY(!find(answer, u"ml-pipeline-ui"_s)->seconds);
        QCOMPARE(commands(answer),
                 (QStringList{u"kubectl cordon n1"_s, u"kubectl -n kubeflow scale deployment ml-pipeline-ui --replicas=2 && kubectl -n kubeflow rollout status deployment ml-pipeline-ui"_s,
                              u"kubectl drain n1 --ignore-daemonsets --delete-emptydir-data"_s, u"kubectl uncordon n1"_s}));
    }

    void whatMayNotBeScaledIsNotScaledFirst()
    {
        Asked world;
        world.add(u"ml-pipeline-scheduledworkflow"_s, 1, {u"n1"_s});
        const WhatIf answer = world.ask(u"n1"_s, Mode::Drained);
        for (const QString &line : commands(answer))
            QVERIFY(!line.contains("scale"_L1));
        QVERIFY(answer.steps[1].text.contains("ml-pipeline-scheduledworkflow"_L1));
        Asked meshed;
        meshed.add(u"istiod"_s, 1, {u"n1"_s}, u"istio-system"_s);
        meshed.scale(u"istiod"_s, 1);
        meshed.autoscalers.last().name = u"istiod"_s;
        QVERIFY(commands(meshed.ask(u"n1"_s, Mode::Drained))[1].startsWith("kubectl -n istio-system patch hpa istiod"_L1));
    }

    void othersTakeOver()
    {
        Asked world;
        world.add(u"workflow-controller"_s, 2, {u"n1"_s, u"n3"_s});
        world.lease(u"workflow-controller"_s, 2).holder = u"workflow-controller-0"_s;
        world.add(u"ml-pipeline-ui"_s, 3, {u"n1"_s, u"n1"_s, u"n2"_s});
        WhatIf answer = world.ask(u"n1"_s);
        QCOMPARE(find(answer, u"workflow-controller"_s)->effect, Effect::LeaderChanges);
        QCOMPARE(*find(answer, u"workflow-controller"_s)->seconds, 15);
        QCOMPARE(find(answer, u"ml-pipeline-ui"_s)->effect, Effect::FewerReplicas);
        QCOMPARE(find(answer, u"ml-pipeline-ui"_s)->back, Back::AtOnce);
        QCOMPARE(answer.stops(), 0);
        QCOMPARE(find(world.ask(u"n3"_s), u"workflow-controller"_s)->effect, Effect::FewerReplicas);
        // All on one node are none elsewhere.
        Asked packed;
        packed.add(u"ml-pipeline-ui"_s, 2, {u"n1"_s, u"n1"_s});
        QCOMPARE(find(packed.ask(u"n1"_s), u"ml-pipeline-ui"_s)->effect, Effect::Stops);
    }

    void volumesDecide_data()
    {
        QTest::addColumn<Reach>("reach");
        QTest::addColumn<QStringList>("nodes");
        QTest::addColumn<Back>("lost");
        QTest::addColumn<Back>("drained");
        QTest::newRow("local") << Reach::OneNode << QStringList{u"n1"_s} << Back::WithNode << Back::WithNode;
        QTest::newRow("local, somewhere") << Reach::OneNode << QStringList{} << Back::WithNode << Back::WithNode;
        QTest::newRow("of two nodes") << Reach::OneNode << QStringList{u"n1"_s, u"n2"_s} << Back::ByItself << Back::ByItself;
        QTest::newRow("attached") << Reach::OneAtATime << QStringList{} << Back::WhenFenced << Back::ByItself;
        QTest::newRow("shared") << Reach::Anywhere << QStringList{} << Back::ByItself << Back::ByItself;
        QTest::newRow("unknown") << Reach::Unknown << QStringList{} << Back::Unknown << Back::Unknown;
    }
    void volumesDecide()
    {
        QFETCH(const Reach, reach);
        QFETCH(const QStringList, nodes);
        Asked world;
        world.add(u"mysql"_s, 1, {u"n1"_s});
        world.pods.last().claims = {u"mysql-pv-claim"_s};
        world.question.claims.insert(u"kubeflow/mysql-pv-claim"_s, {reach, nodes});
        const WhatIf lost = world.ask(u"n1"_s);
        QTEST(find(lost, u"mysql"_s)->back, "lost");
        QCOMPARE(find(lost, u"mysql"_s)->seconds.has_value(), find(lost, u"mysql"_s)->back == Back::ByItself);
        QCOMPARE(commands(lost).join(u' ').contains("out-of-service=nodeshutdown:NoExecute"_L1), find(lost, u"mysql"_s)->back == Back::WhenFenced);
        QTEST(find(world.ask(u"n1"_s, Mode::Drained), u"mysql"_s)->back, "drained");
    }

    void aClaimNobodyReadIsUnknown()
    {
        Asked world;
        world.add(u"mysql"_s, 1, {u"n1"_s});
        world.pods.last().claims = {u"mysql-pv-claim"_s};
        world.question.claimsRead = false;
        const WhatIf answer = world.ask(u"n1"_s);
        QCOMPARE(find(answer, u"mysql"_s)->back, Back::Unknown);
        QVERIFY(noted(answer, u"PVCs"_s));
    }

    void reachFollowsTheVolume()
    {
        PersistentVolume volume;
        volume.driver = u"ebs.csi.aws.com"_s;
        QCOMPARE(reachOf({u"ReadWriteOnce"_s}, &volume).reach, Reach::OneAtATime);
        QCOMPARE(reachOf({u"ReadWriteOnce"_s, u"ReadWriteMany"_s}, &volume).reach, Reach::Anywhere);
        QCOMPARE(reachOf({}, &volume).reach, Reach::Unknown);
        QCOMPARE(reachOf({u"ReadWriteMany"_s}, nullptr).reach, Reach::Unknown);
        volume.nodes = {u"n2"_s}; // a CSI driver of local disks
        QCOMPARE(reachOf({u"ReadWriteOnce"_s}, &volume).reach, Reach::OneNode);
        QCOMPARE(reachOf({u"ReadWriteOnce"_s}, &volume).nodes, QStringList{u"n2"_s});
        volume = {};
        volume.driver = u"hostPath"_s;
        QCOMPARE(reachOf({u"ReadWriteMany"_s}, &volume).reach, Reach::OneNode);
    }

    void aStatefulSetWaitsUntilItsPodIsGone()
    {
        Asked world;
        world.add(u"metacontroller"_s, 1, {u"n1"_s}, u"kubeflow"_s, u"StatefulSet"_s);
        QCOMPARE(find(world.ask(u"n1"_s), u"metacontroller"_s)->back, Back::WhenFenced);
        QCOMPARE(find(world.ask(u"n1"_s, Mode::Drained), u"metacontroller"_s)->back, Back::ByItself);
    }

    void oneNodeIsNoOther()
    {
        Asked world;
        world.nodes.resize(1);
        world.add(u"ml-pipeline-ui"_s, 1, {u"n1"_s});
        WhatIf answer = world.ask(u"n1"_s);
        QCOMPARE(find(answer, u"ml-pipeline-ui"_s)->back, Back::WithNode);
        QVERIFY(noted(answer, u"no other node"_s));
        // Others that take no pods are none either.
        Asked full;
        for (Node &node : full.nodes)
            node.unschedulable = node.name != "n1"_L1;
        full.nodes[2].unschedulable = false;
        full.nodes[2].controlPlane = true;
        full.nodes[3].ready = false;
        full.nodes[3].unschedulable = false;
        full.add(u"ml-pipeline-ui"_s, 1, {u"n1"_s});
        QCOMPARE(find(full.ask(u"n1"_s), u"ml-pipeline-ui"_s)->back, Back::WithNode);
        full.add(u"katib-ui"_s, 1, {u"n3"_s}); // whose taint was taken away
        QCOMPARE(find(full.ask(u"n1"_s), u"ml-pipeline-ui"_s)->back, Back::ByItself);
    }

    void aStartWaitsForWhatIsGone()
    {
        // Pipelines 2.17: ml-pipeline waits for MySQL and metadata-grpc, which waits for MySQL.
        Asked world;
        world.add(u"ml-pipeline"_s, 1, {u"n1"_s});
        world.add(u"metadata-grpc-deployment"_s, 1, {u"n1"_s});
        world.add(u"metadata-writer"_s, 1, {u"n2"_s});
        world.add(u"mysql"_s, 1, {u"n1"_s});
        world.pods.last().claims = {u"mysql-pv-claim"_s};
        world.question.claims.insert(u"kubeflow/mysql-pv-claim"_s, {Reach::OneNode, {u"n1"_s}});
        world.image(u"ml-pipeline"_s, u"kfp-api-server:2.17.0"_s);
        WhatIf answer = world.ask(u"n1"_s);
        QCOMPARE(find(answer, u"mysql"_s)->back, Back::WithNode);
        QCOMPARE(find(answer, u"metadata-grpc"_s)->back, Back::WithNode);
        QCOMPARE(find(answer, u"metadata-grpc"_s)->waitsFor, QStringList{u"mysql"_s});
        QCOMPARE(find(answer, u"ml-pipeline"_s)->back, Back::WithNode);
        QVERIFY(find(answer, u"ml-pipeline"_s)->waitsFor.contains(u"mysql"_s));
        QVERIFY(find(answer, u"ml-pipeline"_s)->text.contains("waits for"_L1));
        // It runs elsewhere, but can do nothing without metadata-grpc.
        QCOMPARE(find(answer, u"metadata-writer"_s)->effect, Effect::StopsWithOther);
        QCOMPARE(find(answer, u"metadata-writer"_s)->waitsFor, QStringList{u"metadata-grpc"_s});
        // 2.16 has no such init containers: the pods start, and do nothing.
        world.image(u"ml-pipeline"_s, u"kfp-api-server:2.16.1"_s);
        answer = world.ask(u"n1"_s);
        QCOMPARE(find(answer, u"ml-pipeline"_s)->back, Back::ByItself);
        QVERIFY(find(answer, u"ml-pipeline"_s)->waitsFor.isEmpty());
    }

    void whoRunsOnMayNotStartAgain()
    {
        Asked world;
        world.add(u"ml-pipeline"_s, 1, {u"n2"_s});
        world.image(u"ml-pipeline"_s, u"kfp-api-server:2.17.0"_s);
        world.add(u"metadata-grpc-deployment"_s, 1, {u"n1"_s});
        WhatIf answer = world.ask(u"n1"_s);
        QCOMPARE(find(answer, u"ml-pipeline"_s)->effect, Effect::CannotRestart);
        QCOMPARE(find(answer, u"ml-pipeline"_s)->waitsFor, QStringList{u"metadata-grpc"_s});
        QCOMPARE(answer.stops(), 1);
        // What waits for something that is down already is down for as long as nobody knows.
        world.add(u"mysql"_s, 1, {});
        answer = world.ask(u"n1"_s);
        QCOMPARE(find(answer, u"metadata-grpc"_s)->back, Back::Unknown);
        QVERIFY(!find(answer, u"metadata-grpc"_s)->seconds);
    }

    void noPodStartsWithoutItsWebhook()
    {
        Asked world;
        world.add(u"istiod"_s, 1, {u"n1"_s}, u"istio-system"_s);
        world.add(u"ml-pipeline-ui"_s, 2, {u"n2"_s, u"n3"_s});
        world.add(u"katib-ui"_s, 1, {u"n1"_s});
        world.pods.last().staysFor = 30;
        WhatIf answer = world.ask(u"n1"_s);
        QCOMPARE(find(answer, u"ml-pipeline-ui"_s)->effect, Effect::CannotRestart);
        QCOMPARE(find(answer, u"ml-pipeline-ui"_s)->waitsFor, QStringList{u"istiod"_s});
        // It would be made anew after 70 s, but istiod is there after 340 s only.
        QCOMPARE(*find(answer, u"katib-ui"_s)->seconds, 340);
        QCOMPARE(find(answer, u"katib-ui"_s)->waitsFor, QStringList{u"istiod"_s});
        QVERIFY(find(answer, u"istiod"_s)->waitsFor.isEmpty()); // not in a namespace with sidecars
        QVERIFY(noted(answer, u"profile namespaces"_s));
        // A gateway that runs goes on with what it was told last.
        world.add(u"istio-ingressgateway"_s, 2, {u"n2"_s, u"n3"_s}, u"istio-system"_s);
        QCOMPARE(find(world.ask(u"n1"_s), u"istio-ingressgateway"_s)->effect, Effect::CannotRestart);
        QVERIFY(!noted(world.ask(u"n2"_s), u"profile namespaces"_s));
    }

    void dependenciesAreFollowed()
    {
        Asked world;
        world.add(u"katib-mysql"_s, 1, {u"n1"_s});
        world.add(u"katib-db-manager"_s, 2, {u"n2"_s, u"n3"_s});
        world.add(u"katib-ui"_s, 2, {u"n1"_s, u"n3"_s});
        const WhatIf answer = world.ask(u"n1"_s);
        QCOMPARE(find(answer, u"katib-db-manager"_s)->effect, Effect::StopsWithOther);
        QCOMPARE(find(answer, u"katib-ui"_s)->effect, Effect::StopsWithOther); // outweighs that a replica is lost
        QCOMPARE(find(answer, u"katib-ui"_s)->waitsFor, QStringList{u"katib-mysql"_s});
        QCOMPARE(answer.stops(), 3);
        QCOMPARE(answer.components.first().id, u"katib-mysql"_s); // worst first
    }

    void theControlPlaneIsCounted()
    {
        Asked world;
        for (const QString &host : {u"n1"_s, u"n2"_s, u"n3"_s}) {
            world.staticPod(u"etcd"_s, host);
            world.staticPod(u"kube-apiserver"_s, host);
            world.server(host, 3);
        }
        WhatIf answer = world.ask(u"n1"_s);
        QCOMPARE(find(answer, u"etcd"_s)->effect, Effect::FewerReplicas);
        for (const QString &host : {u"n1"_s, u"n2"_s})
            world.staticPod(u"kube-scheduler"_s, host);
        world.lease(u"kube-scheduler"_s, 1, u"kube-system"_s).holder = u"n1_5d6f"_s;
        QCOMPARE(find(world.ask(u"n1"_s), u"kube-scheduler"_s)->effect, Effect::LeaderChanges);
        QCOMPARE(find(world.ask(u"n2"_s), u"kube-scheduler"_s)->effect, Effect::FewerReplicas);
        QCOMPARE(find(answer, u"kube-apiserver"_s)->effect, Effect::FewerReplicas);
        std::ranges::find(world.pods, u"etcd-n2"_s, &Pod::name)->phase = u"Failed"_s;
        answer = world.ask(u"n1"_s);
        QCOMPARE(find(answer, u"etcd"_s)->effect, Effect::LosesQuorum);
        QCOMPARE(find(answer, u"etcd"_s)->back, Back::WithNode);
        QVERIFY(answer.stops() > 0);
        QVERIFY(!find(world.ask(u"n1"_s, Mode::Drained), u"etcd"_s)); // a drain leaves static pods alone
        Asked one;
        one.staticPod(u"kube-apiserver"_s, u"n1"_s);
        QCOMPARE(find(one.ask(u"n1"_s), u"kube-apiserver"_s)->effect, Effect::Stops);
        QCOMPARE(find(one.ask(u"n1"_s), u"kube-apiserver"_s)->back, Back::WithNode);
        // Nobody is left who could make anything anew.
        one.add(u"ml-pipeline-ui"_s, 1, {u"n1"_s});
        one.add(u"katib-ui"_s, 1, {u"n2"_s});
        answer = one.ask(u"n1"_s);
        QCOMPARE(find(answer, u"ml-pipeline-ui"_s)->back, Back::WithNode);
        QCOMPARE(find(answer, u"ml-pipeline-ui"_s)->waitsFor, QStringList{u"kube-apiserver"_s});
        QVERIFY(!find(answer, u"katib-ui"_s));
        QVERIFY(noted(answer, u"made anew"_s));
        QCOMPARE(find(one.ask(u"n1"_s, Mode::Drained), u"ml-pipeline-ui"_s)->back, Back::ByItself);
    }

    void aBudgetHoldsTheDrain()
    {
        Asked world;
        world.add(u"ml-pipeline-ui"_s, 1, {u"n1"_s});
        world.protect(u"kubeflow"_s, u"ml-pipeline-ui"_s, 0);
        WhatIf answer = world.ask(u"n1"_s, Mode::Drained);
        QCOMPARE(answer.held.size(), 1);
        QCOMPARE(answer.held.first().why, HeldPod::Why::Budget);
        QCOMPARE(answer.held.first().budgets, QStringList{u"ml-pipeline-ui"_s});
        QCOMPARE(find(answer, u"ml-pipeline-ui"_s)->effect, Effect::HoldsDrain);
        QCOMPARE(answer.stops(), 0);
        QVERIFY(commands(answer).join(u' ').contains("patch pdb ml-pipeline-ui"_L1));
        QVERIFY(world.ask(u"n1"_s).held.isEmpty()); // a loss asks nobody
        // Two at a time where one is allowed.
        Asked two;
        two.add(u"ml-pipeline-ui"_s, 3, {u"n1"_s, u"n1"_s, u"n2"_s});
        two.protect(u"kubeflow"_s, u"ml-pipeline-ui"_s, 1);
        answer = two.ask(u"n1"_s, Mode::Drained);
        QCOMPARE(answer.held.size(), 1);
        QCOMPARE(answer.held.first().why, HeldPod::Why::AfterOthers);
        two.protect(u"kubeflow"_s, u"ml-pipeline-ui"_s, 1).name = u"second"_s;
        answer = two.ask(u"n1"_s, Mode::Drained);
        QCOMPARE(answer.held.size(), 2);
        QCOMPARE(answer.held.first().why, HeldPod::Why::TwoBudgets);
        QCOMPARE(answer.held.first().budgets.size(), 2);
        two.budgets.clear();
        QVERIFY(two.ask(u"n1"_s, Mode::Drained).held.isEmpty());
    }

    void someGoNowhere()
    {
        Asked world;
        OtherPod bare{{}, QMap<QString, QString>{}};
        bare.pod.ns = u"team-a"_s;
        bare.pod.name = u"debug"_s;
        bare.pod.node = u"n1"_s;
        OtherPod agent = bare;
        agent.pod.name = u"node-exporter"_s;
        agent.pod.ownerKind = u"DaemonSet"_s;
        OtherPod over = bare;
        over.pod.name = u"done"_s;
        over.pod.phase = u"Succeeded"_s;
        OtherPod away = bare;
        away.pod.name = u"elsewhere"_s;
        away.pod.node = u"n2"_s;
        world.question.others = {bare, agent, over, away};
        const WhatIf answer = world.ask(u"n1"_s, Mode::Drained);
        QCOMPARE(answer.held.size(), 1);
        QCOMPARE(answer.held.first().pod, u"debug"_s);
        QCOMPARE(answer.held.first().why, HeldPod::Why::NoController);
        QVERIFY(commands(answer).contains(u"kubectl -n team-a delete pod debug"_s));
        QVERIFY(noted(answer, u"1 other pod"_s));
        // Without labels nobody knows its PDBs.
        OtherPod unlabelled = bare;
        unlabelled.pod.ownerKind = u"ReplicaSet"_s;
        unlabelled.labels.reset();
        world.question.others = {unlabelled};
        QVERIFY(noted(world.ask(u"n1"_s, Mode::Drained), u"labels"_s));
    }

    void jobsAreLostOrHoldTheDrain()
    {
        Asked world;
        world.train(u"mnist"_s, {u"mnist-worker-0"_s, u"mnist-worker-1"_s}, 4);
        WhatIf answer = world.ask(u"n1"_s);
        QCOMPARE(answer.jobs.size(), 1);
        QCOMPARE(answer.jobs.first().effect, JobOutcome::Effect::Restarts);
        QVERIFY2(answer.jobs.first().text.contains("3.2 GPU-h"_L1) && answer.jobs.first().text.contains("all 4"_L1), qPrintable(answer.jobs.first().text));
        QCOMPARE(*answer.gpuHours(), 3.2);

        answer = world.ask(u"n1"_s, Mode::Drained);
        QCOMPARE(answer.jobs.first().effect, JobOutcome::Effect::Restarts); // evicted: nothing keeps it
        QCOMPARE(commands(answer),
                 (QStringList{u"cairnctl job show pytorchjob/mnist -n team-a"_s, u"cairnctl job suspend pytorchjob/mnist -n team-a --yes"_s, u"kubectl cordon n1"_s,
                              u"kubectl drain n1 --ignore-daemonsets --delete-emptydir-data"_s, u"kubectl uncordon n1"_s,
                              u"cairnctl job unsuspend pytorchjob/mnist -n team-a --yes"_s}));

        // A PDB with minAvailable of all ranks.
        DisruptionBudget gang;
        gang.ns = u"team-a"_s;
        gang.name = u"mnist"_s;
        gang.selector.present = true;
        gang.selector.labels = {{u"job"_s, u"mnist"_s}};
        gang.minAvailable = u"4"_s;
        world.question.budgets = {gang};
        answer = world.ask(u"n1"_s, Mode::Drained);
        QCOMPARE(answer.jobs.first().effect, JobOutcome::Effect::HoldsDrain);
        QVERIFY(answer.jobs.first().text.contains("hangs"_L1));
        for (const QString &line : commands(answer))
            QVERIFY(!line.contains("patch pdb"_L1)); // the job is suspended instead

        world.question.jobs.first().managedBy = u"Experiment tune"_s;
        answer = world.ask(u"n1"_s, Mode::Drained);
        QVERIFY(answer.steps.first().text.contains("Experiment tune"_L1));
        QVERIFY(answer.steps.first().command.isEmpty());
        world.question.jobs.first().gpuHours.reset();
        world.question.jobs.first().lost.clear();
        answer = world.ask(u"n1"_s);
        QVERIFY(!answer.gpuHours()); // unknown is no zero
        QVERIFY(answer.jobs.first().text.contains("not known"_L1));
        world.question.jobs.first().podsHere.clear();
        QVERIFY(world.ask(u"n1"_s).jobs.isEmpty());
    }

    void whatCouldNotBeReadIsSaid()
    {
        Asked world;
        world.add(u"ml-pipeline-ui"_s, 2, {u"n1"_s, u"n3"_s});
        world.forbid(kinds::pods(), u"kubeflow"_s);
        world.forbid(kinds::disruptionBudgets(), u"kubeflow"_s);
        world.question.othersRead = world.question.jobsRead = false;
        WhatIf answer = world.ask(u"n1"_s, Mode::Drained);
        QVERIFY(answer.components.isEmpty());
        QVERIFY(noted(answer, u"ml-pipeline-ui"_s));
        QVERIFY(noted(answer, u"Not all PDBs"_s) && noted(answer, u"Pods of other namespaces"_s) && noted(answer, u"Training jobs"_s));
        QVERIFY(noted(answer, u"room"_s));
        answer = world.ask(u"nowhere"_s);
        QVERIFY(!answer.nodeKnown);
        QVERIFY(noted(answer, u"There is no node nowhere"_s));
        world.nodes.clear();
        QVERIFY(noted(world.ask(u"n1"_s), u"could not be read"_s));
    }

    void anyClusterIsAnswered()
    {
        // What holds whatever a cluster looks like, and odd ones among them: without nodes, pods on no node, names that are none.
        QStringList names{QString(), u"../x"_s, u"-"_s, u"ünï"_s};
        QStringList namespaces{QString(), u"kubeflow"_s, u"kube-system"_s, u"istio-system"_s, u"knative-serving"_s};
        for (const Entry &entry : catalogue().entries)
            names.append(entry.names.first());
        const QStringList kinds{u"Deployment"_s, u"StatefulSet"_s, u"DaemonSet"_s, u"Node"_s, QString()};
        for (quint32 seed = 1; seed <= 300; ++seed) {
            QRandomGenerator random(seed);
            const auto any = [&](const QStringList &of) { return of.at(static_cast<qsizetype>(random.bounded(static_cast<quint32>(of.size())))); };
            Asked world;
            world.nodes.resize(random.bounded(5));
            for (int i = random.bounded(25); i > 0; --i) {
                QStringList on;
                for (int j = random.bounded(4); j > 0; --j)
                    on.append(any({u"n1"_s, u"n2"_s, u"n9"_s, QString()}));
                Workload &workload = world.add(any(names), random.bounded(4), on, any(namespaces), any(kinds));
                if (random.bounded(3) == 0)
                    workload.images.insert(u"c"_s, any({u"kfp-api-server:2.17.0"_s, u"kfp-api-server:latest"_s, u":"_s}));
                if (random.bounded(3) == 0)
                    world.protect(workload.ns, workload.name, random.bounded(3) - 1);
            }
            for (Pod &pod : world.pods) {
                pod.staysFor = random.bounded(400) - 1;
                if (random.bounded(4) == 0)
                    pod.claims = {any({u"c"_s, QString()})};
            }
            for (const QString &program : {u"etcd"_s, u"kube-apiserver"_s}) {
                if (random.bounded(2) == 0)
                    world.staticPod(program, any({u"n1"_s, u"n2"_s}));
            }
            if (random.bounded(4) == 0)
                world.forbid(any({u"0"_s, u"1"_s}) == "0"_L1 ? cairn::kinds::pods() : cairn::kinds::leases(), any(namespaces));
            world.question.claims.insert(u"kubeflow/c"_s, {static_cast<Reach>(random.bounded(4)), {any({u"n1"_s, u"n2"_s})}});
            world.train(any(names), {any(names)}, random.bounded(4) - 1);
            for (const Mode mode : {Mode::Lost, Mode::Drained}) {
                const WhatIf answer = world.ask(any({u"n1"_s, u"n2"_s, u"n9"_s, QString()}), mode);
                for (const Outcome &outcome : answer.components) {
                    const bool of = std::ranges::any_of(world.question.components, [&](const Component &c) { return c.id == outcome.id && c.ns == outcome.ns; });
                    QVERIFY2(of, qPrintable(outcome.id));
                    QVERIFY(!outcome.text.isEmpty());
                    QVERIFY(outcome.seconds.value_or(0) >= 0);
                    const bool counted = outcome.effect == Effect::Stops && outcome.back == Back::ByItself && mode == Mode::Lost;
                    QVERIFY2(!counted || outcome.seconds, qPrintable(u"seed %1: %2"_s.arg(seed).arg(outcome.id)));
                    QVERIFY(outcome.effect != Effect::HoldsDrain || mode == Mode::Drained);
                    QVERIFY((outcome.effect != Effect::StopsWithOther && outcome.effect != Effect::CannotRestart) || !outcome.waitsFor.isEmpty());
                }
                QVERIFY(mode == Mode::Drained || answer.held.isEmpty());
                QVERIFY(!answer.steps.isEmpty() && !answer.notes.isEmpty());
                for (const QString &line : commands(answer))
                    QVERIFY2(!line.contains(".."_L1) && !line.contains(u"ü"_s), qPrintable(line));
            }
        }
    }

    void hostileNamesGoIntoNoCommand()
    {
        Asked world;
        world.train(u"x; rm -rf /"_s, {u"p"_s}, 1);
        world.question.jobs.first().ns = u"$(id)"_s;
        world.question.others.first().pod.ns = u"$(id)"_s;
        const WhatIf answer = world.ask(u"n1 && reboot"_s, Mode::Drained);
        for (const QString &line : commands(answer))
            QVERIFY2(!line.contains(u';') && !line.contains(u'$') && !line.contains("reboot"_L1), qPrintable(line));
        for (const Mode mode : {Mode::Lost, Mode::Drained}) {
            WhatIfQuestion nothing;
            nothing.mode = mode;
            QVERIFY(whatIf(nothing).components.isEmpty());
        }
        // A pod that is on no node, and a component without pods.
        Asked odd;
        odd.add(u"ml-pipeline-ui"_s, 1, {QString()});
        odd.add(u"katib-ui"_s, 0, {});
        QVERIFY(odd.ask(u"n1"_s).components.isEmpty());
    }
};

QTEST_GUILESS_MAIN(TestWhatIf)
#include "tst_whatif.moc"
