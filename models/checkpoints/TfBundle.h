// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "checkpoints/Check.h"

namespace cairn::ckpt {

/// TensorFlow's "<prefix>.index": a LevelDB table that says of every tensor in which shard it lies, from where to where,
/// and with which checksum (tensorflow/core/util/tensor_bundle, core/protobuf/tensor_bundle.proto).
struct TfBundle {
    struct Tensor {
        QByteArray key;
        QList<qint64> shape; ///< empty for a scalar
        int dtype = 0; ///< DataType of TensorFlow: 3 int32, 7 string, 9 int64
        int shard = 0;
        qint64 offset = 0;
        qint64 size = 0;
        quint32 crc = 0; ///< masked
    };
    Check check;    ///< good: the whole index was read and every block's checksum holds
    int shards = 0;
    QList<Tensor> tensors;

    static TfBundle read(FileReader &file, const Limits &limits);
};

} // namespace cairn::ckpt
