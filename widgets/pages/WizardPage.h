// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "forms/StepList.h"

#include <QDateTime>
#include <QPointer>

class QStackedWidget;

namespace cairn::forms {
class LivePane;
class LiveSplit;
} // namespace cairn::forms
namespace cairn::kit {
class Button;
class ElidedLabel;
class Label;
class Paragraph;
} // namespace cairn::kit

namespace cairn::pages {

/// The frame of every wizard. It is a page, not a dialog: its steps take the place of the pages in the sidebar, so that the
/// cluster which will change stays in sight. Title and answer, the form of the step (it alone scrolls), what comes of it beside
/// it, and a foot with Discard…, Back and Next. Every step opens at any time, and nothing is applied before the last.
///
/// Keys: Ctrl Enter next, Alt 1 … 9 a step, F6 form ↔ live result, Esc leaves; the draft stays. Pure presentation: the owner saves
/// the draft, says whether Next may be pressed, and does what the last step asks for. GUI thread only.
class WizardPage : public QWidget
{
    Q_OBJECT
public:
    /// `name` begins the names of its parts, `title` stands over the steps, `from` is the page that it was begun on.
    WizardPage(const QString &name, const QString &title, const QString &from, QWidget *parent = nullptr);
    ~WizardPage() override;

    /// What the window shows in place of its pages. The wizard's; hidden while it is not shown.
    forms::StepList *steps() const { return m_steps; }
    /// In order; all before the first is shown. `subtitle` stands behind the title of the step.
    void addStep(const forms::Step &step, const QString &subtitle, QWidget *form);
    void setStepState(const QString &id, forms::Step::State state, const QString &detail);
    int currentStep() const;
    void showStep(int index);

    /// The answer of the page, rewritten with each change; `detail` below it in dim. Safe to show. `pending`: a longer one is on its
    /// way, and has its room already: room that was taken on a step is kept, so that no field moves under the pointer.
    void setAnswer(const QString &answer, const QString &detail = {}, bool pending = false);
    /// Left in the foot, dim: "Nothing is changed on the cluster before the last step."
    void setNote(const QString &note);
    /// Why there is no going on from this step; "" where there is.
    void setNextRefusal(const QString &why);
    /// Buttons of the last step take the place of Next there. Not owned.
    void setLastButtons(const QList<QWidget *> &buttons);
    /// When the draft was written, and when the cluster was read that the page speaks of; invalid for not yet.
    void setDraft(const QDateTime &saved, const QDateTime &now, const QDateTime &read = {});
    void setDraftProblem(const QString &why);

    forms::LivePane *live() const { return m_live; }
    /// Back, Next and what the last step does: never to be covered.
    QWidget *foot() const { return m_foot; }

signals:
    void stepShown(int index);
    void discardRequested();
    /// Back to the page it was begun on; the draft stays.
    void leaveRequested();

protected:
    /// Ends the construction: `live` stands at the right of the forms. `formMost` as LiveSplit::setFormMost().
    void setLive(forms::LivePane *live, const QString &title, int formMost = 0);
    void keyPressEvent(QKeyEvent *event) override;
    virtual void shown(int index) { Q_UNUSED(index) }

private:
    void goOn();
    void updateFoot();

    struct Entry {
        QString title, subtitle;
    };
    const QString m_title;
    QPointer<forms::StepList> m_steps;
    QList<Entry> m_entries;
    class WizardHead *m_top;
    kit::Label *m_head;
    kit::ElidedLabel *m_subtitle;
    kit::Paragraph *m_answer;
    kit::Paragraph *m_detail;
    QStackedWidget *m_forms;
    forms::LivePane *m_live = nullptr;
    QWidget *m_formSide;
    class QVBoxLayout *m_whole;
    QWidget *m_foot;
    kit::Button *m_discard;
    kit::ElidedLabel *m_note;
    kit::Button *m_back;
    kit::Button *m_next;
    class QHBoxLayout *m_lastBox;
    QWidget *m_last;
    QString m_refusal;
};

} // namespace cairn::pages
