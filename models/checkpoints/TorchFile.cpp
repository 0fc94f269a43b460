// SPDX-License-Identifier: GPL-3.0-or-later
#include "checkpoints/TorchFile.h"

#include "base/Text.h"
#include "checkpoints/Paths.h"
#include "checkpoints/TorchStorage.h"
#include "checkpoints/Zip.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::ckpt {
namespace {

/// Nodes of a data.pkl that are followed: more than any of 16 MiB needs but a hostile one.
constexpr std::size_t maxNodes = 1'000'000;

/// The first pickle of every file that torch wrote before 1.6, and writes still where it is told not to use a zip: the number
/// 0x1950a86a20f9469cfc6c, after the protocol (and, from protocol 4 on, a frame).
const QByteArray legacyMagic = QByteArray::fromHex("8a0a6cfc9c46f9206aa850192e");

/// The first two bytes of every pickle of protocol 2 to 5.
bool isPickle(const QByteArray &head)
{
    return head.size() > 2 && head[0] == '\x80' && head[1] >= 2 && head[1] <= 5;
}

bool isDataPickle(const ZipEntry &entry)
{
    return entry.name.endsWith("/data.pkl") && entry.name.count('/') == 1;
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

void readPickle(const Pickle &pickle, TorchFile &result, const SeePickle &see)
{
    if (see)
        see(pickle);
    const TorchContent content = contentOf(pickle);
    result.step = content.counters.step;
    result.epoch = content.counters.epoch;
    result.content = content.content;
    result.weights = content.weights;
    result.optimizer = content.optimizer;
    if (pickle.root() != Pickle::none && pickle.isMapping(pickle.root())) {
        const std::vector<Pickle::Id> &items = pickle.node(pickle.root()).items;
        for (std::size_t i = 0; i + 1 < items.size() && result.numbers.size() < 64; i += 2) {
            const std::optional<qint64> value = pickle.integer(items[i + 1]);
            if (value && pickle.node(items[i]).type == Pickle::Type::Text)
                result.numbers.insert(pickle.node(items[i]).text.toByteArray().left(100), *value);
        }
        const Pickle::Id arguments = pickle.member(pickle.root(), "args");
        for (const char *key : {"world_size", "tensor_model_parallel_size", "pipeline_model_parallel_size", "expert_model_parallel_size"}) {
            const std::optional<qint64> value = arguments == Pickle::none ? std::nullopt : pickle.integer(pickle.member(arguments, key));
            if (value)
                result.numbers.insert(QByteArray("args.") + key, *value);
        }
    }
    result.lightning = pickle.member(pickle.root(), "pytorch-lightning_version") != Pickle::none;
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

/// Magic number, protocol version and system info come before the saved object.
constexpr int legacyHead = 3;

/// What follows the object of a legacy file: a list of storage keys, then of each its length and its elements. Cut where the
/// file is shorter than that; good where it is as long as that, which proves little, for nothing in it is a checksum.
Check checkLegacyTail(const Pickle &pickle, QByteArrayView rest, qint64 position, qint64 size)
{
    const Pickle keys(rest.sliced(pickle.consumed()));
    const bool all = position + rest.size() == size;
    if (keys.end() == Pickle::End::Truncated && all)
        return {State::Incomplete, Words::tr("its end is missing: the file is cut short or still being written")};
    if (keys.end() == Pickle::End::Invalid)
        return {State::Broken, Words::tr("the list of its tensor storages is no pickle")};
    if (keys.end() != Pickle::End::Complete)
        return {};
    const std::optional<qint64> storages = bytesOfLegacyStorages(pickle, keys);
    if (!storages)
        return {};
    const qint64 there = size - position - pickle.consumed() - keys.consumed();
    if (there < *storages)
        return {State::Incomplete, Words::tr("the file is cut short: %1 of %2 bytes of its tensors are there").arg(std::max<qint64>(there, 0)).arg(*storages)};
    return {};
}

/// Without a zip: what torch wrote before 1.6, or a pickle that somebody wrote by hand.
bool probeLegacy(FileReader &file, TorchFile &result, const SeePickle &see)
{
    const FileReader::Bytes head = file.read(0, std::min<qint64>(file.size(), 512));
    if (!head.ok() || !isPickle(head.data))
        return false;
    const bool legacy = head.data.first(std::min<qsizetype>(head.data.size(), 32)).contains(legacyMagic);
    constexpr qint64 most = 64 * 1024;
    constexpr qint64 mostLocal = 4 * 1024 * 1024;
    const FileReader::Bytes more = file.read(0, std::min<qint64>(file.size(), file.isLocal() ? mostLocal : most));
    if (more.status == FileReader::Status::Pending) {
        result.kind = TorchFile::Kind::Legacy;
        result.check = {State::Pending, Words::tr("not read yet")};
        return true;
    }
    if (!legacy && !more.ok())
        return false;
    QByteArrayView rest(more.data);
    bool reached = more.ok();
    Pickle::End early = Pickle::End::Complete;
    for (int i = 0; legacy && reached && i < legacyHead; ++i) {
        const Pickle skipped(rest, 10'000);
        early = skipped.end();
        reached = early == Pickle::End::Complete;
        if (reached)
            rest = rest.sliced(skipped.consumed());
    }
    const Pickle pickle(reached ? rest : QByteArrayView());
    if (!legacy && pickle.end() == Pickle::End::Invalid)
        return false; // it only begins like one
    if (reached)
        early = pickle.end();
    const bool all = more.data.size() == file.size();
    result.kind = TorchFile::Kind::Legacy;
    result.check = legacy
        ? Check{State::Unverified, Words::tr("written by torch before 1.6, or without a zip, in a format that has no directory: it cannot be checked without loading it")}
        : Check{State::Unverified, Words::tr("a plain pickle, without the zip that torch.save writes: it has no checksums, and cannot be checked without loading it")};
    if (more.ok() && early == Pickle::End::Truncated && all) {
        result.check = {State::Incomplete, legacy ? Words::tr("its end is missing: the file is cut short or still being written")
                                                  : Words::tr("a plain pickle whose end is missing: the file is cut short or still being written")};
        return true;
    }
    if (legacy && more.ok() && early == Pickle::End::Invalid) {
        result.check = {State::Broken, Words::tr("what it holds is no pickle that torch.load could follow")};
        return true;
    }
    if (!reached)
        return true;
    readPickle(pickle, result, see);
    if (legacy && early == Pickle::End::Complete)
        worsen(result.check, checkLegacyTail(pickle, rest, more.data.size() - rest.size(), file.size()));
    if (!result.globals.unknown.isEmpty())
        worsen(result.check, unknownGlobals(result.globals.unknown));
    return true;
}

/// The length of every entry "<prefix>data/<n>"; nullopt where a name there is not a number or comes twice, or one is missing.
std::optional<QList<qint64>> storagesOf(const ZipDirectory &directory, const QByteArray &prefix)
{
    QList<qint64> sizes;
    const QByteArray folder = prefix + "data/";
    for (const ZipEntry &entry : directory.entries) {
        if (!entry.name.startsWith(folder))
            continue;
        bool ok = false;
        const qlonglong n = entry.name.mid(folder.size()).toLongLong(&ok);
        // More than the entries there are cannot be contiguous; this also bounds the list.
        if (!ok || n < 0 || n >= directory.entries.size())
            return std::nullopt;
        while (sizes.size() <= n)
            sizes << -1;
        if (sizes[n] >= 0)
            return std::nullopt;
        sizes[n] = entry.size;
    }
    if (sizes.contains(-1))
        return std::nullopt;
    return sizes;
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

TorchFile probeTorch(FileReader &file, const Limits &limits, const SeePickle &see)
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
        if (directory.check.state == State::Incomplete && file.size() > 0 && !probeLegacy(file, result, see))
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
    if (!directory.find(prefix + "version") && !directory.find(prefix + ".data/version")) {
        result.check = {State::Broken, Words::tr("the entry with the version of its format is missing, without which torch loads nothing")};
        return result;
    }
    const std::optional<QList<qint64>> storages = storagesOf(directory, prefix);
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
    readPickle(pickle, result, see);
    if (pickle.end() != Pickle::End::Complete && pickle.end() != Pickle::End::TooLarge) {
        result.check = {State::Broken, Words::tr("its data.pkl is no pickle that torch.load could follow")};
        return result;
    }
    result.check = checkStorages(pickle, *storages);
    if (!result.check.isGood())
        return result;
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

TorchFile probeTorchMember(const Entry &entry, Source &source, const Limits &limits, const SeePickle &see, const QByteArray &shown)
{
    FileReader file(source, entry, limits.fileBudget);
    TorchFile torch = probeTorch(file, limits, see);
    if (torch.check.isGood() && torch.kind == TorchFile::Kind::NotTorch)
        torch.check = {State::Broken, Words::tr("it is not a torch file")};
    if (!torch.check.isGood() && torch.check.state != State::Pending)
        torch.check.reason = Words::tr("%1: %2").arg(text::safe(pathToText(shown.isEmpty() ? baseName(entry.path) : shown)), torch.check.reason);
    return torch;
}

} // namespace cairn::ckpt
