// SPDX-License-Identifier: GPL-3.0-or-later
#include "manifest/Diff.h"

#include "manifest/Prune.h"
#include "manifest/Yaml.h"

#include <QStringList>
#include <algorithm>
#include <vector>

using namespace Qt::StringLiterals;

namespace cairn::manifest {
namespace {

/// Above this many cells the changed middle is shown as removed and added whole: 4 M cells take 16 MiB and 20 ms.
constexpr qsizetype kMostCells = 4'000'000;

QStringList linesOf(const QString &text)
{
    QStringList lines = text.split(u'\n');
    if (!lines.isEmpty() && lines.last().isEmpty())
        lines.removeLast();
    return lines;
}

/// All lines of both texts in order, by longest common subsequence.
QList<DiffLine> allLines(const QStringList &a, const QStringList &b)
{
    using Kind = DiffLine::Kind;
    qsizetype head = 0;
    while (head < a.size() && head < b.size() && a[head] == b[head])
        ++head;
    qsizetype tail = 0;
    while (tail < a.size() - head && tail < b.size() - head && a[a.size() - 1 - tail] == b[b.size() - 1 - tail])
        ++tail;

    QList<DiffLine> out;
    const auto context = [&](qsizetype i, qsizetype j) {
        out.append({Kind::Context, a[i], static_cast<int>(i + 1), static_cast<int>(j + 1)});
    };
    const auto removed = [&](qsizetype i) { out.append({Kind::Removed, a[i], static_cast<int>(i + 1), 0}); };
    const auto added = [&](qsizetype j) { out.append({Kind::Added, b[j], 0, static_cast<int>(j + 1)}); };

    for (qsizetype i = 0; i < head; ++i)
        context(i, i);
    const qsizetype n = a.size() - head - tail;
    const qsizetype m = b.size() - head - tail;
    if ((n + 1) * (m + 1) > kMostCells) {
        for (qsizetype i = 0; i < n; ++i)
            removed(head + i);
        for (qsizetype j = 0; j < m; ++j)
            added(head + j);
    } else {
        // best[i][j]: length of the longest common subsequence of a[i…] and b[j…].
        const auto width = static_cast<size_t>(m + 1);
        std::vector<int> best(static_cast<size_t>(n + 1) * width, 0);
        const auto at = [&](qsizetype i, qsizetype j) -> int & {
            return best[static_cast<size_t>(i) * width + static_cast<size_t>(j)];
        };
        for (qsizetype i = n - 1; i >= 0; --i) {
            for (qsizetype j = m - 1; j >= 0; --j)
                at(i, j) = a[head + i] == b[head + j] ? at(i + 1, j + 1) + 1 : std::max(at(i + 1, j), at(i, j + 1));
        }
        qsizetype i = 0;
        qsizetype j = 0;
        while (i < n || j < m) {
            if (i < n && j < m && a[head + i] == b[head + j]) {
                context(head + i, head + j);
                ++i;
                ++j;
            } else if (i < n && (j == m || at(i + 1, j) >= at(i, j + 1))) {
                removed(head + i++);
            } else {
                added(head + j++);
            }
        }
    }
    for (qsizetype k = tail; k > 0; --k)
        context(a.size() - k, b.size() - k);
    return out;
}

QJsonObject maskChanged(const QJsonObject &secret, const QJsonObject &other, const QString &mark)
{
    QJsonObject out = withoutSecretValues(secret);
    if (secret.value(u"kind"_s).toString() != u"Secret")
        return out;
    for (const QString &field : {u"data"_s, u"stringData"_s}) {
        QJsonObject masked = out.value(field).toObject();
        const QJsonObject mine = secret.value(field).toObject();
        const QJsonObject theirs = other.value(field).toObject();
        for (auto it = masked.begin(); it != masked.end(); ++it) {
            if (theirs.contains(it.key()) && theirs.value(it.key()) != mine.value(it.key()))
                it.value() = mark;
        }
        if (!masked.isEmpty())
            out.insert(field, masked);
    }
    return out;
}

} // namespace

QList<DiffLine> diffText(const QString &before, const QString &after, int context)
{
    const QList<DiffLine> all = allLines(linesOf(before), linesOf(after));
    std::vector<bool> keep(static_cast<size_t>(all.size()), false);
    for (qsizetype i = 0; i < all.size(); ++i) {
        if (all[i].kind == DiffLine::Kind::Context)
            continue;
        const qsizetype from = std::max<qsizetype>(0, i - context);
        const qsizetype to = std::min<qsizetype>(all.size() - 1, i + context);
        for (qsizetype k = from; k <= to; ++k)
            keep[static_cast<size_t>(k)] = true;
    }
    QList<DiffLine> out;
    int skipped = 0;
    const auto flush = [&] {
        if (skipped > 0)
            out.append({DiffLine::Kind::Skipped, QString(), skipped, skipped});
        skipped = 0;
    };
    bool any = false;
    for (qsizetype i = 0; i < all.size(); ++i) {
        if (!keep[static_cast<size_t>(i)]) {
            ++skipped;
            continue;
        }
        flush();
        out.append(all[i]);
        any = true;
    }
    flush();
    return any ? out : QList<DiffLine>();
}

QList<DiffLine> diff(const QJsonObject &before, const QJsonObject &after, int context)
{
    return diffText(toYaml(maskChanged(before, after, u"*** (before)"_s)), toYaml(maskChanged(after, before, u"*** (after)"_s)),
                    context);
}

} // namespace cairn::manifest
