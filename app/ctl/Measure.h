// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "Options.h"
#include "kube/Cluster.h"
#include "storage/ClaimAccount.h"

namespace cairn::ctl {

/// Adds how full claims are, by what the user allowed and what needs no allowance; problems go to stderr.
void measure(kube::Cluster &cluster, const Options &options, storage::ClaimFacts &facts, std::stop_token stop);

} // namespace cairn::ctl
