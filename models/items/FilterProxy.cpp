// SPDX-License-Identifier: GPL-3.0-or-later
#include "items/FilterProxy.h"

#include <QDateTime>
#include <QRegularExpression>
#include <algorithm>
#include <cmath>
#include <optional>

namespace cairn::items {

using namespace Qt::StringLiterals;

namespace {

bool isMissing(const QVariant &value)
{
    if (!value.isValid() || value.isNull())
        return true;
    if (value.typeId() == QMetaType::Double)
        return std::isnan(value.toDouble());
    if (value.typeId() == QMetaType::QDateTime)
        return !value.toDateTime().isValid();
    if (value.typeId() == QMetaType::QString)
        return value.toString().isEmpty();
    return false;
}

/// "10" → 10, "2h" → 7200; nullopt when it is no number.
std::optional<double> amount(const QString &text)
{
    static const QRegularExpression form(u"^([0-9]+(?:\\.[0-9]+)?)(s|min|m|h|d|%)?$"_s);
    const QRegularExpressionMatch match = form.match(text);
    if (!match.hasMatch())
        return std::nullopt;
    const double number = match.captured(1).toDouble();
    const QString unit = match.captured(2);
    if (unit == "min"_L1 || unit == "m"_L1)
        return number * 60;
    if (unit == "h"_L1)
        return number * 3600;
    if (unit == "d"_L1)
        return number * 86400;
    return number;
}

} // namespace

FilterProxy::FilterProxy(QObject *parent)
    : QSortFilterProxyModel(parent)
{
    setSortRole(SortRole);
    setDynamicSortFilter(true);
}

void FilterProxy::setSourceModel(QAbstractItemModel *model)
{
    QSortFilterProxyModel::setSourceModel(model);
    parse();
    refilter();
}

int FilterProxy::totalRows() const
{
    return sourceModel() ? sourceModel()->rowCount() : 0;
}

void FilterProxy::setText(const QString &text)
{
    if (text == m_text)
        return;
    m_text = text;
    parse();
    refilter();
    emit filterChanged();
}

void FilterProxy::setFacet(int role, const QSet<QString> &accepted)
{
    if (m_facets.value(role) == accepted)
        return;
    if (accepted.isEmpty())
        m_facets.remove(role);
    else
        m_facets.insert(role, accepted);
    refilter();
    emit filterChanged();
}

void FilterProxy::setFacets(const QHash<int, QSet<QString>> &accepted)
{
    QHash<int, QSet<QString>> wanted;
    for (auto it = accepted.cbegin(); it != accepted.cend(); ++it)
        if (!it.value().isEmpty())
            wanted.insert(it.key(), it.value());
    if (wanted == m_facets)
        return;
    m_facets = wanted;
    refilter();
    emit filterChanged();
}

void FilterProxy::clearFilter()
{
    if (m_text.isEmpty() && m_facets.isEmpty())
        return;
    m_text.clear();
    m_facets.clear();
    parse();
    refilter();
    emit filterChanged();
}

void FilterProxy::refilter()
{
    invalidateFilter();
}

void FilterProxy::parse()
{
    m_terms.clear();
    QHash<QString, int> fields;
    if (sourceModel()) {
        for (int column = 0; column < sourceModel()->columnCount(); ++column) {
            const QString field = sourceModel()->headerData(column, Qt::Horizontal, TermRole).toString();
            if (!field.isEmpty())
                fields.insert(field, column);
        }
    }
    const QStringList words = m_text.toLower().split(u' ', Qt::SkipEmptyParts);
    for (const QString &word : words) {
        Term term;
        term.text = word;
        const qsizetype colon = word.indexOf(u':');
        if (colon > 0) {
            if (const auto field = fields.constFind(word.left(colon)); field != fields.cend()) {
                QString rest = word.mid(colon + 1);
                Compare compare = Compare::Contains;
                if (rest.startsWith(">="_L1))
                    compare = Compare::GreaterEqual;
                else if (rest.startsWith("<="_L1))
                    compare = Compare::LessEqual;
                else if (rest.startsWith(u'>'))
                    compare = Compare::Greater;
                else if (rest.startsWith(u'<'))
                    compare = Compare::Less;
                else if (rest.startsWith(u'='))
                    compare = Compare::Equal;
                if (compare == Compare::GreaterEqual || compare == Compare::LessEqual)
                    rest = rest.mid(2);
                else if (compare != Compare::Contains)
                    rest = rest.mid(1);
                // "lost:" or "lost:>" is a term still being typed: it hides nothing yet.
                if (rest.isEmpty())
                    continue;
                term.column = *field;
                term.text = rest;
                if (compare != Compare::Contains) {
                    if (const std::optional<double> value = amount(rest)) {
                        term.compare = compare;
                        term.value = *value;
                    }
                }
            }
        }
        m_terms.append(term);
    }
}

bool FilterProxy::accepts(const Term &term, int row) const
{
    const QAbstractItemModel *model = sourceModel();
    if (term.column < 0) {
        const QVariant search = model->data(model->index(row, 0), SearchRole);
        if (search.isValid())
            return search.toString().contains(term.text);
        for (int column = 0; column < model->columnCount(); ++column) {
            const QModelIndex cell = model->index(row, column);
            QVariant shown = model->data(cell, FilterRole);
            if (!shown.isValid())
                shown = model->data(cell, Qt::DisplayRole);
            if (shown.toString().contains(term.text, Qt::CaseInsensitive))
                return true;
        }
        return false;
    }
    const QModelIndex cell = model->index(row, term.column);
    if (term.compare == Compare::Contains)
        return model->data(cell, Qt::DisplayRole).toString().contains(term.text, Qt::CaseInsensitive);
    QVariant value = model->data(cell, ValueRole);
    if (!value.isValid())
        value = model->data(cell, SortRole);
    if (isMissing(value))
        return false;
    const double number = value.toDouble();
    switch (term.compare) {
    case Compare::Less: return number < term.value;
    case Compare::LessEqual: return number <= term.value;
    case Compare::Equal: return number == term.value;
    case Compare::GreaterEqual: return number >= term.value;
    case Compare::Greater: return number > term.value;
    case Compare::Contains: break;
    }
    return false;
}

bool FilterProxy::filterAcceptsRow(int row, const QModelIndex &parent) const
{
    if (parent.isValid() || !sourceModel())
        return false;
    const QModelIndex first = sourceModel()->index(row, 0);
    for (auto it = m_facets.cbegin(); it != m_facets.cend(); ++it)
        if (!it.value().contains(first.data(it.key()).toString()))
            return false;
    return std::all_of(m_terms.cbegin(), m_terms.cend(), [&](const Term &term) { return accepts(term, row); });
}

bool FilterProxy::naturalLess(const QString &a, const QString &b)
{
    // What both begin with decides nothing, but for the digits of a number that goes on.
    qsizetype i = std::ranges::mismatch(QStringView(a), QStringView(b)).in1 - a.cbegin();
    while (i > 0 && a[i - 1].isDigit())
        --i;
    qsizetype j = i;
    while (i < a.size() && j < b.size()) {
        if (a[i].isDigit() && b[j].isDigit()) {
            while (i < a.size() && a[i] == u'0')
                ++i;
            while (j < b.size() && b[j] == u'0')
                ++j;
            qsizetype iEnd = i;
            qsizetype jEnd = j;
            while (iEnd < a.size() && a[iEnd].isDigit())
                ++iEnd;
            while (jEnd < b.size() && b[jEnd].isDigit())
                ++jEnd;
            if (iEnd - i != jEnd - j)
                return iEnd - i < jEnd - j;
            const int order = QStringView(a).mid(i, iEnd - i).compare(QStringView(b).mid(j, jEnd - j));
            if (order != 0)
                return order < 0;
            i = iEnd;
            j = jEnd;
            continue;
        }
        const QChar x = a[i].toCaseFolded();
        const QChar y = b[j].toCaseFolded();
        if (x != y)
            return x < y;
        ++i;
        ++j;
    }
    if (i < a.size() || j < b.size())
        return j < b.size();
    return a < b;
}

bool FilterProxy::lessThan(const QModelIndex &left, const QModelIndex &right) const
{
    return rowLess(orderOf(left), orderOf(right), sortOrder());
}

RowOrder FilterProxy::orderOf(const QModelIndex &cell)
{
    RowOrder order;
    order.value = cell.data(SortRole);
    if (!order.value.isValid())
        order.value = cell.data(Qt::DisplayRole);
    order.missing = isMissing(order.value);
    const QModelIndex first = cell.siblingAtColumn(0);
    order.rank = first.data(RankRole).toInt();
    order.name = first.data(Qt::DisplayRole).toString();
    order.key = cell.data(KeyRole).toString();
    return order;
}

bool FilterProxy::rowLess(const RowOrder &left, const RowOrder &right, Qt::SortOrder order)
{
    const bool ascending = order == Qt::AscendingOrder;
    if (left.missing != right.missing)
        return ascending ? right.missing : left.missing;
    if (!left.missing) {
        if (left.value.typeId() == QMetaType::QString) {
            const QString x = left.value.toString();
            const QString y = right.value.toString();
            if (x != y)
                return naturalLess(x, y);
        } else if (const QPartialOrdering compared = QVariant::compare(left.value, right.value);
                   compared == QPartialOrdering::Less || compared == QPartialOrdering::Greater) {
            return compared == QPartialOrdering::Less;
        }
    }
    // Equal: worst first, then by name, whatever the direction of the sort column.
    if (left.rank != right.rank)
        return ascending ? left.rank < right.rank : left.rank > right.rank;
    if (left.name != right.name)
        return ascending ? naturalLess(left.name, right.name) : naturalLess(right.name, left.name);
    return ascending ? left.key < right.key : right.key < left.key;
}

} // namespace cairn::items
