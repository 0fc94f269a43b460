// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "checkpoints/Index.h"

#include <QSet>

/// What the folders of transformers' Trainer and of Accelerate's save_state have in common.
namespace cairn::ckpt {

/// "checkpoint-<step>", transformers' own pattern.
bool isTrainerFolderName(const QByteArray &name);

/// All folders below one, itself first; not those of other checkpoints of its series.
QList<QByteArray> subtree(const Index &index, const QByteArray &folder);

/// Ranks of "<prefix><rank><suffix>" files directly in a folder.
QSet<int> ranksIn(const Index &index, const QByteArray &folder, const QByteArray &prefix, const QByteArray &suffix);

/// What of a save was found, and the worst check of it.
struct SaveParts {
    bool model = false;
    bool optimizer = false;
    int worldSize = 0; ///< see Finding
    std::optional<qint64> step; ///< of DeepSpeed's files
    Check check;
};

/// DeepSpeed's "global_step<N>" or "pytorch_model", or FSDP's "optimizer_0" and "pytorch_model_fsdp_0" folders inside a
/// checkpoint.
void addShardedParts(const Index &index, const QByteArray &folder, Source &source, const Limits &limits, SaveParts &parts);

/// Weights of any name directly in a folder, each checked: shards by their index or their count, other files one by one.
void addWeights(const Index &index, const QByteArray &folder, Source &source, const Limits &limits, SaveParts &parts);
/// The same in the folders below: adapters with a name, the parts of a pipeline.
void addWeightsBelow(const Index &index, const QByteArray &folder, Source &source, const Limits &limits, SaveParts &parts);

/// Makes all files of a checkpoint folder and of those below its members.
void addMembers(Finding &finding, const Index &index, const QByteArray &folder);
/// What a file of a trainer's folder is for, by its name.
Role trainerRole(const QByteArray &name);

} // namespace cairn::ckpt
