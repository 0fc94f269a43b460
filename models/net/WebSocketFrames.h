// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <array>
#include <optional>

/// The client's side of RFC 6455 framing, without sockets.
namespace cairn::net::websocket {

enum class Opcode : unsigned char { Continuation = 0, Text = 1, Binary = 2, Close = 8, Ping = 9, Pong = 10 };

struct Message {
    Opcode opcode = Opcode::Binary; ///< never Continuation
    QByteArray payload;
};

/// One complete frame; clients must mask what they send (§5.3).
QByteArray encodeFrame(Opcode opcode, const QByteArray &payload, const std::array<unsigned char, 4> &mask);

/// The answer to a Sec-WebSocket-Key (§4.2.2).
QByteArray acceptFor(const QByteArray &key);

/// Puts messages together out of bytes as they come. Once broken it stays broken.
class Reader {
public:
    /// A message longer than `maxMessage` bytes breaks the stream.
    explicit Reader(qint64 maxMessage)
        : m_maxMessage(maxMessage)
    {
    }
    void feed(const char *data, qsizetype size) { m_buffer.append(data, size); }
    /// The next whole message. Control frames between the fragments of a message come out at once.
    std::optional<Message> next();
    bool isBroken() const { return m_broken != Fault::None; }

    enum class Fault { None, Protocol, TooLarge };
    Fault fault() const { return m_broken; }

private:
    struct Frame {
        bool final = false;
        Opcode opcode = Opcode::Continuation;
        QByteArray payload;
    };
    std::optional<Frame> nextFrame();
    std::optional<Message> breakWith(Fault fault);

    const qint64 m_maxMessage;
    QByteArray m_buffer;
    qsizetype m_begin = 0; ///< what lies before is consumed
    std::optional<Message> m_partial;
    Fault m_broken = Fault::None;
};

} // namespace cairn::net::websocket
