// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "launch/Spec.h"

namespace cairn::launch {

/// Nodes that belong together by a label: a pool of a cloud, a product of GPUs, a zone.
struct NodePool {
    QString label = {};
    QString value = {};
    int nodes = 0;
    qint64 gpus = 0;                ///< allocatable on all of them
    QList<Toleration> taints = {};  ///< what all of its nodes are tainted with and a pod has to tolerate
    bool operator==(const NodePool &) const = default;
};

/// By the labels that clouds, Karpenter and GPU feature discovery give, and those whose name ends in "pool", "nodegroup" or
/// "node-group"; at most 200, in the order of their labels. Taints of nodes that are not ready or cordoned do not count.
QList<NodePool> nodePools(const QList<QJsonObject> &nodes);

/// "nvidia.com/gpu=present:NoSchedule", "team:NoExecute"; empty parts are left out, as by `kubectl taint`.
QString tolerationText(const Toleration &toleration);
std::optional<Toleration> tolerationFrom(const QString &text);

} // namespace cairn::launch
