// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QSize>
#include <QString>
#include <functional>

class QWidget;

namespace cairn::kit {

/// One thing the gallery shows on canned data. Entries feed the screenshot, tab-order and accessible-name tests, so a
/// factory must give the same picture each time: fixed times, no timers running, no network. No widget has the focus in
/// the picture unless one has the dynamic property "galleryFocus".
struct GalleryEntry {
    QString id;                         ///< dotted, also the file name of the picture: "kit.button", "page.jobs"
    QString title;                      ///< for the list of the gallery window
    std::function<QWidget *()> factory; ///< makes a fresh widget; the caller owns it
    QList<QSize> sizes;                 ///< logical sizes to grab; empty for the natural size (sizeHint)
};

class GalleryRegistry {
public:
    void add(GalleryEntry entry) { m_entries.append(std::move(entry)); }
    const QList<GalleryEntry> &entries() const { return m_entries; }

private:
    QList<GalleryEntry> m_entries;
};

} // namespace cairn::kit
