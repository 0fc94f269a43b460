// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "Options.h"
#include "engine/Engine.h"

#include <stop_token>

/// One function per command: prints to stdout and stderr, returns the exit code. They block; `stop` is requested by
/// Ctrl C.
namespace cairn::ctl {

int contexts(app::Engine &engine, const Options &options);
int doctor(app::Engine &engine, const Options &options, std::stop_token stop);
int components(app::Engine &engine, const Options &options, std::stop_token stop);
int claims(app::Engine &engine, const Options &options, std::stop_token stop);
int quotas(app::Engine &engine, const Options &options, std::stop_token stop);
int jobs(app::Engine &engine, const Options &options, std::stop_token stop);
int jobShow(app::Engine &engine, const Options &options, std::stop_token stop);
int jobResume(app::Engine &engine, const Options &options, std::stop_token stop);
/// suspend, unsuspend or delete, as the command says.
int jobBulk(app::Engine &engine, const Options &options, std::stop_token stop);
int jobYaml(app::Engine &engine, const Options &options, std::stop_token stop);
/// `engine` is only made when the target is a job: a folder or bucket needs no cluster.
int checkpointsOfFolder(const Options &options, std::stop_token stop);
/// The target begins with s3://. Keys come from the environment.
int checkpointsOfBucket(const Options &options, std::stop_token stop);
int checkpointsOfJob(app::Engine &engine, const Options &options, std::stop_token stop);

} // namespace cairn::ctl
