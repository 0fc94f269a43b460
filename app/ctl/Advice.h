// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "Options.h"
#include "engine/Engine.h"
#include "kube/Cluster.h"
#include "launch/AdviceWords.h"

#include <stop_token>

namespace cairn::ctl {

/// `--every auto`: asks the cluster what saving costs and how often jobs fail, tells what follows on stderr, and puts the
/// interval into `policy`; every 500 steps where nothing is known. Returns what `advice` holds in JSON.
Result<QJsonObject> chooseInterval(app::Engine &engine, kube::Cluster &cluster, const Options &options, const launch::Spec &spec,
                                   launch::Policy &policy, const std::stop_token &stop);

} // namespace cairn::ctl
