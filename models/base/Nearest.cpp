// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Nearest.h"

#include <algorithm>
#include <cstdlib>

namespace cairn::text {
namespace {

constexpr qsizetype kLongest = 253;

/// Levenshtein's distance, given up beyond `most`.
int distance(const QString &a, const QString &b, int most)
{
    if (std::abs(a.size() - b.size()) > most)
        return most + 1;
    QList<int> row(b.size() + 1);
    for (qsizetype j = 0; j <= b.size(); ++j)
        row[j] = static_cast<int>(j);
    for (qsizetype i = 1; i <= a.size(); ++i) {
        int diagonal = row[0];
        row[0] = static_cast<int>(i);
        for (qsizetype j = 1; j <= b.size(); ++j) {
            const int up = row[j];
            row[j] = std::min({up + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
            diagonal = up;
        }
    }
    return row.last();
}

} // namespace

QString nearestOf(const QString &name, const QStringList &names, int most)
{
    QString nearest;
    int best = std::min(static_cast<int>(std::min<qsizetype>(name.size(), 60) / 3), most) + 1;
    for (const QString &candidate : names) {
        if (candidate.size() > kLongest || name.size() > kLongest || candidate == name)
            continue;
        if (const int far = distance(name, candidate, best); far < best) {
            best = far;
            nearest = candidate;
        }
    }
    return nearest;
}

QStringList nearestFirst(const QString &name, QStringList names)
{
    const QString given = name.left(kLongest);
    std::ranges::stable_sort(names, {}, [&](const QString &one) { return distance(given, one.left(kLongest), 1000); });
    return names;
}

} // namespace cairn::text
