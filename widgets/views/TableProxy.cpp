// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/TableProxy.h"

#include "items/Roles.h"

#include <algorithm>

namespace cairn::views {

TableProxy::TableProxy(QObject *parent)
    : QSortFilterProxyModel(parent)
{
    setDynamicSortFilter(true);
}

void TableProxy::setFilterText(const QString &text)
{
    const QStringList words = text.simplified().split(u' ', Qt::SkipEmptyParts);
    if (words == m_words)
        return;
    m_words = words;
    invalidateFilter();
}

void TableProxy::setPredicate(std::function<bool(const QModelIndex &)> predicate)
{
    m_predicate = std::move(predicate);
    invalidateFilter();
}

void TableProxy::setFilterColumns(const QList<int> &columns)
{
    m_filterColumns = columns;
    invalidateFilter();
}

void TableProxy::setHeld(bool held)
{
    if (held == m_held)
        return;
    m_held = held;
    m_order.clear();
    // Turning it back on sorts and filters everything anew.
    setDynamicSortFilter(!held);
}

bool TableProxy::lessThan(const QModelIndex &left, const QModelIndex &right) const
{
    return items::FilterProxy::rowLess(orderOf(left), orderOf(right), sortOrder());
}

const items::RowOrder &TableProxy::orderOf(const QModelIndex &source) const
{
    const auto row = static_cast<size_t>(source.row());
    if (row >= m_order.size())
        m_order.resize(static_cast<size_t>(sourceModel()->rowCount()));
    std::optional<items::RowOrder> &order = m_order[row];
    if (!order)
        order = items::FilterProxy::orderOf(source);
    return *order;
}

void TableProxy::setSourceModel(QAbstractItemModel *model)
{
    if (QAbstractItemModel *old = sourceModel())
        old->disconnect(this); // the base class would leave what is connected below
    m_order.clear();
    if (model) {
        const auto forgetAll = [this] { m_order.clear(); };
        // Slots are called in the order they were connected: these stand before those of the base class, which sorts.
        connect(model, &QAbstractItemModel::dataChanged, this,
            [this](const QModelIndex &from, const QModelIndex &to) { forget(from.row(), to.row()); });
        connect(model, &QAbstractItemModel::rowsInserted, this, [this](const QModelIndex &, int first, int last) {
            forgetOld();
            if (static_cast<size_t>(first) < m_order.size())
                m_order.insert(m_order.begin() + first, static_cast<size_t>(last - first + 1), std::nullopt);
        });
        connect(model, &QAbstractItemModel::rowsRemoved, this, [this](const QModelIndex &, int first, int last) {
            const auto size = static_cast<int>(m_order.size());
            m_order.erase(m_order.begin() + std::min(first, size), m_order.begin() + std::min(last + 1, size));
        });
        connect(model, &QAbstractItemModel::rowsMoved, this, forgetAll);
        connect(model, &QAbstractItemModel::layoutChanged, this, forgetAll);
        connect(model, &QAbstractItemModel::modelReset, this, forgetAll);
    }
    QSortFilterProxyModel::setSourceModel(model);
}

void TableProxy::sort(int column, Qt::SortOrder order)
{
    m_order.clear();
    QSortFilterProxyModel::sort(column, order);
}

Qt::ItemFlags TableProxy::flags(const QModelIndex &index) const
{
    return index.isValid() ? Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemNeverHasChildren : Qt::NoItemFlags;
}

void TableProxy::forgetOld()
{
    if (m_since.isValid() && !m_since.hasExpired(1000))
        return;
    m_order.clear();
    m_since.start();
}

void TableProxy::forget(int first, int last)
{
    forgetOld();
    const auto size = static_cast<int>(m_order.size());
    std::fill(m_order.begin() + std::min(first, size), m_order.begin() + std::min(last + 1, size), std::nullopt);
}

bool TableProxy::filterAcceptsRow(int sourceRow, const QModelIndex &sourceParent) const
{
    const QAbstractItemModel *source = sourceModel();
    if (m_predicate && !m_predicate(source->index(sourceRow, 0, sourceParent)))
        return false;
    if (m_words.isEmpty())
        return true;
    QString text;
    const auto take = [&](int column) {
        const QModelIndex index = source->index(sourceRow, column, sourceParent);
        const QVariant own = index.data(items::FilterRole);
        text += own.isValid() ? own.toString()
                              : index.data(Qt::DisplayRole).toString() + u'\n'
                + index.data(items::SecondLineRole).toString() + u'\n' + index.data(items::DetailRole).toString();
        text += u'\n';
    };
    if (m_filterColumns.isEmpty()) {
        for (int column = 0; column < source->columnCount(sourceParent); ++column)
            take(column);
    } else {
        for (const int column : m_filterColumns)
            take(column);
    }
    return std::all_of(
        m_words.begin(), m_words.end(), [&](const QString &word) { return text.contains(word, Qt::CaseInsensitive); });
}

} // namespace cairn::views
