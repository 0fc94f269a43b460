// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "dialogs/BulkView.h"

#include <QDialog>

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

/// What would become of each job, and then what became of it: suspend, let go or delete several at once. The loss and
/// what stays are named before the act; the act is off until every job was looked at and the server tried it. Closing
/// the dialog while it works does not stop it. Show it with open(). GUI thread only.
class BulkDialog : public QDialog
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

signals:
    void actRequested();
    /// Look at the jobs again.
    void againRequested();
    /// Begin no further job; what was done stays.
    void stopRequested();

private:
    void updateHead();
    void updateNotes();
    void updateFoot();
    void showCurrent();
    bool needsReading() const;
    bool needsTyping() const;

    BulkView m_view;
    bool m_acting = false; ///< asked for; no second press until an answer
    items::BulkTableModel *m_model;
    QStringList m_notesShown;
    kit::Label *m_title;
    kit::Paragraph *m_sentence;
    QWidget *m_notes;
    QBoxLayout *m_notesBox;
    views::DataTable *m_table;
    kit::Label *m_currentName;
    kit::Paragraph *m_current;
    kit::Check *m_read;
    QWidget *m_typing;
    kit::Label *m_typingLabel;
    kit::Input *m_typed;
    kit::Label *m_why;
    kit::Button *m_cancel;
    kit::Button *m_again;
    kit::Button *m_stop;
    kit::Button *m_act;
    kit::Button *m_close;
};

} // namespace cairn::dialogs
