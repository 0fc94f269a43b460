// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "components/Component.h"
#include "kube/Feed.h"
#include "store/ResourceStore.h"

#include <functional>
#include <memory>

namespace cairn::app {

/// One watched kind and what it holds.
template <class T>
struct Watched {
    Watched(kube::Cluster &cluster, const ResourceKind &resource, std::function<std::unique_ptr<ObjectDecoder<T>>()> decoder,
            const std::function<void()> &changed)
        : kind(resource)
        , feed(cluster, resource, std::move(decoder),
               {[this] { store.clear(); },
                [this, changed](const Delta<T> &delta) {
                    store.apply(delta);
                    changed();
                },
                [changed](const FeedState &) { changed(); }})
    {
    }
    bool isLoading() const { return feed.state().phase == FeedState::Phase::Loading; }
    void addUnread(QList<components::Unread> &unread) const
    {
        for (const auto &[ns, state] : feed.parts()) {
            if (state.phase == FeedState::Phase::Forbidden || state.phase == FeedState::Phase::Failed)
                unread.append({kind.plural, ns, state.error});
        }
    }
    const ResourceKind kind;
    store::ResourceStore<T> store;
    kube::Feed<T> feed;
};

} // namespace cairn::app
