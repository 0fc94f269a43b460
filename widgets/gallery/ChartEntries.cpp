// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Text.h"
#include "charts/TimelineChart.h"
#include "gallery/Entries.h"
#include "kit/Card.h"
#include "kit/Label.h"

#include <QHBoxLayout>
#include <QTimeZone>
#include <QVBoxLayout>

namespace cairn::gallery {

using namespace Qt::StringLiterals;
using namespace charts;

namespace {

QDateTime at(int minutes)
{
    return QDateTime(QDate(2026, 11, 25), QTime(8, 0), QTimeZone::utc()).addSecs(minutes * 60);
}

TimelinePoint point(int minutes, double step, Verdict verdict, const QString &word, const QString &detail)
{
    return {at(minutes), step, verdict, u"step-%1"_s.arg(step),
        u"Step %1 · %2"_s.arg(text::number(qRound64(step)), word), detail};
}

QWidget *framed(const TimelineData &data, const QString &selected)
{
    auto *card = new kit::Card;
    auto *head = kit::hbox();
    head->addWidget(new kit::Label(u"Checkpoint timeline"_s, kit::Type::Section), 1);
    head->addWidget(TimelineChart::makeLegend());
    card->body()->addLayout(head);
    auto *chart = new TimelineChart;
    chart->setData(data);
    chart->setSelectedKey(selected);
    card->body()->addWidget(chart, 1);
    return card;
}

QWidget *timeline()
{
    TimelineData data;
    data.from = at(6);
    data.to = at(296);
    data.startStep = 0;
    data.endStep = 12431;
    const QString detail = u"27.1 GiB in 41 s · loss 1.872"_s;
    for (int i = 1; i <= 6; ++i)
        data.points.append(point(6 + i * 21, i * 1000, Verdict::Whole, u"whole"_s, detail));
    data.restarts = {{at(138), at(150), u"restart 1: OOMKilled"_s}};
    for (int i = 7; i <= 12; ++i)
        data.points.append(point(150 + (i - 6) * 22, i * 1000, i == 9 ? Verdict::Unverified : Verdict::Whole,
            i == 9 ? u"unverified"_s : u"whole"_s, detail));
    data.points.append(point(292, 12400, Verdict::Damaged, u"damaged"_s, u"21.4 GiB · 25 of 32 shards"_s));
    data.failures = {{at(296), u"failed at 12\u202F431"_s}};
    return framed(data, u"step-12000"_s);
}

QWidget *onePoint()
{
    TimelineData data;
    data.from = at(0);
    data.to = at(40);
    data.points = {point(30, 500, Verdict::Writing, u"writing"_s, u"3.1 of about 27 GiB"_s)};
    return framed(data, {});
}

QWidget *empty()
{
    return framed({}, {});
}

QWidget *many()
{
    TimelineData data;
    for (int i = 0; i < 10000; ++i)
        data.points.append(point(i, 1000 + i * 10, i % 977 == 3 ? Verdict::Damaged : Verdict::Whole,
            i % 977 == 3 ? u"damaged"_s : u"whole"_s, {}));
    return framed(data, {});
}

} // namespace

void registerChartEntries(kit::GalleryRegistry &registry)
{
    registry.add({u"chart.timeline"_s, u"Timeline"_s, timeline, {{812, 300}}});
    registry.add({u"chart.timeline-one"_s, u"Timeline: one checkpoint"_s, onePoint, {{600, 240}}});
    registry.add({u"chart.timeline-empty"_s, u"Timeline: none yet"_s, empty, {{600, 200}}});
    registry.add({u"chart.timeline-many"_s, u"Timeline: 10,000"_s, many, {{812, 300}}});
}

} // namespace cairn::gallery
