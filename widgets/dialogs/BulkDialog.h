// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "dialogs/BulkView.h"
#include "dialogs/ChangeDialog.h"

class QBoxLayout;

namespace cairn::kit {
class Button;
class Check;
class Input;
class Label;
class Paragraph;
} // namespace cairn::kit

namespace cairn::views {
class DataTable;
}

namespace cairn::dialogs {

/// What would become of each job, and then what became of it: suspend, unsuspend or delete several at once. The loss and
/// what stays are named before the act; the act is off until every job was looked at and the server tried it. What becomes
/// of each is told in the table, not in steps.
class BulkDialog : public ChangeDialog
{
    Q_OBJECT
public:
    explicit BulkDialog(jobs::BulkAct act, QWidget *parent = nullptr);

    void setView(const BulkView &view);
    const BulkView &view() const { return m_view; }
    /// "3 jobs suspended": what came of it, once it has ended.
    static QString endedTitle(const BulkView &view);

protected:
    void resizeEvent(QResizeEvent *event) override;
    void updateAct() override;

signals:
    /// Look at the jobs again.
    void againRequested();

private:
    void updateHead();
    void updateNotes();
    void showCurrent();
    bool needsReading() const;
    bool needsTyping() const;

    BulkView m_view;
    items::BulkTableModel *m_model;
    QStringList m_notesShown;
    QWidget *m_notes;
    QBoxLayout *m_notesBox;
    views::DataTable *m_table;
    kit::Label *m_currentName;
    kit::Paragraph *m_current;
    kit::Check *m_read;
    QWidget *m_typing;
    kit::Label *m_typingLabel;
    kit::Input *m_typed;
    kit::Button *m_again;
};

} // namespace cairn::dialogs
