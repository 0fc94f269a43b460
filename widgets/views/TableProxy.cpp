// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/TableProxy.h"

#include "items/FilterProxy.h"

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
    // Turning it back on sorts and filters everything anew.
    setDynamicSortFilter(!held);
}

bool TableProxy::lessThan(const QModelIndex &left, const QModelIndex &right) const
{
    return items::FilterProxy::rowLess(left, right, sortOrder());
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
