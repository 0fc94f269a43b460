// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/Checkpoint.h"
#include "items/FilterProxy.h"
#include "items/RowTableModel.h"

namespace cairn::items {

/// One checkpoint of one of many jobs.
struct TrailRow {
    QString jobUid;
    QString job;  ///< name; raw
    QString ns;   ///< raw
    Checkpoint checkpoint;
    QString run;  ///< runWord() of its run
    bool newest = false; ///< what a resume of its job would take by itself
    bool partial = false; ///< the listing it is from may have missed newer ones
    bool operator==(const TrailRow &) const = default;
};

/// The rows of one job's listing. `proposed`: the checkpoint of it that a resume would take by itself; nullptr for none.
QList<TrailRow> trailOf(const QString &jobUid, const QString &job, const QString &ns, const Listing &listing, const Checkpoint *proposed);

/// The checkpoints of all jobs that were read. The key of a row is key(jobUid, path).
class TrailTableModel : public RowTableModel<TrailRow>
{
    Q_OBJECT
public:
    enum Column { Job, Step, Saved, Size, Format, State, Reason, Action, ColumnCount };
    Q_ENUM(Column)
    enum Role { VerdictFacet = FirstFacetRole, ///< the words of verdictName()
                NewestFacet };                 ///< "newest" where TrailRow::newest, else ""

    explicit TrailTableModel(QObject *parent = nullptr);

    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    ColumnHead head(int column) const override;

    void setRows(const QList<TrailRow> &rows) { replaceRows(rows); }
    void setNow(const QDateTime &now) { m_now = now; }
    const QDateTime &now() const { return m_now; }
    static QString key(const QString &jobUid, const QString &path) { return jobUid + u'\n' + path; }

    struct Counts {
        int checkpoints = 0, jobs = 0, damaged = 0;
        qint64 bytes = 0;
    };
    Counts counts() const;

protected:
    QString keyOf(const TrailRow &row) const override { return key(row.jobUid, row.checkpoint.path); }

private:
    QString text(const TrailRow &row, int column) const;
    QVariant sortValue(const TrailRow &row, int column) const;
    QDateTime m_now;
};

} // namespace cairn::items
