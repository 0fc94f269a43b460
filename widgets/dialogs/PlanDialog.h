// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "dialogs/ChangeDialog.h"

namespace cairn::dialogs {

/// A plan of several objects before it is carried out. Texts are safe to show.
struct PlanView {
    QString title;    ///< "Apply the overlay to prod-train-eu?"
    QString sentence;
    QString act;      ///< "Apply 89 objects"
    QList<kit::CheckItem> phases; ///< what will happen, in order
    QList<kit::CheckItem> checks; ///< what the server says of it beforehand
    QStringList problems; ///< forbid it
    QStringList warnings;
    bool checked = false; ///< the checks have ended
};

/// The plan in its order with what the server says of it; then how far each of its phases is. Show it with open(). GUI thread only.
class PlanDialog : public ChangeDialog
{
    Q_OBJECT
public:
    explicit PlanDialog(QWidget *parent = nullptr);
    void setView(const PlanView &view);

protected:
    void updateAct() override;

private:
    PlanView m_view;
    kit::CheckList *m_phases;
    kit::Label *m_dryRun;
    kit::CheckList *m_checks;
    QWidget *m_noteBox;
    QBoxLayout *m_notes;
    QStringList m_shownNotes;
};

} // namespace cairn::dialogs
