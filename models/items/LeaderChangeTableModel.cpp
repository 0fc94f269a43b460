// SPDX-License-Identifier: GPL-3.0-or-later
#include "items/LeaderChangeTableModel.h"

#include "base/Text.h"
#include "items/CellText.h"

#include <QLocale>

using namespace Qt::StringLiterals;

namespace cairn::items {
namespace {

/// Longer than any Lease of Kubeflow's controllers takes to change hands.
constexpr double longGap = 100;

} // namespace

int LeaderChangeTableModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

void LeaderChangeTableModel::setChanges(const QList<LeaderChange> &changes, const QDateTime &now)
{
    const bool otherDay = now.toLocalTime().date() != m_now.toLocalTime().date();
    m_now = now;
    if (otherDay)
        clear();
    replaceRows(changes);
}

QString LeaderChangeTableModel::when(const QDateTime &at, const QDateTime &now)
{
    const QDateTime local = at.toLocalTime();
    const QString time = QLocale().toString(local.time(), u"HH:mm"_s);
    if (local.date() == now.toLocalTime().date())
        return tr("today %1", "time").arg(time);
    if (local.date().year() != now.toLocalTime().date().year())
        return QLocale().toString(local.date(), u"d MMM yyyy"_s) + u' ' + time;
    return QLocale().toString(local.date(), u"d MMM"_s) + u' ' + time;
}

QString LeaderChangeTableModel::text(const LeaderChange &change, int column) const
{
    switch (column) {
    case When: return when(change.at, m_now);
    case Why: return situation::whyText(change);
    case From: return situation::fromText(change);
    case To: return situation::toText(change);
    case Gap: return situation::secondsText(change.gap);
    case Worked: return situation::secondsText(change.worked);
    default: return {};
    }
}

QVariant LeaderChangeTableModel::data(const QModelIndex &index, int role) const
{
    const LeaderChange *change = rowAt(index);
    if (!change)
        return {};
    const int column = index.column();
    switch (role) {
    case Qt::DisplayRole: return text(*change, column);
    case Qt::ToolTipRole:
        switch (column) {
        case When: return exactTime(change->at);
        case From: return text::safe(change->fromPod);
        case To: return text::safe(change->toPod);
        case Gap:
            return change->gap >= 0       ? QString()
                : change->skipped > 0 ? tr("%n change(s) in between that Cairn did not see", nullptr, change->skipped)
                                      : tr("Cairn did not see it");
        default: return {};
        }
    case KeyRole: return keyOf(*change);
    case SortRole:
        switch (column) {
        case When: return change->at;
        case Gap: return change->gap < 0 ? QVariant() : QVariant(change->gap);
        case Worked: return change->worked < 0 ? QVariant() : QVariant(change->worked);
        default: return text(*change, column);
        }
    case ToneRole:
        if (column == Gap && change->gap > longGap)
            return static_cast<int>(Tone::Err);
        return static_cast<int>(column == From || column == To ? Tone::Dim : Tone::None);
    case StrongRole: return column == Gap && change->gap > longGap;
    case ProgressRole: return column == Gap && change->gap >= 0 ? QVariant(std::min(1.0, change->gap / barSeconds)) : QVariant();
    case ProgressToneRole: return static_cast<int>(change->gap > longGap ? Tone::Err : Tone::Info);
    default: return {};
    }
}

ColumnHead LeaderChangeTableModel::head(int column) const
{
    switch (column) {
    case When: return {tr("When")};
    case Why: return {tr("Why")};
    case From: return {tr("From")};
    case To: return {tr("To")};
    case Gap: return {tr("Without a leader")};
    case Worked: return {tr("Until it worked")};
    default: return {};
    }
}

int MomentTableModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant MomentTableModel::data(const QModelIndex &index, int role) const
{
    const situation::Moment *moment = rowAt(index);
    if (!moment)
        return {};
    switch (role) {
    case Qt::DisplayRole: return index.column() == At ? situation::offsetText(moment->at) : moment->text;
    case KeyRole: return keyOf(*moment);
    case SortRole: return index.column() == At ? QVariant(moment->at) : QVariant(moment->text);
    case ToneRole: return static_cast<int>(moment->renewal ? Tone::Dim : Tone::None);
    default: return {};
    }
}

ColumnHead MomentTableModel::head(int column) const
{
    return {column == At ? tr("From the kill") : tr("What happened")};
}

} // namespace cairn::items
