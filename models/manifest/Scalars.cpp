// SPDX-License-Identifier: GPL-3.0-or-later
#include "manifest/Scalars.h"

#include <QByteArray>
#include <algorithm>
#include <cmath>
#include <optional>

using namespace Qt::StringLiterals;

namespace cairn::manifest::scalars {
namespace {

/// Longer texts are never taken for numbers.
constexpr qsizetype kLongestNumber = 400;

bool isOneOf(QByteArrayView text, std::initializer_list<const char *> words)
{
    return std::ranges::any_of(words, [&](const char *word) { return text == QByteArrayView(word); });
}

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

/// go-yaml's yamlStyleFloat: [-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?
bool isFloat(QByteArrayView s)
{
    qsizetype i = 0;
    const auto digits = [&] {
        const qsizetype from = i;
        while (i < s.size() && isDigit(s[i]))
            ++i;
        return i > from;
    };
    if (i < s.size() && (s[i] == '-' || s[i] == '+'))
        ++i;
    if (i < s.size() && s[i] == '.') {
        ++i;
        if (!digits())
            return false;
    } else {
        if (!digits())
            return false;
        if (i < s.size() && s[i] == '.') {
            ++i;
            digits();
        }
    }
    if (i < s.size() && (s[i] == 'e' || s[i] == 'E')) {
        ++i;
        if (i < s.size() && (s[i] == '-' || s[i] == '+'))
            ++i;
        if (!digits())
            return false;
    }
    return i == s.size();
}

QJsonValue realValue(double d)
{
    if (std::floor(d) == d && std::abs(d) < 9007199254740992.0)
        return QJsonValue(static_cast<qint64>(d)); // "3.0" and 3 are one number in JSON
    return QJsonValue(d);
}

/// The number that the text stands for: undefined where it is none, null where JSON has no place for it.
QJsonValue numberOf(QByteArrayView s)
{
    if (s.isEmpty() || s.size() > kLongestNumber)
        return QJsonValue::Undefined;
    if (s[0] == '.') { // go-yaml leaves underscores alone here
        bool ok = isFloat(s);
        const double d = ok ? s.toByteArray().toDouble(&ok) : 0;
        return !ok ? QJsonValue(QJsonValue::Undefined) : realValue(d);
    }
    if (!isDigit(s[0]) && s[0] != '-' && s[0] != '+')
        return QJsonValue::Undefined;
    QByteArray plain = s.toByteArray();
    plain.replace('_', "");
    const bool negative = plain.startsWith('-');
    const bool isSigned = negative || plain.startsWith('+');
    const QByteArray body = isSigned ? plain.mid(1) : plain;
    int base = 10;
    QByteArray digits = body;
    if (body.size() > 1 && body[0] == '0') {
        const char kind = static_cast<char>(body[1] | 0x20);
        base = kind == 'x' ? 16 : kind == 'b' ? 2 : 8;
        digits = body.mid(kind == 'x' || kind == 'b' || kind == 'o' ? 2 : 1);
    }
    // QByteArray would take blanks and a second sign.
    if (!digits.isEmpty() && std::ranges::all_of(digits, [](char c) { return isDigit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f'); })) {
        bool ok = false;
        const qint64 whole = (negative ? "-" + digits : digits).toLongLong(&ok, base);
        if (ok)
            return QJsonValue(whole);
        const quint64 large = isSigned ? 0 : digits.toULongLong(&ok, base);
        if (ok)
            return QJsonValue(static_cast<double>(large));
    }
    if (!isFloat(plain))
        return QJsonValue::Undefined;
    bool ok = false;
    const double d = plain.toDouble(&ok);
    return ok && std::isfinite(d) ? realValue(d) : QJsonValue(QJsonValue::Null);
}

bool isTrueWord(QByteArrayView s)
{
    return isOneOf(s, {"y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"});
}

} // namespace

Type typeOf(QByteArrayView s)
{
    if (s.isEmpty() || isOneOf(s, {"~", "null", "Null", "NULL"}))
        return Type::Null;
    if (s.size() <= 5) {
        if (isTrueWord(s) || isOneOf(s, {"n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"}))
            return Type::Bool;
        if (isOneOf(s, {".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF", ".nan", ".NaN", ".NAN"}))
            return Type::NotJson;
    }
    const QJsonValue number = numberOf(s);
    return number.isUndefined() ? Type::Text : number.isNull() ? Type::NotJson : Type::Number;
}

QJsonValue valueOf(Type type, QByteArrayView plain)
{
    switch (type) {
    case Type::Null: return QJsonValue::Null;
    case Type::Bool: return isTrueWord(plain);
    case Type::Number: return numberOf(plain);
    case Type::Text:
    case Type::NotJson: break;
    }
    return QString::fromUtf8(plain);
}

} // namespace cairn::manifest::scalars
