// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"
#include "domain/Service.h"

#include <QDateTime>
#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <netdb.h>
#include <openssl/ssl.h>
#include <optional>
#include <poll.h>
#include <stop_token>
#include <thread>
#include <utility>
#include <vector>

/// Sockets of our own that can be given up at any time, and a watch over the sockets of the client libraries.
namespace cairn::services {

using Clock = std::chrono::steady_clock;

/// How long is waited, and whether still. One thread; the stop may be requested by any.
class Patience {
public:
    enum class Wake { Ready, Late, Stopped };

    Patience(int seconds, std::stop_token stop);
    ~Patience();
    Patience(const Patience &) = delete;
    Patience &operator=(const Patience &) = delete;

    /// When a wait that begins now ends: after the seconds, and never later than four times these after the beginning.
    Clock::time_point deadline() const;
    std::chrono::seconds each() const { return m_each; }
    const std::stop_token &token() const { return m_stop; }
    bool isStopped() const { return m_stop.stop_requested(); }
    /// Waits for one of the sockets.
    Wake wait(pollfd *sockets, size_t count, Clock::time_point until) const;
    Wake wait(int socket, short events, Clock::time_point until) const;
    /// Error of a wait that was not Ready.
    Error error(Wake wake, const QString &server) const;

private:
    const std::chrono::seconds m_each;
    const Clock::time_point m_end;
    const std::stop_token m_stop;
    int m_wake = -1;
    std::optional<std::stop_callback<std::function<void()>>> m_onStop;
};

struct Address {
    sockaddr_storage storage{};
    socklen_t length = 0;
    QString text() const; ///< "192.0.2.1", "2001:db8::1"
};

/// Asks the resolver; NotFound where it knows no such name.
Result<std::vector<Address>> resolve(const QString &host, int port, const Patience &patience);

/// What a handshake showed.
struct Certificate {
    QString protocol; ///< "TLSv1.3"
    QString subject;  ///< its first name, for people
    QString issuer;
    QDateTime notAfter;
    std::optional<Error> bad; ///< why it would not be accepted for the host
};

/// One connection. What is read is bounded: who sends more than a mebibyte is hung up on.
class Wire {
public:
    explicit Wire(const Patience &patience, QString server);
    ~Wire();
    Wire(const Wire &) = delete;
    Wire &operator=(const Wire &) = delete;

    Result<> connect(const std::vector<Address> &addresses);
    /// Shakes hands; a certificate that is not accepted is a fact and no error. `ca` is PEM, empty for what is trusted
    /// here.
    Result<Certificate> secure(const QString &host, const QByteArray &ca);
    Result<> write(const QByteArray &bytes);
    /// Exactly `size` bytes.
    Result<QByteArray> read(qsizetype size);
    /// Some bytes, or none at the end of the stream.
    Result<QByteArray> readSome(Clock::time_point until);
    int socket() const { return m_socket; }
    /// Looks at what the server sends before it is handed on: what may go on, or nothing to hang up.
    using Filter = std::function<std::optional<QByteArray>(const QByteArray &)>;
    /// Carries bytes between `other`, a socket, and the server until a side ends, nothing comes for too long, or the
    /// server sent more than any answer here is long.
    void relay(int other, const Filter &filter);

private:
    Result<> flush();
    Result<bool> fill(Clock::time_point until); ///< false at the end of the stream
    Error closed() const;

    const Patience &m_patience;
    const QString m_server;
    int m_socket = -1;
    qint64 m_received = 0;
    QByteArray m_buffer;
    SSL_CTX *m_context = nullptr;
    SSL *m_tls = nullptr;
};

/// A client library's side of a wire: it reads and writes in plain text, while TLS, time and amounts are the wire's
/// matter.
class Relay {
public:
    /// `socket` is the far end of the one that the library has.
    Relay(std::unique_ptr<Wire> wire, int socket, Wire::Filter filter = {});
    ~Relay(); ///< hangs up, for the library too
    Relay(const Relay &) = delete;
    Relay &operator=(const Relay &) = delete;

private:
    std::unique_ptr<Wire> m_wire;
    int m_socket;
    std::jthread m_thread;
};

/// Hangs up a client library's socket when its time is over, when it was sent too much, or when stop is requested: a
/// library that reads from a server which never stops sending does not come back by itself.
class Watch {
public:
    Watch(const Patience &patience, qint64 limit);
    ~Watch();
    Watch(const Watch &) = delete;
    Watch &operator=(const Watch &) = delete;

    void over(int socket); ///< watches it from now on, through a descriptor of its own
    void until(Clock::time_point deadline);
    bool tooMuch() const { return m_tooMuch; }
    bool tooLate() const { return m_tooLate; }

private:
    void run(const std::stop_token &end);

    const Patience &m_patience;
    const qint64 m_limit;
    int m_wake = -1;
    std::atomic<int> m_socket{-1};
    std::atomic<Clock::time_point> m_deadline;
    std::atomic<bool> m_tooMuch{false}, m_tooLate{false};
    std::jthread m_thread;
};

/// A file that holds PEM for libraries which read certificates from files alone: `ca`, or what this machine trusts.
class CaFile {
public:
    explicit CaFile(const QByteArray &ca);
    ~CaFile();
    CaFile(const CaFile &) = delete;
    CaFile &operator=(const CaFile &) = delete;
    const QByteArray &path() const { return m_path; }

private:
    QByteArray m_path;
    int m_file = -1;
};

} // namespace cairn::services
