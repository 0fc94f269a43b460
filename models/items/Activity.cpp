// SPDX-License-Identifier: GPL-3.0-or-later
#include "items/Activity.h"

#include "base/Text.h"

#include <QCoreApplication>
#include <algorithm>

namespace cairn::items {

namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::items::Activity)
};

struct Ranked {
    const JobRow *row;
    QDateTime from, to;
    auto order() const { return std::make_tuple(row->job.phase != JobPhase::Failed, !isRunning(row->job.phase), -row->job.gpus(), row->job.name); }
};

} // namespace

QList<Activity> activity(const JobTableModel &jobs, const ListingOf &listing, const QDateTime &now, int limit)
{
    const QDateTime begin = now.addSecs(-3600 * activityHours);
    QList<Ranked> ranked;
    for (int i = 0; i < jobs.rowCount(); ++i) {
        const JobRow *row = jobs.rowAt(i);
        const Job &job = row->job;
        Ranked one{row, job.started.isValid() ? job.started : job.created, job.finished};
        if (isRunning(one.row->job.phase))
            one.to = now;
        // A job that waits or is suspended has no end to draw and runs nothing now.
        if (!one.from.isValid() || !one.to.isValid() || one.to < begin || one.from >= now || (!job.started.isValid() && !isRunning(one.row->job.phase)))
            continue;
        one.from = std::max(one.from, begin);
        one.to = std::min(std::max(one.to, one.from), now);
        ranked.append(one);
    }
    const qsizetype kept = std::min<qsizetype>(limit, ranked.size());
    std::ranges::partial_sort(ranked, ranked.begin() + kept, {}, &Ranked::order);
    ranked.resize(kept);

    QList<Activity> list;
    for (const Ranked &one : std::as_const(ranked)) {
        const Job &job = one.row->job;
        Activity lane{jobKey(job), text::safe(job.name), text::safe(job.ns), one.from, one.to, isRunning(one.row->job.phase), false, {}};
        const QDateTime started = job.created.isValid() ? job.created : one.from;
        if (const Listing *known = listing(job.uid)) {
            for (const Run &run : known->runs) {
                for (const Checkpoint &checkpoint : run.checkpoints) {
                    if (checkpoint.savedAt < std::max(begin, started) || checkpoint.savedAt > now)
                        continue;
                    lane.marks.append({ActivityMark::Kind::Saved, checkpoint.savedAt, checkpoint.verdict,
                                       checkpoint.step ? Words::tr("Step %1").arg(text::number(*checkpoint.step)) : text::safe(checkpoint.path)});
                    // A run in place keeps its older saves: the bar reaches back to them.
                    lane.from = std::min(lane.from, checkpoint.savedAt);
                }
            }
        } else {
            lane.unread = true;
        }
        if (job.lineage.attempt > 1 && job.started.isValid() && job.started >= begin) {
            lane.marks.append({ActivityMark::Kind::Resumed, job.started, Verdict::Unverified,
                               job.lineage.step ? Words::tr("Resumed from step %1").arg(text::number(*job.lineage.step)) : Words::tr("Resumed from a checkpoint")});
        }
        if (job.phase == JobPhase::Failed) {
            const QString why = causeText(job);
            lane.marks.append({ActivityMark::Kind::Failed, one.to, Verdict::Unverified, why.isEmpty() ? Words::tr("Failed") : Words::tr("Failed: %1").arg(why)});
        }
        std::ranges::stable_sort(lane.marks, {}, &ActivityMark::at);
        list.append(lane);
    }
    return list;
}

} // namespace cairn::items
