// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "kube/WatchLoop.h"

#include <QHash>
#include <QSet>
#include <functional>
#include <thread>

namespace cairn::kube {

/// Both are called on the watcher's own thread, one after the other, never after its destructor has returned.
template <class T>
struct WatchHandlers {
    std::function<void(Delta<T> delta)> delta;
    std::function<void(const FeedState &state)> state;
};

/// The set of values a watch keeps in step with the server. Remembers of each object its UID and version only.
template <class T>
class WatchedSet final : public WatchTarget
{
public:
    WatchedSet(std::unique_ptr<ObjectDecoder<T>> decoder, WatchHandlers<T> handlers)
        : m_decoder(std::move(decoder))
        , m_handlers(std::move(handlers))
    {
    }

    bool readsProtobuf() const override { return m_decoder->readsProtobuf(); }
    qsizetype pending() const override { return m_delta.upserts.size() + m_removed.size(); }
    qsizetype known() const override { return m_known.size(); }
    void state(const FeedState &state) override { m_handlers.state(state); }

    void beginList() override
    {
        m_listing = true;
        m_seen.clear();
        m_deleted.clear();
    }

    Result<ListInfo> page(const QByteArray &body, WireFormat format) override
    {
        Result<ListPage<T>> page = m_decoder->page(body, format);
        if (!page)
            return fail(page.error());
        for (T &item : page->items) {
            // An event told of its end while the page was on its way.
            if (!m_deleted.contains(item.uid))
                upsert(std::move(item));
        }
        return page->info;
    }

    void endList() override
    {
        for (auto it = m_known.begin(); it != m_known.end();) {
            if (m_seen.contains(it.key())) {
                ++it;
                continue;
            }
            dropUpsert(it.key());
            m_removed.insert(it.key());
            it = m_known.erase(it);
        }
        m_delta.complete = true;
        m_listing = false;
        m_seen = {};
        m_deleted = {};
        m_decoder->trim();
    }

    Result<EventInfo> event(QByteArrayView frame, WireFormat format) override
    {
        Result<WatchRecord<T>> record = m_decoder->event(frame, format);
        if (!record)
            return fail(record.error());
        T &object = record->object;
        switch (record->type) {
        case WatchType::Added:
        case WatchType::Modified:
            if (!object.uid.isEmpty())
                upsert(std::move(object));
            break;
        case WatchType::Deleted:
            if (m_listing)
                m_deleted.insert(object.uid);
            if (m_known.remove(object.uid)) {
                dropUpsert(object.uid);
                m_removed.insert(object.uid);
            }
            break;
        default: break;
        }
        return EventInfo{record->type, record->resourceVersion, record->status};
    }

    void flush(const QString &resourceVersion) override
    {
        if (pending() == 0 && !m_delta.complete)
            return;
        m_delta.resourceVersion = resourceVersion;
        m_pendingAt.clear();
        m_delta.removed = m_removed.values();
        m_removed.clear();
        Delta<T> delta = std::exchange(m_delta, {});
        // Whoever takes a batch takes it at one go, the GUI thread too: a page of a list is more than it may.
        qsizetype from = 0;
        for (; delta.upserts.size() - from > mostUpserts; from += mostUpserts) {
            Delta<T> part;
            part.upserts = delta.upserts.mid(from, mostUpserts);
            part.resourceVersion = resourceVersion;
            m_handlers.delta(std::move(part));
        }
        if (from > 0)
            delta.upserts = delta.upserts.mid(from);
        m_handlers.delta(std::move(delta));
    }

private:
    static constexpr qsizetype mostUpserts = 250;

    void upsert(T &&object)
    {
        if (m_listing)
            m_seen.insert(object.uid);
        // Versions are decimal numbers on every supported server, officially so since 1.35 (KEP-5504). One that is none
        // counts as 0 and is always taken.
        const quint64 version = object.resourceVersion.toULongLong();
        quint64 &known = m_known[object.uid];
        if (version != 0 && version <= known)
            return;
        known = version;
        const auto it = m_pendingAt.constFind(object.uid);
        if (it != m_pendingAt.cend()) {
            m_delta.upserts[*it] = std::move(object);
            return;
        }
        m_removed.remove(object.uid); // a list of an older moment does not know it, and the watch brings it back
        m_pendingAt.insert(object.uid, m_delta.upserts.size());
        m_delta.upserts.append(std::move(object));
    }

    void dropUpsert(const QString &uid)
    {
        const auto it = m_pendingAt.constFind(uid);
        if (it == m_pendingAt.cend())
            return;
        const qsizetype at = *it;
        m_pendingAt.erase(it);
        if (at != m_delta.upserts.size() - 1) {
            m_delta.upserts[at] = std::move(m_delta.upserts.last());
            m_pendingAt[m_delta.upserts[at].uid] = at;
        }
        m_delta.upserts.removeLast();
    }

    const std::unique_ptr<ObjectDecoder<T>> m_decoder;
    const WatchHandlers<T> m_handlers;
    QHash<QString, quint64> m_known;       ///< UID → version
    Delta<T> m_delta;                      ///< not yet handed on
    QSet<QString> m_removed;               ///< … and what goes into its list
    QHash<QString, qsizetype> m_pendingAt; ///< UID → place in m_delta.upserts
    bool m_listing = false;
    QSet<QString> m_seen;    ///< since beginList()
    QSet<QString> m_deleted; ///< by events since beginList()
};

/// Watches one resource in one namespace (or all where `ns` is empty) on a thread of its own until destroyed.
/// `cluster` must outlive it. Make and destroy it on any thread; destroying waits until its thread has ended, which
/// takes a moment only.
template <class T>
class Watcher
{
public:
    Watcher(Cluster &cluster, const ResourceKind &kind, const QString &ns, std::unique_ptr<ObjectDecoder<T>> decoder,
            WatchHandlers<T> handlers, WatchOptions options = {})
        : m_set(std::move(decoder), std::move(handlers))
        , m_loop(cluster, kind, ns, options, m_set)
        , m_thread([this](std::stop_token stop) { m_loop.run(stop); })
    {
    }
    Watcher(const Watcher &) = delete;
    Watcher &operator=(const Watcher &) = delete;

    void retryNow() { m_loop.retryNow(); }
    /// What stands may lead nowhere: goes on from where it is, on connections that Transport::renewConnections() made new.
    void reconnect() { m_loop.reconnect(); }
    /// Begins to end; the destructor then has less to wait for.
    void requestStop() { m_thread.request_stop(); }

private:
    WatchedSet<T> m_set;
    WatchLoop m_loop;
    std::jthread m_thread;
};

} // namespace cairn::kube
