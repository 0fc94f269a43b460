// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDateTime>
#include <QString>
#include <QStringList>

namespace cairn {

/// A PersistentVolumeClaim as the console needs it. Sizes in bytes, -1 where the object does not say.
struct Claim {
    QString ns;
    QString name;
    QString uid;
    QString resourceVersion;
    QDateTime created;
    QDateTime deleting;
    QString phase; ///< "Pending", "Bound", "Lost"
    QString storageClass;
    QString volume;          ///< name of the bound PersistentVolume
    QStringList accessModes; ///< "ReadWriteOnce", …: granted ones where bound, else the requested ones
    QString volumeMode;      ///< "Filesystem" or "Block"
    qint64 requested = -1;
    qint64 capacity = -1;
    QDateTime unusedSince;   ///< condition "Unused" (beta gate PersistentVolumeClaimUnusedSinceTime); invalid where the server does not say
    bool operator==(const Claim &) const = default;
};

} // namespace cairn
