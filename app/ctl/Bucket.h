// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "Options.h"
#include "engine/BucketFlows.h"

namespace cairn::ctl {

/// The checkpoints of a job that saves to S3. Refused (exit 4) unless --endpoint or the environment names the server that
/// the job names, where that is not AWS, and unless keys come from the environment or --allow-secret lets the job's be read.
Result<app::JobListing> readBucketOfJob(net::HttpClient &http, ObjectApi &api, const app::JobDetail &detail, const Options &options,
                                        std::stop_token stop);

} // namespace cairn::ctl
