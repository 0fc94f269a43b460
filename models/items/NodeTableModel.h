// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "items/JobTableModel.h"

#include <functional>

namespace cairn::items {

/// A training job with a pod on a node, and what it loses if that node is lost now: it cannot go on without one of its
/// pods, so all of its work since its newest whole checkpoint.
struct JobOnNode {
    QString key; ///< jobKey()
    QString ns;
    QString name;
    double gpus = 0; ///< of the whole job
    LostWork lost;
    bool operator==(const JobOnNode &) const = default;
};

/// A node and what runs on it.
struct NodeRow {
    Node node;
    int pods = 0;             ///< that have not ended
    double gpusRequested = 0; ///< by them: the scheduler counts a GPU as taken until its pod has ended
    QList<JobOnNode> jobs;    ///< greatest loss first
    bool partial = false;     ///< pods of some namespaces may not be read: there may be more of all of this
    bool operator==(const NodeRow &) const = default;

    /// Never negative: a node is overcommitted when its device plugin lost GPUs.
    double gpusFree() const { return std::max(0.0, node.gpusAllocatable - gpusRequested); }
    double gpuHoursAtRisk() const;
};

/// Joins nodes with pods and jobs. `visitPods` calls its argument for every pod that can be seen; `jobOf` is the
/// training job that a pod belongs to, or nullptr.
QList<NodeRow> joinNodes(const QList<Node> &nodes, const std::function<void(const std::function<void(const Pod &)> &)> &visitPods,
                         const std::function<const JobRow *(const Pod &)> &jobOf, bool partial, const QDateTime &now);

/// Nodes, worst first: not ready, under pressure, closed, then by what would be lost with them.
class NodeTableModel : public RowTableModel<NodeRow>
{
    Q_OBJECT
public:
    enum Column { Name, Zone, State, Gpus, Free, Jobs, Lost, Pods, Version, Age, ColumnCount };
    Q_ENUM(Column)

    explicit NodeTableModel(QObject *parent = nullptr);

    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

    void setNodes(const QList<NodeRow> &nodes) { replaceRows(nodes); }
    void setNow(const QDateTime &now) { m_now = now; }
    const QDateTime &now() const { return m_now; }

    struct Sums {
        int nodes = 0;
        int notReady = 0;
        double gpusAllocatable = 0, gpusFree = 0; ///< free: on nodes that take new pods
    };
    Sums sums() const;

    /// UID, or the name of one without.
    static QString key(const Node &node) { return node.uid.isEmpty() ? node.name : node.uid; }
    static TagValue tag(const Node &node);
    /// "for 6 min, MemoryPressure": what is wrong beside the tag, safe to show; may be empty.
    QString trouble(const Node &node) const;
    /// "at most 3.2 GPU-h", "12 min", "nothing"; of one job or of a node's jobs together.
    static QString lostText(const JobOnNode &job);
    static QString lostText(const NodeRow &row);

protected:
    QString keyOf(const NodeRow &row) const override { return key(row.node); }

private:
    QString text(const NodeRow &row, int column) const;
    QString toolTip(const NodeRow &row, int column) const;
    QVariant sortValue(const NodeRow &row, int column) const;
    QDateTime m_now;
};

} // namespace cairn::items
