// SPDX-License-Identifier: GPL-3.0-or-later
#include "jobs/ResumeSwitch.h"

#include <QCoreApplication>
#include <QRegularExpression>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::jobs {
namespace {

constexpr auto kTrainerSave = "--output_dir {save}";
constexpr auto kTrainerChosen = "--resume_from_checkpoint {path}";

/// Sources: the argument parsers and loaders of the frameworks named, at the versions of docs/RESUME.md.
constexpr ResumeSwitch rows[] = {
    {.framework = "VeOmni",
     .formats = "veomni",
     .signs = " --train\\.checkpoint\\.",
     .chosen = "--train.checkpoint.load_path={path}",
     .newest = "--train.checkpoint.load_path=auto",
     .save = "--train.checkpoint.output_dir={save}"},
    {.framework = "NeMo Automodel",
     .signs = "nemo_automodel|[ /]automodel ",
     .chosen = "--checkpoint.restore_from={path}",
     .newest = "--checkpoint.restore_from=LATEST",
     .save = "--checkpoint.checkpoint_dir={save}"},
    // torchtitan's own load_step looks into the save folder, so it cannot start a fresh one. initial_load_path can, and is
    // ignored as soon as the folder holds checkpoints: a restarted pod then takes its newest by itself. Only weights are
    // loaded unless the second flag says otherwise.
    {.framework = "torchtitan",
     .signs = " --checkpoint\\.|torchtitan| --job\\.config_file[ =]",
     .chosen = "--checkpoint.initial_load_path={path} --checkpoint.no_initial_load_model_only",
     .newest = "--checkpoint.load_step=-1",
     .weights = "--checkpoint.initial_load_path={path} --checkpoint.initial_load_model_only",
     .save = "--checkpoint.folder={save}",
     .restartsFromNamed = false,
     .wraps = true},
    {.framework = "verl",
     .formats = "verl",
     .signs = "[ .]verl\\.trainer| trainer\\.default_local_dir=| trainer\\.resume_from_path=",
     .withFormat = " \\+{0,2}trainer\\.\\w+=",
     .chosen = "trainer.resume_mode=resume_path trainer.resume_from_path={path}",
     .newest = "trainer.resume_mode=auto",
     .save = "trainer.default_local_dir={save}",
     .care = QT_TRANSLATE_NOOP("cairn::jobs", "With trainer.resume_mode=auto and no tracker file verl starts from scratch without a word.")},
    {.framework = "SkyRL",
     .formats = "skyrl",
     .signs = "skyrl| trainer\\.resume_path=",
     .withFormat = " \\+{0,2}trainer\\.\\w+=",
     .chosen = "trainer.resume_mode=from_path trainer.resume_path={path}",
     .newest = "trainer.resume_mode=latest",
     .save = "trainer.ckpt_path={save}"},
    {.framework = "NeMo RL",
     .formats = "nemo-rl",
     .signs = "nemo_rl| \\+{0,2}checkpointing\\.\\w+=",
     .save = "checkpointing.checkpoint_dir={save}",
     .why = QT_TRANSLATE_NOOP("cairn::jobs", "NeMo RL always takes the highest step in its checkpoint folder.")},
    {.framework = "OpenRLHF",
     .signs = "openrlhf.* --ckpt_path[ =]", // before 0.10.2
     .newest = "--load_checkpoint",
     .save = "--ckpt_path {save}",
     .levels = 2,
     .why = QT_TRANSLATE_NOOP("cairn::jobs", "OpenRLHF takes what the file latest in the folder of each role names."),
     .care = QT_TRANSLATE_NOOP("cairn::jobs", "The file latest must name this checkpoint in the folder of every role: _actor and, with a critic, _critic.")},
    {.framework = "OpenRLHF",
     .signs = "openrlhf",
     .newest = "--ckpt.load_enable",
     .save = "--ckpt.path {save}",
     .levels = 2,
     .why = QT_TRANSLATE_NOOP("cairn::jobs", "OpenRLHF takes what the file latest in the folder of each role names."),
     .care = QT_TRANSLATE_NOOP("cairn::jobs", "The file latest must name this checkpoint in the folder of every role: _actor and, with a critic, _critic.")},
    {.framework = "AReaL",
     .signs = "[ .]areal[. /]| recover\\.mode=",
     .newest = "recover.mode=auto",
     .levels = 0,
     .why = QT_TRANSLATE_NOOP("cairn::jobs", "AReaL keeps one recovery checkpoint, which it overwrites; its other saves hold only weights.")},
    {.framework = "slime",
     .signs = "slime| --ref_load[ =]",
     .chosen = "--load {dir} --ckpt-step {step}",
     .newest = "--load {save}",
     .save = "--save {save}",
     .care = QT_TRANSLATE_NOOP("cairn::jobs", "Where slime finds no tracker file in the folder of --load, it starts from --ref-load with a fresh optimizer without a word.")},
    {.framework = "Megatron-Bridge",
     .signs = "megatron[._/-]bridge| \\+{0,2}checkpoint\\.(?:load|save|ckpt_step|save_interval|pretrained_checkpoint)=",
     .chosen = "checkpoint.load={dir} checkpoint.ckpt_step={step}",
     .newest = "checkpoint.load={save}",
     .save = "checkpoint.save={save}"},
    {.framework = "NeMo 2",
     .signs = "[ /]nemo llm | resume\\.resume_\\w+=| log\\.log_dir=",
     .chosen = "resume.resume_from_path={path}",
     .newest = "resume.resume_if_exists=true",
     .save = "log.log_dir={save}"},
    // Without --exit-on-missing-checkpoint a wrong path silently starts from scratch. --finetune loads neither optimizer
    // nor step.
    {.framework = "Megatron-LM",
     .formats = "megatron",
     .signs = "[ /]pretrain_[a-z0-9_]+\\.py |^(?=.* --(?:save|load)[ =]).* --(?:tensor_model_parallel_size|ckpt_format|ckpt_step)[ =]",
     .chosen = "--load {dir} --ckpt-step {step} --exit-on-missing-checkpoint",
     .newest = "--load {save}",
     .weights = "--load {dir} --ckpt-step {step} --finetune --exit-on-missing-checkpoint",
     .save = "--save {save}",
     .wraps = true},
    {.framework = "LLaMA-Factory",
     .formats = "llama-factory",
     .signs = "llamafactory(?:-cli train)? \\S+\\.(?:ya?ml|json) ",
     .chosen = "resume_from_checkpoint={path}",
     .save = "output_dir={save}"},
    {.framework = "LLaMA-Factory", .signs = "llamafactory", .chosen = kTrainerChosen, .save = kTrainerSave, .wraps = true},
    {.framework = "Axolotl",
     .signs = "[ /]axolotl train | axolotl\\.cli\\.train ",
     .chosen = "--resume-from-checkpoint={path}",
     .newest = "--auto-resume-from-checkpoints=true",
     .save = "--output-dir={save}",
     .wraps = true},
    {.framework = "ms-swift",
     .signs = "[ /]swift (?:sft|pt|rlhf) ",
     .chosen = kTrainerChosen,
     .weights = "--resume_from_checkpoint {path} --resume_only_model true",
     .save = kTrainerSave,
     .wraps = true},
    {.framework = "torchtune",
     .signs = "[ /]tune run ",
     .newest = "resume_from_checkpoint=True checkpointer.checkpoint_dir={path}",
     .save = "output_dir={save}",
     .levels = 0,
     .why = QT_TRANSLATE_NOOP("cairn::jobs", "torchtune keeps one recipe state, of the newest checkpoint alone."),
     .care = QT_TRANSLATE_NOOP("cairn::jobs", "checkpointer.checkpoint_files has to name the files of that folder.")},
    {.framework = "Ultralytics",
     .signs = "[ /]yolo .*train|ultralytics",
     .newest = "resume=True model={path}",
     .weights = "model={path}",
     .save = "project={save}",
     .levels = 0,
     .why = QT_TRANSLATE_NOOP("cairn::jobs", "Ultralytics goes on in the folder that is written in the checkpoint, and overwrites what was saved there after it.")},
    // A second --cfg-options would replace the first one whole.
    {.framework = "MMEngine",
     .signs = "^(?!.* --cfg_options (?!resume=|load_from=)).*(?:[ /]mim train |[ /]tools/(?:dist_|slurm_)?train\\.(?:py|sh) |mmengine)",
     .chosen = "--cfg-options resume=True load_from={path}",
     .newest = "--cfg-options resume=True",
     .weights = "--cfg-options resume=False load_from={path}",
     .save = "--work-dir={save}"},
    // A folder that holds checkpoints already goes first.
    {.framework = "MaxText",
     .signs = "[Mm]ax[Tt]ext[ ./]",
     .chosen = "load_full_state_path={path}/items",
     .weights = "load_parameters_path={path}/items",
     .save = "base_output_directory={save}",
     .restartsFromNamed = false},
    {.framework = "Accelerate",
     .signs = "_no_trainer\\.py ",
     .chosen = kTrainerChosen,
     .save = kTrainerSave},
    // Only the last part of the path counts, and only inside the output folder.
    {.framework = "diffusers",
     .signs = "^(?=.* --output_dir[ =])(?=.* --pretrained_model_name_or_path[ =]).* --(?:checkpointing_steps|resume_from_checkpoint)[ =]|"
              "[ /](?:train_(?:text_to_image|dreambooth|controlnet|unconditional|instruct_pix2pix|t2i_adapter|custom_diffusion|lcm_distill|cogvideox)\\w*|"
              "textual_inversion\\w*)\\.py ",
     .newest = "--resume_from_checkpoint {name}",
     .save = kTrainerSave,
     .why = QT_TRANSLATE_NOOP("cairn::jobs", "The training scripts of diffusers look for checkpoints in the folder they save to and nowhere else, and would mix the new ones with those saved after it."),
     .care = QT_TRANSLATE_NOOP("cairn::jobs", "Where the script does not find the checkpoint, it warns and starts a new run.")},
    {.framework = "PaddleNLP Trainer",
     .formats = "paddle",
     .signs = "^(?=.* --output_dir[ =]).*(?:paddle\\.distributed|paddlenlp)",
     .chosen = kTrainerChosen,
     .save = kTrainerSave,
     .passedOn = true},
    // transformers: "not directly used by Trainer", the script passes it on to train().
    {.framework = "Hugging Face Trainer",
     .formats = "hf-trainer",
     .signs = "^(?=.* --output_dir[ =]).* --(?:resume_from_checkpoint|per_device_train_batch_size|save_strategy|save_steps|"
              "model_name_or_path|num_train_epochs)[ =]",
     .withFormat = " --output_dir[ =]",
     .chosen = kTrainerChosen,
     .save = kTrainerSave,
     .passedOn = true,
     .wraps = true},
    // LightningCLI's fit; it saves below trainer.default_root_dir unless a callback names a folder.
    {.framework = "Lightning",
     .signs = " --(?:ckpt_path|trainer\\.(?:default_root_dir|max_steps|max_epochs|devices))[ =]",
     .chosen = "--ckpt_path={path}",
     .newest = "--ckpt_path=last",
     .save = "--trainer.default_root_dir={save}",
     .wraps = true},

    // fit() itself reads the backup, whatever the command line says.
    {.framework = "Keras BackupAndRestore",
     .formats = "keras-backup",
     .withFormat = ".",
     .levels = 0,
     .why = QT_TRANSLATE_NOOP("cairn::jobs", "BackupAndRestore keeps one backup, which it overwrites, and takes it by itself when fit() begins.")},

    // Those that take nothing from a command line: a person has to say what the script does.
    {.framework = "DeepSpeed",
     .formats = "deepspeed",
     .why = QT_TRANSLATE_NOOP("cairn::jobs", "DeepSpeed has no argument for it: the script calls load_checkpoint() with a folder, {dir}, and a tag, {name}; without a tag it takes what the file latest names.")},
    {.framework = "Accelerate",
     .formats = "accelerate",
     .why = QT_TRANSLATE_NOOP("cairn::jobs", "Accelerate has no argument for it: the script calls load_state() with the folder, {path}.")},
    {.framework = "Keras",
     .formats = "keras",
     .why = QT_TRANSLATE_NOOP("cairn::jobs", "Keras has no argument for it: the script calls load_model() or load_weights() with the file, {path}.")},
    {.framework = "TensorFlow",
     .formats = "tensorflow",
     .why = QT_TRANSLATE_NOOP("cairn::jobs", "TensorFlow has no argument for it: the script calls restore() with the prefix, {path}, or restore_or_initialize(), which takes the newest.")},
    {.framework = "Orbax",
     .formats = "orbax",
     .why = QT_TRANSLATE_NOOP("cairn::jobs", "Orbax has no argument for it: the script calls restore() with the step, {step}; without one it takes the newest.")},
    {.framework = "XGBoost",
     .formats = "xgboost",
     .why = QT_TRANSLATE_NOOP("cairn::jobs", "XGBoost has no argument for it: the script passes the file, {path}, to train() as xgb_model.")},
    {.framework = "prime-rl",
     .formats = "prime-rl",
     .why = QT_TRANSLATE_NOOP("cairn::jobs", "prime-rl takes a step of the run's own folder, --resume.step {step}, and goes on there.")},
    {.framework = "XTuner",
     .formats = "xtuner",
     .why = QT_TRANSLATE_NOOP("cairn::jobs", "XTuner takes it from its Python config: load_checkpoint_cfg.")},
};

/// One text with a blank around each word; in names of options "-" is "_", as for argparse.
QString shown(const QStringList &words)
{
    QString text = u" "_s;
    for (const QString &word : words) {
        const qsizetype equals = word.indexOf(u'=');
        if (word.startsWith("--"_L1))
            text += u"--"_s + word.mid(2, equals < 0 ? -1 : equals - 2).replace(u'-', u'_') + (equals < 0 ? QString() : word.mid(equals));
        else
            text += word;
        text += u' ';
    }
    return text.left(64 * 1024); // a script in an argument may be of any length
}

bool matches(const char *pattern, const QString &text)
{
    return *pattern && QRegularExpression(QString::fromLatin1(pattern), QRegularExpression::DotMatchesEverythingOption).match(text).hasMatch();
}

bool hasFormat(const ResumeSwitch &row, const QString &format)
{
    return !format.isEmpty() && QString::fromLatin1(row.formats).split(u' ').contains(format);
}

} // namespace

std::span<const ResumeSwitch> resumeSwitches()
{
    return rows;
}

const ResumeSwitch *switchOf(const QStringList &words, const QString &format)
{
    const QString text = shown(words);
    for (const ResumeSwitch &row : rows) {
        if (matches(row.signs, text) || (hasFormat(row, format) && matches(row.withFormat, text)))
            return &row;
    }
    return nullptr;
}

const ResumeSwitch *switchByFormat(const QString &format)
{
    const auto found = std::ranges::find_if(rows, [&](const ResumeSwitch &row) { return hasFormat(row, format); });
    return found == std::end(rows) ? nullptr : &*found;
}

QStringList templateWords(const char *text)
{
    return QString::fromLatin1(text).split(u' ', Qt::SkipEmptyParts);
}

QString translated(const char *text)
{
    return *text ? QCoreApplication::translate("cairn::jobs", text) : QString();
}

} // namespace cairn::jobs
