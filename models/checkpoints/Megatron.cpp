// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Text.h"
#include "checkpoints/Dcp.h"
#include "checkpoints/Format.h"
#include "checkpoints/Paths.h"
#include "checkpoints/SaveParts.h"
#include "checkpoints/SmallFiles.h"
#include "checkpoints/TorchFile.h"
#include "checkpoints/Weights.h"

#include <QRegularExpression>
#include <algorithm>

using namespace Qt::StringLiterals;

/// Megatron-LM's "iter_<7 digits>" and "release" (megatron/training/checkpointing.py). torch_dist: the files of
/// torch.distributed.checkpoint, common.pt, and metadata.json, written last. Legacy: mp_rank_<TP>[_<PP>[_<EP>]] folders with
/// model_optim_rng.pt. Then latest_checkpointed_iteration.txt beside the folder is replaced. Megatron-Bridge adds
/// train_state.pt and, after the tracker, run_config.yaml; slime the state of its data.
namespace cairn::ckpt {
namespace {

/// "mp_rank_01_002" → {1, 2}; empty for other names.
QList<int> ranksOf(const QByteArray &name)
{
    static const QRegularExpression pattern(u"^mp_rank_(\\d{2})(?:_(\\d{3}))?(?:_(\\d{3}))?$"_s);
    const QRegularExpressionMatch match = pattern.match(QString::fromLatin1(name));
    QList<int> ranks;
    for (int i = 1; match.hasMatch() && i <= 3 && !match.captured(i).isEmpty(); ++i)
        ranks << match.captured(i).toInt();
    return ranks;
}

QList<QByteArray> rankFolders(const Index &index, const QByteArray &folder)
{
    QList<QByteArray> all;
    for (const QByteArray &child : index.foldersIn(folder)) {
        if (!ranksOf(baseName(child)).isEmpty())
            all << child;
    }
    return all;
}

/// The tracker of the folder above: nullopt where there is none.
struct Tracker {
    Check check;
    std::optional<qint64> iteration; ///< none for "release"
};
std::optional<Tracker> trackerOf(const Index &index, const QByteArray &folder, Source &source, const Limits &limits)
{
    const Entry *entry = folder.isEmpty() ? nullptr : index.find(parentPath(folder), "latest_checkpointed_iteration.txt");
    if (!entry)
        return std::nullopt;
    const SmallText text = readSmallText(*entry, source, limits);
    bool ok = false;
    const qint64 iteration = text.text.toLongLong(&ok);
    return Tracker{text.check, ok ? std::optional(iteration) : std::nullopt};
}

/// True where the saved arguments say that the optimizer is in distrib_optim.pt.
bool saysDistributed(const Pickle &pickle)
{
    const Pickle::Id arguments = pickle.member(pickle.root(), "args");
    const auto isTrue = [&](const char *key) {
        const Pickle::Id value = pickle.member(arguments, key);
        return value != Pickle::none && pickle.node(value).type == Pickle::Type::Bool && pickle.node(value).integer == 1;
    };
    return isTrue("use_distributed_optimizer") && !isTrue("no_save_optim");
}

/// The legacy form: every rank of tensor, pipeline and expert parallelism has a folder.
void judgeRanks(Finding &finding, const Index &index, const QList<QByteArray> &folders, Source &source, const Limits &limits)
{
    QList<int> highest;
    QSet<QList<int>> there;
    QSet<qint64> iterations;
    qint64 tensor = 0;
    qint64 pipeline = 0;
    qint64 experts = 0;
    qint64 world = 0;
    qsizetype optimizers = 0; // files of the distributed optimizer
    bool distributed = false;
    bool optimizer = false;
    bool weights = false;
    for (const QByteArray &child : folders) {
        const QList<int> ranks = ranksOf(baseName(child));
        there << ranks;
        highest.resize(std::max(highest.size(), ranks.size()));
        for (qsizetype i = 0; i < ranks.size(); ++i)
            highest[i] = std::max(highest[i], ranks[i]);
        if (!index.find(child, "model_optim_rng.pt") && !index.find(child, "model_rng.pt"))
            worsen(finding.check, {State::Incomplete, Words::tr("%1 has no model file").arg(text::safe(pathToText(baseName(child))))});
        for (const Entry *entry : index.filesIn(child)) {
            const QByteArray name = baseName(entry->path);
            if (!name.endsWith(".pt"))
                continue;
            const TorchFile torch = probeTorchMember(*entry, source, limits, [&](const Pickle &pickle) { distributed = distributed || saysDistributed(pickle); },
                                                     joined(baseName(child), name));
            worsen(finding.check, torch.check);
            optimizers += name == "distrib_optim.pt" ? 1 : 0;
            optimizer = optimizer || torch.optimizer || name == "distrib_optim.pt";
            weights = weights || torch.weights;
            if (torch.numbers.contains("iteration"))
                iterations << torch.numbers.value("iteration");
            tensor = std::max(tensor, torch.numbers.value("args.tensor_model_parallel_size"));
            pipeline = std::max(pipeline, torch.numbers.value("args.pipeline_model_parallel_size"));
            experts = std::max(experts, torch.numbers.value("args.expert_model_parallel_size"));
            world = std::max(world, torch.numbers.value("args.world_size"));
        }
    }
    qint64 expected = 1;
    for (const int n : std::as_const(highest))
        expected = std::min<qint64>(expected * (n + 1), 1'000'000);
    constexpr qint64 most = 100'000;
    const bool stated = tensor > 0 && pipeline > 0 && tensor <= most && pipeline <= most && experts <= most;
    if (stated)
        expected = std::max(expected, std::min(std::min(tensor * pipeline, most) * std::max<qint64>(experts, 1), most));
    if (there.size() < expected)
        worsen(finding.check, {State::Incomplete, Words::tr("%1 of %2 rank folders are there").arg(there.size()).arg(expected)});
    if (!stated)
        worsen(finding.check, {State::Unverified, Words::tr("nothing in it says how many ranks saved it")});
    if ((distributed || optimizers > 0) && optimizers < folders.size())
        worsen(finding.check, {State::Incomplete, Words::tr("%1 of %2 files distrib_optim.pt are there").arg(optimizers).arg(folders.size())});
    QList<qint64> sorted = iterations.values();
    std::ranges::sort(sorted);
    if (sorted.size() > 1)
        worsen(finding.check, {State::Broken, Words::tr("its ranks are of different iterations: %1 and %2").arg(sorted[0]).arg(sorted[1])});
    finding.filesExpected = static_cast<int>(expected);
    finding.holdsTraining = optimizer && weights;
    finding.lack = weights ? Words::tr("it holds only weights") : Words::tr("it holds no weights");
    finding.goodReason = Words::tr("the folders of all %1 model-parallel ranks are there and hold").arg(expected);
    finding.worldSize = world > 0 && world <= most ? static_cast<int>(world) : 0;
    finding.savesAlike = true;
    const NameFacts name = factsFromName(index.nameOf(finding.path));
    if (sorted.size() == 1)
        takeRecordedStep(finding, name, sorted.first());
    decideStep(finding, name, std::nullopt, std::nullopt);
}

/// slime keeps the state of its data beside the iterations, "rollout/global_dataset_state_dict_<N>.pt", once it keeps any.
void addRollout(Finding &finding, const Index &index, const QByteArray &folder, Source &source, const Limits &limits)
{
    const QByteArray rollout = joined(folder.isEmpty() ? QByteArray() : parentPath(folder), "rollout");
    const auto isState = [](const Entry *entry) { return baseName(entry->path).startsWith("global_dataset_state_dict_"); };
    if (folder.isEmpty() || !finding.step || !std::ranges::any_of(index.filesIn(rollout), isState))
        return;
    finding.format = u"slime"_s;
    const QByteArray name = "global_dataset_state_dict_" + QByteArray::number(*finding.step) + ".pt";
    if (const Entry *state = index.find(rollout, name)) {
        worsen(finding.check, checkWeightsFile(*state, source, limits));
        finding.add(*state, Role::State);
    } else {
        worsen(finding.check, {State::Incomplete, Words::tr("%1 is missing, which is written after the model").arg(QString::fromLatin1("rollout/" + name))});
    }
}

/// torch_dist: nullopt where there is no such save in the folder.
std::optional<Finding> judgeDistributed(const Index &index, const QByteArray &folder, Source &source, const Limits &limits)
{
    std::optional<Finding> finding = recogniseDcp(index, folder, source, limits);
    if (!finding)
        return std::nullopt;
    if (const Entry *common = index.find(folder, "common.pt")) {
        const TorchFile torch = probeTorchMember(*common, source, limits);
        worsen(finding->check, torch.check);
        if (torch.numbers.contains("iteration"))
            takeRecordedStep(*finding, factsFromName(index.nameOf(folder)), torch.numbers.value("iteration"));
    }
    const Entry *metadata = index.find(folder, "metadata.json");
    const SmallJson json = metadata ? readSmallJson(*metadata, source, limits)
                                    : SmallJson{{State::Incomplete, Words::tr("metadata.json, which Megatron writes last, is missing")}, {}};
    worsen(finding->check, json.check);
    if (json.check.isGood() && !json.object.contains(u"sharded_backend"_s))
        worsen(finding->check, {State::Broken, Words::tr("metadata.json names no sharded_backend")});
    if (json.check.isGood() && !index.find(folder, "common.pt") && json.object[u"common_backend"_s].toString(u"torch"_s) == u"torch"_s)
        worsen(finding->check, {State::Broken, Words::tr("common.pt is missing")});
    return finding;
}

std::optional<Finding> recogniseIteration(const Index &index, const QByteArray &folder, Source &source, const Limits &limits)
{
    const QByteArray name = index.nameOf(folder);
    const QList<QByteArray> ranks = rankFolders(index, folder);
    const bool distributed = index.find(folder, "common.pt") || (name.startsWith("iter_") && factsFromName(name).step);
    if (ranks.isEmpty() && !distributed)
        return std::nullopt;
    Finding finding;
    setPlace(finding, folder);
    if (std::optional<Finding> inner = ranks.isEmpty() ? judgeDistributed(index, folder, source, limits) : std::nullopt) {
        finding = *inner;
        finding.proof = Proof::MarkerLast;
    } else if (!ranks.isEmpty()) {
        finding.proof = Proof::Count;
        judgeRanks(finding, index, ranks, source, limits);
        for (const QByteArray &child : ranks) {
            for (const Entry *entry : index.filesIn(child))
                finding.add(*entry, entry->path.endsWith("distrib_optim.pt") ? Role::Optimizer : Role::Weights);
        }
        finding.folders = ranks;
    } else {
        return std::nullopt;
    }
    finding.format = u"megatron"_s;
    if (const std::optional<Tracker> tracker = trackerOf(index, folder, source, limits)) {
        if (tracker->check.state == State::Pending)
            worsen(finding.check, tracker->check);
        const bool named = finding.step && tracker->iteration == finding.step;
        if (named && finding.proof == Proof::Count)
            finding.proof = Proof::Tracker;
        // The tracker is replaced when all ranks are done; a step beyond it may be of a save that was broken off, or of one
        // that somebody went back from. metadata.json proves more.
        if (!ranks.isEmpty() && tracker->iteration && finding.step && *finding.step > *tracker->iteration)
            worsen(finding.check, {State::Unverified, Words::tr("the tracker file names iteration %1, so this save may not have been finished").arg(*tracker->iteration)});
    }
    addRollout(finding, index, folder, source, limits);
    // Megatron-Bridge: the last file of all.
    if (const Entry *state = index.find(folder, "train_state.pt")) {
        worsen(finding.check, checkWeightsFile(*state, source, limits));
        if (!index.find(folder, "run_config.yaml"))
            worsen(finding.check, {State::Incomplete, Words::tr("run_config.yaml, which Megatron-Bridge writes last, is missing")});
    }
    return finding;
}

/// ms-swift keeps each iteration in a folder of its own, "checkpoint-<N>/iter_<N>", with a tracker that it may write before
/// the data.
std::optional<Finding> recogniseMegatron(const Index &index, const QByteArray &folder, Source &source, const Limits &limits)
{
    if (!isTrainerFolderName(index.nameOf(folder)))
        return recogniseIteration(index, folder, source, limits);
    for (const QByteArray &child : index.foldersIn(folder)) {
        std::optional<Finding> inner = baseName(child).startsWith("iter_") ? recogniseIteration(index, child, source, limits) : std::nullopt;
        if (!inner)
            continue;
        if (inner->proof == Proof::Tracker)
            inner->proof = Proof::Count;
        for (const Entry *entry : index.filesIn(folder))
            inner->add(*entry, Role::Other);
        inner->folders << child;
        setPlace(*inner, folder);
        return inner;
    }
    return recogniseIteration(index, folder, source, limits);
}

} // namespace

const Format megatronFormat{
    .names = "latest_checkpointed_iteration.txt metadata.json *.pt run_config.yaml *.distcp *.metadata",
    .parts = "latest_checkpointed_iteration.txt latest_train_state.pt global_dataset_state_dict_* metadata.json common.pt model_optim_rng.pt model_rng.pt distrib_optim.pt run_config.yaml",
    .folder = recogniseMegatron,
};

} // namespace cairn::ckpt
