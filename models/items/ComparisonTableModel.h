// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "checkpoints/Compare.h"
#include "items/FilterProxy.h"
#include "items/RowTableModel.h"

namespace cairn::items {

/// Tensors and files of two checkpoints side by side.
class ComparisonTableModel : public RowTableModel<ckpt::Comparison::Row>
{
    Q_OBJECT
public:
    enum Column { Difference, Name, InA, InB, Meaning, ColumnCount };
    Q_ENUM(Column)
    enum Role {
        KindFacet = FirstFacetRole, ///< "tensor", "file"
        DifferenceFacet             ///< "same", "added", "lost", "changed"
    };

    using RowTableModel::RowTableModel;

    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    ColumnHead head(int column) const override;

    void setRows(const QList<ckpt::Comparison::Row> &rows);

protected:
    QString keyOf(const ckpt::Comparison::Row &row) const override;

private:
    QString text(const ckpt::Comparison::Row &row, int column) const;
};

} // namespace cairn::items
