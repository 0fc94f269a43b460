// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "services/Checks.h"

#include <optional>

/// The first step of a broker's protocol as bytes, for a pod whose image has no client: what to send, and what came back.
/// Nobody signs in with it. What came back is hostile. Pure; private to services.
namespace cairn::services::broker {

/// Of Kafka ApiVersions 0, and where nobody signs in Metadata 1 without topics behind it; of RabbitMQ the header of AMQP 0-9-1.
/// Both are what every release since Kafka 0.10 and RabbitMQ 2 answers.
QByteArray request(const Target &target);

struct Kafka {
    bool answers = false; ///< as a broker of Kafka does
    /// What Metadata names, as the cluster says it: names that are none and ports that are none are left out. nullopt: it
    /// was not answered, as by a listener that wants a sign-in first.
    std::optional<QList<Server>> brokers;
};
Kafka kafka(const QByteArray &answer);

/// Connection.Start, which the broker sends before anybody signs in.
struct Amqp {
    QByteArray product, version, cluster; ///< empty: it does not say
};
std::optional<Amqp> amqp(const QByteArray &answer);

} // namespace cairn::services::broker
