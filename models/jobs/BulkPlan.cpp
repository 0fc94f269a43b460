// SPDX-License-Identifier: GPL-3.0-or-later
#include "jobs/BulkPlan.h"

#include "base/Text.h"
#include "checkpoints/SaveLocation.h"
#include "jobs/ResumeState.h"
#include "jobs/ShownOnly.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;

namespace cairn::jobs {
namespace {

// A free tr() would be filed under another context by lupdate than it is looked up in.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::jobs)
};

using Fate = BulkItem::Fate;

bool hasUnfinishedResume(const Job &job)
{
    const auto pending = readPending(job.annotations);
    return pending && (!*pending || needsAttention(**pending));
}

QString managerName(const Manager &manager)
{
    return manager.kind.isEmpty() ? text::safe(manager.name) : text::safe(manager.kind) + u' ' + text::safe(manager.name);
}

/// Why the suspend word of this job is somebody else's; empty where it is its user's.
PlanNote suspendRefusal(const Manager &manager)
{
    const QString name = managerName(manager);
    switch (manager.type) {
    case Manager::Type::Controller:
        return {u"controller"_s, Words::tr("It belongs to %1, which would revert it or count it as failed.").arg(name),
                Words::tr("Suspend or change its owner instead.")};
    case Manager::Type::Kueue:
        return {u"queue"_s, Words::tr("Its queue %1 decides when it runs; Kueue would revert this.").arg(text::safe(manager.name)),
                Words::tr("Set the Workload's field active, or stop the queue.")};
    case Manager::Type::ManagedBy:
        return {u"managed-by"_s, Words::tr("It is managed by %1, which decides when it runs.").arg(name), Words::tr("Ask there.")};
    case Manager::Type::None:
    case Manager::Type::ArgoCd:
    case Manager::Type::Flux:
    case Manager::Type::Helm: break;
    }
    return {};
}

void warnOfManager(BulkItem &item)
{
    const Manager &manager = item.job.manager;
    const QString name = managerName(manager);
    const bool deleted = item.act == BulkAct::Delete;
    switch (manager.type) {
    case Manager::Type::ArgoCd:
    case Manager::Type::Flux:
        item.warnings.append({u"reverted"_s,
                              deleted ? Words::tr("%1 will recreate it at its next sync, and it will train from the start again.").arg(name)
                                      : Words::tr("%1 will revert this at its next sync.").arg(name),
                              Words::tr("Change it where %1 takes it from.").arg(name)});
        break;
    case Manager::Type::Helm:
        item.warnings.append({u"reverted"_s,
                              deleted ? Words::tr("%1 will recreate it at its next upgrade.").arg(name)
                                      : Words::tr("%1 may revert this at its next upgrade.").arg(name),
                              {}});
        break;
    case Manager::Type::Controller:
        item.warnings.append({u"controller"_s, Words::tr("It belongs to %1, which may recreate it or count it as failed.").arg(name), {}});
        break;
    case Manager::Type::None:
    case Manager::Type::Kueue:
    case Manager::Type::ManagedBy: break;
    }
}

/// What stops with the pods of a job that trains.
void countLoss(BulkItem &item, const Listing *listing, const QDateTime &now)
{
    const Job &job = item.job;
    item.losesWork = isRunning(job.phase);
    if (!item.losesWork)
        return;
    const std::optional<CheckpointSummary> known = listing ? std::optional(summarize(*listing)) : std::nullopt;
    item.loss = lossIfItDiesNow(job, known ? &*known : nullptr, now);
    const ckpt::SaveLocation location = ckpt::locate(job);
    if (location.kind == ckpt::SaveLocation::Kind::None)
        item.warnings.append({u"no-storage"_s, Words::tr("Nothing says that its checkpoints outlive its pods. %1").arg(location.reason), {}});
}

void decideSuspend(BulkItem &item)
{
    const Job &job = item.job;
    if (isFinished(job.phase)) {
        item.fate = Fate::Nothing;
        item.verdict = {u"finished"_s, Words::tr("It has finished: there is nothing to suspend."), {}};
    } else if (job.suspendRequested) {
        item.fate = Fate::Nothing;
        item.verdict = {u"suspended"_s, Words::tr("It is already suspended."), {}};
    } else if (isRunning(job.phase)) {
        item.verdict = {u"suspend"_s,
                        Words::tr("Its pods are asked to stop and have %1 for a last save.")
                            .arg(text::duration(std::chrono::seconds(job.gracePeriodSeconds))),
                        {}};
    } else {
        item.verdict = {u"suspend"_s, Words::tr("It is suspended before it trains."), {}};
    }
}

void decideUnsuspend(BulkItem &item)
{
    const Job &job = item.job;
    if (isFinished(job.phase)) {
        item.fate = Fate::Nothing;
        item.verdict = {u"finished"_s, Words::tr("It has finished and does not run again."), Words::tr("Resume it from a checkpoint as a new job.")};
    } else if (!job.suspendRequested) {
        item.fate = Fate::Nothing;
        item.verdict = {u"not-suspended"_s, Words::tr("It is not suspended."), {}};
    } else {
        item.verdict = {u"unsuspend"_s, Words::tr("It is unsuspended, once its old pods are gone."), {}};
    }
}

void decideDelete(BulkItem &item)
{
    const Job &job = item.job;
    item.verdict = {u"delete"_s,
                    item.losesWork              ? Words::tr("Its pods are stopped, and it is deleted with them.")
                    : isFinished(job.phase) ? Words::tr("It is deleted, with its pods and their logs.")
                                                : Words::tr("It is deleted."),
                    {}};
    if (hasUnfinishedResume(job))
        item.warnings.append({u"pending-resume"_s, Words::tr("The record of its unfinished resume is deleted with it."), {}});
    const ckpt::SaveLocation location = ckpt::locate(job);
    if (location.kind == ckpt::SaveLocation::Kind::Claim)
        item.stays.append(location.place.claim);
    else if (location.kind == ckpt::SaveLocation::Kind::Remote)
        item.stays.append(location.uri);
    for (const VolumeMount &mount : job.mounts) {
        if (!mount.claim.isEmpty() && !item.stays.contains(mount.claim))
            item.stays.append(mount.claim);
    }
}

} // namespace

QString actWord(BulkAct act)
{
    switch (act) {
    case BulkAct::Suspend: return u"suspend"_s;
    case BulkAct::Unsuspend: return u"unsuspend"_s;
    case BulkAct::Delete: break;
    }
    return u"delete"_s;
}

QString fateWord(BulkItem::Fate fate)
{
    switch (fate) {
    case Fate::Act: return u"act"_s;
    case Fate::Nothing: return u"nothing"_s;
    case Fate::Refused: break;
    }
    return u"refused"_s;
}

BulkItem planBulk(BulkAct act, const Job &job, const Listing *listing, const QDateTime &now)
{
    BulkItem item;
    item.job = job;
    item.act = act;
    if (job.deleting.isValid()) {
        item.fate = Fate::Nothing;
        item.verdict = {u"deleting"_s, Words::tr("It is already being deleted."), {}};
        return item;
    }
    if (const PlanNote refusal = shownOnly(job.kind); !refusal.id.isEmpty()) {
        item.fate = Fate::Refused;
        item.verdict = refusal;
        return item;
    }
    if (act != BulkAct::Unsuspend)
        countLoss(item, listing, now);
    switch (act) {
    case BulkAct::Suspend: decideSuspend(item); break;
    case BulkAct::Unsuspend: decideUnsuspend(item); break;
    case BulkAct::Delete: decideDelete(item); break;
    }
    if (item.fate == Fate::Act && act != BulkAct::Delete) {
        if (hasUnfinishedResume(job)) {
            item.fate = Fate::Refused;
            item.verdict = {u"pending-resume"_s, Words::tr("A resume of it was started and not finished."), Words::tr("Finish it or roll it back first.")};
        } else if (const PlanNote refusal = suspendRefusal(job.manager); !refusal.id.isEmpty()) {
            item.fate = Fate::Refused;
            item.verdict = refusal;
        }
    }
    if (item.fate != Fate::Act) {
        item.warnings.clear();
        item.losesWork = false;
        item.loss = {};
        return item;
    }
    warnOfManager(item);
    return item;
}

BulkItem inverseOf(const BulkItem &item, bool carriedOut, const QDateTime &now)
{
    Job job = item.job;
    if (!carriedOut || item.act == BulkAct::Delete) {
        BulkItem nothing;
        nothing.job = job;
        nothing.act = item.act;
        nothing.fate = Fate::Nothing;
        nothing.verdict = {u"unchanged"_s, Words::tr("It was not changed."), {}};
        return nothing;
    }
    job.suspendRequested = item.act == BulkAct::Suspend;
    job.phase = job.suspendRequested ? JobPhase::Suspended : JobPhase::Running;
    return planBulk(job.suspendRequested ? BulkAct::Unsuspend : BulkAct::Suspend, job, nullptr, now);
}

BulkItem refusedBulk(BulkAct act, const Job &job, const QString &id, const Error &error)
{
    BulkItem item;
    item.job = job;
    item.act = act;
    item.fate = Fate::Refused;
    item.verdict = {id, error.why.isEmpty() ? text::safe(error.what) : text::safe(error.what) + u' ' + text::safe(error.why), text::safe(error.fix)};
    return item;
}

QJsonObject suspendPatch(const JobKindFacts &kind, bool suspend)
{
    const QJsonObject word{{u"suspend"_s, suspend}};
    return {{u"spec"_s, kind.isTrainJob() ? word : QJsonObject{{u"runPolicy"_s, word}}}};
}

} // namespace cairn::jobs
