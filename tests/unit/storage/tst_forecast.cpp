// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/Forecast.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using storage::Forecast;

namespace {

constexpr qint64 gib = qint64(1) << 30;

/// One sample an hour, `hours` of them up to `now`, growing by `perHour` bytes to `last`.
QList<UsageSample> line(const QDateTime &now, int hours, qint64 last, qint64 perHour)
{
    QList<UsageSample> samples;
    for (int i = hours - 1; i >= 0; --i)
        samples.append({now.addSecs(-3600LL * i), last - perHour * i, 100 * gib, UseSource::Kubelet});
    return samples;
}

} // namespace

class TestForecast : public QObject
{
    Q_OBJECT
    const QDateTime now = QDateTime::fromString(u"2026-05-01T12:00:00Z"_s, Qt::ISODate);

private slots:
    void aLineIsForetoldExactly()
    {
        const Forecast f = storage::forecast(line(now, 72, 76 * gib, gib), 24 * gib, 100 * gib, now);
        QCOMPARE(f.state, Forecast::State::Growing);
        QCOMPARE(f.bytesPerDay, 24.0 * gib);
        QCOMPARE(f.days, 1.0);
        QCOMPARE(f.soonest, 1.0);
        QCOMPARE(f.latest, 1.0);
    }

    void theOrderOfTheSamplesDoesNotMatter()
    {
        QList<UsageSample> samples = line(now, 40, 50 * gib, gib / 2);
        const Forecast f = storage::forecast(samples, 50 * gib, 100 * gib, now);
        std::reverse(samples.begin(), samples.end());
        QVERIFY(storage::forecast(samples, 50 * gib, 100 * gib, now) == f);
    }

    void aFewWildSamplesDoNotMoveIt()
    {
        QList<UsageSample> samples = line(now, 60, 60 * gib, gib / 10);
        for (const int i : {3, 20, 41, 55})
            samples[i].used = 0; // somebody's file system was not mounted
        const Forecast f = storage::forecast(samples, 40 * gib, 100 * gib, now);
        QCOMPARE(f.state, Forecast::State::Growing);
        QVERIFY2(std::abs(f.bytesPerDay - 2.4 * gib) < 0.05 * gib, qPrintable(QString::number(f.bytesPerDay / gib)));
        QVERIFY(f.soonest <= f.days);
        QVERIFY(f.latest < 0 || f.latest >= f.days);
    }

    void tooLittleIsNoForecast()
    {
        QCOMPARE(storage::forecast({}, gib, gib, now).state, Forecast::State::TooFew);
        QCOMPARE(storage::forecast(line(now, 4, 50 * gib, gib), gib, 100 * gib, now).state, Forecast::State::TooFew);
        QCOMPARE(storage::forecast(line(now, 6, 50 * gib, gib), gib, 100 * gib, now).state, Forecast::State::TooFew); // 5 hours
        QCOMPARE(storage::forecast(line(now, 7, 50 * gib, gib), gib, 100 * gib, now).state, Forecast::State::Growing);
        // Many samples of one moment.
        const QList<UsageSample> same(50, {now, gib, 100 * gib, UseSource::Helper});
        QCOMPARE(storage::forecast(same, gib, 100 * gib, now).state, Forecast::State::TooFew);
    }

    void whatLiesFarBackOrAheadIsLeftOut()
    {
        const QList<UsageSample> old = line(now.addDays(-20), 72, 50 * gib, gib);
        QCOMPARE(storage::forecast(old, gib, 100 * gib, now).state, Forecast::State::TooFew);
        const QList<UsageSample> future = line(now.addDays(20), 72, 50 * gib, gib); // a clock that was wrong
        QCOMPARE(storage::forecast(future, gib, 100 * gib, now).state, Forecast::State::TooFew);
    }

    void whatDoesNotGrowIsSaidSo()
    {
        QCOMPARE(storage::forecast(line(now, 72, 50 * gib, 0), gib, 100 * gib, now).state, Forecast::State::NotGrowing);
        const Forecast shrinking = storage::forecast(line(now, 72, 10 * gib, -gib / 10), gib, 100 * gib, now);
        QCOMPARE(shrinking.state, Forecast::State::NotGrowing);
        QVERIFY(shrinking.bytesPerDay < 0);
        // Below a thousandth a day.
        QCOMPARE(storage::forecast(line(now, 72, 50 * gib, gib / 1000), gib, 100 * gib, now).state, Forecast::State::NotGrowing);
    }

    void withoutALimitThereIsARateAlone()
    {
        const Forecast f = storage::forecast(line(now, 72, 50 * gib, gib), -1, -1, now);
        QCOMPARE(f.state, Forecast::State::Growing);
        QCOMPARE(f.days, -1.0);
        QCOMPARE(f.bytesPerDay, 24.0 * gib);
    }

    void whatIsFullIsFullNow()
    {
        const Forecast f = storage::forecast(line(now, 72, 100 * gib, gib), 0, 100 * gib, now);
        QCOMPARE(f.days, 0.0);
    }

    void manySamplesStayCheap()
    {
        QList<UsageSample> samples;
        for (int i = 0; i < 20'000; ++i)
            samples.append({now.addSecs(-60LL * i), 60 * gib - i * (gib / 1000), 100 * gib, UseSource::Kubelet});
        QElapsedTimer timer;
        timer.start();
        QCOMPARE(storage::forecast(samples, 40 * gib, 100 * gib, now).state, Forecast::State::Growing);
        QVERIFY(timer.elapsed() < 1000);
    }
};

QTEST_APPLESS_MAIN(TestForecast)
#include "tst_forecast.moc"
