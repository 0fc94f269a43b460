// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/LogLines.h"

#include "domain/TimeDecoder.h"

#include <QDateTime>
#include <optional>

using namespace Qt::StringLiterals;

namespace cairn::kube {
namespace {

/// Nanoseconds since 1970 of "2026-01-02T03:04:05.123456789Z"; the offset may also be "+02:00".
std::optional<qint64> nanoseconds(QByteArrayView stamp)
{
    const QDateTime time = decodeTime({stamp.data(), std::size_t(stamp.size())});
    if (!time.isValid())
        return std::nullopt;
    qint64 nanos = 0;
    if (stamp[19] == '.') { // decodeTime() keeps milliseconds only
        qint64 scale = 100'000'000;
        for (qsizetype at = 20; at < stamp.size() && stamp[at] >= '0' && stamp[at] <= '9'; ++at, scale /= 10)
            nanos += (stamp[at] - '0') * scale;
    }
    const qint64 ms = time.toMSecsSinceEpoch();
    return (ms - time.time().msec()) * 1'000'000 + nanos;
}

} // namespace

LogLines::LogLines(bool keepStamps, std::function<bool(const QByteArray &)> sink)
    : m_keepStamps(keepStamps)
    , m_sink(std::move(sink))
{
}

bool LogLines::feed(QByteArrayView data)
{
    m_rest.append(data);
    qsizetype start = 0;
    for (qsizetype end; !m_stopped && (end = m_rest.indexOf('\n', start)) >= 0; start = end + 1)
        line(QByteArrayView(m_rest).sliced(start, end - start));
    m_rest.remove(0, start);
    if (m_rest.size() > longestLine && !m_stopped) {
        line(m_rest);
        m_rest.clear();
        m_restContinues = true;
    }
    return !m_stopped;
}

void LogLines::finish()
{
    if (!m_rest.isEmpty() && !m_stopped)
        line(m_rest);
    m_rest.clear();
}

bool LogLines::line(QByteArrayView text)
{
    if (std::exchange(m_restContinues, false)) {
        m_stopped = !m_sink(text.toByteArray());
        return !m_stopped;
    }
    const qsizetype space = text.indexOf(' ');
    const std::optional<qint64> stamp = nanoseconds(space < 0 ? text : text.first(space));
    if (stamp) {
        if (m_repeating) {
            if (*stamp < m_lastStamp)
                return true;
            if (*stamp == m_lastStamp && m_repeats.removeOne(text.toByteArray()))
                return true;
            if (*stamp > m_lastStamp)
                m_repeating = false;
        }
        if (*stamp != m_lastStamp)
            m_atLastStamp.clear();
        m_lastStamp = *stamp;
        m_atLastStamp.append(text.toByteArray());
    }
    const QByteArrayView shown = !stamp || m_keepStamps ? text : space < 0 ? QByteArrayView() : text.sliced(space + 1);
    m_stopped = !m_sink(shown.toByteArray());
    return !m_stopped;
}

QString LogLines::resumeTime() const
{
    return m_lastStamp == 0 ? QString()
                            : QDateTime::fromSecsSinceEpoch(m_lastStamp / 1'000'000'000, Qt::UTC).toString(Qt::ISODate);
}

void LogLines::expectRepeats()
{
    m_repeating = true;
    m_repeats = m_atLastStamp;
    m_rest.clear();
    m_restContinues = false;
}

} // namespace cairn::kube
