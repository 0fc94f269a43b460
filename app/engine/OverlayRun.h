// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "change/Executor.h"
#include "engine/Changes.h"

namespace cairn::app {

/// A plan of several objects while it is carried out, gone on with, or taken back: an overlay that is applied. GUI thread.
class OverlayRun : public RunningChange
{
    Q_OBJECT

public:
    /// One change of the plan, as far as it got.
    struct Step {
        enum class State { Waiting, Running, Done, TakenBack };
        change::Change change; ///< with its phase, the heading it stands under
        State state = State::Waiting;
        QString text;          ///< what it does or waits for now, one sentence; safe to show; may be empty
        QDateTime begun, ended; ///< UTC
    };

    OverlayRun(Changes &changes, std::shared_ptr<ObjectApi> api, const QString &title) : RunningChange(changes, std::move(api), title) {}

    /// `secrets` as in change::Options: for steps that write Secrets.
    void execute(const change::Plan &plan, const QMap<QString, Secret> &secrets = {});
    /// Goes on with what is recorded, or takes it back. Of a change that is done, finishing removes the record. Whoever asks for it
    /// has shown what the record changes, and where.
    void recover(const ObjectRef &record, const change::Record &content, bool finish, const QMap<QString, Secret> &secrets = {});
    /// After it ended, where canRollBack().
    void putBack() { takeBack(); }

    const QList<Step> &steps() const { return m_steps; }
    /// nullopt while it runs.
    const std::optional<Result<change::PlanOutcome>> &outcome() const { return m_outcome; }
    bool canRollBack() const override;
    bool isHalfDone() const override;
    Ending ending() const override;
    QSet<QString> touched() const override;

protected:
    void takeBack() override;

private:
    template <class Work>
    void carryOut(bool back, const QMap<QString, Secret> &secrets, Work work);
    void take(const QList<change::Change> &changes, qsizetype done);
    void onEvent(const change::Event &event);

    QList<Step> m_steps;
    std::optional<Result<change::PlanOutcome>> m_outcome;
    bool m_undoes = false;
};

} // namespace cairn::app
