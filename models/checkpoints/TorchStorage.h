// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "checkpoints/Check.h"
#include "checkpoints/Pickle.h"

namespace cairn::ckpt {

/// Holds what a pickle of torch.save says of its tensor storages against the lengths of the entries `data/<n>`, by n: every
/// storage that it names has to be there, with all its elements, and every tensor has to lie within its storage.
Check checkStorages(const Pickle &pickle, const QList<qint64> &sizes);

/// A tensor of one element: where its value is stored.
struct StoredNumber {
    QByteArray key;          ///< of the storage, the entry `data/<key>`
    QByteArray storageClass; ///< "FloatStorage", …
    qint64 offset = 0;       ///< in elements
};
/// nullopt for everything else.
std::optional<StoredNumber> storedNumber(const Pickle &pickle, Pickle::Id id);
/// Its value, from a storage of a few bytes with the right checksum; nullopt, with the reason in `check` where bytes are not at
/// hand yet, where it cannot be told.
std::optional<double> readNumber(FileReader &file, const StoredNumber &number, const Limits &limits, Check &check);

/// The bytes that come after the list of storage keys in a file of torch before 1.6; nullopt where that cannot be told.
std::optional<qint64> bytesOfLegacyStorages(const Pickle &pickle, const Pickle &keys);

} // namespace cairn::ckpt
