// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Text.h"

#include "base/Error.h"

#include <QCoreApplication>
#include <QStringDecoder>
#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;

namespace cairn::text {
namespace {

// A free tr() would be filed under another context by lupdate than it is looked up in.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::text)
};

bool isHazard(char32_t c)
{
    if (c >= 0x20 && c < 0x7f)
        return false;
    if (c < 0x20 || (c >= 0x7f && c < 0xa0))
        return true;
    // Soft hyphen, bidi controls, line and paragraph separators, zero-width characters, BOM.
    return c == 0xad || (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff
        || c == 0x061c;
}

void appendEscaped(QString &out, char32_t c)
{
    switch (c) {
    case '\n': out += u"\\n"_s; return;
    case '\r': out += u"\\r"_s; return;
    case '\t': out += u"\\t"_s; return;
    default: break;
    }
    if (c < 0x100)
        out += u"\\x"_s + QString::number(c, 16).rightJustified(2, u'0').toUpper();
    else
        out += u"\\u{"_s + QString::number(c, 16).toUpper() + u'}';
}

/// `value` with one decimal below 100, none above, trailing ".0" kept off.
QString oneDecimal(double value)
{
    QString s = QString::number(value, 'f', value < 100 ? 1 : 0);
    if (s.endsWith(u".0"_s))
        s.chop(2);
    return s;
}

} // namespace

QString safe(const QString &raw)
{
    // Nearly every text is safe as it is, and tables ask for thousands: those share the string they came in.
    if (std::ranges::none_of(raw, [](QChar c) { return c.isSurrogate() || isHazard(c.unicode()); }))
        return raw;
    QString out;
    out.reserve(raw.size());
    for (qsizetype i = 0; i < raw.size(); ++i) {
        const QChar c = raw[i];
        if (c.isHighSurrogate() && i + 1 < raw.size() && raw[i + 1].isLowSurrogate()) {
            const char32_t code = QChar::surrogateToUcs4(c, raw[i + 1]);
            if (code >= 0xe0000 && code <= 0xe007f)
                appendEscaped(out, code);
            else
                out += raw.mid(i, 2);
            ++i;
        } else if (c.isSurrogate() || isHazard(c.unicode())) {
            appendEscaped(out, c.unicode());
        } else {
            out += c;
        }
    }
    return out;
}

Error safe(const Error &raw)
{
    Error error = raw;
    error.what = safe(raw.what);
    error.why = safe(raw.why);
    error.fix = safe(raw.fix);
    return error;
}

QString safe(const QByteArray &raw)
{
    QStringDecoder decoder(QStringDecoder::Utf8, QStringConverter::Flag::Stateless | QStringConverter::Flag::ConvertInitialBom);
    const QString decoded = decoder(raw);
    if (!decoder.hasError())
        return safe(decoded);
    // Decode the valid stretches and show the rest byte by byte.
    QString out;
    qsizetype i = 0;
    while (i < raw.size()) {
        qsizetype taken = 0;
        for (qsizetype len = 1; len <= 4 && i + len <= raw.size(); ++len) {
            QStringDecoder one(QStringDecoder::Utf8, QStringConverter::Flag::Stateless);
            const QString s = one(raw.mid(i, len));
            if (!one.hasError() && !s.isEmpty()) {
                out += safe(s);
                taken = len;
                break;
            }
        }
        if (taken == 0) {
            appendEscaped(out, static_cast<uchar>(raw[i]));
            taken = 1;
        }
        i += taken;
    }
    return out;
}

QString number(qint64 value)
{
    QString digits = QString::number(value);
    const qsizetype first = value < 0 ? 1 : 0;
    for (qsizetype i = digits.size() - 3; i > first; i -= 3)
        digits.insert(i, QChar(0x202f));
    return digits;
}

QString bytes(qint64 value)
{
    if (value < 1024)
        return Words::tr("%1 B").arg(value);
    static constexpr const char *units[] = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    double scaled = static_cast<double>(value) / 1024;
    size_t unit = 0;
    while (scaled >= 1023.95 && unit + 1 < std::size(units)) {
        scaled /= 1024;
        ++unit;
    }
    return oneDecimal(scaled) + u' ' + QLatin1StringView(units[unit]);
}

QString duration(std::chrono::milliseconds value)
{
    const qint64 ms = value.count();
    if (ms < 1000)
        return Words::tr("%1 s").arg(QString::number(static_cast<double>(ms) / 1000, 'f', 1));
    const qint64 s = ms / 1000;
    if (s < 60)
        return Words::tr("%1 s").arg(s);
    const qint64 min = s / 60;
    if (min < 60)
        return min < 10 && s % 60 ? Words::tr("%1 min %2 s").arg(min).arg(s % 60) : Words::tr("%1 min").arg(min);
    const qint64 h = min / 60;
    if (h < 24)
        return min % 60 ? Words::tr("%1 h %2 min").arg(h).arg(min % 60) : Words::tr("%1 h").arg(h);
    const qint64 d = h / 24;
    return h % 24 && d < 10 ? Words::tr("%1 d %2 h").arg(d).arg(h % 24) : Words::tr("%1 d").arg(d);
}

QString ago(const QDateTime &when, const QDateTime &now)
{
    if (!when.isValid())
        return u"–"_s;
    const qint64 s = when.secsTo(now);
    if (s < 5)
        return Words::tr("now");
    if (s >= 86400)
        return Words::tr("%1 d ago").arg(s / 86400);
    if (s < 60)
        return Words::tr("%1 s ago").arg(s);
    const qint64 min = s / 60;
    if (min < 60)
        return Words::tr("%1 min ago").arg(min);
    return min % 60 ? Words::tr("%1 h %2 min ago").arg(min / 60).arg(min % 60) : Words::tr("%1 h ago").arg(min / 60);
}

namespace {

enum class GpuUnit { Hours, Minutes, Seconds };

/// Number and unit that `hours` are written in; `decimals` says whether "4" hours read "4.0".
std::pair<QString, GpuUnit> gpuParts(double hours, bool decimals)
{
    if (hours == 0)
        return {u"0"_s, GpuUnit::Hours};
    const double size = std::abs(hours);
    if (size >= 1000)
        return {number(std::llround(hours)), GpuUnit::Hours};
    if (size * 60 >= 59.5) {
        const QString text = QString::number(hours, 'f', 1);
        return {!decimals && text.endsWith(".0"_L1) ? text.chopped(2) : text, GpuUnit::Hours};
    }
    if (size * 3600 >= 59.5)
        return {number(std::llround(hours * 60)), GpuUnit::Minutes};
    return {number(static_cast<qint64>(std::ceil(hours * 3600))), GpuUnit::Seconds};
}

} // namespace

QString gpuHours(std::optional<double> hours)
{
    if (!hours || !std::isfinite(*hours))
        return u"–"_s;
    const auto [value, unit] = gpuParts(*hours, true);
    switch (unit) {
    case GpuUnit::Hours: return Words::tr("%1 GPU-h").arg(value);
    case GpuUnit::Minutes: return Words::tr("%1 GPU-min").arg(value);
    case GpuUnit::Seconds: break;
    }
    return Words::tr("%1 GPU-s").arg(value);
}

Amount gpuTime(std::optional<double> hours)
{
    if (!hours || !std::isfinite(*hours))
        return {u"–"_s, {}};
    const auto [value, unit] = gpuParts(*hours, false);
    switch (unit) {
    case GpuUnit::Hours: return {value, Words::tr("GPU-h")};
    case GpuUnit::Minutes: return {value, Words::tr("GPU-min")};
    case GpuUnit::Seconds: break;
    }
    return {value, Words::tr("GPU-s")};
}

} // namespace cairn::text
