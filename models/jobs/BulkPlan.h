// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/Checkpoint.h"
#include "domain/Job.h"
#include "jobs/LossOfWork.h"
#include "jobs/ResumePlan.h"

#include <QJsonObject>

/// Suspending, letting go and deleting several jobs: what would become of each, before anything is done.
namespace cairn::jobs {

enum class BulkAct {
    Suspend,
    Unsuspend, ///< let go what is suspended; where it starts is the script's business, unlike in a resume
    Delete,
};

/// "suspend", "unsuspend", "delete".
QString actWord(BulkAct act);

/// What would become of one job. Pure data; texts are safe to show.
struct BulkItem {
    enum class Fate {
        Act,
        Nothing, ///< it is so already, or cannot be so any more; no fault
        Refused, ///< it is left out, and `verdict` says why
    };
    Job job; ///< as it was when this was decided
    BulkAct act = BulkAct::Suspend;
    Fate fate = Fate::Act;
    PlanNote verdict;          ///< what will happen, or why not; ids are listed in docs/CAIRNCTL.md
    QList<PlanNote> warnings;  ///< of Act
    bool losesWork = false;    ///< it trains now, and what it did since its newest checkpoint may be gone
    LossOfWork loss;           ///< of losesWork
    QStringList stays;         ///< of Delete: where its checkpoints stay: names of claims, URIs of buckets; raw
};

/// "act", "nothing", "refused".
QString fateWord(BulkItem::Fate fate);

/// Decides. `listing` is what was last read of the job's checkpoints, nullptr for never. Pure.
BulkItem planBulk(BulkAct act, const Job &job, const Listing *listing, const QDateTime &now);

/// What takes an act back that was carried out, suspending or unsuspending; where it was not, an item with nothing to do.
BulkItem inverseOf(const BulkItem &item, bool carriedOut, const QDateTime &now);

/// A job that could not be read: left out because of `error`.
BulkItem refusedBulk(BulkAct act, const Job &job, const QString &id, const Error &error);

/// The merge patch that suspends a job of this kind, or lets it go.
QJsonObject suspendPatch(const JobKindFacts &kind, bool suspend);

} // namespace cairn::jobs
