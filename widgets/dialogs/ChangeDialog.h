// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "kit/Messages.h"

#include <QDialog>

class QBoxLayout;
class QStackedWidget;

namespace cairn::kit {
class CheckList;
class Label;
class Paragraph;
} // namespace cairn::kit

namespace cairn::dialogs {

/// The steps after the act. Texts are safe to show.
struct ChangeProgress {
    enum class State { Running, Done, Failed, Undone };
    State state = State::Running;
    QString title;                ///< "Resuming llama-ft-7 from step 12 000"
    QString summary;              ///< "Step 12 025 reached 14 s after the start."
    QList<kit::CheckItem> steps;
    std::optional<Error> error;   ///< of Failed
    bool canPutBack = false;
    bool hasLogs = true;          ///< logsRequested() leads somewhere
    bool canCancel = false;       ///< while Running: stopping now leaves a state that can be finished or rolled back
};

/// The frame of every change of a cluster: what it is about, the content that is special to it, and a foot with one named
/// button that says why it is off; after the act the live steps, or what the content makes of them, with the way back.
/// Closing it does not stop what was begun. Show it with open(). GUI thread only.
class ChangeDialog : public QDialog
{
    Q_OBJECT
public:
    /// After the act: the dialog changes to the steps and stays there.
    void setProgress(const ChangeProgress &progress);
    bool inProgress() const;
    /// The change could not be applied and nothing was changed: back to the content, with the error on top.
    void setRefused(const Error &error);

signals:
    void actRequested();
    /// Begin nothing further; what was done stays and can be finished or rolled back.
    void stopRequested();
    void rollBackRequested();
    void logsRequested();

protected:
    /// `id` begins the names of all its parts: "resume.act".
    ChangeDialog(const QString &id, kit::ButtonVariant act, QWidget *parent);

    /// Takes the content; under a scroll area, or as high as there is room.
    void setContent(QLayout *content, bool scrolls);
    void setHead(const QString &title, const QString &sentence);
    kit::Button *addButton(const QString &name, const QString &text);
    /// `why` the act is off; "" where it may be asked for. While an answer is awaited it is off anyway.
    void setAct(const QString &text, const QString &why);
    /// An answer came: the act may be asked for again.
    void setAnswered();
    /// Which buttons the foot has: before the act, while it runs, after it.
    enum class Foot { Asking, Running, Ended };
    void setFoot(Foot foot);
    kit::Label *titleLabel() const { return m_title; }
    kit::Button *actButton() const { return m_act; }
    kit::Button *cancelButton() const { return m_cancel; }
    kit::Button *stopButton() const { return m_stop; }
    kit::Button *closeButton() const { return m_close; }
    /// Says again what stands in the way of the act.
    virtual void updateAct() = 0;

private:
    QWidget *makeProgress();

    const QString m_id;
    bool m_acting = false; ///< the act was asked for; no second press until an answer
    QString m_headTitle, m_headSentence; ///< of the content
    QStackedWidget *m_stack;
    kit::Label *m_title;
    kit::Paragraph *m_sentence;
    QWidget *m_refused;
    QBoxLayout *m_refusedBox;
    kit::CheckList *m_steps;
    QWidget *m_error;
    QBoxLayout *m_errorBox;
    QBoxLayout *m_foot;
    kit::Button *m_logs;
    kit::Label *m_why;
    QList<kit::Button *> m_more; ///< of the content
    kit::Button *m_cancel;
    kit::Button *m_act;
    kit::Button *m_stop;
    kit::Button *m_putBack;
    kit::Button *m_close;
};

} // namespace cairn::dialogs
