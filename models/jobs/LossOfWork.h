// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/CheckpointSummary.h"
#include "domain/Job.h"

#include <chrono>

namespace cairn::jobs {

/// Training that would have to be done again. Unknown stays unknown: nullopt is no zero.
struct LossOfWork {
    std::optional<qint64> steps;
    std::optional<qint64> fromStep;   ///< step of the checkpoint work goes on from; nullopt for "from the beginning"
    std::optional<qint64> toStep;     ///< newest step known of this start of the job
    std::optional<double> gpuHours;   ///< GPUs × `time`; 0 for a job without GPUs, nullopt where `time` is unknown
    std::chrono::seconds time{0};     ///< length of the lost stretch, by the clock
    QDateTime since;                  ///< UTC; start of the lost stretch
    bool already = false;             ///< the job failed: the work is lost, not at risk
    bool atLeast = false;             ///< the stretch is known only in part
    bool atMost = false;              ///< the listing was cut, never made, or older than the save interval: a newer checkpoint may exist
    bool unread = false;              ///< nobody looked for checkpoints; counted from the start of the job
    bool operator==(const LossOfWork &) const = default;
};

/// What dies if the job dies now, or died when it failed: everything since its newest checkpoint training can go on from,
/// or since its last start if that is later: what came between was lost or done again before. Nothing where nothing is
/// computed. `known` may be null (never read); `latestStep` comes from the log where somebody reads it.
LossOfWork lossIfItDiesNow(const Job &job, const CheckpointSummary *known, const QDateTime &now,
                           std::optional<qint64> latestStep = std::nullopt);

/// What is given up by going back to `checkpoint`: everything the job did after it. The same as lossIfItDiesNow() where it
/// is the newest and the job computes; a lower bound where earlier starts of the job went on from it, for how long these
/// ran is not recorded. `listing` may be null.
LossOfWork lossByResuming(const Job &job, const Checkpoint &checkpoint, const Listing *listing, const QDateTime &now,
                          std::optional<qint64> latestStep = std::nullopt);

} // namespace cairn::jobs
