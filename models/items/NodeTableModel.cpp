// SPDX-License-Identifier: GPL-3.0-or-later
#include "items/NodeTableModel.h"

#include "base/Text.h"
#include "items/CellText.h"

#include <algorithm>
#include <limits>

namespace cairn::items {

using namespace Qt::StringLiterals;

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

/// Smaller is worse.
int rank(const Node &node)
{
    if (!node.ready)
        return 0;
    return !node.pressures.isEmpty() ? 1 : node.unschedulable ? 2 : 3;
}

} // namespace

NodeTableModel::NodeTableModel(QObject *parent)
    : RowTableModel(parent)
    , m_now(QDateTime::currentDateTimeUtc())
{
}

int NodeTableModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

NodeTableModel::Sums NodeTableModel::sums() const
{
    Sums sums;
    visitRows([&](const NodeRow &row) {
        ++sums.nodes;
        sums.notReady += row.node.ready ? 0 : 1;
        sums.gpusAllocatable += row.node.gpusAllocatable;
        if (row.node.ready && !row.node.unschedulable)
            sums.gpusFree += row.gpusFree();
    });
    return sums;
}

TagValue NodeTableModel::tag(const Node &node)
{
    switch (rank(node)) {
    case 0: return {tr("Not ready"), Tone::Err};
    case 1: return {tr("Pressure"), Tone::Warn};
    case 2: return {tr("Cordoned"), Tone::Idle}; // kubectl cordon
    default: return {tr("Ready"), Tone::Ok};
    }
}

QString NodeTableModel::trouble(const Node &node) const
{
    QStringList parts;
    if (!node.ready && node.readySince.isValid())
        parts.append(tr("for %1", "time span").arg(age(node.readySince, m_now)));
    for (const QString &pressure : node.pressures)
        parts.append(text::safe(pressure)); // Kubernetes' own word
    if (node.unschedulable && rank(node) != 2)
        parts.append(tr("cordoned"));
    return parts.join(u", "_s);
}

QString NodeTableModel::text(const NodeRow &row, int column) const
{
    const Node &node = row.node;
    switch (column) {
    case Name: return text::safe(node.name);
    case Zone: return node.zone.isEmpty() ? u"–"_s : text::safe(node.zone);
    case State: {
        const QString why = trouble(node);
        return why.isEmpty() ? tag(node).text : tr("%1, %2", "state of a node and its cause").arg(tag(node).text, why);
    }
    case Gpus:
        return node.gpusAllocatable > 0 || row.gpusRequested > 0
            ? tr("%1 of %2", "GPUs requested, allocatable").arg(plainNumber(row.gpusRequested), plainNumber(node.gpusAllocatable))
            : plainNumber(0); // a node without GPUs is known to have none
    case Free: return plainNumber(row.gpusFree());
    case Jobs: return text::number(row.jobs.size());
    case Lost: return situation::lostText(row);
    case Pods: return text::number(row.pods);
    case Version: return node.kubeletVersion.isEmpty() ? u"–"_s : text::safe(node.kubeletVersion);
    case Age: return age(node.created, m_now);
    default: return {};
    }
}

QString NodeTableModel::toolTip(const NodeRow &row, int column) const
{
    switch (column) {
    case State: return row.node.readySince.isValid() ? exactTime(row.node.readySince) : QString();
    case Age: return exactTime(row.node.created);
    case Gpus:
        return tr("Requested by pods that have not ended, out of the node's allocatable GPUs: all resources named …/gpu and MIG slices.");
    case Jobs: {
        QStringList names;
        for (const JobOnNode &job : row.jobs)
            names.append(text::safe(job.ns + u'/' + job.name));
        return names.join(u'\n');
    }
    case Lost: return tr("Work since the newest whole checkpoint of each job with a pod here.");
    default: return {};
    }
}

QVariant NodeTableModel::sortValue(const NodeRow &row, int column) const
{
    switch (column) {
    case State: return rank(row.node);
    case Gpus: return row.node.gpusAllocatable > 0 ? row.gpusRequested / row.node.gpusAllocatable : missing;
    case Free: return row.gpusFree();
    case Jobs: return row.jobs.size();
    case Lost: {
        double longest = 0;
        for (const JobOnNode &job : row.jobs)
            longest = std::max(longest, job.lost.already ? 0 : static_cast<double>(job.lost.time.count()));
        // GPU-hours first; among nodes without, the longest stretch of time.
        return row.gpuHoursAtRisk() * 1e9 + longest;
    }
    case Pods: return row.pods;
    case Age: return row.node.created.isValid() ? -static_cast<double>(row.node.created.toSecsSinceEpoch()) : missing;
    default: return text(row, column);
    }
}

QVariant NodeTableModel::data(const QModelIndex &index, int role) const
{
    const NodeRow *row = rowAt(index);
    if (!row)
        return {};
    const int column = index.column();
    switch (role) {
    case Qt::DisplayRole: return text(*row, column);
    case Qt::ToolTipRole: return toolTip(*row, column);
    case Qt::AccessibleTextRole:
        return tr("%1: %2", "column, value").arg(headerData(column, Qt::Horizontal).toString(), text(*row, column));
    case KeyRole: return keyOf(*row);
    case SortRole: return sortValue(*row, column);
    case ValueRole:
        if (column == Age)
            return row->node.created.isValid() ? static_cast<double>(row->node.created.secsTo(m_now)) : missing;
        return column == Lost ? QVariant(row->gpuHoursAtRisk()) : column == Gpus ? QVariant(row->gpusRequested) : QVariant();
    case RankRole: return rank(row->node);
    case StrongRole: return column == Name || (column == Lost && row->gpuHoursAtRisk() > 0);
    case ToneRole:
        if (column == Gpus && row->gpusRequested > row->node.gpusAllocatable)
            return static_cast<int>(Tone::Err);
        return static_cast<int>(column == Zone || column == Version ? Tone::Dim : Tone::None);
    case TagRole: return column == State ? QVariant::fromValue(tag(row->node)) : QVariant();
    case DetailRole: return column == State ? QVariant(trouble(row->node)) : QVariant();
    case ProgressRole:
        if (column == Gpus && row->node.gpusAllocatable > 0)
            return std::min(1.0, row->gpusRequested / row->node.gpusAllocatable);
        return {};
    default: return {};
    }
}

ColumnHead NodeTableModel::head(int column) const
{
    switch (column) {
    case Name: return {tr("Node"), u"name"_s};
    case Zone: return {tr("Zone"), u"zone"_s};
    case State: return {tr("State"), u"state"_s};
    case Gpus: return {tr("GPUs requested"), u"gpus"_s};
    case Free: return {tr("Free"), u"free"_s};
    case Jobs: return {tr("Jobs"), u"jobs"_s};
    case Lost:
        return {tr("Unsaved work"), u"lost"_s,
                tr("What a failure of the node would lose now: work since the newest whole checkpoint of each job with a pod here")};
    case Pods: return {tr("Pods"), u"pods"_s};
    case Version: return {tr("Kubelet"), u"version"_s};
    case Age: return {tr("Age"), u"age"_s};
    default: return {};
    }
}

} // namespace cairn::items
