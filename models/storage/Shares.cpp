// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/Shares.h"

#include <QMap>
#include <QSet>
#include <algorithm>

namespace cairn::storage {
namespace {

/// Oldest job first, so that what two have counts for the one that made it.
void sortByAge(QList<JobSaves> &saves)
{
    std::ranges::sort(saves, {}, [](const JobSaves &job) { return std::tie(job.created, job.jobUid); });
}

struct Sum {
    qint64 bytes = 0;
    int checkpoints = 0;
};

/// Of the checkpoints of a listing that nobody before had.
Sum unseen(const JobSaves &job, QSet<QString> &seen)
{
    Sum sum;
    qsizetype at = 0;
    for (const Run &run : job.listing->runs) {
        for (const Checkpoint &checkpoint : run.checkpoints) {
            const QString key = job.place + u'\n' + job.paths.value(at++, checkpoint.path);
            if (seen.contains(key))
                continue;
            seen.insert(key);
            sum.bytes += std::max<qint64>(0, checkpoint.bytes);
            ++sum.checkpoints;
        }
    }
    return sum;
}

} // namespace

QHash<QString, QList<JobShare>> sharesOf(QList<JobSaves> saves)
{
    sortByAge(saves);
    QHash<QString, QList<JobShare>> shares;
    QSet<QString> seen;
    for (const JobSaves &job : std::as_const(saves)) {
        if (!job.listing)
            continue;
        const Sum sum = unseen(job, seen);
        if (sum.checkpoints > 0)
            shares[job.place].append({job.jobUid, job.jobName, sum.bytes, sum.checkpoints, job.listing->partial, job.listing->readAt});
    }
    return shares;
}

QList<BucketAccount> bucketsOf(QList<JobSaves> saves)
{
    sortByAge(saves);
    QMap<QString, BucketAccount> accounts;
    QSet<QString> seen;
    for (const JobSaves &job : std::as_const(saves)) {
        BucketAccount &account = accounts[job.place];
        account.bucket = job.place;
        account.jobs.append(job.jobName);
        if (!job.listing)
            continue;
        ++account.read;
        account.partial = account.partial || job.listing->partial;
        if (!account.readAt.isValid() || job.listing->readAt < account.readAt)
            account.readAt = job.listing->readAt;
        const Sum sum = unseen(job, seen);
        account.bytes += sum.bytes;
        account.checkpoints += sum.checkpoints;
    }
    return accounts.values();
}

QHash<QString, UsageSample> newestSamples(const QList<Claim> &claims, const QList<VolumeUse> &uses)
{
    QHash<QString, const VolumeUse *> newest; // by "ns/name"
    for (const VolumeUse &use : uses) {
        const VolumeUse *&known = newest[use.ns + u'/' + use.claim];
        if (!known || known->at < use.at)
            known = &use;
    }
    QHash<QString, UsageSample> samples;
    for (const Claim &claim : claims) {
        const VolumeUse *use = newest.value(claim.ns + u'/' + claim.name);
        if (use && use->used >= 0)
            samples.insert(claim.uid, {use->at, use->used, use->capacity, use->source});
    }
    return samples;
}

} // namespace cairn::storage
