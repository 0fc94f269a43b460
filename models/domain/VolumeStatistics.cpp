// SPDX-License-Identifier: GPL-3.0-or-later
#include "domain/VolumeStatistics.h"

#include "base/Text.h"
#include "domain/JsonFields.h"

#include <QCoreApplication>
#include <QMap>
#include <cmath>
#include <stdexcept>

using namespace Qt::StringLiterals;

namespace cairn {
namespace {

using decoding::JsonValue;
using Key = std::pair<QString, QString>;

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::VolumeStatistics)
};

/// 0 where the driver said nothing; see csi_client.go.
qint64 positive(const JsonValue &number)
{
    const qint64 value = number.integer(-1);
    return value > 0 ? value : -1;
}

/// simdjson throws; exceptions end here.
template <class R, class F>
Result<R> parsed(const QByteArray &json, const QString &what, F read)
{
    try {
        if (json.isEmpty())
            throw std::runtime_error("it is empty");
        simdjson::dom::parser parser;
        return read(JsonValue(parser.parse(json.data(), std::size_t(json.size()), true).value()));
    } catch (const std::exception &error) {
        return fail(Error::Kind::Parse, what, text::safe(QString::fromUtf8(error.what())));
    }
}

} // namespace

Result<QList<VolumeUse>> readSummary(const QByteArray &json)
{
    const QString what = Words::tr("The kubelet's statistics could not be read");
    return parsed<QList<VolumeUse>>(json, what, [&](const JsonValue &document) -> Result<QList<VolumeUse>> {
        if (!document["pods"].isArray())
            return fail(Error::Kind::Parse, what, Words::tr("The answer is not a node summary."));
        QMap<Key, VolumeUse> newest;
        document["pods"].each([&](const JsonValue &pod) {
            pod["volume"].each([&](const JsonValue &volume) {
                const JsonValue ref = volume["pvcRef"];
                VolumeUse use;
                use.ns = ref["namespace"].string();
                use.claim = ref["name"].string();
                if (use.ns.isEmpty() || use.claim.isEmpty() || newest.size() >= mostVolumes)
                    return;
                use.at = volume["time"].time();
                use.capacity = positive(volume["capacityBytes"]);
                // Without a capacity the driver gave nothing; with one a used of 0 is a fact.
                if (use.capacity > 0) {
                    use.used = std::max<qint64>(-1, volume["usedBytes"].integer(-1));
                    use.available = std::max<qint64>(-1, volume["availableBytes"].integer(-1));
                }
                use.inodes = positive(volume["inodes"]);
                if (use.inodes > 0)
                    use.inodesUsed = std::max<qint64>(-1, volume["inodesUsed"].integer(-1));
                use.source = UseSource::Kubelet;
                const auto it = newest.find({use.ns, use.claim});
                if (it == newest.end())
                    newest.insert({use.ns, use.claim}, use);
                else if (it->at < use.at)
                    *it = use;
            });
        });
        return newest.values();
    });
}

Result<PrometheusVector> readVector(const QByteArray &json)
{
    const QString what = Words::tr("The answer of Prometheus could not be read");
    return parsed<PrometheusVector>(json, what, [&](const JsonValue &document) -> Result<PrometheusVector> {
        if (document["status"].text() == "error")
            return fail(Error::Kind::Server, Words::tr("Prometheus refused the query"),
                        text::safe(document["errorType"].string() + u": "_s + document["error"].string()));
        const JsonValue data = document["data"];
        if (document["status"].text() != "success" || data["resultType"].text() != "vector" || !data["result"].isArray())
            return fail(Error::Kind::Parse, what, Words::tr("It is not an answer to an instant query."));
        PrometheusVector vector;
        data["result"].each([&](const JsonValue &series) {
            if (vector.values.size() >= mostVolumes)
                return;
            PrometheusVector::Value value;
            const JsonValue labels = series["metric"];
            value.ns = labels["namespace"].string();
            value.claim = labels["persistentvolumeclaim"].string();
            int at = 0;
            bool number = false;
            series["value"].each([&](const JsonValue &part) {
                if (at == 0) {
                    bool isTime = false;
                    const double seconds = QString::fromStdString(part.quantityText()).toDouble(&isTime);
                    if (isTime && seconds > 0 && seconds < 1e11)
                        value.at = QDateTime::fromMSecsSinceEpoch(qint64(seconds * 1000), Qt::UTC);
                } else if (at == 1) {
                    value.value = part.string().toDouble(&number);
                }
                ++at;
            });
            if (!number || !std::isfinite(value.value) || value.value < 0 || value.value > 9e18)
                return;
            if (value.ns.isEmpty() || value.claim.isEmpty())
                ++vector.unlabelled;
            else
                vector.values.append(value);
        });
        return vector;
    });
}

QList<VolumeUse> joinVectors(const PrometheusVector &used, const PrometheusVector &capacity, const PrometheusVector &available)
{
    const auto byClaim = [](const PrometheusVector &vector) {
        QMap<Key, qint64> values;
        for (const PrometheusVector::Value &value : vector.values)
            values.insert({value.ns, value.claim}, qint64(value.value));
        return values;
    };
    const QMap<Key, qint64> capacities = byClaim(capacity);
    const QMap<Key, qint64> rest = byClaim(available);
    QList<VolumeUse> uses;
    for (const PrometheusVector::Value &value : used.values) {
        VolumeUse use;
        use.ns = value.ns;
        use.claim = value.claim;
        use.used = qint64(value.value);
        use.capacity = capacities.value({value.ns, value.claim}, -1);
        use.available = rest.value({value.ns, value.claim}, -1);
        use.source = UseSource::Prometheus;
        use.at = value.at;
        uses.append(use);
    }
    return uses;
}

QString claimQuery(const QString &metric)
{
    return u"max by (namespace, persistentvolumeclaim) (%1)"_s.arg(metric);
}

} // namespace cairn
