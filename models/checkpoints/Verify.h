// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "checkpoints/Look.h"
#include "domain/Verification.h"

namespace cairn::ckpt {

/// How far a full read has come.
struct VerifyState {
    QString file;       ///< that is being read, relative to the listed root, lossless text; empty while it is listed
    int filesDone = 0;
    int files = 0;
    qint64 done = 0;    ///< bytes
    qint64 total = 0;   ///< bytes; 0 while it is listed
};
/// Called ten times a second at most, and at the end of every file. Any thread.
using VerifyProgress = std::function<void(const VerifyState &)>;

/// Reads a checkpoint to its last byte: the CRC-32 of every entry of a zip (.pt, .keras, .npz, items of DCP), the CRC-32C of every
/// tensor of a TensorFlow bundle, header, offsets and types of safetensors, the structure of HDF5, whole JSON; of everything
/// else that it can be read and is as long as listed. In pieces; nothing is unpickled or written. Then it is listed again: what
/// changed meanwhile is said to have changed. Blocks for as long as reading takes. An error where it was cancelled, is not there,
/// or nothing can be read any more; damage is a result.
Result<Verification> verify(Shelf &shelf, const QString &path, const RecogniseOptions &options, const std::stop_token &stop,
                            const VerifyProgress &progress = {});

} // namespace cairn::ckpt
