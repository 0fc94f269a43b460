// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/Checkpoint.h"
#include "kit/Theme.h"

#include <QMargins>
#include <QPainter>
#include <QRectF>

/// Drawing shared by widgets, delegates and charts, so that a mark or a tag looks the same everywhere.
namespace cairn::kit::paint {

/// Filled box with a 1 px border whose lines lie on whole device pixels. `rect` is the outer edge.
void box(QPainter &painter, const QRectF &rect, qreal radius, const QColor &fill, const QColor &border,
    qreal borderWidth = 1.0);
/// One device-independent pixel high (or wide) line inside `rect`'s given edge.
void hairline(QPainter &painter, const QRect &rect, Qt::Edge edge, const QColor &color);
/// Focus ring of 2 px around `rect`, 1 px away from it.
void focusRing(QPainter &painter, const QRectF &rect, qreal radius);

/// The mark of a verdict, a diamond of `r` half-diagonal: whole filled, writing outlined, unverified half, damaged
/// with a cross. `ring` adds the frame of a selected point. `paper` is the colour behind it.
void trustMark(QPainter &painter, QPointF centre, qreal r, Verdict verdict, const QColor &paper, bool ring = false);

/// A tag's size for `text`, and the tag itself at `topLeft`. Height 18 px at 100 % text.
QSize tagSize(const QString &text);
void tag(QPainter &painter, const QRect &rect, const QString &text, Tone tone);

/// Bar of height 7 px (scaled) filled to `fraction` (0…1).
void bar(QPainter &painter, const QRectF &rect, double fraction, Tone tone);

/// A part of something that is counted by state, as a piece of a bar: plain holds, upright hatch will hurt, slanted hatch
/// falls, an outline is not known. Reads in greyscale.
enum class Piece { Holds, Hurts, Falls, Unknown };
void piece(QPainter &painter, const QRectF &rect, Piece piece);

/// Replica dots: ready filled ok, the others hollow err. At most 12 dots, beyond that the text alone speaks.
int dotsWidth(int ready, int desired);
void dots(QPainter &painter, QPointF leftCentre, int ready, int desired);

/// Check box of 15 px at `rect` (its outer frame is centred in it).
void checkBox(QPainter &painter, const QRect &rect, Qt::CheckState state, bool enabled = true);

/// Text in one line, elided when too long. Baseline-centred in `rect`.
void text(QPainter &painter, const QRect &rect, const QString &text, const QFont &font, const QColor &color,
    Qt::Alignment alignment = Qt::AlignLeft | Qt::AlignVCenter, Qt::TextElideMode elide = Qt::ElideRight);

/// Text on as many lines as it takes, with the line height of the design, from the top of `rect`; wrappedHeight() measures it.
void wrapped(QPainter &painter, QRect rect, const QString &text, Type type, const QColor &color);
int wrappedHeight(const QString &text, Type type, int width);

/// How wide `text` is in one line.
qreal textWidth(const QString &text, const QFont &font);

/// Small glyphs drawn, not typed, so that no font is needed.
enum class Glyph { Tick, Cross, Bang, Triangle, Play, Dot, Ring, Clock, Spinner, Up, Down, Left, Right };
void glyph(QPainter &painter, const QRectF &rect, Glyph glyph, const QColor &color, qreal width = 1.5);

/// Marker of a series (pods, chart lines): ● ■ ▲ ▼ in series colours 1–4, repeating.
void seriesMarker(QPainter &painter, QPointF centre, qreal r, int index);
Token seriesToken(int index);

} // namespace cairn::kit::paint
