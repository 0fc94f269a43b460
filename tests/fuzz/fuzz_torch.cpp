// SPDX-License-Identifier: GPL-3.0-or-later
#include "FuzzSource.h"

#include "checkpoints/TorchFile.h"

/// Zip directory, data.pkl, legacy files, and the CRC of every entry.
extern "C" int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    for (const bool local : {true, false}) {
        FuzzSource source(data, size, local);
        const cairn::ckpt::Entry entry = source.entry("x.pt");
        cairn::ckpt::FileReader reader(source, entry, 1 << 20);
        const cairn::ckpt::TorchFile file = cairn::ckpt::probeTorch(reader, {});
        if (!file.check.isGood() && file.check.reason.isEmpty())
            __builtin_trap();
    }
    return 0;
}
