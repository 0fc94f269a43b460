// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayView>

namespace cairn::ckpt {

/// CRC-32C (Castagnoli), as TensorFlow stores it. `before`: of the bytes that come before these.
quint32 crc32c(QByteArrayView bytes, quint32 before = 0);
/// LevelDB's mask of a CRC that is itself stored among checked bytes.
constexpr quint32 masked(quint32 crc)
{
    return ((crc >> 15) | (crc << 17)) + 0xa282ead8u;
}
quint32 maskedCrc32c(QByteArrayView bytes);

} // namespace cairn::ckpt
