// SPDX-License-Identifier: GPL-3.0-or-later
#include "domain/FrameDecoder.h"

#include <QByteArrayList>

namespace {

QByteArrayList cut(cairn::WireFormat format, QByteArrayView data, qsizetype chunk, bool *failed)
{
    QByteArrayList frames;
    cairn::FrameDecoder decoder(format, 1 << 16);
    for (qsizetype at = 0; at < data.size() && !*failed; at += chunk) {
        *failed = !decoder.feed(data.sliced(at, qMin(chunk, data.size() - at)), [&](QByteArrayView frame) {
            frames.append(frame.toByteArray());
            return true;
        });
    }
    return frames;
}

} // namespace

/// The first byte says how big the chunks are; where they end must not matter.
extern "C" int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    if (size < 2)
        return 0;
    const QByteArrayView stream(reinterpret_cast<const char *>(data) + 1, static_cast<qsizetype>(size) - 1);
    for (const cairn::WireFormat format : {cairn::WireFormat::Json, cairn::WireFormat::Protobuf}) {
        bool wholeFailed = false, cutFailed = false;
        const QByteArrayList whole = cut(format, stream, stream.size(), &wholeFailed);
        const QByteArrayList chunks = cut(format, stream, data[0] + 1, &cutFailed);
        if (!wholeFailed && (cutFailed || whole != chunks))
            __builtin_trap();
    }
    return 0;
}
