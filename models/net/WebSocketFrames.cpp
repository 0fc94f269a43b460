// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/WebSocketFrames.h"

#include <QCryptographicHash>

namespace cairn::net::websocket {

namespace {

bool isControl(Opcode opcode)
{
    return static_cast<unsigned char>(opcode) >= 8;
}

bool isKnown(unsigned char opcode)
{
    return opcode <= 2 || (opcode >= 8 && opcode <= 10);
}

} // namespace

QByteArray encodeFrame(Opcode opcode, const QByteArray &payload, const std::array<unsigned char, 4> &mask)
{
    QByteArray frame;
    frame.append(static_cast<char>(0x80 | static_cast<unsigned char>(opcode)));
    const auto size = static_cast<quint64>(payload.size());
    const int lengthBytes = size < 126 ? 0 : size <= 0xffff ? 2 : 8;
    frame.append(static_cast<char>(0x80 | (lengthBytes == 0 ? size : lengthBytes == 2 ? 126 : 127)));
    for (int i = lengthBytes - 1; i >= 0; --i)
        frame.append(static_cast<char>(size >> (8 * i)));
    for (const unsigned char byte : mask)
        frame.append(static_cast<char>(byte));
    for (qsizetype i = 0; i < payload.size(); ++i)
        frame.append(static_cast<char>(static_cast<unsigned char>(payload.at(i)) ^ mask[static_cast<size_t>(i % 4)]));
    return frame;
}

QByteArray acceptFor(const QByteArray &key)
{
    return QCryptographicHash::hash(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11", QCryptographicHash::Sha1).toBase64();
}

std::optional<Message> Reader::breakWith(Fault fault)
{
    m_broken = fault;
    m_partial.reset();
    m_buffer.clear();
    m_begin = 0;
    return std::nullopt;
}

std::optional<Reader::Frame> Reader::nextFrame()
{
    const auto byte = [this](qsizetype at) { return static_cast<unsigned char>(m_buffer.at(m_begin + at)); };
    const qsizetype available = m_buffer.size() - m_begin;
    if (available < 2)
        return std::nullopt;
    const unsigned char first = byte(0);
    const unsigned char second = byte(1);
    // No extension was agreed, so the reserved bits are zero; servers never mask.
    if ((first & 0x70) != 0 || (second & 0x80) != 0 || !isKnown(first & 0x0f)) {
        breakWith(Fault::Protocol);
        return std::nullopt;
    }
    Frame frame;
    frame.final = (first & 0x80) != 0;
    frame.opcode = static_cast<Opcode>(first & 0x0f);
    quint64 size = second & 0x7f;
    const int lengthBytes = size == 126 ? 2 : size == 127 ? 8 : 0;
    if (isControl(frame.opcode) && (!frame.final || lengthBytes != 0)) {
        breakWith(Fault::Protocol);
        return std::nullopt;
    }
    if (available < 2 + lengthBytes)
        return std::nullopt;
    if (lengthBytes != 0) {
        size = 0;
        for (int i = 0; i < lengthBytes; ++i)
            size = size << 8 | byte(2 + i);
    }
    const quint64 held = m_partial ? static_cast<quint64>(m_partial->payload.size()) : 0;
    // Compared before anything is kept or added, so that no announced length can overflow or fill the memory.
    if (size > static_cast<quint64>(m_maxMessage) || held + size > static_cast<quint64>(m_maxMessage)) {
        breakWith(Fault::TooLarge);
        return std::nullopt;
    }
    const qsizetype header = 2 + lengthBytes;
    if (available - header < static_cast<qsizetype>(size))
        return std::nullopt;
    frame.payload = m_buffer.mid(m_begin + header, static_cast<qsizetype>(size));
    m_begin += header + static_cast<qsizetype>(size);
    if (m_begin == m_buffer.size()) {
        m_buffer.clear();
        m_begin = 0;
    } else if (m_begin > 1 << 20) {
        m_buffer.remove(0, m_begin);
        m_begin = 0;
    }
    return frame;
}

std::optional<Message> Reader::next()
{
    while (m_broken == Fault::None) {
        std::optional<Frame> frame = nextFrame();
        if (!frame)
            return std::nullopt;
        if (isControl(frame->opcode))
            return Message{frame->opcode, std::move(frame->payload)};
        const bool continues = frame->opcode == Opcode::Continuation;
        if (continues != m_partial.has_value())
            return breakWith(Fault::Protocol);
        if (continues)
            m_partial->payload.append(frame->payload);
        else
            m_partial = Message{frame->opcode, std::move(frame->payload)};
        if (frame->final)
            return std::exchange(m_partial, std::nullopt);
    }
    return std::nullopt;
}

} // namespace cairn::net::websocket
