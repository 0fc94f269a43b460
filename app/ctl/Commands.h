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
/// new, diff, apply, test, move-database, finish or rollback, as the command says.
int overlay(app::Engine &engine, const Options &options, std::stop_token stop);
/// new and diff for rendered YAML: no cluster is asked.
int overlayOfManifests(const Options &options, std::stop_token stop);
/// `engine` is only made when a cluster is audited: manifests need none.
int auditManifests(const Options &options, std::stop_token stop);
int auditCluster(app::Engine &engine, const Options &options, std::stop_token stop);
int auditRules(const Options &options);
int components(app::Engine &engine, const Options &options, std::stop_token stop);
int whatIf(app::Engine &engine, const Options &options, std::stop_token stop);
/// The failover test; without --yes only what it would do.
int failover(app::Engine &engine, const Options &options, std::stop_token stop);
int claims(app::Engine &engine, const Options &options, std::stop_token stop);
/// classes, new or prove, as the command says.
int storage(app::Engine &engine, const Options &options, std::stop_token stop);
int quotas(app::Engine &engine, const Options &options, std::stop_token stop);
int overview(app::Engine &engine, const Options &options, std::stop_token stop);
int jobs(app::Engine &engine, const Options &options, std::stop_token stop);
int jobShow(app::Engine &engine, const Options &options, std::stop_token stop);
int jobResume(app::Engine &engine, const Options &options, std::stop_token stop);
int jobStartFromWeights(app::Engine &engine, const Options &options, std::stop_token stop);
/// suspend, unsuspend or delete, as the command says.
int jobBulk(app::Engine &engine, const Options &options, std::stop_token stop);
/// Launch a new job, or a copy; without --yes only what would be made.
int jobNew(app::Engine &engine, const Options &options, std::stop_token stop);
int jobClone(app::Engine &engine, const Options &options, std::stop_token stop);
/// The templates that `job new --template` takes; no cluster is asked.
int jobTemplates(const Options &options);
/// Why a job does not run, and what helps.
int jobWhy(app::Engine &engine, const Options &options, std::stop_token stop);
int jobEffective(app::Engine &engine, const Options &options, std::stop_token stop);
/// A TrainJob made of a job; without --yes only what would be made, and what has no counterpart.
int jobConvert(app::Engine &engine, const Options &options, std::stop_token stop);
/// Another number of workers.
int jobScale(app::Engine &engine, const Options &options, std::stop_token stop);
/// Another text, from a file or out of the user's editor.
int jobEdit(app::Engine &engine, const Options &options, std::stop_token stop);
int jobYaml(app::Engine &engine, const Options &options, std::stop_token stop);
/// `engine` is only made when the target is a job: a folder or bucket needs no cluster.
int checkpointsOfFolder(const Options &options, std::stop_token stop);
/// The target begins with s3://. Keys come from the environment.
int checkpointsOfBucket(const Options &options, std::stop_token stop);
int checkpointsOfJob(app::Engine &engine, const Options &options, std::stop_token stop);
/// verify or compare, as the command says. `engine` may be nullptr where all targets have a slash: folders and buckets.
int checkpoint(app::Engine *engine, const Options &options, std::stop_token stop);

} // namespace cairn::ctl
