// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPushButton>

namespace cairn::kit {

/// Primary: one per area, the act the user came for. Danger: outlined, never the default. DangerPrimary: the confirming
/// button of a danger dialog. Flat: icon buttons in a head. Link: accent text.
enum class ButtonVariant { Normal, Primary, Danger, DangerPrimary, Flat, Link };

/// A button that names its act ("Delete 46"; "…" when it asks more first). 30 px high, 24 px when small.
/// Danger buttons are never triggered by Enter, only by Space or the pointer.
class Button : public QPushButton {
    Q_OBJECT

public:
    enum class Size { Normal, Small };

    explicit Button(const QString &text, ButtonVariant variant = ButtonVariant::Normal, Size size = Size::Normal,
        QWidget *parent = nullptr);
    /// Icon-only button; `name` is its accessible name and tooltip.
    static Button *icon(const QString &iconName, const QString &name, QWidget *parent = nullptr);

    ButtonVariant variant() const { return m_variant; }
    void setVariant(ButtonVariant variant);
    bool isSmall() const { return m_size == Size::Small; }
    /// Disables the button and says why in its tooltip and accessible description; an empty reason enables it.
    void setRefusal(const QString &why);

protected:
    void keyPressEvent(QKeyEvent *event) override;

private:
    ButtonVariant m_variant;
    Size m_size;
};

} // namespace cairn::kit
