// SPDX-License-Identifier: GPL-3.0-or-later
#include "kit/Theme.h"

#include "kit/FocusRing.h"
#include "kit/Style.h"
#include "kit/SystemScheme.h"

#include <QApplication>
#include <QFile>
#include <QFontDatabase>
#include <QJsonDocument>
#include <QJsonObject>
#include <QPalette>
#include <QScreen>
#include <QToolTip>
#include <QWidget>
#include <QtMath>

// Resources of a static library must be named once in a translation unit that is certainly linked; the macro does not
// work inside a namespace.
static void initResources()
{
    Q_INIT_RESOURCE(cairn_kit);
}

namespace cairn::kit {

using namespace Qt::StringLiterals;

namespace {

Theme *g_theme = nullptr;

constexpr std::array<QLatin1StringView, tokenCount> tokenNames{"bg"_L1, "panel"_L1, "side"_L1, "line"_L1, "sel"_L1,
    "text"_L1, "dim"_L1, "faint"_L1, "control"_L1, "accent"_L1, "accentBg"_L1, "onAccent"_L1, "ok"_L1, "okBg"_L1,
    "warn"_L1, "warnBg"_L1, "err"_L1, "errBg"_L1, "idle"_L1, "idleBg"_L1, "series1"_L1, "series2"_L1, "series3"_L1,
    "series4"_L1, "shade"_L1, "shadow"_L1};

struct TypeSpec {
    double pixels;
    QFont::Weight weight;
    enum Family { Sans, Tabular, Code } family = Sans;
    double spacing = 0; ///< letter spacing in pixels
};

TypeSpec spec(Type type)
{
    switch (type) {
    case Type::PageTitle: return {20, QFont::DemiBold, TypeSpec::Sans, -0.2};
    case Type::PanelTitle: return {16, QFont::DemiBold};
    case Type::StateTitle: return {15, QFont::DemiBold};
    case Type::Section: return {13, QFont::DemiBold};
    case Type::Body: break;
    case Type::BodyMedium: return {13, QFont::Medium};
    case Type::BodyStrong: return {13, QFont::DemiBold};
    case Type::Number: return {13, QFont::Normal, TypeSpec::Tabular};
    case Type::NumberStrong: return {13, QFont::DemiBold, TypeSpec::Tabular};
    case Type::Meta: return {12, QFont::Normal};
    case Type::MetaMedium: return {12, QFont::Medium};
    case Type::MetaStrong: return {12, QFont::DemiBold};
    case Type::MetaNumber: return {12, QFont::Normal, TypeSpec::Tabular};
    case Type::Tag: return {11.5, QFont::Medium};
    case Type::Chart: return {11, QFont::Normal, TypeSpec::Tabular};
    case Type::ChartStrong: return {11, QFont::DemiBold, TypeSpec::Tabular};
    case Type::TileNumber: return {26, QFont::DemiBold, TypeSpec::Sans, -0.5};
    case Type::TileUnit: return {15, QFont::Medium, TypeSpec::Sans, -0.3};
    case Type::Mono: return {12, QFont::Normal, TypeSpec::Code};
    case Type::MonoStrong: return {12, QFont::Bold, TypeSpec::Code};
    case Type::MonoSmall: return {11, QFont::Normal, TypeSpec::Code};
    }
    return {13, QFont::Normal};
}

} // namespace

ThemeMode themeMode(const QString &word)
{
    return word == "light"_L1 ? ThemeMode::Light : word == "dark"_L1 ? ThemeMode::Dark : ThemeMode::System;
}

void Theme::install(QApplication &app, ThemeMode mode)
{
    if (g_theme)
        return;
    initResources();
    g_theme = new Theme(app);
    g_theme->m_mode = mode;
    // The style is owned by the application from here on.
    QApplication::setStyle(new Style);
    g_theme->m_systemDark = SystemScheme::isDark();
    g_theme->apply();
    FocusRing::install(app);
    auto *scheme = new SystemScheme(g_theme);
    connect(scheme, &SystemScheme::changed, g_theme, [](bool dark) {
        g_theme->m_systemDark = dark;
        if (g_theme->m_mode == ThemeMode::System)
            g_theme->apply();
    });
}

Theme &Theme::instance()
{
    Q_ASSERT_X(g_theme, "Theme", "Theme::install has not been called");
    return *g_theme;
}

Theme::Theme(QApplication &app)
    : QObject(&app)
    , m_app(app)
{
    for (const auto *file : {"Inter-Regular.otf", "Inter-Medium.otf", "Inter-SemiBold.otf", "CairnTabular-Regular.otf",
             "CairnTabular-Medium.otf", "CairnTabular-SemiBold.otf", "DejaVuSansMono.ttf", "DejaVuSansMono-Bold.ttf"})
        QFontDatabase::addApplicationFont(u":/cairn/fonts/"_s + QLatin1StringView(file));
    connect(this, &QObject::destroyed, &app, [] { g_theme = nullptr; });
}

void Theme::setMode(ThemeMode mode)
{
    if (m_mode == mode)
        return;
    m_mode = mode;
    apply();
}

void Theme::setTextScale(double scale)
{
    scale = std::clamp(scale, 1.0, 2.0);
    if (qFuzzyCompare(scale, m_scale))
        return;
    m_scale = scale;
    apply();
}

QFont Theme::font(Type type) const
{
    const TypeSpec s = spec(type);
    QFont font;
    switch (s.family) {
    case TypeSpec::Sans: font.setFamilies({u"Inter"_s, u"Noto Sans CJK TC"_s}); break;
    case TypeSpec::Tabular: font.setFamilies({u"Cairn Tabular"_s, u"Inter"_s, u"Noto Sans CJK TC"_s}); break;
    case TypeSpec::Code:
        font.setFamilies({u"DejaVu Sans Mono"_s, u"Noto Sans Mono CJK TC"_s});
        font.setStyleHint(QFont::Monospace);
        font.setFixedPitch(true);
        break;
    }
    // Point sizes take fractions (a tag is 11.5 px), pixel sizes do not.
    font.setPointSizeF(s.pixels * m_scale * 72.0 / QGuiApplication::primaryScreen()->logicalDotsPerInchY());
    font.setWeight(s.weight);
    if (s.spacing != 0)
        font.setLetterSpacing(QFont::AbsoluteSpacing, s.spacing * m_scale);
    font.setHintingPreference(QFont::PreferVerticalHinting);
    return font;
}

int Theme::scaled(int pixels) const
{
    return qRound(pixels * m_scale);
}

bool Theme::loadTokens(bool dark)
{
    QFile file(dark ? u":/cairn/themes/dark.json"_s : u":/cairn/themes/light.json"_s);
    if (!file.open(QIODevice::ReadOnly))
        return false;
    const QJsonObject colors = QJsonDocument::fromJson(file.readAll()).object().value("colors"_L1).toObject();
    for (size_t i = 0; i < tokenNames.size(); ++i) {
        const QColor color(colors.value(tokenNames[i]).toString());
        Q_ASSERT_X(color.isValid(), "Theme", "token missing from the theme file");
        m_colors[i] = color;
    }
    return true;
}

void Theme::apply()
{
    m_dark = m_mode == ThemeMode::Dark || (m_mode == ThemeMode::System && m_systemDark);
    loadTokens(m_dark);

    QPalette palette;
    const auto set = [&](QPalette::ColorRole role, Token token) { palette.setColor(role, color(token)); };
    set(QPalette::Window, Token::Bg);
    set(QPalette::WindowText, Token::Text);
    set(QPalette::Base, Token::Panel);
    set(QPalette::AlternateBase, Token::Bg);
    set(QPalette::Text, Token::Text);
    set(QPalette::PlaceholderText, Token::Dim);
    set(QPalette::Button, Token::Panel);
    set(QPalette::ButtonText, Token::Text);
    set(QPalette::BrightText, Token::Err);
    set(QPalette::Highlight, Token::Sel);
    set(QPalette::HighlightedText, Token::Text);
    set(QPalette::Link, Token::Accent);
    set(QPalette::LinkVisited, Token::Accent);
    set(QPalette::ToolTipBase, Token::Panel);
    set(QPalette::ToolTipText, Token::Text);
    set(QPalette::Light, Token::Panel);
    set(QPalette::Midlight, Token::Line);
    set(QPalette::Mid, Token::Line);
    set(QPalette::Dark, Token::Control);
    set(QPalette::Shadow, Token::Control);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText, QPalette::PlaceholderText})
        palette.setColor(QPalette::Disabled, role, color(Token::Faint));
    QApplication::setFont(font(Type::Body));
    QApplication::setPalette(palette);
    QToolTip::setPalette(palette);
    QToolTip::setFont(font(Type::Meta));
    emit changed();
    // Custom-painted widgets depend on tokens the palette knows nothing about.
    const auto widgets = QApplication::allWidgets();
    for (QWidget *widget : widgets)
        widget->update();
}

Token foreground(Tone tone)
{
    switch (tone) {
    case Tone::None: return Token::Text;
    case Tone::Dim: return Token::Dim;
    case Tone::Ok: return Token::Ok;
    case Tone::Info: return Token::Accent;
    case Tone::Warn: return Token::Warn;
    case Tone::Err: return Token::Err;
    case Tone::Idle: break;
    }
    return Token::Idle;
}

Token tint(Tone tone)
{
    switch (tone) {
    case Tone::None:
    case Tone::Dim: return Token::Panel;
    case Tone::Ok: return Token::OkBg;
    case Tone::Info: return Token::AccentBg;
    case Tone::Warn: return Token::WarnBg;
    case Tone::Err: return Token::ErrBg;
    case Tone::Idle: break;
    }
    return Token::IdleBg;
}

void bindTheme(QWidget *widget, std::function<void()> apply)
{
    apply();
    QObject::connect(&Theme::instance(), &Theme::changed, widget, std::move(apply));
}

void paintBackground(QWidget *widget, Token token)
{
    widget->setAutoFillBackground(true);
    bindTheme(widget, [widget, token] {
        QPalette palette = widget->palette();
        palette.setColor(QPalette::Window, color(token));
        widget->setPalette(palette);
    });
}

} // namespace cairn::kit
