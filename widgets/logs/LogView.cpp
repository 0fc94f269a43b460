// SPDX-License-Identifier: GPL-3.0-or-later
#include "logs/LogView.h"

#include "kit/Paint.h"

#include <QClipboard>
#include <QElapsedTimer>
#include <QGuiApplication>
#include <QKeyEvent>
#include <QMenu>
#include <QPainter>
#include <QScrollBar>
#include <QTextLayout>
#include <QTimer>
#include <algorithm>

namespace cairn::logs {

using namespace Qt::StringLiterals;
using kit::color;
using kit::scaled;
using kit::Token;
using kit::Type;
using kit::typeFont;

namespace {

constexpr int scanBudgetMs = 4; // search work in one turn of the event loop
} // namespace

LogView::LogView(QWidget *parent)
    : QAbstractScrollArea(parent)
    , m_refresh(new QTimer(this))
    , m_scan(new QTimer(this))
{
    setAccessibleName(tr("Log"));
    setProperty("focusRing", false); // the current line is framed
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    viewport()->setCursor(Qt::IBeamCursor);
    setViewportMargins(0, 4, 0, 4);
    m_refresh->setSingleShot(true);
    m_refresh->setInterval(0);
    connect(m_refresh, &QTimer::timeout, this, &LogView::rebuildRows);
    m_scan->setSingleShot(true);
    m_scan->setInterval(0);
    connect(m_scan, &QTimer::timeout, this, &LogView::scan);
    kit::bindTheme(this, [this] { updateScrollBars(); });
}

void LogView::setBuffer(LogBuffer *buffer)
{
    m_buffer = buffer;
    m_current = 0;
    m_anchor = 0;
    m_measured = 0;
    m_widest = 0;
    m_seenDropped = buffer ? buffer->dropped() : 0;
    m_seenReordered = buffer ? buffer->reordered() : 0;
    restartScan();
    rebuildRows();
}

void LogView::refresh()
{
    if (!m_refresh->isActive())
        m_refresh->start();
}

qsizetype LogView::rowCount() const
{
    if (!m_buffer)
        return 0;
    return m_filtered ? static_cast<qsizetype>(m_rows.size()) : m_buffer->size();
}

const Line &LogView::lineOfRow(qsizetype row) const
{
    return m_buffer->at(m_filtered ? m_rows[static_cast<size_t>(row)] : row);
}

bool LogView::isShown(const Line &line) const
{
    if (m_hidden.contains(line.source))
        return false;
    if (m_minimum <= Level::Info && line.level == Level::None)
        return true;
    return line.level >= m_minimum || (line.continued && m_minimum <= Level::Error);
}

void LogView::rebuildRows()
{
    m_refresh->stop();
    const qint64 top = rowCount() > 0 && !m_follow && m_seenDropped == (m_buffer ? m_buffer->dropped() : 0)
        ? verticalScrollBar()->value()
        : -1;
    qint64 dropped = 0;
    if (m_buffer) {
        dropped = m_buffer->dropped() - m_seenDropped;
        m_seenDropped = m_buffer->dropped();
        const bool shuffled = m_buffer->reordered() != m_seenReordered;
        m_seenReordered = m_buffer->reordered();
        if (dropped > 0)
            m_measured = qMax<qsizetype>(0, m_measured - dropped);
        for (; m_measured < m_buffer->size(); ++m_measured)
            m_widest = qMax(m_widest, m_buffer->at(m_measured).text.size());
        if (shuffled || (dropped > 0 && m_filtered)) {
            restartScan();
        } else if (dropped > 0 && m_searching) {
            // Rows moved up by as many as were dropped; hits among the dropped ones are gone.
            const qint64 oldest = m_buffer->size() > 0 ? m_buffer->at(0).id : m_seenDropped + 1;
            std::erase_if(m_hits, [oldest](qint64 id) { return id < oldest; });
            m_scanned = qMax<qsizetype>(0, m_scanned - dropped);
        }
    }
    m_filtered = m_buffer && (!m_hidden.isEmpty() || m_minimum != Level::None);
    m_rows.clear();
    if (m_filtered) {
        for (qsizetype i = 0; i < m_buffer->size(); ++i) {
            if (isShown(m_buffer->at(i)))
                m_rows.push_back(i);
        }
    }
    updateScrollBars();
    m_ownScroll = true;
    if (m_follow)
        verticalScrollBar()->setValue(verticalScrollBar()->maximum());
    else if (top < 0 && dropped > 0 && !m_filtered)
        verticalScrollBar()->setValue(qMax(0, verticalScrollBar()->value() - static_cast<int>(dropped)));
    m_ownScroll = false;
    if (m_searching)
        m_scan->start();
    viewport()->update();
}

int LogView::rowHeight() const
{
    return scaled(18);
}

void LogView::updateScrollBars()
{
    const int step = rowHeight();
    const int page = qMax(1, viewport()->height() / step);
    qsizetype last = rowCount() - page;
    if (m_wrap && rowCount() > 0) {
        // The last row that can be on top: the rows from it to the end just fill the view.
        int height = 0;
        last = rowCount();
        while (last > 0 && height + heightOf(last - 1) <= viewport()->height())
            height += heightOf(--last);
        last = qMin(last, rowCount() - 1);
    }
    m_ownScroll = true;
    verticalScrollBar()->setRange(0, static_cast<int>(qMax<qsizetype>(0, last)));
    verticalScrollBar()->setPageStep(page);
    verticalScrollBar()->setSingleStep(3);
    const int advance = QFontMetrics(typeFont(Type::Mono)).horizontalAdvance(u'0');
    const int wide = m_wrap ? 0 : static_cast<int>(m_widest) * advance + textLeft() + 16 - viewport()->width();
    horizontalScrollBar()->setRange(0, qMax(0, wide));
    horizontalScrollBar()->setPageStep(viewport()->width());
    horizontalScrollBar()->setSingleStep(advance * 4);
    m_ownScroll = false;
}

bool LogView::isSelected(qsizetype row) const
{
    if (m_anchor == 0 || m_anchor == m_current)
        return false;
    const qsizetype a = rowOfId(m_anchor);
    const qsizetype b = rowOfId(m_current);
    return a >= 0 && b >= 0 && row >= qMin(a, b) && row <= qMax(a, b);
}

void LogView::resizeEvent(QResizeEvent *event)
{
    QAbstractScrollArea::resizeEvent(event);
    updateScrollBars();
    if (m_follow) {
        m_ownScroll = true;
        verticalScrollBar()->setValue(verticalScrollBar()->maximum());
        m_ownScroll = false;
    }
}

void LogView::scrollContentsBy(int, int dy)
{
    viewport()->update();
    if (m_ownScroll || dy == 0)
        return;
    // Leaving the end stops following, coming back to it starts again.
    const bool atEnd = verticalScrollBar()->value() >= verticalScrollBar()->maximum();
    if (m_follow != atEnd) {
        m_follow = atEnd;
        emit followChanged(atEnd);
    }
}

void LogView::stopFollowing()
{
    if (!m_follow)
        return;
    m_follow = false;
    emit followChanged(false);
}

void LogView::setFollow(bool follow)
{
    if (follow == m_follow)
        return;
    m_follow = follow;
    if (follow) {
        m_ownScroll = true;
        verticalScrollBar()->setValue(verticalScrollBar()->maximum());
        m_ownScroll = false;
        viewport()->update();
    }
    emit followChanged(follow);
}

void LogView::setShowTime(bool show)
{
    m_time = show;
    updateScrollBars();
    viewport()->update();
}

void LogView::setShowSource(bool show)
{
    m_source = show;
    updateScrollBars();
    viewport()->update();
}

void LogView::setLocalTime(bool local)
{
    m_local = local;
    viewport()->update();
}

void LogView::setWrap(bool wrap)
{
    m_wrap = wrap;
    updateScrollBars();
    viewport()->update();
}

void LogView::setSourceShown(int source, bool shown)
{
    if (shown == isSourceShown(source))
        return;
    if (shown)
        m_hidden.remove(source);
    else
        m_hidden.insert(source);
    restartScan();
    rebuildRows();
}

void LogView::setMinimumLevel(Level level)
{
    if (level == m_minimum)
        return;
    m_minimum = level;
    restartScan();
    rebuildRows();
}

void LogView::setPlaceholder(const QString &text)
{
    m_placeholder = text;
    viewport()->update();
}

QSize LogView::sizeHint() const
{
    return {scaled(640), scaled(18) * 16};
}

qsizetype LogView::rowOfId(qint64 id) const
{
    // Ids rise with the rows but for late lines: try where it would be, then look everywhere.
    const qsizetype count = rowCount();
    if (count == 0 || id == 0)
        return -1;
    if (!m_filtered) {
        const qsizetype guess = static_cast<qsizetype>(id - m_buffer->at(0).id);
        if (guess >= 0 && guess < count && m_buffer->at(guess).id == id)
            return guess;
    }
    for (qsizetype row = count - 1; row >= 0; --row) {
        if (lineOfRow(row).id == id)
            return row;
    }
    return -1;
}

qsizetype LogView::rowAt(int y) const
{
    int bottom = 0;
    for (qsizetype row = verticalScrollBar()->value(); row < rowCount(); ++row) {
        bottom += heightOf(row);
        if (y < bottom)
            return row;
    }
    return rowCount() - 1;
}

void LogView::ensureVisible(qsizetype row)
{
    const qsizetype top = verticalScrollBar()->value();
    m_ownScroll = true;
    if (row < top) {
        verticalScrollBar()->setValue(static_cast<int>(row));
    } else {
        int height = 0;
        qsizetype first = row + 1;
        while (first > 0 && height + heightOf(first - 1) <= viewport()->height())
            height += heightOf(--first);
        if (first > top)
            verticalScrollBar()->setValue(static_cast<int>(qMin(first, row)));
    }
    m_ownScroll = false;
    viewport()->update();
}

void LogView::setCurrentRow(qsizetype row, bool extend)
{
    if (rowCount() == 0)
        return;
    row = qBound<qsizetype>(0, row, rowCount() - 1);
    const Line &line = lineOfRow(row);
    m_current = line.id;
    if (!extend || m_anchor == 0)
        m_anchor = m_current;
    setAccessibleDescription(lineText(line));
    ensureVisible(row);
    emit currentLineChanged(m_current);
    if (m_searching)
        emit hitsChanged(currentHit(), hitCount());
}

void LogView::goToLine(qint64 id)
{
    const qsizetype row = rowOfId(id);
    if (row < 0)
        return;
    stopFollowing();
    setCurrentRow(row, false);
    // Some lines around it give it sense.
    m_ownScroll = true;
    verticalScrollBar()->setValue(static_cast<int>(qMax<qsizetype>(0, row - viewport()->height() / rowHeight() / 3)));
    m_ownScroll = false;
    viewport()->update();
}

bool LogView::nextError()
{
    const qsizetype count = rowCount();
    if (count == 0)
        return false;
    const qsizetype start = rowOfId(m_current);
    bool inside = start >= 0 && (lineOfRow(start).level == Level::Error || lineOfRow(start).continued);
    for (qsizetype i = 1; i <= count; ++i) {
        const qsizetype row = (qMax<qsizetype>(start, -1) + i) % count;
        if (row == 0)
            inside = false;
        const Line &line = lineOfRow(row);
        const bool error = line.level == Level::Error || line.continued;
        if (error && !inside) {
            goToLine(line.id);
            return true;
        }
        inside = error;
    }
    return false;
}

bool LogView::firstError()
{
    for (qsizetype row = 0; row < rowCount(); ++row) {
        if (lineOfRow(row).level == Level::Error) {
            goToLine(lineOfRow(row).id);
            return true;
        }
    }
    return false;
}

QString LogView::setSearch(const QString &pattern, bool regex)
{
    m_searching = !pattern.isEmpty();
    m_plain.clear();
    static const QRegularExpression special(u"[\\\\^$.|?*+()\\[\\]{}]"_s);
    if (!regex || !special.match(pattern).hasMatch()) {
        m_plain = pattern;
    } else {
        m_pattern = QRegularExpression(pattern, QRegularExpression::CaseInsensitiveOption);
        if (!m_pattern.isValid()) {
            m_searching = false;
            restartScan();
            viewport()->update();
            return tr("The pattern is invalid at position %1: %2. Fix it or search for plain text.")
                .arg(m_pattern.patternErrorOffset())
                .arg(m_pattern.errorString());
        }
        m_pattern.optimize();
    }
    restartScan();
    scan();
    viewport()->update();
    return {};
}

bool LogView::matches(const Line &line) const
{
    return m_plain.isEmpty() ? m_pattern.match(line.text).hasMatch() : line.text.contains(m_plain, Qt::CaseInsensitive);
}

void LogView::restartScan()
{
    m_hits.clear();
    m_scanned = 0;
    if (m_searching)
        m_scan->start();
    else
        emit hitsChanged(0, 0);
}

void LogView::scan()
{
    m_scan->stop();
    if (!m_searching)
        return;
    QElapsedTimer clock;
    clock.start();
    const qsizetype count = rowCount();
    for (; m_scanned < count; ++m_scanned) {
        const Line &line = lineOfRow(m_scanned);
        if (matches(line))
            m_hits.push_back(line.id);
        if (m_scanned % 64 == 63 && clock.elapsed() >= scanBudgetMs) {
            ++m_scanned;
            m_scan->start();
            break;
        }
    }
    emit hitsChanged(currentHit(), hitCount());
}

qsizetype LogView::currentHit() const
{
    const auto it = std::find(m_hits.begin(), m_hits.end(), m_current);
    return it == m_hits.end() ? 0 : static_cast<qsizetype>(it - m_hits.begin()) + 1;
}

bool LogView::stepHit(int direction)
{
    const qsizetype count = rowCount();
    if (!m_searching || count == 0)
        return false;
    qsizetype row = rowOfId(m_current);
    if (row < 0)
        row = direction > 0 ? count - 1 : 0;
    for (qsizetype i = 1; i <= count; ++i) {
        const qsizetype next = (row + direction * i % count + count) % count;
        if (matches(lineOfRow(next))) {
            goToLine(lineOfRow(next).id);
            return true;
        }
    }
    return false;
}

void LogView::nextHit()
{
    stepHit(1);
}

void LogView::previousHit()
{
    stepHit(-1);
}

QString LogView::lineText(const Line &line) const
{
    QStringList parts;
    if (m_time && line.time != 0)
        parts.append(timeText(line.time));
    if (m_source)
        parts.append(m_buffer->sourceName(line.source));
    parts.append(line.text);
    return parts.join(u' ');
}

QString LogView::selectedText() const
{
    const qsizetype a = rowOfId(m_anchor);
    const qsizetype b = rowOfId(m_current);
    if (b < 0)
        return {};
    const qsizetype first = a < 0 ? b : qMin(a, b);
    const qsizetype last = a < 0 ? b : qMax(a, b);
    QStringList lines;
    for (qsizetype row = first; row <= last; ++row)
        lines.append(lineText(lineOfRow(row)));
    return lines.join(u'\n');
}

void LogView::copy() const
{
    const QString text = selectedText();
    if (!text.isEmpty())
        QGuiApplication::clipboard()->setText(text);
}

void LogView::keyPressEvent(QKeyEvent *event)
{
    if (event->matches(QKeySequence::Copy)) {
        copy();
        return;
    }
    if (event->matches(QKeySequence::SelectAll)) {
        if (rowCount() > 0) {
            m_anchor = lineOfRow(0).id;
            m_current = lineOfRow(rowCount() - 1).id;
            viewport()->update();
        }
        return;
    }
    if (event->modifiers() & (Qt::ControlModifier | Qt::AltModifier | Qt::MetaModifier)) {
        QAbstractScrollArea::keyPressEvent(event);
        return;
    }
    const bool extend = event->modifiers().testFlag(Qt::ShiftModifier);
    const qsizetype row = rowOfId(m_current);
    const qsizetype page = qMax(1, viewport()->height() / rowHeight() - 1);
    const auto move = [&](qsizetype to) {
        stopFollowing();
        setCurrentRow(to, extend);
    };
    switch (event->key()) {
    case Qt::Key_F: setFollow(!m_follow); return;
    case Qt::Key_N: stepHit(extend ? -1 : 1); return;
    case Qt::Key_E: nextError(); return;
    case Qt::Key_Slash: emit searchRequested(); return;
    case Qt::Key_Up: move(row < 0 ? rowCount() - 1 : row - 1); return;
    case Qt::Key_Down: move(row < 0 ? verticalScrollBar()->value() : row + 1); return;
    case Qt::Key_PageUp: move((row < 0 ? rowCount() - 1 : row) - page); return;
    case Qt::Key_PageDown: move((row < 0 ? verticalScrollBar()->value() : row) + page); return;
    case Qt::Key_Home: move(0); return;
    case Qt::Key_End:
        setCurrentRow(rowCount() - 1, extend);
        setFollow(true);
        return;
    case Qt::Key_Left:
    case Qt::Key_Right:
        horizontalScrollBar()->triggerAction(
            event->key() == Qt::Key_Left ? QScrollBar::SliderSingleStepSub : QScrollBar::SliderSingleStepAdd);
        return;
    default: QAbstractScrollArea::keyPressEvent(event);
    }
}

void LogView::mousePressEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton || rowCount() == 0)
        return;
    stopFollowing();
    setCurrentRow(rowAt(event->position().toPoint().y()), event->modifiers().testFlag(Qt::ShiftModifier));
}

void LogView::mouseMoveEvent(QMouseEvent *event)
{
    if (event->buttons().testFlag(Qt::LeftButton) && rowCount() > 0)
        setCurrentRow(rowAt(event->position().toPoint().y()), true);
}

void LogView::contextMenuEvent(QContextMenuEvent *event)
{
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    QAction *copyAction = menu->addAction(tr("Copy"));
    copyAction->setEnabled(m_current != 0);
    connect(copyAction, &QAction::triggered, this, &LogView::copy);
    connect(menu->addAction(tr("Go to the first error")), &QAction::triggered, this, &LogView::firstError);
    menu->popup(event->globalPos());
}

bool LogView::viewportEvent(QEvent *event)
{
    if (event->type() == QEvent::FocusIn || event->type() == QEvent::FocusOut)
        viewport()->update();
    return QAbstractScrollArea::viewportEvent(event);
}

} // namespace cairn::logs
