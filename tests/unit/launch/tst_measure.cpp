// SPDX-License-Identifier: GPL-3.0-or-later
#include "launch/AdviceWords.h"

#include <QTest>
#include <cmath>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::launch;

namespace {

const QDateTime now = QDateTime::fromString(u"2026-03-01T12:00:00Z"_s, Qt::ISODate);

/// A line as the kubelet gives it.
QByteArray line(double seconds, const QByteArray &text)
{
    return now.addMSecs(std::llround(seconds * 1000)).toString(Qt::ISODateWithMs).toUtf8().replace("Z", "000000Z") + ' ' + text + '\n';
}

Trained trained(JobPhase phase, qint64 hours, int gpus, int restarts = 0)
{
    Trained one;
    one.job.phase = phase;
    one.job.created = one.job.started = now.addSecs(-3600 * hours);
    if (isFinished(phase))
        one.job.finished = now;
    ReplicaGroup group;
    group.desired = 2;
    group.gpusEach = gpus / 2.0;
    one.job.replicas = {group};
    for (int i = 0; i < 2; ++i) {
        Pod pod;
        ContainerState state;
        state.restarts = restarts;
        pod.containers = {state};
        one.pods.append(pod);
    }
    return one;
}

bool near(double got, double wanted, double share = 0.001)
{
    return std::abs(got - wanted) <= share * std::abs(wanted);
}

Spec spec(int nodes, int gpus)
{
    Spec spec;
    spec.nodes = nodes;
    spec.each.gpus = gpus;
    return spec;
}

} // namespace

class TestMeasure : public QObject {
    Q_OBJECT
private slots:
    /// Ten steps of 2 s between two lines; a save of 7 s between some of them.
    void logThatNamesItsSteps()
    {
        QByteArray log = line(0, "Loading checkpoint from /ckpt/7");
        double at = 5;
        for (int step = 10; step <= 200; step += 10) {
            log += line(at, "{'step': " + QByteArray::number(step) + ", 'loss': 1.2}");
            if (step % 50 == 0) {
                log += line(at + 0.1, "Saving model checkpoint to /ckpt/checkpoint-" + QByteArray::number(step));
                at += 7;
            }
            at += 20;
        }
        const LogTimes times = timesOf(log);
        QCOMPARE(times.steps.size(), 16);
        QVERIFY(near(*median(times.steps), 2));
        QCOMPARE(times.saves.size(), 3); // after the last one no step is told any more
        QVERIFY(near(*median(times.saves), 7));
        QCOMPARE(times.firstStepMs, std::optional(now.toMSecsSinceEpoch() + 5000));
    }
    void logThatSaysHowLongASaveTook()
    {
        QByteArray log;
        for (int step = 1; step <= 9; ++step) {
            log += line(step, "step=" + QByteArray::number(step) + " loss=1");
            if (step % 3 == 0)
                log += line(step + 0.5, "saved /ckpt/step-" + QByteArray::number(step) + ".pt step=" + QByteArray::number(step) + " in 0.412 s");
        }
        const LogTimes times = timesOf(log);
        QCOMPARE(times.saves, (QList<double>{0.412, 0.412, 0.412}));
        QVERIFY(near(*median(times.steps), 1));
        QCOMPARE(timesOf(line(1, "Finished saving the checkpoint in 12.5 seconds.")).saves, QList<double>{12.5});
        QCOMPARE(timesOf(line(1, "saved checkpoint in 250 ms")).saves, QList<double>{0.25});
    }
    /// After a restart the steps begin again below: that stretch is no step.
    void logOfTwoRuns()
    {
        const QByteArray log = line(0, "step 100") + line(1, "step 101") + line(600, "step 50") + line(601, "step 51") + line(601, "step 51");
        const LogTimes times = timesOf(log);
        QCOMPARE(times.steps.size(), 2);
        QVERIFY(near(*median(times.steps), 1));
        QVERIFY(times.saves.isEmpty());
    }
    void logsThatTellNothing()
    {
        for (const QByteArray &log : {QByteArray(), QByteArray("\n\n"), QByteArray("step 1\nstep 2\n"), line(0, "hello"), line(0, "step 5"),
                 QByteArray(100'000, 'x'), line(5, "step 1") + line(3, "step 2")}) {
            const LogTimes times = timesOf(log);
            QVERIFY(times.steps.isEmpty());
            QVERIFY(times.saves.isEmpty());
        }
        QVERIFY(!median({}));
    }
    void progressBars()
    {
        const QByteArray log = line(0, " 1/400 [00:10<05:20,  1.0it/s]") + line(3, " 2/400 [00:13<05:20,  1.0it/s]");
        QVERIFY(near(*median(timesOf(log).steps), 3));
        // A line that names its step outweighs it.
        QVERIFY(near(*median(timesOf(log + line(10, "global_step=1") + line(15, "global_step=2")).steps), 5));
    }

    void failures()
    {
        Trained lost = trained(JobPhase::NodeLost, 10, 16);
        Trained set = trained(JobPhase::Running, 10, 16);
        for (Pod &pod : set.pods)
            pod.attempt = 2;
        const Failures seen = failuresOf({trained(JobPhase::Running, 100, 16, 3), trained(JobPhase::Failed, 50, 16), trained(JobPhase::Succeeded, 30, 0), lost, set}, now);
        QVERIFY(seen.read);
        QCOMPARE(seen.jobs, 5);
        QCOMPARE(seen.count, 3 + 1 + 0 + 1 + 2); // both pods of a job fall together
        QVERIFY(near(seen.gpuHours, (100 + 50 + 10 + 10) * 16));
        QVERIFY(near(seen.podHours, (100 + 50 + 30 + 10 + 10) * 2));
    }
    void whoLostNoWorkIsNotCounted()
    {
        Trained soon = trained(JobPhase::Failed, 1, 8);
        soon.job.started = now.addSecs(-60);
        Trained module = trained(JobPhase::Failed, 10, 8);
        module.job.died = DeathCause{};
        module.job.died->kind = DeathCause::Kind::MissingModule;
        Trained loop = trained(JobPhase::Restarting, 1, 8, 40); // every other minute
        Trained suspended = trained(JobPhase::Suspended, 10, 8, 1);
        Trained queued = trained(JobPhase::Queued, 10, 8);
        QCOMPARE(failuresOf({soon, module, loop, suspended, queued}, now).jobs, 0);
        QCOMPARE(failuresOf({soon, module, loop, suspended, queued}, now).count, 0);
        module.job.died->kind = DeathCause::Kind::GpuFault;
        QCOMPARE(failuresOf({module}, now).count, 1);
    }

    /// One failure in 1000 GPU-hours is one in 31 h for 32 GPUs.
    void aLargerJobFailsMoreOften()
    {
        Inputs inputs;
        inputs.read = true;
        inputs.failures = {true, 7, 3, 1750, 7000};
        QVERIFY(near(failureOf(inputs, spec(4, 8)).value->seconds, 1000.0 / 32 * 3600));
        QCOMPARE(failureOf(inputs, spec(4, 8)).value->samples, 7);
        QVERIFY(failureOf(inputs, spec(4, 8)).from.contains(u"7"_s));
        QVERIFY(near(failureOf(inputs, spec(1, 8)).value->seconds, 1000.0 / 8 * 3600));
        QVERIFY(near(failureOf(inputs, spec(5, 0)).value->seconds, 250.0 / 5 * 3600)); // by pods
        inputs.failures.gpuHours = 0;
        QVERIFY(near(failureOf(inputs, spec(4, 8)).value->seconds, 250.0 / 4 * 3600));
    }
    void unknownIsNeverZero()
    {
        QVERIFY(!failureOf({}, spec(1, 1)).value);
        Inputs inputs;
        inputs.read = true;
        QVERIFY(!failureOf(inputs, spec(1, 1)).value);
        QVERIFY(failureOf(inputs, spec(1, 1)).from.contains(u"cannot be listed"_s));
        inputs.failures = {true, 0, 2, 40, 0};
        QVERIFY(!failureOf(inputs, spec(1, 1)).value); // none seen is not "never"
        QVERIFY(failureOf(inputs, spec(1, 1)).from.contains(u"40"_s));
        for (const InputRow &row : inputRows(inputs, spec(1, 1)))
            QCOMPARE(row.value, u"–"_s);
        QVERIFY(adviceSentences({}, advise({}), 60).first().contains(u"not known"_s));
    }
    void whatIsTypedWins()
    {
        Inputs inputs;
        inputs.read = true;
        inputs.save = {Measured{74, 41}, u"41 saves of bert"_s};
        inputs.step = {Measured{5, 40}, {}};
        const Costs costs = costsOf(inputs, spec(1, 1), {Measured{10, 0}, {}, {}, {}});
        QCOMPARE(costs.save, std::optional(Measured{10, 0}));
        QCOMPARE(costs.step, std::optional(Measured{5, 40}));
        QVERIFY(!costs.failure && !costs.restart);
        const QList<InputRow> rows = inputRows(inputs, spec(1, 1), {{}, Measured{1, 0}, {}, {}});
        QCOMPARE(rows[0].from, u"41 saves of bert"_s);
        QCOMPARE(rows[1].from, u"typed"_s);
    }

    void intervals()
    {
        QVERIFY(!intervalOf({}, 1.0));
        QCOMPARE(intervalOf({.everySteps = 500}, 5.16), std::optional(2580.0));
        QVERIFY(!intervalOf({.everySteps = 500}, {}));
        QVERIFY(!intervalOf({.everySteps = 500, .everySeconds = 60}, {})); // the steps may come first
        QCOMPARE(intervalOf({.everySeconds = 60}, {}), std::optional(60.0));
        QCOMPARE(intervalOf({.everySteps = 500, .everySeconds = 60}, 5.16), std::optional(60.0));
        QVERIFY(!intervalOf({.everyEpochs = 1}, 5.0));
    }

    void sentences()
    {
        const Costs costs{Measured{74, 41}, Measured{5.16, 40}, Measured{26 * 3600.0, 7}, Measured{360, 7}};
        const Advice advice = advise(costs);
        const QStringList all = adviceSentences(costs, advice, 3600);
        QVERIFY2(all.first().contains(u"60 min"_s) || all.first().contains(u"1 h"_s), qPrintable(all.first()));
        QVERIFY(all.first().contains(u'%'));
        QVERIFY(all.join(u' ').contains(u"1.1"_s));
        QVERIFY(all.join(u' ').contains(u'7')); // how many failures it rests on
        const Costs few{Measured{74, 41}, {}, Measured{26 * 3600.0, 2}, {}};
        const QString said = adviceSentences(few, advise(few), {}).join(u' ');
        QVERIFY(said.contains(u'2') && said.contains(u"too few"_s));
    }
    void room()
    {
        Inputs inputs;
        Policy keep{.everySteps = 500, .keepLast = 5};
        QCOMPARE(roomSentence(inputs, keep, {}), QString()); // no size, no sentence
        inputs.bytes = 52LL << 30;
        inputs.checkpoints = 8;
        inputs.sizeOf = u"bert"_s;
        QVERIFY(roomSentence(inputs, keep, {}).contains(u"312"_s)); // five and the one being written
        inputs.claim = u"ckpt"_s;
        QVERIFY(roomSentence(inputs, keep, {}).contains(u"not known"_s));
        inputs.room = 100LL << 30;
        QVERIFY(roomSentence(inputs, keep, {}).contains(u"too little"_s));
        keep.keepLast = 0;
        const QString all = roomSentence(inputs, keep, 3600.0);
        QVERIFY(all.contains(u"full"_s) && all.contains(u'1'));
    }
};

QTEST_APPLESS_MAIN(TestMeasure)
#include "tst_measure.moc"
