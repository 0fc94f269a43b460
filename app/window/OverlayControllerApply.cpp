// SPDX-License-Identifier: GPL-3.0-or-later
// Applying the overlay, and finishing or rolling back what was begun.
#include "OverlayController.h"

#include "base/Text.h"
#include "dialogs/AskDialog.h"
#include "dialogs/PlanDialog.h"
#include "engine/OverlayFlows.h"
#include "engine/OverlayRun.h"
#include "engine/ServiceFlows.h"
#include "overlay/Services.h"
#include "pages/OverlayPage.h"
#include "pages/OverlayServices.h"

#include <QUuid>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::app {

using Row = kit::CheckItem::State;

void OverlayController::apply()
{
    if (!m_cluster || !m_result || (m_run && m_run->isRunning()))
        return;
    QMap<QString, bool> tested;
    QList<overlay::Outside> outsides = overlay::outsideOf(*m_scene, m_page->settings());
    outsides.removeIf([](const overlay::Outside &one) { return one.isStore(); }); // switched by a person
    for (const overlay::Outside &one : outsides)
        tested.insert(one.id, m_page->services()->isTested(one.id));
    m_scope.run(
        this,
        [cluster = m_cluster, scene = m_scene, result = m_result, outsides, tested, passwords = m_page->services()->passwords()](std::stop_token stop) -> Result<Planned> {
            const Result<RestMapper> mapper = cluster->mapper(stop);
            if (!mapper)
                return fail(mapper.error());
            QList<overlay::Switch> switches;
            for (const overlay::Outside &one : outsides) {
                overlay::Switch made{one, {}, passwords.contains(one.id), tested.value(one.id)};
                if (const Result<overlay::SecretFacts> facts = secretFacts(*cluster, one, stop))
                    made.secret = *facts;
                switches.append(made);
            }
            const QString id = QUuid::createUuid().toString(QUuid::Id128).left(16);
            auto apply = std::make_shared<overlay::Apply>(overlay::planOf(*scene, result->proposal, result->built, *mapper, id, switches));
            refuseWhileOpen(*cluster, apply->plan, stop);
            dropVainProofs(*cluster, apply->plan, stop);
            return Planned{std::move(apply), secretsFor(outsides, passwords)};
        },
        [this](const Result<Planned> &planned) {
            if (planned)
                showPlan(*planned);
            else
                emit notice(kit::Tone::Err, tr("The overlay cannot be applied"), text::safe(planned.error().oneLine()));
        });
}

void OverlayController::showPlan(const Planned &planned)
{
    const std::shared_ptr<const overlay::Apply> &apply = planned.apply;
    dialogs::PlanView &view = *m_view;
    view = {};
    view.title = tr("Apply the overlay to %1?", "context").arg(text::safe(m_context));
    view.sentence = tr("Each step waits until the one before has taken. It can be stopped and rolled back; a record of it is kept on the cluster.");
    view.act = tr("Apply %n object(s)", nullptr, static_cast<int>(apply->objects));
    QStringList order;
    QHash<QString, int> count;
    for (const change::Change &one : apply->plan.changes) {
        if (!count.contains(one.phase))
            order.append(one.phase);
        ++count[one.phase];
    }
    for (const QString &phase : std::as_const(order))
        view.phases.append({phase, Row::Waiting, phase, {}, tr("%n step(s)", nullptr, count[phase]), {}});
    for (const change::Note &note : apply->plan.problems)
        view.problems.append(note.fix.isEmpty() ? note.text : note.text + u' ' + note.fix);
    if (apply->plan.changes.isEmpty())
        view.problems.append(tr("There is nothing that Cairn may apply here."));
    for (const change::Note &note : apply->plan.warnings)
        view.warnings.append(note.fix.isEmpty() ? note.text : note.text + u' ' + note.fix);
    if (!apply->saved.isEmpty()) {
        QStringList names;
        for (const overlay::Saved &saved : apply->saved.first(qMin(qsizetype(5), apply->saved.size())))
            names.append(audit::shown(saved.object));
        view.warnings.append(tr("%n object(s) are saved, not applied, because somebody else would put them back: %1", nullptr, static_cast<int>(apply->saved.size())).arg(names.join(u", "_s)));
    }
    openDialog();
    connect(m_dialog, &dialogs::PlanDialog::actRequested, this, [this, planned] { begin(planned); });
    tryOut([cluster = m_cluster, apply](std::stop_token stop) { return tryOverlay(*cluster, apply->plan, {}, stop); });
}

/// Shows m_view, and the run once there is one.
void OverlayController::openDialog()
{
    m_dialog = new dialogs::PlanDialog(m_page->window());
    m_dialog->setAttribute(Qt::WA_DeleteOnClose);
    m_dialog->setView(*m_view);
    connect(m_dialog, &dialogs::PlanDialog::stopRequested, this, [this] {
        if (m_run)
            m_run->stop();
    });
    connect(m_dialog, &dialogs::PlanDialog::rollBackRequested, this, [this] {
        if (m_run)
            m_run->rollBack();
    });
    connect(m_dialog, &QDialog::finished, this, [this] {
        m_trying.cancel();
        if (m_run)
            m_run->setShown(false);
    });
    m_dialog->open();
}

/// Every write as a dry run, before anything is done.
void OverlayController::tryOut(const std::function<QList<change::Check>(std::stop_token)> &ask)
{
    m_view->checks = {{u"dry"_s, Row::Running, tr("Trying each write without doing it…"), {}, {}, {}}};
    m_dialog->setView(*m_view);
    m_trying.cancel();
    m_trying.run(
        this, ask,
        [this](const QList<change::Check> &checks) {
            if (!m_dialog)
                return;
            using State = change::Check::State;
            m_view->checked = true;
            m_view->checks.clear();
            qsizetype accepted = 0;
            for (const change::Check &check : checks) {
                if (check.state == State::Ok || check.state == State::Info)
                    ++accepted;
                else
                    m_view->checks.append({u"%1 %2"_s.arg(check.id).arg(m_view->checks.size()), check.state == State::Fail ? Row::Err : Row::Warn, check.text, check.fix, {}, {}});
            }
            m_view->checks.prepend({u"dry"_s, m_view->checks.isEmpty() ? Row::Ok : Row::Warn, tr("%1 of %n write(s) accepted", nullptr, static_cast<int>(checks.size())).arg(accepted), {}, {}, {}});
            m_dialog->setView(*m_view);
        });
}

void OverlayController::begin(const Planned &planned)
{
    if (!m_cluster)
        return;
    makeRun(tr("Applying the overlay to %1", "context").arg(text::safe(m_context)));
    m_run->execute(planned.apply->plan, planned.secrets);
    showProgress();
    updateApply();
}

void OverlayController::makeRun(const QString &title)
{
    m_run = std::make_shared<OverlayRun>(m_changes, m_cluster, title);
    m_run->setShown(true);
    connect(m_run.get(), &RunningChange::progressed, this, &OverlayController::showProgress);
    connect(m_run.get(), &RunningChange::ended, this, [this] {
        showProgress();
        if (m_cluster)
            readScene(); // the cluster is another now
    });
}

/// What a record would do, before it is done: whoever may write ConfigMaps in its namespace can have written it, and it is
/// carried out with the rights of this user.
void OverlayController::showRecorded(const RecordedChange &recorded, bool finish)
{
    constexpr qsizetype kNamed = 12;
    const QString title = text::safe(recorded.content.title);
    dialogs::PlanView &view = *m_view;
    view = {};
    view.title = finish ? tr("Finish “%1”?", "a change").arg(title) : tr("Roll back “%1”?", "a change").arg(title);
    view.sentence = tr("It is recorded in the ConfigMap %1.").arg(text::safe(recorded.record.ns + u'/' + recorded.record.name));
    const QList<change::Suspicion> suspicions = suspicious(recorded);
    view.warnings = change::sentences(suspicions, recorded.record.ns);
    if (suspicions.isEmpty())
        view.warnings = {tr("Whoever may write ConfigMaps in %1 can have written this record.").arg(text::safe(recorded.record.ns))};
    view.warnings.last() += u' ' + tr("See that you know what it changes.");
    view.act = finish ? tr("Finish") : tr("Roll back");
    const bool tries = finish && !recorded.content.undoing;
    view.checked = !tries;
    QStringList order;
    QHash<QString, QStringList> targets;
    for (const change::Record::Entry &entry : recorded.content.entries) {
        const change::Change &one = entry.change;
        if (one.act == change::Change::Act::Await)
            continue;
        if (!targets.contains(one.phase))
            order.append(one.phase);
        targets[one.phase].append(change::shownTarget(one.target));
    }
    for (const QString &phase : std::as_const(order)) {
        const QStringList &all = targets[phase];
        QString names = all.first(std::min(kNamed, all.size())).join(u", "_s);
        if (all.size() > kNamed)
            names = tr("%1 and %n more", nullptr, static_cast<int>(all.size() - kNamed)).arg(names);
        view.phases.append({phase, Row::Waiting, text::safe(phase), names, tr("%n object(s)", nullptr, static_cast<int>(all.size())), {}});
    }
    openDialog();
    const auto recover = [this, recorded, finish, title] {
        if (!m_cluster || !m_dialog || (m_run && m_run->isRunning()))
            return;
        makeRun(finish ? tr("Finishing: %1").arg(title) : tr("Rolling back: %1").arg(title));
        m_run->recover(recorded.record, recorded.content, finish);
        showProgress();
        updateApply();
    };
    connect(m_dialog, &dialogs::PlanDialog::actRequested, this, [this, recover, suspicions, ns = recorded.record.ns] {
        if (suspicions.isEmpty())
            return recover();
        const change::Question question = change::consentQuestion(suspicions, ns);
        auto *ask = new dialogs::AskDialog(u"elsewhere"_s, {question.title, question.text, {}, question.act, true}, m_dialog);
        ask->setAttribute(Qt::WA_DeleteOnClose);
        connect(ask, &dialogs::AskDialog::actRequested, this, [ask, recover] {
            ask->accept();
            recover();
        });
        ask->open();
    });
    if (tries)
        tryOut([cluster = m_cluster, content = recorded.content](std::stop_token stop) { return tryRecorded(*cluster, content, stop); });
}

void OverlayController::recover(const QString &key, bool finish)
{
    if (!m_cluster || (m_run && m_run->isRunning()))
        return;
    m_scope.run(
        this, [cluster = m_cluster](std::stop_token stop) { return recordedChanges(*cluster, {}, stop); },
        [this, key, finish](const Result<QList<RecordedChange>> &changes) {
            if (!m_cluster || (m_run && m_run->isRunning()))
                return;
            if (!changes) {
                emit notice(kit::Tone::Err, tr("The record of the change cannot be read"), text::safe(changes.error().oneLine()));
                return;
            }
            const ObjectRef wanted = recordOf(key);
            const auto it = std::ranges::find_if(*changes, [&](const RecordedChange &one) { return one.record.ns == wanted.ns && one.record.name == wanted.name; });
            if (it == changes->end()) {
                emit notice(kit::Tone::Info, tr("The change is done"), tr("Its record is gone: it was finished or rolled back meanwhile."));
                return;
            }
            if (it->unreadable) {
                emit notice(kit::Tone::Err, tr("The record of the change cannot be read"), text::safe(it->unreadable->oneLine()));
                return;
            }
            showRecorded(*it, finish);
        });
}

void OverlayController::showProgress()
{
    if (!m_dialog || !m_run)
        return;
    using State = dialogs::ChangeProgress::State;
    using Step = OverlayRun::Step;
    const auto &outcome = m_run->outcome();
    if (outcome && !*outcome && outcome->error().kind != Error::Kind::Cancelled) {
        m_dialog->setRefused(outcome->error()); // nothing was changed
        return;
    }
    dialogs::ChangeProgress view;
    view.hasLogs = false;
    view.title = m_run->title();
    view.summary = m_run->latest();
    const bool failed = outcome && (!*outcome || (*outcome)->state == change::PlanOutcome::State::Failed);
    // A row for each heading of the plan, with what its latest step does.
    const QList<Step> &steps = m_run->steps();
    for (qsizetype i = 0; i < steps.size();) {
        const QString phase = steps[i].change.phase;
        qsizetype done = 0, count = 0;
        QString latest;
        QDateTime begun, ended;
        bool running = false;
        for (; i < steps.size() && steps[i].change.phase == phase; ++i, ++count) {
            const Step &step = steps[i];
            done += step.state == Step::State::Done;
            if (step.state == Step::State::Running) {
                running = true;
                latest = step.text;
            }
            if (step.begun.isValid() && !begun.isValid())
                begun = step.begun;
            ended = step.ended;
        }
        const Row state = done == count ? Row::Ok : running ? failed ? Row::Err : Row::Running : Row::Waiting;
        const QString took = done == count && begun.isValid() && ended.isValid() ? text::duration(std::chrono::milliseconds(begun.msecsTo(ended)))
                                                                                 : tr("%1 of %2", "steps").arg(done).arg(count);
        view.steps.append({u"phase %1"_s.arg(view.steps.size()), state, phase, latest, took, {}});
    }
    view.canCancel = !outcome;
    if (outcome) {
        const bool back = *outcome && (*outcome)->state == change::PlanOutcome::State::RolledBack;
        view.state = failed ? State::Failed : back ? State::Undone : State::Done;
        if (failed)
            view.error = *outcome ? (*outcome)->error : std::optional(outcome->error());
        else
            view.summary = m_run->ending().text;
        view.canPutBack = m_run->canRollBack();
    }
    m_dialog->setProgress(view);
}

void OverlayController::updateApply()
{
    if (m_run && m_run->isRunning())
        m_page->setApplyRefusal(tr("It is being applied"));
}

} // namespace cairn::app
