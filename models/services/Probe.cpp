// SPDX-License-Identifier: GPL-3.0-or-later
#include "services/Probe.h"

#include "base/PipeGuard.h"
#include "services/Checks.h"

namespace cairn::services {

Report probe(const Target &target, int seconds, const std::stop_token &stop)
{
    const PipeGuard guard; // for the client libraries that write without asking
    Checks checks(target, seconds, stop);
    switch (target.kind) {
    case Kind::MySql: probeMySql(checks); break;
    case Kind::PostgreSql: probePostgreSql(checks); break;
    case Kind::Kafka: probeKafka(checks); break;
    case Kind::RabbitMq: probeRabbitMq(checks); break;
    case Kind::S3: probeS3(checks); break;
    }
    return checks.finish();
}

} // namespace cairn::services
