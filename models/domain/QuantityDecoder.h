// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string_view>

namespace cairn {

/// A Kubernetes quantity ("500m", "8", "1.5Gi", "2e3", "12E") as a number; nullopt where it is none.
/// Grammar: apimachinery pkg/api/resource/quantity.go.
std::optional<double> decodeQuantity(std::string_view text);

/// True for resources that are whole GPUs or slices of one: "nvidia.com/gpu", "amd.com/gpu", "nvidia.com/mig-1g.5gb".
bool isGpuResource(std::string_view resource);

} // namespace cairn
