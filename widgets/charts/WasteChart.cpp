// SPDX-License-Identifier: GPL-3.0-or-later
#include "charts/WasteChart.h"

#include "base/Text.h"
#include "charts/Ticks.h"
#include "kit/Announce.h"
#include "kit/Paint.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QKeyEvent>
#include <QLocale>
#include <QMenu>
#include <QPainter>
#include <QPainterPath>
#include <QRegularExpression>
#include <algorithm>
#include <array>
#include <cmath>

namespace cairn::charts {

using namespace Qt::StringLiterals;
using kit::color;
using kit::scaled;
using kit::Token;
using kit::Type;

namespace {

/// Where no step is known the axis has round times.
constexpr std::array<double, 19> kTimes{1, 5, 10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10'800, 21'600, 43'200, 86'400,
    172'800, 432'000, 864'000};

QString share(double part)
{
    return QLocale().toString(part * 100, 'f', part < 0.0995 ? 1 : 0) + u" %"_s;
}

QString length(double seconds)
{
    const double unit = seconds < 600 ? 1 : seconds < 36'000 ? 60 : 3600;
    return text::duration(std::chrono::milliseconds(std::llround(seconds < 10 ? seconds * 1000 : std::round(seconds / unit) * unit * 1000)));
}

} // namespace

WasteChart::WasteChart(QWidget *parent)
    : QWidget(parent)
{
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    kit::bindTheme(this, [this] {
        updateGeometry();
        update();
    });
    rebuild();
}

void WasteChart::setData(const WasteData &data)
{
    if (data == m_data)
        return;
    m_data = data;
    m_hovered = -1;
    rebuild();
}

QString WasteChart::every(double seconds) const
{
    if (!m_data.step || !(*m_data.step > 0))
        return length(seconds);
    return tr("%1 steps", "number").arg(text::number(std::llround(std::min(seconds / *m_data.step, 1e15))));
}

void WasteChart::rebuild()
{
    m_marks.clear();
    const auto add = [this](Sort sort, const std::optional<WastePoint> &point, const QString &name) {
        if (!point || m_data.curve.isEmpty())
            return;
        const double lost = m_data.failures ? point->inAll() : point->saves;
        const QString label = sort == Sort::Before ? tr("%1: %2", "job, share").arg(name, share(lost))
                                                   : tr("%1: %2", "interval, share").arg(every(point->interval), share(lost));
        m_marks.append({sort, *point, label, tr("%1: every %2, %3 lost", "which, interval, share").arg(name, length(point->interval), share(lost))});
    };
    add(Sort::Set, m_data.set, tr("Set"));
    // Where it is what is set already, one mark says both.
    if (!m_data.set || !m_data.proposed || std::abs(m_data.set->interval - m_data.proposed->interval) > 0.005 * m_data.proposed->interval)
        add(Sort::Proposed, m_data.proposed, tr("Proposed"));
    add(Sort::Before, m_data.before, m_data.beforeName.isEmpty() ? tr("Before") : m_data.beforeName);
    if (m_data.deadline && !m_data.curve.isEmpty())
        m_marks.append({Sort::Deadline, {*m_data.deadline, 0, 0}, tr("deadline"),
            tr("Deadline after %1: who saves less often never saves").arg(length(*m_data.deadline))});
    std::ranges::stable_sort(m_marks, {}, [](const Mark &mark) { return mark.at.interval; });
    m_selected = qMin(m_selected, m_marks.size() - 1);

    if (!m_data.curve.isEmpty()) {
        m_from = 0;
        m_to = m_data.curve.last().interval;
        // The steep beginning would press all else to the ground.
        double least = 1;
        for (const WastePoint &point : std::as_const(m_data.curve))
            least = qMin(least, point.inAll());
        m_top = 2.3 * (m_data.proposed ? m_data.proposed->inAll() : least);
        for (const Mark &mark : std::as_const(m_marks)) {
            if (mark.sort != Sort::Deadline && mark.at.interval <= m_to)
                m_top = qMax(m_top, qMin(1.15 * mark.at.inAll(), 6 * least));
        }
        m_top = qBound(1e-6, m_top, 1.0);
    }
    updateNames();
    update();
}

QRectF WasteChart::plot() const
{
    const QFontMetrics metrics(kit::typeFont(Type::Chart));
    const qreal left = metrics.horizontalAdvance(u"0.05 %"_s) + scaled(8);
    const qreal below = (m_data.step ? 2 : 1) * metrics.height() + scaled(8);
    return {left, static_cast<qreal>(metrics.height() + scaled(6)), width() - left - scaled(14), height() - metrics.height() - scaled(6) - below};
}

double WasteChart::x(double seconds) const
{
    const QRectF area = plot();
    return area.left() + (qBound(m_from, seconds, m_to) - m_from) / (m_to - m_from) * area.width();
}

double WasteChart::y(double part) const
{
    const QRectF area = plot();
    return area.bottom() - qBound(0.0, part, m_top) / m_top * area.height();
}

QPointF WasteChart::place(const Mark &mark) const
{
    return {x(mark.at.interval), mark.sort == Sort::Deadline ? plot().center().y() : y(m_data.failures ? mark.at.inAll() : mark.at.saves)};
}

void WasteChart::paintAxes(QPainter &painter) const
{
    const QRectF area = plot();
    const QFont face = kit::typeFont(Type::Chart);
    const QFontMetrics metrics(face);
    const int line = metrics.height();
    // The helper counts in whole numbers: below a few percent it gets smaller units.
    const double unit = m_top < 0.003 ? 1e6 : m_top < 0.03 ? 1e4 : 100;
    const int decimals = m_top < 0.003 ? 4 : m_top < 0.03 ? 2 : 0;
    QList<Tick> ticks = stepTicks(0, m_top * unit, height() < scaled(220) ? 4 : 6);
    ticks.removeIf([&](const Tick &tick) { return tick.value > m_top * unit * 1.0001; });
    for (const Tick &tick : std::as_const(ticks)) {
        const int at = qRound(y(tick.value / unit));
        kit::paint::hairline(painter, QRect(qRound(area.left()), at, qRound(area.width()), 1), Qt::TopEdge, color(Token::Line));
        QString words = QLocale().toString(tick.value / unit * 100, 'f', tick.value > 0 ? decimals : 0);
        if (decimals > 0) // 0.50 and 1.00 need no zeros
            words.remove(QRegularExpression(u"(?:[^0-9]0+|(?<=[1-9])0+)$"_s));
        if (tick.value == ticks.last().value)
            words += u" %"_s;
        kit::paint::text(painter, QRect(0, at - line / 2, qRound(area.left()) - scaled(8), line), words, face, color(Token::Dim),
            Qt::AlignRight | Qt::AlignVCenter);
    }
    const int top = qRound(area.bottom()) + scaled(4);
    const auto label = [&](double seconds, int row, const QString &words) {
        const int wide = metrics.horizontalAdvance(words) + 4;
        const int left = qBound(0, qRound(x(seconds)) - wide / 2, width() - wide);
        kit::paint::text(painter, QRect(left, top + row * line, wide, line), words, face, color(Token::Dim), Qt::AlignHCenter | Qt::AlignVCenter);
    };
    const int room = qMax(3, qRound(area.width()) / scaled(96));
    if (m_data.step) {
        const QString unitWord = tr("steps", "unit of an axis");
        kit::paint::text(painter, QRect(0, top, qRound(area.left()) + metrics.horizontalAdvance(unitWord), line), unitWord, face, color(Token::Dim));
        for (const Tick &tick : stepTicks(0, m_to / *m_data.step, room)) {
            const double seconds = tick.value * *m_data.step;
            if (tick.value <= 0 || seconds > m_to || x(seconds) < area.left() + metrics.horizontalAdvance(unitWord) + scaled(8))
                continue;
            label(seconds, 0, text::number(std::llround(tick.value)));
            label(seconds, 1, length(seconds));
        }
        return;
    }
    const auto fits = std::ranges::find_if(kTimes, [&](double time) { return m_to / time <= room; });
    const double step = fits == kTimes.end() ? kTimes.back() * std::ceil(m_to / room / kTimes.back()) : *fits;
    for (double at = step; at <= m_to; at += step)
        label(at, 0, length(at));
}

void WasteChart::paintCurve(QPainter &painter, const std::function<double(const WastePoint &)> &part, Token token, Qt::PenStyle style,
    double width, const QString &name, bool above, QList<QRect> &taken) const
{
    const QRectF area = plot();
    QPainterPath path;
    bool begun = false;
    for (const WastePoint &point : m_data.curve) {
        const double at = part(point);
        if (at > m_top * 1.05) {
            begun = false;
            continue;
        }
        const QPointF to(x(point.interval), y(at));
        begun ? path.lineTo(to) : path.moveTo(to);
        begun = true;
    }
    painter.save();
    painter.setClipRect(area.adjusted(0, -1, 1, 1));
    painter.setPen(QPen(color(token), width, style, Qt::RoundCap, Qt::RoundJoin));
    painter.setBrush(Qt::NoBrush);
    painter.drawPath(path);
    painter.restore();
    const QFont face = kit::typeFont(token == Token::Accent ? Type::ChartStrong : Type::Chart);
    const QFontMetrics metrics(face);
    const double end = part(m_data.curve.last());
    if (end > m_top)
        return;
    const int wide = metrics.horizontalAdvance(name) + 2;
    const int at = qRound(y(end)) + (above ? -metrics.height() - scaled(5) : scaled(7));
    QRect where(qRound(area.right()) - wide, qMax(0, at), wide, metrics.height());
    for (int moved = 0; moved < 2 * metrics.height() && isCrossed(where); moved += 2)
        where.moveTop(qBound(0, where.top() + (above ? -2 : 2), qRound(area.bottom()) - where.height()));
    taken.append(where);
    kit::paint::text(painter, where, name, face, color(token == Token::Accent ? Token::Text : token), Qt::AlignRight | Qt::AlignVCenter);
}

bool WasteChart::isCrossed(const QRect &rect) const
{
    const QRectF box(rect);
    return std::ranges::any_of(m_data.curve, [&](const WastePoint &point) {
        const double at = x(point.interval);
        return at >= box.left() && at <= box.right()
            && (box.contains(at, y(point.saves)) || (m_data.failures && (box.contains(at, y(point.failures)) || box.contains(at, y(point.inAll())))));
    });
}

void WasteChart::paintMarks(QPainter &painter, QList<QRect> taken) const
{
    const QRectF area = plot();
    const qreal r = scaled(5);
    for (qsizetype i = 0; i < m_marks.size(); ++i) {
        const Mark &mark = m_marks[i];
        const bool beyond = mark.at.interval > m_to;
        const bool told = i == (m_hovered >= 0 ? m_hovered : m_selected);
        const QPointF at = place(mark);
        if (mark.sort == Sort::Deadline) {
            if (beyond)
                continue;
            painter.setPen(QPen(color(Token::Err), told ? 2 : 1.5, Qt::DashLine));
            painter.drawLine(QPointF(at.x(), area.top()), QPointF(at.x(), area.bottom()));
        } else if (mark.sort == Sort::Set) {
            painter.setPen(QPen(color(Token::Panel), 1.5));
            painter.setBrush(color(Token::Accent));
            painter.drawRect(QRectF(at.x() - r, at.y() - r, 2 * r, 2 * r));
        } else if (mark.sort == Sort::Proposed) {
            painter.setPen(QPen(color(Token::Accent), 2));
            painter.setBrush(color(Token::Panel));
            painter.drawEllipse(at, r, r);
        } else {
            painter.setPen(QPen(color(Token::Panel), 1.5));
            painter.setBrush(color(Token::Dim));
            painter.drawPolygon(QPolygonF{{at.x(), at.y() - r - 1}, {at.x() + r + 1, at.y() + r}, {at.x() - r - 1, at.y() + r}});
        }
        if (told && mark.sort != Sort::Deadline)
            kit::paint::focusRing(painter, QRectF(at.x() - r - 1, at.y() - r - 1, 2 * r + 2, 2 * r + 2), r);
        const QFont face = kit::typeFont(mark.sort == Sort::Set || told ? Type::ChartStrong : Type::Chart);
        const QFontMetrics metrics(face);
        const QString words = beyond ? mark.label + u" ▸"_s : mark.label;
        const int wide = metrics.horizontalAdvance(words) + 4;
        const int high = metrics.height();
        const auto rect = [&](double left, double top) {
            return QRect(qRound(qBound(area.left(), left, area.right() - wide)), qRound(qBound(0.0, top, area.bottom() - high)), wide, high);
        };
        // The proposal stands in the valley, with room below it; all others above the curve.
        const double right = at.x() + r + 4, left = at.x() - wide - r - 4, middle = at.x() - wide / 2.0;
        const double above = at.y() - high - r - 5, below = at.y() + r + 5;
        QList<QRect> places = mark.sort == Sort::Deadline ? QList<QRect>{rect(right, area.top()), rect(left, area.top()), rect(right, area.top() + high)}
            : mark.sort == Sort::Proposed ? QList<QRect>{rect(middle, below), rect(right, below), rect(middle, above)}
                                          : QList<QRect>{rect(beyond ? left : right, above), rect(left, above), rect(middle, above - high), rect(middle, below)};
        const auto isFree = [&](const QRect &one) { return std::ranges::none_of(taken, [&](const QRect &other) { return other.intersects(one); }); };
        auto free = std::ranges::find_if(places, [&](const QRect &one) { return isFree(one) && !isCrossed(one); });
        if (free == places.end())
            free = std::ranges::find_if(places, isFree);
        const QRect where = free == places.end() ? places.first() : *free;
        taken.append(where);
        kit::paint::text(painter, where, words, face, color(mark.sort == Sort::Deadline ? Token::Err : Token::Text));
    }
}

void WasteChart::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    if (m_data.curve.isEmpty()) {
        kit::paint::text(painter, rect(), tr("Nothing to draw: how long one save takes is not known"), kit::typeFont(Type::Body), color(Token::Dim),
            Qt::AlignCenter);
        return;
    }
    const QRectF area = plot();
    if (m_data.flatTo > m_data.flatFrom && m_data.flatFrom < m_to) {
        const double left = x(m_data.flatFrom), right = x(m_data.flatTo);
        painter.fillRect(QRectF(left, area.top(), right - left, area.height()), color(Token::AccentBg));
        const QFont face = kit::typeFont(Type::Chart);
        const int wide = qRound(kit::paint::textWidth(m_data.flatWords, face)) + 4;
        const int at = qRound(qBound(area.left(), (left + right - wide) / 2, area.right() - wide));
        kit::paint::text(painter, QRect(at, 0, wide, QFontMetrics(face).height()), m_data.flatWords, face, color(Token::Dim));
    }
    paintAxes(painter);
    painter.setRenderHint(QPainter::Antialiasing);
    QList<QRect> taken;
    if (m_data.failures) {
        paintCurve(painter, [](const WastePoint &point) { return point.saves; }, Token::Series2, Qt::DashLine, 1.5, tr("saves"), true, taken);
        paintCurve(painter, [](const WastePoint &point) { return point.failures; }, Token::Series4, Qt::DotLine, 1.8, tr("failures"), false, taken);
        paintCurve(painter, [](const WastePoint &point) { return point.inAll(); }, Token::Accent, Qt::SolidLine, 2, tr("in all"), true, taken);
    } else {
        paintCurve(painter, [](const WastePoint &point) { return point.saves; }, Token::Accent, Qt::SolidLine, 2, tr("saves; failures not known"), true, taken);
    }
    paintMarks(painter, taken);
}

QStringList WasteChart::marks() const
{
    QStringList all;
    for (const Mark &mark : m_marks)
        all.append(mark.words);
    return all;
}

QString WasteChart::summary() const
{
    if (m_data.curve.isEmpty())
        return tr("Nothing to draw: how long one save takes is not known");
    QStringList all;
    for (const QString &words : marks())
        all.append(tr("%1.", "a whole sentence").arg(words));
    if (m_data.flatTo > m_data.flatFrom)
        all.append(tr("From %1 to %2: %3.", "intervals, what").arg(length(m_data.flatFrom), length(m_data.flatTo), m_data.flatWords));
    if (!m_data.failures)
        all.append(tr("How often it fails is not known."));
    return all.join(u' ');
}

void WasteChart::updateNames()
{
    setAccessibleDescription(summary());
    setAccessibleName(m_selected < 0 || m_selected >= m_marks.size() ? tr("Time lost, by the interval between saves")
                                                                     : tr("Time lost: %1").arg(m_marks[m_selected].words));
}

void WasteChart::select(qsizetype index)
{
    if (index < 0 || index >= m_marks.size() || index == m_selected)
        return;
    m_selected = index;
    m_hovered = -1;
    updateNames();
    update();
    kit::announce(this, accessibleName());
}

void WasteChart::keyPressEvent(QKeyEvent *event)
{
    switch (event->key()) {
    case Qt::Key_Left: select(m_selected < 0 ? m_marks.size() - 1 : m_selected - 1); return;
    case Qt::Key_Right: select(m_selected < 0 ? 0 : m_selected + 1); return;
    case Qt::Key_Home: select(0); return;
    case Qt::Key_End: select(m_marks.size() - 1); return;
    case Qt::Key_T: emit tableRequested(); return;
    default: QWidget::keyPressEvent(event);
    }
}

void WasteChart::mouseMoveEvent(QMouseEvent *event)
{
    qsizetype best = -1;
    double distance = scaled(24);
    for (qsizetype i = 0; i < m_marks.size(); ++i) {
        const double apart = QLineF(place(m_marks[i]), event->position()).length();
        if (apart < distance) {
            distance = apart;
            best = i;
        }
    }
    if (best == m_hovered)
        return;
    m_hovered = best;
    setToolTip(best < 0 ? QString() : m_marks[best].words);
    update();
}

void WasteChart::leaveEvent(QEvent *event)
{
    m_hovered = -1;
    update();
    QWidget::leaveEvent(event);
}

void WasteChart::contextMenuEvent(QContextMenuEvent *event)
{
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    connect(menu->addAction(tr("Show as table")), &QAction::triggered, this, &WasteChart::tableRequested);
    connect(menu->addAction(tr("Copy summary")), &QAction::triggered, this, [this] { QGuiApplication::clipboard()->setText(summary()); });
    menu->popup(event->globalPos());
}

QSize WasteChart::sizeHint() const
{
    return {scaled(420), scaled(260)};
}

QSize WasteChart::minimumSizeHint() const
{
    return {scaled(300), scaled(200)};
}

} // namespace cairn::charts
