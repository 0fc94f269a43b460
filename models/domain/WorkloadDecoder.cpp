// SPDX-License-Identifier: GPL-3.0-or-later
#include "domain/JsonDecoder.h"

using namespace Qt::StringLiterals;

namespace cairn {

bool LabelSelector::matches(const QMap<QString, QString> &of) const
{
    if (!present)
        return false;
    for (auto it = labels.begin(); it != labels.end(); ++it) {
        if (const auto found = of.constFind(it.key()); found == of.cend() || *found != it.value())
            return false;
    }
    // apimachinery pkg/labels/selector.go: NotIn also holds where the key is not there.
    return std::ranges::all_of(expressions, [&](const Expression &e) {
        const auto found = of.constFind(e.key);
        const bool has = found != of.cend();
        if (e.op == "In"_L1)
            return has && e.values.contains(*found);
        if (e.op == "NotIn"_L1)
            return !has || !e.values.contains(*found);
        if (e.op == "Exists"_L1)
            return has;
        return e.op == "DoesNotExist"_L1 && !has;
    });
}

namespace decoding {
namespace {

template <class T>
void readMeta(const JsonValue &object, StringPool &pool, T &value)
{
    const JsonValue meta = object["metadata"];
    value.name = meta["name"].string();
    value.ns = pool(meta["namespace"].text());
    value.uid = meta["uid"].string();
    value.resourceVersion = meta["resourceVersion"].string();
}

QMap<QString, QString> readLabels(const JsonValue &object, StringPool &pool)
{
    QMap<QString, QString> labels;
    object.fields([&](std::string_view key, const JsonValue &value) { labels.insert(pool(key), pool(value.text())); });
    return labels;
}

int positive(const JsonValue &number, int fallback)
{
    return std::max(0, toInt(number.integer(fallback)));
}

/// An int-or-string.
QString readAmount(const JsonValue &value)
{
    return toQString(value.quantityText());
}

} // namespace

void readWorkload(const JsonValue &object, StringPool &pool, const QString &kind, Workload &workload)
{
    readMeta(object, pool, workload);
    workload.kind = kind;
    workload.created = object["metadata"]["creationTimestamp"].time();
    workload.deleting = object["metadata"]["deletionTimestamp"].time();
    const JsonValue spec = object["spec"];
    const JsonValue status = object["status"];
    const bool everywhere = kind == "DaemonSet"_L1;
    workload.desired = everywhere ? positive(status["desiredNumberScheduled"], 0) : positive(spec["replicas"], 1);
    workload.ready = positive(status[everywhere ? "numberReady" : "readyReplicas"], 0);
    const JsonValue pod = spec["template"];
    workload.podLabels = readLabels(pod["metadata"]["labels"], pool);
    pod["spec"]["volumes"].each([&](const JsonValue &volume) {
        if (const std::string_view claim = volume["persistentVolumeClaim"]["claimName"].text(); !claim.empty())
            workload.claims.append(pool(claim));
    });
    pod["spec"]["containers"].each([&](const JsonValue &container) {
        if (const std::string_view image = container["image"].text(); !image.empty())
            workload.images.insert(pool(container["name"].text()), pool(image));
        QStringList &flags = workload.electing[pool(container["name"].text())];
        for (const char *list : {"command", "args"}) {
            container[list].each([&](const JsonValue &value) {
                // Other flags may hold passwords: they are not kept.
                if (value.text().find("leader") == std::string_view::npos)
                    return;
                // A shell's one line has its flags between spaces.
                for (const QString &word : value.string().split(u' ', Qt::SkipEmptyParts)) {
                    if (word.startsWith(u'-') && word.contains("leader"_L1) && word.contains("elect"_L1))
                        flags.append(word);
                }
            });
        }
    });
    spec["volumeClaimTemplates"].each([&](const JsonValue &claim) {
        if (const std::string_view name = claim["metadata"]["name"].text(); !name.empty())
            workload.claims.append(pool(name));
    });
}

void readLease(const JsonValue &object, StringPool &pool, Lease &lease)
{
    readMeta(object, pool, lease);
    const JsonValue spec = object["spec"];
    lease.holder = spec["holderIdentity"].string();
    lease.seconds = positive(spec["leaseDurationSeconds"], 0);
    lease.acquired = spec["acquireTime"].time();
    lease.renewed = spec["renewTime"].time();
    lease.transitions = positive(spec["leaseTransitions"], 0);
    // pkg/controlplane/controller/leasegc of Kubernetes; 1.26 named the label otherwise.
    const JsonValue labels = object["metadata"]["labels"];
    for (const std::string_view label : {"apiserver.kubernetes.io/identity", "k8s.io/component"}) {
        if (lease.server.isEmpty())
            lease.server = pool(labels[label].text());
    }
    if (!lease.server.isEmpty())
        lease.host = pool(labels["kubernetes.io/hostname"].text());
}

void readEndpointSlice(const JsonValue &object, StringPool &pool, EndpointSlice &slice)
{
    readMeta(object, pool, slice);
    slice.service = pool(object["metadata"]["labels"]["kubernetes.io/service-name"].text());
    object["endpoints"].each([&](const JsonValue &endpoint) {
        // Unset counts as ready (discovery/v1 types.go).
        const JsonValue ready = endpoint["conditions"]["ready"];
        if (ready.exists() && !ready.boolean())
            return;
        endpoint["addresses"].each([&](const JsonValue &address) {
            if (!address.text().empty())
                slice.addresses.append(address.string());
        });
    });
}

void readBudget(const JsonValue &object, StringPool &pool, DisruptionBudget &budget)
{
    readMeta(object, pool, budget);
    const JsonValue spec = object["spec"];
    const JsonValue selector = spec["selector"];
    budget.selector.present = selector.isObject();
    budget.selector.labels = readLabels(selector["matchLabels"], pool);
    selector["matchExpressions"].each([&](const JsonValue &expression) {
        LabelSelector::Expression e{expression["key"].string(), pool(expression["operator"].text()), {}};
        expression["values"].each([&](const JsonValue &value) { e.values.append(value.string()); });
        budget.selector.expressions.append(e);
    });
    budget.minAvailable = readAmount(spec["minAvailable"]);
    budget.maxUnavailable = readAmount(spec["maxUnavailable"]);
    budget.allowed = positive(object["status"]["disruptionsAllowed"], 0);
}

void readAutoscaler(const JsonValue &object, StringPool &pool, Autoscaler &autoscaler)
{
    readMeta(object, pool, autoscaler);
    const JsonValue spec = object["spec"];
    autoscaler.targetKind = pool(spec["scaleTargetRef"]["kind"].text());
    autoscaler.targetName = spec["scaleTargetRef"]["name"].string();
    autoscaler.floor = positive(spec["minReplicas"], 1);
    autoscaler.ceiling = positive(spec["maxReplicas"], 0);
}

} // namespace decoding
} // namespace cairn
