// SPDX-License-Identifier: GPL-3.0-or-later
#include "dialogs/AskDialog.h"

#include "base/Text.h"
#include "editors/DiffView.h"
#include "forms/FieldRow.h"
#include "kit/Button.h"
#include "kit/Card.h"
#include "kit/Label.h"
#include "kit/Messages.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

namespace cairn::dialogs {

using namespace Qt::StringLiterals;
using namespace cairn::kit;

AskDialog::AskDialog(const QString &id, const AskView &view, QWidget *parent)
    : QDialog(parent)
    , m_error(vbox(0))
    , m_fields(vbox(0))
    , m_cancel(new Button(tr("Cancel")))
    , m_act(new Button(view.act, view.danger ? ButtonVariant::DangerPrimary : ButtonVariant::Primary))
{
    setObjectName(id);
    setWindowTitle(view.title);
    paintBackground(this, Token::Panel);
    auto *box = vbox(space::cards);
    box->setContentsMargins(22, 20, 22, 18);
    auto *title = new Label(view.title, Type::PageTitle);
    title->setWordWrap(true);
    auto *head = vbox(2);
    head->addWidget(title);
    head->addWidget(new Paragraph(view.sentence, Type::Body, Token::Dim));
    box->addLayout(head);
    box->addLayout(m_error);
    box->addLayout(m_fields);
    if (view.diff.isEmpty()) {
        box->addStretch(1);
    } else {
        auto *card = new Card(Card::Padding::Flush);
        card->setOutside(Token::Panel);
        auto *diff = new editors::DiffView;
        diff->setObjectName(id + u".diff"_s);
        diff->setLines(view.diff);
        card->body()->addWidget(diff, 1);
        box->addWidget(card, 1);
    }
    m_cancel->setObjectName(id + u".cancel"_s);
    m_act->setObjectName(id + u".act"_s);
    auto *foot = hbox(10);
    foot->addStretch(1);
    foot->addWidget(m_cancel);
    foot->addWidget(m_act);
    box->addLayout(foot);
    setLayout(box);
    resize(scaled(view.diff.isEmpty() ? 480 : 680), view.diff.isEmpty() ? sizeHint().height() : scaled(440));
    connect(m_cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_act, &QPushButton::clicked, this, [this] {
        clearLayout(m_error);
        if (!m_form || !m_form->revealFirstError())
            emit actRequested();
    });
    (view.danger ? m_cancel : m_act)->setFocus(Qt::OtherFocusReason);
}

void AskDialog::setForm(forms::Form *form)
{
    m_form = form;
    m_fields->addWidget(form);
    // It was made after the buttons.
    setTabOrder(form->fields().last(), m_cancel);
    setTabOrder(m_cancel, m_act);
    resize(scaled(560), sizeHint().height());
}

void AskDialog::setError(const Error &error)
{
    clearLayout(m_error);
    QStringList lines;
    for (const QString &line : {error.why, error.fix})
        if (!line.isEmpty())
            lines.append(text::safe(line));
    m_error->addWidget(new Note(Tone::Err, lines.join(u' '), text::safe(error.what)));
}

} // namespace cairn::dialogs
