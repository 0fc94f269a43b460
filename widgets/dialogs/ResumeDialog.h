// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "dialogs/ChangeDialog.h"
#include "dialogs/ResumeView.h"
#include "editors/DiffView.h"

class QRadioButton;

namespace cairn::kit {
class Button;
class Card;
class Check;
class FormRow;
class Input;
class Label;
class Paragraph;
class Segment;
} // namespace cairn::kit

namespace cairn::dialogs {

/// Will this start, and what differs? Checks first, then the diff, then one named button; after it the live steps until
/// the first new training step. Every change of a field is a wish: the owner plans anew and calls setView() again.
class ResumeDialog : public ChangeDialog
{
    Q_OBJECT
public:
    explicit ResumeDialog(QWidget *parent = nullptr);

    /// Before the act. Does not disturb what is being typed.
    void setView(const ResumeView &view);
    QString newName() const;
    bool acceptsUnverified() const;

signals:
    void newNameChanged(const QString &name);
    void newObjectChosen(bool newObject);
    void contractChosen(const cairn::dialogs::ResumeContract &contract);
    void wrapperChosen(bool wrapper);
    void unverifiedAccepted(bool accepted);
    /// A button of a check ("Check again", "Use 3 workers").
    void checkTriggered(const QString &checkId, const QString &offerId);
    void saveYamlRequested();

protected:
    void updateAct() override;

private:
    QLayout *makePlan();
    QWidget *makeContract();
    void chooseContract();

    ResumeView m_view;

    kit::Segment *m_object;
    kit::FormRow *m_objectRow;
    kit::FormRow *m_nameRow;
    kit::Input *m_name;
    kit::Paragraph *m_checkpoint;
    kit::Paragraph *m_told;
    kit::Button *m_change;
    kit::FormRow *m_saveRow;
    kit::Paragraph *m_saveDir;
    kit::FormRow *m_lostRow;
    kit::Paragraph *m_lost;
    kit::FormRow *m_restartRow;
    kit::Paragraph *m_restart;
    kit::Check *m_wrapper;
    kit::Check *m_unverified;
    kit::Card *m_contract;
    QRadioButton *m_byEnv;
    QRadioButton *m_byArgs;
    QRadioButton *m_byItself;
    kit::Input *m_env;
    kit::Input *m_saveEnv;
    kit::Input *m_args;
    kit::Input *m_saveArgs;
    kit::Paragraph *m_contractError;
    kit::Button *m_contractUse;
    kit::CheckList *m_problems;
    kit::CheckList *m_checks;
    kit::CheckList *m_warnings;
    kit::Card *m_diffCard;
    kit::Label *m_diffTitle;
    kit::Label *m_diffCount;
    editors::DiffView *m_diff;
    kit::Button *m_saveYaml;
};

} // namespace cairn::dialogs
