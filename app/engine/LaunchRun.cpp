// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/LaunchRun.h"

#include "base/Text.h"
#include "engine/LaunchFlows.h"

using namespace Qt::StringLiterals;

namespace cairn::app {

LaunchRun::LaunchRun(
    Changes &changes, std::shared_ptr<ObjectApi> api, const QList<change::Change> &creates, std::function<void()> made)
    : RunningChange(changes, std::move(api), tr("Launching %1").arg(text::safe(creates.last().target.name)))
    , m_creates(creates)
    , m_made(std::move(made))
{
}

QString LaunchRun::idOf(const change::Change &create)
{
    return create.body.value("metadata"_L1)["annotations"_L1][change::changeMark()].toString();
}

std::shared_ptr<LaunchRun> LaunchRun::find(const Changes &changes, const QString &id)
{
    for (const std::shared_ptr<RunningChange> &change : changes.running()) {
        auto run = std::dynamic_pointer_cast<LaunchRun>(change);
        if (run && !id.isEmpty() && idOf(run->m_creates.last()) == id)
            return run;
    }
    return nullptr;
}

void LaunchRun::execute()
{
    if (isRunning())
        return;
    m_outcome.reset();
    change::Options options;
    options.tool = u"cairn " CAIRN_VERSION_STRING ""_s;
    options.progress = sink<change::Event>([this](const change::Event &event) {
        setLatest(event.text);
        tell();
    });
    begin(
        [creates = m_creates, options, made = m_made](ObjectApi &api, std::stop_token stop) {
            const Result<QJsonObject> job = submitLaunch(api, creates, options, stop);
            if (job && made)
                made();
            return job;
        },
        [this](const Result<QJsonObject> &job) { m_outcome = job; });
}

bool LaunchRun::isUnsure() const
{
    return m_outcome && !*m_outcome
        && (m_outcome->error().retryable() || m_outcome->error().kind == Error::Kind::Cancelled);
}

QString LaunchRun::uid() const
{
    return m_outcome && *m_outcome ? m_outcome->value().value("metadata"_L1)["uid"_L1].toString() : QString();
}

RunningChange::Ending LaunchRun::ending() const
{
    const QString name = text::safe(target().name);
    if (!m_outcome)
        return {title(), latest(), false};
    if (*m_outcome)
        return {tr("%1 is launched").arg(name), {}, false};
    if (isUnsure())
        return {tr("Whether %1 was launched is not known").arg(name),
            tr("No answer came. The draft is kept: submit it again, and Cairn finds the job if it is there."), true};
    return {tr("%1 was not launched").arg(name), text::safe(m_outcome->error().oneLine()), true};
}

} // namespace cairn::app
