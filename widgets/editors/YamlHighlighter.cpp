// SPDX-License-Identifier: GPL-3.0-or-later
#include "editors/YamlHighlighter.h"

#include "kit/Theme.h"

#include <QRegularExpression>

namespace cairn::editors {

using namespace Qt::StringLiterals;
using kit::color;
using kit::Token;

YamlHighlighter::YamlHighlighter(QTextDocument *document)
    : QSyntaxHighlighter(document)
{
}

void YamlHighlighter::paintValue(const QString &text, int start)
{
    static const QRegularExpression comment(u"(^|\\s)#.*$"_s);
    static const QRegularExpression word(u"^(true|false|null|~|-?[0-9][0-9_.eE+]*)$"_s);
    int end = static_cast<int>(text.size());
    const QString value = text.mid(start);
    const bool quoted = value.trimmed().startsWith(u'"') || value.trimmed().startsWith(u'\'');
    if (!quoted) {
        if (const QRegularExpressionMatch match = comment.match(value); match.hasMatch()) {
            end = start + static_cast<int>(match.capturedStart());
            setFormat(end, static_cast<int>(text.size()) - end, color(Token::Dim));
        }
    }
    const QString bare = text.mid(start, end - start).trimmed();
    if (word.match(bare).hasMatch())
        setFormat(start, end - start, color(Token::Series2));
    else if (quoted)
        setFormat(start, end - start, color(Token::Ok));
}

void YamlHighlighter::highlightBlock(const QString &text)
{
    // Block scalars ("|", ">") reach over lines: the state holds the indentation of their key + 1, 0 outside.
    static const QRegularExpression key(u"^(\\s*(?:- )*)([^\\s#:'\"\\[{][^:#]*|\"[^\"]*\"|'[^']*')(:)(?=\\s|$)"_s);
    static const QRegularExpression scalar(u":\\s*[|>][+-]?[0-9]?\\s*(#.*)?$"_s);
    int indent = 0;
    while (indent < text.size() && text[indent] == u' ')
        ++indent;
    const int outer = qMax(0, previousBlockState());
    const bool blank = indent == text.size();
    if (outer > 0 && (blank || indent >= outer)) {
        setCurrentBlockState(outer);
        return;
    }
    setCurrentBlockState(0);
    if (blank)
        return;
    if (text.mid(indent).startsWith(u'#')) {
        setFormat(indent, static_cast<int>(text.size()) - indent, color(Token::Dim));
        return;
    }
    if (text == "---"_L1) {
        setFormat(0, 3, color(Token::Dim));
        return;
    }
    const QRegularExpressionMatch match = key.match(text);
    if (!match.hasMatch()) {
        const bool item = text.mid(indent).startsWith("- "_L1);
        paintValue(text, item ? indent + 2 : indent);
        return;
    }
    const int start = static_cast<int>(match.capturedStart(2));
    setFormat(start, static_cast<int>(match.capturedLength(2)), color(Token::Accent));
    setFormat(static_cast<int>(match.capturedStart(3)), 1, color(Token::Dim));
    const int after = static_cast<int>(match.capturedEnd(3));
    if (scalar.match(text).hasMatch())
        setCurrentBlockState(static_cast<int>(match.capturedStart(2)) + 1);
    else
        paintValue(text, after);
}

} // namespace cairn::editors
