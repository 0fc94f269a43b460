// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "dialogs/ResumeView.h"
#include "editors/DiffView.h"

#include <QDialog>

class QHBoxLayout;
class QRadioButton;
class QScrollArea;
class QStackedWidget;
class QVBoxLayout;

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
/// Show it with open(). Closing it while steps run does not stop them. GUI thread only.
class ResumeDialog : public QDialog
{
    Q_OBJECT
public:
    explicit ResumeDialog(QWidget *parent = nullptr);

    /// Before the act. Does not disturb what is being typed.
    void setView(const ResumeView &view);
    /// After the act: the dialog changes to the steps and stays there.
    void setProgress(const ResumeProgress &progress);
    bool inProgress() const;
    /// The change could not be applied and nothing was changed: back to the checks, with the error on top.
    void setRefused(const Error &error);

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
    void resumeRequested();
    void putBackRequested();
    /// Stop waiting; what was done stays and can be finished or undone.
    void cancelRequested();
    void logsRequested();

private:
    QWidget *makePlan();
    QWidget *makeContract();
    QWidget *makeProgress();
    void updateAct();
    void chooseContract();

    ResumeView m_view;
    bool m_acting = false; ///< the act was asked for; no second press until an answer
    QStackedWidget *m_stack;

    kit::Label *m_title;
    kit::Paragraph *m_sentence;
    QWidget *m_refused;
    QVBoxLayout *m_refusedBox;
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
    kit::Label *m_why;
    kit::Button *m_saveYaml;
    kit::Button *m_act;

    kit::Label *m_progressTitle;
    kit::Paragraph *m_progressText;
    kit::CheckList *m_steps;
    QWidget *m_error;
    QVBoxLayout *m_errorBox;
    kit::Button *m_stop;
    kit::Button *m_putBack;
    kit::Button *m_logs;
    kit::Button *m_close;
};

} // namespace cairn::dialogs
