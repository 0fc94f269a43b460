// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/Job.h"

#include <algorithm>

namespace cairn::app {

/// One of its containers ran, or has run: there may be a log. Until then the kubelet has none to give, and for an image that
/// cannot be pulled it answers with an error.
inline bool hasStarted(const Pod &pod)
{
    return std::ranges::any_of(pod.containers, [](const ContainerState &container) {
        return container.restarts > 0 || (!container.state.isEmpty() && container.state != QLatin1StringView("waiting"));
    });
}

} // namespace cairn::app
