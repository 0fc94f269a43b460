// SPDX-License-Identifier: GPL-3.0-or-later
#include "checkpoints/Verify.h"

#include "base/Text.h"
#include "checkpoints/Paths.h"
#include "checkpoints/ReadThrough.h"

#include <QElapsedTimer>
#include <QSet>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::ckpt {
namespace {

constexpr int tellEveryMs = 100;

/// Counts what is read, and tells of it now and then.
class Teller
{
public:
    Teller(const std::stop_token &stop, const VerifyProgress &progress)
        : m_stop(stop)
        , m_progress(progress)
    {
    }
    void begin(const Look &look)
    {
        state.files = static_cast<int>(look.files.size());
        for (const Entry &entry : look.files)
            state.total += entry.size;
    }
    void beginFile(const Entry &entry)
    {
        state.file = pathToText(entry.path);
        m_inFile = 0;
        tell();
    }
    bool read(qint64 length)
    {
        m_inFile += length;
        if (!m_timer.isValid() || m_timer.elapsed() >= tellEveryMs)
            tell();
        return !m_stop.stop_requested();
    }
    /// What of it needed no reading counts as done.
    void endFiles(int files, qint64 bytes)
    {
        state.filesDone += files;
        state.done += bytes;
        m_inFile = 0;
        tell();
    }

    VerifyState state;

private:
    void tell()
    {
        m_timer.start();
        if (!m_progress)
            return;
        VerifyState now = state;
        now.done = std::min(now.total, now.done + m_inFile);
        m_progress(now);
    }

    const std::stop_token &m_stop;
    const VerifyProgress &m_progress;
    qint64 m_inFile = 0;
    QElapsedTimer m_timer;
};

/// Changed, gone, or come since it was listed. Times in whole seconds: a claim keeps no more.
QString changeOf(const Entry &before, const Index &now)
{
    const Entry *entry = now.find({}, before.path);
    if (!entry)
        return Words::tr("it was removed while it was read");
    if (entry->size != before.size || entry->mtimeMs / 1000 != before.mtimeMs / 1000)
        return Words::tr("it was written while it was read");
    return {};
}

QString sentence(const QString &text)
{
    return Words::tr("%1.", "a whole sentence").arg(text);
}

/// The worst comes first; what is proved is said with its limits.
QString reasonOf(const Verification &result, const Checkpoint &checkpoint)
{
    if (result.files.isEmpty())
        return sentence(Words::tr("None of its files is known one by one, so nothing was read"));
    const auto worst = std::ranges::find(result.files, result.result, &VerifiedFile::result);
    const auto count = std::ranges::count(result.files, result.result, &VerifiedFile::result);
    if (worst == result.files.end())
        return checkpoint.reason; // each file holds; the set does not, or is being written
    const QString first = Words::tr("%1: %2", "a file, what is wrong with it").arg(text::safe(worst->path), worst->reason);
    switch (result.result) {
    case FullRead::Damaged:
        return count > 1 ? sentence(Words::tr("%1 (and %n more damaged files)", nullptr, static_cast<int>(count - 1)).arg(first)) : sentence(first);
    case FullRead::Changed:
        return sentence(Words::tr("%1; verify it again when nothing writes it", "a file and how it changed").arg(first));
    case FullRead::Unread: return sentence(first);
    case FullRead::Read:
        return count > 1 ? sentence(Words::tr("%1 (and %n more files like it)", nullptr, static_cast<int>(count - 1)).arg(first)) : sentence(first);
    case FullRead::Held:
        return sentence(result.checksummed > 0
                            ? Words::tr("Everything could be read and holds. Checksums cover %1 of %2; of the rest structure and length are proved, not the content")
                                  .arg(text::bytes(result.checksummed), text::bytes(result.bytes))
                            : Words::tr("Everything could be read and its structure holds. The format has no checksums: length is proved, not the content"));
    case FullRead::Proved: break;
    }
    const auto files = static_cast<int>(result.files.size());
    const qint64 rest = result.bytes - result.checksummed;
    return sentence(rest > 0 ? Words::tr("Every checksum of its %n files holds; %1 between what they cover, headers and padding, carry none", nullptr, files).arg(text::bytes(rest))
                             : Words::tr("Every checksum of its %n files holds, and they cover every byte", nullptr, files));
}

} // namespace

Result<Verification> verify(Shelf &shelf, const QString &path, const RecogniseOptions &options, const std::stop_token &stop, const VerifyProgress &progress)
{
    QElapsedTimer took;
    took.start();
    Teller teller(stop, progress);
    if (progress)
        progress({});
    const Result<Look> look = lookAt(shelf, path, options, stop);
    if (!look)
        return fail(look.error());
    teller.begin(*look);
    Verification result;
    result.path = path;
    result.stamp = stampOf(look->checkpoint);
    result.otherFiles = look->otherFiles;
    result.otherBytes = look->otherBytes;
    const std::function<bool(qint64)> told = [&](qint64 length) { return teller.read(length); };
    ReadThrough reader(shelf, *look, told);
    QList<Entry> order = look->files;
    std::ranges::stable_partition(order, [](const Entry &entry) { return entry.path.endsWith(".index"); });
    QSet<QString> done; // with an index its shards
    for (const Entry &entry : std::as_const(order)) {
        if (done.contains(pathToText(entry.path)))
            continue;
        teller.beginFile(entry);
        const QList<VerifiedFile> files = reader.read(entry);
        if (stop.stop_requested())
            return fail(Error::cancelled());
        if (const std::optional<Error> failure = shelf.failure())
            return fail(*failure);
        qint64 bytes = 0;
        for (const VerifiedFile &file : files) {
            bytes += file.bytes;
            done.insert(file.path);
            result.files << file;
        }
        teller.endFiles(static_cast<int>(files.size()), bytes);
    }
    const Result<Tree> again = shelf.list(stop, {});
    if (!again)
        return fail(again.error());
    const Index now(*again);
    for (VerifiedFile &file : result.files) {
        const auto entry = std::ranges::find(look->files, pathFromText(file.path), &Entry::path);
        const QString change = entry == look->files.end() ? QString() : changeOf(*entry, now);
        if (!change.isEmpty()) {
            file.result = FullRead::Changed;
            file.reason = change;
        }
    }
    std::ranges::sort(result.files, {}, &VerifiedFile::path);
    result.result = FullRead::Proved;
    for (const VerifiedFile &file : std::as_const(result.files)) {
        result.result = std::max(result.result, file.result);
        result.bytes += file.bytes;
        result.read += file.read;
        result.checksummed += file.checksummed;
    }
    if (result.files.isEmpty())
        result.result = FullRead::Unread;
    const bool changed = std::ranges::any_of(result.files, [](const VerifiedFile &file) { return file.result == FullRead::Changed; });
    if (look->checkpoint.verdict == Verdict::Writing || changed)
        result.result = FullRead::Changed; // what is wrong in it may be the save itself
    else if (look->checkpoint.verdict == Verdict::Damaged)
        result.result = FullRead::Damaged;
    result.reason = reasonOf(result, look->checkpoint);
    result.at = QDateTime::fromSecsSinceEpoch(QDateTime::currentSecsSinceEpoch(), Qt::UTC);
    result.tookMs = took.elapsed();
    return result;
}

} // namespace cairn::ckpt
