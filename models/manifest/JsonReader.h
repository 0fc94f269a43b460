// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "manifest/TreeBuilder.h"

namespace cairn::manifest {

/// Reads JSON (RFC 8259) from the part's content to its end. Returns where the text is no JSON, -1 where all is well.
/// Throws Refused. Private to manifest.
int readJson(const Tree &tree, const Tree::Part &part, TreeBuilder &builder);

} // namespace cairn::manifest
