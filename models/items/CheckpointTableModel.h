// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/Verification.h"
#include "items/FilterProxy.h"
#include "items/RowTableModel.h"

namespace cairn::items {

struct CheckpointRow {
    Checkpoint checkpoint;
    QString run;           ///< runWord() where the listing has several runs
    std::optional<Verification> verified = {}; ///< what a full read came to, while no file has changed since
    QString verifying = {}; ///< how far a full read is; empty while there is none
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
    /// What full reads came to, by path. Kept when the listing changes, for checkpoints that are as they were.
    void setVerifications(const QHash<QString, Verification> &verifications);
    /// How far the full read of one is: "41 %"; "" when it ended.
    void setVerifying(const QString &path, const QString &progress);
    /// What is known of one, safe to show: its full read with the time, and what the listing says.
    QString reason(const QString &path) const;
    /// A full read found damage that the listing does not know of.
    bool isFoundDamaged(const QString &path) const;
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
    QString reasonText(const CheckpointRow &row) const;
    void addVerified(CheckpointRow &row) const;

    QDateTime m_now;
    QHash<QString, Verification> m_verifications;
    QString m_verifyingPath;
    QString m_verifying;
    QString m_active;
    QString m_refusal;
};

} // namespace cairn::items
