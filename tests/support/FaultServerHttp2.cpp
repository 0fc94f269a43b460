// SPDX-License-Identifier: GPL-3.0-or-later
// The least of RFC 9113 that answers a client: header blocks of requests are skipped, the answer is one indexed field.
#include "FaultServer.h"

namespace cairn::test::faults {

namespace {

enum Type : char {
    Data = 0,
    Headers = 1,
    Priority = 2,
    RstStream = 3,
    Settings = 4,
    Ping = 6,
    GoAway = 7,
    WindowUpdate = 8
};
constexpr char endStream = 0x1; // the same bit is ACK on SETTINGS and PING
constexpr char endHeaders = 0x4;

QByteArray bigEndian(quint32 value)
{
    QByteArray bytes(4, Qt::Uninitialized);
    for (int i = 0; i < 4; ++i)
        bytes[i] = static_cast<char>(value >> (8 * (3 - i)));
    return bytes;
}

quint32 number(const QByteArray &bytes, qsizetype at, int count)
{
    quint32 value = 0;
    for (int i = 0; i < count; ++i)
        value = value << 8 | static_cast<unsigned char>(bytes.at(at + i));
    return value;
}

QByteArray frame(Type type, char flags, quint32 stream, const QByteArray &payload)
{
    return bigEndian(static_cast<quint32>(payload.size())).mid(1) + static_cast<char>(type) + flags + bigEndian(stream)
        + payload;
}

QByteArray reply(const Http2 &options, quint32 stream)
{
    if (options.resetStreams)
        return frame(RstStream, 0, stream, bigEndian(2));
    return frame(Headers, endHeaders, stream, "\x88") // the static table's ":status: 200"
        + frame(Data, options.hold ? 0 : endStream, stream, options.body);
}

} // namespace

FaultScript http2(Http2 options)
{
    return [options](FaultConnection &connection) {
        QByteArray bytes;
        if (!connection.readExactly(&bytes, 24) || !bytes.startsWith("PRI * HTTP/2.0"))
            return;
        // SETTINGS_MAX_CONCURRENT_STREAMS = 100, as the apiserver's.
        connection.write(frame(Settings, 0, 0, QByteArray("\x00\x03", 2) + bigEndian(100)));
        while (connection.readExactly(&bytes, 9)) {
            const quint32 length = number(bytes, 0, 3);
            const char type = bytes.at(3);
            const char flags = bytes.at(4);
            const quint32 stream = number(bytes, 5, 4);
            QByteArray payload;
            if (!connection.readExactly(&payload, length))
                return;
            const bool requestDone = (type == Headers || type == Data) && (flags & endStream);
            if (type == Settings && !(flags & endStream))
                connection.write(frame(Settings, endStream, 0, {}));
            else if (type == Ping && !(flags & endStream))
                connection.write(frame(Ping, endStream, 0, payload));
            if (type == Headers && options.refusesUnread) {
                // ":status" of the static table with a value of its own.
                connection.write(frame(Headers, endHeaders, stream, QByteArray("\x08\x03" "401", 5)) + frame(Data, endStream, stream, options.body)
                                 + frame(RstStream, 0, stream, bigEndian(0)));
                continue;
            }
            if (!requestDone)
                continue;
            connection.write(reply(options, stream));
            if (options.goAwayAfterFirst) {
                connection.write(frame(GoAway, 0, 0, bigEndian(stream) + bigEndian(0)));
                return;
            }
        }
    };
}

} // namespace cairn::test::faults
