// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "kit/Gallery.h"

#include <QImage>

namespace cairn::gallery {

/// Shows the entry offscreen at `size` (empty: its size hint), settles it and takes its picture at the given device
/// pixel ratio of the screen. The same entry gives the same bytes on every run of the same Qt and FreeType.
QImage grab(const kit::GalleryEntry &entry, const QSize &size);

/// "page.jobs-1280x800-dark.png"; sizes of natural grabs are left out.
QString fileName(const kit::GalleryEntry &entry, const QSize &size, const QString &suffix);

} // namespace cairn::gallery
