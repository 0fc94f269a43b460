// SPDX-License-Identifier: GPL-3.0-or-later
#include "dialogs/JobChangeDialogs.h"

#include "dialogs/AskDialog.h"
#include "editors/CodeEditor.h"
#include "editors/DiffView.h"
#include "forms/FieldRow.h"
#include "forms/NumberField.h"
#include "kit/Card.h"
#include "kit/Label.h"

#include <QScrollArea>
#include <QVBoxLayout>

namespace cairn::dialogs {

using namespace Qt::StringLiterals;
using namespace cairn::kit;

namespace {

QWidget *noteBox()
{
    auto *box = new QWidget;
    box->setLayout(vbox(8));
    box->hide();
    return box;
}

void showNotes(QWidget *box, const JobChangeNotes &notes)
{
    auto *layout = static_cast<QVBoxLayout *>(box->layout());
    clearLayout(layout);
    for (const QString &text : notes.problems)
        layout->addWidget(new Note(Tone::Err, text));
    for (const QString &text : notes.warnings)
        layout->addWidget(new Note(Tone::Warn, text));
    box->setVisible(layout->count() > 0);
}

} // namespace

ScaleDialog::ScaleDialog(const QString &job, QWidget *parent)
    : ChangeDialog(u"scale"_s, ButtonVariant::Primary, parent)
    , m_job(job)
    , m_field(new forms::NumberField(tr("Workers"), {}, forms::NumberField::Look::Stepper))
    , m_noteBox(noteBox())
{
    m_field->setObjectName(u"scale.workers"_s);
    auto *content = vbox(12);
    content->addWidget(new Label(tr("Workers"), Type::Section));
    content->addWidget(m_field, 0, Qt::AlignLeft);
    content->addWidget(m_noteBox);
    content->addStretch(1);
    setContent(content, true);
    resize(scaled(560), scaled(380));
    setHead(tr("Scale %1").arg(job), tr("Reading the job…"));
    m_field->setEnabled(false);
    connect(m_field, &forms::Field::changed, this, [this] {
        m_notes = {};
        showNotes(m_noteBox, m_notes);
        updateAct();
        if (const std::optional<double> number = m_field->number(); number && m_field->isValid())
            emit workersChosen(static_cast<int>(*number));
    });
    updateAct();
}

void ScaleDialog::setBounds(const QString &role, int from, int least, int most)
{
    setHead(tr("Scale %1").arg(m_job),
        most > 0 ? tr("It has %1 of the replica %2, and may have %3 to %4.").arg(from).arg(role).arg(least).arg(most)
                 : tr("It has %1 of the replica %2.").arg(from).arg(role));
    m_field->setRange(least, most > 0 ? most : 100000);
    if (!m_field->isEnabled()) {
        const QSignalBlocker quiet(m_field); // nobody chose it
        m_field->setValue(from);
        m_field->setEnabled(true);
        m_field->setFocus(Qt::OtherFocusReason);
    }
}

void ScaleDialog::setNotes(const JobChangeNotes &notes)
{
    m_notes = notes;
    showNotes(m_noteBox, notes);
    setAnswered();
    updateAct();
}

void ScaleDialog::updateAct()
{
    const QString why = !m_notes.problems.isEmpty() ? tr("It cannot be scaled so.")
        : !m_notes.checked                          ? (m_field->isEnabled() ? tr("Asking the server…") : tr("Reading the job…"))
        : !m_notes.changes                          ? tr("It has so many already.")
                                                    : QString();
    setAct(tr("Scale"), why);
}

EditDialog::EditDialog(const QString &job, QWidget *parent)
    : ChangeDialog(u"edit"_s, ButtonVariant::Primary, parent)
    , m_editor(new editors::CodeEditor(tr("YAML of the job")))
    , m_diff(new editors::DiffView)
    , m_noteBox(noteBox())
{
    m_editor->setObjectName(u"edit.text"_s);
    m_diff->setObjectName(u"edit.diff"_s);
    m_diff->setAccessibleName(tr("What changes"));
    auto *content = vbox(8);
    auto *card = new Card(Card::Padding::Flush);
    card->setOutside(Token::Panel);
    card->body()->addWidget(m_editor, 1);
    content->addWidget(card, 3);
    QScrollArea *notes = scrollDown(m_noteBox);
    notes->setMaximumHeight(scaled(150));
    content->addWidget(notes);
    content->addWidget(new Label(tr("What changes"), Type::Section));
    auto *below = new Card(Card::Padding::Flush);
    below->setOutside(Token::Panel);
    below->body()->addWidget(m_diff, 1);
    content->addWidget(below, 2);
    setContent(content, false);
    resize(scaled(900), scaled(700));
    setHead(tr("Edit %1").arg(job), tr("Nothing is written before you press Apply. The server tries it meanwhile."));
    connect(m_editor, &editors::CodeEditor::textChanged, this, [this] {
        if (!m_loaded)
            return;
        m_notes.checked = false;
        updateAct();
        emit textEdited();
    });
    updateAct();
}

void EditDialog::setText(const QString &text)
{
    m_loaded = false;
    m_editor->setText(text);
    m_editor->setReadOnly(false);
    m_editor->setModified(false);
    m_editor->setFocus(Qt::OtherFocusReason);
    m_loaded = true;
    updateAct();
}

QString EditDialog::text() const
{
    return m_editor->text();
}

void EditDialog::setNotes(const JobChangeNotes &notes)
{
    m_notes = notes;
    showNotes(m_noteBox, notes);
    setAnswered();
    updateAct();
}

void EditDialog::setDiff(const QList<manifest::DiffLine> &diff)
{
    m_diff->setLines(diff);
}

void EditDialog::setMarks(const QList<editors::CodeProblem> &marks)
{
    m_editor->setProblems(marks);
}

void EditDialog::setProvider(editors::CodeProvider *provider)
{
    m_editor->setProvider(provider);
}

void EditDialog::reject()
{
    if (inProgress() || !m_editor->isModified()) {
        ChangeDialog::reject();
        return;
    }
    auto *ask = new AskDialog(u"discardEdit"_s, {tr("Discard your text?"), tr("What you changed is lost. The job stays as it is."), {}, tr("Discard it"), true}, this);
    ask->setAttribute(Qt::WA_DeleteOnClose);
    connect(ask, &AskDialog::actRequested, this, [this, ask] {
        ask->accept();
        m_editor->setModified(false);
        ChangeDialog::reject();
    });
    ask->open();
}

void EditDialog::updateAct()
{
    const QString why = !m_loaded                      ? tr("Reading the job…")
        : m_notes.checked && !m_notes.problems.isEmpty() ? tr("Settle the problems first.")
        : m_notes.checked && !m_notes.changes            ? tr("Nothing differs.")
        : !m_notes.checked && m_editor->isModified()     ? tr("Asking the server…")
        : !m_notes.checked                               ? tr("Nothing differs.")
                                                         : QString();
    setAct(tr("Apply"), why);
}

} // namespace cairn::dialogs
