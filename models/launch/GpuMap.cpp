// SPDX-License-Identifier: GPL-3.0-or-later
#include "launch/GpuMap.h"

#include <algorithm>
#include <array>
#include <cmath>

using namespace Qt::StringLiterals;

namespace cairn::launch {
namespace {

/// Labels that tell what GPUs a node has, the most telling first: NVIDIA's and AMD's feature discovery, GKE, AKS, Karpenter, and
/// the type of the machine, which every cloud sets.
constexpr std::array kTypes{"nvidia.com/gpu.product"_L1, "amd.com/gpu.product-name"_L1,
    "cloud.google.com/gke-accelerator"_L1, "kubernetes.azure.com/accelerator"_L1, "karpenter.k8s.aws/instance-gpu-name"_L1,
    "node.kubernetes.io/instance-type"_L1};

int whole(double thousandths)
{
    return static_cast<int>(std::min(1e6, std::floor(thousandths / 1000)));
}

QStringList holdersOf(const Room &room)
{
    QList<std::pair<QString, double>> sorted;
    for (auto it = room.holders.begin(); it != room.holders.end(); ++it)
        sorted.append({it.key(), it.value()});
    std::ranges::stable_sort(sorted, [](const auto &a, const auto &b) { return a.second > b.second; });
    QStringList names;
    for (const auto &[name, amount] : std::as_const(sorted))
        names.append(name);
    return names;
}

GpuNode nodeOf(const Room &room, const Ask &ask, const QString &gpu, int placed)
{
    const Places places = placesFor({room}, ask, 1, gpu);
    GpuNode node;
    node.name = room.name;
    node.total = whole(room.allocatable.value(gpu));
    node.used = std::min(node.total, static_cast<int>(std::ceil(room.used.value(gpu) / 1000)));
    node.asked = std::min(node.total - node.used, placed * whole(ask.requests.value(gpu)));
    node.ready = room.ready && !room.cordoned;
    node.open = places.open > 0;
    node.holders = holdersOf(room);
    return node;
}

/// The nodes that come closest to a pod that has none yet.
void markShort(QList<GpuPool> &pools, int need, int pods)
{
    QList<GpuNode *> close;
    for (GpuPool &pool : pools) {
        for (GpuNode &node : pool.nodes) {
            const int left = node.idle();
            if (node.ready && node.open && left > 0 && left < need)
                close.append(&node);
        }
    }
    std::ranges::stable_sort(close, [](const GpuNode *a, const GpuNode *b) { return a->idle() > b->idle(); });
    for (GpuNode *node : close.mid(0, std::max(0, pods)))
        node->shortBy = need - node->idle();
}

} // namespace

int GpuPool::sum(int GpuNode::*part) const
{
    int all = 0;
    for (const GpuNode &node : nodes)
        all += node.*part;
    return all;
}

int GpuPool::idle() const
{
    int all = 0;
    for (const GpuNode &node : nodes)
        all += node.ready ? node.idle() : 0;
    return all;
}

QList<GpuPool> gpuMap(
    const QList<Room> &rooms, const Ask &ask, const QString &gpu, int pods, const QMap<QString, int> &placed)
{
    QMap<QString, GpuPool> byName;
    int without = pods;
    for (const Room &room : rooms) {
        if (room.allocatable.value(gpu) < 1000)
            continue;
        GpuPool pool;
        for (const QLatin1StringView label : kTypes) {
            if (const QString type = room.labels.value(label); !type.isEmpty() && pool.name.isEmpty()) {
                pool.name = type;
                pool.label = label;
            }
        }
        GpuPool &into = byName[pool.name];
        into.name = pool.name;
        into.label = pool.label;
        into.nodes.append(nodeOf(room, ask, gpu, placed.value(room.name)));
        without -= placed.value(room.name);
    }
    QList<GpuPool> pools = byName.values();
    markShort(pools, whole(ask.requests.value(gpu)), without);
    for (GpuPool &pool : pools)
        std::ranges::sort(pool.nodes, [](const GpuNode &a, const GpuNode &b) {
            return std::pair(a.asked == 0, a.name) < std::pair(b.asked == 0, b.name);
        });
    const auto use = [](const GpuPool &pool) {
        return std::pair(pool.sum(&GpuNode::asked) == 0,
            std::ranges::none_of(pool.nodes, [](const GpuNode &node) { return node.open; }));
    };
    std::ranges::stable_sort(pools, {}, use);
    return pools;
}

} // namespace cairn::launch
