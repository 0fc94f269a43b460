// SPDX-License-Identifier: GPL-3.0-or-later
#include "FakeObjectApi.h"
#include "Samples.h"
#include "base/Names.h"
#include "jobs/BulkExecutor.h"
#include "jobs/ResumeState.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using namespace cairn;
using namespace cairn::jobs;
using namespace cairn::tests;

namespace {

using Fate = BulkItem::Fate;
using State = BulkResult::State;

const QDateTime now = QDateTime::fromString(u"2026-01-02T04:00:00Z"_s, Qt::ISODate);

const ResourceKind &jobResource()
{
    return facts(JobKind::PyTorchJob).resource;
}

QJsonObject suspended(QJsonObject job)
{
    job = with(job, {u"spec"_s, u"runPolicy"_s, u"suspend"_s}, true);
    return with(job, {u"status"_s, u"conditions"_s}, QJsonArray{condition(u"Created"_s, true), condition(u"Suspended"_s, true)});
}

QJsonObject finished(const QJsonObject &job)
{
    return with(job, {u"status"_s, u"conditions"_s}, QJsonArray{condition(u"Created"_s, true), condition(u"Succeeded"_s, true)});
}

QJsonObject trainJob(bool suspend)
{
    return {{u"apiVersion"_s, u"trainer.kubeflow.org/v1alpha1"_s},
            {u"kind"_s, u"TrainJob"_s},
            {u"metadata"_s, QJsonObject{{u"name"_s, u"tune"_s}, {u"namespace"_s, u"research"_s}, {u"uid"_s, u"uid-tune"_s}}},
            {u"spec"_s, QJsonObject{{u"suspend"_s, suspend}, {u"runtimeRef"_s, QJsonObject{{u"name"_s, u"torch"_s}}}}}};
}

QJsonObject podOf(const QString &job, const QString &label, const QString &phase)
{
    return {{u"metadata"_s, QJsonObject{{u"name"_s, job + u"-0"_s}, {u"namespace"_s, u"research"_s}, {u"labels"_s, QJsonObject{{label, job}}}}},
            {u"status"_s, QJsonObject{{u"phase"_s, phase}}}};
}

/// What of the job is planned, as one of Cairn's users would have it.
BulkItem planned(BulkAct act, const QJsonObject &object, JobKind kind = JobKind::PyTorchJob)
{
    return planBulk(act, decoded(object, kind), nullptr, now);
}

BulkOptions options(FakeObjectApi *api = nullptr, const std::function<void(int)> &onSleep = {})
{
    BulkOptions o;
    auto rounds = std::make_shared<int>(0);
    auto clock = std::make_shared<QDateTime>(now);
    o.now = [clock] { return *clock; };
    o.sleep = [=](std::chrono::milliseconds time, const std::stop_token &stop) {
        *clock = clock->addMSecs(time.count());
        if (onSleep && api)
            onSleep(++*rounds);
        return !stop.stop_requested();
    };
    return o;
}

} // namespace

class TestBulk : public QObject
{
    Q_OBJECT

private slots:
    void everyStateHasItsFate_data()
    {
        QTest::addColumn<QJsonObject>("job");
        QTest::addColumn<QString>("suspend"); // fate:reason
        QTest::addColumn<QString>("unsuspend");
        QTest::addColumn<QString>("deletion");
        const QJsonObject running = contractJob();
        QTest::newRow("running") << running << u"act:suspend"_s << u"nothing:not-suspended"_s << u"act:delete"_s;
        QTest::newRow("suspended") << suspended(running) << u"nothing:suspended"_s << u"act:unsuspend"_s << u"act:delete"_s;
        QTest::newRow("finished") << finished(running) << u"nothing:finished"_s << u"nothing:finished"_s << u"act:delete"_s;
        QTest::newRow("finished and suspended") << finished(suspended(running)) << u"nothing:finished"_s << u"nothing:finished"_s << u"act:delete"_s;
        const QJsonObject leaving = with(running, {u"metadata"_s, u"deletionTimestamp"_s}, u"2026-01-02T03:00:00Z"_s);
        QTest::newRow("being deleted") << leaving << u"nothing:deleting"_s << u"nothing:deleting"_s << u"nothing:deleting"_s;
        const QJsonArray owner{QJsonObject{{u"controller"_s, true}, {u"kind"_s, u"Trial"_s}, {u"name"_s, u"sweep-3"_s}}};
        QTest::newRow("of a trial") << with(running, {u"metadata"_s, u"ownerReferences"_s}, owner) << u"refused:controller"_s
                                    << u"nothing:not-suspended"_s << u"act:delete"_s;
        const QJsonObject queued = with(suspended(running), {u"metadata"_s, u"labels"_s}, QJsonObject{{u"kueue.x-k8s.io/queue-name"_s, u"team"_s}});
        QTest::newRow("queued") << queued << u"nothing:suspended"_s << u"refused:queue"_s << u"act:delete"_s;
        const QJsonObject admitted = with(running, {u"metadata"_s, u"labels"_s}, QJsonObject{{u"kueue.x-k8s.io/queue-name"_s, u"team"_s}});
        QTest::newRow("admitted by a queue") << admitted << u"refused:queue"_s << u"nothing:not-suspended"_s << u"act:delete"_s;
        const QJsonObject elsewhere = with(running, {u"spec"_s, u"runPolicy"_s, u"managedBy"_s}, u"kueue.x-k8s.io/multikueue"_s);
        QTest::newRow("of MultiKueue") << elsewhere << u"refused:managed-by"_s << u"nothing:not-suspended"_s << u"act:delete"_s;
        const QJsonObject unfinished = with(running, {u"metadata"_s, u"annotations"_s}, QJsonObject{{names::name("resume"_L1), u"no record"_s}});
        QTest::newRow("unfinished resume") << unfinished << u"refused:pending-resume"_s << u"nothing:not-suspended"_s << u"act:delete"_s;
        QTest::newRow("unfinished resume, suspended") << suspended(unfinished) << u"nothing:suspended"_s << u"refused:pending-resume"_s << u"act:delete"_s;
    }
    void everyStateHasItsFate()
    {
        QFETCH(const QJsonObject, job);
        QFETCH(const QString, suspend);
        QFETCH(const QString, unsuspend);
        QFETCH(const QString, deletion);
        const auto word = [&](BulkAct act) {
            const BulkItem item = planned(act, job);
            return fateWord(item.fate) + u':' + item.verdict.id;
        };
        QCOMPARE(word(BulkAct::Suspend), suspend);
        QCOMPARE(word(BulkAct::Unsuspend), unsuspend);
        QCOMPARE(word(BulkAct::Delete), deletion);
        for (const BulkAct act : {BulkAct::Suspend, BulkAct::Unsuspend, BulkAct::Delete})
            QVERIFY(planned(act, job).verdict.text.endsWith(u'.'));
    }

    void whoSetsItBackIsSaid()
    {
        const QJsonObject tracked = with(contractJob(), {u"metadata"_s, u"annotations"_s},
                                         QJsonObject{{u"argocd.argoproj.io/tracking-id"_s, u"nlp:kubeflow.org/PyTorchJob:research/demo"_s}});
        for (const BulkAct act : {BulkAct::Suspend, BulkAct::Delete}) {
            const BulkItem item = planned(act, tracked);
            QVERIFY(item.fate == Fate::Act);
            QCOMPARE(item.warnings.size(), 1);
            QCOMPARE(item.warnings.first().id, u"reverted"_s);
            QVERIFY(item.warnings.first().text.contains(u"Application nlp"_s));
        }
    }

    void theWorkThatIsLostIsCounted()
    {
        // Unread: everything since the start, as an upper bound.
        const BulkItem unread = planned(BulkAct::Suspend, contractJob());
        QVERIFY(unread.losesWork && unread.loss.unread);
        QCOMPARE(unread.loss.since, QDateTime::fromString(u"2026-01-02T00:00:00Z"_s, Qt::ISODate));
        Listing listing;
        Run run;
        run.checkpoints = {wholeCheckpoint()}; // saved at 03:00
        listing.runs = {run};
        const BulkItem read = planBulk(BulkAct::Delete, decoded(contractJob()), &listing, now);
        QVERIFY(read.losesWork && !read.loss.unread && !read.loss.atMost);
        QCOMPARE(read.loss.since, wholeCheckpoint().savedAt);
        listing.partial = true;
        QVERIFY(planBulk(BulkAct::Delete, decoded(contractJob()), &listing, now).loss.atMost);
        QCOMPARE(read.stays, QStringList{u"ckpt-claim"_s});
        QVERIFY(!planned(BulkAct::Delete, suspended(contractJob())).losesWork);
        QVERIFY(!planned(BulkAct::Suspend, finished(contractJob())).losesWork);
        // What is kept nowhere goes with its pods.
        const QJsonObject nowhere = pytorchJob(container(u"pytorch"_s, {{u"CHECKPOINT_DIR"_s, u"/tmp/demo"_s}}));
        QVERIFY(std::ranges::any_of(planned(BulkAct::Delete, nowhere).warnings, [](const PlanNote &note) { return note.id == u"no-storage"; }));
    }

    void suspendIsWrittenWhereTheKindHasIt()
    {
        FakeObjectApi api;
        api.put(jobResource(), contractJob());
        api.put(facts(JobKind::TrainJob).resource, trainJob(false));
        const QList<BulkItem> items{planned(BulkAct::Suspend, api.stored(jobResource(), u"research"_s, u"demo"_s)),
                                    planned(BulkAct::Suspend, api.stored(facts(JobKind::TrainJob).resource, u"research"_s, u"tune"_s), JobKind::TrainJob)};
        for (const BulkItem &item : items)
            QVERIFY(tryBulk(api, item, {}));
        QVERIFY(std::ranges::none_of(api.calls(), &FakeObjectApi::Call::writes));
        const QList<BulkResult> results = executeBulk(api, items, options(), {});
        for (const BulkResult &result : results)
            QCOMPARE(stateWord(result.state), u"done"_s);
        QVERIFY(api.stored(jobResource(), u"research"_s, u"demo"_s)[u"spec"_s][u"runPolicy"_s][u"suspend"_s].toBool());
        QVERIFY(api.stored(facts(JobKind::TrainJob).resource, u"research"_s, u"tune"_s)[u"spec"_s][u"suspend"_s].toBool());
        for (const FakeObjectApi::Call &call : api.calls()) {
            if (call.writes())
                QVERIFY(call.body[u"metadata"_s][u"resourceVersion"_s].isString());
        }
        for (const JobKindFacts &kind : trainingKinds()) {
            const QJsonValue spec = suspendPatch(kind, true)[u"spec"_s];
            QVERIFY2((kind.isTrainJob() ? spec : spec[u"runPolicy"_s])[u"suspend"_s].toBool(), qPrintable(kind.resource.apiVersion()));
        }
        // Once more is no error and no write.
        api.forgetCalls();
        QVERIFY(executeBulk(api, items, options(), {}).first().state == State::Unchanged);
        QVERIFY(std::ranges::none_of(api.calls(), &FakeObjectApi::Call::writes));
    }

    void oneFailureStopsNoOther()
    {
        FakeObjectApi api;
        QList<BulkItem> items;
        for (const QString &name : {u"a"_s, u"b"_s, u"c"_s})
            items.append(planned(BulkAct::Suspend, api.put(jobResource(), contractJob(name))));
        items.append(planned(BulkAct::Suspend, finished(contractJob(u"d"_s))));
        api.before = [](const FakeObjectApi::Call &call) -> std::optional<Error> {
            if (call.verb == u"patch" && call.name == u"b")
                return Error::make(Error::Kind::Forbidden, u"no"_s);
            return std::nullopt;
        };
        QStringList told;
        BulkOptions o = options();
        o.progress = [&](int index, const BulkResult &result) { told.append(u"%1 %2"_s.arg(index).arg(stateWord(result.state))); };
        const QList<BulkResult> results = executeBulk(api, items, o, {});
        QCOMPARE(stateWord(results[0].state), u"done"_s);
        QCOMPARE(stateWord(results[1].state), u"failed"_s);
        QCOMPARE(results[1].error->what, u"no"_s);
        QCOMPARE(stateWord(results[2].state), u"done"_s);
        QCOMPARE(stateWord(results[3].state), u"unchanged"_s);
        QCOMPARE(told, (QStringList{u"3 unchanged"_s, u"0 running"_s, u"0 done"_s, u"1 running"_s, u"1 failed"_s, u"2 running"_s, u"2 done"_s}));
    }

    void stoppingLeavesTheRestAlone()
    {
        FakeObjectApi api;
        QList<BulkItem> items;
        for (const QString &name : {u"a"_s, u"b"_s})
            items.append(planned(BulkAct::Delete, api.put(jobResource(), contractJob(name))));
        std::stop_source stop;
        BulkOptions o = options();
        o.progress = [&](int, const BulkResult &result) {
            if (result.state == State::Done)
                stop.request_stop();
        };
        const QList<BulkResult> results = executeBulk(api, items, o, stop.get_token());
        QCOMPARE(stateWord(results[0].state), u"done"_s);
        QCOMPARE(stateWord(results[1].state), u"stopped"_s);
        QVERIFY(api.stored(jobResource(), u"research"_s, u"a"_s).isEmpty());
        QVERIFY(!api.stored(jobResource(), u"research"_s, u"b"_s).isEmpty());
    }

    void aJobIsLetGoWhenItsPodsAreGone()
    {
        FakeObjectApi api;
        const QString label = facts(JobKind::PyTorchJob).podLabel;
        const BulkItem waits = planned(BulkAct::Unsuspend, api.put(jobResource(), suspended(contractJob(u"waits"_s))));
        const BulkItem free = planned(BulkAct::Unsuspend, api.put(jobResource(), suspended(contractJob(u"free"_s))));
        api.put(kinds::pods(), podOf(u"waits"_s, label, u"Failed"_s));
        const auto isSuspended = [&](const QString &name) {
            return api.stored(jobResource(), u"research"_s, name)[u"spec"_s][u"runPolicy"_s][u"suspend"_s].toBool();
        };
        BulkOptions o = options(&api, [&](int round) {
            QVERIFY(isSuspended(u"waits"_s));
            QVERIFY(!isSuspended(u"free"_s)); // one that waits holds up no other
            if (round == 3)
                api.erase(kinds::pods(), u"research"_s, u"waits-0"_s);
        });
        QStringList texts;
        o.progress = [&](int index, const BulkResult &result) {
            if (index == 0 && result.state == State::Waiting)
                texts.append(result.text);
        };
        const QList<BulkResult> results = executeBulk(api, {waits, free}, o, {});
        QCOMPARE(stateWord(results[0].state), u"done"_s);
        QVERIFY(!isSuspended(u"waits"_s));
        QCOMPARE(texts.size(), 3);
    }

    void podsThatNeverEndAreAFailureInTheEnd()
    {
        FakeObjectApi api;
        const BulkItem item = planned(BulkAct::Unsuspend, api.put(jobResource(), suspended(contractJob())));
        api.put(kinds::pods(), podOf(u"demo"_s, facts(JobKind::PyTorchJob).podLabel, u"Running"_s));
        BulkOptions o = options();
        o.poll = 60s;
        const QList<BulkResult> results = executeBulk(api, {item}, o, {});
        QCOMPARE(stateWord(results[0].state), u"failed"_s);
        QVERIFY(results[0].error->kind == Error::Kind::Timeout);
        QVERIFY(api.stored(jobResource(), u"research"_s, u"demo"_s)[u"spec"_s][u"runPolicy"_s][u"suspend"_s].toBool());
        // Of a JobSet, pods that ended well stay and are not waited for.
        const ResourceKind &trainJobs = facts(JobKind::TrainJob).resource;
        const BulkItem tune = planned(BulkAct::Unsuspend, api.put(trainJobs, trainJob(true)), JobKind::TrainJob);
        api.put(kinds::pods(), podOf(u"tune"_s, facts(JobKind::TrainJob).podLabel, u"Succeeded"_s));
        QCOMPARE(stateWord(executeBulk(api, {tune}, options(), {}).first().state), u"done"_s);
        QVERIFY(!api.stored(trainJobs, u"research"_s, u"tune"_s)[u"spec"_s][u"suspend"_s].toBool(true));
    }

    void deletionIsGuardedAndInTheBackground()
    {
        FakeObjectApi api;
        const BulkItem item = planned(BulkAct::Delete, api.put(jobResource(), contractJob()));
        QVERIFY(tryBulk(api, item, {}));
        // The operator's status writes come between reading and deleting.
        int conflicts = 0;
        api.before = [&](const FakeObjectApi::Call &call) -> std::optional<Error> {
            if (call.verb == u"remove" && ++conflicts <= 2)
                api.edit(jobResource(), u"research"_s, u"demo"_s, [&](QJsonObject &job) {
                    job = with(job, {u"status"_s, u"round"_s}, conflicts);
                    return true;
                });
            return std::nullopt;
        };
        QCOMPARE(stateWord(executeBulk(api, {item}, options(), {}).first().state), u"done"_s);
        QCOMPARE(conflicts, 3);
        QVERIFY(api.stored(jobResource(), u"research"_s, u"demo"_s).isEmpty());
        for (const FakeObjectApi::Call &call : api.calls()) {
            if (call.verb != u"remove")
                continue;
            QCOMPARE(call.deletion.uid, u"uid-demo"_s);
            QCOMPARE(call.deletion.propagation, u"Background"_s);
            QCOMPARE(call.deletion.resourceVersion.isEmpty(), call.dryRun);
        }
        QCOMPARE(stateWord(executeBulk(api, {item}, options(), {}).first().state), u"unchanged"_s);
    }

    void whatWasMadeAnewOrChangedIsNeverDeleted()
    {
        FakeObjectApi api;
        const BulkItem item = planned(BulkAct::Delete, api.put(jobResource(), contractJob()));
        const auto act = [&] {
            const BulkResult result = executeBulk(api, {item}, options(), {}).first();
            return stateWord(result.state);
        };
        // Changed.
        api.edit(jobResource(), u"research"_s, u"demo"_s, [](QJsonObject &job) {
            job = with(job, {u"spec"_s, u"runPolicy"_s, u"backoffLimit"_s}, 7);
            return true;
        });
        QCOMPARE(act(), u"failed"_s);
        // Somebody let it go: it trains, and nobody was told that work is lost.
        const BulkItem quiet = planned(BulkAct::Delete, api.put(jobResource(), suspended(contractJob(u"quiet"_s))));
        api.edit(jobResource(), u"research"_s, u"quiet"_s, [](QJsonObject &job) {
            job = contractJob(u"quiet"_s);
            return true;
        });
        QCOMPARE(stateWord(executeBulk(api, {quiet}, options(), {}).first().state), u"failed"_s);
        // Made anew under its name.
        api.erase(jobResource(), u"research"_s, u"demo"_s);
        api.put(jobResource(), with(contractJob(), {u"metadata"_s, u"uid"_s}, u"another"_s));
        QCOMPARE(act(), u"unchanged"_s);
        QVERIFY(!api.stored(jobResource(), u"research"_s, u"demo"_s).isEmpty());
        QVERIFY(!api.stored(jobResource(), u"research"_s, u"quiet"_s).isEmpty());
        QVERIFY(!tryBulk(api, item, {}));
    }

    void aLostAnswerIsNoFailure()
    {
        FakeObjectApi api;
        const BulkItem deletion = planned(BulkAct::Delete, api.put(jobResource(), contractJob(u"a"_s)));
        const BulkItem suspension = planned(BulkAct::Suspend, api.put(jobResource(), contractJob(u"b"_s)));
        int lost = 0;
        api.after = [&](const FakeObjectApi::Call &call) -> std::optional<Error> {
            if (call.writes() && ++lost <= 2)
                return Error::make(Error::Kind::Network, u"reset"_s);
            return std::nullopt;
        };
        const QList<BulkResult> results = executeBulk(api, {deletion, suspension}, options(), {});
        QCOMPARE(lost, 2);
        QCOMPARE(stateWord(results[0].state), u"done"_s);
        QCOMPARE(stateWord(results[1].state), u"done"_s);
    }

    void whatFinalizersHoldIsNotCalledGone()
    {
        FakeObjectApi api;
        QJsonObject held = with(contractJob(), {u"metadata"_s, u"finalizers"_s}, QJsonArray{u"example.com/keep"_s});
        const BulkItem item = planned(BulkAct::Delete, api.put(jobResource(), held));
        api.after = [&](const FakeObjectApi::Call &call) -> std::optional<Error> {
            if (call.verb == u"remove")
                api.put(jobResource(), with(held, {u"metadata"_s, u"deletionTimestamp"_s}, u"2026-01-02T04:00:00Z"_s));
            return std::nullopt;
        };
        const BulkResult result = executeBulk(api, {item}, options(), {}).first();
        QCOMPARE(stateWord(result.state), u"done"_s);
        QVERIFY2(result.text.contains(u"example.com/keep"_s), qPrintable(result.text));
    }
};

QTEST_GUILESS_MAIN(TestBulk)
#include "tst_bulk.moc"
