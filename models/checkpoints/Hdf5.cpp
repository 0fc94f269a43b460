// SPDX-License-Identifier: GPL-3.0-or-later
#include "checkpoints/Hdf5.h"

#include <QtEndian>

namespace cairn::ckpt {

namespace {

/// With superblock 0, which h5py writes, the root group's B-tree and heap have known places (III.A.1, III.D). False where they
/// are within `head` and are something else.
bool rootHolds(const QByteArray &head)
{
    constexpr int cacheType = 72;
    constexpr int treeAddress = 80;
    constexpr int heapAddress = 88;
    if (head.size() < heapAddress + 8 || qFromLittleEndian<quint32>(head.constData() + cacheType) != 1)
        return true;
    const auto holds = [&](int at, const char *signature) {
        const quint64 address = qFromLittleEndian<quint64>(head.constData() + at);
        return address + 4 > static_cast<quint64>(head.size()) || head.mid(static_cast<qsizetype>(address), 4) == signature;
    };
    return holds(treeAddress, "TREE") && holds(heapAddress, "HEAP");
}

} // namespace

Hdf5File probeHdf5(FileReader &file, const Limits &limits)
{
    const FileReader::Bytes head = file.read(0, std::min(file.size(), hdf5Head));
    if (head.ok())
        return judgeHdf5(head.data, file.size());
    Hdf5File result;
    result.check = readFailure(head.status, limits.fileBudget);
    return result;
}

Hdf5File judgeHdf5(const QByteArray &head, qint64 size)
{
    Hdf5File result;
    if (size == 0) {
        result.check = {State::Incomplete, Words::tr("the file is empty")};
        return result;
    }
    static const QByteArray signature = QByteArray::fromHex("894844460d0a1a0a");
    if (!head.startsWith(signature.first(std::min<qsizetype>(signature.size(), head.size())))) {
        // It may begin at 512, 1024, …, after a block of the user's own; Keras writes none.
        result.check = {State::Broken, Words::tr("it does not begin like an HDF5 file")};
        return result;
    }
    result.isHdf5 = true;
    result.head = head;
    if (head.size() < 64) {
        result.check = {State::Incomplete, Words::tr("the file is cut short within its superblock")};
        return result;
    }
    const auto version = static_cast<quint8>(head[8]);
    const auto offsets = static_cast<quint8>(head[version < 2 ? 13 : 9]);
    if (version > 3 || offsets != 8) {
        result.check = {State::Unverified, Words::tr("an HDF5 superblock of a kind that is not followed")};
        return result;
    }
    const int at = version == 0 ? 40 : version == 1 ? 44 : 28;
    const quint64 end = qFromLittleEndian<quint64>(head.constData() + at);
    if (end > static_cast<quint64>(size))
        result.check = {State::Incomplete, Words::tr("the file is cut short: %1 of %2 bytes are there").arg(size).arg(end)};
    else if (end < static_cast<quint64>(size))
        result.check = {State::Incomplete, Words::tr("the file is longer than its superblock says: it was never closed")};
    else if (version == 0 && !rootHolds(head))
        result.check = {State::Broken, Words::tr("the root of its groups is damaged")};
    return result;
}

} // namespace cairn::ckpt
