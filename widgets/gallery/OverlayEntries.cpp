// SPDX-License-Identifier: GPL-3.0-or-later
#include "dialogs/AskDialog.h"
#include "dialogs/MergeDialog.h"
#include "dialogs/PlanDialog.h"
#include "gallery/PageEntries.h"
#include "kit/Card.h"
#include "kit/Navigation.h"
#include "kit/StateView.h"
#include "pages/OverlayPage.h"
#include "pages/OverlayServices.h"

#include <QHBoxLayout>

namespace cairn::gallery {

using namespace Qt::StringLiterals;
using overlay::Landing;
using overlay::Row;
using pages::OverlayDiff;
using pages::OverlayPage;
using pages::OverlayResult;

namespace {

Row row(int tier, const QString &name, const QString &reason, int now, int then, Row::Election election, Row::Budget budget)
{
    Row row;
    row.id = name;
    row.workload = {u"apps"_s, u"Deployment"_s, u"kubeflow"_s, name};
    row.tier = tier;
    row.included = true;
    row.reason = reason;
    row.replicasNow = now;
    row.replicas = then;
    row.spread = {true, true, false};
    row.election = election;
    row.budget = budget;
    row.survivesThen = then > 1;
    return row;
}

/// A generated file in which somebody changed what Cairn would change too.
overlay::FileStep cannedEdit()
{
    const auto text = [](const QByteArray &count, const QByteArray &more = {}) {
        return "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nreplicas:\n  - name: dex\n    count: 2\n  - name: ml-pipeline\n    count: " + count + "\n" + more;
    };
    overlay::FileStep step;
    step.path = u"components/replicas/kustomization.yaml"_s;
    step.base = text("2");
    step.before = text("4", "  - name: our-proxy\n    count: 2\n");
    step.generated = text("3");
    step.text = step.before;
    step.act = overlay::FileStep::Act::Conflict;
    step.conflicts = {{7, {u"    count: 2"_s}, {u"    count: 4"_s}, {u"    count: 3"_s}}};
    return step;
}

pages::KustomizeVerdict cannedVerdict(pages::KustomizeVerdict::State state)
{
    using State = pages::KustomizeVerdict::State;
    pages::KustomizeVerdict verdict;
    verdict.state = state;
    verdict.program = u"kustomize v5.8.1"_s;
    verdict.objects = 352;
    verdict.took = std::chrono::milliseconds(84);
    if (state == State::Fails) {
        verdict.why = u"no matches for Id Deployment.v1.apps/centraldashbord.kubeflow; failed to find unique target for patch Deployment.v1.apps/centraldashbord.kubeflow"_s;
        verdict.fix = u"Correct the folder."_s;
        verdict.file = u"site/limits.yaml"_s;
        verdict.line = 4;
    }
    if (state == State::Absent)
        verdict.fix = u"Install kustomize to see the same built by it."_s;
    return verdict;
}

QList<overlay::Replaceable> cannedStores()
{
    using What = overlay::Replaceable::What;
    const auto store = [](What what, const QString &now, const QStringList &limits) {
        overlay::Replaceable one;
        one.what = what;
        one.there = true;
        one.now = now;
        one.limits = limits;
        return one;
    };
    return {store(What::Pipelines, u"mysql"_s,
                  {u"Move the data first: dump and restore mlpipeline, metadb and cachedb, compare the counts, then switch."_s,
                   u"MLMD signs in with mysql_native_password alone, which MySQL 8.4 has off by default and 9.0 no longer has."_s,
                   u"The connection is plain text: the three parts of Pipelines share no setting for TLS."_s}),
            store(What::Katib, u"katib-mysql"_s, {u"Move the data first."_s}),
            store(What::Registry, u"model-registry-db"_s, {u"Move the data first. The registry migrates the schema when it starts: start one replica, then scale."_s}),
            store(What::Catalog, u"model-catalog-postgres"_s, {u"Only PostgreSQL: the catalogue elects its leader by one of its locks."_s}),
            store(What::Objects, u"seaweedfs.kubeflow"_s,
                  {u"Profiles do not follow. The profile controller's script (sync.py) writes the bucket mlpipeline, the address seaweedfs.kubeflow:9000 without TLS and a key from the "
                   "store's own IAM API into every profile, and no setting changes that: their runs keep writing to the old store, while the UI looks for artifacts in the new one."_s}),
            {.what = What::Events, .there = false, .limits = {u"No Kubeflow control-plane component uses a message queue, so there is nothing to replace: they coordinate through the Kubernetes API and the database."_s}}};
}

services::Report cannedReport(bool fails)
{
    using State = services::Check::State;
    services::Report report;
    report.checks = {{u"tcp"_s, u"TCP"_s, State::Ok, u"the port answers within 3 ms"_s, {}},
                     {u"tls"_s, u"TLS"_s, State::Skipped, u"the component connects in plain text"_s, {}},
                     {u"login"_s, u"Login"_s, State::Ok, u"signed in as kfp"_s, {}},
                     {u"version"_s, u"Server"_s, State::Ok, u"8.0.39; 8.0 to 8.4 will do"_s, {}}};
    if (fails)
        report.checks += {{u"plugin"_s, u"Plugin"_s, State::Failed, u"it is caching_sha2_password; MLMD signs in with mysql_native_password only"_s,
                           u"ALTER USER 'kfp'@'%' IDENTIFIED WITH mysql_native_password BY …"_s},
                          {u"create"_s, u"CREATE"_s, State::Ok, u"granted; all three databases exist"_s, {}},
                          {u"lifetime"_s, u"Connections"_s, State::Warn, u"they are kept for 120 s, and the server drops them after 60 s"_s, u"Set connectionSeconds to 45."_s}};
    return report;
}

void chooseAll(OverlayPage *page)
{
    using Engine = overlay::Database::Engine;
    overlay::Settings settings = page->settings();
    settings.pipelines = overlay::Database{.host = u"mysql-ha.db.example"_s, .user = u"kfp"_s};
    settings.katib = overlay::Database{.engine = Engine::PostgreSql, .host = u"pg-ha.db.example"_s, .port = 5432, .user = u"katib"_s, .secret = u"katib-db"_s, .sslMode = u"require"_s};
    settings.registry = overlay::Database{.engine = Engine::PostgreSql, .host = u"pg-ha.db.example"_s, .port = 5432, .user = u"registry"_s, .database = u"metadb"_s, .secret = u"registry-db"_s};
    settings.catalog = overlay::Database{.engine = Engine::PostgreSql, .host = u"pg-ha.db.example"_s, .port = 5432, .user = u"catalog"_s, .secret = u"catalog-db"_s};
    settings.objects = overlay::ObjectStore{.host = u"s3.eu-central-1.example"_s, .region = u"eu-central-1"_s};
    page->setSettings(settings);
    page->services()->setMoveTexts({{u"pipelines"_s, u"# Move Pipelines from mysql to mysql-ha.db.example\n\n1. Stop what writes:\n\n   kubectl scale -n kubeflow --replicas=0 deployment/ml-pipeline\n"_s}});
}

/// The overlay of the mock-up.
std::shared_ptr<const OverlayResult> cannedResult(bool misses)
{
    auto result = std::make_shared<OverlayResult>();
    overlay::Proposal &proposal = result->proposal;
    proposal.release = u"26.03"_s;
    proposal.nodes = proposal.zones = 3;
    proposal.observed = 56;
    proposal.survivingNow = 9;
    proposal.survivingThen = 44;
    proposal.morePods = 34;
    proposal.moreCores = 4.6;
    proposal.freeCores = 41;
    proposal.moreBytes = 7.9 * 1024 * 1024 * 1024;
    proposal.freeBytes = 96.0 * 1024 * 1024 * 1024;
    using E = Row::Election;
    using B = Row::Budget;
    proposal.rows = {row(1, u"ml-pipeline"_s, u"Migrates the schema at start: at one, then two."_s, 1, 2, E::NotNeeded, B::Add),
                     row(1, u"workflow-controller"_s, u"Holds its Lease now, renewed 3 s ago."_s, 1, 2, E::On, B::Keep),
                     row(1, u"istiod"_s, u"Autoscaler floor; its Deployment is left alone."_s, 2, 3, E::BuiltIn, B::Add),
                     row(1, u"activator"_s, u"Floor; its PDB with minAvailable 0 protects nothing."_s, 1, 2, E::NotNeeded, B::Change),
                     row(1, u"dex"_s, u"It keeps no state in itself."_s, 1, 2, E::NotNeeded, B::Add),
                     row(1, u"katib-ui"_s, u"It keeps no state."_s, 1, 2, E::NotNeeded, B::Add),
                     row(1, u"poddefaults-webhook"_s, u"It keeps no state."_s, 1, 2, E::NotNeeded, B::Add),
                     row(2, u"training-operator"_s, u"Has no right on leases yet: a Role is added."_s, 1, 2, E::TurnOn, B::Add),
                     row(2, u"katib-controller"_s, u"One key of katib-config.yaml; one restart."_s, 1, 2, E::TurnOn, B::Add),
                     row(3, u"ml-pipeline-scheduledworkflow"_s, u"Two would start every recurring run twice."_s, 1, 1, E::None, B::None),
                     row(3, u"ml-pipeline-persistenceagent"_s, u"Every replica would report every workflow."_s, 1, 1, E::None, B::None)};
    proposal.replaceable = cannedStores();
    proposal.pipelines = u"2.16.0"_s;
    for (Row &one : proposal.rows) {
        if (one.tier == 3) {
            one.locked = one.restartFast = true;
            one.spread = {false, false, false};
        }
        one.needsRights = one.workload.name == "training-operator"_L1;
        if (one.workload.name == "dex"_L1)
            one.owner = u"Helm release dex"_s;
    }
    for (const QString &path : {u"base/kustomization.yaml"_s, u"components/leader-election/kustomization.yaml"_s, u"components/leader-election/rbac.yaml"_s,
                                u"components/replicas/kustomization.yaml"_s, u"overlays/prod/kustomization.yaml"_s, u"README.md"_s}) {
        overlay::FileStep step;
        step.path = path;
        step.act = path.startsWith(u"base"_s) ? overlay::FileStep::Act::Same : overlay::FileStep::Act::New;
        step.text = "# Made by Cairn\napiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nreplicas:\n  - name: ml-pipeline\n    count: 2\n";
        result->steps.append(step);
    }
    for (int i = 0; i < 6; ++i) {
        Landing landing;
        landing.file = i < 4 ? u"components/replicas/kustomization.yaml"_s : u"components/leader-election/kustomization.yaml"_s;
        landing.title = u"replicas"_s;
        landing.on = {proposal.rows[i].workload};
        result->built.landings.append(landing);
    }
    if (misses) {
        Landing landing;
        landing.file = u"site/limits.yaml"_s;
        landing.place.line = 4;
        landing.title = u"Deployment centraldashbord"_s;
        landing.why = u"Nothing has this name; kustomize would silently ignore it."_s;
        landing.nearest = u"centraldashboard"_s;
        landing.missing = u"centraldashbord"_s;
        landing.nameFile = landing.file;
        result->built.landings.append(landing);
        result->folder = u"/home/ana/src/kubeflow-ha"_s;
        result->edited = {cannedEdit()};
        result->steps[3] = cannedEdit();
    }
    using Kind = manifest::DiffLine::Kind;
    OverlayDiff changed;
    changed.name = {u"apps"_s, u"Deployment"_s, u"kubeflow"_s, u"training-operator"_s};
    changed.lines = {{Kind::Context, u"spec:"_s, 4, 4}, {Kind::Removed, u"  replicas: 1"_s, 5, 0}, {Kind::Added, u"  replicas: 2"_s, 0, 5}, {Kind::Context, u"  template:"_s, 6, 6},
                     {Kind::Context, u"    spec:"_s, 7, 7}, {Kind::Added, u"      topologySpreadConstraints:"_s, 0, 8}, {Kind::Added, u"        - maxSkew: 1"_s, 0, 9},
                     {Kind::Added, u"          topologyKey: kubernetes.io/hostname"_s, 0, 10}, {Kind::Added, u"          whenUnsatisfiable: ScheduleAnyway"_s, 0, 11},
                     {Kind::Context, u"      containers:"_s, 8, 12}, {Kind::Added, u"          args:"_s, 0, 13}, {Kind::Added, u"            - --leader-elect"_s, 0, 14}};
    changed.added = 7;
    changed.removed = 1;
    OverlayDiff made;
    made.name = {u"rbac.authorization.k8s.io"_s, u"Role"_s, u"kubeflow"_s, u"training-operator-leases"_s};
    made.act = items::OverlayObjectRow::Act::New;
    made.lines = {{Kind::Added, u"kind: Role"_s, 0, 1}};
    made.added = 19;
    result->changed = {changed, made};
    return result;
}

/// With its steps in the sidebar, as the window shows it.
QWidget *wizard(int step, bool misses = false, const std::function<void(OverlayPage *)> &change = {}, bool read = true)
{
    auto *page = new OverlayPage;
    overlay::Settings settings;
    settings.base = {overlay::Base::Kind::Remote, u"github.com/kubeflow/manifests//example?ref=v26.03"_s};
    settings.spread.zones = true;
    page->setSettings(settings);
    if (read)
        page->setResult(cannedResult(misses));
    page->setDraft(cannedNow().addSecs(-60), cannedNow());
    page->showStep(step);
    if (change)
        change(page);
    auto *sidebar = new kit::Sidebar;
    sidebar->context()->set(kit::ContextCard::Link::Live, u"prod-train-eu"_s, u"v1.34.2 · 18 nodes · namespace: all"_s);
    sidebar->setInstead(page->steps());
    auto *whole = new QWidget;
    auto *row = kit::hbox(0);
    row->addWidget(sidebar);
    row->addWidget(page, 1);
    whole->setLayout(row);
    kit::paintBackground(whole, kit::Token::Bg);
    return whole;
}

} // namespace

void registerOverlayEntries(kit::GalleryRegistry &registry)
{
    const QList<QSize> sizes{{1280, 774}, {1920, 1054}};
    const QList<QSize> one{sizes.first()};
    registry.add({u"page.overlay.base"_s, u"Overlay wizard, base"_s, [] { return wizard(0); }, one});
    registry.add({u"page.overlay.scope"_s, u"Overlay wizard, scope"_s, [] { return wizard(1); }, sizes});
    registry.add({u"page.overlay.services"_s, u"Overlay wizard, external services left as they are"_s, [] { return wizard(2); }, sizes});
    registry.add({u"page.overlay.services.all"_s, u"Overlay wizard, all services outside"_s, [] { return wizard(2, false, chooseAll); }, sizes});
    registry.add({u"page.overlay.services.testing"_s, u"Overlay wizard, a service is being tested"_s,
                  [] {
                      return wizard(2, false, [](OverlayPage *page) {
                          chooseAll(page);
                          page->services()->setTesting(u"pipelines"_s, u"Signing in to mysql-ha.db.example:3306…"_s);
                      });
                  },
                  one});
    registry.add({u"page.overlay.services.failed"_s, u"Overlay wizard, tests that failed"_s,
                  [] {
                      return wizard(2, false, [](OverlayPage *page) {
                          chooseAll(page);
                          page->services()->setReport(u"pipelines"_s, cannedReport(true), false);
                          page->services()->setReport(u"katib"_s, cannedReport(false), true);
                          page->services()->setTestError(u"modelRegistry"_s, Error::make(Error::Kind::Forbidden, u"It was not looked at from the cluster"_s,
                                                                                         u"You don't have permission to create jobs.batch in namespace kubeflow."_s, u"Test it from here."_s));
                      });
                  },
                  sizes});
    registry.add({u"page.overlay.review"_s, u"Overlay wizard, review"_s, [] { return wizard(3, true, [](OverlayPage *page) { page->setKustomize(cannedVerdict(pages::KustomizeVerdict::State::Fails)); }); }, sizes});
    registry.add({u"page.overlay.edited"_s, u"Overlay wizard, a file that was edited by hand"_s,
                  [] {
                      return wizard(3, true, [](OverlayPage *page) {
                          page->setKustomize(cannedVerdict(pages::KustomizeVerdict::State::Builds));
                          page->showEdited();
                      });
                  },
                  one});
    registry.add({u"page.overlay.unbuilt"_s, u"Overlay wizard, no kustomize"_s,
                  [] { return wizard(3, false, [](OverlayPage *page) { page->setKustomize(cannedVerdict(pages::KustomizeVerdict::State::Absent)); }); }, one});
    registry.add({u"page.overlay.added"_s, u"Overlay wizard, a workload was added"_s,
                  [] { return wizard(1, false, [](OverlayPage *page) { page->include({{u"apps"_s, u"Deployment"_s, u"kubeflow"_s, u"training-operator"_s}}); }); }, one});
    registry.add({u"page.overlay.loading"_s, u"Overlay wizard, the cluster is read"_s,
                  [] { return wizard(1, false, [](OverlayPage *page) { page->findChild<kit::StateView *>(u"overlay.changes.state"_s)->showPending(); }, false); }, one});
    registry.add({u"page.overlay.unread"_s, u"Overlay wizard, the cluster could never be read"_s, [] { return wizard(1, false, [](OverlayPage *page) { page->setError(cannedError()); }, false); }, one});
    registry.add({u"dialog.merge"_s, u"Compare three ways"_s,
                  [] {
                      dialogs::MergeView view;
                      view.step = cannedEdit();
                      view.mine = manifest::diffText(QString::fromUtf8(view.step.base), QString::fromUtf8(view.step.before));
                      view.generated = manifest::diffText(QString::fromUtf8(view.step.base), QString::fromUtf8(view.step.generated));
                      auto *dialog = new dialogs::MergeDialog(view);
                      dialog->setWindowFlags(Qt::Widget);
                      dialog->setResult(overlay::settled(view.step, dialog->choice()));
                      return dialog;
                  },
                  {QSize(1040, 700)}});
    registry.add({u"dialog.discard"_s, u"Discard a draft"_s,
                  [] {
                      auto *dialog = new dialogs::AskDialog(
                          u"discard"_s, {u"Discard the draft?"_s,
                                         u"All choices go back to what Cairn proposes, which cannot be undone. The cluster and what was saved in folders stay as they are."_s, {},
                                         u"Discard the draft"_s, true});
                      dialog->setWindowFlags(Qt::Widget);
                      return dialog;
                  },
                  {QSize(480, 190)}});
    registry.add({u"dialog.correct"_s, u"Correct a name"_s,
                  [] {
                      auto *dialog = new dialogs::AskDialog(u"correct"_s,
                                                            {u"Correct the name in site/limits.yaml?"_s, u"“centraldashbord” becomes “centraldashboard”. The file is yours; nothing else in it changes."_s,
                                                             manifest::diffText(u"kind: Deployment\nmetadata:\n  name: centraldashbord\n"_s, u"kind: Deployment\nmetadata:\n  name: centraldashboard\n"_s),
                                                             u"Correct the name"_s, false});
                      dialog->setWindowFlags(Qt::Widget);
                      return dialog;
                  },
                  {QSize(680, 440)}});
    registry.add({u"page.overlay.error"_s, u"Overlay wizard, the cluster cannot be read"_s, [] { return wizard(1, false, [](OverlayPage *page) { page->setError(cannedError()); }); }, one});
    registry.add({u"dialog.plan"_s, u"Apply an overlay"_s,
                  [] {
                      using S = kit::CheckItem::State;
                      dialogs::PlanView view;
                      view.title = u"Apply the overlay to prod-train-eu?"_s;
                      view.sentence = u"Each step waits until the one before has taken. It can be stopped and rolled back; a record of it is kept on the cluster."_s;
                      view.act = u"Apply 89 objects"_s;
                      view.phases = {{u"1"_s, S::Waiting, u"Rights and flags"_s, {}, u"14 steps"_s, {}}, {u"2"_s, S::Waiting, u"See each leader"_s, {}, u"6 steps"_s, {}},
                                     {u"3"_s, S::Waiting, u"Replicas and floors"_s, {}, u"38 steps"_s, {}}, {u"4"_s, S::Waiting, u"PDBs"_s, {}, u"43 steps"_s, {}}};
                      view.checks = {{u"dry"_s, S::Ok, u"96 of 96 writes accepted"_s, {}, {}, {}}};
                      view.warnings = {u"4 objects are saved, not applied, because somebody else would put them back: Deployment auth/dex"_s};
                      view.checked = true;
                      auto *dialog = new dialogs::PlanDialog;
                      dialog->setWindowFlags(Qt::Widget);
                      dialog->setView(view);
                      return dialog;
                  },
                  {QSize(640, 620)}});
}

} // namespace cairn::gallery
