// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"
#include "domain/StatusDecoder.h"

#include <QByteArray>
#include <functional>

namespace cairn {

/// Cuts the byte stream of a watch into events. JSON: documents one after the other, with or without newlines between
/// (apimachinery json.Framer relies on neither). Protobuf: four bytes big-endian length, then the message.
/// Chunks may end anywhere. Not thread-safe.
class FrameDecoder
{
public:
    explicit FrameDecoder(WireFormat format, qsizetype maxFrame = 64 << 20);

    /// Calls `sink` once for each event that is whole now; the view lives during the call only. `sink` returns false
    /// to stop reading. After an error the stream cannot be read on.
    Result<> feed(QByteArrayView chunk, const std::function<bool(QByteArrayView frame)> &sink);
    /// True where a stream that ends now ends between two events.
    bool atBoundary() const { return m_buffer.isEmpty(); }

private:
    Result<qsizetype> nextEnd(); ///< end of the first event in the buffer, 0 where it is not whole yet

    WireFormat m_format;
    qsizetype m_maxFrame;
    QByteArray m_buffer;
    qsizetype m_start = 0;   ///< of the current event
    qsizetype m_scanned = 0; ///< JSON: bytes the scanner has seen
    int m_depth = 0;
    bool m_inString = false;
    bool m_escaped = false;
};

} // namespace cairn
