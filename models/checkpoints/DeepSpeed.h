// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "checkpoints/Index.h"

namespace cairn::ckpt {

/// A tag's folder of DeepSpeed, by itself or inside a trainer's; nullopt where the folder is none.
std::optional<Finding> recogniseDeepSpeed(const Index &index, const QByteArray &folder, Source &source, const Limits &limits);

} // namespace cairn::ckpt
