// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/VolumeUse.h"
#include "items/RowTableModel.h"

namespace cairn::items {

/// The history of one claim: what the chart over time shows, as a table.
class UsageTableModel : public RowTableModel<UsageSample>
{
    Q_OBJECT
public:
    enum Column { When, Used, Part, MeasuredBy, ColumnCount };
    Q_ENUM(Column)

    using RowTableModel::RowTableModel;

    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    ColumnHead head(int column) const override;

    void setSamples(const QList<UsageSample> &samples) { replaceRows(samples); }

protected:
    QString keyOf(const UsageSample &sample) const override { return QString::number(sample.at.toMSecsSinceEpoch()); }
};

} // namespace cairn::items
