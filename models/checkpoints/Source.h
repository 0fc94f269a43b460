// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QDateTime>
#include <QList>
#include <QStringList>

namespace cairn::ckpt {

/// A regular file of the listed tree, or a symbolic link to one inside it.
struct Entry {
    QByteArray path;       ///< relative to the root, "/" between parts, raw bytes
    qint64 size = 0;       ///< of the file itself, for a link of its target
    qint64 mtimeMs = 0;    ///< milliseconds since 1970, UTC; for a link of its target
    QByteArray linkTarget; ///< relative to the root; empty for a regular file
    bool isLink() const { return !linkTarget.isEmpty(); }
};

/// What a listing of a folder found. Only files that can belong to a checkpoint are kept one by one; the others are
/// summed up by folder, so that a tree with a million files stays small.
struct Tree {
    struct Others {
        qint64 files = 0;
        qint64 bytes = 0;
        qint64 newestMs = 0;
        qint64 empty = 0; ///< of the files
    };
    QByteArray rootName;              ///< last part of the listed folder's own path; tells a step when a checkpoint is listed itself
    QList<Entry> files;
    QHash<QByteArray, Others> others; ///< by folder
    bool partial = false;
    QStringList notes;                ///< safe to show
};

/// True for names that may be part of a checkpoint, judged by the last path part alone: those of all formats (Format.h).
bool isCandidateName(const QByteArray &name);

/// Ranged access to the files of a Tree.
class Source
{
public:
    enum class Status {
        Ok,
        Pending, ///< not at hand yet; the range was noted and a later round may bring it
        Failed   ///< cannot be read, or the file is shorter than it was when listed
    };
    struct Bytes {
        Status status = Status::Failed;
        QByteArray data; ///< exactly the length asked for when Ok
    };
    virtual ~Source() = default;
    /// `offset + length` is within the entry's listed size.
    virtual Bytes read(const Entry &entry, qint64 offset, qint64 length) = 0;
    /// True where reading whole files is cheap enough for checking their contents.
    virtual bool isLocal() const = 0;
};

/// Reads one file through a budget. Not thread-safe.
class FileReader
{
public:
    enum class Status { Ok, Pending, Failed, OverBudget };
    struct Bytes {
        Status status = Status::Failed;
        QByteArray data;
        bool ok() const { return status == Status::Ok; }
    };

    FileReader(Source &source, const Entry &entry, qint64 budget)
        : m_source(source)
        , m_entry(entry)
        , m_budget(budget)
    {
    }

    qint64 size() const { return m_entry.size; }
    const Entry &entry() const { return m_entry; }
    bool isLocal() const { return m_source.isLocal(); }

    /// A range outside the file is Failed; one that would exceed the budget is OverBudget and not read.
    Bytes read(qint64 offset, qint64 length);
    /// The same outside the budget: only for checking the contents of small local files.
    Bytes readContents(qint64 offset, qint64 length);

private:
    Source &m_source;
    const Entry &m_entry;
    qint64 m_budget;
    qint64 m_read = 0;
};

} // namespace cairn::ckpt
