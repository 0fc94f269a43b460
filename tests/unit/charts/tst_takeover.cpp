// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Translation.h"
#include "charts/AvailabilityStrip.h"
#include "charts/TakeoverChart.h"
#include "kit/Theme.h"

#include <QApplication>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using charts::AvailabilityStrip;
using charts::TakeoverChart;

namespace {

const QDateTime now = QDateTime::fromString(u"2026-03-01T12:30:00Z"_s, Qt::ISODate);

FailoverResult tested()
{
    FailoverResult test;
    test.id = u"a"_s;
    test.component = u"training-operator"_s;
    test.at = now;
    test.leaseSeconds = 15;
    test.retry = 2;
    test.leader = {u"op-7c9f"_s, u"node-1"_s};
    test.others = {{u"op-x2k8"_s, u"node-3"_s}};
    test.next = test.others.first();
    test.successor = {u"op-m3wz"_s, u"node-1"_s};
    test.renewals = {-3, -1, 1, 18.1, 20.1};
    test.gap = 18.1;
    test.worked = 22.3;
    test.successorMade = 0.5;
    test.standby = 31.8;
    test.probe = {u"PyTorchJob"_s, u"kubeflow"_s, u"cairn-probe-4f2a"_s, 0.4, 22.3, 33, 0};
    test.state = FailoverResult::State::Done;
    return test;
}

/// The pixels of a widget that have this colour, about.
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

class TestTakeover : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase()
    {
        installTranslation(QLocale(u"en"_s));
        kit::Theme::install(*qApp, kit::ThemeMode::Light);
    }

    void theKeyboardReachesEveryMomentInOrder()
    {
        TakeoverChart chart;
        chart.resize(760, 300);
        chart.setResult(tested());
        chart.show();
        chart.setFocus();
        QVERIFY(QTest::qWaitForWindowExposed(&chart));
        QCOMPARE(chart.moments().size(), 7); // without the renewals
        QStringList heard;
        for (qsizetype i = 0; i < chart.moments().size(); ++i) {
            QTest::keyClick(&chart, Qt::Key_Right);
            heard.append(chart.accessibleName());
        }
        heard.removeDuplicates();
        QCOMPARE(heard.size(), 7);
        QVERIFY(heard.first().contains(u"killed"_s));
        QVERIFY(heard.last().contains(u"stands by"_s));
        QTest::keyClick(&chart, Qt::Key_Right); // there is none after the last
        QCOMPARE(chart.accessibleName(), heard.last());
        QTest::keyClick(&chart, Qt::Key_Home);
        QCOMPARE(chart.accessibleName(), heard.first());
        QSignalSpy table(&chart, &TakeoverChart::tableRequested);
        QTest::keyClick(&chart, Qt::Key_T);
        QCOMPARE(table.size(), 1);
        QVERIFY(chart.summary().contains(u"18.1 s"_s));
    }

    void theTimeWithoutALeaderIsShaded()
    {
        TakeoverChart chart;
        chart.resize(760, 300);
        chart.setResult(tested());
        const int some = pixels(chart, kit::Token::ErrBg);
        QVERIFY2(some > 20'000, qPrintable(QString::number(some)));
        FailoverResult quick = tested();
        quick.gap = 2.4;
        chart.setResult(quick);
        QVERIFY(pixels(chart, kit::Token::ErrBg) < some / 3);
        FailoverResult before = tested();
        before.at = {};
        chart.setResult(before);
        QCOMPARE(pixels(chart, kit::Token::ErrBg), 0);
    }

    void whateverIsMissingIsNotPainted()
    {
        TakeoverChart chart;
        chart.resize(420, 200);
        QCOMPARE(chart.summary(), u"No failover test yet"_s);
        chart.grab();
        FailoverResult odd;
        odd.id = u"b"_s;
        odd.leader.pod = u"x"_s;
        odd.at = now;
        chart.setResult(odd);
        chart.grab();
        odd.gap = 1e7; // days
        odd.standby = 2e7;
        odd.others = QList<FailoverResult::Member>(50, {u"y"_s, {}});
        odd.next = {u"y"_s, {}};
        odd.renewals = QList<double>(500, 3);
        chart.setResult(odd);
        QVERIFY(!chart.grab().isNull());
        QVERIFY(chart.sizeHint().height() < 600); // not a row for each of fifty
    }

    void theStripSaysOnlyWhatWasSeen()
    {
        AvailabilityStrip strip(u"training-operator"_s);
        strip.resize(340, 24);
        QVERIFY(strip.summary().startsWith(u"Not seen"_s));
        strip.setHours(hoursOf({{now.addSecs(-7200), now.addSecs(-7110), Readiness::NotReady}, {now.addSecs(-7110), now.addSecs(-5400), Readiness::Ready}}, now));
        QVERIFY2(strip.summary().startsWith(u"95 %"_s), qPrintable(strip.summary()));
        QVERIFY(pixels(strip, kit::Token::Err) > 0);
        QCOMPARE(pixels(strip, kit::Token::Ok), 0); // the only hour that was seen had a failure
        // Never a full hundred where a moment was missing.
        strip.setHours(hoursOf({{now.addDays(-6), now.addSecs(-10), Readiness::Ready}, {now.addSecs(-10), now, Readiness::NotReady}}, now));
        QVERIFY2(strip.summary().startsWith(u"99.9 %"_s), qPrintable(strip.summary()));
        strip.show();
        strip.setFocus();
        QTest::keyClick(&strip, Qt::Key_End);
        QVERIFY2(strip.accessibleName().contains(u"not ready for 10 s"_s), qPrintable(strip.accessibleName()));
        QTest::keyClick(&strip, Qt::Key_Home);
        QVERIFY(strip.accessibleName().endsWith(u"not seen"_s));
    }
};

QTEST_MAIN(TestTakeover)
#include "tst_takeover.moc"
