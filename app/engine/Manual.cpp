// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/Manual.h"

#include <QDateTime>

using namespace Qt::StringLiterals;

namespace cairn::app {
namespace {

/// Text that means nothing to roff. A "-" is one that can be copied into a shell.
QString escaped(const QString &text)
{
    QString out;
    for (const QChar c : text) {
        switch (c.unicode()) {
        case u'\\': out += u"\\(rs"_s; break;
        case u'-': out += u"\\-"_s; break;
        case u'\'': out += u"\\(aq"_s; break;
        case u'`': out += u"\\(ga"_s; break;
        case u'~': out += u"\\(ti"_s; break;
        case u'^': out += u"\\(ha"_s; break;
        case u'\n': out += u' '; break;
        default: out += c;
        }
    }
    return out.startsWith(u'.') ? u"\\&"_s + out : out;
}

QString term(const QString &head, const QString &text)
{
    return u".TP\n%1\n%2\n"_s.arg(head, escaped(text));
}

QString bold(const QString &text)
{
    return u"\\fB"_s + escaped(text) + u"\\fR"_s;
}

QString optionHead(const QCommandLineOption &option)
{
    QStringList names;
    for (const QString &name : option.names())
        names.append(bold((name.size() == 1 ? u"-"_s : u"--"_s) + name));
    QString head = names.join(u", "_s);
    if (!option.valueName().isEmpty())
        head += u" \\fI"_s + escaped(option.valueName()) + u"\\fR"_s;
    return head;
}

QString section(const ManualSection &section)
{
    QString out = u".SH "_s + section.title + u'\n';
    if (!section.text.isEmpty())
        out += escaped(section.text) + u'\n';
    for (const auto &[head, text] : section.terms)
        out += term(bold(head), text);
    return out;
}

} // namespace

QString toRoff(const Manual &manual)
{
    bool dated = false;
    const qint64 epoch = qEnvironmentVariable("SOURCE_DATE_EPOCH").toLongLong(&dated);
    const QString date = dated ? QDateTime::fromSecsSinceEpoch(epoch, Qt::UTC).date().toString(Qt::ISODate) : QString();
    QString out = u".TH %1 1 \"%2\" \"Cairn %3\" \"User Commands\"\n"_s.arg(manual.program.toUpper(), date, u"" CAIRN_VERSION_STRING ""_s);
    out += u".nh\n.ad l\n"_s; // words of a command are not to be cut
    out += u".SH NAME\n%1 \\- %2\n"_s.arg(manual.program, escaped(manual.summary));
    out += u".SH SYNOPSIS\n%1 %2\n"_s.arg(bold(manual.program), escaped(manual.synopsis));
    out += u".SH DESCRIPTION\n%1\n"_s.arg(escaped(manual.description));
    for (const ManualSection &one : manual.before)
        out += section(one);
    out += u".SH OPTIONS\n"_s;
    for (const QCommandLineOption &option : manual.options) {
        if (!option.flags().testFlag(QCommandLineOption::HiddenFromHelp))
            out += term(optionHead(option), option.description());
    }
    for (const ManualSection &one : manual.after)
        out += section(one);
    return out + u".SH SEE ALSO\n"_s + escaped(manual.seeAlso) + u'\n';
}

} // namespace cairn::app
