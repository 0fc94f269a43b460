// SPDX-License-Identifier: GPL-3.0-or-later
#include "checkpoints/Format.h"
#include "checkpoints/Paths.h"
#include "checkpoints/Safetensors.h"
#include "checkpoints/Weights.h"

#include <QMap>

using namespace Qt::StringLiterals;

/// Weights alone: one file, shards that an index names, or shards that count themselves.
namespace cairn::ckpt {
namespace {

Finding weights(int shards)
{
    Finding finding;
    finding.format = u"safetensors"_s;
    finding.filesExpected = shards;
    finding.proof = shards > 0 ? Proof::Count : Proof::Probe;
    finding.goodReason = shards > 0
        ? Words::tr("all %1 shards are there, each as long as its header says").arg(shards)
        : Words::tr("the file is exactly as long as its header says; the format has no checksums");
    finding.lack = Words::tr("it holds only weights");
    return finding;
}

void decide(Finding &finding, const Index &index, const QByteArray &name, std::optional<qint64> step)
{
    const NameFacts facts = placeFacts(finding, index, name);
    decideStep(finding, facts, step, std::nullopt);
}

void recogniseIndexes(Files &files)
{
    QList<const Entry *> indexes;
    for (const Entry *entry : std::as_const(files.entries)) {
        if (entry->path.endsWith(".safetensors.index.json"))
            indexes << entry;
    }
    for (const Entry *entry : indexes) {
        if (!files.looks.mayGoOn())
            return;
        files.looks.count(entry->path);
        const ShardSet set = checkShardIndex(files.index, files.folder, *entry, files.source, files.limits);
        Finding finding = weights(set.expected);
        finding.path = indexes.size() == 1 ? files.folder : entry->path;
        finding.run = files.folder;
        finding.check = set.check;
        finding.add(*entry, Role::Index);
        files.take(*entry);
        for (const QByteArray &name : set.names) {
            files.taken << name;
            if (const Entry *shard = files.index.find(files.folder, name))
                finding.add(*shard, Role::Weights);
        }
        decide(finding, files.index, {}, set.step);
        files.findings << finding;
    }
}

/// "model-00001-of-00003.safetensors" and its siblings where no index names them: a common prefix.
void recogniseShardGroups(Files &files)
{
    QMap<QByteArray, QList<const Entry *>> groups;
    for (const Entry *entry : std::as_const(files.entries)) {
        const std::optional<ShardName> shard = shardName(baseName(entry->path));
        if (shard && shard->suffix == ".safetensors" && shard->count > 1 && !files.isTaken(*entry))
            groups[shard->prefix + '\n' + QByteArray::number(shard->count)] << entry;
    }
    for (const QList<const Entry *> &group : groups) {
        if (!files.looks.mayGoOn())
            return;
        files.looks.count(files.folder);
        const ShardName first = *shardName(baseName(group.first()->path));
        Finding finding = weights(first.count);
        finding.path = joined(files.folder, first.prefix);
        finding.run = files.folder;
        std::optional<qint64> step;
        for (const Entry *entry : group) {
            files.take(*entry);
            finding.add(*entry, Role::Weights);
            worsen(finding.check, checkWeightsFile(*entry, files.source, files.limits, &step));
        }
        if (group.size() < first.count)
            worsen(finding.check, {State::Incomplete, Words::tr("%1 of %2 shards are there").arg(group.size()).arg(first.count)});
        decide(finding, files.index, first.prefix, step);
        files.findings << finding;
    }
}

void recogniseFiles(Files &files)
{
    recogniseIndexes(files);
    recogniseShardGroups(files);
    for (const Entry *entry : std::as_const(files.entries)) {
        if (!entry->path.endsWith(".safetensors") || files.isTaken(*entry))
            continue;
        if (!files.looks.mayGoOn())
            return;
        files.looks.count(entry->path);
        files.take(*entry);
        FileReader file(files.source, *entry, files.limits.fileBudget);
        const SafetensorsFile probe = probeSafetensors(file, files.limits);
        Finding finding = weights(0);
        setPlace(finding, *entry, Role::Weights);
        finding.check = probe.check;
        decide(finding, files.index, baseName(entry->path), probe.step);
        files.findings << finding;
    }
}

} // namespace

const Format safetensorsFormat{
    .names = "*.safetensors *.safetensors.index.json",
    .files = recogniseFiles,
};

} // namespace cairn::ckpt
