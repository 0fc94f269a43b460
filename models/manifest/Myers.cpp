// SPDX-License-Identifier: GPL-3.0-or-later
#include "manifest/Myers.h"

#include <algorithm>
#include <limits>

namespace cairn::manifest::myers {
namespace {

constexpr int kMostExact = 1024;
constexpr int kFar = std::numeric_limits<int>::max();

class Differ
{
public:
    Differ(const std::vector<int> &a, const std::vector<int> &b)
        : m_a(a), m_b(b), m_zero(static_cast<int>(b.size()) + 1), m_forward(a.size() + b.size() + 3), m_backward(m_forward.size()),
          removed(a.size() + 1), added(b.size() + 1)
    {
        std::vector<Box> open{{0, static_cast<int>(a.size()), 0, static_cast<int>(b.size())}};
        while (!open.empty()) { // a stack of its own: halves of halves can be many
            Box box = open.back();
            open.pop_back();
            while (box.a < box.aEnd && box.b < box.bEnd && at(m_a, box.a) == at(m_b, box.b))
                ++box.a, ++box.b;
            while (box.a < box.aEnd && box.b < box.bEnd && at(m_a, box.aEnd - 1) == at(m_b, box.bEnd - 1))
                --box.aEnd, --box.bEnd;
            if (box.a == box.aEnd || box.b == box.bEnd) {
                std::fill(removed.begin() + box.a, removed.begin() + box.aEnd, true);
                std::fill(added.begin() + box.b, added.begin() + box.bEnd, true);
                continue;
            }
            const auto [x, y] = middle(box);
            open.push_back({box.a, x, box.b, y});
            open.push_back({x, box.aEnd, y, box.bEnd});
        }
    }

private:
    struct Box {
        int a, aEnd, b, bEnd;
    };
    const std::vector<int> &m_a;
    const std::vector<int> &m_b;
    int m_zero;
    std::vector<int> m_forward;  ///< by diagonal a - b: how far a path from the front reaches in a
    std::vector<int> m_backward; ///< the same from the back

    static int at(const std::vector<int> &v, int i) { return v[static_cast<size_t>(i)]; }
    size_t slot(int diagonal) const
    {
        const int index = diagonal + m_zero;
        return static_cast<size_t>(index);
    }
    int &forward(int diagonal) { return m_forward[slot(diagonal)]; }
    int &backward(int diagonal) { return m_backward[slot(diagonal)]; }

    /// A point that the shortest path through the box goes through.
    std::pair<int, int> middle(const Box &box)
    {
        const int lowest = box.a - box.bEnd;
        const int highest = box.aEnd - box.b;
        const int front = box.a - box.b;
        const int back = box.aEnd - box.bEnd;
        const bool odd = ((front - back) & 1) != 0;
        int fMin = front, fMax = front, bMin = back, bMax = back;
        forward(front) = box.a;
        backward(back) = box.aEnd;
        for (int cost = 1;; ++cost) {
            if (fMin > lowest)
                forward(--fMin - 1) = -1;
            else
                ++fMin;
            if (fMax < highest)
                forward(++fMax + 1) = -1;
            else
                --fMax;
            for (int d = fMax; d >= fMin; d -= 2) {
                int x = std::max(forward(d - 1) + 1, forward(d + 1));
                while (x < box.aEnd && x - d < box.bEnd && at(m_a, x) == at(m_b, x - d))
                    ++x;
                forward(d) = x;
                if (odd && bMin <= d && d <= bMax && backward(d) <= x)
                    return {x, x - d};
            }
            if (bMin > lowest)
                backward(--bMin - 1) = kFar;
            else
                ++bMin;
            if (bMax < highest)
                backward(++bMax + 1) = kFar;
            else
                --bMax;
            for (int d = bMax; d >= bMin; d -= 2) {
                int x = std::min(backward(d - 1), backward(d + 1) - 1);
                while (x > box.a && x - d > box.b && at(m_a, x - 1) == at(m_b, x - d - 1))
                    --x;
                backward(d) = x;
                if (!odd && fMin <= d && d <= fMax && x <= forward(d))
                    return {x, x - d};
            }
            if (cost >= kMostExact)
                return furthest(box, fMin, fMax, bMin, bMax);
        }
    }

    /// Where the better of the two searches has come to.
    std::pair<int, int> furthest(const Box &box, int fMin, int fMax, int bMin, int bMax)
    {
        std::pair<int, int> ahead{box.a, box.b};
        for (int d = fMax; d >= fMin; d -= 2) {
            const int x = std::min({forward(d), box.aEnd, box.bEnd + d});
            if (x + x - d > ahead.first + ahead.second)
                ahead = {x, x - d};
        }
        std::pair<int, int> behind{box.aEnd, box.bEnd};
        for (int d = bMax; d >= bMin; d -= 2) {
            const int x = std::max({backward(d), box.a, box.b + d});
            if (x + x - d < behind.first + behind.second)
                behind = {x, x - d};
        }
        const int fromFront = ahead.first + ahead.second - box.a - box.b;
        const int fromBack = box.aEnd + box.bEnd - behind.first - behind.second;
        return fromFront > fromBack ? ahead : behind;
    }

public:
    std::vector<bool> removed; ///< one more than there are items: the last is never set
    std::vector<bool> added;
};

/// Moves each run of changes as far back as equal items allow.
void slide(const std::vector<int> &items, std::vector<bool> &changed)
{
    for (size_t begin = 0; begin < items.size(); ++begin) {
        if (!changed[begin])
            continue;
        size_t end = begin;
        while (end < items.size() && changed[end])
            ++end;
        while (end < items.size() && items[begin] == items[end]) {
            changed[begin++] = false;
            changed[end] = true;
            while (end < items.size() && changed[end])
                ++end;
        }
        begin = end;
    }
}

/// Without what the other side does not have at all: it can match nothing, and is most of what differs in large texts.
std::vector<int> shared(const std::vector<int> &items, const std::vector<int> &sortedOther, std::vector<int> &where)
{
    std::vector<int> kept;
    for (size_t i = 0; i < items.size(); ++i) {
        if (std::ranges::binary_search(sortedOther, items[i])) {
            kept.push_back(items[i]);
            where.push_back(static_cast<int>(i));
        }
    }
    return kept;
}

std::vector<int> sorted(std::vector<int> items)
{
    std::ranges::sort(items);
    return items;
}

} // namespace

std::vector<std::pair<int, int>> matches(const std::vector<int> &a, const std::vector<int> &b)
{
    std::vector<int> whereA;
    std::vector<int> whereB;
    const std::vector<int> sharedA = shared(a, sorted(b), whereA);
    const std::vector<int> sharedB = shared(b, sorted(a), whereB);
    const Differ differ(sharedA, sharedB);
    std::vector<bool> removed(a.size() + 1, true);
    std::vector<bool> added(b.size() + 1, true);
    for (size_t i = 0; i < whereA.size(); ++i)
        removed[static_cast<size_t>(whereA[i])] = differ.removed[i];
    for (size_t i = 0; i < whereB.size(); ++i)
        added[static_cast<size_t>(whereB[i])] = differ.added[i];
    slide(a, removed);
    slide(b, added);
    std::vector<std::pair<int, int>> out;
    size_t j = 0;
    for (size_t i = 0; i < a.size(); ++i) {
        if (removed[i])
            continue;
        while (added[j])
            ++j;
        out.emplace_back(static_cast<int>(i), static_cast<int>(j++));
    }
    return out;
}

} // namespace cairn::manifest::myers
