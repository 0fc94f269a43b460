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

PathContract unknown(const QString &evidence)
{
    PathContract c;
    c.evidence = evidence;
    return c;
}

/// What no framework in the command line shows: the checkpoint's own may still tell a person what to look for.
PathContract unrecognised(const Checkpoint &checkpoint)
{
    const ResumeSwitch *row = switchByFormat(checkpoint.format);
    if (!row)
        return unknown(Words::tr("The job sets neither CHECKPOINT_DIR nor RESUME_FROM_CHECKPOINT, and its command names no framework "
                                 "whose resume arguments are known."));
    if (!*row->chosen)
        return unknown(translated(row->why));
    //: %1 a framework, %2 arguments
    return unknown(Words::tr("The checkpoint is of %1, which takes it as %2; whether the command passes that on cannot be seen.")
                       .arg(QString::fromLatin1(row->framework), QString::fromLatin1(row->chosen)));
}

/// Arguments of the other acts, which would undo this one.
QStringList othersThan(const QStringList &args, const QStringList &all)
{
    const auto flagOf = [](const QString &word) { return word.startsWith(u"--"_s) || word.contains(u'=') ? word.section(u'=', 0, 0) : QString(); };
    QStringList others;
    bool taken = false;
    for (const QString &word : all) {
        if (const QString flag = flagOf(word); !flag.isEmpty())
            taken = std::ranges::any_of(args, [&](const QString &mine) { return flagOf(mine) == flag; });
        if (!taken)
            others += word;
    }
    return others;
}

QStringList allActs(const ResumeSwitch &row)
{
    return templateWords(row.chosen) + templateWords(row.newest) + templateWords(row.weights);
}

/// What the job was told to resume from must not be resumed beside the weights.
PathContract resumingNothing(PathContract c, const Job &job)
{
    c.unsets = {u"RESUME_FROM_CHECKPOINT"_s};
    if (const Result<PathContract> old = parseContract(job.annotations.value(names::name("resume-by"_L1)), {})) {
        c.drops += othersThan(c.args, old->args);
        c.unsets += old->env;
    }
    c.unsets.removeAll(c.env);
    c.unsets.removeAll(QString());
    return c;
}

PathContract byFramework(const Job &job, const Checkpoint &checkpoint, Act act)
{
    const QStringList words = visibleWords({job.command, job.args});
    const ResumeSwitch *row = switchOf(words, checkpoint.format);
    if (!row)
        return unrecognised(checkpoint);
    const QString name = QString::fromLatin1(row->framework);
    const bool weights = act == Act::StartFromWeights;
    PathContract c;
    if (weights && !*row->weights) {
        c = unknown(Words::tr("%1 has no argument that takes nothing but the weights of its own checkpoints.").arg(name));
    } else {
        c.source = PathContract::Source::Framework;
        c.how = weights || *row->chosen ? PathContract::How::Args : PathContract::How::Newest;
        c.args = templateWords(weights ? row->weights : *row->chosen ? row->chosen : row->newest);
        c.drops = othersThan(c.args, allActs(*row));
        if (c.drops.contains(u"--checkpoint.load_step=-1"_s) && flagValue(words, u"--checkpoint.load_step"_s))
            c.resets = {u"--checkpoint.load_step=-1"_s};
        c.copyLevels = c.how == PathContract::How::Newest ? row->levels : 0;
        c.why = translated(row->why);
        c.care = weights ? QString() : translated(row->care);
        //: %1 is a framework such as torchtitan
        c.evidence = switchOf(words, {}) == row ? Words::tr("%1, found in the job's arguments.").arg(name)
                                                 : Words::tr("%1, by the format of the checkpoint.").arg(name);
    }
    c.framework = name;
    c.saveArgs = templateWords(row->save);
    c.restartsFromNamed = c.how == PathContract::How::Args && row->restartsFromNamed;
    c.passedOnByScript = row->passedOn;
    c.wrapperKnows = row->wraps && !weights;
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
        if (!hasPlaceholder(c.args, u"{path}"_s) && !hasPlaceholder(c.args, u"{step}"_s) && !hasPlaceholder(c.args, u"{name}"_s))
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

PathContract completed(PathContract chosen, const Job &job, const Checkpoint &checkpoint, Act act)
{
    const ResumeSwitch *row = switchOf(visibleWords({job.command, job.args}), checkpoint.format);
    if (act == Act::StartFromWeights) {
        const PathContract known = contractOf(job, checkpoint, act);
        if (!chosen.tellsSaveDir()) {
            chosen.saveEnv = known.saveEnv == chosen.env ? QString() : known.saveEnv;
            chosen.saveArgs = known.saveArgs;
        }
        if (row)
            chosen.drops = othersThan(chosen.args, allActs(*row));
        return resumingNothing(chosen, job);
    }
    if (chosen.how != PathContract::How::Newest || !chosen.args.isEmpty() || !row)
        return chosen;
    chosen.framework = QString::fromLatin1(row->framework);
    chosen.args = templateWords(row->newest);
    chosen.drops = othersThan(chosen.args, allActs(*row));
    return chosen;
}

PathContract contractOf(const Job &job, const Checkpoint &checkpoint, Act act)
{
    const bool weights = act == Act::StartFromWeights;
    const QString remembered = job.annotations.value(names::name("resume-by"_L1));
    const QString saveBy = job.annotations.value(names::name("save-by"_L1));
    if (!remembered.isEmpty()) {
        if (Result<PathContract> c = parseContract(remembered, saveBy)) {
            c->source = PathContract::Source::Remembered;
            c->evidence = Words::tr("Remembered on the job.");
            if (!weights)
                return completed(*c, job, checkpoint, act);
            PathContract found = byFramework(job, checkpoint, act);
            if (c->tellsSaveDir()) {
                found.saveEnv = c->saveEnv;
                found.saveArgs = c->saveArgs;
            }
            return resumingNothing(found, job);
        }
    }
    const auto has = [&](const QString &name) { return job.env.contains(name) || job.envFrom.contains(name); };
    if (has(u"RESUME_FROM_CHECKPOINT"_s) || has(u"CHECKPOINT_DIR"_s)) {
        PathContract c;
        if (weights) {
            c = byFramework(job, checkpoint, act);
            if (!c.known())
                c.evidence = Words::tr("RESUME_FROM_CHECKPOINT resumes a run; which variable or argument takes weights alone is not known.");
            c.saveEnv = u"CHECKPOINT_DIR"_s;
            c.saveArgs.clear();
            return resumingNothing(c, job);
        }
        c.how = PathContract::How::Env;
        c.source = PathContract::Source::Contract;
        c.env = u"RESUME_FROM_CHECKPOINT"_s;
        c.saveEnv = u"CHECKPOINT_DIR"_s;
        c.evidence = has(u"CHECKPOINT_DIR"_s) ? Words::tr("The job sets CHECKPOINT_DIR.") : Words::tr("The job sets RESUME_FROM_CHECKPOINT.");
        return c;
    }
    const PathContract found = byFramework(job, checkpoint, act);
    return weights ? resumingNothing(found, job) : found;
}

} // namespace cairn::jobs
