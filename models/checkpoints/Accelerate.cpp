// SPDX-License-Identifier: GPL-3.0-or-later
#include "checkpoints/Accelerate.h"

#include "checkpoints/Format.h"
#include "checkpoints/Paths.h"
#include "checkpoints/SaveParts.h"
#include "checkpoints/SmallFiles.h"
#include "checkpoints/TorchFile.h"
#include "checkpoints/Weights.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::ckpt {
namespace {

QSet<int> randomRanks(const Index &index, const QByteArray &folder)
{
    return ranksIn(index, folder, "random_states_", ".pkl");
}

bool isOptimizerName(const QByteArray &name)
{
    return name.startsWith("optimizer") && name.endsWith(".bin");
}

/// Files beside weights and optimizer: "scheduler.bin", "sampler_1.bin", "dl_state_dict.bin", "scaler.pt".
bool isOtherStateName(const QByteArray &name)
{
    return ((name.startsWith("scheduler") || name.startsWith("sampler") || name.startsWith("dl_state_dict")) && name.endsWith(".bin"))
        || name == "scaler.pt";
}

/// "checkpoint_<i>", as save_state names folders by itself: i counts saves, and says nothing about steps.
bool isSaveCounter(const QByteArray &name)
{
    return name.startsWith("checkpoint_") && name.size() > 11
        && std::all_of(name.begin() + 11, name.end(), [](char c) { return c >= '0' && c <= '9'; });
}

} // namespace

bool isAccelerateFolder(const Index &index, const QByteArray &folder)
{
    if (index.find(folder, "trainer_state.json"))
        return false;
    if (!randomRanks(index, folder).isEmpty())
        return true;
    // Broken off before the last files were written: told from the Trainer's folders by the endings.
    bool optimizer = false;
    bool scheduler = false;
    for (const Entry *entry : index.filesIn(folder)) {
        const QByteArray name = baseName(entry->path);
        if (name == "optimizer.pt" || name == "scheduler.pt" || name == "training_args.bin" || name.startsWith("rng_state"))
            return false;
        optimizer = optimizer || isOptimizerName(name);
        scheduler = scheduler || (name.startsWith("scheduler") && name.endsWith(".bin"));
    }
    return optimizer && scheduler;
}

namespace {

std::optional<Finding> recogniseAccelerate(const Index &index, const QByteArray &folder, Source &source, const Limits &limits)
{
    if (!isAccelerateFolder(index, folder))
        return std::nullopt;
    Finding finding;
    setPlace(finding, folder);
    finding.format = u"accelerate"_s;
    finding.proof = Proof::Count;

    SaveParts parts;
    addWeights(index, folder, source, limits, parts);
    addWeightsBelow(index, folder, source, limits, parts);
    addShardedParts(index, folder, source, limits, parts);
    QSet<qint64> steps; // save_state's own counter, which is the same on all ranks
    for (const Entry *entry : index.filesIn(folder)) {
        const QByteArray name = baseName(entry->path);
        const bool optimizer = isOptimizerName(name);
        const bool random = name.startsWith("random_states_") && name.endsWith(".pkl");
        const bool custom = name.startsWith("custom_checkpoint_") && name.endsWith(".pkl");
        if (random) {
            const TorchFile torch = probeTorchMember(*entry, source, limits);
            worsen(parts.check, torch.check);
            if (torch.numbers.contains("step"))
                steps << torch.numbers.value("step");
            continue;
        }
        if (!optimizer && !isOtherStateName(name) && !custom)
            continue;
        parts.optimizer = parts.optimizer || optimizer;
        worsen(parts.check, checkWeightsFile(*entry, source, limits));
    }
    for (const QByteArray &part : subtree(index, folder)) {
        if (const Entry *settings = index.find(part, "config.json"))
            worsen(parts.check, checkSettings(*settings, source, limits));
    }
    finding.check = parts.check;
    if (steps.size() > 1)
        worsen(finding.check, {State::Broken, Words::tr("its files are of different steps: %1 and %2").arg(*std::ranges::min_element(steps)).arg(*std::ranges::max_element(steps))});

    const QSet<int> ranks = randomRanks(index, folder);
    const int highest = ranks.isEmpty() ? -1 : *std::ranges::max_element(ranks);
    if (ranks.isEmpty())
        worsen(finding.check, {State::Incomplete, Words::tr("random_states_<rank>.pkl, which each rank writes last, are missing")});
    else if (ranks.size() <= highest)
        worsen(finding.check, {State::Incomplete, Words::tr("%1 of %2 random_states files are there").arg(ranks.size()).arg(highest + 1)});
    finding.ranks = std::max(1, static_cast<int>(ranks.size()));

    // FSDP 2 without torch.distributed.checkpoint: each rank keeps its own piece, and needs it again.
    finding.worldSize = parts.worldSize;
    for (const char *prefix : {"optimizer_0_rank", "pytorch_model_fsdp_0_rank"}) {
        const QSet<int> pieces = ranksIn(index, folder, prefix, ".bin");
        if (pieces.isEmpty())
            continue;
        const int expected = std::max({*std::ranges::max_element(pieces) + 1, highest + 1, finding.worldSize});
        finding.worldSize = expected;
        if (pieces.size() < expected)
            worsen(finding.check, {State::Incomplete, Words::tr("%1 of %2 files %3<rank>.bin are there").arg(pieces.size()).arg(expected).arg(QString::fromLatin1(prefix))});
    }
    if (ranks.size() < finding.worldSize)
        worsen(finding.check, {State::Incomplete, Words::tr("%1 of %2 random_states files are there").arg(ranks.size()).arg(finding.worldSize)});
    finding.holdsTraining = parts.optimizer && parts.model;
    if (!parts.optimizer)
        finding.lack = Words::tr("there is no optimizer state in it");
    else if (!parts.model) // they may have names of the script's own, or be lost
        worsen(finding.check, {State::Unverified, Words::tr("no weights were found in it")});
    finding.goodReason = Words::tr("every file of the save is there and holds; ranks with random states: %1").arg(finding.ranks);
    const QByteArray name = index.nameOf(folder);
    decideStep(finding, isSaveCounter(name) ? NameFacts() : factsFromName(name), std::nullopt, std::nullopt);
    finding.savesAlike = true;
    addMembers(finding, index, folder);
    return finding;
}

} // namespace

const Format accelerateFormat{
    .names = "random_states_*.pkl custom_checkpoint_*.pkl",
    .parts = "random_states_* custom_checkpoint_* sampler.* dl_state_dict.bin",
    .folder = recogniseAccelerate,
};

} // namespace cairn::ckpt
