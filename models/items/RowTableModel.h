// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "items/FilterProxy.h"
#include "items/Roles.h"
#include "items/RowRanges.h"

#include <QAbstractTableModel>
#include <QHash>
#include <QSet>
#include <algorithm>
#include <memory>
#include <vector>

namespace cairn::items {

/// The head of one column.
struct ColumnHead {
    QString title = {};
    QString term = {};    ///< word for it in a filter ("saved:<2h"); "" for none
    QString toolTip = {};
};

/// A table of values with an identity. Updates arrive as whole values and become the fewest possible signals:
/// contiguous ranges for removals and changes, one insertion at the end, never a reset outside clear(). Views and
/// proxies keep selection, current row and scroll position that way, and 10 000 rows stay cheap: a sorted proxy needs
/// 9 times longer for rows inserted one by one.
///
/// Row order is the order of arrival; sorting is the proxy's business. GUI thread only.
/// `Row` needs operator==; equal values cause no signal.
template <class Row>
class RowTableModel : public QAbstractTableModel
{
public:
    using QAbstractTableModel::QAbstractTableModel;

    /// What the head of a column says; nothing for one that needs no words.
    virtual ColumnHead head(int column) const = 0;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const final
    {
        if (orientation != Qt::Horizontal || (role != Qt::DisplayRole && role != TermRole && role != Qt::ToolTipRole))
            return {};
        const ColumnHead column = head(section);
        const QString &text = role == TermRole ? column.term : role == Qt::ToolTipRole ? column.toolTip : column.title;
        return text.isEmpty() ? QVariant() : QVariant(text);
    }

    int rowCount(const QModelIndex &parent = {}) const override
    {
        return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
    }

    /// nullptr for an invalid index or row.
    const Row *rowAt(int row) const
    {
        return row >= 0 && row < rowCount() ? m_rows[static_cast<size_t>(row)].get() : nullptr;
    }
    const Row *rowAt(const QModelIndex &index) const { return index.isValid() ? rowAt(index.row()) : nullptr; }
    /// -1 when there is no such row.
    int rowOf(const QString &key) const
    {
        if (m_indexDirty) {
            m_index.clear();
            m_index.reserve(static_cast<qsizetype>(m_rows.size()));
            for (size_t i = 0; i < m_rows.size(); ++i)
                m_index.insert(keyOf(*m_rows[i]), static_cast<int>(i));
            m_indexDirty = false;
        }
        return m_index.value(key, -1);
    }
    const Row *find(const QString &key) const { return rowAt(rowOf(key)); }
    /// A key is found without a look at every row.
    QModelIndexList match(const QModelIndex &start, int role, const QVariant &value, int hits, Qt::MatchFlags flags) const override
    {
        if (role != KeyRole || flags != Qt::MatchExactly || start.row() != 0)
            return QAbstractTableModel::match(start, role, value, hits, flags);
        const int row = rowOf(value.toString());
        return row < 0 ? QModelIndexList() : QModelIndexList{index(row, start.column())};
    }

    void clear()
    {
        beginResetModel();
        for (const auto &row : m_rows)
            tally(*row, -1);
        m_rows.clear();
        m_index.clear();
        m_indexDirty = false;
        endResetModel();
    }

protected:
    virtual QString keyOf(const Row &row) const = 0;

    /// Removes, then changes, then appends. Of several upserts with one key the last wins; a key in both lists stays.
    void applyRows(QList<Row> upserts, const QStringList &removed)
    {
        QSet<QString> kept;
        for (const Row &row : upserts)
            kept.insert(keyOf(row));
        std::vector<int> gone;
        for (const QString &key : removed) {
            if (!kept.contains(key))
                if (const int row = rowOf(key); row >= 0)
                    gone.push_back(row);
        }
        removeAll(std::move(gone));
        upsertAll(std::move(upserts));
    }

    /// A relist: afterwards the table holds exactly `rows`; what is in both lists keeps its row and its selection.
    void replaceRows(QList<Row> rows)
    {
        QSet<QString> kept;
        for (const Row &row : rows)
            kept.insert(keyOf(row));
        std::vector<int> gone;
        for (size_t i = 0; i < m_rows.size(); ++i)
            if (!kept.contains(keyOf(*m_rows[i])))
                gone.push_back(static_cast<int>(i));
        removeAll(std::move(gone));
        upsertAll(std::move(rows));
    }

    /// Changes one row in place; true when `change` made a difference.
    template <class Change>
    bool changeRow(const QString &key, Change change)
    {
        const int row = rowOf(key);
        if (row < 0)
            return false;
        Row &value = *m_rows[static_cast<size_t>(row)];
        Row before = value;
        change(value);
        if (value == before)
            return false;
        tally(before, -1);
        tally(value, 1);
        emit dataChanged(index(row, 0), index(row, columnCount() - 1));
        return true;
    }

    /// Changes all rows in place and announces the ones that differ.
    template <class Change>
    void changeAll(Change change)
    {
        std::vector<int> changed;
        for (size_t i = 0; i < m_rows.size(); ++i) {
            Row before = *m_rows[i];
            change(*m_rows[i]);
            if (*m_rows[i] == before)
                continue;
            tally(before, -1);
            tally(*m_rows[i], 1);
            changed.push_back(static_cast<int>(i));
        }
        announce(std::move(changed));
    }

    template <class Visit>
    void visitRows(Visit visit) const
    {
        for (const auto &row : m_rows)
            visit(std::as_const(*row));
    }

    /// Lets a subclass keep what the incoming value does not know (checkpoint knowledge beside a watched job).
    virtual void carryOver(const Row &before, Row &incoming) const
    {
        Q_UNUSED(before)
        Q_UNUSED(incoming)
    }

    /// Called with 1 for each row that comes and -1 for each that goes, both for one that changes: sums over all rows are
    /// then at hand without a look at all of them.
    virtual void tally(const Row &row, int by)
    {
        Q_UNUSED(row)
        Q_UNUSED(by)
    }

private:
    void upsertAll(QList<Row> upserts)
    {
        std::vector<int> changed;
        std::vector<std::unique_ptr<Row>> added;
        QHash<QString, size_t> addedIndex;
        for (Row &incoming : upserts) {
            const QString key = keyOf(incoming);
            if (const int row = rowOf(key); row >= 0) {
                Row &value = *m_rows[static_cast<size_t>(row)];
                carryOver(value, incoming);
                if (!(value == incoming)) {
                    tally(value, -1);
                    value = std::move(incoming);
                    tally(value, 1);
                    changed.push_back(row);
                }
            } else if (const auto it = addedIndex.constFind(key); it != addedIndex.cend()) {
                *added[*it] = std::move(incoming);
            } else {
                addedIndex.insert(key, added.size());
                added.push_back(std::make_unique<Row>(std::move(incoming)));
            }
        }
        announce(std::move(changed));
        if (added.empty())
            return;
        const int first = rowCount();
        beginInsertRows({}, first, first + static_cast<int>(added.size()) - 1);
        for (auto &row : added) {
            tally(*row, 1);
            m_index.insert(keyOf(*row), static_cast<int>(m_rows.size()));
            m_rows.push_back(std::move(row));
        }
        endInsertRows();
    }

    void announce(std::vector<int> changed)
    {
        if (changed.empty())
            return;
        std::sort(changed.begin(), changed.end());
        changed.erase(std::unique(changed.begin(), changed.end()), changed.end());
        const int last = columnCount() - 1;
        if (changed.size() > maxRanges && changed.size() * 2 > m_rows.size()) {
            emit dataChanged(index(0, 0), index(rowCount() - 1, last));
            return;
        }
        eachRange(changed, [&](int from, int to) { emit dataChanged(index(from, 0), index(to, last)); });
    }

    void removeAll(std::vector<int> gone)
    {
        if (gone.empty())
            return;
        std::sort(gone.begin(), gone.end());
        gone.erase(std::unique(gone.begin(), gone.end()), gone.end());
        if (rangesOf(gone) > maxRanges) {
            moveToEnd(gone);
            const int first = rowCount() - static_cast<int>(gone.size());
            removeRange(first, rowCount() - 1);
            return;
        }
        eachRangeBackwards(gone, [this](int first, int last) { removeRange(first, last); });
    }

    void removeRange(int first, int last)
    {
        beginRemoveRows({}, first, last);
        for (int row = first; row <= last; ++row)
            tally(*m_rows[static_cast<size_t>(row)], -1);
        m_rows.erase(m_rows.begin() + first, m_rows.begin() + last + 1);
        m_indexDirty = true;
        endRemoveRows();
    }

    /// Many scattered removals are cheaper as one layout change and one range.
    void moveToEnd(const std::vector<int> &sorted)
    {
        emit layoutAboutToBeChanged();
        std::vector<int> newRow(m_rows.size());
        std::vector<std::unique_ptr<Row>> moved(m_rows.size());
        size_t at = 0;
        size_t tail = m_rows.size() - sorted.size();
        auto next = sorted.begin();
        for (size_t i = 0; i < m_rows.size(); ++i) {
            const bool goes = next != sorted.end() && *next == static_cast<int>(i);
            if (goes)
                ++next;
            const size_t target = goes ? tail++ : at++;
            newRow[i] = static_cast<int>(target);
            moved[target] = std::move(m_rows[i]);
        }
        m_rows = std::move(moved);
        m_indexDirty = true;
        const QModelIndexList from = persistentIndexList();
        QModelIndexList to;
        to.reserve(from.size());
        for (const QModelIndex &old : from)
            to.append(index(newRow[static_cast<size_t>(old.row())], old.column()));
        changePersistentIndexList(from, to);
        emit layoutChanged();
    }

    static constexpr size_t maxRanges = 64;
    std::vector<std::unique_ptr<Row>> m_rows; // pointers: erasing a range moves 8 bytes a row, not a whole value
    mutable QHash<QString, int> m_index;
    mutable bool m_indexDirty = false;
};

} // namespace cairn::items
