// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "logs/LogBuffer.h"

#include <QAbstractScrollArea>
#include <QRegularExpression>
#include <QSet>

class QTextLayout;
class QTimer;

namespace cairn::logs {

/// Paints a LogBuffer: pods merged, each with marker and short name, time stamps, levels, search hits. Only the lines
/// in view are laid out, so 200,000 lines cost what 50 do. Keys: F follow, N / Shift+N hit, E error, / search, ↑ ↓
/// line, PgUp PgDn Home End, Shift selects, Ctrl+C copies, Ctrl+A all.
///
/// Fill the buffer, then call `refresh()`; several calls in one turn of the event loop cost one repaint.
class LogView : public QAbstractScrollArea {
    Q_OBJECT

public:
    explicit LogView(QWidget *parent = nullptr);

    /// Not owned; must outlive the view or be replaced by nullptr.
    void setBuffer(LogBuffer *buffer);
    void refresh();

    void setShowTime(bool show);
    void setShowSource(bool show);
    void setLocalTime(bool local); ///< else UTC
    void setWrap(bool wrap);
    void setSourceShown(int source, bool shown);
    bool isSourceShown(int source) const { return !m_hidden.contains(source); }
    /// Lines below this level are hidden; lines without a level always show unless Warn or Error is asked for.
    void setMinimumLevel(Level level);

    /// Follows the end; scrolling up stops it, End starts it again.
    void setFollow(bool follow);
    bool isFollowing() const { return m_follow; }

    /// Plain text or, with `regex`, a regular expression (case-insensitive). Returns "" or why the pattern is wrong.
    QString setSearch(const QString &pattern, bool regex = true);
    /// Lines that match; grows while a long log is being searched.
    qsizetype hitCount() const { return static_cast<qsizetype>(m_hits.size()); }
    qsizetype currentHit() const; ///< from 1; 0 when the current line is no hit
    void nextHit();
    void previousHit();
    /// The first line of the next block of errors after the current line, wrapping; false when there is none.
    bool nextError();
    bool firstError();
    void goToLine(qint64 id);
    qint64 currentLine() const { return m_current; }

    /// Selected lines with time and pod, as text; the current line when nothing is selected.
    QString selectedText() const;
    void copy() const;
    /// Shown in the middle while there is no line ("No lines yet").
    void setPlaceholder(const QString &text);
    QSize sizeHint() const override;

signals:
    void followChanged(bool follow);
    void searchRequested();
    void hitsChanged(qsizetype current, qsizetype count);
    void currentLineChanged(qint64 id);

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void scrollContentsBy(int dx, int dy) override;
    void keyPressEvent(QKeyEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;
    bool viewportEvent(QEvent *event) override;

private:
    void rebuildRows();
    bool isShown(const Line &line) const;
    bool matches(const Line &line) const;
    void restartScan();
    void scan();
    void updateScrollBars();
    void ensureVisible(qsizetype row);
    void setCurrentRow(qsizetype row, bool extend);
    void stopFollowing();
    qsizetype rowAt(int y) const;
    qsizetype rowOfId(qint64 id) const;
    qsizetype rowCount() const;
    const Line &lineOfRow(qsizetype row) const;
    int rowHeight() const;
    int heightOf(qsizetype row) const;
    int textLeft() const;
    int sourceWidth() const;
    bool isSelected(qsizetype row) const;
    void paintRow(QPainter &painter, const QRect &rect, qsizetype row) const;
    void layoutLine(QTextLayout &layout, const Line &line) const;
    bool stepHit(int direction);
    QString lineText(const Line &line) const;
    QString timeText(qint64 time) const;

    LogBuffer *m_buffer = nullptr;
    std::vector<qsizetype> m_rows; ///< indices into the buffer while something is hidden; unused else
    bool m_filtered = false;
    qint64 m_seenDropped = 0;
    qint64 m_seenReordered = 0;
    qsizetype m_measured = 0; ///< lines looked at for the widest
    qsizetype m_widest = 0;   ///< characters
    QSet<int> m_hidden;
    Level m_minimum = Level::None;
    bool m_time = true;
    bool m_source = true;
    bool m_local = true;
    bool m_wrap = false;
    bool m_follow = true;
    bool m_ownScroll = false; ///< the view itself moves the scroll bar
    QRegularExpression m_pattern;
    QString m_plain; ///< searched for when the pattern has no special character
    bool m_searching = false;
    std::vector<qint64> m_hits; ///< line ids in the order shown
    qsizetype m_scanned = 0;    ///< rows searched so far
    qint64 m_current = 0;       ///< line id
    qint64 m_anchor = 0;        ///< other end of the selection, line id
    QString m_placeholder;
    QTimer *m_refresh;
    QTimer *m_scan;
};

} // namespace cairn::logs
