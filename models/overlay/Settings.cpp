// SPDX-License-Identifier: GPL-3.0-or-later
#include "overlay/Settings.h"

#include "base/Text.h"
#include "manifest/Document.h"
#include "overlay/Facts.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonObject>
#include <QRegularExpression>
#include <algorithm>
#include <tuple>

using namespace Qt::StringLiterals;

namespace cairn::overlay {
namespace {

// A free tr() would be filed under another context by lupdate than it is looked up in.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::overlay)
};

using manifest::Document;
using manifest::Path;

constexpr auto kVersion = "overlay.cairn.console/v1";

QString engineWord(Database::Engine engine)
{
    return engine == Database::Engine::MySql ? u"mysql"_s : u"postgresql"_s;
}

QJsonObject spreadJson(const Spread &spread)
{
    return {{u"nodes"_s, spread.nodes}, {u"zones"_s, spread.zones}, {u"required"_s, spread.required}};
}

QJsonObject databaseJson(const Database &database)
{
    QJsonObject json{{u"engine"_s, engineWord(database.engine)}, {u"host"_s, database.host}, {u"port"_s, database.port}, {u"user"_s, database.user}};
    if (!database.database.isEmpty())
        json.insert(u"database"_s, database.database);
    if (!database.secret.isEmpty())
        json.insert(u"secret"_s, database.secret);
    if (!database.sslMode.isEmpty())
        json.insert(u"sslMode"_s, database.sslMode);
    if (database.connectionSeconds > 0)
        json.insert(u"connectionSeconds"_s, database.connectionSeconds);
    if (!database.ca.isEmpty())
        json.insert(u"ca"_s, database.ca);
    return json;
}

QJsonObject storeJson(const ObjectStore &store)
{
    QJsonObject json{
        {u"host"_s, store.host}, {u"port"_s, store.port}, {u"secure"_s, store.secure}, {u"bucket"_s, store.bucket}};
    for (const auto &[key, value] :
        {std::pair(u"region"_s, store.region), std::pair(u"secret"_s, store.secret), std::pair(u"iam"_s, store.iam)}) {
        if (!value.isEmpty())
            json.insert(key, value);
    }
    return json;
}

QJsonObject brokerJson(const EventBroker &broker)
{
    const bool kafka = broker.kind == EventBroker::Kind::Kafka;
    QJsonObject json{
        {u"broker"_s, kafka ? u"kafka"_s : u"rabbitmq"_s}, {u"namespace"_s, broker.ns}, {u"name"_s, broker.name}};
    if (kafka) {
        json.insert(u"servers"_s, QJsonArray::fromStringList(broker.servers));
        json.insert(u"partitions"_s, broker.partitions);
        json.insert(u"replication"_s, broker.replication);
    } else {
        json.insert(u"host"_s, broker.host);
        json.insert(u"port"_s, broker.port);
    }
    if (!broker.user.isEmpty())
        json.insert(u"user"_s, broker.user);
    if (!broker.secret.isEmpty())
        json.insert(u"secret"_s, broker.secret);
    return json;
}

QJsonObject choiceJson(const Choice &choice)
{
    QJsonObject json{{u"kind"_s, choice.kind}, {u"namespace"_s, choice.ns}, {u"name"_s, choice.name}};
    const auto put = [&](const QString &key, const std::optional<bool> &value) {
        if (value)
            json.insert(key, *value);
    };
    put(u"include"_s, choice.include);
    if (choice.replicas)
        json.insert(u"replicas"_s, *choice.replicas);
    if (choice.spread)
        json.insert(u"spread"_s, spreadJson(*choice.spread));
    put(u"leaderElection"_s, choice.leaderElection);
    put(u"pdb"_s, choice.budget);
    put(u"restartFast"_s, choice.restartFast);
    return json;
}

QJsonObject toJson(const Settings &settings)
{
    QJsonObject base;
    if (settings.base.kind == Base::Kind::PatchOnly)
        base.insert(u"patchOnly"_s, true);
    else
        base.insert(settings.base.kind == Base::Kind::Remote ? u"remote"_s : u"folder"_s, settings.base.where);
    QList<int> tiers(settings.tiers.begin(), settings.tiers.end());
    std::ranges::sort(tiers);
    QJsonArray tierList;
    for (const int tier : std::as_const(tiers))
        tierList.append(tier);
    QJsonObject json{{u"apiVersion"_s, QString::fromLatin1(kVersion)},
                     {u"kind"_s, u"Overlay"_s},
                     {u"base"_s, base},
                     {u"tiers"_s, tierList},
                     {u"replicas"_s, settings.replicas},
                     {u"spread"_s, spreadJson(settings.spread)},
                     {u"pdbs"_s, settings.budgets}};
    QJsonArray components;
    for (const Choice &choice : settings.choices)
        components.append(choiceJson(choice));
    if (!components.isEmpty())
        json.insert(u"components"_s, components);
    QJsonObject external;
    if (settings.pipelines)
        external.insert(u"pipelines"_s, databaseJson(*settings.pipelines));
    if (settings.katib)
        external.insert(u"katib"_s, databaseJson(*settings.katib));
    if (settings.registry)
        external.insert(u"modelRegistry"_s, databaseJson(*settings.registry));
    if (settings.catalog)
        external.insert(u"modelCatalog"_s, databaseJson(*settings.catalog));
    if (settings.objects)
        external.insert(u"objectStore"_s, storeJson(*settings.objects));
    if (settings.events)
        external.insert(u"events"_s, brokerJson(*settings.events));
    if (!external.isEmpty())
        json.insert(u"external"_s, external);
    return json;
}

constexpr qsizetype kMostFaults = 50;

/// Reads all of it, and keeps the places of what is wrong.
class Reader
{
public:
    Reader(const Document &document, const QString &file)
        : m_document(document)
        , m_file(file)
    {
    }

    Origin originOf(const Path &path) const
    {
        const manifest::Place place = m_document.at(path).place();
        return {m_file, place.line, place.column};
    }

    /// In the order of the file.
    std::optional<Error> error()
    {
        if (m_faults.isEmpty())
            return std::nullopt;
        std::ranges::stable_sort(
            m_faults, {}, [](const Fault &fault) { return std::pair(fault.place.line, fault.place.column); });
        Error error = Error::make(Error::Kind::Invalid, Words::tr("The settings cannot be used."), {},
            m_file.isEmpty() ? QString() : Words::tr("Correct %1.").arg(text::safe(m_file)));
        QStringList texts;
        for (const Fault &fault : std::as_const(m_faults)) {
            texts.append(fault.text);
            error.causes.append({u"%1:%2"_s.arg(fault.place.line).arg(fault.place.column), u"Position"_s, fault.text});
        }
        error.why = texts.join(u' ');
        return error;
    }

    void wrong(const Path &path, const QString &why)
    {
        if (m_faults.size() >= kMostFaults)
            return;
        const Fault fault{m_document.at(path).place(), originOf(path).text() + text::safe(path.text()) + u": "_s + why};
        const bool told = std::ranges::any_of(m_faults, [&](const Fault &one) { return one.text == fault.text; });
        if (!told)
            m_faults.append(fault);
    }

    void only(const Path &at, const QJsonObject &map, const QStringList &known)
    {
        for (auto it = map.begin(); it != map.end(); ++it) {
            if (known.contains(it.key()))
                continue;
            Path path = at;
            path.field(it.key());
            const QString word = it.key().toLower();
            if (word.contains("password"_L1) || word.contains("token"_L1) || word == "dsn"_L1)
                wrong(path, Words::tr("A password does not belong here: it is in a Secret, or typed in when it is written."));
            else
                wrong(path, Words::tr("There is no such setting."));
        }
    }

    template <class T>
    void boolean(const Path &at, const QJsonObject &map, const QString &key, T &into)
    {
        if (!map.contains(key))
            return;
        if (!map[key].isBool())
            wrong(in(at, key), Words::tr("It is true or false."));
        else
            into = map[key].toBool();
    }

    template <class T>
    void number(const Path &at, const QJsonObject &map, const QString &key, int least, int most, T &into)
    {
        if (!map.contains(key))
            return;
        const double value = map[key].toDouble(-1);
        if (!map[key].isDouble() || value != static_cast<int>(value) || value < least || value > most)
            wrong(in(at, key), Words::tr("It must be a whole number from %1 to %2.").arg(least).arg(most));
        else
            into = static_cast<int>(value);
    }

    void word(const Path &at, const QJsonObject &map, const QString &key, QString &into)
    {
        if (!map.contains(key))
            return;
        const QString value = map[key].toString();
        if (!map[key].isString() || value.size() > 500 || std::ranges::any_of(value, [](QChar c) { return !c.isPrint(); }))
            wrong(in(at, key), Words::tr("It must be one short line."));
        else
            into = value;
    }

    std::optional<Spread> spread(const Path &at, const QJsonValue &value)
    {
        if (!value.isObject()) {
            wrong(at, Words::tr("It says nodes, zones and required, each true or false."));
            return std::nullopt;
        }
        const QJsonObject map = value.toObject();
        only(at, map, {u"nodes"_s, u"zones"_s, u"required"_s});
        Spread spread;
        boolean(at, map, u"nodes"_s, spread.nodes);
        boolean(at, map, u"zones"_s, spread.zones);
        boolean(at, map, u"required"_s, spread.required);
        return spread;
    }

    std::optional<Database> database(const Path &at, const QJsonValue &value, services::Consumer consumer)
    {
        if (!value.isObject()) {
            wrong(at, Words::tr("It is a map with engine, host, port and user."));
            return std::nullopt;
        }
        const QJsonObject map = value.toObject();
        only(at, map, {u"engine"_s, u"host"_s, u"port"_s, u"user"_s, u"database"_s, u"secret"_s, u"sslMode"_s, u"connectionSeconds"_s, u"ca"_s});
        Database database;
        QString engine = consumer == services::Consumer::ModelCatalog ? u"postgresql"_s : u"mysql"_s;
        word(at, map, u"engine"_s, engine);
        if (engine != "mysql"_L1 && engine != "postgresql"_L1)
            wrong(in(at, u"engine"_s), Words::tr("It is mysql or postgresql."));
        database.engine = engine == "mysql"_L1 ? Database::Engine::MySql : Database::Engine::PostgreSql;
        database.port = engine == "mysql"_L1 ? 3306 : 5432;
        host(at, map, database.host);
        plainWord(at, map, u"user"_s, database.user);
        plainWord(at, map, u"database"_s, database.database);
        word(at, map, u"secret"_s, database.secret);
        word(at, map, u"sslMode"_s, database.sslMode);
        if (!database.sslMode.isEmpty()
            && !QStringList{u"disable"_s, u"require"_s, u"verify-full"_s}.contains(database.sslMode))
            wrong(in(at, u"sslMode"_s), Words::tr("It is disable, require or verify-full."));
        number(at, map, u"port"_s, 1, 65535, database.port);
        number(at, map, u"connectionSeconds"_s, 1, 86400, database.connectionSeconds);
        if (map.contains(u"ca"_s)) {
            database.ca = map[u"ca"_s].toString();
            if (database.ca.contains("PRIVATE KEY"_L1))
                wrong(
                    in(at, u"ca"_s), Words::tr("A private key does not belong here: it takes the certificate alone."));
            else if (!database.ca.contains("-----BEGIN CERTIFICATE-----"_L1) || database.ca.size() > 64 * 1024)
                wrong(in(at, u"ca"_s), Words::tr("It is a certificate in PEM, of at most 64 KiB."));
        }
        if (const auto refused = refusedIn(consumer, database))
            wrong(map.contains(refused->first) ? in(at, refused->first) : at, refused->second);
        return database;
    }

    std::optional<ObjectStore> store(const Path &at, const QJsonValue &value)
    {
        if (!value.isObject()) {
            wrong(at, Words::tr("It is a map with host, port and bucket."));
            return std::nullopt;
        }
        const QJsonObject map = value.toObject();
        only(at, map, {u"host"_s, u"port"_s, u"secure"_s, u"region"_s, u"bucket"_s, u"secret"_s, u"iam"_s});
        ObjectStore store;
        host(at, map, store.host);
        boolean(at, map, u"secure"_s, store.secure);
        store.port = store.secure ? 443 : 80;
        number(at, map, u"port"_s, 1, 65535, store.port);
        plainWord(at, map, u"region"_s, store.region);
        plainWord(at, map, u"bucket"_s, store.bucket);
        word(at, map, u"secret"_s, store.secret);
        word(at, map, u"iam"_s, store.iam);
        if (store.bucket.isEmpty())
            wrong(in(at, u"bucket"_s), Words::tr("It names the bucket."));
        if (!store.iam.isEmpty()
            && (!store.iam.startsWith("http"_L1) || !store.iam.contains("://"_L1) || store.iam.contains(u'@')))
            wrong(
                in(at, u"iam"_s), Words::tr("It is an address that begins with https:// or http://, without a user."));
        return store;
    }

    std::optional<EventBroker> broker(const Path &at, const QJsonValue &value)
    {
        if (!value.isObject()) {
            wrong(at, Words::tr("It is a map with broker, namespace and name."));
            return std::nullopt;
        }
        const QJsonObject map = value.toObject();
        QString kind;
        word(at, map, u"broker"_s, kind);
        if (kind != "kafka"_L1 && kind != "rabbitmq"_L1)
            wrong(map.contains(u"broker"_s) ? in(at, u"broker"_s) : at, Words::tr("The broker is kafka or rabbitmq."));
        const bool kafka = kind == "kafka"_L1;
        EventBroker broker;
        broker.kind = kafka ? EventBroker::Kind::Kafka : EventBroker::Kind::RabbitMq;
        const QStringList both{u"broker"_s, u"namespace"_s, u"name"_s, u"user"_s, u"secret"_s};
        only(at, map,
            both
                + (kafka ? QStringList{u"servers"_s, u"partitions"_s, u"replication"_s}
                         : QStringList{u"host"_s, u"port"_s}));
        plainWord(at, map, u"namespace"_s, broker.ns);
        plainWord(at, map, u"name"_s, broker.name);
        plainWord(at, map, u"user"_s, broker.user);
        word(at, map, u"secret"_s, broker.secret);
        if (broker.ns.isEmpty() || broker.name.isEmpty())
            wrong(at, Words::tr("A Broker has a namespace and a name."));
        if (!kafka) {
            host(at, map, broker.host);
            number(at, map, u"port"_s, 1, 65535, broker.port);
            if (broker.secret.isEmpty())
                wrong(at, Words::tr("A RabbitMQ Broker reads all it needs in a Secret: name it."));
            return broker;
        }
        const QJsonArray servers = map[u"servers"_s].toArray();
        if (servers.isEmpty() || servers.size() > 50)
            wrong(map.contains(u"servers"_s) ? in(at, u"servers"_s) : at,
                Words::tr("The bootstrap servers are a list of HOST:PORT."));
        for (qsizetype i = 0; i < servers.size() && i < 50; ++i) {
            if (!isServer(servers[i].toString()))
                wrong(in(at, u"servers"_s).item(static_cast<int>(i)), Words::tr("A bootstrap server is HOST:PORT."));
            broker.servers.append(servers[i].toString());
        }
        number(at, map, u"partitions"_s, 1, 1000, broker.partitions);
        number(at, map, u"replication"_s, 1, 9, broker.replication);
        return broker;
    }

    static Path in(Path at, const QString &key) { return at.field(key); }

private:
    void host(const Path &at, const QJsonObject &map, QString &into)
    {
        word(at, map, u"host"_s, into);
        if (map.value(u"host"_s).toString(map.contains(u"host"_s) ? u"?"_s : QString()).isEmpty())
            wrong(at, Words::tr("The host is missing."));
        else if (!into.isEmpty() && !isHost(into))
            wrong(in(at, u"host"_s), Words::tr("It is a name or an address alone, without user, scheme or path."));
    }

    /// A name that becomes a part of an address.
    void plainWord(const Path &at, const QJsonObject &map, const QString &key, QString &into)
    {
        static const QRegularExpression plain(u"\\A[A-Za-z0-9_.-]{0,253}\\z"_s);
        word(at, map, key, into);
        if (!plain.match(into).hasMatch())
            wrong(in(at, key), Words::tr("It takes letters, digits, dots, hyphens and underscores."));
    }

    struct Fault {
        manifest::Place place;
        QString text; ///< with its place
    };

    const Document &m_document;
    const QString m_file;
    QList<Fault> m_faults;
};

} // namespace

std::optional<std::pair<QString, QString>> refusedIn(services::Consumer consumer, const Database &database)
{
    using services::Consumer;
    const bool mysql = database.engine == Database::Engine::MySql;
    if (consumer == Consumer::ModelCatalog && mysql)
        return std::pair(u"engine"_s,
            Words::tr("The model catalogue elects its leader by a lock of PostgreSQL and takes nothing else."));
    if (consumer == Consumer::Pipelines && !database.database.isEmpty())
        return std::pair(u"database"_s, Words::tr("Pipelines keep the names of their three databases."));
    if (consumer != Consumer::Pipelines && database.connectionSeconds > 0)
        return std::pair(u"connectionSeconds"_s, Words::tr("Only Pipelines have a setting for it."));
    const bool encrypts = !database.sslMode.isEmpty() && database.sslMode != "disable"_L1;
    if (encrypts && (consumer == Consumer::Pipelines || (consumer == Consumer::Katib && mysql)))
        return std::pair(u"sslMode"_s,
            consumer == Consumer::Pipelines
                ? Words::tr("The three parts of Pipelines share no setting for TLS: they connect in plain text, and a "
                            "server that requires TLS refuses them.")
                : Words::tr("Katib has no setting for TLS to MySQL: it connects in plain text, and a server that "
                            "requires TLS refuses it."));
    if (!database.ca.isEmpty() && database.sslMode != "verify-full"_L1)
        return std::pair(u"ca"_s, Words::tr("A CA is looked at with sslMode verify-full alone."));
    return std::nullopt;
}

bool isHost(const QString &text)
{
    static const QRegularExpression name(u"\\A[A-Za-z0-9]([A-Za-z0-9._-]{0,252})\\z"_s);
    static const QRegularExpression address(u"\\A[0-9A-Fa-f:.]{2,45}\\z"_s);
    return name.match(text).hasMatch() || (text.contains("::"_L1) && address.match(text).hasMatch())
        || (text.count(u':') == 7 && address.match(text).hasMatch());
}

bool isServer(const QString &text)
{
    bool ok = false;
    const int port = text.section(u':', -1).toInt(&ok);
    QString host = text.section(u':', 0, -2);
    if (host.startsWith(u'[') && host.endsWith(u']'))
        host = host.mid(1, host.size() - 2);
    return ok && port >= 1 && port <= 65535 && isHost(host);
}

QString settingsFile()
{
    return u"cairn-overlay.yaml"_s;
}

QString Origin::text() const
{
    if (file.isEmpty())
        return {};
    const QString name = text::safe(file);
    return line > 0 ? u"%1:%2:%3: "_s.arg(name).arg(line).arg(column) : name + u": "_s;
}

const Choice *Settings::choiceOf(const audit::ObjectName &workload) const
{
    const auto it = std::ranges::find_if(choices, [&](const Choice &choice) {
        return choice.kind == workload.kind && choice.ns == workload.ns && choice.name == workload.name;
    });
    return it == choices.end() ? nullptr : &*it;
}

Settings defaultsFor(const audit::Scene &scene)
{
    Settings settings;
    const Places places = placesIn(scene);
    settings.spread.zones = places.zones >= 2;
    if (const QString release = releaseIn(scene); !release.isEmpty()) {
        // Up to 1.10 tags were called v1.10.0.
        const QVersionNumber version = components::versionOf(release);
        const QString tag = version.majorVersion() < 2 ? u"v%1.%2.%3"_s.arg(version.majorVersion()).arg(version.minorVersion()).arg(version.microVersion()) : release;
        settings.base = {Base::Kind::Remote, u"https://github.com/kubeflow/community-distribution//example?ref="_s + tag};
    }
    return settings;
}

Result<QByteArray> settingsText(const Settings &settings, const QByteArray &previous)
{
    const QJsonObject json = toJson(settings);
    if (!previous.isEmpty() && readSettings(previous)) {
        Document document = Document::read(previous);
        if (const Result<> edited = document.become(json); edited)
            return document.text();
    }
    Document document = Document::read("# What the overlay in this folder is generated from: cairnctl overlay new --settings FILE --out FOLDER.\n"
                                       "# It holds no passwords.\n"
                                       "apiVersion: overlay.cairn.console/v1\n"
                                       "kind: Overlay\n");
    // In the order in which people read it.
    for (const QString &key : {u"base"_s, u"tiers"_s, u"replicas"_s, u"spread"_s, u"pdbs"_s, u"components"_s, u"external"_s}) {
        if (!json.contains(key))
            continue;
        if (const Result<> set = document.set(Path{key}, json[key]); !set)
            return fail(set.error());
    }
    return document.text();
}

Result<Settings> readSettings(const QByteArray &text, const QString &file)
{
    const Document document = Document::read(text);
    if (!document.faults().isEmpty()) {
        Error error = document.error();
        error.what = Origin{file}.text() + error.what;
        return fail(error);
    }
    Reader reader(document, file);
    const QJsonObject root = document.json().toObject();
    if (document.count() > 1)
        return fail(Error::Kind::Invalid,
            Origin{file}.text()
                + Words::tr("It holds %1 YAML documents, and overlay settings are one.").arg(document.count()),
            {}, Words::tr("Take out the others, and the line --- between them."));
    if (document.count() != 1 || !document.json().isObject() || root[u"apiVersion"_s].toString() != QLatin1StringView(kVersion) || root[u"kind"_s].toString() != u"Overlay")
        return fail(Error::Kind::Invalid, Origin{file}.text() + Words::tr("This is not an overlay settings file."), Words::tr("They begin with apiVersion: %1 and kind: Overlay.").arg(QLatin1StringView(kVersion)),
                    Words::tr("Write some with: cairnctl overlay new --out FOLDER"));
    reader.only({}, root, {u"apiVersion"_s, u"kind"_s, u"base"_s, u"tiers"_s, u"replicas"_s, u"spread"_s, u"pdbs"_s, u"components"_s, u"external"_s});
    Settings settings;
    const Path baseAt{u"base"_s};
    const QJsonObject base = root[u"base"_s].toObject();
    reader.only(baseAt, base, {u"remote"_s, u"folder"_s, u"patchOnly"_s});
    if (base.size() > 1 || (root.contains(u"base"_s) && base.isEmpty()))
        reader.wrong(baseAt, Words::tr("It is one of remote, folder and patchOnly."));
    for (const auto &[key, kind] : {std::pair(u"remote"_s, Base::Kind::Remote), std::pair(u"folder"_s, Base::Kind::Folder)}) {
        if (!base.contains(key))
            continue;
        settings.base.kind = kind;
        reader.word(baseAt, base, key, settings.base.where);
        if (base[key].isString() && base[key].toString().isEmpty())
            reader.wrong(baseAt, Words::tr("It says where the base is."));
        if (kind == Base::Kind::Folder && settings.base.where.startsWith(u'/'))
            reader.wrong(Path{u"base"_s, key}, Words::tr("kustomize takes no absolute path: name the folder from where the overlay is."));
        if (kind == Base::Kind::Remote && !settings.base.where.isEmpty() && !settings.base.where.contains("ref="_L1))
            reader.wrong(Path{u"base"_s, key}, Words::tr("An address without ?ref=TAG builds something else tomorrow."));
        if (settings.base.where.contains(u'@') && settings.base.where.contains("://"_L1))
            reader.wrong(Path{u"base"_s, key}, Words::tr("A user or a password does not belong in the address."));
    }
    if (root.contains(u"tiers"_s)) {
        settings.tiers.clear();
        if (!root[u"tiers"_s].isArray())
            reader.wrong(Path{u"tiers"_s}, Words::tr("It is a list of numbers from 1 to 4."));
        for (const QJsonValue tier : root[u"tiers"_s].toArray()) {
            if (tier.toInt() < 1 || tier.toInt() > 4)
                reader.wrong(Path{u"tiers"_s}, Words::tr("It is a list of numbers from 1 to 4."));
            settings.tiers.insert(tier.toInt());
        }
    }
    reader.number({}, root, u"replicas"_s, 2, 9, settings.replicas);
    reader.boolean({}, root, u"pdbs"_s, settings.budgets);
    if (root.contains(u"spread"_s))
        settings.spread = reader.spread(Path{u"spread"_s}, root[u"spread"_s]).value_or(Spread());
    if (root.contains(u"components"_s) && !root[u"components"_s].isArray())
        reader.wrong(Path{u"components"_s}, Words::tr("It is a list."));
    const QJsonArray components = root[u"components"_s].toArray();
    for (qsizetype i = 0; i < components.size() && i < 2000; ++i) {
        const Path at = Path{u"components"_s}.item(static_cast<int>(i));
        const QJsonObject map = components[i].toObject();
        reader.only(at, map, {u"kind"_s, u"namespace"_s, u"name"_s, u"include"_s, u"replicas"_s, u"spread"_s, u"leaderElection"_s, u"pdb"_s, u"restartFast"_s});
        Choice choice;
        choice.kind = u"Deployment"_s;
        reader.word(at, map, u"kind"_s, choice.kind);
        reader.word(at, map, u"namespace"_s, choice.ns);
        reader.word(at, map, u"name"_s, choice.name);
        if (choice.name.isEmpty() || choice.ns.isEmpty() || (choice.kind != "Deployment"_L1 && choice.kind != "StatefulSet"_L1))
            reader.wrong(at, Words::tr("A component has a namespace, a name, and the kind Deployment or StatefulSet."));
        reader.boolean(at, map, u"include"_s, choice.include);
        reader.number(at, map, u"replicas"_s, 1, 100, choice.replicas);
        if (map.contains(u"spread"_s))
            choice.spread = reader.spread(Path(at).field(u"spread"_s), map[u"spread"_s]);
        reader.boolean(at, map, u"leaderElection"_s, choice.leaderElection);
        reader.boolean(at, map, u"pdb"_s, choice.budget);
        reader.boolean(at, map, u"restartFast"_s, choice.restartFast);
        if (settings.choiceOf({u"apps"_s, choice.kind, choice.ns, choice.name}))
            reader.wrong(at, Words::tr("It is there twice."));
        choice.origin = reader.originOf(at);
        settings.choices.append(choice);
    }
    std::ranges::sort(settings.choices, [](const Choice &a, const Choice &b) { return std::tie(a.kind, a.ns, a.name) < std::tie(b.kind, b.ns, b.name); });
    const QJsonObject external = root[u"external"_s].toObject();
    using services::Consumer;
    reader.only(Path{u"external"_s}, external,
        {u"pipelines"_s, u"katib"_s, u"modelRegistry"_s, u"modelCatalog"_s, u"objectStore"_s, u"events"_s});
    const auto at = [](const QString &key) { return Path{u"external"_s, key}; };
    const std::tuple<QString, Consumer, std::optional<Database> *> databases[]{
        {u"pipelines"_s, Consumer::Pipelines, &settings.pipelines}, {u"katib"_s, Consumer::Katib, &settings.katib},
        {u"modelRegistry"_s, Consumer::ModelRegistry, &settings.registry},
        {u"modelCatalog"_s, Consumer::ModelCatalog, &settings.catalog}};
    for (const auto &[key, consumer, into] : databases) {
        if (external.contains(key))
            *into = reader.database(at(key), external[key], consumer);
        if (*into)
            (*into)->origin = reader.originOf(at(key));
    }
    if (external.contains(u"objectStore"_s))
        settings.objects = reader.store(at(u"objectStore"_s), external[u"objectStore"_s]);
    if (settings.objects)
        settings.objects->origin = reader.originOf(at(u"objectStore"_s));
    if (external.contains(u"events"_s))
        settings.events = reader.broker(at(u"events"_s), external[u"events"_s]);
    if (settings.events)
        settings.events->origin = reader.originOf(at(u"events"_s));
    if (std::optional<Error> error = reader.error())
        return fail(*std::move(error));
    return settings;
}

} // namespace cairn::overlay
