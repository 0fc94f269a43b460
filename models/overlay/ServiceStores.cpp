// SPDX-License-Identifier: GPL-3.0-or-later
// The object store and the event broker outside.
#include "overlay/Outsider.h"

#include "base/Text.h"
#include "overlay/Pieces.h"

#include <algorithm>

namespace cairn::overlay::outsider {

void Outsider::objects()
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

void Outsider::mapText(Replaceable &known, ServicePart &part, const ObjectName &map, const QString &key,
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

void Outsider::workflows(Replaceable &known, ServicePart &part, const ObjectStore &store, const QString &secret)
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

void Outsider::launcher(
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

QString Outsider::classOf(const QJsonObject &broker)
{
    return broker[u"metadata"_s][u"annotations"_s][u"eventing.knative.dev/broker.class"_s].toString();
}

void Outsider::events()
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

} // namespace cairn::overlay::outsider
