// SPDX-License-Identifier: GPL-3.0-or-later
#include "items/AcceptedTableModel.h"

#include <QLocale>

namespace cairn::items {

using namespace Qt::StringLiterals;

int AcceptedTableModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant AcceptedTableModel::data(const QModelIndex &index, int role) const
{
    const AcceptedRow *row = rowAt(index);
    if (!row)
        return {};
    const int column = index.column();
    const QString date = QLocale().toString(row->until, QLocale::ShortFormat);
    const QString until = row->ended ? tr("ended %1, counts again").arg(date) : tr("until %1").arg(date);
    const QString reason = row->by.isEmpty() ? row->reason : tr("%1 (%2)", "reason, who accepted it").arg(row->reason, row->by);
    const auto text = [&]() -> QString {
        switch (column) {
        case Rule: return row->rule;
        case Object: return row->object;
        case Reason: return reason;
        case Until: return until;
        case Findings: return QString::number(row->findings);
        default: return {};
        }
    };
    switch (role) {
    case Qt::DisplayRole: return text();
    case Qt::ToolTipRole: return column == Reason || column == Object ? text() : QString();
    case Qt::AccessibleTextRole:
        return tr("%1: %2", "column, value").arg(headerData(column, Qt::Horizontal).toString(), text());
    case KeyRole: return row->key;
    case MonoRole: return column == Rule;
    case StrongRole: return column == Object || (column == Until && row->ended);
    case SortRole:
        if (column == Until)
            return row->until.toJulianDay();
        return column == Findings ? QVariant(row->findings) : QVariant(text());
    case RankRole: return row->ended ? 0 : 1;
    case ToneRole:
        return static_cast<int>(column == Until ? row->ended ? Tone::Warn : Tone::Dim : column == Reason ? Tone::Dim : Tone::None);
    case ActionRole:
        if (column != Act)
            return {};
        return QVariant::fromValue(row->ended ? ActionValue{u"accepted.renew"_s, tr("Renew…"), false, true, {}}
                                              : ActionValue{u"accepted.withdraw"_s, tr("Withdraw"), false, true, {}});
    default: return {};
    }
}

ColumnHead AcceptedTableModel::head(int column) const
{
    switch (column) {
    case Rule: return {tr("Rule"), u"rule"_s};
    case Object: return {tr("Object"), u"object"_s};
    case Reason: return {tr("Reason"), u"reason"_s};
    case Until: return {tr("Accepted"), u"until"_s};
    case Findings: return {tr("Findings"), u"findings"_s};
    default: return {};
    }
}

} // namespace cairn::items
