// SPDX-License-Identifier: GPL-3.0-or-later
#include "charts/AvailabilityStrip.h"

#include "base/Text.h"
#include "kit/Announce.h"
#include "kit/Paint.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QLocale>
#include <QToolTip>
#include <cmath>

namespace cairn::charts {

using namespace Qt::StringLiterals;
using kit::color;
using kit::scaled;
using kit::Token;

namespace {

Token fillOf(Readiness state)
{
    switch (state) {
    case Readiness::Ready: return Token::Ok;
    case Readiness::Partly: return Token::Warn;
    case Readiness::NotReady: return Token::Err;
    case Readiness::NotSeen: break;
    }
    return Token::IdleBg;
}

} // namespace

AvailabilityStrip::AvailabilityStrip(const QString &name, QWidget *parent)
    : QWidget(parent)
    , m_name(name)
{
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    kit::bindTheme(this, [this] {
        updateGeometry();
        update();
    });
    updateNames();
}

void AvailabilityStrip::setHours(const QList<ReadinessHour> &hours)
{
    if (hours == m_hours)
        return;
    m_hours = hours;
    m_selected = qMin(m_selected, m_hours.size() - 1);
    updateNames();
    update();
}

void AvailabilityStrip::setName(const QString &name)
{
    m_name = name;
    updateNames();
}

QString AvailabilityStrip::summary() const
{
    const double up = availabilityOf(m_hours);
    if (up < 0)
        return tr("Not seen in the last %n day(s)", nullptr, qMax(1, static_cast<int>(m_hours.size() / 24)));
    qint64 seen = 0;
    for (const ReadinessHour &hour : m_hours)
        seen += hour.seen();
    // Rounded down: a second without it is not 100 %.
    const double percent = std::floor(up * 1000) / 10;
    const int hours = static_cast<int>(seen / 3600);
    if (hours < 1)
        return tr("%1 % of the time that Cairn saw").arg(QLocale().toString(percent));
    return tr("%1 % of the %n h that Cairn saw", nullptr, hours).arg(QLocale().toString(percent));
}

QString AvailabilityStrip::wordsOf(const ReadinessHour &hour) const
{
    const auto minutes = [](int seconds) { return text::duration(std::chrono::seconds(seconds)); };
    QStringList parts;
    if (hour.notReady > 0)
        parts.append(tr("not ready for %1", "duration").arg(minutes(hour.notReady)));
    if (hour.partly > 0)
        parts.append(tr("partly ready for %1", "duration").arg(minutes(hour.partly)));
    if (hour.ready > 0)
        parts.append(tr("ready for %1", "duration").arg(minutes(hour.ready)));
    if (const int unseen = hour.length - hour.seen(); unseen > 30)
        parts.append(hour.seen() > 0 ? tr("not seen for %1", "duration").arg(minutes(unseen)) : tr("not seen"));
    return tr("%1: %2", "hour, states").arg(QLocale().toString(hour.from.toLocalTime(), u"ddd d MMM HH:mm"_s), parts.join(u", "_s));
}

void AvailabilityStrip::updateNames()
{
    const QString what = m_selected >= 0 && m_selected < m_hours.size() ? wordsOf(m_hours[m_selected]) : summary();
    setAccessibleName(m_name.isEmpty() ? what : tr("Availability of %1: %2", "component, state").arg(m_name, what));
}

qsizetype AvailabilityStrip::hourAt(double at) const
{
    if (m_hours.isEmpty() || width() <= 0)
        return -1;
    return qBound<qsizetype>(0, static_cast<qsizetype>(at / width() * static_cast<double>(m_hours.size())), m_hours.size() - 1);
}

QSize AvailabilityStrip::sizeHint() const
{
    return {scaled(260), scaled(24)};
}

QSize AvailabilityStrip::minimumSizeHint() const
{
    return {scaled(120), scaled(24)};
}

void AvailabilityStrip::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const qreal inset = scaled(4);
    const QRectF area(0, inset, width(), height() - 2 * inset);
    const auto count = static_cast<double>(m_hours.size());
    if (m_hours.isEmpty()) {
        painter.fillRect(area, color(Token::IdleBg));
        return;
    }
    painter.setRenderHint(QPainter::Antialiasing, false);
    for (qsizetype i = 0; i < m_hours.size(); ++i) {
        const ReadinessHour &hour = m_hours[i];
        const int left = qRound(static_cast<double>(i) / count * width());
        const int right = qRound(static_cast<double>(i + 1) / count * width());
        const QRectF cell(left, area.top(), qMax(1, right - left), area.height());
        painter.fillRect(cell, color(fillOf(hour.worst())));
        if (hour.worst() == Readiness::NotSeen)
            painter.fillRect(cell, QBrush(color(Token::Faint), Qt::BDiagPattern));
        // What is bad also differs in its height, for who cannot tell the colours.
        if (hour.worst() == Readiness::Ready)
            painter.fillRect(QRectF(cell.left(), area.top(), cell.width(), area.height() / 3), color(Token::Panel));
        // A line between days.
        if (i > 0 && hour.from.toLocalTime().time().hour() == 0)
            painter.fillRect(QRectF(left, area.top() - inset / 2, 1, area.height() + inset), color(Token::Panel));
    }
    if (m_selected >= 0 && hasFocus()) {
        const double at = (static_cast<double>(m_selected) + 0.5) / count * width();
        painter.setPen(QPen(color(Token::Text), 2));
        painter.drawLine(QPointF(at, 0), QPointF(at, height()));
    }
}

void AvailabilityStrip::select(qsizetype index)
{
    if (index < 0 || index >= m_hours.size() || index == m_selected)
        return;
    m_selected = index;
    updateNames();
    update();
    setToolTip(wordsOf(m_hours[m_selected]));
    kit::announce(this, accessibleName());
}

void AvailabilityStrip::keyPressEvent(QKeyEvent *event)
{
    switch (event->key()) {
    case Qt::Key_Left: select(m_selected < 0 ? m_hours.size() - 1 : m_selected - 1); return;
    case Qt::Key_Right: select(m_selected < 0 ? 0 : m_selected + 1); return;
    case Qt::Key_Home: select(0); return;
    case Qt::Key_End: select(m_hours.size() - 1); return;
    default: QWidget::keyPressEvent(event);
    }
}

void AvailabilityStrip::focusOutEvent(QFocusEvent *event)
{
    m_selected = -1;
    updateNames();
    QWidget::focusOutEvent(event);
}

bool AvailabilityStrip::event(QEvent *event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto *help = static_cast<QHelpEvent *>(event);
        if (const qsizetype hour = hourAt(help->pos().x()); hour >= 0)
            QToolTip::showText(help->globalPos(), wordsOf(m_hours[hour]), this);
        return true;
    }
    return QWidget::event(event);
}

} // namespace cairn::charts
