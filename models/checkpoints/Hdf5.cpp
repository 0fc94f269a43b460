// SPDX-License-Identifier: GPL-3.0-or-later
#include "checkpoints/Hdf5.h"

#include <QtEndian>

namespace cairn::ckpt {

Hdf5File probeHdf5(FileReader &file, const Limits &limits)
{
    Hdf5File result;
    if (file.size() == 0) {
        result.check = {State::Incomplete, Words::tr("the file is empty")};
        return result;
    }
    const FileReader::Bytes head = file.read(0, std::min<qint64>(file.size(), 16 * 1024));
    if (!head.ok()) {
        result.check = readFailure(head.status, limits.fileBudget);
        return result;
    }
    static const QByteArray signature = QByteArray::fromHex("894844460d0a1a0a");
    if (!head.data.startsWith(signature.first(std::min<qsizetype>(signature.size(), head.data.size())))) {
        // It may begin at 512, 1024, …, after a block of the user's own; Keras writes none.
        result.check = {State::Broken, Words::tr("it does not begin like an HDF5 file")};
        return result;
    }
    result.isHdf5 = true;
    result.head = head.data;
    if (head.data.size() < 64) {
        result.check = {State::Incomplete, Words::tr("the file is cut short within its superblock")};
        return result;
    }
    const auto version = static_cast<quint8>(head.data[8]);
    const auto offsets = static_cast<quint8>(head.data[version < 2 ? 13 : 9]);
    if (version > 3 || offsets != 8) {
        result.check = {State::Unverified, Words::tr("an HDF5 superblock of a kind that is not followed")};
        return result;
    }
    const int at = version == 0 ? 40 : version == 1 ? 44 : 28;
    const quint64 end = qFromLittleEndian<quint64>(head.data.constData() + at);
    const auto size = static_cast<quint64>(file.size());
    if (end > size)
        result.check = {State::Incomplete, Words::tr("the file is cut short: %1 of %2 bytes are there").arg(size).arg(end)};
    else if (end < size)
        result.check = {State::Incomplete, Words::tr("the file is longer than its superblock says: it was never closed")};
    return result;
}

} // namespace cairn::ckpt
