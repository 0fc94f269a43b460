// SPDX-License-Identifier: GPL-3.0-or-later
#include "charts/ActivityChart.h"

#include "base/Text.h"
#include "kit/Announce.h"
#include "kit/Paint.h"
#include "kit/Theme.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>

namespace cairn::charts {

using namespace Qt::StringLiterals;
using situation::Activity;
using situation::ActivityMark;
using kit::color;
using kit::scaled;
using kit::Token;
using kit::Type;

namespace {

constexpr int laneHeight = 26;
constexpr int hintedLanes = 6;
constexpr int axisHeight = 22;
constexpr int nameWidth = 118;
constexpr int markRadius = 5;

void paintMark(QPainter &painter, QPointF at, const ActivityMark &mark, const QColor &paper)
{
    const double r = scaled(markRadius);
    switch (mark.kind) {
    case ActivityMark::Kind::Saved: kit::paint::trustMark(painter, at, r, mark.verdict, paper); return;
    case ActivityMark::Kind::Failed: kit::paint::glyph(painter, QRectF(at.x() - r, at.y() - r, 2 * r, 2 * r), kit::paint::Glyph::Cross, color(Token::Err), 1.8); return;
    case ActivityMark::Kind::Resumed: kit::paint::glyph(painter, QRectF(at.x() - r, at.y() - r, 2 * r, 2 * r), kit::paint::Glyph::Play, color(Token::Ok)); return;
    }
}

class Legend : public QWidget
{
public:
    explicit Legend(QWidget *parent)
        : QWidget(parent)
    {
        setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
        QStringList words;
        for (const auto &[mark, word] : entries())
            words.append(word);
        setAccessibleName(ActivityChart::tr("Legend: %1").arg(QLocale().createSeparatedList(words)));
        kit::bindTheme(this, [this] { updateGeometry(); });
    }
    QSize sizeHint() const override
    {
        const QFontMetrics metrics(kit::typeFont(Type::Meta));
        int width = 0;
        for (const auto &[mark, word] : entries())
            width += metrics.horizontalAdvance(word) + scaled(30);
        return {width, scaled(20)};
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        const QFont font = kit::typeFont(Type::Meta);
        int x = 0;
        for (const auto &[mark, word] : entries()) {
            paintMark(painter, QPointF(x + scaled(10), height() / 2.0), mark, color(Token::Panel));
            const int width = QFontMetrics(font).horizontalAdvance(word) + 2;
            kit::paint::text(painter, QRect(x + scaled(19), 0, width, height()), word, font, color(Token::Dim));
            x += width + scaled(28);
        }
    }

private:
    static QList<std::pair<ActivityMark, QString>> entries()
    {
        using Kind = ActivityMark::Kind;
        return {{{Kind::Saved, {}, Verdict::Whole, {}}, ActivityChart::tr("checkpoint")},
                {{Kind::Failed, {}, {}, {}}, ActivityChart::tr("failure")},
                {{Kind::Resumed, {}, {}, {}}, ActivityChart::tr("resumed")}};
    }
};

} // namespace

ActivityChart::ActivityChart(QWidget *parent)
    : QWidget(parent)
{
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    kit::bindTheme(this, [this] {
        updateGeometry();
        update();
    });
    updateNames();
}

QWidget *ActivityChart::makeLegend(QWidget *parent)
{
    return new Legend(parent);
}

void ActivityChart::setActivity(const QList<Activity> &lanes, const QDateTime &now)
{
    m_now = now;
    if (lanes != m_lanes) {
        const QString current = currentKey();
        m_lanes = lanes;
        m_current = static_cast<int>(std::ranges::find(m_lanes, current, &Activity::key) - m_lanes.begin());
        if (m_current >= m_lanes.size())
            m_current = -1;
        updateNames();
        updateGeometry();
        emit laidOut();
    }
    update();
}

int ActivityChart::shownLanes() const
{
    return std::clamp(static_cast<int>(height() - scaled(axisHeight)) / scaled(laneHeight), 0, static_cast<int>(m_lanes.size()));
}

QString ActivityChart::currentKey() const
{
    return m_current < 0 ? QString() : m_lanes[m_current].key;
}

QString ActivityChart::summary(const Activity &lane) const
{
    const auto count = [&](ActivityMark::Kind kind) { return static_cast<int>(std::ranges::count(lane.marks, kind, &ActivityMark::kind)); };
    QStringList parts{lane.name};
    const QString span = text::duration(std::chrono::seconds(lane.from.secsTo(lane.to)));
    parts.append(lane.running ? tr("running for %1").arg(span) : tr("ran for %1, until %2").arg(span, text::ago(lane.to, m_now)));
    parts.append(lane.unread ? tr("checkpoints not read yet") : tr("%n checkpoint(s) in this period", nullptr, count(ActivityMark::Kind::Saved)));
    for (const ActivityMark &mark : lane.marks) {
        if (mark.kind != ActivityMark::Kind::Saved)
            parts.append(tr("%1, %2", "what, when").arg(mark.text, text::ago(mark.at, m_now)));
    }
    return QLocale().createSeparatedList(parts);
}

QSize ActivityChart::sizeHint() const
{
    return {scaled(640), scaled(laneHeight) * std::clamp(laneCount(), 2, hintedLanes) + scaled(axisHeight)};
}

QSize ActivityChart::minimumSizeHint() const
{
    return {scaled(280), scaled(laneHeight) * 2 + scaled(axisHeight)};
}

QRectF ActivityChart::plot() const
{
    const double left = scaled(nameWidth);
    const double margin = scaled(26); // half of the last label
    return {left, 0, std::max(1.0, width() - left - margin), static_cast<double>(shownLanes() * scaled(laneHeight))};
}

double ActivityChart::xOf(const QDateTime &time) const
{
    const double part = 1.0 - static_cast<double>(time.msecsTo(m_now)) / (situation::activityHours * 3'600'000.0);
    return plot().left() + std::clamp(part, 0.0, 1.0) * plot().width();
}

void ActivityChart::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF area = plot();
    const int lane = scaled(laneHeight);
    const QFont body = kit::typeFont(Type::Meta);
    const QFont axis = kit::typeFont(Type::Chart);
    painter.setPen(QPen(color(Token::Line), 1));
    for (int hour = 0; hour <= situation::activityHours; hour += 6) {
        const double x = qRound(area.left() + area.width() * hour / situation::activityHours) + 0.5;
        painter.drawLine(QPointF(x, 0), QPointF(x, area.bottom()));
    }
    for (int i = 0; i < shownLanes(); ++i) {
        const Activity &one = m_lanes[i];
        const QRect row(0, i * lane, width(), lane);
        const double middle = row.center().y() + 0.5;
        if (i == m_current && hasFocus())
            kit::paint::focusRing(painter, QRectF(row).adjusted(3, 3, -3, -3), kit::radius::control);
        kit::paint::text(painter, QRect(6, row.y(), scaled(nameWidth) - 16, lane), one.name, body, color(Token::Text), Qt::AlignLeft | Qt::AlignVCenter,
                         Qt::ElideMiddle);
        const double from = xOf(one.from);
        const QRectF bar(from, middle - scaled(12) / 2.0, std::max(2.0, xOf(one.to) - from), scaled(12));
        painter.setPen(Qt::NoPen);
        painter.setBrush(color(Token::AccentBg));
        painter.drawRoundedRect(bar, 4, 4);
        // Where saves lie closer than a mark is wide, one mark stands for them: the newest, and any damaged one.
        double last = 1e9;
        QList<const ActivityMark *> drawn;
        for (auto it = one.marks.crbegin(); it != one.marks.crend(); ++it) {
            const double x = xOf(it->at);
            if (it->kind == ActivityMark::Kind::Saved && it->verdict != Verdict::Damaged && last - x < scaled(2 * markRadius))
                continue;
            last = x;
            drawn.prepend(&*it);
        }
        // A job saves again soon after it went on: what happens once stays on top.
        std::ranges::stable_partition(drawn, [](const ActivityMark *mark) { return mark->kind == ActivityMark::Kind::Saved; });
        for (const ActivityMark *mark : std::as_const(drawn))
            paintMark(painter, QPointF(xOf(mark->at), middle), *mark, color(Token::AccentBg));
    }
    for (int hour = 0; hour <= situation::activityHours; hour += 6) {
        const int ago = situation::activityHours - hour;
        const QString words = ago == 0 ? tr("now") : hour == 0 ? tr("%1 h ago", "hours").arg(ago) : tr("%1 h", "hours").arg(ago);
        const double x = area.left() + area.width() * hour / situation::activityHours;
        kit::paint::text(painter, QRect(qRound(x) - scaled(40), qRound(area.bottom()), scaled(80), scaled(axisHeight)), words, axis, color(Token::Dim),
                         Qt::AlignCenter);
    }
}

void ActivityChart::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    m_current = std::min(m_current, shownLanes() - 1);
    emit laidOut();
}

void ActivityChart::select(int lane)
{
    if (lane < 0 || lane >= shownLanes())
        return;
    m_current = lane;
    updateNames();
    update();
    kit::announce(this, accessibleName());
}

void ActivityChart::keyPressEvent(QKeyEvent *event)
{
    switch (event->key()) {
    case Qt::Key_Up: select(m_current < 0 ? shownLanes() - 1 : m_current - 1); return;
    case Qt::Key_Down: select(m_current + 1); return;
    case Qt::Key_Home: select(0); return;
    case Qt::Key_End: select(shownLanes() - 1); return;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (m_current >= 0)
            emit activated(m_lanes[m_current].key);
        return;
    default: QWidget::keyPressEvent(event);
    }
}

int ActivityChart::laneAt(double y) const
{
    const int lane = static_cast<int>(y) / scaled(laneHeight);
    return y >= 0 && lane < shownLanes() ? lane : -1;
}

void ActivityChart::mousePressEvent(QMouseEvent *event)
{
    select(laneAt(event->position().y()));
}

void ActivityChart::mouseDoubleClickEvent(QMouseEvent *event)
{
    if (const int lane = laneAt(event->position().y()); lane >= 0)
        emit activated(m_lanes[lane].key);
}

bool ActivityChart::event(QEvent *event)
{
    if (event->type() != QEvent::ToolTip)
        return QWidget::event(event);
    const auto *help = static_cast<QHelpEvent *>(event);
    const int lane = laneAt(help->pos().y());
    if (lane < 0) {
        QToolTip::hideText();
        return true;
    }
    const Activity &one = m_lanes[lane];
    const ActivityMark *nearest = nullptr;
    double distance = scaled(markRadius) + 2.0;
    for (const ActivityMark &mark : one.marks) {
        const double apart = std::abs(xOf(mark.at) - help->pos().x());
        if (apart <= distance) {
            distance = apart;
            nearest = &mark;
        }
    }
    QToolTip::showText(help->globalPos(), nearest ? tr("%1, %2", "what, when").arg(nearest->text, text::ago(nearest->at, m_now)) : summary(one), this);
    return true;
}

void ActivityChart::updateNames()
{
    setAccessibleName(m_current < 0 ? tr("What jobs did in the last %1 hours").arg(situation::activityHours) : summary(m_lanes[m_current]));
}

} // namespace cairn::charts
