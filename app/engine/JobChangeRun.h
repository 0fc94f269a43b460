// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "change/Run.h"
#include "engine/Changes.h"

namespace cairn::app {

/// One change of one job, scaled or edited, and the way back. GUI thread.
class JobChangeRun : public RunningChange {
    Q_OBJECT

public:
    JobChangeRun(Changes &changes, std::shared_ptr<ObjectApi> api, const QString &title, const change::Change &change);

    void execute();
    /// After it ended, where canRollBack().
    void putBack() { takeBack(); }
    /// nullopt while it runs.
    const std::optional<Result<QJsonObject>> &outcome() const { return m_outcome; }
    /// It was taken back.
    bool isUndone() const { return m_undoes && m_outcome && m_outcome->has_value(); }
    bool canRollBack() const override;
    bool isHalfDone() const override { return false; } // one write: done or not
    Ending ending() const override;

protected:
    void takeBack() override;

private:
    void carryOut(const change::Change &change);

    const change::Change m_change;
    std::optional<Result<QJsonObject>> m_outcome;
    QJsonObject m_made; ///< the job after the change
    bool m_undoes = false;
};

} // namespace cairn::app
