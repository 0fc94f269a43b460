// SPDX-License-Identifier: GPL-3.0-or-later
#include "domain/CheckpointSummary.h"

#include <algorithm>

namespace cairn {
namespace {

/// Of the saves of one run that can be read: a damaged file tells nothing about when the next is due.
std::chrono::seconds rhythmOf(const Run &run)
{
    QList<QDateTime> saves;
    for (const Checkpoint &c : run.checkpoints) {
        if (c.verdict == Verdict::Whole || c.verdict == Verdict::Unverified)
            saves.append(c.savedAt);
    }
    return cairn::rhythmOf(saves);
}

} // namespace

CheckpointSummary summarize(const Listing &listing)
{
    CheckpointSummary summary;
    summary.partial = listing.partial;
    summary.readAt = listing.readAt;
    const Checkpoint *newest = newestCheckpoint(listing);
    if (!newest) {
        // A cut listing without one proves nothing.
        summary.none = !listing.partial;
        return summary;
    }
    summary.verdict = newest->verdict;
    summary.savedAt = newest->savedAt;
    summary.step = newest->step;
    if (const Checkpoint *safe = newestResumable(listing)) {
        summary.safeSince = safe->savedAt;
        summary.safeStep = safe->step;
    }
    const Checkpoint *reached = nullptr;
    for (const Run &run : listing.runs) {
        for (const Checkpoint &c : run.checkpoints) {
            if (c.step && (!reached || isOlder(*reached, c)))
                reached = &c;
        }
        if (newestCheckpoint(run) == newest)
            summary.rhythm = rhythmOf(run);
    }
    if (reached) {
        summary.reachedStep = reached->step;
        summary.reachedAt = reached->savedAt;
    }
    return summary;
}

std::chrono::seconds rhythmOf(const QList<QDateTime> &saves)
{
    QList<qint64> times;
    for (const QDateTime &save : saves) {
        if (save.isValid())
            times.append(save.toSecsSinceEpoch());
    }
    std::ranges::sort(times);
    times.erase(std::ranges::unique(times).begin(), times.end());
    QList<qint64> gaps;
    for (qsizetype i = 1; i < times.size(); ++i)
        gaps.append(times[i] - times[i - 1]);
    if (gaps.size() < 2)
        return {};
    std::ranges::sort(gaps);
    return std::chrono::seconds(gaps[gaps.size() / 2]);
}

bool isOverdue(const CheckpointSummary &known, const QDateTime &now)
{
    return !known.none && !known.partial && known.savedAt.isValid() && known.rhythm.count() > 0
        && known.savedAt.secsTo(now) > std::max<qint64>(600, 2 * known.rhythm.count());
}

} // namespace cairn
