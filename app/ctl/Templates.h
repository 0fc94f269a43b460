// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "Options.h"
#include "engine/StartFlows.h"

namespace cairn::ctl {

/// What --template and --set say, as YAML. The word behind `job new` is the value of its parameter "name".
Result<QByteArray> fromTemplate(const Options &options, const QString &ns, const app::LaunchDefaults &defaults);

} // namespace cairn::ctl
