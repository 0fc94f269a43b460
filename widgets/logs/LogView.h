// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "logs/LogBuffer.h"

#include <QAbstractScrollArea>
#include <QRegularExpression>
#include <QSet>

class QTimer;

namespace cairn::logs {

/// Paints a LogBuffer: pods merged, each with marker and short name, time stamps, levels, search hits. Only the lines in
/// view are laid out, so 200,000 lines cost what 50 do. Keys: F follow, N / Shift+N hit, E error, / search, ↑ ↓ line,
/// PgUp PgDn Home End, Shift selects, Ctrl+C copies, Ctrl+A all.
///
/// Fill the buffer, then call `refresh()`; several calls in one turn of the event loop cost one repaint.
class LogView : public QAbstractScrollArea
{
    Q_OBJECT

public:
    explicit LogView(QWidget *parent = nullptr);

    /// Not owned; must outlive the view or be replaced by nullptr.
    void setBuffer(LogBuffer *buffer);
    void refresh();

    void setShowTime(bool show);
    void setShowSource(bool show);
    void setLocalTime(bool local);      ///< else UTC
    void setWrap(bool wrap);
    void setSourceShown(int source, bool shown);
    bool isSourceShown(int source) const { return !m_hidden.contains(source); }
    /// Lines below this level are hidden; lines without a level always show unless Warn or Error is asked for.
    void setMinimumLevel(Level level);

    void setFollow(bool follow);
    bool isFollowing() const { return m_follow; }

    /// Plain text or, with `regex`, a regular expression (case-insensitive). Returns "" or why the pattern is wrong.
    QString setSearch(const QString &pattern, bool regex = true);
    qsizetype hitCount() const { return m_hits; }
    qsizetype currentHit() const { return m_currentHit; } ///< from 1; 0 none
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
    void mouseReleaseEvent(QMouseEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;

private:
    struct Layout;
    void rebuildRows();
    bool isShown(const Line &line) const;
    void recountHits();
    void updateScrollBars();
    void ensureVisible(qsizetype row);
    void setCurrentRow(qsizetype row, bool extend);
    qsizetype rowAt(int y) const;
    qsizetype rowOfId(qint64 id) const;
    qsizetype rowCount() const;
    const Line &lineOfRow(qsizetype row) const;
    int lineHeight() const;
    int textLeft() const;
    void paintRow(QPainter &painter, const QRect &rect, qsizetype row) const;
    bool stepHit(int direction);

    LogBuffer *m_buffer = nullptr;
    std::vector<qsizetype> m_rows;   ///< indices into the buffer while a filter is on; unused else
    bool m_filtered = false;
    qint64 m_seenDropped = 0;
    qsizetype m_seenSize = 0;
    QSet<int> m_hidden;
    Level m_minimum = Level::None;
    bool m_time = true;
    bool m_source = true;
    bool m_local = true;
    bool m_wrap = false;
    bool m_follow = true;
    QRegularExpression m_search;
    bool m_searching = false;
    qsizetype m_hits = 0;
    qsizetype m_currentHit = 0;
    qint64 m_current = 0;            ///< line id
    qint64 m_anchor = 0;             ///< other end of the selection, line id
    QString m_placeholder;
    QTimer *m_refresh;
};

} // namespace cairn::logs
