// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "components/Component.h"
#include "items/NodeTableModel.h"
#include "storage/ClaimAccount.h"

namespace cairn::items {

/// One thing that costs work, or is about to.
struct Problem {
    enum class About { Job, Component, Node, Claim, Availability, Change };
    About about = About::Job;
    QString target;   ///< key of the job (of Change too), component, node or claim; "" for Availability
    TagValue tag;     ///< what it is: "Failed", "Damaged", "Down"; Tone::Err before Tone::Warn
    QString name;     ///< safe to show
    QString text;     ///< what happened; safe to show
    QString place;    ///< namespace or zone; safe to show
    QDateTime since;  ///< UTC; invalid where not known
    QString hint;     ///< what there is to go on with; safe to show
    ActionValue action; ///< "job.resume", "change.finish", or "show"
    ActionValue other;  ///< a second way: "change.rollBack"; no text for none
    double cost = 0;  ///< GPU-hours lost or at risk, for the order among equals
    bool operator==(const Problem &) const = default;
};

/// What the overview is made from. Pointers may be null: not known (yet).
struct OverviewFacts {
    const JobTableModel *jobs = nullptr;
    const QList<components::Component> *components = nullptr; ///< null until they were judged
    const QList<NodeRow> *nodes = nullptr;                    ///< null where nodes may not be read
    const QList<storage::ClaimAccount> *claims = nullptr;     ///< null until they were read
    QSet<QString> underWay; ///< keys of jobs whose change runs in this Cairn: nobody has to look after those
    QDateTime now;
};

/// The numbers and the problems of the whole cluster, worst first: changes that nobody finished, what failed or stands
/// still, then what is at risk, each by its cost in GPU-hours.
struct Overview {
    int running = 0, failed = 0, waiting = 0, suspended = 0; ///< jobs; waiting: pending or queued
    int unfinished = 0;              ///< changes begun and neither finished nor rolled back
    double gpuHoursAtRisk = 0;       ///< of running jobs
    std::chrono::seconds longest{0}; ///< since the newest whole checkpoint, of the running job where it is longest
    QString costliest;               ///< name of the job with most to lose, safe to show
    bool atMost = false;             ///< checkpoints of some were never read, or only in part
    bool componentsKnown = false;
    components::Summary components;
    int down = 0;                    ///< components
    bool gpusKnown = false;
    double gpusAllocatable = 0, gpusRequested = 0;
    double gpusHeld = 0;             ///< asked for by jobs that wait, or held by jobs that restart: they compute nothing
    bool claimsKnown = false;
    storage::Totals claims;
    QString fillsFirst;              ///< name of the claim that is full first, safe to show; "" where none is going to be
    QString fillsIn;                 ///< "9 d"; "" where it is full
    Tone fillsTone = Tone::Idle;     ///< Err or Warn where it is soon
    QList<Problem> problems;
};

/// A failed job is a problem for a week: after that it is history.
Overview overviewOf(const OverviewFacts &facts);

/// Problems, in the order given.
class ProblemTableModel : public RowTableModel<Problem>
{
    Q_OBJECT
public:
    enum Column { What, Name, Text, Other, Action, ColumnCount };
    Q_ENUM(Column)

    explicit ProblemTableModel(QObject *parent = nullptr);

    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

    void setProblems(const QList<Problem> &problems);
    void setNow(const QDateTime &now) { m_now = now; }
    static QString key(const Problem &problem);

protected:
    QString keyOf(const Problem &problem) const override { return key(problem); }

private:
    QString text(const Problem &problem, int column) const;
    QString second(const Problem &problem, int column) const;
    QDateTime m_now;
    QHash<QString, int> m_order; ///< key → place
};

} // namespace cairn::items
