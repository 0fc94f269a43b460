// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "components/Component.h"
#include "domain/LinkState.h"
#include "kube/Feed.h"
#include "store/ResourceStore.h"

#include <functional>
#include <memory>

namespace cairn::app {

/// One watched kind, whatever its values are. GUI thread.
class WatchedKind
{
public:
    explicit WatchedKind(const ResourceKind &resource)
        : kind(resource)
    {
    }
    virtual ~WatchedKind() = default;
    WatchedKind(const WatchedKind &) = delete;
    WatchedKind &operator=(const WatchedKind &) = delete;

    virtual void start(const kube::FeedScope &scope) = 0;
    virtual void stop() = 0;
    /// Begins to end; the destructor then has less to wait for.
    virtual void requestStop() = 0;
    /// Tries again at once what failed or was forbidden.
    virtual void retryNow() = 0;
    /// The server is back: goes on with new requests.
    virtual void reconnect() = 0;
    /// Tells the state anew as it is with this link.
    virtual void setLink(const LinkState &link) = 0;
    virtual FeedState state() const = 0;
    /// The state of each watch by its namespace ("" for all).
    virtual QList<std::pair<QString, FeedState>> parts() const = 0;
    /// All namespaces were wanted, and only those of the fallback may be listed.
    virtual bool isNarrowed() const = 0;

    bool isLoading() const { return state().phase == FeedState::Phase::Loading; }
    /// Appends what may not be read, or could not.
    void addUnread(QList<components::Unread> &unread) const
    {
        for (const auto &[ns, state] : parts()) {
            if (state.phase == FeedState::Phase::Forbidden || state.phase == FeedState::Phase::Failed)
                unread.append({kind.plural, ns, state.error});
        }
    }

    const ResourceKind kind;
};

/// A feed, and who takes what it brings. Its state is never better than the link: see linked().
template <class T>
class WatchedFeed : public WatchedKind
{
public:
    WatchedFeed(kube::Cluster &cluster, const ResourceKind &resource, std::function<std::unique_ptr<ObjectDecoder<T>>()> decoder,
                typename kube::Feed<T>::Handlers handlers)
        : WatchedKind(resource)
        , m_tell(std::move(handlers.state))
        , m_feed(cluster, resource, std::move(decoder),
                 {std::move(handlers.reset), std::move(handlers.delta), [this](const FeedState &state) { m_tell(linked(state, m_link)); }})
    {
    }
    void start(const kube::FeedScope &scope) override { m_feed.start(scope); }
    void stop() override { m_feed.stop(); }
    void requestStop() override { m_feed.requestStop(); }
    void retryNow() override { m_feed.retryNow(); }
    void reconnect() override { m_feed.reconnect(); }
    void setLink(const LinkState &link) override
    {
        m_link = link;
        if (!m_feed.parts().isEmpty())
            m_tell(state());
    }
    FeedState state() const override { return linked(m_feed.state(), m_link); }
    QList<std::pair<QString, FeedState>> parts() const override { return m_feed.parts(); }
    bool isNarrowed() const override { return m_feed.isNarrowed(); }

private:
    LinkState m_link;
    const std::function<void(const FeedState &)> m_tell;
    kube::Feed<T> m_feed;
};

/// A feed with a store of its own, which tells of changes and of the state.
template <class T>
class Watched final : public WatchedFeed<T>
{
public:
    Watched(kube::Cluster &cluster, const ResourceKind &resource, std::function<std::unique_ptr<ObjectDecoder<T>>()> decoder)
        : WatchedFeed<T>(cluster, resource, std::move(decoder),
                         {[this] {
                              store.clear();
                              store.setState({});
                          },
                          [this](const Delta<T> &delta) { store.apply(delta); },
                          [this](const FeedState &state) { store.setState(state); }})
    {
    }
    store::ResourceStore<T> store;
};

} // namespace cairn::app
