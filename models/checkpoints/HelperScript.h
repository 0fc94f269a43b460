// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/VolumeUse.h"

#include <QByteArray>
#include <QList>
#include <QMap>
#include <QString>
#include <QStringList>
#include <optional>

/// The shell script that lists a claim from inside a pod, and the reader of what it prints.
///
/// The script is one text, the same for every claim; the patterns of its find are those of Format.h. File names reach it only as base64, and inside it only as quoted variables or
/// NUL-separated xargs input, so no name is ever parsed by a shell. It needs sh, find, xargs, stat, dd, base64,
/// cksum or sha256sum, head, tr and wc, of busybox or GNU, and writes nothing anywhere.
///
/// Output, by lines; M is a random word of this one call:
///   @@M B 1                     begin, protocol version
///   @@M S <kind> <a> <b> <length> <sum> …   a section; its payload of that length follows. The sum is POSIX cksum's CRC,
///                               or SHA-256 where the image has no cksum (Debian's busybox)
///   @@M E <base64>              what find and xargs complained about
///   @@M G <base64>              a file asked for is gone since it was listed
///   @@M X <word>                refusal: "nofolder", "outside" or "missing-<tool>"
///   @@M Z                       end; without it the output is cut
/// Sections: "c" (candidates), "o" (others) and "x" (links, pipes and the like with the names of candidates) hold base64 of
/// NUL-terminated names, "=", and one line "size mtime" for each; "r" holds base64 of a name, "=", and base64 of its 4096-byte blocks a … a+b-1.
namespace cairn::ckpt::helper {

const QString &scriptText();

inline constexpr qint64 block = 4096;

/// Ranges wanted of files, in blocks.
struct Want {
    QByteArray path;
    qint64 first = 0; ///< block number
    qint64 count = 0;
};

/// Arguments after `sh -c <script>` for a listing of `folder`, which must lie under `mount` once links are followed.
QStringList listArguments(const QByteArray &marker, const QByteArray &mount, const QByteArray &folder);
/// The same for reading ranges. Each argument stays below 100 KiB, Linux' limit being 128 KiB.
QStringList readArguments(const QByteArray &marker, const QByteArray &mount, const QByteArray &folder,
                          const QList<Want> &wants);
/// 128 random bits as hexadecimal.
QByteArray newMarker();

/// The script that asks a file system how full it is: needs stat -f of GNU or busybox. It prints
///   @@M U <id> <block size> <blocks> <free> <available> <inodes> <inodes free>
/// between "B" and "Z", or "X missing-stat".
const QString &measureText();
/// Its arguments, for `folder`.
QStringList measureArguments(const QByteArray &marker, const QByteArray &folder);
/// nullopt where the log holds no such line, or one that cannot be true. Only the numbers and the id are filled in.
std::optional<VolumeUse> parseMeasure(const QByteArray &log, const QByteArray &marker);

struct Listed {
    QByteArray path;
    qint64 size = 0;
    qint64 mtime = 0; ///< seconds since 1970
};

struct Range {
    QByteArray path;
    qint64 offset = 0;
    QByteArray bytes;
};

struct Output {
    bool begun = false;
    bool ended = false;
    bool damaged = false;       ///< a list section is missing lines or fails its checksum
    bool candidatesCut = false; ///< the script's own limit on names was reached
    bool othersCut = false;
    QString refusal;            ///< "nofolder", "outside", "missing-<tool>" or empty
    QByteArray complaints;      ///< of find: unreadable folders
    QList<Listed> candidates;
    QList<Listed> others;
    QList<Listed> specials;     ///< neither files nor folders, with the names of candidates
    QList<Range> ranges;        ///< only those whose checksum holds
    QList<QByteArray> gone;     ///< asked for, but no longer there

    bool isComplete() const { return begun && ended && !damaged; }
};

/// Reads a log. Never fails: what is missing shows in the flags.
Output parse(const QByteArray &log, const QByteArray &marker);

/// The POSIX cksum of a text.
quint32 posixChecksum(const QByteArray &bytes);

} // namespace cairn::ckpt::helper
