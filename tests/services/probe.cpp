// SPDX-License-Identifier: GPL-3.0-or-later
// Reads a JSON object that describes a service, and prints what `services::probe` found, for test_services.py.
#include "services/Probe.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <algorithm>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::services;

namespace {

/// Where in `words` the field's word is; the first where there is none.
template <class Enum>
Enum chosen(const QJsonValue &value, const QStringList &words)
{
    return static_cast<Enum>(std::max<qsizetype>(words.indexOf(value.toString()), 0));
}

} // namespace

int main()
{
    QFile in;
    QFile out;
    if (!in.open(stdin, QIODevice::ReadOnly) || !out.open(stdout, QIODevice::WriteOnly))
        return 1;
    const QJsonObject wish = QJsonDocument::fromJson(in.readAll()).object();
    Target target;
    target.kind = chosen<Kind>(wish.value("kind"_L1), {u"mysql"_s, u"postgresql"_s, u"kafka"_s, u"rabbitmq"_s, u"s3"_s});
    target.consumer = chosen<Consumer>(wish.value("consumer"_L1),
        {u"none"_s, u"pipelines"_s, u"katib"_s, u"registry"_s, u"catalog"_s, u"eventing"_s});
    target.tls = chosen<Tls>(wish.value("tls"_L1), {u"off"_s, u"encrypt"_s, u"verify"_s});
    target.host = wish.value("host"_L1).toString();
    target.port = wish.value("port"_L1).toInt();
    for (const QJsonValue server : wish.value("servers"_L1).toArray())
        target.servers.append(server.toString());
    target.user = wish.value("user"_L1).toString();
    target.password = Secret(wish.value("password"_L1).toString().toUtf8());
    target.database = wish.value("database"_L1).toString();
    target.ca = wish.value("ca"_L1).toString().toUtf8();
    target.lifeSeconds = wish.value("life"_L1).toInt();
    target.region = wish.value("region"_L1).toString().toUtf8();
    target.mayWrite = wish.value("write"_L1).toBool();
    target.mechanism = wish.value("mechanism"_L1).toString();
    const Report report = probe(target, wish.value("seconds"_L1).toInt(10), {});
    QJsonArray checks;
    for (const Check &check : report.checks) {
        static constexpr const char *STATES[] = {"ok", "warn", "failed", "skipped"};
        checks.append(QJsonObject{{u"id"_s, check.id}, {u"state"_s, QLatin1StringView(STATES[static_cast<int>(check.state)])},
            {u"text"_s, check.text}, {u"fix"_s, check.fix}});
    }
    out.write(QJsonDocument(QJsonObject{{u"usable"_s, report.usable()}, {u"checks"_s, checks}}).toJson(QJsonDocument::Compact));
    return 0;
}
