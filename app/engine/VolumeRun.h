// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/Changes.h"
#include "engine/VolumeFlows.h"

namespace cairn::app {

/// Storage while it is made and until it is bound, or taken back. GUI thread.
class VolumeRun : public RunningChange {
    Q_OBJECT

public:
    VolumeRun(Changes &changes, std::shared_ptr<ObjectApi> api, const VolumePlan &plan);

    /// `secrets` as in change::Options.
    void execute(const QMap<QString, Secret> &secrets);
    /// After it ended, where canRollBack().
    void putBack() { takeBack(); }

    /// nullopt while it runs, and once it was taken back.
    const std::optional<Result<VolumeOutcome>> &outcome() const { return m_outcome; }
    /// What came of taking it back; nullopt where nobody did.
    const std::optional<Result<change::PlanOutcome>> &undone() const { return m_undone; }
    bool canRollBack() const override;
    bool isHalfDone() const override;
    Ending ending() const override;

protected:
    void takeBack() override;

private:
    change::Options options();

    const VolumePlan m_plan;
    std::optional<Result<VolumeOutcome>> m_outcome;
    std::optional<Result<change::PlanOutcome>> m_undone;
    bool m_creating = false; ///< some of it may be made, and the rest is still to be
};

} // namespace cairn::app
