// SPDX-License-Identifier: GPL-3.0-or-later
#include "forms/Field.h"

#include <QEvent>
#include <QFocusEvent>

namespace cairn::forms {

Field::Field(const QString &name, QWidget *parent)
    : QWidget(parent)
    , m_name(name)
{
    setAccessibleName(name);
}

void Field::setControl(QWidget *control)
{
    m_control = control;
    if (control->accessibleName().isEmpty())
        control->setAccessibleName(m_name);
    control->installEventFilter(this);
    setFocusProxy(control);
}

QString Field::problem() const
{
    if (!m_refusal.isEmpty())
        return {};
    return isEmpty() ? m_required : ownProblem();
}

QString Field::error() const
{
    if (!m_refusal.isEmpty())
        return {};
    if (!m_outside.isEmpty())
        return m_outside;
    return m_left ? problem() : QString();
}

QString Field::message() const
{
    if (!m_refusal.isEmpty())
        return m_refusal;
    const QString wrong = error();
    return wrong.isEmpty() ? m_hint : wrong;
}

void Field::setHint(const QString &hint)
{
    m_hint = hint;
    updateMessage();
}

void Field::setError(const QString &error)
{
    m_outside = error;
    updateMessage();
}

void Field::setRequired(const QString &why)
{
    m_required = why;
    updateMessage();
}

void Field::setRefusal(const QString &why)
{
    m_refusal = why;
    setEnabled(why.isEmpty());
    updateMessage();
}

void Field::reveal()
{
    m_left = true;
    updateMessage();
}

void Field::showBad(bool bad)
{
    if (!m_control)
        return;
    m_control->setProperty("error", bad);
    m_control->update();
}

void Field::updateMessage()
{
    showBad(!error().isEmpty());
    if (m_control)
        m_control->setAccessibleDescription(message());
    emit messageChanged();
}

void Field::userChanged()
{
    m_outside.clear();
    updateMessage();
    emit changed();
}

bool Field::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::FocusOut && !m_left) {
        const auto reason = static_cast<QFocusEvent *>(event)->reason();
        // A menu or another window takes the focus for a while; an empty field that was only passed through is not wrong yet.
        if (reason != Qt::PopupFocusReason && reason != Qt::ActiveWindowFocusReason && !isEmpty())
            reveal();
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace cairn::forms
