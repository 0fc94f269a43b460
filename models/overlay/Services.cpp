// SPDX-License-Identifier: GPL-3.0-or-later
#include "overlay/Services.h"

#include "base/Text.h"
#include "overlay/Facts.h"
#include "overlay/Proposal.h"

#include <QCoreApplication>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::overlay {
namespace {

// A free tr() would be filed under another context by lupdate than it is looked up in.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::overlay)
};

using audit::ObjectName;
using audit::Scene;
using components::Connection;
using components::Entry;
using components::Setting;

/// What the catalogue does not say of a service.
struct Known {
    QString id;
    QString component;
    services::Consumer consumer;
    QString store;       ///< id of the database as shipped
    QStringList readers; ///< ids, in the order in which they start
    QString secret, userKey, passwordKey; ///< where readers take them from the environment
    QStringList databases;
};

const Known &pipelines()
{
    static const Known known{u"pipelines"_s,
                             u"Pipelines"_s,
                             services::Consumer::Pipelines,
                             u"mysql"_s,
                             {u"metadata-grpc"_s, u"cache-server"_s, u"ml-pipeline"_s},
                             u"mysql-secret"_s,
                             u"username"_s,
                             u"password"_s,
                             {u"mlpipeline"_s, u"metadb"_s, u"cachedb"_s}};
    return known;
}

const Known &katib()
{
    static const Known known{u"katib"_s, u"Katib"_s, services::Consumer::Katib, u"katib-mysql"_s, {u"katib-db-manager"_s}, u"katib-mysql-secrets"_s, {}, u"DB_PASSWORD"_s,
                             {u"katib"_s}};
    return known;
}

Known registry(const Database &database)
{
    const bool mysql = database.engine == Database::Engine::MySql;
    return {u"modelRegistry"_s, Words::tr("Model registry"), services::Consumer::ModelRegistry, u"model-registry-db"_s, {u"model-registry"_s}, u"model-registry-db-secrets"_s,
            mysql ? u"MYSQL_USER_NAME"_s : u"POSTGRES_USER"_s, mysql ? u"MYSQL_ROOT_PASSWORD"_s : u"POSTGRES_PASSWORD"_s, {u"metadb"_s}};
}

Known catalog()
{
    return {u"modelCatalog"_s, Words::tr("Model catalogue"), services::Consumer::ModelCatalog, u"model-catalog-postgres"_s, {u"model-catalog-server"_s}, u"model-catalog-postgres"_s,
            u"POSTGRES_USER"_s, u"POSTGRES_PASSWORD"_s, {}};
}

const Connection *connectionOf(const Entry &entry, const QString &store)
{
    const auto it = std::ranges::find(entry.connections, store, &Connection::to);
    return it == entry.connections.end() ? nullptr : &*it;
}

services::Tls tlsOf(const Known &known, const Database &database)
{
    // Pipelines and Katib speak to MySQL in plain text, and to PostgreSQL as long as nobody says otherwise.
    const bool plain = database.engine == Database::Engine::MySql && known.consumer != services::Consumer::ModelRegistry;
    if (plain || database.sslMode.isEmpty() || database.sslMode == "disable"_L1)
        return services::Tls::Off;
    return database.sslMode.startsWith("verify"_L1) ? services::Tls::Verify : services::Tls::Encrypt;
}

Outside outside(const Scene &scene, const Known &known, const Database &database)
{
    Outside found;
    found.id = known.id;
    found.component = known.component;
    found.target.kind = database.engine == Database::Engine::MySql ? services::Kind::MySql : services::Kind::PostgreSql;
    found.target.consumer = known.consumer;
    found.target.host = database.host;
    found.target.port = database.port;
    found.target.user = database.user;
    found.target.tls = tlsOf(known, database);
    found.target.ca = database.ca.toUtf8();
    found.target.lifeSeconds = database.connectionSeconds;
    found.title = Words::tr("%1 for %2", "a server for a component").arg(services::kindName(found.target.kind), known.component);
    found.secret = known.secret;
    found.userKey = known.userKey;
    found.passwordKey = known.passwordKey;
    found.databases = known.databases;
    if (known.databases.size() < 2) {
        if (!database.database.isEmpty())
            found.databases = {database.database};
        found.target.database = found.databases.value(0);
    }

    QMap<QString, ObjectName> readers;
    for (const QJsonObject *workload : scene.workloads()) {
        const Entry *entry = entryOf(*workload);
        if (!entry)
            continue;
        const ObjectName name = audit::nameOf(*workload);
        if (entry->id == known.store)
            found.store = name;
        const Connection *connection = connectionOf(*entry, known.store);
        if (!connection || !known.readers.contains(entry->id))
            continue;
        readers.insert(entry->id, name);
        for (const Setting &setting : connection->settings) {
            if (setting.in == Setting::In::ConfigMap && !found.configMaps.contains(setting.object))
                found.configMaps.append(setting.object);
            if (setting.in != Setting::In::ConfigMap || setting.role != "database"_L1)
                continue;
            // A name that this cluster has otherwise than it was shipped.
            const QJsonObject *map = scene.find({{}, u"ConfigMap"_s, name.ns, setting.object});
            const QString live = map ? (*map)[u"data"_s][setting.key].toString() : QString();
            if (const qsizetype at = found.databases.indexOf(connection->database); at >= 0 && !live.isEmpty())
                found.databases[at] = live;
        }
    }
    for (const QString &id : known.readers) {
        if (readers.contains(id))
            found.readers.append(readers.value(id));
    }
    found.ns = found.readers.isEmpty() ? found.store.ns : found.readers.last().ns;
    if (found.ns.isEmpty())
        found.ns = u"kubeflow"_s;
    found.given = !database.secret.isEmpty();
    if (found.given)
        found.secret = database.secret;
    return found;
}

Outside outside(const Scene &scene, const ObjectStore &store)
{
    Outside found;
    found.id = u"objectStore"_s;
    found.component = u"Pipelines"_s;
    found.target.kind = services::Kind::S3;
    found.target.consumer = services::Consumer::Pipelines;
    found.target.host = store.host;
    found.target.port = store.port;
    found.target.tls = store.secure ? services::Tls::Verify : services::Tls::Off;
    found.target.database = store.bucket;
    found.target.region = store.region.toLatin1();
    found.title = Words::tr("%1 for %2", "a server for a component").arg(services::kindName(found.target.kind), found.component);
    found.userKey = u"accesskey"_s;
    found.passwordKey = u"secretkey"_s;
    for (const QJsonObject *workload : scene.workloads()) {
        const Entry *entry = entryOf(*workload);
        if (entry && (entry->id == "seaweedfs"_L1 || entry->id == "minio"_L1))
            found.store = audit::nameOf(*workload);
        else if (entry && entry->id == "ml-pipeline"_L1)
            found.readers = {audit::nameOf(*workload)};
    }
    found.ns = found.readers.isEmpty() ? found.store.ns : found.readers.last().ns;
    if (found.ns.isEmpty())
        found.ns = u"kubeflow"_s;
    found.given = !store.secret.isEmpty();
    found.secret = store.secret;
    return found;
}

Outside outside(const EventBroker &broker)
{
    const bool kafka = broker.kind == EventBroker::Kind::Kafka;
    Outside found;
    found.id = u"events"_s;
    found.component = u"Knative Eventing"_s;
    found.target.kind = kafka ? services::Kind::Kafka : services::Kind::RabbitMq;
    found.target.consumer = services::Consumer::Eventing;
    found.target.servers = broker.servers;
    const QString first = broker.servers.value(0);
    found.target.host = kafka ? first.section(u':', 0, -2) : broker.host;
    found.target.port = kafka ? first.section(u':', -1).toInt() : broker.port;
    found.target.user = broker.user;
    found.title = Words::tr("%1 for %2", "a server for a component").arg(services::kindName(found.target.kind), found.component);
    found.ns = kafka ? u"knative-eventing"_s : broker.ns;
    found.secret = broker.secret;
    found.userKey = kafka ? u"user"_s : u"username"_s;
    found.passwordKey = u"password"_s;
    found.given = !broker.secret.isEmpty();
    return found;
}

} // namespace

QList<Outside> outsideOf(const Scene &scene, const Settings &settings)
{
    QList<Outside> all;
    if (settings.pipelines)
        all.append(outside(scene, pipelines(), *settings.pipelines));
    if (settings.katib)
        all.append(outside(scene, katib(), *settings.katib));
    if (settings.registry)
        all.append(outside(scene, registry(*settings.registry), *settings.registry));
    if (settings.catalog)
        all.append(outside(scene, catalog(), *settings.catalog));
    if (settings.objects)
        all.append(outside(scene, *settings.objects));
    if (settings.events)
        all.append(outside(*settings.events));
    return all;
}

QString SecretFacts::owner() const
{
    const QJsonValue labels = metadata.value(u"labels"_s);
    if (const QString known = ownerOf({{u"metadata"_s, metadata}}); !known.isEmpty())
        return known;
    if (labels[u"reconcile.external-secrets.io/managed"_s].toString() == u"true")
        return Words::tr("External Secrets");
    if (labels[u"secrets-store.csi.k8s.io/managed"_s].toString() == u"true")
        return Words::tr("the Secrets Store CSI driver");
    return {};
}

} // namespace cairn::overlay
