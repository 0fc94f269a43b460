// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDateTime>
#include <QList>
#include <QString>

/// Where axis labels go and what they say.
namespace cairn::charts {

struct Tick {
    double value = 0; ///< step, or ms since the epoch
    QString text;
};

/// Round values around [min, max], about `count` of them; the first and last tick enclose the range.
QList<Tick> stepTicks(double min, double max, int count = 5);
/// Round times in the local zone, at most `count` of them; the labels carry the date where the range spans days.
QList<Tick> timeTicks(const QDateTime &from, const QDateTime &to, int count = 7);

/// Keeps at most `limit` of `total` items: all of `keep` (sorted indices), the rest thinned evenly. Sorted result.
QList<qsizetype> thin(qsizetype total, qsizetype limit, const QList<qsizetype> &keep);

} // namespace cairn::charts
