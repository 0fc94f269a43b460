// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "change/Change.h"
#include "engine/Changes.h"

namespace cairn::app {

/// A job while it is made. Once, however often it is asked for: an id in the job's annotations tells it from another one where
/// an answer is lost, and a launch of the same id that runs already is found by find(). GUI thread.
class LaunchRun : public RunningChange {
    Q_OBJECT

public:
    /// `creates`: what the job needs, and the job, as previewLaunch() gives them. `made` is called on the thread of the flow as soon as the job is there, whether or not
    /// somebody still looks: it drops the draft.
    LaunchRun(Changes &changes, std::shared_ptr<ObjectApi> api, const QList<change::Change> &creates,
        std::function<void()> made = {});

    /// The one that makes this very job now; null where none does.
    static std::shared_ptr<LaunchRun> find(const Changes &changes, const QString &id);
    /// Of a Create: the id it is recognised by.
    static QString idOf(const change::Change &create);

    /// Again, after it ended without a sure outcome: it finds what it made.
    void execute();
    const ObjectRef &target() const { return m_creates.last().target; }
    /// The job as it was made; nullopt while it runs.
    const std::optional<Result<QJsonObject>> &outcome() const { return m_outcome; }
    /// It ended, and whether the job was made nobody knows: no answer came.
    bool isUnsure() const;
    QString uid() const; ///< of the job that was made

    bool canRollBack() const override { return false; }
    /// From the first request on nobody knows whether the job is there, until an answer comes.
    bool isHalfDone() const override { return isRunning(); }
    Ending ending() const override;

protected:
    void takeBack() override { }

private:
    const QList<change::Change> m_creates; ///< the job is the last
    const std::function<void()> m_made;
    std::optional<Result<QJsonObject>> m_outcome;
};

} // namespace cairn::app
