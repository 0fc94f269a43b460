// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Text.h"
#include "checkpoints/Dcp.h"
#include "checkpoints/Format.h"
#include "checkpoints/Json.h"
#include "checkpoints/Paths.h"
#include "checkpoints/SaveParts.h"
#include "checkpoints/SmallFiles.h"
#include "checkpoints/Weights.h"

#include <QMap>
#include <QRegularExpression>
#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

/// Saves that are a tree of folders, one for each role or part, around files of torch.save, safetensors or
/// torch.distributed.checkpoint. Told by a file or folders that no other framework has.
namespace cairn::ckpt {
namespace {

struct Kind {
    const char *id;
    const char *required; ///< files that are always written, relative, separated by spaces; may be empty
    const char *marker;   ///< the one that is written last; may be empty
    const char *tracker;  ///< beside the folder, with the step of the newest; may be empty
    Proof proof;
    bool (*is)(const Index &index, const QByteArray &folder);
};

bool hasFolder(const Index &index, const QByteArray &folder, const char *name)
{
    return index.foldersIn(folder).contains(joined(folder, name));
}

bool hasDcp(const Index &index, const QByteArray &folder)
{
    return std::ranges::any_of(index.filesIn(folder), [](const Entry *entry) {
        return entry->path.endsWith(".distcp") || entry->path.endsWith("/.metadata");
    });
}

/// Version 1 of LLaMA-Factory's trainer: its rotation deletes folders without the marker.
bool isLlamaFactory(const Index &index, const QByteArray &folder)
{
    return index.find(folder, "CHECKPOINT_COMPLETE")
        || (isTrainerFolderName(index.nameOf(folder)) && hasFolder(index, folder, "model") && hasFolder(index, folder, "rng_state")
            && !index.find(folder, "trainer_state.json"));
}

/// Written as tmp_step_<N>, then renamed.
bool isNemoRl(const Index &index, const QByteArray &folder)
{
    return hasFolder(index, folder, "policy") && (index.find(folder, "training_info.json") || index.find(folder, "train_dataloader.pt"));
}

bool isSkyRl(const Index &index, const QByteArray &folder)
{
    return hasFolder(index, folder, "policy")
        && (index.find(folder, "trainer_state.pt") || (!folder.isEmpty() && index.find(parentPath(folder), "latest_ckpt_global_step.txt")));
}

bool isPrimeRl(const Index &index, const QByteArray &folder)
{
    return hasDcp(index, joined(folder, "trainer")) && (hasFolder(index, folder, "orchestrator") || index.nameOf(folder).startsWith("step_"));
}

bool isVeOmni(const Index &index, const QByteArray &folder)
{
    return hasDcp(index, folder) && hasFolder(index, folder, "extra_state");
}

bool isXtuner(const Index &index, const QByteArray &folder)
{
    return hasDcp(index, joined(folder, "weights")) && index.find(folder, "train_state.json");
}

/// NeMo 2: "weights", a save of Megatron's, and "context". "<name>-unfinished" stands beside it until all is written.
bool isNemo(const Index &index, const QByteArray &folder)
{
    const QByteArray weights = joined(folder, "weights");
    return hasDcp(index, weights) && !index.find(folder, "train_state.json") && (hasFolder(index, folder, "context") || index.tree().others.contains(joined(folder, "context")));
}

/// NeMo Automodel: "epoch_<E>_step_<S>/{model,optim}", with ".incomplete" until all is written.
bool isAutomodel(const Index &index, const QByteArray &folder)
{
    const QByteArray name = index.nameOf(folder);
    return name.startsWith("epoch_") && name.contains("_step_") && hasFolder(index, folder, "model")
        && (hasFolder(index, folder, "optim") || index.tree().others.contains(folder));
}

/// AReaL keeps one "recover_checkpoint", which it writes anew each time, and then recover_info/step_info.json.
bool isAReal(const Index &index, const QByteArray &folder)
{
    return index.nameOf(folder) == "recover_checkpoint" && (hasDcp(index, folder) || !index.filesIn(folder).isEmpty());
}

/// Written after the save: beside it or one folder up; nullptr where there is none.
const Entry *arealInfo(const Index &index, const QByteArray &folder)
{
    if (folder.isEmpty())
        return nullptr;
    const QByteArray parent = parentPath(folder);
    if (const Entry *entry = index.find(joined(parent, "recover_info"), "step_info.json"))
        return entry;
    return parent.isEmpty() ? nullptr : index.find(joined(parentPath(parent), "recover_info"), "step_info.json");
}

constexpr std::array kinds{
    Kind{"llama-factory", "", "CHECKPOINT_COMPLETE", "", Proof::MarkerLast, isLlamaFactory},
    Kind{"nemo-rl", "train_dataloader.pt training_info.json", "", "", Proof::Renamed, isNemoRl},
    Kind{"skyrl", "data.pt trainer_state.pt", "", "latest_ckpt_global_step.txt", Proof::Count, isSkyRl},
    Kind{"prime-rl", "orchestrator/progress.pt", "", "", Proof::Count, isPrimeRl},
    Kind{"veomni", "", ".metadata", "", Proof::MarkerLast, isVeOmni},
    Kind{"xtuner", "train_state.json", "", "", Proof::Probe, isXtuner},
    Kind{"nemo", "", "", "", Proof::MarkerLast, isNemo},
    Kind{"automodel", "", "", "", Proof::Count, isAutomodel},
    Kind{"areal", "", "", "", Proof::MarkerLast, isAReal},
};

/// Files of ranks, "<stem>rank_<r>.pt", with gaps; where the name says how many there are, with the last ones missing.
void checkRanks(Finding &finding, const Index &index, const QByteArray &folder)
{
    static const QRegularExpression pattern(u"^(.*?)(?:world_size_(\\d{1,6})_)?rank_(\\d{1,6})\\.pt$"_s);
    QMap<QString, QSet<int>> ranks;
    QMap<QString, int> expected;
    for (const Entry *entry : index.filesIn(folder)) {
        const QRegularExpressionMatch match = pattern.match(QString::fromLatin1(baseName(entry->path)));
        if (!match.hasMatch())
            continue;
        const int rank = match.captured(3).toInt();
        const int world = match.captured(2).toInt();
        ranks[match.captured(1)] << rank;
        expected[match.captured(1)] = std::max({expected.value(match.captured(1)), rank + 1, world});
        finding.worldSize = std::max(finding.worldSize, world);
    }
    for (auto it = ranks.begin(); it != ranks.end(); ++it) {
        if (it->size() < expected.value(it.key())) {
            worsen(finding.check, {State::Incomplete, Words::tr("%1: the files of %2 of %3 ranks are there").arg(text::safe(pathToText(folder)))
                                                          .arg(it->size()).arg(expected.value(it.key()))});
        }
    }
}

/// Everything below, by its own rules; true in `optimizer` and `model` for what was found.
void checkContents(Finding &finding, const Index &index, const QList<QByteArray> &folders, Source &source, const Limits &limits,
                   bool &model, bool &optimizer)
{
    for (const QByteArray &folder : folders) {
        const QByteArray below = folder.mid(finding.path.isEmpty() ? 0 : finding.path.size() + 1);
        const bool optimizerFolder = below.contains("optim");
        if (const std::optional<Finding> dcp = recogniseDcp(index, folder, source, limits)) {
            worsen(finding.check, dcp->check);
            model = model || !optimizerFolder;
            optimizer = optimizer || optimizerFolder || dcp->holdsTraining;
        }
        checkRanks(finding, index, folder);
        for (const Entry *entry : index.filesIn(folder)) {
            const QByteArray name = baseName(entry->path);
            const bool tensors = name.endsWith(".safetensors") || name.endsWith(".bin");
            if (!tensors && !name.endsWith(".pt"))
                continue;
            worsen(finding.check, checkWeightsFile(*entry, source, limits));
            optimizer = optimizer || name.startsWith("optim") || optimizerFolder;
            model = model || (!optimizerFolder && (tensors || (!below.isEmpty() && name.startsWith("model"))));
        }
    }
}

/// The step of the save, by the file that is written after it.
std::optional<qint64> checkArealInfo(Finding &finding, const Index &index, const QByteArray &folder, Source &source, const Limits &limits)
{
    const Entry *info = arealInfo(index, folder);
    if (!info) {
        worsen(finding.check, {State::Incomplete, Words::tr("recover_info/step_info.json, which is written after it, is missing")});
        return std::nullopt;
    }
    const SmallJson json = readSmallJson(*info, source, limits);
    worsen(finding.check, json.check);
    for (const Entry *entry : index.filesIn(folder)) {
        if (entry->mtimeMs > info->mtimeMs + 2000) {
            worsen(finding.check, {State::Unverified, Words::tr("it is newer than step_info.json: a later save may have been broken off over this one")});
            break;
        }
    }
    const std::optional<qint64> step = wholeNumber(json.object[u"global_step"_s]);
    if (json.check.isGood() && !step)
        worsen(finding.check, {State::Broken, Words::tr("step_info.json names no global_step")});
    finding.add(*info, Role::Marker);
    return step;
}

std::optional<Finding> judgeTree(const Kind &kind, const Index &index, const QByteArray &folder, Source &source, const Limits &limits)
{
    Finding finding;
    setPlace(finding, folder);
    finding.format = QString::fromLatin1(kind.id);
    finding.proof = kind.proof;
    const auto say = [](const QByteArray &name) { return text::safe(pathToText(name)); };
    const QByteArray marker = kind.marker;
    if (!marker.isEmpty() && !index.find(folder, marker))
        worsen(finding.check, {State::Incomplete, Words::tr("%1, which is written last, is missing").arg(say(marker))});
    for (const QByteArray &name : QByteArray(kind.required).split(' ')) {
        const Entry *entry = name.isEmpty() ? nullptr : index.find(folder, name);
        if (!name.isEmpty() && !entry)
            worsen(finding.check, {State::Incomplete, Words::tr("%1 is missing").arg(say(name))});
        else if (entry && name.endsWith(".json"))
            worsen(finding.check, readSmallJson(*entry, source, limits).check);
    }
    bool model = false;
    bool optimizer = false;
    const QList<QByteArray> all = subtree(index, folder);
    checkContents(finding, index, all, source, limits, model, optimizer);
    if (!model)
        worsen(finding.check, {State::Incomplete, Words::tr("the weights are missing")});
    finding.savesAlike = true;
    finding.holdsTraining = model && optimizer;
    finding.lack = Words::tr("there is no optimizer state in it");
    finding.goodReason = Words::tr("every part of the save is there and holds");
    const std::optional<qint64> recorded = kind.is == isAReal ? checkArealInfo(finding, index, folder, source, limits) : std::nullopt;
    decideStep(finding, factsFromName(index.nameOf(folder)), recorded, std::nullopt);
    const QByteArray tracker = kind.tracker;
    if (const Entry *entry = tracker.isEmpty() || folder.isEmpty() ? nullptr : index.find(parentPath(folder), tracker)) {
        const SmallText text = readSmallText(*entry, source, limits);
        bool ok = false;
        const qint64 step = text.text.toLongLong(&ok);
        if (text.check.state == State::Pending)
            worsen(finding.check, text.check);
        if (ok && finding.step == step)
            finding.proof = Proof::Tracker;
        if (ok && finding.step && *finding.step > step)
            worsen(finding.check, {State::Unverified, Words::tr("the tracker file, which is written last, names step %1").arg(step)});
    }
    for (const QByteArray &below : all) {
        for (const Entry *entry : index.filesIn(below))
            finding.add(*entry, baseName(entry->path) == marker ? Role::Marker : trainerRole(baseName(entry->path)));
        finding.extent.add(index.tree().others.value(below));
    }
    finding.folders = all.sliced(1);
    return finding;
}

std::optional<Finding> recogniseTree(const Index &index, const QByteArray &folder, Source &source, const Limits &limits)
{
    for (const Kind &kind : kinds) {
        if (kind.is(index, folder))
            return judgeTree(kind, index, folder, source, limits);
    }
    return std::nullopt;
}

} // namespace

const Format roleTreeFormat{
    .names = "CHECKPOINT_COMPLETE training_info.json train_state.json latest_ckpt_global_step.txt step_info.json *.pt *.safetensors *.distcp *.metadata",
    .parts = "CHECKPOINT_COMPLETE training_info.json train_state.json latest_ckpt_global_step.txt step_info.json",
    .folder = recogniseTree,
};

} // namespace cairn::ckpt
