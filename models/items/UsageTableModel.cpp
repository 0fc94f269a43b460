// SPDX-License-Identifier: GPL-3.0-or-later
#include "items/UsageTableModel.h"

#include "base/Text.h"
#include "items/CellText.h"
#include "storage/ClaimAccount.h"

using namespace Qt::StringLiterals;

namespace cairn::items {

int UsageTableModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant UsageTableModel::data(const QModelIndex &index, int role) const
{
    const UsageSample *sample = rowAt(index);
    if (!sample)
        return {};
    const double part = sample->capacity > 0 ? static_cast<double>(sample->used) / static_cast<double>(sample->capacity) : -1;
    switch (role) {
    case Qt::DisplayRole:
        switch (index.column()) {
        case When: return sample->at.toLocalTime().toString(u"yyyy-MM-dd HH:mm"_s);
        case Used: return text::bytes(sample->used);
        case Part: return part < 0 ? u"–"_s : tr("%1 %", "part used").arg(qRound(part * 100));
        case MeasuredBy: return storage::sourceName(sample->source);
        default: return {};
        }
    case Qt::ToolTipRole: return index.column() == When ? exactTime(sample->at) : QString();
    case KeyRole: return keyOf(*sample);
    case SortRole:
        switch (index.column()) {
        case When: return sample->at;
        case Used: return sample->used;
        case Part: return part < 0 ? QVariant() : QVariant(part);
        default: return storage::sourceName(sample->source);
        }
    default: return {};
    }
}

ColumnHead UsageTableModel::head(int column) const
{
    switch (column) {
    case When: return {tr("When")};
    case Used: return {tr("Used")};
    case Part: return {tr("Part")};
    case MeasuredBy: return {tr("Measured by")};
    default: return {};
    }
}

} // namespace cairn::items
