// SPDX-License-Identifier: GPL-3.0-or-later
#include "ResumeController.h"

#include "base/Text.h"
#include "dialogs/ResumeDialog.h"
#include "engine/BulkFlows.h"
#include "manifest/Prune.h"
#include "manifest/Yaml.h"

#include <QFileDialog>
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

/// The other of two checkpoints that one may mean.
kit::Offer otherOffer(const jobs::ResumePlan &plan, const QString &note)
{
    if (!plan.alternative || (note != "other-attempt"_L1 && note != "newer-elsewhere"_L1))
        return {};
    return {u"choose"_s,
            plan.alternative->step ? ResumeController::tr("Use step %1").arg(text::number(*plan.alternative->step)) : ResumeController::tr("Use that one"),
            kit::ButtonVariant::Normal};
}

const auto lookCheck = u"listing"_s;

} // namespace

ResumeController::ResumeController(Changes &changes, std::shared_ptr<ObjectApi> api, QWidget *window)
    : QObject(window)
    , m_changes(changes)
    , m_api(std::move(api))
    , m_dialog(new dialogs::ResumeDialog(window))
{
    using dialogs::ResumeDialog;
    m_dialog->setAttribute(Qt::WA_DeleteOnClose);
    m_replan.setSingleShot(true);
    m_replan.setInterval(300);
    connect(&m_replan, &QTimer::timeout, this, [this] { makePlan(true); });
    connect(m_dialog, &ResumeDialog::newNameChanged, this, [this](const QString &name) {
        m_choice.newName = name;
        m_replan.start();
    });
    connect(m_dialog, &ResumeDialog::newObjectChosen, this, [this](bool newObject) {
        m_choice.newObject = newObject;
        makePlan(false);
    });
    connect(m_dialog, &ResumeDialog::contractChosen, this, [this](const dialogs::ResumeContract &contract) {
        const Result<jobs::PathContract> parsed = jobs::parseContract(contract.resumeBy, contract.saveBy);
        if (!parsed) {
            m_dialog->setRefused(parsed.error());
            return;
        }
        m_choice.contract = *parsed;
        makePlan(false);
    });
    connect(m_dialog, &ResumeDialog::wrapperChosen, this, [this](bool wrapper) {
        m_choice.useWrapper = wrapper;
        makePlan(false);
    });
    connect(m_dialog, &ResumeDialog::unverifiedAccepted, this, [this](bool accepted) {
        m_choice.acceptUnverified = accepted;
        makePlan(false);
    });
    connect(m_dialog, &ResumeDialog::checkTriggered, this, &ResumeController::onCheck);
    connect(m_dialog, &ResumeDialog::saveYamlRequested, this, &ResumeController::saveYaml);
    connect(m_dialog, &ResumeDialog::actRequested, this, &ResumeController::apply);
    connect(m_dialog, &ResumeDialog::rollBackRequested, this, [this] {
        if (m_run)
            m_run->rollBack();
    });
    connect(m_dialog, &ResumeDialog::stopRequested, this, [this] {
        if (m_run)
            m_run->stop();
    });
    connect(m_dialog, &ResumeDialog::logsRequested, this, [this] {
        const bool done = m_run && m_run->outcome() && *m_run->outcome();
        emit logsRequested(done ? (*m_run->outcome())->target : m_job.ref());
    });
    // What was begun goes on without its dialog.
    connect(m_dialog, &QObject::destroyed, this, [this] {
        m_planning.cancel();
        if (m_run)
            m_run->setShown(false);
        if (!m_run || !m_run->isRunning())
            deleteLater();
    });
}

ResumeController::~ResumeController()
{
    if (m_run)
        m_run->setShown(false);
}

void ResumeController::plan(const Job &job, const JobListing &listing, ReadAgain read, std::function<void()> looksDone, const QString &checkpoint,
                            jobs::Act act)
{
    m_job = job;
    m_wanted = act;
    m_listing = listing;
    m_read = std::move(read);
    m_looksDone = std::move(looksDone);
    const Checkpoint *proposed = m_listing.attemptOf(m_job).newestResumable();
    m_newest = checkpoint.isEmpty() || (act == jobs::Act::Resume && proposed && proposed->path == checkpoint);
    if (const Checkpoint *known = m_newest ? proposed : m_listing.find(checkpoint))
        m_checkpoint = *known;
    look();
    m_dialog->open();
}

void ResumeController::look()
{
    m_planning.cancel();
    m_checking = true;
    m_look = Look::Reading;
    m_lookText.clear();
    show();
    m_planning.run(
        this,
        [api = m_api, ref = m_job.ref(), read = m_read,
         progress = m_planning.sink<QString, qint64>(this, [this](const QString &what, qint64 done) {
             m_lookText = done > 0 ? tr("%1 (%2 files so far)", "what is read, number").arg(what, text::number(done)) : what;
             show();
         })](std::stop_token stop) -> Result<JobListing> {
            const Result<JobDetail> now = readJob(*api, ref, stop);
            return now ? read(*now, stop, progress) : fail(now.error());
        },
        [this](const Result<JobListing> &listing) { onListed(listing); });
}

void ResumeController::onListed(const Result<JobListing> &listing)
{
    if (!m_dialog)
        return;
    m_lookText.clear();
    if (!listing) {
        m_look = Look::Failed;
        m_lookText = listing.error().oneLine();
        read();
        return;
    }
    m_look = Look::Fresh;
    m_listing = *listing;
    emit listed(m_job.uid, m_listing);
    const auto name = [](const Checkpoint &c) { return c.step ? tr("step %1").arg(text::number(*c.step)) : text::safe(c.path); };
    const Checkpoint *now = m_newest ? nullptr : m_listing.find(m_checkpoint.path);
    if (!now)
        now = m_listing.attemptOf(m_job).newestResumable();
    if (!now) {
        m_checking = false;
        show();
        m_dialog->setRefused(Error::make(Error::Kind::NotFound, tr("There is no checkpoint to resume from"),
                                         tr("The checkpoints were listed again, and none of them is whole and holds the training state."),
                                         tr("Close this and choose one from the new list.")));
        return;
    }
    if (!m_checkpoint.path.isEmpty() && now->path != m_checkpoint.path)
        m_lookText = m_listing.find(m_checkpoint.path)
            ? tr("%1 is the newest now; the list shown before had %2.", "checkpoint, checkpoint").arg(name(*now), name(m_checkpoint))
            : tr("%1 is gone; %2 is the newest now.", "checkpoint, checkpoint").arg(name(m_checkpoint), name(*now));
    m_checkpoint = *now;
    read();
}

void ResumeController::onCheck(const QString &check, const QString &offer)
{
    if (check == lookCheck && offer == u"old"_s) {
        m_look = Look::Skipped;
        read();
    } else if (check == lookCheck) {
        look();
    } else if (m_plan && m_plan->alternative && offer == u"choose"_s) {
        m_checkpoint = *m_plan->alternative;
        m_newest = false;
        m_lookText.clear();
        read();
    } else {
        read();
    }
}

jobs::Act ResumeController::act() const
{
    // What holds weights alone cannot be resumed, whatever was pressed.
    return m_checkpoint.holdsWeightsAlone() ? jobs::Act::StartFromWeights : m_wanted;
}

kit::CheckItem ResumeController::lookItem() const
{
    using State = kit::CheckItem::State;
    const QDateTime readAt = m_listing.listing.readAt;
    const QString age = readAt.isValid() ? text::ago(readAt, QDateTime::currentDateTimeUtc()) : tr("at an unknown time");
    const QString old = tr("This plan goes by the list read %1: newer checkpoints may exist.", "time ago").arg(age);
    const kit::Offer again{u"again"_s, tr("Refresh"), kit::ButtonVariant::Normal};
    switch (m_look) {
    case Look::Reading:
        return {lookCheck, State::Running, tr("Reading the checkpoints again; shown is the list read %1.", "time ago").arg(age), m_lookText, {},
                m_checkpoint.path.isEmpty() ? kit::Offer() : kit::Offer{u"old"_s, tr("Don't wait"), kit::ButtonVariant::Normal}};
    case Look::Fresh: return {lookCheck, State::Ok, tr("The checkpoints were read again."), m_lookText, {}, {}};
    case Look::Skipped: return {lookCheck, State::Warn, old, {}, {}, again};
    case Look::Failed: return {lookCheck, State::Warn, tr("The checkpoints could not be read again. %1").arg(old), text::safe(m_lookText), {}, again};
    }
    return {};
}

void ResumeController::read()
{
    m_replan.stop();
    m_planning.cancel();
    m_choice.act = act();
    m_checking = true;
    m_checkedWhole = false;
    m_checks.clear();
    show();
    m_planning.run(
        this,
        [api = m_api, ref = m_job.ref(), listing = m_listing, checkpoint = m_checkpoint](std::stop_token stop) {
            return readForResume(*api, ref, listing, checkpoint, stop);
        },
        [this](const Result<jobs::ResumeRequest> &request) {
            if (!m_dialog)
                return;
            if (!request) {
                m_checking = false;
                m_dialog->setRefused(request.error());
                return;
            }
            m_request = *request;
            makePlan(false);
        });
}

void ResumeController::makePlan(bool nameOnly)
{
    m_replan.stop();
    if (!m_request)
        return; // what is being read comes here with the choice as it is then
    m_planning.cancel();
    m_checking = true;
    nameOnly = nameOnly && m_checkedWhole; // what typing cut short has to be made whole
    if (!nameOnly)
        m_checks.clear();
    m_checkedWhole = nameOnly;
    show();
    m_planning.run(
        this, [request = chosen(*m_request, m_choice)](std::stop_token) { return jobs::planResume(request); },
        [this, nameOnly](const jobs::ResumePlan &plan) {
            m_plan = plan;
            m_choice.id = plan.id;
            check(nameOnly);
        });
}

void ResumeController::check(bool nameOnly)
{
    m_planning.cancel();
    if (nameOnly)
        m_checks.removeIf([](const jobs::Check &check) { return check.id == u"dry-run"; });
    else
        m_checks.clear();
    m_checking = m_plan->feasible();
    show();
    if (!m_checking)
        return;
    jobs::PreflightOptions options;
    options.nameOnly = nameOnly;
    if (m_look != Look::Fresh) // what was just listed was just looked at
        options.recheck = recheckOf(*m_api, *m_plan, m_read);
    options.onCheck = m_planning.sink<jobs::Check>(this, [this](const jobs::Check &check) {
        m_checks.append(check);
        show();
    });
    m_planning.run(
        this, [api = m_api, plan = *m_plan, options](std::stop_token stop) { return jobs::preflight(*api, plan, options, stop); },
        [this](const QList<jobs::Check> &) {
            m_checking = false;
            m_checkedWhole = true;
            show();
        });
}

void ResumeController::show()
{
    if (!m_dialog)
        return;
    dialogs::ResumeView view;
    view.jobName = text::safe(m_job.name);
    view.startsRun = act() == jobs::Act::StartFromWeights;
    view.checkpoint = m_checkpoint;
    view.checkpointPath = text::safe(m_listing.containerPath(m_checkpoint));
    view.checking = m_checking;
    view.newObject = view.startsRun || !m_job.canGoOnInPlace() || m_choice.newObject;
    view.checks.append(lookItem());
    for (const jobs::Check &check : m_checks)
        view.checks.append({check.id, itemState(check.state), check.text, check.fix, text::duration(check.took), {}});
    if (m_plan) {
        const jobs::ResumePlan &plan = *m_plan;
        view.newObject = plan.mode == jobs::ResumePlan::Mode::NewObject;
        view.mayChooseObject = plan.job.canGoOnInPlace() && !view.startsRun;
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
                view.warnings.append({note.id, kit::CheckItem::State::Warn, note.text, note.fix, {}, otherOffer(plan, note.id)});
        }
        view.diffAgainst = text::safe(plan.job.name);
        view.diff = plan.diff;
        const bool failed = std::ranges::any_of(m_checks, [](const jobs::Check &c) { return c.state == jobs::Check::State::Fail; });
        view.ready = plan.feasible() && !m_checking && !failed;
    }
    m_dialog->setView(view);
}

void ResumeController::watch(std::shared_ptr<ResumeRun> run)
{
    m_run = std::move(run);
    m_run->setShown(m_dialog);
    connect(m_run.get(), &RunningChange::progressed, this, &ResumeController::showProgress);
    connect(m_run.get(), &RunningChange::ended, this, &ResumeController::onEnded);
}

void ResumeController::apply()
{
    if (!m_plan || !m_plan->feasible())
        return;
    m_planning.cancel();
    const QString title = m_plan->act == jobs::Act::StartFromWeights
        ? tr("Starting %1 from weights", "job").arg(text::safe(m_plan->targetName()))
        : m_checkpoint.step ? tr("Resuming %1 from step %2").arg(text::safe(m_plan->targetName()), text::number(*m_checkpoint.step))
                                            : tr("Resuming %1").arg(text::safe(m_plan->targetName()));
    watch(std::make_shared<ResumeRun>(m_changes, m_api, title));
    m_run->execute(*m_plan, recheckOf(*m_api, *m_plan, m_read), m_looksDone);
}

void ResumeController::recover(const Job &job, bool finish, const ReadAgain &read, const std::function<void()> &looksDone)
{
    m_job = job;
    const QString title = finish ? tr("Finishing the resume of %1").arg(text::safe(job.name)) : tr("Rolling back the resume of %1").arg(text::safe(job.name));
    watch(std::make_shared<ResumeRun>(m_changes, m_api, title));
    m_run->recover(job, finish, recheckToRecover(*m_api, job, finish, read), looksDone);
    m_dialog->open();
    showProgress();
}

void ResumeController::showProgress()
{
    if (!m_dialog)
        return;
    using State = dialogs::ChangeProgress::State;
    using Row = kit::CheckItem::State;
    dialogs::ChangeProgress view;
    view.title = m_run->title();
    const auto &outcome = m_run->outcome();
    const bool failed = outcome && (!*outcome || (*outcome)->state == jobs::ResumeOutcome::State::Failed);
    const QList<jobs::ResumeEvent> &events = m_run->events();
    if (events.isEmpty() && !outcome)
        view.steps = {{u"begin"_s, Row::Running, tr("Reading the job"), {}, {}, {}}};
    for (qsizetype i = 0; i < events.size(); ++i) {
        const bool last = i + 1 == events.size();
        const Row state = !last || events[i].stage == jobs::ResumeEvent::Stage::Done ? Row::Ok : !outcome ? Row::Running : failed ? Row::Err : Row::Ok;
        const QString took = last ? QString() : text::duration(std::chrono::milliseconds(events[i].at.msecsTo(events[i + 1].at)));
        view.steps.append({jobs::stageWord(events[i].stage), state, events[i].text, {}, took, {}});
    }
    view.canCancel = !outcome;
    view.summary = m_run->summary();
    if (outcome) {
        view.state = failed ? State::Failed : (*outcome)->state == jobs::ResumeOutcome::State::Undone ? State::Undone : State::Done;
        view.error = *outcome ? (*outcome)->error : std::optional(outcome->error());
        view.canPutBack = m_run->canRollBack();
    }
    m_dialog->setProgress(view);
}

void ResumeController::onEnded()
{
    const Result<jobs::ResumeOutcome> outcome = *m_run->outcome();
    if (!outcome && m_dialog && m_plan && outcome.error().kind != Error::Kind::Cancelled) {
        m_dialog->setRefused(outcome.error()); // nothing was changed: back to the checks
        return;
    }
    showProgress();
    if (outcome)
        emit applied(outcome->target);
    if (!m_dialog)
        deleteLater();
}

void ResumeController::saveYaml()
{
    if (!m_plan)
        return;
    auto *dialog = new QFileDialog(m_dialog, tr("Save the job as YAML"), {}, tr("YAML files (*.yaml)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->selectFile(m_plan->targetName() + u".yaml"_s);
    connect(dialog, &QFileDialog::fileSelected, this, [this, object = m_plan->result](const QString &path) {
        m_saving.run(
            this, [object, path](std::stop_token) { return saveFile(path, manifest::toYaml(manifest::withoutSecretValues(object)).toUtf8()); },
            [this](const Result<> &saved) {
                if (!saved && m_dialog)
                    m_dialog->setRefused(saved.error());
            });
    });
    dialog->open();
}

} // namespace cairn::app
