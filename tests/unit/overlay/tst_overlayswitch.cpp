// SPDX-License-Identifier: GPL-3.0-or-later
// Databases switched as the last steps of an overlay: the Secret before what leads there, both while nothing uses them, killed in every
// step, finished and rolled back; and a password that is nowhere but in that Secret.
#include "FakeObjectApi.h"
#include "OverlayScene.h"
#include "change/Executor.h"
#include "change/Fill.h"
#include "overlay/Plan.h"

#include <QJsonDocument>
#include <QProcess>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::change;
using namespace cairn::overlay;
using namespace cairn::tests;

namespace {

struct Killed { };
using Act = Change::Act;

const auto id = u"0123456789abcdef"_s;
const auto password = "hunter2-new"_ba;
const auto former = "hunter1-old"_ba;

QByteArray databasesYaml()
{
    return R"(apiVersion: apps/v1
kind: Deployment
metadata: {name: cache-server, namespace: kubeflow}
spec:
  replicas: 1
  selector: {matchLabels: {app: cache-server}}
  template:
    metadata: {labels: {app: cache-server}}
    spec: {containers: [{name: server, image: "ghcr.io/kubeflow/kfp-cache-server:2.16.0"}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: pipeline-install-config, namespace: kubeflow}
data: {dbHost: mysql, dbPort: "3306", mysqlHost: mysql, mysqlPort: "3306", pipelineDb: mlpipeline, mlmdDb: metadb, cacheDb: cachedb, ConMaxLifeTime: 120s}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: katib-db-manager, namespace: kubeflow}
spec:
  replicas: 1
  selector: {matchLabels: {katib.kubeflow.org/component: db-manager}}
  template:
    metadata: {labels: {katib.kubeflow.org/component: db-manager}}
    spec:
      containers:
        - {name: katib-db-manager, image: "ghcr.io/kubeflow/katib/katib-db-manager:v0.19.0", env: [{name: DB_NAME, value: mysql}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: katib-mysql, namespace: kubeflow}
spec:
  replicas: 1
  selector: {matchLabels: {katib.kubeflow.org/component: mysql}}
  template:
    metadata: {labels: {katib.kubeflow.org/component: mysql}}
    spec: {containers: [{name: katib-mysql, image: "mysql:8.0.29"}]}
)";
}

const RestMapper &mapper()
{
    static std::optional<RestMapper> made;
    if (made)
        return *made;
    QList<ServedResource> served;
    for (const ResourceKind &kind : {kinds::deployments(), kinds::statefulSets(), kinds::configMaps(), kinds::disruptionBudgets(), kinds::autoscalers(), kinds::leases(), kinds::claims(),
                                     kinds::priorityClasses(), kinds::pods(), ResourceKind{u"rbac.authorization.k8s.io"_s, u"v1"_s, u"roles"_s, u"Role"_s, true},
                                     ResourceKind{u"rbac.authorization.k8s.io"_s, u"v1"_s, u"rolebindings"_s, u"RoleBinding"_s, true}})
        served.append({kind});
    made = RestMapper(served);
    return *made;
}

QString encoded(const QByteArray &value)
{
    return QString::fromLatin1(value.toBase64());
}

/// Databases alone. Over a base: the form without one has patches only.
Settings overBase()
{
    Settings settings;
    settings.base = {Base::Kind::Remote, u"https://github.com/kubeflow/community-distribution//example?ref=26.03"_s};
    settings.tiers = {};
    return settings;
}

Settings external()
{
    Settings settings = overBase();
    settings.pipelines = Database{.host = u"mysql-ha.db.example"_s, .port = 3307, .user = u"kfp"_s, .connectionSeconds = 45};
    return settings;
}

/// A cluster with the controller of Deployments.
class World
{
public:
    FakeObjectApi api;
    QDateTime clock = QDateTime::fromString(u"2026-01-02T04:00:00Z"_s, Qt::ISODate);
    QStringList broken;
    std::function<std::optional<Error>(const FakeObjectApi::Call &)> before, after;

    World()
    {
        api.setMapper(mapper());
        static const QList<QJsonObject> objects = objectsOf(kubeflowYaml()) + objectsOf(databasesYaml());
        for (const QJsonObject &object : objects)
            api.put(*mapper().resolve(object[u"apiVersion"_s].toString(), object[u"kind"_s].toString()), object);
        api.put(kinds::secrets(), {{u"metadata"_s, QJsonObject{{u"name"_s, u"mysql-secret"_s}, {u"namespace"_s, u"kubeflow"_s}}},
                                   {u"type"_s, u"Opaque"_s},
                                   {u"data"_s, QJsonObject{{u"username"_s, encoded("root")}, {u"password"_s, encoded(former)}, {u"other"_s, encoded("kept")}}}});
        api.before = [this](const FakeObjectApi::Call &call) -> std::optional<Error> {
            if (call.verb == u"get" && call.resource == u"deployments") {
                api.edit(kinds::deployments(), call.ns, call.name, [](QJsonObject &live) {
                    const int wanted = live[u"spec"_s][u"replicas"_s].toInt(1);
                    live.insert(u"status"_s, QJsonObject{{u"observedGeneration"_s, live[u"metadata"_s][u"generation"_s]}, {u"replicas"_s, wanted}, {u"updatedReplicas"_s, wanted}, {u"availableReplicas"_s, wanted}});
                    return true;
                });
            }
            return before ? before(call) : std::nullopt;
        };
        api.after = [this](const FakeObjectApi::Call &call) -> std::optional<Error> {
            const bool leads = call.writes() && ((call.resource == u"secrets" && call.name == u"mysql-secret") || call.name == u"pipeline-install-config");
            for (const QString &reader : {u"ml-pipeline"_s, u"metadata-grpc-deployment"_s, u"cache-server"_s}) {
                if (leads && replicas(reader) > 0)
                    broken.append(u"%1 was written while %2 ran"_s.arg(call.name, reader));
            }
            return after ? after(call) : std::nullopt;
        };
    }

    int replicas(const QString &name) const { return api.stored(kinds::deployments(), u"kubeflow"_s, name)[u"spec"_s][u"replicas"_s].toInt(1); }
    QJsonValue secret(const QString &name = u"mysql-secret"_s) const { return api.stored(kinds::secrets(), u"kubeflow"_s, name)[u"data"_s]; }
    audit::Scene scene() const
    {
        audit::Scene scene(audit::Scene::Source::Cluster, clock);
        for (const ServedResource &resource : mapper().resources()) {
            for (const QJsonObject &object : api.all(resource.kind))
                scene.add(object);
            scene.read(resource.kind.group, resource.kind.kind);
        }
        return scene;
    }
    SecretFacts facts(const QString &name = u"mysql-secret"_s) const
    {
        const QJsonObject object = api.stored(kinds::secrets(), u"kubeflow"_s, name);
        return {!object.isEmpty(), object[u"metadata"_s].toObject(), object[u"data"_s].toObject().keys()};
    }
    Apply apply(const Settings &settings, bool given = true, const std::optional<SecretFacts> &facts = {}) const
    {
        const audit::Scene now = scene();
        const Proposal proposal = propose(now, settings);
        const Tree tree = generate(now, settings, proposal);
        QList<Switch> switches;
        for (const Outside &outside : outsideOf(now, settings))
            switches.append({outside, facts ? facts : std::optional(this->facts(outside.secret)), given, true});
        return planOf(now, proposal, lands(tree.files, tree.entry, now), mapper(), id, switches);
    }
    Options options(bool knowing = true)
    {
        Options options;
        options.now = [this] { return clock; };
        options.sleep = [this](std::chrono::milliseconds time, const std::stop_token &stop) {
            clock = clock.addMSecs(time.count());
            return !stop.stop_requested();
        };
        if (knowing)
            options.secrets = {{u"kubeflow/mysql-secret/password"_s, Secret(password)}, {u"kubeflow/katib-mysql-secrets/DB_PASSWORD"_s, Secret(password)}};
        return options;
    }
    QMap<QString, QJsonObject> essence() const
    {
        QMap<QString, QJsonObject> all;
        QList<ResourceKind> kinds{kinds::secrets()};
        for (const ServedResource &resource : mapper().resources())
            kinds.append(resource.kind);
        for (const ResourceKind &kind : kinds) {
            for (QJsonObject object : api.all(kind)) {
                QJsonObject meta = object[u"metadata"_s].toObject();
                if (meta[u"name"_s].toString().startsWith(u"cairn-change-"_s))
                    continue;
                for (const QString &field : {u"resourceVersion"_s, u"generation"_s, u"uid"_s})
                    meta.remove(field);
                if (meta[u"annotations"_s].toObject().isEmpty())
                    meta.remove(u"annotations"_s);
                object.insert(u"metadata"_s, meta);
                object.remove(u"status"_s);
                all.insert(kind.plural + u'/' + meta[u"namespace"_s].toString() + u'/' + meta[u"name"_s].toString(), object);
            }
        }
        return all;
    }
    ObjectRef record() const { return {kinds::configMaps(), u"kubeflow"_s, u"cairn-change-0123456789"_s, {}}; }
    bool isRecorded() const { return !api.stored(kinds::configMaps(), u"kubeflow"_s, u"cairn-change-0123456789"_s).isEmpty(); }
    QByteArray recordText() const { return QJsonDocument(api.stored(kinds::configMaps(), u"kubeflow"_s, u"cairn-change-0123456789"_s)).toJson(); }
};

QStringList phasesOf(const Plan &plan)
{
    QStringList phases;
    for (const Change &change : plan.changes) {
        if (phases.isEmpty() || phases.last() != change.phase)
            phases.append(change.phase);
    }
    return phases;
}

bool says(const QByteArray &text, const QByteArray &value)
{
    return text.contains(value) || text.contains(value.toBase64());
}

bool hasNote(const QList<Note> &notes, const QString &noteId)
{
    return std::ranges::any_of(notes, [&](const Note &note) { return note.id == noteId; });
}

} // namespace

class TestOverlaySwitch : public QObject
{
    Q_OBJECT
private slots:
    void whatTheSettingsMeanForACluster()
    {
        Settings settings = external();
        settings.katib = Database{.engine = Database::Engine::PostgreSql, .host = u"pg"_s, .port = 5432, .user = u"katib"_s, .sslMode = u"verify-full"_s};
        const QList<Outside> all = outsideOf(World().scene(), settings);
        QCOMPARE(all.size(), 2);
        QCOMPARE(all[0].id, u"pipelines"_s);
        QCOMPARE(all[0].store.name, u"mysql"_s);
        QStringList readers;
        for (const audit::ObjectName &name : all[0].readers)
            readers.append(name.name);
        QCOMPARE(readers, (QStringList{u"metadata-grpc-deployment"_s, u"cache-server"_s, u"ml-pipeline"_s}));
        QCOMPARE(all[0].databases, (QStringList{u"mlpipeline"_s, u"metadb"_s, u"cachedb"_s}));
        QCOMPARE(all[0].target.lifeSeconds, 45);
        QCOMPARE(all[0].target.tls, services::Tls::Off);
        QCOMPARE(all[1].target.tls, services::Tls::Verify);
        QCOMPARE(all[1].target.database, u"katib"_s);
        QCOMPARE(all[1].secret, u"katib-mysql-secrets"_s);
        QCOMPARE(all[1].readers.first().name, u"katib-db-manager"_s);
        // Nothing read: the settings alone.
        QCOMPARE(outsideOf(audit::Scene(), settings).first().ns, u"kubeflow"_s);
    }

    void theSecretIsWrittenLastAndBeforeWhatLeadsThere()
    {
        World world;
        const Apply apply = world.apply(external());
        QVERIFY2(apply.plan.feasible(), apply.plan.problems.isEmpty() ? "" : qPrintable(apply.plan.problems.first().text));
        QCOMPARE(phasesOf(apply.plan), (QStringList{u"Stop what uses the database"_s, u"Secrets"_s, u"Databases"_s, u"Start what uses the database"_s}));
        QVERIFY(hasNote(apply.plan.warnings, u"switch"_s));
        const QByteArray recorded = QJsonDocument(Record::of(apply.plan, world.clock, u"t"_s).toJson()).toJson();
        const QByteArray commands = commandsOf(apply.plan).join(u'\n').toUtf8();
        for (const QByteArray &value : {password, former}) {
            QVERIFY(!says(recorded, value));
            QVERIFY(!says(commands, value));
        }
        QVERIFY(commands.contains("read -rsp 'password: '"));
        // Read back it is the same.
        QVERIFY(Record::fromJson(QJsonDocument::fromJson(recorded).object())->entries == Record::of(apply.plan, world.clock, u"t"_s).entries);
    }

    void theCommandsForHandsAreAShells()
    {
        const QString commands = commandsOf(World().apply(external()).plan).join(u'\n');
        QProcess bash;
        bash.start(u"bash"_s, {u"-n"_s});
        bash.write(commands.toUtf8());
        bash.closeWriteChannel();
        QVERIFY(bash.waitForFinished());
        QVERIFY2(bash.exitCode() == 0, bash.readAllStandardError().constData());
        // What the patch of the Secret becomes, with a password that needs care.
        const QString fill = commands.section(u'\n', 0).split(u'\n').filter(u"read -rsp"_s).value(0);
        QVERIFY(!fill.isEmpty());
        QProcess run;
        run.start(u"bash"_s, {u"-c"_s, u"kubectl() { cat; }; "_s + fill});
        run.write("p\"a\\ $x`'\n");
        run.closeWriteChannel();
        QVERIFY(run.waitForFinished());
        const QJsonObject data = QJsonDocument::fromJson(run.readAllStandardOutput()).object()[u"data"_s].toObject();
        QCOMPARE(QByteArray::fromBase64(data[u"password"_s].toString().toLatin1()), "p\"a\\ $x`'"_ba);
        QCOMPARE(QByteArray::fromBase64(data[u"username"_s].toString().toLatin1()), "kfp"_ba);
    }

    void switchedAndTakenBack()
    {
        World world;
        const QMap<QString, QJsonObject> before = world.essence();
        const auto outcome = execute(world.api, world.apply(external()).plan, world.options(), {});
        QVERIFY2(outcome && outcome->state == PlanOutcome::State::Done, outcome && outcome->error ? qPrintable(outcome->error->oneLine()) : "");
        QVERIFY2(world.broken.isEmpty(), qPrintable(world.broken.join(u'\n')));
        QCOMPARE(world.secret()[u"password"_s].toString(), encoded(password));
        QCOMPARE(world.secret()[u"username"_s].toString(), encoded("kfp"));
        QCOMPARE(world.secret()[u"other"_s].toString(), encoded("kept"));
        QCOMPARE(world.secret(u"mysql-secret-cairn-before"_s)[u"before.password"_s].toString(), encoded(former));
        QCOMPARE(world.api.stored(kinds::configMaps(), u"kubeflow"_s, u"pipeline-install-config"_s)[u"data"_s][u"mysqlHost"_s].toString(), u"mysql-ha.db.example"_s);
        for (const QString &reader : {u"ml-pipeline"_s, u"metadata-grpc-deployment"_s, u"cache-server"_s})
            QCOMPARE(world.replicas(reader), 1);
        // Nowhere but in Secrets.
        for (const FakeObjectApi::Call &call : world.api.calls()) {
            const QByteArray body = QJsonDocument(QJsonArray{call.body}).toJson();
            QVERIFY2(call.resource == u"secrets" || (!says(body, password) && !says(body, former)), qPrintable(call.verb + u' ' + call.resource));
        }
        QVERIFY(!says(world.recordText(), password) && !says(world.recordText(), former));

        const auto back = rollBack(world.api, outcome->record, world.options(false), {});
        QVERIFY2(back && back->state == PlanOutcome::State::RolledBack, back && back->error ? qPrintable(back->error->oneLine()) : "");
        QVERIFY2(world.broken.isEmpty(), qPrintable(world.broken.join(u'\n')));
        QVERIFY(back->notes.isEmpty());
        QCOMPARE(world.essence().keys(), before.keys());
        QMap<QString, QJsonObject> now = world.essence();
        for (auto it = before.begin(); it != before.end(); ++it)
            QCOMPARE(now.value(it.key()), it.value());
    }

    void whenItIsAcceptedTheFormerValuesGo()
    {
        World world;
        const auto outcome = execute(world.api, world.apply(external()).plan, world.options(), {});
        QVERIFY(outcome);
        const auto accepted = finish(world.api, outcome->record, world.options(false), {});
        QVERIFY(accepted && accepted->state == PlanOutcome::State::Done && accepted->notes.isEmpty());
        QVERIFY(world.api.stored(kinds::secrets(), u"kubeflow"_s, u"mysql-secret-cairn-before"_s).isEmpty());
        QCOMPARE(world.secret()[u"password"_s].toString(), encoded(password));
    }

    void killedInEveryStep_data()
    {
        QTest::addColumn<bool>("undoing");
        QTest::addColumn<bool>("afterEffect");
        for (const bool undoing : {false, true}) {
            for (const bool afterEffect : {false, true})
                QTest::addRow("%s, killed %s a request", undoing ? "rolled back" : "finished", afterEffect ? "after" : "before") << undoing << afterEffect;
        }
    }
    void killedInEveryStep()
    {
        QFETCH(const bool, undoing);
        QFETCH(const bool, afterEffect);
        const QMap<QString, QJsonObject> before = World().essence();
        World whole;
        QVERIFY(execute(whole.api, whole.apply(external()).plan, whole.options(), {}));
        const QMap<QString, QJsonObject> wanted = whole.essence();
        const Plan plan = World().apply(external()).plan;
        int recorded = 0;
        for (int k = 1;; ++k) {
            World world;
            int calls = 0;
            auto &hook = afterEffect ? world.after : world.before;
            hook = [&](const FakeObjectApi::Call &) -> std::optional<Error> {
                if (++calls == k)
                    throw Killed();
                return std::nullopt;
            };
            bool killed = false;
            try {
                QCOMPARE(execute(world.api, plan, world.options(), {})->state, PlanOutcome::State::Done);
            } catch (const Killed &) {
                killed = true;
            }
            hook = nullptr;
            if (!killed) {
                QVERIFY2(recorded >= 25, qPrintable(QString::number(recorded)));
                return;
            }
            if (!world.isRecorded())
                continue;
            ++recorded;
            const bool isDone = Record::fromObject(world.api.stored(kinds::configMaps(), u"kubeflow"_s, world.record().name))->isDone();
            const auto outcome = undoing ? rollBack(world.api, world.record(), world.options(), {}) : finish(world.api, world.record(), world.options(), {});
            QVERIFY2(outcome && !outcome->error, outcome && outcome->error ? qPrintable(u"%1: %2"_s.arg(k).arg(outcome->error->oneLine())) : qPrintable(QString::number(k)));
            QVERIFY2(world.broken.isEmpty(), qPrintable(u"%1: %2"_s.arg(k).arg(world.broken.join(u'\n'))));
            QMap<QString, QJsonObject> expected = undoing ? before : wanted;
            if (!undoing && isDone)
                expected.remove(u"secrets/kubeflow/mysql-secret-cairn-before"_s);
            QMap<QString, QJsonObject> now = world.essence();
            QVERIFY2(now.keys() == expected.keys(), qPrintable(QString::number(k)));
            for (auto it = expected.begin(); it != expected.end(); ++it)
                QVERIFY2(now.value(it.key()) == it.value(), qPrintable(u"%1: %2"_s.arg(k).arg(it.key())));
        }
    }

    void whoGoesOnNeedsThePassword()
    {
        World world;
        const Plan plan = world.apply(external()).plan;
        QCOMPARE(execute(world.api, plan, world.options(false), {}).error().kind, Error::Kind::Invalid);
        QVERIFY(!world.isRecorded());
        world.before = [](const FakeObjectApi::Call &call) -> std::optional<Error> {
            if (call.resource == u"secrets")
                throw Killed();
            return std::nullopt;
        };
        QVERIFY_THROWS_EXCEPTION(Killed, (void)execute(world.api, plan, world.options(), {}));
        world.before = nullptr;
        const auto unknowing = finish(world.api, world.record(), world.options(false), {});
        QVERIFY(unknowing && unknowing->state == PlanOutcome::State::Failed);
        QVERIFY(unknowing->error->what.contains(u"mysql-secret"_s));
        QCOMPARE(world.secret()[u"password"_s].toString(), encoded(former));
        const auto outcome = finish(world.api, world.record(), world.options(), {});
        QVERIFY(outcome && outcome->state == PlanOutcome::State::Done);
        QCOMPARE(world.secret()[u"password"_s].toString(), encoded(password));
    }

    void aPasswordThatSomebodyChangedSinceIsNotOverwritten()
    {
        World world;
        const auto outcome = execute(world.api, world.apply(external()).plan, world.options(), {});
        QVERIFY(outcome);
        world.api.edit(kinds::secrets(), u"kubeflow"_s, u"mysql-secret"_s, [](QJsonObject &secret) {
            QJsonObject data = secret[u"data"_s].toObject();
            data.insert(u"password"_s, encoded("rotated"));
            secret.insert(u"data"_s, data);
            return true;
        });
        const auto back = rollBack(world.api, outcome->record, world.options(), {});
        QVERIFY(back && back->error && back->error->kind == Error::Kind::Conflict);
        QVERIFY(back->error->fix.contains(u"mysql-secret-cairn-before"_s));
        QCOMPARE(world.secret()[u"password"_s].toString(), encoded("rotated"));
    }

    void aSecretThatIsNotThereIsMadeAndGoes()
    {
        World world;
        world.api.erase(kinds::secrets(), u"kubeflow"_s, u"mysql-secret"_s);
        const auto outcome = execute(world.api, world.apply(external()).plan, world.options(), {});
        QVERIFY2(outcome && outcome->state == PlanOutcome::State::Done, outcome && outcome->error ? qPrintable(outcome->error->oneLine()) : "");
        QCOMPARE(world.secret()[u"password"_s].toString(), encoded(password));
        QVERIFY(rollBack(world.api, outcome->record, world.options(false), {}));
        QVERIFY(world.api.all(kinds::secrets()).isEmpty());
    }

    void whatAnExternalStoreOwnsIsNotWritten()
    {
        World world;
        world.api.edit(kinds::secrets(), u"kubeflow"_s, u"mysql-secret"_s, [](QJsonObject &secret) {
            QJsonObject meta = secret[u"metadata"_s].toObject();
            meta.insert(u"ownerReferences"_s, QJsonArray{QJsonObject{{u"kind"_s, u"ExternalSecret"_s}, {u"name"_s, u"mysql"_s}, {u"controller"_s, true}}});
            secret.insert(u"metadata"_s, meta);
            return true;
        });
        const Apply refused = world.apply(external());
        QVERIFY(hasNote(refused.plan.problems, u"secret-owned"_s));
        Settings named = external();
        named.pipelines->secret = u"mysql-secret"_s;
        const Apply apply = world.apply(named, false);
        QVERIFY2(apply.plan.feasible(), apply.plan.problems.isEmpty() ? "" : qPrintable(apply.plan.problems.first().text));
        QVERIFY(!phasesOf(apply.plan).contains(u"Secrets"_s) && phasesOf(apply.plan).contains(u"Databases"_s));
        QVERIFY(hasNote(apply.plan.warnings, u"secret-kept"_s));
        // Named, but without what is read.
        QVERIFY(hasNote(world.apply(named, false, SecretFacts{true, {}, {u"other"_s}}).plan.problems, u"no-secret"_s));
    }

    void withoutAPasswordTheDatabaseStays()
    {
        World world;
        Settings settings = external();
        settings.katib = Database{.host = u"mysql-ha.db.example"_s, .user = u"katib"_s};
        const Apply apply = world.apply(settings, false);
        QVERIFY(hasNote(apply.plan.problems, u"nothing"_s));
        QStringList saved;
        for (const Saved &one : apply.saved)
            saved.append(one.object.name);
        QVERIFY(saved.contains(u"pipeline-install-config"_s) && saved.contains(u"katib-db-manager"_s));
    }

    void katibIsLedElsewhereByItsOwnVariables()
    {
        World world;
        Settings settings = overBase();
        settings.katib = Database{.host = u"mysql-ha.db.example"_s, .user = u"katib"_s};
        const QMap<QString, QJsonObject> before = world.essence();
        const Apply apply = world.apply(settings);
        QCOMPARE(phasesOf(apply.plan), (QStringList{u"Stop what uses the database"_s, u"Secrets"_s, u"Databases"_s, u"Start what uses the database"_s}));
        const auto outcome = execute(world.api, apply.plan, world.options(), {});
        QVERIFY2(outcome && outcome->state == PlanOutcome::State::Done, outcome && outcome->error ? qPrintable(outcome->error->oneLine()) : "");
        QCOMPARE(world.secret(u"katib-mysql-secrets"_s)[u"DB_PASSWORD"_s].toString(), encoded(password));
        QVERIFY(QJsonDocument(world.api.stored(kinds::deployments(), u"kubeflow"_s, u"katib-db-manager"_s)).toJson().contains("mysql-ha.db.example"));
        QCOMPARE(world.replicas(u"katib-db-manager"_s), 1);
        QVERIFY(rollBack(world.api, outcome->record, world.options(false), {}));
        QCOMPARE(world.essence(), before);
    }

    void whatSomebodyStoppedIsStartedAtTheEnd()
    {
        World world;
        for (const QString &reader : {u"ml-pipeline"_s, u"metadata-grpc-deployment"_s, u"cache-server"_s}) {
            world.api.edit(kinds::deployments(), u"kubeflow"_s, reader, [](QJsonObject &live) {
                QJsonObject spec = live[u"spec"_s].toObject();
                spec.insert(u"replicas"_s, 0);
                live.insert(u"spec"_s, spec);
                return true;
            });
        }
        const Apply apply = world.apply(external());
        QVERIFY(!phasesOf(apply.plan).contains(u"Stop what uses the database"_s));
        QVERIFY(hasNote(apply.plan.warnings, u"stopped"_s));
        QVERIFY(execute(world.api, apply.plan, world.options(), {}));
        QVERIFY(world.broken.isEmpty());
        QCOMPARE(world.secret()[u"password"_s].toString(), encoded(password));
    }

    void theWayToMoveADatabase()
    {
        World world;
        Settings settings = external();
        settings.pipelines->host = u"it's.example"_s; // readSettings lets a quote pass
        const Outside outside = outsideOf(world.scene(), settings).first();
        const QString text = moveText(world.scene(), outside);
        for (const QString &line : {u"kubectl -n kubeflow scale deployment/ml-pipeline --replicas=0   # it has 1"_s,
                                    u"kubectl -n kubeflow wait --for=delete pod -l component=metadata-grpc-server --timeout=180s"_s,
                                    u"kubectl -n kubeflow exec deployment/mysql -c mysql -- bash -c 'mysqldump --defaults-extra-file=<(printf"_s, u"--databases mlpipeline metadb cachedb' > pipelines.sql"_s,
                                    u"table_schema IN ('mlpipeline', 'metadb', 'cachedb');"_s, u"diff before.txt after.txt"_s, u"cairnctl overlay rollback --yes"_s})
            QVERIFY2(text.contains(line), qPrintable(line));
        QString commands;
        bool inside = false;
        for (const QString &line : text.split(u'\n')) {
            if (line.startsWith(u"```"))
                inside = !inside;
            else if (inside)
                commands += line + u'\n';
        }
        QVERIFY(!inside);
        QProcess bash;
        bash.start(u"bash"_s, {u"-n"_s});
        bash.write(commands.toUtf8());
        bash.closeWriteChannel();
        QVERIFY(bash.waitForFinished());
        QVERIFY2(bash.exitCode() == 0, bash.readAllStandardError().constData());
        QVERIFY(commands.contains(u"'it'\\''s.example'"_s));
        // In the order in which it is done.
        qsizetype at = 0;
        for (const QString &title : {u"Before"_s, u"Stop what writes"_s, u"Dump"_s, u"Restore"_s, u"Compare the number of rows"_s, u"Switch"_s, u"Check"_s, u"Going back"_s}) {
            const qsizetype found = text.indexOf(u". "_s + title + u'\n', at);
            QVERIFY2(found > at, qPrintable(title));
            at = found;
        }
    }

    void theWayToMoveNamesTheFolderOfTheOverlay()
    {
        World world;
        const Outside outside = outsideOf(world.scene(), external()).first();
        QString text = moveText(world.scene(), outside, u"my overlays/ha"_s);
        QVERIFY(text.contains(u"cairnctl overlay test 'my overlays/ha' --from both"_s));
        QVERIFY(text.contains(u"cairnctl overlay apply --out 'my overlays/ha' --password-from stdin --yes"_s));
        text = moveText(world.scene(), outside, u"ha"_s, u"ha/mine.yaml"_s);
        QVERIFY(text.contains(u"cairnctl overlay test ha/mine.yaml --from both"_s));
        QVERIFY(
            text.contains(u"cairnctl overlay apply --out ha --settings ha/mine.yaml --password-from stdin --yes"_s));
    }

    void whatCannotBeMovedIsSaid()
    {
        World world;
        Settings settings;
        settings.katib = Database{.engine = Database::Engine::PostgreSql, .host = u"pg.example"_s, .port = 5432, .user = u"katib"_s};
        const QString text = moveText(world.scene(), outsideOf(world.scene(), settings).first());
        QVERIFY(text.contains(u"Deployment kubeflow/katib-mysql holds MySQL, and the server above is PostgreSQL"_s));
        QVERIFY(!text.contains(u"mysqldump"_s) && !text.contains(u"pg_restore"_s));
        // No cluster was read.
        QVERIFY(moveText(audit::Scene(), outsideOf(audit::Scene(), external()).first()).contains(u"was not found in this cluster"_s));
    }
};

QTEST_GUILESS_MAIN(TestOverlaySwitch)
#include "tst_overlayswitch.moc"
