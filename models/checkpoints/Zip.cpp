// SPDX-License-Identifier: GPL-3.0-or-later
#include "checkpoints/Zip.h"

#include "base/Text.h"

#include <QSet>
#include <QtEndian>
#include <algorithm>
#include <zlib.h>

namespace cairn::ckpt {
namespace {

// Record layouts: APPNOTE.TXT 4.3.7 (local), 4.3.12 (directory), 4.3.14-4.3.16 (end records), 4.5.3 (ZIP64 extra).
constexpr quint32 localMagic = 0x04034b50;
constexpr quint32 centralMagic = 0x02014b50;
constexpr quint32 endMagic = 0x06054b50;
constexpr quint32 end64Magic = 0x06064b50;
constexpr quint32 locatorMagic = 0x07064b50;
constexpr qint64 tailLength = 4096;

quint16 u16(const QByteArray &b, qint64 at)
{
    return qFromLittleEndian<quint16>(b.constData() + at);
}
quint32 u32(const QByteArray &b, qint64 at)
{
    return qFromLittleEndian<quint32>(b.constData() + at);
}
quint64 u64(const QByteArray &b, qint64 at)
{
    return qFromLittleEndian<quint64>(b.constData() + at);
}

Check broken(const QString &reason)
{
    return {State::Broken, reason};
}

/// The ZIP64 values replace those fields of the plain record that hold only ones, in this order.
bool applyZip64(const QByteArray &extra, quint64 &size, quint64 &packed, quint64 &offset)
{
    for (qint64 at = 0; at + 4 <= extra.size();) {
        const quint16 id = u16(extra, at);
        const qint64 length = u16(extra, at + 2);
        at += 4;
        if (length > extra.size() - at)
            return false;
        if (id == 1) {
            const qint64 end = at + length;
            for (quint64 *field : {&size, &packed, &offset}) {
                if (*field != 0xffffffff)
                    continue;
                if (at + 8 > end)
                    return false;
                *field = u64(extra, at);
                at += 8;
            }
            return true;
        }
        at += length;
    }
    return size != 0xffffffff && packed != 0xffffffff && offset != 0xffffffff;
}

/// Where the bytes of an entry begin. Needs the local header, whose extra field may differ from the directory's.
template <class Read>
Check dataOffset(const ZipDirectory &directory, const ZipEntry &entry, qint64 budget, Read read, qint64 &offset)
{
    const FileReader::Bytes head = read(entry.headerOffset, 30);
    if (!head.ok())
        return readFailure(head.status, budget);
    if (u32(head.data, 0) != localMagic)
        return broken(Words::tr("entry %1 has no header where the directory says").arg(text::safe(entry.name)));
    offset = entry.headerOffset + 30 + u16(head.data, 26) + u16(head.data, 28);
    if (offset > directory.offset || entry.packed > directory.offset - offset)
        return broken(Words::tr("entry %1 reaches into the directory").arg(text::safe(entry.name)));
    return {};
}

/// A CRC over stored or deflated bytes that come in pieces. Output is counted, never kept, and never exceeds the
/// size the directory gives.
class Checksum
{
public:
    explicit Checksum(const ZipEntry &entry)
        : m_entry(entry)
    {
        if (entry.method == 8)
            m_ok = inflateInit2(&m_stream, -MAX_WBITS) == Z_OK;
        else
            m_ok = entry.method == 0;
        m_active = m_ok && entry.method == 8;
    }
    ~Checksum()
    {
        if (m_active)
            inflateEnd(&m_stream);
    }
    Checksum(const Checksum &) = delete;
    Checksum &operator=(const Checksum &) = delete;

    /// `keep` collects the plain bytes where given.
    void add(const QByteArray &piece, QByteArray *keep = nullptr)
    {
        if (!m_ok)
            return;
        if (m_entry.method == 0) {
            plain(piece.constData(), piece.size(), keep);
            return;
        }
        QByteArray in = piece;
        QByteArray out(64 * 1024, Qt::Uninitialized);
        m_stream.next_in = reinterpret_cast<Bytef *>(in.data());
        m_stream.avail_in = static_cast<uInt>(in.size());
        do {
            m_stream.next_out = reinterpret_cast<Bytef *>(out.data());
            m_stream.avail_out = static_cast<uInt>(out.size());
            const int result = inflate(&m_stream, Z_NO_FLUSH);
            m_ok = result == Z_OK || result == Z_STREAM_END || (result == Z_BUF_ERROR && m_stream.avail_in == 0);
            plain(out.constData(), out.size() - static_cast<qsizetype>(m_stream.avail_out), keep);
            if (result == Z_STREAM_END)
                break;
        } while (m_ok && (m_stream.avail_in > 0 || m_stream.avail_out == 0));
    }
    bool matches() const { return m_ok && m_count == m_entry.size && m_crc == m_entry.crc; }

private:
    void plain(const char *data, qsizetype length, QByteArray *keep)
    {
        if (length > m_entry.size - m_count) {
            m_ok = false; // more than the directory promised: a zip bomb or damage
            return;
        }
        m_count += length;
        m_crc = static_cast<quint32>(crc32(m_crc, reinterpret_cast<const Bytef *>(data), static_cast<uInt>(length)));
        if (keep)
            keep->append(data, length);
    }

    const ZipEntry &m_entry;
    z_stream m_stream{};
    quint32 m_crc = 0;
    qint64 m_count = 0;
    bool m_ok = false;
    bool m_active = false;
};

Check crcMismatch(const ZipEntry &entry)
{
    return broken(Words::tr("the checksum of entry %1 does not match: bytes changed after it was written")
                      .arg(text::safe(entry.name)));
}

struct End {
    quint64 offset = 0;
    quint64 size = 0;
    quint64 entries = 0;
    qint64 position = 0; ///< of the first end record
    qint64 plainPosition = 0; ///< of the last one, which every zip has
};

/// Looks for the end record in the last bytes and follows it to the ZIP64 record.
Check findEnd(FileReader &file, const Limits &limits, End &end, bool &found)
{
    const qint64 length = std::min(file.size(), tailLength);
    const qint64 base = file.size() - length;
    const FileReader::Bytes tail = file.read(base, length);
    if (!tail.ok())
        return readFailure(tail.status, limits.fileBudget);
    qint64 at = length - 22;
    while (at >= 0 && !(u32(tail.data, at) == endMagic && at + 22 + u16(tail.data, at + 20) == length))
        --at;
    if (at < 0)
        return {State::Incomplete, Words::tr("the zip end record is missing: the file is cut short or still being written")};
    found = true;
    end.position = base + at;
    end.plainPosition = end.position;
    end.entries = u16(tail.data, at + 10);
    end.size = u32(tail.data, at + 12);
    end.offset = u32(tail.data, at + 16);
    // Loaders refuse what claims to be of several disks, or counts its entries in two ways.
    const QString disks = Words::tr("its zip end records do not agree with each other: bytes changed after it was written");
    const auto isDisk = [&](qint64 field, bool large) { return u16(tail.data, field) == 0 || (large && u16(tail.data, field) == 0xffff); };
    const bool large = at >= 20 && u32(tail.data, at - 20) == locatorMagic;
    const bool plainHolds = isDisk(at + 4, large) && isDisk(at + 6, large) && u16(tail.data, at + 8) == u16(tail.data, at + 10);
    if (!large) {
        if (end.entries == 0xffff || end.size == 0xffffffff || end.offset == 0xffffffff)
            return broken(Words::tr("the ZIP64 end record is missing"));
        return plainHolds ? Check() : broken(disks);
    }
    const quint64 position64 = u64(tail.data, at - 12);
    if (position64 > static_cast<quint64>(end.position - 20) || static_cast<quint64>(end.position - 20) - position64 < 56)
        return broken(Words::tr("the ZIP64 end record lies outside the file"));
    const FileReader::Bytes record = file.read(static_cast<qint64>(position64), 56);
    if (!record.ok())
        return readFailure(record.status, limits.fileBudget);
    if (u32(record.data, 0) != end64Magic)
        return broken(Words::tr("the ZIP64 end record is not where its locator says"));
    end.entries = u64(record.data, 32);
    end.size = u64(record.data, 40);
    end.offset = u64(record.data, 48);
    end.position = static_cast<qint64>(position64);
    const auto agrees = [](quint64 plain, quint64 ones, quint64 value) { return plain == ones || plain == value; };
    const bool holds = plainHolds && u32(tail.data, at - 16) == 0 && u32(tail.data, at - 4) == 1 // the locator: disk, and how many there are
        && u64(record.data, 4) == static_cast<quint64>(end.plainPosition - 20) - position64 - 12 && u32(record.data, 16) == 0 && u32(record.data, 20) == 0
        && u64(record.data, 24) == end.entries && agrees(u16(tail.data, at + 10), 0xffff, end.entries) && agrees(u32(tail.data, at + 12), 0xffffffff, end.size)
        && agrees(u32(tail.data, at + 16), 0xffffffff, end.offset);
    return holds ? Check() : broken(disks);
}

Check parseDirectory(const QByteArray &raw, quint64 count, qint64 directoryOffset, QList<ZipEntry> &entries)
{
    qint64 at = 0;
    for (quint64 i = 0; i < count; ++i) {
        if (raw.size() - at < 46 || u32(raw, at) != centralMagic)
            return broken(Words::tr("the zip directory breaks off at entry %1").arg(i));
        const qint64 nameLength = u16(raw, at + 28);
        const qint64 extraLength = u16(raw, at + 30);
        const qint64 commentLength = u16(raw, at + 32);
        if (raw.size() - at - 46 < nameLength + extraLength + commentLength)
            return broken(Words::tr("the zip directory breaks off at entry %1").arg(i));
        ZipEntry entry;
        constexpr quint16 unreadable = 0x0001 | 0x0020 | 0x0040; // encrypted, patched, strongly encrypted
        if ((u16(raw, at + 8) & unreadable) != 0 || u16(raw, at + 34) != 0)
            return broken(Words::tr("entry %1 claims to be encrypted or on another disk").arg(text::safe(raw.mid(at + 46, nameLength))));
        entry.method = u16(raw, at + 10);
        entry.crc = u32(raw, at + 16);
        quint64 packed = u32(raw, at + 20);
        quint64 size = u32(raw, at + 24);
        quint64 offset = u32(raw, at + 42);
        entry.name = raw.mid(at + 46, nameLength);
        if (!applyZip64(raw.mid(at + 46 + nameLength, extraLength), size, packed, offset))
            return broken(Words::tr("entry %1 has a damaged ZIP64 field").arg(text::safe(entry.name)));
        const quint64 limit = static_cast<quint64>(directoryOffset);
        if (offset > limit || packed > limit - offset || limit - offset - packed < 30 + static_cast<quint64>(nameLength)
            || (entry.method == 0 && packed != size) || size > static_cast<quint64>(std::numeric_limits<qint64>::max()))
            return broken(Words::tr("entry %1 lies outside the file").arg(text::safe(entry.name)));
        entry.packed = static_cast<qint64>(packed);
        entry.size = static_cast<qint64>(size);
        entry.headerOffset = static_cast<qint64>(offset);
        entries << entry;
        at += 46 + nameLength + extraLength + commentLength;
    }
    if (at != raw.size())
        return broken(Words::tr("the zip directory holds more than its end record says"));
    return {};
}

Check checkOverlaps(const QList<ZipEntry> &entries)
{
    std::vector<const ZipEntry *> order;
    for (const ZipEntry &entry : entries)
        order.push_back(&entry);
    std::ranges::sort(order, {}, &ZipEntry::headerOffset);
    for (std::size_t i = 1; i < order.size(); ++i) {
        const ZipEntry &before = *order[i - 1];
        if (before.headerOffset + 30 + before.name.size() + before.packed > order[i]->headerOffset)
            return broken(Words::tr("entries %1 and %2 overlap").arg(text::safe(before.name), text::safe(order[i]->name)));
    }
    return {};
}

/// torch's miniz looks entries up without regard to the case of ASCII letters: of two such names, which one is loaded
/// depends on the reader, so what was checked need not be what is loaded.
Check checkNames(const QList<ZipEntry> &entries)
{
    QSet<QByteArray> names;
    for (const ZipEntry &entry : entries) {
        QByteArray folded = entry.name;
        for (char &c : folded) {
            if (c >= 'A' && c <= 'Z')
                c = static_cast<char>(c - 'A' + 'a');
        }
        if (names.contains(folded))
            return broken(Words::tr("entry %1 is there twice, upper and lower case being the same to its loader").arg(text::safe(entry.name)));
        names.insert(folded);
    }
    return {};
}

/// The names of a directory whose offsets no longer fit, as where the beginning of a file is lost: it still stands right
/// before its end record. Only names and checksums are filled in.
Check rescueNames(FileReader &file, const Limits &limits, qint64 endPosition, const End &end, QList<ZipEntry> &entries)
{
    qint64 position = endPosition;
    quint64 size = end.size;
    quint64 count = end.entries;
    if (position >= 76) { // ZIP64 end record and locator come before the plain one
        const FileReader::Bytes record = file.read(position - 76, 76);
        if (!record.ok())
            return readFailure(record.status, limits.fileBudget);
        if (u32(record.data, 0) == end64Magic && u32(record.data, 56) == locatorMagic) {
            position -= 76;
            count = u64(record.data, 32);
            size = u64(record.data, 40);
        }
    }
    if (size > static_cast<quint64>(position) || count > size / 46)
        return {};
    const FileReader::Bytes raw = file.read(position - static_cast<qint64>(size), static_cast<qint64>(size));
    if (!raw.ok())
        return readFailure(raw.status, limits.fileBudget);
    qint64 at = 0;
    for (quint64 i = 0; i < count && raw.data.size() - at >= 46 && u32(raw.data, at) == centralMagic; ++i) {
        const qint64 nameLength = u16(raw.data, at + 28);
        ZipEntry entry;
        entry.name = raw.data.mid(at + 46, nameLength);
        entry.crc = u32(raw.data, at + 16);
        entries << entry;
        at += 46 + nameLength + u16(raw.data, at + 30) + u16(raw.data, at + 32);
    }
    return {};
}

} // namespace

ZipDirectory ZipDirectory::read(FileReader &file, const Limits &limits)
{
    ZipDirectory directory;
    if (file.size() < 22) {
        directory.check = {State::Incomplete, file.size() == 0 ? Words::tr("the file is empty") : Words::tr("the file is cut short")};
        return directory;
    }
    End end;
    directory.check = findEnd(file, limits, end, directory.hasEnd);
    const quint64 position = static_cast<quint64>(end.position);
    // The smallest directory record has 46 bytes: bounds the count before anything is allocated.
    if (directory.check.isGood() && (end.offset > position || end.size != position - end.offset || end.entries > end.size / 46))
        directory.check = broken(Words::tr("the zip directory does not fit the file's size"));
    if (directory.check.state == State::Broken) {
        const Check rescued = rescueNames(file, limits, end.plainPosition, end, directory.entries);
        if (rescued.state == State::Pending)
            directory.check = rescued;
    }
    if (!directory.check.isGood())
        return directory;
    directory.offset = static_cast<qint64>(end.offset);
    const FileReader::Bytes raw = file.read(directory.offset, static_cast<qint64>(end.size));
    if (!raw.ok()) {
        directory.check = readFailure(raw.status, limits.fileBudget);
        return directory;
    }
    directory.check = parseDirectory(raw.data, end.entries, directory.offset, directory.entries);
    if (directory.check.isGood())
        directory.check = checkOverlaps(directory.entries);
    if (directory.check.isGood())
        directory.check = checkNames(directory.entries);
    return directory;
}

const ZipEntry *ZipDirectory::find(const QByteArray &name) const
{
    const auto found = std::ranges::find(entries, name, &ZipEntry::name);
    return found == entries.end() ? nullptr : &*found;
}

QByteArray firstZipName(FileReader &file)
{
    const FileReader::Bytes head = file.read(0, std::min<qint64>(file.size(), 512));
    if (!head.ok() || head.data.size() < 30 || u32(head.data, 0) != localMagic)
        return {};
    return head.data.mid(30, u16(head.data, 26));
}

ZipBytes readZipEntry(FileReader &file, const ZipDirectory &directory, const ZipEntry &entry, const Limits &limits)
{
    ZipBytes result;
    if (entry.size > limits.fileBudget || entry.packed > limits.fileBudget) {
        result.check = readFailure(FileReader::Status::OverBudget, limits.fileBudget);
        return result;
    }
    const auto read = [&file](qint64 at, qint64 length) { return file.read(at, length); };
    qint64 offset = 0;
    result.check = dataOffset(directory, entry, limits.fileBudget, read, offset);
    if (!result.check.isGood())
        return result;
    const FileReader::Bytes packed = file.read(offset, entry.packed);
    if (!packed.ok()) {
        result.check = readFailure(packed.status, limits.fileBudget);
        return result;
    }
    Checksum sum(entry);
    sum.add(packed.data, &result.data);
    if (!sum.matches()) {
        result.check = crcMismatch(entry);
        result.data.clear();
    }
    return result;
}

ZipBytes readZipHead(FileReader &file, const ZipDirectory &directory, const ZipEntry &entry, const Limits &limits, qint64 length)
{
    const auto read = [&file](qint64 at, qint64 count) { return file.read(at, count); };
    ZipBytes result;
    qint64 offset = 0;
    result.check = dataOffset(directory, entry, limits.fileBudget, read, offset);
    if (!result.check.isGood())
        return result;
    FileReader::Bytes bytes = file.read(offset, std::min(length, entry.packed));
    result.check = readFailure(bytes.status, limits.fileBudget);
    result.data = std::move(bytes.data);
    return result;
}

Check zipDataOffset(FileReader &file, const ZipDirectory &directory, const ZipEntry &entry, qint64 &offset)
{
    const auto read = [&file](qint64 at, qint64 length) { return file.readContents(at, length); };
    return dataOffset(directory, entry, 0, read, offset);
}

Check checkZipEntry(FileReader &file, const ZipDirectory &directory, const ZipEntry &entry, const std::function<bool(qint64)> &told)
{
    qint64 offset = 0;
    if (const Check header = zipDataOffset(file, directory, entry, offset); !header.isGood())
        return header;
    Checksum sum(entry);
    constexpr qint64 piece = 1024 * 1024;
    for (qint64 done = 0; done < entry.packed; done += piece) {
        const qint64 length = std::min(piece, entry.packed - done);
        const FileReader::Bytes bytes = file.readContents(offset + done, length);
        if (!bytes.ok())
            return readFailure(bytes.status, 0);
        sum.add(bytes.data);
        if (told && !told(length))
            return {State::Pending, Words::tr("not read yet")};
    }
    return sum.matches() ? Check() : crcMismatch(entry);
}

Check checkZipContents(FileReader &file, const ZipDirectory &directory)
{
    qint64 inflated = 0;
    for (const ZipEntry &entry : directory.entries) {
        // Deflated entries can expand a thousandfold; torch stores its entries, so four times the limit is ample.
        inflated += entry.method == 0 ? 0 : std::min<qint64>(entry.size, qint64{1} << 40);
        if (inflated > 256 * 1024 * 1024)
            return {State::Unverified, Words::tr("its compressed entries are too large to check")};
        if (const Check check = checkZipEntry(file, directory, entry); !check.isGood())
            return check;
    }
    return {};
}

} // namespace cairn::ckpt
