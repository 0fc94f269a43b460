// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/JobJson.h"

#include "jobs/Unfinished.h"
#include "situation/WhyItDied.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::app {
namespace {

QJsonValue time(const QDateTime &value)
{
    return value.isValid() ? QJsonValue(value.toUTC().toString(Qt::ISODate)) : QJsonValue(QJsonValue::Null);
}

QString managerName(Manager::Type type)
{
    switch (type) {
    case Manager::Type::None: return {};
    case Manager::Type::Controller: return u"controller"_s;
    case Manager::Type::Kueue: return u"kueue"_s;
    case Manager::Type::ManagedBy: return u"managedBy"_s;
    case Manager::Type::ArgoCd: return u"argocd"_s;
    case Manager::Type::Flux: return u"flux"_s;
    case Manager::Type::Helm: return u"helm"_s;
    }
    return {};
}

} // namespace

QJsonArray toJson(const QList<Gap> &gaps)
{
    QJsonArray array;
    for (const Gap &gap : gaps)
        array.append(QJsonObject{{u"what"_s, gap.what}, {u"error"_s, kindName(gap.error.kind)}, {u"message"_s, gap.error.oneLine()}});
    return array;
}

bool isSizeUnknown(const Job &job, JobKnowledge known)
{
    return !known.runtimes && std::ranges::any_of(job.replicas, [](const ReplicaGroup &group) {
        return group.countOfRuntime || group.resourcesOfRuntime;
    });
}

QJsonObject toJson(const Job &job, JobKnowledge known)
{
    const auto ofPods = [&](int value) { return known.pods ? QJsonValue(value) : QJsonValue(QJsonValue::Null); };
    const auto ofRuntime = [&](bool its, const QJsonValue &value) {
        return known.runtimes || !its ? value : QJsonValue(QJsonValue::Null);
    };
    const bool countKnown = known.runtimes || std::ranges::none_of(job.replicas, &ReplicaGroup::countOfRuntime);
    QJsonArray replicas;
    for (const ReplicaGroup &group : job.replicas) {
        replicas.append(QJsonObject{{u"role"_s, group.role}, {u"desired"_s, ofRuntime(group.countOfRuntime, group.desired)}, {u"ready"_s, ofPods(group.ready)},
                                    {u"succeeded"_s, group.succeeded}, {u"failed"_s, group.failed},
                                    {u"unknown"_s, group.unknown}, {u"gpusEach"_s, ofRuntime(group.resourcesOfRuntime, group.gpusEach)}});
    }
    QJsonValue lineage = QJsonValue::Null;
    if (job.lineage.attempt > 1 || !job.lineage.checkpoint.isEmpty()) {
        lineage = QJsonObject{{u"parent"_s, job.lineage.parentName}, {u"parentUid"_s, job.lineage.parentUid},
                              {u"checkpoint"_s, job.lineage.checkpoint},
                              {u"step"_s, job.lineage.step ? QJsonValue(*job.lineage.step) : QJsonValue(QJsonValue::Null)}};
    }
    QJsonValue manager = QJsonValue::Null;
    if (job.manager.type != Manager::Type::None)
        manager = QJsonObject{{u"type"_s, managerName(job.manager.type)}, {u"kind"_s, job.manager.kind}, {u"name"_s, job.manager.name}};
    QJsonValue died = QJsonValue::Null;
    if (job.died) {
        died = QJsonObject{{u"cause"_s, situation::causeWord(job.died->kind)},
                           {u"text"_s, situation::sentence(*job.died)},
                           {u"fix"_s, situation::fixText(*job.died)},
                           {u"line"_s, job.died->line},
                           {u"subject"_s, job.died->subject},
                           {u"claim"_s, job.died->claim},
                           {u"pod"_s, job.died->pod},
                           {u"container"_s, job.died->container},
                           {u"exitCode"_s, job.died->exitCode},
                           {u"at"_s, time(job.died->at)}};
    }
    return {{u"namespace"_s, job.ns},
            {u"name"_s, job.name},
            {u"kind"_s, job.facts().resource.kind},
            {u"apiVersion"_s, job.apiVersion},
            {u"uid"_s, job.uid},
            {u"phase"_s, phaseName(job.phase)},
            {u"cause"_s, job.cause},
            {u"message"_s, job.message},
            {u"suspendRequested"_s, job.suspendRequested},
            {u"replicas"_s, replicas},
            {u"died"_s, died},
            {u"ready"_s, ofPods(job.ready())},
            {u"unknown"_s, job.unknown()},
            {u"desired"_s, ofRuntime(!countKnown, job.desired())},
            {u"gpus"_s, ofRuntime(isSizeUnknown(job, known), job.gpus())},
            {u"restarts"_s, ofPods(job.restarts)},
            {u"attempt"_s, job.lineage.attempt},
            {u"lineage"_s, lineage},
            {u"managedBy"_s, manager},
            {u"image"_s, job.image},
            {u"runtime"_s, job.runtime.name.isEmpty() ? QJsonValue(QJsonValue::Null)
                                                      : QJsonObject{{u"kind"_s, job.runtime.kind}, {u"name"_s, job.runtime.name}}},
            {u"mpi"_s, job.kind != JobKind::MPIJobV2 ? QJsonValue(QJsonValue::Null)
                                                     : QJsonObject{{u"slotsPerWorker"_s, job.slotsPerWorker},
                                                                   {u"launcherWaits"_s, job.launcherWaits}}},
            {u"progress"_s, job.progress ? QJsonValue(*job.progress) : QJsonValue(QJsonValue::Null)},
            {u"created"_s, time(job.created)},
            {u"started"_s, time(job.started)},
            {u"finished"_s, time(job.finished)},
            {u"unfinishedChange"_s, jobs::toJson(jobs::unfinishedChange(job))}};
}

} // namespace cairn::app
