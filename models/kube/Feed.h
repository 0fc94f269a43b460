// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/FeedStates.h"
#include "kube/Watcher.h"

#include <QObject>
#include <condition_variable>
#include <future>
#include <memory>
#include <mutex>
#include <vector>

namespace cairn::kube {

/// Batches on their way to the thread that takes them. Whoever makes more waits until some are taken, and does not read
/// meanwhile: so in the end the server waits. Thread-safe.
class FeedQueue
{
public:
    explicit FeedQueue(int most)
        : m_most(most)
    {
    }
    /// Blocks while the queue is full, unless it is closed.
    void enter()
    {
        std::unique_lock lock(m_mutex);
        m_changed.wait(lock, [this] { return m_closed || m_count < m_most; });
        ++m_count;
    }
    void leave()
    {
        const std::lock_guard lock(m_mutex);
        --m_count;
        m_changed.notify_all();
    }
    /// Nobody takes anything any more, and nobody waits.
    void close()
    {
        const std::lock_guard lock(m_mutex);
        m_closed = true;
        m_changed.notify_all();
    }

private:
    const int m_most;
    std::mutex m_mutex;
    std::condition_variable m_changed;
    int m_count = 0;
    bool m_closed = false;
};

/// Which namespaces a feed covers.
struct FeedScope {
    QStringList namespaces; ///< empty for all
    QStringList fallback;   ///< watched one by one where the user may not list all namespaces; may be empty
    bool operator==(const FeedScope &) const = default;
};

/// One watched resource brought to the GUI thread: one watcher per namespace of the scope, each batch of changes posted
/// as one queued call, states of all watchers combined into one. Lives on the GUI thread; `cluster` must outlive it.
template <class T>
class Feed
{
public:
    struct Handlers {
        std::function<void()> reset; ///< the scope changed: forget every row
        std::function<void(Delta<T> delta)> delta;
        std::function<void(const FeedState &state)> state;
    };

    Feed(Cluster &cluster, ResourceKind kind, std::function<std::unique_ptr<ObjectDecoder<T>>()> decoder,
         Handlers handlers, WatchOptions options = {})
        : m_cluster(cluster)
        , m_kind(std::move(kind))
        , m_decoder(std::move(decoder))
        , m_handlers(std::move(handlers))
        , m_options(std::move(options))
    {
    }
    /// Waits until the watchers have ended: a moment, as no request is waited for.
    ~Feed() { stop(); }
    Feed(const Feed &) = delete;
    Feed &operator=(const Feed &) = delete;

    void start(const FeedScope &scope)
    {
        stop();
        m_scope = scope;
        m_narrowed = false;
        m_handlers.reset();
        watch(scope.namespaces.isEmpty() || !m_kind.namespaced ? QStringList{QString()} : scope.namespaces);
    }

    /// Calls that are still queued are dropped. The watchers end on a thread of their own, so this does not block.
    void stop()
    {
        ++m_generation;
        requestStop();
        std::erase_if(m_ending, [](const std::future<void> &end) {
            return end.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
        });
        if (!m_watchers.empty())
            m_ending.push_back(
                std::async(std::launch::async, [old = std::move(m_watchers)]() mutable { old.clear(); }));
        m_watchers.clear();
        m_states.clear();
    }

    /// Begins to end without waiting; stop() or the destructor then has less to wait for.
    void requestStop()
    {
        ++m_generation;
        if (m_queue)
            m_queue->close();
        for (const auto &watcher : m_watchers)
            watcher->requestStop();
    }

    /// After Forbidden, or when the user does not want to wait for the next try.
    void retryNow()
    {
        for (const auto &watcher : m_watchers)
            watcher->retryNow();
    }

    void reconnect()
    {
        for (const auto &watcher : m_watchers)
            watcher->reconnect();
    }

    /// All namespaces were wanted, and only those of the fallback may be listed.
    bool isNarrowed() const { return m_narrowed; }
    FeedState state() const { return combined(m_states); }
    /// The state of each watcher by its namespace ("" for all).
    QList<std::pair<QString, FeedState>> parts() const
    {
        QList<std::pair<QString, FeedState>> parts;
        for (qsizetype i = 0; i < m_states.size(); ++i)
            parts.append({m_watched[i], m_states[i]});
        return parts;
    }

private:
    static constexpr int mostQueued = 40; ///< of at most 250 objects each: a busy GUI thread lasts for some tenths of a second

    void watch(const QStringList &namespaces)
    {
        m_watched = namespaces;
        m_states = QList<FeedState>(namespaces.size());
        m_queue = std::make_shared<FeedQueue>(mostQueued);
        for (qsizetype i = 0; i < namespaces.size(); ++i) {
            WatchHandlers<T> handlers;
            handlers.delta = [this, generation = m_generation, queue = m_queue](Delta<T> delta) {
                queue->enter();
                QMetaObject::invokeMethod(
                    &m_receiver,
                    [this, generation, queue, delta = std::move(delta)]() mutable {
                        queue->leave();
                        if (generation == m_generation)
                            m_handlers.delta(std::move(delta));
                    },
                    Qt::QueuedConnection);
            };
            handlers.state = [this, generation = m_generation, i](const FeedState &state) {
                QMetaObject::invokeMethod(
                    &m_receiver,
                    [this, generation, i, state] {
                        if (generation == m_generation)
                            onState(i, state);
                    },
                    Qt::QueuedConnection);
            };
            m_watchers.push_back(std::make_unique<Watcher<T>>(m_cluster, m_kind, namespaces[i], m_decoder(),
                                                              std::move(handlers), m_options));
        }
    }

    void onState(qsizetype index, const FeedState &state)
    {
        m_states[index] = state;
        const bool everywhere = m_kind.namespaced && m_scope.namespaces.isEmpty();
        if (everywhere && !m_narrowed && state.phase == FeedState::Phase::Forbidden && !m_scope.fallback.isEmpty()) {
            const QStringList fallback = m_scope.fallback;
            stop();
            m_narrowed = true;
            watch(fallback);
            return;
        }
        m_handlers.state(combined(m_states));
    }

    Cluster &m_cluster;
    const ResourceKind m_kind;
    const std::function<std::unique_ptr<ObjectDecoder<T>>()> m_decoder;
    const Handlers m_handlers;
    const WatchOptions m_options;
    FeedScope m_scope;
    bool m_narrowed = false;
    QStringList m_watched; ///< namespace of each watcher
    QList<FeedState> m_states;
    int m_generation = 0;
    std::shared_ptr<FeedQueue> m_queue;
    QObject m_receiver; ///< its queued calls die with it; before the watchers, which post to it
    std::vector<std::unique_ptr<Watcher<T>>> m_watchers;
    std::vector<std::future<void>> m_ending; ///< last: its destructor waits for watchers that still post
};

} // namespace cairn::kube
