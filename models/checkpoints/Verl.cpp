// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Text.h"
#include "checkpoints/Dcp.h"
#include "checkpoints/Format.h"
#include "checkpoints/Json.h"
#include "checkpoints/Paths.h"
#include "checkpoints/SaveParts.h"
#include "checkpoints/SmallFiles.h"
#include "checkpoints/Weights.h"

#include <QJsonArray>
#include <QMap>
#include <QRegularExpression>
#include <algorithm>

using namespace Qt::StringLiterals;

/// verl's "global_step_<N>": a folder for each role (actor, critic), data.pt, and beside the folder
/// latest_checkpointed_iteration.txt, written last. FSDP: {model,optim,extra_state}_world_size_<W>_rank_<r>.pt, which loads
/// with W processes only. Megatron since 0.9: dist_ckpt folders and, last, ckpt_contents.json.
namespace cairn::ckpt {
namespace {

struct Piece {
    QByteArray kind;
    int world = 0;
    int rank = 0;
};

std::optional<Piece> pieceOf(const QByteArray &name)
{
    static const QRegularExpression pattern(u"^(model|optim|extra_state)_world_size_(\\d{1,6})_rank_(\\d{1,6})\\.pt$"_s);
    const QRegularExpressionMatch match = pattern.match(QString::fromLatin1(name));
    if (!match.hasMatch() || match.captured(2).toInt() == 0)
        return std::nullopt;
    return Piece{match.captured(1).toLatin1(), match.captured(2).toInt(), match.captured(3).toInt()};
}

bool isFsdpRole(const Index &index, const QByteArray &folder)
{
    return std::ranges::any_of(index.filesIn(folder), [](const Entry *entry) { return pieceOf(baseName(entry->path)).has_value(); });
}

bool isMegatronRole(const Index &index, const QByteArray &folder)
{
    return index.find(folder, "ckpt_contents.json")
        || std::ranges::any_of(index.foldersIn(folder), [&](const QByteArray &part) { return !index.filesIn(joined(part, "dist_ckpt")).isEmpty(); });
}

bool isRole(const Index &index, const QByteArray &folder)
{
    return isFsdpRole(index, folder) || isMegatronRole(index, folder);
}

struct Save {
    Finding finding;
    bool model = false;
    bool optimizer = false;
};

/// False only where there are other saves of the run, and none of them has files with the extra state.
bool othersHaveExtra(const Index &index, const QByteArray &role)
{
    const QByteArray save = isStepFolder(index.nameOf(role)) ? role : parentPath(role); // supervised fine-tuning has no roles
    bool others = false;
    bool extra = false;
    const auto look = [&](const QByteArray &folder) {
        for (const Entry *entry : index.filesIn(folder)) {
            const std::optional<Piece> piece = pieceOf(baseName(entry->path));
            others = others || piece;
            extra = extra || (piece && piece->kind == "extra_state");
        }
    };
    for (const QByteArray &other : save.isEmpty() ? QList<QByteArray>() : index.foldersIn(parentPath(save))) {
        if (other == save)
            continue;
        look(other);
        for (const QByteArray &child : index.foldersIn(other))
            look(child);
    }
    for (const QByteArray &child : save == role ? QList<QByteArray>() : index.foldersIn(save)) {
        if (child != role)
            look(child);
    }
    return extra || !others;
}

void addFsdpRole(Save &save, const Index &index, const QByteArray &role, Source &source, const Limits &limits)
{
    QMap<QByteArray, QSet<int>> ranks;
    int world = 0;
    for (const Entry *entry : index.filesIn(role)) {
        const std::optional<Piece> piece = pieceOf(baseName(entry->path));
        if (!piece)
            continue;
        if (world != 0 && world != piece->world)
            worsen(save.finding.check, {State::Broken, Words::tr("files of saves with different numbers of processes are mixed in it")});
        world = std::max(world, piece->world);
        ranks[piece->kind] << piece->rank;
        worsen(save.finding.check, checkWeightsFile(*entry, source, limits));
    }
    // Saved by default, and asked for by a resume; a run that is set to save none has none anywhere.
    if (ranks.contains("optim") && !ranks.contains("extra_state") && othersHaveExtra(index, role))
        ranks.insert("extra_state", {});
    save.model = save.model || ranks.contains("model");
    save.optimizer = save.optimizer || ranks.contains("optim");
    for (auto it = ranks.begin(); it != ranks.end(); ++it) {
        const auto there = std::count_if(it->begin(), it->end(), [&](int rank) { return rank < world; });
        if (there < world) {
            worsen(save.finding.check, {State::Incomplete, Words::tr("%1: %2 of %3 %4 files are there").arg(text::safe(pathToText(index.nameOf(role))))
                                                               .arg(there).arg(world).arg(QString::fromLatin1(it.key()))});
        }
    }
    if (save.finding.worldSize != 0 && save.finding.worldSize != world)
        worsen(save.finding.check, {State::Broken, Words::tr("its roles were saved by different numbers of processes")});
    save.finding.worldSize = world;
    save.finding.filesExpected += world * static_cast<int>(ranks.size());
}

void addMegatronRole(Save &save, const Index &index, const QByteArray &role, Source &source, const Limits &limits)
{
    const QString name = text::safe(pathToText(index.nameOf(role)));
    for (const QByteArray &part : index.foldersIn(role)) {
        const QByteArray folder = joined(part, "dist_ckpt");
        const std::optional<Finding> inner = recogniseDcp(index, folder, source, limits);
        if (!inner)
            continue;
        save.model = save.model || baseName(part) == "model";
        save.optimizer = save.optimizer || baseName(part) == "optimizer";
        worsen(save.finding.check, inner->check);
        save.finding.filesExpected += inner->filesExpected;
    }
    const Entry *contents = index.find(role, "ckpt_contents.json");
    if (!contents) {
        worsen(save.finding.check, {State::Incomplete, Words::tr("%1: ckpt_contents.json, which is written last, is missing").arg(name)});
        return;
    }
    const SmallJson json = readSmallJson(*contents, source, limits);
    worsen(save.finding.check, json.check);
    const QJsonArray kinds = json.object[u"save_contents"_s].toArray();
    for (const QJsonValue &kind : kinds) {
        const QByteArray part = joined(role, kind.toString().toUtf8());
        if (kind.toString() != u"hf_model"_s && !index.find(joined(part, "dist_ckpt"), ".metadata") && index.filesIn(joined(part, "huggingface")).isEmpty())
            worsen(save.finding.check, {State::Broken, Words::tr("%1: %2 was saved and is gone").arg(name, text::safe(kind.toString().left(60)))});
    }
    save.finding.proof = Proof::MarkerLast;
}

std::optional<Finding> recogniseVerl(const Index &index, const QByteArray &folder, Source &source, const Limits &limits)
{
    QList<QByteArray> roles;
    for (const QByteArray &child : index.foldersIn(folder)) {
        if (isRole(index, child) && !isStepFolder(baseName(child)))
            roles << child; // else a save of supervised fine-tuning, in the folder of its run
    }
    const bool flat = isFsdpRole(index, folder); // supervised fine-tuning has no roles
    if (!flat && roles.isEmpty())
        return std::nullopt;
    Save save;
    Finding &finding = save.finding;
    setPlace(finding, folder);
    finding.format = u"verl"_s;
    finding.proof = Proof::Count;
    if (flat)
        roles = {folder};
    for (const QByteArray &role : std::as_const(roles)) {
        if (isFsdpRole(index, role))
            addFsdpRole(save, index, role, source, limits);
        else
            addMegatronRole(save, index, role, source, limits);
    }
    // A role that other saves of the run have.
    for (const QByteArray &sibling : folder.isEmpty() || flat ? QList<QByteArray>() : index.foldersIn(parentPath(folder))) {
        for (const QByteArray &child : index.foldersIn(sibling)) {
            if (isRole(index, child) && !roles.contains(joined(folder, baseName(child))))
                worsen(finding.check, {State::Incomplete, Words::tr("the %1 is missing, other saves of this run have one").arg(text::safe(pathToText(baseName(child))))});
        }
    }
    // The state of the data loader, after all roles.
    bool data = false;
    for (const Entry *entry : index.filesIn(folder)) {
        const QByteArray name = baseName(entry->path);
        if (!name.startsWith("data") || !name.endsWith(".pt"))
            continue;
        data = true;
        worsen(finding.check, checkWeightsFile(*entry, source, limits));
    }
    if (!data && !flat)
        worsen(finding.check, {State::Incomplete, Words::tr("data.pt, which is written after the roles, is missing")});
    const NameFacts name = factsFromName(index.nameOf(folder));
    decideStep(finding, name, std::nullopt, std::nullopt);
    if (const Entry *tracker = folder.isEmpty() ? nullptr : index.find(parentPath(folder), "latest_checkpointed_iteration.txt")) {
        const SmallText text = readSmallText(*tracker, source, limits);
        bool ok = false;
        const qint64 step = text.text.toLongLong(&ok);
        if (text.check.state == State::Pending)
            worsen(finding.check, text.check);
        if (ok && finding.step && *finding.step == step && finding.proof == Proof::Count)
            finding.proof = Proof::Tracker;
        if (ok && finding.step && *finding.step > step)
            worsen(finding.check, {State::Unverified, Words::tr("the tracker file, which is written last, names step %1").arg(step)});
    }
    finding.savesAlike = true;
    finding.holdsTraining = save.model && save.optimizer;
    finding.lack = save.model ? Words::tr("there is no optimizer state in it") : Words::tr("there are no weights in it");
    finding.goodReason = Words::tr("every rank's files of every role are there and hold");
    const QList<QByteArray> all = subtree(index, folder);
    for (const QByteArray &below : all) {
        for (const Entry *entry : index.filesIn(below)) {
            const std::optional<Piece> piece = pieceOf(baseName(entry->path));
            finding.add(*entry, !piece ? trainerRole(baseName(entry->path)) : piece->kind == "model" ? Role::Weights
                            : piece->kind == "optim"                                              ? Role::Optimizer
                                                                                                  : Role::State);
        }
        finding.extent.add(index.tree().others.value(below));
    }
    finding.folders = all.sliced(1);
    return finding;
}

} // namespace

const Format verlFormat{
    .names = "*.pt ckpt_contents.json latest_checkpointed_iteration.txt *.distcp *.metadata",
    .parts = "ckpt_contents.json latest_checkpointed_iteration.txt model_world_size_* optim_world_size_* extra_state_world_size_*",
    .folder = recogniseVerl,
};

} // namespace cairn::ckpt
