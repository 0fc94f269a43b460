// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "overlay/Folder.h"

namespace cairn::overlay {

/// The scene without what the overlay in the folder has put on its objects, so that generating again gives the same
/// files whether it was applied, half applied, or not. Only what Cairn wrote there counts (Folder::generated, and files
/// that are as it wrote them), not a person's own files. What says something else than the folder is somebody's change
/// and stays. Pure, any thread.
Unapplied unapplied(const audit::Scene &live, const Folder &folder);

} // namespace cairn::overlay
