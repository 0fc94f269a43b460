// SPDX-License-Identifier: GPL-3.0-or-later
#include "items/EventTableModel.h"

#include "base/Text.h"
#include "items/CellText.h"

#include <limits>

namespace cairn::items {

using namespace Qt::StringLiterals;

EventTableModel::EventTableModel(QObject *parent)
    : RowTableModel(parent)
    , m_now(QDateTime::currentDateTimeUtc())
{
}

int EventTableModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

int EventTableModel::warnings() const
{
    int count = 0;
    visitRows([&](const Event &event) { count += event.type == "Warning"_L1 ? 1 : 0; });
    return count;
}

QString EventTableModel::text(const Event &event, int column) const
{
    switch (column) {
    case Last: return text::ago(event.last, m_now);
    case Type: return text::safe(event.type);
    case Reason: return text::safe(event.reason);
    case Object: return text::safe(event.objectKind + u'/' + event.objectName);
    case Message: return text::safe(event.message);
    case Count: return text::number(event.count);
    default: return {};
    }
}

QVariant EventTableModel::data(const QModelIndex &index, int role) const
{
    const Event *event = rowAt(index);
    if (!event)
        return {};
    const int column = index.column();
    switch (role) {
    case Qt::DisplayRole: return text(*event, column);
    case Qt::ToolTipRole:
        if (column == Last)
            return tr("First %1. Last %2.").arg(exactTime(event->first), exactTime(event->last));
        return column == Message || column == Object ? text(*event, column) : QString();
    case Qt::AccessibleTextRole:
        return tr("%1: %2", "column, value").arg(headerData(column, Qt::Horizontal).toString(), text(*event, column));
    case KeyRole: return keyOf(*event);
    case SortRole:
        if (column == Last)
            return event->last.isValid() ? static_cast<double>(event->last.toMSecsSinceEpoch())
                                         : std::numeric_limits<double>::quiet_NaN();
        return column == Count ? QVariant(event->count) : QVariant(text(*event, column));
    case ValueRole: return column == Last ? QVariant(static_cast<double>(event->last.secsTo(m_now))) : QVariant();
    case RankRole: return event->type == "Warning"_L1 ? 0 : 1;
    case TypeFacet: return event->type;
    case StrongRole: return column == Reason;
    case ToneRole: return static_cast<int>(column == Last || column == Object ? Tone::Dim : Tone::None);
    case TagRole:
        if (column == Type)
            return QVariant::fromValue(
                TagValue{text(*event, Type), event->type == "Warning"_L1 ? Tone::Warn : Tone::Idle});
        return {};
    default: return {};
    }
}

ColumnHead EventTableModel::head(int column) const
{
    switch (column) {
    case Last: return {tr("Last seen"), u"age"_s};
    case Type: return {tr("Type"), u"type"_s};
    case Reason: return {tr("Reason"), u"reason"_s};
    case Object: return {tr("Object"), u"object"_s};
    case Message: return {tr("Message")};
    case Count: return {tr("Count"), u"count"_s};
    default: return {};
    }
}

} // namespace cairn::items
