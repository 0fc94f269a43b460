// SPDX-License-Identifier: GPL-3.0-or-later
#include "checkpoints/Weights.h"

#include "base/Text.h"
#include "checkpoints/Json.h"
#include "checkpoints/Paths.h"
#include "checkpoints/Safetensors.h"
#include "checkpoints/SmallFiles.h"
#include "checkpoints/TorchFile.h"

#include <QMap>
#include <QSet>

using namespace Qt::StringLiterals;

namespace cairn::ckpt {

namespace {

QSet<QString> keysOf(const Pickle &pickle)
{
    QSet<QString> keys;
    if (pickle.end() != Pickle::End::Complete || !pickle.isMapping(pickle.root()))
        return keys;
    const std::vector<Pickle::Id> &items = pickle.node(pickle.root()).items;
    for (std::size_t i = 0; i + 1 < items.size(); i += 2)
        keys << QString::fromUtf8(pickle.node(items[i]).text);
    return keys;
}

/// Held against the tensors that the index puts into this shard.
Check checkNames(const QSet<QString> &named, const QSet<QString> &there, const QByteArray &shard)
{
    const auto first = [](const QSet<QString> &names) {
        QStringList all(names.begin(), names.end());
        all.sort();
        return text::safe(all.first().left(120));
    };
    const QString name = text::safe(pathToText(shard));
    if (const QSet<QString> lost = named - there; !lost.isEmpty())
        return {State::Broken, Words::tr("%1 does not hold %2, which the index says it does").arg(name, first(lost))};
    if (const QSet<QString> more = there - named; !more.isEmpty())
        return {State::Broken, Words::tr("%1 holds %2, of which the index knows nothing: they are of different saves").arg(name, first(more))};
    return {};
}

} // namespace

Check checkWeightsFile(const Entry &entry, Source &source, const Limits &limits, std::optional<qint64> *step, QSet<QString> *names)
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
        if (names)
            *names = probe.names;
    } else {
        return probeTorchMember(entry, source, limits, [&](const Pickle &pickle) {
            if (names)
                *names = keysOf(pickle);
        }).check;
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
    QMap<QByteArray, QSet<QString>> shards;
    const QJsonObject map = json->value(u"weight_map"_s).toObject();
    for (auto it = map.begin(); it != map.end(); ++it) {
        if (it.value().isString())
            shards[it.value().toString().toUtf8()] << it.key();
    }
    if (shards.isEmpty()) {
        set.check = {State::Broken, Words::tr("%1 names no shards").arg(text::safe(baseName(indexFile.path)))};
        return set;
    }
    set.names = shards.keys();
    set.expected = static_cast<int>(set.names.size());
    for (const QByteArray &name : set.names) {
        // Only files of the listing are looked at, so a name such as "../../x" finds nothing.
        const Entry *entry = index.find(folder, name);
        if (!entry)
            continue;
        ++set.present;
        QSet<QString> there;
        worsen(set.check, checkWeightsFile(*entry, source, limits, &set.step, &there));
        if (!there.isEmpty())
            worsen(set.check, checkNames(shards.value(name), there, name));
    }
    if (set.present < set.expected)
        set.check = {State::Broken, Words::tr("%1 of %2 shards are there").arg(set.present).arg(set.expected)};
    return set;
}

} // namespace cairn::ckpt
