// SPDX-License-Identifier: GPL-3.0-or-later
#include "checkpoints/TorchFile.h"

#include "checkpoints/Pickle.h"
#include "checkpoints/Zip.h"

#include <algorithm>
#include <array>

namespace cairn::ckpt {
namespace {

constexpr std::array stepKeys{"step", "global_step", "iteration", "iter", "current_step", "train_step", "num_steps",
                              "n_iter", "iterations", "steps", "total_steps_done"};
constexpr std::array epochKeys{"epoch", "current_epoch", "epochs_done", "last_epoch"};

/// The first pickle of every file that torch < 1.6 wrote: the number 0x1950a86a20f9469cfc6c.
const QByteArray legacyMagic = QByteArray::fromHex("80028a0a6cfc9c46f9206aa850192e");

bool isTensor(const Pickle &pickle, Pickle::Id id)
{
    const QByteArrayView name = pickle.className(id);
    return name.contains("_rebuild_tensor") || name.contains("_rebuild_parameter") || name.contains("_rebuild_qtensor")
        || name.contains("_rebuild_sparse");
}

bool isModule(const Pickle &pickle, Pickle::Id id)
{
    return pickle.member(id, "_parameters") != Pickle::none && pickle.member(id, "_modules") != Pickle::none;
}

Content contentOf(const Pickle &pickle)
{
    const Pickle::Id root = pickle.root();
    if (root == Pickle::none)
        return Content::Unknown;
    if (isModule(pickle, root))
        return Content::Weights;
    if (!pickle.isMapping(root))
        return pickle.end() == Pickle::End::Complete ? Content::Other : Content::Unknown;
    bool weights = pickle.className(root).endsWith("OrderedDict"); // what Module.state_dict() returns
    bool tensors = false;
    const std::vector<Pickle::Id> &items = pickle.node(root).items;
    for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
        const Pickle::Node &key = pickle.node(items[i]);
        if (key.type != Pickle::Type::Text && key.type != Pickle::Type::Bytes)
            continue;
        const QByteArray name = key.text.toByteArray();
        if (isTrainingKey(name))
            return Content::Training;
        const Pickle::Id value = items[i + 1];
        tensors = tensors || isTensor(pickle, value);
        weights = weights || isModule(pickle, value) || pickle.isMapping(value)
            || (isTensor(pickle, value) && (name.contains('.') || name == "weight" || name == "bias"));
    }
    if (pickle.end() != Pickle::End::Complete)
        return Content::Unknown;
    return weights ? Content::Weights : Content::Other;
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
    const Counters counters = countersOf(pickle);
    result.step = counters.step;
    result.epoch = counters.epoch;
    result.content = contentOf(pickle);
    result.worldSize = worldSizeOf(pickle);
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

bool isTrainingKey(const QByteArray &key)
{
    const QByteArray lower = key.toLower();
    if (lower.contains("optim") || lower.startsWith("opt_") || lower == "opt" || lower.contains("scheduler")
        || lower == "train_state" || lower == "trainer_state")
        return true;
    const auto is = [&](const char *word) { return lower == word; };
    return std::ranges::any_of(stepKeys, is) || std::ranges::any_of(epochKeys, is);
}

Counters countersOf(const Pickle &pickle)
{
    Counters counters;
    if (!pickle.isMapping(pickle.root()))
        return counters;
    for (const char *key : stepKeys) {
        const std::optional<qint64> value = pickle.integer(pickle.member(pickle.root(), key));
        if (value && *value >= 0) {
            counters.step = value;
            break;
        }
    }
    for (const char *key : epochKeys) {
        const std::optional<double> value = pickle.number(pickle.member(pickle.root(), key));
        if (value && *value >= 0) {
            counters.epoch = value;
            break;
        }
    }
    return counters;
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
        if (firstZipName(file).endsWith("/data.pkl"))
            result.kind = TorchFile::Kind::Zip;
        return result;
    }
    const auto pkl = std::ranges::find_if(directory.entries, [](const ZipEntry &entry) {
        return entry.name.endsWith("/data.pkl") && entry.name.count('/') == 1;
    });
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
    const Pickle pickle(bytes.data);
    readPickle(pickle, result);
    if (!hasAllStorages(pickle, *storages)) {
        result.check = {State::Broken, Words::tr("a tensor storage that its data.pkl names is missing")};
        return result;
    }
    if (pickle.end() != Pickle::End::Complete && pickle.end() != Pickle::End::TooLarge) {
        result.check = {State::Unverified, Words::tr("its data.pkl has the right checksum, but is no pickle this version can follow")};
        return result;
    }
    if (file.isLocal() && file.size() <= limits.fullCheck) {
        result.check = checkZipContents(file, directory);
        result.contentsRead = result.check.isGood();
    }
    return result;
}

} // namespace cairn::ckpt
