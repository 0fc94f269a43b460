// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/Takeover.h"
#include "items/RowTableModel.h"
#include "situation/FailoverWords.h"

namespace cairn::items {

/// Every change of a component's leader that is known. Rows are named by key().
class LeaderChangeTableModel : public RowTableModel<LeaderChange>
{
    Q_OBJECT
public:
    enum Column { When, Why, From, To, Gap, Worked, ColumnCount };
    Q_ENUM(Column)
    /// Bars are this long at the full width; longer ones stand out by their tone.
    static constexpr double barSeconds = 40;

    using RowTableModel::RowTableModel;

    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    ColumnHead head(int column) const override;

    /// Times are told relative to the day of `now`.
    void setChanges(const QList<LeaderChange> &changes, const QDateTime &now);
    static QString key(const LeaderChange &change) { return change.lease + u'@' + QString::number(change.at.toMSecsSinceEpoch()); }
    /// "today 15:09", "12 Nov 08:30".
    static QString when(const QDateTime &at, const QDateTime &now);

protected:
    QString keyOf(const LeaderChange &change) const override { return key(change); }

private:
    QString text(const LeaderChange &change, int column) const;
    QDateTime m_now;
};

/// What happened in a failover test, as a table: the twin of its chart.
class MomentTableModel : public RowTableModel<situation::Moment>
{
    Q_OBJECT
public:
    enum Column { At, What, ColumnCount };
    Q_ENUM(Column)

    using RowTableModel::RowTableModel;

    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    ColumnHead head(int column) const override;

    void setMoments(const QList<situation::Moment> &moments) { replaceRows(moments); }

protected:
    QString keyOf(const situation::Moment &moment) const override { return QString::number(moment.at, 'f', 3) + moment.text; }
};

} // namespace cairn::items
