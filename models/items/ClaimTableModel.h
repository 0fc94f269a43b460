// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "items/FilterProxy.h"
#include "items/RowTableModel.h"
#include "storage/ClaimAccount.h"

namespace cairn::items {

/// Claims with what is known of them, two lines a row. Rows are named by the claim's UID.
class ClaimTableModel : public RowTableModel<storage::ClaimAccount>
{
    Q_OBJECT
public:
    enum Column { Name, Class, Used, FullIn, UsedBy, MeasuredBy, ColumnCount };
    Q_ENUM(Column)

    using RowTableModel::RowTableModel;

    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    ColumnHead head(int column) const override;

    void setClaims(const QList<storage::ClaimAccount> &claims) { replaceRows(claims); }
    /// Claims a helper looks at right now, by UID.
    void setMeasuring(const QSet<QString> &uids);
    /// Clock of all ages.
    void setNow(const QDateTime &now);

    /// Texts that the panel shows as well; safe to show.
    static QString used(const storage::ClaimAccount &account);   ///< "7.3 TiB of 8 TiB"
    static QString fullIn(const storage::ClaimAccount &account); ///< "9 d", "not growing", "no limit"
    static QString rate(const storage::ClaimAccount &account);   ///< "+86.0 GiB a day"; "" where it is not known

protected:
    QString keyOf(const storage::ClaimAccount &account) const override { return account.key(); }

private:
    QString first(const storage::ClaimAccount &account, int column) const;
    QString second(const storage::ClaimAccount &account, int column) const;
    Tone tone(const storage::ClaimAccount &account, int column) const;
    Tone secondTone(const storage::ClaimAccount &account, int column) const;
    QString toolTip(const storage::ClaimAccount &account, int column) const;

    QDateTime m_now;
    QSet<QString> m_measuring;
};

/// How old a measurement may be before its age is a warning: three times the period of its source (the kubelet and
/// Prometheus renew theirs each minute); of a helper a day.
bool isOld(const VolumeUse &use, const QDateTime &now);

} // namespace cairn::items
