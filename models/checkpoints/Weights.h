// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "checkpoints/Index.h"

#include <QSet>

namespace cairn::ckpt {

/// A set of weight shards named by a "*.index.json" (Hugging Face layout).
struct ShardSet {
    Check check;
    int present = 0;
    int expected = 0;
    QList<QByteArray> names;  ///< relative to the folder
    std::optional<qint64> step;
};

/// Parses the index and checks every shard it names: safetensors by header, torch files by directory. Each shard has to hold
/// the tensors that the index puts into it, and no others.
ShardSet checkShardIndex(const Index &index, const QByteArray &folder, const Entry &indexFile, Source &source,
                         const Limits &limits);

/// Checks one weights file by its extension: .safetensors or a torch file. `names`, where given, gets the names of the
/// tensors; it stays empty where they are not known.
Check checkWeightsFile(const Entry &entry, Source &source, const Limits &limits, std::optional<qint64> *step = nullptr, QSet<QString> *names = nullptr);

} // namespace cairn::ckpt
