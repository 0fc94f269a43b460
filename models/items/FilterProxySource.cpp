// SPDX-License-Identifier: GPL-3.0-or-later
// What the model of the rows tells; what becomes of it for views is in FilterProxy.cpp.
#include "items/FilterProxy.h"

#include "items/RowRanges.h"

#include <algorithm>
#include <utility>

namespace cairn::items {

void FilterProxy::sourceChanged(const QModelIndex &from, const QModelIndex &to)
{
    forgetOld();
    Rows changed;
    for (int row = from.row(); row <= to.row(); ++row) {
        learnSection(row);
        if (const auto &cached = of(row).order)
            cached->age = 0;
        changed.push_back(row);
    }
    if (m_held) {
        for (const int row : changed)
            of(row).isLate = true;
    } else {
        settle(changed, true);
    }
    Rows shown;
    for (const int row : changed)
        if (const int place = of(row).place; place >= 0)
            shown.push_back(place);
    std::ranges::sort(shown);
    if (rangesOf(shown) > maxRanges) {
        emit dataChanged(index(shown.front(), from.column()), index(shown.back(), to.column()));
        return;
    }
    eachRange(shown, [&](int first, int last) { emit dataChanged(index(first, from.column()), index(last, to.column())); });
}

void FilterProxy::sourceInserted(int first, int last)
{
    forgetOld();
    const auto at = static_cast<std::ptrdiff_t>(first);
    const auto count = static_cast<size_t>(last - first) + 1;
    if (first < totalRows())
        for (int &row : m_shown)
            row += row >= first ? last - first + 1 : 0;
    std::vector<Source> none(count);
    m_source.insert(m_source.begin() + at, std::make_move_iterator(none.begin()), std::make_move_iterator(none.end()));
    for (int row = first; row <= last; ++row)
        learnSection(row);
    Rows enter;
    for (int row = first; row <= last; ++row)
        if (accepts(row))
            enter.push_back(row);
    put(std::move(enter));
}

void FilterProxy::sourceAboutToRemove(int first, int last)
{
    Rows leave;
    for (int row = first; row <= last; ++row)
        if (const int place = of(row).place; place >= 0)
            leave.push_back(place);
    std::ranges::sort(leave);
    take(leave);
}

void FilterProxy::sourceRemoved(int first, int last)
{
    m_source.erase(m_source.begin() + first, m_source.begin() + last + 1);
    if (first < totalRows())
        for (int &row : m_shown)
            row -= row > last ? last - first + 1 : 0;
}

void FilterProxy::sourceAboutToLayout()
{
    emit layoutAboutToBeChanged({}, VerticalSortHint);
    m_kept.clear();
    m_kept.reserve(m_shown.size());
    for (const int row : m_shown)
        m_kept.emplace_back(sourceModel()->index(row, 0));
    m_from = persistentIndexList();
}

void FilterProxy::sourceLaidOut()
{
    const std::vector<QPersistentModelIndex> kept = std::exchange(m_kept, {});
    Rows next;
    for (const QPersistentModelIndex &row : kept)
        next.push_back(row.row());
    Rows sources; // of m_from
    for (const QModelIndex &old : std::as_const(m_from))
        sources.push_back(next[static_cast<size_t>(old.row())]);
    std::erase(next, -1); // a source that let go of a row without saying so
    m_shown = std::move(next);
    if (m_sortColumn < 0)
        sortRows(m_shown);
    // Which order belongs to which row now is not known; nor which hidden row is late.
    ++m_age;
    for (int row = 0; row < totalRows(); ++row) {
        learnSection(row);
        of(row).place = -1;
        of(row).isLate = of(row).isLate || m_held;
    }
    number(0);
    moveIndexes(m_from, sources);
    m_from.clear();
    emit layoutChanged({}, VerticalSortHint);
}

} // namespace cairn::items
