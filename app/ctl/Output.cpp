// SPDX-License-Identifier: GPL-3.0-or-later
#include "Output.h"

#include "base/Text.h"
#include "manifest/Yaml.h"

#include <QJsonDocument>
#include <QSet>
#include <algorithm>
#include <cstdio>

#include <memory>

using namespace Qt::StringLiterals;

namespace cairn::ctl {
namespace {

void write(FILE *stream, const QString &text)
{
    const QByteArray bytes = text.toUtf8();
    std::fwrite(bytes.constData(), 1, static_cast<size_t>(bytes.size()), stream);
    if (!bytes.endsWith('\n'))
        std::fputc('\n', stream);
    std::fflush(stream);
}

} // namespace

QString renderTable(const QList<QStringList> &rows, const QSet<int> &right)
{
    QList<qsizetype> widths;
    for (const QStringList &row : rows) {
        for (qsizetype i = 0; i < row.size(); ++i) {
            if (i == widths.size())
                widths.append(0);
            widths[i] = std::max(widths[i], row[i].size());
        }
    }
    QString out;
    for (const QStringList &row : rows) {
        QString line;
        for (qsizetype i = 0; i < row.size(); ++i) {
            if (i)
                line += u"  "_s;
            line += right.contains(static_cast<int>(i)) ? row[i].rightJustified(widths[i]) : row[i].leftJustified(widths[i]);
        }
        while (line.endsWith(u' '))
            line.chop(1);
        out += line + u'\n';
    }
    return out;
}

void print(Format format, const QJsonObject &json, const QString &table)
{
    switch (format) {
    case Format::Table:
    case Format::Effective:
    case Format::Kustomize:
    case Format::Markdown: write(stdout, table); break;
    case Format::Sarif:
    case Format::Json: write(stdout, QString::fromUtf8(QJsonDocument(json).toJson(QJsonDocument::Indented))); break;
    case Format::Yaml: write(stdout, manifest::toYaml(json)); break;
    }
}

int printError(const Error &error)
{
    QString text = u"cairnctl: "_s + text::safe(error.what);
    const bool places = error.causes.size() > 1
        && std::ranges::all_of(error.causes, [](const FieldCause &cause) { return cause.reason == "Position"_L1; });
    if (places) {
        QStringList lines;
        for (const FieldCause &cause : error.causes)
            lines.append(text::safe(
                cause.message.contains(cause.field) ? cause.message : cause.field + u": "_s + cause.message));
        text += u"\n  Why: "_s + lines.join(u"\n       "_s);
    } else if (!error.why.isEmpty()) {
        text += u"\n  Why: "_s + text::safe(error.why);
    }
    if (!error.fix.isEmpty())
        text += u"\n  Fix: "_s + text::safe(error.fix);
    if (error.httpStatus || !error.reason.isEmpty())
        text += u"\n  Code: "_s + (error.httpStatus ? QString::number(error.httpStatus) + u' ' : QString()) + text::safe(error.reason);
    write(stderr, text);
    switch (error.kind) {
    case Error::Kind::NotFound: return ExitNotFound;
    case Error::Kind::Consent:
    case Error::Kind::Forbidden: return ExitRefused;
    default: return ExitFailed;
    }
}

QString diffText(const QList<manifest::DiffLine> &diff)
{
    QString out;
    for (const manifest::DiffLine &line : diff) {
        if (line.kind == manifest::DiffLine::Kind::Skipped) {
            out += u"  … %1 lines …\n"_s.arg(line.oldLine);
            continue;
        }
        const QString sign = line.kind == manifest::DiffLine::Kind::Added ? u"+ "_s
            : line.kind == manifest::DiffLine::Kind::Removed              ? u"- "_s
                                                                          : u"  "_s;
        out += sign + text::safe(line.text) + u'\n';
    }
    return out;
}

void note(const QString &line)
{
    write(stderr, line);
}

void noteGaps(const QList<Gap> &gaps)
{
    for (const Gap &gap : gaps)
        note(u"Not read: %1. %2"_s.arg(gap.what, text::safe(gap.error.oneLine())));
}

QJsonArray notesJson(const QList<change::Note> &notes)
{
    QJsonArray array;
    for (const change::Note &note : notes)
        array.append(QJsonObject{{u"id"_s, note.id}, {u"text"_s, note.text}, {u"fix"_s, note.fix}});
    return array;
}

change::Options changeOptions()
{
    change::Options options;
    options.tool = u"cairnctl " CAIRN_VERSION_STRING ""_s;
    options.progress = tellEvents();
    return options;
}

std::function<void(const change::Event &)> tellEvents()
{
    return [last = std::make_shared<QString>()](const change::Event &event) {
        if (event.text != *last)
            note(*last = event.text);
    };
}

} // namespace cairn::ctl
