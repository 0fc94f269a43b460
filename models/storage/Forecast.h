// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/VolumeUse.h"

#include <QList>

namespace cairn::storage {

/// When a file system is full if it goes on as it did.
///
/// Checkpoints grow a file system in steps and retention empties it in one go, so the rate is a robust one: the median of
/// the slopes between all pairs of samples (Theil 1950, "A rank-invariant method of linear and polynomial regression
/// analysis"; Sen 1968, JASA 63), which up to 29 % of wild samples cannot move. The likely range is given by the first and
/// third quartile of the same slopes. It looks at the last 14 days, of which at most 200 samples evenly taken.
struct Forecast {
    enum class State {
        TooFew,     ///< fewer than 5 samples, or less than 6 hours of them (the window of kubernetes-mixin's alert)
        NotGrowing, ///< less than a thousandth of the capacity a day, or full only in more than ten years
        Growing
    };
    State state = State::TooFew;
    double bytesPerDay = 0; ///< of Growing and NotGrowing; may be negative
    double days = -1;       ///< of Growing, from `now`: until `free` bytes are used up
    double soonest = -1;    ///< the likely range, of Growing
    double latest = -1;     ///< -1: perhaps never
    bool operator==(const Forecast &) const = default;
};

/// `samples` in any order; those without `used` are left out. `free` is what is left now, `capacity` what there is; without
/// a capacity (negative) the rate alone is told, and never `days`.
Forecast forecast(const QList<UsageSample> &samples, qint64 free, qint64 capacity, const QDateTime &now);

} // namespace cairn::storage
