// SPDX-License-Identifier: GPL-3.0-or-later
#include "domain/FrameDecoder.h"

#include <QCoreApplication>
#include <QtEndian>

namespace cairn {
namespace {

Error streamError(const QString &why)
{
    return Error::make(Error::Kind::Parse,
                       QCoreApplication::translate("cairn::FrameDecoder", "The event stream is damaged"), why);
}

bool isSpace(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

} // namespace

FrameDecoder::FrameDecoder(WireFormat format, qsizetype maxFrame)
    : m_format(format)
    , m_maxFrame(maxFrame)
{
}

Result<> FrameDecoder::feed(QByteArrayView chunk, const std::function<bool(QByteArrayView)> &sink)
{
    m_buffer.append(chunk);
    for (;;) {
        const Result<qsizetype> end = nextEnd();
        if (!end)
            return fail(end.error());
        if (*end == 0)
            break;
        const qsizetype head = m_format == WireFormat::Protobuf ? 4 : 0;
        const QByteArrayView frame = QByteArrayView(m_buffer).sliced(m_start + head, *end - m_start - head);
        const bool goOn = sink(frame);
        m_start = m_scanned = *end;
        if (!goOn)
            break;
    }
    // One move per chunk, not per event.
    m_buffer.remove(0, m_start);
    m_scanned -= m_start;
    m_start = 0;
    return {};
}

Result<qsizetype> FrameDecoder::nextEnd()
{
    if (m_format == WireFormat::Protobuf) {
        if (m_buffer.size() - m_start < 4)
            return 0;
        const auto length = qsizetype(qFromBigEndian<quint32>(m_buffer.constData() + m_start));
        if (length == 0 || length > m_maxFrame)
            return fail(
                streamError(QCoreApplication::translate("cairn::FrameDecoder", "An event claims to be %1 bytes long.")
                                .arg(length)));
        return m_buffer.size() - m_start - 4 >= length ? m_start + 4 + length : 0;
    }

    const char *data = m_buffer.constData();
    const qsizetype size = m_buffer.size();
    if (m_depth == 0) {
        while (m_start < size && isSpace(data[m_start]))
            ++m_start;
        m_scanned = m_start;
        if (m_start < size && data[m_start] != '{')
            return fail(streamError(
                QCoreApplication::translate("cairn::FrameDecoder", "It holds something that is not a JSON object.")));
    }
    while (m_scanned < size) {
        const char c = data[m_scanned++];
        if (m_inString) {
            if (m_escaped)
                m_escaped = false;
            else if (c == '\\')
                m_escaped = true;
            else if (c == '"')
                m_inString = false;
        } else if (c == '"') {
            m_inString = true;
        } else if (c == '{' || c == '[') {
            ++m_depth;
        } else if ((c == '}' || c == ']') && --m_depth == 0) {
            return m_scanned;
        }
    }
    if (size - m_start > m_maxFrame)
        return fail(streamError(
            QCoreApplication::translate("cairn::FrameDecoder", "An event is longer than %1 bytes.").arg(m_maxFrame)));
    return 0;
}

} // namespace cairn
