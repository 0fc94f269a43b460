// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Text.h"
#include "checkpoints/Format.h"
#include "checkpoints/Paths.h"
#include "checkpoints/TorchFile.h"

#include <QMap>
#include <QSet>
#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

/// Saves that every process or part writes into a file of its own: "checkpoint_23_22500-model_part-0-shard1.pt",
/// "model_rank_3.pt", "ckpt_100.rank0of4.pt", "ckpt-100-00000-of-00004.pt". One of them is no checkpoint.
namespace cairn::ckpt {
namespace {

constexpr std::array memberWords{"rank", "shard", "part", "tp", "pp", "mp", "consolidated"};

constexpr std::array progressWords{"epoch", "step", "iter", "iteration", "round", "update"};

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

/// A name split at the numbers that tell members of a set apart.
struct MemberName {
    QByteArray family;  ///< the name with those numbers replaced by "#"
    QByteArray stem;    ///< what comes before the first of their words, without a separator at its end
    QList<int> numbers; ///< one for each "#"
    QList<int> totals;  ///< of how many, where the name says so, else 0
};

/// "of4", "-of-00004", at the beginning of what follows a number.
struct Total {
    int count = 0; ///< 0 where there is none
    qsizetype digits = 0;
    qsizetype length = 0; ///< of it all
};

Total totalAfter(const QByteArray &rest)
{
    qsizetype at = 0;
    const auto separator = [&] { at += at < rest.size() && (rest[at] == '-' || rest[at] == '_') ? 1 : 0; };
    separator();
    if (rest.mid(at, 2).toLower() != "of")
        return {};
    at += 2;
    separator();
    const qsizetype begin = at;
    while (at < rest.size() && isDigit(rest[at]))
        ++at;
    if (at == begin || at - begin > 6)
        return {};
    return {rest.mid(begin, at - begin).toInt(), at - begin, at};
}

std::optional<MemberName> memberName(const QByteArray &name)
{
    MemberName member;
    for (qsizetype i = 0; i < name.size();) {
        if (!isDigit(name[i])) {
            member.family += name[i++];
            continue;
        }
        const qsizetype begin = i;
        while (i < name.size() && isDigit(name[i]))
            ++i;
        qsizetype end = begin;
        if (end > 0 && (name[end - 1] == '-' || name[end - 1] == '_' || name[end - 1] == '=' || name.left(end).endsWith("consolidated.")))
            --end;
        qsizetype word = end;
        while (word > 0 && ((name[word - 1] >= 'a' && name[word - 1] <= 'z') || (name[word - 1] >= 'A' && name[word - 1] <= 'Z')))
            --word;
        const QByteArray text = name.mid(word, end - word).toLower();
        bool fits = false;
        const int number = name.mid(begin, i - begin).toInt(&fits);
        const Total total = totalAfter(name.mid(i));
        // "epoch_3_of_10.pt" is a save of its own; "00003-of-00010" is not.
        const bool padded = total.count > 0 && total.digits == i - begin && (total.digits >= 4 || text.isEmpty()) && begin > 0
            && !std::ranges::any_of(progressWords, [&](const char *w) { return text == w; });
        if (!fits || i - begin > 6 || !(padded || std::ranges::any_of(memberWords, [&](const char *w) { return text == w; }))) {
            member.family += name.mid(begin, i - begin);
            continue;
        }
        if (member.numbers.isEmpty()) {
            if (padded && !std::ranges::any_of(memberWords, [&](const char *w) { return text == w; }))
                word = end; // it belongs to the name
            while (word > 0 && (name[word - 1] == '-' || name[word - 1] == '_' || name[word - 1] == '.'))
                --word;
            member.stem = name.left(word);
        }
        member.family += '#';
        member.numbers << number;
        member.totals << total.count;
        if (total.count > 0) {
            member.family += name.mid(i, total.length);
            i += total.length;
        }
    }
    return member.numbers.isEmpty() ? std::nullopt : std::optional(member);
}

struct Set {
    QByteArray stem;
    QList<const Entry *> files;
    QSet<QList<int>> numbers;
    QList<int> lowest;
    QList<int> highest;
    QList<int> totals;

    /// Some count from 1; or the first is lost.
    bool fromOne() const
    {
        bool any = false;
        for (qsizetype i = 0; i < lowest.size(); ++i)
            any = any || (lowest[i] == 1 && totals[i] == 0);
        return any && files.size() == expectedFrom(1);
    }
    /// The members that the highest numbers ask for, where those that begin at `base` do so by intent.
    qint64 expectedFrom(int base) const
    {
        qint64 all = 1;
        for (qsizetype i = 0; i < highest.size(); ++i)
            all = std::min<qint64>(all * (totals[i] > 0 ? totals[i] : highest[i] + (lowest[i] == base ? 1 - base : 1)), 1'000'000);
        return all;
    }
    qint64 newestMs() const
    {
        qint64 newest = 0;
        for (const Entry *entry : files)
            newest = std::max(newest, entry->mtimeMs);
        return newest;
    }
    qint64 expected() const { return fromOne() ? expectedFrom(1) : expectedFrom(0); }
    bool isOneAlone() const
    {
        bool alone = files.size() == 1;
        for (qsizetype i = 0; i < highest.size(); ++i)
            alone = alone && (totals[i] == 1 || (totals[i] == 0 && highest[i] == 0));
        return alone;
    }
    /// A number beyond what the name states.
    bool exceeds() const
    {
        for (qsizetype i = 0; i < totals.size(); ++i) {
            if (totals[i] > 0 && (highest[i] > totals[i] || highest[i] - lowest[i] >= totals[i]))
                return true;
        }
        return false;
    }
};

/// What sets of one run have in common: the name from the first number on.
QByteArray seriesOf(const QByteArray &family)
{
    return family.mid(family.indexOf('#'));
}

/// nullopt where the files are no checkpoint: data, settings.
std::optional<Finding> judgeSet(Files &files, const Set &set, int others)
{
    Finding finding;
    finding.format = u"torch-zip"_s;
    finding.proof = Proof::Count;
    finding.path = set.stem.isEmpty() ? files.folder : joined(files.folder, set.stem);
    finding.run = files.folder;
    finding.filesExpected = static_cast<int>(set.expected());
    std::optional<qint64> step;
    bool optimizer = false;
    bool weights = false;
    bool mixed = false;
    bool checkpoint = false;
    for (const Entry *entry : set.files) {
        files.looks.count(entry->path);
        const TorchFile torch = probeTorchMember(*entry, files.source, files.limits);
        worsen(finding.check, torch.check);
        checkpoint = checkpoint || (torch.kind != TorchFile::Kind::NotTorch && torch.content != Content::Other);
        optimizer = optimizer || torch.content == Content::Training;
        weights = weights || torch.weights;
        mixed = mixed || (step && torch.step && *step != *torch.step);
        step = step ? step : torch.step;
        if (!finding.epoch)
            finding.epoch = torch.epoch;
        finding.add(*entry, Role::Weights);
    }
    // Like the files that recogniseRemains() judges one by one.
    const bool named = factsFromName(set.stem).explicitStep || set.stem.startsWith("checkpoint") || set.stem.startsWith("ckpt");
    if (!checkpoint && (!named || set.files.first()->path.endsWith(".bin")))
        return std::nullopt;
    if (mixed) {
        step.reset();
        worsen(finding.check, {State::Broken, Words::tr("its files are of different steps")});
    }
    if (set.exceeds())
        worsen(finding.check, {State::Unverified, Words::tr("its files have numbers that are higher than the number of files that they state")});
    if (set.files.size() < finding.filesExpected)
        worsen(finding.check, {State::Incomplete, Words::tr("%1 of %2 files of the set are there").arg(set.files.size()).arg(finding.filesExpected)});
    else if (set.fromOne())
        worsen(finding.check, {State::Unverified, Words::tr("its files count from 1: perhaps they do so by intent, perhaps the first is missing")});
    else if (finding.filesExpected < others)
        worsen(finding.check, {State::Unverified, Words::tr("the set has %1 files, others of this run have %2").arg(finding.filesExpected).arg(others)});
    finding.holdsTraining = optimizer && weights;
    finding.lack = weights ? Words::tr("it holds only weights") : Words::tr("it holds no weights");
    finding.goodReason = Words::tr("all %1 files of the set are there and hold").arg(finding.filesExpected);
    const NameFacts facts = placeFacts(finding, files.index, set.stem);
    decideStep(finding, facts, std::nullopt, step);
    return finding;
}

void recogniseSets(Files &files)
{
    QMap<QByteArray, Set> sets; // by family
    for (const Entry *entry : std::as_const(files.entries)) {
        const QByteArray name = baseName(entry->path);
        if (files.isTaken(*entry) || !(name.endsWith(".pt") || name.endsWith(".pth") || name.endsWith(".ckpt") || name.endsWith(".bin")))
            continue;
        const std::optional<MemberName> member = memberName(name);
        if (!member)
            continue;
        Set &set = sets[member->family];
        set.stem = member->stem;
        set.totals = member->totals;
        set.files << entry;
        set.numbers << member->numbers;
        if (set.highest.isEmpty())
            set.lowest = set.highest = member->numbers;
        for (qsizetype i = 0; i < set.highest.size(); ++i) {
            set.lowest[i] = std::min(set.lowest[i], member->numbers[i]);
            set.highest[i] = std::max(set.highest[i], member->numbers[i]);
        }
    }
    QHash<QByteArray, int> most;
    for (auto it = sets.begin(); it != sets.end(); ++it) {
        int &count = most[seriesOf(it.key())];
        count = std::max(count, static_cast<int>(it->expected()));
    }
    QList<QMap<QByteArray, Set>::iterator> order; // the newest first where not all may be looked into
    for (auto it = sets.begin(); it != sets.end(); ++it)
        order << it;
    if (files.entries.size() > files.looks.left())
        std::ranges::stable_sort(order, std::ranges::greater(), [](const auto &it) { return it->newestMs(); });
    for (const auto &it : std::as_const(order)) {
        const int others = most[seriesOf(it.key())];
        if (it->isOneAlone() && others < 2)
            continue; // one process: the file is the checkpoint
        if (!files.looks.mayGoOn())
            return;
        for (const Entry *entry : std::as_const(it->files))
            files.take(*entry);
        if (const std::optional<Finding> finding = judgeSet(files, *it, others))
            files.findings << *finding;
    }
}

} // namespace

const Format torchSetFormat{
    .names = "*.pt *.pth *.ckpt *.bin",
    .files = recogniseSets,
};

} // namespace cairn::ckpt
