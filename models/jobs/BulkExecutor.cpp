// SPDX-License-Identifier: GPL-3.0-or-later
#include "jobs/BulkExecutor.h"

#include "base/Text.h"
#include "jobs/ResumeFlow.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <algorithm>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace cairn::jobs {
namespace {

// A free tr() would be filed under another context by lupdate than it is looked up in.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::jobs)
};

using State = BulkResult::State;
using Fate = BulkItem::Fate;
using detail::Flow;

constexpr int kTries = 8; // the operator writes the job's status all the time, so a Conflict means little by itself

/// `sent`: a request may have had an effect, although no answer came.
BulkResult failed(const Error &error, bool sent = false)
{
    if (error.kind == Error::Kind::Cancelled)
        return {State::Stopped, sent ? Words::tr("Stopped; the server may have got the request.") : Words::tr("Stopped; nothing was changed."), {}};
    return {State::Failed, text::safe(error.what), error};
}

Error changedMeanwhile(const QString &why)
{
    return Error::make(Error::Kind::Conflict, Words::tr("The job was changed meanwhile."), why, Words::tr("Look at the job as it is now."));
}

/// The live object still is what the plan was made for; Unchanged where the work is done already.
Result<std::optional<BulkResult>> stillSo(const BulkItem &item, const Flow &flow, const QJsonObject &live)
{
    const Result<Job> job = flow.decoded(live);
    if (!job)
        return fail(job.error());
    const BulkItem now = planBulk(item.act, *job, nullptr, flow.now());
    if (now.fate == Fate::Nothing)
        return std::optional(BulkResult{State::Unchanged, now.verdict.text, {}});
    // That it began to train since then loses no more than that; whoever let it go changed its generation.
    if (now.fate == Fate::Refused)
        return fail(changedMeanwhile(now.verdict.text));
    return std::optional<BulkResult>();
}

/// Pods whose end the operator would take for a failure of the job that is let go. Kinds whose pods belong to batch Jobs
/// keep those that ended.
Result<int> podsLeft(const Flow &flow)
{
    const Result<QList<QJsonObject>> pods = flow.pods();
    if (!pods) {
        // Who may not read pods may still let a job go; it was suspended long ago in nearly every case.
        if (pods.error().kind == Error::Kind::Forbidden)
            return 0;
        return fail(pods.error());
    }
    return static_cast<int>(std::ranges::count_if(*pods, [&](const QJsonObject &pod) {
        const QString phase = pod.value(u"status"_s)[u"phase"_s].toString();
        const bool ended = phase == "Succeeded"_L1 || phase == "Failed"_L1;
        return flow.facts().followsTemplate() || !ended || !pod.value(u"metadata"_s)[u"deletionTimestamp"_s].isUndefined();
    }));
}

BulkResult setSuspended(const BulkItem &item, const Flow &flow)
{
    const bool suspend = item.act == BulkAct::Suspend;
    std::optional<BulkResult> already;
    bool sent = false;
    const Result<QJsonObject> written = flow.write(
        [&](const QJsonObject &live) -> Result<QJsonObject> {
            const Result<std::optional<BulkResult>> so = stillSo(item, flow, live);
            if (!so)
                return fail(so.error());
            already = *so;
            return already ? QJsonObject() : suspendPatch(flow.facts(), suspend);
        },
        &sent);
    if (!written)
        return failed(written.error(), sent);
    if (already && !sent)
        return *already;
    return {State::Done, suspend ? Words::tr("Suspended.") : Words::tr("Let go."), {}};
}

/// Nothing yet where its pods still end.
std::optional<BulkResult> letGo(const BulkItem &item, const Flow &flow, BulkResult &waiting, const BulkOptions &options, const QDateTime &begin)
{
    const Result<int> left = podsLeft(flow);
    if (!left)
        return failed(left.error());
    if (*left == 0)
        return setSuspended(item, flow);
    // Somebody else may have let it go: then these are its new pods.
    const Result<QJsonObject> live = flow.live();
    if (!live)
        return failed(live.error());
    const Result<std::optional<BulkResult>> so = stillSo(item, flow, *live);
    if (!so)
        return failed(so.error());
    if (*so)
        return **so;
    const auto limit = std::chrono::milliseconds(options.podsGoneLimit) + std::chrono::seconds(item.job.gracePeriodSeconds);
    if (begin.msecsTo(flow.now()) > limit.count())
        return failed(Error::make(Error::Kind::Timeout, Words::tr("Its old pods did not end within %1.").arg(text::duration(limit)),
                                  Words::tr("Their node may be lost, or a finalizer holds them."),
                                  Words::tr("Bring the node back or delete the pods by force, then try again.")));
    waiting = {State::Waiting, QCoreApplication::translate("cairn::jobs", "Waiting for %n old pod(s) to end.", nullptr, *left), {}};
    return std::nullopt;
}

/// After the server took the deletion: is it gone?
BulkResult deletionOf(const Flow &flow)
{
    const Result<QJsonObject> left = flow.live();
    if (!left)
        return {State::Done, Words::tr("Deleted."), {}};
    QStringList holders;
    for (const QJsonValue finalizer : left->value(u"metadata"_s)[u"finalizers"_s].toArray())
        holders.append(text::safe(finalizer.toString()));
    return {State::Done,
            holders.isEmpty() ? Words::tr("It is being deleted.")
                              : Words::tr("It is being deleted; it goes when its finalizers do: %1.").arg(holders.join(u", "_s)),
            {}};
}

BulkResult removeJob(const BulkItem &item, const Flow &flow)
{
    Error last;
    bool sent = false;
    for (int attempt = 0; attempt < kTries; ++attempt) {
        if (attempt > 0 && !flow.sleep(last.retryAfter.value_or(100ms * (1 << std::min(attempt, 5)))))
            return failed(Error::cancelled(), sent);
        const Result<QJsonObject> live = flow.live();
        if (!live && live.error().kind == Error::Kind::NotFound)
            return sent ? deletionOf(flow) : BulkResult{State::Unchanged, Words::tr("It was gone already."), {}};
        if (!live)
            return failed(live.error(), sent);
        const Result<std::optional<BulkResult>> so = stillSo(item, flow, *live);
        if (!so)
            return failed(so.error());
        if (*so)
            return sent ? deletionOf(flow) : **so;
        const QJsonValue meta = live->value(u"metadata"_s);
        if (meta[u"generation"_s].toInteger() != item.job.generation)
            return failed(changedMeanwhile(Words::tr("Its specification is not the one that was looked at.")));
        const DeleteOptions deletion{meta[u"uid"_s].toString(), meta[u"resourceVersion"_s].toString(), u"Background"_s, false};
        const Result<> removed = flow.api().remove(flow.ref(), deletion, flow.stop());
        if (removed)
            return deletionOf(flow);
        last = removed.error();
        sent |= last.retryable() || last.kind == Error::Kind::Cancelled;
        // NotFound: it went while it was asked for, or an answer was lost; the next look tells.
        if (last.kind != Error::Kind::Conflict && last.kind != Error::Kind::NotFound && !last.retryable())
            break;
    }
    return failed(last, sent);
}

} // namespace

QString stateWord(BulkResult::State state)
{
    switch (state) {
    case State::Waiting: return u"waiting"_s;
    case State::Running: return u"running"_s;
    case State::Done: return u"done"_s;
    case State::Unchanged: return u"unchanged"_s;
    case State::Failed: return u"failed"_s;
    case State::Stopped: break;
    }
    return u"stopped"_s;
}

Result<> tryBulk(ObjectApi &api, const BulkItem &item, std::stop_token stop)
{
    const ObjectRef ref = item.job.ref();
    Result<> answer;
    for (int attempt = 0; attempt < 3; ++attempt) {
        if (item.act == BulkAct::Delete) {
            answer = api.remove(ref, {ref.uid, {}, u"Background"_s, true}, stop);
        } else {
            QJsonObject patch = suspendPatch(item.job.facts(), item.act == BulkAct::Suspend);
            patch.insert(u"metadata"_s, QJsonObject{{u"uid"_s, ref.uid}});
            answer = api.patch(ref, PatchType::Merge, patch, {.dryRun = true}, stop).map([](const QJsonObject &) {});
        }
        if (answer || !answer.error().retryable())
            break;
    }
    return answer;
}

QList<BulkResult> executeBulk(ObjectApi &api, const QList<BulkItem> &items, const BulkOptions &options, std::stop_token stop)
{
    ExecuteOptions execute;
    execute.poll = options.poll;
    execute.now = options.now;
    execute.sleep = options.sleep;
    QList<BulkResult> results(items.size());
    const auto report = [&](qsizetype index, const BulkResult &result) {
        results[index] = result;
        if (options.progress)
            options.progress(static_cast<int>(index), result);
    };
    QList<qsizetype> open;
    for (qsizetype i = 0; i < items.size(); ++i) {
        if (items[i].fate == Fate::Act)
            open.append(i);
        else
            report(i, {State::Unchanged, items[i].verdict.text, {}});
    }
    std::optional<QDateTime> begin;
    while (!open.isEmpty()) {
        QList<qsizetype> waiting;
        for (const qsizetype i : std::as_const(open)) {
            const BulkItem &item = items[i];
            if (stop.stop_requested()) {
                report(i, {State::Stopped, Words::tr("Stopped before its turn; nothing was changed."), {}});
                continue;
            }
            const Flow flow(api, item.job.ref(), execute, stop);
            if (!begin)
                begin = flow.now();
            if (results[i].text.isEmpty())
                report(i, {State::Running, {}, {}});
            BulkResult wait;
            std::optional<BulkResult> result;
            switch (item.act) {
            case BulkAct::Suspend: result = setSuspended(item, flow); break;
            case BulkAct::Unsuspend: result = letGo(item, flow, wait, options, *begin); break;
            case BulkAct::Delete: result = removeJob(item, flow); break;
            }
            report(i, result.value_or(wait));
            if (!result)
                waiting.append(i);
        }
        open = waiting;
        if (!open.isEmpty())
            Flow(api, items[open.first()].job.ref(), execute, stop).sleep(options.poll);
    }
    return results;
}

} // namespace cairn::jobs
