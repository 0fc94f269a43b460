// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "checkpoints/Check.h"

namespace cairn::ckpt {

/// The superblock of an HDF5 file (HDF5 file format specification, II.A): a file that was closed is exactly as long as the
/// end-of-file address in it says.
struct Hdf5File {
    bool isHdf5 = false;
    Check check;
    QByteArray head; ///< the first 16 KiB, where the names of the root's groups stand
};
Hdf5File probeHdf5(FileReader &file, const Limits &limits);
/// The same of a file that is part of another: its first 16 KiB, or all of it, and its size.
Hdf5File judgeHdf5(const QByteArray &head, qint64 size);
constexpr qint64 hdf5Head = 16 * 1024;

} // namespace cairn::ckpt
