// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/WatchLoop.h"

#include "base/Log.h"
#include "kube/ApiAnswer.h"
#include "kube/ApiPath.h"

#include <QCoreApplication>
#include <algorithm>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace cairn::kube {
namespace {

constexpr auto longestRetryAfter = 300s;
/// What may lie in the mail before the stream pauses. Of a list as much as keeps the reader busy while more travels.
constexpr qint64 watchWindow = 4 << 20, listWindow = 16 << 20;

/// The earlier of two times, either of which may be unset.
template <class Time>
Time earlier(const Time &a, const Time &b)
{
    return !a ? b : !b ? a : std::min(a, b);
}

} // namespace

WatchLoop::WatchLoop(Cluster &cluster, ResourceKind kind, QString ns, WatchOptions options, WatchTarget &target)
    : m_cluster(cluster)
    , m_kind(std::move(kind))
    , m_ns(std::move(ns))
    , m_options(options)
    , m_target(target)
    , m_listFacts{u"list"_s, m_kind.plural, m_ns, {}}
    , m_watchFacts{u"watch"_s, m_kind.plural, m_ns, {}}
    , m_streams(m_options.streamed)
{
}

void WatchLoop::retryNow()
{
    post([](Mail &mail) { mail.wake = true; });
}

void WatchLoop::reconnect()
{
    post([](Mail &mail) { mail.reconnect = true; });
}

void WatchLoop::run(std::stop_token stop)
{
    m_stop = stop;
    const Result<QString> path = collectionPath(m_kind, m_ns);
    if (!path) {
        setPhase(FeedState::Phase::Failed, path.error());
        return;
    }
    m_path = *path;

    startList();
    while (!stop.stop_requested()) {
        Mail mail = takeMail(earlier(earlier(m_flushAt, m_rewatchAt), earlier(m_relistAt, m_recheckAt)));
        if (stop.stop_requested())
            break;
        if (!mail.listType.isEmpty())
            onListStarted(mail.listType);
        if (!mail.listData.isEmpty()) {
            onListData(mail.listData);
            if (m_listStream)
                m_listStream->taken(mail.listData.size());
        }
        if (mail.listEnd)
            onListEnd(std::move(*mail.listEnd));
        if (mail.page && mail.pageSerial == m_pageSerial)
            onPage(std::move(*mail.page));
        if (mail.started)
            onStarted(mail.contentType);
        if (!mail.data.isEmpty()) {
            onData(mail.data);
            if (m_stream)
                m_stream->taken(mail.data.size());
        }
        if (mail.streamEnd)
            onStreamEnd(std::move(*mail.streamEnd));
        if (mail.reconnect)
            onReconnect();

        const auto now = Clock::now();
        const auto due = [&](Time &time, bool force = false) {
            if (!time || (!force && now < *time))
                return false;
            time.reset();
            return true;
        };
        if (due(m_flushAt))
            flush();
        // A list that is on its way is the answer: who asks faster than the server answers would never get it.
        if (mail.wake && m_state.phase == FeedState::Phase::Forbidden && !m_listing)
            startList();
        else if (due(m_relistAt, mail.wake) || due(m_recheckAt, mail.wake))
            startList();
        else if (due(m_rewatchAt, mail.wake))
            openWatch();
    }
    m_stream.reset();
    m_listStream.reset();
    m_pageStop.request_stop();
    if (m_pageTask.valid())
        m_pageTask.wait();
}

WatchLoop::Mail WatchLoop::takeMail(Time until)
{
    std::unique_lock lock(m_mutex);
    const auto ready = [this] { return !m_mail.isEmpty(); };
    if (until)
        m_arrived.wait_until(lock, m_stop, *until, ready);
    else
        m_arrived.wait(lock, m_stop, ready);
    return std::exchange(m_mail, {});
}

QByteArray WatchLoop::accept() const
{
    return m_target.readsProtobuf() ? "application/vnd.kubernetes.protobuf,application/json"_ba : "application/json"_ba;
}

// ---- list -----------------------------------------------------------------------------------------------------------

void WatchLoop::startList()
{
    closeWatch();
    closeList();
    m_relistAt.reset();
    m_rewatchAt.reset();
    m_recheckAt.reset();
    m_listing = true;
    m_firstPage = true;
    m_relistAfter = false;
    m_tookFreshToken = false;
    m_retried401 = false;
    m_target.beginList();
    // What failed shows its error until something better is known.
    if (!m_wasLive && m_state.phase != FeedState::Phase::Failed && m_state.phase != FeedState::Phase::Absent)
        setPhase(FeedState::Phase::Loading);
    if (m_streams && !m_wasLive && m_target.readsProtobuf())
        streamList();
    else
        requestPage({});
}

void WatchLoop::streamList()
{
    Query query;
    query.add("labelSelector", m_options.labelSelector).add("fieldSelector", m_options.fieldSelector).add("resourceVersion", u"0"_s);
    net::Request request;
    request.path = query.on(m_path);
    request.headers = {{"Accept", accept()}};
    request.timeout = m_options.listTimeout;
    request.maxRetries = 0;
    request.window = listWindow;

    net::StreamHandlers handlers;
    handlers.started = [this](int, const QByteArray &contentType) { post([&](Mail &mail) { mail.listType = contentType; }); };
    handlers.data = [this](const char *data, size_t size) {
        post([&](Mail &mail) { mail.listData.append(data, qsizetype(size)); });
    };
    handlers.finished = [this](Result<net::Response> result) { post([&](Mail &mail) { mail.listEnd = std::move(result); }); };
    Result<std::unique_ptr<net::Stream>> stream =
        m_cluster.transport().open(std::move(request), std::move(handlers), m_stop);
    if (stream)
        m_listStream = std::move(*stream);
    else
        requestPage({}); // which says what is wrong
}

void WatchLoop::closeList()
{
    m_listStream.reset();
    m_splitter.reset();
    const std::lock_guard lock(m_mutex);
    m_mail.listData.clear();
    m_mail.listType.clear();
    m_mail.listEnd.reset();
}

void WatchLoop::onListStarted(const QByteArray &contentType)
{
    if (!m_listStream)
        return;
    if (wireFormatOf(contentType) != WireFormat::Protobuf)
        return listInPages();
    m_splitter = std::make_unique<ListSplitter>();
}

void WatchLoop::onListData(const QByteArray &data)
{
    if (!m_splitter)
        return;
    bool broken = false;
    const Result<> read = m_splitter->feed(data, [&](const QByteArray &page) {
        const Result<ListInfo> info = m_target.page(page, WireFormat::Protobuf);
        broken = !info;
        if (broken)
            return false;
        beginWatch(*info);
        if (!m_listing)
            return false; // opening the watch found out that there is nothing to read
        flush();
        loading(-1);
        return true;
    });
    if (!m_listing)
        return closeList();
    if (!read || broken)
        return listInPages();
    if (m_splitter->isComplete()) {
        m_splitter.reset(); // the stream itself ends by a few more bytes, and leaves its connection in order
        finishList();
    }
}

void WatchLoop::onListEnd(Result<net::Response> end)
{
    if (!m_listStream)
        return;
    if (!m_listing)
        return closeList();
    if (end && (end->status == 403 || end->status == 404)) {
        closeList();
        return onListError(checked(std::move(*end), m_listFacts).error(), {});
    }
    if (m_splitter) // it was cut: by a slow link, for the server gives a request a minute
        return listInPages();
    closeList();
    requestPage({}); // tries again, signs in again, and says what is wrong
}

/// What came in one piece is of no use.
void WatchLoop::listInPages()
{
    m_streams = false;
    startList();
}

void WatchLoop::beginWatch(const ListInfo &info)
{
    if (std::exchange(m_firstPage, false)) {
        m_version = info.resourceVersion;
        openWatch();
    }
}

void WatchLoop::loading(qint64 remaining)
{
    if (m_wasLive)
        return;
    m_state.phase = FeedState::Phase::Loading;
    m_state.error = {};
    m_state.loaded = m_target.known();
    m_state.expected = remaining >= 0 ? m_state.loaded + remaining : -1;
    m_target.state(m_state);
}

void WatchLoop::requestPage(const QString &token)
{
    m_pageToken = token;
    Query query;
    query.add("labelSelector", m_options.labelSelector).add("fieldSelector", m_options.fieldSelector);
    if (!m_unpaged)
        query.add("limit", token.isEmpty() ? m_options.firstPage : m_options.laterPages).add("continue", token);
    net::Request request;
    request.path = query.on(m_path);
    request.headers = {{"Accept", accept()}};
    request.timeout = m_options.listTimeout;
    request.room = std::make_shared<QByteArray>(std::exchange(m_room, {}));
    // One at a time: the one before has usually delivered its answer already.
    m_pageStop.request_stop();
    if (m_pageTask.valid())
        m_pageTask.wait();
    m_pageStop = std::stop_source();
    m_pageTask = std::async(
        std::launch::async, [this, request = std::move(request), own = m_pageStop, serial = ++m_pageSerial]() mutable {
            const std::stop_callback link(m_stop, [&own] { own.request_stop(); });
            Result<net::Response> answer = m_cluster.transport().send(std::move(request), own.get_token());
            post([&](Mail &mail) {
                mail.page = std::move(answer);
                mail.pageSerial = serial;
            });
        });
}

void WatchLoop::onPage(Result<net::Response> answer)
{
    if (!m_listing)
        return;
    if (!answer)
        return onListError(answer.error(), {});
    if (answer->status == 410) {
        const auto status = decodeStatus(answer->body, wireFormatOf(answer->contentType));
        const Error error = checked(std::move(*answer), m_listFacts).error();
        return onListError(error, status ? status->continueToken : QString());
    }
    answer = checked(std::move(*answer), m_listFacts);
    if (!answer)
        return onListError(answer.error(), {});

    m_tookFreshToken = false;
    const QString asked = m_pageToken;
    const WireFormat format = wireFormatOf(answer->contentType);
    // Protobuf names the next page at its head: ask for it before reading this one.
    const std::optional<ListInfo> head = peekListInfo(answer->body, format);
    const auto goesOn = [&](const ListInfo &info) {
        return m_listing && !info.continueToken.isEmpty() && info.continueToken != asked;
    };
    bool ahead = false;
    if (head) {
        beginWatch(*head);
        ahead = goesOn(*head);
        if (ahead)
            requestPage(head->continueToken);
    }
    const Result<ListInfo> info = m_target.page(answer->body, format);
    if (!info)
        return onListError(info.error(), {});
    m_room = std::move(answer->body);
    beginWatch(*info);
    if (!m_listing)
        return; // opening the watch found out that there is nothing to read
    if (!info->continueToken.isEmpty() && info->continueToken == asked)
        return onListError(Error::make(Error::Kind::Server,
                                       QCoreApplication::translate("cairn::kube::WatchLoop",
                                                                   "The server gives the same page of %1 again and again")
                                           .arg(m_kind.plural)),
                           {});
    if (!ahead && goesOn(*info))
        requestPage(info->continueToken);

    flush();
    if (!info->continueToken.isEmpty())
        return loading(info->remaining);
    finishList();
}

void WatchLoop::finishList()
{
    m_listing = false;
    m_unpaged = false;
    m_room.clear();
    m_target.endList();
    flush();
    if (m_relistAfter) {
        m_relistAt = Clock::now() + nextDelay({});
        return;
    }
    if (m_streamOpen)
        live();
}

void WatchLoop::onListError(const Error &error, const QString &freshToken)
{
    if (error.kind == Error::Kind::Cancelled && m_stop.stop_requested())
        return;
    if (error.kind == Error::Kind::Gone && !m_firstPage) {
        // The token's data is compacted. The fresh token goes on with newer data; what changed in between comes with
        // the watch, which has been running since the first page. Without one, read everything in one piece.
        // So does a server that only ever gives fresh tokens.
        if (!freshToken.isEmpty() && !std::exchange(m_tookFreshToken, true))
            return requestPage(freshToken);
        m_unpaged = true;
        return startList();
    }
    closeWatch();
    // A watch that was to be tried again would go on from a list that nobody has, and call it live.
    m_rewatchAt.reset();
    m_listing = false;
    if (error.kind == Error::Kind::Forbidden)
        return forbidden(error);
    if (error.kind == Error::Kind::NotFound)
        return absent(error);
    trouble(error);
    m_relistAt = Clock::now() + nextDelay(error);
}

// ---- watch ----------------------------------------------------------------------------------------------------------

void WatchLoop::openWatch()
{
    closeWatch();
    std::uniform_int_distribution<qint64> draw(m_options.watchShortest.count(),
                                               std::max(m_options.watchShortest, m_options.watchLongest).count());
    const std::chrono::seconds length(draw(m_random));
    Query query;
    query.add("labelSelector", m_options.labelSelector).add("fieldSelector", m_options.fieldSelector);
    query.add("watch", u"true"_s).add("allowWatchBookmarks", u"true"_s).add("resourceVersion", m_version);
    query.add("timeoutSeconds", length.count());
    net::Request request;
    request.path = query.on(m_path);
    request.headers = {{"Accept", accept()}};
    request.timeout = length + m_options.deadline;
    request.maxRetries = 0;
    request.window = watchWindow;

    net::StreamHandlers handlers;
    handlers.started = [this](int, const QByteArray &contentType) {
        post([&](Mail &mail) {
            mail.started = true;
            mail.contentType = contentType;
        });
    };
    handlers.data = [this](const char *data, size_t size) {
        post([&](Mail &mail) { mail.data.append(data, qsizetype(size)); });
    };
    handlers.finished = [this](Result<net::Response> result) {
        post([&](Mail &mail) { mail.streamEnd = std::move(result); });
    };
    m_streamSince = Clock::now();
    m_heard = false;
    Result<std::unique_ptr<net::Stream>> stream =
        m_cluster.transport().open(std::move(request), std::move(handlers), m_stop);
    if (!stream)
        return onWatchError(stream.error());
    m_stream = std::move(*stream);
}

void WatchLoop::closeWatch()
{
    m_stream.reset();
    m_streamOpen = false;
    m_frames.reset();
    // What it left behind belongs to it.
    const std::lock_guard lock(m_mutex);
    m_mail.data.clear();
    m_mail.started = false;
    m_mail.streamEnd.reset();
}

void WatchLoop::onStarted(const QByteArray &contentType)
{
    if (!m_stream)
        return;
    m_streamFormat = wireFormatOf(contentType);
    m_frames = std::make_unique<FrameDecoder>(m_streamFormat);
    m_streamOpen = true;
    m_retried401 = false;
    if (!m_listing && !m_relistAt)
        live();
}

void WatchLoop::onData(const QByteArray &data)
{
    if (!m_frames)
        return;
    std::optional<Error> broken;
    std::optional<ApiStatus> refused;
    const Result<> read = m_frames->feed(data, [&](QByteArrayView frame) {
        const Result<WatchTarget::EventInfo> event = m_target.event(frame, m_streamFormat);
        if (!event) {
            broken = event.error();
            return false;
        }
        if (event->type == WatchType::Error) {
            refused = event->status;
            return false;
        }
        if (!event->resourceVersion.isEmpty() && event->resourceVersion != m_version) {
            m_heard = true;
            m_version = event->resourceVersion;
        }
        if (event->type == WatchType::Bookmark && m_state.phase == FeedState::Phase::Live)
            live(); // nothing changed up to now: as good as news
        return true;
    });
    if (!read)
        broken = read.error();

    m_state.lastGood = QDateTime::currentDateTimeUtc();
    if (m_target.pending() >= m_options.flushAt)
        flush();
    else if (m_target.pending() > 0 && !m_flushAt)
        m_flushAt = Clock::now() + m_options.flushAfter;

    if (refused) {
        if (refused->code == 0)
            refused->code = 500;
        onWatchError(statusError(*refused, m_watchFacts));
    } else if (broken) {
        onWatchError(*broken);
    }
}

void WatchLoop::onStreamEnd(Result<net::Response> end)
{
    if (!m_stream)
        return;
    if (end)
        end = checked(std::move(*end), m_watchFacts);
    if (!end)
        return onWatchError(end.error());
    const bool hollow = !m_heard && Clock::now() - m_streamSince < 1s;
    closeWatch();
    if (hollow) // a server that hangs up at once must not be asked again at once
        m_rewatchAt = Clock::now() + nextDelay({});
    else
        m_rewatchAt = Clock::now();
}

void WatchLoop::onReconnect()
{
    if (m_listing) {
        startList();
    } else if (m_stream) {
        m_rewatchAt.reset();
        openWatch();
    } else {
        for (Time *time : {&m_rewatchAt, &m_relistAt, &m_recheckAt}) {
            if (*time)
                *time = Clock::now();
        }
    }
}

void WatchLoop::onWatchError(const Error &error)
{
    const bool ranItsTime = m_streamOpen && error.kind == Error::Kind::Timeout;
    closeWatch();
    if (error.kind == Error::Kind::Cancelled && m_stop.stop_requested())
        return;
    if (ranItsTime) { // the peer is gone without a word; ask on a new connection
        m_rewatchAt = Clock::now();
        return;
    }
    switch (error.kind) {
    case Error::Kind::Gone:
        // Never at once: a server may say so after every list.
        if (m_listing)
            m_relistAfter = true;
        else
            m_relistAt = Clock::now() + nextDelay({});
        return;
    case Error::Kind::Forbidden: m_listing = false; return forbidden(error);
    case Error::Kind::NotFound: m_listing = false; return absent(error);
    case Error::Kind::Auth:
        // The transport has told the credentials, so the next try is made with fresh ones.
        if (!std::exchange(m_retried401, true)) {
            m_rewatchAt = Clock::now();
            return;
        }
        break;
    default: break;
    }
    trouble(error);
    const auto delay = nextDelay(error);
    // A stream that cannot be read, or that a server refuses for reasons of its own, is begun anew from a list.
    const bool sameVersion = error.kind == Error::Kind::Network || error.kind == Error::Kind::Timeout
        || error.kind == Error::Kind::RateLimited || error.kind == Error::Kind::Auth || error.kind == Error::Kind::Tls
        || error.kind == Error::Kind::Consent || m_listing;
    (sameVersion ? m_rewatchAt : m_relistAt) = Clock::now() + delay;
}

// ---- state ----------------------------------------------------------------------------------------------------------

void WatchLoop::forbidden(const Error &error)
{
    flush();
    // Access is checked before existence: a resource nobody serves reads as forbidden to whoever may not list it.
    const Result<bool> served = m_cluster.serves(m_kind, m_stop);
    if (served && !*served)
        return absent(error);
    setPhase(FeedState::Phase::Forbidden, error);
}

void WatchLoop::absent(const Error &error)
{
    // A removed CRD takes its objects along.
    m_target.beginList();
    m_target.endList();
    flush();
    m_wasLive = false;
    setPhase(FeedState::Phase::Absent, error);
    m_recheckAt = Clock::now() + m_options.absentRecheck;
}

void WatchLoop::live()
{
    m_wasLive = true;
    m_state.lastGood = QDateTime::currentDateTimeUtc();
    setPhase(FeedState::Phase::Live);
}

void WatchLoop::trouble(const Error &error)
{
    qCInfo(lcWatch) << m_kind.plural << kindName(error.kind) << error.httpStatus;
    setPhase(m_wasLive ? FeedState::Phase::Stale : FeedState::Phase::Failed, error);
}

void WatchLoop::setPhase(FeedState::Phase phase, const Error &error)
{
    m_state.phase = phase;
    m_state.error = error;
    if (phase != FeedState::Phase::Loading) {
        m_state.loaded = m_target.known();
        m_state.expected = -1;
    }
    m_target.state(m_state);
}

void WatchLoop::flush()
{
    m_flushAt.reset();
    m_target.flush(m_version);
}

std::chrono::milliseconds WatchLoop::nextDelay(const Error &error)
{
    const auto now = Clock::now();
    if (m_delay.count() == 0 || now - m_lastTrouble > m_options.backoffReset)
        m_delay = m_options.backoffFirst;
    else
        m_delay = std::min(m_delay * 2, m_options.backoffCap);
    m_lastTrouble = now;
    // Full jitter: a thousand consoles must not come back in the same second.
    std::uniform_int_distribution<qint64> draw(0, m_delay.count());
    std::chrono::milliseconds delay(draw(m_random));
    if (error.retryAfter)
        delay = std::max(delay, std::min<std::chrono::milliseconds>(*error.retryAfter, longestRetryAfter));
    return delay;
}

} // namespace cairn::kube
