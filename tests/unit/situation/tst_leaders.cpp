// SPDX-License-Identifier: GPL-3.0-or-later
#include "situation/Leaders.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::situation;
using components::ClusterFacts;
using components::Component;

namespace {

const QDateTime start = QDateTime::fromString(u"2026-03-01T12:00:00Z"_s, Qt::ISODate);
const auto leaseName = u"1ca428e5.training-operator.kubeflow.org"_s;

Pod pod(const QString &name, const QString &node, const QString &set = u"training-operator-1"_s)
{
    Pod pod;
    pod.ns = u"kubeflow"_s;
    pod.name = pod.uid = name;
    pod.node = node;
    pod.ownerKind = u"ReplicaSet"_s;
    pod.ownerName = set;
    return pod;
}

Node node(const QString &name, bool ready = true, bool cordoned = false)
{
    Node node;
    node.name = node.uid = name;
    node.ready = ready;
    node.unschedulable = cordoned;
    return node;
}

Lease lease(const QString &holder, double acquired, double renewed, int transitions = 0)
{
    Lease lease;
    lease.ns = u"kubeflow"_s;
    lease.name = leaseName;
    lease.uid = u"lease-1"_s;
    lease.holder = holder.isEmpty() ? QString() : holder + u"_5f1c"_s;
    lease.seconds = 15;
    lease.acquired = start.addMSecs(qRound64(acquired * 1000));
    lease.renewed = start.addMSecs(qRound64(renewed * 1000));
    lease.transitions = transitions;
    return lease;
}

Component component(int ready = 2, int desired = 2)
{
    Component component;
    component.id = u"training-operator"_s;
    component.ns = u"kubeflow"_s;
    component.desired = desired;
    component.ready = ready;
    component.standing = ready == 0 ? components::Standing::Down : components::Standing::SurvivesNode;
    return component;
}

} // namespace

class TestLeaders : public QObject
{
    Q_OBJECT

    LeaderWatch m_watch;
    ClusterFacts m_facts;

    QList<LeaderChange> look(const Lease &lease, bool unbroken = true)
    {
        m_facts.leases = {lease};
        return m_watch.update(m_facts, {component()}, unbroken);
    }

private slots:
    void init()
    {
        m_watch.reset();
        m_facts = {};
        m_facts.pods = {pod(u"a"_s, u"node-1"_s), pod(u"b"_s, u"node-2"_s)};
        m_facts.nodes = {node(u"node-1"_s), node(u"node-2"_s)};
    }

    void aTakeoverIsMeasuredByTheLease()
    {
        QVERIFY(look(lease(u"a"_s, -1000, 0, 3)).isEmpty()); // what was so before is no news
        QVERIFY(look(lease(u"a"_s, -1000, 2, 3)).isEmpty());
        m_facts.pods = {pod(u"b"_s, u"node-2"_s), pod(u"c"_s, u"node-1"_s)};
        QVERIFY(look(lease(u"a"_s, -1000, 2, 3)).isEmpty()); // its pod is gone, and nobody took over yet
        const QList<LeaderChange> changes = look(lease(u"b"_s, 18.5, 18.5, 4));
        QCOMPARE(changes.size(), 1);
        const LeaderChange &change = changes.first();
        QCOMPARE(change.component, u"training-operator"_s);
        QCOMPARE(change.lease, u"kubeflow/"_s + leaseName);
        QCOMPARE(change.at, start.addMSecs(18500));
        QCOMPARE(change.fromPod, u"a"_s);
        QCOMPARE(change.fromNode, u"node-1"_s); // although the pod is gone
        QCOMPARE(change.toPod, u"b"_s);
        QCOMPARE(change.toNode, u"node-2"_s);
        QCOMPARE(change.gap, 16.5);
        QCOMPARE(change.skipped, 0);
        QCOMPARE(change.replicas, 2);
        QCOMPARE(change.cause, LeaderCause::Unknown);
        QVERIFY(look(lease(u"b"_s, 18.5, 20.5, 4)).isEmpty()); // once
    }

    /// The new leader works from when it leads, where it was ready then; when one that was not ready works, nobody saw.
    void oneThatIsReadyWorksAsSoonAsItLeads()
    {
        for (const bool ready : {true, false}) {
            init();
            for (Pod &one : m_facts.pods)
                one.containers = {ContainerState{u"c"_s, ready, 0, u"running"_s, {}, {}, {}, {}, {}, {}}};
            look(lease(u"a"_s, -1000, 2, 3));
            const QList<LeaderChange> changes = look(lease(u"b"_s, 18.5, 18.5, 4));
            QCOMPARE(changes.size(), 1);
            QCOMPARE(changes.first().gap, 16.5);
            QCOMPARE(changes.first().worked, ready ? 16.5 : -1);
        }
        // Where how long nobody led is not known, neither is that.
        init();
        look(lease(u"a"_s, -1000, 2, 3));
        QCOMPARE(look(lease(u"b"_s, 18.5, 18.5, 4), false).first().worked, -1.0);
    }

    void aLeaseThatWasGivenBackTellsWhen()
    {
        QVERIFY(look(lease(u"a"_s, -1000, 0, 3)).isEmpty());
        Lease released = lease({}, 1, 1, 3);
        released.seconds = 1;
        QVERIFY(look(released).isEmpty());
        const QList<LeaderChange> changes = look(lease(u"b"_s, 3.4, 3.4, 4));
        QCOMPARE(changes.size(), 1);
        QCOMPARE(changes.first().fromPod, u"a"_s);
        QCOMPARE(changes.first().gap, 2.4);
    }

    void whatNobodySawHasNoLength()
    {
        QVERIFY(look(lease(u"a"_s, -1000, 0, 3)).isEmpty());
        QList<LeaderChange> changes = look(lease(u"b"_s, 3600, 3610, 4), false); // the server was silent, or this computer asleep
        QCOMPARE(changes.size(), 1);
        QCOMPARE(changes.first().gap, -1.0);
        QCOMPARE(changes.first().cause, LeaderCause::Unknown);
        QCOMPARE(changes.first().at, start.addSecs(3600)); // this the Lease tells anyhow
        changes = look(lease(u"a"_s, 4000, 4000, 7)); // two more in between
        QCOMPARE(changes.first().skipped, 2);
        QCOMPARE(changes.first().gap, -1.0);
    }

    void clocksThatDisagreeMeasureNothing()
    {
        QVERIFY(look(lease(u"a"_s, -1000, 30)).isEmpty());
        QCOMPARE(look(lease(u"b"_s, 18, 18, 1)).first().gap, -1.0);
    }

    void aLeaseThatAppearsIsABeginning()
    {
        QVERIFY(m_watch.update(m_facts, {component()}, false).isEmpty());
        const QList<LeaderChange> changes = look(lease(u"a"_s, 5, 5));
        QCOMPARE(changes.size(), 1);
        QCOMPARE(changes.first().cause, LeaderCause::Begun);
        QVERIFY(changes.first().fromPod.isEmpty());
    }

    void aLeaseSeenOnlyAfterASilenceIsNone()
    {
        QVERIFY(m_watch.update(m_facts, {component()}, false).isEmpty());
        QVERIFY(look(lease(u"a"_s, 5, 5), false).isEmpty());
    }

    void whatHappenedWhileCairnDidNotRun()
    {
        LeaderChange last;
        last.component = u"training-operator"_s;
        last.ns = u"kubeflow"_s;
        last.lease = u"kubeflow/"_s + leaseName;
        last.at = start.addSecs(-9000);
        last.toPod = u"a"_s;
        last.toNode = u"node-1"_s;
        m_watch.remember({last});
        const QList<LeaderChange> changes = look(lease(u"b"_s, -100, 0, 9), false);
        QCOMPARE(changes.size(), 1);
        QCOMPARE(changes.first().fromPod, u"a"_s);
        QCOMPARE(changes.first().fromNode, u"node-1"_s);
        QCOMPARE(changes.first().gap, -1.0);
        // The same one as in the history: nothing happened.
        m_watch.reset();
        last.at = start.addSecs(-100);
        last.toPod = u"b"_s;
        m_watch.remember({last});
        QVERIFY(look(lease(u"b"_s, -100, 0, 9), false).isEmpty());
        QCOMPARE(look(lease(u"a"_s, 17, 17, 10)).first().gap, 17.0); // seen from here on
    }

    void whyAnotherLeads_data()
    {
        QTest::addColumn<QList<Pod>>("pods");
        QTest::addColumn<QList<Node>>("nodes");
        QTest::addColumn<int>("cause");
        const Pod next = pod(u"b"_s, u"node-2"_s);
        Pod evicted = pod(u"a"_s, u"node-1"_s);
        evicted.reason = u"Evicted"_s;
        Pod unanswered = pod(u"a"_s, u"node-1"_s);
        unanswered.unanswered = true;
        const QList<Node> fine{node(u"node-1"_s), node(u"node-2"_s)};
        QTest::newRow("its node is not ready") << QList<Pod>{pod(u"a"_s, u"node-1"_s), next} << QList<Node>{node(u"node-1"_s, false), node(u"node-2"_s)} << int(LeaderCause::NodeLost);
        QTest::newRow("its node is gone") << QList<Pod>{next} << QList<Node>{node(u"node-2"_s)} << int(LeaderCause::NodeLost);
        QTest::newRow("nodes may not be read") << QList<Pod>{unanswered, next} << QList<Node>() << int(LeaderCause::NodeLost);
        QTest::newRow("of another template") << QList<Pod>{pod(u"b"_s, u"node-2"_s, u"training-operator-2"_s)} << fine << int(LeaderCause::RolledOut);
        QTest::newRow("evicted") << QList<Pod>{evicted, next} << fine << int(LeaderCause::Evicted);
        QTest::newRow("drained") << QList<Pod>{next} << QList<Node>{node(u"node-1"_s, true, true), node(u"node-2"_s)} << int(LeaderCause::Evicted);
        QTest::newRow("deleted by hand") << QList<Pod>{next} << fine << int(LeaderCause::Unknown);
    }
    void whyAnotherLeads()
    {
        QFETCH(QList<Pod>, pods);
        QFETCH(QList<Node>, nodes);
        QFETCH(int, cause);
        QVERIFY(look(lease(u"a"_s, -1000, 0)).isEmpty());
        m_facts.pods = pods;
        m_facts.nodes = nodes;
        QCOMPARE(int(look(lease(u"b"_s, 17, 17, 1)).first().cause), cause);
    }

    void exactNamesWinOverPatterns()
    {
        Lease other = lease(u"x"_s, 0, 0);
        other.ns = u"elsewhere"_s;
        QCOMPARE(leasesOf(component(), {other, lease(u"a"_s, 0, 0)}), (QList<Lease>{lease(u"a"_s, 0, 0)}));
        QCOMPARE(holderPod(lease(u"a"_s, 0, 0)), u"a"_s);
    }

    void oddObjectsAreNoNews()
    {
        QVERIFY(look(lease(u"a"_s, 0, 0)).isEmpty());
        Lease odd = lease(u"b"_s, 5, 5);
        odd.acquired = {};
        QVERIFY(look(odd).isEmpty());
        QVERIFY(look(Lease()).isEmpty());
    }

    void readinessCountsOnlyWhatWasSeen()
    {
        ReadinessWatch watch;
        const auto at = [](int second) { return start.addSecs(second); };
        watch.update({component()}, at(0), false);
        QVERIFY(watch.hasChanged());
        watch.update({component()}, at(10), true);
        const QString key = u"training-operator@kubeflow"_s;
        QCOMPARE(watch.take().value(key), (QList<ReadinessSpan>{{at(0), at(10), Readiness::Ready}}));
        QVERIFY(!watch.hasChanged());
        watch.update({component(1)}, at(20), true);
        QVERIFY(watch.hasChanged());
        watch.update({component(0)}, at(30), true);
        watch.update({component(0)}, at(40), true);
        QCOMPARE(watch.take().value(key), (QList<ReadinessSpan>{{at(0), at(20), Readiness::Ready}, {at(20), at(30), Readiness::Partly}, {at(30), at(40), Readiness::NotReady}}));
        // A silence: the ten minutes are nobody's.
        watch.update({component(2)}, at(640), false);
        watch.update({component(2)}, at(650), true);
        QCOMPARE(watch.take().value(key), (QList<ReadinessSpan>{{at(30), at(40), Readiness::NotReady}, {at(640), at(650), Readiness::Ready}}));
        // A clock that was set back, and one that cannot be observed any more.
        watch.update({component(2)}, at(600), true);
        Component hidden = component(0, 0);
        hidden.standing = components::Standing::NotObservable;
        watch.update({hidden}, at(610), true);
        const QList<ReadinessSpan> rest = watch.take().value(key);
        QCOMPARE(rest.last(), (ReadinessSpan{at(600), at(600), Readiness::Ready}));
        QVERIFY(watch.take().isEmpty());
    }

    void nothingThatIsWantedIsNotSeen()
    {
        QCOMPARE(readinessOf(component(0, 0)), Readiness::NotReady); // Down
        Component none = component(0, 0);
        none.standing = components::Standing::NotObservable;
        QCOMPARE(readinessOf(none), Readiness::NotSeen);
        QCOMPARE(readinessOf(component(1)), Readiness::Partly);
    }
};

QTEST_GUILESS_MAIN(TestLeaders)
#include "tst_leaders.moc"
