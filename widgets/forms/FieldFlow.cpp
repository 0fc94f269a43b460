// SPDX-License-Identifier: GPL-3.0-or-later
#include "forms/FieldFlow.h"

#include "kit/Theme.h"

#include <QWidget>

namespace cairn::forms {

namespace {

constexpr int lineGap = 6;

bool stretches(const QLayoutItem *item)
{
    // FieldRow says it: a field that could grow need not.
    return item->widget() && item->widget()->property("stretches").toBool();
}

} // namespace

FieldFlow::FieldFlow()
{
    setContentsMargins(0, 0, 0, 0);
    setSpacing(kit::space::row);
}

FieldFlow::~FieldFlow()
{
    qDeleteAll(m_items);
}

void FieldFlow::addItem(QLayoutItem *item)
{
    m_items.append(item);
}

int FieldFlow::count() const
{
    return static_cast<int>(m_items.size());
}

QLayoutItem *FieldFlow::itemAt(int index) const
{
    return m_items.value(index);
}

QLayoutItem *FieldFlow::takeAt(int index)
{
    return index >= 0 && index < m_items.size() ? m_items.takeAt(index) : nullptr;
}

int FieldFlow::arrange(const QRect &rect, bool place) const
{
    struct Placed {
        QLayoutItem *item;
        int width;
    };
    int y = rect.y();
    QList<Placed> line;
    int used = 0;
    const auto finish = [&] {
        int free = rect.width() - used;
        int height = 0;
        int stretching = 0;
        for (const Placed &placed : std::as_const(line))
            stretching += stretches(placed.item) ? 1 : 0;
        int x = rect.x();
        for (Placed &placed : line) {
            if (stretches(placed.item) && free > 0) {
                const int share = free / stretching--;
                placed.width += share;
                free -= share;
            }
            const int high = placed.item->hasHeightForWidth() ? placed.item->heightForWidth(placed.width) : placed.item->sizeHint().height();
            if (place)
                placed.item->setGeometry(QRect(x, y, placed.width, high));
            x += placed.width + spacing();
            height = qMax(height, high);
        }
        y += height;
        line.clear();
        used = 0;
    };
    for (QLayoutItem *item : m_items) {
        if (item->isEmpty())
            continue;
        const int wanted = stretches(item) ? qMax(item->minimumSize().width(), qMin(item->sizeHint().width(), kit::scaled(160))) : item->sizeHint().width();
        const int width = qMin(wanted, rect.width());
        if (!line.isEmpty() && used + spacing() + width > rect.width()) {
            finish();
            y += lineGap;
        }
        used += (line.isEmpty() ? 0 : spacing()) + width;
        line.append({item, width});
    }
    finish();
    return y - rect.y();
}

int FieldFlow::heightForWidth(int width) const
{
    return arrange(QRect(0, 0, width, 0), false);
}

void FieldFlow::setGeometry(const QRect &rect)
{
    QLayout::setGeometry(rect);
    arrange(rect, true);
}

QSize FieldFlow::sizeHint() const
{
    int width = 0;
    int height = 0;
    for (const QLayoutItem *item : m_items) {
        if (item->isEmpty())
            continue;
        width += item->sizeHint().width() + (width > 0 ? spacing() : 0);
        height = qMax(height, item->sizeHint().height());
    }
    return {width, height};
}

QSize FieldFlow::minimumSize() const
{
    int width = 0;
    for (const QLayoutItem *item : m_items)
        width = qMax(width, qMin(item->sizeHint().width(), qMax(item->minimumSize().width(), kit::scaled(96))));
    return {width, sizeHint().height()};
}

} // namespace cairn::forms
