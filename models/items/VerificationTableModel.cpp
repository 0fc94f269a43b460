// SPDX-License-Identifier: GPL-3.0-or-later
#include "items/VerificationTableModel.h"

#include "base/Text.h"
#include "items/Vocabulary.h"

using namespace Qt::StringLiterals;

namespace cairn::items {

int VerificationTableModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QString VerificationTableModel::text(const VerifiedFile &file, int column) const
{
    switch (column) {
    case Result: return tag(file.result).text;
    case File: return text::safe(file.path);
    case Size: return text::bytes(file.bytes);
    case What: return text::safe(file.reason);
    default: return {};
    }
}

QVariant VerificationTableModel::data(const QModelIndex &index, int role) const
{
    const VerifiedFile *file = rowAt(index);
    if (!file)
        return {};
    const int column = index.column();
    switch (role) {
    case Qt::DisplayRole: return text(*file, column);
    case Qt::ToolTipRole:
        if (column == Size)
            return tr("%1 bytes, of which %2 were read and %3 have a checksum that holds")
                .arg(text::number(file->bytes), text::number(file->read), text::number(file->checksummed));
        return text(*file, column);
    case KeyRole: return file->path;
    case SortRole: return column == Result ? QVariant(-static_cast<int>(file->result)) : column == Size ? QVariant(file->bytes) : QVariant(text(*file, column));
    case TagRole: return column == Result ? QVariant::fromValue(tag(file->result)) : QVariant();
    case MonoRole: return column == File;
    case ToneRole: return static_cast<int>(column == What && file->result == FullRead::Damaged ? Tone::Err : Tone::None);
    default: return {};
    }
}

ColumnHead VerificationTableModel::head(int column) const
{
    switch (column) {
    case Result: return {tr("Result"), u"result"_s};
    case File: return {tr("File"), u"file"_s};
    case Size: return {tr("Size"), u"size"_s};
    case What: return {tr("What was checked")};
    default: return {};
    }
}

} // namespace cairn::items
