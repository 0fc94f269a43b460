// SPDX-License-Identifier: GPL-3.0-or-later
#include "manifest/Diff.h"

#include "manifest/Myers.h"
#include "manifest/Prune.h"
#include "manifest/Yaml.h"

#include <QHash>
#include <QStringList>
#include <algorithm>
#include <vector>

using namespace Qt::StringLiterals;

namespace cairn::manifest {
namespace {

QStringList linesOf(const QString &text)
{
    QStringList lines = text.split(u'\n');
    if (!lines.isEmpty() && lines.last().isEmpty())
        lines.removeLast();
    return lines;
}

/// The same number for the same line, in all the texts.
class Numbers
{
public:
    std::vector<int> of(const QStringList &lines)
    {
        std::vector<int> out;
        out.reserve(static_cast<size_t>(lines.size()));
        for (const QString &line : lines) {
            auto it = m_numbers.constFind(line);
            if (it == m_numbers.constEnd())
                it = m_numbers.insert(line, static_cast<int>(m_numbers.size()));
            out.push_back(*it);
        }
        return out;
    }

private:
    QHash<QString, int> m_numbers;
};

/// All lines of both texts in order.
QList<DiffLine> allLines(const QStringList &a, const QStringList &b)
{
    using Kind = DiffLine::Kind;
    Numbers numbers;
    const std::vector<int> before = numbers.of(a);
    QList<DiffLine> out;
    int i = 0;
    int j = 0;
    const auto changesUpTo = [&](int iEnd, int jEnd) {
        for (; i < iEnd; ++i)
            out.append({Kind::Removed, a[i], i + 1, 0});
        for (; j < jEnd; ++j)
            out.append({Kind::Added, b[j], 0, j + 1});
    };
    for (const auto &[x, y] : myers::matches(before, numbers.of(b))) {
        changesUpTo(x, y);
        out.append({Kind::Context, a[i], i + 1, j + 1});
        ++i;
        ++j;
    }
    changesUpTo(static_cast<int>(a.size()), static_cast<int>(b.size()));
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
    // An object that is not there has no lines; as YAML it would be "{}".
    const auto text = [](const QJsonObject &object) { return object.isEmpty() ? QString() : toYaml(object); };
    return diffText(text(withoutSecrets(before, after, u"*** (before)"_s)), text(withoutSecrets(after, before, u"*** (after)"_s)), context);
}

TextMerge mergeText(const QString &base, const QString &mine, const QString &theirs)
{
    const QStringList o = base.split(u'\n');
    const QStringList a = mine.split(u'\n');
    const QStringList b = theirs.split(u'\n');
    Numbers numbers;
    const std::vector<int> from = numbers.of(o);
    const std::vector<std::pair<int, int>> inMine = myers::matches(from, numbers.of(a));
    const std::vector<std::pair<int, int>> inTheirs = myers::matches(from, numbers.of(b));
    TextMerge out;
    QStringList lines;
    qsizetype i = 0, j = 0, k = 0;
    const auto changesUpTo = [&](qsizetype iEnd, qsizetype jEnd, qsizetype kEnd) {
        const QStringList was = o.sliced(i, iEnd - i);
        const QStringList my = a.sliced(j, jEnd - j);
        const QStringList their = b.sliced(k, kEnd - k);
        if (my != was && their != was && my != their)
            out.conflicts.append({static_cast<int>(lines.size()) + 1, was, my, their});
        lines += my == was ? their : my;
        i = iEnd;
        j = jEnd;
        k = kEnd;
    };
    auto other = inTheirs.begin();
    for (const auto &[x, y] : inMine) {
        while (other != inTheirs.end() && other->first < x)
            ++other;
        if (other == inTheirs.end() || other->first != x)
            continue;
        changesUpTo(x, y, other->second);
        lines += o[i];
        ++i;
        ++j;
        ++k;
    }
    changesUpTo(o.size(), a.size(), b.size());
    out.text = lines.join(u'\n');
    return out;
}

} // namespace cairn::manifest
