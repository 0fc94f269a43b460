// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/ObjectDecoder.h"
#include "domain/Quota.h"

namespace cairn {

namespace kinds {
const ResourceKind &limitRanges();
const ResourceKind &clusterQueues(); ///< kueue.x-k8s.io/v1beta1, for the whole cluster
const ResourceKind &localQueues();   ///< kueue.x-k8s.io/v1beta1, in a namespace
} // namespace kinds

/// Of one kind: ResourceQuota, ClusterQueue or LocalQueue.
std::unique_ptr<ObjectDecoder<Quota>> quotaDecoder(const ResourceKind &kind);
std::unique_ptr<ObjectDecoder<LimitRange>> limitRangeDecoder();

} // namespace cairn
