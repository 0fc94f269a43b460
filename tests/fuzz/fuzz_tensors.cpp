// SPDX-License-Identifier: GPL-3.0-or-later
#include "FuzzSource.h"

#include "checkpoints/Hdf5Tree.h"
#include "checkpoints/Tensors.h"

/// The walk through HDF5, and the names, shapes and types of tensors by each kind of file.
extern "C" int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    FuzzSource source(data, size, false);
    if (size >= 64) { // the superblock was looked at before
        const cairn::ckpt::Entry entry = source.entry("x.h5");
        cairn::ckpt::FileReader reader(source, entry, 1 << 20);
        cairn::ckpt::Limits limits;
        limits.fileBudget = 1 << 20;
        cairn::ckpt::Hdf5Tree::read(reader, limits);
    }
    for (const char *name : {"x.safetensors", ".metadata", "x.index", "x.pt", "x.keras"})
        cairn::ckpt::tensorsOf(source.entry(name), source);
    return 0;
}
