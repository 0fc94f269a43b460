// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Text.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace std::chrono_literals;

class TestText : public QObject
{
    Q_OBJECT
private slots:
    void safeShowsEveryHazard_data()
    {
        QTest::addColumn<QByteArray>("raw");
        QTest::addColumn<QString>("shown");
        QTest::newRow("plain") << "step-100.pt"_ba << u"step-100.pt"_s;
        QTest::newRow("newline") << "a\nb"_ba << u"a\\nb"_s;
        QTest::newRow("rtl override") << "a\u202Etxt.pt"_ba << u"a\\u{202E}txt.pt"_s;
        QTest::newRow("not UTF-8") << "a\xff\xfe_b"_ba << u"a\\xFF\\xFE_b"_s;
        QTest::newRow("chinese") << "檢查點"_ba << u"檢查點"_s;
        QTest::newRow("escape") << "\x1b[31m"_ba << u"\\x1B[31m"_s;
        QTest::newRow("truncated sequence") << "a\xe6\xaa"_ba << u"a\\xE6\\xAA"_s;
        QTest::newRow("emoji") << "x\xf0\x9f\x98\x80"_ba << QString::fromUtf8("x\xf0\x9f\x98\x80");
    }
    void safeShowsEveryHazard()
    {
        QFETCH(QByteArray, raw);
        QFETCH(QString, shown);
        QCOMPARE(text::safe(raw), shown);
    }
    void numbersAreSplitByThinSpaces()
    {
        QCOMPARE(text::number(999), u"999"_s);
        QCOMPARE(text::number(12400), u"12\u202f400"_s);
        QCOMPARE(text::number(-1234567), u"-1\u202f234\u202f567"_s);
    }
    void bytesUsePowersOf1024()
    {
        QCOMPARE(text::bytes(812), u"812 B"_s);
        QCOMPARE(text::bytes(29'098'500'000), u"27.1 GiB"_s);
        QCOMPARE(text::bytes(1024), u"1 KiB"_s);
        QCOMPARE(text::bytes(1024 * 1024 - 1), u"1 MiB"_s);
    }
    void durationsHaveAtMostTwoUnits()
    {
        QCOMPARE(text::duration(400ms), u"0.4 s"_s);
        QCOMPARE(text::duration(130min), u"2 h 10 min"_s);
        QCOMPARE(text::duration(76h), u"3 d 4 h"_s);
        QCOMPARE(text::duration(90s), u"1 min 30 s"_s);
    }
    void agoIsRelativeBelowADay()
    {
        const QDateTime now = QDateTime::fromString(u"2026-01-02T00:00:00Z"_s, Qt::ISODate);
        QCOMPARE(text::ago(now.addSecs(-2), now), u"now"_s);
        QCOMPARE(text::ago(now.addSecs(-540), now), u"9 min ago"_s);
        QCOMPARE(text::ago(now.addSecs(-4500), now), u"1 h 15 min ago"_s);
        QCOMPARE(text::ago(now.addDays(-3), now), u"3 d ago"_s);
        QCOMPARE(text::ago({}, now), u"–"_s);
    }
    void gpuTimeHasTheUnitThatGivesItADigit_data()
    {
        QTest::addColumn<double>("hours");
        QTest::addColumn<QString>("shown");
        QTest::addColumn<QString>("number");
        QTest::addColumn<QString>("unit");
        const auto row = [](const char *name, double hours, const QString &number, const QString &unit, const QString &shown = {}) {
            QTest::newRow(name) << hours << (shown.isEmpty() ? number + u' ' + unit : shown) << number << unit;
        };
        row("nothing", 0, u"0"_s, u"GPU-h"_s);
        row("an instant", 1e-9, u"1"_s, u"GPU-s"_s);
        row("seconds are rounded up", 40.2 / 3600, u"41"_s, u"GPU-s"_s);
        row("nearly a minute", 59.6 / 3600, u"1"_s, u"GPU-min"_s);
        row("minutes", 0.04, u"2"_s, u"GPU-min"_s);
        row("nearly an hour", 59.4 / 60, u"59"_s, u"GPU-min"_s);
        row("an hour", 59.6 / 60, u"1"_s, u"GPU-h"_s, u"1.0 GPU-h"_s);
        row("hours", 4.84, u"4.8"_s, u"GPU-h"_s);
        row("even hours", 38, u"38"_s, u"GPU-h"_s, u"38.0 GPU-h"_s);
        row("many", 12400.4, u"12\u202f400"_s, u"GPU-h"_s);
        row("a clock that went back", -0.5, u"-30"_s, u"GPU-min"_s);
        row("not a number", std::nan(""), u"–"_s, {}, u"–"_s);
    }
    void gpuTimeHasTheUnitThatGivesItADigit()
    {
        QFETCH(double, hours);
        QFETCH(QString, shown);
        QFETCH(QString, number);
        QFETCH(QString, unit);
        QCOMPARE(text::gpuHours(hours), shown);
        QCOMPARE(text::gpuTime(hours).number, number);
        QCOMPARE(text::gpuTime(hours).unit, unit);
        QVERIFY(!text::gpuHours(hours).startsWith(u"0.0"_s));
    }
    void gpuTimeThatIsNotKnownIsADash()
    {
        QCOMPARE(text::gpuHours({}), u"–"_s);
        QCOMPARE(text::gpuTime({}).unit, QString());
    }
};

QTEST_APPLESS_MAIN(TestText)
#include "tst_text.moc"
