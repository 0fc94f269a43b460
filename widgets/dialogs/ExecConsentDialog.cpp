// SPDX-License-Identifier: GPL-3.0-or-later
#include "dialogs/ExecConsentDialog.h"

#include "items/CellText.h"
#include "kit/Button.h"
#include "kit/Card.h"
#include "kit/Inputs.h"
#include "kit/Label.h"

#include <QHBoxLayout>
#include <QPlainTextEdit>
#include <QScrollArea>
#include <QVBoxLayout>

namespace cairn::dialogs {

using namespace Qt::StringLiterals;
using namespace cairn::kit;

namespace {

Paragraph *mono(const QString &text)
{
    return new Paragraph(text.isEmpty() ? u"–"_s : u'`' + text + u'`');
}

/// Wrapped anywhere and scrolled, never cut: what is agreed to must be readable to its last character. Plain text, so that
/// nothing in it can pass for the dialog's own words.
QPlainTextEdit *wholeText(const QString &name, int height)
{
    auto *text = new QPlainTextEdit;
    text->setReadOnly(true);
    text->setTabChangesFocus(true);
    text->setWordWrapMode(QTextOption::WrapAnywhere);
    text->setAccessibleName(name);
    bindTheme(text, [text, height] {
        text->setFont(typeFont(Type::Mono));
        text->setFixedHeight(scaled(height));
    });
    return text;
}

} // namespace

ExecConsentDialog::ExecConsentDialog(const ExecConsentView &view, QWidget *parent)
    : QDialog(parent)
    , m_view(view)
{
    setObjectName(u"execConsent"_s);
    setWindowTitle(tr("Allow %1 to run?").arg(view.program));
    paintBackground(this, Token::Panel);
    auto *box = vbox(space::cards);
    box->setContentsMargins(22, 20, 22, 18);
    auto *title = new Label(windowTitle(), Type::PageTitle);
    title->setWordWrap(true);
    auto *head = vbox(2);
    head->addWidget(title);
    head->addWidget(new Paragraph(tr("The context **%1** signs in with a program on this computer. It runs with your "
                                     "permissions each time a new credential is needed.")
                                      .arg(view.context),
                                  Type::Body, Token::Dim));
    box->addLayout(head);
    m_command = wholeText(tr("What runs"), 76);
    m_command->setObjectName(u"execConsent.command"_s);
    box->addWidget(m_command);
    auto *form = vbox(6);
    form->addWidget(new FormRow(tr("Program"), mono(view.binary)));
    if (!view.environment.isEmpty()) {
        m_environment = wholeText(tr("Environment"), 52);
        m_environment->setObjectName(u"execConsent.environment"_s);
        form->addWidget(new FormRow(tr("Environment"), m_environment));
    }
    if (!view.files.isEmpty()) {
        auto *files = wholeText(tr("Files passed to it"), 52);
        files->setObjectName(u"execConsent.files"_s);
        files->setPlainText(view.files.join(u'\n'));
        form->addWidget(new FormRow(tr("Files passed to it"), files));
    }
    form->addWidget(new FormRow(tr("Requested by"), mono(view.file)));
    box->addLayout(form);
    if (!view.wholeCommand.isEmpty()) {
        auto *show = new Button(tr("Show masked values"), ButtonVariant::Normal, Button::Size::Small);
        show->setObjectName(u"execConsent.show"_s);
        show->setCheckable(true);
        show->setAutoDefault(false);
        connect(show, &QPushButton::toggled, this, &ExecConsentDialog::showValues);
        auto *row = hbox(0);
        row->addWidget(show);
        row->addStretch(1);
        box->addLayout(row);
    }
    if (view.interpreter)
        box->addWidget(new Paragraph(tr("**This program runs whatever its arguments say** and may load files that they do not name. "
                                        "Allow it only if you know what the command does."),
                                     Type::Meta, Token::Warn));
    box->addWidget(new Paragraph(tr("The consent covers exactly this program, its arguments and environment, the files named "
                                    "there, and this kubeconfig. If any of them changes, Cairn asks again."),
                                 Type::Meta, Token::Dim));
    showValues(false);
    box->addStretch(1);
    auto *cancel = new Button(tr("Don't allow"));
    cancel->setObjectName(u"execConsent.cancel"_s);
    auto *allow = new Button(tr("Allow this program"), ButtonVariant::Primary);
    allow->setObjectName(u"execConsent.allow"_s);
    allow->setAutoDefault(false);
    cancel->setDefault(true);
    auto *foot = hbox(10);
    foot->addStretch(1);
    foot->addWidget(cancel);
    foot->addWidget(allow);
    box->addLayout(foot);
    setLayout(box);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(allow, &QPushButton::clicked, this, &QDialog::accept);
    cancel->setFocus(Qt::OtherFocusReason);
    resize(scaled(600), sizeHint().height());
}

void ExecConsentDialog::showValues(bool whole)
{
    m_command->setPlainText(whole ? m_view.wholeCommand : m_view.command);
    if (m_environment)
        m_environment->setPlainText((whole ? m_view.wholeEnvironment : m_view.environment).join(u'\n'));
}

ProgramsDialog::ProgramsDialog(QWidget *parent)
    : QDialog(parent)
{
    setObjectName(u"programs"_s);
    setWindowTitle(tr("Programs allowed to run for sign-in"));
    paintBackground(this, Token::Panel);
    auto *box = vbox(space::cards);
    box->setContentsMargins(22, 20, 22, 18);
    box->addWidget(new Label(windowTitle(), Type::PageTitle));
    m_none = new Paragraph(tr("No program is allowed yet. Cairn asks before each program's first run."), Type::Body, Token::Dim);
    box->addWidget(m_none);
    auto *list = new QWidget;
    m_rows = vbox(8);
    list->setLayout(m_rows);
    list->setAutoFillBackground(false);
    auto *scroll = new QScrollArea;
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->viewport()->setAutoFillBackground(false);
    scroll->setWidget(list);
    box->addWidget(scroll, 1);
    auto *close = new Button(tr("Close"), ButtonVariant::Primary);
    close->setObjectName(u"programs.close"_s);
    auto *foot = hbox(10);
    foot->addStretch(1);
    foot->addWidget(close);
    box->addLayout(foot);
    setLayout(box);
    connect(close, &QPushButton::clicked, this, &QDialog::accept);
    resize(scaled(600), scaled(380));
}

void ProgramsDialog::setPrograms(const QList<AllowedProgram> &programs)
{
    clearLayout(m_rows);
    m_none->setVisible(programs.isEmpty());
    for (const AllowedProgram &program : programs) {
        auto *card = new Card;
        card->setTokens(Token::Line, Token::Bg);
        auto *row = hbox(10);
        auto *texts = vbox(2);
        texts->addWidget(new ElidedLabel(program.program, Type::BodyStrong));
        texts->addWidget(new ElidedLabel(program.command, Type::Mono, Token::Dim));
        QString origin = tr("from %1", "kubeconfig file").arg(program.file);
        if (program.allowed.isValid())
            origin = tr("%1, allowed %2", "origin, time").arg(origin, items::exactTime(program.allowed));
        texts->addWidget(new ElidedLabel(origin, Type::Meta, Token::Dim));
        row->addLayout(texts, 1);
        auto *revoke = new Button(tr("Revoke"), ButtonVariant::Normal, Button::Size::Small);
        revoke->setAccessibleName(tr("Revoke the consent for %1").arg(program.program));
        revoke->setAutoDefault(false);
        connect(revoke, &QPushButton::clicked, this, [this, id = program.id] { emit revokeRequested(id); });
        row->addWidget(revoke);
        card->body()->addLayout(row);
        m_rows->addWidget(card);
    }
    m_rows->addStretch(1);
}

} // namespace cairn::dialogs
