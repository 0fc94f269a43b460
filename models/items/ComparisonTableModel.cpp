// SPDX-License-Identifier: GPL-3.0-or-later
#include "items/ComparisonTableModel.h"

#include "base/Text.h"

using namespace Qt::StringLiterals;

namespace cairn::items {

using Row = ckpt::Comparison::Row;
using Kind = ckpt::Comparison::Kind;
using Change = ckpt::Comparison::Difference;

int ComparisonTableModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

void ComparisonTableModel::setRows(const QList<Row> &rows)
{
    replaceRows(rows);
}

QString ComparisonTableModel::keyOf(const Row &row) const
{
    return (row.kind == Kind::Tensor ? u"t:"_s : u"f:"_s) + row.name;
}

QString ComparisonTableModel::text(const Row &row, int column) const
{
    switch (column) {
    case Difference:
        switch (row.difference) {
        case Change::Same: return tr("same");
        case Change::Added: return tr("added");
        case Change::Lost: return tr("gone");
        case Change::Changed: return tr("changed");
        }
        return {};
    case Name: return text::safe(row.name);
    case InA: return row.a.isEmpty() ? u"–"_s : row.a;
    case InB: return row.b.isEmpty() ? u"–"_s : row.b;
    case Meaning: return row.meaning;
    default: return {};
    }
}

QVariant ComparisonTableModel::data(const QModelIndex &index, int role) const
{
    const Row *row = rowAt(index);
    if (!row)
        return {};
    const int column = index.column();
    switch (role) {
    case Qt::DisplayRole: return text(*row, column);
    case Qt::ToolTipRole: return column == Difference ? QVariant() : QVariant(text(*row, column));
    case KeyRole: return keyOf(*row);
    case SortRole:
        // What differs comes first, tensors before files.
        if (column == Difference)
            return (row->difference == Change::Same ? 10 : static_cast<int>(row->difference)) + (row->kind == Kind::File ? 100 : 0);
        return text(*row, column);
    case KindFacet: return row->kind == Kind::Tensor ? u"tensor"_s : u"file"_s;
    case DifferenceFacet: return ckpt::differenceName(row->difference);
    case TagRole:
        if (column != Difference)
            return {};
        return QVariant::fromValue(TagValue{text(*row, Difference), row->difference == Change::Lost ? Tone::Err
                                                                        : row->difference == Change::Same ? Tone::Idle
                                                                        : row->difference == Change::Added ? Tone::Info
                                                                                                           : Tone::Warn});
    case DetailRole: return column == Difference && row->kind == Kind::File ? QVariant(tr("file")) : QVariant();
    case MonoRole: return column == Name || column == InA || column == InB;
    case ToneRole: return static_cast<int>(row->difference == Change::Same && column != Name ? Tone::Dim : Tone::None);
    default: return {};
    }
}

ColumnHead ComparisonTableModel::head(int column) const
{
    switch (column) {
    case Difference: return {tr("Difference"), u"difference"_s};
    case Name: return {tr("Name"), u"name"_s};
    case InA: return {tr("A"), u"a"_s};
    case InB: return {tr("B"), u"b"_s};
    case Meaning: return {tr("What it means")};
    default: return {};
    }
}

} // namespace cairn::items
