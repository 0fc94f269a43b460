// SPDX-License-Identifier: GPL-3.0-or-later
#include "forms/ListFields.h"

#include "kit/Button.h"
#include "kit/Card.h"
#include "kit/Inputs.h"
#include "kit/Label.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QSet>
#include <QVBoxLayout>
#include <algorithm>

namespace cairn::forms {

using namespace Qt::StringLiterals;
using kit::Button;
using kit::Input;
using kit::scaled;
using kit::Token;
using kit::Type;

RowsField::RowsField(const QString &name, const QString &add, QWidget *parent)
    : Field(name, parent)
    , m_column(kit::vbox(4))
    , m_foot(kit::hbox(12))
    , m_add(new Button(add, kit::ButtonVariant::Link, Button::Size::Small))
{
    auto *column = kit::vbox(2);
    column->addLayout(m_column);
    m_foot->addWidget(m_add);
    m_foot->addStretch(1);
    column->addLayout(m_foot);
    setLayout(column);
    m_add->setAccessibleName(tr("%1, %2", "button, field it belongs to").arg(add, name));
    setControl(m_add);
    connect(m_add, &QPushButton::clicked, this, [this] {
        append().first->setFocus(Qt::OtherFocusReason);
        updateMessage();
    });
}

void RowsField::addOffer(Button *button)
{
    m_foot->insertWidget(m_foot->count() - 1, button);
}

bool RowsField::isEmpty() const
{
    return std::ranges::all_of(m_rows, [](const Row &row) {
        return row.first->text().trimmed().isEmpty() && (!row.second || row.second->text().isEmpty());
    });
}

RowsField::Row &RowsField::append()
{
    m_rows.append(makeRow());
    m_column->addWidget(m_rows.last().widget);
    updateOrder();
    return m_rows.last();
}

void RowsField::finishRow(const Row &row, const QList<QWidget *> &columns)
{
    auto *line = kit::hbox(8);
    for (QWidget *column : columns)
        line->addWidget(column);
    auto *remove = Button::icon(u"close"_s, tr("Remove"));
    connect(remove, &QPushButton::clicked, this, [this, widget = row.widget] { removeRow(widget); });
    line->addWidget(remove);
    row.widget->setLayout(line);
    for (Input *input : {row.first, row.second}) {
        if (!input)
            continue;
        input->setType(Type::Mono);
        input->setMaxLength(32768);
        input->installEventFilter(this);
        connect(input, &QLineEdit::textEdited, this, &RowsField::userChanged);
    }
}

void RowsField::removeRow(QWidget *widget)
{
    const auto row = std::ranges::find(m_rows, widget, &Row::widget);
    if (row == m_rows.end())
        return;
    const qsizetype index = std::distance(m_rows.begin(), row);
    m_rows.erase(row);
    // The focus stays among the rows: it would fall back to the beginning of the page.
    QWidget *next = m_rows.isEmpty() ? static_cast<QWidget *>(m_add) : m_rows[qMin(index, m_rows.size() - 1)].first;
    next->setFocus(Qt::OtherFocusReason);
    m_column->removeWidget(widget);
    widget->hide();
    widget->deleteLater();
    updateOrder();
    userChanged();
}

void RowsField::clearRows()
{
    for (const Row &row : std::as_const(m_rows)) {
        m_column->removeWidget(row.widget);
        row.widget->hide();
        row.widget->deleteLater();
    }
    m_rows.clear();
}

void RowsField::updateOrder()
{
    // What was made last would come last on the way of Tab, wherever it stands: the rows go in front of m_add, which stays
    // where it is, since Qt 6.4 loses what follows a widget that is moved.
    QWidget *before = m_add->previousInFocusChain();
    while (before != m_add && isAncestorOf(before))
        before = before->previousInFocusChain();
    for (int i = 0; i < static_cast<int>(m_rows.size()); ++i) {
        const Row &row = m_rows[i];
        const QString where = tr("%1 %2", "field, number of a row").arg(name()).arg(i + 1);
        row.first->setAccessibleName(row.second ? tr("%1, name", "a row").arg(where) : where);
        QList<QWidget *> stops{row.first};
        if (row.second) {
            row.second->setAccessibleName(tr("%1, value", "a row").arg(where));
            stops.append(row.second);
        }
        if (auto *remove = row.widget->findChild<Button *>()) {
            remove->setAccessibleName(tr("Remove %1", "a row").arg(where));
            stops.append(remove);
        }
        for (QWidget *stop : std::as_const(stops)) {
            setTabOrder(before, stop);
            before = stop;
        }
    }
}

void RowsField::move(qsizetype from, int by)
{
    const qsizetype to = from + by;
    if (to < 0 || to >= m_rows.size())
        return;
    m_rows.move(from, to);
    m_column->removeWidget(m_rows[to].widget);
    m_column->insertWidget(static_cast<int>(to), m_rows[to].widget);
    updateOrder();
    userChanged();
}

bool RowsField::eventFilter(QObject *watched, QEvent *event)
{
    if (m_movable && event->type() == QEvent::KeyPress) {
        const auto *key = static_cast<QKeyEvent *>(event);
        if (key->modifiers() == Qt::AltModifier && (key->key() == Qt::Key_Up || key->key() == Qt::Key_Down)) {
            for (qsizetype i = 0; i < m_rows.size(); ++i) {
                if (m_rows[i].first == watched || m_rows[i].second == watched) {
                    move(i, key->key() == Qt::Key_Up ? -1 : 1);
                    return true;
                }
            }
        }
    }
    return Field::eventFilter(watched, event);
}

void RowsField::showBad(bool)
{
    // The rows that are wrong are framed, not the button below them.
}

KeyValueField::KeyValueField(const QString &name, const QString &add, QWidget *parent)
    : RowsField(name, add, parent)
{
    setMovable(true);
}

RowsField::Row KeyValueField::makeRow()
{
    Row row;
    row.widget = new QWidget(this);
    row.first = new Input(tr("Name"));
    row.second = new Input(tr("Value"));
    finishRow(row, {row.first, row.second});
    kit::bindTheme(row.first, [first = row.first] { first->setFixedWidth(scaled(150)); });
    return row;
}

QVariant KeyValueField::value() const
{
    KeyValues items;
    for (const Row &row : rows()) {
        const KeyValue item{row.first->text().trimmed(), row.origin.isEmpty() ? row.second->text() : QString(), row.origin};
        if (!item.key.isEmpty() || !item.value.isEmpty())
            items.append(item);
    }
    return items.isEmpty() ? QVariant() : QVariant::fromValue(items);
}

void KeyValueField::setValue(const QVariant &value)
{
    const auto items = value.value<KeyValues>();
    if (items == this->value().value<KeyValues>() && items.size() == rows().size())
        return;
    clearRows();
    for (const KeyValue &item : items) {
        Row &row = append();
        row.first->setText(item.key);
        row.origin = item.origin;
        row.second->setText(item.origin.isEmpty() ? item.value : item.origin);
        row.second->setReadOnly(!item.origin.isEmpty());
        row.second->setType(item.origin.isEmpty() ? Type::Mono : Type::Body);
    }
    updateMessage();
}

void KeyValueField::setKeyPattern(const QRegularExpression &pattern, const QString &why)
{
    m_pattern = QRegularExpression(QRegularExpression::anchoredPattern(pattern.pattern()), pattern.patternOptions());
    m_why = why;
    updateMessage();
}

QString KeyValueField::ownProblem() const
{
    QString problem;
    QSet<QString> seen;
    for (const Row &row : rows()) {
        const QString key = row.first->text().trimmed();
        if (key.isEmpty() && row.second->text().isEmpty())
            continue;
        const QString own = key.isEmpty()                                      ? tr("A value has no name.")
            : seen.contains(key)                                               ? tr("%1 is listed twice.").arg(key)
            : !m_why.isEmpty() && !m_pattern.match(key).hasMatch()             ? m_why
                                                                               : QString();
        seen.insert(key);
        row.first->setBad(!own.isEmpty());
        if (problem.isEmpty())
            problem = own;
    }
    return problem;
}

ListField::ListField(const QString &name, const QString &add, QWidget *parent)
    : RowsField(name, add, parent)
{
    setMovable(true);
}

RowsField::Row ListField::makeRow()
{
    Row row;
    row.widget = new QWidget(this);
    row.first = new Input(name());
    finishRow(row, {row.first});
    return row;
}

QVariant ListField::value() const
{
    QStringList items;
    for (const Row &row : rows()) {
        if (const QString text = row.first->text().trimmed(); !text.isEmpty())
            items.append(text);
    }
    return items.isEmpty() ? QVariant() : QVariant(items);
}

void ListField::setValue(const QVariant &value)
{
    const QStringList items = value.toStringList();
    if (items == this->value().toStringList() && items.size() == rows().size())
        return;
    clearRows();
    for (const QString &item : items)
        append().first->setText(item);
    updateMessage();
}

void ListField::setPattern(const QRegularExpression &pattern, const QString &why)
{
    m_pattern = QRegularExpression(QRegularExpression::anchoredPattern(pattern.pattern()), pattern.patternOptions());
    m_why = why;
    updateMessage();
}

void ListField::setUnique(const QString &why)
{
    m_twice = why;
    updateMessage();
}

QString ListField::ownProblem() const
{
    QString problem;
    QSet<QString> seen;
    for (const Row &row : rows()) {
        const QString text = row.first->text().trimmed();
        if (text.isEmpty())
            continue;
        const QString own = !m_twice.isEmpty() && seen.contains(text)          ? m_twice
            : !m_why.isEmpty() && !m_pattern.match(text).hasMatch() ? m_why
                                                                    : QString();
        seen.insert(text);
        row.first->setBad(!own.isEmpty());
        if (problem.isEmpty())
            problem = own;
    }
    return problem;
}

CheckGroupField::CheckGroupField(const QString &name, QWidget *parent)
    : Field(name, parent)
{
    setLayout(kit::vbox(2));
}

void CheckGroupField::setItems(const QList<Item> &items)
{
    if (items == m_items)
        return;
    const QStringList on = value().toStringList();
    kit::clearLayout(layout());
    m_checks.clear();
    m_items = items;
    for (const Item &item : items) {
        auto *check = new kit::Check(item.text);
        check->setEnabled(item.refusal.isEmpty());
        check->setChecked(on.contains(item.id));
        const QString below = item.refusal.isEmpty() ? item.detail : item.refusal;
        check->setAccessibleDescription(below);
        layout()->addWidget(check);
        if (!below.isEmpty()) {
            auto *indent = kit::hbox(0);
            auto *text = new kit::Paragraph(below, Type::Meta, Token::Dim);
            indent->addSpacing(scaled(15) + 7);
            indent->addWidget(text, 1);
            auto *line = new QWidget;
            line->setLayout(indent);
            layout()->addWidget(line);
        }
        connect(check, &QCheckBox::clicked, this, &CheckGroupField::userChanged);
        m_checks.append(check);
    }
    if (!m_checks.isEmpty())
        setFocusProxy(m_checks.first());
    updateMessage();
}

QVariant CheckGroupField::value() const
{
    QStringList on;
    for (qsizetype i = 0; i < m_checks.size(); ++i) {
        if (m_checks[i]->isChecked())
            on.append(m_items[i].id);
    }
    return on.isEmpty() ? QVariant() : QVariant(on);
}

void CheckGroupField::setValue(const QVariant &value)
{
    const QStringList on = value.toStringList();
    for (qsizetype i = 0; i < m_checks.size(); ++i)
        m_checks[i]->setChecked(on.contains(m_items[i].id));
    updateMessage();
}

bool CheckGroupField::isEmpty() const
{
    return std::ranges::none_of(m_checks, [](const kit::Check *check) { return check->isChecked(); });
}

} // namespace cairn::forms
