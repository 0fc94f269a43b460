// SPDX-License-Identifier: GPL-3.0-or-later
#include "LeaveController.h"

#include <algorithm>

namespace cairn::app {

using Stage = dialogs::LeaveView::Stage;

LeaveController::LeaveController(Changes &changes, QWidget *window)
    : QObject(window)
    , m_changes(changes)
    , m_window(window)
{
    connect(&changes, &Changes::ended, this, &LeaveController::onEnded);
    connect(&changes, &Changes::changed, this, &LeaveController::onChanged);
    connect(&changes, &Changes::progressed, this, &LeaveController::show);
}

bool LeaveController::mayClose()
{
    if (m_changes.running().isEmpty())
        return true;
    if (m_dialog) {
        m_dialog->raise();
        return false;
    }
    m_dialog = new dialogs::LeaveDialog(m_window);
    m_dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(m_dialog, &dialogs::LeaveDialog::stayRequested, this, [this] { begin(Stage::Staying); });
    connect(m_dialog, &dialogs::LeaveDialog::rollBackRequested, this, [this] { begin(Stage::RollingBack); });
    connect(m_dialog, &dialogs::LeaveDialog::leaveRequested, this, [this] { begin(Stage::Leaving); });
    m_stage = Stage::Asking;
    m_failed = false;
    show();
    m_dialog->open();
    return false;
}

void LeaveController::begin(Stage stage)
{
    m_stage = stage;
    show();
    for (const std::shared_ptr<RunningChange> &change : m_changes.running()) {
        if (stage == Stage::RollingBack)
            change->rollBack();
        else if (stage == Stage::Leaving)
            change->stop();
    }
}

void LeaveController::show()
{
    if (!m_dialog)
        return;
    dialogs::LeaveView view;
    view.stage = m_stage;
    const QList<std::shared_ptr<RunningChange>> running = m_changes.running();
    for (const std::shared_ptr<RunningChange> &change : running)
        view.changes.append({QString::number(view.changes.size()), kit::CheckItem::State::Running, change->title(), change->latest(), {}, {}});
    view.canRollBack = std::ranges::all_of(running, [](const auto &change) { return change->canRollBack(); });
    view.halfDone = std::ranges::any_of(running, [](const auto &change) { return change->isHalfDone(); });
    view.leavesRecords = std::ranges::any_of(running, [](const auto &change) { return change->isHalfDone() && !change->job().isEmpty(); });
    m_dialog->setView(view);
}

void LeaveController::onEnded(const RunningChange *change)
{
    // What was left for later has not failed.
    if (m_dialog && m_stage != Stage::Leaving)
        m_failed |= change->ending().failed;
}

void LeaveController::onChanged()
{
    show();
    if (!m_dialog || !m_changes.running().isEmpty())
        return;
    // Closing is what was asked for, and nothing stands in its way any longer.
    const bool closes = !m_failed;
    m_dialog->close();
    if (closes)
        m_window->close();
}

} // namespace cairn::app
