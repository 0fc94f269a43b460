// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "PageController.h"
#include "Preferences.h"
#include "engine/ClusterSession.h"
#include "engine/Engine.h"
#include "engine/JobFlows.h"
#include "pages/JobActs.h"
#include "pages/JobPage.h"

#include <QHash>

namespace cairn::pages {
class JobsPage;
}

namespace cairn::app {

class CheckpointReader;
class JobActions;
class JobController;
class ResumeController;

/// The Jobs page with the job that is opened in it, and the way to Resume. GUI thread.
class JobsController : public ListController
{
    Q_OBJECT

public:
    /// All outlive it. Dialogs belong to `window`.
    JobsController(Engine &engine, Preferences &preferences, CheckpointReader &reader, QWidget *window);

    void setSession(ClusterSession *session) override;
    void refresh() override;
    void setNow(const QDateTime &now) override;
    /// Opens the job.
    void select(const QString &uid) override;
    /// Opens one that was just made, at its events, as soon as the watch tells of it.
    void showLaunched(const QString &uid);
    void addActions(ActionRegistry &actions) override;
    /// `checkpoint` is a path within the listing; "" for the newest that can be resumed from.
    void resume(const QString &uid, const QString &checkpoint);
    /// A new run with the weights of this checkpoint alone.
    void startFromWeights(const QString &uid, const QString &checkpoint);
    void recover(const QString &uid, bool finish);

signals:
    /// Jobs of these namespaces, or of all where empty.
    void namespacesWanted(const QStringList &names);
    /// A new job made from this one.
    void cloneRequested(const QString &uid);
    /// Dropped on the page: a job to launch.
    void fileDropped(const QString &path);
    void textDropped(const QString &text);
    /// A TrainJob made from this one.
    void convertRequested(const QString &uid);

private:
    JobsController(Engine &engine, Preferences &preferences, CheckpointReader &reader, pages::JobPage *job, QWidget *window);
    void wirePage();
    void begin(const QString &uid, const QString &checkpoint, jobs::Act act);
    void act(pages::JobAct which, const QString &uid);
    void showTab(const QString &uid, pages::JobPage::Tab tab);
    void openSeen(const QString &uid);
    void showCheckpoints(const QString &uid);
    void showFeed();
    ResumeController *newResume();
    /// As for ResumeController::plan().
    struct Reading {
        ReadAgain read;
        std::function<void()> looksDone;
    };
    Reading readingFor(ListVia via);

    Engine &m_engine;
    Preferences &m_preferences;
    CheckpointReader &m_reader;
    QWidget *m_window;
    pages::JobPage *m_jobPage;
    pages::JobsPage *m_page;
    JobController *m_job;
    JobActions *m_actions;
    ClusterSession *m_session = nullptr;
    QHash<QString, ObjectRef> m_openWhenSeen; ///< by UID: jobs whose rows are still to come
    QString m_launched; ///< UID of the one of these that opens at its events
};

} // namespace cairn::app
