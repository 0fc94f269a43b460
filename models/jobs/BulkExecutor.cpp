// SPDX-License-Identifier: GPL-3.0-or-later
#include "jobs/BulkExecutor.h"

#include "jobs/JobPods.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;

namespace cairn::jobs {
namespace {

// A free tr() would be filed under another context by lupdate than it is looked up in.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::jobs)
};

using change::Write;
using Fate = BulkItem::Fate;

tl::unexpected<Error> changedMeanwhile(const QString &why)
{
    return fail(Error::Kind::Conflict, Words::tr("The job was changed in the meantime."), why, Words::tr("Look at the job as it is now."));
}

/// The live object still is what the plan was made for; "already" where the work is done.
Result<Write> look(const BulkItem &item, const QJsonObject &live, const QJsonObject &body, const QDateTime &at)
{
    const Result<Job> job = decodedJob(live, item.job.ref());
    if (!job)
        return fail(job.error());
    const BulkItem now = planBulk(item.act, *job, nullptr, at);
    if (now.fate == Fate::Nothing)
        return Write{{}, now.verdict.text};
    // That it began to train since then loses no more than that; whoever unsuspended it changed its generation.
    if (now.fate == Fate::Refused)
        return changedMeanwhile(now.verdict.text);
    if (item.act == BulkAct::Delete && job->generation != item.job.generation)
        return changedMeanwhile(Words::tr("Its spec is no longer the one that was checked."));
    return Write{body, {}};
}

change::Change changeOf(const BulkItem &item, const BulkOptions &options)
{
    change::Change change;
    change.target = item.job.ref();
    if (item.act == BulkAct::Delete) {
        change.act = change::Change::Act::Delete;
    } else {
        change.body = suspendPatch(item.job.facts(), item.act == BulkAct::Suspend);
        change.done = item.act == BulkAct::Suspend ? Words::tr("Suspended.") : Words::tr("Unsuspended.");
    }
    const auto clock = options.now ? options.now : [] { return QDateTime::currentDateTimeUtc(); };
    change.look = [item, body = change.body, clock](const QJsonObject &live) { return look(item, live, body, clock()); };
    if (item.act == BulkAct::Unsuspend) {
        PodsGone gone;
        gone.limit = options.podsGoneLimit;
        gone.onlyWhatRuns = true;
        // Somebody else may have unsuspended it: then these are its new pods.
        gone.look = [look = change.look](const QJsonObject &live, const Job &) {
            return look(live).map([](const Write &write) { return !write.already.isEmpty(); });
        };
        change.waits.append(podsGone(change.target, gone));
    }
    return change;
}

} // namespace

Result<> tryBulk(ObjectApi &api, const BulkItem &item, std::stop_token stop)
{
    return change::tryOut(api, changeOf(item, {}), std::move(stop));
}

QList<BulkResult> executeBulk(ObjectApi &api, const QList<BulkItem> &items, const BulkOptions &options, std::stop_token stop)
{
    QList<BulkResult> results(items.size());
    const auto report = [&](qsizetype index, const BulkResult &result) {
        results[index] = result;
        if (options.progress)
            options.progress(static_cast<int>(index), result);
    };
    QList<change::Change> changes;
    QList<qsizetype> places;
    for (qsizetype i = 0; i < items.size(); ++i) {
        if (items[i].fate == Fate::Act) {
            changes.append(changeOf(items[i], options));
            places.append(i);
        } else {
            report(i, {BulkResult::State::Unchanged, items[i].verdict.text, {}, {}});
        }
    }
    change::Run run(api, {.poll = options.poll, .now = options.now, .sleep = options.sleep}, std::move(stop));
    change::carryOutEach(run, changes, [&](qsizetype index, const BulkResult &result) { report(places[index], result); });
    return results;
}

} // namespace cairn::jobs
