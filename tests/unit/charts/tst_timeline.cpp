// SPDX-License-Identifier: GPL-3.0-or-later
#include "charts/TimelineChart.h"
#include "kit/Theme.h"

#include <QApplication>
#include <QChartView>
#include <QLineSeries>
#include <QSignalSpy>
#include <QTest>
#include <QTimeZone>

using namespace cairn;
using namespace cairn::charts;
using namespace Qt::StringLiterals;

namespace {

QDateTime at(int minutes)
{
    return QDateTime(QDate(2026, 11, 25), QTime(8, 0), QTimeZone::utc()).addSecs(minutes * 60);
}

TimelineData some(int count)
{
    TimelineData data;
    // Given newest first; the chart sorts.
    for (int i = count; i-- > 0;)
        data.points.append({at(i * 10), 1000.0 * (i + 1), i == 1 ? Verdict::Damaged : Verdict::Whole, u"k%1"_s.arg(i),
            u"Step %1"_s.arg(i), u"27 GiB"_s});
    return data;
}

qsizetype plotted(TimelineChart &chart)
{
    qsizetype points = 0;
    const auto series = chart.findChild<QChartView *>()->chart()->series();
    for (QAbstractSeries *line : series)
        points += static_cast<QLineSeries *>(line)->count();
    return points;
}

} // namespace

class TestTimeline : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { kit::Theme::install(*qApp, kit::ThemeMode::Light); }

    void arrowsWalkThroughTimeAndEnterActivates()
    {
        TimelineChart chart;
        chart.resize(600, 240);
        chart.setData(some(4));
        QSignalSpy selected(&chart, &TimelineChart::selected);
        QSignalSpy activated(&chart, &TimelineChart::activated);
        QSignalSpy table(&chart, &TimelineChart::tableRequested);
        QTest::keyClick(&chart, Qt::Key_Left);
        QCOMPARE(chart.selectedKey(), u"k3"_s);
        QTest::keyClick(&chart, Qt::Key_Left);
        QCOMPARE(chart.selectedKey(), u"k2"_s);
        QTest::keyClick(&chart, Qt::Key_Home);
        QCOMPARE(chart.selectedKey(), u"k0"_s);
        QTest::keyClick(&chart, Qt::Key_Left);
        QCOMPARE(chart.selectedKey(), u"k0"_s);
        QTest::keyClick(&chart, Qt::Key_End);
        QCOMPARE(selected.count(), 4);
        QTest::keyClick(&chart, Qt::Key_Return);
        QCOMPARE(activated.first().first().toString(), u"k3"_s);
        QTest::keyClick(&chart, Qt::Key_T);
        QCOMPARE(table.count(), 1);
    }

    void selectionSurvivesNewData()
    {
        TimelineChart chart;
        chart.setData(some(4));
        chart.setSelectedKey(u"k2"_s);
        chart.setData(some(9));
        QCOMPARE(chart.selectedKey(), u"k2"_s);
        chart.setData(some(1));
        QCOMPARE(chart.selectedKey(), QString());
    }

    void emptyAndOnePointDraw()
    {
        TimelineChart chart;
        chart.resize(400, 200);
        QVERIFY(!chart.grab().isNull());
        QVERIFY(!chart.summary().isEmpty());
        QTest::keyClick(&chart, Qt::Key_Left);
        QTest::keyClick(&chart, Qt::Key_Return);
        QCOMPARE(chart.selectedKey(), QString());
        chart.setData(some(1));
        QVERIFY(!chart.grab().isNull());
        QCOMPARE(plotted(chart), 1);
    }

    void aTenthOfThousandsIsDrawnButAllAreReached()
    {
        TimelineChart chart;
        chart.resize(600, 240);
        chart.setData(some(10000));
        QVERIFY(plotted(chart) <= 2000);
        chart.setSelectedKey(u"k5001"_s);
        QCOMPARE(chart.selectedKey(), u"k5001"_s);
        QTest::keyClick(&chart, Qt::Key_Right);
        QCOMPARE(chart.selectedKey(), u"k5002"_s);
        QVERIFY(!chart.grab().isNull());
    }

    void theLineBreaksAtARestart()
    {
        TimelineChart chart;
        chart.resize(600, 240);
        TimelineData data = some(6);
        chart.setData(data);
        const auto filled = [&] {
            int count = 0;
            const auto series = chart.findChild<QChartView *>()->chart()->series();
            for (QAbstractSeries *line : series)
                count += static_cast<QLineSeries *>(line)->count() > 0 ? 1 : 0;
            return count;
        };
        QCOMPARE(filled(), 1);
        data.restarts = {{at(22), at(28), u"restart 1: OOMKilled"_s}};
        chart.setData(data);
        QCOMPARE(filled(), 2);
        QVERIFY(chart.summary().contains(u"1 restart"_s));
    }

    void summarySaysWhatTheEyeSees()
    {
        TimelineChart chart;
        chart.setData(some(4));
        QVERIFY2(chart.summary().contains(u"3 whole"_s) && chart.summary().contains(u"1 damaged"_s),
            qPrintable(chart.summary()));
        QCOMPARE(chart.accessibleDescription(), chart.summary());
        chart.setSelectedKey(u"k2"_s);
        QVERIFY(chart.accessibleName().contains(u"Step 2"_s));
    }
};

QTEST_MAIN(TestTimeline)
#include "tst_timeline.moc"
