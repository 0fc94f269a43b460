// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "checkpoints/Index.h"

/// What the saves of one run tell about each other, and which folders are one run.
namespace cairn::ckpt {

/// A save without a file that others of its run have, where these are alike (Finding::savesAlike); one with the random states
/// of fewer ranks.
void judgeAmongOthers(QList<Finding> &findings);

/// ms-swift begins a folder "v<k>-<time>" at every start. One that was resumed from another's checkpoint, by its args.json,
/// continues that run; others are runs of their own. False where bytes are not at hand yet.
bool joinVersions(QList<Finding> &findings, const Index &index, Source &source, const Limits &limits);

} // namespace cairn::ckpt
