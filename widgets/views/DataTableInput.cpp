// SPDX-License-Identifier: GPL-3.0-or-later
// Keys and the pointer of the table; what it shows is in DataTable.cpp, how in DataTablePaint.cpp.
#include "views/DataTable.h"

#include "kit/Theme.h"
#include "views/CellDelegate.h"

#include <QClipboard>
#include <QContextMenuEvent>
#include <QGuiApplication>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMenu>
#include <QScrollBar>
#include <QTimer>
#include <QToolTip>

namespace cairn::views {

using kit::scaled;

bool DataTable::extendByKey(const QKeyEvent *event)
{
    if (!m_checkable || event->modifiers() != Qt::ShiftModifier || !currentIndex().isValid())
        return false;
    switch (event->key()) {
    case Qt::Key_Up: extendTo(moveCursor(MoveUp, {})); return true;
    case Qt::Key_Down: extendTo(moveCursor(MoveDown, {})); return true;
    case Qt::Key_PageUp: extendTo(moveCursor(MovePageUp, {})); return true;
    case Qt::Key_PageDown: extendTo(moveCursor(MovePageDown, {})); return true;
    case Qt::Key_Home: extendTo(moveCursor(MoveHome, {})); return true;
    case Qt::Key_End: extendTo(moveCursor(MoveEnd, {})); return true;
    default: return false;
    }
}

/// On a head → and ← unfold and fold, Space and Enter do either; on a row ← goes to its head.
bool DataTable::foldByKey(const QKeyEvent *event)
{
    const QModelIndex current = currentIndex();
    if (!m_filter->isSectioned() || !current.isValid() || event->modifiers() & (Qt::ControlModifier | Qt::AltModifier | Qt::ShiftModifier))
        return false;
    const bool left = event->key() == Qt::Key_Left;
    if (!isHead(current)) {
        if (!left || horizontalScrollBar()->value() > 0)
            return false;
        int row = current.row();
        while (row > 0 && !m_filter->isHead(row))
            --row;
        setCurrentIndex(current.sibling(row, current.column()));
        return true;
    }
    switch (event->key()) {
    case Qt::Key_Left:
    case Qt::Key_Right: setFolded(current, left); return true;
    case Qt::Key_Space:
    case Qt::Key_Return:
    case Qt::Key_Enter: setFolded(current, !m_filter->isFolded(current.row())); return true;
    default: return false;
    }
}

void DataTable::copyRow() const
{
    QStringList cells;
    if (isHead(currentIndex())) {
        QGuiApplication::clipboard()->setText(currentIndex().siblingAtColumn(0).data(Qt::DisplayRole).toString());
        return;
    }
    for (const ColumnSpec &column : m_columns) {
        if (column.kind != CellKind::Action && !isColumnHidden(column.column))
            cells.append(currentIndex().siblingAtColumn(column.column).data(Qt::DisplayRole).toString());
    }
    QGuiApplication::clipboard()->setText(cells.join(u'\t'));
}

void DataTable::triggerAction(const QModelIndex &index)
{
    const auto action = index.data(items::ActionRole).value<items::ActionValue>();
    if (!action.text.isEmpty() && action.enabled && !m_stale)
        emit actionTriggered(index.data(items::KeyRole).toString(), action.id);
}

void DataTable::keyPressEvent(QKeyEvent *event)
{
    const QModelIndex current = currentIndex();
    const bool moves = event->key() == Qt::Key_Up || event->key() == Qt::Key_Down;
    if (moves && !current.isValid() && rowCount() > 0) {
        const int column = m_columns.isEmpty() ? 0 : m_columns.first().column;
        setCurrentIndex(m_filter->index(qBound(0, m_lastRow, rowCount() - 1), column));
        return;
    }
    if (extendByKey(event) || foldByKey(event))
        return;
    switch (event->key()) {
    case Qt::Key_Space:
        if (m_checkable && current.isValid())
            toggleChecked(current);
        return;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (!current.isValid())
            return;
        if (event->modifiers().testFlag(Qt::ControlModifier)) {
            // Of several buttons the last one, at the edge: it is the way on.
            const auto last = std::find_if(m_columns.crbegin(), m_columns.crend(), [](const ColumnSpec &column) { return column.kind == CellKind::Action; });
            if (last != m_columns.crend())
                triggerAction(current.siblingAtColumn(last->column));
            return;
        }
        emit opened(m_currentKey);
        return;
    case Qt::Key_Escape:
        if (!m_checked.isEmpty())
            clearChecked();
        else
            emit escaped();
        return;
    case Qt::Key_Left:
    case Qt::Key_Right:
        // There is nothing to fold; the arrows scroll sideways.
        horizontalScrollBar()->setValue(
            horizontalScrollBar()->value() + (event->key() == Qt::Key_Left ? -scaled(40) : scaled(40)));
        return;
    default: break;
    }
    if (event->matches(QKeySequence::SelectAll) && m_checkable) {
        toggleAll();
        return;
    }
    if (event->matches(QKeySequence::Copy)) {
        if (current.isValid())
            copyRow();
        return;
    }
    const QString text = event->text();
    const bool plain = !(event->modifiers() & (Qt::ControlModifier | Qt::AltModifier | Qt::MetaModifier));
    if (plain && text.size() == 1 && text[0].isPrint()) {
        emit keyTyped(text);
        return;
    }
    QTreeView::keyPressEvent(event);
}

void DataTable::keyboardSearch(const QString &)
{
    // Letters belong to the page's keys; the filter field does the searching.
}

QModelIndex DataTable::actionAt(const QPoint &pos) const
{
    const QModelIndex index = indexAt(pos);
    const ColumnSpec *column = spec(index.column());
    if (!column || column->kind != CellKind::Action)
        return {};
    return ActionDelegate::buttonRect(visualRect(index), index, cellPadding()).contains(pos) ? index : QModelIndex();
}

void DataTable::mousePressEvent(QMouseEvent *event)
{
    const QPoint pos = event->position().toPoint();
    const QModelIndex index = indexAt(pos);
    if (event->button() == Qt::LeftButton && index.isValid() && isHead(index)) {
        setCurrentIndex(index);
        setFolded(index, !m_filter->isFolded(index.row()));
        return;
    }
    if (event->button() == Qt::LeftButton && index.isValid()) {
        if (const QModelIndex action = actionAt(pos); action.isValid()) {
            m_pressedAction = action;
            setCurrentIndex(index);
            return;
        }
        if (m_checkable && pos.x() < columnViewportPosition(m_columns.first().column) + cellPadding() + scaled(15) + 8
            && index.column() == m_columns.first().column) {
            // The row that was checked last is where a range begins.
            setCurrentIndex(index);
            toggleChecked(index);
            return;
        }
        if (m_checkable && event->modifiers() == Qt::ShiftModifier) {
            extendTo(index);
            return;
        }
        if (m_checkable && event->modifiers() == Qt::ControlModifier) {
            setCurrentIndex(index);
            toggleChecked(index);
            return;
        }
    }
    QTreeView::mousePressEvent(event);
}

void DataTable::mouseReleaseEvent(QMouseEvent *event)
{
    const QModelIndex action = actionAt(event->position().toPoint());
    if (m_pressedAction.isValid() && action == m_pressedAction)
        triggerAction(action);
    m_pressedAction = QPersistentModelIndex();
    QTreeView::mouseReleaseEvent(event);
}

void DataTable::mouseMoveEvent(QMouseEvent *event)
{
    const QModelIndex index = indexAt(event->position().toPoint());
    if (m_hover != index) {
        m_hover = index;
        paintNow();
        viewport()->update();
    }
    holdRows();
    QTreeView::mouseMoveEvent(event);
}

void DataTable::mouseDoubleClickEvent(QMouseEvent *event)
{
    const QPoint pos = event->position().toPoint();
    if (actionAt(pos).isValid())
        return;
    const QModelIndex index = indexAt(pos);
    if (index.isValid() && event->button() == Qt::LeftButton && isHead(index))
        setFolded(index, !m_filter->isFolded(index.row())); // the second press of a double click
    else if (index.isValid() && event->button() == Qt::LeftButton)
        emit opened(index.data(items::KeyRole).toString());
}

void DataTable::contextMenuEvent(QContextMenuEvent *event)
{
    if (event->reason() == QContextMenuEvent::Mouse) {
        // A right press where Qt did not take it for a selection still names its row.
        const QModelIndex index = indexAt(event->pos());
        if (!index.isValid())
            return;
        if (index.row() != currentIndex().row())
            setCurrentIndex(index);
        emit menuRequested(event->globalPos());
    } else if (currentIndex().isValid()) {
        scrollTo(currentIndex());
        const QRect row = visualRect(currentIndex());
        emit menuRequested(viewport()->mapToGlobal(QPoint(cellPadding(), row.bottom())));
    }
}

void DataTable::enterEvent(QEnterEvent *event)
{
    holdRows();
    QTreeView::enterEvent(event);
}

void DataTable::leaveEvent(QEvent *event)
{
    m_hold->stop();
    m_filter->setHeld(false);
    m_hover = QPersistentModelIndex();
    viewport()->update();
    QTreeView::leaveEvent(event);
}

bool DataTable::viewportEvent(QEvent *event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto *help = static_cast<QHelpEvent *>(event);
        const QModelIndex index = indexAt(help->pos());
        QString text = index.data(Qt::ToolTipRole).toString();
        const ColumnSpec *column = spec(index.column());
        if (column && column->kind == CellKind::Action)
            text = index.data(items::ActionRole).value<items::ActionValue>().why;
        else if (column && text.isEmpty()
            && itemDelegateForColumn(index.column())->sizeHint({}, index).width() > columnWidth(index.column()))
            text = index.data(Qt::DisplayRole).toString();
        // Plain text: a name that looks like markup must not become any.
        if (text.isEmpty())
            QToolTip::hideText();
        else
            QToolTip::showText(
                help->globalPos(), text.toHtmlEscaped().replace(u'\n', QStringLiteral("<br>")), viewport());
        return true;
    }
    if (event->type() == QEvent::FocusIn || event->type() == QEvent::FocusOut)
        viewport()->update();
    return QTreeView::viewportEvent(event);
}

} // namespace cairn::views
