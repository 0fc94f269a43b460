// SPDX-License-Identifier: GPL-3.0-or-later
#include "charts/TimelineChart.h"

#include "base/Text.h"
#include "charts/Ticks.h"
#include "kit/Announce.h"
#include "kit/Card.h"
#include "kit/Marks.h"
#include "kit/Paint.h"

#include <QCategoryAxis>
#include <QChart>
#include <QChartView>
#include <QClipboard>
#include <QGraphicsLayout>
#include <QGuiApplication>
#include <QHBoxLayout>
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

constexpr qsizetype maxPoints = 2000; // marks and line points drawn
constexpr qsizetype maxSegments = 32; // line series kept; later attempts share the last one
constexpr int hoverReach = 14;        // px from a mark

double ms(const QDateTime &time)
{
    return static_cast<double>(time.toMSecsSinceEpoch());
}

} // namespace

class TimelineChart::Private {
public:
    /// The chart with what QtCharts has no series for: bands, marks, failure lines and the tooltip.
    class View : public QChartView {
    public:
        View(Private *d, TimelineChart *owner)
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

    explicit Private(TimelineChart *owner)
        : q(owner)
        , view(new View(this, owner))
        , x(new QCategoryAxis)
        , y(new QCategoryAxis)
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
    }

    void restyle()
    {
        QChart *chart = view->chart();
        const int top = QFontMetrics(kit::typeFont(Type::Chart)).height() + 6;
        // The last time stands centred below the end of the plot: half of the longest label needs room beside it.
        const int right = QFontMetrics(kit::typeFont(Type::Chart)).horizontalAdvance(u"00:00:00"_s) / 2 + 4;
        chart->setMargins(QMargins(0, top, right, 0));
        for (QCategoryAxis *axis : {x, y}) {
            axis->setLabelsFont(kit::typeFont(Type::Chart));
            axis->setLabelsColor(color(Token::Dim));
            axis->setGridLinePen(QPen(color(Token::Line), 1));
            axis->setLinePen(Qt::NoPen);
        }
        for (QLineSeries *line : std::as_const(lines))
            line->setPen(linePen());
    }

    static QPen linePen() { return QPen(color(Token::Accent), 1.6, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin); }

    void setTicks(QCategoryAxis *axis, const QList<Tick> &ticks)
    {
        const QStringList old = axis->categoriesLabels();
        for (const QString &label : old)
            axis->remove(label);
        axis->setStartValue(ticks.first().value);
        axis->setRange(ticks.first().value, ticks.last().value);
        // Labels have to differ for QCategoryAxis; trailing spaces do not show.
        QStringList used;
        for (const Tick &tick : ticks) {
            QString text = tick.text;
            while (used.contains(text))
                text += u' ';
            used.append(text);
            axis->append(text, tick.value);
        }
    }

    void rebuild()
    {
        drawn.clear();
        QDateTime from = data.from;
        QDateTime to = data.to;
        double low = data.startStep.value_or(data.points.isEmpty() ? 0 : data.points.first().step);
        double high = data.endStep.value_or(low);
        for (const TimelinePoint &point : std::as_const(data.points)) {
            low = qMin(low, point.step);
            high = qMax(high, point.step);
        }
        if (!data.points.isEmpty()) {
            if (!from.isValid() || from > data.points.first().time)
                from = data.points.first().time;
            if (!to.isValid() || to < data.points.last().time)
                to = data.points.last().time;
        }
        hasRange = from.isValid() && to.isValid() && !data.points.isEmpty();
        if (!hasRange) {
            for (QLineSeries *line : std::as_const(lines))
                line->clear();
            x->setVisible(false);
            y->setVisible(false);
            return;
        }
        x->setVisible(true);
        y->setVisible(true);
        // A job that goes on late in its life would be a flat line if the axis began at zero.
        if (low < high * 0.6 || low >= high)
            low = 0;
        setTicks(x, timeTicks(from, to, qBound(3, q->width() / scaled(90), 9)));
        setTicks(y, stepTicks(low, high));

        QList<qsizetype> keep;
        for (qsizetype i = 0; i < data.points.size(); ++i) {
            if (data.points[i].verdict == Verdict::Damaged || i == selected)
                keep.append(i);
        }
        drawn = thin(data.points.size(), maxPoints, keep);
        buildLines(from);
    }

    /// One line per attempt: it breaks where a restart lies between two checkpoints, and between attempts.
    void buildLines(const QDateTime &from)
    {
        QList<QList<QPointF>> segments(1);
        joints.clear();
        if (data.startStep)
            segments.last().append(QPointF(ms(from), *data.startStep));
        qsizetype restart = 0;
        const TimelinePoint *before = nullptr;
        for (const qsizetype index : std::as_const(drawn)) {
            const TimelinePoint &point = data.points[index];
            while (restart < data.restarts.size() && data.restarts[restart].from < point.time) {
                if (!segments.last().isEmpty() && data.restarts[restart].to <= point.time) {
                    joints.append({segments.last().last(), QPointF(ms(point.time), point.step)});
                    if (segments.size() < maxSegments)
                        segments.append(QList<QPointF>());
                }
                ++restart;
            }
            const bool attempt = before && before->run != point.run;
            before = &point;
            if (!segments.last().isEmpty() && attempt && segments.size() < maxSegments) {
                joints.append({segments.last().last(), QPointF(ms(point.time), point.step)});
                segments.append(QList<QPointF>());
            }
            segments.last().append(QPointF(ms(point.time), point.step));
        }
        if (data.endStep && !segments.last().isEmpty()) {
            const QDateTime end = data.failures.isEmpty() ? data.to : data.failures.last().time;
            if (end.isValid() && ms(end) > segments.last().last().x())
                segments.last().append(QPointF(ms(end), *data.endStep));
        }
        while (lines.size() < segments.size()) {
            auto *line = new QLineSeries;
            line->setPen(linePen());
            view->chart()->addSeries(line);
            line->attachAxis(x);
            line->attachAxis(y);
            lines.append(line);
        }
        for (qsizetype i = 0; i < lines.size(); ++i)
            lines[i]->replace(i < segments.size() ? segments[i] : QList<QPointF>());
    }

    QPointF place(const QDateTime &time, double step) const
    {
        const QRectF plot = view->chart()->plotArea();
        const double spanX = x->max() - x->min();
        const double spanY = y->max() - y->min();
        return {plot.x() + (ms(time) - x->min()) / spanX * plot.width(),
            plot.bottom() - (step - y->min()) / spanY * plot.height()};
    }
    QPointF place(qsizetype index) const { return place(data.points[index].time, data.points[index].step); }

    void paintBehind(QPainter &painter) const
    {
        if (!hasRange)
            return;
        const QRectF plot = view->chart()->plotArea();
        const QFont face = kit::typeFont(Type::Chart);
        const int height = QFontMetrics(face).height();
        qreal free = 0; // right end of the last label, so that labels of many restarts do not overlap
        for (const TimelineRestart &restart : data.restarts) {
            const qreal left = qBound(plot.left(), place(restart.from, 0).x(), plot.right());
            const qreal right = qBound(plot.left(), place(restart.to, 0).x(), plot.right());
            const QRectF band(left, plot.top(), qMax(2.0, right - left), plot.height());
            painter.fillRect(band, color(Token::ErrBg));
            const int width = QFontMetrics(face).horizontalAdvance(restart.label);
            const qreal textLeft = qMin(left + 2, plot.right() - width);
            if (textLeft >= free) {
                kit::paint::text(painter, QRect(qRound(textLeft), qRound(plot.top()) - height - 2, width + 2, height),
                    restart.label, face, color(Token::Err));
                free = textLeft + width + 12;
            }
        }
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(color(Token::Err), 1.2, Qt::DashLine));
        for (const auto &[a, b] : joints) {
            const auto at = [&](QPointF p) {
                return QPointF(plot.x() + (p.x() - x->min()) / (x->max() - x->min()) * plot.width(),
                    plot.bottom() - (p.y() - y->min()) / (y->max() - y->min()) * plot.height());
            };
            painter.drawLine(at(a), at(b));
        }
    }

    void paintAbove(QPainter &painter) const
    {
        if (!hasRange) {
            kit::paint::text(painter, q->rect(), TimelineChart::tr("No checkpoints yet"), kit::typeFont(Type::Body),
                color(Token::Dim), Qt::AlignCenter);
            return;
        }
        const QRectF plot = view->chart()->plotArea();
        const QFont face = kit::typeFont(Type::Chart);
        const int height = QFontMetrics(face).height();
        qreal lastLabel = -1;
        for (const TimelineFailure &failure : data.failures) {
            const qreal at = qRound(place(failure.time, 0).x()) + 0.5;
            painter.setPen(QPen(color(Token::Err), 1));
            painter.drawLine(QPointF(at, plot.top()), QPointF(at, plot.bottom()));
            const int width = QFontMetrics(face).horizontalAdvance(failure.label);
            const qreal left = at - width - 5 < plot.left() ? at + 5 : at - width - 5;
            if (left > lastLabel) {
                kit::paint::text(painter, QRect(qRound(left), qRound(plot.top()) + 2, width + 2, height), failure.label,
                    face, color(Token::Err));
                lastLabel = left + width;
            }
        }
        const bool dense = drawn.size() > 200;
        const qreal r = scaled(dense ? 4 : 7);
        // Damaged ones last: among thousands they must not vanish under their neighbours.
        for (const bool damaged : {false, true}) {
            for (const qsizetype index : drawn) {
                const Verdict verdict = data.points[index].verdict;
                if (index != selected && (verdict == Verdict::Damaged) == damaged)
                    kit::paint::trustMark(
                        painter, place(index), damaged ? qMax(r, 5.0) : r, verdict, color(Token::Panel));
            }
        }
        if (selected >= 0)
            kit::paint::trustMark(
                painter, place(selected), scaled(7), data.points[selected].verdict, color(Token::Panel), true);
        const qsizetype told = hovered >= 0 ? hovered : selected;
        if (told >= 0)
            paintTip(painter, told);
    }

    void paintTip(QPainter &painter, qsizetype index) const
    {
        const TimelinePoint &point = data.points[index];
        if (point.title.isEmpty())
            return;
        const QFont strong = kit::typeFont(Type::ChartStrong);
        const QFont plain = kit::typeFont(Type::Chart);
        const int line = scaled(17);
        const int width = qMin(q->width() - 8,
            qMax(QFontMetrics(strong).horizontalAdvance(point.title),
                QFontMetrics(plain).horizontalAdvance(point.detail))
                + 22);
        const int height = (point.detail.isEmpty() ? 1 : 2) * line + 16;
        const QRectF plot = view->chart()->plotArea();
        const QPointF at = place(index);
        const qreal left = qBound(
            0.0, qMin(at.x() - width / 2.0, plot.right() - width), static_cast<qreal>(qMax(0, q->width() - width - 1)));
        // Clear of the marks that the box would cover: below the lowest of them, or above the highest.
        qreal low = at.y();
        qreal high = at.y();
        for (const qsizetype other : drawn) {
            const QPointF mark = place(other);
            if (mark.x() > left - 8 && mark.x() < left + width + 8) {
                low = qMax(low, mark.y());
                high = qMin(high, mark.y());
            }
        }
        qreal top = low + scaled(14);
        if (top + height > plot.bottom())
            top = qMax(0.0, high - scaled(14) - height);
        const QRect rect(qRound(left), qRound(top), width, height);
        kit::paint::box(painter, rect, kit::radius::control, color(Token::Panel), color(Token::Line));
        kit::paint::text(
            painter, QRect(rect.x() + 11, rect.y() + 8, width - 22, line), point.title, strong, color(Token::Text));
        kit::paint::text(painter, QRect(rect.x() + 11, rect.y() + 8 + line, width - 22, line), point.detail, plain,
            color(Token::Dim));
    }

    qsizetype hit(QPointF pos) const
    {
        qsizetype best = -1;
        qreal distance = hoverReach;
        for (const qsizetype index : drawn) {
            const qreal d = QLineF(place(index), pos).length();
            if (d < distance) {
                distance = d;
                best = index;
            }
        }
        return best;
    }

    void updateNames()
    {
        q->setAccessibleDescription(q->summary());
        if (selected < 0) {
            q->setAccessibleName(TimelineChart::tr("Checkpoint timeline"));
            return;
        }
        const TimelinePoint &point = data.points[selected];
        q->setAccessibleName(TimelineChart::tr("Checkpoint timeline: %1, %2", "title and detail of the chosen one")
                                 .arg(point.title, point.detail));
    }

    TimelineChart *q;
    View *view;
    QCategoryAxis *x; ///< ms since the epoch
    QCategoryAxis *y; ///< steps
    QList<QLineSeries *> lines;
    TimelineData data;
    QList<qsizetype> drawn;
    QList<std::pair<QPointF, QPointF>> joints;
    qsizetype selected = -1;
    qsizetype hovered = -1;
    bool hasRange = false;
};

TimelineChart::TimelineChart(QWidget *parent)
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

TimelineChart::~TimelineChart() = default;

void TimelineChart::setData(const TimelineData &timeline)
{
    if (timeline == d->data)
        return;
    const QString key = selectedKey();
    d->data = timeline;
    std::stable_sort(d->data.points.begin(), d->data.points.end(),
        [](const TimelinePoint &a, const TimelinePoint &b) { return a.time < b.time; });
    std::stable_sort(d->data.restarts.begin(), d->data.restarts.end(),
        [](const TimelineRestart &a, const TimelineRestart &b) { return a.from < b.from; });
    std::stable_sort(d->data.failures.begin(), d->data.failures.end(),
        [](const TimelineFailure &a, const TimelineFailure &b) { return a.time < b.time; });
    d->hovered = -1;
    d->selected = -1;
    setSelectedKey(key);
    d->rebuild();
    d->updateNames();
    d->view->viewport()->update();
}

QString TimelineChart::selectedKey() const
{
    return d->selected >= 0 ? d->data.points[d->selected].key : QString();
}

void TimelineChart::setSelectedKey(const QString &key)
{
    d->selected = -1;
    for (qsizetype i = 0; i < d->data.points.size() && !key.isEmpty(); ++i) {
        if (d->data.points[i].key == key)
            d->selected = i;
    }
    d->updateNames();
    d->view->viewport()->update();
}

void TimelineChart::select(qsizetype index)
{
    if (index < 0 || index >= d->data.points.size() || index == d->selected)
        return;
    d->selected = index;
    d->hovered = -1;
    d->updateNames();
    d->view->viewport()->update();
    kit::announce(this, accessibleName());
    emit selected(selectedKey());
}

QString TimelineChart::summary() const
{
    const QList<TimelinePoint> &points = d->data.points;
    if (points.isEmpty())
        return tr("No checkpoints yet");
    std::array<int, 4> counts{};
    double low = points.first().step;
    double high = low;
    for (const TimelinePoint &point : points) {
        ++counts[static_cast<size_t>(point.verdict)];
        low = qMin(low, point.step);
        high = qMax(high, point.step);
    }
    const auto of = [&](Verdict verdict) { return counts[static_cast<size_t>(verdict)]; };
    QString text = tr("%n checkpoint(s) from step %1 to %2: %3 whole, %4 writing, %5 unverified, %6 damaged.", nullptr,
        static_cast<int>(points.size()))
                       .arg(text::number(qRound64(low)), text::number(qRound64(high)))
                       .arg(of(Verdict::Whole))
                       .arg(of(Verdict::Writing))
                       .arg(of(Verdict::Unverified))
                       .arg(of(Verdict::Damaged));
    if (!d->data.restarts.isEmpty())
        text += u' ' + tr("%n restart(s).", nullptr, static_cast<int>(d->data.restarts.size()));
    if (!d->data.failures.isEmpty())
        text += u' ' + tr("%n failure(s).", nullptr, static_cast<int>(d->data.failures.size()));
    return text;
}

QWidget *TimelineChart::makeLegend(QWidget *parent)
{
    auto *legend = new QWidget(parent);
    auto *row = kit::hbox(12);
    row->addWidget(new kit::TrustMark(Verdict::Whole, tr("whole")));
    row->addWidget(new kit::TrustMark(Verdict::Writing, tr("writing")));
    row->addWidget(new kit::TrustMark(Verdict::Unverified, tr("unverified")));
    row->addWidget(new kit::TrustMark(Verdict::Damaged, tr("damaged")));
    legend->setLayout(row);
    return legend;
}

QSize TimelineChart::sizeHint() const
{
    return {scaled(640), scaled(240)};
}

QSize TimelineChart::minimumSizeHint() const
{
    return {scaled(240), scaled(140)};
}

void TimelineChart::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    d->view->setGeometry(rect());
    // The number of labels depends on the width.
    d->rebuild();
}

void TimelineChart::keyPressEvent(QKeyEvent *event)
{
    const qsizetype count = d->data.points.size();
    switch (event->key()) {
    case Qt::Key_Left: select(d->selected < 0 ? count - 1 : d->selected - 1); return;
    case Qt::Key_Right: select(d->selected < 0 ? count - 1 : d->selected + 1); return;
    case Qt::Key_Home: select(0); return;
    case Qt::Key_End: select(count - 1); return;
    case Qt::Key_T: emit tableRequested(); return;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (d->selected >= 0)
            emit activated(selectedKey());
        return;
    default: QWidget::keyPressEvent(event);
    }
}

void TimelineChart::mouseMoveEvent(QMouseEvent *event)
{
    const qsizetype hit = d->hit(event->position());
    if (hit == d->hovered)
        return;
    d->hovered = hit;
    setCursor(hit >= 0 ? Qt::PointingHandCursor : Qt::ArrowCursor);
    d->view->viewport()->update();
}

void TimelineChart::mousePressEvent(QMouseEvent *event)
{
    if (event->button() == Qt::LeftButton)
        select(d->hit(event->position()));
}

void TimelineChart::mouseDoubleClickEvent(QMouseEvent *event)
{
    const qsizetype hit = d->hit(event->position());
    if (event->button() == Qt::LeftButton && hit >= 0)
        emit activated(d->data.points[hit].key);
}

void TimelineChart::leaveEvent(QEvent *event)
{
    d->hovered = -1;
    d->view->viewport()->update();
    QWidget::leaveEvent(event);
}

void TimelineChart::contextMenuEvent(QContextMenuEvent *event)
{
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    connect(menu->addAction(tr("Show as table")), &QAction::triggered, this, &TimelineChart::tableRequested);
    connect(menu->addAction(tr("Copy summary")), &QAction::triggered, this,
        [this] { QGuiApplication::clipboard()->setText(summary()); });
    menu->popup(event->globalPos());
}

} // namespace cairn::charts
