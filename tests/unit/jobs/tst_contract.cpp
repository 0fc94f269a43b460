// SPDX-License-Identifier: GPL-3.0-or-later
#include "Samples.h"
#include "jobs/PathContract.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::jobs;
using namespace cairn::tests;
using How = PathContract::How;
using Source = PathContract::Source;

class TestContract : public QObject
{
    Q_OBJECT

    static PathContract of(const QStringList &words, const QString &format = u"torch-zip"_s)
    {
        Checkpoint c = wholeCheckpoint();
        c.format = format;
        return contractOf(decoded(pytorchJob(container(u"pytorch"_s, {}, words))), c);
    }

private slots:
    void theEnvironmentContractComesBeforeFrameworks()
    {
        const PathContract c = contractOf(decoded(contractJob()), wholeCheckpoint());
        QCOMPARE(c.how, How::Env);
        QCOMPARE(c.source, Source::Contract);
        QCOMPARE(c.env, u"RESUME_FROM_CHECKPOINT"_s);
        QCOMPARE(c.saveEnv, u"CHECKPOINT_DIR"_s);
        QVERIFY(!c.restartsFromNamed);
        QVERIFY(c.tellsSaveDir());
        QVERIFY(contractOf(decoded(pytorchJob(container(u"pytorch"_s, {{u"RESUME_FROM_CHECKPOINT"_s, u""_s}}))), wholeCheckpoint()).known());
    }

    void variablesFromElsewhereCountToo()
    {
        QJsonObject trainer = container(u"pytorch"_s, {}, {u"train"_s});
        trainer.insert(u"env"_s, QJsonArray{QJsonObject{{u"name"_s, u"CHECKPOINT_DIR"_s}, {u"valueFrom"_s, QJsonObject{{u"configMapKeyRef"_s, QJsonObject{}}}}}});
        QCOMPARE(contractOf(decoded(pytorchJob(trainer)), wholeCheckpoint()).source, Source::Contract);
    }

    void frameworksAreRecognised_data()
    {
        QTest::addColumn<QStringList>("words");
        QTest::addColumn<QString>("framework");
        QTest::newRow("hf") << QStringList{u"python"_s, u"run_clm.py"_s, u"--output_dir"_s, u"/ckpt/o"_s, u"--save_steps"_s, u"10"_s} << u"Hugging Face Trainer"_s;
        QTest::newRow("hf in a shell line") << QStringList{u"bash"_s, u"-c"_s, u"torchrun run.py --output_dir=/ckpt/o --num_train_epochs 3"_s} << u"Hugging Face Trainer"_s;
        QTest::newRow("lightning") << QStringList{u"python"_s, u"main.py"_s, u"fit"_s, u"--trainer.max_epochs=3"_s} << u"Lightning"_s;
        QTest::newRow("torchtitan") << QStringList{u"torchrun"_s, u"-m"_s, u"torchtitan.train"_s, u"--job.config_file"_s, u"x.toml"_s} << u"torchtitan"_s;
        QTest::newRow("torchtitan flags") << QStringList{u"python"_s, u"train.py"_s, u"--checkpoint.interval=500"_s} << u"torchtitan"_s;
        QTest::newRow("megatron") << QStringList{u"torchrun"_s, u"/app/pretrain_gpt.py"_s, u"--save"_s, u"/ckpt/m"_s} << u"Megatron-LM"_s;
        QTest::newRow("megatron flags") << QStringList{u"python"_s, u"x.py"_s, u"--tensor-model-parallel-size"_s, u"2"_s, u"--save"_s, u"/ckpt"_s} << u"Megatron-LM"_s;
        QTest::newRow("nothing") << QStringList{u"python"_s, u"train.py"_s, u"--lr"_s, u"1"_s} << QString();
        QTest::newRow("an output folder alone") << QStringList{u"python"_s, u"train.py"_s, u"--output_dir"_s, u"/x"_s} << QString();
        QTest::newRow("deepspeed") << QStringList{u"deepspeed"_s, u"train.py"_s, u"--deepspeed"_s, u"ds.json"_s} << QString();
    }
    void frameworksAreRecognised()
    {
        QFETCH(QStringList, words);
        QFETCH(QString, framework);
        const PathContract c = of(words);
        QCOMPARE(c.framework, framework);
        QCOMPARE(c.known(), !framework.isEmpty());
        QVERIFY(!c.evidence.isEmpty());
        if (c.known()) {
            QCOMPARE(c.source, Source::Framework);
            QVERIFY(c.tellsSaveDir());
        }
    }

    void theFormatHelpsToRecognise()
    {
        const QStringList words{u"python"_s, u"train.py"_s, u"--output_dir"_s, u"/x"_s};
        QCOMPARE(of(words, u"hf-trainer"_s).framework, u"Hugging Face Trainer"_s);
    }

    void namedPathFrameworksSaySo()
    {
        QVERIFY(of({u"python"_s, u"r.py"_s, u"--output_dir=/o"_s, u"--save_steps=1"_s}).restartsFromNamed);
        QVERIFY(of({u"python"_s, u"pretrain_gpt.py"_s}).restartsFromNamed);
        // torchtitan is told the seed of a fresh folder, which it leaves alone once the folder has checkpoints.
        const PathContract titan = of({u"torchrun"_s, u"t.py"_s, u"--checkpoint.load_step=5"_s});
        QVERIFY(!titan.restartsFromNamed);
        QCOMPARE(titan.resets, QStringList{u"--checkpoint.load_step=-1"_s});
        QVERIFY(titan.args.contains(u"--checkpoint.no_initial_load_model_only"_s));
    }

    void whatWasRememberedWins()
    {
        const QJsonObject job = with(contractJob(), {u"metadata"_s, u"annotations"_s},
                                     QJsonObject{{u"cairn.console/resume-by"_s, u"arg:--from {path}"_s}, {u"cairn.console/save-by"_s, u"env:OUT"_s}});
        const PathContract c = contractOf(decoded(job), wholeCheckpoint());
        QCOMPARE(c.source, Source::Remembered);
        QCOMPARE(c.args, (QStringList{u"--from"_s, u"{path}"_s}));
        QCOMPARE(c.saveEnv, u"OUT"_s);
        QCOMPARE(resumeByText(c), u"arg:--from {path}"_s);
        QCOMPARE(saveByText(c), u"env:OUT"_s);
        // An annotation nobody can read falls back to what the job shows.
        const QJsonObject broken = with(contractJob(), {u"metadata"_s, u"annotations"_s, u"cairn.console/resume-by"_s}, u"rm -rf /"_s);
        QCOMPARE(contractOf(decoded(broken), wholeCheckpoint()).source, Source::Contract);
    }

    void answersAreChecked_data()
    {
        QTest::addColumn<QString>("resumeBy");
        QTest::addColumn<QString>("saveBy");
        QTest::addColumn<bool>("ok");
        QTest::newRow("env") << u"env:MY_PATH"_s << u"env:MY_DIR"_s << true;
        QTest::newRow("arg") << u"arg:--x={path}"_s << u"arg:--out {save}"_s << true;
        QTest::newRow("step") << u"arg:--step {step} --load {dir}"_s << QString() << true;
        QTest::newRow("newest") << u"newest"_s << QString() << true;
        QTest::newRow("empty") << QString() << QString() << false;
        QTest::newRow("no name") << u"env:"_s << QString() << false;
        QTest::newRow("bad name") << u"env:A B"_s << QString() << false;
        QTest::newRow("bad name 2") << u"env:1A"_s << QString() << false;
        QTest::newRow("no placeholder") << u"arg:--x"_s << QString() << false;
        QTest::newRow("save without placeholder") << u"env:A"_s << u"arg:--x"_s << false;
        QTest::newRow("same variable") << u"env:A"_s << u"env:A"_s << false;
        QTest::newRow("words") << u"whatever"_s << QString() << false;
    }
    void answersAreChecked()
    {
        QFETCH(QString, resumeBy);
        QFETCH(QString, saveBy);
        QFETCH(bool, ok);
        const auto c = parseContract(resumeBy, saveBy);
        QCOMPARE(c.has_value(), ok);
        if (ok) {
            QCOMPARE(resumeByText(*c), resumeBy);
            QCOMPARE(saveByText(*c), saveBy);
            QCOMPARE(c->source, Source::Given);
        } else {
            QVERIFY(!c.error().fix.isEmpty());
        }
    }
};

QTEST_APPLESS_MAIN(TestContract)
#include "tst_contract.moc"
