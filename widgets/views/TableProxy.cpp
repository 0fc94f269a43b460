// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/TableProxy.h"

#include "items/Roles.h"

namespace cairn::views {

namespace {

QVariant sortValue(const QModelIndex &index)
{
    QVariant value = index.data(items::SortRole);
    return value.isValid() ? value : index.data(Qt::DisplayRole);
}

bool isEmpty(const QVariant &value)
{
    if (!value.isValid() || value.isNull())
        return true;
    if (value.typeId() == QMetaType::Double)
        return qIsNaN(value.toDouble());
    if (value.typeId() == QMetaType::QString)
        return value.toString().isEmpty();
    return false;
}

} // namespace

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
    const QVariant a = sortValue(left);
    const QVariant b = sortValue(right);
    const bool noA = isEmpty(a);
    const bool noB = isEmpty(b);
    if (noA != noB)
        return sortOrder() == Qt::AscendingOrder ? noB : noA;
    if (!noA) {
        if (a.typeId() == QMetaType::QString && b.typeId() == QMetaType::QString) {
            const int order = QString::compare(a.toString(), b.toString(), Qt::CaseInsensitive);
            if (order != 0)
                return order < 0;
        } else {
            const QPartialOrdering order = QVariant::compare(a, b);
            if (order == QPartialOrdering::Less)
                return true;
            if (order == QPartialOrdering::Greater)
                return false;
        }
    }
    const QString keyA = left.data(items::KeyRole).toString();
    const QString keyB = right.data(items::KeyRole).toString();
    // Ascending by key whatever the direction, so that turning the order round keeps ties where they are.
    return sortOrder() == Qt::AscendingOrder ? keyA < keyB : keyA > keyB;
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
                              : index.data(Qt::DisplayRole).toString() + u'\n' + index.data(items::SecondLineRole).toString()
                + u'\n' + index.data(items::DetailRole).toString();
        text += u'\n';
    };
    if (m_filterColumns.isEmpty()) {
        for (int column = 0; column < source->columnCount(sourceParent); ++column)
            take(column);
    } else {
        for (const int column : m_filterColumns)
            take(column);
    }
    return std::all_of(m_words.begin(), m_words.end(),
        [&](const QString &word) { return text.contains(word, Qt::CaseInsensitive); });
}

} // namespace cairn::views
