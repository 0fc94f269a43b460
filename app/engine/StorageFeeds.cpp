// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/StorageFeeds.h"

namespace cairn::app {

StorageFeeds::StorageFeeds(kube::Cluster &cluster, QObject *parent)
    : QObject(parent)
    , claims(cluster, kinds::claims(), claimDecoder)
    , volumes(cluster, kinds::volumes(), volumeDecoder)
    , classes(cluster, kinds::storageClasses(), storageClassDecoder)
{
    each([this](auto &watched) {
        connect(&watched.store, &store::StoreSignals::changed, this, &StorageFeeds::changed);
        connect(&watched.store, &store::StoreSignals::stateChanged, this, &StorageFeeds::changed);
    });
    volumes.start({});
    classes.start({});
}

} // namespace cairn::app
