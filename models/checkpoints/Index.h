// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "checkpoints/Finding.h"

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

} // namespace cairn::ckpt
