// SPDX-License-Identifier: GPL-3.0-or-later
// Databases outside: of Pipelines, Katib, the model registry and the model catalogue.
#include "overlay/Outsider.h"

#include "base/Text.h"

#include <QRegularExpression>
#include <algorithm>

namespace cairn::overlay::outsider {

void Outsider::pipelines()
{
    Replaceable known{.what = What::Pipelines};
    ServicePart part{.folder = u"external-mysql"_s};
    const Use *server = use(u"ml-pipeline"_s);
    const QString ns = server ? server->name.ns : u"kubeflow"_s;
    const ObjectName map{{}, u"ConfigMap"_s, ns, kInstall};
    const QJsonObject *live = m_scene.find(map);
    // Also where only a part of it is in sight.
    known.there = server || live || use(u"metadata-grpc"_s) || use(u"cache-server"_s);
    if (live)
        known.now =
            text::safe((*live)[u"data"_s][u"mysqlHost"_s].toString((*live)[u"data"_s][u"dbHost"_s].toString()));
    else if (use(u"mysql"_s))
        known.now = text::safe(use(u"mysql"_s)->name.name);
    const bool old = m_version.isNull() || m_version < QVersionNumber(3, 0);
    limit(known, part,
        QT_TRANSLATE_NOOP("cairn::overlay",
            "Move the data first: dump and restore mlpipeline, metadb and cachedb, compare the counts, then "
            "switch."));
    if (old) {
        limit(known, part,
            QT_TRANSLATE_NOOP("cairn::overlay",
                "MLMD signs in with mysql_native_password alone, which MySQL 8.4 has off by default and 9.0 no "
                "longer has."));
        limit(known, part,
            QT_TRANSLATE_NOOP("cairn::overlay",
                "The connection is plain text: the three parts of Pipelines share no setting for TLS."));
    }
    if (!m_settings.pipelines)
        return done(known);
    known.chosen = true;
    const Database &database = *m_settings.pipelines;
    if (!isWhole(Consumer::Pipelines, database, u"pipelines"_s, Words::tr("Pipelines"), known.there))
        return done(known);
    const bool postgres = database.engine == Database::Engine::PostgreSql;
    if (postgres && old)
        refuse(u"pipelines-postgres"_s,
            Words::tr("Pipelines before 3.0 need MySQL: their cache server stops on anything else, and metadata is "
                      "kept twice under PostgreSQL."),
            Words::tr("Name a MySQL server."));
    else if (postgres)
        warn(u"pipelines-postgres-keys"_s,
            Words::tr("The keys for PostgreSQL are those of the sources before Pipelines 3.0 was released."),
            Words::tr("Compare them with the manifests of your release."));
    if (m_version.isNull())
        warn(u"pipelines-version"_s,
            Words::tr("The version of Pipelines is not known, so both names of the database's keys are written."),
            {});
    const ObjectName on = server ? server->name : ObjectName{u"apps"_s, u"Deployment"_s, ns, u"ml-pipeline"_s};
    part.about = postgres ? u"PostgreSQL outside of the cluster for Pipelines."_s
                          : u"MySQL outside of the cluster for Pipelines."_s;
    QJsonObject data;
    if (postgres) {
        data = {{u"dbType"_s, u"pgx"_s}, {u"postgresHost"_s, database.host},
            {u"postgresPort"_s, QString::number(database.port)}};
        if (database.connectionSeconds > 0)
            data.insert(u"ConMaxLifeTime"_s, u"%1s"_s.arg(database.connectionSeconds));
    } else {
        data = mysqlKeys(database);
    }
    const QString secret = database.secret.isEmpty() ? kPipelinesSecret : database.secret;
    mergeMap(known, part, map, data, on);
    if (postgres && server) {
        const QString prefix = u"DBCONFIG_POSTGRESQLCONFIG_"_s;
        QJsonArray env{variable(*server, prefix + u"HOST"_s, database.host),
            variable(*server, prefix + u"PORT"_s, QString::number(database.port)),
            secretVariable(*server, prefix + u"USER"_s, secret, u"username"_s),
            secretVariable(*server, prefix + u"PASSWORD"_s, secret, u"password"_s)};
        mergePod(known, part, *server, env);
    }
    for (const QString &id : {u"ml-pipeline"_s, u"metadata-grpc"_s, u"cache-server"_s}) {
        const Use *reader = use(id);
        if (!reader)
            continue;
        if (!postgres)
            mergePod(known, part, *reader, moved(*reader, kPipelinesSecret, secret));
        restart(known, part, *reader);
    }
    mesh(known, part, database.host, on);
    part.example = example({{}, u"Secret"_s, ns, secret},
        {{u"username"_s, u"username"_s}, {u"password"_s, u"password"_s}}, database.secret.isEmpty());
    done(known, part);
}

QJsonObject Outsider::mysqlKeys(const Database &database) const
{
    QJsonObject keys;
    for (const QString &id : {u"ml-pipeline"_s, u"metadata-grpc"_s, u"cache-server"_s}) {
        for (const Entry &range : components::catalogue().ranges.value(id)) {
            if (!m_version.isNull()
                && ((!range.from.isNull() && m_version < range.from)
                    || (!range.until.isNull() && m_version >= range.until) || range.gone))
                continue;
            for (const components::Connection &connection : range.connections) {
                for (const components::Setting &setting : connection.settings) {
                    if (setting.in != components::Setting::In::ConfigMap || setting.object != kInstall
                        || !connection.engines.contains(u"mysql"_s))
                        continue;
                    if (setting.role == "host"_L1)
                        keys.insert(setting.key, database.host);
                    else if (setting.role == "port"_L1)
                        keys.insert(setting.key, QString::number(database.port));
                    else if (setting.role == "lifetime"_L1 && database.connectionSeconds > 0)
                        keys.insert(setting.key, u"%1s"_s.arg(database.connectionSeconds));
                }
            }
        }
    }
    return keys;
}

void Outsider::katib()
{
    Replaceable known{.what = What::Katib};
    ServicePart part{.folder = u"katib-external-db"_s, .about = u"A database outside of the cluster for Katib."_s};
    const Use *manager = use(u"katib-db-manager"_s);
    known.there = manager;
    if (manager) {
        const bool postgres = variableIn(manager->container, u"DB_NAME"_s)[u"value"_s].toString() == u"postgres";
        const QString prefix = postgres ? u"KATIB_POSTGRESQL_DB_HOST"_s : u"KATIB_MYSQL_DB_HOST"_s;
        known.now = text::safe(variableIn(manager->container, prefix)[u"value"_s].toString(
            postgres ? u"katib-postgres"_s : u"katib-mysql"_s));
    }
    limit(known, part,
        QT_TRANSLATE_NOOP("cairn::overlay",
            "Move the data first. Between MySQL and PostgreSQL it cannot be moved by a dump: finished trials keep "
            "their place in the cluster, and lose their measurements."));
    if (!m_settings.katib)
        return done(known);
    known.chosen = true;
    const Database &database = *m_settings.katib;
    const bool mysql = database.engine == Database::Engine::MySql;
    if (mysql)
        limit(known, part,
            QT_TRANSLATE_NOOP(
                "cairn::overlay", "The connection is plain text: Katib has no setting for TLS to MySQL."));
    if (!isWhole(Consumer::Katib, database, u"katib"_s, Words::tr("Katib"), manager))
        return done(known);
    const QString prefix = mysql ? u"KATIB_MYSQL_DB_"_s : u"KATIB_POSTGRESQL_DB_"_s;
    const QString secret = database.secret.isEmpty() ? kKatibSecret : database.secret;
    QJsonArray env{variable(*manager, u"DB_NAME"_s, mysql ? u"mysql"_s : u"postgres"_s),
        variable(*manager, prefix + u"HOST"_s, database.host),
        variable(*manager, prefix + u"PORT"_s, QString::number(database.port)),
        variable(*manager, prefix + u"DATABASE"_s, database.database.isEmpty() ? u"katib"_s : database.database)};
    if (!database.user.isEmpty())
        env.append(variable(*manager, u"DB_USER"_s, database.user));
    if (!mysql && !database.sslMode.isEmpty())
        env.append(variable(*manager, u"KATIB_POSTGRESQL_SSL_MODE"_s, database.sslMode));
    if (!mysql && !database.ca.isEmpty())
        env.append(variable(*manager, u"PGSSLROOTCERT"_s, kCaFile));
    env.append(secretVariable(*manager, u"DB_PASSWORD"_s, secret, u"DB_PASSWORD"_s));
    mergePod(known, part, *manager, env, mysql ? QString() : database.ca,
        u"The password is in the Secret %1, key DB_PASSWORD."_s.arg(secret));
    mesh(known, part, database.host, manager->name);
    part.example = example({{}, u"Secret"_s, manager->name.ns, secret}, {{u"DB_PASSWORD"_s, u"password"_s}},
        database.secret.isEmpty());
    done(known, part);
}

void Outsider::registry()
{
    Replaceable known{.what = What::Registry};
    ServicePart part{
        .folder = u"model-registry-db"_s, .about = u"A database outside of the cluster for the model registry."_s};
    const Use *server = use(u"model-registry"_s);
    known.there = server;
    QString type = u"mysql"_s, dsn;
    QString typePath, dsnPath;
    QJsonValue typeArgument, dsnArgument;
    if (server) {
        std::tie(typePath, typeArgument, type) = argument(*server, u"--embedmd-database-type"_s);
        std::tie(dsnPath, dsnArgument, dsn) = argument(*server, u"--embedmd-database-dsn"_s);
        if (type.isEmpty())
            type = u"mysql"_s;
        static const QRegularExpression hostOf(u"@(?:tcp\\()?([^:/)]+)"_s);
        const QString host = hostOf.match(dsn).captured(1);
        const QJsonObject *map = m_scene.find({{}, u"ConfigMap"_s, server->name.ns, kRegistryMap});
        known.now = text::safe(
            host.startsWith("$("_L1) ? map ? (*map)[u"data"_s][u"POSTGRES_HOST"_s].toString() : QString() : host);
    }
    limit(known, part,
        QT_TRANSLATE_NOOP("cairn::overlay",
            "Move the data first. The registry migrates the schema when it starts: start one replica, then "
            "scale."));
    limit(known, part,
        QT_TRANSLATE_NOOP("cairn::overlay",
            "The password becomes a part of an address: one with @ : / ? # or % in it breaks it."));
    if (!m_settings.registry)
        return done(known);
    known.chosen = true;
    const Database &database = *m_settings.registry;
    if (!isWhole(Consumer::ModelRegistry, database, u"registry"_s, Words::tr("Model registry"), server))
        return done(known);
    const bool postgres = database.engine == Database::Engine::PostgreSql;
    const bool same = postgres == (type == "postgres"_L1);
    const QString user = postgres ? u"POSTGRES_USER"_s : u"MYSQL_USER_NAME"_s,
                  password = postgres ? u"POSTGRES_PASSWORD"_s : u"MYSQL_ROOT_PASSWORD"_s;
    const QString secret = database.secret.isEmpty() ? kRegistrySecret : database.secret;
    const QString port = QString::number(database.port);
    const ObjectName map{{}, u"ConfigMap"_s, server->name.ns, kRegistryMap};

    // By the ConfigMap where the live DSN takes it from there; else host and port are written out in the DSN.
    const bool byMap = postgres && same && dsn.contains("$(POSTGRES_HOST)"_L1)
        && dsn.contains("$(POSTGRES_PORT)"_L1) && m_scene.find(map);
    static const QRegularExpression databaseOf(u"/([^/?]*)(?:\\?|$)"_s), modeOf(u"[?&]sslmode=([a-z-]+)"_s);
    const QString liveDatabase = same ? databaseOf.match(dsn).captured(1) : QString();
    const bool databaseByMap = byMap && liveDatabase == "$(POSTGRES_DB)"_L1;
    QString name = databaseByMap       ? liveDatabase
        : !database.database.isEmpty() ? database.database
        : !liveDatabase.isEmpty()      ? liveDatabase
                                       : u"metadb"_s;
    QString address = byMap ? u"$(POSTGRES_HOST):$(POSTGRES_PORT)"_s : bracketed(database.host) + u':' + port;
    QString wanted;
    QStringList flags;
    if (postgres) {
        const QString liveMode = modeOf.match(dsn).captured(1);
        const QString mode = !database.sslMode.isEmpty() ? database.sslMode
            : same && !liveMode.isEmpty()                ? liveMode
                                                         : u"disable"_s;
        wanted = u"postgresql://$(%1):$(%2)@%3/%4?sslmode=%5"_s.arg(user, password, address, name, mode);
        if (!database.ca.isEmpty())
            wanted += u"&sslrootcert="_s + kCaFile;
    } else {
        wanted = u"$(%1):$(%2)@tcp(%3)/%4?charset=utf8mb4"_s.arg(user, password, address, name);
        if (!database.ca.isEmpty())
            flags = {
                u"--embedmd-database-ssl-ca="_s + kCaFile, u"--embedmd-database-ssl-verify-server-cert=true"_s};
        else if (encrypts(database))
            wanted += database.sslMode == "require"_L1 ? u"&tls=skip-verify"_s : u"&tls=true"_s;
    }
    const QString container = u"/spec/template/spec/containers/%1"_s.arg(server->index);
    QJsonArray operations;
    QStringList keys;
    const bool listed = server->container[u"args"_s].isArray();
    const auto say = [&](const QString &flag, const QString &path, const QJsonValue &live, const QString &value) {
        if (path.isEmpty()) {
            flags.prepend(flag + u'=' + value);
        } else {
            operations.append(op(u"test"_s, path, live));
            operations.append(
                op(u"replace"_s, path, live.toString().startsWith(flag) ? flag + u'=' + value : value));
            keys.append(flag);
        }
    };
    if (!same)
        say(u"--embedmd-database-type"_s, typePath, typeArgument, postgres ? u"postgres"_s : u"mysql"_s);
    if (wanted != dsn)
        say(u"--embedmd-database-dsn"_s, dsnPath, dsnArgument, wanted);
    for (const QString &flag : flags)
        keys.append(flag.section(u'=', 0, 0));
    if (!flags.isEmpty() && !listed)
        operations.append(op(u"add"_s, container + u"/args"_s, QJsonArray::fromStringList(flags)));
    for (qsizetype i = 0; i < flags.size() && listed; ++i)
        operations.append(op(u"add"_s, container + u"/args/-"_s, flags[i]));
    if (!operations.isEmpty())
        operations.prepend(op(u"test"_s, container + u"/name"_s, server->containerName()));
    // Its sidecar lets traffic to the database pass untouched.
    const QString mark = u"traffic.sidecar.istio.io/excludeOutboundPorts"_s;
    const QJsonValue annotations = audit::podTemplateOf(server->workload)[u"metadata"_s][u"annotations"_s];
    if (!annotations.isObject())
        operations.append(op(u"add"_s, u"/spec/template/metadata/annotations"_s, QJsonObject{{mark, port}}));
    else if (annotations[mark].toString() != port)
        operations.append(op(u"add"_s,
            u"/spec/template/metadata/annotations/traffic.sidecar.istio.io~1excludeOutboundPorts"_s, port));
    if (byMap) {
        QJsonObject data{{u"POSTGRES_HOST"_s, database.host}, {u"POSTGRES_PORT"_s, port}};
        if (databaseByMap && !database.database.isEmpty())
            data.insert(u"POSTGRES_DB"_s, database.database);
        mergeMap(known, part, map, data, server->name);
        restart(known, part, *server);
    }
    if (!operations.isEmpty()) {
        part.patches.append(
            {u"User and password are in the Secret %1, keys %2 and %3."_s.arg(secret, user, password),
                patchOf(server->name, operations), server->name});
        place(known, server->name, keys.isEmpty() ? QStringList{mark} : keys);
    }
    QJsonArray env;
    bool hasSecret = false;
    for (const QJsonValue from : server->container[u"envFrom"_s].toArray())
        hasSecret = hasSecret || from[u"secretRef"_s][u"name"_s].toString() == secret;
    if (!hasSecret)
        env = {secretVariable(*server, user, secret, user), secretVariable(*server, password, secret, password)};
    mergePod(known, part, *server, env, database.ca);
    mesh(known, part, database.host, server->name);
    part.example = example({{}, u"Secret"_s, server->name.ns, secret},
        {{user, u"username"_s}, {password, u"password"_s}}, database.secret.isEmpty());
    done(known, part);
}

std::tuple<QString, QJsonValue, QString> Outsider::argument(const Use &use, const QString &flag)
{
    for (const QString &list : {u"args"_s, u"command"_s}) {
        const QJsonArray words = use.container[list].toArray();
        for (qsizetype i = 0; i < words.size(); ++i) {
            const auto path = [&](qsizetype at) {
                return u"/spec/template/spec/containers/%1/%2/%3"_s.arg(use.index).arg(list).arg(at);
            };
            const QString word = words[i].toString();
            if (word.startsWith(flag + u'='))
                return {path(i), words[i], word.mid(flag.size() + 1)};
            if (word == flag && i + 1 < words.size())
                return {path(i + 1), words[i + 1], words[i + 1].toString()};
        }
    }
    return {};
}

void Outsider::catalog()
{
    Replaceable known{.what = What::Catalog};
    ServicePart part{
        .folder = u"model-catalog-db"_s, .about = u"PostgreSQL outside of the cluster for the model catalogue."_s};
    const Use *server = use(u"model-catalog-server"_s);
    known.there = server;
    if (server)
        known.now = text::safe(variableIn(server->container, u"PGHOST"_s)[u"value"_s].toString());
    limit(known, part,
        QT_TRANSLATE_NOOP("cairn::overlay",
            "Only PostgreSQL: the catalogue elects its leader by one of its locks. It fills its tables from its "
            "sources when it starts, so nothing has to be moved."));
    if (!m_settings.catalog)
        return done(known);
    known.chosen = true;
    const Database &database = *m_settings.catalog;
    if (!isWhole(Consumer::ModelCatalog, database, u"catalog"_s, Words::tr("Model catalogue"), server))
        return done(known);
    const QString secret = database.secret.isEmpty() ? kCatalogSecret : database.secret;
    QJsonArray env{variable(*server, u"PGHOST"_s, database.host),
        variable(*server, u"PGPORT"_s, QString::number(database.port))};
    if (!database.database.isEmpty())
        env.append(variable(*server, u"PGDATABASE"_s, database.database));
    if (!database.sslMode.isEmpty())
        env.append(variable(*server, u"PGSSLMODE"_s, database.sslMode));
    if (!database.ca.isEmpty())
        env.append(variable(*server, u"PGSSLROOTCERT"_s, kCaFile));
    const QString user = u"POSTGRES_USER"_s, password = u"POSTGRES_PASSWORD"_s;
    env.append(secretVariable(*server, u"PGUSER"_s, secret, user));
    env.append(secretVariable(*server, u"PGPASSWORD"_s, secret, password));
    mergePod(known, part, *server, env, database.ca,
        u"User and password are in the Secret %1, keys %2 and %3."_s.arg(secret, user, password));
    mesh(known, part, database.host, server->name);
    part.example = example({{}, u"Secret"_s, server->name.ns, secret},
        {{user, u"username"_s}, {password, u"password"_s}}, database.secret.isEmpty());
    done(known, part);
}

} // namespace cairn::overlay::outsider
