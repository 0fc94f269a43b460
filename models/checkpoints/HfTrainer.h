// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "checkpoints/Index.h"

namespace cairn::ckpt {

/// Folders of transformers' Trainer: "checkpoint-<step>" with model, optimizer, RNG states and trainer_state.json,
/// which rank 0 writes last. Its subfolders (FSDP, DeepSpeed) belong to it. nullopt where the folder is none.
std::optional<Finding> recogniseHfTrainer(const Index &index, const QByteArray &folder, Source &source,
                                          const Limits &limits);

/// "checkpoint-<step>"
bool isTrainerFolderName(const QByteArray &name);

/// How many rng_state_<rank>.pth a folder holds, 0 where it has none of that form. Ranks of a run must agree.
int rngStates(const Index &index, const QByteArray &folder);

} // namespace cairn::ckpt
