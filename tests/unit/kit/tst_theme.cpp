// SPDX-License-Identifier: GPL-3.0-or-later
#include "kit/Icons.h"
#include "kit/Theme.h"

#include <QApplication>
#include <QDir>
#include <QFontInfo>
#include <QFontMetrics>
#include <QSignalSpy>
#include <QTest>
#include <cmath>

using namespace cairn::kit;
using namespace Qt::StringLiterals;

namespace {

double luminance(const QColor &color)
{
    const auto channel = [](double c) { return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4); };
    return 0.2126 * channel(color.redF()) + 0.7152 * channel(color.greenF()) + 0.0722 * channel(color.blueF());
}

double contrast(const QColor &a, const QColor &b)
{
    const double la = luminance(a);
    const double lb = luminance(b);
    return (std::max(la, lb) + 0.05) / (std::min(la, lb) + 0.05);
}

} // namespace

class TestTheme : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { Theme::install(*qApp, ThemeMode::Light); }

    /// WCAG AA for text: 4.5 on every ground it may stand on.
    void textIsReadableOnEveryGround_data()
    {
        QTest::addColumn<bool>("dark");
        QTest::newRow("light") << false;
        QTest::newRow("dark") << true;
    }
    void textIsReadableOnEveryGround()
    {
        QFETCH(const bool, dark);
        Theme::instance().setMode(dark ? ThemeMode::Dark : ThemeMode::Light);
        for (const Token ink : {Token::Text, Token::Dim, Token::Accent, Token::Ok, Token::Warn, Token::Err}) {
            for (const Token paper : {Token::Bg, Token::Panel, Token::Side, Token::Sel})
                QVERIFY2(contrast(color(ink), color(paper)) >= 4.5,
                    qPrintable(u"%1 on %2"_s.arg(static_cast<int>(ink)).arg(static_cast<int>(paper))));
        }
        for (const Tone tone : {Tone::Ok, Tone::Info, Tone::Warn, Tone::Err, Tone::Idle})
            QVERIFY(contrast(color(foreground(tone)), color(tint(tone))) >= 4.5);
        QVERIFY(contrast(color(Token::OnAccent), color(Token::Accent)) >= 4.5);
        // Marks and lines need 3.
        for (const Token series : {Token::Series1, Token::Series2, Token::Series3, Token::Series4, Token::Control})
            QVERIFY(contrast(color(series), color(Token::Panel)) >= 3.0);
    }

    void modeChangesPaletteAndTellsWidgets()
    {
        Theme::instance().setMode(ThemeMode::Light);
        QSignalSpy spy(&Theme::instance(), &Theme::changed);
        Theme::instance().setMode(ThemeMode::Dark);
        QCOMPARE(spy.count(), 1);
        QVERIFY(Theme::instance().isDark());
        QCOMPARE(QApplication::palette().color(QPalette::Window), color(Token::Bg));
        Theme::instance().setMode(ThemeMode::Dark);
        QCOMPARE(spy.count(), 1);
    }

    void bundledFontsAreUsed()
    {
        QCOMPARE(QFontInfo(typeFont(Type::Body)).family(), u"Inter"_s);
        QCOMPARE(QFontInfo(typeFont(Type::Number)).family(), u"Cairn Tabular"_s);
        QCOMPARE(QFontInfo(typeFont(Type::Mono)).family(), u"DejaVu Sans Mono"_s);
        QCOMPARE(QFontInfo(typeFont(Type::Body)).pixelSize(), 13);
    }

    void figuresOfNumberColumnsAreEquallyWide()
    {
        const QFontMetricsF metrics(typeFont(Type::Number));
        const qreal zero = metrics.horizontalAdvance(u'0');
        for (char16_t digit = u'1'; digit <= u'9'; ++digit)
            QCOMPARE(metrics.horizontalAdvance(QChar(digit)), zero);
    }

    void textScaleIsClampedAndScalesFontsAndHeights()
    {
        Theme &theme = Theme::instance();
        theme.setTextScale(9);
        QCOMPARE(theme.textScale(), 2.0);
        QCOMPARE(QFontInfo(typeFont(Type::Body)).pixelSize(), 26);
        QCOMPARE(scaled(30), 60);
        theme.setTextScale(0.1);
        QCOMPARE(theme.textScale(), 1.0);
        QCOMPARE(scaled(30), 30);
    }

    void everyIconDrawsInTheColourAsked()
    {
        const QStringList files = QDir(u":/cairn/icons"_s).entryList({u"*.svg"_s});
        QVERIFY(files.size() >= 30);
        for (const QString &file : files) {
            const QImage image = iconPixmap(file.chopped(4), QColor(255, 0, 0), {32, 32}, 1).toImage();
            bool red = false;
            for (int y = 0; y < image.height(); ++y) {
                for (int x = 0; x < image.width(); ++x) {
                    const QColor pixel = image.pixelColor(x, y);
                    red = red || (pixel.alpha() > 200 && pixel.red() > 200);
                    QVERIFY2(pixel.alpha() == 0 || (pixel.green() < 8 && pixel.blue() < 8), qPrintable(file));
                }
            }
            QVERIFY2(red, qPrintable(file + u" is empty"_s));
        }
    }
};

QTEST_MAIN(TestTheme)
#include "tst_theme.moc"
