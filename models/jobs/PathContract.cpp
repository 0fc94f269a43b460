// SPDX-License-Identifier: GPL-3.0-or-later
#include "jobs/PathContract.h"

#include "base/Names.h"
#include "base/Text.h"

#include <QCoreApplication>
#include <QRegularExpression>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::jobs {
namespace {

// A free tr() would be filed under another context by lupdate than it is looked up in.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::jobs)
};

bool isVariableName(const QString &name)
{
    static const QRegularExpression pattern(u"^[A-Za-z_][A-Za-z0-9_]{0,127}$"_s);
    return pattern.match(name).hasMatch();
}

bool hasPlaceholder(const QStringList &words, const QString &placeholder)
{
    return std::ranges::any_of(words, [&](const QString &w) { return w.contains(placeholder); });
}

bool anyStartsWith(const QStringList &words, const QString &prefix)
{
    return std::ranges::any_of(words, [&](const QString &w) { return w.startsWith(prefix); });
}

bool anyContains(const QStringList &words, const QString &part)
{
    return std::ranges::any_of(words, [&](const QString &w) { return w.contains(part); });
}

bool hasAnyFlag(const QStringList &words, std::initializer_list<QStringView> flags)
{
    return std::ranges::any_of(flags, [&](QStringView f) { return flagValue(words, f.toString()).has_value(); });
}

/// torchtitan's own load_step looks into the save folder, so it cannot start a fresh one. initial_load_path can, and
/// is ignored as soon as the folder holds checkpoints: a restarted pod then takes its newest by itself. Without the
/// third flag only weights are loaded. Source: torchtitan components/checkpoint.py, CheckpointManager.load and the
/// config docs of initial_load_path and initial_load_model_only.
void torchtitan(PathContract &c, const QStringList &words)
{
    c.framework = u"torchtitan"_s;
    c.args = {u"--checkpoint.initial_load_path={path}"_s, u"--checkpoint.no_initial_load_model_only"_s};
    c.saveArgs = {u"--checkpoint.folder={save}"_s};
    if (flagValue(words, u"--checkpoint.load_step"_s))
        c.resets = {u"--checkpoint.load_step=-1"_s};
}

/// `--load DIR --ckpt-step N`; without --exit-on-missing-checkpoint a wrong path silently starts from scratch.
/// Source: Megatron-LM megatron/training/arguments.py and checkpointing.py.
void megatron(PathContract &c)
{
    c.framework = u"Megatron-LM"_s;
    c.args = {u"--load"_s, u"{dir}"_s, u"--ckpt-step"_s, u"{step}"_s, u"--exit-on-missing-checkpoint"_s};
    c.saveArgs = {u"--save"_s, u"{save}"_s};
    c.restartsFromNamed = true;
}

/// transformers TrainingArguments.resume_from_checkpoint: "not directly used by Trainer", the script passes it on.
void huggingFace(PathContract &c)
{
    c.framework = u"Hugging Face Trainer"_s;
    c.args = {u"--resume_from_checkpoint"_s, u"{path}"_s};
    c.saveArgs = {u"--output_dir"_s, u"{save}"_s};
    c.restartsFromNamed = true;
    c.passedOnByScript = true;
}

/// LightningCLI's fit takes --ckpt_path; it saves below trainer.default_root_dir unless a callback names a folder.
void lightning(PathContract &c)
{
    c.framework = u"Lightning"_s;
    c.args = {u"--ckpt_path={path}"_s};
    c.saveArgs = {u"--trainer.default_root_dir={save}"_s};
    c.restartsFromNamed = true;
}

PathContract byFramework(const Job &job, const Checkpoint &checkpoint)
{
    const QStringList words = visibleWords({job.command, job.args});
    PathContract c;
    c.how = PathContract::How::Args;
    c.source = PathContract::Source::Framework;
    if (anyStartsWith(words, u"--checkpoint."_s) || anyContains(words, u"torchtitan"_s)
        || flagValue(words, u"--job.config_file"_s)) {
        torchtitan(c, words);
    } else if (std::ranges::any_of(words, [](const QString &w) {
                   static const QRegularExpression script(u"(^|/)pretrain_[a-z0-9_]+\\.py$"_s);
                   return script.match(w).hasMatch();
               })
               || (hasAnyFlag(words, {u"--tensor-model-parallel-size", u"--ckpt-format", u"--ckpt-step"})
                   && hasAnyFlag(words, {u"--save", u"--load"}))) {
        megatron(c);
    } else if (flagValue(words, u"--output_dir"_s)
               && (checkpoint.format == u"hf-trainer"
                   || hasAnyFlag(words, {u"--resume_from_checkpoint", u"--per_device_train_batch_size", u"--save_strategy",
                                         u"--save_steps", u"--model_name_or_path", u"--num_train_epochs"}))) {
        huggingFace(c);
    } else if (hasAnyFlag(words, {u"--ckpt_path", u"--trainer.default_root_dir", u"--trainer.max_steps",
                                  u"--trainer.max_epochs", u"--trainer.devices"})) {
        lightning(c);
    } else {
        c = PathContract();
        c.evidence = Words::tr("The job sets neither CHECKPOINT_DIR nor RESUME_FROM_CHECKPOINT, and its command names no framework "
                        "whose resume arguments are known.");
        return c;
    }
    //: %1 is a framework such as torchtitan
    c.evidence = Words::tr("%1, found in the job's arguments.").arg(c.framework);
    return c;
}

} // namespace

bool PathContract::tellsSaveDir() const
{
    return how != How::Newest && (!saveEnv.isEmpty() || !saveArgs.isEmpty() || hasPlaceholder(args, u"{save}"_s));
}

Result<PathContract> parseContract(const QString &resumeBy, const QString &saveBy)
{
    const auto bad = [](const QString &text, const QString &fix) {
        return fail(Error::Kind::Invalid, Words::tr("“%1” does not say how the script takes a path.").arg(text::safe(text)), QString(),
                    fix);
    };
    const QString resumeFix = Words::tr("Write env:NAME, arg:--flag={path} or newest.");
    const QString saveFix = Words::tr("Write env:NAME or arg:--flag={save}.");
    PathContract c;
    c.source = PathContract::Source::Given;
    if (resumeBy == u"newest") {
        c.how = PathContract::How::Newest;
    } else if (resumeBy.startsWith(u"env:"_s) && isVariableName(resumeBy.mid(4))) {
        c.how = PathContract::How::Env;
        c.env = resumeBy.mid(4);
    } else if (resumeBy.startsWith(u"arg:"_s)) {
        c.how = PathContract::How::Args;
        c.args = resumeBy.mid(4).split(u' ', Qt::SkipEmptyParts);
        if (!hasPlaceholder(c.args, u"{path}"_s) && !hasPlaceholder(c.args, u"{step}"_s))
            return bad(resumeBy, resumeFix);
    } else {
        return bad(resumeBy, resumeFix);
    }
    if (saveBy.startsWith(u"env:"_s) && isVariableName(saveBy.mid(4))) {
        c.saveEnv = saveBy.mid(4);
    } else if (saveBy.startsWith(u"arg:"_s)) {
        c.saveArgs = saveBy.mid(4).split(u' ', Qt::SkipEmptyParts);
        if (!hasPlaceholder(c.saveArgs, u"{save}"_s))
            return bad(saveBy, saveFix);
    } else if (!saveBy.isEmpty()) {
        return bad(saveBy, saveFix);
    }
    if (!c.saveEnv.isEmpty() && c.saveEnv == c.env)
        return bad(saveBy, Words::tr("Name different variables for the checkpoint and for the directory."));
    // A script that is named one path takes it at every start; only the contract's own variable promises otherwise.
    c.restartsFromNamed = c.how == PathContract::How::Args
        || (c.how == PathContract::How::Env && c.env != u"RESUME_FROM_CHECKPOINT");
    c.evidence = Words::tr("Chosen by you.");
    return c;
}

QString resumeByText(const PathContract &contract)
{
    switch (contract.how) {
    case PathContract::How::Env: return u"env:"_s + contract.env;
    case PathContract::How::Args: return u"arg:"_s + contract.args.join(u' ');
    case PathContract::How::Newest: return u"newest"_s;
    case PathContract::How::Unknown: break;
    }
    return {};
}

QString saveByText(const PathContract &contract)
{
    if (!contract.saveEnv.isEmpty())
        return u"env:"_s + contract.saveEnv;
    return contract.saveArgs.isEmpty() ? QString() : u"arg:"_s + contract.saveArgs.join(u' ');
}

PathContract contractOf(const Job &job, const Checkpoint &checkpoint)
{
    const QString remembered = job.annotations.value(names::name("resume-by"_L1));
    if (!remembered.isEmpty()) {
        if (Result<PathContract> c = parseContract(remembered, job.annotations.value(names::name("save-by"_L1)))) {
            c->source = PathContract::Source::Remembered;
            c->evidence = Words::tr("Remembered on the job.");
            return *c;
        }
    }
    const auto has = [&](const QString &name) { return job.env.contains(name) || job.envFrom.contains(name); };
    if (has(u"RESUME_FROM_CHECKPOINT"_s) || has(u"CHECKPOINT_DIR"_s)) {
        PathContract c;
        c.how = PathContract::How::Env;
        c.source = PathContract::Source::Contract;
        c.env = u"RESUME_FROM_CHECKPOINT"_s;
        c.saveEnv = u"CHECKPOINT_DIR"_s;
        c.evidence = has(u"CHECKPOINT_DIR"_s) ? Words::tr("The job sets CHECKPOINT_DIR.") : Words::tr("The job sets RESUME_FROM_CHECKPOINT.");
        return c;
    }
    return byFramework(job, checkpoint);
}

} // namespace cairn::jobs
