// SPDX-License-Identifier: GPL-3.0-or-later
#include "jobs/StepLines.h"

#include <QRegularExpression>

using namespace Qt::StringLiterals;

namespace cairn::jobs {
namespace {

constexpr qsizetype kLongestLine = 4096;

QString clean(const QByteArray &line)
{
    static const QRegularExpression colours(u"\x1b\\[[0-9;]*[A-Za-z]"_s);
    QString text = QString::fromUtf8(line.left(kLongestLine));
    if (text.contains(QChar(0x1b)))
        text.remove(colours);
    return text;
}

} // namespace

std::optional<StepLine> stepOf(const QByteArray &line)
{
    const QString text = clean(line);
    static const QRegularExpression named(
        u"(?<![A-Za-z0-9_.-])(?<!per )(?<!each )(?<!every )(?<!max )(?<!total )(?:global[_ -]?step|step|iteration|iter)"
        "[\"']?\\s{0,8}[=:#]?\\s{0,16}\\[?(\\d{1,15}+)(?!\\d|(?:[.,]\\d|[A-Za-z%_]|\\s?(?:ms|s|sec|seconds|it/s)\\b))"_s,
        QRegularExpression::CaseInsensitiveOption);
    static const QRegularExpression bar(u"(?<![\\d.])(\\d{1,15}+)/\\d{1,15} \\[\\d+:\\d\\d"_s);
    if (const auto m = named.match(text); m.hasMatch())
        return StepLine{m.captured(1).toLongLong(), true};
    if (const auto m = bar.match(text); m.hasMatch())
        return StepLine{m.captured(1).toLongLong(), false};
    return std::nullopt;
}

bool saysResumed(const QByteArray &line)
{
    static const QRegularExpression pattern(
        u"\\b(resum(?:ed|ing)\\b.{0,40}\\b(?:from|at)|continuing training from|load(?:ed|ing)(?: the| a)? checkpoint"
        "|restor(?:ed|ing)\\b.{0,40}\\bcheckpoint|restored (?:all states )?from)"_s,
        QRegularExpression::CaseInsensitiveOption);
    return pattern.match(clean(line)).hasMatch();
}

bool saysFresh(const QByteArray &line)
{
    // verl, nanoGPT, transformers; diffusers' scripts; Megatron-LM; DeepSpeed; Lightning.
    static const QRegularExpression pattern(
        u"\\b(train(?:ing)?\\b.{0,40}\\bfrom scratch|starting (?:a new|new) training|will start from random|unable to find latest file"
        "|no (?:valid )?checkpoints? (?:was |were )?found|could not find .{0,80}\\bcheckpoint)"_s,
        QRegularExpression::CaseInsensitiveOption);
    return pattern.match(clean(line)).hasMatch();
}

bool namesCheckpoint(const QByteArray &line, const QString &path, std::optional<qint64> step)
{
    const QString text = clean(line);
    const QString name = path.section(u'/', -1, -1, QString::SectionSkipEmpty);
    if (!name.isEmpty() && text.contains(name))
        return true;
    return step && QRegularExpression(u"(?<![0-9.])0*%1(?![0-9.]*[0-9])"_s.arg(*step)).match(text).hasMatch();
}

} // namespace cairn::jobs
