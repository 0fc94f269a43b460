// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Text.h"
#include "checkpoints/Crc32c.h"
#include "checkpoints/Format.h"
#include "checkpoints/Paths.h"
#include "checkpoints/SmallFiles.h"
#include "checkpoints/TfBundle.h"

#include <QMap>
#include <QtEndian>
#include <algorithm>

using namespace Qt::StringLiterals;

/// tf.train.Checkpoint, its manager, and tf.compat.v1's Saver: "<prefix>.index", written after the shards
/// "<prefix>.data-0000i-of-0000n", and "checkpoint", which is replaced afterwards and names the newest.
namespace cairn::ckpt {
namespace {

/// "a.data-00000-of-00002" → "a".
std::optional<QByteArray> prefixOfShard(const QByteArray &name)
{
    const qsizetype at = name.lastIndexOf(".data-");
    const QList<QByteArray> parts = at > 0 ? name.mid(at + 6).split('-') : QList<QByteArray>();
    bool first = false;
    bool second = false;
    if (parts.size() == 3 && parts[1] == "of") {
        parts[0].toInt(&first);
        parts[2].toInt(&second);
    }
    return first && second ? std::optional(name.left(at)) : std::nullopt;
}

QByteArray shardNameOf(const QByteArray &prefix, int shard, int shards)
{
    return prefix + ".data-" + QByteArray::number(shard).rightJustified(5, '0') + "-of-" + QByteArray::number(shards).rightJustified(5, '0');
}

/// What an optimizer keeps: of Keras and tf.train.Checkpoint, and the slots of TensorFlow 1.
bool isOptimizerKey(const QByteArray &key)
{
    return key.contains("optimizer") || key.contains(".OPTIMIZER_SLOT") || key.contains("/Adam") || key.contains("/Momentum")
        || key.contains("/RMSProp") || key.contains("/Adagrad") || key == "beta1_power" || key == "beta2_power";
}

/// Variables that count steps; save_counter counts saves.
bool isStepKey(const QByteArray &key)
{
    const QByteArray path = key.endsWith("/.ATTRIBUTES/VARIABLE_VALUE") ? key.chopped(27) : key;
    const QByteArray last = baseName(path);
    return last == "global_step" || last == "step" || (path.contains("optimizer") && (last == "iter" || last == "iterations" || last == "_iterations"));
}

struct Reading {
    const Index &index;
    QByteArray folder;
    QByteArray prefix;
    Source &source;
    const Limits &limits;
};

/// A saved counter; `check` turns Pending where its bytes are still to come.
std::optional<qint64> numberIn(const Reading &at, const TfBundle &bundle, const TfBundle::Tensor &tensor, Check &check)
{
    const bool wide = tensor.dtype == 9 && tensor.size == 8;
    const Entry *shard = at.index.find(at.folder, shardNameOf(at.prefix, tensor.shard, bundle.shards));
    if (!shard || (!wide && !(tensor.dtype == 3 && tensor.size == 4)))
        return std::nullopt;
    FileReader file(at.source, *shard, at.limits.fileBudget);
    const FileReader::Bytes bytes = file.read(tensor.offset, tensor.size);
    if (bytes.status == FileReader::Status::Pending)
        worsen(check, readFailure(bytes.status, at.limits.fileBudget));
    if (!bytes.ok() || maskedCrc32c(bytes.data) != tensor.crc)
        return std::nullopt;
    const qint64 value = wide ? qFromLittleEndian<qint64>(bytes.data.constData()) : qFromLittleEndian<qint32>(bytes.data.constData());
    return value >= 0 ? std::optional(value) : std::nullopt;
}

/// The checksums of the tensors of small local shards; text tensors are summed up in another way.
Check checkTensors(const Reading &at, const TfBundle &bundle, bool &all)
{
    all = true;
    for (const TfBundle::Tensor &tensor : bundle.tensors) {
        const Entry *shard = at.index.find(at.folder, shardNameOf(at.prefix, tensor.shard, bundle.shards));
        FileReader file(at.source, *shard, at.limits.fileBudget);
        if (!file.isLocal() || shard->size > at.limits.fullCheck) {
            all = false;
            continue;
        }
        if (tensor.dtype == 7 || tensor.dtype == 21 || tensor.crc == 0 || tensor.size == 0)
            continue;
        const FileReader::Bytes bytes = file.readContents(tensor.offset, tensor.size);
        if (!bytes.ok())
            return readFailure(bytes.status, at.limits.fileBudget);
        if (maskedCrc32c(bytes.data) != tensor.crc)
            return {State::Broken, Words::tr("the checksum of tensor %1 does not hold").arg(text::safe(QString::fromUtf8(tensor.key.left(120))))};
    }
    return {};
}

struct Bundle {
    Check check;
    TfBundle index;
    bool contentsRead = false;
};

/// One prefix with its index and all shards.
Bundle readBundle(const Reading &at)
{
    Bundle result;
    const Entry *entry = at.index.find(at.folder, at.prefix + ".index");
    if (!entry) {
        result.check = {State::Incomplete, Words::tr("%1.index, which is written after the data, is missing").arg(text::safe(pathToText(at.prefix)))};
        return result;
    }
    FileReader file(at.source, *entry, at.limits.fileBudget);
    result.index = TfBundle::read(file, at.limits);
    result.check = result.index.check;
    if (!result.check.isGood())
        return result;
    QMap<int, qint64> needed;
    for (const TfBundle::Tensor &tensor : std::as_const(result.index.tensors))
        needed[tensor.shard] = std::max(needed[tensor.shard], tensor.offset + tensor.size);
    int present = 0;
    for (int shard = 0; shard < result.index.shards; ++shard) {
        const QByteArray name = shardNameOf(at.prefix, shard, result.index.shards);
        const Entry *data = at.index.find(at.folder, name);
        if (!data)
            continue;
        ++present;
        if (data->size < needed.value(shard)) {
            worsen(result.check, {State::Broken, Words::tr("shard %1 is cut short: %2 of %3 bytes")
                                                     .arg(text::safe(pathToText(name))).arg(data->size).arg(needed.value(shard))});
        }
    }
    if (present < result.index.shards)
        worsen(result.check, {State::Broken, Words::tr("%1 of %2 shards are there").arg(present).arg(result.index.shards)});
    if (result.check.isGood())
        result.check = checkTensors(at, result.index, result.contentsRead);
    return result;
}

Finding judgePrefix(Files &files, const QByteArray &prefix, const QByteArray &state)
{
    const Reading at{files.index, files.folder, prefix, files.source, files.limits};
    const Bundle bundle = readBundle(at);
    Finding finding;
    finding.format = u"tensorflow"_s;
    finding.path = joined(files.folder, prefix);
    finding.run = files.folder;
    finding.check = bundle.check;
    finding.filesExpected = bundle.index.shards;
    // A path in it may be absolute and of another machine: the last part tells.
    const bool named = state.contains('"' + prefix + '"') || state.contains('/' + prefix + '"');
    finding.proof = named ? Proof::Tracker : Proof::Count;
    bool optimizer = false;
    bool weights = false;
    bool counter = false;
    std::optional<qint64> step;
    for (const TfBundle::Tensor &tensor : bundle.index.tensors) {
        const bool counts = isStepKey(tensor.key);
        counter = counter || tensor.key.startsWith("save_counter");
        optimizer = optimizer || isOptimizerKey(tensor.key);
        weights = weights || (!isOptimizerKey(tensor.key) && !counts && !tensor.key.startsWith("save_counter") && !tensor.key.startsWith('_'));
        if (counts && finding.check.isGood() && !step)
            step = numberIn(at, bundle.index, tensor, finding.check);
    }
    finding.holdsTraining = optimizer && weights;
    finding.lack = weights ? Words::tr("it holds only weights") : Words::tr("it holds no weights");
    finding.goodReason = bundle.contentsRead
        ? Words::tr("the index and all %1 shards are there, and the checksum of every tensor holds").arg(bundle.index.shards)
        : Words::tr("the index holds, and all %1 shards are there with the length that it names; contents not read").arg(bundle.index.shards);
    NameFacts name = placeFacts(finding, files.index, prefix);
    if (step) {
        finding.step = step;
        finding.stepSource = u"tensor"_s;
    }
    // The number of tf.train.Checkpoint counts saves.
    if (counter || !bundle.check.isGood())
        name.step.reset();
    decideStep(finding, name, std::nullopt, std::nullopt);
    return finding;
}

void recogniseCheckpoints(Files &files)
{
    QMap<QByteArray, QList<const Entry *>> prefixes;
    for (const Entry *entry : std::as_const(files.entries)) {
        const QByteArray name = baseName(entry->path);
        if (const std::optional<QByteArray> prefix = prefixOfShard(name))
            prefixes[*prefix] << entry;
        else if (name.endsWith(".index") && name.size() > 6)
            prefixes[name.chopped(6)] << entry;
    }
    SmallText state;
    if (const Entry *entry = prefixes.isEmpty() ? nullptr : files.index.find(files.folder, "checkpoint"))
        state = readSmallText(*entry, files.source, files.limits);
    for (auto it = prefixes.begin(); it != prefixes.end(); ++it) {
        const bool indexed = files.index.find(files.folder, it.key() + ".index");
        const bool data = it->size() > (indexed ? 1 : 0);
        if (!data && !state.text.contains(it.key()) && !isStepFolder(it.key()) && !it.key().contains("ckpt"))
            continue; // ".index" of another program
        if (!files.looks.mayGoOn())
            return;
        files.looks.count(it->first()->path);
        Finding finding = judgePrefix(files, it.key(), state.text);
        if (state.check.state == State::Pending)
            worsen(finding.check, state.check);
        for (const Entry *entry : *it) {
            files.take(*entry);
            finding.add(*entry, entry->path.endsWith(".index") ? Role::Index : Role::Weights);
        }
        files.findings << finding;
    }
}

/// The fields of a serialized SavedModel must end where the file does.
Check checkGraph(const Entry &entry, Source &source, const Limits &limits)
{
    FileReader file(source, entry, limits.fileBudget);
    qint64 at = 0;
    for (int fields = 0; at < file.size() && fields < 64; ++fields) {
        const FileReader::Bytes bytes = file.read(at, std::min<qint64>(11, file.size() - at));
        if (!bytes.ok())
            return readFailure(bytes.status, limits.fileBudget);
        const int wire = bytes.data[0] & 7;
        quint64 value = 0;
        int length = 1;
        for (int shift = 0; length < bytes.data.size() && shift < 63; shift += 7) {
            const auto byte = static_cast<quint8>(bytes.data[length++]);
            value |= static_cast<quint64>(byte & 0x7f) << shift;
            if (byte < 0x80)
                break;
        }
        if (wire != 0 && wire != 2)
            return {State::Broken, Words::tr("saved_model.pb is damaged")};
        at += length;
        if (wire == 2 && value > static_cast<quint64>(file.size() - at))
            return {State::Incomplete, Words::tr("saved_model.pb is cut short")};
        at += wire == 2 ? static_cast<qint64>(value) : 0;
    }
    return at == 0 ? Check{State::Incomplete, Words::tr("saved_model.pb is empty")} : Check();
}

std::optional<Finding> recogniseSavedModel(const Index &index, const QByteArray &folder, Source &source, const Limits &limits)
{
    const Entry *graph = index.find(folder, "saved_model.pb");
    if (!graph)
        return std::nullopt;
    Finding finding;
    setPlace(finding, folder);
    finding.format = u"saved-model"_s;
    finding.proof = Proof::Count;
    finding.check = checkGraph(*graph, source, limits);
    finding.lack = Words::tr("a SavedModel is an export for serving, no training goes on from it");
    finding.goodReason = Words::tr("the graph and its variables are there");
    const QByteArray variables = joined(folder, "variables");
    const Bundle bundle = readBundle({index, variables, "variables", source, limits});
    if (!index.filesIn(variables).isEmpty())
        worsen(finding.check, bundle.check);
    const NameFacts name = factsFromName(index.nameOf(folder));
    decideStep(finding, name, std::nullopt, std::nullopt);
    for (const QByteArray &part : {folder, variables}) {
        for (const Entry *entry : index.filesIn(part))
            finding.add(*entry, entry == graph ? Role::Index : Role::Weights);
    }
    finding.folders = {variables};
    return finding;
}

} // namespace

const Format savedModelFormat{
    .names = "saved_model.pb *.index *.data-*-of-*",
    .parts = "saved_model.pb",
    .folder = recogniseSavedModel,
};

const Format tensorFlowFormat{
    .names = "*.index *.data-*-of-* checkpoint",
    .parts = "checkpoint",
    .files = recogniseCheckpoints,
};

} // namespace cairn::ckpt
