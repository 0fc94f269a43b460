// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "Preferences.h"
#include "engine/ClusterSession.h"
#include "engine/Engine.h"
#include "kit/Theme.h"
#include "situation/Alerts.h"

#include <QMainWindow>

class QStackedWidget;

namespace cairn::kit {
class Sidebar;
class StatusBar;
class ToastHost;
} // namespace cairn::kit

namespace cairn::app {

class ActionRegistry;
class CheckpointReader;
class ConnectController;
class HaRecorder;
class LeaveController;
class Notifier;
class PageController;
class PaletteController;
class VolumeController;

/// The window: sidebar, pages, status bar. Makes the pages, gives them the session and the time, and leads from one to
/// another. GUI thread.
class MainWindow : public QMainWindow
{
    Q_OBJECT

public:
    /// Both outlive the window.
    MainWindow(Engine &engine, Preferences &preferences);
    ~MainWindow() override;

    /// Reads the kubeconfig and connects to `context`, or to the current one where it is empty.
    void start(const QString &context = {});
    /// What may be shown first, in the order of the sidebar.
    QStringList pageIds() const;
    /// The page that is shown once connected; false where there is none of this name. That of the preferences where not set.
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
    bool isLast() const; ///< of the windows that are open
    QWidget *makeBody();
    void makePages();
    void addPage(PageController &page);
    void makeActions();
    PageController *find(const QString &id) const;
    void showPage(PageController &wanted); ///< the contexts, where it needs a cluster and none is connected
    void go(const QString &id, const QString &key = {}, const QString &filter = {});
    void showAlert(situation::AlertKind kind, const QString &target);
    void setSession(std::unique_ptr<ClusterSession> session);
    void connectSession(std::shared_ptr<kube::Cluster> cluster, const kube::KubeContext &context);
    void watchNamespaces(const QStringList &names);
    void showStatus();
    void tell(kit::Tone tone, const QString &title, const QString &text);
    void showKeys();
    void tick();

    Engine &m_engine;
    Preferences &m_preferences;
    kit::Sidebar *m_sidebar;
    kit::StatusBar *m_status;
    kit::ToastHost *m_toasts;
    QStackedWidget *m_stack;
    ActionRegistry *m_actions;
    CheckpointReader *m_reader;
    ConnectController *m_connect;
    Notifier *m_notifier;
    HaRecorder *m_recorder;
    VolumeController *m_volumes;
    PaletteController *m_palette;
    QList<PageController *> m_pages; ///< in the order of the sidebar
    PageController *m_shown = nullptr;
    int m_numbered = 0; ///< pages that Ctrl and a number show
    std::unique_ptr<ClusterSession> m_session;
    LeaveController *m_leave;
    QString m_firstPage; ///< id; "" for the one of the preferences
};

} // namespace cairn::app
