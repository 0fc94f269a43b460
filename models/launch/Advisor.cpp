// SPDX-License-Identifier: GPL-3.0-or-later
#include "launch/Advisor.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace cairn::launch {
namespace {

bool isTime(const std::optional<Measured> &measured)
{
    return measured && std::isfinite(measured->seconds) && measured->seconds > 0;
}

double secondsOr(const std::optional<Measured> &measured, double otherwise)
{
    return isTime(measured) ? measured->seconds : otherwise;
}

/// The value that a chi-square of `degrees` stays below with the probability whose standard normal quantile is `z`.
double chiSquare(double degrees, double z)
{
    const double ninth = 2 / (9 * degrees);
    return degrees * std::pow(1 - ninth + z * std::sqrt(ninth), 3);
}

double failureOr(const Costs &costs)
{
    return knowsFailures(costs) ? costs.failure->seconds : std::numeric_limits<double>::infinity();
}

} // namespace

bool knowsFailures(const Costs &costs)
{
    return isTime(costs.failure) && (costs.failure->samples == 0 || costs.failure->samples >= kFewestFailures);
}

double youngInterval(double save, double failure)
{
    return std::sqrt(2 * save * failure);
}

double dalyInterval(double save, double failure)
{
    if (save >= 2 * failure)
        return failure;
    const double ratio = save / (2 * failure);
    return youngInterval(save, failure) * (1 + std::sqrt(ratio) / 3 + ratio / 9) - save;
}

Waste wasteOf(double interval, double save, double failure, double restart)
{
    if (!std::isfinite(failure))
        return {interval, save / (interval + save), 0};
    // Shares of what a segment takes in all. Past e^700 a double overflows; long before, nothing is left of the time.
    const double segment = failure * std::exp(std::min(restart / failure, 300.0))
        * std::expm1(std::min((interval + save) / failure, 300.0));
    const double saves = save / segment;
    return {interval, saves, std::clamp(1 - interval / segment - saves, 0.0, 1.0)};
}

Bounds boundsOfMean(int events)
{
    constexpr double z = 1.959963985; // 97.5 %
    if (events < 1)
        return {0, std::numeric_limits<double>::infinity()};
    // Observation ends at a time, not at a failure: 2n + 2 degrees below, 2n above.
    const double n = events;
    return {2 * n / chiSquare(2 * n + 2, z), 2 * n / chiSquare(2 * n, -z)};
}

Advice advise(const Costs &costs)
{
    Advice advice;
    if (!isTime(costs.save))
        return advice;
    const double save = costs.save->seconds;
    const double step = secondsOr(costs.step, 1);
    const bool known = knowsFailures(costs);
    advice.why = known ? Advice::Why::Failures : Advice::Why::Overhead;
    advice.formula = known ? dalyInterval(save, costs.failure->seconds) : save / kOverhead - save;
    const double often = known ? std::min(kLeastInterval, costs.failure->seconds / 10) : kLeastInterval;
    double interval = advice.formula;
    for (const auto &[limit, least] : {std::pair{Advice::Limit::Save, save}, std::pair{Advice::Limit::Often, often}}) {
        if (interval < least) {
            advice.limit = limit;
            interval = least;
        }
    }
    // A save ends a step, so the interval is a whole number of them; no fewer than a limit asks for.
    if (isTime(costs.step)) {
        const double steps = interval / step;
        const double count = std::clamp(advice.limit == Advice::Limit::None ? std::round(steps) : std::ceil(steps - 1e-9), 1.0, 1e15);
        advice.steps = static_cast<qint64>(count);
        interval = count * step;
    }
    advice.best = wasteAt(costs, interval).value_or(Waste{interval, 0, 0});
    if (known) {
        const Bounds bounds = costs.failure->samples == 0 ? Bounds{1, 1} : boundsOfMean(costs.failure->samples);
        advice.least = dalyInterval(save, costs.failure->seconds * bounds.least);
        advice.most = dalyInterval(save, costs.failure->seconds * bounds.most);
    }
    return advice;
}

std::optional<Waste> wasteAt(const Costs &costs, double interval)
{
    if (!isTime(costs.save) || !std::isfinite(interval) || !(interval > 0))
        return std::nullopt;
    return wasteOf(interval, costs.save->seconds, failureOr(costs), secondsOr(costs.restart, 0));
}

QList<Waste> wasteCurve(const Costs &costs, double from, double to, int count)
{
    QList<Waste> curve;
    if (!isTime(costs.save) || count < 2 || !(from > 0) || !(to > from) || !std::isfinite(to))
        return curve;
    curve.reserve(count);
    for (int i = 0; i < count; ++i)
        curve.append(*wasteAt(costs, from + (to - from) * i / (count - 1)));
    return curve;
}

std::optional<Zone> flatZone(const Costs &costs)
{
    if (!isTime(costs.save) || !knowsFailures(costs))
        return std::nullopt;
    const double best = dalyInterval(costs.save->seconds, costs.failure->seconds);
    const double most = kFlat * wasteAt(costs, best)->inAll();
    // The curve falls to the best and rises from it: its share is passed once on each side, if at all.
    const auto edge = [&](double factor) {
        double inside = best, outside = best;
        for (int i = 0; i < 60 && wasteAt(costs, outside)->inAll() < most; ++i) {
            inside = outside;
            outside *= factor;
        }
        for (int i = 0; i < 40; ++i) {
            const double middle = std::sqrt(inside * outside);
            (wasteAt(costs, middle)->inAll() < most ? inside : outside) = middle;
        }
        return inside;
    };
    return Zone{edge(0.5), edge(2)};
}

} // namespace cairn::launch
