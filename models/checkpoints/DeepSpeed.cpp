// SPDX-License-Identifier: GPL-3.0-or-later
#include "checkpoints/DeepSpeed.h"

#include "base/Text.h"
#include "checkpoints/Format.h"
#include "checkpoints/Paths.h"
#include "checkpoints/SaveParts.h"
#include "checkpoints/TorchFile.h"
#include "checkpoints/TorchStorage.h"

#include <QMap>
#include <QRegularExpression>
#include <QSet>
#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;

/// Folders of DeepSpeed's save_checkpoint, "global_step<N>" unless the script names its own tag (deepspeed/runtime/engine.py):
/// mp_rank_<M>_model_states.pt, with ZeRO [bf16_]zero_pp_rank_<D>_mp_rank_<M>_optim_states.pt, with ZeRO 3 the model in
/// zero_pp_rank_<D>_mp_rank_<M>_model_states.pt too; of a mixture of experts layer_<L>_expert_<E>_mp_rank_<M>_model_states.pt
/// and expp_rank_<R>_mp_rank_<M>_optim_states.pt; of a pipeline layer_<L>-model_<M>-model_states.pt. Rank 0 writes "latest"
/// beside the folder before the other ranks are known to be done, so that it proves nothing.
///
/// Universal checkpoints, which ds_to_universal makes of them: zero/<parameter>/{fp32,exp_avg,…}.pt, for any number of ranks.
namespace cairn::ckpt {
namespace {

constexpr qint64 most = 100'000; ///< ranks; a pickle may claim any number

/// What a file is, and its places among the ranks; -1 for none.
struct Place {
    enum class Kind { Model, Shard, Optimizer, ExpertOptimizer, Expert, Layer };
    Kind kind = Kind::Model;
    int group = -1;  ///< rank of data or expert parallelism; of an expert its number
    int mp = -1;
    int layer = -1;
};

std::optional<Place> placeOf(const QByteArray &name)
{
    static const QRegularExpression ranks(
        u"^(?:(?:bf16|fp16)_)?(?:(zero_pp|expp)_rank_(\\d{1,6})_)?mp_rank_(\\d{1,6})(?:_\\d+)?_(optim|model)_states\\.pt$"_s);
    static const QRegularExpression experts(u"^(?:layer_(\\d{1,6})_)?expert_(\\d{1,6})_mp_rank_(\\d{1,6})_model_states\\.pt$"_s);
    static const QRegularExpression layers(u"^layer_(\\d{1,6})-model_(\\d{1,6})-model_states\\.pt$"_s);
    const QString text = QString::fromLatin1(name);
    if (const QRegularExpressionMatch match = ranks.match(text); match.hasMatch()) {
        const bool optimizer = match.captured(4) == u"optim"_s;
        const int group = match.captured(2).isEmpty() ? -1 : match.captured(2).toInt();
        const Place::Kind kind = !optimizer ? (group < 0 ? Place::Kind::Model : Place::Kind::Shard)
            : match.captured(1) == u"expp"_s ? Place::Kind::ExpertOptimizer
                                             : Place::Kind::Optimizer;
        return Place{kind, group, match.captured(3).toInt(), -1};
    }
    if (const QRegularExpressionMatch match = experts.match(text); match.hasMatch())
        return Place{Place::Kind::Expert, match.captured(2).toInt(), match.captured(3).toInt(), match.captured(1).isEmpty() ? -1 : match.captured(1).toInt()};
    if (const QRegularExpressionMatch match = layers.match(text); match.hasMatch())
        return Place{Place::Kind::Layer, -1, match.captured(2).toInt(), match.captured(1).toInt()};
    return std::nullopt;
}

bool isStates(const QByteArray &name)
{
    return name.endsWith("_model_states.pt") || name.endsWith("-model_states.pt") || name.endsWith("_optim_states.pt");
}

/// How many of `group` × `mp` places are taken.
struct Grid {
    QSet<QPair<int, int>> there;
    int group = 0;
    int mp = 0;
    void add(const Place &place)
    {
        there << qMakePair(std::max(place.group, 0), place.mp);
        group = std::max(group, place.group + 1);
        mp = std::max(mp, place.mp + 1);
    }
    /// Every place below groupSize × mpSize.
    qint64 missing(qint64 groupSize, qint64 mpSize) const
    {
        qint64 found = 0;
        for (const auto &[g, m] : there)
            found += g < groupSize && m < mpSize ? 1 : 0;
        return groupSize * mpSize - found;
    }
};

/// The optimizer's own counter, the same on every rank: the highest "step" in any mapping that is a plain number, else tensors
/// of that name, of which the first few do (torch's AdamW keeps one for each parameter, all alike).
struct OptimizerStep {
    qint64 step = -1;
    QList<StoredNumber> stored;
};

OptimizerStep optimizerStep(const Pickle &pickle)
{
    constexpr qsizetype enough = 4;
    OptimizerStep found;
    for (Pickle::Id id = 0; id < pickle.size(); ++id) {
        if (pickle.node(id).type != Pickle::Type::Dict)
            continue;
        const std::vector<Pickle::Id> &items = pickle.node(id).items;
        for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
            if (pickle.node(items[i]).type != Pickle::Type::Text || pickle.node(items[i]).text != "step")
                continue;
            found.step = std::max(found.step, pickle.integer(items[i + 1]).value_or(-1));
            const std::optional<StoredNumber> stored = found.stored.size() < enough ? storedNumber(pickle, items[i + 1]) : std::nullopt;
            if (stored)
                found.stored << *stored;
        }
    }
    return found;
}

/// The ranks that a group of parameters is spread over, the least of them: of experts the ranks that hold the same ones. 0
/// where the optimizer does not say.
qint64 leastPartition(const Pickle &pickle)
{
    const Pickle::Id state = pickle.member(pickle.root(), "optimizer_state_dict");
    const Pickle::Id counts = state == Pickle::none ? Pickle::none : pickle.member(state, "partition_count");
    qint64 least = 0;
    if (counts == Pickle::none || pickle.node(counts).type != Pickle::Type::List)
        return least;
    for (const Pickle::Id item : pickle.node(counts).items) {
        if (const std::optional<qint64> count = pickle.integer(item); count && *count > 0)
            least = least == 0 ? *count : std::min(least, *count);
    }
    return least;
}

/// The experts of each layer with experts.
QList<qint64> expertCounts(const Pickle &pickle)
{
    QList<qint64> counts;
    const Pickle::Id list = pickle.member(pickle.root(), "num_experts");
    if (list == Pickle::none || pickle.node(list).type != Pickle::Type::List)
        return counts;
    for (const Pickle::Id item : pickle.node(list).items) {
        if (const std::optional<qint64> count = pickle.integer(item); count && *count > 0 && *count <= most && counts.size() < most)
            counts << *count;
    }
    return counts;
}

/// What all files of a save say together.
struct Save {
    Grid optimizers;
    Grid expertOptimizers;
    Grid shards; ///< of the model, ZeRO 3
    QSet<int> models;
    QMap<int, Grid> experts; ///< by layer
    QMap<int, QSet<int>> layers; ///< of a pipeline: model-parallel ranks by layer
    QList<qint64> expertCounts;
    QSet<qint64> steps;
    QSet<qint64> optimizerSteps;
    bool optimizerInside = false;
    qint64 partition = 0; ///< see leastPartition()
    qint64 dp = 0;
    qint64 mp = 0;
};

void addFile(Save &save, Finding &finding, const Entry &entry, Source &source, const Limits &limits)
{
    const std::optional<Place> place = placeOf(baseName(entry.path));
    const bool optimizer = place && (place->kind == Place::Kind::Optimizer || place->kind == Place::Kind::ExpertOptimizer);
    OptimizerStep counter;
    const TorchFile torch = probeTorchMember(entry, source, limits, [&](const Pickle &pickle) {
        if (optimizer) {
            counter = optimizerStep(pickle);
            save.partition = std::max(save.partition, leastPartition(pickle));
        } else if (save.expertCounts.isEmpty()) {
            save.expertCounts = expertCounts(pickle);
        }
    });
    worsen(finding.check, torch.check);
    // Parameters of an expert that got no tokens may be behind, so of experts only plain numbers count.
    if (counter.step < 0 && place && place->kind == Place::Kind::Optimizer && torch.check.isGood()) {
        for (const StoredNumber &number : std::as_const(counter.stored)) {
            FileReader file(source, entry, limits.fileBudget);
            Check check;
            const std::optional<double> value = readNumber(file, number, limits, check);
            if (check.state == State::Pending)
                worsen(finding.check, check);
            if (value && *value >= 0 && *value < 1e15 && std::floor(*value) == *value)
                counter.step = std::max(counter.step, static_cast<qint64>(*value));
        }
    }
    if (counter.step >= 0)
        save.optimizerSteps << counter.step;
    if (!place)
        return;
    switch (place->kind) {
    case Place::Kind::Optimizer: save.optimizers.add(*place); return;
    case Place::Kind::ExpertOptimizer: save.expertOptimizers.add(*place); return;
    case Place::Kind::Expert: save.experts[place->layer].add(*place); return;
    case Place::Kind::Layer: save.layers[place->layer] << place->mp; return;
    case Place::Kind::Shard: save.shards.add(*place); break;
    case Place::Kind::Model: save.models << place->mp; break;
    }
    save.optimizerInside = save.optimizerInside || torch.optimizer;
    save.dp = std::max(save.dp, torch.numbers.value("dp_world_size"));
    save.mp = std::max(save.mp, torch.numbers.value("mp_world_size"));
    if (torch.numbers.contains("global_steps"))
        save.steps << torch.numbers.value("global_steps");
}

/// Each layer with experts has all of them, for each model-parallel rank.
void checkExperts(const Save &save, Finding &finding)
{
    const bool byLayer = !save.experts.contains(-1);
    qint64 layers = std::max<qint64>(save.experts.isEmpty() ? 0 : save.experts.lastKey() + 1, byLayer ? save.expertCounts.size() : 0);
    qint64 highest = 0;
    for (const Grid &grid : save.experts)
        highest = std::max<qint64>(highest, grid.group);
    qint64 expected = 0;
    qint64 missing = 0;
    const auto count = [&](int layer, qint64 experts) {
        const Grid grid = save.experts.value(layer);
        expected += experts * save.mp;
        missing += grid.missing(experts, save.mp);
    };
    if (!byLayer) // before layers had numbers
        count(-1, std::max(highest, save.expertCounts.isEmpty() ? 0 : *std::ranges::max_element(save.expertCounts)));
    for (qint64 layer = 0; layer < std::min(layers, most); ++layer)
        count(static_cast<int>(layer), save.expertCounts.value(layer, highest));
    if (missing > 0)
        worsen(finding.check, {State::Incomplete, Words::tr("%1 of %2 files of experts are missing").arg(missing).arg(expected)});
}

QSet<int> expertRanksIn(const Index &index, const QByteArray &folder)
{
    QSet<int> ranks;
    for (const Entry *entry : index.filesIn(folder)) {
        if (const std::optional<Place> place = placeOf(baseName(entry->path)); place && place->kind == Place::Kind::ExpertOptimizer)
            ranks << place->group;
    }
    return ranks;
}

/// The ranks of the experts' optimizer: those that are there, or what the other optimizer files say of them. Where nothing
/// tells, and there may have been more, other saves of the run do.
qint64 expertRanks(const Save &save, const Index &index, Finding &finding)
{
    const qint64 there = save.expertOptimizers.group;
    if (save.partition > 0 && save.dp > 0 && save.dp % save.partition == 0)
        return std::max(there, save.dp / save.partition);
    const qint64 experts = save.expertCounts.isEmpty() ? 0 : *std::ranges::max_element(save.expertCounts);
    const QList<QByteArray> beside = finding.path.isEmpty() ? QList<QByteArray>() : index.foldersIn(parentPath(finding.path));
    const QSet<int> own = expertRanksIn(index, finding.path);
    const bool alike = std::ranges::any_of(beside, [&](const QByteArray &other) { return other != finding.path && expertRanksIn(index, other) == own; });
    if (there > 0 && there < std::min(save.dp, experts) && !alike)
        worsen(finding.check, {State::Unverified, Words::tr("nothing in it says how many ranks its experts were spread over")});
    return there;
}

QSet<int> layersIn(const Index &index, const QByteArray &folder)
{
    QSet<int> layers;
    for (const Entry *entry : index.filesIn(folder)) {
        if (const std::optional<Place> place = placeOf(baseName(entry->path)); place && place->kind == Place::Kind::Layer)
            layers << place->layer;
    }
    return layers;
}

/// Layers without parameters have no file, so a gap is no damage by itself: other saves of the run tell.
void checkLayers(const Save &save, const Index &index, Finding &finding)
{
    if (save.layers.isEmpty())
        return;
    int ranks = 0;
    for (const QSet<int> &layer : save.layers)
        ranks = std::max(ranks, *std::ranges::max_element(layer) + 1);
    for (auto it = save.layers.begin(); it != save.layers.end(); ++it) {
        if (it->size() < ranks)
            worsen(finding.check, {State::Incomplete, Words::tr("layer %1: %2 of %3 files are there").arg(it.key()).arg(it->size()).arg(ranks)});
    }
    if (save.layers.lastKey() - save.layers.firstKey() + 1 == save.layers.size())
        return;
    const QSet<int> own = layersIn(index, finding.path);
    const QList<QByteArray> beside = finding.path.isEmpty() ? QList<QByteArray>() : index.foldersIn(parentPath(finding.path));
    if (!std::ranges::any_of(beside, [&](const QByteArray &other) { return other != finding.path && layersIn(index, other) == own; }))
        worsen(finding.check, {State::Unverified, Words::tr("the numbers of its layers have gaps: perhaps these hold no parameters, perhaps files are missing")});
}

void checkSteps(const QSet<qint64> &steps, Finding &finding)
{
    if (steps.size() < 2)
        return;
    QList<qint64> sorted = steps.values();
    std::ranges::sort(sorted);
    worsen(finding.check, {State::Broken, Words::tr("its files are of different steps: %1 and %2").arg(sorted[0]).arg(sorted[1])});
}

void addAll(Finding &finding, const Index &index, const QByteArray &folder)
{
    for (const Entry *entry : index.filesIn(folder)) {
        const QByteArray file = baseName(entry->path);
        finding.add(*entry, !isStates(file)                 ? Role::Other
                        : file.endsWith("_optim_states.pt") ? Role::Optimizer
                                                            : Role::Weights);
    }
    finding.extent.add(index.tree().others.value(folder));
}

/// The parameters that a file with model states names.
void addParameters(const Pickle &pickle, QSet<QByteArray> &names)
{
    const Pickle::Id shapes = pickle.member(pickle.root(), "param_shapes");
    if (shapes == Pickle::none)
        return;
    std::vector<Pickle::Id> groups{shapes};
    if (pickle.node(shapes).type == Pickle::Type::List)
        groups = pickle.node(shapes).items;
    for (const Pickle::Id group : groups) {
        const std::vector<Pickle::Id> &items = pickle.node(group).items;
        for (std::size_t i = 0; pickle.isMapping(group) && i + 1 < items.size(); i += 2)
            names << pickle.node(items[i]).text.toByteArray();
    }
}

/// nullopt where there is no parameter in "zero".
std::optional<Finding> judgeUniversal(const Index &index, const QByteArray &folder, Source &source, const Limits &limits)
{
    const QByteArray zero = joined(folder, "zero");
    QMap<QByteArray, int> states; // "fp32.pt" → how many parameters have it
    QList<QByteArray> parameters;
    for (const QByteArray &child : index.foldersIn(zero)) {
        const QList<const Entry *> files = index.filesIn(child);
        for (const Entry *entry : files)
            ++states[baseName(entry->path)];
        parameters << child;
    }
    if (!states.contains("fp32.pt"))
        return std::nullopt;
    Finding finding;
    setPlace(finding, folder);
    finding.format = u"deepspeed"_s;
    finding.proof = Proof::Count;
    addAll(finding, index, folder);
    qint64 lost = 0;
    for (const QByteArray &parameter : std::as_const(parameters)) {
        for (auto it = states.begin(); it != states.end(); ++it)
            lost += index.find(parameter, it.key()) ? 0 : 1;
        for (const Entry *entry : index.filesIn(parameter)) {
            worsen(finding.check, probeTorchMember(*entry, source, limits, {}, joined(baseName(parameter), baseName(entry->path))).check);
            finding.add(*entry, entry->path.endsWith("/fp32.pt") ? Role::Weights : Role::Optimizer);
        }
        finding.extent.add(index.tree().others.value(parameter));
    }
    if (lost > 0)
        worsen(finding.check, {State::Incomplete, Words::tr("%1 of %2 files of its parameters are missing").arg(lost).arg(states.size() * parameters.size())});
    QSet<qint64> steps;
    QSet<QByteArray> named;
    bool models = false;
    for (const QByteArray &place : {folder, zero}) {
        for (const Entry *entry : index.filesIn(place)) {
            const bool model = entry->path.endsWith("_model_states.pt");
            if (!entry->path.endsWith(".pt"))
                continue;
            const TorchFile torch = probeTorchMember(*entry, source, limits, [&](const Pickle &pickle) { addParameters(pickle, named); });
            worsen(finding.check, torch.check);
            models = models || model;
            if (model && torch.numbers.contains("global_steps"))
                steps << torch.numbers.value("global_steps");
        }
    }
    for (const Entry *entry : index.filesIn(zero))
        finding.add(*entry, Role::Optimizer);
    if (!models)
        worsen(finding.check, {State::Incomplete, Words::tr("the files with model states are missing")});
    if (!index.find(zero, "optimizer_state.pt"))
        worsen(finding.check, {State::Incomplete, Words::tr("%1 is missing, without which DeepSpeed loads none of it").arg(u"zero/optimizer_state.pt"_s)});
    QSet<QByteArray> there;
    for (const QByteArray &parameter : std::as_const(parameters))
        there << baseName(parameter);
    if (there.intersects(named) && !there.contains(named)) {
        const qsizetype missing = (named - there).size();
        worsen(finding.check, {State::Incomplete, Words::tr("%1 of %2 parameters are missing").arg(missing).arg(named.size())});
    }
    checkSteps(steps, finding);
    finding.filesExpected = static_cast<int>(std::min<qint64>(states.size() * parameters.size(), most));
    finding.holdsTraining = states.size() > 1;
    finding.lack = Words::tr("there is no optimizer state in it");
    finding.goodReason = Words::tr("a universal checkpoint, which loads with any number of processes: all files of its %1 parameters are there and hold").arg(parameters.size());
    decideStep(finding, factsFromName(index.nameOf(folder)), std::nullopt, steps.isEmpty() ? std::nullopt : std::optional(*steps.begin()));
    finding.folders = subtree(index, folder).sliced(1);
    return finding;
}

} // namespace

std::optional<Finding> recogniseDeepSpeed(const Index &index, const QByteArray &folder, Source &source, const Limits &limits)
{
    if (std::optional<Finding> universal = judgeUniversal(index, folder, source, limits))
        return universal;
    QList<const Entry *> states;
    for (const Entry *entry : index.filesIn(folder)) {
        if (isStates(baseName(entry->path)))
            states << entry;
    }
    if (states.isEmpty())
        return std::nullopt;
    Finding finding;
    setPlace(finding, folder);
    finding.format = u"deepspeed"_s;
    finding.proof = Proof::Count;
    finding.savesAlike = true;
    Save save;
    for (const Entry *entry : std::as_const(states))
        addFile(save, finding, *entry, source, limits);
    checkSteps(save.steps, finding);
    checkSteps(save.optimizerSteps, finding);

    const bool stated = save.dp > 0 && save.mp > 0 && save.dp <= most && save.mp <= most;
    if (!stated) {
        save.dp = std::max({1, save.optimizers.group, save.shards.group});
        save.mp = std::max({1, save.optimizers.mp, save.shards.mp, save.models.isEmpty() ? 0 : *std::ranges::max_element(save.models) + 1});
    }
    const qint64 ranks = save.dp * save.mp;
    const bool expertsApart = !save.expertOptimizers.there.isEmpty();
    const qint64 experts = expertRanks(save, index, finding);
    const bool zero = !save.optimizers.there.isEmpty() || (!save.optimizerInside && !expertsApart);
    const bool stage3 = !save.shards.there.isEmpty();
    const qint64 lostModels = stage3 ? save.shards.missing(save.dp, save.mp)
                                     : save.mp - std::count_if(save.models.begin(), save.models.end(), [&](int m) { return m < save.mp; });
    const qint64 lostOptimizers = (zero ? save.optimizers.missing(save.dp, save.mp) : 0)
        + (expertsApart ? save.expertOptimizers.missing(experts, save.mp) : 0);
    const qint64 optimizers = (zero ? ranks : 0) + (expertsApart ? experts * save.mp : 0);
    if (lostModels > 0)
        worsen(finding.check, {State::Incomplete, Words::tr("%1 of %2 files with model states are missing").arg(lostModels).arg(stage3 ? ranks : save.mp)});
    if (lostOptimizers > 0)
        worsen(finding.check, {State::Incomplete, Words::tr("%1 of %2 files with optimizer states are missing").arg(lostOptimizers).arg(optimizers)});
    checkExperts(save, finding);
    checkLayers(save, index, finding);
    if (!stated)
        worsen(finding.check, {State::Unverified, Words::tr("nothing in it says how many ranks saved it")});
    finding.filesExpected = static_cast<int>(std::min<qint64>(most, (stage3 ? ranks : save.mp) + optimizers));
    finding.holdsTraining = !save.optimizers.there.isEmpty() || save.optimizerInside || expertsApart;
    finding.lack = Words::tr("there is no optimizer state in it");
    finding.worldSize = zero && stated ? static_cast<int>(std::min<qint64>(ranks, most)) : 0;
    finding.goodReason = Words::tr("the model and optimizer states of all ranks are there and hold");
    const NameFacts name = factsFromName(index.nameOf(folder));
    decideStep(finding, name, std::nullopt, save.steps.isEmpty() ? std::nullopt : std::optional(*save.steps.begin()));
    if (name.explicitStep && name.step && save.steps.size() == 1) {
        // A script may count otherwise than DeepSpeed does, so a difference alone is no fault: the optimizer and the other
        // saves tell (Runs.cpp).
        finding.counted = *save.steps.begin();
        if (*finding.counted != *name.step && save.optimizerSteps == QSet<qint64>{*name.step})
            worsen(finding.check, {State::Broken, Words::tr("its model states are of step %1, its optimizer states of step %2").arg(*finding.counted).arg(*name.step)});
    }
    addAll(finding, index, folder);
    return finding;
}

const Format deepSpeedFormat{
    .names = "*.pt",
    .parts = "*_optim_states.pt *_model_states.pt *-model_states.pt",
    .folder = recogniseDeepSpeed,
};

} // namespace cairn::ckpt
