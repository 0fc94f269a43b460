// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "components/Component.h"

#include <functional>

namespace cairn::components {

/// The control plane's part of judge(). `addLeader` reads who leads from the entry's Lease.
QList<Component> judgeControlPlane(const ClusterFacts &facts, const std::function<void(const Entry &, Component &)> &addLeader);

/// Its Lease is stale, so that nobody is known to lead: no replica of it is known to work, and none to take over.
bool isLeaderless(const Component &component);

/// Whether `members` of `all` are more than half, as etcd's quorum asks for.
constexpr bool isQuorum(qsizetype members, qsizetype all)
{
    return members > all / 2;
}

/// The program a static pod runs: "etcd" of "etcd-node-1" on node-1; empty for any other pod. The kubelet names the pod
/// after the manifest and itself, and makes the Node its owner.
QString staticProgram(const Pod &pod);

} // namespace cairn::components
