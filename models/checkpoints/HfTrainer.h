// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "checkpoints/Index.h"

namespace cairn::ckpt {

/// Folders of transformers' Trainer: "checkpoint-<step>" with model, optimizer, RNG states and trainer_state.json,
/// which rank 0 writes last. Its subfolders (FSDP, DeepSpeed) belong to it. nullopt where the folder is none.
std::optional<Finding> recogniseHfTrainer(const Index &index, const QByteArray &folder, Source &source,
                                          const Limits &limits);

} // namespace cairn::ckpt
