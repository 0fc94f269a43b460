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
    result.optimizer = content.optimizer;
    if (pickle.root() != Pickle::none && pickle.isMapping(pickle.root())) {
        const std::vector<Pickle::Id> &items = pickle.node(pickle.root()).items;
        for (std::size_t i = 0; i + 1 < items.size() && result.numbers.size() < 64; i += 2) {
            const std::optional<qint64> value = pickle.integer(items[i + 1]);
            if (value && pickle.node(items[i]).type == Pickle::Type::Text)
                result.numbers.insert(pickle.node(items[i]).text.toByteArray().left(100), *value);
        }
        const Pickle::Id arguments = pickle.member(pickle.root(), "args");
        for (const char *key : {"world_size", "tensor_model_parallel_size", "pipeline_model_parallel_size"}) {
            const std::optional<qint64> value = arguments == Pickle::none ? std::nullopt : pickle.integer(pickle.member(arguments, key));
            if (value)
                result.numbers.insert(QByteArray("args.") + key, *value);
        }
    }
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

/// Without a zip: what torch wrote before 1.6, or a pickle that somebody wrote by hand.
bool probeLegacy(FileReader &file, TorchFile &result)
{
    const qint64 length = std::min<qint64>(file.size(), 64 * 1024);
    const FileReader::Bytes head = file.read(0, std::min<qint64>(file.size(), 512));
    if (!head.ok() || !isPickle(head.data))
        return false;
    const bool legacy = head.data.first(std::min<qsizetype>(head.data.size(), 32)).contains(legacyMagic);
    const FileReader::Bytes more = file.read(0, length);
    if (more.status == FileReader::Status::Pending) {
        result.kind = TorchFile::Kind::Legacy;
        result.check = {State::Pending, Words::tr("not read yet")};
        return true;
    }
    if (!legacy && !more.ok())
        return false;
    // Magic number, protocol version, system info; the fourth pickle is the saved object.
    QByteArrayView rest(more.data);
    bool reached = more.ok();
    for (int i = 0; legacy && reached && i < 3; ++i) {
        const Pickle skipped(rest, 10'000);
        reached = skipped.end() == Pickle::End::Complete;
        if (reached)
            rest = rest.sliced(skipped.consumed());
    }
    const Pickle pickle(reached ? rest : QByteArrayView());
    if (!legacy && pickle.end() == Pickle::End::Invalid)
        return false; // it only begins like one
    result.kind = TorchFile::Kind::Legacy;
    result.check = legacy
        ? Check{State::Unverified, Words::tr("written by torch before 1.6, or without a zip, in a format that has no directory: it cannot be checked without loading it")}
        : Check{State::Unverified, Words::tr("a plain pickle, without the zip that torch.save writes: it has no checksums, and cannot be checked without loading it")};
    if (!reached)
        return true;
    if (!legacy && pickle.end() == Pickle::End::Truncated && more.data.size() == file.size()) {
        result.check = {State::Incomplete, Words::tr("a plain pickle whose end is missing: the file is cut short or still being written")};
        return true;
    }
    readPickle(pickle, result);
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
