// SPDX-License-Identifier: GPL-3.0-or-later
#include "overlay/ServiceParts.h"

#include "base/Text.h"
#include "manifest/Document.h"
#include "overlay/Facts.h"
#include "overlay/Pieces.h"

#include <QCoreApplication>
#include <QRegularExpression>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::overlay {
namespace {

// A free tr() would be filed under another context by lupdate than it is looked up in.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::overlay)
};

using audit::ObjectName;
using components::Entry;
using services::Consumer;
using What = Replaceable::What;

const auto kInstall = u"pipeline-install-config"_s;
const auto kPipelinesSecret = u"mysql-secret"_s;
const auto kObjectsSecret = u"mlpipeline-minio-artifact"_s;
const auto kKatibSecret = u"katib-mysql-secrets"_s;
const auto kRegistrySecret = u"model-registry-db-secrets"_s;
const auto kRegistryMap = u"model-registry-db-parameters"_s;
const auto kCatalogSecret = u"model-catalog-postgres"_s;
const auto kWorkflowMap = u"workflow-controller-configmap"_s;
const auto kLauncherMap = u"kfp-launcher"_s;
const auto kBrokerMap = u"kafka-broker-config"_s;
const auto kEventing = u"knative-eventing"_s;
const auto kCaFolder = u"/etc/db-ca"_s;
const auto kCaFile = u"/etc/db-ca/ca.crt"_s;

/// A workload that reads a store, and the container that does.
struct Use {
    ObjectName name;
    QJsonObject workload;
    QJsonObject container;
    int index = 0; ///< of the container
    QString containerName() const { return container[u"name"_s].toString(); }
};

QJsonObject variableIn(const QJsonObject &container, const QString &name)
{
    for (const QJsonValue variable : container[u"env"_s].toArray()) {
        if (variable[u"name"_s].toString() == name)
            return variable.toObject();
    }
    return {};
}

/// A variable in a merge. What it came from before is taken away: one that has a value and a source is refused.
QJsonObject variable(const Use &use, const QString &name, const QString &value)
{
    QJsonObject made{{u"name"_s, name}, {u"value"_s, value}};
    if (variableIn(use.container, name).contains(u"valueFrom"_s))
        made.insert(u"valueFrom"_s, QJsonValue::Null);
    return made;
}

QJsonObject secretVariable(const Use &use, const QString &name, const QString &secret, const QString &key)
{
    const QJsonObject live = variableIn(use.container, name);
    QJsonObject from{{u"secretKeyRef"_s, QJsonObject{{u"name"_s, secret}, {u"key"_s, key}}}};
    for (const QString &other : live.value(u"valueFrom"_s).toObject().keys()) {
        if (other != "secretKeyRef"_L1)
            from.insert(other, QJsonValue::Null);
    }
    QJsonObject made{{u"name"_s, name}, {u"valueFrom"_s, from}};
    if (live.contains(u"value"_s))
        made.insert(u"value"_s, QJsonValue::Null);
    return made;
}

/// Of an address for people and of a DSN.
QString bracketed(const QString &host)
{
    return host.contains(u':') ? u'[' + host + u']' : host;
}

bool encrypts(const Database &database)
{
    return !database.sslMode.isEmpty() && database.sslMode != "disable"_L1;
}

class Outsider {
public:
    Outsider(const audit::Scene &scene, const Settings &settings, const QVersionNumber &pipelines)
        : m_scene(scene)
        , m_settings(settings)
        , m_version(pipelines)
    {
        for (const QJsonObject *workload : scene.workloads()) {
            const Entry *entry = entryOf(*workload);
            if (!entry || m_uses.contains(entry->id))
                continue;
            const QList<QJsonObject> containers = audit::containersOf(audit::podTemplateOf(*workload));
            if (containers.isEmpty())
                continue;
            Use use{audit::nameOf(*workload), *workload, {}, 0};
            if (!entry->containers.isEmpty())
                use.index = std::max(0, containerIndex(*workload, entry->containers.first()));
            use.container = containers[use.index];
            m_uses.insert(entry->id, use);
            m_eventing = m_eventing || entry->product == kEventing || entry->product.startsWith("eventing-"_L1);
        }
        m_eventing = m_eventing || !scene.all(u"eventing.knative.dev"_s, u"Broker"_s).isEmpty()
            || scene.find(
                {u"apiextensions.k8s.io"_s, u"CustomResourceDefinition"_s, {}, u"brokers.eventing.knative.dev"_s});
    }

    ServiceParts run()
    {
        pipelines();
        katib();
        registry();
        catalog();
        objects();
        events();
        return m_result;
    }

private:
    const Use *use(const QString &id) const
    {
        const auto it = m_uses.constFind(id);
        return it == m_uses.cend() ? nullptr : &*it;
    }
    void warn(const QString &id, const QString &text, const QString &fix = {})
    {
        m_result.warnings.append({id, text, fix});
    }
    void refuse(const QString &id, const QString &text, const QString &fix = {})
    {
        m_result.problems.append({id, text, fix});
    }

    /// In the language of the window for people, in English for the files.
    static void limit(Replaceable &known, ServicePart &part, const char *text)
    {
        known.limits.append(Words::tr(text));
        part.limits.append(QString::fromUtf8(text));
    }

    void done(const Replaceable &known, const ServicePart &part = {})
    {
        m_result.replaceable.append(known);
        if (known.chosen && !(part.patches.isEmpty() && part.objects.isEmpty()))
            m_result.parts.append(part);
    }

    static void restart(Replaceable &known, ServicePart &part, const Use &use)
    {
        const QString name = use.name.ns + u'/' + use.name.name;
        part.restarts.append(name);
        known.restarts.append(text::safe(name));
    }

    /// A merge, and the place it stands for: "Deployment kubeflow/ml-pipeline: OBJECTSTORECONFIG_HOST, …".
    static void merge(Replaceable &known, ServicePart &part, const ObjectName &name, const QJsonObject &body,
        const QStringList &keys, const ObjectName &on, const QString &comment = {})
    {
        QJsonObject patch{{u"apiVersion"_s, name.group.isEmpty() ? u"v1"_s : name.group + u"/v1"_s},
            {u"kind"_s, name.kind}, {u"metadata"_s, metaOf(name.name, name.ns)}};
        for (auto it = body.begin(); it != body.end(); ++it)
            patch.insert(it.key(), it.value());
        part.patches.append({comment, mergeOf(name, patch), on});
        place(known, name, keys);
    }

    static void place(Replaceable &known, const ObjectName &name, const QStringList &keys)
    {
        known.places.append(
            keys.isEmpty() ? audit::shown(name) : u"%1: %2"_s.arg(audit::shown(name), text::safe(keys.join(u", "_s))));
    }

    static void mergeMap(Replaceable &known, ServicePart &part, const ObjectName &map, const QJsonObject &data,
        const ObjectName &on, const QString &comment = {})
    {
        if (!data.isEmpty())
            merge(known, part, map, {{u"data"_s, data}}, data.keys(), on, comment);
    }

    /// Variables of the container, and the certificate that it trusts.
    void mergePod(Replaceable &known, ServicePart &part, const Use &use, const QJsonArray &env, const QString &ca = {},
        const QString &comment = {})
    {
        QJsonObject container{{u"name"_s, use.containerName()}};
        QJsonObject pod;
        QStringList keys;
        for (const QJsonValue one : env)
            keys.append(one[u"name"_s].toString());
        if (!env.isEmpty())
            container.insert(u"env"_s, env);
        if (!ca.isEmpty()) {
            const QString map = use.name.name + u"-db-ca"_s;
            part.objects.append({u"Who signed the database's certificate."_s,
                {{u"apiVersion"_s, u"v1"_s}, {u"kind"_s, u"ConfigMap"_s}, {u"metadata"_s, metaOf(map, use.name.ns)},
                    {u"data"_s, QJsonObject{{u"ca.crt"_s, ca}}}},
                use.name});
            container.insert(u"volumeMounts"_s,
                QJsonArray{QJsonObject{{u"name"_s, u"db-ca"_s}, {u"mountPath"_s, kCaFolder}, {u"readOnly"_s, true}}});
            pod.insert(u"volumes"_s,
                QJsonArray{QJsonObject{{u"name"_s, u"db-ca"_s}, {u"configMap"_s, QJsonObject{{u"name"_s, map}}}}});
            keys.append(u"volume db-ca"_s);
        }
        if (keys.isEmpty())
            return;
        pod.insert(u"containers"_s, QJsonArray{container});
        merge(known, part, use.name, {{u"spec"_s, QJsonObject{{u"template"_s, QJsonObject{{u"spec"_s, pod}}}}}}, keys,
            use.name, comment);
    }

    /// Variables that come from Secret `from`, out of Secret `to`.
    static QJsonArray moved(const Use &use, const QString &from, const QString &to)
    {
        QJsonArray env;
        if (to.isEmpty() || to == from)
            return env;
        for (const QJsonValue one : use.container[u"env"_s].toArray()) {
            const QJsonValue ref = one[u"valueFrom"_s][u"secretKeyRef"_s];
            if (ref[u"name"_s].toString() == from)
                env.append(secretVariable(use, one[u"name"_s].toString(), to, ref[u"key"_s].toString()));
        }
        return env;
    }

    static QByteArray example(const ObjectName &secret, const QList<std::pair<QString, QString>> &keys, bool exists)
    {
        QByteArray text =
            "# The Secret out of an external secret store, in place of one that is written by hand or by Cairn: take "
            "the\n"
            "# signs at the left away, name your store, and list this file under \"resources\" of a kustomization.\n"
            "# https://external-secrets.io\n"
            "#\n"
            "# apiVersion: external-secrets.io/v1\n"
            "# kind: ExternalSecret\n";
        const QString name = text::safe(secret.name); // a line break would end the comment
        text +=
            u"# metadata: {name: %1, namespace: %2}\n# spec:\n#   secretStoreRef: {kind: ClusterSecretStore, name: STORE}\n"_s
                .arg(name, text::safe(secret.ns))
                .toUtf8();
        text += u"#   target: {name: %1, creationPolicy: %2}\n#   data:\n"_s.arg(name, exists ? u"Merge"_s : u"Owner"_s)
                    .toUtf8();
        for (const auto &[key, what] : keys)
            text += u"#     - {secretKey: %1, remoteRef: {key: kubeflow/%2, property: %3}}\n"_s.arg(key, name, what)
                        .toUtf8();
        return text;
    }
    // Istio

    /// "mysql", "mysql.kubeflow" and "mysql.kubeflow.svc" as a DestinationRule of that namespace would have them;
    /// empty: no Service.
    static QString serviceOf(const QString &host, const QString &ns)
    {
        const QStringList steps = host.split(u'.');
        const bool named = steps.size() == 2 && components::catalogue().namespaces().contains(steps[1]);
        if (steps.size() != 1 && !named && steps.value(2) != "svc"_L1)
            return {};
        return u"%1.%2.svc.cluster.local"_s.arg(steps.first(), steps.value(1, ns));
    }

    /// Rules that speak mTLS to a Service which leads out of the mesh from now on.
    void mesh(Replaceable &known, ServicePart &part, const QString &host, const ObjectName &on)
    {
        const QString service = serviceOf(host, on.ns);
        if (service.isEmpty())
            return;
        const QString group = u"networking.istio.io"_s, kind = u"DestinationRule"_s;
        for (const QJsonObject *rule : m_scene.all(group, kind)) {
            const ObjectName name = audit::nameOf(*rule);
            if (serviceOf((*rule)[u"spec"_s][u"host"_s].toString(), name.ns) != service
                || (*rule)[u"spec"_s][u"trafficPolicy"_s][u"tls"_s][u"mode"_s].toString() != u"ISTIO_MUTUAL")
                continue;
            const QJsonObject gone{{u"$patch"_s, u"delete"_s}, {u"apiVersion"_s, (*rule)[u"apiVersion"_s]},
                {u"kind"_s, kind}, {u"metadata"_s, metaOf(name.name, name.ns)}};
            part.patches.append(
                {u"The Service %1 leads out of the mesh from now on, where nobody answers Istio's mTLS."_s.arg(host),
                    mergeOf(name, gone), on});
            place(known, name, {});
        }
        if (!m_scene.saw(group, kind, on.ns) && m_scene.isLive())
            warn(u"mesh"_s,
                Words::tr(
                    "DestinationRules were not read: one that demands Istio's mTLS of %1 would break the connection.")
                    .arg(text::safe(host)),
                Words::tr("Remove it where there is one."));
    }

    /// What every database has to say; false: nothing can be written for it.
    bool isWhole(Consumer consumer, const Database &database, const QString &id, const QString &title, bool there)
    {
        if (database.host.isEmpty())
            refuse(id + u"-host"_s, Words::tr("The database of %1 has no host.").arg(title),
                Words::tr("Name its server."));
        else if (!isHost(database.host))
            refuse(id + u"-host"_s, Words::tr("The server of %1 is a name or an address alone.").arg(title),
                Words::tr("Leave out user, scheme, port and path."));
        if (const auto refused = refusedIn(consumer, database))
            refuse(id + u'-' + refused->first, refused->second, {});
        if (!there)
            isNotHere(database.origin, title);
        return there && isHost(database.host);
    }

    /// A service of a component that this cluster does not have.
    void isNotHere(const Origin &origin, const QString &component)
    {
        warn(u"not-there"_s,
            origin.text()
                + Words::tr("%1 is not installed here, so nothing is written for this service.").arg(component),
            Words::tr("Install it first, or leave the service out."));
    }

    // Databases

    void pipelines()
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

    /// The keys that each part of this version reads; of an unknown version those of all.
    QJsonObject mysqlKeys(const Database &database) const
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

    void katib()
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

    void registry()
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

    /// Where an argument stands (a JSON pointer), what stands there, and its value; empty where it is not given.
    static std::tuple<QString, QJsonValue, QString> argument(const Use &use, const QString &flag)
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

    void catalog()
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

    // Object store

    void objects()
    {
        Replaceable known{.what = What::Objects};
        ServicePart part{.folder = u"external-s3"_s,
            .about = u"An S3 store outside of the cluster for Pipelines. README.md says what no setting reaches."_s};
        const Use *server = use(u"ml-pipeline"_s);
        const Use *profiles = use(u"kubeflow-pipelines-profile-controller"_s);
        known.there = server;
        if (server)
            known.now = text::safe(variableIn(server->container, u"OBJECTSTORECONFIG_HOST"_s)[u"value"_s].toString());
        if (profiles) {
            limit(known, part,
                QT_TRANSLATE_NOOP("cairn::overlay",
                    "Profiles do not follow. The profile controller's script (sync.py) writes the bucket mlpipeline, "
                    "the address seaweedfs.kubeflow:9000 without TLS and a key "
                    "from the store's own IAM API into every profile, and no setting changes that: their runs keep "
                    "writing to the old store, "
                    "while the UI looks for artifacts in the new one."));
            limit(known, part,
                QT_TRANSLATE_NOOP("cairn::overlay",
                    "What works for profiles: keep the Service seaweedfs (minio-service up to 1.10) with its ports "
                    "9000, 8333 and 8111 in front of an S3 store that replicates "
                    "itself and has an IAM API; or replace sync.py in the ConfigMap "
                    "kubeflow-pipelines-profile-controller-code."));
        }
        limit(known, part,
            QT_TRANSLATE_NOOP(
                "cairn::overlay", "Artifacts that are there stay where they are: copy the bucket first."));
        if (!m_settings.objects)
            return done(known);
        known.chosen = true;
        const ObjectStore &store = *m_settings.objects;
        if (!isHost(store.host) || store.bucket.isEmpty()) {
            refuse(u"store"_s, Words::tr("The object store needs a server, a name or an address alone, and a bucket."),
                Words::tr("Name both."));
            return done(known);
        }
        if (!server) {
            isNotHere(store.origin, Words::tr("Pipelines"));
            return done(known);
        }
        if (profiles)
            warn(u"profiles"_s,
                Words::tr("Profiles do not follow to the new object store: the profile controller's script has the old "
                          "one written into it."),
                Words::tr("Keep the Service seaweedfs in front of an S3 store with IAM instead, or replace sync.py."));
        const QString port = QString::number(store.port);
        const QString secure = store.secure ? u"true"_s : u"false"_s;
        const QString secret = store.secret.isEmpty() ? kObjectsSecret : store.secret;

        QJsonArray env{variable(*server, u"OBJECTSTORECONFIG_HOST"_s, store.host),
            variable(*server, u"OBJECTSTORECONFIG_PORT"_s, port),
            variable(*server, u"OBJECTSTORECONFIG_SECURE"_s, secure)};
        if (!store.region.isEmpty())
            env.append(variable(*server, u"OBJECTSTORECONFIG_REGION"_s, store.region));
        for (const QJsonValue one : moved(*server, kObjectsSecret, secret))
            env.append(one);
        mergePod(known, part, *server, env);
        mergeMap(known, part, {{}, u"ConfigMap"_s, server->name.ns, kInstall}, {{u"bucketName"_s, store.bucket}},
            server->name);
        restart(known, part, *server);

        if (const Use *ui = use(u"ml-pipeline-ui"_s)) {
            const QString endpoint =
                store.port == (store.secure ? 443 : 80) ? store.host : bracketed(store.host) + u':' + port;
            env = {variable(*ui, u"MINIO_HOST"_s, store.host), variable(*ui, u"MINIO_NAMESPACE"_s, {}),
                variable(*ui, u"MINIO_PORT"_s, port), variable(*ui, u"MINIO_SSL"_s, secure),
                variable(*ui, u"AWS_S3_ENDPOINT"_s, endpoint), variable(*ui, u"AWS_SSL"_s, secure),
                secretVariable(*ui, u"AWS_ACCESS_KEY_ID"_s, secret, u"accesskey"_s),
                secretVariable(*ui, u"AWS_SECRET_ACCESS_KEY"_s, secret, u"secretkey"_s)};
            if (!store.region.isEmpty())
                env.append(variable(*ui, u"AWS_REGION"_s, store.region));
            for (const QJsonValue one : moved(*ui, kObjectsSecret, secret)) {
                // One variable is written once.
                if (std::ranges::none_of(env, [&](const QJsonValue &there) { return there[u"name"_s] == one[u"name"_s]; }))
                    env.append(one);
            }
            mergePod(known, part, *ui, env, {},
                u"Artifacts are minio:// or s3:// addresses, and the UI has variables for each. MINIO_NAMESPACE would be put behind the host."_s);
        }
        workflows(known, part, store, secret);
        launcher(known, part, store, secret, server->name);
        if (profiles) {
            env = {};
            // The script asks this address for the bucket mlpipeline, whatever the bucket is called.
            if (store.bucket == "mlpipeline"_L1)
                env.append(variable(*profiles, u"S3_ENDPOINT_URL"_s,
                    u"%1://%2:%3"_s.arg(store.secure ? u"https"_s : u"http"_s, bracketed(store.host), port)));
            if (!store.iam.isEmpty())
                env.append(variable(*profiles, u"AWS_ENDPOINT_URL"_s, store.iam));
            if (!store.region.isEmpty())
                env.append(variable(*profiles, u"AWS_REGION"_s, store.region));
            for (const QJsonValue one : moved(*profiles, kObjectsSecret, secret))
                env.append(one);
            mergePod(known, part, *profiles, env);
        }
        mesh(known, part, store.host, server->name);
        part.example = example({{}, u"Secret"_s, server->name.ns, secret},
            {{u"accesskey"_s, u"accesskey"_s}, {u"secretkey"_s, u"secretkey"_s}}, store.secret.isEmpty());
        done(known, part);
    }

    /// The whole text of a ConfigMap's key with some fields set, as a patch in a file of its own: kustomize takes the
    /// last line break from a patch inside of a kustomization.
    void mapText(Replaceable &known, ServicePart &part, const ObjectName &map, const QString &key,
        const QList<std::pair<manifest::Path, QJsonValue>> &fields, const QJsonObject &more, const ObjectName &on)
    {
        const QJsonObject *live = m_scene.find(map);
        manifest::Document text = manifest::Document::read((*live)[u"data"_s][key].toString(u"s3: {}\n"_s).toUtf8());
        for (const auto &[path, value] : fields) {
            if (!text.set(path, value)) {
                warn(u"text"_s,
                    Words::tr("%1 of %2 cannot be read, so it is left as it is.")
                        .arg(text::safe(key), audit::shown(map)),
                    Words::tr("Set the store in it by hand."));
                return;
            }
        }
        QJsonObject data = more;
        data.insert(key, QString::fromUtf8(text.text()));
        const QJsonObject patch{{u"apiVersion"_s, u"v1"_s}, {u"kind"_s, u"ConfigMap"_s},
            {u"metadata"_s, metaOf(map.name, map.ns)}, {u"data"_s, data}};
        const QString file = map.name + u".yaml"_s;
        part.files.insert(file,
            "# The whole text: a ConfigMap's key is replaced, not what is in it.\n" + manifest::toYaml(patch).toUtf8());
        part.patches.append({{}, {{u"path"_s, file}, {u"target"_s, targetOf(map)}}, on});
        place(known, map, data.keys());
    }

    void workflows(Replaceable &known, ServicePart &part, const ObjectStore &store, const QString &secret)
    {
        const Use *controller = use(u"workflow-controller"_s);
        if (!controller)
            return;
        const ObjectName map{{}, u"ConfigMap"_s, controller->name.ns, kWorkflowMap};
        const QJsonObject *live = m_scene.find(map);
        if (!live || (*live)[u"data"_s][u"artifactRepository"_s].toString().isEmpty()) {
            warn(u"workflows"_s,
                Words::tr("%1 was not read, so the artifacts of workflows keep their place.").arg(audit::shown(map)),
                Words::tr("Set s3.endpoint and s3.bucket in its artifactRepository."));
            return;
        }
        const auto s3 = [](const QString &field) { return manifest::Path{u"s3"_s, field}; };
        QList<std::pair<manifest::Path, QJsonValue>> fields{
            {s3(u"endpoint"_s), bracketed(store.host) + u':' + QString::number(store.port)},
            {s3(u"bucket"_s), store.bucket}, {s3(u"insecure"_s), !store.secure},
            {manifest::Path{u"s3"_s, u"accessKeySecret"_s, u"name"_s}, secret},
            {manifest::Path{u"s3"_s, u"secretKeySecret"_s, u"name"_s}, secret}};
        if (!store.region.isEmpty())
            fields.append({s3(u"region"_s), store.region});
        mapText(known, part, map, u"artifactRepository"_s, fields, {}, controller->name);
    }

    /// Of an installation for one user; for profiles the profile controller writes it.
    void launcher(
        Replaceable &known, ServicePart &part, const ObjectStore &store, const QString &secret, const ObjectName &on)
    {
        const ObjectName map{{}, u"ConfigMap"_s, on.ns, kLauncherMap};
        if (!m_scene.find(map))
            return;
        const auto at = [](const QString &field) { return manifest::Path{u"s3"_s, u"default"_s, field}; };
        const QJsonObject credentials{{u"fromEnv"_s, false},
            {u"secretRef"_s,
                QJsonObject{{u"secretName"_s, secret}, {u"accessKeyKey"_s, u"accesskey"_s},
                    {u"secretKeyKey"_s, u"secretkey"_s}}}};
        const QList<std::pair<manifest::Path, QJsonValue>> fields{
            {at(u"endpoint"_s), bracketed(store.host) + u':' + QString::number(store.port)},
            {at(u"disableSSL"_s), !store.secure},
            {at(u"region"_s), store.region.isEmpty() ? u"us-east-1"_s : store.region},
            {at(u"credentials"_s), credentials}};
        mapText(known, part, map, u"providers"_s, fields,
            {{u"defaultPipelineRoot"_s, u"s3://%1/v2/artifacts"_s.arg(store.bucket)}}, on);
    }

    // Brokers

    static QString classOf(const QJsonObject &broker)
    {
        return broker[u"metadata"_s][u"annotations"_s][u"eventing.knative.dev/broker.class"_s].toString();
    }

    void events()
    {
        Replaceable known{.what = What::Events, .there = m_eventing};
        ServicePart part{.switches = false};
        const QString group = u"eventing.knative.dev"_s;
        const QList<const QJsonObject *> brokers = m_scene.all(group, u"Broker"_s);
        QStringList now;
        for (const QJsonObject *one : brokers) {
            const QString kind = classOf(*one);
            now.append(u"%1 (%2)"_s.arg(audit::shown(audit::nameOf(*one)),
                kind.isEmpty() ? Words::tr("no class", "of a Broker") : text::safe(kind)));
        }
        if (now.size() > 3)
            now = now.mid(0, 3) + QStringList{Words::tr("and %n more", nullptr, static_cast<int>(now.size() - 3))};
        known.now = now.join(u", "_s);
        limit(known, part,
            QT_TRANSLATE_NOOP("cairn::overlay",
                "No Kubeflow control-plane component uses a message queue, so there is nothing to replace: they "
                "coordinate through the Kubernetes API and the database."));
        if (m_eventing) {
            limit(known, part,
                QT_TRANSLATE_NOOP("cairn::overlay",
                    "A broker matters for KServe's payload logging and for events of your own. In-memory channels lose "
                    "what they hold with their pod."));
            limit(known, part,
                QT_TRANSLATE_NOOP("cairn::overlay",
                    "A Broker keeps its class for life, so a new one is made beside the old one. Make each Trigger "
                    "anew for it, lead KServe's loggers (logger.url, or logger.defaultUrl in "
                    "inferenceservice-config) to its address, and then remove the old ones."));
        }
        if (!m_settings.events)
            return done(known);
        known.chosen = true;
        const EventBroker &wanted = *m_settings.events;
        const bool kafka = wanted.kind == EventBroker::Kind::Kafka;
        const QString kind = kafka ? u"Kafka"_s : u"RabbitMQBroker"_s;
        if (!m_eventing) {
            isNotHere(wanted.origin, u"Knative Eventing"_s);
            return done(known);
        }
        const bool whole = !wanted.ns.isEmpty() && !wanted.name.isEmpty()
            && (kafka ? !wanted.servers.isEmpty() && std::ranges::all_of(wanted.servers, isServer)
                      : !wanted.secret.isEmpty());
        if (!whole) {
            refuse(u"broker"_s,
                kafka ? Words::tr("A Kafka Broker needs a namespace, a name, and bootstrap servers as HOST:PORT.")
                      : Words::tr("A RabbitMQ Broker needs a namespace, a name, and a Secret."),
                Words::tr("Name all of them."));
            return done(known);
        }
        if (!use(kafka ? u"kafka-controller"_s : u"rabbitmq-broker-controller"_s))
            warn(u"no-class"_s, Words::tr("Nothing here serves Brokers of class %1.").arg(kind),
                kafka ? Words::tr("Install the Knative Kafka broker first.")
                      : Words::tr("Install the Knative RabbitMQ broker first."));
        const ObjectName name{group, u"Broker"_s, wanted.ns, wanted.name};
        if (const QJsonObject *there = m_scene.find(name); there && classOf(*there) != kind) {
            refuse(u"broker-class"_s,
                Words::tr("%1 is there with another class, and a Broker keeps its class for life.")
                    .arg(audit::shown(name)),
                Words::tr("Give the new one another name."));
            return done(known);
        }
        int triggers = 0;
        for (const QJsonObject *trigger : m_scene.all(group, u"Trigger"_s, wanted.ns))
            triggers += (*trigger)[u"spec"_s][u"broker"_s].toString() != wanted.name;
        if (triggers > 0)
            warn(u"triggers"_s,
                Words::tr("%n Trigger(s) in %1 stay with the Brokers they have.", nullptr, triggers)
                    .arg(text::safe(wanted.ns)),
                Words::tr("Make them anew for %1.").arg(text::safe(wanted.name)));
        part.folder = kafka ? u"eventing-kafka"_s : u"eventing-rabbitmq"_s;
        QJsonObject config;
        if (kafka) {
            part.about =
                u"A Kafka Broker for Knative Eventing, beside the Brokers that are there. Its events survive the loss of a server."_s;
            if (wanted.servers.size() < 3)
                warn(u"servers"_s,
                    Words::tr("Fewer than three bootstrap servers are named: while they are away, no new connection "
                              "finds the others."),
                    Words::tr("Name three."));
            if (wanted.replication < 3)
                warn(u"replication"_s,
                    Words::tr(
                        "With fewer than three replicas of each event the loss of a Kafka server can stop the Broker."),
                    Words::tr("Use a replication of 3."));
            const ObjectName map{{}, u"ConfigMap"_s, kEventing, kBrokerMap};
            QJsonObject data{{u"bootstrap.servers"_s, wanted.servers.join(u',')},
                {u"default.topic.partitions"_s, QString::number(wanted.partitions)},
                {u"default.topic.replication.factor"_s, QString::number(wanted.replication)}};
            if (!wanted.secret.isEmpty()) {
                data.insert(u"auth.secret.ref.name"_s, wanted.secret);
                data.insert(u"auth.secret.ref.namespace"_s, kEventing);
            }
            if (m_scene.find(map)) {
                mergeMap(known, part, map, data, {},
                    u"Of new Brokers: those that are there keep what they were made with."_s);
            } else {
                part.objects.append({{},
                    {{u"apiVersion"_s, u"v1"_s}, {u"kind"_s, u"ConfigMap"_s}, {u"metadata"_s, metaOf(map.name, map.ns)},
                        {u"data"_s, data}},
                    {}});
                place(known, map, data.keys());
            }
            config = {{u"apiVersion"_s, u"v1"_s}, {u"kind"_s, u"ConfigMap"_s}, {u"name"_s, kBrokerMap},
                {u"namespace"_s, kEventing}};
            if (!wanted.secret.isEmpty())
                part.example = example({{}, u"Secret"_s, kEventing, wanted.secret},
                    {{u"protocol"_s, u"protocol"_s}, {u"sasl.mechanism"_s, u"mechanism"_s}, {u"user"_s, u"username"_s},
                        {u"password"_s, u"password"_s}, {u"ca.crt"_s, u"ca"_s}},
                    false);
        } else {
            part.about =
                u"A RabbitMQ Broker for Knative Eventing, beside the Brokers that are there. Its queues are quorum queues: they survive the loss of a server."_s;
            const QString own = wanted.name + u"-config"_s;
            const QJsonObject spec{{u"queueType"_s, u"quorum"_s},
                {u"rabbitmqClusterReference"_s,
                    QJsonObject{{u"namespace"_s, wanted.ns},
                        {u"connectionSecret"_s, QJsonObject{{u"name"_s, wanted.secret}}}}}};
            part.objects.append({u"The Secret %1 has the keys username, password, uri and port."_s.arg(wanted.secret),
                {{u"apiVersion"_s, u"eventing.knative.dev/v1alpha1"_s}, {u"kind"_s, u"RabbitmqBrokerConfig"_s},
                    {u"metadata"_s, metaOf(own, wanted.ns)}, {u"spec"_s, spec}},
                {}});
            place(known, {group, u"RabbitmqBrokerConfig"_s, wanted.ns, own}, {u"queueType"_s});
            config = {{u"apiVersion"_s, u"eventing.knative.dev/v1alpha1"_s}, {u"kind"_s, u"RabbitmqBrokerConfig"_s},
                {u"name"_s, own}};
            part.example = example({{}, u"Secret"_s, wanted.ns, wanted.secret},
                {{u"username"_s, u"username"_s}, {u"password"_s, u"password"_s}, {u"uri"_s, u"uri"_s},
                    {u"port"_s, u"port"_s}},
                false);
        }
        if (!m_scene.find(name)) {
            QJsonObject meta = metaOf(wanted.name, wanted.ns);
            meta.insert(u"annotations"_s, QJsonObject{{u"eventing.knative.dev/broker.class"_s, kind}});
            part.objects.append({{},
                {{u"apiVersion"_s, group + u"/v1"_s}, {u"kind"_s, u"Broker"_s}, {u"metadata"_s, meta},
                    {u"spec"_s, QJsonObject{{u"config"_s, config}}}},
                {}});
        }
        place(known, name, {});
        done(known, part);
    }

    const audit::Scene &m_scene;
    const Settings &m_settings;
    const QVersionNumber m_version;
    QHash<QString, Use> m_uses; ///< by the catalogue's id
    bool m_eventing = false;
    ServiceParts m_result;
};

} // namespace

ServiceParts servicesOf(const audit::Scene &scene, const Settings &settings, const QVersionNumber &pipelines)
{
    return Outsider(scene, settings, pipelines).run();
}

bool switchesStore(const QString &file)
{
    static const QRegularExpression folder(
        u"(^|/)components/(external-mysql|katib-external-db|model-registry-db|model-catalog-db|external-s3)/[^/]+$"_s);
    return folder.match(file).hasMatch();
}

QString movedFrom(const QString &folder)
{
    return folder == "components/external-mysql"_L1 ? kPipelinesSecret : folder == "components/external-s3"_L1 ? kObjectsSecret : QString();
}

QList<std::pair<QString, QString>> serviceConfigMaps(const audit::Scene &scene)
{
    QList<std::pair<QString, QString>> maps;
    for (const QJsonObject *workload : scene.workloads()) {
        const Entry *entry = entryOf(*workload);
        const QString ns = audit::nameOf(*workload).ns;
        if (!entry)
            continue;
        if (entry->id == "ml-pipeline"_L1)
            maps += {{ns, kInstall}, {ns, kLauncherMap}};
        else if (entry->id == "workflow-controller"_L1)
            maps.append({ns, kWorkflowMap});
        else if (entry->id == "model-registry"_L1)
            maps.append({ns, kRegistryMap});
        else if (entry->id == "kafka-controller"_L1)
            maps.append({ns, kBrokerMap});
    }
    return maps;
}

QList<std::pair<QString, QString>> serviceKinds()
{
    return {{u"networking.istio.io"_s, u"DestinationRule"_s}, {u"eventing.knative.dev"_s, u"Broker"_s},
        {u"eventing.knative.dev"_s, u"Trigger"_s}};
}

} // namespace cairn::overlay
