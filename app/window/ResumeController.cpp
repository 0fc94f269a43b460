// SPDX-License-Identifier: GPL-3.0-or-later
#include "ResumeController.h"

#include "base/Text.h"
#include "dialogs/ResumeDialog.h"
#include "jobs/Attempt.h"
#include "manifest/Prune.h"
#include "manifest/Yaml.h"

#include <QFileDialog>
#include <QSaveFile>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::app {
namespace {

kit::CheckItem::State itemState(jobs::Check::State state)
{
    using State = kit::CheckItem::State;
    switch (state) {
    case jobs::Check::State::Ok: return State::Ok;
    case jobs::Check::State::Info: return State::Ok;
    case jobs::Check::State::Warn: return State::Warn;
    case jobs::Check::State::Fail: return State::Err;
    }
    return State::Waiting;
}

QList<kit::CheckItem> items(const QList<jobs::PlanNote> &notes, kit::CheckItem::State state)
{
    QList<kit::CheckItem> list;
    for (const jobs::PlanNote &note : notes)
        list.append({note.id, state, note.text, note.fix, {}, {}});
    return list;
}

/// What going back costs; "" where nothing is known of it.
QString lostText(const jobs::LossOfWork &loss)
{
    if (!loss.steps && !loss.gpuHours)
        return {};
    const QString steps = loss.steps ? ResumeController::tr("%n step(s)", nullptr, static_cast<int>(*loss.steps))
                                     : ResumeController::tr("An unknown number of steps");
    const QString text = loss.atLeast && loss.steps ? ResumeController::tr("At least %1 · %2 must be computed again.")
                         : loss.atLeast             ? ResumeController::tr("%1 · at least %2 must be computed again.")
                                                    : ResumeController::tr("%1 · %2 must be computed again.");
    return text.arg(steps, text::gpuHours(loss.gpuHours));
}

} // namespace

ResumeController::ResumeController(std::shared_ptr<ObjectApi> api, QWidget *window)
    : QObject(window)
    , m_api(std::move(api))
    , m_dialog(new dialogs::ResumeDialog(window))
{
    using dialogs::ResumeDialog;
    m_dialog->setAttribute(Qt::WA_DeleteOnClose);
    m_replan.setSingleShot(true);
    m_replan.setInterval(300);
    connect(&m_replan, &QTimer::timeout, this, &ResumeController::makePlan);
    connect(m_dialog, &ResumeDialog::newNameChanged, this, [this](const QString &name) {
        m_choice.newName = name;
        m_replan.start();
    });
    connect(m_dialog, &ResumeDialog::newObjectChosen, this, [this](bool newObject) {
        m_choice.newObject = newObject;
        makePlan();
    });
    connect(m_dialog, &ResumeDialog::contractChosen, this, [this](const dialogs::ResumeContract &contract) {
        const Result<jobs::PathContract> parsed = jobs::parseContract(contract.resumeBy, contract.saveBy);
        if (!parsed) {
            m_dialog->setRefused(parsed.error());
            return;
        }
        m_choice.contract = *parsed;
        makePlan();
    });
    connect(m_dialog, &ResumeDialog::wrapperChosen, this, [this](bool wrapper) {
        m_choice.useWrapper = wrapper;
        makePlan();
    });
    connect(m_dialog, &ResumeDialog::unverifiedAccepted, this, [this](bool accepted) {
        m_choice.acceptUnverified = accepted;
        makePlan();
    });
    connect(m_dialog, &ResumeDialog::checkTriggered, this, [this] { check(); });
    connect(m_dialog, &ResumeDialog::saveYamlRequested, this, &ResumeController::saveYaml);
    connect(m_dialog, &ResumeDialog::resumeRequested, this, &ResumeController::apply);
    connect(m_dialog, &ResumeDialog::putBackRequested, this, &ResumeController::putBack);
    connect(m_dialog, &ResumeDialog::cancelRequested, this, [this] { m_acting.cancel(); });
    connect(m_dialog, &ResumeDialog::logsRequested, this, [this] {
        if (m_outcome)
            emit logsRequested(m_outcome->target);
        else
            emit logsRequested(m_job.ref());
    });
    // What was begun goes on without its dialog; the end is then told by `ended`.
    connect(m_dialog, &QObject::destroyed, this, [this] {
        if (m_progress.steps.isEmpty() || m_progress.state != dialogs::ResumeProgress::State::Running)
            deleteLater();
    });
}

ResumeController::~ResumeController() = default;

void ResumeController::plan(const Job &job, const JobListing &listing, ReadAgain read, bool cheap, const Checkpoint &checkpoint)
{
    m_job = job;
    m_listing = listing;
    m_read = std::move(read);
    m_readIsCheap = cheap;
    m_checkpoint = checkpoint;
    m_checking = true;
    show();
    m_dialog->open();
    makePlan();
}

void ResumeController::makePlan()
{
    m_planning.cancel();
    m_checking = true;
    m_checks.clear();
    show();
    m_planning.run(
        this,
        [api = m_api, ref = m_job.ref(), listing = m_listing, checkpoint = m_checkpoint, choice = m_choice](std::stop_token stop) {
            return planResume(*api, ref, listing, checkpoint, choice, stop);
        },
        [this](const Result<jobs::ResumePlan> &plan) {
            if (!m_dialog)
                return;
            if (!plan) {
                m_checking = false;
                m_dialog->setRefused(plan.error());
                return;
            }
            m_plan = *plan;
            m_choice.id = plan->id;
            check();
        });
}

void ResumeController::check()
{
    if (!m_plan)
        return;
    m_planning.cancel();
    m_checks.clear();
    m_checking = m_plan->feasible();
    show();
    if (!m_checking)
        return;
    QPointer<ResumeController> self(this);
    const std::stop_token token = m_planning.token();
    m_planning.run(
        this,
        [api = m_api, plan = *m_plan, read = m_readIsCheap ? m_read : ReadAgain(), self, token](std::stop_token stop) {
            jobs::PreflightOptions options;
            if (read)
                options.recheck = recheckOf(*api, plan, read);
            options.onCheck = [&](const jobs::Check &check) {
                QMetaObject::invokeMethod(
                    QCoreApplication::instance(),
                    [self, token, check] {
                        if (!self || token.stop_requested())
                            return;
                        self->m_checks.append(check);
                        self->show();
                    },
                    Qt::QueuedConnection);
            };
            return jobs::preflight(*api, plan, options, stop);
        },
        [this](const QList<jobs::Check> &checks) {
            m_checks = checks;
            m_checking = false;
            show();
        });
}

void ResumeController::show()
{
    if (!m_dialog)
        return;
    dialogs::ResumeView view;
    view.jobName = text::safe(m_job.name);
    view.checkpoint = m_checkpoint;
    view.checkpointPath = text::safe(m_listing.containerPath(m_checkpoint));
    view.checking = m_checking;
    view.newObject = !m_job.canGoOnInPlace() || m_choice.newObject;
    for (const jobs::Check &check : m_checks)
        view.checks.append({check.id, itemState(check.state), check.text, check.fix, text::duration(check.took), {}});
    if (m_plan) {
        const jobs::ResumePlan &plan = *m_plan;
        view.newObject = plan.mode == jobs::ResumePlan::Mode::NewObject;
        view.mayChooseObject = plan.job.canGoOnInPlace();
        view.running = isRunning(plan.job.phase);
        view.newName = plan.newName;
        view.told = text::safe(plan.told);
        view.toldReason = plan.contract.evidence;
        view.contractKnown = plan.contract.known();
        view.contract = dialogs::ResumeContract{jobs::resumeByText(plan.contract), jobs::saveByText(plan.contract)};
        view.saveDir = text::safe(plan.saveDir);
        view.wrapperOffered = plan.wrapperPossible;
        view.wrapper = plan.useWrapper;
        view.lost = lostText(plan.loss);
        for (const jobs::PlanNote &note : plan.problems) {
            if (note.id == "name"_L1)
                view.nameError = note.text;
        }
        view.problems = items(plan.problems, kit::CheckItem::State::Err);
        for (const jobs::PlanNote &note : plan.warnings) {
            if (note.id == "restarts-from-named"_L1)
                view.restartNote = note.text;
            else if (note.id == "managed"_L1 || note.id == "finished"_L1)
                view.objectReason = note.text;
            else
                view.warnings.append({note.id, kit::CheckItem::State::Warn, note.text, note.fix, {}, {}});
        }
        view.diffAgainst = text::safe(plan.job.name);
        view.diff = plan.diff;
        const bool failed = std::ranges::any_of(m_checks, [](const jobs::Check &c) { return c.state == jobs::Check::State::Fail; });
        view.ready = plan.feasible() && !m_checking && !failed;
    }
    m_dialog->setView(view);
}

jobs::ExecuteOptions ResumeController::executeOptions(bool withRecheck)
{
    jobs::ExecuteOptions options;
    options.tool = u"cairn " CAIRN_VERSION_STRING ""_s;
    if (withRecheck && m_plan)
        options.recheck = recheckOf(*m_api, *m_plan, m_read);
    QPointer<ResumeController> self(this);
    options.progress = [self](const jobs::ResumeEvent &event) {
        QMetaObject::invokeMethod(
            QCoreApplication::instance(),
            [self, event] {
                if (self)
                    self->onEvent(event);
            },
            Qt::QueuedConnection);
    };
    return options;
}

void ResumeController::apply()
{
    if (!m_plan || !m_plan->feasible())
        return;
    m_planning.cancel();
    m_startedAt = QDateTime::currentDateTimeUtc();
    m_progress = {};
    m_progress.title = m_checkpoint.step ? tr("Resuming %1 from step %2").arg(text::safe(m_plan->targetName()), text::number(*m_checkpoint.step))
                                         : tr("Resuming %1").arg(text::safe(m_plan->targetName()));
    m_progress.canCancel = true;
    m_acting.run(
        this, [api = m_api, plan = *m_plan, options = executeOptions(true)](std::stop_token stop) { return jobs::execute(*api, plan, options, stop); },
        [this](const Result<jobs::ResumeOutcome> &outcome) { onOutcome(outcome); });
}

void ResumeController::recover(const Job &job, bool finish)
{
    m_job = job;
    m_startedAt = QDateTime::currentDateTimeUtc();
    m_progress.title = finish ? tr("Finishing the resume of %1").arg(text::safe(job.name)) : tr("Undoing the resume of %1").arg(text::safe(job.name));
    m_progress.canCancel = true;
    m_progress.steps = {{u"begin"_s, kit::CheckItem::State::Running, tr("Reading the job"), {}, {}, {}}};
    m_dialog->open();
    showProgress();
    m_acting.run(
        this,
        [api = m_api, ref = job.ref(), finish, options = executeOptions(false)](std::stop_token stop) {
            return finish ? jobs::finish(*api, ref, options, stop) : jobs::undo(*api, ref, options, stop);
        },
        [this](const Result<jobs::ResumeOutcome> &outcome) { onOutcome(outcome); });
}

void ResumeController::putBack()
{
    if (!m_outcome)
        return;
    m_progress.state = dialogs::ResumeProgress::State::Running;
    m_progress.canPutBack = false;
    m_progress.error.reset();
    showProgress();
    m_acting.cancel();
    m_acting.run(
        this, [api = m_api, outcome = *m_outcome, options = executeOptions(false)](std::stop_token stop) { return jobs::putBack(*api, outcome, options, stop); },
        [this](const Result<jobs::ResumeOutcome> &outcome) { onOutcome(outcome); });
}

void ResumeController::onEvent(const jobs::ResumeEvent &event)
{
    // One row for each stage; a stage that goes on changes its row.
    if (m_events.isEmpty() || m_events.last().stage != event.stage)
        m_events.append(event);
    else
        m_events.last().text = event.text, m_events.last().step = event.step, m_events.last().podsLeft = event.podsLeft;
    m_progress.steps.clear();
    for (qsizetype i = 0; i < m_events.size(); ++i) {
        const bool last = i + 1 == m_events.size();
        const QString took = last ? QString() : text::duration(std::chrono::milliseconds(m_events[i].at.msecsTo(m_events[i + 1].at)));
        m_progress.steps.append({jobs::stageWord(m_events[i].stage),
                                 last && event.stage != jobs::ResumeEvent::Stage::Done ? kit::CheckItem::State::Running : kit::CheckItem::State::Ok,
                                 m_events[i].text, {}, took, {}});
    }
    showProgress();
}

void ResumeController::onOutcome(const Result<jobs::ResumeOutcome> &outcome)
{
    using State = dialogs::ResumeProgress::State;
    m_progress.canCancel = false;
    if (!outcome) {
        if (m_dialog && !m_progress.steps.isEmpty() && m_plan && outcome.error().kind != Error::Kind::Cancelled) {
            m_events.clear();
            m_dialog->setRefused(outcome.error());
        } else {
            m_progress.state = State::Failed;
            m_progress.error = outcome.error();
            showProgress();
        }
        if (!m_dialog) {
            emit ended(m_progress.title, outcome.error().oneLine(), true);
            deleteLater();
        }
        return;
    }
    m_outcome = *outcome;
    const QString took = text::duration(std::chrono::milliseconds(m_startedAt.msecsTo(QDateTime::currentDateTimeUtc())));
    for (kit::CheckItem &step : m_progress.steps) {
        if (step.state == kit::CheckItem::State::Running)
            step.state = outcome->state == jobs::ResumeOutcome::State::Failed ? kit::CheckItem::State::Err : kit::CheckItem::State::Ok;
    }
    switch (outcome->state) {
    case jobs::ResumeOutcome::State::Training:
        m_progress.state = State::Done;
        m_progress.summary = outcome->firstStep ? tr("Step %1 reached %2 after the start.").arg(text::number(*outcome->firstStep), took)
                                                : tr("Training goes on; %1 after the start.").arg(took);
        break;
    case jobs::ResumeOutcome::State::Started:
        m_progress.state = State::Done;
        m_progress.summary = tr("The job was started again. The first step was not waited for.");
        break;
    case jobs::ResumeOutcome::State::Undone:
        m_progress.state = State::Undone;
        m_progress.summary = tr("Everything is back as it was.");
        break;
    case jobs::ResumeOutcome::State::Failed:
        m_progress.state = State::Failed;
        m_progress.error = outcome->error;
        break;
    }
    m_progress.canPutBack = outcome->canPutBack;
    if (!outcome->notes.isEmpty())
        m_progress.summary += u' ' + outcome->notes.join(u' ');
    showProgress();
    emit applied(outcome->target);
    if (!m_dialog) {
        emit ended(m_progress.title, m_progress.error ? m_progress.error->oneLine() : m_progress.summary,
                   outcome->state == jobs::ResumeOutcome::State::Failed);
        deleteLater();
    }
}

void ResumeController::showProgress()
{
    if (m_dialog)
        m_dialog->setProgress(m_progress);
}

void ResumeController::saveYaml()
{
    if (!m_plan)
        return;
    const QByteArray yaml = manifest::toYaml(manifest::withoutSecretValues(m_plan->result)).toUtf8();
    auto *dialog = new QFileDialog(m_dialog, tr("Save the job as YAML"), {}, tr("YAML files (*.yaml)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->selectFile(m_plan->targetName() + u".yaml"_s);
    connect(dialog, &QFileDialog::fileSelected, this, [this, yaml](const QString &path) {
        QSaveFile file(path);
        if (!file.open(QIODevice::WriteOnly) || file.write(yaml) != yaml.size() || !file.commit())
            m_dialog->setRefused(Error::make(Error::Kind::Io, tr("The file could not be written"), file.errorString(), tr("Choose another folder")));
    });
    dialog->open();
}

} // namespace cairn::app
