// SPDX-License-Identifier: GPL-3.0-or-later
#include "overlay/Facts.h"

#include "components/Release.h"
#include "domain/QuantityDecoder.h"

#include <QJsonArray>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::overlay {
namespace {

using audit::Scene;
using components::Election;
using components::Entry;

QString nsOf(const QJsonObject &object)
{
    return object[u"metadata"_s][u"namespace"_s].toString();
}

QMap<QString, QString> podLabelsOf(const QJsonObject &workload)
{
    return audit::labelsOf(audit::podTemplateOf(workload));
}

QStringList textsOf(const QJsonValue &list)
{
    QStringList texts;
    for (const QJsonValue item : list.toArray())
        texts.append(item.toString());
    return texts;
}

double quantity(const QJsonValue &value)
{
    const QByteArray text = value.isDouble() ? QByteArray::number(value.toDouble()) : value.toString().toUtf8();
    return std::max(0.0, decodeQuantity(std::string_view(text.constData(), static_cast<size_t>(text.size()))).value_or(0));
}

} // namespace

std::optional<bool> electsNow(const Scene &scene, const QJsonObject &workload, const Entry &entry)
{
    using By = Election::By;
    if (!entry.election)
        return std::nullopt;
    // What is set on a container that is not there cannot be turned on either.
    const bool ofContainer = entry.election->by == By::Flag || entry.election->by == By::Env;
    if (ofContainer && containerIndex(workload, entry.election->container) < 0)
        return std::nullopt;
    const audit::Elects elects = audit::electionOf(scene, workload, entry);
    return elects == audit::Elects::Unknown ? std::nullopt : std::optional(elects == audit::Elects::Yes);
}

QString accountOf(const QJsonObject &workload, const Entry &entry)
{
    const QString account = audit::accountOf(workload);
    return account == "default"_L1 && entry.election && !entry.election->serviceAccount.isEmpty() ? entry.election->serviceAccount : account;
}

std::optional<bool> hasRights(const Scene &scene, const QString &account, const QString &accountNs, const QString &ns,
                              const QList<components::RoleRule> &rules)
{
    const auto group = u"rbac.authorization.k8s.io"_s;
    const std::optional<audit::Granted> granted = audit::grantedTo(scene, account, accountNs, ns);
    if (!granted || !scene.saw(group, u"ClusterRole"_s) || !scene.saw(group, u"ClusterRoleBinding"_s))
        return std::nullopt;
    return std::ranges::all_of(rules, [&](const components::RoleRule &rule) { return granted->allows(rule); });
}

const QJsonObject *autoscalerOf(const Scene &scene, const QJsonObject &workload)
{
    const audit::ObjectName name = audit::nameOf(workload);
    for (const QJsonObject *scaler : scene.all(u"autoscaling"_s, u"HorizontalPodAutoscaler"_s, name.ns)) {
        if (audit::targetOf(*scaler) == name)
            return scaler;
    }
    return nullptr;
}

QList<const QJsonObject *> budgetsOf(const Scene &scene, const QJsonObject &workload)
{
    QList<const QJsonObject *> found;
    const QString ns = nsOf(workload);
    for (const QJsonObject *budget : scene.all(u"policy"_s, u"PodDisruptionBudget"_s, ns)) {
        const LabelSelector selector = audit::selectorOf((*budget)[u"spec"_s][u"selector"_s]);
        if (nsOf(*budget) == ns && selector.present && selector.matches(podLabelsOf(workload)))
            found.append(budget);
    }
    return found;
}

QJsonObject ownBudget(const QJsonObject &workload)
{
    return {{u"maxUnavailable"_s, 1}, {u"unhealthyPodEvictionPolicy"_s, u"AlwaysAllow"_s}, {u"selector"_s, workload[u"spec"_s][u"selector"_s]}};
}

bool isOnOneClaim(const Scene &scene, const QJsonObject &workload)
{
    const QString ns = nsOf(workload);
    for (const QJsonValue volume : audit::podTemplateOf(workload)[u"spec"_s][u"volumes"_s].toArray()) {
        const QString claim = volume[u"persistentVolumeClaim"_s][u"claimName"_s].toString();
        if (claim.isEmpty())
            continue;
        const QJsonObject *found = scene.find({u""_s, u"PersistentVolumeClaim"_s, ns, claim});
        const QStringList modes = found ? textsOf((*found)[u"spec"_s][u"accessModes"_s]) : QStringList();
        if (!modes.contains(u"ReadWriteMany"_s) && !modes.contains(u"ReadOnlyMany"_s))
            return true;
    }
    return false;
}

int containerIndex(const QJsonObject &workload, const QString &name)
{
    const QList<QJsonObject> containers = audit::containersOf(audit::podTemplateOf(workload));
    for (qsizetype i = 0; i < containers.size(); ++i) {
        if (containers[i][u"name"_s].toString() == name)
            return static_cast<int>(i);
    }
    return -1;
}

void addRequests(const QJsonObject &podSpec, double &cores, double &bytes)
{
    for (const QJsonValue container : podSpec[u"containers"_s].toArray()) {
        cores += quantity(container[u"resources"_s][u"requests"_s][u"cpu"_s]);
        bytes += quantity(container[u"resources"_s][u"requests"_s][u"memory"_s]);
    }
}

Places placesIn(const Scene &scene)
{
    Places places;
    if (!scene.saw({}, u"Node"_s))
        return places;
    QSet<QString> zones, names;
    double cores = 0, bytes = 0;
    for (const QJsonObject *node : scene.all({}, u"Node"_s)) {
        if (!audit::takesPods(*node))
            continue;
        ++places.nodes;
        names.insert((*node)[u"metadata"_s][u"name"_s].toString());
        const QString zone = (*node)[u"metadata"_s][u"labels"_s][u"topology.kubernetes.io/zone"_s].toString();
        if (!zone.isEmpty())
            zones.insert(zone);
        cores += quantity((*node)[u"status"_s][u"allocatable"_s][u"cpu"_s]);
        bytes += quantity((*node)[u"status"_s][u"allocatable"_s][u"memory"_s]);
    }
    places.zones = static_cast<int>(zones.size());
    if (scene.saw({}, u"Pod"_s)) {
        for (const QJsonObject *pod : scene.all({}, u"Pod"_s)) {
            double c = 0, b = 0;
            const QString phase = (*pod)[u"status"_s][u"phase"_s].toString();
            if (names.contains((*pod)[u"spec"_s][u"nodeName"_s].toString()) && phase != u"Succeeded" && phase != u"Failed")
                addRequests((*pod)[u"spec"_s].toObject(), c, b);
            cores -= c;
            bytes -= b;
        }
        places.cores = std::max(0.0, cores);
        places.bytes = std::max(0.0, bytes);
    }
    return places;
}

QString releaseIn(const Scene &scene)
{
    components::ProductVersions versions;
    for (const QJsonObject *workload : scene.workloads()) {
        const Entry *entry = entryOf(*workload);
        if (!entry)
            continue;
        QStringList images;
        for (const QJsonObject &container : audit::containersOf(audit::podTemplateOf(*workload)))
            images.append(container[u"image"_s].toString());
        components::addVersion(versions, entry->product, components::versionIn(*entry, images));
    }
    const QStringList candidates = components::findRelease(versions).candidates;
    return candidates.isEmpty() ? QString() : candidates.last(); // of several that fit as well the newest
}

} // namespace cairn::overlay
