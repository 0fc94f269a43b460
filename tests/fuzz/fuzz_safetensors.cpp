// SPDX-License-Identifier: GPL-3.0-or-later
#include "FuzzSource.h"

#include "checkpoints/Json.h"
#include "checkpoints/Safetensors.h"

/// The header reader, and the JSON reader that trainer_state.json goes through.
extern "C" int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    FuzzSource source(data, size, true);
    const cairn::ckpt::Entry entry = source.entry("x.safetensors");
    cairn::ckpt::FileReader reader(source, entry, 1 << 20);
    cairn::ckpt::probeSafetensors(reader, {});
    cairn::ckpt::parsePythonJson(QByteArray(reinterpret_cast<const char *>(data), static_cast<qsizetype>(size)));
    return 0;
}
