// SPDX-License-Identifier: GPL-3.0-or-later
#include "checkpoints/SmallFiles.h"

#include "base/Text.h"
#include "checkpoints/Json.h"
#include "checkpoints/Paths.h"

namespace cairn::ckpt {

namespace {

constexpr qint64 most = 64 * 1024;

Check noJson(const QByteArray &path)
{
    return {State::Incomplete, Words::tr("%1 is not valid JSON: it is cut short or still being written").arg(text::safe(pathToText(baseName(path))))};
}

} // namespace

SmallText readSmallText(const Entry &entry, Source &source, const Limits &limits)
{
    const QString name = text::safe(pathToText(baseName(entry.path)));
    if (entry.size > most)
        return {{State::Broken, Words::tr("%1 is far too long").arg(name)}, {}};
    FileReader file(source, entry, limits.fileBudget);
    const FileReader::Bytes bytes = file.read(0, file.size());
    if (!bytes.ok())
        return {readFailure(bytes.status, limits.fileBudget), {}};
    const QByteArray text = bytes.data.trimmed();
    if (text.isEmpty())
        return {{State::Incomplete, Words::tr("%1 is empty").arg(name)}, {}};
    return {{}, text};
}

SmallJson readSmallJson(const Entry &entry, Source &source, const Limits &limits)
{
    const SmallText text = readSmallText(entry, source, limits);
    if (!text.check.isGood())
        return {text.check, {}};
    const std::optional<QJsonObject> object = parsePythonJson(text.text);
    if (!object)
        return {noJson(entry.path), {}};
    return {{}, *object};
}

Check checkSettings(const Entry &entry, Source &source, const Limits &limits)
{
    if (entry.size <= most)
        return readSmallJson(entry, source, limits).check;
    FileReader file(source, entry, limits.fileBudget);
    const FileReader::Bytes tail = file.read(file.size() - 64, 64);
    if (!tail.ok())
        return readFailure(tail.status, limits.fileBudget);
    return tail.data.trimmed().endsWith('}') ? Check() : noJson(entry.path);
}

Check checkLfsPointer(const Entry &entry, Source &source, const Limits &limits)
{
    static const QByteArray start = "version https://git-lfs.github.com/spec/v1\n";
    if (entry.size < start.size() || entry.size > 1024) // the specification's limit
        return {};
    FileReader file(source, entry, limits.fileBudget);
    const FileReader::Bytes head = file.read(0, start.size());
    if (head.status == FileReader::Status::Pending)
        return readFailure(head.status, limits.fileBudget);
    if (head.data != start)
        return {};
    return {State::Broken, Words::tr("it is a Git LFS pointer: the file itself was never downloaded (git lfs pull)")};
}

} // namespace cairn::ckpt
