// SPDX-License-Identifier: GPL-3.0-or-later
#include "items/ComponentHistoryModel.h"

#include "base/Text.h"
#include "items/CellText.h"
#include "items/ComponentTableModel.h"
#include "items/LeaderChangeTableModel.h"
#include "situation/FailoverWords.h"

#include <QLocale>
#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;

namespace cairn::items {
namespace {

constexpr int days = 7;
/// Longer than any Lease of Kubeflow's controllers takes to change hands.
constexpr double longGap = 100;
/// Below it a component was away for more than ten minutes of a day.
constexpr double muchAway = 0.993;

} // namespace

QList<LeaderChange> changesOf(const HaRecord &record, const QString &key)
{
    QList<LeaderChange> changes;
    const QString id = key.section(u'@', 0, 0), ns = key.section(u'@', 1);
    std::ranges::copy_if(record.leaders, std::back_inserter(changes),
                         [&](const LeaderChange &change) { return change.cause != LeaderCause::Begun && change.component == id && change.ns == ns; });
    std::ranges::stable_sort(changes, std::greater{}, &LeaderChange::at);
    return changes;
}

QList<ComponentHistoryRow> historyRows(const HaRecord &record, const QList<components::Component> &components, const QDateTime &now)
{
    QHash<QString, QList<LeaderChange>> changes;
    for (const LeaderChange &change : record.leaders) {
        if (change.cause != LeaderCause::Begun)
            changes[change.component + u'@' + change.ns].append(change);
    }
    QList<ComponentHistoryRow> rows;
    const QDateTime since = now.addDays(-days);
    for (const components::Component &component : components) {
        ComponentHistoryRow row;
        row.key = ComponentTableModel::key(component);
        row.id = component.id;
        row.area = component.entry().group;
        row.elects = component.leader.state != components::Leadership::State::None;
        for (const LeaderChange &change : changes.value(row.key)) {
            if (!row.last || change.at > row.last->at)
                row.last = change;
            if (change.at >= since) {
                ++row.changes;
                row.longest = std::max(row.longest, change.gap);
            }
        }
        const QList<ReadinessHour> hours = hoursOf(record.readiness.value(row.key), now, days);
        row.availability = availabilityOf(hours);
        for (const ReadinessHour &hour : hours)
            row.seen += hour.seen();
        rows.append(row);
    }
    return rows;
}

void ComponentHistoryModel::setRows(const QList<ComponentHistoryRow> &rows, const QDateTime &now)
{
    const bool otherDay = now.toLocalTime().date() != m_now.toLocalTime().date();
    m_now = now;
    replaceRows(rows);
    if (otherDay && rowCount() > 0)
        emit dataChanged(index(0, Last), index(rowCount() - 1, Last));
}

QString ComponentHistoryModel::text(const ComponentHistoryRow &row, int column) const
{
    switch (column) {
    case Name: return row.id;
    case Last: return row.last ? LeaderChangeTableModel::when(row.last->at, m_now) : u"–"_s;
    case Why: return row.last ? situation::whyText(*row.last) : row.elects ? tr("none seen") : tr("no election");
    case Gap: return row.last ? situation::secondsText(row.last->gap) : u"–"_s;
    case Changes: return row.elects || row.changes > 0 ? text::number(row.changes) : u"–"_s;
    // Rounded down: a second without it is not 100 %.
    case Availability: return row.availability < 0 ? u"–"_s : tr("%1 %").arg(QLocale().toString(std::floor(row.availability * 1000) / 10));
    default: return {};
    }
}

QString ComponentHistoryModel::toolTip(const ComponentHistoryRow &row, int column) const
{
    switch (column) {
    case Last: return row.last ? exactTime(row.last->at) : QString();
    case Why: return row.last ? tr("%1 → %2", "who led, who leads").arg(situation::fromText(*row.last), situation::toText(*row.last)) : QString();
    case Gap: return row.last && row.last->gap < 0 ? tr("Cairn did not see how long nobody led.") : QString();
    case Changes: return row.longest >= 0 ? tr("The longest time without a leader was %1.").arg(situation::secondsText(row.longest)) : QString();
    case Availability:
        return row.availability < 0 ? tr("Cairn has not watched it in the last 7 days.")
                                    : tr("At least one replica was ready in this part of the %1 that Cairn watched.").arg(text::duration(std::chrono::seconds(row.seen)));
    default: return {};
    }
}

QVariant ComponentHistoryModel::data(const QModelIndex &index, int role) const
{
    const ComponentHistoryRow *row = rowAt(index);
    if (!row)
        return {};
    const int column = index.column();
    switch (role) {
    case Qt::DisplayRole: return text(*row, column);
    case Qt::ToolTipRole: return toolTip(*row, column);
    case Qt::AccessibleTextRole: return tr("%1: %2", "column, value").arg(headerData(column, Qt::Horizontal).toString(), text(*row, column));
    case KeyRole: return row->key;
    case GroupRole: return row->area;
    case SortRole:
        switch (column) {
        case Last: return row->last ? QVariant(row->last->at) : QVariant();
        case Gap: return row->last && row->last->gap >= 0 ? QVariant(row->last->gap) : QVariant();
        case Changes: return row->changes;
        case Availability: return row->availability < 0 ? QVariant() : QVariant(row->availability);
        default: return text(*row, column);
        }
    case StrongRole: return column == Name || (column == Gap && row->last && row->last->gap > longGap);
    case ToneRole:
        switch (column) {
        case Gap: return static_cast<int>(row->last && row->last->gap > longGap ? Tone::Err : Tone::None);
        case Why: return static_cast<int>(row->last ? Tone::None : Tone::Dim);
        case Availability: return static_cast<int>(row->availability >= 0 && row->availability < muchAway ? Tone::Err : Tone::None);
        default: return static_cast<int>(Tone::None);
        }
    case ProgressRole:
        return column == Gap && row->last && row->last->gap >= 0 ? QVariant(std::min(1.0, row->last->gap / LeaderChangeTableModel::barSeconds)) : QVariant();
    case ProgressToneRole: return static_cast<int>(row->last && row->last->gap > longGap ? Tone::Err : Tone::Info);
    default: return {};
    }
}

ColumnHead ComponentHistoryModel::head(int column) const
{
    switch (column) {
    case Name: return {tr("Component"), u"name"_s};
    case Last: return {tr("Last takeover"), u"last"_s};
    case Why: return {tr("Why"), u"why"_s};
    case Gap: return {tr("Took"), u"gap"_s, tr("How long nobody led")};
    case Changes: return {tr("In 7 days"), u"takeovers"_s, tr("Takeovers in the last 7 days")};
    case Availability: return {tr("Available"), u"available"_s, tr("Part of the last 7 days, as far as Cairn watched, in which at least one replica was ready")};
    default: return {};
    }
}

} // namespace cairn::items
