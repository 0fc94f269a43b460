// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/QuotaFeeds.h"

namespace cairn::app {

QuotaFeeds::QuotaFeeds(kube::Cluster &cluster, QObject *parent)
    : QObject(parent)
    , quotas(cluster, kinds::resourceQuotas(), [] { return quotaDecoder(kinds::resourceQuotas()); })
    , ranges(cluster, kinds::limitRanges(), limitRangeDecoder)
    , clusterQueues(cluster, kinds::clusterQueues(), [] { return quotaDecoder(kinds::clusterQueues()); })
    , localQueues(cluster, kinds::localQueues(), [] { return quotaDecoder(kinds::localQueues()); })
{
    each([this](auto &watched) {
        connect(&watched.store, &store::StoreSignals::changed, this, &QuotaFeeds::changed);
        connect(&watched.store, &store::StoreSignals::stateChanged, this, &QuotaFeeds::changed);
    });
    clusterQueues.start({});
}

void QuotaFeeds::start(const kube::FeedScope &scope)
{
    quotas.start(scope);
    ranges.start(scope);
    localQueues.start(scope);
}

} // namespace cairn::app
