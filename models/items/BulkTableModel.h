// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "items/RowTableModel.h"
#include "jobs/BulkExecutor.h"

namespace cairn::items {

/// One job of several that are suspended, let go or deleted. Texts are safe to show.
struct BulkRow {
    QString key;      ///< UID
    QString name;
    QString where;    ///< "PyTorchJob · research"
    JobPhase phase = JobPhase::Unknown;
    TagValue tag;     ///< what becomes of it, or how it went, in a word
    QString text;     ///< the same in a sentence
    QStringList more; ///< further sentences: what to do, warnings, why it failed
    std::optional<double> lost; ///< GPU hours, to sort by; nullopt for nothing or unknown
    QString lostText;
    bool operator==(const BulkRow &) const = default;
};

/// Before the job was looked at.
BulkRow bulkRow(const Job &job);
BulkRow bulkRow(const jobs::BulkItem &item);
/// `row` with what is known of the work.
BulkRow withResult(BulkRow row, const jobs::BulkResult &result);

/// "4.8 GPU-h", "at most 4.8 GPU-h", "at least …"; "–" where nothing is lost.
QString lostText(const jobs::BulkItem &item);

/// The jobs of a bulk dialog, in the order given.
class BulkTableModel : public RowTableModel<BulkRow>
{
    Q_OBJECT
public:
    enum Column { Name, State, Lost, What, ColumnCount };
    Q_ENUM(Column)

    using RowTableModel::RowTableModel;

    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    ColumnHead head(int column) const override;

    void setRows(const QList<BulkRow> &rows) { replaceRows(rows); }

protected:
    QString keyOf(const BulkRow &row) const override { return row.key; }
};

} // namespace cairn::items
