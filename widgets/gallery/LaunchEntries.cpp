// SPDX-License-Identifier: GPL-3.0-or-later
#include "forms/LiveSplit.h"
#include "gallery/PageEntries.h"
#include "kit/Card.h"
#include "kit/Navigation.h"
#include "pages/LaunchPage.h"

#include <QHBoxLayout>

namespace cairn::gallery {

using namespace Qt::StringLiterals;
using launch::Point;
using launch::Spec;
using pages::LaunchChoices;
using pages::LaunchPage;
using pages::LaunchResult;
using pages::LaunchReview;

namespace {

Spec cannedSpec()
{
    Spec spec;
    spec.name = u"bert-xl-2"_s;
    spec.ns = u"nlp"_s;
    spec.image = u"ghcr.example/nlp/bert:2.1"_s;
    spec.command = {u"torchrun"_s, u"train.py"_s};
    spec.args = {u"--model_name=bert-large-uncased"_s, u"--max_steps=120000"_s, u"--bf16=true"_s};
    spec.variables = {{u"HF_TOKEN"_s, launch::Variable::From::Secret, u"token"_s, u"hf-token"_s},
        {u"NCCL_DEBUG"_s, launch::Variable::From::Value, u"INFO"_s, {}}};
    spec.nodes = 4;
    spec.processes = 8;
    spec.each = {u"96"_s, u"512Gi"_s, u"nvidia.com/gpu"_s, 8};
    spec.sharedMemory = u"64Gi"_s;
    spec.mounts = {
        {u"data"_s, u"corpus-en"_s, u"/data"_s, {}, true}, {u"checkpoints"_s, u"ckpt-fast"_s, u"/ckpt"_s, {}, false}};
    spec.queue = u"nlp-queue"_s;
    spec.restartPolicy = u"OnFailure"_s;
    spec.backoffLimit = 24;
    spec.cleanPods = u"Running"_s;
    spec.token = false;
    spec.graceSeconds = 180;
    launch::Policy policy{.framework = launch::Framework::HuggingFace,
        .folder = u"/ckpt/bert-xl-2"_s,
        .everySteps = 500,
        .keepLast = 5,
        .onTerm = true};
    return launch::withPolicy(spec, launch::pass(policy));
}

LaunchChoices cannedChoices()
{
    LaunchChoices choices;
    choices.read = true;
    for (const JobKindFacts &kind : trainingKinds()) {
        if (kind.id != JobKind::MPIJobV2)
            choices.kinds.append(kind.id);
    }
    choices.namespaces = {u"nlp"_s, u"research"_s, u"vision"_s};
    choices.jobs = {{u"1"_s, u"bert-xl"_s, u"nlp · Running"_s}, {u"2"_s, u"whisper-ft"_s, u"speech · Failed"_s}};
    choices.claims = {{u"bert-models"_s, {u"ReadWriteMany"_s}, u"500Gi"_s, true},
        {u"bert-out"_s, {u"ReadWriteOnce"_s}, u"200Gi"_s, true}, {u"ckpt-fast"_s, {u"ReadWriteMany"_s}, u"2Ti"_s, true},
        {u"corpus-en"_s, {u"ReadOnlyMany"_s}, u"4Ti"_s, true}};
    choices.queues = {u"nlp-queue"_s};
    choices.priorities = {u"batch"_s, u"urgent"_s};
    choices.runtimes = {u"torch-distributed"_s};
    choices.pools = {{u"cloud.example/pool"_s, u"a100"_s, 6, 48, {{u"nvidia.com/gpu"_s, {}, u"NoSchedule"_s}}},
        {u"cloud.example/pool"_s, u"cpu"_s, 12, 0, {}}};
    return choices;
}

std::shared_ptr<LaunchResult> resultOf(const QByteArray &text, const QByteArray &base = {})
{
    auto result = std::make_shared<LaunchResult>();
    result->draft = launch::draftOf(text);
    result->checked = true;
    if (!base.isEmpty())
        result->diff = manifest::diffText(QString::fromUtf8(base), QString::fromUtf8(text));
    return result;
}

QByteArray textOf(const Spec &spec)
{
    const Result<QJsonObject> job = launch::newJob(spec);
    return job ? launch::textOf(*job) : QByteArray();
}

/// With its steps in the sidebar, as the window shows it.
QWidget *shell(LaunchPage *page)
{
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

/// Templates as they come with Cairn, three of a team's, one of them broken.
void fillStart(LaunchPage *page)
{
    QList<launch::Template> templates = launch::builtInTemplates();
    for (const QString &id : {u"team/bert-ddp"_s, u"team/whisper"_s, u"team/old"_s}) {
        const bool broken = id == "team/old"_L1;
        templates.prepend(launch::readTemplate(id, broken ? QByteArray("kind: [\n") : templates.last().yaml, {}));
    }
    page->starts()->setTemplates(templates, u"~/src/templates"_s, {});
    page->starts()->setCheckpoints({u"1"_s,
        {{u"step-12000.pt"_s, u"Step 12\u202f000"_s, u"Whole · 9 min ago"_s, {}}, {u"step-11500.pt"_s, u"Step 11\u202f500"_s, u"Damaged · 52 min ago"_s, u"It is damaged."_s},
            {u"step-11000.pt"_s, u"Step 11\u202f000"_s, u"Whole · 2 h ago"_s, {}}}, {}});
}

QWidget *wizard(int step, const std::function<void(LaunchPage *)> &change = {})
{
    auto *page = new LaunchPage;
    page->setChoices(cannedChoices());
    const Spec spec = cannedSpec();
    Spec before = spec;
    before.name = u"bert-xl"_s;
    before.nodes = 1;
    page->setStart(pages::LaunchStart::Clone, u"1"_s, u"bert-xl"_s);
    fillStart(page);
    page->setResult(resultOf(textOf(spec), textOf(before)), page->spec());
    page->setDraft(cannedNow().addSecs(-60), cannedNow());
    page->showStep(step);
    if (change)
        change(page);
    return shell(page);
}

/// What 7 failures of a namespace and the log of the job that is cloned tell.
launch::Inputs cannedInputs()
{
    launch::Inputs inputs;
    inputs.read = true;
    inputs.ns = u"nlp"_s;
    inputs.save = {launch::Measured{74, 41}, u"41 saves in the log of bert-xl"_s};
    inputs.step = {launch::Measured{5.16, 40}, u"40 stretches in the log of bert-xl"_s};
    inputs.restart = {launch::Measured{360, 7}, u"7 restarts in this namespace"_s};
    inputs.failures = {true, 7, 5, 728, 5824};
    inputs.bytes = 52LL << 30;
    inputs.checkpoints = 12;
    inputs.sizeOf = u"bert-xl"_s;
    inputs.claim = u"ckpt-fast"_s;
    inputs.room = 1640LL << 30;
    inputs.capacity = 2048LL << 30;
    inputs.before = launch::Policy{.framework = launch::Framework::HuggingFace, .everySteps = 2100};
    inputs.beforeName = u"bert-xl"_s;
    return inputs;
}

void showCosts(LaunchPage *page)
{
    page->setMeasured(cannedInputs());
}

LaunchReview cannedReview()
{
    LaunchReview review;
    review.state = LaunchReview::State::Done;
    review.took = std::chrono::milliseconds(200);
    const Result<QJsonObject> job = launch::newJob(cannedSpec());
    launch::Around around;
    around.claims = {{u"ckpt-fast"_s, {u"ReadWriteMany"_s}}, {u"corpus-en"_s, {u"ReadOnlyMany"_s}}};
    if (job) {
        review.points = launch::expertPoints(*job, launch::Framework::HuggingFace, around);
        review.net = launch::safetyNet(*job, launch::Framework::HuggingFace, around);
    }
    return review;
}

/// Twelve nodes as in the design: three whole ones, five free GPUs on a fourth, one not ready.
launch::FitFacts cannedCluster()
{
    QList<launch::Room> rooms;
    const struct {
        const char *name;
        int used;
        const char *holder;
        bool ready;
    } nodes[] = {{"gpu-1", 8, "llama-ft-7", true}, {"gpu-2", 8, "llama-ft-7", true}, {"gpu-3", 8, "llama-ft-7", true},
        {"gpu-4", 0, "", false}, {"gpu-5", 0, "", true}, {"gpu-6", 0, "", true}, {"gpu-7", 3, "resnet-ddp", true},
        {"gpu-8", 8, "t5-base", true}, {"gpu-9", 0, "", true}, {"gpu-10", 6, "t5-base", true}, {"gpu-11", 8, "t5-base", true},
        {"gpu-12", 7, "whisper-zh", true}};
    for (const auto &node : nodes) {
        launch::Room room;
        room.name = QString::fromLatin1(node.name);
        room.allocatable = {{u"cpu"_s, 128e3}, {u"memory"_s, 1006.0 * 1024 * 1024 * 1024 * 1000}, {u"pods"_s, 110e3}, {u"nvidia.com/gpu"_s, 8e3}};
        room.used = {{u"nvidia.com/gpu"_s, node.used * 1e3}, {u"cpu"_s, node.used * 4e3}, {u"pods"_s, 3e3}};
        if (node.used > 0)
            room.holders.insert(QString::fromLatin1(node.holder), node.used * 1e3);
        room.labels = {{u"nvidia.com/gpu.product"_s, u"NVIDIA-A100-SXM4-80GB"_s}};
        room.ready = node.ready;
        rooms.append(room);
    }
    for (int i = 1; i <= 2; ++i) {
        launch::Room room;
        room.name = u"h100-%1"_s.arg(i);
        room.allocatable = {{u"cpu"_s, 192e3}, {u"memory"_s, 2000.0 * 1024 * 1024 * 1024 * 1000}, {u"pods"_s, 110e3}, {u"nvidia.com/gpu"_s, 8e3}};
        room.taints = {{u"dedicated"_s, u"eval"_s, u"NoSchedule"_s}};
        room.labels = {{u"nvidia.com/gpu.product"_s, u"NVIDIA-H100-80GB-HBM3"_s}};
        room.ready = true;
        rooms.append(room);
    }
    launch::FitFacts facts;
    facts.rooms = rooms;
    facts.podsRead = true;
    facts.grows = false;
    facts.security = u"baseline"_s;
    facts.ranges.emplace();
    facts.kueue = true;
    Quota team;
    team.kind = u"ResourceQuota"_s;
    team.name = u"nlp-gpus"_s;
    team.limits = {{u"requests.nvidia.com/gpu"_s, {}, 64, 32, -1}, {u"requests.cpu"_s, {}, 1000, 412, -1}};
    facts.quotas = QList<Quota>{team};
    Quota queue;
    queue.kind = u"LocalQueue"_s;
    queue.name = u"nlp-queue"_s;
    queue.queue = u"training"_s;
    facts.localQueues = QList<Quota>{queue};
    Quota cluster;
    cluster.kind = u"ClusterQueue"_s;
    cluster.name = u"training"_s;
    cluster.limits = {{u"nvidia.com/gpu"_s, u"a100"_s, 96, 56, -1}, {u"cpu"_s, u"a100"_s, 1536, 300, -1},
        {u"memory"_s, u"a100"_s, 12e12, 1e12, -1}};
    facts.clusterQueues = QList<Quota>{cluster};
    facts.claims.emplace();
    for (const launch::Mount &mount : cannedSpec().mounts)
        facts.claims->append(
            QJsonObject{{u"metadata"_s, QJsonObject{{u"name"_s, mount.claim}}}, {u"status"_s, QJsonObject{{u"phase"_s, u"Bound"_s}}}});
    return facts;
}

pages::LaunchFitView cannedFit(const launch::FitFacts &facts)
{
    pages::LaunchFitView view;
    view.state = pages::LaunchFitView::State::Done;
    view.fit = std::make_shared<const launch::Fit>(launch::fitOf(cannedSpec(), facts));
    view.readAt = cannedNow().addSecs(-2);
    return view;
}

QWidget *fits(int step, const pages::LaunchFitView &view)
{
    return wizard(step, [&view](LaunchPage *page) {
        page->live()->showTab(2);
        page->setFit(view);
        page->setNow(cannedNow());
    });
}

/// Nodes and queues may not be read.
QWidget *fitsUnknown()
{
    launch::FitFacts facts = cannedCluster();
    facts.rooms.reset();
    facts.podsRead = false;
    facts.clusterQueues.reset();
    pages::LaunchFitView view = cannedFit(facts);
    view.gaps = {u"nodes: ops@example may not list nodes"_s, u"clusterqueues.kueue.x-k8s.io: ops@example may not list clusterqueues"_s};
    return fits(1, view);
}

QWidget *unsure()
{
    return wizard(4, [](LaunchPage *page) {
        LaunchReview review = cannedReview();
        review.unsure = u"No answer came. The draft is kept: submit it again, and Cairn finds the job if it is there."_s;
        page->setReview(review);
    });
}

/// What the schema does not know, with its place.
QWidget *misspelt()
{
    return wizard(0, [](LaunchPage *page) {
        QByteArray text = page->text();
        text.replace("backoffLimit", "backofLimit");
        auto result = resultOf(text);
        manifest::Finding finding;
        finding.kind = manifest::Finding::Kind::Unknown;
        const qsizetype at = text.indexOf("backofLimit");
        finding.place = {static_cast<int>(text.left(at).count('\n')) + 1, 5, at};
        finding.extent = {at, at + 11};
        finding.path = {u"spec"_s, u"runPolicy"_s, u"backofLimit"_s};
        finding.message = u"runPolicy has no field backofLimit; backoffLimit exists."_s;
        finding.suggestion = u"backoffLimit"_s;
        result->findings = {finding};
        page->setText(text);
        page->setResult(result, page->spec());
    });
}

QWidget *refused()
{
    return wizard(4, [](LaunchPage *page) {
        LaunchReview review = cannedReview();
        review.refused = Error::make(Error::Kind::Invalid, u"The API server refuses the job."_s,
            u"exceeded quota: gpus, requested: requests.nvidia.com/gpu=32, used: 8, limited: 16"_s,
            u"Ask for fewer GPUs, or another queue."_s);
        page->setReview(review);
    });
}

QWidget *blank()
{
    auto *page = new LaunchPage;
    page->setChoices(cannedChoices());
    Spec spec;
    spec.ns = u"nlp"_s;
    spec.restartPolicy = u"OnFailure"_s;
    spec.cleanPods = u"Running"_s;
    spec.token = false;
    spec.backoffLimit = 6;
    page->setResult(resultOf(textOf(spec)), page->spec());
    return shell(page);
}

QWidget *broken()
{
    return wizard(1, [](LaunchPage *page) {
        const QByteArray text = page->text() + "  extra: [\n";
        page->setText(text);
        page->setResult(resultOf(text), page->spec());
    });
}

QWidget *fromTemplate()
{
    return wizard(0, [](LaunchPage *page) { page->setStart(pages::LaunchStart::Template, u"pytorch-ddp"_s); });
}

/// Several objects in one text, and what was there before it.
QWidget *opened()
{
    return wizard(0, [](LaunchPage *page) {
        const QByteArray text = page->text() + "---\napiVersion: v1\nkind: Service\nmetadata:\n  name: bert-ui\n---\n" + page->text();
        auto result = resultOf(text);
        result->objects = launch::readIncoming(text)->objects;
        page->setStart(pages::LaunchStart::Yaml);
        page->setText(text);
        page->setResult(result, page->spec());
        page->starts()->setFormer(pages::LaunchFormer{u"PyTorchJob bert-xl-2"_s, u"Replaced when you started over."_s});
    });
}

QWidget *unread()
{
    auto *page = new LaunchPage;
    page->setError(cannedError());
    return shell(page);
}

} // namespace

void registerLaunchEntries(kit::GalleryRegistry &registry)
{
    const QList<QSize> sizes{{1280, 774}, {1920, 1054}};
    const QList<QSize> one{sizes.first()};
    registry.add({u"page.launch.kind"_s, u"Launch wizard, kind and image"_s, misspelt, sizes});
    registry.add({u"page.launch.empty"_s, u"Launch wizard, nothing filled in"_s, blank, one});
    registry.add({u"page.launch.template"_s, u"Launch wizard, from a template"_s, fromTemplate, sizes});
    registry.add({u"page.launch.opened"_s, u"Launch wizard, several objects opened"_s, opened, sizes});
    registry.add({u"page.launch.workers"_s, u"Launch wizard, workers"_s, [] { return wizard(1); }, one});
    registry.add({u"page.launch.storage"_s, u"Launch wizard, storage"_s, [] { return wizard(2); }, one});
    registry.add(
        {u"page.launch.checkpoints"_s, u"Launch wizard, checkpoints"_s, [] { return wizard(3, showCosts); }, sizes});
    registry.add({u"page.launch.review"_s, u"Launch wizard, review"_s,
        [] {
            return wizard(4, [](LaunchPage *page) {
                page->live()->showTab(1);
                page->setReview(cannedReview());
            });
        },
        sizes});
    registry.add({u"page.launch.fit"_s, u"Launch wizard, whether it can start"_s, [] { return fits(1, cannedFit(cannedCluster())); }, sizes});
    registry.add({u"page.launch.fit.unknown"_s, u"Launch wizard, nodes may not be read"_s, fitsUnknown, one});
    registry.add({u"page.launch.unsure"_s, u"Launch wizard, no answer to a Submit"_s, unsure, one});
    registry.add({u"page.launch.refused"_s, u"Launch wizard, refused by the server"_s, refused, one});
    registry.add({u"page.launch.broken"_s, u"Launch wizard, text that cannot be read"_s, broken, one});
    registry.add({u"page.launch.error"_s, u"Launch wizard, cluster not read"_s, unread, one});
}

} // namespace cairn::gallery
