// SPDX-License-Identifier: GPL-3.0-or-later
#include "domain/QuotaDecoder.h"

#include "domain/JsonDecoder.h"
#include "domain/QuantityDecoder.h"

#include <QMap>
#include <algorithm>
#include <tuple>

using namespace Qt::StringLiterals;

namespace cairn {

namespace kinds {

const ResourceKind &limitRanges()
{
    static const ResourceKind kind{{}, u"v1"_s, u"limitranges"_s, u"LimitRange"_s, true};
    return kind;
}

const ResourceKind &clusterQueues()
{
    static const ResourceKind kind{u"kueue.x-k8s.io"_s, u"v1beta1"_s, u"clusterqueues"_s, u"ClusterQueue"_s, false};
    return kind;
}

const ResourceKind &localQueues()
{
    static const ResourceKind kind{u"kueue.x-k8s.io"_s, u"v1beta1"_s, u"localqueues"_s, u"LocalQueue"_s, true};
    return kind;
}

} // namespace kinds

namespace decoding {
namespace {

constexpr qsizetype mostLimits = 1000; ///< of one object; a hostile one may name any number of resources

double amount(const JsonValue &value)
{
    return decodeQuantity(value.quantityText()).value_or(-1);
}

int count(const JsonValue &value)
{
    return value.exists() ? std::max(0, toInt(value.integer(0))) : -1;
}

template <class T>
void readMeta(const JsonValue &object, StringPool &pool, T &value)
{
    const JsonValue meta = object["metadata"];
    value.name = meta["name"].string();
    value.ns = pool(meta["namespace"].text());
    value.uid = meta["uid"].string();
    value.resourceVersion = meta["resourceVersion"].string();
}

void readResourceQuota(const JsonValue &object, StringPool &pool, Quota &quota)
{
    const JsonValue spec = object["spec"];
    const JsonValue status = object["status"];
    spec["scopes"].each([&](const JsonValue &scope) { quota.scopes.append(pool(scope.text())); });
    spec["scopeSelector"]["matchExpressions"].each([&](const JsonValue &expression) {
        QStringList words{expression["scopeName"].string(), expression["operator"].string()};
        expression["values"].each([&](const JsonValue &value) { words.append(value.string()); });
        quota.scopes.append(words.join(u' '));
    });
    // Until the controller has counted, the status is empty: then nothing is known to be used.
    const JsonValue hard = status["hard"].exists() ? status["hard"] : spec["hard"];
    const JsonValue used = status["used"];
    hard.fields([&](std::string_view resource, const JsonValue &value) {
        if (quota.limits.size() < mostLimits)
            quota.limits.append({pool(resource), {}, amount(value), amount(used[resource]), -1});
    });
}

void readClusterQueue(const JsonValue &object, StringPool &pool, Quota &quota)
{
    const JsonValue spec = object["spec"];
    const JsonValue status = object["status"];
    quota.cohort = spec["cohort"].string();
    if (quota.cohort.isEmpty())
        quota.cohort = spec["cohortName"].string(); // v1beta2
    const auto reserved = [&](std::string_view flavor, std::string_view resource) {
        double total = -1;
        for (const char *where : {"flavorsReservation", "flavorsUsage"}) {
            status[where].each([&](const JsonValue &of) {
                if (of["name"].text() != flavor)
                    return;
                of["resources"].each([&](const JsonValue &one) {
                    if (one["name"].text() == resource && total < 0)
                        total = amount(one["total"]);
                });
            });
        }
        return total;
    };
    spec["resourceGroups"].each([&](const JsonValue &group) {
        group["flavors"].each([&](const JsonValue &flavor) {
            flavor["resources"].each([&](const JsonValue &resource) {
                if (quota.limits.size() < mostLimits)
                    quota.limits.append({pool(resource["name"].text()), flavor["name"].string(), amount(resource["nominalQuota"]),
                                         reserved(flavor["name"].text(), resource["name"].text()), amount(resource["borrowingLimit"])});
            });
        });
    });
}

} // namespace

void readQuota(const JsonValue &object, StringPool &pool, const QString &kind, Quota &quota)
{
    readMeta(object, pool, quota);
    quota.kind = kind;
    if (kind == "ResourceQuota"_L1) {
        readResourceQuota(object, pool, quota);
    } else {
        if (kind == "ClusterQueue"_L1)
            readClusterQueue(object, pool, quota);
        const JsonValue status = object["status"];
        quota.queue = object["spec"]["clusterQueue"].string();
        quota.pending = count(status["pendingWorkloads"]);
        quota.admitted = count(status["admittedWorkloads"]);
        const std::string_view policy = object["spec"]["stopPolicy"].text();
        quota.stopped = policy == "Hold" || policy == "HoldAndDrain";
    }
    std::ranges::sort(quota.limits, [](const QuotaLimit &a, const QuotaLimit &b) { return std::tie(a.resource, a.flavor) < std::tie(b.resource, b.flavor); });
}

void readLimitRange(const JsonValue &object, StringPool &pool, LimitRange &range)
{
    readMeta(object, pool, range);
    object["spec"]["limits"].each([&](const JsonValue &limit) {
        QMap<QString, LimitRange::Item> items; // by resource
        const auto read = [&](const char *field, QString LimitRange::Item::*member) {
            limit[field].fields([&](std::string_view resource, const JsonValue &value) { items[pool(resource)].*member = toQString(value.quantityText()); });
        };
        read("default", &LimitRange::Item::limit);
        read("defaultRequest", &LimitRange::Item::request);
        read("min", &LimitRange::Item::least);
        read("max", &LimitRange::Item::most);
        for (auto it = items.begin(); it != items.end() && range.items.size() < mostLimits; ++it) {
            it->type = pool(limit["type"].text());
            it->resource = it.key();
            range.items.append(*it);
        }
    });
}

} // namespace decoding
} // namespace cairn
