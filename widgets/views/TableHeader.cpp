// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/TableHeader.h"

#include "kit/Paint.h"
#include "views/DataTable.h"

#include <QMouseEvent>
#include <QStyleOptionHeader>

namespace cairn::views {

using kit::scaled;

TableHeader::TableHeader(DataTable *table)
    : QHeaderView(Qt::Horizontal, table)
    , m_table(table)
{
    setSectionsClickable(true);
    setHighlightSections(false);
    setStretchLastSection(false);
    setMinimumSectionSize(24);
    setFocusPolicy(Qt::NoFocus);
    setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
}

int TableHeader::wantedWidth(int column) const
{
    const ColumnSpec *spec = m_table->spec(column);
    if (spec && spec->kind == CellKind::Action)
        return 0;
    const QFontMetrics metrics(kit::typeFont(kit::Type::MetaMedium));
    const int text = metrics.horizontalAdvance(model()->headerData(column, Qt::Horizontal).toString());
    return text + 2 * m_table->cellPadding() + (isSortIndicatorShown() && sortIndicatorSection() == column ? 13 : 0)
        + m_table->leadOf(column);
}

void TableHeader::initStyleOptionForIndex(QStyleOptionHeader *option, int logicalIndex) const
{
    QHeaderView::initStyleOptionForIndex(option, logicalIndex);
    const ColumnSpec *spec = m_table->spec(logicalIndex);
    if (!spec)
        return;
    if (spec->kind == CellKind::Number)
        option->textAlignment = Qt::AlignRight | Qt::AlignVCenter;
    if (spec->kind == CellKind::Action)
        option->text.clear();
}

void TableHeader::paintSection(QPainter *painter, const QRect &rect, int logicalIndex) const
{
    const int lead = m_table->leadOf(logicalIndex);
    QStyleOptionHeader option;
    initStyleOption(&option);
    option.rect = rect;
    initStyleOptionForIndex(&option, logicalIndex);
    option.rect = rect;
    painter->save();
    style()->drawControl(QStyle::CE_HeaderSection, &option, painter, this);
    // The style keeps 10 px at both sides, a tight table has less.
    const int tight = 10 - m_table->cellPadding();
    option.rect = rect.adjusted(lead - tight, 0, tight, 0);
    style()->drawControl(QStyle::CE_HeaderLabel, &option, painter, this);
    if (lead > 0)
        kit::paint::checkBox(*painter,
            QRect(rect.x() + m_table->cellPadding(), rect.y(), scaled(15), rect.height() - 1), m_table->allChecked());
    painter->restore();
}

bool TableHeader::isOnCheck(const QPoint &pos) const
{
    const int logical = logicalIndexAt(pos);
    const int lead = logical >= 0 ? m_table->leadOf(logical) : 0;
    return lead > 0 && pos.x() < sectionViewportPosition(logical) + m_table->cellPadding() + lead;
}

void TableHeader::mousePressEvent(QMouseEvent *event)
{
    m_pressedCheck = event->button() == Qt::LeftButton && isOnCheck(event->position().toPoint());
    if (!m_pressedCheck)
        QHeaderView::mousePressEvent(event);
}

void TableHeader::mouseReleaseEvent(QMouseEvent *event)
{
    if (m_pressedCheck) {
        m_pressedCheck = false;
        if (isOnCheck(event->position().toPoint()))
            emit checkClicked();
        return;
    }
    QHeaderView::mouseReleaseEvent(event);
}

} // namespace cairn::views
