// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "checkpoints/Check.h"

#include <optional>

namespace cairn::ckpt {

class Pickle;

/// What a file written by torch.save holds, as far as a passive look at its pickle tells.
enum class Content {
    Unknown,  ///< the pickle could not be followed
    Training, ///< optimizer state or counters beside the weights
    Weights,  ///< a model or its state dict alone
    Other     ///< tensors, lists, settings: no checkpoint
};

struct TorchFile {
    enum class Kind {
        NotTorch, ///< other content, a plain zip, TorchScript, a .pt2 export
        Zip,
        Legacy    ///< before torch 1.6: a row of pickles and raw storages, without a directory
    };
    Kind kind = Kind::NotTorch;
    Check check;
    Content content = Content::Unknown;
    bool contentsRead = false;         ///< every entry's CRC was checked
    std::optional<qint64> step;        ///< from the pickle
    std::optional<double> epoch;       ///< from the pickle
    std::optional<qint64> worldSize;   ///< num_processes, as transformers' training_args.bin holds it
};

/// Whole is: end record, directory, entry bounds, numbering of the storages and the CRC of data.pkl; for small local
/// files the CRC of every entry.
TorchFile probeTorch(FileReader &file, const Limits &limits);

/// Step and epoch at the top level of a saved mapping.
struct Counters {
    std::optional<qint64> step;
    std::optional<double> epoch;
};
Counters countersOf(const Pickle &pickle);

/// True for keys that hold more than weights: optimizer state, counters, scheduler.
bool isTrainingKey(const QByteArray &key);

} // namespace cairn::ckpt
