// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "checkpoints/Shelf.h"

namespace cairn::ckpt {

/// One checkpoint of a shelf, with its files.
struct Look {
    Tree tree;              ///< of its files, and of small ones beside it; the others of its folders are summed up
    Checkpoint checkpoint;  ///< as a listing shows it, but judged without its neighbours
    Finding finding;
    QList<Entry> files;     ///< all that belong to it and are known one by one, by path, each once
    int otherFiles = 0;     ///< in its folders, of names that no format knows
    qint64 otherBytes = 0;

    /// Relative to the checkpoint: "model.safetensors", "unet/model.safetensors", ".index"; "" where it is this one file.
    QByteArray nameOf(const Entry &entry) const;
};

/// Lists the shelf and looks into the checkpoint at `path` (Checkpoint::path). Error::NotFound where there is none.
Result<Look> lookAt(Shelf &shelf, const QString &path, const RecogniseOptions &options, const std::stop_token &stop, const Progress &progress = {});

} // namespace cairn::ckpt
