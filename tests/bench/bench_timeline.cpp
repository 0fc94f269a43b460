// SPDX-License-Identifier: GPL-3.0-or-later
// Paints a timeline of 10,000 checkpoints and says how long a repaint takes.   bench_timeline [points]

#include "charts/TimelineChart.h"
#include "kit/Theme.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QImage>
#include <algorithm>
#include <cstdio>
#include <vector>

using namespace cairn;

namespace {

charts::TimelineData timeline(int points)
{
    charts::TimelineData data;
    const QDateTime begin(QDate(2026, 1, 1), QTime(0, 0), Qt::UTC);
    for (int i = 0; i < points; ++i) {
        charts::TimelinePoint point;
        point.time = begin.addSecs(60LL * i);
        point.step = 25.0 * i;
        point.verdict = i % 97 == 0 ? Verdict::Damaged : i % 13 == 0 ? Verdict::Unverified : Verdict::Whole;
        point.key = QString::number(i);
        data.points.append(point);
    }
    for (int i = 1; i <= 3; ++i) {
        const QDateTime end = begin.addSecs(60LL * points * i / 4);
        data.failures.append({end, QStringLiteral("failed")});
        data.restarts.append({end, end.addSecs(600), QStringLiteral("restart")});
    }
    return data;
}

} // namespace

int main(int argc, char **argv)
{
    QApplication application(argc, argv);
    kit::Theme::install(application, kit::ThemeMode::Light);
    const int points = argc > 1 ? QByteArray(argv[1]).toInt() : 10'000;
    charts::TimelineChart chart;
    chart.resize(1600, 300);
    chart.show();
    QElapsedTimer clock;
    clock.start();
    chart.setData(timeline(points));
    // Into a picture: repaint() leaves out a parent that its child covers.
    QImage picture(chart.size(), QImage::Format_ARGB32_Premultiplied);
    chart.render(&picture);
    const double first = static_cast<double>(clock.nsecsElapsed()) / 1e6;
    std::vector<double> times;
    for (int i = 0; i < 50; ++i) {
        clock.restart();
        chart.render(&picture);
        times.push_back(static_cast<double>(clock.nsecsElapsed()) / 1e6);
    }
    std::ranges::sort(times);
    std::printf("{\"event\":\"timeline\",\"points\":%d,\"first\":%.2f,\"median\":%.2f,\"longest\":%.2f}\n", points, first, times[times.size() / 2],
                times.back());
    return 0;
}
