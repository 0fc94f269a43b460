// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "launch/Spec.h"

namespace cairn::launch {

/// A job, and what is made with it. A TrainJob says neither how often it is tried again nor, in some versions, who its
/// pods run as: its runtime does. Where the Spec asks for what the TrainJob has no place for, a TrainingRuntime of the
/// job's name is derived from the ClusterTrainingRuntime that was chosen. Nothing in it ends or deletes the JobSet by
/// the clock: the next release of Trainer refuses that. Pure, any thread.
struct Objects {
    QJsonObject job = {};
    QJsonObject runtime = {}; ///< empty: none is made
    bool operator==(const Objects &) const = default;
};

/// Fields of `spec` that the job itself has no place for and a runtime of its own would have; empty for v1 jobs, and
/// where the runtime is one of the namespace already: that one is somebody's.
QStringList needsRuntime(const Spec &spec, const TrainJobFields &fields);
/// Fields that have no place at all, as `unsupported()`, with a runtime of its own where one can be derived.
QStringList placeless(const Spec &spec, const TrainJobFields &fields);

/// `runtime` is the ClusterTrainingRuntime that it was derived from, "" where that is not told.
QString derivedFrom(const QJsonObject &runtime);
/// True where `runtime` is the one that `job` refers to.
bool belongTogether(const QJsonObject &job, const QJsonObject &runtime);

/// What both say: Spec::runtime is what the job's own was derived from.
Spec specOf(const Objects &objects);
/// As withSpec() of a job. The runtime is made, changed or left out as `after` needs it; what else it says stays.
Result<Objects> withSpec(
    const Objects &objects, const Spec &before, const Spec &after, const TrainJobFields &fields = {});
/// As newJob(), with the runtime that the job needs.
Result<Objects> newObjects(const Spec &spec, const TrainJobFields &fields = {});
/// One document, or two: the job first.
QByteArray textOf(const Objects &objects);

} // namespace cairn::launch
