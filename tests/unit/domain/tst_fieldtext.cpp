// SPDX-License-Identifier: GPL-3.0-or-later
#include "domain/FieldText.h"

#include "domain/QuantityDecoder.h"

#include <QElapsedTimer>
#include <QTest>
#include <random>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace std::chrono_literals;

class TestFieldText : public QObject
{
    Q_OBJECT
    const QLocale m_en{QLocale::English, QLocale::UnitedStates};
    const QLocale m_de{QLocale::German, QLocale::Germany};
    const QLocale m_tw{QLocale::Chinese, QLocale::TraditionalHanScript, QLocale::Taiwan};

private slots:
    void numbersAreReadAsTheLocaleWritesThem()
    {
        QCOMPARE(field::parseNumber(u"12"_s, m_en), std::optional(12.0));
        QCOMPARE(field::parseNumber(u" 12 400 "_s, m_en), std::optional(12400.0));
        QCOMPARE(field::parseNumber(u"12\u202f400.5"_s, m_tw), std::optional(12400.5));
        QCOMPARE(field::parseNumber(u"12,400"_s, m_en), std::optional(12400.0));
        QCOMPARE(field::parseNumber(u"1.234,5"_s, m_de), std::optional(1234.5));
        QCOMPARE(field::parseNumber(u"1,5"_s, m_de), std::optional(1.5));
        QCOMPARE(field::parseNumber(u"1.5"_s, m_de), std::optional(1.5)); // no place for a group: a point
        QCOMPARE(field::parseNumber(u"1.234"_s, m_de), std::optional(1234.0));
        QCOMPARE(field::parseNumber(u"-0.5"_s, m_en), std::optional(-0.5));
        QCOMPARE(field::parseNumber(u"\u22123"_s, m_en), std::optional(-3.0));
        QCOMPARE(field::parseNumber(u"1e3"_s, m_en), std::optional(1000.0));
    }

    void whatIsNoNumberIsNone_data()
    {
        QTest::addColumn<QString>("text");
        const auto row = [](const QString &text) { QTest::newRow(qPrintable(text.left(20))) << text; };
        for (const QString &text : {u""_s, u" "_s, u"abc"_s, u"1 2"_s, u"1,2,3"_s, u"12,40"_s, u"1.2.3"_s, u"--1"_s, u"1e"_s, u"1e9999"_s, u"nan"_s,
                 u"inf"_s, u"0x10"_s, u"1_000"_s, u"\u0661\u0662"_s, u"1\n2"_s, u"1;2"_s, u"."_s, u"1 4000"_s, u"\u202e12"_s, u"1'000"_s})
            row(text);
        row(QString(65, u'1'));
        row(QString(1 << 20, u'9'));
        QTest::newRow("NUL") << u"1"_s + QChar(0) + u"2"_s;
    }
    void whatIsNoNumberIsNone()
    {
        QFETCH(QString, text);
        QCOMPARE(field::parseNumber(text, m_en), std::optional<double>());
    }

    void quantitiesAreReadAndWrittenAsKubernetesHasThem_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("unit");
        QTest::addColumn<QString>("canonical");
        const auto row = [](const QString &text, const QString &unit, const QString &canonical) {
            QTest::newRow(qPrintable(text + u'/' + unit)) << text << unit << canonical;
        };
        row(u"64"_s, u"Gi"_s, u"64Gi"_s);
        row(u"64Gi"_s, u"Mi"_s, u"64Gi"_s);
        row(u"64 GiB"_s, u"Gi"_s, u"64Gi"_s);
        row(u"64 GB"_s, u"Gi"_s, u"64G"_s);
        row(u"1.50"_s, u"Gi"_s, u"1.5Gi"_s);
        row(u"500m"_s, {}, u"500m"_s);
        row(u"8"_s, {}, u"8"_s);
        row(u"0"_s, u"Gi"_s, u"0Gi"_s);
        row(u"1 006 GiB"_s, u"Gi"_s, u"1006Gi"_s);
        row(u"2 K"_s, {}, u"2k"_s);
        row(u"512 B"_s, u"Gi"_s, u"512"_s);
        row(u"1e3"_s, {}, u"1000"_s);
        row(u"12E"_s, {}, u"12E"_s);
    }
    void quantitiesAreReadAndWrittenAsKubernetesHasThem()
    {
        QFETCH(QString, text);
        QFETCH(QString, unit);
        QFETCH(QString, canonical);
        const auto quantity = field::parseQuantity(text, unit, m_en);
        QVERIFY(quantity);
        QCOMPARE(quantity->canonical, canonical);
        QCOMPARE(std::optional(quantity->value), decodeQuantity(canonical.toStdString()));
    }

    void quantitiesFollowTheLocale()
    {
        QCOMPARE(field::parseQuantity(u"1,5 GiB"_s, u"Gi"_s, m_de)->canonical, u"1.5Gi"_s);
        QVERIFY(!field::parseQuantity(u"1,5 GiB"_s, u"Gi"_s, m_en));
        QCOMPARE(field::parseQuantity(u"1.234,5"_s, u"Mi"_s, m_de)->canonical, u"1234.5Mi"_s);
    }

    void whatIsNoQuantityIsNone_data()
    {
        QTest::addColumn<QString>("text");
        for (const QString &text : {u""_s, u"Gi"_s, u"-1Gi"_s, u"1 GiBB"_s, u"1GB B"_s, u"1 Gi Gi"_s, u"1gi"_s, u"1Zi"_s, u"1e400"_s, u"1 Gi;rm"_s, u"1e3Gi"_s,
                 u"NaN"_s, u"1\u200bGi"_s, u"99999999999999999999Gi"_s, u"B"_s, u"1BB"_s})
            QTest::newRow(qPrintable(text)) << text;
        QTest::newRow("long") << QString(1 << 20, u'1');
    }
    void whatIsNoQuantityIsNone()
    {
        QFETCH(QString, text);
        QVERIFY(!field::parseQuantity(text, u"Gi"_s, m_en));
    }

    void durationsAreRead_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<qint64>("milliseconds");
        const auto row = [](const QString &text, qint64 ms) { QTest::newRow(qPrintable(text)) << text << ms; };
        row(u"90 s"_s, 90'000);
        row(u"1h30m"_s, 5'400'000);
        row(u"1 h 30 min"_s, 5'400'000);
        row(u"1.5 h"_s, 5'400'000);
        row(u"15"_s, 900'000); // in the unit of the field, minutes here
        row(u"2 d"_s, 172'800'000);
        row(u"250 ms"_s, 250);
        row(u"0"_s, 0);
        row(u"1 day 2 hours 3 minutes 4 seconds 5 ms"_s, 93'784'005);
        row(u"1H"_s, 3'600'000);
    }
    void durationsAreRead()
    {
        QFETCH(QString, text);
        QFETCH(qint64, milliseconds);
        const auto value = field::parseDuration(text, 1min, m_en);
        QVERIFY(value);
        QCOMPARE(static_cast<qint64>(value->count()), milliseconds);
    }

    void whatIsNoDurationIsNone_data()
    {
        QTest::addColumn<QString>("text");
        for (const QString &text : {u""_s, u"h"_s, u"1 h 30"_s, u"1 s 1 h"_s, u"1 h 1 h"_s, u"-5 s"_s, u"1 fortnight"_s, u"1 h;2 s"_s, u"99999 d"_s, u"1e300 s"_s,
                 u"1 \u202eh"_s, u"1h 2x"_s})
            QTest::newRow(qPrintable(text)) << text;
        QTest::newRow("long") << u"1 s "_s.repeated(100'000);
    }
    void whatIsNoDurationIsNone()
    {
        QFETCH(QString, text);
        QVERIFY(!field::parseDuration(text, 1min, m_en));
    }

    void whatIsWrittenIsReadAgain()
    {
        std::mt19937_64 random(7);
        for (int i = 0; i < 2000; ++i) {
            const std::chrono::milliseconds value(static_cast<qint64>(random() % 800'000'000'000));
            for (const QLocale &locale : {m_en, m_de, m_tw})
                QCOMPARE(field::parseDuration(field::durationText(value), 1min, locale), std::optional(value));
        }
        QCOMPARE(field::durationText(0ms), u"0 s"_s);
        QCOMPARE(field::durationText(5'405'000ms), u"1 h 30 min 5 s"_s);
    }

    void anyTextIsAnInput()
    {
        std::mt19937 random(11);
        const QString letters = u"0123456789.,'-+eEkKMGiTBmsdh \u202f\u2212\u202e\u0000x\n"_s;
        QElapsedTimer timer;
        timer.start();
        for (int i = 0; i < 5000; ++i) {
            QString text;
            for (int length = static_cast<int>(random() % 30); length > 0; --length)
                text += letters[static_cast<qsizetype>(random() % static_cast<uint>(letters.size()))];
            for (const QLocale &locale : {m_en, m_de}) {
                if (const auto quantity = field::parseQuantity(text, u"Gi"_s, locale)) {
                    // What comes out is a quantity of Kubernetes, of the same size.
                    QCOMPARE(decodeQuantity(quantity->canonical.toStdString()), std::optional(quantity->value));
                    QVERIFY(quantity->value >= 0);
                }
                field::parseNumber(text, locale);
                field::parseDuration(text, 1s, locale);
            }
        }
        QVERIFY(timer.elapsed() < 20'000);
    }
};

QTEST_APPLESS_MAIN(TestFieldText)
#include "tst_fieldtext.moc"
