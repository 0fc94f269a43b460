// SPDX-License-Identifier: GPL-3.0-or-later
#include "checkpoints/Index.h"

#include "checkpoints/Paths.h"

#include <limits>

using namespace Qt::StringLiterals;

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

void Extent::add(const Entry &entry)
{
    ++files;
    bytes += entry.size;
    newestMs = std::max(newestMs, entry.mtimeMs);
}

void Extent::add(const Tree::Others &others)
{
    files += static_cast<int>(std::min<qint64>(others.files, std::numeric_limits<int>::max() - files));
    bytes += others.bytes;
    newestMs = std::max(newestMs, others.newestMs);
}

void decideStep(Finding &finding, const NameFacts &name, std::optional<qint64> json, std::optional<qint64> pickle)
{
    const auto take = [&](std::optional<qint64> step, const QString &source) {
        if (!step || finding.step)
            return;
        finding.step = step;
        finding.stepSource = source;
    };
    // The trainer goes by its JSON, so a renamed folder must not hide it.
    if (json && name.step && *json != *name.step)
        take(json, u"json"_s);
    if (name.explicitStep)
        take(name.step, u"name"_s);
    take(json, u"json"_s);
    take(pickle, u"pickle"_s);
    take(name.step, u"name"_s);
}

} // namespace cairn::ckpt
