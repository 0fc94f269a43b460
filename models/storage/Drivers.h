// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace cairn::storage {

/// What a volume's numbers are worth, by its driver.
struct DriverFacts {
    /// What the capacity that a measurement tells stands for.
    enum class Capacity {
        Enforced,  ///< the volume's own limit
        WholeFileSystem, ///< of the file system the volume is a folder of, which others fill as well
        None,      ///< no limit, or one without meaning (EFS says 8 EiB)
        Unknown    ///< a driver nobody looked at
    };
    Capacity capacity = Capacity::Unknown;
    /// Whether the kubelet, and so Prometheus, ever has numbers of it. Where it has none only a helper can tell.
    enum class Reports { Yes, IfSwitchedOn, Never, Unknown };
    Reports reports = Reports::Unknown;
    bool operator==(const DriverFacts &) const = default;
};

/// By PersistentVolume::driver. Read in each driver's NodeGetVolumeStats (aws-efs, mountpoint-s3, aws-fsx,
/// gcs-fuse, gcp-filestore, azurefile, blob, juicefs, k8s-csi-s3, ceph-csi, csi-driver-nfs and -smb, in 2026) and, of the
/// in-tree kinds, in kubernetes/kubernetes pkg/volume: hostPath has MetricsNil, local and nfs statfs.
DriverFacts driverFacts(const QString &driver);

} // namespace cairn::storage
