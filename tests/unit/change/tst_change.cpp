// SPDX-License-Identifier: GPL-3.0-or-later
// A change of several objects: created, applied, merged and deleted in order; broken off everywhere, finished and rolled back.
#include "FakeObjectApi.h"
#include "change/Executor.h"
#include "change/Owner.h"
#include "change/Suspicion.h"

#include <QFileInfo>
#include <QJsonDocument>
#include <QTest>
#include <memory>
#include <sys/wait.h>
#include <unistd.h>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::change;
using namespace cairn::tests;

namespace {

struct Killed { };
using Act = Change::Act;

const auto ns = u"kubeflow"_s;

QJsonObject budget()
{
    return {{u"apiVersion"_s, u"policy/v1"_s},
            {u"kind"_s, u"PodDisruptionBudget"_s},
            {u"metadata"_s, QJsonObject{{u"name"_s, u"trainer"_s}, {u"namespace"_s, ns}}},
            {u"spec"_s, QJsonObject{{u"minAvailable"_s, 1}}}};
}

QJsonObject deployment(int replicas)
{
    return {{u"apiVersion"_s, u"apps/v1"_s},
            {u"kind"_s, u"Deployment"_s},
            {u"metadata"_s, QJsonObject{{u"name"_s, u"trainer"_s}, {u"namespace"_s, ns}, {u"labels"_s, QJsonObject{{u"app"_s, u"trainer"_s}}}}},
            {u"spec"_s, QJsonObject{{u"replicas"_s, replicas}, {u"strategy"_s, QJsonObject{{u"type"_s, u"RollingUpdate"_s}}}}}};
}

QJsonObject settings(const QString &level)
{
    return {{u"apiVersion"_s, u"v1"_s},
            {u"kind"_s, u"ConfigMap"_s},
            {u"metadata"_s, QJsonObject{{u"name"_s, u"settings"_s}, {u"namespace"_s, ns}}},
            {u"data"_s, QJsonObject{{u"level"_s, level}, {u"mine"_s, u"kept"_s}}}};
}

QJsonObject oldService()
{
    return {{u"apiVersion"_s, u"v1"_s},
            {u"kind"_s, u"Service"_s},
            {u"metadata"_s, QJsonObject{{u"name"_s, u"old"_s}, {u"namespace"_s, ns}}},
            {u"spec"_s, QJsonObject{{u"clusterIP"_s, u"None"_s}}}};
}

/// One that wants so many replicas of the trainer.
QJsonObject autoscaler(int wants)
{
    return {{u"apiVersion"_s, u"autoscaling/v2"_s},
            {u"kind"_s, u"HorizontalPodAutoscaler"_s},
            {u"metadata"_s, QJsonObject{{u"name"_s, u"trainer-hpa"_s}, {u"namespace"_s, ns}}},
            {u"spec"_s, QJsonObject{{u"minReplicas"_s, wants}, {u"maxReplicas"_s, 9},
                                    {u"scaleTargetRef"_s, QJsonObject{{u"apiVersion"_s, u"apps/v1"_s}, {u"kind"_s, u"Deployment"_s}, {u"name"_s, u"trainer"_s}}}}},
            {u"status"_s, QJsonObject{{u"desiredReplicas"_s, wants}}}};
}

ObjectRef refOf(const ResourceKind &kind, const QJsonObject &object)
{
    const QJsonValue meta = object[u"metadata"_s];
    return {kind, meta[u"namespace"_s].toString(), meta[u"name"_s].toString(), meta[u"uid"_s].toString()};
}

class World
{
public:
    FakeObjectApi api;
    QDateTime clock = QDateTime::fromString(u"2026-01-02T04:00:00Z"_s, Qt::ISODate);

    World()
    {
        api.put(kinds::deployments(), deployment(1));
        api.put(kinds::configMaps(), settings(u"info"_s));
        api.put(kinds::services(), oldService());
    }
    Plan plan() const
    {
        const QJsonObject live = api.stored(kinds::deployments(), ns, u"trainer"_s);
        const QJsonObject config = api.stored(kinds::configMaps(), ns, u"settings"_s);
        const QJsonObject service = api.stored(kinds::services(), ns, u"old"_s);
        Plan plan;
        plan.id = u"abc123def456"_s;
        plan.title = u"Make trainer survive a node failure"_s;
        plan.ns = ns;
        plan.changes.resize(4);
        plan.changes[0] = {.act = Act::Create, .target = refOf(kinds::disruptionBudgets(), budget()), .body = budget()};
        plan.changes[1] = {.act = Act::Apply,
                           .target = refOf(kinds::deployments(), live),
                           .before = live,
                           .body = QJsonObject{{u"apiVersion"_s, u"apps/v1"_s},
                                               {u"kind"_s, u"Deployment"_s},
                                               {u"metadata"_s, QJsonObject{{u"name"_s, u"trainer"_s}, {u"namespace"_s, ns}}},
                                               {u"spec"_s, QJsonObject{{u"replicas"_s, 2}, {u"minReadySeconds"_s, 5}}}}};
        plan.changes[2] = {.act = Act::Merge,
                           .target = refOf(kinds::configMaps(), config),
                           .before = config,
                           .body = QJsonObject{{u"data"_s, QJsonObject{{u"level"_s, u"debug"_s}, {u"extra"_s, u"1"_s}}}}};
        plan.changes[3] = {.act = Act::Delete, .target = refOf(kinds::services(), service), .before = service};
        return plan;
    }
    Options options()
    {
        Options options;
        options.now = [this] { return clock; };
        options.sleep = [this](std::chrono::milliseconds time, const std::stop_token &stop) {
            clock = clock.addMSecs(time.count());
            return !stop.stop_requested();
        };
        options.tool = u"cairn test"_s;
        return options;
    }
    /// Everything there is, without what the server counts.
    QMap<QString, QJsonObject> essence() const
    {
        QMap<QString, QJsonObject> all;
        for (const ResourceKind &kind : {kinds::deployments(), kinds::configMaps(), kinds::services(), kinds::disruptionBudgets()}) {
            for (QJsonObject object : api.all(kind)) {
                QJsonObject meta = object[u"metadata"_s].toObject();
                for (const QString &field : {u"resourceVersion"_s, u"generation"_s, u"uid"_s, u"annotations"_s})
                    meta.remove(field);
                object.insert(u"metadata"_s, meta);
                all.insert(kind.plural + u'/' + meta[u"name"_s].toString(), object);
            }
        }
        return all;
    }
    ObjectRef record() const { return Record::of(plan(), clock, {}).ref(ns); }
    bool isRecorded() const { return !api.stored(kinds::configMaps(), ns, u"cairn-change-abc123def4"_s).isEmpty(); }
};

Record recordIn(const QString &in, const QList<Change> &changes)
{
    Plan plan;
    plan.id = u"0123456789abcdef"_s;
    plan.ns = in;
    plan.changes = changes;
    return Record::of(plan, QDateTime::fromString(u"2026-01-02T04:00:00Z"_s, Qt::ISODate), u"t"_s);
}

QMap<QString, QJsonObject> wanted()
{
    World world;
    QMap<QString, QJsonObject> all = world.essence();
    all.remove(u"services/old"_s);
    all.insert(u"poddisruptionbudgets/trainer"_s, budget());
    QJsonObject changed = all[u"deployments/trainer"_s];
    changed.insert(u"spec"_s, QJsonObject{{u"replicas"_s, 2}, {u"minReadySeconds"_s, 5}, {u"strategy"_s, QJsonObject{{u"type"_s, u"RollingUpdate"_s}}}});
    all[u"deployments/trainer"_s] = changed;
    QJsonObject config = all[u"configmaps/settings"_s];
    config.insert(u"data"_s, QJsonObject{{u"level"_s, u"debug"_s}, {u"extra"_s, u"1"_s}, {u"mine"_s, u"kept"_s}});
    all[u"configmaps/settings"_s] = config;
    return all;
}

/// A Deployment that is given a flag at one replica, shows its leader, and is scaled: two changes of one object with waits
/// between. The hooks play its controllers, and note when two replicas ran without the flag.
class Scaled
{
public:
    FakeObjectApi api;
    QDateTime clock = QDateTime::fromString(u"2026-01-02T04:00:00Z"_s, Qt::ISODate);
    bool twoWithoutFlag = false;
    bool rollsOut = true;
    int renewals = 0;
    /// A test's own, after the controllers have acted.
    std::function<std::optional<Error>(const FakeObjectApi::Call &)> before, after;

    Scaled()
    {
        QJsonObject object = deployment(1);
        object.insert(u"spec"_s, QJsonObject{{u"replicas"_s, 1},
                                             {u"template"_s, QJsonObject{{u"spec"_s, QJsonObject{{u"containers"_s, QJsonArray{QJsonObject{{u"name"_s, u"main"_s}}}}}}}}});
        api.put(kinds::deployments(), object);
        api.before = [this](const FakeObjectApi::Call &call) -> std::optional<Error> {
            if (call.verb == u"get" && call.resource == u"deployments")
                control();
            if (call.verb == u"get" && call.resource == u"leases")
                elect();
            return before ? before(call) : std::nullopt;
        };
        api.after = [this](const FakeObjectApi::Call &call) -> std::optional<Error> {
            if (!call.dryRun && call.verb == u"patch" && call.resource == u"deployments") {
                const QJsonObject now = live();
                twoWithoutFlag |= !hasFlag(now) && (now[u"spec"_s][u"replicas"_s].toInt() > 1 || now[u"status"_s][u"replicas"_s].toInt() > 1);
            }
            return after ? after(call) : std::nullopt;
        };
        control();
    }
    QJsonObject live() const { return api.stored(kinds::deployments(), ns, u"trainer"_s); }
    static QJsonObject pod(const QString &name, const QString &node)
    {
        return {{u"metadata"_s, QJsonObject{{u"name"_s, name}, {u"namespace"_s, ns}, {u"labels"_s, QJsonObject{{u"app"_s, u"trainer"_s}}}}},
                {u"spec"_s, QJsonObject{{u"nodeName"_s, node}}},
                {u"status"_s, QJsonObject{{u"conditions"_s, QJsonArray{QJsonObject{{u"type"_s, u"Ready"_s}, {u"status"_s, u"True"_s}}}}}}};
    }
    static bool hasFlag(const QJsonObject &object)
    {
        return object[u"spec"_s][u"template"_s][u"spec"_s][u"containers"_s][0][u"args"_s].toArray().contains(u"--leader-elect"_s);
    }
    void control()
    {
        if (!rollsOut)
            return;
        api.edit(kinds::deployments(), ns, u"trainer"_s, [](QJsonObject &object) {
            // What is gone is gone one look later.
            const int wanted = object[u"spec"_s][u"replicas"_s].toInt();
            const QJsonValue generation = object[u"metadata"_s][u"generation"_s];
            const int were = object[u"status"_s][u"replicas"_s].toInt();
            const bool seen = object[u"status"_s][u"observedGeneration"_s] == generation;
            object.insert(u"status"_s, QJsonObject{{u"observedGeneration"_s, generation}, {u"replicas"_s, seen ? wanted : std::max(were, wanted)},
                                                   {u"updatedReplicas"_s, wanted}, {u"availableReplicas"_s, wanted}});
            return true;
        });
    }
    void elect()
    {
        if (hasFlag(live())) {
            api.put(kinds::leases(), {{u"metadata"_s, QJsonObject{{u"name"_s, u"trainer.lock"_s}, {u"namespace"_s, ns}}},
                                      {u"spec"_s, QJsonObject{{u"holderIdentity"_s, u"trainer-abc-1_f0"_s}, {u"renewTime"_s, QString::number(++renewals)}}}});
        }
    }
    Plan plan() const
    {
        const QJsonObject object = live();
        const ObjectRef ref = refOf(kinds::deployments(), object);
        const QJsonArray containers{QJsonObject{{u"name"_s, u"main"_s}, {u"args"_s, QJsonArray{u"--leader-elect"_s}}}};
        Plan plan;
        plan.id = u"abc123def456"_s;
        plan.title = u"Make trainer survive a node failure"_s;
        plan.ns = ns;
        plan.keepRecord = true;
        plan.changes.resize(6);
        plan.changes[0] = {.act = Act::Merge,
                           .target = ref,
                           .before = object,
                           .body = {{u"spec"_s, QJsonObject{{u"template"_s, QJsonObject{{u"spec"_s, QJsonObject{{u"containers"_s, containers}}}}}}}},
                           .phase = u"Flags"_s};
        plan.changes[1] = {.act = Act::Await, .until = {{.what = Condition::What::RolledOut, .object = ref}}, .phase = u"Flags"_s};
        plan.changes[2] = {.act = Act::Await,
                           .until = {{.what = Condition::What::Renewed, .object = {kinds::leases(), ns, u"trainer.lock"_s, {}}, .holder = u"trainer-"_s, .seconds = 60}},
                           .phase = u"Leaders"_s};
        plan.changes[3] = {.act = Act::Merge, .target = ref, .before = object, .body = {{u"spec"_s, QJsonObject{{u"replicas"_s, 2}}}}, .phase = u"Scale"_s};
        plan.changes[4] = {.act = Act::Await, .until = {{.what = Condition::What::RolledOut, .object = ref}}, .phase = u"Scale"_s};
        plan.changes[5] = {.act = Act::Create, .target = refOf(kinds::disruptionBudgets(), budget()), .body = budget(), .phase = u"PDBs"_s};
        return plan;
    }
    Options options()
    {
        Options options;
        options.now = [this] { return clock; };
        options.sleep = [this](std::chrono::milliseconds time, const std::stop_token &stop) {
            clock = clock.addMSecs(time.count());
            return !stop.stop_requested();
        };
        return options;
    }
    ObjectRef record() const { return {kinds::configMaps(), ns, u"cairn-change-abc123def4"_s, {}}; }
    bool isRecorded() const { return !api.stored(kinds::configMaps(), ns, u"cairn-change-abc123def4"_s).isEmpty(); }
    bool isScaled() const
    {
        return hasFlag(live()) && live()[u"spec"_s][u"replicas"_s].toInt() == 2 && !api.stored(kinds::disruptionBudgets(), ns, u"trainer"_s).isEmpty();
    }
    bool isAsItWas() const
    {
        return !hasFlag(live()) && live()[u"spec"_s][u"replicas"_s].toInt() == 1 && api.stored(kinds::disruptionBudgets(), ns, u"trainer"_s).isEmpty();
    }
};

/// What of a record in "team" lies elsewhere; nothing of these is suspicious in another way alone.
QList<ObjectRef> elsewhere(const Record &record)
{
    QList<ObjectRef> found;
    for (const Suspicion &one : suspicions(record, u"team"_s)) {
        if (one.what == Suspicion::What::Elsewhere)
            found.append(one.target);
    }
    return found;
}

} // namespace

class TestChange : public QObject
{
    Q_OBJECT

private slots:
    void everyObjectIsWrittenInOrder()
    {
        World world;
        QStringList told, texts;
        Options options = world.options();
        options.progress = [&](const Event &event) {
            told.append(stageWord(event.stage));
            texts.append(event.text);
        };
        const auto outcome = execute(world.api, world.plan(), options, {});
        QVERIFY2(outcome && outcome->state == PlanOutcome::State::Done, outcome ? qPrintable(outcome->error ? outcome->error->oneLine() : u""_s) : "");
        QCOMPARE(outcome->done, 4);
        QCOMPARE(world.essence(), wanted());
        QVERIFY(!world.isRecorded());
        QCOMPARE(told, (QStringList{u"creating"_s, u"changing"_s, u"changing"_s, u"deleting"_s, u"done"_s}));
        QCOMPARE(texts.mid(0, 4),
            (QStringList{u"Creating PodDisruptionBudget trainer."_s, u"Changing Deployment trainer."_s,
                u"Changing ConfigMap settings."_s, u"Deleting Service old."_s}));
        // The record is there before anything else is written, and every other write is guarded.
        bool first = true;
        for (const FakeObjectApi::Call &call : world.api.calls()) {
            if (!call.writes())
                continue;
            QCOMPARE(first, call.verb == u"create" && call.resource == u"configmaps");
            if (!first && call.verb == u"patch")
                QVERIFY(call.body[u"metadata"_s][u"resourceVersion"_s].isString());
            first = false;
        }
    }

    void aFailureInTheMiddleIsRolledBack()
    {
        World world;
        const auto before = world.essence();
        world.api.before = [](const FakeObjectApi::Call &call) -> std::optional<Error> {
            if (call.verb == u"patch" && call.name == u"settings")
                return Error::make(Error::Kind::Forbidden, u"You may not"_s);
            return std::nullopt;
        };
        const auto outcome = execute(world.api, world.plan(), world.options(), {});
        QVERIFY(outcome);
        QVERIFY(outcome->state == PlanOutcome::State::Failed && outcome->canRollBack);
        QCOMPARE(outcome->done, 2);
        QCOMPARE(outcome->error->what, u"You may not"_s);
        QVERIFY(world.isRecorded());
        const auto back = rollBack(world.api, outcome->record, world.options(), {});
        QVERIFY2(back && back->state == PlanOutcome::State::RolledBack, back && back->error ? qPrintable(back->error->oneLine()) : "");
        QCOMPARE(world.essence(), before);
        QVERIFY(!world.isRecorded());
    }

    void theWayBackIsToldInItsOrder()
    {
        Record record = Record::of(World().plan(), QDateTime::currentDateTimeUtc(), {});
        record.next = 4;
        QStringList lines = wayBack(record);
        QCOMPARE(lines.size(), 4);
        QCOMPARE(lines[0], u"create Service kubeflow/old again"_s);
        QCOMPARE(lines[1], u"put back ConfigMap kubeflow/settings: no extra, level"_s);
        QVERIFY2(lines[2].startsWith(u"put back Deployment kubeflow/trainer: no minReadySeconds, replicas 1"_s),
            qPrintable(lines[2]));
        QCOMPARE(lines[3], u"delete PodDisruptionBudget kubeflow/trainer"_s);
        // The one after the last that is known may be done; those behind it were never begun.
        record.next = 1;
        QCOMPARE(wayBack(record), lines.mid(2));
        record.undoing = true;
        record.next = 1;
        QCOMPARE(wayBack(record), lines.mid(3));
        // A wait changes nothing, and a Secret's values are nobody's.
        record = Record::of(Scaled().plan(), QDateTime::currentDateTimeUtc(), {});
        record.next = 6;
        lines = wayBack(record);
        QCOMPARE(lines,
            (QStringList{u"delete PodDisruptionBudget kubeflow/trainer"_s,
                u"put back Deployment kubeflow/trainer: replicas 1"_s,
                u"put back Deployment kubeflow/trainer: containers"_s}));
        Change fill{.act = Act::Fill,
            .target = {kinds::secrets(), ns, u"db"_s, {}},
            .body = {{u"stringData"_s, QJsonObject{{u"user"_s, u"hunter2"_s}}}},
            .fills = {u"password"_s}};
        record.entries = {{fill, {}}};
        record.next = 1;
        QCOMPARE(wayBack(record), QStringList{u"delete Secret kubeflow/db"_s});
        record.entries[0].change.before = {{u"metadata"_s, QJsonObject{{u"name"_s, u"db"_s}}}};
        QCOMPARE(wayBack(record), QStringList{u"put back Secret kubeflow/db: user, password"_s});
    }

    void everyKillCanBeFinishedOrRolledBack_data()
    {
        QTest::addColumn<bool>("undoing");
        QTest::addColumn<bool>("afterEffect");
        for (const bool undoing : {false, true}) {
            for (const bool after : {false, true})
                QTest::addRow("%s, killed %s a request", undoing ? "rolled back" : "finished", after ? "after" : "before") << undoing << after;
        }
    }
    void everyKillCanBeFinishedOrRolledBack()
    {
        QFETCH(const bool, undoing);
        QFETCH(const bool, afterEffect);
        const auto before = World().essence();
        int recorded = 0;
        for (int k = 1;; ++k) {
            World world;
            const Plan plan = world.plan();
            int calls = 0;
            auto &hook = afterEffect ? world.api.after : world.api.before;
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
                QVERIFY2(recorded >= 10, "it was hardly ever interrupted");
                return;
            }
            if (!world.isRecorded()) {
                QVERIFY(world.essence() == before || world.essence() == wanted());
                continue;
            }
            ++recorded;
            const auto outcome = undoing ? rollBack(world.api, world.record(), world.options(), {}) : finish(world.api, world.record(), world.options(), {});
            QVERIFY2(outcome && !outcome->error, qPrintable(u"call %1: %2"_s.arg(k).arg(outcome && outcome->error ? outcome->error->oneLine() : u"?"_s)));
            QCOMPARE(world.essence(), undoing ? before : wanted());
            QVERIFY(!world.isRecorded());
        }
    }

    void aRollBackThatDiesIsFinishedByTheNext()
    {
        const auto before = World().essence();
        for (int k = 1;; ++k) {
            World world;
            world.api.before = [](const FakeObjectApi::Call &call) -> std::optional<Error> {
                if (call.verb == u"remove" && call.name == u"old")
                    return Error::make(Error::Kind::Forbidden, u"You may not"_s);
                return std::nullopt;
            };
            const auto failed = execute(world.api, world.plan(), world.options(), {});
            QCOMPARE(failed->state, PlanOutcome::State::Failed);
            world.api.before = nullptr;
            int calls = 0;
            bool killed = false;
            world.api.after = [&](const FakeObjectApi::Call &) -> std::optional<Error> {
                if (++calls == k)
                    throw Killed();
                return std::nullopt;
            };
            try {
                QCOMPARE(rollBack(world.api, failed->record, world.options(), {})->state, PlanOutcome::State::RolledBack);
            } catch (const Killed &) {
                killed = true;
            }
            world.api.after = nullptr;
            if (world.isRecorded()) {
                // Once it was begun, finishing does not turn it round; before, either way is open.
                const auto record = Record::fromObject(world.api.stored(kinds::configMaps(), ns, u"cairn-change-abc123def4"_s));
                QVERIFY(record);
                const auto outcome = record->undoing ? finish(world.api, failed->record, world.options(), {})
                                                     : rollBack(world.api, failed->record, world.options(), {});
                QVERIFY2(outcome && outcome->state == PlanOutcome::State::RolledBack, qPrintable(QString::number(k)));
            }
            QCOMPARE(world.essence(), before);
            if (!killed)
                return;
        }
    }

    void whatSomebodyElseChangedIsNotOverwritten()
    {
        // Before it was begun.
        World early;
        const Plan plan = early.plan();
        early.api.edit(kinds::deployments(), ns, u"trainer"_s, [](QJsonObject &object) {
            object.insert(u"spec"_s, QJsonObject{{u"replicas"_s, 7}});
            return true;
        });
        const auto refused = execute(early.api, plan, early.options(), {});
        QVERIFY(refused && refused->error && refused->error->kind == Error::Kind::Conflict);
        QCOMPARE(early.api.stored(kinds::deployments(), ns, u"trainer"_s)[u"spec"_s][u"replicas"_s].toInt(), 7);
        // Adopted: that alone does not change the generation.
        World adopted;
        const Plan ofAdopted = adopted.plan();
        adopted.api.edit(kinds::deployments(), ns, u"trainer"_s, [](QJsonObject &object) {
            QJsonObject meta = object[u"metadata"_s].toObject();
            meta.insert(u"ownerReferences"_s, QJsonArray{QJsonObject{{u"kind"_s, u"Operator"_s}}});
            object.insert(u"metadata"_s, meta);
            return true;
        });
        QCOMPARE(execute(adopted.api, ofAdopted, adopted.options(), {})->error->kind, Error::Kind::Conflict);
        // After it was written, before it is rolled back.
        World late;
        late.api.before = [](const FakeObjectApi::Call &call) -> std::optional<Error> {
            if (call.verb == u"remove" && call.name == u"old")
                return Error::make(Error::Kind::Forbidden, u"You may not"_s);
            return std::nullopt;
        };
        const auto failed = execute(late.api, late.plan(), late.options(), {});
        late.api.before = nullptr;
        late.api.edit(kinds::deployments(), ns, u"trainer"_s, [](QJsonObject &object) {
            object.insert(u"spec"_s, QJsonObject{{u"replicas"_s, 9}});
            return true;
        });
        const auto back = rollBack(late.api, failed->record, late.options(), {});
        QVERIFY(back && back->state == PlanOutcome::State::Failed);
        QCOMPARE(back->error->kind, Error::Kind::Conflict);
        QCOMPARE(late.api.stored(kinds::deployments(), ns, u"trainer"_s)[u"spec"_s][u"replicas"_s].toInt(), 9);
        QVERIFY(late.isRecorded());
    }

    void otherFieldsMayChangeMeanwhile()
    {
        // As an autoscaler does, before it is written and before it is rolled back.
        const auto scale = [](World &world, int replicas) {
            world.api.edit(kinds::deployments(), ns, u"trainer"_s, [replicas](QJsonObject &object) {
                QJsonObject spec = object[u"spec"_s].toObject();
                spec.insert(u"replicas"_s, replicas);
                object.insert(u"spec"_s, spec);
                return true;
            });
        };
        World world;
        Plan plan = world.plan();
        plan.keepRecord = true;
        plan.changes = {plan.changes[1]};
        plan.changes[0].act = Act::Merge;
        plan.changes[0].body = {{u"spec"_s, QJsonObject{{u"minReadySeconds"_s, 5}}}};
        scale(world, 3);
        const auto done = execute(world.api, plan, world.options(), {});
        QVERIFY2(done && done->state == PlanOutcome::State::Done, done && done->error ? qPrintable(done->error->oneLine()) : "");
        scale(world, 4);
        const auto back = rollBack(world.api, done->record, world.options(), {});
        QVERIFY2(back && back->state == PlanOutcome::State::RolledBack, back && back->error ? qPrintable(back->error->oneLine()) : "");
        const QJsonObject spec = world.api.stored(kinds::deployments(), ns, u"trainer"_s)[u"spec"_s].toObject();
        QCOMPARE(spec[u"replicas"_s].toInt(), 4);
        QVERIFY(!spec.contains(u"minReadySeconds"_s));
        // The field itself is another matter.
        World touched;
        Plan again = touched.plan();
        again.changes = {again.changes[1]};
        again.changes[0].act = Act::Merge;
        scale(touched, 3);
        QCOMPARE(execute(touched.api, again, touched.options(), {})->error->kind, Error::Kind::Conflict);
    }

    void lostAnswersAreNoFailures()
    {
        World world;
        QSet<QString> lost;
        world.api.after = [&](const FakeObjectApi::Call &call) -> std::optional<Error> {
            const QString key = call.verb + call.resource + call.name + call.body[u"metadata"_s][u"resourceVersion"_s].toString();
            if (!call.writes() || lost.contains(key))
                return std::nullopt;
            lost.insert(key);
            return Error::make(Error::Kind::Network, u"connection reset"_s);
        };
        const auto outcome = execute(world.api, world.plan(), world.options(), {});
        QVERIFY2(outcome && outcome->state == PlanOutcome::State::Done, outcome && outcome->error ? qPrintable(outcome->error->oneLine()) : "");
        QVERIFY(lost.size() >= 5);
        QCOMPARE(world.essence(), wanted());
    }

    void stoppingLeavesARecord()
    {
        World world;
        std::stop_source stop;
        Options options = world.options();
        options.progress = [&](const Event &event) {
            if (event.stage == Event::Stage::Changing)
                stop.request_stop();
        };
        const auto outcome = execute(world.api, world.plan(), options, stop.get_token());
        QVERIFY(outcome && outcome->error && outcome->error->kind == Error::Kind::Cancelled);
        QVERIFY(world.isRecorded());
        QCOMPARE(finish(world.api, world.record(), world.options(), {})->state, PlanOutcome::State::Done);
        QCOMPARE(world.essence(), wanted());
    }

    void theRecordSurvivesItsText()
    {
        World world;
        Record record = Record::of(world.plan(), world.clock, u"t"_s);
        record.next = 2;
        record.entries[1].after = u"4"_s;
        const auto back = Record::fromObject(record.object(ns));
        QVERIFY(back);
        QVERIFY(back->entries == record.entries);
        QCOMPARE(back->next, 2);
        QCOMPARE(back->toJson(), record.toJson());
        for (const char *text : {"", "x", "[]", "{}", "{\"v\":1}", "{\"v\":2,\"id\":\"abcdef0123\",\"changes\":[{}],\"next\":0}",
                                 "{\"v\":1,\"id\":\"abcdef0123\",\"changes\":[{\"act\":\"dance\"}],\"next\":0}",
                                 "{\"v\":1,\"id\":\"abcdef0123\",\"changes\":[{}],\"next\":9}"}) {
            QJsonObject object = record.object(ns);
            object.insert(u"data"_s, QJsonObject{{u"change"_s, QString::fromLatin1(text)}});
            QCOMPARE(Record::fromObject(object).error().kind, Error::Kind::Parse);
        }
    }

    void whatIsRestoredIsWhatWasThere()
    {
        const QJsonObject before{{u"spec"_s, QJsonObject{{u"a"_s, 1}, {u"list"_s, QJsonArray{1, 2}}, {u"same"_s, u"x"_s}}}};
        const QJsonObject body{{u"apiVersion"_s, u"v1"_s}, {u"spec"_s, QJsonObject{{u"a"_s, 2}, {u"list"_s, QJsonArray{3}}, {u"same"_s, u"x"_s}, {u"new"_s, true}}}};
        QCOMPARE(restoring(body, before),
                 (QJsonObject{{u"spec"_s, QJsonObject{{u"a"_s, 1}, {u"list"_s, QJsonArray{1, 2}}, {u"new"_s, QJsonValue::Null}}}}));
        QVERIFY(contains(QJsonObject{{u"a"_s, QJsonArray{QJsonObject{{u"b"_s, 1}, {u"c"_s, 2}}}}}, QJsonObject{{u"a"_s, QJsonArray{QJsonObject{{u"b"_s, 1}}}}}));
        QVERIFY(!contains(QJsonObject{{u"a"_s, 1}}, QJsonObject{{u"a"_s, QJsonValue::Null}}));
        QVERIFY(contains(QJsonObject{}, QJsonObject{{u"a"_s, QJsonValue::Null}}));
    }

    void aPlanWaitsForWhatItChanged()
    {
        Scaled world;
        QList<qsizetype> told;
        QStringList texts;
        Options options = world.options();
        options.progress = [&](const Event &event) {
            if (event.change >= 0 && (told.isEmpty() || told.last() != event.change))
                told.append(event.change);
            texts.append(event.text);
        };
        const auto outcome = execute(world.api, world.plan(), options, {});
        QVERIFY2(outcome && outcome->state == PlanOutcome::State::Done, outcome && outcome->error ? qPrintable(outcome->error->oneLine()) : "");
        QCOMPARE(told, (QList<qsizetype>{0, 1, 2, 3, 4, 5}));
        QVERIFY2(texts.contains(u"Waiting for Deployment trainer."_s)
                && texts.contains(u"Waiting for Lease trainer.lock."_s),
            qPrintable(texts.join(u'\n')));
        QVERIFY(world.isScaled() && !world.twoWithoutFlag);
        QVERIFY(world.renewals >= 2);
        // The way back is kept, and knows its headings.
        QVERIFY(outcome->canRollBack && world.isRecorded());
        const auto record = Record::fromObject(world.api.stored(kinds::configMaps(), ns, u"cairn-change-abc123def4"_s));
        QVERIFY(record && record->isDone());
        QCOMPARE(record->entries[3].change.phase, u"Scale"_s);
        const auto back = rollBack(world.api, outcome->record, world.options(), {});
        QVERIFY2(back && back->state == PlanOutcome::State::RolledBack, back && back->error ? qPrintable(back->error->oneLine()) : "");
        QVERIFY(world.isAsItWas() && !world.twoWithoutFlag && !world.isRecorded());
    }

    /// Storage for a namespace reaches out of it by what it is made of; a forged record must not by anything else.
    void storageOfItsOwnAlone_data()
    {
        QTest::addColumn<QJsonObject>("volume");
        QTest::addColumn<bool>("inside");
        const auto volume = [](const QJsonObject &more) {
            QJsonObject spec{{u"claimRef"_s, QJsonObject{{u"namespace"_s, u"team"_s}, {u"name"_s, u"x"_s}}}, {u"persistentVolumeReclaimPolicy"_s, u"Retain"_s}, {u"capacity"_s, QJsonObject()},
                {u"nfs"_s, QJsonObject{{u"server"_s, u"nas"_s}, {u"path"_s, u"/x"_s}}}};
            for (auto it = more.begin(); it != more.end(); ++it) {
                spec.insert(it.key(), it.value());
                if (it->isNull())
                    spec.remove(it.key());
            }
            return QJsonObject{{u"metadata"_s, QJsonObject{{u"name"_s, u"team-x"_s}}}, {u"spec"_s, spec}};
        };
        const auto row = [&](const char *name, const QJsonObject &more, bool inside = false) { QTest::newRow(name) << volume(more) << inside; };
        row("as it is written", {}, true);
        row("by a driver", {{u"nfs"_s, QJsonValue()}, {u"csi"_s, QJsonObject{{u"driver"_s, u"d"_s}, {u"nodeStageSecretRef"_s, QJsonObject{{u"name"_s, u"s"_s}, {u"namespace"_s, u"team"_s}}}}}}, true);
        row("data of the nodes", {{u"nfs"_s, QJsonValue()}, {u"hostPath"_s, QJsonObject{{u"path"_s, u"/mnt/x"_s}}}}, true);
        row("the nodes themselves", {{u"nfs"_s, QJsonValue()}, {u"hostPath"_s, QJsonObject{{u"path"_s, u"/"_s}}}});
        row("by another way", {{u"nfs"_s, QJsonValue()}, {u"hostPath"_s, QJsonObject{{u"path"_s, u"/mnt/../etc"_s}}}});
        row("no path at all", {{u"nfs"_s, QJsonValue()}, {u"hostPath"_s, QJsonObject()}});
        row("a disk", {{u"local"_s, QJsonObject{{u"path"_s, u"/mnt/x"_s}}}});
        row("another's Secret", {{u"csi"_s, QJsonObject{{u"nodeStageSecretRef"_s, QJsonObject{{u"name"_s, u"s"_s}, {u"namespace"_s, u"kube-system"_s}}}}}});
        row("for another namespace", {{u"claimRef"_s, QJsonObject{{u"namespace"_s, u"auth"_s}, {u"name"_s, u"x"_s}}}});
        row("for anybody", {{u"claimRef"_s, QJsonValue()}});
        row("deleted with its claim", {{u"persistentVolumeReclaimPolicy"_s, u"Delete"_s}});
    }
    void storageOfItsOwnAlone()
    {
        QFETCH(QJsonObject, volume);
        QFETCH(bool, inside);
        const ObjectRef target{kinds::volumes(), {}, u"team-x"_s, {}}, claim{kinds::claims(), u"team"_s, u"x"_s, {}};
        Plan plan;
        plan.id = u"0123456789abcdef"_s;
        plan.ns = u"team"_s;
        plan.changes.append({.act = Change::Act::Create, .target = target, .body = volume});
        plan.changes.append({.act = Change::Act::Create, .target = claim, .body = {{u"metadata"_s, QJsonObject{{u"name"_s, u"x"_s}}}, {u"spec"_s, QJsonObject{{u"volumeName"_s, u"team-x"_s}}}}});
        const auto outside = [&](const Plan &of) { return elsewhere(Record::of(of, QDateTime::currentDateTimeUtc(), u"t"_s)); };
        QCOMPARE(outside(plan), inside ? QList<ObjectRef>() : QList<ObjectRef>{target});
        // Nothing is made of another act, of another name, or for a claim that is not made.
        Plan merged = plan;
        merged.changes[0].act = Change::Act::Merge;
        QCOMPARE(outside(merged), QList<ObjectRef>{target});
        Plan deleted = plan;
        deleted.changes[0].act = Change::Act::Delete;
        deleted.changes[0].before = volume;
        QCOMPARE(outside(deleted), QList<ObjectRef>{target});
        Plan renamed = plan;
        renamed.changes[0].target.name = u"auth-x"_s;
        QCOMPARE(outside(renamed).size(), 1);
        Plan alone = plan;
        alone.changes.removeLast();
        QCOMPARE(outside(alone), QList<ObjectRef>{target});
    }
    void classesOfItsOwnAlone()
    {
        const ObjectRef target{kinds::storageClasses(), {}, u"fast"_s, {}}, claim{kinds::claims(), u"team"_s, u"x"_s, {}};
        const auto outside = [&](const QJsonObject &more, const QString &used = u"fast"_s) {
            QJsonObject body{{u"metadata"_s, QJsonObject{{u"name"_s, u"fast"_s}}}, {u"provisioner"_s, u"d"_s}, {u"reclaimPolicy"_s, u"Retain"_s}};
            for (auto it = more.begin(); it != more.end(); ++it)
                body.insert(it.key(), it.value());
            Plan plan;
            plan.id = u"0123456789abcdef"_s;
            plan.ns = u"team"_s;
            plan.changes.append({.act = Change::Act::Create, .target = target, .body = body});
            plan.changes.append({.act = Change::Act::Create, .target = claim, .body = {{u"metadata"_s, QJsonObject{{u"name"_s, u"x"_s}}}, {u"spec"_s, QJsonObject{{u"storageClassName"_s, used}}}}});
            return elsewhere(Record::of(plan, QDateTime::currentDateTimeUtc(), u"t"_s)).size();
        };
        QCOMPARE(outside({}), 0);
        QCOMPARE(outside({{u"parameters"_s, QJsonObject{{u"csi.storage.k8s.io/node-stage-secret-namespace"_s, u"team"_s}}}}), 0);
        QCOMPARE(outside({{u"parameters"_s, QJsonObject{{u"csi.storage.k8s.io/node-stage-secret-namespace"_s, u"kube-system"_s}}}}), 1);
        QCOMPARE(outside({{u"reclaimPolicy"_s, u"Delete"_s}}), 1);
        QCOMPARE(outside({{u"metadata"_s, QJsonObject{{u"name"_s, u"fast"_s}, {u"annotations"_s, QJsonObject{{u"storageclass.kubernetes.io/is-default-class"_s, u"true"_s}}}}}}), 1);
        QCOMPARE(outside({}, u"slow"_s), 1);
    }

    /// Whoever may write ConfigMaps in a namespace can write a record there, and somebody with more rights would carry it out.
    void aRecordActsInItsOwnNamespaceUnlessSomebodyAgrees()
    {
        const ObjectRef own{kinds::configMaps(), u"team"_s, u"x"_s, {}}, other{kinds::configMaps(), u"auth"_s, u"x"_s, {}};
        const ObjectRef wide{{u"storage.k8s.io"_s, u"v1"_s, u"storageclasses"_s, u"StorageClass"_s, false}, u"team"_s, u"x"_s, {}};
        const ObjectRef rights{{u"rbac.authorization.k8s.io"_s, u"v1"_s, u"rolebindings"_s, u"RoleBinding"_s, true}, u"team"_s, u"x"_s, {}};
        const auto recordOf = [](const QList<ObjectRef> &targets, const QString &in) {
            QList<Change> changes;
            for (const ObjectRef &target : targets)
                changes.append({.act = Change::Act::Create, .target = target, .body = {{u"metadata"_s, QJsonObject{{u"name"_s, target.name}, {u"namespace"_s, target.ns}}}}});
            return recordIn(in, changes);
        };
        const auto asked = [](const Record &record, const QString &in) {
            QStringList all;
            for (const Suspicion &one : suspicions(record, in))
                all.append(whatWord(one.what) + u' ' + one.name());
            return all;
        };
        QCOMPARE(asked(recordOf({own}, u"team"_s), u"team"_s), QStringList());
        QCOMPARE(asked(recordOf({own, other, wide, other}, u"team"_s), u"team"_s), (QStringList{u"elsewhere ConfigMap auth/x"_s, u"elsewhere StorageClass team/x"_s})); // whatever namespace it claims
        QCOMPARE(asked(recordOf({own, other, wide, rights}, u"kubeflow"_s), u"kubeflow"_s), QStringList());
        const auto read = Record::fromJson(recordOf({wide}, u"team"_s).toJson());
        QVERIFY(read);
        QCOMPARE(asked(*read, u"team"_s), QStringList{u"elsewhere StorageClass x"_s}); // nor is it shown in one
        QCOMPARE(wayBack(*read), QStringList{u"delete StorageClass x, if this change made it"_s});
        // Rights in the namespace itself are more than whoever may write ConfigMaps there has.
        QCOMPARE(asked(recordOf({own, rights}, u"team"_s), u"team"_s), QStringList{u"rights RoleBinding team/x"_s});
        // What counts is the path that is asked, not the word beside it.
        ObjectRef masked = rights;
        masked.kind.kind = u"ConfigMap"_s;
        QCOMPARE(asked(recordOf({masked}, u"team"_s), u"team"_s), QStringList{u"rights rolebindings team/x"_s});
        for (const auto &[target, word] : {std::pair(rights, u"gives rights with RoleBinding team/x"_s), std::pair(other, u"namespace team, but changes ConfigMap auth/x"_s)}) {
            for (const bool back : {false, true}) {
                FakeObjectApi api;
                Record record = recordOf({own, target}, u"team"_s);
                record.next = back ? 2 : 0;
                api.put(kinds::configMaps(), record.object(u"team"_s));
                Options options;
                options.poll = std::chrono::milliseconds(1);
                const auto go = [&] { return back ? rollBack(api, record.ref(u"team"_s), options, {}) : finish(api, record.ref(u"team"_s), options, {}); };
                const auto refused = go();
                QVERIFY(!refused && refused.error().kind == Error::Kind::Consent);
                QVERIFY2(refused.error().why.contains(word) && refused.error().why.contains(u"Whoever may write ConfigMaps in team"_s), qPrintable(refused.error().why));
                for (const FakeObjectApi::Call &call : api.calls())
                    QVERIFY(!call.writes());
                options.elsewhere = true;
                QVERIFY(go());
                QCOMPARE(api.stored(target.kind, target.ns, u"x"_s).isEmpty(), back);
            }
        }
    }

    /// Who may write ConfigMaps need not be allowed to make pods: what a record lets run is asked for, wherever its kind keeps pods.
    void whatARecordLetsRunIsCalledOut_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QString>("power"); // "" where nothing is asked
        const auto json = [](QByteArray text) { return text.replace('\'', '"'); };
        const auto pod = [&](const QByteArray &spec) { return json("{'spec': {'template': {'spec': {" + spec + "}}}}"); };
        QTest::newRow("replicas") << json("{'spec': {'replicas': 2}}") << QString();
        QTest::newRow("spread and priority") << pod("'priorityClassName': 'p', 'tolerations': [], 'topologySpreadConstraints': [{'maxSkew': 1}]") << QString();
        QTest::newRow("default account") << pod("'serviceAccountName': 'default'") << QString();
        QTest::newRow("nothing of the node") << pod("'hostNetwork': false, 'hostPID': null, 'containers': [{'name': 'a', 'securityContext': {'privileged': false, 'capabilities': {'drop': ['ALL']}}}]") << QString();
        QTest::newRow("account") << pod("'serviceAccountName': 'pipeline-runner'") << u"runs as service account pipeline-runner"_s;
        QTest::newRow("account, old name") << pod("'serviceAccount': 'builder'") << u"service account builder"_s;
        QTest::newRow("network") << pod("'hostNetwork': true") << u"hostNetwork"_s;
        QTest::newRow("processes") << pod("'hostPID': true") << u"hostPID"_s;
        QTest::newRow("privileged") << pod("'containers': [{'name': 'a', 'securityContext': {'privileged': true}}]") << u"a privileged container"_s;
        QTest::newRow("capabilities") << pod("'initContainers': [{'name': 'a', 'securityContext': {'capabilities': {'add': ['SYS_ADMIN']}}}]") << u"capabilities"_s;
        QTest::newRow("path") << pod("'volumes': [{'name': 'v', 'hostPath': {'path': '/etc'}}]") << u"paths of the node (/etc)"_s;
        QTest::newRow("image") << pod("'containers': [{'name': 'a', 'image': 'evil.example/x:1'}]") << u"image evil.example/x:1"_s;
        QTest::newRow("command") << pod("'containers': [{'name': 'a', 'command': ['sh', '-c', 'curl evil.example']}]") << u"command, arguments or variables"_s;
        QTest::newRow("of a TrainJob") << json("{'spec': {'trainer': {'args': ['x']}, 'podTemplateOverrides': [{'spec': {'serviceAccountName': 's'}}]}}") << u"service account s, command"_s;
        QTest::newRow("of a PyTorchJob") << json("{'spec': {'pytorchReplicaSpecs': {'Worker': {'template': {'spec': {'serviceAccountName': 's'}}}}}}") << u"service account s"_s;
        QTest::newRow("behind many images") << pod("'containers': [" + [] {
            QByteArrayList all;
            for (int i = 0; i < 100; ++i)
                all.append("{'image': 'a" + QByteArray::number(i) + "'}");
            return all.join(',');
        }() + "], 'serviceAccountName': 'strong'") << u"runs as service account strong"_s;
    }
    void whatARecordLetsRunIsCalledOut()
    {
        QFETCH(const QByteArray, body);
        QFETCH(const QString, power);
        const QJsonObject object = QJsonDocument::fromJson(body).object();
        QVERIFY(!object.isEmpty());
        const ObjectRef target{kinds::deployments(), u"team"_s, u"x"_s, {}};
        const QJsonObject plain{{u"metadata"_s, QJsonObject{{u"name"_s, u"x"_s}}}, {u"spec"_s, QJsonObject()}};
        // On the way there, on the way back, and where it says that it was so before: that may be forged as well.
        const QList<Change> changes{{.act = Act::Create, .target = target, .body = object},
                                    {.act = Act::Merge, .target = target, .before = plain, .body = object},
                                    {.act = Act::Merge, .target = target, .before = object, .body = object},
                                    {.act = Act::Merge, .target = target, .before = object, .body = {{u"spec"_s, QJsonValue::Null}}},
                                    {.act = Act::Delete, .target = target, .before = object}};
        for (const Change &change : changes) {
            const Record record = recordIn(u"team"_s, {change});
            QList<Suspicion> found = suspicions(record, u"team"_s);
            found.removeIf([](const Suspicion &one) { return one.what == Suspicion::What::Data; }); // of the one that deletes
            QCOMPARE(found.isEmpty(), power.isEmpty());
            QVERIFY(suspicions(recordIn(u"kubeflow"_s, {change}), u"kubeflow"_s).isEmpty());
            if (power.isEmpty())
                continue;
            QCOMPARE(found.size(), 1);
            QVERIFY(found[0].what == Suspicion::What::Pods && found[0].name() == u"Deployment team/x");
            const QString said = found[0].powers.join(u", "_s);
            QVERIFY2(said.contains(power) && said.size() < 1000, qPrintable(said));
            FakeObjectApi api;
            api.put(kinds::configMaps(), record.object(u"team"_s));
            const auto refused = finish(api, record.ref(u"team"_s), {}, {});
            QVERIFY(!refused && refused.error().kind == Error::Kind::Consent);
            QVERIFY2(refused.error().why.contains(power), qPrintable(refused.error().why));
            QVERIFY(std::ranges::none_of(api.calls(), [](const FakeObjectApi::Call &call) { return call.writes(); }));
        }
        // A ConfigMap runs nothing, whatever it says.
        QVERIFY(suspicions(recordIn(u"team"_s, {{.act = Act::Create, .target = {kinds::configMaps(), u"team"_s, u"x"_s, {}}, .body = object}}), u"team"_s).isEmpty());
    }

    /// A token, or a role of the cloud, is got by more than RBAC.
    void whatGivesRightsBesideRbac()
    {
        const auto asked = [](const ResourceKind &kind, Act act, const QJsonObject &body) {
            Change change{.act = act, .target = {kind, u"team"_s, u"x"_s, {}}, .body = body};
            if (act == Act::Merge)
                change.before = {{u"metadata"_s, QJsonObject{{u"name"_s, u"x"_s}}}};
            QStringList all;
            for (const Suspicion &one : suspicions(recordIn(u"team"_s, {change}), u"team"_s))
                all.append(whatWord(one.what));
            return all;
        };
        const QJsonObject token{{u"metadata"_s, QJsonObject{{u"annotations"_s, QJsonObject{{u"kubernetes.io/service-account.name"_s, u"default"_s}}}}}, {u"type"_s, u"kubernetes.io/service-account-token"_s}};
        const QJsonObject role{{u"metadata"_s, QJsonObject{{u"annotations"_s, QJsonObject{{u"eks.amazonaws.com/role-arn"_s, u"arn:aws:iam::1:role/admin"_s}}}}}};
        const QStringList rights{u"rights"_s};
        QCOMPARE(asked(kinds::secrets(), Act::Create, token), rights);
        QCOMPARE(asked(kinds::secrets(), Act::Fill, token), rights);
        QCOMPARE(asked(kinds::secrets(), Act::Create, {{u"stringData"_s, QJsonObject{{u"a"_s, u"b"_s}}}}), rights);
        QCOMPARE(asked(kinds::secrets(), Act::Fill, {{u"stringData"_s, QJsonObject{{u"a"_s, u"b"_s}}}}), QStringList());
        for (const Act act : {Act::Create, Act::Merge, Act::Apply})
            QCOMPARE(asked(kinds::serviceAccounts(), act, role), rights);
        ResourceKind hidden = kinds::secrets();
        hidden.kind = u"ConfigMap"_s;
        QCOMPARE(asked(hidden, Act::Create, token), rights);
    }

    /// An id is copied from the object that is to be gone: its age is what nobody can forge.
    void whatItHasNotMadeIsNotDeleted()
    {
        const ObjectRef claim{kinds::claims(), u"team"_s, u"ckpt"_s, {}};
        const auto made = [](QJsonObject object, const char *at) {
            QJsonObject metadata = object[u"metadata"_s].toObject();
            metadata.insert(u"creationTimestamp"_s, QString::fromLatin1(at));
            object.insert(u"metadata"_s, metadata);
            return object;
        };
        Record record = recordIn(u"team"_s, {{.act = Act::Create, .target = claim, .body = {{u"metadata"_s, QJsonObject{{u"name"_s, u"ckpt"_s}, {u"namespace"_s, u"team"_s}}}}}});
        record.next = 1;
        Options options;
        options.poll = std::chrono::milliseconds(1);
        for (const auto &[at, own] : {std::pair("2026-01-02T03:59:59Z", false), std::pair("2026-01-02T04:00:00Z", true)}) {
            FakeObjectApi api;
            api.put(kinds::configMaps(), made(record.object(u"team"_s), "2026-01-02T04:00:00Z"));
            api.put(kinds::claims(), made(record.entries[0].change.body, at));
            const auto back = rollBack(api, record.ref(u"team"_s), options, {});
            QCOMPARE(back.has_value(), own);
            QCOMPARE(api.stored(kinds::claims(), u"team"_s, u"ckpt"_s).isEmpty(), own);
            if (!own) {
                QVERIFY(back.error().kind == Error::Kind::Consent);
                QVERIFY2(back.error().why.contains(u"it deletes PersistentVolumeClaim team/ckpt, which it has not made"_s), qPrintable(back.error().why));
            }
        }
        // One that was put there under another name, before there was the id.
        FakeObjectApi api;
        QJsonObject kept = made(record.object(u"team"_s), "2026-01-01T00:00:00Z");
        QJsonObject metadata = kept[u"metadata"_s].toObject();
        metadata.insert(u"name"_s, u"cairn-change-waiting"_s);
        kept.insert(u"metadata"_s, metadata);
        api.put(kinds::claims(), made(record.entries[0].change.body, "2026-01-02T04:00:00Z"));
        QCOMPARE(notMadeBy(api, record, kept, {}), QList<ObjectRef>{claim});
        // What may not be looked at is not known to be its own; what is gone is not deleted.
        api.deny(u"get persistentvolumeclaims"_s);
        QCOMPARE(notMadeBy(api, record, record.object(u"team"_s), {}), QList<ObjectRef>{claim});
        QCOMPARE(notMadeBy(api, record, recordIn(u"kubeflow"_s, {}).object(u"kubeflow"_s), {}), QList<ObjectRef>());
        FakeObjectApi none;
        QCOMPARE(notMadeBy(none, record, kept, {}), QList<ObjectRef>());
        // A step that deletes asks whatever it is.
        const Record deletes = recordIn(u"team"_s, {{.act = Act::Delete, .target = claim, .before = record.entries[0].change.body}});
        const QList<Suspicion> found = suspicions(deletes, u"team"_s);
        QVERIFY(found.size() == 1 && found[0].what == Suspicion::What::Data);
        const Question question = consentQuestion(found, u"team"_s);
        QVERIFY2(question.text.contains(u"PersistentVolumeClaim team/ckpt"_s), qPrintable(question.text));
    }

    void theQuestionSaysWhatItIsAbout()
    {
        const ObjectRef rights{{u"rbac.authorization.k8s.io"_s, u"v1"_s, u"rolebindings"_s, u"RoleBinding"_s, true}, u"team"_s, u"r"_s, {}};
        const Suspicion elsewhere{Suspicion::What::Elsewhere, {kinds::configMaps(), u"auth"_s, u"c"_s, {}}, {}}, gives{Suspicion::What::Rights, rights, {}},
            runs{Suspicion::What::Pods, {kinds::deployments(), u"team"_s, u"d"_s, {}}, {u"image x"_s}};
        const auto about = [](const QList<Suspicion> &list) {
            const Question question = consentQuestion(list, u"team"_s);
            return question.title + u'|' + question.text + u'|' + question.act;
        };
        QVERIFY(about({elsewhere}).startsWith(u"Change objects outside of team?"_s));
        const QString given = about({gives});
        QVERIFY2(given.startsWith(u"Give rights in team?"_s) && given.contains(u"RoleBinding team/r"_s) && !given.contains(u"outside"_s), qPrintable(given));
        const QString run = about({runs});
        QVERIFY2(run.contains(u"run"_s) && run.contains(u"Deployment team/d: image x"_s) && !run.contains(u"outside"_s), qPrintable(run));
        const QString all = about({elsewhere, gives, runs});
        QVERIFY2(all.contains(u"ConfigMap auth/c"_s) && all.contains(u"RoleBinding team/r"_s) && all.contains(u"image x"_s), qPrintable(all));
        QCOMPARE(sentences({elsewhere, gives, runs}, u"team"_s).size(), 4);
        QVERIFY(sentences({}, u"team"_s).isEmpty());
        // A pod has no pods, and its kind may be left out.
        const QString ofPod = sentences({{Suspicion::What::Pods, {{{}, u"v1"_s, u"pods"_s, {}, true}, u"team"_s, u"p"_s, {}}, {u"image x"_s}}}, u"team"_s).first();
        QVERIFY2(ofPod.contains(u"the pod team/p runs"_s) && !ofPod.contains(u"pods"_s), qPrintable(ofPod));
        // However many there are, the question can be read.
        QList<Suspicion> many;
        for (int i = 0; i < 500; ++i)
            many.append({Suspicion::What::Pods, {kinds::deployments(), u"team"_s, u"d%1"_s.arg(i), {}}, {u"image x"_s}});
        QVERIFY2(about(many).size() < 2000 && about(many).contains(u"488 more"_s), qPrintable(about(many)));
        QVERIFY(sentences(many, u"team"_s).size() < 20);
    }

    /// Somebody agreed to what a record said; it says something else by now.
    void whatWasNotLookedAtIsNotDone()
    {
        const auto recordOf = [](const QString &name) {
            return recordIn(u"team"_s, {{.act = Act::Create, .target = {kinds::configMaps(), u"team"_s, name, {}}, .body = {{u"data"_s, QJsonObject{{u"a"_s, u"b"_s}}}}}});
        };
        const Record seen = recordOf(u"x"_s), other = recordOf(u"y"_s);
        QVERIFY(seen.digest() != other.digest());
        Record later = seen; // how far it is does not matter
        later.next = 1;
        later.undoing = true;
        later.entries[0].after = u"7"_s;
        later.entries[0].change.target.uid = u"u"_s;
        QCOMPARE(later.digest(), seen.digest());
        QCOMPARE(Record::fromJson(seen.toJson())->digest(), seen.digest());
        FakeObjectApi api;
        api.put(kinds::configMaps(), other.object(u"team"_s));
        Options options;
        options.poll = std::chrono::milliseconds(1);
        options.elsewhere = true;
        options.seen = seen.digest();
        for (const bool back : {false, true}) {
            const auto refused = back ? rollBack(api, other.ref(u"team"_s), options, {}) : finish(api, other.ref(u"team"_s), options, {});
            QVERIFY(!refused && refused.error().kind == Error::Kind::Conflict);
            QVERIFY(std::ranges::none_of(api.calls(), [](const FakeObjectApi::Call &call) { return call.writes(); }));
        }
        // Also where it is written anew between the look and the taking over.
        FakeObjectApi late;
        late.put(kinds::configMaps(), seen.object(u"team"_s));
        late.before = [&, done = false](const FakeObjectApi::Call &call) mutable -> std::optional<Error> {
            if (call.verb == u"patch" && !std::exchange(done, true)) {
                late.edit(kinds::configMaps(), u"team"_s, seen.ref(u"team"_s).name, [&](QJsonObject &object) {
                    object.insert(u"data"_s, other.object(u"team"_s)[u"data"_s]);
                    return true;
                });
            }
            return std::nullopt;
        };
        const auto refused = finish(late, seen.ref(u"team"_s), options, {});
        QVERIFY(!refused && refused.error().kind == Error::Kind::Conflict);
        QVERIFY(late.stored(kinds::configMaps(), u"team"_s, u"y"_s).isEmpty() && late.stored(kinds::configMaps(), u"team"_s, u"x"_s).isEmpty());
    }

    /// What was there before is no work of this change: its way back says so, and not that it is back.
    void whatWasThereBeforeIsLeftAloneAndSaid()
    {
        // The name was taken: nothing of it was made.
        World world;
        Plan plan = world.plan();
        plan.keepRecord = true;
        plan.changes = {plan.changes[2], plan.changes[0]};
        QJsonObject theirs = budget();
        world.api.put(kinds::disruptionBudgets(), theirs);
        const auto failed = execute(world.api, plan, world.options(), {});
        QVERIFY(failed && failed->state == PlanOutcome::State::Failed && failed->canRollBack);
        const auto read = Record::fromObject(world.api.stored(kinds::configMaps(), ns, u"cairn-change-abc123def4"_s));
        QCOMPARE(wayBack(*read).first(), u"delete PodDisruptionBudget kubeflow/trainer, if this change made it"_s);
        QString last;
        Options options = world.options();
        options.progress = [&](const Event &event) { last = event.text; };
        const auto back = rollBack(world.api, failed->record, options, {});
        QVERIFY2(back && back->state == PlanOutcome::State::RolledBack, back && back->error ? qPrintable(back->error->oneLine()) : "");
        QCOMPARE(back->notes, QStringList{u"PodDisruptionBudget kubeflow/trainer is left alone: it was there before and was not changed."_s});
        QVERIFY2(!last.contains(u"as it was"_s) && last.contains(back->notes.first()), qPrintable(last));
        QVERIFY(!world.api.stored(kinds::disruptionBudgets(), ns, u"trainer"_s).isEmpty());

        // It said that already.
        World same;
        plan = same.plan();
        plan.keepRecord = true;
        plan.changes = {plan.changes[2]};
        plan.changes[0].body = {{u"data"_s, QJsonObject{{u"mine"_s, u"kept"_s}}}};
        const auto done = execute(same.api, plan, same.options(), {});
        QVERIFY(done && done->state == PlanOutcome::State::Done);
        const auto recorded = Record::fromObject(same.api.stored(kinds::configMaps(), ns, u"cairn-change-abc123def4"_s));
        QCOMPARE(wayBack(*recorded), QStringList{u"leave ConfigMap kubeflow/settings alone: it was there before and is not changed"_s});
        const auto undone = rollBack(same.api, done->record, same.options(), {});
        QVERIFY(undone && undone->state == PlanOutcome::State::RolledBack);
        QCOMPARE(undone->notes, QStringList{u"ConfigMap kubeflow/settings is left alone: it was there before and was not changed."_s});
    }

    void whatIsDoneAndAcceptedIsForgotten()
    {
        Scaled world;
        QVERIFY(execute(world.api, world.plan(), world.options(), {}));
        const auto outcome = finish(world.api, world.record(), world.options(), {});
        QVERIFY(outcome && outcome->state == PlanOutcome::State::Done && !outcome->canRollBack);
        QVERIFY(world.isScaled() && !world.isRecorded());
    }

    void everyKillOfAPlanThatWaits_data() { everyKillCanBeFinishedOrRolledBack_data(); }
    void everyKillOfAPlanThatWaits()
    {
        QFETCH(const bool, undoing);
        QFETCH(const bool, afterEffect);
        int recorded = 0;
        for (int k = 1;; ++k) {
            Scaled world;
            const Plan plan = world.plan();
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
                QVERIFY2(recorded >= 15, "it was hardly ever interrupted");
                return;
            }
            if (!world.isRecorded()) {
                QVERIFY(world.isAsItWas());
                continue;
            }
            ++recorded;
            const auto outcome = undoing ? rollBack(world.api, world.record(), world.options(), {}) : finish(world.api, world.record(), world.options(), {});
            QVERIFY2(outcome && !outcome->error, qPrintable(u"call %1: %2"_s.arg(k).arg(outcome && outcome->error ? outcome->error->oneLine() : u"?"_s)));
            QVERIFY2(undoing ? world.isAsItWas() : world.isScaled(), qPrintable(QString::number(k)));
            QVERIFY2(!world.twoWithoutFlag, qPrintable(QString::number(k)));
        }
    }

    void whatNeverComesToRestFailsAndCanBeRolledBack()
    {
        Scaled world;
        world.before = [&](const FakeObjectApi::Call &call) -> std::optional<Error> {
            if (call.verb == u"patch" && call.resource == u"deployments")
                world.rollsOut = false;
            return std::nullopt;
        };
        const auto failed = execute(world.api, world.plan(), world.options(), {});
        QVERIFY(failed && failed->state == PlanOutcome::State::Failed);
        QCOMPARE(failed->error->kind, Error::Kind::Timeout);
        QCOMPARE(failed->done, 1);
        QVERIFY(failed->error->what.contains(u"trainer"_s));
        QCOMPARE(rollBack(world.api, failed->record, world.options(), {})->state, PlanOutcome::State::RolledBack);
        QVERIFY(world.isAsItWas());
    }

    void whatAnAutoscalerWantsIsLeftAndTold_data()
    {
        QTest::addColumn<int>("wants");
        QTest::newRow("as many as were written") << 2;
        QTest::newRow("more") << 5;
    }
    void whatAnAutoscalerWantsIsLeftAndTold()
    {
        QFETCH(const int, wants);
        World world;
        Plan plan = world.plan();
        plan.keepRecord = true;
        plan.changes = {plan.changes[1]};
        plan.changes[0].act = Act::Merge;
        const auto done = execute(world.api, plan, world.options(), {});
        QVERIFY(done && done->state == PlanOutcome::State::Done);
        // Somebody adds an autoscaler meanwhile.
        world.api.put(kinds::autoscalers(), autoscaler(wants));
        world.api.edit(kinds::deployments(), ns, u"trainer"_s, [wants](QJsonObject &object) {
            QJsonObject spec = object[u"spec"_s].toObject();
            spec.insert(u"replicas"_s, wants);
            object.insert(u"spec"_s, spec);
            return true;
        });
        QString last;
        Options options = world.options();
        options.progress = [&](const Event &event) { last = event.text; };
        const auto back = rollBack(world.api, done->record, options, {});
        QVERIFY2(back && back->state == PlanOutcome::State::RolledBack, back && back->error ? qPrintable(back->error->oneLine()) : "");
        const QJsonObject spec = world.api.stored(kinds::deployments(), ns, u"trainer"_s)[u"spec"_s].toObject();
        QCOMPARE(spec[u"replicas"_s].toInt(), wants);
        QVERIFY(!spec.contains(u"minReadySeconds"_s)); // the rest is taken back
        QCOMPARE(back->notes, (QStringList{u"trainer runs %1 replicas, not 1: its autoscaler trainer-hpa decides that."_s.arg(wants)}));
        QVERIFY2(last.contains(back->notes.first()) && !last.contains(u"as it was"_s), qPrintable(last));
        QVERIFY(!world.isRecorded());
    }

    void aFloorThatIsTakenBackSaysWhatRuns()
    {
        World world;
        world.api.put(kinds::autoscalers(), autoscaler(1));
        const QJsonObject live = world.api.stored(kinds::autoscalers(), ns, u"trainer-hpa"_s);
        Plan plan = world.plan();
        plan.keepRecord = true;
        plan.changes = {{.act = Act::Merge, .target = refOf(kinds::autoscalers(), live), .before = live, .body = {{u"spec"_s, QJsonObject{{u"minReplicas"_s, 2}}}}}};
        const auto done = execute(world.api, plan, world.options(), {});
        QVERIFY(done && done->state == PlanOutcome::State::Done);
        const auto scale = [&](int replicas) {
            world.api.edit(kinds::deployments(), ns, u"trainer"_s, [replicas](QJsonObject &object) {
                object.insert(u"spec"_s, QJsonObject{{u"replicas"_s, replicas}});
                return true;
            });
        };
        scale(3);
        const auto back = rollBack(world.api, done->record, world.options(), {});
        QCOMPARE(back->notes, (QStringList{u"trainer runs 3 replicas, not 1: its autoscaler trainer-hpa decides that."_s}));
        QCOMPARE(world.api.stored(kinds::autoscalers(), ns, u"trainer-hpa"_s)[u"spec"_s][u"minReplicas"_s].toInt(), 1);
        QCOMPARE(world.api.stored(kinds::deployments(), ns, u"trainer"_s)[u"spec"_s][u"replicas"_s].toInt(), 3);
    }

    void anElectionIsNotTakenFromWhatAnAutoscalerScales()
    {
        Scaled world;
        const auto done = execute(world.api, world.plan(), world.options(), {});
        QVERIFY(done && done->state == PlanOutcome::State::Done);
        world.api.put(kinds::autoscalers(), autoscaler(2));
        const auto refused = rollBack(world.api, done->record, world.options(), {});
        QVERIFY(refused && refused->state == PlanOutcome::State::Failed && refused->canRollBack);
        QCOMPARE(refused->error->kind, Error::Kind::Conflict);
        QVERIFY2(refused->error->what.contains(u"trainer-hpa"_s), qPrintable(refused->error->what));
        QVERIFY(Scaled::hasFlag(world.live()) && !world.twoWithoutFlag && world.isRecorded());
        // Once it is gone, the rest follows.
        world.api.erase(kinds::autoscalers(), ns, u"trainer-hpa"_s);
        world.api.edit(kinds::deployments(), ns, u"trainer"_s, [](QJsonObject &object) {
            QJsonObject spec = object[u"spec"_s].toObject();
            spec.insert(u"replicas"_s, 1);
            object.insert(u"spec"_s, spec);
            return true;
        });
        world.control();
        QCOMPARE(finish(world.api, done->record, world.options(), {})->state, PlanOutcome::State::RolledBack);
        QVERIFY(world.isAsItWas() && !world.twoWithoutFlag);
    }

    void podsThatComeAndGoAreNotReady()
    {
        Scaled world;
        Plan plan = world.plan();
        const Condition ready{.what = Condition::What::Ready, .object = refOf(kinds::deployments(), world.live()), .count = 1, .seconds = 60, .stable = 10};
        plan.changes = {{.act = Act::Await, .until = {ready}}, plan.changes[5]};
        // Never ready for ten seconds.
        int looks = 0;
        world.before = [&](const FakeObjectApi::Call &call) -> std::optional<Error> {
            if (call.verb == u"get" && call.resource == u"deployments") {
                const bool up = ++looks % 5 != 0;
                world.api.edit(kinds::deployments(), ns, u"trainer"_s, [up](QJsonObject &object) {
                    QJsonObject status = object[u"status"_s].toObject();
                    status.insert(u"availableReplicas"_s, up ? 1 : 0);
                    object.insert(u"status"_s, status);
                    return true;
                });
            }
            return std::nullopt;
        };
        const auto failed = execute(world.api, plan, world.options(), {});
        QVERIFY(failed && failed->state == PlanOutcome::State::Failed);
        QCOMPARE(failed->error->kind, Error::Kind::Timeout);
        QVERIFY(failed->error->what.contains(u"trainer"_s));
        QVERIFY(world.api.stored(kinds::disruptionBudgets(), ns, u"trainer"_s).isEmpty());
        // It stays now.
        world.before = nullptr;
        const QDateTime since = world.clock;
        QCOMPARE(finish(world.api, failed->record, world.options(), {})->state, PlanOutcome::State::Done);
        QVERIFY(since.secsTo(world.clock) >= 10);
        QVERIFY(!world.api.stored(kinds::disruptionBudgets(), ns, u"trainer"_s).isEmpty());
    }

    void theEndNamesWhatIsNotAvailable()
    {
        Scaled world;
        world.after = [&](const FakeObjectApi::Call &call) -> std::optional<Error> {
            if (call.verb == u"create" && call.resource == u"poddisruptionbudgets") {
                world.rollsOut = false;
                world.api.edit(kinds::deployments(), ns, u"trainer"_s, [](QJsonObject &object) {
                    QJsonObject status = object[u"status"_s].toObject();
                    status.insert(u"availableReplicas"_s, 1);
                    object.insert(u"status"_s, status);
                    return true;
                });
            }
            return std::nullopt;
        };
        const auto done = execute(world.api, world.plan(), world.options(), {});
        QVERIFY(done && done->state == PlanOutcome::State::Done);
        QCOMPARE(done->notes, (QStringList{u"Not all replicas are available of: kubeflow/trainer (1 of 2)."_s}));
    }

    void whatSomebodyElseMadeMeanwhileIsSaid()
    {
        World world;
        Plan plan = world.plan();
        world.api.put(kinds::disruptionBudgets(), budget());
        const auto failed = execute(world.api, plan, world.options(), {});
        QVERIFY(failed && failed->state == PlanOutcome::State::Failed);
        QCOMPARE(failed->error->kind, Error::Kind::Conflict);
        QVERIFY2(failed->error->fix.contains(u"refresh"_s), qPrintable(failed->error->fix));
    }

    void theEndNamesWhatIsOnOneNode_data()
    {
        QTest::addColumn<QString>("second");
        QTest::addColumn<bool>("spread");
        QTest::addColumn<int>("nodes");
        QTest::addColumn<QStringList>("notes");
        const QString said = u"trainer: both replicas are on node-2. To spread them: kubectl -n kubeflow rollout restart deployment/trainer"_s;
        QTest::newRow("on one") << u"node-2"_s << true << 2 << QStringList{said};
        QTest::newRow("on two") << u"node-1"_s << true << 2 << QStringList{};
        QTest::newRow("not to be spread") << u"node-2"_s << false << 2 << QStringList{};
        QTest::newRow("no other node") << u"node-2"_s << true << 1 << QStringList{};
    }
    void theEndNamesWhatIsOnOneNode()
    {
        QFETCH(const QString, second);
        QFETCH(const bool, spread);
        QFETCH(const int, nodes);
        QFETCH(const QStringList, notes);
        Scaled world;
        for (int i = nodes; i > 0; --i)
            world.api.put(kinds::nodes(), {{u"metadata"_s, QJsonObject{{u"name"_s, u"node-%1"_s.arg(3 - i)}}}});
        world.api.edit(kinds::deployments(), ns, u"trainer"_s, [&](QJsonObject &object) {
            QJsonObject spec = object[u"spec"_s].toObject();
            QJsonObject podTemplate = spec[u"template"_s].toObject();
            QJsonObject pod = podTemplate[u"spec"_s].toObject();
            if (spread)
                pod.insert(u"topologySpreadConstraints"_s, QJsonArray{QJsonObject{{u"topologyKey"_s, u"kubernetes.io/hostname"_s}}});
            podTemplate.insert(u"spec"_s, pod);
            spec.insert(u"template"_s, podTemplate);
            spec.insert(u"selector"_s, QJsonObject{{u"matchLabels"_s, QJsonObject{{u"app"_s, u"trainer"_s}}}});
            object.insert(u"spec"_s, spec);
            return true;
        });
        world.api.put(kinds::pods(), Scaled::pod(u"trainer-1"_s, u"node-2"_s));
        world.api.put(kinds::pods(), Scaled::pod(u"trainer-2"_s, second));
        const auto done = execute(world.api, world.plan(), world.options(), {});
        QVERIFY2(done && done->state == PlanOutcome::State::Done, done && done->error ? qPrintable(done->error->oneLine()) : "");
        QCOMPARE(done->notes, notes);
    }

    void theWayBackEndsWhenThePodsOfBeforeAreGone_data()
    {
        QTest::addColumn<int>("seconds");
        QTest::newRow("they end") << 30;
        QTest::newRow("never: their node is silent") << 100'000;
    }
    void theWayBackEndsWhenThePodsOfBeforeAreGone()
    {
        QFETCH(const int, seconds);
        Scaled world;
        world.api.edit(kinds::deployments(), ns, u"trainer"_s, [&](QJsonObject &object) {
            QJsonObject spec = object[u"spec"_s].toObject();
            spec.insert(u"selector"_s, QJsonObject{{u"matchLabels"_s, QJsonObject{{u"app"_s, u"trainer"_s}}}});
            object.insert(u"spec"_s, spec);
            return true;
        });
        const auto done = execute(world.api, world.plan(), world.options(), {});
        QVERIFY(done && done->state == PlanOutcome::State::Done);
        // The flag goes last: its pod takes its time, and the deployment does not count it.
        QDateTime deleted;
        world.after = [&](const FakeObjectApi::Call &call) -> std::optional<Error> {
            if (call.verb == u"patch" && call.resource == u"deployments" && !deleted.isValid() && !Scaled::hasFlag(world.live())) {
                deleted = world.clock;
                QJsonObject pod = Scaled::pod(u"trainer-1"_s, u"node-1"_s);
                QJsonObject meta = pod[u"metadata"_s].toObject();
                meta.insert(u"deletionTimestamp"_s, world.clock.toString(Qt::ISODate));
                pod.insert(u"metadata"_s, meta);
                world.api.put(kinds::pods(), pod);
            }
            return std::nullopt;
        };
        world.before = [&](const FakeObjectApi::Call &call) -> std::optional<Error> {
            if (call.verb == u"list" && deleted.isValid() && deleted.secsTo(world.clock) >= seconds)
                world.api.erase(kinds::pods(), ns, u"trainer-1"_s);
            return std::nullopt;
        };
        QStringList told;
        Options options = world.options();
        options.progress = [&](const Event &event) { told.append(event.text); };
        const auto back = rollBack(world.api, done->record, options, {});
        QVERIFY2(back && back->state == PlanOutcome::State::RolledBack, back && back->error ? qPrintable(back->error->oneLine()) : "");
        QVERIFY(told.contains(u"trainer: 1 pod of before is still ending."_s) || told.contains(u"trainer: 1 pod(s) of before are still ending."_s));
        QCOMPARE(told.last(), u"Everything is back as it was."_s);
        QVERIFY2(deleted.secsTo(world.clock) >= std::min(seconds, 120) && deleted.secsTo(world.clock) < 180, qPrintable(QString::number(deleted.secsTo(world.clock))));
    }

    void ofTwoThatWorkOnARecordOneIsRefused()
    {
        Scaled world;
        // While the first waits, another one tries.
        std::optional<Result<PlanOutcome>> second;
        world.before = [&](const FakeObjectApi::Call &call) -> std::optional<Error> {
            if (call.verb == u"get" && call.resource == u"leases" && !second) {
                second = Result<PlanOutcome>(PlanOutcome());
                Options other = world.options();
                other.tool = u"other"_s;
                second = rollBack(world.api, world.record(), other, {});
            }
            return std::nullopt;
        };
        Options options = world.options();
        options.tool = u"cairnctl 9.9"_s;
        const auto done = execute(world.api, world.plan(), options, {});
        QVERIFY2(done && done->state == PlanOutcome::State::Done, done && done->error ? qPrintable(done->error->oneLine()) : "");
        QVERIFY(second && !*second);
        QCOMPARE(second->error().kind, Error::Kind::Conflict);
        QVERIFY2(second->error().what.contains(u"cairnctl 9.9 on "_s) && second->error().what.contains(u"since 2026-01-02 04:0"_s), qPrintable(second->error().what));
        QVERIFY(world.isScaled());
        // It has ended, so that the next need not wait.
        const QDateTime since = world.clock;
        world.before = nullptr;
        QCOMPARE(rollBack(world.api, world.record(), world.options(), {})->state, PlanOutcome::State::RolledBack);
        QVERIFY(since.secsTo(world.clock) < 20);
    }

    /// One on another computer, which this one cannot look at.
    void aRecordOfAnotherComputerIsWatched_data()
    {
        QTest::addColumn<bool>("alive");
        QTest::newRow("at work") << true;
        QTest::newRow("killed") << false;
    }
    void aRecordOfAnotherComputerIsWatched()
    {
        QFETCH(const bool, alive);
        Scaled world;
        const auto done = execute(world.api, world.plan(), world.options(), {});
        QVERIFY(done && done->state == PlanOutcome::State::Done);
        Owner elsewhere{u"0123"_s, u"elsewhere-1"_s, u"cairn 1.0 on far-away"_s, world.clock};
        // Its clock is an hour off, which must not matter.
        const auto touch = [&] {
            world.api.edit(kinds::configMaps(), ns, u"cairn-change-abc123def4"_s, [&](QJsonObject &object) {
                QJsonObject meta = object[u"metadata"_s].toObject();
                QJsonObject annotations = meta[u"annotations"_s].toObject();
                annotations.insert(ownerAnnotation(), elsewhere.toText(world.clock.addSecs(-3600)));
                meta.insert(u"annotations"_s, annotations);
                object.insert(u"metadata"_s, meta);
                return true;
            });
        };
        touch();
        const QDateTime since = world.clock;
        QDateTime touched = world.clock;
        world.before = [&](const FakeObjectApi::Call &call) -> std::optional<Error> {
            if (alive && call.verb == u"get" && call.name.startsWith(u"cairn-change-"_s) && touched.secsTo(world.clock) >= 10) {
                touched = world.clock;
                touch();
            }
            return std::nullopt;
        };
        const auto back = rollBack(world.api, world.record(), world.options(), {});
        if (alive) {
            QVERIFY(!back);
            QVERIFY2(back.error().what.contains(u"cairn 1.0 on far-away"_s), qPrintable(back.error().what));
            QVERIFY(since.secsTo(world.clock) < 15);
            QVERIFY(world.isScaled() && world.isRecorded());
        } else {
            QVERIFY2(back && back->state == PlanOutcome::State::RolledBack, back && back->error ? qPrintable(back->error->oneLine()) : "");
            QVERIFY(since.secsTo(world.clock) >= 25);
        }
    }

    void ofTwoThatTakeOverAtOnceOneWins()
    {
        Scaled world;
        const auto done = execute(world.api, world.plan(), world.options(), {});
        QVERIFY(done);
        // Between the look and the write, another one takes it.
        bool taken = false;
        world.before = [&](const FakeObjectApi::Call &call) -> std::optional<Error> {
            if (call.verb == u"patch" && call.resource == u"configmaps" && !std::exchange(taken, true)) {
                world.api.edit(kinds::configMaps(), ns, call.name, [&](QJsonObject &object) {
                    QJsonObject meta = object[u"metadata"_s].toObject();
                    QJsonObject annotations = meta[u"annotations"_s].toObject();
                    annotations.insert(ownerAnnotation(), Owner{u"0123"_s, u"elsewhere-1"_s, u"the other"_s, world.clock}.toText(world.clock));
                    meta.insert(u"annotations"_s, annotations);
                    object.insert(u"metadata"_s, meta);
                    return true;
                });
            }
            return std::nullopt;
        };
        const auto back = rollBack(world.api, world.record(), world.options(), {});
        QVERIFY(taken && !back);
        QVERIFY2(back.error().kind == Error::Kind::Conflict && back.error().what.contains(u"the other"_s), qPrintable(back.error().oneLine()));
        QVERIFY(world.isScaled());
    }

    void whoeverLosesTheRecordStops()
    {
        Scaled world;
        world.before = [&](const FakeObjectApi::Call &call) -> std::optional<Error> {
            // A leader that is not seen for long, while the record goes to somebody else.
            if (call.verb == u"get" && call.resource == u"leases") {
                world.api.edit(kinds::leases(), ns, u"trainer.lock"_s, [](QJsonObject &lease) {
                    lease.insert(u"spec"_s, QJsonObject());
                    return true;
                });
                world.api.edit(kinds::configMaps(), ns, u"cairn-change-abc123def4"_s, [&](QJsonObject &object) {
                    QJsonObject meta = object[u"metadata"_s].toObject();
                    meta.insert(u"annotations"_s, QJsonObject{{ownerAnnotation(), Owner{u"0123"_s, u"elsewhere-1"_s, u"the other"_s, world.clock}.toText(world.clock)}});
                    object.insert(u"metadata"_s, meta);
                    return true;
                });
            }
            return std::nullopt;
        };
        const QDateTime since = world.clock;
        const auto outcome = execute(world.api, world.plan(), world.options(), {});
        QVERIFY(outcome && outcome->error);
        QCOMPARE(outcome->error->kind, Error::Kind::Conflict);
        QVERIFY2(outcome->error->why.contains(u"the other"_s), qPrintable(outcome->error->oneLine()));
        QVERIFY(since.secsTo(world.clock) < 30);
        QVERIFY(Owner::of(world.api.stored(kinds::configMaps(), ns, u"cairn-change-abc123def4"_s))->who == u"the other"); // and keeps its own
    }

    void aProcessThatIsGoneIsKnown()
    {
        const QString here = thisProcess().section(u'-', 0, 0);
        QVERIFY(!isGone(thisProcess()));
        QVERIFY(isGone(here + u"-999999999"_s));
        for (const QString &other : {u"elsewhere-999999999"_s, here, here + u"-x"_s, QString()})
            QVERIFY2(!isGone(other), qPrintable(other));
        // Killed, and nobody asked how it ended.
        const pid_t child = fork();
        if (child == 0)
            _exit(0);
        QVERIFY(child > 0);
        siginfo_t info;
        QCOMPARE(waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT), 0);
        QVERIFY(QFileInfo::exists(u"/proc/%1"_s.arg(child)));
        QVERIFY(isGone(here + u'-' + QString::number(child)));
        waitpid(child, nullptr, 0);
        Owner owner{u"1"_s, here + u"-999999999"_s, {}, {}};
        QCOMPARE(isAtWork(owner), AtWork::No);
        owner.process = thisProcess();
        QCOMPARE(isAtWork(owner), AtWork::No);
        owner.process = u"elsewhere-1"_s;
        QCOMPARE(isAtWork(owner), AtWork::Unknown);
        const Ownership mine(u"t"_s, QDateTime::currentDateTimeUtc());
        QCOMPARE(isAtWork(mine.owner()), AtWork::Yes);
    }

    void aRecordThatIsDamagedLosesNothing_data()
    {
        QTest::addColumn<QString>("from");
        QTest::addColumn<QString>("to");
        QTest::addColumn<QString>("why");
        QTest::newRow("cut") << u"END"_s << QString() << u"breaks at character"_s;
        QTest::newRow("newer") << u"\"v\":1"_s << u"\"v\":2"_s << u"newer program, cairn test"_s;
        QTest::newRow("foreign") << u"\"v\":1"_s << u"\"v\":\"x\""_s << u"not written by Cairn"_s;
        QTest::newRow("without what was before") << u"\"before\":{"_s << u"\"afore\":{"_s << u"was like before its change"_s;
        QTest::newRow("without what it writes") << u"\"body\":{"_s << u"\"bodi\":{"_s << u"writes is missing"_s;
        QTest::newRow("address that leads elsewhere") << u"\"plural\":\"deployments\""_s << u"\"plural\":\"../../secrets\""_s << u"names no object"_s;
        QTest::newRow("further than it goes") << u"\"next\":4"_s << u"\"next\":40"_s << u"how far it got"_s;
    }
    void aRecordThatIsDamagedLosesNothing()
    {
        QFETCH(const QString, from);
        QFETCH(const QString, to);
        QFETCH(const QString, why);
        World world;
        Plan plan = world.plan();
        plan.keepRecord = true;
        const auto done = execute(world.api, plan, world.options(), {});
        QVERIFY(done && done->state == PlanOutcome::State::Done);
        world.api.edit(kinds::configMaps(), ns, u"cairn-change-abc123def4"_s, [&](QJsonObject &object) {
            QString text = object[u"data"_s][u"change"_s].toString();
            if (from == u"END")
                text.chop(100);
            else if (!text.contains(from))
                return false;
            else
                text.replace(from, to);
            object.insert(u"data"_s, QJsonObject{{u"change"_s, text}});
            return true;
        });
        const auto before = world.essence();
        for (const bool back : {false, true}) {
            const auto outcome = back ? rollBack(world.api, world.record(), world.options(), {}) : finish(world.api, world.record(), world.options(), {});
            QVERIFY(!outcome);
            QCOMPARE(outcome.error().kind, Error::Kind::Parse);
            QVERIFY2(outcome.error().why.contains(why), qPrintable(outcome.error().why));
            QVERIFY(outcome.error().what.contains(u"nothing was changed"_s) && !outcome.error().fix.isEmpty());
            QCOMPARE(world.essence(), before);
            QVERIFY(world.isRecorded());
        }
    }

    void aRecordOfAnOlderVersionIsTakenBack()
    {
        World world;
        const auto before = world.essence();
        Plan plan = world.plan();
        plan.keepRecord = true;
        QVERIFY(execute(world.api, plan, world.options(), {}));
        // It knew no headings, no way back that is kept, and no owners.
        world.api.edit(kinds::configMaps(), ns, u"cairn-change-abc123def4"_s, [](QJsonObject &object) {
            QJsonObject json = QJsonDocument::fromJson(object[u"data"_s][u"change"_s].toString().toUtf8()).object();
            QJsonArray changes;
            for (const QJsonValue value : json[u"changes"_s].toArray()) {
                QJsonObject change = value.toObject();
                change.remove(u"phase"_s);
                change.remove(u"until"_s);
                changes.append(change);
            }
            json.insert(u"changes"_s, changes);
            for (const QString &field : {u"keep"_s, u"from"_s, u"title"_s, u"changed"_s})
                json.remove(field);
            object.insert(u"data"_s, QJsonObject{{u"change"_s, QString::fromUtf8(QJsonDocument(json).toJson(QJsonDocument::Compact))}});
            QJsonObject meta = object[u"metadata"_s].toObject();
            meta.remove(u"annotations"_s);
            object.insert(u"metadata"_s, meta);
            return true;
        });
        QCOMPARE(rollBack(world.api, world.record(), world.options(), {})->state, PlanOutcome::State::RolledBack);
        QCOMPARE(world.essence(), before);
    }

    void aLeaseOfSomebodyElseIsNoLeader()
    {
        Scaled world;
        world.before = [&](const FakeObjectApi::Call &call) -> std::optional<Error> {
            if (call.verb == u"get" && call.resource == u"leases") {
                world.api.edit(kinds::leases(), ns, u"trainer.lock"_s, [](QJsonObject &lease) {
                    QJsonObject spec = lease[u"spec"_s].toObject();
                    spec.insert(u"holderIdentity"_s, u"other-1"_s);
                    lease.insert(u"spec"_s, spec);
                    return true;
                });
            }
            return std::nullopt;
        };
        const auto failed = execute(world.api, world.plan(), world.options(), {});
        QCOMPARE(failed->error->kind, Error::Kind::Timeout);
        QVERIFY(failed->error->what.contains(u"other-1"_s));
        QCOMPARE(failed->done, 2);
        QCOMPARE(world.live()[u"spec"_s][u"replicas"_s].toInt(), 1);
    }

    void theServerIsAskedWhetherItAccepts()
    {
        World world;
        Plan plan = world.plan();
        plan.changes = {{.act = Act::Await, .until = {{.what = Condition::What::Accepted, .object = refOf(kinds::disruptionBudgets(), budget()), .body = budget(), .seconds = 30}}}};
        int refusals = 3;
        world.api.before = [&](const FakeObjectApi::Call &call) -> std::optional<Error> {
            if (call.dryRun && refusals-- > 0)
                return Error::make(Error::Kind::Server, u"failed calling webhook"_s);
            return std::nullopt;
        };
        QCOMPARE(execute(world.api, plan, world.options(), {})->state, PlanOutcome::State::Done);
        QVERIFY(world.api.all(kinds::disruptionBudgets()).isEmpty());
        refusals = 100000;
        const auto failed = execute(world.api, plan, world.options(), {});
        QVERIFY(failed->error->what.contains(u"failed calling webhook"_s));
    }

    void aPlanThatNoConfigMapHoldsIsRefusedBeforeAnything()
    {
        World world;
        Plan plan = world.plan();
        plan.changes[0].body.insert(u"spec"_s, QJsonObject{{u"x"_s, QString(1'100'000, u'x')}});
        const auto refused = execute(world.api, plan, world.options(), {});
        QVERIFY(!refused);
        QCOMPARE(refused.error().kind, Error::Kind::Invalid);
        QVERIFY(!world.isRecorded());
    }

    void theRecordKeepsNoMoreThanItNeeds()
    {
        World world;
        Plan plan = world.plan();
        QJsonObject &before = plan.changes[1].before;
        before.insert(u"status"_s, QJsonObject{{u"noise"_s, QString(50'000, u'x')}});
        QJsonObject meta = before[u"metadata"_s].toObject();
        meta.insert(u"managedFields"_s, QJsonArray{QString(50'000, u'x')});
        before.insert(u"metadata"_s, meta);
        QVERIFY(QJsonDocument(Record::of(plan, world.clock, {}).toJson()).toJson().size() < 10'000);
    }

    void checksAreAListAndStopWhenTold()
    {
        const auto stop = std::make_unique<std::stop_source>(); // g++ 12 takes one that is captured for uninitialized
        QStringList told;
        const QList<CheckFunction> checks{
            [](const Found &found) {
                found(u"one"_s, Check::State::Ok, u"Fine."_s, {});
                found(u"one"_s, Check::State::Warn, u"But."_s, u"Look."_s);
            },
            [&](const Found &) { stop->request_stop(); },
            [](const Found &found) { found(u"never"_s, Check::State::Fail, {}, {}); },
        };
        const QList<Check> made = runChecks(checks, [&](const Check &check) { told.append(check.id + checkWord(check.state)); }, stop->get_token());
        QCOMPARE(told, (QStringList{u"oneok"_s, u"onewarn"_s}));
        QCOMPARE(made.size(), 2);
    }
};

QTEST_APPLESS_MAIN(TestChange)
#include "tst_change.moc"
