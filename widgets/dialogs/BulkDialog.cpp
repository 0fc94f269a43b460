// SPDX-License-Identifier: GPL-3.0-or-later
#include "dialogs/BulkDialog.h"

#include "base/Text.h"
#include "kit/Announce.h"
#include "kit/Button.h"
#include "kit/Card.h"
#include "kit/Inputs.h"
#include "kit/Label.h"
#include "kit/Messages.h"
#include "views/DataTable.h"

#include <QHBoxLayout>
#include <QScreen>
#include <QVBoxLayout>

namespace cairn::dialogs {

using namespace Qt::StringLiterals;
using namespace cairn::kit;
using items::BulkTableModel;
using jobs::BulkAct;
using Stage = BulkView::Stage;

namespace {

/// Several running jobs are lost with one press; up to this many, their rows are read at a glance.
constexpr int fewJobs = 5;

} // namespace

QString BulkDialog::endedTitle(const BulkView &view)
{
    switch (view.act) {
    case BulkAct::Suspend: return tr("%n job(s) suspended", nullptr, view.done);
    case BulkAct::Unsuspend: return tr("%n job(s) unsuspended", nullptr, view.done);
    case BulkAct::Delete: return tr("%n job(s) deleted", nullptr, view.done);
    }
    return {};
}

BulkDialog::BulkDialog(BulkAct act, QWidget *parent)
    : ChangeDialog(u"bulk"_s, act == BulkAct::Delete ? ButtonVariant::DangerPrimary : ButtonVariant::Primary, parent)
    , m_model(new BulkTableModel(this))
{
    m_view.act = act;
    m_notes = new QWidget;
    m_notesBox = hbox(10);
    m_notes->setLayout(m_notesBox);

    m_table = new views::DataTable(tr("Jobs"));
    m_table->setObjectName(u"bulk.table"_s);
    m_table->setTwoLine(true);
    using views::CellKind;
    m_table->setColumns({{BulkTableModel::Name, CellKind::Text, 130, 240},
                         {BulkTableModel::State, CellKind::Tag, 84, 120},
                         {BulkTableModel::Lost, CellKind::Number, 84, 170},
                         {BulkTableModel::What, CellKind::Tag, 200, 900, true}});
    m_table->setSource(m_model);
    auto *card = new Card(Card::Padding::Flush);
    card->setOutside(Token::Panel);
    card->body()->addWidget(m_table);
    m_currentName = new Label({}, Type::BodyStrong);
    m_current = new Paragraph({}, Type::Body, Token::Dim);

    m_read = new Check({});
    m_read->setObjectName(u"bulk.read"_s);
    m_read->hide();

    m_typing = new QWidget;
    m_typingLabel = new Label({});
    m_typed = new Input(tr("Number of jobs to delete"));
    m_typed->setObjectName(u"bulk.typed"_s);
    m_typed->setType(Type::Mono);
    m_typed->setMaximumWidth(scaled(90));
    auto *typingRow = hbox(10);
    typingRow->addWidget(m_typingLabel);
    typingRow->addWidget(m_typed);
    typingRow->addStretch(1);
    m_typing->setLayout(typingRow);
    m_typing->hide();

    m_again = addButton(u"again"_s, tr("Check again"));
    auto *inner = vbox(space::cards);
    inner->addWidget(m_notes);
    inner->addWidget(card, 1);
    auto *detail = vbox(2);
    detail->addWidget(m_currentName);
    detail->addWidget(m_current);
    inner->addLayout(detail);
    inner->addWidget(m_read);
    inner->addWidget(m_typing);
    setContent(inner, false);
    QWidget *const stops[] = {m_table, m_read, m_typed, m_again, stopButton(), cancelButton(), actButton(), closeButton()};
    for (size_t i = 1; i < std::size(stops); ++i)
        setTabOrder(stops[i - 1], stops[i]);

    const int limit = screen() ? screen()->availableGeometry().height() * 9 / 10 : scaled(620);
    resize(scaled(820), std::min(limit, scaled(600)));

    connect(m_table, &views::DataTable::currentKeyChanged, this, &BulkDialog::showCurrent);
    connect(m_table, &views::DataTable::escaped, this, &QDialog::reject);
    connect(m_read, &QCheckBox::toggled, this, &BulkDialog::updateAct);
    connect(m_typed, &QLineEdit::textEdited, this, &BulkDialog::updateAct);
    connect(m_again, &QPushButton::clicked, this, &BulkDialog::againRequested);
    setView(m_view);
}

void BulkDialog::setView(const BulkView &view)
{
    const bool first = m_model->rowCount() == 0;
    const Stage before = m_view.stage;
    m_view = view;
    setAnswered();
    if (view.stage == Stage::Checking && before != Stage::Checking) {
        // What was read may be otherwise now.
        m_read->setChecked(false);
        m_typed->clear();
    }
    m_model->setRows(view.rows);
    if (first && !view.rows.isEmpty())
        m_table->setCurrentKey(view.rows.first().key);
    updateHead();
    updateNotes();
    showCurrent();
    updateAct();
    if (before != view.stage) {
        announce(titleLabel(), titleLabel()->text());
        // The safe button has the focus; after the act, the only one.
        if (view.stage == Stage::Ready || view.stage == Stage::Ended)
            (view.stage == Stage::Ended ? closeButton() : cancelButton())->setFocus(Qt::OtherFocusReason);
    }
}

void BulkDialog::updateHead()
{
    const BulkView &v = m_view;
    QString title;
    QString sentence;
    // The question is about the jobs that would be acted on; before they are known, about all.
    const int asked = v.stage == Stage::Checking ? v.total : v.acting;
    switch (v.act) {
    case BulkAct::Suspend:
        title = tr("Suspend %n job(s)?", nullptr, asked);
        sentence = tr("Their pods are deleted and their GPUs become free for others. Unsuspending starts them again, each from the point its script chooses.");
        break;
    case BulkAct::Unsuspend:
        title = tr("Unsuspend %n job(s)?", nullptr, asked);
        sentence = tr("They run again, each from the point its script chooses: from its newest checkpoint only if the script looks for one. "
                      "To choose the checkpoint, resume a job instead.");
        break;
    case BulkAct::Delete:
        title = tr("Delete %n job(s)?", nullptr, asked);
        sentence = tr("Their pods, logs and events are deleted with them. This cannot be undone; save their YAML first so that you can recreate them.");
        break;
    }
    if (v.stage == Stage::Running) {
        title = v.act == BulkAct::Suspend ? tr("Suspending %n job(s)", nullptr, v.acting)
            : v.act == BulkAct::Unsuspend ? tr("Unsuspending %n job(s)", nullptr, v.acting)
                                          : tr("Deleting %n job(s)", nullptr, v.acting);
        sentence = tr("%1 of %2 are done. You can close this; the rest continues.").arg(v.done + v.failed).arg(v.acting);
    } else if (v.stage == Stage::Ended) {
        title = endedTitle(v);
        QStringList rest;
        if (v.failed > 0)
            rest.append(tr("%n failed; each row says why.", nullptr, v.failed));
        if (v.stopped > 0)
            rest.append(tr("%n stopped before they started.", nullptr, v.stopped));
        sentence = rest.join(u' ');
    } else if (v.stage == Stage::Ready && v.acting == 0) {
        title = tr("Nothing to do");
        sentence = tr("None of these jobs can be changed; each row says why.");
    } else if (v.stage == Stage::Ready && v.leftOut > 0) {
        sentence += u' ' + tr("%n of the selected jobs are skipped; their rows say why.", nullptr, v.leftOut);
    }
    setHead(title, sentence);
}

void BulkDialog::updateNotes()
{
    struct Line {
        Tone tone;
        QString title;
        QString text;
    };
    QList<Line> lines;
    if (m_view.stage == Stage::Ready && m_view.acting > 0) {
        if (!m_view.lost.isEmpty())
            lines.append({m_view.act == BulkAct::Delete ? Tone::Err : Tone::Warn, tr("Unsaved work"), m_view.lost});
        if (!m_view.stays.isEmpty())
            lines.append({Tone::Ok, tr("Kept"), m_view.stays});
    }
    QStringList shown;
    for (const Line &line : std::as_const(lines))
        shown.append(line.title + line.text);
    m_notes->setVisible(!lines.isEmpty());
    if (shown == m_notesShown)
        return;
    m_notesShown = shown;
    clearLayout(m_notesBox);
    for (const Line &line : std::as_const(lines))
        m_notesBox->addWidget(new Note(line.tone, line.text, line.title), 1);
}

void BulkDialog::resizeEvent(QResizeEvent *event)
{
    QDialog::resizeEvent(event);
    m_notesBox->setDirection(width() < scaled(700) ? QBoxLayout::TopToBottom : QBoxLayout::LeftToRight);
}

void BulkDialog::showCurrent()
{
    const items::BulkRow *row = m_model->find(m_table->currentKey());
    m_currentName->setVisible(row);
    m_current->setVisible(row);
    if (!row)
        return;
    m_currentName->setText(row->name);
    m_current->setText((QStringList{row->text.isEmpty() ? row->tag.text : row->text} + row->more).join(u' '));
}

bool BulkDialog::needsReading() const
{
    return m_view.stage == Stage::Ready && m_view.losing > 0 && (m_view.act == BulkAct::Delete || m_view.acting > fewJobs);
}

bool BulkDialog::needsTyping() const
{
    return m_view.stage == Stage::Ready && m_view.act == BulkAct::Delete && m_view.acting > fewJobs;
}

void BulkDialog::updateAct()
{
    const BulkView &v = m_view;
    m_read->setVisible(needsReading());
    m_read->setText(tr("I understand what %n running job(s) would lose", nullptr, v.losing));
    m_typing->setVisible(needsTyping());
    m_typingLabel->setText(tr("Type %1 to confirm", "a number").arg(m_view.acting));
    QString why;
    if (v.stage == Stage::Checking)
        why = tr("Checking the jobs: %1 of %2").arg(v.looked).arg(v.total);
    else if (v.acting == 0)
        why = tr("Nothing to do.");
    else if (needsReading() && !m_read->isChecked())
        why = tr("Tick the box to confirm the loss.");
    else if (needsTyping() && m_typed->text().trimmed() != QString::number(v.acting))
        why = tr("Enter the number of jobs to confirm.");
    const bool asks = v.stage == Stage::Checking || v.stage == Stage::Ready;
    setFoot(asks ? Foot::Asking : v.stage == Stage::Running ? Foot::Running : Foot::Ended);
    actButton()->setVisible(asks && !(v.stage == Stage::Ready && v.acting == 0));
    m_again->setVisible(v.stage == Stage::Ready);
    cancelButton()->setText(v.act == BulkAct::Delete ? tr("Keep them") : tr("Leave as they are"));
    const int asked = v.stage == Stage::Checking ? v.total : v.acting;
    setAct(v.act == BulkAct::Suspend ? tr("Suspend %1").arg(asked) : v.act == BulkAct::Unsuspend ? tr("Unsuspend %1").arg(asked) : tr("Delete %1").arg(asked), why);
}

} // namespace cairn::dialogs
