// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "items/JobTableModel.h"
#include "situation/Nodes.h"

namespace cairn::items {

using situation::JobOnNode;
using NodeRow = situation::NodeLoad;

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
    ColumnHead head(int column) const override;

    void setNodes(const QList<NodeRow> &nodes) { replaceRows(nodes); }
    void setNow(const QDateTime &now) { m_now = now; }
    const QDateTime &now() const { return m_now; }

    struct Sums {
        int nodes = 0;
        int notReady = 0;
        double gpusAllocatable = 0, gpusFree = 0; ///< free: on nodes that take new pods
    };
    Sums sums() const;

    static QString key(const Node &node) { return situation::nodeKey(node); }
    static TagValue tag(const Node &node);
    /// "for 6 min, MemoryPressure": what is wrong beside the tag, safe to show; may be empty.
    QString trouble(const Node &node) const;

protected:
    QString keyOf(const NodeRow &row) const override { return key(row.node); }

private:
    QString text(const NodeRow &row, int column) const;
    QString toolTip(const NodeRow &row, int column) const;
    QVariant sortValue(const NodeRow &row, int column) const;
    QDateTime m_now;
};

} // namespace cairn::items
