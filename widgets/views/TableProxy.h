// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "items/FilterProxy.h"

#include <QElapsedTimer>
#include <functional>
#include <optional>
#include <vector>

namespace cairn::views {

/// Sorts by SortRole and filters by words over all columns. Rows without a sort value come last in both directions;
/// equal rows are ordered worst first, by name and by KeyRole (see FilterProxy::rowLess), so that an update never
/// shuffles them.
class TableProxy : public QSortFilterProxyModel {
    Q_OBJECT

public:
    explicit TableProxy(QObject *parent = nullptr);

    void setSourceModel(QAbstractItemModel *model) override;
    void sort(int column, Qt::SortOrder order = Qt::AscendingOrder) override;
    /// Every row can be selected and none has children, without a way down to the source: a view asks for all rows
    /// whenever it lays them out.
    Qt::ItemFlags flags(const QModelIndex &index) const override;

    /// Words that must all occur in a row (any column), case-insensitive.
    void setFilterText(const QString &text);
    /// Further condition on a source row (facets of a page); nullptr for none. Called often: keep it cheap.
    void setPredicate(std::function<bool(const QModelIndex &sourceRow)> predicate);
    /// Columns whose text is searched; empty for all.
    void setFilterColumns(const QList<int> &columns);
    void refilter() { invalidateFilter(); }

    /// While held, changed rows keep their place; released, they are put in order.
    void setHeld(bool held);
    bool isHeld() const { return m_held; }

protected:
    bool lessThan(const QModelIndex &left, const QModelIndex &right) const override;
    bool filterAcceptsRow(int sourceRow, const QModelIndex &sourceParent) const override;

private:
    const items::RowOrder &orderOf(const QModelIndex &source) const;
    void forget(int first, int last);
    /// Some are ages: after a second all are read anew, but never in the midst of a sort.
    void forgetOld();

    /// By source row, filled when asked for. Each is forgotten before the base class hears of a change.
    mutable std::vector<std::optional<items::RowOrder>> m_order;
    QElapsedTimer m_since; ///< the oldest of m_order
    QStringList m_words;
    QList<int> m_filterColumns;
    std::function<bool(const QModelIndex &)> m_predicate;
    bool m_held = false;
};

} // namespace cairn::views
