// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Internal to the decoders: what the job kinds have in common.

#include "domain/Job.h"
#include "domain/JsonFields.h"

namespace cairn::decoding {

/// Names, times, labels, Cairn's annotations and the lineage in them.
void readMetadata(const JsonValue &meta, StringPool &pool, Job &job);
/// `policy` is the object that holds managedBy: spec.runPolicy of a v1 job, spec of a TrainJob.
Manager readManager(const JsonValue &meta, const JsonValue &policy);
/// Kueue alone decides when it runs.
bool isQueued(const JsonValue &meta, const JsonValue &policy);
/// Image, command, arguments and environment; a TrainJob's spec.trainer has the same fields as a container.
void readProcess(const JsonValue &container, StringPool &pool, Job &job);
/// Adds the container's mounts; their volumes are looked for in all of `podSpecs`.
void readMounts(const JsonValue &container, const QList<JsonValue> &podSpecs, Job &job);
/// The container of that name, else the first one.
JsonValue trainingContainer(const JsonValue &podSpec, const std::string &wanted);
/// The phase with what its condition says; a job that has ended without a time of its own ended then.
void decide(Job &job, JobPhase phase, const JsonValue &condition);
double gpusOf(const JsonValue &resources);
double templateGpus(const JsonValue &podSpec);

/// All of a JobSet, RayJob or RayCluster but its metadata.
void readShownOnly(const JsonValue &object, StringPool &pool, Job &job);
/// All of a TrainJob but its metadata.
void readTrainJob(const JsonValue &object, StringPool &pool, Job &job);

} // namespace cairn::decoding
