// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "Options.h"
#include "engine/BucketFlows.h"

namespace cairn::ctl {

/// What the user named, by option, variable or --keychain; that is the consent. What is not encrypted is said.
Result<s3::Access> accessToBucket(const Options &options, const QString &bucket, std::stop_token stop);

/// Of a job that saves to S3: where, and the credentials. Refused (exit 4) unless --endpoint or the environment names the server that
/// the job names, where that is not AWS, and unless keys come from the environment or --allow-secret lets the job's be read.
Result<app::AgreedAccess> accessToBucketOfJob(ObjectApi &api, const app::JobDetail &detail, const Options &options, std::stop_token stop);
/// Its checkpoints.
Result<app::JobListing> readBucketOfJob(net::HttpClient &http, ObjectApi &api, const app::JobDetail &detail, const Options &options,
                                        std::stop_token stop);

} // namespace cairn::ctl
