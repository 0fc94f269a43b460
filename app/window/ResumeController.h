// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Async.h"
#include "dialogs/ResumeView.h"
#include "engine/JobFlows.h"
#include "jobs/Preflight.h"
#include "jobs/ResumeExecutor.h"

#include <QObject>
#include <QPointer>
#include <QTimer>

namespace cairn::dialogs {
class ResumeDialog;
}

namespace cairn::app {

/// One Resume dialog from the first plan to the first new step, or the finishing or undoing of an interrupted resume.
/// Deletes itself with its dialog. A resume that runs goes on when the dialog is closed. GUI thread.
class ResumeController : public QObject
{
    Q_OBJECT

public:
    ResumeController(std::shared_ptr<ObjectApi> api, QWidget *window);
    ~ResumeController() override;

    /// `read` lists the job's checkpoints anew; `cheap` where it may do so before anything is decided, as for a bucket.
    void plan(const Job &job, const JobListing &listing, ReadAgain read, bool cheap, const Checkpoint &checkpoint);
    void recover(const Job &job, bool finish);

signals:
    /// The job that trains now, to be shown.
    void applied(const cairn::ObjectRef &target);
    void logsRequested(const cairn::ObjectRef &target);
    void ended(const QString &title, const QString &text, bool error);

private:
    void makePlan();
    void check();
    void show();
    void apply();
    void putBack();
    void saveYaml();
    jobs::ExecuteOptions executeOptions(bool withRecheck);
    void onEvent(const jobs::ResumeEvent &event);
    void onOutcome(const Result<jobs::ResumeOutcome> &outcome);
    void showProgress();

    const std::shared_ptr<ObjectApi> m_api;
    QPointer<dialogs::ResumeDialog> m_dialog;
    Job m_job;
    JobListing m_listing;
    ReadAgain m_read;
    bool m_readIsCheap = false;
    Checkpoint m_checkpoint;
    ResumeChoice m_choice;
    std::optional<jobs::ResumePlan> m_plan;
    QString m_nameError;
    QList<jobs::Check> m_checks;
    bool m_checking = false;
    dialogs::ResumeProgress m_progress;
    QList<jobs::ResumeEvent> m_events;
    QDateTime m_startedAt;
    std::optional<jobs::ResumeOutcome> m_outcome;
    QTimer m_replan; ///< a name is still being typed
    async::Scope m_planning;
    async::Scope m_acting;
};

} // namespace cairn::app
