// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "Options.h"
#include "engine/Engine.h"
#include "engine/JobFlows.h"

/// What the commands that talk to a cluster have in common.
namespace cairn::ctl {

/// The context the options name; says on stderr when its server is not verified, and passes the server's warnings on.
Result<std::shared_ptr<kube::Cluster>> connect(app::Engine &engine, const Options &options);
/// "" for all namespaces.
QString namespaceOf(const kube::Cluster &cluster, const Options &options);
app::ListVia listVia(const Options &options);
/// Of a claim or a bucket. Refused (exit 4) unless --allow-helper or --use-exec says how the claim may be read, or what
/// readBucketOfJob() asks for is given. `held` is used where a helper may be.
Result<app::JobListing> readListing(app::Engine &engine, kube::Cluster &cluster, const app::JobDetail &detail,
                                    const Options &options, std::stop_token stop, const std::shared_ptr<ckpt::HeldHelper> &held = {});

} // namespace cairn::ctl
