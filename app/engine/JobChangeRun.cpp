// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/JobChangeRun.h"

#include "base/Text.h"
#include "engine/JobEditFlows.h"

using namespace Qt::StringLiterals;

namespace cairn::app {

JobChangeRun::JobChangeRun(Changes &changes, std::shared_ptr<ObjectApi> api, const QString &title, const change::Change &change)
    : RunningChange(changes, std::move(api), title)
    , m_change(change)
{
}

void JobChangeRun::execute()
{
    m_undoes = false;
    carryOut(m_change);
}

void JobChangeRun::takeBack()
{
    m_undoes = true;
    carryOut(inverseOf(m_change, m_made));
}

void JobChangeRun::carryOut(const change::Change &change)
{
    m_outcome.reset();
    change::Options options;
    options.tool = u"cairn " CAIRN_VERSION_STRING ""_s;
    setLatest(change.text);
    begin([change, options](ObjectApi &api, std::stop_token stop) { return applyJobChange(api, change, options, stop); },
        [this](const Result<QJsonObject> &outcome) {
            m_outcome = outcome;
            if (outcome && !m_undoes)
                m_made = *outcome;
        });
}

bool JobChangeRun::canRollBack() const
{
    return !isRunning() && !m_undoes && m_outcome && m_outcome->has_value();
}

RunningChange::Ending JobChangeRun::ending() const
{
    const QString name = text::safe(m_change.target.name);
    if (m_outcome && !*m_outcome)
        return {m_undoes ? tr("%1 was not put back").arg(name) : tr("%1 was not changed").arg(name), m_outcome->error().oneLine(), true};
    return {m_undoes ? tr("%1 is as it was before").arg(name) : tr("%1 is changed").arg(name), m_undoes ? QString() : m_change.done, false};
}

} // namespace cairn::app
