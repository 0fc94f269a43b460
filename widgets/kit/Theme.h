// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "items/Roles.h"

#include <QColor>
#include <QFont>
#include <QObject>
#include <array>
#include <functional>

class QApplication;
class QLabel;
class QWidget;

/// The design language as code: colour tokens, type scale, spacing. Widgets name tokens, never colours.
namespace cairn::kit {

using items::Tone;

enum class Token {
    Bg,
    Panel,
    Side,
    Line,
    Sel,
    Text,
    Dim,
    Faint,
    Control,
    Accent,
    AccentBg,
    OnAccent,
    Ok,
    OkBg,
    Warn,
    WarnBg,
    Err,
    ErrBg,
    Idle,
    IdleBg,
    Series1,
    Series2,
    Series3,
    Series4,
    Shade,
    Shadow
};
inline constexpr int tokenCount = static_cast<int>(Token::Shadow) + 1;

/// The type scale. Sizes are logical pixels at 100 % text; Theme::font applies the text scale.
enum class Type {
    PageTitle,    ///< 20 semi-bold
    PanelTitle,   ///< 16 semi-bold
    StateTitle,   ///< 15 semi-bold (empty states)
    Section,      ///< 13 semi-bold
    Body,         ///< 13 regular
    BodyMedium,   ///< 13 medium (buttons)
    BodyStrong,   ///< 13 semi-bold
    Number,       ///< 13 regular, tabular figures
    NumberStrong, ///< 13 semi-bold, tabular figures
    Meta,         ///< 12 regular
    MetaMedium,   ///< 12 medium (table heads, small buttons)
    MetaStrong,   ///< 12 semi-bold
    MetaNumber,   ///< 12 regular, tabular figures
    Tag,          ///< 11.5 medium
    Chart,        ///< 11 regular
    ChartStrong,  ///< 11 semi-bold
    TileNumber,   ///< 26 semi-bold
    TileUnit,     ///< 15 medium
    Mono,         ///< 12 DejaVu Sans Mono
    MonoStrong,   ///< 12 bold
    MonoSmall     ///< 11
};

enum class ThemeMode { System, Light, Dark };
/// Of "light" and "dark"; every other word is System.
ThemeMode themeMode(const QString &word);

/// Spacing on the 4 px grid; logical pixels, not scaled with the text.
namespace space {
inline constexpr int row = 8;
inline constexpr int cards = 14;
inline constexpr int cardV = 14;
inline constexpr int cardH = 16;
inline constexpr int pageV = 18;
inline constexpr int pageH = 22;
inline constexpr int sidebar = 216;
} // namespace space

namespace radius {
inline constexpr int control = 6;
inline constexpr int inner = 8;
inline constexpr int tag = 9;
inline constexpr int card = 10;
inline constexpr int dialog = 12;
} // namespace radius

/// One per application, GUI thread only. `Theme::install` loads the bundled fonts and tokens, sets style, palette
/// and font; afterwards `changed` is emitted whenever colours or text size change and every widget has been told.
class Theme : public QObject {
    Q_OBJECT

public:
    /// Call once, right after QApplication is made. A second call is harmless.
    static void install(QApplication &app, ThemeMode mode = ThemeMode::System);
    static Theme &instance();

    void setMode(ThemeMode mode);
    ThemeMode mode() const { return m_mode; }
    bool isDark() const { return m_dark; }

    /// Text size from 1.0 to 2.0; values outside are clamped.
    void setTextScale(double scale);
    double textScale() const { return m_scale; }

    QColor color(Token token) const { return m_colors[static_cast<size_t>(token)]; }
    QFont font(Type type) const;
    /// A control height or row height in logical pixels at the current text scale (30 → 60 at 200 %).
    int scaled(int pixels) const;

signals:
    void changed();

private:
    explicit Theme(QApplication &app);
    void apply();
    void resolveSystem();
    bool loadTokens(bool dark);

    QApplication &m_app;
    ThemeMode m_mode = ThemeMode::System;
    bool m_dark = false;
    bool m_systemDark = false;
    double m_scale = 1.0;
    std::array<QColor, tokenCount> m_colors;
};

inline QColor color(Token token)
{
    return Theme::instance().color(token);
}
inline QFont typeFont(Type type)
{
    return Theme::instance().font(type);
}
inline int scaled(int pixels)
{
    return Theme::instance().scaled(pixels);
}

/// Text colour and tint of a tone. Tone::None is Text on Panel, Tone::Dim is Dim on Panel.
Token foreground(Tone tone);
Token tint(Tone tone);

/// Runs `apply` now and after every theme change, as long as `widget` lives.
void bindTheme(QWidget *widget, std::function<void()> apply);

/// Lets a plain container paint `token` behind its children (pages, panes).
void paintBackground(QWidget *widget, Token token);

} // namespace cairn::kit
