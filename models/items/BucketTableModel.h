// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "items/RowTableModel.h"

#include <QDateTime>
#include <QStringList>

namespace cairn::items {

/// What is known of a bucket by the checkpoints that jobs keep in it: always "at least".
struct BucketRow {
    QString bucket;      ///< raw
    QStringList jobs;    ///< that save to it; raw
    int read = 0;        ///< of these, whose checkpoints were read
    qint64 bytes = 0;    ///< of the checkpoints that were read
    int checkpoints = 0;
    bool partial = false; ///< a listing of them is
    QDateTime readAt;     ///< the oldest of the listings
    bool operator==(const BucketRow &) const = default;
};

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
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

    void setBuckets(const QList<BucketRow> &buckets) { replaceRows(buckets); }
    void setNow(const QDateTime &now) { m_now = now; }

protected:
    QString keyOf(const BucketRow &row) const override { return row.bucket; }

private:
    QString text(const BucketRow &row, int column) const;
    QDateTime m_now;
};

} // namespace cairn::items
