// SPDX-License-Identifier: GPL-3.0-or-later
#include "Samples.h"
#include "jobs/PathContract.h"

#include <QRegularExpression>
#include <QSet>
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

    static PathContract of(const QStringList &words, const QString &format = u"torch-zip"_s, Act act = Act::Resume)
    {
        Checkpoint c = wholeCheckpoint();
        c.format = format;
        return contractOf(decoded(pytorchJob(container(u"pytorch"_s, {}, words))), c, act);
    }
    static QStringList split(const char *line) { return QString::fromLatin1(line).split(u' ', Qt::SkipEmptyParts); }

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

    void everyFrameworkIsToldInItsOwnWords_data()
    {
        QTest::addColumn<QString>("line");
        QTest::addColumn<QString>("format");
        QTest::addColumn<QString>("framework");
        QTest::addColumn<QString>("resume");  // "": it takes its newest by itself
        QTest::addColumn<QString>("weights"); // "": it cannot
        QTest::addColumn<QString>("save");
        const auto row = [](const char *line, const char *format, const char *framework, const char *resume, const char *weights, const char *save) {
            QTest::newRow(line) << QString::fromLatin1(line) << QString::fromLatin1(format) << QString::fromLatin1(framework)
                                << QString::fromLatin1(resume) << QString::fromLatin1(weights) << QString::fromLatin1(save);
        };
        row("python3 -m verl.trainer.main_ppo data.x=1", "verl", "verl", "trainer.resume_mode=resume_path trainer.resume_from_path={path}", "", "trainer.default_local_dir={save}");
        row("python3 main.py trainer.nnodes=1", "verl", "verl", "trainer.resume_mode=resume_path trainer.resume_from_path={path}", "", "trainer.default_local_dir={save}");
        row("uv run -m skyrl.train.entrypoints.main_base trainer.epochs=1", "skyrl", "SkyRL", "trainer.resume_mode=from_path trainer.resume_path={path}", "", "trainer.ckpt_path={save}");
        row("uv run examples/run_grpo.py checkpointing.enabled=True", "nemo-rl", "NeMo RL", "", "", "checkpointing.checkpoint_dir={save}");
        row("python -m openrlhf.cli.train_ppo_ray --ckpt.path /c", "deepspeed", "OpenRLHF", "", "", "--ckpt.path {save}");
        row("python -m openrlhf.cli.train_ppo_ray --ckpt_path /c", "deepspeed", "OpenRLHF", "", "", "--ckpt_path {save}");
        row("python -m areal.launcher.ray x.py", "dcp", "AReaL", "", "", "");
        row("python train_async.py --ref-load /m --save /c", "megatron", "slime", "--load {dir} --ckpt-step {step}", "", "--save {save}");
        row("torchrun t.py checkpoint.save=/c checkpoint.save_interval=5", "megatron", "Megatron-Bridge", "checkpoint.load={dir} checkpoint.ckpt_step={step}", "", "checkpoint.save={save}");
        row("nemo llm pretrain --factory llama3_8b", "megatron", "NeMo 2", "resume.resume_from_path={path}", "", "log.log_dir={save}");
        row("torchrun pretrain_gpt.py --save /c", "megatron", "Megatron-LM", "--load {dir} --ckpt-step {step} --exit-on-missing-checkpoint",
            "--load {dir} --ckpt-step {step} --finetune --exit-on-missing-checkpoint", "--save {save}");
        row("torchrun -m torchtitan.train", "dcp", "torchtitan", "--checkpoint.initial_load_path={path} --checkpoint.no_initial_load_model_only",
            "--checkpoint.initial_load_path={path} --checkpoint.initial_load_model_only", "--checkpoint.folder={save}");
        row("torchrun tasks/t.py c.yaml --train.checkpoint.output_dir /c", "veomni", "VeOmni", "--train.checkpoint.load_path={path}", "", "--train.checkpoint.output_dir={save}");
        row("automodel finetune llm -c x.yaml", "dcp", "NeMo Automodel", "--checkpoint.restore_from={path}", "", "--checkpoint.checkpoint_dir={save}");
        row("llamafactory-cli train x.yaml", "hf-trainer", "LLaMA-Factory", "resume_from_checkpoint={path}", "", "output_dir={save}");
        row("llamafactory-cli train --output_dir /c --save_steps 5", "hf-trainer", "LLaMA-Factory", "--resume_from_checkpoint {path}", "", "--output_dir {save}");
        row("axolotl train x.yaml", "hf-trainer", "Axolotl", "--resume-from-checkpoint={path}", "", "--output-dir={save}");
        row("swift sft --output_dir /c --save_steps 5", "hf-trainer", "ms-swift", "--resume_from_checkpoint {path}", "--resume_from_checkpoint {path} --resume_only_model true", "--output_dir {save}");
        row("tune run full_finetune_single_device --config x", "safetensors", "torchtune", "", "", "output_dir={save}");
        row("yolo detect train data=coco.yaml", "torch-zip", "Ultralytics", "", "model={path}", "project={save}");
        row("python tools/train.py configs/x.py --work-dir /c", "torch-zip", "MMEngine", "--cfg-options resume=True load_from={path}", "--cfg-options resume=False load_from={path}", "--work-dir={save}");
        row("python -m MaxText.train base.yml run_name=a", "orbax", "MaxText", "load_full_state_path={path}/items", "load_parameters_path={path}/items", "base_output_directory={save}");
        row("accelerate launch run_clm_no_trainer.py --output_dir /c", "accelerate", "Accelerate", "--resume_from_checkpoint {path}", "", "--output_dir {save}");
        row("accelerate launch train_text_to_image.py --pretrained_model_name_or_path m --output_dir /c --checkpointing_steps 5", "accelerate", "diffusers", "", "", "--output_dir {save}");
        for (const char *line : {"python train_text_to_image.py --output_dir /c", "accelerate launch train_dreambooth.py --output_dir /c --max_train_steps 9",
                                 "python /opt/diffusers/examples/dreambooth/train_dreambooth_lora_sdxl.py --output_dir /c",
                                 "accelerate launch --mixed_precision fp16 train_controlnet_flux.py --num_train_epochs 1 --output_dir=/c",
                                 "python train_unconditional.py --output_dir /c", "python textual_inversion_sdxl.py --output_dir /c"})
            row(line, "accelerate", "diffusers", "", "", "--output_dir {save}");
        row("python -m paddle.distributed.launch run.py --output_dir /c", "paddle", "PaddleNLP Trainer", "--resume_from_checkpoint {path}", "", "--output_dir {save}");
        row("python run_clm.py --output-dir /c --save-steps 5", "hf-trainer", "Hugging Face Trainer", "--resume_from_checkpoint {path}", "", "--output_dir {save}");
        row("python main.py fit --trainer.max_epochs 3", "torch-zip", "Lightning", "--ckpt_path={path}", "", "--trainer.default_root_dir={save}");
        row("python train.py", "keras-backup", "Keras BackupAndRestore", "", "", "");
    }
    void everyFrameworkIsToldInItsOwnWords()
    {
        QFETCH(QString, line);
        QFETCH(QString, format);
        QFETCH(QString, framework);
        QFETCH(QString, resume);
        QFETCH(QString, weights);
        QFETCH(QString, save);
        const QStringList words = line.split(u' ');
        const PathContract c = of(words, format);
        QCOMPARE(c.framework, framework);
        QCOMPARE(c.how, resume.isEmpty() ? How::Newest : How::Args);
        if (resume.isEmpty())
            QVERIFY(!c.why.isEmpty()); // whoever wants another one is told why not
        else
            QCOMPARE(c.args.join(u' '), resume);
        QCOMPARE(c.saveArgs.join(u' '), save);
        const PathContract start = of(words, format, Act::StartFromWeights);
        QCOMPARE(start.known(), !weights.isEmpty());
        QCOMPARE(start.args.join(u' '), weights);
        QVERIFY(!start.evidence.isEmpty());
        QCOMPARE(start.saveArgs.join(u' '), save);
        // Neither act leaves standing what asks for the other.
        const auto flags = [](const QStringList &all) {
            QSet<QString> names;
            for (const QString &word : all) {
                if (word.startsWith(u"--"_s) || word.contains(u'='))
                    names += word.section(u'=', 0, 0);
            }
            return names;
        };
        for (const PathContract &act : {c, start})
            QVERIFY(!flags(act.args).intersects(flags(act.drops)));
        if (start.known() && c.how == How::Args)
            QVERIFY((flags(start.args) - flags(c.args) - flags(c.drops)).isEmpty());
    }

    void everyRowIsWhole()
    {
        const QSet<QString> placeholders{u"{path}"_s, u"{dir}"_s, u"{name}"_s, u"{step}"_s, u"{save}"_s};
        static const QRegularExpression placeholder(u"\\{[^}]*\\}"_s);
        for (const ResumeSwitch &row : resumeSwitches()) {
            for (const char *pattern : {row.signs, row.withFormat})
                QVERIFY2(QRegularExpression(QString::fromLatin1(pattern)).isValid(), row.framework);
            for (const char *text : {row.chosen, row.newest, row.weights, row.save}) {
                for (auto it = placeholder.globalMatch(QString::fromLatin1(text)); it.hasNext();)
                    QVERIFY2(placeholders.contains(it.next().captured()), text);
            }
            QVERIFY2(*row.chosen || *row.why, row.framework);
            QVERIFY2(!*row.chosen || QString::fromLatin1(row.save).contains(u"{save}"_s), row.framework); // else it would save among the old ones
            QVERIFY2(*row.signs || *row.formats, row.framework);
        }
    }

    void whatCannotBeSeenIsAskedWithAHint()
    {
        const PathContract verl = of(split("bash run.sh"), u"verl"_s);
        QVERIFY(!verl.known());
        QVERIFY2(verl.evidence.contains(u"trainer.resume_from_path"_s), qPrintable(verl.evidence));
        for (const char *format : {"deepspeed", "keras", "tensorflow", "orbax", "xgboost", "accelerate", "prime-rl", "xtuner"}) {
            const PathContract c = of(split("python train.py"), QString::fromLatin1(format));
            QVERIFY2(!c.known() && !c.evidence.contains(u"CHECKPOINT_DIR"_s), format);
        }
        QVERIFY(of(split("python train.py"), u"unheard-of"_s).evidence.contains(u"CHECKPOINT_DIR"_s));
        // A second --cfg-options would take the place of the first.
        QVERIFY(!of(split("python tools/train.py c.py --work-dir /c --cfg-options lr=1")).known());
    }

    void theNewestIsAskedForInTheFrameworksWords()
    {
        const Job job = decoded(pytorchJob(container(u"pytorch"_s, {}, split("python3 -m verl.trainer.main_ppo"))));
        Checkpoint c = wholeCheckpoint();
        const PathContract newest = completed(*parseContract(u"newest"_s, {}), job, c, Act::Resume);
        QCOMPARE(newest.args, QStringList{u"trainer.resume_mode=auto"_s});
        QCOMPARE(newest.drops, QStringList{u"trainer.resume_from_path={path}"_s});
        QCOMPARE(resumeByText(newest), u"newest"_s);
        const PathContract given = completed(*parseContract(u"arg:--a={path}"_s, u"arg:--b={save}"_s), job, c, Act::Resume);
        QCOMPARE(given.args, QStringList{u"--a={path}"_s});
    }

    void whatResumesDoesNotStartFromWeights()
    {
        // The contract's variable resumes, and so does what was remembered: only where to save is taken from them.
        const PathContract env = contractOf(decoded(contractJob()), wholeCheckpoint(), Act::StartFromWeights);
        QVERIFY(!env.known());
        QCOMPARE(env.saveEnv, u"CHECKPOINT_DIR"_s);
        const QJsonObject job = with(contractJob(), {u"metadata"_s, u"annotations"_s},
                                     QJsonObject{{u"cairn.console/resume-by"_s, u"arg:--from {path}"_s}, {u"cairn.console/save-by"_s, u"env:OUT"_s}});
        const PathContract remembered = contractOf(decoded(job), wholeCheckpoint(), Act::StartFromWeights);
        QVERIFY(!remembered.known());
        QCOMPARE(remembered.saveEnv, u"OUT"_s);
        const PathContract given = completed(*parseContract(u"arg:--init={path}"_s, {}), decoded(job), wholeCheckpoint(), Act::StartFromWeights);
        QCOMPARE(given.args, QStringList{u"--init={path}"_s});
        QCOMPARE(given.saveEnv, u"OUT"_s);
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
        QTest::newRow("tag") << u"arg:--load_dir={dir} --tag={name}"_s << QString() << true;
        QTest::newRow("folder alone") << u"arg:--load_dir={dir}"_s << QString() << false;
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
