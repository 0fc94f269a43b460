// SPDX-License-Identifier: GPL-3.0-or-later
#include "launch/Advisor.h"

#include <QTest>
#include <cmath>
#include <limits>
#include <random>

using namespace cairn::launch;

namespace {

constexpr double kMinute = 60;
constexpr double kHour = 3600;
constexpr double kDay = 24 * kHour;

/// The share lost by trainings whose failures come at random, as it really happens: work, save, fail, restart.
class Simulation {
public:
    Simulation(double save, double failure, double restart)
        : m_save(save)
        , m_failure(failure)
        , m_restart(restart)
    {
    }

    double lost(double interval, unsigned seed) const
    {
        std::mt19937_64 random(seed);
        std::exponential_distribution<double> untilFailure(1 / m_failure);
        double worked = 0;
        double took = 0;
        double next = untilFailure(random);
        // As many failures as make the mean certain to half a percent.
        for (int failures = 0; failures < 20'000;) {
            const double segment = interval + m_save;
            if (next >= segment) {
                next -= segment;
                took += segment;
                worked += interval;
                continue;
            }
            took += next;
            ++failures;
            next = untilFailure(random);
            while (next < m_restart) { // a failure while it restarts begins the restart anew
                took += next;
                ++failures;
                next = untilFailure(random);
            }
            took += m_restart;
            next -= m_restart;
        }
        return 1 - worked / took;
    }

private:
    double m_save, m_failure, m_restart;
};

} // namespace

class TestAdvisor : public QObject {
    Q_OBJECT
private slots:
    void publishedIntervals_data()
    {
        QTest::addColumn<double>("failure");
        QTest::addColumn<double>("minutes");
        QTest::addColumn<double>("near");
        // Daly 2006, captions of the figures: a save of 5 minutes.
        QTest::newRow("24 h") << 24 * kHour << 117.0 << 0.5;
        QTest::newRow("6 h") << 6 * kHour << 57.0 << 0.5;
        QTest::newRow("15 min") << 15 * kMinute << 9.1 << 0.06;
    }
    void publishedIntervals()
    {
        QFETCH(double, failure);
        QFETCH(double, minutes);
        QFETCH(double, near);
        const double got = dalyInterval(5 * kMinute, failure) / kMinute;
        QVERIFY2(std::abs(got - minutes) <= near, qPrintable(QString::number(got)));
    }
    void savesThatTakeLongerThanTrainingLasts()
    {
        QCOMPARE(dalyInterval(10, 5), 5.0);
        QCOMPARE(dalyInterval(11, 5), 5.0);
        QCOMPARE(youngInterval(2, 100), 20.0);
    }

    void wasteAsSimulated_data()
    {
        QTest::addColumn<double>("save");
        QTest::addColumn<double>("failure");
        QTest::addColumn<double>("restart");
        for (const double save : {5.0, 60.0, 300.0}) {
            for (const double failure : {15 * kMinute, 6 * kHour, 24 * kHour, 33 * kDay}) {
                for (const double restart : {60.0, 600.0}) {
                    const QByteArray name = QByteArray::number(save) + " s, " + QByteArray::number(failure) + " s, "
                        + QByteArray::number(restart) + " s";
                    QTest::newRow(name.constData()) << save << failure << restart;
                }
            }
        }
    }
    void wasteAsSimulated()
    {
        QFETCH(double, save);
        QFETCH(double, failure);
        QFETCH(double, restart);
        const Simulation simulation(save, failure, restart);
        const double interval = dalyInterval(save, failure);
        const double lost = simulation.lost(interval, 7);
        const double told = wasteOf(interval, save, failure, restart).inAll();
        QVERIFY2(std::abs(told - lost) <= 0.02 * lost,
            qPrintable(QStringLiteral("told %1, lost %2").arg(told).arg(lost)));

        // No other interval of a fine grid loses noticeably less: the useful time is within 2 % of the best, and what
        // is lost too.
        double best = lost;
        for (int i = -6; i <= 6; ++i)
            best = std::min(best, simulation.lost(interval * std::pow(1.3, i), 7));
        QVERIFY2(lost <= best * 1.02, qPrintable(QStringLiteral("lost %1, best %2").arg(lost).arg(best)));
    }

    void wasteWithoutFailures()
    {
        const Waste waste = wasteOf(950, 50, std::numeric_limits<double>::infinity(), 600);
        QCOMPARE(waste.saves, 0.05);
        QCOMPARE(waste.failures, 0.0);
    }
    void hopelessIsNotANumberOutOfRange()
    {
        const Waste waste = wasteOf(1e9, 10, 1, 1e9);
        QVERIFY(waste.inAll() <= 1 && waste.inAll() > 0.999);
    }

    void boundsOfSevenFailures()
    {
        // Tables of chi-square: 28.845 for 16 degrees and 97.5 %, 5.629 for 14 and 2.5 %.
        const Bounds bounds = boundsOfMean(7);
        QVERIFY(std::abs(bounds.least - 14 / 28.845) < 0.005);
        QVERIFY(std::abs(bounds.most - 14 / 5.629) < 0.02);
        QVERIFY(boundsOfMean(1000).least > 0.93 && boundsOfMean(1000).most < 1.07);
        QVERIFY(std::isinf(boundsOfMean(0).most));
    }

    void adviceFromFailures()
    {
        const Costs costs{Measured{74, 41}, Measured{5.16, 40}, Measured{26 * kHour, 7}, Measured{360, 7}};
        const Advice advice = advise(costs);
        QCOMPARE(advice.why, Advice::Why::Failures);
        QVERIFY(advice.steps);
        QVERIFY2(*advice.steps > 690 && *advice.steps < 720, qPrintable(QString::number(*advice.steps)));
        QVERIFY(std::abs(advice.best.interval - static_cast<double>(*advice.steps) * 5.16) < 1e-6);
        QVERIFY(advice.least < advice.best.interval && advice.best.interval < advice.most);
        // Half as many steps, or twice as many, lose more.
        for (const double factor : {0.5, 2.0})
            QVERIFY(wasteOf(advice.best.interval * factor, 74, 26 * kHour, 360).inAll() > advice.best.inAll());
    }
    void adviceWithTooFewFailures()
    {
        const Advice advice = advise({Measured{10, 5}, Measured{2, 9}, Measured{kDay, kFewestFailures - 1}, {}});
        QCOMPARE(advice.why, Advice::Why::Overhead);
        QCOMPARE(*advice.steps, 95);
        QVERIFY(std::abs(advice.best.saves - kOverhead) < 0.001);
        QCOMPARE(advice.best.failures, 0.0);
        QCOMPARE(advice.most, 0.0);
    }
    void adviceFromATypedFailureRate()
    {
        const Advice advice = advise({Measured{10, 5}, {}, Measured{kDay, 0}, {}});
        QCOMPARE(advice.why, Advice::Why::Failures);
        QVERIFY(!advice.steps);
        QVERIFY(std::abs(advice.least - advice.most) < 1e-9);
    }
    void adviceFromNothing()
    {
        QCOMPARE(advise({}).why, Advice::Why::Nothing);
        QCOMPARE(advise({Measured{0, 3}, Measured{1, 1}, Measured{kDay, 9}, {}}).why, Advice::Why::Nothing);
        QCOMPARE(advise({Measured{std::nan(""), 3}, {}, {}, {}}).why, Advice::Why::Nothing);
        QVERIFY(wasteCurve({}, 1, 10, 5).isEmpty());
    }
    /// What the formulas say of a toy, of a save that hardly takes time, and of saves that take longer than training lasts.
    void neverTooOften_data()
    {
        QTest::addColumn<double>("save");
        QTest::addColumn<double>("step");
        QTest::addColumn<double>("failure");
        QTest::addColumn<int>("failures");
        QTest::addColumn<int>("limit");
        QTest::addColumn<double>("interval");
        using Limit = Advice::Limit;
        const auto row = [](const char *name, double save, double step, double failure, int failures, Limit limit, double interval) {
            QTest::newRow(name) << save << step << failure << failures << static_cast<int>(limit) << interval;
        };
        row("a save of a millisecond", 0.001, 0.5, kDay, 9, Limit::Often, 60);
        row("too few failures", 0.02, 0.5, kDay, 1, Limit::Often, 60);
        row("steps that do not divide it", 0.001, 7, kDay, 9, Limit::Often, 63);
        row("it always fails", 0.001, 0.5, 100, 9, Limit::Often, 10);
        row("saves longer than training lasts", 600, 1, 300, 9, Limit::Save, 600);
        row("nothing in the way", 60, 1, kDay, 9, Limit::None, 0);
        row("steps longer than a minute", 0.1, 300, kDay, 9, Limit::None, 300);
    }
    void neverTooOften()
    {
        QFETCH(double, save);
        QFETCH(double, step);
        QFETCH(double, failure);
        QFETCH(int, failures);
        QFETCH(int, limit);
        QFETCH(double, interval);
        const Advice advice = advise({Measured{save, 5}, Measured{step, 9}, Measured{failure, failures}, Measured{30, 9}});
        QCOMPARE(static_cast<int>(advice.limit), limit);
        if (interval > 0)
            QCOMPARE(advice.best.interval, interval);
        QVERIFY(advice.best.interval >= save - 1e-9);
        QVERIFY(advice.best.saves <= 0.5);
        // So it is without a step that was measured.
        QCOMPARE(static_cast<int>(advise({Measured{save, 5}, {}, Measured{failure, failures}, {}}).limit), limit == 0 && interval > 0 ? static_cast<int>(Advice::Limit::None) : limit);
    }
    void stepsLongerThanTheInterval()
    {
        const Advice advice = advise({Measured{1, 5}, Measured{kHour, 9}, Measured{60, 9}, {}});
        QCOMPARE(*advice.steps, 1);
        QCOMPARE(advice.best.interval, kHour);
    }

    /// At its edges just 1.1 times the least is lost; inside less, outside more.
    void flatZoneIsFlat_data() { wasteAsSimulated_data(); }
    void flatZoneIsFlat()
    {
        QFETCH(double, save);
        QFETCH(double, failure);
        QFETCH(double, restart);
        const Costs costs{Measured{save, 9}, {}, Measured{failure, 9}, Measured{restart, 9}};
        const double best = dalyInterval(save, failure);
        const double least = wasteAt(costs, best)->inAll();
        const auto flat = flatZone(costs);
        QVERIFY(flat);
        QVERIFY(flat->from < best && best < flat->to);
        for (const double edge : {flat->from, flat->to})
            QVERIFY(std::abs(wasteAt(costs, edge)->inAll() / least - kFlat) < 0.001 || wasteAt(costs, edge)->inAll() > 0.99);
        for (const double factor : {0.9, 1.1}) {
            QCOMPARE(wasteAt(costs, flat->from * factor)->inAll() / least < kFlat, factor > 1);
            QCOMPARE(wasteAt(costs, flat->to * factor)->inAll() / least < kFlat, factor < 1);
        }
    }
    void noIntervalNoWaste()
    {
        const Costs costs{Measured{74, 41}, {}, Measured{26 * kHour, 7}, {}};
        QVERIFY(!wasteAt(costs, 0) && !wasteAt(costs, -1) && !wasteAt(costs, std::nan("")));
        QVERIFY(!wasteAt({}, 60));
    }

    void curve()
    {
        const Costs costs{Measured{74, 41}, {}, Measured{26 * kHour, 7}, Measured{360, 7}};
        const QList<Waste> curve = wasteCurve(costs, 600, 12'000, 115);
        QCOMPARE(curve.size(), 115);
        QCOMPARE(curve.first().interval, 600.0);
        QCOMPARE(curve.last().interval, 12'000.0);
        // Saves fall, failures rise, and the lowest point is where the advice says.
        const Waste *lowest = &curve.first();
        for (qsizetype i = 1; i < curve.size(); ++i) {
            QVERIFY(curve.at(i).saves < curve.at(i - 1).saves);
            QVERIFY(curve.at(i).failures > curve.at(i - 1).failures);
            if (curve.at(i).inAll() < lowest->inAll())
                lowest = &curve.at(i);
        }
        QVERIFY(std::abs(lowest->interval - advise(costs).best.interval) < 200);
        QVERIFY(wasteCurve(costs, 10, 10, 5).isEmpty());
        // Without failures it is the curve of saving alone.
        const Costs alone{Measured{74, 41}, {}, Measured{26 * kHour, kFewestFailures - 1}, {}};
        for (const Waste &waste : wasteCurve(alone, 600, 12'000, 5)) {
            QCOMPARE(waste.failures, 0.0);
            QCOMPARE(waste.saves, 74 / (waste.interval + 74));
        }
        QVERIFY(!flatZone(alone));
        QVERIFY(wasteCurve(costs, 0, 10, 5).isEmpty());
    }
};

QTEST_APPLESS_MAIN(TestAdvisor)
#include "tst_advisor.moc"
