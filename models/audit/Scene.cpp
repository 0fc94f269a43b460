// SPDX-License-Identifier: GPL-3.0-or-later
#include "audit/Scene.h"

#include "base/Text.h"

#include <QJsonArray>
#include <QRegularExpression>
#include <tuple>

using namespace Qt::StringLiterals;

namespace cairn::audit {
namespace {

/// What only a cluster has: a manifest's silence about these means nothing.
bool onlyClustersHave(const QString &kind)
{
    static const QStringList known{u"Pod"_s, u"Node"_s, u"Lease"_s, u"EndpointSlice"_s, u"Endpoints"_s, u"ReplicaSet"_s, u"Event"_s, u"PersistentVolume"_s};
    return known.contains(kind);
}

/// Credentials that manifests of Kubeflow ship, by Secret and key: whoever read them there can sign in.
QStringList defaultKeys(const QJsonObject &secret)
{
    struct Known {
        const char *secret, *key, *value;
    };
    // Of kubeflow/community-distribution 26.03 and 26.03.1, as their manifests render.
    static constexpr Known known[]{{"mysql-secret", "password", ""},
                                   {"mlpipeline-minio-artifact", "secretkey", "minio123"},
                                   {"katib-mysql-secrets", "MYSQL_ROOT_PASSWORD", "test"},
                                   {"model-registry-db-secrets", "POSTGRES_PASSWORD", "test"},
                                   {"model-registry-db-secrets", "MYSQL_ROOT_PASSWORD", "test"},
                                   {"model-catalog-postgres", "POSTGRES_PASSWORD", "postgres"},
                                   {"oauth2-proxy", "cookie-secret", "7d16fee92f8d11b8940b081b3f8b8acb"},
                                   {"dex-passwords", "DEX_USER_PASSWORD", "$2y$12$4K/VkmDd1q1Orb3xAt82zu8gk7Ad6ReFR4LCP9UeYE90NLiN9Df72"}};
    // A name that a generator of kustomize made ends in a hash: "mysql-secret-5k2bf7tt4m".
    static const QRegularExpression hash(u"-[2456789bcdfghkmt]{10}$"_s);
    const QString name = secret[u"metadata"_s][u"name"_s].toString().remove(hash);
    const QJsonObject data = secret[u"data"_s].toObject();
    const QJsonObject plain = secret[u"stringData"_s].toObject();
    QStringList keys;
    for (const Known &one : known) {
        const QString key = QString::fromLatin1(one.key);
        if (name != QLatin1String(one.secret))
            continue;
        const QJsonValue value = plain.contains(key) ? plain[key] : data[key];
        if (value.isString() || (value.isNull() && (plain.contains(key) || data.contains(key)))) {
            const QByteArray bytes = plain.contains(key) ? value.toString().toUtf8() : QByteArray::fromBase64(value.toString().toLatin1());
            if (bytes == one.value)
                keys.append(key);
        }
    }
    return keys;
}

} // namespace

bool ObjectName::operator<(const ObjectName &other) const
{
    return std::tie(group, kind, ns, name) < std::tie(other.group, other.kind, other.ns, other.name);
}

QString shown(const ObjectName &name)
{
    const QString path = name.ns.isEmpty() ? name.name : name.ns + u'/' + name.name;
    return text::safe(name.kind + u' ' + path);
}

ObjectName nameOf(const QJsonObject &object)
{
    const QString apiVersion = object[u"apiVersion"_s].toString();
    const QJsonObject meta = object[u"metadata"_s].toObject();
    return {.group = apiVersion.contains(u'/') ? apiVersion.section(u'/', 0, 0) : QString(),
            .kind = object[u"kind"_s].toString(),
            .ns = meta[u"namespace"_s].toString(),
            .name = meta[u"name"_s].toString()};
}

Scene::Scene(Source source, QDateTime now)
    : m_source(source)
    , m_now(std::move(now))
{
}

void Scene::add(const QJsonObject &object, const Place &place)
{
    const ObjectName name = nameOf(object);
    // One level only: a List inside a List is nothing that a server or kubectl makes.
    if (name.kind.endsWith(u"List"_s) && object[u"items"_s].isArray()) {
        for (const QJsonValue item : object[u"items"_s].toArray())
            take(nameOf(item.toObject()), item.toObject(), place);
        return;
    }
    take(name, object, place);
}

void Scene::take(const ObjectName &name, const QJsonObject &object, const Place &place)
{
    if (name.kind.isEmpty() || name.name.isEmpty())
        return;
    if (name.group.isEmpty() && name.kind == "Secret"_L1) {
        m_defaults.insert(name, defaultKeys(object));
        // Annotations go as well: kubectl keeps the whole object in one of them.
        m_objects.insert(name, {{u"apiVersion"_s, u"v1"_s},
                                {u"kind"_s, name.kind},
                                {u"metadata"_s, QJsonObject{{u"name"_s, name.name}, {u"namespace"_s, name.ns}}}});
    } else {
        m_objects.insert(name, object);
    }
    if (place.line > 0 || !place.file.isEmpty())
        m_places.insert(name, place);
}

void Scene::remove(const ObjectName &name)
{
    m_objects.remove(name);
    m_places.remove(name);
    m_defaults.remove(name);
    m_heard.remove(name);
}

void Scene::read(const QString &group, const QString &kind, const QString &ns)
{
    m_read.insert({.group = group, .kind = kind, .ns = ns, .name = {}}, true);
}

void Scene::missed(const QString &group, const QString &kind, const QString &ns, const Error &error)
{
    const ObjectName list{.group = group, .kind = kind, .ns = ns, .name = {}};
    if (!m_missed.contains(list))
        m_missed.insert(list, text::safe(error.why.isEmpty() ? error.what : error.why));
    m_gaps.append({text::safe(ns.isEmpty() ? kind : ns + u'/' + kind), error});
}

const QString *Scene::missedList(const QString &group, const QString &kind, const QString &ns) const
{
    // Of all namespaces nothing can be said where one was missed; of one where it was, or all were.
    const auto whole = m_missed.lowerBound({.group = group, .kind = kind, .ns = {}, .name = {}});
    if (whole != m_missed.end() && whole.key().group == group && whole.key().kind == kind && (ns.isEmpty() || whole.key().ns.isEmpty()))
        return &*whole;
    const auto one = m_missed.find({.group = group, .kind = kind, .ns = ns, .name = {}});
    return one == m_missed.end() ? nullptr : &*one;
}

bool Scene::saw(const QString &group, const QString &kind, const QString &ns) const
{
    if (!isLive())
        return !onlyClustersHave(kind);
    if (missedList(group, kind, ns))
        return false;
    return m_read.contains({.group = group, .kind = kind, .ns = {}, .name = {}}) || m_read.contains({.group = group, .kind = kind, .ns = ns, .name = {}});
}

QString Scene::whyMissed(const QString &group, const QString &kind, const QString &ns) const
{
    const QString *why = missedList(group, kind, ns);
    return why ? *why : QString();
}

std::optional<QStringList> Scene::defaultsOf(const ObjectName &secret) const
{
    const auto it = m_defaults.find(secret);
    return it == m_defaults.end() ? std::nullopt : std::optional(*it);
}

QList<const QJsonObject *> Scene::all(const QString &group, const QString &kind, const QString &ns) const
{
    QList<const QJsonObject *> found;
    const ObjectName from{.group = group, .kind = kind, .ns = ns, .name = {}};
    for (auto it = m_objects.lowerBound(from); it != m_objects.end() && it.key().group == group && it.key().kind == kind; ++it) {
        if (ns.isEmpty() || it.key().ns == ns)
            found.append(&it.value());
        else
            break; // sorted by namespace
    }
    return found;
}

const QJsonObject *Scene::find(const ObjectName &name) const
{
    const auto it = m_objects.find(name);
    return it == m_objects.end() ? nullptr : &it.value();
}

QList<const QJsonObject *> Scene::workloads() const
{
    return all(u"apps"_s, u"Deployment"_s) + all(u"apps"_s, u"StatefulSet"_s) + all(u"apps"_s, u"DaemonSet"_s);
}

QList<const QJsonObject *> Scene::pods(const QString &ns, const LabelSelector &selector) const
{
    QList<const QJsonObject *> found;
    for (const QJsonObject *pod : all({}, u"Pod"_s, ns)) {
        if (selector.matches(labelsOf(*pod)))
            found.append(pod);
    }
    return found;
}

bool isAboutSchema(const QString &line)
{
    return line.contains("MLMDEnv"_L1) || line.contains("schema"_L1);
}

LabelSelector selectorOf(const QJsonValue &selector, bool plain)
{
    LabelSelector result;
    if (!selector.isObject())
        return result;
    const QJsonObject fields = selector.toObject();
    const QJsonObject labels = plain ? fields : fields[u"matchLabels"_s].toObject();
    // A Service without a selector takes nothing, unlike an empty LabelSelector.
    result.present = !plain || !labels.isEmpty();
    for (auto it = labels.begin(); it != labels.end(); ++it)
        result.labels.insert(it.key(), it.value().toString());
    if (plain)
        return result;
    for (const QJsonValue value : fields[u"matchExpressions"_s].toArray()) {
        const QJsonObject expression = value.toObject();
        QStringList values;
        for (const QJsonValue one : expression[u"values"_s].toArray())
            values.append(one.toString());
        result.expressions.append({expression[u"key"_s].toString(), expression[u"operator"_s].toString(), values});
    }
    return result;
}

QString externalNameOf(const QJsonObject &service)
{
    const QJsonObject spec = service[u"spec"_s].toObject();
    if (spec[u"type"_s].toString() != "ExternalName"_L1)
        return {};
    const QString host = spec[u"externalName"_s].toString();
    return host.isEmpty() ? u"?"_s : host;
}

QMap<QString, QString> labelsOf(const QJsonObject &object)
{
    QMap<QString, QString> labels;
    const QJsonObject fields = object[u"metadata"_s].toObject()[u"labels"_s].toObject();
    for (auto it = fields.begin(); it != fields.end(); ++it)
        labels.insert(it.key(), it.value().toString());
    return labels;
}

QJsonObject podTemplateOf(const QJsonObject &workload)
{
    if (workload[u"kind"_s].toString() == u"Pod"_s)
        return workload;
    return workload[u"spec"_s].toObject()[u"template"_s].toObject();
}

QList<QJsonObject> containersOf(const QJsonObject &podTemplate)
{
    QList<QJsonObject> containers;
    for (const QJsonValue container : podTemplate[u"spec"_s].toObject()[u"containers"_s].toArray()) {
        if (container.isObject())
            containers.append(container.toObject());
    }
    return containers;
}

int replicasOf(const QJsonObject &workload)
{
    const QJsonValue replicas = workload[u"spec"_s].toObject()[u"replicas"_s];
    return replicas.isDouble() ? replicas.toInt(1) : 1;
}

} // namespace cairn::audit
