// SPDX-License-Identifier: GPL-3.0-or-later
// The overlay as a change: its order, what is left out and refused, carried out against controllers that are played, killed in
// every step, finished and rolled back.
#include "FakeObjectApi.h"
#include "OverlayScene.h"
#include "change/Executor.h"
#include "overlay/Plan.h"

#include <QDir>
#include <QJsonDocument>
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

ResourceKind kindOf(const QString &group, const QString &version, const QString &plural, const QString &kind, bool namespaced = true)
{
    return {group, version, plural, kind, namespaced};
}

/// What the tests' cluster serves.
const RestMapper &mapper()
{
    static QList<ServedResource> served;
    static std::optional<RestMapper> made;
    if (made)
        return *made;
    for (const ResourceKind &kind : {kinds::deployments(), kinds::statefulSets(), kinds::configMaps(), kinds::disruptionBudgets(), kinds::autoscalers(), kinds::leases(),
                                     kinds::claims(), kinds::priorityClasses(), kinds::pods(), kindOf(u"rbac.authorization.k8s.io"_s, u"v1"_s, u"roles"_s, u"Role"_s),
                                     kindOf(u"rbac.authorization.k8s.io"_s, u"v1"_s, u"rolebindings"_s, u"RoleBinding"_s),
                                     kindOf(u"kubeflow.org"_s, u"v1"_s, u"pytorchjobs"_s, u"PyTorchJob"_s), kindOf(u"kubeflow.org"_s, u"v1"_s, u"notebooks"_s, u"Notebook"_s)})
        served.append({kind});
    made = RestMapper(served);
    return *made;
}

/// A cluster with the controllers of Deployments and StatefulSets, and with pods that elect.
class World
{
public:
    FakeObjectApi api;
    QDateTime clock = QDateTime::fromString(u"2026-01-02T04:00:00Z"_s, Qt::ISODate);
    int renewals = 0;
    std::function<std::optional<Error>(const FakeObjectApi::Call &)> before, after;
    QStringList broken; ///< rules of the road that were not kept
    QDateTime flapsUntil; ///< till then one pod of dex is ready every other time somebody looks
    int looks = 0;

    World()
    {
        api.setMapper(mapper());
        for (const QJsonObject &object : objectsOf(kubeflowYaml()))
            api.put(*mapper().resolve(object[u"apiVersion"_s].toString(), object[u"kind"_s].toString()), object);
        for (const ResourceKind &kind : {kinds::deployments(), kinds::statefulSets()}) {
            for (const QJsonObject &object : api.all(kind))
                settle(kind, object);
        }
        api.before = [this](const FakeObjectApi::Call &call) -> std::optional<Error> {
            if (call.verb == u"get" && (call.resource == u"deployments" || call.resource == u"statefulsets")) {
                const ResourceKind &kind = call.resource == u"deployments" ? kinds::deployments() : kinds::statefulSets();
                settle(kind, api.stored(kind, call.ns, call.name));
            }
            if (call.verb == u"get" && call.resource == u"leases")
                elect(call);
            return before ? before(call) : std::nullopt;
        };
        api.after = [this](const FakeObjectApi::Call &call) -> std::optional<Error> {
            if (call.writes())
                judge(call);
            return after ? after(call) : std::nullopt;
        };
    }

    static bool electsIn(const QJsonObject &workload)
    {
        for (const QJsonObject &container : audit::containersOf(audit::podTemplateOf(workload))) {
            for (const QJsonValue arg : container[u"args"_s].toArray()) {
                if (arg.toString() == u"--leader-elect" || arg.toString() == u"--leader-election")
                    return true;
            }
        }
        return audit::podTemplateOf(workload)[u"metadata"_s][u"annotations"_s][u"cairn.console/config"_s].isString();
    }
    static int runningIn(const QJsonObject &workload)
    {
        return std::max(workload[u"spec"_s][u"replicas"_s].toInt(1), workload[u"status"_s][u"replicas"_s].toInt(1));
    }
    void settle(const ResourceKind &kind, const QJsonObject &object)
    {
        const audit::ObjectName name = audit::nameOf(object);
        QJsonObject scaler;
        for (const QJsonObject &one : api.all(kinds::autoscalers())) {
            if (audit::nameOf(one).ns == name.ns && one[u"spec"_s][u"scaleTargetRef"_s][u"name"_s].toString() == name.name)
                scaler = one;
        }
        api.edit(kind, name.ns, name.name, [&](QJsonObject &live) {
            const int wanted = std::max(live[u"spec"_s][u"replicas"_s].toInt(1), scaler[u"spec"_s][u"minReplicas"_s].toInt(1));
            const QJsonValue generation = live[u"metadata"_s][u"generation"_s];
            const bool seen = live[u"status"_s][u"observedGeneration"_s] == generation;
            const int were = live[u"status"_s][u"replicas"_s].toInt();
            const int missing = flapsUntil.isValid() && clock < flapsUntil && name.name == u"dex" && ++looks % 2 == 0 ? 1 : 0;
            live.insert(u"status"_s, QJsonObject{{u"observedGeneration"_s, generation}, {u"replicas"_s, seen ? wanted : std::max(were, wanted)}, {u"updatedReplicas"_s, wanted},
                                                 {u"availableReplicas"_s, wanted - missing}, {u"readyReplicas"_s, wanted - missing}});
            return true;
        });
    }
    void elect(const FakeObjectApi::Call &call)
    {
        static const QMap<QString, std::pair<QString, QString>> holders{{u"1ca428e5.training-operator.kubeflow.org"_s, {u"Deployment"_s, u"training-operator"_s}},
                                                                        {u"3fbc96e9.katib.kubeflow.org"_s, {u"Deployment"_s, u"katib-controller"_s}},
                                                                        {u"kubeflow-profile-controller"_s, {u"Deployment"_s, u"profiles-deployment"_s}},
                                                                        {u"metacontroller"_s, {u"StatefulSet"_s, u"metacontroller"_s}}};
        const auto [kind, name] = holders.value(call.name);
        const QJsonObject workload = api.stored(kind == u"StatefulSet" ? kinds::statefulSets() : kinds::deployments(), u"kubeflow"_s, name);
        if (electsIn(workload)) {
            api.put(kinds::leases(), {{u"metadata"_s, QJsonObject{{u"name"_s, call.name}, {u"namespace"_s, call.ns}}},
                                      {u"spec"_s, QJsonObject{{u"holderIdentity"_s, name + u"-0_x"_s}, {u"renewTime"_s, QString::number(++renewals)}}}});
        }
    }
    void judge(const FakeObjectApi::Call &call)
    {
        for (const QString &name : {u"training-operator"_s, u"katib-controller"_s, u"profiles-deployment"_s}) {
            const QJsonObject object = api.stored(kinds::deployments(), u"kubeflow"_s, name);
            if (!electsIn(object) && runningIn(object) > 1)
                broken.append(u"%1 ran twice without an election"_s.arg(name));
        }
        if (call.verb == u"create" && call.resource == u"poddisruptionbudgets") {
            const QJsonObject object = api.stored(kinds::deployments(), call.ns, call.name);
            if (!object.isEmpty() && clock < flapsUntil)
                broken.append(u"the PDB %1 came while pods came and went"_s.arg(call.name));
            if (!object.isEmpty() && object[u"status"_s][u"availableReplicas"_s].toInt() < 2)
                broken.append(u"the PDB %1 came before two were ready"_s.arg(call.name));
        }
        if (call.resource == u"deployments" && call.name == u"cert-manager")
            broken.append(u"Helm's Deployment was written"_s);
    }

    audit::Scene scene()
    {
        audit::Scene scene(audit::Scene::Source::Cluster, clock);
        for (const ServedResource &resource : mapper().resources()) {
            for (const QJsonObject &object : api.all(resource.kind))
                scene.add(object);
            scene.read(resource.kind.group, resource.kind.kind);
        }
        return scene;
    }
    Apply apply(const Settings &settings = {}, const std::function<void(Tree &)> &edit = {})
    {
        const audit::Scene now = scene();
        const Proposal proposal = propose(now, settings);
        Tree tree = generate(now, settings, proposal);
        if (edit)
            edit(tree);
        return planOf(now, proposal, lands(tree.files, tree.entry, now), mapper(), id);
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
    QMap<QString, QJsonObject> essence() const
    {
        QMap<QString, QJsonObject> all;
        for (const ServedResource &resource : mapper().resources()) {
            if (resource.kind == kinds::leases())
                continue;
            for (QJsonObject object : api.all(resource.kind)) {
                QJsonObject meta = object[u"metadata"_s].toObject();
                if (meta[u"name"_s].toString().startsWith(u"cairn-change-"_s))
                    continue;
                for (const QString &field : {u"resourceVersion"_s, u"generation"_s, u"uid"_s})
                    meta.remove(field);
                object.insert(u"metadata"_s, meta);
                object.remove(u"status"_s);
                all.insert(resource.kind.plural + u'/' + meta[u"namespace"_s].toString() + u'/' + meta[u"name"_s].toString(), object);
            }
        }
        return all;
    }
    ObjectRef record() const { return {kinds::configMaps(), u"kubeflow"_s, u"cairn-change-0123456789"_s, {}}; }
    bool isRecorded() const { return !api.stored(kinds::configMaps(), u"kubeflow"_s, u"cairn-change-0123456789"_s).isEmpty(); }
};

/// Everything but the training operator is left as it is: one plan with every phase but the schema's, and small enough to be
/// killed everywhere.
Settings alone()
{
    Settings settings;
    settings.tiers = {2};
    for (const QString &name : {u"katib-controller"_s, u"profiles-deployment"_s})
        settings.choices.append({.kind = u"Deployment"_s, .ns = u"kubeflow"_s, .name = name, .include = false});
    settings.choices.append({.kind = u"StatefulSet"_s, .ns = u"kubeflow"_s, .name = u"metacontroller"_s, .include = false});
    return settings;
}

QStringList phasesOf(const Plan &plan)
{
    QStringList phases;
    for (const Change &change : plan.changes) {
        if (phases.isEmpty() || phases.last() != change.phase)
            phases.append(change.phase);
    }
    return phases;
}

qsizetype indexOf(const Plan &plan, const std::function<bool(const Change &)> &is)
{
    return std::ranges::find_if(plan.changes, is) - plan.changes.begin();
}

} // namespace

class TestOverlayPlan : public QObject
{
    Q_OBJECT

private slots:
    void theOrderIsSafe()
    {
        World world;
        const Apply apply = world.apply();
        QVERIFY2(apply.plan.feasible(), apply.plan.problems.isEmpty() ? "" : qPrintable(apply.plan.problems.first().text));
        QCOMPARE(phasesOf(apply.plan), (QStringList{u"Roles and flags"_s, u"Leaders"_s, u"Schema at one replica"_s, u"Replicas"_s, u"PDBs"_s, u"Proof"_s}));
        const auto merge = [&](const QString &name, const QString &field) {
            return indexOf(apply.plan, [&](const Change &change) { return change.act == Act::Merge && change.target.name == name && change.body[u"spec"_s].toObject().contains(field); });
        };
        const qsizetype flag = merge(u"training-operator"_s, u"template"_s);
        const qsizetype scaled = merge(u"training-operator"_s, u"replicas"_s);
        const qsizetype role = indexOf(apply.plan, [](const Change &change) { return change.act == Act::Create && change.target.kind.kind == u"Role"; });
        const qsizetype leader = indexOf(apply.plan, [](const Change &change) {
            return change.act == Act::Await && change.until.first().what == Condition::What::Renewed && change.until.first().object.name.contains(u"training-operator"_s);
        });
        const qsizetype budget = indexOf(apply.plan, [](const Change &change) { return change.target.kind == kinds::disruptionBudgets() && change.target.name == u"training-operator"; });
        QVERIFY(role < flag && flag < leader && leader < scaled && scaled < budget && budget < apply.plan.changes.size());
        QVERIFY(merge(u"metadata-grpc-deployment"_s, u"template"_s) < merge(u"metadata-grpc-deployment"_s, u"replicas"_s));
        // ConfigMap first, then the restart that reads it.
        QVERIFY(indexOf(apply.plan, [](const Change &change) { return change.target.name == u"katib-config"; }) < merge(u"katib-controller"_s, u"template"_s));
        // An autoscaler's workload keeps its count.
        const Change istiod = apply.plan.changes.value(indexOf(apply.plan, [](const Change &change) { return change.target.name == u"istiod" && change.target.kind == kinds::deployments(); }));
        QVERIFY(!istiod.body[u"spec"_s].toObject().contains(u"replicas"_s));
        QVERIFY(std::ranges::any_of(apply.saved, [](const Saved &saved) { return saved.object.name == u"cert-manager" && saved.why.contains(u"Helm release"_s); }));
        // The same for hands.
        const QStringList commands = commandsOf(apply.plan);
        QVERIFY(commands.first() == u"# Roles and flags");
        QVERIFY(std::ranges::any_of(commands, [](const QString &line) { return line.startsWith(u"kubectl patch -n 'kubeflow' 'deployments.apps/training-operator' --type merge -p '{"_s); }));
    }

    void allOfItIsDoneAndTakenBack()
    {
        World world;
        const QMap<QString, QJsonObject> before = world.essence();
        const Apply apply = world.apply();
        const auto outcome = execute(world.api, apply.plan, world.options(), {});
        QVERIFY2(outcome && outcome->state == PlanOutcome::State::Done, outcome ? qPrintable(outcome->error ? outcome->error->oneLine() : u""_s) : qPrintable(outcome.error().oneLine()));
        QVERIFY2(world.broken.isEmpty(), qPrintable(world.broken.join(u'\n')));
        QCOMPARE(world.api.stored(kinds::deployments(), u"kubeflow"_s, u"training-operator"_s)[u"spec"_s][u"replicas"_s].toInt(), 2);
        QCOMPARE(world.api.stored(kinds::autoscalers(), u"istio-system"_s, u"istiod"_s)[u"spec"_s][u"minReplicas"_s].toInt(), 2);
        const QJsonValue activator = world.api.stored(kinds::disruptionBudgets(), u"knative-serving"_s, u"activator-pdb"_s)[u"spec"_s];
        QVERIFY(activator[u"minAvailable"_s].isUndefined() && activator[u"maxUnavailable"_s].toInt() == 1);
        QCOMPARE(world.api.stored(kinds::deployments(), u"kubeflow"_s, u"ml-pipeline-scheduledworkflow"_s)[u"spec"_s][u"template"_s][u"spec"_s][u"tolerations"_s].toArray().size(), 3);
        // A second look finds nothing left.
        const Apply again = world.apply();
        QVERIFY2(std::ranges::any_of(again.plan.problems, [](const Note &note) { return note.id == u"nothing"; }),
                 qPrintable(again.plan.changes.isEmpty() ? u"?"_s : again.plan.changes.first().target.name));
        const auto back = rollBack(world.api, outcome->record, world.options(), {});
        QVERIFY2(back && back->state == PlanOutcome::State::RolledBack, back && back->error ? qPrintable(back->error->oneLine()) : "");
        QVERIFY2(world.broken.isEmpty(), qPrintable(world.broken.join(u'\n')));
        QCOMPARE(world.essence().keys(), before.keys());
        for (auto it = before.begin(); it != before.end(); ++it)
            QCOMPARE(world.essence().value(it.key()), it.value());
    }

    void killedInEveryStep_data()
    {
        QTest::addColumn<bool>("undoing");
        QTest::addColumn<bool>("afterEffect");
        for (const bool undoing : {false, true}) {
            for (const bool after : {false, true})
                QTest::addRow("%s, killed %s a request", undoing ? "rolled back" : "finished", after ? "after" : "before") << undoing << after;
        }
    }
    void killedInEveryStep()
    {
        QFETCH(const bool, undoing);
        QFETCH(const bool, afterEffect);
        const QMap<QString, QJsonObject> before = World().essence();
        World whole;
        QVERIFY(execute(whole.api, whole.apply(alone()).plan, whole.options(), {}));
        const QMap<QString, QJsonObject> wanted = whole.essence();
        QVERIFY(wanted != before);
        // Every world is the same, down to the UIDs.
        const Plan plan = World().apply(alone()).plan;
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
            if (!world.isRecorded()) {
                QCOMPARE(world.essence(), before);
                continue;
            }
            ++recorded;
            const auto outcome = undoing ? rollBack(world.api, world.record(), world.options(), {}) : finish(world.api, world.record(), world.options(), {});
            QVERIFY2(outcome && !outcome->error, qPrintable(u"call %1: %2"_s.arg(k).arg(outcome && outcome->error ? outcome->error->oneLine() : u"?"_s)));
            QVERIFY2(world.essence() == (undoing ? before : wanted), qPrintable(QString::number(k)));
            QVERIFY2(world.broken.isEmpty(), qPrintable(u"call %1: %2"_s.arg(k).arg(world.broken.join(u'\n'))));
        }
    }

    void aFolderIsAppliedTwice()
    {
        World world;
        Tree folder;
        const Apply apply = world.apply(alone(), [&](Tree &tree) { folder = tree; });
        const auto outcome = execute(world.api, apply.plan, world.options(), {});
        QVERIFY(outcome && outcome->state == PlanOutcome::State::Done);
        // The same files again: what they append to arguments is there.
        const Apply again = world.apply(alone(), [&](Tree &tree) { tree = folder; });
        QVERIFY2(std::ranges::any_of(again.plan.problems, [](const Note &note) { return note.id == u"nothing"; }),
                 again.plan.changes.isEmpty() ? "?" : QJsonDocument(again.plan.changes.first().body).toJson(QJsonDocument::Compact).constData());
    }

    void allOfAFolderIsAppliedTwice()
    {
        // With a PDB whose minAvailable is removed, and a base that only kustomize fetches.
        for (const Base &base : {Base{}, Base{Base::Kind::Remote, u"https://example.com/x?ref=1"_s}}) {
            World world;
            Settings settings;
            settings.base = base;
            Tree folder;
            const Apply apply = world.apply(settings, [&](Tree &tree) { folder = tree; });
            QVERIFY2(apply.plan.feasible(), apply.plan.problems.isEmpty() ? "" : qPrintable(apply.plan.problems.first().text));
            const auto outcome = execute(world.api, apply.plan, world.options(), {});
            QVERIFY(outcome && outcome->state == PlanOutcome::State::Done);
            const Apply again = world.apply(settings, [&](Tree &tree) { tree = folder; });
            for (const Note &note : again.plan.problems)
                QVERIFY2(note.id == u"nothing", qPrintable(note.text));
            QVERIFY(!again.plan.problems.isEmpty());
            QCOMPARE(again.plan.warnings.size(), apply.plan.warnings.size());
        }
    }

    void aPdbWaitsUntilPodsStay()
    {
        World world;
        Settings settings;
        settings.tiers = {1};
        const Apply apply = world.apply(settings);
        const auto waits = std::ranges::find_if(apply.plan.changes, [](const Change &change) { return change.phase == u"PDBs"; });
        QVERIFY(waits != apply.plan.changes.end());
        QCOMPARE(waits->act, Act::Await);
        for (const Condition &condition : waits->until)
            QVERIFY(condition.what == Condition::What::Ready && condition.count >= 2 && condition.stable == 10);
        QVERIFY(std::ranges::any_of(waits->until, [](const Condition &condition) { return condition.object.name == u"dex"; }));
        world.flapsUntil = world.clock.addSecs(60);
        const auto outcome = execute(world.api, apply.plan, world.options(), {});
        QVERIFY2(outcome && outcome->state == PlanOutcome::State::Done, outcome && outcome->error ? qPrintable(outcome->error->oneLine()) : "");
        QVERIFY2(world.broken.isEmpty(), qPrintable(world.broken.join(u'\n')));
        QVERIFY(world.flapsUntil.secsTo(world.clock) >= 9);
        // For hands it is the same order.
        QVERIFY(commandsOf(apply.plan).contains(u"# PDBs"_s));
    }

    void whatWouldHarmIsRefused()
    {
        World world;
        // A person takes the flag out of the folder and leaves the count.
        const auto without = [](const char *from) {
            return [from](Tree &tree) {
                QByteArray &text = tree.files[u"patches/kustomization.yaml"_s];
                const qsizetype at = text.indexOf(from);
                QVERIFY(at > 0);
                text.replace(at, qsizetype(qstrlen(from)), "--other");
            };
        };
        const Apply noFlag = world.apply(alone(), without("--leader-elect"));
        QVERIFY(std::ranges::any_of(noFlag.plan.problems, [](const Note &note) { return note.id == u"no-election"; }));
        QVERIFY(!execute(world.api, noFlag.plan, world.options(), {}));
        // Or scales what must stay at one.
        const Apply twice = world.apply(alone(), [](Tree &tree) {
            tree.files[u"patches/kustomization.yaml"_s] += "replicas:\n  - {name: ml-pipeline-scheduledworkflow, count: 2}\n";
        });
        QVERIFY(std::ranges::any_of(twice.plan.problems, [](const Note &note) { return note.id == u"locked"; }));
        // Or leaves a PDB for one replica.
        const Apply blocked = world.apply(alone(), [](Tree &tree) {
            QByteArray &text = tree.files[u"patches/kustomization.yaml"_s];
            text.replace("path: /spec/replicas\n        value: 2", "path: /spec/replicas\n        value: 1");
        });
        QVERIFY2(std::ranges::any_of(blocked.plan.problems, [](const Note &note) { return note.id == u"budget-of-one"; }), "the PDB of one replica passed");
        // Patches that land on nothing are told, not forgotten.
        const Apply lost = world.apply(alone(), [](Tree &tree) {
            tree.files[u"patches/kustomization.yaml"_s] += "replicas:\n  - {name: trainig-operator, count: 2}\n";
        });
        QVERIFY(std::ranges::any_of(lost.plan.warnings, [](const Note &note) { return note.id == u"lands-on-nothing" && note.fix.contains(u"training-operator"_s); }));
    }

    void secretsDatabasesAndRemovalsAreLeftToPeople()
    {
        World world;
        const Apply apply = world.apply(alone(), [](Tree &tree) {
            tree.files[u"patches/kustomization.yaml"_s].replace("resources:\n", "resources:\n  - own.yaml\n");
            tree.files[u"patches/own.yaml"_s] = "apiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: kubeflow}\nstringData: {password: hunter2}\n---\n"
                                                "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: own, namespace: kubeflow}\ndata: {a: b}\n---\n"
                                                "apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: t, namespace: kubeflow}\n";
            tree.files[u"patches/kustomization.yaml"_s] += "  - target: {kind: PersistentVolumeClaim, name: mysql-pv-claim}\n"
                                                           "    patch: '{\"$patch\":\"delete\",\"apiVersion\":\"v1\",\"kind\":\"PersistentVolumeClaim\",\"metadata\":{\"name\":\"x\"}}'\n";
        });
        QVERIFY2(apply.plan.feasible(), apply.plan.problems.isEmpty() ? "" : qPrintable(apply.plan.problems.first().text));
        for (const QString &name : {u"s"_s, u"t"_s, u"mysql-pv-claim"_s})
            QVERIFY2(std::ranges::any_of(apply.saved, [&](const Saved &saved) { return saved.object.name == name; }), qPrintable(name));
        QVERIFY(std::ranges::any_of(apply.plan.changes, [](const Change &change) { return change.target.name == u"own" && change.act == Act::Create; }));
        QVERIFY(std::ranges::none_of(apply.plan.changes, [](const Change &change) { return change.act == Act::Delete; }));
        QVERIFY(!QString::fromUtf8(QJsonDocument(Record::of(apply.plan, world.clock, {}).toJson()).toJson()).contains(u"hunter2"_s));
    }

    void storesAreSwitchedAtTheEndOrNotAtAll()
    {
        World world;
        world.api.put(kinds::deployments(), objectsOf(R"(apiVersion: apps/v1
kind: Deployment
metadata: {name: katib-db-manager, namespace: kubeflow}
spec:
  replicas: 1
  selector: {matchLabels: {katib.kubeflow.org/component: db-manager}}
  template:
    metadata: {labels: {katib.kubeflow.org/component: db-manager}}
    spec: {containers: [{name: katib-db-manager, image: "ghcr.io/kubeflow/katib/katib-db-manager:v0.19.0", env: [{name: DB_NAME, value: mysql}]}]}
)").first());
        Settings settings = alone();
        settings.tiers = {1, 2};
        settings.katib = Database{.engine = Database::Engine::PostgreSql, .host = u"pg.example"_s, .port = 5432, .user = u"katib"_s};
        settings.objects = ObjectStore{.host = u"s3.example"_s};
        const audit::Scene now = world.scene();
        const Proposal proposal = propose(now, settings);
        const Tree tree = generate(now, settings, proposal);
        const Built built = lands(tree.files, tree.entry, now);
        const auto says = [](const Change &change, const QByteArray &word) { return QJsonDocument(change.body).toJson().contains(word); };
        const auto why = [](const Apply &apply, const QString &name) {
            const auto it = std::ranges::find_if(apply.saved, [&](const Saved &saved) { return saved.object.name == name; });
            return it == apply.saved.end() ? QString() : it->why;
        };
        const auto planned = [&](bool password) {
            QList<Switch> switches;
            for (const Outside &outside : outsideOf(now, settings))
                switches.append({outside, SecretFacts{}, password, true});
            return planOf(now, proposal, built, mapper(), id, switches);
        };
        const Apply without = planned(false);
        QVERIFY(why(without, u"katib-db-manager"_s).contains(u"pg.example"_s));
        QVERIFY(why(without, u"ml-pipeline"_s).contains(u"object store"_s));
        QVERIFY(std::ranges::none_of(without.plan.changes, [&](const Change &change) { return says(change, "pg.example") || says(change, "s3.example"); }));
        // Replicas are not held up by it.
        QVERIFY(std::ranges::any_of(without.plan.changes, [&](const Change &change) { return change.target.name == u"katib-db-manager" && says(change, "\"replicas\": 2"); }));

        const Apply with = planned(true);
        QVERIFY2(with.plan.feasible(), with.plan.problems.isEmpty() ? "" : qPrintable(with.plan.problems.first().text));
        const qsizetype fills = indexOf(with.plan, [](const Change &change) { return change.act == Act::Fill; });
        const qsizetype leads = indexOf(with.plan, [&](const Change &change) { return says(change, "pg.example"); });
        const qsizetype scales = indexOf(with.plan, [&](const Change &change) { return change.target.name == u"katib-db-manager" && says(change, "\"replicas\": 2"); });
        QVERIFY(scales >= 0 && scales < fills && fills < leads);
        QVERIFY(std::ranges::none_of(with.plan.changes, [&](const Change &change) { return says(change, "s3.example"); }));
    }

    void theOperatorOfOpenDataHubKeepsReplicasAlone()
    {
        World world;
        world.api.edit(kinds::deployments(), u"kubeflow"_s, u"ml-pipeline"_s, [](QJsonObject &object) {
            QJsonObject meta = object[u"metadata"_s].toObject();
            meta.insert(u"labels"_s, QJsonObject{{u"platform.opendatahub.io/part-of"_s, u"datasciencepipelines"_s}});
            object.insert(u"metadata"_s, meta);
            return true;
        });
        const Apply apply = world.apply();
        const Change change = apply.plan.changes.value(indexOf(apply.plan, [](const Change &one) { return one.target.name == u"ml-pipeline" && one.act == Act::Merge; }));
        QCOMPARE(change.body, (QJsonObject{{u"spec"_s, QJsonObject{{u"replicas"_s, 2}}}}));
        QVERIFY(std::ranges::any_of(apply.saved, [](const Saved &saved) { return saved.object.name == u"ml-pipeline"; }));
    }

    void anImageOfAStoreOfMetadataChangesAtOne()
    {
        World world;
        world.api.edit(kinds::deployments(), u"kubeflow"_s, u"metadata-grpc-deployment"_s, [](QJsonObject &object) {
            QJsonObject spec = object[u"spec"_s].toObject();
            spec.insert(u"replicas"_s, 2);
            object.insert(u"spec"_s, spec);
            return true;
        });
        const Apply apply = world.apply({}, [](Tree &tree) {
            tree.files[u"patches/kustomization.yaml"_s] += "images:\n  - {name: gcr.io/tfx-oss-public/ml_metadata_store_server, newTag: 1.15.0}\n";
        });
        QList<int> counts;
        for (const Change &change : apply.plan.changes) {
            if (change.act == Act::Merge && change.target.name == u"metadata-grpc-deployment")
                counts.append(change.body[u"spec"_s].toObject().contains(u"replicas"_s) ? change.body[u"spec"_s][u"replicas"_s].toInt() : 0);
        }
        QCOMPARE(counts, (QList<int>{1, 0, 2}));
        QVERIFY(execute(world.api, apply.plan, world.options(), {})->state == PlanOutcome::State::Done);
        QCOMPARE(world.api.stored(kinds::deployments(), u"kubeflow"_s, u"metadata-grpc-deployment"_s)[u"spec"_s][u"replicas"_s].toInt(), 2);
    }

    void manifestsAreNotApplied()
    {
        const audit::Scene scene = kubeflowScene(audit::Scene::Source::Manifests);
        const Proposal proposal = propose(scene, {});
        const Tree tree = generate(scene, {}, proposal);
        const Apply apply = planOf(scene, proposal, lands(tree.files, tree.entry, scene), mapper(), id);
        QCOMPARE(apply.plan.problems.first().id, u"no-cluster"_s);
    }
};

QTEST_GUILESS_MAIN(TestOverlayPlan)
#include "tst_overlayplan.moc"
