// SPDX-License-Identifier: GPL-3.0-or-later
#include "components/Catalogue.h"

#include "domain/Workload.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSet>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::components {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::components)
};

/// Reads one object and remembers the first thing that is wrong with it.
class Fields
{
public:
    Fields(const QString &of, const QJsonValue &value, QString *problem, const QSet<QString> &known)
        : m_of(of)
        , m_object(value.toObject())
        , m_problem(problem)
    {
        if (!value.isObject())
            complain(u"an object"_s, u"is something else"_s);
        for (const QString &key : m_object.keys()) {
            if (!known.contains(key))
                complain(key, u"is not known"_s);
        }
    }
    bool has(const QString &key) const { return m_object.contains(key); }
    QString text(const QString &key, bool optional = false)
    {
        const QJsonValue value = m_object.value(key);
        if (optional && value.isUndefined())
            return {};
        if (!value.isString() || value.toString().isEmpty())
            complain(key, u"is no text"_s);
        return value.toString();
    }
    QStringList texts(const QString &key, bool mayBeEmpty = false)
    {
        QStringList list;
        const QJsonValue value = m_object.value(key);
        if (!value.isArray() && !value.isUndefined())
            complain(key, u"is no list"_s);
        for (const QJsonValue item : value.toArray()) {
            if (!item.isString())
                complain(key, u"holds something else than text"_s);
            list.append(item.toString());
        }
        if (!mayBeEmpty && list.isEmpty())
            complain(key, u"is empty"_s);
        return list;
    }
    QMap<QString, QString> map(const QString &key)
    {
        QMap<QString, QString> map;
        const QJsonValue value = m_object.value(key);
        if (!value.isObject() && !value.isUndefined())
            complain(key, u"is no object"_s);
        const QJsonObject object = value.toObject();
        for (auto it = object.begin(); it != object.end(); ++it) {
            if (!it.value().isString() || it.value().toString().isEmpty())
                complain(key, u"holds something else than text"_s);
            map.insert(it.key(), it.value().toString());
        }
        return map;
    }
    bool flag(const QString &key)
    {
        const QJsonValue value = m_object.value(key);
        if (!value.isBool() && !value.isUndefined())
            complain(key, u"is neither true nor false"_s);
        return value.toBool();
    }
    QJsonArray array(const QString &key)
    {
        const QJsonValue value = m_object.value(key);
        if (!value.isArray() && !value.isUndefined())
            complain(key, u"is no list"_s);
        return value.toArray();
    }
    template <class T>
    T word(const QString &key, const QHash<QString, T> &words)
    {
        const QString text = this->text(key);
        if (!words.contains(text))
            complain(key, u"is not known"_s);
        return words.value(text);
    }
    QVersionNumber version(const QString &key)
    {
        const QVersionNumber version = versionOf(text(key));
        if (version.isNull())
            complain(key, u"is no version"_s);
        return version;
    }
    QJsonValue value(const QString &key) const { return m_object.value(key); }
    void complain(const QString &key, const QString &why)
    {
        if (m_problem->isEmpty())
            *m_problem = u"%1: \"%2\" %3"_s.arg(m_of, key, why);
    }

private:
    const QString m_of;
    const QJsonObject m_object;
    QString *m_problem;
};

const QHash<QString, Scaling> &scalingWords()
{
    static const QHash<QString, Scaling> words{{u"stateless"_s, Scaling::Stateless},
                                               {u"leader"_s, Scaling::Leader},
                                               {u"leader-off"_s, Scaling::LeaderOff},
                                               {u"never"_s, Scaling::Never},
                                               {u"data"_s, Scaling::Data},
                                               {u"quorum"_s, Scaling::Quorum},
                                               {u"node-agent"_s, Scaling::NodeAgent},
                                               {u"unknown"_s, Scaling::Unknown}};
    return words;
}

Election readElection(const QString &id, const QJsonValue &value, QString *problem)
{
    static const QHash<QString, Election::By> ways{{u"flag"_s, Election::By::Flag},
                                                   {u"env"_s, Election::By::Env},
                                                   {u"configMap"_s, Election::By::ConfigMap},
                                                   {u"builtIn"_s, Election::By::BuiltIn},
                                                   {u"nowhere"_s, Election::By::Nowhere}};
    Fields fields(id, value, problem,
                  {u"by"_s, u"container"_s, u"setting"_s, u"value"_s, u"configMap"_s, u"key"_s, u"serviceAccount"_s, u"lacks"_s});
    Election election;
    election.by = fields.word(u"by"_s, ways);
    const bool onContainer = election.by == Election::By::Flag || election.by == Election::By::Env;
    const bool inMap = election.by == Election::By::ConfigMap;
    election.container = fields.text(u"container"_s, !onContainer);
    election.setting = fields.text(u"setting"_s, !onContainer && !inMap);
    election.value = fields.text(u"value"_s, !onContainer && !inMap);
    election.configMap = fields.text(u"configMap"_s, !inMap);
    election.key = fields.text(u"key"_s, !inMap);
    election.serviceAccount = fields.text(u"serviceAccount"_s, !fields.has(u"lacks"_s));
    for (const QJsonValue item : fields.array(u"lacks"_s)) {
        Fields rule(id, item, problem, {u"groups"_s, u"resources"_s, u"verbs"_s});
        election.lacks.append({rule.texts(u"groups"_s), rule.texts(u"resources"_s), rule.texts(u"verbs"_s)});
    }
    return election;
}

QList<Webhook> readWebhooks(const QString &id, const QJsonArray &array, QString *problem)
{
    static const QHash<QString, Webhook::Policy> policies{{u"Fail"_s, Webhook::Policy::Fail},
                                                          {u"Ignore"_s, Webhook::Policy::Ignore},
                                                          {u"Conversion"_s, Webhook::Policy::Conversion}};
    QList<Webhook> webhooks;
    for (const QJsonValue item : array) {
        Fields fields(id, item, problem, {u"service"_s, u"policy"_s, u"resources"_s, u"podsIn"_s});
        webhooks.append({fields.text(u"service"_s), fields.word(u"policy"_s, policies), fields.texts(u"resources"_s),
                         fields.texts(u"podsIn"_s, true)});
    }
    return webhooks;
}

QList<Connection> readConnections(const QString &id, const QJsonArray &array, QString *problem)
{
    static const QHash<QString, Setting::In> places{{u"ConfigMap"_s, Setting::In::ConfigMap},
                                                    {u"Secret"_s, Setting::In::Secret},
                                                    {u"env"_s, Setting::In::Env},
                                                    {u"argument"_s, Setting::In::Argument}};
    QList<Connection> connections;
    for (const QJsonValue item : array) {
        Fields fields(id, item, problem, {u"to"_s, u"engines"_s, u"database"_s, u"settings"_s});
        Connection connection{fields.text(u"to"_s), fields.texts(u"engines"_s), fields.text(u"database"_s, true), {}};
        for (const QJsonValue one : fields.array(u"settings"_s)) {
            Fields inner(id, one, problem, {u"role"_s, u"in"_s, u"object"_s, u"key"_s, u"container"_s});
            Setting setting{inner.text(u"role"_s), inner.word(u"in"_s, places), {}, inner.text(u"key"_s), {}};
            const bool ofObject = setting.in == Setting::In::ConfigMap || setting.in == Setting::In::Secret;
            setting.object = inner.text(u"object"_s, !ofObject);
            setting.container = inner.text(u"container"_s, ofObject);
            connection.settings.append(setting);
        }
        connections.append(connection);
    }
    return connections;
}

/// One range of a row: the row with what changed since put over it.
Entry readEntry(const QJsonObject &object, QString *problem)
{
    const QString id = object.value(u"id"_s).toString();
    Fields fields(id, object, problem,
                  {u"id"_s, u"group"_s, u"product"_s, u"namespaces"_s, u"perProfile"_s, u"kind"_s, u"name"_s, u"otherNames"_s, u"labels"_s, u"containers"_s,
                   u"images"_s, u"scaling"_s, u"reason"_s, u"lease"_s, u"election"_s, u"autoscaler"_s, u"dependsOn"_s, u"startsAfter"_s,
                   u"stops"_s, u"webhook"_s, u"webhooks"_s, u"storage"_s, u"connections"_s, u"replicas"_s, u"gone"_s});
    Entry entry;
    entry.id = fields.text(u"id"_s);
    entry.group = fields.text(u"group"_s);
    entry.product = fields.text(u"product"_s);
    entry.gone = fields.flag(u"gone"_s);
    entry.namespaces = fields.texts(u"namespaces"_s);
    entry.perProfile = fields.flag(u"perProfile"_s);
    entry.kind = fields.text(u"kind"_s);
    static const QStringList kinds{u"Deployment"_s, u"StatefulSet"_s, u"DaemonSet"_s, u"StaticPod"_s};
    if (!kinds.contains(entry.kind))
        fields.complain(u"kind"_s, u"is none of "_s + kinds.join(u", "_s));
    entry.name = fields.text(u"name"_s);
    entry.names = QStringList{entry.name} + fields.texts(u"otherNames"_s, true);
    entry.labels = fields.map(u"labels"_s);
    entry.containers = fields.texts(u"containers"_s);
    entry.images = fields.texts(u"images"_s, true);
    entry.scaling = fields.word(u"scaling"_s, scalingWords());
    if ((entry.scaling == Scaling::NodeAgent) != (entry.kind == "DaemonSet"_L1))
        fields.complain(u"scaling"_s, u"does not fit the kind"_s);
    entry.reason = fields.text(u"reason"_s);
    if (fields.has(u"lease"_s)) {
        Fields inner(id, fields.value(u"lease"_s), problem, {u"namespace"_s, u"names"_s, u"onByDefault"_s});
        entry.lease = LeaseRule{inner.text(u"namespace"_s, true), inner.texts(u"names"_s), inner.flag(u"onByDefault"_s)};
    }
    if (fields.has(u"election"_s)) {
        entry.election = readElection(id, fields.value(u"election"_s), problem);
        if (!entry.election->container.isEmpty() && !entry.containers.contains(entry.election->container))
            fields.complain(u"election"_s, u"names a container that is not there"_s);
    }
    entry.autoscaler = fields.text(u"autoscaler"_s, true);
    entry.dependsOn = fields.texts(u"dependsOn"_s, true);
    entry.startsAfter = fields.texts(u"startsAfter"_s, true);
    entry.stops = fields.text(u"stops"_s);
    entry.webhook = fields.text(u"webhook"_s, true);
    entry.webhooks = readWebhooks(id, fields.array(u"webhooks"_s), problem);
    for (const QJsonValue item : fields.array(u"storage"_s)) {
        Fields inner(id, item, problem, {u"claim"_s, u"size"_s, u"engine"_s});
        entry.storage.append({inner.text(u"claim"_s), inner.text(u"size"_s, true), inner.text(u"engine"_s)});
    }
    entry.connections = readConnections(id, fields.array(u"connections"_s), problem);
    const QJsonValue replicas = fields.value(u"replicas"_s);
    entry.shippedReplicas = replicas.toInt(replicas.isUndefined() ? 1 : 0);
    if (entry.shippedReplicas < 1)
        fields.complain(u"replicas"_s, u"is no number above zero"_s);
    return entry;
}

/// A row and what changed "since": each change is put over what was before; null takes a field away.
QList<Entry> readRanges(const QJsonValue &value, QString *problem)
{
    QJsonObject row = value.toObject();
    const QJsonValue since = row.take(u"since"_s);
    QList<Entry> ranges{readEntry(row, problem)};
    Fields outer(ranges.first().id, QJsonObject{{u"since"_s, since.isUndefined() ? QJsonArray() : since}}, problem, {u"since"_s});
    for (const QJsonValue item : outer.array(u"since"_s)) {
        QJsonObject change = item.toObject();
        Fields fields(ranges.first().id, QJsonObject{{u"version"_s, change.take(u"version"_s)}}, problem, {u"version"_s});
        const QVersionNumber version = fields.version(u"version"_s);
        if (version <= ranges.last().from)
            fields.complain(u"version"_s, u"is not after the one before"_s);
        for (auto it = change.begin(); it != change.end(); ++it) {
            if (it.key() == "id"_L1 || it.key() == "group"_L1 || it.key() == "product"_L1 || it.key() == "kind"_L1 || it.key() == "namespaces"_L1)
                fields.complain(it.key(), u"cannot change with the version"_s);
            if (it.value().isNull())
                row.remove(it.key());
            else
                row.insert(it.key(), it.value());
        }
        ranges.last().until = version;
        Entry entry = readEntry(row, problem);
        entry.from = version;
        ranges.append(entry);
    }
    QStringList names;
    for (auto it = ranges.crbegin(); it != ranges.crend(); ++it) {
        for (const QString &name : it->names) {
            if (!names.contains(name))
                names.append(name);
        }
    }
    QList<QMap<QString, QString>> labels;
    for (const Entry &entry : std::as_const(ranges)) {
        if (!entry.labels.isEmpty() && !labels.contains(entry.labels))
            labels.append(entry.labels);
    }
    for (Entry &entry : ranges) {
        entry.names = names;
        entry.allLabels = labels;
    }
    return ranges;
}

/// The id of an entry that depends on itself through others; empty where there is none.
QString circle(const QHash<QString, QStringList> &next)
{
    // Depth first without recursion: what is being visited and has not been left is a circle when it is met again.
    QSet<QString> done;
    for (auto it = next.begin(); it != next.end(); ++it) {
        QList<std::pair<QString, qsizetype>> path{{it.key(), 0}};
        QSet<QString> open{it.key()};
        while (!path.isEmpty()) {
            auto &[id, at] = path.last();
            const QStringList &ids = next.find(id).value();
            if (done.contains(id) || at == ids.size()) {
                done.insert(id);
                open.remove(id);
                path.removeLast();
                continue;
            }
            const QString &child = ids.at(at++);
            if (open.contains(child))
                return child;
            open.insert(child);
            path.append({child, 0});
        }
    }
    return {};
}

QString checkReferences(const Catalogue &catalogue)
{
    QHash<QString, QStringList> next;
    for (const QList<Entry> &ranges : catalogue.ranges) {
        for (const Entry &entry : ranges) {
            QStringList ids = entry.dependsOn + entry.startsAfter;
            for (const Connection &connection : entry.connections)
                ids.append(connection.to);
            for (const QString &id : std::as_const(ids)) {
                if (!catalogue.ranges.contains(id))
                    return u"%1 depends on \"%2\", which is not there"_s.arg(entry.id, id);
            }
            next[entry.id] += ids;
        }
    }
    const QString turning = circle(next);
    if (!turning.isEmpty())
        return u"%1 depends on itself"_s.arg(turning);
    for (const Release &release : catalogue.releases) {
        for (const QString &id : release.installs + release.offers) {
            if (!catalogue.ranges.contains(id))
                return u"%1 names \"%2\", which is not there"_s.arg(release.name, id);
        }
        for (auto it = release.versions.begin(); it != release.versions.end(); ++it) {
            if (!catalogue.product(it.key()))
                return u"%1: there is no product \"%2\""_s.arg(release.name, it.key());
            if (versionOf(it.value()).isNull())
                return u"%1: \"%2\" is no version"_s.arg(release.name, it.value());
        }
    }
    for (const FormerName &former : catalogue.formerNames) {
        if (former.name != former.name.toLower())
            return u"%1 is not lower case"_s.arg(former.name);
        if (!former.now.isEmpty() && !catalogue.ranges.contains(former.now))
            return u"%1: there is no \"%2\""_s.arg(former.name, former.now);
    }
    return {};
}

QString check(const Catalogue &catalogue)
{
    QSet<QString> ids;
    QSet<QString> workloads;
    qsizetype group = 0;
    for (const Entry &entry : catalogue.entries) {
        if (ids.contains(entry.id))
            return u"%1 is there twice"_s.arg(entry.id);
        ids.insert(entry.id);
        if (!catalogue.product(entry.product))
            return u"%1: there is no product \"%2\""_s.arg(entry.id, entry.product);
        const auto of = std::ranges::find(catalogue.groups, entry.group, &Group::id) - catalogue.groups.begin();
        if (of == catalogue.groups.size())
            return u"%1: there is no group \"%2\""_s.arg(entry.id, entry.group);
        if (of < group)
            return u"%1 is not with its group"_s.arg(entry.id);
        group = of;
        for (const QString &ns : entry.namespaces) {
            for (const QString &name : entry.names) {
                const QString key = entry.kind + u'/' + ns + u'/' + name;
                if (workloads.contains(key))
                    return u"%1 is two components"_s.arg(key);
                workloads.insert(key);
            }
        }
    }
    return checkReferences(catalogue);
}

QJsonObject parsed(const QByteArray &json, QString *problem)
{
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson(json, &error);
    if (error.error != QJsonParseError::NoError && problem->isEmpty())
        *problem = error.errorString();
    return document.object();
}

Release readRelease(const QByteArray &json, QString *problem)
{
    const QJsonObject object = parsed(json, problem);
    Fields fields(object.value(u"release"_s).toString(), object, problem, {u"release"_s, u"versions"_s, u"installs"_s, u"offers"_s});
    return {fields.text(u"release"_s), fields.map(u"versions"_s), fields.texts(u"installs"_s), fields.texts(u"offers"_s, true)};
}

/// Which of an entry's ranges counts.
const Entry *inRange(const QList<Entry> &ranges, const QVersionNumber &version)
{
    const Entry *found = &ranges.first();
    for (const Entry &entry : ranges) {
        if (entry.from <= version)
            found = &entry;
    }
    return found;
}

} // namespace

QString scalingWord(Scaling scaling)
{
    return scalingWords().key(scaling);
}

bool Entry::isLabelled(const QMap<QString, QString> &podLabels) const
{
    return std::ranges::any_of(allLabels, [&](const QMap<QString, QString> &wanted) {
        LabelSelector selector;
        selector.present = true;
        selector.labels = wanted;
        return selector.matches(podLabels);
    });
}

const Entry *Catalogue::find(const QString &id) const
{
    const auto it = std::ranges::find(entries, id, &Entry::id);
    return it == entries.end() ? nullptr : &*it;
}

const Entry *Catalogue::find(const QString &id, const QVersionNumber &version) const
{
    if (version.isNull())
        return find(id);
    const auto it = ranges.constFind(id);
    return it == ranges.cend() ? nullptr : inRange(*it, version);
}

const Entry *Catalogue::match(const QString &kind, const QString &ns, const QString &name, const QMap<QString, QString> &podLabels) const
{
    const Entry *byLabels = nullptr;
    bool several = false;
    for (const Entry &entry : entries) {
        if (entry.kind != kind || !entry.namespaces.contains(ns))
            continue;
        if (entry.names.contains(name))
            return &entry;
        if (entry.isLabelled(podLabels)) {
            several |= byLabels != nullptr;
            byLabels = &entry;
        }
    }
    return several ? nullptr : byLabels;
}

const Release *Catalogue::release(const QString &name) const
{
    const auto it = std::ranges::find(releases, name, &Release::name);
    return it == releases.end() ? nullptr : &*it;
}

const Product *Catalogue::product(const QString &id) const
{
    const auto it = std::ranges::find(products, id, &Product::id);
    return it == products.end() ? nullptr : &*it;
}

const FormerName *Catalogue::formerName(const QString &typed) const
{
    const QString wanted = typed.trimmed().toLower();
    // Two letters are the beginning of too much.
    if (wanted.size() < 3)
        return nullptr;
    for (const bool whole : {true, false}) {
        for (const FormerName &former : formerNames) {
            if (whole ? former.name == wanted : former.name.startsWith(wanted))
                return &former;
        }
    }
    return nullptr;
}

QStringList Catalogue::namespaces() const
{
    QSet<QString> names;
    for (const Entry &entry : entries)
        names.unite(QSet<QString>(entry.namespaces.begin(), entry.namespaces.end()));
    QStringList sorted(names.begin(), names.end());
    sorted.sort();
    return sorted;
}

QStringList Catalogue::homes() const
{
    QStringList own = namespaces();
    own.removeIf([this](const QString &ns) { return sharedNamespaces.contains(ns); });
    return own;
}

QStringList Catalogue::leaseNamespaces() const
{
    QSet<QString> names;
    for (const Entry &entry : entries) {
        if (!entry.lease)
            continue;
        if (entry.lease->ns.isEmpty())
            names.unite(QSet<QString>(entry.namespaces.begin(), entry.namespaces.end()));
        else
            names.insert(entry.lease->ns);
    }
    QStringList sorted(names.begin(), names.end());
    sorted.sort();
    return sorted;
}

QVersionNumber versionOf(const QString &text)
{
    qsizetype end = 0;
    const QVersionNumber version = QVersionNumber::fromString(text.startsWith(u'v') ? QStringView(text).sliced(1) : QStringView(text), &end);
    const QStringView rest = QStringView(text).sliced(end + (text.startsWith(u'v') ? 1 : 0));
    // "1" and "20240101" are no versions of anything that is catalogued; "1.14.0-debian" and "2.17.0-rc.1" are.
    if (version.segmentCount() < 2 || (!rest.isEmpty() && !QStringView(u"-+_").contains(rest.front())))
        return {};
    return version;
}

QVersionNumber versionOfImage(const QString &image)
{
    const QString last = image.section(u'/', -1).section(u'@', 0, 0);
    return last.contains(u':') ? versionOf(last.section(u':', 1)) : QVersionNumber();
}

QString repositoryOfImage(const QString &image)
{
    return image.section(u'@', 0, 0).section(u'/', -1).section(u':', 0, 0);
}

Result<Catalogue> readCatalogue(const QByteArray &components, const QList<QByteArray> &releases)
{
    QString problem;
    const QJsonObject document = parsed(components, &problem);
    Catalogue catalogue;
    Fields fields(u"components"_s, document, &problem, {u"groups"_s, u"products"_s, u"components"_s, u"sharedNamespaces"_s, u"uncatalogued"_s, u"formerNames"_s});
    catalogue.sharedNamespaces = fields.texts(u"sharedNamespaces"_s, true);
    Fields general(u"uncatalogued"_s, fields.value(u"uncatalogued"_s), &problem, {u"workload"_s, u"store"_s, u"agent"_s});
    const auto standIn = [&](const QString &key, const QString &kind, Scaling scaling) {
        Fields sentences(key, general.value(key), &problem, {u"reason"_s, u"stops"_s});
        Entry entry;
        entry.group = u"uncatalogued"_s;
        entry.kind = kind;
        entry.scaling = scaling;
        entry.reason = sentences.text(u"reason"_s);
        entry.stops = sentences.text(u"stops"_s);
        return entry;
    };
    catalogue.uncataloguedWorkload = standIn(u"workload"_s, u"Deployment"_s, Scaling::Unknown);
    catalogue.uncataloguedStore = standIn(u"store"_s, u"StatefulSet"_s, Scaling::Unknown);
    catalogue.uncataloguedAgent = standIn(u"agent"_s, u"DaemonSet"_s, Scaling::NodeAgent);
    for (const QJsonValue value : fields.array(u"groups"_s)) {
        Fields group(u"groups"_s, value, &problem, {u"id"_s, u"name"_s});
        catalogue.groups.append({group.text(u"id"_s), group.text(u"name"_s)});
    }
    for (const QJsonValue value : fields.array(u"products"_s)) {
        Fields product(u"products"_s, value, &problem, {u"id"_s, u"name"_s});
        catalogue.products.append({product.text(u"id"_s), product.text(u"name"_s)});
    }
    for (const QJsonValue value : fields.array(u"formerNames"_s)) {
        Fields former(u"formerNames"_s, value, &problem, {u"name"_s, u"now"_s, u"sentence"_s});
        catalogue.formerNames.append({former.text(u"name"_s), former.text(u"now"_s, true), former.text(u"sentence"_s)});
    }
    for (const QByteArray &json : releases)
        catalogue.releases.append(readRelease(json, &problem));
    std::ranges::sort(catalogue.releases, {}, [](const Release &release) { return QVersionNumber::fromString(release.name); });
    const Release newest = catalogue.releases.value(catalogue.releases.size() - 1);

    for (const QJsonValue value : fields.array(u"components"_s)) {
        QList<Entry> ranges = readRanges(value, &problem);
        for (Entry &entry : ranges) {
            entry.optIn = !newest.installs.contains(entry.id);
            for (const Release &release : std::as_const(catalogue.releases)) {
                if (release.has(entry.id))
                    entry.releases.append(release.name);
            }
        }
        // Of what no release has a version, what is newest and still there counts.
        const QVersionNumber now = versionOf(newest.versions.value(ranges.first().product));
        const auto last = std::ranges::find(ranges.rbegin(), ranges.rend(), false, &Entry::gone);
        const Entry shown = !now.isNull() ? *inRange(ranges, now) : last == ranges.rend() ? ranges.last() : *last;
        catalogue.entries.append(shown);
        catalogue.ranges.insert(shown.id, ranges);
    }
    if (problem.isEmpty() && catalogue.entries.isEmpty())
        problem = u"there are no components"_s;
    if (problem.isEmpty())
        problem = check(catalogue);
    if (!problem.isEmpty()) {
        return fail(Error::Kind::Parse, Words::tr("The catalogue of components could not be read"), problem,
                    Words::tr("Install Cairn again"));
    }
    return catalogue;
}

const Catalogue &catalogue()
{
    static const Catalogue built = [] {
        const auto bytes = [](const QString &path) {
            QFile file(path);
            if (!file.open(QIODevice::ReadOnly))
                qFatal("the catalogue is not in this program");
            return file.readAll();
        };
        const QString folder = u":/cairn/catalogue/"_s;
        QList<QByteArray> releases;
        for (const QString &name : QDir(folder + u"releases"_s).entryList(QDir::Files, QDir::Name))
            releases.append(bytes(folder + u"releases/"_s + name));
        const Result<Catalogue> read = readCatalogue(bytes(folder + u"components.json"_s), releases);
        if (!read)
            qFatal("%s", qPrintable(read.error().oneLine())); // tst_catalogue would have failed
        return *read;
    }();
    return built;
}

QString translated(const QString &english)
{
    // translations/CMakeLists.txt hands the data's sentences to lupdate in this context.
    return QCoreApplication::translate("cairn::components::Catalogue", english.toUtf8().constData());
}

bool isTruthWord(QStringView word)
{
    return word == u"true" || word == u"True" || word == u"TRUE" || word == u"1" || word == u"t" || word == u"T";
}

std::optional<bool> flagIn(const QStringList &words, QStringView name)
{
    while (name.startsWith(u'-'))
        name = name.sliced(1);
    std::optional<bool> said;
    for (QStringView word : words) {
        if (!word.startsWith(u'-'))
            continue;
        word = word.sliced(word.startsWith(u"--") ? 2 : 1);
        if (word == name)
            said = true;
        else if (word.startsWith(name) && word.sliced(name.size()).startsWith(u'='))
            said = isTruthWord(word.sliced(name.size() + 1));
    }
    return said;
}

} // namespace cairn::components
