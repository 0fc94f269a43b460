// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "items/FilterProxy.h"
#include "items/RowTableModel.h"

#include <QDate>

namespace cairn::items {

/// One finding, or all of a rule, that somebody took on for a time. Texts are safe to show.
struct AcceptedRow {
    QString key;
    QString rule;
    QString object;   ///< "Deployment kubeflow/mysql"
    QString reason;
    QString by;       ///< may be empty
    QDate until;
    bool ended = false; ///< counts again
    int findings = 0;   ///< that it speaks of in the last audit
    bool operator==(const AcceptedRow &) const = default;
};

/// What was accepted, what ended first.
class AcceptedTableModel : public RowTableModel<AcceptedRow>
{
    Q_OBJECT
public:
    enum Column { Rule, Object, Reason, Until, Findings, Act, ColumnCount };
    Q_ENUM(Column)

    using RowTableModel::RowTableModel;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    ColumnHead head(int column) const override;
    void setAccepted(const QList<AcceptedRow> &rows) { replaceRows(rows); }

protected:
    QString keyOf(const AcceptedRow &row) const override { return row.key; }
};

} // namespace cairn::items
