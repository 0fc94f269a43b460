// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/Forecast.h"

#include <algorithm>
#include <vector>

namespace cairn::storage {
namespace {

constexpr double day = 86'400;
constexpr double window = 14 * day;
constexpr double leastSpan = day / 4;
constexpr std::size_t leastSamples = 5;
constexpr std::size_t mostSamples = 200;
constexpr double longest = 3650; // days

struct Point {
    double at = 0; // seconds
    double used = 0;
};

std::vector<Point> recent(const QList<UsageSample> &samples, const QDateTime &now)
{
    std::vector<Point> points;
    const double end = double(now.toSecsSinceEpoch());
    for (const UsageSample &sample : samples) {
        const double at = double(sample.at.toSecsSinceEpoch());
        if (sample.used >= 0 && sample.at.isValid() && at <= end && at >= end - window)
            points.push_back({at, double(sample.used)});
    }
    std::ranges::sort(points, {}, &Point::at);
    if (points.size() <= mostSamples)
        return points;
    std::vector<Point> some;
    for (std::size_t i = 0; i < mostSamples; ++i)
        some.push_back(points[i * (points.size() - 1) / (mostSamples - 1)]);
    return some;
}

double quantile(std::vector<double> &values, double part)
{
    const auto at = values.begin() + std::ptrdiff_t(part * double(values.size() - 1));
    std::nth_element(values.begin(), at, values.end());
    return *at;
}

} // namespace

Forecast forecast(const QList<UsageSample> &samples, qint64 free, qint64 capacity, const QDateTime &now)
{
    const std::vector<Point> points = recent(samples, now);
    if (points.size() < leastSamples || points.back().at - points.front().at < leastSpan)
        return {};
    std::vector<double> slopes; // bytes a day
    slopes.reserve(points.size() * (points.size() - 1) / 2);
    for (std::size_t i = 0; i < points.size(); ++i) {
        for (std::size_t j = i + 1; j < points.size(); ++j) {
            if (points[j].at > points[i].at)
                slopes.push_back((points[j].used - points[i].used) / (points[j].at - points[i].at) * day);
        }
    }
    Forecast result;
    result.bytesPerDay = quantile(slopes, 0.5);
    const double fast = quantile(slopes, 0.75);
    const double slow = quantile(slopes, 0.25);
    const bool grows = result.bytesPerDay > 0 && (capacity < 0 || result.bytesPerDay >= double(capacity) / 1000);
    const double days = grows && capacity >= 0 ? double(std::max<qint64>(free, 0)) / result.bytesPerDay : -1;
    if (!grows || days > longest) {
        result.state = Forecast::State::NotGrowing;
        return result;
    }
    result.state = Forecast::State::Growing;
    if (capacity < 0)
        return result;
    result.days = days;
    result.soonest = double(std::max<qint64>(free, 0)) / fast;
    result.latest = slow > 0 && double(free) / slow <= longest ? double(std::max<qint64>(free, 0)) / slow : -1;
    return result;
}

} // namespace cairn::storage
