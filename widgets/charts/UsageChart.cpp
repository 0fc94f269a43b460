// SPDX-License-Identifier: GPL-3.0-or-later
#include "charts/UsageChart.h"

#include "base/Text.h"
#include "charts/Ticks.h"
#include "kit/Announce.h"
#include "kit/Card.h"
#include "kit/Paint.h"

#include <QCategoryAxis>
#include <QChart>
#include <QChartView>
#include <QClipboard>
#include <QGraphicsLayout>
#include <QGuiApplication>
#include <QKeyEvent>
#include <QLineSeries>
#include <QMenu>
#include <algorithm>

namespace cairn::charts {

using namespace Qt::StringLiterals;
using kit::color;
using kit::scaled;
using kit::Token;
using kit::Type;

namespace {

constexpr qsizetype maxPoints = 2000;
constexpr double dayMs = 86'400'000;
constexpr double hourMs = 3'600'000;
/// The history keeps a sample an hour for a week, then one a day: what lies further apart was not measured.
constexpr double dailyAfter = 7 * dayMs;

double ms(const QDateTime &time)
{
    return static_cast<double>(time.toMSecsSinceEpoch());
}

} // namespace

class UsageChart::Private {
public:
    /// The chart with what QtCharts has no series for: the area with its gaps, the range, labels and the tooltip.
    class View : public QChartView {
    public:
        View(Private *d, UsageChart *owner)
            : QChartView(new QChart, owner)
            , m_d(d)
        {
            setFrameShape(QFrame::NoFrame);
            setRenderHint(QPainter::Antialiasing);
            setFocusPolicy(Qt::NoFocus);
            setAttribute(Qt::WA_TransparentForMouseEvents);
            setBackgroundBrush(Qt::NoBrush);
            viewport()->setAutoFillBackground(false);
            setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
            setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
        }

    protected:
        void drawBackground(QPainter *painter, const QRectF &) override { m_d->paintBehind(*painter); }
        void drawForeground(QPainter *painter, const QRectF &) override { m_d->paintAbove(*painter); }

    private:
        Private *m_d;
    };

    explicit Private(UsageChart *owner)
        : q(owner)
        , view(new View(this, owner))
        , x(new QCategoryAxis)
        , y(new QCategoryAxis)
        , limit(new QLineSeries)
        , forecast(new QLineSeries)
    {
        QChart *chart = view->chart();
        chart->legend()->hide();
        chart->setBackgroundVisible(false);
        chart->setPlotAreaBackgroundVisible(false);
        chart->setAnimationOptions(QChart::NoAnimation);
        chart->layout()->setContentsMargins(0, 0, 0, 0);
        chart->addAxis(x, Qt::AlignBottom);
        chart->addAxis(y, Qt::AlignLeft);
        for (QCategoryAxis *axis : {x, y}) {
            axis->setLabelsPosition(QCategoryAxis::AxisLabelsPositionOnValue);
            axis->setTruncateLabels(false);
        }
        x->setGridLineVisible(false);
        for (QLineSeries *line : {limit, forecast}) {
            chart->addSeries(line);
            line->attachAxis(x);
            line->attachAxis(y);
        }
    }

    void restyle()
    {
        const QFontMetrics metrics(kit::typeFont(Type::Chart));
        view->chart()->setMargins(QMargins(0, metrics.height() + 6, metrics.horizontalAdvance(u"00:00:00"_s) / 2 + 4, 0));
        for (QCategoryAxis *axis : {x, y}) {
            axis->setLabelsFont(kit::typeFont(Type::Chart));
            axis->setLabelsColor(color(Token::Dim));
            axis->setGridLinePen(QPen(color(Token::Line), 1));
            axis->setLinePen(Qt::NoPen);
        }
        limit->setPen(QPen(color(Token::Err), 1.5));
        forecast->setPen(QPen(color(Token::Warn), 1.8, Qt::DashLine));
    }

    /// Of the ticks those within the range, which the axis then shows.
    static void setTicks(QCategoryAxis *axis, const QList<Tick> &ticks, double low, double high)
    {
        const QStringList old = axis->categoriesLabels();
        for (const QString &label : old)
            axis->remove(label);
        axis->setStartValue(low);
        axis->setRange(low, high);
        // Labels have to differ for QCategoryAxis; trailing spaces do not show.
        QStringList used;
        for (const Tick &tick : ticks) {
            if (tick.value < low || tick.value > high)
                continue;
            QString label = tick.text;
            while (used.contains(label))
                label += u' ';
            used.append(label);
            axis->append(label, tick.value);
        }
    }

    /// The axis counts in the largest unit of which there is at least one.
    void chooseUnit(double top)
    {
        static const QStringList units{u"B"_s, u"KiB"_s, u"MiB"_s, u"GiB"_s, u"TiB"_s, u"PiB"_s, u"EiB"_s};
        divisor = 1;
        qsizetype at = 0;
        for (; at + 1 < units.size() && top / divisor >= 1000; ++at)
            divisor *= 1024;
        unit = units[at];
    }

    void rebuild()
    {
        const double end = ms(data.now);
        const double begin = end - data.days * dayMs;
        points.clear();
        for (const UsageSample &sample : std::as_const(data.samples)) {
            if (sample.used >= 0 && sample.at.isValid() && ms(sample.at) >= begin && ms(sample.at) <= end)
                points.append(sample);
        }
        hovered = -1;
        selected = qMin(selected, points.size() - 1);
        hasRange = data.now.isValid() && !points.isEmpty();
        x->setVisible(hasRange);
        y->setVisible(hasRange);
        limit->clear();
        forecast->clear();
        if (!hasRange)
            return;
        const double last = static_cast<double>(points.last().used);
        const bool grows = data.bytesPerDay > 0;
        // Room for what is to come: until it is full, but never more than 40 % of the picture.
        const double ahead = !grows ? 0 : data.full >= 0 ? qMin(qMax(data.full * 1.4, data.days * 0.1), data.days * 0.4) : data.days * 0.25;
        double top = last;
        for (const UsageSample &sample : std::as_const(points))
            top = qMax(top, static_cast<double>(sample.used));
        const double reach = data.full >= 0 ? qMin(data.full, ahead) : ahead;
        foretold = last + data.bytesPerDay * reach;
        if (grows)
            top = qMax(top, foretold);
        // A claim that is nearly empty would be a line at the bottom if its capacity were drawn.
        drawsLimit = data.capacity > 0 && top >= static_cast<double>(data.capacity) * 0.2;
        if (drawsLimit)
            top = qMax(top, static_cast<double>(data.capacity));
        chooseUnit(top);
        const double right = end + ahead * dayMs;
        setTicks(x, timeTicks(QDateTime::fromMSecsSinceEpoch(qint64(begin)), QDateTime::fromMSecsSinceEpoch(qint64(right)),
                              qBound(3, q->width() / scaled(90), 9)), begin, right);
        QList<Tick> steps = stepTicks(0, qMax(top / divisor, 1.0), q->height() < scaled(170) ? 3 : 4);
        for (Tick &step : steps)
            step.text = UsageChart::tr("%1 %2", "number, unit").arg(step.text, unit);
        setTicks(y, steps, 0, qMax(top / divisor, 1.0) * 1.08);
        if (drawsLimit)
            limit->replace({{x->min(), static_cast<double>(data.capacity) / divisor}, {x->max(), static_cast<double>(data.capacity) / divisor}});
        if (grows && reach > 0)
            forecast->replace({{end, last / divisor}, {end + reach * dayMs, foretold / divisor}});
    }

    QPointF place(double time, double bytes) const
    {
        const QRectF plot = view->chart()->plotArea();
        return {plot.x() + (time - x->min()) / (x->max() - x->min()) * plot.width(),
                plot.bottom() - (bytes / divisor - y->min()) / (y->max() - y->min()) * plot.height()};
    }
    QPointF place(const UsageSample &sample) const { return place(ms(sample.at), static_cast<double>(sample.used)); }

    /// Runs of samples that belong together.
    QList<QPolygonF> runs() const
    {
        QList<QPolygonF> runs;
        const QList<qsizetype> drawn = thin(points.size(), maxPoints, {});
        const double weekAgo = ms(data.now) - dailyAfter;
        double before = 0;
        for (const qsizetype i : drawn) {
            const double at = ms(points[i].at);
            const double apart = points.size() > maxPoints || before < weekAgo ? 1.6 * dayMs : 3 * hourMs;
            if (runs.isEmpty() || at - before > apart)
                runs.append(QPolygonF());
            runs.last().append(place(points[i]));
            before = at;
        }
        return runs;
    }

    void paintBehind(QPainter &painter) const
    {
        if (!hasRange)
            return;
        const QRectF plot = view->chart()->plotArea();
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        const UsageSample &last = points.last();
        if (data.bytesPerDay > 0 && data.soonest >= 0 && data.capacity > 0 && drawsLimit) {
            // Between the soonest and the latest day it may be full, cut off at the end of the picture.
            const double now = ms(data.now);
            const double used = static_cast<double>(last.used);
            const double top = static_cast<double>(data.capacity);
            const auto edge = [&](double days) {
                const double room = (x->max() - now) / dayMs;
                return days >= 0 && days <= room ? QPointF(place(now + days * dayMs, top))
                                                 : QPointF(place(x->max(), days > 0 ? used + (top - used) * room / days : used));
            };
            const QPointF early = edge(data.soonest);
            const QPointF late = edge(data.latest);
            QPolygonF range{place(now, used), early};
            if (data.latest < 0 || late.y() > early.y() + 0.5)
                range << place(x->max(), top); // the corner above the late edge
            range << late;
            painter.setBrush(color(Token::WarnBg));
            painter.drawPolygon(range);
        }
        for (const QPolygonF &run : runs()) {
            QPolygonF area = run;
            area << QPointF(run.last().x(), plot.bottom()) << QPointF(run.first().x(), plot.bottom());
            painter.setPen(Qt::NoPen);
            painter.setBrush(color(Token::AccentBg));
            painter.drawPolygon(area);
            painter.setBrush(color(Token::Accent));
            if (run.size() == 1)
                painter.drawEllipse(run.first(), scaled(2), scaled(2));
            painter.setBrush(Qt::NoBrush);
            painter.setPen(QPen(color(Token::Accent), 1.8, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
            painter.drawPolyline(run);
        }
    }

    void paintAbove(QPainter &painter) const
    {
        if (!hasRange) {
            kit::paint::text(painter, q->rect(), emptyText(), kit::typeFont(Type::Body), color(Token::Dim), Qt::AlignCenter);
            return;
        }
        const QRectF plot = view->chart()->plotArea();
        const QFont face = kit::typeFont(Type::Chart);
        const QFont strong = kit::typeFont(Type::ChartStrong);
        const int height = QFontMetrics(face).height();
        const auto label = [&](QPointF at, const QString &words, const QFont &font, Token token) {
            const int width = QFontMetrics(font).horizontalAdvance(words) + 2;
            const int left = qRound(qBound(plot.left(), at.x(), qMax(plot.left(), plot.right() - width)));
            kit::paint::text(painter, QRect(left, qRound(at.y()), width, height), words, font, color(token));
        };
        const double now = ms(data.now);
        const qreal today = qRound(place(now, 0).x()) + 0.5;
        if (now < x->max() - 1) {
            painter.setPen(QPen(color(Token::Faint), 1));
            painter.drawLine(QPointF(today, plot.top()), QPointF(today, plot.bottom()));
        }
        if (drawsLimit) {
            const qreal line = place(now, static_cast<double>(data.capacity)).y();
            label({plot.left() + 6, line - height - 2}, UsageChart::tr("capacity %1").arg(text::bytes(data.capacity)), face, Token::Err);
        }
        const UsageSample &last = points.last();
        const QPointF end = place(last);
        painter.setPen(Qt::NoPen);
        painter.setBrush(color(Token::Accent));
        painter.drawEllipse(end, scaled(4), scaled(4));
        if (data.full >= 0 && forecast->count() > 1) {
            const QDateTime day = data.now.addSecs(qint64(data.full * 86400)).toLocalTime();
            const QString words = UsageChart::tr("full about %1").arg(QLocale().toString(day.date(), u"d MMM"_s));
            const QPointF at = place(forecast->at(1).x(), forecast->at(1).y() * divisor);
            const int width = QFontMetrics(strong).horizontalAdvance(words);
            // Where the line ends before it is full, the words stand below it.
            const bool reached = at.x() < plot.right() - 1;
            label({at.x() - width / 2.0, reached ? at.y() - height - 3 : at.y() + 6}, words, strong, Token::Warn);
        }
        const qsizetype told = hovered >= 0 ? hovered : selected;
        if (told >= 0) {
            paintTip(painter, told);
            return;
        }
        const QString words = UsageChart::tr("%1 now").arg(text::bytes(last.used));
        const int width = QFontMetrics(strong).horizontalAdvance(words);
        const double line = drawsLimit ? place(now, static_cast<double>(data.capacity)).y() : -1e9;
        const bool above = end.y() - height - 14 > qMax(line, plot.top());
        label({end.x() - width - 10, above ? end.y() - height - 9 : end.y() + 12}, words, strong, Token::Text);
    }

    QString tip(qsizetype index) const
    {
        const UsageSample &sample = points[index];
        const QString used = text::bytes(sample.used);
        if (sample.capacity <= 0)
            return used;
        return UsageChart::tr("%1, %2 %", "used, part")
            .arg(used)
            .arg(qRound(100 * static_cast<double>(sample.used) / static_cast<double>(sample.capacity)));
    }
    static QString when(const UsageSample &sample)
    {
        return QLocale().toString(sample.at.toLocalTime(), u"d MMM yyyy, HH:mm"_s);
    }

    void paintTip(QPainter &painter, qsizetype index) const
    {
        const QString title = tip(index);
        const QString detail = when(points[index]);
        const QFont strong = kit::typeFont(Type::ChartStrong);
        const QFont plain = kit::typeFont(Type::Chart);
        const int line = scaled(17);
        const int width = qMax(QFontMetrics(strong).horizontalAdvance(title), QFontMetrics(plain).horizontalAdvance(detail)) + 22;
        const int height = 2 * line + 16;
        const QPointF at = place(points[index]);
        painter.setPen(QPen(color(Token::Panel), 1.5));
        painter.setBrush(color(Token::Accent));
        painter.drawEllipse(at, scaled(5), scaled(5));
        const QRectF plot = view->chart()->plotArea();
        const qreal left = qBound(0.0, at.x() - width / 2.0, static_cast<qreal>(qMax(0, q->width() - width - 1)));
        qreal top = at.y() + scaled(12);
        if (top + height > plot.bottom())
            top = qMax(0.0, at.y() - scaled(12) - height);
        const QRect rect(qRound(left), qRound(top), width, height);
        kit::paint::box(painter, rect, kit::radius::control, color(Token::Panel), color(Token::Line));
        kit::paint::text(painter, QRect(rect.x() + 11, rect.y() + 8, width - 22, line), title, strong, color(Token::Text));
        kit::paint::text(painter, QRect(rect.x() + 11, rect.y() + 8 + line, width - 22, line), detail, plain, color(Token::Dim));
    }

    QString emptyText() const
    {
        return data.samples.isEmpty() ? UsageChart::tr("No history yet: Cairn records it while it runs")
                                      : UsageChart::tr("No measurements in this period");
    }

    qsizetype nearest(double pos) const
    {
        qsizetype best = -1;
        qreal distance = scaled(24);
        for (qsizetype i = 0; i < points.size(); ++i) {
            const qreal apart = std::abs(place(points[i]).x() - pos);
            if (apart < distance) {
                distance = apart;
                best = i;
            }
        }
        return best;
    }

    void updateNames()
    {
        q->setAccessibleDescription(q->summary());
        q->setAccessibleName(selected < 0 ? UsageChart::tr("Usage over time")
                                          : UsageChart::tr("Usage over time: %1, %2", "used, when").arg(tip(selected), when(points[selected])));
    }

    UsageChart *q;
    View *view;
    QCategoryAxis *x; ///< ms since the epoch
    QCategoryAxis *y; ///< bytes / divisor
    QLineSeries *limit;
    QLineSeries *forecast;
    UsageData data;
    QList<UsageSample> points; ///< in view
    double divisor = 1;
    QString unit;
    double foretold = 0;
    qsizetype selected = -1;
    qsizetype hovered = -1;
    bool hasRange = false;
    bool drawsLimit = false;
};

UsageChart::UsageChart(QWidget *parent)
    : QWidget(parent)
    , d(std::make_unique<Private>(this))
{
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    kit::bindTheme(this, [this] { d->restyle(); });
    d->rebuild();
    d->updateNames();
}

UsageChart::~UsageChart() = default;

void UsageChart::setData(const UsageData &usage)
{
    if (usage == d->data)
        return;
    d->data = usage;
    std::ranges::stable_sort(d->data.samples, {}, &UsageSample::at);
    d->selected = -1;
    d->rebuild();
    d->updateNames();
    d->view->viewport()->update();
}

QList<UsageSample> UsageChart::shown() const
{
    return d->points;
}

void UsageChart::select(qsizetype index)
{
    if (index < 0 || index >= d->points.size() || index == d->selected)
        return;
    d->selected = index;
    d->hovered = -1;
    d->updateNames();
    d->view->viewport()->update();
    kit::announce(this, accessibleName());
}

QString UsageChart::summary() const
{
    if (d->points.isEmpty())
        return d->emptyText();
    QString words = tr("%1 %2, %3 %4.", "used, when, used, when")
                        .arg(text::bytes(d->points.first().used), Private::when(d->points.first()), text::bytes(d->points.last().used),
                             Private::when(d->points.last()));
    if (d->data.capacity > 0)
        words += u' ' + tr("The capacity is %1.").arg(text::bytes(d->data.capacity));
    if (d->data.full >= 0)
        words += u' ' + tr("Full in about %n day(s).", nullptr, qRound(d->data.full));
    return words;
}

QSize UsageChart::sizeHint() const
{
    return {scaled(640), scaled(180)};
}

QSize UsageChart::minimumSizeHint() const
{
    return {scaled(240), scaled(120)};
}

void UsageChart::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    d->view->setGeometry(rect());
    // The number of labels depends on the size.
    d->rebuild();
}

void UsageChart::keyPressEvent(QKeyEvent *event)
{
    const qsizetype count = d->points.size();
    switch (event->key()) {
    case Qt::Key_Left: select(d->selected < 0 ? count - 1 : d->selected - 1); return;
    case Qt::Key_Right: select(d->selected < 0 ? count - 1 : d->selected + 1); return;
    case Qt::Key_Home: select(0); return;
    case Qt::Key_End: select(count - 1); return;
    case Qt::Key_T: emit tableRequested(); return;
    default: QWidget::keyPressEvent(event);
    }
}

void UsageChart::mouseMoveEvent(QMouseEvent *event)
{
    const qsizetype near = d->hasRange ? d->nearest(event->position().x()) : -1;
    if (near == d->hovered)
        return;
    d->hovered = near;
    d->view->viewport()->update();
}

void UsageChart::leaveEvent(QEvent *event)
{
    d->hovered = -1;
    d->view->viewport()->update();
    QWidget::leaveEvent(event);
}

void UsageChart::contextMenuEvent(QContextMenuEvent *event)
{
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    connect(menu->addAction(tr("Show as table")), &QAction::triggered, this, &UsageChart::tableRequested);
    connect(menu->addAction(tr("Copy summary")), &QAction::triggered, this,
            [this] { QGuiApplication::clipboard()->setText(summary()); });
    menu->popup(event->globalPos());
}

} // namespace cairn::charts
