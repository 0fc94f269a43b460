// SPDX-License-Identifier: GPL-3.0-or-later
#include "checkpoints/DeepSpeed.h"

#include "base/Text.h"
#include "checkpoints/Format.h"
#include "checkpoints/Paths.h"
#include "checkpoints/SmallFiles.h"
#include "checkpoints/TorchFile.h"

#include <QRegularExpression>
#include <QSet>
#include <algorithm>

using namespace Qt::StringLiterals;

/// Folders of DeepSpeed's save_checkpoint, "global_step<N>" unless the script names its own tag (deepspeed/runtime/engine.py):
/// mp_rank_<M>_model_states.pt, with ZeRO [bf16_]zero_pp_rank_<D>_mp_rank_<M>_optim_states.pt, with ZeRO 3 the model in
/// zero_pp_rank_<D>_mp_rank_<M>_model_states.pt too. Rank 0 writes "latest" beside the folder before the other ranks are
/// known to be done, so that it proves nothing.
namespace cairn::ckpt {
namespace {

/// One file's place in the grid of data-parallel and model-parallel ranks; -1 for none.
struct Place {
    bool optimizer = false;
    int dp = -1;
    int mp = -1;
};

std::optional<Place> placeOf(const QByteArray &name)
{
    static const QRegularExpression pattern(
        u"^(?:(?:bf16|fp16)_)?(?:(?:zero_pp_rank|expp_rank)_(\\d{1,6})_)?mp_rank_(\\d{1,6})(?:_\\d+)?_(optim|model)_states\\.pt$"_s);
    const QRegularExpressionMatch match = pattern.match(QString::fromLatin1(name));
    if (!match.hasMatch())
        return std::nullopt;
    return Place{match.captured(3) == u"optim"_s, match.captured(1).isEmpty() ? -1 : match.captured(1).toInt(), match.captured(2).toInt()};
}

bool isStates(const QByteArray &name)
{
    return name.endsWith("_model_states.pt") || name.endsWith("-model_states.pt") || name.endsWith("_optim_states.pt");
}

/// How many of `dp` × `mp` places are taken.
struct Grid {
    QSet<QPair<int, int>> there;
    int dp = 0;
    int mp = 0;
    void add(const Place &place)
    {
        there << qMakePair(std::max(place.dp, 0), place.mp);
        dp = std::max(dp, place.dp + 1);
        mp = std::max(mp, place.mp + 1);
    }
    /// Every place below dpSize × mpSize.
    qint64 missing(qint64 dpSize, qint64 mpSize) const
    {
        qint64 found = 0;
        for (const auto &[d, m] : there)
            found += d < dpSize && m < mpSize ? 1 : 0;
        return dpSize * mpSize - found;
    }
};

} // namespace

std::optional<Finding> recogniseDeepSpeed(const Index &index, const QByteArray &folder, Source &source, const Limits &limits)
{
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

    Grid optimizers;
    Grid shards; // of the model, ZeRO 3
    QSet<int> models;
    bool optimizerInside = false;
    std::optional<qint64> step;
    qint64 dp = 0;
    qint64 mp = 0;
    for (const Entry *entry : states) {
        const QByteArray name = baseName(entry->path);
        FileReader file(source, *entry, limits.fileBudget);
        const TorchFile torch = probeTorch(file, limits);
        Check check = torch.check;
        if (check.isGood() && torch.kind == TorchFile::Kind::NotTorch)
            check = {State::Broken, Words::tr("it is not a torch file")};
        if (!check.isGood() && check.state != State::Pending)
            check.reason = Words::tr("%1: %2").arg(text::safe(pathToText(name)), check.reason);
        worsen(finding.check, check);
        const std::optional<Place> place = placeOf(name);
        if (place && place->optimizer)
            optimizers.add(*place);
        else if (place && place->dp >= 0)
            shards.add(*place);
        else if (place)
            models << place->mp;
        if (!place || place->optimizer)
            continue;
        optimizerInside = optimizerInside || torch.optimizer;
        dp = std::max(dp, torch.numbers.value("dp_world_size"));
        mp = std::max(mp, torch.numbers.value("mp_world_size"));
        if (torch.numbers.contains("global_steps"))
            step = torch.numbers.value("global_steps");
    }

    constexpr qint64 most = 100'000; // ranks; a pickle may claim any number
    const bool stated = dp > 0 && mp > 0 && dp <= most && mp <= most;
    if (!stated) {
        dp = std::max({1, optimizers.dp, shards.dp});
        mp = std::max({1, optimizers.mp, shards.mp, models.isEmpty() ? 0 : *std::ranges::max_element(models) + 1});
    }
    const bool zero = !optimizers.there.isEmpty() || !optimizerInside;
    const bool stage3 = !shards.there.isEmpty();
    const qint64 lostModels = stage3 ? shards.missing(dp, mp) : mp - std::count_if(models.begin(), models.end(), [&](int m) { return m < mp; });
    const qint64 lostOptimizers = zero ? optimizers.missing(dp, mp) : 0;
    if (lostModels > 0)
        worsen(finding.check, {State::Incomplete, Words::tr("%1 of %2 files with model states are missing").arg(lostModels).arg(stage3 ? dp * mp : mp)});
    if (lostOptimizers > 0)
        worsen(finding.check, {State::Incomplete, Words::tr("%1 of %2 files with optimizer states are missing").arg(lostOptimizers).arg(dp * mp)});
    if (!stated)
        worsen(finding.check, {State::Unverified, Words::tr("nothing in it says how many ranks saved it")});
    finding.filesExpected = static_cast<int>(std::min<qint64>(most, (stage3 ? dp * mp : mp) + (zero ? dp * mp : 0)));
    finding.holdsTraining = !optimizers.there.isEmpty() || optimizerInside;
    finding.lack = Words::tr("there is no optimizer state in it");
    finding.worldSize = zero && stated ? static_cast<int>(std::min<qint64>(dp * mp, most)) : 0;
    finding.goodReason = Words::tr("the model and optimizer states of all ranks are there and hold");
    const NameFacts name = factsFromName(index.nameOf(folder));
    finding.epoch = name.epoch;
    decideStep(finding, name, std::nullopt, step);
    for (const Entry *entry : index.filesIn(folder)) {
        const QByteArray file = baseName(entry->path);
        finding.add(*entry, !isStates(file)                        ? Role::Other
                        : file.endsWith("_optim_states.pt") ? Role::Optimizer
                                                                   : Role::Weights);
    }
    finding.extent.add(index.tree().others.value(folder));
    return finding;
}

const Format deepSpeedFormat{
    .names = "*.pt",
    .parts = "*_optim_states.pt *_model_states.pt *-model_states.pt",
    .folder = recogniseDeepSpeed,
};

} // namespace cairn::ckpt
