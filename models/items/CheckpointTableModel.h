// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/Checkpoint.h"
#include "items/FilterProxy.h"
#include "items/RowTableModel.h"

namespace cairn::items {

struct CheckpointRow {
    Checkpoint checkpoint;
    QString run;           ///< runWord() where the listing has several runs
    bool operator==(const CheckpointRow &) const = default;
};

/// Checkpoints of one job, all runs together. The key of a row is the path of its checkpoint.
class CheckpointTableModel : public RowTableModel<CheckpointRow>
{
    Q_OBJECT
public:
    enum Column { Step, Epoch, Saved, Size, Format, State, Loss, Reason, Action, ColumnCount };
    Q_ENUM(Column)
    enum Role { VerdictFacet = FirstFacetRole };

    explicit CheckpointTableModel(QObject *parent = nullptr);

    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    ColumnHead head(int column) const override;

    void setListing(const Listing &listing);
    void setNow(const QDateTime &now) { m_now = now; }
    /// The row that offers "Resume from here…" (id "checkpoint.resume"); "" for none.
    void setActiveKey(const QString &key);
    /// Why nothing may be resumed now, shown at the disabled button; "" enables it.
    void setResumeRefusal(const QString &why);

    const Checkpoint *checkpoint(const QString &path) const;
    /// What is preselected: the newest checkpoint that is whole and resumable, else the newest whole; "" for none.
    QString newestWhole() const;

protected:
    QString keyOf(const CheckpointRow &row) const override { return row.checkpoint.path; }

private:
    QString text(const CheckpointRow &row, int column) const;
    QVariant sortValue(const CheckpointRow &row, int column) const;
    QVariant action(const CheckpointRow &row) const;

    QDateTime m_now;
    QString m_active;
    QString m_refusal;
};

} // namespace cairn::items
