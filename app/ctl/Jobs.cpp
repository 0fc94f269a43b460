// SPDX-License-Identifier: GPL-3.0-or-later
#include "Bucket.h"
#include "Cluster.h"
#include "Commands.h"
#include "Listing.h"
#include "Output.h"
#include "base/Text.h"
#include "engine/DeathReader.h"
#include "engine/JobFlows.h"
#include "engine/JobJson.h"
#include "engine/SilenceWatch.h"
#include "engine/VerifyFlows.h"
#include "jobs/ResumeJson.h"
#include "jobs/Unfinished.h"
#include "situation/JobWords.h"
#include "situation/WhyItDied.h"

#include <QJsonArray>
#include <QSet>

using namespace Qt::StringLiterals;

namespace cairn::ctl {
namespace {

/// A list is not worth more requests; `job show` reads any.
constexpr int mostDeaths = 50;

QString readyText(const Job &job, app::JobKnowledge known)
{
    if (known.pods && !app::isSizeUnknown(job, known))
        return situation::readyText(job);
    return u"%1/%2"_s.arg(known.pods || isFinished(job.phase) ? QString::number(job.ready()) : u"?"_s,
                          app::isSizeUnknown(job, known) ? u"?"_s : QString::number(job.desired()));
}

QString gpusText(const Job &job, app::JobKnowledge known)
{
    return app::isSizeUnknown(job, known) ? u"?"_s : QString::number(job.gpus());
}

QString stateText(const Job &job)
{
    if (jobs::unfinishedChange(job))
        return u"%1 (unfinished change)"_s.arg(phaseName(job.phase));
    const QString cause = job.phase == JobPhase::NodeLost ? QString() : situation::causeWords(job);
    return cause.isEmpty() ? phaseName(job.phase) : u"%1 (%2)"_s.arg(phaseName(job.phase), cause);
}

/// A cluster whose silence is said for as long as the command has it.
struct Watched {
    explicit Watched(std::shared_ptr<kube::Cluster> c)
        : cluster(std::move(c))
        , watch(*cluster, [](const LinkState &link) {
            if (link.answers())
                note(u"The server answers again."_s);
            else
                note(u"The server has not answered for %1; still waiting."_s.arg(
                    text::duration(std::chrono::seconds(link.since.secsTo(QDateTime::currentDateTimeUtc())))));
        })
    {
    }
    const std::shared_ptr<kube::Cluster> cluster;
    const app::SilenceWatch watch;
};

} // namespace

Result<std::shared_ptr<kube::Cluster>> connect(app::Engine &engine, const Options &options)
{
    const kube::Kubeconfig config = engine.kubeconfig();
    Result<std::shared_ptr<kube::Cluster>> cluster = engine.connect(config, options.context);
    if (cluster) {
        for (const kube::KubeContext &context : config.contexts()) {
            if (context.name != (options.context.isEmpty() ? config.currentContext() : options.context))
                continue;
            if (context.insecure)
                note(u"The server's certificate is not verified: the kubeconfig says insecure."_s);
            // The wrong cluster is the worst mistake of a program that suspends and deletes.
            for (const kube::Problem &problem : context.problems) {
                if (context.ambiguous && problem.severity == kube::Problem::Severity::Warning)
                    note(u"%1. %2"_s.arg(text::safe(problem.what), text::safe(problem.why)));
            }
        }
        (*cluster)->setWarningHandler([](const QString &warning) { note(u"Warning: "_s + text::safe(warning)); });
        const auto watched = std::make_shared<Watched>(*cluster);
        return std::shared_ptr<kube::Cluster>(watched, cluster->get());
    }
    return cluster;
}

QString namespaceOf(const kube::Cluster &cluster, const Options &options)
{
    return options.allNamespaces ? QString() : options.ns.isEmpty() ? cluster.defaultNamespace() : options.ns;
}

app::ListVia listVia(const Options &options)
{
    return options.useExec ? app::ListVia::Exec : app::ListVia::Helper;
}

namespace {

Result<app::JobListing> listed(app::Engine &engine, kube::Cluster &cluster, const app::JobDetail &detail,
                               const Options &options, std::stop_token stop, const std::shared_ptr<ckpt::HeldHelper> &held)
{
    if (app::savesToBucket(ckpt::locate(detail.job)))
        return readBucketOfJob(engine.http(), cluster, detail, options, stop);
    if (!options.allowHelper && !options.useExec) {
        return fail(Error::Kind::Consent, u"Reading the checkpoints of %1 needs a helper Job"_s.arg(text::safe(detail.job.name)),
                    u"It mounts the job's PVC read-only in namespace %1, lists it, and is gone a minute later"_s.arg(text::safe(detail.job.ns)),
                    u"Allow it with --allow-helper, or use a running pod of the job with --use-exec"_s);
    }
    // What a killed program left behind goes before another comes. Not while a resume holds one: its job stands still meanwhile.
    if (options.allowHelper && !held)
        (void)ckpt::sweepHelpers(cluster, detail.job.ns, std::chrono::minutes(15), stop);
    return app::readCheckpoints(cluster, detail.job, detail.pods, listVia(options), stop, {}, {}, held);
}

} // namespace

Result<app::JobListing> readListing(app::Engine &engine, kube::Cluster &cluster, const app::JobDetail &detail,
                                    const Options &options, std::stop_token stop, const std::shared_ptr<ckpt::HeldHelper> &held)
{
    return app::withFoundDamage(listed(engine, cluster, detail, options, stop, held), cluster, options.context, detail.job, stop);
}

int jobs(app::Engine &engine, const Options &options, std::stop_token stop)
{
    const auto cluster = connect(engine, options);
    if (!cluster)
        return printError(cluster.error());
    const Result<app::JobList> list = app::listJobs(**cluster, namespaceOf(**cluster, options), stop, mostDeaths);
    if (!list)
        return printError(list.error());
    const app::JobKnowledge known{list->podsRead, list->runtimesRead};
    QJsonArray json;
    QList<QStringList> rows{{u"NAMESPACE"_s, u"NAME"_s, u"KIND"_s, u"STATE"_s, u"READY"_s, u"GPUS"_s, u"RESTARTS"_s, u"ATTEMPT"_s, u"AGE"_s}};
    const QDateTime now = QDateTime::currentDateTimeUtc();
    for (const Job &job : list->jobs) {
        json.append(app::toJson(job, known));
        rows.append({text::safe(job.ns), text::safe(job.name), job.facts().resource.kind, stateText(job),
                     readyText(job, known), gpusText(job, known), known.pods ? QString::number(job.restarts) : u"?"_s,
                     QString::number(job.lineage.attempt), job.created.isValid() ? text::duration(std::chrono::seconds(std::max<qint64>(0, job.created.secsTo(now)))) : u"–"_s});
    }
    for (const Job &job : list->jobs) {
        const auto change = jobs::unfinishedChange(job);
        if (!change)
            continue;
        note(u"%1/%2: %3"_s.arg(text::safe(job.ns), text::safe(job.name), change->text));
        if (change->canAct())
            note(u"  Finish it: cairnctl -n %1 job resume %2 --recover finish; roll it back: --recover undo"_s.arg(text::safe(job.ns), text::safe(job.name)));
    }
    // Where something is missing an empty list does not say that there is nothing.
    const QString none = list->gaps.isEmpty() ? u"No training jobs.\n"_s : u"No training jobs among those that could be listed.\n"_s;
    print(options.format, {{u"jobs"_s, json}, {u"gaps"_s, app::toJson(list->gaps)}}, list->jobs.isEmpty() ? none : renderTable(rows, {5, 6, 7}));
    noteGaps(list->gaps);
    return ExitOk;
}

int jobShow(app::Engine &engine, const Options &options, std::stop_token stop)
{
    const auto cluster = connect(engine, options);
    if (!cluster)
        return printError(cluster.error());
    if (options.allNamespaces)
        return printError(Error::make(Error::Kind::Invalid, u"One job is in one namespace"_s, {}, u"Give -n instead of -A"_s));
    Result<app::JobDetail> detail = app::findJob(**cluster, namespaceOf(**cluster, options), options.command[2], stop);
    if (!detail)
        return printError(detail.error());
    detail->job.died = app::whyItDied(**cluster, detail->job, detail->pods, stop);
    const Job &job = detail->job;
    const ckpt::SaveLocation location = ckpt::locate(job);
    const app::JobKnowledge known{!detail->podsError, true};
    QJsonObject json = app::toJson(job, known);
    json.insert(u"savesTo"_s, QJsonObject{{u"path"_s, location.place.containerPath}, {u"claim"_s, location.place.claim}, {u"guessed"_s, location.guessed()},
                                          {u"reason"_s, location.reason}, {u"uri"_s, location.uri}});
    QJsonArray pods;
    QList<QStringList> rows{{u"Name"_s, text::safe(job.ns) + u'/' + text::safe(job.name)},
                            {u"Kind"_s, job.facts().resource.kind},
                            {u"State"_s, stateText(job)},
                            {u"Ready"_s, readyText(job, known)},
                            {u"GPUs"_s, QString::number(job.gpus())},
                            {u"Attempt"_s, QString::number(job.lineage.attempt)}};
    if (job.died) {
        rows.append({u"Why"_s, situation::sentence(*job.died)});
        if (!job.died->line.isEmpty())
            rows.append({u"Log"_s, u"%1: %2"_s.arg(text::safe(job.died->pod), text::safe(job.died->line))});
        rows.append({u"Fix"_s, situation::fixText(*job.died)});
    }
    if (job.phase == JobPhase::NodeLost)
        rows.append({u"Why"_s, u"A node with a pod of this job is not answering: whether the job still trains is unknown."_s});
    if (!job.lineage.checkpoint.isEmpty())
        rows.append({u"Resumed from"_s, text::safe(job.lineage.checkpoint)});
    rows.append({u"Saves to"_s, location.kind == ckpt::SaveLocation::Kind::Remote ? text::safe(location.uri)
                                : location.kind != ckpt::SaveLocation::Kind::Claim ? u"unknown: "_s + location.reason
                                                        : u"%1 (PVC %2%3)"_s.arg(text::safe(location.place.containerPath), text::safe(location.place.claim),
                                                                                   location.guessed() ? u", a guess"_s : QString())});
    for (const Pod &pod : detail->pods) {
        pods.append(QJsonObject{{u"name"_s, pod.name}, {u"node"_s, pod.node}, {u"phase"_s, pod.phase}, {u"ready"_s, pod.ready()},
                                {u"restarts"_s, pod.restarts()}});
        rows.append({u"Pod"_s, u"%1 on %2: %3"_s.arg(text::safe(pod.name), pod.node.isEmpty() ? u"no node"_s : text::safe(pod.node), pod.phase)});
    }
    json.insert(u"pods"_s, detail->podsError ? QJsonValue(QJsonValue::Null) : QJsonValue(pods));
    if (detail->podsError)
        noteGaps({{kinds::pods().plural, *detail->podsError}});
    json.insert(u"pendingResume"_s, QJsonValue::Null);
    if (const auto pending = jobs::readPending(detail->object)) {
        if (*pending) {
            json.insert(u"pendingResume"_s, jobs::toJson(**pending));
            rows.append({u"Resume"_s, u"from %1, %2 since %3"_s.arg(text::safe((*pending)->checkpoint), jobs::phaseWord((*pending)->phase),
                                                                  (*pending)->changed.toString(Qt::ISODate))});
        } else {
            note(pending->error().oneLine());
        }
    }
    print(options.format, json, renderTable(rows));
    return ExitOk;
}

int checkpointsOfJob(app::Engine &engine, const Options &options, std::stop_token stop)
{
    const auto cluster = connect(engine, options);
    if (!cluster)
        return printError(cluster.error());
    const Result<app::JobDetail> detail = app::findJob(**cluster, namespaceOf(**cluster, options), options.command[1], stop);
    if (!detail)
        return printError(detail.error());
    const Result<app::JobListing> listing = readListing(engine, **cluster, *detail, options, stop);
    if (!listing)
        return printError(listing.error());
    printListing(options, listing->listing,
                 {{u"job"_s, QJsonObject{{u"namespace"_s, detail->job.ns}, {u"name"_s, detail->job.name}}},
                  {u"root"_s, listing->root},
                  {u"claim"_s, listing->location.place.claim}});
    return listingExit(options, listing->listing);
}

} // namespace cairn::ctl
