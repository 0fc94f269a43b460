// SPDX-License-Identifier: GPL-3.0-or-later
#include "FakeObjectApi.h"
#include "engine/JobFlows.h"
#include "engine/JobJson.h"
#include "engine/StorageFlows.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::app;
using namespace cairn::tests;

namespace {

QJsonObject object(const QString &name)
{
    return {{u"metadata"_s, QJsonObject{{u"name"_s, name}, {u"namespace"_s, u"team"_s}}}};
}

QJsonObject running(const QString &name, const QString &specs, int replicas)
{
    QJsonObject job = object(name);
    job.insert(u"spec"_s, QJsonObject{{specs, QJsonObject{{u"Worker"_s, QJsonObject{{u"replicas"_s, replicas}}}}}});
    job.insert(u"status"_s, QJsonObject{{u"conditions"_s, QJsonArray{QJsonObject{{u"type"_s, u"Running"_s}, {u"status"_s, u"True"_s}}}}});
    return job;
}

QStringList names(const JobList &list)
{
    QStringList result;
    for (const Job &job : list.jobs)
        result.append(job.name);
    return result;
}

QStringList missing(const QList<Gap> &gaps)
{
    QStringList result;
    for (const Gap &gap : gaps)
        result.append(gap.what);
    return result;
}

} // namespace

/// What a list of several kinds shows when some of it cannot be read.
class TestJobList : public QObject
{
    Q_OBJECT

    std::unique_ptr<FakeObjectApi> m_api;

    void failList(const QString &resource, Error::Kind kind)
    {
        m_api->before = [resource, kind](const FakeObjectApi::Call &call) -> std::optional<Error> {
            return call.verb == "list"_L1 && call.resource == resource ? std::optional(Error::make(kind, u"no "_s + resource)) : std::nullopt;
        };
    }

private slots:
    void init()
    {
        m_api = std::make_unique<FakeObjectApi>();
        m_api->put(facts(JobKind::PyTorchJob).resource, running(u"llama"_s, u"pytorchReplicaSpecs"_s, 2));
        m_api->put(facts(JobKind::TFJob).resource, running(u"bert"_s, u"tfReplicaSpecs"_s, 1));
    }

    void everythingReadHasNoGaps()
    {
        const auto list = listJobs(*m_api, u"team"_s, {});
        QVERIFY(list);
        QCOMPARE(names(*list), (QStringList{u"bert"_s, u"llama"_s}));
        QVERIFY(list->gaps.isEmpty() && list->allKinds && list->podsRead && list->runtimesRead);
        QCOMPARE(toJson(list->jobs[0])[u"ready"_s], QJsonValue(0)); // read, and none is ready
    }

    void aJobOnALostNodeIsNotGreen()
    {
        QJsonObject job = running(u"llama"_s, u"pytorchReplicaSpecs"_s, 1);
        job.insert(u"metadata"_s, QJsonObject{{u"name"_s, u"llama"_s}, {u"namespace"_s, u"team"_s}, {u"uid"_s, u"uid-llama"_s}});
        m_api->put(facts(JobKind::PyTorchJob).resource, job);
        const QJsonObject owner{{u"kind"_s, u"PyTorchJob"_s}, {u"name"_s, u"llama"_s}, {u"uid"_s, u"uid-llama"_s}, {u"controller"_s, true},
                                {u"apiVersion"_s, u"kubeflow.org/v1"_s}};
        m_api->put(kinds::pods(), {{u"metadata"_s, QJsonObject{{u"name"_s, u"llama-worker-0"_s}, {u"namespace"_s, u"team"_s}, {u"uid"_s, u"pod"_s},
                                                               {u"ownerReferences"_s, QJsonArray{owner}},
                                                               {u"labels"_s, QJsonObject{{facts(JobKind::PyTorchJob).podLabel, u"llama"_s},
                                                                                         {u"training.kubeflow.org/replica-type"_s, u"worker"_s}}}}},
                                   {u"spec"_s, QJsonObject{{u"nodeName"_s, u"gpu-1"_s}}},
                                   {u"status"_s, QJsonObject{{u"phase"_s, u"Running"_s},
                                                             {u"containerStatuses"_s, QJsonArray{QJsonObject{{u"name"_s, u"pytorch"_s}, {u"ready"_s, true},
                                                                                                             {u"state"_s, QJsonObject{{u"running"_s, QJsonObject{}}}}}}}}}});
        const auto node = [this](const QString &ready) {
            m_api->put(kinds::nodes(), {{u"metadata"_s, QJsonObject{{u"name"_s, u"gpu-1"_s}, {u"uid"_s, u"node"_s}}},
                                        {u"status"_s, QJsonObject{{u"conditions"_s, QJsonArray{QJsonObject{{u"type"_s, u"Ready"_s}, {u"status"_s, ready}}}}}}});
        };
        const auto phase = [this] {
            const auto list = listJobs(*m_api, u"team"_s, {});
            return list && list->gaps.isEmpty() ? list->jobs.last().phase : JobPhase::Unknown;
        };
        node(u"True"_s);
        QCOMPARE(phase(), JobPhase::Running);
        node(u"Unknown"_s);
        QCOMPARE(phase(), JobPhase::NodeLost);
        failList(u"nodes"_s, Error::Kind::Forbidden); // who may not read nodes hears it from the pods
        QCOMPARE(phase(), JobPhase::Running);
        failList(u"nodes"_s, Error::Kind::Server);
        QCOMPARE(missing(listJobs(*m_api, u"team"_s, {})->gaps), QStringList{u"nodes"_s});
    }

    void whatCannotBeUnderstoodIsCounted()
    {
        QJsonObject odd = object(u"odd"_s);
        odd.insert(u"kind"_s, u"Other"_s);
        m_api->put(facts(JobKind::PyTorchJob).resource, odd);
        odd = object(u"odd-too"_s);
        odd.insert(u"kind"_s, u"Other"_s);
        m_api->put(facts(JobKind::PyTorchJob).resource, odd);
        const auto list = listJobs(*m_api, u"team"_s, {});
        QVERIFY(list);
        QCOMPARE(names(*list), (QStringList{u"bert"_s, u"llama"_s}));
        QCOMPARE(missing(list->gaps), QStringList{u"pytorchjobs.kubeflow.org"_s});
        QCOMPARE(list->gaps[0].error.kind, Error::Kind::Parse);
        QVERIFY(list->gaps[0].error.what.contains(u'2'));
        QVERIFY(list->gaps[0].error.why.contains(u"odd"_s));
        QVERIFY(!list->allKinds);

        // A pod that is not understood is not a pod that is not there.
        QJsonObject pod = object(u"llama-worker-0"_s);
        pod.insert(u"kind"_s, u"Other"_s);
        QJsonObject meta = pod[u"metadata"_s].toObject();
        meta.insert(u"labels"_s, QJsonObject{{facts(JobKind::PyTorchJob).podLabel, u"llama"_s}});
        pod.insert(u"metadata"_s, meta);
        m_api->put(kinds::pods(), pod);
        const auto again = listJobs(*m_api, u"team"_s, {});
        QVERIFY(again);
        QVERIFY(missing(again->gaps).contains(u"pods"_s));
        const auto detail = findJob(*m_api, u"team"_s, u"pytorchjob/llama"_s, {});
        QVERIFY2(detail, detail ? "" : qPrintable(detail.error().oneLine()));
        QVERIFY(detail->podsError && detail->podsError->kind == Error::Kind::Parse);
    }

    void aKindThatCannotBeListedHidesNoOther_data()
    {
        QTest::addColumn<QString>("kind");
        QTest::newRow("forbidden") << kindName(Error::Kind::Forbidden);
        QTest::newRow("broken") << kindName(Error::Kind::Server);
        QTest::newRow("hangs") << kindName(Error::Kind::Timeout);
        QTest::newRow("cut off") << kindName(Error::Kind::Network);
        QTest::newRow("unreadable") << kindName(Error::Kind::Parse);
    }
    void aKindThatCannotBeListedHidesNoOther()
    {
        QFETCH(QString, kind);
        for (const auto of : {Error::Kind::Forbidden, Error::Kind::Server, Error::Kind::Timeout, Error::Kind::Network, Error::Kind::Parse}) {
            if (kindName(of) == kind)
                failList(u"pytorchjobs"_s, of); // the first one that is asked for
        }
        const auto list = listJobs(*m_api, u"team"_s, {});
        QVERIFY2(list, list ? "" : qPrintable(list.error().oneLine()));
        QCOMPARE(names(*list), QStringList{u"bert"_s});
        QCOMPARE(missing(list->gaps), QStringList{u"pytorchjobs.kubeflow.org"_s});
        QVERIFY(!list->allKinds);
        QCOMPARE(toJson(list->gaps)[0][u"error"_s].toString(), kind);
        QVERIFY(toJson(list->gaps)[0][u"message"_s].toString().contains(u"no pytorchjobs"_s));
    }
    void whereNoKindMayBeListedItIsAnError()
    {
        for (const JobKindFacts &kind : jobKinds())
            m_api->deny(u"list "_s + kind.resource.plural);
        const auto list = listJobs(*m_api, u"team"_s, {});
        QVERIFY(!list);
        QCOMPARE(list.error().kind, Error::Kind::Forbidden);
    }
    void whatConcernsTheWholeServerIsNoGap_data()
    {
        QTest::addColumn<int>("kind");
        QTest::addColumn<int>("asked");
        QTest::newRow("credentials") << int(Error::Kind::Auth) << 1;
        QTest::newRow("cancelled") << int(Error::Kind::Cancelled) << 1;
        QTest::newRow("certificate") << int(Error::Kind::Tls) << 1;
        QTest::newRow("a server that is silent throughout") << int(Error::Kind::Timeout) << 2; // not eight times
    }
    void whatConcernsTheWholeServerIsNoGap()
    {
        QFETCH(int, kind);
        QFETCH(int, asked);
        int lists = 0;
        m_api->before = [&](const FakeObjectApi::Call &call) -> std::optional<Error> {
            if (call.verb != "list"_L1)
                return std::nullopt;
            ++lists;
            return Error::make(Error::Kind(kind), u"no"_s);
        };
        const auto list = listJobs(*m_api, u"team"_s, {});
        QVERIFY(!list);
        QCOMPARE(int(list.error().kind), kind);
        QCOMPARE(lists, asked);
    }
    void aSilentApiGroupIsNamed_data()
    {
        QTest::addColumn<QString>("group");
        QTest::addColumn<QString>("version");
        QTest::addColumn<bool>("allKinds");
        QTest::newRow("metrics") << u"metrics.k8s.io"_s << u"v1beta1"_s << true;
        QTest::newRow("trainer") << u"trainer.kubeflow.org"_s << u"v1alpha1"_s << false; // may hold jobs
    }
    void aSilentApiGroupIsNamed()
    {
        QFETCH(QString, group);
        QFETCH(QString, version);
        QFETCH(bool, allKinds);
        m_api->setMapper(RestMapper({{facts(JobKind::TFJob).resource, {}, {}, {}}},
                                    {{group, version, Error::make(Error::Kind::Server, u"silent"_s)}}));
        const auto list = listJobs(*m_api, u"team"_s, {});
        QVERIFY(list);
        QCOMPARE(names(*list), QStringList{u"bert"_s});
        QCOMPARE(missing(list->gaps), QStringList{group + u'/' + version});
        QCOMPARE(list->allKinds, allKinds);
        // A name that is not found may be of the silent group.
        const auto found = findJob(*m_api, u"team"_s, u"trainjob/x"_s, {});
        QVERIFY(!found);
        QCOMPARE(found.error().what, u"silent"_s);
    }
    void podsThatMayNotBeReadAreNotZero()
    {
        m_api->deny(u"list pods"_s);
        const auto list = listJobs(*m_api, u"team"_s, {});
        QVERIFY(list);
        QCOMPARE(missing(list->gaps), QStringList{u"pods"_s}); // once, though each label was asked for
        QVERIFY(!list->podsRead && list->allKinds);
        const QJsonObject json = toJson(list->jobs[1], {list->podsRead, list->runtimesRead});
        QVERIFY(json[u"ready"_s].isNull());
        QVERIFY(json[u"restarts"_s].isNull());
        QVERIFY(json[u"replicas"_s][0][u"ready"_s].isNull());
        QCOMPARE(json[u"desired"_s], QJsonValue(2));
        const auto detail = readJob(*m_api, list->jobs[1].ref(), {});
        QVERIFY(detail);
        QCOMPARE(detail->podsError->kind, Error::Kind::Forbidden);
    }
    void aRuntimeThatMayNotBeReadLeavesTheSizeUnknown()
    {
        QJsonObject job = object(u"t"_s);
        job.insert(u"spec"_s, QJsonObject{{u"runtimeRef"_s, QJsonObject{{u"name"_s, u"torch"_s}}}});
        m_api->put(facts(JobKind::TrainJob).resource, job);
        m_api->deny(u"list clustertrainingruntimes"_s);
        const auto list = listJobs(*m_api, u"team"_s, {});
        QVERIFY(list);
        QCOMPARE(missing(list->gaps), QStringList{u"clustertrainingruntimes.trainer.kubeflow.org"_s});
        const auto train = std::ranges::find(list->jobs, u"t"_s, &Job::name);
        QVERIFY(train != list->jobs.end());
        const QJsonObject json = toJson(*train, {list->podsRead, list->runtimesRead});
        QVERIFY(json[u"desired"_s].isNull());
        QVERIFY(json[u"gpus"_s].isNull());
        QCOMPARE(toJson(list->jobs.first(), {list->podsRead, list->runtimesRead})[u"desired"_s], QJsonValue(1)); // says it itself
    }
    void oneKindThatMayNotBeAskedDoesNotHideAJob()
    {
        m_api->deny(u"get tfjobs"_s);
        QVERIFY(findJob(*m_api, u"team"_s, u"llama"_s, {}));
        const auto hidden = findJob(*m_api, u"team"_s, u"bert"_s, {});
        QVERIFY(!hidden);
        QCOMPARE(hidden.error().kind, Error::Kind::Forbidden); // it may be there
    }
    void claimsSayWhoseUsersAreNotKnown()
    {
        m_api->put(kinds::claims(), object(u"c"_s));
        m_api->deny(u"list pods"_s);
        const auto facts = readClaimFacts(*m_api, u"team"_s, {});
        QVERIFY(facts);
        QVERIFY(!facts->usersRead);
        QCOMPARE(missing(facts->gaps), QStringList{u"pods"_s});
        const QList<storage::ClaimAccount> accounts = storage::account(*facts);
        QVERIFY(toJson(accounts[0], facts->usersRead)[u"users"_s].isNull());
        QVERIFY(toJson(accounts[0], true)[u"users"_s].isArray());
    }
    void aBrokenListBesideTheClaimsIsAGap()
    {
        m_api->put(kinds::claims(), object(u"c"_s));
        failList(u"storageclasses"_s, Error::Kind::Server);
        const auto facts = readClaimFacts(*m_api, u"team"_s, {});
        QVERIFY(facts);
        QCOMPARE(facts->claims.size(), 1);
        QCOMPARE(missing(facts->gaps), QStringList{u"storageclasses.storage.k8s.io"_s});
        QVERIFY(facts->usersRead);
    }
};

QTEST_GUILESS_MAIN(TestJobList)
#include "tst_joblist.moc"
