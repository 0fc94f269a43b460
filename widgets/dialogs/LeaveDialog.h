// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "kit/Messages.h"

#include <QDialog>

namespace cairn::kit {
class Button;
class CheckList;
class Label;
class Paragraph;
} // namespace cairn::kit

namespace cairn::dialogs {

/// What runs while the last window is to be closed. Texts are safe to show.
struct LeaveView {
    enum class Stage {
        Asking,
        Staying,     ///< the window closes when all is done
        RollingBack, ///< the window closes when all is back
        Leaving,     ///< the window closes when all have stopped
    };
    Stage stage = Stage::Asking;
    QList<kit::CheckItem> changes; ///< title, and what it does now
    bool halfDone = true;          ///< something is half done on the cluster as long as it runs
    bool canRollBack = false;      ///< all of them
    bool leavesRecords = false;    ///< some can be finished later from what is recorded on their jobs
};

/// Says what is under way, and lets the user choose what becomes of it before Cairn is closed. Escape keeps the window
/// open. Show it with open(). GUI thread only.
class LeaveDialog : public QDialog
{
    Q_OBJECT
public:
    explicit LeaveDialog(QWidget *parent = nullptr);
    void setView(const LeaveView &view);

signals:
    void stayRequested();
    void rollBackRequested();
    void leaveRequested();

private:
    kit::Label *m_title;
    kit::Paragraph *m_sentence;
    kit::CheckList *m_changes;
    kit::Paragraph *m_later;
    kit::Button *m_leave;
    kit::Button *m_rollBack;
    kit::Button *m_stay;
    kit::Button *m_keep;
};

} // namespace cairn::dialogs
