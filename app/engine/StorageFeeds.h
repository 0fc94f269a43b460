// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/Claim.h"
#include "domain/Volume.h"
#include "engine/Watched.h"

#include <QObject>

namespace cairn::app {

/// PVCs, their volumes and classes. GUI thread.
class StorageFeeds : public QObject
{
    Q_OBJECT

public:
    explicit StorageFeeds(kube::Cluster &cluster, QObject *parent = nullptr);

    template <class F>
    void each(F visit)
    {
        visit(claims);
        visit(volumes);
        visit(classes);
    }

    Watched<Claim> claims; ///< of the namespaces the session watches
    Watched<PersistentVolume> volumes;
    Watched<StorageClass> classes;

signals:
    /// Values or states; comes in bursts.
    void changed();
};

} // namespace cairn::app
