// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <functional>
#include <set>
#include <tuple>

namespace cairn::tests {

/// Which value each axis has, by index.
using Row = QList<int>;
using Forbidden = std::function<bool(int axis, int value, int otherAxis, int otherValue)>;

/// Rows in which every two values of two axes meet that may: far fewer than all combinations. The same rows at every run.
/// Each axis needs a value that nothing forbids.
class Pairwise {
public:
    using Pair = std::tuple<int, int, int, int>;

    Pairwise(QList<int> sizes, Forbidden forbidden)
        : m_sizes(std::move(sizes))
        , m_forbidden(std::move(forbidden))
    {
        for (int a = 0; a < m_sizes.size(); ++a) {
            for (int b = a + 1; b < m_sizes.size(); ++b) {
                for (int i = 0; i < m_sizes[a]; ++i) {
                    for (int j = 0; j < m_sizes[b]; ++j) {
                        if (!m_forbidden(a, i, b, j) && !m_forbidden(b, j, a, i))
                            m_open.insert({a, i, b, j});
                    }
                }
            }
        }
    }

    const std::set<Pair> &open() const { return m_open; }

    QList<Row> rows()
    {
        QList<Row> all;
        while (!m_open.empty()) {
            const auto [a, i, b, j] = *m_open.begin();
            Row row(m_sizes.size(), -1);
            row[a] = i;
            row[b] = j;
            for (int axis = 0; axis < m_sizes.size(); ++axis) {
                if (row[axis] < 0)
                    row[axis] = best(row, axis);
            }
            for (const Pair &pair : pairsOf(row))
                m_open.erase(pair);
            all.append(row);
        }
        return all;
    }

    static QList<Pair> pairsOf(const Row &row)
    {
        QList<Pair> pairs;
        for (int a = 0; a < row.size(); ++a) {
            for (int b = a + 1; b < row.size(); ++b) {
                if (row[a] >= 0 && row[b] >= 0)
                    pairs.append({a, row[a], b, row[b]});
            }
        }
        return pairs;
    }

private:
    QList<int> m_sizes;
    Forbidden m_forbidden;
    std::set<Pair> m_open;

    int best(const Row &row, int axis) const
    {
        int found = 0;
        qsizetype most = -1;
        for (int value = 0; value < m_sizes[axis]; ++value) {
            Row tried = row;
            tried[axis] = value;
            qsizetype closes = 0;
            bool allowed = true;
            for (const auto &[a, i, b, j] : pairsOf(tried)) {
                allowed = allowed && !m_forbidden(a, i, b, j) && !m_forbidden(b, j, a, i);
                closes += static_cast<qsizetype>(m_open.count({a, i, b, j}));
            }
            if (allowed && closes > most) {
                most = closes;
                found = value;
            }
        }
        return found;
    }
};

} // namespace cairn::tests
