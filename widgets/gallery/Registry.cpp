// SPDX-License-Identifier: GPL-3.0-or-later
#include "gallery/Entries.h"

namespace cairn::gallery {

kit::GalleryRegistry allEntries()
{
    kit::GalleryRegistry registry;
    registerKitEntries(registry);
    registerStateEntries(registry);
    registerShellEntries(registry);
    registerTableEntries(registry);
    registerChartEntries(registry);
    registerLogEntries(registry);
    return registry;
}

} // namespace cairn::gallery
