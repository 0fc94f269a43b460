// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Text.h"
#include "checkpoints/Format.h"
#include "checkpoints/Hdf5.h"
#include "checkpoints/Json.h"
#include "checkpoints/Paths.h"
#include "checkpoints/SmallFiles.h"
#include "checkpoints/Zip.h"

#include <QJsonArray>
#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

/// Keras: whole models (".keras", older ".h5"), weights (".weights.h5", with shards ".weights.json"), and the folder of
/// BackupAndRestore. All are written in place, under their final name.
namespace cairn::ckpt {
namespace {

struct KerasFile {
    bool isKeras = false; ///< for a name that other programs use too
    Check check;
    bool optimizer = false;
    bool contentsRead = false;
};

/// A zip of metadata.json, config.json and model.weights.h5 (keras/src/saving/saving_lib.py).
KerasFile probeArchive(const Entry &entry, Source &source, const Limits &limits)
{
    KerasFile result;
    FileReader file(source, entry, limits.fileBudget);
    const ZipDirectory directory = ZipDirectory::read(file, limits);
    result.isKeras = true;
    result.check = directory.check;
    if (!result.check.isGood())
        return result;
    for (const char *name : {"metadata.json", "config.json", "model.weights.h5"}) {
        if (!directory.find(name)) {
            result.check = {State::Broken, Words::tr("%1 is missing in it").arg(QString::fromLatin1(name))};
            return result;
        }
    }
    const ZipEntry &weights = *directory.find("model.weights.h5");
    const ZipBytes inner = weights.method == 0 ? readZipHead(file, directory, weights, limits, hdf5Head) : readZipEntry(file, directory, weights, limits);
    result.check = inner.check.isGood() ? judgeHdf5(inner.data, weights.size).check : inner.check;
    if (!result.check.isGood()) {
        if (result.check.state != State::Pending)
            result.check.reason = Words::tr("%1: %2").arg(u"model.weights.h5"_s, result.check.reason);
        if (result.check.state == State::Incomplete)
            result.check.state = State::Broken; // the archive around it was finished
        return result;
    }
    const ZipBytes config = readZipEntry(file, directory, *directory.find("config.json"), limits);
    result.check = config.check;
    if (!result.check.isGood())
        return result;
    const std::optional<QJsonObject> json = parsePythonJson(config.data);
    if (!json) {
        result.check = {State::Broken, Words::tr("its config.json is not valid JSON")};
        return result;
    }
    const QJsonValue optimizer = json->value(u"compile_config"_s)[u"optimizer"_s];
    result.optimizer = !optimizer.isNull() && !optimizer.isUndefined();
    if (file.isLocal() && file.size() <= limits.fullCheck) {
        result.check = checkZipContents(file, directory);
        result.contentsRead = result.check.isGood();
    }
    return result;
}

KerasFile probeWeights(const Entry &entry, Source &source, const Limits &limits)
{
    FileReader file(source, entry, limits.fileBudget);
    const Hdf5File hdf5 = probeHdf5(file, limits);
    KerasFile result;
    result.check = hdf5.check;
    // Names of groups, as the heap of the root holds them.
    const auto has = [&](QByteArrayView name) { return hdf5.head.contains(name); };
    result.isKeras = has("layers") || has("model_weights") || has("layer_names") || has("_layer_checkpoint_dependencies") || has("keras_version");
    result.optimizer = has("optimizer_weights") || has(QByteArrayView("\0optimizer\0", 11));
    if (hdf5.isHdf5 && result.check.isGood() && !result.isKeras)
        result.check = {State::Unverified, Words::tr("an HDF5 file in which no weights of Keras were found")};
    return result;
}

void judge(Files &files, Finding &finding, const KerasFile &file, const QByteArray &name)
{
    finding.check = file.check;
    finding.holdsTraining = file.optimizer;
    finding.lack = Words::tr("the optimizer was not saved in it");
    NameFacts facts = placeFacts(finding, files.index, name);
    if (!facts.explicitStep) // ModelCheckpoint's templates count epochs, or batches
        facts.step.reset();
    decideStep(finding, facts, std::nullopt, std::nullopt);
    files.findings << finding;
}

/// "X.weights.json" names the shards "X_00000.weights.h5" of one model.
void recogniseShards(Files &files)
{
    for (const Entry *entry : std::as_const(files.entries)) {
        if (!entry->path.endsWith(".weights.json") || files.isTaken(*entry))
            continue;
        if (!files.looks.mayGoOn())
            return;
        files.looks.count(entry->path);
        files.take(*entry);
        const QByteArray name = baseName(entry->path);
        Finding finding;
        finding.format = u"keras"_s;
        finding.proof = Proof::Count;
        setPlace(finding, *entry, Role::Index);
        FileReader file(files.source, *entry, files.limits.fileBudget);
        const FileReader::Bytes bytes = file.read(0, file.size());
        KerasFile all;
        all.check = readFailure(bytes.status, files.limits.fileBudget);
        const std::optional<QJsonObject> json = bytes.ok() ? parsePythonJson(bytes.data) : std::nullopt;
        if (bytes.ok() && !json)
            all.check = {State::Incomplete, Words::tr("%1 is not valid JSON").arg(text::safe(pathToText(name)))};
        QSet<QByteArray> shards;
        for (const QJsonValue &value : json ? json->value(u"weight_map"_s).toObject() : QJsonObject()) {
            for (const QJsonValue &shard : value.isArray() ? value.toArray() : QJsonArray{value}) {
                if (shard.isString())
                    shards << shard.toString().toUtf8();
            }
        }
        if (json && shards.isEmpty())
            worsen(all.check, {State::Broken, Words::tr("it names no shards")});
        int present = 0;
        for (const QByteArray &shard : std::as_const(shards)) {
            files.taken << shard;
            const Entry *weights = files.index.find(files.folder, shard);
            if (!weights)
                continue;
            ++present;
            finding.add(*weights, Role::Weights);
            const KerasFile probe = probeWeights(*weights, files.source, files.limits);
            worsen(all.check, probe.check);
            all.optimizer = all.optimizer || probe.optimizer;
        }
        if (present < shards.size())
            worsen(all.check, {State::Broken, Words::tr("%1 of %2 shards are there").arg(present).arg(shards.size())});
        finding.filesExpected = static_cast<int>(shards.size());
        finding.goodReason = Words::tr("all %1 shards are there, each as long as it says").arg(shards.size());
        judge(files, finding, all, name.chopped(13));
    }
}

void recogniseFiles(Files &files)
{
    recogniseShards(files);
    for (const Entry *entry : std::as_const(files.entries)) {
        const QByteArray name = baseName(entry->path);
        const bool archive = name.endsWith(".keras");
        const bool hdf5 = name.endsWith(".h5") || name.endsWith(".hdf5");
        if (files.isTaken(*entry) || !(archive || hdf5))
            continue;
        if (!files.looks.mayGoOn())
            return;
        files.looks.count(entry->path);
        const KerasFile file = archive ? probeArchive(*entry, files.source, files.limits) : probeWeights(*entry, files.source, files.limits);
        // Data sets have this ending too.
        const NameFacts facts = factsFromName(name.left(name.lastIndexOf('.')));
        if (!archive && !name.endsWith(".weights.h5") && !file.isKeras && !facts.explicitStep && !facts.epoch) {
            const QByteArray lower = name.toLower();
            const bool named = lower.contains("model") || lower.contains("weights") || lower.contains("ckpt") || lower.contains("checkpoint");
            if (named && (file.check.state == State::Incomplete || file.check.state == State::Broken))
                files.unclear << entry->path;
            continue;
        }
        files.take(*entry);
        Finding finding;
        finding.format = u"keras"_s;
        finding.proof = Proof::Probe;
        setPlace(finding, *entry, Role::Weights);
        finding.goodReason = !archive            ? Words::tr("the file is exactly as long as its superblock says; the format has no checksums")
            : file.contentsRead ? Words::tr("model, settings and every checksum hold")
                                : Words::tr("directory, entry bounds and the checksum of config.json hold; contents not read");
        QByteArray stem = name;
        for (const char *extension : {".keras", ".hdf5", ".h5", ".weights"}) {
            if (stem.endsWith(extension))
                stem.chop(static_cast<qsizetype>(qstrlen(extension)));
        }
        judge(files, finding, file, stem);
    }
}

/// BackupAndRestore: the weights, then training_metadata.json {epoch, batch} (keras/src/callbacks/backup_and_restore.py).
std::optional<Finding> recogniseBackup(const Index &index, const QByteArray &folder, Source &source, const Limits &limits)
{
    const Entry *state = index.find(folder, "training_metadata.json");
    const Entry *weights = index.find(folder, "latest.weights.h5");
    if (!state && !weights)
        return std::nullopt;
    Finding finding;
    setPlace(finding, folder);
    finding.format = u"keras-backup"_s;
    finding.proof = Proof::MarkerLast;
    finding.goodReason = Words::tr("the weights and training_metadata.json are there and hold; the training goes on at the start of this epoch");
    finding.lack = Words::tr("the optimizer was not saved in it");
    if (!weights) {
        // Keras would go on at the saved epoch with fresh weights.
        finding.check = {State::Broken, Words::tr("latest.weights.h5 is missing")};
    } else {
        const KerasFile probe = probeWeights(*weights, source, limits);
        finding.check = probe.check;
        finding.holdsTraining = probe.optimizer;
        finding.add(*weights, Role::Weights);
    }
    if (!state) {
        worsen(finding.check, {State::Incomplete, Words::tr("training_metadata.json, which is written last, is missing")});
    } else {
        finding.add(*state, Role::Marker);
        const SmallJson json = readSmallJson(*state, source, limits);
        worsen(finding.check, json.check);
        if (const std::optional<qint64> epoch = wholeNumber(json.object[u"epoch"_s]))
            finding.epoch = static_cast<double>(*epoch);
        else if (json.check.isGood())
            worsen(finding.check, {State::Broken, Words::tr("training_metadata.json names no epoch")});
        if (weights && weights->mtimeMs > state->mtimeMs + 2000)
            worsen(finding.check, {State::Unverified, Words::tr("the weights are newer than training_metadata.json: a later save may have been broken off over this one")});
    }
    finding.extent.add(index.tree().others.value(folder));
    return finding;
}

} // namespace

const Format kerasBackupFormat{
    .names = "training_metadata.json *.weights.h5",
    .parts = "training_metadata.json",
    .folder = recogniseBackup,
};

const Format kerasFormat{
    .names = "*.keras *.h5 *.hdf5 *.weights.json",
    .files = recogniseFiles,
};

} // namespace cairn::ckpt
