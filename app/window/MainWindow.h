// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ClusterSession.h"
#include "ConnectController.h"
#include "HaController.h"
#include "JobController.h"
#include "Preferences.h"
#include "engine/Engine.h"

#include <QHash>
#include <QMainWindow>

class QStackedWidget;

namespace cairn::kit {
class Sidebar;
class StatusBar;
class ToastHost;
} // namespace cairn::kit
namespace cairn::pages {
class ConnectPage;
class HaPage;
class JobPage;
class JobsPage;
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
    ClusterSession *session() const { return m_session.get(); }

protected:
    void closeEvent(QCloseEvent *event) override;

private:
    QWidget *makeBody();
    void makeShortcuts();
    void showPage(const QString &id);
    void connectSession(std::shared_ptr<kube::Cluster> cluster, const kube::KubeContext &context);
    void wireJobs();
    void wireHa();
    void openResume(const QString &uid, const QString &checkpoint);
    void recover(const QString &uid, bool finish);
    ResumeController *newResume();
    void showFeed();
    void showStatus();
    void showKeys();
    void cycleTheme();
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
    pages::HaPage *m_haPage;
    QHash<QString, QWidget *> m_pages;
    std::unique_ptr<ClusterSession> m_session;
    ConnectController *m_connect;
    JobController *m_job;
    HaController *m_ha;
    QHash<QString, ObjectRef> m_openWhenSeen; ///< a resumed job whose row is still to come
};

} // namespace cairn::app
