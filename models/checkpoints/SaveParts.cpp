// SPDX-License-Identifier: GPL-3.0-or-later
#include "checkpoints/SaveParts.h"

#include "base/Text.h"
#include "checkpoints/Dcp.h"
#include "checkpoints/DeepSpeed.h"
#include "checkpoints/Paths.h"
#include "checkpoints/Weights.h"

#include <QMap>
#include <algorithm>
#include <array>

namespace cairn::ckpt {
namespace {

/// ".safetensors", and those ".bin" files that hold weights: an optimizer or a sampler has this ending too.
bool isWeightsName(const QByteArray &name)
{
    if (name.endsWith(".safetensors"))
        return true;
    return name.endsWith(".bin")
        && (name.startsWith("pytorch_model") || name.startsWith("diffusion_pytorch_model") || name.startsWith("adapter_model")
            || name.startsWith("pytorch_lora_weights") || name.startsWith("model"));
}

/// Folders that hold one part in a sharded form of their own; addShardedParts() looks into them.
bool isShardedPart(const Index &index, const QByteArray &folder)
{
    const QByteArray name = baseName(folder);
    return name.startsWith("optimizer_") || name.startsWith("pytorch_model_fsdp") || name.startsWith("global_step")
        || std::ranges::any_of(index.filesIn(folder), [](const Entry *entry) { return entry->path.endsWith("_model_states.pt"); });
}

} // namespace

bool isTrainerFolderName(const QByteArray &name)
{
    // transformers' own pattern is ^checkpoint-(\d+)$
    if (!name.startsWith("checkpoint-") || name.size() == 11)
        return false;
    return std::all_of(name.begin() + 11, name.end(), [](char c) { return c >= '0' && c <= '9'; });
}

QList<QByteArray> subtree(const Index &index, const QByteArray &folder)
{
    QList<QByteArray> all{folder};
    for (qsizetype i = 0; i < all.size(); ++i) {
        for (const QByteArray &child : index.foldersIn(all[i])) {
            if (!isTrainerFolderName(index.nameOf(child)))
                all << child;
        }
    }
    return all;
}

QSet<int> ranksIn(const Index &index, const QByteArray &folder, const QByteArray &prefix, const QByteArray &suffix)
{
    QSet<int> ranks;
    for (const Entry *entry : index.filesIn(folder)) {
        const QByteArray name = baseName(entry->path);
        if (name.size() <= prefix.size() + suffix.size() || !name.startsWith(prefix) || !name.endsWith(suffix))
            continue;
        bool ok = false;
        const int rank = name.mid(prefix.size()).chopped(suffix.size()).toInt(&ok);
        if (ok && rank >= 0)
            ranks << rank;
    }
    return ranks;
}

void addShardedParts(const Index &index, const QByteArray &folder, Source &source, const Limits &limits, SaveParts &parts)
{
    for (const QByteArray &child : index.foldersIn(folder)) {
        const QByteArray name = baseName(child);
        const bool fsdpOptimizer = name.startsWith("optimizer_");
        if (fsdpOptimizer || name.startsWith("pytorch_model_fsdp")) {
            if (const std::optional<Finding> dcp = recogniseDcp(index, child, source, limits)) {
                (fsdpOptimizer ? parts.optimizer : parts.model) = true;
                worsen(parts.check, dcp->check);
            }
        } else if (const std::optional<Finding> deepSpeed = recogniseDeepSpeed(index, child, source, limits)) {
            parts.model = true;
            parts.optimizer = parts.optimizer || deepSpeed->holdsTraining;
            parts.step = deepSpeed->counted ? deepSpeed->counted : deepSpeed->step;
            parts.worldSize = std::max(parts.worldSize, deepSpeed->worldSize);
            worsen(parts.check, deepSpeed->check);
        }
    }
}

void addWeights(const Index &index, const QByteArray &folder, Source &source, const Limits &limits, SaveParts &parts)
{
    QSet<QByteArray> used;
    for (const Entry *entry : index.filesIn(folder)) {
        if (!entry->path.endsWith(".safetensors.index.json") && !entry->path.endsWith(".bin.index.json"))
            continue;
        const ShardSet set = checkShardIndex(index, folder, *entry, source, limits);
        parts.model = true;
        worsen(parts.check, set.check);
        used.unite({set.names.begin(), set.names.end()});
    }
    QMap<QByteArray, int> shards; // "prefix\ncount" → how many
    for (const Entry *entry : index.filesIn(folder)) {
        const QByteArray name = baseName(entry->path);
        if (used.contains(name) || !isWeightsName(name))
            continue;
        parts.model = true;
        worsen(parts.check, checkWeightsFile(*entry, source, limits));
        if (const std::optional<ShardName> shard = shardName(name))
            ++shards[shard->prefix + '\n' + QByteArray::number(shard->count)];
    }
    for (auto it = shards.begin(); it != shards.end(); ++it) {
        const int expected = it.key().mid(it.key().lastIndexOf('\n') + 1).toInt();
        if (it.value() < expected)
            worsen(parts.check, {State::Incomplete, Words::tr("%1 of %2 shards are there").arg(it.value()).arg(expected)});
    }
}

void addWeightsBelow(const Index &index, const QByteArray &folder, Source &source, const Limits &limits, SaveParts &parts)
{
    const QList<QByteArray> below = subtree(index, folder);
    for (const QByteArray &child : below.sliced(1)) {
        if (!isShardedPart(index, child))
            addWeights(index, child, source, limits, parts);
    }
}

Role trainerRole(const QByteArray &name)
{
    if (name.endsWith(".index.json") || name == ".metadata")
        return Role::Index;
    if (name == "trainer_state.json" || name.startsWith("checkpoint-is-incomplete.txt"))
        return Role::Marker;
    if (name.startsWith("optimizer") || name.endsWith("_optim_states.pt"))
        return Role::Optimizer;
    if (isWeightsName(name) || name.endsWith("_model_states.pt"))
        return Role::Weights;
    static constexpr std::array state{"scheduler", "sampler", "scaler", "rng_state", "random_states_", "dl_state_dict", "custom_checkpoint_"};
    return std::ranges::any_of(state, [&](const char *prefix) { return name.startsWith(prefix); }) ? Role::State : Role::Other;
}

void addMembers(Finding &finding, const Index &index, const QByteArray &folder)
{
    const QList<QByteArray> folders = subtree(index, folder);
    for (const QByteArray &below : folders) {
        for (const Entry *entry : index.filesIn(below))
            finding.add(*entry, trainerRole(baseName(entry->path)));
        finding.extent.add(index.tree().others.value(below));
    }
    finding.folders = folders.sliced(1);
}

} // namespace cairn::ckpt
