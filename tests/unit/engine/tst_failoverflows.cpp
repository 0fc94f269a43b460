// SPDX-License-Identifier: GPL-3.0-or-later
// The failover test against a cluster that behaves like one: a leader that renews, a standby that takes over when the Lease ran
// out, a Deployment that makes a new pod, and a controller that makes the pods of jobs while somebody leads.
#include "FakeObjectApi.h"
#include "change/Owner.h"
#include "engine/FailoverFlows.h"
#include "situation/FailoverWords.h"

#include <QJsonDocument>
#include <QTemporaryDir>
#include <QTest>
#include <atomic>
#include <thread>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::app;
using namespace cairn::tests;
using namespace std::chrono_literals;

namespace {

const auto ns = u"kubeflow"_s;
const auto leaseName = u"1ca428e5.training-operator.kubeflow.org"_s;

/// Single quotes stand for double ones.
QJsonObject json(QByteArray text)
{
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson(text.replace('\'', '"'), &error);
    if (error.error != QJsonParseError::NoError)
        qFatal("%s at %d", qPrintable(error.errorString()), error.offset);
    return document.object();
}

const ResourceKind &pyTorchJobs()
{
    return facts(JobKind::PyTorchJob).resource;
}

class World
{
public:
    FakeObjectApi api;
    std::atomic<qint64> clock = 1'000'000; ///< ms; the probe is created on another thread
    qint64 killedAt = -1;
    bool renews = true;      ///< the leader is alive
    bool takesOver = true;
    bool givesBack = false;  ///< the leader gives the Lease back when it is told to stop
    bool waitsForProbe = true;
    int lastBreath = 0;      ///< ms that the killed process goes on serving jobs
    std::function<void(World &)> onTick;

    World()
    {
        for (const QByteArray node : {"n1", "n2"})
            api.put(kinds::nodes(), json("{'metadata':{'name':'" + node + "'},'status':{'conditions':[{'type':'Ready','status':'True'}]}}"));
        api.put(kinds::deployments(), json("{'metadata':{'namespace':'kubeflow','name':'training-operator'},'spec':{'replicas':2,'template':{'metadata':{'labels':"
                                           "{'control-plane':'kubeflow-training-operator'}}}},'status':{'readyReplicas':2}}"));
        putPod("a", "n1", true);
        putPod("b", "n2", true);
        hold("a");
        api.put(kinds::disruptionBudgets(), json("{'metadata':{'namespace':'kubeflow','name':'training-operator'},'spec':{'maxUnavailable':1,'selector':"
                                                 "{'matchLabels':{'control-plane':'kubeflow-training-operator'}}},'status':{'disruptionsAllowed':1}}"));
    }

    void putPod(const QByteArray &name, const QByteArray &node, bool ready)
    {
        api.put(kinds::pods(), json("{'metadata':{'namespace':'kubeflow','name':'training-operator-5f6d-" + name
                                    + "','ownerReferences':[{'kind':'ReplicaSet','name':'training-operator-5f6d','uid':'rs','controller':true}]},'spec':{'nodeName':'" + node
                                    + "','containers':[{'name':'manager','image':'operator:v1.9.4'}]},'status':{'phase':'Running','conditions':[{'type':'Ready','status':'"
                                    + (ready ? "True" : "False") + "'}],'containerStatuses':[{'name':'manager','ready':" + (ready ? "true" : "false")
                                    + ",'restartCount':0,'state':{'running':{}}}]}}"));
    }
    QString time() const { return m_begun.addMSecs(clock - 1'000'000).toString(Qt::ISODateWithMs); }
    void hold(const QByteArray &who)
    {
        api.put(kinds::leases(), json("{'metadata':{'namespace':'kubeflow','name':'" + leaseName.toLatin1() + "'},'spec':{'holderIdentity':'training-operator-5f6d-" + who
                                      + "_0a1b','leaseDurationSeconds':15,'acquireTime':'" + time().toLatin1() + "','renewTime':'" + time().toLatin1() + "'}}"));
        m_renewed = clock;
        m_holder = who;
    }
    void renew()
    {
        api.edit(kinds::leases(), ns, leaseName, [&](QJsonObject &lease) {
            QJsonObject spec = lease[u"spec"_s].toObject();
            spec[u"renewTime"_s] = time();
            lease[u"spec"_s] = spec;
            return true;
        });
        m_renewed = clock;
    }
    bool has(const QByteArray &pod) const { return !api.stored(kinds::pods(), ns, u"training-operator-5f6d-"_s + QString::fromLatin1(pod)).isEmpty(); }

    /// What controllers do as time goes by.
    void tick()
    {
        if (onTick)
            onTick(*this);
        if (killedAt < 0 && !has("a"))
            killedAt = clock;
        const bool alive = has(m_holder);
        if (alive && renews && clock - m_renewed >= 2000)
            renew();
        if (!alive && givesBack && !m_givenBack) {
            m_givenBack = true;
            api.edit(kinds::leases(), ns, leaseName, [&](QJsonObject &lease) {
                QJsonObject spec = lease[u"spec"_s].toObject();
                spec[u"holderIdentity"_s] = QString();
                lease[u"spec"_s] = spec;
                return true;
            });
        }
        const qint64 after = givesBack ? 2000 : 15'000 + 1500;
        if (!alive && takesOver && clock - m_renewed >= after)
            hold("b");
        if (killedAt >= 0 && clock - killedAt >= 1000 && !has("c"))
            putPod("c", "n1", false);
        if (killedAt >= 0 && clock - killedAt >= 31'000 && !m_replaced) {
            m_replaced = true;
            putPod("c", "n1", true);
        }
        if (killedAt >= 0 && waitsForProbe && !m_probed) {
            // It is created on a thread of its own, which knows nothing of this clock.
            for (int i = 0; i < 5000 && api.all(pyTorchJobs()).size() <= m_servedInVain; ++i)
                std::this_thread::sleep_for(1ms);
            m_probed = true;
        }
        const bool breathes = lastBreath > 0 && killedAt >= 0 && clock - killedAt <= lastBreath;
        if ((has(m_holder) && m_holder == "b") || breathes) {
            for (const QJsonObject &job : api.all(pyTorchJobs())) {
                const QString name = job[u"metadata"_s][u"name"_s].toString();
                if (api.stored(kinds::pods(), ns, name + u"-master-0"_s).isEmpty() && (breathes || clock - m_renewed >= 1000)) {
                    m_servedInVain += breathes ? 1 : 0;
                    m_probed = m_probed && !breathes; // the next one is on its way
                    api.put(kinds::pods(), json("{'metadata':{'namespace':'kubeflow','name':'" + name.toLatin1() + "-master-0','labels':{'training.kubeflow.org/job-name':'"
                                                + name.toLatin1() + "'},'ownerReferences':[{'kind':'PyTorchJob','name':'" + name.toLatin1() + "','uid':'"
                                                + job[u"metadata"_s][u"uid"_s].toString().toLatin1() + "','controller':true}]},'status':{'phase':'Pending'}}"));
                }
            }
        }
    }
    FailoverOptions options()
    {
        FailoverOptions options;
        options.clock = [this] { return clock.load(); };
        options.sleep = [this](std::chrono::milliseconds time, const std::stop_token &stop) {
            clock += time.count();
            tick();
            return !stop.stop_requested();
        };
        return options;
    }
    Result<FailoverPlan> plan() { return planFailover(api, u"training-operator"_s, {}, options(), {}); }
    Result<FailoverResult> test(std::stop_token stop = {})
    {
        const Result<FailoverPlan> made = plan();
        if (!made)
            return fail(made.error());
        api.forgetCalls();
        return runFailover(api, *made, options(), std::move(stop));
    }
    int removals(const QString &resource) const
    {
        const QList<FakeObjectApi::Call> calls = api.calls();
        return static_cast<int>(std::ranges::count_if(calls, [&](const FakeObjectApi::Call &call) { return call.verb == "remove"_L1 && call.resource == resource && !call.dryRun; }));
    }

private:
    const QDateTime m_begun = QDateTime::currentDateTimeUtc();
    qint64 m_renewed = 0;
    QByteArray m_holder;
    bool m_givenBack = false, m_replaced = false, m_probed = false;
    int m_servedInVain = 0; ///< probes, by the killed process
};

const change::Check *failing(const FailoverPlan &plan)
{
    const auto it = std::ranges::find(plan.checks, change::Check::State::Fail, &change::Check::state);
    return it == plan.checks.end() ? nullptr : &*it;
}

QStringList words(const FailoverResult &result)
{
    QStringList list;
    for (const FailoverStep &step : result.steps)
        list.append(stepWord(step.kind) + (step.ok ? QString() : u"!"_s));
    return list;
}

} // namespace

class TestFailoverFlows : public QObject
{
    Q_OBJECT

    std::unique_ptr<World> m_world;

private slots:
    void init() { m_world = std::make_unique<World>(); }

    void thePlanSaysWhatWillHappen()
    {
        const Result<FailoverPlan> plan = m_world->plan();
        QVERIFY2(plan, plan ? "" : qPrintable(plan.error().oneLine()));
        const change::Check *bad = failing(*plan);
        QVERIFY2(!bad, bad ? qPrintable(bad->text) : "");
        QVERIFY(plan->feasible());
        QCOMPARE(plan->pod.name, u"training-operator-5f6d-a"_s);
        QVERIFY(!plan->pod.uid.isEmpty());
        QCOMPARE(plan->leader.node, u"n1"_s);
        QCOMPARE(plan->standbys, (QList<FailoverResult::Member>{{u"training-operator-5f6d-b"_s, u"n2"_s}}));
        QVERIFY(plan->warning.contains(plan->pod.name) && plan->warning.contains(u"n1"_s));
        QVERIFY(plan->probe);
        const QJsonValue pod = plan->probe->body[u"spec"_s][u"pytorchReplicaSpecs"_s][u"Master"_s][u"template"_s][u"spec"_s];
        QCOMPARE(pod[u"containers"_s][0][u"image"_s].toString(), u"operator:v1.9.4"_s); // it is on the nodes already
        QVERIFY(!pod[u"schedulingGates"_s].toArray().isEmpty()); // and its pod never runs
        QCOMPARE(m_world->removals(u"pods"_s), 0);
        QVERIFY(m_world->api.all(pyTorchJobs()).isEmpty());
    }

    void aTakeoverIsMeasured()
    {
        QList<FailoverResult> told;
        const Result<FailoverPlan> plan = m_world->plan();
        QVERIFY(plan);
        m_world->api.forgetCalls();
        FailoverOptions options = m_world->options();
        options.progress = [&](const FailoverResult &result) { told.append(result); };
        const Result<FailoverResult> result = runFailover(m_world->api, *plan, options, {});
        QVERIFY2(result, result ? "" : qPrintable(result.error().oneLine()));
        QCOMPARE(result->state, FailoverResult::State::Done);
        QCOMPARE(result->leaseSeconds, 15);
        QCOMPARE(result->retry, 2.0);
        QVERIFY2(result->gap >= 13 && result->gap <= 19.5, qPrintable(QString::number(result->gap)));
        QVERIFY(!result->released);
        QCOMPARE(result->next, (FailoverResult::Member{u"training-operator-5f6d-b"_s, u"n2"_s}));
        QVERIFY(result->acquired.isValid());
        QVERIFY2(result->probe.created >= 0 && result->probe.created < result->gap, qPrintable(u"%1 %2 %3"_s.arg(result->probe.created).arg(result->gap).arg(result->probe.name) + words(*result).join(u" "_s)));
        QVERIFY(result->probe.made > result->gap && result->probe.made < result->gap + 4);
        QCOMPARE(result->worked, result->probe.made);
        QVERIFY(result->standby >= 31 && result->standby < 34);
        QCOMPARE(result->successor, (FailoverResult::Member{u"training-operator-5f6d-c"_s, u"n1"_s}));
        QVERIFY(result->successorMade >= 0.9 && result->successorMade < 3);
        QVERIFY(result->probe.removed >= result->standby);
        QCOMPARE(words(*result), (QStringList{u"checked"_s, u"lease-seen"_s, u"killed"_s, u"probe-created"_s, u"new-leader"_s, u"probe-works"_s, u"standby-ready"_s,
                                              u"probe-removed"_s}));
        QCOMPARE(result->steps[2].at, 0.0);
        QVERIFY(result->renewals.first() < 0 && result->renewals.last() > result->gap);
        QVERIFY(result->expires() < result->gap);
        QCOMPARE(result->jobsRunning, 0);
        QCOMPARE(result->jobsStopped, 0);
        // By UID and version, at once.
        const QList<FakeObjectApi::Call> calls = m_world->api.calls();
        const auto kill = std::ranges::find_if(calls, [](const FakeObjectApi::Call &call) { return call.verb == "remove"_L1 && call.resource == "pods"_L1; });
        QCOMPARE(kill->deletion.uid, plan->pod.uid);
        QVERIFY(!kill->deletion.resourceVersion.isEmpty());
        QCOMPARE(kill->deletion.graceSeconds, 0);
        QCOMPARE(m_world->removals(u"pods"_s), 1);
        QVERIFY(m_world->api.all(pyTorchJobs()).isEmpty()); // nothing is left
        QCOMPARE(told.last(), *result);
        QCOMPARE(told.first().steps.size(), 0);
        // As it is kept.
        const Result<FailoverResult> again = FailoverResult::fromJson(result->toJson());
        QVERIFY(again);
        QCOMPARE(again->gap, result->gap);
        QCOMPARE(again->steps, result->steps);
        const situation::GapShare share = situation::shareOf(*result);
        QCOMPARE(share.waited + share.tried, result->gap);
        QVERIFY(situation::answerText(*result).contains(situation::secondsText(result->probe.made)));
    }

    void whatTheKilledProcessStillServedIsNotMeasured()
    {
        m_world->lastBreath = 500;
        const Result<FailoverResult> result = m_world->test();
        QVERIFY2(result, result ? "" : qPrintable(result.error().oneLine()));
        QCOMPARE(result->state, FailoverResult::State::Done);
        QVERIFY(result->probe.name.endsWith(u"-2"_s) || result->probe.name.endsWith(u"-3"_s) || result->probe.name.endsWith(u"-4"_s));
        QVERIFY2(result->probe.created >= 0 && result->probe.created < result->gap, qPrintable(u"%1 %2 %3"_s.arg(result->probe.created).arg(result->gap).arg(result->probe.name) + words(*result).join(u" "_s)));
        QVERIFY2(result->probe.made > result->gap, qPrintable(QString::number(result->probe.made)));
        QCOMPARE(result->worked, result->probe.made);
        QCOMPARE(words(*result).count(u"probe-created"_s), 1);
        QVERIFY(m_world->api.all(pyTorchJobs()).isEmpty()); // neither probe is left
    }

    void aLeaseThatIsGivenBackIsTakenAtOnce()
    {
        m_world->givesBack = true;
        const Result<FailoverResult> result = m_world->test();
        QVERIFY(result);
        QVERIFY(result->released);
        QVERIFY2(result->gap < 5, qPrintable(QString::number(result->gap)));
        QCOMPARE(situation::shareOf(*result).waited, -1.0);
    }

    void itIsRefused_data()
    {
        QTest::addColumn<QString>("what");
        QTest::addColumn<QString>("check");
        for (const auto &[what, check] : {std::pair("one replica", "replicas"), {"stale", "lease"}, {"held by a stranger", "lease"}, {"nobody", "lease"}, {"budget", "pdb"},
                                          {"right", "rights"}, {"change", "unfinished"}, {"test", "unfinished"}, {"admission", "dry-run"}})
            QTest::newRow(what) << QString::fromLatin1(what) << QString::fromLatin1(check);
    }
    void itIsRefused()
    {
        QFETCH(QString, what);
        QFETCH(QString, check);
        FakeObjectApi &api = m_world->api;
        if (what == "one replica"_L1) {
            api.erase(kinds::pods(), ns, u"training-operator-5f6d-b"_s);
        } else if (what == "stale"_L1) {
            m_world->clock -= 60'000;
            m_world->renew();
            m_world->clock += 60'000;
        } else if (what == "held by a stranger"_L1) {
            m_world->hold("x");
        } else if (what == "nobody"_L1) {
            api.erase(kinds::leases(), ns, leaseName);
        } else if (what == "budget"_L1) {
            api.edit(kinds::disruptionBudgets(), ns, u"training-operator"_s, [](QJsonObject &budget) {
                budget[u"status"_s] = QJsonObject{{u"disruptionsAllowed"_s, 0}};
                return true;
            });
        } else if (what == "right"_L1) {
            api.deny(u"delete pods"_s);
        } else if (what == "change"_L1) {
            api.put(kinds::configMaps(), json("{'metadata':{'namespace':'kubeflow','name':'cairn-change-0123456789','labels':{'cairn.console/record':'change'}}}"));
        } else if (what == "test"_L1) {
            api.put(pyTorchJobs(), json("{'metadata':{'namespace':'kubeflow','name':'cairn-probe-1','creationTimestamp':'" + QDateTime::currentDateTimeUtc().toString(Qt::ISODate).toLatin1()
                                        + "','labels':{'cairn.console/probe':'failover'}}}"));
        } else {
            api.before = [](const FakeObjectApi::Call &call) -> std::optional<Error> {
                if (call.verb == "remove"_L1)
                    return Error::make(Error::Kind::Forbidden, u"admission webhook denied the request"_s);
                return std::nullopt;
            };
        }
        const Result<FailoverPlan> plan = m_world->plan();
        QVERIFY2(plan, plan ? "" : qPrintable(plan.error().oneLine()));
        const change::Check *bad = failing(*plan);
        QVERIFY(bad);
        QCOMPARE(bad->id, check);
        QVERIFY(!plan->feasible());
        const Result<FailoverResult> result = runFailover(api, *plan, m_world->options(), {});
        QVERIFY(!result);
        QCOMPARE(m_world->removals(u"pods"_s), 0); // whoever goes on all the same gets nothing done
    }

    void aNameIsLookedForAndExplained()
    {
        const Result<FailoverPlan> none = planFailover(m_world->api, u"no-such"_s, {}, {}, {});
        QCOMPARE(none.error().kind, Error::Kind::NotFound);
        QVERIFY(none.error().why.contains(u"training-operator"_s));
        const Error mistyped = planFailover(m_world->api, u"training-operatr"_s, {}, {}, {}).error();
        QCOMPARE(mistyped.kind, Error::Kind::NotFound);
        QVERIFY2(mistyped.fix.startsWith(u"Did you mean training-operator?"_s), qPrintable(mistyped.oneLine()));
        QCOMPARE(planFailover(m_world->api, u"training-operator"_s, u"elsewhere"_s, {}, {}).error().kind, Error::Kind::NotFound);
    }

    void onlyWhatCanBeTestedIsOffered()
    {
        // Beside the operator, one that leads alone, one whose Lease is old, and one that leads with a second replica.
        const auto add = [&](const QByteArray &name, const QByteArray &lease, int pods, int age, const QByteArray &image) {
            m_world->api.put(kinds::deployments(), json("{'metadata':{'namespace':'kubeflow','name':'" + name + "'},'spec':{'replicas':2,'selector':{'matchLabels':{'app':'" + name
                                                        + "'}},'template':{'metadata':{'labels':{'app':'" + name + "'}},'spec':{'containers':[{'name':'manager','image':'" + image
                                                        + "'}]}}},'status':{'readyReplicas':2}}"));
            for (int i = 0; i < pods; ++i) {
                const QByteArray pod = name + "-5f6d-" + char('a' + i);
                m_world->api.put(kinds::pods(), json("{'metadata':{'namespace':'kubeflow','name':'" + pod + "','labels':{'app':'" + name
                                                     + "'},'ownerReferences':[{'kind':'ReplicaSet','name':'" + name + "-5f6d','uid':'rs','controller':true}]},'spec':{'nodeName':'n1','containers':"
                                                       "[{'name':'manager','image':'" + image + "'}]},'status':{'phase':'Running','conditions':[{'type':'Ready','status':'True'}],"
                                                       "'containerStatuses':[{'name':'manager','ready':true,'restartCount':0,'state':{'running':{}}}]}}"));
            }
            const QByteArray time = QDateTime::currentDateTimeUtc().addSecs(-age).toString(Qt::ISODateWithMs).toLatin1();
            m_world->api.put(kinds::leases(), json("{'metadata':{'namespace':'kubeflow','name':'" + lease + "'},'spec':{'holderIdentity':'" + name
                                                   + "-5f6d-a_0a1b','leaseDurationSeconds':15,'acquireTime':'" + time + "','renewTime':'" + time + "'}}"));
        };
        add("katib-controller", "3fbc96e9.katib.kubeflow.org", 1, 1, "ghcr.io/kubeflow/katib/katib-controller:v0.19.0");
        add("profiles-deployment", "kubeflow-profile-controller", 2, 3600, "ghcr.io/kubeflow/kubeflow/profile-controller:v1.10.0");
        Result<FailoverPlan> none = planFailover(m_world->api, u"katib-controler"_s, {}, {}, {});
        QCOMPARE(none.error().why, u"Components that can be tested now: training-operator."_s);
        add("katib-controller", "3fbc96e9.katib.kubeflow.org", 2, 1, "ghcr.io/kubeflow/katib/katib-controller:v0.19.0");
        none = planFailover(m_world->api, u"katib-controler"_s, {}, {}, {});
        QCOMPARE(none.error().why, u"Components that can be tested now: katib-controller, training-operator."_s);
        m_world->api.erase(kinds::leases(), ns, leaseName);
        m_world->api.erase(kinds::leases(), ns, u"3fbc96e9.katib.kubeflow.org"_s);
        none = planFailover(m_world->api, u"katib-controler"_s, {}, {}, {});
        QVERIFY2(none.error().why.isEmpty() && none.error().fix.startsWith(u"Did you mean katib-controller?"_s),
            qPrintable(none.error().oneLine()));
        none = planFailover(m_world->api, u"no-such"_s, {}, {}, {});
        QVERIFY2(none.error().why.startsWith(u"None of the components"_s), qPrintable(none.error().why));
    }

    void oneNodeIsOnlyAWarning()
    {
        m_world->putPod("b", "n1", true);
        const Result<FailoverPlan> plan = m_world->plan();
        QVERIFY(plan->feasible());
        QCOMPARE(plan->checks.first().state, change::Check::State::Warn);
    }

    void whatChangedSinceThePlanKillsNothing_data()
    {
        QTest::addColumn<QString>("what");
        for (const char *what : {"not renewed", "another leads", "the pod is another one", "no standby"})
            QTest::newRow(what) << QString::fromLatin1(what);
    }
    void whatChangedSinceThePlanKillsNothing()
    {
        QFETCH(QString, what);
        const Result<FailoverPlan> plan = m_world->plan();
        QVERIFY(plan && plan->feasible());
        m_world->onTick = [&, done = false](World &world) mutable {
            if (std::exchange(done, true))
                return;
            if (what == "not renewed"_L1) {
                world.renews = false;
            } else if (what == "another leads"_L1) {
                world.hold("b");
            } else if (what == "no standby"_L1) {
                world.putPod("b", "n2", false);
            } else {
                world.api.erase(kinds::pods(), ns, plan->pod.name);
                world.putPod("a", "n1", true);
            }
        };
        const Result<FailoverResult> result = runFailover(m_world->api, *plan, m_world->options(), {});
        QVERIFY(!result);
        QVERIFY2(result.error().what.contains(u"Nothing was killed"_s) || result.error().what.contains(u"gone"_s), qPrintable(result.error().what));
        QCOMPARE(m_world->removals(u"pods"_s), 0);
        QVERIFY(m_world->api.all(pyTorchJobs()).isEmpty());
    }

    void aStoppedTestLeavesNoProbe()
    {
        const auto stop = std::make_shared<std::stop_source>(); // as a local g++ 12 warns of it
        m_world->onTick = [stop](World &world) {
            if (world.killedAt >= 0 && world.clock - world.killedAt > 5000)
                stop->request_stop();
        };
        const Result<FailoverResult> result = m_world->test(stop->get_token());
        QVERIFY(result);
        QCOMPARE(result->state, FailoverResult::State::Stopped);
        QCOMPARE(result->gap, -1.0);
        QVERIFY(result->probe.created >= 0);
        QVERIFY(result->probe.removed >= 0);
        QVERIFY(m_world->api.all(pyTorchJobs()).isEmpty());
        QVERIFY(result->acquired.isNull());
    }

    void stoppedBeforeTheKillNothingIsDone()
    {
        const auto stop = std::make_shared<std::stop_source>(); // as a local g++ 12 warns of it
        m_world->onTick = [stop](World &) { stop->request_stop(); };
        const Result<FailoverResult> result = m_world->test(stop->get_token());
        QCOMPARE(result.error().kind, Error::Kind::Cancelled);
        QCOMPARE(m_world->removals(u"pods"_s), 0);
    }

    void nobodyTakesOver()
    {
        m_world->takesOver = false;
        const Result<FailoverResult> result = m_world->test();
        QVERIFY(result);
        QCOMPARE(result->state, FailoverResult::State::Failed);
        QVERIFY(!result->problem.isEmpty());
        QVERIFY(words(*result).contains(u"new-leader!"_s));
        QVERIFY(m_world->api.all(pyTorchJobs()).isEmpty());
    }

    void aWebhookThatDoesNotAnswerIsAskedAgain()
    {
        std::atomic<int> refused = 0;
        m_world->api.before = [&](const FakeObjectApi::Call &call) -> std::optional<Error> {
            if (call.verb == "create"_L1 && call.resource == "pytorchjobs"_L1 && !call.dryRun && refused < 2) {
                ++refused;
                return Error::make(Error::Kind::Server, u"failed calling webhook: connection refused"_s);
            }
            return std::nullopt;
        };
        const Result<FailoverResult> result = m_world->test();
        QVERIFY(result);
        QCOMPARE(result->probe.refusals, 2);
        QVERIFY(result->probe.made >= 0);
    }

    void aProbeWhoseAnswersAreLostIsRemovedAllTheSame()
    {
        m_world->waitsForProbe = false;
        // It is made, but nobody is told; and nobody may look.
        m_world->api.after = [](const FakeObjectApi::Call &call) -> std::optional<Error> {
            if (call.verb == "create"_L1 && call.resource == "pytorchjobs"_L1 && !call.dryRun)
                return Error::make(Error::Kind::Forbidden, u"lost"_s);
            return std::nullopt;
        };
        const Result<FailoverResult> result = m_world->test();
        QVERIFY(result);
        QCOMPARE(result->probe.created, -1.0);
        QVERIFY(result->probe.removed >= 0);
        QVERIFY(m_world->api.all(pyTorchJobs()).isEmpty());
    }

    void withoutAProbeReadyAndLeaseCount()
    {
        m_world->waitsForProbe = false;
        m_world->api.deny(u"create pytorchjobs"_s);
        const Result<FailoverPlan> plan = m_world->plan();
        QVERIFY(plan && plan->feasible());
        QVERIFY(!plan->probe);
        const Result<FailoverResult> result = m_world->test();
        QVERIFY(result);
        QVERIFY(result->probe.kind.isEmpty());
        QVERIFY(result->worked >= result->gap);
        QVERIFY(words(*result).contains(u"works"_s));
    }

    void aProbeThatIsRefusedForGoodIsGivenUp()
    {
        m_world->waitsForProbe = false;
        m_world->api.before = [](const FakeObjectApi::Call &call) -> std::optional<Error> {
            if (call.verb == "create"_L1 && call.resource == "pytorchjobs"_L1 && !call.dryRun)
                return Error::make(Error::Kind::Forbidden, u"quota exceeded"_s);
            return std::nullopt;
        };
        const Result<FailoverResult> result = m_world->test();
        QVERIFY(result);
        QVERIFY(words(*result).contains(u"probe-created!"_s));
        QCOMPARE(result->state, FailoverResult::State::Done);
        QVERIFY(result->worked >= 0);
    }

    void aLostAnswerToTheKillIsNoFailure()
    {
        bool lost = false;
        m_world->api.after = [&](const FakeObjectApi::Call &call) -> std::optional<Error> {
            if (call.verb == "remove"_L1 && call.resource == "pods"_L1 && !call.dryRun && !std::exchange(lost, true))
                return Error::make(Error::Kind::Network, u"connection reset"_s);
            return std::nullopt;
        };
        const Result<FailoverResult> result = m_world->test();
        QVERIFY2(result, result ? "" : qPrintable(result.error().oneLine()));
        QVERIFY(result->gap >= 0);
        QCOMPARE(m_world->removals(u"pods"_s), 1);
    }

    void whatKilledTestsLeftBehindIsRemoved()
    {
        const QString machine = change::thisProcess().section(u'-', 0, 0);
        const auto put = [&](const QString &name, int age, const QString &owner, const QString &label = u"failover"_s) {
            m_world->api.put(pyTorchJobs(), {{u"metadata"_s, QJsonObject{{u"namespace"_s, ns},
                                                                         {u"name"_s, name},
                                                                         {u"creationTimestamp"_s, QDateTime::currentDateTimeUtc().addSecs(-age).toString(Qt::ISODate)},
                                                                         {u"labels"_s, QJsonObject{{u"cairn.console/probe"_s, label}}},
                                                                         {u"annotations"_s, QJsonObject{{u"cairn.console/probe-by"_s, owner}}}}}});
        };
        put(u"old"_s, 1000, u"elsewhere-1"_s);
        put(u"elsewhere"_s, 100, u"elsewhere-999999999"_s);
        put(u"alive"_s, 100, change::thisProcess());
        put(u"killed"_s, 100, machine + u"-999999999"_s);
        put(u"odd"_s, 100, machine);
        put(u"not-ours"_s, 100'000, {}, u"other"_s);
        const Result<int> removed = sweepProbes(m_world->api, {}, probeAge, {});
        QVERIFY(removed);
        QCOMPARE(*removed, 2);
        QStringList left;
        for (const QJsonObject &job : m_world->api.all(pyTorchJobs()))
            left.append(job[u"metadata"_s][u"name"_s].toString());
        left.sort();
        QCOMPARE(left, (QStringList{u"alive"_s, u"elsewhere"_s, u"not-ours"_s, u"odd"_s}));
    }

    void theHistoryKeepsIt()
    {
        QTemporaryDir dir;
        store::HaHistory history(dir.path() + u"/ha.sqlite"_s);
        const Result<FailoverResult> result = m_world->test();
        QVERIFY(result);
        QVERIFY(keepFailover(history, u"k"_s, *result, result->at));
        const Result<HaRecord> kept = history.read(u"k"_s);
        QCOMPARE(kept->tests.size(), 1);
        QCOMPARE(kept->tests.first().steps, result->steps);
        QCOMPARE(kept->leaders.size(), 1);
        QCOMPARE(kept->leaders.first().cause, LeaderCause::Test);
        QCOMPARE(kept->leaders.first().gap, result->gap);
        QCOMPARE(kept->leaders.first().test, result->id);
    }
};

QTEST_GUILESS_MAIN(TestFailoverFlows)
#include "tst_failoverflows.moc"
