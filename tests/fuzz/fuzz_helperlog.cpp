// SPDX-License-Identifier: GPL-3.0-or-later
#include "checkpoints/Recognise.h"
#include "checkpoints/Recorded.h"

/// What a helper's log says, and the recognisers on a tree made of it.
extern "C" int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    const QByteArray log(reinterpret_cast<const char *>(data), static_cast<qsizetype>(size));
    const cairn::ckpt::helper::Output output = cairn::ckpt::helper::parse(log, "m");
    cairn::ckpt::RecordedSource source;
    source.addListing(output, "/claim");
    source.addRanges(output);
    cairn::ckpt::RecogniseOptions options;
    options.now = QDateTime::fromSecsSinceEpoch(1'700'000'000, Qt::UTC);
    cairn::ckpt::recognise(source.tree(), source, options, {});
    source.takeWants(1 << 20, 1 << 16);
    return 0;
}
