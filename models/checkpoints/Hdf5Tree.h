// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "checkpoints/Check.h"

namespace cairn::ckpt {

/// Groups and datasets of an HDF5 file (HDF5 file format specification, III and IV): old groups with symbol tables and object
/// headers of version 1, which h5py and so Keras write unless they are told otherwise. Every header, node and place of data that
/// the groups lead to is looked at; data is not read.
struct Hdf5Tree {
    struct Dataset {
        QByteArray path;      ///< "layers/dense/vars/0"
        QList<qint64> shape;  ///< empty for a scalar
        QString dtype;        ///< as safetensors names it, "text", or "" where it is another
    };
    Check check; ///< Broken where something leads out of the file or is not what it has to be; Unverified where newer structures were not followed
    QList<Dataset> datasets;

    static Hdf5Tree read(FileReader &file, const Limits &limits);
};

} // namespace cairn::ckpt
