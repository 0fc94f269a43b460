// SPDX-License-Identifier: GPL-3.0-or-later
#include "checkpoints/ReadThrough.h"

#include "base/Text.h"
#include "checkpoints/Crc32c.h"
#include "checkpoints/Dcp.h"
#include "checkpoints/Hdf5.h"
#include "checkpoints/Hdf5Tree.h"
#include "checkpoints/Json.h"
#include "checkpoints/Paths.h"
#include "checkpoints/Safetensors.h"
#include "checkpoints/Slice.h"
#include "checkpoints/TfBundle.h"
#include "checkpoints/Zip.h"

#include <QtEndian>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::ckpt {
namespace {

/// Headers and directories of the largest files; a safetensors header alone may have 100 MB.
constexpr qint64 structureBudget = 128 * 1024 * 1024;
/// Texts and other small things that are looked at whole.
constexpr qint64 wholeAtMost = 64 * 1024 * 1024;

bool endsWithAny(const QByteArray &name, std::initializer_list<const char *> endings)
{
    return std::ranges::any_of(endings, [&](const char *ending) { return name.endsWith(ending); });
}

/// "bytes 64 to 127"
QString rangeText(qint64 offset, qint64 length)
{
    return length > 0 ? Words::tr("bytes %1 to %2", "a range of a file").arg(offset).arg(offset + length - 1) : Words::tr("byte %1", "a place in a file").arg(offset);
}

void spoil(VerifiedFile &file, FullRead result, const QString &reason)
{
    if (result <= file.result && !file.reason.isEmpty())
        return;
    file.result = result;
    file.reason = reason;
}

/// What a check stands for that is not good.
FullRead resultOf(State state)
{
    return state == State::Broken || state == State::Incomplete ? FullRead::Damaged : FullRead::Unread;
}

/// The CRC-32C that TensorFlow keeps of texts: of their lengths, the checksum of these, and the bytes (tensor_bundle.cc,
/// WriteStringTensor). nullopt where the bytes are none.
std::optional<quint32> textSum(QByteArrayView bytes, quint64 count)
{
    quint32 crc = 0;
    quint64 total = 0;
    for (quint64 i = 0; i < count; ++i) {
        quint64 length = 0;
        for (int shift = 0;; shift += 7) {
            if (bytes.isEmpty() || shift > 63)
                return std::nullopt;
            const auto byte = static_cast<quint8>(bytes.front());
            bytes = bytes.sliced(1);
            length |= static_cast<quint64>(byte & 0x7f) << shift;
            if (byte < 0x80)
                break;
        }
        char raw[8];
        qToLittleEndian<quint64>(length, raw);
        crc = crc32c(QByteArrayView(raw, length <= 0xffffffff ? 4 : 8), crc);
        total += length;
        if (total > quint64(wholeAtMost))
            return std::nullopt;
    }
    if (bytes.size() < 4 || qFromLittleEndian<quint32>(bytes.data()) != masked(crc) || quint64(bytes.size() - 4) != total)
        return std::nullopt;
    return masked(crc32c(bytes, crc));
}

/// Of more texts than bytes that are looked at, one more than these.
quint64 elementsOf(const QList<qint64> &shape)
{
    constexpr auto most = static_cast<quint64>(wholeAtMost) + 1;
    quint64 elements = 1;
    for (const qint64 n : shape)
        elements = n > 0 && elements > most / static_cast<quint64>(n) ? most : elements * static_cast<quint64>(n);
    return elements;
}

/// "a.index" → "a"; nothing for other names.
QByteArray prefixOf(const QByteArray &name)
{
    return name.endsWith(".index") && name.size() > 6 ? name.chopped(6) : QByteArray();
}

} // namespace

ReadThrough::ReadThrough(Shelf &shelf, const Look &look, const std::function<bool(qint64)> &told)
    : m_shelf(shelf)
    , m_look(look)
    , m_told(told)
{
    m_limits.fileBudget = structureBudget;
}

bool ReadThrough::told(VerifiedFile &file, qint64 length, bool checksummed)
{
    file.read += length;
    if (checksummed)
        file.checksummed += length;
    return m_told(length);
}

QList<VerifiedFile> ReadThrough::read(const Entry &entry)
{
    const QByteArray name = baseName(entry.path);
    if (const QMap<int, Entry> shards = shardsOf(entry); !shards.isEmpty())
        return readBundle(entry, shards);
    VerifiedFile file;
    file.path = pathToText(entry.path);
    file.result = FullRead::Proved;
    file.bytes = entry.size;
    FileReader reader(m_shelf.source(), entry, structureBudget);
    const FileReader::Bytes head = reader.read(0, std::min<qint64>(entry.size, 8));
    if (!head.ok()) {
        file.result = FullRead::Unread;
        file.reason = Words::tr("it could not be read");
        return {file};
    }
    static const QByteArray hdf5Magic = QByteArray::fromHex("894844460d0a1a0a");
    if (name.endsWith(".safetensors"))
        readSafetensors(entry, file);
    else if (head.data == hdf5Magic || endsWithAny(name, {".h5", ".hdf5"}))
        readHdf5(entry, file);
    else if (const QList<Item> items = name.endsWith(".distcp") ? itemsOf(entry) : QList<Item>(); !items.isEmpty())
        readShard(entry, file, items);
    else if (head.data.startsWith("PK\x03\x04") || endsWithAny(name, {".keras", ".npz"}))
        readZip(entry, file, {0, entry.size});
    else if (name.endsWith(".json"))
        readJson(entry, file);
    else if (endsWithAny(name, {".pt", ".pth", ".ckpt", ".bin"}) && ZipDirectory::read(reader, m_limits).hasEnd)
        readZip(entry, file, {0, entry.size}); // its beginning is lost
    else if (name == ".metadata")
        readMetadata(entry, file);
    else
        readUnknown(entry, file);
    return {file};
}

bool ReadThrough::pass(const Entry &entry, VerifiedFile &file, qint64 offset, qint64 length)
{
    const Shelf::Sum sum = m_shelf.crc32(entry, offset, length, [&](qint64 count) { return told(file, count, false); });
    if (sum.status == Source::Status::Ok)
        return true;
    spoil(file, FullRead::Unread, Words::tr("it could not be read to its end: %1 of %2 bytes").arg(file.read).arg(file.bytes));
    return false;
}

void ReadThrough::readPlain(const Entry &entry, VerifiedFile &file, const QString &reason, FullRead result)
{
    if (pass(entry, file, 0, entry.size))
        spoil(file, result, reason);
}

void ReadThrough::readUnknown(const Entry &entry, VerifiedFile &file)
{
    if (m_look.checkpoint.verdict == Verdict::Whole)
        readPlain(entry, file, Words::tr("read to its end, as long as listed; the format has no checksums"));
    else
        readPlain(entry, file, Words::tr("read to its last byte; nothing about it can be checked"), FullRead::Read);
}

void ReadThrough::readMetadata(const Entry &entry, VerifiedFile &file)
{
    FileReader reader(m_shelf.source(), entry, structureBudget);
    const FileReader::Bytes bytes = reader.read(0, entry.size);
    if (!bytes.ok()) {
        readUnknown(entry, file);
        return;
    }
    const DcpMetadata metadata = DcpMetadata::parse(bytes.data);
    if (!told(file, entry.size, false))
        return;
    if (!metadata.loads)
        spoil(file, FullRead::Damaged, Words::tr("it breaks off, or is no pickle that could be loaded"));
    else if (metadata.shards.isEmpty())
        spoil(file, FullRead::Damaged, Words::tr("it names no shards"));
    else if (metadata.complete)
        spoil(file, FullRead::Held, Words::tr("a pickle that can be followed to its end; it has no checksums"));
    else
        spoil(file, FullRead::Read, Words::tr("read to its last byte; it could not be followed to its end"));
}

void ReadThrough::readZip(const Entry &entry, VerifiedFile &file, const Item &part)
{
    Slice slice(m_shelf.source(), entry, part.offset, part.length);
    FileReader reader(slice, slice.entry(), structureBudget);
    const ZipDirectory directory = ZipDirectory::read(reader, m_limits);
    if (directory.check.state == State::Unverified) {
        if (pass(entry, file, part.offset, part.length))
            spoil(file, FullRead::Held, Words::tr("read to its end; its checksums could not be looked at: %1").arg(directory.check.reason));
        return;
    }
    if (!directory.check.isGood()) {
        spoil(file, resultOf(directory.check.state), directory.check.reason);
        return;
    }
    qint64 holds = 0;
    for (const ZipEntry &one : directory.entries) {
        qint64 offset = 0;
        Check check = zipDataOffset(reader, directory, one, offset);
        QString where = rangeText(part.offset + one.headerOffset, 0);
        const qint64 before = file.checksummed;
        if (check.isGood()) {
            where = rangeText(part.offset + offset, one.packed);
            if (one.method == 0) {
                const Shelf::Sum sum = m_shelf.crc32(entry, part.offset + offset, one.packed, [&](qint64 count) { return told(file, count, true); });
                if (sum.status != Source::Status::Ok)
                    check = {State::Unverified, Words::tr("it could not be read")};
                else if (sum.crc != one.crc)
                    check = {State::Broken, Words::tr("its CRC-32 does not match")};
            } else {
                check = checkZipEntry(reader, directory, one, [&](qint64 count) { return told(file, count, true); });
                if (check.state == State::Broken)
                    check.reason = Words::tr("its CRC-32 does not match");
            }
        }
        if (!check.isGood()) {
            file.checksummed = before;
            spoil(file, resultOf(check.state), Words::tr("entry %1, %2: %3", "what, where in the file, what is wrong").arg(text::safe(one.name), where, check.reason));
            if (check.state == State::Pending || m_shelf.failure())
                return;
            continue;
        }
        ++holds;
    }
    file.read += part.length - directory.offset;
    m_told(0);
    if (file.reason.isEmpty())
        file.reason = Words::tr("the CRC-32 of all %1 entries holds; %2 of headers and padding carry none").arg(holds).arg(text::bytes(std::max<qint64>(0, part.length - file.checksummed)));
}

void ReadThrough::readSafetensors(const Entry &entry, VerifiedFile &file)
{
    FileReader reader(m_shelf.source(), entry, structureBudget);
    const SafetensorsFile probe = probeSafetensors(reader, m_limits);
    if (!probe.check.isGood()) {
        spoil(file, resultOf(probe.check.state), probe.check.reason);
        return;
    }
    readPlain(entry, file, Words::tr("header, places, shapes and types of %1 tensors hold, and all of it could be read; the format has no checksums").arg(probe.tensors));
}

void ReadThrough::readHdf5(const Entry &entry, VerifiedFile &file)
{
    FileReader reader(m_shelf.source(), entry, structureBudget);
    const Hdf5File probe = probeHdf5(reader, m_limits);
    if (!probe.check.isGood() && probe.check.state != State::Unverified) {
        spoil(file, resultOf(probe.check.state), probe.check.reason);
        return;
    }
    const Hdf5Tree tree = probe.check.isGood() ? Hdf5Tree::read(reader, m_limits) : Hdf5Tree{probe.check, {}};
    if (tree.check.state == State::Broken) {
        spoil(file, FullRead::Damaged, tree.check.reason);
        return;
    }
    readPlain(entry, file, tree.check.isGood()
                  ? Words::tr("groups, headers and places of %1 datasets hold, and all of it could be read; the format has no checksums").arg(tree.datasets.size())
                  : Words::tr("read to its end, as long as its superblock says; its structure was not followed: %1").arg(tree.check.reason));
}

void ReadThrough::readJson(const Entry &entry, VerifiedFile &file)
{
    FileReader reader(m_shelf.source(), entry, structureBudget);
    const FileReader::Bytes bytes = entry.size <= wholeAtMost ? reader.read(0, entry.size) : FileReader::Bytes();
    if (!bytes.ok()) {
        readPlain(entry, file, Words::tr("read to its end, as long as listed; the format has no checksums"));
        return;
    }
    if (!told(file, entry.size, false))
        return;
    const QByteArray trimmed = bytes.data.trimmed();
    if (trimmed.isEmpty())
        spoil(file, FullRead::Damaged, Words::tr("the file is empty"));
    else if (trimmed.startsWith('{') && !parsePythonJson(bytes.data))
        spoil(file, FullRead::Damaged, Words::tr("it is not valid JSON"));
    else
        spoil(file, FullRead::Held, trimmed.startsWith('{') ? Words::tr("valid JSON to its end") : Words::tr("read to its end, as long as listed; the format has no checksums"));
}

QList<ReadThrough::Item> ReadThrough::itemsOf(const Entry &entry)
{
    const QByteArray folder = parentPath(entry.path);
    if (m_items.isEmpty() || m_itemsFolder != folder) {
        m_itemsFolder = folder;
        m_items.clear();
        const auto metadata = std::ranges::find(m_look.files, joined(folder, ".metadata"), &Entry::path);
        if (metadata == m_look.files.end())
            return {};
        FileReader reader(m_shelf.source(), *metadata, structureBudget);
        const FileReader::Bytes bytes = reader.read(0, metadata->size);
        for (const DcpMetadata::Item &item : bytes.ok() ? DcpMetadata::parse(bytes.data).items : QList<DcpMetadata::Item>())
            m_items[item.file] << Item{item.offset, item.length};
    }
    return m_items.value(baseName(entry.path));
}

void ReadThrough::readShard(const Entry &entry, VerifiedFile &file, const QList<Item> &items)
{
    qint64 zips = 0;
    qint64 others = 0;
    FileReader reader(m_shelf.source(), entry, structureBudget);
    for (const Item &item : items) {
        if (item.offset > entry.size || item.length > entry.size - item.offset) {
            spoil(file, FullRead::Damaged, Words::tr("%1 are beyond its end: it is cut short").arg(rangeText(item.offset, item.length)));
            continue;
        }
        const FileReader::Bytes head = reader.readContents(item.offset, std::min<qint64>(4, item.length));
        if (head.ok() && head.data == "PK\x03\x04") {
            readZip(entry, file, item);
            file.reason = file.result == FullRead::Proved ? QString() : file.reason;
            ++zips;
        } else {
            ++others;
            pass(entry, file, item.offset, item.length);
        }
        if (!m_told(0))
            return;
    }
    // A flipped byte in the first four of an item must not pass for another serializer.
    if (zips > 0 && others > 0)
        spoil(file, FullRead::Damaged, Words::tr("%1 of its %2 items do not begin like the others").arg(others).arg(items.size()));
    else if (others > 0)
        spoil(file, FullRead::Held, Words::tr("%1 items could be read; the serializer that wrote them keeps no checksums").arg(others));
    else if (file.reason.isEmpty())
        file.reason = Words::tr("the CRC-32 of every entry in %1 items holds; %2 of headers and padding carry none").arg(zips).arg(text::bytes(std::max<qint64>(0, entry.size - file.checksummed)));
}

QMap<int, Entry> ReadThrough::shardsOf(const Entry &index) const
{
    QMap<int, Entry> shards;
    const QByteArray prefix = prefixOf(index.path);
    if (prefix.isEmpty())
        return shards;
    for (const Entry &entry : m_look.files) {
        if (!entry.path.startsWith(prefix + ".data-"))
            continue;
        bool ok = false;
        const int number = entry.path.mid(prefix.size() + 6, 5).toInt(&ok);
        if (ok)
            shards.insert(number, entry);
    }
    return shards;
}

QList<VerifiedFile> ReadThrough::readBundle(const Entry &indexEntry, const QMap<int, Entry> &shards)
{
    VerifiedFile indexFile{pathToText(indexEntry.path), FullRead::Proved, indexEntry.size, 0, 0, {}};
    FileReader reader(m_shelf.source(), indexEntry, structureBudget);
    TfBundle bundle = TfBundle::read(reader, m_limits);
    QMap<int, VerifiedFile> files;
    for (auto it = shards.begin(); it != shards.end(); ++it)
        files.insert(it.key(), {pathToText(it->path), FullRead::Proved, it->size, 0, 0, {}});
    if (!bundle.check.isGood()) {
        spoil(indexFile, resultOf(bundle.check.state), bundle.check.reason);
        for (auto it = shards.begin(); it != shards.end(); ++it)
            readPlain(*it, files[it.key()], Words::tr("read to its end; its checksums are in the index, which does not hold"));
        return QList<VerifiedFile>{indexFile} + files.values();
    }
    told(indexFile, indexEntry.size, true);
    indexFile.reason = Words::tr("the CRC-32C of every block holds");
    std::ranges::sort(bundle.tensors, [](const TfBundle::Tensor &a, const TfBundle::Tensor &b) { return std::pair(a.shard, a.offset) < std::pair(b.shard, b.offset); });
    QHash<int, qint64> sums;
    for (const TfBundle::Tensor &tensor : std::as_const(bundle.tensors)) {
        const auto shard = shards.constFind(tensor.shard);
        if (shard == shards.constEnd() || tensor.size == 0)
            continue; // a missing shard is the checkpoint's fault, and said there
        VerifiedFile &file = files[tensor.shard];
        const QString name = text::safe(QString::fromUtf8(tensor.key.left(200)));
        if (tensor.offset > shard->size || tensor.size > shard->size - tensor.offset) {
            spoil(file, FullRead::Damaged, Words::tr("tensor %1, %2, lies beyond its end: the shard is cut short").arg(name, rangeText(tensor.offset, tensor.size)));
            continue;
        }
        const bool isText = tensor.dtype == 7;
        if (tensor.crc == 0 || tensor.dtype == 21 || (isText && tensor.size > wholeAtMost)) {
            if (pass(*shard, file, tensor.offset, tensor.size))
                spoil(file, FullRead::Held, Words::tr("tensor %1 could be read, but has no checksum that can be followed").arg(name));
            continue;
        }
        quint32 crc = 0;
        std::optional<quint32> found;
        const qint64 piece = isText ? wholeAtMost : m_shelf.piece();
        const qint64 before = file.checksummed;
        bool good = true;
        for (qint64 done = 0; good && done < tensor.size; done += piece) {
            const qint64 count = std::min(piece, tensor.size - done);
            const Source::Bytes bytes = m_shelf.source().read(*shard, tensor.offset + done, count);
            good = bytes.status == Source::Status::Ok;
            if (!good)
                break;
            if (isText)
                found = textSum(bytes.data, elementsOf(tensor.shape));
            else
                crc = crc32c(bytes.data, crc);
            if (!told(file, count, true))
                return QList<VerifiedFile>{indexFile} + files.values();
        }
        if (!isText)
            found = masked(crc);
        if (!good) {
            spoil(file, FullRead::Unread, Words::tr("tensor %1, %2: it could not be read").arg(name, rangeText(tensor.offset, tensor.size)));
        } else if (found != tensor.crc) {
            file.checksummed = before;
            spoil(file, FullRead::Damaged, Words::tr("tensor %1, %2: its CRC-32C does not match").arg(name, rangeText(tensor.offset, tensor.size)));
        } else {
            ++sums[tensor.shard];
        }
    }
    for (auto it = files.begin(); it != files.end(); ++it) {
        if (it->reason.isEmpty())
            it->reason = Words::tr("the CRC-32C of all %1 tensors in it holds").arg(sums.value(it.key()));
    }
    return QList<VerifiedFile>{indexFile} + files.values();
}

} // namespace cairn::ckpt
