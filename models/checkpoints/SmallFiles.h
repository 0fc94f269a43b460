// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "checkpoints/Index.h"

#include <QJsonObject>

/// Small text files beside the tensors: trackers, markers, JSON, Git LFS pointers.
namespace cairn::ckpt {

struct SmallText {
    Check check;     ///< good, or why `text` is empty
    QByteArray text; ///< trimmed
};
/// A whole file of at most 64 KiB; a longer one is Broken, for it is not what its name says.
SmallText readSmallText(const Entry &entry, Source &source, const Limits &limits);

/// A whole JSON object, as Python writes it. Incomplete where it breaks off or is empty.
struct SmallJson {
    Check check;
    QJsonObject object;
};
SmallJson readSmallJson(const Entry &entry, Source &source, const Limits &limits);

/// Settings that a loader parses whole: Incomplete where they are no JSON object. Beyond 64 KiB only the last bytes are read.
Check checkSettings(const Entry &entry, Source &source, const Limits &limits);

/// A file that `git lfs` was to replace by the real one: "version https://git-lfs.github.com/spec/v1". Broken with that
/// reason, Pending where it is not known yet, good for every other file.
Check checkLfsPointer(const Entry &entry, Source &source, const Limits &limits);

} // namespace cairn::ckpt
