// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "kit/Messages.h"
#include "launch/Review.h"

namespace cairn::pages {

/// Points as rows of a list: what fails first, then what to look at and what is not known; what holds last, in its own order.
/// Short: what holds takes one line.
enum class PointRows { Full, Short };
QList<kit::CheckItem> pointItems(QList<launch::Point> points, PointRows rows);

} // namespace cairn::pages
