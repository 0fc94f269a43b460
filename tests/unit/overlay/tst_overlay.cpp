// SPDX-License-Identifier: GPL-3.0-or-later
// Settings as text, what is proposed for a small Kubeflow, the files of it, and that kustomize builds what Cairn says it does.
#include "OverlayScene.h"
#include "overlay/Lands.h"
#include "overlay/Tree.h"

#include <QDir>
#include <QRegularExpression>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::overlay;
using namespace cairn::tests;

namespace {

audit::ObjectName deployment(const QString &ns, const QString &name)
{
    return {u"apps"_s, u"Deployment"_s, ns, name};
}

Row rowOf(const Proposal &proposal, const QString &name)
{
    for (const Row &row : proposal.rows) {
        if (row.workload.name == name)
            return row;
    }
    qFatal("%s", qPrintable(name));
}

Settings remote()
{
    Settings settings = defaultsFor(kubeflowScene());
    settings.base = {Base::Kind::Remote, u"https://github.com/kubeflow/community-distribution//example?ref=26.03"_s};
    return settings;
}

/// A tree on disk whose base is the scene's objects, so that nothing is fetched.
void put(const Tree &tree, const audit::Scene &scene, const QString &folder)
{
    for (auto it = tree.files.begin(); it != tree.files.end(); ++it)
        writeFile(folder + u'/' + it.key(), it.value());
    QByteArray all;
    for (const QJsonObject &object : scene.objects()) {
        if (object[u"kind"_s] != u"Node"_s)
            all += "---\n" + manifest::toYaml(object).toUtf8();
    }
    writeFile(folder + u"/base/all.yaml"_s, all);
    writeFile(folder + u"/base/kustomization.yaml"_s, "resources: [all.yaml]\n");
    writeFile(folder + u"/with-patches/kustomization.yaml"_s, "resources: [../base]\ncomponents: [../patches]\n");
}

/// What a build holds is what lands() makes of it.
void compare(const QByteArray &built, const Built &expected, const audit::Scene &scene)
{
    QMap<audit::ObjectName, QJsonObject> there;
    for (const QJsonObject &object : objectsOf(built))
        there.insert(audit::nameOf(object), object);
    QVERIFY(!expected.changed.isEmpty());
    QMap<audit::ObjectName, QJsonObject> wanted;
    for (auto it = scene.objects().begin(); it != scene.objects().end(); ++it) {
        if (it.key().kind != u"Node")
            wanted.insert(it.key(), it.value());
    }
    for (const Changed &changed : expected.changed)
        wanted.insert(changed.name, changed.after);
    QCOMPARE(there.keys(), wanted.keys());
    for (auto it = wanted.begin(); it != wanted.end(); ++it)
        QCOMPARE(there.value(it.key()), it.value());
}

} // namespace

class TestOverlay : public QObject
{
    Q_OBJECT

private slots:
    void settingsSurviveTheirText()
    {
        Settings settings = remote();
        settings.tiers = {1, 3, 4};
        settings.replicas = 3;
        settings.spread = {true, true, true};
        settings.budgets = false;
        Choice choice{.kind = u"StatefulSet"_s, .ns = u"kubeflow"_s, .name = u"metacontroller"_s};
        choice.include = false;
        choice.replicas = 3;
        choice.spread = Spread{false, true, false};
        choice.leaderElection = choice.budget = choice.restartFast = true;
        settings.choices = {choice};
        settings.pipelines = Database{.host = u"mysql-ha.db.example"_s, .user = u"kfp"_s, .secret = u"mysql-secret"_s, .connectionSeconds = 45};
        settings.katib = Database{.engine = Database::Engine::PostgreSql, .host = u"pg"_s, .port = 5433, .user = u"katib"_s, .database = u"k"_s, .sslMode = u"require"_s};
        const Result<QByteArray> text = settingsText(settings);
        QVERIFY(text);
        const Result<Settings> back = readSettings(*text);
        QVERIFY2(back, back ? "" : qPrintable(back.error().oneLine()));
        QVERIFY(*back == settings);
        // An edited text keeps its comments.
        const QByteArray edited = QByteArray(*text).replace("replicas: 3\nspread", "replicas: 3 # for three zones\nspread");
        QVERIFY(edited.contains("for three zones"));
        settings.replicas = 2;
        QVERIFY(settingsText(settings, edited)->contains("replicas: 2 # for three zones"));
        QVERIFY(*readSettings(*settingsText(Settings())) == Settings());
    }

    void settingsThatCannotBeUsedSayWhere_data()
    {
        QTest::addColumn<QByteArray>("line");
        QTest::addColumn<QString>("said");
        const auto row = [](const char *line, const QString &said) { QTest::newRow(line) << QByteArray(line) << said; };
        row("replicas: 1", u"from 2 to 9"_s);
        row("replicas: two", u"from 2 to 9"_s);
        row("replicas: 2.5", u"from 2 to 9"_s);
        row("replica: 2", u"no such setting"_s);
        row("tiers: [7]", u"from 1 to 4"_s);
        row("tiers: [5]", u"from 1 to 4"_s);
        row("tiers: all", u"list"_s);
        row("pdbs: 1", u"true or false"_s);
        row("spread: {nodes: yes please}", u"true or false"_s);
        row("base: {remote: \"https://example.com/x\"}", u"ref=TAG"_s);
        row("base: {remote: \"https://me:pw@example.com/x?ref=1\"}", u"password"_s);
        row("base: {folder: /abs}", u"absolute"_s);
        row("base: {remote: \"a?ref=1\", folder: b}", u"one of"_s);
        row("components: [{name: x}]", u"namespace"_s);
        row("components: [{name: x, namespace: z}, {name: x, namespace: z}]", u"twice"_s);
        row("components: {name: x}", u"list"_s);
        row("external: {pipelines: {host: h, password: p}}", u"password"_s);
        row("external: {pipelines: {host: \"user:pw@h\"}}", u"without user"_s);
        row("external: {pipelines: {port: 3306}}", u"host is missing"_s);
        row("external: {katib: {host: h, engine: oracle}}", u"mysql or postgresql"_s);
        row("replicas: [", u""_s);
    }
    void settingsThatCannotBeUsedSayWhere()
    {
        QFETCH(const QByteArray, line);
        QFETCH(const QString, said);
        const Result<Settings> read = readSettings("apiVersion: overlay.cairn.console/v1\nkind: Overlay\n" + line + '\n');
        QVERIFY(!read);
        QVERIFY2(read.error().oneLine().contains(said), qPrintable(read.error().oneLine()));
        QVERIFY(!read.error().oneLine().contains(u"pw@"_s));
    }

    void allThatIsWrongIsTold()
    {
        const QByteArray text = "apiVersion: overlay.cairn.console/v1\n"
                                "kind: Overlay\n"
                                "external: {katib: {host: 3}}\n"
                                "replicas: 1\n"
                                "tiers: [7, 8]\n"
                                "replica: 2\n"
                                "spread: {nodes: 1, racks: true}\n"_ba;
        const Error error = readSettings(text, u"ha.yaml"_s).error();
        QStringList places;
        for (const FieldCause &cause : error.causes) {
            QCOMPARE(cause.reason, u"Position"_s);
            QVERIFY2(
                cause.message.startsWith(u"ha.yaml:"_s + cause.field + u": "_s) && error.why.contains(cause.message),
                qPrintable(cause.message));
            places.append(cause.field.section(u':', 0, 0) + u' ' + cause.message.section(u": "_s, 1, 1));
        }
        QCOMPARE(places,
            (QStringList{u"3 external.katib.host"_s, u"4 replicas"_s, u"5 tiers"_s, u"6 replica"_s, u"7 spread.nodes"_s,
                u"7 spread.racks"_s}));
        QByteArray many = "apiVersion: overlay.cairn.console/v1\nkind: Overlay\n";
        for (int i = 0; i < 5000; ++i)
            many += "x" + QByteArray::number(i) + ": 1\n";
        QCOMPARE(readSettings(many).error().causes.size(), 50);
    }

    void severalDocumentsAreNoSettings()
    {
        const Error error =
            readSettings("apiVersion: overlay.cairn.console/v1\nkind: Overlay\n---\nkind: Overlay\n", u"ha.yaml"_s)
                .error();
        QVERIFY2(error.what.startsWith(u"ha.yaml: It holds 2 YAML documents"_s), qPrintable(error.oneLine()));
        QVERIFY(readSettings("---\napiVersion: overlay.cairn.console/v1\nkind: Overlay\n"));
    }

    void whatIsNoSettingsIsRefused()
    {
        for (const char *text : {"", "[]", "a: b", "kind: Overlay", "apiVersion: overlay.cairn.console/v2\nkind: Overlay"})
            QVERIFY(!readSettings(text));
    }

    void eachRowGetsWhatItNeeds()
    {
        const Proposal proposal = propose(kubeflowScene(), defaultsFor(kubeflowScene()));
        QCOMPARE(proposal.nodes, 3);
        QCOMPARE(proposal.zones, 2);
        QCOMPARE(proposal.pipelines, u"2.16.0"_s);
        QVERIFY(proposal.problems.isEmpty());

        const Row operatorRow = rowOf(proposal, u"training-operator"_s);
        QCOMPARE(operatorRow.tier, 2);
        QCOMPARE(operatorRow.election, Row::Election::TurnOn);
        QVERIFY(operatorRow.needsRights && !operatorRow.locked);
        QCOMPARE(operatorRow.leaseName, u"1ca428e5.training-operator.kubeflow.org"_s);
        QCOMPARE(operatorRow.replicas, 2);
        QCOMPARE(operatorRow.budget, Row::Budget::Add);
        QVERIFY(operatorRow.spread.nodes && operatorRow.spread.zones && !operatorRow.spread.required);
        QVERIFY(!operatorRow.survivesNow && operatorRow.survivesThen);

        QCOMPARE(rowOf(proposal, u"profiles-deployment"_s).election, Row::Election::TurnOn);
        QVERIFY(!rowOf(proposal, u"profiles-deployment"_s).needsRights); // it is cluster-admin
        QCOMPARE(rowOf(proposal, u"workflow-controller"_s).election, Row::Election::On);
        QCOMPARE(rowOf(proposal, u"workflow-controller"_s).tier, 1);
        QVERIFY(rowOf(proposal, u"metadata-grpc-deployment"_s).atOneFirst);

        for (const QString &name : {u"ml-pipeline-scheduledworkflow"_s, u"ml-pipeline-persistenceagent"_s}) {
            const Row row = rowOf(proposal, name);
            QCOMPARE(row.tier, 3);
            QVERIFY(row.locked && row.restartFast && row.replicas == 1);
            QCOMPARE(row.budget, Row::Budget::None);
            QVERIFY(!row.reason.isEmpty());
        }
        const Row store = rowOf(proposal, u"mysql"_s);
        QCOMPARE(store.tier, 4);
        QVERIFY(store.locked && !store.changes());

        const Row istiod = rowOf(proposal, u"istiod"_s);
        QCOMPARE(istiod.autoscaler, u"istiod"_s);
        QCOMPARE(istiod.replicas, 2);
        const Row activator = rowOf(proposal, u"activator"_s);
        QVERIFY(activator.spreadKept && activator.spread.isNone());
        QCOMPARE(activator.budget, Row::Budget::Change);
        QCOMPARE(activator.budgetName, u"activator-pdb"_s);

        QCOMPARE(rowOf(proposal, u"cert-manager"_s).owner, u"Helm release cert-manager"_s);
        const Row stranger = rowOf(proposal, u"stranger"_s);
        QVERIFY(stranger.locked && stranger.tier == 0 && !stranger.changes());
        // What needs the store does not survive as long as it is one pod.
        QVERIFY(!rowOf(proposal, u"ml-pipeline"_s).survivesThen);
        Settings settings = remote();
        settings.pipelines = Database{.host = u"mysql-ha.db.example"_s};
        QVERIFY(propose(kubeflowScene(), settings).survivingThen > proposal.survivingThen);
    }

    void choicesAndLocksAreKept()
    {
        Settings settings = remote();
        settings.choices = {{.kind = u"Deployment"_s, .ns = u"auth"_s, .name = u"dex"_s, .replicas = 3, .budget = false},
                            {.kind = u"Deployment"_s, .ns = u"kubeflow"_s, .name = u"nobody"_s},
                            {.kind = u"Deployment"_s, .ns = u"kubeflow"_s, .name = u"training-operator"_s, .leaderElection = false}};
        Proposal proposal = propose(kubeflowScene(), settings);
        QCOMPARE(rowOf(proposal, u"dex"_s).replicas, 3);
        QCOMPARE(rowOf(proposal, u"dex"_s).budget, Row::Budget::Off);
        QVERIFY(rowOf(proposal, u"training-operator"_s).locked);
        QCOMPARE(rowOf(proposal, u"training-operator"_s).replicas, 1);
        QVERIFY(std::ranges::any_of(proposal.warnings, [](const change::Note &note) { return note.text.contains(u"nobody"_s); }));
        // Two of what may be one alone is refused, not corrected.
        settings.choices = {{.kind = u"Deployment"_s, .ns = u"kubeflow"_s, .name = u"ml-pipeline-scheduledworkflow"_s, .replicas = 2}};
        QCOMPARE(propose(kubeflowScene(), settings).problems.first().id, u"locked"_s);
        settings.choices.clear();
        settings.pipelines = Database{.engine = Database::Engine::PostgreSql, .host = u"pg"_s};
        QCOMPARE(propose(kubeflowScene(), settings).problems.first().id, u"pipelines-postgres"_s);
    }

    void aChoiceThatDoesNothingIsToldWithItsPlace()
    {
        const Result<Settings> settings = readSettings("apiVersion: overlay.cairn.console/v1\nkind: Overlay\ntiers: [1, 3]\ncomponents:\n"
                                                       "  - {namespace: auth, name: dexx}\n"                                   // 5
                                                       "  - {namespace: kubeflow, name: dex, replicas: 2}\n"                    // 6
                                                       "  - {namespace: kubeflow, name: metacontroller, replicas: 2}\n"         // 7
                                                       "  - {namespace: kubeflow, name: mysql, pdb: true}\n"                    // 8
                                                       "  - {namespace: kubeflow, name: katib-controller, leaderElection: true, spread: {zones: true}}\n" // 9
                                                       "  - {namespace: auth, name: dex, replicas: 3, pdb: false}\n",           // 10
                                                       u"my/ha.yaml"_s);
        QVERIFY2(settings, settings ? "" : qPrintable(settings.error().oneLine()));
        const Proposal proposal = propose(kubeflowScene(), *settings);
        QStringList said;
        for (const change::Note &note : proposal.warnings) {
            if (note.id == u"unknown-component" || note.id == u"no-effect")
                said.append(note.text + u' ' + note.fix);
        }
        QCOMPARE(said.size(), 5);
        const auto says = [&](const QString &place, const QString &what) {
            return std::ranges::any_of(said, [&](const QString &line) { return line.startsWith(place) && line.contains(what); });
        };
        QVERIFY2(says(u"my/ha.yaml:5:5: "_s, u"Did you mean Deployment auth/dex?"_s), qPrintable(said.join(u'\n')));
        QVERIFY2(says(u"my/ha.yaml:6:5: "_s, u"Did you mean Deployment auth/dex?"_s), qPrintable(said.join(u'\n')));
        QVERIFY2(says(u"my/ha.yaml:7:5: "_s, u"Did you mean StatefulSet kubeflow/metacontroller?"_s), qPrintable(said.join(u'\n')));
        QCOMPARE(proposal.unknown.size(), 3); // the same, for whoever offers to correct it
        for (const UnknownChoice &unknown : proposal.unknown)
            QVERIFY2(proposal.find(unknown.nearest) && proposal.warnings.contains(unknown.note), qPrintable(unknown.note.text));
        QVERIFY2(says(u"my/ha.yaml:8:5: "_s, u"pdb"_s), qPrintable(said.join(u'\n')));
        QVERIFY2(says(u"my/ha.yaml:9:5: "_s, u"spread. Tier 2 is not among the tiers"_s), qPrintable(said.join(u'\n')));
        // Two of a store are refused, whatever its tier.
        const Result<Settings> two = readSettings("apiVersion: overlay.cairn.console/v1\nkind: Overlay\ncomponents:\n- {namespace: kubeflow, name: mysql, replicas: 2}\n", u"ha.yaml"_s);
        const Proposal refused = propose(kubeflowScene(), *two);
        QCOMPARE(refused.problems.size(), 1);
        QVERIFY2(refused.problems.first().text.startsWith(u"ha.yaml:4:3: mysql must stay at one"_s), qPrintable(refused.problems.first().text));
        // The name that the user knows the file by, in every error.
        for (const QByteArray text : {"apiVersion: overlay.cairn.console/v1\nkind: Overlay\nreplica: 2\n", "a: b", "replicas: ["})
            QVERIFY2(readSettings(text, u"my/ha.yaml"_s).error().oneLine().contains(u"my/ha.yaml"_s), text.constData());
        QVERIFY(!readSettings("apiVersion: overlay.cairn.console/v1\nkind: Overlay\nreplica: 2\n", u"ha.yaml"_s).error().oneLine().contains(settingsFile()));
        QVERIFY(readSettings("apiVersion: overlay.cairn.console/v1\nkind: Overlay\nreplica: 2\n", u"ha.yaml"_s).error().why.startsWith(u"ha.yaml:3:"_s));
        // A draft of the window is nobody's file.
        QVERIFY(readSettings("apiVersion: overlay.cairn.console/v1\nkind: Overlay\nreplica: 2\n", {}).error().why.startsWith(u"replica: "_s));
    }

    void electionThatIsOnIsLeftAlone()
    {
        audit::Scene scene = kubeflowScene();
        QJsonObject object = *scene.find(deployment(u"kubeflow"_s, u"training-operator"_s));
        QJsonObject spec = object[u"spec"_s].toObject();
        QJsonObject podTemplate = spec[u"template"_s].toObject();
        QJsonObject pod = podTemplate[u"spec"_s].toObject();
        QJsonObject container = pod[u"containers"_s][0].toObject();
        container.insert(u"args"_s, QJsonArray{u"--leader-elect"_s});
        pod.insert(u"containers"_s, QJsonArray{container});
        podTemplate.insert(u"spec"_s, pod);
        spec.insert(u"template"_s, podTemplate);
        object.insert(u"spec"_s, spec);
        scene.add(object);
        const Row row = rowOf(propose(scene, remote()), u"training-operator"_s);
        QCOMPARE(row.election, Row::Election::On);
        QCOMPARE(row.tier, 1);
    }

    void rightsThatAreThereAreNotAdded()
    {
        audit::Scene scene = kubeflowScene();
        for (const QString &kind : {u"Role"_s, u"RoleBinding"_s, u"ClusterRole"_s, u"ClusterRoleBinding"_s})
            scene.read(u"rbac.authorization.k8s.io"_s, kind);
        QVERIFY(rowOf(propose(scene, remote()), u"training-operator"_s).needsRights);
        for (const QJsonObject &object : objectsOf(R"(apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: all}
rules: [{apiGroups: ["*"], resources: ["*"], verbs: ["*"]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: op, namespace: kubeflow}
roleRef: {kind: ClusterRole, name: all}
subjects: [{kind: ServiceAccount, name: training-operator, namespace: kubeflow}]
)"))
            scene.add(object);
        QVERIFY(!rowOf(propose(scene, remote()), u"training-operator"_s).needsRights);
    }

    void ownersAreNamed()
    {
        const auto owner = [](const QByteArray &meta) { return ownerOf(objectsOf("kind: Deployment\nmetadata: " + meta).first()); };
        QCOMPARE(owner("{}"), QString());
        QCOMPARE(owner("{labels: {app.kubernetes.io/managed-by: Helm}}"), QString()); // helm template leaves that too
        QCOMPARE(owner("{annotations: {meta.helm.sh/release-name: kf}}"), u"Helm release kf"_s);
        QCOMPARE(owner("{annotations: {argocd.argoproj.io/tracking-id: \"kf:apps/Deployment:x/y\"}}"), u"Argo CD application kf"_s);
        QCOMPARE(owner("{labels: {kustomize.toolkit.fluxcd.io/name: kf}}"), u"Flux Kustomization kf"_s);
        QCOMPARE(owner("{managedFields: [{manager: argocd-controller, operation: Apply}]}"), u"Argo CD"_s);
        QCOMPARE(owner("{ownerReferences: [{kind: KfDef, name: kf}]}"), u"KfDef kf"_s);
        bool keeps = false;
        QVERIFY(!ownerOf(objectsOf("kind: Deployment\nmetadata: {labels: {platform.opendatahub.io/part-of: kserve}}").first(), &keeps).isEmpty());
        QVERIFY(keeps);
        QVERIFY(ownerOf(QJsonObject{{u"metadata"_s, u"x"_s}}).isEmpty());
    }

    void theTreeIsWholeAndStable()
    {
        const audit::Scene scene = kubeflowScene();
        Settings settings = remote();
        settings.tiers.insert(4);
        settings.pipelines = Database{.host = u"mysql-ha.db.example"_s};
        const Tree tree = generate(scene, settings);
        QVERIFY(tree == generate(scene, settings));
        for (const QString &path : {u"README.md"_s, u"base/kustomization.yaml"_s, u"components/leader-election/kustomization.yaml"_s, u"components/leader-election/rbac.yaml"_s,
                                    u"components/leader-election/katib-config.yaml"_s, u"components/replicas/kustomization.yaml"_s, u"components/replicas/pdb.yaml"_s,
                                    u"components/spread/kustomization.yaml"_s, u"components/hpa-min/kustomization.yaml"_s, u"components/restart-fast/kustomization.yaml"_s,
                                    u"components/restart-fast/priorityclass.yaml"_s, u"components/external-mysql/kustomization.yaml"_s, u"overlays/staging/kustomization.yaml"_s,
                                    u"overlays/prod/kustomization.yaml"_s, u"overlays/leaders-first/kustomization.yaml"_s, u"patches/kustomization.yaml"_s,
                                    u"patches/new.yaml"_s, u"helm/post-render.sh"_s, u"helm/cert-manager/kustomization.yaml"_s})
            QVERIFY2(tree.files.contains(path), qPrintable(path));
        for (auto it = tree.files.begin(); it != tree.files.end(); ++it) {
            QVERIFY2(isUntouched(it.value()), qPrintable(it.key()));
            QVERIFY(!isUntouched(it.value() + "\n"));
            if (it.key().endsWith(u".yaml"_s))
                QVERIFY2(manifest::Document::read(it.value()).faults().isEmpty(), qPrintable(it.key()));
        }
        QVERIFY(tree.files[u"helm/post-render.sh"_s].startsWith("#!/bin/sh\n# "));
        // Pipelines 2.16 read two host keys.
        QVERIFY(tree.files[u"components/external-mysql/kustomization.yaml"_s].contains("dbHost: mysql-ha.db.example"));
        QVERIFY(tree.files[u"components/external-mysql/kustomization.yaml"_s].contains("mysqlHost: mysql-ha.db.example"));
        QVERIFY(!tree.files[u"overlays/staging/kustomization.yaml"_s].contains("external-mysql"));
        // The comment in the ConfigMap's text survives.
        QVERIFY(tree.files[u"components/leader-election/katib-config.yaml"_s].contains("Served by the webhook too."));
        QVERIFY(tree.files[u"components/leader-election/katib-config.yaml"_s].contains("enableLeaderElection: true"));
        // An autoscaler's workload gets no count.
        QVERIFY(!tree.files[u"components/replicas/kustomization.yaml"_s].contains("istiod"));
        QVERIFY(tree.files[u"components/replicas/pdb.yaml"_s].contains("istiod"));
    }

    void whatTheReadmeSaysCanBeDone()
    {
        Settings settings = remote();
        settings.pipelines = Database{.host = u"mysql-ha.db.example"_s};
        audit::Scene scene = kubeflowScene();
        const Tree tree = generate(scene, settings);
        const QString text = QString::fromUtf8(tree.files.value(u"README.md"_s));
        // What is named is there.
        static const QRegularExpression path(u"kustomize build (\\S+)"_s);
        int built = 0;
        for (auto it = path.globalMatch(text); it.hasNext(); ++built) {
            const QString folder = it.next().captured(1);
            QVERIFY2(tree.files.contains(folder + u"/kustomization.yaml"_s), qPrintable(folder));
        }
        QVERIFY(built >= 5);
        // Leaders, then replicas without the databases, then these; back in reverse.
        const qsizetype back = text.indexOf(u"## Going back"_s);
        QVERIFY(back > 0);
        const qsizetype leaders = text.indexOf(u"kustomize build overlays/leaders-first"_s);
        const qsizetype lease = text.indexOf(u"kubectl get lease -n kubeflow 1ca428e5.training-operator.kubeflow.org -o jsonpath="_s);
        const qsizetype ready = text.indexOf(u"kubectl rollout status -n kubeflow deployment/metadata-grpc-deployment"_s);
        const qsizetype scaled = text.indexOf(u"kustomize build overlays/staging"_s);
        const qsizetype all = text.indexOf(u"kustomize build overlays/prod"_s);
        QVERIFY2(leaders > 0 && leaders < lease && lease < ready && ready < scaled && scaled < all && all < back, qPrintable(text));
        const qsizetype pdbs = text.indexOf(u"kubectl delete -n auth pdb dex"_s, back);
        const qsizetype flags = text.indexOf(u"kustomize build overlays/leaders-first"_s, back);
        const qsizetype base = text.indexOf(u"kustomize build base"_s, back);
        const qsizetype roles = text.indexOf(u"kubectl delete -n kubeflow role,rolebinding"_s, back);
        QVERIFY2(pdbs > 0 && pdbs < flags && flags < base && base < roles, qPrintable(text));
        // Fields that another kubectl apply set are taken over, or the server refuses all of it.
        QVERIFY(!text.contains(u"--server-side -f"_s));
        QVERIFY2(!text.contains(u"NAMESPACE"_s), qPrintable(text));
        // Without a base nothing is built.
        const QString plain = QString::fromUtf8(generate(scene, Settings()).files.value(u"README.md"_s));
        QVERIFY(!plain.contains(u"| kubectl apply"_s) && plain.contains(u"cairnctl overlay apply --out . --yes"_s));
    }

    /// On a cluster that is already as the overlay says: kustomize refuses a kustomization.yaml without any field.
    void withNothingToSetThereIsAFieldStill()
    {
        const Tree tree = generate(audit::Scene(), Settings());
        QVERIFY(tree.files.value(u"patches/kustomization.yaml"_s).contains("\npatches: []\n"));
        QVERIFY(!tree.files.contains(u"patches/new.yaml"_s));
    }

    void namesInTheReadmeDoNothingInAShell()
    {
        audit::Scene scene = kubeflowScene();
        QJsonObject dex = *scene.find(deployment(u"auth"_s, u"dex"_s));
        QJsonObject meta = dex[u"metadata"_s].toObject();
        meta.insert(u"name"_s, u"dex; touch 'x'"_s);
        dex.insert(u"metadata"_s, meta);
        scene.add(dex);
        const QString text = QString::fromUtf8(generate(scene, remote()).files.value(u"README.md"_s));
        for (const QString &line : text.split(u'\n')) {
            if (line.contains(u"touch"_s) && line.contains(u"kubectl"_s))
                QVERIFY2(line.contains(u"'deployment/dex; touch "_s) || line.contains(u"'dex; touch "_s), qPrintable(line));
        }
    }

    void pipelines217KnowNoDbHost()
    {
        audit::Scene scene = kubeflowScene();
        for (const QJsonObject &object : objectsOf(kubeflowYaml().replace(":2.16.0", ":2.17.1"))) {
            scene.add(object);
        }
        Settings settings = remote();
        settings.pipelines = Database{.host = u"mysql-ha.db.example"_s};
        const QByteArray text = generate(scene, settings).files[u"components/external-mysql/kustomization.yaml"_s];
        QVERIFY(text.contains("mysqlHost: mysql-ha.db.example") && !text.contains("dbHost"));
    }

    void withoutABaseThereArePatchesAlone()
    {
        const Tree tree = generate(kubeflowScene(), Settings());
        QCOMPARE(tree.entry, u"patches"_s);
        for (const QString &path : tree.files.keys())
            QVERIFY2(path == u"README.md" || path.startsWith(u"patches/"_s) || path.startsWith(u"helm/"_s), qPrintable(path));
    }

    void everyPatchLands()
    {
        const audit::Scene scene = kubeflowScene();
        Settings settings = remote();
        const Tree tree = generate(scene, settings);
        for (const QString &entry : {u"overlays/prod"_s, u"overlays/staging"_s, u"overlays/leaders-first"_s, u"patches"_s}) {
            const Built built = lands(tree.files, entry, scene);
            QVERIFY2(built.faults.isEmpty(), built.faults.isEmpty() ? "" : qPrintable(built.faults.first().text));
            QVERIFY(built.gaps.isEmpty());
            QVERIFY(!built.landings.isEmpty());
            for (const Landing &landing : built.landings)
                QVERIFY2(landing.lands(), qPrintable(entry + u' ' + landing.title + u' ' + landing.why + (landing.error ? landing.error->oneLine() : QString())));
        }
        // Both forms do the same.
        const Built prod = lands(tree.files, u"overlays/prod"_s, scene);
        const Built patches = lands(tree.files, u"patches"_s, scene);
        QCOMPARE(prod.changed.size(), patches.changed.size());
        for (qsizetype i = 0; i < prod.changed.size(); ++i)
            QCOMPARE(prod.changed[i].after, patches.changed[i].after);
        const auto changed = [&](const audit::ObjectName &name) {
            return std::ranges::find(prod.changed, name, &Changed::name)->after;
        };
        const QJsonValue pod = changed(deployment(u"kubeflow"_s, u"training-operator"_s))[u"spec"_s][u"template"_s][u"spec"_s];
        QCOMPARE(pod[u"containers"_s][0][u"args"_s].toArray(), (QJsonArray{u"--leader-elect"_s}));
        QCOMPARE(pod[u"topologySpreadConstraints"_s][0][u"labelSelector"_s][u"matchLabels"_s].toObject(),
                 (QJsonObject{{u"control-plane"_s, u"kubeflow-training-operator"_s}}));
        QCOMPARE(changed(deployment(u"kubeflow"_s, u"profiles-deployment"_s))[u"spec"_s][u"template"_s][u"spec"_s][u"containers"_s][1][u"args"_s].toArray().last().toString(),
                 u"--leader-elect"_s);
        QCOMPARE(changed({u"policy"_s, u"PodDisruptionBudget"_s, u"knative-serving"_s, u"activator-pdb"_s})[u"spec"_s][u"minAvailable"_s], QJsonValue(QJsonValue::Undefined));
        QVERIFY(std::ranges::find(prod.changed, deployment(u"kubeflow"_s, u"stranger"_s), &Changed::name) == prod.changed.end());
    }

    void onlyPodsOfOneTemplateCountWhereTheServerKnowsThat_data()
    {
        QTest::addColumn<QString>("kubelet");
        QTest::addColumn<bool>("known");
        QTest::newRow("not told") << QString() << false;
        QTest::newRow("1.26") << u"v1.26.15"_s << false;
        QTest::newRow("1.27") << u"v1.27.0"_s << true;
        QTest::newRow("of a vendor") << u"v1.31.2+k3s1"_s << true;
        QTest::newRow("nonsense") << u"newest"_s << false;
    }
    void onlyPodsOfOneTemplateCountWhereTheServerKnowsThat()
    {
        QFETCH(const QString, kubelet);
        QFETCH(const bool, known);
        audit::Scene scene = kubeflowScene();
        QJsonObject node = nodeObject(u"n1"_s, u"a"_s);
        QJsonObject status = node[u"status"_s].toObject();
        status.insert(u"nodeInfo"_s, QJsonObject{{u"kubeletVersion"_s, kubelet}});
        node.insert(u"status"_s, status);
        scene.add(node);
        const Tree tree = generate(scene, remote());
        const Built built = lands(tree.files, tree.entry, scene);
        QVERIFY(built.faults.isEmpty());
        int deployments = 0;
        for (const Changed &changed : built.changed) {
            const QJsonArray rules = changed.after[u"spec"_s][u"template"_s][u"spec"_s][u"topologySpreadConstraints"_s].toArray();
            for (const QJsonValue rule : rules) {
                const bool deployment = changed.name.kind == u"Deployment";
                deployments += deployment;
                QCOMPARE(rule[u"matchLabelKeys"_s].toArray(), known && deployment ? QJsonArray{u"pod-template-hash"_s} : QJsonArray());
                QVERIFY(!rule[u"labelSelector"_s][u"matchLabels"_s].toObject().isEmpty());
            }
        }
        QVERIFY(deployments > 3);
    }

    void kustomizeBuildsTheSame_data()
    {
        QTest::addColumn<QString>("entry");
        QTest::addColumn<QString>("mine");
        QTest::newRow("prod") << u"overlays/prod"_s << u"overlays/prod"_s;
        QTest::newRow("staging") << u"overlays/staging"_s << u"overlays/staging"_s;
        QTest::newRow("leaders first") << u"overlays/leaders-first"_s << u"overlays/leaders-first"_s;
        QTest::newRow("patches") << u"with-patches"_s << u"patches"_s;
    }
    void kustomizeBuildsTheSame()
    {
        if (kustomizeCommand().isEmpty())
            return;
        QFETCH(const QString, entry);
        QFETCH(const QString, mine);
        const audit::Scene scene = kubeflowScene();
        Settings settings = remote();
        settings.katib = Database{.engine = Database::Engine::PostgreSql, .host = u"pg"_s};
        const Tree tree = generate(scene, settings);
        QTemporaryDir folder;
        put(tree, scene, folder.path());
        QString complaint;
        const QByteArray built = kustomized(folder.filePath(entry), &complaint);
        QVERIFY2(!built.isEmpty(), qPrintable(complaint));
        compare(built, lands(tree.files, mine, scene), scene);
    }

    void thePostRendererPatchesWhatHelmRendered()
    {
        if (kustomizeCommand().isEmpty())
            return;
        const audit::Scene scene = kubeflowScene();
        const Tree tree = generate(scene, remote());
        QTemporaryDir folder;
        put(tree, scene, folder.path());
        QProcess script;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(u"PATH"_s, QFileInfo(kustomizeCommand().first()).absolutePath() + u':' + environment.value(u"PATH"_s));
        script.setProcessEnvironment(environment);
        script.start(u"sh"_s, {folder.filePath(u"helm/post-render.sh"_s), u"cert-manager"_s});
        script.write(manifest::toYaml(*scene.find(deployment(u"cert-manager"_s, u"cert-manager"_s))).toUtf8());
        script.closeWriteChannel();
        QVERIFY(script.waitForFinished(60'000));
        QVERIFY2(script.exitCode() == 0, script.readAllStandardError().constData());
        const QList<QJsonObject> rendered = objectsOf(script.readAllStandardOutput());
        QCOMPARE(rendered.size(), 2); // the Deployment and its PDB
        QCOMPARE(std::ranges::find_if(rendered, [](const QJsonObject &o) { return o[u"kind"_s] == u"Deployment"_s; })->value(u"spec"_s)[u"replicas"_s].toInt(), 2);
    }

    void hostileObjectsBreakNothing()
    {
        const audit::Scene scene = kubeflowScene();
        const QList<QJsonValue> odd{QJsonValue(), 7, u"x"_s, true, QJsonArray{1}, QJsonObject{{u"a"_s, QJsonValue()}}};
        // Every field of every object, replaced by everything it is not.
        int seed = 0;
        for (const QJsonObject &object : objectsOf(kubeflowYaml())) {
            for (const QString &field : {u"spec"_s, u"metadata"_s, u"data"_s}) {
                for (const QJsonValue &value : odd) {
                    QJsonObject broken = object;
                    if (field == "metadata"_L1) {
                        QJsonObject meta = object[field].toObject();
                        meta.insert(u"labels"_s, value);
                        meta.insert(u"annotations"_s, value);
                        meta.insert(u"managedFields"_s, value);
                        meta.insert(u"ownerReferences"_s, value);
                        broken.insert(field, meta);
                    } else if (object.contains(field)) {
                        broken.insert(field, value);
                    }
                    audit::Scene one = scene;
                    one.add(broken);
                    if (++seed % 31 == 0) {
                        const Tree tree = generate(one, remote());
                        (void)lands(tree.files, tree.entry, one);
                    } else {
                        (void)propose(one, remote());
                    }
                }
            }
        }
        for (const QString &path : {u"selector"_s, u"template"_s, u"replicas"_s, u"strategy"_s}) {
            for (const QJsonValue &value : odd) {
                audit::Scene one = scene;
                QJsonObject object = *one.find(deployment(u"kubeflow"_s, u"training-operator"_s));
                QJsonObject spec = object[u"spec"_s].toObject();
                spec.insert(path, value);
                object.insert(u"spec"_s, spec);
                one.add(object);
                const Tree tree = generate(one, remote());
                for (const Landing &landing : lands(tree.files, tree.entry, one).landings)
                    QVERIFY2(!landing.error || landing.title.contains(u"training-operator"_s), qPrintable(landing.title));
            }
        }
    }
};

QTEST_GUILESS_MAIN(TestOverlay)
#include "tst_overlay.moc"
