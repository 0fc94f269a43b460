// SPDX-License-Identifier: GPL-3.0-or-later
// What the fields of a job can be set to in one namespace.
#include "domain/QuotaDecoder.h"
#include "engine/LaunchFlows.h"
#include "engine/LaunchParts.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::app {
namespace {

using launch::nameOf;

// As of LaunchFlows.cpp: what is told belongs together.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::app)
};

QStringList namesOf(
    ObjectApi &api, const ResourceKind &kind, const QString &ns, QList<change::Note> &gaps, const std::stop_token &stop)
{
    QStringList names;
    if (!api.serves(kind, stop).value_or(false))
        return names;
    const Result<QList<QJsonObject>> objects = api.list(kind, ns, {}, {}, stop);
    if (!objects)
        gaps.append(
            {kind.plural, Words::tr("The %1 were not read: %2").arg(kind.plural, objects.error().oneLine()), {}});
    for (const QJsonObject &object : objects.value_or(QList<QJsonObject>()))
        names.append(nameOf(object));
    names.sort();
    return names;
}

} // namespace

LaunchPlace readLaunchPlace(ObjectApi &api, const QString &ns, std::stop_token stop)
{
    LaunchPlace place;
    const Result<QList<QJsonObject>> claims = api.list(kinds::claims(), ns, {}, {}, stop);
    if (!claims)
        place.gaps.append(
            {u"claims"_s, Words::tr("The PVCs of the namespace were not read: %1").arg(claims.error().oneLine()), {}});
    for (const QJsonObject &object : claims.value_or(QList<QJsonObject>())) {
        LaunchPlace::Claim claim;
        claim.name = nameOf(object);
        const QJsonObject spec = object.value("spec"_L1).toObject();
        const QJsonObject status = object.value("status"_L1).toObject();
        for (const QJsonValue mode : spec.value("accessModes"_L1).toArray())
            claim.modes.append(mode.toString());
        claim.size = status.value("capacity"_L1).toObject().value("storage"_L1).toString();
        claim.bound = status.value("phase"_L1).toString() == "Bound"_L1;
        claim.proof = ckpt::proofOf(object);
        place.claims.append(claim);
    }
    std::ranges::sort(place.claims, {}, &LaunchPlace::Claim::name);
    const auto mayCreate = [&](const ResourceKind &kind) {
        const Result<AccessAnswer> answer = api.may({u"create"_s, kind.group, kind.plural, {}, ns, {}}, stop);
        return answer ? std::optional(answer->allowed) : std::nullopt;
    };
    place.mayMakeClaims = mayCreate(kinds::claims());
    place.mayTest = mayCreate(kinds::batchJobs());
    place.queues = namesOf(api, kinds::localQueues(), ns, place.gaps, stop);
    place.priorities = namesOf(api, kinds::priorityClasses(), {}, place.gaps, stop);
    place.priorities.removeIf([](const QString &name) { return name.startsWith("system-"_L1); });
    place.runtimes = namesOf(api, kinds::clusterTrainingRuntimes(), {}, place.gaps, stop);
    place.ownRuntimes = namesOf(api, kinds::trainingRuntimes(), ns, place.gaps, stop);
    place.volcanoQueues = namesOf(api, launching::volcanoQueues(), {}, place.gaps, stop);
    QList<QJsonObject> nodes;
    // Who may not list nodes types a label; the fit says that they were not read.
    if (launching::readPages(api, kinds::nodes(), {}, launching::mostNodes, [&](const QJsonObject &node) { nodes.append(node); }, stop))
        place.pools = launch::nodePools(nodes);
    return place;
}

} // namespace cairn::app
