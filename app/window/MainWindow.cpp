// SPDX-License-Identifier: GPL-3.0-or-later
#include "MainWindow.h"

#include "ResumeController.h"
#include "base/Text.h"
#include "engine/BucketFlows.h"
#include "kit/Navigation.h"
#include "kit/Messages.h"
#include "kit/Theme.h"
#include "manifest/Yaml.h"
#include "pages/CheckpointsPage.h"
#include "pages/ConnectPage.h"
#include "pages/EventsPage.h"
#include "pages/HaPage.h"
#include "pages/JobsPage.h"
#include "pages/NamespaceSelector.h"
#include "pages/NodesPage.h"
#include "pages/OverviewPage.h"
#include "pages/PodsPage.h"
#include "pages/SettingsPage.h"
#include "pages/StoragePage.h"

#include <QAction>
#include <QApplication>
#include <QCloseEvent>
#include <QHBoxLayout>
#include <QJsonArray>
#include <QJsonObject>
#include <QStackedWidget>
#include <QTimer>

using namespace Qt::StringLiterals;

namespace cairn::app {
namespace {

const auto connectId = u"connect"_s;
const auto jobsId = u"jobs"_s;
const auto checkpointsId = u"checkpoints"_s;
const auto haId = u"ha"_s;
const auto storageId = u"storage"_s;
const auto eventsId = u"events"_s;
const auto nodesId = u"nodes"_s;
const auto podsId = u"pods"_s;
const auto overviewId = u"overview"_s;
const auto settingsId = u"settings"_s;
const auto paletteId = u"palette"_s;

/// The least a person needs to see jobs, as a Role to ask an administrator for.
QString jobsRole(const QString &ns)
{
    const auto rule = [](const QStringList &groups, const QStringList &resources) {
        return QJsonObject{{u"apiGroups"_s, QJsonArray::fromStringList(groups)},
                           {u"resources"_s, QJsonArray::fromStringList(resources)},
                           {u"verbs"_s, QJsonArray{u"get"_s, u"list"_s, u"watch"_s}}};
    };
    QMap<QString, QStringList> plurals; // by group
    for (const JobKindFacts &kind : jobKinds()) {
        QStringList &ofGroup = plurals[kind.resource.group];
        if (!ofGroup.contains(kind.resource.plural)) // MPIJob has two versions
            ofGroup.append(kind.resource.plural);
    }
    plurals[kinds::trainingRuntimes().group].append(kinds::trainingRuntimes().plural);
    QJsonArray rules{rule({u""_s}, {u"pods"_s, u"pods/log"_s, u"events"_s, u"persistentvolumeclaims"_s})};
    for (auto it = plurals.begin(); it != plurals.end(); ++it)
        rules.append(rule({it.key()}, it.value()));
    return manifest::toYaml(QJsonObject{{u"apiVersion"_s, u"rbac.authorization.k8s.io/v1"_s},
                                        {u"kind"_s, u"Role"_s},
                                        {u"metadata"_s, QJsonObject{{u"name"_s, u"cairn-view"_s}, {u"namespace"_s, ns}}},
                                        {u"rules"_s, rules}});
}

} // namespace

MainWindow::MainWindow(Engine &engine, Preferences &preferences)
    : m_engine(engine)
    , m_preferences(preferences)
    , m_sidebar(new kit::Sidebar)
    , m_status(new kit::StatusBar)
    , m_stack(new QStackedWidget)
    , m_connectPage(new pages::ConnectPage)
    , m_jobPage(new pages::JobPage)
    , m_jobsPage(new pages::JobsPage(m_jobPage))
    , m_checkpointsPage(new pages::CheckpointsPage)
    , m_haPage(new pages::HaPage)
    , m_storagePage(new pages::StoragePage)
    , m_eventsPage(new pages::EventsPage)
    , m_nodesPage(new pages::NodesPage)
    , m_podsPage(new pages::PodsPage)
    , m_overviewPage(new pages::OverviewPage)
    , m_settingsPage(new pages::SettingsPage)
    , m_connect(new ConnectController(engine, preferences, m_connectPage, this))
    , m_reader(new CheckpointReader(engine.http(), engine.keychain(), preferences, this))
    , m_job(new JobController(engine.http(), engine.keychain(), preferences, *m_reader, m_jobPage, this))
    , m_actions(new JobActions(*m_reader, m_jobsPage, this))
    , m_checkpoints(new CheckpointsController(*m_reader, m_checkpointsPage, this))
    , m_ha(new HaController(m_haPage, this))
    , m_storage(new StorageController(*m_reader, preferences, m_storagePage, this))
    , m_events(new EventsController(m_eventsPage, this))
    , m_nodes(new NodesController(*m_jobsPage->model(), m_nodesPage, this))
    , m_pods(new PodsController(m_podsPage, this))
    , m_overview(new OverviewController(*m_jobsPage->model(), *m_nodes, *m_ha, *m_storage, *m_reader, m_overviewPage, this))
    , m_palette(nullptr)
    , m_notifier(nullptr)
    , m_settings(nullptr)
{
    setObjectName(u"window"_s);
    setWindowTitle(tr("Cairn"));
    setMinimumSize(1100, 700);
    setCentralWidget(makeBody());
    m_toasts = new kit::ToastHost(this);
    m_palette = new PaletteController(*m_jobsPage->model(), preferences, this);
    m_notifier = new Notifier(*m_jobsPage->model(), *m_ha, *m_storage, *m_reader, preferences, m_toasts, this);
    m_settings = new SettingsController(engine, preferences, m_notifier->desktop(), m_settingsPage, this);
    resize(1280, 800);
    restoreGeometry(m_preferences.geometry());

    const auto readAll = [this] {
        if (m_session)
            m_session->retryNow();
    };
    addPage(connectId, u"connect"_s, tr("Contexts"), 0, {m_connectPage, [] {}, [this] { m_connect->reload(); }});
    addPage(overviewId, u"overview"_s, tr("Overview"), 1,
            {m_overviewPage,
             [this] {
                 m_overview->open();
                 m_overviewPage->focusTable();
             },
             [this, readAll] {
                 readAll();
                 m_ha->retryNow();
                 m_storage->retryNow();
             }});
    addPage(jobsId, u"jobs"_s, tr("Jobs"), 2, {m_jobsPage, [this] { m_jobsPage->focusTable(); }, readAll});
    addPage(checkpointsId, u"checkpoints"_s, tr("Checkpoints"), 3,
            {m_checkpointsPage,
             [this] {
                 m_checkpoints->open();
                 m_checkpointsPage->focusTable();
             },
             [this] { m_checkpoints->readAgain(); }});
    addPage(haId, u"availability"_s, tr("High availability"), 4,
            {m_haPage,
             [this] {
                 m_ha->open();
                 m_haPage->focusTable();
             },
             [this] { m_ha->retryNow(); }});
    addPage(storageId, u"storage"_s, tr("Storage"), 5,
            {m_storagePage,
             [this] {
                 m_storage->open();
                 m_storagePage->focusTable();
             },
             [this] { m_storage->retryNow(); }});
    addPage(eventsId, u"events"_s, tr("Events"), 6,
            {m_eventsPage,
             [this] {
                 m_events->open();
                 m_eventsPage->focusTable();
             },
             readAll});
    addPage(nodesId, u"nodes"_s, tr("Nodes"), 7,
            {m_nodesPage,
             [this] {
                 m_nodes->open();
                 m_nodesPage->focusTable();
             },
             readAll});
    addPage(podsId, u"pods"_s, tr("Pods"), 8,
            {m_podsPage,
             [this] {
                 m_pods->open();
                 m_podsPage->focusTable();
             },
             readAll});
    m_pages.insert(settingsId, {m_settingsPage,
                                [this] {
                                    m_settings->open();
                                    m_settingsPage->focusFirst();
                                },
                                [this] { m_settings->open(); }});
    m_stack->addWidget(m_settingsPage);
    m_sidebar->addFoot(paletteId, u"palette"_s, tr("Go to anything"))->setKeyHint(u"Ctrl K"_s);
    m_sidebar->addFoot(settingsId, u"settings"_s, tr("Settings"))->setKeyHint(u"Ctrl ,"_s);
    connect(m_sidebar, &kit::Sidebar::activated, this, [this](const QString &id) {
        if (id == paletteId)
            m_palette->open();
        else
            showPage(id);
    });
    connect(m_sidebar, &kit::Sidebar::contextActivated, this, [this] { showPage(connectId); });
    connect(m_connect, &ConnectController::connected, this, &MainWindow::connectSession);
    connect(m_connect, &ConnectController::attentionNeeded, this, [this] { showPage(connectId); });
    connect(m_connectPage, &pages::ConnectPage::copied, this,
            [this](const QString &what) { m_toasts->show({u"copied"_s, kit::Tone::Info, tr("Copied: %1").arg(what), {}, {}, false}); });
    wireJobs();
    wireHa();
    const auto openJob = [this](const QString &uid) { this->openJob(uid); };
    connect(m_events, &EventsController::jobRequested, this, openJob);
    connect(m_storagePage, &pages::StoragePage::jobRequested, this, openJob);
    connect(m_checkpointsPage, &pages::CheckpointsPage::jobRequested, this, openJob);
    connect(m_nodesPage, &pages::NodesPage::jobRequested, this, openJob);
    connect(m_nodesPage, &pages::NodesPage::podsRequested, this, [this](const QString &node) {
        showPage(podsId);
        m_podsPage->setFilterText(u"node:"_s + node);
    });
    connect(m_pods, &PodsController::jobRequested, this, openJob);
    connect(m_checkpointsPage, &pages::CheckpointsPage::resumeRequested, this, &MainWindow::openResume);
    connect(m_overviewPage, &pages::OverviewPage::jobRequested, this, openJob);
    connect(m_overviewPage, &pages::OverviewPage::resumeRequested, this, &MainWindow::resumeNewest);
    connect(m_overviewPage, &pages::OverviewPage::componentRequested, this, &MainWindow::showComponent);
    connect(m_overviewPage, &pages::OverviewPage::nodeRequested, this, &MainWindow::showNode);
    connect(m_overviewPage, &pages::OverviewPage::claimRequested, this, &MainWindow::showClaim);
    makeShortcuts();
    makePlaces();
    wireAlerts();

    auto *clock = new QTimer(this);
    connect(clock, &QTimer::timeout, this, &MainWindow::tick);
    clock->start(1000);
    showPage(connectId);
    showStatus();
}

MainWindow::~MainWindow()
{
    endSession();
}

void MainWindow::endSession()
{
    m_job->setSession(nullptr);
    m_actions->setSession(nullptr);
    m_checkpoints->setSession(nullptr);
    m_reader->setSession(nullptr);
    m_ha->setSession(nullptr);
    m_storage->setSession(nullptr);
    m_events->setSession(nullptr);
    m_nodes->setSession(nullptr);
    m_pods->setSession(nullptr);
    m_overview->setSession(nullptr);
    m_notifier->setSession(nullptr);
}

void MainWindow::addPage(const QString &id, const QString &icon, const QString &title, int number, const Page &page)
{
    m_pages.insert(id, page);
    m_stack->addWidget(page.widget);
    if (number > 0)
        m_sidebar->addPage(id, icon, title);
    m_palette->add({id, items::PaletteEntry::Kind::Page, icon, title, {}, u"Ctrl %1"_s.arg(number), {}, false}, [this, id] { showPage(id); });
    addShortcut(u"page."_s + id, QKeySequence(Qt::CTRL | static_cast<Qt::Key>(Qt::Key_0 + number)), [this, id] { showPage(id); });
}

void MainWindow::addShortcut(const QString &id, const QKeySequence &keys, const std::function<void()> &act)
{
    auto *action = new QAction(this);
    action->setObjectName(id);
    action->setShortcut(keys);
    connect(action, &QAction::triggered, this, act);
    addAction(action);
}

QWidget *MainWindow::makeBody()
{
    auto *body = new QWidget;
    auto *column = new QVBoxLayout(body);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto *row = new QHBoxLayout;
    row->setSpacing(0);
    row->addWidget(m_sidebar);
    row->addWidget(m_stack, 1);
    column->addLayout(row, 1);
    column->addWidget(m_status);
    kit::paintBackground(body, kit::Token::Bg);
    return body;
}

void MainWindow::makeShortcuts()
{
    addShortcut(u"view.refresh"_s, QKeySequence(Qt::Key_F5), [this] {
        for (const Page &page : std::as_const(m_pages)) {
            if (page.widget == m_stack->currentWidget())
                page.readAgain();
        }
    });
    addShortcut(u"view.keys"_s, QKeySequence(Qt::Key_F1), [this] { showKeys(); });
    addShortcut(u"view.allKeys"_s, QKeySequence(Qt::Key_Question), [this] { showKeys(); });
    addShortcut(u"view.palette"_s, QKeySequence(Qt::CTRL | Qt::Key_K), [this] { m_palette->open(); });
    addShortcut(u"page.settings"_s, QKeySequence(Qt::CTRL | Qt::Key_Comma), [this] { showPage(settingsId); });
    addShortcut(u"view.larger"_s, QKeySequence(Qt::CTRL | Qt::Key_Plus), [this] { m_settings->stepTextSize(1); });
    addShortcut(u"view.largerToo"_s, QKeySequence(Qt::CTRL | Qt::Key_Equal), [this] { m_settings->stepTextSize(1); });
    addShortcut(u"view.smaller"_s, QKeySequence(Qt::CTRL | Qt::Key_Minus), [this] { m_settings->stepTextSize(-1); });
    addShortcut(u"window.new"_s, QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_N), [this] { emit newWindowRequested(m_session ? m_session->contextName() : QString()); });
    addShortcut(u"window.close"_s, QKeySequence(Qt::CTRL | Qt::Key_W), [this] { close(); });
    addShortcut(u"window.quit"_s, QKeySequence::Quit, [] { QApplication::closeAllWindows(); });
}

void MainWindow::start(const QString &context)
{
    m_connect->reload(true, context);
}

bool MainWindow::setFirstPage(const QString &id)
{
    if (id == connectId || !m_pages.contains(id))
        return false;
    m_firstPage = id;
    return true;
}

void MainWindow::closeEvent(QCloseEvent *event)
{
    m_preferences.setGeometry(saveGeometry());
    event->accept();
}

void MainWindow::showPage(const QString &id)
{
    const QString wanted = id != connectId && id != settingsId && !m_session ? connectId : id;
    const Page &page = *m_pages.constFind(wanted);
    m_stack->setCurrentWidget(page.widget);
    m_sidebar->setCurrent(wanted);
    page.shown();
    showStatus();
}

void MainWindow::connectSession(std::shared_ptr<kube::Cluster> cluster, const kube::KubeContext &context)
{
    endSession();
    m_jobsPage->closeJob();
    m_jobsPage->model()->setJobs({});
    m_session = std::make_unique<ClusterSession>(std::move(cluster), context.name, context.server, context.insecure);
    m_connect->setConnected(context.name);
    m_reader->setSession(m_session.get());
    m_checkpoints->setSession(m_session.get());
    m_job->setSession(m_session.get());
    m_actions->setSession(m_session.get());
    m_ha->setSession(m_session.get());
    m_storage->setSession(m_session.get());
    m_events->setSession(m_session.get());
    m_nodes->setSession(m_session.get());
    m_pods->setSession(m_session.get());
    m_overview->setSession(m_session.get());
    m_notifier->setSession(m_session.get());
    setWindowTitle(tr("%1 – Cairn", "context; title of the window").arg(text::safe(context.name)));

    store::JobStore &jobs = m_session->jobs();
    connect(&jobs, &store::StoreSignals::changed, this, [this](const store::StoreChange &change) {
        m_jobsPage->model()->applyDelta(m_session->jobs().delta(change));
        for (const QString &uid : change.added) {
            if (const CheckpointReader::Known *known = m_reader->known(uid))
                m_jobsPage->model()->setCheckpoints(uid, items::summarize(known->listing.listing));
            if (m_openWhenSeen.remove(uid))
                m_jobsPage->openJob(uid);
        }
        showStatus();
    });
    connect(&jobs, &store::StoreSignals::stateChanged, this, [this] { showFeed(); });
    connect(m_session.get(), &ClusterSession::factsChanged, this, [this] {
        const kube::Cluster::Namespaces &known = m_session->namespaces();
        m_jobsPage->namespaces()->setNamespaces(known.names);
        m_jobsPage->namespaces()->setListRefusal(known.complete ? QString() : known.error.what);
        showStatus();
    });
    emit connected();
    m_session->watch({});
    m_jobsPage->namespaces()->setSelected({});
    showFeed();
    const QString first = m_firstPage.isEmpty() ? m_preferences.firstPage() : m_firstPage;
    showPage(m_pages.contains(first) ? first : overviewId);
}

void MainWindow::openJob(const QString &key)
{
    showPage(jobsId);
    m_jobsPage->openJob(key);
}

void MainWindow::watchNamespaces(const QStringList &names)
{
    if (!m_session)
        return;
    m_session->watch(names);
    m_storage->scopeChanged();
    showStatus();
}

void MainWindow::wireJobs()
{
    using pages::JobsPage;
    connect(m_jobsPage, &JobsPage::jobOpened, m_job, &JobController::open);
    connect(m_jobsPage, &JobsPage::jobClosed, m_job, &JobController::close);
    connect(m_jobsPage, &JobsPage::logsRequested, this, [this](const QString &key) {
        m_jobsPage->openJob(key);
        m_jobPage->showTab(pages::JobPage::Tab::Logs);
    });
    connect(m_jobsPage, &JobsPage::resumeRequested, this, [this](const QString &key) {
        m_jobsPage->openJob(key);
        openResume(key, m_jobPage->selectedCheckpoint());
    });
    connect(m_jobsPage, &JobsPage::retryRequested, this, [this] {
        if (m_session)
            m_session->retryNow();
    });
    connect(m_jobsPage, &JobsPage::namespacesChanged, this, &MainWindow::watchNamespaces);
    connect(m_jobPage, &pages::JobPage::openJobRequested, m_jobsPage, &JobsPage::openJob);
    const auto copied = [this](const QString &what) {
        m_toasts->show({u"copied"_s, kit::Tone::Info, tr("Copied: %1").arg(what), {}, {}, false});
    };
    connect(m_jobsPage, &JobsPage::copied, this, copied);
    connect(m_jobPage, &pages::JobPage::copied, this, copied);
    connect(m_reader, &CheckpointReader::changed, this, [this](const QString &uid) {
        if (const CheckpointReader::Known *known = m_reader->known(uid))
            m_jobsPage->model()->setCheckpoints(uid, items::summarize(known->listing.listing));
        showStatus();
    });
    const auto setReading = [this](const QString &uid, bool reading) { m_jobsPage->model()->setReading(uid, reading); };
    connect(m_job, &JobController::readingChanged, this, setReading);
    connect(m_reader, &CheckpointReader::readingChanged, this, setReading);
    connect(m_job, &JobController::resumeRequested, this, &MainWindow::openResume);
    connect(m_job, &JobController::recoverRequested, this, &MainWindow::recover);
    const auto tell = [this](const QString &title, const QString &text, bool error) {
        m_toasts->show({title, error ? kit::Tone::Err : kit::Tone::Info, title, text, {}, error});
    };
    connect(m_job, &JobController::notice, this, tell);
    connect(m_actions, &JobActions::notice, this, tell);
}

void MainWindow::wireHa()
{
    connect(m_haPage, &pages::HaPage::retryRequested, m_ha, &HaController::retryNow);
    connect(m_storagePage, &pages::StoragePage::retryRequested, m_storage, &StorageController::retryNow);
    connect(m_storage, &StorageController::attentionChanged, this, [this](int count) { m_sidebar->item(storageId)->setBadge(count); });
    connect(m_ha, &HaController::fallingChanged, this, [this](int count) { m_sidebar->item(haId)->setBadge(count); });
}

void MainWindow::openResume(const QString &uid, const QString &checkpoint)
{
    const Job *job = m_session ? m_session->jobs().find(uid) : nullptr;
    const CheckpointReader::Known *known = m_reader->known(uid);
    if (!job || !known) {
        m_toasts->show({u"resume"_s, kit::Tone::Info, tr("The checkpoints are not read yet"),
                        tr("Read the list first, then choose one."), {}, false});
        return;
    }
    for (const Run &run : known->listing.listing.runs) {
        for (const Checkpoint &candidate : run.checkpoints) {
            if (candidate.path != checkpoint)
                continue;
            const bool bucket = known->via == ListVia::Bucket;
            const std::shared_ptr<kube::Cluster> cluster = m_session->sharedCluster();
            ReadAgain read;
            if (bucket) {
                const QStringList allowed = m_preferences.allowedBuckets();
                read = agreedBucket(m_engine.http(), m_engine.keychain(), *cluster, m_session->server(), {allowed.begin(), allowed.end()});
            } else {
                read = [cluster, via = known->via](const JobDetail &now, std::stop_token stop) {
                    return readCheckpoints(*cluster, now.job, now.pods, via, stop);
                };
            }
            newResume()->plan(*job, known->listing, std::move(read), bucket, candidate);
            return;
        }
    }
    m_toasts->show({u"resume"_s, kit::Tone::Info, tr("There is no checkpoint to resume from"), {}, {}, false});
}

void MainWindow::resumeNewest(const QString &key)
{
    const CheckpointReader::Known *known = m_reader->known(key);
    const Checkpoint *newest = known ? newestResumable(known->listing.listing) : nullptr;
    openResume(key, newest ? newest->path : QString());
}

void MainWindow::recover(const QString &uid, bool finish)
{
    const Job *job = m_session ? m_session->jobs().find(uid) : nullptr;
    if (job)
        newResume()->recover(*job, finish);
}

ResumeController *MainWindow::newResume()
{
    auto *resume = new ResumeController(m_session->sharedCluster(), this);
    connect(resume, &ResumeController::applied, this, [this](const ObjectRef &target) {
        if (!m_session)
            return;
        if (m_session->jobs().find(target.uid))
            m_jobsPage->openJob(target.uid);
        else
            m_openWhenSeen.insert(target.uid, target);
        m_job->readCheckpoints();
    });
    connect(resume, &ResumeController::logsRequested, this, [this](const ObjectRef &target) {
        m_jobsPage->openJob(target.uid);
        m_jobPage->showTab(pages::JobPage::Tab::Logs);
    });
    connect(resume, &ResumeController::ended, this, [this](const QString &title, const QString &text, bool error) {
        m_toasts->show({u"resume"_s, error ? kit::Tone::Err : kit::Tone::Ok, title, text, {}, error});
    });
    return resume;
}

void MainWindow::showFeed()
{
    const FeedState state = m_session->jobs().jobsState();
    const QString ns = m_session->watched().value(0, m_session->cluster().defaultNamespace());
    m_jobsPage->setFeed(state, state.phase == FeedState::Phase::Forbidden ? jobsRole(ns) : QString());
    m_jobsPage->model()->setStale(state.phase == FeedState::Phase::Stale);
    showStatus();
}

void MainWindow::showStatus()
{
    using Link = kit::ContextCard::Link;
    if (!m_session) {
        m_sidebar->context()->set(Link::Off, tr("Not connected"), tr("Choose a context to start"));
        m_status->setLink(Link::Off, tr("not connected"));
        m_status->setCounts({});
        m_status->setRights({});
        return;
    }
    const FeedState state = m_session->jobs().jobsState();
    const Link link = state.phase == FeedState::Phase::Live || state.phase == FeedState::Phase::Absent || state.phase == FeedState::Phase::Forbidden
        ? Link::Live
        : Link::Reconnecting;
    QStringList details;
    if (!m_session->version().isEmpty())
        details.append(text::safe(m_session->version()));
    if (m_session->nodes().size() > 0)
        details.append(tr("%n node(s)", nullptr, static_cast<int>(m_session->nodes().size())));
    const QStringList watched = m_session->watched();
    details.append(watched.isEmpty()      ? tr("namespace: all")
                   : watched.size() == 1 ? tr("namespace: %1").arg(text::safe(watched.first()))
                                         : tr("%n namespace(s)", nullptr, static_cast<int>(watched.size())));
    if (m_session->isInsecure())
        details.append(tr("server not verified"));
    m_sidebar->context()->set(link, text::safe(m_session->contextName()), details.join(u" · "_s));
    switch (state.phase) {
    case FeedState::Phase::Live:
    case FeedState::Phase::Absent:
    case FeedState::Phase::Forbidden:
        m_status->setLink(link, m_session->latency().count() ? tr("live · %1 ms").arg(m_session->latency().count()) : tr("live"));
        break;
    case FeedState::Phase::Loading: m_status->setLink(link, tr("reading…")); break;
    case FeedState::Phase::Stale:
        m_status->setLink(link, tr("not connected; last read %1").arg(text::ago(state.lastGood, QDateTime::currentDateTimeUtc())));
        break;
    case FeedState::Phase::Failed: m_status->setLink(link, tr("not connected")); break;
    }
    m_status->setCounts(tr("%n job(s)", nullptr, static_cast<int>(m_session->jobs().size())));
    QString rights = m_session->user().isEmpty() ? QString() : tr("signed in as %1").arg(text::safe(m_session->user()));
    if (m_session->isInsecure())
        rights += tr(" · the server's certificate is not verified");
    m_status->setRights(rights);
}

void MainWindow::tick()
{
    const QDateTime now = QDateTime::currentDateTimeUtc();
    m_connectPage->setNow(now);
    if (!m_session)
        return;
    m_jobsPage->setNow(now);
    m_job->setNow(now);
    m_checkpoints->setNow(now);
    m_ha->setNow(now);
    m_storage->setNow(now);
    m_events->setNow(now);
    m_nodes->setNow(now);
    m_pods->setNow(now);
    m_overview->setNow(now);
    m_notifier->setNow(now);
    if (m_session->jobs().jobsState().phase == FeedState::Phase::Stale)
        showStatus();
}

} // namespace cairn::app
