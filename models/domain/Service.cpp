// SPDX-License-Identifier: GPL-3.0-or-later
#include "domain/Service.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::services {

bool Report::usable() const
{
    const auto is = [this](Check::State state) {
        return std::ranges::any_of(checks, [state](const Check &check) { return check.state == state; });
    };
    return !is(Check::State::Failed) && (is(Check::State::Ok) || is(Check::State::Warn));
}

QList<Check> Report::brief() const
{
    QList<Check> lines;
    for (qsizetype i = 0; i < checks.size();) {
        qsizetype next = i + 1;
        while (checks[i].state == Check::State::Skipped && next < checks.size()
            && checks[next].state == Check::State::Skipped && checks[next].text == checks[i].text)
            ++next;
        lines.append(checks[i]);
        if (next > i + 1)
            lines.last().what = u"… (%1)"_s.arg(next - i);
        i = next;
    }
    return lines;
}

QString kindWord(Kind kind)
{
    switch (kind) {
    case Kind::MySql:
        return u"mysql"_s;
    case Kind::PostgreSql:
        return u"postgresql"_s;
    case Kind::Kafka:
        return u"kafka"_s;
    case Kind::RabbitMq:
        return u"rabbitmq"_s;
    case Kind::S3:
        return u"s3"_s;
    }
    return {};
}

QString kindName(Kind kind)
{
    switch (kind) {
    case Kind::MySql:
        return u"MySQL"_s;
    case Kind::PostgreSql:
        return u"PostgreSQL"_s;
    case Kind::Kafka:
        return u"Kafka"_s;
    case Kind::RabbitMq:
        return u"RabbitMQ"_s;
    case Kind::S3:
        return u"S3"_s;
    }
    return {};
}

} // namespace cairn::services
