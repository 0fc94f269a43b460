// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <vector>

/// Runs of rows that follow one another, of ascending rows without doubles: what a model tells its views of.
namespace cairn::items {

inline size_t rangesOf(const std::vector<int> &rows)
{
    size_t ranges = 0;
    for (size_t i = 0; i < rows.size(); ++i)
        ranges += i == 0 || rows[i] != rows[i - 1] + 1 ? 1U : 0U;
    return ranges;
}

/// `visit(first, last)` for each, the first one first.
template <class Visit>
void eachRange(const std::vector<int> &rows, Visit visit)
{
    for (size_t begin = 0; begin < rows.size();) {
        size_t end = begin + 1;
        while (end < rows.size() && rows[end] == rows[end - 1] + 1)
            ++end;
        visit(rows[begin], rows[end - 1]);
        begin = end;
    }
}

/// The last one first: rows that go then leave the numbers of those still to go as they are.
template <class Visit>
void eachRangeBackwards(const std::vector<int> &rows, Visit visit)
{
    for (size_t end = rows.size(); end > 0;) {
        size_t begin = end - 1;
        while (begin > 0 && rows[begin - 1] == rows[begin] - 1)
            --begin;
        visit(rows[begin], rows[end - 1]);
        end = begin;
    }
}

} // namespace cairn::items
