// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/Service.h"

#include <stop_token>

namespace cairn::services {

/// Looks at the service from this machine, one check after the other; what follows a failed one is Skipped. Blocks; any
/// thread; nothing is written on a server but the object of `Target::mayWrite`, which is deleted again, also when stop is
/// requested meanwhile. Connections are made as pods make them, past any proxy of this machine. Each wait ends after `seconds`, all of it after four times that, and soon
/// when stop is requested.
Report probe(const Target &target, int seconds, const std::stop_token &stop);

} // namespace cairn::services
