// SPDX-License-Identifier: GPL-3.0-or-later
#include "launch/Policy.h"

#include "jobs/Argv.h"

#include <QCoreApplication>
#include <QFile>
#include <QRegularExpression>
#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;

namespace cairn::launch {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::launch)
};

/// How a framework is told. A name that is empty has no counterpart. Sources: docs/LAUNCH.md.
struct Facts {
    Framework framework = Framework::Contract;
    QString word = {};
    QString name = {};
    QStringList signs =
        {}; ///< words of the command line by which it is recognised: whole names of options, or parts of programs
    QString folder = {};
    QString steps = {};
    QString epochs = {};
    QString clock = {}; ///< takes h:mm:ss, and only where it saves by neither of the two before
    QString keepLast = {};
    QString keepEvery = {};
    QStringList always = {}; ///< arguments that go with saving
    QStringList onTerm = {};
    int fewestKept = 1;
    bool trainerLike = false; ///< its strategy is "steps" or "epoch", with names as the Hugging Face Trainer has them
    bool byCode = false;      ///< no arguments: the script reads the contract's variables
    bool restores = true;     ///< goes on from its newest checkpoint by itself, once it is told to
};

const QList<Facts> &table()
{
    static const QList<Facts> all = [] {
        const auto trainer = [](Framework framework, const QString &word, const QString &name, const QStringList &signs,
                                 const QString &prefix, QChar dash) {
            Facts f{.framework = framework, .word = word, .name = name, .signs = signs};
            const auto option = [&](const QString &n) { return prefix + QString(n).replace(u'_', dash); };
            f.folder = option(u"output_dir"_s);
            f.steps = option(u"save_steps"_s);
            f.epochs = option(u"save_strategy"_s);
            f.keepLast = option(u"save_total_limit"_s);
            f.trainerLike = true;
            return f;
        };
        QList<Facts> rows;
        rows.append({.framework = Framework::Contract,
            .word = u"contract"_s,
            .name = Words::tr("Environment contract"),
            .byCode = true});
        Facts hf = trainer(Framework::HuggingFace, u"huggingface"_s, u"Hugging Face Trainer"_s,
            {u"--save_total_limit"_s, u"--save_strategy"_s, u"--save_steps"_s, u"--per_device_train_batch_size"_s},
            u"--"_s, u'_');
        hf.onTerm = {u"--enable_jit_checkpoint=true"_s};
        hf.restores = false;
        rows.append(hf);
        rows.append({.framework = Framework::Lightning,
            .word = u"lightning"_s,
            .name = u"Lightning"_s,
            .signs = {u"--trainer.callbacks"_s, u"--trainer.max_epochs"_s, u"--trainer.max_steps"_s,
                u"--trainer.default_root_dir"_s},
            .folder = u"--trainer.callbacks.dirpath"_s,
            .steps = u"--trainer.callbacks.every_n_train_steps"_s,
            .epochs = u"--trainer.callbacks.every_n_epochs"_s,
            .clock = u"--trainer.callbacks.train_time_interval"_s,
            .keepLast = u"--trainer.callbacks.save_top_k"_s,
            .always = {u"--trainer.callbacks.save_last=true"_s, u"--ckpt_path=last"_s}});
        rows.append({.framework = Framework::Torchtitan,
            .word = u"torchtitan"_s,
            .name = u"torchtitan"_s,
            .signs = {u"torchtitan"_s, u"--checkpoint.interval"_s},
            .folder = u"--checkpoint.folder"_s,
            .steps = u"--checkpoint.interval"_s,
            .keepLast = u"--checkpoint.keep_latest_k"_s,
            .always = {u"--checkpoint.enable"_s},
            .fewestKept = 2});
        rows.append({.framework = Framework::Megatron,
            .word = u"megatron"_s,
            .name = u"Megatron-LM"_s,
            .signs = {u"--save-interval"_s, u"--tensor-model-parallel-size"_s, u"pretrain_gpt.py"_s},
            .folder = u"--save"_s,
            .steps = u"--save-interval"_s,
            .keepEvery = u"--save-retain-interval"_s,
            .onTerm = {u"--exit-signal-handler"_s}});
        rows.append({.framework = Framework::DeepSpeed,
            .word = u"deepspeed"_s,
            .name = u"DeepSpeed"_s,
            .signs = {u"--deepspeed_config"_s, u"deepspeed"_s},
            .byCode = true});
        rows.append({.framework = Framework::Keras, .word = u"keras"_s, .name = u"Keras"_s, .byCode = true});
        rows.append(
            {.framework = Framework::TensorFlow, .word = u"tensorflow"_s, .name = u"TensorFlow"_s, .byCode = true});
        rows.append({.framework = Framework::Orbax, .word = u"orbax"_s, .name = u"Orbax"_s, .byCode = true});
        rows.append({.framework = Framework::XGBoost, .word = u"xgboost"_s, .name = u"XGBoost"_s, .byCode = true});
        rows.append({.framework = Framework::Verl,
            .word = u"verl"_s,
            .name = u"verl"_s,
            .signs = {u"verl.trainer"_s, u"trainer.save_freq"_s},
            .folder = u"trainer.default_local_dir"_s,
            .steps = u"trainer.save_freq"_s,
            .keepLast = u"trainer.max_actor_ckpt_to_keep"_s,
            .always = {u"trainer.resume_mode=auto"_s}});
        Facts axolotl = trainer(Framework::Axolotl, u"axolotl"_s, u"Axolotl"_s, {u"axolotl"_s}, u"--"_s, u'-');
        axolotl.always = {u"--auto-resume-from-checkpoints=true"_s};
        rows.append(axolotl);
        Facts factory = trainer(Framework::LlamaFactory, u"llamafactory"_s, u"LLaMA-Factory"_s,
            {u"llamafactory-cli"_s, u"llamafactory"_s}, {}, u'_');
        factory.always = {u"overwrite_output_dir=false"_s}; // else it begins anew in a folder that holds checkpoints
        rows.append(factory);
        Facts swift = trainer(Framework::MsSwift, u"ms-swift"_s, u"ms-swift"_s, {u"swift"_s}, u"--"_s, u'_');
        swift.always = {u"--add_version=false"_s}; // else each restart saves into a new folder
        swift.restores = false;
        rows.append(swift);
        return rows;
    }();
    return all;
}

const Facts &factsOf(Framework framework)
{
    return *std::ranges::find(table(), framework, &Facts::framework);
}

// The contract's variables: resources/templates/pytorch/train.py reads them, and so do the snippets.
const QString kDir = u"CHECKPOINT_DIR"_s;
const QString kSteps = u"CHECKPOINT_EVERY_STEPS"_s;
const QString kEpochs = u"CHECKPOINT_EVERY_EPOCHS"_s;
const QString kSeconds = u"CHECKPOINT_EVERY_SECONDS"_s;
const QString kKeep = u"CHECKPOINT_KEEP_LAST"_s;

constexpr qint64 kMost = 1'000'000'000;

QString nameOf(const QString &arg)
{
    return arg.section(u'=', 0, 0);
}

/// What is asked for, in what the framework counts in.
struct Asked {
    qint64 steps = 0;
    int epochs = 0;
};

class Telling {
public:
    Telling(const Policy &policy, std::optional<double> stepSeconds)
        : m_policy(policy)
        , m_facts(factsOf(policy.framework))
        , m_step(stepSeconds)
    {
    }

    Passing passing()
    {
        if (m_facts.byCode)
            byVariables();
        else
            byArguments();
        return m_passing;
    }

private:
    Policy m_policy;
    const Facts &m_facts;
    std::optional<double> m_step;
    Passing m_passing;

    void remark(Remark::What what, const QString &field, const QString &text)
    {
        m_passing.remarks.append({what, field, text});
    }
    void variable(const QString &name, const QString &value)
    {
        m_passing.variables.append({name, Variable::From::Value, value, {}});
    }
    void argument(const QString &name, const QString &value) { m_passing.args.append(name + u'=' + value); }
    void drop(const QString &name)
    {
        if (!name.isEmpty())
            m_passing.drops.append(name);
    }

    void byVariables()
    {
        const auto put = [this](const QString &name, int value) {
            variable(name, value > 0 ? QString::number(value) : QString());
        };
        variable(kDir, m_policy.folder);
        if (needsSnippet(m_policy.framework)) {
            // Its lines count steps alone.
            const Asked wanted = asked();
            put(kSteps, static_cast<int>(std::min<qint64>(wanted.steps, kMost)));
            put(kEpochs, 0);
            put(kSeconds, 0);
            if (wanted.epochs > 0)
                remark(Remark::What::Cannot, u"everyEpochs"_s,
                    Words::tr("The lines for %1 save by steps alone: say it in steps.").arg(m_facts.name));
            if (m_policy.keepLast > 0 && m_policy.framework == Framework::Keras)
                remark(Remark::What::Cannot, u"keepLast"_s,
                    Words::tr("%1 deletes no checkpoints by itself: old ones have to be pruned.").arg(m_facts.name));
        } else {
            put(kSteps, m_policy.everySteps);
            put(kEpochs, m_policy.everyEpochs);
            put(kSeconds, m_policy.everySeconds);
        }
        put(kKeep, m_policy.keepLast);
        if (m_policy.keepEvery > 0)
            remark(Remark::What::Cannot, u"keepEvery"_s,
                Words::tr("Nothing in the contract keeps some checkpoints for good: the last ones alone are kept."));
        if (needsSnippet(m_policy.framework))
            remark(Remark::What::NeedsCode, u"folder"_s,
                Words::tr("%1 takes no arguments for this: the script has to hold the lines that save and restore.")
                    .arg(m_facts.name));
    }

    bool byClock() const
    {
        return !m_facts.clock.isEmpty() && m_policy.everySeconds > 0 && m_policy.everySteps == 0
            && m_policy.everyEpochs == 0;
    }

    /// Minutes as steps, where it is known how long one takes.
    Asked asked()
    {
        Asked asked{m_policy.everySteps, m_policy.everyEpochs};
        if (m_policy.everySeconds <= 0 || byClock())
            return asked;
        if (!m_step || !(*m_step > 0)) {
            remark(Remark::What::NeedsStep, u"everySeconds"_s,
                m_facts.clock.isEmpty()
                    ? Words::tr("%1 cannot save by the clock, and how long a step takes is not known: say it in steps.")
                          .arg(m_facts.name)
                    : Words::tr("%1 saves by the clock or by what it counts, not by both, and how long a step takes is "
                                "not known: minutes are left out.")
                          .arg(m_facts.name));
            return asked;
        }
        const qint64 steps = std::max<qint64>(1, std::llround(m_policy.everySeconds / *m_step));
        // Whichever comes first saves, so the shorter one of both is what was asked for.
        asked.steps = asked.steps > 0 ? std::min(asked.steps, steps) : steps;
        const int told = static_cast<int>(std::min<qint64>(steps, kMost));
        remark(Remark::What::Converted, u"everySeconds"_s,
            (m_facts.clock.isEmpty()
                    ? Words::tr("%1 cannot save by the clock: minutes are turned into %n step(s).", nullptr, told)
                    : Words::tr("%1 saves by the clock or by what it counts, not by both: minutes are turned into %n "
                                "step(s).",
                          nullptr, told))
                .arg(m_facts.name));
        return asked;
    }

    void byArguments()
    {
        if (m_policy.framework == Framework::Lightning)
            m_passing.args.append(u"--trainer.callbacks+=lightning.pytorch.callbacks.ModelCheckpoint"_s);
        if (!m_policy.folder.isEmpty())
            argument(m_facts.folder, m_policy.folder);
        if (m_policy.framework == Framework::Megatron && !m_policy.folder.isEmpty())
            argument(u"--load"_s, m_policy.folder); // where it looks for the newest one when it starts again
        interval(asked());
        kept();
        m_passing.args += m_facts.always;
        if (m_policy.onTerm && m_facts.onTerm.isEmpty())
            remark(Remark::What::Cannot, u"onTerm"_s,
                Words::tr("%1 does not save when its pod is told to end.").arg(m_facts.name));
        else if (m_policy.onTerm)
            m_passing.args += m_facts.onTerm;
        else
            for (const QString &arg : m_facts.onTerm)
                drop(nameOf(arg));
        if (!m_facts.restores)
            remark(Remark::What::NeedsCode, u"folder"_s,
                Words::tr(
                    "%1 begins at step 0 when its pod starts again, unless the script hands it its newest checkpoint.")
                    .arg(m_facts.name));
    }

    void interval(const Asked &asked)
    {
        if (m_facts.trainerLike) {
            // One strategy at a time.
            if (asked.steps > 0 && asked.epochs > 0)
                remark(Remark::What::Cannot, u"everyEpochs"_s,
                    Words::tr("%1 saves by steps or by epochs, not by both: steps are passed.").arg(m_facts.name));
            else if (asked.epochs > 1)
                remark(Remark::What::Cannot, u"everyEpochs"_s,
                    Words::tr("%1 saves after every epoch or by steps: every epoch is passed.").arg(m_facts.name));
            const bool bySteps = asked.steps > 0;
            argument(m_facts.epochs, bySteps ? u"steps"_s : asked.epochs > 0 ? u"epoch"_s : u"no"_s);
            if (bySteps)
                argument(m_facts.steps, QString::number(asked.steps));
            else
                drop(m_facts.steps);
            return;
        }
        if (byClock()) {
            const int seconds = m_policy.everySeconds;
            argument(m_facts.clock,
                u"%1:%2:%3"_s.arg(seconds / 3600)
                    .arg(seconds / 60 % 60, 2, 10, QChar(u'0'))
                    .arg(seconds % 60, 2, 10, QChar(u'0')));
            drop(m_facts.steps);
            drop(m_facts.epochs);
            return;
        }
        drop(m_facts.clock);
        if (asked.epochs > 0 && m_facts.epochs.isEmpty())
            remark(Remark::What::Cannot, u"everyEpochs"_s,
                Words::tr("%1 counts no epochs: say it in steps.").arg(m_facts.name));
        if (asked.steps > 0 && asked.epochs > 0 && !m_facts.epochs.isEmpty())
            remark(Remark::What::Cannot, u"everyEpochs"_s,
                Words::tr("%1 saves by steps or by epochs, not by both: steps are passed.").arg(m_facts.name));
        if (asked.steps > 0)
            argument(m_facts.steps, QString::number(asked.steps));
        else
            drop(m_facts.steps);
        if (asked.epochs > 0 && asked.steps == 0 && !m_facts.epochs.isEmpty())
            argument(m_facts.epochs, QString::number(asked.epochs));
        else
            drop(m_facts.epochs);
    }

    void kept()
    {
        if (m_policy.keepEvery > 0 && m_facts.keepEvery.isEmpty()) {
            // Its rotation would delete what should stay for good.
            drop(m_facts.keepLast);
            remark(Remark::What::Cannot, u"keepEvery"_s,
                Words::tr("%1 keeps the last few or all: to keep some for good, all are kept, and old ones have to be "
                          "pruned.")
                    .arg(m_facts.name));
            return;
        }
        if (m_policy.keepEvery > 0)
            keepSome();
        else
            drop(m_facts.keepEvery);
        if (m_policy.keepLast == 0) {
            if (m_policy.framework == Framework::Torchtitan)
                argument(m_facts.keepLast, u"0"_s); // left out, ten are kept
            else if (m_policy.framework == Framework::Lightning)
                argument(m_facts.keepLast, u"-1"_s); // left out, one is
            else
                drop(m_facts.keepLast);
            return;
        }
        if (m_facts.keepLast.isEmpty()) {
            remark(Remark::What::Cannot, u"keepLast"_s,
                Words::tr("%1 deletes no checkpoints by itself: old ones have to be pruned.").arg(m_facts.name));
            return;
        }
        const int keep = std::max(m_policy.keepLast, m_facts.fewestKept);
        if (keep != m_policy.keepLast)
            remark(Remark::What::Converted, u"keepLast"_s,
                Words::tr("%1 keeps at least two: the newest may be half written.").arg(m_facts.name));
        argument(m_facts.keepLast, QString::number(keep));
        if (m_policy.framework == Framework::Verl)
            argument(u"trainer.max_critic_ckpt_to_keep"_s, QString::number(keep));
        if (m_policy.framework == Framework::Lightning) { // the last N are the N with the highest step
            argument(u"--trainer.callbacks.monitor"_s, u"step"_s);
            argument(u"--trainer.callbacks.mode"_s, u"max"_s);
        }
    }

    /// Megatron-LM keeps what is a multiple of this, which has to be one of the interval.
    void keepSome()
    {
        int every = m_policy.keepEvery;
        if (m_policy.everySteps > 0 && every % m_policy.everySteps != 0) {
            every = std::max(1, (every + m_policy.everySteps / 2) / m_policy.everySteps) * m_policy.everySteps;
            remark(Remark::What::Converted, u"keepEvery"_s,
                Words::tr("Only saved steps can be kept: every %n step(s) it is.", nullptr, every));
        }
        argument(m_facts.keepEvery, QString::number(every));
    }
};

/// The value that an argument of that name has: the last one counts.
std::optional<QString> valueOf(const QStringList &words, const QString &name)
{
    if (name.isEmpty())
        return std::nullopt;
    std::optional<QString> value;
    for (qsizetype i = 0; i < words.size(); ++i) {
        if (words.at(i).startsWith(name + u'='))
            value = words.at(i).mid(name.size() + 1);
        else if (words.at(i) == name)
            value = i + 1 < words.size() && !words.at(i + 1).startsWith(u"--"_s) ? words.at(i + 1) : QString();
    }
    return value;
}

/// "1:30:00" and "2 days, 0:00:00" as Python writes them; 0 for anything else.
int clockSeconds(const std::optional<QString> &text)
{
    static const QRegularExpression pattern(u"^(?:(\\d{1,4}) days?, )?(\\d{1,5}):(\\d{1,2}):(\\d{1,2})(?:\\.\\d+)?$"_s);
    const auto match = pattern.match(text.value_or(QString()));
    return match.hasMatch() ? match.captured(1).toInt() * 86'400 + match.captured(2).toInt() * 3600
            + match.captured(3).toInt() * 60 + match.captured(4).toInt()
                            : 0;
}

int positive(const std::optional<QString> &text)
{
    return std::max(0, text.value_or(QString()).toInt());
}

/// Both ways to write it: "--name=value" is one word, "--name value" two.
void take(QStringList &args, const QString &name)
{
    for (qsizetype i = 0; i < args.size();) {
        if (args.at(i).startsWith(name + u'=')) {
            args.removeAt(i);
        } else if (args.at(i) == name) {
            args.removeAt(i);
            if (i < args.size() && !args.at(i).startsWith(u'-'))
                args.removeAt(i);
        } else {
            ++i;
        }
    }
}

} // namespace

const QList<Framework> &frameworks()
{
    static const QList<Framework> all = [] {
        QList<Framework> list;
        for (const Facts &facts : table())
            list.append(facts.framework);
        return list;
    }();
    return all;
}

QString frameworkName(Framework framework)
{
    return framework == Framework::Contract ? Words::tr("Environment contract") : factsOf(framework).name;
}

QString frameworkWord(Framework framework)
{
    return factsOf(framework).word;
}

std::optional<Framework> frameworkOf(const QString &word)
{
    const auto it = std::ranges::find(table(), word, &Facts::word);
    return it == table().end() ? std::nullopt : std::optional(it->framework);
}

Framework recognise(const Spec &spec, bool *sure)
{
    const auto answer = [sure](Framework framework, bool known) {
        if (sure != nullptr)
            *sure = known;
        return framework;
    };
    if (std::ranges::find(spec.variables, kDir, &Variable::name) != spec.variables.end())
        return answer(Framework::Contract, true);
    const QStringList words = jobs::visibleWords({spec.command, spec.args});
    // Programs and modules before options: several of them have the Trainer's options too.
    for (const bool options : {false, true}) {
        for (const Facts &facts : table()) {
            for (const QString &sign : facts.signs) {
                if (sign.startsWith(u"--"_s) != options)
                    continue;
                const bool found = std::ranges::any_of(words, [&](const QString &word) {
                    const QString program = word.section(u'/', -1);
                    return options ? nameOf(word) == sign || nameOf(word) == sign + u'+'
                                   : program == sign || word.startsWith(sign + u'.') || nameOf(word) == sign;
                });
                if (found)
                    return answer(facts.framework, true);
            }
        }
    }
    return answer(Framework::Contract, false);
}

Passing pass(const Policy &policy, std::optional<double> stepSeconds)
{
    return Telling(policy, stepSeconds).passing();
}

Policy policyOf(const Spec &spec, Framework framework)
{
    const Facts &facts = factsOf(framework);
    Policy policy;
    policy.framework = framework;
    if (facts.byCode) {
        const auto of = [&](const QString &name) {
            const auto it = std::ranges::find(spec.variables, name, &Variable::name);
            return it != spec.variables.end() && it->from == Variable::From::Value ? it->value : QString();
        };
        policy.folder = of(kDir);
        policy.everySteps = positive(of(kSteps));
        policy.everyEpochs = positive(of(kEpochs));
        policy.everySeconds = positive(of(kSeconds));
        policy.keepLast = positive(of(kKeep));
        return policy;
    }
    const QStringList words = jobs::visibleWords({spec.command, spec.args});
    policy.folder = valueOf(words, facts.folder).value_or(QString());
    policy.everySteps = positive(valueOf(words, facts.steps));
    if (facts.trainerLike) {
        const QString strategy = valueOf(words, facts.epochs).value_or(QString());
        policy.everyEpochs = strategy == "epoch"_L1 ? 1 : 0;
        if (strategy == "epoch"_L1 || strategy == "no"_L1)
            policy.everySteps = 0;
    } else {
        policy.everyEpochs = positive(valueOf(words, facts.epochs));
    }
    policy.everySeconds = clockSeconds(valueOf(words, facts.clock));
    policy.keepLast = positive(valueOf(words, facts.keepLast));
    policy.keepEvery = positive(valueOf(words, facts.keepEvery));
    policy.onTerm =
        !facts.onTerm.isEmpty() && valueOf(words, nameOf(facts.onTerm.first())).value_or(u"false"_s) != "false"_L1;
    return policy;
}

Spec withFolder(const Spec &spec, Framework framework, const QString &folder)
{
    const Facts &facts = factsOf(framework);
    Passing passing;
    if (facts.byCode)
        passing.variables.append({kDir, Variable::From::Value, folder, {}});
    else
        passing.args.append(facts.folder + u'=' + folder);
    if (framework == Framework::Megatron)
        passing.args.append(u"--load="_s + folder);
    return withPolicy(spec, passing);
}

QString snippet(Framework framework)
{
    const QString word = framework == Framework::Contract ? u"torch"_s : frameworkWord(framework);
    QFile file(u":/cairn/snippets/"_s + word + u".py"_s);
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

bool needsSnippet(Framework framework)
{
    const Facts &facts = factsOf(framework);
    return framework != Framework::Contract && (facts.byCode || !facts.restores);
}

Spec withoutPolicy(const Spec &spec, const Policy &policy)
{
    const Passing written = pass(policy);
    Passing gone;
    for (const QString &arg : written.args)
        gone.drops.append(nameOf(arg));
    gone.drops += written.drops;
    for (const Variable &variable : written.variables)
        gone.variables.append({variable.name, Variable::From::Value, {}, {}});
    return withPolicy(spec, gone);
}

Spec withPolicy(const Spec &spec, const Passing &passing)
{
    Spec with = spec;
    for (const QString &name : passing.drops) {
        take(with.args, name);
        take(with.command, name);
    }
    for (const QString &arg : passing.args)
        take(with.args, nameOf(arg));
    with.args += passing.args;
    for (const Variable &variable : passing.variables) {
        const auto it = std::ranges::find(with.variables, variable.name, &Variable::name);
        if (variable.value.isEmpty()) {
            if (it != with.variables.end())
                with.variables.erase(it);
        } else if (it != with.variables.end()) {
            *it = variable;
        } else {
            with.variables.append(variable);
        }
    }
    return with;
}

} // namespace cairn::launch
