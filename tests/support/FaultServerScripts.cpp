// SPDX-License-Identifier: GPL-3.0-or-later
#include "FaultServer.h"

#include <atomic>
#include <zlib.h>

using namespace std::chrono_literals;

namespace cairn::test::faults {

namespace {

QByteArray chunk(const QByteArray &piece)
{
    return QByteArray::number(piece.size(), 16) + "\r\n" + piece + "\r\n";
}

QByteArray gzipZeros(qint64 size)
{
    z_stream stream{};
    deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
    QByteArray zeros(1 << 20, '\0');
    QByteArray out, buffer(1 << 16, Qt::Uninitialized);
    for (qint64 done = 0; done < size; done += zeros.size()) {
        stream.next_in = static_cast<Bytef *>(static_cast<void *>(zeros.data()));
        stream.avail_in = static_cast<uInt>(zeros.size());
        const bool last = done + zeros.size() >= size;
        do {
            stream.next_out = static_cast<Bytef *>(static_cast<void *>(buffer.data()));
            stream.avail_out = static_cast<uInt>(buffer.size());
            deflate(&stream, last ? Z_FINISH : Z_NO_FLUSH);
            out.append(buffer.constData(), buffer.size() - static_cast<qsizetype>(stream.avail_out));
        } while (stream.avail_out == 0);
    }
    deflateEnd(&stream);
    return out;
}

} // namespace

QByteArray answer(int status, const QByteArray &body, const QByteArray &headers)
{
    return "HTTP/1.1 " + QByteArray::number(status) + " Status\r\nContent-Length: " + QByteArray::number(body.size())
        + "\r\n" + headers + "\r\n" + body;
}

FaultScript serve(std::function<QByteArray(const FaultRequest &)> reply)
{
    return [reply = std::move(reply)](FaultConnection &connection) {
        while (const auto request = connection.readRequest()) {
            if (!connection.write(reply(*request)))
                return;
        }
    };
}

FaultScript failFirst(int times, int status, const QByteArray &headers)
{
    auto left = std::make_shared<std::atomic<int>>(times);
    return serve([=](const FaultRequest &) {
        return left->fetch_sub(1) > 0 ? answer(status, "no", headers) : answer(200, "ok");
    });
}

FaultScript resetMidBody()
{
    return [](FaultConnection &connection) {
        if (connection.readRequest())
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + QByteArray(500, 'x'));
        connection.reset();
    };
}

FaultScript truncateBody()
{
    return [](FaultConnection &connection) {
        if (connection.readRequest())
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + QByteArray(500, 'x'));
    };
}

FaultScript closeWithoutAnswer()
{
    return [](FaultConnection &connection) { connection.readRequest(); };
}

FaultScript slowDrip(std::chrono::milliseconds pause)
{
    return [pause](FaultConnection &connection) {
        if (!connection.readRequest() || !connection.write("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n"))
            return;
        while (connection.write("x") && connection.sleepFor(pause)) { }
    };
}

FaultScript silent()
{
    return [](FaultConnection &connection) { connection.waitForClose(); };
}

FaultScript garbage()
{
    return
        [](FaultConnection &connection) { connection.write("SSH-2.0-OpenSSH_9.2\r\n\x01\x02\x00\xff nonsense\r\n"); };
}

FaultScript gzipBomb(qint64 size)
{
    return [body = gzipZeros(size)](FaultConnection &connection) {
        while (connection.readRequest()) {
            if (!connection.write(answer(200, body, "Content-Encoding: gzip\r\n")))
                return;
        }
    };
}

FaultScript endlessHeader()
{
    return [](FaultConnection &connection) {
        if (!connection.readRequest() || !connection.write("HTTP/1.1 200 OK\r\n"))
            return;
        const QByteArray line = "X-More: " + QByteArray(8000, 'y') + "\r\n";
        while (connection.write(line)) { }
    };
}

FaultScript silentWatch(const QByteArrayList &pieces)
{
    return [pieces](FaultConnection &connection) {
        if (!connection.readRequest())
            return;
        connection.write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
        for (const QByteArray &piece : pieces)
            connection.write(chunk(piece));
        connection.waitForClose();
    };
}

FaultScript redirect(const QByteArray &target)
{
    return serve([target](const FaultRequest &) { return answer(302, "moved", "Location: " + target + "\r\n"); });
}

} // namespace cairn::test::faults
