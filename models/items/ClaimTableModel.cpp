// SPDX-License-Identifier: GPL-3.0-or-later
#include "items/ClaimTableModel.h"

#include "base/Text.h"
#include "items/CellText.h"

#include <cmath>

using namespace Qt::StringLiterals;

namespace cairn::items {
namespace {

using storage::ClaimAccount;
using storage::Forecast;
using Trouble = ClaimAccount::Trouble;

/// Of the days until it is full; the bar tells how full it is.
Tone toneOfDays(const ClaimAccount &account)
{
    const double days = account.forecast.days;
    if (account.fraction() >= 0.9995 || (days >= 0 && days <= 7))
        return Tone::Err;
    return days >= 0 && days <= 14 ? Tone::Warn : Tone::None;
}

bool isLost(const ClaimAccount &account)
{
    return account.trouble == Trouble::Lost || account.trouble == Trouble::VolumeGone;
}

/// "ReadWriteMany, ReadOnlyMany"
QString modes(const ClaimAccount &account)
{
    QStringList safe;
    for (const QString &mode : account.claim.accessModes)
        safe.append(text::safe(mode));
    return safe.join(u", "_s);
}

} // namespace

bool isOld(const VolumeUse &use, const QDateTime &now)
{
    const qint64 limit = use.source == UseSource::Helper ? 24LL * 3600 : 180;
    return use.at.isValid() && use.at.secsTo(now) > limit;
}

int ClaimTableModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

void ClaimTableModel::setMeasuring(const QSet<QString> &uids)
{
    if (uids == m_measuring)
        return;
    m_measuring = uids;
    if (rowCount() > 0)
        emit dataChanged(index(0, MeasuredBy), index(rowCount() - 1, MeasuredBy));
}

void ClaimTableModel::setNow(const QDateTime &now)
{
    // Ages are told in seconds only for a minute; every five of them is often enough.
    if (m_now.isValid() && std::abs(m_now.secsTo(now)) < 5)
        return;
    m_now = now;
    if (rowCount() > 0)
        emit dataChanged(index(0, MeasuredBy), index(rowCount() - 1, MeasuredBy));
}

QString ClaimTableModel::used(const ClaimAccount &account)
{
    if (!account.use)
        return {};
    const QString bytes = text::bytes(account.use->used);
    return account.isLimited() ? tr("%1 of %2", "used, capacity").arg(bytes, text::bytes(account.use->capacity)) : bytes;
}

QString ClaimTableModel::fullIn(const ClaimAccount &account)
{
    return storage::fullInText(account);
}

QString ClaimTableModel::rate(const ClaimAccount &account)
{
    if (!account.use || account.forecast.state != Forecast::State::Growing)
        return {};
    return tr("+%1 a day").arg(text::bytes(std::llround(account.forecast.bytesPerDay)));
}

QString ClaimTableModel::first(const ClaimAccount &account, int column) const
{
    switch (column) {
    case Name: return text::safe(account.claim.name);
    case Class: return account.claim.storageClass.isEmpty() ? tr("no class") : text::safe(account.claim.storageClass);
    case Used:
        if (isLost(account))
            return tr("volume lost");
        if (account.trouble == Trouble::Pending)
            return tr("not bound");
        if (const double part = account.fraction(); part >= 0)
            return tr("%1 %", "part used").arg(qRound(part * 100));
        if (account.use)
            return used(account);
        switch (account.silence) {
        case ClaimAccount::Silence::DriverSilent: return tr("driver reports nothing");
        case ClaimAccount::Silence::Block: return tr("raw block device");
        case ClaimAccount::Silence::NotMounted: return tr("not mounted");
        default: return tr("not measured");
        }
    case FullIn: return fullIn(account);
    case UsedBy:
        return account.users.isEmpty() ? tr("unused") : text::safe(account.users.first().name);
    case MeasuredBy:
        if (m_measuring.contains(account.key()))
            return tr("measuring…");
        return account.use ? storage::sourceName(account.use->source) : u"–"_s;
    default: return {};
    }
}

QString ClaimTableModel::second(const ClaimAccount &account, int column) const
{
    switch (column) {
    case Name: return text::safe(account.claim.ns);
    case Class: return modes(account);
    case Used:
        if (account.fraction() >= 0)
            return used(account);
        return account.claim.capacity > 0 ? tr("capacity %1").arg(text::bytes(account.claim.capacity))
            : account.claim.requested > 0 ? tr("%1 requested").arg(text::bytes(account.claim.requested))
                                          : u"–"_s;
    case FullIn: return rate(account);
    case UsedBy:
        if (account.users.size() > 1)
            return account.users.size() == 2 ? text::safe(account.users[1].name) : tr("and %n more", nullptr, int(account.users.size()) - 1);
        if (!account.users.isEmpty())
            return account.users.first().pods > 0 ? tr("%n pod(s)", nullptr, account.users.first().pods) : tr("not running");
        return account.claim.unusedSince.isValid() && m_now.isValid() ? tr("for %1").arg(age(account.claim.unusedSince, m_now)) : QString();
    case MeasuredBy:
        if (!account.use)
            return {};
        if (!account.sharedWith.isEmpty())
            return tr("counted once");
        if (account.wholeFileSystem)
            return tr("whole file system");
        return text::ago(account.use->at, m_now);
    default: return {};
    }
}

Tone ClaimTableModel::tone(const ClaimAccount &account, int column) const
{
    switch (column) {
    case Used:
        if (isLost(account))
            return Tone::Err;
        return account.fraction() >= 0 ? Tone::None : Tone::Dim;
    case FullIn:
        if (account.forecast.days >= 0 || account.fraction() >= 0.9995)
            return toneOfDays(account);
        return Tone::Dim;
    case UsedBy: return account.users.isEmpty() ? Tone::Dim : Tone::None;
    case Class: return account.claim.storageClass.isEmpty() ? Tone::Dim : Tone::None;
    case MeasuredBy: return account.use ? Tone::None : Tone::Dim;
    default: return Tone::None;
    }
}

Tone ClaimTableModel::secondTone(const ClaimAccount &account, int column) const
{
    if (column == FullIn && toneOfDays(account) != Tone::None)
        return toneOfDays(account);
    if (column == MeasuredBy && account.use
        && (account.wholeFileSystem || !account.sharedWith.isEmpty() || isOld(*account.use, m_now)))
        return Tone::Warn;
    return Tone::Dim;
}

QString ClaimTableModel::toolTip(const ClaimAccount &account, int column) const
{
    switch (column) {
    case Name: return text::safe(account.path());
    case Class: return text::safe(account.driver);
    case Used: return account.trouble != Trouble::None ? storage::troubleText(account) : storage::silenceText(account);
    case FullIn:
        if (account.forecast.days < 0)
            return {};
        if (account.forecast.latest < 0)
            return tr("Between %1 and possibly never, based on the last 14 days.").arg(tr("%1 d", "days").arg(qint64(account.forecast.soonest)));
        return tr("Between %1 and %2, based on the last 14 days.")
            .arg(tr("%1 d", "days").arg(qint64(account.forecast.soonest)), tr("%1 d", "days").arg(qint64(account.forecast.latest)));
    case UsedBy: {
        QStringList names;
        for (const storage::ClaimUser &user : account.users.mid(0, 20))
            names.append(text::safe(user.name));
        return names.join(u'\n');
    }
    case MeasuredBy: {
        QStringList lines;
        if (account.use)
            lines.append(exactTime(account.use->at));
        lines.append(storage::sharingText(account));
        lines.removeAll(QString());
        return lines.join(u'\n');
    }
    default: return {};
    }
}

QVariant ClaimTableModel::data(const QModelIndex &index, int role) const
{
    const ClaimAccount *account = rowAt(index);
    if (!account)
        return {};
    const int column = index.column();
    switch (role) {
    case Qt::DisplayRole: return first(*account, column);
    case SecondLineRole: return second(*account, column);
    case Qt::ToolTipRole: return toolTip(*account, column);
    case Qt::AccessibleTextRole:
        return tr("%1: %2, %3", "column, value, second line")
            .arg(headerData(column, Qt::Horizontal).toString(), first(*account, column), second(*account, column));
    case KeyRole: return keyOf(*account);
    case SortRole:
        switch (column) {
        case Used: return account->fraction() >= 0 ? QVariant(account->fraction()) : QVariant();
        case FullIn: return storage::rank(*account);
        case UsedBy: return account->users.isEmpty() ? QVariant() : QVariant(first(*account, column));
        default: return first(*account, column);
        }
    case RankRole: return qRound(std::min(1e9, storage::rank(*account) * 100));
    case FilterRole:
        switch (column) {
        case Name: return QString(account->claim.ns + u' ' + account->claim.name + u' ' + account->claim.volume);
        case Class: return QString(account->claim.storageClass + u' ' + account->driver + u' ' + account->claim.accessModes.join(u' '));
        case UsedBy: {
            QStringList names;
            for (const storage::ClaimUser &user : account->users)
                names.append(user.name);
            return names.join(u' ');
        }
        case Used: return account->fraction() < 0 ? first(*account, column) : QString();
        case FullIn: return fullIn(*account);
        default: return first(*account, column);
        }
    case StrongRole: return column == Name || (column == FullIn && toneOfDays(*account) != Tone::None);
    case ToneRole: return int(tone(*account, column));
    case SecondLineToneRole: return int(secondTone(*account, column));
    case ProgressRole: return column == Used && account->fraction() >= 0 ? QVariant(account->fraction()) : QVariant();
    case ProgressToneRole: {
        const double part = account->fraction();
        return int(part >= 0.97 ? Tone::Err : part >= 0.85 ? Tone::Warn : account->users.isEmpty() ? Tone::Idle : Tone::Info);
    }
    default: return {};
    }
}

ColumnHead ClaimTableModel::head(int column) const
{
    switch (column) {
    case Name: return {tr("PVC"), u"name"_s};
    case Class: return {tr("Class · access"), u"class"_s};
    case Used: return {tr("Used"), u"used"_s};
    case FullIn: return {tr("Full in"), u"full"_s};
    case UsedBy: return {tr("Used by"), u"by"_s};
    case MeasuredBy: return {tr("Measured by"), u"source"_s};
    default: return {};
    }
}

} // namespace cairn::items
