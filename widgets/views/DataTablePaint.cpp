// SPDX-License-Identifier: GPL-3.0-or-later
// How a DataTable measures its columns and paints its rows.
#include "kit/Paint.h"
#include "views/CellDelegate.h"
#include "views/DataTable.h"
#include "views/TableHeader.h"

#include <QPaintEvent>
#include <QPainter>

namespace cairn::views {

using kit::color;
using kit::scaled;
using kit::Token;
using kit::Type;

namespace {

constexpr int sampledRows = 64; // rows measured when columns are fitted: more than fit on a screen; all in one slot

/// Words elide; a number or a button that is cut off says something else.
bool canShrink(CellKind kind)
{
    return kind == CellKind::Text || kind == CellKind::Tag || kind == CellKind::Trust;
}

} // namespace

void DataTable::widenActions(const QModelIndex &from, const QModelIndex &to)
{
    // Buttons come and go with the current row; their column grows with the widest and never shrinks.
    if (m_fittedRows == 0)
        return;
    bool wider = false;
    for (qsizetype i = 0; i < m_columns.size(); ++i) {
        const int column = m_columns[i].column;
        if (m_columns[i].kind != CellKind::Action || column < from.column() || column > to.column())
            continue;
        for (int row = from.row(); row <= qMin(to.row(), from.row() + sampledRows); ++row) {
            const int width = qMin(scaled(m_columns[i].maxWidth),
                itemDelegateForColumn(column)->sizeHint({}, m_filter->index(row, column)).width());
            if (width > m_widths[i]) {
                m_widths[i] = width;
                wider = true;
            }
        }
    }
    if (wider)
        layoutColumns();
}

void DataTable::widenNumbers()
{
    // A number that grew since its column was fitted needs room before it is next painted; words may stay cut.
    if (m_fittedRows == 0 || m_widening)
        return;
    const QModelIndex top = indexAt(QPoint(0, 0));
    const int first = top.isValid() ? top.row() : 0;
    const int last = qMin(rowCount() - 1, first + viewport()->height() / rowHeight() + 1);
    for (qsizetype i = 0; i < m_columns.size(); ++i) {
        const ColumnSpec &column = m_columns[i];
        if (column.kind != CellKind::Number || isColumnHidden(column.column))
            continue;
        const QAbstractItemDelegate *delegate = itemDelegateForColumn(column.column);
        for (int row = first; row <= last; ++row) {
            const int width = m_filter->isHead(row) ? 0 : delegate->sizeHint({}, m_filter->index(row, column.column)).width();
            if (width > m_widths[i]) {
                m_widths[i] = width;
                m_widening = true;
            }
        }
    }
    if (!m_widening)
        return;
    QMetaObject::invokeMethod(
        this,
        [this] {
            m_widening = false;
            layoutColumns();
        },
        Qt::QueuedConnection);
}

void DataTable::fitColumns()
{
    const int rows = qMin(rowCount(), sampledRows);
    for (qsizetype i = 0; i < m_columns.size(); ++i) {
        const ColumnSpec &column = m_columns[i];
        int width = m_header->wantedWidth(column.column);
        const auto *delegate = qobject_cast<const CellDelegate *>(itemDelegateForColumn(column.column));
        for (int row = 0; delegate && row < rows; ++row)
            if (!m_filter->isHead(row))
                width = qMax(width, delegate->sizeHint({}, m_filter->index(row, column.column)).width());
        // Words are cut at the widest; a number that is cut says something else.
        // A section is never narrower than the header's least, or the sum would be beyond the view.
        const int least = qMax(scaled(column.minWidth), m_header->minimumSectionSize());
        m_widths[i] = qMax(least, column.kind == CellKind::Number ? width : qMin(width, scaled(column.maxWidth)));
    }
    m_fittedRows = rowCount();
    layoutColumns();
}

void DataTable::layoutColumns()
{
    if (m_layouting || m_columns.isEmpty() || !source())
        return;
    m_layouting = true;
    QList<int> widths = m_widths;
    int total = 0;
    int stretch = -1;
    int flexible = 0;
    for (int i = 0; i < static_cast<int>(m_columns.size()); ++i) {
        if (isColumnHidden(m_columns[i].column)) {
            widths[i] = 0;
            continue;
        }
        total += widths[i];
        if (m_columns[i].stretch)
            stretch = i;
        if (m_columns[i].kind != CellKind::Action)
            ++flexible;
    }
    int spare = viewport()->width() - total;
    if (spare > 0 && stretch >= 0) {
        widths[stretch] += spare;
    } else if (spare > 0) {
        // Without a column that stretches the room is shared out, so that the last column ends at the card's edge.
        for (int i = 0; i < static_cast<int>(m_columns.size()) && flexible > 0; ++i) {
            if (widths[i] == 0 || m_columns[i].kind == CellKind::Action)
                continue;
            const int share = spare / flexible;
            widths[i] += share;
            spare -= share;
            --flexible;
        }
    } else if (spare < 0) {
        // The column that stretches gives way first, then the other texts in proportion to what they have.
        if (stretch >= 0) {
            const int own = qMin(-spare, qMax(0, widths[stretch] - scaled(m_columns[stretch].minWidth)));
            widths[stretch] -= own;
            spare += own;
        }
        int slack = 0;
        for (int i = 0; i < static_cast<int>(m_columns.size()); ++i) {
            const bool gives = widths[i] > 0 && canShrink(m_columns[i].kind);
            slack += gives ? qMax(0, widths[i] - scaled(m_columns[i].minWidth)) : 0;
        }
        const int take = qMin(-spare, slack);
        int left = take;
        for (int i = static_cast<int>(m_columns.size()) - 1; i >= 0 && slack > 0; --i) {
            if (widths[i] == 0 || !canShrink(m_columns[i].kind))
                continue;
            const int own = qMax(0, widths[i] - scaled(m_columns[i].minWidth));
            const int share = qMin(left, static_cast<int>((qint64(take) * own + slack - 1) / slack));
            widths[i] -= share;
            left -= share;
        }
    }
    for (int i = 0; i < static_cast<int>(m_columns.size()); ++i) {
        if (widths[i] > 0)
            m_header->resizeSection(m_columns[i].column, widths[i]);
    }
    m_layouting = false;
}

void DataTable::drawRow(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const QRect rect(0, option.rect.y(), viewport()->width(), option.rect.height());
    const bool current = currentIndex().isValid() && currentIndex().row() == index.row();
    const bool marked = current || isChecked(index);
    const bool hover = m_hover.isValid() && m_hover.row() == index.row();
    painter->fillRect(rect, color(marked ? Token::Sel : hover ? Token::Bg : Token::Panel));
    if (index.row() + 1 < m_filter->rowCount())
        kit::paint::hairline(*painter, rect, Qt::BottomEdge, color(Token::Line));
    if (isHead(index)) {
        paintHead(*painter, rect, index);
        if (current && hasFocus()) {
            painter->setPen(QPen(color(Token::Accent), 2));
            painter->setBrush(Qt::NoBrush);
            painter->drawRect(rect.adjusted(1, 1, -1, -1));
        }
        return;
    }
    QStyleOptionViewItem cell = option;
    cell.state.setFlag(QStyle::State_Selected, marked);
    cell.state.setFlag(QStyle::State_MouseOver, hover);
    for (const ColumnSpec &column : m_columns) {
        if (isColumnHidden(column.column))
            continue;
        cell.rect = QRect(columnViewportPosition(column.column), rect.y(), columnWidth(column.column), rect.height());
        if (cell.rect.right() < 0 || cell.rect.left() > rect.right())
            continue;
        painter->save();
        painter->setClipRect(cell.rect);
        itemDelegateForColumn(column.column)->paint(painter, cell, index.siblingAtColumn(column.column));
        painter->restore();
    }
    if (m_checkable) {
        const QRect box(
            columnViewportPosition(m_columns.first().column) + cellPadding(), rect.y(), scaled(15), rect.height() - 1);
        kit::paint::checkBox(*painter, box, isChecked(index) ? Qt::Checked : Qt::Unchecked);
    }
    if (current && hasFocus()) {
        painter->setPen(QPen(color(Token::Accent), 2));
        painter->setBrush(Qt::NoBrush);
        painter->drawRect(rect.adjusted(1, 1, -1, -1));
    }
}

void DataTable::paintHead(QPainter &painter, const QRect &rect, const QModelIndex &index) const
{
    const QModelIndex head = index.siblingAtColumn(0);
    const bool current = currentIndex().isValid() && currentIndex().row() == index.row();
    painter.fillRect(rect.adjusted(0, 0, 0, -1), color(current ? Token::Sel : Token::Bg));
    kit::paint::hairline(painter, rect, Qt::BottomEdge, color(Token::Line));
    const int side = scaled(12);
    const QRect sign(cellPadding(), rect.center().y() - side / 2, side, side);
    kit::paint::glyph(painter, sign, m_filter->isFolded(index.row()) ? kit::paint::Glyph::Right : kit::paint::Glyph::Down, color(Token::Dim));
    const QFont strong = kit::typeFont(Type::MetaStrong);
    const QString title = head.data(Qt::DisplayRole).toString();
    QRect text(sign.right() + 8, rect.top(), 0, rect.height());
    text.setRight(rect.right() - cellPadding());
    kit::paint::text(painter, text, title, strong, color(m_stale ? Token::Dim : Token::Text));
    text.setLeft(text.left() + qRound(kit::paint::textWidth(title, strong)) + 10);
    if (text.width() > 0)
        kit::paint::text(painter, text, head.data(items::DetailRole).toString(), kit::typeFont(Type::Meta), color(Token::Dim));
}

void DataTable::paintSkeleton(QPainter &painter) const
{
    const int height = rowHeight();
    const int rows = qMax(2, qMin(6, viewport()->height() / height));
    for (int row = 0; row < rows; ++row) {
        const QRect rect(0, row * height, viewport()->width(), height);
        kit::paint::hairline(painter, rect, Qt::BottomEdge, color(Token::Line));
        for (int i = 0; i < static_cast<int>(m_columns.size()); ++i) {
            const ColumnSpec &column = m_columns[i];
            if (isColumnHidden(column.column) || column.kind == CellKind::Action)
                continue;
            const int inner = columnWidth(column.column) - 2 * cellPadding();
            const int width = qMin(inner, inner * (40 + ((row * 3 + i) * 29) % 45) / 100);
            const int left = columnViewportPosition(column.column) + cellPadding();
            const bool right = column.kind == CellKind::Number;
            kit::paint::box(painter,
                QRectF(right ? left + inner - width : left, rect.center().y() - scaled(9) / 2, width, scaled(9)), 4,
                color(Token::Line), Qt::transparent);
        }
    }
}

void DataTable::paintEvent(QPaintEvent *event)
{
    {
        QPainter painter(viewport());
        painter.fillRect(event->rect(), color(Token::Panel));
        if (rowCount() == 0) {
            if (m_skeleton)
                paintSkeleton(painter);
            else
                kit::paint::text(painter, viewport()->rect().adjusted(14, 14, -14, -14), m_placeholder,
                    kit::typeFont(Type::Body), color(Token::Dim), Qt::AlignHCenter | Qt::AlignTop);
        }
    }
    QTreeView::paintEvent(event);
    m_painted.start();
    widenNumbers();
}

} // namespace cairn::views
