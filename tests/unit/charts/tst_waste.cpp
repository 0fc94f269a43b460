// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Translation.h"
#include "charts/WasteChart.h"
#include "kit/Theme.h"

#include <QApplication>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using charts::WasteChart;
using charts::WasteData;
using charts::WastePoint;

namespace {

WastePoint at(double interval)
{
    return {interval, 74 / interval, interval / 187'200};
}

WasteData data()
{
    WasteData data;
    for (int i = 1; i <= 300; ++i)
        data.curve.append(at(i * 40));
    data.set = at(2580);
    data.proposed = at(3700);
    data.before = at(11'000);
    data.beforeName = u"bert-xl"_s;
    data.flatFrom = 2400;
    data.flatTo = 5700;
    data.flatWords = u"at most 1.1 × the least"_s;
    data.deadline = 9000;
    return data;
}

int pixels(QWidget &widget, kit::Token token)
{
    const QImage image = widget.grab().toImage();
    const QColor wanted = kit::color(token);
    int count = 0;
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x)
            count += image.pixelColor(x, y) == wanted ? 1 : 0;
    }
    return count;
}

} // namespace

class TestWaste : public QObject {
    Q_OBJECT
private slots:
    void initTestCase()
    {
        installTranslation(QLocale(u"en"_s));
        kit::Theme::install(*qApp, kit::ThemeMode::Light);
    }

    void theKeyboardReachesEveryMarkInOrder()
    {
        WasteChart chart;
        chart.resize(460, 260);
        chart.setData(data());
        chart.show();
        QCOMPARE(chart.marks().size(), 4);
        QStringList heard;
        for (int i = 0; i < 4; ++i) {
            QTest::keyClick(&chart, Qt::Key_Right);
            heard.append(chart.accessibleName());
        }
        QVERIFY2(heard[0].contains(u"Set"_s) && heard[0].contains(u"43 min"_s), qPrintable(heard[0]));
        QVERIFY2(heard[1].contains(u"Proposed"_s), qPrintable(heard[1]));
        QVERIFY2(heard[2].contains(u"Deadline"_s), qPrintable(heard[2]));
        QVERIFY2(heard[3].contains(u"bert-xl"_s), qPrintable(heard[3]));
        QTest::keyClick(&chart, Qt::Key_Home);
        QCOMPARE(chart.accessibleName(), heard[0]);
        QTest::keyClick(&chart, Qt::Key_End);
        QCOMPARE(chart.accessibleName(), heard[3]);
        QSignalSpy tables(&chart, &WasteChart::tableRequested);
        QTest::keyClick(&chart, Qt::Key_T);
        QCOMPARE(tables.count(), 1);
    }
    void theWholePictureIsToldInWords()
    {
        WasteChart chart;
        chart.setData(data());
        const QString said = chart.accessibleDescription();
        for (const QString &part : {u"Set"_s, u"Proposed"_s, u"bert-xl"_s, u"Deadline"_s, u"1.1"_s, u"%"_s})
            QVERIFY2(said.contains(part), qPrintable(part));
        WasteData unknown = data();
        unknown.failures = false;
        chart.setData(unknown);
        QVERIFY(chart.summary().contains(u"not known"_s));
    }
    void oneMarkWhereTheProposalIsSet()
    {
        WasteChart chart;
        WasteData same = data();
        same.set = same.proposed;
        chart.setData(same);
        QCOMPARE(chart.marks().size(), 3);
    }
    void nothingKnownDrawsNothing()
    {
        WasteChart chart;
        chart.resize(460, 260);
        chart.setData({});
        QVERIFY(chart.marks().isEmpty());
        QVERIFY(!chart.summary().isEmpty());
        QCOMPARE(pixels(chart, kit::Token::Accent), 0);
        WasteData marksAlone = data();
        marksAlone.curve.clear();
        chart.setData(marksAlone);
        QVERIFY(chart.marks().isEmpty());
        QTest::keyClick(&chart, Qt::Key_Right);
    }
    void drawnInBothThemes()
    {
        for (const kit::ThemeMode mode : {kit::ThemeMode::Light, kit::ThemeMode::Dark}) {
            kit::Theme::install(*qApp, mode);
            for (const QSize size : {QSize(300, 200), QSize(460, 260), QSize(1200, 500)}) {
                WasteChart chart;
                chart.resize(size);
                chart.setData(data());
                QVERIFY(pixels(chart, kit::Token::Accent) > 50);   // ■ and the curve
                QVERIFY(pixels(chart, kit::Token::AccentBg) > 200); // where it matters little
                QVERIFY(pixels(chart, kit::Token::Err) > 5);       // the deadline
            }
        }
        kit::Theme::install(*qApp, kit::ThemeMode::Light);
    }
    /// Numbers that no sane cluster gives.
    void hostileNumbers()
    {
        WasteChart chart;
        chart.resize(460, 260);
        for (const double step : {1e-9, 1e-3, 1e9}) {
            WasteData odd = data();
            odd.step = step;
            odd.set = WastePoint{1e12, 1e-12, 1};
            odd.before = WastePoint{1e-6, 1, 0};
            odd.deadline = 1e15;
            chart.setData(odd);
            QVERIFY(!chart.grab().isNull());
        }
        WasteData tiny = data();
        for (WastePoint &point : tiny.curve)
            point.saves = point.failures = 0;
        tiny.set = tiny.proposed = WastePoint{100, 0, 0};
        chart.setData(tiny);
        QVERIFY(!chart.grab().isNull());
    }
};

QTEST_MAIN(TestWaste)
#include "tst_waste.moc"
