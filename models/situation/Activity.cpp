// SPDX-License-Identifier: GPL-3.0-or-later
#include "situation/Activity.h"

#include "base/Text.h"
#include "situation/JobWords.h"

#include <QCoreApplication>
#include <algorithm>

namespace cairn::situation {

namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::situation::Activity)
};

struct Ranked {
    QString key, name;
    JobPhase phase;
    double gpus;
    QDateTime from, to;
    auto order() const { return std::make_tuple(phase != JobPhase::Failed, !isRunning(phase), -gpus, name); }
};

} // namespace

QList<Activity> activity(const EachJob &jobs, const ListingOf &listing, const QDateTime &now, int limit)
{
    const QDateTime begin = now.addSecs(-3600 * activityHours);
    QList<Ranked> ranked;
    jobs([&](const Job &job, const CheckpointSummary *) {
        QDateTime from = job.started.isValid() ? job.started : job.created;
        QDateTime to = isRunning(job.phase) ? now : job.finished;
        // A job that waits or is suspended has no end to draw and runs nothing now.
        if (!from.isValid() || !to.isValid() || to < begin || from >= now || (!job.started.isValid() && !isRunning(job.phase)))
            return;
        from = std::max(from, begin);
        to = std::min(std::max(to, from), now);
        ranked.append({jobKey(job), job.name, job.phase, job.gpus(), from, to});
    });
    const qsizetype kept = std::min<qsizetype>(limit, ranked.size());
    std::ranges::partial_sort(ranked, ranked.begin() + kept, {}, &Ranked::order);
    ranked.resize(kept);
    QHash<QString, Job> chosen; // a copy of each of ten thousand would take longer than all the rest
    for (const Ranked &one : std::as_const(ranked))
        chosen.insert(one.key, {});
    jobs([&](const Job &job, const CheckpointSummary *) {
        if (const auto it = chosen.find(jobKey(job)); it != chosen.end())
            *it = job;
    });

    QList<Activity> list;
    for (const Ranked &one : std::as_const(ranked)) {
        const Job &job = *chosen.constFind(one.key);
        Activity lane{jobKey(job), text::safe(job.name), text::safe(job.ns), one.from, one.to, isRunning(job.phase), false, {}};
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

} // namespace cairn::situation
