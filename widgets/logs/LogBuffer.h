// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/LogLine.h"

#include <QDateTime>
#include <QList>
#include <QString>
#include <deque>
#include <vector>

/// Log lines of several pods in the order of their time stamps. No widgets, so it can be tested and filled anywhere on
/// the GUI thread.
namespace cairn::logs {

enum class Level { None, Debug, Info, Warn, Error };

/// A stretch of one line in one style; what is left of ANSI SGR sequences.
struct Span {
    int start = 0;
    int length = 0;
    int color = -1; ///< 0…7 ANSI colour, -1 none
    bool bold = false;
    bool operator==(const Span &) const = default;
};

struct Line {
    qint64 id = 0;   ///< counts up over the life of the buffer; never reused
    int source = 0;  ///< index of the pod given to addSource
    qint64 time = 0; ///< ms since the epoch, UTC; 0 unknown
    Level level = Level::None;
    bool continued = false; ///< belongs to the error above (a traceback)
    QString text;           ///< safe to show: no control characters, no bidi marks, at most 16,384 characters
    std::vector<Span> spans;
};

/// Removes ANSI sequences, keeping colour and weight as spans, and makes control characters visible. Tabs become
/// spaces up to the next multiple of 8; of a line rewritten with carriage returns the last state stays. Input beyond
/// 16,384 characters is cut and "… [n more characters]" appended.
QString clean(const QString &raw, std::vector<Span> *spans);
/// From the first words of a line; knows the forms of Python logging, klog, JSON logs, glog and "ERROR:".
Level levelOf(const QString &text);

/// Ring of at most `capacity` lines; the oldest go first. GUI thread.
class LogBuffer {
public:
    explicit LogBuffer(int capacity = 200'000);

    /// `name` must be safe to show. Returns the source's index.
    int addSource(const QString &name);
    QString sourceName(int source) const;
    int sourceCount() const { return static_cast<int>(m_sources.size()); }
    qint64 linesOf(int source) const { return m_sources[static_cast<size_t>(source)].lines; }

    using Raw = LogLine; ///< `source` is an index that addSource gave
    /// Appends a batch; lines that arrive late are put in their place by time (stable for equal times).
    void append(std::vector<Raw> batch);
    void clear();

    qsizetype size() const { return static_cast<qsizetype>(m_lines.size()); }
    const Line &at(qsizetype index) const { return m_lines[static_cast<size_t>(index)]; }
    /// Lines that fell out at the front since the start.
    qint64 dropped() const { return m_dropped; }
    int capacity() const { return m_capacity; }
    /// Counts late lines: when it changed, lines went in between known ones.
    qint64 reordered() const { return m_reordered; }

private:
    struct Source {
        QString name;
        qint64 lines = 0;
        bool inError = false;
    };
    void finish(Line &line);
    int m_capacity;
    qint64 m_nextId = 1;
    qint64 m_dropped = 0;
    qint64 m_reordered = 0;
    std::deque<Line> m_lines;
    std::vector<Source> m_sources;
};

} // namespace cairn::logs
