// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "items/Roles.h"

#include <QHash>
#include <QSet>
#include <QSortFilterProxyModel>

namespace cairn::items {

/// Roles between the item models of this folder and FilterProxy, beside those of Roles.h.
enum FilterProxyRole {
    SearchRole = Qt::UserRole + 100, ///< QString per row, lower case: all the free text filter looks at
    RankRole,      ///< int per row: smaller is worse; breaks ties of the sort column
    ValueRole,     ///< double per cell: what `field:>10` compares, durations in seconds; default SortRole
    TermRole,      ///< QString of a horizontal header: the field's name in the filter ("lost"); untranslated
    FirstFacetRole = Qt::UserRole + 200, ///< models define their facet roles (QString per row) from here on
};

/// What a row is ordered by, read from its model once instead of at each of some ten comparisons.
struct RowOrder {
    QVariant value; ///< SortRole, or DisplayRole where there is none
    bool missing = true;
    int rank = 0;
    QString name; ///< text of column 0
    QString key;
};

/// Filters and sorts every table. Facets are sets of accepted values per role and combine by AND. The free text is
/// split at blanks; each term must match: plain text anywhere in the row, or `field:text`, `field:>10`, `field:<=2h`
/// on one column (fields by TermRole; durations take s, min, h, d). An unknown field is plain text.
///
/// Sorting uses SortRole; missing values come last in both directions, equal ones by RankRole, then by name in natural
/// order ("worker-2" before "worker-10"). GUI thread only.
class FilterProxy : public QSortFilterProxyModel
{
    Q_OBJECT
public:
    explicit FilterProxy(QObject *parent = nullptr);

    void setSourceModel(QAbstractItemModel *model) override;

    QString text() const { return m_text; }
    /// An empty set accepts everything.
    QSet<QString> facet(int role) const { return m_facets.value(role); }
    QHash<int, QSet<QString>> facets() const { return m_facets; }
    bool isFiltering() const { return !m_terms.isEmpty() || !m_facets.isEmpty(); }
    int totalRows() const;
    int hiddenRows() const { return totalRows() - rowCount(); }

    static bool naturalLess(const QString &a, const QString &b);
    /// The order of every table: SortRole (default DisplayRole), missing values last in both directions, equal ones by
    /// RankRole, then the text of column 0 in natural order, then KeyRole. For lessThan() of a proxy sorted by `order`.
    static bool rowLess(const RowOrder &left, const RowOrder &right, Qt::SortOrder order);
    /// Of a cell in the sort column.
    static RowOrder orderOf(const QModelIndex &cell);

public slots:
    void setText(const QString &text);
    void setFacet(int role, const QSet<QString> &accepted);
    void setFacets(const QHash<int, QSet<QString>> &accepted);
    void clearFilter();

signals:
    /// Text or facets differ from before; rows were filtered anew.
    void filterChanged();

protected:
    bool filterAcceptsRow(int row, const QModelIndex &parent) const override;
    bool lessThan(const QModelIndex &left, const QModelIndex &right) const override;

private:
    enum class Compare { Contains, Less, LessEqual, Equal, GreaterEqual, Greater };
    struct Term {
        int column = -1;  ///< -1: the whole row
        Compare compare = Compare::Contains;
        QString text;
        double value = 0;
    };
    void parse();
    void refilter();
    bool accepts(const Term &term, int row) const;

    QString m_text;
    QList<Term> m_terms;
    QHash<int, QSet<QString>> m_facets;
};

} // namespace cairn::items
