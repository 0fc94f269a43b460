// SPDX-License-Identifier: GPL-3.0-or-later
#include "launch/Policy.h"

#include <QTest>
#include <algorithm>

using namespace Qt::StringLiterals;
using namespace cairn::launch;

namespace {

Policy policy(Framework framework)
{
    return {.framework = framework, .folder = u"/ckpt/bert"_s, .everySteps = 500, .keepLast = 5};
}

bool says(const Passing &passing, Remark::What what, const QString &field)
{
    return std::ranges::any_of(passing.remarks,
        [&](const Remark &remark) { return remark.what == what && remark.field == field && !remark.text.isEmpty(); });
}

} // namespace

class TestPolicy : public QObject {
    Q_OBJECT
private slots:
    void passed_data()
    {
        QTest::addColumn<Framework>("framework");
        QTest::addColumn<QStringList>("args");
        QTest::newRow("huggingface") << Framework::HuggingFace
                                     << QStringList{u"--output_dir=/ckpt/bert"_s, u"--save_strategy=steps"_s,
                                            u"--save_steps=500"_s, u"--save_total_limit=5"_s};
        QTest::newRow("lightning") << Framework::Lightning
                                   << QStringList{u"--trainer.callbacks+=lightning.pytorch.callbacks.ModelCheckpoint"_s,
                                          u"--trainer.callbacks.dirpath=/ckpt/bert"_s,
                                          u"--trainer.callbacks.every_n_train_steps=500"_s,
                                          u"--trainer.callbacks.save_top_k=5"_s, u"--trainer.callbacks.monitor=step"_s,
                                          u"--trainer.callbacks.mode=max"_s, u"--trainer.callbacks.save_last=true"_s,
                                          u"--ckpt_path=last"_s};
        QTest::newRow("torchtitan") << Framework::Torchtitan
                                    << QStringList{u"--checkpoint.folder=/ckpt/bert"_s, u"--checkpoint.interval=500"_s,
                                           u"--checkpoint.keep_latest_k=5"_s, u"--checkpoint.enable"_s};
        QTest::newRow("megatron") << Framework::Megatron
                                  << QStringList{
                                         u"--save=/ckpt/bert"_s, u"--load=/ckpt/bert"_s, u"--save-interval=500"_s};
        QTest::newRow("verl") << Framework::Verl
                              << QStringList{u"trainer.default_local_dir=/ckpt/bert"_s, u"trainer.save_freq=500"_s,
                                     u"trainer.max_actor_ckpt_to_keep=5"_s, u"trainer.max_critic_ckpt_to_keep=5"_s,
                                     u"trainer.resume_mode=auto"_s};
        QTest::newRow("axolotl") << Framework::Axolotl
                                 << QStringList{u"--output-dir=/ckpt/bert"_s, u"--save-strategy=steps"_s,
                                        u"--save-steps=500"_s, u"--save-total-limit=5"_s,
                                        u"--auto-resume-from-checkpoints=true"_s};
        QTest::newRow("llamafactory") << Framework::LlamaFactory
                                      << QStringList{u"output_dir=/ckpt/bert"_s, u"save_strategy=steps"_s,
                                             u"save_steps=500"_s, u"save_total_limit=5"_s,
                                             u"overwrite_output_dir=false"_s};
        QTest::newRow("ms-swift") << Framework::MsSwift
                                  << QStringList{u"--output_dir=/ckpt/bert"_s, u"--save_strategy=steps"_s,
                                         u"--save_steps=500"_s, u"--save_total_limit=5"_s, u"--add_version=false"_s};
    }
    void passed()
    {
        QFETCH(Framework, framework);
        QFETCH(QStringList, args);
        QCOMPARE(pass(policy(framework)).args, args);
    }

    /// What is passed is read back, and passing it twice adds nothing.
    void readBack_data()
    {
        QTest::addColumn<Framework>("framework");
        for (const Framework framework : frameworks())
            QTest::newRow(qPrintable(frameworkWord(framework))) << framework;
    }
    void readBack()
    {
        QFETCH(Framework, framework);
        QCOMPARE(frameworkOf(frameworkWord(framework)), std::optional(framework));
        QVERIFY(!frameworkName(framework).isEmpty());
        Spec spec;
        spec.command = {u"python"_s, u"train.py"_s};
        spec.args = {u"--lr"_s, u"1e-4"_s, u"--save_steps"_s, u"7"_s, u"-v"_s};
        Policy wanted = policy(framework);
        const Passing passing = pass(wanted);
        const Spec once = withPolicy(spec, passing);
        QCOMPARE(withPolicy(once, passing), once);
        QVERIFY(once.args.mid(0, 2) == (QStringList{u"--lr"_s, u"1e-4"_s}) && once.args.contains(u"-v"_s));
        if (framework == Framework::Megatron) // keeps them all
            wanted.keepLast = 0;
        QCOMPARE(policyOf(once, framework), wanted);
        // By epochs, and back again to steps.
        Policy epochs = wanted;
        epochs.everySteps = 0;
        epochs.everyEpochs = 1;
        const Passing second = pass(epochs);
        const Spec byEpochs = withPolicy(once, second);
        if (!says(second, Remark::What::Cannot, u"everyEpochs"_s))
            QCOMPARE(policyOf(byEpochs, framework), epochs);
        QCOMPARE(policyOf(withPolicy(byEpochs, passing), framework), wanted);
    }

    void contract()
    {
        Policy all = policy(Framework::Contract);
        all.everyEpochs = 2;
        all.everySeconds = 1800;
        const Passing passing = pass(all);
        QVERIFY(passing.args.isEmpty() && passing.remarks.isEmpty());
        Spec spec;
        spec.variables = {
            {u"CHECKPOINT_DIR"_s, Variable::From::Value, u"/old"_s, {}}, {u"LR"_s, Variable::From::Value, u"1"_s, {}}};
        const Spec with = withPolicy(spec, passing);
        QCOMPARE(with.variables.size(), 6);
        QCOMPARE(with.variables.first().value, u"/ckpt/bert"_s); // in its place
        QCOMPARE(policyOf(with, Framework::Contract), all);
        Policy none = all;
        none.everyEpochs = 0;
        QCOMPARE(withPolicy(with, pass(none)).variables.size(), 5);
    }

    void minutesBecomeSteps()
    {
        Policy byTime = policy(Framework::HuggingFace);
        byTime.everySteps = 0;
        byTime.everySeconds = 2580;
        const Passing known = pass(byTime, 5.16);
        QVERIFY(known.args.contains(u"--save_steps=500"_s));
        QVERIFY(says(known, Remark::What::Converted, u"everySeconds"_s));
        const Passing unknown = pass(byTime);
        QVERIFY(says(unknown, Remark::What::NeedsStep, u"everySeconds"_s));
        QVERIFY(unknown.args.contains(u"--save_strategy=no"_s)); // never a number that nobody asked for
        byTime.everySteps = 300;                                 // whichever comes first
        QVERIFY(pass(byTime, 5.16).args.contains(u"--save_steps=300"_s));
    }

    /// Lightning's callback saves by the clock, or by what it counts; never by both.
    void lightningByTheClock()
    {
        Policy clock = policy(Framework::Lightning);
        clock.everySteps = 0;
        clock.everySeconds = 90 * 60;
        const Passing passing = pass(clock);
        QVERIFY(passing.args.contains(u"--trainer.callbacks.train_time_interval=1:30:00"_s));
        QVERIFY(passing.drops.contains(u"--trainer.callbacks.every_n_train_steps"_s));
        QVERIFY(passing.remarks.isEmpty());
        const Spec with = withPolicy({}, passing);
        QCOMPARE(policyOf(with, Framework::Lightning), clock);
        Policy both = clock;
        both.everySteps = 700;
        const Passing counted = pass(both, 5.4);
        QVERIFY(counted.args.contains(u"--trainer.callbacks.every_n_train_steps=700"_s)); // 700 steps come first
        QVERIFY(says(counted, Remark::What::Converted, u"everySeconds"_s));
        QVERIFY(!withPolicy(with, counted).args.join(u' ').contains(u"train_time_interval"_s));
        QVERIFY(says(pass(both), Remark::What::NeedsStep, u"everySeconds"_s));
    }

    /// What the snippets do not read is not passed, and said.
    void snippetsCountSteps()
    {
        Policy byTime = policy(Framework::Orbax);
        byTime.everySteps = 0;
        byTime.everyEpochs = 2;
        byTime.everySeconds = 600;
        const Passing passing = pass(byTime, 2);
        QVERIFY(says(passing, Remark::What::Converted, u"everySeconds"_s));
        QVERIFY(says(passing, Remark::What::Cannot, u"everyEpochs"_s));
        const Spec with = withPolicy({}, passing);
        QCOMPARE(policyOf(with, Framework::Orbax).everySteps, 300);
        QCOMPARE(policyOf(with, Framework::Orbax).everySeconds, 0);
        QVERIFY(says(pass(policy(Framework::Keras)), Remark::What::Cannot, u"keepLast"_s));
    }

    void whatCannotBeIsSaid()
    {
        Policy forGood = policy(Framework::HuggingFace);
        forGood.keepEvery = 10'000;
        const Passing hf = pass(forGood);
        QVERIFY(says(hf, Remark::What::Cannot, u"keepEvery"_s));
        QVERIFY(hf.drops.contains(u"--save_total_limit"_s)); // which would delete what should stay
        QVERIFY(!hf.args.join(u' ').contains(u"save_total_limit"_s));
        QVERIFY(says(hf, Remark::What::NeedsCode, u"folder"_s));

        Policy both = policy(Framework::HuggingFace);
        both.everyEpochs = 1;
        QVERIFY(says(pass(both), Remark::What::Cannot, u"everyEpochs"_s));
        both.everySteps = 0;
        both.everyEpochs = 3;
        QVERIFY(says(pass(both), Remark::What::Cannot, u"everyEpochs"_s));

        Policy one = policy(Framework::Torchtitan);
        one.keepLast = 1;
        QVERIFY(pass(one).args.contains(u"--checkpoint.keep_latest_k=2"_s));
        QVERIFY(says(pass(one), Remark::What::Converted, u"keepLast"_s));
        one.keepLast = 0;
        QVERIFY(pass(one).args.contains(u"--checkpoint.keep_latest_k=0"_s));
        one.everySteps = 0;
        one.everyEpochs = 1;
        QVERIFY(says(pass(one), Remark::What::Cannot, u"everyEpochs"_s));

        Policy megatron = policy(Framework::Megatron);
        QVERIFY(says(pass(megatron), Remark::What::Cannot, u"keepLast"_s));
        megatron.keepLast = 0;
        megatron.keepEvery = 1700;
        QVERIFY(pass(megatron).args.contains(u"--save-retain-interval=1500"_s));
        QVERIFY(says(pass(megatron), Remark::What::Converted, u"keepEvery"_s));

        Policy onTerm = policy(Framework::HuggingFace);
        onTerm.onTerm = true;
        QVERIFY(pass(onTerm).args.contains(u"--enable_jit_checkpoint=true"_s));
        onTerm.framework = Framework::Torchtitan;
        QVERIFY(says(pass(onTerm), Remark::What::Cannot, u"onTerm"_s));
    }

    void recognised_data()
    {
        QTest::addColumn<QStringList>("command");
        QTest::addColumn<Framework>("framework");
        QTest::newRow("hf") << QStringList{u"torchrun"_s, u"train.py"_s, u"--save_total_limit"_s, u"3"_s}
                            << Framework::HuggingFace;
        QTest::newRow("shell") << QStringList{u"sh"_s, u"-c"_s, u"cd /w && torchrun t.py --save_steps=5"_s}
                               << Framework::HuggingFace;
        QTest::newRow("axolotl before its options")
            << QStringList{u"axolotl"_s, u"train"_s, u"c.yml"_s, u"--save_steps"_s, u"5"_s} << Framework::Axolotl;
        QTest::newRow("verl") << QStringList{u"python3"_s, u"-m"_s, u"verl.trainer.main_ppo"_s, u"trainer.nnodes=2"_s}
                              << Framework::Verl;
        QTest::newRow("llama-factory") << QStringList{u"/opt/bin/llamafactory-cli"_s, u"train"_s, u"x.yaml"_s}
                                       << Framework::LlamaFactory;
        QTest::newRow("swift") << QStringList{u"swift"_s, u"sft"_s, u"--save_steps"_s, u"5"_s} << Framework::MsSwift;
        QTest::newRow("titan") << QStringList{u"torchrun"_s, u"-m"_s, u"torchtitan.train"_s} << Framework::Torchtitan;
        QTest::newRow("megatron") << QStringList{u"torchrun"_s, u"/w/pretrain_gpt.py"_s} << Framework::Megatron;
        QTest::newRow("lightning") << QStringList{u"python"_s, u"main.py"_s, u"fit"_s, u"--trainer.max_epochs=3"_s}
                                   << Framework::Lightning;
        QTest::newRow("deepspeed") << QStringList{u"deepspeed"_s, u"train.py"_s} << Framework::DeepSpeed;
    }
    void recognised()
    {
        QFETCH(QStringList, command);
        QFETCH(Framework, framework);
        Spec spec;
        spec.command = command;
        bool sure = false;
        QCOMPARE(recognise(spec, &sure), framework);
        QVERIFY(sure);
    }
    void notRecognised()
    {
        Spec spec;
        spec.command = {u"python"_s, u"train.py"_s};
        bool sure = true;
        QCOMPARE(recognise(spec, &sure), Framework::Contract);
        QVERIFY(!sure);
    }

    void snippets()
    {
        for (const Framework framework : frameworks()) {
            const QString code = snippet(framework);
            if (needsSnippet(framework) || framework == Framework::Contract)
                QVERIFY2(code.contains(u"RESUME_FROM_CHECKPOINT"_s) && code.endsWith(u'\n'),
                    qPrintable(frameworkWord(framework)));
        }
    }
};

QTEST_APPLESS_MAIN(TestPolicy)
#include "tst_policy.moc"
