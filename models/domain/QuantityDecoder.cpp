// SPDX-License-Identifier: GPL-3.0-or-later
#include "domain/QuantityDecoder.h"

#include <array>
#include <charconv>
#include <cmath>
#include <utility>

namespace cairn {

std::optional<double> decodeQuantity(std::string_view text)
{
    if (!text.empty() && text.front() == '+')
        text.remove_prefix(1);
    if (text.empty())
        return std::nullopt;

    // The number ends where a suffix begins. "E" alone is exa, "E6" or "e-3" is an exponent: from_chars takes an
    // exponent only where digits follow, which is the same rule.
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || !std::isfinite(value))
        return std::nullopt;
    const std::string_view suffix(end, static_cast<std::size_t>(text.data() + text.size() - end));

    static constexpr std::array<std::pair<std::string_view, double>, 16> scales{{
        {"", 1.0},
        {"n", 1e-9},
        {"u", 1e-6},
        {"m", 1e-3},
        {"k", 1e3},
        {"M", 1e6},
        {"G", 1e9},
        {"T", 1e12},
        {"P", 1e15},
        {"E", 1e18},
        {"Ki", 1024.0},
        {"Mi", 1048576.0},
        {"Gi", 1073741824.0},
        {"Ti", 1099511627776.0},
        {"Pi", 1125899906842624.0},
        {"Ei", 1152921504606846976.0},
    }};
    for (const auto &[name, scale] : scales) {
        if (suffix == name)
            return value * scale;
    }
    return std::nullopt;
}

bool isGpuResource(std::string_view resource)
{
    return resource.ends_with("/gpu") || resource.starts_with("nvidia.com/mig-");
}

} // namespace cairn
