// SPDX-License-Identifier: GPL-3.0-or-later
#include "checkpoints/TorchFile.h"

#include "base/Text.h"
#include "checkpoints/Zip.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::ckpt {
namespace {

/// Nodes of a data.pkl that are followed: more than any of 16 MiB needs but a hostile one.
constexpr std::size_t maxNodes = 1'000'000;

/// The first pickle of every file that torch < 1.6 wrote: the number 0x1950a86a20f9469cfc6c.
const QByteArray legacyMagic = QByteArray::fromHex("80028a0a6cfc9c46f9206aa850192e");

bool isDataPickle(const ZipEntry &entry)
{
    return entry.name.endsWith("/data.pkl") && entry.name.count('/') == 1;
}

/// Storage keys that the pickle refers to: ('storage', class, key, location, length).
bool hasAllStorages(const Pickle &pickle, const QList<bool> &present)
{
    for (Pickle::Id id = 0; id < pickle.size(); ++id) {
        const Pickle::Node &node = pickle.node(id);
        if (node.type != Pickle::Type::Persistent || node.callable == Pickle::none)
            continue;
        const Pickle::Node &tuple = pickle.node(node.callable);
        if (tuple.type != Pickle::Type::Tuple || tuple.items.size() < 3)
            continue;
        bool ok = false;
        const qlonglong key = pickle.node(tuple.items[2]).text.toByteArray().toLongLong(&ok);
        if (ok && (key < 0 || key >= present.size()))
            return false;
    }
    return true;
}

/// The world size of transformers' training arguments, whose PartialState keeps it as "num_processes".
std::optional<qint64> worldSizeOf(const Pickle &pickle)
{
    for (Pickle::Id id = 0; id < pickle.size(); ++id) {
        const Pickle::Node &node = pickle.node(id);
        if (node.type != Pickle::Type::Dict)
            continue;
        const Pickle::Id value = pickle.member(id, "num_processes");
        if (value != Pickle::none && pickle.node(value).type == Pickle::Type::Int && pickle.node(value).integer > 0)
            return pickle.node(value).integer;
    }
    return std::nullopt;
}

void readPickle(const Pickle &pickle, TorchFile &result)
{
    const TorchContent content = contentOf(pickle);
    result.step = content.counters.step;
    result.epoch = content.counters.epoch;
    result.content = content.content;
    result.weights = content.weights;
    result.worldSize = worldSizeOf(pickle);
    result.globals = globalsOf(pickle);
}

/// A file without a directory: is it the beginning of one that torch.save writes?
void probeCut(FileReader &file, const ZipDirectory &directory, TorchFile &result)
{
    result.check = directory.check;
    const FileReader::Bytes head = file.read(0, std::min<qint64>(file.size(), 512));
    if (head.status == FileReader::Status::Pending) {
        result.kind = TorchFile::Kind::Zip;
        result.check = {State::Pending, Words::tr("not read yet")};
        return;
    }
    if (firstZipName(file).endsWith("/data.pkl")) // torch.save writes data.pkl first
        result.kind = TorchFile::Kind::Zip;
}

bool probeLegacy(FileReader &file, TorchFile &result)
{
    if (file.size() < legacyMagic.size())
        return false;
    const qint64 length = std::min<qint64>(file.size(), 64 * 1024);
    const FileReader::Bytes head = file.read(0, std::min<qint64>(file.size(), 512));
    if (!head.ok() || !head.data.startsWith(legacyMagic))
        return false;
    result.kind = TorchFile::Kind::Legacy;
    result.check = {State::Unverified,
                    Words::tr("written by torch before 1.6, whose files have no directory: it cannot be checked without loading it")};
    const FileReader::Bytes more = file.read(0, length);
    if (more.status == FileReader::Status::Pending) {
        result.check = {State::Pending, Words::tr("not read yet")};
        return true;
    }
    // Magic number, protocol version, system info; the fourth pickle is the saved object.
    QByteArrayView rest(more.data);
    for (int i = 0; i < 3 && more.ok(); ++i) {
        const Pickle skipped(rest, 10'000);
        if (skipped.end() != Pickle::End::Complete)
            return true;
        rest = rest.sliced(skipped.consumed());
    }
    readPickle(Pickle(rest), result);
    if (!result.globals.unknown.isEmpty())
        result.check = unknownGlobals(result.globals.unknown);
    return true;
}

/// `present[n]` for every entry "<prefix>data/<n>"; empty where a name there is not a number or comes twice.
std::optional<QList<bool>> storagesOf(const ZipDirectory &directory, const QByteArray &prefix)
{
    QList<bool> present;
    const QByteArray folder = prefix + "data/";
    for (const ZipEntry &entry : directory.entries) {
        if (!entry.name.startsWith(folder))
            continue;
        bool ok = false;
        const qlonglong n = entry.name.mid(folder.size()).toLongLong(&ok);
        // More than the entries there are cannot be contiguous; this also bounds the list.
        if (!ok || n < 0 || n >= directory.entries.size())
            return std::nullopt;
        if (present.size() <= n)
            present.resize(n + 1);
        if (present[n])
            return std::nullopt;
        present[n] = true;
    }
    if (present.contains(false))
        return std::nullopt;
    return present;
}

} // namespace

Check unknownGlobals(const QList<QByteArray> &names)
{
    QStringList shown;
    for (const QByteArray &name : names.first(std::min<qsizetype>(names.size(), 3)))
        shown << text::safe(QString::fromUtf8(name.left(120)));
    const qsizetype more = names.size() - shown.size();
    const QString list = more > 0 ? Words::tr("%1 and %2 more").arg(shown.join(u", "_s)).arg(more) : shown.join(u", "_s);
    return {State::Unverified, Words::tr("loading it imports or calls what is not known to be harmless: %1").arg(list)};
}

TorchFile probeTorch(FileReader &file, const Limits &limits)
{
    TorchFile result;
    const ZipDirectory directory = ZipDirectory::read(file, limits);
    result.check = directory.check;
    if (directory.check.state == State::Pending) {
        result.kind = TorchFile::Kind::Zip;
        // The head tells soon whether it is a zip at all: ask for it in the same round.
        file.read(0, std::min<qint64>(file.size(), 512));
        return result;
    }
    if (!directory.hasEnd) {
        if (directory.check.state == State::Incomplete && file.size() > 0 && !probeLegacy(file, result))
            probeCut(file, directory, result);
        return result;
    }
    if (!directory.check.isGood()) {
        // Where the beginning is lost, what stands of the directory at the end still tells what the file was.
        if (firstZipName(file).endsWith("/data.pkl") || std::ranges::any_of(directory.entries, isDataPickle))
            result.kind = TorchFile::Kind::Zip;
        return result;
    }
    const auto pkl = std::ranges::find_if(directory.entries, isDataPickle);
    if (pkl == directory.entries.end())
        return result;
    const QByteArray prefix = pkl->name.chopped(8);
    const bool script = std::ranges::any_of(directory.entries, [&](const ZipEntry &entry) {
        return entry.name.startsWith(prefix + "code/") || entry.name == prefix + "constants.pkl";
    });
    if (script)
        return result; // TorchScript: a program, not a training state
    result.kind = TorchFile::Kind::Zip;
    const std::optional<QList<bool>> storages = storagesOf(directory, prefix);
    if (!storages) {
        result.check = {State::Broken, Words::tr("the numbering of its tensor storages has gaps")};
        return result;
    }
    const ZipBytes bytes = readZipEntry(file, directory, *pkl, limits);
    if (!bytes.check.isGood()) {
        result.check = bytes.check;
        return result;
    }
    const Pickle pickle(bytes.data, maxNodes);
    readPickle(pickle, result);
    if (!hasAllStorages(pickle, *storages)) {
        result.check = {State::Broken, Words::tr("a tensor storage that its data.pkl names is missing")};
        return result;
    }
    if (pickle.end() != Pickle::End::Complete && pickle.end() != Pickle::End::TooLarge) {
        result.check = {State::Unverified, Words::tr("its data.pkl has the right checksum, but is not a pickle this version can follow")};
        return result;
    }
    if (file.isLocal() && file.size() <= limits.fullCheck) {
        result.check = checkZipContents(file, directory);
        result.contentsRead = result.check.isGood();
    }
    if (!result.globals.unknown.isEmpty())
        worsen(result.check, unknownGlobals(result.globals.unknown));
    else if (pickle.end() == Pickle::End::TooLarge)
        worsen(result.check, {State::Unverified, Words::tr("its data.pkl is longer than what is followed, so not all that loading it imports is known")});
    return result;
}

} // namespace cairn::ckpt
