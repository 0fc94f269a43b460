// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/Verification.h"
#include "items/RowTableModel.h"

namespace cairn::items {

/// The files of a checkpoint that was read to its last byte. The key of a row is its path.
class VerificationTableModel : public RowTableModel<VerifiedFile>
{
    Q_OBJECT
public:
    enum Column { Result, File, Size, What, ColumnCount };
    Q_ENUM(Column)

    using RowTableModel::RowTableModel;

    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    ColumnHead head(int column) const override;

    void setFiles(const QList<VerifiedFile> &files) { replaceRows(files); }

protected:
    QString keyOf(const VerifiedFile &file) const override { return file.path; }

private:
    QString text(const VerifiedFile &file, int column) const;
};

} // namespace cairn::items
