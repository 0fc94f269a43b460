// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/CheckpointSummary.h"
#include "domain/Delta.h"
#include "domain/Job.h"
#include "items/FilterProxy.h"
#include "items/RowTableModel.h"
#include "jobs/LossOfWork.h"
#include "situation/JobWords.h"
#include "situation/Jobs.h"

#include <optional>

namespace cairn::items {

using cairn::CheckpointSummary;
using cairn::isOverdue;
using cairn::summarize;
using LostWork = jobs::LossOfWork;

struct JobRow {
    Job job;
    std::optional<CheckpointSummary> checkpoints; ///< nullopt: never read
    bool reading = false;                         ///< the checkpoints are being read now
    bool operator==(const JobRow &) const = default;
};

/// What a stop now would cost, or what a failure has cost: jobs::lossIfItDiesNow() of a row.
LostWork lostWork(const JobRow &row, const QDateTime &now);
using situation::causeText;
using situation::jobKey;

/// The jobs of one cluster. Feed it with the deltas of the store, or whole lists; both keep selection and position.
/// Ages are texts computed when painted: setNow() changes the clock, the owner repaints the viewport.
class JobTableModel : public RowTableModel<JobRow>
{
    Q_OBJECT
public:
    enum Column { Name, Namespace, Kind, State, Ready, Gpus, LastCheckpoint, Lost, Restarts, Age, ColumnCount };
    Q_ENUM(Column)
    /// Facets of FilterProxy; each is a stable English word.
    enum Role { PhaseRole = FirstFacetRole, KindRole, CheckpointRole, NamespaceRole };

    explicit JobTableModel(QObject *parent = nullptr);

    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    ColumnHead head(int column) const override;

    /// Exactly these jobs from now on (a relist): diffed by UID.
    void setJobs(const QList<Job> &jobs);
    void applyDelta(const Delta<Job> &delta);
    /// nullopt forgets. Kept when the job itself changes.
    void setCheckpoints(const QString &key, const std::optional<CheckpointSummary> &summary);
    void setReading(const QString &key, bool reading);
    void setNow(const QDateTime &now) { m_now = now; }
    QDateTime now() const { return m_now; }

    const Job *job(const QString &key) const;
    /// How many rows hold each word of a facet role.
    QHash<QString, int> counts(int facetRole) const;
    double gpusInUse() const;

    /// The cause shown in dim after the state, safe to show; may be empty.
    static QString stateDetail(const Job &job);
    static QString facetWord(const JobRow &row, int facetRole);

protected:
    QString keyOf(const JobRow &row) const override { return jobKey(row.job); }
    void carryOver(const JobRow &before, JobRow &incoming) const override;

private:
    QString text(const JobRow &row, int column) const;
    QString toolTip(const JobRow &row, int column) const;
    QString spoken(const JobRow &row, int column) const;
    QVariant sortValue(const JobRow &row, int column) const;
    QVariant value(const JobRow &row, int column) const;
    Tone tone(const JobRow &row, int column) const;

    QDateTime m_now;
};

/// Smaller is worse: Node lost, Failed, Restarting, Pending, Unknown, Running, Queued, Suspended, Succeeded.
int severityRank(JobPhase phase);

} // namespace cairn::items
