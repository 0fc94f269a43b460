// SPDX-License-Identifier: GPL-3.0-or-later
#include "kit/Button.h"

#include "kit/Icons.h"
#include "kit/Label.h"
#include "kit/Paint.h"
#include "kit/Theme.h"

#include <QKeyEvent>
#include <QPainter>

namespace cairn::kit {

Button::Button(const QString &text, ButtonVariant variant, Size size, QWidget *parent)
    : QPushButton(text, parent)
    , m_variant(variant)
    , m_size(size)
{
    setAutoDefault(false);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    if (variant == ButtonVariant::Link)
        setCursor(Qt::PointingHandCursor);
    bindTheme(this, [this] {
        if (m_variant == ButtonVariant::Link)
            setFont(typeFont(m_size == Size::Small ? Type::Meta : Type::Body));
        else
            setFont(typeFont(m_size == Size::Small ? Type::MetaMedium : Type::BodyMedium));
        setIconSize({scaled(16), scaled(16)});
        updateGeometry();
    });
}

Button *Button::icon(const QString &iconName, const QString &name, QWidget *parent)
{
    auto *button = new Button({}, ButtonVariant::Flat, Size::Small, parent);
    button->setIcon(kit::icon(iconName));
    button->setAccessibleName(name);
    button->setToolTip(name);
    return button;
}

void Button::setVariant(ButtonVariant variant)
{
    m_variant = variant;
    updateGeometry();
    update();
}

void Button::setRefusal(const QString &why)
{
    setEnabled(why.isEmpty());
    setToolTip(why);
    setAccessibleDescription(why);
}

void Button::keyPressEvent(QKeyEvent *event)
{
    const bool danger = m_variant == ButtonVariant::Danger || m_variant == ButtonVariant::DangerPrimary;
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) {
        if (danger) {
            event->accept();
            return;
        }
        // Qt presses a focused button on Enter only where it is auto-default, which would also steal Enter from fields.
        click();
        return;
    }
    QPushButton::keyPressEvent(event);
}

ElidedLink::ElidedLink(const QString &text, Type type, QWidget *parent)
    : QAbstractButton(parent)
    , m_type(type)
{
    setCursor(Qt::PointingHandCursor);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    setProperty("focusRadius", 4);
    bindTheme(this, [this] { updateGeometry(); });
    setWords(text);
}

void ElidedLink::setWords(const QString &text)
{
    m_words = text;
    setAccessibleName(text);
    setHint(m_hint);
    updateGeometry();
    update();
}

void ElidedLink::setHint(const QString &hint)
{
    m_hint = hint;
    setAccessibleDescription(hint);
    setToolTip(hint.isEmpty() ? m_words : m_words + u'\n' + hint);
}

QSize ElidedLink::sizeHint() const
{
    return {qRound(paint::textWidth(m_words, typeFont(m_type))) + 1, qMax(scaled(24), lineHeight(m_type))};
}

QSize ElidedLink::minimumSizeHint() const
{
    return {qMin(sizeHint().width(), scaled(60)), sizeHint().height()};
}

void ElidedLink::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    QFont face = typeFont(m_type);
    face.setUnderline(underMouse() && isEnabled());
    paint::text(painter, rect(), m_words, face, color(isEnabled() ? Token::Accent : Token::Faint), Qt::AlignLeft | Qt::AlignVCenter, Qt::ElideMiddle);
}

void ElidedLink::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter)
        click();
    else
        QAbstractButton::keyPressEvent(event);
}

bool ElidedLink::event(QEvent *event)
{
    if (event->type() == QEvent::Enter || event->type() == QEvent::Leave)
        update();
    return QAbstractButton::event(event);
}

} // namespace cairn::kit
