// SPDX-License-Identifier: GPL-3.0-or-later
#include "checkpoints/Dcp.h"

#include "base/Text.h"
#include "checkpoints/Format.h"
#include "checkpoints/Paths.h"
#include "checkpoints/Pickle.h"
#include "checkpoints/TorchFile.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::ckpt {
namespace {

/// "__<rank>_<i>.distcp" → rank, -1 for other names.
int rankOf(const QByteArray &name)
{
    if (!name.startsWith("__") || !name.endsWith(".distcp"))
        return -1;
    const QList<QByteArray> parts = name.mid(2).chopped(7).split('_');
    bool ok = parts.size() == 2;
    bool second = false;
    const int rank = ok ? parts[0].toInt(&ok) : -1;
    if (ok)
        parts[1].toInt(&second);
    return ok && second && rank >= 0 ? rank : -1;
}

/// Shard names in bytes that were not understood: every "__<r>_<i>.distcp".
QMap<QByteArray, qint64> namesIn(const QByteArray &bytes)
{
    QMap<QByteArray, qint64> names;
    for (qsizetype at = bytes.indexOf(".distcp"); at >= 0; at = bytes.indexOf(".distcp", at + 1)) {
        const qsizetype begin = bytes.lastIndexOf("__", at);
        if (begin < 0 || at - begin > 40)
            continue;
        const QByteArray name = bytes.mid(begin, at + 7 - begin);
        if (rankOf(name) >= 0)
            names.insert(name, 0);
    }
    return names;
}

/// Default shards end with the last tensor's torch.save blob, so with a zip end record without a comment.
Check checkEnd(const Entry &entry, Source &source, const Limits &limits)
{
    FileReader file(source, entry, limits.fileBudget);
    const FileReader::Bytes tail = file.read(std::max<qint64>(0, file.size() - 22), std::min<qint64>(22, file.size()));
    if (!tail.ok())
        return readFailure(tail.status, limits.fileBudget);
    if (tail.data.size() == 22 && tail.data.startsWith("PK\x05\x06") && tail.data.endsWith(QByteArray(2, '\0')))
        return {};
    return {State::Incomplete, Words::tr("shard %1 has no end record: it is cut short or still being written")
                                   .arg(text::safe(baseName(entry.path)))};
}

Check checkShards(const DcpMetadata &metadata, const Index &index, const QByteArray &folder, Source &source,
                  const Limits &limits, int &present)
{
    Check worst;
    int ends = 0;
    Check firstWithoutEnd;
    const Entry *marker = index.find(folder, ".metadata");
    for (auto it = metadata.shards.begin(); it != metadata.shards.end(); ++it) {
        const Entry *entry = index.find(folder, it.key());
        if (!entry)
            continue;
        ++present;
        if (entry->size == 0 || entry->size < it.value()) {
            worsen(worst, {State::Broken, Words::tr("shard %1 is cut short: %2 of %3 bytes")
                                              .arg(text::safe(it.key())).arg(entry->size).arg(it.value())});
            continue;
        }
        // A save over an old one leaves its .metadata until the end. Times may be whole seconds, and a copy's order any.
        if (marker && entry->mtimeMs > marker->mtimeMs + 2000) {
            worsen(worst, {State::Unverified, Words::tr("shard %1 is newer than .metadata: a later save may have been broken off over this one")
                                                  .arg(text::safe(it.key()))});
        }
        const Check end = checkEnd(*entry, source, limits);
        if (end.state == State::Incomplete)
            worsen(firstWithoutEnd, end);
        else
            worsen(worst, end);
        ends += end.isGood() ? 1 : 0;
    }
    const int expected = static_cast<int>(metadata.shards.size());
    if (present < expected)
        return {State::Broken, Words::tr("%1 of %2 shards are there").arg(present).arg(expected)};
    if (!firstWithoutEnd.isGood()) {
        // .metadata comes last, so a finished shard without its end was changed later, unless none has one:
        // then another serializer wrote them.
        if (ends > 0)
            worsen(worst, {State::Broken, firstWithoutEnd.reason});
        else
            worsen(worst, {State::Unverified, Words::tr("its shards do not end like torch.save files; another serializer may have written them")});
    }
    return worst;
}

/// Without .metadata nothing says how many shards there should be.
Check withoutMetadata(const Index &index, const QByteArray &folder, const QSet<int> &ranks)
{
    if (index.find(folder, "__0.metadata")) {
        return {State::Unverified,
                Words::tr("every rank wrote its own metadata (use_collectives=False), so nothing says how many ranks there were")};
    }
    int gap = 0;
    while (ranks.contains(gap))
        ++gap;
    if (gap < ranks.size())
        return {State::Incomplete, Words::tr(".metadata, which is written last, and the shards of rank %1 are missing").arg(gap)};
    return {State::Incomplete, Words::tr(".metadata, which is written last, is missing")};
}

/// Lightning and Megatron write one more file after .metadata.
Check checkWrapper(const Index &index, const QByteArray &folder)
{
    const QByteArray name = index.nameOf(folder);
    if (name.endsWith(".ckpt") && !index.find(folder, "meta.pt"))
        return {State::Incomplete, Words::tr("meta.pt is missing")};
    if ((name.startsWith("iter_") || index.find(folder, "common.pt")) && !index.find(folder, "metadata.json"))
        return {State::Incomplete, Words::tr("metadata.json, which Megatron writes last, is missing")};
    return {};
}

} // namespace

DcpMetadata DcpMetadata::parse(const QByteArray &bytes)
{
    DcpMetadata metadata;
    const Pickle pickle(bytes, 1'000'000);
    metadata.complete = pickle.end() == Pickle::End::Complete;
    metadata.loads = metadata.complete || pickle.end() == Pickle::End::TooLarge;
    metadata.unknownGlobals = globalsOf(pickle).unknown;
    for (Pickle::Id id = 0; id < pickle.size(); ++id) {
        if (pickle.node(id).type != Pickle::Type::Object)
            continue;
        const Pickle::Id path = pickle.member(id, "relative_path");
        if (path != Pickle::none && pickle.node(path).type == Pickle::Type::Text) {
            const qint64 offset = pickle.integer(pickle.member(id, "offset")).value_or(0);
            const qint64 length = pickle.integer(pickle.member(id, "length")).value_or(0);
            qint64 end = 0;
            if (offset < 0 || length < 0 || __builtin_add_overflow(offset, length, &end))
                end = std::numeric_limits<qint64>::max();
            qint64 &need = metadata.shards[pickle.node(path).text.toByteArray()];
            need = std::max(need, end);
            if (length > 0 && offset >= 0 && end != std::numeric_limits<qint64>::max())
                metadata.items << Item{pickle.node(path).text.toByteArray(), offset, length};
        }
        const Pickle::Id keys = pickle.member(id, "state_dict_metadata");
        if (keys != Pickle::none && pickle.node(keys).type == Pickle::Type::Dict) {
            metadata.keysKnown = true;
            const std::vector<Pickle::Id> &items = pickle.node(keys).items;
            for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
                // Keys are flattened paths: "optimizer.state.0.exp_avg", "app.optim.param_groups".
                const QList<QByteArray> parts = pickle.node(items[i]).text.toByteArray().split('.');
                const bool training = std::ranges::any_of(parts, isTrainingKey);
                metadata.training = metadata.training || training;
                metadata.weights = metadata.weights || !training;
            }
        }
    }
    if (!metadata.complete) {
        const QMap<QByteArray, qint64> names = namesIn(bytes);
        for (auto it = names.begin(); it != names.end(); ++it)
            metadata.shards.insert(it.key(), metadata.shards.value(it.key(), 0));
        metadata.keysKnown = false;
    }
    return metadata;
}

std::optional<Finding> recogniseDcp(const Index &index, const QByteArray &folder, Source &source, const Limits &limits)
{
    const Entry *metadataFile = index.find(folder, ".metadata");
    QSet<int> ranks;
    int shards = 0;
    for (const Entry *entry : index.filesIn(folder)) {
        const int rank = rankOf(baseName(entry->path));
        if (rank >= 0) {
            ranks << rank;
            ++shards;
        }
    }
    if (!metadataFile && shards == 0)
        return std::nullopt;

    Finding finding;
    setPlace(finding, folder);
    finding.format = u"dcp"_s;
    finding.proof = Proof::MarkerLast;
    if (metadataFile && metadataFile->size > 0) {
        FileReader file(source, *metadataFile, limits.fileBudget);
        const FileReader::Bytes bytes = file.read(0, file.size());
        if (!bytes.ok()) {
            if (shards == 0 && bytes.status != FileReader::Status::Pending)
                return std::nullopt;
            finding.check = readFailure(bytes.status, limits.fileBudget);
        } else {
            const DcpMetadata metadata = DcpMetadata::parse(bytes.data);
            if (metadata.shards.isEmpty() && shards == 0)
                return std::nullopt; // some other program's .metadata
            finding.filesExpected = static_cast<int>(metadata.shards.size());
            int present = 0;
            if (metadata.shards.isEmpty())
                finding.check = {State::Broken, Words::tr(".metadata names no shards")};
            else
                finding.check = checkShards(metadata, index, folder, source, limits, present);
            if (!metadata.loads)
                worsen(finding.check, {State::Incomplete, Words::tr(".metadata breaks off, or is no pickle that could be loaded; %1 shards are there").arg(present)});
            else if (finding.check.isGood() && !metadata.complete)
                finding.check = {State::Unverified, Words::tr(".metadata could not be followed to its end; %1 shards are there").arg(present)};
            if (!metadata.unknownGlobals.isEmpty())
                worsen(finding.check, unknownGlobals(metadata.unknownGlobals));
            finding.holdsTraining = (metadata.training && metadata.weights) || !metadata.keysKnown;
            if (!finding.holdsTraining)
                finding.lack = metadata.training ? Words::tr("it holds no weights") : Words::tr("it holds only weights");
            finding.goodReason = Words::tr("all %1 shards that .metadata names are there with their full size and end record; contents not read")
                                     .arg(present);
        }
    } else if (shards == 0) {
        return std::nullopt;
    } else {
        finding.check = metadataFile ? Check{State::Incomplete, Words::tr(".metadata, which is written last, is empty")}
                                     : withoutMetadata(index, folder, ranks);
    }
    if (index.find(folder, ".metadata.tmp"))
        worsen(finding.check, {State::Incomplete, Words::tr(".metadata.tmp is there: a save is under way or was broken off")});
    worsen(finding.check, checkWrapper(index, folder));

    std::optional<qint64> pickleStep;
    const NameFacts name = factsFromName(index.nameOf(folder));
    if (const Entry *meta = index.find(folder, "meta.pt")) {
        finding.format = u"lightning"_s;
        FileReader file(source, *meta, limits.fileBudget);
        const TorchFile torch = probeTorch(file, limits);
        if (torch.check.state == State::Broken || torch.check.state == State::Pending || torch.check.state == State::Incomplete)
            worsen(finding.check, torch.check);
        pickleStep = torch.step;
        finding.epoch = torch.epoch;
    }
    decideStep(finding, name, std::nullopt, pickleStep);
    for (const Entry *entry : index.filesIn(folder)) {
        const QByteArray file = baseName(entry->path);
        finding.add(*entry, file == ".metadata"        ? Role::Marker
                        : file.endsWith(".distcp")     ? Role::Weights
                        : file == "meta.pt"            ? Role::State
                                                       : Role::Other);
    }
    finding.extent.add(index.tree().others.value(folder));
    return finding;
}

const Format dcpFormat{
    .names = "*.distcp *.metadata *.metadata.tmp metadata.json",
    .parts = "*.distcp *.metadata *.metadata.tmp metadata.json meta.pt common.pt model_optim_rng.pt",
    .folder = recogniseDcp,
};

} // namespace cairn::ckpt
