// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "FaultServerPki.h"

#include <QByteArray>
#include <QList>
#include <QPair>
#include <QUrl>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

namespace cairn::test {

struct FaultRequest {
    QByteArray method;
    QByteArray target;                            ///< path and query as they came
    QList<QPair<QByteArray, QByteArray>> headers; ///< names in lower case
    QByteArray body;
    int connection = 0; ///< number of the connection, from 0
    QByteArray header(const QByteArray &name) const;
    bool hasHeader(const QByteArray &name) const;
};

/// One accepted connection, seen from the script that plays the server. All calls block; they end early and say so
/// when the peer is gone or the server stops.
class FaultConnection {
public:
    virtual ~FaultConnection() = default;
    /// Up to `size` bytes; 0 when the peer is gone.
    virtual qsizetype readSome(char *data, qsizetype size) = 0;
    virtual bool write(const QByteArray &bytes) = 0;
    /// Sends RST instead of a clean end.
    virtual void reset() = 0;
    /// False when the server stopped meanwhile.
    virtual bool sleepFor(std::chrono::milliseconds time) = 0;
    /// Waits up to `time` for bytes of the peer or its end, either of which readSome() then gives without waiting.
    virtual bool readable(std::chrono::milliseconds time) = 0;
    /// Shakes hands, where the server has a certificate but does not begin with it. False when that failed.
    virtual bool startTls() = 0;
    virtual int number() const = 0;
    /// "h2" or "http/1.1" as agreed by ALPN; empty without.
    virtual QByteArray protocol() const = 0;

    bool readExactly(QByteArray *bytes, qsizetype size);
    /// A whole request, its body by Content-Length. It is recorded in FaultServer::requests().
    std::optional<FaultRequest> readRequest();
    /// Blocks until the peer closes or the server stops.
    void waitForClose();

protected:
    virtual void record(const FaultRequest &request) = 0;

private:
    QByteArray m_buffer;
};

/// Runs on a thread per connection. When it returns the connection is closed in an orderly way.
using FaultScript = std::function<void(FaultConnection &)>;

/// A server on 127.0.0.1 that misbehaves as told. Thread-safe; the destructor ends all connections and joins.
class FaultServer {
public:
    struct Tls {
        Identity identity;
        QByteArray clientCaPem = {}; ///< asks for a client certificate of this authority
        bool requireClientCertificate = true;
        bool http2 = false; ///< offer h2 by ALPN
        int maxVersion = 0; ///< TLS1_1_VERSION and such; 0 for no limit
        bool atOnce = true; ///< or when the script calls startTls()
    };

    explicit FaultServer(FaultScript script);
    FaultServer(FaultScript script, Tls tls);
    ~FaultServer();

    quint16 port() const;
    QUrl url(const QString &host = QStringLiteral("127.0.0.1")) const;
    /// Connections accepted so far.
    int connections() const;
    QList<FaultRequest> requests() const;
    /// Names (SNI) the clients asked for, in order.
    QList<QByteArray> serverNames() const;
    /// Common names of the client certificates, in order; empty where none was sent.
    QList<QByteArray> clientNames() const;
    /// Waits until `condition` holds, looking after every accept, request and close; false after 20 s.
    bool waitUntil(const std::function<bool(const FaultServer &)> &condition) const;
    /// Connections that are still open.
    int openConnections() const;

    class Private; ///< public for the connections

private:
    std::unique_ptr<Private> d;
};

/// A counting semaphore. QSemaphore would do, but the thread sanitizer cannot see into Qt and reports false races.
class Signal {
public:
    void release(int count = 1);
    void acquire();
    /// False when they did not come within `milliseconds`.
    bool tryAcquire(int count, int milliseconds);
    int available() const;

private:
    mutable std::mutex m_mutex;
    std::condition_variable m_changed;
    int m_count = 0;
};

/// A port on 127.0.0.1 where nobody listens for as long as this lives.
class ClosedPort {
public:
    ClosedPort();
    ~ClosedPort();
    ClosedPort(const ClosedPort &) = delete;
    ClosedPort &operator=(const ClosedPort &) = delete;
    quint16 port() const { return m_port; }

private:
    quint16 m_port = 0; // before the socket, whose making sets it
    int m_socket = -1;
};

/// Ready-made scripts.
namespace faults {

/// "HTTP/1.1 status …" with Content-Length; `headers` are whole lines with CRLF.
QByteArray answer(int status, const QByteArray &body, const QByteArray &headers = {});

/// Answers every request on a kept connection by `reply(request)`.
FaultScript serve(std::function<QByteArray(const FaultRequest &)> reply);
/// The first `times` requests get `status` (with `headers`), later ones 200 "ok".
FaultScript failFirst(int times, int status, const QByteArray &headers);
/// Sends half of what Content-Length promised, then RST.
FaultScript resetMidBody();
/// Sends half of what Content-Length promised, then a clean end.
FaultScript truncateBody();
/// Closes every connection after the request, without a byte.
FaultScript closeWithoutAnswer();
/// A byte at a time, without end.
FaultScript slowDrip(std::chrono::milliseconds pause);
/// Accepts and says nothing.
FaultScript silent();
/// Writes bytes that are no HTTP.
FaultScript garbage();
/// A body of `size` zero bytes, compressed about 1:1000.
FaultScript gzipBomb(qint64 size);
/// A header without end.
FaultScript endlessHeader();
/// A chunked 200 that sends `pieces`, then stays silent.
FaultScript silentWatch(const QByteArrayList &pieces);
/// Redirects to `target`.
FaultScript redirect(const QByteArray &target);

/// HTTP/2 without HPACK decoding: every request gets 200 and `body`.
struct Http2 {
    QByteArray body = "ok";
    bool hold = false;             ///< send the body but keep the stream open
    bool goAwayAfterFirst = false; ///< GOAWAY and close once the first answer is out
    bool resetStreams = false;     ///< RST_STREAM(INTERNAL_ERROR) instead of an answer
    /// 401 as soon as the headers are there, and RST_STREAM(NO_ERROR), so that no body is sent: as Go's server does.
    bool refusesUnread = false;
};
FaultScript http2(Http2 options);

} // namespace faults

} // namespace cairn::test
