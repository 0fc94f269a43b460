// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "checkpoints/Check.h"
#include "checkpoints/Pickle.h"

namespace cairn::ckpt {

/// Holds what a pickle of torch.save says of its tensor storages against the lengths of the entries `data/<n>`, by n: every
/// storage that it names has to be there, with all its elements, and every tensor has to lie within its storage.
Check checkStorages(const Pickle &pickle, const QList<qint64> &sizes);

/// The bytes that come after the list of storage keys in a file of torch before 1.6; nullopt where that cannot be told.
std::optional<qint64> bytesOfLegacyStorages(const Pickle &pickle, const Pickle &keys);

} // namespace cairn::ckpt
