// SPDX-License-Identifier: GPL-3.0-or-later
#include "items/OverlayModels.h"

namespace cairn::items {

using namespace Qt::StringLiterals;

QVariant OverlayFileModel::data(const QModelIndex &index, int role) const
{
    const OverlayFileRow *row = rowAt(index);
    if (!row)
        return {};
    const int column = index.column();
    const auto text = [&]() -> QString {
        switch (column) {
        case Path: return row->path;
        case Lands: return row->of == 0 ? u"–"_s : tr("%1 of %2", "patches that land, of all").arg(row->lands).arg(row->of);
        case State: return row->state;
        default: return {};
        }
    };
    switch (role) {
    case Qt::DisplayRole: return text();
    case Qt::AccessibleTextRole: return tr("%1: %2", "column, value").arg(headerData(column, Qt::Horizontal).toString(), text());
    case KeyRole: return row->path;
    case MonoRole: return column == Path;
    case SortRole: return column == Lands ? QVariant(row->of == 0 ? 2 : row->lands == row->of ? 1 : 0) : QVariant(text());
    case ToneRole:
        if (column == Lands)
            return static_cast<int>(row->of == 0 ? Tone::Dim : row->lands == row->of ? Tone::Ok : Tone::Err);
        return static_cast<int>(column == State ? row->stateTone : Tone::None);
    default: return {};
    }
}

ColumnHead OverlayFileModel::head(int column) const
{
    switch (column) {
    case Path: return {tr("File")};
    case Lands: return {tr("Lands")};
    case State: return {tr("In the folder")};
    default: return {};
    }
}

QVariant OverlayObjectModel::data(const QModelIndex &index, int role) const
{
    const OverlayObjectRow *row = rowAt(index);
    if (!row)
        return {};
    const int column = index.column();
    const auto act = [&] {
        switch (row->act) {
        case OverlayObjectRow::Act::New: return tr("+ new");
        case OverlayObjectRow::Act::Removed: return tr("− removed");
        case OverlayObjectRow::Act::Changed: break;
        }
        return tr("~ changed");
    };
    const auto text = [&]() -> QString {
        switch (column) {
        case Name: return row->name;
        case Lines: return row->removed == 0 ? u"+%1"_s.arg(row->added) : u"+%1 −%2"_s.arg(row->added).arg(row->removed);
        case Act: return act();
        default: return {};
        }
    };
    switch (role) {
    case Qt::DisplayRole: return text();
    case Qt::AccessibleTextRole: return tr("%1: %2", "column, value").arg(headerData(column, Qt::Horizontal).toString(), text());
    case KeyRole: return row->key;
    case SortRole: return column == Lines ? QVariant(row->added + row->removed) : QVariant(text());
    case ToneRole:
        return static_cast<int>(column != Act ? Tone::None : row->act == OverlayObjectRow::Act::New ? Tone::Ok : row->act == OverlayObjectRow::Act::Removed ? Tone::Err : Tone::Warn);
    default: return {};
    }
}

ColumnHead OverlayObjectModel::head(int column) const
{
    switch (column) {
    case Name: return {tr("Object")};
    case Lines: return {tr("Lines")};
    case Act: return {tr("Change")};
    default: return {};
    }
}

} // namespace cairn::items
