// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Async.h"
#include "dialogs/ResumeView.h"
#include "engine/Changes.h"
#include "engine/JobFlows.h"
#include "jobs/Preflight.h"

#include <QObject>
#include <QPointer>
#include <QTimer>

namespace cairn::dialogs {
class ResumeDialog;
}

namespace cairn::app {

/// One Resume dialog from the first plan to the first new step, or the finishing or rolling back of an interrupted resume.
/// The work itself is the engine's and goes on without the dialog, and without the window. Deletes itself. GUI thread.
class ResumeController : public QObject
{
    Q_OBJECT

public:
    ResumeController(Changes &changes, std::shared_ptr<ObjectApi> api, QWidget *window);
    ~ResumeController() override;

    /// `read` lists the job's checkpoints anew, which is done first: `listing` is what is known until then, and what is gone by
    /// where that fails or the user does not wait for it. `looksDone` is called when no further look will follow. `checkpoint`
    /// is a path within the listing; where it is "" or what the listing proposes, it becomes what the new one proposes.
    /// What holds weights alone is started from, whatever `act` is.
    void plan(const Job &job, const JobListing &listing, ReadAgain read, std::function<void()> looksDone, const QString &checkpoint,
              jobs::Act act = jobs::Act::Resume);
    /// `read` and `looksDone` as in plan(); without them the checkpoint is not looked at again.
    void recover(const Job &job, bool finish, const ReadAgain &read, const std::function<void()> &looksDone);

signals:
    /// The checkpoints were listed anew.
    void listed(const QString &uid, const cairn::app::JobListing &listing);
    /// The job that trains now, to be shown.
    void applied(const cairn::ObjectRef &target);
    void logsRequested(const cairn::ObjectRef &target);

private:
    enum class Look { Reading, Fresh, Skipped, Failed };

    /// Lists the checkpoints anew, then goes on with read().
    void look();
    void onListed(const Result<JobListing> &listing);
    void onCheck(const QString &check, const QString &offer);
    kit::CheckItem lookItem() const;
    jobs::Act act() const;
    /// Reads what the plan is made from, then plans and checks.
    void read();
    /// With what the user chose now; reads nothing. `nameOnly`: of the checks, only the dry run can tell otherwise.
    void makePlan(bool nameOnly);
    void check(bool nameOnly);
    void show();
    void apply();
    void saveYaml();
    void watch(std::shared_ptr<ResumeRun> run);
    void onEnded();
    void showProgress();

    Changes &m_changes;
    const std::shared_ptr<ObjectApi> m_api;
    QPointer<dialogs::ResumeDialog> m_dialog;
    Job m_job;
    JobListing m_listing;
    ReadAgain m_read;
    std::function<void()> m_looksDone;
    Look m_look = Look::Reading;
    QString m_lookText; ///< how far it is, why it failed, or what it changed
    jobs::Act m_wanted = jobs::Act::Resume;
    bool m_newest = false; ///< the proposal is wanted, whichever it is by then
    Checkpoint m_checkpoint;
    ResumeChoice m_choice;
    std::optional<jobs::ResumeRequest> m_request; ///< as read
    std::optional<jobs::ResumePlan> m_plan;
    QList<jobs::Check> m_checks;
    bool m_checking = false;
    bool m_checkedWhole = false; ///< all checks were made, of a plan that differs by a name at most
    std::shared_ptr<ResumeRun> m_run; ///< once it was begun
    QTimer m_replan; ///< a name is still being typed
    async::Scope m_planning;
    async::Scope m_saving;
};

} // namespace cairn::app
