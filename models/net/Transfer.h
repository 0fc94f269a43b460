// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "net/CurlSetup.h"
#include "net/Http.h"

#include <array>
#include <atomic>
#include <chrono>
#include <mutex>
#include <optional>

namespace cairn::net {

/// One HTTP exchange: a libcurl easy handle, its buffers and its handlers. Prepared, driven and finished on the network
/// thread; mute() may be called from any thread.
class Transfer {
public:
    using Clock = std::chrono::steady_clock;

    enum class Mode {
        Whole,   ///< the body is collected into the Response
        Streamed ///< a 2xx body goes to the handlers piece by piece
    };

    Transfer(Mode mode, std::shared_ptr<const Endpoint> endpoint, Request request, StreamHandlers handlers);

    // --- any thread ---

    /// After the return no handler runs and none will. Waits for one that runs now, unless called from it. What the
    /// handlers captured is released before the return, again unless called from a handler.
    void mute();
    const std::shared_ptr<const Endpoint> &endpoint() const { return m_endpoint; }
    Mode mode() const { return m_mode; }
    /// The reader is done with so many bytes. True where the transfer is paused and may go on: resume() it then.
    bool taken(qint64 bytes);
    bool apart() const { return m_request.apart; }
    /// Writes take a fresh connection: on a kept one that just died libcurl would silently send them again.
    bool needsFreshConnection() const;

    // --- network thread ---

    /// Creates the easy handle. The clock of the timeouts starts with the constructor.
    Result<> prepare(const QByteArray &userAgent);
    CURL *easy() const { return m_easy.get(); }
    /// The request is about to be sent on an established connection.
    bool connected() const { return m_connected; }
    /// When the next timeout strikes, if any.
    std::optional<Clock::time_point> deadline() const;
    /// The Error of a timeout that has struck by `now`.
    std::optional<Error> expired(Clock::time_point now) const;
    /// Lets a paused transfer go on.
    void resume();
    bool needsHttp1() const;
    bool isRefusedUnread(CURLcode code) const;
    /// What libcurl's verdict means.
    Result<Response> outcome(CURLcode code);
    /// Calls the last handler. The easy handle is gone by then, so the handler may do anything.
    void finish(Result<Response> outcome);

private:
    static size_t onHeader(char *data, size_t size, size_t count, void *self);
    static size_t onBody(char *data, size_t size, size_t count, void *self);
    static int onConnected(void *self, char *, char *, int, int);
    size_t header(QByteArrayView line);
    size_t body(const char *data, size_t size);
    void setMethod();
    Result<> setHeaders(const QByteArray &userAgent);
    /// Runs `call` unless muted. False when muted.
    template <class Call>
    bool guarded(Call call);
    /// The reader is behind: nothing more is given now.
    bool mustPause();

    const Mode m_mode;
    const std::shared_ptr<const Endpoint> m_endpoint;
    const Request m_request;
    const Clock::time_point m_begun = Clock::now();

    // The gate between the network thread and mute(). Recursive: a handler may destroy its own stream.
    std::recursive_mutex m_gate;
    StreamHandlers m_handlers;
    bool m_muted = false;
    bool m_inHandler = false;

    // Between the network thread and the reader.
    std::atomic<qint64> m_untaken = 0; ///< bytes
    std::atomic<bool> m_paused = false;

    Target m_target;
    SlistPtr m_connectTo;
    SlistPtr m_headerList;
    EasyPtr m_easy; // declared after everything it points to
    std::array<char, CURL_ERROR_SIZE> m_errorBuffer{};
    Response m_response;
    qint64 m_headerBytes = 0;
    Clock::time_point m_lastByte = m_begun;
    bool m_connected = false;
    bool m_headerDone = false; ///< the final header block is complete
    bool m_tooLarge = false;
    bool m_errorBodyCut = false;
};

} // namespace cairn::net
