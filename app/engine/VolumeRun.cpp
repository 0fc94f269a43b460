// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/VolumeRun.h"

#include "base/Text.h"

using namespace Qt::StringLiterals;

namespace cairn::app {
namespace {

/// As long as a cloud takes to make a file system.
constexpr std::chrono::minutes kPatience{15};

} // namespace

VolumeRun::VolumeRun(Changes &changes, std::shared_ptr<ObjectApi> api, const VolumePlan &plan)
    : RunningChange(changes, std::move(api), plan.plan.title)
    , m_plan(plan)
{
}

change::Options VolumeRun::options()
{
    change::Options options;
    options.elsewhere = true; // its own record
    options.tool = u"cairn " CAIRN_VERSION_STRING ""_s;
    options.progress = sink<change::Event>([this](const change::Event &event) {
        using Stage = change::Event::Stage;
        m_creating = event.stage == Stage::Creating || event.stage == Stage::Changing || (m_creating && event.stage != Stage::Waiting && event.stage != Stage::Done);
        if (!event.text.isEmpty())
            setLatest(event.text);
        tell();
    });
    return options;
}

void VolumeRun::execute(const QMap<QString, Secret> &secrets)
{
    m_outcome.reset();
    m_undone.reset();
    change::Options how = options();
    how.secrets = secrets;
    begin([plan = m_plan, how](ObjectApi &api, std::stop_token stop) { return makeVolume(api, plan, how, kPatience, stop); },
        [this](const Result<VolumeOutcome> &outcome) {
            m_creating = false;
            m_outcome = outcome;
        });
}

void VolumeRun::takeBack()
{
    if (!canRollBack())
        return;
    setTitle(tr("Taking back: %1").arg(m_plan.plan.title));
    const ObjectRef record = (*m_outcome)->made.record;
    begin([record, how = options()](ObjectApi &api, std::stop_token stop) { return change::rollBack(api, record, how, stop); },
        [this](const Result<change::PlanOutcome> &undone) {
            m_creating = false;
            m_undone = undone;
            if (undone && undone->state == change::PlanOutcome::State::RolledBack)
                m_outcome.reset();
        });
}

bool VolumeRun::canRollBack() const
{
    return m_outcome && *m_outcome && (*m_outcome)->made.canRollBack;
}

bool VolumeRun::isHalfDone() const
{
    return isRunning() && m_creating;
}

RunningChange::Ending VolumeRun::ending() const
{
    if (m_undone && *m_undone && (*m_undone)->state == change::PlanOutcome::State::RolledBack)
        return {title(), (QStringList{tr("All that was made is taken back.")} + (*m_undone)->notes).join(u' '), false};
    if (m_undone)
        return {title(), !*m_undone ? text::safe(m_undone->error().oneLine()) : (*m_undone)->error ? text::safe((*m_undone)->error->oneLine()) : QString(), true};
    if (!m_outcome)
        return {title(), latest(), false};
    if (!*m_outcome)
        return {title(), text::safe(m_outcome->error().oneLine()), true};
    const VolumeOutcome &outcome = **m_outcome;
    if (outcome.made.error)
        return {title(), text::safe(outcome.made.error->oneLine()), outcome.made.error->kind != Error::Kind::Cancelled};
    return {title(), (QStringList{outcome.text} + outcome.made.notes).join(u' '), false};
}

} // namespace cairn::app
