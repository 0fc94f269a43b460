// SPDX-License-Identifier: GPL-3.0-or-later
#include "FakeObjectApi.h"
#include "Samples.h"
#include "jobs/ResumeJson.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::jobs;
using namespace cairn::tests;
using State = Check::State;

namespace {

QJsonObject claim(const QString &phase = u"Bound"_s, const QString &mode = u"ReadWriteMany"_s)
{
    return {{u"metadata"_s, QJsonObject{{u"name"_s, u"ckpt-claim"_s}, {u"namespace"_s, u"research"_s}}},
            {u"status"_s, QJsonObject{{u"phase"_s, phase}, {u"accessModes"_s, QJsonArray{mode}}}}};
}

QJsonObject quota(const QJsonObject &hard, const QJsonObject &used, const QJsonObject &spec = {})
{
    return {{u"metadata"_s, QJsonObject{{u"name"_s, u"team"_s}, {u"namespace"_s, u"research"_s}}},
            {u"spec"_s, spec},
            {u"status"_s, QJsonObject{{u"hard"_s, hard}, {u"used"_s, used}}}};
}

QJsonObject failed(const QJsonObject &job)
{
    return with(job, {u"status"_s, u"conditions"_s}, QJsonArray{condition(u"Failed"_s, true)});
}

QJsonObject gpuJob()
{
    QJsonObject trainer = container(u"pytorch"_s, {{u"CHECKPOINT_DIR"_s, u"/ckpt/demo"_s}}, {u"train"_s});
    trainer.insert(u"resources"_s, QJsonObject{{u"limits"_s, QJsonObject{{u"nvidia.com/gpu"_s, 8}, {u"memory"_s, u"16Gi"_s}}},
                                              {u"requests"_s, QJsonObject{{u"cpu"_s, u"500m"_s}}}});
    return pytorchJob(trainer);
}

} // namespace

class TestPreflight : public QObject
{
    Q_OBJECT

    FakeObjectApi api;

    ResumePlan prepare(const QJsonObject &job)
    {
        const QJsonObject stored = api.put(facts(JobKind::PyTorchJob).resource, job);
        return planResume(requestFor(stored));
    }
    QList<Check> run(const ResumePlan &plan, const PreflightOptions &options = {}) { return preflight(api, plan, options, {}); }
    static State stateOf(const QList<Check> &checks, const QString &id)
    {
        State worst = State::Info;
        bool found = false;
        for (const Check &c : checks) {
            if (c.id != id)
                continue;
            if (!found || c.state == State::Fail || (c.state == State::Warn && worst != State::Fail))
                worst = c.state;
            found = true;
        }
        if (!found)
            qWarning() << "no check" << id;
        return worst;
    }

private slots:
    void init()
    {
        for (const ResourceKind &kind : {facts(JobKind::PyTorchJob).resource, kinds::claims(), kinds::resourceQuotas(), kinds::pods(), kinds::priorityClasses()}) {
            for (const QJsonObject &o : api.all(kind))
                api.erase(kind, o[u"metadata"_s][u"namespace"_s].toString(), o[u"metadata"_s][u"name"_s].toString());
        }
        api.put(kinds::claims(), claim());
        api.forgetCalls();
    }

    void aGoodPlanPassesAndNothingIsWritten()
    {
        const ResumePlan plan = prepare(contractJob());
        const QJsonObject before = api.stored(facts(JobKind::PyTorchJob).resource, u"research"_s, u"demo"_s);
        QStringList told;
        PreflightOptions options;
        options.onCheck = [&](const Check &c) { told += c.id; };
        const QList<Check> checks = run(plan, options);
        for (const Check &c : checks)
            QVERIFY2(c.state == State::Ok || c.state == State::Info, qPrintable(c.id + u": "_s + c.text));
        QCOMPARE(told, (QStringList{u"checkpoint"_s, u"job"_s, u"access"_s, u"quota"_s, u"claim"_s, u"pods"_s, u"dry-run"_s}));
        QCOMPARE(api.stored(facts(JobKind::PyTorchJob).resource, u"research"_s, u"demo"_s), before);
        for (const auto &call : api.calls())
            QVERIFY(!call.writes());
    }

    void theCheckpointIsReadAgain()
    {
        const ResumePlan plan = prepare(contractJob());
        PreflightOptions options;
        options.recheck = [](std::stop_token) -> Result<Checkpoint> { return fail(Error::Kind::NotFound, u"gone"_s); };
        QCOMPARE(stateOf(run(plan, options), u"checkpoint"_s), State::Fail);
        options.recheck = [](std::stop_token) -> Result<Checkpoint> { return fail(Error::Kind::Timeout, u"slow"_s); };
        QCOMPARE(stateOf(run(plan, options), u"checkpoint"_s), State::Warn);
        options.recheck = [](std::stop_token) -> Result<Checkpoint> {
            Checkpoint c = wholeCheckpoint();
            c.verdict = Verdict::Damaged;
            return c;
        };
        QCOMPARE(stateOf(run(plan, options), u"checkpoint"_s), State::Fail);
    }

    void ofABucketNoClaimIsAskedFor()
    {
        const QJsonObject stored = api.put(facts(JobKind::PyTorchJob).resource,
                                           pytorchJob(container(u"pytorch"_s, {{u"CHECKPOINT_DIR"_s, u"s3://team/demo"_s}}, {u"train"_s})));
        ResumeRequest request = requestFor(stored);
        request.path = u"s3://team/demo/step-100.pt"_s;
        const QList<Check> checks = run(planResume(request));
        QCOMPARE(stateOf(checks, u"bucket"_s), State::Info);
        QCOMPARE(stateOf(checks, u"dry-run"_s), State::Ok);
        QVERIFY(std::ranges::none_of(checks, [](const Check &c) { return c.id == u"claim" || c.state == State::Fail; }));
    }
    void aChangedOrMissingJobIsNoticed()
    {
        const ResumePlan plan = prepare(contractJob());
        api.edit(facts(JobKind::PyTorchJob).resource, u"research"_s, u"demo"_s, [](QJsonObject &o) {
            o = with(o, {u"spec"_s, u"x"_s}, 1);
            return true;
        });
        QCOMPARE(stateOf(run(plan), u"job"_s), State::Fail);
        api.erase(facts(JobKind::PyTorchJob).resource, u"research"_s, u"demo"_s);
        QCOMPARE(stateOf(run(plan), u"job"_s), State::Fail);
        const ResumePlan anew = prepare(failed(contractJob()));
        api.erase(facts(JobKind::PyTorchJob).resource, u"research"_s, u"demo"_s);
        QCOMPARE(stateOf(run(anew), u"job"_s), State::Info);
        QCOMPARE(stateOf(run(anew), u"dry-run"_s), State::Ok);
    }

    void missingRightsAreNamed()
    {
        FakeObjectApi limited;
        limited.put(kinds::claims(), claim());
        limited.deny(u"patch pytorchjobs"_s);
        limited.deny(u"get pods/log"_s);
        limited.deny(u"list resourcequotas"_s);
        const QJsonObject stored = limited.put(facts(JobKind::PyTorchJob).resource, contractJob());
        const QList<Check> checks = preflight(limited, planResume(requestFor(stored)), {}, {});
        QCOMPARE(stateOf(checks, u"access"_s), State::Fail);
        QCOMPARE(stateOf(checks, u"logs"_s), State::Warn);
        QCOMPARE(stateOf(checks, u"quota"_s), State::Info);
        QCOMPARE(stateOf(checks, u"dry-run"_s), State::Fail);
        for (const Check &c : checks) {
            if (c.id == u"access")
                QVERIFY(c.fix.contains(u"pytorchjobs.kubeflow.org"_s));
        }
    }

    void demandCountsReplicasAndDefaults()
    {
        const QMap<QString, double> demand = quotaDemand(gpuJob(), u"pytorchReplicaSpecs"_s);
        QCOMPARE(demand.value(u"requests.nvidia.com/gpu"_s), 24.0);
        QCOMPARE(demand.value(u"requests.cpu"_s), 1.5);
        QCOMPARE(demand.value(u"requests.memory"_s), 3 * 16.0 * 1024 * 1024 * 1024);
        QCOMPARE(demand.value(u"limits.memory"_s), 3 * 16.0 * 1024 * 1024 * 1024);
        QCOMPARE(demand.value(u"pods"_s), 3.0);
        QVERIFY(!demand.contains(u"limits.cpu"_s));
    }

    void quotasAreCounted_data()
    {
        QTest::addColumn<QJsonObject>("hard");
        QTest::addColumn<QJsonObject>("used");
        QTest::addColumn<int>("state");
        const auto gpu = u"requests.nvidia.com/gpu"_s;
        QTest::newRow("enough") << QJsonObject{{gpu, u"64"_s}} << QJsonObject{{gpu, u"32"_s}} << int(State::Ok);
        QTest::newRow("full now") << QJsonObject{{gpu, u"64"_s}} << QJsonObject{{gpu, u"48"_s}} << int(State::Warn);
        QTest::newRow("never") << QJsonObject{{gpu, u"16"_s}} << QJsonObject{{gpu, u"0"_s}} << int(State::Fail);
        QTest::newRow("memory alias") << QJsonObject{{u"memory"_s, u"40Gi"_s}} << QJsonObject{} << int(State::Fail);
        QTest::newRow("count") << QJsonObject{{u"count/pytorchjobs.kubeflow.org"_s, u"2"_s}} << QJsonObject{{u"count/pytorchjobs.kubeflow.org"_s, u"2"_s}} << int(State::Warn);
        QTest::newRow("other things") << QJsonObject{{u"services"_s, u"0"_s}} << QJsonObject{} << int(State::Ok);
    }
    void quotasAreCounted()
    {
        QFETCH(QJsonObject, hard);
        QFETCH(QJsonObject, used);
        QFETCH(int, state);
        const ResumePlan plan = prepare(failed(gpuJob()));
        api.put(kinds::resourceQuotas(), quota(hard, used));
        QCOMPARE(int(stateOf(run(plan), u"quota"_s)), state);
        // A running job that is resumed in place takes what it frees.
        QCOMPARE(stateOf(run(prepare(gpuJob())), u"quota"_s), State::Ok);
    }

    void scopedQuotasAreNotMisread()
    {
        const ResumePlan plan = prepare(failed(gpuJob()));
        api.put(kinds::resourceQuotas(), quota({{u"pods"_s, u"0"_s}}, {}, {{u"scopes"_s, QJsonArray{u"BestEffort"_s}}}));
        for (const Check &c : run(plan)) {
            if (c.id == u"quota")
                QVERIFY(c.state != State::Fail && c.state != State::Warn);
        }
    }

    void claimsAreLookedAt()
    {
        const ResumePlan plan = prepare(contractJob());
        api.put(kinds::claims(), claim(u"Pending"_s));
        QCOMPARE(stateOf(run(plan), u"claim"_s), State::Fail);
        api.put(kinds::claims(), with(claim(), {u"metadata"_s, u"deletionTimestamp"_s}, u"2026-01-02T00:00:00Z"_s));
        QCOMPARE(stateOf(run(plan), u"claim"_s), State::Fail);
        api.erase(kinds::claims(), u"research"_s, u"ckpt-claim"_s);
        QCOMPARE(stateOf(run(plan), u"claim"_s), State::Fail);
        api.put(kinds::claims(), claim(u"Bound"_s, u"ReadWriteOnce"_s));
        ResumeRequest both = requestFor(contractJob());
        both.newObject = true;
        QCOMPARE(stateOf(run(planResume(both)), u"claim"_s), State::Warn);
    }

    void aMissingPriorityClassFails()
    {
        QJsonObject job = contractJob();
        job = with(job, {u"spec"_s, u"runPolicy"_s, u"schedulingPolicy"_s, u"priorityClass"_s}, u"high"_s);
        const ResumePlan plan = prepare(job);
        QCOMPARE(stateOf(run(plan), u"priority"_s), State::Fail);
        api.put(kinds::priorityClasses(), {{u"metadata"_s, QJsonObject{{u"name"_s, u"high"_s}}}});
        QCOMPARE(stateOf(run(plan), u"priority"_s), State::Ok);
    }

    void theServersRefusalIsShownWithItsFields()
    {
        const ResumePlan plan = prepare(contractJob());
        api.before = [](const FakeObjectApi::Call &call) -> std::optional<Error> {
            if (!call.dryRun)
                return std::nullopt;
            Error e = Error::make(Error::Kind::Invalid, u"refused"_s);
            e.causes = {{u"spec.x"_s, u"FieldValueInvalid"_s, u"must be y"_s}};
            return e;
        };
        const QList<Check> checks = run(plan);
        api.before = nullptr;
        QCOMPARE(stateOf(checks, u"dry-run"_s), State::Fail);
        QVERIFY(checks.last().text.contains(u"spec.x: must be y"_s));
    }

    void aCancelledFlowEndsEarly()
    {
        const ResumePlan plan = prepare(contractJob());
        std::stop_source stop;
        stop.request_stop();
        QVERIFY(preflight(api, plan, {}, stop.get_token()).isEmpty());
    }

    void jsonHasTheDocumentedFields()
    {
        const ResumePlan plan = prepare(contractJob());
        QCOMPARE(toJson(plan).keys(), (QStringList{u"act"_s, u"alternative"_s, u"attempt"_s, u"checkpoint"_s, u"contract"_s, u"diff"_s, u"feasible"_s, u"id"_s, u"job"_s,
                                                  u"loss"_s, u"mode"_s, u"object"_s, u"problems"_s, u"processes"_s, u"saveDir"_s, u"target"_s, u"told"_s,
                                                  u"warnings"_s, u"wrapper"_s}));
        QVERIFY(!toJson(plan, false).contains(u"object"_s));
        QCOMPARE(toJson(plan)[u"contract"_s][u"resumeBy"_s].toString(), u"env:RESUME_FROM_CHECKPOINT"_s);
        ResumeOutcome outcome;
        outcome.error = Error::make(Error::Kind::Conflict, u"w"_s);
        QCOMPARE(toJson(outcome)[u"error"_s][u"kind"_s].toString(), u"Conflict"_s);
        QCOMPARE(toJson(outcome).keys(), (QStringList{u"act"_s, u"canPutBack"_s, u"checkpoint"_s, u"checkpointStep"_s, u"error"_s, u"firstStep"_s,
                                                     u"id"_s, u"mode"_s, u"notes"_s, u"pod"_s, u"resumedLine"_s, u"saveDir"_s, u"startedFromZero"_s, u"state"_s,
                                                     u"target"_s}));
        QCOMPARE(toJson(run(plan).first()).keys(), (QStringList{u"fix"_s, u"id"_s, u"state"_s, u"text"_s, u"tookMs"_s}));
        QVERIFY(toJson(LossOfWork())[u"steps"_s].isNull());
    }

    /// Every field of the JSON stands in the document people read.
    void theDocumentNamesEveryField()
    {
        QFile file(QStringLiteral(CAIRN_SOURCE_DIR "/docs/RESUME.md"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QString text = QString::fromUtf8(file.readAll());
        ResumeOutcome outcome;
        ResumeState state;
        state.id = u"abcdef"_s;
        const ResumePlan plan = prepare(contractJob());
        for (const QJsonObject &json : {toJson(plan), toJson(plan)[u"contract"_s].toObject(), toJson(outcome), toJson(Check()), toJson(LossOfWork()),
                                        toJson(ResumeEvent()), toJson(state)}) {
            for (const QString &key : json.keys())
                QVERIFY2(text.contains(u'`' + key + u'`'), qPrintable(key));
        }
        for (const char *id : {"damaged", "writing", "unverified", "not-resumable", "no-path", "not-mounted", "path-bytes", "deleting", "pending",
                               "name", "needs-contract", "only-newest", "needs-save", "no-step", "save-not-mounted", "save-read-only",
                               "no-container", "no-wrapper", "shell-line", "managed", "both-run", "image-arguments", "restarts-from-named",
                               "processes", "path-words", "processes-unknown", "other-processes", "care", "script-must-pass", "same-directory", "was-suspended", "may-rotate", "ttl"})
            QVERIFY2(text.contains(u'`' + QString::fromLatin1(id) + u'`'), id);
    }
};

QTEST_APPLESS_MAIN(TestPreflight)
#include "tst_preflight.moc"
