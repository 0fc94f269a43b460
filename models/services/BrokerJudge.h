// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "services/Checks.h"

/// What a broker's answers mean, whoever asked for them. Private to services.
namespace cairn::services::broker {

/// So many brokers outlive the loss of one with three copies of everything.
constexpr int ENOUGH = 3;

/// The checks metadata and brokers of Kafka, by the brokers of its metadata ("host:port", as the cluster says it) that can be
/// reached and those that cannot.
void judgeKafka(Checks &checks, const QStringList &up, const QStringList &down);

/// The check version; nothing where the broker does not say what it is.
void judgeProduct(Checks &checks, const QByteArray &product, const QByteArray &version);
/// The checks metadata and brokers of AMQP.
void judgeCluster(Checks &checks, const QByteArray &cluster);
void skipKafkaVersion(Checks &checks);

} // namespace cairn::services::broker
