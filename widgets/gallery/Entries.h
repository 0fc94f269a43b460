// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "kit/Gallery.h"

/// Every widget of the kit on canned data.
namespace cairn::gallery {

void registerKitEntries(kit::GalleryRegistry &registry);
void registerStateEntries(kit::GalleryRegistry &registry);
void registerShellEntries(kit::GalleryRegistry &registry);
void registerTableEntries(kit::GalleryRegistry &registry);
void registerChartEntries(kit::GalleryRegistry &registry);
void registerLogEntries(kit::GalleryRegistry &registry);
void registerEditorEntries(kit::GalleryRegistry &registry);
void registerFormEntries(kit::GalleryRegistry &registry);

/// All of the above and the pages.
kit::GalleryRegistry allEntries();

} // namespace cairn::gallery
