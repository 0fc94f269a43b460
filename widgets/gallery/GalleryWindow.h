// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "kit/Gallery.h"

#include <QWidget>

class QListWidget;
class QScrollArea;

namespace cairn::gallery {

/// Browses the registry: list at the left, the entry at the right, theme and text size above.
class GalleryWindow : public QWidget {
    Q_OBJECT

public:
    explicit GalleryWindow(const kit::GalleryRegistry &registry, QWidget *parent = nullptr);

private:
    void showEntry(int index);
    const kit::GalleryRegistry m_registry;
    QListWidget *m_list;
    QScrollArea *m_stage;
};

} // namespace cairn::gallery
