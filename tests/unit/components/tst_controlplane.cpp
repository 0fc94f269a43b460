// SPDX-License-Identifier: GPL-3.0-or-later
#include "World.h"
#include "components/ControlPlane.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::components;
using namespace cairn::tests;

namespace {

/// kubeadm with `count` nodes of the control plane, on n1, n3 and n4 (zones a, b, b).
World kubeadm(int count)
{
    World world;
    const QStringList hosts{u"n1"_s, u"n3"_s, u"n4"_s};
    for (const QString &host : hosts.first(count)) {
        std::ranges::find(world.nodes, host, &Node::name)->controlPlane = true;
        for (const QString &program : {u"kube-apiserver"_s, u"etcd"_s, u"kube-scheduler"_s, u"kube-controller-manager"_s})
            world.staticPod(program, host);
        world.server(host, 4);
    }
    for (const QString &name : {u"kube-scheduler"_s, u"kube-controller-manager"_s})
        world.lease(name, 2, u"kube-system"_s).holder = u"n1_0c1f"_s;
    return world;
}

} // namespace

class TestControlPlane : public QObject
{
    Q_OBJECT
private slots:
    void nothingIsSaidWhereNothingShows()
    {
        World world;
        world.add(u"ml-pipeline-ui"_s, 2, {u"n1"_s, u"n3"_s});
        QCOMPARE(judge(world).size(), 1);
    }

    void itComesFirst()
    {
        World world = kubeadm(1);
        world.add(u"ml-pipeline-ui"_s, 2, {u"n1"_s, u"n3"_s});
        world.add(u"coredns"_s, 2, {u"n1"_s, u"n3"_s}, u"kube-system"_s);
        QStringList ids;
        for (const Component &component : judge(world))
            ids.append(component.id);
        QCOMPARE(ids, (QStringList{u"kube-apiserver"_s, u"etcd"_s, u"kube-scheduler"_s, u"kube-controller-manager"_s, u"coredns"_s, u"ml-pipeline-ui"_s}));
        QCOMPARE(world.one(u"coredns"_s).standing, Standing::SurvivesZone);
        QCOMPARE(world.one(u"kube-apiserver"_s).entry().group, u"control-plane"_s);
        world.workloads.last().desired = 1;
        QCOMPARE(world.one(u"coredns"_s).standing, Standing::SinglePoint);
    }

    void oneOfEachIsASinglePoint()
    {
        const World world = kubeadm(1);
        for (const QString &id : {u"kube-apiserver"_s, u"etcd"_s, u"kube-scheduler"_s, u"kube-controller-manager"_s}) {
            const Component component = world.one(id);
            QCOMPARE(component.standing, Standing::SinglePoint);
            QCOMPARE(component.nodes, QStringList{u"n1"_s});
            QVERIFY(!reasons(component).first().isEmpty());
            QVERIFY(!consequence(component).isEmpty());
        }
        QCOMPARE(world.one(u"kube-scheduler"_s).leader.state, Leadership::State::Fresh);
    }

    void etcdNeedsAMajority()
    {
        QCOMPARE(kubeadm(2).one(u"etcd"_s).standing, Standing::SinglePoint); // needs both
        QVERIFY(reasons(kubeadm(2).one(u"etcd"_s)).first().contains("none of them"_L1));
        QCOMPARE(kubeadm(2).one(u"kube-apiserver"_s).standing, Standing::SurvivesZone);
        World world = kubeadm(3);
        // Of three in two zones one zone holds two: without it there is no majority.
        QCOMPARE(world.one(u"etcd"_s).standing, Standing::SurvivesNode);
        QCOMPARE(world.one(u"kube-apiserver"_s).standing, Standing::SurvivesZone);
        world.nodes[3].zone = u"c"_s;
        QCOMPARE(world.one(u"etcd"_s).standing, Standing::SurvivesZone);
        std::ranges::find(world.pods, u"etcd-n4"_s, &Pod::name)->phase = u"Pending"_s;
        QCOMPARE(world.one(u"etcd"_s).standing, Standing::Degraded);
        QVERIFY(isQuorum(2, 3) && !isQuorum(1, 2) && !isQuorum(2, 4) && isQuorum(3, 4));
    }

    void aServerThatDoesNotRenewIsGone()
    {
        World world = kubeadm(3);
        std::ranges::find(world.leases, u"apiserver-n4"_s, &Lease::name)->renewed = now.addSecs(-61);
        const Component component = world.one(u"kube-apiserver"_s);
        QCOMPARE(component.ready, 2);
        QCOMPARE(component.desired, 3); // its pod is still there
        QCOMPARE(component.standing, Standing::Degraded);
        world.unheard = 30; // nobody could renew it then
        QCOMPARE(world.one(u"kube-apiserver"_s).ready, 3);
        // Of an aggregated API server.
        world.leases.clear();
        world.server(u"n1"_s, 1);
        world.server(u"x"_s, 1).server = u"metrics-server"_s;
        world.server(u"y"_s, 1).ns = u"other"_s;
        QCOMPARE(world.one(u"kube-apiserver"_s).ready, 1);
    }

    void serversAreCountedByAddressWhereLeasesDoNotShow()
    {
        World world = kubeadm(3);
        world.leases.clear();
        world.pods.clear();
        EndpointSlice slice;
        slice.ns = u"default"_s;
        slice.service = u"kubernetes"_s;
        slice.addresses = {u"10.0.0.1"_s, u"10.0.0.2"_s};
        world.slices = {slice, slice};
        const Component component = world.one(u"kube-apiserver"_s);
        QCOMPARE(component.ready, 2);
        QCOMPARE(component.standing, Standing::SurvivesNode);
        QVERIFY(component.nodes.isEmpty());
        QVERIFY(reasons(component).first().contains(u'2'));
        world.slices.first().service = u"shop"_s;
        world.slices.last().ns = u"shop"_s;
        QCOMPARE(world.one(u"kube-apiserver"_s).standing, Standing::NotObservable);
        QVERIFY(reasons(world.one(u"kube-apiserver"_s)).first().contains("does not show"_L1));
    }

    void whatRunsBesideThePodsShowsByItsLease()
    {
        // As a cluster whose control plane are processes of the host: one API server, so one of each.
        World world;
        world.server(u"host"_s, 2);
        for (const QString &name : {u"kube-scheduler"_s, u"kube-controller-manager"_s})
            world.lease(name, 2, u"kube-system"_s);
        QCOMPARE(world.one(u"kube-apiserver"_s).standing, Standing::SinglePoint);
        QCOMPARE(world.one(u"kube-scheduler"_s).standing, Standing::SinglePoint);
        QCOMPARE(world.one(u"etcd"_s).standing, Standing::NotObservable);
        QVERIFY(!world.has(u"cloud-controller-manager"_s));
        std::ranges::find(world.leases, u"kube-scheduler"_s, &Lease::name)->renewed = now.addSecs(-60);
        QCOMPARE(world.one(u"kube-scheduler"_s).standing, Standing::Down);
        std::ranges::find(world.leases, u"kube-scheduler"_s, &Lease::name)->holder.clear();
        QCOMPARE(world.one(u"kube-scheduler"_s).standing, Standing::Down); // given up, and nobody took it
        world.leases.removeIf([](const Lease &lease) { return lease.name == "kube-scheduler"_L1; });
        QCOMPARE(world.one(u"kube-scheduler"_s).standing, Standing::NotObservable); // told not to elect
        QVERIFY(alarms(world.one(u"kube-scheduler"_s), now).isEmpty());
        // Beside two API servers another may stand by.
        world.server(u"second"_s, 2);
        QCOMPARE(world.one(u"kube-controller-manager"_s).standing, Standing::NotObservable);
        QCOMPARE(world.one(u"kube-controller-manager"_s).leader.state, Leadership::State::Fresh);
        world.lease(u"cloud-controller-manager"_s, 2, u"kube-system"_s);
        QVERIFY(world.has(u"cloud-controller-manager"_s));
    }

    void aVendorsControlPlaneIsNotObservable_data()
    {
        QTest::addColumn<QString>("vendor");
        QTest::addColumn<QString>("word");
        QTest::newRow("EKS") << u"EKS"_s << u"three etcd members"_s;
        QTest::newRow("GKE") << u"GKE"_s << u"zonal"_s;
        QTest::newRow("AKS") << u"AKS"_s << u"Free"_s;
    }
    void aVendorsControlPlaneIsNotObservable()
    {
        QFETCH(const QString, vendor);
        QFETCH(const QString, word);
        World world;
        for (Node &node : world.nodes)
            node.vendor = vendor;
        world.server(u"ip-10-0-0-1"_s, 2); // EKS shows these Leases
        world.lease(u"kube-scheduler"_s, 2, u"kube-system"_s);
        const QList<Component> list = judge(world);
        QCOMPARE(list.size(), 1);
        QCOMPARE(list.first().standing, Standing::NotObservable); // and never a single point
        QVERIFY2(reasons(list.first()).first().contains(word), qPrintable(reasons(list.first()).first()));
        QCOMPARE(summarise(list).falling(), 0);
        if (vendor == "GKE"_L1) {
            for (Node &node : world.nodes)
                node.zone = u"a"_s;
            QVERIFY(reasons(judge(world).first()).first().contains("in one zone"_L1));
        }
        // Nodes in the cloud of somebody who runs the control plane himself.
        world.nodes.first().controlPlane = true;
        QVERIFY(world.has(u"kube-apiserver"_s) && !world.has(u"control-plane"_s));
    }

    void whoMayNotLookIsTold()
    {
        World world;
        world.forbid(kinds::leases(), u"kube-system"_s);
        QCOMPARE(world.one(u"control-plane"_s).standing, Standing::NotObservable);
        QVERIFY(reasons(world.one(u"control-plane"_s)).first().contains("no right to list"_L1));
        world.staticPod(u"kube-apiserver"_s, u"n1"_s); // pods may be read
        QCOMPARE(world.one(u"kube-apiserver"_s).standing, Standing::SinglePoint);
        QCOMPARE(world.one(u"kube-scheduler"_s).leader.state, Leadership::State::Unread);
        QCOMPARE(world.one(u"kube-scheduler"_s).standing, Standing::NotObservable);
    }

    void staticPodsAreKnownByTheirNode()
    {
        World world;
        QCOMPARE(staticProgram(world.staticPod(u"etcd"_s, u"n1"_s)), u"etcd"_s);
        Pod pod = world.pods.last();
        pod.ownerKind = u"ReplicaSet"_s;
        QVERIFY(staticProgram(pod).isEmpty());
        pod = world.pods.last();
        pod.node.clear();
        QVERIFY(staticProgram(pod).isEmpty());
        pod.node = u"other"_s;
        QVERIFY(staticProgram(pod).isEmpty());
    }
};

QTEST_GUILESS_MAIN(TestControlPlane)
#include "tst_controlplane.moc"
