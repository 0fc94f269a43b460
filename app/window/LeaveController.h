// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "dialogs/LeaveDialog.h"
#include "engine/Changes.h"

#include <QPointer>

namespace cairn::app {

/// Asks what becomes of the changes that run when the last window is closed. GUI thread.
class LeaveController : public QObject
{
    Q_OBJECT

public:
    /// `changes` outlives it.
    LeaveController(Changes &changes, QWidget *window);

    /// True when nothing runs. Otherwise asks, and closes the window itself once nothing runs any longer, also where that
    /// comes before an answer; unless something failed: then the window stays, for that has to be seen.
    bool mayClose();

private:
    void begin(dialogs::LeaveView::Stage stage);
    void show();
    void onEnded(const RunningChange *change);
    void onChanged();

    Changes &m_changes;
    QWidget *m_window;
    QPointer<dialogs::LeaveDialog> m_dialog;
    dialogs::LeaveView::Stage m_stage = dialogs::LeaveView::Stage::Asking;
    bool m_failed = false;
};

} // namespace cairn::app
