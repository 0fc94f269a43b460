// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <optional>

/// What a checkpoint's name says about its place in the training.
namespace cairn::ckpt {

struct NameFacts {
    std::optional<qint64> step;
    std::optional<double> epoch;
    /// The number follows a word that means a step ("step", "iter", "checkpoint"…), or is the whole name. False for
    /// "model_100.pt", where other sources are better.
    bool explicitStep = false;
};

/// From the last part of a path, extension included: "step-00000100.pt", "epoch=3-step=1200-v1.ckpt",
/// "checkpoint-500", "iter_0000100", "global_step1000", "model_100.pt", "checkpoint_6_180000.pt" (fairseq: epoch and update),
/// "checkpoint6.pt" (the end of epoch 6). A shard number ("-00001-of-00002") is no step.
NameFacts factsFromName(const QByteArray &name);

/// A folder name that stands for one checkpoint: "checkpoint-500", "step-100", "epoch_3", "1000".
bool isStepFolder(const QByteArray &name);

/// The name with every run of digits replaced by one '#': equal for the members of one series.
QByteArray family(const QByteArray &name);

/// "model-00001-of-00003.safetensors" → prefix "model", number 1, count 3.
struct ShardName {
    QByteArray prefix;
    QByteArray suffix;
    int number = 0;
    int count = 0;
};
std::optional<ShardName> shardName(const QByteArray &name);

} // namespace cairn::ckpt
