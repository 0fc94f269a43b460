// SPDX-License-Identifier: GPL-3.0-or-later
#include "jobs/JobPods.h"

#include "base/Text.h"
#include "domain/ObjectDecoder.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonDocument>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace cairn::jobs {
namespace {

// A free tr() would be filed under another context by lupdate than it is looked up in.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::jobs)
};

/// How long the operator may take to say Suspended once no pod is left.
constexpr std::chrono::milliseconds kAcknowledgeLimit = 60s;
/// A pod that is there so long after its grace period does not merely take its time.
constexpr qint64 kLateSeconds = 10;

bool hasEnded(const QJsonObject &pod)
{
    const QString phase = pod.value(u"status"_s)[u"phase"_s].toString();
    return (phase == "Succeeded"_L1 || phase == "Failed"_L1) && pod.value(u"metadata"_s)[u"deletionTimestamp"_s].isUndefined();
}

/// The decoder also says Suspended where only the spec does; this is the operator's own word.
bool isAcknowledged(const QJsonObject &live, const Job &job)
{
    if (job.phase != JobPhase::Suspended && job.phase != JobPhase::Queued)
        return false;
    for (const QJsonValue condition : live.value(u"status"_s)[u"conditions"_s].toArray()) {
        if (condition[u"type"_s].toString() == u"Suspended" && condition[u"status"_s].toString() == u"True")
            return true;
    }
    return false;
}

} // namespace

const JobKindFacts &kindOf(const ObjectRef &job)
{
    const JobKindFacts *known = jobKindOf(job.kind);
    return known ? *known : facts(JobKind::PyTorchJob);
}

Result<Job> decodedJob(const QJsonObject &object, const ObjectRef &job)
{
    return decodeJob(QJsonDocument(object).toJson(QJsonDocument::Compact), kindOf(job).id);
}

Result<QList<QJsonObject>> podsOf(const change::Run &run, const ObjectRef &job)
{
    return run.list(kinds::pods(), job.ns, kindOf(job).podLabel + u'=' + job.name);
}

change::Wait podsGone(const ObjectRef &ref, PodsGone options)
{
    const auto emptySince = std::make_shared<QDateTime>();
    return [ref, options = std::move(options), emptySince](const change::Run &run, const QDateTime &since) -> Result<std::optional<change::Pending>> {
        const auto ready = std::optional<change::Pending>();
        // The operator's word first: after it no pod is made any more, so that none is there afterwards means none will be.
        QJsonObject live;
        Job job;
        const auto look = [&]() -> Result<bool> {
            const Result<QJsonObject> read = run.read(ref);
            if (!read)
                return fail(read.error());
            const Result<Job> decoded = decodedJob(*read, ref);
            if (!decoded)
                return fail(decoded.error());
            live = *read;
            job = *decoded;
            return options.look(live, job);
        };
        const bool asksOperator = static_cast<bool>(options.onSilentOperator);
        if (asksOperator) {
            const Result<bool> needless = look();
            if (!needless)
                return fail(needless.error());
            if (*needless)
                return ready;
        }
        Result<QList<QJsonObject>> pods = podsOf(run, ref);
        if (!pods) {
            // Who may not read pods may still start a job; it was suspended long ago in nearly every case.
            if (options.onlyWhatRuns && pods.error().kind == Error::Kind::Forbidden)
                return ready;
            return fail(pods.error());
        }
        if (options.onlyWhatRuns && !kindOf(ref).followsTemplate())
            pods->removeIf(hasEnded);
        if (pods->isEmpty() && (!asksOperator || isAcknowledged(live, job)))
            return ready;
        if (!asksOperator) {
            const Result<bool> needless = look();
            if (!needless)
                return fail(needless.error());
            if (*needless)
                return ready;
        }
        const auto grace = std::chrono::seconds(job.gracePeriodSeconds);
        change::Pending pending;
        if (pods->isEmpty()) {
            if (!emptySince->isValid())
                *emptySince = run.now();
            if (emptySince->msecsTo(run.now()) >= kAcknowledgeLimit.count()) {
                options.onSilentOperator();
                return ready;
            }
        } else {
            *emptySince = {};
            const QJsonObject &first = pods->first();
            pending.left = static_cast<int>(pods->size());
            pending.text = since.secsTo(run.now()) > job.gracePeriodSeconds + kLateSeconds
                ? Words::tr("Pod %1 on node %2 is still there although its grace period is over.")
                      .arg(text::safe(first.value(u"metadata"_s)[u"name"_s].toString()), text::safe(first.value(u"spec"_s)[u"nodeName"_s].toString()))
                : QCoreApplication::translate("cairn::jobs", "Waiting for %n pod(s) to end; up to %1 each.", nullptr, pending.left).arg(text::duration(grace));
        }
        const auto limit = std::chrono::milliseconds(options.limit) + grace;
        if (since.msecsTo(run.now()) > limit.count())
            return fail(Error::Kind::Timeout, Words::tr("The job's pods did not end within %1.").arg(text::duration(limit)),
                        Words::tr("Their node may be lost, or a finalizer is holding them."),
                        Words::tr("Bring the node back or force-delete the pods, then try again, or roll back."));
        return std::optional(pending);
    };
}

} // namespace cairn::jobs
