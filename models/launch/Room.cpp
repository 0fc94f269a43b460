// SPDX-License-Identifier: GPL-3.0-or-later
#include "launch/Room.h"

#include "base/Text.h"
#include "domain/Kinds.h"
#include "domain/QuantityDecoder.h"

#include <QJsonArray>
#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;

namespace cairn::launch {
namespace {

constexpr double kMost = 1e30; // no amount is so large, and no sum of them becomes infinite

QString quantityText(const QJsonValue &value)
{
    return value.isDouble() ? QString::number(value.toDouble(), 'g', 17) : value.toString();
}

double thousandths(const QJsonValue &value, bool up)
{
    const double amount = decodeQuantity(quantityText(value).toStdString()).value_or(0) * 1000;
    if (!(amount > 0))
        return 0;
    return std::min(kMost, up ? std::ceil(amount - 1e-6) : std::floor(amount + 1e-6));
}

Amounts amountsOf(const QJsonObject &object, bool up)
{
    Amounts amounts;
    for (auto it = object.begin(); it != object.end(); ++it)
        amounts.insert(it.key(), thousandths(it.value(), up));
    return amounts;
}

/// Requests, and limits where nothing is requested.
Amounts requestsIn(const QJsonObject &resources)
{
    Amounts amounts = amountsOf(resources.value("limits"_L1).toObject(), true);
    const Amounts requests = amountsOf(resources.value("requests"_L1).toObject(), true);
    for (auto it = requests.begin(); it != requests.end(); ++it)
        amounts.insert(it.key(), it.value());
    return amounts;
}

/// The job that a pod belongs to as its labels say, else its owner, else itself.
QString holderOf(const QJsonObject &pod)
{
    const QJsonObject metadata = pod.value("metadata"_L1).toObject();
    const QJsonObject labels = metadata.value("labels"_L1).toObject();
    for (const JobKindFacts &kind : jobKinds()) {
        if (const QString job = labels.value(kind.podLabel).toString(); !job.isEmpty())
            return job;
    }
    const QString owner =
        metadata.value("ownerReferences"_L1).toArray().first().toObject().value("name"_L1).toString();
    return owner.isEmpty() ? metadata.value("name"_L1).toString() : owner;
}

void raise(Amounts &amounts, const Amounts &least)
{
    for (auto it = least.begin(); it != least.end(); ++it)
        amounts[it.key()] = std::max(amounts.value(it.key()), it.value());
}

} // namespace

Amounts &operator+=(Amounts &sum, const Amounts &more)
{
    for (auto it = more.begin(); it != more.end(); ++it)
        sum[it.key()] = std::min(kMost, sum.value(it.key()) + it.value());
    return sum;
}

QString amountText(const QString &resource, double amount)
{
    if (resource.endsWith("memory"_L1) || resource.endsWith("storage"_L1) || resource.contains("hugepages-"_L1))
        // An int64 ends just below 8 EiB, and sums over nodes and quotas go beyond.
        return amount / 1000 < 9e18 ? text::bytes(static_cast<qint64>(amount / 1000))
                                    : QString::number(amount / 1000 / 1152921504606846976.0, 'g', 4) + u" EiB"_s;
    return QString::number(amount / 1000, 'g', 6);
}

// resource.PodRequests() of k8s.io/component-helpers v0.36 (resource/helpers.go).
Amounts requestsOf(const QJsonObject &podSpec)
{
    Amounts sum;
    for (const QJsonValue container : podSpec.value("containers"_L1).toArray())
        sum += requestsIn(container.toObject().value("resources"_L1).toObject());
    Amounts sidecars;
    Amounts starting;
    for (const QJsonValue container : podSpec.value("initContainers"_L1).toArray()) {
        Amounts one = requestsIn(container.toObject().value("resources"_L1).toObject());
        if (container.toObject().value("restartPolicy"_L1).toString() == "Always"_L1) {
            sum += one;
            sidecars += one;
            one = sidecars;
        } else {
            one += sidecars;
        }
        raise(starting, one);
    }
    raise(sum, starting);
    const Amounts whole = requestsIn(podSpec.value("resources"_L1).toObject());
    for (auto it = whole.begin(); it != whole.end(); ++it)
        sum.insert(it.key(), it.value());
    sum += amountsOf(podSpec.value("overhead"_L1).toObject(), true);
    sum.insert(u"pods"_s, 1000);
    return sum;
}

Room roomOf(const QJsonObject &node)
{
    Room room;
    const QJsonObject metadata = node.value("metadata"_L1).toObject();
    const QJsonObject spec = node.value("spec"_L1).toObject();
    const QJsonObject status = node.value("status"_L1).toObject();
    room.name = metadata.value("name"_L1).toString();
    room.allocatable = amountsOf(status.value("allocatable"_L1).toObject(), false);
    const QJsonObject labels = metadata.value("labels"_L1).toObject();
    for (auto it = labels.begin(); it != labels.end(); ++it)
        room.labels.insert(it.key(), it.value().toString());
    for (const QJsonValue entry : spec.value("taints"_L1).toArray()) {
        const QJsonObject taint = entry.toObject();
        const QString effect = taint.value("effect"_L1).toString();
        if (effect == "NoSchedule"_L1 || effect == "NoExecute"_L1)
            room.taints.append({taint.value("key"_L1).toString(), taint.value("value"_L1).toString(), effect});
    }
    for (const QJsonValue entry : status.value("conditions"_L1).toArray()) {
        if (entry.toObject().value("type"_L1).toString() == "Ready"_L1)
            room.ready = entry.toObject().value("status"_L1).toString() == "True"_L1;
    }
    room.cordoned = spec.value("unschedulable"_L1).toBool();
    return room;
}

void Rooms::add(const QJsonObject &node)
{
    const Room room = roomOf(node);
    m_byName.insert(room.name, m_rooms.size());
    m_rooms.append(room);
}

void Rooms::occupy(const QJsonObject &pod)
{
    const QString phase = pod.value("status"_L1).toObject().value("phase"_L1).toString();
    if (phase == "Succeeded"_L1 || phase == "Failed"_L1)
        return;
    const QJsonObject spec = pod.value("spec"_L1).toObject();
    const auto at = m_byName.constFind(spec.value("nodeName"_L1).toString());
    if (at == m_byName.constEnd())
        return;
    const Amounts requests = requestsOf(spec);
    m_rooms[*at].used += requests;
    for (auto it = requests.begin(); it != requests.end(); ++it) {
        const QByteArray name = it.key().toUtf8();
        if (it.value() > 0 && isGpuResource({name.constData(), static_cast<std::size_t>(name.size())}))
            m_rooms[*at].holders[holderOf(pod)] += it.value();
    }
}

Ask askOf(const QJsonObject &podSpec)
{
    Ask ask;
    ask.requests = requestsOf(podSpec);
    const QJsonObject selector = podSpec.value("nodeSelector"_L1).toObject();
    for (auto it = selector.begin(); it != selector.end(); ++it)
        ask.selector.insert(it.key(), it.value().toString());
    for (const QJsonValue entry : podSpec.value("tolerations"_L1).toArray()) {
        const QJsonObject toleration = entry.toObject();
        ask.tolerations.append({toleration.value("key"_L1).toString(),
            toleration.value("operator"_L1).toString() == "Exists"_L1 ? QString()
                                                                      : toleration.value("value"_L1).toString(),
            toleration.value("effect"_L1).toString()});
    }
    ask.more = !podSpec.value("affinity"_L1).toObject().isEmpty()
        || !podSpec.value("topologySpreadConstraints"_L1).toArray().isEmpty();
    return ask;
}

bool isPassing(const Taint &taint)
{
    return taint.key.startsWith("node.kubernetes.io/"_L1)
        || taint.key.startsWith("node.cloudprovider.kubernetes.io/"_L1);
}

// ToleratesTaint() of k8s.io/component-helpers; an empty value stands for whatever it is.
bool tolerates(const QList<Toleration> &tolerations, const Taint &taint)
{
    return std::ranges::any_of(tolerations, [&](const Toleration &t) {
        return (t.effect.isEmpty() || t.effect == taint.effect) && (t.key.isEmpty() || t.key == taint.key)
            && (t.value.isEmpty() || t.value == taint.value);
    });
}

Places placesFor(const QList<Room> &rooms, const Ask &ask, int wanted, const QString &counted)
{
    Places places;
    const auto holds = [&](const Room &room, bool empty) {
        double most = wanted;
        for (auto it = ask.requests.begin(); it != ask.requests.end(); ++it) {
            if (it.value() > 0)
                most = std::min(most,
                    std::floor(
                        (room.allocatable.value(it.key()) - (empty ? 0 : room.used.value(it.key()))) / it.value()));
        }
        return static_cast<int>(std::clamp(most, 0.0, 1e9));
    };
    for (const Room &room : rooms) {
        if (std::ranges::any_of(ask.selector.asKeyValueRange(), [&](const auto &label) {
                return !room.labels.contains(label.first) || room.labels.value(label.first) != label.second;
            }))
            continue;
        ++places.chosen;
        bool open = true;
        bool passing = false;
        for (const Taint &taint : room.taints) {
            if (tolerates(ask.tolerations, taint))
                continue;
            if (isPassing(taint)) {
                passing = true;
                continue;
            }
            open = false;
            const QString words =
                taint.key + (taint.value.isEmpty() ? QString() : u'=' + taint.value) + u':' + taint.effect;
            if (!places.taints.contains(words))
                places.taints.append(words);
        }
        if (!open)
            continue;
        ++places.open;
        raise(places.most, room.allocatable);
        const int ever = holds(room, true);
        places.ever += ever;
        places.large += ever > 0 ? 1 : 0;
        if (passing || room.cordoned || !room.ready)
            continue;
        places.free += std::max(0.0, room.allocatable.value(counted) - room.used.value(counted));
        if (const int now = holds(room, false); now > 0) {
            places.now += now;
            places.byNode.insert(room.name, now);
        }
    }
    return places;
}

} // namespace cairn::launch
