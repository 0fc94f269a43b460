// SPDX-License-Identifier: GPL-3.0-or-later
#include "domain/FieldText.h"

#include "domain/QuantityDecoder.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace cairn::field {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype maxLength = 64;

bool isDigit(QChar c)
{
    return c >= u'0' && c <= u'9';
}

/// Where the digits end that begin at `at`.
qsizetype digitsEnd(QStringView text, qsizetype at)
{
    while (at < text.size() && isDigit(text[at]))
        ++at;
    return at;
}

/// The text in C's writing where it is a number with this separator of groups and this point; else empty. Groups are of three
/// digits, all of them, or there are none.
QString inC(QStringView text, QChar separator, QChar point)
{
    QString result;
    qsizetype at = 0;
    if (at < text.size() && (text[at] == u'-' || text[at] == u'+')) {
        if (text[at] == u'-')
            result += u'-';
        ++at;
    }
    qsizetype end = digitsEnd(text, at);
    if (end == at)
        return {};
    const bool grouped = end - at <= 3 && end < text.size() && text[end] == separator;
    result += text.mid(at, end - at);
    at = end;
    while (grouped && at < text.size() && text[at] == separator) {
        end = digitsEnd(text, at + 1);
        if (end - at != 4)
            return {};
        result += text.mid(at + 1, 3);
        at = end;
    }
    if (at < text.size() && text[at] == point) {
        end = digitsEnd(text, at + 1);
        if (end == at + 1)
            return {};
        result += u'.';
        result += text.mid(at + 1, end - at - 1);
        at = end;
    }
    if (at < text.size() && text[at].toLower() == u'e') {
        qsizetype digits = at + 1;
        if (digits < text.size() && (text[digits] == u'-' || text[digits] == u'+'))
            ++digits;
        end = digitsEnd(text, digits);
        if (end == digits || end - digits > 3)
            return {};
        result += text.mid(at, end - at);
        at = end;
    }
    return at == text.size() ? result : QString();
}

/// The text in C's writing: digits with one point at most, an exponent perhaps. Empty where it is no number.
QString plainDigits(const QString &typed, const QLocale &locale)
{
    QString text = typed.trimmed();
    if (text.isEmpty() || text.size() > maxLength)
        return {};
    for (QChar &c : text) {
        if (c == u'\u00a0' || c == u'\u202f' || c == u'\u2009' || c == u'\u2019')
            c = u' ';
        else if (c == u'\u2212')
            c = u'-';
    }
    // The locale's way first: where its point groups, "1.234" is a thousand and more.
    const QChar group = locale.groupSeparator().isEmpty() ? QChar(u' ') : locale.groupSeparator().at(0);
    const QChar decimal = locale.decimalPoint().isEmpty() ? QChar(u'.') : locale.decimalPoint().at(0);
    for (const QChar point : {decimal, QChar(u'.')}) {
        for (const QChar separator : {QChar(u' '), group}) {
            if (separator == point)
                continue;
            if (const QString found = inC(text, separator, point); !found.isEmpty())
                return found;
        }
    }
    return {};
}

/// Without an exponent and without zeros at the end.
QString shortest(double value)
{
    return QString::number(value, 'f', QLocale::FloatingPointShortest);
}

} // namespace

std::optional<double> parseNumber(const QString &text, const QLocale &locale)
{
    const QString digits = plainDigits(text, locale);
    bool ok = false;
    const double value = digits.toDouble(&ok);
    return ok && std::isfinite(value) ? std::optional(value) : std::nullopt;
}

std::optional<Quantity> parseQuantity(const QString &text, const QString &unit, const QLocale &locale)
{
    const QString trimmed = text.trimmed();
    if (trimmed.isEmpty() || trimmed.size() > maxLength)
        return std::nullopt;
    // The suffix is what follows the last digit.
    qsizetype end = trimmed.size();
    while (end > 0 && !isDigit(trimmed[end - 1]))
        --end;
    if (end == 0)
        return std::nullopt;
    QString suffix = trimmed.mid(end).trimmed();
    const QString digits = plainDigits(trimmed.left(end), locale);
    if (digits.isEmpty() || digits.startsWith(u'-'))
        return std::nullopt;
    if (suffix.isEmpty()) {
        suffix = unit;
    } else if (suffix.size() > 1 && suffix.endsWith(u'B') && suffix[suffix.size() - 2] != u'B') {
        suffix.chop(1); // GiB, GB
    } else if (suffix == "B"_L1) {
        suffix.clear();
    }
    if (suffix == "K"_L1) // nobody means kelvin
        suffix = u"k"_s;
    if (digits.contains(u'e', Qt::CaseInsensitive) && !suffix.isEmpty())
        return std::nullopt;
    bool ok = false;
    const double number = digits.toDouble(&ok);
    if (!ok || !std::isfinite(number) || number > 1e18)
        return std::nullopt;
    const QString canonical = shortest(number) + suffix;
    const std::optional<double> value = decodeQuantity(canonical.toStdString());
    if (!value || !std::isfinite(*value))
        return std::nullopt;
    return Quantity{canonical, *value};
}

namespace {

struct Unit {
    double milliseconds;
    std::array<QLatin1StringView, 5> names;
};

constexpr std::array<Unit, 5> units{{
    {86'400'000, {"d"_L1, "day"_L1, "days"_L1, "d"_L1, "d"_L1}},
    {3'600'000, {"h"_L1, "hour"_L1, "hours"_L1, "hr"_L1, "hrs"_L1}},
    {60'000, {"min"_L1, "m"_L1, "minute"_L1, "minutes"_L1, "mins"_L1}},
    {1000, {"s"_L1, "sec"_L1, "second"_L1, "seconds"_L1, "secs"_L1}},
    {1, {"ms"_L1, "msec"_L1, "ms"_L1, "ms"_L1, "ms"_L1}},
}};

} // namespace

std::optional<std::chrono::milliseconds> parseDuration(
    const QString &text, std::chrono::milliseconds unit, const QLocale &locale)
{
    constexpr double longest = 10'000.0 * 86'400'000.0;
    const QString trimmed = text.trimmed();
    if (trimmed.isEmpty() || trimmed.size() > maxLength)
        return std::nullopt;
    double sum = 0;
    std::size_t next = 0; // units have to become smaller
    qsizetype at = 0;
    while (at < trimmed.size()) {
        qsizetype letters = at;
        while (letters < trimmed.size() && !trimmed[letters].isLetter())
            ++letters;
        qsizetype end = letters;
        while (end < trimmed.size() && trimmed[end].isLetter())
            ++end;
        const std::optional<double> number = parseNumber(trimmed.mid(at, letters - at), locale);
        if (!number || *number < 0)
            return std::nullopt;
        const QString name = trimmed.mid(letters, end - letters).toLower();
        if (name.isEmpty()) {
            if (at > 0) // "1 h 30": thirty of what
                return std::nullopt;
            sum = *number * static_cast<double>(unit.count());
        } else {
            std::size_t index = next;
            while (index < units.size() && std::find(units[index].names.begin(), units[index].names.end(), name) == units[index].names.end())
                ++index;
            if (index == units.size())
                return std::nullopt;
            sum += *number * units[index].milliseconds;
            next = index + 1;
        }
        at = end;
    }
    if (!std::isfinite(sum) || sum > longest)
        return std::nullopt;
    return std::chrono::milliseconds(std::llround(sum));
}

QString durationText(std::chrono::milliseconds value)
{
    qint64 rest = std::abs(value.count());
    QStringList parts;
    for (const Unit &unit : units) {
        const auto size = static_cast<qint64>(unit.milliseconds);
        if (rest >= size) {
            parts.append(QString::number(rest / size) + u' ' + unit.names[0]);
            rest %= size;
        }
    }
    return parts.isEmpty() ? u"0 s"_s : parts.join(u' ');
}

} // namespace cairn::field
