// SPDX-License-Identifier: GPL-3.0-or-later
#include "dialogs/ChangeDialog.h"

#include "base/Text.h"
#include "kit/Card.h"
#include "kit/Label.h"

#include <QHBoxLayout>
#include <QScrollArea>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace cairn::dialogs {

using namespace Qt::StringLiterals;
using namespace cairn::kit;

namespace {

Note *errorNote(const Error &error)
{
    QStringList lines;
    for (const QString &line : {error.why, error.fix})
        if (!line.isEmpty())
            lines.append(text::safe(line));
    return new Note(Tone::Err, lines.join(u'\n'), text::safe(error.what));
}

} // namespace

ChangeDialog::ChangeDialog(const QString &id, ButtonVariant act, QWidget *parent)
    : QDialog(parent)
    , m_id(id)
    , m_stack(new QStackedWidget)
{
    setObjectName(id);
    setSizeGripEnabled(true);
    paintBackground(this, Token::Panel);
    const auto button = [this](const QString &name, const QString &text, ButtonVariant variant = ButtonVariant::Normal) {
        auto *made = new Button(text, variant);
        made->setObjectName(m_id + u'.' + name);
        return made;
    };
    m_title = new Label({}, Type::PageTitle);
    m_title->setObjectName(id + u".title"_s);
    m_title->setWordWrap(true);
    m_sentence = new Paragraph({}, Type::Body, Token::Dim);
    m_refused = new QWidget;
    m_refusedBox = vbox(8);
    m_refused->setLayout(m_refusedBox);
    m_refused->hide();
    m_logs = button(u"logs"_s, tr("Logs"));
    m_why = new Label({}, Type::Meta, Token::Dim);
    m_why->setObjectName(id + u".why"_s);
    m_cancel = button(u"cancel"_s, tr("Cancel"));
    m_act = button(u"act"_s, {}, act);
    m_stop = button(u"stop"_s, tr("Stop"));
    m_putBack = button(u"putBack"_s, tr("Roll back"));
    m_close = button(u"close"_s, tr("Close"), ButtonVariant::Primary);
    m_foot = hbox(10);
    m_foot->setContentsMargins(22, 12, 22, 18);
    m_foot->addWidget(m_logs);
    m_foot->addWidget(m_why, 1);
    for (Button *part : {m_cancel, m_stop, m_putBack, m_act, m_close})
        m_foot->addWidget(part);

    auto *head = vbox(2);
    head->addWidget(m_title);
    head->addWidget(m_sentence);
    head->setContentsMargins(22, 20, 22, 0);
    auto *box = vbox(0);
    box->addLayout(head);
    box->addWidget(m_stack, 1);
    box->addWidget(new Line);
    box->addLayout(m_foot);
    setLayout(box);
    setMinimumWidth(scaled(560));

    connect(m_cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_close, &QPushButton::clicked, this, &QDialog::accept);
    connect(m_logs, &QPushButton::clicked, this, &ChangeDialog::logsRequested);
    connect(m_act, &QPushButton::clicked, this, [this] {
        m_acting = true;
        m_refused->hide();
        updateAct();
        emit actRequested();
    });
    connect(m_stop, &QPushButton::clicked, this, [this] {
        m_stop->setRefusal(tr("Stopping…"));
        emit stopRequested();
    });
    connect(m_putBack, &QPushButton::clicked, this, [this] {
        m_putBack->setEnabled(false);
        emit rollBackRequested();
    });
}

void ChangeDialog::setContent(QLayout *content, bool scrolls)
{
    auto *inner = new QWidget;
    auto *innerBox = vbox(space::cards);
    innerBox->setContentsMargins(22, 16, 22, 8);
    innerBox->addWidget(m_refused);
    innerBox->addLayout(content, 1);
    inner->setLayout(innerBox);
    m_stack->addWidget(scrolls ? static_cast<QWidget *>(scrollDown(inner)) : inner);
    m_stack->addWidget(makeProgress());
    setFoot(Foot::Asking);
}

QWidget *ChangeDialog::makeProgress()
{
    m_steps = new CheckList;
    m_steps->setObjectName(m_id + u".steps"_s);
    m_steps->setAccessibleName(tr("Steps"));
    m_error = new QWidget;
    m_errorBox = vbox(8);
    m_error->setLayout(m_errorBox);
    m_error->hide();
    auto *inner = new QWidget;
    auto *innerBox = vbox(space::cards);
    innerBox->setContentsMargins(22, 16, 22, 8);
    innerBox->addWidget(m_error);
    innerBox->addWidget(m_steps);
    innerBox->addStretch(1);
    inner->setLayout(innerBox);
    return scrollDown(inner);
}

void ChangeDialog::setHead(const QString &title, const QString &sentence)
{
    m_headTitle = title;
    m_headSentence = sentence;
    if (inProgress())
        return;
    m_title->setText(title);
    setWindowTitle(title);
    m_sentence->setText(sentence);
    m_sentence->setVisible(!sentence.isEmpty());
}

Button *ChangeDialog::addButton(const QString &name, const QString &text)
{
    auto *made = new Button(text);
    made->setObjectName(m_id + u'.' + name);
    m_foot->insertWidget(m_foot->indexOf(m_cancel), made);
    m_more.append(made);
    return made;
}

void ChangeDialog::setAct(const QString &text, const QString &why)
{
    const QString refusal = m_acting ? tr("Starting…") : why;
    m_act->setText(text);
    m_act->setRefusal(refusal);
    m_why->setText(m_cancel->isHidden() ? QString() : refusal);
}

void ChangeDialog::setAnswered()
{
    m_acting = false;
}

void ChangeDialog::setFoot(Foot foot)
{
    const bool asking = foot == Foot::Asking;
    m_cancel->setVisible(asking);
    m_act->setVisible(asking);
    for (Button *button : std::as_const(m_more))
        button->setVisible(asking);
    if (!asking)
        m_why->setText({});
    m_logs->hide();
    m_putBack->hide();
    if (foot == Foot::Running && m_stop->isHidden())
        m_stop->setRefusal({});
    m_stop->setVisible(foot == Foot::Running);
    m_close->setVisible(!asking);
    m_close->setText(foot == Foot::Running ? tr("Continue in background") : tr("Close"));
    m_close->setVariant(foot == Foot::Running ? ButtonVariant::Normal : ButtonVariant::Primary);
}

void ChangeDialog::setRefused(const Error &error)
{
    m_acting = false;
    clearLayout(m_refusedBox);
    m_refusedBox->addWidget(errorNote(error));
    m_refused->show();
    m_stack->setCurrentIndex(0);
    setFoot(Foot::Asking);
    setHead(m_headTitle, m_headSentence);
    updateAct();
}

void ChangeDialog::setProgress(const ChangeProgress &progress)
{
    m_stack->setCurrentIndex(1);
    m_title->setText(progress.title);
    setWindowTitle(progress.title);
    m_sentence->setText(progress.summary);
    m_sentence->setVisible(!progress.summary.isEmpty());
    m_steps->setItems(progress.steps);
    clearLayout(m_errorBox);
    if (progress.error)
        m_errorBox->addWidget(errorNote(*progress.error));
    m_error->setVisible(progress.error.has_value());
    const bool running = progress.state == ChangeProgress::State::Running;
    setFoot(running ? Foot::Running : Foot::Ended);
    m_stop->setVisible(running && progress.canCancel);
    m_putBack->setVisible(!running && progress.canPutBack);
    m_putBack->setEnabled(true);
    m_logs->setVisible(progress.hasLogs && (progress.state == ChangeProgress::State::Done || progress.state == ChangeProgress::State::Failed));
    if (!running)
        m_close->setFocus(Qt::OtherFocusReason);
}

bool ChangeDialog::inProgress() const
{
    return m_stack->currentIndex() == 1;
}

} // namespace cairn::dialogs
