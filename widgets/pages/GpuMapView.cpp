// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/GpuMapView.h"

#include "base/Text.h"
#include "kit/Announce.h"
#include "kit/Card.h"
#include "kit/Label.h"
#include "kit/Paint.h"

#include <QHBoxLayout>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QToolTip>

namespace cairn::pages {

using namespace Qt::StringLiterals;
using namespace cairn::kit;
using launch::GpuNode;
using launch::GpuPool;

namespace {

enum class Cell { Yours, Used, Free, Short, Off };

void paintCell(QPainter &painter, const QRectF &rect, Cell cell)
{
    const qreal round = rect.width() > 6 ? 2 : 0;
    switch (cell) {
    case Cell::Yours: paint::box(painter, rect, round, color(Token::Accent), color(Token::Accent)); break;
    case Cell::Used: paint::box(painter, rect, round, color(Token::Faint), color(Token::Faint)); break;
    case Cell::Free: paint::box(painter, rect, round, color(Token::Panel), color(Token::Control)); break;
    case Cell::Short: {
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(color(Token::Accent), 1, Qt::CustomDashLine));
        QPen pen = painter.pen();
        pen.setDashPattern({2, 2});
        painter.setPen(pen);
        painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), round, round);
        break;
    }
    case Cell::Off: paint::piece(painter, rect, paint::Piece::Falls); break;
    }
}

/// How many of each, in the order of the cells.
QList<std::pair<Cell, int>> partsOf(const GpuNode &node)
{
    if (!node.ready)
        return {{Cell::Yours, node.asked}, {Cell::Used, node.used}, {Cell::Off, node.idle()}};
    return {{Cell::Yours, node.asked}, {Cell::Used, node.used},
        {node.shortBy > 0 ? Cell::Short : Cell::Free, node.idle()}};
}

class LegendMark : public QWidget {
public:
    explicit LegendMark(Cell cell)
        : m_cell(cell)
    {
        bindTheme(this, [this] { setFixedSize(scaled(10), scaled(10)); });
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        paintCell(painter, rect(), m_cell);
    }

private:
    Cell m_cell;
};

/// The few words behind the cells.
QString wordOf(const GpuNode &node)
{
    if (node.asked > 0)
        return GpuMapView::tr("yours");
    if (!node.ready)
        return GpuMapView::tr("not ready");
    if (node.idle() > 0)
        return GpuMapView::tr("%n free", nullptr, node.idle());
    return node.holders.isEmpty() ? GpuMapView::tr("in use") : text::safe(node.holders.first());
}

} // namespace

GpuMapView::GpuMapView(const GpuPool &pool, QWidget *parent)
    : QWidget(parent)
{
    setFocusPolicy(Qt::StrongFocus);
    QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    bindTheme(this, [this] {
        updateGeometry();
        update();
    });
    setPool(pool);
}

void GpuMapView::setPool(const GpuPool &pool)
{
    m_pool = pool;
    m_selected = std::min(m_selected, shown() - 1);
    updateName();
    updateGeometry();
    update();
}

QString GpuMapView::wordsOf(const GpuNode &node)
{
    QStringList parts;
    if (!node.ready)
        parts.append(tr("not ready or cordoned"));
    if (node.used > 0) {
        QStringList holders;
        for (const QString &holder : node.holders.mid(0, 3))
            holders.append(text::safe(holder));
        parts.append(holders.isEmpty() ? tr("%1 of %2 in use").arg(node.used).arg(node.total)
                                       : tr("%1 of %2 in use by %3", "numbers, names").arg(node.used).arg(node.total).arg(holders.join(u", "_s)));
    }
    if (node.asked > 0)
        parts.append(tr("%n for this job", nullptr, node.asked));
    parts.append(tr("%n free", nullptr, node.idle()));
    if (node.shortBy > 0)
        parts.append(tr("%n short of a pod", nullptr, node.shortBy));
    if (!node.open)
        parts.append(tr("not chosen by its selector, or tainted"));
    return tr("%1: %2", "node, state").arg(text::safe(node.name), parts.join(u", "_s));
}

QWidget *GpuMapView::makeLegend()
{
    auto *legend = new QWidget;
    auto *row = hbox(5);
    const auto add = [row](Cell cell, const QString &text) {
        row->addWidget(new LegendMark(cell));
        row->addWidget(new Label(text, Type::Meta, Token::Dim));
        row->addSpacing(5);
    };
    add(Cell::Yours, tr("yours"));
    add(Cell::Used, tr("in use"));
    add(Cell::Free, tr("free"));
    add(Cell::Short, tr("too few"));
    add(Cell::Off, tr("not ready"));
    legend->setLayout(row);
    return legend;
}

int GpuMapView::columns(int width) const
{
    return width >= scaled(390) && shown() > 3 ? 2 : 1;
}

int GpuMapView::rows(int columns) const
{
    return static_cast<int>((shown() + columns - 1) / columns) + (m_pool.nodes.size() > shown() ? 1 : 0);
}

int GpuMapView::heightForWidth(int width) const
{
    return rows(columns(width)) * scaled(22);
}

QSize GpuMapView::sizeHint() const
{
    return {scaled(400), heightForWidth(scaled(400))};
}

QSize GpuMapView::minimumSizeHint() const
{
    return {scaled(200), scaled(22)};
}

QRect GpuMapView::placeOf(qsizetype index) const
{
    const int across = columns(width());
    const int down = static_cast<int>((shown() + across - 1) / across);
    const int gap = scaled(14);
    const int wide = (width() - gap * (across - 1)) / across;
    const int column = static_cast<int>(index / down);
    return {column * (wide + gap), static_cast<int>(index % down) * scaled(22), wide, scaled(22)};
}

void GpuMapView::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    for (qsizetype i = 0; i < shown(); ++i) {
        const GpuNode &node = m_pool.nodes[i];
        const QRect place = placeOf(i);
        const bool strong = node.asked > 0 || node.shortBy > 0 || !node.ready;
        const int cells = std::min(scaled(96), place.width() / 2);
        const int name = std::max(scaled(40), (place.width() - cells - scaled(16)) * 11 / 20);
        paint::text(painter, QRect(place.left(), place.top(), name, place.height()), text::safe(node.name),
            typeFont(strong ? Type::MetaStrong : Type::Meta), color(node.open ? Token::Text : Token::Dim), Qt::AlignLeft | Qt::AlignVCenter,
            Qt::ElideMiddle);
        // Small enough for all of them; where even that is too small, one stretch for each state.
        const qreal pitch = std::min<qreal>(scaled(12), static_cast<qreal>(cells) / std::max(1, node.total));
        const bool apart = pitch >= 4;
        const qreal side = std::min<qreal>(scaled(10), pitch - 2);
        const qreal top = place.top() + (place.height() - scaled(10)) / 2.0;
        qreal left = place.left() + name + scaled(8);
        for (const auto &[cell, count] : partsOf(node)) {
            if (count <= 0)
                continue;
            if (!apart) {
                paintCell(painter, QRectF(left, top, count * pitch, scaled(10)), cell);
                left += count * pitch;
                continue;
            }
            for (int c = 0; c < count; ++c, left += pitch)
                paintCell(painter, QRectF(left, top, side, scaled(10)), cell);
        }
        const int words = place.left() + name + scaled(8) + cells + scaled(8);
        const Token ink = !node.ready ? Token::Err : node.shortBy > 0 ? Token::Warn : node.asked > 0 ? Token::Text : Token::Dim;
        paint::text(painter, QRect(words, place.top(), place.right() - words + 1, place.height()), wordOf(node),
            typeFont(node.asked > 0 ? Type::MetaStrong : Type::Meta), color(ink), Qt::AlignLeft | Qt::AlignVCenter, Qt::ElideMiddle);
        if (i == m_selected && hasFocus())
            paint::focusRing(painter, place.adjusted(2, 2, -2, -2), radius::control);
    }
    if (m_pool.nodes.size() > shown())
        paint::text(painter, QRect(0, height() - scaled(22), width(), scaled(22)),
            tr("and %n more node(s)", nullptr, static_cast<int>(m_pool.nodes.size() - shown())), typeFont(Type::Meta), color(Token::Dim));
}

void GpuMapView::updateName()
{
    const auto of = [this](int GpuNode::*part) { return QString::number(m_pool.sum(part)); };
    const QString all = tr("GPU map: %1 GPUs, %2 in use, %3 for this job, %4 free")
                            .arg(of(&GpuNode::total), of(&GpuNode::used), of(&GpuNode::asked), QString::number(m_pool.idle()));
    setAccessibleName(m_selected >= 0 ? wordsOf(m_pool.nodes[m_selected]) : all);
}

void GpuMapView::select(qsizetype index)
{
    if (index < 0 || index >= shown() || index == m_selected)
        return;
    m_selected = index;
    updateName();
    update();
    announce(this, accessibleName());
}

void GpuMapView::keyPressEvent(QKeyEvent *event)
{
    switch (event->key()) {
    case Qt::Key_Up: select(m_selected - 1); return;
    case Qt::Key_Down: select(m_selected + 1); return;
    case Qt::Key_Home: select(0); return;
    case Qt::Key_End: select(shown() - 1); return;
    default: QWidget::keyPressEvent(event);
    }
}

void GpuMapView::focusOutEvent(QFocusEvent *event)
{
    m_selected = -1;
    updateName();
    QWidget::focusOutEvent(event);
}

bool GpuMapView::event(QEvent *event)
{
    if (event->type() != QEvent::ToolTip)
        return QWidget::event(event);
    const auto *help = static_cast<QHelpEvent *>(event);
    for (qsizetype i = 0; i < shown(); ++i) {
        if (placeOf(i).contains(help->pos())) {
            QToolTip::showText(help->globalPos(), wordsOf(m_pool.nodes[i]), this);
            return true;
        }
    }
    QToolTip::hideText();
    return true;
}

} // namespace cairn::pages
