// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "checkpoints/Check.h"
#include "checkpoints/TorchContent.h"

#include <QMap>
#include <functional>
#include <optional>

namespace cairn::ckpt {

struct TorchFile {
    enum class Kind {
        NotTorch, ///< other content, a plain zip, TorchScript, a .pt2 export
        Zip,
        Legacy    ///< without a directory: a row of pickles and raw storages (torch before 1.6), or one plain pickle
    };
    Kind kind = Kind::NotTorch;
    Check check;
    Content content = Content::Unknown;
    bool optimizer = false;            ///< see TorchContent
    bool weights = false;              ///< see TorchContent
    QMap<QByteArray, qint64> numbers;  ///< whole numbers of the saved mapping itself, by key, at most 64; and of its "args" the sizes, as "args.world_size"
    bool contentsRead = false;         ///< every entry's CRC was checked
    bool lightning = false;            ///< saved by Lightning's Trainer
    std::optional<qint64> step;        ///< from the pickle
    std::optional<double> epoch;       ///< from the pickle
    std::optional<qint64> worldSize;   ///< num_processes, as transformers' training_args.bin holds it
    PickleGlobals globals;             ///< `unknown` ones make it unverified
};

/// Whole is: end record, directory, entry bounds, numbering of the storages, a length of each that fits the tensors in it,
/// and the CRC of data.pkl; for small local files the CRC of every entry. A pickle that would import or call what Cairn does not know to be harmless is Unverified.
/// `see` is shown the pickle of the saved value, as far as it could be followed.
using SeePickle = std::function<void(const Pickle &)>;
TorchFile probeTorch(FileReader &file, const Limits &limits, const SeePickle &see = {});
/// A file that has to be one of torch.save because of its name: what is none is Broken, and the reason begins with `shown`,
/// or with the file's name.
TorchFile probeTorchMember(const Entry &entry, Source &source, const Limits &limits, const SeePickle &see = {}, const QByteArray &shown = {});

/// Unverified, with the names of what loading the pickle would import or call.
Check unknownGlobals(const QList<QByteArray> &names);

} // namespace cairn::ckpt
