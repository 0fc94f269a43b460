// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "items/FilterProxy.h"
#include "items/RowTableModel.h"

namespace cairn::items {

/// One file of an overlay. Texts are safe to show.
struct OverlayFileRow {
    QString path;
    QString state; ///< "new", "edited by hand", "yours"
    Tone stateTone = Tone::Dim;
    int lands = 0, of = 0; ///< patches; of = 0: it holds none
    bool operator==(const OverlayFileRow &) const = default;
};

class OverlayFileModel : public RowTableModel<OverlayFileRow>
{
    Q_OBJECT
public:
    enum Column { Path, Lands, State, ColumnCount };
    Q_ENUM(Column)

    using RowTableModel::RowTableModel;
    int columnCount(const QModelIndex &parent = {}) const override { return parent.isValid() ? 0 : ColumnCount; }
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    ColumnHead head(int column) const override;
    void setFiles(const QList<OverlayFileRow> &rows) { replaceRows(rows); }

protected:
    QString keyOf(const OverlayFileRow &row) const override { return row.path; }
};

/// One object that an overlay changes.
struct OverlayObjectRow {
    QString key;
    QString name; ///< "Deployment kubeflow/training-operator"
    enum class Act { Changed, New, Removed } act = Act::Changed;
    int added = 0, removed = 0; ///< lines
    bool operator==(const OverlayObjectRow &) const = default;
};

class OverlayObjectModel : public RowTableModel<OverlayObjectRow>
{
    Q_OBJECT
public:
    enum Column { Name, Lines, Act, ColumnCount };
    Q_ENUM(Column)

    using RowTableModel::RowTableModel;
    int columnCount(const QModelIndex &parent = {}) const override { return parent.isValid() ? 0 : ColumnCount; }
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    ColumnHead head(int column) const override;
    void setObjects(const QList<OverlayObjectRow> &rows) { replaceRows(rows); }

protected:
    QString keyOf(const OverlayObjectRow &row) const override { return row.key; }
};

} // namespace cairn::items
