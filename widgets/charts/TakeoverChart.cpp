// SPDX-License-Identifier: GPL-3.0-or-later
#include "charts/TakeoverChart.h"

#include "base/Text.h"
#include "kit/Announce.h"
#include "kit/Card.h"
#include "kit/Label.h"
#include "kit/Paint.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLocale>
#include <QMenu>
#include <algorithm>
#include <array>
#include <cmath>

namespace cairn::charts {

using namespace Qt::StringLiterals;
using kit::color;
using kit::scaled;
using kit::Token;
using kit::Type;
using situation::Moment;

namespace {

constexpr double before = 6;      ///< seconds shown before the kill, at least
constexpr double mostBefore = 20;
constexpr double after = 5;       ///< and after the last event
constexpr qsizetype mostStandbys = 4;
constexpr std::array<double, 9> steps{1, 2, 5, 10, 20, 30, 60, 120, 300};

/// A mark for one renewal.
class Renewal : public QWidget
{
public:
    explicit Renewal(QWidget *parent = nullptr)
        : QWidget(parent)
    {
        kit::bindTheme(this, [this] { setFixedSize(scaled(12), scaled(12)); });
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        painter.setPen(QPen(color(Token::Accent), 2));
        painter.drawLine(QPointF(width() / 2.0, 1), QPointF(width() / 2.0, height() - 1));
    }
};

QString tenths(double seconds)
{
    return QLocale().toString(seconds, 'f', 1);
}

} // namespace

TakeoverChart::TakeoverChart(QWidget *parent)
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

void TakeoverChart::setResult(const FailoverResult &result)
{
    if (result == m_result)
        return;
    const bool same = result.id == m_result.id;
    m_result = result;
    if (!same)
        m_selected = -1;
    m_hovered = -1;
    rebuild();
    updateGeometry(); // it has a row for each pod that is told of
}

void TakeoverChart::rebuild()
{
    m_moments.clear();
    for (const Moment &moment : situation::momentsOf(m_result)) {
        if (!moment.renewal)
            m_moments.append(moment);
    }
    m_selected = qMin(m_selected, m_moments.size() - 1);
    m_rows.clear();
    const auto node = [](const QString &name, const QString &word) { return name.isEmpty() ? word : tr("%1, %2", "node, role").arg(text::safe(name), word); };
    m_rows.append({situation::shortPod(m_result.leader.pod), node(m_result.leader.node, tr("led")), m_result.leader.pod});
    QList<FailoverResult::Member> standbys = m_result.others;
    const bool known = std::ranges::any_of(standbys, [this](const FailoverResult::Member &member) { return member.pod == m_result.next.pod; });
    if (m_result.gap >= 0 && !known && m_result.next.pod != m_result.successor.pod)
        standbys.prepend(m_result.next);
    // The one that took over is always among those shown.
    std::stable_partition(standbys.begin(), standbys.end(), [this](const FailoverResult::Member &member) { return member.pod == m_result.next.pod; });
    m_standbys = qMin(standbys.size(), mostStandbys);
    for (const FailoverResult::Member &member : standbys.mid(0, m_standbys))
        m_rows.append({situation::shortPod(member.pod), node(member.node, tr("stood by")), member.pod});
    m_rows.append({tr("Lease"), m_result.leaseSeconds > 0 ? tr("%1 s long").arg(m_result.leaseSeconds) : QString(), {}});
    if (!m_result.probe.kind.isEmpty())
        m_rows.append({tr("Probe job"), m_result.probe.kind, {}});

    m_from = -before;
    if (!m_result.renewals.isEmpty())
        m_from = qMax(-mostBefore, qMin(m_from, m_result.renewals.first() - 0.6));
    const double expires = m_result.expires();
    double core = qMax(qMax(m_result.gap, m_result.worked), std::isfinite(expires) && !m_result.released ? expires : 0.0);
    // While nobody leads there is room for when somebody should.
    core = qMax(core, m_result.state == FailoverResult::State::Running ? qMax(10.0, m_result.expectedTo()) : 10.0);
    const double all = qMax(core, qMax(m_result.standby, m_result.gap < 0 ? m_result.ended : 0.0));
    // A standby that took minutes would press the takeover into a corner.
    m_to = qMin(all + after, 2.5 * core + 10);
    updateNames();
    update();
}

QRectF TakeoverChart::plot() const
{
    const QFontMetrics metrics(kit::typeFont(Type::Chart));
    const qreal left = scaled(128);
    return {left, static_cast<qreal>(scaled(24)), width() - left - scaled(2), static_cast<qreal>(height() - scaled(24) - metrics.height() - scaled(12))};
}

double TakeoverChart::x(double seconds) const
{
    const QRectF area = plot();
    return area.left() + (qBound(m_from, seconds, m_to) - m_from) / (m_to - m_from) * area.width();
}

double TakeoverChart::centre(qsizetype row) const
{
    const QRectF area = plot();
    return area.top() + (static_cast<double>(row) + 0.5) * area.height() / static_cast<double>(m_rows.size());
}

qsizetype TakeoverChart::rowOf(const Moment &moment) const
{
    switch (moment.row) {
    case Moment::Row::Leader: return 0;
    case Moment::Row::Standby: return m_standbys > 0 && m_rows[1].pod == m_result.next.pod ? 1 : 0;
    case Moment::Row::Lease: return 1 + m_standbys;
    case Moment::Row::Probe: return qMin(2 + m_standbys, m_rows.size() - 1);
    }
    return 0;
}

void TakeoverChart::words(QPainter &painter, QPointF at, const QString &text, Token token, bool strong, Qt::Alignment side) const
{
    const QFont font = kit::typeFont(strong ? Type::ChartStrong : Type::Chart);
    const int wide = qCeil(kit::paint::textWidth(text, font)) + 2;
    const int high = QFontMetrics(font).height();
    const qreal left = side == Qt::AlignLeft ? at.x() : side == Qt::AlignRight ? at.x() - wide : at.x() - wide / 2.0;
    kit::paint::text(painter, QRect(qRound(qBound(0.0, left, qMax(0.0, static_cast<qreal>(width() - wide)))), qRound(at.y() - high / 2.0), wide, high), text, font, color(token));
}

void TakeoverChart::bar(QPainter &painter, double from, double to, qsizetype row, Token fill, Token text, const QString &said, bool strong, bool dashed) const
{
    if (to <= m_from || from >= m_to || to <= from)
        return;
    const qreal high = scaled(20);
    const QRectF rect(x(from), centre(row) - high / 2, qMax(2.0, x(to) - x(from)), high);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(color(dashed ? Token::Control : Token::Accent), 1, dashed ? Qt::DashLine : Qt::SolidLine));
    painter.setBrush(color(fill));
    painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4);
    const QFont font = kit::typeFont(strong ? Type::ChartStrong : Type::Chart);
    // Words stand where they are not crossed by the line of the kill.
    QRectF room = rect;
    if (from < 0 && to > 0 && x(to) - x(0) > (x(0) - x(from)))
        room.setLeft(x(0) + 6);
    if (kit::paint::textWidth(said, font) + 8 <= room.width())
        kit::paint::text(painter, room.toRect(), said, font, color(text), Qt::AlignCenter);
}

void TakeoverChart::paintGap(QPainter &painter) const
{
    if (!m_result.at.isValid())
        return;
    const QRectF area = plot();
    const double end = m_result.gap >= 0 ? m_result.gap : m_to;
    const qreal left = x(0);
    const qreal right = x(end);
    painter.fillRect(QRectF(left, area.top(), right - left, area.height()), color(Token::ErrBg));
    painter.setPen(QPen(color(Token::Err), 1.2));
    const qreal y = area.top() - 3.5;
    painter.drawLine(QPointF(left, y), QPointF(right, y));
    painter.drawLine(QPointF(left, y - 4), QPointF(left, y + 4));
    if (m_result.gap >= 0)
        painter.drawLine(QPointF(right, y - 4), QPointF(right, y + 4));
    const QString said = m_result.gap >= 0 ? tr("%1 without a leader", "duration").arg(situation::secondsText(m_result.gap)) : tr("without a leader");
    words(painter, {(left + right) / 2, static_cast<qreal>(scaled(9))}, said, Token::Err, true, Qt::AlignHCenter);
}

void TakeoverChart::paintLeader(QPainter &painter) const
{
    const double y = centre(0);
    if (!m_result.at.isValid()) {
        bar(painter, m_from, m_to, 0, Token::Accent, Token::OnAccent, tr("leads"), true);
        return;
    }
    bar(painter, m_from, 0, 0, Token::Accent, Token::OnAccent, tr("leads"), true);
    const FailoverResult::Member &successor = m_result.successor;
    const bool leads = m_result.gap >= 0 && !successor.pod.isEmpty() && successor.pod == m_result.next.pod;
    if (m_result.successorMade >= 0) {
        const double ready = leads ? m_result.gap : m_result.standby >= 0 ? m_result.standby : m_to;
        const QString said = successor.node.isEmpty() ? tr("its successor %1 starts", "pod").arg(situation::shortPod(successor.pod))
                                                      : tr("its successor %1 starts on %2", "pod, node").arg(situation::shortPod(successor.pod), text::safe(successor.node));
        bar(painter, m_result.successorMade, ready, 0, Token::Panel, Token::Dim, said, false, true);
        if (leads)
            bar(painter, m_result.gap, m_to, 0, Token::Accent, Token::OnAccent, tr("leads"), true);
        else if (m_result.standby >= 0)
            bar(painter, m_result.standby, m_to, 0, Token::AccentBg, Token::Text, tr("stands by"), false);
    }
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(color(Token::Err), 2.2));
    const qreal arm = scaled(5);
    painter.drawLine(QPointF(x(0) - arm, y - arm), QPointF(x(0) + arm, y + arm));
    painter.drawLine(QPointF(x(0) - arm, y + arm), QPointF(x(0) + arm, y - arm));
    const QString killed = tr("killed");
    const bool room = m_result.successorMade < 0 || x(m_result.successorMade) - x(0) > kit::paint::textWidth(killed, kit::typeFont(Type::ChartStrong)) + scaled(18);
    words(painter, {x(0) + scaled(11), room ? y : y + scaled(18)}, killed, Token::Err, true, Qt::AlignLeft);
}

void TakeoverChart::paintStandbys(QPainter &painter) const
{
    const QString waits = m_result.retry > 0 ? tr("stands by, tries every %1 s").arg(QLocale().toString(std::round(m_result.retry * 10) / 10)) : tr("stands by");
    for (qsizetype row = 1; row <= m_standbys; ++row) {
        const bool next = m_result.gap >= 0 && m_rows[row].pod == m_result.next.pod;
        bar(painter, m_from, next ? m_result.gap : m_to, row, Token::AccentBg, Token::Text, waits, false);
        if (next)
            bar(painter, m_result.gap, m_to, row, Token::Accent, Token::OnAccent, tr("leads"), true);
    }
}

void TakeoverChart::paintLease(QPainter &painter, qsizetype row) const
{
    const double y = centre(row);
    const qreal arm = scaled(9);
    const double expires = m_result.expires();
    if (std::isfinite(expires) && !m_result.released && expires > 0) {
        const double last = expires - m_result.leaseSeconds;
        painter.setPen(QPen(color(Token::Err), 1.4, Qt::DashLine));
        painter.drawLine(QPointF(x(last), y), QPointF(x(expires), y));
        if (expires <= m_to) {
            painter.setPen(QPen(color(Token::Err), 1.6));
            painter.drawLine(QPointF(x(expires), y - arm), QPointF(x(expires), y + arm));
            words(painter, {x(expires) - scaled(5), y + scaled(11)}, tr("runs out at %1", "seconds").arg(tenths(expires)), Token::Err, false, Qt::AlignRight);
        }
        words(painter, {(x(qMax(last, 0.0)) + x(expires)) / 2, y - scaled(9)}, tr("last renewal still counts"), Token::Text, false, Qt::AlignHCenter);
    } else if (m_result.released && m_result.gap >= 0) {
        words(painter, {x(m_result.gap) + scaled(5), y + scaled(15)}, tr("given back by the leader"), Token::Dim, false, Qt::AlignLeft);
    }
    painter.setPen(QPen(color(Token::Accent), 2));
    for (const double renewal : m_result.renewals) {
        if (renewal >= m_from && renewal <= m_to)
            painter.drawLine(QPointF(x(renewal), y - arm), QPointF(x(renewal), y + arm));
    }
}

void TakeoverChart::paintProbe(QPainter &painter, qsizetype row) const
{
    const FailoverResult::Probe &probe = m_result.probe;
    if (probe.created < 0)
        return;
    const double y = centre(row);
    const bool made = probe.made >= 0 && probe.made <= m_to;
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(color(Token::Dim), 1, Qt::DashLine));
    painter.drawLine(QPointF(x(probe.created), y), QPointF(x(probe.made >= 0 ? probe.made : m_to), y));
    painter.setPen(QPen(color(Token::Text), 1.6));
    painter.setBrush(color(Token::Panel));
    painter.drawEllipse(QPointF(x(probe.created), y), scaled(5), scaled(5));
    // Beside the mark, or below it where it would be crossed by the line of the kill.
    const QString created = tr("created %1", "seconds").arg(tenths(probe.created));
    if (x(probe.created) - scaled(11) - kit::paint::textWidth(created, kit::typeFont(Type::Chart)) > x(0))
        words(painter, {x(probe.created) - scaled(9), y}, created, Token::Text, false, Qt::AlignRight);
    else
        words(painter, {qMax(x(0) + scaled(5), x(probe.created) - scaled(5)), y + scaled(14)}, created, Token::Text, false, Qt::AlignLeft);
    if (probe.made >= 0)
        words(painter, {(x(probe.created) + x(probe.made)) / 2, y - scaled(9)}, tr("waits %1", "duration").arg(situation::secondsText(probe.made - probe.created)), Token::Dim,
              false, Qt::AlignHCenter);
    if (!made)
        return;
    const qreal tip = scaled(6);
    painter.setPen(Qt::NoPen);
    painter.setBrush(color(Token::Ok));
    painter.drawPolygon(QPolygonF{{x(probe.made) - 0.7 * tip, y - 1.1 * tip}, {x(probe.made) + 1.1 * tip, y}, {x(probe.made) - 0.7 * tip, y + 1.1 * tip}});
    words(painter, {x(probe.made) + scaled(13), y},
          probe.kind == "TrainJob"_L1 ? tr("JobSet made %1", "seconds").arg(tenths(probe.made)) : tr("pod made %1", "seconds").arg(tenths(probe.made)), Token::Ok, true,
          Qt::AlignLeft);
}

void TakeoverChart::paintAxis(QPainter &painter) const
{
    const QRectF area = plot();
    const qreal y = qRound(area.bottom()) + 0.5;
    painter.setPen(QPen(color(Token::Faint), 1));
    painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y));
    const double least = (m_to - m_from) / qMax(1.0, area.width() / scaled(52));
    const auto step = std::ranges::find_if(steps, [least](double one) { return one >= least; });
    const double by = step == steps.end() ? std::ceil(least / 600) * 600 : *step;
    for (double at = std::ceil(m_from / by) * by; at <= m_to; at += by) {
        const bool zero = std::abs(at) < by / 2;
        painter.setPen(QPen(color(Token::Faint), 1));
        painter.drawLine(QPointF(x(at), y), QPointF(x(at), y + 4));
        const QString number = (at < 0 ? QString(QChar(0x2212)) : QString()) + QString::number(std::abs(qRound64(at)));
        words(painter, {x(at), y + scaled(13)}, zero ? tr("0 s") : number, zero ? Token::Text : Token::Dim, zero, Qt::AlignHCenter);
    }
    if (!m_result.at.isValid())
        return;
    painter.setPen(QPen(color(Token::Err), 1.4));
    painter.drawLine(QPointF(x(0), area.top()), QPointF(x(0), y));
}

void TakeoverChart::paintTip(QPainter &painter, const Moment &moment) const
{
    const QString title = situation::offsetText(moment.at);
    const QFont strong = kit::typeFont(Type::ChartStrong);
    const QFont plain = kit::typeFont(Type::Chart);
    const int line = scaled(17);
    const int wide = qCeil(qMax(kit::paint::textWidth(title, strong), kit::paint::textWidth(moment.text, plain))) + 24;
    const int high = 2 * line + 16;
    const QPointF at(x(moment.at), centre(rowOf(moment)));
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(color(Token::Panel), 1.5));
    painter.setBrush(color(Token::Accent));
    painter.drawEllipse(at, scaled(5), scaled(5));
    const qreal left = qBound(0.0, at.x() - wide / 2.0, qMax(0.0, static_cast<qreal>(width() - wide - 1)));
    qreal top = at.y() + scaled(12);
    if (top + high > height())
        top = qMax(0.0, at.y() - scaled(12) - high);
    const QRect rect(qRound(left), qRound(top), wide, high);
    kit::paint::box(painter, rect, kit::radius::control, color(Token::Panel), color(Token::Line));
    kit::paint::text(painter, QRect(rect.x() + 11, rect.y() + 8, wide - 22, line), title, strong, color(Token::Text));
    kit::paint::text(painter, QRect(rect.x() + 11, rect.y() + 8 + line, wide - 22, line), moment.text, plain, color(Token::Dim));
}

void TakeoverChart::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const QRectF area = plot();
    if (m_result.leader.pod.isEmpty()) {
        kit::paint::text(painter, rect(), tr("No failover test yet"), kit::typeFont(Type::Body), color(Token::Dim), Qt::AlignCenter);
        return;
    }
    paintGap(painter);
    painter.setRenderHint(QPainter::Antialiasing, false);
    const QFont strong = kit::typeFont(Type::MetaStrong);
    const QFont plain = kit::typeFont(Type::Chart);
    const int name = qRound(area.left()) - scaled(8);
    for (qsizetype row = 0; row < m_rows.size(); ++row) {
        const int y = qRound(centre(row));
        const int high = QFontMetrics(strong).height();
        const int low = QFontMetrics(plain).height();
        const bool two = !m_rows[row].detail.isEmpty();
        kit::paint::text(painter, QRect(0, two ? y - high : y - high / 2, name, high), m_rows[row].name, strong, color(Token::Text));
        if (two)
            kit::paint::text(painter, QRect(0, y, name, low), m_rows[row].detail, plain, color(Token::Dim));
        if (row > 0) {
            painter.setPen(QPen(color(Token::Line), 1));
            const qreal edge = qRound((centre(row - 1) + centre(row)) / 2) + 0.5;
            painter.drawLine(QPointF(0, edge), QPointF(width(), edge));
        }
    }
    paintLeader(painter);
    paintStandbys(painter);
    paintLease(painter, 1 + m_standbys);
    if (m_rows.size() > 2 + m_standbys)
        paintProbe(painter, 2 + m_standbys);
    painter.setRenderHint(QPainter::Antialiasing);
    paintAxis(painter);
    const qsizetype told = m_hovered >= 0 ? m_hovered : hasFocus() ? m_selected : -1;
    if (told >= 0 && told < m_moments.size())
        paintTip(painter, m_moments[told]);
}

void TakeoverChart::updateNames()
{
    setAccessibleDescription(summary());
    setAccessibleName(m_selected < 0 || m_selected >= m_moments.size()
                          ? tr("The takeover, second by second")
                          : tr("The takeover: %1, %2", "seconds, what").arg(situation::offsetText(m_moments[m_selected].at), m_moments[m_selected].text));
}

QString TakeoverChart::summary() const
{
    if (m_moments.isEmpty())
        return tr("No failover test yet");
    QStringList all;
    for (const Moment &moment : m_moments)
        all.append(tr("%1: %2.", "seconds, what").arg(situation::offsetText(moment.at), moment.text));
    return all.join(u' ');
}

QWidget *TakeoverChart::makeLegend(QWidget *parent)
{
    auto *legend = new QWidget(parent);
    auto *row = kit::hbox(4);
    row->addWidget(new Renewal);
    row->addWidget(new kit::Label(tr("Lease renewed"), Type::Meta, Token::Dim));
    legend->setLayout(row);
    return legend;
}

QSize TakeoverChart::sizeHint() const
{
    return {scaled(744), scaled(54 + 47 * static_cast<int>(m_rows.size()))};
}

QSize TakeoverChart::minimumSizeHint() const
{
    return {scaled(420), scaled(54 + 42 * static_cast<int>(m_rows.size()))};
}

void TakeoverChart::select(qsizetype index)
{
    if (index < 0 || index >= m_moments.size() || index == m_selected)
        return;
    m_selected = index;
    m_hovered = -1;
    updateNames();
    update();
    kit::announce(this, accessibleName());
}

void TakeoverChart::keyPressEvent(QKeyEvent *event)
{
    switch (event->key()) {
    case Qt::Key_Left: select(m_selected < 0 ? m_moments.size() - 1 : m_selected - 1); return;
    case Qt::Key_Right: select(m_selected < 0 ? 0 : m_selected + 1); return;
    case Qt::Key_Home: select(0); return;
    case Qt::Key_End: select(m_moments.size() - 1); return;
    case Qt::Key_T: emit tableRequested(); return;
    default: QWidget::keyPressEvent(event);
    }
}

void TakeoverChart::mouseMoveEvent(QMouseEvent *event)
{
    qsizetype best = -1;
    double distance = scaled(24);
    for (qsizetype i = 0; i < m_moments.size(); ++i) {
        const QPointF at(x(m_moments[i].at), centre(rowOf(m_moments[i])));
        const double apart = QLineF(at, event->position()).length();
        if (apart < distance) {
            distance = apart;
            best = i;
        }
    }
    if (best == m_hovered)
        return;
    m_hovered = best;
    update();
}

void TakeoverChart::leaveEvent(QEvent *event)
{
    m_hovered = -1;
    update();
    QWidget::leaveEvent(event);
}

void TakeoverChart::contextMenuEvent(QContextMenuEvent *event)
{
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    connect(menu->addAction(tr("Show as table")), &QAction::triggered, this, &TakeoverChart::tableRequested);
    connect(menu->addAction(tr("Copy summary")), &QAction::triggered, this, [this] { QGuiApplication::clipboard()->setText(summary()); });
    menu->popup(event->globalPos());
}

} // namespace cairn::charts
