// SPDX-License-Identifier: GPL-3.0-or-later
#include "items/BucketTableModel.h"

#include "base/Text.h"
#include "items/CellText.h"

using namespace Qt::StringLiterals;

namespace cairn::items {

int BucketTableModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QString BucketTableModel::text(const BucketRow &row, int column) const
{
    switch (column) {
    case Name: return text::safe(row.bucket);
    case Used: return row.read > 0 ? tr("at least %1").arg(text::bytes(row.bytes)) : u"–"_s;
    case Checkpoints: return row.read > 0 ? text::number(row.checkpoints) : u"–"_s;
    case UsedBy: {
        QStringList names;
        for (const QString &job : row.jobs.mid(0, 2))
            names.append(text::safe(job));
        const int more = static_cast<int>(row.jobs.size()) - 2;
        return more > 0 ? tr("%1 and %n more", "jobs", more).arg(names.join(u", "_s)) : names.join(u", "_s);
    }
    case MeasuredBy:
        if (row.read == 0)
            return tr("not read yet");
        return row.read < row.jobs.size() || row.partial
            ? tr("%1 of %n listing(s) · %2", "number, when", static_cast<int>(row.jobs.size())).arg(row.read).arg(text::ago(row.readAt, m_now))
            : tr("listing · %1", "when").arg(text::ago(row.readAt, m_now));
    default: return {};
    }
}

QVariant BucketTableModel::data(const QModelIndex &index, int role) const
{
    const BucketRow *row = rowAt(index);
    if (!row)
        return {};
    const int column = index.column();
    switch (role) {
    case Qt::DisplayRole: return text(*row, column);
    case Qt::ToolTipRole: return column == MeasuredBy ? exactTime(row->readAt) : QString();
    case KeyRole: return keyOf(*row);
    case SortRole:
        if (column == Used || column == Checkpoints)
            return row->read == 0 ? QVariant() : column == Used ? QVariant(row->bytes) : QVariant(row->checkpoints);
        return text(*row, column);
    case StrongRole: return column == Name;
    case ToneRole:
        return static_cast<int>(column == MeasuredBy && row->read == 0 ? Tone::Dim
                                : column == MeasuredBy && (row->partial || row->read < row->jobs.size()) ? Tone::Warn
                                                                                                         : Tone::None);
    default: return {};
    }
}

ColumnHead BucketTableModel::head(int column) const
{
    switch (column) {
    case Name: return {tr("Bucket")};
    case Used: return {tr("In checkpoints")};
    case Checkpoints: return {tr("How many")};
    case UsedBy: return {tr("Used by")};
    case MeasuredBy: return {tr("Measured by")};
    default: return {};
    }
}

} // namespace cairn::items
