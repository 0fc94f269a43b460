// SPDX-License-Identifier: GPL-3.0-or-later
#include "kit/Button.h"

#include "kit/Icons.h"
#include "kit/Theme.h"

#include <QKeyEvent>

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

} // namespace cairn::kit
