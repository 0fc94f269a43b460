// SPDX-License-Identifier: GPL-3.0-or-later
#include "forms/FieldRow.h"

#include "forms/FieldFlow.h"
#include "kit/Card.h"
#include "kit/Label.h"
#include "kit/Marks.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QVBoxLayout>
#include <algorithm>
#include <utility>

namespace cairn::forms {

using kit::scaled;
using kit::Token;
using kit::Type;

FieldRow::FieldRow(const QString &caption, QWidget *parent)
    : QWidget(parent)
    , m_caption(new kit::Label(caption, Type::Body, Token::Dim))
    , m_right(new FieldFlow)
    , m_below(new kit::Paragraph({}, Type::Meta, Token::Dim))
    , m_findings(new kit::SignLine)
{
    m_caption->setWordWrap(true);
    auto *row = kit::hbox(0);
    auto *column = kit::vbox(3);
    column->addLayout(m_right);
    column->addWidget(m_below);
    column->addWidget(m_findings);
    m_below->hide();
    m_findings->hide();
    row->addWidget(m_caption, 0, Qt::AlignTop);
    row->addLayout(column, 1);
    setLayout(row);
    kit::bindTheme(this, [this] {
        m_caption->setFixedWidth(scaled(118));
        // Centred on the first line of the fields.
        m_caption->setContentsMargins(0, qMax(0, (scaled(30) - kit::lineHeight(Type::Body)) / 2), 10, 0);
    });
}

FieldRow::FieldRow(const QString &caption, Field *field, QWidget *parent)
    : FieldRow(caption, parent)
{
    add(field, field->sizePolicy().horizontalPolicy() != QSizePolicy::Fixed);
}

void FieldRow::add(Field *field, bool stretching)
{
    if (m_fields.isEmpty() && field->focusProxy())
        m_caption->setBuddy(field->focusProxy());
    m_fields.append(field);
    field->setProperty("stretches", stretching);
    m_right->addWidget(field);
    if (m_words) {
        m_wordsOf.insert(field, std::exchange(m_words, nullptr));
        field->installEventFilter(this);
    }
    connect(field, &Field::changed, this, &FieldRow::changed);
    connect(field, &Field::messageChanged, this, [this] {
        updateBelow();
        emit messageChanged();
    });
    updateBelow();
}

void FieldRow::addWords(const QString &words)
{
    auto *label = new kit::Label(words, Type::Body, Token::Dim);
    kit::bindTheme(label, [label] { label->setMinimumHeight(scaled(30)); });
    m_right->addWidget(label);
    m_words = label;
}

bool FieldRow::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::ShowToParent || event->type() == QEvent::HideToParent) {
        if (kit::Label *words = m_wordsOf.value(watched))
            words->setVisible(event->type() == QEvent::ShowToParent);
    }
    return QWidget::eventFilter(watched, event);
}

void FieldRow::addWidget(QWidget *widget)
{
    m_right->addWidget(widget);
}

void FieldRow::setHint(const QString &hint)
{
    m_hint = hint;
    updateBelow();
}

void FieldRow::setFindings(const QList<std::pair<kit::Tone, QString>> &findings)
{
    m_findings->set(findings);
    m_findings->setVisible(!findings.isEmpty());
}

QString FieldRow::message() const
{
    for (const Field *field : m_fields) {
        if (!field->error().isEmpty())
            return field->error();
    }
    for (const Field *field : m_fields) {
        if (!field->refusal().isEmpty())
            return field->refusal();
    }
    if (!m_hint.isEmpty())
        return m_hint;
    for (const Field *field : m_fields) {
        if (!field->hint().isEmpty())
            return field->hint();
    }
    return {};
}

void FieldRow::updateBelow()
{
    const bool bad = std::ranges::any_of(m_fields, [](const Field *field) { return !field->error().isEmpty(); });
    const QString text = message();
    m_below->setText(text);
    m_below->setToken(bad ? Token::Err : Token::Dim);
    m_below->setVisible(!text.isEmpty());
}

Form::Form(QWidget *parent)
    : QWidget(parent)
{
    setLayout(kit::vbox(12));
}

FieldRow *Form::addRow(const QString &caption, Field *field)
{
    auto *row = field ? new FieldRow(caption, field) : new FieldRow(caption);
    m_rows.append(row);
    addWidget(row);
    connect(row, &FieldRow::changed, this, &Form::changed);
    connect(row, &FieldRow::messageChanged, this, &Form::validityChanged);
    return row;
}

void Form::addLine()
{
    addWidget(new kit::Line);
}

void Form::addWidget(QWidget *widget)
{
    layout()->addWidget(widget);
}

QList<Field *> Form::fields() const
{
    QList<Field *> all;
    for (const FieldRow *row : m_rows)
        all.append(row->fields());
    return all;
}

bool Form::isValid() const
{
    return std::ranges::all_of(fields(), &Field::isValid);
}

bool Form::revealFirstError()
{
    const QList<Field *> all = fields();
    Field *first = nullptr;
    for (Field *field : all) {
        field->reveal();
        // One that is not shown asks for nothing: it is of a choice that was not made.
        if (!first && field->isVisibleTo(this) && !field->isValid())
            first = field;
    }
    if (first)
        first->setFocus(Qt::OtherFocusReason);
    return first;
}

} // namespace cairn::forms
