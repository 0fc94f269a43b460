// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Async.h"
#include "base/Log.h"
#include "net/CurlError.h"
#include "net/Http.h"
#include "net/NetworkThread.h"
#include "net/Retry.h"
#include "net/Url.h"

#include <QCoreApplication>
#include <QRandomGenerator>
#include <condition_variable>

using namespace Qt::StringLiterals;

namespace cairn::net {

namespace {

struct Messages {
    Q_DECLARE_TR_FUNCTIONS(cairn::net::HttpClient)
};

/// The apiserver answers these with indented JSON, as for people: half as large again.
bool looksLikeBrowser(const QByteArray &userAgent)
{
    const QByteArray lower = userAgent.toLower();
    return lower.startsWith("curl") || lower.startsWith("wget") || lower.startsWith("mozilla");
}

QByteArray checkedUserAgent(const QByteArray &userAgent)
{
    if (userAgent.isEmpty() || !isHeaderValue(userAgent) || looksLikeBrowser(userAgent)) {
        qCCritical(lcNet, "unusable user agent, taking \"cairn\"");
        return "cairn"_ba;
    }
    return userAgent;
}

/// Where send() waits for the network thread.
struct Slot {
    std::mutex mutex;
    std::condition_variable_any ready;
    std::optional<Result<Response>> outcome;
};

class TransferStream final : public Stream {
public:
    TransferStream(std::shared_ptr<NetworkThread> thread, std::shared_ptr<Transfer> transfer)
        : m_thread(std::move(thread))
        , m_transfer(std::move(transfer))
    {
    }
    ~TransferStream() override
    {
        m_transfer->mute();
        m_thread->cancel(m_transfer);
    }
    void taken(qint64 bytes) override
    {
        if (m_transfer->taken(bytes))
            m_thread->resume(m_transfer);
    }

private:
    std::shared_ptr<NetworkThread> m_thread;
    std::shared_ptr<Transfer> m_transfer;
};

} // namespace

QByteArray Response::header(QByteArrayView name) const
{
    for (const auto &[key, value] : headers) {
        if (name.compare(key, Qt::CaseInsensitive) == 0)
            return value;
    }
    return {};
}

class HttpClient::Private {
public:
    explicit Private(const QByteArray &userAgent)
        : thread(std::make_shared<NetworkThread>(userAgent))
    {
    }

    /// One attempt. Returns at once when `stop` is requested; the network thread clears up behind us.
    Result<Response> exchange(
        const std::shared_ptr<const Endpoint> &endpoint, const Request &request, const std::stop_token &stop)
    {
        const auto slot = std::make_shared<Slot>();
        StreamHandlers handlers;
        handlers.finished = [slot](Result<Response> outcome) {
            const std::lock_guard lock(slot->mutex);
            slot->outcome = std::move(outcome);
            slot->ready.notify_all();
        };
        const auto transfer = std::make_shared<Transfer>(Transfer::Mode::Whole, endpoint, request, std::move(handlers));
        thread->add(transfer);
        {
            std::unique_lock lock(slot->mutex);
            if (slot->ready.wait(lock, stop, [&] { return slot->outcome.has_value(); }))
                return std::move(*slot->outcome);
        }
        transfer->mute();
        thread->cancel(transfer);
        return fail(Error::cancelled());
    }

    // Shared with the streams, which may outlive the client; it is shut down with the client.
    std::shared_ptr<NetworkThread> thread;
};

HttpClient::HttpClient(const QByteArray &userAgent)
    : d(std::make_unique<Private>(checkedUserAgent(userAgent)))
{
}

HttpClient::~HttpClient()
{
    Q_ASSERT_X(!d->thread->isCurrent(), "HttpClient", "a handler must not destroy the client");
    d->thread->shutDown();
}

Result<Response> HttpClient::send(std::shared_ptr<const Endpoint> endpoint, Request request, std::stop_token stop)
{
    if (!endpoint)
        return fail(badEndpointError(Messages::tr("There is none.")));
    if (d->thread->isCurrent())
        return fail(badRequestError(Messages::tr("A handler of a stream must not wait for another request.")));
    using Clock = Transfer::Clock;
    const bool limited = request.timeout.count() > 0;
    const Clock::time_point end = Clock::now() + request.timeout;
    for (int attempt = 0;; ++attempt) {
        if (stop.stop_requested())
            return fail(Error::cancelled());
        Request once = request;
        if (limited)
            once.timeout = std::max(
                std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now()), std::chrono::milliseconds(1));
        Result<Response> outcome = d->exchange(endpoint, once, stop);
        const auto wait = retryWait(request, outcome, attempt, QRandomGenerator::global()->generateDouble());
        if (!wait || (limited && Clock::now() + *wait >= end))
            return outcome;
        qCInfo(lcNet, "trying again in %lld ms after %s", static_cast<long long>(wait->count()),
            outcome ? QByteArray::number(outcome->status).constData() : qPrintable(outcome.error().reason));
        if (!async::sleepFor(*wait, stop))
            return fail(Error::cancelled());
        // The answer to one that was refused before it was read is not lost that way; see Transfer::needsHttp1().
        request.http1 = request.http1 || (!outcome && !request.body.isEmpty());
    }
}

std::unique_ptr<Stream> HttpClient::stream(
    std::shared_ptr<const Endpoint> endpoint, Request request, StreamHandlers handlers)
{
    // A null endpoint is reported like any other that cannot be used: through finished(), on the network thread.
    if (!endpoint)
        endpoint = std::make_shared<const Endpoint>();
    auto transfer = std::make_shared<Transfer>(
        Transfer::Mode::Streamed, std::move(endpoint), std::move(request), std::move(handlers));
    d->thread->add(transfer);
    return std::make_unique<TransferStream>(d->thread, std::move(transfer));
}

} // namespace cairn::net
