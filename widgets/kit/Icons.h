// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QIcon>
#include <QPixmap>
#include <QString>

namespace cairn::kit {

/// A bundled monochrome icon by file name without ".svg" ("jobs", "copy"). Tinted at paint time: Dim, Text when
/// active or selected, Faint when disabled; follows theme changes by itself. Always shown beside a word or with an
/// accessible name.
QIcon icon(const QString &name);

/// The same as a pixmap of `size` logical pixels in one colour.
QPixmap iconPixmap(const QString &name, const QColor &color, QSize size, qreal devicePixelRatio);

} // namespace cairn::kit
