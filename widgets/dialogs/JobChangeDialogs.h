// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "dialogs/ChangeDialog.h"
#include "editors/CodeProvider.h"
#include "manifest/Diff.h"

namespace cairn::editors {
class CodeEditor;
class DiffView;
} // namespace cairn::editors
namespace cairn::forms {
class NumberField;
}

namespace cairn::dialogs {

/// What stands in the way of a change of one job, and what to know of it. Texts are safe to show.
struct JobChangeNotes {
    QStringList problems; ///< forbid it
    QStringList warnings;
    bool checked = false; ///< the server was asked about what is shown
    bool changes = false; ///< there is something to do
    bool operator==(const JobChangeNotes &) const = default;
};

/// Another number of workers for one job. Show it with open(). GUI thread only.
class ScaleDialog : public ChangeDialog {
    Q_OBJECT

public:
    explicit ScaleDialog(const QString &job, QWidget *parent = nullptr);
    /// `most` 0: no bound. Until then nothing can be chosen.
    void setBounds(const QString &role, int from, int least, int most);
    void setNotes(const JobChangeNotes &notes);

signals:
    void workersChosen(int workers);

protected:
    void updateAct() override;

private:
    const QString m_job; ///< safe to show
    JobChangeNotes m_notes;
    forms::NumberField *m_field;
    QWidget *m_noteBox;
};

/// The YAML of one job to be changed, with what that changes below it. A text that was begun is not closed without a question.
/// Show it with open(). GUI thread only.
class EditDialog : public ChangeDialog {
    Q_OBJECT

public:
    explicit EditDialog(const QString &job, QWidget *parent = nullptr);
    void setText(const QString &text);
    QString text() const;
    void setNotes(const JobChangeNotes &notes);
    void setDiff(const QList<manifest::DiffLine> &diff);
    void setMarks(const QList<editors::CodeProblem> &marks);
    void setProvider(editors::CodeProvider *provider);
    void reject() override;

signals:
    void textEdited();

protected:
    void updateAct() override;

private:
    JobChangeNotes m_notes;
    bool m_loaded = false;
    editors::CodeEditor *m_editor;
    editors::DiffView *m_diff;
    QWidget *m_noteBox;
};

} // namespace cairn::dialogs
