// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "CheckpointsController.h"
#include "ClusterSession.h"
#include "ConnectController.h"
#include "EventsController.h"
#include "HaController.h"
#include "JobActions.h"
#include "JobController.h"
#include "NodesController.h"
#include "Notifier.h"
#include "OverviewController.h"
#include "PaletteController.h"
#include "PodsController.h"
#include "Preferences.h"
#include "SettingsController.h"
#include "StorageController.h"
#include "engine/Engine.h"

#include <QHash>
#include <QMainWindow>
#include <functional>

class QStackedWidget;

namespace cairn::kit {
class Sidebar;
class StatusBar;
class ToastHost;
} // namespace cairn::kit
namespace cairn::pages {
class CheckpointsPage;
class ConnectPage;
class EventsPage;
class HaPage;
class JobPage;
class JobsPage;
class NodesPage;
class OverviewPage;
class PodsPage;
class SettingsPage;
class StoragePage;
} // namespace cairn::pages

namespace cairn::app {

class ResumeController;

/// The window: sidebar, pages, status bar; wires the pages to the engine. GUI thread.
class MainWindow : public QMainWindow
{
    Q_OBJECT

public:
    /// Both outlive the window.
    MainWindow(Engine &engine, Preferences &preferences);
    ~MainWindow() override;

    /// Reads the kubeconfig and connects to `context`, or to the current one where it is empty.
    void start(const QString &context = {});
    /// The page that is shown once connected, by its id; false where there is none of this name. Jobs where not set.
    bool setFirstPage(const QString &id);
    ClusterSession *session() const { return m_session.get(); }

signals:
    /// Another window, on this context; "" for the current one.
    void newWindowRequested(const QString &context);
    /// A session has begun; nothing of it is read yet.
    void connected();

protected:
    void closeEvent(QCloseEvent *event) override;

private:
    QWidget *makeBody();
    struct Page {
        QWidget *widget;
        std::function<void()> shown;     ///< it is in front now
        std::function<void()> readAgain; ///< F5
    };
    /// `number` goes with Ctrl; no entry in the sidebar without one.
    void addPage(const QString &id, const QString &icon, const QString &title, int number, const Page &page);
    void addShortcut(const QString &id, const QKeySequence &keys, const std::function<void()> &act);
    void makeShortcuts();
    void makePlaces();
    void addPlaces();
    void wireAlerts();
    void showPage(const QString &id);
    void endSession();
    void openJob(const QString &key);
    void showComponent(const QString &key); ///< "" for none in particular
    void showNode(const QString &key);
    void showClaim(const QString &key);
    void resumeNewest(const QString &key);
    void watchNamespaces(const QStringList &names);
    void connectSession(std::shared_ptr<kube::Cluster> cluster, const kube::KubeContext &context);
    void wireJobs();
    void wireHa();
    void openResume(const QString &uid, const QString &checkpoint);
    void recover(const QString &uid, bool finish);
    ResumeController *newResume();
    void showFeed();
    void showStatus();
    void showKeys();
    void tick();

    Engine &m_engine;
    Preferences &m_preferences;
    kit::Sidebar *m_sidebar;
    kit::StatusBar *m_status;
    kit::ToastHost *m_toasts;
    QStackedWidget *m_stack;
    pages::ConnectPage *m_connectPage;
    pages::JobPage *m_jobPage;
    pages::JobsPage *m_jobsPage;
    pages::CheckpointsPage *m_checkpointsPage;
    pages::HaPage *m_haPage;
    pages::StoragePage *m_storagePage;
    pages::EventsPage *m_eventsPage;
    pages::NodesPage *m_nodesPage;
    pages::PodsPage *m_podsPage;
    pages::OverviewPage *m_overviewPage;
    pages::SettingsPage *m_settingsPage;
    QHash<QString, Page> m_pages;
    QString m_firstPage; ///< id; "" for the one of the preferences
    std::unique_ptr<ClusterSession> m_session;
    ConnectController *m_connect;
    CheckpointReader *m_reader;
    JobController *m_job;
    JobActions *m_actions;
    CheckpointsController *m_checkpoints;
    HaController *m_ha;
    StorageController *m_storage;
    EventsController *m_events;
    NodesController *m_nodes;
    PodsController *m_pods;
    OverviewController *m_overview;
    PaletteController *m_palette;
    Notifier *m_notifier;
    SettingsController *m_settings;
    QHash<QString, ObjectRef> m_openWhenSeen; ///< a resumed job whose row is still to come
};

} // namespace cairn::app
