// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLatin1StringView>

namespace cairn::ckpt {

/// Where a helper mounts the claim.
inline constexpr QLatin1StringView helperMountPath{"/claim"};

} // namespace cairn::ckpt
