// SPDX-License-Identifier: GPL-3.0-or-later
#include "MainWindow.h"

#include "ActionRegistry.h"
#include "CheckpointsController.h"
#include "ConnectController.h"
#include "EventsController.h"
#include "FailoverController.h"
#include "HaController.h"
#include "JobsController.h"
#include "LaunchController.h"
#include "LeaveController.h"
#include "NodesController.h"
#include "Notifier.h"
#include "OverlayController.h"
#include "OverviewController.h"
#include "PaletteController.h"
#include "PodsController.h"
#include "QuotasController.h"
#include "SessionReading.h"
#include "SettingsController.h"
#include "StorageController.h"
#include "VolumeController.h"
#include "base/Text.h"
#include "dialogs/KeysDialog.h"
#include "kit/Messages.h"
#include "kit/Navigation.h"
#include "pages/WizardPage.h"

#include <QApplication>
#include <QCloseEvent>
#include <QHBoxLayout>
#include <QStackedWidget>
#include <QTimer>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::app {
namespace {

const auto paletteId = u"palette"_s;

} // namespace

MainWindow::MainWindow(Engine &engine, Preferences &preferences)
    : m_engine(engine)
    , m_preferences(preferences)
    , m_sidebar(new kit::Sidebar)
    , m_status(new kit::StatusBar)
    , m_stack(new QStackedWidget)
    , m_actions(new ActionRegistry(this))
    , m_reader(new CheckpointReader(this))
{
    setObjectName(u"window"_s);
    setWindowTitle(tr("Cairn"));
    setMinimumSize(1100, 700);
    setCentralWidget(makeBody());
    m_toasts = new kit::ToastHost(this);
    m_status->addAtEnd(new kit::NoticeBell(m_toasts));
    resize(1280, 800);
    restoreGeometry(m_preferences.geometry());
    makePages();
    m_leave = new LeaveController(engine.changes(), this);
    connect(&engine.changes(), &Changes::ended, this, [this](const RunningChange *change) {
        if (change->isShown())
            return;
        const RunningChange::Ending ending = change->ending();
        m_toasts->show({u"change"_s, ending.failed ? kit::Tone::Err : kit::Tone::Ok, ending.title, ending.text, {}, ending.failed});
    });
    connect(m_reader, &CheckpointReader::changed, this, &MainWindow::showStatus);
    connect(m_sidebar, &kit::Sidebar::contextActivated, this, [this] { go(m_connect->place().id); });

    auto *clock = new QTimer(this);
    connect(clock, &QTimer::timeout, this, &MainWindow::tick);
    clock->start(1000);
    showPage(*m_connect);
}

MainWindow::~MainWindow()
{
    setSession(nullptr);
}

void MainWindow::makePages()
{
    m_connect = new ConnectController(m_engine, m_preferences, this);
    auto *jobs = new JobsController(m_engine, m_preferences, *m_reader, this);
    m_volumes = new VolumeController(m_engine.changes(), m_preferences, this);
    connect(m_volumes, &VolumeController::notice, this, &MainWindow::tell);
    auto *storage = new StorageController(*m_reader, m_preferences, *m_volumes, this);
    auto *nodes = new NodesController(*m_reader, this);
    m_recorder = new HaRecorder(std::make_shared<store::HaHistory>(), this);
    auto *ha = new HaController(*m_reader, m_preferences, *m_recorder, this);
    auto *failover = new FailoverController(m_engine.changes(), *m_recorder, this);
    m_notifier = new Notifier(*nodes, *ha, *storage, *m_recorder, *m_reader, m_preferences, m_toasts, this);
    m_notifier->setChanges(&m_engine.changes());
    auto *settings = new SettingsController(m_engine, m_preferences, m_notifier->desktop(), this);
    m_palette = new PaletteController(*m_actions, m_reader->eachJob(), m_preferences, this);
    auto *overview = new OverviewController(m_engine.changes(), *nodes, *ha, *storage, *m_reader, this);
    auto *overlay = new OverlayController(m_engine.changes(), this);
    auto *launch = new LaunchController(m_engine.changes(), *m_reader, m_preferences, *m_volumes, this);
    // In the order of the sidebar.
    m_pages = {
        m_connect,
        overview,
        jobs,
        launch,
        new CheckpointsController(*m_reader, this),
        ha,
        failover,
        overlay,
        storage,
        new EventsController(this),
        nodes,
        new PodsController(this),
        new QuotasController(this),
        settings,
    };
    makeActions();
    for (PageController *page : std::as_const(m_pages))
        addPage(*page);
    for (PageController *page : std::as_const(m_pages)) {
        page->addActions(*m_actions);
        connect(page, &PageController::goRequested, this, &MainWindow::go);
        connect(page, &PageController::resumeRequested, jobs, &JobsController::resume);
        connect(page, &PageController::startFromWeightsRequested, jobs, &JobsController::startFromWeights);
        connect(page, &PageController::newJobRequested, launch, &LaunchController::beginAt);
        connect(page, &PageController::recoverRequested, jobs, &JobsController::recover);
        connect(page, &PageController::notice, this, &MainWindow::tell);
    }
    connect(overview, &OverviewController::changeRecoverRequested, overlay, &OverlayController::recover);
    connect(ha, &HaController::overlayRequested, overlay, &OverlayController::include);
    connect(ha, &HaController::failoverRequested, failover, &FailoverController::start);
    connect(jobs, &JobsController::cloneRequested, launch, &LaunchController::clone);
    connect(launch, &LaunchController::launched, this, [this, jobs](const QString &uid) {
        showPage(*jobs);
        jobs->showLaunched(uid);
    });
    connect(jobs, &JobsController::fileDropped, launch, &LaunchController::openFile);
    connect(jobs, &JobsController::textDropped, launch, &LaunchController::openText);
    connect(jobs, &JobsController::convertRequested, launch, &LaunchController::convert);
    connect(jobs, &JobsController::namespacesWanted, this, &MainWindow::watchNamespaces);
    connect(m_connect, &ConnectController::connected, this, &MainWindow::connectSession);
    connect(m_connect, &ConnectController::attentionNeeded, this, [this] { showPage(*m_connect); });
    connect(m_connect, &ConnectController::newWindowRequested, this, &MainWindow::newWindowRequested);
    connect(m_connect, &ConnectController::grantsChanged, settings, &SettingsController::grantsChanged);
    connect(settings, &SettingsController::sourcesChanged, m_connect, &ConnectController::refresh);
    connect(settings, &SettingsController::addKubeconfigRequested, m_connect, &ConnectController::addFile);
    connect(settings, &SettingsController::tryNotificationRequested, m_notifier, &Notifier::tryIt);
    connect(m_notifier, &Notifier::showRequested, this, &MainWindow::showAlert);
}

void MainWindow::addPage(PageController &page)
{
    const PageController::Place &place = page.place();
    m_stack->addWidget(page.page());
    QList<QKeySequence> keys;
    if (!place.keys.isEmpty())
        keys = {QKeySequence(place.keys)};
    if (place.where == PageController::Place::Where::Sidebar) {
        kit::NavItem *item = m_sidebar->addPage(place.id, place.icon, place.title);
        connect(&page, &PageController::badgeChanged, item, [item](int count) { item->setBadge(count); });
        if (++m_numbered <= 9)
            keys.append(QKeySequence(Qt::CTRL | static_cast<Qt::Key>(Qt::Key_0 + m_numbered)));
    } else if (place.where == PageController::Place::Where::Foot) {
        m_sidebar->addFoot(place.id, place.icon, place.title)->setKeyHint(ActionRegistry::written(keys.first()));
    }
    m_actions->add(tr("Pages"), {place.id, place.icon, place.title, keys, place.words, [this, &page] { showPage(page); }, {}, ActionRegistry::Kind::Page});
}

void MainWindow::makeActions()
{
    const QString everywhere = tr("Everywhere");
    m_actions->add(everywhere, {paletteId, u"palette"_s, tr("Command palette"), {Qt::CTRL | Qt::Key_K}, {}, [this] { m_palette->open(); }, {}, ActionRegistry::Kind::Action, false});
    m_actions->add(everywhere, {u"refresh"_s, u"refresh"_s, tr("Refresh"), {Qt::Key_F5}, tr("read again reload", "to be found by"), [this] { m_shown->refresh(); },
                                [this] { return m_session || !m_shown->place().needsCluster ? QString() : tr("Not connected"); }});
    m_actions->add(everywhere, {u"newWindow"_s, u"plus"_s, tr("New window on this context"), {Qt::CTRL | Qt::SHIFT | Qt::Key_N}, {},
                                [this] { emit newWindowRequested(m_session ? m_session->contextName() : QString()); }});
    m_actions->add(everywhere, {u"keys"_s, u"help"_s, tr("Keyboard shortcuts"), {Qt::Key_F1, Qt::Key_Question}, tr("help keys", "to be found by"), [this] { showKeys(); }});
    m_actions->add(everywhere, {u"closeWindow"_s, u"close"_s, tr("Close this window"), {Qt::CTRL | Qt::Key_W}, {}, [this] { close(); }});
    m_actions->add(everywhere, {u"quit"_s, u"close"_s, tr("Quit"), {Qt::CTRL | Qt::Key_Q}, {}, [] { QApplication::closeAllWindows(); }});
    m_actions->add(everywhere, {u"notices"_s, u"bell"_s, tr("Notifications"), {Qt::Key_F9}, tr("bell messages errors", "to be found by"), [this] {
                                    if (!m_toasts->focusNewest())
                                        m_status->findChild<kit::NoticeBell *>()->click();
                                }});
    m_actions->addKeys(tr("YAML and differences"), {{u"Ctrl F"_s, tr("Search")},
                                                    {u"N"_s, tr("Next hit")},
                                                    {u"Shift N"_s, tr("Previous hit")},
                                                    {u"Ctrl Shift ["_s, tr("Fold the block")},
                                                    {u"Ctrl Shift ]"_s, tr("Unfold the block")},
                                                    {u"F8"_s, tr("Next problem")},
                                                    {u"Shift F8"_s, tr("Previous problem")}});
    m_actions->addKeys(tr("Tables"), {{u"/"_s, tr("Filter")},
                                      {u"↑ ↓"_s, tr("Move")},
                                      {u"Enter"_s, tr("Open")},
                                      {u"Ctrl Enter"_s, tr("The button of the row")},
                                      {u"Ctrl C"_s, tr("Copy the row")},
                                      {u"Space"_s, tr("Select the row")},
                                      {u"Shift ↑ ↓"_s, tr("Select several")},
                                      {u"Ctrl A"_s, tr("Select all")},
                                      {u"Esc"_s, tr("Back")}});
    connect(m_actions, &ActionRegistry::refused, this,
            [this](const QString &text, const QString &why) { m_toasts->show({u"notice"_s, kit::Tone::Info, text, why, {}, false}); });
    m_sidebar->addFoot(paletteId, u"palette"_s, tr("Command palette"))->setKeyHint(u"Ctrl K"_s);
    connect(m_sidebar, &kit::Sidebar::activated, m_actions, [this](const QString &id) { m_actions->trigger(id); });
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

void MainWindow::start(const QString &context)
{
    m_connect->reload(true, context);
}

QStringList MainWindow::pageIds() const
{
    QStringList ids;
    for (const PageController *page : m_pages) {
        if (page->place().where != PageController::Place::Where::Nowhere)
            ids.append(page->place().id);
    }
    return ids;
}

bool MainWindow::setFirstPage(const QString &id)
{
    if (!pageIds().contains(id))
        return false;
    m_firstPage = id;
    return true;
}

bool MainWindow::isLast() const
{
    return std::ranges::none_of(QApplication::topLevelWidgets(),
                                [this](const QWidget *other) { return other != this && other->isVisible() && qobject_cast<const MainWindow *>(other); });
}

void MainWindow::closeEvent(QCloseEvent *event)
{
    if (isLast() && !m_leave->mayClose()) {
        event->ignore();
        return;
    }
    m_preferences.setGeometry(saveGeometry());
    event->accept();
}

PageController *MainWindow::find(const QString &id) const
{
    const auto at = std::ranges::find(m_pages, id, [](const PageController *page) { return page->place().id; });
    return at == m_pages.end() ? nullptr : *at;
}

void MainWindow::showPage(PageController &wanted)
{
    m_shown = wanted.place().needsCluster && !m_session ? m_connect : &wanted;
    m_stack->setCurrentWidget(m_shown->page());
    const PageController::Place &place = m_shown->place();
    m_sidebar->setCurrent(place.within.isEmpty() ? place.id : place.within);
    m_sidebar->setInstead(m_shown->sidebar());
    m_shown->open();
    m_shown->focus();
    const auto *wizard = qobject_cast<pages::WizardPage *>(m_shown->page());
    m_toasts->setFloor(wizard ? wizard->foot() : nullptr);
    showStatus();
}

void MainWindow::go(const QString &id, const QString &key, const QString &filter)
{
    PageController *page = find(id);
    if (!page)
        return;
    showPage(*page);
    if (!filter.isEmpty())
        page->setFilterText(filter);
    if (!key.isEmpty())
        page->select(key);
}

void MainWindow::showAlert(situation::AlertKind kind, const QString &target)
{
    switch (kind) {
    case situation::AlertKind::JobFailed:
    case situation::AlertKind::ChangeUnfinished:
    case situation::AlertKind::CheckpointDamaged:
    case situation::AlertKind::CheckpointOverdue: go(u"jobs"_s, target); return;
    case situation::AlertKind::LeaderLost:
    case situation::AlertKind::ReplicaLost:
    case situation::AlertKind::LeaderChanged:
    case situation::AlertKind::ComponentDown: go(u"ha"_s, target); return;
    case situation::AlertKind::NodeLost:
        // Of the job where nodes may not be read.
        go(m_session && m_session->jobs().find(target) ? u"jobs"_s : u"nodes"_s, target);
        return;
    case situation::AlertKind::ClaimFull: go(u"storage"_s, target); return;
    }
}

void MainWindow::tell(kit::Tone tone, const QString &title, const QString &text)
{
    m_toasts->show({tone == kit::Tone::Err ? title : u"notice"_s, tone, title, text, {}, tone == kit::Tone::Err});
}

void MainWindow::setSession(std::unique_ptr<ClusterSession> session)
{
    // Who reads from the old one lets go before it ends; the reader comes last, and first to the new one.
    for (PageController *page : std::as_const(m_pages))
        page->setSession(nullptr);
    m_volumes->setSession(nullptr);
    m_notifier->setSession(nullptr);
    m_recorder->setSession(nullptr);
    m_reader->setSession(std::nullopt);
    m_session = std::move(session);
    if (!m_session)
        return;
    m_reader->setSession(checkpointAccess(m_engine.http(), m_engine.keychain(), m_preferences, *m_session));
    m_recorder->setSession(m_session.get());
    m_volumes->setSession(m_session.get());
    for (PageController *page : std::as_const(m_pages))
        page->setSession(m_session.get());
    m_notifier->setSession(m_session.get());
}

void MainWindow::connectSession(std::shared_ptr<kube::Cluster> cluster, const kube::KubeContext &context)
{
    setSession(std::make_unique<ClusterSession>(std::move(cluster), context.name, context.server, context.insecure));
    m_connect->setConnected(context.name);
    setWindowTitle(tr("%1 – Cairn", "context; title of the window").arg(text::safe(context.name)));
    connect(&m_session->jobs(), &store::StoreSignals::changed, this, &MainWindow::showStatus);
    connect(&m_session->jobs(), &store::StoreSignals::stateChanged, this, &MainWindow::showStatus);
    connect(m_session.get(), &ClusterSession::factsChanged, this, &MainWindow::showStatus);
    connect(m_session.get(), &ClusterSession::warned, this, [this](const QString &warning) {
        m_toasts->show({u"warning "_s + warning, kit::Tone::Warn, tr("Warning from the API server"), text::safe(warning), {}, false});
    });
    connect(m_session.get(), &ClusterSession::linkChanged, this, &MainWindow::showStatus);
    connect(&m_session->pods(), &store::StoreSignals::stateChanged, this, &MainWindow::showStatus);
    connect(&m_session->nodes(), &store::StoreSignals::stateChanged, this, &MainWindow::showStatus);
    emit connected();
    m_session->watch({});
    const PageController *first = find(m_firstPage.isEmpty() ? m_preferences.firstPage() : m_firstPage);
    go(first ? first->place().id : u"overview"_s);
}

void MainWindow::watchNamespaces(const QStringList &names)
{
    if (!m_session)
        return;
    m_session->watch(names);
    showStatus();
}

void MainWindow::showStatus()
{
    using Dot = kit::ContextCard::Link;
    if (!m_session) {
        m_sidebar->context()->set(Dot::Off, tr("Not connected"), tr("Choose a context to start"));
        m_status->setLink(Dot::Off, tr("not connected"));
        m_status->setCounts({});
        m_status->setRights({});
        return;
    }
    using Status = SessionStatus::Kind;
    const SessionStatus status = m_session->status();
    const Dot link = status.isLive() || status.kind == Status::NoJobs || status.kind == Status::Forbidden ? Dot::Live : Dot::Reconnecting;
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
    const QDateTime now = QDateTime::currentDateTimeUtc();
    const qint64 latency = m_session->latency().count();
    const QString live = latency > 0 ? tr("live · %1 ms").arg(latency) : tr("live");
    const QString since = status.since.isValid() ? text::ago(status.since, now) : tr("never");
    switch (status.kind) {
    case Status::Live: m_status->setLink(link, live); break;
    case Status::Partial: m_status->setLink(link, tr("%1 · without %2", "live, resources that may not be read").arg(live, status.missing.join(u", "_s))); break;
    case Status::NoJobs: m_status->setLink(link, tr("connected; no kind of training job is served")); break;
    case Status::Forbidden: m_status->setLink(link, tr("connected; you don't have permission to list jobs")); break;
    case Status::Reading: m_status->setLink(link, tr("reading…")); break;
    case Status::Stale: m_status->setLink(link, tr("not connected; last read %1").arg(since)); break;
    case Status::Failed: m_status->setLink(link, tr("not connected")); break;
    case Status::Silent: m_status->setLink(link, tr("not answering for %1").arg(text::duration(std::chrono::seconds(status.since.secsTo(now))))); break;
    case Status::Woken: m_status->setLink(link, tr("reconnecting; last read %1").arg(since)); break;
    }
    m_status->setCounts(tr("%n job(s)", nullptr, static_cast<int>(m_session->jobs().size())));
    QString rights = m_session->user().isEmpty() ? QString() : tr("signed in as %1").arg(text::safe(m_session->user()));
    if (m_session->isInsecure())
        rights += tr(" · the server's certificate is not verified");
    m_status->setRights(rights);
}

void MainWindow::showKeys()
{
    auto *dialog = new dialogs::KeysDialog(m_actions->sections(), this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->open();
}

void MainWindow::tick()
{
    const QDateTime now = QDateTime::currentDateTimeUtc();
    for (PageController *page : std::as_const(m_pages)) {
        if (m_session || !page->place().needsCluster)
            page->setNow(now);
    }
    if (!m_session)
        return;
    m_notifier->setNow(now);
    if (!m_session->status().isLive())
        showStatus();
}

} // namespace cairn::app
