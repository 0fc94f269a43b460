// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "change/Change.h"
#include "domain/Job.h"

#include <QJsonObject>

namespace cairn::jobs {

/// How many processes train together once a job runs: what a checkpoint that is split by process has to fit.
struct Processes {
    std::optional<qint64> count; ///< nullopt where the job does not tell
    QString told;                ///< how it is made up ("nodes: 2, processes on each: 4"), or a sentence on why it is not known
    QString change;              ///< the fields or arguments that decide it, for people
};

/// From the kind, the numbers of replicas and the launcher in the command line (torchrun, accelerate, deepspeed, mpirun, the
/// Trainer of Lightning, verl). A number that is not certain is unknown: it would forbid what may work. `object` is the job as the server has it; `job` the same with what its runtime adds.
Processes processesOf(const Job &job, const QJsonObject &object);

/// Of a checkpoint that loads with `needed` processes only (0: with any): "processes" where there are others, which forbids
/// it, "processes-unknown" where they are not known; without an id where it loads.
change::Note whyNotLoadable(const Processes &processes, int needed);

} // namespace cairn::jobs
