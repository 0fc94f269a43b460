// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/ClaimAccount.h"

#include <QMap>
#include <QSet>
#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;

namespace cairn::storage {
namespace {

using Trouble = ClaimAccount::Trouble;
using Silence = ClaimAccount::Silence;
using Capacity = DriverFacts::Capacity;
using Reports = DriverFacts::Reports;

/// What ckpt::listClaim and ckpt::measureClaim call their Jobs.
constexpr QLatin1StringView helperNames{"cairn-list-"};

bool isEnded(const Pod &pod)
{
    return pod.phase == "Succeeded"_L1 || pod.phase == "Failed"_L1;
}

/// Pods of Cairn's own helpers use nothing.
bool isHelper(const Pod &pod)
{
    return pod.ownerKind == "Job"_L1 && (pod.ownerName.startsWith(helperNames));
}

QString userOf(const Pod &pod)
{
    if (!pod.jobName.isEmpty())
        return pod.jobName;
    if (pod.ownerKind == "ReplicaSet"_L1)
        return pod.ownerName.section(u'-', 0, -2); // the Deployment's name and a hash
    return pod.ownerName.isEmpty() ? pod.name : pod.ownerName;
}

/// By "ns/claim".
QHash<QString, QList<ClaimUser>> usersOf(const ClaimFacts &facts)
{
    QHash<QString, QString> uids; // of jobs, by "ns/name"
    for (const Job &job : facts.jobs)
        uids.insert(job.ns + u'/' + job.name, job.uid);
    QHash<QString, QMap<QString, ClaimUser>> users;
    for (const Pod &pod : facts.pods) {
        if (isEnded(pod) || isHelper(pod))
            continue;
        const QString name = userOf(pod);
        for (const QString &claim : pod.claims) {
            ClaimUser &user = users[pod.ns + u'/' + claim][name];
            user.name = name;
            user.jobUid = uids.value(pod.ns + u'/' + name);
            ++user.pods;
        }
    }
    for (const Job &job : facts.jobs) {
        if (isFinished(job.phase))
            continue;
        for (const VolumeMount &mount : job.mounts) {
            if (mount.claim.isEmpty())
                continue;
            ClaimUser &user = users[job.ns + u'/' + mount.claim][job.name];
            user.name = job.name;
            user.jobUid = job.uid;
        }
    }
    QHash<QString, QList<ClaimUser>> lists;
    for (auto it = users.cbegin(); it != users.cend(); ++it) {
        QList<ClaimUser> list = it.value().values();
        std::ranges::stable_sort(list, std::greater(), &ClaimUser::pods);
        lists.insert(it.key(), list);
    }
    return lists;
}

bool isNear(qint64 a, qint64 b, double part)
{
    return a > 0 && b > 0 && std::abs(double(a) - double(b)) <= part * double(std::max(a, b));
}

/// A volume that measures what was asked for has a file system of its own.
bool isOwn(const ClaimAccount &account)
{
    const qint64 asked = std::max(account.claim.capacity, account.claim.requested);
    return account.use && asked > 0 && account.use->capacity > 0 && double(account.use->capacity) <= 1.1 * double(asked);
}

/// Two helpers saw the same file system: its id, and, as cloned disks have the same id, its size and fill.
bool isSameFileSystem(const VolumeUse &a, const VolumeUse &b)
{
    return !a.fileSystem.isEmpty() && a.fileSystem == b.fileSystem && a.capacity == b.capacity && isNear(a.used, b.used, 0.1);
}

/// Equal in every number, counted by the same at the same time.
bool isSameMeasurement(const VolumeUse &a, const VolumeUse &b)
{
    return a.source == b.source && std::abs(a.at.secsTo(b.at)) <= 180 && a.used > 0 && a.used == b.used && a.capacity == b.capacity
        && a.available == b.available && a.inodesUsed > 0 && a.inodesUsed == b.inodesUsed;
}

/// Fills in what is shared. A group is named after its first claim's UID.
void group(QList<ClaimAccount> &accounts)
{
    QHash<QString, qsizetype> byBacking;
    QHash<qint64, QList<qsizetype>> bySize; // only file systems of one size are compared
    for (qsizetype i = 0; i < accounts.size(); ++i) {
        ClaimAccount &account = accounts[i];
        account.group = account.claim.uid;
        if (account.volume && !account.volume->backing.isEmpty()) {
            const QString backing = account.volume->driver + u'\n' + account.volume->backing;
            if (const auto it = byBacking.constFind(backing); it != byBacking.cend()) {
                account.group = accounts[*it].group;
                continue;
            }
            byBacking.insert(backing, i);
        }
        if (!account.use || account.facts.capacity == Capacity::Enforced)
            continue;
        QList<qsizetype> &others = bySize[account.use->capacity];
        for (const qsizetype j : std::as_const(others)) {
            const ClaimAccount &other = accounts[j];
            const bool seen = isSameFileSystem(*account.use, *other.use);
            const bool told = !account.use->fileSystem.isEmpty() && !other.use->fileSystem.isEmpty();
            const bool looks = !told && !isOwn(account) && !isOwn(other) && isSameMeasurement(*account.use, *other.use);
            if (!seen && !looks)
                continue;
            account.group = other.group;
            account.groupGuessed = !seen;
            break;
        }
        others.append(i);
    }
    QHash<QString, QStringList> members;
    QSet<QString> guessed;
    for (const ClaimAccount &account : std::as_const(accounts)) {
        members[account.group].append(account.path());
        if (account.groupGuessed)
            guessed.insert(account.group);
    }
    for (ClaimAccount &account : accounts) {
        account.sharedWith = members.value(account.group);
        account.sharedWith.removeOne(account.path());
        account.groupGuessed = account.sharedWith.size() > 0 && guessed.contains(account.group);
        account.wholeFileSystem = account.use && account.use->capacity > 0 && account.facts.capacity != Capacity::Enforced && !isOwn(account);
    }
}

void readTrouble(const ClaimFacts &facts, ClaimAccount &account)
{
    const Claim &claim = account.claim;
    if (claim.phase == "Lost"_L1) {
        account.trouble = Trouble::Lost;
    } else if (claim.phase != "Bound"_L1) {
        account.trouble = Trouble::Pending;
    } else if (facts.volumesRead && (!account.volume || (!account.volume->claimUid.isEmpty() && account.volume->claimUid != claim.uid))) {
        account.trouble = Trouble::VolumeGone;
    } else if (account.volume && account.volume->phase == "Failed"_L1) {
        account.trouble = Trouble::VolumeFailed;
        account.troubleDetail = account.volume->message;
    } else if (claim.deleting.isValid()) {
        account.trouble = Trouble::Deleting;
    }
}

Silence silenceOf(const ClaimFacts &facts, const ClaimAccount &account)
{
    if (account.use)
        return Silence::None;
    if (account.claim.phase != "Bound"_L1)
        return Silence::NotBound;
    if (account.claim.volumeMode == "Block"_L1)
        return Silence::Block;
    if (account.facts.reports == Reports::Never || account.facts.reports == Reports::IfSwitchedOn)
        return Silence::DriverSilent;
    if (!facts.kubeletAsked)
        return Silence::NotMeasured;
    const bool mounted = std::ranges::any_of(account.users, [](const ClaimUser &user) { return user.pods > 0; });
    return mounted ? Silence::DriverSilent : Silence::NotMounted;
}

} // namespace

QList<ClaimAccount> account(const ClaimFacts &facts)
{
    QHash<QString, const PersistentVolume *> volumes;
    for (const PersistentVolume &volume : facts.volumes)
        volumes.insert(volume.name, &volume);
    QHash<QString, QString> provisioners;
    for (const StorageClass &value : facts.classes)
        provisioners.insert(value.name, value.provisioner);
    QHash<QString, const VolumeUse *> uses;
    for (const VolumeUse &use : facts.uses) {
        const VolumeUse *&best = uses[use.ns + u'/' + use.claim];
        if (use.used >= 0 && (!best || best->at < use.at))
            best = &use;
    }
    const QHash<QString, QList<ClaimUser>> users = usersOf(facts);

    QList<ClaimAccount> accounts;
    accounts.reserve(facts.claims.size());
    for (const Claim &claim : facts.claims) {
        ClaimAccount account;
        account.claim = claim;
        if (const PersistentVolume *volume = volumes.value(claim.volume))
            account.volume = *volume;
        account.driver = account.volume ? account.volume->driver : provisioners.value(claim.storageClass);
        account.facts = driverFacts(account.driver);
        readTrouble(facts, account);
        const bool bound = account.trouble == Trouble::None || account.trouble == Trouble::Deleting || account.trouble == Trouble::VolumeFailed;
        // Old numbers of a volume that is gone are nobody's any more.
        if (const VolumeUse *use = uses.value(account.path()); use && bound)
            account.use = *use;
        account.users = users.value(account.path());
        account.silence = silenceOf(facts, account);
        account.history = facts.history.value(claim.uid);
        account.shares = facts.shares.value(account.path());
        std::ranges::stable_sort(account.shares, std::greater(), &JobShare::bytes);
        if (account.use) {
            const qint64 capacity = account.isLimited() ? account.use->capacity : -1;
            const qint64 free = account.use->available >= 0 ? account.use->available : capacity - account.use->used;
            account.forecast = forecast(account.history, capacity < 0 ? -1 : free, capacity, facts.now);
        }
        accounts.append(account);
    }
    group(accounts);
    return accounts;
}

Totals totals(const QList<ClaimAccount> &accounts)
{
    Totals totals;
    totals.claims = int(accounts.size());
    QHash<QString, const ClaimAccount *> newest; // of each group
    for (const ClaimAccount &account : accounts) {
        if (!account.use) {
            ++totals.silent;
            continue;
        }
        const ClaimAccount *&best = newest[account.group];
        if (!best || best->use->at < account.use->at)
            best = &account;
    }
    for (const ClaimAccount *account : std::as_const(newest)) {
        if (!account->isLimited()) {
            totals.unlimited += account->use->used;
            continue;
        }
        totals.used += account->use->used;
        totals.capacity += account->use->capacity;
    }
    return totals;
}

Severity severity(const ClaimAccount &account)
{
    if (account.trouble == Trouble::Lost || account.trouble == Trouble::VolumeGone)
        return Severity::Now;
    const double part = account.fraction();
    const double days = account.forecast.days;
    if (part >= 0.97 || (days >= 0 && days <= 7))
        return Severity::Now;
    return part >= 0.85 || (days >= 0 && days <= 14) ? Severity::Soon : Severity::Fine;
}

double rank(const ClaimAccount &account)
{
    if (account.trouble == Trouble::Lost || account.trouble == Trouble::VolumeGone)
        return -1;
    if (account.trouble == Trouble::Pending)
        return 4e6;
    const double part = account.fraction();
    if (part >= 0.97)
        return std::min(account.forecast.days >= 0 ? account.forecast.days : 1.0, 1.0 - part);
    if (account.forecast.days >= 0)
        return account.forecast.days;
    if (part >= 0)
        return 1e6 + (1 - part) * 1000;
    return account.use ? 2e6 : 3e6;
}

} // namespace cairn::storage
