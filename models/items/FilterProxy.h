// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "items/Roles.h"

#include <QAbstractProxyModel>
#include <QElapsedTimer>
#include <QHash>
#include <QSet>
#include <limits>
#include <memory>
#include <optional>
#include <vector>

namespace cairn::items {

/// Roles between the item models of this folder and FilterProxy, beside those of Roles.h.
enum FilterProxyRole {
    SearchRole = Qt::UserRole + 100, ///< QString per row, lower case: all the free text filter looks at
    RankRole,      ///< int per row: smaller is worse; breaks ties of the sort column
    ValueRole,     ///< double per cell: what `field:>10` compares, durations in seconds; default SortRole
    TermRole,      ///< QString of a horizontal header: the field's name in the filter ("lost"); untranslated
    SectionRole,   ///< int per row, where rows come in sections: in the order of these, whatever they are sorted by
    HeadRole,      ///< bool per row: it is the head of its section, no row of its own
    FirstFacetRole = Qt::UserRole + 200, ///< models define their facet roles (QString per row) from here on
};

/// What a row is ordered by, read from its model once instead of at each of some ten comparisons.
struct RowOrder {
    /// In this order, in both directions: a text among numbers ("–") stands for one that is not known.
    enum class Kind : quint8 { Number, Text, Missing };
    Kind kind = Kind::Missing; ///< of the value: SortRole, or DisplayRole where there is none
    double number = 0;         ///< where the kind is Number; a time is in ms since the epoch
    qint64 whole = 0;          ///< the same, of an integer: more digits than a double has
    QString text;              ///< where the kind is Text
    int rank = 0;              ///< RankRole
    int section = 0;           ///< SectionRole; 0 without sections
    bool head = false;         ///< HeadRole
    QString name;              ///< text of column 0
    QString key;               ///< KeyRole
};

/// Filters and sorts every table. Facets are sets of accepted values per role and combine by AND. The free text is
/// split at blanks; each term must match: plain text anywhere in the row, or `field:text`, `field:>10`, `field:<=2h`
/// on one column (fields by TermRole; durations take s, min, h, d). An unknown field is plain text.
///
/// Sorting uses SortRole; missing values come last in both directions, equal ones by RankRole, then by name in natural
/// order ("worker-2" before "worker-10"), then by KeyRole, so that an update never shuffles them.
///
/// In sections each section has a head, which comes first and is shown while any row of it passes; the rows of a folded one are hidden.
/// A model tells its heads (dataChanged) after the rows of their sections.
///
/// For flat models whose batches put rows at hundreds of places: those become one insertion and one change of layout,
/// where QSortFilterProxyModel tells the view of each place. GUI thread only.
class FilterProxy : public QAbstractProxyModel
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
    int totalRows() const { return static_cast<int>(m_source.size()); }
    int hiddenRows() const { return totalRows() - rowCount(); }

    /// Whether the source has sections; asked for at once, or not at all.
    void setSectioned(bool sectioned);
    bool isSectioned() const { return m_sectioned; }
    bool isHead(int row) const; ///< of this model
    bool isFolded(int row) const; ///< of this model: its section is
    void setFolded(int section, bool folded);
    /// How many rows there are and pass the filter, heads not among them, folded ones are.
    struct Count {
        int passing = 0;
        int total = 0;
    };
    Count count() const;

    /// -1: the source's own order.
    int sortColumn() const { return m_sortColumn; }
    Qt::SortOrder sortOrder() const { return m_sortOrder; }
    void sort(int column, Qt::SortOrder order = Qt::AscendingOrder) override;
    /// Rows come or go in several steps, and this is not the last: whoever looks at all of them can wait for that.
    bool isSettling() const { return m_isSettling; }
    /// While held, changed rows keep their place and new ones come last; released, they are put in order.
    void setHeld(bool held);
    bool isHeld() const { return m_held; }

    static bool naturalLess(const QString &a, const QString &b);

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    bool hasChildren(const QModelIndex &parent = {}) const override;
    QModelIndex index(int row, int column, const QModelIndex &parent = {}) const override;
    QModelIndex parent(const QModelIndex &) const override { return {}; }
    QModelIndex mapToSource(const QModelIndex &proxy) const override;
    QModelIndex mapFromSource(const QModelIndex &source) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;
    /// Every row can be selected and none has children, without a way down to the source: a view asks for all rows
    /// whenever it lays them out.
    Qt::ItemFlags flags(const QModelIndex &index) const override;

public slots:
    void setText(const QString &text);
    void setFacet(int role, const QSet<QString> &accepted);
    void setFacets(const QHash<int, QSet<QString>> &accepted);
    void clearFilter();

signals:
    /// Text or facets differ from before; rows were filtered anew.
    void filterChanged();

private:
    enum class Compare { Contains, Less, LessEqual, Equal, GreaterEqual, Greater };
    struct Term {
        int column = -1;  ///< -1: the whole row
        Compare compare = Compare::Contains;
        QString text;
        double value = 0;
    };
    struct Cached {
        RowOrder order;
        int age = 0; ///< the m_age it was read at
    };
    /// What is known of a row of the source.
    struct Source {
        int place = -1; ///< row of this model; -1 for a hidden one
        int rank = -1;  ///< its place among all that have one, for as long as it is not changed; -1: its order has to be asked for
        int section = 0;
        bool isHead = false;
        bool isLate = false;           ///< it changed or came while held
        std::unique_ptr<Cached> order; ///< filled when asked for
    };
    using Rows = std::vector<int>;
    /// More places than this are one change of layout: to a view it costs as much as a few insertions.
    static constexpr size_t maxRanges = 16;
    Source &of(int source) { return m_source[static_cast<size_t>(source)]; }
    const Source &of(int source) const { return m_source[static_cast<size_t>(source)]; }

    static bool isMissing(const QVariant &value);
    void parse();
    void refilter();
    Rows allRows() const; ///< of the source, heads last
    bool accepts(const Term &term, int source) const;
    bool accepts(int source) const;
    bool passes(int source) const; ///< text and facets
    void learnSection(int row);
    void learnOrder();
    void forgetOrder();

    const RowOrder &orderOf(int source);
    RowOrder readOrder(int source) const;
    bool before(int left, int right); ///< source rows
    /// Some values are ages: after a second all are read anew, but never in the midst of a sort.
    void forgetOld();

    // `source` are rows of the source and `shown` are rows of this model, ascending.
    void rebuild(int total);
    void sortRows(Rows &source);
    void take(const Rows &shown);
    void put(Rows source);
    void reorder(Rows source);
    void relayout(Rows next, size_t stay = std::numeric_limits<size_t>::max());
    void moveIndexes(const QModelIndexList &from, const Rows &sources);
    void number(size_t from);
    Rows without(const Rows &shown) const;
    void settle(const Rows &source, bool moved);

    void sourceChanged(const QModelIndex &from, const QModelIndex &to);
    void sourceInserted(int first, int last);
    void sourceAboutToRemove(int first, int last);
    void sourceRemoved(int first, int last);
    void sourceAboutToLayout();
    void sourceLaidOut();

    QString m_text;
    QList<Term> m_terms;
    QHash<int, QSet<QString>> m_facets;
    int m_sortColumn = -1;
    Qt::SortOrder m_sortOrder = Qt::AscendingOrder;
    bool m_held = false;
    bool m_sectioned = false;
    QSet<int> m_folded; ///< sections
    mutable std::optional<QSet<int>> m_passing; ///< sections of which a row passes, while all are gone through, heads last

    Rows m_shown; ///< source row of each row
    std::vector<Source> m_source; ///< by source row
    bool m_isSettling = false;
    int m_age = 1;
    QElapsedTimer m_since; ///< m_age
    std::vector<QPersistentModelIndex> m_kept; ///< source of m_shown during a change of its layout
    QModelIndexList m_from; ///< persistent indexes of this model, likewise
};

} // namespace cairn::items
