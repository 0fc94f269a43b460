// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/Checkpoint.h"

#include <QHash>
#include <QJsonObject>

namespace cairn {

/// What a full read of a file came to, the worst last.
enum class FullRead {
    Proved,  ///< all contents have a checksum, and all of them hold; headers, and padding between the parts, may have none
    Held,    ///< every byte could be read and the structure holds; not all contents have a checksum
    Read,    ///< every byte could be read, and nothing else about it can be checked
    Unread,  ///< some of it could not be read
    Changed, ///< it changed while it was read, or is still being written: nothing is said about it
    Damaged
};
/// "proved", "held", "read", "unread", "changed", "damaged": the words of the JSON.
QString fullReadName(FullRead result);

struct VerifiedFile {
    QString path;         ///< relative to the listed root; lossless text as of Checkpoint::path
    FullRead result = FullRead::Unread;
    qint64 bytes = 0;     ///< its size
    qint64 read = 0;      ///< bytes of it that were read
    qint64 checksummed = 0; ///< of them, those that a checksum covers and that hold
    QString reason;       ///< what was checked, or what fails at which place; no full stop at its end
    bool operator==(const VerifiedFile &) const = default;
};

/// A checkpoint of which all contents were read.
struct Verification {
    QString path;         ///< of the checkpoint
    QDateTime at;         ///< UTC, when it ended
    qint64 tookMs = 0;
    FullRead result = FullRead::Unread; ///< the worst of its files, and of the checkpoint as a set
    QString reason;       ///< sentences: what is proved, or what is wrong where
    qint64 bytes = 0;     ///< of the files that are known one by one
    qint64 read = 0;
    qint64 checksummed = 0;
    int otherFiles = 0;   ///< in its folders, of names that no format knows: not read
    qint64 otherBytes = 0;
    QList<VerifiedFile> files; ///< by path
    QString stamp;        ///< stampOf() the checkpoint as it was when reading began; not part of the JSON
    bool operator==(const Verification &) const = default;
};

/// As docs/CHECKPOINTS.md describes it.
QJsonObject toJson(const Verification &verification);
/// The inverse; nullopt where it is none.
std::optional<Verification> verificationFromJson(const QJsonObject &json);

/// Changes as soon as a file of the checkpoint is added, taken away, resized or written anew: by number, size and newest time, in
/// whole seconds, since PVCs and buckets keep no more.
QString stampOf(const Checkpoint &checkpoint);

/// The one place where a full read changes a verdict: what it found damaged is damaged in a listing, for as long as its stamp is the
/// same. `results` by path.
void addFoundDamage(Listing &listing, const QHash<QString, Verification> &results);

} // namespace cairn
