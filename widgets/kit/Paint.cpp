// SPDX-License-Identifier: GPL-3.0-or-later
#include "kit/Paint.h"

#include "kit/Label.h"

#include <QCache>
#include <QFontMetrics>
#include <QPainterPath>
#include <QTextLayout>

namespace cairn::kit::paint {

namespace {

class Save {
public:
    explicit Save(QPainter &painter)
        : m_painter(painter)
    {
        m_painter.save();
    }
    ~Save() { m_painter.restore(); }
    Save(const Save &) = delete;
    Save &operator=(const Save &) = delete;

private:
    QPainter &m_painter;
};

QPainterPath diamond(QPointF c, qreal r)
{
    QPainterPath path;
    path.moveTo(c.x(), c.y() - r);
    path.lineTo(c.x() + r, c.y());
    path.lineTo(c.x(), c.y() + r);
    path.lineTo(c.x() - r, c.y());
    path.closeSubpath();
    return path;
}

constexpr int wholeText = -1;

struct TextKey {
    QString text;
    QFont font;
    int width; ///< elided to it, or wholeText
    Qt::TextElideMode elide;
    bool operator==(const TextKey &) const = default;
};

size_t qHash(const TextKey &key, size_t seed)
{
    return qHashMulti(seed, key.text, key.font, key.width, static_cast<int>(key.elide));
}

struct Shaped {
    explicit Shaped(const TextKey &key)
        : layout(key.width == wholeText ? key.text : QFontMetrics(key.font).elidedText(key.text, key.elide, key.width), key.font)
    {
        QTextOption option;
        option.setTextDirection(Qt::LeftToRight); // what stands where is decided by alignment alone
        option.setWrapMode(QTextOption::NoWrap);
        layout.setTextOption(option);
        layout.setCacheEnabled(true);
        layout.beginLayout();
        QTextLine line = layout.createLine();
        line.setLineWidth(1e6);
        layout.endLayout();
        width = line.horizontalAdvance();
        height = line.ascent() + line.descent(); // QTextLine::height() is rounded up
    }
    QTextLayout layout;
    qreal width = 0;
    qreal height = 0;
};

/// Shaping a text takes ten times as long as drawing it, and a table is drawn again and again: the texts of some screens
/// are kept. They hold until the next call. GUI thread only.
const Shaped &shaped(const TextKey &key)
{
    // Lives until the program ends: fonts must not be given back after the application is gone.
    static auto &cache = *new QCache<TextKey, Shaped>(1500);
    if (const Shaped *known = cache.object(key))
        return *known;
    auto *made = new Shaped(key);
    cache.insert(key, made);
    return *made;
}

} // namespace

void box(
    QPainter &painter, const QRectF &rect, qreal radius, const QColor &fill, const QColor &border, qreal borderWidth)
{
    const Save save(painter);
    painter.setRenderHint(QPainter::Antialiasing);
    const qreal half = borderWidth / 2;
    painter.setPen(border.alpha() == 0 ? QPen(Qt::NoPen) : QPen(border, borderWidth));
    painter.setBrush(fill.alpha() == 0 ? QBrush(Qt::NoBrush) : QBrush(fill));
    const QRectF inner = border.alpha() == 0 ? rect : rect.adjusted(half, half, -half, -half);
    const qreal r = border.alpha() == 0 ? radius : qMax(0.0, radius - half);
    painter.drawRoundedRect(inner, r, r);
}

void hairline(QPainter &painter, const QRect &rect, Qt::Edge edge, const QColor &color)
{
    QRect line = rect;
    switch (edge) {
    case Qt::TopEdge: line.setHeight(1); break;
    case Qt::BottomEdge: line.setTop(rect.bottom()); break;
    case Qt::LeftEdge: line.setWidth(1); break;
    case Qt::RightEdge: line.setLeft(rect.right()); break;
    }
    painter.fillRect(line, color);
}

void focusRing(QPainter &painter, const QRectF &rect, qreal radius)
{
    const Save save(painter);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(color(Token::Accent), 2));
    painter.drawRoundedRect(rect.adjusted(-2, -2, 2, 2), radius + 2, radius + 2);
}

void trustMark(QPainter &painter, QPointF centre, qreal r, Verdict verdict, const QColor &paper, bool ring)
{
    const Save save(painter);
    painter.setRenderHint(QPainter::Antialiasing);
    const QPainterPath shape = diamond(centre, r);
    if (ring) {
        // The frame lies outside the shape so that the shape itself keeps its meaning.
        painter.setPen(QPen(color(Token::Text), 2, Qt::SolidLine, Qt::SquareCap, Qt::MiterJoin));
        painter.setBrush(Qt::NoBrush);
        painter.drawPath(diamond(centre, r + 1.8));
    }
    switch (verdict) {
    case Verdict::Whole: painter.fillPath(shape, color(Token::Accent)); break;
    case Verdict::Writing:
        painter.setPen(QPen(color(Token::Accent), 1.6, Qt::SolidLine, Qt::SquareCap, Qt::MiterJoin));
        painter.setBrush(paper);
        painter.drawPath(diamond(centre, r - 0.4));
        break;
    case Verdict::Unverified: {
        QPainterPath half;
        half.moveTo(centre.x(), centre.y() - r);
        half.lineTo(centre.x(), centre.y() + r);
        half.lineTo(centre.x() - r, centre.y());
        half.closeSubpath();
        painter.setPen(QPen(color(Token::Dim), 1.5, Qt::SolidLine, Qt::SquareCap, Qt::MiterJoin));
        painter.setBrush(paper);
        painter.drawPath(diamond(centre, r - 0.3));
        painter.fillPath(half, color(Token::Dim));
        break;
    }
    case Verdict::Damaged: {
        painter.fillPath(shape, color(Token::Err));
        const qreal q = r * 0.42;
        painter.setPen(QPen(paper, 1.6, Qt::SolidLine, Qt::FlatCap));
        painter.drawLine(centre + QPointF(-q, -q), centre + QPointF(q, q));
        painter.drawLine(centre + QPointF(q, -q), centre + QPointF(-q, q));
        break;
    }
    }
}

QSize tagSize(const QString &text)
{
    return {qCeil(textWidth(text, typeFont(Type::Tag))) + 16, scaled(18)};
}

void tag(QPainter &painter, const QRect &rect, const QString &text, Tone tone)
{
    box(painter, rect, rect.height() / 2.0, color(tint(tone)), Qt::transparent);
    paint::text(
        painter, rect.adjusted(8, 0, -8, 0), text, typeFont(Type::Tag), color(foreground(tone)), Qt::AlignCenter);
}

void bar(QPainter &painter, const QRectF &rect, double fraction, Tone tone)
{
    const Save save(painter);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    const qreal r = rect.height() / 2;
    QPainterPath track;
    track.addRoundedRect(rect, r, r);
    painter.fillPath(track, color(Token::Line));
    fraction = qBound(0.0, fraction, 1.0);
    if (fraction <= 0)
        return;
    QRectF filled = rect;
    // A bar that is not empty shows at least a dot.
    filled.setWidth(qMax(rect.width() * fraction, 2.0));
    painter.setClipPath(track);
    const Token token = tone == Tone::Idle || tone == Tone::Dim ? Token::Faint : foreground(tone);
    painter.fillRect(filled, color(tone == Tone::None ? Token::Accent : token));
}

namespace {
constexpr int dotLimit = 12;
int dotDiameter()
{
    return scaled(9);
}
int dotStep()
{
    return scaled(13);
}
} // namespace

int dotsWidth(int ready, int desired)
{
    const int count = qMax(ready, desired);
    return count <= 0 || count > dotLimit ? 0 : count * dotStep() - (dotStep() - dotDiameter());
}

void dots(QPainter &painter, QPointF leftCentre, int ready, int desired)
{
    const int count = qMax(ready, desired);
    if (count > dotLimit)
        return;
    const Save save(painter);
    painter.setRenderHint(QPainter::Antialiasing);
    const qreal r = dotDiameter() / 2.0;
    for (int i = 0; i < count; ++i) {
        const QPointF c = leftCentre + QPointF(r + i * dotStep(), 0);
        if (i < ready) {
            painter.setPen(Qt::NoPen);
            painter.setBrush(color(Token::Ok));
            painter.drawEllipse(c, r, r);
        } else {
            painter.setPen(QPen(color(Token::Err), 1.5));
            painter.setBrush(Qt::NoBrush);
            painter.drawEllipse(c, r - 0.75, r - 0.75);
        }
    }
}

void checkBox(QPainter &painter, const QRect &rect, Qt::CheckState state, bool enabled)
{
    const Save save(painter);
    const int side = scaled(15);
    const QRectF frame(rect.x() + (rect.width() - side) / 2, rect.y() + (rect.height() - side) / 2, side, side);
    if (state == Qt::Unchecked) {
        box(painter, frame, 4, color(Token::Panel), color(Token::Control), 1.5);
        return;
    }
    if (state == Qt::PartiallyChecked) {
        const QColor ink = color(enabled ? Token::Accent : Token::Faint);
        box(painter, frame, 4, color(Token::Panel), ink, 1.5);
        painter.fillRect(QRectF(frame.x() + side * 0.25, frame.center().y() - 0.75, side * 0.5, 1.5), ink);
        return;
    }
    box(painter, frame, 4, color(enabled ? Token::Accent : Token::Faint), Qt::transparent);
    glyph(painter, frame.adjusted(3, 3, -3, -3), Glyph::Tick, color(Token::OnAccent), 1.7);
}

qreal textWidth(const QString &text, const QFont &font)
{
    return text.isEmpty() ? 0 : shaped({text, font, wholeText, Qt::ElideNone}).width;
}

int wrappedHeight(const QString &text, Type type, int width)
{
    if (text.isEmpty())
        return 0;
    const QFontMetrics metrics(typeFont(type));
    const int high = metrics.boundingRect(QRect(0, 0, qMax(1, width), 10'000), Qt::TextWordWrap, text).height();
    const int lines = qMax(1, (high + metrics.lineSpacing() / 2) / metrics.lineSpacing());
    return lines * lineHeight(type);
}

void wrapped(QPainter &painter, QRect rect, const QString &text, Type type, const QColor &color)
{
    const QFont face = typeFont(type);
    painter.setFont(face);
    painter.setPen(color);
    rect.translate(0, (lineHeight(type) - QFontMetrics(face).lineSpacing()) / 2);
    painter.drawText(rect, Qt::TextWordWrap | Qt::AlignLeft | Qt::AlignTop, text);
}

void text(QPainter &painter, const QRect &rect, const QString &text, const QFont &font, const QColor &color,
    Qt::Alignment alignment, Qt::TextElideMode elide)
{
    if (text.isEmpty() || rect.width() <= 0)
        return;
    const Shaped *line = &shaped({text, font, wholeText, Qt::ElideNone});
    if (qRound(line->width) > rect.width())
        line = &shaped({text, font, rect.width(), elide});
    // As QPainter::drawText places it.
    qreal x = rect.x();
    qreal y = rect.y();
    if (alignment & Qt::AlignRight)
        x += rect.width() - line->width;
    else if (alignment & Qt::AlignHCenter)
        x += (rect.width() - line->width) / 2;
    if (alignment & Qt::AlignBottom)
        y += rect.height() - line->height;
    else if (alignment & Qt::AlignVCenter)
        y += (rect.height() - line->height) / 2;
    painter.setPen(color);
    line->layout.lineAt(0).draw(&painter, QPointF(x, y));
}

void glyph(QPainter &painter, const QRectF &rect, Glyph glyph, const QColor &color, qreal width)
{
    const Save save(painter);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(color, width, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.setBrush(Qt::NoBrush);
    const auto at = [&](qreal x, qreal y) {
        return QPointF(rect.x() + rect.width() * x, rect.y() + rect.height() * y);
    };
    switch (glyph) {
    case Glyph::Tick: painter.drawPolyline(QPolygonF{at(0.08, 0.55), at(0.38, 0.84), at(0.92, 0.2)}); break;
    case Glyph::Cross:
        painter.drawLine(at(0.14, 0.14), at(0.86, 0.86));
        painter.drawLine(at(0.86, 0.14), at(0.14, 0.86));
        break;
    case Glyph::Bang:
        painter.drawLine(at(0.5, 0.08), at(0.5, 0.6));
        painter.setPen(Qt::NoPen);
        painter.setBrush(color);
        painter.drawEllipse(at(0.5, 0.9), width * 0.65, width * 0.65);
        break;
    case Glyph::Triangle:
        painter.setPen(Qt::NoPen);
        painter.setBrush(color);
        painter.drawPolygon(QPolygonF{at(0.5, 0.06), at(1, 0.94), at(0, 0.94)});
        break;
    case Glyph::Play:
        painter.setPen(Qt::NoPen);
        painter.setBrush(color);
        painter.drawPolygon(QPolygonF{at(0.2, 0.08), at(0.92, 0.5), at(0.2, 0.92)});
        break;
    case Glyph::Dot:
        painter.setPen(Qt::NoPen);
        painter.setBrush(color);
        painter.drawEllipse(rect);
        break;
    case Glyph::Ring: painter.drawEllipse(rect.adjusted(width / 2, width / 2, -width / 2, -width / 2)); break;
    case Glyph::Clock:
        painter.drawEllipse(rect.adjusted(width / 2, width / 2, -width / 2, -width / 2));
        painter.drawPolyline(QPolygonF{at(0.5, 0.24), at(0.5, 0.52), at(0.7, 0.62)});
        break;
    case Glyph::Spinner: {
        QPen pen(color, width, Qt::CustomDashLine, Qt::RoundCap);
        pen.setDashPattern({0.4, 2.0});
        painter.setPen(pen);
        painter.drawEllipse(rect.adjusted(width / 2, width / 2, -width / 2, -width / 2));
        break;
    }
    case Glyph::Up: painter.drawPolyline(QPolygonF{at(0.15, 0.65), at(0.5, 0.3), at(0.85, 0.65)}); break;
    case Glyph::Down: painter.drawPolyline(QPolygonF{at(0.15, 0.35), at(0.5, 0.7), at(0.85, 0.35)}); break;
    case Glyph::Left: painter.drawPolyline(QPolygonF{at(0.65, 0.15), at(0.3, 0.5), at(0.65, 0.85)}); break;
    case Glyph::Right: painter.drawPolyline(QPolygonF{at(0.35, 0.15), at(0.7, 0.5), at(0.35, 0.85)}); break;
    }
}

void piece(QPainter &painter, const QRectF &rect, Piece piece)
{
    const Save save(painter);
    if (piece == Piece::Unknown) {
        painter.setPen(color(Token::Control));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(rect.adjusted(0.5, 0.5, -0.5, -0.5));
        return;
    }
    const Token ink = piece == Piece::Holds ? Token::Ok : piece == Piece::Hurts ? Token::Warn : Token::Err;
    painter.fillRect(rect, color(piece == Piece::Holds ? Token::Ok : piece == Piece::Hurts ? Token::WarnBg : Token::ErrBg));
    if (piece == Piece::Holds)
        return;
    painter.setClipRect(rect, Qt::IntersectClip);
    const bool slanted = piece == Piece::Falls;
    painter.setRenderHint(QPainter::Antialiasing, slanted);
    painter.setPen(QPen(color(ink), slanted ? 3 : 2, Qt::SolidLine, Qt::FlatCap));
    const qreal lean = slanted ? rect.height() + 4 : 0;
    for (qreal x = rect.left() + 1; x < rect.right() + lean + 4; x += slanted ? 5.6 : 4)
        painter.drawLine(QPointF(x - lean, rect.bottom() + 2), QPointF(x, rect.top() - 2));
}

Token seriesToken(int index)
{
    switch (index % 4) {
    case 0: return Token::Series1;
    case 1: return Token::Series2;
    case 2: return Token::Series3;
    default: return Token::Series4;
    }
}

void seriesMarker(QPainter &painter, QPointF c, qreal r, int index)
{
    const Save save(painter);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(color(seriesToken(index)));
    switch (index % 4) {
    case 0: painter.drawEllipse(c, r, r); break;
    case 1: painter.drawRect(QRectF(c.x() - r * 0.9, c.y() - r * 0.9, r * 1.8, r * 1.8)); break;
    case 2:
        painter.drawPolygon(
            QPolygonF{c + QPointF(0, -r), c + QPointF(r * 1.05, r * 0.85), c + QPointF(-r * 1.05, r * 0.85)});
        break;
    default:
        painter.drawPolygon(
            QPolygonF{c + QPointF(0, r), c + QPointF(r * 1.05, -r * 0.85), c + QPointF(-r * 1.05, -r * 0.85)});
    }
}

} // namespace cairn::kit::paint
