// SPDX-License-Identifier: GPL-3.0-or-later
#include "overlay/Outsider.h"

#include "base/Text.h"
#include "overlay/Pieces.h"

#include <QRegularExpression>
#include <algorithm>

namespace cairn::overlay {
namespace outsider {

QJsonObject variableIn(const QJsonObject &container, const QString &name)
{
    for (const QJsonValue variable : container[u"env"_s].toArray()) {
        if (variable[u"name"_s].toString() == name)
            return variable.toObject();
    }
    return {};
}

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

QString bracketed(const QString &host)
{
    return host.contains(u':') ? u'[' + host + u']' : host;
}

bool encrypts(const Database &database)
{
    return !database.sslMode.isEmpty() && database.sslMode != "disable"_L1;
}

Outsider::Outsider(const audit::Scene &scene, const Settings &settings, const QVersionNumber &pipelines)
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

ServiceParts Outsider::run()
{
    pipelines();
    katib();
    registry();
    catalog();
    objects();
    events();
    return m_result;
}

const Use *Outsider::use(const QString &id) const
{
    const auto it = m_uses.constFind(id);
    return it == m_uses.cend() ? nullptr : &*it;
}

void Outsider::warn(const QString &id, const QString &text, const QString &fix)
{
    m_result.warnings.append({id, text, fix});
}

void Outsider::refuse(const QString &id, const QString &text, const QString &fix)
{
    m_result.problems.append({id, text, fix});
}

void Outsider::limit(Replaceable &known, ServicePart &part, const char *text)
{
    known.limits.append(Words::tr(text));
    part.limits.append(QString::fromUtf8(text));
}

void Outsider::done(const Replaceable &known, const ServicePart &part)
{
    m_result.replaceable.append(known);
    if (known.chosen && !(part.patches.isEmpty() && part.objects.isEmpty()))
        m_result.parts.append(part);
}

void Outsider::restart(Replaceable &known, ServicePart &part, const Use &use)
{
    const QString name = use.name.ns + u'/' + use.name.name;
    part.restarts.append(name);
    known.restarts.append(text::safe(name));
}

void Outsider::merge(Replaceable &known, ServicePart &part, const ObjectName &name, const QJsonObject &body,
    const QStringList &keys, const ObjectName &on, const QString &comment)
{
    QJsonObject patch{{u"apiVersion"_s, name.group.isEmpty() ? u"v1"_s : name.group + u"/v1"_s},
        {u"kind"_s, name.kind}, {u"metadata"_s, metaOf(name.name, name.ns)}};
    for (auto it = body.begin(); it != body.end(); ++it)
        patch.insert(it.key(), it.value());
    part.patches.append({comment, mergeOf(name, patch), on});
    place(known, name, keys);
}

void Outsider::place(Replaceable &known, const ObjectName &name, const QStringList &keys)
{
    known.places.append(
        keys.isEmpty() ? audit::shown(name) : u"%1: %2"_s.arg(audit::shown(name), text::safe(keys.join(u", "_s))));
}

void Outsider::mergeMap(Replaceable &known, ServicePart &part, const ObjectName &map, const QJsonObject &data,
    const ObjectName &on, const QString &comment)
{
    if (!data.isEmpty())
        merge(known, part, map, {{u"data"_s, data}}, data.keys(), on, comment);
}

void Outsider::mergePod(Replaceable &known, ServicePart &part, const Use &use, const QJsonArray &env, const QString &ca,
    const QString &comment)
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

QJsonArray Outsider::moved(const Use &use, const QString &from, const QString &to)
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

QByteArray Outsider::example(const ObjectName &secret, const QList<std::pair<QString, QString>> &keys, bool exists)
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

QString Outsider::serviceOf(const QString &host, const QString &ns)
{
    const QStringList steps = host.split(u'.');
    const bool named = steps.size() == 2 && components::catalogue().namespaces().contains(steps[1]);
    if (steps.size() != 1 && !named && steps.value(2) != "svc"_L1)
        return {};
    return u"%1.%2.svc.cluster.local"_s.arg(steps.first(), steps.value(1, ns));
}

void Outsider::mesh(Replaceable &known, ServicePart &part, const QString &host, const ObjectName &on)
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

bool Outsider::isWhole(Consumer consumer, const Database &database, const QString &id, const QString &title, bool there)
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

void Outsider::isNotHere(const Origin &origin, const QString &component)
{
    warn(u"not-there"_s,
        origin.text()
            + Words::tr("%1 is not installed here, so nothing is written for this service.").arg(component),
        Words::tr("Install it first, or leave the service out."));
}

} // namespace outsider

using namespace outsider;

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
