// SPDX-License-Identifier: GPL-3.0-or-later
#include "domain/TimeDecoder.h"

namespace cairn {
namespace {

// Days since 1970-01-01 of the proleptic Gregorian calendar (the usual era-based formula).
qint64 daysFromCivil(qint64 year, qint64 month, qint64 day)
{
    year -= month <= 2;
    const qint64 era = (year >= 0 ? year : year - 399) / 400;
    const qint64 yearOfEra = year - era * 400;
    const qint64 dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    const qint64 dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
    return era * 146097 + dayOfEra - 719468;
}

} // namespace

QDateTime decodeTime(std::string_view text)
{
    std::size_t at = 0;
    const auto digits = [&](int count) -> qint64 {
        qint64 value = 0;
        for (int i = 0; i < count; ++i, ++at) {
            if (at >= text.size() || text[at] < '0' || text[at] > '9')
                return -1;
            value = value * 10 + (text[at] - '0');
        }
        return value;
    };
    const auto literal = [&](char c) { return at < text.size() && text[at++] == c; };
    const qint64 year = digits(4);
    if (year < 0 || !literal('-'))
        return {};
    const qint64 month = digits(2);
    if (month < 1 || month > 12 || !literal('-'))
        return {};
    const qint64 day = digits(2);
    if (day < 1 || day > 31 || at >= text.size() || (text[at] != 'T' && text[at] != 't' && text[at] != ' '))
        return {};
    ++at;
    const qint64 hour = digits(2);
    if (hour < 0 || hour > 23 || !literal(':'))
        return {};
    const qint64 minute = digits(2);
    if (minute < 0 || minute > 59 || !literal(':'))
        return {};
    const qint64 second = digits(2);
    if (second < 0 || second > 60)
        return {};
    qint64 ms = 0;
    if (at < text.size() && text[at] == '.') {
        ++at;
        qint64 scale = 100;
        const std::size_t start = at;
        for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, scale /= 10)
            ms += (text[at] - '0') * scale;
        if (at == start)
            return {};
    }
    qint64 offset = 0;
    if (at >= text.size())
        return {};
    if (text[at] == '+' || text[at] == '-') {
        const qint64 sign = text[at++] == '+' ? 1 : -1;
        const qint64 h = digits(2);
        if (h < 0 || h > 23 || !literal(':'))
            return {};
        const qint64 m = digits(2);
        if (m < 0 || m > 59)
            return {};
        offset = sign * (h * 60 + m);
    } else if (text[at] == 'Z' || text[at] == 'z') {
        ++at;
    } else {
        return {};
    }
    if (at != text.size())
        return {};
    const qint64 seconds = daysFromCivil(year, month, day) * 86400 + hour * 3600 + minute * 60 + second - offset * 60;
    return QDateTime::fromMSecsSinceEpoch(seconds * 1000 + ms, Qt::UTC);
}

QDateTime timeFromSeconds(qint64 seconds, qint64 nanos)
{
    // Years 0 to 9999, as RFC 3339 can write them.
    if (seconds < -62'167'219'200 || seconds > 253'402'300'799)
        return {};
    return QDateTime::fromMSecsSinceEpoch(seconds * 1000 + qBound(qint64(0), nanos, qint64(999'999'999)) / 1'000'000,
                                          Qt::UTC);
}

} // namespace cairn
