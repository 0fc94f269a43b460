// SPDX-License-Identifier: GPL-3.0-or-later
#include "FakeObjectApi.h"
#include "engine/DeathReader.h"
#include "engine/JobFlows.h"

#include <QJsonArray>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::app;
using tests::FakeObjectApi;

namespace {

Job job(const QString &uid)
{
    Job j;
    j.uid = uid;
    j.ns = u"ml"_s;
    j.name = u"demo-"_s + uid;
    j.phase = JobPhase::Running;
    j.replicas = {{u"Master"_s, 1, 0, 0, 0, 0, 0}};
    j.mounts = {{u"/ckpt"_s, {}, u"ckpt"_s, false}};
    return j;
}

Pod looping(const Job &job, int restarts)
{
    Pod p;
    p.ns = job.ns;
    p.name = job.name + u"-master-0"_s;
    p.uid = u"pod-"_s + job.uid;
    p.ownerKind = u"PyTorchJob"_s;
    p.ownerUid = job.uid;
    p.role = u"master"_s;
    p.phase = u"Running"_s;
    ContainerState c;
    c.name = u"pytorch"_s;
    c.state = u"waiting"_s;
    c.reason = u"CrashLoopBackOff"_s;
    c.restarts = restarts;
    c.lastExitCode = 1;
    p.containers = {c};
    return p;
}

template <class T>
Delta<T> upsert(const QList<T> &items)
{
    return {items, {}, false, {}};
}

QList<FakeObjectApi::Call> logsOf(const FakeObjectApi &api)
{
    QList<FakeObjectApi::Call> calls = api.calls();
    calls.removeIf([](const FakeObjectApi::Call &call) { return call.verb != "log"_L1; });
    return calls;
}

void putPod(FakeObjectApi &api, const Pod &pod, const QByteArray &log)
{
    api.put(kinds::pods(), {{u"metadata"_s, QJsonObject{{u"name"_s, pod.name}, {u"namespace"_s, pod.ns}}}});
    api.setLog(pod.ns, pod.name, log);
}

const QByteArray full = "OSError: [Errno 28] No space left on device: '/ckpt/step-9.pt'\n";

} // namespace

class TestDeathReader : public QObject
{
    Q_OBJECT

private slots:
    void eachDeathIsReadOnce()
    {
        const auto api = std::make_shared<FakeObjectApi>();
        store::JobStore store;
        DeathReader reader(api, store);
        const Job j = job(u"j"_s);
        putPod(*api, looping(j, 2), full);
        store.applyJobs(JobKind::PyTorchJob, upsert<Job>({j}));
        store.applyPods(upsert<Pod>({looping(j, 2)}));
        QTRY_VERIFY(store.find(u"j"_s)->died);
        QCOMPARE(store.find(u"j"_s)->died->kind, DeathCause::Kind::NoSpace);
        QCOMPARE(store.find(u"j"_s)->died->claim, u"ckpt"_s);
        QCOMPARE(logsOf(*api).size(), 1);

        Pod same = looping(j, 2);
        same.resourceVersion = u"7"_s;
        store.applyPods(upsert<Pod>({same}));
        QTRY_COMPARE(reader.left(), 0);
        QCOMPARE(logsOf(*api).size(), 1);

        api->setLog(u"ml"_s, looping(j, 3).name, "ModuleNotFoundError: No module named 'x'\n");
        store.applyPods(upsert<Pod>({looping(j, 3)})); // it died again
        QVERIFY(store.find(u"j"_s)->died); // what is known stays until more is
        QTRY_COMPARE(store.find(u"j"_s)->died->kind, DeathCause::Kind::MissingModule);
        QCOMPARE(logsOf(*api).size(), 2);
    }

    void aNamespaceThatRefusesIsAskedOnce()
    {
        const auto api = std::make_shared<FakeObjectApi>();
        api->deny(u"get pods/log"_s);
        store::JobStore store;
        DeathReader reader(api, store);
        const Job a = job(u"a"_s), b = job(u"b"_s);
        putPod(*api, looping(a, 1), full);
        putPod(*api, looping(b, 1), full);
        Pod oom = looping(b, 1);
        oom.containers[0].lastReason = u"OOMKilled"_s;
        oom.containers[0].lastExitCode = 137;
        store.applyJobs(JobKind::PyTorchJob, upsert<Job>({a, b}));
        store.applyPods(upsert<Pod>({looping(a, 1)}));
        QTRY_COMPARE(reader.left(), 0);
        store.applyPods(upsert<Pod>({oom}));
        QTRY_VERIFY(store.find(u"b"_s)->died); // the exit status needs no log
        QCOMPARE(store.find(u"b"_s)->died->kind, DeathCause::Kind::HostMemory);
        QVERIFY(!store.find(u"a"_s)->died);
        QVERIFY(logsOf(*api).size() <= 1);
    }

    void aHealthyJobIsLeftAlone()
    {
        const auto api = std::make_shared<FakeObjectApi>();
        store::JobStore store;
        DeathReader reader(api, store);
        const Job j = job(u"j"_s);
        Pod well = looping(j, 1);
        well.containers[0].state = u"running"_s;
        well.containers[0].reason.clear();
        well.containers[0].ready = true;
        store.applyJobs(JobKind::PyTorchJob, upsert<Job>({j}));
        store.applyPods(upsert<Pod>({well}));
        QCOMPARE(reader.left(), 0);
        QVERIFY(logsOf(*api).isEmpty());
    }

    void theTailIsBounded()
    {
        FakeObjectApi api;
        const Job j = [] {
            Job one = job(u"j"_s);
            one.phase = JobPhase::Restarting;
            return one;
        }();
        putPod(api, looping(j, 1), QByteArray("x").repeated(400'000) + '\n' + full);
        const Result<QList<ReadDeath>> read = readDeaths(api, j, situation::deathsOf(j, {looping(j, 1)}), {});
        QVERIFY(read && read->size() == 1 && read->first().cause);
        QCOMPARE(read->first().cause->kind, DeathCause::Kind::NoSpace);
        QVERIFY(read->first().cause->line.size() <= 400);
    }
};

QTEST_GUILESS_MAIN(TestDeathReader)
#include "tst_deathreader.moc"
