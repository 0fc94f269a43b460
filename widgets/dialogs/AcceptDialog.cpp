// SPDX-License-Identifier: GPL-3.0-or-later
#include "dialogs/AcceptDialog.h"

#include "base/Text.h"
#include "forms/FieldRow.h"
#include "forms/TextFields.h"
#include "kit/Button.h"
#include "kit/Card.h"
#include "kit/Label.h"
#include "kit/Messages.h"

#include <QHBoxLayout>
#include <QRegularExpression>
#include <QVBoxLayout>

namespace cairn::dialogs {

using namespace Qt::StringLiterals;
using namespace cairn::kit;

AcceptDialog::AcceptDialog(const AcceptView &view, QWidget *parent)
    : QDialog(parent)
    , m_today(view.today)
    , m_form(new forms::Form)
    , m_reason(new forms::TextField(tr("Reason")))
    , m_by(new forms::TextField(tr("Accepted by")))
    , m_until(new forms::TextField(tr("Until")))
    , m_file(new forms::PathField(tr("File"), forms::PathField::Kind::NewFile))
    , m_error(vbox(0))
    , m_act(new Button(tr("Accept"), ButtonVariant::Primary))
{
    setObjectName(u"accept"_s);
    setWindowTitle(view.title);
    paintBackground(this, Token::Panel);
    m_reason->setObjectName(u"accept.reason"_s);
    m_by->setObjectName(u"accept.by"_s);
    m_until->setObjectName(u"accept.until"_s);
    m_file->setObjectName(u"accept.file"_s);
    m_act->setObjectName(u"accept.act"_s);
    m_reason->setMaxLength(500);
    m_reason->setRequired(tr("Say why it can be lived with: whoever reads the file later was not here."));
    m_reason->setHint(tr("Kept with it, for whoever reads it later."));
    m_by->setMaxLength(100);
    m_by->setRequired(tr("Say who accepts it."));
    m_until->setColumns(12);
    m_until->setMono();
    m_until->setRequired(tr("Say when it counts again."));
    m_until->setPattern(QRegularExpression(u"\\d{4}-\\d{2}-\\d{2}"_s), tr("Year, month and day: %1").arg(view.today.addDays(90).toString(Qt::ISODate)));
    m_until->setHint(tr("After this day it counts again."));
    m_file->setFilter(tr("YAML (*.yaml *.yml)"));
    m_file->setRequired(tr("Choose where to keep it."));
    m_file->setHint(tr("A file that a team can share, for example in Git."));
    m_reason->setValue(view.reason);
    m_by->setValue(view.by);
    m_until->setValue(view.until.toString(Qt::ISODate));
    m_file->setValue(view.file);
    m_form->addRow(tr("Reason"), m_reason);
    m_form->addRow(tr("Accepted by"), m_by);
    m_form->addRow(tr("Until"), m_until);
    m_form->addRow(tr("File"), m_file);

    auto *box = vbox(space::cards);
    box->setContentsMargins(22, 20, 22, 18);
    auto *title = new Label(view.title, Type::PageTitle);
    title->setWordWrap(true);
    auto *head = vbox(2);
    head->addWidget(title);
    head->addWidget(new Paragraph(view.sentence, Type::Body, Token::Dim));
    box->addLayout(head);
    box->addLayout(m_error);
    box->addWidget(m_form);
    box->addStretch(1);
    auto *foot = hbox(10);
    foot->addStretch(1);
    auto *cancel = new Button(tr("Cancel"));
    cancel->setObjectName(u"accept.cancel"_s);
    foot->addWidget(cancel);
    foot->addWidget(m_act);
    box->addLayout(foot);
    setLayout(box);
    setMinimumWidth(scaled(560));

    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_until, &forms::Field::changed, this, &AcceptDialog::checkDate);
    connect(m_act, &QPushButton::clicked, this, [this] {
        clearLayout(m_error);
        checkDate();
        if (!m_form->revealFirstError())
            emit acceptRequested();
    });
    m_reason->setFocus(Qt::OtherFocusReason);
}

void AcceptDialog::checkDate()
{
    const QDate date = until();
    const QString typed = m_until->text();
    if (typed.size() < 10)
        return; // still being typed, and refused by the pattern
    if (!date.isValid())
        m_until->setError(tr("There is no such day."));
    else if (date <= m_today)
        m_until->setError(tr("This day is over: it would count at once."));
    else if (date > m_today.addYears(2))
        m_until->setError(tr("Two years at most: what nobody looks at again is forgotten."));
}

void AcceptDialog::setRenewal()
{
    m_by->setRefusal(tr("As it was accepted."));
    m_file->setRefusal(tr("It stays in its file."));
    m_act->setText(tr("Accept for longer"));
}

QString AcceptDialog::reason() const
{
    return m_reason->text();
}

QString AcceptDialog::by() const
{
    return m_by->text();
}

QDate AcceptDialog::until() const
{
    return QDate::fromString(m_until->text(), Qt::ISODate);
}

QString AcceptDialog::file() const
{
    return m_file->value().toString();
}

void AcceptDialog::setError(const Error &error)
{
    clearLayout(m_error);
    QStringList lines;
    for (const QString &line : {error.why, error.fix})
        if (!line.isEmpty())
            lines.append(text::safe(line));
    m_error->addWidget(new Note(Tone::Err, lines.join(u'\n'), text::safe(error.what)));
}

} // namespace cairn::dialogs
