// SPDX-License-Identifier: GPL-3.0-or-later
#include "charts/Ticks.h"

#include <QTest>
#include <QTimeZone>

using namespace cairn::charts;
using namespace Qt::StringLiterals;

namespace {

QStringList texts(const QList<Tick> &ticks)
{
    QStringList result;
    for (const Tick &tick : ticks)
        result.append(tick.text);
    return result;
}

} // namespace

class TestTicks : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { QLocale::setDefault(QLocale::c()); }

    void stepsAreRoundAndEncloseTheRange_data()
    {
        QTest::addColumn<double>("min");
        QTest::addColumn<double>("max");
        QTest::addColumn<QStringList>("labels");
        QTest::newRow("thousands") << 0.0 << 12431.0 << QStringList{u"0"_s, u"5k"_s, u"10k"_s, u"15k"_s};
        QTest::newRow("small") << 0.0 << 7.0 << QStringList{u"0"_s, u"2"_s, u"4"_s, u"6"_s, u"8"_s};
        QTest::newRow("same") << 0.0 << 0.0 << QStringList{u"0"_s, u"1"_s};
        QTest::newRow("late") << 12000.0 << 12500.0 << QStringList{u"12k"_s, u"12.2k"_s, u"12.4k"_s, u"12.6k"_s};
        QTest::newRow("millions") << 0.0 << 4e6 << QStringList{u"0"_s, u"1M"_s, u"2M"_s, u"3M"_s, u"4M"_s};
    }
    void stepsAreRoundAndEncloseTheRange()
    {
        QFETCH(const double, min);
        QFETCH(const double, max);
        QFETCH(const QStringList, labels);
        const QList<Tick> ticks = stepTicks(min, max);
        QCOMPARE(texts(ticks), labels);
        QVERIFY(ticks.first().value <= min && ticks.last().value >= max);
    }

    void timesAreRoundAndEncloseTheRange()
    {
        const QDateTime from(QDate(2026, 11, 25), QTime(8, 6), QTimeZone::utc());
        const QDateTime to(QDate(2026, 11, 25), QTime(12, 56), QTimeZone::utc());
        QCOMPARE(texts(timeTicks(from, to)),
            (QStringList{u"08:00"_s, u"09:00"_s, u"10:00"_s, u"11:00"_s, u"12:00"_s, u"13:00"_s}));
        const QList<Tick> days = timeTicks(from, to.addDays(6));
        QVERIFY(days.first().text.contains(u"25 Nov"_s));
        QVERIFY(days.last().value >= static_cast<double>(to.addDays(6).toMSecsSinceEpoch()));
        QVERIFY(days.size() <= 9);
        QVERIFY(timeTicks(from, from).size() >= 2);
    }

    void thinningKeepsWhatMustStay()
    {
        QList<qsizetype> keep{3, 777, 9998};
        const QList<qsizetype> kept = thin(10000, 100, keep);
        QVERIFY(kept.size() <= 100 && kept.size() > 90);
        for (const qsizetype index : keep)
            QVERIFY(kept.contains(index));
        QCOMPARE(kept.first(), 0);
        QCOMPARE(kept.last(), 9999);
        QVERIFY(std::is_sorted(kept.begin(), kept.end()));
        QCOMPARE(thin(5, 100, {}).size(), 5);
        // More to keep than there is room: the limit holds.
        QList<qsizetype> all;
        for (qsizetype i = 0; i < 500; ++i)
            all.append(i);
        QCOMPARE(thin(1000, 100, all).size(), 100);
    }
};

QTEST_GUILESS_MAIN(TestTicks)
#include "tst_ticks.moc"
