// SPDX-License-Identifier: GPL-3.0-or-later
#include "checkpoints/ClaimListing.h"

#include "base/Names.h"
#include "base/Text.h"
#include "checkpoints/HelperJob.h"
#include "checkpoints/HelperRun.h"
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

/// Listing, then as many rounds of ranges as the recognisers ask for.
Result<Listing> listThrough(const Transport &transport, const QString &name, RecogniseOptions options, std::stop_token stop,
                            const Progress &progress)
{
    const QByteArray marker = helper::newMarker();
    const Result<QByteArray> first = transport.run(helper::listArguments(marker, transport.mount, transport.folder));
    if (!first)
        return fail(first.error());
    const helper::Output output = helper::parse(*first, marker);
    if (const Result<> usable = checkListing(output, listFailed(name), transport.folder, *first); !usable)
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

} // namespace

Result<> checkListing(const helper::Output &output, const QString &what, const QByteArray &folder, const QByteArray &raw)
{
    if (output.refusal == u"nofolder"_s)
        return fail(Error::Kind::NotFound, what, Words::tr("The folder %1 does not exist, or this user has no permission to enter it").arg(text::safe(folder)),
                    Words::tr("Correct where the job saves, or list as the user who owns the files"));
    if (output.refusal == u"outside"_s)
        return fail(Error::Kind::Invalid, what, Words::tr("The folder %1 leads out of the volume through a link").arg(text::safe(folder)),
                    Words::tr("Name the folder itself"));
    if (output.refusal.startsWith(u"missing-"_s))
        return fail(Error::Kind::Unsupported, what, Words::tr("The image has no %1").arg(text::safe(output.refusal.mid(8))),
                    Words::tr("Choose an image with the usual shell tools, such as one based on Debian or Alpine"));
    if (!output.begun && !output.ended && output.candidates.isEmpty())
        return fail(Error::Kind::Io, what, raw.trimmed().isEmpty()
                        ? Words::tr("The helper printed nothing")
                        : Words::tr("The helper printed something else: %1").arg(text::safe(raw.trimmed().left(200))),
                    Words::tr("Use an image with a shell, or list through exec"));
    return {};
}

Result<Listing> listClaim(ObjectApi &api, const ClaimRequest &request, std::stop_token stop, const Progress &progress)
{
    if (request.image.isEmpty())
        return fail(Error::Kind::Invalid, listFailed(Words::tr("The PVC %1").arg(request.claim)), Words::tr("No image is known for the helper"),
                    Words::tr("Name an image that has a shell"));
    HelperRun job(api, request, listingTask(request), listFailed(Words::tr("The PVC %1").arg(request.claim)), stop, progress);
    Transport transport;
    transport.run = [&](const QStringList &arguments) { return job.run(helper::scriptText(), arguments); };
    transport.mount = helperMountPath.latin1();
    const QByteArray below = pathFromText(request.path);
    transport.folder = below.isEmpty() || below == "." ? transport.mount : transport.mount + '/' + below;
    transport.bytesPerRound = 2'500'000; // as base64 3.4 MB, well below the log's usual rotation at 10 MiB
    transport.namesPerRound = 500'000; // an object may have 1.5 MiB
    transport.maxRounds = 6;
    transport.source = u"helper job"_s;
    return listThrough(transport, Words::tr("The PVC %1").arg(request.claim), request.recognise, stop, progress);
}

Result<Listing> listClaimByExec(ObjectApi &api, const ExecTarget &target, std::stop_token stop, const Progress &progress)
{
    Transport transport;
    transport.run = [&](const QStringList &arguments) -> Result<QByteArray> {
        const Result<ExecOutput> output = api.exec(target.ns, target.pod, target.container,
                                                   QStringList{u"sh"_s, u"-c"_s, helper::scriptText(), u"cairn"_s} + arguments, Secret(), stop);
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
    transport.namesPerRound = 1'200;
    transport.maxRounds = 40;
    transport.source = u"exec"_s;
    return listThrough(transport, Words::tr("The folder %1").arg(target.path), target.recognise, stop, progress);
}

Result<int> sweepHelpers(ObjectApi &api, const QString &ns, std::chrono::seconds age, std::stop_token stop, const QString &label)
{
    const QString selector = names::name("helper"_L1) + u'=' + label;
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
        const bool ours = metadata[u"labels"_s][names::name("helper"_L1)].toString() == label;
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
