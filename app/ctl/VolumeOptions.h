// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "OptionTable.h"
#include "base/Result.h"

#include <QCommandLineParser>
#include <QMap>

namespace cairn::ctl {

/// What `storage` is told.
struct VolumeOptions {
    QMap<QString, QString> values = {}; ///< by storage::VolumeField::id
    bool byClass = false;               ///< --by-class: a StorageClass makes it
    QString size = {};                  ///< --size
    QString save = {};                  ///< --save FILE: where the YAML goes
    qint64 testBytes = 256LL * 1024 * 1024; ///< --test-size of storage prove
    qint64 user = -1;                   ///< --as-user of storage prove; -1: as the pods that use the PVC
};

/// Each field of each kind of storage is an option of its name; those that another command has too are not added twice.
void addVolumeOptions(OptionTable &table);
/// Values that make no sense whatever the kind are a Kind::Invalid.
Result<VolumeOptions> volumeOptions(const QCommandLineParser &parser);

} // namespace cairn::ctl
