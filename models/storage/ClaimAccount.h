// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/Claim.h"
#include "domain/Gap.h"
#include "domain/Job.h"
#include "domain/Volume.h"
#include "domain/VolumeUse.h"
#include "storage/Drivers.h"
#include "storage/Forecast.h"

#include <QHash>
#include <QList>
#include <optional>

/// What is known of the claims of a cluster, joined: volume, numbers, what they are worth, who uses them, when they are
/// full. Pure.
namespace cairn::storage {

/// What the checkpoints of one job take up on a claim, from a listing of them.
struct JobShare {
    QString jobUid;
    QString jobName;
    qint64 bytes = 0;
    int checkpoints = 0;
    bool partial = false; ///< the listing is
    QDateTime readAt;
    bool operator==(const JobShare &) const = default;
};

/// Something that mounts a claim, or would once it runs.
struct ClaimUser {
    QString name;   ///< of the job or workload; raw
    QString jobUid; ///< of a training job, else empty
    int pods = 0;   ///< that mount it now
    bool operator==(const ClaimUser &) const = default;
};

struct ClaimAccount {
    enum class Trouble {
        None,
        Pending,      ///< not bound yet
        Lost,         ///< its volume is gone, says the server
        VolumeGone,   ///< bound to a volume that does not exist, or that belongs to another claim
        VolumeFailed, ///< the volume's reclaim or binding failed
        Deleting
    };
    /// Why there are no numbers.
    enum class Silence {
        None,
        NotBound,
        Block,        ///< a raw device has no files to count
        DriverSilent, ///< the driver never reports, or only where somebody switched it on; a helper can look
        NotMounted,   ///< the kubelet was asked, but no pod mounts it
        NotMeasured   ///< nobody was asked yet
    };
    Claim claim;
    std::optional<PersistentVolume> volume;
    QString driver; ///< of the volume, else the provisioner of its class; raw
    DriverFacts facts;
    Trouble trouble = Trouble::None;
    QString troubleDetail; ///< the server's words; raw
    std::optional<VolumeUse> use; ///< the newest
    Silence silence = Silence::None;
    bool wholeFileSystem = false; ///< the numbers are of a file system larger than the claim, that others fill too
    QString group;                ///< claims with the same group share every byte
    bool groupGuessed = false;    ///< only because their numbers are the same
    QStringList sharedWith;       ///< "ns/name" of the others of the group; raw
    Forecast forecast;
    QList<UsageSample> history;   ///< oldest first
    QList<ClaimUser> users;       ///< those that mount it now first
    QList<JobShare> shares;       ///< largest first; empty where no listing was read

    QString key() const { return claim.uid; }
    QString path() const { return claim.ns + u'/' + claim.name; }
    /// There is an end to it that the numbers tell.
    bool isLimited() const { return use && use->capacity > 0 && facts.capacity != DriverFacts::Capacity::None; }
    /// Part that is full, 0…1; -1 where it is not known or has no meaning.
    double fraction() const { return isLimited() ? use->fraction() : -1; }
    bool operator==(const ClaimAccount &) const = default;
};

struct ClaimFacts {
    QList<Claim> claims;
    QList<PersistentVolume> volumes;
    bool volumesRead = false; ///< false where the user may not list them
    QList<StorageClass> classes;
    QList<Pod> pods;
    QList<Job> jobs;
    QList<VolumeUse> uses;    ///< of any source, any number for each claim
    bool kubeletAsked = false;
    QHash<QString, QList<UsageSample>> history; ///< by UID of the claim
    QHash<QString, QList<JobShare>> shares;     ///< by "ns/name"
    bool usersRead = true;    ///< false where pods or jobs could not be listed: a claim may have more users than it shows
    QList<Gap> gaps;          ///< what could not be read beside the claims
    QDateTime now;
};

QList<ClaimAccount> account(const ClaimFacts &facts);

struct Totals {
    int claims = 0;
    int silent = 0;      ///< without numbers
    qint64 used = 0;     ///< of those that have a limit; what is shared counts once
    qint64 capacity = 0;
    qint64 unlimited = 0; ///< used by those without a limit
};
Totals totals(const QList<ClaimAccount> &accounts);

enum class Severity { Fine, Soon, Now };
/// Now: 97 % full, or full within 7 days, or its volume is lost. Soon: 85 % (kubernetes-mixin warns there) or 14 days.
Severity severity(const ClaimAccount &account);
/// Worst first.
double rank(const ClaimAccount &account);

/// Sentences for people, safe to show; "" where there is nothing to say.
QString troubleText(const ClaimAccount &account);
QString silenceText(const ClaimAccount &account);
/// "9 d", "not growing", "no limit": when it is full.
QString fullInText(const ClaimAccount &account);
/// What the numbers count beside the claim.
QString sharingText(const ClaimAccount &account);
/// "Prometheus", "kubelet", "df in a helper pod".
QString sourceName(UseSource source);
/// The stable English word for JSON: "prometheus", "kubelet", "df"; "" for None.
QString sourceWord(UseSource source);

} // namespace cairn::storage
