// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "checkpoints/Source.h"

#include <QHash>

namespace cairn::ckpt {

/// A tensor as a header, an index or a passively followed pickle names it.
struct TensorInfo {
    QString name;         ///< "model.layers.0.weight"; raw
    QList<qint64> shape;  ///< empty for a scalar
    QString dtype;        ///< as safetensors names it: "F32", "BF16", "I64" …; "" where unknown
    bool operator==(const TensorInfo &) const = default;
};

/// Tensors of one file, at most 200,000. `why` tells why there may be more, or none: raw, no full stop; empty where all are here.
struct TensorList {
    QList<TensorInfo> tensors;
    QString why;
};

/// By what the file holds: safetensors, torch.save, .npz, .keras and HDF5, the index of a TensorFlow bundle, .metadata of DCP. Of
/// other files, and of shards whose tensors another file names, an empty list without a reason. Nothing is unpickled.
TensorList tensorsOf(const Entry &entry, Source &source);

} // namespace cairn::ckpt
