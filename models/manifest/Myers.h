// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <utility>
#include <vector>

/// The shortest difference of two sequences, by E. Myers, "An O(ND) difference algorithm and its variations" (1986), in
/// linear space. Private to manifest.
namespace cairn::manifest::myers {

/// Which items of `a` and `b` are equal (equal numbers) and stay, as pairs of indexes in order. Of equally short answers
/// the one whose changes come last. Where more than a thousand changes stand between two stretches that are sure, the
/// answer is still right, but may not be the shortest; so time grows with length × changes, and never beyond that.
std::vector<std::pair<int, int>> matches(const std::vector<int> &a, const std::vector<int> &b);

} // namespace cairn::manifest::myers
