// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/DataTable.h"

#include "kit/Announce.h"
#include "kit/Inputs.h"
#include "kit/Paint.h"
#include "views/CellDelegate.h"
#include "views/TableHeader.h"

#include <QMenu>
#include <QTimer>
#include <algorithm>
#include <utility>

namespace cairn::views {

using kit::scaled;
using kit::Type;

namespace {

CellDelegate *makeDelegate(CellKind kind, QObject *parent)
{
    switch (kind) {
    case CellKind::Text: return new TwoLineDelegate(parent);
    case CellKind::Number: return new NumberDelegate(parent);
    case CellKind::Tag: return new TagDelegate(parent);
    case CellKind::Trust: return new TrustDelegate(parent);
    case CellKind::Progress: return new ProgressDelegate(parent);
    case CellKind::Replicas: return new ReplicasDelegate(parent);
    case CellKind::Action: break;
    }
    return new ActionDelegate(parent);
}

} // namespace

DataTable::DataTable(const QString &name, QWidget *parent)
    : QTreeView(parent)
    , m_filter(new items::FilterProxy(this))
    , m_repaint(new QTimer(this))
    , m_hold(new QTimer(this))
    , m_header(new TableHeader(this))
{
    setAccessibleName(name);
    setProperty("focusRing", false); // the current row is framed instead
    setHeader(m_header);
    // setHeader turns it off because Qt's own sorting is off.
    m_header->setSectionsClickable(true);
    setFrameShape(QFrame::NoFrame);
    setRootIsDecorated(false);
    setItemsExpandable(false);
    setUniformRowHeights(true);
    setAllColumnsShowFocus(true);
    setSelectionBehavior(SelectRows);
    setSelectionMode(SingleSelection);
    setEditTriggers(NoEditTriggers);
    setVerticalScrollMode(ScrollPerPixel);
    setHorizontalScrollMode(ScrollPerPixel);
    setMouseTracking(true);
    setTabKeyNavigation(false);
    setExpandsOnDoubleClick(false);
    setTextElideMode(Qt::ElideMiddle);
    QTreeView::setModel(m_filter);

    connect(m_header, &QHeaderView::sectionClicked, this, [this](int column) {
        const ColumnSpec *clicked = spec(column);
        if (!clicked || !clicked->sortable || clicked->kind == CellKind::Action)
            return;
        if (m_filter->sortColumn() == column)
            sortBy(column, m_filter->sortOrder() == Qt::AscendingOrder ? Qt::DescendingOrder : Qt::AscendingOrder);
        else
            sortBy(column);
    });
    connect(m_header, &QHeaderView::sectionResized, this, [this](int column, int, int size) {
        if (m_layouting)
            return;
        for (qsizetype i = 0; i < m_columns.size(); ++i) {
            if (m_columns[i].column == column)
                m_widths[i] = size;
        }
    });
    connect(m_header, &TableHeader::checkClicked, this, &DataTable::toggleAll);
    m_repaint->setSingleShot(true);
    connect(m_repaint, &QTimer::timeout, this, &DataTable::paintNow);
    m_hold->setSingleShot(true);
    m_hold->setInterval(3000);
    connect(m_hold, &QTimer::timeout, this, [this] { m_filter->setHeld(false); });
    connect(m_filter, &QAbstractItemModel::rowsAboutToBeRemoved, this,
        [this](const QModelIndex &, int first, int last) { forgetRemoved(first, last); });
    connect(m_filter, &QAbstractItemModel::rowsInserted, this, &DataTable::onRowsChanged);
    connect(m_filter, &QAbstractItemModel::rowsRemoved, this, &DataTable::onRowsChanged);
    connect(m_filter, &QAbstractItemModel::modelReset, this, &DataTable::onRowsChanged);
    connect(m_filter, &QAbstractItemModel::layoutChanged, this, &DataTable::onRowsChanged);
    connect(m_filter, &QAbstractItemModel::dataChanged, this, &DataTable::widenActions);
    for (const auto &signal : {&QAbstractItemModel::rowsInserted, &QAbstractItemModel::rowsRemoved})
        connect(m_filter, signal, this, &DataTable::paintLater);
    connect(m_filter, &QAbstractItemModel::layoutChanged, this, &DataTable::paintLater);
    connect(m_filter, &QAbstractItemModel::dataChanged, this, &DataTable::paintLater);
    kit::bindTheme(this, [this] { applyTheme(); });
}

void DataTable::applyTheme()
{
    setFont(kit::typeFont(Type::Body));
    m_header->setFixedHeight(scaled(32));
    // Uniform row heights are cached by the view until its items are laid out anew.
    scheduleDelayedItemsLayout();
    if (m_fittedRows > 0)
        fitColumns();
}

void DataTable::setColumns(const QList<ColumnSpec> &columns)
{
    m_columns = columns;
    m_arranged = -1;
    m_widths.clear();
    for (const ColumnSpec &column : columns)
        m_widths.append(scaled(column.minWidth));
}

void DataTable::setSource(QAbstractItemModel *model)
{
    if (QAbstractItemModel *old = m_filter->sourceModel())
        disconnect(old, nullptr, this, nullptr);
    m_filter->setSourceModel(model);
    // Another model of the same shape keeps the columns the user has chosen.
    if (m_filter->columnCount() != std::exchange(m_arranged, m_filter->columnCount()))
        arrangeColumns();
    if (model) {
        connect(model, &QAbstractItemModel::rowsInserted, this, &DataTable::onRowsChanged);
        connect(model, &QAbstractItemModel::rowsRemoved, this, &DataTable::onRowsChanged);
    }
    m_fittedRows = 0;
    onRowsChanged();
    layoutColumns();
}

void DataTable::arrangeColumns()
{
    // What the header makes of it is nobody's wish.
    m_layouting = true;
    for (int column = 0; column < m_filter->columnCount(); ++column)
        setColumnHidden(column, true);
    int visual = 0;
    for (const ColumnSpec &column : std::as_const(m_columns)) {
        m_header->moveSection(m_header->visualIndex(column.column), visual++);
        setColumnHidden(column.column, column.hidden);
        delete itemDelegateForColumn(column.column);
        setItemDelegateForColumn(column.column, makeDelegate(column.kind, this));
        if (column.kind == CellKind::Action)
            m_header->setSectionResizeMode(column.column, QHeaderView::Fixed);
    }
    m_layouting = false;
    // Without rows the heads are all there is to read.
    for (qsizetype i = 0; i < m_columns.size(); ++i)
        m_widths[i] = qMax(m_widths[i], qMin(m_header->wantedWidth(m_columns[i].column), scaled(m_columns[i].maxWidth)));
}

QAbstractItemModel *DataTable::source() const
{
    return m_filter->sourceModel();
}

void DataTable::setSectioned(bool sectioned)
{
    m_filter->setSectioned(sectioned);
}

void DataTable::setFolded(const QModelIndex &head, bool folded)
{
    paintNow();
    const QModelIndex name = head.siblingAtColumn(0);
    const QString title = name.data(Qt::DisplayRole).toString();
    m_filter->setFolded(name.data(items::SectionRole).toInt(), folded);
    viewport()->update();
    kit::announce(this, folded ? tr("%1, folded", "section").arg(title) : tr("%1, unfolded", "section").arg(title));
}

void DataTable::setTwoLine(bool twoLine)
{
    m_twoLine = twoLine;
    scheduleDelayedItemsLayout();
}

int DataTable::rowHeight() const
{
    return scaled(m_twoLine ? 44 : 32) + (m_twoLine ? 4 : 0);
}

int DataTable::cellPadding() const
{
    return m_columns.size() > 7 ? 8 : 10;
}

int DataTable::leadOf(int modelColumn) const
{
    if (!m_checkable || m_columns.isEmpty() || m_columns.first().column != modelColumn)
        return 0;
    return scaled(15) + 8;
}

void DataTable::setCheckable(bool checkable)
{
    if (std::exchange(m_checkable, checkable) == checkable)
        return;
    if (m_fittedRows > 0)
        fitColumns();
    viewport()->update();
    m_header->viewport()->update();
}

QStringList DataTable::checkedKeys() const
{
    if (m_checked.isEmpty())
        return {};
    // In the order shown, so that lists made from it read like the table.
    QStringList keys;
    for (int row = 0; row < m_filter->rowCount(); ++row) {
        const QString key = m_filter->index(row, 0).data(items::KeyRole).toString();
        if (m_checked.contains(key))
            keys.append(key);
    }
    return keys;
}

void DataTable::setCheckedKeys(const QStringList &keys)
{
    const QSet<QString> wanted(keys.begin(), keys.end());
    if (wanted == m_checked)
        return;
    paintNow();
    m_checked = wanted;
    viewport()->update();
    m_header->viewport()->update();
    emit checkedChanged(checkedKeys());
}

void DataTable::clearChecked()
{
    m_anchor.clear();
    setCheckedKeys({});
}

QString DataTable::currentKey() const
{
    return m_currentKey;
}

void DataTable::setCurrentKey(const QString &key)
{
    m_wantedKey = key;
    if (key == m_currentKey)
        return;
    const QModelIndex index = indexOfKey(key);
    if (index.isValid()) {
        setCurrentIndex(index);
        scrollTo(index);
    } else if (key.isEmpty()) {
        setCurrentIndex({});
    }
}

void DataTable::followSearch(kit::SearchField *field)
{
    connect(field, &kit::SearchField::left, this, [this] { setFocus(Qt::OtherFocusReason); });
    connect(field, &kit::SearchField::moveDown, this, &DataTable::focusRow);
    connect(field, &kit::SearchField::entered, this, &DataTable::openFound);
}

QString DataTable::firstKey() const
{
    int row = 0;
    while (m_filter->isHead(row))
        ++row;
    return m_filter->index(row, 0).data(items::KeyRole).toString();
}

void DataTable::focusRow()
{
    setFocus(Qt::OtherFocusReason);
    if (currentIndex().isValid() || rowCount() == 0)
        return;
    QModelIndex first = indexOfKey(firstKey());
    if (!first.isValid())
        first = m_filter->index(0, m_columns.isEmpty() ? 0 : m_columns.first().column); // all is folded
    setCurrentIndex(first);
    scrollTo(first);
}

void DataTable::openFound()
{
    focusRow();
    if (m_filter->count().passing == 1 && !m_currentKey.isEmpty() && !isHead(currentIndex()))
        emit opened(m_currentKey);
}

QModelIndex DataTable::indexOfKey(const QString &key) const
{
    if (key.isEmpty() || totalCount() == 0)
        return {};
    // A model of rows with an identity finds it without a look at all of them.
    const QModelIndexList found = source()->match(source()->index(0, 0), items::KeyRole, key, 1, Qt::MatchExactly);
    const int column = m_columns.isEmpty() ? 0 : m_columns.first().column;
    return found.isEmpty() ? QModelIndex() : m_filter->mapFromSource(found.first()).siblingAtColumn(column);
}

void DataTable::currentChanged(const QModelIndex &current, const QModelIndex &previous)
{
    QTreeView::currentChanged(current, previous);
    paintNow();
    viewport()->update();
    const QString key = current.data(items::KeyRole).toString();
    if (current.isValid())
        m_lastRow = current.row();
    m_anchor.clear();
    if (!m_restoring)
        m_wantedKey = key;
    if (key == m_currentKey)
        return;
    m_currentKey = key;
    emit currentKeyChanged(key);
}

void DataTable::rowsAboutToBeRemoved(const QModelIndex &parent, int start, int end)
{
    const QModelIndex current = currentIndex();
    if (current.isValid() && current.row() >= start && current.row() <= end) {
        // Qt would move on to a neighbour: the page would then show, and act on, another object than the user chose.
        m_restoring = true;
        m_lastRow = current.row();
        setCurrentIndex({});
        m_restoring = false;
    }
    QTreeView::rowsAboutToBeRemoved(parent, start, end);
}

void DataTable::forgetRemoved(int first, int last)
{
    const qsizetype before = m_checked.size();
    m_anchor.clear();
    for (int row = first; row <= last && !m_checked.isEmpty(); ++row)
        m_checked.remove(m_filter->index(row, 0).data(items::KeyRole).toString());
    if (m_checked.size() != before)
        emit checkedChanged(checkedKeys());
}

void DataTable::restoreCurrent()
{
    if (m_wantedKey.isEmpty() || m_wantedKey == m_currentKey)
        return;
    const QModelIndex index = indexOfKey(m_wantedKey);
    if (!index.isValid())
        return;
    m_restoring = true;
    setCurrentIndex(index);
    m_restoring = false;
}

void DataTable::onRowsChanged()
{
    // Each look at all rows costs, and would find some that are about to leave.
    if (m_filter->isSettling())
        return;
    // A reset clears the current index without asking.
    if (!currentIndex().isValid() && !m_currentKey.isEmpty()) {
        m_currentKey.clear();
        restoreCurrent();
        if (m_currentKey.isEmpty())
            emit currentKeyChanged(QString());
    } else {
        restoreCurrent();
    }
    const int shown = rowCount();
    const int total = totalCount();
    // Widths settle with the first rows and again each time the table has grown tenfold; in between nothing jumps.
    if (shown > 0 && (m_fittedRows == 0 || shown >= m_fittedRows * 10))
        fitColumns();
    if (shown != m_shown || total != m_total) {
        m_shown = shown;
        m_total = total;
        emit countsChanged(shown, total);
    }
    m_header->viewport()->update();
    viewport()->update();
}

bool DataTable::isChecked(const QModelIndex &index) const
{
    return m_checkable && m_checked.contains(index.data(items::KeyRole).toString());
}

void DataTable::toggleChecked(const QModelIndex &index)
{
    const QString key = index.data(items::KeyRole).toString();
    if (!m_checkable || key.isEmpty())
        return;
    paintNow();
    if (!m_checked.remove(key))
        m_checked.insert(key);
    m_anchor.clear();
    viewport()->update();
    m_header->viewport()->update();
    emit checkedChanged(checkedKeys());
}

/// Checks all rows from the current one to `index` and goes there; a range that shrinks again gives back its rows.
void DataTable::extendTo(const QModelIndex &index)
{
    if (!index.isValid())
        return;
    if (m_anchor.isEmpty()) {
        m_anchor = m_currentKey.isEmpty() ? index.data(items::KeyRole).toString() : m_currentKey;
        m_unranged = m_checked;
    }
    const QString anchor = m_anchor;
    const QModelIndex begin = indexOfKey(anchor);
    const int from = begin.isValid() ? begin.row() : index.row();
    QSet<QString> keys = m_unranged;
    for (int row = qMin(from, index.row()); row <= qMax(from, index.row()); ++row)
        keys.insert(m_filter->index(row, 0).data(items::KeyRole).toString());
    setCurrentIndex(index);
    m_anchor = anchor; // moving on by itself ends a range
    setCheckedKeys(QStringList(keys.begin(), keys.end()));
}

Qt::CheckState DataTable::allChecked() const
{
    if (m_checked.isEmpty())
        return Qt::Unchecked;
    int checked = 0;
    for (int row = 0; row < m_filter->rowCount(); ++row)
        checked += isChecked(m_filter->index(row, 0)) ? 1 : 0;
    return checked > 0 && checked == m_filter->rowCount() ? Qt::Checked : Qt::PartiallyChecked;
}

void DataTable::toggleAll()
{
    m_anchor.clear();
    // Only rows in view are taken: what a filter hides must not be acted on unseen.
    QStringList keys;
    if (allChecked() != Qt::Checked) {
        for (int row = 0; row < m_filter->rowCount(); ++row)
            keys.append(m_filter->index(row, 0).data(items::KeyRole).toString());
    }
    setCheckedKeys(keys);
}

const ColumnSpec *DataTable::spec(int modelColumn) const
{
    for (const ColumnSpec &column : m_columns) {
        if (column.column == modelColumn)
            return &column;
    }
    return nullptr;
}

Qt::SortOrder DataTable::defaultOrder(int modelColumn) const
{
    const ColumnSpec *column = spec(modelColumn);
    const bool numeric = column && (column->kind == CellKind::Number || column->kind == CellKind::Progress);
    return numeric ? Qt::DescendingOrder : Qt::AscendingOrder;
}

void DataTable::sortBy(int modelColumn)
{
    sortBy(modelColumn, defaultOrder(modelColumn));
}

void DataTable::sortBy(int modelColumn, Qt::SortOrder order)
{
    m_header->setSortIndicatorShown(true);
    m_header->setSortIndicator(modelColumn, order);
    m_filter->sort(modelColumn, order);
    paintNow();
    // The sorted head needs room for its arrow.
    for (qsizetype i = 0; i < m_columns.size(); ++i) {
        if (m_columns[i].column == modelColumn)
            m_widths[i] = qMax(m_widths[i], m_header->wantedWidth(modelColumn));
    }
    layoutColumns();
    if (const QModelIndex current = currentIndex(); current.isValid())
        scrollTo(current);
}

int DataTable::rowCount() const
{
    return m_filter->rowCount();
}

int DataTable::totalCount() const
{
    return source() ? source()->rowCount() : 0;
}

QString DataTable::countText() const
{
    const auto [passing, total] = m_filter->count();
    const int hidden = total - passing;
    if (hidden <= 0)
        return tr("%n row(s)", nullptr, total);
    return tr("%1 of %2 in view, %n hidden by the filter", nullptr, hidden).arg(passing).arg(total);
}

bool DataTable::isColumnShown(int modelColumn) const
{
    return !isColumnHidden(modelColumn);
}

void DataTable::setColumnShown(int modelColumn, bool shown)
{
    setColumnHidden(modelColumn, !shown);
    layoutColumns();
}

void DataTable::keepWhole(int modelColumn, int minWidth)
{
    const auto spec = std::ranges::find(m_columns, modelColumn, &ColumnSpec::column);
    if (spec == m_columns.end() || !model())
        return;
    constexpr int asked = 2000;
    int wide = 0;
    for (int row = 0; row < std::min(asked, m_filter->rowCount()); ++row) {
        const QModelIndex cell = m_filter->index(row, modelColumn);
        wide = std::max(wide, itemDelegateForColumn(modelColumn)->sizeHint({}, cell).width());
    }
    // In logical pixels, rounded up, so that another text size keeps it whole too.
    spec->minWidth = std::clamp((wide * 100 + scaled(100) - 1) / scaled(100), minWidth, spec->maxWidth);
    int &width = m_widths[std::distance(m_columns.begin(), spec)];
    width = std::max(width, scaled(spec->minWidth));
    layoutColumns();
}

QMenu *DataTable::columnMenu(QWidget *parent)
{
    auto *menu = new QMenu(parent);
    for (const ColumnSpec &column : std::as_const(m_columns)) {
        if (!column.optional && !column.hidden)
            continue;
        QAction *action = menu->addAction(m_filter->headerData(column.column, Qt::Horizontal).toString());
        action->setCheckable(true);
        action->setChecked(isColumnShown(column.column));
        connect(action, &QAction::toggled, this,
            [this, index = column.column](bool shown) { setColumnShown(index, shown); });
    }
    return menu;
}

void DataTable::setStale(bool stale)
{
    m_stale = stale;
    viewport()->update();
}

void DataTable::setSkeleton(bool on)
{
    m_skeleton = on;
    viewport()->update();
}

void DataTable::setPlaceholder(const QString &text)
{
    m_placeholder = text;
    viewport()->update();
}

void DataTable::resizeEvent(QResizeEvent *event)
{
    QTreeView::resizeEvent(event);
    paintNow();
    layoutColumns();
}

QSize DataTable::sizeHint() const
{
    return {scaled(640), scaled(32) + rowHeight() * qBound(3, rowCount(), 10)};
}

void DataTable::paintLater()
{
    constexpr int pause = 100;
    if (m_repaint->isActive() || !m_painted.isValid() || m_painted.hasExpired(pause))
        return;
    m_repaint->start(pause - static_cast<int>(m_painted.elapsed()));
    viewport()->setUpdatesEnabled(false);
}

void DataTable::paintNow()
{
    m_repaint->stop();
    viewport()->setUpdatesEnabled(true);
}

void DataTable::scrollContentsBy(int dx, int dy)
{
    // What is scrolled into view while nothing is painted would stay blank.
    paintNow();
    QTreeView::scrollContentsBy(dx, dy);
}

void DataTable::holdRows()
{
    // Rows must not move away under a pointer that aims; one that only rests there must not freeze the order. The
    // first rows have no order yet.
    if (rowCount() == 0)
        return;
    m_filter->setHeld(true);
    m_hold->start();
}

} // namespace cairn::views
