// SPDX-License-Identifier: GPL-3.0-or-later
#include "audit/Read.h"
#include "base/Text.h"
#include "manifest/Yaml.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QRegularExpression>
#include <QSet>

using namespace Qt::StringLiterals;

namespace cairn::audit {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::audit)
};

const QString installConfig = u"pipeline-install-config"_s;

Finding embedded(Judging &judging, const Subject &subject)
{
    Finding finding = single(judging, subject);
    finding.fix = Words::tr("Use a database outside of the cluster, or one that replicates itself: “External services” of the overlay leads there.");
    QList<Evidence> shows;
    if (subject.claims.isEmpty()) {
        finding.evidence.append(evidence(subject.name, u"spec.template.spec.volumes"_s, Words::tr("no PVC")));
        finding.consequence = Words::tr("It mounts no PVC: its data ends with its pod, also when that is only evicted or rolled out. %1")
                                  .arg(subject.entry ? components::translated(subject.entry->stops) : Words::tr("nothing does the work of %1.").arg(subject.shown()));
    } else if (onOneDisk(judging.facts, subject, &shows).isEmpty()) {
        for (const QString &claim : subject.claims)
            finding.evidence.append(evidence({{}, u"PersistentVolumeClaim"_s, subject.name.ns, claim}));
    } else {
        finding.evidence += shows;
        finding.consequence = Words::tr("Its data is on the disk of one node: until that node is back, and for good if the disk is lost: %1")
                                  .arg(subject.entry ? components::translated(subject.entry->stops) : Words::tr("nothing does the work of %1.").arg(subject.shown()));
    }
    return finding;
}

void ha28(Judging &judging)
{
    QSet<const Subject *> said;
    for (const Subject &subject : judging.subjects()) {
        if (primaryRule(subject) != judging.rule.id)
            continue;
        Finding finding = embedded(judging, subject);
        finding.title = Words::tr("%1 keeps its databases in one pod").arg(subject.shown());
        said.insert(&subject);
        judging.say(finding);
    }
    // By what clients are told: a database that nothing else gives away.
    static const QRegularExpression host(u"(DB|DATABASE|MYSQL|MARIADB|POSTGRES(QL)?|PG|REDIS|MONGO(DB)?)(CONFIG)?.*HOST(NAME)?(_NAME)?$|^PGHOST$"_s);
    for (const Subject &client : judging.subjects()) {
        for (const QJsonObject &container : client.containers) {
            for (const QJsonValue variable : container[u"env"_s].toArray()) {
                const QString name = variable[u"name"_s].toString();
                QString value = variable[u"value"_s].toString();
                const QJsonValue ref = variable[u"valueFrom"_s][u"configMapKeyRef"_s];
                if (value.isEmpty() && ref.isObject()) {
                    if (const QJsonObject *map = judging.scene.find({{}, u"ConfigMap"_s, client.name.ns, ref[u"name"_s].toString()}))
                        value = (*map)[u"data"_s][ref[u"key"_s].toString()].toString();
                }
                if (value.isEmpty() || !host.match(name).hasMatch())
                    continue;
                const Subject *store = judging.facts.behind(value, client.name.ns);
                if (!store || store == &client || !store->isSingle() || said.contains(store) || store->role == Role::ObjectStore)
                    continue;
                said.insert(store);
                Finding finding = embedded(judging, *store);
                finding.title = Words::tr("%1 is the only database of %2").arg(store->shown(), client.shown());
                finding.evidence.append(evidence(client.name, u"env[name=%1]"_s.arg(text::safe(name)), value));
                judging.say(finding);
            }
        }
    }
}

void ha31(Judging &judging)
{
    for (const Subject &subject : judging.subjects()) {
        if (primaryRule(subject) != judging.rule.id)
            continue;
        Finding finding = embedded(judging, subject);
        finding.title = Words::tr("%1 keeps all artifacts in one pod").arg(subject.shown());
        finding.fix = Words::tr("Use an S3 service outside of the cluster, or keep its Service in front of one that replicates itself; “External services” of the overlay says what profiles need.");
        judging.say(finding);
    }
}

void ha32(Judging &judging)
{
    for (const QJsonObject *secret : judging.until(judging.scene.all({}, u"Secret"_s))) {
        const ObjectName name = nameOf(*secret);
        const std::optional<QStringList> keys = judging.scene.defaultsOf(name);
        if (!keys || keys->isEmpty())
            continue;
        Finding finding = judging.about(name);
        finding.title = Words::tr("Secret %1 holds the credentials that everybody knows").arg(text::safe(name.name));
        finding.consequence = Words::tr("Whoever reaches the service can sign in with what the distribution ships, read all data and delete it.");
        finding.fix = Words::tr("Replace the value, and restart what uses it.");
        for (const QString &key : *keys)
            finding.evidence.append(evidence(name, u"data.%1"_s.arg(key), Words::tr("as shipped; not shown")));
        judging.say(finding);
    }
    for (const QString &ns : judging.until(judging.facts.namespaces())) {
        const ObjectName name{{}, u"ConfigMap"_s, ns, u"dex"_s};
        const QJsonObject *map = judging.scene.find(name);
        if (!map)
            continue;
        const Result<QJsonValue> config = manifest::fromYaml((*map)[u"data"_s][u"config.yaml"_s].toString().toUtf8());
        for (const QJsonValue user : config ? (*config)[u"staticPasswords"_s].toArray() : QJsonArray()) {
            if (user[u"email"_s].toString() != "user@example.com"_L1)
                continue;
            Finding finding = judging.about(name);
            finding.title = Words::tr("Dex lets the example user sign in");
            finding.consequence = Words::tr("The user of the documentation, whose password is printed there, has an account.");
            finding.fix = Words::tr("Remove the static user, or connect Dex to your identity provider.");
            finding.evidence = {evidence(name, u"data[config.yaml].staticPasswords"_s, u"user@example.com"_s)};
            judging.say(finding);
            break;
        }
    }
    // Of a cluster only Secrets that somebody agreed to are looked at.
    if (judging.scene.isLive() && !judging.facts.saw({}, u"Secret"_s, {}))
        judging.cannot(Words::tr("Secrets are not looked at unless that is agreed to."));
}

/// The ConfigMap that leads Pipelines to its database, with the version of Pipelines.
struct Install {
    const QJsonObject *map = nullptr;
    QJsonObject data;
    QVersionNumber version; ///< null: not known
};

QList<Install> installs(const Judging &judging)
{
    QList<Install> found;
    for (const QJsonObject *map : judging.until(judging.scene.all({}, u"ConfigMap"_s))) {
        const ObjectName name = nameOf(*map);
        if (name.name != installConfig && !name.name.startsWith(installConfig + u'-'))
            continue;
        Install install{map, (*map)[u"data"_s].toObject(), {}};
        if (const Subject *server = judging.facts.find(u"ml-pipeline"_s))
            install.version = judging.facts.versionOf(server->entry->product);
        if (install.version.isNull())
            install.version = components::versionOf(install.data[u"appVersion"_s].toString());
        found.append(install);
    }
    return found;
}

void ha40(Judging &judging)
{
    for (const Install &install : installs(judging)) {
        const QString type = install.data[u"dbType"_s].toString();
        if (!type.isEmpty() && type != "mysql"_L1 && (install.version.isNull() || install.version < QVersionNumber(3))) {
            Finding finding = judging.about(nameOf(*install.map));
            finding.title = Words::tr("Pipelines is set to a database it does not support");
            finding.consequence = Words::tr("Before Pipelines 3.0 its cache server ends with anything but MySQL, and the API server speaks MySQL only.");
            finding.fix = Words::tr("Set dbType mysql, and use MySQL 8.0 to 8.4.");
            finding.evidence = {field(*install.map, u"data.dbType"_s)};
            judging.say(finding);
        }
        // Which of the two keys counts depends on the version; where it is known, HA46 tells more.
        const QString db = install.data[u"dbHost"_s].toString(), mysql = install.data[u"mysqlHost"_s].toString();
        if (install.version.isNull() && !db.isEmpty() && !mysql.isEmpty() && db != mysql) {
            Finding finding = judging.about(nameOf(*install.map));
            finding.title = Words::tr("Parts of Pipelines use different databases");
            finding.consequence = Words::tr("Up to Pipelines 2.16 the API server uses mysqlHost, and MLMD and the cache use dbHost.");
            finding.fix = Words::tr("Set both keys to the same host.");
            finding.evidence = {field(*install.map, u"data.dbHost"_s), field(*install.map, u"data.mysqlHost"_s)};
            judging.say(finding);
        }
    }
}

void ha46(Judging &judging)
{
    for (const Install &install : installs(judging)) {
        if (install.version.isNull()) {
            judging.cannot(Words::tr("The version of Pipelines is not known, and with it which keys count."));
            continue;
        }
        const bool has = install.data.contains(u"dbHost"_s);
        const QString db = install.data[u"dbHost"_s].toString(), mysql = install.data[u"mysqlHost"_s].toString();
        Finding finding = judging.about(nameOf(*install.map));
        finding.evidence = {field(*install.map, u"data.dbHost"_s), field(*install.map, u"data.mysqlHost"_s),
                            evidence(nameOf(*install.map), u"version"_s, install.version.toString())};
        if (install.version >= QVersionNumber(2, 17)) {
            if (!has)
                continue;
            finding.severity = Severity::High;
            finding.title = Words::tr("dbHost is set, and nothing reads it");
            finding.consequence = Words::tr("From Pipelines 2.17 on only mysqlHost and mysqlPort count, so that who changes dbHost changes nothing.");
            finding.fix = Words::tr("Remove dbHost and dbPort, and check mysqlHost.");
        } else {
            if (has && !mysql.isEmpty() && db == mysql)
                continue;
            finding.severity = Severity::Critical;
            finding.title = Words::tr("Half of Pipelines uses another database");
            finding.consequence = has && !mysql.isEmpty() ? Words::tr("The API server uses mysqlHost, while MLMD and the cache use dbHost: runs and their metadata part.")
                                                          : Words::tr("Without both keys a part of Pipelines stays with the database in the cluster, or does not start.");
            finding.fix = Words::tr("Set dbHost and mysqlHost to the same host, then restart ml-pipeline, metadata-grpc-deployment and cache-server.");
        }
        judging.say(finding);
    }
}

void ha47(Judging &judging)
{
    const Subject *subject = judging.facts.find(u"metadata-grpc"_s);
    if (!subject || subject->kept() < 2)
        return;
    const QJsonObject &object = *subject->object;
    Finding finding = judging.about(*subject);
    finding.evidence = {field(object, u"spec.replicas"_s)};
    const std::optional<int> ready = wholeOf(at(object, u"status.readyReplicas"));
    const std::optional<int> updated = wholeOf(at(object, u"status.updatedReplicas"));
    const double generation = at(object, u"metadata.generation").toDouble(), observed = at(object, u"status.observedGeneration").toDouble();
    bool schema = false;
    for (const QJsonObject *pod : subject->pods) {
        if (const QString line = judging.scene.heard(nameOf(*pod)); !line.isEmpty()) {
            schema = true;
            finding.evidence.append(evidence(nameOf(*pod), Words::tr("log of the run before"), line.left(80)));
        }
        for (const QJsonValue status : at(*pod, u"status.containerStatuses").toArray()) {
            for (const QString &state : {u"state"_s, u"lastState"_s}) {
                const QString message = status[state][u"terminated"_s][u"message"_s].toString();
                if (isAboutSchema(message)) {
                    schema = true;
                    finding.evidence.append(evidence(nameOf(*pod), u"status.containerStatuses.%1.terminated.message"_s.arg(state), message.left(80)));
                }
            }
        }
    }
    if (schema || ready.value_or(0) == 0)
        finding.title = Words::tr("%1 was scaled before its schema was there").arg(subject->shown());
    else if ((updated && *updated < subject->desired) || observed < generation)
        finding.title = Words::tr("%1 changes its image with several replicas").arg(subject->shown());
    else if (const QString why = judging.scene.whyMissed({}, podLog, subject->name.ns); !why.isEmpty())
        return judging.cannot(Words::tr("%1 restarts, and what its log says of the schema could not be read: %2.").arg(subject->shown(), why));
    else
        return;
    finding.consequence = Words::tr("Replicas that upgrade the schema at the same time can damage the metadata database.");
    finding.fix = Words::tr("Scale to 1, wait until it is ready, then scale up.");
    finding.evidence += {field(object, u"status.readyReplicas"_s), field(object, u"status.updatedReplicas"_s)};
    judging.say(finding);
}

void ha50(Judging &judging)
{
    const Subject *metadata = judging.facts.find(u"metadata-grpc"_s);
    const Subject *server = judging.facts.find(u"ml-pipeline"_s);
    if (!metadata || !server)
        return;
    const QVersionNumber version = components::versionOfImage(server->containers.value(0)[u"image"_s].toString());
    if (version.isNull() || version < QVersionNumber(3)) {
        judging.cannot(Words::tr("It asks about an upgrade to Pipelines 3.0, and none has been started."));
        return;
    }
    const Subject *database = judging.facts.find(u"mysql"_s);
    const Backup backup = database ? backupOf(judging.facts, *database) : Backup{};
    if (!judging.scene.isLive() || (database && !backup.known)) {
        judging.cannot(Words::tr("Whether metadb was dumped cannot be told."));
        return;
    }
    if (backup.fresh)
        return;
    Finding finding = judging.about(*server);
    finding.title = Words::tr("The upgrade to Pipelines 3.0 needs a dump of metadb");
    finding.consequence = Words::tr("Pipelines 3.0 has no MLMD: its API server refuses to start until that data was moved, and there is no way back without a dump.");
    finding.fix = Words::tr("Dump metadb, move the data, then upgrade.");
    finding.evidence = {evidence(server->name, u"image"_s, version.toString()), evidence(metadata->name)};
    judging.say(finding);
}

} // namespace

QList<Rule> databaseRules()
{
    return {
        {.id = u"HA28"_s, .severity = Severity::Critical, .title = QT_TRANSLATE_NOOP("cairn::audit", "Embedded database"),
         .why = QT_TRANSLATE_NOOP("cairn::audit", "One pod on one volume holds what everything else depends on."), .judge = ha28},
        {.id = u"HA31"_s, .severity = Severity::High, .title = QT_TRANSLATE_NOOP("cairn::audit", "Embedded object store"),
         .why = QT_TRANSLATE_NOOP("cairn::audit", "One pod on one volume holds all artifacts."), .judge = ha31},
        {.id = u"HA32"_s, .severity = Severity::High, .title = QT_TRANSLATE_NOOP("cairn::audit", "Credentials as shipped"),
         .why = QT_TRANSLATE_NOOP("cairn::audit", "Values that are printed in a public repository protect nothing."), .judge = ha32},
        {.id = u"HA40"_s, .severity = Severity::Critical, .title = QT_TRANSLATE_NOOP("cairn::audit", "Database settings of Pipelines that do not work"),
         .why = QT_TRANSLATE_NOOP("cairn::audit", "Pipelines takes MySQL alone, and its parts have to agree on one host."), .needs = {{.group = {}, .kind = u"ConfigMap"_s}}, .judge = ha40},
        {.id = u"HA46"_s, .severity = Severity::High, .title = QT_TRANSLATE_NOOP("cairn::audit", "Dead or half database key"),
         .why = QT_TRANSLATE_NOOP("cairn::audit", "Which keys count changed with Pipelines 2.17."), .needs = {{.group = {}, .kind = u"ConfigMap"_s}}, .judge = ha46},
        {.id = u"HA47"_s, .severity = Severity::Critical, .title = QT_TRANSLATE_NOOP("cairn::audit", "MLMD scaled before its schema"),
         .why = QT_TRANSLATE_NOOP("cairn::audit", "Two replicas that create or upgrade the schema together damage it."), .needsCluster = true, .judge = ha47},
        {.id = u"HA50"_s, .severity = Severity::High, .title = QT_TRANSLATE_NOOP("cairn::audit", "Upgrade will refuse"),
         .why = QT_TRANSLATE_NOOP("cairn::audit", "Pipelines 3.0 does not start before the data of MLMD was moved."), .judge = ha50},
    };
}

} // namespace cairn::audit
