// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/Changes.h"

#include "base/Text.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::app {
namespace {

constexpr qint64 kSettles = 30; ///< seconds that what a change moved may take to come to rest after it

} // namespace

RunningChange::RunningChange(Changes &changes, std::shared_ptr<ObjectApi> api, const QString &title)
    : m_changes(changes)
    , m_api(std::move(api))
    , m_title(title)
{
}

void RunningChange::rollBack()
{
    if (m_running) {
        m_wantsBack = true;
        stop();
    } else if (canRollBack()) {
        m_rollingBack = true;
        takeBack();
    }
}

void RunningChange::enter()
{
    m_stop.emplace();
    m_running = true;
    m_changes.enter(shared_from_this());
}

void RunningChange::leave()
{
    m_running = false;
    if (std::exchange(m_wantsBack, false) && canRollBack()) {
        m_rollingBack = true;
        takeBack();
        return;
    }
    m_rollingBack = false;
    m_changes.leave(shared_from_this());
}

template <class Work>
void ResumeRun::carryOut(Work work, jobs::ExecuteOptions options)
{
    m_begun = QDateTime::currentDateTimeUtc();
    m_outcome.reset();
    options.tool = u"cairn " CAIRN_VERSION_STRING ""_s;
    options.progress = sink<jobs::ResumeEvent>([this](const jobs::ResumeEvent &event) { onEvent(event); });
    begin([work = std::move(work), options](ObjectApi &api, std::stop_token stop) { return work(api, options, stop); },
          [this](const Result<jobs::ResumeOutcome> &outcome) {
              m_outcome = outcome;
              m_ended = QDateTime::currentDateTimeUtc();
          });
}

void ResumeRun::execute(const jobs::ResumePlan &plan, const std::function<Result<Checkpoint>(std::stop_token)> &recheck,
                        const std::function<void()> &looksDone)
{
    jobs::ExecuteOptions options;
    options.recheck = recheck;
    options.looksDone = looksDone;
    if (plan.mode == jobs::ResumePlan::Mode::InPlace)
        setJob(plan.job.uid);
    carryOut([plan](ObjectApi &api, const jobs::ExecuteOptions &all, std::stop_token stop) { return jobs::execute(api, plan, all, stop); }, options);
}

void ResumeRun::recover(const Job &job, bool finish, const std::function<Result<Checkpoint>(std::stop_token)> &recheck,
                        const std::function<void()> &looksDone)
{
    setJob(job.uid);
    m_undoes = !finish;
    m_recovers = true;
    jobs::ExecuteOptions looks;
    looks.recheck = recheck;
    looks.looksDone = looksDone;
    carryOut(
        [ref = job.ref(), finish](ObjectApi &api, const jobs::ExecuteOptions &options, std::stop_token stop) {
            return finish ? jobs::finish(api, ref, options, stop) : jobs::undo(api, ref, options, stop);
        },
        looks);
}

void ResumeRun::takeBack()
{
    if (!m_outcome || !*m_outcome)
        return;
    setTitle(tr("Rolling back the resume of %1").arg(text::safe((*m_outcome)->target.name)));
    carryOut([outcome = **m_outcome](ObjectApi &api, const jobs::ExecuteOptions &options, std::stop_token stop) {
        return jobs::putBack(api, outcome, options, stop);
    });
}

bool ResumeRun::canRollBack() const
{
    if (isRunning())
        return !m_undoes && !isRollingBack();
    return m_outcome && *m_outcome && (*m_outcome)->canPutBack;
}

bool ResumeRun::isHalfDone() const
{
    using Stage = jobs::ResumeEvent::Stage;
    if (!isRunning())
        return false;
    if (!m_events.isEmpty() && (m_events.last().stage == Stage::Following || m_events.last().stage == Stage::Done))
        return false;
    // The checkpoint is checked once more while the job is suspended: the last stage alone does not tell.
    return m_recovers || std::ranges::any_of(m_events, [](const jobs::ResumeEvent &event) { return event.stage != Stage::Checking; });
}

void ResumeRun::onEvent(const jobs::ResumeEvent &event)
{
    if (m_events.isEmpty() || m_events.last().stage != event.stage) {
        m_events.append(event);
    } else {
        // When the stage began stays: its duration is told from that.
        const QDateTime began = m_events.last().at;
        m_events.last() = event;
        m_events.last().at = began;
    }
    setLatest(event.text);
    tell();
}

QString ResumeRun::summary() const
{
    if (!m_outcome || !*m_outcome)
        return {};
    const jobs::ResumeOutcome &outcome = **m_outcome;
    const QString took = text::duration(std::chrono::milliseconds(m_begun.msecsTo(m_ended)));
    QStringList sentences;
    switch (outcome.state) {
    case jobs::ResumeOutcome::State::Training:
        sentences.append(outcome.firstStep ? tr("Step %1 reached %2 after the start.").arg(text::number(*outcome.firstStep), took)
                                           : tr("Training continues; %1 after the start.").arg(took));
        break;
    case jobs::ResumeOutcome::State::Started: sentences.append(tr("The job was unsuspended. The first step was not waited for.")); break;
    case jobs::ResumeOutcome::State::Undone: sentences.append(tr("Everything is back as it was.")); break;
    case jobs::ResumeOutcome::State::Failed: break;
    }
    return (sentences + outcome.notes).join(u' ');
}

RunningChange::Ending ResumeRun::ending() const
{
    if (!m_outcome)
        return {title(), {}, false};
    if (!*m_outcome)
        return {title(), m_outcome->error().oneLine(), true};
    const jobs::ResumeOutcome &outcome = **m_outcome;
    return {outcome.startedFromZero ? tr("%1 started from zero", "job").arg(text::safe(outcome.target.name)) : title(),
            outcome.error ? outcome.error->oneLine() : summary(), outcome.state == jobs::ResumeOutcome::State::Failed};
}

BulkRun::BulkRun(Changes &changes, std::shared_ptr<ObjectApi> api, const QString &title, const QList<jobs::BulkItem> &items)
    : RunningChange(changes, std::move(api), title)
    , m_items(items)
    , m_results(items.size())
{
}

void BulkRun::execute()
{
    m_results = QList<jobs::BulkResult>(m_items.size());
    const auto told = sink<int, jobs::BulkResult>([this](int index, const jobs::BulkResult &result) {
        m_results[index] = result;
        setLatest(tr("%1 of %2 jobs are done.").arg(count(jobs::BulkResult::State::Done) + count(jobs::BulkResult::State::Failed)
                                                            + count(jobs::BulkResult::State::Unchanged)).arg(m_results.size()));
        emit resultChanged(index);
        tell();
    });
    begin(
        [items = m_items, told](ObjectApi &api, std::stop_token stop) {
            jobs::BulkOptions options;
            options.progress = told;
            return jobs::executeBulk(api, items, options, stop);
        },
        [this](const QList<jobs::BulkResult> &results) { m_results = results; });
}

void BulkRun::takeBack()
{
    // Each keeps its place: somebody may be looking at them.
    for (qsizetype i = 0; i < m_items.size(); ++i)
        m_items[i] = jobs::inverseOf(m_items[i], m_results[i].state == jobs::BulkResult::State::Done, QDateTime::currentDateTimeUtc());
    execute();
}

bool BulkRun::canRollBack() const
{
    if (m_items.isEmpty() || act() == jobs::BulkAct::Delete)
        return false;
    return isRunning() ? !isRollingBack() : count(jobs::BulkResult::State::Done) > 0;
}

bool BulkRun::isHalfDone() const
{
    return isRunning();
}

int BulkRun::count(jobs::BulkResult::State state) const
{
    return static_cast<int>(std::ranges::count(m_results, state, &jobs::BulkResult::state));
}

RunningChange::Ending BulkRun::ending() const
{
    const int done = count(jobs::BulkResult::State::Done);
    const int failed = count(jobs::BulkResult::State::Failed);
    QString text;
    for (qsizetype i = 0; i < m_results.size() && text.isEmpty(); ++i) {
        if (m_results[i].error)
            text = tr("%n failed; the first: %1", nullptr, failed).arg(u"%1: %2"_s.arg(text::safe(m_items[i].job.name), m_results[i].error->oneLine()));
    }
    QString title;
    switch (m_items.isEmpty() ? jobs::BulkAct::Suspend : act()) {
    case jobs::BulkAct::Suspend: title = tr("%n job(s) suspended", nullptr, done); break;
    case jobs::BulkAct::Unsuspend: title = tr("%n job(s) unsuspended", nullptr, done); break;
    case jobs::BulkAct::Delete: title = tr("%n job(s) deleted", nullptr, done); break;
    }
    return {title, text, failed > 0};
}

Changes::~Changes()
{
    // Nobody is told any more; what the runs wrote on the jobs says where they stopped.
    for (const std::shared_ptr<RunningChange> &change : std::as_const(m_running))
        change->stop();
}

QSet<QString> Changes::jobs() const
{
    QSet<QString> uids;
    for (const std::shared_ptr<RunningChange> &change : m_running) {
        if (!change->job().isEmpty())
            uids.insert(change->job());
    }
    return uids;
}

void Changes::enter(const std::shared_ptr<RunningChange> &change)
{
    if (m_running.contains(change))
        return;
    m_running.append(change);
    connect(change.get(), &RunningChange::progressed, this, &Changes::progressed, Qt::UniqueConnection);
    emit changed();
}

bool Changes::touches(const ObjectApi *cluster, const components::Component &component, const QDateTime &now) const
{
    const QString workload = workloadMark(component.kind, component.ns, component.workload);
    const QString id = componentMark(component.id, component.ns);
    const auto moves = [&](const QSet<QString> &touched) { return touched.contains(workload) || touched.contains(id); };
    return std::ranges::any_of(m_running, [&](const std::shared_ptr<RunningChange> &change) { return change->cluster() == cluster && moves(change->touched()); })
        || std::ranges::any_of(m_ended, [&](const Ended &one) { return one.cluster == cluster && one.at.secsTo(now) < kSettles && moves(one.touched); });
}

void Changes::leave(const std::shared_ptr<RunningChange> &change)
{
    m_running.removeOne(change);
    const QDateTime now = QDateTime::currentDateTimeUtc();
    m_ended.removeIf([&](const Ended &one) { return one.at.secsTo(now) >= kSettles; });
    if (const QSet<QString> touched = change->touched(); !touched.isEmpty())
        m_ended.append({now, change->cluster(), touched});
    emit change->ended();
    emit ended(change.get());
    emit changed();
}

} // namespace cairn::app
