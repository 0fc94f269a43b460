// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "checkpoints/Index.h"

namespace cairn::ckpt {

/// A folder of Accelerate's save_state, which the training scripts of diffusers write too: weights in it or in folders of
/// the pipeline's parts, optimizer.bin, scheduler.bin, and random_states_<rank>.pkl, which each rank writes last.
bool isAccelerateFolder(const Index &index, const QByteArray &folder);

} // namespace cairn::ckpt
