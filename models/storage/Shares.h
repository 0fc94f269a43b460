// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/Checkpoint.h"
#include "storage/ClaimAccount.h"

/// What checkpoints take up, from listings of them: always "at least". Pure.
namespace cairn::storage {

/// The checkpoints of one job, as a listing found them.
struct JobSaves {
    QString jobUid, jobName; ///< raw
    QDateTime created;       ///< of the job
    QString place;           ///< "ns/name" of a claim, or the name of a bucket
    std::optional<Listing> listing; ///< nullopt: never read
    /// For each checkpoint of the listing, run by run: its path in the place, the same for all jobs that see it.
    QStringList paths;
};

/// By claim. A resumed job's listing holds what its parent saved: a checkpoint counts once, for the oldest job that has
/// it. Jobs whose listing is of nothing else are left out.
QHash<QString, QList<JobShare>> sharesOf(QList<JobSaves> saves);

/// What is known of a bucket by the checkpoints that jobs keep in it.
struct BucketAccount {
    QString bucket;      ///< raw
    QStringList jobs;    ///< that save to it, oldest first; raw
    int read = 0;        ///< of these, whose checkpoints were read
    qint64 bytes = 0;    ///< of the checkpoints that were read, each once
    int checkpoints = 0;
    bool partial = false; ///< a listing of them is
    QDateTime readAt;     ///< the oldest of the listings
    bool operator==(const BucketAccount &) const = default;
};

/// By name of the bucket.
QList<BucketAccount> bucketsOf(QList<JobSaves> saves);

/// The newest measurement of each claim that has one, as a sample for the history: by UID of the claim.
QHash<QString, UsageSample> newestSamples(const QList<Claim> &claims, const QList<VolumeUse> &uses);

} // namespace cairn::storage
