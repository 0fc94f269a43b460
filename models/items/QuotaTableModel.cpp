// SPDX-License-Identifier: GPL-3.0-or-later
#include "items/QuotaTableModel.h"

#include "base/Text.h"
#include "items/CellText.h"

#include <algorithm>
#include <limits>

namespace cairn::items {

using namespace Qt::StringLiterals;

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();
constexpr double tight = 0.85; // where bars of use turn to a warning

bool countsAllPods(const Quota &quota)
{
    return quota.kind == "ResourceQuota"_L1 && quota.scopes.isEmpty();
}

} // namespace

QuotaTableModel::QuotaTableModel(QObject *parent)
    : RowTableModel(parent)
{
}

int QuotaTableModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QuotaTableModel::Sums QuotaTableModel::sums() const
{
    Sums sums;
    QSet<QString> objects;
    visitRows([&](const QuotaRow &row) {
        objects.insert(row.quota.kind + row.quota.ns + u'/' + row.quota.name);
        sums.full += row.limit.hard > 0 && row.fraction() >= 1 ? 1 : 0;
        sums.tight += row.limit.hard > 0 && row.fraction() >= tight ? 1 : 0;
        if (row.isGpu() && countsAllPods(row.quota) && row.fraction() >= 0) {
            sums.gpusUsed += row.limit.used;
            sums.gpusHard += row.limit.hard;
        }
    });
    sums.quotas = static_cast<int>(objects.size());
    return sums;
}

QString QuotaTableModel::key(const QuotaRow &row)
{
    const QString object = row.quota.uid.isEmpty() ? row.quota.kind + u'/' + row.quota.ns + u'/' + row.quota.name : row.quota.uid;
    return object + u'\n' + row.limit.resource + u'\n' + row.limit.flavor;
}

TagValue QuotaTableModel::tag(const QuotaRow &row)
{
    const double fraction = row.fraction();
    if (row.quota.stopped)
        return {tr("Stopped"), Tone::Warn};
    if (fraction < 0)
        return {tr("Not counted"), Tone::Idle};
    if (row.allowsNothing())
        return {tr("None allowed"), Tone::Idle};
    if (fraction > 1)
        return row.quota.kind == "ClusterQueue"_L1 ? TagValue{tr("Borrowing"), Tone::Warn} : TagValue{tr("Over quota"), Tone::Err};
    if (fraction == 1)
        return {tr("Full"), Tone::Err};
    return fraction >= tight ? TagValue{tr("Nearly full"), Tone::Warn} : TagValue{tr("Available"), Tone::Ok};
}

QString QuotaTableModel::amount(const QString &resource, double value)
{
    if (value < 0)
        return u"–"_s;
    if (resource.endsWith("memory"_L1) || resource.endsWith("storage"_L1) || resource.contains("hugepages-"_L1))
        return text::bytes(static_cast<qint64>(std::min(value, 9e18)));
    return plainNumber(value);
}

QString QuotaTableModel::usedText(const QuotaRow &row)
{
    return tr("%1 of %2", "used, allowed").arg(amount(row.limit.resource, row.limit.used), amount(row.limit.resource, row.limit.hard));
}

QString QuotaTableModel::text(const QuotaRow &row, int column)
{
    switch (column) {
    case Resource: return text::safe(requestedResource(row.limit.resource));
    case Namespace: return row.quota.ns.isEmpty() ? tr("cluster") : text::safe(row.quota.ns);
    case Name: return text::safe(row.quota.name);
    case Used: return usedText(row);
    case Free: return amount(row.limit.resource, row.free());
    case State: return tag(row).text;
    default: return {};
    }
}

QVariant QuotaTableModel::sortValue(const QuotaRow &row, int column)
{
    switch (column) {
    // GPUs before all else; within a resource the worst first, by the rank.
    case Resource: return (row.isGpu() ? u"0 "_s : u"1 "_s) + requestedResource(row.limit.resource);
    case Used: return row.fraction() < 0 ? missing : row.fraction();
    case Free: return row.free() < 0 ? missing : row.free();
    case State: return row.rank();
    default: return text(row, column);
    }
}

QVariant QuotaTableModel::data(const QModelIndex &index, int role) const
{
    const QuotaRow *row = rowAt(index);
    if (!row)
        return {};
    const int column = index.column();
    switch (role) {
    case Qt::DisplayRole: return text(*row, column);
    case Qt::ToolTipRole:
        return column == Resource ? text::safe(row->limit.resource) : column == Name ? tr("%1 %2", "kind, name").arg(row->quota.kind, text::safe(row->quota.name)) : QString();
    case Qt::AccessibleTextRole: return tr("%1: %2", "column, value").arg(headerData(column, Qt::Horizontal).toString(), text(*row, column));
    case KeyRole: return keyOf(*row);
    case SortRole: return sortValue(*row, column);
    case ValueRole: return column == Used ? QVariant(row->fraction() < 0 ? missing : row->fraction() * 100) : column == Free ? sortValue(*row, Free) : QVariant();
    case RankRole: return row->rank();
    case StrongRole: return column == Resource && row->isGpu();
    case ToneRole: return static_cast<int>(column == Namespace && row->quota.ns.isEmpty() ? Tone::Dim : Tone::None);
    case DetailRole: return column == Resource && !row->limit.flavor.isEmpty() ? QVariant(text::safe(row->limit.flavor)) : QVariant();
    case TagRole: return column == State ? QVariant::fromValue(tag(*row)) : QVariant();
    case ProgressRole: return column == Used && row->fraction() >= 0 && !row->allowsNothing() ? QVariant(std::min(1.0, row->fraction())) : QVariant();
    case ProgressToneRole: return column == Used ? QVariant(static_cast<int>(tag(*row).tone == Tone::Ok ? Tone::Info : tag(*row).tone)) : QVariant();
    case TightFacet: return row->limit.hard > 0 && row->fraction() >= tight ? u"tight"_s : u""_s;
    case GpuFacet: return row->isGpu() ? u"gpu"_s : u""_s;
    default: return {};
    }
}

ColumnHead QuotaTableModel::head(int column) const
{
    switch (column) {
    case Resource: return {tr("Resource"), u"resource"_s};
    case Namespace: return {tr("Namespace"), u"namespace"_s};
    case Name: return {tr("Quota"), u"quota"_s};
    case Used: return {tr("Used"), u"used"_s};
    case Free: return {tr("Free"), u"free"_s};
    case State: return {tr("State"), u"state"_s};
    default: return {};
    }
}

} // namespace cairn::items
