// SPDX-License-Identifier: GPL-3.0-or-later
#include "items/FilterProxy.h"

#include "items/RowRanges.h"

#include <QDateTime>
#include <algorithm>
#include <cmath>
#include <numeric>

namespace cairn::items {

using namespace Qt::StringLiterals;

namespace {

/// As far as no text decides: below 0 where `a` comes first.
int roughly(const RowOrder &a, const RowOrder &b, bool down)
{
    const auto order = [](const auto &x, const auto &y) { return x < y ? -1 : y < x ? 1 : 0; };
    if (const int by = order(a.section, b.section); by != 0)
        return by;
    if (a.head != b.head)
        return a.head ? -1 : 1;
    if (const int by = order(a.kind, b.kind); by != 0 || a.kind == RowOrder::Kind::Text)
        return by;
    if (a.kind == RowOrder::Kind::Number) {
        int by = order(a.number, b.number);
        if (by == 0)
            by = order(a.whole, b.whole);
        if (by != 0)
            return down ? -by : by;
    }
    return order(a.rank, b.rank); // worst first, whatever the direction
}

} // namespace

bool FilterProxy::isMissing(const QVariant &value)
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

FilterProxy::FilterProxy(QObject *parent)
    : QAbstractProxyModel(parent)
{
}

void FilterProxy::setSourceModel(QAbstractItemModel *model)
{
    if (model == sourceModel())
        return;
    beginResetModel();
    if (QAbstractItemModel *old = sourceModel())
        old->disconnect(this);
    QAbstractProxyModel::setSourceModel(model);
    if (model) {
        using Model = QAbstractItemModel;
        connect(model, &Model::dataChanged, this, [this](const QModelIndex &from, const QModelIndex &to) {
            if (from.isValid())
                sourceChanged(from, to);
        });
        connect(model, &Model::headerDataChanged, this, [this](Qt::Orientation orientation, int first, int last) {
            if (orientation == Qt::Horizontal)
                emit headerDataChanged(orientation, first, last);
        });
        connect(model, &Model::rowsInserted, this, [this](const QModelIndex &, int first, int last) { sourceInserted(first, last); });
        connect(model, &Model::rowsAboutToBeRemoved, this,
                [this](const QModelIndex &, int first, int last) { sourceAboutToRemove(first, last); });
        connect(model, &Model::rowsRemoved, this, [this](const QModelIndex &, int first, int last) { sourceRemoved(first, last); });
        connect(model, &Model::layoutAboutToBeChanged, this, &FilterProxy::sourceAboutToLayout);
        connect(model, &Model::layoutChanged, this, &FilterProxy::sourceLaidOut);
        connect(model, &Model::rowsAboutToBeMoved, this, &FilterProxy::sourceAboutToLayout);
        connect(model, &Model::rowsMoved, this, &FilterProxy::sourceLaidOut);
        const auto begin = [this] { beginResetModel(); };
        const auto end = [this] {
            parse();
            rebuild(sourceModel()->rowCount());
            endResetModel();
        };
        connect(model, &Model::modelAboutToBeReset, this, begin);
        connect(model, &Model::modelReset, this, end);
        connect(model, &Model::columnsAboutToBeInserted, this, begin);
        connect(model, &Model::columnsInserted, this, end);
        connect(model, &Model::columnsAboutToBeRemoved, this, begin);
        connect(model, &Model::columnsRemoved, this, end);
        // Without a word to the views: they may be about to go too, and with them what they would tell.
        connect(model, &QObject::destroyed, this, [this] { rebuild(0); });
    }
    parse();
    rebuild(model ? model->rowCount() : 0);
    endResetModel();
}

// ---- the model ------------------------------------------------------------------------------------------------------

int FilterProxy::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_shown.size());
}

int FilterProxy::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() || !sourceModel() ? 0 : sourceModel()->columnCount();
}

bool FilterProxy::hasChildren(const QModelIndex &parent) const
{
    return !parent.isValid() && !m_shown.empty();
}

QModelIndex FilterProxy::index(int row, int column, const QModelIndex &parent) const
{
    const bool exists = !parent.isValid() && row >= 0 && row < rowCount() && column >= 0 && column < columnCount();
    return exists ? createIndex(row, column) : QModelIndex();
}

QModelIndex FilterProxy::mapToSource(const QModelIndex &proxy) const
{
    return proxy.isValid() && proxy.row() < rowCount() ? sourceModel()->index(m_shown[static_cast<size_t>(proxy.row())], proxy.column()) : QModelIndex();
}

QModelIndex FilterProxy::mapFromSource(const QModelIndex &source) const
{
    return source.isValid() && source.row() < totalRows() ? index(of(source.row()).place, source.column()) : QModelIndex();
}

QVariant FilterProxy::headerData(int section, Qt::Orientation orientation, int role) const
{
    // The base class asks the first row which column that is; there may be none.
    return orientation == Qt::Horizontal && sourceModel() ? sourceModel()->headerData(section, orientation, role) : QVariant();
}

Qt::ItemFlags FilterProxy::flags(const QModelIndex &index) const
{
    return index.isValid() ? Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemNeverHasChildren : Qt::NoItemFlags;
}

void FilterProxy::refilter()
{
    learnOrder();
    m_passing = QSet<int>();
    settle(allRows(), false);
    m_passing.reset();
}

FilterProxy::Rows FilterProxy::allRows() const
{
    Rows all(m_source.size());
    std::iota(all.begin(), all.end(), 0);
    if (m_sectioned)
        std::ranges::stable_partition(all, [this](int row) { return !of(row).isHead; });
    return all;
}

/// Of a row that came or is another now: it is asked for its section once, not whenever something is filtered.
void FilterProxy::learnSection(int row)
{
    of(row).rank = -1;
    if (!m_sectioned)
        return;
    const QModelIndex first = sourceModel()->index(row, 0);
    of(row).section = first.data(SectionRole).toInt();
    of(row).isHead = first.data(HeadRole).toBool();
}

/// What is hidden now comes back in the order it had: nothing has to be compared then. While rows are hidden, those keep the ranks of
/// before, and the others are left without until all are seen again or none of the hidden has one.
void FilterProxy::learnOrder()
{
    if (m_sortColumn < 0 || std::ranges::any_of(m_source, [](const Source &one) { return one.place < 0 && one.rank >= 0; }))
        return;
    int rank = 0;
    for (const int row : m_shown)
        of(row).rank = of(row).isLate ? -1 : rank++;
}

void FilterProxy::forgetOrder()
{
    for (Source &one : m_source)
        one.rank = -1;
}

// ---- the order ------------------------------------------------------------------------------------------------------

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

RowOrder FilterProxy::readOrder(int source) const
{
    const QModelIndex cell = sourceModel()->index(source, m_sortColumn);
    QVariant value = cell.data(SortRole);
    if (!value.isValid())
        value = cell.data(Qt::DisplayRole);
    RowOrder order;
    if (!isMissing(value)) {
        if (value.typeId() == QMetaType::QString) {
            order.kind = RowOrder::Kind::Text;
            order.text = value.toString();
        } else {
            order.kind = RowOrder::Kind::Number;
            if (value.typeId() != QMetaType::Double)
                order.whole = value.typeId() == QMetaType::QDateTime ? value.toDateTime().toMSecsSinceEpoch() : value.toLongLong();
            order.number = value.typeId() == QMetaType::Double ? value.toDouble() : static_cast<double>(order.whole);
        }
    }
    const QModelIndex first = cell.siblingAtColumn(0);
    order.rank = first.data(RankRole).toInt();
    order.name = first.data(Qt::DisplayRole).toString();
    order.key = cell.data(KeyRole).toString();
    order.section = of(source).section;
    order.head = of(source).isHead;
    return order;
}

const RowOrder &FilterProxy::orderOf(int source)
{
    std::unique_ptr<Cached> &cached = of(source).order;
    if (!cached)
        cached = std::make_unique<Cached>();
    if (cached->age != m_age) {
        cached->order = readOrder(source);
        cached->age = m_age;
    }
    return cached->order;
}

void FilterProxy::forgetOld()
{
    if (m_since.isValid() && !m_since.hasExpired(1000))
        return;
    ++m_age;
    m_since.start();
}

bool FilterProxy::before(int left, int right)
{
    if (m_sortColumn < 0)
        return left < right;
    if (of(left).rank >= 0 && of(right).rank >= 0)
        return of(left).rank < of(right).rank;
    const RowOrder &a = orderOf(left);
    const RowOrder &b = orderOf(right);
    const bool down = m_sortOrder == Qt::DescendingOrder;
    if (const int by = roughly(a, b, down); by != 0)
        return by < 0;
    if (a.kind == RowOrder::Kind::Text && a.text != b.text)
        return down ? naturalLess(b.text, a.text) : naturalLess(a.text, b.text);
    // Equal: worst first, then by name, whatever the direction of the sort column.
    if (a.rank != b.rank)
        return a.rank < b.rank;
    if (a.name != b.name)
        return naturalLess(a.name, b.name);
    return a.key < b.key;
}

void FilterProxy::sort(int column, Qt::SortOrder order)
{
    m_sortColumn = column;
    m_sortOrder = order;
    if (!sourceModel())
        return;
    ++m_age;
    forgetOrder();
    Rows next = m_shown;
    sortRows(next);
    if (next != m_shown)
        relayout(std::move(next));
}

void FilterProxy::setHeld(bool held)
{
    if (held == m_held)
        return;
    m_held = held;
    if (held)
        return;
    Rows late;
    for (int row = 0; row < totalRows(); ++row)
        if (std::exchange(of(row).isLate, false))
            late.push_back(row);
    if (late.empty())
        return;
    forgetOld();
    settle(late, true);
}

void FilterProxy::setSectioned(bool sectioned)
{
    if (std::exchange(m_sectioned, sectioned) == sectioned || !sourceModel())
        return;
    m_folded.clear();
    beginResetModel();
    rebuild(sourceModel()->rowCount());
    endResetModel();
}

bool FilterProxy::isHead(int row) const
{
    return m_sectioned && row >= 0 && row < rowCount() && of(m_shown[static_cast<size_t>(row)]).isHead;
}

bool FilterProxy::isFolded(int row) const
{
    return m_sectioned && row >= 0 && row < rowCount() && m_folded.contains(of(m_shown[static_cast<size_t>(row)]).section);
}

void FilterProxy::setFolded(int section, bool folded)
{
    if (m_folded.contains(section) == folded)
        return;
    if (folded)
        m_folded.insert(section);
    else
        m_folded.remove(section);
    // What the user unfolds comes where it belongs, though the pointer is over the rows.
    const bool held = std::exchange(m_held, false);
    refilter();
    m_held = held;
}

FilterProxy::Count FilterProxy::count() const
{
    if (!m_sectioned)
        return {rowCount(), totalRows()};
    Count count;
    for (int row = 0; row < totalRows(); ++row) {
        if (of(row).isHead)
            continue;
        ++count.total;
        // Only of what is folded it is not known.
        const bool passing = of(row).place >= 0 || (m_folded.contains(of(row).section) && passes(row));
        count.passing += passing ? 1 : 0;
    }
    return count;
}

// ---- rows -----------------------------------------------------------------------------------------------------------

/// Begins anew, with so many rows of the source.
void FilterProxy::rebuild(int total)
{
    m_shown.clear();
    m_source.clear();
    m_source.resize(static_cast<size_t>(total));
    for (int row = 0; row < total; ++row)
        learnSection(row);
    m_passing = QSet<int>();
    for (const int row : allRows())
        if (accepts(row))
            m_shown.push_back(row);
    m_passing.reset();
    sortRows(m_shown);
    number(0);
}

/// Names cost most to compare. They are where a number decides nothing, and there a server has mostly put them in order already.
void FilterProxy::sortRows(Rows &source)
{
    const auto exactly = [this](int a, int b) { return before(a, b); };
    if (m_sortColumn >= 0) {
        const bool down = m_sortOrder == Qt::DescendingOrder;
        const auto rough = [this, down](int a, int b) { return roughly(orderOf(a), orderOf(b), down) < 0; };
        const auto unranked = std::partition(source.begin(), source.end(), [this](int row) { return of(row).rank >= 0; });
        std::sort(source.begin(), unranked, exactly);
        std::stable_sort(unranked, source.end(), rough);
        for (auto from = unranked; from != source.end();) {
            const auto to = std::find_if(from, source.end(), [&](int row) { return rough(*from, row); });
            if (!std::is_sorted(from, to, exactly))
                std::sort(from, to, exactly);
            from = to;
        }
        std::inplace_merge(source.begin(), unranked, source.end(), exactly);
        return;
    }
    std::ranges::sort(source, exactly);
}

/// Writes down where the rows from `from` on are.
void FilterProxy::number(size_t from)
{
    for (size_t row = from; row < m_shown.size(); ++row)
        of(m_shown[row]).place = static_cast<int>(row);
}

FilterProxy::Rows FilterProxy::without(const Rows &shown) const
{
    Rows rest;
    rest.reserve(m_shown.size());
    auto next = shown.begin();
    for (size_t row = 0; row < m_shown.size(); ++row) {
        if (next != shown.end() && *next == static_cast<int>(row))
            ++next;
        else
            rest.push_back(m_shown[row]);
    }
    return rest;
}

/// Rows from `stay` on are about to leave: whoever remembers one of them forgets it with the rest of the layout, and need not
/// look where it was.
void FilterProxy::relayout(Rows next, size_t stay)
{
    emit layoutAboutToBeChanged({}, VerticalSortHint);
    const QModelIndexList from = persistentIndexList();
    Rows sources;
    for (const QModelIndex &index : from)
        sources.push_back(m_shown[static_cast<size_t>(index.row())]);
    m_shown = std::move(next);
    number(0);
    for (int &row : sources)
        row = static_cast<size_t>(of(row).place) < stay ? row : -1;
    moveIndexes(from, sources);
    emit layoutChanged({}, VerticalSortHint);
}

/// To where their source rows are now, of which -1 is gone.
void FilterProxy::moveIndexes(const QModelIndexList &from, const Rows &sources)
{
    QModelIndexList to;
    for (qsizetype i = 0; i < from.size(); ++i) {
        const int source = sources[static_cast<size_t>(i)];
        to.append(source < 0 ? QModelIndex() : index(of(source).place, from[i].column()));
    }
    changePersistentIndexList(from, to);
}

/// Rows leave.
void FilterProxy::take(const Rows &shown)
{
    const auto remove = [this](int first, int last) {
        beginRemoveRows({}, first, last);
        for (int row = first; row <= last; ++row)
            of(m_shown[static_cast<size_t>(row)]).place = -1;
        m_shown.erase(m_shown.begin() + first, m_shown.begin() + last + 1);
        number(static_cast<size_t>(first));
        m_isSettling = false;
        endRemoveRows();
    };
    if (rangesOf(shown) > maxRanges) {
        Rows next = without(shown);
        const auto stay = static_cast<int>(next.size());
        for (const int row : shown)
            next.push_back(m_shown[static_cast<size_t>(row)]);
        m_isSettling = true;
        relayout(std::move(next), static_cast<size_t>(stay));
        remove(stay, rowCount() - 1);
        return;
    }
    eachRangeBackwards(shown, remove);
}

/// Rows enter, each where it belongs; the last ones while held.
void FilterProxy::put(Rows source)
{
    if (source.empty())
        return;
    const auto insert = [this](size_t at, Rows::const_iterator first, Rows::const_iterator last) {
        beginInsertRows({}, static_cast<int>(at), static_cast<int>(at) + static_cast<int>(last - first) - 1);
        m_shown.insert(m_shown.begin() + static_cast<std::ptrdiff_t>(at), first, last);
        number(at);
        endInsertRows();
    };
    if (m_held) {
        for (const int row : source)
            of(row).isLate = true;
        insert(m_shown.size(), source.cbegin(), source.cend());
        return;
    }
    sortRows(source);
    std::vector<size_t> places;
    size_t ranges = 0;
    for (const int row : source) {
        const auto from = m_shown.begin() + static_cast<std::ptrdiff_t>(places.empty() ? 0 : places.back());
        const auto at = std::upper_bound(from, m_shown.end(), row, [this](int a, int b) { return before(a, b); });
        const auto place = static_cast<size_t>(at - m_shown.begin());
        ranges += places.empty() || place != places.back() ? 1U : 0U;
        places.push_back(place);
    }
    if (ranges <= maxRanges) {
        for (size_t end = source.size(); end > 0;) {
            size_t begin = end - 1;
            while (begin > 0 && places[begin - 1] == places[begin])
                --begin;
            insert(places[begin], source.cbegin() + static_cast<std::ptrdiff_t>(begin), source.cbegin() + static_cast<std::ptrdiff_t>(end));
            end = begin;
        }
        return;
    }
    Rows next;
    next.reserve(m_shown.size() + source.size());
    for (size_t i = 0, row = 0; i <= source.size(); ++i) {
        const size_t until = i < source.size() ? places[i] : m_shown.size();
        next.insert(next.end(), m_shown.begin() + static_cast<std::ptrdiff_t>(row), m_shown.begin() + static_cast<std::ptrdiff_t>(until));
        if (i < source.size())
            next.push_back(source[i]);
        row = until;
    }
    m_isSettling = true;
    insert(m_shown.size(), source.cbegin(), source.cend());
    m_isSettling = false;
    relayout(std::move(next));
}

/// These rows, all shown, may not be where they belong any more.
void FilterProxy::reorder(Rows source)
{
    const auto at = [this](size_t place) { return m_shown[place]; };
    const bool inOrder = std::ranges::all_of(source, [&](int row) {
        const auto place = static_cast<size_t>(of(row).place);
        return (place == 0 || !before(row, at(place - 1))) && (place + 1 == m_shown.size() || !before(at(place + 1), row));
    });
    if (inOrder)
        return;
    Rows places;
    for (const int row : source)
        places.push_back(of(row).place);
    std::ranges::sort(places);
    const Rows rest = without(places);
    sortRows(source);
    Rows next;
    next.reserve(m_shown.size());
    auto from = rest.begin();
    for (const int row : source) {
        const auto until = std::upper_bound(from, rest.end(), row, [this](int a, int b) { return before(a, b); });
        next.insert(next.end(), from, until);
        next.push_back(row);
        from = until;
    }
    next.insert(next.end(), from, rest.end());
    relayout(std::move(next));
}

/// Shows and hides; puts in order too what stays, where it may have `moved`.
void FilterProxy::settle(const Rows &source, bool moved)
{
    Rows leave, enter, stay;
    for (const int row : source) {
        const int place = of(row).place;
        if (const bool accepted = accepts(row); accepted != (place >= 0)) {
            if (accepted)
                enter.push_back(row);
            else
                leave.push_back(place);
        } else if (accepted && moved) {
            stay.push_back(row);
        }
    }
    std::ranges::sort(leave);
    take(leave);
    reorder(std::move(stay));
    put(std::move(enter));
}

} // namespace cairn::items
