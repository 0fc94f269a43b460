// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/FlowLayout.h"

#include <QWidget>
#include <algorithm>

namespace cairn::pages {

FlowLayout::FlowLayout(int horizontal, int vertical, QWidget *parent)
    : QLayout(parent)
    , m_horizontal(horizontal)
    , m_vertical(vertical)
{
    setContentsMargins(0, 0, 0, 0);
}

FlowLayout::~FlowLayout()
{
    while (QLayoutItem *item = takeAt(0))
        delete item;
}

void FlowLayout::addItem(QLayoutItem *item)
{
    m_items.append(item);
}

QLayoutItem *FlowLayout::takeAt(int index)
{
    return index >= 0 && index < m_items.size() ? m_items.takeAt(index) : nullptr;
}

int FlowLayout::heightForWidth(int width) const
{
    return place(QRect(0, 0, width, 0), false);
}

QSize FlowLayout::minimumSize() const
{
    QSize size;
    for (const QLayoutItem *item : m_items)
        if (!item->isEmpty())
            size = size.expandedTo(item->minimumSize());
    return size;
}

QSize FlowLayout::sizeHint() const
{
    QSize size(0, 0); // QSize() is one less
    for (const QLayoutItem *item : m_items) {
        if (item->isEmpty())
            continue;
        const QSize hint = item->sizeHint();
        size.rwidth() += hint.width() + (size.width() > 0 ? m_horizontal : 0);
        size.setHeight(std::max(size.height(), hint.height()));
    }
    return size;
}

void FlowLayout::setGeometry(const QRect &rect)
{
    QLayout::setGeometry(rect);
    place(rect, true);
}

int FlowLayout::place(const QRect &rect, bool apply) const
{
    int y = rect.top();
    int bottom = y;
    for (qsizetype first = 0; first < m_items.size();) {
        // One line: as many items as fit, at least one, centred on the height of the tallest.
        int width = 0;
        int height = 0;
        qsizetype end = first;
        for (; end < m_items.size(); ++end) {
            const QLayoutItem *item = m_items[end];
            if (item->isEmpty())
                continue;
            const QSize hint = item->sizeHint();
            const int next = width + (width > 0 ? m_horizontal : 0) + hint.width();
            if (width > 0 && next > rect.width())
                break;
            width = next;
            height = std::max(height, hint.height());
        }
        int x = rect.left();
        for (qsizetype i = first; i < end; ++i) {
            QLayoutItem *item = m_items[i];
            if (item->isEmpty())
                continue;
            const QSize hint = item->sizeHint();
            const int itemWidth = std::min(hint.width(), rect.width());
            if (apply)
                item->setGeometry(QRect(x, y + (height - hint.height()) / 2, itemWidth, hint.height()));
            x += itemWidth + m_horizontal;
        }
        if (height > 0) {
            bottom = y + height;
            y = bottom + m_vertical;
        }
        first = end;
    }
    return bottom - rect.top();
}

} // namespace cairn::pages
