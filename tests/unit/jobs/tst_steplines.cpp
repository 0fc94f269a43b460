// SPDX-License-Identifier: GPL-3.0-or-later
#include "jobs/StepLines.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn::jobs;

class TestStepLines : public QObject
{
    Q_OBJECT
private slots:
    void stepsAreFound_data()
    {
        QTest::addColumn<QByteArray>("line");
        QTest::addColumn<qint64>("step");
        const auto row = [](const char *line, qint64 step) { QTest::newRow(line) << QByteArray(line) << step; };
        row("step 120 loss 0.5", 120);
        row("step=120", 120);
        row("[INFO] Step: 120, loss: 0.5", 120);
        row("{\"step\": 120, \"loss\": 0.5}", 120);
        row("{'loss': 0.5, 'step': 120}", 120);
        row("global_step=120", 120);
        row("global step 120", 120);
        row(" iteration      120/    1000 | consumed samples:  3840", 120);
        row("iter 120: loss 2.5", 120);
        row("[step 120/400] loss 1", 120);
        row("epoch 3 step 120", 120);
        row("\x1b[32mstep: \x1b[0m\x1b[33m 120  loss:  2.3\x1b[0m", 120);
        row("  3%|3         | 120/4000 [00:10<05:20, 12.1it/s]", 120);
        row("saved step-00000120.pt", -1);
        row("max_steps=400", -1);
        row("Total optimization steps = 4000", -1);
        row("total step 4000", -1);
        row("time per step: 250 ms", -1);
        row("step: 0.25", -1);
        row("step 250ms", -1);
        row("step 12%", -1);
        row("warmup_step=5", -1);
        row("footstep 5", -1);
        row("step one", -1);
        row("", -1);
        row("step 99999999999999999999", -1);
    }
    void stepsAreFound()
    {
        QFETCH(QByteArray, line);
        QFETCH(qint64, step);
        const auto found = stepOf(line);
        QCOMPARE(found ? found->step : -1, step);
    }
    void aBareBarIsNoNamedStep()
    {
        QVERIFY(!stepOf("120/4000 [00:10<05:20")->named);
        QVERIFY(stepOf("step 120")->named);
    }
    void resumeWordsAreFound_data()
    {
        QTest::addColumn<QByteArray>("line");
        QTest::addColumn<bool>("says");
        const auto row = [](const char *line, bool says) { QTest::newRow(line) << QByteArray(line) << says; };
        row("resumed from /ckpt/step-100.pt at step 100", true);
        row("  Continuing training from global step 500", true);
        row("Loading the checkpoint from outputs/step-10.", true);
        row("Restored all states from the checkpoint at /ckpt/last.ckpt", true);
        row("Resuming training from checkpoint", true);
        row("successfully loaded checkpoint from /ckpt at iteration 100", true);
        row("saving checkpoint", false);
        row("resume_from_checkpoint=None", false);
    }
    void resumeWordsAreFound()
    {
        QFETCH(QByteArray, line);
        QFETCH(bool, says);
        QCOMPARE(saysResumed(line), says);
    }
    void wordsOfAFreshStartAreFound_data()
    {
        QTest::addColumn<QByteArray>("line");
        QTest::addColumn<bool>("says");
        const auto row = [](const char *line, bool says) { QTest::newRow(line) << QByteArray(line) << says; };
        row("Training from scratch", true);
        row("Training new model from scratch - Total size=124.44M params", true);
        row("Checkpoint 'checkpoint-500' does not exist. Starting a new training run.", true);
        row("    will not load any checkpoints and will start from random", true);
        row("Unable to find latest file at /ckpt/latest, if trying to load latest checkpoint please ensure …", true);
        row("No checkpoint found at /ckpt", true);
        row("Resuming training from checkpoint", false);
        row("step 5 loss 0.1", false);
        row("starting the training loop", false);
    }
    void wordsOfAFreshStartAreFound()
    {
        QFETCH(QByteArray, line);
        QFETCH(bool, says);
        QCOMPARE(saysFresh(line), says);
    }
    void theCheckpointIsNamedByItsFolderOrItsStep()
    {
        const auto names = [](const char *line) { return namesCheckpoint(line, u"/ckpt/run/global_step_100/"_s, 100); };
        QVERIFY(names("Resuming from /else/global_step_100"));
        QVERIFY(names("loaded checkpoint from /ckpt/run at iteration 100"));
        QVERIFY(names("loaded checkpoint from /ckpt/run at iteration 0000100."));
        QVERIFY(!names("Loading checkpoint shards: 3 of 1000"));
        QVERIFY(!names("loaded checkpoint from /ckpt/run at iteration 1100"));
        QVERIFY(!names("loading checkpoint 100.5"));
        QVERIFY(!namesCheckpoint("loading checkpoint 100", {}, std::nullopt));
    }
    void giantLinesAreBounded()
    {
        QVERIFY(!stepOf(QByteArray(10'000'000, 'x') + " step 5"));
        QVERIFY(!stepOf(QByteArray(10'000'000, ' ')));
    }
};

QTEST_APPLESS_MAIN(TestStepLines)
#include "tst_steplines.moc"
