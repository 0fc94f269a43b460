// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayList>
#include <QString>
#include <functional>

namespace cairn::kube {

/// Cuts a log that was asked for with timestamps into lines, and lets each pass once although the log is asked for
/// anew after a broken connection. The kubelet's sinceTime counts whole seconds, so a new stream repeats lines: those
/// older than the last one seen are dropped, and of those with the very same stamp the ones seen already.
class LogLines
{
public:
    /// `keepStamps` leaves the timestamp before each line. `sink` returns false to stop.
    LogLines(bool keepStamps, std::function<bool(const QByteArray &line)> sink);

    bool feed(QByteArrayView data); ///< false when the sink wants no more
    void finish();                  ///< the log is at its end: hands on a last line without newline
    QString resumeTime() const;     ///< sinceTime for the next stream; empty when no stamped line was seen
    void expectRepeats();           ///< a new stream begins at resumeTime(); a line cut short comes again whole

private:
    bool line(QByteArrayView line);

    static constexpr qsizetype longestLine = 1 << 20;
    const bool m_keepStamps;
    const std::function<bool(const QByteArray &)> m_sink;
    QByteArray m_rest;
    bool m_restContinues = false; ///< m_rest is the tail of a line whose head was handed on already
    bool m_stopped = false;
    qint64 m_lastStamp = 0;       ///< nanoseconds since 1970; 0 for none
    QByteArrayList m_atLastStamp; ///< lines with just that stamp
    QByteArrayList m_repeats;     ///< of those, what the new stream may still repeat
    bool m_repeating = false;
};

} // namespace cairn::kube
