// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/OverlayRun.h"

#include "base/Text.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::app {

using State = OverlayRun::Step::State;

template <class Work>
void OverlayRun::carryOut(bool back, const QMap<QString, Secret> &secrets, Work work)
{
    m_undoes = back;
    m_outcome.reset();
    change::Options options;
    options.tool = u"cairn " CAIRN_VERSION_STRING ""_s;
    options.secrets = secrets;
    options.elsewhere = true; // its own record, or one that somebody has looked at
    options.progress = sink<change::Event>([this](const change::Event &event) { onEvent(event); });
    begin([work = std::move(work), options](ObjectApi &api, std::stop_token stop) { return work(api, options, stop); },
          [this](const Result<change::PlanOutcome> &outcome) {
              m_outcome = outcome;
              if (!outcome)
                  return;
              const QDateTime now = QDateTime::currentDateTimeUtc();
              for (qsizetype i = 0; i < m_steps.size(); ++i) {
                  Step &step = m_steps[i];
                  const bool done = i < outcome->done;
                  if (step.state == State::Running)
                      step.ended = now;
                  if (m_undoes)
                      step.state = done ? State::Done : step.state == State::Waiting ? State::Waiting : State::TakenBack;
                  else
                      step.state = done ? State::Done : State::Waiting;
              }
          });
}

void OverlayRun::take(const QList<change::Change> &changes, qsizetype done)
{
    m_steps.clear();
    for (qsizetype i = 0; i < changes.size(); ++i) {
        Step step;
        step.change = changes[i];
        step.state = i < done ? State::Done : State::Waiting;
        m_steps.append(step);
    }
}

void OverlayRun::execute(const change::Plan &plan, const QMap<QString, Secret> &secrets)
{
    take(plan.changes, 0);
    carryOut(false, secrets, [plan](ObjectApi &api, const change::Options &options, std::stop_token stop) { return change::execute(api, plan, options, stop); });
}

void OverlayRun::recover(const ObjectRef &record, const change::Record &content, bool finish, const QMap<QString, Secret> &secrets)
{
    QList<change::Change> changes;
    for (const change::Record::Entry &entry : content.entries)
        changes.append(entry.change);
    take(changes, content.next);
    carryOut(!finish || content.undoing, secrets, [record, finish, seen = content.digest()](ObjectApi &api, change::Options options, std::stop_token stop) {
        options.seen = seen;
        return finish ? change::finish(api, record, options, stop) : change::rollBack(api, record, options, stop);
    });
}

void OverlayRun::takeBack()
{
    if (!canRollBack())
        return;
    carryOut(true, {}, [record = (*m_outcome)->record](ObjectApi &api, const change::Options &options, std::stop_token stop) {
        return change::rollBack(api, record, options, stop);
    });
}

QSet<QString> OverlayRun::touched() const
{
    QSet<QString> all;
    const auto add = [&](const ObjectRef &ref) {
        if (ref.kind.group == "apps"_L1)
            all.insert(Changes::workloadMark(ref.kind.kind, ref.ns, ref.name));
    };
    for (const Step &step : m_steps) {
        add(step.change.target);
        for (const change::Condition &condition : step.change.until)
            add(condition.object);
    }
    return all;
}

bool OverlayRun::isHalfDone() const
{
    const auto in = [this](Step::State state) { return std::ranges::any_of(m_steps, [state](const Step &step) { return step.state == state; }); };
    return in(Step::State::Running) || (in(Step::State::Done) && in(Step::State::Waiting));
}

bool OverlayRun::canRollBack() const
{
    return m_outcome && *m_outcome && (*m_outcome)->canRollBack;
}

RunningChange::Ending OverlayRun::ending() const
{
    if (!m_outcome)
        return {title(), latest(), false};
    if (!*m_outcome)
        return {title(), text::safe(m_outcome->error().what), true};
    const change::PlanOutcome &outcome = **m_outcome;
    if (outcome.error)
        return {title(), text::safe(outcome.error->what), outcome.error->kind != Error::Kind::Cancelled};
    return {title(), latest(), false};
}

void OverlayRun::onEvent(const change::Event &event)
{
    if (!event.text.isEmpty())
        setLatest(event.text);
    if (event.change >= 0 && event.change < m_steps.size()) {
        for (qsizetype i = 0; i < m_steps.size(); ++i) {
            Step &step = m_steps[i];
            const bool passed = m_undoes ? i > event.change : i < event.change;
            if (step.state == State::Running && i != event.change)
                step.ended = event.at;
            if (m_undoes && passed && step.state != State::Waiting)
                step.state = State::TakenBack;
            else if (!m_undoes && passed)
                step.state = State::Done;
        }
        Step &now = m_steps[event.change];
        if (now.state != State::Running)
            now.begun = event.at;
        now.state = State::Running;
        now.text = event.text;
    }
    tell();
}

} // namespace cairn::app
