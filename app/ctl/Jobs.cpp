// SPDX-License-Identifier: GPL-3.0-or-later
#include "Bucket.h"
#include "Cluster.h"
#include "Commands.h"
#include "Listing.h"
#include "Output.h"
#include "base/Text.h"
#include "engine/JobFlows.h"
#include "engine/JobJson.h"
#include "jobs/ResumeJson.h"
#include "jobs/Unfinished.h"

#include <QJsonArray>
#include <QSet>

using namespace Qt::StringLiterals;

namespace cairn::ctl {
namespace {

QString stateText(const Job &job)
{
    if (jobs::unfinishedChange(job))
        return u"%1 (unfinished change)"_s.arg(phaseName(job.phase));
    return job.cause.isEmpty() ? phaseName(job.phase) : u"%1 (%2)"_s.arg(phaseName(job.phase), text::safe(job.cause));
}

} // namespace

Result<std::shared_ptr<kube::Cluster>> connect(app::Engine &engine, const Options &options)
{
    const kube::Kubeconfig config = engine.kubeconfig();
    Result<std::shared_ptr<kube::Cluster>> cluster = engine.connect(config, options.context);
    if (cluster) {
        for (const kube::KubeContext &context : config.contexts()) {
            if (context.name == (options.context.isEmpty() ? config.currentContext() : options.context) && context.insecure)
                note(u"The server's certificate is not verified: the kubeconfig says insecure."_s);
        }
        (*cluster)->setWarningHandler([](const QString &warning) { note(u"Warning: "_s + text::safe(warning)); });
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

Result<app::JobListing> readListing(app::Engine &engine, kube::Cluster &cluster, const app::JobDetail &detail,
                                    const Options &options, std::stop_token stop, const std::shared_ptr<ckpt::HeldHelper> &held)
{
    if (app::savesToBucket(ckpt::locate(detail.job)))
        return readBucketOfJob(engine.http(), cluster, detail, options, stop);
    if (!options.allowHelper && !options.useExec) {
        return fail(Error::Kind::Consent, u"Reading the checkpoints of %1 needs a helper Job"_s.arg(text::safe(detail.job.name)),
                    u"It mounts the job's claim read-only in namespace %1, lists it, and is gone a minute later"_s.arg(text::safe(detail.job.ns)),
                    u"Agree with --allow-helper, or use a running pod of the job with --use-exec"_s);
    }
    return app::readCheckpoints(cluster, detail.job, detail.pods, listVia(options), stop, {}, held);
}

int jobs(app::Engine &engine, const Options &options, std::stop_token stop)
{
    const auto cluster = connect(engine, options);
    if (!cluster)
        return printError(cluster.error());
    const Result<QList<Job>> list = app::listJobs(**cluster, namespaceOf(**cluster, options), stop);
    if (!list)
        return printError(list.error());
    QJsonArray json;
    QList<QStringList> rows{{u"NAMESPACE"_s, u"NAME"_s, u"KIND"_s, u"STATE"_s, u"READY"_s, u"GPUS"_s, u"RESTARTS"_s, u"ATTEMPT"_s, u"AGE"_s}};
    const QDateTime now = QDateTime::currentDateTimeUtc();
    for (const Job &job : *list) {
        json.append(app::toJson(job));
        rows.append({text::safe(job.ns), text::safe(job.name), job.facts().resource.kind, stateText(job),
                     u"%1/%2"_s.arg(job.ready()).arg(job.desired()), QString::number(job.gpus()), QString::number(job.restarts),
                     QString::number(job.lineage.attempt), job.created.isValid() ? text::duration(std::chrono::seconds(std::max<qint64>(0, job.created.secsTo(now)))) : u"–"_s});
    }
    for (const Job &job : *list) {
        const auto change = jobs::unfinishedChange(job);
        if (!change)
            continue;
        note(u"%1/%2: %3"_s.arg(text::safe(job.ns), text::safe(job.name), change->text));
        if (change->canAct())
            note(u"  Finish it: cairnctl -n %1 job resume %2 --recover finish; roll it back: --recover undo"_s.arg(text::safe(job.ns), text::safe(job.name)));
    }
    print(options.format, {{u"jobs"_s, json}}, list->isEmpty() ? u"No training jobs.\n"_s : renderTable(rows, {5, 6, 7}));
    return ExitOk;
}

int jobShow(app::Engine &engine, const Options &options, std::stop_token stop)
{
    const auto cluster = connect(engine, options);
    if (!cluster)
        return printError(cluster.error());
    if (options.allNamespaces)
        return printError(Error::make(Error::Kind::Invalid, u"One job is in one namespace"_s, {}, u"Give -n instead of -A"_s));
    const Result<app::JobDetail> detail = app::findJob(**cluster, namespaceOf(**cluster, options), options.command[2], stop);
    if (!detail)
        return printError(detail.error());
    const Job &job = detail->job;
    const ckpt::SaveLocation location = ckpt::locate(job);
    QJsonObject json = app::toJson(job);
    json.insert(u"savesTo"_s, QJsonObject{{u"path"_s, location.place.containerPath}, {u"claim"_s, location.place.claim}, {u"guessed"_s, location.guessed()},
                                          {u"reason"_s, location.reason}, {u"uri"_s, location.uri}});
    QJsonArray pods;
    QList<QStringList> rows{{u"Name"_s, text::safe(job.ns) + u'/' + text::safe(job.name)},
                            {u"Kind"_s, job.facts().resource.kind},
                            {u"State"_s, stateText(job)},
                            {u"Ready"_s, u"%1/%2"_s.arg(job.ready()).arg(job.desired())},
                            {u"GPUs"_s, QString::number(job.gpus())},
                            {u"Attempt"_s, QString::number(job.lineage.attempt)}};
    if (!job.lineage.checkpoint.isEmpty())
        rows.append({u"Resumed from"_s, text::safe(job.lineage.checkpoint)});
    rows.append({u"Saves to"_s, location.kind == ckpt::SaveLocation::Kind::Remote ? text::safe(location.uri)
                                : location.kind != ckpt::SaveLocation::Kind::Claim ? u"unknown: "_s + location.reason
                                                        : u"%1 (claim %2%3)"_s.arg(text::safe(location.place.containerPath), text::safe(location.place.claim),
                                                                                   location.guessed() ? u", a guess"_s : QString())});
    for (const Pod &pod : detail->pods) {
        pods.append(QJsonObject{{u"name"_s, pod.name}, {u"node"_s, pod.node}, {u"phase"_s, pod.phase}, {u"ready"_s, pod.ready()},
                                {u"restarts"_s, pod.restarts()}});
        rows.append({u"Pod"_s, u"%1 on %2: %3"_s.arg(text::safe(pod.name), pod.node.isEmpty() ? u"no node"_s : text::safe(pod.node), pod.phase)});
    }
    json.insert(u"pods"_s, pods);
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
