// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDateTime>
#include <QString>
#include <QStringList>

/// What stands behind a claim. Values; made by the decoders. Sizes in bytes, -1 where the object does not say.
namespace cairn {

/// A PersistentVolume (core/v1; cluster-scoped).
struct PersistentVolume {
    QString name;
    QString uid;
    QString resourceVersion;
    QDateTime created;
    QDateTime deleting;
    QString phase;         ///< "Pending", "Available", "Bound", "Released", "Failed"
    QString message;       ///< status.message: why it failed; raw
    QString reclaimPolicy; ///< "Retain", "Delete"
    QString storageClass;
    qint64 capacity = -1;
    QString driver; ///< of CSI its name ("nfs.csi.k8s.io"), else the in-tree kind ("nfs", "hostPath", "local" …); "" unknown
    /// What names the file system behind it: volumes with the same driver and backing share every byte. Of CSI the handle,
    /// or server and share where the driver serves a whole export; of nfs server and path; of local and hostPath the path,
    /// of local after its node. "" where nothing does.
    QString backing;
    QStringList nodes; ///< the only ones it can be mounted on, by host name (spec.nodeAffinity); empty: no such limit is known
    QString claimNs; ///< spec.claimRef
    QString claimName;
    QString claimUid;
    bool operator==(const PersistentVolume &) const = default;
};

/// storage.k8s.io/v1, cluster-scoped.
struct StorageClass {
    QString name;
    QString uid;
    QString resourceVersion;
    QString provisioner;
    bool expandable = false; ///< allowVolumeExpansion
    bool operator==(const StorageClass &) const = default;
};

} // namespace cairn
