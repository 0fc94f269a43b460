// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/Checkpoint.h"
#include "domain/Delta.h"
#include "domain/Job.h"
#include "items/FilterProxy.h"
#include "items/RowTableModel.h"

#include <chrono>
#include <optional>

namespace cairn::items {

/// What is known about the checkpoints of one job, without the list itself.
struct CheckpointSummary {
    bool none = false;           ///< read, and there is not one
    bool partial = false;        ///< the listing was cut: the newest may be missing
    Verdict verdict = Verdict::Unverified; ///< of the newest
    QDateTime savedAt;           ///< UTC, of the newest
    std::optional<qint64> step;  ///< of the newest
    QDateTime safeSince;         ///< UTC, of the newest whole one training can go on from; invalid for none
    std::optional<qint64> safeStep;
    std::chrono::seconds rhythm{0}; ///< usual distance between two saves; 0 where unknown
    QDateTime readAt;            ///< UTC
    bool operator==(const CheckpointSummary &) const = default;
};

/// Newest, safest and rhythm of a whole listing.
CheckpointSummary summarize(const Listing &listing);

/// Whether a running job should have saved by `now`: more than twice its rhythm ago, and at least ten minutes. A save that
/// is merely slow is no news.
bool isOverdue(const CheckpointSummary &known, const QDateTime &now);

/// What a stop now would cost, or what a failure has cost.
struct LostWork {
    std::optional<double> gpuHours; ///< nullopt where the job's own state is unknown
    std::chrono::seconds time{0};   ///< wall time since the newest whole checkpoint
    bool already = false;           ///< the job failed: the work is lost, not at risk
    bool atMost = false;            ///< the listing was partial or never read: a newer checkpoint may exist
    bool unread = false;            ///< nobody looked for checkpoints; counted from the start of the job
    bool operator==(const LostWork &) const = default;
};

struct JobRow {
    Job job;
    std::optional<CheckpointSummary> checkpoints; ///< nullopt: never read
    bool reading = false;                         ///< the checkpoints are being read now
    bool operator==(const JobRow &) const = default;
};

LostWork lostWork(const JobRow &row, const QDateTime &now);
/// Why the job is in its state: the short cause, else the whole message; safe to show, may be empty.
QString causeText(const Job &job);
/// UID, or namespace, kind and name of an object without one.
QString jobKey(const Job &job);

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
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

    /// Exactly these jobs from now on (a relist): diffed by UID.
    void setJobs(const QList<Job> &jobs);
    void applyDelta(const Delta<Job> &delta);
    /// nullopt forgets. Kept when the job itself changes.
    void setCheckpoints(const QString &key, const std::optional<CheckpointSummary> &summary);
    void setReading(const QString &key, bool reading);
    /// All rows dimmed: the data is old.
    void setStale(bool stale);
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
    bool m_stale = false;
};

/// Smaller is worse: Failed, Restarting, Pending, Unknown, Running, Queued, Suspended, Succeeded.
int severityRank(JobPhase phase);

} // namespace cairn::items
