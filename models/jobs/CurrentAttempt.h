// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/Checkpoint.h"
#include "domain/Job.h"

namespace cairn::jobs {

/// Which of a job's checkpoints are of its current attempt. Whoever goes back to an older checkpoint leaves what was saved
/// after it: those stay in the folder of the former attempt, and may well be the newest of all, so time alone does not tell
/// where training should go on. Attempts are told apart by their folders (jobs/Attempt.h) and by what the job's annotations
/// say it was resumed from (Job::lineage). Keeps nothing: job and listing outlive it. Any thread.
class CurrentAttempt
{
public:
    /// `root`: what the listing's paths are relative to; `saveDir`: where the job saves now. Both absolute, or addresses.
    CurrentAttempt(const Job &job, const Listing &listing, const QString &root, const QString &saveDir);

    /// Saved by the current attempt, or by those before it until it went on from one of theirs. True where nothing is known.
    bool has(const Checkpoint &checkpoint) const;
    /// The newest of those that training could go on from, nullptr for none: what a resume proposes.
    const Checkpoint *newestResumable() const;
    /// The newest of all where another attempt has saved one that is newer; nullptr where none has.
    const Checkpoint *newerElsewhere() const;
    /// The current one saved this itself, or nobody did so in a folder of their own.
    bool savedItself(const Checkpoint &checkpoint) const;

private:
    const Job &m_job;
    const Listing &m_listing;
    QString m_own;       ///< its folder, relative to the root; "" where that is the root
    bool m_placed = false; ///< it saves below the root
    const Checkpoint *m_from = nullptr; ///< what it went on from, where that is still there
};

} // namespace cairn::jobs
