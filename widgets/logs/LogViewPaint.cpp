// SPDX-License-Identifier: GPL-3.0-or-later
// How a LogView lays out and paints its lines.
#include "kit/Paint.h"
#include "logs/LogView.h"

#include <QDateTime>
#include <QPainter>
#include <QScrollBar>
#include <QTextLayout>

namespace cairn::logs {

using namespace Qt::StringLiterals;
using kit::color;
using kit::scaled;
using kit::Token;
using kit::Type;
using kit::typeFont;

namespace {

constexpr int gutter = 20; // px at the left for the error sign

Token ansi(int index)
{
    switch (index) {
    case 1: return Token::Err;
    case 2: return Token::Ok;
    case 3: return Token::Warn;
    case 4: return Token::Accent;
    case 5: return Token::Series4;
    case 6: return Token::Series3;
    case 7: return Token::Text;
    default: return Token::Dim;
    }
}

QTextLayout::FormatRange range(int start, int length, const QTextCharFormat &format)
{
    QTextLayout::FormatRange result;
    result.start = start;
    result.length = length;
    result.format = format;
    return result;
}

/// The level word of a line, if it stands among the first words.
std::pair<int, int> levelWord(const Line &line)
{
    static const QRegularExpression word(u"\\b(DEBUG|TRACE|INFO|WARN(?:ING)?|ERROR|FATAL|CRITICAL)\\b"_s);
    const QRegularExpressionMatch match = word.match(line.text.left(96));
    return match.hasMatch()
        ? std::pair(static_cast<int>(match.capturedStart()), static_cast<int>(match.capturedLength()))
        : std::pair(0, 0);
}

} // namespace

int LogView::sourceWidth() const
{
    int width = 0;
    const QFontMetrics metrics(typeFont(Type::Mono));
    for (int i = 0; m_buffer && i < m_buffer->sourceCount(); ++i)
        width = qMax(width, metrics.horizontalAdvance(m_buffer->sourceName(i)));
    return qMin(width, scaled(150)) + scaled(14) + 12;
}

int LogView::textLeft() const
{
    const QFontMetrics metrics(typeFont(Type::Mono));
    return gutter + (m_time ? metrics.horizontalAdvance(u"00:00:00.000"_s) + 8 : 0) + (m_source ? sourceWidth() : 0);
}

void LogView::layoutLine(QTextLayout &layout, const Line &line) const
{
    layout.setText(line.text);
    layout.setFont(typeFont(Type::Mono));
    QTextOption option;
    option.setTextDirection(Qt::LeftToRight);
    option.setWrapMode(m_wrap ? QTextOption::WrapAtWordBoundaryOrAnywhere : QTextOption::NoWrap);
    layout.setTextOption(option);
    QList<QTextLayout::FormatRange> formats;
    for (const Span &span : line.spans) {
        QTextCharFormat format;
        if (span.color >= 0)
            format.setForeground(color(ansi(span.color)));
        if (span.bold)
            format.setFontWeight(QFont::Bold);
        formats.append(range(span.start, span.length, format));
    }
    if (const auto [start, length] = levelWord(line); length > 0 && line.spans.empty()) {
        QTextCharFormat format;
        format.setForeground(color(line.level == Level::Error ? Token::Err
                : line.level == Level::Warn                   ? Token::Warn
                                                              : Token::Dim));
        if (line.level == Level::Error)
            format.setFontWeight(QFont::Bold);
        formats.append(range(start, length, format));
    }
    if (m_searching) {
        QTextCharFormat hit;
        hit.setBackground(color(Token::WarnBg));
        hit.setFontUnderline(true);
        hit.setUnderlineColor(color(Token::Warn));
        hit.setUnderlineStyle(QTextCharFormat::SingleUnderline);
        int found = 0;
        if (!m_plain.isEmpty()) {
            for (qsizetype at = line.text.indexOf(m_plain, 0, Qt::CaseInsensitive); at >= 0 && found < 200;
                 at = line.text.indexOf(m_plain, at + m_plain.size(), Qt::CaseInsensitive), ++found)
                formats.append(range(static_cast<int>(at), static_cast<int>(m_plain.size()), hit));
        } else {
            QRegularExpressionMatchIterator it = m_pattern.globalMatch(line.text);
            for (; it.hasNext() && found < 200; ++found) {
                const QRegularExpressionMatch match = it.next();
                formats.append(
                    range(static_cast<int>(match.capturedStart()), static_cast<int>(match.capturedLength()), hit));
            }
        }
    }
    layout.setFormats(formats);
    layout.beginLayout();
    qreal y = 0;
    const qreal width = m_wrap ? qMax(40, viewport()->width() - textLeft() - 8) : 1e7;
    for (;;) {
        QTextLine text = layout.createLine();
        if (!text.isValid())
            break;
        text.setLineWidth(width);
        text.setPosition(QPointF(0, y + (rowHeight() - text.height()) / 2));
        y += rowHeight();
    }
    layout.endLayout();
}

int LogView::heightOf(qsizetype row) const
{
    if (!m_wrap)
        return rowHeight();
    const Line &line = lineOfRow(row);
    const int advance = qMax(1, QFontMetrics(typeFont(Type::Mono)).horizontalAdvance(u'0'));
    const int columns = qMax(5, (viewport()->width() - textLeft() - 8) / advance);
    // Short lines are the rule; only long ones are laid out to be measured.
    if (line.text.size() <= columns / 2)
        return rowHeight();
    QTextLayout layout;
    layoutLine(layout, line);
    return qMax(1, layout.lineCount()) * rowHeight();
}

QString LogView::timeText(qint64 time) const
{
    if (time == 0)
        return {};
    const QDateTime when = QDateTime::fromMSecsSinceEpoch(time, m_local ? Qt::LocalTime : Qt::UTC);
    return when.time().toString(u"HH:mm:ss.zzz"_s);
}

void LogView::paintRow(QPainter &painter, const QRect &rect, qsizetype row) const
{
    const Line &line = lineOfRow(row);
    const bool error = line.level == Level::Error || line.continued;
    const bool current = line.id == m_current;
    if (current || isSelected(row))
        painter.fillRect(rect, color(Token::Sel));
    else if (error)
        painter.fillRect(rect, color(Token::ErrBg));
    const int shift = horizontalScrollBar()->value();
    const QFont face = typeFont(Type::Mono);
    const int step = rowHeight();
    {
        QTextLayout layout;
        layoutLine(layout, line);
        painter.save();
        painter.setClipRect(QRect(textLeft(), rect.y(), viewport()->width() - textLeft(), rect.height()));
        painter.setPen(color(Token::Text));
        layout.draw(&painter, QPointF(textLeft() - shift, rect.y()));
        painter.restore();
    }
    // The columns at the left stay while the text scrolls sideways.
    int x = gutter;
    if (line.level == Level::Error) {
        const qreal side = scaled(8);
        kit::paint::glyph(painter, QRectF((gutter - side) / 2, rect.y() + (step - side) / 2, side, side),
            kit::paint::Glyph::Cross, color(Token::Err), 1.3);
    }
    if (m_time) {
        const int width = QFontMetrics(face).horizontalAdvance(u"00:00:00.000"_s);
        kit::paint::text(painter, QRect(x, rect.y(), width + 2, step), timeText(line.time), face, color(Token::Dim));
        x += width + 8;
    }
    if (m_source) {
        kit::paint::seriesMarker(painter, QPointF(x + scaled(5), rect.y() + step / 2.0), scaled(4), line.source);
        kit::paint::text(painter, QRect(x + scaled(14), rect.y(), sourceWidth() - scaled(14) - 12, step),
            m_buffer->sourceName(line.source), face, color(Token::Dim), Qt::AlignLeft | Qt::AlignVCenter,
            Qt::ElideMiddle);
    }
    if (current && hasFocus()) {
        painter.setPen(QPen(color(Token::Accent), 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(rect.adjusted(0, 0, -1, -1));
    }
}

void LogView::paintEvent(QPaintEvent *)
{
    QPainter painter(viewport());
    painter.fillRect(viewport()->rect(), color(Token::Panel));
    if (rowCount() == 0) {
        kit::paint::text(
            painter, viewport()->rect(), m_placeholder, typeFont(Type::Body), color(Token::Dim), Qt::AlignCenter);
        return;
    }
    int y = 0;
    for (qsizetype row = verticalScrollBar()->value(); row < rowCount() && y < viewport()->height(); ++row) {
        const int height = heightOf(row);
        paintRow(painter, QRect(0, y, viewport()->width(), height), row);
        y += height;
    }
}

} // namespace cairn::logs
