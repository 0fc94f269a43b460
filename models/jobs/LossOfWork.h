// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/Checkpoint.h"
#include "domain/Job.h"

namespace cairn::jobs {

/// Training that would have to be done again. Unknown stays unknown: nullopt is no zero.
struct LossOfWork {
    std::optional<qint64> steps;
    std::optional<qint64> fromStep;   ///< step of the checkpoint work goes on from; nullopt for "from the beginning"
    std::optional<qint64> toStep;     ///< newest step known
    std::optional<double> gpuHours;   ///< GPUs × time since the checkpoint; 0 for a job without GPUs
    QDateTime since;                  ///< UTC; start of the lost stretch
    bool atLeast = false;             ///< the stretch is known only in part
    bool operator==(const LossOfWork &) const = default;
};

/// The newest checkpoint training could go on from: whole and resumable, by save time. nullptr for none.
const Checkpoint *newestResumable(const Listing &listing);

/// What dies if the job dies now: everything since its newest whole checkpoint, or since its start. `listing` may be
/// null (never read); `latestStep` comes from the log where somebody reads it. A finished or suspended job loses
/// nothing more by waiting: its stretch ends when it stopped.
LossOfWork lossIfItDiesNow(const Job &job, const Listing *listing, const QDateTime &now,
                           std::optional<qint64> latestStep = std::nullopt);

/// What is given up by going back to `checkpoint`: everything the job did after it.
LossOfWork lossByResuming(const Job &job, const Checkpoint &checkpoint, const Listing *listing, const QDateTime &now,
                          std::optional<qint64> latestStep = std::nullopt);

} // namespace cairn::jobs
