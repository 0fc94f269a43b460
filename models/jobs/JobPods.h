// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "change/Run.h"
#include "domain/Job.h"

namespace cairn::jobs {

/// Facts of the kind a job is of; those of a PyTorchJob for one that is not known.
const JobKindFacts &kindOf(const ObjectRef &job);
Result<Job> decodedJob(const QJsonObject &object, const ObjectRef &job);
/// Pods that carry the job's label, whatever their state.
Result<QList<QJsonObject>> podsOf(const change::Run &run, const ObjectRef &job);

/// How to wait until the pods of a suspended job are gone. One that still ends when the job starts again would count with
/// its exit code as a failure of the new attempt.
struct PodsGone {
    std::chrono::minutes limit{15}; ///< beyond the grace period; a lost node may keep pods for ever
    /// Looks at the job meanwhile: true where nothing needs to be waited for any more, an error where it is in vain.
    std::function<Result<bool>(const QJsonObject &live, const Job &job)> look;
    /// Also wait until the operator itself says Suspended; where it does not, it is taken to be down after a while, which is
    /// harmless (one that does not run starts no pods either), and this is called.
    std::function<void()> onSilentOperator;
    /// Pods that ended may stay, as those of kinds whose pods belong to batch Jobs do; and who may not read pods need not wait.
    bool onlyWhatRuns = false;
};
change::Wait podsGone(const ObjectRef &job, PodsGone options);

} // namespace cairn::jobs
