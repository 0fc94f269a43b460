// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/Transfer.h"

#include "net/CurlError.h"
#include "net/Proxy.h"
#include "net/Redact.h"
#include "net/Retry.h"
#include "net/Url.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;

namespace cairn::net {

namespace {

struct Messages {
    Q_DECLARE_TR_FUNCTIONS(cairn::net::Transfer)
};

/// Everything in the header of one answer; below libcurl's own limit of 300 KiB, whose error says less.
constexpr qint64 maxHeader = 256 * 1024;
/// The body of a refused stream: a Status object, seldom more than a few KiB.
constexpr qint64 maxErrorBody = 1 << 20;

} // namespace

Transfer::Transfer(Mode mode, std::shared_ptr<const Endpoint> endpoint, Request request, StreamHandlers handlers)
    : m_mode(mode)
    , m_endpoint(std::move(endpoint))
    , m_request(std::move(request))
    , m_handlers(std::move(handlers))
{
}

template <class Call>
bool Transfer::guarded(Call call)
{
    const std::lock_guard lock(m_gate);
    if (m_muted)
        return false;
    m_inHandler = true;
    call();
    m_inHandler = false;
    return !m_muted;
}

void Transfer::mute()
{
    StreamHandlers released;
    const std::lock_guard lock(m_gate);
    m_muted = true;
    if (!m_inHandler)
        std::swap(released, m_handlers);
}

bool Transfer::mustPause()
{
    if (m_request.window <= 0 || m_untaken < m_request.window)
        return false;
    // First said, then looked at again: a reader that is done in between either sees it, or has made room.
    m_paused = true;
    if (m_untaken >= m_request.window)
        return true;
    m_paused = false;
    return false;
}

bool Transfer::taken(qint64 bytes)
{
    const qint64 left = m_untaken.fetch_sub(bytes) - bytes;
    return m_paused && left <= m_request.window / 2;
}

void Transfer::resume()
{
    if (!m_paused.exchange(false))
        return;
    m_lastByte = Clock::now(); // the silence was ours
    curl_easy_pause(m_easy.get(), CURLPAUSE_CONT);
}

bool Transfer::needsFreshConnection() const
{
    return !isRepeatable(m_request);
}

/// A server may answer before it has read a body, and reset the HTTP/2 stream so that no more of it is sent (RFC 9113
/// §8.1): an API server does so where credentials are wrong or RBAC forbids. libcurl 7.88 then at times loses the answer,
/// and whether something was written would not be known. Over HTTP/1.1 it does not.
bool Transfer::needsHttp1() const
{
    return m_request.http1 || (needsFreshConnection() && !m_request.body.isEmpty());
}

Result<> Transfer::prepare(const QByteArray &userAgent)
{
    if (!isToken(m_request.method))
        return fail(badRequestError(Messages::tr("The HTTP method is not a word.")));
    if (!isRequestPath(m_request.path)) {
        return fail(badRequestError(
            Messages::tr("The path must begin with a slash and hold only percent-encoded ASCII characters.")));
    }
    Result<Target> target = Target::of(*m_endpoint);
    if (!target)
        return fail(target.error());
    m_target = *target;
    m_easy.reset(curl_easy_init());
    if (!m_easy)
        return fail(badRequestError(Messages::tr("There is not enough memory.")));
    CURL *easy = m_easy.get();
    applyEndpoint(easy, *m_endpoint, m_target, m_connectTo, m_errorBuffer.data());
    curl_easy_setopt(easy, CURLOPT_PRIVATE, this);
    const QByteArray url = m_target.origin + m_target.basePath + m_request.path.toLatin1();
    curl_easy_setopt(easy, CURLOPT_URL, url.constData());
    curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
    const bool http1 = needsHttp1();
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(http1 ? CURL_HTTP_VERSION_1_1 : CURL_HTTP_VERSION_2TLS));
    if (m_endpoint->compression)
        curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip");
    if (needsFreshConnection() || http1)
        curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
    if (http1)
        curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L); // else later requests would share it, one after the other
    // Fewer system calls for large lists; a hundred idle watches are content with libcurl's 16 KiB each.
    if (m_mode == Mode::Whole)
        curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, 256L * 1024);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, onHeader);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, this);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, onBody);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, this);
    curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, onConnected);
    curl_easy_setopt(easy, CURLOPT_PREREQDATA, this);
    setMethod();
    return setHeaders(userAgent);
}

void Transfer::setMethod()
{
    CURL *easy = m_easy.get();
    const QByteArray &method = m_request.method;
    if (method == "HEAD") {
        curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
        return;
    }
    if (!m_request.body.isEmpty() || method == "POST" || method == "PUT" || method == "PATCH") {
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(m_request.body.size()));
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, m_request.body.constData()); // not copied; m_request outlives it
    }
    if (method != "GET" || !m_request.body.isEmpty())
        curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method.constData());
}

Result<> Transfer::setHeaders(const QByteArray &userAgent)
{
    if (Result<> checked = checkHeaders(m_request.headers); !checked)
        return checked;
    const auto append = [this](const QByteArray &line) {
        if (curl_slist *longer = curl_slist_append(m_headerList.get(), line.constData())) {
            (void)m_headerList.release();
            m_headerList.reset(longer);
        }
    };
    bool hasContentType = false;
    for (const auto &[name, value] : m_request.headers) {
        hasContentType = hasContentType || name.toLower() == "content-type";
        append(value.isEmpty() ? name + ';' : name + ": " + value);
    }
    if (!m_target.connectTo.isEmpty())
        append("Host: " + m_target.hostHeader);
    append("Expect:"); // no round trip before a body; the apiserver takes 3 MiB at most
    if (!hasContentType)
        append("Content-Type:"); // else libcurl claims a web form
    curl_easy_setopt(m_easy.get(), CURLOPT_HTTPHEADER, m_headerList.get());
    curl_easy_setopt(m_easy.get(), CURLOPT_USERAGENT, userAgent.constData());
    return {};
}

int Transfer::onConnected(void *self, char *, char *, int, int)
{
    static_cast<Transfer *>(self)->m_connected = true;
    return CURL_PREREQFUNC_OK;
}

size_t Transfer::onHeader(char *data, size_t size, size_t count, void *self)
{
    return static_cast<Transfer *>(self)->header(QByteArrayView(data, static_cast<qsizetype>(size * count)));
}

size_t Transfer::onBody(char *data, size_t size, size_t count, void *self)
{
    return static_cast<Transfer *>(self)->body(data, size * count);
}

size_t Transfer::header(QByteArrayView line)
{
    m_lastByte = Clock::now();
    const auto accepted = static_cast<size_t>(line.size());
    m_headerBytes += line.size();
    if (m_headerBytes > maxHeader) {
        m_tooLarge = true;
        return 0;
    }
    if (m_headerDone)
        return accepted; // trailers
    const QByteArrayView trimmed = line.trimmed();
    if (trimmed.startsWith("HTTP/")) {
        m_response = Response(); // what came before was an interim answer
        return accepted;
    }
    if (!trimmed.isEmpty()) {
        const qsizetype colon = trimmed.indexOf(':');
        if (colon > 0) {
            m_response.headers.append({trimmed.first(colon).trimmed().toByteArray().toLower(),
                trimmed.sliced(colon + 1).trimmed().toByteArray()});
        }
        return accepted;
    }
    long status = 0;
    curl_easy_getinfo(m_easy.get(), CURLINFO_RESPONSE_CODE, &status);
    if (status < 200)
        return accepted;
    m_headerDone = true;
    m_response.status = static_cast<int>(status);
    m_response.contentType = m_response.header("content-type").toLower();
    if (m_mode == Mode::Streamed && status < 300 && !guarded([this] {
            if (m_handlers.started)
                m_handlers.started(m_response.status, m_response.contentType);
        }))
        return 0;
    return accepted;
}

size_t Transfer::body(const char *data, size_t size)
{
    m_lastByte = Clock::now();
    if (m_mode == Mode::Streamed && m_response.status < 300) {
        if (mustPause())
            return CURL_WRITEFUNC_PAUSE; // libcurl keeps the piece and gives it again
        m_untaken += static_cast<qint64>(size);
        const bool wanted = guarded([&] {
            if (m_handlers.data)
                m_handlers.data(data, size);
        });
        return wanted ? size : CURL_WRITEFUNC_ERROR;
    }
    const qint64 limit = m_mode == Mode::Streamed ? maxErrorBody : m_request.maxBody;
    const qint64 room = limit - m_response.body.size();
    if (static_cast<quint64>(size) > static_cast<quint64>(room)) {
        if (m_mode == Mode::Streamed) {
            m_response.body.append(data, static_cast<qsizetype>(room));
            m_errorBodyCut = true;
        } else {
            m_tooLarge = true;
        }
        return CURL_WRITEFUNC_ERROR;
    }
    if (m_request.room && m_response.body.isEmpty()) {
        m_response.body = std::exchange(*m_request.room, {});
        m_response.body.resize(0); // keeps what is allocated
    }
    m_response.body.append(data, static_cast<qsizetype>(size));
    return size;
}

std::optional<Transfer::Clock::time_point> Transfer::deadline() const
{
    std::optional<Clock::time_point> next;
    if (m_request.timeout.count() > 0)
        next = m_begun + m_request.timeout;
    if (m_request.idleTimeout.count() > 0 && !m_paused) {
        const Clock::time_point idle = m_lastByte + m_request.idleTimeout;
        next = next ? std::min(*next, idle) : idle;
    }
    return next;
}

std::optional<Error> Transfer::expired(Clock::time_point now) const
{
    const QString server = m_target.server;
    if (m_request.timeout.count() > 0 && now >= m_begun + m_request.timeout)
        return timeoutError(server, m_request.timeout, m_connected);
    if (m_request.idleTimeout.count() > 0 && !m_paused && now >= m_lastByte + m_request.idleTimeout)
        return m_connected ? idleError(server, m_request.idleTimeout)
                           : timeoutError(server, m_request.idleTimeout, false);
    return std::nullopt;
}

/// The server refused before it had read all of the body, and closed: libcurl tells that the sending failed, but what was
/// said is the answer.
bool Transfer::isRefusedUnread(CURLcode code) const
{
    return m_headerDone && !m_request.body.isEmpty() && m_response.status >= 400 && m_response.status < 500
        && (code == CURLE_HTTP2_STREAM || code == CURLE_HTTP2 || code == CURLE_SEND_ERROR || code == CURLE_RECV_ERROR || code == CURLE_PARTIAL_FILE);
}

Result<Response> Transfer::outcome(CURLcode code)
{
    if (m_tooLarge)
        return fail(tooLargeError(m_target.server, m_headerDone ? m_request.maxBody : maxHeader));
    if (code == CURLE_OK || m_errorBodyCut || isRefusedUnread(code)) {
        QList<Header> sent = m_request.headers;
        // libcurl makes this one itself, and an answer to plain http may be the proxy's.
        if (const QUrl proxy = QUrl::fromEncoded(m_target.proxy); !proxy.password().isEmpty()) {
            const QString pair = proxy.userName(QUrl::FullyDecoded) + u':' + proxy.password(QUrl::FullyDecoded);
            sent.append({"Proxy-Authorization", "Basic " + pair.toUtf8().toBase64()});
        }
        redact(m_response, sent);
        return std::move(m_response);
    }
    CurlFailure failure = CurlFailure::of(m_easy.get(), code, m_errorBuffer.data());
    failure.server = m_target.server;
    failure.verifiedName = m_target.verifiedName;
    if (!m_target.proxy.isEmpty())
        failure.proxy = proxyName(m_target.proxy);
    return fail(curlError(failure));
}

void Transfer::finish(Result<Response> outcome)
{
    m_easy.reset();
    guarded([&] {
        if (m_handlers.finished)
            m_handlers.finished(std::move(outcome));
    });
    mute();
}

} // namespace cairn::net
