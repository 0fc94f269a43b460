// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "checkpoints/Check.h"

#include <QSet>
#include <optional>

namespace cairn::ckpt {

/// One safetensors file. The header alone proves that the file is as long as it was written: its tensors fill the
/// buffer without holes (safetensors format description, "Format").
struct SafetensorsFile {
    bool isSafetensors = false; ///< the first bytes look like it
    Check check;
    qint64 tensors = 0;
    QSet<QString> names;        ///< of the tensors
    std::optional<qint64> step; ///< from __metadata__
};

/// More values than any header of 200,000 tensors has: parsed, such a one takes many times its size.
bool hasTooManyValues(const QByteArray &header);
SafetensorsFile probeSafetensors(FileReader &file, const Limits &limits);

} // namespace cairn::ckpt
