// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "PageController.h"
#include "engine/FailoverRun.h"
#include "engine/HaRecorder.h"

#include <QPointer>

namespace cairn::dialogs {
class FailoverDialog;
}

namespace cairn::pages {
class FailoverPage;
}

namespace cairn::app {

/// The failover page: one component's leader changes and tests. Asks before a test, shows it while it runs, and files its result. The
/// test itself is the engine's and goes on when the window closes. GUI thread.
class FailoverController : public PageController
{
    Q_OBJECT

public:
    /// All outlive it. Dialogs belong to `window`.
    FailoverController(Changes &changes, HaRecorder &recorder, QWidget *window);
    ~FailoverController() override;

    void setSession(ClusterSession *session) override;
    void open() override;
    void focus() override;
    void refresh() override;
    void setNow(const QDateTime &now) override;
    /// Shows this component, by its key "id@namespace".
    void select(const QString &key) override;
    /// The pages of all components that elect a leader.
    void addActions(ActionRegistry &actions) override;

public slots:
    /// Shows the component's page, and asks whether its leader is to be killed. Nothing happens before that is confirmed.
    void start(const QString &component);

private:
    void ask();
    void check();
    void begin();
    void end();
    void show();
    void save();
    QString id() const { return m_component.section(u'@', 0, 0); }
    QString ns() const { return m_component.section(u'@', 1); }

    Changes &m_changes;
    HaRecorder &m_recorder;
    QWidget *m_window;
    pages::FailoverPage *m_page;
    ClusterSession *m_session = nullptr;
    QString m_component; ///< key
    QPointer<dialogs::FailoverDialog> m_dialog;
    std::optional<FailoverPlan> m_plan; ///< of the dialog
    QList<change::Check> m_checks;      ///< made so far
    std::shared_ptr<FailoverRun> m_run;
    QList<FailoverResult> m_own; ///< of this session, until the history has them
    QDateTime m_shownAt;
    async::Scope m_checking;
    async::Scope m_scope;
};

} // namespace cairn::app
