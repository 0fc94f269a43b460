// SPDX-License-Identifier: GPL-3.0-or-later
// An overlay from a cluster to its folder and to kustomize, and what the server says of each write.
#include "FakeObjectApi.h"
#include "OverlayScene.h"
#include "ctl/OverlayWords.h"
#include "engine/OverlayFlows.h"
#include "engine/OverlayRun.h"

#include <QSignalSpy>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::overlay;
using namespace cairn::tests;

namespace {

RestMapper served()
{
    QList<ServedResource> resources;
    for (const ResourceKind &kind : {kinds::deployments(), kinds::statefulSets(), kinds::configMaps(), kinds::secrets(), kinds::disruptionBudgets(), kinds::autoscalers(),
                                     kinds::leases(), kinds::claims(), kinds::priorityClasses(), kinds::pods(), kinds::nodes(), kinds::services(),
                                     ResourceKind{u"rbac.authorization.k8s.io"_s, u"v1"_s, u"roles"_s, u"Role"_s, true},
                                     ResourceKind{u"rbac.authorization.k8s.io"_s, u"v1"_s, u"rolebindings"_s, u"RoleBinding"_s, true},
                                     ResourceKind{u"networking.istio.io"_s, u"v1"_s, u"virtualservices"_s, u"VirtualService"_s, true}})
        resources.append({kind});
    return RestMapper(resources);
}

void fill(FakeObjectApi &api)
{
    const RestMapper mapper = served();
    api.setMapper(mapper);
    for (const QJsonObject &object : objectsOf(kubeflowYaml()))
        api.put(*mapper.resolve(object[u"apiVersion"_s].toString(), object[u"kind"_s].toString()), object);
    for (const QString &name : {u"n1"_s, u"n2"_s})
        api.put(kinds::nodes(), nodeObject(name, {}));
    api.put(kinds::secrets(), {{u"metadata"_s, QJsonObject{{u"name"_s, u"mysql-secret"_s}, {u"namespace"_s, u"kubeflow"_s}}}, {u"data"_s, QJsonObject{{u"password"_s, u"aHVudGVyMg=="_s}}}});
    api.put(*mapper.resolve(u"networking.istio.io/v1"_s, u"VirtualService"_s),
            {{u"apiVersion"_s, u"networking.istio.io/v1"_s}, {u"kind"_s, u"VirtualService"_s}, {u"metadata"_s, QJsonObject{{u"name"_s, u"dex"_s}, {u"namespace"_s, u"auth"_s}}}});
}

/// A program that stands for kustomize.
QString program(const QTemporaryDir &folder, const QString &name, const QByteArray &script)
{
    const QString path = folder.filePath(name);
    writeFile(path, "#!/bin/sh\n" + script);
    QFile::setPermissions(path, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    return path;
}

} // namespace

class TestOverlayFlows : public QObject
{
    Q_OBJECT

private slots:
    void whatTheFilesNameIsRead()
    {
        FakeObjectApi api;
        fill(api);
        const Result<audit::Scene> plain = app::readOverlayScene(api, {}, {});
        QVERIFY2(plain, plain ? "" : qPrintable(plain.error().oneLine()));
        QVERIFY(plain->find({u"apps"_s, u"Deployment"_s, u"kubeflow"_s, u"training-operator"_s}));
        QVERIFY(plain->find({u""_s, u"ConfigMap"_s, u"kubeflow"_s, u"katib-config"_s}));
        QVERIFY(plain->all(u"networking.istio.io"_s, u"VirtualService"_s).isEmpty());
        const Files files{{u"kustomization.yaml"_s, "kind: Component\npatches:\n- target: {kind: VirtualService, name: dex}\n  patch: '[{\"op\":\"add\",\"path\":\"/spec\",\"value\":{}}]'\n"
                                                    "- target: {kind: Secret, name: mysql-secret}\n  patch: '[]'\n"}};
        const Result<audit::Scene> scene = app::readOverlayScene(api, files, {});
        QVERIFY(scene);
        QCOMPARE(scene->all(u"networking.istio.io"_s, u"VirtualService"_s).size(), 1);
        QVERIFY(scene->all({}, u"Secret"_s).isEmpty());
        for (const FakeObjectApi::Call &call : api.calls())
            QVERIFY(call.resource != u"secrets" && !call.writes());
        const Built built = lands(files, {}, *scene);
        QVERIFY(built.landings[0].lands());
        QVERIFY(built.landings[1].unknown);
    }

    void aFolderIsMergedAndLands()
    {
        FakeObjectApi api;
        fill(api);
        const Result<audit::Scene> scene = app::readOverlayScene(api, {}, {});
        QTemporaryDir top;
        const QString path = top.filePath(u"kubeflow-ha"_s);
        const Settings settings = defaultsFor(*scene);
        QCOMPARE(settings.base.kind, Base::Kind::Remote);
        const app::OverlayDraft first = app::draftOverlay(*scene, settings, {});
        QVERIFY(writeFolder(path, first.tree, first.steps));
        // Somebody adds a patch of their own to a file of Cairn's.
        const QString spread = path + u"/components/replicas/kustomization.yaml"_s;
        QFile file(spread);
        QVERIFY(file.open(QIODevice::Append));
        file.write("  # ours\n  - target: {kind: Deployment, name: dexx}\n    patch: '[]'\n");
        file.close();
        Settings more = settings;
        more.replicas = 3;
        const Result<Folder> folder = readFolder(path);
        const app::OverlayDraft second = app::draftOverlay(*scene, more, *folder);
        const auto step = std::ranges::find(second.steps, u"components/replicas/kustomization.yaml"_s, &FileStep::path);
        QCOMPARE(step->act, FileStep::Act::Merge);
        QVERIFY(step->text.contains("# ours") && step->text.contains("count: 3"));
        QVERIFY(std::ranges::any_of(second.built.landings, [](const Landing &landing) { return !landing.lands() && landing.nearest == u"dex"; }));
        QCOMPARE(app::overlayEntry(second.files, {}).value(), u"overlays/prod"_s);
        QCOMPARE(app::overlayEntry(second.files, u"staging"_s).value(), u"overlays/staging"_s);
        QCOMPARE(app::overlayEntry(second.files, u"patches/"_s).value(), u"patches"_s);
        QCOMPARE(app::overlayEntry(second.files, u"../x"_s).error().kind, Error::Kind::NotFound);
        QVERIFY(!app::overlayEntry({}, {}));
    }

    void generatingAgainAfterApplyingChangesNothing()
    {
        FakeObjectApi api;
        fill(api);
        const Result<audit::Scene> scene = app::readOverlayScene(api, {}, {});
        for (const Base::Kind base : {Base::Kind::Remote, Base::Kind::PatchOnly}) {
            QTemporaryDir top;
            const QString path = top.filePath(u"kubeflow-ha"_s);
            Settings settings = defaultsFor(*scene);
            if (base == Base::Kind::PatchOnly)
                settings.base = {};
            const app::OverlayDraft first = app::draftOverlay(*scene, settings, {});
            QVERIFY(writeFolder(path, first.tree, first.steps));
            QVERIFY(first.built.changed.size() > 10);
            audit::Scene applied = *scene;
            for (const Changed &changed : first.built.changed)
                applied.add(changed.after);
            const app::OverlayDraft second = app::draftOverlay(applied, settings, *readFolder(path));
            QVERIFY(second.tree == first.tree);
            for (const FileStep &step : second.steps)
                QVERIFY2(step.act == FileStep::Act::Same, qPrintable(step.path));
            // What it would do is told of the cluster as it is.
            QVERIFY(second.built.changed.isEmpty());
            QCOMPARE(second.proposal.morePods, 0);
            QVERIFY(std::ranges::all_of(second.proposal.rows, [](const Row &row) { return row.applied == row.changes(); }));
            QCOMPARE(second.proposal.survivingThen, first.proposal.survivingThen);
            const Apply rest = planOf(applied, second.proposal, second.built, served(), u"0123456789abcdef"_s);
            QCOMPARE(rest.objects, 0);
            // An apply that ended after its flags is gone on with.
            for (const Changed &changed : first.built.changed) {
                QJsonObject object = changed.after;
                QJsonObject spec = object[u"spec"_s].toObject();
                if (!spec.contains(u"replicas"_s))
                    continue;
                spec.insert(u"replicas"_s, 1);
                object.insert(u"spec"_s, spec);
                applied.add(object);
            }
            const app::OverlayDraft third = app::draftOverlay(applied, settings, *readFolder(path));
            QVERIFY(third.tree == first.tree);
            const Apply more = planOf(applied, third.proposal, third.built, served(), u"0123456789abcdef"_s);
            QVERIFY(more.objects > 5);
            for (const change::Change &change : more.plan.changes) {
                if (change.act == change::Change::Act::Merge)
                    QCOMPARE(change.body[u"spec"_s].toObject().keys(), QStringList{u"replicas"_s});
            }
        }
    }

    void kustomizeIsCompared()
    {
        if (kustomizeCommand().isEmpty())
            return;
        FakeObjectApi api;
        fill(api);
        const Result<audit::Scene> scene = app::readOverlayScene(api, {}, {});
        const app::OverlayDraft draft = app::draftOverlay(*scene, defaultsFor(*scene), {});
        for (const QString &entry : {u"overlays/prod"_s, u"patches"_s}) {
            const Built built = lands(draft.files, entry, *scene);
            const app::KustomizeRun run = app::runKustomize(draft.files, entry, *scene, built, kustomizeCommand().first(), {});
            QVERIFY2(!run.error, run.error ? qPrintable(run.error->oneLine()) : "");
            QVERIFY(run.objects > 20 && !run.version.isEmpty());
            QVERIFY2(run.differences.isEmpty(), qPrintable(run.differences.join(u' ')));
            // The same after all of it was applied.
            audit::Scene applied = *scene;
            for (const Changed &changed : built.changed)
                applied.add(changed.after);
            const Built again = lands(draft.files, entry, applied);
            QVERIFY(again.changed.isEmpty() && !again.undone.isEmpty());
            const app::KustomizeRun second = app::runKustomize(draft.files, entry, applied, again, kustomizeCommand().first(), {});
            QVERIFY2(!second.error, second.error ? qPrintable(second.error->oneLine()) : "");
            QVERIFY2(second.differences.isEmpty(), qPrintable(second.differences.join(u' ')));
        }
        // What only kustomize does is seen in what it makes.
        Files prefixed = draft.files;
        prefixed[u"overlays/prod/kustomization.yaml"_s] += "commonAnnotations: {a: b}\n";
        const Built built = lands(prefixed, u"overlays/prod"_s, *scene);
        QVERIFY(!built.gaps.isEmpty());
        QVERIFY(!app::runKustomize(prefixed, u"overlays/prod"_s, *scene, built, kustomizeCommand().first(), {}).differences.isEmpty());
    }

    void aKustomizeThatFailsIsAReason()
    {
        const audit::Scene scene = kubeflowScene();
        const app::OverlayDraft draft = app::draftOverlay(scene, defaultsFor(scene), {});
        QTemporaryDir folder;
        const auto runOf = [&](const QByteArray &script, const Files &files) {
            return app::runKustomize(files, u"overlays/prod"_s, scene, draft.built, program(folder, u"kustomize"_s, script), {});
        };
        const app::KustomizeRun refused = runOf("echo 'Error: no such thing in '\"$2\" >&2; exit 1\n", draft.files);
        QCOMPARE(refused.error->kind, Error::Kind::Invalid);
        QVERIFY2(refused.error->why.contains(u"no such thing in ./"_s), qPrintable(refused.error->why));
        // The patch that it means is found by the name that misses.
        overlay::Built misses = draft.built;
        overlay::Landing miss;
        miss.file = u"site/limits.yaml"_s;
        miss.place.line = 4;
        miss.missing = u"centraldashbord"_s;
        misses.landings.append(miss);
        const app::KustomizeRun blamed = app::runKustomize(draft.files, u"overlays/prod"_s, scene, misses,
                                                           program(folder, u"kustomize"_s, "echo 'Error: no matches for Id Deployment.v1.apps/centraldashbord.kubeflow' >&2; exit 1\n"), {});
        QCOMPARE(blamed.file, miss.file);
        QCOMPARE(blamed.line, 4);
        const app::KustomizeRun odd = runOf("echo '[: {'\n", draft.files);
        QVERIFY(odd.error);
        const app::KustomizeRun empty = runOf("exit 0\n", draft.files);
        QVERIFY(!empty.error && !empty.differences.isEmpty());
        // It gets no network and no kubeconfig.
        const app::KustomizeRun environment = runOf("[ \"$HTTPS_PROXY\" = http://127.0.0.1:1 ] && [ \"$KUBECONFIG\" = /dev/null ] && exit 0; echo 'Error: open' >&2; exit 1\n", draft.files);
        QVERIFY(!environment.error);
        // What would be fetched all the same is not begun.
        Files remote = draft.files;
        remote[u"overlays/prod/kustomization.yaml"_s] += "  - https://example.com/component?ref=1\n";
        QCOMPARE(runOf("exit 0\n", remote).error->kind, Error::Kind::Unsupported);
        QCOMPARE(app::runKustomize(draft.files, u"overlays/prod"_s, scene, draft.built, folder.filePath(u"gone"_s), {}).error.has_value(), true);
    }

    void theServerIsAskedOfEachWrite()
    {
        FakeObjectApi api;
        fill(api);
        const Result<audit::Scene> scene = app::readOverlayScene(api, {}, {});
        Settings settings;
        settings.tiers = {2};
        const app::OverlayDraft draft = app::draftOverlay(*scene, settings, {});
        const Apply apply = planOf(*scene, draft.proposal, draft.built, served(), u"0123456789abcdef"_s);
        QVERIFY2(apply.plan.feasible(), apply.plan.problems.isEmpty() ? "" : qPrintable(apply.plan.problems.first().text));
        api.forgetCalls();
        api.before = [](const FakeObjectApi::Call &call) -> std::optional<Error> {
            return call.resource == u"roles" ? std::optional(Error::make(Error::Kind::Forbidden, u"You may not escalate"_s)) : std::nullopt;
        };
        const QList<change::Check> checks = app::tryOverlay(api, apply.plan, {}, {});
        QCOMPARE(checks.size(), apply.objects + std::ranges::count_if(apply.plan.changes, [](const change::Change &one) {
                                    return one.act == change::Change::Act::Merge && one.body[u"spec"_s].toObject().keys() == QStringList{u"replicas"_s};
                                }));
        for (const FakeObjectApi::Call &call : api.calls())
            QVERIFY(!call.writes());
        QVERIFY(std::ranges::any_of(checks, [](const change::Check &check) { return check.state == change::Check::State::Fail && check.text.contains(u"escalate"_s); }));
        QVERIFY(std::ranges::any_of(checks, [](const change::Check &check) { return check.state == change::Check::State::Ok; }));
    }

    void whatIsThereByNowIsNoMatterOfNames()
    {
        FakeObjectApi api;
        const QJsonObject object{{u"metadata"_s, QJsonObject{{u"name"_s, u"trainer-pdb"_s}, {u"namespace"_s, u"kubeflow"_s}}}};
        api.before = [](const FakeObjectApi::Call &call) -> std::optional<Error> {
            if (call.verb != u"create")
                return std::nullopt;
            Error taken = Error::make(Error::Kind::Conflict, u"The name is already taken: trainer-pdb"_s, {}, u"Choose another name."_s);
            taken.reason = u"AlreadyExists"_s;
            return taken;
        };
        change::Plan plan;
        plan.changes = {{.act = change::Change::Act::Create, .target = {kinds::disruptionBudgets(), u"kubeflow"_s, u"trainer-pdb"_s, {}}, .body = object}};
        const QList<change::Check> checks = app::tryOverlay(api, plan, {}, {});
        QCOMPARE(checks.size(), 1);
        QVERIFY2(checks.first().fix.contains(u"refresh"_s) && !checks.first().text.contains(u"name."_s), qPrintable(checks.first().text + checks.first().fix));
    }

    void whatIsRefusedAlreadyProvesNothing()
    {
        FakeObjectApi api;
        fill(api);
        change::Plan plan;
        for (const ResourceKind &kind : {kinds::services(), kinds::configMaps()}) {
            plan.changes.append({.act = change::Change::Act::Await,
                                 .until = {{.what = change::Condition::What::Accepted, .object = {kind, u"kubeflow"_s, u"proof"_s, {}},
                                            .body = {{u"metadata"_s, QJsonObject{{u"name"_s, u"proof"_s}}}}}}});
        }
        api.deny(u"create services"_s);
        app::dropVainProofs(api, plan, {});
        QCOMPARE(plan.changes.size(), 1);
        QCOMPARE(plan.changes.first().until.first().object.kind, kinds::configMaps());
        QCOMPARE(plan.warnings.size(), 1);
        QCOMPARE(plan.warnings.first().id, u"no-proof"_s);
        for (const FakeObjectApi::Call &call : api.calls())
            QVERIFY(!call.writes());
    }

    void aRunTellsOfEachStepAndOutlivesItsPage()
    {
        const auto api = std::make_shared<FakeObjectApi>();
        fill(*api);
        change::Plan plan;
        plan.id = u"0123456789abcdef"_s;
        plan.ns = u"kubeflow"_s;
        plan.keepRecord = true;
        for (const QString &name : {u"one"_s, u"two"_s}) {
            plan.changes.append({.act = change::Change::Act::Create,
                                 .target = {kinds::configMaps(), u"kubeflow"_s, name, {}},
                                 .body = {{u"metadata"_s, QJsonObject{{u"name"_s, name}}}},
                                 .phase = u"Phase "_s + name});
        }
        using State = app::OverlayRun::Step::State;
        app::Changes changes;
        auto run = std::make_shared<app::OverlayRun>(changes, api, u"Applying the overlay"_s);
        QSignalSpy progressed(run.get(), &app::RunningChange::progressed);
        QSignalSpy ended(&changes, &app::Changes::ended);
        run->execute(plan);
        QCOMPARE(run->steps().size(), 2);
        QVERIFY(run->isRunning() && changes.running().size() == 1);
        QTRY_COMPARE(ended.size(), 1);
        QVERIFY(progressed.size() >= 2);
        QVERIFY(run->outcome() && run->canRollBack() && !run->ending().failed);
        for (const auto &step : run->steps())
            QVERIFY(step.state == State::Done && step.begun.isValid());
        QCOMPARE(run->steps()[1].change.phase, u"Phase two"_s);
        run->rollBack();
        QTRY_COMPARE(ended.size(), 2);
        for (const auto &step : run->steps())
            QVERIFY(step.state == State::TakenBack);
        QVERIFY(!run->canRollBack());
        QVERIFY(api->stored(kinds::configMaps(), u"kubeflow"_s, u"one"_s).isEmpty());
        // One that fails in its middle is gone on with by another.
        api->before = [](const FakeObjectApi::Call &call) -> std::optional<Error> {
            return call.verb == u"create" && call.name == u"two" ? std::optional(Error::make(Error::Kind::Forbidden, u"You may not"_s)) : std::nullopt;
        };
        run->execute(plan);
        QTRY_COMPARE(ended.size(), 3);
        QVERIFY(run->ending().failed && run->canRollBack());
        QVERIFY(run->steps()[0].state == State::Done && run->steps()[1].state == State::Waiting);
        api->before = nullptr;
        const auto found = app::recordedChanges(*api, {}, {});
        QCOMPARE(found->size(), 1);
        auto other = std::make_shared<app::OverlayRun>(changes, api, u"Going on"_s);
        other->recover(found->first().record, found->first().content, true);
        QTRY_COMPARE(ended.size(), 4);
        QVERIFY(!other->ending().failed);
        QVERIFY(!api->stored(kinds::configMaps(), u"kubeflow"_s, u"two"_s).isEmpty());
    }

    void recordsAreFound()
    {
        FakeObjectApi api;
        fill(api);
        QVERIFY(app::recordedChanges(api, {}, {})->isEmpty());
        change::Plan plan;
        plan.id = u"0123456789abcdef"_s;
        plan.ns = u"kubeflow"_s;
        plan.title = u"Make Kubeflow highly available"_s;
        plan.changes.append({.act = change::Change::Act::Create, .target = {kinds::configMaps(), u"kubeflow"_s, u"x"_s, {}}, .body = {{u"metadata"_s, QJsonObject{{u"name"_s, u"x"_s}}}}});
        api.put(kinds::configMaps(), change::Record::of(plan, QDateTime::currentDateTimeUtc(), u"t"_s).object(plan.ns));
        QJsonObject broken = change::Record::of(plan, QDateTime::currentDateTimeUtc(), u"t"_s).object(u"auth"_s);
        broken.insert(u"data"_s, QJsonObject{{u"change"_s, u"?"_s}});
        api.put(kinds::configMaps(), broken);
        const auto found = app::recordedChanges(api, {}, {});
        QCOMPARE(found->size(), 2);
        const auto whole = std::ranges::find(*found, u"kubeflow"_s, [](const app::RecordedChange &one) { return one.record.ns; });
        QVERIFY(whole != found->end() && !whole->unreadable && whole->isOpen());
        QCOMPARE(whole->content.title, plan.title);
        // One that cannot be read is there all the same.
        const auto torn = app::recordedChanges(api, u"auth"_s, {});
        QCOMPARE(torn->size(), 1);
        QVERIFY(torn->first().unreadable && torn->first().isOpen());
        QCOMPARE(torn->first().unreadable->kind, Error::Kind::Parse);
        const auto open = app::openChanges(api, {});
        QCOMPARE(open->size(), 2);
        QVERIFY(std::ranges::any_of(*open, [](const situation::OpenChange &one) { return one.text.contains(u"cannot be read"_s); }));
        change::Plan second;
        app::refuseWhileOpen(api, second, {});
        QCOMPARE(second.problems.size(), 1);
        // Who may look into Kubeflow's namespace alone sees what is there.
        api.before = [](const FakeObjectApi::Call &call) -> std::optional<Error> {
            return call.verb == u"list" && call.resource == u"configmaps" && call.ns.isEmpty() ? std::optional(Error::make(Error::Kind::Forbidden, u"You may not"_s)) : std::nullopt;
        };
        QCOMPARE(app::recordedChanges(api, {}, {})->size(), 1);
        QCOMPARE(app::openChanges(api, {})->size(), 1);
    }

    void whatIsRecordedIsTriedWithTheRightsOfWhoeverGoesOn()
    {
        FakeObjectApi api;
        fill(api);
        change::Plan plan;
        plan.id = u"0123456789abcdef"_s;
        plan.ns = u"team"_s;
        for (const QString &in : {u"team"_s, u"team"_s, u"auth"_s})
            plan.changes.append({.act = change::Change::Act::Create, .target = {kinds::configMaps(), in, u"x%1"_s.arg(plan.changes.size()), {}},
                                 .body = {{u"metadata"_s, QJsonObject{{u"name"_s, u"x%1"_s.arg(plan.changes.size())}, {u"namespace"_s, in}}}}});
        app::RecordedChange recorded;
        recorded.record = {kinds::configMaps(), u"team"_s, u"cairn-change-0123456789"_s, {}};
        recorded.content = change::Record::of(plan, QDateTime::currentDateTimeUtc(), u"t"_s);
        const QList<change::Suspicion> suspicions = app::suspicious(recorded);
        QVERIFY(suspicions.size() == 1 && suspicions[0].what == change::Suspicion::What::Elsewhere);
        QCOMPARE(suspicions[0].name(), u"ConfigMap auth/x2"_s);
        QVERIFY(change::asksForConsent(plan));
        QCOMPARE(ctl::howToDoIt(false, false), u"Nothing was changed. Do it with --yes."_s);
        QVERIFY(ctl::howToDoIt(true, true).contains(u"--elsewhere"_s) && !ctl::howToDoIt(true, true).contains(u"--yes"_s)); // it was given
        QVERIFY(ctl::howToDoIt(true, false).contains(u"--yes --elsewhere"_s));
        QCOMPARE(ctl::takesBack(u"storage"_s, recorded.record, true, false),
            u"To take it back: cairnctl storage rollback cairn-change-0123456789 -n team --yes --elsewhere (or go on: storage finish)"_s);
        QCOMPARE(ctl::takesBack(u"overlay"_s, recorded.record, false, true), u"To take it back: cairnctl overlay rollback cairn-change-0123456789 -n team --yes (or keep it: overlay finish)"_s);
        // The next one is there already: its answer was lost.
        api.put(kinds::configMaps(), plan.changes.first().body);
        api.before = [](const FakeObjectApi::Call &call) -> std::optional<Error> {
            return call.verb == u"create" && call.ns == u"auth" ? std::optional(Error::make(Error::Kind::Forbidden, u"You may not"_s)) : std::nullopt;
        };
        const QList<change::Check> checks = app::tryRecorded(api, recorded.content, {});
        using State = change::Check::State;
        QCOMPARE(checks.size(), 3);
        QVERIFY2(checks[0].state == State::Ok, qPrintable(checks[0].text));
        QCOMPARE(checks[1].state, State::Ok);
        QVERIFY2(checks[2].state == State::Fail && checks[2].text.contains(u"auth/x2"_s), qPrintable(checks[2].text));
        recorded.content.undoing = true;
        QVERIFY(app::tryRecorded(api, recorded.content, {}).isEmpty());
    }

    void whoWorksOnARecordIsSeen()
    {
        FakeObjectApi api;
        fill(api);
        change::Plan plan;
        plan.id = u"0123456789abcdef"_s;
        plan.ns = u"kubeflow"_s;
        plan.changes.append({.act = change::Change::Act::Create, .target = {kinds::configMaps(), u"kubeflow"_s, u"x"_s, {}}, .body = {{u"metadata"_s, QJsonObject{{u"name"_s, u"x"_s}}}}});
        QString text;
        api.before = [&](const FakeObjectApi::Call &call) -> std::optional<Error> {
            if (call.verb == u"create" && call.name == u"x" && text.isEmpty())
                text = app::openChanges(api, {}).value_or(QList<situation::OpenChange>(1)).first().text;
            return std::nullopt;
        };
        change::Options options;
        options.tool = u"cairnctl 9.9"_s;
        QVERIFY(change::execute(api, plan, options, {}));
        QVERIFY2(text.contains(u"is under way: 0 of 1 step"_s) && text.contains(u"cairnctl 9.9 on "_s), qPrintable(text));
    }
};

QTEST_GUILESS_MAIN(TestOverlayFlows)
#include "tst_overlayflows.moc"
