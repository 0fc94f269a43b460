// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "checkpoints/Pickle.h"
#include "checkpoints/Tensors.h"

namespace cairn::ckpt {

/// Tensors below the value that torch.save wrote, named by the keys that lead to them: "model.layer.weight".
TensorList tensorsIn(const Pickle &pickle);
/// Of a .metadata of torch.distributed.checkpoint.
TensorList tensorsInMetadata(const Pickle &pickle);

} // namespace cairn::ckpt
