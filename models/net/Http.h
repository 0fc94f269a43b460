// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"
#include "base/Secret.h"

#include <QByteArray>
#include <QList>
#include <QPair>
#include <QUrl>
#include <chrono>
#include <functional>
#include <memory>
#include <stop_token>

namespace cairn::net {

/// How to reach one server and prove who we are on the TLS layer. A value: share it by shared_ptr between requests;
/// requests with the same pointer share connections, a new pointer (rotated certificate) gets new ones.
struct Endpoint {
    QUrl server;                 ///< https://host:port[/path]; http only where a kubeconfig says so
    QByteArray caPem;            ///< only these roots are trusted; empty means the system's
    QByteArray clientCertPem;
    QByteArray clientKeyPem;     ///< never logged
    QString tlsServerName;       ///< SNI and verified name where it differs from the host
    bool insecureSkipVerify = false; ///< always shown to the user
    QString proxyUrl;            ///< http, https or socks5; empty takes HTTPS_PROXY and NO_PROXY from the environment
    bool compression = true;     ///< ask for gzip
};

using Header = QPair<QByteArray, QByteArray>;

struct Request {
    QByteArray method = "GET";
    QString path;                ///< absolute path and query, percent-encoded, appended to the endpoint's path
    QList<Header> headers;       ///< Authorization goes here; values are never logged
    QByteArray body;
    std::chrono::milliseconds timeout{30'000}; ///< whole exchange with all retries and waits; 0 for none (watches,
                                               ///< followed logs). An answer whose Retry-After ends later is returned
    std::chrono::milliseconds idleTimeout{0};  ///< no byte for this long ends a stream with Timeout; 0 for none
    int maxRetries = 10;         ///< as client-go: 429 or 5xx with an integer Retry-After; for GET also lost connections
    bool idempotent = false;     ///< a POST that is safe to send twice (access review, dry run): reuses connections and
                                 ///< is repeated after a lost one like a GET. Other writes get a fresh connection
    bool http1 = false;          ///< over HTTP/1.1 whatever the server offers. Writes with a body always go that way
    bool retryBusy = false;      ///< also repeat after 429, 500, 502, 503 and 504 without a Retry-After, with growing
                                 ///< waits: object stores say SlowDown that way
    std::shared_ptr<QByteArray> room; ///< memory to read the body into, taken when it comes: the answer before, seen to.
                                      ///< Megabytes are else asked of the system and given back for each page of a list
    qint64 maxBody = 512LL << 20; ///< a longer body, after decompression, is an error
    qint64 window = 0;           ///< of a stream: bytes that its handler was given and that Stream::taken() has not named;
                                 ///< with more it pauses, and so in the end does the server. 0: it never pauses
    bool apart = false;          ///< of a stream that may be paused for long: others do not share its connection. Over
                                 ///< HTTP/2 a paused stream holds up what comes behind it
};

struct Response {
    int status = 0;
    QByteArray contentType;      ///< lower case, with parameters
    QList<Header> headers;       ///< names in lower case
    QByteArray body;
    QByteArray header(QByteArrayView name) const;
};

/// Receives a streamed body. Called on the network thread: copy or parse, never block, never throw, never call send();
/// starting another stream is fine.
struct StreamHandlers {
    std::function<void(int status, const QByteArray &contentType)> started; ///< once, before any data; 2xx only
    std::function<void(const char *data, size_t size)> data;
    std::function<void(Result<Response>)> finished; ///< once: clean end (body empty), an HTTP error with its body, or an Error
};

/// Stops the stream when destroyed: once the destructor returned no handler runs and none will, and what the handlers
/// captured is released. From another thread it waits for a handler that runs right now, so hold no lock a handler
/// takes. A handler may destroy its own stream. Outliving the HttpClient is harmless.
class Stream
{
public:
    virtual ~Stream() = default;
    /// Whoever reads is done with so many bytes of what the handler was given (Request::window). From any thread.
    virtual void taken(qint64 bytes) { Q_UNUSED(bytes) }
};

/// HTTP/1.1 and HTTP/2 by libcurl multi on one network thread of its own. TLS 1.2 or newer. Pauses a stream whose reader
/// is behind, where the request asks for it. Thread-safe. Destroying it cancels everything and joins the thread.
class HttpClient
{
public:
    explicit HttpClient(const QByteArray &userAgent);
    ~HttpClient();
    HttpClient(const HttpClient &) = delete;
    HttpClient &operator=(const HttpClient &) = delete;

    /// Blocks the calling thread (never the GUI thread) until the answer is there. Any HTTP status is a Response;
    /// an Error is a failure to get one. 429 and Retry-After are honoured, waits are cancelled by `stop`.
    Result<Response> send(std::shared_ptr<const Endpoint> endpoint, Request request, std::stop_token stop);

    /// Starts a streamed exchange; never retried here. Returns at once. Streams never share connections with send(),
    /// and at most 90 of them share one HTTP/2 connection. Whatever goes wrong comes through `finished`.
    std::unique_ptr<Stream> stream(std::shared_ptr<const Endpoint> endpoint, Request request, StreamHandlers handlers);

private:
    class Private;
    std::unique_ptr<Private> d;
};

/// One command in a pod over WebSocket (v5.channel.k8s.io, falling back to v4).
struct ExecRequest {
    QString path;               ///< …/pods/NAME/exec?command=…
    QList<Header> headers;
    std::chrono::milliseconds timeout{60'000};
    qint64 maxOutput = 64LL << 20;
    Secret input = Secret();    ///< for standard input; the path then has stdin=true
};
struct ExecResult {
    QByteArray out, err;
    QByteArray status;          ///< JSON Status of channel 3
};
/// Blocks the calling thread; needs no event loop. A refused handshake gives the Status of its body as Error. Pings every
/// 5 s, and 61 s without a byte end it.
Result<ExecResult> execWebSocket(std::shared_ptr<const Endpoint> endpoint, ExecRequest request, std::stop_token stop);

} // namespace cairn::net
