// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QWidget>

namespace cairn::pages {

/// Tab goes through `stops` in this order. Rows made later are at the end of a window's chain until this puts them in
/// their place. nullptr entries are left out; all must be in one window.
inline void tabChain(const QList<QWidget *> &stops)
{
    QWidget *before = nullptr;
    for (QWidget *stop : stops) {
        if (!stop)
            continue;
        if (before)
            QWidget::setTabOrder(before, stop);
        before = stop;
    }
}

} // namespace cairn::pages
