// SPDX-License-Identifier: GPL-3.0-or-later
#include "FakeObjectApi.h"
#include "engine/AdvisorFlows.h"

#include <QTemporaryDir>
#include <QTest>
#include <cmath>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::app;
using namespace cairn::tests;

namespace {

const QDateTime now = QDateTime::currentDateTimeUtc();

QString ago(qint64 seconds)
{
    return now.addSecs(-seconds).toString(Qt::ISODate);
}

QByteArray line(qint64 secondsAgo, const QByteArray &text)
{
    return now.addSecs(-secondsAgo).toString(Qt::ISODateWithMs).toUtf8().replace("Z", "000000Z") + ' ' + text + '\n';
}

} // namespace

class TestAdvisorFlows : public QObject {
    Q_OBJECT
    std::unique_ptr<FakeObjectApi> m_api;

    void putJob(const QString &name, const QString &image, qint64 startedAgo)
    {
        const QJsonObject container{{u"name"_s, u"pytorch"_s}, {u"image"_s, image}, {u"command"_s, QJsonArray{u"python"_s, u"train.py"_s}},
            {u"args"_s, QJsonArray{u"--save_steps=100"_s}},
            {u"resources"_s, QJsonObject{{u"limits"_s, QJsonObject{{u"nvidia.com/gpu"_s, u"8"_s}}}}}};
        const QJsonObject replica{{u"replicas"_s, 1},
            {u"template"_s, QJsonObject{{u"spec"_s, QJsonObject{{u"containers"_s, QJsonArray{container}}}}}}};
        m_api->put(facts(JobKind::PyTorchJob).resource,
            {{u"apiVersion"_s, u"kubeflow.org/v1"_s}, {u"kind"_s, u"PyTorchJob"_s},
                {u"metadata"_s, QJsonObject{{u"name"_s, name}, {u"namespace"_s, u"nlp"_s}, {u"uid"_s, u"uid-"_s + name}, {u"creationTimestamp"_s, ago(startedAgo)}}},
                {u"spec"_s, QJsonObject{{u"pytorchReplicaSpecs"_s, QJsonObject{{u"Master"_s, replica}}}}},
                {u"status"_s, QJsonObject{{u"startTime"_s, ago(startedAgo)},
                                  {u"conditions"_s, QJsonArray{QJsonObject{{u"type"_s, u"Running"_s}, {u"status"_s, u"True"_s}}}}}}});
    }
    void putPod(const QString &job, int restarts, qint64 failedAgo, const QByteArray &log)
    {
        QJsonObject state{{u"name"_s, u"pytorch"_s}, {u"ready"_s, true}, {u"restartCount"_s, restarts}, {u"state"_s, QJsonObject{{u"running"_s, QJsonObject{}}}}};
        if (restarts > 0)
            state.insert(u"lastState"_s, QJsonObject{{u"terminated"_s, QJsonObject{{u"exitCode"_s, 1}, {u"reason"_s, u"Error"_s}, {u"finishedAt"_s, ago(failedAgo)}}}});
        const QJsonObject owner{{u"kind"_s, u"PyTorchJob"_s}, {u"name"_s, job}, {u"uid"_s, u"uid-"_s + job}, {u"controller"_s, true}, {u"apiVersion"_s, u"kubeflow.org/v1"_s}};
        const QString name = job + u"-master-0"_s;
        m_api->put(kinds::pods(),
            {{u"metadata"_s, QJsonObject{{u"name"_s, name}, {u"namespace"_s, u"nlp"_s}, {u"uid"_s, u"pod-"_s + job}, {u"ownerReferences"_s, QJsonArray{owner}},
                                 {u"labels"_s, QJsonObject{{facts(JobKind::PyTorchJob).podLabel, job}, {u"training.kubeflow.org/replica-type"_s, u"master"_s},
                                                   {u"training.kubeflow.org/replica-index"_s, u"0"_s}}}}},
                {u"status"_s, QJsonObject{{u"phase"_s, u"Running"_s}, {u"containerStatuses"_s, QJsonArray{state}}}}});
        m_api->setLog(u"nlp"_s, name, log);
    }
    static AdvisorAsk ask()
    {
        AdvisorAsk ask;
        ask.ns = u"nlp"_s;
        ask.spec.image = u"x:1"_s;
        ask.spec.command = {u"python"_s, u"train.py"_s};
        ask.spec.nodes = 2;
        ask.spec.each.gpus = 8;
        ask.spec.mounts = {{u"checkpoints"_s, u"ckpt"_s, u"/ckpt"_s, {}, false}};
        return ask;
    }

private slots:
    void init()
    {
        m_api = std::make_unique<FakeObjectApi>();
        m_api->put(kinds::namespaces(), {{u"metadata"_s, QJsonObject{{u"name"_s, u"kube-system"_s}, {u"uid"_s, u"cluster"_s}}}});
        m_api->put(kinds::claims(), {{u"metadata"_s, QJsonObject{{u"name"_s, u"ckpt"_s}, {u"namespace"_s, u"nlp"_s}, {u"uid"_s, u"uid-ckpt"_s}}},
                                        {u"status"_s, QJsonObject{{u"phase"_s, u"Bound"_s}, {u"capacity"_s, QJsonObject{{u"storage"_s, u"100Gi"_s}}}}}});
        // A step takes 2 s, a save 9 s; it failed four times in 40 h, the last time an hour ago, and trained on after 90 s.
        putJob(u"bert"_s, u"x:1"_s, 144'000);
        QByteArray log;
        qint64 at = 3510;
        for (int step = 10; step <= 300; step += 10, at -= 20) {
            log += line(at, "step " + QByteArray::number(step));
            if (step % 100 == 50) {
                log += line(at, "Saving checkpoint to /ckpt/" + QByteArray::number(step));
                at -= 9;
            }
        }
        putPod(u"bert"_s, 4, 3600, log);
        // Of another image: its failures count, its steps do not.
        putJob(u"other"_s, u"y:1"_s, 72'000);
        putPod(u"other"_s, 0, 0, line(10, "step 1") + line(9, "step 2"));
    }

    void measured()
    {
        const auto inputs = readInputs(*m_api, ask(), nullptr, {});
        QVERIFY2(inputs, inputs ? "" : qPrintable(inputs.error().oneLine()));
        QVERIFY(inputs->read);
        QVERIFY(inputs->step.value);
        QCOMPARE(inputs->step.value->seconds, 2.0);
        QCOMPARE(inputs->step.value->samples, 26);
        QVERIFY(inputs->step.from.contains(u"bert"_s));
        QVERIFY(inputs->save.value);
        QVERIFY(std::abs(inputs->save.value->seconds - 9) < 0.01);
        QCOMPARE(inputs->save.value->samples, 3);
        QVERIFY(inputs->restart.value);
        QVERIFY(std::abs(inputs->restart.value->seconds - 90) < 1.1);
        QCOMPARE(inputs->failures.count, 4);
        QCOMPARE(inputs->failures.jobs, 2);
        QVERIFY(std::abs(inputs->failures.gpuHours - 60 * 8) < 0.1);
        QCOMPARE(inputs->claim, u"ckpt"_s);
        QCOMPARE(inputs->capacity, std::optional<qint64>(100LL << 30));
        QVERIFY(!inputs->room); // nobody measured it
        const launch::Costs costs = launch::costsOf(*inputs, ask().spec);
        QVERIFY(std::abs(costs.failure->seconds - 480.0 * 3600 / 4 / 16) < 10);
        QCOMPARE(launch::advise(costs).why, launch::Advice::Why::Failures);
    }
    void nothingIsWrittenAndNoHelperIsMade()
    {
        QVERIFY(readInputs(*m_api, ask(), nullptr, {}));
        for (const FakeObjectApi::Call &call : m_api->calls())
            QVERIFY2(!call.writes() && call.verb != "exec"_L1, qPrintable(call.verb));
    }
    void checkpointsThatWereRead()
    {
        Listing listing;
        Run run;
        for (int i = 1; i <= 4; ++i) {
            Checkpoint checkpoint;
            checkpoint.path = QString::number(i);
            checkpoint.step = i * 100;
            checkpoint.bytes = i == 4 ? 1 : 5000; // one is damaged
            checkpoint.savedAt = now.addSecs(i * 300);
            checkpoint.verdict = i == 4 ? Verdict::Damaged : Verdict::Whole;
            checkpoint.resumable = i != 4;
            run.checkpoints.append(checkpoint);
        }
        listing.runs = {run};
        AdvisorAsk with = ask();
        with.listings.insert(u"uid-bert"_s, listing);
        m_api->setLog(u"nlp"_s, u"bert-master-0"_s, {});
        const auto inputs = readInputs(*m_api, with, nullptr, {});
        QVERIFY(inputs);
        QCOMPARE(inputs->bytes, std::optional<qint64>(5000));
        QCOMPARE(inputs->checkpoints, 3);
        QCOMPARE(inputs->step.value->seconds, 3.0);
        QVERIFY(inputs->step.from.contains(u"saves included"_s));
        QVERIFY(!inputs->save.value);
        QVERIFY(!inputs->save.from.isEmpty());
        // The same, read by whoever may.
        AdvisorAsk reading = ask();
        reading.list = [&](const Job &job, const QList<Pod> &pods) -> Result<Listing> {
            return job.name == "bert"_L1 && pods.size() == 1 ? Result<Listing>(listing) : fail(Error::Kind::NotFound, u"no"_s);
        };
        const auto read = readInputs(*m_api, reading, nullptr, {});
        QCOMPARE(read->bytes, inputs->bytes);
    }
    void theHistoryTellsTheRoom()
    {
        QTemporaryDir dir;
        store::UsageHistory history(dir.filePath(u"usage.sqlite"_s));
        UsageSample sample;
        sample.at = now;
        sample.used = 60LL << 30;
        sample.capacity = 100LL << 30;
        QVERIFY(history.add(u"cluster"_s, {{u"uid-ckpt"_s, sample}}, now));
        const auto inputs = readInputs(*m_api, ask(), &history, {});
        QCOMPARE(inputs->room, std::optional<qint64>(40LL << 30));
    }
    void theClonedJobComesFirst()
    {
        AdvisorAsk cloned = ask();
        cloned.spec.image = u"y:2"_s; // another version already
        cloned.like = ObjectRef{facts(JobKind::PyTorchJob).resource, u"nlp"_s, u"other"_s, {}};
        const auto inputs = readInputs(*m_api, cloned, nullptr, {});
        QVERIFY(inputs);
        QCOMPARE(inputs->step.value->seconds, 1.0);
        QCOMPARE(inputs->beforeName, u"other"_s);
        QVERIFY(inputs->before);
        QCOMPARE(inputs->before->everySteps, 100);
    }
    void whatMayNotBeReadIsUnknown()
    {
        m_api->before = [](const FakeObjectApi::Call &call) -> std::optional<Error> {
            return call.verb == "log"_L1 ? std::optional(Error::make(Error::Kind::Forbidden, u"no logs"_s)) : std::nullopt;
        };
        const auto inputs = readInputs(*m_api, ask(), nullptr, {});
        QVERIFY(inputs);
        QVERIFY(!inputs->save.value && !inputs->step.value && !inputs->restart.value);
        QVERIFY(inputs->save.from.contains(u"logs"_s));
        QCOMPARE(inputs->failures.count, 4);
        QVERIFY(std::ranges::any_of(inputs->gaps, [](const Gap &gap) { return gap.what == "pods/log"_L1; }));
        int logs = 0;
        for (const FakeObjectApi::Call &call : m_api->calls())
            logs += call.verb == "log"_L1 ? 1 : 0;
        QCOMPARE(logs, 1); // who was refused once is not asked again

        m_api->before = [](const FakeObjectApi::Call &call) -> std::optional<Error> {
            return call.verb == "list"_L1 ? std::optional(Error::make(Error::Kind::Forbidden, u"no lists"_s)) : std::nullopt;
        };
        const auto blind = readInputs(*m_api, ask(), nullptr, {});
        QVERIFY2(blind, blind ? "" : qPrintable(blind.error().oneLine()));
        QVERIFY(!blind->failures.read);
        QVERIFY(!launch::failureOf(*blind, ask().spec).value);
        QCOMPARE(launch::advise(launch::costsOf(*blind, ask().spec)).why, launch::Advice::Why::Nothing);
    }
    void nobodyLikeIt()
    {
        AdvisorAsk strange = ask();
        strange.spec.image = u"z:1"_s;
        const auto inputs = readInputs(*m_api, strange, nullptr, {});
        QVERIFY(inputs);
        QVERIFY(!inputs->step.value);
        QVERIFY(inputs->step.from.contains(u"no job"_s));
        QVERIFY(inputs->restart.value); // of the namespace
    }
    void askedAnewOnlyWhereItMatters()
    {
        AdvisorAsk other = ask();
        other.spec.name = u"another"_s;
        other.spec.nodes = 9;
        QCOMPARE(inputsKey(other), inputsKey(ask()));
        other.spec.image = u"x:2"_s;
        QVERIFY(inputsKey(other) != inputsKey(ask()));
    }
};

QTEST_GUILESS_MAIN(TestAdvisorFlows)
#include "tst_advisorflows.moc"
