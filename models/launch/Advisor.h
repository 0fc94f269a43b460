// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <optional>

/// Making a training job: what a person chooses, as YAML an expert would sign.
namespace cairn::launch {

/// A time that was measured, and how often. `samples` 0: nobody measured it, a person typed it.
struct Measured {
    double seconds = 0;
    int samples = 0;
    bool operator==(const Measured &) const = default;
};

/// What the interval between checkpoints depends on. What is not known is empty, never zero.
struct Costs {
    std::optional<Measured> save;    ///< how long training stands still for one checkpoint
    std::optional<Measured> step;    ///< one step
    std::optional<Measured> failure; ///< the mean time between failures of a job of this size; samples: the failures
    std::optional<Measured> restart; ///< from a failure to the first new step, waiting for nodes included
    bool operator==(const Costs &) const = default;
};

/// Fewer failures than this say nothing about how often they come.
constexpr int kFewestFailures = 3;

/// Share of the time, 0 to 1, that is lost when training saves after every `interval` seconds of work.
struct Waste {
    double interval = 0; ///< seconds of work between two checkpoints
    double saves = 0;    ///< share that goes into saving
    double failures = 0; ///< share that goes into work done twice and into restarts
    double inAll() const { return saves + failures; }
    bool operator==(const Waste &) const = default;
};

/// A proposal for the interval.
struct Advice {
    enum class Why {
        Failures, ///< by Daly's formula
        Overhead, ///< too few failures are known: saving takes kOverhead of the time
        Nothing,  ///< not even how long a save takes is known
    };
    Why why = Why::Nothing;
    /// What holds the proposal up where the formula alone would save more often.
    enum class Limit {
        None,
        Save,  ///< an interval is no shorter than a save: saving takes half of the time at most
        Often, ///< kLeastInterval
    };
    Limit limit = Limit::None;
    double formula = 0;          ///< seconds, what the formula alone says, before limits and whole steps
    Waste best;                  ///< of the interval that is proposed
    std::optional<qint64> steps; ///< `best.interval` in whole steps, at least 1; empty where a step was not measured
    /// Of Why::Failures: between which intervals the best one lies with 95 % confidence, given so many failures (the
    /// chi-square interval of an exponential mean).
    double least = 0;
    double most = 0;
};

/// Of Why::Overhead: the share of time that saving may take, between a tenth and a hundredth in the field
/// (docs/LAUNCH.md).
constexpr double kOverhead = 0.05;

/// Seconds. Saving more often than once a minute gains less than a hundredth of the time where a failure comes once an hour, and
/// fills the storage with folders. Where failures come more often than every ten minutes, a tenth of the time between them.
constexpr double kLeastInterval = 60;

/// The interval that loses least: J. T. Daly, "A higher order estimate of the optimum checkpoint interval for restart
/// dumps", FGCS 22 (2006), equation 37. For save < 2 × failure: √(2·save·failure)·[1 + ⅓·√(save / 2·failure) + ⅑·(save
/// / 2·failure)] − save; else `failure`. Seconds, both above 0.
double dalyInterval(double save, double failure);

/// J. W. Young, "A first order approximation to the optimum checkpoint interval", CACM 17 (1974): √(2·save·failure).
double youngInterval(double save, double failure);

/// The share that is lost when failures come at random (exponentially) and may hit saving and restarting too: of Daly's
/// complete model, in which a segment of work w takes failure·e^(restart/failure)·(e^((w+save)/failure) − 1). Seconds;
/// `interval`, `failure` above 0. Without failures (`failure` infinite) what is left is save / (interval + save).
Waste wasteOf(double interval, double save, double failure, double restart);

/// What to propose: never less than a step, than a save, and than kLeastInterval; Advice::limit says which of the last two counted.
Advice advise(const Costs &costs);

/// What saving after every `interval` seconds loses; nullopt where not even a save is known. Where the failures are not
/// known their share is 0, and nobody may call it all.
std::optional<Waste> wasteAt(const Costs &costs, double interval);

/// `count` points of the curve from `from` to `to` seconds, evenly spaced; empty where the save is not known. As
/// wasteAt().
QList<Waste> wasteCurve(const Costs &costs, double from, double to, int count);

/// The failures are known well enough to reckon with.
bool knowsFailures(const Costs &costs);

/// Around the best interval the curve is flat: between these two at most kFlat times the least is lost.
constexpr double kFlat = 1.1;
struct Zone {
    double from = 0; ///< seconds
    double to = 0;
};
/// nullopt where save or failures are not known.
std::optional<Zone> flatZone(const Costs &costs);

/// The bounds of a mean of which `events` were seen, as factors on it: 95 %, two-sided, chi-square by Wilson and
/// Hilferty.
struct Bounds {
    double least = 0;
    double most = 0;
};
Bounds boundsOfMean(int events);

} // namespace cairn::launch
