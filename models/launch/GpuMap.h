// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "launch/Room.h"

/// Where the GPUs of a cluster are, node by node, and which of them a job would have. Pure.
namespace cairn::launch {

/// Whole GPUs: a part of one that is shared counts as in use.
struct GpuNode {
    QString name = {};
    int total = 0;         ///< allocatable
    int used = 0;          ///< by others
    int asked = 0;         ///< this job's, were it placed now
    int shortBy = 0;       ///< more that a pod of it needs than are free here, where it counts on this node; 0: none
    bool ready = false;    ///< and not cordoned
    bool open = false;     ///< its selector chooses the node and it tolerates the taints
    QStringList holders = {}; ///< who has the used ones, the largest first; raw
    int idle() const { return total - used - asked; }
    bool operator==(const GpuNode &) const = default;
};

/// Nodes of one type.
struct GpuPool {
    QString name = {};  ///< "NVIDIA-A100-SXM4-80GB"; empty: nodes that do not say
    QString label = {}; ///< that says so; empty where none does
    QList<GpuNode> nodes = {}; ///< those of the job first, then by name
    int sum(int GpuNode::*part) const;
    int idle() const;
    bool operator==(const GpuPool &) const = default;
};

/// `gpu` is the resource, `placed` how many of its `pods` are on which node. Pools that the job may use come first.
QList<GpuPool> gpuMap(
    const QList<Room> &rooms, const Ask &ask, const QString &gpu, int pods, const QMap<QString, int> &placed);

} // namespace cairn::launch
