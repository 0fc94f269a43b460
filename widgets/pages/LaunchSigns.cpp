// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/LaunchSigns.h"

#include "base/Text.h"
#include "pages/LaunchPage.h"

#include <algorithm>

namespace cairn::pages {

using kit::CheckItem;
using launch::Point;

namespace {

CheckItem::State signOf(Point::State state)
{
    switch (state) {
    case Point::State::Holds: return CheckItem::State::Ok;
    case Point::State::Look: return CheckItem::State::Warn;
    case Point::State::Fails: return CheckItem::State::Err;
    case Point::State::Unknown: break;
    }
    return CheckItem::State::Waiting;
}

} // namespace

QList<CheckItem> pointItems(QList<Point> points, PointRows rows)
{
    const auto rank = [](const Point &point) {
        return point.state == Point::State::Fails  ? 0
            : point.state == Point::State::Look    ? 1
            : point.state == Point::State::Unknown ? 2
                                                   : 3;
    };
    std::ranges::stable_sort(points, {}, rank);
    QList<CheckItem> items;
    for (const Point &point : std::as_const(points)) {
        const bool holds = point.state == Point::State::Holds;
        CheckItem item{point.id, signOf(point.state), text::safe(point.title), {}, {}, {}};
        item.detail = text::safe(holds || point.fix.isEmpty() ? point.text : point.text + u' ' + point.fix);
        if (holds && rows == PointRows::Short) {
            item.text = LaunchPage::tr("%1: %2", "what was checked, what was found").arg(item.text, item.detail);
            item.detail.clear();
        }
        if (point.state == Point::State::Unknown)
            item.aside = LaunchPage::tr("not known");
        items.append(item);
    }
    return items;
}

} // namespace cairn::pages
