// SPDX-License-Identifier: GPL-3.0-or-later
#include "jobs/CurrentAttempt.h"

#include "jobs/Attempt.h"

using namespace Qt::StringLiterals;

namespace cairn::jobs {

CurrentAttempt::CurrentAttempt(const Job &job, const Listing &listing, const QString &root, const QString &saveDir)
    : m_job(job)
    , m_listing(listing)
{
    const QString base = joinPath(root, {});
    const QString own = joinPath(saveDir, {});
    m_placed = !saveDir.isEmpty() && (own == base || own.startsWith(base + u'/') || base == u"/");
    if (m_placed && own != base)
        m_own = own.mid(base == u"/" ? 1 : base.size() + 1) + u'/';
    if (job.lineage.checkpoint.isEmpty())
        return;
    const QString from = joinPath(job.lineage.checkpoint, {});
    for (const Run &run : listing.runs) {
        for (const Checkpoint &c : run.checkpoints) {
            if (joinPath(root, c.path) == from)
                m_from = &c;
        }
    }
}

bool CurrentAttempt::savedItself(const Checkpoint &checkpoint) const
{
    if (!m_placed)
        return true;
    return m_own.isEmpty() ? attemptOf(checkpoint.path) == 0 : checkpoint.path.startsWith(m_own);
}

bool CurrentAttempt::has(const Checkpoint &checkpoint) const
{
    if (savedItself(checkpoint))
        return true;
    if (attemptOf(checkpoint.path) >= m_job.lineage.attempt)
        return false; // of somebody who went on from this job's, or raced with it
    if (m_from)
        return !isOlder(*m_from, checkpoint);
    // What it went on from is gone: its step is still known, if any.
    return !m_job.lineage.step || !checkpoint.step || *checkpoint.step <= *m_job.lineage.step;
}

const Checkpoint *CurrentAttempt::newestResumable() const
{
    const Checkpoint *own = nullptr;
    const Checkpoint *before = nullptr;
    for (const Run &run : m_listing.runs) {
        for (const Checkpoint &c : run.checkpoints) {
            if (!canResumeFrom(c))
                continue;
            if (savedItself(c)) {
                if (!own || isOlder(*own, c))
                    own = &c;
            } else if (has(c) && (!before || isOlder(*before, c))) {
                before = &c;
            }
        }
    }
    // A copy may have given all files the same time; what it saved itself comes after what it came from.
    return own ? own : before;
}

const Checkpoint *CurrentAttempt::newerElsewhere() const
{
    const Checkpoint *newest = cairn::newestResumable(m_listing);
    if (!newest || has(*newest))
        return nullptr;
    return newest;
}

} // namespace cairn::jobs
