// SPDX-License-Identifier: GPL-3.0-or-later
#include "gallery/Entries.h"
#include "gallery/PageEntries.h"

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
    registerEditorEntries(registry);
    registerFormEntries(registry);
    registerPageEntries(registry);
    return registry;
}

} // namespace cairn::gallery
