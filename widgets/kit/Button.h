// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "kit/Theme.h"

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

/// A link in accent text that gives way: elides in the middle to the width it gets, with the full text in its tooltip and always
/// in its accessible name. For names that a server gave.
class ElidedLink : public QAbstractButton {
    Q_OBJECT

public:
    explicit ElidedLink(const QString &text, Type type = Type::Body, QWidget *parent = nullptr);
    /// Not QAbstractButton's, which takes an & for a shortcut.
    void setWords(const QString &text);
    QString words() const { return m_words; }
    /// Said below the text by the tooltip: what a press does.
    void setHint(const QString &hint);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

    void keyPressEvent(QKeyEvent *event) override;
    bool event(QEvent *event) override;

private:
    Type m_type;
    QString m_words;
    QString m_hint;
};

} // namespace cairn::kit
