// SPDX-License-Identifier: GPL-3.0-or-later
#include "jobs/LossOfWork.h"

#include <algorithm>

namespace cairn::jobs {
namespace {

/// How far this start of the job has come: from the log, or from what it saved. What is older than the start is of another
/// run in the same folder, or of an earlier start, whose higher step this one may never have reached.
std::optional<qint64> newestStep(const Job &job, const CheckpointSummary *known, std::optional<qint64> fromLog)
{
    std::optional<qint64> newest = fromLog;
    if (known && known->reachedStep && !(job.started.isValid() && known->reachedAt < job.started))
        newest = std::max(newest.value_or(*known->reachedStep), *known->reachedStep);
    return newest;
}

void countSteps(LossOfWork &loss, bool fromCheckpoint)
{
    if (!fromCheckpoint)
        loss.steps = loss.toStep;
    else if (loss.fromStep && loss.toStep && *loss.fromStep <= *loss.toStep) // else the two are not of one run
        loss.steps = *loss.toStep - *loss.fromStep;
}

void measure(LossOfWork &loss, const Job &job, const QDateTime &since, const QDateTime &until)
{
    loss.since = since;
    if (!since.isValid() || !until.isValid())
        return;
    loss.time = std::chrono::seconds(std::max<qint64>(0, since.secsTo(until)));
    loss.gpuHours = job.gpus() * static_cast<double>(loss.time.count()) / 3600;
}

/// Whether a save may have come since the listing was made: it is older than the job's save interval, or than a minute
/// where that is not known.
bool isStale(const CheckpointSummary &known, const QDateTime &until)
{
    const std::chrono::seconds interval = known.rhythm.count() > 0 ? known.rhythm : std::chrono::seconds(60);
    return known.readAt.isValid() && until.isValid() && known.readAt.secsTo(until) > interval.count();
}

QDateTime startOf(const Job &job)
{
    return job.started.isValid() ? job.started : job.created;
}

} // namespace

LossOfWork lossIfItDiesNow(const Job &job, const CheckpointSummary *known, const QDateTime &now, std::optional<qint64> latestStep)
{
    LossOfWork loss;
    switch (job.phase) {
    case JobPhase::Unknown: return loss;
    case JobPhase::Pending:
    case JobPhase::Queued:
    case JobPhase::Suspended:
    case JobPhase::Succeeded:
        loss.steps = 0;
        loss.gpuHours = 0;
        return loss;
    default: break; // it computes, or did until it failed
    }
    loss.already = job.phase == JobPhase::Failed;
    loss.unread = !known;
    const QDateTime until = loss.already ? job.finished : now;
    loss.atMost = !known || known->partial || isStale(*known, until);
    loss.toStep = newestStep(job, known, latestStep);
    QDateTime since = startOf(job);
    if (known) {
        loss.fromStep = known->safeStep;
        countSteps(loss, known->safeSince.isValid());
        if (known->safeSince.isValid() && (!since.isValid() || since < known->safeSince))
            since = known->safeSince;
    }
    measure(loss, job, since, until);
    return loss;
}

LossOfWork lossByResuming(const Job &job, const Checkpoint &checkpoint, const Listing *listing, const QDateTime &now,
                          std::optional<qint64> latestStep)
{
    LossOfWork loss;
    const std::optional<CheckpointSummary> known = listing ? std::optional(summarize(*listing)) : std::nullopt;
    loss.already = job.phase == JobPhase::Failed;
    loss.fromStep = checkpoint.step;
    loss.toStep = newestStep(job, known ? &*known : nullptr, latestStep);
    countSteps(loss, true);

    QDateTime until = now;
    if (isFinished(job.phase)) {
        until = job.finished;
        loss.atLeast = !until.isValid();
    } else if (!isRunning(job.phase)) {
        // Suspended, queued or pending: nobody recorded when work stopped, but the newest file was written before.
        until = known ? known->savedAt : QDateTime();
        loss.atLeast = true;
    }
    QDateTime since = checkpoint.savedAt;
    if (job.started.isValid() && since < job.started) {
        // The checkpoint is older than this start of the job. How long earlier attempts ran after it is not recorded.
        loss.atLeast = true;
        since = job.started;
    }
    // Without a log the newest step is that of a file, and a cut listing may lack it.
    if (known && known->partial && !latestStep)
        loss.atLeast = true;
    measure(loss, job, since, until);
    return loss;
}

} // namespace cairn::jobs
