// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "checkpoints/Check.h"
#include "checkpoints/Names.h"

#include <QHash>
#include <QMap>

namespace cairn::ckpt {

/// A Tree seen by folder, for recognisers that look at several files together.
class Index
{
public:
    explicit Index(const Tree &tree);

    /// Folders that hold files directly or below, "" for the root, parents before children.
    QList<QByteArray> folders() const { return m_folders.keys(); }
    /// Files directly in a folder.
    QList<const Entry *> filesIn(const QByteArray &folder) const { return m_folders.value(folder).files; }
    QList<QByteArray> foldersIn(const QByteArray &folder) const { return m_folders.value(folder).children; }
    /// nullptr where the folder has no such file. `name` may hold a relative path below the folder.
    const Entry *find(const QByteArray &folder, const QByteArray &name) const;
    /// The folder's own name; for the root the name of the listed folder.
    QByteArray nameOf(const QByteArray &folder) const;
    const Tree &tree() const { return m_tree; }

private:
    struct Folder {
        QList<const Entry *> files;
        QList<QByteArray> children;
    };
    void addFolder(const QByteArray &path);

    const Tree &m_tree;
    QMap<QByteArray, Folder> m_folders;
    QHash<QByteArray, const Entry *> m_byPath;
};

/// Number, size and newest change of the files of one checkpoint.
struct Extent {
    int files = 0;
    qint64 bytes = 0;
    qint64 newestMs = 0;
    void add(const Entry &entry);
    void add(const Tree::Others &others);
};

/// What a recogniser says about one checkpoint, before its run is known.
struct Finding {
    QByteArray path;          ///< what its loader takes
    QByteArray run;           ///< folder of its run
    QString format;
    Check check;
    QString goodReason;       ///< the reason where the check is good
    Extent extent;
    int filesExpected = 0;
    std::optional<qint64> step;
    QString stepSource;       ///< "name", "json", "pickle" or empty
    std::optional<double> epoch;
    std::optional<double> loss;
    int ranks = 0;            ///< whose random states are there; 0 where the format keeps none by rank
    bool ranksKnown = false;  ///< the number of ranks was stated, not inferred from the files
    bool holdsTraining = false; ///< what a resume needs beside the weights is there
    QString lack;             ///< why not, where it does not
};

/// The step by order of trust: a name that says so, JSON, the pickle, a bare number in the name.
void decideStep(Finding &finding, const NameFacts &name, std::optional<qint64> json, std::optional<qint64> pickle);

} // namespace cairn::ckpt
