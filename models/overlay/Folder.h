// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "manifest/Diff.h"
#include "overlay/Lands.h"

#include <stop_token>

namespace cairn::overlay {

/// What is to become of one file of an overlay's folder.
struct FileStep {
    enum class Act {
        New,      ///< there is none
        Same,     ///< it says that already
        Replace,  ///< Cairn wrote it, and nobody has edited it since
        Merge,    ///< somebody edited it: both changes come together
        Conflict, ///< somebody edited the same lines otherwise: theirs are kept; `conflicts` says what Cairn would have written
        Keep,     ///< it is not Cairn's, or what Cairn wrote once is lost: it is left alone; Cairn's is written beside it with the suffix ".cairn"
        Remove,   ///< Cairn wrote it, nobody has edited it, and it is not needed any more
        Leave,    ///< the same, but somebody edited it
    };
    QString path;
    Act act = Act::New;
    QByteArray text; ///< what will be there; of Remove empty
    QByteArray before; ///< what is there
    QByteArray base;      ///< of a file that somebody edited: what Cairn wrote there last; empty where that is lost
    QByteArray generated; ///< likewise: what Cairn would write now; empty where it is not needed any more
    QList<manifest::TextMerge::Conflict> conflicts;
    /// Somebody edited it, so that a person may choose what becomes of it.
    bool isEdited() const { return act == Act::Merge || act == Act::Conflict || act == Act::Keep || act == Act::Leave; }
    bool operator==(const FileStep &) const = default;
};
/// "new", "same", "replace", "merge", "conflict", "keep", "remove", "leave".
QString actWord(FileStep::Act act);

/// What a person chose for a file that was edited by hand.
struct Settlement {
    enum class File {
        Both,      ///< both changes, as far as they agree
        Mine,      ///< what is there, without what Cairn would change
        Generated, ///< what Cairn would write; the edits are lost
    };
    enum class Hunk { Open, Mine, Generated };
    File file = File::Both;
    QList<Hunk> hunks = {}; ///< of Both: for each conflict, in order; those that are missing are open
    QByteArray of = {};     ///< editOf() the step it was chosen for
    bool operator==(const Settlement &) const = default;
};
/// Names the edit of a file: another as soon as anybody, or Cairn, changes it again.
QByteArray editOf(const FileStep &step);
/// The step as it becomes by that choice; one that was made for another edit changes nothing. Pure.
FileStep settled(const FileStep &step, const Settlement &choice);

/// An overlay's folder as it is: `files` without what lies under .cairn/, `generated` what Cairn wrote there last (kept under
/// .cairn/generated/, each proved by its own header).
struct Folder {
    QString path; ///< where it was read from; empty: from nowhere
    Files files;
    Files generated;
    QList<Gap> gaps; ///< links, files that are too large or may not be read: not followed, not read
};

/// Reads at most 2 000 files of 4 MiB; no link is followed. A folder that is not there is an empty one.
Result<Folder> readFolder(const QString &path, std::stop_token stop = {});

/// A fault for each base or component beside the folder at `path` that is not there: kustomize does not fetch a path.
void checkOutside(Built &built, const QString &path);

/// What writing the tree over the folder would do: files keep their line ends and byte order mark, which are no edits. Pure.
QList<FileStep> stepsTo(const Tree &tree, const Folder &folder);

/// Does it: each file is written beside its place, synced and renamed, and what was generated is kept under .cairn/generated/.
/// Links are never written through, nor is anything above `path`. What can be told beforehand (links, read-only folders, edits since) is
/// found before anything is written. The first failure ends it, says which file and why (read-only,
/// no space, a link), and leaves every file whole: old or new.
Result<> writeFolder(const QString &path, const Tree &tree, const QList<FileStep> &steps, std::stop_token stop = {});

} // namespace cairn::overlay
