// SPDX-License-Identifier: GPL-3.0-or-later
#include "checkpoints/Weights.h"

#include "base/Text.h"
#include "checkpoints/Json.h"
#include "checkpoints/Paths.h"
#include "checkpoints/Safetensors.h"
#include "checkpoints/SmallFiles.h"
#include "checkpoints/TorchFile.h"

#include <QSet>

using namespace Qt::StringLiterals;

namespace cairn::ckpt {

Check checkWeightsFile(const Entry &entry, Source &source, const Limits &limits, std::optional<qint64> *step)
{
    FileReader file(source, entry, limits.fileBudget);
    Check check = checkLfsPointer(entry, source, limits);
    if (!check.isGood()) {
        // said by its name below
    } else if (entry.path.endsWith(".safetensors")) {
        const SafetensorsFile probe = probeSafetensors(file, limits);
        check = probe.check;
        if (step && !*step)
            *step = probe.step;
    } else {
        const TorchFile probe = probeTorch(file, limits);
        check = probe.check;
        if (check.isGood() && probe.kind == TorchFile::Kind::NotTorch)
            check = {State::Broken, Words::tr("it is not a torch file")};
    }
    if (!check.isGood() && check.state != State::Pending)
        check.reason = Words::tr("%1: %2").arg(text::safe(baseName(entry.path)), check.reason);
    return check;
}

ShardSet checkShardIndex(const Index &index, const QByteArray &folder, const Entry &indexFile, Source &source,
                         const Limits &limits)
{
    ShardSet set;
    FileReader file(source, indexFile, limits.fileBudget);
    const FileReader::Bytes bytes = file.read(0, file.size());
    if (!bytes.ok()) {
        set.check = readFailure(bytes.status, limits.fileBudget);
        return set;
    }
    const std::optional<QJsonObject> json = parsePythonJson(bytes.data);
    if (!json) {
        set.check = {State::Incomplete, Words::tr("%1 is not valid JSON").arg(text::safe(baseName(indexFile.path)))};
        return set;
    }
    QSet<QByteArray> names;
    const QJsonObject map = json->value(u"weight_map"_s).toObject();
    for (const QJsonValue &name : map) {
        if (name.isString())
            names << name.toString().toUtf8();
    }
    if (names.isEmpty()) {
        set.check = {State::Broken, Words::tr("%1 names no shards").arg(text::safe(baseName(indexFile.path)))};
        return set;
    }
    set.names = names.values();
    std::ranges::sort(set.names);
    set.expected = static_cast<int>(set.names.size());
    for (const QByteArray &name : set.names) {
        // Only files of the listing are looked at, so a name such as "../../x" finds nothing.
        const Entry *entry = index.find(folder, name);
        if (!entry)
            continue;
        ++set.present;
        worsen(set.check, checkWeightsFile(*entry, source, limits, &set.step));
    }
    if (set.present < set.expected)
        set.check = {State::Broken, Words::tr("%1 of %2 shards are there").arg(set.present).arg(set.expected)};
    return set;
}

} // namespace cairn::ckpt
