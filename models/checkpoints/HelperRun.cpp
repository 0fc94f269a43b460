// SPDX-License-Identifier: GPL-3.0-or-later
#include "checkpoints/HelperRun.h"

#include "base/Async.h"
#include "base/Log.h"
#include "base/Text.h"
#include "checkpoints/Check.h"
#include "checkpoints/HelperScript.h"

#include <algorithm>
#include <thread>

using namespace Qt::StringLiterals;

namespace cairn::ckpt {
namespace {

using namespace std::chrono_literals;

constexpr auto soon = 5s;
constexpr std::chrono::milliseconds soonPoll = 150ms;

/// How long a cancelled reading still tries to remove its helper, and how often it is looked whether it was cancelled.
constexpr std::chrono::milliseconds quitPatience{2'000};
constexpr std::chrono::milliseconds quitLook{100};

bool isFailed(const QJsonObject &job)
{
    for (const QJsonValue &condition : job[u"status"_s][u"conditions"_s].toArray()) {
        if (condition[u"type"_s].toString() == u"Failed"_s && condition[u"status"_s].toString() == u"True"_s)
            return true;
    }
    return false;
}

/// A waiting reason that does not go away by itself.
std::optional<QString> whyStuck(const QJsonObject &pod)
{
    static const QStringList final{u"ErrImagePull"_s, u"ImagePullBackOff"_s, u"InvalidImageName"_s, u"ErrImageNeverPull"_s,
                                   u"CreateContainerConfigError"_s, u"CreateContainerError"_s, u"RunContainerError"_s};
    const QJsonValue waiting = pod[u"status"_s][u"containerStatuses"_s][0][u"state"_s][u"waiting"_s];
    const QString reason = waiting[u"reason"_s].toString();
    if (!final.contains(reason))
        return std::nullopt;
    return Words::tr("Its pod does not start: %1, %2").arg(text::safe(reason), text::safe(waiting[u"message"_s].toString()));
}

QString whyPending(const QJsonObject &pod)
{
    for (const QJsonValue &condition : pod[u"status"_s][u"conditions"_s].toArray()) {
        if (condition[u"type"_s].toString() == u"PodScheduled"_s && condition[u"status"_s].toString() == u"False"_s)
            return Words::tr("Its pod could not be placed: %1").arg(text::safe(condition[u"message"_s].toString()));
    }
    return Words::tr("Its pod did not start in time");
}

} // namespace

HelperRun::HelperRun(ObjectApi &api, const HelperPod &request, HelperTask task, QString what, std::stop_token stop, const Progress &progress)
    : m_api(api)
    , m_request(request)
    , m_task(std::move(task))
    , m_what(std::move(what))
    , m_stop(std::move(stop))
    , m_progress(progress)
{
}

Result<> HelperRun::create(const QString &script, const QStringList &arguments)
{
    const QString name = m_task.prefix + QString::fromLatin1(helper::newMarker().left(10));
    const Result<QJsonObject> job = m_api.create(kinds::batchJobs(), m_request.ns, helperJob(m_request, m_task, name, script, arguments),
                                           WriteOptions{}, m_stop);
    if (!job)
        return fail(explainCreate(job.error()));
    m_ref = ObjectRef{kinds::batchJobs(), m_request.ns, name, (*job)[u"metadata"_s][u"uid"_s].toString()};
    return {};
}

Result<QByteArray> HelperRun::run(const QString &script, const QStringList &arguments)
{
    if (const Result<> created = create(script, arguments); !created)
        return fail(created.error());
    const Result<QJsonObject> pod = follow(false);
    Result<QByteArray> log = pod ? logOf(*pod) : Result<QByteArray>(fail(pod.error()));
    remove();
    return log;
}

Result<QString> HelperRun::start(const QString &script, std::stop_token stop, const Progress &progress)
{
    m_stop = std::move(stop);
    m_progress = progress;
    if (const Result<> created = create(script, {}); !created)
        return fail(created.error());
    const Result<QJsonObject> pod = follow(true);
    if (pod && (*pod)[u"status"_s][u"phase"_s].toString() == u"Running"_s)
        return (*pod)[u"metadata"_s][u"name"_s].toString();
    remove();
    if (!pod)
        return fail(pod.error());
    const Result<QByteArray> log = logOf(*pod);
    return log ? fail(Error::Kind::Server, m_what, Words::tr("The helper's container exited immediately."),
                      Words::tr("Choose an image that has a shell, or list through exec"))
               : fail(log.error());
}

Error HelperRun::explainCreate(Error error) const
{
    if (error.kind == Error::Kind::Cancelled)
        return error;
    error.what = m_what;
    if (error.kind == Error::Kind::Forbidden) {
        error.fix = Words::tr("Ask for permission to create jobs.batch in %1, or list through exec into a running pod that mounts the PVC")
                        .arg(text::safe(m_request.ns));
    } else if (error.fix.isEmpty()) {
        error.fix = Words::tr("Change the helper's image or user, or list through exec into a running pod that mounts the PVC");
    }
    return error;
}

Result<QJsonObject> HelperRun::follow(bool untilRunning)
{
    const auto started = std::chrono::steady_clock::now();
    bool running = false;
    for (;;) {
        const Result<QList<QJsonObject>> pods = m_api.list(kinds::pods(), m_request.ns, u"job-name="_s + m_ref.name, {}, m_stop);
        if (!pods)
            return fail(pods.error());
        const QJsonObject pod = pods->isEmpty() ? QJsonObject() : pods->first();
        const QString phase = pod[u"status"_s][u"phase"_s].toString();
        running = running || phase == u"Running"_s;
        if (phase == u"Succeeded"_s || phase == u"Failed"_s || (running && untilRunning))
            return pod;
        if (const std::optional<QString> stuck = whyStuck(pod))
            return fail(Error::Kind::Server, m_what, *stuck,
                        Words::tr("Choose an image this cluster can pull and that has a shell, or list through exec"));
        const Result<QJsonObject> job = m_api.get(m_ref, m_stop);
        if (!job && job.error().kind != Error::Kind::NotFound)
            return fail(job.error());
        if (!job || isFailed(*job))
            return fail(Error::Kind::Server, m_what, Words::tr("The helper Job was ended before it finished"),
                        Words::tr("Try again; look at the events of the namespace"));
        const auto waited = std::chrono::steady_clock::now() - started;
        if (pod.isEmpty()) {
            if (const std::optional<QString> refused = whyNoPod())
                return fail(Error::Kind::Forbidden, m_what, *refused,
                            Words::tr("Ask for room in the quota or an exception to the policy, or list through exec"));
        }
        if (!running && waited > m_request.startTimeout)
            return fail(Error::Kind::Timeout, m_what, whyPending(pod),
                        Words::tr("Make room on the node that has the volume, or list through exec"));
        if (m_progress)
            m_progress(running ? Words::tr("The helper is reading the PVC") : Words::tr("Waiting for the helper to start"),
                       std::chrono::duration_cast<std::chrono::seconds>(waited).count());
        // A helper for a small claim is through in a second or two, and somebody waits for it.
        if (!async::sleepFor(waited < soon ? std::min(m_request.pollInterval, soonPoll) : m_request.pollInterval, m_stop))
            return fail(Error::cancelled());
    }
}

Result<HelperRun::Pair> HelperRun::runPair(const QString &script, const QStringList &arguments)
{
    if (const Result<> created = create(script, arguments); !created)
        return fail(created.error());
    Result<Pair> pair = followPair();
    remove();
    return pair;
}

Result<HelperRun::Pair> HelperRun::followPair()
{
    const auto started = std::chrono::steady_clock::now();
    const auto phaseOf = [](const QJsonObject &pod) { return pod[u"status"_s][u"phase"_s].toString(); };
    const auto indexOf = [](const QJsonObject &pod) {
        const QJsonValue metadata = pod[u"metadata"_s];
        const QString index = u"batch.kubernetes.io/job-completion-index"_s;
        return metadata[u"annotations"_s][index].toString(metadata[u"labels"_s][index].toString());
    };
    for (;;) {
        Result<QList<QJsonObject>> pods = m_api.list(kinds::pods(), m_request.ns, u"job-name="_s + m_ref.name, {}, m_stop);
        if (!pods)
            return fail(pods.error());
        std::ranges::sort(*pods, {}, indexOf);
        const auto done = std::ranges::count_if(*pods, [&](const QJsonObject &pod) { return phaseOf(pod) == u"Succeeded"_s || phaseOf(pod) == u"Failed"_s; });
        const auto waiting = std::ranges::count_if(*pods, [&](const QJsonObject &pod) { return phaseOf(pod) == u"Pending"_s; });
        Pair pair;
        for (const QJsonObject &pod : *pods)
            pair.nodes.append(pod[u"spec"_s][u"nodeName"_s].toString());
        if (pods->size() == 2 && done == 2) {
            if (pair.nodes[0] == pair.nodes[1])
                return fail(Error::Kind::Server, m_what, Words::tr("Both pods ran on node %1").arg(text::safe(pair.nodes[0])), Words::tr("Look at what places pods in this cluster"));
            for (const QJsonObject &pod : *pods) {
                const Result<QByteArray> log = logOf(pod);
                if (!log)
                    return fail(log.error());
                pair.logs.append(*log);
            }
            return pair;
        }
        for (const QJsonObject &pod : *pods) {
            if (const std::optional<QString> stuck = whyStuck(pod))
                return fail(Error::Kind::Server, m_what, *stuck, Words::tr("Choose an image this cluster can pull and that has a shell"));
        }
        const Result<QJsonObject> job = m_api.get(m_ref, m_stop);
        if (!job && job.error().kind != Error::Kind::NotFound)
            return fail(job.error());
        if (!job || isFailed(*job))
            return fail(Error::Kind::Server, m_what, Words::tr("The helper Job was ended before it finished"), Words::tr("Try again; look at the events of the namespace"));
        const auto waited = std::chrono::steady_clock::now() - started;
        if (pods->isEmpty()) {
            if (const std::optional<QString> refused = whyNoPod())
                return fail(Error::Kind::Forbidden, m_what, *refused, Words::tr("Ask for room in the quota or an exception to the policy"));
        }
        if ((pods->size() < 2 || waiting > 0) && waited > m_request.startTimeout) {
            for (const QJsonObject &pod : *pods) {
                if (phaseOf(pod) != u"Pending"_s)
                    continue;
                const bool placed = !pod[u"spec"_s][u"nodeName"_s].toString().isEmpty();
                // One node has it: that the other cannot is the answer.
                if (placed && waiting == 1 && pods->size() == 2) {
                    if (const std::optional<QString> refused = whyNotMounted(pod)) {
                        pair.unmounted = *refused;
                        return pair;
                    }
                }
                return fail(Error::Kind::Timeout, m_what, whyPending(pod), placed ? Words::tr("Look at the events of the pod")
                                                                                 : Words::tr("It takes two nodes with room for a small pod"));
            }
            return fail(Error::Kind::Timeout, m_what, Words::tr("Its pods were not made in time"), Words::tr("Look at the events of the namespace"));
        }
        if (m_progress)
            m_progress(waiting == 0 && pods->size() == 2 ? Words::tr("Two nodes write and read") : Words::tr("Waiting for a pod on each of two nodes"),
                       std::chrono::duration_cast<std::chrono::seconds>(waited).count());
        if (!async::sleepFor(m_request.pollInterval, m_stop))
            return fail(Error::cancelled());
    }
}

/// The attach controller and the kubelet tell it by events alone.
std::optional<QString> HelperRun::whyNotMounted(const QJsonObject &pod)
{
    const Result<QList<QJsonObject>> events
        = m_api.list(kinds::events(), m_request.ns, {}, u"involvedObject.name="_s + pod[u"metadata"_s][u"name"_s].toString(), m_stop);
    for (const QJsonObject &event : events.value_or(QList<QJsonObject>())) {
        const QString reason = event[u"reason"_s].toString();
        if (reason == u"FailedAttachVolume"_s || reason == u"FailedMount"_s)
            return text::safe(event[u"message"_s].toString()).left(300);
    }
    return std::nullopt;
}

Result<QByteArray> HelperRun::logOf(const QJsonObject &pod)
{
    LogOptions options;
    options.container = m_task.container;
    options.limitBytes = 8 * 1024 * 1024; // the script prints about half of that at most
    Result<QByteArray> log = m_api.log(m_request.ns, pod[u"metadata"_s][u"name"_s].toString(), options, m_stop);
    if (log && log->isEmpty() && pod[u"status"_s][u"phase"_s].toString() == u"Failed"_s) {
        const QJsonValue ended = pod[u"status"_s][u"containerStatuses"_s][0][u"state"_s][u"terminated"_s];
        return fail(Error::Kind::Server, m_what,
                    Words::tr("The helper's container ended: %1").arg(text::safe(ended[u"message"_s].toString(
                        ended[u"reason"_s].toString(pod[u"status"_s][u"reason"_s].toString())))),
                    Words::tr("Choose an image that has a shell, or list through exec"));
    }
    return log;
}

/// Quota and pod security refuse the pod, not the Job: only an event tells.
std::optional<QString> HelperRun::whyNoPod()
{
    const Result<QList<QJsonObject>> events
        = m_api.list(kinds::events(), m_request.ns, {}, u"involvedObject.name="_s + m_ref.name, m_stop);
    if (!events)
        return std::nullopt; // the right to see events may be missing; the timeout will speak
    for (const QJsonObject &event : *events) {
        if (event[u"reason"_s].toString() == u"FailedCreate"_s)
            return text::safe(event[u"message"_s].toString());
    }
    return std::nullopt;
}

/// Best effort, also after a cancel: the Job's own TTL is the safety net, so nobody who quits waits long for a server that
/// does not answer.
void HelperRun::remove()
{
    DeleteOptions options;
    options.uid = m_ref.uid;
    std::stop_source giveUp;
    Result<> removed;
    {
        const std::jthread patience([&](const std::stop_token &done) {
            while (!m_stop.stop_requested()) {
                if (!async::sleepFor(quitLook, done))
                    return;
            }
            if (async::sleepFor(quitPatience, done))
                giveUp.request_stop();
        });
        removed = m_api.remove(m_ref, options, giveUp.get_token());
    }
    if (!removed && removed.error().kind != Error::Kind::NotFound)
        qCWarning(lcCkpt) << "helper Job was not removed:" << removed.error().oneLine();
}

} // namespace cairn::ckpt
