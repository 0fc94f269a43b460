// SPDX-License-Identifier: GPL-3.0-or-later
// Services outside of Kubeflow: what is written for the releases that there are, that each patch lands, that kustomize builds what Cairn
// says, and what is refused and why.
#include "OverlayScene.h"
#include "overlay/Lands.h"
#include "overlay/ServiceParts.h"
#include "overlay/Services.h"
#include "overlay/Tree.h"

#include <QDirIterator>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::overlay;
using namespace cairn::tests;
using What = Replaceable::What;

namespace {

/// What a distribution renders beside what the fixtures keep: where workflows and the registry find their stores, rules of the mesh.
constexpr auto kBeside = R"(apiVersion: v1
kind: ConfigMap
metadata: {name: workflow-controller-configmap, namespace: kubeflow}
data:
  artifactRepository: |
    archiveLogs: true
    s3:
      endpoint: "seaweedfs.kubeflow:9000"
      bucket: "mlpipeline"
      # One folder for each day.
      keyFormat: "private-artifacts/{{workflow.namespace}}/{{workflow.name}}/{{pod.name}}"
      insecure: true
      accessKeySecret: {name: mlpipeline-minio-artifact, key: accesskey}
      secretKeySecret: {name: mlpipeline-minio-artifact, key: secretkey}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: model-registry-db-parameters, namespace: kubeflow-user-example-com}
data: {POSTGRES_DB: metadb, POSTGRES_HOST: model-registry-db, POSTGRES_PORT: "5432"}
---
apiVersion: networking.istio.io/v1alpha3
kind: DestinationRule
metadata: {name: ml-pipeline-mysql, namespace: kubeflow}
spec: {host: mysql.kubeflow.svc.cluster.local, trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}}
---
apiVersion: networking.istio.io/v1alpha3
kind: DestinationRule
metadata: {name: ml-pipeline-seaweedfs, namespace: kubeflow}
spec: {host: seaweedfs.kubeflow.svc.cluster.local, trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}}
)";

constexpr auto kEventing = R"(apiVersion: apps/v1
kind: Deployment
metadata: {name: kafka-controller, namespace: knative-eventing}
spec:
  selector: {matchLabels: {control-plane: kafka-controller}}
  template:
    metadata: {labels: {control-plane: kafka-controller}}
    spec: {containers: [{name: controller, image: "gcr.io/knative-releases/kafka-controller:v1.22.3"}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: kafka-broker-config, namespace: knative-eventing}
data: {default.topic.partitions: "10", default.topic.replication.factor: "1", bootstrap.servers: "my-cluster-kafka-bootstrap.kafka:9092"}
---
apiVersion: eventing.knative.dev/v1
kind: Broker
metadata: {name: default, namespace: team-a, annotations: {eventing.knative.dev/broker.class: MTChannelBasedBroker}}
---
apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata: {name: predictions, namespace: team-a}
spec: {broker: default}
)";

audit::Scene release(const QString &name)
{
    audit::Scene scene(audit::Scene::Source::Manifests);
    QDirIterator files(u"" CAIRN_SOURCE_DIR "/tests/fixtures/manifests/"_s + name, {u"*.yaml"_s});
    int count = 0;
    while (files.hasNext()) {
        QFile file(files.next());
        if (!file.open(QIODevice::ReadOnly))
            qFatal("%s", qPrintable(file.fileName()));
        for (const QJsonObject &object : objectsOf(file.readAll()))
            scene.add(object);
        ++count;
    }
    if (count == 0)
        qFatal("no manifests of %s", qPrintable(name));
    for (const QJsonObject &object : objectsOf(kBeside))
        scene.add(object);
    return scene;
}

void add(audit::Scene &scene, const QByteArray &yaml)
{
    for (const QJsonObject &object : objectsOf(yaml))
        scene.add(object);
}

const QString certificate = u"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"_s;

Settings everything()
{
    Settings settings;
    settings.base = {Base::Kind::Remote, u"https://github.com/kubeflow/community-distribution//example?ref=26.03"_s};
    settings.pipelines = Database{.host = u"mysql-ha.db.example"_s, .user = u"kfp"_s, .secret = u"kfp-db"_s, .connectionSeconds = 45};
    settings.katib = Database{.engine = Database::Engine::PostgreSql, .host = u"pg-ha.db.example"_s, .port = 5432, .user = u"katib"_s, .sslMode = u"verify-full"_s, .ca = certificate};
    settings.registry = Database{.engine = Database::Engine::PostgreSql, .host = u"pg-ha.db.example"_s, .port = 5432, .sslMode = u"require"_s};
    settings.catalog = Database{.engine = Database::Engine::PostgreSql, .host = u"pg-ha.db.example"_s, .port = 5433, .database = u"catalog"_s, .sslMode = u"verify-full"_s, .ca = certificate};
    settings.objects = ObjectStore{.host = u"s3.db.example"_s, .region = u"eu-central-1"_s, .iam = u"https://iam.db.example"_s};
    return settings;
}

bool has(const QList<change::Note> &notes, const QString &id)
{
    return std::ranges::any_of(notes, [&](const change::Note &note) { return note.id == id; });
}

/// One patch of a component, by the name of its object.
QJsonObject patchIn(const Tree &tree, const QString &folder, const QString &name, int which = 0)
{
    const QJsonObject component = manifest::documentsFromYaml(tree.files.value(u"components/%1/kustomization.yaml"_s.arg(folder)))->first().toObject();
    for (const QJsonValue patch : component[u"patches"_s].toArray()) {
        if (patch[u"target"_s][u"name"_s].toString() != name || which-- > 0)
            continue;
        const QJsonValue body = manifest::fromYaml(patch[u"patch"_s].toString().toUtf8()).value_or(QJsonValue());
        return body.isArray() ? QJsonObject{{u"operations"_s, body}} : body.toObject();
    }
    return {};
}

QJsonObject after(const Built &built, const QString &kind, const QString &name)
{
    for (const Changed &changed : built.changed) {
        if (changed.name.kind == kind && changed.name.name == name)
            return changed.after;
    }
    return {};
}

QJsonObject variableOf(const QJsonObject &workload, const QString &name, const QString &container = {})
{
    for (const QJsonValue one : workload[u"spec"_s][u"template"_s][u"spec"_s][u"containers"_s].toArray()) {
        if (!container.isEmpty() && one[u"name"_s].toString() != container)
            continue;
        for (const QJsonValue variable : one[u"env"_s].toArray()) {
            if (variable[u"name"_s].toString() == name)
                return variable.toObject();
        }
    }
    return {};
}

QStringList argumentsOf(const QJsonObject &workload)
{
    QStringList words;
    for (const QJsonValue word : workload[u"spec"_s][u"template"_s][u"spec"_s][u"containers"_s][0][u"args"_s].toArray())
        words.append(word.toString());
    return words;
}

} // namespace

class TestServices : public QObject
{
    Q_OBJECT

private slots:
    void everyPatchLands_data()
    {
        QTest::addColumn<QString>("name");
        QTest::newRow("26.03") << u"26.03"_s;
        QTest::newRow("26.03.1") << u"26.03.1"_s;
    }
    void everyPatchLands()
    {
        QFETCH(const QString, name);
        audit::Scene scene = release(name);
        add(scene, kEventing);
        Settings settings = everything();
        settings.events = EventBroker{.servers = {u"k1.example:9093"_s, u"k2.example:9093"_s, u"k3.example:9093"_s}, .ns = u"team-a"_s, .name = u"durable"_s, .secret = u"kafka-auth"_s};
        for (const Base::Kind base : {Base::Kind::Remote, Base::Kind::PatchOnly}) {
            settings.base.kind = base;
            const Proposal proposal = propose(scene, settings);
            QVERIFY2(proposal.problems.isEmpty(), proposal.problems.isEmpty() ? "" : qPrintable(proposal.problems.first().text));
            const Tree tree = generate(scene, settings, proposal);
            QVERIFY(tree == generate(scene, settings, proposal));
            const Built built = lands(tree.files, tree.entry, scene);
            QVERIFY2(built.faults.isEmpty(), built.faults.isEmpty() ? "" : qPrintable(built.faults.first().text));
            for (const Landing &landing : built.landings)
                QVERIFY2(landing.lands(), qPrintable(landing.file + u' ' + landing.title + u' ' + landing.why + (landing.error ? landing.error->oneLine() : QString())));
            QCOMPARE(after(built, u"ConfigMap"_s, u"pipeline-install-config"_s)[u"data"_s][u"mysqlHost"_s].toString(), u"mysql-ha.db.example"_s);
            // Nothing is said without a place, and no file holds more than references.
            for (const Replaceable &one : proposal.replaceable)
                QVERIFY2(one.places.isEmpty() == !(one.chosen && one.there), qPrintable(QString::number(int(one.what))));
            for (auto it = tree.files.begin(); it != tree.files.end(); ++it)
                QVERIFY2(isUntouched(it.value()), qPrintable(it.key()));
        }
    }

    void kustomizeBuildsTheSame_data() { everyPatchLands_data(); }
    void kustomizeBuildsTheSame()
    {
        if (kustomizeCommand().isEmpty())
            return;
        QFETCH(const QString, name);
        audit::Scene scene = release(name);
        add(scene, kEventing);
        Settings settings = everything();
        settings.events = EventBroker{.servers = {u"k1.example:9093"_s, u"k2.example:9093"_s, u"k3.example:9093"_s}, .ns = u"team-a"_s, .name = u"durable"_s, .secret = u"kafka-auth"_s};
        settings.pipelines->host = u"mysql.kubeflow"_s; // the Service's name leads elsewhere: its rule of the mesh goes
        const Tree tree = generate(scene, settings);
        QTemporaryDir folder;
        for (auto it = tree.files.begin(); it != tree.files.end(); ++it)
            writeFile(folder.path() + u'/' + it.key(), it.value());
        QByteArray all;
        for (const QJsonObject &object : scene.objects()) {
            if (object[u"kind"_s] != u"Secret"_s)
                all += "---\n" + manifest::toYaml(object).toUtf8();
        }
        writeFile(folder.path() + u"/base/all.yaml"_s, all);
        writeFile(folder.path() + u"/base/kustomization.yaml"_s, "resources: [all.yaml]\n");
        writeFile(folder.path() + u"/with-patches/kustomization.yaml"_s, "resources: [../base]\ncomponents: [../patches]\n");
        for (const auto &[entry, mine] : {std::pair(u"overlays/prod"_s, u"overlays/prod"_s), std::pair(u"with-patches"_s, u"patches"_s)}) {
            QString complaint;
            const QByteArray built = kustomized(folder.filePath(entry), &complaint);
            QVERIFY2(!built.isEmpty(), qPrintable(complaint));
            QMap<audit::ObjectName, QJsonObject> there, wanted;
            for (const QJsonObject &object : objectsOf(built))
                there.insert(audit::nameOf(object), object);
            for (auto it = scene.objects().begin(); it != scene.objects().end(); ++it) {
                if (it.key().kind != u"Secret")
                    wanted.insert(it.key(), it.value());
            }
            for (const Changed &changed : lands(tree.files, mine, scene).changed) {
                if (changed.after.isEmpty())
                    wanted.remove(changed.name);
                else
                    wanted.insert(changed.name, changed.after);
            }
            QCOMPARE(there.keys(), wanted.keys());
            QVERIFY(!there.contains({u"networking.istio.io"_s, u"DestinationRule"_s, u"kubeflow"_s, u"ml-pipeline-mysql"_s}));
            QVERIFY(there.contains({u"networking.istio.io"_s, u"DestinationRule"_s, u"kubeflow"_s, u"ml-pipeline-seaweedfs"_s}));
            // kustomize puts new items of a list first, a server puts them last: to both they are the same.
            const auto sorted = [](QJsonObject object) {
                QStringList lines = manifest::toYaml(object).split(u'\n');
                lines.sort();
                return lines;
            };
            for (auto it = wanted.begin(); it != wanted.end(); ++it) {
                if (there.value(it.key()) != it.value())
                    QCOMPARE(sorted(there.value(it.key())), sorted(it.value()));
            }
        }
    }

    void pipelinesReadTheSecretThatIsNamed()
    {
        const audit::Scene scene = release(u"26.03"_s);
        Settings settings = everything();
        const Built built = [&] {
            const Tree tree = generate(scene, settings);
            return lands(tree.files, tree.entry, scene);
        }();
        const QJsonObject server = after(built, u"Deployment"_s, u"ml-pipeline"_s);
        QCOMPARE(variableOf(server, u"DBCONFIG_MYSQLCONFIG_PASSWORD"_s)[u"valueFrom"_s][u"secretKeyRef"_s][u"name"_s].toString(), u"kfp-db"_s);
        QCOMPARE(variableOf(server, u"OBJECTSTORECONFIG_ACCESSKEY"_s)[u"valueFrom"_s][u"secretKeyRef"_s][u"name"_s].toString(), u"mlpipeline-minio-artifact"_s);
        QCOMPARE(after(built, u"ConfigMap"_s, u"pipeline-install-config"_s)[u"data"_s][u"ConMaxLifeTime"_s].toString(), u"45s"_s);
        // Without a name it is the one that is shipped, and no workload changes.
        settings.pipelines->secret.clear();
        QVERIFY(patchIn(generate(scene, settings), u"external-mysql"_s, u"ml-pipeline"_s).isEmpty());
    }

    void theComponentForPipelinesReadsAsIs()
    {
        Settings settings = everything();
        settings.pipelines->secret.clear();
        const QByteArray text = generate(release(u"26.03"_s), settings).files.value(u"components/external-mysql/kustomization.yaml"_s);
        QCOMPARE(QString::fromUtf8(text.mid(text.indexOf('\n') + 1)), QString::fromUtf8(R"(# MySQL outside of the cluster for Pipelines. Move the data and write the Secret first. Then
# restart kubeflow/ml-pipeline, kubeflow/cache-server: they read it when they start.
apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
patches:
  - patch: |
      apiVersion: v1
      kind: ConfigMap
      metadata:
        name: pipeline-install-config
        namespace: kubeflow
      data:
        ConMaxLifeTime: 45s
        dbHost: mysql-ha.db.example
        dbPort: "3306"
        mysqlHost: mysql-ha.db.example
        mysqlPort: "3306"
    target:
      kind: ConfigMap
      name: pipeline-install-config
      namespace: kubeflow
)"));
    }

    void nothingIsWrittenForWhatIsNotHere()
    {
        const QByteArray text = "apiVersion: overlay.cairn.console/v1\nkind: Overlay\nexternal:\n"
                                "  pipelines: {host: h}\n"                                                    // 4
                                "  katib: {host: h}\n"                                                        // 5
                                "  modelRegistry: {host: h}\n"                                                // 6
                                "  modelCatalog: {host: h}\n"                                                 // 7
                                "  objectStore: {host: h}\n"                                                  // 8
                                "  events: {broker: kafka, namespace: team, name: b, servers: ['k:1']}\n"_ba; // 9
        const Result<Settings> settings = readSettings(text, u"ha.yaml"_s);
        QVERIFY2(settings, settings ? "" : qPrintable(settings.error().oneLine()));
        const audit::Scene empty(audit::Scene::Source::Cluster);
        const ServiceParts parts = servicesOf(empty, *settings, {});
        QVERIFY(parts.parts.isEmpty() && parts.problems.isEmpty());
        QStringList places;
        for (const change::Note &note : parts.warnings) {
            QCOMPARE(note.id, u"not-there"_s);
            QVERIFY2(note.text.contains(u"is not installed here"_s), qPrintable(note.text));
            places.append(note.text.section(u':', 0, 1));
        }
        places.sort();
        QCOMPARE(places,
            (QStringList{
                u"ha.yaml:4"_s, u"ha.yaml:5"_s, u"ha.yaml:6"_s, u"ha.yaml:7"_s, u"ha.yaml:8"_s, u"ha.yaml:9"_s}));
        QVERIFY(std::ranges::none_of(parts.replaceable, &Replaceable::there));
        for (const Outside &outside : outsideOf(empty, *settings))
            QVERIFY(outside.id == u"events" || outside.isForNobody());
        // The ConfigMap alone is enough: a part of Kubeflow may be all that is in sight.
        audit::Scene part(audit::Scene::Source::Manifests);
        add(part,
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: pipeline-install-config, namespace: kubeflow}\ndata: "
            "{dbHost: mysql}\n");
        QCOMPARE(servicesOf(part, *settings, {}).parts.size(), 1);
    }

    void postgresForPipelinesComesWithTheirThird()
    {
        Settings settings = everything();
        settings.pipelines->engine = Database::Engine::PostgreSql;
        settings.pipelines->port = 5432;
        QVERIFY(has(servicesOf(release(u"26.03.1"_s), settings, QVersionNumber(2, 18, 0)).problems, u"pipelines-postgres"_s));
        QVERIFY(has(servicesOf(release(u"26.03.1"_s), settings, {}).problems, u"pipelines-postgres"_s));
        const ServiceParts parts = servicesOf(release(u"26.03.1"_s), settings, QVersionNumber(3, 0, 0));
        QVERIFY(parts.problems.isEmpty());
        QVERIFY(has(parts.warnings, u"pipelines-postgres-keys"_s));
        QVERIFY(parts.replaceable.first().places.first().contains(u"postgresHost"_s));
        QVERIFY(!parts.replaceable.first().places.first().contains(u"mysqlHost"_s));
    }

    void katibTakesNoVariableTwice()
    {
        // As upstream's katib-external-db has it: the value comes from a Secret.
        audit::Scene scene = release(u"26.03"_s);
        QJsonObject manager = *scene.find({u"apps"_s, u"Deployment"_s, u"kubeflow"_s, u"katib-db-manager"_s});
        const Result<QJsonValue> patched = manifest::fromYaml(R"({name: katib-db-manager, image: "ghcr.io/kubeflow/katib/katib-db-manager:v0.19.0", env: [
            {name: DB_USER, valueFrom: {secretKeyRef: {name: katib-mysql-secrets, key: DB_USER}}}, {name: DB_PASSWORD, value: plain}]})");
        QJsonObject spec = manager[u"spec"_s].toObject(), podTemplate = spec[u"template"_s].toObject(), pod = podTemplate[u"spec"_s].toObject();
        pod.insert(u"containers"_s, QJsonArray{*patched});
        podTemplate.insert(u"spec"_s, pod);
        spec.insert(u"template"_s, podTemplate);
        manager.insert(u"spec"_s, spec);
        scene.add(manager);
        const Tree tree = generate(scene, everything());
        const QJsonObject then = after(lands(tree.files, tree.entry, scene), u"Deployment"_s, u"katib-db-manager"_s);
        QCOMPARE(variableOf(then, u"DB_USER"_s), (QJsonObject{{u"name"_s, u"DB_USER"_s}, {u"value"_s, u"katib"_s}}));
        QVERIFY(!variableOf(then, u"DB_PASSWORD"_s).contains(u"value"_s));
        QCOMPARE(variableOf(then, u"PGSSLROOTCERT"_s)[u"value"_s].toString(), u"/etc/db-ca/ca.crt"_s);
        QVERIFY(tree.files.value(u"components/katib-external-db/new.yaml"_s).contains("BEGIN CERTIFICATE"));
    }

    void theRegistryFollowsWhatIsLive()
    {
        audit::Scene scene = release(u"26.03.1"_s);
        Settings settings = everything();
        const auto then = [&] {
            const Tree tree = generate(scene, settings);
            return lands(tree.files, tree.entry, scene);
        };
        const QString dsn = u"--embedmd-database-dsn="_s;
        // By its ConfigMap, with the mode of TLS in the DSN.
        Built built = then();
        QCOMPARE(after(built, u"ConfigMap"_s, u"model-registry-db-parameters"_s)[u"data"_s][u"POSTGRES_HOST"_s].toString(), u"pg-ha.db.example"_s);
        QVERIFY(argumentsOf(after(built, u"Deployment"_s, u"model-registry-deployment"_s))
                    .contains(dsn + u"postgresql://$(POSTGRES_USER):$(POSTGRES_PASSWORD)@$(POSTGRES_HOST):$(POSTGRES_PORT)/$(POSTGRES_DB)?sslmode=require"_s));
        QCOMPARE(after(built, u"Deployment"_s, u"model-registry-deployment"_s)[u"spec"_s][u"template"_s][u"metadata"_s][u"annotations"_s][u"traffic.sidecar.istio.io/excludeOutboundPorts"_s].toString(),
                 u"5432"_s);
        // Another engine: the whole address.
        settings.registry = Database{.host = u"mysql-ha.db.example"_s, .sslMode = u"require"_s};
        built = then();
        const QStringList words = argumentsOf(after(built, u"Deployment"_s, u"model-registry-deployment"_s));
        QVERIFY2(words.contains(dsn + u"$(MYSQL_USER_NAME):$(MYSQL_ROOT_PASSWORD)@tcp(mysql-ha.db.example:3306)/metadb?charset=utf8mb4&tls=skip-verify"_s), qPrintable(words.join(u'\n')));
        QVERIFY(words.contains(u"--embedmd-database-type=mysql"_s));
        QVERIFY(!words.join(u' ').contains(u"postgres"_s));
        QCOMPARE(words.size(), 5);
        QVERIFY(after(built, u"ConfigMap"_s, u"model-registry-db-parameters"_s).isEmpty());
        // MySQL that trusts one certificate.
        settings.registry->sslMode = u"verify-full"_s;
        settings.registry->ca = certificate;
        const QStringList flags = argumentsOf(after(then(), u"Deployment"_s, u"model-registry-deployment"_s));
        QVERIFY(flags.contains(u"--embedmd-database-ssl-ca=/etc/db-ca/ca.crt"_s) && flags.contains(u"--embedmd-database-ssl-verify-server-cert=true"_s));

        // The MySQL of older releases has its host in the DSN.
        QJsonObject server = *scene.find({u"apps"_s, u"Deployment"_s, u"kubeflow-user-example-com"_s, u"model-registry-deployment"_s});
        const QByteArray old = QByteArray(manifest::toYaml(server).toUtf8())
                                   .replace("--embedmd-database-type=postgres", "--quiet")
                                   .replace("postgresql://$(POSTGRES_USER):$(POSTGRES_PASSWORD)@$(POSTGRES_HOST):$(POSTGRES_PORT)/$(POSTGRES_DB)?sslmode=disable",
                                            "$(MYSQL_USER_NAME):$(MYSQL_ROOT_PASSWORD)@tcp(model-registry-db:$(MYSQL_PORT))/$(MYSQL_DATABASE)?charset=utf8mb4");
        add(scene, old);
        settings.registry = Database{.host = u"mysql-ha.db.example"_s, .port = 3307, .secret = u"registry-db"_s};
        QCOMPARE(propose(scene, settings).find(What::Registry)->now, u"model-registry-db"_s);
        const QJsonObject mysql = after(then(), u"Deployment"_s, u"model-registry-deployment"_s);
        QVERIFY2(argumentsOf(mysql).contains(dsn + u"$(MYSQL_USER_NAME):$(MYSQL_ROOT_PASSWORD)@tcp(mysql-ha.db.example:3307)/$(MYSQL_DATABASE)?charset=utf8mb4"_s), qPrintable(argumentsOf(mysql).join(u'\n')));
        QCOMPARE(variableOf(mysql, u"MYSQL_ROOT_PASSWORD"_s)[u"valueFrom"_s][u"secretKeyRef"_s][u"name"_s].toString(), u"registry-db"_s);
        settings.registry = Database{.engine = Database::Engine::PostgreSql, .host = u"pg"_s, .port = 5432};
        const QStringList moved = argumentsOf(after(then(), u"Deployment"_s, u"model-registry-deployment"_s));
        QVERIFY(moved.contains(u"--embedmd-database-type=postgres"_s));
        QVERIFY(moved.contains(dsn + u"postgresql://$(POSTGRES_USER):$(POSTGRES_PASSWORD)@pg:5432/metadb?sslmode=disable"_s));
    }

    void theCatalogueTakesPostgresAlone()
    {
        const audit::Scene scene = release(u"26.03.1"_s);
        Settings settings = everything();
        const Tree tree = generate(scene, settings);
        const QJsonObject server = after(lands(tree.files, tree.entry, scene), u"Deployment"_s, u"model-catalog-server"_s);
        for (const auto &[name, value] : {std::pair(u"PGHOST"_s, u"pg-ha.db.example"_s), std::pair(u"PGPORT"_s, u"5433"_s), std::pair(u"PGDATABASE"_s, u"catalog"_s),
                                          std::pair(u"PGSSLMODE"_s, u"verify-full"_s)})
            QCOMPARE(variableOf(server, name)[u"value"_s].toString(), value);
        QCOMPARE(server[u"spec"_s][u"template"_s][u"spec"_s][u"volumes"_s][0][u"configMap"_s][u"name"_s].toString(), u"model-catalog-server-db-ca"_s);
        settings.catalog->engine = Database::Engine::MySql;
        QVERIFY(has(propose(scene, settings).problems, u"catalog-engine"_s));
    }

    void theObjectStoreSaysWhatItDoesNotReach()
    {
        audit::Scene scene = release(u"26.03.1"_s);
        const Settings settings = everything();
        const Tree tree = generate(scene, settings);
        const Built built = lands(tree.files, tree.entry, scene);
        const QJsonObject ui = after(built, u"Deployment"_s, u"ml-pipeline-ui"_s);
        QCOMPARE(variableOf(ui, u"MINIO_NAMESPACE"_s)[u"value"_s].toString(u"absent"_s), QString());
        QCOMPARE(variableOf(ui, u"AWS_S3_ENDPOINT"_s)[u"value"_s].toString(), u"s3.db.example"_s);
        const QString repository = after(built, u"ConfigMap"_s, u"workflow-controller-configmap"_s)[u"data"_s][u"artifactRepository"_s].toString();
        QVERIFY2(repository.contains(u"endpoint: \"s3.db.example:443\""_s) && repository.contains(u"insecure: false"_s), qPrintable(repository));
        QVERIFY(repository.contains(u"# One folder for each day."_s));
        const QJsonObject profiles = after(built, u"Deployment"_s, u"kubeflow-pipelines-profile-controller"_s);
        QCOMPARE(variableOf(profiles, u"S3_ENDPOINT_URL"_s)[u"value"_s].toString(), u"https://s3.db.example:443"_s);
        QCOMPARE(variableOf(profiles, u"AWS_ENDPOINT_URL"_s)[u"value"_s].toString(), u"https://iam.db.example"_s);
        QCOMPARE(variableOf(profiles, u"OBJECT_STORE_HOST"_s)[u"value"_s].toString(), u"seaweedfs"_s); // it gets ".kubeflow" behind it
        const Proposal proposal = propose(scene, settings);
        QVERIFY(has(proposal.warnings, u"profiles"_s));
        QVERIFY(proposal.find(What::Objects)->limits.join(u' ').contains(u"sync.py"_s));
        QVERIFY(tree.files.value(u"README.md"_s).contains("sync.py"));
        // One pod of it still keeps what profiles write.
        const auto survives = [](const Proposal &one, const QString &id) { return std::ranges::any_of(one.rows, [&](const Row &row) { return row.id == id && row.survivesThen; }); };
        QVERIFY(!survives(proposal, u"seaweedfs"_s) && survives(proposal, u"mysql"_s) && survives(proposal, u"model-catalog-postgres"_s));

        // For one user it is whole: the launcher's ConfigMap is the cluster's, and nothing else names the old store.
        audit::Scene single(audit::Scene::Source::Manifests);
        for (const QJsonObject &object : scene.objects()) {
            if (audit::nameOf(object).name != u"kubeflow-pipelines-profile-controller")
                single.add(object);
        }
        add(single, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: kfp-launcher, namespace: kubeflow}\ndata: {defaultPipelineRoot: \"\"}\n");
        const Proposal alone = propose(single, settings);
        QVERIFY(!has(alone.warnings, u"profiles"_s));
        QVERIFY(survives(alone, u"seaweedfs"_s));
        const Tree other = generate(single, settings, alone);
        const QJsonObject launcher = after(lands(other.files, other.entry, single), u"ConfigMap"_s, u"kfp-launcher"_s);
        QCOMPARE(launcher[u"data"_s][u"defaultPipelineRoot"_s].toString(), u"s3://mlpipeline/v2/artifacts"_s);
        QVERIFY(launcher[u"data"_s][u"providers"_s].toString().contains(u"endpoint: s3.db.example:443"_s));
    }

    void rulesOfTheMeshGoWhereAServiceLeadsOutOfIt()
    {
        const audit::Scene scene = release(u"26.03"_s);
        Settings settings = everything();
        const audit::ObjectName rule{u"networking.istio.io"_s, u"DestinationRule"_s, u"kubeflow"_s, u"ml-pipeline-mysql"_s};
        const auto gone = [&](const QString &host) {
            settings.pipelines->host = host;
            const Tree tree = generate(scene, settings);
            const Built built = lands(tree.files, tree.entry, scene);
            return std::ranges::any_of(built.changed, [&](const Changed &changed) { return changed.name == rule && changed.after.isEmpty(); });
        };
        for (const QString &host : {u"mysql"_s, u"mysql.kubeflow"_s, u"mysql.kubeflow.svc"_s, u"mysql.kubeflow.svc.cluster.local"_s})
            QVERIFY2(gone(host), qPrintable(host));
        for (const QString &host : {u"mysql.example"_s, u"mysql-ha.db.example"_s, u"mysql.other.svc"_s, u"10.0.0.7"_s})
            QVERIFY2(!gone(host), qPrintable(host));
        // Of a cluster whose rules were not read it is said.
        audit::Scene unread = kubeflowScene();
        settings.pipelines->host = u"mysql"_s;
        QVERIFY(has(propose(unread, settings).warnings, u"mesh"_s));
        unread.read(u"networking.istio.io"_s, u"DestinationRule"_s);
        QVERIFY(!has(propose(unread, settings).warnings, u"mesh"_s));
    }

    void brokersStandBesideTheOldOnes()
    {
        audit::Scene scene = release(u"26.03"_s);
        Settings settings;
        settings.events = EventBroker{.servers = {u"k1.example:9093"_s}, .ns = u"team-a"_s, .name = u"default"_s, .replication = 2};
        // Not installed: nothing is written, with the sentence that nothing needs one.
        Proposal proposal = propose(scene, settings);
        QVERIFY(has(proposal.warnings, u"not-there"_s));
        QVERIFY(!proposal.find(What::Events)->there);
        QVERIFY(proposal.find(What::Events)->limits.first().contains(u"No Kubeflow control-plane component"_s));

        add(scene, kEventing);
        proposal = propose(scene, settings);
        QVERIFY(has(proposal.problems, u"broker-class"_s)); // its class cannot change
        settings.events->name = u"durable"_s;
        proposal = propose(scene, settings);
        QVERIFY(proposal.problems.isEmpty());
        for (const QString &id : {u"servers"_s, u"replication"_s, u"triggers"_s})
            QVERIFY2(has(proposal.warnings, id), qPrintable(id));
        QVERIFY(!has(proposal.warnings, u"no-class"_s));
        QVERIFY(proposal.find(What::Events)->now.contains(u"MTChannelBasedBroker"_s));
        Tree tree = generate(scene, settings, proposal);
        Built built = lands(tree.files, tree.entry, scene);
        QCOMPARE(after(built, u"ConfigMap"_s, u"kafka-broker-config"_s)[u"data"_s][u"default.topic.replication.factor"_s].toString(), u"2"_s);
        QCOMPARE(after(built, u"Broker"_s, u"durable"_s)[u"metadata"_s][u"annotations"_s][u"eventing.knative.dev/broker.class"_s].toString(), u"Kafka"_s);
        QVERIFY(after(built, u"Broker"_s, u"default"_s).isEmpty());

        settings.events = EventBroker{.kind = EventBroker::Kind::RabbitMq, .host = u"rabbit.example"_s, .ns = u"team-a"_s, .name = u"durable"_s, .secret = u"rabbit"_s};
        proposal = propose(scene, settings);
        QVERIFY(has(proposal.warnings, u"no-class"_s));
        tree = generate(scene, settings, proposal);
        built = lands(tree.files, tree.entry, scene);
        QCOMPARE(after(built, u"RabbitmqBrokerConfig"_s, u"durable-config"_s)[u"spec"_s][u"queueType"_s].toString(), u"quorum"_s);
        QCOMPARE(after(built, u"Broker"_s, u"durable"_s)[u"spec"_s][u"config"_s][u"name"_s].toString(), u"durable-config"_s);
    }

    void aSwitchIsKeptApartFromTheRest()
    {
        const audit::Scene scene = release(u"26.03"_s);
        const Tree tree = generate(scene, everything());
        const Built built = lands(tree.files, tree.entry, scene);
        const auto of = [&](const QString &name) { return *std::ranges::find_if(built.changed, [&](const Changed &changed) { return changed.name.name == name && changed.name.kind == u"Deployment"; }); };
        const Changed manager = of(u"katib-db-manager"_s);
        QVERIFY(manager.unswitched);
        QCOMPARE(audit::replicasOf(*manager.unswitched), 2);
        QVERIFY(variableOf(*manager.unswitched, u"DB_NAME"_s)[u"value"_s] != u"postgres"_s);
        QVERIFY(!of(u"katib-ui"_s).unswitched);
        QVERIFY(switchesStore(u"components/external-s3/kustomization.yaml"_s) && !switchesStore(u"components/replicas/kustomization.yaml"_s) && !switchesStore(u"components/eventing-kafka/new.yaml"_s));
    }

    void settingsSurviveTheirText()
    {
        Settings settings = everything();
        for (const EventBroker &broker : {EventBroker{.servers = {u"k1:9092"_s, u"[::1]:9093"_s}, .user = u"u"_s, .ns = u"team"_s, .name = u"b"_s, .partitions = 3, .replication = 2},
                                          EventBroker{.kind = EventBroker::Kind::RabbitMq, .host = u"r"_s, .port = 5671, .ns = u"team"_s, .name = u"b"_s, .secret = u"s"_s}}) {
            settings.events = broker;
            settings.objects->secure = !settings.objects->secure;
            const Result<QByteArray> text = settingsText(settings);
            QVERIFY(text);
            const Result<Settings> back = readSettings(*text);
            QVERIFY2(back, back ? "" : qPrintable(back.error().oneLine()));
            QVERIFY(*back == settings);
        }
    }

    void settingsThatCannotBeUsedSayWhere_data()
    {
        QTest::addColumn<QByteArray>("line");
        QTest::addColumn<QString>("said");
        QTest::addColumn<QString>("place");
        const auto row = [](const char *line, const QString &said, const QString &place) { QTest::newRow(line) << QByteArray(line) << said << place; };
        row("modelCatalog: {host: h, engine: mysql}", u"lock of PostgreSQL"_s, u"external.modelCatalog.engine"_s);
        row("pipelines: {host: h, sslMode: require}", u"plain text"_s, u"external.pipelines.sslMode"_s);
        row("pipelines: {host: h, database: d}", u"three databases"_s, u"external.pipelines.database"_s);
        row("katib: {host: h, sslMode: verify-full}", u"plain text"_s, u"external.katib.sslMode"_s);
        row("katib: {host: h, connectionSeconds: 3}", u"Only Pipelines"_s, u"external.katib.connectionSeconds"_s);
        row("katib: {host: h, engine: postgresql, sslMode: prefer}", u"verify-full"_s, u"external.katib.sslMode"_s);
        row("modelRegistry: {host: h, database: 'd?x=1'}", u"letters"_s, u"external.modelRegistry.database"_s);
        row("modelRegistry: {host: 'h)/x'}", u"alone"_s, u"external.modelRegistry.host"_s);
        row("modelRegistry: {host: h, dsn: x}", u"password"_s, u"external.modelRegistry.dsn"_s);
        row("modelRegistry: {host: h, ca: x}", u"PEM"_s, u"external.modelRegistry.ca"_s);
        row("modelRegistry: {host: h, ca: '-----BEGIN CERTIFICATE-----'}", u"verify-full alone"_s, u"external.modelRegistry.ca"_s);
        row("modelRegistry: {host: h, ca: '-----BEGIN RSA PRIVATE KEY-----'}", u"private key"_s, u"external.modelRegistry.ca"_s);
        row("objectStore: {host: 'https://s3'}", u"alone"_s, u"external.objectStore.host"_s);
        row("objectStore: {host: s3, secretKey: k}", u"no such setting"_s, u"external.objectStore.secretKey"_s);
        row("objectStore: {host: s3, iam: 'https://me:pw@x'}", u"without a user"_s, u"external.objectStore.iam"_s);
        row("objectStore: {host: s3, bucket: ''}", u"bucket"_s, u"external.objectStore.bucket"_s);
        row("events: {broker: nats}", u"kafka or rabbitmq"_s, u"external.events.broker"_s);
        row("events: {broker: kafka, namespace: team, name: b, servers: [k]}", u"HOST:PORT"_s, u"external.events.servers[0]"_s);
        row("events: {broker: kafka, namespace: team, name: b}", u"list of HOST:PORT"_s, u"external.events"_s);
        row("events: {broker: kafka, namespace: team, name: b, servers: ['k:1'], host: h}", u"no such setting"_s, u"external.events.host"_s);
        row("events: {broker: rabbitmq, namespace: team, name: b, host: h}", u"Secret"_s, u"external.events"_s);
    }
    void settingsThatCannotBeUsedSayWhere()
    {
        QFETCH(const QByteArray, line);
        QFETCH(const QString, said);
        QFETCH(const QString, place);
        const Result<Settings> read = readSettings("apiVersion: overlay.cairn.console/v1\nkind: Overlay\nexternal:\n  " + line + '\n');
        QVERIFY(!read);
        const QString text = read.error().oneLine();
        QVERIFY2(text.contains(said), qPrintable(text));
        QVERIFY2(text.contains(u"cairn-overlay.yaml:4:"_s) && text.contains(u": "_s + place + u':'), qPrintable(text));
        QVERIFY(!text.contains(u"pw@"_s));
    }

    void whatIsTestedIsWhatIsRead()
    {
        Settings settings = everything();
        settings.registry = Database{.host = u"mysql-ha.db.example"_s, .user = u"mr"_s, .sslMode = u"require"_s};
        settings.events = EventBroker{.servers = {u"[::1]:9093"_s, u"k:1"_s}, .user = u"u"_s, .ns = u"team"_s, .name = u"b"_s, .secret = u"kafka-auth"_s};
        const QList<Outside> all = outsideOf(release(u"26.03.1"_s), settings);
        QCOMPARE(all.size(), 6);
        QCOMPARE(all[0].secret, u"kfp-db"_s);
        QVERIFY(all[0].given && all[0].target.lifeSeconds == 45);
        QCOMPARE(all[1].target.tls, services::Tls::Verify);
        QVERIFY(all[1].target.ca.contains("BEGIN CERTIFICATE"));
        QCOMPARE(all[2].target.tls, services::Tls::Encrypt);
        QCOMPARE(all[2].passwordKey, u"MYSQL_ROOT_PASSWORD"_s);
        QCOMPARE(all[2].store.name, u"model-registry-db"_s);
        QCOMPARE(all[3].secret, u"model-catalog-postgres"_s);
        QCOMPARE(all[3].target.database, u"catalog"_s);
        QVERIFY(all[4].isStore() && !all[4].isDatabase() && all[4].needsPassword());
        QCOMPARE(all[4].target.host, settings.objects->host);
        QCOMPARE(all[4].target.database, settings.objects->bucket);
        QCOMPARE(all[4].store.name, u"seaweedfs"_s);
        QCOMPARE(all[4].readers.first().name, u"ml-pipeline"_s);
        QCOMPARE(all[5].target.port, 9093);
        QCOMPARE(all[5].target.servers.size(), 2);
    }
};

QTEST_GUILESS_MAIN(TestServices)
#include "tst_serviceparts.moc"
