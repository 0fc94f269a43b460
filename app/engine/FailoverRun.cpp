// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/FailoverRun.h"

#include "base/Text.h"
#include "situation/FailoverWords.h"

namespace cairn::app {

FailoverRun::FailoverRun(Changes &changes, std::shared_ptr<ObjectApi> api, const FailoverPlan &plan)
    : RunningChange(changes, std::move(api), tr("Failover test of %1").arg(text::safe(plan.component.id)))
    , m_plan(plan)
{
    m_result.id = plan.id;
    m_result.component = plan.component.id;
    m_result.ns = plan.component.ns;
    m_result.leader = plan.leader;
    m_result.others = plan.standbys;
    m_result.leaseSeconds = plan.leaseSeconds;
}

void FailoverRun::execute()
{
    FailoverOptions options;
    options.progress = sink<FailoverResult>([this](const FailoverResult &result) {
        m_result = result;
        setLatest(situation::answerText(result));
        tell();
    });
    begin([plan = m_plan, options](ObjectApi &api, std::stop_token stop) { return runFailover(api, plan, options, stop); },
          [this](const Result<FailoverResult> &result) {
              if (result)
                  m_result = *result;
              else
                  m_refused = result.error();
          });
}

RunningChange::Ending FailoverRun::ending() const
{
    if (m_refused)
        return {title(), m_refused->oneLine(), m_refused->kind != Error::Kind::Cancelled};
    return {title(), situation::answerText(m_result), m_result.state == FailoverResult::State::Failed};
}

} // namespace cairn::app
