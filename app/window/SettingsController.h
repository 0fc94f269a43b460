// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "PageController.h"
#include "Preferences.h"
#include "base/Async.h"
#include "engine/Engine.h"
#include "pages/SettingsPage.h"

namespace cairn::app {

class DesktopNotifications;

/// Shows the preferences and what the user agreed to on the page, and keeps what is changed there. GUI thread.
class SettingsController : public PageController
{
    Q_OBJECT

public:
    /// All outlive this.
    SettingsController(Engine &engine, Preferences &preferences, DesktopNotifications &desktop, QObject *parent);

    void setSession(ClusterSession *session) override { Q_UNUSED(session) }
    /// Reads everything anew: another window may have changed it.
    void open() override;
    void focus() override;
    void refresh() override { open(); }
    void setNow(const QDateTime &now) override { Q_UNUSED(now) }
    void addActions(ActionRegistry &actions) override;
    /// Something was agreed to or added elsewhere.
    void grantsChanged();
    /// 100…200, to the next size up (+1) or down (-1), 0 for 100 %.
    void stepTextSize(int direction);
    void setTheme(const QString &theme);

signals:
    /// A kubeconfig or a folder was removed: what it named has to go.
    void sourcesChanged();
    void tryNotificationRequested();
    void addKubeconfigRequested();

private:
    void keep(const pages::SettingsView &view);
    void takeBack(pages::Grant::Kind kind, const QString &id);
    void showGrants();
    void addFolder();
    void showDiagnostics();
    pages::SettingsView read() const;

    Engine &m_engine;
    Preferences &m_preferences;
    pages::SettingsPage *m_page;
    async::Scope m_scope;
};

} // namespace cairn::app
