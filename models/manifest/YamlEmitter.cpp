// SPDX-License-Identifier: GPL-3.0-or-later
#include "manifest/YamlEmitter.h"

#include "manifest/Yaml.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLocale>
#include <QSet>
#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;

namespace cairn::manifest {
namespace {

/// Longest key a YAML reader must accept without the "? " form (YAML 1.1 §9.1: 1024 characters).
constexpr qsizetype kLongestSimpleKey = 1000;

bool isAsciiLetter(QChar c)
{
    return (c >= u'a' && c <= u'z') || (c >= u'A' && c <= u'Z');
}

bool isAsciiDigit(QChar c)
{
    return c >= u'0' && c <= u'9';
}

/// Printable in every YAML version without an escape. Surrogate pairs are judged by the caller.
bool isPlainPrintable(char32_t c)
{
    if (c < 0x80)
        return c >= 0x20 && c != 0x7f;
    if (c < 0xa0 || c == 0x2028 || c == 0x2029 || c == 0xfeff || c == 0xfffe || c == 0xffff)
        return false;
    // Invisible and bidirectional controls are legal in YAML, but a reader of the text could not see them.
    if ((c >= 0x200b && c <= 0x200f) || (c >= 0x202a && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f))
        return false;
    return c <= 0xd7ff || (c >= 0xe000 && c <= 0xfffd) || (c >= 0x10000 && c <= 0x10ffff && (c & 0xfffe) != 0xfffe);
}

/// True where any reader might resolve the text to something that is no string.
bool looksTyped(const QString &s)
{
    static const QSet<QString> words{u"null"_s, u"true"_s, u"false"_s, u"yes"_s, u"no"_s, u"on"_s, u"off"_s,
                                     u"y"_s, u"n"_s, u".inf"_s, u".nan"_s, u"+.inf"_s, u"-.inf"_s};
    if (words.contains(s.toLower()))
        return true;
    // Integers in all bases, floats, sexagesimal numbers and dates: a digit up front and nothing but their characters.
    const qsizetype first = s.startsWith(u'+') || s.startsWith(u'-') ? 1 : 0;
    const bool digitFirst = first < s.size()
        && (isAsciiDigit(s[first]) || (s[first] == u'.' && first + 1 < s.size() && isAsciiDigit(s[first + 1])));
    static constexpr QStringView numeric = u"0123456789abcdefABCDEFxXoO_+-.,:tTzZ ";
    return digitFirst && std::ranges::all_of(s, [](QChar c) { return numeric.contains(c); });
}

bool isSafePlain(const QString &s)
{
    if (s.isEmpty() || s.front() == u' ' || s.back() == u' ' || s.back() == u':')
        return false;
    const QChar first = s.front();
    const bool dash = first == u'-' && s.size() > 1 && (s[1] == u'-' || isAsciiLetter(s[1])) && !s.startsWith(u"---"_s);
    const bool dot = first == u'.' && s.size() > 1 && (s[1] == u'/' || isAsciiLetter(s[1]));
    const bool start = isAsciiLetter(first) || isAsciiDigit(first) || first == u'/' || first == u'_' || first == u'$'
        || first == u'(' || dash || dot || (first.unicode() >= 0xa1 && first.isLetter());
    if (!start || looksTyped(s))
        return false;
    for (qsizetype i = 0; i < s.size(); ++i) {
        const QChar c = s[i];
        if (c.isSurrogate() || !isPlainPrintable(c.unicode()))
            return false;
        if (c == u'#' && s[i - 1] == u' ')
            return false;
        if (c == u':' && s[i + 1] == u' ')
            return false;
    }
    return true;
}

QString quoted(const QString &s)
{
    QString out = u"\""_s;
    for (qsizetype i = 0; i < s.size(); ++i) {
        const QChar c = s[i];
        if (c.isHighSurrogate() && i + 1 < s.size() && s[i + 1].isLowSurrogate()) {
            const char32_t code = QChar::surrogateToUcs4(c, s[i + 1]);
            if (isPlainPrintable(code))
                out += s.mid(i, 2);
            else
                out += u"\\U"_s + QString::number(code, 16).rightJustified(8, u'0').toUpper();
            ++i;
        } else if (c == u'"' || c == u'\\') {
            out += u'\\';
            out += c;
        } else if (c == u'\n') {
            out += u"\\n"_s;
        } else if (c == u'\t') {
            out += u"\\t"_s;
        } else if (c == u'\r') {
            out += u"\\r"_s;
        } else if (c.isSurrogate()) {
            out += u"\\uFFFD"_s; // half a pair has no meaning in Unicode and no form in YAML
        } else if (isPlainPrintable(c.unicode())) {
            out += c;
        } else if (c.unicode() < 0x100) {
            out += u"\\x"_s + QString::number(c.unicode(), 16).rightJustified(2, u'0').toUpper();
        } else {
            out += u"\\u"_s + QString::number(c.unicode(), 16).rightJustified(4, u'0').toUpper();
        }
    }
    return out + u'"';
}

/// True where a literal block keeps the text exactly and no reader is known to differ.
bool fitsLiteralBlock(const QString &s)
{
    if (!s.contains(u'\n') || s.front() == u' ' || s.front() == u'\n')
        return false;
    for (qsizetype i = 0; i < s.size(); ++i) {
        const QChar c = s[i];
        if (c == u'\n') {
            if (i > 0 && (s[i - 1] == u' ' || s[i - 1] == u'\t'))
                return false; // trailing blanks get lost in editors
        } else if (c == u'\t') {
            if (i == 0 || s[i - 1] == u'\n')
                return false; // a tab next to the indentation confuses readers
        } else if (c.isSurrogate() || !isPlainPrintable(c.unicode())) {
            return false;
        }
    }
    return s.back() != u' ' && s.back() != u'\t';
}

QString numberText(const QJsonValue &value)
{
    const double d = value.toDouble();
    if (!std::isfinite(d))
        return u"null"_s;
    // toInteger keeps all 64 bits; a whole double below 2^53 is the same number either way.
    constexpr qint64 no = std::numeric_limits<qint64>::min();
    const qint64 i = value.toInteger(no);
    if (i != no)
        return QString::number(i);
    QString s = QString::number(d, 'g', QLocale::FloatingPointShortest);
    if (!s.contains(u'.')) {
        const qsizetype e = s.indexOf(u'e'); // YAML 1.1 takes a float without a point for text
        s = e < 0 ? s + u".0"_s : s.left(e) + u".0"_s + s.mid(e);
    }
    return s;
}

const QStringList &usualOrder()
{
    static const QStringList first{u"apiVersion"_s, u"kind"_s, u"metadata"_s, u"spec"_s, u"status"_s};
    return first;
}

QStringList orderedKeys(const QJsonObject &object, const QStringList &first)
{
    QStringList keys;
    for (const QString &key : first) {
        if (object.contains(key))
            keys += key;
    }
    for (auto it = object.begin(); it != object.end(); ++it) {
        if (!first.contains(it.key()))
            keys += it.key();
    }
    return keys;
}

class Emitter
{
public:
    /// What goes into a text (`piece`) must not depend on the blank lines behind it, so no line breaks are kept by "|+".
    explicit Emitter(int listOffset = 2, bool piece = false, const QStringList &first = usualOrder())
        : m_listOffset(listOffset), m_piece(piece), m_first(first)
    {
    }

    void document(const QJsonValue &value)
    {
        if (pieces::isBlock(value))
            block(value, 0);
        else
            inlineScalar(value, 0);
    }
    QString text;

    void indent(int columns) { text += QString(columns, u' '); }

    /// Everything that starts on the current line: scalars, empty collections, literal blocks. `column` is the
    /// indentation of the surrounding collection.
    void inlineScalar(const QJsonValue &value, int column)
    {
        switch (value.type()) {
        case QJsonValue::Bool: text += value.toBool() ? u"true"_s : u"false"_s; break;
        case QJsonValue::Double: text += numberText(value); break;
        case QJsonValue::String: string(value.toString(), column); return;
        case QJsonValue::Array: text += u"[]"_s; break;
        case QJsonValue::Object: text += u"{}"_s; break;
        case QJsonValue::Null:
        case QJsonValue::Undefined: text += u"null"_s; break;
        }
        text += u'\n';
    }

    void string(const QString &s, int column)
    {
        if (isSafePlain(s)) {
            text += s + u'\n';
        } else if (!fitsLiteralBlock(s) || (m_piece && s.endsWith(u"\n\n"_s))) {
            text += quoted(s) + u'\n';
        } else {
            const qsizetype ends = std::distance(
                s.crbegin(), std::find_if(s.crbegin(), s.crend(), [](QChar c) { return c != u'\n'; }));
            text += ends == 0 ? u"|-\n"_s : ends == 1 ? u"|\n"_s : u"|+\n"_s;
            QStringList lines = s.split(u'\n');
            if (ends > 0)
                lines.removeLast(); // the final newline closes its line, it opens none
            for (const QString &line : std::as_const(lines)) {
                if (!line.isEmpty()) {
                    indent(column + 2);
                    text += line;
                }
                text += u'\n';
            }
        }
    }

    /// The value of a key or list item whose introducer ("key:" or "-") stands at the end of the text.
    void valueAfter(const QJsonValue &value, int column)
    {
        if (pieces::isBlock(value)) {
            text += u'\n';
            block(value, column + (value.isArray() ? m_listOffset : 2));
        } else {
            text += u' ';
            inlineScalar(value, column);
        }
    }

    void block(const QJsonValue &value, int column, bool firstIsIndented = false)
    {
        if (value.isArray()) {
            for (const QJsonValue item : value.toArray()) {
                if (!firstIsIndented)
                    indent(column);
                firstIsIndented = false;
                text += u'-';
                if (pieces::isBlock(item)) {
                    text += u' ';
                    block(item, column + 2, true);
                } else {
                    valueAfter(item, column);
                }
            }
            return;
        }
        const QJsonObject object = value.toObject();
        for (const QString &key : orderedKeys(object, m_first)) {
            if (!firstIsIndented)
                indent(column);
            firstIsIndented = false;
            const QString name = isSafePlain(key) ? key : quoted(key);
            if (name.size() <= kLongestSimpleKey) {
                text += name + u':';
            } else {
                text += u"? "_s + name + u'\n';
                indent(column);
                text += u':';
            }
            valueAfter(object.value(key), column);
        }
    }

private:
    int m_listOffset; ///< columns by which a list is indented below its key
    bool m_piece;
    QStringList m_first;
};

} // namespace

namespace pieces {
namespace {

/// Emitted text ends its last line; what is put into a line must not.
QString cut(QString text)
{
    if (text.endsWith(u'\n'))
        text.chop(1);
    return text;
}

} // namespace

bool isBlock(const QJsonValue &value)
{
    return (value.isObject() && !value.toObject().isEmpty()) || (value.isArray() && !value.toArray().isEmpty());
}

QString block(const QJsonValue &value, int column, int listOffset)
{
    Emitter emitter(listOffset, true);
    emitter.block(value, column, true);
    return cut(emitter.text);
}

QString line(const QJsonValue &value, int column)
{
    Emitter emitter(2, true);
    emitter.inlineScalar(value, column);
    return cut(emitter.text);
}

QString member(const QString &key, const QJsonValue &value, int column, int listOffset)
{
    Emitter emitter(listOffset, true);
    emitter.block(QJsonObject{{key, value}}, column, true);
    return cut(emitter.text);
}

QString item(const QJsonValue &value, int column, int listOffset)
{
    Emitter emitter(listOffset, true);
    emitter.block(QJsonArray{value}, column, true);
    return cut(emitter.text);
}

QString flowText(const QString &s, bool json)
{
    if (json) {
        const QByteArray list = QJsonDocument(QJsonArray{s}).toJson(QJsonDocument::Compact);
        return QString::fromUtf8(list.mid(1, list.size() - 2));
    }
    const bool plain = isSafePlain(s) && std::ranges::none_of(s, [](QChar c) { return QStringView(u",[]{}:#\"'").contains(c); });
    return plain ? s : quoted(s);
}

QString flow(const QJsonValue &value, bool json)
{
    QStringList parts;
    if (value.isArray()) {
        for (const QJsonValue item : value.toArray())
            parts += flow(item, json);
        return u'[' + parts.join(u", "_s) + u']';
    }
    if (value.isObject()) {
        const QJsonObject object = value.toObject();
        for (const QString &key : orderedKeys(object, usualOrder()))
            parts += flowText(key, json) + u": "_s + flow(object.value(key), json);
        return u'{' + parts.join(u", "_s) + u'}';
    }
    return value.isString() ? flowText(value.toString(), json) : line(value, 0);
}

std::optional<QString> singleQuoted(const QString &s)
{
    for (qsizetype i = 0; i < s.size(); ++i) {
        if (s[i].isSurrogate() || !isPlainPrintable(s[i].unicode()))
            return std::nullopt;
    }
    return u'\'' + QString(s).replace(u'\'', u"''"_s) + u'\'';
}

QString doubleQuoted(const QString &s)
{
    return quoted(s);
}

} // namespace pieces

QString toYaml(const QJsonValue &value)
{
    Emitter emitter;
    emitter.document(value);
    return emitter.text;
}

QString toYaml(const QJsonValue &value, const QStringList &first)
{
    Emitter emitter(2, false, first);
    emitter.document(value);
    return emitter.text;
}

} // namespace cairn::manifest
