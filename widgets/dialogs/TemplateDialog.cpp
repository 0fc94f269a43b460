// SPDX-License-Identifier: GPL-3.0-or-later
#include "dialogs/TemplateDialog.h"

#include "base/Text.h"
#include "forms/FieldRow.h"
#include "forms/TextFields.h"
#include "kit/Button.h"
#include "kit/Card.h"
#include "kit/Label.h"
#include "kit/Messages.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

namespace cairn::dialogs {

using namespace Qt::StringLiterals;
using namespace cairn::kit;

TemplateDialog::TemplateDialog(const QString &name, const QString &folder, const std::function<QString(const QString &)> &check, QWidget *parent)
    : QDialog(parent)
    , m_check(check)
    , m_name(new forms::TextField(tr("Name")))
    , m_error(vbox(0))
{
    setObjectName(u"saveTemplate"_s);
    setWindowTitle(tr("Save as a template"));
    paintBackground(this, Token::Panel);
    auto *box = vbox(space::cards);
    box->setContentsMargins(22, 20, 22, 18);
    box->addWidget(new Label(windowTitle(), Type::PageTitle));
    box->addWidget(new Paragraph(tr("Two files in %1: the YAML, and the form for name, image and pods, which you may add to. Values of variables that sound like secrets are left out.")
                                     .arg(folder),
                                 Type::Body, Token::Dim));
    m_name->setObjectName(u"saveTemplate.name"_s);
    m_name->setMono();
    m_name->setMaxLength(200);
    m_name->setValue(name);
    auto *form = new forms::Form;
    form->addRow(tr("Name"), m_name)->setHint(tr("Letters, digits, dots, hyphens and underscores; a folder with /."));
    box->addWidget(form);
    box->addLayout(m_error);
    auto *cancel = new Button(tr("Cancel"));
    cancel->setObjectName(u"saveTemplate.cancel"_s);
    auto *act = new Button(tr("Save the template"), ButtonVariant::Primary);
    act->setObjectName(u"saveTemplate.act"_s);
    act->setDefault(true);
    auto *foot = hbox(10);
    foot->addStretch(1);
    foot->addWidget(cancel);
    foot->addWidget(act);
    box->addLayout(foot);
    setLayout(box);
    resize(scaled(520), sizeHint().height());
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(act, &QPushButton::clicked, this, &TemplateDialog::save);
    m_name->setFocus(Qt::OtherFocusReason);
}

void TemplateDialog::save()
{
    clearLayout(m_error);
    const QString why = m_check(m_name->text());
    m_name->setError(why);
    if (why.isEmpty())
        emit saveRequested(m_name->text());
}

void TemplateDialog::setError(const Error &error)
{
    clearLayout(m_error);
    m_error->addWidget(new Note(Tone::Err, text::safe(QString(error.why + u' ' + error.fix).trimmed()), text::safe(error.what)));
}

} // namespace cairn::dialogs
