// SPDX-License-Identifier: GPL-3.0-or-later
#include "jobs/LossOfWork.h"

#include <algorithm>

namespace cairn::jobs {
namespace {

std::optional<qint64> newestStep(const Listing *listing, std::optional<qint64> fromLog)
{
    std::optional<qint64> newest = fromLog;
    if (listing) {
        for (const Run &run : listing->runs) {
            for (const Checkpoint &c : run.checkpoints) {
                if (c.step)
                    newest = std::max(newest.value_or(*c.step), *c.step);
            }
        }
    }
    return newest;
}

/// When the job last did any work; the second value is false where only a lower bound is known.
std::pair<QDateTime, bool> lastWork(const Job &job, const Listing *listing, const QDateTime &now)
{
    if (isFinished(job.phase))
        return {job.finished, job.finished.isValid()};
    if (isRunning(job.phase))
        return {now, true};
    // Suspended, queued or pending: nobody recorded when work stopped, but the newest file was written before.
    QDateTime newest;
    if (listing) {
        for (const Run &run : listing->runs) {
            for (const Checkpoint &c : run.checkpoints)
                newest = std::max(newest, c.savedAt);
        }
    }
    return {newest, false};
}

LossOfWork lossSince(const Job &job, const Checkpoint *checkpoint, const Listing *listing, const QDateTime &now,
                     std::optional<qint64> latestStep)
{
    LossOfWork loss;
    loss.toStep = newestStep(listing, latestStep);
    if (checkpoint) {
        loss.fromStep = checkpoint->step;
        if (checkpoint->step && loss.toStep)
            loss.steps = std::max<qint64>(0, *loss.toStep - *checkpoint->step);
    } else {
        loss.steps = loss.toStep;
    }

    const auto [end, exact] = lastWork(job, listing, now);
    QDateTime from = checkpoint ? checkpoint->savedAt : job.started;
    loss.atLeast = !exact;
    if (checkpoint && job.started.isValid() && from < job.started) {
        // The checkpoint is older than this start of the job. How long earlier attempts ran after it is not recorded.
        loss.atLeast = true;
        from = job.started;
    }
    loss.since = from;
    if (from.isValid() && end.isValid())
        loss.gpuHours = job.gpus() * std::max<double>(0, static_cast<double>(from.msecsTo(end))) / 3'600'000.0;
    return loss;
}

} // namespace

const Checkpoint *newestResumable(const Listing &listing)
{
    const Checkpoint *newest = nullptr;
    for (const Run &run : listing.runs) {
        for (const Checkpoint &c : run.checkpoints) {
            if (c.verdict == Verdict::Whole && c.resumable && (!newest || c.savedAt > newest->savedAt))
                newest = &c;
        }
    }
    return newest;
}

LossOfWork lossIfItDiesNow(const Job &job, const Listing *listing, const QDateTime &now, std::optional<qint64> latestStep)
{
    if (!listing) {
        // Without a listing nothing says that any work was saved.
        LossOfWork loss;
        loss.toStep = latestStep;
        return loss;
    }
    return lossSince(job, newestResumable(*listing), listing, now, latestStep);
}

LossOfWork lossByResuming(const Job &job, const Checkpoint &checkpoint, const Listing *listing, const QDateTime &now,
                          std::optional<qint64> latestStep)
{
    return lossSince(job, &checkpoint, listing, now, latestStep);
}

} // namespace cairn::jobs
