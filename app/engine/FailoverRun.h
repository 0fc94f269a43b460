// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/Changes.h"
#include "engine/FailoverFlows.h"

namespace cairn::app {

/// A failover test from the press of its button to its end. Nothing of it can be taken back: a pod that was killed is killed. GUI
/// thread.
class FailoverRun : public RunningChange
{
    Q_OBJECT

public:
    FailoverRun(Changes &changes, std::shared_ptr<ObjectApi> api, const FailoverPlan &plan);

    void execute();
    const FailoverPlan &plan() const { return m_plan; }
    /// As far as it got.
    const FailoverResult &result() const { return m_result; }
    /// Why nothing was killed; nullopt while it runs, and where something was.
    const std::optional<Error> &refused() const { return m_refused; }

    bool canRollBack() const override { return false; }
    /// A test that is stopped takes its probe job away.
    bool isHalfDone() const override { return false; }
    Ending ending() const override;
    QSet<QString> touched() const override { return {Changes::componentMark(m_result.component, m_result.ns)}; }

protected:
    void takeBack() override { }

private:
    const FailoverPlan m_plan;
    FailoverResult m_result;
    std::optional<Error> m_refused;
};

} // namespace cairn::app
