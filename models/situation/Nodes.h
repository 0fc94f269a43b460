// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "jobs/LossOfWork.h"
#include "situation/Jobs.h"

namespace cairn::situation {

/// A training job with a pod on a node, and what it loses if that node is lost now: it cannot go on without one of its
/// pods, so all of its work since its newest whole checkpoint.
struct JobOnNode {
    QString key; ///< jobKey()
    QString ns;
    QString name;
    double gpus = 0; ///< of the whole job
    jobs::LossOfWork lost;
    bool operator==(const JobOnNode &) const = default;
};

/// A node and what runs on it.
struct NodeLoad {
    Node node;
    int pods = 0;             ///< that have not ended
    double gpusRequested = 0; ///< by them: the scheduler counts a GPU as taken until its pod has ended
    QList<JobOnNode> jobs;    ///< greatest loss first
    bool partial = false;     ///< pods of some namespaces may not be read: there may be more of all of this
    bool operator==(const NodeLoad &) const = default;

    /// Never negative: a node is overcommitted when its device plugin lost GPUs.
    double gpusFree() const { return std::max(0.0, node.gpusAllocatable - gpusRequested); }
    double gpuHoursAtRisk() const;
};

/// UID, or the name of one without.
inline QString nodeKey(const Node &node) { return node.uid.isEmpty() ? node.name : node.uid; }

/// Joins nodes with pods and jobs. `visitPods` calls its argument for every pod that can be seen; `jobOf` calls its second
/// argument with the training job that a pod belongs to, or not at all.
QList<NodeLoad> joinNodes(const QList<Node> &nodes, const std::function<void(const std::function<void(const Pod &)> &)> &visitPods,
                          const std::function<void(const Pod &, const SeeJob &)> &jobOf, bool partial, const QDateTime &now);

/// "at most 3.2 GPU-h", "12 min", "nothing"; of one job or of a node's jobs together. Safe to show.
QString lostText(const JobOnNode &job);
QString lostText(const NodeLoad &load);

} // namespace cairn::situation
