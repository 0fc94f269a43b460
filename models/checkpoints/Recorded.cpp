// SPDX-License-Identifier: GPL-3.0-or-later
#include "checkpoints/Recorded.h"

#include "base/Text.h"
#include "checkpoints/Check.h"
#include "checkpoints/Paths.h"

#include <algorithm>

namespace cairn::ckpt {
namespace {

/// Wants are cut into pieces that a shell variable holds easily.
constexpr qint64 piece = 16; // blocks: 64 KiB

QByteArray key(const QByteArray &path, qint64 first)
{
    return path + '\0' + QByteArray::number(first);
}

} // namespace

void RecordedSource::addListing(const helper::Output &output, const QByteArray &folder)
{
    m_tree.rootName = baseName(folder);
    for (const helper::Listed &file : output.candidates)
        m_tree.files << Entry{file.path, file.size, file.mtime * 1000, {}};
    std::ranges::sort(m_tree.files, {}, &Entry::path);
    for (const helper::Listed &file : output.others) {
        Tree::Others &others = m_tree.others[parentPath(file.path)];
        ++others.files;
        others.empty += file.size == 0 ? 1 : 0;
        others.bytes += file.size;
        others.newestMs = std::max(others.newestMs, file.mtime * 1000);
    }
    if (!output.isComplete())
        m_tree.notes << Words::tr("The listing came back cut short; what is shown is not everything.");
    if (output.candidatesCut)
        m_tree.notes << Words::tr("There are more files than one listing can hold; name a folder further down.");
    if (!output.complaints.isEmpty()) {
        const QByteArray first = output.complaints.split('\n').first();
        m_tree.notes << Words::tr("Some folders could not be read: %1").arg(text::safe(first));
    }
    m_tree.partial = !m_tree.notes.isEmpty();
    if (!output.specials.isEmpty()) {
        m_tree.notes << Words::tr("Links, pipes and the like with the names of checkpoints were left out: %1, such as %2.")
                            .arg(output.specials.size()).arg(text::safe(pathToText(output.specials.first().path)));
    }
    // Sizes of folders miss a few small files then, which says nothing about the checkpoints themselves.
    if (output.othersCut)
        m_tree.notes << Words::tr("Not every other file was counted, so sizes of folders may be too small.");
}

void RecordedSource::addRanges(const helper::Output &output)
{
    for (const helper::Range &range : output.ranges) {
        QByteArray &known = m_ranges[range.path][range.offset];
        if (range.bytes.size() > known.size())
            known = range.bytes;
    }
}

void RecordedSource::removeGone(const helper::Output &output)
{
    const QSet<QByteArray> gone(output.gone.begin(), output.gone.end());
    m_tree.files.removeIf([&](const Entry &entry) { return gone.contains(entry.path); });
}

void RecordedSource::giveUpOn(const QList<helper::Want> &asked)
{
    for (const helper::Want &want : asked)
        m_given << key(want.path, want.first);
}

QByteArray RecordedSource::assemble(const QByteArray &path, qint64 offset, qint64 length) const
{
    const auto found = m_ranges.find(path);
    if (found == m_ranges.end())
        return {};
    QByteArray out;
    while (out.size() < length) {
        const qint64 at = offset + out.size();
        // Ranges may overlap: of those that begin at or before `at`, take any that reaches beyond it.
        auto it = found->upperBound(at);
        bool grown = false;
        while (it != found->begin() && !grown) {
            --it;
            const qint64 end = it.key() + it.value().size();
            if (end > at) {
                out += it.value().mid(at - it.key(), length - out.size());
                grown = true;
            }
        }
        if (!grown)
            return {};
    }
    return out;
}

Source::Bytes RecordedSource::read(const Entry &entry, qint64 offset, qint64 length)
{
    QByteArray bytes = assemble(entry.path, offset, length);
    if (bytes.size() == length)
        return {Status::Ok, std::move(bytes)};
    const qint64 first = offset / helper::block;
    const qint64 last = (offset + length - 1) / helper::block;
    QMap<qint64, qint64> wanted;
    for (qint64 from = first; from <= last; from += piece) {
        const qint64 to = std::min(last, from + piece - 1);
        const qint64 begin = std::max(offset, from * helper::block);
        const qint64 end = std::min(offset + length, (to + 1) * helper::block);
        if (!assemble(entry.path, begin, end - begin).isEmpty())
            continue;
        if (m_given.contains(key(entry.path, from)))
            return {Status::Failed, {}};
        wanted.insert(from, to);
    }
    for (auto it = wanted.begin(); it != wanted.end(); ++it) {
        qint64 &known = m_wants[entry.path][it.key()];
        known = std::max(known, it.value());
    }
    return {Status::Pending, {}};
}

QList<helper::Want> RecordedSource::takeWants(qint64 maxBytes, qint64 maxNames)
{
    QList<helper::Want> wants;
    qint64 bytes = 0;
    qint64 names = 0;
    for (auto file = m_wants.begin(); file != m_wants.end(); ++file) {
        for (auto it = file->begin(); it != file->end(); ++it) {
            const qint64 count = it.value() - it.key() + 1;
            const qint64 name = file.key().size() + 24; // numbers and separators
            if (!wants.isEmpty() && (bytes + count * helper::block > maxBytes || names + name > maxNames))
                break;
            wants << helper::Want{file.key(), it.key(), count};
            bytes += count * helper::block;
            names += name;
        }
    }
    m_wants.clear();
    return wants;
}

} // namespace cairn::ckpt
