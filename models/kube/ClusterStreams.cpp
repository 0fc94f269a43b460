// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Async.h"
#include "base/Log.h"
#include "base/Text.h"
#include "kube/ApiAnswer.h"
#include "kube/ApiPath.h"
#include "kube/Cluster.h"
#include "kube/LogLines.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonDocument>
#include <condition_variable>
#include <deque>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace cairn::kube {
namespace {

constexpr qint64 longestLog = 256LL << 20;
constexpr qint64 logWindow = 1 << 20; ///< what may wait for whoever reads a followed log

Query logQuery(const LogOptions &options)
{
    Query query;
    query.add("container", options.container);
    if (options.previous)
        query.add("previous", u"true"_s);
    if (options.timestamps)
        query.add("timestamps", u"true"_s);
    if (options.tailLines >= 0)
        query.add("tailLines", options.tailLines);
    if (options.limitBytes > 0)
        query.add("limitBytes", options.limitBytes);
    query.add("sinceTime", options.sinceTime);
    return query;
}

net::Request logRequest(const QString &path)
{
    net::Request request;
    request.path = path;
    request.headers = {{"Accept", "text/plain,*/*"}};
    return request;
}

/// Between the network thread, which only appends, and the thread that follows the log.
class Inbox
{
public:
    void append(const char *data, size_t size)
    {
        const std::lock_guard lock(m_mutex);
        m_data.append(data, qsizetype(size));
        m_changed.notify_one();
    }
    void finish(Result<net::Response> result)
    {
        const std::lock_guard lock(m_mutex);
        m_end = std::move(result);
        m_changed.notify_one();
    }
    /// Waits for data or the end. True while there may be more; `data` is empty once the end was reached.
    bool take(QByteArray &data, std::optional<Result<net::Response>> &end, std::stop_token stop)
    {
        std::unique_lock lock(m_mutex);
        m_changed.wait(lock, stop, [&] { return !m_data.isEmpty() || m_end; });
        data = std::exchange(m_data, {});
        if (data.isEmpty())
            end = m_end;
        return !data.isEmpty();
    }

private:
    std::mutex m_mutex;
    std::condition_variable_any m_changed;
    QByteArray m_data;
    std::optional<Result<net::Response>> m_end;
};

bool isBeingCreated(const Error &error)
{
    // kubelet: container "x" in pod "y" is waiting to start: ContainerCreating
    return error.httpStatus == 400
        && (error.why.contains("ContainerCreating"_L1) || error.why.contains("PodInitializing"_L1));
}

} // namespace

Result<QByteArray> Cluster::log(const QString &ns, const QString &pod, LogOptions options, Stop stop)
{
    const Result<QString> path = objectPath({kinds::pods(), ns, pod, {}}, u"log"_s);
    if (!path)
        return fail(path.error());
    net::Request request = logRequest(logQuery(options).on(*path));
    request.timeout = 120s;
    request.maxBody = longestLog;
    return send(std::move(request), {u"get"_s, u"pods/log"_s, ns, pod}, stop).map([](const net::Response &r) {
        return r.body;
    });
}

Result<Cluster::Container> Cluster::containerState(const QString &ns, const QString &pod, const QString &container,
                                                   Stop stop)
{
    const Result<QJsonObject> object = get({kinds::pods(), ns, pod, {}}, stop);
    if (!object) {
        if (object.error().kind == Error::Kind::NotFound)
            return Container::Gone;
        return fail(object.error());
    }
    const QJsonValue status = (*object)[u"status"_s];
    const QString phase = status[u"phase"_s].toString();
    if (phase == "Succeeded"_L1 || phase == "Failed"_L1)
        return Container::Ended;
    for (const QString &list : {u"containerStatuses"_s, u"initContainerStatuses"_s, u"ephemeralContainerStatuses"_s}) {
        for (const QJsonValue &entry : status[list].toArray()) {
            if (!container.isEmpty() && entry[u"name"_s].toString() != container)
                continue;
            const QJsonObject state = entry[u"state"_s].toObject();
            return state.contains(u"running"_s)   ? Container::Runs
                : state.contains(u"terminated"_s) ? Container::Ended
                                                  : Container::Waits;
        }
    }
    return Container::Waits;
}

Result<> Cluster::followLog(const QString &ns, const QString &pod, LogOptions options,
                            std::function<bool(const QByteArray &line)> sink, Stop stop)
{
    const Result<QString> path = objectPath({kinds::pods(), ns, pod, {}}, u"log"_s);
    if (!path)
        return fail(path.error());
    const RequestFacts facts{u"get"_s, u"pods/log"_s, ns, pod};

    LogLines lines(options.timestamps, std::move(sink));
    options.timestamps = true; // they say where a broken stream has to go on
    std::chrono::milliseconds wait = 1s;
    bool anything = false;
    int failures = 0;
    for (;;) {
        if (stop.stop_requested())
            return fail(Error::cancelled());
        Inbox inbox;
        net::Request request =
            logRequest(logQuery(options).add("follow", options.previous ? QString() : u"true"_s).on(*path));
        request.timeout = 0ms;
        request.maxRetries = 0;
        request.window = logWindow;
        request.apart = true;
        net::StreamHandlers handlers;
        handlers.started = [](int, const QByteArray &) {};
        handlers.data = [&](const char *data, size_t size) { inbox.append(data, size); };
        handlers.finished = [&](Result<net::Response> result) { inbox.finish(std::move(result)); };
        Result<std::unique_ptr<net::Stream>> stream = m_transport->open(std::move(request), std::move(handlers), stop);
        if (!stream)
            return fail(stream.error());

        QByteArray data;
        std::optional<Result<net::Response>> end;
        while (inbox.take(data, end, stop)) {
            anything = true;
            wait = 1s;
            if (!lines.feed(data))
                return {};
            (*stream)->taken(data.size());
        }
        stream->reset();
        if (!end)
            return fail(Error::cancelled());
        Result<net::Response> answer = std::move(*end);
        if (answer)
            answer = checked(std::move(*answer), facts);
        if (!answer) {
            const Error &error = answer.error();
            const bool waits = isBeingCreated(error);
            // A pod that went away while its log was read has simply ended.
            if (error.kind == Error::Kind::NotFound && anything) {
                lines.finish();
                return {};
            }
            if (!waits && !error.retryable() && !(error.kind == Error::Kind::Auth && anything))
                return fail(error);
            if (!waits && !anything && ++failures > 4)
                return fail(error);
        } else {
            if (options.previous) {
                lines.finish();
                return {};
            }
            // The stream also ends when a proxy or the API server cuts it: go on while the container runs.
            const Result<Container> state = containerState(ns, pod, options.container, stop);
            // A pod nobody has scheduled yet has an empty log: wait for its container, too.
            const bool begins = state && *state == Container::Waits && !anything;
            if (state && *state != Container::Runs && !begins) {
                lines.finish();
                return {};
            }
            if (!state && !state.error().retryable())
                return fail(state.error());
        }
        if (!async::sleepFor(wait, stop))
            return fail(Error::cancelled());
        wait = qMin(wait * 2, anything ? std::chrono::milliseconds(30s) : std::chrono::milliseconds(4s));
        lines.expectRepeats();
        if (const QString since = lines.resumeTime(); !since.isEmpty()) {
            options.sinceTime = since;
            options.tailLines = -1;
        }
    }
}

Result<ExecOutput> Cluster::exec(const QString &ns, const QString &pod, const QString &container,
                                 const QStringList &argv, const Secret &input, Stop stop)
{
    const Result<QString> path = objectPath({kinds::pods(), ns, pod, {}}, u"exec"_s);
    if (!path)
        return fail(path.error());
    if (argv.isEmpty())
        return fail(Error::Kind::Internal, QCoreApplication::translate("cairn::kube::Cluster", "No command was given"));
    Query query;
    for (const QString &argument : argv)
        query.addAlways("command", argument);
    query.add("container", container).add("stdout", u"true"_s).add("stderr", u"true"_s);
    if (!input.isEmpty())
        query.add("stdin", u"true"_s);
    net::ExecRequest request;
    request.input = input;
    request.path = query.on(*path);
    const Result<net::ExecResult> result = m_transport->exec(std::move(request), stop);
    if (!result)
        return fail(result.error());

    ExecOutput output{result->out, result->err, 0};
    const QJsonObject status = QJsonDocument::fromJson(result->status).object();
    if (status[u"status"_s].toString() == "Success"_L1)
        return output;
    for (const QJsonValue &cause : status[u"details"_s][u"causes"_s].toArray()) {
        if (cause[u"reason"_s].toString() == "ExitCode"_L1) {
            output.exitCode = cause[u"message"_s].toString().toInt();
            return output;
        }
    }
    ApiStatus refused;
    refused.code = status[u"code"_s].toInt(500);
    refused.reason = status[u"reason"_s].toString();
    refused.message = status[u"message"_s].toString();
    if (refused.message.isEmpty())
        refused.message = QCoreApplication::translate("cairn::kube::Cluster",
                                                      "The connection ended before the command's exit code came.");
    return fail(statusError(refused, {u"create"_s, u"pods/exec"_s, ns, pod}));
}

} // namespace cairn::kube
