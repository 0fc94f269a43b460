// SPDX-License-Identifier: GPL-3.0-or-later
#include "services/BrokerJudge.h"

using namespace Qt::StringLiterals;

namespace cairn::services::broker {

void judgeKafka(Checks &checks, const QStringList &up, const QStringList &down)
{
    const auto list = [&](const QStringList &brokers) {
        const QString all = checks.shown(brokers.mid(0, 8).join(u", "_s).toUtf8());
        return brokers.size() > 8 ? Words::tr("%1 and %2 more").arg(all).arg(brokers.size() - 8) : all;
    };
    const qsizetype known = up.size() + down.size();
    checks.ok(u"metadata"_s, Words::tr("Brokers of the cluster: %1.").arg(list(up + down)));
    const QString id = u"brokers"_s;
    const bool isEnough = up.size() >= ENOUGH;
    const QString text = down.isEmpty() ? Words::tr("Reachable brokers: %1 of %1.").arg(known)
                                             : Words::tr("Reachable brokers: %1 of %2. Not reachable: %3.")
                                                   .arg(up.size())
                                                   .arg(known)
                                                   .arg(list(down));
    const QString advertised = Words::tr("Each broker must be reachable under the name it advertises "
                                         "(advertised.listeners), from here and from the cluster.");
    if (isEnough && down.isEmpty())
        checks.ok(id, Words::tr("%1 A replication factor of 3 is possible.").arg(text));
    else if (isEnough)
        checks.warn(id, Words::tr("%1 A replication factor of 3 is possible.").arg(text), advertised);
    else if (known >= ENOUGH)
        checks.failed(id, text, advertised);
    else if (checks.target().consumer == Consumer::Eventing)
        checks.failed(id, Words::tr("%1 A replication factor of 3 is not possible.").arg(text),
            Words::tr("Add brokers until there are three, or lower default.topic.replication.factor, which loses data "
                      "with a broker."));
    else
        checks.warn(id, Words::tr("%1 A replication factor of 3 is not possible.").arg(text),
            Words::tr("Add brokers until there are three."));
}

void skipKafkaVersion(Checks &checks)
{
    checks.skipped(u"version"_s, Words::tr("Kafka's protocol does not tell the version of a broker."));
}

void judgeProduct(Checks &checks, const QByteArray &product, const QByteArray &version)
{
    if (product == "RabbitMQ" && !version.isEmpty())
        checks.ok(u"version"_s, Words::tr("RabbitMQ %1.").arg(checks.shown(version)));
    else if (!product.isEmpty())
        checks.warn(u"version"_s,
            Words::tr("The broker is %1 %2, not RabbitMQ.").arg(checks.shown(product), checks.shown(version)),
            Words::tr("Knative's RabbitMQ broker works with RabbitMQ alone."));
}

void judgeCluster(Checks &checks, const QByteArray &cluster)
{
    if (cluster.isEmpty())
        checks.ok(u"metadata"_s, Words::tr("The broker does not name its cluster."));
    else
        checks.ok(u"metadata"_s, Words::tr("The broker belongs to cluster %1.").arg(checks.shown(cluster)));
    checks.skipped(u"brokers"_s,
        Words::tr("AMQP does not tell how many nodes a cluster has. Run rabbitmq-diagnostics cluster_status: "
                  "quorum queues need three."));
}

} // namespace cairn::services::broker
