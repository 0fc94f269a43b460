// SPDX-License-Identifier: GPL-3.0-or-later
// An overlay is generated again from a cluster that it was applied to: what it set is still its own, what others
// changed is theirs.
#include "OverlayScene.h"
#include "overlay/Unapplied.h"

#include <QDirIterator>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::overlay;
using namespace cairn::tests;

namespace {

const audit::ObjectName kDex{u"apps"_s, u"Deployment"_s, u"auth"_s, u"dex"_s};

/// A rendered distribution as a cluster has it.
audit::Scene release(const QString &name)
{
    audit::Scene scene =
        audit::Scene(audit::Scene::Source::Cluster, QDateTime::fromString(u"2026-01-02T04:00:00Z"_s, Qt::ISODate));
    QDirIterator files(u"" CAIRN_SOURCE_DIR "/tests/fixtures/manifests/"_s + name, {u"*.yaml"_s});
    while (files.hasNext()) {
        QFile file(files.next());
        if (!file.open(QIODevice::ReadOnly))
            qFatal("%s", qPrintable(file.fileName()));
        for (const QJsonObject &object : objectsOf(file.readAll()))
            scene.add(object);
    }
    for (const QString &node : {u"n1"_s, u"n2"_s})
        scene.add(nodeObject(node, {}));
    for (const auto &[group, kind] : kindsToRead())
        scene.read(group, kind);
    return scene;
}

audit::Scene sceneOf(const QString &name)
{
    return name == "small"_L1 ? kubeflowScene() : release(name);
}

Folder folderOf(const Tree &tree)
{
    Folder folder;
    folder.files = folder.generated = tree.files;
    return folder;
}

Tree again(const audit::Scene &live, const Settings &settings, const Folder &folder, Proposal *proposal = nullptr)
{
    const Unapplied before = unapplied(live, folder);
    const Proposal proposed = propose(before, live, settings);
    if (proposal)
        *proposal = proposed;
    return generate(before.scene, settings, proposed);
}

/// What a server adds to what it is given.
QJsonObject served(QJsonObject object)
{
    QJsonObject meta = object[u"metadata"_s].toObject();
    meta.insert(u"uid"_s, u"0b1c"_s);
    meta.insert(u"managedFields"_s, QJsonArray{QJsonObject{{u"manager"_s, u"cairn"_s}}});
    object.insert(u"metadata"_s, meta);
    object.insert(u"status"_s, QJsonObject{{u"observedGeneration"_s, 3}});
    return object;
}

/// The scene after an apply; `wanted` says which objects were reached, `half` leaves replicas as they were.
audit::Scene applied(
    const audit::Scene &scene, const Tree &tree, const std::function<bool(qsizetype)> &wanted = {}, bool half = false)
{
    audit::Scene live = scene;
    const Built built = lands(tree.files, tree.entry, scene);
    for (qsizetype i = 0; i < built.changed.size(); ++i) {
        if (wanted && !wanted(i))
            continue;
        QJsonObject object = built.changed[i].after;
        if (half && object[u"spec"_s].toObject().contains(u"replicas"_s)) {
            QJsonObject spec = object[u"spec"_s].toObject();
            spec.insert(u"replicas"_s, audit::replicasOf(built.changed[i].before));
            object.insert(u"spec"_s, spec);
        }
        live.add(served(object));
    }
    return live;
}

void edit(audit::Scene &scene, const audit::ObjectName &name, const std::function<void(QJsonObject &)> &change)
{
    QJsonObject object = *scene.find(name);
    QJsonObject spec = object[u"spec"_s].toObject();
    change(spec);
    object.insert(u"spec"_s, spec);
    scene.add(object);
}

Settings settingsFor(const audit::Scene &scene, bool remote)
{
    Settings settings = defaultsFor(scene);
    settings.base = {};
    if (remote)
        settings.base = {
            Base::Kind::Remote, u"https://github.com/kubeflow/community-distribution//example?ref=26.03"_s};
    return settings;
}

Settings outside(Settings settings)
{
    settings.pipelines =
        Database{.host = u"mysql-ha.db.example"_s, .user = u"kfp"_s, .secret = u"kfp-db"_s, .connectionSeconds = 45};
    settings.katib = Database{.engine = Database::Engine::PostgreSql,
        .host = u"pg-ha.db.example"_s,
        .port = 5432,
        .user = u"katib"_s,
        .sslMode = u"verify-full"_s,
        .ca = u"PEM\n"_s};
    settings.registry = Database{
        .engine = Database::Engine::PostgreSql, .host = u"pg-ha.db.example"_s, .port = 5432, .sslMode = u"require"_s};
    settings.catalog = Database{
        .engine = Database::Engine::PostgreSql, .host = u"pg-ha.db.example"_s, .port = 5433, .database = u"catalog"_s};
    settings.objects = ObjectStore{.host = u"s3.db.example"_s, .region = u"eu-central-1"_s, .secret = u"s3-keys"_s};
    return settings;
}

void compare(const Tree &now, const Tree &wanted)
{
    QCOMPARE(now.files.keys(), wanted.files.keys());
    for (auto it = wanted.files.begin(); it != wanted.files.end(); ++it) {
        const QByteArrayList left = now.files.value(it.key()).split('\n'), right = it->split('\n');
        for (qsizetype i = 1; i < std::max(left.size(), right.size()); ++i)
            QVERIFY2(left.value(i) == right.value(i),
                qPrintable(u"%1:%2: %3 // %4"_s.arg(it.key()).arg(i + 1).arg(
                    QString::fromUtf8(left.value(i)), QString::fromUtf8(right.value(i)))));
    }
    QVERIFY(now == wanted);
}

} // namespace

class TestUnapplied : public QObject {
    Q_OBJECT

private slots:
    void generatingAgainGivesTheSameFiles_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<bool>("remote");
        QTest::addColumn<bool>("services");
        for (const QString &name : {u"small"_s, u"26.03"_s, u"26.03.1"_s}) {
            for (const bool remote : {false, true}) {
                for (const bool services : {false, true})
                    QTest::addRow(
                        "%s %s%s", qPrintable(name), remote ? "remote" : "patches", services ? " services" : "")
                        << name << remote << services;
            }
        }
    }
    void generatingAgainGivesTheSameFiles()
    {
        QFETCH(const QString, name);
        QFETCH(const bool, remote);
        QFETCH(const bool, services);
        const audit::Scene scene = sceneOf(name);
        const Settings settings = services ? outside(settingsFor(scene, remote)) : settingsFor(scene, remote);
        const Tree first = generate(scene, settings);
        const Folder folder = folderOf(first);
        const audit::Scene live = applied(scene, first);
        QVERIFY(!(generate(live, settings) == first)); // it is the folder that keeps it
        Proposal proposal;
        compare(again(live, settings, folder, &proposal), first);
        QCOMPARE(proposal.morePods, 0);
        QCOMPARE(proposal.survivingNow, propose(live, settings).survivingNow);
        QCOMPARE(proposal.survivingThen, propose(scene, settings).survivingThen);
        for (const Row &row : proposal.rows)
            QVERIFY2(row.applied == row.changes(), qPrintable(row.workload.name));
        if (!services)
            QVERIFY(lands(first.files, first.entry, live).changed.isEmpty());
        // Before it is applied, and where apply ended in the middle.
        compare(again(scene, settings, folder), first);
        for (const int part : {2, 3})
            compare(again(applied(scene, first, [&](qsizetype i) { return i % part == 0; }), settings, folder), first);
        compare(again(applied(scene, first, {}, true), settings, folder), first);
        // A folder without what Cairn keeps beside it: the files tell themselves.
        Folder bare = folder;
        bare.generated.clear();
        compare(again(live, settings, bare), first);
    }

    void otherSettingsGiveWhatTheyWouldHaveGiven()
    {
        for (const bool remote : {false, true}) {
            const audit::Scene scene = release(u"26.03"_s);
            const Settings settings = settingsFor(scene, remote);
            const Tree first = generate(scene, settings);
            const audit::Scene live = applied(scene, first);
            const auto check = [&](const std::function<void(Settings &)> &change) {
                Settings other = settings;
                change(other);
                const Tree wanted = generate(scene, other);
                QVERIFY(!(wanted == first));
                compare(again(live, other, folderOf(first)), wanted);
            };
            check([](Settings &one) {
                one.choices = {{.kind = u"Deployment"_s, .ns = u"auth"_s, .name = u"dex"_s}},
                one.choices.first().include = false;
            });
            check([](Settings &one) { one.replicas = 3; });
            check([](Settings &one) { one.tiers = {1}; });
            check([](Settings &one) { one.budgets = false; });
            check([](Settings &one) { one.spread = {false, false, false}; });
        }
    }

    void oneThatIsLeftOutTakesItsPiecesAlone()
    {
        const audit::Scene scene = kubeflowScene();
        Settings settings = settingsFor(scene, true);
        const Tree first = generate(scene, settings);
        const audit::Scene live = applied(scene, first);
        settings.choices = {{.kind = u"Deployment"_s, .ns = u"auth"_s, .name = u"dex"_s}};
        settings.choices.first().include = false;
        const Tree now = again(live, settings, folderOf(first));
        const QByteArray patches = now.files.value(u"patches/kustomization.yaml"_s);
        QVERIFY(first.files.value(u"patches/kustomization.yaml"_s).contains("name: dex"));
        QVERIFY(!patches.contains("name: dex") && patches.contains("name: training-operator"));
        QVERIFY(!now.files.value(u"patches/new.yaml"_s).contains("name: dex")
            && now.files.value(u"patches/new.yaml"_s).contains("name: training-operator"));
        QCOMPARE(now.files.keys(), first.files.keys());
    }

    void whatOthersChangedIsTheirs()
    {
        const audit::Scene scene = kubeflowScene();
        const Settings settings = settingsFor(scene, true);
        const Tree first = generate(scene, settings);
        audit::Scene live = applied(scene, first);
        // Scaled on: the base still has one, so the file follows.
        edit(live, kDex, [](QJsonObject &spec) { spec.insert(u"replicas"_s, 3); });
        edit(live, {u"autoscaling"_s, u"HorizontalPodAutoscaler"_s, u"istio-system"_s, u"istiod"_s},
            [](QJsonObject &spec) { spec.insert(u"minReplicas"_s, 4); });
        Proposal proposal;
        Tree now = again(live, settings, folderOf(first), &proposal);
        QCOMPARE(proposal.find(kDex)->replicas, 3);
        QCOMPARE(proposal.find({u"apps"_s, u"Deployment"_s, u"istio-system"_s, u"istiod"_s})->replicas, 4);
        QVERIFY(proposal.find(kDex)->applied);
        QVERIFY2(now.files.value(u"components/replicas/kustomization.yaml"_s).contains("- count: 3\n    name: dex")
                || now.files.value(u"components/replicas/kustomization.yaml"_s).contains("- name: dex\n    count: 3"),
            now.files.value(u"components/replicas/kustomization.yaml"_s).constData());
        QVERIFY(lands(now.files, now.entry, live).changed.isEmpty());
        // Scaled down by hand: it is what the overlay mends.
        edit(live, kDex, [](QJsonObject &spec) { spec.insert(u"replicas"_s, 0); });
        now = again(live, settings, folderOf(first), &proposal);
        QCOMPARE(proposal.find(kDex)->replicas, 2);
        QVERIFY(!proposal.find(kDex)->applied && proposal.find(kDex)->changes());
    }

    void aBudgetOfTheFolderStaysInItWhateverItsNumbers()
    {
        const audit::ObjectName budget{u"policy"_s, u"PodDisruptionBudget"_s, u"auth"_s, u"dex"_s};
        for (const bool remote : {false, true}) {
            const audit::Scene scene = kubeflowScene();
            const Settings settings = settingsFor(scene, remote);
            const Tree first = generate(scene, settings);
            audit::Scene live = applied(scene, first);
            edit(live, budget, [](QJsonObject &spec) { spec.insert(u"minAvailable"_s, 1), spec.remove(u"maxUnavailable"_s); });
            Proposal proposal;
            Tree now = again(live, settings, folderOf(first), &proposal);
            QVERIFY(proposal.find(kDex)->applied);
            QStringList files{u"patches/new.yaml"_s};
            if (remote)
                files.append(u"components/replicas/pdb.yaml"_s);
            const auto inFile = [&](const QString &file) {
                for (const QJsonObject &object : objectsOf(now.files.value(file))) {
                    if (audit::nameOf(object) == budget)
                        return object[u"spec"_s].toObject();
                }
                return QJsonObject();
            };
            // All forms say the same, and what somebody chose.
            for (const QString &file : std::as_const(files)) {
                QVERIFY2(inFile(file).value(u"minAvailable"_s) == 1 && !inFile(file).contains(u"maxUnavailable"_s), qPrintable(file));
            }
            QVERIFY(lands(now.files, now.entry, live).changed.isEmpty());
            compare(again(live, settings, folderOf(now)), now);
            // What protects nothing is mended.
            edit(live, budget, [](QJsonObject &spec) { spec.insert(u"minAvailable"_s, 2); });
            now = again(live, settings, folderOf(now), &proposal);
            QVERIFY(!proposal.find(kDex)->applied);
            for (const QString &file : std::as_const(files))
                QVERIFY2(inFile(file).value(u"minAvailable"_s) == 1 && !inFile(file).contains(u"maxUnavailable"_s), qPrintable(file));
            for (const Changed &changed : lands(now.files, now.entry, live).changed)
                QVERIFY(changed.name != budget || !changed.after[u"spec"_s].toObject().contains(u"maxUnavailable"_s));
            // One of other pods is somebody's own.
            edit(live, budget, [](QJsonObject &spec) { spec.insert(u"selector"_s, QJsonObject{{u"matchLabels"_s, QJsonObject{{u"app"_s, u"other"_s}}}}); });
            now = again(live, settings, folderOf(now), &proposal);
            QCOMPARE(proposal.find(kDex)->budgetName, u"dex-ha"_s);
        }
    }

    void aPersonsOwnFilesAreNotCounted()
    {
        const audit::Scene scene = kubeflowScene();
        const Settings settings = settingsFor(scene, true);
        audit::Scene live = scene;
        edit(live, kDex, [](QJsonObject &spec) { spec.insert(u"replicas"_s, 2); });
        Folder folder;
        folder.files = {{u"patches/kustomization.yaml"_s,
            "kind: Component\npatches:\n- target: {group: apps, kind: Deployment, namespace: auth, name: dex}\n"
            "  patch: '[{\"op\": \"add\", \"path\": \"/spec/replicas\", \"value\": 2}]'\n"}};
        QVERIFY(unapplied(live, folder).scene.objects() == live.objects());
        // The same as Cairn's.
        folder.files[u"patches/kustomization.yaml"_s] =
            withHeader(u"patches/kustomization.yaml"_s, folder.files[u"patches/kustomization.yaml"_s]);
        QCOMPARE(audit::replicasOf(*unapplied(live, folder).scene.find(kDex)), 1);
    }

    void countsThatWereNotOneComeBack()
    {
        audit::Scene scene = kubeflowScene();
        edit(scene, kDex, [](QJsonObject &spec) { spec.insert(u"replicas"_s, 2); });
        const audit::ObjectName alone{u"apps"_s, u"Deployment"_s, u"kubeflow"_s, u"ml-pipeline-persistenceagent"_s};
        edit(scene, alone, [](QJsonObject &spec) { spec.insert(u"replicas"_s, 3); });
        for (const bool remote : {false, true}) {
            Settings settings = settingsFor(scene, remote);
            settings.replicas = 3;
            const Tree first = generate(scene, settings);
            QVERIFY(first.files.value(u"README.md"_s).contains("| Deployment auth/dex | 2 → 3 |"));
            const audit::Scene live = applied(scene, first);
            compare(again(live, settings, folderOf(first)), first);
            settings.replicas = 2;
            compare(again(live, settings, folderOf(first)), generate(scene, settings));
        }
    }

    void electionThatIsOnIsNotCalledOff()
    {
        const audit::Scene scene = kubeflowScene();
        const Settings settings = settingsFor(scene, false);
        const Tree first = generate(scene, settings);
        const audit::ObjectName name{u"apps"_s, u"Deployment"_s, u"kubeflow"_s, u"training-operator"_s};
        QVERIFY(propose(scene, settings).find(name)->reason.contains(u"off"_s));
        const audit::Scene live = applied(scene, first, {}, true);
        const Row alone = *propose(live, settings).find(name);
        QCOMPARE(alone.election, Row::Election::On);
        QVERIFY2(!alone.reason.contains(u"off"_s), qPrintable(alone.reason));
        Proposal proposal;
        again(live, settings, folderOf(first), &proposal);
        const Row *row = proposal.find(name);
        QCOMPARE(row->election, Row::Election::TurnOn);
        QVERIFY(row->needsRights && !row->applied && row->scales());
        QVERIFY2(!row->reason.contains(u"off"_s), qPrintable(row->reason));
    }

    void hostileFoldersDoNoHarm()
    {
        const audit::Scene scene = kubeflowScene();
        for (const QByteArray text : {"", "[", "patches: [1, null, {target: 5, patch: [}]",
                 "components: [../patches, ../../x, 7]\nresources: [., patches, /etc/passwd]",
                 "patches:\n- {target: {group: apps, kind: Deployment, namespace: auth, name: dex}, patch: '[null, 5, "
                 "{op: add}, {op: remove, path: x}, {op: add, path: /spec/replicas, value: x}]'}",
                 "patches:\n- {target: {group: apps, kind: Deployment, namespace: auth, name: dex}, patch: '{spec: "
                 "{template: {spec: {containers: [null, {env: 7}, {name: dex, env: [3]}]}}}}'}"}) {
            Folder folder;
            folder.generated.insert(u"patches/kustomization.yaml"_s, text);
            QCOMPARE(unapplied(scene, folder).scene.objects().keys(), scene.objects().keys());
        }
    }
};

QTEST_GUILESS_MAIN(TestUnapplied)
#include "tst_unapplied.moc"
