// SPDX-License-Identifier: GPL-3.0-or-later
#include "checkpoints/Look.h"

#include "base/Text.h"
#include "checkpoints/Paths.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::ckpt {
namespace {

/// Trackers and markers are smaller.
constexpr qint64 smallFile = 64 * 1024;

/// What the checkpoint may be made of: files whose path begins with its own, and small ones beside it, where trackers lie. Its
/// neighbours would all be looked into otherwise.
Tree around(const Tree &tree, const QByteArray &path)
{
    if (path.isEmpty())
        return tree;
    const QByteArray folder = parentPath(path);
    Tree part;
    part.rootName = tree.rootName;
    part.partial = tree.partial;
    part.notes = tree.notes;
    for (const Entry &entry : tree.files) {
        const bool beside = parentPath(entry.path) == folder && entry.size <= smallFile;
        if (entry.path.startsWith(path) || beside)
            part.files << entry;
    }
    for (auto it = tree.others.begin(); it != tree.others.end(); ++it) {
        if (it.key() == path || it.key().startsWith(path + '/'))
            part.others.insert(it.key(), it.value());
    }
    return part;
}

const Checkpoint *find(const Listing &listing, const QString &path)
{
    for (const Run &run : listing.runs) {
        for (const Checkpoint &checkpoint : run.checkpoints) {
            if (checkpoint.path == path)
                return &checkpoint;
        }
    }
    return nullptr;
}

/// Its members, and whatever lies in the folders that are its own.
void gather(Look &look)
{
    const Index index(look.tree);
    QMap<QByteArray, const Entry *> entries;
    for (const Member &member : look.finding.members) {
        if (const Entry *entry = index.find({}, member.path))
            entries.insert(entry->path, entry);
    }
    QList<QByteArray> folders = look.finding.folders;
    if (!index.find({}, look.finding.path)) // it is no file
        folders << look.finding.path;
    for (const QByteArray &folder : folders) {
        for (const Entry *entry : index.filesIn(folder))
            entries.insert(entry->path, entry);
        const Tree::Others others = look.tree.others.value(folder);
        look.otherFiles += static_cast<int>(std::min<qint64>(others.files, std::numeric_limits<int>::max() - look.otherFiles));
        look.otherBytes += others.bytes;
    }
    for (const Entry *entry : std::as_const(entries)) {
        if (!entry->isLink() || !entries.contains(entry->linkTarget))
            look.files << *entry;
    }
}

} // namespace

QByteArray Look::nameOf(const Entry &entry) const
{
    if (finding.path.isEmpty() || !entry.path.startsWith(finding.path))
        return entry.path;
    QByteArray name = entry.path.mid(finding.path.size());
    return name.startsWith('/') ? name.mid(1) : name;
}

Result<Look> lookAt(Shelf &shelf, const QString &path, const RecogniseOptions &given, const std::stop_token &stop, const Progress &progress)
{
    const Result<Tree> tree = shelf.list(stop, progress);
    if (!tree)
        return fail(tree.error());
    Look look;
    const QByteArray bytes = path == u"."_s ? QByteArray() : pathFromText(path);
    look.tree = around(*tree, bytes);
    RecogniseOptions options = given;
    options.limits.fullCheck = 0; // contents are another matter here
    if (!options.now.isValid())
        options.now = QDateTime::currentDateTimeUtc();
    const Recognised recognised = recognise(look.tree, shelf.source(), options, stop, progress);
    if (stop.stop_requested())
        return fail(Error::cancelled());
    if (const std::optional<Error> failure = shelf.failure())
        return fail(*failure);
    const auto finding = std::ranges::find(recognised.findings, bytes, &Finding::path);
    const Checkpoint *checkpoint = find(recognised.listing, path);
    if (finding == recognised.findings.end() || !checkpoint) {
        return fail(Error::Kind::NotFound, Words::tr("There is no checkpoint %1").arg(text::safe(path)),
                    Words::tr("It may have been removed since it was listed"), Words::tr("List the checkpoints again"));
    }
    look.checkpoint = *checkpoint;
    look.finding = *finding;
    gather(look);
    return look;
}

} // namespace cairn::ckpt
