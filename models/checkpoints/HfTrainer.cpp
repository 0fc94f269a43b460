// SPDX-License-Identifier: GPL-3.0-or-later
#include "checkpoints/Format.h"

#include "base/Text.h"
#include "checkpoints/Accelerate.h"
#include "checkpoints/Json.h"
#include "checkpoints/Paths.h"
#include "checkpoints/Pickle.h"
#include "checkpoints/SaveParts.h"
#include "checkpoints/SmallFiles.h"
#include "checkpoints/TorchFile.h"
#include "checkpoints/Weights.h"
#include "checkpoints/Zip.h"

#include <QJsonArray>
#include <QSet>
#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace cairn::ckpt {
namespace {

constexpr std::array models{"model.safetensors", "pytorch_model.bin", "adapter_model.safetensors", "adapter_model.bin",
                            "pytorch_model_fsdp.bin"};
constexpr std::array indexes{"model.safetensors.index.json", "pytorch_model.bin.index.json",
                             "adapter_model.safetensors.index.json"};
constexpr std::array optimizers{"optimizer.pt", "optimizer.bin"};

QSet<int> rngRanks(const Index &index, const QByteArray &folder)
{
    return ranksIn(index, folder, "rng_state_", ".pth");
}

/// An adapter cannot be loaded without its settings. Not every program that writes adapters keeps them here, so one that has
/// none is judged by the other saves of its run.
Check checkAdapter(const Index &index, const QByteArray &folder, Source &source, const Limits &limits)
{
    if (const Entry *settings = index.find(folder, "adapter_config.json"))
        return checkSettings(*settings, source, limits);
    if (folder.isEmpty() || !(index.find(folder, "adapter_model.safetensors") || index.find(folder, "adapter_model.bin")))
        return {};
    for (const QByteArray &other : index.foldersIn(parentPath(folder))) {
        if (other != folder && isTrainerFolderName(baseName(other)) && index.find(other, "adapter_config.json"))
            return {State::Incomplete, Words::tr("adapter_config.json is missing, which %1 has").arg(text::safe(pathToText(baseName(other))))};
    }
    return {};
}

/// A resume of the Trainer does without it, but it is written each time: one that all other saves of the run have was lost.
Check checkConfig(const Index &index, const QByteArray &folder, Source &source, const Limits &limits)
{
    if (const Entry *settings = index.find(folder, "config.json")) // read by a resume where it is there
        return checkSettings(*settings, source, limits);
    int have = 0;
    for (const QByteArray &other : folder.isEmpty() ? QList<QByteArray>() : index.foldersIn(parentPath(folder))) {
        if (other == folder || !isTrainerFolderName(baseName(other)) || !index.find(other, "trainer_state.json"))
            continue;
        if (!index.find(other, "config.json"))
            return {};
        ++have;
    }
    return have == 0 ? Check() : Check{State::Incomplete, Words::tr("%1 is missing, which all other saves of this run have").arg(u"config.json"_s)};
}

/// Shards of the model are found by their index alone.
Check checkShardsHaveIndex(const Index &index, const QByteArray &folder)
{
    for (const Entry *entry : index.filesIn(folder)) {
        const std::optional<ShardName> shard = shardName(baseName(entry->path));
        if (!shard || (shard->prefix != "model" && shard->prefix != "pytorch_model"))
            continue;
        const QByteArray name = shard->prefix + shard->suffix + ".index.json";
        if (!index.find(folder, name))
            return {State::Incomplete, Words::tr("%1 is missing, without which its shards are not found").arg(text::safe(pathToText(name)))};
    }
    return {};
}

SaveParts findParts(const Index &index, const QByteArray &folder, Source &source, const Limits &limits)
{
    SaveParts parts;
    for (const char *name : indexes) {
        if (const Entry *entry = index.find(folder, name)) {
            parts.model = true;
            worsen(parts.check, checkShardIndex(index, folder, *entry, source, limits).check);
        }
    }
    for (const char *name : models) {
        if (const Entry *entry = index.find(folder, name)) {
            parts.model = true;
            worsen(parts.check, checkWeightsFile(*entry, source, limits));
        }
    }
    for (const char *name : optimizers) {
        if (const Entry *entry = index.find(folder, name)) {
            parts.optimizer = true;
            worsen(parts.check, checkWeightsFile(*entry, source, limits));
        }
    }
    addShardedParts(index, folder, source, limits, parts);
    worsen(parts.check, checkAdapter(index, folder, source, limits));
    worsen(parts.check, checkConfig(index, folder, source, limits));
    worsen(parts.check, checkShardsHaveIndex(index, folder));
    if (!parts.model) // an adapter with a name has a folder of this name
        addWeightsBelow(index, folder, source, limits, parts);
    return parts;
}

/// DeepSpeed is asked for the checkpoint without a tag, and finds it by "latest" alone (transformers,
/// deepspeed_load_checkpoint): `step` is the trainer's.
Check checkLatest(const Index &index, const QByteArray &folder, std::optional<qint64> step, Source &source, const Limits &limits)
{
    if (!std::ranges::any_of(index.foldersIn(folder), [](const QByteArray &child) { return baseName(child).startsWith("global_step"); }))
        return {};
    const Entry *latest = index.find(folder, "latest");
    if (!latest)
        return {State::Incomplete, Words::tr("latest is missing, without which DeepSpeed finds none of its files")};
    const SmallText tag = readSmallText(*latest, source, limits);
    if (!tag.check.isGood())
        return tag.check;
    const QString shown = text::safe(pathToText(tag.text.left(80)));
    if (!index.foldersIn(folder).contains(joined(folder, tag.text)))
        return {State::Broken, Words::tr("latest names %1, which is not there, so DeepSpeed finds none of its files").arg(shown)};
    const NameFacts name = factsFromName(tag.text);
    if (name.explicitStep && name.step && step && *name.step != *step)
        return {State::Broken, Words::tr("latest names %1, trainer_state.json is of step %2").arg(shown).arg(*step)};
    return {};
}

/// An optimizer that never made a step, or lost its state: {}, or param_groups alone. SGD without momentum keeps none.
bool hasNoState(const Entry &optimizer, Source &source, const Limits &limits)
{
    FileReader file(source, optimizer, limits.fileBudget);
    const ZipDirectory directory = ZipDirectory::read(file, limits);
    if (!directory.check.isGood())
        return false; // said elsewhere
    const auto pkl = std::ranges::find_if(directory.entries, [](const ZipEntry &entry) { return entry.name.endsWith("/data.pkl"); });
    if (pkl == directory.entries.end())
        return false;
    const ZipBytes bytes = readZipEntry(file, directory, *pkl, limits);
    const Pickle pickle(bytes.data);
    if (!bytes.check.isGood() || pickle.end() != Pickle::End::Complete || !pickle.isMapping(pickle.root()))
        return false;
    const Pickle::Id state = pickle.member(pickle.root(), "state");
    const Pickle::Id groups = pickle.member(pickle.root(), "param_groups");
    if (state == Pickle::none)
        return groups != Pickle::none || pickle.node(pickle.root()).items.empty();
    if (!pickle.isMapping(state) || !pickle.node(state).items.empty())
        return false;
    if (groups == Pickle::none || pickle.node(groups).items.empty())
        return true;
    return !std::ranges::all_of(pickle.node(groups).items, [&](Pickle::Id group) {
        const Pickle::Id momentum = pickle.member(group, "momentum");
        return momentum != Pickle::none && pickle.integer(momentum) == 0;
    });
}

/// Why the trainer would not go on from what is there; empty where it would.
QString lackOf(const Index &index, const QByteArray &folder, const SaveParts &parts, Source &source, const Limits &limits)
{
    if (!parts.optimizer)
        return Words::tr("it was saved with save_only_model, so the optimizer state is not there");
    const Entry *optimizer = index.find(folder, "optimizer.pt");
    const bool sharded = parts.worldSize > 0 || index.find(folder, "optimizer.bin") // FSDP and DeepSpeed
        || std::ranges::any_of(index.foldersIn(folder), [](const QByteArray &child) { return baseName(child).startsWith("optimizer_"); });
    if (!optimizer || sharded)
        return {};
    if (hasNoState(*optimizer, source, limits))
        return Words::tr("optimizer.pt holds no optimizer state");
    if (!index.find(folder, "scheduler.pt"))
        return Words::tr("scheduler.pt is missing, and the trainer loads optimizer.pt only beside it: the optimizer would begin anew");
    return {};
}

struct TrainerState {
    Check check;
    std::optional<qint64> step;
    std::optional<double> epoch;
    std::optional<double> loss;
};

/// The value of a number directly after `"key":` in a text that is not complete JSON.
std::optional<double> numberAfter(const QByteArray &text, const QByteArray &key)
{
    qsizetype at = text.indexOf('"' + key + "\":");
    if (at < 0)
        return std::nullopt;
    at += key.size() + 3;
    while (at < text.size() && text[at] == ' ')
        ++at;
    qsizetype end = at;
    while (end < text.size() && (isdigit(static_cast<uchar>(text[end])) || text[end] == '.' || text[end] == 'e'
                                 || text[end] == '-' || text[end] == '+'))
        ++end;
    bool ok = false;
    const double value = text.mid(at, end - at).toDouble(&ok);
    return ok && end < text.size() ? std::optional<double>(value) : std::nullopt;
}

TrainerState readTrainerState(const Entry &entry, Source &source, const Limits &limits)
{
    TrainerState state;
    FileReader file(source, entry, limits.fileBudget);
    if (file.size() == 0) {
        state.check = {State::Incomplete, Words::tr("trainer_state.json is empty")};
        return state;
    }
    // Its log grows with the run. Away from the local disk its first and last bytes must do.
    constexpr qint64 wholeRead = 128 * 1024;
    if (file.size() > wholeRead && !file.isLocal()) {
        const FileReader::Bytes head = file.read(0, 4096);
        const FileReader::Bytes tail = file.read(file.size() - 16, 16);
        if (!head.ok() || !tail.ok()) {
            state.check = readFailure(head.ok() ? tail.status : head.status, limits.fileBudget);
            return state;
        }
        if (!head.data.trimmed().startsWith('{') || !tail.data.trimmed().endsWith('}'))
            state.check = {State::Incomplete, Words::tr("trainer_state.json breaks off")};
        if (const std::optional<double> step = numberAfter(head.data, "global_step"))
            state.step = wholeNumber(QJsonValue(*step));
        state.epoch = numberAfter(head.data, "epoch");
        return state;
    }
    const FileReader::Bytes bytes = file.read(0, file.size());
    if (!bytes.ok()) {
        state.check = readFailure(bytes.status, limits.fileBudget);
        return state;
    }
    const std::optional<QJsonObject> json = parsePythonJson(bytes.data);
    if (!json) {
        state.check = {State::Incomplete, Words::tr("trainer_state.json is not valid JSON: it is cut short or still being written")};
        return state;
    }
    state.step = wholeNumber(json->value(u"global_step"_s));
    if (!state.step)
        state.check = {State::Broken, Words::tr("trainer_state.json names no global_step")};
    const QJsonValue epoch = json->value(u"epoch"_s);
    if (epoch.isDouble() && epoch.toDouble() >= 0)
        state.epoch = epoch.toDouble();
    const QJsonArray log = json->value(u"log_history"_s).toArray();
    for (qsizetype i = log.size(); i > 0 && !state.loss; --i) {
        const QJsonValue loss = log.at(i - 1)[u"loss"_s];
        if (loss.isDouble())
            state.loss = loss.toDouble();
    }
    return state;
}

/// Every rank writes its own RNG state, and rank 0 does not wait for the others.
Check checkRngStates(const Index &index, const QByteArray &folder, std::optional<qint64> worldSize)
{
    const QSet<int> ranks = rngRanks(index, folder);
    int highest = -1;
    for (const int rank : ranks)
        highest = std::max(highest, rank);
    if (ranks.isEmpty()) {
        if (worldSize.value_or(1) > 1)
            return {State::Incomplete, Words::tr("none of %1 rng_state files is there").arg(*worldSize)};
        return index.find(folder, "rng_state.pth") ? Check{} : Check{State::Incomplete, Words::tr("rng_state.pth is missing")};
    }
    // The numbered form is used for two ranks or more.
    const qint64 expected = std::max<qint64>({2, highest + 1, worldSize.value_or(0)});
    if (ranks.size() < expected)
        return {State::Incomplete, Words::tr("%1 of %2 rng_state files are there").arg(ranks.size()).arg(expected)};
    return {};
}

Check checkOtherTorchFiles(const Index &index, const QByteArray &folder, Source &source, const Limits &limits,
                           std::optional<qint64> &worldSize)
{
    Check worst;
    for (const Entry *entry : index.filesIn(folder)) {
        const QByteArray name = baseName(entry->path);
        const bool torch = name == "scheduler.pt" || name == "scaler.pt" || name == "training_args.bin"
            || (name.startsWith("rng_state") && name.endsWith(".pth"));
        if (!torch)
            continue;
        if (name == "training_args.bin") {
            FileReader file(source, *entry, limits.fileBudget);
            const TorchFile arguments = probeTorch(file, limits);
            worldSize = arguments.worldSize;
            // It names the trainer's own classes; a resume does not load it.
            if (!arguments.globals.unknown.isEmpty() && arguments.check.state == State::Unverified)
                continue;
        }
        worsen(worst, checkWeightsFile(*entry, source, limits));
    }
    return worst;
}

bool isTrainerFolder(const Index &index, const QByteArray &folder)
{
    bool model = false;
    bool training = false;
    for (const Entry *entry : index.filesIn(folder)) {
        const QByteArray name = baseName(entry->path);
        if (name.endsWith(".pdparams"))
            return false; // PaddleNLP's trainer writes folders and files of these names too
        model = model || name.startsWith("model.safetensors") || name.startsWith("pytorch_model")
            || name.startsWith("adapter_model.") || name.startsWith("model-0");
        training = training || name == "optimizer.pt" || name == "optimizer.bin" || name == "scheduler.pt"
            || name.startsWith("rng_state") || name.startsWith("checkpoint-is-incomplete.txt");
    }
    const bool state = index.find(folder, "trainer_state.json") != nullptr;
    if (isTrainerFolderName(index.nameOf(folder))) {
        // Accelerate's save_state uses the same folder name in many scripts; it has no trainer_state.json.
        return state || ((model || training || index.find(folder, "training_args.bin")) && !isAccelerateFolder(index, folder));
    }
    return state && training;
}

/// Folders of transformers' Trainer: "checkpoint-<step>" with model, optimizer, RNG states and trainer_state.json,
/// which rank 0 writes last. Its subfolders (FSDP, DeepSpeed) belong to it.
std::optional<Finding> recogniseHfTrainer(const Index &index, const QByteArray &folder, Source &source,
                                          const Limits &limits)
{
    if (!isTrainerFolder(index, folder))
        return std::nullopt;
    Finding finding;
    setPlace(finding, folder);
    finding.format = u"hf-trainer"_s;
    finding.proof = Proof::Probe; // other ranks may still write when trainer_state.json is there

    TrainerState state;
    const Entry *stateFile = index.find(folder, "trainer_state.json");
    if (stateFile)
        state = readTrainerState(*stateFile, source, limits);
    else
        state.check = {State::Incomplete, Words::tr("trainer_state.json, which is written last, is missing")};
    finding.check = state.check;
    finding.epoch = state.epoch;
    finding.loss = state.loss;

    for (const Entry *entry : index.filesIn(folder)) {
        if (baseName(entry->path).startsWith("checkpoint-is-incomplete.txt"))
            worsen(finding.check, {State::Incomplete, Words::tr("the marker %1 says that the save was not finished")
                                                          .arg(text::safe(baseName(entry->path)))});
    }

    const SaveParts parts = findParts(index, folder, source, limits);
    worsen(finding.check, parts.check);
    if (parts.step && state.step && *parts.step != *state.step)
        worsen(finding.check, {State::Broken, Words::tr("DeepSpeed's files are of step %1, trainer_state.json of step %2").arg(*parts.step).arg(*state.step)});
    std::optional<qint64> worldSize;
    worsen(finding.check, checkOtherTorchFiles(index, folder, source, limits, worldSize));
    if (!worldSize && parts.worldSize > 0)
        worldSize = parts.worldSize; // DeepSpeed's files tell as well
    finding.ranksKnown = worldSize.has_value();
    // What rank 0 writes before trainer_state.json is damage when it is gone afterwards.
    const State gone = stateFile ? State::Broken : State::Incomplete;
    Check latest = checkLatest(index, folder, state.step, source, limits);
    if (latest.state == State::Incomplete)
        latest.state = gone;
    worsen(finding.check, latest);
    if (!parts.model)
        worsen(finding.check, {gone, Words::tr("the model is missing")});
    const bool scheduler = index.find(folder, "scheduler.pt") != nullptr;
    const qsizetype ranks = rngRanks(index, folder).size();
    const bool rng = ranks > 0 || index.find(folder, "rng_state.pth");
    if (!parts.optimizer && (scheduler || rng))
        worsen(finding.check, {gone, Words::tr("the optimizer state is missing")});
    if (parts.optimizer)
        worsen(finding.check, checkRngStates(index, folder, worldSize));

    finding.ranks = std::max(1, static_cast<int>(ranks));
    finding.lack = lackOf(index, folder, parts, source, limits);
    finding.holdsTraining = finding.lack.isEmpty();
    finding.worldSize = parts.worldSize;
    finding.goodReason = Words::tr("trainer_state.json, the model and every other file of the trainer are there and hold");
    decideStep(finding, factsFromName(index.nameOf(folder)), state.step, std::nullopt);
    addMembers(finding, index, folder);
    return finding;
}

} // namespace

const Format hfTrainerFormat{
    .names = "trainer_state.json config.json adapter_config.json latest *.bin.index.json *.safetensors.index.json",
    .parts = "training_args.bin scaler.pt optimizer.* optimizer_* scheduler.* scheduler_* rng_state* trainer_state.json latest "
             "*_optim_states.pt *_model_states.pt",
    .folder = recogniseHfTrainer,
};

} // namespace cairn::ckpt
