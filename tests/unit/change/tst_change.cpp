// SPDX-License-Identifier: GPL-3.0-or-later
// A change of several objects: created, applied, merged and deleted in order; broken off everywhere, finished and rolled back.
#include "FakeObjectApi.h"
#include "change/Executor.h"

#include <QTest>
#include <memory>

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

} // namespace

class TestChange : public QObject
{
    Q_OBJECT

private slots:
    void everyObjectIsWrittenInOrder()
    {
        World world;
        QStringList told;
        Options options = world.options();
        options.progress = [&](const Event &event) { told.append(stageWord(event.stage)); };
        const auto outcome = execute(world.api, world.plan(), options, {});
        QVERIFY2(outcome && outcome->state == PlanOutcome::State::Done, outcome ? qPrintable(outcome->error ? outcome->error->oneLine() : u""_s) : "");
        QCOMPARE(outcome->done, 4);
        QCOMPARE(world.essence(), wanted());
        QVERIFY(!world.isRecorded());
        QCOMPARE(told, (QStringList{u"creating"_s, u"changing"_s, u"changing"_s, u"deleting"_s, u"done"_s}));
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
