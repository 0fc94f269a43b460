// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSet>
#include <QSortFilterProxyModel>
#include <functional>

namespace cairn::views {

/// Sorts by SortRole and filters by words over all columns. Rows without a sort value come last in both directions;
/// equal rows are ordered worst first, by name and by KeyRole (see FilterProxy::rowLess), so that an update never
/// shuffles them.
class TableProxy : public QSortFilterProxyModel {
    Q_OBJECT

public:
    explicit TableProxy(QObject *parent = nullptr);

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
    QStringList m_words;
    QList<int> m_filterColumns;
    std::function<bool(const QModelIndex &)> m_predicate;
    bool m_held = false;
};

} // namespace cairn::views
