// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Text.h"
#include "checkpoints/Crc32c.h"
#include "checkpoints/Format.h"
#include "checkpoints/Json.h"
#include "checkpoints/Paths.h"
#include "checkpoints/SmallFiles.h"

#include <QSet>
#include <QtEndian>
#include <algorithm>

using namespace Qt::StringLiterals;

/// Orbax, which MaxText and Keras' OrbaxCheckpoint use: a folder "<step>" or "<prefix>_<step>" with one folder for each item,
/// _CHECKPOINT_METADATA, and commit_success.txt, which is written last: into the temporary folder just before it is renamed,
/// or (in buckets) under the final name. Temporary names, which the driver leaves out, hold ".orbax-checkpoint-tmp".
namespace cairn::ckpt {
namespace {

bool isTemporary(const QByteArray &name)
{
    return name.contains(".orbax-checkpoint-tmp");
}

/// All below a folder, in the order of their paths.
QList<QByteArray> foldersBelow(const Index &index, const QByteArray &folder)
{
    QList<QByteArray> all = index.foldersIn(folder);
    for (qsizetype i = 0; i < all.size() && all.size() < 10'000; ++i)
        all << index.foldersIn(all[i]);
    return all;
}

/// What each process wrote into an item before the first of them merged it. Tensors stay here; the tree does not.
bool isProcessFolder(const QByteArray &name)
{
    return name.startsWith("ocdbt.process_");
}

QList<QByteArray> processFoldersIn(const Index &index, const QByteArray &item)
{
    QList<QByteArray> folders = index.foldersIn(item);
    folders.removeIf([](const QByteArray &folder) { return !isProcessFolder(baseName(folder)); });
    return folders;
}

/// The folders that hold a save of their own: an item, or the folder itself where there are none.
bool isItem(const Index &index, const QByteArray &folder)
{
    if (isProcessFolder(baseName(folder)))
        return false;
    return index.find(folder, "manifest.ocdbt") || index.find(folder, "_METADATA") || index.find(folder, "_sharding")
        || !processFoldersIn(index, folder).isEmpty();
}

/// Names of what a step's folder holds, of JSON items too.
QSet<QByteArray> itemNames(const Index &index, const QByteArray &step)
{
    QSet<QByteArray> names;
    for (const QByteArray &child : index.foldersIn(step)) {
        const QByteArray name = baseName(child);
        if (isItem(index, child) || index.find(child, "commit_success.txt"))
            names.insert(name);
    }
    names.remove("metrics"); // saved where a step was evaluated; no resume reads it
    return names;
}

/// Items that other steps of the run have and this one has not.
Check checkItemsOfRun(const Index &index, const QByteArray &folder)
{
    if (folder.isEmpty())
        return {};
    const QSet<QByteArray> own = itemNames(index, folder);
    for (const QByteArray &step : index.foldersIn(parentPath(folder))) {
        if (step == folder || isTemporary(baseName(step)) || !(index.find(step, "_CHECKPOINT_METADATA") || index.find(step, "commit_success.txt")))
            continue;
        QList<QByteArray> missing = (itemNames(index, step) - own).values();
        if (missing.isEmpty() || own.isEmpty())
            continue;
        std::ranges::sort(missing);
        return {State::Broken, Words::tr("%1 is missing, which step %2 of this run has")
                                   .arg(text::safe(pathToText(missing.first())), text::safe(pathToText(baseName(step))))};
    }
    return {};
}

/// An item with fewer files and bytes than each of the other steps has, or with far fewer bytes: its data may be lost in part, of
/// which nothing else tells. The first step may hold zeros, which take no place.
Check checkDataOfRun(const Index &index, const QByteArray &folder, const QByteArray &item)
{
    constexpr qsizetype most = 20; // others that are asked
    if (folder.isEmpty() || item == folder)
        return {};
    const QList<QByteArray> steps = index.foldersIn(parentPath(folder));
    const std::optional<qint64> own = factsFromName(index.nameOf(folder)).step;
    const QByteArray data = joined(item.mid(folder.size() + 1), "d");
    const Tree::Others here = index.tree().others.value(joined(folder, data));
    qint64 files = std::numeric_limits<qint64>::max();
    qint64 bytes = std::numeric_limits<qint64>::max();
    bool first = true;
    qsizetype asked = 0;
    for (qsizetype i = std::max<qsizetype>(0, steps.indexOf(folder) - most / 2); i < steps.size() && asked < most; ++i) {
        const auto there = index.tree().others.constFind(joined(steps[i], data));
        if (steps[i] == folder || isTemporary(baseName(steps[i])) || there == index.tree().others.constEnd())
            continue;
        ++asked;
        files = std::min(files, there->files);
        bytes = std::min(bytes, there->bytes);
        first = first && own && factsFromName(baseName(steps[i])).step.value_or(-1) > *own;
    }
    const bool fewer = here.files < files && here.bytes < bytes;
    const bool smaller = !first && here.bytes < bytes / 10 * 9;
    if (asked > 0 && here.files > 0 && (fewer || smaller))
        return {State::Unverified, Words::tr("%1 has less data than the other steps of this run: perhaps some of it is missing").arg(text::safe(pathToText(baseName(item))))};
    return {};
}

/// The tensors have names of no pattern, so a listing only sums them up: by folder.
Extent dataBelow(const Index &index, const QByteArray &folder)
{
    Extent extent;
    const QByteArray below = folder.isEmpty() ? QByteArray() : folder + '/';
    for (auto it = index.tree().others.begin(); it != index.tree().others.end(); ++it) {
        if (it.key() == folder || it.key().startsWith(below))
            extent.add(*it);
    }
    return extent;
}

/// The tensors of an item and the tree that leads to them.
Check checkData(const Index &index, const QByteArray &item, State gone)
{
    const QString name = text::safe(pathToText(index.nameOf(item)));
    if (dataBelow(index, item).bytes == 0) {
        return index.tree().partial ? Check{State::Unverified, Words::tr("not all of %1 was listed").arg(name)}
                                    : Check{gone, Words::tr("the data of %1 is gone").arg(name)};
    }
    const auto hasEmpty = [&](const QByteArray &folder) {
        const Tree::Others data = index.tree().others.value(joined(folder, "d"));
        return data.files > 0 && (data.bytes == 0 || data.empty > 0);
    };
    if (hasEmpty(item))
        return {gone, Words::tr("a file with data of %1 is empty").arg(name)};
    if (index.tree().others.value(joined(item, "d")).files == 0)
        return {State::Unverified, Words::tr("folder d of %1, which leads to its data, was not found").arg(name)};
    // Values of up to 1 KiB were merged, so an empty file here may be a leftover; larger ones are read from here.
    for (const QByteArray &process : processFoldersIn(index, item)) {
        if (hasEmpty(process))
            return {State::Unverified, Words::tr("a file of %1 in %2 is empty: perhaps it held data, perhaps only what was merged")
                                           .arg(text::safe(pathToText(baseName(process))), name)};
    }
    return {};
}

/// `gone` is what a missing file means.
Check checkItem(const Index &index, const QByteArray &item, State gone, Source &source, const Limits &limits)
{
    const QString name = text::safe(pathToText(index.nameOf(item)));
    Check check;
    bool ocdbt = index.find(item, "manifest.ocdbt") || index.tree().others.contains(joined(item, "d")) || !processFoldersIn(index, item).isEmpty();
    if (const Entry *metadata = index.find(item, "_METADATA")) {
        FileReader file(source, *metadata, limits.fileBudget);
        const FileReader::Bytes bytes = file.read(0, file.size());
        if (!bytes.ok())
            worsen(check, readFailure(bytes.status, limits.fileBudget));
        else if (const std::optional<QJsonObject> json = parsePythonJson(bytes.data))
            ocdbt = ocdbt || json->value(u"use_ocdbt"_s).toBool();
        else
            worsen(check, {State::Incomplete, Words::tr("_METADATA of %1 is not valid JSON").arg(name)});
    } else if (!index.find(item, "checkpoint")) { // older ones have that instead
        worsen(check, {gone, Words::tr("_METADATA of %1 is missing").arg(name)});
    }
    if (const Entry *manifest = index.find(item, "manifest.ocdbt")) {
        FileReader file(source, *manifest, limits.fileBudget);
        const FileReader::Bytes head = file.read(0, file.size());
        // Magic, length of all, …, CRC-32C of what comes before it (tensorstore/kvstore/ocdbt, "On-disk format").
        if (!head.ok()) {
            worsen(check, readFailure(head.status, limits.fileBudget));
        } else if (head.data.size() < 16) {
            worsen(check, {State::Incomplete, Words::tr("manifest.ocdbt of %1 is cut short").arg(name)});
        } else if (!head.data.startsWith("\x0c\xdb\x3a\x2a")) {
            worsen(check, {State::Broken, Words::tr("manifest.ocdbt of %1 is damaged").arg(name)});
        } else {
            const quint64 length = qFromLittleEndian<quint64>(head.data.constData() + 4);
            if (length != static_cast<quint64>(file.size()))
                worsen(check, {State::Incomplete, Words::tr("manifest.ocdbt of %1 has %2 of %3 bytes").arg(name).arg(file.size()).arg(length)});
            else if (crc32c(QByteArrayView(head.data).chopped(4)) != qFromLittleEndian<quint32>(head.data.constData() + head.data.size() - 4))
                worsen(check, {State::Broken, Words::tr("manifest.ocdbt of %1 is damaged: its checksum does not hold").arg(name)});
        }
        worsen(check, checkData(index, item, gone));
    } else if (ocdbt) {
        worsen(check, {gone, Words::tr("manifest.ocdbt of %1 is missing").arg(name)});
    }
    return check;
}

std::optional<Finding> recogniseOrbax(const Index &index, const QByteArray &folder, Source &source, const Limits &limits)
{
    const Entry *metadata = index.find(folder, "_CHECKPOINT_METADATA");
    const Entry *commit = index.find(folder, "commit_success.txt");
    const bool bare = isItem(index, folder); // older ones, and StandardCheckpointer.save: no folder above the item
    if (!metadata && !bare && !(commit && std::ranges::any_of(index.foldersIn(folder), [&](const QByteArray &child) { return isItem(index, child); })))
        return std::nullopt;
    Finding finding;
    setPlace(finding, folder);
    finding.format = u"orbax"_s;
    finding.proof = commit ? Proof::MarkerLast : Proof::Renamed;
    bool committed = commit != nullptr;
    if (metadata) {
        const SmallJson json = readSmallJson(*metadata, source, limits);
        worsen(finding.check, json.check);
        if (json.check.isGood() && json.object.contains(u"commit_timestamp_nsecs"_s)) {
            committed = committed || !json.object[u"commit_timestamp_nsecs"_s].isNull();
            if (json.object[u"commit_timestamp_nsecs"_s].isNull())
                worsen(finding.check, {State::Incomplete, Words::tr("_CHECKPOINT_METADATA says that the save was not committed")});
        }
    }
    // Without either, only the name speaks for it; a bucket's saves never had another.
    if (!committed)
        worsen(finding.check, {State::Unverified, Words::tr("there is no commit_success.txt and no time of a commit: in a bucket it would be unfinished")});
    const QList<QByteArray> below = foldersBelow(index, folder);
    QList<QByteArray> items;
    if (bare)
        items << folder;
    bool training = false;
    bool weights = false;
    for (const QByteArray &child : below) {
        const QByteArray name = baseName(child);
        if (isTemporary(name)) {
            worsen(finding.check, {State::Incomplete, Words::tr("%1 was not finished").arg(text::safe(pathToText(name)))});
        } else if (isItem(index, child)) {
            items << child;
        } else if (index.find(child, "commit_success.txt") && index.tree().others.contains(child) && dataBelow(index, child).bytes == 0) {
            worsen(finding.check, {State::Broken, Words::tr("the files of %1 are empty").arg(text::safe(pathToText(name)))});
        }
    }
    for (const QByteArray &item : std::as_const(items)) {
        worsen(finding.check, checkItem(index, item, committed ? State::Broken : State::Incomplete, source, limits));
        worsen(finding.check, checkDataOfRun(index, folder, item));
        const QByteArray name = index.nameOf(item);
        training = training || name.contains("opt") || name == "train_state" || name == "state";
        weights = true;
        if (const Entry *tree = index.find(item, "_METADATA")) {
            FileReader file(source, *tree, limits.fileBudget);
            const FileReader::Bytes bytes = file.read(0, file.size());
            training = training || (bytes.ok() && (bytes.data.contains("opt_state") || bytes.data.contains("optimizer")));
        }
    }
    worsen(finding.check, checkItemsOfRun(index, folder));
    if (items.isEmpty())
        worsen(finding.check, {State::Incomplete, Words::tr("no item of it was saved")});
    finding.holdsTraining = training && weights;
    finding.lack = Words::tr("no optimizer state was found in it");
    finding.goodReason = Words::tr("the save was committed, and each of its %1 items has its manifest and data; contents not read").arg(items.size());
    const NameFacts name = factsFromName(index.nameOf(folder));
    decideStep(finding, name, std::nullopt, std::nullopt);
    QList<QByteArray> all{folder};
    all << below;
    for (const QByteArray &part : std::as_const(all)) {
        for (const Entry *entry : index.filesIn(part)) {
            const QByteArray file = baseName(entry->path);
            finding.add(*entry, file == "commit_success.txt" ? Role::Marker : file.endsWith(".ocdbt") ? Role::Weights : Role::Index);
        }
    }
    const Extent data = dataBelow(index, folder);
    finding.extent.add(Tree::Others{data.files, data.bytes, data.newestMs});
    finding.folders = below;
    return finding;
}

} // namespace

const Format orbaxFormat{
    .names = "_CHECKPOINT_METADATA _METADATA _sharding manifest.ocdbt commit_success.txt",
    .parts = "_CHECKPOINT_METADATA _METADATA _sharding manifest.ocdbt commit_success.txt",
    .folder = recogniseOrbax,
};

} // namespace cairn::ckpt
