// SPDX-License-Identifier: GPL-3.0-or-later
#include "checkpoints/ClaimListing.h"

#include "base/Async.h"
#include "base/Log.h"
#include "base/Names.h"
#include "base/Text.h"
#include "checkpoints/HelperJob.h"
#include "checkpoints/Paths.h"
#include "checkpoints/Recorded.h"

#include <functional>

using namespace Qt::StringLiterals;

namespace cairn::ckpt {
namespace {

/// Runs the script once with these arguments and returns what it printed.
using Run = std::function<Result<QByteArray>(const QStringList &arguments)>;

struct Transport {
    Run run;
    QByteArray mount;
    QByteArray folder;
    qint64 bytesPerRound = 0; ///< of file contents asked for at once
    qint64 namesPerRound = 0; ///< bytes that asking for them may take
    int maxRounds = 0;
    QString source;
};

QString listFailed(const QString &name)
{
    return Words::tr("%1 could not be listed").arg(text::safe(name));
}

Result<> checkOutput(const helper::Output &output, const QString &name, const QByteArray &folder, const QByteArray &raw)
{
    if (output.refusal == u"nofolder"_s)
        return fail(Error::Kind::NotFound, listFailed(name), Words::tr("The folder %1 does not exist, or this user may not enter it").arg(text::safe(folder)),
                    Words::tr("Correct where the job saves, or list as the user who owns the files"));
    if (output.refusal == u"outside"_s)
        return fail(Error::Kind::Invalid, listFailed(name), Words::tr("The folder %1 leads out of the volume through a link").arg(text::safe(folder)),
                    Words::tr("Name the folder itself"));
    if (output.refusal.startsWith(u"missing-"_s))
        return fail(Error::Kind::Unsupported, listFailed(name), Words::tr("The image has no %1").arg(text::safe(output.refusal.mid(8))),
                    Words::tr("Choose an image with the usual shell tools, such as one based on Debian or Alpine"));
    if (!output.begun && !output.ended && output.candidates.isEmpty())
        return fail(Error::Kind::Io, listFailed(name), raw.trimmed().isEmpty()
                        ? Words::tr("The helper printed nothing")
                        : Words::tr("The helper printed something else: %1").arg(text::safe(raw.trimmed().left(200))),
                    Words::tr("Use an image with a shell, or list through exec"));
    return {};
}

/// Listing, then as many rounds of ranges as the recognisers ask for.
Result<Listing> listThrough(const Transport &transport, const QString &name, RecogniseOptions options, std::stop_token stop,
                            const Progress &progress)
{
    const QByteArray marker = helper::newMarker();
    const Result<QByteArray> first = transport.run(helper::listArguments(marker, transport.mount, transport.folder));
    if (!first)
        return fail(first.error());
    const helper::Output output = helper::parse(*first, marker);
    if (const Result<> usable = checkOutput(output, name, transport.folder, *first); !usable)
        return fail(usable.error());
    if (!options.now.isValid())
        options.now = QDateTime::currentDateTimeUtc();
    RecordedSource source;
    source.addListing(output, transport.folder);
    source.addRanges(output);

    Recognised found;
    for (int round = 1;; ++round) {
        found = recognise(source.tree(), source, options, stop, progress);
        if (stop.stop_requested())
            return fail(Error::cancelled());
        if (!found.pending)
            break;
        const QList<helper::Want> wants = source.takeWants(transport.bytesPerRound, transport.namesPerRound);
        if (wants.isEmpty() || round > transport.maxRounds) {
            found.listing.partial = true;
            found.listing.notes << Words::tr("Not every file could be checked in %1 rounds; those are shown as unverified.").arg(transport.maxRounds);
            break;
        }
        if (progress)
            progress(Words::tr("Reading %n ranges of files", nullptr, static_cast<int>(wants.size())), round);
        const QByteArray roundMarker = helper::newMarker();
        const Result<QByteArray> log
            = transport.run(helper::readArguments(roundMarker, transport.mount, transport.folder, wants));
        if (!log && log.error().kind == Error::Kind::Cancelled)
            return fail(log.error());
        if (!log) { // what the first round brought is still worth showing
            found.listing.partial = true;
            found.listing.notes << Words::tr("Not every file could be checked: %1").arg(log.error().oneLine());
            break;
        }
        const helper::Output ranges = helper::parse(*log, roundMarker);
        source.addRanges(ranges);
        source.removeGone(ranges);
        if (ranges.isComplete())
            source.giveUpOn(wants);
    }
    found.listing.source = transport.source;
    return found.listing;
}

/// One helper Job from creation to removal.
class HelperRun
{
public:
    HelperRun(ObjectApi &api, const ClaimRequest &request, std::stop_token stop, const Progress &progress)
        : m_api(api)
        , m_request(request)
        , m_stop(std::move(stop))
        , m_progress(progress)
    {
    }

    Result<QByteArray> run(const QStringList &arguments)
    {
        const QString name = u"cairn-list-"_s + QString::fromLatin1(helper::newMarker().left(10));
        const Result<QJsonObject> job = m_api.create(kinds::batchJobs(), m_request.ns, helperJob(m_request, name, arguments),
                                               WriteOptions{}, m_stop);
        if (!job)
            return fail(explainCreate(job.error()));
        m_ref = ObjectRef{kinds::batchJobs(), m_request.ns, name, (*job)[u"metadata"_s][u"uid"_s].toString()};
        Result<QByteArray> log = follow();
        remove();
        return log;
    }

private:
    QString what() const { return listFailed(Words::tr("The claim %1").arg(m_request.claim)); }

    Error explainCreate(Error error) const
    {
        if (error.kind == Error::Kind::Cancelled)
            return error;
        error.what = what();
        if (error.kind == Error::Kind::Forbidden) {
            error.fix = Words::tr("Ask for the right to create jobs.batch in %1, or list through exec into a running pod that mounts the claim")
                            .arg(text::safe(m_request.ns));
        } else if (error.fix.isEmpty()) {
            error.fix = Words::tr("Change the helper's image or user, or list through exec into a running pod that mounts the claim");
        }
        return error;
    }

    Result<QByteArray> follow()
    {
        const auto started = std::chrono::steady_clock::now();
        bool running = false;
        for (;;) {
            const Result<QList<QJsonObject>> pods = m_api.list(kinds::pods(), m_request.ns, u"job-name="_s + m_ref.name, {}, m_stop);
            if (!pods)
                return fail(pods.error());
            const QJsonObject pod = pods->isEmpty() ? QJsonObject() : pods->first();
            const QString phase = pod[u"status"_s][u"phase"_s].toString();
            if (phase == u"Succeeded"_s || phase == u"Failed"_s)
                return logOf(pod);
            running = running || phase == u"Running"_s;
            if (const std::optional<QString> stuck = whyStuck(pod))
                return fail(Error::Kind::Server, what(), *stuck,
                            Words::tr("Choose an image this cluster can pull and that has a shell, or list through exec"));
            const Result<QJsonObject> job = m_api.get(m_ref, m_stop);
            if (!job && job.error().kind != Error::Kind::NotFound)
                return fail(job.error());
            if (!job || isFailed(*job))
                return fail(Error::Kind::Server, what(), Words::tr("The helper Job was ended before it finished"),
                            Words::tr("Try again; look at the events of the namespace"));
            const auto waited = std::chrono::steady_clock::now() - started;
            if (pod.isEmpty()) {
                if (const std::optional<QString> refused = whyNoPod())
                    return fail(Error::Kind::Forbidden, what(), *refused,
                                Words::tr("Ask for room in the quota or an exception of the policy, or list through exec"));
            }
            if (!running && waited > m_request.startTimeout)
                return fail(Error::Kind::Timeout, what(), whyPending(pod),
                            Words::tr("Make room on the node that holds the volume, or list through exec"));
            if (m_progress)
                m_progress(running ? Words::tr("The helper is reading the claim") : Words::tr("Waiting for the helper to start"),
                           std::chrono::duration_cast<std::chrono::seconds>(waited).count());
            if (!async::sleepFor(m_request.pollInterval, m_stop))
                return fail(Error::cancelled());
        }
    }

    Result<QByteArray> logOf(const QJsonObject &pod)
    {
        LogOptions options;
        options.container = u"list"_s;
        options.limitBytes = 8 * 1024 * 1024; // the script prints about half of that at most
        Result<QByteArray> log = m_api.log(m_request.ns, pod[u"metadata"_s][u"name"_s].toString(), options, m_stop);
        if (log && log->isEmpty() && pod[u"status"_s][u"phase"_s].toString() == u"Failed"_s) {
            const QJsonValue ended = pod[u"status"_s][u"containerStatuses"_s][0][u"state"_s][u"terminated"_s];
            return fail(Error::Kind::Server, what(),
                        Words::tr("The helper's container ended: %1").arg(text::safe(ended[u"message"_s].toString(
                            ended[u"reason"_s].toString(pod[u"status"_s][u"reason"_s].toString())))),
                        Words::tr("Choose an image that has a shell, or list through exec"));
        }
        return log;
    }

    static bool isFailed(const QJsonObject &job)
    {
        for (const QJsonValue &condition : job[u"status"_s][u"conditions"_s].toArray()) {
            if (condition[u"type"_s].toString() == u"Failed"_s && condition[u"status"_s].toString() == u"True"_s)
                return true;
        }
        return false;
    }

    /// A waiting reason that does not go away by itself.
    static std::optional<QString> whyStuck(const QJsonObject &pod)
    {
        static const QStringList final{u"ErrImagePull"_s, u"ImagePullBackOff"_s, u"InvalidImageName"_s, u"ErrImageNeverPull"_s,
                                       u"CreateContainerConfigError"_s, u"CreateContainerError"_s, u"RunContainerError"_s};
        const QJsonValue waiting = pod[u"status"_s][u"containerStatuses"_s][0][u"state"_s][u"waiting"_s];
        const QString reason = waiting[u"reason"_s].toString();
        if (!final.contains(reason))
            return std::nullopt;
        return Words::tr("Its pod does not start: %1, %2").arg(text::safe(reason), text::safe(waiting[u"message"_s].toString()));
    }

    /// Quota and pod security refuse the pod, not the Job: only an event tells.
    std::optional<QString> whyNoPod()
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

    static QString whyPending(const QJsonObject &pod)
    {
        for (const QJsonValue &condition : pod[u"status"_s][u"conditions"_s].toArray()) {
            if (condition[u"type"_s].toString() == u"PodScheduled"_s && condition[u"status"_s].toString() == u"False"_s)
                return Words::tr("Its pod could not be placed: %1").arg(text::safe(condition[u"message"_s].toString()));
        }
        return Words::tr("Its pod did not start in time");
    }

    /// Best effort, also after a cancel: the Job's own TTL is the safety net.
    void remove()
    {
        DeleteOptions options;
        options.uid = m_ref.uid;
        const Result<> removed = m_api.remove(m_ref, options, std::stop_token());
        if (!removed && removed.error().kind != Error::Kind::NotFound)
            qCWarning(lcCkpt) << "helper Job was not removed:" << removed.error().oneLine();
    }

    ObjectApi &m_api;
    const ClaimRequest &m_request;
    std::stop_token m_stop;
    const Progress &m_progress;
    ObjectRef m_ref;
};

} // namespace

Result<Listing> listClaim(ObjectApi &api, const ClaimRequest &request, std::stop_token stop, const Progress &progress)
{
    if (request.image.isEmpty())
        return fail(Error::Kind::Invalid, listFailed(Words::tr("The claim %1").arg(request.claim)), Words::tr("No image is known for the helper"),
                    Words::tr("Name an image that has a shell"));
    HelperRun helper(api, request, stop, progress);
    Transport transport;
    transport.run = [&](const QStringList &arguments) { return helper.run(arguments); };
    transport.mount = helperMountPath.latin1();
    const QByteArray below = pathFromText(request.path);
    transport.folder = below.isEmpty() || below == "." ? transport.mount : transport.mount + '/' + below;
    transport.bytesPerRound = 2'500'000; // as base64 3.4 MB, well below the log's usual rotation at 10 MiB
    transport.namesPerRound = 500'000; // an object may have 1.5 MiB
    transport.maxRounds = 6;
    transport.source = u"helper job"_s;
    return listThrough(transport, Words::tr("The claim %1").arg(request.claim), request.recognise, stop, progress);
}

Result<Listing> listClaimByExec(ObjectApi &api, const ExecTarget &target, std::stop_token stop, const Progress &progress)
{
    Transport transport;
    transport.run = [&](const QStringList &arguments) -> Result<QByteArray> {
        const Result<ExecOutput> output = api.exec(target.ns, target.pod, target.container,
                                                   QStringList{u"sh"_s, u"-c"_s, helper::scriptText(), u"cairn"_s} + arguments, stop);
        if (!output)
            return fail(output.error());
        if (output->exitCode != 0 && output->out.isEmpty())
            return fail(Error::Kind::Unsupported, listFailed(Words::tr("The pod %1").arg(target.pod)),
                        Words::tr("Its image cannot run the listing (exit code %1): %2").arg(output->exitCode).arg(text::safe(output->err.left(200))),
                        Words::tr("List with a helper Job and an image that has a shell"));
        return output->out;
    };
    transport.mount = pathFromText(target.mountPath);
    transport.folder = pathFromText(target.path);
    // Arguments travel in the URL of the request, which proxies limit to 8 KiB and the script fills by half. A round
    // costs a fraction of a second.
    transport.bytesPerRound = 1'000'000;
    transport.namesPerRound = 1'500;
    transport.maxRounds = 40;
    transport.source = u"exec"_s;
    return listThrough(transport, Words::tr("The folder %1").arg(target.path), target.recognise, stop, progress);
}

Result<int> sweepHelpers(ObjectApi &api, const QString &ns, std::chrono::seconds age, std::stop_token stop)
{
    const QString selector = names::name("helper"_L1) + u"=listing"_s;
    const Result<QList<QJsonObject>> jobs = api.list(kinds::batchJobs(), ns, selector, {}, stop);
    if (!jobs)
        return fail(jobs.error());
    int removed = 0;
    const QDateTime limit = QDateTime::currentDateTimeUtc().addSecs(-age.count());
    for (const QJsonObject &job : *jobs) {
        const QJsonValue metadata = job[u"metadata"_s];
        const QDateTime created = QDateTime::fromString(metadata[u"creationTimestamp"_s].toString(), Qt::ISODate);
        const QString uid = metadata[u"uid"_s].toString();
        // The label is checked again: a server that ignores the selector must not cost anybody a Job.
        const bool ours = metadata[u"labels"_s][names::name("helper"_L1)].toString() == u"listing"_s;
        if (!ours || uid.isEmpty() || !created.isValid() || created > limit)
            continue;
        DeleteOptions options;
        options.uid = uid;
        const ObjectRef ref{kinds::batchJobs(), metadata[u"namespace"_s].toString(ns), metadata[u"name"_s].toString(), uid};
        if (const Result<> result = api.remove(ref, options, stop); result)
            ++removed;
        else if (result.error().kind != Error::Kind::NotFound && result.error().kind != Error::Kind::Conflict)
            return fail(result.error());
    }
    return removed;
}

} // namespace cairn::ckpt
