// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/Delta.h"
#include "domain/FrameDecoder.h"
#include "domain/ListSplitter.h"
#include "domain/ObjectDecoder.h"
#include "kube/Cluster.h"

#include <condition_variable>
#include <future>
#include <optional>
#include <random>

namespace cairn::kube {

/// Times and sizes of a watch. The defaults are client-go's (tools/cache/reflector.go) where it has one.
struct WatchOptions {
    QString labelSelector; ///< e.g. "training.kubeflow.org/job-name"; the server then does not say how many rows remain
    QString fieldSelector;
    bool streamed = true; ///< the first list comes in one piece where it can; else in pages like all others
    int firstPage = 500; ///< small, so that the first rows are there at once
    int laterPages = 1000;
    std::chrono::milliseconds flushAfter{50}; ///< a change waits at most this long for others
    int flushAt = 500;                        ///< … or until so many wait
    std::chrono::milliseconds backoffFirst{800};
    std::chrono::milliseconds backoffCap{30'000};
    std::chrono::milliseconds backoffReset{120'000}; ///< after so long without a failure it starts over
    std::chrono::milliseconds absentRecheck{30'000};
    std::chrono::seconds watchShortest{240}; ///< timeoutSeconds is drawn from this range, so that not all end at once
    std::chrono::seconds watchLongest{300};
    std::chrono::milliseconds listTimeout{180'000}; ///< of one page; the server itself gives up after a minute
    std::chrono::seconds deadline{5}; ///< a watch that outlives its timeoutSeconds by this has lost its peer
};

/// What a WatchLoop does with what it reads. Called on the loop's thread only.
class WatchTarget
{
public:
    struct EventInfo {
        WatchType type = WatchType::Unknown;
        QString resourceVersion;
        ApiStatus status;
    };
    virtual ~WatchTarget() = default;
    virtual bool readsProtobuf() const = 0;
    virtual void beginList() = 0;
    virtual Result<ListInfo> page(const QByteArray &body, WireFormat format) = 0;
    virtual void endList() = 0; ///< what was not seen since beginList() is gone
    virtual Result<EventInfo> event(QByteArrayView frame, WireFormat format) = 0;
    virtual qsizetype pending() const = 0;
    virtual qsizetype known() const = 0;
    virtual void flush(const QString &resourceVersion) = 0;
    virtual void state(const FeedState &state) = 0;
};

/// LIST and WATCH of one resource in one namespace or all. The first list is read in one piece from the server's cache as
/// client-go does it (resourceVersion=0), where it comes in protobuf: no other is as cheap for the server and as fast.
/// All later ones, those in JSON, and the one after such a list has failed come in pages. The watch begins at the first
/// page's version while the later pages still travel, so that a list slower than the server's event window cannot end in an endless circle
/// of 410 and relist; whoever is newer wins. Everything happens on the thread that calls run(): the network thread only
/// leaves mail, pages are fetched by a helper thread while the one before is read.
class WatchLoop
{
public:
    WatchLoop(Cluster &cluster, ResourceKind kind, QString ns, WatchOptions options, WatchTarget &target);

    /// Until `stop`. Call it once.
    void run(std::stop_token stop);
    /// From any thread: tries again at once, also after Forbidden.
    void retryNow();
    /// From any thread: what stands may lead nowhere. Goes on from where it is with new requests.
    void reconnect();

private:
    using Clock = std::chrono::steady_clock;
    using Time = std::optional<Clock::time_point>;

    /// What other threads have left since the last look.
    struct Mail {
        QByteArray data;
        QByteArray contentType; ///< set when the stream started
        bool started = false;
        bool wake = false;
        bool reconnect = false;
        std::optional<Result<net::Response>> streamEnd;
        QByteArray listData;
        QByteArray listType; ///< content type, set when the list began to come
        std::optional<Result<net::Response>> listEnd;
        std::optional<Result<net::Response>> page;
        int pageSerial = 0;
        bool isEmpty() const
        {
            return data.isEmpty() && !started && !wake && !reconnect && !streamEnd && listData.isEmpty() && listType.isEmpty() && !listEnd && !page;
        }
    };
    Mail takeMail(Time until);
    template <class F>
    void post(F change)
    {
        const std::lock_guard lock(m_mutex);
        change(m_mail);
        m_arrived.notify_one();
    }

    void startList();
    void streamList();
    void closeList();
    void onListStarted(const QByteArray &contentType);
    void onListData(const QByteArray &data);
    void onListEnd(Result<net::Response> end);
    void listInPages();
    void beginWatch(const ListInfo &info);
    void loading(qint64 remaining); ///< tells how far the first list is; -1 where nobody knows how much is left
    void requestPage(const QString &token);
    void onPage(Result<net::Response> answer);
    void onListError(const Error &error, const QString &freshToken);
    void finishList();

    void openWatch();
    void closeWatch();
    void onStarted(const QByteArray &contentType);
    void onData(const QByteArray &data);
    void onStreamEnd(Result<net::Response> end);
    void onReconnect();
    void onWatchError(const Error &error);

    void forbidden(const Error &error);
    void absent(const Error &error);
    void live();
    void trouble(const Error &error); ///< Stale or Failed, whichever is true
    void setPhase(FeedState::Phase phase, const Error &error = {});
    void flush();
    std::chrono::milliseconds nextDelay(const Error &error);
    QByteArray accept() const;

    Cluster &m_cluster;
    const ResourceKind m_kind;
    const QString m_ns;
    const WatchOptions m_options;
    WatchTarget &m_target;
    const RequestFacts m_listFacts, m_watchFacts;

    std::stop_token m_stop;
    std::mutex m_mutex; ///< guards m_mail
    std::condition_variable_any m_arrived;
    Mail m_mail;

    QString m_path;
    FeedState m_state;
    bool m_wasLive = false;
    QString m_version; ///< resourceVersion the watch goes on from
    bool m_listing = false;
    bool m_streams;             ///< the first list may come in one piece, as no such one has failed
    std::unique_ptr<ListSplitter> m_splitter;
    QByteArray m_room; ///< body of the page before, for the one after the next
    bool m_firstPage = false;
    bool m_unpaged = false;     ///< after a list whose token expired without a fresh one
    QString m_pageToken;        ///< of the page asked for last
    bool m_tookFreshToken = false; ///< … and no page came since
    bool m_relistAfter = false; ///< the watch lost its place while the list was still read
    int m_pageSerial = 0;       ///< of the page asked for last; others come too late
    bool m_streamOpen = false;  ///< the server has answered 2xx
    bool m_retried401 = false;
    bool m_heard = false; ///< something new came on this stream
    Clock::time_point m_streamSince;
    std::unique_ptr<FrameDecoder> m_frames;
    WireFormat m_streamFormat = WireFormat::Json;

    Time m_flushAt, m_rewatchAt, m_relistAt, m_recheckAt;
    std::chrono::milliseconds m_delay{0};
    Clock::time_point m_lastTrouble;
    std::mt19937 m_random{std::random_device{}()};

    // Last, in this order: both hand mail to what stands above until they are gone.
    std::unique_ptr<net::Stream> m_stream, m_listStream;
    std::stop_source m_pageStop;
    std::future<void> m_pageTask;
};

} // namespace cairn::kube
