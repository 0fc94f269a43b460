// SPDX-License-Identifier: GPL-3.0-or-later
#include "checkpoints/Index.h"

#include "checkpoints/Paths.h"

namespace cairn::ckpt {

Index::Index(const Tree &tree)
    : m_tree(tree)
{
    addFolder({});
    for (const Entry &entry : tree.files) {
        const QByteArray folder = parentPath(entry.path);
        addFolder(folder);
        m_folders[folder].files << &entry;
        m_byPath.insert(entry.path, &entry);
    }
}

void Index::addFolder(const QByteArray &path)
{
    if (m_folders.contains(path))
        return;
    m_folders.insert(path, {});
    if (path.isEmpty())
        return;
    const QByteArray parent = parentPath(path);
    addFolder(parent); // depth is bounded by whoever made the tree
    m_folders[parent].children << path;
}

const Entry *Index::find(const QByteArray &folder, const QByteArray &name) const
{
    return m_byPath.value(joined(folder, name), nullptr);
}

QByteArray Index::nameOf(const QByteArray &folder) const
{
    return folder.isEmpty() ? m_tree.rootName : baseName(folder);
}

} // namespace cairn::ckpt
