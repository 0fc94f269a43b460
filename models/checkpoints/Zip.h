// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "checkpoints/Check.h"

#include <functional>

namespace cairn::ckpt {

/// One entry of a zip directory. All numbers were checked against the file's size and each other.
struct ZipEntry {
    QByteArray name;
    quint16 method = 0;       ///< 0 stored, 8 deflated
    quint32 crc = 0;
    qint64 packed = 0;
    qint64 size = 0;
    qint64 headerOffset = 0;  ///< of its local header
};

/// The directory of a zip file, found by its end record (ZIP64 included). Reads the last 4 KiB and the directory.
struct ZipDirectory {
    Check check;              ///< Incomplete: no end record; Broken: an end record, but the directory does not hold
    bool hasEnd = false;
    qint64 offset = 0;        ///< where the directory begins
    QList<ZipEntry> entries; ///< of a broken one what stands of it: names and checksums alone

    static ZipDirectory read(FileReader &file, const Limits &limits);
    const ZipEntry *find(const QByteArray &name) const;
};

/// Name in the local header at offset 0, for files whose end is missing; empty where there is none.
QByteArray firstZipName(FileReader &file);

/// An entry's bytes with the CRC checked; inflated within `limits.fileBudget` where needed.
struct ZipBytes {
    Check check;
    QByteArray data;
};
ZipBytes readZipEntry(FileReader &file, const ZipDirectory &directory, const ZipEntry &entry, const Limits &limits);

/// The first `length` bytes of a stored entry, or all of it; the CRC is not checked.
ZipBytes readZipHead(FileReader &file, const ZipDirectory &directory, const ZipEntry &entry, const Limits &limits, qint64 length);

/// Where the bytes of an entry begin, from its local header: they end before the directory.
Check zipDataOffset(FileReader &file, const ZipDirectory &directory, const ZipEntry &entry, qint64 &offset);
/// One entry's CRC over what it holds unpacked, in pieces, outside of the budget. `told` gets the length of each piece; where it
/// returns false the check ends as Pending.
Check checkZipEntry(FileReader &file, const ZipDirectory &directory, const ZipEntry &entry, const std::function<bool(qint64)> &told = {});
/// Every entry's CRC, in pieces, without keeping the bytes. For small local files.
Check checkZipContents(FileReader &file, const ZipDirectory &directory);

} // namespace cairn::ckpt
