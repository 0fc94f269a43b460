// SPDX-License-Identifier: GPL-3.0-or-later
#include "checkpoints/Dcp.h"
#include "checkpoints/Pickle.h"
#include "checkpoints/TorchFile.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    const QByteArray bytes(reinterpret_cast<const char *>(data), static_cast<qsizetype>(size));
    const cairn::ckpt::Pickle pickle(bytes, 20'000);
    if (pickle.consumed() > bytes.size())
        __builtin_trap();
    cairn::ckpt::countersOf(pickle);
    cairn::ckpt::DcpMetadata::parse(bytes);
    return 0;
}
