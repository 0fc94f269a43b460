// SPDX-License-Identifier: GPL-3.0-or-later
#include "charts/Ticks.h"

#include <QLocale>
#include <QSet>
#include <QTimeZone>
#include <algorithm>
#include <array>
#include <cmath>

namespace cairn::charts {

using namespace Qt::StringLiterals;

namespace {

QString shortNumber(double value, double step)
{
    const QLocale locale;
    if (std::abs(value) < 10000 && step >= 1 && value < 1000)
        return locale.toString(value, 'f', 0);
    if (step < 1)
        return locale.toString(value, 'f', std::max(0, static_cast<int>(std::ceil(-std::log10(step)))));
    const bool millions = std::abs(value) >= 1e6;
    const double unit = millions ? 1e6 : 1e3;
    // As many decimals as tell neighbouring ticks apart.
    const int decimals = std::clamp(static_cast<int>(std::ceil(std::log10(unit / step) - 1e-9)), 0, 3);
    QString text = locale.toString(value / unit, 'f', decimals);
    const QString point = locale.decimalPoint();
    if (text.contains(point)) {
        while (text.endsWith(u'0'))
            text.chop(1);
        if (text.endsWith(point))
            text.chop(point.size());
    }
    return text + (millions ? u'M' : u'k');
}

} // namespace

QList<Tick> stepTicks(double min, double max, int count)
{
    if (!(max > min))
        max = min + 1;
    const double raw = (max - min) / std::max(1, count - 1);
    const double magnitude = std::pow(10, std::floor(std::log10(raw)));
    double step = 10 * magnitude;
    for (const double factor : {1.0, 2.0, 2.5, 5.0}) {
        if (factor * magnitude >= raw * 0.999) {
            step = factor * magnitude;
            break;
        }
    }
    step = std::max(step, 1.0);
    const double first = std::floor(min / step + 1e-9) * step;
    QList<Tick> ticks;
    for (int i = 0; i < 50; ++i) {
        const double value = first + i * step;
        ticks.append({value, shortNumber(value, step)});
        if (value >= max - step * 1e-9)
            break;
    }
    return ticks;
}

QList<Tick> timeTicks(const QDateTime &from, const QDateTime &to, int count)
{
    constexpr qint64 second = 1000;
    constexpr qint64 minute = 60 * second;
    constexpr qint64 hour = 60 * minute;
    constexpr qint64 day = 24 * hour;
    constexpr std::array steps{second, 5 * second, 15 * second, 30 * second, minute, 2 * minute, 5 * minute,
        10 * minute, 15 * minute, 30 * minute, hour, 2 * hour, 3 * hour, 6 * hour, 12 * hour, day, 2 * day, 7 * day,
        14 * day, 28 * day, 91 * day, 364 * day};
    const qint64 begin = from.toMSecsSinceEpoch();
    const qint64 end = std::max(to.toMSecsSinceEpoch(), begin + second);
    qint64 step = steps.back();
    for (const qint64 candidate : steps) {
        if ((end - begin) / candidate + 2 <= count) {
            step = candidate;
            break;
        }
    }
    // Whole hours and midnights of the local clock, also where its offset is not whole hours.
    const qint64 offset = from.toLocalTime().offsetFromUtc() * second;
    const qint64 first = ((begin + offset) / step) * step - offset;
    const bool days = step >= day;
    const bool dated =
        !days && QDateTime::fromMSecsSinceEpoch(begin).date() != QDateTime::fromMSecsSinceEpoch(end).date();
    const QLocale locale;
    QList<Tick> ticks;
    QDate last;
    for (qint64 value = first; ticks.size() < 60; value += step) {
        const QDateTime time = QDateTime::fromMSecsSinceEpoch(value);
        QString text =
            step < minute ? locale.toString(time.time(), u"HH:mm:ss"_s) : locale.toString(time.time(), u"HH:mm"_s);
        if (days)
            text = locale.toString(time.date(), u"d MMM"_s);
        else if (dated && time.date() != last)
            text = locale.toString(time.date(), u"d MMM"_s) + u' ' + text;
        last = time.date();
        ticks.append({static_cast<double>(value), text});
        if (value >= end)
            break;
    }
    return ticks;
}

QList<qsizetype> thin(qsizetype total, qsizetype limit, const QList<qsizetype> &keep)
{
    QList<qsizetype> result;
    if (total <= limit) {
        for (qsizetype i = 0; i < total; ++i)
            result.append(i);
        return result;
    }
    QSet<qsizetype> chosen;
    for (const qsizetype index : keep) {
        if (chosen.size() < limit)
            chosen.insert(index);
    }
    const qsizetype rest = limit - chosen.size();
    for (qsizetype i = 0; i < rest; ++i)
        chosen.insert(rest == 1 ? total - 1 : i * (total - 1) / (rest - 1));
    result = QList<qsizetype>(chosen.begin(), chosen.end());
    std::sort(result.begin(), result.end());
    return result;
}

} // namespace cairn::charts
