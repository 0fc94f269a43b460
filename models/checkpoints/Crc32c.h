// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayView>

namespace cairn::ckpt {

/// CRC-32C (Castagnoli), as TensorFlow stores it.
quint32 crc32c(QByteArrayView bytes);
/// LevelDB's mask of a CRC that is itself stored among checked bytes.
quint32 maskedCrc32c(QByteArrayView bytes);

} // namespace cairn::ckpt
