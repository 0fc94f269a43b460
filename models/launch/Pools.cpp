// SPDX-License-Identifier: GPL-3.0-or-later
#include "launch/Pools.h"

#include "domain/QuantityDecoder.h"

#include <QJsonArray>
#include <QRegularExpression>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::launch {
namespace {

constexpr qsizetype kMost = 200;

bool isPoolLabel(const QString &label)
{
    static const QStringList known{u"cloud.google.com/gke-nodepool"_s, u"cloud.google.com/gke-accelerator"_s,
        u"eks.amazonaws.com/nodegroup"_s, u"kubernetes.azure.com/agentpool"_s, u"karpenter.sh/nodepool"_s,
        u"node.kubernetes.io/instance-type"_s, u"nvidia.com/gpu.product"_s, u"amd.com/gpu.product-name"_s,
        u"topology.kubernetes.io/zone"_s};
    static const QRegularExpression pattern(u"(^|[-./_])(node-?)?(pool|group)$"_s);
    return known.contains(label) || pattern.match(label).hasMatch();
}

QList<Toleration> taintsOf(const QJsonObject &node)
{
    QList<Toleration> taints;
    for (const QJsonValue entry : node.value("spec"_L1).toObject().value("taints"_L1).toArray()) {
        const QJsonObject taint = entry.toObject();
        const QString key = taint.value("key"_L1).toString();
        if (!key.startsWith("node.kubernetes.io/"_L1) && taint.value("effect"_L1) != "PreferNoSchedule"_L1)
            taints.append({key, taint.value("value"_L1).toString(), taint.value("effect"_L1).toString()});
    }
    return taints;
}

qint64 gpusOf(const QJsonObject &node)
{
    double all = 0;
    const QJsonObject allocatable = node.value("status"_L1).toObject().value("allocatable"_L1).toObject();
    for (auto it = allocatable.begin(); it != allocatable.end(); ++it) {
        if (isGpuResource(it.key().toStdString()))
            all += decodeQuantity(it.value().toString().toStdString()).value_or(0);
    }
    return static_cast<qint64>(std::clamp(all, 0.0, 1e6));
}

} // namespace

QList<NodePool> nodePools(const QList<QJsonObject> &nodes)
{
    QMap<std::pair<QString, QString>, NodePool> pools;
    for (const QJsonObject &node : nodes) {
        const QList<Toleration> taints = taintsOf(node);
        const QJsonObject labels = node.value("metadata"_L1).toObject().value("labels"_L1).toObject();
        for (auto it = labels.begin(); it != labels.end(); ++it) {
            if (!isPoolLabel(it.key()))
                continue;
            NodePool &pool = pools[{it.key(), it.value().toString()}];
            if (pool.nodes++ == 0)
                pool.taints = taints;
            else
                pool.taints.removeIf([&](const Toleration &taint) { return !taints.contains(taint); });
            pool.label = it.key();
            pool.value = it.value().toString();
            pool.gpus += gpusOf(node);
        }
    }
    QList<NodePool> all = pools.values();
    if (all.size() > kMost)
        all.resize(kMost);
    return all;
}

QString tolerationText(const Toleration &toleration)
{
    return toleration.key + (toleration.value.isEmpty() ? QString() : u'=' + toleration.value)
        + (toleration.effect.isEmpty() ? QString() : u':' + toleration.effect);
}

std::optional<Toleration> tolerationFrom(const QString &text)
{
    static const QRegularExpression pattern(
        u"^(?:([A-Za-z0-9][-A-Za-z0-9_./]*)(?:=([-A-Za-z0-9_.]*))?)?(?::(NoSchedule|NoExecute|PreferNoSchedule))?$"_s);
    const auto match = pattern.match(text.trimmed());
    return match.hasMatch() && !text.trimmed().isEmpty()
        ? std::optional(Toleration{match.captured(1), match.captured(2), match.captured(3)})
        : std::nullopt;
}

} // namespace cairn::launch
