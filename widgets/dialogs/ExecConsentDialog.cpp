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

} // namespace

ExecConsentDialog::ExecConsentDialog(const ExecConsentView &view, QWidget *parent)
    : QDialog(parent)
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
    head->addWidget(new Paragraph(tr("The context **%1** signs in with a program on this computer. It runs with your rights "
                                     "each time a new credential is needed.")
                                      .arg(view.context),
                                  Type::Body, Token::Dim));
    box->addLayout(head);
    QStringList command{view.binary.isEmpty() ? view.program : view.binary};
    for (const QString &argument : view.arguments)
        command.append(argument.contains(u' ') || argument.isEmpty() ? u'\'' + argument + u'\'' : argument);
    // Wrapped anywhere and scrolled, never cut: what is agreed to must be readable to its last character.
    auto *code = new QPlainTextEdit(command.join(u' '));
    code->setReadOnly(true);
    code->setTabChangesFocus(true);
    code->setWordWrapMode(QTextOption::WrapAnywhere);
    code->setAccessibleName(tr("What runs"));
    bindTheme(code, [code] {
        code->setFont(typeFont(Type::Mono));
        code->setFixedHeight(scaled(76));
    });
    box->addWidget(code);
    auto *form = vbox(6);
    form->addWidget(new FormRow(tr("Program"), mono(view.binary)));
    form->addWidget(new FormRow(tr("Arguments"), mono(view.arguments.join(u' '))));
    if (!view.environment.isEmpty())
        form->addWidget(new FormRow(tr("Environment"), mono(view.environment.join(u' '))));
    form->addWidget(new FormRow(tr("Asked for by"), mono(view.file)));
    box->addLayout(form);
    box->addWidget(new Paragraph(tr("The consent holds for exactly this program, file, arguments and environment. If any of "
                                    "them changes, Cairn asks again."),
                                 Type::Meta, Token::Dim));
    box->addStretch(1);
    auto *cancel = new Button(tr("Do not allow"));
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

ProgramsDialog::ProgramsDialog(QWidget *parent)
    : QDialog(parent)
{
    setObjectName(u"programs"_s);
    setWindowTitle(tr("Programs that may run for sign-in"));
    paintBackground(this, Token::Panel);
    auto *box = vbox(space::cards);
    box->setContentsMargins(22, 20, 22, 18);
    box->addWidget(new Label(windowTitle(), Type::PageTitle));
    m_none = new Paragraph(tr("No program is allowed now. Each asks before its first run."), Type::Body, Token::Dim);
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
        auto *revoke = new Button(tr("Take back"), ButtonVariant::Normal, Button::Size::Small);
        revoke->setAccessibleName(tr("Take back the consent for %1").arg(program.program));
        revoke->setAutoDefault(false);
        connect(revoke, &QPushButton::clicked, this, [this, id = program.id] { emit revokeRequested(id); });
        row->addWidget(revoke);
        card->body()->addLayout(row);
        m_rows->addWidget(card);
    }
    m_rows->addStretch(1);
}

} // namespace cairn::dialogs
