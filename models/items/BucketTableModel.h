// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "items/RowTableModel.h"
#include "storage/Shares.h"

#include <QDateTime>
#include <QStringList>

namespace cairn::items {

using BucketRow = storage::BucketAccount;

/// Buckets that jobs save to. Rows are named by the bucket.
class BucketTableModel : public RowTableModel<BucketRow>
{
    Q_OBJECT
public:
    enum Column { Name, Used, Checkpoints, UsedBy, MeasuredBy, ColumnCount };
    Q_ENUM(Column)

    using RowTableModel::RowTableModel;

    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    ColumnHead head(int column) const override;

    void setBuckets(const QList<BucketRow> &buckets) { replaceRows(buckets); }
    void setNow(const QDateTime &now) { m_now = now; }

protected:
    QString keyOf(const BucketRow &row) const override { return row.bucket; }

private:
    QString text(const BucketRow &row, int column) const;
    QDateTime m_now;
};

} // namespace cairn::items
